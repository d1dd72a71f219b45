-- What has expired is never returned, swept or not; the sweep takes it out of the indexes of what is active.

CREATE FUNCTION homer.take_expired(at_most integer) RETURNS integer[]
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
    SET enable_seqscan = off
    SET enable_sort = off
    SET jit = off AS
$function$
BEGIN
    RETURN ARRAY(SELECT m.id FROM @extschema@.homer_memories AS m
                  WHERE m.is_active IS NOT FALSE AND m.expires_at OPERATOR(pg_catalog.<=) homer.utc_now()
                  ORDER BY m.expires_at
                  LIMIT at_most
                    FOR UPDATE SKIP LOCKED);
END
$function$;
COMMENT ON FUNCTION homer.take_expired(integer) IS 'Locks memories that have expired and that nobody else has locked, longest ago first.';

CREATE FUNCTION @extschema@.homer_expire_memories("limit" integer DEFAULT 10000) RETURNS integer
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE AS
$function$
DECLARE
    at_most pg_catalog.int4 := COALESCE("limit", 10000);
    expired pg_catalog.int4[];
    retired pg_catalog.int4;
BEGIN
    PERFORM homer.check_acts_for_all('homer_expire_memories'), homer.check_limit(at_most);
    expired := homer.take_expired(at_most);
    IF pg_catalog.array_ndims(expired) IS NULL THEN
        RETURN 0;
    END IF;
    UPDATE @extschema@.homer_memories AS m
       SET is_active = false, updated_at = homer.utc_now()
     WHERE m.id OPERATOR(pg_catalog.=) ANY (expired);
    GET DIAGNOSTICS retired := ROW_COUNT;
    RETURN retired;
END
$function$;
COMMENT ON FUNCTION @extschema@.homer_expire_memories(integer) IS
'Retires so many of the memories that have expired, longest ago first, and passes over rows that others hold. Returns how many: less than the limit when there are no more.';
