"""ClickHouse, by chdb, with the statements of destination-clickhouse 2: a table is altered, or made again where the key changes.

Its code: client/ClickhouseSqlGenerator.kt (alterTable, createTable, copyTable), client/ClickhouseAirbyteClient.kt.
"""

import datetime
import json
import shutil
import tempfile

from chdb import session

from postgres import table_answer
from values import answer

COLUMNS = {
    "string": "String",
    "boolean": "Bool",
    "integer": "Int64",
    "number": "Decimal(38, 9)",
    "date": "Date32",
    "timestamp_with_timezone": "DateTime64(3)",
    "timestamp_without_timezone": "DateTime64(3)",
    "time_with_timezone": "String",
    "time_without_timezone": "String",
    "array": "String",
    "object": "String",
    "union": "String",
    "unknown": "String",
}


class Engine:
    columns = COLUMNS

    def __enter__(self):
        self.home = tempfile.mkdtemp(prefix="grid-clickhouse-")
        self.session = session.Session(self.home)
        self.query("CREATE DATABASE g ENGINE = Atomic")
        self.version = "ClickHouse " + self.rows("SELECT version()")[0][0]
        return self

    def __exit__(self, *_):
        self.session.close()
        shutil.rmtree(self.home, ignore_errors=True)

    def query(self, sql):
        return self.session.query(sql, "JSONCompactEachRow")

    def rows(self, sql):
        text = str(self.query(sql) or "")
        return [json.loads(line) for line in text.splitlines() if line]

    def table(self, declarations, engine="MergeTree()", order="_airbyte_raw_id"):
        self.query("DROP TABLE IF EXISTS g.t SYNC")
        self.query(
            f"CREATE TABLE g.t (_airbyte_raw_id String NOT NULL, {declarations}) ENGINE = {engine} ORDER BY ({order})"
        )

    def retype(self, old, new, value):
        before, after = COLUMNS[old], COLUMNS[new]
        if before == after:
            return {"stored": value, "altered": False}
        self.table(f"`c` Nullable({before})")
        self.query(f"INSERT INTO g.t SELECT 'a', {literal(old, value)}")
        held = self.rows("SELECT toString(c) FROM g.t")[0][0]
        try:
            self.query(f"ALTER TABLE g.t MODIFY COLUMN `c` Nullable({after})")
            became = self.rows("SELECT toString(c) FROM g.t")[0][0]
        except Exception as error:
            return {"stored": value, "error": reason(error)}
        if became is not None and old.startswith("time_"):
            # A time of day becomes one of the current year.
            became = became.replace(f"{datetime.date.today().year}-", "YYYY-")
        if became is not None and old.startswith("timestamp") and after != "Date32":
            # Thousandths are all that the column held before.
            return {**answer(held, became), "stored": value}
        return answer(value, became)

    def shape(self):
        rows = self.rows("SELECT name FROM system.columns WHERE database = 'g' AND table = 't' ORDER BY position")
        return [name for (name,) in rows if not name.startswith("_airbyte_")]

    def changes(self):
        self.table("`id` Nullable(Int64), `a` Nullable(String)")
        self.query("INSERT INTO g.t VALUES ('a', 1, 'old')")
        before = self.shape()
        self.query("ALTER TABLE g.t ADD COLUMN `b` Nullable(String)")
        self.query("INSERT INTO g.t (_airbyte_raw_id, id, a, b) VALUES ('b', 2, 'new', 'new')")
        yield "field-added", table_answer(before, self.shape(), ["id", "a", "b"], self.rows("SELECT id, a, b FROM g.t ORDER BY id"))
        self.table("`id` Nullable(Int64), `a` Nullable(String)")
        self.query("INSERT INTO g.t VALUES ('a', 1, 'old')")
        self.query("ALTER TABLE g.t DROP COLUMN `a`")
        self.query("INSERT INTO g.t (_airbyte_raw_id, id) VALUES ('b', 2)")
        yield "field-removed", table_answer(["id", "a"], self.shape(), ["id"], self.rows("SELECT id FROM g.t ORDER BY id"))
        # One statement adds the new name and drops the old one.
        self.table("`id` Nullable(Int64), `Name` Nullable(String)")
        self.query("INSERT INTO g.t VALUES ('a', 1, 'old')")
        self.query("ALTER TABLE g.t ADD COLUMN `name` Nullable(String), DROP COLUMN `Name`")
        self.query("INSERT INTO g.t (_airbyte_raw_id, id, name) VALUES ('b', 2, 'new')")
        yield (
            "field-case-changed",
            table_answer(["id", "Name"], self.shape(), ["id", "name"], self.rows("SELECT id, name FROM g.t ORDER BY id")),
        )
        # Rows of one old key were merged into one; the table is made again with the new key.
        self.table("`id` Int64, `region` Nullable(String)", "ReplacingMergeTree()", "`id`")
        self.query("INSERT INTO g.t VALUES ('a', 1, 'eu'), ('b', 1, 'us')")
        self.query("OPTIMIZE TABLE g.t FINAL")
        self.rekeyed("`id` Int64, `region` String", "`id`, `region`")
        self.query("INSERT INTO g.t VALUES ('c', 1, 'ap')")
        rows = self.rows("SELECT id, region FROM g.t FINAL ORDER BY _airbyte_raw_id")
        yield "primary-key-changed", {"sent": [[1, "eu"], [1, "us"], [1, "ap"]], "rows": rows}
        # A key makes its columns NOT NULL.
        self.table("`id` Nullable(Int64), `region` Nullable(String)")
        self.query("INSERT INTO g.t VALUES ('a', NULL, 'eu')")
        yield "primary-key-added", self.rekeyed("`id` Int64, `region` Nullable(String)", "`id`")
        self.table("`id` Int64, `region` Nullable(String)", "ReplacingMergeTree()", "`id`")
        self.query("INSERT INTO g.t VALUES ('a', 1, 'eu')")
        yield "primary-key-removed", self.rekeyed("`id` Nullable(Int64), `region` Nullable(String)", "_airbyte_raw_id", "MergeTree()")

    def rekeyed(self, declarations, order, engine="ReplacingMergeTree()"):
        """As applyDeduplicationChanges: another table takes the rows and the name."""
        self.query("DROP TABLE IF EXISTS g.n SYNC")
        self.query(f"CREATE TABLE g.n (_airbyte_raw_id String NOT NULL, {declarations}) ENGINE = {engine} ORDER BY ({order})")
        held = self.rows("SELECT id, region FROM g.t")
        try:
            self.query("INSERT INTO g.n (_airbyte_raw_id, id, region) SELECT _airbyte_raw_id, id, region FROM g.t")
            self.query("EXCHANGE TABLES g.n AND g.t")
        except Exception as error:
            return {"error": reason(error)}
        return {"held": held, "rows": self.rows("SELECT id, region FROM g.t")}


def reason(error):
    """The first sentence of what went wrong, which is the same on every machine."""
    text = str(error).replace("\n", " ")
    # What went wrong inside a mutation stands last.
    text = text.split("DB::Exception: ")[-1]
    for end in (". (", ": In scope", ": while ", ": While ", " (in file", ": (in file", ": Cannot execute"):
        text = text.split(end)[0]
    return text[:160]


def literal(old, value):
    """A value as the destination's binary rows hold it."""
    column = COLUMNS[old]
    if column == "String":
        # Unions are JSON; what has no type, and times, are texts as they come.
        text = json.dumps(value) if old == "union" or not isinstance(value, str) else value
        return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"
    if column == "DateTime64(3)":
        return f"parseDateTime64BestEffort('{value}', 3, 'UTC')"
    if column == "Date32":
        return f"toDate32('{value}')"
    return f"CAST('{json.dumps(value)}' AS {column})"
