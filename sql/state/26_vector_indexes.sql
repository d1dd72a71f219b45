-- The index of vectors: what a question with one reads of all those of a scope.

-- A code is a fifteenth of its vector, and computed from it here, so that it is right however the row came. The hash stands for
-- the user id, whatever its length: a user of the same hash would be told by the row.
CREATE INDEX memory_embeddings_code_idx ON homer.memory_embeddings (
    homer.hash(homer.scope_of(user_id), 0),
    memory_id,
    homer.vector_code(embedding)
);
-- ANALYZE would compute codes and learn nothing.
ALTER INDEX homer.memory_embeddings_code_idx ALTER COLUMN 1 SET STATISTICS 0, ALTER COLUMN 3 SET STATISTICS 0;
