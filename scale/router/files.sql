-- Files: the record lies at the place of its owner, and a copy at each place where somebody may see it, so that what a user reads is
-- read at one place. What changes a file changes its record, and then the copies are made as that is. The copies are made as the role
-- homer_router, whoever calls: they follow from the record, and who may change that the owner's place has decided.

CREATE FUNCTION homer_router.new_file_id(place integer) RETURNS text
    LANGUAGE sql VOLATILE
    RETURN (SELECT pg_catalog.overlay(pg_catalog.overlay(u.id, '8', 15, 1), pg_catalog.lpad(pg_catalog.to_hex(place), 4, '0'), 33, 4)
              FROM (SELECT pg_catalog.gen_random_uuid()::text) AS u (id));
COMMENT ON FUNCTION homer_router.new_file_id(integer) IS 'A new UUID, of version 8, whose last four digits say the place.';

CREATE FUNCTION homer_router.place_in_file_id(file_id text) RETURNS integer
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN CASE WHEN file_id ~ '^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}$'
                THEN ('x' || pg_catalog.right(file_id, 4))::bit(16)::integer END;
COMMENT ON FUNCTION homer_router.place_in_file_id(text) IS 'The place that new_file_id put into an id; null for an id of another kind.';

CREATE FUNCTION homer_router.home_of_file(file_id text) RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER
AS $function$
DECLARE
    said CONSTANT pg_catalog.int4 := homer_router.place_in_file_id(file_id);
    home pg_catalog.int4;
BEGIN
    IF said OPERATOR(pg_catalog.<=) homer_router.places() THEN
        home := (SELECT h.place FROM homer_places.home_of(ARRAY[said], NULL, ARRAY[file_id]) AS h (place));
    END IF;
    IF home IS NULL AND file_id IS NOT NULL THEN
        -- An id that somebody else made, or of a file that is not there.
        home := (SELECT h.place FROM homer_places.home_of(homer_router.every_place(), NULL, ARRAY[file_id]) AS h (place) LIMIT 1);
    END IF;
    RETURN home;
END
$function$;
COMMENT ON FUNCTION homer_router.home_of_file(text) IS 'The place where a file''s record lies; null for a file that is not there.';

-- A file that is not there is refused by any place, and in the same words.
CREATE FUNCTION homer_router.place_of_file(file_id text) RETURNS integer
    LANGUAGE sql VOLATILE
    RETURN COALESCE(homer_router.home_of_file(file_id), 0);
COMMENT ON FUNCTION homer_router.place_of_file(text) IS 'The place that answers for a file.';

CREATE FUNCTION homer_router.places_that_see(copy jsonb, home integer) RETURNS integer[]
    LANGUAGE sql STABLE
    RETURN ARRAY(SELECT p FROM homer_router.all_places() AS p
                  WHERE p <> home
                    AND ((copy #>> '{file,is_shared}'::text[])::boolean
                         OR p IN (SELECT homer_router.place_of(u)
                                    FROM pg_catalog.jsonb_array_elements_text(COALESCE(copy #> '{file,shared_with}'::text[], '[]')) AS u)));
COMMENT ON FUNCTION homer_router.places_that_see(jsonb, integer) IS
'The places besides its own where somebody may see a file; none for a file that is gone.';

CREATE FUNCTION homer_router.file_to_copy(home integer, file_id text, with_text boolean) RETURNS jsonb
    LANGUAGE sql VOLATILE
    RETURN (SELECT c FROM homer_places.file_to_copy(ARRAY[home], NULL, file_id, with_text) AS c);
COMMENT ON FUNCTION homer_router.file_to_copy(integer, text, boolean) IS 'What the copies of a file have to hold; null for a file that is gone.';

CREATE FUNCTION homer_router.make_copies(file_id text, home integer, copy jsonb) RETURNS void
    LANGUAGE plpgsql
AS $function$
DECLARE
    places CONSTANT pg_catalog.int4[] := homer_router.places_that_see(copy, home);
    without_text pg_catalog.int4[];
BEGIN
    IF pg_catalog.cardinality(places) OPERATOR(pg_catalog.>) 0 THEN
        without_text := ARRAY(SELECT t FROM homer_places.take_copy(places, NULL, copy) AS t);
    END IF;
    IF pg_catalog.cardinality(without_text) OPERATOR(pg_catalog.>) 0 THEN
        PERFORM FROM homer_places.take_copy(without_text, NULL, homer_router.file_to_copy(home, file_id, true)) AS t;
    END IF;
END
$function$;
COMMENT ON FUNCTION homer_router.make_copies(text, integer, jsonb) IS
'Makes the copies of a file where somebody may see it. Its text, which may be long, goes only where it is not yet.';

CREATE FUNCTION homer_router.drop_copies(file_id text, home integer, copy jsonb) RETURNS void
    LANGUAGE plpgsql
AS $function$
BEGIN
    PERFORM FROM homer_places.drop_copy(
        ARRAY(SELECT p FROM homer_router.all_places() AS p
               WHERE p OPERATOR(pg_catalog.<>) home AND p OPERATOR(pg_catalog.<>) ALL (homer_router.places_that_see(copy, home))),
        NULL, file_id) AS d;
END
$function$;
COMMENT ON FUNCTION homer_router.drop_copies(text, integer, jsonb) IS 'Removes the copies of a file where nobody may see it any more.';

-- Of two calls that change a file at once the one whose copies are last may have read the record first. So each looks whether the record
-- is still as it was read, and begins again where it is not: whoever is last to copy has then copied the last record.
CREATE FUNCTION homer_router.spread_file(file_id text, home integer, is_narrowed boolean) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
AS $function$
DECLARE
    copy pg_catalog.jsonb := homer_router.file_to_copy(home, file_id, false);
    copied pg_catalog.jsonb;
BEGIN
    WHILE is_narrowed OR pg_catalog.cardinality(homer_router.places_that_see(copy, home)) OPERATOR(pg_catalog.>) 0 LOOP
        IF is_narrowed THEN
            PERFORM homer_router.drop_copies(file_id, home, copy);
        END IF;
        PERFORM homer_router.make_copies(file_id, home, copy);
        copied := copy;
        copy := homer_router.file_to_copy(home, file_id, false);
        EXIT WHEN COALESCE(copy OPERATOR(pg_catalog.=) copied, copy IS NULL AND copied IS NULL);
        is_narrowed := true;
    END LOOP;
END
$function$;
COMMENT ON FUNCTION homer_router.spread_file(text, integer, boolean) IS
'Makes the copies of a file as its record at home is. Narrowed, those too that nobody may see any more are looked for, at every place. May be repeated, as after a place was out of reach.';

CREATE FUNCTION homer_router.check_is_new_file(file_id text, place integer) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
AS $function$
BEGIN
    IF homer_router.home_of_file(pg_catalog.lower(file_id)) OPERATOR(pg_catalog.<>) place THEN
        PERFORM homer.refuse('known_file', pg_catalog.jsonb_build_object('file_id', pg_catalog.lower(file_id)));
    END IF;
END
$function$;
COMMENT ON FUNCTION homer_router.check_is_new_file(text, integer) IS 'Refuses a file that is there at another place already.';

CREATE FUNCTION homer_router.homer_register_file(
    of_user text, original_name text, mime_type text, file_size integer, storage_path text, storage_type text, given_id text,
    description text, extracted_text text, tags text[]
) RETURNS SETOF text
    LANGUAGE plpgsql
AS $function$
DECLARE
    home CONSTANT pg_catalog.int4 := homer_router.place_of(of_user);
BEGIN
    IF given_id IS NOT NULL THEN
        PERFORM homer_router.check_is_new_file(given_id, home);
    END IF;
    RETURN QUERY SELECT r.* FROM homer_places.homer_register_file(
        home, homer_router.acting(), of_user, original_name, mime_type, file_size, storage_path, storage_type,
        COALESCE(given_id, homer_router.new_file_id(home)), description, extracted_text, tags) AS r;
END
$function$;
COMMENT ON FUNCTION homer_router.homer_register_file(text, text, text, integer, text, text, text, text, text, text[]) IS
'homer_register_file: at the place of the owner, with an id that says so where none is given.';

CREATE FUNCTION homer_router.homer_share_file(of_file text, with_users text[]) RETURNS SETOF homer_local.homer_files
    LANGUAGE plpgsql
AS $function$
DECLARE
    home CONSTANT pg_catalog.int4 := homer_router.place_of_file(of_file);
BEGIN
    RETURN QUERY SELECT f.* FROM homer_places.homer_share_file(home, homer_router.acting(), of_file, with_users) AS f;
    PERFORM homer_router.spread_file(of_file, home, false);
END
$function$;
COMMENT ON FUNCTION homer_router.homer_share_file(text, text[]) IS 'homer_share_file: with a copy at the place of each who may see it now.';

CREATE FUNCTION homer_router.homer_unshare_file(of_file text, with_users text[]) RETURNS SETOF homer_local.homer_files
    LANGUAGE plpgsql
AS $function$
DECLARE
    home CONSTANT pg_catalog.int4 := homer_router.place_of_file(of_file);
BEGIN
    RETURN QUERY SELECT f.* FROM homer_places.homer_unshare_file(home, homer_router.acting(), of_file, with_users) AS f;
    PERFORM homer_router.spread_file(of_file, home, true);
END
$function$;
COMMENT ON FUNCTION homer_router.homer_unshare_file(text, text[]) IS 'homer_unshare_file: the copies that nobody may see any more are removed.';

CREATE FUNCTION homer_router.homer_publish_file(of_file text, is_published boolean) RETURNS SETOF homer_local.homer_files
    LANGUAGE plpgsql
AS $function$
DECLARE
    home CONSTANT pg_catalog.int4 := homer_router.place_of_file(of_file);
BEGIN
    RETURN QUERY SELECT f.* FROM homer_places.homer_publish_file(home, homer_router.acting(), of_file, is_published) AS f;
    PERFORM homer_router.spread_file(of_file, home, is_published IS FALSE);
END
$function$;
COMMENT ON FUNCTION homer_router.homer_publish_file(text, boolean) IS 'homer_publish_file: a published file has a copy at every place.';

CREATE FUNCTION homer_router.homer_remove_file(of_file text) RETURNS SETOF homer_local.homer_files
    LANGUAGE plpgsql
AS $function$
DECLARE
    home CONSTANT pg_catalog.int4 := homer_router.place_of_file(of_file);
BEGIN
    IF home OPERATOR(pg_catalog.=) 0 AND of_file IS NOT NULL THEN
        -- Its copies may be what a call has left that did not reach every place.
        PERFORM homer_router.spread_file(of_file, home, true);
    END IF;
    RETURN QUERY SELECT f.* FROM homer_places.homer_remove_file(home, homer_router.acting(), of_file) AS f;
    PERFORM homer_router.spread_file(of_file, home, true);
END
$function$;
COMMENT ON FUNCTION homer_router.homer_remove_file(text) IS
'homer_remove_file: the record first, then its copies. Where a place was out of reach, repeat it until the file is not known.';

CREATE FUNCTION homer_router.homer_link_file(
    of_file text, conversation_id text, message_id text, direction text, context text, of_user text
) RETURNS SETOF integer
    LANGUAGE plpgsql
AS $function$
DECLARE
    home CONSTANT pg_catalog.int4 := homer_router.place_of_file(of_file);
BEGIN
    RETURN QUERY SELECT l FROM homer_places.homer_link_file(
        home, homer_router.acting(), of_file, conversation_id, message_id, direction, context, of_user) AS l;
    PERFORM homer_router.spread_file(of_file, home, false);
END
$function$;
COMMENT ON FUNCTION homer_router.homer_link_file(text, text, text, text, text, text) IS 'homer_link_file: the link goes to the record and its copies.';

CREATE FUNCTION homer_router.homer_can_read_file(of_user text, of_file text) RETURNS SETOF boolean
    LANGUAGE plpgsql
AS $function$
BEGIN
    -- Whoever may see it has it at the place of their own.
    RETURN QUERY SELECT r FROM homer_places.can_read_here(ARRAY[homer_router.place_of(of_user)], homer_router.acting(), of_user, of_file) AS r;
    IF NOT FOUND THEN
        RETURN QUERY SELECT r FROM homer_places.homer_can_read_file(
            homer_router.place_of_file(of_file), homer_router.acting(), of_user, of_file) AS r;
    END IF;
END
$function$;
COMMENT ON FUNCTION homer_router.homer_can_read_file(text, text) IS
'homer_can_read_file: asked at the place of the user, and of a file that is not there at the place of its record.';
