-- Memories that answer a question: what a search reads from the index of their words. Words and keys are computed in crates/text,
-- scores in crates/ranking; docs/search.md says how they come together.

CREATE FUNCTION homer.search_keys(user_id text, subject text, content text) RETURNS uuid[]
    LANGUAGE c IMMUTABLE LEAKPROOF PARALLEL SAFE COST 1000 AS 'MODULE_PATHNAME', 'search_keys_wrapper';
COMMENT ON FUNCTION homer.search_keys(text, text, text) IS
'The words of a memory, each hashed together with whose memory it is.';

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

CREATE FUNCTION homer.pack_hits(place integer, ids integer[]) RETURNS bytea
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'pack_hits_wrapper';
COMMENT ON FUNCTION homer.pack_hits(integer, integer[]) IS
'That these memories hold what stands at a place of the question, as bytes for the functions below: half the cost of an array.';

CREATE FUNCTION homer.memories_of_hits(hits bytea) RETURNS integer[]
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'memories_of_hits_wrapper';
COMMENT ON FUNCTION homer.memories_of_hits(bytea) IS 'The memories that hits are of, each once.';

CREATE FUNCTION homer.scored_hits(hits bytea, total bigint) RETURNS TABLE (id integer, score double precision)
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE ROWS 100 AS 'MODULE_PATHNAME', 'scored_hits_wrapper';
COMMENT ON FUNCTION homer.scored_hits(bytea, bigint) IS 'The scores, by their own words, of all that hits are of, best first.';

CREATE FUNCTION homer.best_hits(
    hits bytea, total bigint, ids integer[], cosines double precision[], wanted integer[],
    unwanted integer[], at_most integer
) RETURNS TABLE (id integer, score double precision)
    LANGUAGE c IMMUTABLE PARALLEL SAFE ROWS 20 AS 'MODULE_PATHNAME', 'best_hits_wrapper';
COMMENT ON FUNCTION homer.best_hits(bytea, bigint, integer[], double precision[], integer[], integer[], integer) IS
'The memories that answer best by their own words and vectors, of those that are wanted where not all are, and those that newness and importance can lift among them.';

CREATE FUNCTION homer.scores_with_neighbours(
    hits bytea, total bigint, ids integer[], cosines double precision[], wanted integer[],
    unwanted integer[], around integer[], at_most integer
) RETURNS TABLE (id integer, score double precision)
    LANGUAGE c IMMUTABLE PARALLEL SAFE ROWS 20 AS 'MODULE_PATHNAME', 'scores_with_neighbours_wrapper';
COMMENT ON FUNCTION homer.scores_with_neighbours(bytea, bigint, integer[], double precision[], integer[], integer[], integer[], integer) IS
'The scores of the best memories and of those around them that answer as well, with what they lend each other.';

-- Inlined into the statements that call them.

CREATE FUNCTION homer.count_of_memories(scopes text[]) RETURNS TABLE (own bigint, everyones bigint, expired bigint)
    LANGUAGE sql STABLE PARALLEL SAFE ROWS 1
BEGIN ATOMIC
    SELECT (SELECT pg_catalog.count(*) FROM @extschema@.homer_memories AS m
             WHERE m.user_id = ANY (scopes) AND m.is_active IS DISTINCT FROM false),
           CASE WHEN '' = ANY (scopes) THEN
               (SELECT pg_catalog.count(*) FROM @extschema@.homer_memories AS m
                 WHERE m.user_id IS NULL AND m.is_active IS DISTINCT FROM false)
           ELSE 0 END,
           (SELECT pg_catalog.count(*) FROM @extschema@.homer_memories AS m
             WHERE m.user_id = ANY (scopes) AND m.is_active IS DISTINCT FROM false AND m.expires_at <= homer.utc_now())
         + CASE WHEN '' = ANY (scopes) THEN
               (SELECT pg_catalog.count(*) FROM @extschema@.homer_memories AS m
                 WHERE m.user_id IS NULL AND m.is_active IS DISTINCT FROM false AND m.expires_at <= homer.utc_now())
           ELSE 0 END;
END;
COMMENT ON FUNCTION homer.count_of_memories(text[]) IS
'How many memories of the scopes are active, the user''s and everyone''s, and how many of both have expired and were not swept yet.';

-- The key already identifies the user, as crates/text/src/keys.rs shows; filtering on user_id here would add 20 % of the time.
CREATE FUNCTION homer.holders(scopes text[], word text, repeated boolean, none_expired boolean) RETURNS SETOF integer
    LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT m.id FROM @extschema@.homer_memories AS m
     WHERE homer.search_keys(m.user_id, m.subject, m.content) OPERATOR(homer.&&) homer.keys_of_word(scopes, word, repeated)
       AND COALESCE(m.is_active, true)
       -- Where nothing waits to be swept, a row need not be taken apart as far as its expiry: two fifths of the time. The
       -- planner must see a constant for it.
       AND (none_expired OR m.expires_at IS NULL OR m.expires_at > homer.utc_now());
END;
COMMENT ON FUNCTION homer.holders(text[], text, boolean, boolean) IS
'The memories of the scopes that hold a word once, or that repeat it.';

CREATE FUNCTION homer.places_of_words(words text[]) RETURNS TABLE (place integer, word text, repeated boolean)
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
BEGIN ATOMIC
    -- 2^23 marks a word that counts little.
    SELECT g.place + CASE WHEN words[g.place / 2 + 1] LIKE ' %' THEN 8388608 ELSE 0 END, words[g.place / 2 + 1], g.place % 2 = 1
      FROM pg_catalog.generate_series(0, 2 * pg_catalog.cardinality(words) - 1) AS g (place)
    -- Kept apart from what looks the words up: a division is not leakproof, and in the condition of an index it must be.
    OFFSET 0;
END;
COMMENT ON FUNCTION homer.places_of_words(text[]) IS
'The words, each to be looked up twice: as one that occurs once, at the places 0, 2, 4 and so on, and as one that is repeated, at 1, 3, 5.';

CREATE FUNCTION homer.hits_of_words(scopes text[], words text[], none_expired boolean) RETURNS SETOF bytea
    LANGUAGE sql STABLE PARALLEL SAFE ROWS 1
BEGIN ATOMIC
    SELECT pg_catalog.string_agg(
               homer.pack_hits(p.place, ARRAY(SELECT h.id FROM homer.holders(scopes, p.word, p.repeated, none_expired) AS h (id))), '')
      FROM homer.places_of_words(words) AS p;
END;
COMMENT ON FUNCTION homer.hits_of_words(text[], text[], boolean) IS
'Which memories of the scopes hold which of the words, as homer.pack_hits packs them. The places are those of homer.places_of_words.';

CREATE FUNCTION homer.category_forms(categories text[]) RETURNS text[]
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN CASE WHEN categories IS NOT NULL THEN
        ARRAY(SELECT homer.category_form(c) FROM pg_catalog.unnest(categories) AS c)
    END;
COMMENT ON FUNCTION homer.category_forms(text[]) IS 'Categories as they are compared.';

CREATE FUNCTION homer.is_wanted(category text, tags jsonb, of_categories text[], of_tags text[]) RETURNS boolean
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN (of_categories IS NULL OR homer.category_form(category) = ANY (of_categories))
       AND (of_tags IS NULL OR pg_catalog.jsonb_exists_any(tags, of_tags));
COMMENT ON FUNCTION homer.is_wanted(text, jsonb, text[], text[]) IS
'Whether a memory is of one of the categories, as they are compared, and carries one of the tags, where these are given.';

-- The row is there, so whether it is wanted is asked here: fetching it again by its id would double the cost of a question.
CREATE FUNCTION homer.sifted_hits_of_words(scopes text[], words text[], of_categories text[], of_tags text[])
    RETURNS TABLE (hits bytea, wanted bytea)
    LANGUAGE sql STABLE PARALLEL SAFE ROWS 1
BEGIN ATOMIC
    SELECT pg_catalog.string_agg(homer.pack_hits(p.place, h.ids), ''), pg_catalog.string_agg(homer.pack_hits(p.place, h.wanted), '')
      FROM homer.places_of_words(words) AS p,
           LATERAL (SELECT pg_catalog.array_agg(m.id),
                           pg_catalog.array_agg(m.id) FILTER (WHERE homer.is_wanted(m.category, m.tags, of_categories, of_tags))
                      FROM @extschema@.homer_memories AS m
                     WHERE homer.search_keys(m.user_id, m.subject, m.content)
                           OPERATOR(homer.&&) homer.keys_of_word(scopes, p.word, p.repeated)
                       AND COALESCE(m.is_active, true)
                       AND (m.expires_at IS NULL OR m.expires_at > homer.utc_now())) AS h (ids, wanted);
END;
COMMENT ON FUNCTION homer.sifted_hits_of_words(text[], text[], text[], text[]) IS
'homer.hits_of_words, and of the hits those of memories that are of one of the categories and carry one of the tags.';

CREATE FUNCTION homer.hits(scopes text[], words text[], none_expired boolean) RETURNS bytea
    LANGUAGE plpgsql STABLE PARALLEL RESTRICTED
    -- Beyond work_mem a bitmap keeps pages instead of rows, and the words of every row of a page are split anew: 644 ms instead of
    -- 5 for a user of 20,000 with 64 kB, which pools set. This holds 500,000 pages.
    SET work_mem = '32MB' AS
$function$
BEGIN
    IF none_expired THEN
        RETURN COALESCE((SELECT h.hits FROM homer.hits_of_words(scopes, words, true) AS h (hits)), '');
    END IF;
    RETURN COALESCE((SELECT h.hits FROM homer.hits_of_words(scopes, words, false) AS h (hits)), '');
END
$function$;
COMMENT ON FUNCTION homer.hits(text[], text[], boolean) IS 'homer.hits_of_words with a constant for the planner.';

CREATE FUNCTION homer.sifted_hits(scopes text[], words text[], of_categories text[], of_tags text[])
    RETURNS TABLE (hits bytea, wanted integer[])
    LANGUAGE plpgsql STABLE PARALLEL RESTRICTED ROWS 1
    SET work_mem = '32MB' AS
$function$
BEGIN
    RETURN QUERY
        SELECT COALESCE(h.hits, ''), homer.memories_of_hits(COALESCE(h.wanted, ''))
          FROM homer.sifted_hits_of_words(scopes, words, of_categories, of_tags) AS h;
END
$function$;
COMMENT ON FUNCTION homer.sifted_hits(text[], text[], text[], text[]) IS 'As homer.hits, and the memories among them that are wanted.';

CREATE FUNCTION homer.times_held(scopes text[], word text, none_expired boolean) RETURNS SETOF bigint
    LANGUAGE sql STABLE PARALLEL SAFE ROWS 1
BEGIN ATOMIC
    SELECT pg_catalog.count(*)
      FROM (SELECT FROM @extschema@.homer_memories AS m
             WHERE homer.search_keys(m.user_id, m.subject, m.content) OPERATOR(homer.&&) homer.all_keys_of_word(scopes, word)
               AND COALESCE(m.is_active, true)
               AND (none_expired OR m.expires_at IS NULL OR m.expires_at > homer.utc_now())
             LIMIT 200) AS h;
END;
COMMENT ON FUNCTION homer.times_held(text[], text, boolean) IS
'How many memories of the scopes hold a word, as far as 200: more are many.';

CREATE FUNCTION homer.rarest_words(scopes text[], words text[], none_expired boolean) RETURNS SETOF text[]
    LANGUAGE sql STABLE PARALLEL SAFE ROWS 1
BEGIN ATOMIC
    SELECT pg_catalog.array_agg(r.word)
      FROM (SELECT w.word FROM ROWS FROM (pg_catalog.unnest(words)) WITH ORDINALITY AS w (word, place),
                   LATERAL (SELECT t.held FROM homer.times_held(scopes, w.word, none_expired) AS t (held) OFFSET 0) AS h
             WHERE h.held > 0
             ORDER BY w.word LIKE ' %', h.held, w.place
             LIMIT 128) AS r;
END;
COMMENT ON FUNCTION homer.rarest_words(text[], text[], boolean) IS
'Of the words of a long question those that the fewest memories of the scopes hold, 128 at most.';

CREATE FUNCTION homer.words_that_count(scopes text[], words text[], none_expired boolean) RETURNS text[]
    LANGUAGE plpgsql STABLE PARALLEL RESTRICTED AS
$function$
BEGIN
    -- As many as can count are looked up as they are.
    IF COALESCE(pg_catalog.array_length(words, 1), 0) OPERATOR(pg_catalog.<=) 128 THEN
        RETURN words;
    ELSIF none_expired THEN
        RETURN COALESCE((SELECT r.words FROM homer.rarest_words(scopes, words, true) AS r (words)), '{}');
    END IF;
    RETURN COALESCE((SELECT r.words FROM homer.rarest_words(scopes, words, false) AS r (words)), '{}');
END
$function$;
COMMENT ON FUNCTION homer.words_that_count(text[], text[], boolean) IS
'The words of a question that can count in the scopes: all, and of more than 128 the rarest.';

CREATE FUNCTION homer.names_asked_for(scopes text[], question text) RETURNS text[]
    LANGUAGE plpgsql STABLE PARALLEL RESTRICTED AS
$function$
DECLARE
    names pg_catalog.text[] := homer.question_names(question);
BEGIN
    IF pg_catalog.array_ndims(names) IS NULL OR homer.hits(scopes, names, false) OPERATOR(pg_catalog.=) '' THEN
        RETURN '{}';
    END IF;
    RETURN names;
END
$function$;
COMMENT ON FUNCTION homer.names_asked_for(text[], text) IS
'The words of a question that has none worth searching, if memories of the scopes hold one of them: Who is Will?';

CREATE FUNCTION homer.factor(standing double precision) RETURNS double precision
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    -- More than in proportion, so that what is important stands out among what is not.
    RETURN 1 + pg_catalog.power(LEAST(standing, 10) / 10, 1.5) / 4;
COMMENT ON FUNCTION homer.factor(double precision) IS
'What newness and importance make of a score: from the relevance without a question, 1.25 at most.';

CREATE FUNCTION homer.candidates(
    hits bytea, total bigint, ids integer[], cosines double precision[], wanted integer[], unwanted integer[], at_most integer
) RETURNS SETOF integer[]
    LANGUAGE sql STABLE PARALLEL SAFE ROWS 1
BEGIN ATOMIC
    SELECT pg_catalog.array_agg(c.id)
      FROM (SELECT b.id FROM homer.best_hits(hits, total, ids, cosines, wanted, unwanted, at_most) AS b,
                   -- Apart, so that each is fetched by its id and the table is not joined whole.
                   LATERAL (SELECT homer.relevance(m.importance, m.category, m.updated_at, m.created_at, homer.utc_now()) AS standing
                              FROM @extschema@.homer_memories AS m WHERE m.id = b.id OFFSET 0) AS s
             ORDER BY b.score * homer.factor(s.standing) DESC, b.id DESC LIMIT at_most) AS c;
END;
COMMENT ON FUNCTION homer.candidates(bytea, bigint, integer[], double precision[], integer[], integer[], integer) IS
'The memories that answer best by their own words and vectors, newness and importance.';

CREATE FUNCTION homer.wanted_among(ids integer[], of_categories text[]) RETURNS SETOF integer[]
    LANGUAGE sql STABLE PARALLEL SAFE ROWS 1
BEGIN ATOMIC
    SELECT COALESCE(pg_catalog.array_agg(i.id), '{}')
      FROM pg_catalog.unnest(ids) AS i (id),
           LATERAL (SELECT m.category FROM @extschema@.homer_memories AS m WHERE m.id = i.id OFFSET 0) AS m
     WHERE homer.is_wanted(m.category, NULL, of_categories, NULL);
END;
COMMENT ON FUNCTION homer.wanted_among(integer[], text[]) IS 'Those of the memories that are of one of the categories.';

CREATE FUNCTION homer.best_ids(hits bytea, total bigint, unwanted integer[], at_most integer) RETURNS SETOF integer[]
    LANGUAGE sql STABLE PARALLEL SAFE ROWS 1
BEGIN ATOMIC
    SELECT COALESCE(pg_catalog.array_agg(b.id), '{}') FROM homer.best_hits(hits, total, NULL, NULL, NULL, unwanted, at_most) AS b;
END;
COMMENT ON FUNCTION homer.best_ids(bytea, bigint, integer[], integer) IS 'The ids that homer.best_hits gives, best first.';

-- Asking every hit of which category it is costs two fifths of a question. So the best are asked first, and all others only where too
-- few of these are wanted.
CREATE FUNCTION homer.wanted_of_the_best(
    hits bytea, total bigint, of_categories text[], unwanted integer[], at_most integer
) RETURNS integer[]
    LANGUAGE plpgsql STABLE PARALLEL RESTRICTED AS
$function$
DECLARE
    asked integer;
    best integer[];
    wanted integer[];
    in_reach integer[];
BEGIN
    FOREACH asked IN ARRAY ARRAY[8 OPERATOR(pg_catalog.*) at_most, 64 OPERATOR(pg_catalog.*) at_most] LOOP
        SELECT b.ids INTO best FROM homer.best_ids(hits, total, unwanted, asked) AS b (ids);
        SELECT w.ids INTO wanted FROM homer.wanted_among(best[:asked], of_categories) AS w (ids);
        IF pg_catalog.cardinality(best) OPERATOR(pg_catalog.<) asked THEN
            RETURN wanted;
        END IF;
        -- Those behind them are what newness and importance can lift among them; of 10,000 the newest alone are there.
        IF pg_catalog.cardinality(wanted) OPERATOR(pg_catalog.>=) at_most AND pg_catalog.cardinality(best) OPERATOR(pg_catalog.<) 10000 THEN
            SELECT w.ids INTO in_reach FROM homer.wanted_among(best[asked OPERATOR(pg_catalog.+) 1:], of_categories) AS w (ids);
            RETURN pg_catalog.array_cat(wanted, in_reach);
        END IF;
    END LOOP;
    SELECT w.ids INTO wanted FROM homer.wanted_among(homer.memories_of_hits(hits), of_categories) AS w (ids);
    RETURN wanted;
END
$function$;
COMMENT ON FUNCTION homer.wanted_of_the_best(bytea, bigint, text[], integer[], integer) IS
'The memories of the categories, as far as one of them can be among so many of the best.';

CREATE FUNCTION homer.memories_of_conversation(scopes text[], in_conversation text) RETURNS SETOF integer[]
    LANGUAGE sql STABLE PARALLEL SAFE ROWS 1
BEGIN ATOMIC
    SELECT pg_catalog.array_agg(c.id)
      FROM pg_catalog.unnest(scopes) AS s (scope),
           -- In the order of the index, which leaves the planner no other to read.
           LATERAL (SELECT m.id FROM @extschema@.homer_memories AS m
                     WHERE homer.scope_of(m.user_id) = s.scope AND m.source_conversation_id = in_conversation
                       AND m.is_active IS NOT FALSE
                     ORDER BY m.id::bigint) AS c;
END;
COMMENT ON FUNCTION homer.memories_of_conversation(text[], text) IS 'The memories of the scopes that were learned in a conversation.';

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

CREATE FUNCTION homer.neighbours(memory_ids integer[]) RETURNS SETOF integer[]
    LANGUAGE sql STABLE PARALLEL SAFE ROWS 1
BEGIN ATOMIC
    SELECT pg_catalog.array_agg(
               ARRAY[m.id, COALESCE(n.before[1], 0), COALESCE(n.before[2], 0), COALESCE(n.before[3], 0), COALESCE(n.before[4], 0),
                     COALESCE(n.after[1], 0), COALESCE(n.after[2], 0), COALESCE(n.after[3], 0), COALESCE(n.after[4], 0)])
      FROM @extschema@.homer_memories AS m,
           LATERAL (SELECT ARRAY(SELECT b.id FROM homer.before(m.id, m.source_conversation_id, m.user_id) AS b (id)) AS before,
                           ARRAY(SELECT a.id FROM homer.after(m.id, m.source_conversation_id, m.user_id) AS a (id)) AS after
                    OFFSET 0) AS n
     WHERE m.id = ANY (memory_ids);
END;
COMMENT ON FUNCTION homer.neighbours(integer[]) IS
'Nine numbers for each of the memories: its id, the four before it in its conversation and the four after it, the nearest first, and 0 where there is none.';

CREATE FUNCTION homer.memories_by_id(memory_id integer) RETURNS SETOF @extschema@.homer_relevant_memory
    LANGUAGE sql STABLE PARALLEL SAFE ROWS 1
BEGIN ATOMIC
    SELECT m.id, m.user_id, m.category, m.subject, m.content, m.importance, m.expires_at, m.source_conversation_id,
           m.source_message_id, m.tags, m.metadata, m.is_active, m.created_at, m.updated_at,
           homer.relevance(m.importance, m.category, m.updated_at, m.created_at, homer.utc_now())
      FROM @extschema@.homer_memories AS m WHERE m.id = memory_id;
END;
COMMENT ON FUNCTION homer.memories_by_id(integer) IS 'The memory of this id, and its relevance without a question.';

CREATE FUNCTION homer.parts_of_score(
    hits bytea, total bigint, ids integer[], cosines double precision[], around integer[]
) RETURNS TABLE (word integer, times integer, lender integer, amount double precision, counts double precision)
    LANGUAGE c IMMUTABLE PARALLEL SAFE ROWS 10 AS 'MODULE_PATHNAME', 'parts_of_score_wrapper';
COMMENT ON FUNCTION homer.parts_of_score(bytea, bigint, integer[], double precision[], integer[]) IS
'What makes up the score of a memory: a row for each word that counts, and one without a word for its vector.';

CREATE FUNCTION homer.answers(
    scopes text[], words text[], question_embedding double precision[], of_categories text[], of_tags text[], not_from text, at_most integer
) RETURNS SETOF @extschema@.homer_relevant_memory
    LANGUAGE plpgsql STABLE PARALLEL RESTRICTED AS
$function$
-- The operators are qualified rather than the search path set, which takes 5 us of a call.
DECLARE
    scope record;
    total bigint;
    hits pg_catalog.bytea;
    ids integer[];
    cosines double precision[];
    wanted integer[];
    unwanted integer[];
    -- Ten at least, so that asking for fewer gives the first of what asking for ten gives.
    candidates integer := greatest(at_most, 10);
    around integer[];
    asks_the_best CONSTANT boolean := question_embedding IS NULL AND of_tags IS NULL AND of_categories IS NOT NULL;
BEGIN
    of_categories := homer.category_forms(of_categories);
    SELECT c.own, c.everyones, c.expired INTO scope FROM homer.count_of_memories(scopes) AS c;
    total := scope.own OPERATOR(pg_catalog.+) scope.everyones OPERATOR(pg_catalog.-) scope.expired;
    -- Looking up words that nobody has told everyone takes a twentieth of the time.
    IF scope.everyones OPERATOR(pg_catalog.=) 0 THEN
        scopes := pg_catalog.array_remove(scopes, '');
    END IF;
    words := homer.words_that_count(scopes, words, scope.expired OPERATOR(pg_catalog.=) 0);
    IF of_tags IS NOT NULL AND question_embedding IS NULL THEN
        SELECT h.hits, h.wanted INTO hits, wanted FROM homer.sifted_hits(scopes, words, of_categories, of_tags) AS h;
    ELSE
        hits := homer.hits(scopes, words, scope.expired OPERATOR(pg_catalog.=) 0);
    END IF;
    IF question_embedding IS NOT NULL AND (of_categories IS NOT NULL OR of_tags IS NOT NULL) THEN
        SELECT w.ids INTO wanted FROM homer.wanted_memories(scopes, of_categories, of_tags) AS w (ids);
    END IF;
    IF question_embedding IS NOT NULL THEN
        SELECT COALESCE(c.ids, '{}'), COALESCE(c.cosines, '{}') INTO ids, cosines FROM homer.cosines(scopes, question_embedding) AS c;
    END IF;
    IF not_from IS NOT NULL THEN
        SELECT m.ids INTO unwanted FROM homer.memories_of_conversation(scopes, not_from) AS m (ids);
    END IF;
    IF asks_the_best THEN
        wanted := homer.wanted_of_the_best(hits, total, of_categories, unwanted, candidates);
    END IF;
    SELECT s.around INTO around
      FROM homer.candidates(hits, total, ids, cosines, wanted, unwanted, candidates) AS c (ids),
           homer.neighbours(c.ids) AS s (around);
    IF around IS NULL THEN
        RETURN;
    END IF;
    IF asks_the_best THEN
        -- What stands around them may answer better still with what they lend it.
        SELECT pg_catalog.array_cat(wanted, w.ids) INTO wanted
          FROM homer.wanted_among(around, of_categories) AS w (ids);
    END IF;
    RETURN QUERY
        SELECT m.id, m.user_id, m.category, m.subject, m.content, m.importance, m.expires_at, m.source_conversation_id,
               m.source_message_id, m.tags, m.metadata, m.is_active, m.created_at, m.updated_at,
               s.score OPERATOR(pg_catalog.*) homer.factor(m.relevance) AS relevance
          FROM homer.scores_with_neighbours(hits, total, ids, cosines, wanted, unwanted, around, at_most) AS s,
               homer.memories_by_id(s.id) AS m
         -- Never another user's, whatever the index says.
         WHERE homer.scope_of(m.user_id) OPERATOR(pg_catalog.=) ANY (scopes)
         ORDER BY relevance DESC, m.id DESC
         LIMIT at_most;
END
$function$;
COMMENT ON FUNCTION homer.answers(text[], text[], double precision[], text[], text[], text, integer) IS
'The memories of the scopes that answer a question of these words, and of this vector where there is one, best first.';
