-- A person's right to their data: all of it as one document, back in, and gone. Each table is a part of its own in each of
-- the three. A document names its parts by the tables they are from, and holds their rows as they are.

CREATE FUNCTION homer.refuse_document(fault text) RETURNS boolean
    LANGUAGE c VOLATILE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'refuse_document_wrapper';
COMMENT ON FUNCTION homer.refuse_document(text) IS 'Refuses a document that is not what homer_export_user gives.';

CREATE FUNCTION homer.exported_embeddings(user_id text) RETURNS jsonb
    LANGUAGE plpgsql STABLE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp
AS $function$
BEGIN
    IF homer.embedding_dimensions() IS NULL THEN
        RETURN '[]';
    END IF;
    -- One that its text has left behind is not known of anybody any more.
    RETURN (SELECT COALESCE(jsonb_agg(jsonb_build_object('memory_id', m.id, 'embedding', e.embedding::real[]) ORDER BY m.id), '[]')
              FROM @extschema@.homer_memories AS m JOIN homer.memory_embeddings AS e ON e.memory_id = m.id
             WHERE m.user_id = exported_embeddings.user_id AND e.text_hash = homer.text_hash(m.user_id, m.subject, m.content));
END
$function$;
COMMENT ON FUNCTION homer.exported_embeddings(text) IS 'The vectors of a person''s memories, as a document holds them.';

CREATE FUNCTION @extschema@.homer_export_user(user_id text) RETURNS jsonb
    LANGUAGE sql STABLE PARALLEL UNSAFE
BEGIN ATOMIC
    SELECT pg_catalog.jsonb_build_object(
               'format', 'homer',
               'version', 1,
               'user_id', homer_export_user.user_id,
               'homer_user_profiles',
               (SELECT COALESCE(pg_catalog.jsonb_agg(pg_catalog.to_jsonb(p)), '[]')
                  FROM @extschema@.homer_user_profiles AS p WHERE p.user_id = homer_export_user.user_id),
               'homer_memories',
               (SELECT COALESCE(pg_catalog.jsonb_agg(pg_catalog.to_jsonb(m) ORDER BY m.id), '[]')
                  FROM @extschema@.homer_memories AS m WHERE m.user_id = homer_export_user.user_id),
               'homer_files',
               (SELECT COALESCE(pg_catalog.jsonb_agg(pg_catalog.to_jsonb(f) ORDER BY f.id), '[]')
                  FROM @extschema@.homer_files AS f WHERE f.uploaded_by = homer_export_user.user_id),
               'homer_file_messages',
               (SELECT COALESCE(pg_catalog.jsonb_agg(pg_catalog.to_jsonb(l) ORDER BY l.id), '[]')
                  FROM @extschema@.homer_files AS f JOIN @extschema@.homer_file_messages AS l ON l.file_id = f.file_id
                 WHERE f.uploaded_by = homer_export_user.user_id),
               'refusals',
               (SELECT COALESCE(pg_catalog.jsonb_agg(pg_catalog.to_jsonb(r) ORDER BY r.id), '[]')
                  FROM homer.refusals AS r WHERE r.user_id = homer_export_user.user_id),
               'successions',
               (SELECT COALESCE(pg_catalog.jsonb_agg(pg_catalog.to_jsonb(s) ORDER BY s.old_id), '[]')
                  FROM @extschema@.homer_memories AS m JOIN homer.successions AS s ON s.old_id = m.id
                 WHERE m.user_id = homer_export_user.user_id
                   AND EXISTS (SELECT FROM @extschema@.homer_memories AS n
                                WHERE n.id = s.new_id AND n.user_id = homer_export_user.user_id)),
               'memory_embeddings', homer.exported_embeddings(homer_export_user.user_id),
               'files_shared_with_user',
               (SELECT COALESCE(pg_catalog.jsonb_agg(f.file_id ORDER BY f.id), '[]')
                  FROM homer.files_shared_with(homer_export_user.user_id) AS f))
     WHERE homer.check_text('user_id', homer_export_user.user_id) AND homer.check_acts_for(homer_export_user.user_id);
END;
COMMENT ON FUNCTION @extschema@.homer_export_user(text) IS
'Everything that is known of a person, as one document that homer_import_user takes: the rows that are theirs in each table, and the ids of the files that others share with them.';

-- The parts of an import. A row must come out of its table as it went in, so that a key too few or too many, and a value of
-- another type, are seen. Numbers are given anew, in the old order.

CREATE FUNCTION homer.import_profiles(person text, told jsonb, OUT added bigint, OUT present bigint)
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp
AS $function$
BEGIN
    IF EXISTS (SELECT FROM jsonb_array_elements(told) AS t
                WHERE t ->> 'user_id' IS DISTINCT FROM person
                   OR to_jsonb(jsonb_populate_record(NULL::@extschema@.homer_user_profiles, t)) <> t) THEN
        PERFORM homer.refuse_document('homer_user_profiles holds what is no profile of the person');
    END IF;
    INSERT INTO @extschema@.homer_user_profiles
    SELECT (jsonb_populate_record(
                NULL::@extschema@.homer_user_profiles,
                t || jsonb_build_object('id', nextval('@extschema@.homer_user_profiles_id_seq'::regclass)))).*
      FROM jsonb_array_elements(told) AS t
     WHERE NOT EXISTS (SELECT FROM @extschema@.homer_user_profiles AS p WHERE p.user_id = person);
    GET DIAGNOSTICS added = ROW_COUNT;
    present := jsonb_array_length(told) - added;
END
$function$;
COMMENT ON FUNCTION homer.import_profiles(text, jsonb) IS 'Takes in a person''s profile. One that is there already stays as it is.';

CREATE FUNCTION homer.import_memories(
    person text, told jsonb, OUT added bigint, OUT present bigint, OUT old_ids integer[], OUT new_ids integer[]
)
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp
AS $function$
BEGIN
    IF EXISTS (SELECT FROM jsonb_array_elements(told) AS t
                WHERE t ->> 'user_id' IS DISTINCT FROM person
                   OR to_jsonb(jsonb_populate_record(NULL::@extschema@.homer_memories, t)) <> t)
       OR (SELECT count(DISTINCT t -> 'id') FROM jsonb_array_elements(told) AS t) < jsonb_array_length(told) THEN
        PERFORM homer.refuse_document('homer_memories holds what is no memory of the person');
    END IF;
    WITH rows_told AS MATERIALIZED (
        SELECT t.* FROM jsonb_populate_recordset(NULL::@extschema@.homer_memories, told) AS t
    ), known AS MATERIALIZED (
        SELECT t.id AS old_id, min(m.id) AS new_id
          FROM rows_told AS t
          JOIN @extschema@.homer_memories AS m
            ON m.category = t.category AND m.subject = t.subject AND m.content = t.content
           AND m.created_at IS NOT DISTINCT FROM t.created_at
         WHERE m.user_id = person
         GROUP BY t.id
    ), numbered AS MATERIALIZED (
        SELECT o.id AS old_id, COALESCE(k.new_id, nextval('@extschema@.homer_memories_id_seq'::regclass)::integer) AS new_id,
               k.new_id IS NULL AS is_new
          FROM (SELECT t.id FROM rows_told AS t ORDER BY t.id) AS o LEFT JOIN known AS k ON k.old_id = o.id
    ), stored AS (
        INSERT INTO @extschema@.homer_memories (
            id, user_id, category, subject, content, importance, expires_at, source_conversation_id, source_message_id,
            tags, metadata, is_active, created_at, updated_at)
        SELECT n.new_id, t.user_id, t.category, t.subject, t.content, t.importance, t.expires_at, t.source_conversation_id,
               t.source_message_id, t.tags, t.metadata, t.is_active, t.created_at, t.updated_at
          FROM numbered AS n JOIN rows_told AS t ON t.id = n.old_id
         WHERE n.is_new
    )
    SELECT count(*) FILTER (WHERE n.is_new), count(*) FILTER (WHERE NOT n.is_new), array_agg(n.old_id), array_agg(n.new_id)
      INTO added, present, old_ids, new_ids
      FROM numbered AS n;
END
$function$;
COMMENT ON FUNCTION homer.import_memories(text, jsonb) IS
'Takes in a person''s memories, and says which number each has now. One that is there already, of the same words and moment, is not doubled.';

CREATE FUNCTION homer.import_files(person text, told jsonb, OUT added bigint, OUT present bigint)
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp
AS $function$
BEGIN
    IF EXISTS (SELECT FROM jsonb_array_elements(told) AS t
                WHERE t ->> 'uploaded_by' IS DISTINCT FROM person
                   OR to_jsonb(jsonb_populate_record(NULL::@extschema@.homer_files, t)) <> t) THEN
        PERFORM homer.refuse_document('homer_files holds what is no file of the person');
    END IF;
    IF EXISTS (SELECT FROM jsonb_array_elements(told) AS t
                 JOIN @extschema@.homer_files AS f ON f.file_id = t ->> 'file_id'
                WHERE f.uploaded_by <> person) THEN
        PERFORM homer.refuse_document('one of its files belongs to somebody else here');
    END IF;
    INSERT INTO @extschema@.homer_files
    SELECT (jsonb_populate_record(
                NULL::@extschema@.homer_files,
                t.told || jsonb_build_object('id', nextval('@extschema@.homer_files_id_seq'::regclass)))).*
      FROM (SELECT t AS told FROM jsonb_array_elements(told) AS t
             WHERE NOT EXISTS (SELECT FROM @extschema@.homer_files AS f WHERE f.file_id = t ->> 'file_id')
             ORDER BY (t -> 'id')::integer) AS t;
    GET DIAGNOSTICS added = ROW_COUNT;
    present := jsonb_array_length(told) - added;
END
$function$;
COMMENT ON FUNCTION homer.import_files(text, jsonb) IS
'Takes in the records of a person''s files. One that is there already stays as it is; one that is somebody else''s is refused.';

CREATE FUNCTION homer.import_links(person text, told jsonb, OUT added bigint, OUT present bigint)
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp
AS $function$
BEGIN
    IF EXISTS (SELECT FROM jsonb_array_elements(told) AS t
                WHERE to_jsonb(jsonb_populate_record(NULL::@extschema@.homer_file_messages, t)) <> t
                   OR NOT EXISTS (SELECT FROM @extschema@.homer_files AS f
                                   WHERE f.file_id = t ->> 'file_id' AND f.uploaded_by = person)) THEN
        PERFORM homer.refuse_document('homer_file_messages holds what is no link to a file of the person');
    END IF;
    INSERT INTO @extschema@.homer_file_messages (file_id, conversation_id, message_id, direction, context, created_at)
    SELECT t.file_id, t.conversation_id, t.message_id, t.direction, t.context, t.created_at
      FROM jsonb_populate_recordset(NULL::@extschema@.homer_file_messages, told) AS t ORDER BY t.id
    ON CONFLICT (file_id, conversation_id, message_id, direction) DO NOTHING;
    GET DIAGNOSTICS added = ROW_COUNT;
    present := jsonb_array_length(told) - added;
END
$function$;
COMMENT ON FUNCTION homer.import_links(text, jsonb) IS 'Takes in the links to a person''s files. One that is there already is not doubled.';

CREATE FUNCTION homer.import_refusals(
    person text, told jsonb, old_ids integer[], new_ids integer[], OUT added bigint, OUT present bigint
)
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp
AS $function$
BEGIN
    IF EXISTS (SELECT FROM jsonb_array_elements(told) AS t
                WHERE t ->> 'user_id' IS DISTINCT FROM person
                   OR to_jsonb(jsonb_populate_record(NULL::homer.refusals, t)) <> t) THEN
        PERFORM homer.refuse_document('refusals holds what is no refusal of the person');
    END IF;
    INSERT INTO homer.refusals (user_id, statement, memory_id, refused_at)
    -- The number of a memory whose row is gone is 0: the one it had may be another's here.
    SELECT person, t.statement, COALESCE(i.new_id, 0), t.refused_at
      FROM jsonb_populate_recordset(NULL::homer.refusals, told) AS t
      LEFT JOIN unnest(old_ids, new_ids) AS i (old_id, new_id) ON i.old_id = t.memory_id
     WHERE NOT EXISTS (SELECT FROM homer.refusals AS r WHERE r.user_id = person AND r.statement = t.statement)
     ORDER BY t.id;
    GET DIAGNOSTICS added = ROW_COUNT;
    present := jsonb_array_length(told) - added;
END
$function$;
COMMENT ON FUNCTION homer.import_refusals(text, jsonb, integer[], integer[]) IS
'Takes in what a person has refused to have remembered. What is refused already is not doubled.';

CREATE FUNCTION homer.import_successions(
    told jsonb, old_ids integer[], new_ids integer[], OUT added bigint, OUT present bigint
)
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp
AS $function$
BEGIN
    IF EXISTS (SELECT FROM jsonb_array_elements(told) AS t
                WHERE to_jsonb(jsonb_populate_record(NULL::homer.successions, t)) <> t)
       OR EXISTS (SELECT v.id FROM jsonb_populate_recordset(NULL::homer.successions, told) AS t,
                                   LATERAL (VALUES (t.old_id), (t.new_id)) AS v (id)
                  EXCEPT SELECT i.id FROM unnest(old_ids) AS i (id)) THEN
        PERFORM homer.refuse_document('successions holds what is no succession of the person''s memories');
    END IF;
    INSERT INTO homer.successions (old_id, new_id, succeeded_at)
    SELECT o.new_id, n.new_id, t.succeeded_at
      FROM jsonb_populate_recordset(NULL::homer.successions, told) AS t
      JOIN unnest(old_ids, new_ids) AS o (old_id, new_id) ON o.old_id = t.old_id
      JOIN unnest(old_ids, new_ids) AS n (old_id, new_id) ON n.old_id = t.new_id
    ON CONFLICT (old_id) DO NOTHING;
    GET DIAGNOSTICS added = ROW_COUNT;
    present := jsonb_array_length(told) - added;
END
$function$;
COMMENT ON FUNCTION homer.import_successions(jsonb, integer[], integer[]) IS
'Takes in which of a person''s memories replaced which. What is known already is not doubled.';

CREATE FUNCTION homer.import_embeddings(
    told jsonb, old_ids integer[], new_ids integer[], OUT added bigint, OUT present bigint
)
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp
AS $function$
BEGIN
    IF EXISTS (SELECT FROM jsonb_array_elements(told) AS t
                WHERE jsonb_typeof(t) <> 'object' OR t - '{memory_id,embedding}'::text[] <> '{}')
       OR EXISTS (SELECT t -> 'memory_id' FROM jsonb_array_elements(told) AS t
                  EXCEPT SELECT to_jsonb(i) FROM unnest(old_ids) AS i) THEN
        PERFORM homer.refuse_document('memory_embeddings holds what is no vector of the person''s memories');
    END IF;
    PERFORM homer.check_json_numbers('embedding', t -> 'embedding') FROM jsonb_array_elements(told) AS t;
    added := 0;
    present := 0;
    IF homer.embedding_dimensions() IS NULL THEN
        RETURN;
    END IF;
    WITH vectors AS MATERIALIZED (
        SELECT i.new_id AS id, ARRAY(SELECT n::real FROM jsonb_array_elements_text(t -> 'embedding') AS n) AS embedding
          FROM jsonb_array_elements(told) AS t JOIN unnest(old_ids, new_ids) AS i (old_id, new_id) ON i.old_id = (t -> 'memory_id')::integer
    ), stored AS (
        INSERT INTO homer.memory_embeddings (memory_id, user_id, embedding, length, text_hash)
        SELECT v.id, m.user_id, v.embedding, homer.length_of(v.embedding), homer.text_hash(m.user_id, m.subject, m.content)
          FROM vectors AS v JOIN @extschema@.homer_memories AS m ON m.id = v.id
         -- A vector of another model is of no use here.
         WHERE cardinality(v.embedding) = homer.embedding_dimensions() AND homer.length_of(v.embedding) > 0
        ON CONFLICT (memory_id) DO NOTHING
        RETURNING memory_id
    )
    SELECT (SELECT count(*) FROM stored), (SELECT count(*) FROM vectors AS v JOIN homer.memory_embeddings AS e ON e.memory_id = v.id)
      INTO added, present;
END
$function$;
COMMENT ON FUNCTION homer.import_embeddings(jsonb, integer[], integer[]) IS
'Takes in the vectors of a person''s memories, as far as embeddings of their length are enabled.';

CREATE FUNCTION homer.check_document(document jsonb) RETURNS boolean
    LANGUAGE plpgsql VOLATILE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    parts CONSTANT text[] := ARRAY['homer_user_profiles', 'homer_memories', 'homer_files', 'homer_file_messages',
                                   'refusals', 'successions', 'memory_embeddings', 'files_shared_with_user'];
    part text;
BEGIN
    PERFORM homer.check_object('data', document);
    IF document -> 'format' IS DISTINCT FROM '"homer"' THEN
        PERFORM homer.refuse_document('its format is not homer');
    ELSIF document -> 'version' IS DISTINCT FROM '1' THEN
        PERFORM homer.refuse_document('its version is not 1');
    ELSIF COALESCE(jsonb_typeof(document -> 'user_id') <> 'string' OR btrim(document ->> 'user_id') = '', true) THEN
        PERFORM homer.refuse_document('its user_id names nobody');
    END IF;
    FOREACH part IN ARRAY parts LOOP
        IF jsonb_typeof(document -> part) IS DISTINCT FROM 'array' THEN
            PERFORM homer.refuse_document(part || ' is missing or no array');
        END IF;
    END LOOP;
    SELECT min(k) INTO part FROM jsonb_object_keys(document - parts - '{format,version,user_id}'::text[]) AS k;
    IF part IS NOT NULL THEN
        PERFORM homer.refuse_document(part || ' is no part of it');
    END IF;
    RETURN true;
END
$function$;
COMMENT ON FUNCTION homer.check_document(jsonb) IS 'Refuses what is no document of homer_export_user, by its outline.';

CREATE FUNCTION @extschema@.homer_import_user(data jsonb) RETURNS jsonb
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    person text;
    profiles record;
    memories record;
    files record;
    links record;
    refusals record;
    successions record;
    embeddings record;
BEGIN
    PERFORM homer.check_document(data);
    person := data ->> 'user_id';
    PERFORM homer.check_acts_for(person);
    profiles := homer.import_profiles(person, data -> 'homer_user_profiles');
    memories := homer.import_memories(person, data -> 'homer_memories');
    files := homer.import_files(person, data -> 'homer_files');
    links := homer.import_links(person, data -> 'homer_file_messages');
    refusals := homer.import_refusals(person, data -> 'refusals', memories.old_ids, memories.new_ids);
    successions := homer.import_successions(data -> 'successions', memories.old_ids, memories.new_ids);
    embeddings := homer.import_embeddings(data -> 'memory_embeddings', memories.old_ids, memories.new_ids);
    RETURN jsonb_build_object(
        'homer_user_profiles', jsonb_build_object('added', profiles.added, 'present', profiles.present),
        'homer_memories', jsonb_build_object('added', memories.added, 'present', memories.present),
        'homer_files', jsonb_build_object('added', files.added, 'present', files.present),
        'homer_file_messages', jsonb_build_object('added', links.added, 'present', links.present),
        'refusals', jsonb_build_object('added', refusals.added, 'present', refusals.present),
        'successions', jsonb_build_object('added', successions.added, 'present', successions.present),
        'memory_embeddings', jsonb_build_object('added', embeddings.added, 'present', embeddings.present));
EXCEPTION
    -- What a table or a type cannot hold. Whatever was stored before is undone.
    WHEN data_exception OR integrity_constraint_violation THEN
        PERFORM homer.refuse_document(SQLERRM);
        RETURN NULL;
END
$function$;
COMMENT ON FUNCTION @extschema@.homer_import_user(jsonb) IS
'Takes in what homer_export_user gave, here or elsewhere, and returns a count of rows added and of rows already present for each table. A document of another format, or damaged, is refused whole.';

CREATE FUNCTION @extschema@.homer_erase_user(user_id text) RETURNS jsonb
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp
AS $function$
#variable_conflict use_column
DECLARE
    person CONSTANT text := homer_erase_user.user_id;
    profiles bigint;
    memories bigint;
    files bigint;
    links bigint;
    shares bigint;
    refusals bigint;
    successions bigint;
    embeddings bigint := 0;
BEGIN
    PERFORM homer.check_text('user_id', person), homer.check_acts_for_all('homer_erase_user');
    IF homer.embedding_dimensions() IS NOT NULL THEN
        -- With what was stored for a memory that an application has since given to another user.
        DELETE FROM homer.memory_embeddings AS e
         WHERE e.memory_id IN (SELECT v.memory_id FROM homer.memory_embeddings AS v WHERE v.user_id = person
                                UNION
                               SELECT m.id FROM @extschema@.homer_memories AS m WHERE m.user_id = person);
        GET DIAGNOSTICS embeddings = ROW_COUNT;
    END IF;
    DELETE FROM @extschema@.homer_user_profiles AS p WHERE p.user_id = person;
    GET DIAGNOSTICS profiles = ROW_COUNT;
    DELETE FROM homer.refusals AS r WHERE r.user_id = person;
    GET DIAGNOSTICS refusals = ROW_COUNT;
    -- Before their memories, without which it could not be said whose they are. What replaced what is of one person.
    DELETE FROM homer.successions AS s USING @extschema@.homer_memories AS m
     WHERE m.user_id = person AND s.old_id = m.id;
    GET DIAGNOSTICS successions = ROW_COUNT;
    DELETE FROM @extschema@.homer_memories AS m WHERE m.user_id = person;
    GET DIAGNOSTICS memories = ROW_COUNT;
    -- Before their files, with which they would go uncounted.
    DELETE FROM @extschema@.homer_file_messages AS l USING @extschema@.homer_files AS f
     WHERE f.uploaded_by = person AND l.file_id = f.file_id;
    GET DIAGNOSTICS links = ROW_COUNT;
    DELETE FROM @extschema@.homer_files AS f WHERE f.uploaded_by = person;
    GET DIAGNOSTICS files = ROW_COUNT;
    UPDATE @extschema@.homer_files AS f
       SET shared_with = homer.without_users(f.shared_with, ARRAY[person]), updated_at = homer.utc_now()
     WHERE f.id IN (SELECT s.id FROM homer.files_shared_with(person) AS s);
    GET DIAGNOSTICS shares = ROW_COUNT;
    RETURN jsonb_build_object(
        'homer_user_profiles', profiles, 'homer_memories', memories, 'homer_files', files, 'homer_file_messages', links,
        'refusals', refusals, 'successions', successions, 'memory_embeddings', embeddings, 'files_shared_with_user', shares);
END
$function$;
COMMENT ON FUNCTION @extschema@.homer_erase_user(text) IS
'Removes a person from every table: their profile, memories, refusals, files and the links to these, and their id from the files that others share with them. Returns counts. Global memories stay.';
