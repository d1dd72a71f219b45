-- A file's record lies at the place of its owner. Wherever somebody may see it there is a copy, with its links and who made them,
-- so that whatever a user reads is read at one place. The router makes the copies, as the role homer_router.

CREATE TABLE IF NOT EXISTS homer_place.copies (
    file_id text PRIMARY KEY REFERENCES public.homer_files (file_id) ON DELETE CASCADE
);
COMMENT ON TABLE homer_place.copies IS 'The files here whose record lies at another place.';
COMMENT ON COLUMN homer_place.copies.file_id IS 'The file; it goes from here when its copy does.';

DO $do$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = 'homer_router') THEN
        CREATE ROLE homer_router;
    END IF;
    ALTER ROLE homer_router LOGIN;
END
$do$;
SELECT public.homer_grant('homer_router', 'service');
GRANT SELECT, INSERT, DELETE ON homer_place.copies TO homer_router;

CREATE OR REPLACE FUNCTION homer_place.is_copy(uploaded_by text) RETURNS boolean
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN homer_place.place_of(uploaded_by) <> homer_place.place();
COMMENT ON FUNCTION homer_place.is_copy(text) IS 'Whether the record of a file of this owner lies at another place.';

CREATE OR REPLACE FUNCTION homer_place.has_original(file_id text) RETURNS boolean
    LANGUAGE sql STABLE PARALLEL RESTRICTED
    RETURN EXISTS (SELECT FROM public.homer_files AS f
                    WHERE f.file_id = has_original.file_id AND NOT homer_place.is_copy(f.uploaded_by));
COMMENT ON FUNCTION homer_place.has_original(text) IS 'Whether a file''s record lies here, as far as the role may see it.';

CREATE OR REPLACE FUNCTION homer_place.home_of(file_ids text[]) RETURNS integer
    LANGUAGE sql STABLE PARALLEL RESTRICTED
    RETURN (SELECT homer_place.place() WHERE EXISTS (SELECT FROM pg_catalog.unnest(file_ids) AS f (id) WHERE homer_place.has_original(f.id)));
COMMENT ON FUNCTION homer_place.home_of(text[]) IS 'This place, where the record of one of the files lies here; null otherwise.';

CREATE OR REPLACE FUNCTION homer_place.links_of_file(file_id text) RETURNS jsonb
    LANGUAGE sql STABLE PARALLEL RESTRICTED
    RETURN (SELECT COALESCE(pg_catalog.jsonb_agg(
                       pg_catalog.to_jsonb(l) - '{id,file_id}'::text[]
                       || pg_catalog.jsonb_build_object('makers', (
                              SELECT COALESCE(pg_catalog.jsonb_agg(pg_catalog.jsonb_build_object('user_id', k.user_id, 'made_at', k.made_at)), '[]')
                                FROM homer.link_makers AS k WHERE k.link_id = l.id))
                       ORDER BY l.created_at, l.id), '[]')
              FROM public.homer_file_messages AS l WHERE l.file_id = links_of_file.file_id);
COMMENT ON FUNCTION homer_place.links_of_file(text) IS 'The links of a file in their order, each with its makers.';

CREATE OR REPLACE FUNCTION homer_place.file_to_copy(file_id text, with_text boolean) RETURNS jsonb
    LANGUAGE sql STABLE PARALLEL RESTRICTED
    RETURN (SELECT pg_catalog.jsonb_build_object(
                       'text_md5', pg_catalog.md5(f.extracted_text),
                       -- Of a file that nobody else sees there is no copy.
                       'links', CASE WHEN f.is_shared OR f.shared_with <> '[]' THEN homer_place.links_of_file(f.file_id) END,
                       'file', pg_catalog.to_jsonb(f) - CASE WHEN with_text THEN '{id}' ELSE '{id,extracted_text}' END::text[])
              FROM public.homer_files AS f
             WHERE f.file_id = file_to_copy.file_id AND NOT homer_place.is_copy(f.uploaded_by));
COMMENT ON FUNCTION homer_place.file_to_copy(text, boolean) IS
'What a copy of a file whose record lies here has to hold, with its text or the hash of that; null where it does not lie here.';

CREATE OR REPLACE FUNCTION homer_place.store_copy(file jsonb) RETURNS void
    LANGUAGE sql VOLATILE
BEGIN ATOMIC
    INSERT INTO public.homer_files AS f (
        file_id, uploaded_by, original_name, mime_type, file_size, storage_path, storage_type, description, extracted_text, tags,
        is_shared, shared_with, created_at, updated_at)
    SELECT n.file_id, n.uploaded_by, n.original_name, n.mime_type, n.file_size, n.storage_path, n.storage_type, n.description,
           n.extracted_text, n.tags, n.is_shared, n.shared_with, n.created_at, n.updated_at
      FROM pg_catalog.jsonb_populate_record(NULL::public.homer_files, file) AS n
    ON CONFLICT (file_id) DO UPDATE
       SET uploaded_by = EXCLUDED.uploaded_by, original_name = EXCLUDED.original_name, mime_type = EXCLUDED.mime_type,
           file_size = EXCLUDED.file_size, storage_path = EXCLUDED.storage_path, storage_type = EXCLUDED.storage_type,
           description = EXCLUDED.description, tags = EXCLUDED.tags, is_shared = EXCLUDED.is_shared,
           shared_with = EXCLUDED.shared_with, created_at = EXCLUDED.created_at, updated_at = EXCLUDED.updated_at,
           extracted_text = CASE WHEN pg_catalog.jsonb_exists(file, 'extracted_text') THEN EXCLUDED.extracted_text
                                 ELSE f.extracted_text END;
    INSERT INTO homer_place.copies (file_id) VALUES (file ->> 'file_id'::text) ON CONFLICT DO NOTHING;
END;
COMMENT ON FUNCTION homer_place.store_copy(jsonb) IS 'Stores the record of a copy; the text stays where none is given.';

CREATE OR REPLACE FUNCTION homer_place.store_link(of_file text, link jsonb) RETURNS void
    LANGUAGE sql VOLATILE
BEGIN ATOMIC
    INSERT INTO public.homer_file_messages AS m (file_id, conversation_id, message_id, direction, context, created_at)
    SELECT of_file, l.conversation_id, l.message_id, l.direction, l.context, l.created_at
      FROM pg_catalog.jsonb_populate_record(NULL::public.homer_file_messages, link) AS l
    ON CONFLICT (file_id, conversation_id, message_id, direction) DO UPDATE SET context = EXCLUDED.context;
    INSERT INTO homer.link_makers (link_id, user_id, made_at)
    SELECT m.id, k.user_id, k.made_at
      FROM pg_catalog.jsonb_populate_record(NULL::public.homer_file_messages, link) AS l
      JOIN public.homer_file_messages AS m
        ON m.file_id = of_file AND m.conversation_id = l.conversation_id AND m.message_id = l.message_id AND m.direction = l.direction,
           pg_catalog.jsonb_to_recordset(link -> 'makers'::text) AS k (user_id text, made_at timestamp)
    ON CONFLICT (link_id, user_id) DO UPDATE SET made_at = EXCLUDED.made_at;
END;
COMMENT ON FUNCTION homer_place.store_link(text, jsonb) IS 'Stores a link of a copy, and who made it.';

CREATE OR REPLACE FUNCTION homer_place.store_links(of_file text, links jsonb) RETURNS void
    LANGUAGE sql VOLATILE
BEGIN ATOMIC
    DELETE FROM public.homer_file_messages AS m
     WHERE m.file_id = of_file
       AND NOT EXISTS (SELECT FROM pg_catalog.jsonb_to_recordset(links) AS l (conversation_id text, message_id text, direction text)
                        WHERE l.conversation_id = m.conversation_id AND l.message_id = m.message_id AND l.direction = m.direction);
    SELECT homer_place.store_link(of_file, l.link)
      FROM pg_catalog.jsonb_array_elements(links) WITH ORDINALITY AS l (link, number) ORDER BY l.number;
END;
COMMENT ON FUNCTION homer_place.store_links(text, jsonb) IS 'Gives a copy the links of its file, and takes those away that it has no more.';

CREATE OR REPLACE FUNCTION homer_place.lacks_text(copy jsonb) RETURNS boolean
    LANGUAGE sql STABLE
    RETURN NOT pg_catalog.jsonb_exists(copy -> 'file'::text, 'extracted_text')
       AND NOT EXISTS (SELECT FROM public.homer_files AS f
                        WHERE f.file_id = copy #>> '{file,file_id}'::text[]
                          AND pg_catalog.md5(f.extracted_text) IS NOT DISTINCT FROM copy ->> 'text_md5'::text);
COMMENT ON FUNCTION homer_place.lacks_text(jsonb) IS 'Whether a copy came without its text, and the text here is none or another.';

CREATE OR REPLACE FUNCTION homer_place.take_copy(copy jsonb) RETURNS integer
    LANGUAGE plpgsql VOLATILE
AS $function$
BEGIN
    IF copy OPERATOR(pg_catalog.->>) 'links' IS NULL THEN
        -- It is gone meanwhile, or nobody else sees it any more.
        RETURN NULL;
    ELSIF homer_place.has_original(copy OPERATOR(pg_catalog.#>>) '{file,file_id}')
       OR NOT homer_place.is_copy(copy OPERATOR(pg_catalog.#>>) '{file,uploaded_by}') THEN
        RAISE EXCEPTION 'file % lies here itself', copy OPERATOR(pg_catalog.#>>) '{file,file_id}';
    ELSIF homer_place.lacks_text(copy) THEN
        RETURN homer_place.place();
    END IF;
    PERFORM homer_place.store_copy(copy OPERATOR(pg_catalog.->) 'file');
    PERFORM homer_place.store_links(copy OPERATOR(pg_catalog.#>>) '{file,file_id}', copy OPERATOR(pg_catalog.->) 'links');
    RETURN NULL;
END
$function$;
COMMENT ON FUNCTION homer_place.take_copy(jsonb) IS
'Makes the copy of a file as its record is, and returns null. Where that comes without its text and the text here is another, the number of this place: it has to come with it.';

CREATE OR REPLACE FUNCTION homer_place.can_read_here(user_id text, file_id text) RETURNS boolean
    LANGUAGE sql STABLE
    RETURN (SELECT public.homer_can_read_file(can_read_here.user_id, can_read_here.file_id)
             WHERE EXISTS (SELECT FROM public.homer_files AS f WHERE f.file_id = can_read_here.file_id));
COMMENT ON FUNCTION homer_place.can_read_here(text, text) IS 'homer_can_read_file of a file that is here; null where it is not.';

CREATE OR REPLACE FUNCTION homer_place.drop_copy(file_id text) RETURNS boolean
    LANGUAGE plpgsql VOLATILE
AS $function$
BEGIN
    -- Locked, because another may be dropping it.
    PERFORM FROM public.homer_files AS f
      WHERE f.file_id OPERATOR(pg_catalog.=) drop_copy.file_id AND homer_place.is_copy(f.uploaded_by) FOR UPDATE;
    IF FOUND THEN
        PERFORM public.homer_remove_file(file_id);
        RETURN true;
    END IF;
    RETURN false;
END
$function$;
COMMENT ON FUNCTION homer_place.drop_copy(text) IS 'Removes the copy of a file, and says whether there was one. A record is never removed.';

CREATE OR REPLACE FUNCTION homer_place.is_seen_here(is_shared boolean, shared_with jsonb) RETURNS boolean
    LANGUAGE sql STABLE
    RETURN COALESCE(is_shared, false)
        OR EXISTS (SELECT FROM pg_catalog.jsonb_array_elements_text(COALESCE(shared_with, '[]')) AS u
                    WHERE homer_place.place_of(u) = homer_place.place());
COMMENT ON FUNCTION homer_place.is_seen_here(boolean, jsonb) IS 'Whether a user of this place sees a file that is shared so.';

CREATE OR REPLACE FUNCTION homer_place.drop_unseen_copies(file_ids text[]) RETURNS bigint
    LANGUAGE sql VOLATILE
BEGIN ATOMIC
    SELECT pg_catalog.count(*) FILTER (WHERE homer_place.drop_copy(f.file_id))
      FROM public.homer_files AS f
     WHERE f.file_id = ANY (file_ids) AND NOT homer_place.is_seen_here(f.is_shared, f.shared_with);
END;
COMMENT ON FUNCTION homer_place.drop_unseen_copies(text[]) IS 'Removes those copies that nobody here sees any more, and says how many these were.';
