-- Many memories in one call: as if homer_remember were called for each in turn, with one statement for all that is new.

CREATE FUNCTION homer.json_integer(value jsonb) RETURNS integer
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN CASE WHEN pg_catalog.jsonb_typeof(value) = 'number' THEN value::integer END;
COMMENT ON FUNCTION homer.json_integer(jsonb) IS 'A JSON number as an integer, 7.0 too; null for what is no number.';

CREATE FUNCTION homer.given(value jsonb) RETURNS jsonb
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN CASE WHEN pg_catalog.jsonb_typeof(value) <> 'null' THEN value END;
COMMENT ON FUNCTION homer.given(jsonb) IS 'A JSON value, or null where it is JSON''s null: drivers send that for what was not given.';

CREATE FUNCTION homer.memory_input_of(element jsonb) RETURNS SETOF homer.memory_input
    LANGUAGE sql STABLE PARALLEL SAFE ROWS 1
BEGIN ATOMIC
    SELECT g.user_id, homer.known_category(g.category), g.subject, g.content, COALESCE(homer.json_integer(element -> 'importance'::text), 5),
           pg_catalog.timezone('UTC', homer.given_moment(element ->> 'expires_at'::text)), COALESCE(homer.given(element -> 'tags'::text), '[]'),
           homer.given_metadata(homer.given(element -> 'metadata'::text)), element ->> 'source_conversation_id'::text,
           element ->> 'source_message_id'::text, homer.json_integer(element -> 'supersedes'::text),
           CASE WHEN homer.given(element -> 'embedding'::text) IS NOT NULL
                THEN ARRAY(SELECT n::double precision FROM pg_catalog.jsonb_array_elements(element -> 'embedding'::text) AS n) END,
           homer.statement(g.subject, g.content), homer.exact_tokens(g.subject, g.content),
           homer.due_moment(g.category, homer.given(element -> 'metadata'::text)), pg_catalog.timezone('UTC', homer.given_moment(element ->> 'created_at'::text))
      FROM (SELECT element ->> 'user_id'::text, element ->> 'category'::text, element ->> 'subject'::text, element ->> 'content'::text)
           AS g (user_id, category, subject, content);
END;
COMMENT ON FUNCTION homer.memory_input_of(jsonb) IS 'A memory to be stored as JSON has it, with the defaults of homer_remember.';

CREATE FUNCTION homer.check_said_at(said_at timestamptz, now timestamptz) RETURNS boolean
    LANGUAGE sql VOLATILE PARALLEL SAFE
    RETURN CASE
        WHEN said_at IS NULL OR pg_catalog.isfinite(said_at) AND said_at <= now THEN true
        ELSE homer.refuse('again', pg_catalog.jsonb_build_object(
            'sqlstate', 'ME004', 'message', 'created_at must be a moment that is past: ' || said_at::text,
            'hint', 'Pass when it was said, or leave created_at out.'))
    END;
COMMENT ON FUNCTION homer.check_said_at(timestamptz, timestamptz) IS 'Refuses a past that is still to come, or infinite; null is now.';

CREATE FUNCTION homer.check_input(input homer.memory_input) RETURNS boolean
    LANGUAGE sql VOLATILE PARALLEL RESTRICTED
    RETURN homer.check_memory((input).user_id, (input).category, (input).subject, (input).content, (input).importance,
                              (input).expires_at, (input).tags, (input).metadata, (input).source_conversation_id, (input).source_message_id)
       AND homer.check_said_at((input).said_at, pg_catalog.now())
       AND ((input).embedding IS NULL OR homer.check_embedding('embedding', (input).embedding, homer.embedding_dimensions()));
COMMENT ON FUNCTION homer.check_input(homer.memory_input) IS 'Refuses what cannot be a memory.';

CREATE FUNCTION homer.given_text(value text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN NULLIF(value, '');
COMMENT ON FUNCTION homer.given_text(text) IS 'A text, or null where it is empty.';

CREATE FUNCTION homer.refuse_element(place integer, element jsonb, sqlstate text, message text, hint text) RETURNS boolean
    LANGUAGE sql VOLATILE PARALLEL SAFE
    RETURN homer.refuse('again', pg_catalog.jsonb_build_object(
        'sqlstate', sqlstate, 'message', pg_catalog.format(
            CASE
                -- A message that begins with a key is about that key.
                WHEN pg_catalog.jsonb_exists(element, pg_catalog.split_part(message, ' ', 1)) THEN 'memories[%s].%s'
                -- No other key names a memory.
                WHEN sqlstate IN ('ME010', 'ME011', 'ME012') THEN 'memories[%s].supersedes: %s'
                ELSE 'memories[%s]: %s'
            END, place, message),
        'hint', COALESCE(homer.given_text(hint), 'Correct this element; none was stored.')));
COMMENT ON FUNCTION homer.refuse_element(integer, jsonb, text, text, text) IS
'Raises the error that an element of homer_remember_many met, under its position and the key that is wrong.';

CREATE FUNCTION homer.refuse_first_wrong(memories jsonb) RETURNS boolean
    LANGUAGE plpgsql STABLE PARALLEL UNSAFE AS
$function$
DECLARE
    element pg_catalog.jsonb;
    place pg_catalog.int4 := 0;
    refusal_message pg_catalog.text;
    refusal_hint pg_catalog.text;
BEGIN
    FOR element IN SELECT e FROM pg_catalog.jsonb_array_elements(memories) AS e LOOP
        place := place OPERATOR(pg_catalog.+) 1;
        PERFORM homer.check_input(i) FROM homer.memory_input_of(element) AS i;
    END LOOP;
    RETURN false;
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS refusal_message := MESSAGE_TEXT, refusal_hint := PG_EXCEPTION_HINT;
    RETURN homer.refuse_element(place, element, SQLSTATE, refusal_message, refusal_hint);
END
$function$;
COMMENT ON FUNCTION homer.refuse_first_wrong(jsonb) IS
'Refuses the first memory of a JSON array that cannot be right, under its position; the first is 1.';

CREATE FUNCTION homer.memory_inputs(memories jsonb) RETURNS homer.memory_input[]
    LANGUAGE plpgsql STABLE PARALLEL UNSAFE
    SET jit = off
    -- In which messages show moments.
    SET timezone = 'UTC' AS
$function$
BEGIN
    RETURN ARRAY(SELECT r.input
                   FROM pg_catalog.jsonb_array_elements(memories) AS e,
                        -- Apart, so that each is read once, for the check and for the result.
                        LATERAL (SELECT i FROM homer.memory_input_of(e) AS i OFFSET 0) AS r (input)
                  WHERE homer.check_input(r.input));
EXCEPTION WHEN OTHERS THEN
    -- One by one, which takes longer, to say which one it is.
    PERFORM homer.refuse_first_wrong(memories);
    RAISE;
END
$function$;
COMMENT ON FUNCTION homer.memory_inputs(jsonb) IS
'The memories of a JSON array, read and checked; the first that cannot be right is refused under its position.';

CREATE FUNCTION homer.decided(inputs homer.memory_input[], OUT ids integer[], OUT outcomes text[], OUT firsts integer[])
    LANGUAGE plpgsql STABLE PARALLEL SAFE
    SET enable_seqscan = off
    SET jit = off
    SET plan_cache_mode = force_generic_plan
AS $function$
BEGIN
    -- What is said a second time is a confirmation of the first.
    WITH found AS MATERIALIZED (
        SELECT i.place, pg_catalog.min(i.place) OVER (PARTITION BY i.user_id, i.statement, i.exact, i.due) AS first,
               k.refusal_id, k.memory_id
          FROM pg_catalog.unnest(decided.inputs) WITH ORDINALITY
               AS i (user_id, category, subject, content, importance, expires_at, tags, metadata, source_conversation_id,
                     source_message_id, supersedes, embedding, statement, exact, due, said_at, place),
               homer.known_statement(i.user_id, i.statement, i.exact, i.due, NULL) AS k
    )
    SELECT pg_catalog.array_agg(COALESCE(f.refusal_id, f.memory_id) ORDER BY f.place),
           pg_catalog.array_agg(CASE WHEN f.refusal_id IS NOT NULL THEN 'rejected'
                                     WHEN f.memory_id IS NOT NULL OR f.place OPERATOR(pg_catalog.>) f.first THEN 'confirmed'
                                     ELSE 'added' END ORDER BY f.place),
           pg_catalog.array_agg(f.first::pg_catalog.int4 ORDER BY f.place)
      INTO ids, outcomes, firsts
      FROM found AS f;
END
$function$;
COMMENT ON FUNCTION homer.decided(homer.memory_input[]) IS
'What becomes of each memory, as far as it is known before any is stored: the id, null where it has none yet, the outcome, and the place of the first that says the same.';

CREATE FUNCTION homer.said_or_now(said_at timestamptz) RETURNS timestamp
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN COALESCE(pg_catalog.timezone('UTC', said_at), homer.utc_now());
COMMENT ON FUNCTION homer.said_or_now(timestamptz) IS 'When a memory was said, as the tables hold moments; now where it was not told.';

-- The ids come from the column's default, so that a role needs no right to choose one. They are given in the order of the rows.
CREATE FUNCTION homer.add_inputs(inputs homer.memory_input[], outcomes text[]) RETURNS integer[]
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE AS
$function$
DECLARE
    ids pg_catalog.int4[];
BEGIN
    WITH stored AS (
        INSERT INTO @extschema@.homer_memories AS m (
            user_id, category, subject, content, importance, expires_at, tags, metadata,
            source_conversation_id, source_message_id, created_at, updated_at)
        SELECT i.user_id, i.category, i.subject, i.content, i.importance, pg_catalog.timezone('UTC', i.expires_at), i.tags,
               i.metadata, i.source_conversation_id, i.source_message_id, homer.said_or_now(i.said_at), homer.said_or_now(i.said_at)
          FROM ROWS FROM (pg_catalog.unnest(inputs), pg_catalog.unnest(outcomes)) WITH ORDINALITY
               AS i (user_id, category, subject, content, importance, expires_at, tags, metadata, source_conversation_id,
                     source_message_id, supersedes, embedding, statement, exact, due, said_at, outcome, place)
         WHERE i.outcome OPERATOR(pg_catalog.=) 'added'
         ORDER BY i.place
        RETURNING m.id
    )
    SELECT COALESCE(pg_catalog.array_agg(s.id ORDER BY s.id), '{}') INTO ids FROM stored AS s;
    RETURN ids;
END
$function$;
COMMENT ON FUNCTION homer.add_inputs(homer.memory_input[], text[]) IS
'Stores the memories that are to be added, and returns the ids of those that are there then, in order.';

CREATE FUNCTION homer.ids_after_adding(ids integer[], outcomes text[], firsts integer[], added_ids integer[]) RETURNS SETOF integer[]
    LANGUAGE sql IMMUTABLE PARALLEL SAFE ROWS 1
BEGIN ATOMIC
    WITH placed AS MATERIALIZED (
        SELECT o.place, o.id, o.first,
               CASE WHEN o.outcome = 'added' THEN
                   added_ids[pg_catalog.count(*) FILTER (WHERE o.outcome = 'added') OVER (ORDER BY o.place)] END AS new_id
          FROM ROWS FROM (pg_catalog.unnest(ids), pg_catalog.unnest(outcomes), pg_catalog.unnest(firsts)) WITH ORDINALITY
               AS o (id, outcome, first, place)
    )
    SELECT pg_catalog.array_agg(COALESCE(p.id, f.new_id) ORDER BY p.place)
      FROM placed AS p JOIN placed AS f ON f.place = p.first;
END;
COMMENT ON FUNCTION homer.ids_after_adding(integer[], text[], integer[], integer[]) IS
'The id of each memory, now that those to be added have theirs.';

CREATE FUNCTION homer.confirmations(inputs homer.memory_input[], ids integer[], outcomes text[])
    RETURNS TABLE (place integer, id integer, importance integer, expires_at timestamp, tags jsonb, metadata jsonb,
                   source_conversation_id text, source_message_id text, said_at timestamp)
    LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT i.place::integer, i.id, i.importance, pg_catalog.timezone('UTC', i.expires_at), i.tags, i.metadata,
           i.source_conversation_id, i.source_message_id, pg_catalog.timezone('UTC', i.said_at)
      FROM ROWS FROM (pg_catalog.unnest(inputs), pg_catalog.unnest(ids), pg_catalog.unnest(outcomes)) WITH ORDINALITY
           AS i (user_id, category, subject, content, importance, expires_at, tags, metadata, source_conversation_id,
                 source_message_id, supersedes, embedding, statement, exact, due, said_at, id, outcome, place)
     WHERE i.outcome = 'confirmed'
     ORDER BY i.place;
END;
COMMENT ON FUNCTION homer.confirmations(homer.memory_input[], integer[], text[]) IS 'The memories that confirm one that is there, in order.';

CREATE FUNCTION homer.backdate(memory_id integer, outcome text, said_at timestamptz) RETURNS boolean
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE AS
$function$
BEGIN
    IF said_at IS NULL OR outcome OPERATOR(pg_catalog.=) 'confirmed' OR outcome OPERATOR(pg_catalog.=) 'rejected' THEN
        RETURN false;
    END IF;
    -- One that was there before this transaction has a moment of its own.
    UPDATE @extschema@.homer_memories AS m
       SET created_at = homer.said_or_now(said_at), updated_at = homer.said_or_now(said_at)
     WHERE m.id OPERATOR(pg_catalog.=) memory_id AND m.created_at OPERATOR(pg_catalog.=) homer.utc_now();
    RETURN FOUND;
END
$function$;
COMMENT ON FUNCTION homer.backdate(integer, text, timestamptz) IS 'Gives a memory that was just stored the moment it was said, and says whether it did.';

CREATE FUNCTION homer.remember_in_turn(inputs homer.memory_input[], first_place integer) RETURNS TABLE ("position" integer, id integer, outcome text)
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE ROWS 1000 AS
$function$
#variable_conflict use_column
DECLARE
    input homer.memory_input;
    place pg_catalog.int4 := 0;
    stored record;
    refusal_message pg_catalog.text;
    refusal_hint pg_catalog.text;
BEGIN
    FOREACH input IN ARRAY inputs LOOP
        place := place OPERATOR(pg_catalog.+) 1;
        SELECT r.id, r.outcome INTO stored
          FROM @extschema@.homer_remember(
                   input.user_id, input.category, input.subject, input.content, input.importance, input.expires_at,
                   homer.texts_of(input.tags), input.metadata,
                   input.source_conversation_id, input.source_message_id, input.supersedes, input.embedding) AS r;
        PERFORM homer.backdate(stored.id, stored.outcome, input.said_at);
        RETURN QUERY SELECT place, stored.id, stored.outcome;
    END LOOP;
EXCEPTION WHEN OTHERS THEN
    IF homer.is_refusal(SQLSTATE) THEN
        GET STACKED DIAGNOSTICS refusal_message := MESSAGE_TEXT, refusal_hint := PG_EXCEPTION_HINT;
        PERFORM homer.refuse_element(first_place OPERATOR(pg_catalog.+) place OPERATOR(pg_catalog.-) 1, pg_catalog.to_jsonb(input),
                                     SQLSTATE, refusal_message, refusal_hint);
    END IF;
    RAISE;
END
$function$;
COMMENT ON FUNCTION homer.remember_in_turn(homer.memory_input[], integer) IS
'homer_remember for one memory after the other, of which the first has this position in the call.';

CREATE FUNCTION homer.confirm_inputs(inputs homer.memory_input[], ids integer[], outcomes text[])
    RETURNS TABLE (place integer, id integer, outcome text)
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE AS
$function$
#variable_conflict use_column
DECLARE
    again record;
    refusal_message pg_catalog.text;
    refusal_hint pg_catalog.text;
BEGIN
    FOR again IN SELECT c.* FROM homer.confirmations(inputs, ids, outcomes) AS c LOOP
        IF homer.confirm(again.id, again.importance, again.expires_at, again.tags, again.metadata,
                         again.source_conversation_id, again.source_message_id, again.said_at) IS NULL THEN
            -- An application has just retired it, or did not let it be changed.
            RETURN QUERY SELECT again.place, r.id, r.outcome FROM homer.remember_in_turn(ARRAY[inputs[again.place]], again.place) AS r;
        END IF;
    END LOOP;
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS refusal_message := MESSAGE_TEXT, refusal_hint := PG_EXCEPTION_HINT;
    IF homer.is_refusal(SQLSTATE) AND NOT pg_catalog.starts_with(refusal_message, 'memories[') THEN
        PERFORM homer.refuse_element(again.place, pg_catalog.to_jsonb(inputs[again.place]), SQLSTATE, refusal_message, refusal_hint);
    END IF;
    RAISE;
END
$function$;
COMMENT ON FUNCTION homer.confirm_inputs(homer.memory_input[], integer[], text[]) IS
'Confirms the memories that are said again, and returns what became of those of which an application has just retired the one that was there.';

CREATE FUNCTION homer.remember_at_once(inputs homer.memory_input[]) RETURNS TABLE ("position" integer, id integer, outcome text)
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE AS
$function$
#variable_conflict use_column
DECLARE
    ids pg_catalog.int4[];
    outcomes pg_catalog.text[];
    firsts pg_catalog.int4[];
    added_ids pg_catalog.int4[];
    in_turn record;
BEGIN
    SELECT d.ids, d.outcomes, d.firsts INTO ids, outcomes, firsts FROM homer.decided(inputs) AS d;
    added_ids := homer.add_inputs(inputs, outcomes);
    IF pg_catalog.cardinality(added_ids) OPERATOR(pg_catalog.<>)
       pg_catalog.cardinality(pg_catalog.array_positions(outcomes, 'added')) THEN
        -- One by one, to say which one was kept away.
        PERFORM homer.remember_in_turn(inputs, 1);
        PERFORM homer.refuse('not_stored', '{"what": "memory"}');
    END IF;
    SELECT a.ids INTO ids FROM homer.ids_after_adding(ids, outcomes, firsts, added_ids) AS a (ids);
    IF 'confirmed' OPERATOR(pg_catalog.=) ANY (outcomes) THEN
        FOR in_turn IN SELECT c.place, c.id, c.outcome FROM homer.confirm_inputs(inputs, ids, outcomes) AS c LOOP
            ids[in_turn.place] := in_turn.id;
            outcomes[in_turn.place] := in_turn.outcome;
        END LOOP;
    END IF;
    PERFORM homer.set_embeddings(inputs, ids, outcomes);
    RETURN QUERY
        SELECT r.place::pg_catalog.int4, r.id, r.outcome
          FROM ROWS FROM (pg_catalog.unnest(ids), pg_catalog.unnest(outcomes)) WITH ORDINALITY AS r (id, outcome, place);
END
$function$;
COMMENT ON FUNCTION homer.remember_at_once(homer.memory_input[]) IS
'homer_remember for memories of which none supersedes another, as one: what is new is stored by one statement.';

CREATE FUNCTION homer.set_embeddings(inputs homer.memory_input[], ids integer[], outcomes text[]) RETURNS void
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE AS
$function$
BEGIN
    PERFORM @extschema@.homer_set_embedding(i.id, i.embedding)
      FROM (SELECT u.id, u.embedding
              FROM ROWS FROM (pg_catalog.unnest(inputs), pg_catalog.unnest(ids), pg_catalog.unnest(outcomes)) WITH ORDINALITY
                   AS u (user_id, category, subject, content, importance, expires_at, tags, metadata, source_conversation_id,
                         source_message_id, supersedes, embedding, statement, exact, due, said_at, id, outcome, place)
             WHERE u.embedding IS NOT NULL AND u.outcome OPERATOR(pg_catalog.<>) 'rejected'
             ORDER BY u.place) AS i;
END
$function$;
COMMENT ON FUNCTION homer.set_embeddings(homer.memory_input[], integer[], text[]) IS 'Stores the vectors that came with the memories.';

CREATE FUNCTION homer.summary_of(inputs homer.memory_input[])
    RETURNS TABLE (user_ids text[], statements text[], exact text[], due timestamp[], any_supersedes boolean)
    LANGUAGE sql STABLE PARALLEL SAFE ROWS 1
BEGIN ATOMIC
    SELECT pg_catalog.array_agg(i.user_id ORDER BY i.place), pg_catalog.array_agg(i.statement ORDER BY i.place),
           pg_catalog.array_agg(i.exact ORDER BY i.place), pg_catalog.array_agg(i.due ORDER BY i.place),
           pg_catalog.bool_or(i.supersedes IS NOT NULL)
      FROM pg_catalog.unnest(inputs) WITH ORDINALITY
           AS i (user_id, category, subject, content, importance, expires_at, tags, metadata, source_conversation_id,
                 source_message_id, supersedes, embedding, statement, exact, due, said_at, place);
END;
COMMENT ON FUNCTION homer.summary_of(homer.memory_input[]) IS 'What memories to be stored say and of whom, as arrays, and whether one replaces another.';

CREATE FUNCTION @extschema@.homer_remember_many(memories jsonb) RETURNS TABLE ("position" integer, id integer, outcome text)
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE ROWS 1000
AS $function$
#variable_conflict use_column
DECLARE
    inputs homer.memory_input[];
    summary record;
BEGIN
    PERFORM homer.check_acts(), homer.check_memories(memories::pg_catalog.text);
    inputs := homer.memory_inputs(memories);
    SELECT s.* INTO summary FROM homer.summary_of(inputs) AS s;
    IF summary.statements IS NULL THEN
        RETURN;
    END IF;
    PERFORM homer.lock_users(summary.user_ids);
    PERFORM homer.check_statements_are_current(summary.user_ids, summary.statements, summary.exact, summary.due);
    IF summary.any_supersedes THEN
        RETURN QUERY SELECT r."position", r.id, r.outcome FROM homer.remember_in_turn(inputs, 1) AS r;
    ELSE
        RETURN QUERY SELECT r."position", r.id, r.outcome FROM homer.remember_at_once(inputs) AS r;
    END IF;
END
$function$;
COMMENT ON FUNCTION @extschema@.homer_remember_many(jsonb) IS
'Stores many memories: an array of objects whose keys are the parameters of homer_remember; user_id has to be there, null for a memory of everyone, and a moment without an offset is UTC. Returns the position, the first being 1, the id and the outcome of each, in order. One that cannot be right refuses them all, and the message names its position.';
