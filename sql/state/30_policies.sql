-- What each kind of role reads and writes. A service role: everything, but a service_of_users writes nothing of everyone's. A
-- confined role: it writes the rows of its user, and reads these and everyone's. Any other role: nothing. The policies are for all
-- roles, because a grant says of which kind a role is (roles.sql). They do not bind the owner of the tables.
--
-- Whatever does not depend on the row stands in a subquery, which is computed once a statement: called for each row, it
-- would cost more than the row.

ALTER TABLE @extschema@.homer_user_profiles ENABLE ROW LEVEL SECURITY;
CREATE POLICY homer_reads ON @extschema@.homer_user_profiles FOR SELECT
    USING ((SELECT homer.acts_for_anyone()) OR user_id = (SELECT homer.acting_user()));
CREATE POLICY homer_adds ON @extschema@.homer_user_profiles FOR INSERT
    WITH CHECK ((SELECT homer.acts_for_anyone()) OR user_id = (SELECT homer.acting_user()));
CREATE POLICY homer_changes ON @extschema@.homer_user_profiles FOR UPDATE
    USING ((SELECT homer.acts_for_anyone()) OR user_id = (SELECT homer.acting_user()));
CREATE POLICY homer_removes ON @extschema@.homer_user_profiles FOR DELETE
    USING ((SELECT homer.acts_for_anyone()) OR user_id = (SELECT homer.acting_user()));

-- The condition that holds for most rows comes first, because every question counts the rows of a user.
ALTER TABLE @extschema@.homer_memories ENABLE ROW LEVEL SECURITY;
CREATE POLICY homer_reads ON @extschema@.homer_memories FOR SELECT
    USING (user_id = (SELECT homer.acting_user()) OR (SELECT homer.acts_for_anyone())
           OR user_id IS NULL AND (SELECT homer.acting_user()) IS NOT NULL);
CREATE POLICY homer_adds ON @extschema@.homer_memories FOR INSERT
    WITH CHECK ((SELECT homer.acts_for_anyone()) AND (user_id IS NOT NULL OR (SELECT homer.tells_everyone()))
           OR user_id = (SELECT homer.acting_user()));
CREATE POLICY homer_changes ON @extschema@.homer_memories FOR UPDATE
    USING ((SELECT homer.acts_for_anyone()) AND (user_id IS NOT NULL OR (SELECT homer.tells_everyone()))
           OR user_id = (SELECT homer.acting_user()));
CREATE POLICY homer_removes ON @extschema@.homer_memories FOR DELETE
    USING ((SELECT homer.acts_for_anyone()) AND (user_id IS NOT NULL OR (SELECT homer.tells_everyone()))
           OR user_id = (SELECT homer.acting_user()));

-- As homer.may_see, which would not be inlined here.
ALTER TABLE @extschema@.homer_files ENABLE ROW LEVEL SECURITY;
CREATE POLICY homer_reads ON @extschema@.homer_files FOR SELECT
    USING ((SELECT homer.acts_for_anyone()) OR uploaded_by = (SELECT homer.acting_user())
           OR is_shared AND (SELECT homer.acting_user()) IS NOT NULL
           OR pg_catalog.jsonb_exists(shared_with, (SELECT homer.acting_user())));

-- Everyone reads a published file, as they read a memory of everyone. So a user may take back a published file of theirs, but may
-- neither publish one nor change one that is published.
CREATE POLICY homer_adds ON @extschema@.homer_files FOR INSERT
    WITH CHECK (((SELECT homer.acts_for_anyone()) OR uploaded_by = (SELECT homer.acting_user()))
                AND (is_shared IS NOT TRUE OR (SELECT homer.tells_everyone())));
CREATE POLICY homer_changes ON @extschema@.homer_files FOR UPDATE
    USING ((SELECT homer.acts_for_anyone()) OR uploaded_by = (SELECT homer.acting_user()))
    WITH CHECK (((SELECT homer.acts_for_anyone()) OR uploaded_by = (SELECT homer.acting_user()))
                AND (is_shared IS NOT TRUE OR (SELECT homer.tells_everyone())));
CREATE POLICY homer_removes ON @extschema@.homer_files FOR DELETE
    USING ((SELECT homer.acts_for_anyone()) OR uploaded_by = (SELECT homer.acting_user()));

-- A link is of its file: who may see the file sees which messages carried it and may link it to another, and is noted as who did; its
-- owner may change and remove the links. The subqueries read the files under their own policies.
ALTER TABLE @extschema@.homer_file_messages ENABLE ROW LEVEL SECURITY;
CREATE POLICY homer_reads ON @extschema@.homer_file_messages FOR SELECT
    USING ((SELECT homer.acts_for_anyone())
           OR EXISTS (SELECT FROM @extschema@.homer_files AS f WHERE f.file_id = homer_file_messages.file_id));
CREATE POLICY homer_adds ON @extschema@.homer_file_messages FOR INSERT
    WITH CHECK ((SELECT homer.acts_for_anyone())
                OR (SELECT f.uploaded_by FROM @extschema@.homer_files AS f WHERE f.file_id = homer_file_messages.file_id)
                   = (SELECT homer.acting_user())
                OR homer.may_link_to_others(file_id, id, created_at));
CREATE POLICY homer_changes ON @extschema@.homer_file_messages FOR UPDATE
    USING ((SELECT homer.acts_for_anyone())
           OR EXISTS (SELECT FROM @extschema@.homer_files AS f
                       WHERE f.file_id = homer_file_messages.file_id AND f.uploaded_by = (SELECT homer.acting_user())));
CREATE POLICY homer_removes ON @extschema@.homer_file_messages FOR DELETE
    USING ((SELECT homer.acts_for_anyone())
           OR EXISTS (SELECT FROM @extschema@.homer_files AS f
                       WHERE f.file_id = homer_file_messages.file_id AND f.uploaded_by = (SELECT homer.acting_user())));

-- A user sees what links they made, and who linked a file of theirs. Who made a link stays: without the row it would be the owner's.
ALTER TABLE homer.link_makers ENABLE ROW LEVEL SECURITY;
CREATE POLICY homer_reads ON homer.link_makers FOR SELECT
    USING ((SELECT homer.acts_for_anyone()) OR user_id = (SELECT homer.acting_user()) OR homer.owns_file_of_link(link_id));
CREATE POLICY homer_adds ON homer.link_makers FOR INSERT
    WITH CHECK ((SELECT homer.acts_for_anyone())
                OR user_id = (SELECT homer.acting_user()) AND homer.may_make_link(link_id, made_at));
CREATE POLICY homer_changes ON homer.link_makers FOR UPDATE USING ((SELECT homer.acts_for_anyone()));
CREATE POLICY homer_removes ON homer.link_makers FOR DELETE
    USING ((SELECT homer.acts_for_anyone()) OR homer.owns_file_of_link(link_id)
           OR user_id = (SELECT homer.acting_user()) AND homer.is_outlived(link_id, made_at));

ALTER TABLE homer.refusals ENABLE ROW LEVEL SECURITY;
CREATE POLICY homer_reads ON homer.refusals FOR SELECT
    USING ((SELECT homer.acts_for_anyone()) OR COALESCE(user_id, (SELECT homer.acting_user())) = (SELECT homer.acting_user()));
CREATE POLICY homer_adds ON homer.refusals FOR INSERT
    WITH CHECK ((SELECT homer.acts_for_anyone()) AND (user_id IS NOT NULL OR (SELECT homer.tells_everyone()))
           OR user_id = (SELECT homer.acting_user()));
CREATE POLICY homer_changes ON homer.refusals FOR UPDATE
    USING ((SELECT homer.acts_for_anyone()) AND (user_id IS NOT NULL OR (SELECT homer.tells_everyone()))
           OR user_id = (SELECT homer.acting_user()));
CREATE POLICY homer_removes ON homer.refusals FOR DELETE
    USING ((SELECT homer.acts_for_anyone()) AND (user_id IS NOT NULL OR (SELECT homer.tells_everyone()))
           OR user_id = (SELECT homer.acting_user()));

-- A succession is of the memory that was replaced.
ALTER TABLE homer.successions ENABLE ROW LEVEL SECURITY;
CREATE POLICY homer_reads ON homer.successions FOR SELECT
    USING ((SELECT homer.acts_for_anyone())
           OR EXISTS (SELECT FROM @extschema@.homer_memories AS m WHERE m.id = successions.old_id));
CREATE POLICY homer_adds ON homer.successions FOR INSERT
    WITH CHECK ((SELECT homer.tells_everyone())
                OR (SELECT homer.acts_for_anyone())
                   AND NOT EXISTS (SELECT FROM @extschema@.homer_memories AS m
                                    WHERE m.id IN (successions.old_id, successions.new_id) AND m.user_id IS NULL)
                OR (SELECT pg_catalog.count(*) = 2 FROM @extschema@.homer_memories AS m
                     WHERE m.id IN (successions.old_id, successions.new_id) AND m.user_id = (SELECT homer.acting_user())));
CREATE POLICY homer_changes ON homer.successions FOR UPDATE
    USING ((SELECT homer.tells_everyone())
           OR (SELECT homer.acts_for_anyone())
              AND NOT EXISTS (SELECT FROM @extschema@.homer_memories AS m
                               WHERE m.id IN (successions.old_id, successions.new_id) AND m.user_id IS NULL)
           OR EXISTS (SELECT FROM @extschema@.homer_memories AS m
                       WHERE m.id = successions.old_id AND m.user_id = (SELECT homer.acting_user())))
    WITH CHECK ((SELECT homer.tells_everyone())
                OR (SELECT homer.acts_for_anyone())
                   AND NOT EXISTS (SELECT FROM @extschema@.homer_memories AS m
                                    WHERE m.id IN (successions.old_id, successions.new_id) AND m.user_id IS NULL)
                OR (SELECT pg_catalog.count(*) = 2 FROM @extschema@.homer_memories AS m
                     WHERE m.id IN (successions.old_id, successions.new_id) AND m.user_id = (SELECT homer.acting_user())));
CREATE POLICY homer_removes ON homer.successions FOR DELETE
    USING ((SELECT homer.tells_everyone())
           OR (SELECT homer.acts_for_anyone())
              AND NOT EXISTS (SELECT FROM @extschema@.homer_memories AS m
                               WHERE m.id IN (successions.old_id, successions.new_id) AND m.user_id IS NULL)
           OR EXISTS (SELECT FROM @extschema@.homer_memories AS m
                       WHERE m.id = successions.old_id AND m.user_id = (SELECT homer.acting_user())));

-- A path is its user's, whatever memory it names: homer.memory_files shows no other user's.
ALTER TABLE homer.memory_paths ENABLE ROW LEVEL SECURITY;
CREATE POLICY homer_reads ON homer.memory_paths FOR SELECT
    USING ((SELECT homer.acts_for_anyone()) OR user_id = (SELECT homer.acting_user()));
CREATE POLICY homer_adds ON homer.memory_paths FOR INSERT
    WITH CHECK ((SELECT homer.acts_for_anyone()) OR user_id = (SELECT homer.acting_user()));
CREATE POLICY homer_changes ON homer.memory_paths FOR UPDATE
    USING ((SELECT homer.acts_for_anyone()) OR user_id = (SELECT homer.acting_user()));
CREATE POLICY homer_removes ON homer.memory_paths FOR DELETE
    USING ((SELECT homer.acts_for_anyone()) OR user_id = (SELECT homer.acting_user()));

-- As the memories that they are of, and without asking these for each.
ALTER TABLE homer.memory_embeddings ENABLE ROW LEVEL SECURITY;
CREATE POLICY homer_reads ON homer.memory_embeddings FOR SELECT
    USING (user_id = (SELECT homer.acting_user()) OR (SELECT homer.acts_for_anyone())
           OR user_id IS NULL AND (SELECT homer.acting_user()) IS NOT NULL);
CREATE POLICY homer_adds ON homer.memory_embeddings FOR INSERT
    WITH CHECK ((SELECT homer.acts_for_anyone()) AND (user_id IS NOT NULL OR (SELECT homer.tells_everyone()))
                OR user_id = (SELECT homer.acting_user())
                   AND EXISTS (SELECT FROM @extschema@.homer_memories AS m
                                WHERE m.id = memory_embeddings.memory_id AND m.user_id = (SELECT homer.acting_user())));
CREATE POLICY homer_changes ON homer.memory_embeddings FOR UPDATE
    USING ((SELECT homer.acts_for_anyone()) AND (user_id IS NOT NULL OR (SELECT homer.tells_everyone()))
           OR user_id = (SELECT homer.acting_user()))
    WITH CHECK ((SELECT homer.acts_for_anyone()) AND (user_id IS NOT NULL OR (SELECT homer.tells_everyone()))
                OR user_id = (SELECT homer.acting_user())
                   AND EXISTS (SELECT FROM @extschema@.homer_memories AS m
                                WHERE m.id = memory_embeddings.memory_id AND m.user_id = (SELECT homer.acting_user())));
CREATE POLICY homer_removes ON homer.memory_embeddings FOR DELETE
    USING ((SELECT homer.acts_for_anyone()) AND (user_id IS NOT NULL OR (SELECT homer.tells_everyone()))
           OR user_id = (SELECT homer.acting_user()));

-- How long vectors are, all need to know.
ALTER TABLE homer.embedding_length ENABLE ROW LEVEL SECURITY;
CREATE POLICY homer_reads ON homer.embedding_length FOR SELECT USING (true);
CREATE POLICY homer_adds ON homer.embedding_length FOR INSERT WITH CHECK ((SELECT homer.acts_for_anyone()));
CREATE POLICY homer_removes ON homer.embedding_length FOR DELETE USING ((SELECT homer.acts_for_anyone()));
