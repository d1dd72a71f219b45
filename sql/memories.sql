-- What the assistant has learned: stored by homer_remember, retired by homer_forget, ranked by homer_relevant_memories.

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
    OUT id integer,
    OUT outcome text
)
    LANGUAGE sql VOLATILE PARALLEL UNSAFE
BEGIN ATOMIC
    INSERT INTO @extschema@.homer_memories (
        user_id, category, subject, content, importance, expires_at, tags, metadata,
        source_conversation_id, source_message_id, created_at, updated_at)
    SELECT homer_remember.user_id, homer_remember.category, homer_remember.subject, homer_remember.content,
           homer_remember.importance, pg_catalog.timezone('UTC', homer_remember.expires_at),
           pg_catalog.to_jsonb(homer_remember.tags), homer_remember.metadata,
           homer_remember.source_conversation_id, homer_remember.source_message_id,
           homer.utc_now(), homer.utc_now()
     WHERE homer.check_user_or_everyone(homer_remember.user_id)
       AND homer.check_text('category', homer_remember.category)
       AND homer.check_says_something(homer_remember.subject, homer_remember.content)
       AND homer.check_importance(homer_remember.importance)
       AND homer.check_expiry(homer_remember.expires_at, pg_catalog.now())
       AND homer.check_strings('tags', pg_catalog.to_jsonb(homer_remember.tags))
       AND homer.check_object('metadata', homer_remember.metadata)
    RETURNING homer_memories.id, 'added'::text;
END;
COMMENT ON FUNCTION @extschema@.homer_remember(text, text, text, text, integer, timestamptz, text[], jsonb, text, text) IS
'Stores a memory of the user, or of everyone where user_id is null. Returns its id and the outcome, which is added.';

CREATE FUNCTION @extschema@.homer_forget(memory_id integer) RETURNS boolean
    LANGUAGE sql VOLATILE PARALLEL UNSAFE
BEGIN ATOMIC
    WITH retired AS (
        UPDATE @extschema@.homer_memories AS m
           SET is_active = false, updated_at = homer.utc_now()
         WHERE m.id = memory_id AND m.is_active IS NOT FALSE
        RETURNING true
    )
    SELECT CASE
        WHEN memory_id IS NULL THEN homer.refuse_null('memory_id')
        WHEN EXISTS (SELECT FROM retired) THEN true
        WHEN EXISTS (SELECT FROM @extschema@.homer_memories AS m WHERE m.id = memory_id) THEN false
        ELSE homer.refuse_unknown_memory(memory_id)
    END;
END;
COMMENT ON FUNCTION @extschema@.homer_forget(integer) IS
'Retires a memory: it is never returned again, and its row stays. True if it was active, false if it was retired already.';

CREATE FUNCTION @extschema@.homer_relevant_memories(
    user_id text,
    "limit" integer DEFAULT 10,
    query text DEFAULT NULL,
    query_embedding real[] DEFAULT NULL,
    categories text[] DEFAULT NULL,
    tags text[] DEFAULT NULL,
    conversation_id text DEFAULT NULL,
    include_global boolean DEFAULT true
) RETURNS SETOF @extschema@.homer_relevant_memory
    LANGUAGE plpgsql STABLE PARALLEL RESTRICTED ROWS 10
    -- The statements below are fast in one way only, by their indexes and in their order. The planner cannot know that a
    -- branch is long, and with no statistics or old ones would read it whole and sort it; planning again with every
    -- call, or compiling the plan, takes longer than running it.
    SET enable_seqscan = off
    SET enable_sort = off
    SET jit = off
    SET plan_cache_mode = force_generic_plan
AS $function$
DECLARE
    scopes text[];
    question_words text[];
BEGIN
    IF NOT (homer.check_user_or_everyone(user_id) AND homer.check_limit("limit")
            AND homer.check_filter('categories', categories) AND homer.check_filter('tags', tags)
            AND homer.check_flag('include_global', include_global)) THEN
        RETURN;
    END IF;
    IF query_embedding IS NOT NULL THEN
        PERFORM homer.check_embedding('query_embedding', query_embedding, homer.embedding_dimensions());
    END IF;
    scopes := homer.scopes(user_id, include_global);
    question_words := COALESCE(homer.question_words(query), '{}');
    IF query_embedding IS NOT NULL OR pg_catalog.array_ndims(question_words) IS NOT NULL THEN
        RETURN QUERY
            SELECT a.* FROM homer.answers(scopes, question_words, query_embedding, categories, tags, conversation_id, "limit") AS a;
    ELSIF categories IS NULL THEN
        RETURN QUERY
            SELECT b.* FROM homer.best_of_slots(scopes, ARRAY[0, 1, 2, 3, 4, 5], tags, conversation_id, "limit") AS b
             ORDER BY b.relevance DESC, b.id DESC LIMIT "limit";
    ELSE
        RETURN QUERY
            SELECT b.*
              FROM (SELECT s.* FROM homer.best_of_slots(scopes, homer.slots(categories), tags, conversation_id, "limit") AS s
                    UNION ALL
                    SELECT w.*
                      FROM homer.best_of_other_categories(
                               scopes, homer.other_categories(categories), tags, conversation_id, "limit") AS w) AS b
             ORDER BY b.relevance DESC, b.id DESC LIMIT "limit";
    END IF;
END
$function$;
COMMENT ON FUNCTION @extschema@.homer_relevant_memories(text, integer, text, real[], text[], text[], text, boolean) IS
'The memories of the user and the global ones that are active and not expired, most relevant first: importance * 2 ^ (-age / half-life of the category). A null user gives the global ones alone. With a query, only those that hold one of its words, by how well they answer it; with query_embedding, half by that and half by cosine. categories and tags keep those that are of one of the categories and carry one of the tags; conversation_id leaves out what was learned in that conversation, which the model sees already.';
