-- Two identities that a role's own SQL cannot forge: the user to whom the owner bound a login role, and the user whom a signed token
-- has proven in this transaction (src/identity.rs). docs/roles.md says when to use which.

CREATE FUNCTION homer.may_use(VARIADIC types oid[]) RETURNS boolean
    LANGUAGE c STABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'may_use_wrapper';
COMMENT ON FUNCTION homer.may_use(oid[]) IS 'Whether the current role has USAGE on one of the types.';

CREATE FUNCTION homer.is_bound_by_policies(VARIADIC tables oid[]) RETURNS boolean
    LANGUAGE c STABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'is_bound_by_policies_wrapper';
COMMENT ON FUNCTION homer.is_bound_by_policies(oid[]) IS 'Whether row security binds the current role on one of the tables.';

CREATE FUNCTION homer.is_of_kind(types oid[], narrower oid[], tables oid[]) RETURNS boolean
    LANGUAGE c STABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'is_of_kind_wrapper';
COMMENT ON FUNCTION homer.is_of_kind(oid[], oid[], oid[]) IS
'Whether the current role has USAGE on one of the types and on none of the narrower ones, or row security binds it on none of the tables.';

CREATE FUNCTION homer.user_acted_for(proven_user oid, own_user oid, one_user oid) RETURNS text
    LANGUAGE c STABLE STRICT PARALLEL RESTRICTED AS 'MODULE_PATHNAME', 'user_acted_for_wrapper';
COMMENT ON FUNCTION homer.user_acted_for(oid, oid, oid) IS
'The user that the current role acts for: the one that is proven, its login''s own or the one that homer.user_id names, by the first of the types on which it has USAGE.';

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
