-- Grants that no kind of role needs, and that let a role past what row security keeps from it.

CREATE FUNCTION homer.is_confined(role oid) RETURNS boolean
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN CASE WHEN role = 0::oid THEN false
                ELSE EXISTS (SELECT FROM homer.markers() AS k
                              WHERE k.kind IN ('confined', 'own_user', 'proven_user')
                                AND pg_catalog.has_type_privilege(role, k.marker::oid, 'USAGE'))
                     AND NOT (SELECT r.rolsuper FROM pg_catalog.pg_roles AS r WHERE r.oid = role) END;
COMMENT ON FUNCTION homer.is_confined(oid) IS 'Whether a role, which may be PUBLIC, acts for one user.';

CREATE FUNCTION homer.is_unwanted(relation_kind "char", is_guarded boolean, privilege text, grantee oid) RETURNS boolean
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN CASE
        -- setval moves the numbers that others are given.
        WHEN relation_kind = 'S' THEN grantee = 0::oid OR privilege = 'UPDATE'
        WHEN grantee = 0::oid OR NOT is_guarded THEN true
        WHEN privilege IN ('SELECT', 'DELETE') THEN false
        -- On the whole table, with its id.
        WHEN privilege IN ('INSERT', 'UPDATE') THEN homer.is_confined(grantee)
        ELSE true
    END;
COMMENT ON FUNCTION homer.is_unwanted("char", boolean, text, oid) IS 'Whether a right on a table or a sequence of homer is one that no kind of role needs.';

CREATE FUNCTION homer.unwanted_grants() RETURNS TABLE (grantee oid, warning text)
    LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT a.grantee, pg_catalog.format('%s on %s was granted to %s', a.privilege_type, c.relname, homer.grantee(a.grantee))
      FROM homer.members('pg_catalog.pg_class'::regclass) AS m (oid) JOIN pg_catalog.pg_class AS c ON c.oid = m.oid,
           pg_catalog.aclexplode(c.relacl) AS a
     WHERE c.relkind IN ('r', 'S') AND a.grantee <> c.relowner
       AND homer.is_unwanted(c.relkind, c.relrowsecurity, a.privilege_type, a.grantee)
        OR c.relname IN ('bound_roles', 'trusted_keys') AND c.relnamespace = 'homer'::regnamespace AND a.grantee <> c.relowner
           AND a.privilege_type <> 'SELECT'
     UNION ALL
    SELECT a.grantee, pg_catalog.format('%s on schema homer was granted to %s', a.privilege_type, homer.grantee(a.grantee))
      FROM pg_catalog.pg_namespace AS n, pg_catalog.aclexplode(n.nspacl) AS a
     WHERE n.oid = 'homer'::regnamespace AND a.grantee <> n.nspowner AND (a.grantee = 0 OR a.privilege_type = 'CREATE')
     UNION ALL
    SELECT a.grantee, pg_catalog.format('%s on type %s was granted to PUBLIC', a.privilege_type, k.marker)
      FROM homer.markers() AS k JOIN pg_catalog.pg_type AS t ON t.oid = k.marker, pg_catalog.aclexplode(t.typacl) AS a
     WHERE a.grantee = 0
     UNION ALL
    SELECT a.grantee, pg_catalog.format('EXECUTE on %s was granted to %s', p.proname, homer.grantee(a.grantee))
      FROM homer.members('pg_catalog.pg_proc'::regclass) AS m (oid) JOIN pg_catalog.pg_proc AS p ON p.oid = m.oid,
           pg_catalog.aclexplode(p.proacl) AS a
     WHERE a.grantee <> p.proowner AND homer.is_for_the_owner(p.oid);
END;
COMMENT ON FUNCTION homer.unwanted_grants() IS
'Rights on homer''s objects that no kind of role needs: TRUNCATE, REFERENCES, TRIGGER and MAINTAIN, which row security does not hold; INSERT and UPDATE of ids for a confined role; UPDATE of a sequence; what is the owner''s; and whatever PUBLIC has.';

CREATE FUNCTION homer.all_unwanted_grants() RETURNS text[]
    LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT COALESCE(pg_catalog.array_agg(w.warning ORDER BY w.warning), '{}') FROM homer.unwanted_grants() AS w;
END;
COMMENT ON FUNCTION homer.all_unwanted_grants() IS 'What homer.unwanted_grants finds, in order.';
