-- What a person does to one memory: restores it, edits it and keeps the old version, or puts a reminder off. Like homer_remember, each
-- function holds the lock of the user while it asks what is known of the statement.

-- The columns that homer made: an application may have added others.
CREATE FUNCTION homer.memory_to_change(memory_id integer) RETURNS SETOF @extschema@.homer_relevant_memory
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE ROWS 1 AS
$function$
DECLARE
    kept @extschema@.homer_relevant_memory;
BEGIN
    PERFORM homer.check_acts();
    IF memory_id IS NULL THEN
        PERFORM homer.refuse('null', '{"parameter": "memory_id"}');
    END IF;
    SELECT m.* INTO kept FROM homer.memories_by_id(memory_id) AS m;
    IF NOT FOUND THEN
        PERFORM homer.refuse('unknown_memory', pg_catalog.jsonb_build_object('id', memory_id));
    END IF;
    PERFORM homer.check_may_decide_for(kept.user_id);
    PERFORM homer.lock_user(kept.user_id);
    -- As it is now: who held the lock before may have changed it.
    RETURN QUERY SELECT m.* FROM homer.memories_by_id(memory_id) AS m;
END
$function$;
COMMENT ON FUNCTION homer.memory_to_change(integer) IS
'A memory that the caller may decide about, and nobody else meanwhile; one that is not there is refused.';

CREATE FUNCTION homer.expiry_to_come(expires_at timestamp) RETURNS timestamp
    LANGUAGE sql STABLE PARALLEL SAFE
    -- An application may have stored infinity, which is none.
    RETURN CASE WHEN expires_at > homer.utc_now() THEN NULLIF(expires_at, 'infinity'::timestamp) END;
COMMENT ON FUNCTION homer.expiry_to_come(timestamp) IS 'An expiry that is still to come, or none.';

CREATE FUNCTION homer.known_of_memory(kept @extschema@.homer_relevant_memory, besides integer, OUT refusal_id integer, OUT memory_id integer)
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE AS
$function$
DECLARE
    statement CONSTANT pg_catalog.text := homer.statement(kept.subject, kept.content);
    exact CONSTANT pg_catalog.text := homer.exact_tokens(kept.subject, kept.content);
    due CONSTANT pg_catalog.timestamp := homer.due_moment(kept.category, kept.metadata);
BEGIN
    PERFORM homer.check_statements_are_current(ARRAY[kept.user_id], ARRAY[statement], ARRAY[exact], ARRAY[due]);
    SELECT k.refusal_id, k.memory_id INTO refusal_id, memory_id FROM homer.known(kept.user_id, statement, exact, due, besides) AS k;
END
$function$;
COMMENT ON FUNCTION homer.known_of_memory(@extschema@.homer_relevant_memory, integer) IS
'What is known of what a memory says: its refusal, and the memory that says it already, besides one.';

-- An expiry that has passed is earlier than any that the other memory has, and so takes none away.
CREATE FUNCTION homer.confirm_instead(memory_id integer, kept @extschema@.homer_relevant_memory, metadata_of timestamp) RETURNS void
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE AS
$function$
BEGIN
    IF homer.confirm(memory_id, COALESCE(kept.importance, 5), kept.expires_at, COALESCE(kept.tags, '[]'),
                     homer.given_metadata(kept.metadata), kept.source_conversation_id, kept.source_message_id,
                     metadata_of => metadata_of) IS NULL THEN
        PERFORM homer.refuse('not_stored', '{"what": "memory"}');
    END IF;
END
$function$;
COMMENT ON FUNCTION homer.confirm_instead(integer, @extschema@.homer_relevant_memory, timestamp) IS
'Confirms the memory that says the same as another one, whose metadata are from this moment; null is now.';

CREATE FUNCTION homer.moment_of_metadata(kept @extschema@.homer_relevant_memory) RETURNS timestamp
    LANGUAGE sql STABLE PARALLEL SAFE
    -- updated_at of a retired memory is when it was retired. What is in force is newer than any of them.
    RETURN CASE WHEN homer.is_live((kept).is_active, (kept).expires_at)
                THEN COALESCE((kept).updated_at, (kept).created_at, '-infinity'::timestamp)
                ELSE '-infinity'::timestamp END;
COMMENT ON FUNCTION homer.moment_of_metadata(@extschema@.homer_relevant_memory) IS
'From when the metadata of a memory are, for whom they are compared with those of a memory in force.';

CREATE FUNCTION @extschema@.homer_restore(memory_id integer, OUT id integer, OUT outcome text)
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE AS
$function$
#variable_conflict use_column
DECLARE
    kept @extschema@.homer_relevant_memory;
    known record;
BEGIN
    SELECT m.* INTO kept FROM homer.memory_to_change(homer_restore.memory_id) AS m;
    SELECT k.refusal_id, k.memory_id INTO known FROM homer.known_of_memory(kept, NULL) AS k;
    IF known.refusal_id IS NOT NULL THEN
        id := known.refusal_id;
        outcome := 'rejected';
        RETURN;
    ELSIF known.memory_id IS NOT NULL THEN
        PERFORM homer.confirm_instead(known.memory_id, kept, homer.moment_of_metadata(kept));
        id := known.memory_id;
        outcome := 'confirmed';
        RETURN;
    END IF;
    UPDATE @extschema@.homer_memories AS m
       SET is_active = true, expires_at = homer.expiry_to_come(m.expires_at), updated_at = homer.utc_now()
     WHERE m.id OPERATOR(pg_catalog.=) homer_restore.memory_id
    RETURNING m.id INTO id;
    IF id IS NULL THEN
        PERFORM homer.refuse('not_stored', '{"what": "memory"}');
    END IF;
    -- The memory counts as replaced no longer. The one that replaced it stays; the caller may forget it.
    DELETE FROM homer.successions AS s WHERE s.old_id OPERATOR(pg_catalog.=) homer_restore.memory_id;
    outcome := 'restored';
END
$function$;
COMMENT ON FUNCTION @extschema@.homer_restore(integer) IS
'Makes a memory active again that was forgotten, superseded or has expired. Returns its id and the outcome: restored, and for good where its expiry had passed; confirmed, where it or another memory that says the same is active, which is refreshed; or rejected, where the user has refused this content: nothing is changed, and the id is the refusal''s. What replaced it stays.';

CREATE FUNCTION homer.edited_expiry(kept timestamp, given timestamptz) RETURNS timestamp
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN CASE WHEN given IS NULL THEN homer.expiry_to_come(kept)
                WHEN given <> 'infinity'::timestamptz THEN pg_catalog.timezone('UTC', given) END;
COMMENT ON FUNCTION homer.edited_expiry(timestamp, timestamptz) IS 'The expiry of a new version: that of the old one, the one that is given, or none for infinity.';

CREATE FUNCTION homer.is_kept_key(key text, category text) RETURNS boolean
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN key = 'homer_confirmed_by' OR key IN ('due_at', 'claimed_at') AND homer.is_reminder(category);
COMMENT ON FUNCTION homer.is_kept_key(text, text) IS 'Whether a key of metadata is one that homer has put there.';

CREATE FUNCTION homer.is_due_at_another_moment(one jsonb, other jsonb) RETURNS boolean
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN homer.moment_of_text(homer.json_text(one, 'due_at')) IS DISTINCT FROM homer.moment_of_text(homer.json_text(other, 'due_at'));
COMMENT ON FUNCTION homer.is_due_at_another_moment(jsonb, jsonb) IS 'Whether two metadata name two moments, however these are written.';

CREATE FUNCTION homer.edited_metadata(category text, kept jsonb, given jsonb) RETURNS jsonb
    LANGUAGE plpgsql STABLE PARALLEL SAFE AS
$function$
DECLARE
    edited pg_catalog.jsonb;
BEGIN
    IF given IS NULL THEN
        RETURN COALESCE(kept, '{}');
    END IF;
    -- What homer keeps there is not the application's to lose.
    edited := COALESCE((SELECT pg_catalog.jsonb_object_agg(k.key, k.value) FROM pg_catalog.jsonb_each(kept) AS k
                         WHERE homer.is_kept_key(k.key, category)), '{}') OPERATOR(pg_catalog.||) homer.given_metadata(given);
    -- As in homer_snooze_reminder. Also where the caller hands back all that it has read, with another moment.
    IF homer.is_reminder(category) AND homer.is_due_at_another_moment(edited, kept) THEN
        RETURN edited OPERATOR(pg_catalog.-) 'claimed_at';
    END IF;
    RETURN edited;
END
$function$;
COMMENT ON FUNCTION homer.edited_metadata(text, jsonb, jsonb) IS
'The metadata of a new version: those that are given, and of the old ones what homer has put there. A claim holds for the moment it was made for.';

CREATE FUNCTION homer.edited_memory(
    kept @extschema@.homer_relevant_memory, subject text, content text, category text, importance integer, expires_at timestamptz, tags text[],
    metadata jsonb
) RETURNS @extschema@.homer_relevant_memory
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN ROW(
        (kept).id, (kept).user_id, homer.known_category(COALESCE(category, (kept).category)), COALESCE(subject, (kept).subject),
        COALESCE(content, (kept).content), COALESCE(importance, (kept).importance), homer.edited_expiry((kept).expires_at, expires_at),
        (kept).source_conversation_id, (kept).source_message_id, COALESCE(pg_catalog.to_jsonb(tags), (kept).tags, '[]'),
        homer.edited_metadata(COALESCE(category, (kept).category), (kept).metadata, metadata), (kept).is_active, (kept).created_at,
        (kept).updated_at, (kept).relevance)::@extschema@.homer_relevant_memory;
COMMENT ON FUNCTION homer.edited_memory(@extschema@.homer_relevant_memory, text, text, text, integer, timestamptz, text[], jsonb) IS
'A memory with what is named changed.';

CREATE FUNCTION homer.is_same_memory(one @extschema@.homer_relevant_memory, other @extschema@.homer_relevant_memory) RETURNS boolean
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN ((one).category, (one).subject, (one).content, (one).importance, (one).expires_at, (one).tags, (one).metadata)
           IS NOT DISTINCT FROM
           ((other).category, (other).subject, (other).content, (other).importance, (other).expires_at, (other).tags, (other).metadata);
COMMENT ON FUNCTION homer.is_same_memory(@extschema@.homer_relevant_memory, @extschema@.homer_relevant_memory) IS
'Whether two memories differ in nothing that can be edited.';

CREATE FUNCTION homer.keep_embedding(old_id integer, new_id integer) RETURNS void
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE AS
$function$
BEGIN
    IF homer.embedding_dimensions() IS NULL THEN
        RETURN;
    END IF;
    INSERT INTO homer.memory_embeddings (memory_id, user_id, embedding, length, text_hash)
    SELECT n.id, n.user_id, e.embedding, e.length, e.text_hash
      FROM homer.memory_embeddings AS e, @extschema@.homer_memories AS n
     WHERE e.memory_id OPERATOR(pg_catalog.=) old_id AND n.id OPERATOR(pg_catalog.=) new_id
       AND e.text_hash OPERATOR(pg_catalog.=) homer.text_hash(n.user_id, n.subject, n.content)
    ON CONFLICT (memory_id) DO NOTHING;
END
$function$;
COMMENT ON FUNCTION homer.keep_embedding(integer, integer) IS 'Gives a new version the vector of the old one, where their texts are the same.';

CREATE FUNCTION homer.store_version(old_id integer, version @extschema@.homer_relevant_memory) RETURNS integer
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE AS
$function$
#variable_conflict use_column
DECLARE
    new_id pg_catalog.int4;
BEGIN
    PERFORM homer.retire_superseded(old_id, version.user_id);
    INSERT INTO @extschema@.homer_memories AS m (
        user_id, category, subject, content, importance, expires_at, tags, metadata,
        source_conversation_id, source_message_id, created_at, updated_at)
    VALUES (version.user_id, version.category, version.subject, version.content, version.importance, version.expires_at, version.tags,
            version.metadata, version.source_conversation_id, version.source_message_id, homer.utc_now(), homer.utc_now())
    RETURNING m.id INTO new_id;
    IF new_id IS NULL THEN
        PERFORM homer.refuse('not_stored', '{"what": "memory"}');
    END IF;
    PERFORM homer.link(old_id, new_id), homer.keep_embedding(old_id, new_id);
    RETURN new_id;
END
$function$;
COMMENT ON FUNCTION homer.store_version(integer, @extschema@.homer_relevant_memory) IS
'Stores a new version of a memory, retires the old one, and keeps which replaced which.';

CREATE FUNCTION @extschema@.homer_edit_memory(
    memory_id integer,
    subject text DEFAULT NULL,
    content text DEFAULT NULL,
    category text DEFAULT NULL,
    importance integer DEFAULT NULL,
    expires_at timestamptz DEFAULT NULL,
    tags text[] DEFAULT NULL,
    metadata jsonb DEFAULT NULL,
    OUT id integer,
    OUT outcome text
)
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE AS
$function$
#variable_conflict use_column
DECLARE
    kept @extschema@.homer_relevant_memory;
    edited @extschema@.homer_relevant_memory;
    known record;
BEGIN
    SELECT m.* INTO kept FROM homer.memory_to_change(homer_edit_memory.memory_id) AS m;
    IF NOT homer.is_live(kept.is_active, kept.expires_at) THEN
        PERFORM homer.refuse('retired_memory', pg_catalog.jsonb_build_object('id', kept.id, 'to_change', true));
    ELSIF homer_edit_memory.metadata IS NOT NULL THEN
        PERFORM homer.check_object('metadata', homer_edit_memory.metadata);
    END IF;
    SELECT e.* INTO edited
      FROM homer.edited_memory(
               kept, homer_edit_memory.subject, homer_edit_memory.content, homer_edit_memory.category, homer_edit_memory.importance,
               homer_edit_memory.expires_at, homer_edit_memory.tags, homer_edit_memory.metadata) AS e;
    PERFORM homer.check_memory(
                edited.user_id, edited.category, edited.subject, edited.content, edited.importance,
                pg_catalog.timezone('UTC', edited.expires_at), edited.tags, edited.metadata,
                edited.source_conversation_id, edited.source_message_id);
    IF homer.is_same_memory(kept, edited) THEN
        id := kept.id;
        outcome := 'confirmed';
        RETURN;
    END IF;

    SELECT k.refusal_id, k.memory_id INTO known FROM homer.known_of_memory(edited, kept.id) AS k;
    IF known.refusal_id IS NOT NULL THEN
        id := known.refusal_id;
        outcome := 'rejected';
        RETURN;
    ELSIF known.memory_id IS NOT NULL THEN
        PERFORM homer.confirm_instead(
                    known.memory_id, edited, CASE WHEN homer_edit_memory.metadata IS NULL THEN homer.moment_of_metadata(kept) END);
        PERFORM homer.retire_superseded(kept.id, kept.user_id);
        PERFORM homer.link(kept.id, known.memory_id);
        id := known.memory_id;
    ELSE
        id := homer.store_version(kept.id, edited);
    END IF;
    outcome := 'superseded';
END
$function$;
COMMENT ON FUNCTION @extschema@.homer_edit_memory(integer, text, text, text, integer, timestamptz, text[], jsonb) IS
'Stores a new version of an active memory that carries over what is not named, tags, importance and sources too; the old one stays in its history. infinity as expires_at takes an expiry away. Returns the id of the new version and the outcome: superseded; confirmed, where nothing differs and nothing is written; or rejected, where the user has refused the new content: nothing is changed, and the id is the refusal''s. Where another memory says the same already, that one is confirmed and takes its place.';

CREATE FUNCTION @extschema@.homer_snooze_reminder(memory_id integer, due_at timestamptz) RETURNS integer
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE AS
$function$
#variable_conflict use_column
DECLARE
    kept @extschema@.homer_relevant_memory;
    snoozed @extschema@.homer_relevant_memory;
    known record;
    id pg_catalog.int4;
BEGIN
    PERFORM homer.check_due(homer_snooze_reminder.due_at);
    SELECT m.* INTO kept FROM homer.memory_to_change(homer_snooze_reminder.memory_id) AS m;
    IF NOT homer.is_reminder(kept.category) THEN
        PERFORM homer.refuse('no_reminder', pg_catalog.jsonb_build_object('id', kept.id));
    ELSIF NOT homer.is_live(kept.is_active, kept.expires_at) THEN
        PERFORM homer.refuse('retired_memory', pg_catalog.jsonb_build_object('id', kept.id, 'to_change', true));
    END IF;
    SELECT e.* INTO snoozed
      FROM homer.edited_memory(
               kept, NULL, NULL, NULL, NULL, NULL, NULL, homer.reminder_metadata(kept.metadata, homer_snooze_reminder.due_at)) AS e;
    SELECT k.refusal_id, k.memory_id INTO known FROM homer.known_of_memory(snoozed, kept.id) AS k;
    IF known.refusal_id IS NOT NULL THEN
        PERFORM homer.refuse('refused_statement', pg_catalog.jsonb_build_object('refusal', known.refusal_id));
    ELSIF known.memory_id IS NOT NULL THEN
        -- It is set for that moment already: once is enough.
        PERFORM homer.confirm_instead(known.memory_id, snoozed, homer.moment_of_metadata(kept));
        PERFORM homer.retire_superseded(kept.id, kept.user_id);
        PERFORM homer.link(kept.id, known.memory_id);
        RETURN known.memory_id;
    END IF;
    UPDATE @extschema@.homer_memories AS m
       SET metadata = homer.reminder_metadata(m.metadata, homer_snooze_reminder.due_at), updated_at = homer.utc_now(),
           -- Or it would be gone before it falls due.
           expires_at = CASE WHEN m.expires_at OPERATOR(pg_catalog.>) pg_catalog.timezone('UTC', homer_snooze_reminder.due_at) THEN m.expires_at END
     WHERE m.id OPERATOR(pg_catalog.=) kept.id
    RETURNING m.id INTO id;
    IF id IS NULL THEN
        PERFORM homer.refuse('not_stored', '{"what": "memory"}');
    END IF;
    RETURN id;
END
$function$;
COMMENT ON FUNCTION @extschema@.homer_snooze_reminder(integer, timestamptz) IS
'Has a reminder fall due at another moment, also one that was claimed, and returns its id: another one''s where the same is set for that moment already. One that was forgotten is set anew by homer_remind.';
