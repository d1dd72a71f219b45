-- Why a memory is ranked where it is.

CREATE TYPE @extschema@.homer_relevance_part AS (
    part text,
    word text,
    times integer,
    lent_by integer,
    amount double precision,
    counts double precision
);
COMMENT ON TYPE @extschema@.homer_relevance_part IS
'What a part of a memory''s relevance is and counts: a word of the question, its vector, its importance, its age, the factor that both make, or the total.';
COMMENT ON COLUMN @extschema@.homer_relevance_part.part IS 'word, cosine, importance, age, factor or total.';
COMMENT ON COLUMN @extschema@.homer_relevance_part.word IS 'The word of the question, as it is searched for.';
COMMENT ON COLUMN @extschema@.homer_relevance_part.times IS 'How often it occurs: 1, or 2 for more.';
COMMENT ON COLUMN @extschema@.homer_relevance_part.lent_by IS 'The memory beside this one that holds the word, where this one does not.';
COMMENT ON COLUMN @extschema@.homer_relevance_part.amount IS
'The weight of the word, the cosine, the importance, the age in days, or the factor.';
COMMENT ON COLUMN @extschema@.homer_relevance_part.counts IS 'What the part adds to the total; the age takes away. Null for the factor, whose part is that of importance and age.';

CREATE FUNCTION homer.sees(scopes text[], memory_id integer) RETURNS boolean
    LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT EXISTS (SELECT FROM @extschema@.homer_memories AS m
                    WHERE m.id = memory_id AND m.is_active IS NOT FALSE AND homer.scope_of(m.user_id) = ANY (scopes)
                      AND (m.expires_at IS NULL OR m.expires_at > homer.utc_now()));
END;
COMMENT ON FUNCTION homer.sees(text[], integer) IS 'Whether a memory is among those that the scopes rank.';

CREATE FUNCTION homer.parts_in_words(
    words text[], hits bytea, total bigint, ids integer[], cosines double precision[], around integer[]
) RETURNS SETOF @extschema@.homer_relevance_part
    LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT CASE WHEN p.word IS NULL THEN 'cosine' ELSE 'word' END,
           -- Of the forms of a word the first.
           pg_catalog.split_part(pg_catalog.ltrim(words[p.word]), ' ', 1), p.times, p.lender, p.amount, p.counts
      FROM homer.parts_of_score(hits, total, ids, cosines, around) AS p
     ORDER BY p.word IS NULL, p.counts DESC, p.word;
END;
COMMENT ON FUNCTION homer.parts_in_words(text[], bytea, bigint, integer[], double precision[], integer[]) IS
'homer.parts_of_score with the words instead of their places.';

CREATE FUNCTION homer.parts_of_answer(scopes text[], words text[], question_embedding double precision[], memory_id integer)
    RETURNS SETOF @extschema@.homer_relevance_part
    LANGUAGE plpgsql STABLE PARALLEL RESTRICTED
AS $function$
DECLARE
    scope record;
    hits pg_catalog.bytea;
    ids pg_catalog.int4[];
    cosines pg_catalog.float8[];
    around pg_catalog.int4[];
BEGIN
    SELECT (c.own OPERATOR(pg_catalog.+) c.everyones) OPERATOR(pg_catalog.-) c.expired AS total, c.expired INTO scope
      FROM homer.count_of_memories(scopes) AS c;
    words := homer.words_that_count(scopes, words, scope.expired OPERATOR(pg_catalog.=) 0);
    hits := homer.hits(scopes, words, scope.expired OPERATOR(pg_catalog.=) 0);
    SELECT s.around INTO around FROM homer.surroundings(ARRAY[memory_id]) AS s (around);
    IF question_embedding IS NOT NULL THEN
        SELECT COALESCE(c.ids, '{}'), COALESCE(c.cosines, '{}') INTO ids, cosines FROM homer.cosines(scopes, question_embedding) AS c;
    END IF;
    RETURN QUERY SELECT p.* FROM homer.parts_in_words(words, hits, scope.total, ids, cosines, around) AS p;
END
$function$;
COMMENT ON FUNCTION homer.parts_of_answer(text[], text[], double precision[], integer) IS
'What the words and the vector of a question count for a memory; no rows where it does not answer.';

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

CREATE FUNCTION @extschema@.homer_explain_relevance(user_id text, query text, query_embedding double precision[], memory_id integer)
    RETURNS SETOF @extschema@.homer_relevance_part
    LANGUAGE plpgsql STABLE PARALLEL RESTRICTED ROWS 10
    SET enable_seqscan = off
    SET jit = off
AS $function$
DECLARE
    scopes pg_catalog.text[] := homer.scopes(user_id, true);
    words pg_catalog.text[] := COALESCE(homer.question_words(query), '{}');
    parts @extschema@.homer_relevance_part[] := '{}';
    answer pg_catalog.float8;
BEGIN
    PERFORM homer.check_user_or_everyone(user_id), homer.check_acts_for(user_id);
    IF memory_id IS NULL THEN
        PERFORM homer.refuse_null('memory_id');
    ELSIF query_embedding IS NOT NULL THEN
        PERFORM homer.check_embedding('query_embedding', query_embedding, homer.embedding_dimensions());
    END IF;
    IF NOT homer.sees(scopes, memory_id) THEN
        PERFORM homer.refuse_unseen_memory(memory_id, user_id);
    END IF;
    IF query IS NOT NULL AND pg_catalog.array_ndims(words) IS NULL THEN
        words := homer.names_asked_for(scopes, query);
    END IF;
    IF pg_catalog.array_ndims(words) IS NOT NULL OR query_embedding IS NOT NULL THEN
        parts := ARRAY(SELECT a FROM homer.parts_of_answer(scopes, words, query_embedding, memory_id) AS a);
        IF pg_catalog.array_ndims(parts) IS NULL THEN
            RETURN;
        END IF;
        SELECT t.counts INTO answer FROM homer.with_total(parts) AS t WHERE t.part OPERATOR(pg_catalog.=) 'total';
    END IF;
    parts := pg_catalog.array_cat(parts, ARRAY(SELECT s FROM homer.parts_of_standing(memory_id, answer) AS s));
    RETURN QUERY SELECT p.* FROM homer.with_total(parts) AS p;
END
$function$;
COMMENT ON FUNCTION @extschema@.homer_explain_relevance(text, text, double precision[], integer) IS
'What makes up the relevance of a memory that the user is given: the words that it holds or that are lent to it, the cosine, the importance, the age, the factor that these two make, and the total, which is what homer_relevant_memories gives. No rows where the memory does not answer.';
