-- Many memories in one call: as if homer_remember were called for each in turn, with one statement for all that is new.

CREATE TYPE homer.told AS (
    user_id text,
    category text,
    subject text,
    content text,
    importance integer,
    expires_at timestamptz,
    tags jsonb,
    metadata jsonb,
    source_conversation_id text,
    source_message_id text,
    supersedes integer,
    embedding real[]
);
COMMENT ON TYPE homer.told IS 'A memory to be imported: the parameters of homer_remember.';

CREATE FUNCTION homer.told_of(element jsonb) RETURNS homer.told
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN pg_catalog.jsonb_populate_record(NULL::homer.told, '{"importance": 5, "tags": [], "metadata": {}}'::jsonb || element);
COMMENT ON FUNCTION homer.told_of(jsonb) IS 'A memory to be imported, with the defaults of homer_remember. A null stays one.';

CREATE FUNCTION homer.check_element(element jsonb) RETURNS boolean
    LANGUAGE sql VOLATILE PARALLEL SAFE
    RETURN homer.check_object('memory', element)
       AND homer.check_known_parameters(
               element - '{user_id,category,subject,content,importance,expires_at,tags,metadata,source_conversation_id,source_message_id,supersedes,embedding}'::text[])
       AND homer.check_json_text('user_id', element -> 'user_id'::text)
       AND homer.check_json_text('category', element -> 'category'::text)
       AND homer.check_json_text('subject', element -> 'subject'::text)
       AND homer.check_json_text('content', element -> 'content'::text)
       AND homer.check_json_integer('importance', element -> 'importance'::text)
       AND homer.check_json_text('expires_at', element -> 'expires_at'::text)
       AND homer.check_json_text('source_conversation_id', element -> 'source_conversation_id'::text)
       AND homer.check_json_text('source_message_id', element -> 'source_message_id'::text)
       AND homer.check_json_integer('supersedes', element -> 'supersedes'::text)
       AND homer.check_json_numbers('embedding', element -> 'embedding'::text);
COMMENT ON FUNCTION homer.check_element(jsonb) IS 'Refuses a JSON value that does not have the shape of a memory to be imported.';

CREATE FUNCTION homer.check_told(t homer.told) RETURNS boolean
    LANGUAGE sql VOLATILE PARALLEL SAFE
    RETURN homer.check_memory((t).user_id, (t).category, (t).subject, (t).content, (t).importance, (t).expires_at,
                              (t).tags, (t).metadata, (t).source_conversation_id)
       AND ((t).embedding IS NULL OR homer.check_embedding('embedding', (t).embedding, homer.embedding_dimensions()));
COMMENT ON FUNCTION homer.check_told(homer.told) IS 'Refuses what cannot be a memory.';

CREATE FUNCTION homer.refuse_first_wrong(memories jsonb) RETURNS boolean
    LANGUAGE plpgsql STABLE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp AS
$function$
DECLARE
    element jsonb;
    place integer := 0;
    refusal_message text;
    refusal_hint text;
BEGIN
    FOR element IN SELECT e FROM jsonb_array_elements(memories) AS e LOOP
        place := place + 1;
        -- By itself: planning the next statement computes what it asks of the element, whatever that is.
        PERFORM homer.check_object('memory', element);
        PERFORM homer.check_element(element);
        PERFORM homer.check_told(homer.told_of(element));
    END LOOP;
    RETURN false;
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS refusal_message := MESSAGE_TEXT, refusal_hint := PG_EXCEPTION_HINT;
    RAISE EXCEPTION USING
        ERRCODE = SQLSTATE, MESSAGE = format('memories[%s]: %s', place, refusal_message),
        HINT = COALESCE(NULLIF(refusal_hint, ''), 'Correct this element; none was stored.');
END
$function$;
COMMENT ON FUNCTION homer.refuse_first_wrong(jsonb) IS
'Refuses the first memory of a JSON array that cannot be right, under its position; the first is 1.';

CREATE FUNCTION homer.all_told(memories jsonb) RETURNS homer.told[]
    LANGUAGE plpgsql STABLE PARALLEL UNSAFE
    SET jit = off
    SET search_path = pg_catalog, pg_temp AS
$function$
BEGIN
    RETURN ARRAY(SELECT t FROM jsonb_array_elements(memories) AS e, homer.told_of(e) AS t
                  WHERE homer.check_element(e) AND homer.check_told(t));
EXCEPTION WHEN OTHERS THEN
    -- One by one, which takes longer, to say which one it is.
    PERFORM homer.refuse_first_wrong(memories);
    RAISE;
END
$function$;
COMMENT ON FUNCTION homer.all_told(jsonb) IS 'The memories of a JSON array, read and checked.';

CREATE FUNCTION @extschema@.homer_remember_many(memories jsonb) RETURNS TABLE ("position" integer, id integer, outcome text)
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE ROWS 1000
    SET enable_seqscan = off
    SET jit = off
    SET search_path = pg_catalog, pg_temp
AS $function$
#variable_conflict use_column
DECLARE
    told homer.told[];
    users text[];
    said text[];
    due timestamp[];
    ids integer[];
    outcomes text[];
    any_supersedes boolean;
    again record;
    afresh record;
BEGIN
    PERFORM homer.check_acts();
    IF jsonb_typeof(memories) IS DISTINCT FROM 'array' THEN
        PERFORM homer.refuse_null('memories') WHERE memories IS NULL;
        PERFORM homer.refuse_shape('memories', memories::text, 'a JSON array');
    END IF;
    told := homer.all_told(memories);
    SELECT array_agg(t.user_id ORDER BY t.place), array_agg(homer.statement(t.subject, t.content) ORDER BY t.place),
           array_agg(homer.due_moment(t.category, t.metadata) ORDER BY t.place), bool_or(t.supersedes IS NOT NULL)
      INTO users, said, due, any_supersedes
      FROM unnest(told) WITH ORDINALITY AS t (user_id, category, subject, content, importance, expires_at, tags, metadata,
                                              source_conversation_id, source_message_id, supersedes, embedding, place);
    IF said IS NULL THEN
        RETURN;
    END IF;
    PERFORM homer.lock_statements(users, said);
    PERFORM homer.check_statements_are_current(users, said, due);

    IF any_supersedes THEN
        RETURN QUERY SELECT r.* FROM homer.remember_in_turn(told) AS r;
        RETURN;
    END IF;

    -- What is new gets its id here, the first time it is said; the second time it is a confirmation.
    WITH found AS MATERIALIZED (
        SELECT s.place, min(s.place) OVER (PARTITION BY s.user_id, s.said, s.due) AS first, k.refusal_id, k.memory_id
          FROM unnest(users, said, due) WITH ORDINALITY AS s (user_id, said, due, place),
               homer.known_statement(s.user_id, s.said, s.due, NULL) AS k
    ), numbered AS MATERIALIZED (
        SELECT f.place, f.first, f.refusal_id, f.memory_id,
               CASE WHEN f.place = f.first AND f.refusal_id IS NULL AND f.memory_id IS NULL
                    THEN nextval('@extschema@.homer_memories_id_seq')::integer END AS new_id
          FROM (SELECT * FROM found ORDER BY found.place) AS f
    )
    SELECT array_agg(COALESCE(n.refusal_id, n.memory_id, f.new_id) ORDER BY n.place),
           array_agg(CASE WHEN n.refusal_id IS NOT NULL THEN 'rejected'
                          WHEN n.new_id IS NOT NULL THEN 'added' ELSE 'confirmed' END ORDER BY n.place)
      INTO ids, outcomes
      FROM numbered AS n JOIN numbered AS f ON f.place = n.first;

    INSERT INTO @extschema@.homer_memories (
        id, user_id, category, subject, content, importance, expires_at, tags, metadata,
        source_conversation_id, source_message_id, created_at, updated_at)
    SELECT t.id, t.user_id, t.category, t.subject, t.content, t.importance, timezone('UTC', t.expires_at), t.tags, t.metadata,
           t.source_conversation_id, t.source_message_id, homer.utc_now(), homer.utc_now()
      FROM unnest(told, ids, outcomes) AS t (user_id, category, subject, content, importance, expires_at, tags, metadata,
                                             source_conversation_id, source_message_id, supersedes, embedding, id, outcome)
     WHERE t.outcome = 'added';

    FOR again IN
        SELECT t.place::integer AS place, t.id, t.importance, timezone('UTC', t.expires_at) AS expires_at, t.tags, t.metadata,
               t.source_conversation_id, t.source_message_id
          FROM unnest(told, ids, outcomes) WITH ORDINALITY
               AS t (user_id, category, subject, content, importance, expires_at, tags, metadata,
                     source_conversation_id, source_message_id, supersedes, embedding, id, outcome, place)
         WHERE t.outcome = 'confirmed'
         ORDER BY t.place
    LOOP
        IF homer.confirm(again.id, again.importance, again.expires_at, again.tags, again.metadata,
                         again.source_conversation_id, again.source_message_id) IS NULL THEN
            -- Another has just retired it.
            SELECT r.id, r.outcome INTO afresh FROM homer.remember_in_turn(ARRAY[told[again.place]]) AS r;
            ids[again.place] := afresh.id;
            outcomes[again.place] := afresh.outcome;
        END IF;
    END LOOP;

    PERFORM @extschema@.homer_set_embedding(t.id, t.embedding)
       FROM unnest(told, ids, outcomes) WITH ORDINALITY
            AS t (user_id, category, subject, content, importance, expires_at, tags, metadata,
                  source_conversation_id, source_message_id, supersedes, embedding, id, outcome, place)
      WHERE t.embedding IS NOT NULL AND t.outcome <> 'rejected'
      ORDER BY t.place;

    RETURN QUERY
        SELECT r.place::integer, r.id, r.outcome FROM unnest(ids, outcomes) WITH ORDINALITY AS r (id, outcome, place);
END
$function$;
COMMENT ON FUNCTION @extschema@.homer_remember_many(jsonb) IS
'Stores many memories: an array of objects whose keys are the parameters of homer_remember. Returns the position, the first being 1, the id and the outcome of each, in order. One that cannot be right refuses them all, and the message names its position.';

CREATE FUNCTION homer.remember_in_turn(told homer.told[]) RETURNS TABLE ("position" integer, id integer, outcome text)
    LANGUAGE sql VOLATILE PARALLEL UNSAFE
BEGIN ATOMIC
    SELECT t.place::integer, r.id, r.outcome
      FROM pg_catalog.unnest(told) WITH ORDINALITY
           AS t (user_id, category, subject, content, importance, expires_at, tags, metadata,
                 source_conversation_id, source_message_id, supersedes, embedding, place),
           LATERAL @extschema@.homer_remember(
               t.user_id, t.category, t.subject, t.content, t.importance, t.expires_at,
               ARRAY(SELECT pg_catalog.jsonb_array_elements_text(t.tags)), t.metadata,
               t.source_conversation_id, t.source_message_id, t.supersedes, t.embedding) AS r;
END;
COMMENT ON FUNCTION homer.remember_in_turn(homer.told[]) IS 'homer_remember for one memory after the other.';
