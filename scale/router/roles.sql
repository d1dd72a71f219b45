-- Roles. A role of the router is the role of the same name at each place, by its user mapping: what it may do the places decide, and the
-- router keeps nobody from anything but its own functions.

CREATE FUNCTION homer_router.is_for_the_owner(function oid) RETURNS boolean
    LANGUAGE sql STABLE
    RETURN (SELECT p.proname IN ('homer_grant', 'homer_revoke', 'homer_bind_role', 'homer_trust_keys') FROM pg_catalog.pg_proc AS p WHERE p.oid = function);
COMMENT ON FUNCTION homer_router.is_for_the_owner(oid) IS 'Whether a function of the router changes what roles may do, and so is granted to none.';

CREATE FUNCTION homer_router.public_functions() RETURNS SETOF oid
    LANGUAGE sql STABLE
BEGIN ATOMIC
    SELECT p.oid FROM pg_catalog.pg_proc AS p WHERE p.pronamespace = 'public'::regnamespace AND p.proname LIKE 'homer\_%';
END;
COMMENT ON FUNCTION homer_router.public_functions() IS 'homer''s public functions on the router.';

CREATE FUNCTION homer_router.names_of_functions(functions oid[]) RETURNS text
    LANGUAGE sql STABLE
    RETURN (SELECT pg_catalog.string_agg(f::regprocedure::text, ', ') FROM pg_catalog.unnest(functions) AS f);
COMMENT ON FUNCTION homer_router.names_of_functions(oid[]) IS 'Functions as GRANT names them.';

CREATE FUNCTION homer_router.close_to_public() RETURNS void
    LANGUAGE plpgsql
AS $function$
BEGIN
    REVOKE ALL ON ALL FUNCTIONS IN SCHEMA homer_router, homer_places FROM PUBLIC;
    EXECUTE pg_catalog.format('REVOKE ALL ON FUNCTION %s FROM PUBLIC',
                              homer_router.names_of_functions(ARRAY(SELECT f FROM homer_router.public_functions() AS f)));
    -- What every role may ask: what it is to homer, where users are, and why there is no table here.
    GRANT USAGE ON SCHEMA homer_router, homer_local TO PUBLIC;
    GRANT EXECUTE ON FUNCTION public.homer_whoami(), homer_router.homer_whoami(), homer_router.is_admitted(), homer_router.place_of(text), homer_router.place_of_id(integer), homer_router.places(),
        homer_router.connection_of(text), homer_router.connection_of_place(integer), homer_router.refuse_rows(text),
        homer_router.refuse_table(text), homer_router.refuse_row() TO PUBLIC;
END
$function$;
COMMENT ON FUNCTION homer_router.close_to_public() IS 'Takes back what PostgreSQL gives to everybody.';

CREATE FUNCTION homer_router.lend_rights() RETURNS void
    LANGUAGE plpgsql
AS $function$
DECLARE
    function regprocedure;
BEGIN
    FOR function IN
        SELECT p.oid FROM pg_catalog.pg_proc AS p
         WHERE p.pronamespace OPERATOR(pg_catalog.=) 'homer_router'::pg_catalog.regnamespace::pg_catalog.oid AND p.prosecdef
    LOOP
        EXECUTE pg_catalog.format('ALTER FUNCTION %s OWNER TO homer_router', function);
    END LOOP;
END
$function$;
COMMENT ON FUNCTION homer_router.lend_rights() IS 'Has what runs with the rights of its owner run with those of the role homer_router, which may copy files and nothing more here.';

CREATE FUNCTION homer_router.map_role(role text) RETURNS void
    LANGUAGE plpgsql
AS $function$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_catalog.pg_user_mappings AS m
                    WHERE m.srvname OPERATOR(pg_catalog.=) 'homer' AND m.usename::pg_catalog.text OPERATOR(pg_catalog.=) role) THEN
        EXECUTE pg_catalog.format('CREATE USER MAPPING FOR %I SERVER homer OPTIONS (user %L)', role, role);
    END IF;
END
$function$;
COMMENT ON FUNCTION homer_router.map_role(text) IS
'Has a role log in at the places as the role of its name. A mapping that is there, as with a password, stays.';

CREATE FUNCTION homer_router.admit(role text) RETURNS void
    LANGUAGE plpgsql
AS $function$
BEGIN
    PERFORM homer_router.map_role(role);
    EXECUTE pg_catalog.format('GRANT USAGE ON FOREIGN SERVER homer TO %I', role);
    EXECUTE pg_catalog.format('GRANT USAGE ON SCHEMA homer_places TO %I', role);
    EXECUTE pg_catalog.format('GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA homer_router, homer_places TO %I', role);
    EXECUTE pg_catalog.format('GRANT EXECUTE ON FUNCTION %s TO %I', homer_router.names_of_functions(
        ARRAY(SELECT f FROM homer_router.public_functions() AS f WHERE NOT homer_router.is_for_the_owner(f))), role);
END
$function$;
COMMENT ON FUNCTION homer_router.admit(text) IS 'Lets a role call homer''s functions here.';

CREATE FUNCTION homer_router.admit_again() RETURNS void
    LANGUAGE sql
BEGIN ATOMIC
    SELECT homer_router.admit(m.usename::text) FROM pg_catalog.pg_user_mappings AS m WHERE m.srvname = 'homer';
END;
COMMENT ON FUNCTION homer_router.admit_again() IS 'Lets those roles call homer''s functions that could before these were made anew.';

CREATE FUNCTION homer_router.expel(role text) RETURNS void
    LANGUAGE plpgsql
AS $function$
BEGIN
    EXECUTE pg_catalog.format('REVOKE ALL ON ALL FUNCTIONS IN SCHEMA homer_router, homer_places FROM %I', role);
    EXECUTE pg_catalog.format('REVOKE ALL ON SCHEMA homer_places FROM %I', role);
    EXECUTE pg_catalog.format('REVOKE ALL ON FOREIGN SERVER homer FROM %I', role);
    EXECUTE pg_catalog.format('REVOKE ALL ON FUNCTION %s FROM %I',
                              homer_router.names_of_functions(ARRAY(SELECT f FROM homer_router.public_functions() AS f)), role);
    EXECUTE pg_catalog.format('DROP USER MAPPING IF EXISTS FOR %I SERVER homer', role);
END
$function$;
COMMENT ON FUNCTION homer_router.expel(text) IS 'Takes back what admit() gave to a role.';

CREATE FUNCTION homer_router.check_role(role text) RETURNS void
    LANGUAGE plpgsql
AS $function$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles AS r WHERE r.rolname::pg_catalog.text OPERATOR(pg_catalog.=) role) THEN
        PERFORM homer.refuse('unknown_role', pg_catalog.jsonb_build_object('role', role));
    END IF;
END
$function$;
COMMENT ON FUNCTION homer_router.check_role(text) IS 'Refuses a role that the router does not know; the places refuse what they do not know.';

CREATE FUNCTION homer_router.homer_grant(to_role text, kind text) RETURNS SETOF text
    LANGUAGE plpgsql
AS $function$
BEGIN
    PERFORM homer_router.check_role(to_role);
    PERFORM FROM homer_router.all_places() AS p, homer_places.homer_grant(p, NULL, to_role, kind) AS g;
    PERFORM homer_router.admit(to_role);
END
$function$;
COMMENT ON FUNCTION homer_router.homer_grant(text, text) IS 'homer_grant: at every place, and here what calling them needs.';

CREATE FUNCTION homer_router.homer_revoke(of_role text) RETURNS SETOF text
    LANGUAGE plpgsql
AS $function$
BEGIN
    PERFORM homer_router.check_role(of_role);
    PERFORM FROM homer_router.all_places() AS p, homer_places.homer_revoke(p, NULL, of_role) AS r;
    PERFORM homer_router.expel(of_role);
END
$function$;
COMMENT ON FUNCTION homer_router.homer_revoke(text) IS 'homer_revoke: at every place, and what homer_grant gave here.';

-- Asked before anything of the server homer is: a role that was granted nothing has no right to that.
CREATE FUNCTION homer_router.is_admitted() RETURNS boolean
    LANGUAGE sql STABLE
    RETURN EXISTS (SELECT FROM pg_catalog.pg_user_mappings AS m WHERE m.srvname = 'homer' AND m.usename = CURRENT_USER)
       AND pg_catalog.has_server_privilege('homer', 'USAGE');
COMMENT ON FUNCTION homer_router.is_admitted() IS 'Whether the current role may call homer''s functions here.';

CREATE FUNCTION homer_router.homer_whoami() RETURNS SETOF homer_local.homer_acting_role
    LANGUAGE plpgsql
AS $function$
BEGIN
    IF homer_router.is_admitted() THEN
        RETURN QUERY SELECT w.* FROM homer_places.homer_whoami(0, homer_router.acting()) AS w;
    ELSE
        RETURN QUERY SELECT CURRENT_USER::pg_catalog.text, 'none', 'homer_grant on the router was not called for it', NULL::pg_catalog.text,
                            '{}'::pg_catalog.text[];
    END IF;
END
$function$;
COMMENT ON FUNCTION homer_router.homer_whoami() IS 'homer_whoami: what the role of this name is at the places, of which homer_router.check() compares all.';

CREATE FUNCTION homer_router.homer_act_as(token text) RETURNS SETOF text
    LANGUAGE plpgsql
AS $function$
BEGIN
    RAISE EXCEPTION 'a token proves a user to a transaction, and each call through the router is one of its own' USING
        ERRCODE = 'feature_not_supported', HINT = 'Connect to homer_router.connection_of(user_id), and call homer_act_as there.';
END
$function$;
COMMENT ON FUNCTION homer_router.homer_act_as(text) IS 'homer_act_as: refused here. At a place it works as on one server.';
