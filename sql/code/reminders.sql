-- Memories that fall due: of category reminder, with the moment in metadata as due_at, and claimed_at once they were taken.

CREATE FUNCTION homer.reminder_metadata(metadata jsonb, due_at timestamptz) RETURNS jsonb
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN COALESCE(metadata, '{}') - 'claimed_at'::text::text
        || pg_catalog.jsonb_build_object('due_at', homer.text_of_moment(pg_catalog.timezone('UTC', due_at)));
COMMENT ON FUNCTION homer.reminder_metadata(jsonb, timestamptz) IS 'Metadata of a reminder that falls due at this moment and was not claimed.';

CREATE FUNCTION @extschema@.homer_remind(
    user_id text,
    subject text,
    content text,
    due_at timestamptz,
    importance integer DEFAULT 5,
    metadata jsonb DEFAULT '{}'
) RETURNS integer
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE AS
$function$
DECLARE
    stored record;
BEGIN
    PERFORM homer.check_due(due_at);
    PERFORM homer.check_object('metadata', COALESCE(metadata, '{}'));
    SELECT r.id, r.outcome INTO stored
      FROM @extschema@.homer_remember(
               user_id, 'reminder', subject, content, importance, metadata => homer.reminder_metadata(metadata, due_at)) AS r;
    IF stored.outcome OPERATOR(pg_catalog.=) 'rejected' THEN
        PERFORM homer.refuse('refused_statement', pg_catalog.jsonb_build_object('refusal', stored.id));
    END IF;
    RETURN stored.id;
END
$function$;
COMMENT ON FUNCTION @extschema@.homer_remind(text, text, text, timestamptz, integer, jsonb) IS
'Stores a reminder that falls due at a moment, at once where that is past, and returns its id. The same content due at the same moment is there once; at another moment it is another reminder. What the user has refused is an error.';

-- What is due and not yet claimed, said once. Inlined into the statements that ask, so that the indexes of reminders are used.
CREATE FUNCTION homer.is_due(category text, is_active boolean, metadata jsonb, expires_at timestamp) RETURNS boolean
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN homer.is_reminder(category) AND is_active IS NOT FALSE
       AND homer.json_text(metadata, 'claimed_at') IS NULL
       AND homer.moment_of_text(homer.json_text(metadata, 'due_at')) <= homer.utc_now()
       AND (expires_at IS NULL OR expires_at > homer.utc_now());
COMMENT ON FUNCTION homer.is_due(text, boolean, jsonb, timestamp) IS 'Whether a memory is a reminder that is due and was not claimed.';

CREATE FUNCTION homer.due_of_all(at_most integer) RETURNS TABLE (id integer, due_at timestamp)
    LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT m.id, homer.moment_of_text(homer.json_text(m.metadata, 'due_at'))
      FROM @extschema@.homer_memories AS m
     WHERE homer.is_due(m.category, m.is_active, m.metadata, m.expires_at)
     ORDER BY homer.moment_of_text(homer.json_text(m.metadata, 'due_at')), m.id
     LIMIT at_most;
END;
COMMENT ON FUNCTION homer.due_of_all(integer) IS 'The reminders of all users and of everyone that are due, longest due first.';

CREATE FUNCTION homer.due_of_user(of_user text, at_most integer) RETURNS TABLE (id integer, due_at timestamp)
    LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT m.id, homer.moment_of_text(homer.json_text(m.metadata, 'due_at'))
      FROM @extschema@.homer_memories AS m
     WHERE homer.is_due(m.category, m.is_active, m.metadata, m.expires_at) AND m.user_id = of_user
     ORDER BY homer.moment_of_text(homer.json_text(m.metadata, 'due_at')), m.id
     LIMIT at_most;
END;
COMMENT ON FUNCTION homer.due_of_user(text, integer) IS 'The reminders of a user that are due, longest due first.';

CREATE FUNCTION homer.ids_of_due(of_user text, at_most integer) RETURNS integer[]
    LANGUAGE plpgsql STABLE PARALLEL RESTRICTED
    -- As in homer_due_reminders.
    SET enable_seqscan = off
    SET enable_sort = off
    SET jit = off
    SET plan_cache_mode = force_generic_plan
AS $function$
BEGIN
    RETURN ARRAY(SELECT d.id FROM homer.due_of_user(of_user, at_most) AS d ORDER BY d.due_at, d.id);
END
$function$;
COMMENT ON FUNCTION homer.ids_of_due(text, integer) IS 'The ids of a user''s reminders that are due, longest due first.';

CREATE FUNCTION homer.reminder(memory_id integer) RETURNS SETOF @extschema@.homer_due_reminder
    LANGUAGE sql STABLE PARALLEL SAFE ROWS 1
BEGIN ATOMIC
    SELECT m.id, m.user_id, m.category, m.subject, m.content, m.importance, m.expires_at, m.source_conversation_id,
           m.source_message_id, m.tags, m.metadata, m.is_active, m.created_at, m.updated_at,
           pg_catalog.timezone('UTC', homer.moment_of_text(homer.json_text(m.metadata, 'due_at')))
      FROM @extschema@.homer_memories AS m WHERE m.id = memory_id;
END;
COMMENT ON FUNCTION homer.reminder(integer) IS 'The reminder of this id.';

CREATE FUNCTION homer.check_due_request(user_id text, "limit" integer, function text) RETURNS boolean
    LANGUAGE sql STABLE PARALLEL RESTRICTED
    RETURN homer.check_user_or_everyone(user_id) AND homer.check_acts_for(user_id) AND homer.check_limit("limit")
       AND (user_id IS NOT NULL OR homer.check_acts_for_all(function));
COMMENT ON FUNCTION homer.check_due_request(text, integer, text) IS
'Refuses a wrong user or limit, and to a confined role the reminders of all users.';

CREATE FUNCTION @extschema@.homer_due_reminders(user_id text DEFAULT NULL, "limit" integer DEFAULT 10)
    RETURNS SETOF @extschema@.homer_due_reminder
    LANGUAGE plpgsql STABLE PARALLEL RESTRICTED ROWS 10
    -- Read in the order of an index, which an old statistic must not talk the planner out of.
    SET enable_seqscan = off
    SET enable_sort = off
    SET jit = off
AS $function$
DECLARE
    at_most pg_catalog.int4 := COALESCE("limit", 10);
BEGIN
    PERFORM homer.check_due_request(user_id, at_most, 'homer_due_reminders without a user');
    IF user_id IS NULL THEN
        RETURN QUERY SELECT r.* FROM homer.due_of_all(at_most) AS d, homer.reminder(d.id) AS r ORDER BY d.due_at, d.id;
    ELSE
        RETURN QUERY SELECT r.* FROM homer.due_of_user(user_id, at_most) AS d, homer.reminder(d.id) AS r ORDER BY d.due_at, d.id;
    END IF;
END
$function$;
COMMENT ON FUNCTION @extschema@.homer_due_reminders(text, integer) IS
'Reminders that are due and not yet claimed, longest due first: of the user, or all there are, the global ones too, for a null user, which only a role that acts for any user may pass.';

CREATE FUNCTION homer.claimed_metadata(metadata jsonb) RETURNS jsonb
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN metadata || pg_catalog.jsonb_build_object('claimed_at', homer.text_of_moment(homer.utc_now()));
COMMENT ON FUNCTION homer.claimed_metadata(jsonb) IS 'Metadata of a reminder that is claimed now.';

CREATE FUNCTION homer.take_due(of_user text, at_most integer) RETURNS integer[]
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
    SET enable_seqscan = off
    SET enable_sort = off
    SET jit = off AS
$function$
BEGIN
    IF of_user IS NULL THEN
        RETURN ARRAY(SELECT m.id FROM @extschema@.homer_memories AS m
                      WHERE homer.is_due(m.category, m.is_active, m.metadata, m.expires_at)
                      ORDER BY homer.moment_of_text(homer.json_text(m.metadata, 'due_at')), m.id
                      LIMIT at_most
                        FOR UPDATE SKIP LOCKED);
    END IF;
    RETURN ARRAY(SELECT m.id FROM @extschema@.homer_memories AS m
                  WHERE homer.is_due(m.category, m.is_active, m.metadata, m.expires_at)
                    AND m.user_id OPERATOR(pg_catalog.=) of_user
                  ORDER BY homer.moment_of_text(homer.json_text(m.metadata, 'due_at')), m.id
                  LIMIT at_most
                    FOR UPDATE SKIP LOCKED);
END
$function$;
COMMENT ON FUNCTION homer.take_due(text, integer) IS
'Locks due reminders that nobody else has locked: of the user, or of all for a null one.';

CREATE FUNCTION @extschema@.homer_claim_reminders("limit" integer DEFAULT 10, user_id text DEFAULT NULL)
    RETURNS SETOF @extschema@.homer_due_reminder
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE ROWS 10
AS $function$
#variable_conflict use_column
DECLARE
    at_most pg_catalog.int4 := COALESCE("limit", 10);
    taken pg_catalog.int4[];
    claimed pg_catalog.int4[];
BEGIN
    PERFORM homer.check_due_request(homer_claim_reminders.user_id, at_most, 'homer_claim_reminders without a user');
    taken := homer.take_due(homer_claim_reminders.user_id, at_most);
    -- As most often, when a worker asks.
    IF pg_catalog.array_ndims(taken) IS NULL THEN
        RETURN;
    END IF;
    -- updated_at stays: that it was claimed makes a reminder no more relevant.
    WITH changed AS (
        UPDATE @extschema@.homer_memories AS m
           SET metadata = homer.claimed_metadata(m.metadata)
         WHERE m.id OPERATOR(pg_catalog.=) ANY (taken)
        RETURNING m.id
    )
    SELECT pg_catalog.array_agg(c.id) INTO claimed FROM changed AS c;
    RETURN QUERY SELECT r.* FROM pg_catalog.unnest(claimed) AS c (id), homer.reminder(c.id) AS r ORDER BY r.due_at, r.id;
END
$function$;
COMMENT ON FUNCTION @extschema@.homer_claim_reminders(integer, text) IS
'Takes due reminders, longest due first: of the user, or all there are for a null user, which only a role that acts for any user may pass. Two workers never get the same one, and neither waits for the other; what a worker rolls back is due again. A claimed reminder stays a memory, with claimed_at in its metadata.';

CREATE FUNCTION @extschema@.homer_local_moment(user_id text, moment timestamptz) RETURNS text
    LANGUAGE plpgsql STABLE PARALLEL UNSAFE AS
$function$
DECLARE
    timezone pg_catalog.text;
BEGIN
    PERFORM homer.check_user_or_everyone(user_id), homer.check_acts_for(user_id);
    SELECT p.timezone INTO timezone
      FROM @extschema@.homer_user_profiles AS p
     WHERE p.user_id OPERATOR(pg_catalog.=) homer_local_moment.user_id AND homer.knows_timezone(p.timezone);
    timezone := COALESCE(timezone, 'UTC');
    RETURN pg_catalog.to_char(pg_catalog.timezone(timezone, moment), 'YYYY-MM-DD HH24:MI') OPERATOR(pg_catalog.||) ' '
           OPERATOR(pg_catalog.||) timezone;
END
$function$;
COMMENT ON FUNCTION @extschema@.homer_local_moment(text, timestamptz) IS
'A moment as the user''s clock shows it, with the timezone of the profile; in UTC for a user without one.';
