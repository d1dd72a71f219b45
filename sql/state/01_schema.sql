-- First of all, because nothing works without it: homer reads texts as UTF-8.
DO $do$
BEGIN
    IF pg_catalog.getdatabaseencoding() OPERATOR(pg_catalog.<>) 'UTF8' THEN
        RAISE EXCEPTION USING
            ERRCODE = 'feature_not_supported',
            MESSAGE = pg_catalog.format('homer needs a database whose encoding is UTF8, and not %s', pg_catalog.getdatabaseencoding()),
            HINT = 'Make one with CREATE DATABASE ... ENCODING ''UTF8'' TEMPLATE template0, with a LOCALE that has it.';
    END IF;
END
$do$;

-- Everything that is not public lies here. A plain CREATE: a schema of this name that is there already belongs to
-- somebody else, and the installation stops rather than share it.
CREATE SCHEMA homer;
COMMENT ON SCHEMA homer IS 'What the homer extension works with. Its public functions are homer_* in the extension''s own schema.';
