-- What homer_remember does to rows that are there: it refreshes the one that says the same, and retires the one that is
-- superseded.

CREATE FUNCTION homer.united_strings(kept jsonb, fresh jsonb) RETURNS jsonb
    LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS
$function$
BEGIN
    RETURN (SELECT pg_catalog.jsonb_agg(u.string ORDER BY u.place)
              FROM (SELECT s.string, pg_catalog.min(s.place) AS place
                      FROM pg_catalog.jsonb_array_elements(kept OPERATOR(pg_catalog.||) fresh) WITH ORDINALITY AS s (string, place)
                     GROUP BY s.string) AS u);
END
$function$;
COMMENT ON FUNCTION homer.united_strings(jsonb, jsonb) IS 'The strings of two arrays, each once, in their order.';

-- What is within its bound by itself may exceed it together with what is there already. The table would refuse it too, and say nothing of use.
CREATE FUNCTION homer.bounded_tags(tags jsonb) RETURNS jsonb
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS
$function$
BEGIN
    PERFORM homer.check_bytes('tags', tags::pg_catalog.text, 65536);
    RETURN tags;
END
$function$;
COMMENT ON FUNCTION homer.bounded_tags(jsonb) IS 'Tags as they are; those that are too long for a memory are refused.';

CREATE FUNCTION homer.bounded_metadata(metadata jsonb) RETURNS jsonb
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS
$function$
BEGIN
    PERFORM homer.check_bytes('metadata', homer.counted_metadata(metadata), 65536);
    RETURN metadata;
END
$function$;
COMMENT ON FUNCTION homer.bounded_metadata(jsonb) IS 'Metadata as they are; those that are too long for a memory are refused.';

CREATE FUNCTION homer.last_of(elements jsonb, at_most integer) RETURNS jsonb
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS
$function$
DECLARE
    left_out CONSTANT pg_catalog.int4 := pg_catalog.jsonb_array_length(elements) OPERATOR(pg_catalog.-) at_most;
BEGIN
    IF left_out OPERATOR(pg_catalog.<=) 0 THEN
        RETURN elements;
    END IF;
    -- In one pass: an array that somebody made long must not cost its square.
    RETURN COALESCE((SELECT pg_catalog.jsonb_agg(e.element ORDER BY e.place)
                       FROM pg_catalog.jsonb_array_elements(elements) WITH ORDINALITY AS e (element, place)
                      WHERE e.place OPERATOR(pg_catalog.>) left_out), '[]');
END
$function$;
COMMENT ON FUNCTION homer.last_of(jsonb, integer) IS 'The last elements of an array, so many at most.';

CREATE FUNCTION homer.confirmed_metadata(kept jsonb, is_reminder boolean, fresh jsonb, source jsonb, kept_is_newer boolean) RETURNS jsonb
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS
$function$
DECLARE
    merged pg_catalog.jsonb := fresh;
    sources pg_catalog.jsonb;
    sourced pg_catalog.jsonb;
    others pg_catalog.int4;
BEGIN
    IF is_reminder THEN
        -- Another due_at would make it another reminder, and a confirmation does not know whether it was claimed.
        merged := merged OPERATOR(pg_catalog.-) '{due_at,claimed_at}'::pg_catalog.text[];
    END IF;
    IF kept_is_newer THEN
        merged := merged OPERATOR(pg_catalog.||) COALESCE(kept, '{}');
    ELSE
        merged := COALESCE(kept, '{}') OPERATOR(pg_catalog.||) merged;
    END IF;
    IF source IS NULL THEN
        RETURN merged;
    END IF;
    sources := merged OPERATOR(pg_catalog.->) 'homer_confirmed_by';
    IF sources IS NULL OR pg_catalog.jsonb_typeof(sources) OPERATOR(pg_catalog.<>) 'array' THEN
        sources := '[]';
    END IF;
    -- A message that says it again, or is handed over again, is one source.
    IF sources OPERATOR(pg_catalog.@>) pg_catalog.jsonb_build_array(source OPERATOR(pg_catalog.-) 'at') THEN
        RETURN merged;
    END IF;
    -- Twenty, or where they have no room beside the application's own keys as many as have: none of these is worth a refusal.
    FOREACH others IN ARRAY '{19,9,4,0}'::pg_catalog.int4[] LOOP
        sourced := pg_catalog.jsonb_set(merged, '{homer_confirmed_by}', homer.last_of(sources, others) OPERATOR(pg_catalog.||) source);
        IF pg_catalog.octet_length(homer.counted_metadata(sourced)) OPERATOR(pg_catalog.<=) 65536 THEN
            RETURN sourced;
        END IF;
    END LOOP;
    RETURN merged OPERATOR(pg_catalog.-) 'homer_confirmed_by';
END
$function$;
COMMENT ON FUNCTION homer.confirmed_metadata(jsonb, boolean, jsonb, jsonb, boolean) IS
'The metadata of a memory that is confirmed: the newer value of each key, and as homer_confirmed_by the last twenty sources, fewer where there is no room.';

CREATE FUNCTION homer.source_of_confirmation(conversation_id text, message_id text) RETURNS jsonb
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN CASE WHEN conversation_id IS NOT NULL OR message_id IS NOT NULL THEN
        pg_catalog.jsonb_build_object(
            'conversation_id', conversation_id, 'message_id', message_id, 'at', homer.text_of_moment(homer.utc_now()))
    END;
COMMENT ON FUNCTION homer.source_of_confirmation(text, text) IS 'Where a confirmation comes from, as metadata hold it; null where it does not say.';

CREATE FUNCTION homer.confirm(
    memory_id integer, importance integer, expires_at timestamp, tags jsonb, metadata jsonb, conversation_id text, message_id text,
    said_at timestamp DEFAULT NULL, metadata_of timestamp DEFAULT NULL
) RETURNS integer
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE AS
$function$
#variable_conflict use_column
DECLARE
    source pg_catalog.jsonb := homer.source_of_confirmation(conversation_id, message_id);
    confirmed pg_catalog.int4;
BEGIN
    UPDATE @extschema@.homer_memories AS m
       SET -- What was said in the past makes nothing fresh that was said since.
           updated_at = CASE WHEN confirm.said_at IS NULL THEN homer.utc_now()
                             ELSE GREATEST(m.updated_at, m.created_at, confirm.said_at) END,
           importance = GREATEST(COALESCE(m.importance, 5), confirm.importance),
           expires_at = CASE WHEN confirm.expires_at IS NOT NULL THEN
                            CASE WHEN m.expires_at IS NOT NULL THEN GREATEST(m.expires_at, confirm.expires_at) END
                        END,
           tags = CASE WHEN m.tags OPERATOR(pg_catalog.@>) confirm.tags THEN m.tags
                       ELSE homer.bounded_tags(homer.united_strings(COALESCE(m.tags, '[]'), confirm.tags)) END,
           metadata = homer.bounded_metadata(homer.confirmed_metadata(
               m.metadata, homer.is_reminder(m.category), confirm.metadata,
               CASE WHEN homer.is_same_text(m.source_conversation_id, confirm.conversation_id)
                         AND homer.is_same_text(m.source_message_id, confirm.message_id) THEN NULL ELSE source END,
               COALESCE(confirm.metadata_of, confirm.said_at) OPERATOR(pg_catalog.<) GREATEST(m.updated_at, m.created_at)))
     WHERE m.id OPERATOR(pg_catalog.=) confirm.memory_id AND homer.is_active_for_statements(m.is_active)
       AND (m.expires_at IS NULL OR m.expires_at OPERATOR(pg_catalog.>) homer.utc_now())
    RETURNING m.id INTO confirmed;
    RETURN confirmed;
END
$function$;
COMMENT ON FUNCTION homer.confirm(integer, integer, timestamp, jsonb, jsonb, text, text, timestamp, timestamp) IS
'Refreshes a memory that was said again: updated_at now, or when it was said, the larger importance, the later expiry, the tags of both, the newer metadata, and where it was said as a source. The metadata are from metadata_of, or from when it was said. Null where it is no longer active.';

CREATE FUNCTION homer.retire_superseded(memory_id integer, user_id text) RETURNS void
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE AS
$function$
#variable_conflict use_column
DECLARE
    kept record;
BEGIN
    UPDATE @extschema@.homer_memories AS m
       SET is_active = false, updated_at = homer.utc_now()
     WHERE m.id OPERATOR(pg_catalog.=) retire_superseded.memory_id AND m.is_active IS NOT FALSE
       AND (m.expires_at IS NULL OR m.expires_at OPERATOR(pg_catalog.>) homer.utc_now())
       AND homer.is_same_text(m.user_id, retire_superseded.user_id);
    IF NOT FOUND THEN
        SELECT m.user_id, homer.is_live(m.is_active, m.expires_at) AS is_live INTO kept FROM @extschema@.homer_memories AS m
         WHERE m.id OPERATOR(pg_catalog.=) retire_superseded.memory_id;
        IF NOT FOUND THEN
            PERFORM homer.refuse('unknown_memory', pg_catalog.jsonb_build_object('id', retire_superseded.memory_id));
        ELSIF NOT homer.is_same_text(kept.user_id, retire_superseded.user_id) THEN
            PERFORM homer.refuse('foreign_memory', pg_catalog.jsonb_build_object(
                'id', retire_superseded.memory_id, 'user_id', retire_superseded.user_id));
        ELSIF kept.is_live THEN
            PERFORM homer.refuse('not_stored', '{"what": "memory"}');
        END IF;
        PERFORM homer.refuse('retired_memory', pg_catalog.jsonb_build_object('id', retire_superseded.memory_id));
    END IF;
END
$function$;
COMMENT ON FUNCTION homer.retire_superseded(integer, text) IS 'Retires a memory of the user, which must be active; of two clients the second finds that it is not.';

CREATE FUNCTION homer.link(old_id integer, new_id integer) RETURNS void
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE AS
$function$
#variable_conflict use_column
BEGIN
    -- A row that an application has made active again may be replaced again.
    INSERT INTO homer.successions AS s (old_id, new_id, succeeded_at)
    VALUES (link.old_id, link.new_id, homer.utc_now())
    ON CONFLICT ON CONSTRAINT successions_pkey DO UPDATE SET new_id = EXCLUDED.new_id, succeeded_at = EXCLUDED.succeeded_at;

    PERFORM homer.hand_on_path(link.old_id, link.new_id);
END
$function$;
COMMENT ON FUNCTION homer.link(integer, integer) IS 'Keeps which memory replaced which, also as a file of the memory tool.';
