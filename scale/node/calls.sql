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

CREATE OR REPLACE FUNCTION homer_place.columns_of_parameters(function pg_catalog.pg_proc) RETURNS text
    LANGUAGE sql STABLE
    RETURN (SELECT pg_catalog.string_agg(pg_catalog.format('%I %s', a.name, pg_catalog.format_type(a.type, NULL)), ', ' ORDER BY a.number)
              FROM ROWS FROM (pg_catalog.unnest((function).proargnames), pg_catalog.unnest((function).proargmodes),
                              pg_catalog.unnest((function).proallargtypes)) WITH ORDINALITY AS a (name, mode, type, number)
             WHERE a.mode IN ('o', 't'));
COMMENT ON FUNCTION homer_place.columns_of_parameters(pg_catalog.pg_proc) IS 'The columns that a function returns by its parameters; null where it has none.';

CREATE OR REPLACE FUNCTION homer_place.rows_of(function pg_catalog.pg_proc) RETURNS text
    LANGUAGE sql STABLE
    RETURN CASE
        WHEN homer_place.columns_of_parameters(function) IS NOT NULL THEN pg_catalog.format('TABLE (%s)', homer_place.columns_of_parameters(function))
        WHEN (function).prorettype = 'void'::regtype THEN 'SETOF text'
        ELSE 'SETOF ' || pg_catalog.format_type((function).prorettype, NULL)
    END;
COMMENT ON FUNCTION homer_place.rows_of(pg_catalog.pg_proc) IS 'What a function returns, as rows; none of a function that returns nothing.';

CREATE OR REPLACE FUNCTION homer_place.body_of_call(function pg_catalog.pg_proc) RETURNS text
    LANGUAGE sql STABLE
    RETURN pg_catalog.format(
        E'\n#variable_conflict use_column\nBEGIN\n    PERFORM pg_catalog.set_config(''homer.user_id'', COALESCE($1, ''''), true);\n    %s public.%I(%s) AS c%s;\nEND\n',
        CASE WHEN (function).prorettype = 'void'::regtype THEN 'PERFORM FROM' ELSE 'RETURN QUERY SELECT c.* FROM' END,
        (function).proname,
        (SELECT pg_catalog.string_agg('$' || n::text, ', ' ORDER BY n) FROM pg_catalog.generate_series(2, (function).pronargs + 1) AS n),
        -- A row that is null as a whole is none.
        CASE WHEN NOT (function).proretset AND (function).prorettype <> 'void'::regtype THEN ' WHERE NOT c IS NULL' ELSE '' END);
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
        pg_catalog.concat_ws(', ', 'text', NULLIF(pg_catalog.array_to_string(ARRAY(
            SELECT pg_catalog.format_type(a.type, NULL)
              FROM pg_catalog.unnest(function.proargtypes::pg_catalog.oid[]) WITH ORDINALITY AS a (type, number) ORDER BY a.number), ', '), '')),
        homer_place.rows_of(function), homer_place.body_of_call(function));
    EXECUTE pg_catalog.format('COMMENT ON FUNCTION homer_place.%I IS %L', function.proname,
                              pg_catalog.format('public.%s, after the user that the caller acts for.', function.proname));
END
$function$;
COMMENT ON FUNCTION homer_place.make_call(pg_catalog.pg_proc) IS 'Makes what the router calls for one of homer''s functions.';

SELECT homer_place.drop_calls();
SELECT homer_place.make_call(p) FROM homer_place.public_functions() AS p;
