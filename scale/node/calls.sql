-- What the router calls: of each of homer's public functions one of the same name here, which first names the user that the caller acts
-- for, in the same statement and so for no other. A session keeps the plan of what stands in a function; of a statement that the router
-- sends, each call is planned anew. Made from the catalogue, and anew with every run of node.sql.

CREATE OR REPLACE FUNCTION homer_place.public_functions() RETURNS SETOF pg_catalog.pg_proc
    LANGUAGE sql STABLE
BEGIN ATOMIC
    SELECT p.*
      FROM pg_catalog.pg_proc AS p
      JOIN pg_catalog.pg_depend AS d ON d.objid = p.oid AND d.classid = 'pg_catalog.pg_proc'::regclass AND d.deptype = 'e'
      JOIN pg_catalog.pg_extension AS e ON e.oid = d.refobjid AND d.refclassid = 'pg_catalog.pg_extension'::regclass
     WHERE e.extname = 'homer' AND p.pronamespace = e.extnamespace AND p.proname LIKE 'homer\_%';
END;
COMMENT ON FUNCTION homer_place.public_functions() IS 'homer''s public functions.';

CREATE OR REPLACE FUNCTION homer_place.columns_of_parameters(function pg_catalog.pg_proc, form text, separator text) RETURNS text
    LANGUAGE sql STABLE
    RETURN (SELECT pg_catalog.string_agg(pg_catalog.format(form, a.name, pg_catalog.format_type(a.type, NULL)), separator ORDER BY a.number)
              FROM ROWS FROM (pg_catalog.unnest((function).proargnames), pg_catalog.unnest((function).proargmodes),
                              pg_catalog.unnest((function).proallargtypes)) WITH ORDINALITY AS a (name, mode, type, number)
             WHERE a.mode IN ('o', 't'));
COMMENT ON FUNCTION homer_place.columns_of_parameters(pg_catalog.pg_proc, text, text) IS
'The columns that a function returns by its parameters, in some form; null where it has none.';

CREATE OR REPLACE FUNCTION homer_place.parameters_of(function pg_catalog.pg_proc) RETURNS text
    LANGUAGE sql STABLE
    RETURN pg_catalog.concat_ws(', ', 'text',
        (SELECT pg_catalog.string_agg(pg_catalog.format_type(a.type, NULL), ', ' ORDER BY a.number)
           FROM pg_catalog.unnest((function).proargtypes::oid[]) WITH ORDINALITY AS a (type, number)),
        CASE WHEN NOT (function).proretset THEN homer_place.columns_of_parameters(function, 'OUT %I %s', ', ') END);
COMMENT ON FUNCTION homer_place.parameters_of(pg_catalog.pg_proc) IS
'The parameters of the function of the same name in homer_place: the user that the caller acts for, and those of homer''s.';

CREATE OR REPLACE FUNCTION homer_place.result_of(function pg_catalog.pg_proc) RETURNS text
    LANGUAGE sql STABLE
    RETURN CASE
        WHEN (function).prorettype = 'void'::regtype THEN 'text'
        WHEN (function).proretset THEN COALESCE(
            'TABLE (' || homer_place.columns_of_parameters(function, '%I %s', ', ') || ')',
            'SETOF ' || pg_catalog.format_type((function).prorettype, NULL))
        ELSE pg_catalog.format_type((function).prorettype, NULL)
    END;
COMMENT ON FUNCTION homer_place.result_of(pg_catalog.pg_proc) IS
'What the function of the same name in homer_place returns: as homer''s, and a null text where that returns nothing, since PL/Proxy has no void.';

CREATE OR REPLACE FUNCTION homer_place.statements_of_call(function pg_catalog.pg_proc) RETURNS text
    LANGUAGE sql STABLE
    RETURN CASE
        WHEN (function).prorettype = 'void'::regtype THEN 'PERFORM %1$s; RETURN NULL;'
        WHEN (function).proretset THEN 'RETURN QUERY SELECT c.* FROM %1$s AS c;'
        WHEN (function).prorettype = 'record'::regtype THEN
            'DECLARE answer record := %1$s; BEGIN ' || homer_place.columns_of_parameters(function, '%1$I := answer.%1$I;', ' ') || ' END;'
        ELSE 'RETURN %1$s;'
    END;
COMMENT ON FUNCTION homer_place.statements_of_call(pg_catalog.pg_proc) IS 'How the call of a function becomes the result of the one in homer_place.';

-- The setting lasts until the call has committed. To set it takes longer than to see that it is as it should be.
CREATE OR REPLACE FUNCTION homer_place.body_of_call(function pg_catalog.pg_proc) RETURNS text
    LANGUAGE sql STABLE
    RETURN pg_catalog.format(
        E'\n#variable_conflict use_column\nBEGIN\n'
        '    IF COALESCE($1, '''') OPERATOR(pg_catalog.<>) COALESCE(pg_catalog.current_setting(''homer.user_id'', true), '''') THEN\n'
        '        PERFORM pg_catalog.set_config(''homer.user_id'', COALESCE($1, ''''), true);\n    END IF;\n    %s\nEND\n',
        pg_catalog.format(homer_place.statements_of_call(function), pg_catalog.format(
            'public.%I(%s)', (function).proname,
            (SELECT pg_catalog.string_agg('$' || n::text, ', ' ORDER BY n) FROM pg_catalog.generate_series(2, (function).pronargs + 1) AS n))));
COMMENT ON FUNCTION homer_place.body_of_call(pg_catalog.pg_proc) IS 'How the function of the same name in homer_place calls one of homer''s.';

CREATE OR REPLACE FUNCTION homer_place.drop_calls() RETURNS void
    LANGUAGE plpgsql
AS $function$
DECLARE
    call pg_catalog.text;
BEGIN
    FOR call IN
        SELECT p.oid::pg_catalog.regprocedure::pg_catalog.text FROM pg_catalog.pg_proc AS p
         WHERE p.pronamespace OPERATOR(pg_catalog.=) 'homer_place'::pg_catalog.regnamespace::pg_catalog.oid
           AND pg_catalog.starts_with(p.proname::pg_catalog.text, 'homer_')
    LOOP
        EXECUTE pg_catalog.format('DROP FUNCTION %s', call);
    END LOOP;
END
$function$;
COMMENT ON FUNCTION homer_place.drop_calls() IS 'Drops what the router calls, as an earlier version of homer had it.';

CREATE OR REPLACE FUNCTION homer_place.make_call(function pg_catalog.pg_proc) RETURNS void
    LANGUAGE plpgsql
AS $function$
BEGIN
    EXECUTE pg_catalog.format(
        'CREATE FUNCTION homer_place.%I(%s) RETURNS %s LANGUAGE plpgsql VOLATILE AS %L', function.proname,
        homer_place.parameters_of(function), homer_place.result_of(function), homer_place.body_of_call(function));
    EXECUTE pg_catalog.format('COMMENT ON FUNCTION homer_place.%I IS %L', function.proname,
                              pg_catalog.format('public.%s, after the user that the caller acts for.', function.proname));
END
$function$;
COMMENT ON FUNCTION homer_place.make_call(pg_catalog.pg_proc) IS 'Makes what the router calls for one of homer''s functions.';

SELECT homer_place.drop_calls();
SELECT homer_place.make_call(p) FROM homer_place.public_functions() AS p;
