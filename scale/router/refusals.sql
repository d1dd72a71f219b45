-- What the router refuses by itself, and how the errors of places and of PL/Proxy are passed on.

CREATE FUNCTION homer_router.is_set(setting text) RETURNS boolean
    LANGUAGE sql STABLE
    RETURN COALESCE(pg_catalog.lower(pg_catalog.current_setting(setting, true)) IN ('on', 'true', 'yes', '1'), false);
COMMENT ON FUNCTION homer_router.is_set(text) IS 'Whether a setting is on.';

CREATE FUNCTION homer_router.has_written() RETURNS boolean
    LANGUAGE sql STABLE
    RETURN pg_catalog.pg_current_xact_id_if_assigned() IS NOT NULL;
COMMENT ON FUNCTION homer_router.has_written() IS 'Whether the transaction has changed anything in this database.';

CREATE FUNCTION homer_router.may_commit() RETURNS boolean
    LANGUAGE sql STABLE
    RETURN homer_router.is_set('homer_router.commits_by_itself') AND NOT homer_router.has_written()
           AND NOT homer_router.is_set('transaction_read_only');
COMMENT ON FUNCTION homer_router.may_commit() IS 'Whether a call may write at a place; check_may_commit says why it may not.';

CREATE FUNCTION homer_router.check_may_commit(function text) RETURNS void
    LANGUAGE plpgsql STABLE
AS $function$
BEGIN
    IF NOT homer_router.is_set('homer_router.commits_by_itself') THEN
        RAISE EXCEPTION '% commits by itself on the router, whatever becomes of the transaction', function USING
            ERRCODE = 'object_not_in_prerequisite_state',
            HINT = pg_catalog.format('Where that is meant, ALTER ROLE %I SET homer_router.commits_by_itself = on, and connect again. '
                                     'For transactions, connect to homer_router.connection_of(user_id).', CURRENT_USER);
    ELSIF homer_router.has_written() THEN
        RAISE EXCEPTION '% commits by itself on the router, and this transaction has written already', function USING
            ERRCODE = 'active_sql_transaction',
            HINT = 'Call it in a transaction of its own, after this one.';
    ELSIF homer_router.is_set('transaction_read_only') THEN
        RAISE EXCEPTION 'cannot execute % in a read-only transaction', function USING ERRCODE = 'read_only_sql_transaction';
    END IF;
END
$function$;
COMMENT ON FUNCTION homer_router.check_may_commit(text) IS
'Refuses a function that writes where nobody has said that it may commit by itself, or where it would commit before what stands in the same transaction.';

CREATE FUNCTION homer_router.sqlstate_of(sqlstate text, message text) RETURNS text
    LANGUAGE sql IMMUTABLE
    RETURN CASE
        -- Of a server that is being stopped.
        WHEN sqlstate IN ('57P01', '57P02', '57P03') THEN '08006'
        WHEN sqlstate <> 'XX000' OR NOT pg_catalog.starts_with(message, 'PL/Proxy') THEN sqlstate
        WHEN message ~ '(PQconnect|connect timeout)' THEN '08001'
        WHEN message ~ '(PQ[a-z]+|query timeout|Unexpected conn|connection)' THEN '08006'
        ELSE sqlstate
    END;
COMMENT ON FUNCTION homer_router.sqlstate_of(text, text) IS
'The SQLSTATE of an error: of PL/Proxy''s own, which have none, 08001 where a server was not reached and 08006 where it was lost.';

CREATE FUNCTION homer_router.message_of(message text) RETURNS text
    LANGUAGE sql IMMUTABLE
    RETURN pg_catalog.btrim(pg_catalog.regexp_replace(
        message, '^(PL/Proxy function )?homer_places\.[a-z_]+\(\d+\): (\[[^]]*\] )?(REMOTE [A-Z]+: |PQ[A-Za-z]+: )?', ''), E' \n\t');
COMMENT ON FUNCTION homer_router.message_of(text) IS 'A message as the place has it, without where PL/Proxy met it.';

-- An empty DETAIL or HINT would be shown as one.
CREATE FUNCTION homer_router.raise(sqlstate text, message text, detail text, hint text) RETURNS void
    LANGUAGE plpgsql
AS $function$
BEGIN
    IF detail OPERATOR(pg_catalog.=) '' AND hint OPERATOR(pg_catalog.=) '' THEN
        RAISE EXCEPTION USING ERRCODE = sqlstate, MESSAGE = message;
    ELSIF detail OPERATOR(pg_catalog.=) '' THEN
        RAISE EXCEPTION USING ERRCODE = sqlstate, MESSAGE = message, HINT = hint;
    ELSIF hint OPERATOR(pg_catalog.=) '' THEN
        RAISE EXCEPTION USING ERRCODE = sqlstate, MESSAGE = message, DETAIL = detail;
    END IF;
    RAISE EXCEPTION USING ERRCODE = sqlstate, MESSAGE = message, DETAIL = detail, HINT = hint;
END
$function$;
COMMENT ON FUNCTION homer_router.raise(text, text, text, text) IS 'Raises an error, with a detail and a hint where these are not empty.';

CREATE FUNCTION homer_router.place_out_of_reach() RETURNS integer
    LANGUAGE plpgsql
AS $function$
DECLARE
    tried pg_catalog.int4;
BEGIN
    FOR tried IN SELECT p FROM homer_router.all_places() AS p LOOP
        BEGIN
            PERFORM FROM homer_places.place(ARRAY[tried], NULL);
        EXCEPTION WHEN internal_error THEN
            RETURN tried;
        END;
    END LOOP;
    RETURN NULL;
END
$function$;
COMMENT ON FUNCTION homer_router.place_out_of_reach() IS 'The first place that cannot be reached; null where all can.';

CREATE FUNCTION homer_router.name_of_place(place integer) RETURNS text
    LANGUAGE sql IMMUTABLE
    RETURN COALESCE('place ' || place::text, 'a place');
COMMENT ON FUNCTION homer_router.name_of_place(integer) IS 'A place as an error names it.';

CREATE FUNCTION homer_router.raise_again(place integer, sqlstate text, message text, detail text, hint text) RETURNS void
    LANGUAGE plpgsql
AS $function$
DECLARE
    known CONSTANT pg_catalog.text := homer_router.sqlstate_of(sqlstate, message);
    said CONSTANT pg_catalog.text := homer_router.message_of(message);
BEGIN
    IF pg_catalog.starts_with(known, '08') THEN
        PERFORM homer_router.raise(known, pg_catalog.concat(
            homer_router.name_of_place(COALESCE(place, homer_router.place_out_of_reach())), ' cannot be reached: ', said), '', 'Its users have to wait until it is back; nobody else has to.');
    END IF;
    PERFORM homer_router.raise(known, said, pg_catalog.regexp_replace(detail, '^Remote detail: ', ''),
                               pg_catalog.regexp_replace(hint, '^Remote hint: ', ''));
END
$function$;
COMMENT ON FUNCTION homer_router.raise_again(integer, text, text, text, text) IS
'Raises what a call to a place came to as the place has raised it; where the place was not reached, it is named.';
