-- Everything that is not public lies here. A plain CREATE: a schema of this name that is there already belongs to
-- somebody else, and the installation stops rather than share it.
CREATE SCHEMA homer;
COMMENT ON SCHEMA homer IS 'What the homer extension works with. Its public functions are homer_* in the extension''s own schema.';
