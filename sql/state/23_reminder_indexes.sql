-- The indexes of reminders: sql/code/reminders.sql and sql/code/stats.sql read them.

-- They hold what is still to be claimed, and so stay as small as that is.
CREATE INDEX homer_memories_due_idx
    ON @extschema@.homer_memories (homer.moment_of_text(homer.json_text(metadata, 'due_at')), id)
    WHERE homer.is_reminder(category) AND is_active IS NOT FALSE
      AND homer.json_text(metadata, 'claimed_at') IS NULL
      AND homer.moment_of_text(homer.json_text(metadata, 'due_at')) IS NOT NULL;

CREATE INDEX homer_memories_user_due_idx
    ON @extschema@.homer_memories (user_id, homer.moment_of_text(homer.json_text(metadata, 'due_at')), id)
    WHERE homer.is_reminder(category) AND is_active IS NOT FALSE
      AND homer.json_text(metadata, 'claimed_at') IS NULL
      AND homer.moment_of_text(homer.json_text(metadata, 'due_at')) IS NOT NULL;

-- It holds what is amiss, and so is empty.
CREATE INDEX homer_memories_unreadable_due_idx ON @extschema@.homer_memories (id)
    WHERE homer.lacks_moment(category, is_active, metadata);
