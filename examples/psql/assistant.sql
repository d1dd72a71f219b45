-- What an assistant does with homer, by hand: psql -v user=maria -v asked='Where do our orders go?' -f assistant.sql
\set ON_ERROR_STOP 1
\pset format unaligned
\pset tuples_only on

SELECT outcome
  FROM homer_remember(user_id => :'user', category => 'decision', subject => 'Supplier',
                      content => 'Orders go to Lindt & Sons from now on.', importance => 9,
                      expires_at => '2999-12-31 23:30+00', tags => '{supplier}', metadata => '{"from": "e-mail"}');

-- A timestamp in homer's tables is UTC: AT TIME ZONE gives it to the session's own clock.
SELECT content, tags, metadata, expires_at AT TIME ZONE 'UTC' AS until
  FROM homer_relevant_memories(user_id => :'user', "limit" => 5, query => :'asked');
