-- A place for users reads what everyone is told from place 0. A subscription that came with a dump reads nothing, and its slot is
-- that of the place which was dumped: it is replaced, and so are the rows that it had brought.

SELECT NOT COALESCE((SELECT s.subenabled FROM pg_catalog.pg_subscription AS s JOIN pg_catalog.pg_database AS d ON d.oid = s.subdbid
                      WHERE d.datname = pg_catalog.current_database() AND s.subname = 'homer_everyone'), false) AS is_unsubscribed,
       EXISTS (SELECT FROM pg_catalog.pg_subscription AS s JOIN pg_catalog.pg_database AS d ON d.oid = s.subdbid
                WHERE d.datname = pg_catalog.current_database() AND s.subname = 'homer_everyone') AS is_of_a_dump \gset
\if :is_unsubscribed
    \if :is_of_a_dump
        ALTER SUBSCRIPTION homer_everyone SET (slot_name = NONE);
        DROP SUBSCRIPTION homer_everyone;
    \endif
    DELETE FROM homer.memory_embeddings WHERE user_id IS NULL;
    DELETE FROM public.homer_memories WHERE user_id IS NULL;
    \set slot `psql -X -A -t -q -d :'everyone' -c 'SELECT homer_place.slot_for('":place"')'`
    CREATE SUBSCRIPTION homer_everyone CONNECTION :'everyone' PUBLICATION homer_everyone
        WITH (create_slot = false, slot_name = :'slot');
    SELECT homer_place.wait_until_copied('homer_everyone');
\endif
