-- What a role of each kind is granted: exactly what homer's functions need of homer's own objects. Which these are is found by what
-- belongs to the extension, so that what is made later, as vectors are, is among them. docs/roles.md says who should get which kind.

CREATE FUNCTION homer.markers() RETURNS TABLE (kind text, marker regtype)
    LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    VALUES ('service', 'homer.any_user'::regtype), ('service_of_users', 'homer.each_user'::regtype), ('confined', 'homer.one_user'::regtype),
           ('own_user', 'homer.own_user'::regtype), ('proven_user', 'homer.proven_user'::regtype);
END;
COMMENT ON FUNCTION homer.markers() IS 'The kinds of roles, and the type whose USAGE makes a role one of them.';

CREATE FUNCTION homer.members(catalog regclass) RETURNS SETOF oid
    LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT d.objid
      FROM pg_catalog.pg_depend AS d JOIN pg_catalog.pg_extension AS e ON e.oid = d.refobjid
     WHERE e.extname = 'homer' AND d.refclassid = 'pg_catalog.pg_extension'::regclass AND d.deptype = 'e' AND d.classid = members.catalog;
END;
COMMENT ON FUNCTION homer.members(regclass) IS 'The objects of the extension that a catalog lists.';

-- Only the owner writes the tables that say who acts for whom, and only the owner reads a table without row security.
CREATE FUNCTION homer.guarded_tables() RETURNS SETOF regclass
    LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT c.oid::regclass
      FROM homer.members('pg_catalog.pg_class'::regclass) AS m (oid) JOIN pg_catalog.pg_class AS c ON c.oid = m.oid
     WHERE c.relkind = 'r' AND c.relrowsecurity AND c.relname NOT IN ('bound_roles', 'trusted_keys');
END;
COMMENT ON FUNCTION homer.guarded_tables() IS 'The tables of the extension that hold what is known of users.';

CREATE FUNCTION homer.is_for_the_owner(function oid) RETURNS boolean
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN (SELECT p.proname IN ('homer_grant', 'homer_revoke', 'homer_bind_role', 'homer_trust_keys') FROM pg_catalog.pg_proc AS p WHERE p.oid = function);
COMMENT ON FUNCTION homer.is_for_the_owner(oid) IS 'Whether a function changes homer''s own objects, and so is granted to no role.';

CREATE FUNCTION homer.columns_to_write(of_table regclass) RETURNS text
    LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT pg_catalog.string_agg(pg_catalog.quote_ident(a.attname), ', ' ORDER BY a.attnum)
      FROM pg_catalog.pg_attribute AS a
     WHERE a.attrelid = of_table AND a.attnum > 0 AND NOT a.attisdropped AND a.attname <> 'id';
END;
COMMENT ON FUNCTION homer.columns_to_write(regclass) IS
'The columns of a table but its id: who could choose that would take the numbers that others are given next.';

CREATE FUNCTION homer.rights_on_tables(kind text) RETURNS TABLE (rights text, object text)
    LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT CASE WHEN kind IN ('confined', 'own_user', 'proven_user')
                THEN pg_catalog.format('SELECT, DELETE, INSERT (%1$s), UPDATE (%1$s)', homer.columns_to_write(t.oid))
                ELSE 'SELECT, INSERT, UPDATE, DELETE' END, 'TABLE ' || t.oid::text
      FROM homer.guarded_tables() AS t (oid)
     UNION ALL
    SELECT 'USAGE', 'SEQUENCE ' || d.objid::regclass::text
      FROM homer.guarded_tables() AS t (oid) JOIN pg_catalog.pg_depend AS d ON d.refobjid = t.oid
      JOIN pg_catalog.pg_class AS s ON s.oid = d.objid
     WHERE d.refclassid = 'pg_catalog.pg_class'::regclass AND d.classid = 'pg_catalog.pg_class'::regclass AND d.deptype = 'a'
       AND s.relkind = 'S';
END;
COMMENT ON FUNCTION homer.rights_on_tables(text) IS 'What a role of a kind is granted on tables and their sequences.';

CREATE FUNCTION homer.rights_of_kind(kind text) RETURNS TABLE (rights text, object text)
    LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT 'USAGE', 'SCHEMA homer, ' || '@extschema@'::regnamespace::text
     UNION ALL
    SELECT r.rights, r.object FROM homer.rights_on_tables(kind) AS r
     UNION ALL
    SELECT 'EXECUTE', 'FUNCTION ' || pg_catalog.string_agg(m.oid::regprocedure::text, ', ')
      FROM homer.members('pg_catalog.pg_proc'::regclass) AS m (oid)
     WHERE NOT homer.is_for_the_owner(m.oid)
     UNION ALL
    SELECT 'SELECT', 'TABLE homer.bound_roles' WHERE kind = 'own_user'
     UNION ALL
    SELECT 'SELECT', 'TABLE homer.trusted_keys' WHERE kind = 'proven_user'
     UNION ALL
    SELECT 'USAGE', 'TYPE ' || k.marker::text FROM homer.markers() AS k WHERE k.kind = rights_of_kind.kind;
END;
COMMENT ON FUNCTION homer.rights_of_kind(text) IS 'What a role of a kind is granted, as GRANT writes it.';

CREATE FUNCTION homer.all_objects() RETURNS SETOF text
    LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT 'SCHEMA homer'
     UNION ALL
    SELECT CASE WHEN c.relkind = 'S' THEN 'SEQUENCE ' ELSE 'TABLE ' END || c.oid::regclass::text
      FROM homer.members('pg_catalog.pg_class'::regclass) AS m (oid) JOIN pg_catalog.pg_class AS c ON c.oid = m.oid
     WHERE c.relkind IN ('r', 'v', 'S')
     UNION ALL
    SELECT 'FUNCTION ' || pg_catalog.string_agg(m.oid::regprocedure::text, ', ') FROM homer.members('pg_catalog.pg_proc'::regclass) AS m (oid)
     UNION ALL
    SELECT 'TYPE ' || k.marker::text FROM homer.markers() AS k;
END;
COMMENT ON FUNCTION homer.all_objects() IS 'What a role may have been granted of homer, as REVOKE writes it.';

CREATE FUNCTION homer.check_role(role text) RETURNS boolean
    LANGUAGE sql VOLATILE PARALLEL SAFE
    RETURN homer.check_text('role', role)
       AND (EXISTS (SELECT FROM pg_catalog.pg_roles AS r WHERE r.rolname::text = role)
            OR homer.refuse('unknown_role', pg_catalog.jsonb_build_object('role', role)))
       -- homer_grant would take back the owner's own rights.
       AND (NOT EXISTS (SELECT FROM homer.members('pg_catalog.pg_class'::regclass) AS m (oid) JOIN pg_catalog.pg_class AS c ON c.oid = m.oid
                         WHERE pg_catalog.pg_get_userbyid(c.relowner)::text = role)
            OR homer.refuse_shape('role', role, 'a role that owns none of homer''s tables'));
COMMENT ON FUNCTION homer.check_role(text) IS 'Refuses a role that does not exist, and one that owns tables of homer.';

-- PostgreSQL writes a name without its schema only where the search_path finds that very object, and the statement runs in the same.
CREATE FUNCTION homer.grant_rights(role text, kind text) RETURNS void
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
AS $function$
DECLARE
    granted record;
BEGIN
    FOR granted IN SELECT g.rights, g.object FROM homer.rights_of_kind(kind) AS g LOOP
        EXECUTE pg_catalog.format('GRANT %s ON %s TO %I', granted.rights, granted.object, role);
    END LOOP;
END
$function$;
COMMENT ON FUNCTION homer.grant_rights(text, text) IS 'Grants a role what its kind needs.';

CREATE FUNCTION homer.revoke_rights(role text) RETURNS void
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
AS $function$
DECLARE
    object pg_catalog.text;
BEGIN
    FOR object IN SELECT o.name FROM homer.all_objects() AS o (name) LOOP
        EXECUTE pg_catalog.format('REVOKE ALL ON %s FROM %I', object, role);
    END LOOP;
END
$function$;
COMMENT ON FUNCTION homer.revoke_rights(text) IS 'Takes back whatever a role was granted of homer.';

CREATE FUNCTION @extschema@.homer_grant(role text, kind text) RETURNS void
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
AS $function$
BEGIN
    PERFORM homer.check_role(role), homer.check_one_of('kind', kind, ARRAY(SELECT k.kind FROM homer.markers() AS k));
    PERFORM homer.revoke_rights(role);
    PERFORM homer.grant_rights(role, kind);
END
$function$;
COMMENT ON FUNCTION @extschema@.homer_grant(text, text) IS
'Makes a role one of a kind: service (acts for any user), service_of_users (the same, but may tell everyone nothing), confined (acts for the user that homer.user_id names), own_user (a login that acts for the user that homer_bind_role gave it) or proven_user (a login that acts for the user whom homer_act_as proves). Grants what that needs of homer''s own objects and nothing else, and takes back what the role was granted of homer before. For the owner of homer''s objects or a superuser.';

CREATE FUNCTION @extschema@.homer_bind_role(role text, user_id text) RETURNS void
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
AS $function$
BEGIN
    -- A role that was dropped may lose its user: a role that is made with the same name later would have that user.
    PERFORM CASE WHEN user_id IS NULL THEN homer.check_text('role', role) ELSE homer.check_role(role) END,
            homer.check_user_or_everyone(user_id), homer.check_bytes('user_id', user_id, 1000);
    DELETE FROM homer.bound_roles AS b WHERE b.role::pg_catalog.text OPERATOR(pg_catalog.=) homer_bind_role.role;
    IF user_id IS NOT NULL THEN
        INSERT INTO homer.bound_roles (role, user_id) VALUES (homer_bind_role.role::pg_catalog.name, homer_bind_role.user_id);
    END IF;
END
$function$;
COMMENT ON FUNCTION @extschema@.homer_bind_role(text, text) IS
'Says for which user a login role of the kind own_user acts; null for none. For the owner of homer''s objects or a superuser.';

CREATE FUNCTION @extschema@.homer_trust_keys(issuer text, audience text, jwks jsonb, user_claim text DEFAULT 'sub') RETURNS void
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
AS $function$
BEGIN
    PERFORM homer.check_id('issuer', issuer), homer.check_id('audience', audience),
            homer.check_id('user_claim', COALESCE(user_claim, 'sub')),
            homer.check_bytes('jwks', jwks::pg_catalog.text, 65536), homer.check_keys(jwks::pg_catalog.text);
    DELETE FROM homer.trusted_keys AS t
     WHERE t.issuer OPERATOR(pg_catalog.=) homer_trust_keys.issuer AND t.audience OPERATOR(pg_catalog.=) homer_trust_keys.audience;
    IF jwks IS NOT NULL THEN
        INSERT INTO homer.trusted_keys (issuer, audience, keys, user_claim)
        VALUES (homer_trust_keys.issuer, homer_trust_keys.audience, jwks, COALESCE(homer_trust_keys.user_claim, 'sub'));
    END IF;
END
$function$;
COMMENT ON FUNCTION @extschema@.homer_trust_keys(text, text, jsonb, text) IS
'Trusts tokens of an issuer for an audience that one of these public keys has signed (a JWK set: EdDSA, ES256, RS256), and says which claim names the user. Replaces the keys that were trusted for both; null trusts none any more. For the owner of homer''s objects or a superuser.';

CREATE FUNCTION @extschema@.homer_act_as(token text) RETURNS text
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
AS $function$
BEGIN
    PERFORM homer.check_text('token', token), homer.prove_user(token);
    RETURN homer.proven_user();
END
$function$;
COMMENT ON FUNCTION @extschema@.homer_act_as(text) IS
'Lets the rest of the transaction act for the user whom a signed token proves (a JWT, EdDSA, ES256 or RS256, of an issuer that homer_trust_keys trusts), and returns the user. Another user in the same transaction is refused, and so, all alike, is every token that proves nobody.';

CREATE FUNCTION @extschema@.homer_revoke(role text) RETURNS void
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
AS $function$
BEGIN
    PERFORM homer.check_role(role);
    PERFORM homer.revoke_rights(role);
    DELETE FROM homer.bound_roles AS b WHERE b.role::pg_catalog.text OPERATOR(pg_catalog.=) homer_revoke.role;
END
$function$;
COMMENT ON FUNCTION @extschema@.homer_revoke(text) IS
'Takes back whatever a role was granted of homer''s own objects, and the user it was bound to. What it has through another role or PUBLIC, and USAGE on the schema that homer lies in, stay. For the owner of homer''s objects or a superuser.';
