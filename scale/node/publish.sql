-- Place 0 publishes what everyone is told: its memories and their vectors are nobody else's.

SELECT NOT EXISTS (SELECT FROM pg_catalog.pg_publication WHERE pubname = 'homer_everyone') AS is_unpublished \gset
\if :is_unpublished
    -- Not TRUNCATE, which would take away users' rows at the other places.
    CREATE PUBLICATION homer_everyone FOR TABLE public.homer_memories, homer.memory_embeddings WITH (publish = 'insert, update, delete');
\endif
