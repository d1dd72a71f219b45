-- The block for the model's prompt. What belongs in it is read here, from the caller's one snapshot; in crates/prompt, block
-- fences it and fits it into the budget, and token_count says what it costs. docs/context.md shows one.

CREATE FUNCTION homer.fenced(stored text, most_characters integer) RETURNS text
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'fenced_wrapper';
COMMENT ON FUNCTION homer.fenced(text, integer) IS
'A stored text as the block shows it: on one line, without angle brackets and what cannot be seen, cut after so many characters.';

CREATE FUNCTION homer.label(stored text, most_characters integer) RETURNS text
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'label_wrapper';
COMMENT ON FUNCTION homer.label(text, integer) IS
'A stored text as a sign in the head of a line: as homer.fenced, and in quotes unless it is one plain word that is none of the head''s own.';

CREATE FUNCTION homer.title(stored text, most_characters integer) RETURNS text
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'title_wrapper';
COMMENT ON FUNCTION homer.title(text, integer) IS
'A stored text as the title of a line: as homer.fenced, and in quotes unless it is made of plain words.';

CREATE FUNCTION homer.token_bound(shown text) RETURNS integer
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'token_bound_wrapper';
COMMENT ON FUNCTION homer.token_bound(text) IS 'How many tokens a text is at most, for any of today''s tokenizers.';

-- An entry is a line of the block: a head, which is never cut, and a body. Both are handed over as one text with its section in
-- front, so that no head can come to stand before another's body. The sections are numbered in their order: 1 the user, 2
-- reminders, 3 memories, 4 files, 5 now; homer.memory_line marks in the number's place a memory that is a rule.
CREATE FUNCTION homer.line(section integer, head text, body text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    -- A fenced text holds no control character.
    RETURN section::text || COALESCE(head, '') || E'\x1f' || COALESCE(body, '');
COMMENT ON FUNCTION homer.line(integer, text, text) IS 'An entry of the block for the prompt, as homer.context_block and homer.fitting_entries take it.';

CREATE FUNCTION homer.is_said_by(subject text, content text) RETURNS boolean
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN pg_catalog.starts_with(content, pg_catalog.btrim(subject, ' ' || pg_catalog.chr(8230)));
COMMENT ON FUNCTION homer.is_said_by(text, text) IS 'Whether a content begins with its subject, as one does that the subject was cut from: it need not be shown twice.';

CREATE FUNCTION homer.memory_line(
    changed_at timestamp, category text, is_everyones boolean, conversation_id text, subject text, content text,
    most_characters integer
) RETURNS text
    LANGUAGE c IMMUTABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'memory_line_wrapper';
COMMENT ON FUNCTION homer.memory_line(timestamp, text, boolean, text, text, text, integer) IS
'The entry of a memory, with the day on which it was last changed, and of its content so many characters at most.';

CREATE FUNCTION homer.file_line(
    original_name text, mime_type text, created_at timestamp, uploaded_by text, is_own boolean, is_everyones boolean,
    is_of_conversation boolean, file_id text, description text
) RETURNS text
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN homer.line(
        4,
        '- ' || homer.title(original_name, 120) || ' (' || homer.label(mime_type, 60)
        || COALESCE(', ' || pg_catalog.to_char(created_at, 'YYYY-MM-DD'), '')
        || CASE WHEN is_own THEN ', own' ELSE ', of ' || homer.label(uploaded_by, 40) END
        || CASE WHEN is_everyones THEN ', everyone' ELSE '' END
        || CASE WHEN is_of_conversation THEN ', this conversation' ELSE '' END
        || ', id ' || homer.label(file_id, 40) || ')',
        COALESCE(': ' || homer.fenced(NULLIF(pg_catalog.btrim(pg_catalog.left(description, 10240)), ''), 300), ''));
COMMENT ON FUNCTION homer.file_line(text, text, timestamp, text, boolean, boolean, boolean, text, text) IS 'The entry of a file at hand.';

-- The longest known word has 16 letters, so that more of the content than this is more than the budget.
CREATE FUNCTION homer.most_characters(max_tokens integer) RETURNS integer
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN LEAST(1000000, max_tokens::bigint * 32)::integer;
COMMENT ON FUNCTION homer.most_characters(integer) IS 'So many characters of a content may fit into so many tokens.';

CREATE FUNCTION homer.context_block(
    memories oid, vectors oid, scopes text[], question text, question_embedding double precision[], not_from text,
    now timestamp, lines text[], due integer[], max_tokens integer, at_most integer
) RETURNS text
    LANGUAGE c STABLE PARALLEL RESTRICTED COST 10000 AS 'MODULE_PATHNAME', 'context_block_wrapper';
COMMENT ON FUNCTION homer.context_block(oid, oid, text[], text, double precision[], text, timestamp, text[], integer[], integer, integer) IS
'The block of the lines and the memories that fit into so many tokens: the rules, what answers the question and the vector, and what is relevant without one, so many of each at most, read as long as there is room; none of those that are due.';

CREATE FUNCTION homer.fitting_entries(lines text[], max_tokens integer) RETURNS TABLE (place bigint, cut_body text)
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE ROWS 50 AS 'MODULE_PATHNAME', 'fitting_entries_wrapper';
COMMENT ON FUNCTION homer.fitting_entries(text[], integer) IS
'The places of the entries that fit into so many tokens, and the body of each that is cut.';

CREATE FUNCTION homer.profile_entries(user_id text, with_data boolean) RETURNS SETOF homer.context_entry
    LANGUAGE sql STABLE PARALLEL UNSAFE
BEGIN ATOMIC
    SELECT e.section, e.place, homer.line(e.section, '- ' || e.label || ': ', homer.fenced(e.shown, 300)),
           CASE WHEN NOT with_data THEN NULL
                WHEN e.name = 'local_time' THEN pg_catalog.jsonb_build_object(
                    e.name, pg_catalog.date_trunc('hour', pg_catalog.timezone(p.timezone, pg_catalog.now())))
                ELSE pg_catalog.jsonb_build_object(e.name, pg_catalog.to_jsonb(p) -> e.name) END
      FROM @extschema@.homer_user_profiles AS p,
           LATERAL (VALUES
               (1, 1, 'preferred_name', 'Preferred name', p.preferred_name),
               (1, 2, 'display_name', 'Name', p.display_name),
               (1, 3, 'role', 'Role', p.role),
               (1, 4, 'title', 'Title', p.title),
               (1, 5, 'communication_style', 'Style', p.communication_style),
               (1, 6, 'wants_detailed_analysis', 'Detailed analysis',
                   CASE WHEN p.wants_detailed_analysis THEN 'wanted' WHEN NOT p.wants_detailed_analysis THEN 'not wanted' END),
               (1, 7, 'wants_proactive_insights', 'Insights not asked for',
                   CASE WHEN p.wants_proactive_insights THEN 'wanted' WHEN NOT p.wants_proactive_insights THEN 'not wanted' END),
               (1, 8, 'preferred_greeting', 'Greeting', p.preferred_greeting),
               (1, 9, 'focus_areas', 'Focus areas',
                   (SELECT pg_catalog.string_agg(a, ', ') FROM pg_catalog.jsonb_array_elements_text(p.focus_areas) AS a)),
               (1, 10, 'responsibilities', 'Responsibilities', p.responsibilities),
               (1, 11, 'working_hours', 'Working hours', p.working_hours),
               -- To the hour, and last of all: a block that changed every minute would miss the prompt cache every minute.
               (5, 12, 'local_time', 'Local time',
                   CASE WHEN homer.knows_timezone(p.timezone) THEN
                       pg_catalog.to_char(pg_catalog.timezone(p.timezone, pg_catalog.now()), 'FMDay, YYYY-MM-DD, "after" HH24:00 ')
                       || '(' || p.timezone || ')' END)
           ) AS e (section, place, name, label, shown)
     WHERE p.user_id = profile_entries.user_id AND pg_catalog.btrim(e.shown) <> '';
END;
COMMENT ON FUNCTION homer.profile_entries(text, boolean) IS 'Who the user is, and the time where they are.';

CREATE FUNCTION homer.reminder_line(subject text, content text, due_at timestamptz) RETURNS text
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN homer.line(2, '- [' || pg_catalog.to_char(pg_catalog.timezone('UTC', due_at), 'YYYY-MM-DD HH24:MI') || ' UTC] ',
                      homer.fenced(pg_catalog.concat_ws(': ', CASE WHEN NOT homer.is_said_by(subject, content) THEN subject END,
                                                         NULLIF(content, '')), 1000));
COMMENT ON FUNCTION homer.reminder_line(text, text, timestamptz) IS 'The entry of a reminder that is due.';

CREATE FUNCTION homer.memories_for_block(
    memories oid, vectors oid, scopes text[], question text, question_embedding double precision[], not_from text,
    now timestamp, at_most integer
) RETURNS TABLE (id integer, relevance double precision, is_rule boolean)
    LANGUAGE c STABLE PARALLEL RESTRICTED ROWS 50 COST 10000 AS 'MODULE_PATHNAME', 'memories_for_block_wrapper';
COMMENT ON FUNCTION homer.memories_for_block(oid, oid, text[], text, double precision[], text, timestamp, integer) IS
'The rules of the scopes, then the memories that answer the question and the vector, best first, and after them those that are relevant without one: so many of each at most, and none twice but rules.';

CREATE FUNCTION homer.memory_entries(
    user_id text, query text, query_embedding double precision[], conversation_id text, max_tokens integer, at_most integer,
    with_data boolean
) RETURNS TABLE (id integer, section integer, place bigint, line text, data jsonb)
    LANGUAGE sql STABLE PARALLEL RESTRICTED
BEGIN ATOMIC
    -- First the rules, wherever they were said, because they hold whatever is asked; then what answers the question, then what is
    -- worth knowing without one, so that a question about the weather does not hide who the user is.
    SELECT c.id, 3, c.place,
           homer.memory_line(COALESCE(m.updated_at, m.created_at), m.category, m.user_id IS NULL, m.source_conversation_id,
                             CASE WHEN homer.is_said_by(m.subject, m.content) THEN '' ELSE m.subject END, m.content,
                             homer.most_characters(max_tokens)),
           CASE WHEN with_data THEN pg_catalog.jsonb_build_object(
               'id', c.id, 'category', m.category, 'subject', m.subject, 'content', m.content, 'importance', m.importance,
               'tags', m.tags, 'everyone', m.user_id IS NULL, 'created_at', m.created_at, 'updated_at', m.updated_at,
               'source_conversation_id', m.source_conversation_id, 'source_message_id', m.source_message_id,
               'relevance', c.relevance) END
      FROM homer.memories_for_block(
               '@extschema@.homer_memories'::pg_catalog.regclass, 'homer.memory_embeddings'::pg_catalog.regclass,
               homer.scopes(memory_entries.user_id, true), query, query_embedding, conversation_id, homer.utc_now(), at_most)
           WITH ORDINALITY AS c (id, relevance, is_rule, place),
           -- Looked up for each, whatever the planner thinks of the table.
           LATERAL (SELECT k.user_id, k.category, k.subject, k.content, k.importance, k.tags, k.source_conversation_id,
                           k.source_message_id, k.created_at, k.updated_at
                      FROM @extschema@.homer_memories AS k WHERE k.id = c.id OFFSET 0) AS m
     -- Never another user's, whatever the index says.
     WHERE homer.scope_of(m.user_id) = ANY (homer.scopes(memory_entries.user_id, true))
       AND (c.is_rule OR NOT homer.is_rule(m.category));
END;
COMMENT ON FUNCTION homer.memory_entries(text, text, double precision[], text, integer, integer, boolean) IS
'The rules, then the memories that answer the question, best first, and after them those that are relevant without one.';

-- Never another user's, whatever the index says.
CREATE FUNCTION homer.memory_lines(scopes text[], ids integer[], max_tokens integer) RETURNS text[]
    LANGUAGE plpgsql STABLE PARALLEL SAFE
AS $function$
BEGIN
    RETURN ARRAY(
        SELECT homer.memory_line(COALESCE(m.updated_at, m.created_at), m.category, m.user_id IS NULL, m.source_conversation_id,
                                 CASE WHEN homer.is_said_by(m.subject, m.content) THEN '' ELSE m.subject END, m.content,
                                 homer.most_characters(max_tokens))
          FROM pg_catalog.unnest(ids) WITH ORDINALITY AS c (id, place),
               -- Looked up for each, whatever the planner thinks of the table.
               LATERAL (SELECT k.user_id, k.category, k.subject, k.content, k.source_conversation_id, k.created_at, k.updated_at
                          FROM @extschema@.homer_memories AS k WHERE k.id OPERATOR(pg_catalog.=) c.id OFFSET 0) AS m
         WHERE homer.scope_of(m.user_id) OPERATOR(pg_catalog.=) ANY (scopes)
         ORDER BY c.place);
END
$function$;
COMMENT ON FUNCTION homer.memory_lines(text[], integer[], integer) IS
'The entries of those of these memories that are of the scopes, in the order of their ids here.';

CREATE FUNCTION homer.linked_files(user_id text, conversation_id text, at_most integer) RETURNS integer[]
    LANGUAGE plpgsql STABLE PARALLEL RESTRICTED
AS $function$
#variable_conflict use_variable
BEGIN
    IF conversation_id IS NULL THEN
        RETURN '{}';
    END IF;
    RETURN ARRAY(
        SELECT l.file
          FROM homer.links_of_user(conversation_id, user_id) AS l,
               LATERAL (SELECT pg_catalog.bool_or(m.user_id OPERATOR(pg_catalog.=) linked_files.user_id) AS is_users
                          FROM homer.makers(l.link) AS m (user_id)) AS made
         -- Others may give their conversations the same id. Policies show a file's owner all makers of its links.
         WHERE made.is_users
         GROUP BY l.file ORDER BY pg_catalog.max(l.link) DESC LIMIT at_most);
END
$function$;
COMMENT ON FUNCTION homer.linked_files(text, text, integer) IS
'The files that the user has linked to the conversation, the last first; none without a conversation.';

CREATE FUNCTION homer.file_entries(user_id text, query text, conversation_id text, at_most integer, with_data boolean)
    RETURNS SETOF homer.context_entry
    LANGUAGE plpgsql STABLE PARALLEL RESTRICTED ROWS 10
AS $function$
#variable_conflict use_variable
DECLARE
    linked pg_catalog.int4[];
    matching pg_catalog.int4[];
BEGIN
    -- What is to come takes twenty times as long, and more the first time in a session.
    IF NOT homer.sees_files(user_id) THEN
        RETURN;
    END IF;
    linked := homer.linked_files(user_id, conversation_id, at_most);
    matching := ARRAY(SELECT h.id FROM homer.files_at_hand(user_id, query, at_most) AS h
                       WHERE h.id OPERATOR(pg_catalog.<>) ALL (linked) ORDER BY h.place);
    IF pg_catalog.cardinality(linked) OPERATOR(pg_catalog.+) pg_catalog.cardinality(matching) OPERATOR(pg_catalog.=) 0 THEN
        RETURN;
    END IF;
    RETURN QUERY
        SELECT 4, c.place,
               homer.file_line(f.original_name, f.mime_type, f.created_at, f.uploaded_by, homer.is_same_text(f.uploaded_by, user_id),
                               f.is_shared, c.place OPERATOR(pg_catalog.<=) pg_catalog.cardinality(linked), f.file_id, f.description),
               CASE WHEN with_data THEN pg_catalog.jsonb_build_object(
                   'file_id', f.file_id, 'original_name', f.original_name, 'mime_type', f.mime_type, 'file_size', f.file_size,
                   'description', f.description, 'tags', f.tags, 'created_at', f.created_at, 'uploaded_by', f.uploaded_by,
                   'everyone', COALESCE(f.is_shared, false),
                   'this_conversation', c.place OPERATOR(pg_catalog.<=) pg_catalog.cardinality(linked)) END
          FROM pg_catalog.unnest(linked OPERATOR(pg_catalog.||) matching) WITH ORDINALITY AS c (id, place),
               -- Looked up for each, whatever the planner thinks of the table.
               LATERAL (SELECT o.original_name, o.mime_type, o.created_at, o.uploaded_by, o.is_shared, o.file_id, o.description,
                               o.file_size, o.tags
                          FROM @extschema@.homer_files AS o WHERE o.id OPERATOR(pg_catalog.=) c.id OFFSET 0) AS f;
END
$function$;
COMMENT ON FUNCTION homer.file_entries(text, text, text, integer, boolean) IS
'The files that the user has linked to the conversation, the last first, and after them those that answer the question, or the newest; of these what is published comes last.';

-- A statement for each section: of one for all, planning takes twice as long.
CREATE FUNCTION homer.entries_but_memories(user_id text, query text, conversation_id text, with_data boolean)
    RETURNS TABLE (section integer, place bigint, line text, data jsonb, due_id integer)
    LANGUAGE plpgsql STABLE PARALLEL UNSAFE ROWS 20
AS $function$
#variable_conflict use_variable
DECLARE
    due pg_catalog.int4[];
BEGIN
    RETURN QUERY SELECT p.section, p.place, p.line, p.data, NULL::pg_catalog.int4 FROM homer.profile_entries(user_id, with_data) AS p;
    due := homer.ids_of_due(user_id, 10);
    IF pg_catalog.cardinality(due) OPERATOR(pg_catalog.>) 0 THEN
        RETURN QUERY
            SELECT 2, d.place, homer.reminder_line(r.subject, r.content, r.due_at),
                   CASE WHEN with_data THEN pg_catalog.jsonb_build_object('id', r.id, 'subject', r.subject, 'content', r.content,
                                                                          'due_at', r.due_at) END,
                   r.id
              FROM pg_catalog.unnest(due) WITH ORDINALITY AS d (id, place), homer.reminder(d.id) AS r;
    END IF;
    RETURN QUERY
        SELECT f.section, f.place, f.line, f.data, NULL::pg_catalog.int4
          FROM homer.file_entries(user_id, query, conversation_id, 10, with_data) AS f;
END
$function$;
COMMENT ON FUNCTION homer.entries_but_memories(text, text, text, boolean) IS
'All but memories that may come into the block for the prompt, each with its place in its section, and the ids of reminders that are due.';

CREATE FUNCTION homer.context_entries(
    user_id text, query text, max_tokens integer, conversation_id text, query_embedding double precision[], at_most integer,
    with_data boolean
) RETURNS SETOF homer.context_entry
    LANGUAGE plpgsql STABLE PARALLEL UNSAFE ROWS 50
AS $function$
#variable_conflict use_variable
DECLARE
    entry record;
    due_ids pg_catalog.int4[] := '{}';
BEGIN
    FOR entry IN SELECT e.section, e.place, e.line, e.data, e.due_id
                   FROM homer.entries_but_memories(user_id, query, conversation_id, with_data) AS e LOOP
        due_ids := pg_catalog.array_append(due_ids, entry.due_id);
        RETURN QUERY SELECT entry.section, entry.place, entry.line, entry.data;
    END LOOP;
    RETURN QUERY
        SELECT m.section, m.place, m.line, m.data
          FROM homer.memory_entries(user_id, query, query_embedding, conversation_id, max_tokens, at_most, with_data) AS m
         WHERE m.id OPERATOR(pg_catalog.<>) ALL (pg_catalog.array_remove(due_ids, NULL));
END
$function$;
COMMENT ON FUNCTION homer.context_entries(text, text, integer, text, double precision[], integer, boolean) IS
'All that may come into the block for the prompt, each with its place in its section, of memories so many at most of each kind: rules, answers, others.';

-- The line of a memory costs 16 tokens and more.
CREATE FUNCTION homer.most_memories(max_tokens integer) RETURNS integer
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN max_tokens / 16;
COMMENT ON FUNCTION homer.most_memories(integer) IS 'How many memories a block of so many tokens holds at most.';

CREATE FUNCTION homer.block_of(
    user_id text, query text, max_tokens integer, conversation_id text, query_embedding double precision[]
) RETURNS text
    LANGUAGE plpgsql STABLE PARALLEL UNSAFE
AS $function$
DECLARE
    lines pg_catalog.text[];
    due pg_catalog.int4[];
BEGIN
    SELECT pg_catalog.array_agg(e.line ORDER BY e.section, e.place), pg_catalog.array_agg(e.due_id) INTO lines, due
      FROM homer.entries_but_memories(user_id, query, conversation_id, false) AS e;
    RETURN homer.context_block(
        '@extschema@.homer_memories'::pg_catalog.regclass, 'homer.memory_embeddings'::pg_catalog.regclass, homer.scopes(user_id, true),
        query, query_embedding, conversation_id, homer.utc_now(), lines, due, max_tokens, homer.most_memories(max_tokens));
END
$function$;
COMMENT ON FUNCTION homer.block_of(text, text, integer, text, double precision[]) IS 'The block for the prompt.';

CREATE FUNCTION @extschema@.homer_context(
    user_id text,
    query text DEFAULT NULL,
    max_tokens integer DEFAULT 1500,
    conversation_id text DEFAULT NULL,
    query_embedding double precision[] DEFAULT NULL
) RETURNS text
    LANGUAGE plpgsql STABLE PARALLEL UNSAFE
    -- Planning takes longer than running.
    SET plan_cache_mode = force_generic_plan
AS $function$
DECLARE
    most CONSTANT pg_catalog.int4 := COALESCE(max_tokens, 1500);
BEGIN
    PERFORM homer.check_user_or_everyone(user_id), homer.check_acts_for(user_id), homer.check_max_tokens(most);
    PERFORM homer.check_question_embedding(query_embedding);
    RETURN homer.block_of(user_id, query, most, conversation_id, query_embedding);
END
$function$;
COMMENT ON FUNCTION @extschema@.homer_context(text, text, integer, text, double precision[]) IS
'What belongs in the model''s prompt: who the user is, reminders due, relevant memories and files at hand, fenced as data, in max_tokens at most of any of today''s tokenizers. Empty where there is nothing to say or no room to say it.';

CREATE FUNCTION homer.fitting_data(
    user_id text, query text, max_tokens integer, conversation_id text, query_embedding double precision[]
) RETURNS TABLE (section integer, place bigint, data jsonb)
    LANGUAGE sql STABLE PARALLEL UNSAFE
BEGIN ATOMIC
    WITH entries AS MATERIALIZED (
        SELECT e.section, e.line, e.data, pg_catalog.row_number() OVER (ORDER BY e.section, e.place) AS place
          FROM homer.context_entries(user_id, query, max_tokens, conversation_id, query_embedding, homer.most_memories(max_tokens), true) AS e
    )
    SELECT e.section, e.place,
           CASE WHEN f.cut_body IS NULL THEN e.data
                ELSE e.data || pg_catalog.jsonb_build_object('content', f.cut_body, 'cut', true) END
      FROM homer.fitting_entries((SELECT pg_catalog.array_agg(a.line ORDER BY a.place) FROM entries AS a), max_tokens) AS f
      JOIN entries AS e ON e.place = f.place;
END;
COMMENT ON FUNCTION homer.fitting_data(text, text, integer, text, double precision[]) IS 'The entries of the block that fit into its budget, as data.';

CREATE FUNCTION homer.context_document(
    user_id text, query text, max_tokens integer, conversation_id text, query_embedding double precision[]
) RETURNS SETOF jsonb
    LANGUAGE sql STABLE PARALLEL UNSAFE ROWS 1
BEGIN ATOMIC
    WITH fitting AS MATERIALIZED (
        SELECT f.section, f.place, f.data FROM homer.fitting_data(user_id, query, max_tokens, conversation_id, query_embedding) AS f
    )
    SELECT pg_catalog.jsonb_build_object(
               'user', (SELECT pg_catalog.jsonb_object_agg(k.key, k.value)
                          FROM fitting AS f, pg_catalog.jsonb_each(f.data) AS k WHERE f.section IN (1, 5)),
               'reminders', COALESCE((SELECT pg_catalog.jsonb_agg(f.data ORDER BY f.place) FROM fitting AS f WHERE f.section = 2), '[]'),
               'memories', COALESCE((SELECT pg_catalog.jsonb_agg(f.data ORDER BY f.place) FROM fitting AS f WHERE f.section = 3), '[]'),
               'files', COALESCE((SELECT pg_catalog.jsonb_agg(f.data ORDER BY f.place) FROM fitting AS f WHERE f.section = 4), '[]'));
END;
COMMENT ON FUNCTION homer.context_document(text, text, integer, text, double precision[]) IS 'What homer_context_json gives.';

CREATE FUNCTION @extschema@.homer_context_json(
    user_id text,
    query text DEFAULT NULL,
    max_tokens integer DEFAULT 1500,
    conversation_id text DEFAULT NULL,
    query_embedding double precision[] DEFAULT NULL
) RETURNS jsonb
    LANGUAGE plpgsql STABLE PARALLEL UNSAFE
    SET plan_cache_mode = force_generic_plan
AS $function$
DECLARE
    most pg_catalog.int4 := COALESCE(max_tokens, 1500);
BEGIN
    PERFORM homer.check_user_or_everyone(user_id), homer.check_acts_for(user_id), homer.check_max_tokens(most);
    PERFORM homer.check_question_embedding(query_embedding);
    RETURN (SELECT d.document FROM homer.context_document(user_id, query, most, conversation_id, query_embedding) AS d (document));
END
$function$;
COMMENT ON FUNCTION @extschema@.homer_context_json(text, text, integer, text, double precision[]) IS
'What homer_context says, as data: an object with user, reminders, memories and files. A text that is cut carries "cut": true.';
