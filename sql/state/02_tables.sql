-- The four tables. Columns, types, nullability, defaults and index names are a contract with other people's code.
-- A timestamp without time zone is UTC throughout.
--
-- Every text is bounded, because what one user stores is read, cut and shown for others. A null passes a CHECK. One constraint a
-- table holds all bounds: PostgreSQL parses each constraint anew for every statement that writes.
--
-- No statistics are kept of what users wrote: pg_stats would show it, to whoever sees all rows, until the next ANALYZE, and for good
-- where a table became empty, after its row was erased. homer's statements are planned without.

CREATE FUNCTION homer.is_array_of_strings(value jsonb) RETURNS boolean
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    -- Strict mode, because the lax one would look for the strings of ["a", ["b"]] inside the inner array; silent, so
    -- that a value that is no array is false and not an error.
    RETURN pg_catalog.jsonb_typeof(value) = 'array'
       AND NOT pg_catalog.jsonb_path_exists(value, 'strict $[*] ? (@.type() <> "string")', '{}', true);
COMMENT ON FUNCTION homer.is_array_of_strings(jsonb) IS 'Whether a JSON value is an array that holds strings only; null for null.';

CREATE TABLE @extschema@.homer_user_profiles (
    id serial PRIMARY KEY,
    user_id text NOT NULL,
    display_name text NOT NULL,
    preferred_name text,
    role text NOT NULL,
    title text,
    communication_style text DEFAULT 'professional',
    preferred_greeting text,
    wants_detailed_analysis boolean DEFAULT true,
    wants_proactive_insights boolean DEFAULT true,
    focus_areas jsonb DEFAULT '[]',
    responsibilities text,
    working_hours text,
    timezone text DEFAULT 'America/Chicago',
    last_interaction timestamp,
    total_interactions integer DEFAULT 0,
    created_at timestamp DEFAULT pg_catalog.now(),
    updated_at timestamp DEFAULT pg_catalog.now(),
    CONSTRAINT homer_user_profiles_user_id_unique UNIQUE (user_id),
    CONSTRAINT homer_user_profiles_user_id_is_not_empty CHECK (pg_catalog.btrim(user_id) <> ''),
    CONSTRAINT homer_user_profiles_communication_style_is_known
        CHECK (communication_style IN ('professional', 'casual', 'brief')),
    CONSTRAINT homer_user_profiles_focus_areas_are_strings CHECK (homer.is_array_of_strings(focus_areas)),
    CONSTRAINT homer_user_profiles_total_interactions_is_not_negative CHECK (total_interactions >= 0),
    CONSTRAINT homer_user_profiles_texts_are_bounded CHECK (
        pg_catalog.octet_length(user_id) <= 1000 AND pg_catalog.octet_length(display_name) <= 1024
        AND pg_catalog.octet_length(role) <= 1024 AND pg_catalog.octet_length(preferred_name) <= 65536
        AND pg_catalog.octet_length(title) <= 65536 AND pg_catalog.octet_length(preferred_greeting) <= 65536
        AND pg_catalog.octet_length(responsibilities) <= 65536 AND pg_catalog.octet_length(working_hours) <= 65536
        AND pg_catalog.octet_length(timezone) <= 1024 AND pg_catalog.octet_length(focus_areas::text) <= 65536)
)
-- A profile is updated at every interaction. A fifth of each page stays free for the new version of a row, so that the
-- update is a HOT one, which touches no index.
WITH (fillfactor = 80);
ALTER TABLE @extschema@.homer_user_profiles
    ALTER COLUMN user_id SET STATISTICS 0, ALTER COLUMN display_name SET STATISTICS 0, ALTER COLUMN preferred_name SET STATISTICS 0,
    ALTER COLUMN role SET STATISTICS 0, ALTER COLUMN title SET STATISTICS 0, ALTER COLUMN communication_style SET STATISTICS 0,
    ALTER COLUMN preferred_greeting SET STATISTICS 0, ALTER COLUMN focus_areas SET STATISTICS 0,
    ALTER COLUMN responsibilities SET STATISTICS 0, ALTER COLUMN working_hours SET STATISTICS 0, ALTER COLUMN timezone SET STATISTICS 0;

COMMENT ON TABLE @extschema@.homer_user_profiles IS 'Who a user is and how they like to be talked to: one row a user, none needed to keep memories.';
COMMENT ON COLUMN @extschema@.homer_user_profiles.id IS 'A number of the row''s own.';
COMMENT ON COLUMN @extschema@.homer_user_profiles.user_id IS 'The name by which the application knows the user.';
COMMENT ON COLUMN @extschema@.homer_user_profiles.display_name IS 'The user''s full name.';
COMMENT ON COLUMN @extschema@.homer_user_profiles.preferred_name IS 'What the user likes to be called.';
COMMENT ON COLUMN @extschema@.homer_user_profiles.role IS 'What the user does, such as owner or operations manager.';
COMMENT ON COLUMN @extschema@.homer_user_profiles.title IS 'The user''s title.';
COMMENT ON COLUMN @extschema@.homer_user_profiles.communication_style IS 'professional, casual or brief.';
COMMENT ON COLUMN @extschema@.homer_user_profiles.preferred_greeting IS 'How the user likes to be greeted.';
COMMENT ON COLUMN @extschema@.homer_user_profiles.wants_detailed_analysis IS 'Whether the user wants to read how an answer came about.';
COMMENT ON COLUMN @extschema@.homer_user_profiles.wants_proactive_insights IS 'Whether the user wants to be told what they did not ask for.';
COMMENT ON COLUMN @extschema@.homer_user_profiles.focus_areas IS 'What the user cares about now: an array of strings.';
COMMENT ON COLUMN @extschema@.homer_user_profiles.responsibilities IS 'What the user answers for.';
COMMENT ON COLUMN @extschema@.homer_user_profiles.working_hours IS 'When the user works, in their own words.';
COMMENT ON COLUMN @extschema@.homer_user_profiles.timezone IS 'The timezone the user lives in, as pg_timezone_names lists it.';
COMMENT ON COLUMN @extschema@.homer_user_profiles.last_interaction IS 'When the user was last heard from, in UTC.';
COMMENT ON COLUMN @extschema@.homer_user_profiles.total_interactions IS 'How often homer_touch_profile was called for the user.';
COMMENT ON COLUMN @extschema@.homer_user_profiles.created_at IS 'When the profile was made, in UTC.';
COMMENT ON COLUMN @extschema@.homer_user_profiles.updated_at IS 'When the profile was last changed, in UTC. An interaction is no change.';

CREATE TABLE @extschema@.homer_memories (
    id serial PRIMARY KEY,
    user_id text,
    category text NOT NULL,
    subject text NOT NULL,
    content text NOT NULL,
    importance integer DEFAULT 5,
    expires_at timestamp,
    source_conversation_id text,
    source_message_id text,
    tags jsonb DEFAULT '[]',
    metadata jsonb DEFAULT '{}',
    is_active boolean DEFAULT true,
    created_at timestamp DEFAULT pg_catalog.now(),
    updated_at timestamp DEFAULT pg_catalog.now(),
    CONSTRAINT homer_memories_user_id_is_not_empty CHECK (pg_catalog.btrim(user_id) <> ''),
    CONSTRAINT homer_memories_category_is_not_empty CHECK (pg_catalog.btrim(category) <> ''),
    CONSTRAINT homer_memories_importance_is_1_to_10 CHECK (importance BETWEEN 1 AND 10),
    CONSTRAINT homer_memories_tags_are_strings CHECK (homer.is_array_of_strings(tags)),
    CONSTRAINT homer_memories_metadata_is_an_object CHECK (pg_catalog.jsonb_typeof(metadata) = 'object'),
    -- A memory from an infinite future would outrank every other for ever.
    CONSTRAINT homer_memories_created_at_is_finite CHECK (pg_catalog.isfinite(created_at)),
    CONSTRAINT homer_memories_updated_at_is_finite CHECK (pg_catalog.isfinite(updated_at)),
    CONSTRAINT homer_memories_texts_are_bounded CHECK (
        pg_catalog.octet_length(user_id) <= 1000 AND pg_catalog.octet_length(category) <= 1000
        AND pg_catalog.octet_length(subject) <= 10240 AND pg_catalog.octet_length(content) <= 1048576
        AND pg_catalog.octet_length(source_conversation_id) <= 1000 AND pg_catalog.octet_length(source_message_id) <= 1000
        AND pg_catalog.octet_length(tags::text) <= 65536
        -- Without the moments that homer itself writes there: one reminder that is full must not keep a worker from claiming others.
        AND pg_catalog.octet_length((metadata - '{due_at,claimed_at}'::text[])::text) <= 65536
        AND pg_catalog.octet_length(metadata ->> 'due_at'::text) <= 1000
        AND pg_catalog.octet_length(metadata ->> 'claimed_at'::text) <= 1000)
);
ALTER TABLE @extschema@.homer_memories
    ALTER COLUMN user_id SET STATISTICS 0, ALTER COLUMN category SET STATISTICS 0, ALTER COLUMN subject SET STATISTICS 0,
    ALTER COLUMN content SET STATISTICS 0, ALTER COLUMN source_conversation_id SET STATISTICS 0,
    ALTER COLUMN source_message_id SET STATISTICS 0, ALTER COLUMN tags SET STATISTICS 0, ALTER COLUMN metadata SET STATISTICS 0;
CREATE INDEX homer_memories_user_id_idx ON @extschema@.homer_memories (user_id);
CREATE INDEX homer_memories_category_idx ON @extschema@.homer_memories (category);
CREATE INDEX homer_memories_importance_idx ON @extschema@.homer_memories (importance);

COMMENT ON TABLE @extschema@.homer_memories IS 'What the assistant has learned: one statement a row, of one user or of everyone.';
COMMENT ON COLUMN @extschema@.homer_memories.id IS 'The memory''s number, by which homer''s functions name it.';
COMMENT ON COLUMN @extschema@.homer_memories.user_id IS 'Whose memory it is; null is a global one, which every user sees.';
COMMENT ON COLUMN @extschema@.homer_memories.category IS 'fact, preference, decision, reminder, context, rule or any other word; it sets how fast the memory fades. A rule never does.';
COMMENT ON COLUMN @extschema@.homer_memories.subject IS 'What the memory is about, in a few words.';
COMMENT ON COLUMN @extschema@.homer_memories.content IS 'What is remembered.';
COMMENT ON COLUMN @extschema@.homer_memories.importance IS '1 (trivial) to 10 (vital); null counts as 5.';
COMMENT ON COLUMN @extschema@.homer_memories.expires_at IS 'From when on the memory is no longer true, in UTC; null is never.';
COMMENT ON COLUMN @extschema@.homer_memories.source_conversation_id IS 'The conversation that the memory was learned in.';
COMMENT ON COLUMN @extschema@.homer_memories.source_message_id IS 'The message that the memory was learned from.';
COMMENT ON COLUMN @extschema@.homer_memories.tags IS 'Words to find the memory by: an array of strings.';
COMMENT ON COLUMN @extschema@.homer_memories.metadata IS 'What the application wants to keep with the memory: an object.';
COMMENT ON COLUMN @extschema@.homer_memories.is_active IS 'False for a memory that was retired; null counts as true.';
COMMENT ON COLUMN @extschema@.homer_memories.created_at IS 'When the memory was first stored, in UTC.';
COMMENT ON COLUMN @extschema@.homer_memories.updated_at IS 'When the memory was last changed, in UTC; relevance fades from this moment on.';

CREATE TABLE @extschema@.homer_files (
    id serial PRIMARY KEY,
    file_id text NOT NULL,
    uploaded_by text NOT NULL,
    original_name text NOT NULL,
    mime_type text NOT NULL,
    file_size integer NOT NULL,
    storage_path text NOT NULL,
    storage_type text DEFAULT 'local',
    description text,
    extracted_text text,
    tags jsonb DEFAULT '[]',
    is_shared boolean DEFAULT false,
    shared_with jsonb DEFAULT '[]',
    created_at timestamp DEFAULT pg_catalog.now(),
    updated_at timestamp DEFAULT pg_catalog.now(),
    CONSTRAINT homer_files_file_id_unique UNIQUE (file_id),
    CONSTRAINT homer_files_file_size_is_not_negative CHECK (file_size >= 0),
    CONSTRAINT homer_files_storage_type_is_known CHECK (storage_type IN ('local', 's3')),
    CONSTRAINT homer_files_tags_are_strings CHECK (homer.is_array_of_strings(tags)),
    CONSTRAINT homer_files_shared_with_are_strings CHECK (homer.is_array_of_strings(shared_with)),
    -- A path may be as long as Linux allows; the text of a file may be as long as a large book is, a hundred times over.
    CONSTRAINT homer_files_texts_are_bounded CHECK (
        pg_catalog.octet_length(file_id) <= 1000 AND pg_catalog.octet_length(uploaded_by) <= 1000
        AND pg_catalog.octet_length(original_name) <= 1024 AND pg_catalog.octet_length(mime_type) <= 1024
        AND pg_catalog.octet_length(storage_path) <= 4096 AND pg_catalog.octet_length(description) <= 10240
        AND pg_catalog.octet_length(extracted_text) <= 67108864
        AND pg_catalog.octet_length(tags::text) <= 65536 AND pg_catalog.octet_length(shared_with::text) <= 1048576
        AND CASE WHEN pg_catalog.jsonb_typeof(shared_with) = 'array' THEN pg_catalog.jsonb_array_length(shared_with) <= 1000 END)
);
ALTER TABLE @extschema@.homer_files
    ALTER COLUMN file_id SET STATISTICS 0, ALTER COLUMN uploaded_by SET STATISTICS 0, ALTER COLUMN original_name SET STATISTICS 0,
    ALTER COLUMN mime_type SET STATISTICS 0, ALTER COLUMN storage_path SET STATISTICS 0, ALTER COLUMN storage_type SET STATISTICS 0,
    ALTER COLUMN description SET STATISTICS 0, ALTER COLUMN extracted_text SET STATISTICS 0, ALTER COLUMN tags SET STATISTICS 0,
    ALTER COLUMN shared_with SET STATISTICS 0;
CREATE INDEX homer_files_uploaded_by_idx ON @extschema@.homer_files (uploaded_by);
CREATE INDEX homer_files_file_id_idx ON @extschema@.homer_files (file_id);

COMMENT ON TABLE @extschema@.homer_files IS 'What is known of each file; the bytes lie elsewhere.';
COMMENT ON COLUMN @extschema@.homer_files.id IS 'A number of the row''s own.';
COMMENT ON COLUMN @extschema@.homer_files.file_id IS 'The file''s UUID.';
COMMENT ON COLUMN @extschema@.homer_files.uploaded_by IS 'The user who owns the file.';
COMMENT ON COLUMN @extschema@.homer_files.original_name IS 'The name the file had when it was uploaded.';
COMMENT ON COLUMN @extschema@.homer_files.mime_type IS 'The file''s media type, such as application/pdf.';
COMMENT ON COLUMN @extschema@.homer_files.file_size IS 'The file''s size in bytes.';
COMMENT ON COLUMN @extschema@.homer_files.storage_path IS 'Where the bytes lie.';
COMMENT ON COLUMN @extschema@.homer_files.storage_type IS 'local or s3.';
COMMENT ON COLUMN @extschema@.homer_files.description IS 'What the file is, in words.';
COMMENT ON COLUMN @extschema@.homer_files.extracted_text IS 'The text that the file holds.';
COMMENT ON COLUMN @extschema@.homer_files.tags IS 'Words to find the file by: an array of strings.';
COMMENT ON COLUMN @extschema@.homer_files.is_shared IS 'Whether every user may see the file.';
COMMENT ON COLUMN @extschema@.homer_files.shared_with IS 'The users who may see the file besides its owner: an array of user ids.';
COMMENT ON COLUMN @extschema@.homer_files.created_at IS 'When the record was made, in UTC.';
COMMENT ON COLUMN @extschema@.homer_files.updated_at IS 'When the record was last changed, in UTC.';

CREATE TABLE @extschema@.homer_file_messages (
    id serial PRIMARY KEY,
    file_id text NOT NULL,
    conversation_id text NOT NULL,
    message_id text NOT NULL,
    direction text NOT NULL,
    context text,
    created_at timestamp DEFAULT pg_catalog.now(),
    CONSTRAINT homer_file_messages_file_id_is_a_file
        FOREIGN KEY (file_id) REFERENCES @extschema@.homer_files (file_id) ON DELETE CASCADE,
    CONSTRAINT homer_file_messages_direction_is_known CHECK (direction IN ('inbound', 'outbound')),
    CONSTRAINT homer_file_messages_texts_are_bounded CHECK (
        pg_catalog.octet_length(conversation_id) <= 1000 AND pg_catalog.octet_length(message_id) <= 1000
        AND pg_catalog.octet_length(context) <= 10240)
);
ALTER TABLE @extschema@.homer_file_messages
    ALTER COLUMN file_id SET STATISTICS 0, ALTER COLUMN conversation_id SET STATISTICS 0, ALTER COLUMN message_id SET STATISTICS 0,
    ALTER COLUMN direction SET STATISTICS 0, ALTER COLUMN context SET STATISTICS 0;
CREATE INDEX homer_file_messages_file_id_idx ON @extschema@.homer_file_messages (file_id);
CREATE INDEX homer_file_messages_conversation_id_idx ON @extschema@.homer_file_messages (conversation_id);

COMMENT ON TABLE @extschema@.homer_file_messages IS 'Which message carried which file.';
COMMENT ON COLUMN @extschema@.homer_file_messages.id IS 'A number of the row''s own.';
COMMENT ON COLUMN @extschema@.homer_file_messages.file_id IS 'The file; its links go when it goes.';
COMMENT ON COLUMN @extschema@.homer_file_messages.conversation_id IS 'The conversation that the message belongs to.';
COMMENT ON COLUMN @extschema@.homer_file_messages.message_id IS 'The message that carried the file.';
COMMENT ON COLUMN @extschema@.homer_file_messages.direction IS 'inbound: the user sent it; outbound: the assistant sent it.';
COMMENT ON COLUMN @extschema@.homer_file_messages.context IS 'What was said about the file there.';
COMMENT ON COLUMN @extschema@.homer_file_messages.created_at IS 'When the link was made, in UTC.';

-- pg_dump leaves out the rows of an extension's tables, and the counts of its sequences, unless each is named here.
SELECT pg_catalog.pg_extension_config_dump('@extschema@.homer_user_profiles', '');
SELECT pg_catalog.pg_extension_config_dump('@extschema@.homer_user_profiles_id_seq', '');
SELECT pg_catalog.pg_extension_config_dump('@extschema@.homer_memories', '');
SELECT pg_catalog.pg_extension_config_dump('@extschema@.homer_memories_id_seq', '');
SELECT pg_catalog.pg_extension_config_dump('@extschema@.homer_files', '');
SELECT pg_catalog.pg_extension_config_dump('@extschema@.homer_files_id_seq', '');
SELECT pg_catalog.pg_extension_config_dump('@extschema@.homer_file_messages', '');
SELECT pg_catalog.pg_extension_config_dump('@extschema@.homer_file_messages_id_seq', '');

CREATE FUNCTION homer.utc_now() RETURNS timestamp
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN pg_catalog.timezone('UTC', pg_catalog.now());
COMMENT ON FUNCTION homer.utc_now() IS 'The start of the transaction as the tables hold moments: UTC, whatever the session''s TimeZone.';
