-- The functions that are made from the catalogue: of each public function of homer one in homer_places, which PL/Proxy runs at a
-- place, and one in public, declared as homer's own.

CREATE VIEW homer_router.declared AS
SELECT p.oid AS function, p.proname AS name, r.route, r.argument, r.writes, p.proretset AS is_set, p.prorettype AS result,
       p.pronargs::integer AS arguments, pg_catalog.pg_get_function_arguments(p.oid) AS argument_list,
       pg_catalog.pg_get_function_identity_arguments(p.oid) AS identity, pg_catalog.pg_get_function_result(p.oid) AS result_list,
       pg_catalog.obj_description(p.oid, 'pg_proc') AS comment
  FROM pg_catalog.pg_proc AS p
  JOIN pg_catalog.pg_depend AS d ON d.objid = p.oid AND d.classid = 'pg_catalog.pg_proc'::regclass AND d.deptype = 'e'
  JOIN pg_catalog.pg_extension AS e ON e.oid = d.refobjid AND d.refclassid = 'pg_catalog.pg_extension'::regclass
  LEFT JOIN homer_router.routes AS r ON r.function = p.proname
 WHERE e.extname = 'homer' AND p.pronamespace = e.extnamespace AND p.proname LIKE 'homer\_%';
COMMENT ON VIEW homer_router.declared IS 'homer''s public functions as they are declared, and their routes.';

-- What a function takes and returns, as its call at a place needs it.
CREATE TYPE homer_router.shape AS (types text[], is_set boolean, is_of_columns boolean, column_names text[], column_types text[]);
COMMENT ON TYPE homer_router.shape IS
'The types of a function''s arguments, whether it returns any number of rows or one, and columns or one value, and the names and types of these; a value is called answer.';

CREATE FUNCTION homer_router.types_of(function oid) RETURNS text[]
    LANGUAGE sql STABLE
    RETURN (SELECT ARRAY(SELECT pg_catalog.format_type(a.type, NULL)
                           FROM pg_catalog.unnest(p.proargtypes::oid[]) WITH ORDINALITY AS a (type, number) ORDER BY a.number)
              FROM pg_catalog.pg_proc AS p WHERE p.oid = function);
COMMENT ON FUNCTION homer_router.types_of(oid) IS 'The types of the arguments of a function.';

CREATE FUNCTION homer_router.columns_of(function oid) RETURNS TABLE (name text, type text, number bigint)
    LANGUAGE sql STABLE
BEGIN ATOMIC
    SELECT a.name, pg_catalog.format_type(a.type, NULL), a.number
      FROM pg_catalog.pg_proc AS p,
           ROWS FROM (pg_catalog.unnest(p.proargnames), pg_catalog.unnest(p.proargmodes), pg_catalog.unnest(p.proallargtypes))
               WITH ORDINALITY AS a (name, mode, type, number)
     WHERE p.oid = function AND a.mode IN ('o', 't')
     UNION ALL
    SELECT a.attname, pg_catalog.format_type(a.atttypid, a.atttypmod), a.attnum
      FROM pg_catalog.pg_proc AS p JOIN pg_catalog.pg_type AS t ON t.oid = p.prorettype
      JOIN pg_catalog.pg_attribute AS a ON a.attrelid = t.typrelid
     WHERE p.oid = function AND t.typtype = 'c' AND a.attnum > 0 AND NOT a.attisdropped
     ORDER BY 3;
END;
COMMENT ON FUNCTION homer_router.columns_of(oid) IS 'The columns of what a function returns; none where that is one value.';

CREATE FUNCTION homer_router.shape_of(function oid) RETURNS homer_router.shape
    LANGUAGE sql STABLE
BEGIN ATOMIC
    SELECT homer_router.types_of(function), p.proretset, c.names IS NOT NULL, COALESCE(c.names, '{answer}'),
           COALESCE(c.types, ARRAY[CASE WHEN p.prorettype = 'void'::regtype THEN 'text'
                                        ELSE pg_catalog.format_type(p.prorettype, NULL) END])
      FROM pg_catalog.pg_proc AS p,
           (SELECT pg_catalog.array_agg(k.name ORDER BY k.number), pg_catalog.array_agg(k.type ORDER BY k.number)
              FROM homer_router.columns_of(function) AS k) AS c (names, types)
     WHERE p.oid = function;
END;
COMMENT ON FUNCTION homer_router.shape_of(oid) IS 'What a function takes and returns. PL/Proxy has no void, which is a text here.';

CREATE FUNCTION homer_router.values_of(types text[]) RETURNS text
    LANGUAGE sql IMMUTABLE
    RETURN (SELECT pg_catalog.string_agg(pg_catalog.format('$%s::%s', t.number + 2, t.type), ', ' ORDER BY t.number)
              FROM pg_catalog.unnest(types) WITH ORDINALITY AS t (type, number));
COMMENT ON FUNCTION homer_router.values_of(text[]) IS 'The arguments of a call at a place, after the place and the user that the caller acts for.';

CREATE FUNCTION homer_router.columns_in(shape homer_router.shape, form text) RETURNS text
    LANGUAGE sql IMMUTABLE
    RETURN (SELECT pg_catalog.string_agg(pg_catalog.format(form, c.name, c.type), ', ' ORDER BY c.number)
              FROM ROWS FROM (pg_catalog.unnest((shape).column_names), pg_catalog.unnest((shape).column_types))
                       WITH ORDINALITY AS c (name, type, number));
COMMENT ON FUNCTION homer_router.columns_in(homer_router.shape, text) IS 'The columns that a function returns, in some form.';

-- The user whom the caller acts for is set before the function begins, in the same statement and so for no other. OFFSET keeps the
-- row that sets it apart, so that it is read first, and has the function called once.
CREATE FUNCTION homer_router.select_at_place(target text, shape homer_router.shape) RETURNS text
    LANGUAGE sql IMMUTABLE
    RETURN pg_catalog.format(
        'SELECT %s FROM (SELECT %s(%s) AS answer FROM (SELECT pg_catalog.set_config(''homer.user_id'', COALESCE($2::text, ''''), true)'
        ' AS acts OFFSET 0) AS told OFFSET 0) AS s WHERE s.answer IS DISTINCT FROM NULL',
        homer_router.columns_in(shape, CASE WHEN (shape).is_of_columns THEN '(s.answer).%1$I::%2$s AS %1$I'
                                            ELSE 's.answer::%2$s AS answer' END),
        target, homer_router.values_of((shape).types));
COMMENT ON FUNCTION homer_router.select_at_place(text, homer_router.shape) IS 'The statement that calls a function of homer_place.';

-- Columns by their names, so that a place may have more of them. One value is selected by nothing but the call, because each statement
-- is parsed and planned anew.
CREATE FUNCTION homer_router.select_of_call(name text, shape homer_router.shape) RETURNS text
    LANGUAGE sql IMMUTABLE
    RETURN pg_catalog.format(
        CASE WHEN (shape).is_of_columns THEN 'SELECT %3$s FROM homer_place.%1$I(%2$s) AS c' ELSE 'SELECT homer_place.%1$I(%2$s) AS answer' END,
        name,
        (SELECT pg_catalog.string_agg('$' || n::text, ', ' ORDER BY n)
           FROM pg_catalog.generate_series(2, pg_catalog.cardinality((shape).types) + 2) AS n),
        homer_router.columns_in(shape, 'c.%1$I'));
COMMENT ON FUNCTION homer_router.select_of_call(text, homer_router.shape) IS
'The statement that calls one of homer''s public functions at a place: scale/node/calls.sql.';

CREATE FUNCTION homer_router.result_of(shape homer_router.shape) RETURNS text
    LANGUAGE sql IMMUTABLE
    RETURN CASE WHEN NOT (shape).is_of_columns THEN CASE WHEN (shape).is_set THEN 'SETOF ' ELSE '' END || (shape).column_types[1]
                WHEN (shape).is_set THEN pg_catalog.format('TABLE (%s)', homer_router.columns_in(shape, '%I %s'))
                ELSE 'record' END;
COMMENT ON FUNCTION homer_router.result_of(homer_router.shape) IS 'What a function returns; a record where its OUT parameters say it.';

CREATE FUNCTION homer_router.parameters_of(places text, shape homer_router.shape) RETURNS text
    LANGUAGE sql IMMUTABLE
    RETURN pg_catalog.concat_ws(', ', places, 'acting text', NULLIF(pg_catalog.array_to_string((shape).types, ', '), ''),
                                CASE WHEN homer_router.result_of(shape) = 'record' THEN homer_router.columns_in(shape, 'OUT %I %s') END);
COMMENT ON FUNCTION homer_router.parameters_of(text, homer_router.shape) IS
'The parameters of a function of homer_places: the place or places, the user that the caller acts for, and those of the function at the place.';

CREATE FUNCTION homer_router.make_at_place(name text, statement text, places text, run_on text, shape homer_router.shape) RETURNS void
    LANGUAGE plpgsql
AS $function$
BEGIN
    EXECUTE pg_catalog.format(
        'CREATE FUNCTION homer_places.%I(%s) RETURNS %s LANGUAGE plproxy AS %L', name,
        homer_router.parameters_of(places, shape), homer_router.result_of(shape),
        pg_catalog.format('CLUSTER ''homer''; RUN ON %s; %s;', run_on, statement));
END
$function$;
COMMENT ON FUNCTION homer_router.make_at_place(text, text, text, text, homer_router.shape) IS
'Makes the function of homer_places that runs one at a place, or at several at once.';

CREATE FUNCTION homer_router.make_helper(name text, types text[], column_names text[], column_types text[]) RETURNS void
    LANGUAGE sql
BEGIN ATOMIC
    SELECT homer_router.make_at_place(name, homer_router.select_at_place('homer_place.' || name, s.shape), 'at_places integer[]',
                                      'pg_catalog.unnest(at_places)', s.shape)
      FROM (SELECT ROW(types, true, column_names <> '{answer}', column_names, column_types)::homer_router.shape) AS s (shape);
END;
COMMENT ON FUNCTION homer_router.make_helper(text, text[], text[], text[]) IS
'Makes the function of homer_places that runs one of homer_place at several places at once; one value is called answer.';

CREATE FUNCTION homer_router.make_helper_like(name text, types text[], function regproc, more_names text[], more_types text[]) RETURNS void
    LANGUAGE sql
BEGIN ATOMIC
    SELECT homer_router.make_helper(name, types, (s.shape).column_names || more_names, (s.shape).column_types || more_types)
      FROM (SELECT homer_router.shape_of(function)) AS s (shape);
END;
COMMENT ON FUNCTION homer_router.make_helper_like(text, text[], regproc, text[], text[]) IS
'Makes a function of homer_places for one of homer_place that gives the columns of a function of homer''s, and some more.';

-- How a public function comes to its rows.
CREATE FUNCTION homer_router.call_of(declared homer_router.declared) RETURNS text
    LANGUAGE sql STABLE
    RETURN pg_catalog.format(
        CASE WHEN (declared).route = 'own' THEN 'homer_router.%1$I(%2$s)' ELSE 'homer_places.%1$I(%3$s)' END, (declared).name,
        (SELECT pg_catalog.string_agg('$' || n::text, ', ' ORDER BY n) FROM pg_catalog.generate_series(1, (declared).arguments) AS n),
        (SELECT 'at_place, homer_router.acting()' || COALESCE(pg_catalog.string_agg(', $' || n::text, '' ORDER BY n), '')
           FROM pg_catalog.generate_series(1, (declared).arguments) AS n));
COMMENT ON FUNCTION homer_router.call_of(homer_router.declared) IS 'The call that a public function on the router makes.';

CREATE FUNCTION homer_router.has_answer(declared homer_router.declared) RETURNS boolean
    LANGUAGE sql STABLE
    RETURN NOT (declared).is_set AND (declared).result <> 'void'::regtype;
COMMENT ON FUNCTION homer_router.has_answer(homer_router.declared) IS 'Whether a function returns one value, or one row.';

CREATE FUNCTION homer_router.place_in(declared homer_router.declared) RETURNS text
    LANGUAGE sql STABLE
    RETURN CASE (declared).route
        WHEN 'user' THEN pg_catalog.format('at_place := homer_router.place_of($%s);', (declared).argument)
        WHEN 'id' THEN pg_catalog.format('at_place := homer_router.place_of_id($%s);', (declared).argument)
    END;
COMMENT ON FUNCTION homer_router.place_in(homer_router.declared) IS 'How a public function on the router finds the place.';

-- PL/pgSQL evaluates what it assigns without a statement.
CREATE FUNCTION homer_router.answer_in(declared homer_router.declared) RETURNS text
    LANGUAGE sql STABLE
    RETURN pg_catalog.format(
        CASE WHEN (declared).route = 'all' THEN
                 'FOR at_place IN SELECT p FROM homer_router.all_places() AS p LOOP PERFORM FROM %1$s AS c; END LOOP;'
             WHEN (declared).is_set THEN 'RETURN QUERY SELECT c.* FROM %1$s AS c;'
             WHEN NOT homer_router.has_answer(declared) THEN 'PERFORM FROM %1$s AS c;'
             WHEN (declared).route = 'own' THEN 'SELECT c.* INTO answer FROM %1$s AS c;'
             ELSE 'answer := %1$s;' END,
        homer_router.call_of(declared));
COMMENT ON FUNCTION homer_router.answer_in(homer_router.declared) IS 'How a public function on the router comes to its answer.';

CREATE FUNCTION homer_router.return_in(declared homer_router.declared) RETURNS text
    LANGUAGE sql STABLE
    RETURN CASE
        WHEN NOT homer_router.has_answer(declared) THEN NULL
        WHEN (declared).result = 'record'::regtype THEN
            (SELECT pg_catalog.string_agg(pg_catalog.format('%1$I := answer.%1$I;', c.name), ' ' ORDER BY c.number)
               FROM homer_router.columns_of((declared).function) AS c)
        -- A place sends a null row as one of nulls.
        ELSE 'RETURN CASE WHEN NOT answer IS NULL THEN answer END;'
    END;
COMMENT ON FUNCTION homer_router.return_in(homer_router.declared) IS 'How a public function on the router returns its answer.';

-- They keep a value that is sent from being read in another way at the place, where the settings are always the same, and PL/Proxy from
-- telling that it connects anew after an error.
CREATE FUNCTION homer_router.settings_of(declared homer_router.declared) RETURNS text
    LANGUAGE sql STABLE
    RETURN (SELECT pg_catalog.concat_ws(' ',
               CASE WHEN t.types ~ '(date|time)' THEN 'SET datestyle = ''ISO, MDY''' END,
               CASE WHEN t.types ~ '(double precision|real)' THEN 'SET extra_float_digits = 1' END,
               'SET client_min_messages = warning')
              FROM (SELECT homer_router.types_of((declared).function)::text) AS t (types));
COMMENT ON FUNCTION homer_router.settings_of(homer_router.declared) IS 'The settings that a public function on the router runs with.';

-- An error is raised again as it was at the place.
CREATE FUNCTION homer_router.body_of(declared homer_router.declared) RETURNS text
    LANGUAGE sql STABLE
    RETURN pg_catalog.concat_ws(E'\n    ', E'\n#variable_conflict use_column\nDECLARE', 'at_place pg_catalog.int4;',
        CASE WHEN homer_router.has_answer(declared) THEN pg_catalog.format('answer %s;', pg_catalog.format_type((declared).result, NULL)) END,
        'met_message pg_catalog.text;', 'met_detail pg_catalog.text;', E'met_hint pg_catalog.text;\nBEGIN',
        CASE WHEN (declared).writes THEN
            pg_catalog.format('IF NOT homer_router.may_commit() THEN PERFORM homer_router.check_may_commit(%L); END IF;', (declared).name) END,
        homer_router.place_in(declared), homer_router.answer_in(declared),
        CASE WHEN (declared).writes AND (declared).route IN ('user', 'id') THEN
            'IF at_place OPERATOR(pg_catalog.=) 0 THEN PERFORM homer_router.wait_for_places(at_place); END IF;' END,
        homer_router.return_in(declared))
        || E'\nEXCEPTION WHEN OTHERS THEN\n'
        || E'    GET STACKED DIAGNOSTICS met_message := MESSAGE_TEXT, met_detail := PG_EXCEPTION_DETAIL, met_hint := PG_EXCEPTION_HINT;\n'
        || E'    PERFORM homer_router.raise_again(at_place, SQLSTATE, met_message, met_detail, met_hint);\n'
        || CASE WHEN homer_router.has_answer(declared) AND (declared).result <> 'record'::regtype THEN E'    RETURN NULL;\n' ELSE '' END
        || E'END\n';
COMMENT ON FUNCTION homer_router.body_of(homer_router.declared) IS 'The body of a public function on the router.';

CREATE FUNCTION homer_router.make_public(declared homer_router.declared) RETURNS void
    LANGUAGE plpgsql
AS $function$
BEGIN
    EXECUTE pg_catalog.format(
        'CREATE OR REPLACE FUNCTION public.%I(%s) RETURNS %s LANGUAGE plpgsql VOLATILE %s AS %L',
        declared.name, declared.argument_list, declared.result_list, homer_router.settings_of(declared), homer_router.body_of(declared));
    EXECUTE pg_catalog.format('COMMENT ON FUNCTION public.%I(%s) IS %L', declared.name, declared.identity, declared.comment);
END
$function$;
COMMENT ON FUNCTION homer_router.make_public(homer_router.declared) IS 'Makes a public function on the router, declared as homer''s own.';

CREATE FUNCTION homer_router.without_route() RETURNS text
    LANGUAGE sql STABLE
    RETURN (SELECT pg_catalog.string_agg(d.name::text, ', ' ORDER BY d.name) FROM homer_router.declared AS d WHERE d.route IS NULL);
COMMENT ON FUNCTION homer_router.without_route() IS 'The public functions that no route is known of.';

CREATE FUNCTION homer_router.declared_otherwise() RETURNS text
    LANGUAGE sql STABLE
    RETURN (SELECT pg_catalog.string_agg(pg_catalog.format('%s(%s) returns %s', COALESCE(d.name, p.proname),
                                                           COALESCE(d.identity, pg_catalog.pg_get_function_identity_arguments(p.oid)),
                                                           COALESCE(d.result_list, 'nothing that homer declares')), ', ')
              FROM homer_router.declared AS d
              FULL JOIN (SELECT q.* FROM pg_catalog.pg_proc AS q
                          WHERE q.pronamespace = 'public'::regnamespace AND q.proname LIKE 'homer\_%') AS p
                ON p.proname = d.name AND pg_catalog.pg_get_function_arguments(p.oid) = d.argument_list
               AND pg_catalog.pg_get_function_result(p.oid) = d.result_list
             WHERE p.oid IS NULL OR d.function IS NULL);
COMMENT ON FUNCTION homer_router.declared_otherwise() IS 'The functions whose declarations here and in homer are not the same.';

CREATE FUNCTION homer_router.make_functions_at_places() RETURNS void
    LANGUAGE plpgsql
AS $function$
BEGIN
    IF homer_router.without_route() IS NOT NULL THEN
        RAISE EXCEPTION 'no route is known of %', homer_router.without_route() USING HINT = 'Add them to scale/router/routes.sql.';
    END IF;
    PERFORM homer_router.make_at_place(d.name, homer_router.select_of_call(d.name, s.shape), 'at_place integer', 'at_place', s.shape)
       FROM homer_router.declared AS d, LATERAL (SELECT homer_router.shape_of(d.function)) AS s (shape);
END
$function$;
COMMENT ON FUNCTION homer_router.make_functions_at_places() IS
'Makes of each of homer''s public functions the one that runs it at a place. Refuses a function without a route.';

CREATE FUNCTION homer_router.make_public_functions() RETURNS void
    LANGUAGE plpgsql
AS $function$
BEGIN
    PERFORM homer_router.make_public(d) FROM homer_router.declared AS d;
    IF homer_router.declared_otherwise() IS NOT NULL THEN
        RAISE EXCEPTION 'declared otherwise than homer declares: %', homer_router.declared_otherwise() USING
            HINT = 'DROP FUNCTION what an earlier version has left, and run router.sql again.';
    END IF;
END
$function$;
COMMENT ON FUNCTION homer_router.make_public_functions() IS
'Makes homer''s public functions on the router. Refuses a declaration that differs from homer''s.';
