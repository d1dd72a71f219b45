-- What a model calls.

-- The definitions of tools are the same everywhere, and so taken from the homer of this database.
CREATE FUNCTION homer_router.homer_tools(format text, only_these text[], is_strict boolean) RETURNS SETOF jsonb
    LANGUAGE sql SECURITY DEFINER
BEGIN ATOMIC
    SELECT homer_local.homer_tools(format, only_these, is_strict);
END;
COMMENT ON FUNCTION homer_router.homer_tools(text, text[], boolean) IS 'homer_tools, of the homer of this database.';

CREATE FUNCTION homer_router.user_of_tool(of_user text) RETURNS text
    LANGUAGE plpgsql
AS $function$
BEGIN
    RETURN COALESCE(of_user, homer_router.acting_or_null(),
                    (SELECT w.user_id FROM homer_places.homer_whoami(0, homer_router.acting()) AS w));
END
$function$;
COMMENT ON FUNCTION homer_router.user_of_tool(text) IS 'The user for whom a tool runs: the one named, or whom the role acts for.';

CREATE FUNCTION homer_router.homer_call_tool(
    of_user text, tool text, arguments jsonb, conversation_id text, message_id text
) RETURNS SETOF jsonb
    LANGUAGE sql
BEGIN ATOMIC
    SELECT t FROM homer_places.homer_call_tool(
        homer_router.place_of(homer_router.user_of_tool(of_user)), homer_router.acting(), of_user, tool, arguments, conversation_id, message_id) AS t;
END;
COMMENT ON FUNCTION homer_router.homer_call_tool(text, text, jsonb, text, text) IS 'homer_call_tool: at the place of the user for whom it runs.';
