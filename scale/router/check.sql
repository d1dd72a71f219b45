-- Whether all places are as they have to be. For monitoring: every row with faults needs somebody to look.

CREATE FUNCTION homer_router.state_where_reached(place integer) RETURNS jsonb
    LANGUAGE plpgsql
AS $function$
BEGIN
    RETURN (SELECT s FROM homer_places.state(ARRAY[place], NULL) AS s);
EXCEPTION WHEN OTHERS THEN
    RETURN pg_catalog.jsonb_build_object('error', homer_router.message_of(SQLERRM));
END
$function$;
COMMENT ON FUNCTION homer_router.state_where_reached(integer) IS 'What a place says of itself, or why it says nothing.';

CREATE FUNCTION homer_router.share_of_ids(place integer, at bigint) RETURNS numeric
    LANGUAGE sql IMMUTABLE
    RETURN pg_catalog.round((at - (place::bigint << 26)) / 67108864.0, 4);
COMMENT ON FUNCTION homer_router.share_of_ids(integer, bigint) IS
'Which share of its 67,108,864 ids a place has given, 0 to 1; outside of that, it gives those of another.';

CREATE FUNCTION homer_router.fault_of_ids(what text, share numeric) RETURNS text
    LANGUAGE sql IMMUTABLE
    RETURN CASE WHEN share NOT BETWEEN 0 AND 1 THEN pg_catalog.format('it gives ids of another place to %s', what)
                WHEN share >= 0.8 THEN pg_catalog.format('it has given %s %% of its ids to %s', pg_catalog.round(share * 100), what) END;
COMMENT ON FUNCTION homer_router.fault_of_ids(text, numeric) IS 'What is wrong with the ids that a place gives; null for nothing.';

CREATE FUNCTION homer_router.fault_of_reading(slot jsonb) RETURNS text
    LANGUAGE sql IMMUTABLE
    RETURN CASE WHEN slot IS NULL THEN 'it was never connected to what everyone is told'
                WHEN NOT (slot -> 'is_active'::text)::boolean THEN 'it is not connected to what everyone is told' END;
COMMENT ON FUNCTION homer_router.fault_of_reading(jsonb) IS 'What is wrong with how a place reads from place 0; null for nothing.';

CREATE FUNCTION homer_router.slot_of(place integer, state_of_0 jsonb) RETURNS jsonb
    LANGUAGE sql IMMUTABLE
    RETURN (SELECT s FROM pg_catalog.jsonb_array_elements(state_of_0 -> 'slots'::text) AS s
             WHERE (s -> 'place'::text)::integer = place ORDER BY (s -> 'is_active'::text)::boolean DESC LIMIT 1);
COMMENT ON FUNCTION homer_router.slot_of(integer, jsonb) IS 'The slot of place 0 that a place reads from.';

CREATE FUNCTION homer_router.faults_of(place integer, state jsonb, state_of_0 jsonb) RETURNS text[]
    LANGUAGE sql STABLE
    RETURN CASE WHEN pg_catalog.jsonb_exists(state, 'error') THEN ARRAY['it cannot be asked: ' || (state ->> 'error'::text)]
        ELSE pg_catalog.array_remove(ARRAY[
            CASE WHEN state ->> 'version'::text <> (SELECT e.extversion FROM pg_catalog.pg_extension AS e WHERE e.extname = 'homer')
                 THEN pg_catalog.format('it has homer %s, and the router another', state ->> 'version'::text) END,
            CASE WHEN (state -> 'place'::text)::integer <> place OR (state -> 'places'::text)::integer <> homer_router.places()
                 THEN pg_catalog.format('it is place %s of %s', state -> 'place'::text, state -> 'places'::text) END,
            homer_router.fault_of_ids('memories', homer_router.share_of_ids(place, (state -> 'memories_at'::text)::bigint)),
            homer_router.fault_of_ids('refusals', homer_router.share_of_ids(place, (state -> 'refusals_at'::text)::bigint)),
            CASE WHEN state ->> 'settings'::text <> 'ISO, MDY, UTC, 1'
                 THEN pg_catalog.format('its settings are %s: run node.sql again', state ->> 'settings'::text) END,
            CASE WHEN place > 0 THEN homer_router.fault_of_reading(homer_router.slot_of(place, state_of_0)) END,
            CASE WHEN state -> 'dimensions'::text <> state_of_0 -> 'dimensions'::text THEN 'its vectors are of another length than those of place 0' END,
            CASE WHEN state -> 'roles'::text <> state_of_0 -> 'roles'::text THEN 'roles are another thing there than at place 0' END,
            CASE WHEN state -> 'hash_of_everyones'::text <> state_of_0 -> 'hash_of_everyones'::text
                 THEN 'what everyone is told differs there from place 0' END], NULL)
    END;
COMMENT ON FUNCTION homer_router.faults_of(integer, jsonb, jsonb) IS 'What is wrong with a place, compared with the router and with place 0.';

CREATE FUNCTION homer_router.check()
    RETURNS TABLE (place integer, version text, memory_ids_used numeric, refusal_ids_used numeric, everyones bigint, bytes_behind bigint,
                   faults text[])
    LANGUAGE sql
BEGIN ATOMIC
    WITH states AS MATERIALIZED (
        SELECT p AS place, homer_router.state_where_reached(p) AS state FROM homer_router.all_places() AS p
    )
    SELECT s.place, s.state ->> 'version'::text, homer_router.share_of_ids(s.place, (s.state -> 'memories_at'::text)::bigint),
           homer_router.share_of_ids(s.place, (s.state -> 'refusals_at'::text)::bigint), (s.state -> 'everyones'::text)::bigint,
           (homer_router.slot_of(s.place, o.state) ->> 'bytes_behind'::text)::bigint, homer_router.faults_of(s.place, s.state, o.state)
      FROM states AS s, states AS o
     WHERE o.place = 0
     ORDER BY s.place;
END;
COMMENT ON FUNCTION homer_router.check() IS
'One row a place: its version of homer, which share of its ids it has given (0 to 1), how many memories of everyone it holds, how many bytes of these it still has to read, and what is wrong. Right after something was told to everyone, a place may differ for some milliseconds.';
