-- Lets a new database copy this place while it goes on: psql "$OLD" -f scale/move/publish.sql. Until it has moved,
-- homer_enable_embeddings is refused here.

\set ON_ERROR_STOP on
CREATE PUBLICATION homer_move FOR TABLE
    public.homer_user_profiles, public.homer_memories, public.homer_files, public.homer_file_messages,
    homer.refusals, homer.successions, homer.link_makers, homer.memory_paths, homer.memory_embeddings, homer.embedding_length,
    homer.bound_roles, homer.trusted_keys, homer_place.copies;
