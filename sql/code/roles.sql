-- Who calls, and for whom. A service role acts for any user, a confined role for the one that homer.user_id names;
-- docs/roles.md has the rules, standing.sql tells which a role is, and policies.sql lays them on the tables.

CREATE FUNCTION homer.named_user() RETURNS text
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN CASE WHEN pg_catalog.btrim(pg_catalog.current_setting('homer.user_id', true)) <> ''
                THEN pg_catalog.current_setting('homer.user_id', true) END;
COMMENT ON FUNCTION homer.named_user() IS 'The user that homer.user_id names; null where it names none.';

CREATE FUNCTION homer.acting_user() RETURNS text
    LANGUAGE sql STABLE PARALLEL RESTRICTED
    -- An identity that cannot be forged goes before homer.user_id. SET ROLE would let a role take the identity of another.
    RETURN CASE
        WHEN NOT homer.may_use('homer.one_user'::regtype, 'homer.own_user'::regtype, 'homer.proven_user'::regtype) THEN NULL
        WHEN homer.may_use('homer.proven_user'::regtype)
            THEN CASE WHEN CURRENT_USER = SESSION_USER THEN homer.proven_user() END
        WHEN homer.may_use('homer.own_user'::regtype)
            THEN CASE WHEN CURRENT_USER = SESSION_USER THEN homer.bound_user() END
        ELSE homer.named_user()
    END;
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

-- Row security alone would return no rows, and the caller would not learn why. These functions are PL/pgSQL and stable, so that a
-- WHERE calls them once, before it reads any row.

CREATE FUNCTION homer.check_acts() RETURNS boolean
    LANGUAGE plpgsql STABLE PARALLEL RESTRICTED AS
$function$
DECLARE
    unguarded pg_catalog.text;
BEGIN
    IF homer.acts_for_anyone() THEN
        RETURN true;
    ELSIF homer.acting_user() IS NOT NULL THEN
        unguarded := homer.unguarded_table();
        RETURN unguarded IS NULL OR homer.refuse('no_row_security', pg_catalog.jsonb_build_object('table', unguarded));
    ELSIF homer.is_confined_kind() THEN
        RETURN homer.refuse('no_acting_user', pg_catalog.jsonb_build_object(
            'role', CURRENT_USER::pg_catalog.text, 'identity', homer.kind_of_identity()));
    END IF;
    RETURN homer.refuse('no_kind', pg_catalog.jsonb_build_object('role', CURRENT_USER::pg_catalog.text));
END
$function$;
COMMENT ON FUNCTION homer.check_acts() IS 'Refuses a role that acts for nobody, and one that acts for one user where policies do not hold it to that.';

CREATE FUNCTION homer.check_acts_for(user_id text) RETURNS boolean
    LANGUAGE plpgsql STABLE PARALLEL RESTRICTED AS
$function$
BEGIN
    IF homer.check_acts() AND (user_id IS NULL OR homer.acts_for_anyone() OR user_id OPERATOR(pg_catalog.=) homer.acting_user()) THEN
        RETURN true;
    END IF;
    RETURN homer.refuse('foreign_user', pg_catalog.jsonb_build_object(
        'role', CURRENT_USER::pg_catalog.text, 'acting_for', homer.acting_user(), 'user_id', user_id));
END
$function$;
COMMENT ON FUNCTION homer.check_acts_for(text) IS
'Refuses a role that does not act for the user. Null is what everyone is told, which every role that acts for somebody may read.';

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

CREATE FUNCTION homer.check_may_decide_for(user_id text) RETURNS boolean
    LANGUAGE plpgsql STABLE PARALLEL RESTRICTED AS
$function$
BEGIN
    RETURN homer.check_acts_for(user_id) AND (user_id IS NOT NULL OR homer.check_tells_everyone());
END
$function$;
COMMENT ON FUNCTION homer.check_may_decide_for(text) IS
'Refuses a role that does not act for the user, or for null one that may not tell everyone.';

CREATE FUNCTION homer.check_tells_everyone() RETURNS boolean
    LANGUAGE plpgsql STABLE PARALLEL SAFE AS
$function$
BEGIN
    RETURN homer.tells_everyone() OR homer.refuse('everyones_memory', pg_catalog.jsonb_build_object('role', CURRENT_USER::pg_catalog.text));
END
$function$;
COMMENT ON FUNCTION homer.check_tells_everyone() IS 'Refuses a role that may not decide what everyone is told.';
