-- What homer_router.check() asks each place.

CREATE OR REPLACE FUNCTION homer_place.kinds_of_roles() RETURNS jsonb
    LANGUAGE sql STABLE
    RETURN (SELECT COALESCE(pg_catalog.jsonb_object_agg(r.rolname, k.kinds), '{}')
              FROM pg_catalog.pg_roles AS r,
                   LATERAL (SELECT CASE WHEN r.rolsuper THEN 'superuser'
                                        ELSE pg_catalog.string_agg(m.kind, ', ' ORDER BY m.kind) END
                              FROM homer.markers() AS m
                             WHERE pg_catalog.has_type_privilege(r.oid, m.marker::oid, 'USAGE')) AS k (kinds)
             WHERE r.rolcanlogin AND k.kinds IS NOT NULL);
COMMENT ON FUNCTION homer_place.kinds_of_roles() IS 'What each login role is to homer here.';

CREATE OR REPLACE FUNCTION homer_place.hash_of_everyones() RETURNS text
    LANGUAGE sql STABLE
    RETURN (SELECT pg_catalog.md5(COALESCE(pg_catalog.string_agg(
                       pg_catalog.concat_ws(' ', m.id, m.is_active, pg_catalog.md5(m.content), m.metadata, e.text_hash), ',' ORDER BY m.id), ''))
              FROM public.homer_memories AS m LEFT JOIN homer.memory_embeddings AS e ON e.memory_id = m.id
             WHERE m.user_id IS NULL);
COMMENT ON FUNCTION homer_place.hash_of_everyones() IS 'The same at two places that hold the same memories of everyone, with vectors of the same.';

CREATE OR REPLACE FUNCTION homer_place.state() RETURNS jsonb
    LANGUAGE sql STABLE SECURITY DEFINER
BEGIN ATOMIC
    SELECT pg_catalog.jsonb_build_object(
               'version', (SELECT e.extversion FROM pg_catalog.pg_extension AS e WHERE e.extname = 'homer'),
               'place', i.place, 'places', i.places,
               'memories_at', (SELECT s.last_value FROM public.homer_memories_id_seq AS s),
               'refusals_at', (SELECT s.last_value FROM homer.refusals_id_seq AS s),
               'dimensions', homer.embedding_dimensions(),
               'everyones', (SELECT pg_catalog.count(*) FROM public.homer_memories AS m WHERE m.user_id IS NULL),
               'hash_of_everyones', homer_place.hash_of_everyones(),
               'roles', homer_place.kinds_of_roles(),
               'settings', pg_catalog.concat_ws(', ', pg_catalog.current_setting('DateStyle'), pg_catalog.current_setting('TimeZone'),
                                                pg_catalog.current_setting('extra_float_digits')),
               'slots', (SELECT COALESCE(pg_catalog.jsonb_agg(pg_catalog.jsonb_build_object(
                                    'place', s.place, 'is_active', s.is_active,
                                    'bytes_behind', pg_catalog.pg_current_wal_lsn() - s.seen)), '[]')
                           FROM homer_place.slots() AS s))
      FROM homer_place.identity AS i;
END;
COMMENT ON FUNCTION homer_place.state() IS 'What homer_router.check() compares.';
REVOKE ALL ON FUNCTION homer_place.state() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION homer_place.state() TO homer_router;
