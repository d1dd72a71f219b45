// What an assistant does with homer through Drizzle: remember, ask what is relevant before a reply, and read and write
// the tables like any other. Every row is typed, and every moment is a Date.
import { eq, getTableColumns, sql } from "drizzle-orm";
import { drizzle } from "drizzle-orm/node-postgres";
import { homerMemories, homerUserProfiles } from "./schema.ts";

const db = drizzle(process.env.DATABASE_URL!);

/** The memories that matter now, best first: the columns of the table as Drizzle types them, and the relevance. */
function relevantMemories(userId: string, query: string, limit = 10) {
  const columns = { ...getTableColumns(homerMemories), relevance: sql<number>`relevance`.as("relevance") };
  const relevant = db.$with("relevant", columns).as(
    sql`SELECT * FROM homer_relevant_memories(user_id => ${userId}, "limit" => ${limit}, query => ${query})`,
  );
  return db.with(relevant).select().from(relevant);
}

// A function takes timestamptz: a Date is that moment.
await db.execute(sql`
  SELECT homer_remember(user_id => 'maria', category => 'decision', subject => 'Supplier',
                        content => 'Orders go to Lindt & Sons from now on.', importance => 9,
                        expires_at => ${new Date("2999-12-31T23:30:00Z")})`);

// A column is a timestamp in UTC: Drizzle writes a Date so.
await db.insert(homerMemories).values({
  userId: "maria",
  category: "fact",
  subject: "Coffee",
  content: "Drinks it black, no sugar.",
  tags: ["breakfast"],
  expiresAt: new Date("2999-12-31T23:30:00Z"),
  updatedAt: new Date("2026-03-29T01:30:00Z"),
});
await db.insert(homerUserProfiles).values({ userId: "maria", displayName: "Maria", role: "owner", communicationStyle: "brief" });

const [best] = await relevantMemories("maria", "Where do our orders go?");
console.log(best.content, best.relevance > 0, best.expiresAt?.toISOString());

const coffee = await db.select().from(homerMemories).where(eq(homerMemories.subject, "Coffee"));
for (const { tags, expiresAt, updatedAt } of coffee) {
  console.log(tags, expiresAt?.toISOString(), updatedAt?.toISOString());
}
const [profile] = await db.select().from(homerUserProfiles);
console.log(profile.communicationStyle, profile.focusAreas, profile.timezone);

await db.$client.end();
