-- Memories that answer a question. src/memories reads them, from the index of their words; words and keys are computed in
-- crates/text, scores in crates/ranking; docs/search.md says how they come together.

CREATE FUNCTION homer.search_keys(user_id text, subject text, content text, category text, tags jsonb) RETURNS uuid[]
    LANGUAGE c IMMUTABLE LEAKPROOF PARALLEL SAFE COST 1000 AS 'MODULE_PATHNAME', 'search_keys_wrapper';
COMMENT ON FUNCTION homer.search_keys(text, text, text, text, jsonb) IS
'The words of a memory, its category, its tags, and the key that all memories of its user share: each hashed together with whose memory it is.';

-- Leakproof because it stands in the condition that chooses the index, though it is never given a row.
CREATE FUNCTION homer.keys_of_word(scopes text[], word text, repeated boolean) RETURNS uuid[]
    LANGUAGE c IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE AS 'MODULE_PATHNAME', 'keys_of_word_wrapper';
COMMENT ON FUNCTION homer.keys_of_word(text[], text, boolean) IS
'The keys, in each of the scopes, of the forms of a word, that occur once or that are repeated.';

CREATE FUNCTION homer.all_keys_of_word(scopes text[], word text) RETURNS uuid[]
    LANGUAGE c IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE AS 'MODULE_PATHNAME', 'all_keys_of_word_wrapper';
COMMENT ON FUNCTION homer.all_keys_of_word(text[], text) IS
'The keys, in each of the scopes, of the forms of a word, however often they occur.';

CREATE FUNCTION homer.question_words(question text) RETURNS text[]
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'question_words_wrapper';
COMMENT ON FUNCTION homer.question_words(text) IS
'The words of a question that are searched for, without function words: each once, as all its forms with spaces between, and with a space before one that counts little. Those said most often come first.';

CREATE FUNCTION homer.question_names(question text) RETURNS text[]
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'question_names_wrapper';
COMMENT ON FUNCTION homer.question_names(text) IS
'The function words of a question that has no others, as homer.question_words gives words: they may be names.';

CREATE FUNCTION homer.factor(relevance double precision) RETURNS double precision
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'factor_wrapper';
COMMENT ON FUNCTION homer.factor(double precision) IS
'What newness and importance make of a score: from the relevance without a question, 1.25 at most.';

-- What src/memories asks where it does not read the indexes by itself: only statements know what may be read then.

CREATE FUNCTION homer.memories_with_keys(keys uuid[]) RETURNS integer[]
    LANGUAGE plpgsql STABLE PARALLEL RESTRICTED
    SET enable_seqscan = off
    SET jit = off
    SET plan_cache_mode = force_generic_plan
    -- Beyond work_mem a bitmap keeps pages instead of rows, and the words of every row of a page are split anew: 644 ms instead of
    -- 5 for a user of 20,000 with 64 kB, which pools set. This holds 500,000 pages.
    SET work_mem = '32MB'
AS $function$
BEGIN
    -- The keys say whose the memories are, as crates/text/src/keys.rs shows.
    RETURN ARRAY(SELECT m.id FROM @extschema@.homer_memories AS m
                  WHERE homer.search_keys(m.user_id, m.subject, m.content, m.category, m.tags) OPERATOR(homer.&&) keys
                    AND homer.is_active_for_words(m.is_active)
                    AND (m.expires_at IS NULL OR m.expires_at OPERATOR(pg_catalog.>) homer.utc_now()));
END
$function$;
COMMENT ON FUNCTION homer.memories_with_keys(uuid[]) IS 'The memories that are active, not expired, and have one of the keys.';

CREATE FUNCTION homer.memories_of_conversation(scopes text[], in_conversation text) RETURNS integer[]
    LANGUAGE plpgsql STABLE PARALLEL SAFE AS
$function$
BEGIN
    RETURN ARRAY(
        SELECT c.id
          FROM pg_catalog.unnest(scopes) AS s (scope),
               -- In the order of the index, which leaves the planner no other to read.
               LATERAL (SELECT m.id FROM @extschema@.homer_memories AS m
                         WHERE homer.scope_of(m.user_id) OPERATOR(pg_catalog.=) s.scope
                           AND m.source_conversation_id OPERATOR(pg_catalog.=) in_conversation AND m.is_active IS NOT FALSE
                         ORDER BY m.id::pg_catalog.int8) AS c);
END
$function$;
COMMENT ON FUNCTION homer.memories_of_conversation(text[], text) IS 'The memories of the scopes that were learned in a conversation.';

CREATE FUNCTION homer.relevances(memory_ids integer[]) RETURNS double precision[]
    LANGUAGE plpgsql STABLE PARALLEL SAFE
    SET enable_seqscan = off
    SET jit = off
    SET plan_cache_mode = force_generic_plan
AS $function$
BEGIN
    RETURN (SELECT pg_catalog.array_agg(
                       COALESCE((SELECT homer.relevance(m.importance, m.category, m.updated_at, m.created_at, homer.utc_now())
                                   FROM @extschema@.homer_memories AS m WHERE m.id OPERATOR(pg_catalog.=) i.id), 'NaN') ORDER BY i.place)
              FROM ROWS FROM (pg_catalog.unnest(memory_ids)) WITH ORDINALITY AS i (id, place));
END
$function$;
COMMENT ON FUNCTION homer.relevances(integer[]) IS 'The relevance of each of the memories without a question; NaN for one that is not there.';

CREATE FUNCTION homer.before(memory_id integer, in_conversation text, whose text) RETURNS SETOF integer
    LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT m.id FROM @extschema@.homer_memories AS m
     WHERE homer.scope_of(m.user_id) = homer.scope_of(whose)
       AND m.source_conversation_id = in_conversation AND m.id::bigint < memory_id::bigint AND m.is_active IS NOT FALSE
       AND (m.expires_at IS NULL OR m.expires_at > homer.utc_now())
     ORDER BY m.id::bigint DESC LIMIT 4;
END;
COMMENT ON FUNCTION homer.before(integer, text, text) IS
'The four memories before a memory in its conversation, of the same user, the nearest first.';

CREATE FUNCTION homer.after(memory_id integer, in_conversation text, whose text) RETURNS SETOF integer
    LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT m.id FROM @extschema@.homer_memories AS m
     WHERE homer.scope_of(m.user_id) = homer.scope_of(whose)
       AND m.source_conversation_id = in_conversation AND m.id::bigint > memory_id::bigint AND m.is_active IS NOT FALSE
       AND (m.expires_at IS NULL OR m.expires_at > homer.utc_now())
     ORDER BY m.id::bigint LIMIT 4;
END;
COMMENT ON FUNCTION homer.after(integer, text, text) IS
'The four memories after a memory in its conversation, of the same user, the nearest first.';

CREATE FUNCTION homer.neighbours(memory_ids integer[]) RETURNS integer[]
    LANGUAGE plpgsql STABLE PARALLEL SAFE
    SET enable_seqscan = off
    SET jit = off
    SET plan_cache_mode = force_generic_plan
AS $function$
BEGIN
    RETURN (
        SELECT pg_catalog.array_agg(n.id ORDER BY i.place, n.place)
          FROM ROWS FROM (pg_catalog.unnest(memory_ids)) WITH ORDINALITY AS i (id, place),
               LATERAL (SELECT m.source_conversation_id, m.user_id FROM @extschema@.homer_memories AS m
                         WHERE m.id OPERATOR(pg_catalog.=) i.id OFFSET 0) AS m,
               LATERAL (SELECT ARRAY(SELECT b.id FROM homer.before(i.id, m.source_conversation_id, m.user_id) AS b (id)) AS before,
                               ARRAY(SELECT a.id FROM homer.after(i.id, m.source_conversation_id, m.user_id) AS a (id)) AS after
                        OFFSET 0) AS a,
               LATERAL (VALUES (1, a.before[1]), (2, a.before[2]), (3, a.before[3]), (4, a.before[4]),
                               (5, a.after[1]), (6, a.after[2]), (7, a.after[3]), (8, a.after[4])) AS n (place, id));
END
$function$;
COMMENT ON FUNCTION homer.neighbours(integer[]) IS
'Eight for each of the memories: the four before it in its conversation and the four after it, the nearest first, and null where there is none.';

CREATE FUNCTION homer.memories_by_id(memory_id integer) RETURNS SETOF @extschema@.homer_relevant_memory
    LANGUAGE sql STABLE PARALLEL SAFE ROWS 1
BEGIN ATOMIC
    SELECT m.id, m.user_id, m.category, m.subject, m.content, m.importance, m.expires_at, m.source_conversation_id,
           m.source_message_id, m.tags, m.metadata, m.is_active, m.created_at, m.updated_at,
           homer.relevance(m.importance, m.category, m.updated_at, m.created_at, homer.utc_now())
      FROM @extschema@.homer_memories AS m WHERE m.id = memory_id;
END;
COMMENT ON FUNCTION homer.memories_by_id(integer) IS 'The memory of this id, and its relevance without a question.';

-- memories and vectors are the tables of these: Rust cannot know in which schema the first lies.

CREATE FUNCTION homer.best_answers(
    memories oid, vectors oid, scopes text[], question text, question_embedding double precision[], of_categories text[],
    of_tags text[], not_from text, now timestamp, at_most integer
) RETURNS TABLE (id integer, relevance double precision)
    LANGUAGE c STABLE PARALLEL RESTRICTED ROWS 10 COST 10000 AS 'MODULE_PATHNAME', 'best_answers_wrapper';
COMMENT ON FUNCTION homer.best_answers(oid, oid, text[], text, double precision[], text[], text[], text, timestamp, integer) IS
'The memories of the scopes that answer a question, and this vector where there is one, best first; where nothing is asked, the most relevant. Of one of the categories, with one of the tags, and not from the conversation, where these are given.';

CREATE FUNCTION homer.parts_of_answers(
    memories oid, vectors oid, scopes text[], question text, question_embedding double precision[], now timestamp,
    memory_ids integer[], at_most integer
) RETURNS TABLE (memory_id integer, word text, times integer, lent_by integer, amount double precision, counts double precision)
    LANGUAGE c STABLE PARALLEL RESTRICTED ROWS 100 COST 10000 AS 'MODULE_PATHNAME', 'parts_of_answers_wrapper';
COMMENT ON FUNCTION homer.parts_of_answers(oid, oid, text[], text, double precision[], timestamp, integer[], integer) IS
'What makes up the scores of these memories, or of the best so many where none are named: for each that answers, a row for each word that counts, by the first of its forms, and one without a word for its vector. Where nothing is asked, a row for each with nothing in it.';

CREATE FUNCTION homer.counts_of_memories(memories oid, scopes text[], now timestamp) RETURNS integer[]
    LANGUAGE c STABLE STRICT PARALLEL RESTRICTED COST 1000 AS 'MODULE_PATHNAME', 'counts_of_memories_wrapper';
COMMENT ON FUNCTION homer.counts_of_memories(oid, text[], timestamp) IS
'How many memories of each of the scopes are active and not expired.';

-- Inlined: a statement of its own would cost a fifth of a question to a user of few memories.
CREATE FUNCTION homer.answers(
    scopes text[], question text, question_embedding double precision[], of_categories text[], of_tags text[], not_from text, at_most integer
) RETURNS SETOF @extschema@.homer_relevant_memory
    LANGUAGE sql STABLE PARALLEL RESTRICTED
BEGIN ATOMIC
    SELECT m.id, m.user_id, m.category, m.subject, m.content, m.importance, m.expires_at, m.source_conversation_id,
           m.source_message_id, m.tags, m.metadata, m.is_active, m.created_at, m.updated_at, b.relevance
      FROM homer.best_answers('@extschema@.homer_memories'::pg_catalog.regclass, 'homer.memory_embeddings'::pg_catalog.regclass,
                              scopes, question, question_embedding, of_categories, of_tags, not_from,
                              homer.utc_now(), at_most) AS b,
           -- Apart, so that each is fetched by its id and the table is not joined whole.
           LATERAL (SELECT k.id, k.user_id, k.category, k.subject, k.content, k.importance, k.expires_at, k.source_conversation_id,
                           k.source_message_id, k.tags, k.metadata, k.is_active, k.created_at, k.updated_at
                      FROM @extschema@.homer_memories AS k WHERE k.id = b.id OFFSET 0) AS m
     -- Never another user's, whatever the index says.
     WHERE homer.scope_of(m.user_id) = ANY (scopes)
     ORDER BY b.relevance DESC, m.id DESC
     LIMIT at_most;
END;
COMMENT ON FUNCTION homer.answers(text[], text, double precision[], text[], text[], text, integer) IS
'The memories of the scopes that answer a question, and this vector where there is one, best first; where nothing is asked, the most relevant.';
