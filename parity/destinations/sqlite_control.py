"""SQLite, which no cell of the grid stands for: a control. It keeps every value in a column of any type, and the way in which the
answers are asked for and compared has to show that.
"""

import json
import sqlite3

from values import TYPES, answer

COLUMNS = {name: "TEXT" for name in TYPES} | {"boolean": "BOOLEAN", "integer": "INTEGER", "number": "NUMERIC"}


class Engine:
    columns = COLUMNS

    def __enter__(self):
        self.session = sqlite3.connect(":memory:")
        self.version = "SQLite"
        return self

    def __exit__(self, *_):
        self.session.close()

    def retype(self, old, new, value):
        before, after = COLUMNS[old], COLUMNS[new]
        if before == after:
            return {"stored": value, "altered": False}
        for name in ("t", "n"):
            self.session.execute(f"DROP TABLE IF EXISTS {name}")
        self.session.execute(f"CREATE TABLE t (c {before})")
        self.session.execute(f"CREATE TABLE n (c {after})")
        held = json.dumps(value) if isinstance(value, (list, dict)) else value
        self.session.execute("INSERT INTO t VALUES (?)", [held])
        self.session.execute("INSERT INTO n SELECT c FROM t")
        return answer(value, self.session.execute("SELECT c FROM n").fetchone()[0])

    def changes(self):
        yield from ()
