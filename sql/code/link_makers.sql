-- Who made a link between a file and a message. Two users may give their conversations the same id, and whoever sees a file may
-- link it. So a link counts as one of "this conversation" for the users who made it, and for nobody else.

-- The policies of homer.link_makers ask these. A statement is spared the policies of files and links, 150 subplans that it would set
-- up before it looks at a row; and as most often, where the row says enough, they are not asked.

CREATE FUNCTION homer.sees_link(link_id integer) RETURNS boolean
    LANGUAGE plpgsql STABLE PARALLEL RESTRICTED AS
$function$
BEGIN
    RETURN EXISTS (SELECT FROM @extschema@.homer_file_messages AS m WHERE m.id OPERATOR(pg_catalog.=) link_id);
END
$function$;
COMMENT ON FUNCTION homer.sees_link(integer) IS 'Whether the current role may read a link.';

CREATE FUNCTION homer.owns_file_of_link(link_id integer) RETURNS boolean
    LANGUAGE plpgsql STABLE PARALLEL RESTRICTED AS
$function$
BEGIN
    RETURN EXISTS (SELECT FROM @extschema@.homer_file_messages AS m
                     JOIN @extschema@.homer_files AS f ON f.file_id OPERATOR(pg_catalog.=) m.file_id
                    WHERE m.id OPERATOR(pg_catalog.=) link_id AND f.uploaded_by OPERATOR(pg_catalog.=) homer.acting_user());
END
$function$;
COMMENT ON FUNCTION homer.owns_file_of_link(integer) IS 'Whether a link is to a file of the user that the current role acts for.';

-- homer.link_makers has no foreign key, as homer.successions has none: where an id is given again, the link is younger than the row here.
CREATE FUNCTION homer.makers(of_link integer) RETURNS SETOF text
    LANGUAGE sql STABLE PARALLEL SAFE ROWS 1
BEGIN ATOMIC
    SELECT k.user_id
      FROM homer.link_makers AS k JOIN @extschema@.homer_file_messages AS m ON m.id = k.link_id
     WHERE k.link_id = of_link AND COALESCE(m.created_at <= k.made_at, true);
END;
COMMENT ON FUNCTION homer.makers(integer) IS 'The users who made a link, as far as it is known.';

CREATE FUNCTION homer.is_maker(link_id integer, user_id text) RETURNS boolean
    LANGUAGE plpgsql STABLE PARALLEL SAFE AS
$function$
#variable_conflict use_variable
BEGIN
    RETURN EXISTS (SELECT FROM homer.makers(link_id) AS m (maker) WHERE m.maker OPERATOR(pg_catalog.=) user_id);
END
$function$;
COMMENT ON FUNCTION homer.is_maker(integer, text) IS 'Whether it is known that a user made a link.';

CREATE FUNCTION homer.add_maker(link_id integer, user_id text) RETURNS boolean
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
AS $function$
#variable_conflict use_column
BEGIN
    INSERT INTO homer.link_makers AS k (link_id, user_id, made_at)
    VALUES (add_maker.link_id, add_maker.user_id, homer.utc_now())
    ON CONFLICT ON CONSTRAINT link_makers_pkey DO NOTHING;
    IF FOUND THEN
        RETURN true;
    ELSIF homer.is_maker(add_maker.link_id, add_maker.user_id) THEN
        RETURN false;
    END IF;
    UPDATE homer.link_makers AS k SET made_at = homer.utc_now()
     WHERE k.link_id OPERATOR(pg_catalog.=) add_maker.link_id AND k.user_id OPERATOR(pg_catalog.=) add_maker.user_id;
    RETURN FOUND;
END
$function$;
COMMENT ON FUNCTION homer.add_maker(integer, text) IS 'Notes that a user made a link, and says whether that is news.';
