-- A person's right to their data, at one place: what the person did there beside what lies at the place of their own.

CREATE OR REPLACE FUNCTION homer_place.copies_of_erased(person text, OUT files bigint, OUT links bigint, OUT shares bigint)
    LANGUAGE sql STABLE
BEGIN ATOMIC
    SELECT (SELECT pg_catalog.count(*) FROM public.homer_files AS f WHERE f.uploaded_by = person AND homer_place.is_copy(person)),
           (SELECT pg_catalog.count(*)
              FROM homer.links_to_erase(person) AS e (id) JOIN public.homer_file_messages AS m ON m.id = e.id
              JOIN public.homer_files AS f ON f.file_id = m.file_id WHERE homer_place.is_copy(f.uploaded_by)),
           (SELECT pg_catalog.count(*)
              FROM homer.files_shared_with(person) AS f WHERE homer_place.is_copy(f.uploaded_by) AND f.uploaded_by <> person);
END;
COMMENT ON FUNCTION homer_place.copies_of_erased(text) IS 'How much of what an erasure counts here is a copy, and counted where its record lies.';

CREATE OR REPLACE FUNCTION homer_place.less(counts jsonb, key text, copies bigint) RETURNS jsonb
    LANGUAGE sql IMMUTABLE
    RETURN pg_catalog.jsonb_build_object(key, GREATEST((counts -> key)::bigint - copies, 0));
COMMENT ON FUNCTION homer_place.less(jsonb, text, bigint) IS 'One of several counts, without copies.';

CREATE OR REPLACE FUNCTION homer_place.erase(person text) RETURNS jsonb
    LANGUAGE plpgsql VOLATILE
AS $function$
DECLARE
    shared CONSTANT pg_catalog.text[] := ARRAY(SELECT f.file_id FROM homer.files_shared_with(person) AS f);
    copies record;
    counts pg_catalog.jsonb;
BEGIN
    SELECT c.* INTO copies FROM homer_place.copies_of_erased(person) AS c;
    counts := public.homer_erase_user(person);
    PERFORM homer_place.drop_unseen_copies(shared);
    RETURN counts OPERATOR(pg_catalog.||) homer_place.less(counts, 'homer_files', copies.files)
                  OPERATOR(pg_catalog.||) homer_place.less(counts, 'homer_file_messages', copies.links)
                  OPERATOR(pg_catalog.||) homer_place.less(counts, 'files_shared_with_user', copies.shares);
END
$function$;
COMMENT ON FUNCTION homer_place.erase(text) IS 'homer_erase_user at this place, copies not counted.';

-- Which of many memories cannot be right is asked before any is stored, because they are stored at several places.
CREATE OR REPLACE FUNCTION homer_place.check_memories(memories jsonb) RETURNS boolean
    LANGUAGE plpgsql STABLE
    SET timezone = 'UTC'
AS $function$
BEGIN
    PERFORM homer.check_acts(), homer.check_memories(memories::pg_catalog.text);
    RETURN homer.refuse_first_wrong(memories) IS NOT NULL;
END
$function$;
COMMENT ON FUNCTION homer_place.check_memories(jsonb) IS 'Refuses the first memory that homer_remember_many would refuse for what it is.';

CREATE OR REPLACE FUNCTION homer_place.links_made_by(person text) RETURNS jsonb
    LANGUAGE sql STABLE
    RETURN (SELECT pg_catalog.jsonb_agg(pg_catalog.to_jsonb(l))
              FROM homer.links_made_by(person) AS i (id) JOIN public.homer_file_messages AS l ON l.id = i.id
             WHERE homer_place.has_original(l.file_id));
COMMENT ON FUNCTION homer_place.links_made_by(text) IS 'The links that a person made to files whose records lie here; null for none.';

CREATE OR REPLACE FUNCTION homer_place.import_links(person text, links jsonb) RETURNS TABLE (place integer, file_id text)
    LANGUAGE plpgsql VOLATILE
AS $function$
DECLARE
    to_originals CONSTANT pg_catalog.jsonb := (
        SELECT pg_catalog.jsonb_agg(l) FROM pg_catalog.jsonb_array_elements(links) AS l
         WHERE homer_place.has_original(pg_catalog.lower(l OPERATOR(pg_catalog.->>) 'file_id')));
BEGIN
    IF to_originals IS NOT NULL THEN
        PERFORM homer.import_links(person, to_originals);
        RETURN QUERY SELECT DISTINCT homer_place.place(), pg_catalog.lower(l OPERATOR(pg_catalog.->>) 'file_id')
                       FROM pg_catalog.jsonb_array_elements(to_originals) AS l;
    END IF;
END
$function$;
COMMENT ON FUNCTION homer_place.import_links(text, jsonb) IS
'Takes in those links of a document whose files'' records lie here, as far as the person may see these, and returns the files.';
