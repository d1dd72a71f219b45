-- Copies a place into this database, which node.sql has made the same place without everyone=, and goes on following it:
-- psql "$NEW" -v old="$OLD" -f scale/move/copy.sql. Returns when all that was there is here.

\set ON_ERROR_STOP on
\o /dev/null
SELECT pg_catalog.format('homer_move_%s', d.oid) AS slot FROM pg_catalog.pg_database AS d WHERE d.datname = pg_catalog.current_database() \gset
-- Made first, because within one server the subscription would wait for itself.
\set is_made `psql -X -A -t -q -d :'old' -c "SELECT slot_name FROM pg_create_logical_replication_slot('":slot"', 'pgoutput')"`
CREATE SUBSCRIPTION homer_move CONNECTION :'old' PUBLICATION homer_move WITH (create_slot = false, slot_name = :'slot');
SELECT homer_place.wait_until_copied('homer_move');
\o
