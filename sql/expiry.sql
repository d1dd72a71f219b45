-- What has expired is never returned, swept or not; the sweep takes it out of the indexes of what is active.

CREATE INDEX homer_memories_expiry_idx ON @extschema@.homer_memories (expires_at)
    WHERE is_active IS NOT FALSE AND expires_at IS NOT NULL;

CREATE FUNCTION @extschema@.homer_expire_memories("limit" integer DEFAULT 10000) RETURNS integer
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
    SET enable_seqscan = off
    SET enable_sort = off
    SET jit = off
    SET search_path = pg_catalog, pg_temp
AS $function$
#variable_conflict use_column
DECLARE
    expired integer[];
BEGIN
    PERFORM homer.check_acts_for_all('homer_expire_memories'), homer.check_limit("limit");
    SELECT array_agg(e.id) INTO expired
      FROM (SELECT m.id
              FROM @extschema@.homer_memories AS m
             WHERE m.is_active IS NOT FALSE AND m.expires_at <= homer.utc_now()
             ORDER BY m.expires_at
             LIMIT "limit"
               FOR UPDATE SKIP LOCKED) AS e;
    UPDATE @extschema@.homer_memories AS m SET is_active = false, updated_at = homer.utc_now() WHERE m.id = ANY (expired);
    RETURN COALESCE(cardinality(expired), 0);
END
$function$;
COMMENT ON FUNCTION @extschema@.homer_expire_memories(integer) IS
'Retires so many of the memories that have expired, longest ago first, and passes over rows that others hold. Returns how many: less than the limit when there are no more.';
