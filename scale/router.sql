-- Makes a database the router of an installation on several servers: homer's public functions, with the names, arguments, defaults
-- and results that they have, each run by PL/Proxy where its user's memories are. Run by a superuser, in a database of its own:
--
--     psql -d DATABASE -f scale/router.sql
--     SELECT homer_router.install('{host=... dbname=place0, host=... dbname=place1, ...}');
--
-- May be run again, as after a new version of homer: what install() was told stays. docs/scaling.md says the rest.

\set ON_ERROR_STOP on
SET client_min_messages = warning;
\o /dev/null

\ir router/local_homer.sql
\ir router/map.sql
\ir router/refusals.sql
\ir router/routes.sql
\ir router/generated.sql
\ir router/place_functions.sql
\ir router/everyone.sql
\ir router/all_users.sql
\ir router/reminders.sql
\ir router/many.sql
\ir router/files.sql
\ir router/persons.sql
\ir router/tools.sql
\ir router/roles.sql
\ir router/tables.sql
\ir router/install.sql
\ir router/check.sql

SELECT homer_router.make_public_functions();
SELECT homer_router.remember_number_of_places();
SELECT homer_router.lend_rights();
SELECT homer_router.close_to_public();
SELECT homer_router.admit_again();
\o
