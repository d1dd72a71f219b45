-- A week of an assistant at Linden Cycles, a bicycle shop with a workshop and a café corner: Maria owns it, Devon runs
-- the workshop and the floor. The story is told on its Sunday.

\set ON_ERROR_STOP on
\pset footer off
\pset null ''

CREATE DATABASE linden;
\c linden
SET client_min_messages = warning;
CREATE EXTENSION homer;

\echo
\echo '== The past: memories of two users and of everyone, read from demo/memories.csv'
CREATE TEMPORARY TABLE told (
    user_id text, category text, subject text, content text, importance integer, days_ago integer, said_at time,
    expires_in_days integer, tags text, conversation_id text, message_id text
);
\copy told FROM 'demo/memories.csv' WITH (FORMAT csv, HEADER)

-- Moved in as rows, with the moments they were said at; what is said from now on goes through homer_remember.
INSERT INTO homer_memories (user_id, category, subject, content, importance, expires_at, tags,
                            source_conversation_id, source_message_id, created_at, updated_at)
SELECT user_id, category, subject, content, importance, midnight + make_interval(days => expires_in_days),
       COALESCE(to_jsonb(string_to_array(tags, ';')), '[]'), conversation_id, message_id, said, said
  FROM told,
       LATERAL (SELECT now() AT TIME ZONE 'UTC' AS utc, date_trunc('day', now() AT TIME ZONE 'UTC') AS midnight) AS clock,
       LATERAL (SELECT least(midnight - make_interval(days => days_ago) + said_at, utc) AS said) AS moment;

SELECT COALESCE(user_id, 'everyone') AS whose, count(*) AS memories,
       count(*) FILTER (WHERE expires_at <= now() AT TIME ZONE 'UTC') AS expired,
       count(*) FILTER (WHERE category = 'fact') AS facts,
       count(*) FILTER (WHERE category = 'preference') AS preferences,
       count(*) FILTER (WHERE category = 'decision') AS decisions,
       count(*) FILTER (WHERE category = 'reminder') AS reminders,
       count(*) FILTER (WHERE category = 'context') AS contexts
  FROM homer_memories GROUP BY user_id ORDER BY user_id NULLS FIRST;

\echo '== Today: who they are, by homer_upsert_profile, and one interaction each, by homer_touch_profile'
SELECT display_name, role, communication_style, timezone
  FROM homer_upsert_profile('maria', 'Maria Lindgren', 'owner-manager',
       '{"preferred_name": "Maria", "communication_style": "brief", "focus_areas": ["lease", "hiring", "cash flow"]}');
SELECT display_name, role, communication_style, timezone
  FROM homer_upsert_profile('devon', 'Devon Okafor', 'operations manager',
       '{"communication_style": "casual", "focus_areas": ["workshop", "recall"], "working_hours": "Tue-Sun 9:30-18:00"}');
SELECT display_name, total_interactions, last_interaction FROM homer_touch_profile('maria');
SELECT display_name, total_interactions, last_interaction FROM homer_touch_profile('devon');

\echo '== Today: two things are learned, by homer_remember, and one is taken back, by homer_forget'
SELECT * FROM homer_remember('maria', 'decision', 'Landlord''s answer', 'Pruitt accepts $4,550 if the new drain is in by August; she signs on Thursday.', 9,
                             tags => '{lease}', source_conversation_id => 'maria-sun-1', source_message_id => 'm42');
SELECT * FROM homer_remember('devon', 'reminder', 'Lock on the demo rack', 'The demo rack''s lock sticks; oil it before opening on Tuesday.', 6,
                             expires_at => now() + interval '3 days', tags => '{workshop}');
SELECT homer_forget(id) AS forgotten, subject, content FROM homer_memories WHERE subject = 'Counter-offer to Pruitt';

\echo '== A call that cannot be right is refused, with a hint, and changes nothing'
\set ON_ERROR_STOP off
SELECT homer_remember('maria', 'fact', 'Lease', 'Ends in May.', importance => 11);
\set ON_ERROR_STOP on

\echo
\pset tuples_only on
\timing on
\echo '== What the assistant should know before it answers Maria: homer_relevant_memories(''maria'', 12)'
SELECT to_char(relevance, '90.00') AS relevance, category, COALESCE(user_id, 'everyone') AS whose, subject || ': ' || content
  FROM homer_relevant_memories('maria', 12);
\echo '== What it should know before it answers Devon: homer_relevant_memories(''devon'', 12)'
SELECT to_char(relevance, '90.00') AS relevance, category, COALESCE(user_id, 'everyone') AS whose, subject || ': ' || content
  FROM homer_relevant_memories('devon', 12);
\echo '== What answers Maria''s question: homer_relevant_memories(''maria'', 4, ''What did Pruitt say about the rent, and when do I sign?'')'
SELECT to_char(relevance, '90.00') AS relevance, category, COALESCE(user_id, 'everyone') AS whose, subject || ': ' || content
  FROM homer_relevant_memories('maria', 4, 'What did Pruitt say about the rent, and when do I sign?');
\echo '== What answers Devon''s: homer_relevant_memories(''devon'', 4, ''Which customers of the BT500 recall are still missing?'')'
SELECT to_char(relevance, '90.00') AS relevance, category, COALESCE(user_id, 'everyone') AS whose, subject || ': ' || content
  FROM homer_relevant_memories('devon', 4, 'Which customers of the BT500 recall are still missing?');
\echo '== What it knows for somebody it never heard of: homer_relevant_memories(''sam'', 5)'
SELECT to_char(relevance, '90.00') AS relevance, category, COALESCE(user_id, 'everyone') AS whose, subject || ': ' || content
  FROM homer_relevant_memories('sam', 5);

\timing off
\pset tuples_only off
\echo '== Files: the lease is registered, shared with Devon, and linked to the message that carried it'
SELECT homer_register_file('maria', 'lease-2026.pdf', 'application/pdf', 48213, 'files/lease-2026.pdf', description => 'Pruitt''s proposal for the lease',
                           extracted_text => 'Three years from October, 4,800 dollars a month, a deposit of two months.') AS lease \gset
SELECT homer_register_file('devon', 'bt500-recall.txt', 'text/plain', 912, 'files/bt500-recall.txt', description => 'Serial numbers of the BT500 recall') AS recall \gset
SELECT original_name, shared_with FROM homer_share_file(:'lease', '{devon}');
SELECT homer_link_file(:'lease', 'maria-sun-1', 'm41', 'inbound') AS link, homer_link_file(:'lease', 'maria-sun-1', 'm41', 'inbound') AS the_same_again;
SELECT original_name, message_id, direction FROM homer_conversation_files('maria-sun-1', 'devon');
SELECT homer_can_read_file('devon', :'lease') AS devon_reads_the_lease, homer_can_read_file('maria', :'recall') AS maria_reads_the_recall;
\echo '== What Devon finds: homer_accessible_files(''devon'', query => ''How much is the deposit?'')'
SELECT original_name, round(relevance::numeric, 2) AS relevance FROM homer_accessible_files('devon', query => 'How much is the deposit?');

\echo '== A reminder that is due already, by homer_remind'
SELECT homer_remind('maria', 'Pruitt', 'Tell him when she signs.', now() - interval '1 hour') AS reminder;

\pset tuples_only on
\pset format unaligned
\echo '== What goes into the prompt: homer_context(''maria'', ''What did Pruitt say about the rent?'', 700, ''maria-sun-1'')'
SELECT homer_context('maria', 'What did Pruitt say about the rent?', 700, 'maria-sun-1');

\echo
\echo '== The model''s own hands: homer_tools(''openai'') offers it these'
SELECT string_agg(tool ->> 'name', ', ') FROM jsonb_array_elements(homer_tools('openai')) AS tool;
\echo
\echo '== One turn of it. Maria: "I sign at ten, by the way." The model calls recall, then remember with what it got wrong, then rightly'
SELECT homer_call_tool('maria', 'recall', '{"query": "When does she sign the lease?", "limit": "2"}', 'maria-sun-1') ->> 'text';
SELECT homer_call_tool('maria', 'remember', '{"content": "Signs the lease on Thursday at ten.", "importance": "very high"}', 'maria-sun-1') ->> 'text';
SELECT homer_call_tool('maria', 'remember', '{"content": "Signs the lease on Thursday at ten.", "importance": 8}', 'maria-sun-1', 'm44') ->> 'text';
\pset format aligned
\pset tuples_only off

\echo
\echo '== Devon leaves: all that is known of him as one document, and then gone from every table'
SELECT jsonb_typeof(document -> 'homer_memories') AS memories_are_an, jsonb_array_length(document -> 'homer_memories') AS of_length,
       document ->> 'version' AS version FROM homer_export_user('devon') AS document;
SELECT homer_erase_user('devon') AS erased;
SELECT count(*) AS left_of_devon FROM homer_memories WHERE user_id = 'devon';

\echo '== One row for a dashboard: homer_stats()'
\x on
SELECT * FROM homer_stats();
\x off
