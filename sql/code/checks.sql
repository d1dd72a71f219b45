-- What a call may not pass: each function raises the refusal that fits or gives true, so that a write ANDs them in its
-- WHERE. The Rust of the same names is in src/checks.rs and src/json_fields.rs. A single jsonb is checked here, because handing
-- it to Rust costs 10 us for 120 bytes.
--
-- The checks in Rust are immutable. Those in SQL call homer.refuse, which is volatile: planning must not evaluate it in a branch that
-- is never taken.

CREATE FUNCTION homer.check_text(parameter text, value text) RETURNS boolean
    LANGUAGE c IMMUTABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'check_text_wrapper';
COMMENT ON FUNCTION homer.check_text(text, text) IS 'Refuses a text that is null, empty or white space alone.';

CREATE FUNCTION homer.check_user_or_everyone(user_id text) RETURNS boolean
    LANGUAGE c IMMUTABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'check_user_or_everyone_wrapper';
COMMENT ON FUNCTION homer.check_user_or_everyone(text) IS 'Refuses a user id that is empty; null stands for everyone.';

CREATE FUNCTION homer.check_says_something(subject text, content text) RETURNS boolean
    LANGUAGE c IMMUTABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'check_says_something_wrapper';
COMMENT ON FUNCTION homer.check_says_something(text, text) IS 'Refuses a memory whose subject or content is null, or both empty.';

CREATE FUNCTION homer.check_importance(importance integer) RETURNS boolean
    LANGUAGE c IMMUTABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'check_importance_wrapper';
COMMENT ON FUNCTION homer.check_importance(integer) IS 'Refuses an importance outside 1 to 10.';

CREATE FUNCTION homer.check_limit("limit" integer) RETURNS boolean
    LANGUAGE c IMMUTABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'check_limit_wrapper';
COMMENT ON FUNCTION homer.check_limit(integer) IS 'Refuses a limit below zero.';

CREATE FUNCTION homer.check_filter(parameter text, wanted text[]) RETURNS boolean
    LANGUAGE c IMMUTABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'check_filter_wrapper';
COMMENT ON FUNCTION homer.check_filter(text, text[]) IS 'Refuses an array of wanted words that is empty or holds a null; null stands for all.';

CREATE FUNCTION homer.check_expiry(expires_at timestamptz, now timestamptz) RETURNS boolean
    LANGUAGE c IMMUTABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'check_expiry_wrapper';
COMMENT ON FUNCTION homer.check_expiry(timestamptz, timestamptz) IS 'Refuses an expiry that is infinite or not after now; null is permanent.';

CREATE FUNCTION homer.check_settings(settings text) RETURNS boolean
    LANGUAGE c IMMUTABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'check_settings_wrapper';
COMMENT ON FUNCTION homer.check_settings(text) IS
'Refuses JSON that is no object of settings of a profile: a key that is none, and a value that its column cannot hold.';

CREATE FUNCTION homer.check_memories(memories text) RETURNS boolean
    LANGUAGE c IMMUTABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'check_memories_wrapper';
COMMENT ON FUNCTION homer.check_memories(text) IS
'Refuses JSON that is no array of objects with the parameters of homer_remember, and names the element and the key.';

CREATE FUNCTION homer.check_timezone(name text, known boolean) RETURNS boolean
    LANGUAGE c IMMUTABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'check_timezone_wrapper';
COMMENT ON FUNCTION homer.check_timezone(text, boolean) IS 'Refuses a timezone that is not known.';

CREATE FUNCTION homer.check_embedding(parameter text, embedding double precision[], dimensions integer) RETURNS boolean
    LANGUAGE c IMMUTABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'check_embedding_wrapper';
COMMENT ON FUNCTION homer.check_embedding(text, double precision[], integer) IS
'Refuses a vector that has no direction, or that is not as long as the stored ones; null dimensions say that there are none.';

CREATE FUNCTION homer.check_dimensions(dimensions integer) RETURNS boolean
    LANGUAGE c IMMUTABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'check_dimensions_wrapper';
COMMENT ON FUNCTION homer.check_dimensions(integer) IS 'Refuses a number of dimensions outside 1 to 16000.';

CREATE FUNCTION homer.check_file_size(file_size integer) RETURNS boolean
    LANGUAGE c IMMUTABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'check_file_size_wrapper';
COMMENT ON FUNCTION homer.check_file_size(integer) IS 'Refuses a number of bytes below zero.';

CREATE FUNCTION homer.check_max_tokens(max_tokens integer) RETURNS boolean
    LANGUAGE c IMMUTABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'check_max_tokens_wrapper';
COMMENT ON FUNCTION homer.check_max_tokens(integer) IS 'Refuses a budget below zero.';

CREATE FUNCTION homer.check_one_of(parameter text, value text, known text[]) RETURNS boolean
    LANGUAGE c IMMUTABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'check_one_of_wrapper';
COMMENT ON FUNCTION homer.check_one_of(text, text, text[]) IS 'Refuses a word that is null or not one of the known ones.';

CREATE FUNCTION homer.check_uuid(parameter text, value text) RETURNS boolean
    LANGUAGE c IMMUTABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'check_uuid_wrapper';
COMMENT ON FUNCTION homer.check_uuid(text, text) IS 'Refuses what is no UUID; null asks for a new one.';

CREATE FUNCTION homer.check_user_ids(user_ids text[]) RETURNS boolean
    LANGUAGE c IMMUTABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'check_user_ids_wrapper';
COMMENT ON FUNCTION homer.check_user_ids(text[]) IS 'Refuses an array of user ids that is null, or holds a null or an empty one.';

CREATE FUNCTION homer.check_id(parameter text, id text) RETURNS boolean
    LANGUAGE c IMMUTABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'check_id_wrapper';
COMMENT ON FUNCTION homer.check_id(text, text) IS 'Refuses an id or a category that is null, empty or longer than 1000 bytes.';

CREATE FUNCTION homer.check_bytes(parameter text, value text, most integer) RETURNS boolean
    LANGUAGE c IMMUTABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'check_bytes_wrapper';
COMMENT ON FUNCTION homer.check_bytes(text, text, integer) IS 'Refuses a text of more bytes than its column holds; null is none.';

CREATE FUNCTION homer.check_link(
    file_id text, conversation_id text, message_id text, direction text, context text, user_id text
) RETURNS boolean
    LANGUAGE c IMMUTABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'check_link_wrapper';
COMMENT ON FUNCTION homer.check_link(text, text, text, text, text, text) IS
'Refuses a link of no file, conversation, message or direction, of a context that its column does not hold, or of an empty user.';

-- The facts are text: pgrx cannot read jsonb that is nested deeply, and would report a fault of its own instead of an error.
CREATE FUNCTION homer.raise_refusal(kind text, facts text) RETURNS boolean
    LANGUAGE c VOLATILE PARALLEL SAFE AS 'MODULE_PATHNAME', 'raise_refusal_wrapper';
COMMENT ON FUNCTION homer.raise_refusal(text, text) IS 'homer.refuse, with the facts as text.';

CREATE FUNCTION homer.refuse(kind text, facts jsonb) RETURNS boolean
    LANGUAGE sql VOLATILE PARALLEL SAFE
    RETURN homer.raise_refusal(kind, facts::text);
COMMENT ON FUNCTION homer.refuse(text, jsonb) IS
'Raises a refusal of this kind, with what the SQL that calls it has found; src/errors.rs has the kinds, their facts, SQLSTATEs and words.';

CREATE FUNCTION homer.is_refusal(sqlstate text) RETURNS boolean
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN sqlstate ^@ 'ME';
COMMENT ON FUNCTION homer.is_refusal(text) IS 'Whether an error is one of homer''s own.';

CREATE FUNCTION homer.refuse_shape(parameter text, value text, wanted text) RETURNS boolean
    LANGUAGE sql VOLATILE PARALLEL SAFE
    -- A message shows 80 characters.
    RETURN homer.refuse('wrong_shape', pg_catalog.jsonb_build_object('parameter', parameter, 'value', pg_catalog.left(value, 81), 'wanted', wanted));
COMMENT ON FUNCTION homer.refuse_shape(text, text, text) IS 'Refuses a value of another shape than the one wanted.';

CREATE FUNCTION homer.counted_metadata(metadata jsonb) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN (metadata - '{due_at,claimed_at}'::text[])::text;
COMMENT ON FUNCTION homer.counted_metadata(jsonb) IS 'Of metadata what counts for their bound of 65,536 bytes: a reminder that is full can still be claimed.';

CREATE FUNCTION homer.check_object(parameter text, value jsonb) RETURNS boolean
    LANGUAGE sql VOLATILE PARALLEL SAFE
    RETURN CASE
        WHEN value IS NULL THEN homer.refuse('null', pg_catalog.jsonb_build_object('parameter', parameter))
        WHEN pg_catalog.jsonb_typeof(value) = 'object' THEN true
        ELSE homer.refuse_shape(parameter, value::text, 'a JSON object')
    END;
COMMENT ON FUNCTION homer.check_object(text, jsonb) IS 'Refuses a JSON value that is null or no object.';

CREATE FUNCTION homer.check_strings(parameter text, value jsonb) RETURNS boolean
    LANGUAGE sql VOLATILE PARALLEL SAFE
    RETURN CASE
        WHEN value IS NULL THEN homer.refuse('null', pg_catalog.jsonb_build_object('parameter', parameter))
        WHEN homer.is_array_of_strings(value) THEN true
        ELSE homer.refuse_shape(parameter, value::text, 'an array of strings')
    END;
COMMENT ON FUNCTION homer.check_strings(text, jsonb) IS 'Refuses a JSON value that is null or no array of strings.';

CREATE FUNCTION homer.check_due(due_at timestamptz) RETURNS boolean
    LANGUAGE c IMMUTABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'check_due_wrapper';
COMMENT ON FUNCTION homer.check_due(timestamptz) IS 'Refuses a due moment that is null, infinite or outside the years 1 to 9999.';

CREATE FUNCTION homer.check_json_numbers(parameter text, value jsonb) RETURNS boolean
    LANGUAGE sql VOLATILE PARALLEL SAFE
    RETURN CASE
        WHEN value IS NULL OR pg_catalog.jsonb_typeof(value) = 'null' THEN true
        -- As large as a real holds: what is nearer to the next number than to its largest is infinite there.
        WHEN pg_catalog.jsonb_typeof(value) = 'array'
             AND NOT pg_catalog.jsonb_path_exists(value, 'strict $[*] ? (@.type() <> "number")', '{}', true)
             AND NOT pg_catalog.jsonb_path_exists(value, 'strict $[*] ? (@ >= 3.4028235677973366e38 || @ <= -3.4028235677973366e38)', '{}', true) THEN true
        ELSE homer.refuse_shape(parameter, value::text, 'an array of numbers')
    END;
COMMENT ON FUNCTION homer.check_json_numbers(text, jsonb) IS 'Refuses a JSON value that is there and is no array of numbers and no null.';
