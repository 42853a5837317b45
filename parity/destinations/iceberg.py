"""Iceberg, by pyiceberg, with what destination-s3-data-lake asks of a table: a column is promoted, or its change is refused.

Its code: toolkits/load-iceberg-parquet, IcebergTableSynchronizer.kt, IcebergSuperTypeFinder.kt, AirbyteTypeToIcebergSchema.kt.
"""

import shutil
import tempfile
from importlib.metadata import version

import pyarrow
from pyiceberg.catalog.sql import SqlCatalog
from pyiceberg.schema import Schema
from pyiceberg.types import (
    BooleanType,
    DateType,
    DoubleType,
    ListType,
    LongType,
    NestedField,
    StringType,
    TimestampType,
    TimestamptzType,
    TimeType,
)

from postgres import table_answer

TYPES = {
    "string": StringType(),
    "boolean": BooleanType(),
    "integer": LongType(),
    "number": DoubleType(),
    "date": DateType(),
    "timestamp_with_timezone": TimestamptzType(),
    "timestamp_without_timezone": TimestampType(),
    "time_with_timezone": TimeType(),
    "time_without_timezone": TimeType(),
    "array": ListType(element_id=9, element=LongType(), element_required=False),
    "object": StringType(),
    "union": StringType(),
    "unknown": StringType(),
}


class Engine:
    columns = {name: str(kind) for name, kind in TYPES.items()}

    def __enter__(self):
        self.home = tempfile.mkdtemp(prefix="grid-iceberg-")
        self.catalog = SqlCatalog("grid", uri=f"sqlite:///{self.home}/catalog.db", warehouse=f"file://{self.home}")
        self.catalog.create_namespace("g")
        self.version = "pyiceberg " + version("pyiceberg")
        return self

    def __exit__(self, *_):
        shutil.rmtree(self.home, ignore_errors=True)

    def table(self, **columns):
        fields = [NestedField(place, name, kind, required=False) for place, (name, kind) in enumerate(columns.items(), 1)]
        if self.catalog.table_exists("g.t"):
            self.catalog.drop_table("g.t")
        return self.catalog.create_table("g.t", Schema(*fields))

    def retype(self, old, new, value):
        before, after = TYPES[old], TYPES[new]
        if str(before) == str(after):
            return {"stored": value, "altered": False}
        return {"stored": value, **self.promoted(before, after)}

    def promoted(self, before, after):
        """What an update of a column's type comes to. What is refused here is refused by the destination."""
        table = self.table(c=before)
        try:
            with table.update_schema() as update:
                update.update_column("c", field_type=after)
        except Exception as error:
            return {"error": str(error).splitlines()[0]}
        return {"became": str(table.refresh().schema().find_field("c").field_type), "kept": True}

    def changes(self):
        table = self.table(id=LongType(), a=StringType())
        table.append(pyarrow.table({"id": [1], "a": ["old"]}))
        with table.update_schema() as update:
            update.add_column("b", StringType())
        table.append(pyarrow.table({"id": [2], "a": ["new"], "b": ["new"]}))
        yield "field-added", self.seen(["id", "a"], table, ["id", "a", "b"])
        table = self.table(id=LongType(), a=StringType())
        table.append(pyarrow.table({"id": [1], "a": ["old"]}))
        with table.update_schema() as update:
            update.delete_column("a")
        table.append(pyarrow.table({"id": [2]}))
        yield "field-removed", self.seen(["id", "a"], table, ["id"])
        table = self.table(id=LongType(), Name=StringType())
        table.append(pyarrow.table({"id": [1], "Name": ["old"]}))
        with table.update_schema() as update:
            update.delete_column("Name")
            update.add_column("name", StringType())
        table.append(pyarrow.table({"id": [2], "name": ["new"]}))
        yield "field-case-changed", self.seen(["id", "Name"], table, ["id", "name"])
        texts = ListType(element_id=9, element=StringType(), element_required=False)
        yield "array-items-retyped", self.promoted(TYPES["array"], texts)
        yield "array-items-dropped", self.promoted(TYPES["array"], StringType())
        yield "array-items-introduced", self.promoted(StringType(), TYPES["array"])

    def seen(self, before, table, written):
        found = table.refresh().scan().to_arrow().sort_by("id")
        rows = [[row[name] for name in found.column_names] for row in found.to_pylist()]
        return table_answer(before, found.column_names, written, rows)
