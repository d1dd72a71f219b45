-- When two memories say the same. All spellings of a text share one normal_form (crates/text), by which an index finds them;
-- exact_tokens are the tokens of which every letter counts. A lock on the user lets one client at a time decide what becomes of a
-- statement. docs/life_of_a_memory.md has the rules.

-- In a body that is bound when it runs, IS NOT DISTINCT FROM takes the = that the caller's search_path finds.
CREATE FUNCTION homer.is_same_text(a text, b text) RETURNS boolean
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN a IS NOT DISTINCT FROM b;
COMMENT ON FUNCTION homer.is_same_text(text, text) IS 'Whether two texts are the same, or both null.';

CREATE FUNCTION homer.statement(subject text, content text) RETURNS text
    LANGUAGE c IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE COST 100 AS 'MODULE_PATHNAME', 'statement_wrapper';
COMMENT ON FUNCTION homer.statement(text, text) IS
'What a memory says, in the form that all spellings share: its content, or a space and its subject where the content is empty.';

CREATE FUNCTION homer.exact_tokens(subject text, content text) RETURNS text
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 100 AS 'MODULE_PATHNAME', 'exact_tokens_wrapper';
COMMENT ON FUNCTION homer.exact_tokens(text, text) IS
'What two memories that say the same have to share to the letter: codes, passwords, paths, units.';

CREATE FUNCTION homer.statement_key(user_id text, statement text) RETURNS bigint
    LANGUAGE c IMMUTABLE LEAKPROOF PARALLEL SAFE COST 10 AS 'MODULE_PATHNAME', 'statement_key_wrapper';
COMMENT ON FUNCTION homer.statement_key(text, text) IS 'The number of a statement of the user, or of everyone where user_id is null.';

-- Asked from Rust: in PL/pgSQL, which keeps its plan for the next call.
CREATE FUNCTION homer.may_lock(user_id text) RETURNS boolean
    LANGUAGE plpgsql STABLE PARALLEL RESTRICTED AS
$function$
BEGIN
    RETURN homer.acts_for_anyone() AND (user_id IS NOT NULL OR homer.tells_everyone())
           OR COALESCE(user_id OPERATOR(pg_catalog.=) homer.acting_user(), false);
END
$function$;
COMMENT ON FUNCTION homer.may_lock(text) IS 'Whether the role decides about the memories of the user, or of everyone for a null.';

CREATE FUNCTION homer.lock_user(user_id text) RETURNS boolean
    LANGUAGE c VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'lock_user_wrapper';
COMMENT ON FUNCTION homer.lock_user(text) IS
'Waits until nobody else decides about the memories of the user, or of everyone for a null, and keeps others waiting until the transaction ends.';

CREATE FUNCTION homer.lock_number(user_id text) RETURNS bigint
    LANGUAGE c IMMUTABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'lock_number_wrapper';
COMMENT ON FUNCTION homer.lock_number(text) IS 'The number of a user''s lock.';

CREATE FUNCTION homer.lock_users(user_ids text[]) RETURNS void
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE AS
$function$
BEGIN
    -- Always in the same order, so that two calls for the same users do not wait for each other.
    PERFORM homer.lock_user(u.user_id)
      FROM (SELECT DISTINCT homer.lock_number(w.user_id) AS number, w.user_id
              FROM pg_catalog.unnest(user_ids) AS w (user_id) ORDER BY number, w.user_id) AS u;
END
$function$;
COMMENT ON FUNCTION homer.lock_users(text[]) IS 'homer.lock_user for many.';
