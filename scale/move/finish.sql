-- Ends the copying, once the old place is held: psql "$NEW" -v old="$OLD" -f scale/move/finish.sql. Waits for the last that was written
-- there, and lets the ids go on behind it. Then run node.sql here with everyone=.

\set ON_ERROR_STOP on
\o /dev/null
SELECT pg_catalog.format('homer_move_%s', d.oid) AS slot FROM pg_catalog.pg_database AS d WHERE d.datname = pg_catalog.current_database() \gset
\set is_there `psql -X -A -t -q -d :'old' -c "SELECT homer_place.wait_for_slot('":slot"')"`
DROP SUBSCRIPTION homer_move;
SELECT homer_place.set_sequences_past_rows();
\o
