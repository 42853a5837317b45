"""DuckDB, with the statements of destination-duckdb 0.5: every record is JSON in one column, whatever its schema says.

Its code: destination_duckdb/destination.py (write, _safe_write).
"""

import json

import duckdb

from values import TYPES, same


class Engine:
    columns = dict.fromkeys(TYPES, "JSON")

    def __enter__(self):
        self.session = duckdb.connect()
        self.version = "DuckDB " + duckdb.__version__
        return self

    def __exit__(self, *_):
        self.session.close()

    def table(self):
        self.session.execute("DROP TABLE IF EXISTS _airbyte_raw_t")
        self.session.execute(
            "CREATE TABLE IF NOT EXISTS _airbyte_raw_t (_airbyte_ab_id TEXT PRIMARY KEY, _airbyte_emitted_at DATETIME, _airbyte_data JSON)"
        )

    def write(self, place, record):
        # The table is there already at the second sync, and nothing is altered.
        self.session.execute(
            "INSERT INTO _airbyte_raw_t VALUES (?, '2024-01-02', ?)", [str(place), json.dumps(record)]
        )

    def read(self):
        rows = self.session.execute("SELECT _airbyte_data FROM _airbyte_raw_t ORDER BY _airbyte_ab_id").fetchall()
        return [json.loads(text) for (text,) in rows]

    def retype(self, _old, new, value):
        self.table()
        self.write(1, {"c": value})
        self.write(2, {"c": new})
        became = self.read()[0]["c"]
        if became != value:
            return {"stored": value, "became": became, "kept": same(value, became)}
        return {"stored": value, "altered": False}

    def changes(self):
        columns = ["_airbyte_data"]
        for change, old, new in [
            ("field-added", {"a": 1}, {"a": 1, "b": 2}),
            ("field-removed", {"a": 1, "b": 2}, {"a": 1}),
            ("field-case-changed", {"Name": 1}, {"name": 1}),
            ("nested-field-added", {"o": {"a": 1}}, {"o": {"a": 1, "b": 2}}),
            ("nested-field-removed", {"o": {"a": 1, "b": 2}}, {"o": {"a": 1}}),
            ("nested-field-retyped", {"o": {"a": 1}}, {"o": {"a": "1"}}),
            ("array-items-retyped", {"l": [1]}, {"l": ["1"]}),
        ]:
            self.table()
            self.write(1, old)
            self.write(2, new)
            yield change, {"before": columns, "after": columns, "written": columns, "rows": [[row] for row in self.read()]}
