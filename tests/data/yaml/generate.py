"""Writes expected.json: what PyYAML's safe loader makes of scalars and small documents.

Run it with PyYAML installed: python3 generate.py. Values that JSON cannot hold are written as the text that
connector-diff uses for them: dates and times as ISO text, infinities by Python's names, integers beyond 64 bits as
their digits. Keys that are not text are written as json.dumps writes them.
"""

import datetime
import json
import math
import pathlib

import yaml

SCALARS = """
yes|Yes|YES|no|No|NO|on|On|ON|off|Off|OFF|true|True|TRUE|false|False|FALSE|y|Y|n|N|tRue|yEs|oN|~|null|Null|NULL|nULL|
0|1|-1|+1|010|-010|0o10|08|09|0_7|1_000|0_|_1|1__0|0x1F|0X1F|-0x1f|0x|0x_|0b101|0b|0b102|1:30|-1:30|1:60|1:30:15|01:30|
190:20:30|190:20:30.15|18446744073709551615|18446744073709551616|-9223372036854775809|9223372036854775807|
1e3|1.5e3|1.5e+3|1.5e-3|12e03|1e+3|.5|+.5|-.5|5.|-5.|1.|1.0|1_0.5|.|..|...a|.5e+3|-.5e+3|0.1|1.2.3|
.inf|-.inf|+.inf|.Inf|.INF|.nan|.NaN|.NAN|inf|nan|NaN|Infinity|
2001-01-01|2001-1-1|2001-13-01|2001-02-29|2000-02-29|0000-01-01|2001-01-01T00:00:00Z|2001-01-01 00:00:00|
2001-01-01T00:00:00|2001-01-01t1:02:03.5+05:30|2001-01-01 00:00:00 -5|2001-01-01T00:00:00.123456789Z|
2001-01-01T25:00:00|2001-01-01T00:00:00+00:00|2001-01-01T00:00:00-00:00|2001-01-01T00:00:00.000Z|2001-01-01T00:00|
=|<<|a=b|<|>>|-|--|a b|#a|a#b|a: |!a|@a|`a|%a|*a|&a|?a|a?|'yes'|"no"|'010'|"~"|''|""|
! on|!!str 010|!!int "8"|!!bool "no"|!!float "1"|!!null ""|!!int "x"|!!set {a}|!mytag a|!!python/none x
""".replace("\n", "").split("|")

DOCUMENTS = [
    "",
    "# only a comment\n",
    "---\n",
    "a: 1\na: 2\n",
    "on: push\n",
    "no: 1\nyes: 2\n",
    "null: 1\n~: 2\n",
    "1: a\n1.5: b\n1e3: c\n0x10: d\n",
    "2001-01-01: a\n",
    "base: &b {x: 1, y: 2}\nown:\n  <<: *b\n  y: 3\n",
    "base: &b {x: 1, y: 2}\nown:\n  y: 3\n  <<: *b\n",
    "a: &a {x: 1}\nb: &b {x: 2, y: 2}\nc:\n  <<: [*a, *b]\n",
    "a: &a {x: 1}\nb: &b {x: 2, y: 2}\nc:\n  <<: *a\n  <<: *b\n",
    "a: {\"<<\": 1}\n",
    "a: {<<: 1}\n",
    "a: {<<: [1]}\n",
    "a: &x 1\nb: *x\n",
    "a: *missing\n",
    "a: &x 1\nb: &x 2\n",
    "a: 1\n---\nb: 2\n",
    "a: 1\n...\n",
    "%YAML 1.2\n---\na: yes\n",
    "a: |\n  one\n  two\n",
    "a: >\n  one\n  two\n\n  three\n",
    "a: >-\n  one\n  two\n",
    "a: |+\n  one\n\n",
    "a: 'it''s'\nb: \"tab\\tnew\\n\\u00e9\"\n",
    "a: one\n  two\n",
    "- a\n-  - b\n   - c\n- {d: e, f: [g, h]}\n",
    "a:\n- b\n- c\n",
    "a: [b, c,]\n",
    "a: {b: c,}\n",
    "a: {b, c: d}\n",
    "a: [b: c]\n",
    "{a: 1, b: 2}\n",
    "[1, yes, 010]\n",
    "\"a\": 1\n'b': 2\n",
    "? a\n: b\n",
    "? [a, b]\n: c\n",
    "a:\n  b: 1\n c: 2\n",
    "a: b: c\n",
    "a: 'unclosed\n",
    "a: [1, 2\n",
    "a: \"\\q\"\n",
    "a: !!map {b: 1}\n",
    "a: !!seq [b]\n",
    "a: !unknown {b: 1}\n",
    "a: é\nü: 1\n",
    "a: \"\\ud83d\\ude00\"\n",
    "message: Uses `a`: b\n",
    "message: see http://x.y/z#anchor\n",
    "message: a # comment\n",
    "list: []\nmap: {}\nempty:\n",
    "key with spaces: value with spaces\n",
    "k: 12:30:45\nv: 1.2.3\n",
    "deadline: 2024-12-31\nquoted: \"2024-12-31\"\n",
    "1.0.0:\n  message: x\n",
    "a: &self [*self]\n",
    "a: 1\x85b: 2\n",
    "a:\x85  b: 1\x85  c: [2,\x85 3]\n",
    "a: 1 # c\x85b: 2\n",
    "a: one\x85  two\x85\x85  three\n",
    "a: \"one \x85  two\"\n",
    "a: \"one\\\x85  two\\Nthree\"\n",
    "a: 'one\x85\x85two'\n",
    "a: |\x85  one\x85  two\n",
    "a: >-\n  one\x85  two\r\x85  three\n",
    "a: 1\r\x85b: 2\n",
    "a: 1\x85 b: 2\n",
]


def plain(value):
    if isinstance(value, bool) or value is None or isinstance(value, str):
        return value
    if isinstance(value, int):
        return value if -(2**63) <= value < 2**64 else str(value)
    if isinstance(value, float):
        if math.isnan(value):
            return "NaN"
        if math.isinf(value):
            return "Infinity" if value > 0 else "-Infinity"
        return value
    if isinstance(value, (datetime.date, datetime.datetime)):
        return value.isoformat()
    if isinstance(value, list):
        return [plain(item) for item in value]
    if isinstance(value, dict):
        return {key_text(key): plain(item) for key, item in value.items()}
    raise ValueError(f"not plain: {value!r}")


def key_text(key):
    if isinstance(key, str):
        return key
    if isinstance(key, (datetime.date, datetime.datetime)):
        return key.isoformat()
    return next(iter(json.loads(json.dumps({key: 0}))))


def expected(text):
    try:
        return {"yaml": text, "value": plain(yaml.safe_load(text))}
    except (yaml.YAMLError, ValueError, OverflowError, RecursionError, AttributeError, TypeError, IndexError, KeyError):
        return {"yaml": text, "refused": True}


cases = [expected(f"k: {scalar}\n") for scalar in SCALARS] + [expected(document) for document in DOCUMENTS]
lines = ",\n".join(json.dumps(case, ensure_ascii=True) for case in cases)
path = pathlib.Path(__file__).with_name("expected.json")
path.write_text(f'{{"pyyaml": "{yaml.__version__}", "cases": [\n{lines}\n]}}\n')
print(len(cases), "cases")
