"""PostgreSQL, with the statements of destination-postgres 3 (direct load): a table is altered column by column.

Its code: sql/PostgresDirectLoadSqlGenerator.kt (matchSchemas, upsertTable), schema/PostgresTableSchemaMapper.kt.
"""

import glob
import json
import os
import shutil
import subprocess
import tempfile

import psycopg

from values import answer

COLUMNS = {
    "string": "varchar",
    "boolean": "boolean",
    "integer": "bigint",
    "number": "decimal",
    "date": "date",
    "timestamp_with_timezone": "timestamp with time zone",
    "timestamp_without_timezone": "timestamp",
    "time_with_timezone": "time with time zone",
    "time_without_timezone": "time",
    "array": "jsonb",
    "object": "jsonb",
    "union": "jsonb",
    "unknown": "jsonb",
}


class Engine:
    columns = COLUMNS

    def __enter__(self):
        binaries = sorted(glob.glob("/usr/lib/postgresql/*/bin"))
        if not binaries:
            raise FileNotFoundError("no PostgreSQL here: apt-get install postgresql")
        self.bin = binaries[-1]
        self.home = tempfile.mkdtemp(prefix="grid-postgres-")
        self.as_user = []
        if os.geteuid() == 0:
            shutil.chown(self.home, "postgres")
            self.as_user = ["runuser", "-u", "postgres", "--"]
        data = f"{self.home}/data"
        self.run("initdb", "-D", data, "-U", "postgres", "-A", "trust", "--no-sync", "-E", "UTF8", "--locale=C")
        options = f"-c listen_addresses= -c unix_socket_directories={self.home} -c fsync=off -c timezone=UTC"
        self.run("pg_ctl", "-D", data, "-w", "-o", options, "-l", f"{self.home}/log", "start")
        self.session = psycopg.connect(f"host={self.home} user=postgres dbname=postgres", autocommit=True)
        version = self.session.execute("SHOW server_version").fetchone()[0]
        self.version = "PostgreSQL " + version.split(" ")[0]
        return self

    def __exit__(self, *_):
        self.session.close()
        self.run("pg_ctl", "-D", f"{self.home}/data", "-m", "immediate", "stop")
        shutil.rmtree(self.home, ignore_errors=True)

    def run(self, name, *arguments):
        subprocess.run(
            [*self.as_user, f"{self.bin}/{name}", *arguments], check=True, stdout=subprocess.DEVNULL, cwd="/"
        )

    def table(self, *columns):
        self.session.execute("DROP TABLE IF EXISTS t")
        self.session.execute(f"CREATE TABLE t ({', '.join(columns)})")

    def retype(self, old, new, value):
        before, after = COLUMNS[old], COLUMNS[new]
        if before == after:
            return {"stored": value, "altered": False}
        self.table(f'"c" {before}')
        text = json.dumps(value) if before == "jsonb" or not isinstance(value, str) else value
        self.session.execute(f"INSERT INTO t VALUES (%s::text::{before})", [text])
        if after == "jsonb":
            using = 'to_jsonb("c")'
        elif before == "jsonb" and after == "varchar":
            using = "\"c\" #>> '{}'"
        else:
            using = f'"c"::{after}'
        try:
            self.session.execute(f'ALTER TABLE t ALTER COLUMN "c" TYPE {after} USING {using}')
        except psycopg.Error as error:
            return {"stored": value, "error": str(error).splitlines()[0]}
        return answer(value, self.session.execute("SELECT c::text FROM t").fetchone()[0])

    def shape(self):
        rows = self.session.execute(
            "SELECT column_name FROM information_schema.columns WHERE table_name = 't' ORDER BY ordinal_position"
        )
        return [name for (name,) in rows]

    def changes(self):
        # A field more: a column is added.
        self.table('"id" bigint', '"a" varchar')
        self.session.execute("INSERT INTO t VALUES (1, 'old')")
        before = self.shape()
        self.session.execute('ALTER TABLE t ADD COLUMN "b" varchar')
        self.session.execute("INSERT INTO t (id, a, b) VALUES (2, 'new', 'new')")
        rows = self.session.execute("SELECT * FROM t ORDER BY id").fetchall()
        yield "field-added", table_answer(before, self.shape(), ["id", "a", "b"], rows)
        # A field less: no statement drops its column since 3.0.14.
        self.table('"id" bigint', '"a" varchar')
        self.session.execute("INSERT INTO t VALUES (1, 'old')")
        self.session.execute("INSERT INTO t (id) VALUES (2)")
        rows = self.session.execute("SELECT * FROM t ORDER BY id").fetchall()
        yield "field-removed", table_answer(["id", "a"], self.shape(), ["id"], rows)
        # Names are quoted, so case counts.
        self.table('"id" bigint', '"Name" varchar')
        self.session.execute("INSERT INTO t VALUES (1, 'old')")
        self.session.execute('ALTER TABLE t ADD COLUMN "name" varchar')
        self.session.execute("INSERT INTO t (id, name) VALUES (2, 'new')")
        rows = self.session.execute("SELECT * FROM t ORDER BY id").fetchall()
        yield "field-case-changed", table_answer(["id", "Name"], self.shape(), ["id", "name"], rows)
        # Rows are matched by the new key, among rows of which only one of each old key was kept.
        self.table('"id" bigint', '"region" varchar', '"at" bigint')
        for region in ("eu", "us"):
            self.upsert(["id"], (1, region, 1))
        self.upsert(["id", "region"], (1, "ap", 2))
        rows = self.session.execute("SELECT id, region FROM t ORDER BY at").fetchall()
        yield "primary-key-changed", {"sent": [[1, "eu"], [1, "us"], [1, "ap"]], "rows": listed(rows)}

    def upsert(self, key, row):
        """As upsertTable: newer rows replace what has the same key, the others are added."""
        match = " AND ".join(f"t.{part} = s.{part}" for part in key)
        self.session.execute("DROP TABLE IF EXISTS s")
        self.session.execute("CREATE TABLE s (LIKE t)")
        self.session.execute("INSERT INTO s VALUES (%s, %s, %s)", row)
        self.session.execute(
            f"WITH updates AS (UPDATE t SET id = s.id, region = s.region, at = s.at FROM s WHERE {match} AND t.at <= s.at)"
            f" INSERT INTO t SELECT * FROM s WHERE NOT EXISTS (SELECT 1 FROM t WHERE {match})"
        )


def listed(rows):
    return [list(row) for row in rows]


def table_answer(before, after, written, rows):
    """A table before and after a change of the schema, the columns that new rows fill, and its rows."""
    return {"before": before, "after": after, "written": written, "rows": listed(rows)}
