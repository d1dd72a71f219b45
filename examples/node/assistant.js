// What an assistant does with homer through pg: remember what was said, and ask what matters before a reply.
import pg from "pg";

// A timestamp in homer's tables is UTC; pg would take it for the program's own time zone.
pg.types.setTypeParser(pg.types.builtins.TIMESTAMP, (text) => new Date(text.replace(" ", "T") + "Z"));

const client = new pg.Client(process.env.DATABASE_URL);
await client.connect();

const learned = await client.query(
  `SELECT id, outcome FROM homer_remember(
       user_id => $1, category => 'decision', subject => 'Supplier', content => $2,
       importance => 9, expires_at => $3, tags => $4, metadata => $5)`,
  ["maria", "Orders go to Lindt & Sons from now on.", new Date("2999-12-31T23:30:00Z"), ["supplier"], { from: "e-mail" }],
);
console.log(learned.rows[0].outcome);

const relevant = await client.query(
  `SELECT * FROM homer_relevant_memories(user_id => $1, "limit" => 5, query => $2)`,
  ["maria", "Where do our orders go?"],
);
for (const memory of relevant.rows) {
  console.log(memory.content, memory.tags, memory.metadata, memory.expires_at.toISOString());
}

await client.end();
