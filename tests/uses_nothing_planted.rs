//! Whoever may create objects in the extension's schema beforehand gains nothing by it: an operator, a function or a type
//! that lies there with the name of PostgreSQL's own is used by nothing that the script creates.

use homer_tests::*;

/// An operator of each name for each pair of types, and functions and a type named like PostgreSQL's own.
const PLANT: &str = "
    DO $$
    DECLARE
        name text; pair text[]; number integer := 0;
    BEGIN
        FOREACH name IN ARRAY '{=,<>,<,>,<=,>=,+,-,*,/,||,&&,->,->>,#>>,@>,?|}'::text[] LOOP
            FOREACH pair SLICE 1 IN ARRAY '{{text,text}, {integer,integer}, {smallint,integer}, {bigint,bigint},
                {integer,bigint}, {timestamp,timestamp}, {timestamp,interval}, {timestamptz,timestamptz},
                {\"double precision\",\"double precision\"}, {jsonb,text}, {jsonb,text[]}, {jsonb,jsonb}, {uuid[],uuid[]},
                {boolean,boolean}, {anyelement,anyelement}, {anyarray,anyarray}}'::text[] LOOP
                number := number + 1;
                EXECUTE format('CREATE FUNCTION public.planted_%s(%s, %s) RETURNS boolean LANGUAGE sql AS ''SELECT true''',
                               number, pair[1], pair[2]);
                EXECUTE format('CREATE OPERATOR public.%s (FUNCTION = public.planted_%s, LEFTARG = %s, RIGHTARG = %s)',
                               name, number, pair[1], pair[2]);
            END LOOP;
        END LOOP;
    END $$;
    CREATE FUNCTION public.now() RETURNS timestamptz LANGUAGE sql AS 'SELECT NULL::timestamptz';
    CREATE FUNCTION public.btrim(text) RETURNS text LANGUAGE sql AS 'SELECT NULL::text';
    CREATE FUNCTION public.jsonb_typeof(jsonb) RETURNS text LANGUAGE sql AS 'SELECT NULL::text';
    CREATE FUNCTION public.unnest(anyarray) RETURNS SETOF anyelement LANGUAGE sql AS 'SELECT $1[1]';
    CREATE DOMAIN public.text AS pg_catalog.text;
    CREATE DOMAIN public.jsonb AS pg_catalog.jsonb;
    CREATE DOMAIN public.timestamptz AS pg_catalog.timestamptz;
    CREATE TABLE planted AS
    SELECT 'pg_proc'::regclass AS class, oid FROM pg_proc WHERE pronamespace = 'public'::regnamespace AND proname NOT LIKE 'homer\\_%'
    UNION ALL SELECT 'pg_operator'::regclass, oid FROM pg_operator WHERE oprnamespace = 'public'::regnamespace
    UNION ALL SELECT 'pg_type'::regclass, oid FROM pg_type WHERE typnamespace = 'public'::regnamespace AND typname NOT LIKE '%homer\\_%'";

/// What depends on a planted object and was not planted itself.
const USES: &str = "
    SELECT pg_catalog.pg_describe_object(d.classid, d.objid, 0), pg_catalog.pg_describe_object(d.refclassid, d.refobjid, 0)
      FROM pg_catalog.pg_depend AS d JOIN planted AS p ON (p.class, p.oid) = (d.refclassid, d.refobjid)
     WHERE NOT EXISTS (SELECT FROM planted AS own WHERE (own.class, own.oid) = (d.classid, d.objid))";

/// Runs a statement where things were planted, and says that nothing depends on them then.
fn assert_uses_nothing(client: &mut Client, statement: &str) {
    client.batch_execute(PLANT).unwrap();
    assert_eq!(rows(client, USES), [""; 0]);
    client.batch_execute(statement).unwrap();
    assert_eq!(rows(client, USES), [""; 0], "{statement}");
}

#[test]
fn nothing_depends_on_what_lay_in_the_schema_before() {
    let mut client = Cluster::shared().empty_database().connect();
    assert_uses_nothing(&mut client, "CREATE EXTENSION homer");
    client
        .batch_execute(
            "SET search_path = public, pg_catalog;
             CREATE FUNCTION caught(a integer) RETURNS boolean LANGUAGE sql BEGIN ATOMIC SELECT a = 1; END",
        )
        .unwrap();
    assert_eq!(rows(&mut client, USES), ["function caught(integer)|operator =(integer,integer)"]);
}
