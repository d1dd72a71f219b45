-- What makes ranking cheap: within one category, the order of memories does not change as time passes, so an index can
-- hold it. The best of each category, of the user and of everyone, are read from there in order, and only these few are
-- ranked by their relevance now. Half of it all is in the planner's hands: docs/ranking.md says how it is kept there.

CREATE TYPE @extschema@.homer_relevant_memory AS (
    id integer,
    user_id text,
    category text,
    subject text,
    content text,
    importance integer,
    expires_at timestamp,
    source_conversation_id text,
    source_message_id text,
    tags jsonb,
    metadata jsonb,
    is_active boolean,
    created_at timestamp,
    updated_at timestamp,
    relevance double precision
);
COMMENT ON TYPE @extschema@.homer_relevant_memory IS 'A row of homer_memories and how relevant it is, higher being better.';

CREATE FUNCTION homer.relevance(
    importance integer,
    category text,
    updated_at timestamp,
    created_at timestamp,
    now timestamp
) RETURNS double precision
    LANGUAGE c IMMUTABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'relevance_wrapper';
COMMENT ON FUNCTION homer.relevance(integer, text, timestamp, timestamp, timestamp) IS
'importance * 2 ^ (-age / half-life of the category) at the moment now, in UTC.';

CREATE FUNCTION homer.rank_key(importance integer, category text, updated_at timestamp, created_at timestamp)
    RETURNS bigint
    LANGUAGE c IMMUTABLE LEAKPROOF PARALLEL SAFE AS 'MODULE_PATHNAME', 'rank_key_wrapper';
COMMENT ON FUNCTION homer.rank_key(integer, text, timestamp, timestamp) IS
'The order of memories of one category at any moment: the moment that a memory of importance 1 would have to be from, to be as relevant, in microseconds since 2000.';

CREATE FUNCTION homer.category_form(category text) RETURNS text
    LANGUAGE c IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE AS 'MODULE_PATHNAME', 'category_form_wrapper';
COMMENT ON FUNCTION homer.category_form(text) IS
'A category as it is compared: in lower case and without space around it.';

CREATE FUNCTION homer.slot(category text) RETURNS integer
    LANGUAGE c IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE AS 'MODULE_PATHNAME', 'slot_wrapper';
COMMENT ON FUNCTION homer.slot(text) IS 'A number for each of the five categories, in any case, and 0 for every other word.';

CREATE FUNCTION homer.expiry_second(expires_at timestamp) RETURNS integer
    LANGUAGE c IMMUTABLE LEAKPROOF PARALLEL SAFE AS 'MODULE_PATHNAME', 'expiry_second_wrapper';
COMMENT ON FUNCTION homer.expiry_second(timestamp) IS 'The second since 2000 in which a memory expires, rounded up; the largest number where it never does.';

CREATE FUNCTION homer.hash(value text, seed bigint) RETURNS bigint
    LANGUAGE c IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE AS 'MODULE_PATHNAME', 'hash_wrapper';
COMMENT ON FUNCTION homer.hash(text, bigint) IS 'A 64-bit hash of a text.';

CREATE FUNCTION homer.slot_branch(scope text, slot integer) RETURNS bigint
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN homer.hash(scope, slot);
COMMENT ON FUNCTION homer.slot_branch(text, integer) IS
'Where the memories of one scope and slot lie in homer_memories_rank_idx. A scope is a user id, or the empty text for everyone.';

CREATE FUNCTION homer.other_category_branch(scope text, category text) RETURNS bigint
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN homer.hash(homer.category_form(category), homer.hash(scope, 0));
COMMENT ON FUNCTION homer.other_category_branch(text, text) IS
'Where the memories of one scope and a category outside the five lie in homer_memories_other_category_rank_idx.';

-- A CASE, because under row security PostgreSQL lets a COALESCE choose no index: it does not look inside for what may leak.
CREATE FUNCTION homer.scope_of(user_id text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN CASE WHEN user_id IS NULL THEN '' ELSE user_id END;
COMMENT ON FUNCTION homer.scope_of(text) IS 'The scope that a memory lies in: its user id, or the empty text where it is everyone''s.';

-- 36 bytes a memory with 8 for each of the hash and the key, whatever the length of the user id. A hash may be shared
-- by two users, so the user is compared again in the row.
CREATE INDEX homer_memories_rank_idx ON @extschema@.homer_memories (
    homer.slot_branch(homer.scope_of(user_id), homer.slot(category)),
    homer.rank_key(importance, category, updated_at, created_at),
    id,
    homer.expiry_second(expires_at)
) WHERE is_active IS NOT FALSE;

CREATE INDEX homer_memories_other_category_rank_idx ON @extschema@.homer_memories (
    homer.other_category_branch(homer.scope_of(user_id), category),
    homer.rank_key(importance, category, updated_at, created_at),
    id,
    homer.expiry_second(expires_at)
) WHERE is_active IS NOT FALSE AND homer.slot(category) = 0;

CREATE FUNCTION homer.scopes(user_id text, include_global boolean) RETURNS text[]
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN CASE
        WHEN NOT include_global THEN pg_catalog.array_remove(ARRAY[user_id], NULL)
        WHEN user_id IS NULL THEN ARRAY['']
        ELSE ARRAY[user_id, '']
    END;
COMMENT ON FUNCTION homer.scopes(text, boolean) IS 'Whose memories to rank: a user id, and the empty text for everyone''s.';

CREATE FUNCTION homer.slots(categories text[]) RETURNS integer[]
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN ARRAY(SELECT DISTINCT homer.slot(c) FROM pg_catalog.unnest(categories) AS c WHERE homer.slot(c) <> 0);
COMMENT ON FUNCTION homer.slots(text[]) IS 'The slots of the categories that are among the five.';

CREATE FUNCTION homer.other_categories(categories text[]) RETURNS text[]
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN ARRAY(SELECT DISTINCT homer.category_form(c) FROM pg_catalog.unnest(categories) AS c WHERE homer.slot(c) = 0);
COMMENT ON FUNCTION homer.other_categories(text[]) IS 'The categories that are not among the five, as they are compared.';

-- The functions below are inlined into the statement that calls them: one query for the planner, under the rights of
-- whoever asks.

CREATE FUNCTION homer.live_memories(of_tags text[], not_from text) RETURNS SETOF @extschema@.homer_memories
    LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT m.*
      FROM @extschema@.homer_memories AS m
     WHERE m.is_active IS NOT FALSE
       -- The first passes over what has expired while it is in the index; the second is exact.
       AND homer.expiry_second(m.expires_at) >= homer.expiry_second(homer.utc_now())
       AND (m.expires_at IS NULL OR m.expires_at > homer.utc_now())
       AND (of_tags IS NULL OR pg_catalog.jsonb_exists_any(m.tags, of_tags))
       AND (not_from IS NULL OR m.source_conversation_id IS DISTINCT FROM not_from);
END;
COMMENT ON FUNCTION homer.live_memories(text[], text) IS
'The memories that are active and not expired, carry one of the tags where there are some, and were not learned in a conversation where one is given.';

CREATE FUNCTION homer.best_of_slots(scopes text[], slots integer[], of_tags text[], not_from text, at_most integer)
    RETURNS SETOF @extschema@.homer_relevant_memory
    LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT best.*
      FROM pg_catalog.unnest(scopes) AS s (scope), pg_catalog.unnest(slots) AS t (slot),
           LATERAL (SELECT l.*, homer.relevance(l.importance, l.category, l.updated_at, l.created_at, homer.utc_now())
                      FROM homer.live_memories(of_tags, not_from) AS l
                     WHERE homer.slot_branch(homer.scope_of(l.user_id), homer.slot(l.category)) = homer.slot_branch(s.scope, t.slot)
                       AND homer.scope_of(l.user_id) = s.scope
                     ORDER BY homer.rank_key(l.importance, l.category, l.updated_at, l.created_at) DESC, l.id DESC
                     LIMIT at_most) AS best;
END;
COMMENT ON FUNCTION homer.best_of_slots(text[], integer[], text[], text, integer) IS
'The best memories of each scope in each slot, so many of each.';

CREATE FUNCTION homer.best_of_other_categories(scopes text[], categories text[], of_tags text[], not_from text, at_most integer)
    RETURNS SETOF @extschema@.homer_relevant_memory
    LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT best.*
      FROM pg_catalog.unnest(scopes) AS s (scope), pg_catalog.unnest(categories) AS c (category),
           LATERAL (SELECT l.*, homer.relevance(l.importance, l.category, l.updated_at, l.created_at, homer.utc_now())
                      FROM homer.live_memories(of_tags, not_from) AS l
                     WHERE homer.slot(l.category) = 0
                       AND homer.other_category_branch(homer.scope_of(l.user_id), l.category) = homer.other_category_branch(s.scope, c.category)
                       AND homer.scope_of(l.user_id) = s.scope AND homer.category_form(l.category) = c.category
                     ORDER BY homer.rank_key(l.importance, l.category, l.updated_at, l.created_at) DESC, l.id DESC
                     LIMIT at_most) AS best;
END;
COMMENT ON FUNCTION homer.best_of_other_categories(text[], text[], text[], text, integer) IS
'The best memories of each scope in each category outside the five, so many of each.';
