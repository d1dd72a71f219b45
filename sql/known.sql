-- What is known of a statement before it is stored: whether it was refused, and which memory says it already.

-- Inlined into the statements that call it.
CREATE FUNCTION homer.known_statement(of_user text, statement text, due timestamp, besides integer)
    RETURNS TABLE (refusal_id integer, memory_id integer)
    LANGUAGE sql STABLE PARALLEL SAFE ROWS 1
BEGIN ATOMIC
    SELECT (SELECT r.id FROM homer.refusals AS r
             WHERE homer.statement_key(r.user_id, r.statement) = homer.statement_key(of_user, known_statement.statement)
               AND r.user_id IS NOT DISTINCT FROM of_user AND r.statement = known_statement.statement
             LIMIT 1),
           (SELECT m.id FROM @extschema@.homer_memories AS m
             WHERE homer.statement_key(m.user_id, homer.statement(m.subject, m.content))
                   = homer.statement_key(of_user, known_statement.statement)
               AND (m.is_active IS NULL OR m.is_active)
               AND (m.expires_at IS NULL OR m.expires_at > homer.utc_now())
               AND m.user_id IS NOT DISTINCT FROM of_user
               AND homer.statement(m.subject, m.content) = known_statement.statement
               AND homer.due_moment(m.category, m.metadata) IS NOT DISTINCT FROM due
               AND m.id IS DISTINCT FROM besides
             -- The eldest of several that an application put there. By its moment first, because an order by id alone
             -- could be read from the primary key.
             ORDER BY m.created_at, m.id LIMIT 1);
END;
COMMENT ON FUNCTION homer.known_statement(text, text, timestamp, integer) IS
'The refusal of a statement, and the memory that says it, besides the one that is to be superseded.';

CREATE FUNCTION homer.known_statements(user_ids text[], statements text[], due timestamp[]) RETURNS integer[]
    LANGUAGE sql STABLE PARALLEL SAFE
    SET enable_seqscan = off
    SET jit = off
BEGIN ATOMIC
    SELECT pg_catalog.array_agg(COALESCE(-k.refusal_id, k.memory_id, 0) ORDER BY s.position)
      FROM ROWS FROM (pg_catalog.unnest(user_ids), pg_catalog.unnest(statements), pg_catalog.unnest(due)) WITH ORDINALITY AS s (user_id, statement, due, position),
           homer.known_statement(s.user_id, s.statement, s.due, NULL) AS k;
END;
COMMENT ON FUNCTION homer.known_statements(text[], text[], timestamp[]) IS
'Of each statement the refusal, as a negative number, or the memory that says it, or 0.';

CREATE FUNCTION homer.statements_known_by_now(user_ids text[], statements text[], due timestamp[]) RETURNS integer[]
    LANGUAGE c VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'statements_known_by_now_wrapper';
COMMENT ON FUNCTION homer.statements_known_by_now(text[], text[], timestamp[]) IS
'known_statements as of this instant, also where the transaction looks at an older state.';

CREATE FUNCTION homer.check_statements_are_current(user_ids text[], statements text[], due timestamp[]) RETURNS boolean
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE AS
$function$
BEGIN
    IF pg_catalog.current_setting('transaction_isolation') OPERATOR(pg_catalog.<>) 'repeatable read'
       AND pg_catalog.current_setting('transaction_isolation') OPERATOR(pg_catalog.<>) 'serializable' THEN
        RETURN true;
    END IF;
    IF homer.known_statements(user_ids, statements, due)
       OPERATOR(pg_catalog.<>) homer.statements_known_by_now(user_ids, statements, due) THEN
        RAISE EXCEPTION 'could not serialize access: the same content was stored, refused or retired meanwhile'
            USING ERRCODE = 'serialization_failure', HINT = 'Run the transaction again.';
    END IF;
    RETURN true;
END
$function$;
COMMENT ON FUNCTION homer.check_statements_are_current(text[], text[], timestamp[]) IS
'Raises serialization_failure where others have changed what is known of the statements since the transaction began to look.';
