-- What users do not want to be remembered: written by homer_reject, read by homer_remember, for good. A refusal outlives
-- the memory that it began with.

CREATE TABLE homer.refusals (
    id serial PRIMARY KEY,
    user_id text,
    statement text NOT NULL,
    memory_id integer NOT NULL,
    refused_at timestamp NOT NULL
);
CREATE INDEX refusals_statement_idx ON homer.refusals (homer.statement_key(user_id, statement));
CREATE INDEX refusals_user_id_idx ON homer.refusals (user_id);

COMMENT ON TABLE homer.refusals IS 'What users have refused to have remembered, one statement a row.';
COMMENT ON COLUMN homer.refusals.id IS 'The refusal''s number, which homer_remember gives where it stores nothing.';
COMMENT ON COLUMN homer.refusals.user_id IS 'Whose refusal it is; null is for the global memories.';
COMMENT ON COLUMN homer.refusals.statement IS 'What is refused, in the form that all its spellings share.';
COMMENT ON COLUMN homer.refusals.memory_id IS 'The memory that was rejected. Its row may be gone.';
COMMENT ON COLUMN homer.refusals.refused_at IS 'When it was refused, in UTC.';

SELECT pg_catalog.pg_extension_config_dump('homer.refusals', '');
SELECT pg_catalog.pg_extension_config_dump('homer.refusals_id_seq', '');

CREATE TYPE @extschema@.homer_refusal AS (
    id integer,
    user_id text,
    content text,
    memory_id integer,
    refused_at timestamp
);
COMMENT ON TYPE @extschema@.homer_refusal IS 'What a user has refused to have remembered, in the form that all its spellings share.';

CREATE FUNCTION @extschema@.homer_reject(memory_id integer) RETURNS boolean
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
    SET enable_seqscan = off
    SET jit = off
AS $function$
#variable_conflict use_column
DECLARE
    rejected @extschema@.homer_memories;
    said pg_catalog.text;
    is_news boolean;
BEGIN
    PERFORM homer.check_acts();
    SELECT m.* INTO rejected FROM @extschema@.homer_memories AS m WHERE m.id OPERATOR(pg_catalog.=) homer_reject.memory_id;
    IF NOT FOUND THEN
        PERFORM homer.refuse_null('memory_id') WHERE homer_reject.memory_id IS NULL;
        PERFORM homer.refuse_unknown_memory(homer_reject.memory_id);
    END IF;
    PERFORM homer.check_may_decide_for(rejected.user_id);
    said := homer.statement(rejected.subject, rejected.content);
    PERFORM homer.lock_statement(rejected.user_id, said);
    PERFORM homer.check_statements_are_current(ARRAY[rejected.user_id], ARRAY[said], ARRAY[NULL::timestamp]);

    INSERT INTO homer.refusals (user_id, statement, memory_id, refused_at)
    SELECT rejected.user_id, said, rejected.id, homer.utc_now()
      FROM homer.known_statement(rejected.user_id, said, NULL, NULL) AS k
     WHERE k.refusal_id IS NULL;
    is_news := FOUND;

    -- With every other that says the same, whatever its moment, be it one that an application put there.
    UPDATE @extschema@.homer_memories AS m
       SET is_active = false, updated_at = homer.utc_now()
     WHERE homer.statement_key(m.user_id, homer.statement(m.subject, m.content))
           OPERATOR(pg_catalog.=) homer.statement_key(rejected.user_id, said)
       AND (m.is_active IS NULL OR m.is_active)
       AND homer.is_same_text(m.user_id, rejected.user_id)
       AND homer.statement(m.subject, m.content) OPERATOR(pg_catalog.=) said;
    RETURN is_news OR FOUND;
END
$function$;
COMMENT ON FUNCTION @extschema@.homer_reject(integer) IS
'Retires a memory and refuses its content for its user from now on, in any spelling: homer_remember then answers rejected. True if that was news, false if it was refused already and nothing was left to retire. A global memory is rejected by a role that acts for any user.';

CREATE FUNCTION @extschema@.homer_refusals(user_id text) RETURNS SETOF @extschema@.homer_refusal
    LANGUAGE sql STABLE PARALLEL SAFE
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
    LANGUAGE sql VOLATILE PARALLEL UNSAFE
BEGIN ATOMIC
    WITH refused AS MATERIALIZED (
        SELECT r.id FROM homer.refusals AS r
         WHERE homer.check_acts() AND r.id = refusal_id AND homer.check_may_decide_for(r.user_id)
    ), lifted AS (
        DELETE FROM homer.refusals AS r USING refused AS k WHERE r.id = k.id
        RETURNING true
    )
    SELECT CASE
        WHEN refusal_id IS NULL THEN homer.refuse_null('refusal_id')
        ELSE EXISTS (SELECT FROM lifted)
    END;
END;
COMMENT ON FUNCTION @extschema@.homer_lift_refusal(integer) IS
'Makes welcome again what a user has refused. What was retired stays so. True if it was refused, false if there is no such refusal.';
