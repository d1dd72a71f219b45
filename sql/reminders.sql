-- Memories that fall due: of category reminder, with the moment in metadata as due_at, and claimed_at once they were taken.

CREATE TYPE @extschema@.homer_due_reminder AS (
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
    due_at timestamptz
);
COMMENT ON TYPE @extschema@.homer_due_reminder IS 'A row of homer_memories and the moment it falls due.';

-- They hold what is still to be claimed, and so stay as small as that is.
CREATE INDEX homer_memories_due_idx
    ON @extschema@.homer_memories (homer.moment_of_text(homer.json_text(metadata, 'due_at')), id)
    WHERE category = 'reminder' AND is_active IS NOT FALSE
      AND homer.json_text(metadata, 'claimed_at') IS NULL
      AND homer.moment_of_text(homer.json_text(metadata, 'due_at')) IS NOT NULL;

CREATE INDEX homer_memories_user_due_idx
    ON @extschema@.homer_memories (user_id, homer.moment_of_text(homer.json_text(metadata, 'due_at')), id)
    WHERE category = 'reminder' AND is_active IS NOT FALSE
      AND homer.json_text(metadata, 'claimed_at') IS NULL
      AND homer.moment_of_text(homer.json_text(metadata, 'due_at')) IS NOT NULL;

CREATE FUNCTION @extschema@.homer_remind(
    user_id text,
    subject text,
    content text,
    due_at timestamptz,
    importance integer DEFAULT 5,
    metadata jsonb DEFAULT '{}'
) RETURNS integer
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp AS
$function$
DECLARE
    stored record;
BEGIN
    PERFORM homer.check_due(due_at);
    PERFORM homer.check_object('metadata', metadata);
    SELECT r.id, r.outcome INTO stored
      FROM @extschema@.homer_remember(
               user_id, 'reminder', subject, content, importance,
               metadata => (metadata - 'claimed_at')
                           || jsonb_build_object('due_at', homer.text_of_moment(timezone('UTC', due_at)))) AS r;
    IF stored.outcome = 'rejected' THEN
        PERFORM homer.refuse_refused_statement(stored.id);
    END IF;
    RETURN stored.id;
END
$function$;
COMMENT ON FUNCTION @extschema@.homer_remind(text, text, text, timestamptz, integer, jsonb) IS
'Stores a reminder that falls due at a moment, at once where that is past, and returns its id. The same content due at the same moment is there once; at another moment it is another reminder. What the user has refused is an error.';

CREATE FUNCTION @extschema@.homer_due_reminders(user_id text DEFAULT NULL, "limit" integer DEFAULT 10)
    RETURNS SETOF @extschema@.homer_due_reminder
    LANGUAGE plpgsql STABLE PARALLEL RESTRICTED ROWS 10
    -- Read in the order of an index, which an old statistic must not talk the planner out of.
    SET enable_seqscan = off
    SET enable_sort = off
    SET jit = off
    SET search_path = pg_catalog, pg_temp
AS $function$
#variable_conflict use_column
BEGIN
    PERFORM homer.check_user_or_everyone(homer_due_reminders.user_id), homer.check_acts_for(homer_due_reminders.user_id), homer.check_limit("limit");
    IF homer_due_reminders.user_id IS NULL THEN
        PERFORM homer.check_acts_for_all('homer_due_reminders without a user');
        RETURN QUERY
            SELECT m.*, timezone('UTC', homer.moment_of_text(homer.json_text(m.metadata, 'due_at')))
              FROM @extschema@.homer_memories AS m
             WHERE m.category = 'reminder' AND m.is_active IS NOT FALSE
               AND homer.json_text(m.metadata, 'claimed_at') IS NULL
               AND homer.moment_of_text(homer.json_text(m.metadata, 'due_at')) <= homer.utc_now()
               AND (m.expires_at IS NULL OR m.expires_at > homer.utc_now())
             ORDER BY homer.moment_of_text(homer.json_text(m.metadata, 'due_at')), m.id
             LIMIT "limit";
    ELSE
        RETURN QUERY
            SELECT m.*, timezone('UTC', homer.moment_of_text(homer.json_text(m.metadata, 'due_at')))
              FROM @extschema@.homer_memories AS m
             WHERE m.category = 'reminder' AND m.is_active IS NOT FALSE
               AND homer.json_text(m.metadata, 'claimed_at') IS NULL
               AND homer.moment_of_text(homer.json_text(m.metadata, 'due_at')) <= homer.utc_now()
               AND (m.expires_at IS NULL OR m.expires_at > homer.utc_now())
               AND m.user_id = homer_due_reminders.user_id
             ORDER BY homer.moment_of_text(homer.json_text(m.metadata, 'due_at')), m.id
             LIMIT "limit";
    END IF;
END
$function$;
COMMENT ON FUNCTION @extschema@.homer_due_reminders(text, integer) IS
'Reminders that are due and not yet claimed, longest due first: of the user, or all there are, the global ones too, for a null user, which only a role that acts for any user may pass.';

CREATE FUNCTION @extschema@.homer_claim_reminders("limit" integer DEFAULT 10, user_id text DEFAULT NULL)
    RETURNS SETOF @extschema@.homer_due_reminder
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE ROWS 10
    SET enable_seqscan = off
    SET enable_sort = off
    SET jit = off
    SET search_path = pg_catalog, pg_temp
AS $function$
#variable_conflict use_column
DECLARE
    taken integer[];
BEGIN
    PERFORM homer.check_user_or_everyone(homer_claim_reminders.user_id), homer.check_acts_for(homer_claim_reminders.user_id), homer.check_limit("limit");
    IF homer_claim_reminders.user_id IS NULL THEN
        PERFORM homer.check_acts_for_all('homer_claim_reminders without a user');
        SELECT array_agg(due.id) INTO taken
          FROM (SELECT m.id
                  FROM @extschema@.homer_memories AS m
                 WHERE m.category = 'reminder' AND m.is_active IS NOT FALSE
                   AND homer.json_text(m.metadata, 'claimed_at') IS NULL
                   AND homer.moment_of_text(homer.json_text(m.metadata, 'due_at')) <= homer.utc_now()
                   AND (m.expires_at IS NULL OR m.expires_at > homer.utc_now())
                 ORDER BY homer.moment_of_text(homer.json_text(m.metadata, 'due_at')), m.id
                 LIMIT "limit"
                   FOR UPDATE SKIP LOCKED) AS due;
    ELSE
        SELECT array_agg(due.id) INTO taken
          FROM (SELECT m.id
                  FROM @extschema@.homer_memories AS m
                 WHERE m.category = 'reminder' AND m.is_active IS NOT FALSE
                   AND homer.json_text(m.metadata, 'claimed_at') IS NULL
                   AND homer.moment_of_text(homer.json_text(m.metadata, 'due_at')) <= homer.utc_now()
                   AND (m.expires_at IS NULL OR m.expires_at > homer.utc_now())
                   AND m.user_id = homer_claim_reminders.user_id
                 ORDER BY homer.moment_of_text(homer.json_text(m.metadata, 'due_at')), m.id
                 LIMIT "limit"
                   FOR UPDATE SKIP LOCKED) AS due;
    END IF;
    -- updated_at stays: that it was claimed makes a reminder no more relevant.
    RETURN QUERY
        WITH claimed AS (
            UPDATE @extschema@.homer_memories AS m
               SET metadata = m.metadata || jsonb_build_object('claimed_at', homer.text_of_moment(homer.utc_now()))
             WHERE m.id = ANY (taken)
            RETURNING m.*, timezone('UTC', homer.moment_of_text(homer.json_text(m.metadata, 'due_at'))) AS due_at
        )
        SELECT c.* FROM claimed AS c ORDER BY c.due_at, c.id;
END
$function$;
COMMENT ON FUNCTION @extschema@.homer_claim_reminders(integer, text) IS
'Takes due reminders, longest due first: of the user, or all there are for a null user, which only a role that acts for any user may pass. Two workers never get the same one, and neither waits for the other; what a worker rolls back is due again. A claimed reminder stays a memory, with claimed_at in its metadata.';

CREATE FUNCTION @extschema@.homer_local_moment(user_id text, moment timestamptz) RETURNS text
    LANGUAGE sql STABLE PARALLEL UNSAFE
BEGIN ATOMIC
    SELECT pg_catalog.to_char(pg_catalog.timezone(z.name, moment), 'YYYY-MM-DD HH24:MI') || ' ' || z.name
      FROM (SELECT COALESCE((SELECT p.timezone FROM @extschema@.homer_user_profiles AS p
                              WHERE p.user_id = homer_local_moment.user_id AND homer.knows_timezone(p.timezone)), 'UTC')) AS z (name)
     WHERE homer.check_user_or_everyone(homer_local_moment.user_id) AND homer.check_acts_for(homer_local_moment.user_id);
END;
COMMENT ON FUNCTION @extschema@.homer_local_moment(text, timestamptz) IS
'A moment as the user''s clock shows it, with the timezone of the profile; in UTC for a user without one.';
