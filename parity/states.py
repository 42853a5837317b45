"""Where the real CDK starts from saved state, with and without what this program adds to a manifest: the other side of
`tests/state_proposals.rs`.

    python parity/states.py record [--check]   writes (or checks) parity/states.answers.jsonl
    python parity/states.py show CASE          prints the answer for one case of parity/states.jsonl

A case has an old and a new manifest, the new one as this program edits it, or a sample of saved state where code is the
old version. Where the old version is a manifest, its own cursors write the state: each of `INSTANTS` in its
`datetime_format`, in the partitions that its routers give, with the positions of parents. A run says what was meant and
where each manifest starts: an instant for the stream, for each partition and for each parent, or the error that stops it.
`own` is the same with states that the new version saves itself. `asked` is the digest of the case, so that an answer is taken for
no other. In near misses, `first` and `last` are the new manifest with
the old format listed before and behind its own, where the formats differ.
"""

import contextlib
import copy
import datetime
import hashlib
import io
import json
import logging
import pathlib
import sys

import yaml

HERE = pathlib.Path(__file__).resolve().parent
ASKED = HERE / "states.jsonl"
ANSWERED = HERE / "states.answers.jsonl"
UTC = datetime.timezone.utc
INSTANTS = [
    datetime.datetime(2021, 3, 4, tzinfo=UTC),
    datetime.datetime(2024, 2, 1, tzinfo=UTC),
    datetime.datetime(2023, 12, 31, tzinfo=UTC),
    datetime.datetime(2022, 7, 19, 13, 5, 9, tzinfo=UTC),
    datetime.datetime(2025, 11, 6, 23, 59, 59, 250000, tzinfo=UTC),
    datetime.datetime(2020, 10, 10, 10, 10, 10, tzinfo=UTC),
]
# What is before the start of the new version would tell nothing. A count of seconds of 1970 may be a date.
EARLY = [datetime.datetime(1970, 1, 15, 6, 48, 41, tzinfo=UTC), datetime.datetime(1970, 5, 28, tzinfo=UTC)]
CONFIG = {"start": "1970-01-01"}


def answer(adapter, request, **_):
    """What every request gets: two records of parents."""
    import urllib3

    body = json.dumps({"data": [{"id": 1, "code": "a"}, {"id": 2, "code": "b"}]}).encode()
    made = urllib3.HTTPResponse(io.BytesIO(body), status=200, preload_content=False, request_url=request.url)
    return adapter.build_response(request, made)


def streams(manifest, states):
    from airbyte_cdk.models import (
        AirbyteStateBlob,
        AirbyteStateMessage,
        AirbyteStateType,
        AirbyteStreamState,
        StreamDescriptor,
    )
    from airbyte_cdk.sources.declarative.concurrent_declarative_source import ConcurrentDeclarativeSource

    messages = [
        AirbyteStateMessage(
            type=AirbyteStateType.STREAM,
            stream=AirbyteStreamState(
                stream_descriptor=StreamDescriptor(name=name), stream_state=AirbyteStateBlob(**state)
            ),
        )
        for name, state in states.items()
    ]
    source = ConcurrentDeclarativeSource(catalog=None, config=CONFIG, state=messages, source_config=manifest)
    return {stream.name: stream for stream in source.streams(CONFIG)}


def at(cursor):
    """The instant that a cursor of one position starts from."""
    slices = cursor._concurrent_state["slices"]
    value = slices[0].get("most_recent_cursor_value") or slices[0]["end"]
    return value.astimezone(UTC).isoformat() if hasattr(value, "astimezone") else str(value)


def parents_of(router):
    inner = getattr(router, "_partition_router", None) or getattr(router, "underlying_partition_router", None)
    if inner is not None:
        yield from parents_of(inner)
    for one in getattr(router, "partition_routers", None) or getattr(router, "_partition_routers", None) or []:
        yield from parents_of(one)
    for config in getattr(router, "parent_stream_configs", None) or []:
        yield config


def starts(stream):
    """Where a stream starts: by partition, and its parents by name."""
    cursor = stream.cursor
    found = {}
    if hasattr(cursor, "_cursor_per_partition"):
        for config in parents_of(cursor._partition_router):
            if config.incremental_dependency and hasattr(config.stream.cursor, "_concurrent_state"):
                found[f"parent {config.stream.name}"] = at(config.stream.cursor)
        for part in cursor.stream_slices():
            key = cursor._to_partition_key(part.partition)
            found.setdefault(key, at(cursor._cursor_per_partition[key]))
        found["all"] = parsed(cursor, cursor._global_cursor) if cursor._global_cursor else None
    elif hasattr(cursor, "_concurrent_state"):
        found[""] = at(cursor)
    return found


def parsed(cursor, state):
    value = state.get(cursor.cursor_field.cursor_field_key)
    return None if value is None else cursor._connector_state_converter.parse_value(value).astimezone(UTC).isoformat()


def met(manifest, states):
    """Where each stream starts, or the error."""
    try:
        return {name: starts(stream) for name, stream in streams(manifest, states).items() if name in states}
    except Exception as error:
        return {"stops": type(error).__name__}


def written(cursor, instant):
    """What the old version's own cursor saves for an instant, and the instant that this means to it."""
    converter = cursor._connector_state_converter
    # A count has no instant.
    if not hasattr(converter, "_datetime_format"):
        return 41, "41"
    text = converter.output_format(instant)
    return text, converter._parser.parse(text, converter._datetime_format).astimezone(UTC).isoformat()


def saved(manifest, instant):
    """The state of each stream of a manifest that stands at an instant, and what it means."""
    states, meant = {}, {}
    for name, stream in streams(manifest, {}).items():
        cursor = stream.cursor
        if not hasattr(cursor, "_connector_state_converter"):
            continue
        field = cursor.cursor_field.cursor_field_key
        value, means = written(cursor, instant)
        if not hasattr(cursor, "_cursor_per_partition"):
            states[name], meant[name] = {field: value}, {"": means}
            continue
        partitions = [part.partition for part in cursor.stream_slices()]
        keys = {cursor._to_partition_key(partition): means for partition in partitions}
        states[name] = {
            "use_global_cursor": False,
            "states": [{"partition": dict(partition), "cursor": {field: value}} for partition in partitions],
            "state": {field: value},
            "lookback_window": 0,
        }
        kept = {}
        for config in parents_of(cursor._partition_router):
            parent = config.stream.cursor
            if config.incremental_dependency and hasattr(parent, "_concurrent_state"):
                text, means_there = written(parent, instant)
                kept[config.stream.name] = {parent.cursor_field.cursor_field_key: text}
                keys[f"parent {config.stream.name}"] = means_there
        if kept:
            states[name]["parent_state"] = kept
        meant[name] = {**keys, "all": means}
    return states, meant


def listed(manifest, formats, order):
    """A manifest whose cursors list the old formats before or behind their own."""
    made = copy.deepcopy(manifest)

    def walk(node):
        if isinstance(node, dict):
            if node.get("type") == "DatetimeBasedCursor" and "datetime_format" in node:
                own = node.get("cursor_datetime_formats", []) + [node["datetime_format"]]
                node["cursor_datetime_formats"] = formats + own if order == "first" else own + formats
            for inner in node.values():
                walk(inner)
        elif isinstance(node, list):
            for inner in node:
                walk(inner)

    walk(made)
    return made


def formats_in(node):
    """The formats that cursors write, each once."""
    if isinstance(node, dict):
        own = [node["datetime_format"]] if node.get("type") == "DatetimeBasedCursor" and "datetime_format" in node else []
        return sorted({*own, *(one for inner in node.values() for one in formats_in(inner))})
    return sorted({one for inner in node for one in formats_in(inner)}) if isinstance(node, list) else []


def from_sample(text):
    streams = [message["stream"] for message in json.loads(text)]
    return {stream["stream_descriptor"]["name"]: stream["stream_state"] for stream in streams}


def unshared(manifest):
    """A copy without the aliases that a reader of YAML keeps: the CDK writes into what it is handed."""
    return json.loads(json.dumps(manifest))


def case(asked):
    old = yaml.safe_load(asked["old"]) if asked["old"] else None
    manifests = {key: yaml.safe_load(asked[key]) for key in ("new", "edited") if asked.get(key)}
    own = []
    if asked["state"]:
        states = from_sample(asked["state"])
        given = [(states, sample_means(states))]
    else:
        try:
            begins = "2020-01-01" in asked["old"]
            given = [saved(unshared(old), instant) for instant in INSTANTS + ([] if begins else EARLY)]
            # What the new version saves itself it has to find again.
            own = [saved(unshared(manifests["new"]), instant) for instant in INSTANTS + ([] if begins else EARLY)]
        except Exception:
            return {"case": asked["case"], "runs": []}
        formats = formats_in(old)
        if asked["case"].startswith("near-miss") and formats != formats_in(manifests["new"]) and len(formats) == 1:
            manifests["first"] = listed(manifests["new"], formats, "first")
            manifests["last"] = listed(manifests["new"], formats, "last")
    def run(states, meant):
        return {"meant": meant} | {key: met(unshared(one), copy.deepcopy(states)) for key, one in manifests.items()}

    found = {"case": asked["case"], "runs": [run(*one) for one in given]}
    return found | ({"own": [run(*one) for one in own]} if own else {})


def sample_means(states):
    """What the samples of these cases mean: those that are read one way by whoever reads dates."""
    meant = {}
    for name, state in states.items():
        if "updated" in state:
            text = state["updated"]
            meant[name] = {"": f"{text}T00:00:00+00:00" if text.count("-") == 2 else f"not known: {text}"}
        else:
            keys = {json.dumps({"board": key}, separators=(",", ":"), sort_keys=True): at_["updated"] for key, at_ in state.items()}
            means = {key: text.replace("Z", "+00:00") for key, text in keys.items()}
            meant[name] = {**means, "all": None}
    return meant


def digest(text):
    """What a line of states.jsonl is known by; `tests/state_proposals.rs` has the same."""
    return hashlib.sha256(text.encode()).hexdigest()


def asked():
    return [json.loads(text) | {"asked": digest(text)} for text in ASKED.read_text().splitlines()]


def quiet(one):
    import requests

    logging.disable(logging.CRITICAL)
    requests.adapters.HTTPAdapter.send = answer
    with contextlib.redirect_stdout(io.StringIO()):
        return case(one) | {"asked": one["asked"]}


def main():
    if sys.argv[1:2] == ["show"] and len(sys.argv) == 3:
        for one in asked():
            if one["case"] == sys.argv[2]:
                print(json.dumps(quiet(one), indent=1))
        return
    if sys.argv[1:2] != ["record"]:
        sys.exit(__doc__)
    lines = "".join(json.dumps(quiet(one), ensure_ascii=False, sort_keys=True, separators=(",", ":")) + "\n" for one in asked())
    if "--check" in sys.argv:
        if ANSWERED.read_text() != lines:
            sys.exit(f"{ANSWERED.name} is not what this CDK does")
        print(f"states: {lines.count(chr(10))} cases, as recorded")
    else:
        ANSWERED.write_text(lines)


if __name__ == "__main__":
    main()
