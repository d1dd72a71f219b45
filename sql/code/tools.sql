-- The model's own hands: definitions of tools, and what each does. src/tools.rs has what each takes, src/tool_arguments.rs how a
-- model's arguments are read, tool_calls.sql the function that runs them, docs/tools.md the whole.

CREATE FUNCTION homer.check_tools(format text, "only" text[]) RETURNS boolean
    LANGUAGE c IMMUTABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'check_tools_wrapper';
COMMENT ON FUNCTION homer.check_tools(text, text[]) IS 'Refuses a format that is not known, and a tool that is none or not one of it.';

CREATE FUNCTION homer.tool_definitions(format text, "only" text[], strict boolean) RETURNS text
    LANGUAGE c IMMUTABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'tool_definitions_wrapper';
COMMENT ON FUNCTION homer.tool_definitions(text, text[], boolean) IS
'The definitions of the tools that are named, or of the usual ones, as JSON.';

CREATE FUNCTION @extschema@.homer_tools(format text DEFAULT 'mcp', "only" text[] DEFAULT NULL, strict boolean DEFAULT false) RETURNS jsonb
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN CASE
        WHEN homer.check_tools(COALESCE(format, 'mcp'), "only") AND homer.check_filter('only', "only")
            THEN homer.tool_definitions(COALESCE(format, 'mcp'), "only", COALESCE(strict, false))::jsonb
    END;
COMMENT ON FUNCTION @extschema@.homer_tools(text, text[], boolean) IS
'The tools of homer as a model is told of them, ready for the list of tools of a request: format mcp, openai (Responses), openai_chat, anthropic or gemini. only names the tools; without it recall, remember, forget and remind. strict holds a model to the schema: every property required, optional ones nullable, nothing besides. The same bytes at every call.';

-- What a call comes to. A tool reads its arguments from an object whose keys and types are those of src/tools.rs; what a model can
-- get wrong is refused as anywhere in homer, and answered by homer_call_tool.

CREATE FUNCTION homer.tool_arguments(name text, given text) RETURNS text
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'tool_arguments_wrapper';
COMMENT ON FUNCTION homer.tool_arguments(text, text) IS
'The arguments of a call as the tool takes them, under arguments, or what is wrong with them, as fault and hint: JSON.';

CREATE FUNCTION homer.fitting_notes(heads text[], bodies text[], max_tokens integer) RETURNS TABLE (block text, shown integer)
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE ROWS 1 AS 'MODULE_PATHNAME', 'fitting_notes_wrapper';
COMMENT ON FUNCTION homer.fitting_notes(text[], text[], integer) IS
'The notes that fit into so many tokens, fenced as in the block for the prompt, and how many these are. The first that does not fit is cut.';

CREATE FUNCTION homer.subject_of(content text) RETURNS text
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'subject_of_wrapper';
COMMENT ON FUNCTION homer.subject_of(text) IS 'What a statement is about, where nobody has said so: its first words.';

CREATE FUNCTION homer.texts_of(elements jsonb) RETURNS text[]
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'texts_of_wrapper';
COMMENT ON FUNCTION homer.texts_of(jsonb) IS 'The texts of a JSON array of texts; none where it is something else.';

CREATE FUNCTION homer.tool_answer(text text, data jsonb, is_error boolean) RETURNS jsonb
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN pg_catalog.jsonb_build_object('text', text, 'data', data, 'is_error', is_error);
COMMENT ON FUNCTION homer.tool_answer(text, jsonb, boolean) IS 'What homer_call_tool gives.';

CREATE FUNCTION homer.tool_error(sqlstate text, fault text, hint text) RETURNS jsonb
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN homer.tool_answer(pg_catalog.concat('Error: ', fault, '. ', hint), pg_catalog.jsonb_build_object('sqlstate', sqlstate), true);
COMMENT ON FUNCTION homer.tool_error(text, text, text) IS 'What homer_call_tool gives for a model''s mistake.';

CREATE FUNCTION homer.is_models_mistake(sqlstate text) RETURNS boolean
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN sqlstate IN ('ME002', 'ME003', 'ME004', 'ME005', 'ME010', 'ME011', 'ME012', 'ME014', 'ME030', 'ME033', 'ME034');
COMMENT ON FUNCTION homer.is_models_mistake(text) IS
'Whether an error is one that a model can make, and correct: docs/tools.md has the list. All others are the program''s.';

CREATE FUNCTION homer.hint_for_a_model(sqlstate text, hint text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN CASE
        WHEN sqlstate = 'ME004' THEN 'Pass a moment still to come, with its offset from UTC.'
        WHEN sqlstate = 'ME010' AND hint LIKE '%homer\_%' THEN 'Pass the number after # in a line that recall gave.'
        WHEN sqlstate = 'ME012' THEN 'It was replaced or forgotten meanwhile: call recall again.'
        WHEN sqlstate = 'ME034' THEN 'Pass a shorter text, or several.'
        ELSE COALESCE(homer.given_text(hint), 'Correct the arguments.')
    END;
COMMENT ON FUNCTION homer.hint_for_a_model(text, text) IS 'A hint in words of the tools, where the usual one is about functions.';

CREATE FUNCTION homer.tool_user(user_id text) RETURNS text
    LANGUAGE plpgsql STABLE PARALLEL SAFE AS
$function$
DECLARE
    person pg_catalog.text := user_id;
BEGIN
    PERFORM homer.check_acts();
    IF person IS NULL AND NOT homer.acts_for_anyone() THEN
        person := homer.acting_user();
    END IF;
    PERFORM homer.check_id('user_id', person), homer.check_acts_for(person);
    RETURN person;
END
$function$;
COMMENT ON FUNCTION homer.tool_user(text) IS
'For whom a tool acts: the user that the application names, or for null the one that a confined role acts for. A service role has to name one.';

CREATE FUNCTION homer.check_own_memory(person text, memory_id integer) RETURNS boolean
    LANGUAGE plpgsql STABLE PARALLEL SAFE AS
$function$
DECLARE
    kept record;
BEGIN
    SELECT m.user_id INTO kept FROM @extschema@.homer_memories AS m WHERE m.id OPERATOR(pg_catalog.=) check_own_memory.memory_id;
    IF FOUND AND kept.user_id IS NULL THEN
        PERFORM homer.refuse('again', pg_catalog.jsonb_build_object(
            'sqlstate', 'ME010',
            'message', pg_catalog.format('memory %s is what everyone is told, and not for one user to change', memory_id),
            'hint', 'Leave it, or tell the user who may change it.'));
    ELSIF NOT FOUND OR NOT homer.is_same_text(kept.user_id, person) THEN
        PERFORM homer.refuse('unknown_memory', pg_catalog.jsonb_build_object('id', memory_id));
    END IF;
    RETURN true;
END
$function$;
COMMENT ON FUNCTION homer.check_own_memory(text, integer) IS
'Refuses a memory that is not the user''s own: another user''s as if it were not there.';

CREATE FUNCTION homer.searched(person text, shown integer, total bigint) RETURNS text
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN pg_catalog.format('Searched: %s, everyone. %s of %s.', homer.label(person, 60), shown, total);
COMMENT ON FUNCTION homer.searched(text, integer, bigint) IS 'What was searched, as the last line of an answer.';

CREATE FUNCTION homer.nothing_recalled(person text, own bigint, everyones bigint) RETURNS text
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN pg_catalog.format(
        CASE
            WHEN own = 0 AND everyones = 0 THEN 'Nothing is remembered about %s, and nothing for everyone.'
            WHEN own = 0 THEN 'Nothing is remembered about %s, and nothing for everyone answers this.'
            WHEN everyones = 0 THEN 'Nothing that is remembered about %s answers this, and nothing is remembered for everyone. Try other words.'
            ELSE 'Nothing that is remembered about %s or for everyone answers this. Try other words.'
        END, homer.label(person, 60));
COMMENT ON FUNCTION homer.nothing_recalled(text, bigint, bigint) IS 'What is said where nothing was found: which scope is empty.';

CREATE FUNCTION homer.most_tokens_of_an_answer() RETURNS integer
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN 1500;
COMMENT ON FUNCTION homer.most_tokens_of_an_answer() IS 'The budget of what a tool says, in tokens.';

-- The head of a line is that of the block for the prompt with the id in front.
CREATE FUNCTION homer.recalled(person text, query text, at_most integer, category text, tags jsonb)
    RETURNS TABLE (heads text[], bodies text[], data jsonb[])
    LANGUAGE sql STABLE PARALLEL RESTRICTED ROWS 1
BEGIN ATOMIC
    SELECT COALESCE(pg_catalog.array_agg(
               '- [#' || m.id::text || COALESCE(pg_catalog.to_char(COALESCE(m.updated_at, m.created_at), ' YYYY-MM-DD'), '')
               || ' ' || homer.label(m.category, 40) || CASE WHEN m.user_id IS NULL THEN ', everyone' ELSE '' END
               || CASE WHEN m.source_conversation_id <> '' THEN ', conversation ' || homer.label(m.source_conversation_id, 40) ELSE '' END
               || CASE WHEN homer.due_moment(m.category, m.metadata) IS NOT NULL
                       THEN ', due ' || pg_catalog.to_char(homer.due_moment(m.category, m.metadata), 'YYYY-MM-DD HH24:MI "UTC"') ELSE '' END
               || '] ' || CASE WHEN homer.is_said_by(m.subject, m.content) THEN '' ELSE homer.title(m.subject, 100) || ': ' END), '{}'),
           COALESCE(pg_catalog.array_agg(homer.fenced(m.content, 16 * homer.most_tokens_of_an_answer())), '{}'),
           COALESCE(pg_catalog.array_agg(pg_catalog.jsonb_build_object(
               'id', m.id, 'category', m.category, 'subject', m.subject, 'content', m.content, 'importance', m.importance,
               'tags', m.tags, 'everyone', m.user_id IS NULL, 'created_at', m.created_at, 'updated_at', m.updated_at,
               'expires_at', m.expires_at, 'due_at', homer.due_moment(m.category, m.metadata),
               'source_conversation_id', m.source_conversation_id, 'source_message_id', m.source_message_id,
               'relevance', m.relevance)), '{}')
      FROM @extschema@.homer_relevant_memories(
               user_id => person, "limit" => at_most, query => recalled.query, categories => CASE WHEN category IS NOT NULL THEN ARRAY[category] END,
               tags => CASE WHEN pg_catalog.jsonb_array_length(recalled.tags) > 0 THEN homer.texts_of(recalled.tags) END) AS m;
END;
COMMENT ON FUNCTION homer.recalled(text, text, integer, text, jsonb) IS
'The memories that answer, best first: the heads of their lines, the bodies, and the same as data.';

CREATE FUNCTION homer.run_recall(person text, given jsonb) RETURNS jsonb
    LANGUAGE plpgsql STABLE PARALLEL RESTRICTED AS
$function$
DECLARE
    found_notes record;
    counted pg_catalog.int4[];
    shown record;
    total pg_catalog.int8;
    last_line pg_catalog.text;
    first_lines pg_catalog.text;
BEGIN
    SELECT r.heads, r.bodies, r.data INTO found_notes
      FROM homer.recalled(person, given OPERATOR(pg_catalog.->>) 'query', COALESCE(homer.json_integer(given OPERATOR(pg_catalog.->) 'limit'), 10),
                          given OPERATOR(pg_catalog.->>) 'category', homer.given(given OPERATOR(pg_catalog.->) 'tags')) AS r;
    counted := homer.counts_of_memories('@extschema@.homer_memories'::pg_catalog.regclass, ARRAY[person, ''], homer.utc_now());
    total := counted[1] OPERATOR(pg_catalog.+) counted[2];
    SELECT n.block, n.shown INTO shown
      FROM homer.fitting_notes(found_notes.heads, found_notes.bodies, homer.most_tokens_of_an_answer()
               OPERATOR(pg_catalog.-) homer.token_bound(homer.searched(person, 50, total)) OPERATOR(pg_catalog.-) 1) AS n;
    last_line := homer.searched(person, shown.shown, total);
    first_lines := COALESCE(homer.given_text(shown.block), homer.nothing_recalled(person, counted[1], counted[2]));
    RETURN homer.tool_answer(
        pg_catalog.concat_ws(E'\n', first_lines, last_line),
        pg_catalog.jsonb_build_object(
            'memories', pg_catalog.to_jsonb(found_notes.data[1:shown.shown]),
            'searched', pg_catalog.jsonb_build_array(person, 'everyone'), 'total', total),
        false);
END
$function$;
COMMENT ON FUNCTION homer.run_recall(text, jsonb) IS 'The tool recall.';

CREATE FUNCTION homer.check_not_a_reminder(category text) RETURNS boolean
    LANGUAGE sql VOLATILE PARALLEL SAFE
    RETURN CASE WHEN homer.is_reminder(category) THEN homer.refuse('again', '{
        "sqlstate": "ME033", "message": "category must not be reminder", "hint": "Call remind, which takes the moment as due_at."
    }') ELSE true END;
COMMENT ON FUNCTION homer.check_not_a_reminder(text) IS 'Refuses a reminder without its moment, which would never fall due.';

CREATE FUNCTION homer.remembered_text(outcome text, memory_id integer, replaced integer, due text) RETURNS text
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN CASE
        WHEN outcome = 'added' THEN pg_catalog.format('Added as #%s.', memory_id)
        WHEN outcome = 'confirmed' THEN pg_catalog.format('You knew that already: #%s.', memory_id)
        WHEN outcome = 'superseded' THEN pg_catalog.format('Replaced #%s: it is #%s now%s.', replaced, memory_id, ', due ' || due)
        ELSE 'The user has refused this. Do not store it again.'
    END;
COMMENT ON FUNCTION homer.remembered_text(text, integer, integer, text) IS 'What became of a statement, in words that a model can act on.';

-- A reminder whose moment can be read stays one, or the user would not be reminded of what was only said better.
CREATE FUNCTION homer.corrected_category(given text, category text, metadata jsonb) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN COALESCE(given, CASE WHEN NOT homer.is_reminder(category) OR homer.due_moment(category, metadata) IS NOT NULL
                                THEN category END, 'fact');
COMMENT ON FUNCTION homer.corrected_category(text, text, jsonb) IS
'The category of what a model says instead of a memory: the one it gives, or that of the memory.';

CREATE FUNCTION homer.corrected_metadata(corrected text, category text, metadata jsonb) RETURNS jsonb
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN CASE WHEN homer.is_reminder(category) AND NOT homer.is_reminder(corrected) THEN metadata - '{due_at,claimed_at}'::text[]
                ELSE metadata END;
COMMENT ON FUNCTION homer.corrected_metadata(text, text, jsonb) IS
'The metadata of what a model says instead of a memory: those of the memory, and its moment only where it is a reminder still.';

CREATE FUNCTION homer.run_remember(person text, given jsonb, conversation_id text, message_id text) RETURNS jsonb
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE AS
$function$
DECLARE
    note CONSTANT pg_catalog.text := given OPERATOR(pg_catalog.->>) 'content';
    replaced CONSTANT pg_catalog.int4 := homer.json_integer(given OPERATOR(pg_catalog.->) 'replaces');
    -- What is not given stays as it was: a rule whose spelling is put right is a rule.
    was @extschema@.homer_memories;
    kind pg_catalog.text := given OPERATOR(pg_catalog.->>) 'category';
    metadata pg_catalog.jsonb;
    stored record;
BEGIN
    PERFORM homer.check_not_a_reminder(kind);
    IF replaced IS NOT NULL THEN
        -- As it is once others have let go of it: a reminder may have been put off.
        PERFORM homer.check_own_memory(person, replaced), homer.lock_user(person);
        SELECT m.* INTO was FROM @extschema@.homer_memories AS m WHERE m.id OPERATOR(pg_catalog.=) replaced;
    END IF;
    kind := homer.corrected_category(kind, was.category, was.metadata);
    metadata := homer.corrected_metadata(kind, was.category, was.metadata);
    SELECT r.id, r.outcome INTO stored
      FROM @extschema@.homer_remember(
               user_id => person, category => kind,
               subject => COALESCE(given OPERATOR(pg_catalog.->>) 'subject',
                                   CASE WHEN NOT homer.is_said_by(was.subject, was.content) THEN was.subject END, homer.subject_of(note)),
               content => note,
               importance => COALESCE(homer.json_integer(given OPERATOR(pg_catalog.->) 'importance'), was.importance),
               expires_at => pg_catalog.timezone('UTC', COALESCE(
                   homer.moment_of_text(given OPERATOR(pg_catalog.->>) 'expires_at'),
                   homer.expiry_to_come(was.expires_at))),
               tags => homer.texts_of(CASE WHEN pg_catalog.jsonb_typeof(given OPERATOR(pg_catalog.->) 'tags') OPERATOR(pg_catalog.=) 'array'
                                           THEN given OPERATOR(pg_catalog.->) 'tags' ELSE was.tags END),
               metadata => metadata, source_conversation_id => conversation_id, source_message_id => message_id, supersedes => replaced) AS r;
    RETURN homer.tool_answer(
        homer.remembered_text(stored.outcome, stored.id, replaced, CASE WHEN homer.is_reminder(kind) THEN
            @extschema@.homer_local_moment(person, pg_catalog.timezone('UTC', homer.due_moment(kind, metadata))) END),
        pg_catalog.jsonb_build_object('id', stored.id, 'outcome', stored.outcome), false);
END
$function$;
COMMENT ON FUNCTION homer.run_remember(text, jsonb, text, text) IS 'The tool remember.';

CREATE FUNCTION homer.run_forget(person text, given jsonb) RETURNS jsonb
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE AS
$function$
DECLARE
    memory_id CONSTANT pg_catalog.int4 := homer.json_integer(given OPERATOR(pg_catalog.->) 'memory_id');
    never_again CONSTANT pg_catalog.bool := COALESCE((given OPERATOR(pg_catalog.->>) 'never_again')::pg_catalog.bool, false);
    was_there pg_catalog.bool;
BEGIN
    PERFORM homer.check_own_memory(person, memory_id);
    IF never_again THEN
        was_there := @extschema@.homer_reject(memory_id);
    ELSE
        was_there := @extschema@.homer_forget(memory_id);
    END IF;
    RETURN homer.tool_answer(
        pg_catalog.format(CASE WHEN never_again AND was_there THEN 'Forgot #%s, and will refuse it from now on.'
                               WHEN never_again THEN '#%s was refused already.'
                               WHEN was_there THEN 'Forgot #%s.'
                               ELSE '#%s was forgotten already.' END, memory_id),
        pg_catalog.jsonb_build_object('id', memory_id, 'forgotten', was_there), false);
END
$function$;
COMMENT ON FUNCTION homer.run_forget(text, jsonb) IS 'The tool forget.';

CREATE FUNCTION homer.check_still_to_come(parameter text, moment timestamptz, given text) RETURNS boolean
    -- Volatile as what refuses is, or it would not be inlined.
    LANGUAGE sql VOLATILE PARALLEL SAFE
    RETURN CASE WHEN moment > pg_catalog.now() THEN true ELSE homer.refuse('again', pg_catalog.jsonb_build_object(
        'sqlstate', 'ME004', 'message', pg_catalog.format('%s lies in the past: %s', parameter, given),
        'hint', 'Pass a moment still to come, with its offset from UTC.')) END;
COMMENT ON FUNCTION homer.check_still_to_come(text, timestamptz, text) IS 'Refuses a moment that is past.';

CREATE FUNCTION homer.reminded_text(outcome text, memory_id integer, due text) RETURNS text
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN CASE
        WHEN outcome = 'added' THEN pg_catalog.format('Set as #%s, due %s.', memory_id, due)
        WHEN outcome = 'confirmed' THEN pg_catalog.format('That was set already: #%s, due %s.', memory_id, due)
        ELSE 'The user has refused this. Do not set it again.'
    END;
COMMENT ON FUNCTION homer.reminded_text(text, integer, text) IS 'What became of a reminder, in words that a model can act on.';

CREATE FUNCTION homer.run_remind(person text, given jsonb, conversation_id text, message_id text) RETURNS jsonb
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE AS
$function$
DECLARE
    note CONSTANT pg_catalog.text := given OPERATOR(pg_catalog.->>) 'content';
    due CONSTANT pg_catalog.timestamptz := pg_catalog.timezone('UTC', homer.moment_of_text(given OPERATOR(pg_catalog.->>) 'due_at'));
    stored record;
    due_there pg_catalog.text;
BEGIN
    PERFORM homer.check_still_to_come('due_at', due, given OPERATOR(pg_catalog.->>) 'due_at');
    SELECT r.id, r.outcome INTO stored
      FROM @extschema@.homer_remember(
               user_id => person, category => 'reminder', subject => COALESCE(given OPERATOR(pg_catalog.->>) 'subject', homer.subject_of(note)),
               content => note, metadata => homer.reminder_metadata('{}', due), source_conversation_id => conversation_id,
               source_message_id => message_id) AS r;
    due_there := @extschema@.homer_local_moment(person, due);
    RETURN homer.tool_answer(
        homer.reminded_text(stored.outcome, stored.id, due_there),
        pg_catalog.jsonb_build_object('id', stored.id, 'outcome', stored.outcome, 'due_at', homer.text_of_moment(pg_catalog.timezone('UTC', due))),
        false);
END
$function$;
COMMENT ON FUNCTION homer.run_remind(text, jsonb, text, text) IS 'The tool remind.';

CREATE FUNCTION homer.about_user_notes(person text, about jsonb) RETURNS TABLE (heads text[], bodies text[])
    LANGUAGE sql STABLE PARALLEL UNSAFE ROWS 1
BEGIN ATOMIC
    SELECT COALESCE(pg_catalog.array_agg(n.head ORDER BY n.section, n.place), '{}'), COALESCE(pg_catalog.array_agg(n.body ORDER BY n.section, n.place), '{}')
      FROM (SELECT 1 AS section, u.place, '- ' || pg_catalog.upper(pg_catalog.left(u.key, 1)) || pg_catalog.replace(pg_catalog.substr(u.key, 2), '_', ' ') || ': ' AS head,
                   homer.fenced(CASE WHEN pg_catalog.jsonb_typeof(u.value) = 'array'
                                     THEN (SELECT pg_catalog.string_agg(e, ', ') FROM pg_catalog.jsonb_array_elements_text(u.value) AS e)
                                     ELSE u.value #>> '{}'::text[] END, 300) AS body
              FROM pg_catalog.jsonb_each(about -> 'user'::text) WITH ORDINALITY AS u (key, value, place)
             UNION ALL
            SELECT 2, r.place, '- [#' || (r.reminder ->> 'id'::text) || ' due '
                   || pg_catalog.to_char(pg_catalog.timezone('UTC', (r.reminder ->> 'due_at'::text)::timestamptz), 'YYYY-MM-DD HH24:MI "UTC] "'),
                   homer.fenced(pg_catalog.concat_ws(': ', NULLIF(r.reminder ->> 'subject'::text, ''), NULLIF(r.reminder ->> 'content'::text, '')), 1000)
              FROM pg_catalog.jsonb_array_elements(about -> 'reminders'::text) WITH ORDINALITY AS r (reminder, place)) AS n
     WHERE n.body <> '';
END;
COMMENT ON FUNCTION homer.about_user_notes(text, jsonb) IS 'A profile and reminders that are due, as notes.';

CREATE FUNCTION homer.run_about_user(person text) RETURNS jsonb
    LANGUAGE plpgsql STABLE PARALLEL UNSAFE AS
$function$
DECLARE
    known CONSTANT pg_catalog.jsonb := @extschema@.homer_context_json(person, NULL, homer.most_tokens_of_an_answer());
    about CONSTANT pg_catalog.jsonb := pg_catalog.jsonb_build_object(
        'user', COALESCE(homer.given(known OPERATOR(pg_catalog.->) 'user'), '{}'),
        'reminders', COALESCE(homer.given(known OPERATOR(pg_catalog.->) 'reminders'), '[]'));
    notes pg_catalog.text;
BEGIN
    SELECT homer.given_text(f.block) INTO notes
      FROM homer.about_user_notes(person, about) AS n,
           homer.fitting_notes(n.heads, n.bodies, homer.most_tokens_of_an_answer() OPERATOR(pg_catalog.-) 40) AS f;
    RETURN homer.tool_answer(
        pg_catalog.concat_ws(E'\n',
            COALESCE(notes, pg_catalog.format('%s has no profile, and no reminder is due.', homer.label(person, 60))),
            pg_catalog.format('Searched: profile and reminders of %s.', homer.label(person, 60))),
        about, false);
END
$function$;
COMMENT ON FUNCTION homer.run_about_user(text) IS 'The tool about_user.';

CREATE FUNCTION homer.found_files(person text, query text, at_most integer) RETURNS TABLE (heads text[], bodies text[], data jsonb[])
    LANGUAGE sql STABLE PARALLEL RESTRICTED ROWS 1
BEGIN ATOMIC
    SELECT COALESCE(pg_catalog.array_agg(
               '- ' || homer.title(f.original_name, 120) || ' (' || homer.label(f.mime_type, 60)
               || COALESCE(pg_catalog.to_char(f.created_at, ', YYYY-MM-DD'), '')
               || CASE WHEN f.uploaded_by = person THEN '' ELSE ', of ' || homer.label(f.uploaded_by, 60) END
               || ', id ' || homer.label(f.file_id, 40) || ')'), '{}'),
           COALESCE(pg_catalog.array_agg(COALESCE(': ' || NULLIF(homer.fenced(f.description, 300), ''), '')), '{}'),
           COALESCE(pg_catalog.array_agg(pg_catalog.jsonb_build_object(
               'file_id', f.file_id, 'original_name', f.original_name, 'mime_type', f.mime_type, 'file_size', f.file_size,
               'uploaded_by', f.uploaded_by, 'description', f.description, 'tags', f.tags, 'created_at', f.created_at)), '{}')
      FROM @extschema@.homer_accessible_files(user_id => person, "limit" => at_most, query => found_files.query) AS f;
END;
COMMENT ON FUNCTION homer.found_files(text, text, integer) IS 'The files that a user may see, as notes and as data.';

CREATE FUNCTION homer.run_find_files(person text, given jsonb) RETURNS jsonb
    LANGUAGE plpgsql STABLE PARALLEL RESTRICTED AS
$function$
DECLARE
    files record;
    shown record;
BEGIN
    SELECT f.heads, f.bodies, f.data INTO files
      FROM homer.found_files(person, given OPERATOR(pg_catalog.->>) 'query', COALESCE(homer.json_integer(given OPERATOR(pg_catalog.->) 'limit'), 10)) AS f;
    SELECT n.block, n.shown INTO shown
      FROM homer.fitting_notes(files.heads, files.bodies, homer.most_tokens_of_an_answer() OPERATOR(pg_catalog.-) 40) AS n;
    RETURN homer.tool_answer(
        pg_catalog.concat_ws(E'\n',
            COALESCE(homer.given_text(shown.block), 'No file answers this. Try other words, or none for the newest.'),
            pg_catalog.format('Searched: files that %s may see. %s of %s found.', homer.label(person, 60), shown.shown, pg_catalog.cardinality(files.data))),
        pg_catalog.jsonb_build_object('files', pg_catalog.to_jsonb(files.data[1:shown.shown])), false);
END
$function$;
COMMENT ON FUNCTION homer.run_find_files(text, jsonb) IS 'The tool find_files.';
