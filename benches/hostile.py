#!/usr/bin/env python3
"""What input costs that nobody writes by accident: an answer or a named limit, in bounded time and memory.

    cargo build --release && python3 benches/hostile.py [--binary FILE] [NAME…]

Each input is made from a fixed seed, compared once with one thread, and held against the bound: 10 CPU seconds, and 32 MB
with 4 times the input (8 times where it is YAML) and 2 kB for each finding, those that the policy leaves out included. The
bound is one of resident memory. Beside it stands what of that is private, the most that was seen every half millisecond: the rest
are pages of the program, 12 to 18 MB for any input. How many of them the system maps depends on how it holds the file, and changes
from one copy of the program to the next. The answer is the exit code and what the report says of limits. More than the bound, or a process that ends without a report, is a
fault: exit code 1.
"""

import argparse
import json
import os
import pathlib
import random
import re
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
SECONDS = 10
SEED = 22


def specs(folder, old, new):
    for name, schema in (("old.json", old), ("new.json", new)):
        (folder / name).write_text(json.dumps({"connectionSpecification": schema}))
    return ["old.json", "new.json"]


def catalogs(folder, old, new):
    for name, streams in (("old.json", old), ("new.json", new)):
        (folder / name).write_text(json.dumps({"streams": streams}))
    return ["old.json", "new.json"]


def stream(name, properties):
    schema = {"type": "object", "properties": properties}
    return {"name": name, "json_schema": schema, "supported_sync_modes": ["full_refresh"]}


def spec_of(count, kind):
    return {"type": "object", "properties": {f"property_{index}": {"type": kind} for index in range(count)}}


def retyped_properties(folder):
    return specs(folder, spec_of(5000, "string"), spec_of(5000, "integer"))


def edited_options(folder):
    def option(index, kind):
        return {
            "type": "object",
            "required": ["kind"],
            "properties": {"kind": {"type": "string", "const": f"option_{index}"}, "value": {"type": kind}},
        }

    def spec(kind):
        choice = {"type": "object", "oneOf": [option(index, kind) for index in range(25)]}
        return {"type": "object", "properties": {f"choice_{index}": choice for index in range(10)}}

    return specs(folder, spec("string"), spec("integer"))


def retyped_fields(folder):
    def one(kind):
        return [stream("s", {f"field_{index}": {"type": ["null", kind]} for index in range(100_000)})]

    return catalogs(folder, one("string"), one("integer"))


def required_fields(folder):
    """What a schema says around its fields is as large as they are."""

    def one(kind):
        names = [f"field_{index}" for index in range(50_000)]
        schema = stream("s", {name: {"type": ["null", kind]} for name in names})
        schema["json_schema"]["required"] = names
        schema["json_schema"]["patternProperties"] = {f"^{name}_": {"type": "string"} for name in names}
        return [schema]

    return catalogs(folder, one("string"), one("integer"))


def spec_reference_bomb(folder):
    def spec(leaf):
        definitions = {"d0": {"type": leaf}}
        for level in range(1, 29):
            below = {"$ref": f"#/definitions/d{level - 1}"}
            definitions[f"d{level}"] = {"type": "object", "properties": {"a": below, "b": below}}
        properties = {"bomb": {"$ref": "#/definitions/d28"}}
        return {"type": "object", "properties": properties, "definitions": definitions}

    return specs(folder, spec("string"), spec("integer"))


def ignore_globs(folder):
    fields = {f"field_{index}": {"type": "string"} for index in range(100_001)}
    globs = "".join(f'  "s/field_{index}*",\n' for index in range(1, 100_001))
    (folder / "policy.toml").write_text(f"[ignore]\nfields = [\n{globs}]\n")
    sides = catalogs(folder, [stream("s", fields)], [stream("s", {"field_0": {"type": "string"}})])
    return [*sides, "--config", "policy.toml"]


def manifest(streams, more=""):
    return f"""version: 6.48.0
type: DeclarativeSource
check: {{type: CheckStream, stream_names: [s0]}}
streams:
{streams}{more}"""


def manifest_stream(name, schema, path="x"):
    return f"""  - type: DeclarativeStream
    name: {name}
    retriever:
      type: SimpleRetriever
      requester: {{type: HttpRequester, url_base: 'https://lantern.test', path: {path}}}
      record_selector: {{type: RecordSelector, extractor: {{type: DpathExtractor, field_path: []}}}}
    schema_loader: {{type: InlineSchemaLoader, schema: {schema}}}
"""


def manifests(folder, old, new):
    for side, text in (("old", old), ("new", new)):
        (folder / side).mkdir()
        (folder / side / "manifest.yaml").write_text(text)
    return ["old", "new"]


def manifest_reference_bomb(folder):
    def one(leaf):
        levels = [f"  d0: {{type: {leaf}}}"]
        for level in range(1, 29):
            below = f"{{$ref: '#/definitions/d{level - 1}'}}"
            levels.append(f"  d{level}: {{type: object, properties: {{a: {below}, b: {below}}}}}")
        schema = "{$ref: '#/definitions/d28'}"
        return manifest(manifest_stream("s0", schema), "definitions:\n" + "\n".join(levels) + "\n")

    return manifests(folder, one("string"), one("integer"))


def manifest_streams(folder):
    def one(kind):
        schema = f"{{type: object, properties: {{id: {{type: {kind}}}}}}}"
        return manifest("".join(manifest_stream(f"s{index}", schema) for index in range(20_000)))

    return manifests(folder, one("string"), one("integer"))


def lists_that_lose_a_value(folder):
    """100 lists of 400 values that each lose one, and one migration, which moves the users of one of them."""
    migration = """  config_normalization_rules:
    type: ConfigNormalizationRules
    config_migrations:
      - type: ConfigMigration
        transformations:
          - type: ConfigAddFields
            fields: [{type: AddedFieldDefinition, path: [list_0], value: v0}]
            condition: "{{ config.get('list_0') == 'v399' }}"
"""

    def one(count, more):
        values = ", ".join(f"v{index}" for index in range(count))
        lists = "".join(f"      list_{index}: {{type: string, enum: [{values}]}}\n" for index in range(100))
        spec = "spec:\n  type: Spec\n  connection_specification:\n    type: object\n    properties:\n"
        return manifest(manifest_stream("s0", "{type: object, properties: {id: {type: string}}}"), spec + lists + more)

    return manifests(folder, one(400, ""), one(399, migration))


def alias_bomb(folder):
    def one(leaf):
        levels = [f"  a0: &a0 [{leaf}, {leaf}]"]
        for level in range(1, 40):
            levels.append(f"  a{level}: &a{level} [*a{level - 1}, *a{level - 1}]")
        schema = "{type: object, properties: {id: {type: string, enum: *a39}}}"
        text = manifest(manifest_stream("s0", schema))
        return "definitions:\n" + "\n".join(levels) + "\n" + text

    return manifests(folder, one("x"), one("y"))


def merge_keys(folder):
    def one(leaf):
        entries = ", ".join(f"k{index}: {leaf}" for index in range(2_000))
        merges = "".join(f"  m{index}: {{<<: *base}}\n" for index in range(2_000))
        return manifest(manifest_stream("s0", "{type: object}"), f"x:\n  base: &base {{{entries}}}\n{merges}")

    return manifests(folder, one("1"), one("2"))


def nested_objects(folder):
    def one(leaf):
        schema = {"type": leaf}
        for _ in range(100):
            schema = {"type": "object", "properties": {"a": schema}}
        return [stream("s", {"a": schema})]

    return catalogs(folder, one("string"), one("integer"))


def long_name(letters, *arguments):
    def made(folder):
        name = "a" * letters
        old = [stream(name, {"id": {"type": "string"}, "x": {"type": "string"}})]
        new = [stream(name, {"id": {"type": "integer"}})]
        return [*catalogs(folder, old, new), *arguments]

    return made


def union(depth, leaf, keyword):
    if depth == 0:
        return {"type": leaf}
    others = {"type": "object", "properties": {"k": {"const": str(depth)}, "v": union(depth - 1, leaf, keyword)}}
    return {keyword: [others, union(depth - 1, leaf, keyword), {"type": "null"}]}


def field_unions(folder):
    def one(leaf):
        return [stream("s", {"a": union(8, leaf, "anyOf")})]

    return catalogs(folder, one("string"), one("integer"))


def spec_unions(folder):
    def spec(leaf):
        return {"type": "object", "properties": {"a": union(8, leaf, "oneOf")}}

    return specs(folder, spec("string"), spec("integer"))


def generated(*words):
    def made(folder):
        subprocess.run([ROOT / "target/inputs", words[0], folder, *words[1:]], check=True)
        # Its own arguments end with the format.
        return (folder / "arguments").read_text().splitlines()[1:-2]

    return made


def shuffled_keys(folder):
    """Two streams of many fields in other orders, of which nothing differs."""
    random.seed(SEED)
    names = [f"field_{index}" for index in range(100_000)]
    sides = []
    for _ in range(2):
        random.shuffle(names)
        sides.append([stream("s", {name: {"type": "string"} for name in names})])
    return catalogs(folder, *sides)


INPUTS = {
    "5,000 retyped spec properties": retyped_properties,
    "10 choices of 25 edited options": edited_options,
    "100,000 retyped fields": retyped_fields,
    "50,000 retyped and required fields": required_fields,
    "spec $ref bomb, 29 definitions": spec_reference_bomb,
    "100,000 ignore globs": ignore_globs,
    "manifest $ref bomb": manifest_reference_bomb,
    "name of 70,000 letters, capped": long_name(70_000, "--format", "markdown", "--max-chars", "2000"),
    "name of 1,000,000 letters": long_name(1_000_000),
    "100,000 streams all changed": generated("streams-tiny", "100000", "100"),
    "manifest of 20,000 streams": manifest_streams,
    "100 lists lose one of 400 values": lists_that_lose_a_value,
    "YAML alias bomb": alias_bomb,
    "merge keys of 4,000,000 entries": merge_keys,
    "100 nested objects": nested_objects,
    "eight-fold unions in a field": field_unions,
    "eight-fold unions in a spec": spec_unions,
    "100,000 fields in another order": shuffled_keys,
    "1,000,000 streams of one field": generated("streams-tiny", "1000000", "2"),
    "1 GB in one line": generated("catalog", "70000", "100", "2"),
}


def prepared(made, folder):
    """Makes an input in a process of its own: what a process starts counts the memory of its parent as its peak."""
    process = os.fork()
    if process == 0:
        (folder / "given").write_text(json.dumps(made(folder)))
        os._exit(0)
    if os.waitpid(process, 0)[1] != 0:
        sys.exit("error: the input could not be made")
    return json.loads((folder / "given").read_text())


def size(folder):
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file() and path.name not in ("arguments", "given"))


def private_memory(process):
    """The bytes that a process has alone, now; None where the system does not say."""
    try:
        status = pathlib.Path(f"/proc/{process}/status").read_text()
    except OSError:
        return None
    parts = re.findall(r"^Rss(?:Anon|Shmem):\s+(\d+) kB$", status, re.MULTILINE)
    return sum(map(int, parts)) * 1024 if parts else None


def run(binary, folder, arguments):
    """CPU seconds, peaks of private and of resident memory, and exit code; None for memory or a code that is not known."""
    with open(folder / "out", "wb") as out, open(folder / "err", "wb") as err:
        started = time.monotonic()
        process = subprocess.Popen([binary, "check", *arguments, "--threads", "1"], cwd=folder, stdout=out, stderr=err)
        private = None
        # No input may keep a machine for long: what is not done by then is not within the bound.
        while time.monotonic() - started < 30 * SECONDS:
            # A process that has ended has no memory any more, and keeps its number until it is waited for.
            private = max(filter(None, (private, private_memory(process.pid))), default=None)
            done, status, used = os.wait4(process.pid, os.WNOHANG)
            if done:
                process.returncode = os.waitstatus_to_exitcode(status)
                return used.ru_utime + used.ru_stime, private, used.ru_maxrss * 1024, process.returncode
            time.sleep(0.0005)
        process.kill()
        _, _, used = os.wait4(process.pid, 0)
        return used.ru_utime + used.ru_stime, private, used.ru_maxrss * 1024, None


def read_report(path):
    """How many findings a report has or leaves out, a limit that it names, and its length; read in pieces, to stay small."""
    findings, limit, length, rest = 0, "", 0, b""
    ignored = None
    with open(path, "rb") as report:
        while piece := report.read(1 << 20):
            length += len(piece)
            piece = rest + piece
            # What may go on in the next piece is looked at there.
            rest = piece[-64:]
            findings += piece.count(b'"rule":') - rest.count(b'"rule":')
            if ignored is None and (left_out := re.search(rb'"ignored": (\d+)', piece)):
                ignored = int(left_out[1])
            found = re.search(rb"--limit [a-z-]+", piece)
            limit = limit or (found[0].decode() if found else "")
    return findings + rest.count(b'"rule":') + (ignored or 0), limit, length


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*", metavar="NAME", help="inputs whose names have this in them [default: all]")
    parser.add_argument("--binary", type=pathlib.Path, default=ROOT / "target/release/connector-diff")
    options = parser.parse_args()
    chosen = {name: made for name, made in INPUTS.items() if not options.names or any(part in name for part in options.names)}
    if not chosen:
        parser.error("no input has such a name")
    (ROOT / "target").mkdir(exist_ok=True)
    subprocess.run(["rustc", "--edition", "2024", "-O", ROOT / "benches/inputs/main.rs", "-o", ROOT / "target/inputs"], check=True)
    print(f"{'input':<34} {'MB':>7} {'findings':>8} {'CPU s':>7} {'peak MB':>8} {'allowed':>8} {'private':>8} exit  said")
    over = []
    for name, made in chosen.items():
        with tempfile.TemporaryDirectory() as place:
            folder = pathlib.Path(place)
            arguments = prepared(made, folder)
            bytes_in = size(folder)
            is_yaml = any(folder.rglob("*.yaml"))
            shown = [] if "--max-chars" in arguments else ["--format", "json"]
            cpu, private, peak, code = run(options.binary.resolve(), folder, [*arguments, *shown])
            findings, limit, length = read_report(folder / "out")
            findings = findings if shown else 0
            allowed = (32 << 20) + (8 if is_yaml else 4) * bytes_in + 2048 * findings
            said = limit
            if "--max-chars" in arguments and length > 2000:
                said += f" {length} characters"
            is_over = cpu > SECONDS or peak > allowed or code not in (0, 1, 3)
            if is_over or "characters" in said:
                over.append(name)
            mb = 1 << 20
            print(
                f"{name:<34} {bytes_in / mb:>7.1f} {findings:>8} {cpu:>7.2f} {peak / mb:>8.0f} {allowed / mb:>8.0f} {'?' if private is None else round(private / mb):>8} "
                f"{'none' if code is None else code:>4}  {said}{'  OVER' if is_over else ''}",
                flush=True,
            )
    if over:
        sys.exit(f"error: over the bound: {'; '.join(over)}")


if __name__ == "__main__":
    main()
