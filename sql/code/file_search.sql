-- Files that a user may see: the newest, or those that answer a question by the words of their name, description, tags
-- and text. Words, keys and scores are those of memories; docs/files.md says what is indexed of a long text, and what a call
-- costs.

CREATE FUNCTION homer.file_keys(
    uploaded_by text, is_shared boolean, original_name text, description text, tags jsonb, beginning text
) RETURNS uuid[]
    LANGUAGE c IMMUTABLE LEAKPROOF PARALLEL SAFE COST 10000 AS 'MODULE_PATHNAME', 'file_keys_wrapper';
COMMENT ON FUNCTION homer.file_keys(text, boolean, text, text, jsonb, text) IS
'The words of a file, each hashed together with who owns it, and of a published file once more as everyone''s.';

-- A leakproof function, which row security lets look at a row before the policy does: it never raises, whatever it is given.

CREATE FUNCTION homer.substr(value text, start integer, length integer) RETURNS text
    LANGUAGE c IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE AS 'MODULE_PATHNAME', 'substr_wrapper';
COMMENT ON FUNCTION homer.substr(text, integer, integer) IS 'A part of a text; of a length below zero an empty one.';

CREATE FUNCTION homer.pack_hits(place integer, ids integer[]) RETURNS bytea
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'pack_hits_wrapper';
COMMENT ON FUNCTION homer.pack_hits(integer, integer[]) IS
'That these files hold what stands at a place of the question, as bytes for homer.scored_hits: half the cost of an array.';

CREATE FUNCTION homer.scored_hits(hits bytea, total bigint) RETURNS TABLE (id integer, score double precision)
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE ROWS 100 AS 'MODULE_PATHNAME', 'scored_hits_wrapper';
COMMENT ON FUNCTION homer.scored_hits(bytea, bigint) IS 'The scores, by their own words, of all that hits are of, best first.';

-- Inlined into the statements that call them.

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

CREATE FUNCTION homer.count_of_files(user_id text) RETURNS SETOF bigint
    LANGUAGE sql STABLE PARALLEL SAFE ROWS 1
BEGIN ATOMIC
    SELECT (SELECT pg_catalog.count(*) FROM @extschema@.homer_files AS f WHERE f.is_shared)
         + (SELECT pg_catalog.count(*) FROM @extschema@.homer_files AS f
             WHERE f.uploaded_by = count_of_files.user_id AND f.is_shared IS NOT TRUE)
         + (SELECT pg_catalog.count(*) FROM homer.files_shared_with(count_of_files.user_id) AS f
             WHERE f.uploaded_by <> count_of_files.user_id AND f.is_shared IS NOT TRUE);
END;
COMMENT ON FUNCTION homer.count_of_files(text) IS 'How many files the user may see.';

CREATE FUNCTION homer.file_scopes(user_id text) RETURNS SETOF text[]
    LANGUAGE sql STABLE PARALLEL SAFE ROWS 1
BEGIN ATOMIC
    SELECT pg_catalog.array_cat(
               pg_catalog.array_remove(ARRAY[user_id, ''], NULL),
               ARRAY(SELECT DISTINCT f.uploaded_by FROM homer.files_shared_with(file_scopes.user_id) AS f));
END;
COMMENT ON FUNCTION homer.file_scopes(text) IS
'Under whose words the files lie that the user may see: the user''s, everyone''s, and those of each owner who shares with the user.';

CREATE FUNCTION homer.file_holders(user_id text, scopes text[], word text, repeated boolean) RETURNS SETOF integer
    LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT f.id FROM @extschema@.homer_files AS f
     WHERE homer.file_keys(f.uploaded_by, f.is_shared, f.original_name, f.description, f.tags,
                           homer.substr(f.extracted_text, 1, 200000))
           OPERATOR(homer.&&) homer.keys_of_word(scopes, word, repeated)
       AND homer.may_see(file_holders.user_id, f.uploaded_by, f.is_shared, f.shared_with);
END;
COMMENT ON FUNCTION homer.file_holders(text, text[], text, boolean) IS
'The files that the user may see and that hold a word, or that repeat it.';

CREATE FUNCTION homer.rarest_file_words(user_id text, scopes text[], words text[]) RETURNS SETOF text[]
    LANGUAGE sql STABLE PARALLEL SAFE ROWS 1
BEGIN ATOMIC
    SELECT pg_catalog.array_agg(r.word)
      FROM (SELECT w.word FROM ROWS FROM (pg_catalog.unnest(words)) WITH ORDINALITY AS w (word, place),
                   LATERAL (SELECT pg_catalog.count(*) AS held
                              FROM (SELECT FROM @extschema@.homer_files AS f
                                     WHERE homer.file_keys(f.uploaded_by, f.is_shared, f.original_name, f.description, f.tags,
                                                           homer.substr(f.extracted_text, 1, 200000))
                                           OPERATOR(homer.&&) homer.all_keys_of_word(scopes, w.word)
                                       AND homer.may_see(rarest_file_words.user_id, f.uploaded_by, f.is_shared, f.shared_with)
                                     LIMIT 200) AS h OFFSET 0) AS h
             WHERE h.held > 0
             ORDER BY w.word LIKE ' %', h.held, w.place
             LIMIT 128) AS r;
END;
COMMENT ON FUNCTION homer.rarest_file_words(text, text[], text[]) IS
'Of the words of a long question those that the fewest files hold that the user may see, 128 at most.';

CREATE FUNCTION homer.file_hits(user_id text, scopes text[], words text[]) RETURNS TABLE (total bigint, hits bytea)
    LANGUAGE sql STABLE PARALLEL SAFE ROWS 1
BEGIN ATOMIC
    SELECT (SELECT c.files FROM homer.count_of_files(file_hits.user_id) AS c (files)),
           pg_catalog.string_agg(
               homer.pack_hits(p.place, ARRAY(SELECT h.id FROM homer.file_holders(file_hits.user_id, scopes, p.word, p.repeated) AS h (id))), '')
      FROM homer.places_of_words(words) AS p;
END;
COMMENT ON FUNCTION homer.file_hits(text, text[], text[]) IS
'Which of the files that the user may see hold which of the words, as homer.pack_hits packs them, with the places of homer.places_of_words, and how many files the user may see.';

CREATE FUNCTION homer.question_for_files(user_id text, query text, OUT scopes text[], OUT words text[])
    LANGUAGE plpgsql STABLE PARALLEL RESTRICTED AS
$function$
BEGIN
    words := COALESCE(homer.question_words(query), '{}');
    SELECT s.scopes INTO scopes FROM homer.file_scopes(question_for_files.user_id) AS s (scopes);
    IF COALESCE(pg_catalog.array_length(words, 1), 0) OPERATOR(pg_catalog.>) 128 THEN
        words := COALESCE((SELECT r.words FROM homer.rarest_file_words(question_for_files.user_id, scopes, words) AS r (words)), '{}');
    ELSIF pg_catalog.array_ndims(words) IS NULL THEN
        words := homer.question_names(query);
        IF COALESCE((SELECT h.hits FROM homer.file_hits(question_for_files.user_id, scopes, words) AS h), '') OPERATOR(pg_catalog.=) '' THEN
            words := '{}';
        END IF;
    END IF;
END
$function$;
COMMENT ON FUNCTION homer.question_for_files(text, text) IS
'Under whose words the files lie that the user may see, and the words of a question that can count in them: all, of more than 128 the rarest, and of one that has none worth searching its names, if a file holds one of them.';

CREATE FUNCTION homer.page_of_answers(hits bytea, total bigint, after text, at_most integer)
    RETURNS SETOF @extschema@.homer_accessible_file
    LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    WITH ranked AS MATERIALIZED (
        SELECT f.id, f.file_id,
               s.score + 0.01 * LEAST(homer.relevance(NULL, 'file', f.created_at, f.created_at, homer.utc_now()), 10) AS relevance
          FROM homer.scored_hits(hits, total) AS s,
               LATERAL (SELECT o.id, o.file_id, o.created_at FROM @extschema@.homer_files AS o WHERE o.id = s.id) AS f
    ), page AS MATERIALIZED (
        SELECT r.id, r.relevance FROM ranked AS r
         WHERE after IS NULL
            OR (r.relevance, r.id) < (SELECT l.relevance, l.id FROM ranked AS l WHERE l.file_id = after)
         ORDER BY r.relevance DESC, r.id DESC LIMIT at_most
    )
    SELECT f.id, f.file_id, f.uploaded_by, f.original_name, f.mime_type, f.file_size, f.storage_path, f.storage_type,
           f.description, f.tags, f.is_shared, f.shared_with, f.created_at, f.updated_at, p.relevance
      FROM page AS p, @extschema@.homer_files AS f
     WHERE f.id = p.id
     ORDER BY p.relevance DESC, p.id DESC;
END;
COMMENT ON FUNCTION homer.page_of_answers(bytea, bigint, text, integer) IS
'The files that hits are of, best first, from behind a file on.';

CREATE FUNCTION homer.answering_files(user_id text, scopes text[], words text[], after text, at_most integer)
    RETURNS SETOF @extschema@.homer_accessible_file
    LANGUAGE plpgsql STABLE PARALLEL RESTRICTED
AS $function$
DECLARE
    hits record;
BEGIN
    SELECT h.total, h.hits INTO hits
      FROM homer.file_hits(answering_files.user_id, scopes, words) AS h;
    RETURN QUERY SELECT p.* FROM homer.page_of_answers(hits.hits, hits.total, after, at_most) AS p;
END
$function$;
COMMENT ON FUNCTION homer.answering_files(text, text[], text[], text, integer) IS
'The files that the user may see and that answer a question of these words, best first, from behind a file on.';

CREATE FUNCTION homer.newest_page(user_id text, before timestamp, before_id integer, at_most integer)
    RETURNS SETOF @extschema@.homer_accessible_file
    LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT DISTINCT ON (homer.moment_of_file(f.created_at), f.id)
           f.id, f.file_id, f.uploaded_by, f.original_name, f.mime_type, f.file_size, f.storage_path, f.storage_type,
           f.description, f.tags, f.is_shared, f.shared_with, f.created_at, f.updated_at, f.relevance
      FROM homer.newest_files(newest_page.user_id, before, before_id, at_most) AS f
     ORDER BY homer.moment_of_file(f.created_at) DESC, f.id DESC LIMIT at_most;
END;
COMMENT ON FUNCTION homer.newest_page(text, timestamp, integer, integer) IS
'The newest files before a moment that the user may see, each once.';

-- For a prompt, a user's own files come first, then those that others share with them, and then what is published. Of the places, half
-- are kept for the own files, and half for those that are shared, as long as there are such: neither hides the other.

CREATE FUNCTION homer.class_of_file(user_id text, uploaded_by text, shared_with jsonb) RETURNS integer
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN CASE WHEN uploaded_by = user_id THEN 1 WHEN pg_catalog.jsonb_exists(shared_with, user_id) THEN 2 ELSE 3 END;
COMMENT ON FUNCTION homer.class_of_file(text, text, jsonb) IS
'1 for a file of the user''s own, 2 for one that is shared with the user by name, 3 for another, which is published.';

CREATE FUNCTION homer.answers_at_hand(user_id text, hits bytea, total bigint, at_most integer) RETURNS SETOF integer
    LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT chosen.id
      FROM (SELECT r.id, r.class, r.place
              FROM (SELECT f.id, f.class, pg_catalog.row_number() OVER (
                               PARTITION BY f.class ORDER BY
                               s.score + 0.01 * LEAST(homer.relevance(NULL, 'file', f.created_at, f.created_at, homer.utc_now()), 10) DESC,
                               f.id DESC) AS place
                      FROM homer.scored_hits(hits, total) AS s,
                           LATERAL (SELECT o.id, o.created_at,
                                           homer.class_of_file(answers_at_hand.user_id, o.uploaded_by, o.shared_with) AS class
                                      FROM @extschema@.homer_files AS o WHERE o.id = s.id) AS f) AS r
             ORDER BY r.class = 3, r.place > at_most / 2, r.class, r.place LIMIT at_most) AS chosen
     ORDER BY chosen.class, chosen.place;
END;
COMMENT ON FUNCTION homer.answers_at_hand(text, bytea, bigint, integer) IS
'The files that hits are of: the user''s own, those shared with them, and published ones, each best first.';

CREATE FUNCTION homer.newest_at_hand(user_id text, at_most integer) RETURNS SETOF integer
    LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT chosen.id
      FROM (SELECT r.id, r.class, r.place
              FROM (SELECT f.id, f.class, pg_catalog.row_number() OVER (
                               PARTITION BY f.class ORDER BY homer.moment_of_file(f.created_at) DESC, f.id DESC) AS place
                      FROM (SELECT DISTINCT n.id, n.created_at,
                                   homer.class_of_file(newest_at_hand.user_id, n.uploaded_by, n.shared_with) AS class
                              FROM homer.newest_files(newest_at_hand.user_id, 'infinity', 2147483647, at_most) AS n) AS f) AS r
             ORDER BY r.class = 3, r.place > at_most / 2, r.class, r.place LIMIT at_most) AS chosen
     ORDER BY chosen.class, chosen.place;
END;
COMMENT ON FUNCTION homer.newest_at_hand(text, integer) IS
'The newest files that the user may see: the user''s own, those shared with them, and published ones.';

CREATE FUNCTION homer.files_at_hand(user_id text, query text, at_most integer) RETURNS TABLE (id integer, place bigint)
    LANGUAGE plpgsql STABLE PARALLEL RESTRICTED ROWS 10
    -- As homer_accessible_files.
    SET enable_seqscan = off
    SET enable_sort = off
    SET jit = off
    SET plan_cache_mode = force_generic_plan
AS $function$
#variable_conflict use_column
DECLARE
    scopes pg_catalog.text[];
    question_words pg_catalog.text[] := '{}';
    hits record;
BEGIN
    IF query IS NOT NULL THEN
        SELECT q.scopes, q.words INTO scopes, question_words FROM homer.question_for_files(files_at_hand.user_id, query) AS q;
    END IF;
    IF pg_catalog.array_ndims(question_words) IS NULL THEN
        RETURN QUERY SELECT n.id, pg_catalog.row_number() OVER () FROM homer.newest_at_hand(files_at_hand.user_id, at_most) AS n (id);
        RETURN;
    END IF;
    SELECT h.total, h.hits INTO hits
      FROM homer.file_hits(files_at_hand.user_id, scopes, question_words) AS h;
    IF COALESCE(pg_catalog.octet_length(hits.hits), 0) OPERATOR(pg_catalog.=) 0 THEN
        RETURN;
    END IF;
    RETURN QUERY SELECT a.id, pg_catalog.row_number() OVER ()
                   FROM homer.answers_at_hand(files_at_hand.user_id, hits.hits, hits.total, at_most) AS a (id);
END
$function$;
COMMENT ON FUNCTION homer.files_at_hand(text, text, integer) IS
'The files for a prompt in their order: those that answer the question, or without one the newest, and what everyone is shown last.';

CREATE FUNCTION @extschema@.homer_accessible_files(
    user_id text,
    "limit" integer DEFAULT 20,
    query text DEFAULT NULL,
    after text DEFAULT NULL
) RETURNS SETOF @extschema@.homer_accessible_file
    LANGUAGE plpgsql STABLE PARALLEL RESTRICTED ROWS 20
    -- As in homer_relevant_memories: the statements are fast by their indexes alone.
    SET enable_seqscan = off
    SET enable_sort = off
    SET jit = off
    SET plan_cache_mode = force_generic_plan
AS $function$
#variable_conflict use_column
DECLARE
    at_most pg_catalog.int4 := COALESCE("limit", 20);
    scopes pg_catalog.text[];
    question_words pg_catalog.text[] := '{}';
    before pg_catalog.timestamp := 'infinity';
    before_id pg_catalog.int4 := 2147483647;
BEGIN
    IF NOT (homer.check_user_or_everyone(homer_accessible_files.user_id) AND homer.check_acts_for(homer_accessible_files.user_id)
            AND homer.check_limit(at_most)) THEN
        RETURN;
    END IF;
    IF after IS NOT NULL THEN
        after := homer.stored_file_id(after);
        SELECT homer.moment_of_file(f.created_at), f.id INTO before, before_id
          FROM @extschema@.homer_files AS f
         WHERE f.file_id OPERATOR(pg_catalog.=) after
           AND homer.may_see(homer_accessible_files.user_id, f.uploaded_by, f.is_shared, f.shared_with);
        IF NOT FOUND THEN
            PERFORM homer.refuse('unknown_file', pg_catalog.jsonb_build_object('file_id', after));
        END IF;
    END IF;
    IF query IS NOT NULL THEN
        SELECT q.scopes, q.words INTO scopes, question_words FROM homer.question_for_files(homer_accessible_files.user_id, query) AS q;
    END IF;
    IF pg_catalog.array_ndims(question_words) IS NOT NULL THEN
        RETURN QUERY SELECT a.* FROM homer.answering_files(homer_accessible_files.user_id, scopes, question_words, after, at_most) AS a;
    ELSE
        RETURN QUERY SELECT n.* FROM homer.newest_page(homer_accessible_files.user_id, before, before_id, at_most) AS n;
    END IF;
END
$function$;
COMMENT ON FUNCTION @extschema@.homer_accessible_files(text, integer, text, text) IS
'The files that the user owns, has shared with them, or that are published, newest first; with a query, those that hold one of its words in name, description, tags or text, by how well they answer it. A null user sees what is published. after names the last file of the page before.';
