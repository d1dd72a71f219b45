-- Where what lies. An application that connects to connection_of(user_id) by itself needs nothing else of this schema.

-- install() says the number.
CREATE FUNCTION homer_router.places() RETURNS integer
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN NULL::integer;
COMMENT ON FUNCTION homer_router.places() IS 'How many places there are for users.';

-- hashtextextended is what hash partitioning stands on, and so stays as it is. Half of its values are negative.
CREATE FUNCTION homer_router.place_of(user_id text) RETURNS integer
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN CASE
        WHEN user_id IS NULL THEN 0
        ELSE 1 + ((pg_catalog.hashtextextended(user_id, 0) % homer_router.places() + homer_router.places())
                  % homer_router.places())::integer
    END;
COMMENT ON FUNCTION homer_router.place_of(text) IS 'The place of a user: 1 to homer_router.places(); 0, of everyone, for null.';

-- An id that no place gives is as unknown at place 0 as anywhere.
CREATE FUNCTION homer_router.place_of_id(id integer) RETURNS integer
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN CASE WHEN id >> 26 BETWEEN 0 AND homer_router.places() THEN id >> 26 ELSE 0 END;
COMMENT ON FUNCTION homer_router.place_of_id(integer) IS 'The place that gave the id of a memory or a refusal.';

CREATE FUNCTION homer_router.connection_of_place(place integer) RETURNS text
    LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT o.option_value
      FROM pg_catalog.pg_foreign_server AS s, pg_catalog.pg_options_to_table(s.srvoptions) AS o
     WHERE s.srvname = 'homer' AND o.option_name = 'p' || place::text;
END;
COMMENT ON FUNCTION homer_router.connection_of_place(integer) IS 'How a place is reached, as libpq takes it.';

CREATE FUNCTION homer_router.connection_of(user_id text) RETURNS text
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN homer_router.connection_of_place(homer_router.place_of(user_id));
COMMENT ON FUNCTION homer_router.connection_of(text) IS
'How the server of a user is reached, as libpq takes it, for an application that keeps its transactions; of everyone''s for null.';

CREATE FUNCTION homer_router.all_places() RETURNS SETOF integer
    LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT p FROM pg_catalog.generate_series(0, homer_router.places()) AS p;
END;
COMMENT ON FUNCTION homer_router.all_places() IS 'The numbers of all places.';

-- A role that acts for one user says which to each place that it calls, because the setting of this session is not known there.
CREATE FUNCTION homer_router.acting() RETURNS text
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN pg_catalog.current_setting('homer.user_id', true);
COMMENT ON FUNCTION homer_router.acting() IS 'The user that homer.user_id names in this session.';

CREATE FUNCTION homer_router.acting_or_null() RETURNS text
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN CASE WHEN pg_catalog.btrim(homer_router.acting()) <> '' THEN homer_router.acting() END;
COMMENT ON FUNCTION homer_router.acting_or_null() IS 'The user that homer.user_id names in this session; null where it names none.';
