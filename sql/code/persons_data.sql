-- A person's right to their data: all of it as one document, back in, and gone. Each table is a part of its own in each of
-- the three. A document names its parts by the tables they are from, and holds their rows as they are.

CREATE FUNCTION homer.exported_embeddings(user_id text) RETURNS jsonb
    LANGUAGE plpgsql STABLE PARALLEL UNSAFE
    -- Below 1 PostgreSQL rounds the numbers that it writes, to six digits and less, and the vectors came back as others.
    SET extra_float_digits = 1
AS $function$
BEGIN
    IF homer.embedding_dimensions() IS NULL THEN
        RETURN '[]';
    END IF;
    -- A vector of an older text says nothing about the person any more.
    RETURN (SELECT COALESCE(pg_catalog.jsonb_agg(
                                pg_catalog.jsonb_build_object('memory_id', m.id, 'embedding', e.embedding) ORDER BY m.id), '[]')
              FROM @extschema@.homer_memories AS m JOIN homer.memory_embeddings AS e ON e.memory_id OPERATOR(pg_catalog.=) m.id
             WHERE m.user_id OPERATOR(pg_catalog.=) exported_embeddings.user_id
               AND e.text_hash OPERATOR(pg_catalog.=) homer.text_hash(m.user_id, m.subject, m.content));
END
$function$;
COMMENT ON FUNCTION homer.exported_embeddings(text) IS 'The vectors of a person''s memories, as a document holds them.';

CREATE FUNCTION homer.links_made_by(person text) RETURNS SETOF integer
    LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT l.id
      FROM (SELECT k.link_id FROM homer.link_makers AS k WHERE k.user_id = person
            UNION
            SELECT m.id
              FROM @extschema@.homer_files AS f JOIN @extschema@.homer_file_messages AS m ON m.file_id = f.file_id
             WHERE f.uploaded_by = person) AS l (id)
     WHERE person IN (SELECT homer.makers(l.id));
END;
COMMENT ON FUNCTION homer.links_made_by(text) IS 'The links between files and messages that a person made.';

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
                  FROM homer.links_made_by(homer_export_user.user_id) AS i (id) JOIN @extschema@.homer_file_messages AS l ON l.id = i.id),
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
               'memory_paths',
               (SELECT COALESCE(pg_catalog.jsonb_agg(pg_catalog.to_jsonb(p) ORDER BY p.path), '[]')
                  FROM homer.memory_paths AS p
                 WHERE p.user_id = homer_export_user.user_id
                   AND EXISTS (SELECT FROM @extschema@.homer_memories AS m WHERE m.id = p.memory_id AND m.user_id = p.user_id)),
               'files_shared_with_user',
               (SELECT COALESCE(pg_catalog.jsonb_agg(f.file_id ORDER BY f.id), '[]')
                  FROM homer.files_shared_with(homer_export_user.user_id) AS f))
     WHERE homer.check_text('user_id', homer_export_user.user_id) AND homer.check_acts_for(homer_export_user.user_id);
END;
COMMENT ON FUNCTION @extschema@.homer_export_user(text) IS
'Everything that is known of a person, as one document that homer_import_user takes: the rows that are theirs in each table, and the ids of the files that others share with them.';

-- The parts of an import. A row must come out of its table as it went in, so that a key too few or too many, and a value of
-- another type, are seen. Numbers are given anew, in the old order. Columns that an application has added to its tables come along
-- where they are there: a document from elsewhere need not have them.

CREATE FUNCTION homer.columns_of_homer(of_table regclass) RETURNS text[]
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN CASE
        WHEN of_table::oid = '@extschema@.homer_user_profiles'::regclass::oid THEN
            '{id,user_id,display_name,preferred_name,role,title,communication_style,preferred_greeting,wants_detailed_analysis,wants_proactive_insights,focus_areas,responsibilities,working_hours,timezone,last_interaction,total_interactions,created_at,updated_at}'::text[]
        WHEN of_table::oid = '@extschema@.homer_memories'::regclass::oid THEN
            '{id,user_id,category,subject,content,importance,expires_at,source_conversation_id,source_message_id,tags,metadata,is_active,created_at,updated_at}'
        WHEN of_table::oid = '@extschema@.homer_files'::regclass::oid THEN
            '{id,file_id,uploaded_by,original_name,mime_type,file_size,storage_path,storage_type,description,extracted_text,tags,is_shared,shared_with,created_at,updated_at}'
        WHEN of_table::oid = '@extschema@.homer_file_messages'::regclass::oid THEN
            '{id,file_id,conversation_id,message_id,direction,context,created_at}'
    END;
COMMENT ON FUNCTION homer.columns_of_homer(regclass) IS 'The columns that one of the four tables was made with.';

CREATE FUNCTION homer.columns_added(to_table regclass) RETURNS text[]
    LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT COALESCE(pg_catalog.array_agg(a.attname::text ORDER BY a.attnum), '{}')
      FROM pg_catalog.pg_attribute AS a
     WHERE a.attrelid = to_table AND a.attnum > 0 AND NOT a.attisdropped
       AND a.attname::text <> ALL (homer.columns_of_homer(to_table));
END;
COMMENT ON FUNCTION homer.columns_added(regclass) IS 'The columns that an application has added to one of the four tables.';

CREATE FUNCTION homer.check_rows(of_table regclass, elements jsonb, owner_column text, owner text) RETURNS boolean
    LANGUAGE plpgsql STABLE PARALLEL UNSAFE AS
$function$
DECLARE
    is_wrong pg_catalog.bool;
BEGIN
    EXECUTE pg_catalog.format(
        'SELECT EXISTS (SELECT FROM pg_catalog.jsonb_array_elements($1) AS t
                         WHERE NOT homer.is_same_text(t OPERATOR(pg_catalog.->>) $3, $4)
                            OR (pg_catalog.to_jsonb(pg_catalog.jsonb_populate_record(NULL::%1$s, t)) OPERATOR(pg_catalog.-) $2)
                               OPERATOR(pg_catalog.<>) (t OPERATOR(pg_catalog.-) $2))', of_table::pg_catalog.regclass)
        INTO is_wrong USING elements, homer.columns_added(of_table), owner_column, owner;
    IF is_wrong THEN
        PERFORM homer.refuse('foreign_document', pg_catalog.jsonb_build_object(
            'fault', pg_catalog.concat(homer.name_of(of_table), ' holds what is no row of the person')));
    END IF;
    RETURN true;
END
$function$;
COMMENT ON FUNCTION homer.check_rows(regclass, jsonb, text, text) IS
'Refuses elements that are no rows of the table, or whose owner is somebody else; what an application has added is not looked at.';

CREATE FUNCTION homer.name_of(of_table regclass) RETURNS text
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN (SELECT c.relname::text FROM pg_catalog.pg_class AS c WHERE c.oid = of_table);
COMMENT ON FUNCTION homer.name_of(regclass) IS 'The name of a table, without its schema.';

CREATE FUNCTION homer.columns_to_insert(into_table regclass, elements jsonb) RETURNS text
    LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT pg_catalog.string_agg(pg_catalog.quote_ident(a.attname), ', ' ORDER BY a.attnum)
      FROM pg_catalog.pg_attribute AS a
     WHERE a.attrelid = into_table AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
       AND EXISTS (SELECT FROM pg_catalog.jsonb_array_elements(elements) AS t WHERE pg_catalog.jsonb_exists(t, a.attname::text));
END;
COMMENT ON FUNCTION homer.columns_to_insert(regclass, jsonb) IS 'The columns of a table that elements have a value for, as INSERT names them.';

-- The ids come from the columns' defaults, so that a role needs no right to choose one. They are given in the order of the rows.
CREATE FUNCTION homer.insert_rows(into_table regclass, elements jsonb) RETURNS integer[]
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE AS
$function$
DECLARE
    columns CONSTANT pg_catalog.text := homer.columns_to_insert(into_table, elements);
    ids pg_catalog.int4[];
BEGIN
    IF columns IS NOT NULL THEN
        EXECUTE pg_catalog.format(
            'WITH stored AS (
                INSERT INTO %1$s (%2$s) SELECT %2$s FROM pg_catalog.jsonb_populate_recordset(NULL::%1$s, $1)
                ON CONFLICT DO NOTHING RETURNING id)
             SELECT pg_catalog.array_agg(id ORDER BY id) FROM stored',
            into_table::pg_catalog.regclass, columns) INTO ids USING elements;
    END IF;
    RETURN COALESCE(ids, '{}');
END
$function$;
COMMENT ON FUNCTION homer.insert_rows(regclass, jsonb) IS
'Stores elements as rows, those that are not there already, and returns the ids of those that were stored, in order.';

CREATE FUNCTION homer.without_ids(elements jsonb) RETURNS jsonb
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN (SELECT COALESCE(pg_catalog.jsonb_agg(t - 'id'::text ORDER BY (t -> 'id'::text)::bigint), '[]')
              FROM pg_catalog.jsonb_array_elements(elements) AS t);
COMMENT ON FUNCTION homer.without_ids(jsonb) IS 'Rows in the order of their numbers, which are taken off.';

CREATE FUNCTION homer.import_rows(into_table regclass, elements jsonb) RETURNS homer.import_count
    LANGUAGE sql VOLATILE PARALLEL UNSAFE
BEGIN ATOMIC
    SELECT i.added, pg_catalog.jsonb_array_length(elements) - i.added
      FROM (SELECT pg_catalog.cardinality(homer.insert_rows(into_table, homer.without_ids(elements))) AS added) AS i;
END;
COMMENT ON FUNCTION homer.import_rows(regclass, jsonb) IS 'Takes in rows, each under a number of its own. Those that are there already stay as they are.';

CREATE FUNCTION homer.statements_of(elements jsonb)
    RETURNS TABLE (user_ids text[], statements text[], exact text[], due timestamp[])
    LANGUAGE sql STABLE PARALLEL SAFE ROWS 1
BEGIN ATOMIC
    SELECT pg_catalog.array_agg(t.user_id ORDER BY t.id), pg_catalog.array_agg(homer.statement(t.subject, t.content) ORDER BY t.id),
           pg_catalog.array_agg(homer.exact_tokens(t.subject, t.content) ORDER BY t.id),
           pg_catalog.array_agg(homer.due_moment(t.category, t.metadata) ORDER BY t.id)
      FROM pg_catalog.jsonb_to_recordset(elements)
           AS t (id integer, user_id text, category text, subject text, content text, metadata jsonb);
END;
COMMENT ON FUNCTION homer.statements_of(jsonb) IS 'What memories of a document say, as arrays.';

CREATE FUNCTION homer.decided_imports(person text, elements jsonb)
    RETURNS TABLE (old_id integer, known_id integer, is_refused boolean)
    LANGUAGE sql STABLE PARALLEL SAFE
    SET enable_seqscan = off
    SET jit = off
BEGIN ATOMIC
    WITH rows_given AS MATERIALIZED (
        SELECT t.id, t.category, t.subject, t.content, t.created_at,
               homer.is_live(t.is_active, t.expires_at) AS is_live,
               homer.statement(t.subject, t.content) AS statement, homer.exact_tokens(t.subject, t.content) AS exact,
               homer.due_moment(t.category, t.metadata) AS due
          FROM pg_catalog.jsonb_to_recordset(elements)
               AS t (id integer, category text, subject text, content text, metadata jsonb, is_active boolean,
                     expires_at timestamp, created_at timestamp)
    ), same_row AS MATERIALIZED (
        SELECT g.id AS old_id, pg_catalog.min(m.id) AS new_id
          FROM rows_given AS g
          JOIN @extschema@.homer_memories AS m
            ON m.category = g.category AND m.subject = g.subject AND m.content = g.content
           AND m.created_at IS NOT DISTINCT FROM g.created_at
         WHERE m.user_id = person
         GROUP BY g.id
    )
    SELECT g.id, COALESCE(s.new_id, k.memory_id), COALESCE(k.refusal_id IS NOT NULL, false)
      FROM rows_given AS g
      LEFT JOIN same_row AS s ON s.old_id = g.id
      -- What is there in other words, or was refused since, is asked as homer_remember asks it, of what still holds.
      LEFT JOIN LATERAL (SELECT w.refusal_id, CASE WHEN w.refusal_id IS NULL THEN w.memory_id END AS memory_id
                           FROM homer.known_statement(person, g.statement, g.exact, g.due, NULL) AS w
                          WHERE s.new_id IS NULL AND g.is_live) AS k ON true;
END;
COMMENT ON FUNCTION homer.decided_imports(text, jsonb) IS
'What becomes of each memory of a document: the number it has here, null where it is new, and whether the person has refused it since.';

CREATE FUNCTION homer.memories_to_import(
    person text, elements jsonb, OUT old_ids integer[], OUT known_ids integer[], OUT new_rows jsonb
)
    LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT COALESCE(pg_catalog.array_agg(d.old_id ORDER BY d.old_id), '{}'),
           COALESCE(pg_catalog.array_agg(d.known_id ORDER BY d.old_id), '{}'),
           COALESCE(pg_catalog.jsonb_agg((t - 'id'::text) || CASE WHEN d.is_refused THEN '{"is_active": false}' ELSE '{}' END::jsonb
                                         ORDER BY d.old_id) FILTER (WHERE d.known_id IS NULL), '[]')
      FROM homer.decided_imports(person, elements) AS d
      JOIN pg_catalog.jsonb_array_elements(elements) AS t ON (t -> 'id'::text)::integer = d.old_id;
END;
COMMENT ON FUNCTION homer.memories_to_import(text, jsonb) IS
'The numbers of a document''s memories there and, as far as they are known, here, and the rows to be added, in the order of their old numbers.';

CREATE FUNCTION homer.with_added_ids(known_ids integer[], added_ids integer[]) RETURNS integer[]
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT COALESCE(pg_catalog.array_agg(COALESCE(k.id, added_ids[k.added]) ORDER BY k.place), '{}')
      FROM (SELECT u.id, u.place, pg_catalog.count(*) FILTER (WHERE u.id IS NULL) OVER (ORDER BY u.place) AS added
              FROM pg_catalog.unnest(known_ids) WITH ORDINALITY AS u (id, place)) AS k;
END;
COMMENT ON FUNCTION homer.with_added_ids(integer[], integer[]) IS 'Numbers, of which those that are null are filled with the added ones in order.';

CREATE FUNCTION homer.import_memories(
    person text, elements jsonb, OUT count homer.import_count, OUT old_ids integer[], OUT new_ids integer[], OUT added_ids integer[]
)
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE AS
$function$
DECLARE
    known_ids pg_catalog.int4[];
    new_rows pg_catalog.jsonb;
    added pg_catalog.int8;
BEGIN
    SELECT n.old_ids, n.known_ids, n.new_rows INTO old_ids, known_ids, new_rows FROM homer.memories_to_import(person, elements) AS n;
    added_ids := homer.insert_rows('@extschema@.homer_memories', new_rows);
    added := pg_catalog.jsonb_array_length(new_rows);
    IF added OPERATOR(pg_catalog.<>) pg_catalog.cardinality(added_ids) THEN
        PERFORM homer.refuse('not_stored', '{"what": "memory"}');
    END IF;
    new_ids := homer.with_added_ids(known_ids, added_ids);
    count := ROW(added, pg_catalog.jsonb_array_length(elements) OPERATOR(pg_catalog.-) added)::homer.import_count;
END
$function$;
COMMENT ON FUNCTION homer.import_memories(text, jsonb) IS
'Takes in a person''s memories, and says which number each has now. One that is there already, by its words and moment or by what it says, is not doubled; what the person has refused since comes in retired.';

-- An application may have stored any text as a file_id. A UUID in capitals is the file that homer_register_file has stored in small letters.
CREATE FUNCTION homer.imported_file_id(file_id text) RETURNS text
    LANGUAGE plpgsql STABLE PARALLEL SAFE AS
$function$
#variable_conflict use_column
DECLARE
    in_small CONSTANT pg_catalog.text := pg_catalog.lower(imported_file_id.file_id);
BEGIN
    IF in_small OPERATOR(pg_catalog.~) '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$'
       AND in_small OPERATOR(pg_catalog.<>) imported_file_id.file_id
       AND NOT EXISTS (SELECT FROM @extschema@.homer_files AS f WHERE f.file_id OPERATOR(pg_catalog.=) imported_file_id.file_id)
       AND EXISTS (SELECT FROM @extschema@.homer_files AS f WHERE f.file_id OPERATOR(pg_catalog.=) in_small) THEN
        RETURN in_small;
    END IF;
    RETURN imported_file_id.file_id;
END
$function$;
COMMENT ON FUNCTION homer.imported_file_id(text) IS
'Under which id a file of a document is here: in small letters where it is so already, and as it is otherwise.';

-- Whatever the table takes. Only its user sees an imported file: a service role decides who else may.
CREATE FUNCTION homer.files_to_import(elements jsonb) RETURNS jsonb
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN (SELECT COALESCE(pg_catalog.jsonb_agg(
                       t || pg_catalog.jsonb_build_object('file_id', homer.imported_file_id(t ->> 'file_id'::text))
                         || CASE WHEN homer.acts_for_anyone() THEN '{}' ELSE '{"shared_with": []}' END::jsonb
                         || CASE WHEN homer.tells_everyone() THEN '{}' ELSE '{"is_shared": false}' END::jsonb), '[]')
              FROM pg_catalog.jsonb_array_elements(elements) AS t);
COMMENT ON FUNCTION homer.files_to_import(jsonb) IS
'Files of a document as they are stored: shared only by a service role, published only by one that may tell everyone something.';

CREATE FUNCTION homer.import_files(person text, elements jsonb) RETURNS homer.import_count
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE AS
$function$
DECLARE
    count homer.import_count;
BEGIN
    count := homer.import_rows('@extschema@.homer_files', homer.files_to_import(elements));
    -- A confined role cannot see that a file_id belongs to somebody else; it notices when its own row is not stored.
    PERFORM
      FROM pg_catalog.jsonb_array_elements(elements) AS t
     WHERE NOT EXISTS (SELECT FROM @extschema@.homer_files AS f
                        WHERE f.file_id OPERATOR(pg_catalog.=) homer.imported_file_id(t OPERATOR(pg_catalog.->>) 'file_id')
                          AND f.uploaded_by OPERATOR(pg_catalog.=) person)
     LIMIT 1;
    IF FOUND AND homer.acts_for_anyone() THEN
        PERFORM homer.refuse('not_stored', '{"what": "file"}');
    ELSIF FOUND THEN
        PERFORM homer.refuse('foreign_document', '{"fault": "one of its files belongs to somebody else here"}');
    END IF;
    RETURN count;
END
$function$;
COMMENT ON FUNCTION homer.import_files(text, jsonb) IS 'Takes in a person''s files. Those that are there already stay as they are.';

CREATE FUNCTION homer.links_to_import(person text, elements jsonb) RETURNS jsonb
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN (SELECT COALESCE(pg_catalog.jsonb_agg(
                       t || pg_catalog.jsonb_build_object('file_id', homer.imported_file_id(t ->> 'file_id'::text))), '[]')
              FROM pg_catalog.jsonb_array_elements(elements) AS t
             WHERE EXISTS (SELECT FROM @extschema@.homer_files AS f
                            WHERE f.file_id = homer.imported_file_id(t ->> 'file_id'::text)
                              AND homer.may_see(person, f.uploaded_by, f.is_shared, f.shared_with)));
COMMENT ON FUNCTION homer.links_to_import(text, jsonb) IS 'The links of a document to files that the person may see here.';

CREATE FUNCTION homer.new_links_to_others_files(person text, links jsonb) RETURNS jsonb
    LANGUAGE sql STABLE PARALLEL RESTRICTED
    RETURN (SELECT COALESCE(pg_catalog.jsonb_agg(
                       t || pg_catalog.jsonb_build_object('created_at', COALESCE((t ->> 'created_at'::text)::timestamp, homer.utc_now()))),
                   '[]')
              FROM pg_catalog.jsonb_array_elements(links) AS t JOIN @extschema@.homer_files AS f ON f.file_id = t ->> 'file_id'::text
             WHERE f.uploaded_by <> person
               AND homer.known_link(t ->> 'file_id'::text, t ->> 'conversation_id'::text, t ->> 'message_id'::text,
                                    t ->> 'direction'::text) IS NULL);
COMMENT ON FUNCTION homer.new_links_to_others_files(text, jsonb) IS
'Those of the links of a document that are to files of other users and not there yet, each with a moment.';

CREATE FUNCTION homer.import_links_to_others_files(person text, links jsonb) RETURNS bigint
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE AS
$function$
DECLARE
    added CONSTANT pg_catalog.int4[] :=
        homer.insert_rows('@extschema@.homer_file_messages', homer.without_ids(homer.new_links_to_others_files(person, links)));
BEGIN
    -- For a confined role the policy has noted it.
    IF homer.acts_for_anyone() THEN
        PERFORM homer.note_maker(m.id, person, m.created_at)
           FROM @extschema@.homer_file_messages AS m WHERE m.id OPERATOR(pg_catalog.=) ANY (added);
    END IF;
    RETURN pg_catalog.cardinality(added);
END
$function$;
COMMENT ON FUNCTION homer.import_links_to_others_files(text, jsonb) IS
'Takes in the links of a person to files of others that are not there yet, and says how many there were.';

CREATE FUNCTION homer.import_links(person text, elements jsonb) RETURNS homer.import_count
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE AS
$function$
DECLARE
    links CONSTANT pg_catalog.jsonb := homer.links_to_import(person, elements);
    added CONSTANT pg_catalog.int8 := homer.import_links_to_others_files(person, links);
    count homer.import_count;
BEGIN
    -- Those that were just stored are among them, as present.
    count := homer.import_rows('@extschema@.homer_file_messages', links);
    PERFORM homer.add_maker(l.id, person)
       FROM (SELECT homer.known_link(t.file_id, t.conversation_id, t.message_id, t.direction) AS id
               FROM pg_catalog.jsonb_to_recordset(links) AS t (
                        file_id pg_catalog.text, conversation_id pg_catalog.text, message_id pg_catalog.text, direction pg_catalog.text)) AS l
      WHERE NOT EXISTS (SELECT FROM homer.makers(l.id) AS m (maker) WHERE m.maker OPERATOR(pg_catalog.=) person);
    RETURN ROW(count.added OPERATOR(pg_catalog.+) added, count.present OPERATOR(pg_catalog.-) added)::homer.import_count;
END
$function$;
COMMENT ON FUNCTION homer.import_links(text, jsonb) IS
'Takes in the links that a person made, as far as the person may see their files here. Those that are there already stay as they are.';

CREATE FUNCTION homer.import_refusals(
    person text, elements jsonb, old_ids integer[], new_ids integer[], OUT count homer.import_count, OUT statements text[]
)
    LANGUAGE sql VOLATILE PARALLEL UNSAFE
BEGIN ATOMIC
    WITH stored AS (
        INSERT INTO homer.refusals AS r (user_id, statement, memory_id, refused_at)
        -- The number of a memory whose row is gone is 0: the one it had may be another's here.
        SELECT person, t.statement, COALESCE(i.new_id, 0), t.refused_at
          FROM pg_catalog.jsonb_populate_recordset(NULL::homer.refusals, elements) AS t
          LEFT JOIN ROWS FROM (pg_catalog.unnest(old_ids), pg_catalog.unnest(new_ids)) AS i (old_id, new_id) ON i.old_id = t.memory_id
         WHERE homer.known_refusal(person, t.statement) IS NULL
         ORDER BY t.id
        RETURNING r.statement
    )
    SELECT ROW(pg_catalog.count(*), pg_catalog.jsonb_array_length(elements) - pg_catalog.count(*))::homer.import_count,
           COALESCE(pg_catalog.array_agg(stored.statement), '{}')
      FROM stored;
END;
COMMENT ON FUNCTION homer.import_refusals(text, jsonb, integer[], integer[]) IS
'Takes in what a person has refused to have remembered, and says which statements are news here. What is refused already is not doubled.';

CREATE FUNCTION homer.memories_refused_by(person text, statements text[], besides integer[]) RETURNS integer[]
    LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT COALESCE(pg_catalog.array_agg(m), '{}')
      FROM pg_catalog.unnest(statements) AS s, pg_catalog.unnest(homer.memories_that_say(person, s)) AS m
     WHERE m <> ALL (besides);
END;
COMMENT ON FUNCTION homer.memories_refused_by(text, text[], integer[]) IS
'The active memories of a person that say one of the statements, besides those that came with the refusals.';

CREATE FUNCTION homer.import_successions(elements jsonb, old_ids integer[], new_ids integer[]) RETURNS homer.import_count
    LANGUAGE sql VOLATILE PARALLEL UNSAFE
BEGIN ATOMIC
    WITH stored AS (
        INSERT INTO homer.successions AS s (old_id, new_id, succeeded_at)
        SELECT o.new_id, n.new_id, t.succeeded_at
          FROM pg_catalog.jsonb_populate_recordset(NULL::homer.successions, elements) AS t
          JOIN ROWS FROM (pg_catalog.unnest(old_ids), pg_catalog.unnest(new_ids)) AS o (old_id, new_id) ON o.old_id = t.old_id
          JOIN ROWS FROM (pg_catalog.unnest(old_ids), pg_catalog.unnest(new_ids)) AS n (old_id, new_id) ON n.old_id = t.new_id
        ON CONFLICT (old_id) DO NOTHING
        RETURNING s.old_id
    )
    SELECT pg_catalog.count(*), pg_catalog.jsonb_array_length(elements) - pg_catalog.count(*) FROM stored;
END;
COMMENT ON FUNCTION homer.import_successions(jsonb, integer[], integer[]) IS
'Takes in which of a person''s memories replaced which. What is known already is not doubled.';

CREATE FUNCTION homer.vectors_of(elements jsonb, old_ids integer[], new_ids integer[])
    RETURNS TABLE (memory_id integer, embedding real[])
    LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT i.new_id, v.embedding
      FROM pg_catalog.jsonb_array_elements(elements) AS t
      JOIN ROWS FROM (pg_catalog.unnest(old_ids), pg_catalog.unnest(new_ids)) AS i (old_id, new_id)
           ON i.old_id = (t -> 'memory_id'::text)::integer,
           LATERAL (SELECT ARRAY(SELECT n::real FROM pg_catalog.jsonb_array_elements_text(t -> 'embedding'::text) AS n)) AS v (embedding)
     -- A vector of another model is of no use here.
     WHERE pg_catalog.cardinality(v.embedding) = homer.embedding_dimensions() AND homer.length_of(v.embedding) > 0;
END;
COMMENT ON FUNCTION homer.vectors_of(jsonb, integer[], integer[]) IS
'The vectors of a document that are as long as those stored here, and the memories they belong to.';

CREATE FUNCTION homer.import_embeddings(elements jsonb, old_ids integer[], new_ids integer[]) RETURNS homer.import_count
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE AS
$function$
DECLARE
    added pg_catalog.int8 := 0;
    present pg_catalog.int8 := 0;
BEGIN
    IF homer.embedding_dimensions() IS NULL THEN
        RETURN ROW(added, present)::homer.import_count;
    END IF;
    SELECT pg_catalog.count(*) INTO present
      FROM homer.vectors_of(elements, old_ids, new_ids) AS v JOIN homer.memory_embeddings AS e ON e.memory_id OPERATOR(pg_catalog.=) v.memory_id;
    INSERT INTO homer.memory_embeddings (memory_id, user_id, embedding, length, text_hash)
    SELECT v.memory_id, m.user_id, v.embedding, homer.length_of(v.embedding), homer.text_hash(m.user_id, m.subject, m.content)
      FROM homer.vectors_of(elements, old_ids, new_ids) AS v
      JOIN @extschema@.homer_memories AS m ON m.id OPERATOR(pg_catalog.=) v.memory_id
    ON CONFLICT (memory_id) DO NOTHING;
    GET DIAGNOSTICS added := ROW_COUNT;
    RETURN ROW(added, present)::homer.import_count;
END
$function$;
COMMENT ON FUNCTION homer.import_embeddings(jsonb, integer[], integer[]) IS
'Takes in the vectors of a person''s memories, as far as embeddings of their length are enabled.';

CREATE FUNCTION homer.import_paths(person text, elements jsonb, old_ids integer[], new_ids integer[]) RETURNS homer.import_count
    LANGUAGE sql VOLATILE PARALLEL UNSAFE
BEGIN ATOMIC
    WITH stored AS (
        INSERT INTO homer.memory_paths AS p (user_id, path, memory_id, made_at)
        -- Not before the memory that is there already, which would not count as the file, and not after now.
        SELECT person, t.path, i.new_id, LEAST(GREATEST(t.made_at, m.created_at), homer.utc_now())
          FROM pg_catalog.jsonb_populate_recordset(NULL::homer.memory_paths, elements) AS t
          JOIN ROWS FROM (pg_catalog.unnest(old_ids), pg_catalog.unnest(new_ids)) AS i (old_id, new_id) ON i.old_id = t.memory_id
          LEFT JOIN @extschema@.homer_memories AS m ON m.id = i.new_id
        ON CONFLICT (user_id, path) DO NOTHING
        RETURNING p.path
    )
    SELECT pg_catalog.count(*), COALESCE(pg_catalog.jsonb_array_length(elements), 0) - pg_catalog.count(*) FROM stored;
END;
COMMENT ON FUNCTION homer.import_paths(text, jsonb, integer[], integer[]) IS
'Takes in which file of the memory tool is which of a person''s memories. A file that is there already stays as it is.';

CREATE FUNCTION homer.parts_of_a_document() RETURNS text[]
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN ARRAY['homer_user_profiles', 'homer_memories', 'homer_files', 'homer_file_messages',
                 'refusals', 'successions', 'memory_embeddings', 'memory_paths', 'files_shared_with_user'];
COMMENT ON FUNCTION homer.parts_of_a_document() IS 'The parts of what homer_export_user gives.';

CREATE FUNCTION homer.fault_of_outline(document jsonb) RETURNS text
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN CASE
        WHEN (document -> 'format'::text) IS DISTINCT FROM '"homer"' THEN 'its format is not homer'
        WHEN (document -> 'version'::text) IS DISTINCT FROM '1' THEN 'its version is not 1'
        WHEN COALESCE(pg_catalog.jsonb_typeof(document -> 'user_id'::text) <> 'string'
                      OR pg_catalog.btrim(document ->> 'user_id'::text) = '', true) THEN 'its user_id names nobody'
        ELSE (SELECT pg_catalog.min(f.fault)
                FROM (SELECT p || ' is missing or no array' AS fault
                        FROM pg_catalog.unnest(homer.parts_of_a_document()) AS p
                       WHERE pg_catalog.jsonb_typeof(document -> p) IS DISTINCT FROM 'array'
                         -- Documents from before there was one have none.
                         AND (p <> 'memory_paths' OR pg_catalog.jsonb_exists(document, p))
                       UNION ALL
                      SELECT k || ' is no part of it'
                        FROM pg_catalog.jsonb_object_keys(
                                 document - homer.parts_of_a_document() - '{format,version,user_id}'::text[]) AS k) AS f)
    END;
COMMENT ON FUNCTION homer.fault_of_outline(jsonb) IS 'What keeps a JSON object from being a document of homer_export_user, by its outline; null where nothing does.';

CREATE FUNCTION homer.fault_of_references(person text, document jsonb) RETURNS text
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN CASE
        WHEN EXISTS (SELECT FROM pg_catalog.jsonb_array_elements(document -> 'homer_memories'::text) AS t
                      GROUP BY t -> 'id'::text HAVING pg_catalog.count(*) > 1)
            THEN 'homer_memories holds two rows of one number'
        WHEN EXISTS (SELECT FROM pg_catalog.jsonb_array_elements(document -> 'homer_memories'::text) AS t
                      WHERE (t ->> 'id'::text) IS NULL OR (t ->> 'category'::text) IS NULL
                         OR (t ->> 'subject'::text) IS NULL OR (t ->> 'content'::text) IS NULL)
            THEN 'homer_memories holds a memory without its number, category, subject or content'
        WHEN EXISTS (SELECT FROM pg_catalog.jsonb_array_elements(document -> 'refusals'::text) AS t WHERE (t ->> 'statement'::text) IS NULL)
            THEN 'refusals holds a refusal of nothing'
        WHEN EXISTS (SELECT FROM pg_catalog.jsonb_array_elements(document -> 'homer_files'::text) AS t
                       JOIN @extschema@.homer_files AS f ON f.file_id = homer.imported_file_id(t ->> 'file_id'::text)
                      WHERE f.uploaded_by <> person)
            THEN 'one of its files belongs to somebody else here'
        WHEN EXISTS (SELECT v.id FROM pg_catalog.jsonb_array_elements(document -> 'successions'::text) AS t,
                                      LATERAL (VALUES (t -> 'old_id'::text), (t -> 'new_id'::text)) AS v (id)
                     EXCEPT SELECT m -> 'id'::text FROM pg_catalog.jsonb_array_elements(document -> 'homer_memories'::text) AS m)
            THEN 'successions holds what is no succession of the person''s memories'
        WHEN EXISTS (SELECT t -> 'memory_id'::text FROM pg_catalog.jsonb_array_elements(document -> 'memory_embeddings'::text) AS t
                     EXCEPT SELECT m -> 'id'::text FROM pg_catalog.jsonb_array_elements(document -> 'homer_memories'::text) AS m)
             OR EXISTS (SELECT FROM pg_catalog.jsonb_array_elements(document -> 'memory_embeddings'::text) AS t
                         WHERE t - '{memory_id,embedding}'::text[] <> '{}')
            THEN 'memory_embeddings holds what is no vector of the person''s memories'
        WHEN EXISTS (SELECT t -> 'memory_id'::text FROM pg_catalog.jsonb_array_elements(document -> 'memory_paths'::text) AS t
                     EXCEPT SELECT m -> 'id'::text FROM pg_catalog.jsonb_array_elements(document -> 'homer_memories'::text) AS m)
            THEN 'memory_paths holds what is no path of the person''s memories'
    END;
COMMENT ON FUNCTION homer.fault_of_references(text, jsonb) IS 'What in a document names something that is not the person''s; null where nothing does.';

CREATE FUNCTION homer.check_document(document jsonb) RETURNS boolean
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
AS $function$
DECLARE
    person pg_catalog.text;
BEGIN
    PERFORM homer.check_object('data', document);
    PERFORM homer.refuse('foreign_document', pg_catalog.jsonb_build_object('fault', f.fault))
       FROM homer.fault_of_outline(document) AS f (fault) WHERE f.fault IS NOT NULL;
    person := document OPERATOR(pg_catalog.->>) 'user_id';
    PERFORM homer.check_rows('@extschema@.homer_user_profiles', document OPERATOR(pg_catalog.->) 'homer_user_profiles', 'user_id', person),
            homer.check_rows('@extschema@.homer_memories', document OPERATOR(pg_catalog.->) 'homer_memories', 'user_id', person),
            homer.check_rows('@extschema@.homer_files', document OPERATOR(pg_catalog.->) 'homer_files', 'uploaded_by', person),
            homer.check_rows('@extschema@.homer_file_messages', document OPERATOR(pg_catalog.->) 'homer_file_messages', NULL, NULL),
            homer.check_rows('homer.refusals', document OPERATOR(pg_catalog.->) 'refusals', 'user_id', person),
            homer.check_rows('homer.successions', document OPERATOR(pg_catalog.->) 'successions', NULL, NULL),
            homer.check_rows('homer.memory_paths', document OPERATOR(pg_catalog.->) 'memory_paths', 'user_id', person);
    PERFORM homer.check_json_numbers('embedding', t OPERATOR(pg_catalog.->) 'embedding')
       FROM pg_catalog.jsonb_array_elements(document OPERATOR(pg_catalog.->) 'memory_embeddings') AS t;
    PERFORM homer.refuse('foreign_document', pg_catalog.jsonb_build_object('fault', f.fault))
       FROM homer.fault_of_references(person, document) AS f (fault) WHERE f.fault IS NOT NULL;
    RETURN true;
EXCEPTION WHEN data_exception THEN
    -- A value that its column cannot hold. Nothing was stored yet, so that the error is about the document.
    PERFORM homer.refuse('foreign_document', pg_catalog.jsonb_build_object('fault', SQLERRM));
    RETURN false;
END
$function$;
COMMENT ON FUNCTION homer.check_document(jsonb) IS 'Refuses what is no document of homer_export_user, by its outline.';

CREATE FUNCTION homer.is_constraint_of_homer(schema_name text, table_name text, constraint_name text, column_name text) RETURNS boolean
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN (schema_name = 'homer'
            OR homer.columns_of_homer(pg_catalog.to_regclass(pg_catalog.format('%I.%I', schema_name, table_name))) IS NOT NULL)
       AND (constraint_name ^@ (table_name || '_')
            OR constraint_name = '' AND (schema_name = 'homer' OR column_name = ANY (
                   homer.columns_of_homer(pg_catalog.to_regclass(pg_catalog.format('%I.%I', schema_name, table_name))))));
COMMENT ON FUNCTION homer.is_constraint_of_homer(text, text, text, text) IS
'Whether a constraint that a row met is one that homer made.';

CREATE FUNCTION homer.import_parts(person text, data jsonb) RETURNS jsonb
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
AS $function$
DECLARE
    profiles homer.import_count;
    memories record;
    files homer.import_count;
    links homer.import_count;
    refusals record;
    successions homer.import_count;
    embeddings homer.import_count;
    paths homer.import_count;
    schema_name pg_catalog.text;
    table_name pg_catalog.text;
    constraint_name pg_catalog.text;
    column_name pg_catalog.text;
BEGIN
    profiles := homer.import_rows('@extschema@.homer_user_profiles', data OPERATOR(pg_catalog.->) 'homer_user_profiles');
    SELECT m.* INTO memories FROM homer.import_memories(person, data OPERATOR(pg_catalog.->) 'homer_memories') AS m;
    files := homer.import_files(person, data OPERATOR(pg_catalog.->) 'homer_files');
    links := homer.import_links(person, data OPERATOR(pg_catalog.->) 'homer_file_messages');
    SELECT r.* INTO refusals
      FROM homer.import_refusals(person, data OPERATOR(pg_catalog.->) 'refusals', memories.old_ids, memories.new_ids) AS r;
    PERFORM homer.retire(homer.memories_refused_by(person, refusals.statements, memories.added_ids));
    successions := homer.import_successions(data OPERATOR(pg_catalog.->) 'successions', memories.old_ids, memories.new_ids);
    embeddings := homer.import_embeddings(data OPERATOR(pg_catalog.->) 'memory_embeddings', memories.old_ids, memories.new_ids);
    paths := homer.import_paths(person, data OPERATOR(pg_catalog.->) 'memory_paths', memories.old_ids, memories.new_ids);
    RETURN pg_catalog.jsonb_build_object(
        'homer_user_profiles', profiles, 'homer_memories', memories.count, 'homer_files', files, 'homer_file_messages', links,
        'refusals', refusals.count, 'successions', successions, 'memory_embeddings', embeddings, 'memory_paths', paths);
EXCEPTION WHEN check_violation OR not_null_violation THEN
    GET STACKED DIAGNOSTICS schema_name := SCHEMA_NAME, table_name := TABLE_NAME, constraint_name := CONSTRAINT_NAME,
                            column_name := COLUMN_NAME;
    -- What one of homer's tables cannot hold is the document's fault. Any other error is not about the document.
    IF homer.is_constraint_of_homer(schema_name, table_name, constraint_name, column_name) THEN
        PERFORM homer.refuse('foreign_document', pg_catalog.jsonb_build_object('fault', SQLERRM));
    END IF;
    RAISE;
END
$function$;
COMMENT ON FUNCTION homer.import_parts(text, jsonb) IS 'Takes in the parts of a document that was checked, and says how many rows of each.';

CREATE FUNCTION homer.check_document_is_of(user_id text, person text) RETURNS boolean
    LANGUAGE sql VOLATILE PARALLEL SAFE
    RETURN CASE WHEN user_id IS NULL OR user_id = person THEN true
                ELSE homer.refuse('foreign_document', '{"fault": "it is of another user than user_id names"}') END;
COMMENT ON FUNCTION homer.check_document_is_of(text, text) IS 'Refuses a document of another user than the one named; null names none.';

CREATE FUNCTION @extschema@.homer_import_user(data jsonb, user_id text DEFAULT NULL) RETURNS jsonb
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
AS $function$
DECLARE
    person CONSTANT pg_catalog.text := data OPERATOR(pg_catalog.->>) 'user_id';
    memories record;
BEGIN
    PERFORM homer.check_user_or_everyone(homer_import_user.user_id), homer.check_document(data);
    PERFORM homer.check_document_is_of(homer_import_user.user_id, person), homer.check_acts_for(person);
    PERFORM homer.lock_user(person);
    SELECT s.* INTO memories FROM homer.statements_of(data OPERATOR(pg_catalog.->) 'homer_memories') AS s;
    IF memories.statements IS NOT NULL THEN
        PERFORM homer.check_statements_are_current(memories.user_ids, memories.statements, memories.exact, memories.due);
    END IF;
    RETURN homer.import_parts(person, data);
END
$function$;
COMMENT ON FUNCTION @extschema@.homer_import_user(jsonb, text) IS
'Takes in what homer_export_user gave, here or elsewhere, and returns a count of rows added and of rows already present for each table. A document of another format, damaged, or of another user than user_id is refused whole. Name the user wherever a document came through the hands of one.';

CREATE FUNCTION homer.is_known(person text) RETURNS boolean
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN EXISTS (SELECT FROM @extschema@.homer_user_profiles AS p WHERE p.user_id = person)
        OR EXISTS (SELECT FROM @extschema@.homer_memories AS m WHERE m.user_id = person)
        OR EXISTS (SELECT FROM @extschema@.homer_files AS f WHERE f.uploaded_by = person)
        OR EXISTS (SELECT FROM homer.refusals AS r WHERE r.user_id = person)
        OR EXISTS (SELECT FROM homer.link_makers AS k WHERE k.user_id = person)
        OR EXISTS (SELECT FROM homer.memory_paths AS p WHERE p.user_id = person)
        OR EXISTS (SELECT FROM homer.files_shared_with(person));
COMMENT ON FUNCTION homer.is_known(text) IS 'Whether any table holds anything of a person.';

CREATE FUNCTION homer.erase_memories(person text, OUT memories bigint, OUT successions bigint)
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
AS $function$
BEGIN
    -- Before the memories, which say whose the successions are. Both memories of a succession are of one person.
    DELETE FROM homer.successions AS s USING @extschema@.homer_memories AS m
     WHERE m.user_id OPERATOR(pg_catalog.=) person AND s.old_id OPERATOR(pg_catalog.=) m.id;
    GET DIAGNOSTICS successions := ROW_COUNT;
    DELETE FROM @extschema@.homer_memories AS m WHERE m.user_id OPERATOR(pg_catalog.=) person;
    GET DIAGNOSTICS memories := ROW_COUNT;
END
$function$;
COMMENT ON FUNCTION homer.erase_memories(text) IS 'Removes a person''s memories, and what is kept of which replaced which.';

CREATE FUNCTION homer.erase_embeddings(person text) RETURNS bigint
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
AS $function$
DECLARE
    embeddings pg_catalog.int8 := 0;
BEGIN
    IF homer.embedding_dimensions() IS NOT NULL THEN
        -- With what was stored for a memory that an application has since given to another user.
        DELETE FROM homer.memory_embeddings AS e
         WHERE e.memory_id OPERATOR(pg_catalog.=) ANY (ARRAY(
                   SELECT v.memory_id FROM homer.memory_embeddings AS v
                    WHERE homer.hash(homer.scope_of(v.user_id), 0) OPERATOR(pg_catalog.=) homer.hash(person, 0)
                      AND v.user_id OPERATOR(pg_catalog.=) person
                   UNION ALL
                   SELECT m.id FROM @extschema@.homer_memories AS m WHERE m.user_id OPERATOR(pg_catalog.=) person));
        GET DIAGNOSTICS embeddings := ROW_COUNT;
    END IF;
    RETURN embeddings;
END
$function$;
COMMENT ON FUNCTION homer.erase_embeddings(text) IS 'Removes the vectors of a person''s memories.';

CREATE FUNCTION homer.links_to_erase(person text) RETURNS SETOF integer
    LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT m.id FROM @extschema@.homer_files AS f JOIN @extschema@.homer_file_messages AS m ON m.file_id = f.file_id
     WHERE f.uploaded_by = person
    UNION ALL
    SELECT k.link_id FROM homer.link_makers AS k
     WHERE k.user_id = person AND person IN (SELECT homer.makers(k.link_id))
       AND NOT EXISTS (SELECT FROM homer.makers(k.link_id) AS o (user_id) WHERE o.user_id <> person);
END;
COMMENT ON FUNCTION homer.links_to_erase(text) IS 'The links to a person''s files, and those that the person alone made.';

CREATE FUNCTION homer.erase_links(person text) RETURNS bigint
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
AS $function$
DECLARE
    links pg_catalog.int8;
BEGIN
    -- Before the person's files: the links would go with them and not be counted. A link to another's file stays if others made it too.
    DELETE FROM @extschema@.homer_file_messages AS l
     WHERE l.id OPERATOR(pg_catalog.=) ANY (ARRAY(SELECT e.id FROM homer.links_to_erase(person) AS e (id)));
    GET DIAGNOSTICS links := ROW_COUNT;
    -- What the person stored and others made again is theirs from now on, not the file's owner's.
    UPDATE homer.link_makers AS k SET made_at = m.created_at
      FROM homer.link_makers AS p JOIN @extschema@.homer_file_messages AS m
           ON m.id OPERATOR(pg_catalog.=) p.link_id AND m.created_at OPERATOR(pg_catalog.=) p.made_at
     WHERE p.user_id OPERATOR(pg_catalog.=) person AND k.link_id OPERATOR(pg_catalog.=) p.link_id
       AND k.made_at OPERATOR(pg_catalog.>) m.created_at;
    DELETE FROM homer.link_makers AS k WHERE k.user_id OPERATOR(pg_catalog.=) person;
    RETURN links;
END
$function$;
COMMENT ON FUNCTION homer.erase_links(text) IS 'Removes the links to a person''s files, and those that the person alone made.';

CREATE FUNCTION homer.erase_files(person text, OUT files bigint, OUT shares bigint)
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
AS $function$
BEGIN
    DELETE FROM @extschema@.homer_files AS f WHERE f.uploaded_by OPERATOR(pg_catalog.=) person;
    GET DIAGNOSTICS files := ROW_COUNT;
    -- A role that may tell everyone nothing changes no published file.
    PERFORM homer.check_tells_everyone()
       FROM homer.files_shared_with(person) AS s WHERE s.is_shared LIMIT 1;
    UPDATE @extschema@.homer_files AS f
       SET shared_with = (SELECT w.users FROM homer.without_users(f.shared_with, ARRAY[person]) AS w (users)), updated_at = homer.utc_now()
     WHERE f.id OPERATOR(pg_catalog.=) ANY (ARRAY(SELECT s.id FROM homer.files_shared_with(person) AS s));
    GET DIAGNOSTICS shares := ROW_COUNT;
END
$function$;
COMMENT ON FUNCTION homer.erase_files(text) IS 'Removes a person''s files, and the person from the files that others share with them.';

CREATE FUNCTION @extschema@.homer_erase_user(user_id text) RETURNS jsonb
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
AS $function$
#variable_conflict use_column
DECLARE
    person CONSTANT pg_catalog.text := homer_erase_user.user_id;
    profiles pg_catalog.int8;
    refusals pg_catalog.int8;
    embeddings pg_catalog.int8;
    paths pg_catalog.int8;
    links pg_catalog.int8;
    memories record;
    files record;
BEGIN
    PERFORM homer.check_text('user_id', person), homer.check_acts_for_all('homer_erase_user');
    PERFORM homer.lock_user(person);
    embeddings := homer.erase_embeddings(person);
    DELETE FROM @extschema@.homer_user_profiles AS p WHERE p.user_id OPERATOR(pg_catalog.=) person;
    GET DIAGNOSTICS profiles := ROW_COUNT;
    DELETE FROM homer.refusals AS r WHERE r.user_id OPERATOR(pg_catalog.=) person;
    GET DIAGNOSTICS refusals := ROW_COUNT;
    DELETE FROM homer.memory_paths AS p WHERE p.user_id OPERATOR(pg_catalog.=) person;
    GET DIAGNOSTICS paths := ROW_COUNT;
    SELECT m.memories, m.successions INTO memories FROM homer.erase_memories(person) AS m;
    links := homer.erase_links(person);
    SELECT f.files, f.shares INTO files FROM homer.erase_files(person) AS f;
    IF homer.is_known(person) THEN
        PERFORM homer.refuse('not_erased', pg_catalog.jsonb_build_object('user_id', person));
    END IF;
    RETURN pg_catalog.jsonb_build_object(
        'homer_user_profiles', profiles, 'homer_memories', memories.memories, 'homer_files', files.files,
        'homer_file_messages', links, 'refusals', refusals, 'successions', memories.successions,
        'memory_embeddings', embeddings, 'memory_paths', paths, 'files_shared_with_user', files.shares);
END
$function$;
COMMENT ON FUNCTION @extschema@.homer_erase_user(text) IS
'Removes a person from every table: their profile, memories, refusals, files, the links to these and those that they made to others'' files, and their id from the files that others share with them. Returns counts. Global memories stay.';
