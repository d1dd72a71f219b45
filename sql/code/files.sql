-- What is known of each file, who may see it, and which message carried it. Only the record is kept here; the bytes lie
-- where storage_path says. A file is seen by its owner, by the users of shared_with, and by everyone where is_shared.

CREATE FUNCTION homer.moment_of_file(created_at timestamp) RETURNS timestamp
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN CASE WHEN created_at IS NULL THEN '-infinity'::timestamp ELSE created_at END;
COMMENT ON FUNCTION homer.moment_of_file(timestamp) IS 'When a file counts as made: before all others where nothing is known.';

-- Leakproof, as all that chooses an index must be, and so without an error for any value.

CREATE FUNCTION homer.key_of_user(user_id text) RETURNS uuid
    LANGUAGE c IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE AS 'MODULE_PATHNAME', 'key_of_user_wrapper';
COMMENT ON FUNCTION homer.key_of_user(text) IS 'The key of a user id.';

CREATE FUNCTION homer.keys_of_users(user_ids jsonb) RETURNS uuid[]
    LANGUAGE c IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE AS 'MODULE_PATHNAME', 'keys_of_users_wrapper';
COMMENT ON FUNCTION homer.keys_of_users(jsonb) IS 'The key of each user id in an array of them.';

-- Inlined into the statements that call them. They name the columns, because an application may add some of its own.

CREATE FUNCTION homer.may_see(user_id text, uploaded_by text, is_shared boolean, shared_with jsonb) RETURNS boolean
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN COALESCE(is_shared, false) OR COALESCE(uploaded_by = user_id, false)
        OR COALESCE(pg_catalog.jsonb_exists(shared_with, user_id), false);
COMMENT ON FUNCTION homer.may_see(text, text, boolean, jsonb) IS
'Whether a user may see a file with this owner that is shared so. A null user is nobody in particular.';

CREATE FUNCTION homer.files_shared_with(user_id text) RETURNS SETOF @extschema@.homer_accessible_file
    LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT f.id, f.file_id, f.uploaded_by, f.original_name, f.mime_type, f.file_size, f.storage_path, f.storage_type,
           f.description, f.tags, f.is_shared, f.shared_with, f.created_at, f.updated_at,
           homer.relevance(NULL, 'file', f.created_at, f.created_at, homer.utc_now())
      FROM @extschema@.homer_files AS f
     WHERE homer.keys_of_users(f.shared_with) OPERATOR(homer.&&) ARRAY[homer.key_of_user(user_id)]
       AND f.shared_with <> '[]' AND pg_catalog.jsonb_exists(f.shared_with, user_id);
END;
COMMENT ON FUNCTION homer.files_shared_with(text) IS 'The files that are shared with the user by name.';

CREATE FUNCTION homer.newest_files(user_id text, before timestamp, before_id integer, at_most integer)
    RETURNS SETOF @extschema@.homer_accessible_file
    LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    (SELECT f.id, f.file_id, f.uploaded_by, f.original_name, f.mime_type, f.file_size, f.storage_path, f.storage_type,
            f.description, f.tags, f.is_shared, f.shared_with, f.created_at, f.updated_at,
            homer.relevance(NULL, 'file', f.created_at, f.created_at, homer.utc_now())
       FROM @extschema@.homer_files AS f
      WHERE f.uploaded_by = newest_files.user_id
        AND (homer.moment_of_file(f.created_at), f.id) < (before, before_id)
      ORDER BY homer.moment_of_file(f.created_at) DESC, f.id DESC LIMIT at_most)
    UNION ALL
    (SELECT f.id, f.file_id, f.uploaded_by, f.original_name, f.mime_type, f.file_size, f.storage_path, f.storage_type,
            f.description, f.tags, f.is_shared, f.shared_with, f.created_at, f.updated_at,
            homer.relevance(NULL, 'file', f.created_at, f.created_at, homer.utc_now())
       FROM @extschema@.homer_files AS f
      WHERE f.is_shared AND (homer.moment_of_file(f.created_at), f.id) < (before, before_id)
      ORDER BY homer.moment_of_file(f.created_at) DESC, f.id DESC LIMIT at_most)
    UNION ALL
    (SELECT f.*
       FROM homer.files_shared_with(newest_files.user_id) AS f
      WHERE (homer.moment_of_file(f.created_at), f.id) < (before, before_id)
      ORDER BY homer.moment_of_file(f.created_at) DESC, f.id DESC LIMIT at_most);
END;
COMMENT ON FUNCTION homer.newest_files(text, timestamp, integer, integer) IS
'The newest files before a moment of each of the three ways to see one, so many of each; one that is seen in two ways comes twice.';

CREATE FUNCTION homer.files_in_sight(user_id text) RETURNS TABLE (id integer, file_id text)
    LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT f.id, f.file_id FROM @extschema@.homer_files AS f
     WHERE f.uploaded_by = files_in_sight.user_id AND f.is_shared IS NOT TRUE
    UNION ALL
    SELECT f.id, f.file_id FROM @extschema@.homer_files AS f WHERE f.is_shared
    UNION ALL
    SELECT f.id, f.file_id FROM homer.files_shared_with(files_in_sight.user_id) AS f
     WHERE f.uploaded_by <> files_in_sight.user_id AND f.is_shared IS NOT TRUE;
END;
COMMENT ON FUNCTION homer.files_in_sight(text) IS 'The files that the user may see, each once.';

CREATE FUNCTION homer.with_users(shared_with jsonb, uploaded_by text, user_ids text[]) RETURNS SETOF jsonb
    LANGUAGE sql IMMUTABLE PARALLEL SAFE ROWS 1
BEGIN ATOMIC
    SELECT COALESCE(pg_catalog.jsonb_agg(u.user_id ORDER BY u.place), '[]')
      FROM (SELECT user_id, pg_catalog.min(place) AS place
              FROM (SELECT user_id, place
                      FROM pg_catalog.jsonb_array_elements_text(shared_with) WITH ORDINALITY AS s (user_id, place)
                     UNION ALL
                    SELECT user_id, pg_catalog.jsonb_array_length(COALESCE(shared_with, '[]')) + place
                      FROM pg_catalog.unnest(user_ids) WITH ORDINALITY AS a (user_id, place)
                     WHERE user_id <> uploaded_by) AS both_of_them
             GROUP BY user_id) AS u;
END;
COMMENT ON FUNCTION homer.with_users(jsonb, text, text[]) IS
'An array of user ids with some more, each once, those that were there first. The owner needs no place in it.';

-- PostgreSQL's own, `jsonb - text[]`, compares each with each, and cannot be cancelled while it does.
CREATE FUNCTION homer.without_users(shared_with jsonb, user_ids text[]) RETURNS SETOF jsonb
    LANGUAGE sql IMMUTABLE PARALLEL SAFE ROWS 1
BEGIN ATOMIC
    SELECT COALESCE(pg_catalog.jsonb_agg(s.user_id ORDER BY s.place), '[]')
      FROM pg_catalog.jsonb_array_elements_text(shared_with) WITH ORDINALITY AS s (user_id, place)
     WHERE s.user_id NOT IN (SELECT u FROM pg_catalog.unnest(user_ids) AS u WHERE u IS NOT NULL);
END;
COMMENT ON FUNCTION homer.without_users(jsonb, text[]) IS 'An array of user ids without some of them.';

CREATE FUNCTION homer.shared_with_after(shared_with jsonb, uploaded_by text, added text[], removed text[]) RETURNS jsonb
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS
$function$
BEGIN
    IF added IS NULL THEN
        RETURN (SELECT w.users FROM homer.without_users(shared_with, removed) AS w (users));
    END IF;
    RETURN (SELECT w.users FROM homer.with_users(shared_with, uploaded_by, added) AS w (users));
END
$function$;
COMMENT ON FUNCTION homer.shared_with_after(jsonb, text, text[], text[]) IS
'Whom a file is shared with after some users were added or, where none were, removed.';

CREATE FUNCTION homer.is_same_json(a jsonb, b jsonb) RETURNS boolean
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN a IS NOT DISTINCT FROM b;
COMMENT ON FUNCTION homer.is_same_json(jsonb, jsonb) IS 'Whether two JSON values are the same, or both null.';

CREATE FUNCTION homer.check_file(
    uploaded_by text, original_name text, mime_type text, file_size integer, storage_path text, storage_type text,
    file_id text, description text, extracted_text text, tags text[]
) RETURNS boolean
    -- Volatile as what refuses is, or it would not be inlined.
    LANGUAGE sql VOLATILE PARALLEL RESTRICTED
    RETURN homer.check_id('uploaded_by', uploaded_by)
       AND homer.check_acts_for(uploaded_by)
       AND homer.check_text('original_name', original_name)
       AND homer.check_text('mime_type', mime_type)
       AND homer.check_file_size(file_size)
       AND homer.check_text('storage_path', storage_path)
       AND homer.check_one_of('storage_type', storage_type, '{local,s3}')
       AND homer.check_uuid('file_id', file_id)
       AND homer.check_strings('tags', pg_catalog.to_jsonb(tags))
       AND homer.check_bytes('original_name', original_name, 1024)
       AND homer.check_bytes('mime_type', mime_type, 1024)
       AND homer.check_bytes('storage_path', storage_path, 4096)
       AND homer.check_bytes('description', description, 10240)
       AND homer.check_bytes('extracted_text', extracted_text, 67108864)
       AND homer.check_bytes('tags', pg_catalog.to_jsonb(tags)::text, 65536);
COMMENT ON FUNCTION homer.check_file(text, text, text, integer, text, text, text, text, text, text[]) IS
'Refuses what homer_register_file cannot store.';

CREATE FUNCTION homer.refuse_unregistered_file(file_id text) RETURNS boolean
    LANGUAGE plpgsql STABLE PARALLEL SAFE
AS $function$
BEGIN
    -- A confined role cannot see who owns the file. Most likely the id is that of another user's file. Where a trigger kept the
    -- row away instead, a call without file_id, which the hint asks for, gets the other refusal.
    IF file_id IS NOT NULL
       AND (NOT homer.acts_for_anyone()
            OR EXISTS (SELECT FROM @extschema@.homer_files AS f
                        WHERE f.file_id OPERATOR(pg_catalog.=) pg_catalog.lower(refuse_unregistered_file.file_id))) THEN
        RETURN homer.refuse('known_file', pg_catalog.jsonb_build_object('file_id', file_id));
    END IF;
    RETURN homer.refuse('not_stored', '{"what": "file"}');
END
$function$;
COMMENT ON FUNCTION homer.refuse_unregistered_file(text) IS 'Refuses a file that was not stored: it is there already, or was kept away.';

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
AS $function$
-- In the caller's search_path, which the application's triggers may need: all names and operators are qualified, here and
-- in the functions below.
#variable_conflict use_variable
DECLARE
    registered pg_catalog.text;
BEGIN
    storage_type := COALESCE(storage_type, 'local');
    tags := COALESCE(tags, '{}');
    PERFORM homer.check_file(uploaded_by, original_name, mime_type, file_size, storage_path, storage_type, file_id, description,
                             extracted_text, tags);
    INSERT INTO @extschema@.homer_files AS f (
        file_id, uploaded_by, original_name, mime_type, file_size, storage_path, storage_type, description,
        extracted_text, tags, created_at, updated_at)
    VALUES (COALESCE(pg_catalog.lower(file_id), pg_catalog.gen_random_uuid()::pg_catalog.text), uploaded_by, original_name,
            mime_type, file_size, storage_path, storage_type, description, extracted_text, pg_catalog.to_jsonb(tags),
            homer.utc_now(), homer.utc_now())
    ON CONFLICT ON CONSTRAINT homer_files_file_id_unique DO NOTHING
    RETURNING f.file_id INTO registered;
    IF registered IS NULL THEN
        PERFORM homer.refuse_unregistered_file(file_id);
    END IF;
    RETURN registered;
END
$function$;
COMMENT ON FUNCTION @extschema@.homer_register_file(text, text, text, integer, text, text, text, text, text, text[]) IS
'Stores a file''s record and returns its file_id: the UUID given, in lower case, or a new one. A file_id that is there already is refused.';

-- The first three below change one row where there is something to change, and return it either way. The new value is computed
-- from the row that is updated, so that of two calls at once none is lost. Where a row that is to be changed was not, another
-- call may just have made the same change, which a second look tells from a trigger or a policy that keeps the row.

CREATE FUNCTION homer.check_users_shared_with(shared_with jsonb) RETURNS boolean
    LANGUAGE sql VOLATILE PARALLEL SAFE
    RETURN CASE WHEN pg_catalog.jsonb_array_length(shared_with) <= 1000 THEN true
                ELSE homer.refuse_shape(
                    'user_ids', pg_catalog.jsonb_array_length(shared_with)::text || ' with those who see it already',
                    'so few that a file is shared with 1000 users at most; publish it for more') END;
COMMENT ON FUNCTION homer.check_users_shared_with(jsonb) IS 'Refuses to share a file with more users than its row holds.';

CREATE FUNCTION homer.stored_file_id(file_id text) RETURNS text
    LANGUAGE plpgsql STABLE PARALLEL RESTRICTED AS
$function$
#variable_conflict use_variable
BEGIN
    IF file_id OPERATOR(pg_catalog.=) pg_catalog.lower(file_id) THEN
        RETURN file_id;
    END IF;
    -- An application may have stored one in capitals by itself.
    IF EXISTS (SELECT FROM @extschema@.homer_files AS f WHERE f.file_id OPERATOR(pg_catalog.=) stored_file_id.file_id) THEN
        RETURN file_id;
    END IF;
    RETURN pg_catalog.lower(file_id);
END
$function$;
COMMENT ON FUNCTION homer.stored_file_id(text) IS
'A file id as it is stored: in small letters, as homer_register_file stores one that is given in capitals, unless it is there as it is.';

CREATE FUNCTION homer.change_users(file_id text, added text[], removed text[]) RETURNS @extschema@.homer_files
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
AS $function$
DECLARE
    file @extschema@.homer_files;
    after pg_catalog.jsonb;
BEGIN
    PERFORM homer.check_may_change_file(change_users.file_id, NULL);
    FOR attempt IN 1 .. 2 LOOP
        file := homer.known_file(change_users.file_id);
        after := homer.shared_with_after(file.shared_with, file.uploaded_by, added, removed);
        IF homer.is_same_json(file.shared_with, after) THEN
            RETURN file;
        END IF;
        PERFORM homer.check_users_shared_with(after);
        UPDATE @extschema@.homer_files AS f
           SET shared_with = homer.shared_with_after(f.shared_with, f.uploaded_by, added, removed), updated_at = homer.utc_now()
         WHERE f.file_id OPERATOR(pg_catalog.=) change_users.file_id
           AND NOT homer.is_same_json(f.shared_with, homer.shared_with_after(f.shared_with, f.uploaded_by, added, removed))
        RETURNING f.* INTO file;
        IF FOUND THEN
            RETURN file;
        END IF;
    END LOOP;
    PERFORM homer.refuse('not_stored', '{"what": "change of the file"}');
    RETURN NULL;
END
$function$;
COMMENT ON FUNCTION homer.change_users(text, text[], text[]) IS
'Lets users see a file or, where none are added, takes it out of the sight of some, and returns it.';

CREATE FUNCTION @extschema@.homer_share_file(file_id text, user_ids text[]) RETURNS @extschema@.homer_files
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
AS $function$
BEGIN
    PERFORM homer.check_text('file_id', file_id), homer.check_user_ids(user_ids),
            homer.check_strings('user_ids', pg_catalog.to_jsonb(user_ids));
    PERFORM homer.check_id('an element of user_ids', u) FROM pg_catalog.unnest(user_ids) AS u;
    RETURN homer.change_users(homer.stored_file_id(file_id), user_ids, NULL);
END
$function$;
COMMENT ON FUNCTION @extschema@.homer_share_file(text, text[]) IS
'Lets the users see the file, and returns it. Those who see it already stay as they are.';

CREATE FUNCTION @extschema@.homer_unshare_file(file_id text, user_ids text[]) RETURNS @extschema@.homer_files
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
AS $function$
BEGIN
    PERFORM homer.check_text('file_id', file_id), homer.check_user_ids(user_ids),
            homer.check_strings('user_ids', pg_catalog.to_jsonb(user_ids));
    RETURN homer.change_users(homer.stored_file_id(file_id), NULL, user_ids);
END
$function$;
COMMENT ON FUNCTION @extschema@.homer_unshare_file(text, text[]) IS
'Takes the file out of the sight of the users, and returns it. Its owner sees it still, and everyone does while it is published.';

CREATE FUNCTION @extschema@.homer_publish_file(file_id text, is_shared boolean DEFAULT true) RETURNS @extschema@.homer_files
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
AS $function$
DECLARE
    file @extschema@.homer_files;
    wanted pg_catalog.bool := COALESCE(is_shared, true);
BEGIN
    PERFORM homer.check_text('file_id', file_id);
    file_id := homer.stored_file_id(file_id);
    PERFORM homer.check_may_change_file(file_id, wanted);
    FOR attempt IN 1 .. 2 LOOP
        file := homer.known_file(homer_publish_file.file_id);
        IF COALESCE(file.is_shared OPERATOR(pg_catalog.=) wanted, false) THEN
            RETURN file;
        END IF;
        UPDATE @extschema@.homer_files AS f
           SET is_shared = wanted, updated_at = homer.utc_now()
         WHERE f.file_id OPERATOR(pg_catalog.=) homer_publish_file.file_id
           AND NOT COALESCE(f.is_shared OPERATOR(pg_catalog.=) wanted, false)
        RETURNING f.* INTO file;
        IF FOUND THEN
            RETURN file;
        END IF;
    END LOOP;
    PERFORM homer.refuse('not_stored', '{"what": "change of the file"}');
    RETURN NULL;
END
$function$;
COMMENT ON FUNCTION @extschema@.homer_publish_file(text, boolean) IS
'Lets everyone see the file, or with false no more than its owner and those it is shared with, and returns it. Everybody''s prompts may name what is published: publishing takes a role that may tell everyone something.';

CREATE FUNCTION @extschema@.homer_remove_file(file_id text) RETURNS @extschema@.homer_files
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
AS $function$
DECLARE
    removed @extschema@.homer_files;
BEGIN
    -- Of a published file, this takes it back as well.
    PERFORM homer.check_text('file_id', file_id);
    file_id := homer.stored_file_id(file_id);
    PERFORM homer.check_may_change_file(file_id, false);
    -- Before the links, which go with the file.
    DELETE FROM homer.link_makers AS k
     WHERE k.link_id OPERATOR(pg_catalog.=) ANY (ARRAY(
               SELECT m.id FROM @extschema@.homer_file_messages AS m WHERE m.file_id OPERATOR(pg_catalog.=) homer_remove_file.file_id));
    DELETE FROM @extschema@.homer_files AS f
     WHERE f.file_id OPERATOR(pg_catalog.=) homer_remove_file.file_id
    RETURNING f.* INTO removed;
    IF NOT FOUND THEN
        -- Another call may just have removed it.
        PERFORM homer.known_file(homer_remove_file.file_id), homer.refuse('not_stored', '{"what": "removal of the file"}');
    END IF;
    RETURN removed;
END
$function$;
COMMENT ON FUNCTION @extschema@.homer_remove_file(text) IS
'Removes a file''s record, whom it is shared with and its links to messages, and returns what it was, so that the bytes at storage_path can be removed too. For its owner, and for a role that acts for any user.';

CREATE FUNCTION homer.known_file(file_id text) RETURNS @extschema@.homer_files
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
AS $function$
DECLARE
    known @extschema@.homer_files;
BEGIN
    SELECT f.* INTO known FROM @extschema@.homer_files AS f WHERE f.file_id OPERATOR(pg_catalog.=) known_file.file_id;
    IF NOT FOUND THEN
        PERFORM homer.refuse('unknown_file', pg_catalog.jsonb_build_object('file_id', known_file.file_id));
    END IF;
    RETURN known;
END
$function$;
COMMENT ON FUNCTION homer.known_file(text) IS 'The file of this id; one that does not exist is refused.';

CREATE FUNCTION homer.check_may_change_file(file_id text, published boolean) RETURNS boolean
    LANGUAGE plpgsql STABLE PARALLEL RESTRICTED
AS $function$
DECLARE
    file record;
BEGIN
    PERFORM homer.check_acts();
    SELECT f.uploaded_by AS owner, COALESCE(published, f.is_shared, false) AS is_published INTO file
      FROM @extschema@.homer_files AS f WHERE f.file_id OPERATOR(pg_catalog.=) check_may_change_file.file_id;
    IF file.owner IS NULL THEN
        RETURN homer.refuse('unknown_file', pg_catalog.jsonb_build_object('file_id', check_may_change_file.file_id));
    ELSIF NOT (homer.acts_for_anyone() OR homer.is_same_text(file.owner, homer.acting_user())) THEN
        RETURN homer.refuse('foreign_file', pg_catalog.jsonb_build_object(
            'file_id', check_may_change_file.file_id, 'acting_for', homer.acting_user()));
    END IF;
    RETURN NOT file.is_published OR homer.check_tells_everyone();
END
$function$;
COMMENT ON FUNCTION homer.check_may_change_file(text, boolean) IS
'Refuses a file that does not exist or is not to be seen, one that the role''s user sees and does not own, and to a role that may not tell everyone something one that is published, or will be: published says so, null where it stays as it is.';

CREATE FUNCTION @extschema@.homer_can_read_file(user_id text, file_id text) RETURNS boolean
    LANGUAGE plpgsql STABLE PARALLEL RESTRICTED AS
$function$
#variable_conflict use_column
DECLARE
    can_read pg_catalog.bool;
BEGIN
    PERFORM homer.check_user_or_everyone(homer_can_read_file.user_id), homer.check_acts_for(homer_can_read_file.user_id),
            homer.check_text('file_id', homer_can_read_file.file_id);
    file_id := homer.stored_file_id(homer_can_read_file.file_id);
    SELECT homer.may_see(homer_can_read_file.user_id, f.uploaded_by, f.is_shared, f.shared_with) INTO can_read
      FROM @extschema@.homer_files AS f WHERE f.file_id OPERATOR(pg_catalog.=) homer_can_read_file.file_id;
    IF NOT FOUND THEN
        PERFORM homer.refuse('unknown_file', pg_catalog.jsonb_build_object('file_id', homer_can_read_file.file_id));
    END IF;
    RETURN can_read;
END
$function$;
COMMENT ON FUNCTION @extschema@.homer_can_read_file(text, text) IS
'Whether the user owns the file, has it shared with them, or it is published. A null user may see what is published.';

CREATE FUNCTION homer.known_link(file_id text, conversation_id text, message_id text, direction text) RETURNS integer
    LANGUAGE plpgsql STABLE PARALLEL RESTRICTED AS
$function$
#variable_conflict use_variable
BEGIN
    RETURN (SELECT m.id
              FROM @extschema@.homer_file_messages AS m
             WHERE m.file_id OPERATOR(pg_catalog.=) file_id
               AND m.conversation_id OPERATOR(pg_catalog.=) conversation_id
               AND m.message_id OPERATOR(pg_catalog.=) message_id
               AND m.direction OPERATOR(pg_catalog.=) direction);
END
$function$;
COMMENT ON FUNCTION homer.known_link(text, text, text, text) IS 'The link of a file to a message, as far as the role may read it.';

CREATE FUNCTION @extschema@.homer_link_file(
    file_id text,
    conversation_id text,
    message_id text,
    direction text,
    context text DEFAULT NULL,
    user_id text DEFAULT NULL
) RETURNS integer
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
AS $function$
#variable_conflict use_variable
DECLARE
    owner pg_catalog.text;
    maker pg_catalog.text;
    link pg_catalog.int4;
    is_noted pg_catalog.bool;
BEGIN
    IF NOT (homer.check_link(file_id, conversation_id, message_id, direction, context, user_id) AND homer.check_acts_for(user_id)) THEN
        RETURN NULL;
    END IF;
    -- Of the row no more than this: its text may be long.
    SELECT f.uploaded_by, COALESCE(user_id, CASE WHEN homer.acts_for_anyone() THEN f.uploaded_by ELSE homer.acting_user() END)
      INTO owner, maker
      FROM @extschema@.homer_files AS f WHERE f.file_id OPERATOR(pg_catalog.=) homer_link_file.file_id;
    IF NOT FOUND THEN
        -- One that is given in capitals is stored in small letters, unless an application has stored it as it is.
        IF file_id OPERATOR(pg_catalog.<>) pg_catalog.lower(file_id) THEN
            RETURN @extschema@.homer_link_file(pg_catalog.lower(file_id), conversation_id, message_id, direction, context, user_id);
        END IF;
        PERFORM homer.refuse('unknown_file', pg_catalog.jsonb_build_object('file_id', file_id));
    END IF;
    -- Where it can neither be stored nor seen, it was removed between the two statements; but not each time.
    FOR attempt IN 1 .. 3 LOOP
        -- Of a link to another's file the maker would be noted before it turns out that it is there already.
        IF maker OPERATOR(pg_catalog.<>) owner THEN
            link := homer.known_link(file_id, conversation_id, message_id, direction);
        END IF;
        IF link IS NULL THEN
            INSERT INTO @extschema@.homer_file_messages AS m (file_id, conversation_id, message_id, direction, context, created_at)
            VALUES (file_id, conversation_id, message_id, direction, context, homer.utc_now())
            ON CONFLICT DO NOTHING
            RETURNING m.id INTO link;
            IF FOUND THEN
                -- For a confined role the policy has noted it.
                IF maker OPERATOR(pg_catalog.<>) owner THEN
                    is_noted := NOT homer.acts_for_anyone() OR homer.note_maker(link, maker, homer.utc_now());
                END IF;
                RETURN link;
            END IF;
            link := homer.known_link(file_id, conversation_id, message_id, direction);
        END IF;
        IF link IS NOT NULL THEN
            -- Asked first: most often it is the same call again.
            is_noted := homer.is_maker(link, maker, owner) OR homer.add_maker(link, maker);
            RETURN link;
        END IF;
    END LOOP;
    PERFORM homer.refuse('not_stored', '{"what": "link"}');
    RETURN NULL;
END
$function$;
COMMENT ON FUNCTION @extschema@.homer_link_file(text, text, text, text, text, text) IS
'Links a file to the message that carried it, inbound from the user or outbound from the assistant, and returns the link''s id. The same link a second time is the first, and keeps its context. user_id says whose conversation it is: by default that of the user whom the role acts for, or else of the file''s owner.';

-- All users may give their conversations the same id. So the links of one are found from the user's side where that is the
-- shorter way: through the files in sight, each looked up among the links. A subquery with OFFSET 0 is looked up for each row
-- of what stands before it, whatever the planner thinks of the tables.

CREATE FUNCTION homer.links_of_conversation(conversation_id text) RETURNS TABLE (link integer, file_id text)
    LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT m.id, m.file_id FROM @extschema@.homer_file_messages AS m
     WHERE m.conversation_id = links_of_conversation.conversation_id
    OFFSET 0;
END;
COMMENT ON FUNCTION homer.links_of_conversation(text) IS 'The links of a conversation, whosever it is.';

CREATE FUNCTION homer.links_to_files_in_sight(conversation_id text, user_id text) RETURNS TABLE (link integer, file integer)
    LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT l.id, f.id
      FROM homer.files_in_sight(user_id) AS f,
           LATERAL (SELECT m.id FROM @extschema@.homer_file_messages AS m
                     WHERE m.file_id = f.file_id AND m.conversation_id = links_to_files_in_sight.conversation_id
                    OFFSET 0) AS l;
END;
COMMENT ON FUNCTION homer.links_to_files_in_sight(text, text) IS
'The links of a conversation to files that the user may see, found from the files.';

CREATE FUNCTION homer.links_in_sight(conversation_id text, user_id text) RETURNS TABLE (link integer, file integer)
    LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT l.link, f.id
      FROM homer.links_of_conversation(conversation_id) AS l,
           LATERAL (SELECT f.id FROM @extschema@.homer_files AS f
                     WHERE f.file_id = l.file_id AND homer.may_see(user_id, f.uploaded_by, f.is_shared, f.shared_with)
                    OFFSET 0) AS f;
END;
COMMENT ON FUNCTION homer.links_in_sight(text, text) IS
'The links of a conversation to files that the user may see, found from the links.';

CREATE FUNCTION homer.sees_files(user_id text) RETURNS boolean
    LANGUAGE plpgsql STABLE PARALLEL RESTRICTED
    -- As in homer_accessible_files.
    SET enable_seqscan = off
    SET jit = off
    SET plan_cache_mode = force_generic_plan
AS $function$
BEGIN
    RETURN EXISTS (SELECT FROM homer.files_in_sight(user_id) AS f);
END
$function$;
COMMENT ON FUNCTION homer.sees_files(text) IS 'Whether there is a file that the user may see.';

CREATE FUNCTION homer.sees_few_files(user_id text) RETURNS SETOF boolean
    LANGUAGE sql STABLE PARALLEL SAFE ROWS 1
BEGIN ATOMIC
    SELECT pg_catalog.count(*) <= 200 FROM (SELECT FROM homer.files_in_sight(user_id) AS f LIMIT 201) AS first;
END;
COMMENT ON FUNCTION homer.sees_few_files(text) IS 'Whether the user may see 200 files at most.';

CREATE FUNCTION homer.has_few_links(conversation_id text) RETURNS SETOF boolean
    LANGUAGE sql STABLE PARALLEL SAFE ROWS 1
BEGIN ATOMIC
    SELECT pg_catalog.count(*) <= 200 FROM (SELECT FROM homer.links_of_conversation(conversation_id) AS l LIMIT 201) AS first;
END;
COMMENT ON FUNCTION homer.has_few_links(text) IS 'Whether a conversation has 200 links at most that the role may see.';

CREATE FUNCTION homer.links_of_user(conversation_id text, user_id text) RETURNS TABLE (link integer, file integer)
    LANGUAGE plpgsql STABLE PARALLEL RESTRICTED ROWS 10
    -- As in homer_accessible_files.
    SET enable_seqscan = off
    SET jit = off
    SET plan_cache_mode = force_generic_plan
AS $function$
BEGIN
    IF (SELECT f.are_few FROM homer.sees_few_files(user_id) AS f (are_few))
       OR NOT (SELECT l.are_few FROM homer.has_few_links(conversation_id) AS l (are_few)) THEN
        RETURN QUERY SELECT l.link, l.file FROM homer.links_to_files_in_sight(conversation_id, user_id) AS l;
    ELSE
        RETURN QUERY SELECT l.link, l.file FROM homer.links_in_sight(conversation_id, user_id) AS l;
    END IF;
END
$function$;
COMMENT ON FUNCTION homer.links_of_user(text, text) IS 'The links of a conversation to files that the user may see, in any order.';

CREATE FUNCTION homer.conversation_links(conversation_id text, user_id text) RETURNS TABLE (link integer, file integer)
    LANGUAGE sql STABLE PARALLEL RESTRICTED ROWS 10
BEGIN ATOMIC
    SELECT l.link, l.file
      FROM homer.links_of_user(conversation_links.conversation_id, conversation_links.user_id) AS l
     WHERE conversation_links.user_id IS NOT NULL
    UNION ALL
    SELECT l.link, f.id
      FROM homer.links_of_conversation(conversation_links.conversation_id) AS l
      JOIN @extschema@.homer_files AS f ON f.file_id = l.file_id
     WHERE conversation_links.user_id IS NULL;
END;
COMMENT ON FUNCTION homer.conversation_links(text, text) IS
'The links of a conversation, with a user those to files that the user may see.';

CREATE FUNCTION @extschema@.homer_conversation_files(conversation_id text, user_id text DEFAULT NULL)
    RETURNS SETOF @extschema@.homer_conversation_file
    LANGUAGE sql STABLE PARALLEL RESTRICTED ROWS 10
BEGIN ATOMIC
    SELECT f.id, f.file_id, f.uploaded_by, f.original_name, f.mime_type, f.file_size, f.storage_path, f.storage_type,
           f.description, f.extracted_text, f.tags, f.is_shared, f.shared_with, f.created_at, f.updated_at,
           m.message_id, m.direction, m.context
      FROM homer.conversation_links(homer_conversation_files.conversation_id, homer_conversation_files.user_id) AS l
      JOIN @extschema@.homer_file_messages AS m ON m.id = l.link
      JOIN @extschema@.homer_files AS f ON f.id = l.file
     WHERE homer.check_text('conversation_id', homer_conversation_files.conversation_id)
       AND homer.check_user_or_everyone(homer_conversation_files.user_id)
       AND homer.check_acts_for(homer_conversation_files.user_id)
     ORDER BY m.created_at, m.id;
END;
COMMENT ON FUNCTION @extschema@.homer_conversation_files(text, text) IS
'The files that the messages of a conversation carried, in the order in which they were linked; with a user, those that the user may see.';
