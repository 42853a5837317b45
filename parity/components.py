"""The forms of components, as the versions of the CDK ask for them: writes src/load/manifest/components.json.

    python parity/components.py WHEEL…

Each WHEEL is one of airbyte-cdk, any number of versions. A value has a form if one of them allows it. A field is needed
(`name!`) if all need it that know it, and is looked at from the version on (`name@version`) that knows it first, if its
component is older than that. A field that the newest does not know may hold anything. Only names and forms are taken
over, and `type` only where it is not simply the component's name.
"""

import ast
import json
import pathlib
import re
import sys
import zipfile

import yaml

TARGET = pathlib.Path(__file__).resolve().parent.parent / "src/load/manifest/components.json"
INSIDE = "airbyte_cdk/sources/declarative/"
PLAIN = {"string": "text", "integer": "integer", "number": "number", "boolean": "boolean", "null": "null"}


def forms(schema):
    if not isinstance(schema, dict) or not schema:
        return ["any"]
    if "$ref" in schema:
        return [{"component": schema["$ref"].split("/")[-1]}]
    for key in ("anyOf", "oneOf"):
        if key in schema:
            return unique(form for option in schema[key] for form in forms(option))
    if "enum" in schema:
        return [{"one_of": sorted(schema["enum"])}]
    kind = schema.get("type")
    if isinstance(kind, list):
        return unique(form for one in kind for form in forms({**schema, "type": one}))
    if kind == "array":
        items = schema.get("items")
        # Old versions wrote a list of one schema; their classes hold every element to it.
        return [{"list": forms(items[0] if isinstance(items, list) else items)}]
    if kind == "object" and "properties" in schema:
        return [{"fields": fields(schema)}]
    if kind == "object":
        rest = schema.get("additionalProperties")
        return [{"mapping_of": forms(rest)}] if isinstance(rest, dict) else ["mapping"]
    return [PLAIN[kind]] if kind else ["any"]


def fields(schema, own_type=None):
    """The forms of each field, with `!` where it is needed."""
    needed = schema.get("required", [])
    found = {}
    for name, value in schema.get("properties", {}).items():
        usual = name == "type" and value.get("enum") == [own_type] and "type" in needed
        if name != "$parameters" and not usual:
            found[name + "!" * (name in needed)] = forms(value)
    if "type" not in schema.get("properties", {}):
        found["type"] = ["any"]
    return found


def unique(items):
    found = []
    for item in items:
        if item not in found:
            found.append(item)
    return found


def by_name(found):
    return {key.rstrip("!"): (key.endswith("!"), value) for key, value in found.items()}


def either(one, other):
    """What one or the other allows. Two lists, or two mappings, become one where each has but one."""
    merged = list(one)
    for form in other:
        key = next(iter(form)) if isinstance(form, dict) else None
        same = [at for at, own in enumerate(merged) if isinstance(own, dict) and key in own]
        if form in merged:
            continue
        if key not in ("list", "mapping_of", "one_of", "fields") or len(same) != 1:
            merged.append(form)
            continue
        own = merged[same[0]][key]
        if key == "one_of":
            new = sorted({*own, *form[key]})
        elif key == "fields":
            new = over_versions([own, form[key]], ["", ""])
        else:
            new = either(own, form[key])
        merged[same[0]] = {key: new}
    return merged


def over_versions(versions, names):
    """One set of fields for those of several versions, the newest last."""
    versions = [by_name(found) for found in versions]
    merged = {}
    for field in sorted({field for found in versions for field in found}):
        known = [at for at, found in enumerate(versions) if field in found]
        value = versions[known[0]][field][1]
        for at in known[1:]:
            value = either(value, versions[at][field][1])
        everywhere = known == list(range(known[0], len(versions)))
        if not everywhere or known[0] > 0 and not names[known[0]]:
            merged[field] = ["any"]
            continue
        needed = all(versions[at][field][0] for at in known)
        since = f"@{names[known[0]]}" if known[0] > 0 else ""
        merged[field + "!" * needed + since] = value
    return merged


def read(wheel):
    with zipfile.ZipFile(wheel) as files:
        document = yaml.safe_load(files.read(f"{INSIDE}declarative_component_schema.yaml"))
        code = ast.parse(files.read(f"{INSIDE}parsers/manifest_component_transformer.py"))
    found = {}
    for name, schema in document["definitions"].items():
        found[name] = [{"fields": fields(schema, name)}] if "properties" in schema else forms(schema)
    # That the top has a version and a check is told apart from the rest.
    found["DeclarativeSource"] = [
        {"fields": {name.rstrip("!"): value for name, value in fields(document).items()}}
    ]
    tables = {"DEFAULT_MODEL_TYPES": {}, "CUSTOM_COMPONENTS_MAPPING": {}}
    for statement in code.body:
        if isinstance(statement, ast.AnnAssign) and statement.target.id in tables:
            pairs = zip(statement.value.keys, statement.value.values)
            tables[statement.target.id] = {slot.value: kind.value for slot, kind in pairs}
    return found, *tables.values()


def main():
    version = {wheel: re.search(r"airbyte_cdk-([\d.]+)-", wheel).group(1) for wheel in sys.argv[1:]}
    wheels = sorted(version, key=lambda wheel: [int(part) for part in version[wheel].split(".")])
    sides = [(version[wheel], *read(wheel)) for wheel in wheels]
    defaults, custom_defaults, definitions = {}, {}, {}
    for _, _, plain, custom in sides:
        defaults.update(plain)
        custom_defaults.update(custom)
    for name in sorted({name for _, found, _, _ in sides for name in found}):
        own = [(version, found[name]) for version, found, _, _ in sides if name in found]
        if all(isinstance(value[0], dict) and "fields" in value[0] for _, value in own):
            names, versions = zip(*((version, value[0]["fields"]) for version, value in own))
            definitions[name] = [{"fields": over_versions(versions, names)}]
        else:
            definitions[name] = own[0][1]
            for _, value in own[1:]:
                definitions[name] = either(definitions[name], value)
    lines = [f'"versions": {json.dumps([version for version, *_ in sides])},']
    for title, table in (("default_types", defaults), ("default_types_with_class_name", custom_defaults)):
        entries = [f"  {json.dumps(slot)}: {json.dumps(kind)}" for slot, kind in sorted(table.items())]
        lines.append(f"{json.dumps(title)}: {{\n" + ",\n".join(entries) + "\n},")
    entries = []
    for name, value in definitions.items():
        body = json.dumps(value)
        if isinstance(value[0], dict) and value[0].get("fields"):
            inner = [f"    {json.dumps(k)}: {json.dumps(v)}" for k, v in value[0]["fields"].items()]
            body = '[{"fields": {\n' + ",\n".join(inner) + "\n  }}]"
        entries.append(f"  {json.dumps(name)}: {body}")
    lines.append('"definitions": {\n' + ",\n".join(entries) + "\n}")
    TARGET.write_text("{\n" + "\n".join(lines) + "\n}\n")
    print(f"{len(definitions)} definitions of {len(sides)} versions written to {TARGET.name}")


main()
