-- What the assistant has learned: stored by homer_remember, retired by homer_forget, ranked by homer_relevant_memories.

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

CREATE TYPE @extschema@.homer_relevant_memory AS (
    id integer,
    user_id text,
    category text,
    subject text,
    content text,
    importance integer,
    expires_at timestamp,
    source_conversation_id text,
    source_message_id text,
    tags jsonb,
    metadata jsonb,
    is_active boolean,
    created_at timestamp,
    updated_at timestamp,
    relevance double precision
);
COMMENT ON TYPE @extschema@.homer_relevant_memory IS 'A row of homer_memories and how relevant it is, higher being better.';

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

CREATE FUNCTION @extschema@.homer_relevant_memories(user_id text, "limit" integer DEFAULT 10)
    RETURNS SETOF @extschema@.homer_relevant_memory
    LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT m.id, m.user_id, m.category, m.subject, m.content, m.importance, m.expires_at, m.source_conversation_id,
           m.source_message_id, m.tags, m.metadata, m.is_active, m.created_at, m.updated_at,
           homer.relevance(m.importance, m.category, m.updated_at, m.created_at, homer.utc_now()) AS relevance
      FROM @extschema@.homer_memories AS m
     WHERE (m.user_id = homer_relevant_memories.user_id OR m.user_id IS NULL)
       AND m.is_active IS NOT FALSE
       AND (m.expires_at IS NULL OR m.expires_at > homer.utc_now())
     ORDER BY relevance DESC, m.id DESC
     -- The limit is the first thing that is evaluated, and it is even where no row is read.
     LIMIT CASE WHEN homer.check_user_or_everyone(homer_relevant_memories.user_id) AND homer.check_limit("limit") THEN "limit" END;
END;
COMMENT ON FUNCTION @extschema@.homer_relevant_memories(text, integer) IS
'The memories of the user and the global ones that are active and not expired, most relevant first: importance * 2 ^ (-age / half-life of the category). A null user gives the global ones alone.';
