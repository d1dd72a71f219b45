-- From homer 0.1.0 to 0.2.0: made by scripts/upgrade-script, not by hand.

DROP FUNCTION @extschema@.homer_relevant_memories(text, integer, text, text[], text[], boolean);
DROP FUNCTION @extschema@.homer_remember(text, text, text, text, integer, timestamptz, text[], jsonb, text, text);
DROP FUNCTION homer.answers(text[], text[], text[], text[], integer);
DROP FUNCTION homer.surroundings(integer[]);
DROP FUNCTION homer.around(integer, text, text);
DROP FUNCTION homer.wanted_hits(integer[], text[], text[]);
DROP FUNCTION homer.hits(text[], text[]);
DROP FUNCTION homer.count_of_memories(text[]);
DROP INDEX IF EXISTS @extschema@.homer_memories_search_idx;
DROP FUNCTION homer.total_score(double precision, double precision);
DROP FUNCTION homer.covered_hits(integer[], integer[], bigint, integer[], integer[], integer[], integer[]);
DROP FUNCTION homer.best_hits(integer[], integer[], bigint, integer[], integer);
DROP FUNCTION homer.keys_of_word(text[], text, integer);
DROP FUNCTION homer.search_keys(text, text, text);
DROP FUNCTION homer.best_of_other_categories(text[], text[], text[], integer);
DROP FUNCTION homer.best_of_slots(text[], integer[], text[], integer);
DROP FUNCTION homer.live_memories(text[]);
DROP INDEX IF EXISTS @extschema@.homer_memories_other_category_rank_idx;
DROP INDEX IF EXISTS @extschema@.homer_memories_rank_idx;
CREATE FUNCTION homer.check_embedding(parameter text, embedding real[], dimensions integer) RETURNS boolean
    LANGUAGE c IMMUTABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'check_embedding_wrapper';
COMMENT ON FUNCTION homer.check_embedding(text, real[], integer) IS
'Refuses a vector that has no direction, or that is not as long as the stored ones; null dimensions say that there are none.';
CREATE FUNCTION homer.check_dimensions(dimensions integer) RETURNS boolean
    LANGUAGE c IMMUTABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'check_dimensions_wrapper';
COMMENT ON FUNCTION homer.check_dimensions(integer) IS 'Refuses a number of dimensions outside 1 to 16000.';
CREATE FUNCTION homer.refuse_without_pgvector() RETURNS boolean
    LANGUAGE c VOLATILE PARALLEL SAFE AS 'MODULE_PATHNAME', 'refuse_without_pgvector_wrapper';
COMMENT ON FUNCTION homer.refuse_without_pgvector() IS 'Refuses what needs pgvector.';
CREATE FUNCTION homer.refuse_without_embeddings() RETURNS boolean
    LANGUAGE c VOLATILE PARALLEL SAFE AS 'MODULE_PATHNAME', 'refuse_without_embeddings_wrapper';
COMMENT ON FUNCTION homer.refuse_without_embeddings() IS 'Refuses what needs embeddings to be enabled.';
CREATE FUNCTION homer.refuse_other_dimensions(dimensions integer, wanted integer) RETURNS boolean
    LANGUAGE c VOLATILE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'refuse_other_dimensions_wrapper';
COMMENT ON FUNCTION homer.refuse_other_dimensions(integer, integer) IS 'Refuses to enable embeddings twice with different lengths.';
CREATE FUNCTION homer.refuse_unseen_memory(memory_id integer, user_id text) RETURNS boolean
    LANGUAGE c VOLATILE PARALLEL SAFE AS 'MODULE_PATHNAME', 'refuse_unseen_memory_wrapper';
COMMENT ON FUNCTION homer.refuse_unseen_memory(integer, text) IS 'Refuses a memory that the user is not given.';
CREATE FUNCTION homer.check_file_size(file_size integer) RETURNS boolean
    LANGUAGE c IMMUTABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'check_file_size_wrapper';
COMMENT ON FUNCTION homer.check_file_size(integer) IS 'Refuses a number of bytes below zero.';
CREATE FUNCTION homer.check_max_tokens(max_tokens integer) RETURNS boolean
    LANGUAGE c IMMUTABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'check_max_tokens_wrapper';
COMMENT ON FUNCTION homer.check_max_tokens(integer) IS 'Refuses a budget below zero.';
CREATE FUNCTION homer.check_one_of(parameter text, value text, known text[]) RETURNS boolean
    LANGUAGE c IMMUTABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'check_one_of_wrapper';
COMMENT ON FUNCTION homer.check_one_of(text, text, text[]) IS 'Refuses a word that is null or not one of the known ones.';
CREATE FUNCTION homer.check_uuid(parameter text, value text) RETURNS boolean
    LANGUAGE c IMMUTABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'check_uuid_wrapper';
COMMENT ON FUNCTION homer.check_uuid(text, text) IS 'Refuses what is no UUID; null asks for a new one.';
CREATE FUNCTION homer.check_user_ids(user_ids text[]) RETURNS boolean
    LANGUAGE c IMMUTABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'check_user_ids_wrapper';
COMMENT ON FUNCTION homer.check_user_ids(text[]) IS 'Refuses an array of user ids that is null, or holds a null or an empty one.';
CREATE FUNCTION homer.check_id(parameter text, id text) RETURNS boolean
    LANGUAGE c IMMUTABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'check_id_wrapper';
COMMENT ON FUNCTION homer.check_id(text, text) IS 'Refuses an id or a category that is null, empty or longer than 1000 bytes.';
CREATE FUNCTION homer.refuse_unknown_file(file_id text) RETURNS boolean
    LANGUAGE c VOLATILE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'refuse_unknown_file_wrapper';
COMMENT ON FUNCTION homer.refuse_unknown_file(text) IS 'Refuses a file that does not exist.';
CREATE FUNCTION homer.refuse_known_file(file_id text) RETURNS boolean
    LANGUAGE c VOLATILE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'refuse_known_file_wrapper';
COMMENT ON FUNCTION homer.refuse_known_file(text) IS 'Refuses a file that exists already.';
CREATE FUNCTION homer.check_due(due_at timestamptz) RETURNS boolean
    LANGUAGE c IMMUTABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'check_due_wrapper';
COMMENT ON FUNCTION homer.check_due(timestamptz) IS 'Refuses a due moment that is null, infinite or outside the years 1 to 9999.';
CREATE FUNCTION homer.refuse_due(value text) RETURNS boolean
    LANGUAGE c VOLATILE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'refuse_due_wrapper';
COMMENT ON FUNCTION homer.refuse_due(text) IS 'Refuses a due moment that is none.';
CREATE FUNCTION homer.refuse_foreign_memory(memory_id integer, user_id text) RETURNS boolean
    LANGUAGE c VOLATILE PARALLEL SAFE AS 'MODULE_PATHNAME', 'refuse_foreign_memory_wrapper';
COMMENT ON FUNCTION homer.refuse_foreign_memory(integer, text) IS 'Refuses to supersede a memory of another user.';
CREATE FUNCTION homer.refuse_retired_memory(memory_id integer) RETURNS boolean
    LANGUAGE c VOLATILE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'refuse_retired_memory_wrapper';
COMMENT ON FUNCTION homer.refuse_retired_memory(integer) IS 'Refuses to supersede a memory that is retired or expired.';
CREATE FUNCTION homer.refuse_everyones_memory(role text) RETURNS boolean
    LANGUAGE c VOLATILE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'refuse_everyones_memory_wrapper';
COMMENT ON FUNCTION homer.refuse_everyones_memory(text) IS 'Refuses to let a role decide what everyone is told.';
CREATE FUNCTION homer.refuse_refused_statement(refusal_id integer) RETURNS boolean
    LANGUAGE c VOLATILE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'refuse_refused_statement_wrapper';
COMMENT ON FUNCTION homer.refuse_refused_statement(integer) IS 'Refuses a reminder of what the user has refused.';
CREATE FUNCTION homer.refuse_unknown_parameter(key text, known text) RETURNS boolean
    LANGUAGE c VOLATILE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'refuse_unknown_parameter_wrapper';
COMMENT ON FUNCTION homer.refuse_unknown_parameter(text, text) IS 'Refuses a key that is no parameter of homer_remember.';
CREATE FUNCTION homer.check_json_text(parameter text, value jsonb) RETURNS boolean
    LANGUAGE sql VOLATILE PARALLEL SAFE
    RETURN CASE
        WHEN value IS NULL OR pg_catalog.jsonb_typeof(value) IN ('string', 'null') THEN true
        ELSE homer.refuse_shape(parameter, value::text, 'a string')
    END;
COMMENT ON FUNCTION homer.check_json_text(text, jsonb) IS 'Refuses a JSON value that is there and is no string and no null.';
CREATE FUNCTION homer.check_json_integer(parameter text, value jsonb) RETURNS boolean
    LANGUAGE sql VOLATILE PARALLEL SAFE
    RETURN CASE
        WHEN value IS NULL OR pg_catalog.jsonb_typeof(value) = 'null' THEN true
        WHEN pg_catalog.jsonb_typeof(value) <> 'number' THEN homer.refuse_shape(parameter, value::text, 'a whole number')
        WHEN value::numeric % 1 = 0 AND value::numeric BETWEEN -2147483648 AND 2147483647 THEN true
        ELSE homer.refuse_shape(parameter, value::text, 'a whole number')
    END;
COMMENT ON FUNCTION homer.check_json_integer(text, jsonb) IS 'Refuses a JSON value that is there and is no whole number and no null.';
CREATE FUNCTION homer.check_json_numbers(parameter text, value jsonb) RETURNS boolean
    LANGUAGE sql VOLATILE PARALLEL SAFE
    RETURN CASE
        WHEN value IS NULL OR pg_catalog.jsonb_typeof(value) = 'null' THEN true
        -- As large as a real holds.
        WHEN pg_catalog.jsonb_typeof(value) = 'array'
             AND NOT pg_catalog.jsonb_path_exists(value, 'strict $[*] ? (@.type() <> "number")', '{}', true)
             AND NOT pg_catalog.jsonb_path_exists(value, 'strict $[*] ? (@ > 3e38 || @ < -3e38)', '{}', true) THEN true
        ELSE homer.refuse_shape(parameter, value::text, 'an array of numbers')
    END;
COMMENT ON FUNCTION homer.check_json_numbers(text, jsonb) IS 'Refuses a JSON value that is there and is no array of numbers and no null.';
CREATE FUNCTION homer.check_known_parameters(others jsonb) RETURNS boolean
    LANGUAGE sql VOLATILE PARALLEL SAFE
    RETURN CASE
        WHEN others = '{}'::jsonb THEN true
        ELSE homer.refuse_unknown_parameter(
            pg_catalog.jsonb_path_query_first(others, '$.keyvalue().key') #>> '{}'::text[],
            'user_id, category, subject, content, importance, expires_at, tags, metadata, source_conversation_id, source_message_id, supersedes, embedding')
    END;
COMMENT ON FUNCTION homer.check_known_parameters(jsonb) IS 'Refuses keys that are left when the parameters of homer_remember are taken away.';
CREATE TYPE homer.any_user AS ENUM ();
COMMENT ON TYPE homer.any_user IS 'Roles with USAGE on this type act for any user: GRANT USAGE ON TYPE homer.any_user TO backend.';
CREATE TYPE homer.one_user AS ENUM ();
COMMENT ON TYPE homer.one_user IS
'Roles with USAGE on this type act for the user that the setting homer.user_id names: GRANT USAGE ON TYPE homer.one_user TO assistant.';
CREATE FUNCTION homer.grantee(role oid) RETURNS text
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN CASE WHEN role = 0::oid THEN 'PUBLIC' ELSE pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(role)) END;
COMMENT ON FUNCTION homer.grantee(oid) IS 'A grantee as GRANT writes it; 0 is PUBLIC.';
DO $do$
DECLARE
    given record;
BEGIN
    FOR given IN
        SELECT t.oid::pg_catalog.regtype AS type, homer.grantee(a.grantee) AS grantee
          FROM pg_catalog.pg_type AS t,
               pg_catalog.aclexplode(COALESCE(t.typacl, pg_catalog.acldefault('T', t.typowner))) AS a
         WHERE t.oid OPERATOR(pg_catalog.=) ANY (ARRAY['homer.any_user'::pg_catalog.regtype::oid, 'homer.one_user'::pg_catalog.regtype::oid])
           AND a.grantee OPERATOR(pg_catalog.<>) t.typowner
    LOOP
        EXECUTE pg_catalog.format('REVOKE ALL ON TYPE %s FROM %s', given.type, given.grantee);
    END LOOP;
END
$do$;
CREATE FUNCTION homer.is_above_row_security() RETURNS boolean
    LANGUAGE sql STABLE PARALLEL SAFE
    -- Not bound by the policies of any table: one whose row security was switched off must not open the others.
    RETURN NOT (pg_catalog.row_security_active('@extschema@.homer_memories'::regclass::oid)
                OR pg_catalog.row_security_active('@extschema@.homer_user_profiles'::regclass::oid)
                OR pg_catalog.row_security_active('@extschema@.homer_files'::regclass::oid)
                OR pg_catalog.row_security_active('@extschema@.homer_file_messages'::regclass::oid)
                OR pg_catalog.row_security_active('homer.refusals'::text)
                OR pg_catalog.row_security_active('homer.successions'::text));
COMMENT ON FUNCTION homer.is_above_row_security() IS
'Whether the role is a superuser, has BYPASSRLS, or has the rights of the owner of homer''s tables.';
CREATE FUNCTION homer.acts_for_anyone() RETURNS boolean
    LANGUAGE sql STABLE PARALLEL SAFE
    -- Of a role with both rights, one of which it may have inherited, the narrower one counts.
    RETURN pg_catalog.has_type_privilege('homer.any_user'::regtype, 'USAGE')
           AND NOT pg_catalog.has_type_privilege('homer.one_user'::regtype, 'USAGE')
        OR homer.is_above_row_security();
COMMENT ON FUNCTION homer.acts_for_anyone() IS 'Whether the role acts for any user.';
CREATE FUNCTION homer.acting_user() RETURNS text
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN CASE
        WHEN pg_catalog.has_type_privilege('homer.one_user'::regtype, 'USAGE')
             AND pg_catalog.btrim(pg_catalog.current_setting('homer.user_id', true)) <> ''
            THEN pg_catalog.current_setting('homer.user_id', true)
    END;
COMMENT ON FUNCTION homer.acting_user() IS
'The user that a confined role acts for; null where homer.user_id names none, and for every other role that is not above row security.';
CREATE FUNCTION homer.refuse_foreign_user(role text, acting_for text, user_id text) RETURNS boolean
    LANGUAGE c VOLATILE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'refuse_foreign_user_wrapper';
COMMENT ON FUNCTION homer.refuse_foreign_user(text, text, text) IS 'Refuses to act for another user.';
CREATE FUNCTION homer.refuse_foreign_file(file_id text, acting_for text) RETURNS boolean
    LANGUAGE c VOLATILE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'refuse_foreign_file_wrapper';
COMMENT ON FUNCTION homer.refuse_foreign_file(text, text) IS 'Refuses to change a file of another user.';
CREATE FUNCTION homer.refuse_no_acting_user(role text) RETURNS boolean
    LANGUAGE c VOLATILE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'refuse_no_acting_user_wrapper';
COMMENT ON FUNCTION homer.refuse_no_acting_user(text) IS 'Refuses a confined role that was not told for whom it acts.';
CREATE FUNCTION homer.refuse_no_kind(role text) RETURNS boolean
    LANGUAGE c VOLATILE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'refuse_no_kind_wrapper';
COMMENT ON FUNCTION homer.refuse_no_kind(text) IS 'Refuses a role that acts for no user.';
CREATE FUNCTION homer.refuse_about_all_users(role text, function text) RETURNS boolean
    LANGUAGE c VOLATILE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'refuse_about_all_users_wrapper';
COMMENT ON FUNCTION homer.refuse_about_all_users(text, text) IS 'Refuses to a confined role what is about all users.';
CREATE FUNCTION homer.refuse_without_row_security("table" text) RETURNS boolean
    LANGUAGE c VOLATILE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'refuse_without_row_security_wrapper';
COMMENT ON FUNCTION homer.refuse_without_row_security(text) IS 'Refuses a confined role a table that no policy keeps it from.';
CREATE FUNCTION homer.unguarded_table() RETURNS text
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN CASE
        WHEN NOT pg_catalog.row_security_active('@extschema@.homer_memories'::regclass::oid) THEN 'homer_memories'
        WHEN NOT pg_catalog.row_security_active('@extschema@.homer_user_profiles'::regclass::oid) THEN 'homer_user_profiles'
        WHEN NOT pg_catalog.row_security_active('@extschema@.homer_files'::regclass::oid) THEN 'homer_files'
        WHEN NOT pg_catalog.row_security_active('@extschema@.homer_file_messages'::regclass::oid) THEN 'homer_file_messages'
        WHEN NOT pg_catalog.row_security_active('homer.refusals'::text) THEN 'homer.refusals'
        WHEN NOT pg_catalog.row_security_active('homer.successions'::text) THEN 'homer.successions'
    END;
COMMENT ON FUNCTION homer.unguarded_table() IS
'A table whose policies do not bind the role, for a role that they should bind: its row security was switched off. Null where there is none.';
CREATE FUNCTION homer.check_acts() RETURNS boolean
    LANGUAGE plpgsql STABLE PARALLEL SAFE AS
$function$
BEGIN
    IF homer.acts_for_anyone() THEN
        RETURN true;
    ELSIF homer.acting_user() IS NOT NULL THEN
        RETURN COALESCE(homer.refuse_without_row_security(homer.unguarded_table()), true);
    ELSIF pg_catalog.has_type_privilege('homer.one_user'::pg_catalog.regtype, 'USAGE') THEN
        RETURN homer.refuse_no_acting_user(CURRENT_USER::pg_catalog.text);
    END IF;
    RETURN homer.refuse_no_kind(CURRENT_USER::pg_catalog.text);
END
$function$;
COMMENT ON FUNCTION homer.check_acts() IS 'Refuses a role that acts for nobody, and one that acts for one user where policies do not hold it to that.';
CREATE FUNCTION homer.check_acts_for(user_id text) RETURNS boolean
    LANGUAGE plpgsql STABLE PARALLEL SAFE AS
$function$
BEGIN
    IF homer.check_acts() AND (user_id IS NULL OR homer.acts_for_anyone() OR user_id OPERATOR(pg_catalog.=) homer.acting_user()) THEN
        RETURN true;
    END IF;
    RETURN homer.refuse_foreign_user(CURRENT_USER::pg_catalog.text, homer.acting_user(), user_id);
END
$function$;
COMMENT ON FUNCTION homer.check_acts_for(text) IS
'Refuses a role that does not act for the user. Null is what everyone is told, which every role that acts for somebody may read.';
CREATE FUNCTION homer.check_acts_for_all(function text) RETURNS boolean
    LANGUAGE plpgsql STABLE PARALLEL SAFE AS
$function$
BEGIN
    IF homer.acts_for_anyone() THEN
        RETURN true;
    END IF;
    PERFORM homer.check_acts();
    RETURN homer.refuse_about_all_users(CURRENT_USER::pg_catalog.text, function);
END
$function$;
COMMENT ON FUNCTION homer.check_acts_for_all(text) IS 'Refuses a role that does not act for any user.';
CREATE FUNCTION homer.check_may_decide_for(user_id text) RETURNS boolean
    LANGUAGE plpgsql STABLE PARALLEL SAFE AS
$function$
BEGIN
    IF homer.check_acts_for(user_id) AND user_id IS NULL AND NOT homer.acts_for_anyone() THEN
        RETURN homer.refuse_everyones_memory(CURRENT_USER::pg_catalog.text);
    END IF;
    RETURN true;
END
$function$;
COMMENT ON FUNCTION homer.check_may_decide_for(text) IS
'Refuses a role that does not act for the user, or for null one that does not act for any user.';
CREATE TYPE @extschema@.homer_acting_role AS (role text, kind text, reason text, user_id text);
COMMENT ON TYPE @extschema@.homer_acting_role IS
'A role, its kind (service, confined or none), what makes it so, and the user that a confined one acts for.';
CREATE FUNCTION homer.grantee_of(marker oid) RETURNS text
    LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT homer.grantee(a.grantee)
      FROM pg_catalog.pg_type AS t, pg_catalog.aclexplode(t.typacl) AS a
     WHERE t.oid = marker AND a.grantee <> t.typowner
       AND (a.grantee = 0 OR pg_catalog.pg_has_role(a.grantee, 'USAGE'))
     ORDER BY pg_catalog.pg_get_userbyid(a.grantee) = CURRENT_USER DESC, 1 LIMIT 1;
END;
COMMENT ON FUNCTION homer.grantee_of(oid) IS 'To whom USAGE on a type was granted that the role has: itself, a role that it is in, or PUBLIC.';
CREATE FUNCTION @extschema@.homer_whoami() RETURNS @extschema@.homer_acting_role
    LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT CURRENT_USER::text, k.kind,
           CASE
               WHEN r.rolsuper THEN 'it is a superuser'
               WHEN r.rolbypassrls THEN 'it has BYPASSRLS'
               WHEN homer.is_above_row_security() THEN 'it has the rights of the owner of homer''s tables'
               WHEN k.kind = 'service'
                   THEN 'USAGE on type homer.any_user was granted to ' || homer.grantee_of('homer.any_user'::regtype)
               WHEN k.kind = 'confined'
                   THEN 'USAGE on type homer.one_user was granted to ' || homer.grantee_of('homer.one_user'::regtype)
               ELSE 'USAGE on neither homer.any_user nor homer.one_user was granted to it'
           END,
           CASE WHEN k.kind = 'confined' THEN homer.acting_user() END
      FROM pg_catalog.pg_roles AS r,
           LATERAL (SELECT CASE WHEN homer.acts_for_anyone() THEN 'service'
                                WHEN pg_catalog.has_type_privilege('homer.one_user'::regtype, 'USAGE') THEN 'confined'
                                ELSE 'none' END) AS k (kind)
     WHERE r.rolname = CURRENT_USER;
END;
COMMENT ON FUNCTION @extschema@.homer_whoami() IS
'What the current role is to homer: service (acts for any user), confined (acts for the user that homer.user_id names) or none, and why.';
CREATE OR REPLACE FUNCTION homer.hash(value text, seed bigint) RETURNS bigint
    LANGUAGE c IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE AS 'MODULE_PATHNAME', 'hash_wrapper';
CREATE FUNCTION homer.scope_of(user_id text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN CASE WHEN user_id IS NULL THEN '' ELSE user_id END;
COMMENT ON FUNCTION homer.scope_of(text) IS 'The scope that a memory lies in: its user id, or the empty text where it is everyone''s.';
CREATE INDEX homer_memories_rank_idx ON @extschema@.homer_memories (
    homer.slot_branch(homer.scope_of(user_id), homer.slot(category)),
    homer.rank_key(importance, category, updated_at, created_at),
    id,
    homer.expiry_second(expires_at)
) WHERE is_active IS NOT FALSE;
CREATE INDEX homer_memories_other_category_rank_idx ON @extschema@.homer_memories (
    homer.other_category_branch(homer.scope_of(user_id), category),
    homer.rank_key(importance, category, updated_at, created_at),
    id,
    homer.expiry_second(expires_at)
) WHERE is_active IS NOT FALSE AND homer.slot(category) = 0;
CREATE FUNCTION homer.live_memories(of_tags text[], not_from text) RETURNS SETOF @extschema@.homer_memories
    LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT m.*
      FROM @extschema@.homer_memories AS m
     WHERE m.is_active IS NOT FALSE
       -- The first passes over what has expired while it is in the index; the second is exact.
       AND homer.expiry_second(m.expires_at) >= homer.expiry_second(homer.utc_now())
       AND (m.expires_at IS NULL OR m.expires_at > homer.utc_now())
       AND (of_tags IS NULL OR pg_catalog.jsonb_exists_any(m.tags, of_tags))
       AND (not_from IS NULL OR m.source_conversation_id IS DISTINCT FROM not_from);
END;
COMMENT ON FUNCTION homer.live_memories(text[], text) IS
'The memories that are active and not expired, carry one of the tags where there are some, and were not learned in a conversation where one is given.';
CREATE FUNCTION homer.best_of_slots(scopes text[], slots integer[], of_tags text[], not_from text, at_most integer)
    RETURNS SETOF @extschema@.homer_relevant_memory
    LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT best.*
      FROM pg_catalog.unnest(scopes) AS s (scope), pg_catalog.unnest(slots) AS t (slot),
           LATERAL (SELECT l.*, homer.relevance(l.importance, l.category, l.updated_at, l.created_at, homer.utc_now())
                      FROM homer.live_memories(of_tags, not_from) AS l
                     WHERE homer.slot_branch(homer.scope_of(l.user_id), homer.slot(l.category)) = homer.slot_branch(s.scope, t.slot)
                       AND homer.scope_of(l.user_id) = s.scope
                     ORDER BY homer.rank_key(l.importance, l.category, l.updated_at, l.created_at) DESC, l.id DESC
                     LIMIT at_most) AS best;
END;
COMMENT ON FUNCTION homer.best_of_slots(text[], integer[], text[], text, integer) IS
'The best memories of each scope in each slot, so many of each.';
CREATE FUNCTION homer.best_of_other_categories(scopes text[], categories text[], of_tags text[], not_from text, at_most integer)
    RETURNS SETOF @extschema@.homer_relevant_memory
    LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT best.*
      FROM pg_catalog.unnest(scopes) AS s (scope), pg_catalog.unnest(categories) AS c (category),
           LATERAL (SELECT l.*, homer.relevance(l.importance, l.category, l.updated_at, l.created_at, homer.utc_now())
                      FROM homer.live_memories(of_tags, not_from) AS l
                     WHERE homer.slot(l.category) = 0
                       AND homer.other_category_branch(homer.scope_of(l.user_id), l.category) = homer.other_category_branch(s.scope, c.category)
                       AND homer.scope_of(l.user_id) = s.scope AND l.category = c.category
                     ORDER BY homer.rank_key(l.importance, l.category, l.updated_at, l.created_at) DESC, l.id DESC
                     LIMIT at_most) AS best;
END;
COMMENT ON FUNCTION homer.best_of_other_categories(text[], text[], text[], text, integer) IS
'The best memories of each scope in each category outside the five, so many of each.';
CREATE FUNCTION homer.search_keys(user_id text, subject text, content text) RETURNS uuid[]
    LANGUAGE c IMMUTABLE LEAKPROOF PARALLEL SAFE COST 1000 AS 'MODULE_PATHNAME', 'search_keys_0_2_wrapper';
COMMENT ON FUNCTION homer.search_keys(text, text, text) IS
'The words of a memory, each hashed together with whose memory it is.';
CREATE FUNCTION homer.keys_of_word(scopes text[], word text, repeated boolean) RETURNS uuid[]
    LANGUAGE c IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE AS 'MODULE_PATHNAME', 'keys_of_word_0_2_wrapper';
COMMENT ON FUNCTION homer.keys_of_word(text[], text, boolean) IS
'The keys, in each of the scopes, of a word that occurs once, or of one that is repeated.';
CREATE FUNCTION homer.keys_overlap(one uuid[], other uuid[]) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE AS 'MODULE_PATHNAME', 'keys_overlap_wrapper';
COMMENT ON FUNCTION homer.keys_overlap(uuid[], uuid[]) IS 'Whether two arrays of keys have one in common.';
CREATE OPERATOR homer.&& (
    LEFTARG = uuid[], RIGHTARG = uuid[], FUNCTION = homer.keys_overlap, COMMUTATOR = OPERATOR(homer.&&),
    RESTRICT = pg_catalog.contsel, JOIN = pg_catalog.contjoinsel
);
COMMENT ON OPERATOR homer.&& (uuid[], uuid[]) IS 'Whether two arrays of keys have one in common.';
CREATE OPERATOR CLASS homer.keys_ops FOR TYPE uuid[] USING gin AS
    OPERATOR 1 homer.&& (uuid[], uuid[]),
    FUNCTION 1 pg_catalog.uuid_cmp(uuid, uuid),
    FUNCTION 2 pg_catalog.ginarrayextract(anyarray, internal, internal),
    FUNCTION 3 pg_catalog.ginqueryarrayextract(anyarray, internal, smallint, internal, internal, internal, internal),
    FUNCTION 4 pg_catalog.ginarrayconsistent(internal, smallint, anyarray, integer, internal, internal, internal, internal),
    FUNCTION 6 pg_catalog.ginarraytriconsistent(internal, smallint, anyarray, integer, internal, internal, internal),
    STORAGE uuid;
COMMENT ON OPERATOR FAMILY homer.keys_ops USING gin IS 'The family of the operator class of the same name.';
COMMENT ON OPERATOR CLASS homer.keys_ops USING gin IS 'An index of arrays of keys, as PostgreSQL''s own for arrays.';
CREATE FUNCTION homer.pack_hits(place integer, ids integer[]) RETURNS bytea
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'pack_hits_wrapper';
COMMENT ON FUNCTION homer.pack_hits(integer, integer[]) IS
'That these memories hold what stands at a place of the question, as bytes for the functions below: half the cost of an array.';
CREATE FUNCTION homer.memories_of_hits(hits bytea) RETURNS integer[]
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'memories_of_hits_wrapper';
COMMENT ON FUNCTION homer.memories_of_hits(bytea) IS 'The memories that hits are of, each once.';
CREATE FUNCTION homer.scored_hits(hits bytea, total bigint) RETURNS TABLE (id integer, score double precision)
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE ROWS 100 AS 'MODULE_PATHNAME', 'scored_hits_wrapper';
COMMENT ON FUNCTION homer.scored_hits(bytea, bigint) IS 'The scores, by their own words, of all that hits are of, best first.';
CREATE FUNCTION homer.best_hits(
    hits bytea, total bigint, ids integer[], cosines double precision[], wanted integer[],
    unwanted integer[], at_most integer
) RETURNS integer[]
    LANGUAGE c IMMUTABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'best_hits_0_2_wrapper';
COMMENT ON FUNCTION homer.best_hits(bytea, bigint, integer[], double precision[], integer[], integer[], integer) IS
'The memories that answer best by their own words and vectors, of those that are wanted where not all are.';
CREATE FUNCTION homer.covered_hits(
    hits bytea, total bigint, ids integer[], cosines double precision[], wanted integer[],
    unwanted integer[], around integer[], slack double precision, at_most integer
) RETURNS TABLE (id integer, score double precision)
    LANGUAGE c IMMUTABLE PARALLEL SAFE ROWS 20 AS 'MODULE_PATHNAME', 'covered_hits_0_2_wrapper';
COMMENT ON FUNCTION homer.covered_hits(bytea, bigint, integer[], double precision[], integer[], integer[], integer[], double precision, integer) IS
'The scores of the best memories and of those around them that answer as well, with what they lend each other.';
CREATE INDEX homer_memories_search_idx ON @extschema@.homer_memories
    USING gin (homer.search_keys(user_id, subject, content) homer.keys_ops) WITH (gin_pending_list_limit = 256)
    WHERE COALESCE(is_active, true);
CREATE FUNCTION homer.count_of_memories(scopes text[]) RETURNS TABLE (own bigint, everyones bigint, expired bigint)
    LANGUAGE sql STABLE PARALLEL SAFE ROWS 1
BEGIN ATOMIC
    SELECT (SELECT pg_catalog.count(*) FROM @extschema@.homer_memories AS m
             WHERE m.user_id = ANY (scopes) AND m.is_active IS DISTINCT FROM false),
           CASE WHEN '' = ANY (scopes) THEN
               (SELECT pg_catalog.count(*) FROM @extschema@.homer_memories AS m
                 WHERE m.user_id IS NULL AND m.is_active IS DISTINCT FROM false)
           ELSE 0 END,
           (SELECT pg_catalog.count(*) FROM @extschema@.homer_memories AS m
             WHERE m.user_id = ANY (scopes) AND m.is_active IS DISTINCT FROM false AND m.expires_at <= homer.utc_now())
         + CASE WHEN '' = ANY (scopes) THEN
               (SELECT pg_catalog.count(*) FROM @extschema@.homer_memories AS m
                 WHERE m.user_id IS NULL AND m.is_active IS DISTINCT FROM false AND m.expires_at <= homer.utc_now())
           ELSE 0 END;
END;
COMMENT ON FUNCTION homer.count_of_memories(text[]) IS
'How many memories of the scopes are active, the user''s and everyone''s, and how many of both have expired and were not swept yet.';
CREATE FUNCTION homer.holders(scopes text[], word text, repeated boolean, none_expired boolean) RETURNS SETOF integer
    LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT m.id FROM @extschema@.homer_memories AS m
     WHERE homer.search_keys(m.user_id, m.subject, m.content) OPERATOR(homer.&&) homer.keys_of_word(scopes, word, repeated)
       AND COALESCE(m.is_active, true)
       -- Where nothing waits to be swept, a row need not be taken apart as far as its expiry: two fifths of the time. The
       -- planner must see a constant for it.
       AND (none_expired OR m.expires_at IS NULL OR m.expires_at > homer.utc_now());
END;
COMMENT ON FUNCTION homer.holders(text[], text, boolean, boolean) IS
'The memories of the scopes that hold a word once, or that repeat it.';
CREATE FUNCTION homer.places_of_words(words text[]) RETURNS TABLE (place integer, word text, repeated boolean)
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT g.place, words[g.place / 2 + 1], g.place % 2 = 1
      FROM pg_catalog.generate_series(0, 2 * pg_catalog.cardinality(words) - 1) AS g (place)
    -- Kept apart from what looks the words up: a division is not leakproof, and in the condition of an index it must be.
    OFFSET 0;
END;
COMMENT ON FUNCTION homer.places_of_words(text[]) IS
'The words, each to be looked up twice: as one that occurs once, at the places 0, 2, 4 and so on, and as one that is repeated, at 1, 3, 5.';
CREATE FUNCTION homer.hits_of_words(scopes text[], words text[], none_expired boolean) RETURNS SETOF bytea
    LANGUAGE sql STABLE PARALLEL SAFE ROWS 1
BEGIN ATOMIC
    SELECT pg_catalog.string_agg(
               homer.pack_hits(p.place, ARRAY(SELECT h.id FROM homer.holders(scopes, p.word, p.repeated, none_expired) AS h (id))), '')
      FROM homer.places_of_words(words) AS p;
END;
COMMENT ON FUNCTION homer.hits_of_words(text[], text[], boolean) IS
'Which memories of the scopes hold which of the words, as homer.pack_hits packs them. The places are those of homer.places_of_words.';
CREATE FUNCTION homer.hits(scopes text[], words text[], none_expired boolean) RETURNS bytea
    LANGUAGE plpgsql STABLE PARALLEL RESTRICTED AS
$function$
BEGIN
    IF none_expired THEN
        RETURN COALESCE((SELECT h.hits FROM homer.hits_of_words(scopes, words, true) AS h (hits)), '');
    END IF;
    RETURN COALESCE((SELECT h.hits FROM homer.hits_of_words(scopes, words, false) AS h (hits)), '');
END
$function$;
COMMENT ON FUNCTION homer.hits(text[], text[], boolean) IS 'homer.hits_of_words with a constant for the planner.';
CREATE FUNCTION homer.wanted_memories(memory_ids integer[], of_categories text[], of_tags text[]) RETURNS SETOF integer[]
    LANGUAGE sql STABLE PARALLEL SAFE ROWS 1
BEGIN ATOMIC
    SELECT COALESCE(pg_catalog.array_agg(m.id), '{}')
      FROM @extschema@.homer_memories AS m
     WHERE m.id = ANY (memory_ids)
       AND (of_categories IS NULL OR m.category = ANY (of_categories))
       AND (of_tags IS NULL OR pg_catalog.jsonb_exists_any(m.tags, of_tags));
END;
COMMENT ON FUNCTION homer.wanted_memories(integer[], text[], text[]) IS
'Those of the memories that are of one of the categories and carry one of the tags.';
CREATE FUNCTION homer.memories_of_conversation(in_conversation text) RETURNS SETOF integer[]
    LANGUAGE sql STABLE PARALLEL SAFE ROWS 1
BEGIN ATOMIC
    SELECT pg_catalog.array_agg(m.id)
      FROM @extschema@.homer_memories AS m
     WHERE m.source_conversation_id = in_conversation AND m.is_active IS NOT FALSE;
END;
COMMENT ON FUNCTION homer.memories_of_conversation(text) IS 'The memories that were learned in a conversation.';
CREATE FUNCTION homer.before(memory_id integer, in_conversation text, whose text) RETURNS SETOF integer
    LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT m.id FROM @extschema@.homer_memories AS m
     WHERE m.source_conversation_id = in_conversation AND m.id::bigint < memory_id::bigint AND m.is_active IS NOT FALSE
       AND (m.expires_at IS NULL OR m.expires_at > homer.utc_now()) AND m.user_id IS NOT DISTINCT FROM whose
     ORDER BY m.id::bigint DESC LIMIT 4;
END;
COMMENT ON FUNCTION homer.before(integer, text, text) IS
'The four memories before a memory in its conversation, of the same user, the nearest first.';
CREATE FUNCTION homer.after(memory_id integer, in_conversation text, whose text) RETURNS SETOF integer
    LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT m.id FROM @extschema@.homer_memories AS m
     WHERE m.source_conversation_id = in_conversation AND m.id::bigint > memory_id::bigint AND m.is_active IS NOT FALSE
       AND (m.expires_at IS NULL OR m.expires_at > homer.utc_now()) AND m.user_id IS NOT DISTINCT FROM whose
     ORDER BY m.id::bigint LIMIT 4;
END;
COMMENT ON FUNCTION homer.after(integer, text, text) IS
'The four memories after a memory in its conversation, of the same user, the nearest first.';
CREATE FUNCTION homer.surroundings(memory_ids integer[]) RETURNS SETOF integer[]
    LANGUAGE sql STABLE PARALLEL SAFE ROWS 1
BEGIN ATOMIC
    SELECT pg_catalog.array_agg(
               ARRAY[m.id, COALESCE(n.before[1], 0), COALESCE(n.before[2], 0), COALESCE(n.before[3], 0), COALESCE(n.before[4], 0),
                     COALESCE(n.after[1], 0), COALESCE(n.after[2], 0), COALESCE(n.after[3], 0), COALESCE(n.after[4], 0)])
      FROM @extschema@.homer_memories AS m,
           LATERAL (SELECT ARRAY(SELECT b.id FROM homer.before(m.id, m.source_conversation_id, m.user_id) AS b (id)) AS before,
                           ARRAY(SELECT a.id FROM homer.after(m.id, m.source_conversation_id, m.user_id) AS a (id)) AS after
                    OFFSET 0) AS n
     WHERE m.id = ANY (memory_ids);
END;
COMMENT ON FUNCTION homer.surroundings(integer[]) IS
'Nine numbers for each of the memories: its id, the four before it in its conversation and the four after it, the nearest first, and 0 where there is none.';
CREATE FUNCTION homer.parts_of_score(
    hits bytea, total bigint, ids integer[], cosines double precision[], around integer[]
) RETURNS TABLE (word integer, times integer, lender integer, amount double precision, counts double precision)
    LANGUAGE c IMMUTABLE PARALLEL SAFE ROWS 10 AS 'MODULE_PATHNAME', 'parts_of_score_wrapper';
COMMENT ON FUNCTION homer.parts_of_score(bytea, bigint, integer[], double precision[], integer[]) IS
'What makes up the score of a memory: a row for each word that counts, and one without a word for its vector.';
CREATE FUNCTION homer.answers(
    scopes text[], words text[], question_embedding real[], of_categories text[], of_tags text[], not_from text, at_most integer
) RETURNS SETOF @extschema@.homer_relevant_memory
    LANGUAGE plpgsql STABLE PARALLEL RESTRICTED AS
$function$
-- The operators are qualified rather than the search path set, which takes 5 us of a call.
DECLARE
    scope record;
    total bigint;
    hits pg_catalog.bytea;
    ids integer[];
    cosines double precision[];
    wanted integer[];
    unwanted integer[];
    -- Ten at least, so that asking for fewer gives the first of what asking for ten gives.
    candidates integer := greatest(at_most, 10);
    around integer[];
    standings_share double precision := CASE WHEN question_embedding IS NULL THEN 0.01 ELSE 0.001 END;
BEGIN
    SELECT c.own, c.everyones, c.expired INTO scope FROM homer.count_of_memories(scopes) AS c;
    total := scope.own OPERATOR(pg_catalog.+) scope.everyones OPERATOR(pg_catalog.-) scope.expired;
    -- Looking up words that nobody has told everyone takes a twentieth of the time.
    IF scope.everyones OPERATOR(pg_catalog.=) 0 THEN
        scopes := pg_catalog.array_remove(scopes, '');
    END IF;
    hits := homer.hits(scopes, words, scope.expired OPERATOR(pg_catalog.=) 0);
    IF question_embedding IS NOT NULL THEN
        SELECT COALESCE(c.ids, '{}'), COALESCE(c.cosines, '{}') INTO ids, cosines FROM homer.cosines(scopes, question_embedding) AS c;
    END IF;
    IF of_categories IS NOT NULL OR of_tags IS NOT NULL THEN
        SELECT w.ids INTO wanted
          FROM homer.wanted_memories(homer.memories_of_hits(hits) OPERATOR(pg_catalog.||) ids, of_categories, of_tags) AS w (ids);
    END IF;
    IF not_from IS NOT NULL THEN
        SELECT m.ids INTO unwanted FROM homer.memories_of_conversation(not_from) AS m (ids);
    END IF;
    SELECT s.around INTO around
      FROM homer.surroundings(homer.best_hits(hits, total, ids, cosines, wanted, unwanted, candidates)) AS s (around);
    IF around IS NULL THEN
        RETURN;
    END IF;
    RETURN QUERY
        SELECT m.*, s.score OPERATOR(pg_catalog.+) (standings_share OPERATOR(pg_catalog.*) least(
                   homer.relevance(m.importance, m.category, m.updated_at, m.created_at, homer.utc_now()), 10)) AS relevance
          FROM homer.covered_hits(
                   hits, total, ids, cosines, wanted, unwanted, around, 10 OPERATOR(pg_catalog.*) standings_share, at_most) AS s,
               homer.memories_by_id(s.id) AS m
         -- Never another user's, whatever the index says.
         WHERE homer.scope_of(m.user_id) OPERATOR(pg_catalog.=) ANY (scopes)
         ORDER BY relevance DESC, m.id DESC
         LIMIT at_most;
END
$function$;
COMMENT ON FUNCTION homer.answers(text[], text[], real[], text[], text[], text, integer) IS
'The memories of the scopes that answer a question of these words, and of this vector where there is one, best first.';
CREATE FUNCTION homer.embedding_dimensions() RETURNS integer
    LANGUAGE plpgsql STABLE PARALLEL SAFE AS
$function$
BEGIN
    -- pgvector keeps the length in the column's type modifier as it is.
    RETURN (SELECT a.atttypmod FROM pg_catalog.pg_attribute AS a
             WHERE a.attrelid OPERATOR(pg_catalog.=) pg_catalog.to_regclass('homer.memory_embeddings')
               AND a.attname OPERATOR(pg_catalog.=) 'embedding' AND NOT a.attisdropped);
END
$function$;
COMMENT ON FUNCTION homer.embedding_dimensions() IS 'How many numbers a stored vector has; null where embeddings are not enabled.';
CREATE FUNCTION homer.schema_of_pgvector() RETURNS name
    LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT n.nspname FROM pg_catalog.pg_extension AS e JOIN pg_catalog.pg_namespace AS n ON n.oid = e.extnamespace
     WHERE e.extname = 'vector';
END;
COMMENT ON FUNCTION homer.schema_of_pgvector() IS 'Where pgvector was installed; null where it is not.';
CREATE FUNCTION homer.text_to_embed(subject text, content text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN pg_catalog.concat_ws(': ', NULLIF(subject, ''), NULLIF(content, ''));
COMMENT ON FUNCTION homer.text_to_embed(text, text) IS 'The text that a memory''s vector stands for: its subject and content.';
CREATE FUNCTION homer.text_hash(user_id text, subject text, content text) RETURNS bigint
    LANGUAGE c IMMUTABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'text_hash_wrapper';
COMMENT ON FUNCTION homer.text_hash(text, text, text) IS
'What a vector is stored with, so that it does not count any more once the text has changed, or whose it is.';
CREATE FUNCTION homer.length_of(embedding real[]) RETURNS double precision
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'length_of_wrapper';
COMMENT ON FUNCTION homer.length_of(real[]) IS 'The length of a vector: the root of the sum of its squares.';
CREATE FUNCTION homer.current_cosines(
    ids integer[], cosines double precision[], hashes bigint[], live_ids integer[], live_hashes bigint[]
) RETURNS double precision[]
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'current_cosines_wrapper';
COMMENT ON FUNCTION homer.current_cosines(integer[], double precision[], bigint[], integer[], bigint[]) IS
'The cosines of these memories'' vectors, with NaN for each whose memory is not live or holds another text.';
CREATE FUNCTION homer.embeddable_memories(scopes text[]) RETURNS SETOF @extschema@.homer_memories
    LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT o.* FROM @extschema@.homer_memories AS o
     WHERE o.user_id = ANY (scopes) AND o.is_active IS DISTINCT FROM false
       AND (o.expires_at IS NULL OR o.expires_at > homer.utc_now())
    UNION ALL
    SELECT g.* FROM @extschema@.homer_memories AS g
     WHERE g.user_id IS NULL AND '' = ANY (scopes) AND g.is_active IS DISTINCT FROM false
       AND (g.expires_at IS NULL OR g.expires_at > homer.utc_now());
END;
COMMENT ON FUNCTION homer.embeddable_memories(text[]) IS 'The memories of the scopes that are active and not expired.';
CREATE FUNCTION homer.hand_out_embeddings() RETURNS void
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    given record;
BEGIN
    ALTER TABLE homer.memory_embeddings ENABLE ROW LEVEL SECURITY;
    CREATE POLICY homer_reads ON homer.memory_embeddings FOR SELECT
        USING (user_id = (SELECT homer.acting_user()) OR (SELECT homer.acts_for_anyone())
               OR user_id IS NULL AND (SELECT homer.acting_user()) IS NOT NULL);
    CREATE POLICY homer_adds ON homer.memory_embeddings FOR INSERT
        WITH CHECK ((SELECT homer.acts_for_anyone())
                    OR user_id = (SELECT homer.acting_user())
                       AND EXISTS (SELECT FROM @extschema@.homer_memories AS m
                                    WHERE m.id = memory_embeddings.memory_id AND m.user_id = (SELECT homer.acting_user())));
    CREATE POLICY homer_changes ON homer.memory_embeddings FOR UPDATE
        USING ((SELECT homer.acts_for_anyone()) OR user_id = (SELECT homer.acting_user()))
        WITH CHECK ((SELECT homer.acts_for_anyone())
                    OR user_id = (SELECT homer.acting_user())
                       AND EXISTS (SELECT FROM @extschema@.homer_memories AS m
                                    WHERE m.id = memory_embeddings.memory_id AND m.user_id = (SELECT homer.acting_user())));
    CREATE POLICY homer_removes ON homer.memory_embeddings FOR DELETE
        USING ((SELECT homer.acts_for_anyone()) OR user_id = (SELECT homer.acting_user()));
    REVOKE ALL ON FUNCTION homer.cosines(text[], real[]) FROM PUBLIC;
    -- To whom the memories and the functions were granted, their vectors are granted alike.
    FOR given IN
        SELECT format('GRANT %s ON homer.memory_embeddings TO %s', a.privilege_type, homer.grantee(a.grantee)) AS command
          FROM pg_class AS c, aclexplode(c.relacl) AS a
         WHERE c.oid = '@extschema@.homer_memories'::regclass AND a.grantee <> c.relowner
           AND a.privilege_type IN ('SELECT', 'INSERT', 'UPDATE', 'DELETE')
         UNION ALL
        SELECT format('GRANT EXECUTE ON FUNCTION homer.cosines(text[], real[]) TO %s', homer.grantee(a.grantee))
          FROM pg_proc AS p, aclexplode(p.proacl) AS a
         WHERE p.oid = 'homer.embeddable_memories(text[])'::regprocedure AND a.grantee <> p.proowner
    LOOP
        EXECUTE given.command;
    END LOOP;
END
$function$;
COMMENT ON FUNCTION homer.hand_out_embeddings() IS
'Lays policies on homer.memory_embeddings, and grants it and homer.cosines to those who were granted the memories.';
CREATE FUNCTION @extschema@.homer_enable_embeddings(dimensions integer) RETURNS void
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp
AS $function$
BEGIN
    PERFORM homer.check_acts_for_all('homer_enable_embeddings');
    PERFORM homer.check_dimensions(dimensions);
    IF homer.schema_of_pgvector() IS NULL THEN
        PERFORM homer.refuse_without_pgvector();
    END IF;
    IF homer.embedding_dimensions() = dimensions THEN
        RETURN;
    ELSIF homer.embedding_dimensions() IS NOT NULL THEN
        PERFORM homer.refuse_other_dimensions(homer.embedding_dimensions(), dimensions);
    END IF;
    -- No members of the extension: pg_dump writes them, and restores them after pgvector.
    EXECUTE format($sql$
        CREATE TABLE homer.memory_embeddings (
            memory_id integer PRIMARY KEY REFERENCES @extschema@.homer_memories (id) ON DELETE CASCADE,
            user_id text,
            embedding %1$I.vector(%2$s) NOT NULL,
            length double precision NOT NULL,
            text_hash bigint NOT NULL
        )$sql$, homer.schema_of_pgvector(), dimensions);
    CREATE INDEX memory_embeddings_user_id_idx ON homer.memory_embeddings (user_id);
    -- The cosine from the inner product and the lengths: pgvector's <=> computes the lengths again for every pair, which
    -- makes three products of one.
    EXECUTE format($sql$
        CREATE FUNCTION homer.cosines(scopes text[], question real[]) RETURNS TABLE (ids integer[], cosines double precision[])
            LANGUAGE sql STABLE PARALLEL SAFE ROWS 1
        BEGIN ATOMIC
            SELECT stored.ids,
                   homer.current_cosines(stored.ids, stored.cosines, stored.hashes, live.ids, live.hashes)
              FROM (SELECT pg_catalog.array_agg(e.memory_id),
                           pg_catalog.array_agg(-(e.embedding OPERATOR(%1$I.<#>) (SELECT question::%1$I.vector))
                                                / (e.length * (SELECT homer.length_of(question)))),
                           pg_catalog.array_agg(e.text_hash)
                      FROM (SELECT o.memory_id, o.embedding, o.length, o.text_hash
                              FROM homer.memory_embeddings AS o WHERE o.user_id = ANY (scopes)
                             UNION ALL
                            SELECT g.memory_id, g.embedding, g.length, g.text_hash
                              FROM homer.memory_embeddings AS g WHERE g.user_id IS NULL AND '' = ANY (scopes)) AS e
                   ) AS stored (ids, cosines, hashes),
                   (SELECT pg_catalog.array_agg(m.id), pg_catalog.array_agg(homer.text_hash(m.user_id, m.subject, m.content))
                      FROM homer.embeddable_memories(scopes) AS m) AS live (ids, hashes);
        END$sql$, homer.schema_of_pgvector());
    COMMENT ON FUNCTION homer.cosines(text[], real[]) IS
    'The memories of the scopes that have a vector, and its cosine with that of a question: NaN where it is not that of their text any more.';
    -- A vector that fits on a page is kept in its row: every vector of a user is read for a question, and fetching each
    -- from a TOAST table takes longer than comparing it.
    IF 4 * dimensions + 100 < 8000 THEN
        ALTER TABLE homer.memory_embeddings ALTER COLUMN embedding SET STORAGE PLAIN;
    END IF;
    PERFORM homer.hand_out_embeddings();
    COMMENT ON TABLE homer.memory_embeddings IS 'The vectors of memories, by homer_set_embedding; dumped as any table.';
    COMMENT ON COLUMN homer.memory_embeddings.memory_id IS 'The memory; its vector goes when it goes.';
    COMMENT ON COLUMN homer.memory_embeddings.user_id IS 'Whose memory it was when the vector was stored; null for everyone''s.';
    COMMENT ON COLUMN homer.memory_embeddings.embedding IS 'The vector of its subject and content.';
    COMMENT ON COLUMN homer.memory_embeddings.length IS 'The length of the vector: the root of the sum of its squares.';
    COMMENT ON COLUMN homer.memory_embeddings.text_hash IS 'A hash of the user, the subject and the content that the vector was stored for.';
END
$function$;
COMMENT ON FUNCTION @extschema@.homer_enable_embeddings(integer) IS
'Makes room for a vector of so many numbers with each memory. Needs pgvector: CREATE EXTENSION vector. Once enabled, a second call with the same number changes nothing.';
CREATE FUNCTION @extschema@.homer_set_embedding(memory_id integer, embedding real[]) RETURNS void
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp
AS $function$
#variable_conflict use_column
BEGIN
    IF homer_set_embedding.memory_id IS NULL THEN
        PERFORM homer.refuse_null('memory_id');
    END IF;
    PERFORM homer.check_acts(), homer.check_embedding('embedding', homer_set_embedding.embedding, homer.embedding_dimensions());
    INSERT INTO homer.memory_embeddings AS e (memory_id, user_id, embedding, length, text_hash)
    SELECT m.id, m.user_id, homer_set_embedding.embedding, homer.length_of(homer_set_embedding.embedding),
           homer.text_hash(m.user_id, m.subject, m.content)
      FROM @extschema@.homer_memories AS m
     WHERE m.id = homer_set_embedding.memory_id AND homer.check_may_decide_for(m.user_id)
    ON CONFLICT (memory_id) DO UPDATE
       SET user_id = EXCLUDED.user_id, embedding = EXCLUDED.embedding, length = EXCLUDED.length, text_hash = EXCLUDED.text_hash;
    IF NOT FOUND THEN
        PERFORM homer.refuse_unknown_memory(homer_set_embedding.memory_id);
    END IF;
END
$function$;
COMMENT ON FUNCTION @extschema@.homer_set_embedding(integer, real[]) IS
'Stores the vector of a memory, in place of the one it had. It counts as long as the memory''s subject and content stay as they are.';
CREATE FUNCTION @extschema@.homer_unembedded_memories("limit" integer DEFAULT 100) RETURNS TABLE (id integer, text text)
    LANGUAGE plpgsql STABLE PARALLEL RESTRICTED ROWS 100
    SET search_path = pg_catalog, pg_temp
AS $function$
#variable_conflict use_column
BEGIN
    PERFORM homer.check_acts_for_all('homer_unembedded_memories'), homer.check_limit("limit");
    IF homer.embedding_dimensions() IS NULL THEN
        PERFORM homer.refuse_without_embeddings();
    END IF;
    RETURN QUERY
        SELECT m.id, homer.text_to_embed(m.subject, m.content)
          FROM @extschema@.homer_memories AS m LEFT JOIN homer.memory_embeddings AS e ON e.memory_id = m.id
         WHERE m.is_active IS NOT FALSE AND (m.expires_at IS NULL OR m.expires_at > homer.utc_now())
           AND (e.memory_id IS NULL OR e.text_hash <> homer.text_hash(m.user_id, m.subject, m.content))
         ORDER BY m.id DESC
         LIMIT homer_unembedded_memories."limit";
END
$function$;
COMMENT ON FUNCTION @extschema@.homer_unembedded_memories(integer) IS
'The memories that have no vector yet or whose text has changed since, newest first, and the text to embed.';
CREATE TYPE @extschema@.homer_relevance_part AS (
    part text,
    word text,
    times integer,
    lent_by integer,
    amount double precision,
    counts double precision
);
COMMENT ON TYPE @extschema@.homer_relevance_part IS
'What a part of a memory''s relevance is and counts: a word of the question, its vector, its importance, its age, or the total.';
COMMENT ON COLUMN @extschema@.homer_relevance_part.part IS 'word, cosine, importance, age or total.';
COMMENT ON COLUMN @extschema@.homer_relevance_part.word IS 'The word of the question, as it is searched for.';
COMMENT ON COLUMN @extschema@.homer_relevance_part.times IS 'How often it occurs: 1, or 2 for more.';
COMMENT ON COLUMN @extschema@.homer_relevance_part.lent_by IS 'The memory beside this one that holds the word, where this one does not.';
COMMENT ON COLUMN @extschema@.homer_relevance_part.amount IS
'The weight of the word, the cosine, the importance, or the age in days.';
COMMENT ON COLUMN @extschema@.homer_relevance_part.counts IS 'What the part adds to the total; the age takes away.';
CREATE FUNCTION homer.sees(scopes text[], memory_id integer) RETURNS boolean
    LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT EXISTS (SELECT FROM @extschema@.homer_memories AS m
                    WHERE m.id = memory_id AND m.is_active IS NOT FALSE AND homer.scope_of(m.user_id) = ANY (scopes)
                      AND (m.expires_at IS NULL OR m.expires_at > homer.utc_now()));
END;
COMMENT ON FUNCTION homer.sees(text[], integer) IS 'Whether a memory is among those that the scopes rank.';
CREATE FUNCTION homer.parts_of_answer(scopes text[], words text[], question_embedding real[], memory_id integer)
    RETURNS SETOF @extschema@.homer_relevance_part
    LANGUAGE plpgsql STABLE PARALLEL RESTRICTED
    SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    scope record;
    hits bytea;
    ids integer[];
    cosines double precision[];
    around integer[];
BEGIN
    SELECT c.own + c.everyones - c.expired AS total, c.expired INTO scope FROM homer.count_of_memories(scopes) AS c;
    hits := homer.hits(scopes, words, scope.expired = 0);
    SELECT s.around INTO around FROM homer.surroundings(ARRAY[memory_id]) AS s (around);
    IF question_embedding IS NOT NULL THEN
        SELECT COALESCE(c.ids, '{}'), COALESCE(c.cosines, '{}') INTO ids, cosines FROM homer.cosines(scopes, question_embedding) AS c;
    END IF;
    RETURN QUERY
        SELECT CASE WHEN p.word IS NULL THEN 'cosine' ELSE 'word' END, words[p.word], p.times, p.lender, p.amount, p.counts
          FROM homer.parts_of_score(hits, scope.total, ids, cosines, around) AS p
         ORDER BY p.word IS NULL, p.counts DESC, p.word;
END
$function$;
COMMENT ON FUNCTION homer.parts_of_answer(text[], text[], real[], integer) IS
'What the words and the vector of a question count for a memory; no rows where it does not answer.';
CREATE FUNCTION homer.parts_of_standing(memory_id integer, share double precision)
    RETURNS SETOF @extschema@.homer_relevance_part
    LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT p.part, NULL::text, NULL::integer, NULL::integer, p.amount, share * p.counts
      FROM @extschema@.homer_memories AS m,
           LATERAL (SELECT COALESCE(m.importance, 5)::double precision AS importance,
                           homer.relevance(m.importance, m.category, m.updated_at, m.created_at, homer.utc_now()) AS standing,
                           EXTRACT(epoch FROM homer.utc_now() - COALESCE(m.updated_at, m.created_at, 'epoch')) / 86400 AS days) AS s,
           LATERAL (VALUES ('importance', s.importance, s.importance),
                           ('age', s.days::double precision,
                            CASE WHEN share = 1 THEN s.standing ELSE LEAST(s.standing, 10) END - s.importance)) AS p (part, amount, counts)
     WHERE m.id = memory_id;
END;
COMMENT ON FUNCTION homer.parts_of_standing(integer, double precision) IS
'What the importance and the age of a memory count, of which so much enters the relevance.';
CREATE FUNCTION @extschema@.homer_explain_relevance(user_id text, query text, query_embedding real[], memory_id integer)
    RETURNS SETOF @extschema@.homer_relevance_part
    LANGUAGE plpgsql STABLE PARALLEL RESTRICTED ROWS 10
    SET search_path = pg_catalog, pg_temp
    SET enable_seqscan = off
    SET jit = off
AS $function$
DECLARE
    scopes text[] := homer.scopes(user_id, true);
    words text[] := COALESCE(homer.question_words(query), '{}');
    parts @extschema@.homer_relevance_part[] := '{}';
    share double precision := 1;
BEGIN
    PERFORM homer.check_user_or_everyone(user_id), homer.check_acts_for(user_id);
    IF memory_id IS NULL THEN
        PERFORM homer.refuse_null('memory_id');
    ELSIF query_embedding IS NOT NULL THEN
        PERFORM homer.check_embedding('query_embedding', query_embedding, homer.embedding_dimensions());
    END IF;
    IF NOT homer.sees(scopes, memory_id) THEN
        PERFORM homer.refuse_unseen_memory(memory_id, user_id);
    END IF;
    IF cardinality(words) > 0 OR query_embedding IS NOT NULL THEN
        parts := ARRAY(SELECT a FROM homer.parts_of_answer(scopes, words, query_embedding, memory_id) AS a);
        IF cardinality(parts) = 0 THEN
            RETURN;
        END IF;
        share := CASE WHEN query_embedding IS NULL THEN 0.01 ELSE 0.001 END;
    END IF;
    parts := parts || ARRAY(SELECT s FROM homer.parts_of_standing(memory_id, share) AS s);
    RETURN QUERY SELECT p.* FROM unnest(parts) AS p;
    RETURN QUERY SELECT 'total', NULL::text, NULL::integer, NULL::integer, NULL::double precision, sum(p.counts) FROM unnest(parts) AS p;
END
$function$;
COMMENT ON FUNCTION @extschema@.homer_explain_relevance(text, text, real[], integer) IS
'What makes up the relevance of a memory that the user is given: the words that it holds or that are lent to it, the cosine, the importance, the age, and the total, which is what homer_relevant_memories gives. No rows where the memory does not answer.';
CREATE OR REPLACE FUNCTION @extschema@.homer_upsert_profile(
    user_id text,
    display_name text,
    role text,
    settings jsonb DEFAULT '{}'
) RETURNS @extschema@.homer_user_profiles
    LANGUAGE sql VOLATILE PARALLEL UNSAFE
BEGIN ATOMIC
    SELECT homer.check_id('user_id', user_id)
       AND homer.check_acts_for(user_id)
       AND homer.check_text('display_name', display_name)
       AND homer.check_text('role', role)
       AND homer.check_object('settings', settings);

    SELECT homer.check_setting(s.key, homer.json_kind(s.value), s.value OPERATOR(pg_catalog.#>>) '{}')
      FROM pg_catalog.jsonb_each(settings) AS s;

    SELECT homer.check_timezone(t.name, homer.knows_timezone(t.name))
      FROM (SELECT settings OPERATOR(pg_catalog.->>) 'timezone') AS t (name);

    -- First the row, with the table's own defaults, then the settings over it: the defaults stand in one place.
    INSERT INTO @extschema@.homer_user_profiles (user_id, display_name, role, created_at)
    VALUES (user_id, display_name, role, homer.utc_now())
    ON CONFLICT ON CONSTRAINT homer_user_profiles_user_id_unique DO NOTHING;

    UPDATE @extschema@.homer_user_profiles AS p
       SET display_name = homer_upsert_profile.display_name,
           role = homer_upsert_profile.role,
           updated_at = homer.utc_now(),
           (preferred_name, title, communication_style, preferred_greeting, wants_detailed_analysis,
            wants_proactive_insights, focus_areas, responsibilities, working_hours, timezone) =
           (SELECT s.preferred_name, s.title, s.communication_style, s.preferred_greeting, s.wants_detailed_analysis,
                   s.wants_proactive_insights, s.focus_areas, s.responsibilities, s.working_hours, s.timezone
              FROM pg_catalog.jsonb_populate_record(p, settings) AS s)
     WHERE p.user_id = homer_upsert_profile.user_id
    RETURNING p.*;
END;
CREATE OR REPLACE FUNCTION @extschema@.homer_touch_profile(user_id text) RETURNS @extschema@.homer_user_profiles
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE AS
$function$
-- PL/pgSQL keeps the plan of its UPDATE for the session, which a SQL function does not before PostgreSQL 18, and the
-- operators are qualified because it resolves them at run time.
#variable_conflict use_column
DECLARE
    touched @extschema@.homer_user_profiles;
BEGIN
    IF NOT homer.check_acts_for(user_id) THEN
        RETURN NULL;
    END IF;
    UPDATE @extschema@.homer_user_profiles AS p
       SET total_interactions = COALESCE(p.total_interactions, 0) OPERATOR(pg_catalog.+) 1,
           last_interaction = homer.utc_now()
     WHERE p.user_id OPERATOR(pg_catalog.=) homer_touch_profile.user_id
    RETURNING p.* INTO touched;
    IF NOT FOUND THEN
        PERFORM homer.check_text('user_id', homer_touch_profile.user_id);
        PERFORM homer.refuse_unknown_profile(homer_touch_profile.user_id);
    END IF;
    RETURN touched;
END
$function$;
CREATE FUNCTION homer.moment_of_text(moment text) RETURNS timestamp
    LANGUAGE c IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE COST 10 AS 'MODULE_PATHNAME', 'moment_of_text_wrapper';
COMMENT ON FUNCTION homer.moment_of_text(text) IS 'The moment of an ISO 8601 text, in UTC; null where it is none.';
CREATE FUNCTION homer.json_text(object jsonb, key text) RETURNS text
    LANGUAGE c IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE AS 'MODULE_PATHNAME', 'json_text_wrapper';
COMMENT ON FUNCTION homer.json_text(jsonb, text) IS 'The value of a key as text; null where there is none.';
CREATE FUNCTION homer.due_moment(category text, metadata jsonb) RETURNS timestamp
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN CASE WHEN category = 'reminder' THEN homer.moment_of_text(homer.json_text(metadata, 'due_at')) END;
COMMENT ON FUNCTION homer.due_moment(text, jsonb) IS
'When a reminder falls due, in UTC; null for every other memory. Reminders of different moments are different memories.';
CREATE FUNCTION homer.text_of_moment(moment timestamp) RETURNS text
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN pg_catalog.to_char(moment, 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"');
COMMENT ON FUNCTION homer.text_of_moment(timestamp) IS 'A moment in UTC as metadata hold it.';
CREATE FUNCTION homer.check_due_in(category text, metadata jsonb) RETURNS boolean
    LANGUAGE sql VOLATILE PARALLEL SAFE
    RETURN CASE
        WHEN category <> 'reminder' OR homer.json_text(metadata, 'due_at') IS NULL
             OR homer.moment_of_text(homer.json_text(metadata, 'due_at')) IS NOT NULL THEN true
        ELSE homer.refuse_due(homer.json_text(metadata, 'due_at'))
    END;
COMMENT ON FUNCTION homer.check_due_in(text, jsonb) IS 'Refuses a reminder whose due_at is no moment: it would never fall due.';
CREATE FUNCTION homer.is_same_text(a text, b text) RETURNS boolean
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN a IS NOT DISTINCT FROM b;
COMMENT ON FUNCTION homer.is_same_text(text, text) IS 'Whether two texts are the same, or both null.';
CREATE FUNCTION homer.statement(subject text, content text) RETURNS text
    LANGUAGE c IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE COST 100 AS 'MODULE_PATHNAME', 'statement_wrapper';
COMMENT ON FUNCTION homer.statement(text, text) IS
'What a memory says, in the form that all spellings share: its content, or a space and its subject where the content is empty.';
CREATE FUNCTION homer.statement_key(user_id text, statement text) RETURNS bigint
    LANGUAGE c IMMUTABLE LEAKPROOF PARALLEL SAFE COST 10 AS 'MODULE_PATHNAME', 'statement_key_wrapper';
COMMENT ON FUNCTION homer.statement_key(text, text) IS 'The number of a statement of the user, or of everyone where user_id is null.';
CREATE INDEX homer_memories_statement_idx
    ON @extschema@.homer_memories (homer.statement_key(user_id, homer.statement(subject, content)))
    WHERE is_active IS NULL OR is_active;
CREATE FUNCTION homer.gate_of(user_id text) RETURNS integer
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN (homer.hash(COALESCE(user_id, ''), 1) & 63)::integer;
COMMENT ON FUNCTION homer.gate_of(text) IS 'One of 64 gates, which a user shares with others: the second key of an advisory lock of the class 1751674213.';
CREATE FUNCTION homer.lock_of(user_id text, statement text) RETURNS integer
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN (homer.statement_key(user_id, statement) & 4095)::integer;
COMMENT ON FUNCTION homer.lock_of(text, text) IS 'The second key of the advisory lock of a statement, of the class 1751674214.';
CREATE FUNCTION homer.lock_statement(user_id text, statement text) RETURNS boolean
    LANGUAGE sql VOLATILE PARALLEL UNSAFE
    RETURN pg_catalog.pg_advisory_xact_lock_shared(1751674213, homer.gate_of(user_id)) IS NOT NULL
       AND pg_catalog.pg_advisory_xact_lock(1751674214, homer.lock_of(user_id, statement)) IS NOT NULL;
COMMENT ON FUNCTION homer.lock_statement(text, text) IS 'Waits until nobody else decides what becomes of a statement, and keeps others waiting until the transaction ends.';
CREATE FUNCTION homer.lock_statements(user_ids text[], statements text[]) RETURNS boolean
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp AS
$function$
-- Always in the same order, so that two imports do not wait for each other.
BEGIN
    IF cardinality(statements) > 200 THEN
        PERFORM pg_advisory_xact_lock(1751674213, g.gate)
           FROM (SELECT DISTINCT homer.gate_of(u) AS gate FROM unnest(user_ids) AS u ORDER BY gate) AS g;
    ELSE
        PERFORM pg_advisory_xact_lock_shared(1751674213, g.gate)
           FROM (SELECT DISTINCT homer.gate_of(u) AS gate FROM unnest(user_ids) AS u ORDER BY gate) AS g;
        PERFORM pg_advisory_xact_lock(1751674214, l.lock)
           FROM (SELECT DISTINCT homer.lock_of(u, s) AS lock FROM unnest(user_ids, statements) AS t (u, s) ORDER BY lock) AS l;
    END IF;
    RETURN true;
END
$function$;
COMMENT ON FUNCTION homer.lock_statements(text[], text[]) IS
'lock_statement for many: a lock for each of up to 200, the gates of their users for more.';
CREATE TABLE homer.refusals (
    id serial PRIMARY KEY,
    user_id text,
    statement text NOT NULL,
    memory_id integer NOT NULL,
    refused_at timestamp NOT NULL
);
CREATE INDEX refusals_statement_idx ON homer.refusals (homer.statement_key(user_id, statement));
CREATE INDEX refusals_user_id_idx ON homer.refusals (user_id);
COMMENT ON TABLE homer.refusals IS 'What users have refused to have remembered, one statement a row.';
COMMENT ON COLUMN homer.refusals.id IS 'The refusal''s number, which homer_remember gives where it stores nothing.';
COMMENT ON COLUMN homer.refusals.user_id IS 'Whose refusal it is; null is for the global memories.';
COMMENT ON COLUMN homer.refusals.statement IS 'What is refused, in the form that all its spellings share.';
COMMENT ON COLUMN homer.refusals.memory_id IS 'The memory that was rejected. Its row may be gone.';
COMMENT ON COLUMN homer.refusals.refused_at IS 'When it was refused, in UTC.';
SELECT pg_catalog.pg_extension_config_dump('homer.refusals', '');
SELECT pg_catalog.pg_extension_config_dump('homer.refusals_id_seq', '');
CREATE TYPE @extschema@.homer_refusal AS (
    id integer,
    user_id text,
    content text,
    memory_id integer,
    refused_at timestamp
);
COMMENT ON TYPE @extschema@.homer_refusal IS 'What a user has refused to have remembered, in the form that all its spellings share.';
CREATE FUNCTION @extschema@.homer_reject(memory_id integer) RETURNS boolean
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
    SET enable_seqscan = off
    SET jit = off
AS $function$
#variable_conflict use_column
DECLARE
    rejected @extschema@.homer_memories;
    said pg_catalog.text;
    is_news boolean;
BEGIN
    PERFORM homer.check_acts();
    SELECT m.* INTO rejected FROM @extschema@.homer_memories AS m WHERE m.id OPERATOR(pg_catalog.=) homer_reject.memory_id;
    IF NOT FOUND THEN
        PERFORM homer.refuse_null('memory_id') WHERE homer_reject.memory_id IS NULL;
        PERFORM homer.refuse_unknown_memory(homer_reject.memory_id);
    END IF;
    PERFORM homer.check_may_decide_for(rejected.user_id);
    said := homer.statement(rejected.subject, rejected.content);
    PERFORM homer.lock_statement(rejected.user_id, said);
    PERFORM homer.check_statements_are_current(ARRAY[rejected.user_id], ARRAY[said], ARRAY[NULL::timestamp]);

    INSERT INTO homer.refusals (user_id, statement, memory_id, refused_at)
    SELECT rejected.user_id, said, rejected.id, homer.utc_now()
      FROM homer.known_statement(rejected.user_id, said, NULL, NULL) AS k
     WHERE k.refusal_id IS NULL;
    is_news := FOUND;

    -- With every other that says the same, whatever its moment, be it one that an application put there.
    UPDATE @extschema@.homer_memories AS m
       SET is_active = false, updated_at = homer.utc_now()
     WHERE homer.statement_key(m.user_id, homer.statement(m.subject, m.content))
           OPERATOR(pg_catalog.=) homer.statement_key(rejected.user_id, said)
       AND (m.is_active IS NULL OR m.is_active)
       AND homer.is_same_text(m.user_id, rejected.user_id)
       AND homer.statement(m.subject, m.content) OPERATOR(pg_catalog.=) said;
    RETURN is_news OR FOUND;
END
$function$;
COMMENT ON FUNCTION @extschema@.homer_reject(integer) IS
'Retires a memory and refuses its content for its user from now on, in any spelling: homer_remember then answers rejected. True if that was news, false if it was refused already and nothing was left to retire. A global memory is rejected by a role that acts for any user.';
CREATE FUNCTION @extschema@.homer_refusals(user_id text) RETURNS SETOF @extschema@.homer_refusal
    LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT r.id, r.user_id, pg_catalog.ltrim(r.statement), r.memory_id, r.refused_at
      FROM homer.refusals AS r
     WHERE homer.check_user_or_everyone(homer_refusals.user_id)
       AND homer.check_acts_for(homer_refusals.user_id)
       AND CASE WHEN homer_refusals.user_id IS NULL THEN r.user_id IS NULL ELSE r.user_id = homer_refusals.user_id END
     ORDER BY r.id;
END;
COMMENT ON FUNCTION @extschema@.homer_refusals(text) IS
'What the user has refused, eldest first; what is refused as a global memory for a null user.';
CREATE FUNCTION @extschema@.homer_lift_refusal(refusal_id integer) RETURNS boolean
    LANGUAGE sql VOLATILE PARALLEL UNSAFE
BEGIN ATOMIC
    WITH refused AS MATERIALIZED (
        SELECT r.id FROM homer.refusals AS r
         WHERE homer.check_acts() AND r.id = refusal_id AND homer.check_may_decide_for(r.user_id)
    ), lifted AS (
        DELETE FROM homer.refusals AS r USING refused AS k WHERE r.id = k.id
        RETURNING true
    )
    SELECT CASE
        WHEN refusal_id IS NULL THEN homer.refuse_null('refusal_id')
        ELSE EXISTS (SELECT FROM lifted)
    END;
END;
COMMENT ON FUNCTION @extschema@.homer_lift_refusal(integer) IS
'Makes welcome again what a user has refused. What was retired stays so. True if it was refused, false if there is no such refusal.';
CREATE FUNCTION homer.known_statement(of_user text, statement text, due timestamp, besides integer)
    RETURNS TABLE (refusal_id integer, memory_id integer)
    LANGUAGE sql STABLE PARALLEL SAFE ROWS 1
BEGIN ATOMIC
    SELECT (SELECT r.id FROM homer.refusals AS r
             WHERE homer.statement_key(r.user_id, r.statement) = homer.statement_key(of_user, known_statement.statement)
               AND r.user_id IS NOT DISTINCT FROM of_user AND r.statement = known_statement.statement
             LIMIT 1),
           (SELECT m.id FROM @extschema@.homer_memories AS m
             WHERE homer.statement_key(m.user_id, homer.statement(m.subject, m.content))
                   = homer.statement_key(of_user, known_statement.statement)
               AND (m.is_active IS NULL OR m.is_active)
               AND (m.expires_at IS NULL OR m.expires_at > homer.utc_now())
               AND m.user_id IS NOT DISTINCT FROM of_user
               AND homer.statement(m.subject, m.content) = known_statement.statement
               AND homer.due_moment(m.category, m.metadata) IS NOT DISTINCT FROM due
               AND m.id IS DISTINCT FROM besides
             -- The eldest of several that an application put there. By its moment first, because an order by id alone
             -- could be read from the primary key.
             ORDER BY m.created_at, m.id LIMIT 1);
END;
COMMENT ON FUNCTION homer.known_statement(text, text, timestamp, integer) IS
'The refusal of a statement, and the memory that says it, besides the one that is to be superseded.';
CREATE FUNCTION homer.known_statements(user_ids text[], statements text[], due timestamp[]) RETURNS integer[]
    LANGUAGE sql STABLE PARALLEL SAFE
    SET enable_seqscan = off
    SET jit = off
BEGIN ATOMIC
    SELECT pg_catalog.array_agg(COALESCE(-k.refusal_id, k.memory_id, 0) ORDER BY s.position)
      FROM ROWS FROM (pg_catalog.unnest(user_ids), pg_catalog.unnest(statements), pg_catalog.unnest(due)) WITH ORDINALITY AS s (user_id, statement, due, position),
           homer.known_statement(s.user_id, s.statement, s.due, NULL) AS k;
END;
COMMENT ON FUNCTION homer.known_statements(text[], text[], timestamp[]) IS
'Of each statement the refusal, as a negative number, or the memory that says it, or 0.';
CREATE FUNCTION homer.statements_known_by_now(user_ids text[], statements text[], due timestamp[]) RETURNS integer[]
    LANGUAGE c VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'statements_known_by_now_wrapper';
COMMENT ON FUNCTION homer.statements_known_by_now(text[], text[], timestamp[]) IS
'known_statements as of this instant, also where the transaction looks at an older state.';
CREATE FUNCTION homer.check_statements_are_current(user_ids text[], statements text[], due timestamp[]) RETURNS boolean
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE AS
$function$
BEGIN
    IF pg_catalog.current_setting('transaction_isolation') OPERATOR(pg_catalog.<>) 'repeatable read'
       AND pg_catalog.current_setting('transaction_isolation') OPERATOR(pg_catalog.<>) 'serializable' THEN
        RETURN true;
    END IF;
    IF homer.known_statements(user_ids, statements, due)
       OPERATOR(pg_catalog.<>) homer.statements_known_by_now(user_ids, statements, due) THEN
        RAISE EXCEPTION 'could not serialize access: the same content was stored, refused or retired meanwhile'
            USING ERRCODE = 'serialization_failure', HINT = 'Run the transaction again.';
    END IF;
    RETURN true;
END
$function$;
COMMENT ON FUNCTION homer.check_statements_are_current(text[], text[], timestamp[]) IS
'Raises serialization_failure where others have changed what is known of the statements since the transaction began to look.';
CREATE TABLE homer.successions (
    old_id integer PRIMARY KEY,
    new_id integer NOT NULL,
    succeeded_at timestamp NOT NULL
);
CREATE INDEX successions_new_id_idx ON homer.successions (new_id);
COMMENT ON TABLE homer.successions IS 'Which memory replaced which.';
COMMENT ON COLUMN homer.successions.old_id IS 'The memory that was replaced.';
COMMENT ON COLUMN homer.successions.new_id IS 'The memory that replaced it.';
COMMENT ON COLUMN homer.successions.succeeded_at IS 'When, in UTC.';
SELECT pg_catalog.pg_extension_config_dump('homer.successions', '');
CREATE FUNCTION homer.links() RETURNS TABLE (old_id integer, new_id integer, succeeded_at timestamp)
    LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT s.old_id, s.new_id, s.succeeded_at
      FROM homer.successions AS s
      JOIN @extschema@.homer_memories AS o ON o.id = s.old_id
      JOIN @extschema@.homer_memories AS n ON n.id = s.new_id
     WHERE NOT o.is_active
       AND o.user_id IS NOT DISTINCT FROM n.user_id
       AND COALESCE(n.created_at <= s.succeeded_at, true);
END;
COMMENT ON FUNCTION homer.links() IS 'The successions whose memories are there: the memory that was replaced, the one that replaced it, and when, in UTC.';
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
CREATE FUNCTION @extschema@.homer_memory_history(memory_id integer) RETURNS SETOF @extschema@.homer_memory_version
    LANGUAGE plpgsql STABLE PARALLEL SAFE ROWS 3
    SET search_path = pg_catalog, pg_temp AS
$function$
#variable_conflict use_column
BEGIN
    PERFORM homer.check_acts();
    IF NOT EXISTS (SELECT FROM @extschema@.homer_memories AS m WHERE m.id = homer_memory_history.memory_id) THEN
        PERFORM homer.refuse_null('memory_id') WHERE homer_memory_history.memory_id IS NULL;
        PERFORM homer.refuse_unknown_memory(homer_memory_history.memory_id);
    END IF;
    RETURN QUERY
        WITH RECURSIVE versions (id) AS (
            SELECT homer_memory_history.memory_id
            UNION
            SELECT l.id
              FROM versions AS v,
                   LATERAL (SELECT n.new_id AS id FROM homer.links() AS n WHERE n.old_id = v.id
                            UNION ALL
                            SELECT o.old_id FROM homer.links() AS o WHERE o.new_id = v.id) AS l
        )
        SELECT m.id, m.user_id, m.category, m.subject, m.content, m.importance, m.expires_at, m.source_conversation_id,
               m.source_message_id, m.tags, m.metadata, m.is_active, m.created_at, m.updated_at, e.outcome,
               CASE e.outcome WHEN 'superseded' THEN l.succeeded_at WHEN 'expired' THEN m.expires_at
                              WHEN 'current' THEN NULL ELSE m.updated_at END,
               (SELECT max(p.old_id) FROM homer.links() AS p WHERE p.new_id = m.id),
               l.new_id
          FROM versions AS v
          JOIN @extschema@.homer_memories AS m ON m.id = v.id
          LEFT JOIN homer.links() AS l ON l.old_id = m.id,
               LATERAL (SELECT CASE
                   WHEN l.new_id IS NOT NULL THEN 'superseded'
                   WHEN m.is_active IS NOT FALSE AND (m.expires_at IS NULL OR m.expires_at > homer.utc_now()) THEN 'current'
                   WHEN (SELECT k.refusal_id FROM homer.known_statement(m.user_id, homer.statement(m.subject, m.content), NULL, NULL) AS k)
                        IS NOT NULL THEN 'rejected'
                   -- A sweep comes after the moment; what was retired before it was forgotten.
                   WHEN m.is_active IS NOT FALSE OR m.expires_at <= m.updated_at THEN 'expired'
                   ELSE 'forgotten'
               END AS outcome) AS e
         -- A memory is given its id while the one that it replaces is there, so that their order is that of time.
         ORDER BY m.id;
END
$function$;
COMMENT ON FUNCTION @extschema@.homer_memory_history(integer) IS
'The versions of a memory, oldest first, whichever of them is named: each with its outcome, since when, and what it replaced and was replaced by.';
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
CREATE INDEX homer_memories_due_idx
    ON @extschema@.homer_memories (homer.moment_of_text(homer.json_text(metadata, 'due_at')), id)
    WHERE category = 'reminder' AND is_active IS NOT FALSE
      AND homer.json_text(metadata, 'claimed_at') IS NULL
      AND homer.moment_of_text(homer.json_text(metadata, 'due_at')) IS NOT NULL;
CREATE INDEX homer_memories_user_due_idx
    ON @extschema@.homer_memories (user_id, homer.moment_of_text(homer.json_text(metadata, 'due_at')), id)
    WHERE category = 'reminder' AND is_active IS NOT FALSE
      AND homer.json_text(metadata, 'claimed_at') IS NULL
      AND homer.moment_of_text(homer.json_text(metadata, 'due_at')) IS NOT NULL;
CREATE FUNCTION @extschema@.homer_remind(
    user_id text,
    subject text,
    content text,
    due_at timestamptz,
    importance integer DEFAULT 5,
    metadata jsonb DEFAULT '{}'
) RETURNS integer
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp AS
$function$
DECLARE
    stored record;
BEGIN
    PERFORM homer.check_due(due_at);
    PERFORM homer.check_object('metadata', metadata);
    SELECT r.id, r.outcome INTO stored
      FROM @extschema@.homer_remember(
               user_id, 'reminder', subject, content, importance,
               metadata => (metadata - 'claimed_at')
                           || jsonb_build_object('due_at', homer.text_of_moment(timezone('UTC', due_at)))) AS r;
    IF stored.outcome = 'rejected' THEN
        PERFORM homer.refuse_refused_statement(stored.id);
    END IF;
    RETURN stored.id;
END
$function$;
COMMENT ON FUNCTION @extschema@.homer_remind(text, text, text, timestamptz, integer, jsonb) IS
'Stores a reminder that falls due at a moment, at once where that is past, and returns its id. The same content due at the same moment is there once; at another moment it is another reminder. What the user has refused is an error.';
CREATE FUNCTION @extschema@.homer_due_reminders(user_id text DEFAULT NULL, "limit" integer DEFAULT 10)
    RETURNS SETOF @extschema@.homer_due_reminder
    LANGUAGE plpgsql STABLE PARALLEL RESTRICTED ROWS 10
    -- Read in the order of an index, which an old statistic must not talk the planner out of.
    SET enable_seqscan = off
    SET enable_sort = off
    SET jit = off
    SET search_path = pg_catalog, pg_temp
AS $function$
#variable_conflict use_column
BEGIN
    PERFORM homer.check_user_or_everyone(homer_due_reminders.user_id), homer.check_acts_for(homer_due_reminders.user_id), homer.check_limit("limit");
    IF homer_due_reminders.user_id IS NULL THEN
        PERFORM homer.check_acts_for_all('homer_due_reminders without a user');
        RETURN QUERY
            SELECT m.*, timezone('UTC', homer.moment_of_text(homer.json_text(m.metadata, 'due_at')))
              FROM @extschema@.homer_memories AS m
             WHERE m.category = 'reminder' AND m.is_active IS NOT FALSE
               AND homer.json_text(m.metadata, 'claimed_at') IS NULL
               AND homer.moment_of_text(homer.json_text(m.metadata, 'due_at')) <= homer.utc_now()
               AND (m.expires_at IS NULL OR m.expires_at > homer.utc_now())
             ORDER BY homer.moment_of_text(homer.json_text(m.metadata, 'due_at')), m.id
             LIMIT "limit";
    ELSE
        RETURN QUERY
            SELECT m.*, timezone('UTC', homer.moment_of_text(homer.json_text(m.metadata, 'due_at')))
              FROM @extschema@.homer_memories AS m
             WHERE m.category = 'reminder' AND m.is_active IS NOT FALSE
               AND homer.json_text(m.metadata, 'claimed_at') IS NULL
               AND homer.moment_of_text(homer.json_text(m.metadata, 'due_at')) <= homer.utc_now()
               AND (m.expires_at IS NULL OR m.expires_at > homer.utc_now())
               AND m.user_id = homer_due_reminders.user_id
             ORDER BY homer.moment_of_text(homer.json_text(m.metadata, 'due_at')), m.id
             LIMIT "limit";
    END IF;
END
$function$;
COMMENT ON FUNCTION @extschema@.homer_due_reminders(text, integer) IS
'Reminders that are due and not yet claimed, longest due first: of the user, or all there are, the global ones too, for a null user, which only a role that acts for any user may pass.';
CREATE FUNCTION @extschema@.homer_claim_reminders("limit" integer DEFAULT 10, user_id text DEFAULT NULL)
    RETURNS SETOF @extschema@.homer_due_reminder
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE ROWS 10
    SET enable_seqscan = off
    SET enable_sort = off
    SET jit = off
    SET search_path = pg_catalog, pg_temp
AS $function$
#variable_conflict use_column
DECLARE
    taken integer[];
BEGIN
    PERFORM homer.check_user_or_everyone(homer_claim_reminders.user_id), homer.check_acts_for(homer_claim_reminders.user_id), homer.check_limit("limit");
    IF homer_claim_reminders.user_id IS NULL THEN
        PERFORM homer.check_acts_for_all('homer_claim_reminders without a user');
        SELECT array_agg(due.id) INTO taken
          FROM (SELECT m.id
                  FROM @extschema@.homer_memories AS m
                 WHERE m.category = 'reminder' AND m.is_active IS NOT FALSE
                   AND homer.json_text(m.metadata, 'claimed_at') IS NULL
                   AND homer.moment_of_text(homer.json_text(m.metadata, 'due_at')) <= homer.utc_now()
                   AND (m.expires_at IS NULL OR m.expires_at > homer.utc_now())
                 ORDER BY homer.moment_of_text(homer.json_text(m.metadata, 'due_at')), m.id
                 LIMIT "limit"
                   FOR UPDATE SKIP LOCKED) AS due;
    ELSE
        SELECT array_agg(due.id) INTO taken
          FROM (SELECT m.id
                  FROM @extschema@.homer_memories AS m
                 WHERE m.category = 'reminder' AND m.is_active IS NOT FALSE
                   AND homer.json_text(m.metadata, 'claimed_at') IS NULL
                   AND homer.moment_of_text(homer.json_text(m.metadata, 'due_at')) <= homer.utc_now()
                   AND (m.expires_at IS NULL OR m.expires_at > homer.utc_now())
                   AND m.user_id = homer_claim_reminders.user_id
                 ORDER BY homer.moment_of_text(homer.json_text(m.metadata, 'due_at')), m.id
                 LIMIT "limit"
                   FOR UPDATE SKIP LOCKED) AS due;
    END IF;
    -- updated_at stays: that it was claimed makes a reminder no more relevant.
    RETURN QUERY
        WITH claimed AS (
            UPDATE @extschema@.homer_memories AS m
               SET metadata = m.metadata || jsonb_build_object('claimed_at', homer.text_of_moment(homer.utc_now()))
             WHERE m.id = ANY (taken)
            RETURNING m.*, timezone('UTC', homer.moment_of_text(homer.json_text(m.metadata, 'due_at'))) AS due_at
        )
        SELECT c.* FROM claimed AS c ORDER BY c.due_at, c.id;
END
$function$;
COMMENT ON FUNCTION @extschema@.homer_claim_reminders(integer, text) IS
'Takes due reminders, longest due first: of the user, or all there are for a null user, which only a role that acts for any user may pass. Two workers never get the same one, and neither waits for the other; what a worker rolls back is due again. A claimed reminder stays a memory, with claimed_at in its metadata.';
CREATE FUNCTION @extschema@.homer_local_moment(user_id text, moment timestamptz) RETURNS text
    LANGUAGE sql STABLE PARALLEL UNSAFE
BEGIN ATOMIC
    SELECT pg_catalog.to_char(pg_catalog.timezone(z.name, moment), 'YYYY-MM-DD HH24:MI') || ' ' || z.name
      FROM (SELECT COALESCE((SELECT p.timezone FROM @extschema@.homer_user_profiles AS p
                              WHERE p.user_id = homer_local_moment.user_id AND homer.knows_timezone(p.timezone)), 'UTC')) AS z (name)
     WHERE homer.check_user_or_everyone(homer_local_moment.user_id) AND homer.check_acts_for(homer_local_moment.user_id);
END;
COMMENT ON FUNCTION @extschema@.homer_local_moment(text, timestamptz) IS
'A moment as the user''s clock shows it, with the timezone of the profile; in UTC for a user without one.';
CREATE FUNCTION homer.united_strings(kept jsonb, fresh jsonb) RETURNS jsonb
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
BEGIN ATOMIC
    SELECT pg_catalog.jsonb_agg(u.string ORDER BY u.place)
      FROM (SELECT s.string, pg_catalog.min(s.place) AS place
              FROM pg_catalog.jsonb_array_elements(kept || fresh) WITH ORDINALITY AS s (string, place)
             GROUP BY s.string) AS u;
END;
COMMENT ON FUNCTION homer.united_strings(jsonb, jsonb) IS 'The strings of two arrays, each once, in their order.';
CREATE FUNCTION homer.confirmed_metadata(kept jsonb, category text, fresh jsonb, source jsonb) RETURNS jsonb
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS
$function$
DECLARE
    merged pg_catalog.jsonb := fresh OPERATOR(pg_catalog.-) 'homer_confirmed_by';
    sources pg_catalog.jsonb;
BEGIN
    IF category OPERATOR(pg_catalog.=) 'reminder' THEN
        -- When it falls due is what makes it this reminder, and that it was claimed is not for a confirmation to say.
        merged := merged OPERATOR(pg_catalog.-) '{due_at,claimed_at}'::pg_catalog.text[];
    END IF;
    merged := COALESCE(kept, '{}') OPERATOR(pg_catalog.||) merged;
    IF source IS NULL THEN
        RETURN merged;
    END IF;
    sources := merged OPERATOR(pg_catalog.->) 'homer_confirmed_by';
    IF sources IS NULL OR pg_catalog.jsonb_typeof(sources) OPERATOR(pg_catalog.<>) 'array' THEN
        sources := '[]';
    END IF;
    -- A message that says it again, or is handed over again, is one source.
    IF sources OPERATOR(pg_catalog.@>) pg_catalog.jsonb_build_array(source OPERATOR(pg_catalog.-) 'at') THEN
        RETURN merged;
    END IF;
    WHILE pg_catalog.jsonb_array_length(sources) OPERATOR(pg_catalog.>=) 20 LOOP
        sources := sources OPERATOR(pg_catalog.-) 0;
    END LOOP;
    RETURN pg_catalog.jsonb_set(merged, '{homer_confirmed_by}', sources OPERATOR(pg_catalog.||) source);
END
$function$;
COMMENT ON FUNCTION homer.confirmed_metadata(jsonb, text, jsonb, jsonb) IS
'The metadata of a memory that is confirmed: the newer value of each key, and the last twenty sources as homer_confirmed_by.';
CREATE FUNCTION homer.source_of_confirmation(conversation_id text, message_id text) RETURNS jsonb
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN CASE WHEN conversation_id IS NOT NULL OR message_id IS NOT NULL THEN
        pg_catalog.jsonb_build_object(
            'conversation_id', conversation_id, 'message_id', message_id, 'at', homer.text_of_moment(homer.utc_now()))
    END;
COMMENT ON FUNCTION homer.source_of_confirmation(text, text) IS 'Where a confirmation comes from, as metadata hold it; null where it does not say.';
CREATE FUNCTION homer.confirm(
    memory_id integer, importance integer, expires_at timestamp, tags jsonb, metadata jsonb, conversation_id text, message_id text
) RETURNS integer
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE AS
$function$
#variable_conflict use_column
DECLARE
    source jsonb := homer.source_of_confirmation(conversation_id, message_id);
    confirmed integer;
BEGIN
    UPDATE @extschema@.homer_memories AS m
       SET updated_at = homer.utc_now(),
           importance = GREATEST(COALESCE(m.importance, 5), confirm.importance),
           expires_at = CASE WHEN confirm.expires_at IS NOT NULL THEN
                            CASE WHEN m.expires_at IS NOT NULL THEN GREATEST(m.expires_at, confirm.expires_at) END
                        END,
           tags = CASE WHEN m.tags OPERATOR(pg_catalog.@>) confirm.tags THEN m.tags
                       ELSE homer.united_strings(COALESCE(m.tags, '[]'), confirm.tags) END,
           metadata = homer.confirmed_metadata(
               m.metadata, m.category, confirm.metadata,
               CASE WHEN homer.is_same_text(m.source_conversation_id, confirm.conversation_id)
                         AND homer.is_same_text(m.source_message_id, confirm.message_id) THEN NULL ELSE source END)
     WHERE m.id OPERATOR(pg_catalog.=) confirm.memory_id AND (m.is_active IS NULL OR m.is_active)
       AND (m.expires_at IS NULL OR m.expires_at OPERATOR(pg_catalog.>) homer.utc_now())
    RETURNING m.id INTO confirmed;
    RETURN confirmed;
END
$function$;
COMMENT ON FUNCTION homer.confirm(integer, integer, timestamp, jsonb, jsonb, text, text) IS
'Refreshes a memory that was said again: updated_at now, the larger importance, the later expiry, the tags of both, the newer metadata, and where it was said as a source. Null where it is no longer active.';
CREATE FUNCTION homer.retire_superseded(memory_id integer, user_id text) RETURNS void
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE AS
$function$
#variable_conflict use_column
DECLARE
    kept record;
BEGIN
    UPDATE @extschema@.homer_memories AS m
       SET is_active = false, updated_at = homer.utc_now()
     WHERE m.id OPERATOR(pg_catalog.=) retire_superseded.memory_id AND m.is_active IS NOT FALSE
       AND (m.expires_at IS NULL OR m.expires_at OPERATOR(pg_catalog.>) homer.utc_now())
       AND homer.is_same_text(m.user_id, retire_superseded.user_id);
    IF NOT FOUND THEN
        SELECT m.user_id INTO kept FROM @extschema@.homer_memories AS m
         WHERE m.id OPERATOR(pg_catalog.=) retire_superseded.memory_id;
        IF NOT FOUND THEN
            PERFORM homer.refuse_unknown_memory(retire_superseded.memory_id);
        ELSIF NOT homer.is_same_text(kept.user_id, retire_superseded.user_id) THEN
            PERFORM homer.refuse_foreign_memory(retire_superseded.memory_id, retire_superseded.user_id);
        END IF;
        PERFORM homer.refuse_retired_memory(retire_superseded.memory_id);
    END IF;
END
$function$;
COMMENT ON FUNCTION homer.retire_superseded(integer, text) IS 'Retires a memory of the user, which must be active; of two clients the second finds that it is not.';
CREATE FUNCTION homer.link(old_id integer, new_id integer) RETURNS void
    LANGUAGE sql VOLATILE PARALLEL UNSAFE
BEGIN ATOMIC
    -- A row that an application has made active again may be replaced again.
    INSERT INTO homer.successions AS s (old_id, new_id, succeeded_at)
    VALUES (link.old_id, link.new_id, homer.utc_now())
    ON CONFLICT ON CONSTRAINT successions_pkey DO UPDATE SET new_id = EXCLUDED.new_id, succeeded_at = EXCLUDED.succeeded_at;
END;
COMMENT ON FUNCTION homer.link(integer, integer) IS 'Keeps which memory replaced which.';
CREATE FUNCTION homer.check_memory(
    user_id text, category text, subject text, content text, importance integer, expires_at timestamptz, tags jsonb, metadata jsonb,
    conversation_id text
) RETURNS boolean
    LANGUAGE sql VOLATILE PARALLEL SAFE
    RETURN (user_id IS NULL OR homer.check_id('user_id', user_id))
       AND homer.check_may_decide_for(user_id)
       AND homer.check_id('category', category)
       AND homer.check_says_something(subject, content)
       AND homer.check_importance(importance)
       AND homer.check_expiry(expires_at, pg_catalog.now())
       AND homer.check_strings('tags', tags)
       AND homer.check_object('metadata', metadata)
       AND homer.check_due_in(category, metadata)
       AND (conversation_id IS NULL OR homer.check_id('source_conversation_id', conversation_id));
COMMENT ON FUNCTION homer.check_memory(text, text, text, text, integer, timestamptz, jsonb, jsonb, text) IS
'Refuses what cannot be a memory.';
CREATE FUNCTION @extschema@.homer_remember(
    user_id text,
    category text,
    subject text,
    content text,
    importance integer DEFAULT 5,
    expires_at timestamptz DEFAULT NULL,
    tags text[] DEFAULT '{}',
    metadata jsonb DEFAULT '{}',
    source_conversation_id text DEFAULT NULL,
    source_message_id text DEFAULT NULL,
    supersedes integer DEFAULT NULL,
    embedding real[] DEFAULT NULL,
    OUT id integer,
    OUT outcome text
)
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
    -- Each statement below has one good plan, by its index. A plan kept from when the table was empty would read all of it,
    -- and planning again with every call, or compiling the plan, takes longer than running it.
    SET enable_seqscan = off
    SET jit = off
    SET plan_cache_mode = force_generic_plan
AS $function$
#variable_conflict use_column
DECLARE
    strings pg_catalog.jsonb := pg_catalog.to_jsonb(homer_remember.tags);
    expiry timestamp := pg_catalog.timezone('UTC', homer_remember.expires_at);
    due timestamp;
    said pg_catalog.text;
    refusal_id integer;
    known_id integer;
BEGIN
    IF NOT homer.check_memory(user_id, category, subject, content, importance, expires_at, strings, metadata,
                              source_conversation_id) THEN
        RETURN;
    END IF;
    IF embedding IS NOT NULL THEN
        PERFORM homer.check_embedding('embedding', embedding, homer.embedding_dimensions());
    END IF;
    said := homer.statement(subject, content);
    due := homer.due_moment(category, metadata);
    IF NOT (homer.lock_statement(user_id, said)
            AND homer.check_statements_are_current(ARRAY[user_id], ARRAY[said], ARRAY[due])) THEN
        RETURN;
    END IF;

    LOOP
        SELECT k.refusal_id, k.memory_id INTO refusal_id, known_id
          FROM homer.known_statement(homer_remember.user_id, said, due, homer_remember.supersedes) AS k;
        IF refusal_id IS NOT NULL THEN
            id := refusal_id;
            outcome := 'rejected';
            RETURN;
        END IF;
        EXIT WHEN known_id IS NULL;
        id := homer.confirm(known_id, importance, expiry, strings, metadata, source_conversation_id, source_message_id);
        -- Where another has just retired it, what is known is asked again.
        EXIT WHEN id IS NOT NULL;
    END LOOP;
    outcome := 'confirmed';
    IF supersedes IS NOT NULL THEN
        PERFORM homer.retire_superseded(supersedes, user_id);
    END IF;

    IF id IS NULL THEN
        INSERT INTO @extschema@.homer_memories AS m (
            user_id, category, subject, content, importance, expires_at, tags, metadata,
            source_conversation_id, source_message_id, created_at, updated_at)
        VALUES (homer_remember.user_id, homer_remember.category, homer_remember.subject, homer_remember.content,
                homer_remember.importance, expiry, strings, homer_remember.metadata,
                homer_remember.source_conversation_id, homer_remember.source_message_id,
                homer.utc_now(), homer.utc_now())
        RETURNING m.id INTO id;
        outcome := 'added';
    END IF;

    IF supersedes IS NOT NULL THEN
        PERFORM homer.link(supersedes, id);
        outcome := 'superseded';
    END IF;
    IF embedding IS NOT NULL THEN
        PERFORM @extschema@.homer_set_embedding(id, embedding);
    END IF;
END
$function$;
COMMENT ON FUNCTION @extschema@.homer_remember(text, text, text, text, integer, timestamptz, text[], jsonb, text, text, integer, real[]) IS
'Stores a memory of the user, or of everyone where user_id is null. Returns its id and the outcome: added; confirmed, where the same content was there in any spelling and is refreshed; superseded, where it replaced the memory that supersedes names; or rejected, where the user has refused this content: nothing is stored, and the id is the refusal''s.';
CREATE OR REPLACE FUNCTION @extschema@.homer_forget(memory_id integer) RETURNS boolean
    LANGUAGE sql VOLATILE PARALLEL UNSAFE
BEGIN ATOMIC
    WITH retired AS (
        UPDATE @extschema@.homer_memories AS m
           SET is_active = false, updated_at = homer.utc_now()
         WHERE homer.check_acts() AND m.id = memory_id AND m.is_active IS NOT FALSE
        RETURNING true
    )
    SELECT CASE
        WHEN memory_id IS NULL THEN homer.refuse_null('memory_id')
        WHEN EXISTS (SELECT FROM retired) THEN true
        -- Everyone's is seen by a confined role, and not retired by it.
        WHEN EXISTS (SELECT FROM @extschema@.homer_memories AS m
                      WHERE m.id = memory_id AND homer.check_may_decide_for(m.user_id)) THEN false
        ELSE homer.refuse_unknown_memory(memory_id)
    END;
END;
CREATE FUNCTION @extschema@.homer_relevant_memories(
    user_id text,
    "limit" integer DEFAULT 10,
    query text DEFAULT NULL,
    query_embedding real[] DEFAULT NULL,
    categories text[] DEFAULT NULL,
    tags text[] DEFAULT NULL,
    conversation_id text DEFAULT NULL,
    include_global boolean DEFAULT true
) RETURNS SETOF @extschema@.homer_relevant_memory
    LANGUAGE plpgsql STABLE PARALLEL RESTRICTED ROWS 10
    -- The statements below are fast in one way only, by their indexes and in their order. The planner cannot know that a
    -- branch is long, and with no statistics or old ones would read it whole and sort it; planning again with every
    -- call, or compiling the plan, takes longer than running it.
    SET enable_seqscan = off
    SET enable_sort = off
    SET jit = off
    SET plan_cache_mode = force_generic_plan
AS $function$
DECLARE
    scopes pg_catalog.text[];
    question_words pg_catalog.text[];
BEGIN
    IF NOT (homer.check_user_or_everyone(user_id) AND homer.check_acts_for(user_id) AND homer.check_limit("limit")
            AND homer.check_filter('categories', categories) AND homer.check_filter('tags', tags)
            AND homer.check_flag('include_global', include_global)) THEN
        RETURN;
    END IF;
    IF query_embedding IS NOT NULL THEN
        PERFORM homer.check_embedding('query_embedding', query_embedding, homer.embedding_dimensions());
    END IF;
    scopes := homer.scopes(user_id, include_global);
    question_words := COALESCE(homer.question_words(query), '{}');
    IF query_embedding IS NOT NULL OR pg_catalog.array_ndims(question_words) IS NOT NULL THEN
        RETURN QUERY
            SELECT a.* FROM homer.answers(scopes, question_words, query_embedding, categories, tags, conversation_id, "limit") AS a;
    ELSIF categories IS NULL THEN
        RETURN QUERY
            SELECT b.* FROM homer.best_of_slots(scopes, ARRAY[0, 1, 2, 3, 4, 5], tags, conversation_id, "limit") AS b
             ORDER BY b.relevance DESC, b.id DESC LIMIT "limit";
    ELSE
        RETURN QUERY
            SELECT b.*
              FROM (SELECT s.* FROM homer.best_of_slots(scopes, homer.slots(categories), tags, conversation_id, "limit") AS s
                    UNION ALL
                    SELECT w.*
                      FROM homer.best_of_other_categories(
                               scopes, homer.other_categories(categories), tags, conversation_id, "limit") AS w) AS b
             ORDER BY b.relevance DESC, b.id DESC LIMIT "limit";
    END IF;
END
$function$;
COMMENT ON FUNCTION @extschema@.homer_relevant_memories(text, integer, text, real[], text[], text[], text, boolean) IS
'The memories of the user and the global ones that are active and not expired, most relevant first: importance * 2 ^ (-age / half-life of the category). A null user gives the global ones alone. With a query, only those that hold one of its words, by how well they answer it; with query_embedding, half by that and half by cosine. categories and tags keep those that are of one of the categories and carry one of the tags; conversation_id leaves out what was learned in that conversation, which the model sees already.';
CREATE TYPE homer.told AS (
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
    embedding real[]
);
COMMENT ON TYPE homer.told IS 'A memory to be imported: the parameters of homer_remember.';
CREATE FUNCTION homer.told_of(element jsonb) RETURNS homer.told
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN pg_catalog.jsonb_populate_record(NULL::homer.told, '{"importance": 5, "tags": [], "metadata": {}}'::jsonb || element);
COMMENT ON FUNCTION homer.told_of(jsonb) IS 'A memory to be imported, with the defaults of homer_remember. A null stays one.';
CREATE FUNCTION homer.check_element(element jsonb) RETURNS boolean
    LANGUAGE sql VOLATILE PARALLEL SAFE
    RETURN homer.check_object('memory', element)
       AND homer.check_known_parameters(
               element - '{user_id,category,subject,content,importance,expires_at,tags,metadata,source_conversation_id,source_message_id,supersedes,embedding}'::text[])
       AND homer.check_json_text('user_id', element -> 'user_id'::text)
       AND homer.check_json_text('category', element -> 'category'::text)
       AND homer.check_json_text('subject', element -> 'subject'::text)
       AND homer.check_json_text('content', element -> 'content'::text)
       AND homer.check_json_integer('importance', element -> 'importance'::text)
       AND homer.check_json_text('expires_at', element -> 'expires_at'::text)
       AND homer.check_json_text('source_conversation_id', element -> 'source_conversation_id'::text)
       AND homer.check_json_text('source_message_id', element -> 'source_message_id'::text)
       AND homer.check_json_integer('supersedes', element -> 'supersedes'::text)
       AND homer.check_json_numbers('embedding', element -> 'embedding'::text);
COMMENT ON FUNCTION homer.check_element(jsonb) IS 'Refuses a JSON value that does not have the shape of a memory to be imported.';
CREATE FUNCTION homer.check_told(t homer.told) RETURNS boolean
    LANGUAGE sql VOLATILE PARALLEL SAFE
    RETURN homer.check_memory((t).user_id, (t).category, (t).subject, (t).content, (t).importance, (t).expires_at,
                              (t).tags, (t).metadata, (t).source_conversation_id)
       AND ((t).embedding IS NULL OR homer.check_embedding('embedding', (t).embedding, homer.embedding_dimensions()));
COMMENT ON FUNCTION homer.check_told(homer.told) IS 'Refuses what cannot be a memory.';
CREATE FUNCTION homer.refuse_first_wrong(memories jsonb) RETURNS boolean
    LANGUAGE plpgsql STABLE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp AS
$function$
DECLARE
    element jsonb;
    place integer := 0;
    refusal_message text;
    refusal_hint text;
BEGIN
    FOR element IN SELECT e FROM jsonb_array_elements(memories) AS e LOOP
        place := place + 1;
        -- By itself: planning the next statement computes what it asks of the element, whatever that is.
        PERFORM homer.check_object('memory', element);
        PERFORM homer.check_element(element);
        PERFORM homer.check_told(homer.told_of(element));
    END LOOP;
    RETURN false;
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS refusal_message := MESSAGE_TEXT, refusal_hint := PG_EXCEPTION_HINT;
    RAISE EXCEPTION USING
        ERRCODE = SQLSTATE, MESSAGE = format('memories[%s]: %s', place, refusal_message),
        HINT = COALESCE(NULLIF(refusal_hint, ''), 'Correct this element; none was stored.');
END
$function$;
COMMENT ON FUNCTION homer.refuse_first_wrong(jsonb) IS
'Refuses the first memory of a JSON array that cannot be right, under its position; the first is 1.';
CREATE FUNCTION homer.all_told(memories jsonb) RETURNS homer.told[]
    LANGUAGE plpgsql STABLE PARALLEL UNSAFE
    SET jit = off
    SET search_path = pg_catalog, pg_temp AS
$function$
BEGIN
    RETURN ARRAY(SELECT t FROM jsonb_array_elements(memories) AS e, homer.told_of(e) AS t
                  WHERE homer.check_element(e) AND homer.check_told(t));
EXCEPTION WHEN OTHERS THEN
    -- One by one, which takes longer, to say which one it is.
    PERFORM homer.refuse_first_wrong(memories);
    RAISE;
END
$function$;
COMMENT ON FUNCTION homer.all_told(jsonb) IS 'The memories of a JSON array, read and checked.';
CREATE FUNCTION @extschema@.homer_remember_many(memories jsonb) RETURNS TABLE ("position" integer, id integer, outcome text)
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE ROWS 1000
    SET enable_seqscan = off
    SET jit = off
    SET search_path = pg_catalog, pg_temp
AS $function$
#variable_conflict use_column
DECLARE
    told homer.told[];
    users text[];
    said text[];
    due timestamp[];
    ids integer[];
    outcomes text[];
    any_supersedes boolean;
    again record;
    afresh record;
BEGIN
    PERFORM homer.check_acts();
    IF jsonb_typeof(memories) IS DISTINCT FROM 'array' THEN
        PERFORM homer.refuse_null('memories') WHERE memories IS NULL;
        PERFORM homer.refuse_shape('memories', memories::text, 'a JSON array');
    END IF;
    told := homer.all_told(memories);
    SELECT array_agg(t.user_id ORDER BY t.place), array_agg(homer.statement(t.subject, t.content) ORDER BY t.place),
           array_agg(homer.due_moment(t.category, t.metadata) ORDER BY t.place), bool_or(t.supersedes IS NOT NULL)
      INTO users, said, due, any_supersedes
      FROM unnest(told) WITH ORDINALITY AS t (user_id, category, subject, content, importance, expires_at, tags, metadata,
                                              source_conversation_id, source_message_id, supersedes, embedding, place);
    IF said IS NULL THEN
        RETURN;
    END IF;
    PERFORM homer.lock_statements(users, said);
    PERFORM homer.check_statements_are_current(users, said, due);

    IF any_supersedes THEN
        RETURN QUERY SELECT r.* FROM homer.remember_in_turn(told) AS r;
        RETURN;
    END IF;

    -- What is new gets its id here, the first time it is said; the second time it is a confirmation.
    WITH found AS MATERIALIZED (
        SELECT s.place, min(s.place) OVER (PARTITION BY s.user_id, s.said, s.due) AS first, k.refusal_id, k.memory_id
          FROM unnest(users, said, due) WITH ORDINALITY AS s (user_id, said, due, place),
               homer.known_statement(s.user_id, s.said, s.due, NULL) AS k
    ), numbered AS MATERIALIZED (
        SELECT f.place, f.first, f.refusal_id, f.memory_id,
               CASE WHEN f.place = f.first AND f.refusal_id IS NULL AND f.memory_id IS NULL
                    THEN nextval('@extschema@.homer_memories_id_seq')::integer END AS new_id
          FROM (SELECT * FROM found ORDER BY found.place) AS f
    )
    SELECT array_agg(COALESCE(n.refusal_id, n.memory_id, f.new_id) ORDER BY n.place),
           array_agg(CASE WHEN n.refusal_id IS NOT NULL THEN 'rejected'
                          WHEN n.new_id IS NOT NULL THEN 'added' ELSE 'confirmed' END ORDER BY n.place)
      INTO ids, outcomes
      FROM numbered AS n JOIN numbered AS f ON f.place = n.first;

    INSERT INTO @extschema@.homer_memories (
        id, user_id, category, subject, content, importance, expires_at, tags, metadata,
        source_conversation_id, source_message_id, created_at, updated_at)
    SELECT t.id, t.user_id, t.category, t.subject, t.content, t.importance, timezone('UTC', t.expires_at), t.tags, t.metadata,
           t.source_conversation_id, t.source_message_id, homer.utc_now(), homer.utc_now()
      FROM unnest(told, ids, outcomes) AS t (user_id, category, subject, content, importance, expires_at, tags, metadata,
                                             source_conversation_id, source_message_id, supersedes, embedding, id, outcome)
     WHERE t.outcome = 'added';

    FOR again IN
        SELECT t.place::integer AS place, t.id, t.importance, timezone('UTC', t.expires_at) AS expires_at, t.tags, t.metadata,
               t.source_conversation_id, t.source_message_id
          FROM unnest(told, ids, outcomes) WITH ORDINALITY
               AS t (user_id, category, subject, content, importance, expires_at, tags, metadata,
                     source_conversation_id, source_message_id, supersedes, embedding, id, outcome, place)
         WHERE t.outcome = 'confirmed'
         ORDER BY t.place
    LOOP
        IF homer.confirm(again.id, again.importance, again.expires_at, again.tags, again.metadata,
                         again.source_conversation_id, again.source_message_id) IS NULL THEN
            -- Another has just retired it.
            SELECT r.id, r.outcome INTO afresh FROM homer.remember_in_turn(ARRAY[told[again.place]]) AS r;
            ids[again.place] := afresh.id;
            outcomes[again.place] := afresh.outcome;
        END IF;
    END LOOP;

    PERFORM @extschema@.homer_set_embedding(t.id, t.embedding)
       FROM unnest(told, ids, outcomes) WITH ORDINALITY
            AS t (user_id, category, subject, content, importance, expires_at, tags, metadata,
                  source_conversation_id, source_message_id, supersedes, embedding, id, outcome, place)
      WHERE t.embedding IS NOT NULL AND t.outcome <> 'rejected'
      ORDER BY t.place;

    RETURN QUERY
        SELECT r.place::integer, r.id, r.outcome FROM unnest(ids, outcomes) WITH ORDINALITY AS r (id, outcome, place);
END
$function$;
COMMENT ON FUNCTION @extschema@.homer_remember_many(jsonb) IS
'Stores many memories: an array of objects whose keys are the parameters of homer_remember. Returns the position, the first being 1, the id and the outcome of each, in order. One that cannot be right refuses them all, and the message names its position.';
CREATE FUNCTION homer.remember_in_turn(told homer.told[]) RETURNS TABLE ("position" integer, id integer, outcome text)
    LANGUAGE sql VOLATILE PARALLEL UNSAFE
BEGIN ATOMIC
    SELECT t.place::integer, r.id, r.outcome
      FROM pg_catalog.unnest(told) WITH ORDINALITY
           AS t (user_id, category, subject, content, importance, expires_at, tags, metadata,
                 source_conversation_id, source_message_id, supersedes, embedding, place),
           LATERAL @extschema@.homer_remember(
               t.user_id, t.category, t.subject, t.content, t.importance, t.expires_at,
               ARRAY(SELECT pg_catalog.jsonb_array_elements_text(t.tags)), t.metadata,
               t.source_conversation_id, t.source_message_id, t.supersedes, t.embedding) AS r;
END;
COMMENT ON FUNCTION homer.remember_in_turn(homer.told[]) IS 'homer_remember for one memory after the other.';
CREATE INDEX homer_memories_expiry_idx ON @extschema@.homer_memories (expires_at)
    WHERE is_active IS NOT FALSE AND expires_at IS NOT NULL;
CREATE FUNCTION @extschema@.homer_expire_memories("limit" integer DEFAULT 10000) RETURNS integer
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
    SET enable_seqscan = off
    SET enable_sort = off
    SET jit = off
    SET search_path = pg_catalog, pg_temp
AS $function$
#variable_conflict use_column
DECLARE
    expired integer[];
BEGIN
    PERFORM homer.check_acts_for_all('homer_expire_memories'), homer.check_limit("limit");
    SELECT array_agg(e.id) INTO expired
      FROM (SELECT m.id
              FROM @extschema@.homer_memories AS m
             WHERE m.is_active IS NOT FALSE AND m.expires_at <= homer.utc_now()
             ORDER BY m.expires_at
             LIMIT "limit"
               FOR UPDATE SKIP LOCKED) AS e;
    UPDATE @extschema@.homer_memories AS m SET is_active = false, updated_at = homer.utc_now() WHERE m.id = ANY (expired);
    RETURN COALESCE(cardinality(expired), 0);
END
$function$;
COMMENT ON FUNCTION @extschema@.homer_expire_memories(integer) IS
'Retires so many of the memories that have expired, longest ago first, and passes over rows that others hold. Returns how many: less than the limit when there are no more.';
CREATE FUNCTION homer.moment_of_file(created_at timestamp) RETURNS timestamp
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN CASE WHEN created_at IS NULL THEN '-infinity'::timestamp ELSE created_at END;
COMMENT ON FUNCTION homer.moment_of_file(timestamp) IS 'When a file counts as made: before all others where nothing is known.';
CREATE FUNCTION homer.key_of_user(user_id text) RETURNS uuid
    LANGUAGE c IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE AS 'MODULE_PATHNAME', 'key_of_user_wrapper';
COMMENT ON FUNCTION homer.key_of_user(text) IS 'The key of a user id.';
CREATE FUNCTION homer.keys_of_users(user_ids jsonb) RETURNS uuid[]
    LANGUAGE sql IMMUTABLE LEAKPROOF PARALLEL SAFE
    RETURN ARRAY(SELECT homer.key_of_user(u) FROM pg_catalog.jsonb_array_elements_text(user_ids) AS u);
COMMENT ON FUNCTION homer.keys_of_users(jsonb) IS 'The key of each user id in an array of them.';
CREATE INDEX homer_files_owner_idx ON @extschema@.homer_files (uploaded_by, homer.moment_of_file(created_at), id);
CREATE INDEX homer_files_public_idx ON @extschema@.homer_files (homer.moment_of_file(created_at), id) WHERE is_shared;
CREATE INDEX homer_files_shared_with_idx ON @extschema@.homer_files USING gin (homer.keys_of_users(shared_with) homer.keys_ops)
    WHERE shared_with <> '[]';
CREATE UNIQUE INDEX homer_file_messages_link_unique
    ON @extschema@.homer_file_messages (file_id, conversation_id, message_id, direction);
CREATE FUNCTION homer.may_see(user_id text, uploaded_by text, is_shared boolean, shared_with jsonb) RETURNS boolean
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN COALESCE(is_shared, false) OR COALESCE(uploaded_by = user_id, false)
        OR COALESCE(pg_catalog.jsonb_exists(shared_with, user_id), false);
COMMENT ON FUNCTION homer.may_see(text, text, boolean, jsonb) IS
'Whether a user may see a file with this owner that is shared so. A null user is nobody in particular.';
CREATE FUNCTION homer.files_shared_with(user_id text) RETURNS SETOF @extschema@.homer_files
    LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT f.*
      FROM @extschema@.homer_files AS f
     WHERE homer.keys_of_users(f.shared_with) OPERATOR(homer.&&) ARRAY[homer.key_of_user(user_id)]
       AND f.shared_with <> '[]' AND pg_catalog.jsonb_exists(f.shared_with, user_id);
END;
COMMENT ON FUNCTION homer.files_shared_with(text) IS 'The files that are shared with the user by name.';
CREATE FUNCTION homer.newest_files(user_id text, before timestamp, before_id integer, at_most integer)
    RETURNS SETOF @extschema@.homer_files
    LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    (SELECT f.* FROM @extschema@.homer_files AS f
      WHERE f.uploaded_by = newest_files.user_id
        AND (homer.moment_of_file(f.created_at), f.id) < (before, before_id)
      ORDER BY homer.moment_of_file(f.created_at) DESC, f.id DESC LIMIT at_most)
    UNION ALL
    (SELECT f.* FROM @extschema@.homer_files AS f
      WHERE f.is_shared AND (homer.moment_of_file(f.created_at), f.id) < (before, before_id)
      ORDER BY homer.moment_of_file(f.created_at) DESC, f.id DESC LIMIT at_most)
    UNION ALL
    (SELECT f.* FROM homer.files_shared_with(newest_files.user_id) AS f
      WHERE (homer.moment_of_file(f.created_at), f.id) < (before, before_id)
      ORDER BY homer.moment_of_file(f.created_at) DESC, f.id DESC LIMIT at_most);
END;
COMMENT ON FUNCTION homer.newest_files(text, timestamp, integer, integer) IS
'The newest files before a moment of each of the three ways to see one, so many of each; one that is seen in two ways comes twice.';
CREATE FUNCTION homer.with_users(shared_with jsonb, uploaded_by text, user_ids text[]) RETURNS jsonb
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN (SELECT COALESCE(pg_catalog.jsonb_agg(u.user_id ORDER BY u.place), '[]')
              FROM (SELECT user_id, pg_catalog.min(place) AS place
                      FROM (SELECT user_id, place
                              FROM pg_catalog.jsonb_array_elements_text(shared_with) WITH ORDINALITY AS s (user_id, place)
                             UNION ALL
                            SELECT user_id, pg_catalog.jsonb_array_length(COALESCE(shared_with, '[]')) + place
                              FROM pg_catalog.unnest(user_ids) WITH ORDINALITY AS a (user_id, place)
                             WHERE user_id <> uploaded_by) AS both_of_them
                     GROUP BY user_id) AS u);
COMMENT ON FUNCTION homer.with_users(jsonb, text, text[]) IS
'An array of user ids with some more, each once, those that were there first. The owner needs no place in it.';
CREATE FUNCTION homer.without_users(shared_with jsonb, user_ids text[]) RETURNS jsonb
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN COALESCE(shared_with, '[]') - user_ids;
COMMENT ON FUNCTION homer.without_users(jsonb, text[]) IS 'An array of user ids without some of them.';
CREATE FUNCTION @extschema@.homer_register_file(
    uploaded_by text,
    original_name text,
    mime_type text,
    file_size integer,
    storage_path text,
    storage_type text DEFAULT 'local',
    file_id text DEFAULT NULL,
    description text DEFAULT NULL,
    extracted_text text DEFAULT NULL,
    tags text[] DEFAULT '{}'
) RETURNS text
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp
AS $function$
#variable_conflict use_variable
DECLARE
    registered text;
BEGIN
    INSERT INTO @extschema@.homer_files AS f (
        file_id, uploaded_by, original_name, mime_type, file_size, storage_path, storage_type, description,
        extracted_text, tags, created_at, updated_at)
    SELECT COALESCE(lower(file_id), gen_random_uuid()::text), uploaded_by, original_name, mime_type, file_size, storage_path,
           storage_type, description, extracted_text, to_jsonb(tags), homer.utc_now(), homer.utc_now()
     WHERE homer.check_id('uploaded_by', uploaded_by)
       AND homer.check_acts_for(uploaded_by)
       AND homer.check_text('original_name', original_name)
       AND homer.check_text('mime_type', mime_type)
       AND homer.check_file_size(file_size)
       AND homer.check_text('storage_path', storage_path)
       AND homer.check_one_of('storage_type', storage_type, '{local,s3}')
       AND homer.check_uuid('file_id', file_id)
       AND homer.check_strings('tags', to_jsonb(tags))
    ON CONFLICT ON CONSTRAINT homer_files_file_id_unique DO NOTHING
    RETURNING f.file_id INTO registered;
    IF registered IS NULL THEN
        PERFORM homer.refuse_known_file(file_id);
    END IF;
    RETURN registered;
END
$function$;
COMMENT ON FUNCTION @extschema@.homer_register_file(text, text, text, integer, text, text, text, text, text, text[]) IS
'Stores a file''s record and returns its file_id: the UUID given, in lower case, or a new one. A file_id that is there already is refused.';
CREATE FUNCTION @extschema@.homer_share_file(file_id text, user_ids text[]) RETURNS @extschema@.homer_files
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp
AS $function$
BEGIN
    PERFORM homer.check_text('file_id', file_id), homer.check_user_ids(user_ids),
            homer.check_strings('user_ids', to_jsonb(user_ids)), homer.check_may_change_file(file_id);
    UPDATE @extschema@.homer_files AS f
       SET shared_with = homer.with_users(f.shared_with, f.uploaded_by, user_ids), updated_at = homer.utc_now()
     WHERE f.file_id = homer_share_file.file_id
       AND f.shared_with IS DISTINCT FROM homer.with_users(f.shared_with, f.uploaded_by, user_ids);
    RETURN homer.known_file(file_id);
END
$function$;
COMMENT ON FUNCTION @extschema@.homer_share_file(text, text[]) IS
'Lets the users see the file, and returns it. Those who see it already stay as they are.';
CREATE FUNCTION @extschema@.homer_unshare_file(file_id text, user_ids text[]) RETURNS @extschema@.homer_files
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp
AS $function$
BEGIN
    PERFORM homer.check_text('file_id', file_id), homer.check_user_ids(user_ids),
            homer.check_strings('user_ids', to_jsonb(user_ids)), homer.check_may_change_file(file_id);
    UPDATE @extschema@.homer_files AS f
       SET shared_with = homer.without_users(f.shared_with, user_ids), updated_at = homer.utc_now()
     WHERE f.file_id = homer_unshare_file.file_id
       AND f.shared_with IS DISTINCT FROM homer.without_users(f.shared_with, user_ids);
    RETURN homer.known_file(file_id);
END
$function$;
COMMENT ON FUNCTION @extschema@.homer_unshare_file(text, text[]) IS
'Takes the file out of the sight of the users, and returns it. Its owner sees it still, and everyone does while it is published.';
CREATE FUNCTION @extschema@.homer_publish_file(file_id text, is_shared boolean DEFAULT true) RETURNS @extschema@.homer_files
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp
AS $function$
BEGIN
    PERFORM homer.check_text('file_id', file_id), homer.check_flag('is_shared', is_shared), homer.check_may_change_file(file_id);
    UPDATE @extschema@.homer_files AS f
       SET is_shared = homer_publish_file.is_shared, updated_at = homer.utc_now()
     WHERE f.file_id = homer_publish_file.file_id AND f.is_shared IS DISTINCT FROM homer_publish_file.is_shared;
    RETURN homer.known_file(file_id);
END
$function$;
COMMENT ON FUNCTION @extschema@.homer_publish_file(text, boolean) IS
'Lets everyone see the file, or with false no more than its owner and those it is shared with, and returns it.';
CREATE FUNCTION homer.known_file(file_id text) RETURNS @extschema@.homer_files
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    known @extschema@.homer_files;
BEGIN
    SELECT f.* INTO known FROM @extschema@.homer_files AS f WHERE f.file_id = known_file.file_id;
    IF NOT FOUND THEN
        PERFORM homer.refuse_unknown_file(known_file.file_id);
    END IF;
    RETURN known;
END
$function$;
COMMENT ON FUNCTION homer.known_file(text) IS 'The file of this id; one that does not exist is refused.';
CREATE FUNCTION homer.check_may_change_file(file_id text) RETURNS boolean
    LANGUAGE plpgsql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    owner text;
BEGIN
    PERFORM homer.check_acts();
    SELECT f.uploaded_by INTO owner FROM @extschema@.homer_files AS f WHERE f.file_id = check_may_change_file.file_id;
    IF owner IS NULL THEN
        RETURN homer.refuse_unknown_file(check_may_change_file.file_id);
    ELSIF homer.acts_for_anyone() OR owner = homer.acting_user() THEN
        RETURN true;
    END IF;
    RETURN homer.refuse_foreign_file(check_may_change_file.file_id, homer.acting_user());
END
$function$;
COMMENT ON FUNCTION homer.check_may_change_file(text) IS
'Refuses a file that does not exist or is not to be seen, and one that the role''s user sees and does not own.';
CREATE FUNCTION @extschema@.homer_can_read_file(user_id text, file_id text) RETURNS boolean
    LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT CASE
        WHEN homer.check_user_or_everyone(homer_can_read_file.user_id) AND homer.check_acts_for(homer_can_read_file.user_id)
             AND homer.check_text('file_id', homer_can_read_file.file_id)
        THEN COALESCE((SELECT homer.may_see(homer_can_read_file.user_id, f.uploaded_by, f.is_shared, f.shared_with)
                         FROM @extschema@.homer_files AS f WHERE f.file_id = homer_can_read_file.file_id),
                      homer.refuse_unknown_file(homer_can_read_file.file_id))
    END;
END;
COMMENT ON FUNCTION @extschema@.homer_can_read_file(text, text) IS
'Whether the user owns the file, has it shared with them, or it is published. A null user may see what is published.';
CREATE FUNCTION @extschema@.homer_link_file(
    file_id text,
    conversation_id text,
    message_id text,
    direction text,
    context text DEFAULT NULL
) RETURNS integer
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp
AS $function$
#variable_conflict use_variable
DECLARE
    link integer;
BEGIN
    PERFORM homer.check_text('file_id', file_id),
            homer.check_id('conversation_id', conversation_id),
            homer.check_id('message_id', message_id),
            homer.check_one_of('direction', direction, '{inbound,outbound}'),
            homer.check_acts(),
            homer.known_file(file_id);
    LOOP
        INSERT INTO @extschema@.homer_file_messages AS m (file_id, conversation_id, message_id, direction, context, created_at)
        VALUES (file_id, conversation_id, message_id, direction, context, homer.utc_now())
        ON CONFLICT DO NOTHING
        RETURNING m.id INTO link;
        EXIT WHEN FOUND;
        SELECT m.id INTO link
          FROM @extschema@.homer_file_messages AS m
         WHERE m.file_id = file_id AND m.conversation_id = conversation_id AND m.message_id = message_id
           AND m.direction = direction;
        -- Not there any more: it was removed between the two statements.
        EXIT WHEN FOUND;
    END LOOP;
    RETURN link;
END
$function$;
COMMENT ON FUNCTION @extschema@.homer_link_file(text, text, text, text, text) IS
'Links a file to the message that carried it, inbound from the user or outbound from the assistant, and returns the link''s id. The same link a second time is the first, and keeps its context.';
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
CREATE FUNCTION @extschema@.homer_conversation_files(conversation_id text, user_id text DEFAULT NULL)
    RETURNS SETOF @extschema@.homer_conversation_file
    LANGUAGE sql STABLE PARALLEL SAFE ROWS 10
BEGIN ATOMIC
    SELECT f.*, m.message_id, m.direction, m.context
      FROM @extschema@.homer_file_messages AS m
      JOIN @extschema@.homer_files AS f ON f.file_id = m.file_id
     WHERE homer.check_text('conversation_id', homer_conversation_files.conversation_id)
       AND homer.check_user_or_everyone(homer_conversation_files.user_id)
       AND homer.check_acts_for(homer_conversation_files.user_id)
       AND m.conversation_id = homer_conversation_files.conversation_id
       AND (homer_conversation_files.user_id IS NULL
            OR homer.may_see(homer_conversation_files.user_id, f.uploaded_by, f.is_shared, f.shared_with))
     ORDER BY m.created_at, m.id;
END;
COMMENT ON FUNCTION @extschema@.homer_conversation_files(text, text) IS
'The files that the messages of a conversation carried, in the order in which they were linked; with a user, those that the user may see.';
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
CREATE FUNCTION homer.file_keys(
    uploaded_by text, is_shared boolean, original_name text, description text, tags text, beginning text
) RETURNS uuid[]
    LANGUAGE c IMMUTABLE LEAKPROOF PARALLEL SAFE COST 10000 AS 'MODULE_PATHNAME', 'file_keys_wrapper';
COMMENT ON FUNCTION homer.file_keys(text, boolean, text, text, text, text) IS
'The words of a file, each hashed together with who owns it, and of a published file once more as everyone''s.';
CREATE FUNCTION homer.lines(strings jsonb) RETURNS text
    LANGUAGE sql IMMUTABLE LEAKPROOF PARALLEL SAFE
    RETURN (SELECT pg_catalog.string_agg(s, E'\n') FROM pg_catalog.jsonb_array_elements_text(strings) AS s);
COMMENT ON FUNCTION homer.lines(jsonb) IS 'The strings of an array, one a line.';
CREATE FUNCTION homer.substr(value text, start integer, length integer) RETURNS text
    LANGUAGE c IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE AS 'MODULE_PATHNAME', 'substr_wrapper';
COMMENT ON FUNCTION homer.substr(text, integer, integer) IS 'A part of a text.';
CREATE INDEX homer_files_search_idx ON @extschema@.homer_files
    USING gin (homer.file_keys(uploaded_by, is_shared, original_name, description, homer.lines(tags),
                               homer.substr(extracted_text, 1, 200000)) homer.keys_ops)
    WITH (gin_pending_list_limit = 256);
CREATE FUNCTION homer.count_of_files(user_id text) RETURNS SETOF bigint
    LANGUAGE sql STABLE PARALLEL SAFE ROWS 1
BEGIN ATOMIC
    SELECT (SELECT pg_catalog.count(*) FROM @extschema@.homer_files AS f WHERE f.is_shared)
         + (SELECT pg_catalog.count(*) FROM @extschema@.homer_files AS f
             WHERE f.uploaded_by = count_of_files.user_id AND f.is_shared IS NOT TRUE)
         + (SELECT pg_catalog.count(*) FROM homer.files_shared_with(count_of_files.user_id) AS f
             WHERE f.uploaded_by <> count_of_files.user_id AND f.is_shared IS NOT TRUE);
END;
COMMENT ON FUNCTION homer.count_of_files(text) IS 'How many files the user may see.';
CREATE FUNCTION homer.file_scopes(user_id text) RETURNS text[]
    LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT pg_catalog.array_cat(
               pg_catalog.array_remove(ARRAY[user_id, ''], NULL),
               ARRAY(SELECT DISTINCT f.uploaded_by FROM homer.files_shared_with(file_scopes.user_id) AS f));
END;
COMMENT ON FUNCTION homer.file_scopes(text) IS
'Under whose words the files lie that the user may see: the user''s, everyone''s, and those of each owner who shares with the user.';
CREATE FUNCTION homer.file_holders(user_id text, scopes text[], word text, repeated boolean) RETURNS SETOF integer
    LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT f.id FROM @extschema@.homer_files AS f
     WHERE homer.file_keys(f.uploaded_by, f.is_shared, f.original_name, f.description, homer.lines(f.tags),
                           homer.substr(f.extracted_text, 1, 200000))
           OPERATOR(homer.&&) homer.keys_of_word(scopes, word, repeated)
       AND homer.may_see(file_holders.user_id, f.uploaded_by, f.is_shared, f.shared_with);
END;
COMMENT ON FUNCTION homer.file_holders(text, text[], text, boolean) IS
'The files that the user may see and that hold a word, or that repeat it.';
CREATE FUNCTION homer.file_hits(user_id text, scopes text[], words text[]) RETURNS TABLE (total bigint, hits bytea)
    LANGUAGE sql STABLE PARALLEL SAFE ROWS 1
BEGIN ATOMIC
    SELECT (SELECT c.files FROM homer.count_of_files(file_hits.user_id) AS c (files)),
           pg_catalog.string_agg(
               homer.pack_hits(p.place, ARRAY(SELECT h.id FROM homer.file_holders(file_hits.user_id, scopes, p.word, p.repeated) AS h (id))), '')
      FROM homer.places_of_words(words) AS p;
END;
COMMENT ON FUNCTION homer.file_hits(text, text[], text[]) IS
'Which of the files that the user may see hold which of the words, as homer.hits_of_words for memories, and how many files the user may see.';
CREATE FUNCTION homer.answering_files(user_id text, words text[], after text, at_most integer)
    RETURNS SETOF @extschema@.homer_accessible_file
    LANGUAGE plpgsql STABLE PARALLEL RESTRICTED
    SET search_path = pg_catalog, pg_temp
AS $function$
#variable_conflict use_column
DECLARE
    hits record;
BEGIN
    SELECT h.total, h.hits INTO hits
      FROM homer.file_hits(answering_files.user_id, homer.file_scopes(answering_files.user_id), words) AS h;
    RETURN QUERY
        WITH ranked AS MATERIALIZED (
            SELECT f.id, f.file_id,
                   s.score + 0.01 * least(homer.relevance(NULL, 'file', f.created_at, f.created_at, homer.utc_now()), 10) AS relevance
              FROM homer.scored_hits(hits.hits, hits.total) AS s,
                   LATERAL (SELECT f.id, f.file_id, f.created_at FROM @extschema@.homer_files AS f WHERE f.id = s.id) AS f
        ), page AS MATERIALIZED (
            SELECT r.id, r.relevance FROM ranked AS r
             WHERE after IS NULL
                OR (r.relevance, r.id) < (SELECT l.relevance, l.id FROM ranked AS l WHERE l.file_id = after)
             ORDER BY r.relevance DESC, r.id DESC LIMIT at_most
        )
        SELECT f.id, f.file_id, f.uploaded_by, f.original_name, f.mime_type, f.file_size, f.storage_path, f.storage_type,
               f.description, f.tags, f.is_shared, f.shared_with, f.created_at, f.updated_at, p.relevance
          FROM page AS p, @extschema@.homer_files AS f
         WHERE f.id = p.id
         ORDER BY p.relevance DESC, p.id DESC;
END
$function$;
COMMENT ON FUNCTION homer.answering_files(text, text[], text, integer) IS
'The files that the user may see and that answer a question of these words, best first, from behind a file on.';
CREATE FUNCTION @extschema@.homer_accessible_files(
    user_id text,
    "limit" integer DEFAULT 20,
    query text DEFAULT NULL,
    after text DEFAULT NULL
) RETURNS SETOF @extschema@.homer_accessible_file
    LANGUAGE plpgsql STABLE PARALLEL RESTRICTED ROWS 20
    -- As in homer_relevant_memories: the statements are fast by their indexes alone.
    SET enable_seqscan = off
    SET enable_sort = off
    SET jit = off
    SET plan_cache_mode = force_generic_plan
    SET search_path = pg_catalog, pg_temp
AS $function$
#variable_conflict use_column
DECLARE
    question_words text[];
    before timestamp := 'infinity';
    before_id integer := 2147483647;
BEGIN
    IF NOT (homer.check_user_or_everyone(homer_accessible_files.user_id) AND homer.check_acts_for(homer_accessible_files.user_id)
            AND homer.check_limit("limit")) THEN
        RETURN;
    END IF;
    IF after IS NOT NULL THEN
        SELECT homer.moment_of_file(f.created_at), f.id INTO before, before_id
          FROM @extschema@.homer_files AS f
         WHERE f.file_id = after AND homer.may_see(homer_accessible_files.user_id, f.uploaded_by, f.is_shared, f.shared_with);
        IF NOT FOUND THEN
            PERFORM homer.refuse_unknown_file(after);
        END IF;
    END IF;
    question_words := homer.question_words(query);
    IF array_ndims(question_words) IS NOT NULL THEN
        RETURN QUERY SELECT a.* FROM homer.answering_files(homer_accessible_files.user_id, question_words, after, "limit") AS a;
    ELSE
        RETURN QUERY
            SELECT DISTINCT ON (homer.moment_of_file(f.created_at), f.id)
                   f.id, f.file_id, f.uploaded_by, f.original_name, f.mime_type, f.file_size, f.storage_path, f.storage_type,
                   f.description, f.tags, f.is_shared, f.shared_with, f.created_at, f.updated_at,
                   homer.relevance(NULL, 'file', f.created_at, f.created_at, homer.utc_now())
              FROM homer.newest_files(homer_accessible_files.user_id, before, before_id, "limit") AS f
             ORDER BY homer.moment_of_file(f.created_at) DESC, f.id DESC LIMIT "limit";
    END IF;
END
$function$;
COMMENT ON FUNCTION @extschema@.homer_accessible_files(text, integer, text, text) IS
'The files that the user owns, has shared with them, or that are published, newest first; with a query, those that hold one of its words in name, description, tags or text, by how well they answer it. A null user sees what is published. after names the last file of the page before.';
CREATE FUNCTION homer.fenced(stored text, most_characters integer) RETURNS text
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'fenced_wrapper';
COMMENT ON FUNCTION homer.fenced(text, integer) IS
'A stored text as the block shows it: on one line, without angle brackets and what cannot be seen, cut after so many characters.';
CREATE FUNCTION homer.token_bound(shown text) RETURNS integer
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'token_bound_wrapper';
COMMENT ON FUNCTION homer.token_bound(text) IS 'How many tokens a text is at most, for any of today''s tokenizers.';
CREATE FUNCTION homer.context_block(sections integer[], heads text[], bodies text[], max_tokens integer) RETURNS text
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'context_block_wrapper';
COMMENT ON FUNCTION homer.context_block(integer[], text[], text[], integer) IS 'The block of those entries that fit into so many tokens.';
CREATE FUNCTION homer.fitting_entries(sections integer[], heads text[], bodies text[], max_tokens integer)
    RETURNS TABLE (place bigint, cut_body text)
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE ROWS 50 AS 'MODULE_PATHNAME', 'fitting_entries_wrapper';
COMMENT ON FUNCTION homer.fitting_entries(integer[], text[], text[], integer) IS
'The places of the entries that fit into so many tokens, and the body of each that is cut.';
CREATE TYPE homer.context_entry AS (section integer, place bigint, head text, body text, data jsonb);
COMMENT ON TYPE homer.context_entry IS 'A line of the block for the model''s prompt, and the same as data.';
CREATE FUNCTION homer.profile_entries(user_id text) RETURNS SETOF homer.context_entry
    LANGUAGE sql STABLE PARALLEL UNSAFE
BEGIN ATOMIC
    SELECT CASE WHEN e.name = 'local_time' THEN 5 ELSE 1 END, e.place, '- ' || e.label || ': ', homer.fenced(e.shown, 300),
           pg_catalog.jsonb_build_object(e.name, e.data)
      FROM @extschema@.homer_user_profiles AS p,
           LATERAL (VALUES
               (1, 'preferred_name', 'Preferred name', p.preferred_name, pg_catalog.to_jsonb(p.preferred_name)),
               (2, 'display_name', 'Name', p.display_name, pg_catalog.to_jsonb(p.display_name)),
               (3, 'role', 'Role', p.role, pg_catalog.to_jsonb(p.role)),
               (4, 'title', 'Title', p.title, pg_catalog.to_jsonb(p.title)),
               (5, 'communication_style', 'Style', p.communication_style, pg_catalog.to_jsonb(p.communication_style)),
               (6, 'wants_detailed_analysis', 'Detailed analysis',
                   CASE WHEN p.wants_detailed_analysis THEN 'wanted' WHEN NOT p.wants_detailed_analysis THEN 'not wanted' END,
                   pg_catalog.to_jsonb(p.wants_detailed_analysis)),
               (7, 'wants_proactive_insights', 'Insights not asked for',
                   CASE WHEN p.wants_proactive_insights THEN 'wanted' WHEN NOT p.wants_proactive_insights THEN 'not wanted' END,
                   pg_catalog.to_jsonb(p.wants_proactive_insights)),
               (8, 'preferred_greeting', 'Greeting', p.preferred_greeting, pg_catalog.to_jsonb(p.preferred_greeting)),
               (9, 'focus_areas', 'Focus areas',
                   (SELECT pg_catalog.string_agg(a, ', ') FROM pg_catalog.jsonb_array_elements_text(p.focus_areas) AS a),
                   p.focus_areas),
               (10, 'responsibilities', 'Responsibilities', p.responsibilities, pg_catalog.to_jsonb(p.responsibilities)),
               (11, 'working_hours', 'Working hours', p.working_hours, pg_catalog.to_jsonb(p.working_hours)),
               -- To the hour, and last of all: a block that changed every minute would miss the prompt cache every minute.
               (12, 'local_time', 'Local time',
                   CASE WHEN homer.knows_timezone(p.timezone) THEN
                       pg_catalog.to_char(pg_catalog.timezone(p.timezone, pg_catalog.now()), 'FMDay, YYYY-MM-DD, "after" HH24:00 ')
                       || '(' || p.timezone || ')' END,
                   CASE WHEN homer.knows_timezone(p.timezone) THEN
                       pg_catalog.to_jsonb(pg_catalog.date_trunc('hour', pg_catalog.timezone(p.timezone, pg_catalog.now()))) END)
           ) AS e (place, name, label, shown, data)
     WHERE p.user_id = profile_entries.user_id AND pg_catalog.btrim(e.shown) <> '';
END;
COMMENT ON FUNCTION homer.profile_entries(text) IS 'Who the user is, and the time where they are.';
CREATE FUNCTION homer.due_reminders_of(user_id text)
    RETURNS TABLE (id integer, subject text, content text, due_at timestamptz)
    LANGUAGE sql STABLE PARALLEL RESTRICTED
BEGIN ATOMIC
    -- A null user would be given those of all users.
    SELECT r.id, r.subject, r.content, r.due_at
      FROM @extschema@.homer_due_reminders(due_reminders_of.user_id, 10) AS r
     WHERE due_reminders_of.user_id IS NOT NULL;
END;
COMMENT ON FUNCTION homer.due_reminders_of(text) IS 'The reminders of the user that are due, oldest first.';
CREATE FUNCTION homer.reminder_entries(user_id text) RETURNS SETOF homer.context_entry
    LANGUAGE sql STABLE PARALLEL RESTRICTED
BEGIN ATOMIC
    SELECT 2, pg_catalog.row_number() OVER (ORDER BY r.due_at, r.id),
           '- [' || pg_catalog.to_char(pg_catalog.timezone('UTC', r.due_at), 'YYYY-MM-DD HH24:MI') || ' UTC] ',
           homer.fenced(pg_catalog.concat_ws(': ', NULLIF(r.subject, ''), NULLIF(r.content, '')), 1000),
           pg_catalog.jsonb_build_object('id', r.id, 'subject', r.subject, 'content', r.content, 'due_at', r.due_at)
      FROM homer.due_reminders_of(reminder_entries.user_id) AS r;
END;
COMMENT ON FUNCTION homer.reminder_entries(text) IS 'The reminders of the user that are due.';
CREATE FUNCTION homer.relevant_to_context(
    user_id text, query text, query_embedding real[], conversation_id text, at_most integer
) RETURNS SETOF @extschema@.homer_relevant_memory
    LANGUAGE sql STABLE PARALLEL RESTRICTED
BEGIN ATOMIC
    SELECT m.*
      FROM @extschema@.homer_relevant_memories(
               user_id => relevant_to_context.user_id,
               "limit" => at_most,
               query => relevant_to_context.query,
               query_embedding => relevant_to_context.query_embedding,
               conversation_id => relevant_to_context.conversation_id) AS m;
END;
COMMENT ON FUNCTION homer.relevant_to_context(text, text, real[], text, integer) IS
'homer_relevant_memories with what the block for the prompt was asked with.';
CREATE FUNCTION homer.memory_entries(
    user_id text, query text, query_embedding real[], conversation_id text, at_most integer
) RETURNS SETOF homer.context_entry
    LANGUAGE sql STABLE PARALLEL RESTRICTED
BEGIN ATOMIC
    -- First what answers the question, then what is worth knowing without one, so that a question about the weather does
    -- not hide who the user is.
    WITH answers AS MATERIALIZED (
        SELECT a.*, pg_catalog.row_number() OVER () AS place
          FROM homer.relevant_to_context(user_id, query, query_embedding, conversation_id, at_most) AS a
    ), others AS MATERIALIZED (
        SELECT o.*, at_most + pg_catalog.row_number() OVER () AS place
          FROM homer.relevant_to_context(user_id, NULL, NULL, conversation_id, at_most) AS o
         WHERE query IS NOT NULL OR query_embedding IS NOT NULL
    ), chosen AS (
        SELECT * FROM answers
         UNION ALL
        SELECT * FROM others WHERE NOT EXISTS (SELECT FROM answers WHERE answers.id = others.id)
    )
    SELECT 3, c.place,
           '- [' || pg_catalog.to_char(COALESCE(c.updated_at, c.created_at), 'YYYY-MM-DD ') || homer.fenced(c.category, 40)
           || CASE WHEN c.user_id IS NULL THEN ', everyone' ELSE '' END
           || CASE
                  -- A UUID costs 30 tokens, and says nothing to a model.
                  WHEN pg_catalog.length(c.source_conversation_id) <= 20
                  THEN ', conversation ' || homer.fenced(c.source_conversation_id, 20)
                  ELSE ''
              END
           || '] ' || CASE WHEN pg_catalog.btrim(c.subject) <> '' THEN homer.fenced(c.subject, 100) || ': ' ELSE '' END,
           -- The longest known word has 16 letters, so that more than this is more than the budget.
           homer.fenced(c.content, LEAST(1000000, at_most::bigint * 512)::integer),
           pg_catalog.jsonb_build_object(
               'id', c.id, 'category', c.category, 'subject', c.subject, 'content', c.content, 'importance', c.importance,
               'tags', c.tags, 'everyone', c.user_id IS NULL, 'created_at', c.created_at, 'updated_at', c.updated_at,
               'source_conversation_id', c.source_conversation_id, 'source_message_id', c.source_message_id,
               'relevance', c.relevance)
      FROM chosen AS c
     WHERE c.id NOT IN (SELECT r.id FROM homer.due_reminders_of(memory_entries.user_id) AS r);
END;
COMMENT ON FUNCTION homer.memory_entries(text, text, real[], text, integer) IS
'The memories that answer the question, best first, and after them those that are relevant without one.';
CREATE FUNCTION homer.file_entries(user_id text, query text, conversation_id text, at_most integer)
    RETURNS SETOF homer.context_entry
    LANGUAGE sql STABLE PARALLEL RESTRICTED
BEGIN ATOMIC
    WITH linked AS (
        SELECT f.id, pg_catalog.max(m.id) AS link
          FROM @extschema@.homer_file_messages AS m
          JOIN @extschema@.homer_files AS f ON f.file_id = m.file_id
         WHERE m.conversation_id = file_entries.conversation_id
           AND homer.may_see(file_entries.user_id, f.uploaded_by, f.is_shared, f.shared_with)
         GROUP BY f.id ORDER BY pg_catalog.max(m.id) DESC LIMIT at_most
    ), matching AS MATERIALIZED (
        SELECT a.id, pg_catalog.row_number() OVER () AS place
          FROM @extschema@.homer_accessible_files(
                   user_id => file_entries.user_id, "limit" => at_most, query => file_entries.query) AS a
    ), chosen AS (
        SELECT l.id, pg_catalog.row_number() OVER (ORDER BY l.link DESC) AS place, true AS is_linked FROM linked AS l
         UNION ALL
        SELECT m.id, at_most + m.place, false FROM matching AS m WHERE m.id NOT IN (SELECT l.id FROM linked AS l)
    )
    SELECT 4, c.place,
           '- ' || homer.fenced(f.original_name, 120) || ' (' || homer.fenced(f.mime_type, 60)
           || COALESCE(', ' || pg_catalog.to_char(f.created_at, 'YYYY-MM-DD'), '')
           || CASE WHEN c.is_linked THEN ', this conversation' ELSE '' END
           || ', id ' || homer.fenced(f.file_id, 40) || ')',
           COALESCE(': ' || homer.fenced(NULLIF(pg_catalog.btrim(f.description), ''), 300), ''),
           pg_catalog.jsonb_build_object(
               'file_id', f.file_id, 'original_name', f.original_name, 'mime_type', f.mime_type, 'file_size', f.file_size,
               'description', f.description, 'tags', f.tags, 'created_at', f.created_at, 'this_conversation', c.is_linked)
      FROM chosen AS c, @extschema@.homer_files AS f
     WHERE f.id = c.id;
END;
COMMENT ON FUNCTION homer.file_entries(text, text, text, integer) IS
'The files of the conversation that the user may see, the last first, and after them those that answer the question, or the newest.';
CREATE FUNCTION homer.context_entries(
    user_id text, query text, max_tokens integer, conversation_id text, query_embedding real[]
) RETURNS SETOF homer.context_entry
    LANGUAGE sql STABLE PARALLEL UNSAFE
BEGIN ATOMIC
    SELECT e.*
      FROM (SELECT p.* FROM homer.profile_entries(user_id) AS p
             UNION ALL
            SELECT r.* FROM homer.reminder_entries(user_id) AS r
             UNION ALL
            -- The line of a memory costs 16 tokens and more.
            SELECT m.* FROM homer.memory_entries(user_id, query, query_embedding, conversation_id, max_tokens / 16) AS m
             UNION ALL
            SELECT f.* FROM homer.file_entries(user_id, query, conversation_id, 10) AS f) AS e
     ORDER BY e.section, e.place;
END;
COMMENT ON FUNCTION homer.context_entries(text, text, integer, text, real[]) IS
'All that may come into the block for the prompt, in its order.';
CREATE FUNCTION @extschema@.homer_context(
    user_id text,
    query text DEFAULT NULL,
    max_tokens integer DEFAULT 1500,
    conversation_id text DEFAULT NULL,
    query_embedding real[] DEFAULT NULL
) RETURNS text
    LANGUAGE plpgsql STABLE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    block text;
BEGIN
    PERFORM homer.check_user_or_everyone(user_id), homer.check_acts_for(user_id), homer.check_max_tokens(max_tokens);
    SELECT homer.context_block(array_agg(e.section), array_agg(e.head), array_agg(e.body), max_tokens) INTO block
      FROM homer.context_entries(user_id, query, max_tokens, conversation_id, query_embedding) AS e;
    RETURN COALESCE(block, '');
END
$function$;
COMMENT ON FUNCTION @extschema@.homer_context(text, text, integer, text, real[]) IS
'What belongs into the model''s prompt: who the user is, reminders due, relevant memories and files at hand, fenced as data, in max_tokens at most of any of today''s tokenizers. Empty where there is nothing to say or no room to say it.';
CREATE FUNCTION @extschema@.homer_context_json(
    user_id text,
    query text DEFAULT NULL,
    max_tokens integer DEFAULT 1500,
    conversation_id text DEFAULT NULL,
    query_embedding real[] DEFAULT NULL
) RETURNS jsonb
    LANGUAGE plpgsql STABLE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    sections integer[];
    heads text[];
    bodies text[];
    data jsonb[];
BEGIN
    PERFORM homer.check_user_or_everyone(user_id), homer.check_acts_for(user_id), homer.check_max_tokens(max_tokens);
    SELECT array_agg(e.section), array_agg(e.head), array_agg(e.body), array_agg(e.data) INTO sections, heads, bodies, data
      FROM homer.context_entries(user_id, query, max_tokens, conversation_id, query_embedding) AS e;
    RETURN (
        WITH fitting AS (
            SELECT sections[f.place] AS section, f.place,
                   CASE WHEN f.cut_body IS NULL THEN data[f.place]
                        ELSE data[f.place] || jsonb_build_object('content', f.cut_body, 'cut', true) END AS data
              FROM homer.fitting_entries(sections, heads, bodies, max_tokens) AS f
        )
        SELECT jsonb_build_object(
                   'user', (SELECT jsonb_object_agg(k.key, k.value) FROM fitting AS f, jsonb_each(f.data) AS k WHERE f.section IN (1, 5)),
                   'reminders', COALESCE((SELECT jsonb_agg(f.data ORDER BY f.place) FROM fitting AS f WHERE f.section = 2), '[]'),
                   'memories', COALESCE((SELECT jsonb_agg(f.data ORDER BY f.place) FROM fitting AS f WHERE f.section = 3), '[]'),
                   'files', COALESCE((SELECT jsonb_agg(f.data ORDER BY f.place) FROM fitting AS f WHERE f.section = 4), '[]')));
END
$function$;
COMMENT ON FUNCTION @extschema@.homer_context_json(text, text, integer, text, real[]) IS
'What homer_context says, as data: an object with user, reminders, memories and files. A text that is cut carries "cut": true.';
CREATE FUNCTION homer.refuse_document(fault text) RETURNS boolean
    LANGUAGE c VOLATILE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'refuse_document_wrapper';
COMMENT ON FUNCTION homer.refuse_document(text) IS 'Refuses a document that is not what homer_export_user gives.';
CREATE FUNCTION homer.exported_embeddings(user_id text) RETURNS jsonb
    LANGUAGE plpgsql STABLE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp
AS $function$
BEGIN
    IF homer.embedding_dimensions() IS NULL THEN
        RETURN '[]';
    END IF;
    -- One that its text has left behind is not known of anybody any more.
    RETURN (SELECT COALESCE(jsonb_agg(jsonb_build_object('memory_id', m.id, 'embedding', e.embedding::real[]) ORDER BY m.id), '[]')
              FROM @extschema@.homer_memories AS m JOIN homer.memory_embeddings AS e ON e.memory_id = m.id
             WHERE m.user_id = exported_embeddings.user_id AND e.text_hash = homer.text_hash(m.user_id, m.subject, m.content));
END
$function$;
COMMENT ON FUNCTION homer.exported_embeddings(text) IS 'The vectors of a person''s memories, as a document holds them.';
CREATE FUNCTION @extschema@.homer_export_user(user_id text) RETURNS jsonb
    LANGUAGE sql STABLE PARALLEL UNSAFE
BEGIN ATOMIC
    SELECT pg_catalog.jsonb_build_object(
               'format', 'homer',
               'version', 1,
               'user_id', homer_export_user.user_id,
               'homer_user_profiles',
               (SELECT COALESCE(pg_catalog.jsonb_agg(pg_catalog.to_jsonb(p)), '[]')
                  FROM @extschema@.homer_user_profiles AS p WHERE p.user_id = homer_export_user.user_id),
               'homer_memories',
               (SELECT COALESCE(pg_catalog.jsonb_agg(pg_catalog.to_jsonb(m) ORDER BY m.id), '[]')
                  FROM @extschema@.homer_memories AS m WHERE m.user_id = homer_export_user.user_id),
               'homer_files',
               (SELECT COALESCE(pg_catalog.jsonb_agg(pg_catalog.to_jsonb(f) ORDER BY f.id), '[]')
                  FROM @extschema@.homer_files AS f WHERE f.uploaded_by = homer_export_user.user_id),
               'homer_file_messages',
               (SELECT COALESCE(pg_catalog.jsonb_agg(pg_catalog.to_jsonb(l) ORDER BY l.id), '[]')
                  FROM @extschema@.homer_files AS f JOIN @extschema@.homer_file_messages AS l ON l.file_id = f.file_id
                 WHERE f.uploaded_by = homer_export_user.user_id),
               'refusals',
               (SELECT COALESCE(pg_catalog.jsonb_agg(pg_catalog.to_jsonb(r) ORDER BY r.id), '[]')
                  FROM homer.refusals AS r WHERE r.user_id = homer_export_user.user_id),
               'successions',
               (SELECT COALESCE(pg_catalog.jsonb_agg(pg_catalog.to_jsonb(s) ORDER BY s.old_id), '[]')
                  FROM @extschema@.homer_memories AS m JOIN homer.successions AS s ON s.old_id = m.id
                 WHERE m.user_id = homer_export_user.user_id
                   AND EXISTS (SELECT FROM @extschema@.homer_memories AS n
                                WHERE n.id = s.new_id AND n.user_id = homer_export_user.user_id)),
               'memory_embeddings', homer.exported_embeddings(homer_export_user.user_id),
               'files_shared_with_user',
               (SELECT COALESCE(pg_catalog.jsonb_agg(f.file_id ORDER BY f.id), '[]')
                  FROM homer.files_shared_with(homer_export_user.user_id) AS f))
     WHERE homer.check_text('user_id', homer_export_user.user_id) AND homer.check_acts_for(homer_export_user.user_id);
END;
COMMENT ON FUNCTION @extschema@.homer_export_user(text) IS
'Everything that is known of a person, as one document that homer_import_user takes: the rows that are theirs in each table, and the ids of the files that others share with them.';
CREATE FUNCTION homer.import_profiles(person text, told jsonb, OUT added bigint, OUT present bigint)
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp
AS $function$
BEGIN
    IF EXISTS (SELECT FROM jsonb_array_elements(told) AS t
                WHERE t ->> 'user_id' IS DISTINCT FROM person
                   OR to_jsonb(jsonb_populate_record(NULL::@extschema@.homer_user_profiles, t)) <> t) THEN
        PERFORM homer.refuse_document('homer_user_profiles holds what is no profile of the person');
    END IF;
    INSERT INTO @extschema@.homer_user_profiles
    SELECT (jsonb_populate_record(
                NULL::@extschema@.homer_user_profiles,
                t || jsonb_build_object('id', nextval('@extschema@.homer_user_profiles_id_seq'::regclass)))).*
      FROM jsonb_array_elements(told) AS t
     WHERE NOT EXISTS (SELECT FROM @extschema@.homer_user_profiles AS p WHERE p.user_id = person);
    GET DIAGNOSTICS added = ROW_COUNT;
    present := jsonb_array_length(told) - added;
END
$function$;
COMMENT ON FUNCTION homer.import_profiles(text, jsonb) IS 'Takes in a person''s profile. One that is there already stays as it is.';
CREATE FUNCTION homer.import_memories(
    person text, told jsonb, OUT added bigint, OUT present bigint, OUT old_ids integer[], OUT new_ids integer[]
)
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp
AS $function$
BEGIN
    IF EXISTS (SELECT FROM jsonb_array_elements(told) AS t
                WHERE t ->> 'user_id' IS DISTINCT FROM person
                   OR to_jsonb(jsonb_populate_record(NULL::@extschema@.homer_memories, t)) <> t)
       OR (SELECT count(DISTINCT t -> 'id') FROM jsonb_array_elements(told) AS t) < jsonb_array_length(told) THEN
        PERFORM homer.refuse_document('homer_memories holds what is no memory of the person');
    END IF;
    WITH rows_told AS MATERIALIZED (
        SELECT t.* FROM jsonb_populate_recordset(NULL::@extschema@.homer_memories, told) AS t
    ), known AS MATERIALIZED (
        SELECT t.id AS old_id, min(m.id) AS new_id
          FROM rows_told AS t
          JOIN @extschema@.homer_memories AS m
            ON m.category = t.category AND m.subject = t.subject AND m.content = t.content
           AND m.created_at IS NOT DISTINCT FROM t.created_at
         WHERE m.user_id = person
         GROUP BY t.id
    ), numbered AS MATERIALIZED (
        SELECT o.id AS old_id, COALESCE(k.new_id, nextval('@extschema@.homer_memories_id_seq'::regclass)::integer) AS new_id,
               k.new_id IS NULL AS is_new
          FROM (SELECT t.id FROM rows_told AS t ORDER BY t.id) AS o LEFT JOIN known AS k ON k.old_id = o.id
    ), stored AS (
        INSERT INTO @extschema@.homer_memories (
            id, user_id, category, subject, content, importance, expires_at, source_conversation_id, source_message_id,
            tags, metadata, is_active, created_at, updated_at)
        SELECT n.new_id, t.user_id, t.category, t.subject, t.content, t.importance, t.expires_at, t.source_conversation_id,
               t.source_message_id, t.tags, t.metadata, t.is_active, t.created_at, t.updated_at
          FROM numbered AS n JOIN rows_told AS t ON t.id = n.old_id
         WHERE n.is_new
    )
    SELECT count(*) FILTER (WHERE n.is_new), count(*) FILTER (WHERE NOT n.is_new), array_agg(n.old_id), array_agg(n.new_id)
      INTO added, present, old_ids, new_ids
      FROM numbered AS n;
END
$function$;
COMMENT ON FUNCTION homer.import_memories(text, jsonb) IS
'Takes in a person''s memories, and says which number each has now. One that is there already, of the same words and moment, is not doubled.';
CREATE FUNCTION homer.import_files(person text, told jsonb, OUT added bigint, OUT present bigint)
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp
AS $function$
BEGIN
    IF EXISTS (SELECT FROM jsonb_array_elements(told) AS t
                WHERE t ->> 'uploaded_by' IS DISTINCT FROM person
                   OR to_jsonb(jsonb_populate_record(NULL::@extschema@.homer_files, t)) <> t) THEN
        PERFORM homer.refuse_document('homer_files holds what is no file of the person');
    END IF;
    IF EXISTS (SELECT FROM jsonb_array_elements(told) AS t
                 JOIN @extschema@.homer_files AS f ON f.file_id = t ->> 'file_id'
                WHERE f.uploaded_by <> person) THEN
        PERFORM homer.refuse_document('one of its files belongs to somebody else here');
    END IF;
    INSERT INTO @extschema@.homer_files
    SELECT (jsonb_populate_record(
                NULL::@extschema@.homer_files,
                t.told || jsonb_build_object('id', nextval('@extschema@.homer_files_id_seq'::regclass)))).*
      FROM (SELECT t AS told FROM jsonb_array_elements(told) AS t
             WHERE NOT EXISTS (SELECT FROM @extschema@.homer_files AS f WHERE f.file_id = t ->> 'file_id')
             ORDER BY (t -> 'id')::integer) AS t;
    GET DIAGNOSTICS added = ROW_COUNT;
    present := jsonb_array_length(told) - added;
END
$function$;
COMMENT ON FUNCTION homer.import_files(text, jsonb) IS
'Takes in the records of a person''s files. One that is there already stays as it is; one that is somebody else''s is refused.';
CREATE FUNCTION homer.import_links(person text, told jsonb, OUT added bigint, OUT present bigint)
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp
AS $function$
BEGIN
    IF EXISTS (SELECT FROM jsonb_array_elements(told) AS t
                WHERE to_jsonb(jsonb_populate_record(NULL::@extschema@.homer_file_messages, t)) <> t
                   OR NOT EXISTS (SELECT FROM @extschema@.homer_files AS f
                                   WHERE f.file_id = t ->> 'file_id' AND f.uploaded_by = person)) THEN
        PERFORM homer.refuse_document('homer_file_messages holds what is no link to a file of the person');
    END IF;
    INSERT INTO @extschema@.homer_file_messages (file_id, conversation_id, message_id, direction, context, created_at)
    SELECT t.file_id, t.conversation_id, t.message_id, t.direction, t.context, t.created_at
      FROM jsonb_populate_recordset(NULL::@extschema@.homer_file_messages, told) AS t ORDER BY t.id
    ON CONFLICT (file_id, conversation_id, message_id, direction) DO NOTHING;
    GET DIAGNOSTICS added = ROW_COUNT;
    present := jsonb_array_length(told) - added;
END
$function$;
COMMENT ON FUNCTION homer.import_links(text, jsonb) IS 'Takes in the links to a person''s files. One that is there already is not doubled.';
CREATE FUNCTION homer.import_refusals(
    person text, told jsonb, old_ids integer[], new_ids integer[], OUT added bigint, OUT present bigint
)
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp
AS $function$
BEGIN
    IF EXISTS (SELECT FROM jsonb_array_elements(told) AS t
                WHERE t ->> 'user_id' IS DISTINCT FROM person
                   OR to_jsonb(jsonb_populate_record(NULL::homer.refusals, t)) <> t) THEN
        PERFORM homer.refuse_document('refusals holds what is no refusal of the person');
    END IF;
    INSERT INTO homer.refusals (user_id, statement, memory_id, refused_at)
    -- The number of a memory whose row is gone is 0: the one it had may be another's here.
    SELECT person, t.statement, COALESCE(i.new_id, 0), t.refused_at
      FROM jsonb_populate_recordset(NULL::homer.refusals, told) AS t
      LEFT JOIN unnest(old_ids, new_ids) AS i (old_id, new_id) ON i.old_id = t.memory_id
     WHERE NOT EXISTS (SELECT FROM homer.refusals AS r WHERE r.user_id = person AND r.statement = t.statement)
     ORDER BY t.id;
    GET DIAGNOSTICS added = ROW_COUNT;
    present := jsonb_array_length(told) - added;
END
$function$;
COMMENT ON FUNCTION homer.import_refusals(text, jsonb, integer[], integer[]) IS
'Takes in what a person has refused to have remembered. What is refused already is not doubled.';
CREATE FUNCTION homer.import_successions(
    told jsonb, old_ids integer[], new_ids integer[], OUT added bigint, OUT present bigint
)
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp
AS $function$
BEGIN
    IF EXISTS (SELECT FROM jsonb_array_elements(told) AS t
                WHERE to_jsonb(jsonb_populate_record(NULL::homer.successions, t)) <> t)
       OR EXISTS (SELECT v.id FROM jsonb_populate_recordset(NULL::homer.successions, told) AS t,
                                   LATERAL (VALUES (t.old_id), (t.new_id)) AS v (id)
                  EXCEPT SELECT i.id FROM unnest(old_ids) AS i (id)) THEN
        PERFORM homer.refuse_document('successions holds what is no succession of the person''s memories');
    END IF;
    INSERT INTO homer.successions (old_id, new_id, succeeded_at)
    SELECT o.new_id, n.new_id, t.succeeded_at
      FROM jsonb_populate_recordset(NULL::homer.successions, told) AS t
      JOIN unnest(old_ids, new_ids) AS o (old_id, new_id) ON o.old_id = t.old_id
      JOIN unnest(old_ids, new_ids) AS n (old_id, new_id) ON n.old_id = t.new_id
    ON CONFLICT (old_id) DO NOTHING;
    GET DIAGNOSTICS added = ROW_COUNT;
    present := jsonb_array_length(told) - added;
END
$function$;
COMMENT ON FUNCTION homer.import_successions(jsonb, integer[], integer[]) IS
'Takes in which of a person''s memories replaced which. What is known already is not doubled.';
CREATE FUNCTION homer.import_embeddings(
    told jsonb, old_ids integer[], new_ids integer[], OUT added bigint, OUT present bigint
)
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp
AS $function$
BEGIN
    IF EXISTS (SELECT FROM jsonb_array_elements(told) AS t
                WHERE jsonb_typeof(t) <> 'object' OR t - '{memory_id,embedding}'::text[] <> '{}')
       OR EXISTS (SELECT t -> 'memory_id' FROM jsonb_array_elements(told) AS t
                  EXCEPT SELECT to_jsonb(i) FROM unnest(old_ids) AS i) THEN
        PERFORM homer.refuse_document('memory_embeddings holds what is no vector of the person''s memories');
    END IF;
    PERFORM homer.check_json_numbers('embedding', t -> 'embedding') FROM jsonb_array_elements(told) AS t;
    added := 0;
    present := 0;
    IF homer.embedding_dimensions() IS NULL THEN
        RETURN;
    END IF;
    WITH vectors AS MATERIALIZED (
        SELECT i.new_id AS id, ARRAY(SELECT n::real FROM jsonb_array_elements_text(t -> 'embedding') AS n) AS embedding
          FROM jsonb_array_elements(told) AS t JOIN unnest(old_ids, new_ids) AS i (old_id, new_id) ON i.old_id = (t -> 'memory_id')::integer
    ), stored AS (
        INSERT INTO homer.memory_embeddings (memory_id, user_id, embedding, length, text_hash)
        SELECT v.id, m.user_id, v.embedding, homer.length_of(v.embedding), homer.text_hash(m.user_id, m.subject, m.content)
          FROM vectors AS v JOIN @extschema@.homer_memories AS m ON m.id = v.id
         -- A vector of another model is of no use here.
         WHERE cardinality(v.embedding) = homer.embedding_dimensions() AND homer.length_of(v.embedding) > 0
        ON CONFLICT (memory_id) DO NOTHING
        RETURNING memory_id
    )
    SELECT (SELECT count(*) FROM stored), (SELECT count(*) FROM vectors AS v JOIN homer.memory_embeddings AS e ON e.memory_id = v.id)
      INTO added, present;
END
$function$;
COMMENT ON FUNCTION homer.import_embeddings(jsonb, integer[], integer[]) IS
'Takes in the vectors of a person''s memories, as far as embeddings of their length are enabled.';
CREATE FUNCTION homer.check_document(document jsonb) RETURNS boolean
    LANGUAGE plpgsql VOLATILE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    parts CONSTANT text[] := ARRAY['homer_user_profiles', 'homer_memories', 'homer_files', 'homer_file_messages',
                                   'refusals', 'successions', 'memory_embeddings', 'files_shared_with_user'];
    part text;
BEGIN
    PERFORM homer.check_object('data', document);
    IF document -> 'format' IS DISTINCT FROM '"homer"' THEN
        PERFORM homer.refuse_document('its format is not homer');
    ELSIF document -> 'version' IS DISTINCT FROM '1' THEN
        PERFORM homer.refuse_document('its version is not 1');
    ELSIF COALESCE(jsonb_typeof(document -> 'user_id') <> 'string' OR btrim(document ->> 'user_id') = '', true) THEN
        PERFORM homer.refuse_document('its user_id names nobody');
    END IF;
    FOREACH part IN ARRAY parts LOOP
        IF jsonb_typeof(document -> part) IS DISTINCT FROM 'array' THEN
            PERFORM homer.refuse_document(part || ' is missing or no array');
        END IF;
    END LOOP;
    SELECT min(k) INTO part FROM jsonb_object_keys(document - parts - '{format,version,user_id}'::text[]) AS k;
    IF part IS NOT NULL THEN
        PERFORM homer.refuse_document(part || ' is no part of it');
    END IF;
    RETURN true;
END
$function$;
COMMENT ON FUNCTION homer.check_document(jsonb) IS 'Refuses what is no document of homer_export_user, by its outline.';
CREATE FUNCTION @extschema@.homer_import_user(data jsonb) RETURNS jsonb
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    person text;
    profiles record;
    memories record;
    files record;
    links record;
    refusals record;
    successions record;
    embeddings record;
BEGIN
    PERFORM homer.check_document(data);
    person := data ->> 'user_id';
    PERFORM homer.check_acts_for(person);
    profiles := homer.import_profiles(person, data -> 'homer_user_profiles');
    memories := homer.import_memories(person, data -> 'homer_memories');
    files := homer.import_files(person, data -> 'homer_files');
    links := homer.import_links(person, data -> 'homer_file_messages');
    refusals := homer.import_refusals(person, data -> 'refusals', memories.old_ids, memories.new_ids);
    successions := homer.import_successions(data -> 'successions', memories.old_ids, memories.new_ids);
    embeddings := homer.import_embeddings(data -> 'memory_embeddings', memories.old_ids, memories.new_ids);
    RETURN jsonb_build_object(
        'homer_user_profiles', jsonb_build_object('added', profiles.added, 'present', profiles.present),
        'homer_memories', jsonb_build_object('added', memories.added, 'present', memories.present),
        'homer_files', jsonb_build_object('added', files.added, 'present', files.present),
        'homer_file_messages', jsonb_build_object('added', links.added, 'present', links.present),
        'refusals', jsonb_build_object('added', refusals.added, 'present', refusals.present),
        'successions', jsonb_build_object('added', successions.added, 'present', successions.present),
        'memory_embeddings', jsonb_build_object('added', embeddings.added, 'present', embeddings.present));
EXCEPTION
    -- What a table or a type cannot hold. Whatever was stored before is undone.
    WHEN data_exception OR integrity_constraint_violation THEN
        PERFORM homer.refuse_document(SQLERRM);
        RETURN NULL;
END
$function$;
COMMENT ON FUNCTION @extschema@.homer_import_user(jsonb) IS
'Takes in what homer_export_user gave, here or elsewhere, and returns a count of rows added and of rows already present for each table. A document of another format, or damaged, is refused whole.';
CREATE FUNCTION @extschema@.homer_erase_user(user_id text) RETURNS jsonb
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp
AS $function$
#variable_conflict use_column
DECLARE
    person CONSTANT text := homer_erase_user.user_id;
    profiles bigint;
    memories bigint;
    files bigint;
    links bigint;
    shares bigint;
    refusals bigint;
    successions bigint;
    embeddings bigint := 0;
BEGIN
    PERFORM homer.check_text('user_id', person), homer.check_acts_for_all('homer_erase_user');
    IF homer.embedding_dimensions() IS NOT NULL THEN
        -- With what was stored for a memory that an application has since given to another user.
        DELETE FROM homer.memory_embeddings AS e
         WHERE e.memory_id IN (SELECT v.memory_id FROM homer.memory_embeddings AS v WHERE v.user_id = person
                                UNION
                               SELECT m.id FROM @extschema@.homer_memories AS m WHERE m.user_id = person);
        GET DIAGNOSTICS embeddings = ROW_COUNT;
    END IF;
    DELETE FROM @extschema@.homer_user_profiles AS p WHERE p.user_id = person;
    GET DIAGNOSTICS profiles = ROW_COUNT;
    DELETE FROM homer.refusals AS r WHERE r.user_id = person;
    GET DIAGNOSTICS refusals = ROW_COUNT;
    -- Before their memories, without which it could not be said whose they are. What replaced what is of one person.
    DELETE FROM homer.successions AS s USING @extschema@.homer_memories AS m
     WHERE m.user_id = person AND s.old_id = m.id;
    GET DIAGNOSTICS successions = ROW_COUNT;
    DELETE FROM @extschema@.homer_memories AS m WHERE m.user_id = person;
    GET DIAGNOSTICS memories = ROW_COUNT;
    -- Before their files, with which they would go uncounted.
    DELETE FROM @extschema@.homer_file_messages AS l USING @extschema@.homer_files AS f
     WHERE f.uploaded_by = person AND l.file_id = f.file_id;
    GET DIAGNOSTICS links = ROW_COUNT;
    DELETE FROM @extschema@.homer_files AS f WHERE f.uploaded_by = person;
    GET DIAGNOSTICS files = ROW_COUNT;
    UPDATE @extschema@.homer_files AS f
       SET shared_with = homer.without_users(f.shared_with, ARRAY[person]), updated_at = homer.utc_now()
     WHERE f.id IN (SELECT s.id FROM homer.files_shared_with(person) AS s);
    GET DIAGNOSTICS shares = ROW_COUNT;
    RETURN jsonb_build_object(
        'homer_user_profiles', profiles, 'homer_memories', memories, 'homer_files', files, 'homer_file_messages', links,
        'refusals', refusals, 'successions', successions, 'memory_embeddings', embeddings, 'files_shared_with_user', shares);
END
$function$;
COMMENT ON FUNCTION @extschema@.homer_erase_user(text) IS
'Removes a person from every table: their profile, memories, refusals, files and the links to these, and their id from the files that others share with them. Returns counts. Global memories stay.';
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
    session_is_utc boolean
);
COMMENT ON TYPE @extschema@.homer_stat IS
'What homer keeps: memories by state (active, expired and waiting to be retired, retired), users named anywhere, files, bytes, the indexes that are missing or invalid, and whether now() is UTC in this session.';
CREATE FUNCTION homer.missing_indexes() RETURNS text[]
    LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT ARRAY(
        SELECT wanted.name
          FROM pg_catalog.unnest(ARRAY[
                   'homer_file_messages_conversation_id_idx', 'homer_file_messages_file_id_idx',
                   'homer_file_messages_link_unique', 'homer_file_messages_pkey',
                   'homer_files_file_id_idx', 'homer_files_file_id_unique', 'homer_files_owner_idx', 'homer_files_pkey',
                   'homer_files_public_idx', 'homer_files_search_idx', 'homer_files_shared_with_idx',
                   'homer_files_uploaded_by_idx',
                   'homer_memories_category_idx', 'homer_memories_conversation_idx', 'homer_memories_due_idx',
                   'homer_memories_expiry_idx', 'homer_memories_importance_idx',
                   'homer_memories_live_idx', 'homer_memories_other_category_rank_idx', 'homer_memories_pkey',
                   'homer_memories_rank_idx', 'homer_memories_search_idx', 'homer_memories_statement_idx', 'homer_memories_user_due_idx', 'homer_memories_user_id_idx',
                   'homer_user_profiles_pkey', 'homer_user_profiles_user_id_unique',
                   'refusals_pkey', 'refusals_statement_idx', 'refusals_user_id_idx', 'successions_new_id_idx',
                   'successions_pkey'
               ]) AS wanted (name)
         WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_index AS i ON i.indexrelid = c.oid
                            WHERE c.relname = wanted.name
                              AND c.relnamespace IN ('@extschema@'::regnamespace, 'homer'::regnamespace)
                              AND i.indisvalid AND i.indisready)
         ORDER BY wanted.name);
END;
COMMENT ON FUNCTION homer.missing_indexes() IS 'The indexes of homer''s tables that were dropped or are not valid.';
CREATE FUNCTION @extschema@.homer_stats() RETURNS @extschema@.homer_stat
    LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT m.memories, m.active, m.expired, m.retired, m.of_everyone, u.users,
           (SELECT pg_catalog.count(*) FROM @extschema@.homer_user_profiles), (SELECT pg_catalog.count(*) FROM @extschema@.homer_due_reminders(NULL, 2147483647)),
           f.files, f.published, (SELECT pg_catalog.count(*) FROM @extschema@.homer_file_messages),
           b.of_tables, b.of_indexes, homer.missing_indexes(), z.name,
           -- Not by its name: Etc/UTC and GMT are the same clock all year.
           pg_catalog.timezone(z.name, '2000-01-01 00:00+00'::timestamptz) = '2000-01-01 00:00'
               AND pg_catalog.timezone(z.name, '2000-07-01 00:00+00'::timestamptz) = '2000-07-01 00:00'
               AND pg_catalog.timezone(z.name, pg_catalog.now()) = homer.utc_now()
      FROM (SELECT pg_catalog.count(*) AS memories,
                   pg_catalog.count(*) FILTER (WHERE is_active IS NOT FALSE
                                                 AND (expires_at IS NULL OR expires_at > homer.utc_now())) AS active,
                   pg_catalog.count(*) FILTER (WHERE is_active IS NOT FALSE AND expires_at <= homer.utc_now()) AS expired,
                   pg_catalog.count(*) FILTER (WHERE NOT is_active) AS retired,
                   pg_catalog.count(*) FILTER (WHERE user_id IS NULL) AS of_everyone
              FROM @extschema@.homer_memories) AS m,
           (SELECT pg_catalog.count(*) AS users
              FROM (SELECT user_id FROM @extschema@.homer_memories WHERE user_id IS NOT NULL
                     UNION SELECT user_id FROM @extschema@.homer_user_profiles
                     UNION SELECT uploaded_by FROM @extschema@.homer_files) AS named) AS u,
           (SELECT pg_catalog.count(*) AS files, pg_catalog.count(*) FILTER (WHERE is_shared) AS published
              FROM @extschema@.homer_files) AS f,
           (SELECT pg_catalog.sum(pg_catalog.pg_table_size(c.oid))::bigint AS of_tables,
                   pg_catalog.sum(pg_catalog.pg_indexes_size(c.oid))::bigint AS of_indexes
              FROM pg_catalog.pg_class AS c
             WHERE c.relkind = 'r'
               AND (c.relnamespace = 'homer'::regnamespace
                    OR c.relnamespace = '@extschema@'::regnamespace
                       AND c.relname IN ('homer_user_profiles', 'homer_memories', 'homer_files', 'homer_file_messages'))) AS b,
           (SELECT pg_catalog.current_setting('TimeZone') AS name) AS z
     WHERE homer.check_acts_for_all('homer_stats');
END;
COMMENT ON FUNCTION @extschema@.homer_stats() IS
'One row for a dashboard: how many of everything there are, bytes, indexes that are missing, and whether this session''s clock is UTC. Counts all rows.';
ALTER TABLE @extschema@.homer_user_profiles ENABLE ROW LEVEL SECURITY;
CREATE POLICY homer_reads ON @extschema@.homer_user_profiles FOR SELECT
    USING ((SELECT homer.acts_for_anyone()) OR user_id = (SELECT homer.acting_user()));
CREATE POLICY homer_adds ON @extschema@.homer_user_profiles FOR INSERT
    WITH CHECK ((SELECT homer.acts_for_anyone()) OR user_id = (SELECT homer.acting_user()));
CREATE POLICY homer_changes ON @extschema@.homer_user_profiles FOR UPDATE
    USING ((SELECT homer.acts_for_anyone()) OR user_id = (SELECT homer.acting_user()));
CREATE POLICY homer_removes ON @extschema@.homer_user_profiles FOR DELETE
    USING ((SELECT homer.acts_for_anyone()) OR user_id = (SELECT homer.acting_user()));
ALTER TABLE @extschema@.homer_memories ENABLE ROW LEVEL SECURITY;
CREATE POLICY homer_reads ON @extschema@.homer_memories FOR SELECT
    USING (user_id = (SELECT homer.acting_user()) OR (SELECT homer.acts_for_anyone())
           OR user_id IS NULL AND (SELECT homer.acting_user()) IS NOT NULL);
CREATE POLICY homer_adds ON @extschema@.homer_memories FOR INSERT
    WITH CHECK ((SELECT homer.acts_for_anyone()) OR user_id = (SELECT homer.acting_user()));
CREATE POLICY homer_changes ON @extschema@.homer_memories FOR UPDATE
    USING ((SELECT homer.acts_for_anyone()) OR user_id = (SELECT homer.acting_user()));
CREATE POLICY homer_removes ON @extschema@.homer_memories FOR DELETE
    USING ((SELECT homer.acts_for_anyone()) OR user_id = (SELECT homer.acting_user()));
ALTER TABLE @extschema@.homer_files ENABLE ROW LEVEL SECURITY;
CREATE POLICY homer_reads ON @extschema@.homer_files FOR SELECT
    USING ((SELECT homer.acts_for_anyone()) OR uploaded_by = (SELECT homer.acting_user())
           OR is_shared AND (SELECT homer.acting_user()) IS NOT NULL
           OR pg_catalog.jsonb_exists(shared_with, (SELECT homer.acting_user())));
CREATE POLICY homer_adds ON @extschema@.homer_files FOR INSERT
    WITH CHECK ((SELECT homer.acts_for_anyone()) OR uploaded_by = (SELECT homer.acting_user()));
CREATE POLICY homer_changes ON @extschema@.homer_files FOR UPDATE
    USING ((SELECT homer.acts_for_anyone()) OR uploaded_by = (SELECT homer.acting_user()));
CREATE POLICY homer_removes ON @extschema@.homer_files FOR DELETE
    USING ((SELECT homer.acts_for_anyone()) OR uploaded_by = (SELECT homer.acting_user()));
ALTER TABLE @extschema@.homer_file_messages ENABLE ROW LEVEL SECURITY;
CREATE POLICY homer_reads ON @extschema@.homer_file_messages FOR SELECT
    USING ((SELECT homer.acts_for_anyone())
           OR EXISTS (SELECT FROM @extschema@.homer_files AS f WHERE f.file_id = homer_file_messages.file_id));
CREATE POLICY homer_adds ON @extschema@.homer_file_messages FOR INSERT
    WITH CHECK ((SELECT homer.acts_for_anyone())
                OR EXISTS (SELECT FROM @extschema@.homer_files AS f WHERE f.file_id = homer_file_messages.file_id));
CREATE POLICY homer_changes ON @extschema@.homer_file_messages FOR UPDATE
    USING ((SELECT homer.acts_for_anyone())
           OR EXISTS (SELECT FROM @extschema@.homer_files AS f
                       WHERE f.file_id = homer_file_messages.file_id AND f.uploaded_by = (SELECT homer.acting_user())));
CREATE POLICY homer_removes ON @extschema@.homer_file_messages FOR DELETE
    USING ((SELECT homer.acts_for_anyone())
           OR EXISTS (SELECT FROM @extschema@.homer_files AS f
                       WHERE f.file_id = homer_file_messages.file_id AND f.uploaded_by = (SELECT homer.acting_user())));
ALTER TABLE homer.refusals ENABLE ROW LEVEL SECURITY;
CREATE POLICY homer_reads ON homer.refusals FOR SELECT
    USING ((SELECT homer.acts_for_anyone()) OR COALESCE(user_id, (SELECT homer.acting_user())) = (SELECT homer.acting_user()));
CREATE POLICY homer_adds ON homer.refusals FOR INSERT
    WITH CHECK ((SELECT homer.acts_for_anyone()) OR user_id = (SELECT homer.acting_user()));
CREATE POLICY homer_changes ON homer.refusals FOR UPDATE
    USING ((SELECT homer.acts_for_anyone()) OR user_id = (SELECT homer.acting_user()));
CREATE POLICY homer_removes ON homer.refusals FOR DELETE
    USING ((SELECT homer.acts_for_anyone()) OR user_id = (SELECT homer.acting_user()));
ALTER TABLE homer.successions ENABLE ROW LEVEL SECURITY;
CREATE POLICY homer_reads ON homer.successions FOR SELECT
    USING ((SELECT homer.acts_for_anyone())
           OR EXISTS (SELECT FROM @extschema@.homer_memories AS m WHERE m.id = successions.old_id));
CREATE POLICY homer_adds ON homer.successions FOR INSERT
    WITH CHECK ((SELECT homer.acts_for_anyone())
                OR (SELECT pg_catalog.count(*) = 2 FROM @extschema@.homer_memories AS m
                     WHERE m.id IN (successions.old_id, successions.new_id) AND m.user_id = (SELECT homer.acting_user())));
CREATE POLICY homer_changes ON homer.successions FOR UPDATE
    USING ((SELECT homer.acts_for_anyone())
           OR EXISTS (SELECT FROM @extschema@.homer_memories AS m
                       WHERE m.id = successions.old_id AND m.user_id = (SELECT homer.acting_user())))
    WITH CHECK ((SELECT homer.acts_for_anyone())
                OR (SELECT pg_catalog.count(*) = 2 FROM @extschema@.homer_memories AS m
                     WHERE m.id IN (successions.old_id, successions.new_id) AND m.user_id = (SELECT homer.acting_user())));
CREATE POLICY homer_removes ON homer.successions FOR DELETE
    USING ((SELECT homer.acts_for_anyone())
           OR EXISTS (SELECT FROM @extschema@.homer_memories AS m
                       WHERE m.id = successions.old_id AND m.user_id = (SELECT homer.acting_user())));
DO $do$
DECLARE
    function regprocedure;
BEGIN
    FOR function IN
        SELECT d.objid
          FROM pg_catalog.pg_depend AS d JOIN pg_catalog.pg_extension AS e ON e.oid OPERATOR(pg_catalog.=) d.refobjid
         WHERE e.extname OPERATOR(pg_catalog.=) 'homer'::name AND d.deptype OPERATOR(pg_catalog.=) 'e'::"char"
           AND d.refclassid OPERATOR(pg_catalog.=) 'pg_catalog.pg_extension'::regclass::oid
           AND d.classid OPERATOR(pg_catalog.=) 'pg_catalog.pg_proc'::regclass::oid
    LOOP
        EXECUTE pg_catalog.format('REVOKE ALL ON FUNCTION %s FROM PUBLIC', function);
    END LOOP;
END
$do$;
