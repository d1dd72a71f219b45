-- What makes ranking cheap: within one category, the order of memories does not change as time passes, so an index can
-- hold it. src/memories/standing.rs reads the best of each category from there, of the user and of everyone. Where only a statement
-- knows what may be read, homer.most_relevant asks for them.

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

CREATE FUNCTION homer.falling(value bigint) RETURNS bigint
    LANGUAGE c IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE AS 'MODULE_PATHNAME', 'falling_wrapper';
COMMENT ON FUNCTION homer.falling(bigint) IS 'A number for each, the smaller the larger it is: an index on it holds the largest first.';

CREATE FUNCTION homer.falling(value integer) RETURNS integer
    LANGUAGE c IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE AS 'MODULE_PATHNAME', 'falling_integer_wrapper';
COMMENT ON FUNCTION homer.falling(integer) IS 'As homer.falling(bigint).';

CREATE FUNCTION homer.category_form(category text) RETURNS text
    LANGUAGE c IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE AS 'MODULE_PATHNAME', 'category_form_wrapper';
COMMENT ON FUNCTION homer.category_form(text) IS
'A category as it is compared: in lower case and without space around it.';

CREATE FUNCTION homer.slot(category text) RETURNS integer
    LANGUAGE c IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE AS 'MODULE_PATHNAME', 'slot_wrapper';
COMMENT ON FUNCTION homer.slot(text) IS 'A number for each of the six categories, in any case, and 0 for every other word.';

CREATE FUNCTION homer.is_rule(category text) RETURNS boolean
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN homer.slot(category) = 6;
COMMENT ON FUNCTION homer.is_rule(text) IS 'Whether a memory of this category says how to behave.';

CREATE FUNCTION homer.expiry_second(expires_at timestamp) RETURNS integer
    LANGUAGE c IMMUTABLE LEAKPROOF PARALLEL SAFE AS 'MODULE_PATHNAME', 'expiry_second_wrapper';
COMMENT ON FUNCTION homer.expiry_second(timestamp) IS 'The second since 2000 in which a memory expires, rounded up; the largest number where it never does.';

CREATE FUNCTION homer.hash(value text, seed bigint) RETURNS bigint
    LANGUAGE c IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE AS 'MODULE_PATHNAME', 'hash_wrapper';
COMMENT ON FUNCTION homer.hash(text, bigint) IS '64 bits of SHA-256 of a text and a number.';

CREATE FUNCTION homer.slot_branch(scope text, slot integer) RETURNS bigint
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN homer.hash(scope, slot);
COMMENT ON FUNCTION homer.slot_branch(text, integer) IS
'Where the memories of one scope and slot lie in homer_memories_rank_idx. A scope is a user id, or the empty text for everyone.';

CREATE FUNCTION homer.other_category_branch(scope text, category text) RETURNS bigint
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN homer.hash(homer.category_form(category), homer.hash(scope, 0));
COMMENT ON FUNCTION homer.other_category_branch(text, text) IS
'Where the memories of one scope and a category outside the six lie in homer_memories_other_category_rank_idx.';

-- A CASE, because under row security PostgreSQL lets a COALESCE choose no index: it does not look inside for what may leak.
CREATE FUNCTION homer.scope_of(user_id text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN CASE WHEN user_id IS NULL THEN '' ELSE user_id END;
COMMENT ON FUNCTION homer.scope_of(text) IS 'The scope that a memory lies in: its user id, or the empty text where it is everyone''s.';

CREATE FUNCTION homer.scopes(user_id text, include_global boolean) RETURNS text[]
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN CASE
        WHEN NOT include_global THEN pg_catalog.array_remove(ARRAY[user_id], NULL)
        WHEN user_id IS NULL THEN ARRAY['']
        ELSE ARRAY[user_id, '']
    END;
COMMENT ON FUNCTION homer.scopes(text, boolean) IS 'Whose memories to rank: a user id, and the empty text for everyone''s.';

CREATE FUNCTION homer.category_forms(categories text[]) RETURNS text[]
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'category_forms_wrapper';
COMMENT ON FUNCTION homer.category_forms(text[]) IS 'Categories as they are compared.';

-- A moment to come counts as now, but the stored order cannot know when now is: in it a memory from tomorrow stands above
-- those of today that are as important. docs/ranking.md says how the ranking is exact all the same.

CREATE FUNCTION homer.is_to_come(updated_at timestamp, created_at timestamp, now timestamp) RETURNS boolean
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN (COALESCE(updated_at, created_at) > now) IS TRUE;
COMMENT ON FUNCTION homer.is_to_come(timestamp, timestamp, timestamp) IS 'Whether the moment of a memory is still to come.';

CREATE FUNCTION homer.is_far_off(updated_at timestamp, created_at timestamp) RETURNS boolean
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    -- As FAR_OFF in crates/ranking/src/decay.rs.
    RETURN COALESCE(updated_at, created_at) >= '2100-01-01'::timestamp;
COMMENT ON FUNCTION homer.is_far_off(timestamp, timestamp) IS
'Whether the moment of a memory is one that nobody means, as where milliseconds were taken for seconds.';

-- The functions below are inlined into the statement that calls them: one query for the planner, under the rights of
-- whoever asks. The columns of the table are named, because an application may have added some of its own; and now is
-- handed over, because PostgreSQL would ask for it again with every row.

CREATE FUNCTION homer.live_memories(of_tags text[], not_from text, now timestamp) RETURNS SETOF @extschema@.homer_relevant_memory
    LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT m.id, m.user_id, m.category, m.subject, m.content, m.importance, m.expires_at, m.source_conversation_id,
           m.source_message_id, m.tags, m.metadata, m.is_active, m.created_at, m.updated_at,
           homer.relevance(m.importance, m.category, m.updated_at, m.created_at, now)
      FROM @extschema@.homer_memories AS m
     WHERE m.is_active IS NOT FALSE
       -- The first passes over what has expired while it is in the index; the second is exact.
       AND homer.expiry_second(m.expires_at) >= homer.expiry_second(now)
       AND (m.expires_at IS NULL OR m.expires_at > now)
       AND (of_tags IS NULL OR pg_catalog.jsonb_exists_any(m.tags, of_tags))
       AND (not_from IS NULL OR m.source_conversation_id IS DISTINCT FROM not_from);
END;
COMMENT ON FUNCTION homer.live_memories(text[], text, timestamp) IS
'The memories that are active and not expired, carry one of the tags where there are some, and were not learned in a conversation where one is given.';

CREATE FUNCTION homer.memories_of_slot(scope text, slot integer, of_tags text[], not_from text, now timestamp)
    RETURNS SETOF @extschema@.homer_relevant_memory
    LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT l.*
      FROM homer.live_memories(of_tags, not_from, now) AS l
     WHERE homer.slot_branch(homer.scope_of(l.user_id), homer.slot(l.category))
           = homer.slot_branch(memories_of_slot.scope, memories_of_slot.slot)
       AND homer.scope_of(l.user_id) = memories_of_slot.scope;
END;
COMMENT ON FUNCTION homer.memories_of_slot(text, integer, text[], text, timestamp) IS 'The live memories of a scope in a slot.';

CREATE FUNCTION homer.memories_of_other_category(scope text, category text, of_tags text[], not_from text, now timestamp)
    RETURNS SETOF @extschema@.homer_relevant_memory
    LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT l.*
      FROM homer.live_memories(of_tags, not_from, now) AS l
     WHERE homer.slot(l.category) = 0
       AND homer.other_category_branch(homer.scope_of(l.user_id), l.category)
           = homer.other_category_branch(memories_of_other_category.scope, memories_of_other_category.category)
       AND homer.scope_of(l.user_id) = memories_of_other_category.scope
       AND homer.category_form(l.category) = memories_of_other_category.category;
END;
COMMENT ON FUNCTION homer.memories_of_other_category(text, text, text[], text, timestamp) IS
'The live memories of a scope in a category outside the six, as it is compared.';

-- Where some are to come, each branch is read down to the last of the best that are not, and so gives all that are to come
-- and stand above that one. What stands below cannot be among the best: counted as now, its moment puts it lower still.

CREATE FUNCTION homer.latest_key(moment timestamp) RETURNS bigint
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN homer.rank_key(10, 'fact', moment, NULL);
COMMENT ON FUNCTION homer.latest_key(timestamp) IS 'The key that no memory of this moment exceeds in the stored order.';

CREATE FUNCTION homer.earliest_key() RETURNS bigint
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN homer.rank_key(1, 'fact', '-infinity', NULL);
COMMENT ON FUNCTION homer.earliest_key() IS 'The first key in the stored order of a memory that is not far off.';

CREATE FUNCTION homer.candidates_of_slots(scopes text[], slots integer[], of_tags text[], not_from text, now timestamp, at_most integer)
    RETURNS SETOF @extschema@.homer_relevant_memory
    LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT candidate.*
      FROM pg_catalog.unnest(scopes) AS s (scope), pg_catalog.unnest(slots) AS t (slot),
           LATERAL (SELECT l.* FROM homer.memories_of_slot(s.scope, t.slot, of_tags, not_from, now) AS l
                     WHERE homer.is_far_off(l.updated_at, l.created_at) IS NOT TRUE
                       AND homer.falling(homer.rank_key(l.importance, l.category, l.updated_at, l.created_at)) <= (
                               SELECT COALESCE(pg_catalog.max(last.key), homer.falling(homer.earliest_key()))
                                 FROM (SELECT homer.falling(homer.rank_key(p.importance, p.category, p.updated_at, p.created_at)) AS key
                                         FROM homer.memories_of_slot(s.scope, t.slot, of_tags, not_from, now) AS p
                                        WHERE homer.falling(homer.rank_key(p.importance, p.category, p.updated_at, p.created_at))
                                              BETWEEN homer.falling(homer.latest_key(now)) AND homer.falling(homer.earliest_key())
                                          AND NOT homer.is_to_come(p.updated_at, p.created_at, now)
                                        ORDER BY homer.falling(homer.rank_key(p.importance, p.category, p.updated_at, p.created_at)), homer.falling(p.id)
                                       OFFSET GREATEST(at_most, 1) - 1 LIMIT 1) AS last)
                     ORDER BY homer.falling(homer.rank_key(l.importance, l.category, l.updated_at, l.created_at)), homer.falling(l.id)) AS candidate;
END;
COMMENT ON FUNCTION homer.candidates_of_slots(text[], integer[], text[], text, timestamp, integer) IS
'Of each scope in each slot the best so many of the memories that are not to come, and those to come that may be better, unless they are far off.';

CREATE FUNCTION homer.candidates_of_other_categories(scopes text[], categories text[], of_tags text[], not_from text, now timestamp, at_most integer)
    RETURNS SETOF @extschema@.homer_relevant_memory
    LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT candidate.*
      FROM pg_catalog.unnest(scopes) AS s (scope), pg_catalog.unnest(categories) AS c (category),
           LATERAL (SELECT l.* FROM homer.memories_of_other_category(s.scope, c.category, of_tags, not_from, now) AS l
                     WHERE homer.is_far_off(l.updated_at, l.created_at) IS NOT TRUE
                       AND homer.falling(homer.rank_key(l.importance, l.category, l.updated_at, l.created_at)) <= (
                               SELECT COALESCE(pg_catalog.max(last.key), homer.falling(homer.earliest_key()))
                                 FROM (SELECT homer.falling(homer.rank_key(p.importance, p.category, p.updated_at, p.created_at)) AS key
                                         FROM homer.memories_of_other_category(s.scope, c.category, of_tags, not_from, now) AS p
                                        WHERE homer.falling(homer.rank_key(p.importance, p.category, p.updated_at, p.created_at))
                                              BETWEEN homer.falling(homer.latest_key(now)) AND homer.falling(homer.earliest_key())
                                          AND NOT homer.is_to_come(p.updated_at, p.created_at, now)
                                        ORDER BY homer.falling(homer.rank_key(p.importance, p.category, p.updated_at, p.created_at)), homer.falling(p.id)
                                       OFFSET GREATEST(at_most, 1) - 1 LIMIT 1) AS last)
                     ORDER BY homer.falling(homer.rank_key(l.importance, l.category, l.updated_at, l.created_at)), homer.falling(l.id)) AS candidate;
END;
COMMENT ON FUNCTION homer.candidates_of_other_categories(text[], text[], text[], text, timestamp, integer) IS
'As homer.candidates_of_slots, for categories outside the six.';

CREATE FUNCTION homer.best_far_off(
    scopes text[], slots integer[], others text[], of_tags text[], not_from text, now timestamp, at_most integer
) RETURNS SETOF @extschema@.homer_relevant_memory
    LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT best.*
      FROM pg_catalog.unnest(scopes) AS s (scope), pg_catalog.unnest(slots) AS t (slot),
           LATERAL (SELECT l.* FROM homer.memories_of_slot(s.scope, t.slot, of_tags, not_from, now) AS l
                     WHERE homer.is_far_off(l.updated_at, l.created_at)
                       AND homer.is_to_come(l.updated_at, l.created_at, now)
                       AND (others IS NULL OR t.slot <> 0 OR homer.category_form(l.category) = ANY (others))
                     ORDER BY homer.falling(COALESCE(l.importance, 5)), homer.falling(l.id)
                     LIMIT at_most) AS best;
END;
COMMENT ON FUNCTION homer.best_far_off(text[], integer[], text[], text[], text, timestamp, integer) IS
'The most important memories of each scope in each slot whose moment is far off, so many of each; in slot 0 those of the other categories, where these are given.';

CREATE FUNCTION homer.best_with_to_come(
    scopes text[], slots integer[], others text[], of_tags text[], not_from text, now timestamp, at_most integer
) RETURNS SETOF @extschema@.homer_relevant_memory
    LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT b.*
      FROM (SELECT s.*
              FROM homer.candidates_of_slots(scopes, slots, of_tags, not_from, now, at_most) AS s
             UNION ALL
            SELECT o.* FROM homer.candidates_of_other_categories(scopes, others, of_tags, not_from, now, at_most) AS o
             UNION ALL
            SELECT f.*
              FROM homer.best_far_off(
                       scopes, CASE WHEN pg_catalog.cardinality(others) > 0 THEN pg_catalog.array_append(slots, 0) ELSE slots END,
                       others, of_tags, not_from, now, at_most) AS f) AS b
     ORDER BY b.relevance DESC, b.id DESC LIMIT at_most;
END;
COMMENT ON FUNCTION homer.best_with_to_come(text[], integer[], text[], text[], text, timestamp, integer) IS
'The most relevant memories of the scopes in the slots, and of the other categories where these are given, best first, also where the moments of some are to come.';

CREATE FUNCTION homer.most_relevant(
    scopes text[], slots integer[], others text[], of_tags text[], not_from text, at_most integer
) RETURNS integer[]
    LANGUAGE plpgsql STABLE PARALLEL SAFE
    -- The statement is fast in one way only, by the indexes and in their order. The planner cannot know that a branch is long, and
    -- with no statistics or old ones would read it whole and sort it.
    SET enable_seqscan = off
    SET enable_sort = off
    SET jit = off
    SET plan_cache_mode = force_generic_plan
AS $function$
BEGIN
    RETURN ARRAY(SELECT b.id FROM homer.best_with_to_come(scopes, slots, others, of_tags, not_from, homer.utc_now(), at_most) AS b
                  ORDER BY b.relevance DESC, b.id DESC);
END
$function$;
COMMENT ON FUNCTION homer.most_relevant(text[], integer[], text[], text[], text, integer) IS
'The most relevant memories of the scopes in the slots, and of the other categories where these are given, best first: with one of the tags, and not from the conversation, where these are given.';
