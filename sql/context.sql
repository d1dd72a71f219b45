-- The block for the model's prompt. What belongs into it is read here, from the caller's one snapshot; src/context.rs fences it
-- and fits it into the budget, and src/token_count.rs says what it costs. docs/context.md shows one.

CREATE FUNCTION homer.fenced(stored text, most_characters integer) RETURNS text
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'fenced_wrapper';
COMMENT ON FUNCTION homer.fenced(text, integer) IS
'A stored text as the block shows it: on one line, without angle brackets and what cannot be seen, cut after so many characters.';

CREATE FUNCTION homer.token_bound(shown text) RETURNS integer
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'token_bound_wrapper';
COMMENT ON FUNCTION homer.token_bound(text) IS 'How many tokens a text is at most, for any of today''s tokenizers.';

CREATE FUNCTION homer.context_block(sections integer[], heads text[], bodies text[], max_tokens integer) RETURNS text
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'context_block_wrapper';
COMMENT ON FUNCTION homer.context_block(integer[], text[], text[], integer) IS 'The block of those entries that fit into so many tokens.';

CREATE FUNCTION homer.fitting_entries(sections integer[], heads text[], bodies text[], max_tokens integer)
    RETURNS TABLE (place bigint, cut_body text)
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE ROWS 50 AS 'MODULE_PATHNAME', 'fitting_entries_wrapper';
COMMENT ON FUNCTION homer.fitting_entries(integer[], text[], text[], integer) IS
'The places of the entries that fit into so many tokens, and the body of each that is cut.';

-- An entry is a line of the block: a head, which is never cut, a body, and the same as data. The sections are numbered in
-- their order: 1 the user, 2 reminders, 3 memories, 4 files, 5 now.
CREATE TYPE homer.context_entry AS (section integer, place bigint, head text, body text, data jsonb);
COMMENT ON TYPE homer.context_entry IS 'A line of the block for the model''s prompt, and the same as data.';

CREATE FUNCTION homer.profile_entries(user_id text) RETURNS SETOF homer.context_entry
    LANGUAGE sql STABLE PARALLEL UNSAFE
BEGIN ATOMIC
    SELECT CASE WHEN e.name = 'local_time' THEN 5 ELSE 1 END, e.place, '- ' || e.label || ': ', homer.fenced(e.shown, 300),
           pg_catalog.jsonb_build_object(e.name, e.data)
      FROM @extschema@.homer_user_profiles AS p,
           LATERAL (VALUES
               (1, 'preferred_name', 'Preferred name', p.preferred_name, pg_catalog.to_jsonb(p.preferred_name)),
               (2, 'display_name', 'Name', p.display_name, pg_catalog.to_jsonb(p.display_name)),
               (3, 'role', 'Role', p.role, pg_catalog.to_jsonb(p.role)),
               (4, 'title', 'Title', p.title, pg_catalog.to_jsonb(p.title)),
               (5, 'communication_style', 'Style', p.communication_style, pg_catalog.to_jsonb(p.communication_style)),
               (6, 'wants_detailed_analysis', 'Detailed analysis',
                   CASE WHEN p.wants_detailed_analysis THEN 'wanted' WHEN NOT p.wants_detailed_analysis THEN 'not wanted' END,
                   pg_catalog.to_jsonb(p.wants_detailed_analysis)),
               (7, 'wants_proactive_insights', 'Insights not asked for',
                   CASE WHEN p.wants_proactive_insights THEN 'wanted' WHEN NOT p.wants_proactive_insights THEN 'not wanted' END,
                   pg_catalog.to_jsonb(p.wants_proactive_insights)),
               (8, 'preferred_greeting', 'Greeting', p.preferred_greeting, pg_catalog.to_jsonb(p.preferred_greeting)),
               (9, 'focus_areas', 'Focus areas',
                   (SELECT pg_catalog.string_agg(a, ', ') FROM pg_catalog.jsonb_array_elements_text(p.focus_areas) AS a),
                   p.focus_areas),
               (10, 'responsibilities', 'Responsibilities', p.responsibilities, pg_catalog.to_jsonb(p.responsibilities)),
               (11, 'working_hours', 'Working hours', p.working_hours, pg_catalog.to_jsonb(p.working_hours)),
               -- To the hour, and last of all: a block that changed every minute would miss the prompt cache every minute.
               (12, 'local_time', 'Local time',
                   CASE WHEN homer.knows_timezone(p.timezone) THEN
                       pg_catalog.to_char(pg_catalog.timezone(p.timezone, pg_catalog.now()), 'FMDay, YYYY-MM-DD, "after" HH24:00 ')
                       || '(' || p.timezone || ')' END,
                   CASE WHEN homer.knows_timezone(p.timezone) THEN
                       pg_catalog.to_jsonb(pg_catalog.date_trunc('hour', pg_catalog.timezone(p.timezone, pg_catalog.now()))) END)
           ) AS e (place, name, label, shown, data)
     WHERE p.user_id = profile_entries.user_id AND pg_catalog.btrim(e.shown) <> '';
END;
COMMENT ON FUNCTION homer.profile_entries(text) IS 'Who the user is, and the time where they are.';

CREATE FUNCTION homer.due_reminders_of(user_id text)
    RETURNS TABLE (id integer, subject text, content text, due_at timestamptz)
    LANGUAGE sql STABLE PARALLEL RESTRICTED
BEGIN ATOMIC
    -- A null user would be given those of all users.
    SELECT r.id, r.subject, r.content, r.due_at
      FROM @extschema@.homer_due_reminders(due_reminders_of.user_id, 10) AS r
     WHERE due_reminders_of.user_id IS NOT NULL;
END;
COMMENT ON FUNCTION homer.due_reminders_of(text) IS 'The reminders of the user that are due, oldest first.';

CREATE FUNCTION homer.reminder_entries(user_id text) RETURNS SETOF homer.context_entry
    LANGUAGE sql STABLE PARALLEL RESTRICTED
BEGIN ATOMIC
    SELECT 2, pg_catalog.row_number() OVER (ORDER BY r.due_at, r.id),
           '- [' || pg_catalog.to_char(pg_catalog.timezone('UTC', r.due_at), 'YYYY-MM-DD HH24:MI') || ' UTC] ',
           homer.fenced(pg_catalog.concat_ws(': ', NULLIF(r.subject, ''), NULLIF(r.content, '')), 1000),
           pg_catalog.jsonb_build_object('id', r.id, 'subject', r.subject, 'content', r.content, 'due_at', r.due_at)
      FROM homer.due_reminders_of(reminder_entries.user_id) AS r;
END;
COMMENT ON FUNCTION homer.reminder_entries(text) IS 'The reminders of the user that are due.';

CREATE FUNCTION homer.relevant_to_context(
    user_id text, query text, query_embedding real[], conversation_id text, at_most integer
) RETURNS SETOF @extschema@.homer_relevant_memory
    LANGUAGE sql STABLE PARALLEL RESTRICTED
BEGIN ATOMIC
    SELECT m.*
      FROM @extschema@.homer_relevant_memories(
               user_id => relevant_to_context.user_id,
               "limit" => at_most,
               query => relevant_to_context.query,
               query_embedding => relevant_to_context.query_embedding,
               conversation_id => relevant_to_context.conversation_id) AS m;
END;
COMMENT ON FUNCTION homer.relevant_to_context(text, text, real[], text, integer) IS
'homer_relevant_memories with what the block for the prompt was asked with.';

CREATE FUNCTION homer.memory_entries(
    user_id text, query text, query_embedding real[], conversation_id text, at_most integer
) RETURNS SETOF homer.context_entry
    LANGUAGE sql STABLE PARALLEL RESTRICTED
BEGIN ATOMIC
    -- First what answers the question, then what is worth knowing without one, so that a question about the weather does
    -- not hide who the user is.
    WITH answers AS MATERIALIZED (
        SELECT a.*, pg_catalog.row_number() OVER () AS place
          FROM homer.relevant_to_context(user_id, query, query_embedding, conversation_id, at_most) AS a
    ), others AS MATERIALIZED (
        SELECT o.*, at_most + pg_catalog.row_number() OVER () AS place
          FROM homer.relevant_to_context(user_id, NULL, NULL, conversation_id, at_most) AS o
         WHERE query IS NOT NULL OR query_embedding IS NOT NULL
    ), chosen AS (
        SELECT * FROM answers
         UNION ALL
        SELECT * FROM others WHERE NOT EXISTS (SELECT FROM answers WHERE answers.id = others.id)
    )
    SELECT 3, c.place,
           '- [' || pg_catalog.to_char(COALESCE(c.updated_at, c.created_at), 'YYYY-MM-DD ') || homer.fenced(c.category, 40)
           || CASE WHEN c.user_id IS NULL THEN ', everyone' ELSE '' END
           || CASE
                  -- A UUID costs 30 tokens, and says nothing to a model.
                  WHEN pg_catalog.length(c.source_conversation_id) <= 20
                  THEN ', conversation ' || homer.fenced(c.source_conversation_id, 20)
                  ELSE ''
              END
           || '] ' || CASE WHEN pg_catalog.btrim(c.subject) <> '' THEN homer.fenced(c.subject, 100) || ': ' ELSE '' END,
           -- The longest known word has 16 letters, so that more than this is more than the budget.
           homer.fenced(c.content, LEAST(1000000, at_most::bigint * 512)::integer),
           pg_catalog.jsonb_build_object(
               'id', c.id, 'category', c.category, 'subject', c.subject, 'content', c.content, 'importance', c.importance,
               'tags', c.tags, 'everyone', c.user_id IS NULL, 'created_at', c.created_at, 'updated_at', c.updated_at,
               'source_conversation_id', c.source_conversation_id, 'source_message_id', c.source_message_id,
               'relevance', c.relevance)
      FROM chosen AS c
     WHERE c.id NOT IN (SELECT r.id FROM homer.due_reminders_of(memory_entries.user_id) AS r);
END;
COMMENT ON FUNCTION homer.memory_entries(text, text, real[], text, integer) IS
'The memories that answer the question, best first, and after them those that are relevant without one.';

CREATE FUNCTION homer.file_entries(user_id text, query text, conversation_id text, at_most integer)
    RETURNS SETOF homer.context_entry
    LANGUAGE sql STABLE PARALLEL RESTRICTED
BEGIN ATOMIC
    WITH linked AS (
        SELECT f.id, pg_catalog.max(m.id) AS link
          FROM @extschema@.homer_file_messages AS m
          JOIN @extschema@.homer_files AS f ON f.file_id = m.file_id
         WHERE m.conversation_id = file_entries.conversation_id
           AND homer.may_see(file_entries.user_id, f.uploaded_by, f.is_shared, f.shared_with)
         GROUP BY f.id ORDER BY pg_catalog.max(m.id) DESC LIMIT at_most
    ), matching AS MATERIALIZED (
        SELECT a.id, pg_catalog.row_number() OVER () AS place
          FROM @extschema@.homer_accessible_files(
                   user_id => file_entries.user_id, "limit" => at_most, query => file_entries.query) AS a
    ), chosen AS (
        SELECT l.id, pg_catalog.row_number() OVER (ORDER BY l.link DESC) AS place, true AS is_linked FROM linked AS l
         UNION ALL
        SELECT m.id, at_most + m.place, false FROM matching AS m WHERE m.id NOT IN (SELECT l.id FROM linked AS l)
    )
    SELECT 4, c.place,
           '- ' || homer.fenced(f.original_name, 120) || ' (' || homer.fenced(f.mime_type, 60)
           || COALESCE(', ' || pg_catalog.to_char(f.created_at, 'YYYY-MM-DD'), '')
           || CASE WHEN c.is_linked THEN ', this conversation' ELSE '' END
           || ', id ' || homer.fenced(f.file_id, 40) || ')',
           COALESCE(': ' || homer.fenced(NULLIF(pg_catalog.btrim(f.description), ''), 300), ''),
           pg_catalog.jsonb_build_object(
               'file_id', f.file_id, 'original_name', f.original_name, 'mime_type', f.mime_type, 'file_size', f.file_size,
               'description', f.description, 'tags', f.tags, 'created_at', f.created_at, 'this_conversation', c.is_linked)
      FROM chosen AS c, @extschema@.homer_files AS f
     WHERE f.id = c.id;
END;
COMMENT ON FUNCTION homer.file_entries(text, text, text, integer) IS
'The files of the conversation that the user may see, the last first, and after them those that answer the question, or the newest.';

CREATE FUNCTION homer.context_entries(
    user_id text, query text, max_tokens integer, conversation_id text, query_embedding real[]
) RETURNS SETOF homer.context_entry
    LANGUAGE sql STABLE PARALLEL UNSAFE
BEGIN ATOMIC
    SELECT e.*
      FROM (SELECT p.* FROM homer.profile_entries(user_id) AS p
             UNION ALL
            SELECT r.* FROM homer.reminder_entries(user_id) AS r
             UNION ALL
            -- The line of a memory costs 16 tokens and more.
            SELECT m.* FROM homer.memory_entries(user_id, query, query_embedding, conversation_id, max_tokens / 16) AS m
             UNION ALL
            SELECT f.* FROM homer.file_entries(user_id, query, conversation_id, 10) AS f) AS e
     ORDER BY e.section, e.place;
END;
COMMENT ON FUNCTION homer.context_entries(text, text, integer, text, real[]) IS
'All that may come into the block for the prompt, in its order.';

CREATE FUNCTION @extschema@.homer_context(
    user_id text,
    query text DEFAULT NULL,
    max_tokens integer DEFAULT 1500,
    conversation_id text DEFAULT NULL,
    query_embedding real[] DEFAULT NULL
) RETURNS text
    LANGUAGE plpgsql STABLE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    block text;
BEGIN
    PERFORM homer.check_user_or_everyone(user_id), homer.check_acts_for(user_id), homer.check_max_tokens(max_tokens);
    SELECT homer.context_block(array_agg(e.section), array_agg(e.head), array_agg(e.body), max_tokens) INTO block
      FROM homer.context_entries(user_id, query, max_tokens, conversation_id, query_embedding) AS e;
    RETURN COALESCE(block, '');
END
$function$;
COMMENT ON FUNCTION @extschema@.homer_context(text, text, integer, text, real[]) IS
'What belongs into the model''s prompt: who the user is, reminders due, relevant memories and files at hand, fenced as data, in max_tokens at most of any of today''s tokenizers. Empty where there is nothing to say or no room to say it.';

CREATE FUNCTION @extschema@.homer_context_json(
    user_id text,
    query text DEFAULT NULL,
    max_tokens integer DEFAULT 1500,
    conversation_id text DEFAULT NULL,
    query_embedding real[] DEFAULT NULL
) RETURNS jsonb
    LANGUAGE plpgsql STABLE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    sections integer[];
    heads text[];
    bodies text[];
    data jsonb[];
BEGIN
    PERFORM homer.check_user_or_everyone(user_id), homer.check_acts_for(user_id), homer.check_max_tokens(max_tokens);
    SELECT array_agg(e.section), array_agg(e.head), array_agg(e.body), array_agg(e.data) INTO sections, heads, bodies, data
      FROM homer.context_entries(user_id, query, max_tokens, conversation_id, query_embedding) AS e;
    RETURN (
        WITH fitting AS (
            SELECT sections[f.place] AS section, f.place,
                   CASE WHEN f.cut_body IS NULL THEN data[f.place]
                        ELSE data[f.place] || jsonb_build_object('content', f.cut_body, 'cut', true) END AS data
              FROM homer.fitting_entries(sections, heads, bodies, max_tokens) AS f
        )
        SELECT jsonb_build_object(
                   'user', (SELECT jsonb_object_agg(k.key, k.value) FROM fitting AS f, jsonb_each(f.data) AS k WHERE f.section IN (1, 5)),
                   'reminders', COALESCE((SELECT jsonb_agg(f.data ORDER BY f.place) FROM fitting AS f WHERE f.section = 2), '[]'),
                   'memories', COALESCE((SELECT jsonb_agg(f.data ORDER BY f.place) FROM fitting AS f WHERE f.section = 3), '[]'),
                   'files', COALESCE((SELECT jsonb_agg(f.data ORDER BY f.place) FROM fitting AS f WHERE f.section = 4), '[]')));
END
$function$;
COMMENT ON FUNCTION @extschema@.homer_context_json(text, text, integer, text, real[]) IS
'What homer_context says, as data: an object with user, reminders, memories and files. A text that is cut carries "cut": true.';
