-- The vectors of memories.

CREATE TABLE homer.embedding_length (
    dimensions integer NOT NULL,
    CONSTRAINT embedding_length_bounded CHECK (dimensions BETWEEN 1 AND 16000)
);
COMMENT ON TABLE homer.embedding_length IS 'How many numbers a stored vector has: one row, once homer_enable_embeddings was called.';
COMMENT ON COLUMN homer.embedding_length.dimensions IS 'The length of the model''s vectors.';
CREATE UNIQUE INDEX embedding_length_single_idx ON homer.embedding_length ((true));

CREATE TABLE homer.memory_embeddings (
    memory_id integer,
    user_id text,
    embedding real[] NOT NULL,
    length double precision NOT NULL,
    text_hash bigint NOT NULL,
    CONSTRAINT memory_embeddings_user_id_bounded CHECK (pg_catalog.octet_length(user_id) <= 1000),
    -- So that a vector is compared with its memory without being read: it is 1.5 kB.
    CONSTRAINT memory_embeddings_pkey PRIMARY KEY (memory_id) INCLUDE (text_hash)
)
-- A vector that fits on a page is kept in its row: every vector of a user is read for a question, and fetching each from a TOAST
-- table takes longer than comparing it.
WITH (toast_tuple_target = 8160);
ALTER TABLE homer.memory_embeddings
    ALTER COLUMN embedding SET STORAGE EXTERNAL, ALTER COLUMN embedding SET STATISTICS 0, ALTER COLUMN user_id SET STATISTICS 0;

COMMENT ON TABLE homer.memory_embeddings IS 'The vectors of memories, by homer_set_embedding.';
COMMENT ON COLUMN homer.memory_embeddings.memory_id IS 'The memory. Without a foreign key, as homer.successions; the hash tells what is of another.';
COMMENT ON COLUMN homer.memory_embeddings.user_id IS 'Whose memory it was when the vector was stored; null for everyone''s.';
COMMENT ON COLUMN homer.memory_embeddings.embedding IS 'The vector of its subject and content.';
COMMENT ON COLUMN homer.memory_embeddings.length IS 'The length of the vector: the root of the sum of its squares.';
COMMENT ON COLUMN homer.memory_embeddings.text_hash IS 'A hash of the user, the subject and the content that the vector was stored for.';

SELECT pg_catalog.pg_extension_config_dump('homer.embedding_length', '');
SELECT pg_catalog.pg_extension_config_dump('homer.memory_embeddings', '');
