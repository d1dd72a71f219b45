-- One row for a dashboard. The counts are counts of all rows, exact in the caller's snapshot.

CREATE TYPE @extschema@.homer_stat AS (
    memories bigint,
    memories_active bigint,
    memories_expired_waiting bigint,
    memories_retired bigint,
    memories_of_everyone bigint,
    users bigint,
    profiles bigint,
    reminders_due bigint,
    files bigint,
    files_published bigint,
    file_links bigint,
    table_bytes bigint,
    index_bytes bigint,
    indexes_missing text[],
    session_timezone text,
    session_is_utc boolean
);
COMMENT ON TYPE @extschema@.homer_stat IS
'What homer keeps: memories by state (active, expired and waiting to be retired, retired), users named anywhere, files, bytes, the indexes that are missing or invalid, and whether now() is UTC in this session.';

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
                   'homer_memories_live_idx', 'homer_memories_other_category_rank_idx', 'homer_memories_pkey',
                   'homer_memories_rank_idx', 'homer_memories_search_idx', 'homer_memories_statement_idx', 'homer_memories_user_due_idx', 'homer_memories_user_id_idx',
                   'homer_user_profiles_pkey', 'homer_user_profiles_user_id_unique',
                   'refusals_pkey', 'refusals_statement_idx', 'refusals_user_id_idx', 'successions_new_id_idx',
                   'successions_pkey'
               ]) AS wanted (name)
         WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_index AS i ON i.indexrelid = c.oid
                            WHERE c.relname = wanted.name
                              AND c.relnamespace IN ('@extschema@'::regnamespace, 'homer'::regnamespace)
                              AND i.indisvalid AND i.indisready)
         ORDER BY wanted.name);
END;
COMMENT ON FUNCTION homer.missing_indexes() IS 'The indexes of homer''s tables that were dropped or are not valid.';

CREATE FUNCTION @extschema@.homer_stats() RETURNS @extschema@.homer_stat
    LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT m.memories, m.active, m.expired, m.retired, m.of_everyone, u.users,
           (SELECT pg_catalog.count(*) FROM @extschema@.homer_user_profiles), (SELECT pg_catalog.count(*) FROM @extschema@.homer_due_reminders(NULL, 2147483647)),
           f.files, f.published, (SELECT pg_catalog.count(*) FROM @extschema@.homer_file_messages),
           b.of_tables, b.of_indexes, homer.missing_indexes(), z.name,
           -- Not by its name: Etc/UTC and GMT are the same clock all year.
           pg_catalog.timezone(z.name, '2000-01-01 00:00+00'::timestamptz) = '2000-01-01 00:00'
               AND pg_catalog.timezone(z.name, '2000-07-01 00:00+00'::timestamptz) = '2000-07-01 00:00'
               AND pg_catalog.timezone(z.name, pg_catalog.now()) = homer.utc_now()
      FROM (SELECT pg_catalog.count(*) AS memories,
                   pg_catalog.count(*) FILTER (WHERE is_active IS NOT FALSE
                                                 AND (expires_at IS NULL OR expires_at > homer.utc_now())) AS active,
                   pg_catalog.count(*) FILTER (WHERE is_active IS NOT FALSE AND expires_at <= homer.utc_now()) AS expired,
                   pg_catalog.count(*) FILTER (WHERE NOT is_active) AS retired,
                   pg_catalog.count(*) FILTER (WHERE user_id IS NULL) AS of_everyone
              FROM @extschema@.homer_memories) AS m,
           (SELECT pg_catalog.count(*) AS users
              FROM (SELECT user_id FROM @extschema@.homer_memories WHERE user_id IS NOT NULL
                     UNION SELECT user_id FROM @extschema@.homer_user_profiles
                     UNION SELECT uploaded_by FROM @extschema@.homer_files) AS named) AS u,
           (SELECT pg_catalog.count(*) AS files, pg_catalog.count(*) FILTER (WHERE is_shared) AS published
              FROM @extschema@.homer_files) AS f,
           (SELECT pg_catalog.sum(pg_catalog.pg_table_size(c.oid))::bigint AS of_tables,
                   pg_catalog.sum(pg_catalog.pg_indexes_size(c.oid))::bigint AS of_indexes
              FROM pg_catalog.pg_class AS c
             WHERE c.relkind = 'r'
               AND (c.relnamespace = 'homer'::regnamespace
                    OR c.relnamespace = '@extschema@'::regnamespace
                       AND c.relname IN ('homer_user_profiles', 'homer_memories', 'homer_files', 'homer_file_messages'))) AS b,
           (SELECT pg_catalog.current_setting('TimeZone') AS name) AS z
     WHERE homer.check_acts_for_all('homer_stats');
END;
COMMENT ON FUNCTION @extschema@.homer_stats() IS
'One row for a dashboard: how many of everything there are, bytes, indexes that are missing, and whether this session''s clock is UTC. Counts all rows.';
