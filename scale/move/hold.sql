-- Ends all writing at a place that is to move: psql "$OLD" -f scale/move/hold.sql. Reading goes on, and a call that writes is refused
-- (25006) until the router was told where the place is now.

\set ON_ERROR_STOP on
\o /dev/null
DO $do$ BEGIN EXECUTE format('ALTER DATABASE %I SET default_transaction_read_only = on', current_database()); END $do$;
-- Sessions that are there would not know.
SELECT pg_catalog.pg_terminate_backend(a.pid)
  FROM pg_catalog.pg_stat_activity AS a
 WHERE a.datname = pg_catalog.current_database() AND a.backend_type = 'client backend' AND a.pid <> pg_catalog.pg_backend_pid();
\o
