-- Why a memory is ranked where it is.

CREATE FUNCTION homer.ranked_memory(scopes text[], memory_id integer) RETURNS SETOF integer
    LANGUAGE sql STABLE PARALLEL SAFE ROWS 1
BEGIN ATOMIC
    SELECT m.id FROM @extschema@.homer_memories AS m
     WHERE m.id = memory_id AND m.is_active IS NOT FALSE AND homer.scope_of(m.user_id) = ANY (scopes)
       AND (m.expires_at IS NULL OR m.expires_at > homer.utc_now());
END;
COMMENT ON FUNCTION homer.ranked_memory(text[], integer) IS 'The memory of this id, if it is among those that the scopes rank.';

CREATE FUNCTION homer.parts_of_standing(memory_id integer, answer double precision)
    RETURNS SETOF @extschema@.homer_relevance_part
    LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT p.part, NULL::text, NULL::integer, NULL::integer, p.amount, p.counts
      FROM @extschema@.homer_memories AS m,
           LATERAL (SELECT COALESCE(m.importance, 5)::double precision AS importance,
                           homer.relevance(m.importance, m.category, m.updated_at, m.created_at, homer.utc_now()) AS standing,
                           EXTRACT(epoch FROM homer.utc_now()
                                              - LEAST(COALESCE(m.updated_at, m.created_at, 'epoch'), homer.utc_now())) / 86400 AS days) AS s,
           LATERAL (VALUES ('importance', s.importance, CASE WHEN answer IS NULL THEN s.importance ELSE answer * (homer.factor(s.importance) - 1) END),
                           ('age', s.days::double precision,
                            CASE WHEN answer IS NULL THEN s.standing - s.importance
                                 ELSE answer * (homer.factor(s.standing) - homer.factor(s.importance)) END),
                           ('factor', homer.factor(s.standing), NULL)) AS p (part, amount, counts)
     WHERE m.id = memory_id AND (p.part <> 'factor' OR answer IS NOT NULL);
END;
COMMENT ON FUNCTION homer.parts_of_standing(integer, double precision) IS
'What the importance and the age of a memory count, and the factor that they make on how well it answers; by themselves without an answer.';

CREATE FUNCTION homer.with_total(parts @extschema@.homer_relevance_part[]) RETURNS SETOF @extschema@.homer_relevance_part
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT p.part, p.word, p.times, p.lent_by, p.amount, p.counts FROM pg_catalog.unnest(parts) AS p
    UNION ALL
    SELECT 'total', NULL, NULL, NULL, NULL, pg_catalog.sum(p.counts) FROM pg_catalog.unnest(parts) AS p;
END;
COMMENT ON FUNCTION homer.with_total(@extschema@.homer_relevance_part[]) IS 'The parts of a relevance, and their sum.';

-- The words and the counts are the same for all memories, and are read once: a page of answers with what makes up the relevance of
-- each costs little more than the page.
CREATE FUNCTION homer.explained(
    user_id text, query text, query_embedding double precision[], memory_ids integer[], at_most integer
) RETURNS TABLE (
        memory_id integer, part text, word text, times integer, lent_by integer, amount double precision, counts double precision
    )
    LANGUAGE sql STABLE PARALLEL RESTRICTED ROWS 100
BEGIN ATOMIC
    SELECT a.memory_id, p.part, p.word, p.times, p.lent_by, p.amount, p.counts
      FROM (SELECT p.memory_id, pg_catalog.min(p.place) AS place, pg_catalog.sum(p.counts) AS answer,
                   pg_catalog.array_agg(
                       ROW(CASE WHEN p.word IS NULL THEN 'cosine' ELSE 'word' END, p.word, p.times, p.lent_by, p.amount, p.counts
                       )::@extschema@.homer_relevance_part ORDER BY p.word IS NULL, p.counts DESC, p.word)
                       FILTER (WHERE p.counts IS NOT NULL) AS parts
              FROM homer.parts_of_answers('@extschema@.homer_memories'::pg_catalog.regclass,
                                          'homer.memory_embeddings'::pg_catalog.regclass, homer.scopes(explained.user_id, true),
                                          explained.query, explained.query_embedding, homer.utc_now(), explained.memory_ids,
                                          explained.at_most)
                   WITH ORDINALITY AS p (memory_id, word, times, lent_by, amount, counts, place)
             GROUP BY p.memory_id) AS a,
           LATERAL homer.with_total(
               pg_catalog.array_cat(a.parts, ARRAY(SELECT s FROM homer.parts_of_standing(a.memory_id, a.answer) AS s))
           ) WITH ORDINALITY AS p
     ORDER BY a.place, p.ordinality;
END;
COMMENT ON FUNCTION homer.explained(text, text, double precision[], integer[], integer) IS
'What homer_explain_relevance says of each of the memories, which the user must be given, and no rows for one that does not answer; or of the best so many, best first, where none are named.';

CREATE FUNCTION @extschema@.homer_explain_relevance(user_id text, query text, query_embedding double precision[], memory_id integer)
    RETURNS SETOF @extschema@.homer_relevance_part
    LANGUAGE plpgsql STABLE PARALLEL RESTRICTED ROWS 10
AS $function$
#variable_conflict use_variable
BEGIN
    PERFORM homer.check_user_or_everyone(user_id), homer.check_acts_for(user_id);
    IF memory_id IS NULL THEN
        PERFORM homer.refuse('null', '{"parameter": "memory_id"}');
    END IF;
    PERFORM homer.check_question_embedding(query_embedding);
    IF NOT EXISTS (SELECT FROM homer.ranked_memory(homer.scopes(user_id, true), memory_id)) THEN
        PERFORM homer.refuse('unseen_memory', pg_catalog.jsonb_build_object('id', memory_id, 'user_id', user_id));
    END IF;
    RETURN QUERY SELECT e.part, e.word, e.times, e.lent_by, e.amount, e.counts
                   FROM homer.explained(user_id, query, query_embedding, ARRAY[memory_id], NULL) AS e;
END
$function$;
COMMENT ON FUNCTION @extschema@.homer_explain_relevance(text, text, double precision[], integer) IS
'What makes up the relevance of a memory that the user is given: the words that it holds or that are lent to it, the cosine, the importance, the age, the factor that these two make, and the total, which is what homer_relevant_memories gives. No rows where the memory does not answer.';
