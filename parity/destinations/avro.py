"""Avro files as destination-s3 writes them: old files stay as they are, and a reader opens them with the new schema.

Its code: toolkits/load-avro, AirbyteTypeToAvroSchema.kt, AvroMapperPipelineFactory.kt. The reader is fastavro.
"""

import datetime
import io
from importlib.metadata import version

import fastavro

from values import answer, moments

MEMBERS = ["string", "number"]


def schema(kind, items="long", members=MEMBERS, fields=(("a", "long"),)):
    """The Avro schema of a field that may be null."""
    plain = {
        "string": "string",
        "boolean": "boolean",
        "integer": "long",
        "number": "double",
        "date": {"type": "int", "logicalType": "date"},
        "timestamp_with_timezone": {"type": "long", "logicalType": "timestamp-micros"},
        "timestamp_without_timezone": {"type": "long", "logicalType": "timestamp-micros"},
        "time_with_timezone": {"type": "long", "logicalType": "time-micros"},
        "time_without_timezone": {"type": "long", "logicalType": "time-micros"},
        "array": {"type": "array", "items": ["null", items]},
        "object": {
            "type": "record",
            "name": "c",
            "namespace": "s",
            "fields": [{"name": name, "type": ["null", of], "default": None} for name, of in fields],
        },
        # An object and an array of which nothing is declared.
        "json": "string",
    }
    if kind == "union":
        return ["null", *(plain[member] for member in members)]
    return ["null", plain[kind]]


def native(kind, value):
    """A value as Python holds it."""
    if kind == "date":
        return datetime.date.fromisoformat(value)
    if kind.startswith("time"):
        return next(iter(moments(value)))[1]
    return value


def bare(field):
    """A schema without logical types. fastavro reads by the logical types of the file, Avro's specification says by those of
    the reader: so they are left to `encoded` and `decoded`."""
    return [kind["type"] if isinstance(kind, dict) and "logicalType" in kind else kind for kind in field]


EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)
MICROSECOND = datetime.timedelta(microseconds=1)


def encoded(kind, value):
    value = native(kind, value)
    if kind == "date":
        return (value - EPOCH.date()).days
    if kind.startswith("timestamp"):
        return (value - EPOCH) // MICROSECOND
    if kind.startswith("time"):
        return (datetime.datetime.combine(EPOCH, value, EPOCH.tzinfo) - EPOCH) // MICROSECOND
    return value


def decoded(kind, value):
    """What a number is by the logical type of the reader."""
    if kind == "date":
        return EPOCH.date() + datetime.timedelta(days=value)
    if kind.startswith("timestamp"):
        return EPOCH + value * MICROSECOND
    if kind.startswith("time"):
        if value >= 24 * 60 * 60 * 1_000_000:
            raise ValueError("more than a day is no time of day")
        return (EPOCH + value * MICROSECOND).time()
    return value


def record(field):
    return fastavro.parse_schema(
        {"type": "record", "name": "r", "fields": [{"name": "c", "type": field, "default": None}]}
    )


def read_with(before, after, value):
    """An old file read with the new schema."""
    file = io.BytesIO()
    fastavro.writer(file, record(bare(before)), [{"c": value}])
    file.seek(0)
    return next(fastavro.reader(file, record(bare(after))))["c"]


class Engine:
    columns = {
        "string": "string",
        "boolean": "boolean",
        "integer": "long",
        "number": "double",
        "date": "int, date",
        "timestamp_with_timezone": "long, timestamp-micros",
        "timestamp_without_timezone": "long, timestamp-micros",
        "time_with_timezone": "long, time-micros",
        "time_without_timezone": "long, time-micros",
        "array": "array",
        "object": "record",
        "union": "union",
        "unknown": "refused by the destination",
    }

    def __enter__(self):
        self.version = "fastavro " + version("fastavro")
        return self

    def __exit__(self, *_):
        pass

    def retype(self, old, new, value):
        if "unknown" in (old, new):
            return None
        items = "string" if value == ["a"] else "long"
        before, after = schema(old, items), schema(new)
        if before == after:
            return {"stored": value, "altered": False}
        return {"stored": value, **self.reads(before, after, encoded(old, value), value, new)}

    def reads(self, before, after, value, shown=None, kind="string"):
        try:
            became = decoded(kind, read_with(before, after, value))
        except Exception as error:
            return {"reader_error": f"{type(error).__name__}: {str(error).splitlines()[0]}"[:160]}
        found = answer(shown if shown is not None else value, became)
        return {key: found[key] for key in ("became", "kept") if key in found}

    def changes(self):
        yield from file_columns()
        record = {"a": 1}
        two = (("a", "long"), ("b", "string"))
        more = read_with(schema("object"), schema("object", fields=two), record)
        less = read_with(schema("object", fields=two), schema("object"), {"a": 1, "b": "x"})
        yield "nested-field-added", nested(["o.a"], ["o.a", "o.b"], more)
        yield "nested-field-removed", nested(["o.a", "o.b"], ["o.a"], less)
        text = (("a", "string"),)
        yield "nested-field-retyped", self.reads(schema("object"), schema("object", fields=text), record)
        yield "object-shape-dropped", self.reads(schema("object"), schema("json"), record)
        yield "object-shape-introduced", self.reads(schema("json"), schema("object"), '{"a": 1}')
        yield "array-items-retyped", self.reads(schema("array"), schema("array", "string"), [1, 2])
        yield "array-items-dropped", self.reads(schema("array"), schema("json"), [1, 2])
        yield "array-items-introduced", self.reads(schema("json"), schema("array"), "[1, 2]")
        yield "union-members-changed", self.reads(schema("union"), schema("union", members=["string", "boolean"]), 1.5)


def nested(before, written, row):
    """Fields of an object in old and new files, and an old row as the new schema shows it."""
    after = before + [name for name in written if name not in before]
    return {"before": before, "after": after, "written": written, "rows": [row]}


def file_columns():
    """Columns of old and new files together: nothing rewrites the old ones."""

    def columns(*names):
        return fastavro.parse_schema(
            {"type": "record", "name": "r", "fields": [{"name": n, "type": ["null", "string"], "default": None} for n in names]}
        )

    for change, old, new in [
        ("field-added", ["a"], ["a", "b"]),
        ("field-removed", ["a", "b"], ["a"]),
        ("field-case-changed", ["Name"], ["name"]),
    ]:
        files, after = [], []
        for names, value in ((old, "old"), (new, "new")):
            file = io.BytesIO()
            fastavro.writer(file, columns(*names), [dict.fromkeys(names, value)])
            file.seek(0)
            reader = fastavro.reader(file)
            after += [f["name"] for f in reader.writer_schema["fields"] if f["name"] not in after]
            files += list(reader)
        yield change, {"before": old, "after": after, "written": new, "rows": [list(row.items()) for row in files]}
