-- Makes a database with homer in it one of the places that an installation on several servers consists of, or brings one to the
-- present version of these scripts. Run by a superuser:
--
--     psql -d DATABASE -v place=0 -v places=16 -f scale/node.sql
--     psql -d DATABASE -v place=3 -v places=16 -v everyone='host=... dbname=...' -f scale/node.sql
--
-- place is the number of this one: 0 for what is everyone's, 1 to places for users. places, the number of those for users, is for
-- ever. everyone is how place 0 is reached, as a role that may replicate. May be run again. docs/scaling.md has the layout.

\set ON_ERROR_STOP on
\o /dev/null
\if :{?place}
\else
    DO $do$ BEGIN RAISE EXCEPTION 'Pass the number of this place: -v place=3'; END $do$;
\endif
\if :{?places}
\else
    DO $do$ BEGIN RAISE EXCEPTION 'Pass how many places there are for users: -v places=16'; END $do$;
\endif

\ir node/identity.sql
\ir node/copies_of_files.sql
\ir node/all_users.sql
\ir node/persons.sql
\ir node/everyone.sql
\ir node/state.sql
\ir node/calls.sql
\ir node/settings.sql

SELECT homer_place.take_place(:place, :places);
SELECT :place = 0 AS is_of_everyone \gset
\if :is_of_everyone
    \ir node/publish.sql
\elif :{?everyone}
    \ir node/subscribe.sql
\endif
\o
