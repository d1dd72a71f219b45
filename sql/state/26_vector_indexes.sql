-- The index of vectors: what a question with one reads of all those of a scope.

-- A code is a fifteenth of its vector, and computed from it here, so that it is right however the row came. The hash stands for
-- the user id, whatever its length: a user of the same hash would be told by the row. It is homer.scope_of as it is written out,
-- because PostgreSQL reads the body of a function in SQL again for every row that is stored by itself.
CREATE INDEX memory_embeddings_code_idx ON homer.memory_embeddings (
    homer.hash(CASE WHEN user_id IS NULL THEN '' ELSE user_id END, '0'),
    memory_id,
    homer.vector_code(embedding)
);
-- ANALYZE would compute codes and learn nothing.
ALTER INDEX homer.memory_embeddings_code_idx ALTER COLUMN 1 SET STATISTICS 0, ALTER COLUMN 3 SET STATISTICS 0;
