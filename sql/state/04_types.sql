-- The types that public functions give, and those in which homer hands rows on. A row of a type is written out in full, so that an
-- application's own columns break nothing.

CREATE TYPE @extschema@.homer_relevant_memory AS (
    id integer,
    user_id text,
    category text,
    subject text,
    content text,
    importance integer,
    expires_at timestamp,
    source_conversation_id text,
    source_message_id text,
    tags jsonb,
    metadata jsonb,
    is_active boolean,
    created_at timestamp,
    updated_at timestamp,
    relevance double precision
);
COMMENT ON TYPE @extschema@.homer_relevant_memory IS 'A row of homer_memories and how relevant it is, higher being better.';

CREATE TYPE @extschema@.homer_relevance_part AS (
    part text,
    word text,
    times integer,
    lent_by integer,
    amount double precision,
    counts double precision
);
COMMENT ON TYPE @extschema@.homer_relevance_part IS
'What a part of a memory''s relevance is and counts: a word of the question, its vector, its importance, its age, the factor that both make, or the total.';
COMMENT ON COLUMN @extschema@.homer_relevance_part.part IS 'word, cosine, importance, age, factor or total.';
COMMENT ON COLUMN @extschema@.homer_relevance_part.word IS 'The word of the question, as it is searched for.';
COMMENT ON COLUMN @extschema@.homer_relevance_part.times IS 'How often it occurs: 1, or 2 for more.';
COMMENT ON COLUMN @extschema@.homer_relevance_part.lent_by IS 'The memory beside this one that holds the word, where this one does not.';
COMMENT ON COLUMN @extschema@.homer_relevance_part.amount IS
'The weight of the word, the cosine, the importance, the age in days, or the factor.';
COMMENT ON COLUMN @extschema@.homer_relevance_part.counts IS 'What the part adds to the total; the age takes away. Null for the factor, whose part is that of importance and age.';

CREATE TYPE @extschema@.homer_refusal AS (
    id integer,
    user_id text,
    content text,
    memory_id integer,
    refused_at timestamp
);
COMMENT ON TYPE @extschema@.homer_refusal IS 'What a user has refused to have remembered, in the form that all its spellings share.';

CREATE TYPE @extschema@.homer_memory_version AS (
    id integer,
    user_id text,
    category text,
    subject text,
    content text,
    importance integer,
    expires_at timestamp,
    source_conversation_id text,
    source_message_id text,
    tags jsonb,
    metadata jsonb,
    is_active boolean,
    created_at timestamp,
    updated_at timestamp,
    outcome text,
    ended_at timestamp,
    supersedes integer,
    superseded_by integer
);
COMMENT ON TYPE @extschema@.homer_memory_version IS
'A row of homer_memories, and what became of it: current, superseded, rejected, expired or forgotten, and since when.';

CREATE TYPE @extschema@.homer_acting_role AS (role text, kind text, reason text, user_id text, warnings text[]);
COMMENT ON TYPE @extschema@.homer_acting_role IS
'A role, its kind (service, service_of_users, confined, own_user, proven_user or none), what makes it so, the user that a confined one acts for, and what lets it past row security.';

CREATE TYPE @extschema@.homer_due_reminder AS (
    id integer,
    user_id text,
    category text,
    subject text,
    content text,
    importance integer,
    expires_at timestamp,
    source_conversation_id text,
    source_message_id text,
    tags jsonb,
    metadata jsonb,
    is_active boolean,
    created_at timestamp,
    updated_at timestamp,
    due_at timestamptz
);
COMMENT ON TYPE @extschema@.homer_due_reminder IS 'A row of homer_memories and the moment it falls due.';

CREATE TYPE @extschema@.homer_listed_memory AS (
    id integer,
    user_id text,
    category text,
    subject text,
    content text,
    importance integer,
    expires_at timestamp,
    source_conversation_id text,
    source_message_id text,
    tags jsonb,
    metadata jsonb,
    is_active boolean,
    created_at timestamp,
    updated_at timestamp
);
COMMENT ON TYPE @extschema@.homer_listed_memory IS 'A row of homer_memories.';

CREATE TYPE homer.memory_input AS (
    user_id text,
    category text,
    subject text,
    content text,
    importance integer,
    expires_at timestamptz,
    tags jsonb,
    metadata jsonb,
    source_conversation_id text,
    source_message_id text,
    supersedes integer,
    embedding double precision[],
    statement text,
    exact text,
    due timestamp,
    said_at timestamptz
);
COMMENT ON TYPE homer.memory_input IS
'A memory to be stored: the parameters of homer_remember, of what it says the normal form, the exact tokens and the moment it falls due, and when it was said.';

CREATE TYPE @extschema@.homer_accessible_file AS (
    id integer,
    file_id text,
    uploaded_by text,
    original_name text,
    mime_type text,
    file_size integer,
    storage_path text,
    storage_type text,
    description text,
    tags jsonb,
    is_shared boolean,
    shared_with jsonb,
    created_at timestamp,
    updated_at timestamp,
    relevance double precision
);
COMMENT ON TYPE @extschema@.homer_accessible_file IS 'A row of homer_files without its text, and how relevant it is, higher being better.';

CREATE TYPE @extschema@.homer_conversation_file AS (
    id integer,
    file_id text,
    uploaded_by text,
    original_name text,
    mime_type text,
    file_size integer,
    storage_path text,
    storage_type text,
    description text,
    extracted_text text,
    tags jsonb,
    is_shared boolean,
    shared_with jsonb,
    created_at timestamp,
    updated_at timestamp,
    message_id text,
    direction text,
    context text
);
COMMENT ON TYPE @extschema@.homer_conversation_file IS 'A row of homer_files, and the message that carried the file.';

CREATE TYPE homer.context_entry AS (section integer, place bigint, line text, data jsonb);
COMMENT ON TYPE homer.context_entry IS 'A line of the block for the model''s prompt, and the same as data where that is asked for.';

CREATE TYPE homer.import_count AS (added bigint, present bigint);
COMMENT ON TYPE homer.import_count IS 'How many rows of a document were added, and how many were there already.';

CREATE TYPE @extschema@.homer_stat AS (
    memories bigint,
    memories_active bigint,
    memories_expired_waiting bigint,
    memories_retired bigint,
    memories_of_everyone bigint,
    users bigint,
    profiles bigint,
    reminders_due bigint,
    files bigint,
    files_published bigint,
    file_links bigint,
    table_bytes bigint,
    index_bytes bigint,
    indexes_missing text[],
    session_timezone text,
    session_is_utc boolean,
    reminders_without_moment bigint,
    columns_added text[],
    grants_unwanted text[],
    estimated text[]
);
COMMENT ON TYPE @extschema@.homer_stat IS
'What homer keeps: memories by state (active, expired and waiting to be retired, retired), users named anywhere, files, bytes, the indexes that are missing or invalid, whether now() is UTC in this session, the reminders that name a moment which cannot be read, or are claimed at one that cannot, and so never fall due, the columns that an application has added to the four tables, the grants that no kind of role needs, and the names of those columns here that are estimates. Bytes, indexes, columns and grants are always exact; a count is an estimate where its table has more than 200 pages, but for memories_expired_waiting, memories_of_everyone, reminders_due and reminders_without_moment up to 10,000 and users up to 1,000.';
