-- The indexes of lists and of what has expired: sql/code/listing.sql and sql/code/expiry.sql read them.

-- The id in a type of its own, so that no other statement reads these, and the primary key is not read for this one; the ids of
-- users are nothing for pg_stats.
CREATE INDEX homer_memories_list_idx ON @extschema@.homer_memories (homer.scope_of(user_id), (id::double precision))
    WHERE is_active IS NOT FALSE;
CREATE INDEX homer_memories_ended_list_idx ON @extschema@.homer_memories (homer.scope_of(user_id), (id::double precision))
    WHERE is_active IS FALSE;
ALTER INDEX @extschema@.homer_memories_list_idx ALTER COLUMN 1 SET STATISTICS 0;
ALTER INDEX @extschema@.homer_memories_ended_list_idx ALTER COLUMN 1 SET STATISTICS 0;

CREATE INDEX homer_memories_expiry_idx ON @extschema@.homer_memories (expires_at)
    WHERE is_active IS NOT FALSE AND expires_at IS NOT NULL;
