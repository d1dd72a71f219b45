"""A turn of an agent whose tools are the database's own. All that it stores commits, or not, with the transaction around the turn."""

import os

import psycopg


def turn(connection, ask_model, user, conversation, said):
    tools = connection.execute("SELECT homer_tools('openai')").fetchone()[0]
    messages = [{"role": "user", "content": said}]
    while True:
        output = ask_model(messages, tools)
        messages += output
        calls = [item for item in output if item["type"] == "function_call"]
        if not calls:
            return output[-1]["content"]
        for call in calls:
            text = connection.execute(
                "SELECT homer_call_tool(%s, %s, %s, %s) ->> 'text'", (user, call["name"], call["arguments"], conversation)
            ).fetchone()[0]
            messages.append({"type": "function_call_output", "call_id": call["call_id"], "output": text})


def scripted(messages, tools):
    """Stands for OpenAI().responses.create(model=..., input=messages, tools=tools).output, without the network."""
    script = [
        ("remember", '{"content": "Orders go to Lindt & Sons from now on.", "category": "decision"}'),
        ("forget", '{"memory_id": 99}'),
    ]
    answers = [message["output"] for message in messages if message.get("type") == "function_call_output"]
    if len(answers) == len(script):
        return [{"type": "message", "role": "assistant", "content": "\n".join(answers)}]
    name, arguments = script[len(answers)]
    assert name in [tool["name"] for tool in tools]
    return [{"type": "function_call", "call_id": f"call-{len(answers)}", "name": name, "arguments": arguments}]


with psycopg.connect(os.environ["DATABASE_URL"]) as connection, connection.transaction():
    print(turn(connection, scripted, "maria", "c-17", "We order from Lindt & Sons now."))
