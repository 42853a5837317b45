"""Parquet files as destination-s3 writes them: old files stay as they are, and a reader opens old and new with the new schema.

Its code: toolkits/load-parquet, ParquetMapperPipelineTest.kt (unions become records with a column for each member) and
ParquetWriter.kt (Avro's schema, as AvroParquetWriter lays it out). The reader is pyarrow's dataset.
"""

import shutil
import tempfile
from importlib.metadata import version

import pyarrow
import pyarrow.dataset
import pyarrow.parquet

from avro import MEMBERS, native, nested
from values import answer

INSTANT = pyarrow.timestamp("us", tz="UTC")


def of(kind, items=None, members=MEMBERS, fields=None):
    plain = {
        "string": pyarrow.string(),
        "boolean": pyarrow.bool_(),
        "integer": pyarrow.int64(),
        "number": pyarrow.float64(),
        "date": pyarrow.date32(),
        "timestamp_with_timezone": INSTANT,
        "timestamp_without_timezone": INSTANT,
        "time_with_timezone": pyarrow.time64("us"),
        "time_without_timezone": pyarrow.time64("us"),
        "array": pyarrow.list_(items or pyarrow.int64()),
        "object": pyarrow.struct(fields or [("a", pyarrow.int64())]),
        "json": pyarrow.string(),
    }
    if kind == "union":
        return pyarrow.struct([("type", pyarrow.string()), *((member, plain[member]) for member in members)])
    return plain[kind]


def member(value):
    """A value of a union as its record holds it."""
    kind = "number" if isinstance(value, float) else "string"
    return {"type": kind, kind: value}


class Engine:
    columns = {**{kind: str(of(kind)) for kind in [
        "string", "boolean", "integer", "number", "date", "timestamp_with_timezone", "timestamp_without_timezone",
        "time_with_timezone", "time_without_timezone", "array", "object", "union"]}, "unknown": "refused by the destination"}

    def __enter__(self):
        self.home = tempfile.mkdtemp(prefix="grid-parquet-")
        self.version = "pyarrow " + version("pyarrow")
        return self

    def __exit__(self, *_):
        shutil.rmtree(self.home, ignore_errors=True)

    def retype(self, old, new, value):
        if "unknown" in (old, new):
            return None
        before = of(old, pyarrow.string() if value == ["a"] else None)
        after = of(new)
        if before == after:
            return {"stored": value, "altered": False}
        held = member(value) if old == "union" else native(old, value)
        return {"stored": value, **self.reads(before, after, held, value)}

    def reads(self, before, after, value, shown=None):
        old, new = f"{self.home}/old.parquet", f"{self.home}/new.parquet"
        pyarrow.parquet.write_table(pyarrow.table({"c": pyarrow.array([value], before)}), old)
        pyarrow.parquet.write_table(pyarrow.table({"c": pyarrow.array([None], after)}), new)
        try:
            schema = pyarrow.schema([("c", after)])
            became = pyarrow.dataset.dataset([old, new], schema=schema).to_table().column("c")[0].as_py()
        except Exception as error:
            return {"reader_error": f"{type(error).__name__}: {str(error).splitlines()[0]}"[:160]}
        found = answer(shown if shown is not None else value, became)
        return {key: found[key] for key in ("became", "kept") if key in found}

    def changes(self):
        for change, old, new in [
            ("field-added", ["a"], ["a", "b"]),
            ("field-removed", ["a", "b"], ["a"]),
            ("field-case-changed", ["Name"], ["name"]),
        ]:
            rows, after = [], []
            for names, value in ((old, "old"), (new, "new")):
                path = f"{self.home}/file.parquet"
                pyarrow.parquet.write_table(pyarrow.table({name: [value] for name in names}), path)
                found = pyarrow.parquet.read_table(path)
                after += [name for name in found.column_names if name not in after]
                rows += [list(row.items()) for row in found.to_pylist()]
            yield change, {"before": old, "after": after, "written": new, "rows": rows}
        one = {"a": 1}
        two = [("a", pyarrow.int64()), ("b", pyarrow.string())]
        text = [("a", pyarrow.string())]
        more = self.reads(of("object"), of("object", fields=two), one)["became"]
        less = self.reads(of("object", fields=two), of("object"), {"a": 1, "b": "x"})["became"]
        yield "nested-field-added", nested(["o.a"], ["o.a", "o.b"], more)
        yield "nested-field-removed", nested(["o.a", "o.b"], ["o.a"], less)
        yield "nested-field-retyped", [
            self.reads(of("object"), of("object", fields=text), one),
            self.reads(of("object", fields=text), of("object"), {"a": "12"}),
            self.reads(of("object", fields=text), of("object"), {"a": "n/a"}),
        ]
        yield "object-shape-dropped", self.reads(of("object"), of("json"), one)
        yield "object-shape-introduced", self.reads(of("json"), of("object"), '{"a": 1}')
        texts = of("array", pyarrow.string())
        yield "array-items-retyped", [
            self.reads(of("array"), texts, [1, 2]),
            self.reads(texts, of("array"), ["1", "2"]),
            self.reads(texts, of("array"), ["n/a"]),
        ]
        yield "array-items-dropped", self.reads(of("array"), of("json"), [1, 2])
        yield "array-items-introduced", self.reads(of("json"), of("array"), "[1, 2]")
        fewer = of("union", members=["string", "boolean"])
        yield "union-members-changed", self.reads(of("union"), fewer, member(1.5), 1.5)
