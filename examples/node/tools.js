// A turn of an agent whose tools are the database's own. All that it stores commits, or not, with the transaction around the turn.
import pg from "pg";

async function turn(client, askModel, user, conversation, said) {
  const tools = (await client.query("SELECT homer_tools('openai') AS tools")).rows[0].tools;
  const messages = [{ role: "user", content: said }];
  for (;;) {
    const output = await askModel(messages, tools);
    messages.push(...output);
    const calls = output.filter((item) => item.type === "function_call");
    if (calls.length === 0) return output.at(-1).content;
    for (const call of calls) {
      const answer = await client.query("SELECT homer_call_tool($1, $2, $3, $4) ->> 'text' AS text", [
        user, call.name, call.arguments, conversation,
      ]);
      messages.push({ type: "function_call_output", call_id: call.call_id, output: answer.rows[0].text });
    }
  }
}

// Stands for (await new OpenAI().responses.create({ model, input: messages, tools })).output, without the network.
function scripted(messages, tools) {
  const script = [
    ["remember", '{"content": "Orders go to Lindt & Sons from now on.", "category": "decision"}'],
    ["forget", '{"memory_id": 99}'],
  ];
  const answers = messages.filter((message) => message.type === "function_call_output").map((message) => message.output);
  if (answers.length === script.length) return [{ type: "message", role: "assistant", content: answers.join("\n") }];
  const [name, args] = script[answers.length];
  if (!tools.some((tool) => tool.name === name)) throw new Error(`no tool ${name}`);
  return [{ type: "function_call", call_id: `call-${answers.length}`, name, arguments: args }];
}

const client = new pg.Client(process.env.DATABASE_URL);
await client.connect();
await client.query("BEGIN");
console.log(await turn(client, scripted, "maria", "c-17", "We order from Lindt & Sons now."));
await client.query("COMMIT");
await client.end();
