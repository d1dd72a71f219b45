-- What users do not want to be remembered: written by homer_reject, read by homer_remember, for good. A refusal outlives
-- the memory that it began with.

CREATE FUNCTION homer.refusal_key(user_id text, statement text) RETURNS bigint
    LANGUAGE c IMMUTABLE LEAKPROOF PARALLEL SAFE COST 10 AS 'MODULE_PATHNAME', 'refusal_key_wrapper';
COMMENT ON FUNCTION homer.refusal_key(text, text) IS
'The number of a refusal of the user, or of everyone where user_id is null: one for words as a content and as a subject without content.';

-- As statements the two are not the same. But who does not want to be remembered as diabetic does not care in which column it would stand.
CREATE FUNCTION homer.refused_together(statement text) RETURNS text[]
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN ARRAY[pg_catalog.ltrim(statement), ' ' || pg_catalog.ltrim(statement)];
COMMENT ON FUNCTION homer.refused_together(text) IS
'The two statements that are refused where one of them is: words as a content, and the same as a subject without content.';

CREATE FUNCTION homer.refused_keys(user_id text, statement text) RETURNS bigint[]
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN ARRAY[homer.statement_key(user_id, (homer.refused_together(statement))[1]),
                 homer.statement_key(user_id, (homer.refused_together(statement))[2])];
COMMENT ON FUNCTION homer.refused_keys(text, text) IS 'The numbers of the statements that are refused where one of them is.';

CREATE FUNCTION homer.memories_that_say(of_user text, statement text) RETURNS integer[]
    LANGUAGE plpgsql STABLE PARALLEL SAFE
    SET enable_seqscan = off
    SET jit = off
    SET plan_cache_mode = force_generic_plan AS
$function$
BEGIN
    RETURN ARRAY(SELECT m.id FROM @extschema@.homer_memories AS m
                  WHERE homer.statement_key(m.user_id, homer.statement(m.subject, m.content))
                        OPERATOR(pg_catalog.=) ANY (homer.refused_keys(of_user, memories_that_say.statement))
                    AND homer.is_active_for_statements(m.is_active)
                    AND homer.is_same_text(m.user_id, of_user)
                    AND homer.statement(m.subject, m.content) OPERATOR(pg_catalog.=) ANY (homer.refused_together(memories_that_say.statement)));
END
$function$;
COMMENT ON FUNCTION homer.memories_that_say(text, text) IS
'The active memories of the user that say this in any spelling, as a content or as a subject, whatever their moment, those that an application stored by itself included.';

CREATE FUNCTION homer.retire(memory_ids integer[]) RETURNS boolean
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE AS
$function$
BEGIN
    UPDATE @extschema@.homer_memories AS m
       SET is_active = false, updated_at = homer.utc_now()
     WHERE m.id OPERATOR(pg_catalog.=) ANY (memory_ids) AND m.is_active IS NOT FALSE;
    RETURN FOUND;
END
$function$;
COMMENT ON FUNCTION homer.retire(integer[]) IS 'Retires those of the memories that are active, and says whether there were any.';

CREATE FUNCTION @extschema@.homer_reject(memory_id integer) RETURNS boolean
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
AS $function$
#variable_conflict use_column
DECLARE
    rejected record;
    is_news pg_catalog.bool;
BEGIN
    PERFORM homer.check_acts();
    SELECT m.id, m.user_id, homer.statement(m.subject, m.content) AS statement, homer.exact_tokens(m.subject, m.content) AS exact
      INTO rejected
      FROM @extschema@.homer_memories AS m WHERE m.id OPERATOR(pg_catalog.=) homer_reject.memory_id;
    IF NOT FOUND THEN
        PERFORM homer.refuse('null', '{"parameter": "memory_id"}') WHERE homer_reject.memory_id IS NULL;
        PERFORM homer.refuse('unknown_memory', pg_catalog.jsonb_build_object('id', homer_reject.memory_id));
    END IF;
    PERFORM homer.check_may_decide_for(rejected.user_id);
    PERFORM homer.lock_user(rejected.user_id);
    PERFORM homer.check_statements_are_current(
                ARRAY[rejected.user_id, rejected.user_id], homer.refused_together(rejected.statement),
                ARRAY[rejected.exact, rejected.exact], ARRAY[NULL, NULL]::pg_catalog.timestamp[]);

    INSERT INTO homer.refusals (user_id, statement, memory_id, refused_at)
    SELECT rejected.user_id, rejected.statement, rejected.id, homer.utc_now()
     WHERE homer.known_refusal(rejected.user_id, rejected.statement) IS NULL;
    is_news := FOUND;
    IF homer.known_refusal(rejected.user_id, rejected.statement) IS NULL THEN
        PERFORM homer.refuse('not_stored', '{"what": "refusal"}');
    END IF;
    is_news := homer.retire(homer.memories_that_say(rejected.user_id, rejected.statement)) OR is_news;
    -- As of a statement of its own, after which none may be left.
    IF pg_catalog.cardinality(homer.memories_that_say(rejected.user_id, rejected.statement)) OPERATOR(pg_catalog.>) 0 THEN
        PERFORM homer.refuse('not_stored', '{"what": "memory"}');
    END IF;
    RETURN is_news;
END
$function$;
COMMENT ON FUNCTION @extschema@.homer_reject(integer) IS
'Retires a memory and refuses its content for its user from now on, in any spelling, be it the content of a memory or the subject of one without content: homer_remember then answers rejected. True if that was news, false if it was refused already and nothing was left to retire. A global memory is rejected by a role that may tell everyone something.';

CREATE FUNCTION @extschema@.homer_refusals(user_id text) RETURNS SETOF @extschema@.homer_refusal
    LANGUAGE sql STABLE PARALLEL RESTRICTED
BEGIN ATOMIC
    SELECT r.id, r.user_id, pg_catalog.ltrim(r.statement), r.memory_id, r.refused_at
      FROM homer.refusals AS r
     WHERE homer.check_user_or_everyone(homer_refusals.user_id)
       AND homer.check_acts_for(homer_refusals.user_id)
       AND CASE WHEN homer_refusals.user_id IS NULL THEN r.user_id IS NULL ELSE r.user_id = homer_refusals.user_id END
     ORDER BY r.id;
END;
COMMENT ON FUNCTION @extschema@.homer_refusals(text) IS
'What the user has refused, eldest first; what is refused as a global memory for a null user.';

CREATE FUNCTION @extschema@.homer_lift_refusal(refusal_id integer) RETURNS boolean
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE AS
$function$
BEGIN
    PERFORM homer.check_acts();
    IF refusal_id IS NULL THEN
        PERFORM homer.refuse('null', '{"parameter": "refusal_id"}');
    END IF;
    PERFORM homer.check_may_decide_for(r.user_id) FROM homer.refusals AS r WHERE r.id OPERATOR(pg_catalog.=) refusal_id;
    DELETE FROM homer.refusals AS r WHERE r.id OPERATOR(pg_catalog.=) refusal_id;
    RETURN FOUND;
END
$function$;
COMMENT ON FUNCTION @extschema@.homer_lift_refusal(integer) IS
'Makes welcome again what a user has refused. What was retired stays so. True if it was refused, false if there is no such refusal.';
