-- The indexes by which a statement is found: sql/code/known.sql reads them.

-- Eight bytes a memory, whatever the length of its content. "Active" is said in a way of its own, so that this index is the
-- only one that its statements can use.
CREATE INDEX homer_memories_statement_idx
    ON @extschema@.homer_memories (homer.statement_key(user_id, homer.statement(subject, content)))
    WHERE is_active IS NULL OR is_active;
CREATE INDEX refusals_statement_idx ON homer.refusals (homer.statement_key(user_id, statement));
