-- What everyone is told lies at place 0 and is copied to the others by logical replication.

-- In a slot of its own for each place, made before the subscription: within one server, one that makes its slot itself waits for
-- the transaction that it is made in.
CREATE OR REPLACE FUNCTION homer_place.slot_for(place integer) RETURNS name
    LANGUAGE sql VOLATILE
BEGIN ATOMIC
    SELECT s.slot_name
      FROM pg_catalog.pg_create_logical_replication_slot(
               (SELECT pg_catalog.format('homer_%s_%s_%s', d.oid, slot_for.place,
                                         pg_catalog.to_char(pg_catalog.clock_timestamp(), 'YYYYMMDDHH24MISSMS'))
                  FROM pg_catalog.pg_database AS d WHERE d.datname = pg_catalog.current_database())::name,
               'pgoutput') AS s;
END;
COMMENT ON FUNCTION homer_place.slot_for(integer) IS 'A new replication slot of place 0, for the subscription of another place.';
REVOKE ALL ON FUNCTION homer_place.slot_for(integer) FROM PUBLIC;

CREATE OR REPLACE FUNCTION homer_place.slots() RETURNS TABLE (slot name, place integer, is_active boolean, seen pg_lsn)
    LANGUAGE sql STABLE SECURITY DEFINER
BEGIN ATOMIC
    SELECT s.slot_name, pg_catalog.split_part(s.slot_name::text, '_', 3)::integer, s.active, w.replay_lsn
      FROM pg_catalog.pg_replication_slots AS s LEFT JOIN pg_catalog.pg_stat_get_wal_senders() AS w ON w.pid = s.active_pid
     WHERE s.database = pg_catalog.current_database() AND s.slot_name::text ~ '^homer_[0-9]+_[0-9]+_[0-9]+$';
END;
COMMENT ON FUNCTION homer_place.slots() IS 'The slots of this place, which place reads from each, whether it does, and up to where it has stored what it read.';

CREATE OR REPLACE FUNCTION homer_place.places_behind(behind pg_lsn) RETURNS integer[]
    LANGUAGE sql STABLE
    RETURN ARRAY(SELECT DISTINCT s.place FROM homer_place.slots() AS s WHERE NOT COALESCE(s.seen >= behind, false) ORDER BY s.place);
COMMENT ON FUNCTION homer_place.places_behind(pg_lsn) IS 'The places that have not stored yet what was written here up to a point.';

CREATE OR REPLACE FUNCTION homer_place.places_that_read() RETURNS integer[]
    LANGUAGE sql STABLE
    RETURN ARRAY(SELECT s.place FROM homer_place.slots() AS s WHERE s.is_active);
COMMENT ON FUNCTION homer_place.places_that_read() IS 'The places that are connected to this one.';

-- A second at most: who reads later sees what a slow place gets later.
CREATE OR REPLACE FUNCTION homer_place.wait_for_places() RETURNS integer[]
    LANGUAGE plpgsql VOLATILE
AS $function$
DECLARE
    written CONSTANT pg_catalog.pg_lsn := pg_catalog.pg_current_wal_flush_lsn();
    deadline CONSTANT pg_catalog.timestamptz := pg_catalog.clock_timestamp() OPERATOR(pg_catalog.+) '1s'::pg_catalog.interval;
BEGIN
    WHILE homer_place.places_behind(written) OPERATOR(pg_catalog.&&) homer_place.places_that_read()
          AND pg_catalog.clock_timestamp() OPERATOR(pg_catalog.<) deadline LOOP
        PERFORM pg_catalog.pg_sleep(0.002);
    END LOOP;
    RETURN homer_place.places_behind(written);
END
$function$;
COMMENT ON FUNCTION homer_place.wait_for_places() IS
'Waits until the places that are connected have stored what was written here so far, for a second at most, and returns those that have not.';

CREATE OR REPLACE FUNCTION homer_place.is_copied(subscription name) RETURNS boolean
    LANGUAGE sql STABLE
    RETURN NOT EXISTS (SELECT FROM pg_catalog.pg_subscription_rel AS r JOIN pg_catalog.pg_subscription AS s ON s.oid = r.srsubid
                         JOIN pg_catalog.pg_database AS d ON d.oid = s.subdbid
                        WHERE s.subname = subscription AND d.datname = pg_catalog.current_database() AND r.srsubstate <> 'r');
COMMENT ON FUNCTION homer_place.is_copied(name) IS 'Whether all that was there when a subscription began is here.';
REVOKE ALL ON FUNCTION homer_place.is_copied(name) FROM PUBLIC;

CREATE OR REPLACE FUNCTION homer_place.wait_until_copied(subscription name) RETURNS void
    LANGUAGE plpgsql VOLATILE
AS $function$
BEGIN
    WHILE NOT homer_place.is_copied(subscription) LOOP
        PERFORM pg_catalog.pg_sleep(0.05);
    END LOOP;
END
$function$;
COMMENT ON FUNCTION homer_place.wait_until_copied(name) IS 'Waits until all that was there when a subscription began is here.';
REVOKE ALL ON FUNCTION homer_place.wait_until_copied(name) FROM PUBLIC;

CREATE OR REPLACE FUNCTION homer_place.wait_for_slot(slot name) RETURNS boolean
    LANGUAGE plpgsql VOLATILE
AS $function$
DECLARE
    written CONSTANT pg_catalog.pg_lsn := pg_catalog.pg_current_wal_flush_lsn();
BEGIN
    WHILE NOT EXISTS (SELECT FROM pg_catalog.pg_replication_slots AS s, pg_catalog.pg_stat_get_wal_senders() AS w
                       WHERE s.slot_name OPERATOR(pg_catalog.=) slot AND w.pid OPERATOR(pg_catalog.=) s.active_pid
                         AND w.flush_lsn OPERATOR(pg_catalog.>=) written) LOOP
        PERFORM pg_catalog.pg_sleep(0.05);
    END LOOP;
    RETURN true;
END
$function$;
COMMENT ON FUNCTION homer_place.wait_for_slot(name) IS 'Waits until whoever reads from a slot has stored what was written here so far.';
REVOKE ALL ON FUNCTION homer_place.wait_for_slot(name) FROM PUBLIC;
