-- The kinds of roles, as types whose USAGE a role is granted, and what the owner has set for two of the kinds: the user of a login
-- role, and the issuers whose signed tokens are trusted. sql/code/roles.sql and sql/code/identities.sql read them.

CREATE TYPE homer.own_user AS ENUM ();
COMMENT ON TYPE homer.own_user IS
'Login roles with USAGE on this type act for the user that homer_bind_role gave them: homer_grant(''tenant_7'', ''own_user'') grants it.';

CREATE TYPE homer.proven_user AS ENUM ();
COMMENT ON TYPE homer.proven_user IS
'Login roles with USAGE on this type act for the user whom homer_act_as has proven: homer_grant(''model'', ''proven_user'') grants it.';

CREATE TABLE homer.bound_roles (
    role name PRIMARY KEY,
    user_id text NOT NULL,
    CONSTRAINT bound_roles_user_id_bounded CHECK (pg_catalog.octet_length(user_id) <= 1000 AND pg_catalog.btrim(user_id) <> '')
);
ALTER TABLE homer.bound_roles ALTER COLUMN user_id SET STATISTICS 0;
COMMENT ON TABLE homer.bound_roles IS 'For whom login roles of the kind own_user act. Written by the owner.';
COMMENT ON COLUMN homer.bound_roles.role IS 'The login role, by its name, which a dump takes to another server.';
COMMENT ON COLUMN homer.bound_roles.user_id IS 'The one user that it acts for.';

CREATE TABLE homer.trusted_keys (
    issuer text,
    audience text,
    keys jsonb NOT NULL,
    user_claim text NOT NULL,
    CONSTRAINT trusted_keys_pkey PRIMARY KEY (issuer, audience),
    CONSTRAINT trusted_keys_bounded CHECK (
        pg_catalog.octet_length(issuer) <= 1000 AND pg_catalog.octet_length(audience) <= 1000
        AND pg_catalog.octet_length(user_claim) <= 1000 AND pg_catalog.octet_length(keys::text) <= 65536)
);
COMMENT ON TABLE homer.trusted_keys IS 'Whose signed tokens prove to homer_act_as who the user is. Public keys only; written by the owner.';
COMMENT ON COLUMN homer.trusted_keys.issuer IS 'What the claim iss must be.';
COMMENT ON COLUMN homer.trusted_keys.audience IS 'What the claim aud must hold.';
COMMENT ON COLUMN homer.trusted_keys.keys IS 'The issuer''s public keys, as a JWK set.';
COMMENT ON COLUMN homer.trusted_keys.user_claim IS 'The claim that names the user.';

SELECT pg_catalog.pg_extension_config_dump('homer.bound_roles', '');
SELECT pg_catalog.pg_extension_config_dump('homer.trusted_keys', '');

-- A role reads what it needs to know its own user, and writes nothing.
ALTER TABLE homer.bound_roles ENABLE ROW LEVEL SECURITY;
CREATE POLICY homer_reads ON homer.bound_roles FOR SELECT USING (role = SESSION_USER);
ALTER TABLE homer.trusted_keys ENABLE ROW LEVEL SECURITY;
CREATE POLICY homer_reads ON homer.trusted_keys FOR SELECT USING (true);

-- No value is of these types. That a role may use one of them says of which kind it is: a right that no GRANT on ALL
-- TABLES, SEQUENCES or FUNCTIONS IN SCHEMA gives by the way, that roles inherit, and that pg_dump dumps.
CREATE TYPE homer.any_user AS ENUM ();
COMMENT ON TYPE homer.any_user IS
'Roles with USAGE on this type act for any user, and tell everyone: homer_grant(''backend'', ''service'') grants it.';

CREATE TYPE homer.each_user AS ENUM ();
COMMENT ON TYPE homer.each_user IS
'Roles with USAGE on this type act for any user, and may tell everyone nothing: homer_grant(''backend'', ''service_of_users'') grants it.';

CREATE TYPE homer.one_user AS ENUM ();
COMMENT ON TYPE homer.one_user IS
'Roles with USAGE on this type act for the user that the setting homer.user_id names: homer_grant(''assistant'', ''confined'') grants it.';

-- PostgreSQL lets everybody use a new type, and ALTER DEFAULT PRIVILEGES may have named others: all are taken back.
CREATE FUNCTION homer.grantee(role oid) RETURNS text
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN CASE WHEN role = 0::oid THEN 'PUBLIC' ELSE pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(role)) END;
COMMENT ON FUNCTION homer.grantee(oid) IS 'A grantee as GRANT writes it; 0 is PUBLIC.';

DO $do$
DECLARE
    given record;
BEGIN
    FOR given IN
        SELECT t.oid::pg_catalog.regtype AS type, homer.grantee(a.grantee) AS grantee
          FROM pg_catalog.pg_type AS t,
               pg_catalog.aclexplode(COALESCE(t.typacl, pg_catalog.acldefault('T', t.typowner))) AS a
         WHERE t.oid OPERATOR(pg_catalog.=) ANY (ARRAY['homer.any_user'::pg_catalog.regtype::oid, 'homer.each_user'::pg_catalog.regtype::oid,
                                                    'homer.one_user'::pg_catalog.regtype::oid, 'homer.own_user'::pg_catalog.regtype::oid,
                                                    'homer.proven_user'::pg_catalog.regtype::oid])
           AND a.grantee OPERATOR(pg_catalog.<>) t.typowner
    LOOP
        EXECUTE pg_catalog.format('REVOKE ALL ON TYPE %s FROM %s', given.type, given.grantee);
    END LOOP;
END
$do$;
