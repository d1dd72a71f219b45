-- The indexes of relevance without a question: src/memories/by_rank.rs reads them, from the best on. None is DESC, of
-- which drizzle-kit knows nothing in an index on expressions.

-- 36 bytes a memory with 8 for each of the hash and the key, whatever the length of the user id. A hash may be shared
-- by two users, so the user is compared again in the row.
CREATE INDEX homer_memories_rank_idx ON @extschema@.homer_memories (
    homer.slot_branch(homer.scope_of(user_id), homer.slot(category)),
    homer.falling(homer.rank_key(importance, category, updated_at, created_at)),
    homer.falling(id),
    homer.expiry_second(expires_at)
) WHERE is_active IS NOT FALSE;

CREATE INDEX homer_memories_other_category_rank_idx ON @extschema@.homer_memories (
    homer.other_category_branch(homer.scope_of(user_id), category),
    homer.falling(homer.rank_key(importance, category, updated_at, created_at)),
    homer.falling(id),
    homer.expiry_second(expires_at)
) WHERE is_active IS NOT FALSE AND homer.slot(category) = 0;

-- Empty as a rule. But an application that takes milliseconds for seconds does so with every row.
CREATE INDEX homer_memories_far_off_idx ON @extschema@.homer_memories (
    homer.slot_branch(homer.scope_of(user_id), homer.slot(category)),
    homer.falling(COALESCE(importance, 5)),
    homer.falling(id)
) WHERE is_active IS NOT FALSE AND homer.is_far_off(updated_at, created_at);
