-- Which place this database is. The ids that it gives say so: place 3 gives those from 3 * 2^26 on. A dump keeps that, because it
-- keeps where a sequence stands.

CREATE SCHEMA IF NOT EXISTS homer_place;
COMMENT ON SCHEMA homer_place IS 'What makes this database one place of several: scale/node.sql.';
-- What is in it acts with the rights of its caller, unless it says otherwise.
GRANT USAGE ON SCHEMA homer_place TO PUBLIC;

CREATE TABLE IF NOT EXISTS homer_place.identity (
    place integer NOT NULL,
    places integer NOT NULL,
    is_single boolean PRIMARY KEY DEFAULT true,
    CONSTRAINT identity_is_single CHECK (is_single),
    CONSTRAINT identity_is_in_range CHECK (places BETWEEN 1 AND 31 AND place BETWEEN 0 AND places)
);
COMMENT ON TABLE homer_place.identity IS 'Which place this is: one row.';
COMMENT ON COLUMN homer_place.identity.place IS '0 for what is everyone''s, or the number of a place for users.';
COMMENT ON COLUMN homer_place.identity.places IS 'How many places there are for users.';
COMMENT ON COLUMN homer_place.identity.is_single IS 'True: there is one row.';
GRANT SELECT ON homer_place.identity TO PUBLIC;

CREATE OR REPLACE FUNCTION homer_place.place() RETURNS integer
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN (SELECT i.place FROM homer_place.identity AS i);
COMMENT ON FUNCTION homer_place.place() IS 'Which place this is.';

-- The same as homer_router.place_of.
CREATE OR REPLACE FUNCTION homer_place.place_of(user_id text) RETURNS integer
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN (SELECT CASE WHEN user_id IS NULL THEN 0
                        ELSE 1 + ((pg_catalog.hashtextextended(user_id, 0) % i.places + i.places) % i.places)::integer END
              FROM homer_place.identity AS i);
COMMENT ON FUNCTION homer_place.place_of(text) IS 'The place of a user; of everyone for null.';

CREATE OR REPLACE FUNCTION homer_place.place_of_id(id integer) RETURNS integer
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN id >> 26;
COMMENT ON FUNCTION homer_place.place_of_id(integer) IS 'The place that gave an id of a memory or a refusal.';

CREATE OR REPLACE FUNCTION homer_place.first_id(place integer) RETURNS bigint
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN GREATEST(place::bigint << 26, 1);
COMMENT ON FUNCTION homer_place.first_id(integer) IS 'The first id that a place gives.';

-- Every memory of everyone is from place 0, wherever it lies.
CREATE OR REPLACE FUNCTION homer_place.holds_what_belongs_elsewhere(in_place integer) RETURNS boolean
    LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT EXISTS (SELECT FROM public.homer_memories AS m
                    WHERE homer_place.place_of_id(m.id) <> CASE WHEN m.user_id IS NULL THEN 0 ELSE in_place END)
        OR EXISTS (SELECT FROM homer.refusals AS r WHERE homer_place.place_of_id(r.id) <> in_place)
        OR in_place = 0 AND EXISTS (SELECT FROM public.homer_memories AS m WHERE m.user_id IS NOT NULL);
END;
COMMENT ON FUNCTION homer_place.holds_what_belongs_elsewhere(integer) IS 'Whether a place holds memories or refusals whose ids another place gives.';

CREATE OR REPLACE FUNCTION homer_place.is_place(in_place integer, of_places integer) RETURNS boolean
    LANGUAGE sql STABLE
    RETURN EXISTS (SELECT FROM homer_place.identity AS i WHERE i.place = in_place AND i.places = of_places);
COMMENT ON FUNCTION homer_place.is_place(integer, integer) IS 'Whether this database is a place already, and that one.';

CREATE OR REPLACE FUNCTION homer_place.check_can_be(in_place integer, of_places integer) RETURNS void
    LANGUAGE plpgsql STABLE
AS $function$
BEGIN
    IF pg_catalog.to_regprocedure('public.homer_remove_file(pg_catalog.text)') IS NULL THEN
        RAISE EXCEPTION 'homer is not in the schema public of this database' USING HINT = 'CREATE EXTENSION homer SCHEMA public';
    ELSIF NOT homer_place.is_place(in_place, of_places)
          AND (EXISTS (SELECT FROM homer_place.identity) OR homer_place.holds_what_belongs_elsewhere(in_place)) THEN
        RAISE EXCEPTION 'this database cannot be place % of %', in_place, of_places USING
            DETAIL = 'It is another place, or holds memories whose ids belong to another.',
            HINT = 'Begin with an empty one, and move users in with homer_export_user and homer_import_user, on the router.';
    END IF;
END
$function$;
COMMENT ON FUNCTION homer_place.check_can_be(integer, integer) IS 'Refuses a database that is another place, or holds ids of another.';

-- A sequence that stands in the range of the place stays where it is.
CREATE OR REPLACE FUNCTION homer_place.take_place(in_place integer, of_places integer) RETURNS void
    LANGUAGE sql VOLATILE
BEGIN ATOMIC
    SELECT homer_place.check_can_be(in_place, of_places);
    INSERT INTO homer_place.identity (place, places) VALUES (in_place, of_places) ON CONFLICT DO NOTHING;
    SELECT pg_catalog.setval('public.homer_memories_id_seq'::regclass, homer_place.first_id(in_place), false)
      FROM public.homer_memories_id_seq AS s WHERE s.last_value >> 26 <> in_place;
    SELECT pg_catalog.setval('homer.refusals_id_seq'::regclass, homer_place.first_id(in_place), false)
      FROM homer.refusals_id_seq AS s WHERE s.last_value >> 26 <> in_place;
END;
COMMENT ON FUNCTION homer_place.take_place(integer, integer) IS 'Makes this database a place, whose sequences give the ids of the place.';
REVOKE ALL ON FUNCTION homer_place.take_place(integer, integer) FROM PUBLIC;

-- What is copied row by row leaves the sequences where they were. GREATEST, so that none leaves its range, however few rows there are.
CREATE OR REPLACE FUNCTION homer_place.set_sequences_past_rows() RETURNS void
    LANGUAGE sql VOLATILE
BEGIN ATOMIC
    SELECT pg_catalog.setval('public.homer_memories_id_seq'::regclass, GREATEST(
               (SELECT pg_catalog.max(m.id) + 1 FROM public.homer_memories AS m WHERE homer_place.place_of_id(m.id) = homer_place.place()),
               s.last_value), false)
      FROM public.homer_memories_id_seq AS s;
    SELECT pg_catalog.setval('homer.refusals_id_seq'::regclass, GREATEST(
               (SELECT pg_catalog.max(r.id) + 1 FROM homer.refusals AS r), s.last_value), false)
      FROM homer.refusals_id_seq AS s;
    SELECT pg_catalog.setval('public.homer_user_profiles_id_seq'::regclass, (SELECT pg_catalog.max(p.id) + 1 FROM public.homer_user_profiles AS p), false),
           pg_catalog.setval('public.homer_files_id_seq'::regclass, (SELECT pg_catalog.max(f.id) + 1 FROM public.homer_files AS f), false),
           pg_catalog.setval('public.homer_file_messages_id_seq'::regclass,
                             (SELECT pg_catalog.max(l.id) + 1 FROM public.homer_file_messages AS l), false);
END;
COMMENT ON FUNCTION homer_place.set_sequences_past_rows() IS
'Lets every sequence go on past the rows that were copied to this place, within the range of the place.';
REVOKE ALL ON FUNCTION homer_place.set_sequences_past_rows() FROM PUBLIC;
