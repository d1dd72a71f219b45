-- Vectors of memories, for those who have a model that makes them. They arrive as double precision[], as drivers send lists of
-- floats, and are kept as 4-byte floats, which is more than a model's numbers say.

-- PL/pgSQL keeps its plan for the session; every question with a vector asks this first.
CREATE FUNCTION homer.embedding_dimensions() RETURNS integer
    LANGUAGE plpgsql STABLE PARALLEL SAFE AS
$function$
BEGIN
    RETURN (SELECT l.dimensions FROM homer.embedding_length AS l);
END
$function$;
COMMENT ON FUNCTION homer.embedding_dimensions() IS 'How many numbers a stored vector has; null where embeddings are not enabled.';

CREATE FUNCTION homer.check_question_embedding(query_embedding double precision[]) RETURNS boolean
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN query_embedding IS NULL OR homer.check_embedding('query_embedding', query_embedding, homer.embedding_dimensions());
COMMENT ON FUNCTION homer.check_question_embedding(double precision[]) IS 'Refuses a vector of a question that cannot be compared with those that are stored.';

CREATE FUNCTION homer.vector(numbers double precision[]) RETURNS real[]
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'vector_wrapper';
COMMENT ON FUNCTION homer.vector(double precision[]) IS 'A vector as it is stored: 4-byte floats, what is too small for one being 0.';

CREATE FUNCTION homer.vector_code(embedding real[]) RETURNS bytea
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'vector_code_wrapper';
COMMENT ON FUNCTION homer.vector_code(real[]) IS
'A vector in a fifteenth of its bytes, from which a cosine with it is estimated; empty for one without a direction.';

CREATE FUNCTION homer.cosine(embedding real[], length double precision, question real[], length_of_question double precision)
    RETURNS double precision
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'cosine_wrapper';
COMMENT ON FUNCTION homer.cosine(real[], double precision, real[], double precision) IS
'The cosine of two vectors whose lengths are known; NaN where they are not equally long.';

CREATE FUNCTION homer.text_to_embed(subject text, content text) RETURNS text
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN pg_catalog.concat_ws(': ', NULLIF(subject, ''), NULLIF(content, ''));
COMMENT ON FUNCTION homer.text_to_embed(text, text) IS 'The text that a memory''s vector stands for: its subject and content.';

CREATE FUNCTION homer.text_hash(user_id text, subject text, content text) RETURNS bigint
    LANGUAGE c IMMUTABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'text_hash_wrapper';
COMMENT ON FUNCTION homer.text_hash(text, text, text) IS
'What a vector is stored with, so that it does not count any more once the text has changed, or whose it is.';

CREATE FUNCTION homer.length_of(embedding real[]) RETURNS double precision
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'length_of_wrapper';
COMMENT ON FUNCTION homer.length_of(real[]) IS 'The length of a vector: the root of the sum of its squares.';

CREATE FUNCTION homer.embeddable_memories(scopes text[]) RETURNS TABLE (id integer, user_id text, subject text, content text)
    LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT o.id, o.user_id, o.subject, o.content FROM @extschema@.homer_memories AS o
     WHERE o.user_id = ANY (scopes) AND homer.is_active_for_users(o.is_active)
       AND (o.expires_at IS NULL OR o.expires_at > homer.utc_now())
    UNION ALL
    SELECT g.id, g.user_id, g.subject, g.content FROM @extschema@.homer_memories AS g
     WHERE g.user_id IS NULL AND '' = ANY (scopes) AND homer.is_active_for_users(g.is_active)
       AND (g.expires_at IS NULL OR g.expires_at > homer.utc_now());
END;
COMMENT ON FUNCTION homer.embeddable_memories(text[]) IS 'The memories of the scopes that are active and not expired.';

CREATE FUNCTION homer.newest_memories() RETURNS SETOF integer
    LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT m.id FROM @extschema@.homer_memories AS m ORDER BY m.id DESC LIMIT 1000;
END;
COMMENT ON FUNCTION homer.newest_memories() IS 'The newest thousand memories, active or not.';

CREATE FUNCTION homer.memories_to_embed(from_id integer, to_id integer)
    RETURNS TABLE (id integer, user_id text, subject text, content text)
    LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT m.id, m.user_id, m.subject, m.content
      FROM @extschema@.homer_memories AS m
     WHERE m.id BETWEEN from_id AND to_id
       AND m.is_active IS NOT FALSE AND (m.expires_at IS NULL OR m.expires_at > homer.utc_now());
END;
COMMENT ON FUNCTION homer.memories_to_embed(integer, integer) IS 'The memories of these ids that are active and not expired.';

-- What src/memories asks where it does not read the codes by itself.
CREATE FUNCTION homer.cosines(scopes text[], question real[]) RETURNS double precision[]
    LANGUAGE plpgsql STABLE PARALLEL SAFE AS
$function$
BEGIN
    RETURN (
        SELECT pg_catalog.array_agg(n.number ORDER BY n.memory_id, n.place)
          FROM (SELECT v.memory_id, homer.cosine(v.embedding, v.length, question, (SELECT homer.length_of(question))) AS cosine
                  FROM homer.embeddable_memories(scopes) AS m
                  JOIN homer.memory_embeddings AS v ON v.memory_id OPERATOR(pg_catalog.=) m.id
                 WHERE v.text_hash OPERATOR(pg_catalog.=) homer.text_hash(m.user_id, m.subject, m.content)) AS c,
               LATERAL (VALUES (c.memory_id, 1, c.memory_id::pg_catalog.float8), (c.memory_id, 2, c.cosine))
                   AS n (memory_id, place, number));
END
$function$;
COMMENT ON FUNCTION homer.cosines(text[], real[]) IS
'The memories of the scopes that have a vector of their text, each followed by its cosine with that of a question.';

CREATE FUNCTION @extschema@.homer_enable_embeddings(dimensions integer, replace boolean DEFAULT false) RETURNS void
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
AS $function$
#variable_conflict use_variable
DECLARE
    known CONSTANT pg_catalog.int4 := homer.embedding_dimensions();
BEGIN
    PERFORM homer.check_acts_for_all('homer_enable_embeddings');
    PERFORM homer.check_dimensions(dimensions);
    IF known OPERATOR(pg_catalog.=) dimensions AND NOT COALESCE(replace, false) THEN
        RETURN;
    ELSIF known IS NOT NULL AND NOT COALESCE(replace, false) THEN
        PERFORM homer.refuse('other_dimensions', pg_catalog.jsonb_build_object('dimensions', known, 'wanted', dimensions));
    END IF;
    DELETE FROM homer.memory_embeddings;
    DELETE FROM homer.embedding_length;
    INSERT INTO homer.embedding_length (dimensions) VALUES (dimensions);
END
$function$;
COMMENT ON FUNCTION @extschema@.homer_enable_embeddings(integer, boolean) IS
'Says how many numbers the vectors of your model have. A second call with the same number changes nothing; with replace => true the vectors that are stored are removed, so that those of another model can be.';

CREATE FUNCTION @extschema@.homer_set_embedding(memory_id integer, embedding double precision[]) RETURNS void
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
AS $function$
#variable_conflict use_column
DECLARE
    numbers pg_catalog.float4[];
BEGIN
    IF homer_set_embedding.memory_id IS NULL THEN
        PERFORM homer.refuse('null', '{"parameter": "memory_id"}');
    END IF;
    -- As conditions, which take less than statements.
    IF homer.check_acts()
       AND homer.check_embedding('embedding', homer_set_embedding.embedding, homer.embedding_dimensions()) THEN
        numbers := homer.vector(homer_set_embedding.embedding);
        INSERT INTO homer.memory_embeddings AS e (memory_id, user_id, embedding, length, text_hash)
        SELECT m.id, m.user_id, numbers, homer.length_of(numbers), homer.text_hash(m.user_id, m.subject, m.content)
          FROM @extschema@.homer_memories AS m
         WHERE m.id OPERATOR(pg_catalog.=) homer_set_embedding.memory_id
           AND (m.user_id IS NOT NULL AND homer.acts_for_anyone() OR homer.check_may_decide_for(m.user_id))
        ON CONFLICT (memory_id) DO UPDATE
           SET user_id = EXCLUDED.user_id, embedding = EXCLUDED.embedding, length = EXCLUDED.length, text_hash = EXCLUDED.text_hash;
    END IF;
    IF NOT FOUND THEN
        IF homer.is_active_memory(homer_set_embedding.memory_id) IS NOT NULL THEN
            PERFORM homer.refuse('not_stored', '{"what": "vector"}');
        END IF;
    END IF;
END
$function$;
COMMENT ON FUNCTION @extschema@.homer_set_embedding(integer, double precision[]) IS
'Stores the vector of a memory, in place of the one it had. It counts as long as the memory''s subject and content stay as they are.';

CREATE FUNCTION @extschema@.homer_unembedded_memories("limit" integer DEFAULT 100) RETURNS TABLE (id integer, text text)
    LANGUAGE plpgsql STABLE PARALLEL UNSAFE ROWS 100
    -- Both tables are read along their primary keys from the newest memory on, whatever is known of their sizes: the memories by
    -- their rows, the vectors by the index alone.
    SET enable_seqscan = off
    SET enable_sort = off
    SET enable_hashjoin = off
    SET enable_nestloop = off
    SET jit = off
    SET plan_cache_mode = force_generic_plan
AS $function$
#variable_conflict use_column
DECLARE
    still_wanted pg_catalog.int4 := COALESCE("limit", 100);
    found_now pg_catalog.int4;
    oldest_new pg_catalog.int4;
    oldest_embedded pg_catalog.int4;
    this_minute pg_catalog.text := pg_catalog.to_char(pg_catalog.timezone('UTC', pg_catalog.clock_timestamp()), 'YYYY-MM-DD HH24:MI');
BEGIN
    PERFORM homer.check_acts_for_all('homer_unembedded_memories'), homer.check_limit(still_wanted);
    IF homer.embedding_dimensions() IS NULL THEN
        PERFORM homer.refuse('no_embeddings', '{}');
    END IF;
    -- Of the newest thousand each is looked at.
    oldest_new := (SELECT pg_catalog.min(n.id) FROM homer.newest_memories() AS n (id));
    RETURN QUERY
        SELECT m.id, homer.text_to_embed(m.subject, m.content)
          FROM homer.memories_to_embed(oldest_new, 2147483647) AS m
         WHERE COALESCE((SELECT e.text_hash FROM homer.memory_embeddings AS e WHERE e.memory_id OPERATOR(pg_catalog.=) m.id)
                        OPERATOR(pg_catalog.<>) homer.text_hash(m.user_id, m.subject, m.content), true)
         ORDER BY m.id DESC LIMIT still_wanted;
    GET DIAGNOSTICS found_now = ROW_COUNT;
    still_wanted := still_wanted OPERATOR(pg_catalog.-) found_now;
    oldest_embedded := COALESCE((SELECT pg_catalog.min(e.memory_id) FROM homer.memory_embeddings AS e), oldest_new);
    -- Between these and the oldest that has a vector all have one as a rule, so that they are compared once a minute, and again
    -- while there is more to find than was wanted.
    IF still_wanted OPERATOR(pg_catalog.>) 0
       AND NOT homer.is_same_text(pg_catalog.current_setting('homer.vectors_compared_in', true), this_minute) THEN
        RETURN QUERY
            SELECT m.id, homer.text_to_embed(m.subject, m.content)
              FROM homer.memories_to_embed(oldest_embedded, oldest_new OPERATOR(pg_catalog.-) 1) AS m
                   LEFT JOIN (SELECT v.memory_id, v.text_hash FROM homer.memory_embeddings AS v
                               WHERE v.memory_id OPERATOR(pg_catalog.>=) oldest_embedded
                                 AND v.memory_id OPERATOR(pg_catalog.<) oldest_new) AS e ON e.memory_id OPERATOR(pg_catalog.=) m.id
             WHERE COALESCE(e.text_hash OPERATOR(pg_catalog.<>) homer.text_hash(m.user_id, m.subject, m.content), true)
             ORDER BY m.id DESC LIMIT still_wanted;
        GET DIAGNOSTICS found_now = ROW_COUNT;
        still_wanted := still_wanted OPERATOR(pg_catalog.-) found_now;
        IF still_wanted OPERATOR(pg_catalog.>) 0 THEN
            PERFORM pg_catalog.set_config('homer.vectors_compared_in', this_minute, false);
        END IF;
    END IF;
    -- What is older still has none.
    RETURN QUERY
        SELECT m.id, homer.text_to_embed(m.subject, m.content)
          FROM homer.memories_to_embed(-2147483648, LEAST(oldest_embedded, oldest_new) OPERATOR(pg_catalog.-) 1) AS m
         ORDER BY m.id DESC LIMIT still_wanted;
END
$function$;
COMMENT ON FUNCTION @extschema@.homer_unembedded_memories(integer) IS
'The memories that have no vector yet or whose text has changed since, newest first, and the text to embed. A change of a text among all but the newest thousand is found within a minute.';
