#!/usr/bin/env python3
"""What database engines and readers of files do where a source changes a field.

    experiment.py record [ENGINE...]          asks the engines and writes answers.json
    experiment.py check  [ENGINE...]          asks again and says what differs

Each engine runs the statements that the code of Airbyte's destination runs (its module names the code), on tables of its own in
a temporary folder. tests/destination_grid.rs holds the cells of src/effects/grid.toml against these answers.
"""

import importlib
import json
import sys
from pathlib import Path

from values import pairs, stored

ANSWERS = Path(__file__).with_name("answers.json")
ENGINES = ["postgres", "clickhouse", "iceberg", "avro", "parquet", "duckdb_raw", "sqlite_control"]


def ask(name):
    with importlib.import_module(name).Engine() as engine:
        retypes = {}
        for old, new in pairs():
            answers = [engine.retype(old, new, value) for value in stored(old, new)]
            # None is what the destination never brings to the engine.
            if None not in answers:
                retypes[f"{old} > {new}"] = answers
        return {
            "engine": engine.version,
            "columns": engine.columns,
            "retypes": retypes,
            "changes": dict(engine.changes()),
        }


def written(answers):
    """One line for each answer, so that a difference is a line."""
    lines = ["{"]
    for last_engine, name in ends(sorted(answers)):
        found = answers[name]
        lines += [f" {json.dumps(name)}: {{", f'  "engine": {json.dumps(found["engine"])},']
        lines += [f'  "columns": {json.dumps(found["columns"])},']
        for last_part, part in ends(["retypes", "changes"]):
            lines.append(f"  {json.dumps(part)}: {{")
            for last, key in ends(list(found[part])):
                lines.append(f"   {json.dumps(key)}: {json.dumps(found[part][key])}{'' if last else ','}")
            lines.append("  }" if last_part else "  },")
        lines.append(" }" if last_engine else " },")
    return "\n".join([*lines, "}", ""])


def ends(names):
    return [(place == len(names) - 1, name) for place, name in enumerate(names)]


def main(arguments):
    if not arguments or arguments[0] not in ("record", "check"):
        sys.exit(__doc__)
    answers = json.loads(ANSWERS.read_text()) if ANSWERS.exists() else {}
    names = arguments[1:] or ENGINES
    differ = 0
    for name in names:
        try:
            found = json.loads(json.dumps(ask(name)))
        except (ImportError, FileNotFoundError) as error:
            print(f"SKIPPED: {name} WAS NOT ASKED: {error}")
            continue
        if arguments[0] == "record":
            answers[name] = found
            print(f"{name}: {found['engine']} gave {len(found['retypes'])} + {len(found['changes'])} answers")
            continue
        known = answers.get(name, {"retypes": {}, "changes": {}})
        wrong = [
            key
            for part in ("retypes", "changes")
            for key in {**known[part], **found[part]}
            if known[part].get(key) != found[part].get(key)
        ]
        for key in wrong:
            print(f"{name}: {key} is answered otherwise than in answers.json")
        differ += len(wrong)
        if not wrong:
            print(f"{found['engine']} answers for {name} as it did")
    if arguments[0] == "record":
        ANSWERS.write_text(written(answers))
    sys.exit(1 if differ else 0)


if __name__ == "__main__":
    main(sys.argv[1:])
