-- What the current role is to homer. Here, because all tables are there now: asked by its number, a table's row security takes
-- no look-up at each call, and no USAGE on the schema homer, which a role that may nothing lacks.

CREATE FUNCTION homer.is_above_row_security() RETURNS boolean
    LANGUAGE sql STABLE PARALLEL SAFE
    -- Not bound by the policies of any table: one whose row security was switched off must not open the others.
    RETURN NOT (pg_catalog.row_security_active('@extschema@.homer_memories'::regclass::oid)
                OR pg_catalog.row_security_active('@extschema@.homer_user_profiles'::regclass::oid)
                OR pg_catalog.row_security_active('@extschema@.homer_files'::regclass::oid)
                OR pg_catalog.row_security_active('@extschema@.homer_file_messages'::regclass::oid)
                OR pg_catalog.row_security_active('homer.refusals'::regclass::oid)
                OR pg_catalog.row_security_active('homer.successions'::regclass::oid));
COMMENT ON FUNCTION homer.is_above_row_security() IS
'Whether the role is a superuser, has BYPASSRLS, or has the rights of the owner of homer''s tables.';

CREATE FUNCTION homer.acts_for_anyone() RETURNS boolean
    LANGUAGE sql STABLE PARALLEL SAFE
    -- Of a role with both rights, one of which it may have inherited, the narrower one counts.
    RETURN pg_catalog.has_type_privilege('homer.any_user'::regtype, 'USAGE')
           AND NOT pg_catalog.has_type_privilege('homer.one_user'::regtype, 'USAGE')
        OR homer.is_above_row_security();
COMMENT ON FUNCTION homer.acts_for_anyone() IS 'Whether the role acts for any user.';

CREATE FUNCTION homer.unguarded_table() RETURNS text
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN CASE
        WHEN NOT pg_catalog.row_security_active('@extschema@.homer_memories'::regclass::oid) THEN 'homer_memories'
        WHEN NOT pg_catalog.row_security_active('@extschema@.homer_user_profiles'::regclass::oid) THEN 'homer_user_profiles'
        WHEN NOT pg_catalog.row_security_active('@extschema@.homer_files'::regclass::oid) THEN 'homer_files'
        WHEN NOT pg_catalog.row_security_active('@extschema@.homer_file_messages'::regclass::oid) THEN 'homer_file_messages'
        WHEN NOT pg_catalog.row_security_active('homer.refusals'::regclass::oid) THEN 'homer.refusals'
        WHEN NOT pg_catalog.row_security_active('homer.successions'::regclass::oid) THEN 'homer.successions'
    END;
COMMENT ON FUNCTION homer.unguarded_table() IS
'A table whose policies do not bind the role, for a role that they should bind: its row security was switched off. Null where there is none.';

CREATE TYPE @extschema@.homer_acting_role AS (role text, kind text, reason text, user_id text);
COMMENT ON TYPE @extschema@.homer_acting_role IS
'A role, its kind (service, confined or none), what makes it so, and the user that a confined one acts for.';

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

CREATE FUNCTION @extschema@.homer_whoami() RETURNS @extschema@.homer_acting_role
    LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT CURRENT_USER::text, k.kind,
           CASE
               WHEN r.rolsuper THEN 'it is a superuser'
               WHEN r.rolbypassrls THEN 'it has BYPASSRLS'
               WHEN homer.is_above_row_security() THEN 'it has the rights of the owner of homer''s tables'
               WHEN k.kind = 'service'
                   THEN 'USAGE on type homer.any_user was granted to ' || homer.grantee_of('homer.any_user'::regtype)
               WHEN k.kind = 'confined'
                   THEN 'USAGE on type homer.one_user was granted to ' || homer.grantee_of('homer.one_user'::regtype)
               ELSE 'USAGE on neither homer.any_user nor homer.one_user was granted to it'
           END,
           CASE WHEN k.kind = 'confined' THEN homer.acting_user() END
      FROM pg_catalog.pg_roles AS r,
           LATERAL (SELECT CASE WHEN homer.acts_for_anyone() THEN 'service'
                                WHEN pg_catalog.has_type_privilege('homer.one_user'::regtype, 'USAGE') THEN 'confined'
                                ELSE 'none' END) AS k (kind)
     WHERE r.rolname = CURRENT_USER;
END;
COMMENT ON FUNCTION @extschema@.homer_whoami() IS
'What the current role is to homer: service (acts for any user), confined (acts for the user that homer.user_id names) or none, and why.';
