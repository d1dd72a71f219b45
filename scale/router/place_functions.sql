-- What the router calls at the places: homer's public functions, each at one place, and functions of homer_place, which scale/node.sql
-- makes at each place, at several places at once.

SELECT homer_router.make_functions_at_places();

SELECT homer_router.make_helper('place', '{}', '{answer}', '{integer}');
SELECT homer_router.make_helper('state', '{}', '{answer}', '{jsonb}');
SELECT homer_router.make_helper('wait_for_places', '{}', '{answer}', '{integer[]}');

SELECT homer_router.make_helper_like('due', '{integer}', 'homer_local.homer_due_reminders', '{}', '{}');
SELECT homer_router.make_helper_like('claim', '{integer}', 'homer_local.homer_claim_reminders', '{}', '{}');
SELECT homer_router.make_helper_like('stats', '{}', 'homer_local.homer_stats', '{}', '{}');
SELECT homer_router.make_helper_like('unembedded', '{integer}', 'homer_local.homer_unembedded_memories', '{created_at}', '{timestamp}');
SELECT homer_router.make_helper('expired', '{integer}', '{place,expired_at}', '{integer,timestamp}');
SELECT homer_router.make_helper('expire', '{integer}', '{answer}', '{integer}');

SELECT homer_router.make_helper_like('files_of_conversation', '{text}', 'homer_local.homer_conversation_files',
                                     '{linked_at,link_id}', '{timestamp,integer}');
SELECT homer_router.make_helper('home_of', '{text[]}', '{answer}', '{integer}');
SELECT homer_router.make_helper('file_to_copy', '{text,boolean}', '{answer}', '{jsonb}');
SELECT homer_router.make_helper('take_copy', '{jsonb}', '{answer}', '{integer}');
SELECT homer_router.make_helper('can_read_here', '{text,text}', '{answer}', '{boolean}');
SELECT homer_router.make_helper('drop_copy', '{text}', '{answer}', '{boolean}');

SELECT homer_router.make_helper('erase', '{text}', '{answer}', '{jsonb}');
SELECT homer_router.make_helper('check_memories', '{jsonb}', '{answer}', '{boolean}');
SELECT homer_router.make_helper('links_made_by', '{text}', '{answer}', '{jsonb}');
SELECT homer_router.make_helper('import_links', '{text,jsonb}', '{place,file_id}', '{integer,text}');
