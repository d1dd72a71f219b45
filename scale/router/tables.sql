-- homer's tables are not on the router. Who queries one by its name is told where its rows are.

CREATE FUNCTION homer_router.refuse_table("table" text) RETURNS void
    LANGUAGE plpgsql
AS $function$
BEGIN
    RAISE EXCEPTION '% is not on the router: its rows lie at the places of their users', "table" USING
        ERRCODE = 'undefined_table',
        HINT = 'Call homer''s functions, or connect to homer_router.connection_of(user_id) for the rows of a user.';
END
$function$;
COMMENT ON FUNCTION homer_router.refuse_table(text) IS 'Refuses to read or write one of homer''s tables here.';

-- As rows of which PostgreSQL knows nothing beforehand: of a null it would conclude that a condition holds for none.
CREATE FUNCTION homer_router.refuse_rows("table" text) RETURNS SETOF record
    LANGUAGE plpgsql
AS $function$
BEGIN
    PERFORM homer_router.refuse_table("table");
END
$function$;
COMMENT ON FUNCTION homer_router.refuse_rows(text) IS 'Refuses to read one of homer''s tables here.';

CREATE FUNCTION homer_router.refuse_row() RETURNS trigger
    LANGUAGE plpgsql
AS $function$
BEGIN
    PERFORM homer_router.refuse_table(TG_TABLE_NAME);
    RETURN NULL;
END
$function$;
COMMENT ON FUNCTION homer_router.refuse_row() IS 'Refuses to write a row of one of homer''s tables here.';

CREATE FUNCTION homer_router.columns_of_table(of_table regclass) RETURNS text
    LANGUAGE sql STABLE
    RETURN (SELECT pg_catalog.string_agg(pg_catalog.format('%I %s', a.attname, pg_catalog.format_type(a.atttypid, a.atttypmod)), ', ' ORDER BY a.attnum)
              FROM pg_catalog.pg_attribute AS a WHERE a.attrelid = of_table AND a.attnum > 0 AND NOT a.attisdropped);
COMMENT ON FUNCTION homer_router.columns_of_table(regclass) IS 'The columns of a table and their types.';

CREATE FUNCTION homer_router.make_view_of_nothing(of_table name) RETURNS void
    LANGUAGE plpgsql
AS $function$
BEGIN
    EXECUTE pg_catalog.format('CREATE VIEW public.%I AS SELECT t.* FROM homer_router.refuse_rows(%L) AS t (%s)', of_table, of_table,
                              homer_router.columns_of_table(pg_catalog.format('homer_local.%I', of_table)::pg_catalog.regclass));
    EXECUTE pg_catalog.format('COMMENT ON VIEW public.%I IS %L', of_table, 'Says where the rows of the table of this name are.');
    EXECUTE pg_catalog.format('CREATE TRIGGER refuse_row INSTEAD OF INSERT OR UPDATE OR DELETE ON public.%I FOR EACH ROW EXECUTE FUNCTION homer_router.refuse_row()', of_table);
    EXECUTE pg_catalog.format('GRANT SELECT, INSERT, UPDATE, DELETE ON public.%I TO PUBLIC', of_table);
END
$function$;
COMMENT ON FUNCTION homer_router.make_view_of_nothing(name) IS 'Makes a view with the name and columns of one of homer''s tables, which refuses every query.';

SELECT homer_router.make_view_of_nothing(c.relname)
  FROM pg_catalog.pg_class AS c WHERE c.relnamespace = 'homer_local'::regnamespace AND c.relkind = 'r';
