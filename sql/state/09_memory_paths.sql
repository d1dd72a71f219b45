-- Which file of the memory tool is which memory.

CREATE TABLE homer.memory_paths (
    user_id text,
    path text,
    memory_id integer NOT NULL,
    made_at timestamp NOT NULL,
    CONSTRAINT memory_paths_pkey PRIMARY KEY (user_id, path),
    CONSTRAINT memory_paths_texts_bounded CHECK (pg_catalog.octet_length(user_id) <= 1000 AND pg_catalog.octet_length(path) <= 1000)
);
ALTER TABLE homer.memory_paths ALTER COLUMN user_id SET STATISTICS 0, ALTER COLUMN path SET STATISTICS 0;
CREATE INDEX memory_paths_memory_id_idx ON homer.memory_paths (memory_id);

COMMENT ON TABLE homer.memory_paths IS 'Which file of the memory tool is which memory.';
COMMENT ON COLUMN homer.memory_paths.user_id IS 'Whose file it is.';
COMMENT ON COLUMN homer.memory_paths.path IS 'The path, from /memories on.';
COMMENT ON COLUMN homer.memory_paths.memory_id IS 'The memory that holds the text of the file.';
COMMENT ON COLUMN homer.memory_paths.made_at IS 'When the path was given to the memory, in UTC.';

SELECT pg_catalog.pg_extension_config_dump('homer.memory_paths', '');
