-- Which file of the memory tool is which memory. A file exists while its memory is active: homer_forget removes the file too, and
-- homer_restore brings it back, unless another file has its path by then. A new version of a memory takes over the file.

-- Without a foreign key, as homer.successions.
CREATE FUNCTION homer.memory_files(of_user text) RETURNS TABLE (path text, memory_id integer, content text)
    LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT p.path, m.id, m.content
      FROM homer.memory_paths AS p JOIN @extschema@.homer_memories AS m ON m.id = p.memory_id
     WHERE p.user_id = of_user AND m.user_id = of_user AND homer.is_live(m.is_active, m.expires_at)
       AND COALESCE(m.created_at <= p.made_at, true);
END;
COMMENT ON FUNCTION homer.memory_files(text) IS 'The files of a user that are there.';

CREATE FUNCTION homer.are_files(one_id integer, other_id integer) RETURNS boolean
    LANGUAGE plpgsql STABLE PARALLEL SAFE AS
$function$
BEGIN
    RETURN EXISTS (SELECT FROM homer.memory_paths AS p WHERE p.memory_id OPERATOR(pg_catalog.=) one_id)
           AND EXISTS (SELECT FROM homer.memory_paths AS p WHERE p.memory_id OPERATOR(pg_catalog.=) other_id);
END
$function$;
COMMENT ON FUNCTION homer.are_files(integer, integer) IS 'Whether two memories are each a file of the memory tool.';

CREATE FUNCTION homer.hand_on_path(old_id integer, new_id integer) RETURNS void
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE AS
$function$
BEGIN
    UPDATE homer.memory_paths AS p SET memory_id = new_id, made_at = homer.utc_now() WHERE p.memory_id OPERATOR(pg_catalog.=) old_id;
END
$function$;
COMMENT ON FUNCTION homer.hand_on_path(integer, integer) IS 'Makes what replaced a memory the file that this one was.';
