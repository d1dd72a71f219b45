// drizzle-kit leaves out tables that `tablesFilter` names and still counts the sequences of their serial columns as
// strays to be dropped; the extension refuses that, and the push stops. Named here, they are what it expects to find.
import { pgSequence } from "drizzle-orm/pg-core";

const serial = { startWith: 1, increment: 1, minValue: 1, maxValue: 2147483647, cache: 1 };

export const userProfiles = pgSequence("homer_user_profiles_id_seq", serial);
export const memories = pgSequence("homer_memories_id_seq", serial);
export const files = pgSequence("homer_files_id_seq", serial);
export const fileMessages = pgSequence("homer_file_messages_id_seq", serial);
