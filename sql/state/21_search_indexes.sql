-- The indexes of questions: src/memories reads them.

-- The planner takes an index for what its statistics say, and they may say that the table is empty. So each index below is
-- the only one that its statement can use: the first two have spellings of "active" of their own (sql/code/active.sql), because an index
-- on the active memories could be read whole instead, and the id is a bigint in the third, because the primary key could.

-- Without a pending list: with it the mean insert takes as long, now and then one takes 25 ms instead of 0.4, and a question
-- reads the list whole.
CREATE INDEX homer_memories_search_idx ON @extschema@.homer_memories
    USING gin (homer.search_keys(user_id, subject, content, category, tags) homer.keys_ops) WITH (fastupdate = off)
    WHERE homer.is_active_for_words(is_active);

-- The active memories of a user by when they expire: a question reads those that have expired and were not swept yet.
CREATE INDEX homer_memories_live_idx ON @extschema@.homer_memories (user_id, expires_at)
    WHERE homer.is_active_for_users(is_active);

-- The memories next to a memory in its conversation. By the user first: all users may give their conversations the same id.
CREATE INDEX homer_memories_conversation_idx
    ON @extschema@.homer_memories (homer.scope_of(user_id), source_conversation_id, (id::bigint))
    WHERE is_active IS NOT FALSE AND source_conversation_id IS NOT NULL;

-- As for the columns of the tables: ids of users and conversations are nothing for pg_stats.
ALTER INDEX @extschema@.homer_memories_conversation_idx ALTER COLUMN 1 SET STATISTICS 0;

-- A question looks at each row of its user that lies on a page which has changed since a VACUUM: 0.2 to 2 us, and a few nanoseconds a
-- memory elsewhere. PostgreSQL waits for a fifth of the table to be new or to have changed, which is weeks where a hundredth is new a
-- day. No statistic matters here, so ANALYZE is left as it is.
ALTER TABLE @extschema@.homer_memories SET (
    autovacuum_vacuum_scale_factor = 0.05,
    autovacuum_vacuum_insert_scale_factor = 0.05
);
