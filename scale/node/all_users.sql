-- What functions about all users come to at one place, without what lies here as a copy: memories of everyone, which only place 0
-- decides about, and files of users of other places. The router merges what the places give.

CREATE OR REPLACE FUNCTION homer_place.decides_about(user_id text) RETURNS boolean
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN user_id IS NOT NULL OR homer_place.place() = 0;
COMMENT ON FUNCTION homer_place.decides_about(text) IS 'Whether this place decides about memories of the user, or of everyone for null.';

CREATE OR REPLACE FUNCTION homer_place.everyones_due() RETURNS integer
    LANGUAGE sql STABLE
    RETURN (SELECT pg_catalog.count(*)::integer FROM public.homer_memories AS m
             WHERE m.user_id IS NULL AND homer.is_due(m.category, m.is_active, m.metadata, m.expires_at));
COMMENT ON FUNCTION homer_place.everyones_due() IS 'How many reminders of everyone are due here.';

CREATE OR REPLACE FUNCTION homer_place.due(at_most integer) RETURNS SETOF public.homer_due_reminder
    LANGUAGE sql STABLE
BEGIN ATOMIC
    SELECT d.*
      -- No number that is too large for one.
      FROM public.homer_due_reminders(NULL, CASE WHEN at_most < 1000000000 THEN at_most + homer_place.everyones_due()
                                                 ELSE at_most END) AS d
     WHERE homer_place.decides_about(d.user_id)
     ORDER BY d.due_at, d.id
     LIMIT at_most;
END;
COMMENT ON FUNCTION homer_place.due(integer) IS 'The reminders that are due and that this place decides about, longest due first.';

CREATE OR REPLACE FUNCTION homer_place.claim(at_most integer) RETURNS SETOF public.homer_due_reminder
    LANGUAGE sql VOLATILE
BEGIN ATOMIC
    SELECT c.* FROM public.homer_claim_reminders(at_most, NULL) AS c WHERE homer_place.place() = 0
    UNION ALL
    SELECT c.*
      FROM (SELECT d.user_id, pg_catalog.count(*)::integer AS reminders FROM homer_place.due(at_most) AS d
             WHERE homer_place.place() <> 0 GROUP BY d.user_id) AS u,
           LATERAL public.homer_claim_reminders(u.reminders, u.user_id) AS c;
END;
COMMENT ON FUNCTION homer_place.claim(integer) IS 'Claims so many reminders at most of those that homer_place.due gives.';

CREATE OR REPLACE FUNCTION homer_place.expired(at_most integer) RETURNS TABLE (place integer, expired_at timestamp)
    LANGUAGE sql STABLE
BEGIN ATOMIC
    SELECT homer_place.place(), m.expires_at
      FROM public.homer_memories AS m
     WHERE m.is_active IS NOT FALSE AND m.expires_at <= homer.utc_now() AND homer_place.decides_about(m.user_id)
       AND homer.check_acts_for_all('homer_expire_memories')
     ORDER BY m.expires_at LIMIT at_most;
END;
COMMENT ON FUNCTION homer_place.expired(integer) IS 'When the memories here expired that were not retired, longest ago first.';

-- As homer_expire_memories, which cannot pass over what is everyone's.
CREATE OR REPLACE FUNCTION homer_place.expire(at_most integer) RETURNS integer
    LANGUAGE sql VOLATILE
BEGIN ATOMIC
    WITH expired AS MATERIALIZED (
        SELECT m.id FROM public.homer_memories AS m
         WHERE m.is_active IS NOT FALSE AND m.expires_at <= homer.utc_now() AND homer_place.decides_about(m.user_id)
           AND homer.check_acts_for_all('homer_expire_memories')
         ORDER BY m.expires_at LIMIT at_most
           FOR UPDATE SKIP LOCKED
    ), retired AS (
        UPDATE public.homer_memories AS m
           SET is_active = false, updated_at = homer.utc_now()
          FROM expired AS e
         WHERE m.id = e.id
        RETURNING m.id
    )
    SELECT pg_catalog.count(*)::integer FROM retired;
END;
COMMENT ON FUNCTION homer_place.expire(integer) IS 'Retires so many of the memories that homer_place.expired tells of, and says how many.';

CREATE OR REPLACE FUNCTION homer_place.everyones_unembedded() RETURNS integer
    LANGUAGE sql STABLE
    RETURN (SELECT pg_catalog.count(*)::integer FROM public.homer_memories AS m
             WHERE m.user_id IS NULL
               AND NOT EXISTS (SELECT FROM homer.memory_embeddings AS e
                                WHERE e.memory_id = m.id AND e.text_hash = homer.text_hash(m.user_id, m.subject, m.content)));
COMMENT ON FUNCTION homer_place.everyones_unembedded() IS 'How many memories of everyone have no vector here.';

CREATE OR REPLACE FUNCTION homer_place.unembedded(at_most integer) RETURNS TABLE (id integer, text text, created_at timestamp)
    LANGUAGE plpgsql STABLE
AS $function$
#variable_conflict use_column
BEGIN
    -- For what it refuses, however few rows there are.
    PERFORM FROM public.homer_unembedded_memories(0);
    RETURN QUERY
        SELECT u.id, u.text, m.created_at
          FROM public.homer_unembedded_memories(CASE WHEN at_most OPERATOR(pg_catalog.<) 1000000000
                                                     THEN at_most OPERATOR(pg_catalog.+) homer_place.everyones_unembedded()
                                                     ELSE at_most END) AS u
          JOIN public.homer_memories AS m ON m.id OPERATOR(pg_catalog.=) u.id
         WHERE homer_place.decides_about(m.user_id)
         ORDER BY u.id DESC LIMIT at_most;
END
$function$;
COMMENT ON FUNCTION homer_place.unembedded(integer) IS 'What needs a vector of the memories that this place decides about, newest first.';

CREATE OR REPLACE FUNCTION homer_place.files_of_conversation(conversation_id text)
    RETURNS TABLE (id integer, file_id text, uploaded_by text, original_name text, mime_type text, file_size integer,
                   storage_path text, storage_type text, description text, extracted_text text, tags jsonb, is_shared boolean,
                   shared_with jsonb, created_at timestamp, updated_at timestamp, message_id text, direction text, context text,
                   linked_at timestamp, link_id integer)
    LANGUAGE sql STABLE
BEGIN ATOMIC
    SELECT c.id, c.file_id, c.uploaded_by, c.original_name, c.mime_type, c.file_size, c.storage_path, c.storage_type, c.description,
           c.extracted_text, c.tags, c.is_shared, c.shared_with, c.created_at, c.updated_at, c.message_id, c.direction, c.context,
           m.created_at, m.id
      FROM public.homer_conversation_files(files_of_conversation.conversation_id, NULL) AS c
      JOIN public.homer_file_messages AS m
        ON m.file_id = c.file_id AND m.conversation_id = files_of_conversation.conversation_id
       AND m.message_id = c.message_id AND m.direction = c.direction
     WHERE NOT homer_place.is_copy(c.uploaded_by);
END;
COMMENT ON FUNCTION homer_place.files_of_conversation(text) IS
'The files of a conversation whose records lie here, and when each was linked.';

-- With the rights of its owner, because a service role does not read homer_place.copies.
CREATE OR REPLACE FUNCTION homer_place.copies_counted(
    OUT memories bigint, OUT memories_expired bigint, OUT memories_retired bigint, OUT files bigint, OUT files_published bigint,
    OUT links bigint, OUT owners bigint
)
    LANGUAGE sql STABLE SECURITY DEFINER
BEGIN ATOMIC
    SELECT m.memories, m.expired, m.retired, f.files, f.published, l.links, f.owners
      FROM (SELECT pg_catalog.count(*) AS memories,
                   pg_catalog.count(*) FILTER (WHERE g.is_active IS NOT FALSE AND g.expires_at <= homer.utc_now()) AS expired,
                   pg_catalog.count(*) FILTER (WHERE g.is_active IS FALSE) AS retired
              FROM public.homer_memories AS g WHERE g.user_id IS NULL AND homer_place.place() <> 0) AS m,
           (SELECT pg_catalog.count(*) AS files, pg_catalog.count(*) FILTER (WHERE g.is_shared) AS published,
                   pg_catalog.count(DISTINCT g.uploaded_by) AS owners
              FROM homer_place.copies AS c JOIN public.homer_files AS g ON g.file_id = c.file_id) AS f,
           (SELECT pg_catalog.count(*) AS links
              FROM homer_place.copies AS c JOIN public.homer_file_messages AS g ON g.file_id = c.file_id) AS l;
END;
COMMENT ON FUNCTION homer_place.copies_counted() IS 'How much of what lies here is a copy.';

CREATE OR REPLACE FUNCTION homer_place.stats() RETURNS SETOF public.homer_stat
    LANGUAGE sql STABLE
BEGIN ATOMIC
    SELECT GREATEST(s.memories - c.memories, 0),
           GREATEST(s.memories_active - (c.memories - c.memories_expired - c.memories_retired), 0),
           GREATEST(s.memories_expired_waiting - c.memories_expired, 0), GREATEST(s.memories_retired - c.memories_retired, 0),
           GREATEST(s.memories_of_everyone - c.memories, 0),
           -- An estimate of users does not count those who only own files.
           CASE WHEN 'users' = ANY (s.estimated) THEN s.users ELSE GREATEST(s.users - c.owners, 0) END, s.profiles,
           GREATEST(s.reminders_due - CASE WHEN homer_place.place() = 0 THEN 0 ELSE homer_place.everyones_due() END, 0),
           GREATEST(s.files - c.files, 0), GREATEST(s.files_published - c.files_published, 0), GREATEST(s.file_links - c.links, 0),
           s.table_bytes, s.index_bytes, s.indexes_missing, s.session_timezone, s.session_is_utc,
           CASE WHEN homer_place.place() = 0 THEN s.reminders_without_moment
                ELSE GREATEST(s.reminders_without_moment
                              - (SELECT pg_catalog.count(*) FROM public.homer_memories AS m
                                  WHERE m.user_id IS NULL AND homer.lacks_moment(m.category, m.is_active, m.metadata)), 0) END,
           s.columns_added, s.grants_unwanted, s.estimated
      FROM public.homer_stats() AS s, homer_place.copies_counted() AS c;
END;
COMMENT ON FUNCTION homer_place.stats() IS 'homer_stats of this place, without what lies here as a copy. Bytes are with it.';
