-- What the current role is to homer, and why. A role without rights may ask: in SQL, whose names were looked up when it was made.

CREATE FUNCTION homer.grantee_of(marker oid) RETURNS text
    LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT homer.grantee(a.grantee)
      FROM pg_catalog.pg_type AS t, pg_catalog.aclexplode(t.typacl) AS a
     WHERE t.oid = marker AND a.grantee <> t.typowner
       AND (a.grantee = 0 OR pg_catalog.pg_has_role(a.grantee, 'USAGE'))
     ORDER BY pg_catalog.pg_get_userbyid(a.grantee) = CURRENT_USER DESC, 1 LIMIT 1;
END;
COMMENT ON FUNCTION homer.grantee_of(oid) IS 'To whom USAGE on a type was granted that the role has: itself, a role that it is in, or PUBLIC.';

CREATE FUNCTION homer.warnings() RETURNS text[]
    LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT pg_catalog.array_remove(
               ARRAY(SELECT w.warning FROM homer.unwanted_grants() AS w
                      WHERE w.grantee = 0 OR pg_catalog.pg_has_role(w.grantee, 'USAGE') ORDER BY w.warning)
               || ('row security of ' || homer.unguarded_table() || ' is switched off'), NULL);
END;
COMMENT ON FUNCTION homer.warnings() IS 'What lets the current role past row security and should not.';

CREATE FUNCTION @extschema@.homer_whoami() RETURNS @extschema@.homer_acting_role
    LANGUAGE sql STABLE PARALLEL RESTRICTED
BEGIN ATOMIC
    SELECT CURRENT_USER::text, k.kind,
           CASE
               WHEN r.rolsuper THEN 'it is a superuser'
               WHEN r.rolbypassrls THEN 'it has BYPASSRLS'
               WHEN homer.is_above_row_security() THEN 'it has the rights of the owner of homer''s tables'
               WHEN k.kind = 'none' THEN 'USAGE on no type of homer that makes a role something was granted to it'
               ELSE pg_catalog.format('USAGE on type %s was granted to %s', k.marker::regtype, homer.grantee_of(k.marker))
           END,
           CASE WHEN k.place = 3 THEN homer.acting_user() END,
           CASE WHEN homer.is_above_row_security() THEN '{}' ELSE homer.warnings() END
      FROM pg_catalog.pg_roles AS r,
           LATERAL (SELECT w.place, w.kind, w.marker
                      FROM (VALUES (1, homer.tells_everyone(), 'service', 'homer.any_user'::regtype::oid),
                                   (2, homer.acts_for_anyone(), 'service_of_users', 'homer.each_user'::regtype::oid),
                                   (3, homer.is_confined_kind(), homer.kind_of_identity(),
                                       (SELECT m.marker::oid FROM homer.markers() AS m WHERE m.kind = homer.kind_of_identity())),
                                   (4, true, 'none', NULL)) AS w (place, holds, kind, marker)
                     WHERE w.holds ORDER BY w.place LIMIT 1) AS k
     WHERE r.rolname = CURRENT_USER;
END;
COMMENT ON FUNCTION @extschema@.homer_whoami() IS
'What the current role is to homer: service (acts for any user), service_of_users (the same, but may tell everyone nothing), confined, own_user, proven_user (act for one user: whom homer.user_id names, the login is bound to, a token has proven) or none, and why. Warns of rights on homer''s objects that no kind of role needs.';

-- What src/memories asks where it reads the indexes by itself, to which row security is nothing.

CREATE FUNCTION homer.scopes_that_are_read(scopes text[]) RETURNS text[]
    LANGUAGE plpgsql STABLE PARALLEL RESTRICTED AS
$function$
DECLARE
    acting pg_catalog.text;
BEGIN
    -- As the policy homer_reads of the memories.
    IF homer.acts_for_anyone() THEN
        RETURN scopes;
    END IF;
    acting := homer.acting_user();
    RETURN ARRAY(SELECT s.scope FROM pg_catalog.unnest(scopes) AS s (scope)
                  WHERE acting IS NOT NULL AND s.scope OPERATOR(pg_catalog.=) ANY (ARRAY[acting, '']));
END
$function$;
COMMENT ON FUNCTION homer.scopes_that_are_read(text[]) IS 'Those of the scopes whose memories row security lets the current role read.';

CREATE FUNCTION homer.is_read_by_own_policy_alone(memories oid) RETURNS boolean
    LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    -- Where a search_path has PostgreSQL write it in another way, it is taken for another.
    SELECT pg_catalog.count(*) = 1
       AND pg_catalog.bool_and(p.polname = 'homer_reads' AND p.polpermissive AND p.polroles OPERATOR(pg_catalog.=) ARRAY[0]::pg_catalog.oid[]
           AND pg_catalog.pg_get_expr(p.polqual, p.polrelid)
               = '((user_id = ( SELECT homer.acting_user() AS acting_user)) OR ( SELECT homer.acts_for_anyone() AS acts_for_anyone) OR ((user_id IS NULL) AND (( SELECT homer.acting_user() AS acting_user) IS NOT NULL)))')
      FROM pg_catalog.pg_policy AS p WHERE p.polrelid = memories AND p.polcmd IN ('r', '*');
END;
COMMENT ON FUNCTION homer.is_read_by_own_policy_alone(oid) IS
'Whether no policy says who reads the memories but homer''s own, as it was made.';
