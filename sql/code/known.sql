-- What is known of a statement before it is stored: whether the user has refused it, and which memory holds it already.
-- homer_remember, homer_remember_many, homer_remind and homer_import_user ask here, and hold the lock of the user meanwhile.

-- Inlined into the statements that call it.
CREATE FUNCTION homer.known_statement(of_user text, statement text, exact text, due timestamp, besides integer)
    RETURNS TABLE (refusal_id integer, memory_id integer)
    LANGUAGE sql STABLE PARALLEL SAFE ROWS 1
BEGIN ATOMIC
    SELECT (SELECT r.id FROM homer.refusals AS r
             WHERE homer.refusal_key(r.user_id, r.statement) = homer.refusal_key(of_user, known_statement.statement)
               AND r.user_id IS NOT DISTINCT FROM of_user
               -- Without the space of a subject: the words are refused in either column.
               AND pg_catalog.ltrim(r.statement) = pg_catalog.ltrim(known_statement.statement)
             LIMIT 1),
           (SELECT m.id FROM @extschema@.homer_memories AS m
             WHERE homer.statement_key(m.user_id, homer.statement(m.subject, m.content))
                   = homer.statement_key(of_user, known_statement.statement)
               AND homer.is_active_for_statements(m.is_active)
               AND (m.expires_at IS NULL OR m.expires_at > homer.utc_now())
               AND m.user_id IS NOT DISTINCT FROM of_user
               AND homer.statement(m.subject, m.content) = known_statement.statement
               AND homer.exact_tokens(m.subject, m.content) = exact
               AND homer.due_moment(m.category, m.metadata) IS NOT DISTINCT FROM due
               AND m.id IS DISTINCT FROM besides
             -- The eldest of several that an application put there. By its moment first, because an order by id alone
             -- could be read from the primary key.
             ORDER BY m.created_at, m.id LIMIT 1);
END;
COMMENT ON FUNCTION homer.known_statement(text, text, text, timestamp, integer) IS
'The refusal of a statement, in any spelling and in either column, and the memory that says it to the letter, besides the one that is to be superseded.';

-- PL/pgSQL keeps the plan. The lookup has one good plan, by two indexes, and the settings are here because a function that
-- writes would hand them on to the application's triggers.
CREATE FUNCTION homer.known(
    of_user text, statement text, exact text, due timestamp, besides integer, OUT refusal_id integer, OUT memory_id integer
)
    LANGUAGE plpgsql STABLE PARALLEL SAFE
    SET enable_seqscan = off
    SET jit = off
    SET plan_cache_mode = force_generic_plan AS
$function$
BEGIN
    SELECT k.refusal_id, k.memory_id INTO refusal_id, memory_id
      FROM homer.known_statement(of_user, statement, exact, due, besides) AS k;
    -- Two files of one text stay two.
    IF besides IS NOT NULL AND homer.are_files(besides, memory_id) THEN
        memory_id := NULL;
    END IF;
END
$function$;
COMMENT ON FUNCTION homer.known(text, text, text, timestamp, integer) IS 'homer.known_statement of one statement, with its plan kept.';

CREATE FUNCTION homer.known_refusal(of_user text, statement text) RETURNS integer
    LANGUAGE plpgsql STABLE PARALLEL SAFE
    SET enable_seqscan = off
    SET jit = off
    SET plan_cache_mode = force_generic_plan AS
$function$
BEGIN
    RETURN (SELECT k.refusal_id FROM homer.known_statement(of_user, known_refusal.statement, '', NULL, NULL) AS k);
END
$function$;
COMMENT ON FUNCTION homer.known_refusal(text, text) IS 'The refusal of a statement; null where it is not refused.';

CREATE FUNCTION homer.known_statements(user_ids text[], statements text[], exact text[], due timestamp[]) RETURNS integer[]
    LANGUAGE plpgsql STABLE PARALLEL SAFE
    SET enable_seqscan = off
    SET jit = off
    SET plan_cache_mode = force_generic_plan
AS $function$
BEGIN
    RETURN (
        SELECT pg_catalog.array_agg(COALESCE(OPERATOR(pg_catalog.-) k.refusal_id, k.memory_id, 0) ORDER BY s.position)
          FROM ROWS FROM (pg_catalog.unnest(user_ids), pg_catalog.unnest(statements), pg_catalog.unnest(exact), pg_catalog.unnest(due))
                   WITH ORDINALITY AS s (user_id, statement, exact, due, position),
               homer.known_statement(s.user_id, s.statement, s.exact, s.due, NULL) AS k);
END
$function$;
COMMENT ON FUNCTION homer.known_statements(text[], text[], text[], timestamp[]) IS
'Of each statement the refusal, as a negative number, or the memory that says it, or 0.';

CREATE FUNCTION homer.statements_known_by_now(user_ids text[], statements text[], exact text[], due timestamp[]) RETURNS integer[]
    LANGUAGE c VOLATILE STRICT PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'statements_known_by_now_wrapper';
COMMENT ON FUNCTION homer.statements_known_by_now(text[], text[], text[], timestamp[]) IS
'known_statements as of this instant, also where the transaction looks at an older state.';

CREATE FUNCTION homer.is_as_known_by_now(user_ids text[], statements text[], exact text[], due timestamp[]) RETURNS boolean
    LANGUAGE sql VOLATILE PARALLEL UNSAFE
    -- Where one of the two could not be told it is null, which is a difference.
    RETURN COALESCE(homer.known_statements(user_ids, statements, exact, due)
                    OPERATOR(pg_catalog.=) homer.statements_known_by_now(user_ids, statements, exact, due), false);
COMMENT ON FUNCTION homer.is_as_known_by_now(text[], text[], text[], timestamp[]) IS
'Whether the transaction sees of the statements what there is at this instant.';

CREATE FUNCTION homer.looks_at_an_older_state() RETURNS boolean
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN pg_catalog.current_setting('transaction_isolation') IN ('repeatable read', 'serializable');
COMMENT ON FUNCTION homer.looks_at_an_older_state() IS 'Whether the transaction goes on seeing what was there when it began.';

CREATE FUNCTION homer.check_statements_are_current(user_ids text[], statements text[], exact text[], due timestamp[]) RETURNS boolean
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE AS
$function$
BEGIN
    IF homer.looks_at_an_older_state() AND NOT homer.is_as_known_by_now(user_ids, statements, exact, due) THEN
        RAISE EXCEPTION 'could not serialize access: the same content was stored, refused or retired meanwhile'
            USING ERRCODE = 'serialization_failure', HINT = 'Run the transaction again.';
    END IF;
    RETURN true;
END
$function$;
COMMENT ON FUNCTION homer.check_statements_are_current(text[], text[], text[], timestamp[]) IS
'Raises serialization_failure where others have changed what is known of the statements since the transaction began to look.';
