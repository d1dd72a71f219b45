-- Which memory replaced which.

CREATE TABLE homer.successions (
    old_id integer PRIMARY KEY,
    new_id integer NOT NULL,
    succeeded_at timestamp NOT NULL
);
CREATE INDEX successions_new_id_idx ON homer.successions (new_id);

COMMENT ON TABLE homer.successions IS 'Which memory replaced which.';
COMMENT ON COLUMN homer.successions.old_id IS 'The memory that was replaced.';
COMMENT ON COLUMN homer.successions.new_id IS 'The memory that replaced it.';
COMMENT ON COLUMN homer.successions.succeeded_at IS 'When, in UTC.';

SELECT pg_catalog.pg_extension_config_dump('homer.successions', '');
