-- Which place each of homer's public functions runs at. A function without a route stops the installation.

CREATE TABLE homer_router.routes (
    function name PRIMARY KEY,
    route text NOT NULL,
    argument integer,
    writes boolean NOT NULL,
    CONSTRAINT routes_are_known CHECK (route IN ('user', 'id', 'all', 'own')),
    CONSTRAINT routes_by_an_argument CHECK ((argument IS NOT NULL) = (route IN ('user', 'id')))
);
COMMENT ON TABLE homer_router.routes IS 'Which place each of homer''s public functions runs at.';
COMMENT ON COLUMN homer_router.routes.function IS 'The function.';
COMMENT ON COLUMN homer_router.routes.route IS
'user: the place of the user that an argument names; id: the place that gave the id which an argument is; all: every place, each the same; own: by a function of its name in homer_router.';
COMMENT ON COLUMN homer_router.routes.argument IS 'Which argument says the place; the first is 1.';
COMMENT ON COLUMN homer_router.routes.writes IS 'Whether it changes anything, and so commits by itself.';

INSERT INTO homer_router.routes (function, route, argument, writes) VALUES
    ('homer_accessible_files', 'user', 1, false),
    ('homer_act_as', 'own', NULL, false),
    ('homer_bind_role', 'all', NULL, true),
    ('homer_call_tool', 'own', NULL, true),
    ('homer_can_read_file', 'own', NULL, false),
    ('homer_claim_reminders', 'own', NULL, true),
    ('homer_context', 'user', 1, false),
    ('homer_context_json', 'user', 1, false),
    ('homer_conversation_files', 'own', NULL, false),
    ('homer_due_reminders', 'own', NULL, false),
    ('homer_edit_memory', 'id', 1, true),
    ('homer_enable_embeddings', 'all', NULL, true),
    ('homer_erase_user', 'own', NULL, true),
    ('homer_expire_memories', 'own', NULL, true),
    ('homer_explain_relevance', 'user', 1, false),
    ('homer_export_user', 'own', NULL, false),
    ('homer_forget', 'id', 1, true),
    ('homer_grant', 'own', NULL, true),
    ('homer_import_user', 'own', NULL, true),
    ('homer_lift_refusal', 'id', 1, true),
    ('homer_link_file', 'own', NULL, true),
    ('homer_list_memories', 'user', 1, false),
    ('homer_local_moment', 'user', 1, false),
    ('homer_memory_history', 'id', 1, false),
    ('homer_profile', 'user', 1, false),
    ('homer_publish_file', 'own', NULL, true),
    ('homer_refusals', 'user', 1, false),
    ('homer_register_file', 'own', NULL, true),
    ('homer_reject', 'id', 1, true),
    ('homer_relevant_memories', 'user', 1, false),
    ('homer_remember', 'user', 1, true),
    ('homer_remember_many', 'own', NULL, true),
    ('homer_remind', 'user', 1, true),
    ('homer_remove_file', 'own', NULL, true),
    ('homer_restore', 'id', 1, true),
    ('homer_revoke', 'own', NULL, true),
    ('homer_set_embedding', 'id', 1, true),
    ('homer_share_file', 'own', NULL, true),
    ('homer_snooze_reminder', 'id', 1, true),
    ('homer_stats', 'own', NULL, false),
    ('homer_tools', 'own', NULL, false),
    ('homer_touch_profile', 'user', 1, true),
    ('homer_trust_keys', 'all', NULL, true),
    ('homer_unembedded_memories', 'own', NULL, false),
    ('homer_unshare_file', 'own', NULL, true),
    ('homer_upsert_profile', 'user', 1, true),
    ('homer_whoami', 'own', NULL, false);
