"""What an assistant does with homer through psycopg: remember what was said, and ask what matters before a reply."""

import os
from datetime import datetime, timezone

import psycopg
from psycopg.rows import dict_row
from psycopg.types.json import Jsonb

with psycopg.connect(os.environ["DATABASE_URL"], row_factory=dict_row) as connection:
    # With a transaction around it, what was learned is kept or lost together with the rest of the turn.
    with connection.transaction():
        learned = connection.execute(
            """SELECT id, outcome FROM homer_remember(
                   user_id => %(user)s, category => 'decision', subject => 'Supplier', content => %(content)s,
                   importance => 9, expires_at => %(until)s, tags => %(tags)s, metadata => %(metadata)s)""",
            {
                "user": "maria",
                "content": "Orders go to Lindt & Sons from now on.",
                "until": datetime(2999, 12, 31, 23, 30, tzinfo=timezone.utc),
                "tags": ["supplier"],
                "metadata": Jsonb({"from": "e-mail"}),
            },
        ).fetchone()
    print(learned["outcome"])

    relevant = connection.execute(
        'SELECT * FROM homer_relevant_memories(user_id => %s, "limit" => 5, query => %s)',
        ("maria", "Where do our orders go?"),
    ).fetchall()
    for memory in relevant:
        # A timestamp in homer's tables is UTC.
        until = memory["expires_at"].replace(tzinfo=timezone.utc)
        print(memory["content"], memory["tags"], memory["metadata"], until.isoformat())
