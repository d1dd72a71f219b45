-- Two ways to say for whom a role acts that no SQL of its own can forge: what the owner bound a login role to, and a signed token
-- that the transaction has shown (src/identity.rs). docs/roles.md says which is for what.

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

CREATE FUNCTION homer.may_use(VARIADIC types oid[]) RETURNS boolean
    LANGUAGE c STABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'may_use_wrapper';
COMMENT ON FUNCTION homer.may_use(oid[]) IS 'Whether the current role has USAGE on one of the types.';

CREATE FUNCTION homer.is_bound_by_policies(VARIADIC tables oid[]) RETURNS boolean
    LANGUAGE c STABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'is_bound_by_policies_wrapper';
COMMENT ON FUNCTION homer.is_bound_by_policies(oid[]) IS 'Whether row security binds the current role on one of the tables.';

CREATE FUNCTION homer.proven_user() RETURNS text
    LANGUAGE c STABLE PARALLEL RESTRICTED AS 'MODULE_PATHNAME', 'proven_user_wrapper';
COMMENT ON FUNCTION homer.proven_user() IS 'The user whom the transaction has proven to act for; null where it has proven nobody.';

CREATE FUNCTION homer.bound_user() RETURNS text
    LANGUAGE plpgsql STABLE PARALLEL RESTRICTED AS
$function$
BEGIN
    RETURN (SELECT b.user_id FROM homer.bound_roles AS b WHERE b.role OPERATOR(pg_catalog.=) SESSION_USER);
END
$function$;
COMMENT ON FUNCTION homer.bound_user() IS 'The user that the login role is bound to; null where it is to none.';

CREATE FUNCTION homer.prove_user(token text) RETURNS boolean
    LANGUAGE c VOLATILE STRICT PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'prove_user_wrapper';
COMMENT ON FUNCTION homer.prove_user(text) IS 'Lets the transaction act for the user whom a token proves.';

CREATE FUNCTION homer.check_keys(keys text) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'check_keys_wrapper';
COMMENT ON FUNCTION homer.check_keys(text) IS 'Refuses what is no set of public keys.';
