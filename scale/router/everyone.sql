-- What everyone is told is written at place 0, and read at every other from its copy there, which follows in some milliseconds.

CREATE FUNCTION homer_router.wait_for_places(written_at integer) RETURNS void
    LANGUAGE plpgsql
AS $function$
DECLARE
    behind pg_catalog.int4[];
BEGIN
    IF written_at OPERATOR(pg_catalog.=) 0 THEN
        behind := (SELECT w.places FROM homer_places.wait_for_places('{0}', NULL) AS w (places));
        IF pg_catalog.cardinality(behind) OPERATOR(pg_catalog.>) 0 THEN
            RAISE WARNING 'written, and not seen yet at place %', pg_catalog.array_to_string(behind, ', ');
        END IF;
    END IF;
END
$function$;
COMMENT ON FUNCTION homer_router.wait_for_places(integer) IS
'After a write at place 0, waits until the places that are there see it, for a second at most, and warns of those that do not.';
