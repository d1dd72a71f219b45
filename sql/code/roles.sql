-- Who calls, and for whom. A service role acts for any user, a confined role for the one that homer.user_id names;
-- docs/roles.md has the rules, standing.sql tells a role why, and sql/state/30_policies.sql lays them on the tables.

-- Each of these becomes one call where a policy asks it: a statement sets up what is asked for every subquery of every policy, though it
-- asks few. Types and tables by their numbers: that saves a look-up at each call, and needs no USAGE on the schema homer, which a role
-- without rights lacks.

CREATE FUNCTION homer.acting_user() RETURNS text
    LANGUAGE sql STABLE PARALLEL RESTRICTED
    RETURN homer.user_acted_for('homer.proven_user'::regtype, 'homer.own_user'::regtype, 'homer.one_user'::regtype);
COMMENT ON FUNCTION homer.acting_user() IS
'The user that a confined role acts for; null where none is named, bound or proven, and for every other role that is not above row security.';

CREATE FUNCTION homer.is_confined_kind() RETURNS boolean
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN homer.may_use('homer.one_user'::regtype, 'homer.own_user'::regtype, 'homer.proven_user'::regtype);
COMMENT ON FUNCTION homer.is_confined_kind() IS 'Whether the role acts for one user, however that user is named.';

CREATE FUNCTION homer.kind_of_identity() RETURNS text
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN CASE
        WHEN homer.may_use('homer.proven_user'::regtype) THEN 'proven_user'
        WHEN homer.may_use('homer.own_user'::regtype) THEN 'own_user'
        WHEN homer.may_use('homer.one_user'::regtype) THEN 'confined'
    END;
COMMENT ON FUNCTION homer.kind_of_identity() IS 'How it is said for whom a role acts that acts for one user: by a token, its login or a setting.';

CREATE FUNCTION homer.tables_under_policies() RETURNS oid[]
    -- Stable, so that it is inlined: of one that never changes the planner would ask the value.
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN ARRAY['@extschema@.homer_memories'::regclass::oid, '@extschema@.homer_user_profiles'::regclass::oid,
                 '@extschema@.homer_files'::regclass::oid, '@extschema@.homer_file_messages'::regclass::oid,
                 'homer.refusals'::regclass::oid, 'homer.successions'::regclass::oid, 'homer.link_makers'::regclass::oid,
                 'homer.memory_paths'::regclass::oid, 'homer.memory_embeddings'::regclass::oid];
COMMENT ON FUNCTION homer.tables_under_policies() IS 'The tables of which each role reads the rows that policies show it.';

CREATE FUNCTION homer.is_above_row_security() RETURNS boolean
    LANGUAGE sql STABLE PARALLEL SAFE
    -- The policies of no table bind it. A table whose row security was switched off must not open the others.
    RETURN NOT homer.is_bound_by_policies(VARIADIC homer.tables_under_policies());
COMMENT ON FUNCTION homer.is_above_row_security() IS
'Whether the role is a superuser, has BYPASSRLS, or has the rights of the owner of homer''s tables.';

CREATE FUNCTION homer.acts_for_anyone() RETURNS boolean
    LANGUAGE sql STABLE PARALLEL SAFE
    -- Of a role with both rights, one of which it may have inherited, the narrower one counts.
    RETURN homer.is_of_kind(
        ARRAY['homer.any_user'::regtype::oid, 'homer.each_user'::regtype::oid],
        ARRAY['homer.one_user'::regtype::oid, 'homer.own_user'::regtype::oid, 'homer.proven_user'::regtype::oid],
        homer.tables_under_policies());
COMMENT ON FUNCTION homer.acts_for_anyone() IS 'Whether the role acts for any user.';

CREATE FUNCTION homer.tells_everyone() RETURNS boolean
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN homer.is_of_kind(
        ARRAY['homer.any_user'::regtype::oid],
        ARRAY['homer.each_user'::regtype::oid, 'homer.one_user'::regtype::oid, 'homer.own_user'::regtype::oid,
              'homer.proven_user'::regtype::oid],
        homer.tables_under_policies());
COMMENT ON FUNCTION homer.tells_everyone() IS 'Whether the role decides what everyone is told: memories without a user, and published files.';

CREATE FUNCTION homer.unguarded_table() RETURNS text
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN CASE
        WHEN NOT pg_catalog.row_security_active('@extschema@.homer_memories'::regclass::oid) THEN 'homer_memories'
        WHEN NOT pg_catalog.row_security_active('@extschema@.homer_user_profiles'::regclass::oid) THEN 'homer_user_profiles'
        WHEN NOT pg_catalog.row_security_active('@extschema@.homer_files'::regclass::oid) THEN 'homer_files'
        WHEN NOT pg_catalog.row_security_active('@extschema@.homer_file_messages'::regclass::oid) THEN 'homer_file_messages'
        WHEN NOT pg_catalog.row_security_active('homer.refusals'::regclass::oid) THEN 'homer.refusals'
        WHEN NOT pg_catalog.row_security_active('homer.successions'::regclass::oid) THEN 'homer.successions'
        WHEN NOT pg_catalog.row_security_active('homer.link_makers'::regclass::oid) THEN 'homer.link_makers'
        WHEN NOT pg_catalog.row_security_active('homer.memory_paths'::regclass::oid) THEN 'homer.memory_paths'
        WHEN NOT pg_catalog.row_security_active('homer.memory_embeddings'::regclass::oid) THEN 'homer.memory_embeddings'
    END;
COMMENT ON FUNCTION homer.unguarded_table() IS
'A table whose policies do not bind the role, for a role that they should bind: its row security was switched off. Null where there is none.';

-- Row security alone would return no rows, and the caller would not learn why. What a role that acts for anyone is asked at each call
-- is inlined, and stable, so that a WHERE asks it once, before it reads any row.

CREATE FUNCTION homer.check_acts_as_one(user_id text, proven_user oid, own_user oid, one_user oid, tables oid[]) RETURNS boolean
    LANGUAGE c STABLE PARALLEL RESTRICTED AS 'MODULE_PATHNAME', 'check_acts_as_one_wrapper';
COMMENT ON FUNCTION homer.check_acts_as_one(text, oid, oid, oid, oid[]) IS
'Refuses a role that does not act for one user by one of the types, for another user than this one, or where row security binds it not on all of the tables.';

CREATE FUNCTION homer.check_acts_for(user_id text) RETURNS boolean
    LANGUAGE sql STABLE PARALLEL RESTRICTED
    RETURN homer.acts_for_anyone() OR homer.check_acts_as_one(
        user_id, 'homer.proven_user'::regtype, 'homer.own_user'::regtype, 'homer.one_user'::regtype, homer.tables_under_policies());
COMMENT ON FUNCTION homer.check_acts_for(text) IS
'Refuses a role that does not act for the user. Null is what everyone is told, which every role that acts for somebody may read.';

CREATE FUNCTION homer.check_acts() RETURNS boolean
    LANGUAGE sql STABLE PARALLEL RESTRICTED
    RETURN homer.check_acts_for(NULL);
COMMENT ON FUNCTION homer.check_acts() IS 'Refuses a role that acts for nobody, and one that acts for one user where policies do not hold it to that.';

CREATE FUNCTION homer.check_acts_for_all(function text) RETURNS boolean
    LANGUAGE plpgsql STABLE PARALLEL RESTRICTED AS
$function$
BEGIN
    IF homer.acts_for_anyone() THEN
        RETURN true;
    END IF;
    PERFORM homer.check_acts();
    RETURN homer.refuse('about_all_users', pg_catalog.jsonb_build_object('role', CURRENT_USER::pg_catalog.text, 'function', function));
END
$function$;
COMMENT ON FUNCTION homer.check_acts_for_all(text) IS 'Refuses a role that does not act for any user.';

CREATE FUNCTION homer.check_tells_everyone() RETURNS boolean
    LANGUAGE plpgsql STABLE PARALLEL SAFE AS
$function$
BEGIN
    RETURN homer.tells_everyone() OR homer.refuse('everyones_memory', pg_catalog.jsonb_build_object('role', CURRENT_USER::pg_catalog.text));
END
$function$;
COMMENT ON FUNCTION homer.check_tells_everyone() IS 'Refuses a role that may not decide what everyone is told.';

CREATE FUNCTION homer.check_may_decide_for(user_id text) RETURNS boolean
    LANGUAGE sql STABLE PARALLEL RESTRICTED
    RETURN homer.check_acts_for(user_id) AND (user_id IS NOT NULL OR homer.check_tells_everyone());
COMMENT ON FUNCTION homer.check_may_decide_for(text) IS
'Refuses a role that does not act for the user, or for null one that may not tell everyone.';
