-- What users have refused to have remembered.

CREATE TABLE homer.refusals (
    id serial PRIMARY KEY,
    user_id text,
    statement text NOT NULL,
    memory_id integer NOT NULL,
    refused_at timestamp NOT NULL
);
ALTER TABLE homer.refusals ALTER COLUMN user_id SET STATISTICS 0, ALTER COLUMN statement SET STATISTICS 0;
CREATE INDEX refusals_user_id_idx ON homer.refusals (user_id);

COMMENT ON TABLE homer.refusals IS 'What users have refused to have remembered, one statement a row.';
COMMENT ON COLUMN homer.refusals.id IS 'The refusal''s number, which homer_remember gives where it stores nothing.';
COMMENT ON COLUMN homer.refusals.user_id IS 'Whose refusal it is; null is for the global memories.';
COMMENT ON COLUMN homer.refusals.statement IS 'What is refused, in the form that all its spellings share.';
COMMENT ON COLUMN homer.refusals.memory_id IS 'The memory that was rejected. Its row may be gone.';
COMMENT ON COLUMN homer.refusals.refused_at IS 'When it was refused, in UTC.';

SELECT pg_catalog.pg_extension_config_dump('homer.refusals', '');
SELECT pg_catalog.pg_extension_config_dump('homer.refusals_id_seq', '');
