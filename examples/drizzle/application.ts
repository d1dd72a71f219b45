// A table of the application's own, beside homer's.
import { pgTable, serial, text, timestamp } from "drizzle-orm/pg-core";

export const messages = pgTable("messages", {
  id: serial("id").primaryKey(),
  conversationId: text("conversation_id").notNull(),
  said: text("said").notNull(),
  saidAt: timestamp("said_at", { withTimezone: true }).notNull().defaultNow(),
});
