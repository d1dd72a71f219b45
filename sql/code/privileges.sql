-- The last of the install script: what PostgreSQL gives to everybody is taken back. To call homer's functions a role must
-- be granted them; docs/roles.md has the grants.

DO $do$
DECLARE
    function regprocedure;
BEGIN
    FOR function IN
        SELECT d.objid
          FROM pg_catalog.pg_depend AS d JOIN pg_catalog.pg_extension AS e ON e.oid OPERATOR(pg_catalog.=) d.refobjid
         WHERE e.extname OPERATOR(pg_catalog.=) 'homer'::name AND d.deptype OPERATOR(pg_catalog.=) 'e'::"char"
           AND d.refclassid OPERATOR(pg_catalog.=) 'pg_catalog.pg_extension'::regclass::oid
           AND d.classid OPERATOR(pg_catalog.=) 'pg_catalog.pg_proc'::regclass::oid
    LOOP
        EXECUTE pg_catalog.format('REVOKE ALL ON FUNCTION %s FROM PUBLIC', function);
    END LOOP;
END
$do$;

-- But every role may ask what it is to homer, above all a role that may do nothing. homer_whoami calls the other functions: they
-- tell a role about itself alone, and without USAGE on the schema homer no role can name them.
GRANT EXECUTE ON FUNCTION @extschema@.homer_whoami(), homer.acts_for_anyone(), homer.tells_everyone(), homer.is_above_row_security(),
    homer.acting_user(), homer.user_acted_for(oid, oid, oid), homer.bound_user(), homer.may_use(oid[]), homer.is_of_kind(oid[], oid[], oid[]),
    homer.is_bound_by_policies(oid[]), homer.tables_under_policies(), homer.is_confined_kind(), homer.kind_of_identity(),
    homer.grantee(oid), homer.grantee_of(oid), homer.markers(), homer.members(regclass), homer.is_for_the_owner(oid),
    homer.is_confined(oid), homer.is_unwanted("char", boolean, text, oid), homer.unwanted_grants(), homer.unguarded_table(),
    homer.warnings() TO PUBLIC;

-- And everybody may call what indexes are made of and PostgreSQL looks into: it keeps for a session what an index holds as the
-- first role saw it that asked for anything of the table, be it in vain. Where that role may not call such a function, no
-- statement of the session finds the index, whoever runs it. They tell nothing but what they are given.
GRANT EXECUTE ON FUNCTION homer.scope_of(text), homer.slot_branch(text, integer), homer.other_category_branch(text, text),
    homer.is_far_off(timestamp, timestamp), homer.is_reminder(text), homer.lacks_moment(text, boolean, jsonb),
    homer.misspellings_of_due_at(),
    homer.moment_of_file(timestamp), homer.is_active_for_statements(boolean), homer.is_active_for_users(boolean),
    homer.is_active_for_words(boolean) TO PUBLIC;
