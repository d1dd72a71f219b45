-- Moments in metadata, as text. src/moments.rs reads them, in a way that does not depend on a session's settings, so that
-- indexes can hold them.

CREATE FUNCTION homer.moment_of_text(moment text) RETURNS timestamp
    LANGUAGE c IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE COST 10 AS 'MODULE_PATHNAME', 'moment_of_text_wrapper';
COMMENT ON FUNCTION homer.moment_of_text(text) IS 'The moment of an ISO 8601 text, in UTC; null where it is none.';

CREATE FUNCTION homer.given_moment(moment text) RETURNS timestamp
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10 AS 'MODULE_PATHNAME', 'given_moment_wrapper';
COMMENT ON FUNCTION homer.given_moment(text) IS
'As homer.moment_of_text, and a day alone as its first instant, as callers give them in JSON; infinity too, for the checks to refuse.';

CREATE FUNCTION homer.json_text(object jsonb, key text) RETURNS text
    LANGUAGE c IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE AS 'MODULE_PATHNAME', 'json_text_wrapper';
COMMENT ON FUNCTION homer.json_text(jsonb, text) IS 'The value of a key as text; null where there is none.';

-- Inlined, also into the predicates of indexes: a reminder is one however its category is written.
CREATE FUNCTION homer.is_reminder(category text) RETURNS boolean
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN homer.slot(category) = 4;
COMMENT ON FUNCTION homer.is_reminder(text) IS 'Whether a memory of this category is a reminder.';

CREATE FUNCTION homer.due_moment(category text, metadata jsonb) RETURNS timestamp
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN CASE WHEN homer.is_reminder(category) THEN homer.moment_of_text(homer.json_text(metadata, 'due_at')) END;
COMMENT ON FUNCTION homer.due_moment(text, jsonb) IS
'When a reminder falls due, in UTC; null for every other memory. Reminders of different moments are different memories.';

CREATE FUNCTION homer.is_live(is_active boolean, expires_at timestamp) RETURNS boolean
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN is_active IS NOT FALSE AND (expires_at IS NULL OR expires_at > homer.utc_now());
COMMENT ON FUNCTION homer.is_live(boolean, timestamp) IS 'Whether a memory is active and has not expired.';

CREATE FUNCTION homer.text_of_moment(moment timestamp) RETURNS text
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN pg_catalog.to_char(moment, 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"');
COMMENT ON FUNCTION homer.text_of_moment(timestamp) IS 'A moment in UTC as metadata hold it.';

CREATE FUNCTION homer.misspellings_of_due_at() RETURNS text[]
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN '{dueAt,due,dueat,DueAt,due_date,dueDate}'::text[];
COMMENT ON FUNCTION homer.misspellings_of_due_at() IS 'What models and ORMs write for due_at.';

-- false or an empty text, from a model or an ORM. It counts as a claim, as all that is under this key but null.
CREATE FUNCTION homer.is_claim_without_moment(metadata jsonb) RETURNS boolean
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN homer.json_text(metadata, 'claimed_at') IS NOT NULL AND homer.moment_of_text(homer.json_text(metadata, 'claimed_at')) IS NULL;
COMMENT ON FUNCTION homer.is_claim_without_moment(jsonb) IS 'Whether metadata say of a claim, and of no moment of it that can be read.';

CREATE FUNCTION homer.check_due_in(category text, metadata jsonb) RETURNS boolean
    LANGUAGE sql VOLATILE PARALLEL SAFE
    RETURN CASE
        WHEN NOT homer.is_reminder(category) THEN true
        WHEN homer.json_text(metadata, 'due_at') IS NOT NULL THEN
            CASE
                WHEN homer.moment_of_text(homer.json_text(metadata, 'due_at')) IS NULL THEN
                    homer.refuse('unusable_due', pg_catalog.jsonb_build_object('value', homer.json_text(metadata, 'due_at')))
                WHEN homer.is_claim_without_moment(metadata) THEN
                    homer.refuse_shape('metadata', metadata::text, 'an object whose claimed_at is the moment of a claim, or not there')
                ELSE true
            END
        -- Written by a model or an ORM, it would never fall due, and nobody would hear of it.
        WHEN pg_catalog.jsonb_exists_any(metadata, homer.misspellings_of_due_at()) THEN
            homer.refuse_shape('metadata', metadata::text, 'an object that names the moment of a reminder due_at')
        ELSE true
    END;
COMMENT ON FUNCTION homer.check_due_in(text, jsonb) IS
'Refuses a reminder whose due_at is no moment, or that names it in another way, or that says of a claim without its moment: it would never fall due.';
