-- Anthropic's memory tool. src/memory_tool.rs reads the arguments and has the texts; here are the rows. Each command answers with
-- the text that the reference implementation has for it, a mistake too.

CREATE FUNCTION homer.memory_arguments(given text) RETURNS text
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'memory_arguments_wrapper';
COMMENT ON FUNCTION homer.memory_arguments(text) IS
'A command of the memory tool and its arguments, under arguments, or what is wrong with them, as fault and hint: JSON.';

CREATE FUNCTION homer.memory_file_view(given text, content text, "from" integer, "to" integer) RETURNS text
    LANGUAGE c IMMUTABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'memory_file_view_wrapper';
COMMENT ON FUNCTION homer.memory_file_view(text, text, integer, integer) IS 'A file with the numbers of its lines, as text or fault: JSON.';

CREATE FUNCTION homer.memory_str_replace(given text, content text, old_str text, new_str text) RETURNS text
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'memory_str_replace_wrapper';
COMMENT ON FUNCTION homer.memory_str_replace(text, text, text, text) IS
'A file in which something is replaced, as content and text, or a fault: JSON.';

CREATE FUNCTION homer.memory_insert(given text, content text, insert_line integer, insert_text text) RETURNS text
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'memory_insert_wrapper';
COMMENT ON FUNCTION homer.memory_insert(text, text, integer, text) IS
'A file with something after one of its lines, as content and text, or a fault: JSON.';

CREATE FUNCTION homer.memory_directory_view(given text, directory text, paths text[], sizes bigint[]) RETURNS text
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'memory_directory_view_wrapper';
COMMENT ON FUNCTION homer.memory_directory_view(text, text, text[], bigint[]) IS 'What lies in a directory, two levels deep.';

CREATE FUNCTION homer.memory_file_name(id integer, subject text) RETURNS text
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'memory_file_name_wrapper';
COMMENT ON FUNCTION homer.memory_file_name(integer, text) IS 'The name under which a memory of everyone lies in /memories/everyone.';

CREATE FUNCTION homer.memory_error(fault text) RETURNS jsonb
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN homer.tool_answer(fault, '{"sqlstate": "ME005"}', true);
COMMENT ON FUNCTION homer.memory_error(text) IS 'What the memory tool says of a mistake: the reference''s own words, with nothing before them.';

CREATE FUNCTION homer.is_everyones_path(path text) RETURNS boolean
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN path = '/memories/everyone' OR pg_catalog.starts_with(path, '/memories/everyone/');
COMMENT ON FUNCTION homer.is_everyones_path(text) IS 'Whether a path is where everyone''s memories are shown.';

CREATE FUNCTION homer.is_below(path text, directory text) RETURNS boolean
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN pg_catalog.starts_with(path, directory || '/');
COMMENT ON FUNCTION homer.is_below(text, text) IS 'Whether a path lies in a directory, at any depth.';

CREATE FUNCTION homer.everyones_files() RETURNS TABLE (path text, content text)
    LANGUAGE sql STABLE PARALLEL RESTRICTED
BEGIN ATOMIC
    SELECT '/memories/everyone/' || homer.memory_file_name(m.id, m.subject), COALESCE(NULLIF(m.content, ''), m.subject)
      FROM @extschema@.homer_relevant_memories(NULL, 100) AS m;
END;
COMMENT ON FUNCTION homer.everyones_files() IS 'What everyone is told, as files: the hundred most relevant memories.';

CREATE FUNCTION homer.everyones_file(path text) RETURNS SETOF text
    LANGUAGE sql STABLE PARALLEL SAFE ROWS 1
BEGIN ATOMIC
    SELECT COALESCE(NULLIF(m.content, ''), m.subject)
      FROM @extschema@.homer_memories AS m
     WHERE m.id = CASE WHEN everyones_file.path ~ '^/memories/everyone/[0-9]{1,10}[-.]'
                       THEN pg_catalog.substring(everyones_file.path, '[0-9]+')::bigint END
       AND m.user_id IS NULL AND homer.is_live(m.is_active, m.expires_at)
       AND everyones_file.path = '/memories/everyone/' || homer.memory_file_name(m.id, m.subject);
END;
COMMENT ON FUNCTION homer.everyones_file(text) IS 'What a file in /memories/everyone holds; null where there is none.';

CREATE FUNCTION homer.memory_file(person text, of_path text) RETURNS TABLE (memory_id integer, content text)
    LANGUAGE sql STABLE PARALLEL SAFE ROWS 1
BEGIN ATOMIC
    SELECT f.memory_id, f.content FROM homer.memory_files(person) AS f WHERE f.path = of_path;
END;
COMMENT ON FUNCTION homer.memory_file(text, text) IS 'A file of a user.';

CREATE FUNCTION homer.is_memory_directory(person text, path text) RETURNS boolean
    LANGUAGE plpgsql STABLE PARALLEL SAFE AS
$function$
BEGIN
    IF path OPERATOR(pg_catalog.=) '/memories' THEN
        RETURN true;
    END IF;
    RETURN EXISTS (SELECT FROM homer.memory_files(person) AS f WHERE homer.is_below(f.path, is_memory_directory.path));
END
$function$;
COMMENT ON FUNCTION homer.is_memory_directory(text, text) IS 'Whether something lies below a path of the user. A directory is there while something is in it.';

CREATE FUNCTION homer.is_memory_path(person text, path text) RETURNS boolean
    LANGUAGE plpgsql STABLE PARALLEL SAFE AS
$function$
BEGIN
    RETURN homer.is_memory_directory(person, path) OR EXISTS (SELECT FROM homer.memory_file(person, path));
END
$function$;
COMMENT ON FUNCTION homer.is_memory_path(text, text) IS 'Whether there is a file or a directory of this path.';

CREATE FUNCTION homer.file_above(person text, path text) RETURNS text
    LANGUAGE plpgsql STABLE PARALLEL SAFE AS
$function$
BEGIN
    RETURN (SELECT f.path FROM homer.memory_files(person) AS f WHERE homer.is_below(file_above.path, f.path) LIMIT 1);
END
$function$;
COMMENT ON FUNCTION homer.file_above(text, text) IS 'A file that stands where a path would need a directory; null where there is none.';

CREATE FUNCTION homer.listed_directory(person text, given text, path text) RETURNS SETOF text
    LANGUAGE sql STABLE PARALLEL RESTRICTED ROWS 1
BEGIN ATOMIC
    SELECT homer.memory_directory_view(
               given, listed_directory.path,
               COALESCE(pg_catalog.array_agg(f.path), '{}'), COALESCE(pg_catalog.array_agg(f.size), '{}'))
      FROM (SELECT o.path, pg_catalog.octet_length(o.content)::bigint AS size FROM homer.memory_files(person) AS o
             UNION ALL
            SELECT e.path, pg_catalog.octet_length(e.content)::bigint FROM homer.everyones_files() AS e
             WHERE listed_directory.path IN ('/memories', '/memories/everyone')) AS f
     WHERE homer.is_below(f.path, listed_directory.path);
END;
COMMENT ON FUNCTION homer.listed_directory(text, text, text) IS 'What lies in a directory of the user, and in that of everyone''s memories.';

CREATE FUNCTION homer.run_memory_view(person text, asked jsonb) RETURNS jsonb
    LANGUAGE plpgsql STABLE PARALLEL RESTRICTED AS
$function$
DECLARE
    given CONSTANT pg_catalog.text := asked OPERATOR(pg_catalog.#>>) '{path,given}';
    path CONSTANT pg_catalog.text := asked OPERATOR(pg_catalog.#>>) '{path,path}';
    held pg_catalog.text;
    view pg_catalog.jsonb;
BEGIN
    IF homer.is_everyones_path(path) THEN
        SELECT e.content INTO held FROM homer.everyones_file(path) AS e (content);
    ELSE
        SELECT f.content INTO held FROM homer.memory_file(person, path) AS f;
    END IF;
    IF held IS NOT NULL THEN
        view := homer.memory_file_view(
            given, held, (asked OPERATOR(pg_catalog.#>>) '{view_range,0}')::pg_catalog.int4,
            (asked OPERATOR(pg_catalog.#>>) '{view_range,1}')::pg_catalog.int4)::pg_catalog.jsonb;
        IF pg_catalog.jsonb_exists(view, 'fault') THEN
            RETURN homer.memory_error(view OPERATOR(pg_catalog.->>) 'fault');
        END IF;
        RETURN homer.tool_answer(view OPERATOR(pg_catalog.->>) 'text', pg_catalog.jsonb_build_object('path', path), false);
    ELSIF homer.is_memory_directory(person, path)
          OR path OPERATOR(pg_catalog.=) '/memories/everyone' AND EXISTS (SELECT FROM homer.everyones_files()) THEN
        RETURN homer.tool_answer(
            (SELECT d.listing FROM homer.listed_directory(person, given, path) AS d (listing)),
            pg_catalog.jsonb_build_object('path', path), false);
    END IF;
    RETURN homer.memory_error(pg_catalog.format('The path %s does not exist. Please provide a valid path.', given));
END
$function$;
COMMENT ON FUNCTION homer.run_memory_view(text, jsonb) IS 'The command view of the memory tool.';

-- Not by homer_remember: two files of one text are two.
CREATE FUNCTION homer.check_file_memory(person text, path text, content text, conversation_id text, message_id text) RETURNS boolean
    LANGUAGE sql VOLATILE PARALLEL UNSAFE
    RETURN homer.check_bytes('path', path, 1000)
       AND homer.check_memory(person, 'note', path, content, 5, NULL, '[]', '{}', conversation_id, message_id);
COMMENT ON FUNCTION homer.check_file_memory(text, text, text, text, text) IS 'Refuses what cannot be a file of the memory tool.';

CREATE FUNCTION homer.is_refused(person text, path text, content text) RETURNS boolean
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE AS
$function$
DECLARE
    statement CONSTANT pg_catalog.text := homer.statement(path, content);
BEGIN
    PERFORM homer.check_statements_are_current(
                ARRAY[person], ARRAY[statement], ARRAY[homer.exact_tokens(path, content)], ARRAY[NULL::pg_catalog.timestamp]);
    RETURN homer.known_refusal(person, statement) IS NOT NULL;
END
$function$;
COMMENT ON FUNCTION homer.is_refused(text, text, text) IS 'Whether the user has refused what a file would hold.';

CREATE FUNCTION homer.refused_file() RETURNS jsonb
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN homer.memory_error('The user has refused this content. Do not store it again.');
COMMENT ON FUNCTION homer.refused_file() IS 'What the memory tool says where the user has refused what a file would hold.';

CREATE FUNCTION homer.store_file(person text, path text, content text, conversation_id text, message_id text) RETURNS integer
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE AS
$function$
#variable_conflict use_column
DECLARE
    stored pg_catalog.int4;
BEGIN
    INSERT INTO @extschema@.homer_memories AS m (
        user_id, category, subject, content, importance, source_conversation_id, source_message_id, created_at, updated_at)
    VALUES (person, 'note', store_file.path, store_file.content, 5, store_file.conversation_id, store_file.message_id,
            homer.utc_now(), homer.utc_now())
    RETURNING m.id INTO stored;
    IF stored IS NULL THEN
        PERFORM homer.refuse('not_stored', '{"what": "memory"}');
    END IF;
    INSERT INTO homer.memory_paths AS p (user_id, path, memory_id, made_at)
    VALUES (person, store_file.path, stored, homer.utc_now())
    ON CONFLICT ON CONSTRAINT memory_paths_pkey DO UPDATE SET memory_id = EXCLUDED.memory_id, made_at = EXCLUDED.made_at;
    RETURN stored;
END
$function$;
COMMENT ON FUNCTION homer.store_file(text, text, text, text, text) IS 'Stores a file of the memory tool as a memory, and returns its id.';

CREATE FUNCTION homer.run_memory_create(person text, asked jsonb, conversation_id text, message_id text) RETURNS jsonb
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE AS
$function$
DECLARE
    given CONSTANT pg_catalog.text := asked OPERATOR(pg_catalog.#>>) '{path,given}';
    path CONSTANT pg_catalog.text := asked OPERATOR(pg_catalog.#>>) '{path,path}';
    held CONSTANT pg_catalog.text := asked OPERATOR(pg_catalog.->>) 'file_text';
    above pg_catalog.text;
BEGIN
    PERFORM homer.check_file_memory(person, path, held, conversation_id, message_id), homer.lock_user(person);
    IF homer.is_memory_path(person, path) THEN
        RETURN homer.memory_error(pg_catalog.format('File %s already exists', given));
    END IF;
    above := homer.file_above(person, path);
    IF above IS NOT NULL THEN
        RETURN homer.memory_error(pg_catalog.format('The path %s is a file and no directory.', above));
    ELSIF homer.is_refused(person, path, held) THEN
        RETURN homer.refused_file();
    END IF;
    RETURN homer.tool_answer(
        pg_catalog.format('File created successfully at: %s', given),
        pg_catalog.jsonb_build_object('path', path, 'memory_id', homer.store_file(person, path, held, conversation_id, message_id)), false);
END
$function$;
COMMENT ON FUNCTION homer.run_memory_create(text, jsonb, text, text) IS 'The command create of the memory tool.';

CREATE FUNCTION homer.edited_file(asked jsonb, content text) RETURNS jsonb
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN CASE WHEN asked ->> 'command'::text = 'insert'
        THEN homer.memory_insert(asked #>> '{path,given}'::text[], content, (asked ->> 'insert_line'::text)::integer, asked ->> 'insert_text'::text)
        ELSE homer.memory_str_replace(asked #>> '{path,given}'::text[], content, asked ->> 'old_str'::text, asked ->> 'new_str'::text)
    END::jsonb;
COMMENT ON FUNCTION homer.edited_file(jsonb, text) IS 'What an edit makes of a file: content and text, or a fault.';

CREATE FUNCTION homer.run_memory_edit(person text, asked jsonb) RETURNS jsonb
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE AS
$function$
#variable_conflict use_column
DECLARE
    given CONSTANT pg_catalog.text := asked OPERATOR(pg_catalog.#>>) '{path,given}';
    path CONSTANT pg_catalog.text := asked OPERATOR(pg_catalog.#>>) '{path,path}';
    file record;
    edited pg_catalog.jsonb;
    kept @extschema@.homer_relevant_memory;
    new_id pg_catalog.int4;
BEGIN
    PERFORM homer.lock_user(person);
    SELECT f.memory_id, f.content INTO file FROM homer.memory_file(person, path) AS f;
    IF NOT FOUND THEN
        RETURN homer.memory_error(pg_catalog.format(
            CASE WHEN homer.is_memory_directory(person, path) THEN 'The path %s is not a file.'
                 ELSE 'The path %s does not exist. Please provide a valid path.' END, given));
    END IF;
    edited := homer.edited_file(asked, file.content);
    IF pg_catalog.jsonb_exists(edited, 'fault') THEN
        RETURN homer.memory_error(edited OPERATOR(pg_catalog.->>) 'fault');
    END IF;
    new_id := file.memory_id;
    -- An edit that changes nothing is no version.
    IF NOT homer.is_same_text(file.content, edited OPERATOR(pg_catalog.->>) 'content') THEN
        SELECT e.* INTO kept
          FROM homer.memories_by_id(file.memory_id) AS m,
               homer.edited_memory(m, NULL, edited OPERATOR(pg_catalog.->>) 'content', NULL, NULL, NULL, NULL, NULL) AS e;
        PERFORM homer.check_file_memory(person, path, kept.content, kept.source_conversation_id, kept.source_message_id);
        IF homer.is_refused(person, kept.subject, kept.content) THEN
            RETURN homer.refused_file();
        END IF;
        new_id := homer.store_version(file.memory_id, kept);
    END IF;
    RETURN homer.tool_answer(
        edited OPERATOR(pg_catalog.->>) 'text', pg_catalog.jsonb_build_object('path', path, 'memory_id', new_id), false);
END
$function$;
COMMENT ON FUNCTION homer.run_memory_edit(text, jsonb) IS 'The commands str_replace and insert of the memory tool: the file as it was stays in the history of its memory.';

CREATE FUNCTION homer.memories_at(person text, path text) RETURNS integer[]
    LANGUAGE plpgsql STABLE PARALLEL SAFE AS
$function$
BEGIN
    RETURN ARRAY(SELECT f.memory_id FROM homer.memory_files(person) AS f
                  WHERE f.path OPERATOR(pg_catalog.=) memories_at.path OR homer.is_below(f.path, memories_at.path));
END
$function$;
COMMENT ON FUNCTION homer.memories_at(text, text) IS 'The memories of a file, or of all files in a directory.';

CREATE FUNCTION homer.run_memory_delete(person text, asked jsonb) RETURNS jsonb
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE AS
$function$
DECLARE
    given CONSTANT pg_catalog.text := asked OPERATOR(pg_catalog.#>>) '{path,given}';
    path CONSTANT pg_catalog.text := asked OPERATOR(pg_catalog.#>>) '{path,path}';
    gone pg_catalog.int4[];
BEGIN
    IF path OPERATOR(pg_catalog.=) '/memories' THEN
        RETURN homer.memory_error('Cannot delete the /memories directory itself');
    END IF;
    PERFORM homer.lock_user(person);
    gone := homer.memories_at(person, path);
    IF pg_catalog.cardinality(gone) OPERATOR(pg_catalog.=) 0 THEN
        RETURN homer.memory_error(pg_catalog.format('The path %s does not exist', given));
    END IF;
    PERFORM homer.retire(gone);
    IF pg_catalog.cardinality(homer.memories_at(person, path)) OPERATOR(pg_catalog.>) 0 THEN
        PERFORM homer.refuse('not_stored', '{"what": "memory"}');
    END IF;
    RETURN homer.tool_answer(
        pg_catalog.format('Successfully deleted %s', given),
        pg_catalog.jsonb_build_object('path', path, 'memory_ids', pg_catalog.to_jsonb(gone)), false);
END
$function$;
COMMENT ON FUNCTION homer.run_memory_delete(text, jsonb) IS 'The command delete of the memory tool: the memories are forgotten, and can be restored.';

CREATE FUNCTION homer.moved_path(path text, old_path text, new_path text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN new_path || pg_catalog.substr(path, pg_catalog.length(old_path) + 1);
COMMENT ON FUNCTION homer.moved_path(text, text, text) IS 'The path of a file after it, or a directory above it, was renamed.';

CREATE FUNCTION homer.move_files(person text, old_path text, new_path text) RETURNS bigint
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE AS
$function$
DECLARE
    moved CONSTANT pg_catalog.int4[] := homer.memories_at(person, old_path);
    renamed pg_catalog.int8;
BEGIN
    PERFORM homer.check_bytes('new_path', homer.moved_path(p.path, old_path, new_path), 1000)
       FROM homer.memory_paths AS p WHERE p.user_id OPERATOR(pg_catalog.=) person AND p.memory_id OPERATOR(pg_catalog.=) ANY (moved);
    -- What was there and is forgotten.
    DELETE FROM homer.memory_paths AS p
     WHERE p.user_id OPERATOR(pg_catalog.=) person AND (p.path OPERATOR(pg_catalog.=) new_path OR homer.is_below(p.path, new_path));
    UPDATE @extschema@.homer_memories AS m
       SET subject = homer.moved_path(p.path, old_path, new_path)
      FROM homer.memory_paths AS p
     WHERE p.user_id OPERATOR(pg_catalog.=) person AND p.memory_id OPERATOR(pg_catalog.=) m.id
       AND m.id OPERATOR(pg_catalog.=) ANY (moved) AND m.subject OPERATOR(pg_catalog.=) p.path;
    UPDATE homer.memory_paths AS p
       SET path = homer.moved_path(p.path, old_path, new_path)
     WHERE p.user_id OPERATOR(pg_catalog.=) person AND p.memory_id OPERATOR(pg_catalog.=) ANY (moved);
    GET DIAGNOSTICS renamed := ROW_COUNT;
    RETURN renamed;
END
$function$;
COMMENT ON FUNCTION homer.move_files(text, text, text) IS 'Renames a file, or all files in a directory, and says how many.';

CREATE FUNCTION homer.run_memory_rename(person text, asked jsonb) RETURNS jsonb
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE AS
$function$
DECLARE
    old_given CONSTANT pg_catalog.text := asked OPERATOR(pg_catalog.#>>) '{old_path,given}';
    new_given CONSTANT pg_catalog.text := asked OPERATOR(pg_catalog.#>>) '{new_path,given}';
    old_path CONSTANT pg_catalog.text := asked OPERATOR(pg_catalog.#>>) '{old_path,path}';
    new_path CONSTANT pg_catalog.text := asked OPERATOR(pg_catalog.#>>) '{new_path,path}';
    above pg_catalog.text;
BEGIN
    IF old_path OPERATOR(pg_catalog.=) '/memories' THEN
        RETURN homer.memory_error('Cannot rename the /memories directory itself');
    END IF;
    PERFORM homer.lock_user(person);
    IF homer.is_memory_path(person, new_path) THEN
        RETURN homer.memory_error(pg_catalog.format('The destination %s already exists', new_given));
    ELSIF NOT homer.is_memory_path(person, old_path) THEN
        RETURN homer.memory_error(pg_catalog.format('The path %s does not exist', old_given));
    ELSIF homer.is_below(new_path, old_path) THEN
        RETURN homer.memory_error(pg_catalog.format('The path %s cannot be moved into itself', old_given));
    END IF;
    above := homer.file_above(person, new_path);
    IF above IS NOT NULL THEN
        RETURN homer.memory_error(pg_catalog.format('The path %s is a file and no directory.', above));
    END IF;
    PERFORM homer.move_files(person, old_path, new_path);
    IF NOT homer.is_memory_path(person, new_path) THEN
        PERFORM homer.refuse('not_stored', '{"what": "memory"}');
    END IF;
    RETURN homer.tool_answer(
        pg_catalog.format('Successfully renamed %s to %s', old_given, new_given),
        pg_catalog.jsonb_build_object('path', new_path), false);
END
$function$;
COMMENT ON FUNCTION homer.run_memory_rename(text, jsonb) IS 'The command rename of the memory tool.';

CREATE FUNCTION homer.everyones_path_in(asked jsonb) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN CASE WHEN homer.is_everyones_path(asked #>> '{path,path}'::text[]) THEN asked #>> '{path,given}'::text[]
                WHEN homer.is_everyones_path(asked #>> '{old_path,path}'::text[]) THEN asked #>> '{old_path,given}'::text[]
                WHEN homer.is_everyones_path(asked #>> '{new_path,path}'::text[]) THEN asked #>> '{new_path,given}'::text[] END;
COMMENT ON FUNCTION homer.everyones_path_in(jsonb) IS 'A path among arguments that is one of everyone''s memories; null where there is none.';

CREATE FUNCTION homer.run_memory(person text, given jsonb, conversation_id text, message_id text) RETURNS jsonb
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE AS
$function$
DECLARE
    read CONSTANT pg_catalog.jsonb := homer.memory_arguments(given::pg_catalog.text)::pg_catalog.jsonb;
    asked CONSTANT pg_catalog.jsonb := read OPERATOR(pg_catalog.->) 'arguments';
    command CONSTANT pg_catalog.text := asked OPERATOR(pg_catalog.->>) 'command';
BEGIN
    IF asked IS NULL THEN
        RETURN homer.memory_error(pg_catalog.concat_ws('. ', read OPERATOR(pg_catalog.->>) 'fault', homer.given_text(read OPERATOR(pg_catalog.->>) 'hint')));
    ELSIF command OPERATOR(pg_catalog.=) 'view' THEN
        RETURN homer.run_memory_view(person, asked);
    ELSIF homer.everyones_path_in(asked) IS NOT NULL THEN
        RETURN homer.memory_error(pg_catalog.format('The path %s is read-only', homer.everyones_path_in(asked)));
    ELSIF command OPERATOR(pg_catalog.=) 'create' THEN
        RETURN homer.run_memory_create(person, asked, conversation_id, message_id);
    ELSIF command OPERATOR(pg_catalog.=) 'delete' THEN
        RETURN homer.run_memory_delete(person, asked);
    ELSIF command OPERATOR(pg_catalog.=) 'rename' THEN
        RETURN homer.run_memory_rename(person, asked);
    END IF;
    RETURN homer.run_memory_edit(person, asked);
END
$function$;
COMMENT ON FUNCTION homer.run_memory(text, jsonb, text, text) IS 'Anthropic''s memory tool.';
