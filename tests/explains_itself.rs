//! `\d+` and `\df+ homer_*` are a reference: nothing that a user meets lacks a comment.

use homer_tests::*;

/// Every object of the extension that can carry a comment, with the comment it has.
const OBJECTS: &str = "
    SELECT o.type || ' ' || o.identity AS object, obj_description(d.objid, d.classid::regclass::text) AS comment
      FROM pg_depend AS d, pg_identify_object(d.classid, d.objid, d.objsubid) AS o
     WHERE d.refclassid = 'pg_extension'::regclass AND d.deptype = 'e'
       AND d.refobjid = (SELECT oid FROM pg_extension WHERE extname = 'homer') AND o.type NOT IN ('index', 'sequence')
       -- PostgreSQL 18 counts the types that come with a table and the types of arrays as members too.
       AND NOT EXISTS (SELECT FROM pg_type AS t LEFT JOIN pg_class AS c ON c.oid = t.typrelid
                        WHERE d.classid = 'pg_type'::regclass AND t.oid = d.objid AND (t.typelem <> 0 OR c.relkind = 'r'))
    UNION ALL
    SELECT 'column ' || a.attrelid::regclass || '.' || a.attname, col_description(a.attrelid, a.attnum)
      FROM pg_attribute AS a JOIN pg_class AS c ON c.oid = a.attrelid
     WHERE c.relname LIKE 'homer%' AND c.relkind = 'r' AND a.attnum > 0";

#[test]
fn nothing_lacks_a_comment() {
    let mut client = session();
    let silent = format!("SELECT object FROM ({OBJECTS}) AS o WHERE COALESCE(comment, '') = '' ORDER BY 1");
    assert_eq!(rows(&mut client, &silent), Vec::<String>::new());
    // Control: the query above sees the functions, the tables and their columns.
    let mut comment =
        |object: &str| rows(&mut client, &format!("SELECT comment FROM ({OBJECTS}) AS o WHERE object = '{object}'"));
    assert_eq!(comment("function public.homer_touch_profile(pg_catalog.text)").len(), 1);
    assert_eq!(comment("column homer_memories.importance"), ["1 (trivial) to 10 (vital); null counts as 5."]);
}

#[test]
fn the_public_face_is_what_the_reference_lists() {
    assert_eq!(
        rows(
            &mut session(),
            "SELECT p.oid::regprocedure || CASE WHEN proretset THEN ' set' ELSE '' END || ' ' || provolatile::text
               FROM pg_proc AS p WHERE pronamespace = 'public'::regnamespace ORDER BY 1"
        ),
        [
            "homer_accessible_files(text,integer,text,text) set s",
            "homer_act_as(text) v",
            "homer_bind_role(text,text) v",
            "homer_call_tool(text,text,jsonb,text,text) v",
            "homer_can_read_file(text,text) s",
            "homer_claim_reminders(integer,text) set v",
            "homer_context(text,text,integer,text,double precision[]) s",
            "homer_context_json(text,text,integer,text,double precision[]) s",
            "homer_conversation_files(text,text) set s",
            "homer_due_reminders(text,integer) set s",
            "homer_edit_memory(integer,text,text,text,integer,timestamp with time zone,text[],jsonb) v",
            "homer_enable_embeddings(integer,boolean) v",
            "homer_erase_user(text) v",
            "homer_expire_memories(integer) v",
            "homer_explain_relevance(text,text,double precision[],integer) set s",
            "homer_export_user(text) s",
            "homer_forget(integer) v",
            "homer_grant(text,text) v",
            "homer_import_user(jsonb,text) v",
            "homer_lift_refusal(integer) v",
            "homer_link_file(text,text,text,text,text,text) v",
            "homer_list_memories(text,integer,integer,text[],text[],text) set s",
            "homer_local_moment(text,timestamp with time zone) s",
            "homer_memory_history(integer) set s",
            "homer_profile(text) s",
            "homer_publish_file(text,boolean) v",
            "homer_refusals(text) set s",
            "homer_register_file(text,text,text,integer,text,text,text,text,text,text[]) v",
            "homer_reject(integer) v",
            "homer_relevant_memories(text,integer,text,double precision[],text[],text[],text,boolean,double precision) set s",
            "homer_remember(text,text,text,text,integer,timestamp with time zone,text[],jsonb,text,text,integer,double precision[]) v",
            "homer_remember_many(jsonb) set v",
            "homer_remind(text,text,text,timestamp with time zone,integer,jsonb) v",
            "homer_remove_file(text) v",
            "homer_restore(integer) v",
            "homer_revoke(text) v",
            "homer_set_embedding(integer,double precision[]) v",
            "homer_share_file(text,text[]) v",
            "homer_snooze_reminder(integer,timestamp with time zone) v",
            "homer_stats() s",
            "homer_tools(text,text[],boolean) i",
            "homer_touch_profile(text) v",
            "homer_trust_keys(text,text,jsonb,text) v",
            "homer_unembedded_memories(integer) set s",
            "homer_unshare_file(text,text[]) v",
            "homer_upsert_profile(text,text,text,jsonb) v",
            "homer_whoami() s",
        ]
    );
}
