-- The one function that runs the tools that a model calls. The program says who calls and for whom; the model says the rest.

CREATE FUNCTION homer.run_tool(person text, name text, given jsonb, conversation_id text, message_id text) RETURNS jsonb
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE AS
$function$
BEGIN
    -- By IF, because CASE takes the caller's operators.
    IF name OPERATOR(pg_catalog.=) 'recall' THEN
        RETURN homer.run_recall(person, given);
    ELSIF name OPERATOR(pg_catalog.=) 'remember' THEN
        RETURN homer.run_remember(person, given, conversation_id, message_id);
    ELSIF name OPERATOR(pg_catalog.=) 'forget' THEN
        RETURN homer.run_forget(person, given);
    ELSIF name OPERATOR(pg_catalog.=) 'remind' THEN
        RETURN homer.run_remind(person, given, conversation_id, message_id);
    ELSIF name OPERATOR(pg_catalog.=) 'about_user' THEN
        RETURN homer.run_about_user(person);
    END IF;
    RETURN homer.run_find_files(person, given);
END
$function$;
COMMENT ON FUNCTION homer.run_tool(text, text, jsonb, text, text) IS 'Runs a tool with arguments that were read.';

CREATE FUNCTION @extschema@.homer_call_tool(
    user_id text,
    name text,
    arguments jsonb,
    conversation_id text DEFAULT NULL,
    message_id text DEFAULT NULL
) RETURNS jsonb
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE AS
$function$
DECLARE
    person pg_catalog.text;
    read pg_catalog.jsonb;
    fault pg_catalog.text;
    hint pg_catalog.text;
BEGIN
    -- What the program says, whose mistakes are errors.
    PERFORM homer.check_text('name', name), homer.check_acts();
    IF arguments IS NULL THEN
        PERFORM homer.refuse('null', '{"parameter": "arguments"}');
    END IF;
    IF conversation_id IS NOT NULL THEN
        PERFORM homer.check_id('conversation_id', conversation_id);
    END IF;
    PERFORM homer.check_bytes('message_id', message_id, 1000);
    person := homer.tool_user(user_id);
    -- What the model says, whose mistakes are answers.
    IF name OPERATOR(pg_catalog.=) 'memory' THEN
        RETURN homer.run_memory(person, arguments, conversation_id, message_id);
    END IF;
    read := homer.tool_arguments(name, arguments::pg_catalog.text)::pg_catalog.jsonb;
    IF pg_catalog.jsonb_exists(read, 'fault') THEN
        RETURN homer.tool_error('ME005', read OPERATOR(pg_catalog.->>) 'fault', read OPERATOR(pg_catalog.->>) 'hint');
    END IF;
    RETURN homer.run_tool(person, name, read OPERATOR(pg_catalog.->) 'arguments', conversation_id, message_id);
EXCEPTION WHEN OTHERS THEN
    IF person IS NULL OR NOT homer.is_models_mistake(SQLSTATE) THEN
        RAISE;
    END IF;
    GET STACKED DIAGNOSTICS fault := MESSAGE_TEXT, hint := PG_EXCEPTION_HINT;
    RETURN homer.tool_error(SQLSTATE, fault, homer.hint_for_a_model(SQLSTATE, hint));
END
$function$;
COMMENT ON FUNCTION @extschema@.homer_call_tool(text, text, jsonb, text, text) IS
'Runs a tool that a model has called, in the caller''s transaction: for the user that the application names, or for null the one that a confined role acts for. Gives text for the model, data for the program, and is_error where the model was mistaken: nothing was changed then, and the text says what to do. What the program got wrong, a serialization failure, a deadlock and a cancellation are raised.';
