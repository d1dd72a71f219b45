-- What became of a memory: which one replaced it, and when. Kept apart from the rows, whose metadata belong to the application.

-- Without foreign keys, so that an application may empty its table by TRUNCATE. A link counts while both of its rows are
-- there and are those it was made for: an id that is given again belongs to a memory that is younger than the link.
-- A function, inlined into the statements that call it: a view would be read with the rights of its owner.
CREATE FUNCTION homer.links() RETURNS TABLE (old_id integer, new_id integer, succeeded_at timestamp)
    LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT s.old_id, s.new_id, s.succeeded_at
      FROM homer.successions AS s
      JOIN @extschema@.homer_memories AS o ON o.id = s.old_id
      JOIN @extschema@.homer_memories AS n ON n.id = s.new_id
     WHERE NOT o.is_active
       AND o.user_id IS NOT DISTINCT FROM n.user_id
       AND COALESCE(n.created_at <= s.succeeded_at, true);
END;
COMMENT ON FUNCTION homer.links() IS 'The successions whose memories are there: the memory that was replaced, the one that replaced it, and when, in UTC.';

CREATE FUNCTION homer.versions(memory_id integer) RETURNS SETOF @extschema@.homer_memory_version
    LANGUAGE sql STABLE PARALLEL SAFE ROWS 3
BEGIN ATOMIC
    WITH RECURSIVE reached (id) AS (
        SELECT versions.memory_id
        UNION
        SELECT l.id
          FROM reached AS v,
               LATERAL (SELECT n.new_id AS id FROM homer.links() AS n WHERE n.old_id = v.id
                        UNION ALL
                        SELECT o.old_id FROM homer.links() AS o WHERE o.new_id = v.id) AS l
    )
    SELECT m.id, m.user_id, m.category, m.subject, m.content, m.importance, m.expires_at, m.source_conversation_id,
           m.source_message_id, m.tags, m.metadata, m.is_active, m.created_at, m.updated_at, e.outcome,
           CASE WHEN e.outcome = 'superseded' THEN l.succeeded_at WHEN e.outcome = 'expired' THEN m.expires_at
                WHEN e.outcome = 'current' THEN NULL ELSE m.updated_at END,
           (SELECT pg_catalog.max(p.old_id) FROM homer.links() AS p WHERE p.new_id = m.id),
           l.new_id
      FROM reached AS v
      JOIN @extschema@.homer_memories AS m ON m.id = v.id
      LEFT JOIN homer.links() AS l ON l.old_id = m.id,
           LATERAL (SELECT CASE
               WHEN l.new_id IS NOT NULL THEN 'superseded'
               WHEN m.is_active IS NOT FALSE AND (m.expires_at IS NULL OR m.expires_at > homer.utc_now()) THEN 'current'
               WHEN (SELECT k.refusal_id FROM homer.known_statement(
                            m.user_id, homer.statement(m.subject, m.content), '', NULL, NULL) AS k)
                    IS NOT NULL THEN 'rejected'
               -- A sweep comes after the moment; what was retired before it was forgotten.
               WHEN m.is_active IS NOT FALSE OR m.expires_at <= m.updated_at THEN 'expired'
               ELSE 'forgotten'
           END AS outcome) AS e
     -- A memory gets its id while the memory that it replaces is there, so the order of ids is the order of time.
     ORDER BY m.id;
END;
COMMENT ON FUNCTION homer.versions(integer) IS 'The versions of a memory, oldest first, whichever of them is named.';

CREATE FUNCTION @extschema@.homer_memory_history(memory_id integer) RETURNS SETOF @extschema@.homer_memory_version
    LANGUAGE plpgsql STABLE PARALLEL RESTRICTED ROWS 3 AS
$function$
BEGIN
    PERFORM homer.check_acts();
    IF NOT EXISTS (SELECT FROM @extschema@.homer_memories AS m WHERE m.id OPERATOR(pg_catalog.=) homer_memory_history.memory_id) THEN
        PERFORM homer.refuse('null', '{"parameter": "memory_id"}') WHERE homer_memory_history.memory_id IS NULL;
        PERFORM homer.refuse('unknown_memory', pg_catalog.jsonb_build_object('id', homer_memory_history.memory_id));
    END IF;
    RETURN QUERY SELECT v.* FROM homer.versions(homer_memory_history.memory_id) AS v;
END
$function$;
COMMENT ON FUNCTION @extschema@.homer_memory_history(integer) IS
'The versions of a memory, oldest first, whichever of them is named: each with its outcome, since when, and what it replaced and was replaced by.';
