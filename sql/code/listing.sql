-- Looking through a user's memories, page by page: what a settings page shows, and who is asked what the assistant knows.

CREATE FUNCTION homer.is_wanted(category text, tags jsonb, of_categories text[], of_tags text[]) RETURNS boolean
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN (of_categories IS NULL OR homer.category_form(category) = ANY (of_categories))
       AND (of_tags IS NULL OR pg_catalog.jsonb_exists_any(tags, of_tags));
COMMENT ON FUNCTION homer.is_wanted(text, jsonb, text[], text[]) IS
'Whether a memory is of one of the categories, as they are compared, and carries one of the tags, where these are given.';

-- A sweep retires what has expired; what was retired before its expiry was not.
CREATE FUNCTION homer.has_expired(is_active boolean, expires_at timestamp, updated_at timestamp) RETURNS boolean
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN COALESCE(expires_at <= CASE WHEN is_active IS FALSE THEN updated_at ELSE homer.utc_now() END, false);
COMMENT ON FUNCTION homer.has_expired(boolean, timestamp, timestamp) IS 'Whether a memory has expired, swept or not, rather than been retired.';

-- Inlined into the statement that calls it. Which of the two halves are read is decided once a call.
CREATE FUNCTION homer.listed(
    scope text, before double precision, of_categories text[], of_tags text[], are_active boolean, are_retired boolean, are_expired boolean, at_most integer
) RETURNS SETOF @extschema@.homer_listed_memory
    LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT l.*
      FROM ((SELECT m.id, m.user_id, m.category, m.subject, m.content, m.importance, m.expires_at, m.source_conversation_id,
                    m.source_message_id, m.tags, m.metadata, m.is_active, m.created_at, m.updated_at
               FROM @extschema@.homer_memories AS m
              WHERE (are_active OR are_expired)
                AND homer.scope_of(m.user_id) = listed.scope AND m.id::double precision < before AND m.is_active IS NOT FALSE
                AND CASE WHEN homer.has_expired(m.is_active, m.expires_at, m.updated_at) THEN are_expired ELSE are_active END
                AND homer.is_wanted(m.category, m.tags, of_categories, of_tags)
              ORDER BY m.id::double precision DESC LIMIT at_most)
             UNION ALL
            (SELECT m.id, m.user_id, m.category, m.subject, m.content, m.importance, m.expires_at, m.source_conversation_id,
                    m.source_message_id, m.tags, m.metadata, m.is_active, m.created_at, m.updated_at
               FROM @extschema@.homer_memories AS m
              WHERE (are_retired OR are_expired)
                AND homer.scope_of(m.user_id) = listed.scope AND m.id::double precision < before AND m.is_active IS FALSE
                AND CASE WHEN homer.has_expired(m.is_active, m.expires_at, m.updated_at) THEN are_expired ELSE are_retired END
                AND homer.is_wanted(m.category, m.tags, of_categories, of_tags)
              ORDER BY m.id::double precision DESC LIMIT at_most)) AS l
     ORDER BY l.id DESC LIMIT at_most;
END;
COMMENT ON FUNCTION homer.listed(text, double precision, text[], text[], boolean, boolean, boolean, integer) IS
'The memories of a scope below an id that are active, retired or expired, newest first.';

CREATE FUNCTION @extschema@.homer_list_memories(
    user_id text,
    "limit" integer DEFAULT 50,
    after integer DEFAULT NULL,
    categories text[] DEFAULT NULL,
    tags text[] DEFAULT NULL,
    state text DEFAULT 'active'
) RETURNS SETOF @extschema@.homer_listed_memory
    LANGUAGE plpgsql STABLE PARALLEL RESTRICTED ROWS 50
    -- As in homer_relevant_memories: fast by its indexes alone. The few rows of two pages are sorted.
    SET enable_seqscan = off
    SET enable_bitmapscan = off
    SET jit = off
    SET plan_cache_mode = force_generic_plan
AS $function$
#variable_conflict use_column
DECLARE
    at_most pg_catalog.int4 := COALESCE("limit", 50);
    wanted pg_catalog.text := COALESCE(state, 'active');
    are_all pg_catalog.bool := wanted OPERATOR(pg_catalog.=) 'all';
BEGIN
    PERFORM homer.check_user_or_everyone(homer_list_memories.user_id), homer.check_acts_for(homer_list_memories.user_id),
            homer.check_limit(at_most), homer.check_filter('categories', homer_list_memories.categories),
            homer.check_filter('tags', homer_list_memories.tags), homer.check_one_of('state', wanted, '{active,retired,expired,all}');
    RETURN QUERY
        SELECT l.*
          FROM homer.listed(
                   homer.scope_of(homer_list_memories.user_id), COALESCE(after, 'Infinity'::pg_catalog.float8),
                   homer.category_forms(homer_list_memories.categories), homer_list_memories.tags,
                   are_all OR wanted OPERATOR(pg_catalog.=) 'active', are_all OR wanted OPERATOR(pg_catalog.=) 'retired',
                   are_all OR wanted OPERATOR(pg_catalog.=) 'expired', at_most) AS l;
END
$function$;
COMMENT ON FUNCTION @extschema@.homer_list_memories(text, integer, integer, text[], text[], text) IS
'The memories of the user, or everyone''s for a null user, newest first and page by page: after names the last id of the page before, and a page costs the same wherever it is. state is active, retired (forgotten, superseded or rejected), expired or all; categories and tags keep what is of one of the categories and carries one of the tags.';

CREATE FUNCTION @extschema@.homer_profile(user_id text) RETURNS @extschema@.homer_user_profiles
    LANGUAGE plpgsql STABLE PARALLEL SAFE AS
$function$
DECLARE
    kept @extschema@.homer_user_profiles;
BEGIN
    PERFORM homer.check_text('user_id', homer_profile.user_id), homer.check_acts_for(homer_profile.user_id);
    SELECT p.* INTO kept FROM @extschema@.homer_user_profiles AS p WHERE p.user_id OPERATOR(pg_catalog.=) homer_profile.user_id;
    IF NOT FOUND THEN
        PERFORM homer.refuse('unknown_profile', pg_catalog.jsonb_build_object('user_id', homer_profile.user_id));
    END IF;
    RETURN kept;
END
$function$;
COMMENT ON FUNCTION @extschema@.homer_profile(text) IS
'The user''s profile, without counting an interaction as homer_touch_profile does; a user without one is refused.';
