-- Who made a link between a file and a message. Two users may give their conversations the same id, and whoever sees a file may
-- link it. So a link counts as one of "this conversation" for the users who made it, and for nobody else.

-- homer.link_makers has no foreign key, as homer.successions has none: where an id is given again, the link is younger than the row here.
CREATE FUNCTION homer.makers(of_link integer) RETURNS SETOF text
    LANGUAGE sql STABLE PARALLEL SAFE ROWS 1
BEGIN ATOMIC
    SELECT k.user_id
      FROM homer.link_makers AS k JOIN @extschema@.homer_file_messages AS m ON m.id = k.link_id
     WHERE k.link_id = of_link AND COALESCE(m.created_at <= k.made_at, true);
END;
COMMENT ON FUNCTION homer.makers(integer) IS 'The users who made a link, as far as it is known.';

CREATE FUNCTION homer.add_maker(link_id integer, user_id text) RETURNS boolean
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
AS $function$
#variable_conflict use_column
BEGIN
    INSERT INTO homer.link_makers AS k (link_id, user_id, made_at)
    VALUES (add_maker.link_id, add_maker.user_id, homer.utc_now())
    ON CONFLICT (link_id, user_id) DO UPDATE SET made_at = EXCLUDED.made_at
     WHERE k.made_at OPERATOR(pg_catalog.<)
           (SELECT m.created_at FROM @extschema@.homer_file_messages AS m WHERE m.id OPERATOR(pg_catalog.=) add_maker.link_id);
    RETURN FOUND;
END
$function$;
COMMENT ON FUNCTION homer.add_maker(integer, text) IS 'Notes that a user made a link, and says whether that is news.';
