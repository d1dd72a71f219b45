-- The router has homer installed, for its types and for the declarations of its functions, in a schema that nobody looks in. No
-- memory lies here.

CREATE EXTENSION IF NOT EXISTS plproxy;
CREATE SCHEMA IF NOT EXISTS homer_local;
COMMENT ON SCHEMA homer_local IS 'homer''s own functions and types, which those of the router are declared as. What they work on lies at the places.';
CREATE EXTENSION IF NOT EXISTS homer SCHEMA homer_local;

DO $do$
DECLARE
    kept regclass;
BEGIN
    IF (SELECT e.extnamespace <> 'homer_local'::regnamespace FROM pg_catalog.pg_extension AS e WHERE e.extname = 'homer') THEN
        RAISE EXCEPTION 'this database has a homer of its own, and cannot be the router' USING HINT = 'Use an empty database.';
    END IF;
    FOR kept IN
        SELECT c.oid FROM pg_catalog.pg_class AS c
         WHERE c.relkind = 'r' AND (c.relnamespace = 'homer_local'::regnamespace OR c.relnamespace = 'homer'::regnamespace)
           AND NOT EXISTS (SELECT FROM pg_catalog.pg_constraint AS k WHERE k.conrelid = c.oid AND k.conname = 'nothing_lies_on_the_router')
    LOOP
        EXECUTE format('ALTER TABLE %s ADD CONSTRAINT nothing_lies_on_the_router CHECK (false)', kept);
    END LOOP;
END
$do$;

-- What is generated is made anew. Which places there are, and who may use them, lies in the server homer and its user mappings.
DROP SCHEMA IF EXISTS homer_router CASCADE;
DROP SCHEMA IF EXISTS homer_places CASCADE;
CREATE SCHEMA homer_router;
COMMENT ON SCHEMA homer_router IS 'How the router finds the place of a call, and merges what several places give.';
CREATE SCHEMA homer_places;
COMMENT ON SCHEMA homer_places IS 'Functions as they are at a place, of which the first argument is the number: what PL/Proxy calls.';

DO $do$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = 'homer_router') THEN
        CREATE ROLE homer_router;
    END IF;
END
$do$;
GRANT USAGE ON SCHEMA homer_router, homer_places TO homer_router;
-- Some functions of the router run as it, whoever calls: those that answer from this homer alone, and those that copy files.
SELECT homer_local.homer_grant('homer_router', 'service');
