-- Brings back the indexes, checks, policies and the foreign key of homer's tables that a push dropped. Run in a scratch database with
-- the same version of homer in the same schema, it prints the statements for the damaged one, where what is still there
-- is left alone:
--
--     createdb scratch && psql -d scratch -c 'CREATE EXTENSION homer'
--     psql -d scratch -qAt -f repair.sql | psql -d mine -v ON_ERROR_STOP=1
--
-- It stops at a row that one of the checks does not allow.

WITH tables AS (
    SELECT objid AS oid FROM pg_depend
     WHERE classid = 'pg_class'::regclass AND deptype = 'e'
       AND refobjid = (SELECT oid FROM pg_extension WHERE extname = 'homer')
), statements AS (
    SELECT 1 AS step, regexp_replace(pg_get_indexdef(indexrelid), ' INDEX ', ' INDEX IF NOT EXISTS ') || ';' AS statement
      FROM pg_index JOIN tables ON tables.oid = indrelid
     WHERE NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = indexrelid AND contype IN ('p', 'u'))
    UNION ALL
    -- A foreign key last: it needs the unique constraint of the other table.
    SELECT CASE contype WHEN 'f' THEN 3 ELSE 2 END,
           format('DO $do$ BEGIN ALTER TABLE %s ADD CONSTRAINT %I %s; EXCEPTION WHEN duplicate_object THEN NULL; END $do$;',
                  conrelid::regclass, conname, pg_get_constraintdef(c.oid))
      FROM pg_constraint AS c JOIN tables ON tables.oid = conrelid WHERE contype IN ('c', 'f')
    UNION ALL
    SELECT 4, format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY;', tables.oid::regclass)
      FROM tables JOIN pg_class ON pg_class.oid = tables.oid WHERE relrowsecurity
    UNION ALL
    SELECT 4, format('DO $do$ BEGIN CREATE POLICY %I ON %s FOR %s%s%s; EXCEPTION WHEN duplicate_object THEN NULL; END $do$;',
                     polname, polrelid::regclass,
                     CASE polcmd WHEN 'r' THEN 'SELECT' WHEN 'a' THEN 'INSERT' WHEN 'w' THEN 'UPDATE' WHEN 'd' THEN 'DELETE' ELSE 'ALL' END,
                     ' USING (' || pg_get_expr(polqual, polrelid) || ')', ' WITH CHECK (' || pg_get_expr(polwithcheck, polrelid) || ')')
      FROM pg_policy JOIN tables ON tables.oid = polrelid
)
SELECT statement FROM statements ORDER BY step, statement;
