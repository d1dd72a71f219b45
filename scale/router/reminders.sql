-- Reminders of all users. Workers must not stop because one place is gone: they claim at the others.

CREATE FUNCTION homer_router.homer_due_reminders(of_user text, at_most integer) RETURNS SETOF homer_local.homer_due_reminder
    LANGUAGE sql
BEGIN ATOMIC
    SELECT d.* FROM homer_places.homer_due_reminders(homer_router.place_of(of_user), homer_router.acting(), of_user, at_most) AS d
     WHERE of_user IS NOT NULL
    UNION ALL
    (SELECT d.* FROM homer_places.due(homer_router.every_place(), homer_router.acting(), COALESCE(at_most, 10)) AS d
      WHERE of_user IS NULL
      ORDER BY d.due_at, d.id LIMIT CASE WHEN of_user IS NULL THEN homer_router.at_most(at_most, 10) END);
END;
COMMENT ON FUNCTION homer_router.homer_due_reminders(text, integer) IS 'homer_due_reminders: without a user, the longest due of all places.';

CREATE FUNCTION homer_router.warn_of_place(place integer, sqlstate text, message text, hint text) RETURNS void
    LANGUAGE plpgsql
AS $function$
BEGIN
    IF NOT pg_catalog.starts_with(homer_router.sqlstate_of(sqlstate, message), '08') THEN
        PERFORM homer_router.raise_again(place, sqlstate, message, '', hint);
    END IF;
    RAISE WARNING 'place % cannot be reached: %', place, homer_router.message_of(message);
END
$function$;
COMMENT ON FUNCTION homer_router.warn_of_place(integer, text, text, text) IS
'Warns of a place that cannot be reached, and raises any other error again.';

CREATE FUNCTION homer_router.due_where_reached(places integer[], at_most integer) RETURNS TABLE (place integer, due_at timestamptz, id integer)
    LANGUAGE plpgsql
AS $function$
DECLARE
    here pg_catalog.int4;
    met_hint pg_catalog.text;
BEGIN
    FOREACH here IN ARRAY places LOOP
        BEGIN
            RETURN QUERY SELECT here, d.due_at, d.id FROM homer_places.due(ARRAY[here], homer_router.acting(), at_most) AS d;
        EXCEPTION WHEN OTHERS THEN
            GET STACKED DIAGNOSTICS met_hint := PG_EXCEPTION_HINT;
            PERFORM homer_router.warn_of_place(here, SQLSTATE, SQLERRM, met_hint);
        END;
    END LOOP;
END
$function$;
COMMENT ON FUNCTION homer_router.due_where_reached(integer[], integer) IS 'What is due at the places that can be reached.';

CREATE FUNCTION homer_router.claim_where_reached(place integer, at_most integer) RETURNS SETOF homer_local.homer_due_reminder
    LANGUAGE plpgsql
AS $function$
DECLARE
    met_hint pg_catalog.text;
BEGIN
    RETURN QUERY SELECT c.* FROM homer_places.claim(ARRAY[place], homer_router.acting(), at_most) AS c;
    PERFORM homer_router.wait_for_places(place);
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS met_hint := PG_EXCEPTION_HINT;
    PERFORM homer_router.warn_of_place(place, SQLSTATE, SQLERRM, met_hint);
END
$function$;
COMMENT ON FUNCTION homer_router.claim_where_reached(integer, integer) IS 'Claims reminders at a place, if that can be reached.';

-- What is longest due of all places is known first; then each place is asked for as many as it has of these. Another worker may have
-- been quicker: what it has left over is asked for again, until there is enough or a round gives nothing.
CREATE FUNCTION homer_router.claim_of_all(at_most integer) RETURNS SETOF homer_local.homer_due_reminder
    LANGUAGE plpgsql
AS $function$
DECLARE
    claimed homer_local.homer_due_reminder[] := '{}';
    places pg_catalog.int4[] := homer_router.every_place();
    before pg_catalog.int4;
    share record;
BEGIN
    LOOP
        before := pg_catalog.cardinality(claimed);
        FOR share IN
            SELECT d.place, pg_catalog.count(*)::pg_catalog.int4 AS reminders
              FROM (SELECT r.place FROM homer_router.due_where_reached(places, at_most OPERATOR(pg_catalog.-) before) AS r
                     ORDER BY r.due_at, r.id LIMIT at_most OPERATOR(pg_catalog.-) before) AS d
             GROUP BY d.place
        LOOP
            claimed := claimed OPERATOR(pg_catalog.||)
                       ARRAY(SELECT c FROM homer_router.claim_where_reached(share.place, share.reminders) AS c);
        END LOOP;
        EXIT WHEN pg_catalog.cardinality(claimed) OPERATOR(pg_catalog.=) before
               OR pg_catalog.cardinality(claimed) OPERATOR(pg_catalog.>=) at_most;
    END LOOP;
    RETURN QUERY SELECT c.* FROM pg_catalog.unnest(claimed) AS c ORDER BY c.due_at, c.id;
END
$function$;
COMMENT ON FUNCTION homer_router.claim_of_all(integer) IS 'Claims the longest due reminders of all places that can be reached, so many at most.';

CREATE FUNCTION homer_router.homer_claim_reminders(at_most integer, of_user text) RETURNS SETOF homer_local.homer_due_reminder
    LANGUAGE plpgsql
AS $function$
BEGIN
    IF of_user IS NULL THEN
        RETURN QUERY SELECT c.* FROM homer_router.claim_of_all(homer_router.at_most(at_most, 10)) AS c;
    ELSE
        RETURN QUERY SELECT c.* FROM homer_places.homer_claim_reminders(
                                        homer_router.place_of(of_user), homer_router.acting(), at_most, of_user) AS c;
    END IF;
END
$function$;
COMMENT ON FUNCTION homer_router.homer_claim_reminders(integer, text) IS
'homer_claim_reminders: without a user, of all places. Never more than asked for, and never one twice; what was claimed stays so.';
