-- One row for a dashboard. It costs the same at any size: small tables are counted; large ones are sampled, and what is rare in them is
-- counted from an index. PostgreSQL's own statistics are not used: a role under row security does not see them, they may be old,
-- and homer keeps none of what users wrote.

CREATE FUNCTION homer.missing_indexes() RETURNS text[]
    LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT ARRAY(
        SELECT wanted.name
          FROM pg_catalog.unnest(ARRAY[
                   'homer_file_messages_conversation_id_idx', 'homer_file_messages_file_id_idx',
                   'homer_file_messages_link_unique', 'homer_file_messages_pkey',
                   'homer_files_file_id_idx', 'homer_files_file_id_unique', 'homer_files_owner_idx', 'homer_files_pkey',
                   'homer_files_public_idx', 'homer_files_search_idx', 'homer_files_shared_with_idx',
                   'homer_files_uploaded_by_idx',
                   'homer_memories_category_idx', 'homer_memories_conversation_idx', 'homer_memories_due_idx',
                   'homer_memories_expiry_idx', 'homer_memories_far_off_idx', 'homer_memories_importance_idx',
                   'homer_memories_ended_list_idx', 'homer_memories_list_idx',
                   'homer_memories_live_idx', 'homer_memories_other_category_rank_idx', 'homer_memories_pkey',
                   'homer_memories_rank_idx', 'homer_memories_search_idx', 'homer_memories_statement_idx',
                   'homer_memories_unreadable_due_idx', 'homer_memories_user_due_idx', 'homer_memories_user_id_idx',
                   'homer_user_profiles_pkey', 'homer_user_profiles_user_id_unique',
                   'bound_roles_pkey', 'embedding_length_single_idx', 'link_makers_pkey', 'link_makers_user_id_idx',
                   'memory_embeddings_code_idx', 'memory_embeddings_pkey', 'memory_paths_memory_id_idx', 'memory_paths_pkey',
                   'refusals_pkey', 'refusals_statement_idx', 'refusals_user_id_idx', 'successions_new_id_idx', 'successions_pkey',
                   'trusted_keys_pkey'
               ]) AS wanted (name)
         WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_index AS i ON i.indexrelid = c.oid
                            WHERE c.relname = wanted.name
                              AND c.relnamespace IN ('@extschema@'::regnamespace, 'homer'::regnamespace)
                              AND i.indisvalid AND i.indisready)
         ORDER BY wanted.name);
END;
COMMENT ON FUNCTION homer.missing_indexes() IS 'The indexes of homer''s tables that were dropped or are not valid.';

-- A row that an application has written so never falls due, and nobody would hear of it.
CREATE FUNCTION homer.lacks_moment(category text, is_active boolean, metadata jsonb) RETURNS boolean
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN homer.is_reminder(category) AND is_active IS NOT FALSE
       AND CASE WHEN homer.moment_of_text(homer.json_text(metadata, 'due_at')) IS NULL
                THEN homer.json_text(metadata, 'due_at') IS NOT NULL OR pg_catalog.jsonb_exists_any(metadata, homer.misspellings_of_due_at())
                -- As homer.is_claim_without_moment, which not everybody may call, as indexes need it.
                ELSE homer.json_text(metadata, 'claimed_at') IS NOT NULL
                     AND homer.moment_of_text(homer.json_text(metadata, 'claimed_at')) IS NULL END;
COMMENT ON FUNCTION homer.lacks_moment(text, boolean, jsonb) IS
'Whether a memory is an active reminder that was to fall due at a moment, which cannot be read or has another name, or that counts as claimed at none that can be read.';

-- How much of a table is looked at: all of it up to 200 pages, or as many pages by chance.

CREATE FUNCTION homer.pages_of(of_table regclass) RETURNS bigint
    -- Volatile as the size of a table is, or it would not be inlined.
    LANGUAGE sql VOLATILE PARALLEL SAFE
    RETURN pg_catalog.pg_relation_size(of_table) / pg_catalog.current_setting('block_size')::bigint;
COMMENT ON FUNCTION homer.pages_of(regclass) IS 'How many pages a table has.';

CREATE FUNCTION homer.is_counted(of_table regclass) RETURNS boolean
    LANGUAGE sql VOLATILE PARALLEL SAFE
    RETURN homer.pages_of(of_table) <= 200;
COMMENT ON FUNCTION homer.is_counted(regclass) IS 'Whether a table is so small that its rows are counted, and not estimated.';

CREATE FUNCTION homer.percent_looked_at(of_table regclass) RETURNS real
    LANGUAGE sql VOLATILE PARALLEL SAFE
    RETURN CASE WHEN homer.is_counted(of_table) THEN 100 ELSE 100.0 * 200 / homer.pages_of(of_table) END;
COMMENT ON FUNCTION homer.percent_looked_at(regclass) IS 'How much of a table is looked at, for TABLESAMPLE.';

-- Pages that hold no row are not seen. Where fewer are seen than chance explains, the others were empty.
CREATE FUNCTION homer.scale_of(of_table regclass, pages_seen bigint) RETURNS double precision
    LANGUAGE sql VOLATILE PARALLEL SAFE
    RETURN CASE WHEN homer.is_counted(of_table) THEN 1
                ELSE homer.pages_of(of_table) / (CASE WHEN pages_seen < 160 THEN 200 ELSE pages_seen END)::double precision END;
COMMENT ON FUNCTION homer.scale_of(regclass, bigint) IS 'How many rows of a table one stands for that was seen.';

CREATE FUNCTION homer.page_of(place tid) RETURNS bigint
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN (place::text::point)[0]::bigint;
COMMENT ON FUNCTION homer.page_of(tid) IS 'The page that a row is in.';

CREATE FUNCTION homer.seen_memories() RETURNS TABLE (
    memories bigint, expired bigint, retired bigint, of_everyone bigint, due bigint, without_moment bigint, users bigint
)
    LANGUAGE sql STABLE PARALLEL SAFE ROWS 1
BEGIN ATOMIC
    WITH seen AS MATERIALIZED (
        SELECT m.user_id, homer.page_of(m.ctid) AS page, m.is_active IS NOT FALSE AND m.expires_at <= homer.utc_now() AS is_expired,
               m.is_active IS FALSE AS is_retired,
               homer.is_due(m.category, m.is_active, m.metadata, m.expires_at) AS is_due,
               homer.lacks_moment(m.category, m.is_active, m.metadata) AS lacks_moment
          FROM @extschema@.homer_memories AS m
               TABLESAMPLE SYSTEM (homer.percent_looked_at('@extschema@.homer_memories'::regclass)) REPEATABLE (1)
    ), scale AS (
        SELECT homer.scale_of('@extschema@.homer_memories'::regclass, pg_catalog.count(*)) AS scale
          FROM (SELECT DISTINCT s.page FROM seen AS s) AS pages
    ), per_user AS (
        SELECT pg_catalog.count(*) AS pages
          FROM (SELECT DISTINCT s.user_id, s.page FROM seen AS s WHERE s.user_id IS NOT NULL) AS pairs
         GROUP BY pairs.user_id
    )
    SELECT c.memories * s.scale, c.expired * s.scale, c.retired * s.scale, c.of_everyone * s.scale, c.due * s.scale,
           c.without_moment * s.scale,
           -- Haas and Stokes, "Estimating the Number of Classes in a Finite Population", 1998, as ANALYZE does, with the pages
           -- that a user has rows in for the rows: what was imported user by user lies together.
           COALESCE(u.users * u.pairs / (u.pairs - u.once + u.once / s.scale), 0)
      FROM scale AS s,
           (SELECT pg_catalog.count(*) AS memories, pg_catalog.count(*) FILTER (WHERE is_expired) AS expired,
                   pg_catalog.count(*) FILTER (WHERE is_retired) AS retired, pg_catalog.count(*) FILTER (WHERE user_id IS NULL) AS of_everyone,
                   pg_catalog.count(*) FILTER (WHERE is_due) AS due, pg_catalog.count(*) FILTER (WHERE lacks_moment) AS without_moment
              FROM seen) AS c,
           (SELECT pg_catalog.count(*) AS users, pg_catalog.sum(pages) AS pairs,
                   pg_catalog.count(*) FILTER (WHERE pages = 1) AS once
              FROM per_user) AS u;
END;
COMMENT ON FUNCTION homer.seen_memories() IS 'Counts of memories, exact or from a part of them.';

CREATE FUNCTION homer.seen_files() RETURNS TABLE (files bigint, published bigint)
    LANGUAGE sql STABLE PARALLEL SAFE ROWS 1
BEGIN ATOMIC
    SELECT c.files * c.scale, c.published * c.scale
      FROM (SELECT pg_catalog.count(*) AS files, pg_catalog.count(*) FILTER (WHERE is_shared) AS published,
                   homer.scale_of('@extschema@.homer_files'::regclass, pg_catalog.count(DISTINCT homer.page_of(f.ctid))) AS scale
              FROM @extschema@.homer_files AS f
                   TABLESAMPLE SYSTEM (homer.percent_looked_at('@extschema@.homer_files'::regclass)) REPEATABLE (1)) AS c;
END;
COMMENT ON FUNCTION homer.seen_files() IS 'Counts of files, exact or from a part of them.';

CREATE FUNCTION homer.seen_links() RETURNS bigint
    LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT pg_catalog.count(*)
           * homer.scale_of('@extschema@.homer_file_messages'::regclass, pg_catalog.count(DISTINCT homer.page_of(l.ctid)))
      FROM @extschema@.homer_file_messages AS l
           TABLESAMPLE SYSTEM (homer.percent_looked_at('@extschema@.homer_file_messages'::regclass)) REPEATABLE (1);
END;
COMMENT ON FUNCTION homer.seen_links() IS 'How many links of files there are, exact or from a part of them.';

CREATE FUNCTION homer.seen_profiles() RETURNS bigint
    LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT pg_catalog.count(*)
           * homer.scale_of('@extschema@.homer_user_profiles'::regclass, pg_catalog.count(DISTINCT homer.page_of(p.ctid)))
      FROM @extschema@.homer_user_profiles AS p
           TABLESAMPLE SYSTEM (homer.percent_looked_at('@extschema@.homer_user_profiles'::regclass)) REPEATABLE (1);
END;
COMMENT ON FUNCTION homer.seen_profiles() IS 'How many profiles there are, exact or from a part of them.';

-- What is rare in a large table is counted from an index, up to one more than 10,000; null where the index is missing.

CREATE FUNCTION homer.rare_memories(missing text[]) RETURNS TABLE (expired bigint, of_everyone bigint, due bigint, without_moment bigint)
    LANGUAGE sql STABLE PARALLEL SAFE ROWS 1
    -- Whatever the planner believes of the table: it is as large as it is.
    SET enable_seqscan = off
    SET enable_sort = off
    SET jit = off
BEGIN ATOMIC
    SELECT CASE WHEN NOT 'homer_memories_expiry_idx' = ANY (missing) THEN
               (SELECT pg_catalog.count(*)
                  FROM (SELECT FROM @extschema@.homer_memories AS m
                         WHERE m.is_active IS NOT FALSE AND m.expires_at <= homer.utc_now() LIMIT 10001) AS few) END,
           CASE WHEN NOT 'homer_memories_user_id_idx' = ANY (missing) THEN
               (SELECT pg_catalog.count(*)
                  FROM (SELECT FROM @extschema@.homer_memories AS m WHERE m.user_id IS NULL LIMIT 10001) AS few) END,
           CASE WHEN NOT 'homer_memories_due_idx' = ANY (missing) THEN
               (SELECT pg_catalog.count(*) FROM homer.due_of_all(10001)) END,
           CASE WHEN NOT 'homer_memories_unreadable_due_idx' = ANY (missing) THEN
               (SELECT pg_catalog.count(*)
                  FROM (SELECT FROM @extschema@.homer_memories AS m
                         WHERE homer.lacks_moment(m.category, m.is_active, m.metadata) LIMIT 10001) AS few) END;
END;
COMMENT ON FUNCTION homer.rare_memories(text[]) IS
'How many memories have expired and wait, are of everyone, are due, or lack their moment: 10,001 for more than 10,000, and null where an index is missing.';

-- From one user to the next, whatever each has.
CREATE FUNCTION homer.first_users(at_most integer) RETURNS TABLE (user_id text, place integer)
    LANGUAGE sql STABLE PARALLEL SAFE
    SET enable_seqscan = off
    SET enable_sort = off
    SET enable_bitmapscan = off
    SET jit = off
BEGIN ATOMIC
    WITH RECURSIVE of_memories (user_id, place) AS (
        SELECT (SELECT m.user_id FROM @extschema@.homer_memories AS m WHERE m.user_id IS NOT NULL ORDER BY m.user_id LIMIT 1), 1
         UNION ALL
        SELECT (SELECT m.user_id FROM @extschema@.homer_memories AS m WHERE m.user_id > o.user_id ORDER BY m.user_id LIMIT 1), o.place + 1
          FROM of_memories AS o WHERE o.user_id IS NOT NULL AND o.place < at_most
    ), of_profiles (user_id, place) AS (
        SELECT (SELECT p.user_id FROM @extschema@.homer_user_profiles AS p ORDER BY p.user_id LIMIT 1), 1
         UNION ALL
        SELECT (SELECT p.user_id FROM @extschema@.homer_user_profiles AS p WHERE p.user_id > o.user_id ORDER BY p.user_id LIMIT 1), o.place + 1
          FROM of_profiles AS o WHERE o.user_id IS NOT NULL AND o.place < at_most
    ), of_files (user_id, place) AS (
        SELECT (SELECT f.uploaded_by FROM @extschema@.homer_files AS f ORDER BY f.uploaded_by LIMIT 1), 1
         UNION ALL
        SELECT (SELECT f.uploaded_by FROM @extschema@.homer_files AS f WHERE f.uploaded_by > o.user_id ORDER BY f.uploaded_by LIMIT 1), o.place + 1
          FROM of_files AS o WHERE o.user_id IS NOT NULL AND o.place < at_most
    )
    SELECT o.user_id, o.place FROM of_memories AS o WHERE o.user_id IS NOT NULL
     UNION ALL SELECT o.user_id, o.place FROM of_profiles AS o WHERE o.user_id IS NOT NULL
     UNION ALL SELECT o.user_id, o.place FROM of_files AS o WHERE o.user_id IS NOT NULL;
END;
COMMENT ON FUNCTION homer.first_users(integer) IS 'So many users of each table at most, numbered.';

CREATE FUNCTION homer.users_counted(missing text[]) RETURNS bigint
    LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT CASE
        WHEN homer.is_counted('@extschema@.homer_memories'::regclass) AND homer.is_counted('@extschema@.homer_user_profiles'::regclass)
             AND homer.is_counted('@extschema@.homer_files'::regclass) THEN
            (SELECT pg_catalog.count(*)
               FROM (SELECT m.user_id FROM @extschema@.homer_memories AS m WHERE m.user_id IS NOT NULL
                      UNION SELECT p.user_id FROM @extschema@.homer_user_profiles AS p
                      UNION SELECT f.uploaded_by FROM @extschema@.homer_files AS f) AS named)
        WHEN NOT missing OPERATOR(pg_catalog.&&) '{homer_memories_user_id_idx,homer_user_profiles_user_id_unique,homer_files_uploaded_by_idx}'::text[] THEN
            (SELECT CASE WHEN COALESCE(pg_catalog.max(u.place), 0) <= 1000 THEN pg_catalog.count(DISTINCT u.user_id) END
               FROM homer.first_users(1001) AS u)
    END;
END;
COMMENT ON FUNCTION homer.users_counted(text[]) IS
'How many users are named anywhere, where they can be counted: the tables are small, or the users no more than 1,000.';

CREATE FUNCTION homer.bytes_kept() RETURNS TABLE (of_tables bigint, of_indexes bigint)
    LANGUAGE sql STABLE PARALLEL SAFE ROWS 1
BEGIN ATOMIC
    SELECT pg_catalog.sum(pg_catalog.pg_table_size(c.oid))::bigint, pg_catalog.sum(pg_catalog.pg_indexes_size(c.oid))::bigint
      FROM pg_catalog.pg_class AS c
     WHERE c.relkind = 'r'
       AND (c.relnamespace = 'homer'::regnamespace
            OR c.relnamespace = '@extschema@'::regnamespace
               AND c.relname IN ('homer_user_profiles', 'homer_memories', 'homer_files', 'homer_file_messages'));
END;
COMMENT ON FUNCTION homer.bytes_kept() IS 'The bytes of homer''s tables, and of their indexes.';

CREATE FUNCTION homer.all_columns_added() RETURNS text[]
    LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT COALESCE(pg_catalog.array_agg(t.name || '.' || a.name ORDER BY t.place, a.place), '{}')
      FROM (VALUES (1, 'homer_user_profiles', '@extschema@.homer_user_profiles'::regclass),
                   (2, 'homer_memories', '@extschema@.homer_memories'::regclass),
                   (3, 'homer_files', '@extschema@.homer_files'::regclass),
                   (4, 'homer_file_messages', '@extschema@.homer_file_messages'::regclass)) AS t (place, name, oid),
           pg_catalog.unnest(homer.columns_added(t.oid)) WITH ORDINALITY AS a (name, place);
END;
COMMENT ON FUNCTION homer.all_columns_added() IS 'The columns that an application has added to the four tables, each with its table.';

CREATE FUNCTION @extschema@.homer_stats() RETURNS @extschema@.homer_stat
    LANGUAGE sql STABLE PARALLEL RESTRICTED
BEGIN ATOMIC
    SELECT m.memories, GREATEST(m.memories - c.expired - m.retired, 0), c.expired, m.retired, c.of_everyone,
           COALESCE(u.counted, GREATEST(m.users, p.profiles)), p.profiles, c.due, f.files, f.published, l.links,
           b.of_tables, b.of_indexes, x.missing, z.name,
           -- Not by its name: Etc/UTC and GMT are the same clock all year.
           pg_catalog.timezone(z.name, '2000-01-01 00:00+00'::timestamptz) = '2000-01-01 00:00'
               AND pg_catalog.timezone(z.name, '2000-07-01 00:00+00'::timestamptz) = '2000-07-01 00:00'
               AND pg_catalog.timezone(z.name, pg_catalog.now()) = homer.utc_now(),
           c.without_moment, homer.all_columns_added(), homer.all_unwanted_grants(),
           pg_catalog.array_remove(ARRAY[
               CASE WHEN NOT s.memories THEN 'memories' END,
               CASE WHEN NOT s.memories THEN 'memories_active' END,
               CASE WHEN NOT (s.memories OR r.expired <= 10000 IS TRUE) THEN 'memories_expired_waiting' END,
               CASE WHEN NOT s.memories THEN 'memories_retired' END,
               CASE WHEN NOT (s.memories OR r.of_everyone <= 10000 IS TRUE) THEN 'memories_of_everyone' END,
               CASE WHEN u.counted IS NULL THEN 'users' END,
               CASE WHEN NOT s.profiles THEN 'profiles' END,
               CASE WHEN NOT (s.memories OR r.due <= 10000 IS TRUE) THEN 'reminders_due' END,
               CASE WHEN NOT s.files THEN 'files' END,
               CASE WHEN NOT s.files THEN 'files_published' END,
               CASE WHEN NOT s.links THEN 'file_links' END,
               CASE WHEN NOT (s.memories OR r.without_moment <= 10000 IS TRUE) THEN 'reminders_without_moment' END], NULL)
      FROM homer.missing_indexes() AS x (missing),
           homer.bytes_kept() AS b,
           homer.seen_memories() AS m,
           homer.seen_files() AS f,
           homer.seen_links() AS l (links),
           homer.seen_profiles() AS p (profiles),
           (SELECT homer.is_counted('@extschema@.homer_memories'::regclass) AS memories,
                   homer.is_counted('@extschema@.homer_files'::regclass) AS files,
                   homer.is_counted('@extschema@.homer_file_messages'::regclass) AS links,
                   homer.is_counted('@extschema@.homer_user_profiles'::regclass) AS profiles) AS s,
           LATERAL homer.rare_memories(x.missing) AS r,
           LATERAL homer.users_counted(x.missing) AS u (counted),
           LATERAL (SELECT CASE WHEN s.memories OR r.expired <= 10000 IS NOT TRUE THEN m.expired ELSE r.expired END AS expired,
                           CASE WHEN s.memories OR r.of_everyone <= 10000 IS NOT TRUE THEN m.of_everyone ELSE r.of_everyone END AS of_everyone,
                           CASE WHEN s.memories OR r.due <= 10000 IS NOT TRUE THEN m.due ELSE r.due END AS due,
                           CASE WHEN s.memories OR r.without_moment <= 10000 IS NOT TRUE THEN m.without_moment
                                ELSE r.without_moment END AS without_moment) AS c,
           (SELECT pg_catalog.current_setting('TimeZone') AS name) AS z
     WHERE homer.check_acts_for_all('homer_stats');
END;
COMMENT ON FUNCTION @extschema@.homer_stats() IS
'One row for a dashboard: how many of everything there are, bytes, indexes that are missing, columns that were added, grants that should not be there, and whether this session''s clock is UTC. Costs the same at any size: estimated names the counts that are estimates, as those of large tables are.';
