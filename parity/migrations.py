"""What the real CDK makes of saved configs at the start of a connector: the other side of `tests/migrations.rs`.

    python parity/migrations.py record [--check]   writes (or checks) parity/migrations.jsonl
    python parity/migrations.py show FILE          runs the lines of a file of the same form and prints them

Rules and configs are drawn from a fixed seed: 500 sets of `config_normalization_rules`, each with four configs; those of
corpus cases, and those that this program proposes (`parity/proposals.jsonl`), come after them. Each line
holds the rules and the runs; a run is the config, then for the first and the second start what is on disk afterwards and
what the spec is held against. A value that is equal to the one before it is left out of the end of the list. A start that
an error stops ends the list with the error, and one that leaves what JSON has no word for ends it with `{"odd": …}`.
"""

import contextlib
import io
import json
import logging
import os
import pathlib
import random
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
RECORDED = HERE / "migrations.jsonl"
PROPOSED = HERE / "proposals.jsonl"
SETS, CONFIGS = 500, 4

TEXTS = [
    "s3cret", "12345", "0012", "1e5", "True", "None", "null", "true", "", "a b", "1,2", "[1, 2]", "{'k': 1}", "'quoted'",
    '"dq"', "it's", "2024-01-01", "-5", "+5", "0x1F", "1_000", "()", "(1)", "...", "1+2j", "héllo", "naïve 'q'",
    "line\nbreak", "-----BEGIN KEY-----\nabc=\n", "{{ x }}", "a\\b", "r'x'", "b'x'", "1 # c", "#", " 12 ", "\t7", "nan",
    "inf", "1e999", "99999999999999999999", "0", "0.0", "False", ".5", "5.", "[", "[1,", "None ", "'a' 'b'", "u'x'",
    "{1, 2}", "[()]", "[1j]", "'\\x41'", "'\\n'", '"""t"""', "api_key", "oauth2.0", "eu", "us", "EU", "one two  three",
    "--5", "1if", "set()", "{}", "[]", "{[]: 1}", "0_1", "00", "1__0", "٣", "'", '"', "\\", "None#", "true,false", "$x", "@a",
    "a@b.cd", "https://a.test/b?c=d", "AbC", "0b11", "0o17", "017", "1.5", "-1.5e-7", "1e16", "{'a': {'b': [1, None]}}",
]
KEYS = ["a", "b", "c", "token", "credentials", "site", "region", "1"]


# Values that JSON has no word for: what is not followed here either, so that a few are enough.
ODD = ["1,2", "()", "...", "1e999", "99999999999999999999", "{1, 2}", "[()]", "[1j]", "set()", "b'x'"]


def text(rng):
    drawn = rng.choice(TEXTS)
    return drawn if drawn not in ODD or rng.random() < 0.3 else "s3cret"


def value(rng, depth=0):
    kind = rng.randrange(12 if depth < 2 else 7)
    if kind < 4:
        return text(rng)
    if kind == 4:
        return rng.choice([0, 1, 5, -3, 12345, 2**40])
    if kind == 5:
        return rng.choice([True, False, None])
    if kind == 6:
        return rng.choice([0.0, 1.0, 1.5, -0.25, 1e16, 1e-7, 123456.789])
    if kind < 9:
        return [value(rng, depth + 1) for _ in range(rng.randrange(3))]
    return {rng.choice(KEYS): value(rng, depth + 1) for _ in range(rng.randrange(4))}


def plain(made):
    """The same without floats that YAML takes for text."""
    if isinstance(made, float):
        return 2.5
    if isinstance(made, list):
        return [plain(one) for one in made]
    return {key: plain(one) for key, one in made.items()} if isinstance(made, dict) else made


def config(rng):
    made = {key: value(rng) for key in KEYS if rng.random() < 0.5}
    if rng.random() < 0.4:
        made["credentials"] = {key: text(rng) for key in ("a", "b", "token") if rng.random() < 0.6}
    if rng.random() < 0.02:
        made["b"] = {"": 1}
    return made if rng.random() > 0.02 else {}


def path(rng):
    length = rng.choice([1, 1, 1, 2, 2, 3])
    return [rng.choice(KEYS + ["0", "new"]) for _ in range(length)]


def read(rng):
    """An expression that reads a value of the config, in one of its spellings."""
    key, inner = rng.choice(KEYS), rng.choice(KEYS)
    if rng.random() < 0.02:
        key = "items"
    return rng.choice([
        f"config['{key}']", f"config['{key}']", f"config.{key}" if key != "1" else "config['1']", f"config.get('{key}')",
        f"config.get('{key}', '{rng.choice(['x', '5', ''])}')", f"config['{key}']['{inner}']",
        f"config.get('{key}', {{}}).get('{inner}')", f"config['{key}'].{'get' if inner == '1' else inner}",
        f"config.get(\"{key}\", False)", f"config['{key}'][0]",
    ])


def literal(rng):
    return rng.choice(["'x'", "'eu'", "5", "1.5", "true", "False", "none", "None", "[]", "['a', 1]", "{'k': 'v'}", "''", "'12'"])


def expression(rng, depth=0):
    kind = rng.randrange(22 if depth < 2 else 8)
    if kind < 6:
        return read(rng)
    if kind < 8:
        return literal(rng)
    one, other = expression(rng, depth + 1), expression(rng, depth + 1)
    return {
        8: lambda: f"{read(rng)} or {other}",
        9: lambda: f"{read(rng)} and {other}",
        10: lambda: f"not {read(rng)}",
        11: lambda: f"'{rng.choice(KEYS)}' in config",
        12: lambda: f"'{rng.choice(KEYS)}' not in config",
        13: lambda: f"{read(rng)} {rng.choice(['==', '!=', '<', '>=', 'in'])} {literal(rng)}",
        14: lambda: f"{one} if {read(rng)} else {other}",
        15: lambda: f"{read(rng)} is {rng.choice(['defined', 'not defined', 'none', 'string', 'mapping', 'number', 'not none', 'integer'])}",
        16: lambda: f"{read(rng)} | {rng.choice(['default', 'd'])}({literal(rng)}{rng.choice(['', ', true'])})",
        17: lambda: f"{read(rng)} | {rng.choice(['lower', 'upper', 'trim', 'string', 'length', 'first', 'string | lower'])}",
        18: lambda: f"[{one}, {other}]" if rng.random() < 0.5 else f"[{one}]",
        19: lambda: f"{{'k': {one}, 'l': {other}}}" if rng.random() < 0.5 else f"{{'k': {one}}}",
        20: lambda: f"{read(rng)}.{rng.choice(['split(' + chr(39) + ',' + chr(39) + ')', 'split()', 'strip()', 'lower()', 'replace(' + chr(39) + 'a' + chr(39) + ', ' + chr(39) + 'b' + chr(39) + ')', 'startswith(' + chr(39) + 's' + chr(39) + ')'])}",
        21: lambda: rng.choice([f"{read(rng)} + {literal(rng)}", f"{read(rng)} in ('eu', 'us')", f"({one}) and ({other})", "unknown_name", "now_utc().year > 1", f"{read(rng)} ~ 'x'", "value", "path | length", f"not ({one} or {other})"]),
    }[kind]()


def template(rng):
    kind = rng.randrange(10)
    if kind < 6:
        return "{{ " + expression(rng) + " }}"
    if kind < 8:
        return text(rng)
    if kind == 8:
        return rng.choice(["x-", "", "'"]) + "{{ " + expression(rng) + " }}" + rng.choice(["", "/y", "'", "\n"])
    return "{{" + expression(rng) + "}}{{ " + expression(rng) + "}}"


def condition(rng):
    return "{{ " + expression(rng) + " }}" if rng.random() < 0.9 else template(rng)


def step(rng):
    kind = rng.randrange(10)
    if kind < 5:
        fields = []
        for _ in range(rng.choice([1, 1, 1, 2])):
            field = {"type": "AddedFieldDefinition", "path": path(rng), "value": template(rng)}
            if rng.random() < 0.4:
                field["value_type"] = rng.choice(["string", "string", "integer", "number", "boolean"])
            fields.append(field)
        made = {"type": "ConfigAddFields", "fields": fields}
    elif kind < 8:
        pointers = [path(rng) if rng.random() < 0.9 else ["credentials", "*"] for _ in range(rng.choice([1, 1, 2]))]
        made = {"type": "ConfigRemoveFields", "field_pointers": pointers}
    else:
        mapping = {}
        for _ in range(rng.choice([1, 2, 3])):
            key = text(rng) if rng.random() < 0.9 else "{{ " + read(rng) + " }}"
            mapping[key] = rng.choice([text(rng), text(rng), template(rng), plain(value(rng))])
        where = path(rng) if rng.random() < 0.9 else ["{{ config['region'] }}"]
        return {"type": "ConfigRemapField", "map": mapping, "field_path": where}
    if rng.random() < 0.6:
        made["condition"] = condition(rng)
    return made


def rules(rng):
    made = {"type": "ConfigNormalizationRules"}
    migrations = [
        {"type": "ConfigMigration", "transformations": [step(rng) for _ in range(rng.choice([1, 1, 2, 3]))]}
        for _ in range(rng.choice([1, 1, 1, 2]))
    ]
    if rng.random() < 0.95:
        made["config_migrations"] = migrations
    if rng.random() < 0.25 or "config_migrations" not in made:
        made["transformations"] = [step(rng)]
    return made


def is_plain(made):
    """Whether JSON has a word for every value."""
    if isinstance(made, dict):
        return all(isinstance(key, str) and is_plain(inner) for key, inner in made.items())
    if isinstance(made, list):
        return all(map(is_plain, made))
    if isinstance(made, float):
        return made == made and abs(made) != float("inf")
    if isinstance(made, int):
        return -(2**63) <= made < 2**64
    return made is None or isinstance(made, (str, bool))


class Connector:
    """A connector of which the CDK knows nothing but the rules."""

    def __init__(self, made):
        from airbyte_cdk.sources.declarative.models.declarative_component_schema import Spec
        from airbyte_cdk.sources.declarative.parsers.model_to_component_factory import ModelToComponentFactory

        spec = {
            "type": "Spec",
            "connection_specification": {"type": "object", "properties": {}},
            "config_normalization_rules": made,
        }
        self._spec_component = ModelToComponentFactory().create_component(Spec, spec, {})

    def start(self, file):
        from airbyte_cdk.sources.declarative.concurrent_declarative_source import ConcurrentDeclarativeSource

        config = json.loads(pathlib.Path(file).read_text())
        with contextlib.redirect_stdout(io.StringIO()):
            used = ConcurrentDeclarativeSource._migrate_and_transform_config(self, file, config) or {}
        return json.loads(pathlib.Path(file).read_text()), used


def run(made, saved):
    """A config and what two starts make of it."""
    told = [saved]
    with tempfile.TemporaryDirectory() as folder:
        file = os.path.join(folder, "config.json")
        pathlib.Path(file).write_text(json.dumps(saved))
        for _ in range(2):
            try:
                written, used = Connector(made).start(file)
            except Exception as error:
                return told + [{"stops": type(error).__name__}]
            if not is_plain(used) or not is_plain(written):
                return told + [{"odd": str(type(used).__name__)}]
            told += [written, used]
    return shortened(told)


def same(one, other):
    return json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True)


def shortened(told):
    while len(told) > 1 and same(told[-1], told[-2]):
        told.pop()
    return told


def line(made, runs):
    return json.dumps({"rules": made, "runs": runs}, ensure_ascii=False, separators=(",", ":"))


def corpus():
    """The rules of corpus cases: each with configs that hold the keys they speak of."""
    import yaml

    sys.path.insert(0, str(HERE))
    from cdk import CORPUS, from_spec, sections

    for file in sorted(CORPUS.glob("*/*.md")):
        files = sections(file.read_text())
        new = next((text for name, text in files.items() if name == "new/manifest.yaml"), None)
        old = next((text for name, text in files.items() if name == "old/manifest.yaml"), None)
        if not new or not old or "config_normalization_rules" not in new:
            continue
        try:
            after, before = yaml.safe_load(new), yaml.safe_load(old)
            made = after["spec"]["config_normalization_rules"]
            spec = before["spec"]["connection_specification"]
        except (yaml.YAMLError, KeyError, TypeError):
            continue
        if "$ref" in json.dumps(made) or "class_name" in json.dumps(made):
            continue
        full = from_spec(spec)
        bare = {key: full[key] for key in spec.get("required", []) if key in full}
        yield f"{file.parent.name}/{file.stem}", made, [full, bare]


def recorded():
    logging.disable(logging.CRITICAL)
    rng = random.Random(20)
    for _ in range(SETS):
        made = rules(rng)
        yield line(made, [run(made, config(rng)) for _ in range(CONFIGS)])
    for _, made, configs in corpus():
        yield line(made, [run(made, one) for one in configs])
    # What this program proposes, with configs of the old spec: `tests/proposals.rs` writes them.
    for text in PROPOSED.read_text().splitlines():
        case = json.loads(text)
        yield line(case["rules"], [run(case["rules"], one[0]) for one in case["runs"]])


def main():
    if sys.argv[1:2] == ["show"]:
        for text in open(sys.argv[2]):
            case = json.loads(text)
            print(line(case["rules"], [run(case["rules"], one[0]) for one in case["runs"]]))
        return
    if sys.argv[1:2] != ["record"]:
        sys.exit(__doc__)
    lines = "".join(one + "\n" for one in recorded())
    if "--check" in sys.argv:
        if RECORDED.read_text() != lines:
            sys.exit(f"{RECORDED.name} is not what this CDK does")
        print(f"migrations: {lines.count(chr(10))} sets of rules, as recorded")
    else:
        RECORDED.write_text(lines)


if __name__ == "__main__":
    main()
