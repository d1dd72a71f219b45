-- What the assistant has learned: stored by homer_remember, retired by homer_forget, ranked by homer_relevant_memories.

CREATE FUNCTION homer.check_memory(
    user_id text, category text, subject text, content text, importance integer, expires_at timestamptz, tags jsonb, metadata jsonb,
    conversation_id text, message_id text
) RETURNS boolean
    LANGUAGE sql VOLATILE PARALLEL RESTRICTED
    RETURN (user_id IS NULL OR homer.check_id('user_id', user_id))
       AND homer.check_may_decide_for(user_id)
       AND homer.check_id('category', category)
       AND homer.check_bytes('subject', subject, 10240)
       AND homer.check_bytes('content', content, 1048576)
       AND homer.check_says_something(subject, content)
       AND homer.check_importance(importance)
       AND homer.check_expiry(expires_at, pg_catalog.now())
       AND homer.check_strings('tags', tags)
       AND homer.check_bytes('tags', tags::text, 65536)
       AND homer.check_object('metadata', metadata)
       AND homer.check_bytes('metadata', homer.counted_metadata(metadata), 65536)
       AND homer.check_due_in(category, metadata)
       AND (conversation_id IS NULL OR homer.check_id('source_conversation_id', conversation_id))
       AND homer.check_bytes('source_message_id', message_id, 1000);
COMMENT ON FUNCTION homer.check_memory(text, text, text, text, integer, timestamptz, jsonb, jsonb, text, text) IS
'Refuses what cannot be a memory.';

CREATE FUNCTION homer.given_metadata(metadata jsonb) RETURNS jsonb
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    -- homer_confirmed_by is homer's own key.
    RETURN CASE WHEN metadata IS NULL THEN '{}' WHEN pg_catalog.jsonb_exists(metadata, 'homer_confirmed_by') THEN metadata - 'homer_confirmed_by'::text ELSE metadata END;
COMMENT ON FUNCTION homer.given_metadata(jsonb) IS 'Metadata as a caller may give them: an object, and nothing under the key that homer keeps.';

CREATE FUNCTION homer.known_category(category text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN CASE WHEN homer.slot(category) = 0 THEN category ELSE homer.category_form(category) END;
COMMENT ON FUNCTION homer.known_category(text) IS
'A category as it is stored: one of the six as homer writes it, however it was written; any other word as it is.';

CREATE FUNCTION @extschema@.homer_remember(
    user_id text,
    category text,
    subject text,
    content text,
    importance integer DEFAULT 5,
    expires_at timestamptz DEFAULT NULL,
    tags text[] DEFAULT '{}',
    metadata jsonb DEFAULT '{}',
    source_conversation_id text DEFAULT NULL,
    source_message_id text DEFAULT NULL,
    supersedes integer DEFAULT NULL,
    embedding double precision[] DEFAULT NULL,
    OUT id integer,
    OUT outcome text
)
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE AS $function$
#variable_conflict use_column
DECLARE
    strings pg_catalog.jsonb := pg_catalog.to_jsonb(COALESCE(homer_remember.tags, '{}'));
    expiry pg_catalog.timestamp := pg_catalog.timezone('UTC', homer_remember.expires_at);
    stored_category pg_catalog.text := homer.known_category(homer_remember.category);
    due pg_catalog.timestamp;
    statement pg_catalog.text;
    exact pg_catalog.text;
    known record;
    tried_id pg_catalog.int4;
BEGIN
    importance := COALESCE(homer_remember.importance, 5);
    metadata := homer.given_metadata(homer_remember.metadata);
    IF NOT homer.check_memory(user_id, stored_category, subject, content, importance, expires_at, strings, metadata,
                              source_conversation_id, source_message_id) THEN
        RETURN;
    END IF;
    IF embedding IS NOT NULL THEN
        PERFORM homer.check_embedding('embedding', embedding, homer.embedding_dimensions());
    END IF;
    statement := homer.statement(subject, content);
    exact := homer.exact_tokens(subject, content);
    due := homer.due_moment(stored_category, metadata);
    IF NOT (homer.lock_user(user_id)
            AND homer.check_statements_are_current(ARRAY[user_id], ARRAY[statement], ARRAY[exact], ARRAY[due])) THEN
        RETURN;
    END IF;

    LOOP
        SELECT k.refusal_id, k.memory_id INTO known
          FROM homer.known(homer_remember.user_id, statement, exact, due, homer_remember.supersedes) AS k;
        IF known.refusal_id IS NOT NULL THEN
            id := known.refusal_id;
            outcome := 'rejected';
            RETURN;
        END IF;
        EXIT WHEN known.memory_id IS NULL;
        id := homer.confirm(known.memory_id, importance, expiry, strings, metadata, source_conversation_id, source_message_id);
        -- An application may have just retired it: then look again. If it is still there, a trigger or a policy kept it.
        EXIT WHEN id IS NOT NULL;
        IF known.memory_id OPERATOR(pg_catalog.=) tried_id THEN
            PERFORM homer.refuse('not_stored', '{"what": "memory"}');
        END IF;
        tried_id := known.memory_id;
    END LOOP;
    outcome := 'confirmed';
    IF supersedes IS NOT NULL THEN
        PERFORM homer.retire_superseded(supersedes, user_id);
    END IF;

    IF id IS NULL THEN
        INSERT INTO @extschema@.homer_memories AS m (
            user_id, category, subject, content, importance, expires_at, tags, metadata,
            source_conversation_id, source_message_id, created_at, updated_at)
        VALUES (homer_remember.user_id, stored_category, homer_remember.subject, homer_remember.content,
                homer_remember.importance, expiry, strings, homer_remember.metadata,
                homer_remember.source_conversation_id, homer_remember.source_message_id,
                homer.utc_now(), homer.utc_now())
        RETURNING m.id INTO id;
        IF id IS NULL THEN
            PERFORM homer.refuse('not_stored', '{"what": "memory"}');
        END IF;
        outcome := 'added';
    END IF;

    IF supersedes IS NOT NULL THEN
        PERFORM homer.link(supersedes, id);
        outcome := 'superseded';
    END IF;
    IF embedding IS NOT NULL THEN
        PERFORM @extschema@.homer_set_embedding(id, embedding);
    END IF;
END
$function$;
COMMENT ON FUNCTION @extschema@.homer_remember(text, text, text, text, integer, timestamptz, text[], jsonb, text, text, integer, double precision[]) IS
'Stores a memory of the user, or of everyone where user_id is null. Returns its id and the outcome: added; confirmed, where the same content was there in any spelling and is refreshed; superseded, where it replaced the memory that supersedes names; or rejected, where the user has refused this content: nothing is stored, and the id is the refusal''s.';

CREATE FUNCTION homer.is_active_memory(memory_id integer) RETURNS boolean
    LANGUAGE plpgsql STABLE PARALLEL RESTRICTED AS
$function$
DECLARE
    found_one record;
BEGIN
    IF memory_id IS NULL THEN
        RETURN homer.refuse('null', '{"parameter": "memory_id"}');
    END IF;
    SELECT m.user_id, m.is_active INTO found_one
      FROM @extschema@.homer_memories AS m WHERE m.id OPERATOR(pg_catalog.=) is_active_memory.memory_id;
    -- A confined role sees a memory of everyone, but may not change it.
    IF NOT FOUND OR NOT homer.check_may_decide_for(found_one.user_id) THEN
        RETURN homer.refuse('unknown_memory', pg_catalog.jsonb_build_object('id', memory_id));
    END IF;
    RETURN found_one.is_active IS NOT FALSE;
END
$function$;
COMMENT ON FUNCTION homer.is_active_memory(integer) IS
'Whether a memory that the caller may decide about is active; one that is not there is refused.';

CREATE FUNCTION @extschema@.homer_forget(memory_id integer) RETURNS boolean
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE AS
$function$
BEGIN
    PERFORM homer.check_acts();
    UPDATE @extschema@.homer_memories AS m
       SET is_active = false, updated_at = homer.utc_now()
     WHERE m.id OPERATOR(pg_catalog.=) homer_forget.memory_id AND m.is_active IS NOT FALSE;
    IF FOUND THEN
        RETURN true;
    ELSIF homer.is_active_memory(memory_id) THEN
        PERFORM homer.refuse('not_stored', '{"what": "memory"}');
    END IF;
    RETURN false;
END
$function$;
COMMENT ON FUNCTION @extschema@.homer_forget(integer) IS
'Retires a memory: it is never returned again, and its row stays. True if it was active, false if it was retired already.';

-- Inlined.
CREATE FUNCTION homer.is_enough(relevance double precision, min_relevance double precision) RETURNS boolean
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN min_relevance IS NULL OR relevance >= min_relevance;
COMMENT ON FUNCTION homer.is_enough(double precision, double precision) IS 'Whether a memory is as relevant as is asked for.';

CREATE FUNCTION @extschema@.homer_relevant_memories(
    user_id text,
    "limit" integer DEFAULT 10,
    query text DEFAULT NULL,
    query_embedding double precision[] DEFAULT NULL,
    categories text[] DEFAULT NULL,
    tags text[] DEFAULT NULL,
    conversation_id text DEFAULT NULL,
    include_global boolean DEFAULT true,
    min_relevance double precision DEFAULT NULL
) RETURNS SETOF @extschema@.homer_relevant_memory
    LANGUAGE plpgsql STABLE PARALLEL RESTRICTED ROWS 10
    -- The best are fetched by their ids, whatever the planner thinks of the table. Planning again with every call, or compiling the
    -- plan, would take longer than running it.
    SET enable_seqscan = off
    SET jit = off
    SET plan_cache_mode = force_generic_plan
AS $function$
DECLARE
    -- Drivers send null for what was not given.
    at_most integer := COALESCE("limit", 10);
BEGIN
    IF NOT (homer.check_user_or_everyone(user_id) AND homer.check_acts_for(user_id) AND homer.check_limit(at_most)
            AND homer.check_filter('categories', categories) AND homer.check_filter('tags', tags)
            AND homer.check_question_embedding(query_embedding)) THEN
        RETURN;
    END IF;
    RETURN QUERY
        SELECT a.* FROM homer.answers(homer.scopes(user_id, COALESCE(include_global, true)), query, query_embedding,
                                      categories, tags, conversation_id, at_most) AS a
         WHERE homer.is_enough(a.relevance, min_relevance);
END
$function$;
COMMENT ON FUNCTION @extschema@.homer_relevant_memories(text, integer, text, double precision[], text[], text[], text, boolean, double precision) IS
'The memories of the user and the global ones that are active and not expired, most relevant first: importance * 2 ^ (-age / half-life of the category). A null user gives the global ones alone. With a query, only those that hold one of its words, by how well they answer it; with query_embedding, half by that and half by cosine. categories and tags keep those that are of one of the categories and carry one of the tags; conversation_id leaves out what was learned in that conversation, which the model sees already; min_relevance what is less relevant.';
