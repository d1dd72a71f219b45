-- The indexes of files: sql/code/files.sql and sql/code/file_search.sql read them.

-- The files of each of the three ways to see one: in their order for the owner and for everyone, and by the user that
-- they are shared with, of which there may be many a file, so that no index holds these in their order.
CREATE INDEX homer_files_owner_idx ON @extschema@.homer_files (uploaded_by, homer.moment_of_file(created_at), id);
CREATE INDEX homer_files_public_idx ON @extschema@.homer_files (homer.moment_of_file(created_at), id) WHERE is_shared;
CREATE INDEX homer_files_shared_with_idx ON @extschema@.homer_files USING gin (homer.keys_of_users(shared_with) homer.keys_ops)
    WITH (fastupdate = off)
    WHERE shared_with <> '[]';

-- The one thing that a file and a message share is one link.
CREATE UNIQUE INDEX homer_file_messages_link_unique
    ON @extschema@.homer_file_messages (file_id, conversation_id, message_id, direction);

-- Of a long text the first 200,000 characters, some 80 pages: storing it takes a tenth of a second then. substr takes a
-- compressed text apart no further than that.
CREATE INDEX homer_files_search_idx ON @extschema@.homer_files
    USING gin (homer.file_keys(uploaded_by, is_shared, original_name, description, tags,
                               homer.substr(extracted_text, 1, 200000)) homer.keys_ops)
    -- As homer_memories_search_idx.
    WITH (fastupdate = off);
