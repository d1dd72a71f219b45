-- Who made a link between a file and a message. Two users may give their conversations the same id, and whoever sees a file may
-- link it. So a link counts as one of "this conversation" for the users who made it, and for nobody else.
--
-- A link is the file's owner's as long as no row of homer.link_makers was made at the moment of the link itself. Whoever links another's
-- file has such a row; whoever makes a link that is there already has one of a later moment, and the owner stays. The policies note it
-- for confined roles, whatever statement stores the link: no SQL of a user makes a link another's, or takes it away from them.

-- The policies ask these. A statement is spared the policies of files and links, 150 subplans that it would set up before it looks at a
-- row; and as most often, where the row says enough, they are not asked.

CREATE FUNCTION homer.joined_at(linked_at timestamp) RETURNS timestamp
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN GREATEST(homer.utc_now(), linked_at + '1 microsecond'::interval);
COMMENT ON FUNCTION homer.joined_at(timestamp) IS 'The moment of a maker''s row where the link was there before.';

CREATE FUNCTION homer.may_make_link(link_id integer, made_at timestamp) RETURNS boolean
    LANGUAGE plpgsql STABLE PARALLEL RESTRICTED AS
$function$
#variable_conflict use_variable
DECLARE
    linked_at pg_catalog.timestamp;
BEGIN
    SELECT m.created_at INTO linked_at FROM @extschema@.homer_file_messages AS m WHERE m.id OPERATOR(pg_catalog.=) link_id;
    IF FOUND THEN
        RETURN made_at OPERATOR(pg_catalog.=) homer.joined_at(linked_at);
    END IF;
    -- The number that this session drew last is that of no link of anybody else. Its moment may be the local one.
    RETURN made_at OPERATOR(pg_catalog.<) (homer.utc_now() OPERATOR(pg_catalog.+) '1 day'::pg_catalog.interval)
           AND link_id OPERATOR(pg_catalog.=) pg_catalog.currval('@extschema@.homer_file_messages_id_seq'::pg_catalog.regclass);
END
$function$;
COMMENT ON FUNCTION homer.may_make_link(integer, timestamp) IS
'Whether the user that the current role acts for may be noted as a maker of a link: of one that they see, from now on, or of one that they are storing.';

CREATE FUNCTION homer.note_maker(link_id integer, user_id text, made_at timestamp) RETURNS boolean
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
AS $function$
BEGIN
    INSERT INTO homer.link_makers (link_id, user_id, made_at) VALUES (note_maker.link_id, note_maker.user_id, note_maker.made_at);
    RETURN true;
END
$function$;
COMMENT ON FUNCTION homer.note_maker(integer, text, timestamp) IS 'Notes who stores a link to another''s file, at the moment of the link.';

CREATE FUNCTION homer.may_link_to_others(file_id text, link_id integer, created_at timestamp) RETURNS boolean
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
AS $function$
DECLARE
    acting CONSTANT pg_catalog.text := homer.acting_user();
BEGIN
    RETURN acting IS NOT NULL
           AND EXISTS (SELECT FROM @extschema@.homer_files AS f WHERE f.file_id OPERATOR(pg_catalog.=) may_link_to_others.file_id)
           AND homer.note_maker(link_id, acting, created_at);
END
$function$;
COMMENT ON FUNCTION homer.may_link_to_others(text, integer, timestamp) IS
'Whether the user that the current role acts for may store a link to another''s file: they see it, and are noted as the link''s maker.';

CREATE FUNCTION homer.is_outlived(link_id integer, made_at timestamp) RETURNS boolean
    LANGUAGE plpgsql STABLE PARALLEL RESTRICTED AS
$function$
BEGIN
    RETURN EXISTS (SELECT FROM @extschema@.homer_file_messages AS m
                    WHERE m.id OPERATOR(pg_catalog.=) is_outlived.link_id AND m.created_at OPERATOR(pg_catalog.>) is_outlived.made_at);
END
$function$;
COMMENT ON FUNCTION homer.is_outlived(integer, timestamp) IS 'Whether a maker''s row is of an older link, whose number was given again.';

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
     WHERE k.link_id = of_link AND COALESCE(m.created_at <= k.made_at, true)
    UNION
    SELECT f.uploaded_by
      FROM @extschema@.homer_file_messages AS m JOIN @extschema@.homer_files AS f ON f.file_id = m.file_id
     WHERE m.id = of_link
       AND NOT EXISTS (SELECT FROM homer.link_makers AS k WHERE k.link_id = m.id AND k.made_at = m.created_at);
END;
COMMENT ON FUNCTION homer.makers(integer) IS 'The users who made a link.';

CREATE FUNCTION homer.is_maker(link_id integer, user_id text, owner text) RETURNS boolean
    LANGUAGE plpgsql STABLE PARALLEL SAFE AS
$function$
#variable_conflict use_variable
BEGIN
    -- Most often nobody is noted. For what seldom has to be known, homer.makers sets up the policies of three tables.
    IF user_id OPERATOR(pg_catalog.=) owner AND NOT EXISTS (
           SELECT FROM homer.link_makers AS k WHERE k.link_id OPERATOR(pg_catalog.=) link_id) THEN
        RETURN true;
    END IF;
    RETURN EXISTS (SELECT FROM homer.makers(link_id) AS m (maker) WHERE m.maker OPERATOR(pg_catalog.=) user_id);
END
$function$;
COMMENT ON FUNCTION homer.is_maker(integer, text, text) IS 'Whether a user made a link to a file of this owner.';

CREATE FUNCTION homer.add_maker(link_id integer, user_id text) RETURNS boolean
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
AS $function$
#variable_conflict use_column
BEGIN
    DELETE FROM homer.link_makers AS k
     WHERE k.link_id OPERATOR(pg_catalog.=) add_maker.link_id AND k.user_id OPERATOR(pg_catalog.=) add_maker.user_id
       AND homer.is_outlived(k.link_id, k.made_at);
    INSERT INTO homer.link_makers (link_id, user_id, made_at)
    SELECT m.id, add_maker.user_id, homer.joined_at(m.created_at)
      FROM @extschema@.homer_file_messages AS m WHERE m.id OPERATOR(pg_catalog.=) add_maker.link_id
    ON CONFLICT ON CONSTRAINT link_makers_pkey DO NOTHING;
    RETURN FOUND;
END
$function$;
COMMENT ON FUNCTION homer.add_maker(integer, text) IS 'Notes that a user made a link that is there already, and says whether that is news.';
