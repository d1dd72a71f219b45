// The four tables as CREATE EXTENSION homer makes them, indexes and checks included, so that `drizzle-kit push` finds
// nothing to change. homer makes and upgrades them: do not generate migrations from this file.
//
// A timestamp is UTC in homer, and Drizzle's `mode: "date"`, its default, reads and writes it so whatever the time zones
// of the program and of the session.

import { sql, type SQL } from "drizzle-orm";
import { boolean, check, foreignKey, index, integer, jsonb, pgPolicy, pgTable, serial, text, timestamp, uniqueIndex } from "drizzle-orm/pg-core";

const arrayOfStrings = (name: string, column: string) => check(name, sql.raw(`homer.is_array_of_strings(${column})`));
const notEmpty = (name: string, column: string) => check(name, sql.raw(`btrim(${column}) <> ''`));
const finite = (name: string, column: string) => check(name, sql.raw(`isfinite(${column})`));

// Who reads and writes which rows; docs/roles.md. A table with policies has row security.
const policies = (reads: SQL, writes: SQL, adds: SQL = writes) => [
  pgPolicy("homer_reads", { for: "select", using: reads }),
  pgPolicy("homer_adds", { for: "insert", withCheck: adds }),
  pgPolicy("homer_changes", { for: "update", using: writes }),
  pgPolicy("homer_removes", { for: "delete", using: writes }),
];
const anyone = sql`(SELECT homer.acts_for_anyone())`;
const user = sql`(SELECT homer.acting_user())`;
const ofTheUser = sql`${anyone} OR user_id = ${user}`;
const uploadedByTheUser = sql`${anyone} OR uploaded_by = ${user}`;
const ofAFileInSight = sql`${anyone} OR EXISTS (SELECT FROM homer_files AS f WHERE f.file_id = homer_file_messages.file_id)`;
const ofAFileOfTheUser = sql`${anyone} OR EXISTS (SELECT FROM homer_files AS f WHERE f.file_id = homer_file_messages.file_id AND f.uploaded_by = ${user})`;

export const homerUserProfiles = pgTable(
  "homer_user_profiles",
  {
    id: serial("id").primaryKey(),
    userId: text("user_id").notNull().unique("homer_user_profiles_user_id_unique"),
    displayName: text("display_name").notNull(),
    preferredName: text("preferred_name"),
    role: text("role").notNull(),
    title: text("title"),
    communicationStyle: text("communication_style", { enum: ["professional", "casual", "brief"] }).default("professional"),
    preferredGreeting: text("preferred_greeting"),
    wantsDetailedAnalysis: boolean("wants_detailed_analysis").default(true),
    wantsProactiveInsights: boolean("wants_proactive_insights").default(true),
    focusAreas: jsonb("focus_areas").$type<string[]>().default([]),
    responsibilities: text("responsibilities"),
    workingHours: text("working_hours"),
    timezone: text("timezone").default("America/Chicago"),
    lastInteraction: timestamp("last_interaction"),
    totalInteractions: integer("total_interactions").default(0),
    createdAt: timestamp("created_at").defaultNow(),
    updatedAt: timestamp("updated_at").defaultNow(),
  },
  () => [
    notEmpty("homer_user_profiles_user_id_is_not_empty", "user_id"),
    check("homer_user_profiles_communication_style_is_known", sql`communication_style IN ('professional', 'casual', 'brief')`),
    arrayOfStrings("homer_user_profiles_focus_areas_are_strings", "focus_areas"),
    check("homer_user_profiles_total_interactions_is_not_negative", sql`total_interactions >= 0`),
    check("homer_user_profiles_texts_are_bounded", sql`octet_length(user_id) <= 1000 AND octet_length(display_name) <= 1024 AND octet_length(role) <= 1024 AND octet_length(preferred_name) <= 65536 AND octet_length(title) <= 65536 AND octet_length(preferred_greeting) <= 65536 AND octet_length(responsibilities) <= 65536 AND octet_length(working_hours) <= 65536 AND octet_length(timezone) <= 1024 AND octet_length(focus_areas::text) <= 65536`),
    ...policies(ofTheUser, ofTheUser),
  ],
);

// What the indexes on expressions are made of: homer's functions keep the order of relevance and the words. In such an
// index drizzle-kit takes a plain column for an expression too.
const id = sql`id`;
const rankKey = sql`homer.falling(homer.rank_key(importance, category, updated_at, created_at))`;
const fallingId = sql`homer.falling(id)`;
const expirySecond = sql`homer.expiry_second(expires_at)`;

const dueAt = sql`homer.moment_of_text(homer.json_text(metadata, 'due_at'))`;
const isDue = sql`homer.is_reminder(category) AND is_active IS NOT FALSE
  AND homer.json_text(metadata, 'claimed_at') IS NULL
  AND homer.moment_of_text(homer.json_text(metadata, 'due_at')) IS NOT NULL`;

export const homerMemories = pgTable(
  "homer_memories",
  {
    id: serial("id").primaryKey(),
    userId: text("user_id"),
    category: text("category").notNull(),
    subject: text("subject").notNull(),
    content: text("content").notNull(),
    importance: integer("importance").default(5),
    expiresAt: timestamp("expires_at"),
    sourceConversationId: text("source_conversation_id"),
    sourceMessageId: text("source_message_id"),
    tags: jsonb("tags").$type<string[]>().default([]),
    metadata: jsonb("metadata").$type<Record<string, unknown>>().default({}),
    isActive: boolean("is_active").default(true),
    createdAt: timestamp("created_at").defaultNow(),
    updatedAt: timestamp("updated_at").defaultNow(),
  },
  (table) => [
    index("homer_memories_user_id_idx").on(table.userId),
    index("homer_memories_category_idx").on(table.category),
    index("homer_memories_importance_idx").on(table.importance),
    index("homer_memories_conversation_idx")
      .on(sql`homer.scope_of(user_id)`, sql`source_conversation_id`, sql`(id::bigint)`)
      .where(sql`is_active IS NOT FALSE AND source_conversation_id IS NOT NULL`),
    index("homer_memories_list_idx").on(sql`homer.scope_of(user_id)`, sql`(id::double precision)`).where(sql`is_active IS NOT FALSE`),
    index("homer_memories_ended_list_idx").on(sql`homer.scope_of(user_id)`, sql`(id::double precision)`).where(sql`is_active IS FALSE`),
    index("homer_memories_live_idx").on(table.userId, table.expiresAt).where(sql`is_active IS DISTINCT FROM false`),
    index("homer_memories_rank_idx")
      .on(sql`homer.slot_branch(homer.scope_of(user_id), homer.slot(category))`, rankKey, fallingId, expirySecond)
      .where(sql`is_active IS NOT FALSE`),
    index("homer_memories_other_category_rank_idx")
      .on(sql`homer.other_category_branch(homer.scope_of(user_id), category)`, rankKey, fallingId, expirySecond)
      .where(sql`is_active IS NOT FALSE AND homer.slot(category) = 0`),
    index("homer_memories_far_off_idx")
      .on(sql`homer.slot_branch(homer.scope_of(user_id), homer.slot(category))`, sql`homer.falling(COALESCE(importance, 5))`, fallingId)
      .where(sql`is_active IS NOT FALSE AND homer.is_far_off(updated_at, created_at)`),
    index("homer_memories_search_idx")
      .using("gin", sql`homer.search_keys(user_id, subject, content) homer.keys_ops`)
      .with({ fastupdate: "off" })
      .where(sql`COALESCE(is_active, true)`),
    index("homer_memories_statement_idx")
      .on(sql`homer.statement_key(user_id, homer.statement(subject, content))`)
      .where(sql`is_active IS NULL OR is_active`),
    index("homer_memories_expiry_idx").on(table.expiresAt).where(sql`is_active IS NOT FALSE AND expires_at IS NOT NULL`),
    index("homer_memories_due_idx").on(dueAt, id).where(isDue),
    index("homer_memories_user_due_idx").on(sql`user_id`, dueAt, id).where(isDue),
    index("homer_memories_unreadable_due_idx").on(table.id).where(sql`homer.lacks_moment(category, is_active, metadata)`),
    notEmpty("homer_memories_user_id_is_not_empty", "user_id"),
    notEmpty("homer_memories_category_is_not_empty", "category"),
    check("homer_memories_importance_is_1_to_10", sql`importance BETWEEN 1 AND 10`),
    arrayOfStrings("homer_memories_tags_are_strings", "tags"),
    check("homer_memories_metadata_is_an_object", sql`jsonb_typeof(metadata) = 'object'`),
    check("homer_memories_texts_are_bounded", sql`octet_length(user_id) <= 1000 AND octet_length(category) <= 1000 AND octet_length(subject) <= 10240 AND octet_length(content) <= 1048576 AND octet_length(source_conversation_id) <= 1000 AND octet_length(source_message_id) <= 1000 AND octet_length(tags::text) <= 65536 AND octet_length(metadata::text) <= 65536`),
    finite("homer_memories_created_at_is_finite", "created_at"),
    finite("homer_memories_updated_at_is_finite", "updated_at"),
    ...policies(sql`user_id = ${user} OR ${anyone} OR user_id IS NULL AND ${user} IS NOT NULL`, ofTheUser),
  ],
);

export const homerFiles = pgTable(
  "homer_files",
  {
    id: serial("id").primaryKey(),
    fileId: text("file_id").notNull().unique("homer_files_file_id_unique"),
    uploadedBy: text("uploaded_by").notNull(),
    originalName: text("original_name").notNull(),
    mimeType: text("mime_type").notNull(),
    fileSize: integer("file_size").notNull(),
    storagePath: text("storage_path").notNull(),
    storageType: text("storage_type", { enum: ["local", "s3"] }).default("local"),
    description: text("description"),
    extractedText: text("extracted_text"),
    tags: jsonb("tags").$type<string[]>().default([]),
    isShared: boolean("is_shared").default(false),
    sharedWith: jsonb("shared_with").$type<string[]>().default([]),
    createdAt: timestamp("created_at").defaultNow(),
    updatedAt: timestamp("updated_at").defaultNow(),
  },
  (table) => [
    index("homer_files_uploaded_by_idx").on(table.uploadedBy),
    index("homer_files_file_id_idx").on(table.fileId),
    index("homer_files_owner_idx").on(sql`uploaded_by`, sql`homer.moment_of_file(created_at)`, id),
    index("homer_files_public_idx").on(sql`homer.moment_of_file(created_at)`, id).where(sql`is_shared`),
    index("homer_files_shared_with_idx")
      .using("gin", sql`homer.keys_of_users(shared_with) homer.keys_ops`)
      .with({ fastupdate: "off" })
      .where(sql`shared_with <> '[]'`),
    index("homer_files_search_idx")
      .using(
        "gin",
        sql`homer.file_keys(uploaded_by, is_shared, original_name, description, homer.lines(tags), homer.substr(extracted_text, 1, 200000)) homer.keys_ops`,
      )
      .with({ fastupdate: "off" }),
    check("homer_files_file_size_is_not_negative", sql`file_size >= 0`),
    check("homer_files_storage_type_is_known", sql`storage_type IN ('local', 's3')`),
    check("homer_files_texts_are_bounded", sql`octet_length(file_id) <= 1000 AND octet_length(uploaded_by) <= 1000 AND octet_length(original_name) <= 1024 AND octet_length(mime_type) <= 1024 AND octet_length(storage_path) <= 4096 AND octet_length(description) <= 10240 AND octet_length(extracted_text) <= 67108864 AND octet_length(tags::text) <= 65536 AND octet_length(shared_with::text) <= 1048576 AND CASE WHEN jsonb_typeof(shared_with) = 'array' THEN jsonb_array_length(shared_with) <= 1000 END`),
    arrayOfStrings("homer_files_tags_are_strings", "tags"),
    arrayOfStrings("homer_files_shared_with_are_strings", "shared_with"),
    ...policies(
      sql`${anyone} OR uploaded_by = ${user} OR is_shared AND ${user} IS NOT NULL OR jsonb_exists(shared_with, ${user})`,
      uploadedByTheUser,
    ),
  ],
);

export const homerFileMessages = pgTable(
  "homer_file_messages",
  {
    id: serial("id").primaryKey(),
    fileId: text("file_id").notNull(),
    conversationId: text("conversation_id").notNull(),
    messageId: text("message_id").notNull(),
    direction: text("direction", { enum: ["inbound", "outbound"] }).notNull(),
    context: text("context"),
    createdAt: timestamp("created_at").defaultNow(),
  },
  (table) => [
    index("homer_file_messages_file_id_idx").on(table.fileId),
    index("homer_file_messages_conversation_id_idx").on(table.conversationId),
    uniqueIndex("homer_file_messages_link_unique").on(table.fileId, table.conversationId, table.messageId, table.direction),
    foreignKey({
      name: "homer_file_messages_file_id_is_a_file",
      columns: [table.fileId],
      foreignColumns: [homerFiles.fileId],
    }).onDelete("cascade"),
    check("homer_file_messages_direction_is_known", sql`direction IN ('inbound', 'outbound')`),
    check("homer_file_messages_texts_are_bounded", sql`octet_length(conversation_id) <= 1000 AND octet_length(message_id) <= 1000 AND octet_length(context) <= 10240`),
    ...policies(ofAFileInSight, ofAFileOfTheUser, ofAFileInSight),
  ],
);
