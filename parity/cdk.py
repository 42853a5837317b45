"""What the real CDK prints for low-code connectors: the other side of the parity tests.

    python parity/cdk.py record [--check]       writes (or checks) parity/expected.json
    python parity/cdk.py show SIDE              prints spec and catalog of a connector directory
    python parity/cdk.py compare BINARY SIDE…   holds `BINARY snapshot SIDE` against the CDK, stream by stream

A case is a Markdown file: a fenced block after a heading is the file of that name. `record` takes every case in
parity/cases and every side of a corpus case that holds a manifest. `config.json` beside the manifest is the config
that the streams are built with; without one a config is made from the spec. Each side runs in a process of its own,
with the network shut. A custom class that cannot be imported is replaced by a stand-in. Where `discover` as a whole
fails, streams are built one by one, and each that cannot be built says why.
"""

import io
import json
import logging
import os
import pathlib
import pickle
import re
import shutil
import subprocess
import sys
import tempfile
import time
import traceback
from importlib.metadata import version

HERE = pathlib.Path(__file__).resolve().parent
EXPECTED = HERE / "expected.json"
CORPUS = HERE.parent / "corpus"


def sections(text):
    """The files of a Markdown case, by name."""
    heading, block, files = "", None, {}
    for line in text.splitlines():
        if line.startswith("```"):
            if block is None:
                block = []
            else:
                files[heading] = "\n".join(block) + "\n"
                block = None
        elif block is not None:
            block.append(line)
        elif line.startswith("## "):
            heading = line[3:].strip().strip("`")
    return files


def sides():
    """Every side with a manifest: its name, and its files."""
    for path in sorted((HERE / "cases").glob("*.md")):
        yield path.stem, sections(path.read_text())
    for path in sorted(CORPUS.glob("*/*.md")):
        files = sections(path.read_text())
        for side in ("old", "new"):
            own = {name[4:]: text for name, text in files.items() if name.startswith(side + "/")}
            if any(name.rsplit("/", 1)[-1] == "manifest.yaml" for name in own):
                yield f"{path.parent.name}/{path.stem} {side}", own


def package_of(side):
    """The package directory of a side, and the name it is imported by."""
    own = sorted(path.parent for path in side.glob("source_*/manifest.yaml"))
    if own:
        return own[0], own[0].name
    metadata = side / "metadata.yaml"
    if metadata.exists() and "language:manifest-only" in metadata.read_text():
        return side, "source_declarative_manifest"
    if not (side / "schemas").exists():
        return side, "source_declarative_manifest"
    # A package laid flat: the manifest itself names it, where it names files or classes.
    named = re.search(r"\b(source_\w+)[./]", (side / "manifest.yaml").read_text())
    return side, named.group(1) if named else "source_flat"


def from_spec(schema, depth=0):
    """A config that the spec accepts: defaults, constants, examples, first choices."""
    if not isinstance(schema, dict) or depth > 8:
        return "x"
    for key in ("const", "default"):
        if key in schema:
            return schema[key]
    if schema.get("enum"):
        return schema["enum"][0]
    if schema.get("examples"):
        examples = schema["examples"]
        return examples[0] if isinstance(examples, list) else examples
    options = schema.get("oneOf") or schema.get("anyOf")
    if options:
        return from_spec({**{k: v for k, v in schema.items() if k not in ("oneOf", "anyOf")}, **options[0]}, depth + 1)
    kind = schema.get("type")
    kind = next((k for k in kind if k != "null"), "string") if isinstance(kind, list) else kind
    if kind == "object" or "properties" in schema:
        return {name: from_spec(value, depth + 1) for name, value in schema.get("properties", {}).items()}
    if kind == "array":
        return []
    if kind in ("integer", "number"):
        return schema.get("minimum", 1)
    if kind == "boolean":
        return False
    pattern, form = schema.get("pattern", ""), schema.get("format", "")
    if form == "date" or pattern == "^[0-9]{4}-[0-9]{2}-[0-9]{2}$":
        return "2024-01-01"
    if form == "date-time" or "T" in pattern or "date" in schema.get("title", "").lower():
        return "2024-01-01T00:00:00Z"
    return "x"


class Dynamic(Exception):
    """Something only the network or code that is not here could tell."""


def shut_the_network():
    import requests

    def refuse(*_, **__):
        raise Dynamic("the network is shut")

    requests.Session.send = refuse
    requests.Session.request = refuse


def custom_cursors(manifest):
    """The classes that a manifest keeps positions with."""
    found, open_nodes = set(), [manifest]
    while open_nodes:
        node = open_nodes.pop()
        if isinstance(node, dict):
            sync = node.get("incremental_sync")
            if isinstance(sync, dict) and "class_name" in sync:
                found.add(sync["class_name"])
            if node.get("type") == "CustomIncrementalSync":
                found.add(node.get("class_name"))
            open_nodes += node.values()
        elif isinstance(node, list):
            open_nodes += node
    return found


def stand_in(cursors):
    """Replaces custom classes that cannot be imported."""
    from airbyte_cdk.sources.declarative.parsers import model_to_component_factory as factory

    real = factory.ModelToComponentFactory._get_class_from_fully_qualified_class_name

    try:
        from airbyte_cdk.sources.declarative.incremental import DeclarativeCursor
    except ImportError:
        DeclarativeCursor = object

    def stub(name):
        class StandIn(DeclarativeCursor if name in cursors else object):
            def __init__(self, *_, **__):
                pass

            def get_json_schema(self):
                raise Dynamic(f"the schema is built by {name}")

            def get_request_headers(self, *_, **__):
                return {}

            def __getattr__(self, _):
                return lambda *_, **__: None

        StandIn.__abstractmethods__ = frozenset()
        return StandIn

    def load(full_name):
        try:
            return real(full_name)
        except Exception:
            return stub(full_name)

    factory.ModelToComponentFactory._get_class_from_fully_qualified_class_name = staticmethod(load)


def one_line(error):
    text = str(getattr(error, "internal_message", None) or error) or type(error).__name__
    cause = error.__cause__ or error.__context__
    if hasattr(cause, "absolute_path"):
        # Of the alternatives that a component may be, the one that came furthest tells what is wrong.
        while cause.context:
            cause = max(cause.context, key=lambda inner: (len(inner.absolute_path), str(inner.message)))
        text = f"/{'/'.join(map(str, cause.absolute_path))}: {cause.message}"
    text = re.sub(r"/tmp/tmp[^/]*/", "", " ".join(text.split()))
    return f"{type(error).__name__}: {text}"[:160]


def printed_stream(stream):
    import orjson
    from airbyte_cdk.models import AirbyteCatalog, AirbyteMessage, AirbyteMessageSerializer, Type

    # As the command prints it; keys that are no texts become texts in the second form.
    catalog = AirbyteCatalog(streams=[stream.as_airbyte_stream()])
    message = AirbyteMessageSerializer.dump(AirbyteMessage(type=Type.CATALOG, catalog=catalog))
    try:
        text = orjson.dumps(message)
    except TypeError:
        text = json.dumps(message)
    return json.loads(text)["catalog"]["streams"][0]


def run(side):
    """What the CDK says of one side. Runs in a process of its own."""
    import yaml
    from airbyte_cdk.models import ConnectorSpecificationSerializer
    from airbyte_cdk.sources.declarative import concurrent_declarative_source as source_module
    from airbyte_cdk.sources.declarative.yaml_declarative_source import YamlDeclarativeSource

    logging.disable(logging.CRITICAL)
    shut_the_network()
    folder, name = package_of(side)
    stand_in(custom_cursors(yaml.safe_load((folder / "manifest.yaml").read_text())))
    place = pathlib.Path(tempfile.mkdtemp())
    package = place / name
    if name == "source_declarative_manifest":
        package.mkdir()
        for file in ("manifest.yaml", "components.py"):
            if (folder / file).exists():
                shutil.copy(folder / file, package / file)
    else:
        shutil.copytree(folder, package)
    (package / "__init__.py").touch()
    sys.path.insert(0, str(place))
    __import__(name)
    os.chdir(place)
    result = {}

    def source(config):
        # The CDK finds spec files through the module that a source's class is in.
        made = type("Source", (YamlDeclarativeSource,), {"__module__": name})
        return made(catalog=None, config=config, state=None, path_to_yaml=str(package / "manifest.yaml"))

    started = time.monotonic()
    try:
        bare = source({})
        result["spec"] = ConnectorSpecificationSerializer.dump(bare.spec(logging.getLogger()))
    except BaseException as error:
        result["spec_error"] = one_line(error)
    try:
        own = side / "config.json"
        config = (
            json.loads(own.read_text())
            if own.exists()
            else from_spec(result.get("spec", {}).get("connectionSpecification", {"type": "object"}))
        )
        built = source(config)
    except BaseException as error:
        result["catalog_error"] = one_line(error)
        result["seconds"] = time.monotonic() - started
        return result
    try:
        result["streams"] = [printed_stream(stream) for stream in built.streams(config)]
    except BaseException as error:
        result["catalog_error"] = one_line(error)
        result["streams"], result["unbuilt"] = one_by_one(built, source_module)
    result["seconds"] = time.monotonic() - started
    return result


def one_by_one(built, source_module):
    streams, unbuilt = [], {}
    try:
        configs = built._stream_configs(built._source_config)
    except BaseException as error:
        return [], {"": one_line(error)}
    definitions = built._source_config.get("dynamic_streams", [])
    for index, definition in enumerate(definitions):
        try:
            configs += built._dynamic_stream_configs({"dynamic_streams": [definition]}, with_dynamic_stream_name=True)
        except BaseException as error:
            unbuilt[f"dynamic_streams {definition.get('name', index)}"] = one_line(error)
    for config in configs:
        try:
            made = built._create_streams([config], [config])
            streams += [printed_stream(stream) for stream in made]
        except BaseException as error:
            named = config.get("name") or (config.get("full_refresh_stream") or {}).get("name")
            unbuilt[str(named)] = one_line(error)
    return streams, unbuilt


def in_process(side):
    """`run` in a process of its own."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        try:
            with open(os.devnull, "w") as nowhere:
                os.dup2(nowhere.fileno(), 1)
                os.dup2(nowhere.fileno(), 2)
                result = run(pathlib.Path(side).resolve())
        except BaseException:
            result = {"crash": traceback.format_exc()}
        text = io.BytesIO()
        pickle.dump(json.loads(json.dumps(result, default=str)), text)
        with os.fdopen(writing, "wb") as pipe:
            pipe.write(text.getvalue())
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        data = pipe.read()
    os.waitpid(child, 0)
    return pickle.loads(data) if data else {"crash": "the process died"}


def preload():
    """What every process would import again."""
    import airbyte_cdk.sources.declarative.yaml_declarative_source  # noqa: F401


def laid_out(files, folder):
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def record(check):
    preload()
    recorded = {}
    for name, files in sides():
        with tempfile.TemporaryDirectory() as folder:
            laid_out(files, pathlib.Path(folder))
            result = in_process(folder)
        result.pop("seconds", None)
        if "crash" in result:
            print(f"{name}: {result['crash']}", file=sys.stderr)
            return 1
        recorded[name] = result
    cdk = version("airbyte-cdk")
    text = json.dumps({"airbyte_cdk": cdk, "sides": recorded}, indent=1, sort_keys=True) + "\n"
    if not check:
        EXPECTED.write_text(text)
        print(f"{len(recorded)} sides recorded with airbyte-cdk {cdk}")
        return 0
    if EXPECTED.read_text() == text:
        print(f"{len(recorded)} sides are as airbyte-cdk {cdk} prints them")
        return 0
    before = json.loads(EXPECTED.read_text())["sides"]
    for name in sorted({*before, *recorded}):
        if before.get(name) != recorded.get(name):
            print(f"{name} is not as recorded: {json.dumps(recorded.get(name))[:400]}", file=sys.stderr)
    print("run `python parity/cdk.py record` and read the difference", file=sys.stderr)
    return 1


FALSE_BY_DEFAULT = ("is_resumable", "is_file_based", "source_defined_cursor")


def normal(stream):
    """A stream without what says nothing."""
    kept = {k: v for k, v in stream.items() if v is not None and not (k in FALSE_BY_DEFAULT and v is False)}
    for key in ("default_cursor_field", "source_defined_primary_key"):
        if not kept.get(key):
            kept.pop(key, None)
    if "supported_sync_modes" in kept:
        kept["supported_sync_modes"] = sorted(kept["supported_sync_modes"])
    return kept


def without_nulls(value):
    if isinstance(value, dict):
        return {key: without_nulls(inner) for key, inner in value.items() if inner is not None}
    if isinstance(value, list):
        return [without_nulls(inner) for inner in value]
    return value


def compare(binary, paths):
    preload()
    total = {"equal": 0, "unknown": 0, "wrong": 0}
    print(f"{'side':60} equal unknown wrong  only-cdk only-here   cdk s  here s")
    for path in paths:
        with tempfile.TemporaryDirectory() as folder:
            side = pathlib.Path(folder) / "side"
            shutil.copytree(path, side)
            metadata = pathlib.Path(str(path) + ".metadata.yaml")
            if metadata.exists() and not (side / "metadata.yaml").exists():
                shutil.copy(metadata, side / "metadata.yaml")
            cdk = in_process(side)
            started = time.monotonic()
            done = subprocess.run([binary, "snapshot", str(side)], capture_output=True, text=True)
            seconds = time.monotonic() - started
        here = json.loads(done.stdout) if done.stdout else {}
        theirs = {s["name"]: normal(s) for s in cdk.get("streams", [])}
        ours = {s["name"]: normal(s) for s in (here.get("catalog") or {}).get("streams", [])}
        counts, wrong = {"equal": 0, "unknown": 0, "wrong": 0}, []
        for name in theirs.keys() & ours.keys():
            a, b = theirs[name], ours[name]
            if a == b:
                counts["equal"] += 1
            elif all(a.get(key) == value for key, value in b.items()):
                counts["unknown"] += 1
                wrong.append(f"{name}: not known here: {sorted(a.keys() - b.keys())}")
            else:
                counts["wrong"] += 1
                differing = sorted(k for k in a.keys() | b.keys() if a.get(k) != b.get(k))
                wrong.append(f"{name}: {differing} {[(str(a.get(k))[:90], str(b.get(k))[:90]) for k in differing]}")
        for key in total:
            total[key] += counts[key]
        only_cdk, only_here = sorted(theirs.keys() - ours.keys()), sorted(ours.keys() - theirs.keys())
        print(
            f"{str(path)[-60:]:60} {counts['equal']:5} {counts['unknown']:7} {counts['wrong']:5}"
            f" {len(only_cdk):9} {len(only_here):9} {cdk.get('seconds', 0):7.2f} {seconds:7.3f}"
        )
        for line in wrong:
            print("   ", line)
        unbuilt = cdk.get("unbuilt", {})
        if only_cdk:
            print("    only the CDK has", only_cdk)
        if only_here:
            print("    only here:", {name: unbuilt.get(name, "?") for name in only_here})
        if cdk.get("catalog_error"):
            print("    the CDK:", cdk["catalog_error"])
        spec = (here.get("spec") or {}) if done.stdout else {}
        theirs = cdk.get("spec")
        if theirs is None:
            print("    the CDK prints no spec:", cdk.get("spec_error"))
        else:
            differing = [
                k
                for k in sorted(theirs.keys() | spec.keys())
                if theirs.get(k) not in (None, False) and without_nulls(theirs.get(k)) != without_nulls(spec.get(k))
            ]
            if differing:
                print("    spec differs:", differing, [(str(theirs.get(k))[:80], str(spec.get(k))[:80]) for k in differing])
        if "crash" in cdk:
            print(cdk["crash"])
    print(total)
    return 1 if total["wrong"] else 0


def main(arguments):
    match arguments:
        case ["record"]:
            return record(check=False)
        case ["record", "--check"]:
            return record(check=True)
        case ["show", side]:
            preload()
            print(json.dumps(in_process(side), indent=2))
            return 0
        case ["compare", binary, *paths]:
            return compare(binary, paths)
    print(__doc__, file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
