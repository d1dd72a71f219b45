-- When two memories say the same: src/normal_form.rs gives the form that all spellings of a text share, an index finds it
-- by its number, and a lock on it lets one client at a time decide what becomes of it. docs/life_of_a_memory.md has the rules.

-- In a body that is bound when it runs, IS NOT DISTINCT FROM takes the = that the caller's search_path finds.
CREATE FUNCTION homer.is_same_text(a text, b text) RETURNS boolean
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN a IS NOT DISTINCT FROM b;
COMMENT ON FUNCTION homer.is_same_text(text, text) IS 'Whether two texts are the same, or both null.';

CREATE FUNCTION homer.statement(subject text, content text) RETURNS text
    LANGUAGE c IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE COST 100 AS 'MODULE_PATHNAME', 'statement_wrapper';
COMMENT ON FUNCTION homer.statement(text, text) IS
'What a memory says, in the form that all spellings share: its content, or a space and its subject where the content is empty.';

CREATE FUNCTION homer.statement_key(user_id text, statement text) RETURNS bigint
    LANGUAGE c IMMUTABLE LEAKPROOF PARALLEL SAFE COST 10 AS 'MODULE_PATHNAME', 'statement_key_wrapper';
COMMENT ON FUNCTION homer.statement_key(text, text) IS 'The number of a statement of the user, or of everyone where user_id is null.';

-- Eight bytes a memory, whatever the length of its content. "Active" is said in a way of its own, so that this index is the
-- only one that its statements can use.
CREATE INDEX homer_memories_statement_idx
    ON @extschema@.homer_memories (homer.statement_key(user_id, homer.statement(subject, content)))
    WHERE is_active IS NULL OR is_active;

-- Who stores, confirms or refuses a statement holds its lock until the transaction ends. An import of many does not take
-- a lock for each, of which a server has some 6,400 by default, but closes the gates that their users share with others.

CREATE FUNCTION homer.gate_of(user_id text) RETURNS integer
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN (homer.hash(COALESCE(user_id, ''), 1) & 63)::integer;
COMMENT ON FUNCTION homer.gate_of(text) IS 'One of 64 gates, which a user shares with others: the second key of an advisory lock of the class 1751674213.';

-- 4,096 locks for all statements, because a server has room for some 6,400: a transaction that says a hundred thousand
-- things must not run out of them. Two transactions meet by chance in one of 4,096, and then one waits.
CREATE FUNCTION homer.lock_of(user_id text, statement text) RETURNS integer
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN (homer.statement_key(user_id, statement) & 4095)::integer;
COMMENT ON FUNCTION homer.lock_of(text, text) IS 'The second key of the advisory lock of a statement, of the class 1751674214.';

CREATE FUNCTION homer.lock_statement(user_id text, statement text) RETURNS boolean
    LANGUAGE sql VOLATILE PARALLEL UNSAFE
    RETURN pg_catalog.pg_advisory_xact_lock_shared(1751674213, homer.gate_of(user_id)) IS NOT NULL
       AND pg_catalog.pg_advisory_xact_lock(1751674214, homer.lock_of(user_id, statement)) IS NOT NULL;
COMMENT ON FUNCTION homer.lock_statement(text, text) IS 'Waits until nobody else decides what becomes of a statement, and keeps others waiting until the transaction ends.';

CREATE FUNCTION homer.lock_statements(user_ids text[], statements text[]) RETURNS boolean
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp AS
$function$
-- Always in the same order, so that two imports do not wait for each other.
BEGIN
    IF cardinality(statements) > 200 THEN
        PERFORM pg_advisory_xact_lock(1751674213, g.gate)
           FROM (SELECT DISTINCT homer.gate_of(u) AS gate FROM unnest(user_ids) AS u ORDER BY gate) AS g;
    ELSE
        PERFORM pg_advisory_xact_lock_shared(1751674213, g.gate)
           FROM (SELECT DISTINCT homer.gate_of(u) AS gate FROM unnest(user_ids) AS u ORDER BY gate) AS g;
        PERFORM pg_advisory_xact_lock(1751674214, l.lock)
           FROM (SELECT DISTINCT homer.lock_of(u, s) AS lock FROM unnest(user_ids, statements) AS t (u, s) ORDER BY lock) AS l;
    END IF;
    RETURN true;
END
$function$;
COMMENT ON FUNCTION homer.lock_statements(text[], text[]) IS
'lock_statement for many: a lock for each of up to 200, the gates of their users for more.';
