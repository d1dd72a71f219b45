-- What is known of each file, who may see it, and which message carried it. Only the record is kept here; the bytes lie
-- where storage_path says. A file is seen by its owner, by the users of shared_with, and by everyone where is_shared.

CREATE FUNCTION homer.moment_of_file(created_at timestamp) RETURNS timestamp
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN CASE WHEN created_at IS NULL THEN '-infinity'::timestamp ELSE created_at END;
COMMENT ON FUNCTION homer.moment_of_file(timestamp) IS 'When a file counts as made: before all others where nothing is known.';

-- Leakproof, as all that chooses an index must be: the one error in it, for what is no array, shows nothing of the value.
CREATE FUNCTION homer.key_of_user(user_id text) RETURNS uuid
    LANGUAGE c IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE AS 'MODULE_PATHNAME', 'key_of_user_wrapper';
COMMENT ON FUNCTION homer.key_of_user(text) IS 'The key of a user id.';

CREATE FUNCTION homer.keys_of_users(user_ids jsonb) RETURNS uuid[]
    LANGUAGE sql IMMUTABLE LEAKPROOF PARALLEL SAFE
    RETURN ARRAY(SELECT homer.key_of_user(u) FROM pg_catalog.jsonb_array_elements_text(user_ids) AS u);
COMMENT ON FUNCTION homer.keys_of_users(jsonb) IS 'The key of each user id in an array of them.';

-- The files of each of the three ways to see one: in their order for the owner and for everyone, and by the user that
-- they are shared with, of which there may be many a file, so that no index holds these in their order.
CREATE INDEX homer_files_owner_idx ON @extschema@.homer_files (uploaded_by, homer.moment_of_file(created_at), id);
CREATE INDEX homer_files_public_idx ON @extschema@.homer_files (homer.moment_of_file(created_at), id) WHERE is_shared;
CREATE INDEX homer_files_shared_with_idx ON @extschema@.homer_files USING gin (homer.keys_of_users(shared_with) homer.keys_ops)
    WHERE shared_with <> '[]';

-- The one thing that a file and a message share is one link.
CREATE UNIQUE INDEX homer_file_messages_link_unique
    ON @extschema@.homer_file_messages (file_id, conversation_id, message_id, direction);

-- Inlined into the statements that call them.

CREATE FUNCTION homer.may_see(user_id text, uploaded_by text, is_shared boolean, shared_with jsonb) RETURNS boolean
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN COALESCE(is_shared, false) OR COALESCE(uploaded_by = user_id, false)
        OR COALESCE(pg_catalog.jsonb_exists(shared_with, user_id), false);
COMMENT ON FUNCTION homer.may_see(text, text, boolean, jsonb) IS
'Whether a user may see a file with this owner that is shared so. A null user is nobody in particular.';

CREATE FUNCTION homer.files_shared_with(user_id text) RETURNS SETOF @extschema@.homer_files
    LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT f.*
      FROM @extschema@.homer_files AS f
     WHERE homer.keys_of_users(f.shared_with) OPERATOR(homer.&&) ARRAY[homer.key_of_user(user_id)]
       AND f.shared_with <> '[]' AND pg_catalog.jsonb_exists(f.shared_with, user_id);
END;
COMMENT ON FUNCTION homer.files_shared_with(text) IS 'The files that are shared with the user by name.';

CREATE FUNCTION homer.newest_files(user_id text, before timestamp, before_id integer, at_most integer)
    RETURNS SETOF @extschema@.homer_files
    LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    (SELECT f.* FROM @extschema@.homer_files AS f
      WHERE f.uploaded_by = newest_files.user_id
        AND (homer.moment_of_file(f.created_at), f.id) < (before, before_id)
      ORDER BY homer.moment_of_file(f.created_at) DESC, f.id DESC LIMIT at_most)
    UNION ALL
    (SELECT f.* FROM @extschema@.homer_files AS f
      WHERE f.is_shared AND (homer.moment_of_file(f.created_at), f.id) < (before, before_id)
      ORDER BY homer.moment_of_file(f.created_at) DESC, f.id DESC LIMIT at_most)
    UNION ALL
    (SELECT f.* FROM homer.files_shared_with(newest_files.user_id) AS f
      WHERE (homer.moment_of_file(f.created_at), f.id) < (before, before_id)
      ORDER BY homer.moment_of_file(f.created_at) DESC, f.id DESC LIMIT at_most);
END;
COMMENT ON FUNCTION homer.newest_files(text, timestamp, integer, integer) IS
'The newest files before a moment of each of the three ways to see one, so many of each; one that is seen in two ways comes twice.';

CREATE FUNCTION homer.with_users(shared_with jsonb, uploaded_by text, user_ids text[]) RETURNS jsonb
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN (SELECT COALESCE(pg_catalog.jsonb_agg(u.user_id ORDER BY u.place), '[]')
              FROM (SELECT user_id, pg_catalog.min(place) AS place
                      FROM (SELECT user_id, place
                              FROM pg_catalog.jsonb_array_elements_text(shared_with) WITH ORDINALITY AS s (user_id, place)
                             UNION ALL
                            SELECT user_id, pg_catalog.jsonb_array_length(COALESCE(shared_with, '[]')) + place
                              FROM pg_catalog.unnest(user_ids) WITH ORDINALITY AS a (user_id, place)
                             WHERE user_id <> uploaded_by) AS both_of_them
                     GROUP BY user_id) AS u);
COMMENT ON FUNCTION homer.with_users(jsonb, text, text[]) IS
'An array of user ids with some more, each once, those that were there first. The owner needs no place in it.';

CREATE FUNCTION homer.without_users(shared_with jsonb, user_ids text[]) RETURNS jsonb
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN COALESCE(shared_with, '[]') - user_ids;
COMMENT ON FUNCTION homer.without_users(jsonb, text[]) IS 'An array of user ids without some of them.';

CREATE FUNCTION @extschema@.homer_register_file(
    uploaded_by text,
    original_name text,
    mime_type text,
    file_size integer,
    storage_path text,
    storage_type text DEFAULT 'local',
    file_id text DEFAULT NULL,
    description text DEFAULT NULL,
    extracted_text text DEFAULT NULL,
    tags text[] DEFAULT '{}'
) RETURNS text
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp
AS $function$
#variable_conflict use_variable
DECLARE
    registered text;
BEGIN
    INSERT INTO @extschema@.homer_files AS f (
        file_id, uploaded_by, original_name, mime_type, file_size, storage_path, storage_type, description,
        extracted_text, tags, created_at, updated_at)
    SELECT COALESCE(lower(file_id), gen_random_uuid()::text), uploaded_by, original_name, mime_type, file_size, storage_path,
           storage_type, description, extracted_text, to_jsonb(tags), homer.utc_now(), homer.utc_now()
     WHERE homer.check_id('uploaded_by', uploaded_by)
       AND homer.check_acts_for(uploaded_by)
       AND homer.check_text('original_name', original_name)
       AND homer.check_text('mime_type', mime_type)
       AND homer.check_file_size(file_size)
       AND homer.check_text('storage_path', storage_path)
       AND homer.check_one_of('storage_type', storage_type, '{local,s3}')
       AND homer.check_uuid('file_id', file_id)
       AND homer.check_strings('tags', to_jsonb(tags))
    ON CONFLICT ON CONSTRAINT homer_files_file_id_unique DO NOTHING
    RETURNING f.file_id INTO registered;
    IF registered IS NULL THEN
        PERFORM homer.refuse_known_file(file_id);
    END IF;
    RETURN registered;
END
$function$;
COMMENT ON FUNCTION @extschema@.homer_register_file(text, text, text, integer, text, text, text, text, text, text[]) IS
'Stores a file''s record and returns its file_id: the UUID given, in lower case, or a new one. A file_id that is there already is refused.';

-- Each of the three changes one row where there is something to change, and returns it either way. The new value is computed from
-- the row that is updated, so that of two calls at once none is lost.

CREATE FUNCTION @extschema@.homer_share_file(file_id text, user_ids text[]) RETURNS @extschema@.homer_files
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp
AS $function$
BEGIN
    PERFORM homer.check_text('file_id', file_id), homer.check_user_ids(user_ids),
            homer.check_strings('user_ids', to_jsonb(user_ids)), homer.check_may_change_file(file_id);
    UPDATE @extschema@.homer_files AS f
       SET shared_with = homer.with_users(f.shared_with, f.uploaded_by, user_ids), updated_at = homer.utc_now()
     WHERE f.file_id = homer_share_file.file_id
       AND f.shared_with IS DISTINCT FROM homer.with_users(f.shared_with, f.uploaded_by, user_ids);
    RETURN homer.known_file(file_id);
END
$function$;
COMMENT ON FUNCTION @extschema@.homer_share_file(text, text[]) IS
'Lets the users see the file, and returns it. Those who see it already stay as they are.';

CREATE FUNCTION @extschema@.homer_unshare_file(file_id text, user_ids text[]) RETURNS @extschema@.homer_files
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp
AS $function$
BEGIN
    PERFORM homer.check_text('file_id', file_id), homer.check_user_ids(user_ids),
            homer.check_strings('user_ids', to_jsonb(user_ids)), homer.check_may_change_file(file_id);
    UPDATE @extschema@.homer_files AS f
       SET shared_with = homer.without_users(f.shared_with, user_ids), updated_at = homer.utc_now()
     WHERE f.file_id = homer_unshare_file.file_id
       AND f.shared_with IS DISTINCT FROM homer.without_users(f.shared_with, user_ids);
    RETURN homer.known_file(file_id);
END
$function$;
COMMENT ON FUNCTION @extschema@.homer_unshare_file(text, text[]) IS
'Takes the file out of the sight of the users, and returns it. Its owner sees it still, and everyone does while it is published.';

CREATE FUNCTION @extschema@.homer_publish_file(file_id text, is_shared boolean DEFAULT true) RETURNS @extschema@.homer_files
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp
AS $function$
BEGIN
    PERFORM homer.check_text('file_id', file_id), homer.check_flag('is_shared', is_shared), homer.check_may_change_file(file_id);
    UPDATE @extschema@.homer_files AS f
       SET is_shared = homer_publish_file.is_shared, updated_at = homer.utc_now()
     WHERE f.file_id = homer_publish_file.file_id AND f.is_shared IS DISTINCT FROM homer_publish_file.is_shared;
    RETURN homer.known_file(file_id);
END
$function$;
COMMENT ON FUNCTION @extschema@.homer_publish_file(text, boolean) IS
'Lets everyone see the file, or with false no more than its owner and those it is shared with, and returns it.';

CREATE FUNCTION homer.known_file(file_id text) RETURNS @extschema@.homer_files
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    known @extschema@.homer_files;
BEGIN
    SELECT f.* INTO known FROM @extschema@.homer_files AS f WHERE f.file_id = known_file.file_id;
    IF NOT FOUND THEN
        PERFORM homer.refuse_unknown_file(known_file.file_id);
    END IF;
    RETURN known;
END
$function$;
COMMENT ON FUNCTION homer.known_file(text) IS 'The file of this id; one that does not exist is refused.';

CREATE FUNCTION homer.check_may_change_file(file_id text) RETURNS boolean
    LANGUAGE plpgsql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    owner text;
BEGIN
    PERFORM homer.check_acts();
    SELECT f.uploaded_by INTO owner FROM @extschema@.homer_files AS f WHERE f.file_id = check_may_change_file.file_id;
    IF owner IS NULL THEN
        RETURN homer.refuse_unknown_file(check_may_change_file.file_id);
    ELSIF homer.acts_for_anyone() OR owner = homer.acting_user() THEN
        RETURN true;
    END IF;
    RETURN homer.refuse_foreign_file(check_may_change_file.file_id, homer.acting_user());
END
$function$;
COMMENT ON FUNCTION homer.check_may_change_file(text) IS
'Refuses a file that does not exist or is not to be seen, and one that the role''s user sees and does not own.';

CREATE FUNCTION @extschema@.homer_can_read_file(user_id text, file_id text) RETURNS boolean
    LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT CASE
        WHEN homer.check_user_or_everyone(homer_can_read_file.user_id) AND homer.check_acts_for(homer_can_read_file.user_id)
             AND homer.check_text('file_id', homer_can_read_file.file_id)
        THEN COALESCE((SELECT homer.may_see(homer_can_read_file.user_id, f.uploaded_by, f.is_shared, f.shared_with)
                         FROM @extschema@.homer_files AS f WHERE f.file_id = homer_can_read_file.file_id),
                      homer.refuse_unknown_file(homer_can_read_file.file_id))
    END;
END;
COMMENT ON FUNCTION @extschema@.homer_can_read_file(text, text) IS
'Whether the user owns the file, has it shared with them, or it is published. A null user may see what is published.';

CREATE FUNCTION @extschema@.homer_link_file(
    file_id text,
    conversation_id text,
    message_id text,
    direction text,
    context text DEFAULT NULL
) RETURNS integer
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp
AS $function$
#variable_conflict use_variable
DECLARE
    link integer;
BEGIN
    PERFORM homer.check_text('file_id', file_id),
            homer.check_id('conversation_id', conversation_id),
            homer.check_id('message_id', message_id),
            homer.check_one_of('direction', direction, '{inbound,outbound}'),
            homer.check_acts(),
            homer.known_file(file_id);
    LOOP
        INSERT INTO @extschema@.homer_file_messages AS m (file_id, conversation_id, message_id, direction, context, created_at)
        VALUES (file_id, conversation_id, message_id, direction, context, homer.utc_now())
        ON CONFLICT DO NOTHING
        RETURNING m.id INTO link;
        EXIT WHEN FOUND;
        SELECT m.id INTO link
          FROM @extschema@.homer_file_messages AS m
         WHERE m.file_id = file_id AND m.conversation_id = conversation_id AND m.message_id = message_id
           AND m.direction = direction;
        -- Not there any more: it was removed between the two statements.
        EXIT WHEN FOUND;
    END LOOP;
    RETURN link;
END
$function$;
COMMENT ON FUNCTION @extschema@.homer_link_file(text, text, text, text, text) IS
'Links a file to the message that carried it, inbound from the user or outbound from the assistant, and returns the link''s id. The same link a second time is the first, and keeps its context.';

CREATE TYPE @extschema@.homer_conversation_file AS (
    id integer,
    file_id text,
    uploaded_by text,
    original_name text,
    mime_type text,
    file_size integer,
    storage_path text,
    storage_type text,
    description text,
    extracted_text text,
    tags jsonb,
    is_shared boolean,
    shared_with jsonb,
    created_at timestamp,
    updated_at timestamp,
    message_id text,
    direction text,
    context text
);
COMMENT ON TYPE @extschema@.homer_conversation_file IS 'A row of homer_files, and the message that carried the file.';

CREATE FUNCTION @extschema@.homer_conversation_files(conversation_id text, user_id text DEFAULT NULL)
    RETURNS SETOF @extschema@.homer_conversation_file
    LANGUAGE sql STABLE PARALLEL SAFE ROWS 10
BEGIN ATOMIC
    SELECT f.*, m.message_id, m.direction, m.context
      FROM @extschema@.homer_file_messages AS m
      JOIN @extschema@.homer_files AS f ON f.file_id = m.file_id
     WHERE homer.check_text('conversation_id', homer_conversation_files.conversation_id)
       AND homer.check_user_or_everyone(homer_conversation_files.user_id)
       AND homer.check_acts_for(homer_conversation_files.user_id)
       AND m.conversation_id = homer_conversation_files.conversation_id
       AND (homer_conversation_files.user_id IS NULL
            OR homer.may_see(homer_conversation_files.user_id, f.uploaded_by, f.is_shared, f.shared_with))
     ORDER BY m.created_at, m.id;
END;
COMMENT ON FUNCTION @extschema@.homer_conversation_files(text, text) IS
'The files that the messages of a conversation carried, in the order in which they were linked; with a user, those that the user may see.';
