-- A person's right to their data: what lies at the place of their own, and what they did with others' files, which lies with these.

CREATE FUNCTION homer_router.other_places(place integer) RETURNS integer[]
    LANGUAGE sql STABLE
    RETURN ARRAY(SELECT p FROM homer_router.all_places() AS p WHERE p <> place);
COMMENT ON FUNCTION homer_router.other_places(integer) IS 'All places but one.';

CREATE FUNCTION homer_router.links_made_by(person text) RETURNS jsonb
    LANGUAGE sql VOLATILE
    RETURN (SELECT COALESCE(pg_catalog.jsonb_agg(l.link ORDER BY l.link ->> 'created_at'::text, (l.link -> 'id'::text)::integer), '[]')
              FROM homer_places.links_made_by(homer_router.every_place(), homer_router.acting(), person) AS p (links),
                   pg_catalog.jsonb_array_elements(p.links) AS l (link));
COMMENT ON FUNCTION homer_router.links_made_by(text) IS 'The links that a person made, from the places where their files'' records lie.';

CREATE FUNCTION homer_router.homer_export_user(of_user text) RETURNS SETOF jsonb
    LANGUAGE plpgsql
AS $function$
DECLARE
    document pg_catalog.jsonb;
BEGIN
    SELECT d INTO document FROM homer_places.homer_export_user(homer_router.place_of(of_user), homer_router.acting(), of_user) AS d;
    RETURN NEXT document OPERATOR(pg_catalog.||)
                pg_catalog.jsonb_build_object('homer_file_messages', homer_router.links_made_by(of_user));
END
$function$;
COMMENT ON FUNCTION homer_router.homer_export_user(text) IS
'homer_export_user: with the links that the person made to files of users of other places. A place out of reach is an error.';

CREATE FUNCTION homer_router.check_files_are_of(document jsonb, place integer) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
AS $function$
DECLARE
    file_ids CONSTANT pg_catalog.text[] := ARRAY(
        SELECT pg_catalog.lower(f OPERATOR(pg_catalog.#>>) '{}')
          FROM pg_catalog.jsonb_path_query(document, 'lax $.homer_files[*].file_id') AS f);
BEGIN
    IF pg_catalog.cardinality(file_ids) OPERATOR(pg_catalog.>) 0
       AND EXISTS (SELECT FROM homer_places.home_of(homer_router.other_places(place), NULL, file_ids)) THEN
        PERFORM homer.refuse('foreign_document', '{"fault": "one of its files belongs to somebody else here"}');
    END IF;
END
$function$;
COMMENT ON FUNCTION homer_router.check_files_are_of(jsonb, integer) IS 'Refuses a document with a file whose record lies at another place than its person.';

CREATE FUNCTION homer_router.import_links_elsewhere(person text, document jsonb, home integer) RETURNS void
    LANGUAGE plpgsql
AS $function$
BEGIN
    IF document OPERATOR(pg_catalog.->) 'homer_file_messages' OPERATOR(pg_catalog.<>) '[]' THEN
        PERFORM homer_router.spread_file(l.file_id, l.place, false)
           FROM homer_places.import_links(
                    homer_router.other_places(home), homer_router.acting(), person,
                    document OPERATOR(pg_catalog.->) 'homer_file_messages') AS l;
    END IF;
END
$function$;
COMMENT ON FUNCTION homer_router.import_links_elsewhere(text, jsonb, integer) IS
'Takes in the links of a document to files of users of other places, as far as the person may see these.';

CREATE FUNCTION homer_router.homer_import_user(document jsonb, of_user text) RETURNS SETOF jsonb
    LANGUAGE plpgsql
AS $function$
DECLARE
    person CONSTANT pg_catalog.text := document OPERATOR(pg_catalog.->>) 'user_id';
    home CONSTANT pg_catalog.int4 := homer_router.place_of(person);
BEGIN
    PERFORM homer_router.check_files_are_of(document, home);
    RETURN QUERY SELECT i FROM homer_places.homer_import_user(home, homer_router.acting(), document, of_user) AS i;
    PERFORM homer_router.import_links_elsewhere(person, document, home);
    PERFORM homer_router.spread_file(pg_catalog.lower(f OPERATOR(pg_catalog.->>) 'file_id'), home, false)
       FROM pg_catalog.jsonb_array_elements(document OPERATOR(pg_catalog.->) 'homer_files') AS f;
END
$function$;
COMMENT ON FUNCTION homer_router.homer_import_user(jsonb, text) IS
'homer_import_user: at the person''s place, with copies of the files that others may see.';

CREATE FUNCTION homer_router.sum_of_counts(counts jsonb[]) RETURNS jsonb
    LANGUAGE sql IMMUTABLE
    RETURN (SELECT pg_catalog.jsonb_object_agg(s.key, s.total)
              FROM (SELECT e.key, pg_catalog.sum(e.value::bigint) AS total
                      FROM pg_catalog.unnest(counts) AS c, pg_catalog.jsonb_each_text(c) AS e GROUP BY e.key) AS s);
COMMENT ON FUNCTION homer_router.sum_of_counts(jsonb[]) IS 'Counts by table of several places, as one.';

CREATE FUNCTION homer_router.homer_erase_user(of_user text) RETURNS SETOF jsonb
    LANGUAGE plpgsql
AS $function$
DECLARE
    home CONSTANT pg_catalog.int4 := homer_router.place_of(of_user);
    counts pg_catalog.jsonb[] := '{}';
BEGIN
    -- The person's own place last: as long as that is not done, a repetition erases what a place out of reach has kept.
    IF of_user IS NOT NULL THEN
        counts := ARRAY(SELECT e FROM homer_places.erase(homer_router.other_places(home), homer_router.acting(), of_user) AS e);
    END IF;
    counts := counts OPERATOR(pg_catalog.||)
              ARRAY(SELECT e FROM homer_places.erase(ARRAY[home], homer_router.acting(), of_user) AS e);
    RETURN NEXT homer_router.sum_of_counts(counts);
END
$function$;
COMMENT ON FUNCTION homer_router.homer_erase_user(text) IS
'homer_erase_user: at every place, the person''s own last. A place out of reach is an error; repeat it then.';
