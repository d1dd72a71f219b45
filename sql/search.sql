-- Memories that answer a question: the index of their words, and what a search reads from it. Words, keys and scores are
-- computed in src/words.rs, src/keys.rs and src/scoring.rs; docs/search.md says how they come together.

CREATE FUNCTION homer.search_keys(user_id text, subject text, content text) RETURNS bigint[]
    LANGUAGE c IMMUTABLE LEAKPROOF PARALLEL SAFE COST 1000 AS 'MODULE_PATHNAME', 'search_keys_wrapper';
COMMENT ON FUNCTION homer.search_keys(text, text, text) IS
'The words of a memory, each hashed together with whose memory it is.';

CREATE FUNCTION homer.keys_of_word(scopes text[], word text, times integer) RETURNS bigint[]
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'keys_of_word_wrapper';
COMMENT ON FUNCTION homer.keys_of_word(text[], text, integer) IS 'The keys, in each of the scopes, that say that a word occurs so many times or more; 3 at most.';

CREATE FUNCTION homer.question_words(question text) RETURNS text[]
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'question_words_wrapper';
COMMENT ON FUNCTION homer.question_words(text) IS
'The words of a question that are searched for: without stop words, each once, 32 at most.';

CREATE FUNCTION homer.best_hits(ids integer[], places integer[], total bigint, wanted integer[], at_most integer)
    RETURNS integer[]
    LANGUAGE c IMMUTABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'best_hits_wrapper';
COMMENT ON FUNCTION homer.best_hits(integer[], integer[], bigint, integer[], integer) IS
'The memories whose own words answer best, of those that are wanted where not all are.';

CREATE FUNCTION homer.covered_hits(
    ids integer[], places integer[], total bigint, best integer[], ones integer[], others integer[], distances integer[]
) RETURNS TABLE (id integer, score double precision)
    LANGUAGE c IMMUTABLE PARALLEL SAFE ROWS 100 AS 'MODULE_PATHNAME', 'covered_hits_wrapper';
COMMENT ON FUNCTION homer.covered_hits(integer[], integer[], bigint, integer[], integer[], integer[], integer[]) IS
'The scores of the best memories and of those around them that match as well, with what they lend each other.';

CREATE FUNCTION homer.total_score(words double precision, standing double precision) RETURNS double precision
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'total_score_wrapper';
COMMENT ON FUNCTION homer.total_score(double precision, double precision) IS
'The relevance to a question: what the words count, and a hundredth of the relevance without a question.';

-- The planner takes an index for what its statistics say, and they may say that the table is empty. So each index below is
-- the only one that its statement can use: "active" is said in another way for the first two, because an index on the
-- active memories could be read whole instead, and the id is a bigint in the third, because the primary key could.

-- The pending list, which every search reads whole, is kept at 256 kB rather than 4 MB.
CREATE INDEX homer_memories_search_idx ON @extschema@.homer_memories
    USING gin (homer.search_keys(user_id, subject, content)) WITH (gin_pending_list_limit = 256)
    WHERE COALESCE(is_active, true);

-- How many memories a user has is counted from this one alone, without reading their rows.
CREATE INDEX homer_memories_live_idx ON @extschema@.homer_memories (user_id, expires_at)
    WHERE is_active IS DISTINCT FROM false;

-- The memories next to a memory in its conversation.
CREATE INDEX homer_memories_conversation_idx ON @extschema@.homer_memories (source_conversation_id, (id::bigint))
    WHERE is_active IS NOT FALSE AND source_conversation_id IS NOT NULL;

-- Inlined into the statements that call them.

CREATE FUNCTION homer.count_of_memories(scopes text[]) RETURNS SETOF bigint
    LANGUAGE sql STABLE PARALLEL SAFE ROWS 1
BEGIN ATOMIC
    SELECT (SELECT pg_catalog.count(*) FROM @extschema@.homer_memories AS m
             WHERE m.user_id = ANY (scopes) AND m.is_active IS DISTINCT FROM false
               AND (m.expires_at IS NULL OR m.expires_at > homer.utc_now()))
         + CASE WHEN '' = ANY (scopes) THEN
               (SELECT pg_catalog.count(*) FROM @extschema@.homer_memories AS m
                 WHERE m.user_id IS NULL AND m.is_active IS DISTINCT FROM false
                   AND (m.expires_at IS NULL OR m.expires_at > homer.utc_now()))
           ELSE 0 END;
END;
COMMENT ON FUNCTION homer.count_of_memories(text[]) IS 'How many memories of the scopes are active and not expired.';

CREATE FUNCTION homer.hits(scopes text[], words text[]) RETURNS TABLE (total bigint, ids integer[], places integer[])
    LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT (SELECT c.memories FROM homer.count_of_memories(scopes) AS c (memories)),
           pg_catalog.array_agg(hit.id), pg_catalog.array_agg(w.place::integer * 3 + t.time - 4)
      FROM pg_catalog.unnest(words) WITH ORDINALITY AS w (word, place),
           (VALUES (1), (2), (3)) AS t (time),
           LATERAL (SELECT m.id FROM @extschema@.homer_memories AS m
                     WHERE homer.search_keys(m.user_id, m.subject, m.content) && homer.keys_of_word(scopes, w.word, t.time)
                       AND COALESCE(m.is_active, true)
                       AND (m.expires_at IS NULL OR m.expires_at > homer.utc_now())
                       AND COALESCE(m.user_id, '') = ANY (scopes)
                    -- Looked up word by word: without this, the planner may read the memories first and try each word
                    -- on each of them.
                    OFFSET 0) AS hit;
END;
COMMENT ON FUNCTION homer.hits(text[], text[]) IS
'Which memories of the scopes hold which of the words how often, and how many memories the scopes have.';

CREATE FUNCTION homer.wanted_hits(ids integer[], of_categories text[], of_tags text[]) RETURNS SETOF integer[]
    LANGUAGE sql STABLE PARALLEL SAFE ROWS 1
BEGIN ATOMIC
    SELECT COALESCE(pg_catalog.array_agg(m.id), '{}')
      FROM @extschema@.homer_memories AS m
     WHERE m.id = ANY (ids)
       AND (of_categories IS NULL OR m.category = ANY (of_categories))
       AND (of_tags IS NULL OR pg_catalog.jsonb_exists_any(m.tags, of_tags));
END;
COMMENT ON FUNCTION homer.wanted_hits(integer[], text[], text[]) IS
'Those of the memories that are of one of the categories and carry one of the tags.';

CREATE FUNCTION homer.around(memory_id integer, in_conversation text, whose text) RETURNS TABLE (id integer, distance integer)
    LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT before.id, pg_catalog.row_number() OVER (ORDER BY before.id DESC)::integer
      FROM (SELECT m.id FROM @extschema@.homer_memories AS m
             WHERE m.source_conversation_id = in_conversation AND m.id::bigint < memory_id::bigint AND m.is_active IS NOT FALSE
               AND (m.expires_at IS NULL OR m.expires_at > homer.utc_now()) AND m.user_id IS NOT DISTINCT FROM whose
             ORDER BY m.id::bigint DESC LIMIT 2) AS before
    UNION ALL
    SELECT after.id, pg_catalog.row_number() OVER (ORDER BY after.id)::integer
      FROM (SELECT m.id FROM @extschema@.homer_memories AS m
             WHERE m.source_conversation_id = in_conversation AND m.id::bigint > memory_id::bigint AND m.is_active IS NOT FALSE
               AND (m.expires_at IS NULL OR m.expires_at > homer.utc_now()) AND m.user_id IS NOT DISTINCT FROM whose
             ORDER BY m.id::bigint LIMIT 2) AS after;
END;
COMMENT ON FUNCTION homer.around(integer, text, text) IS
'The two memories before and the two after a memory in its conversation, of the same user, and how far each is.';

CREATE FUNCTION homer.surroundings(ids integer[])
    RETURNS TABLE (ones integer[], others integer[], distances integer[])
    LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT pg_catalog.array_agg(m.id), pg_catalog.array_agg(n.id), pg_catalog.array_agg(n.distance)
      FROM @extschema@.homer_memories AS m, LATERAL homer.around(m.id, m.source_conversation_id, m.user_id) AS n
     WHERE m.id = ANY (ids) AND m.source_conversation_id IS NOT NULL;
END;
COMMENT ON FUNCTION homer.surroundings(integer[]) IS 'Which memories stand around these in their conversations, and how far.';

CREATE FUNCTION homer.memories_by_id(memory_id integer) RETURNS SETOF @extschema@.homer_memories
    LANGUAGE sql STABLE PARALLEL SAFE ROWS 1
BEGIN ATOMIC
    SELECT m.* FROM @extschema@.homer_memories AS m WHERE m.id = memory_id;
END;
COMMENT ON FUNCTION homer.memories_by_id(integer) IS 'The memory of this id.';

CREATE FUNCTION homer.answers(
    scopes text[], words text[], of_categories text[], of_tags text[], at_most integer
) RETURNS SETOF @extschema@.homer_relevant_memory
    LANGUAGE plpgsql STABLE PARALLEL RESTRICTED
    -- For the operators below, which PL/pgSQL looks up when it runs.
    SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    hits record;
    around record;
    best integer[];
    wanted integer[];
BEGIN
    SELECT h.total, h.ids, h.places INTO hits FROM homer.hits(scopes, words) AS h;
    IF hits.ids IS NULL THEN
        RETURN;
    END IF;
    IF of_categories IS NOT NULL OR of_tags IS NOT NULL THEN
        SELECT w.ids INTO wanted FROM homer.wanted_hits(hits.ids, of_categories, of_tags) AS w (ids);
    END IF;
    -- Half as many more and ten, because neighbours can lift a memory that its own words do not put among the first.
    best := homer.best_hits(hits.ids, hits.places, hits.total, wanted, 10 + least(at_most, 1000000) * 3 / 2);
    SELECT s.ones, s.others, s.distances INTO around FROM homer.surroundings(best) AS s;
    RETURN QUERY
        SELECT m.*, homer.total_score(
                   s.score, homer.relevance(m.importance, m.category, m.updated_at, m.created_at, homer.utc_now())) AS relevance
          FROM homer.covered_hits(hits.ids, hits.places, hits.total, best, around.ones, around.others, around.distances) AS s,
               homer.memories_by_id(s.id) AS m
         WHERE wanted IS NULL OR m.id = ANY (wanted)
         ORDER BY relevance DESC, m.id DESC
         LIMIT at_most;
END
$function$;
COMMENT ON FUNCTION homer.answers(text[], text[], text[], text[], integer) IS
'The memories of the scopes that answer a question of these words, best first.';
