-- Which file of the memory tool is which memory. A file is there while its memory is: one that is forgotten takes its file along,
-- and brings it back when it is restored, unless another has taken its place. A new version of a memory is its file from then on.

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

-- Without a foreign key, as homer.successions.
CREATE FUNCTION homer.memory_files(of_user text) RETURNS TABLE (path text, memory_id integer, content text)
    LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT p.path, m.id, m.content
      FROM homer.memory_paths AS p JOIN @extschema@.homer_memories AS m ON m.id = p.memory_id
     WHERE p.user_id = of_user AND m.user_id = of_user AND homer.is_live(m.is_active, m.expires_at)
       AND COALESCE(m.created_at <= p.made_at, true);
END;
COMMENT ON FUNCTION homer.memory_files(text) IS 'The files of a user that are there.';

CREATE FUNCTION homer.hand_on_path(old_id integer, new_id integer) RETURNS void
    LANGUAGE sql VOLATILE PARALLEL UNSAFE
BEGIN ATOMIC
    UPDATE homer.memory_paths AS p SET memory_id = new_id, made_at = homer.utc_now() WHERE p.memory_id = old_id;
END;
COMMENT ON FUNCTION homer.hand_on_path(integer, integer) IS 'Makes what replaced a memory the file that this one was.';
