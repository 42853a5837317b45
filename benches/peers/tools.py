"""Compares two JSON files with a library of Python: python tools.py TOOL OLD NEW."""

import importlib
import importlib.util
import json
import pathlib
import sys
import types


def load(path):
    with open(path, encoding="utf-8") as file:
        return json.load(file)


def json_load(old, new):
    return len(old) + len(new)


def deepdiff_plain(old, new):
    from deepdiff import DeepDiff

    return len(DeepDiff(old, new))


def jsonpatch_diff(old, new):
    import jsonpatch

    return len(list(jsonpatch.make_patch(old, new)))


def cdk_spec(old, new):
    # A process that runs the check imports the package of the tests as the tests do.
    from airbyte_cdk.test.standard_tests import _spec_compatibility

    return len(_spec_compatibility.compare_specs(old, new).breaking)


def ops():
    """The comparators without what their packages import besides, a server among it: in their favour."""
    path = pathlib.Path(importlib.util.find_spec("airbyte_ops_mcp").submodule_search_locations[0])
    for name in ("airbyte_ops_mcp", "airbyte_ops_mcp.regression_tests", "airbyte_ops_mcp.regression_tests.regression"):
        package = types.ModuleType(name)
        package.__path__ = [str(path.parent / name.replace(".", "/"))]
        sys.modules[name] = package
    return importlib.import_module("airbyte_ops_mcp.regression_tests.regression.comparators")


def ops_spec(old, new):
    return len(str(ops().compare_specs(old, new)))


def ops_catalog(old, new):
    return len(str(ops().compare_catalog_schemas(old, new)))


TOOLS = {
    "json.load": json_load,
    "deepdiff": deepdiff_plain,
    "jsonpatch": jsonpatch_diff,
    "cdk-spec": cdk_spec,
    "ops-spec": ops_spec,
    "ops-catalog": ops_catalog,
}

if __name__ == "__main__":
    tool, old, new = sys.argv[1:]
    print(TOOLS[tool](load(old), load(new)))
