-- When a memory is active. A null is_active counts as true: statements say IS NOT FALSE, unless they need one of the spellings below.
--
-- Three kinds of statements say it in a spelling of their own, and so do the predicates of the indexes that are theirs. PostgreSQL
-- takes a partial index only for a statement that says its predicate in the same spelling, and it chooses by statistics, which may
-- say that the table is empty: so each of these statements has one index that it can use, and that index no other statement.
--
-- PostgreSQL looks into these functions, in statements and in predicates. sql/code/privileges.sql lets everybody call them, without
-- which it does not.

CREATE FUNCTION homer.is_active_for_words(is_active boolean) RETURNS boolean
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN COALESCE(is_active, true);
COMMENT ON FUNCTION homer.is_active_for_words(boolean) IS
'Whether a memory is active, as statements say it that find memories by their words in homer_memories_search_idx.';

CREATE FUNCTION homer.is_active_for_users(is_active boolean) RETURNS boolean
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN is_active IS DISTINCT FROM false;
COMMENT ON FUNCTION homer.is_active_for_users(boolean) IS
'Whether a memory is active, as statements say it that list all memories of a user from homer_memories_live_idx.';

CREATE FUNCTION homer.is_active_for_statements(is_active boolean) RETURNS boolean
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN is_active IS NULL OR is_active;
COMMENT ON FUNCTION homer.is_active_for_statements(boolean) IS
'Whether a memory is active, as statements say it that find memories by what they say in homer_memories_statement_idx.';
