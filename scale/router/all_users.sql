-- Functions about all users: each place gives as many as are asked for, and the best of all these are taken. A place that cannot be
-- reached is an error, because the answer would not be all there is.

CREATE FUNCTION homer_router.every_place() RETURNS integer[]
    LANGUAGE sql STABLE
    RETURN ARRAY(SELECT p FROM homer_router.all_places() AS p);
COMMENT ON FUNCTION homer_router.every_place() IS 'All places, to be asked at once.';

CREATE FUNCTION homer_router.at_most(given integer, by_default integer) RETURNS integer
    LANGUAGE sql STABLE SECURITY DEFINER
    RETURN CASE WHEN homer.check_limit(COALESCE(given, by_default)) THEN COALESCE(given, by_default) END;
COMMENT ON FUNCTION homer_router.at_most(integer, integer) IS 'How many rows are wanted; a number below 0 is refused as homer refuses it.';

CREATE FUNCTION homer_router.homer_expire_memories(at_most integer) RETURNS SETOF integer
    LANGUAGE plpgsql
AS $function$
DECLARE
    most CONSTANT pg_catalog.int4 := homer_router.at_most(at_most, 10000);
    share record;
    retired pg_catalog.int4 := 0;
BEGIN
    FOR share IN
        SELECT e.place, pg_catalog.count(*)::pg_catalog.int4 AS memories
          FROM (SELECT x.place FROM homer_places.expired(homer_router.every_place(), homer_router.acting(), most) AS x
                 ORDER BY x.expired_at LIMIT most) AS e
         GROUP BY e.place
    LOOP
        retired := retired OPERATOR(pg_catalog.+)
                   (SELECT x FROM homer_places.expire(ARRAY[share.place], homer_router.acting(), share.memories) AS x);
        PERFORM homer_router.wait_for_places(share.place);
    END LOOP;
    RETURN NEXT retired;
END
$function$;
COMMENT ON FUNCTION homer_router.homer_expire_memories(integer) IS 'homer_expire_memories: of all places those that expired longest ago.';

CREATE FUNCTION homer_router.homer_unembedded_memories(at_most integer) RETURNS TABLE (id integer, text text)
    LANGUAGE sql
BEGIN ATOMIC
    SELECT u.id, u.text
      FROM homer_places.unembedded(homer_router.every_place(), homer_router.acting(), COALESCE(at_most, 100)) AS u
     ORDER BY u.created_at DESC, u.id DESC LIMIT homer_router.at_most(at_most, 100);
END;
COMMENT ON FUNCTION homer_router.homer_unembedded_memories(integer) IS 'homer_unembedded_memories: the newest of all places.';

CREATE FUNCTION homer_router.homer_conversation_files(of_conversation text, of_user text) RETURNS SETOF homer_local.homer_conversation_file
    LANGUAGE sql
BEGIN ATOMIC
    SELECT c.* FROM homer_places.homer_conversation_files(homer_router.place_of(of_user), homer_router.acting(), of_conversation, of_user) AS c
     WHERE of_user IS NOT NULL
    UNION ALL
    (SELECT c.id, c.file_id, c.uploaded_by, c.original_name, c.mime_type, c.file_size, c.storage_path, c.storage_type, c.description,
            c.extracted_text, c.tags, c.is_shared, c.shared_with, c.created_at, c.updated_at, c.message_id, c.direction, c.context
       FROM homer_places.files_of_conversation(homer_router.every_place(), homer_router.acting(), of_conversation) AS c
      WHERE of_user IS NULL
      ORDER BY c.linked_at, c.link_id);
END;
COMMENT ON FUNCTION homer_router.homer_conversation_files(text, text) IS 'homer_conversation_files: without a user, of all places.';

CREATE FUNCTION homer_router.homer_stats() RETURNS SETOF homer_local.homer_stat
    LANGUAGE sql
BEGIN ATOMIC
    WITH s AS MATERIALIZED (
        SELECT p.* FROM homer_places.stats(homer_router.every_place(), homer_router.acting()) AS p
    )
    SELECT t.memories, t.memories_active, t.memories_expired_waiting, t.memories_retired, t.memories_of_everyone, t.users, t.profiles,
           t.reminders_due, t.files, t.files_published, t.file_links, t.table_bytes, t.index_bytes,
           ARRAY(SELECT DISTINCT x FROM s, pg_catalog.unnest(s.indexes_missing) AS x ORDER BY x),
           z.name, pg_catalog.timezone(z.name, '2000-01-01 00:00+00'::timestamptz) = '2000-01-01 00:00'
                   AND pg_catalog.timezone(z.name, '2000-07-01 00:00+00'::timestamptz) = '2000-07-01 00:00',
           t.reminders_without_moment,
           ARRAY(SELECT DISTINCT x FROM s, pg_catalog.unnest(s.columns_added) AS x ORDER BY x),
           ARRAY(SELECT DISTINCT x FROM s, pg_catalog.unnest(s.grants_unwanted) AS x ORDER BY x),
           ARRAY(SELECT DISTINCT x FROM s, pg_catalog.unnest(s.estimated) AS x ORDER BY x)
      FROM (SELECT pg_catalog.sum(s.memories)::bigint AS memories, pg_catalog.sum(s.memories_active)::bigint AS memories_active,
                   pg_catalog.sum(s.memories_expired_waiting)::bigint AS memories_expired_waiting,
                   pg_catalog.sum(s.memories_retired)::bigint AS memories_retired,
                   pg_catalog.sum(s.memories_of_everyone)::bigint AS memories_of_everyone,
                   pg_catalog.sum(s.users)::bigint AS users, pg_catalog.sum(s.profiles)::bigint AS profiles,
                   pg_catalog.sum(s.reminders_due)::bigint AS reminders_due, pg_catalog.sum(s.files)::bigint AS files,
                   pg_catalog.sum(s.files_published)::bigint AS files_published, pg_catalog.sum(s.file_links)::bigint AS file_links,
                   pg_catalog.sum(s.table_bytes)::bigint AS table_bytes, pg_catalog.sum(s.index_bytes)::bigint AS index_bytes,
                   pg_catalog.sum(s.reminders_without_moment)::bigint AS reminders_without_moment
              FROM s) AS t,
           (SELECT pg_catalog.current_setting('TimeZone') AS name) AS z;
END;
COMMENT ON FUNCTION homer_router.homer_stats() IS 'homer_stats: the sums of all places, with the clock of this session.';
