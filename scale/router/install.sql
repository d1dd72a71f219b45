-- Which servers the places are on. The server homer of PL/Proxy keeps it; every session knows of a change at once.

CREATE FUNCTION homer_router.connections() RETURNS text[]
    LANGUAGE sql STABLE
BEGIN ATOMIC
    SELECT pg_catalog.array_agg(o.option_value ORDER BY pg_catalog.substr(o.option_name, 2)::integer)
      FROM pg_catalog.pg_foreign_server AS s, pg_catalog.pg_options_to_table(s.srvoptions) AS o
     WHERE s.srvname = 'homer' AND o.option_name ~ '^p[0-9]+$';
END;
COMMENT ON FUNCTION homer_router.connections() IS 'How each place is reached, place 0 first; null before install() was called.';

CREATE FUNCTION homer_router.remember_number_of_places() RETURNS void
    LANGUAGE plpgsql
AS $function$
BEGIN
    EXECUTE pg_catalog.format('CREATE OR REPLACE FUNCTION homer_router.places() RETURNS integer LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN %s',
                              COALESCE((pg_catalog.cardinality(homer_router.connections()) OPERATOR(pg_catalog.-) 1)::pg_catalog.text, 'NULL::integer'));
END
$function$;
COMMENT ON FUNCTION homer_router.remember_number_of_places() IS 'Writes down how many places there are, where each call reads it.';

CREATE FUNCTION homer_router.check_connections(given text[]) RETURNS void
    LANGUAGE plpgsql
AS $function$
BEGIN
    IF given IS NULL OR pg_catalog.array_position(given, NULL) IS NOT NULL
       OR pg_catalog.cardinality(given) NOT BETWEEN 2 AND 32 THEN
        RAISE EXCEPTION 'install takes how each place is reached, place 0 first: 2 to 32 of them' USING
            ERRCODE = 'invalid_parameter_value', HINT = '{"host=... dbname=place0", "host=... dbname=place1", ...}';
    ELSIF pg_catalog.cardinality(given) OPERATOR(pg_catalog.<>) pg_catalog.cardinality(homer_router.connections()) THEN
        RAISE EXCEPTION 'there are % places, and their number is for ever', pg_catalog.cardinality(homer_router.connections()) USING
            ERRCODE = 'invalid_parameter_value', HINT = 'To use more servers, move whole places to them: docs/scaling.md.';
    END IF;
END
$function$;
COMMENT ON FUNCTION homer_router.check_connections(text[]) IS 'Refuses what are no connections of places, or of more or fewer than there are.';

CREATE FUNCTION homer_router.options_of(given text[], form text) RETURNS text
    LANGUAGE sql IMMUTABLE
    RETURN (SELECT pg_catalog.string_agg(pg_catalog.format(form, c.number - 1, c.connection), ', ' ORDER BY c.number)
              FROM pg_catalog.unnest(given) WITH ORDINALITY AS c (connection, number));
COMMENT ON FUNCTION homer_router.options_of(text[], text) IS 'Connections of places, as options of a server.';

CREATE FUNCTION homer_router.set_connections(given text[]) RETURNS void
    LANGUAGE plpgsql
AS $function$
BEGIN
    IF homer_router.connections() IS NULL THEN
        -- With the first option, PL/Proxy takes the number of a place as it is, however many there are.
        EXECUTE pg_catalog.format('CREATE SERVER homer FOREIGN DATA WRAPPER plproxy OPTIONS (modular_mapping ''1'', %s)',
                                  homer_router.options_of(given, 'p%s %L'));
    ELSE
        EXECUTE pg_catalog.format('ALTER SERVER homer OPTIONS (%s)', homer_router.options_of(given, 'SET p%s %L'));
    END IF;
    PERFORM homer_router.remember_number_of_places();
END
$function$;
COMMENT ON FUNCTION homer_router.set_connections(text[]) IS 'Writes down how each place is reached.';

CREATE FUNCTION homer_router.check_places() RETURNS void
    LANGUAGE plpgsql
AS $function$
DECLARE
    wrong record;
BEGIN
    SELECT p AS place, s.state INTO wrong
      FROM homer_router.all_places() AS p, LATERAL homer_places.state(ARRAY[p], NULL) AS s (state)
     WHERE (s.state OPERATOR(pg_catalog.->>) 'place')::pg_catalog.int4 OPERATOR(pg_catalog.<>) p
        OR (s.state OPERATOR(pg_catalog.->>) 'places')::pg_catalog.int4 OPERATOR(pg_catalog.<>) homer_router.places()
     ORDER BY p LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'place % of % is said to be where place % of % is', wrong.place, homer_router.places(),
            wrong.state OPERATOR(pg_catalog.->>) 'place', wrong.state OPERATOR(pg_catalog.->>) 'places' USING
            ERRCODE = 'invalid_parameter_value', HINT = 'Pass the places in their order, place 0 first.';
    END IF;
END
$function$;
COMMENT ON FUNCTION homer_router.check_places() IS 'Refuses a database that is another place than it is said to be.';

CREATE FUNCTION homer_router.install(places text[]) RETURNS void
    LANGUAGE plpgsql
AS $function$
BEGIN
    PERFORM homer_router.check_connections(places);
    PERFORM homer_router.set_connections(places);
    PERFORM homer_router.admit('homer_router'), homer_router.admit(CURRENT_USER::pg_catalog.text);
    PERFORM homer_router.check_places();
    RAISE NOTICE 'What writes through this database commits by itself, whatever becomes of the transaction that calls it.'
        USING HINT = 'It is refused to roles that do not say that this is meant: ALTER ROLE ... SET homer_router.commits_by_itself = on.';
END
$function$;
COMMENT ON FUNCTION homer_router.install(text[]) IS
'Says how each place is reached, place 0 first, as libpq takes it (with a connect_timeout). May be called again when a place has moved; their number is for ever. For a superuser, whose name is a superuser''s at the places too.';
