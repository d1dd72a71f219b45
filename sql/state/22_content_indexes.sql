-- The indexes by which a statement is found: sql/code/known.sql reads them.

-- Eight bytes a memory, whatever the length of its content. The only index that its statements can use: sql/code/active.sql.
CREATE INDEX homer_memories_statement_idx
    ON @extschema@.homer_memories (homer.statement_key(user_id, homer.statement(subject, content)))
    WHERE homer.is_active_for_statements(is_active);
CREATE INDEX refusals_statement_idx ON homer.refusals (homer.refusal_key(user_id, statement));
