-- Who a user is: made and changed by homer_upsert_profile, counted by homer_touch_profile.

CREATE FUNCTION homer.knows_timezone(name text) RETURNS boolean
    LANGUAGE plpgsql STABLE STRICT PARALLEL UNSAFE AS
$function$
BEGIN
    -- A zone in the form of POSIX, such as +02:00 or UTC+5, counts to the west of Greenwich, and whoever writes one means the east.
    IF name OPERATOR(pg_catalog.~) '[0-9<]' AND name OPERATOR(pg_catalog.!~*) '^(Etc/.*|EST5EDT|CST6CDT|MST7MDT|PST8PDT|GMT[+-]?0)$' THEN
        RETURN false;
    END IF;
    -- The only whole answer is to compute a local time: pg_timezone_names reads 600 files, and knows no abbreviations.
    PERFORM pg_catalog.timezone(name, pg_catalog.now());
    RETURN true;
EXCEPTION WHEN invalid_parameter_value THEN
    RETURN false;
END
$function$;
COMMENT ON FUNCTION homer.knows_timezone(text) IS 'Whether PostgreSQL can compute a local time in the timezone of this name, which is none in the form of POSIX.';

CREATE FUNCTION homer.check_profile(user_id text, display_name text, role text, settings jsonb) RETURNS boolean
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE AS
$function$
DECLARE
    timezone pg_catalog.text;
BEGIN
    PERFORM homer.check_id('user_id', user_id), homer.check_acts_for(user_id),
            homer.check_text('display_name', display_name), homer.check_bytes('display_name', display_name, 1024),
            homer.check_text('role', role), homer.check_bytes('role', role, 1024),
            homer.check_settings(settings::pg_catalog.text);
    timezone := settings OPERATOR(pg_catalog.->>) 'timezone';
    RETURN homer.check_timezone(timezone, homer.knows_timezone(timezone));
END
$function$;
COMMENT ON FUNCTION homer.check_profile(text, text, text, jsonb) IS 'Refuses what cannot be a profile.';

CREATE FUNCTION @extschema@.homer_upsert_profile(
    user_id text,
    display_name text,
    role text,
    settings jsonb DEFAULT '{}'
) RETURNS @extschema@.homer_user_profiles
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE AS
$function$
#variable_conflict use_column
DECLARE
    given pg_catalog.jsonb := COALESCE(homer_upsert_profile.settings, '{}');
    changed @extschema@.homer_user_profiles;
BEGIN
    PERFORM homer.check_profile(homer_upsert_profile.user_id, homer_upsert_profile.display_name, homer_upsert_profile.role, given);

    -- First the row, with the table's own defaults, then the settings over it: the defaults stand in one place.
    INSERT INTO @extschema@.homer_user_profiles (user_id, display_name, role, created_at)
    VALUES (homer_upsert_profile.user_id, homer_upsert_profile.display_name, homer_upsert_profile.role, homer.utc_now())
    ON CONFLICT ON CONSTRAINT homer_user_profiles_user_id_unique DO NOTHING;

    UPDATE @extschema@.homer_user_profiles AS p
       SET display_name = homer_upsert_profile.display_name,
           role = homer_upsert_profile.role,
           updated_at = homer.utc_now(),
           (preferred_name, title, communication_style, preferred_greeting, wants_detailed_analysis,
            wants_proactive_insights, focus_areas, responsibilities, working_hours, timezone) =
           (SELECT s.preferred_name, s.title, s.communication_style, s.preferred_greeting, s.wants_detailed_analysis,
                   s.wants_proactive_insights, s.focus_areas, s.responsibilities, s.working_hours, s.timezone
              FROM pg_catalog.jsonb_populate_record(p, given) AS s)
     WHERE p.user_id OPERATOR(pg_catalog.=) homer_upsert_profile.user_id
    RETURNING p.* INTO changed;
    IF NOT FOUND THEN
        PERFORM homer.refuse('not_stored', '{"what": "profile"}');
    END IF;
    RETURN changed;
END
$function$;
COMMENT ON FUNCTION @extschema@.homer_upsert_profile(text, text, text, jsonb) IS
'Creates the user''s profile or changes it, and returns it. settings sets other columns by name; a column it does not name keeps its value, and null clears it.';

CREATE FUNCTION @extschema@.homer_touch_profile(user_id text) RETURNS @extschema@.homer_user_profiles
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE AS
$function$
-- PL/pgSQL keeps the plan of its UPDATE for the session, which a SQL function does not before PostgreSQL 18, and the
-- operators are qualified because it resolves them at run time.
#variable_conflict use_column
DECLARE
    touched @extschema@.homer_user_profiles;
BEGIN
    IF NOT homer.check_acts_for(user_id) THEN
        RETURN NULL;
    END IF;
    UPDATE @extschema@.homer_user_profiles AS p
       SET total_interactions = COALESCE(p.total_interactions, 0) OPERATOR(pg_catalog.+) 1,
           last_interaction = homer.utc_now()
     WHERE p.user_id OPERATOR(pg_catalog.=) homer_touch_profile.user_id
    RETURNING p.* INTO touched;
    IF NOT FOUND THEN
        PERFORM homer.check_text('user_id', homer_touch_profile.user_id);
        IF EXISTS (SELECT FROM @extschema@.homer_user_profiles AS p
                    WHERE p.user_id OPERATOR(pg_catalog.=) homer_touch_profile.user_id) THEN
            PERFORM homer.refuse('not_stored', '{"what": "interaction"}');
        END IF;
        PERFORM homer.refuse('unknown_profile', pg_catalog.jsonb_build_object('user_id', homer_touch_profile.user_id));
    END IF;
    RETURN touched;
END
$function$;
COMMENT ON FUNCTION @extschema@.homer_touch_profile(text) IS
'Counts one interaction of the user: total_interactions + 1, last_interaction now. Returns the profile; a user without one is refused.';
