"""The types of Airbyte, the values that each pair of types is tried with, and whether a value came through a change."""

import datetime
import json
from decimal import Decimal, InvalidOperation

TYPES = [
    "string",
    "boolean",
    "integer",
    "number",
    "date",
    "timestamp_with_timezone",
    "timestamp_without_timezone",
    "time_with_timezone",
    "time_without_timezone",
    "array",
    "object",
    "union",
    "unknown",
]

# What a column of each type holds. The first fits most other types, the second is as odd as the type allows: a fraction, an
# integer that no double holds, an offset, microseconds.
HELD = {
    "boolean": [True],
    "integer": [1, 9007199254740993],
    "number": [2.0, 1.5],
    "date": ["2024-01-02"],
    "timestamp_with_timezone": ["2024-01-02T00:00:00Z", "2024-01-02T03:04:05.123456+02:00"],
    "timestamp_without_timezone": ["2024-01-02T00:00:00", "2024-01-02T03:04:05.123456"],
    "time_with_timezone": ["03:04:05Z", "03:04:05.123456+02:00"],
    "time_without_timezone": ["03:04:05", "03:04:05.123456"],
    "array": [[1, 2], ["a"]],
    "object": [{"a": 1}],
}

# A text that looks like a value of the type.
TEXTS = {
    "boolean": "true",
    "integer": "12",
    "number": "1.5",
    "date": "2024-01-02",
    "timestamp_with_timezone": "2024-01-02T03:04:05Z",
    "timestamp_without_timezone": "2024-01-02T03:04:05",
    "time_with_timezone": "03:04:05Z",
    "time_without_timezone": "03:04:05",
    "array": "[1, 2]",
    "object": '{"a": 1}',
}


def stored(old, new):
    """The values that stand in a column of the type `old` before it becomes `new`."""
    if old == "string":
        return [TEXTS.get(new, "12"), "n/a"]
    if old in ("union", "unknown"):
        # A union of text and number holds both; a column without a type holds anything.
        held = HELD["number"][1:] + [TEXTS.get(new, "12"), "n/a"]
        return held + ([{"a": 1}] if old == "unknown" else [])
    if (old, new) == ("number", "integer"):
        # A number that no column of integers holds.
        return [*HELD[old], 1e20]
    return HELD[old]


def pairs():
    return [(old, new) for old in TYPES for new in TYPES if old != new]


def same(before, after):
    """Whether two spellings of a value tell the same: nothing was lost on the way from one to the other."""
    return bool(readings(before) & readings(after))


def readings(value):
    """All that a value can be read as."""
    found = set()
    if isinstance(value, bool):
        return {("truth", value), ("number", Decimal(int(value)))}
    if isinstance(value, (int, float, Decimal)):
        return {("number", Decimal(str(value)).normalize())}
    if isinstance(value, datetime.datetime):
        value = value if value.tzinfo else value.replace(tzinfo=datetime.timezone.utc)
        return {("instant", value.astimezone(datetime.timezone.utc))}
    if isinstance(value, (datetime.date, datetime.time)):
        return readings(value.isoformat())
    if isinstance(value, (list, dict)):
        return {("json", json.dumps(spelled(value), sort_keys=True))}
    text = str(value)
    found.add(("text", text))
    if text.lower() in ("true", "t"):
        found |= readings(True)
    if text.lower() in ("false", "f"):
        found |= readings(False)
    try:
        found.add(("number", Decimal(text).normalize()))
    except InvalidOperation:
        pass
    try:
        parsed = json.loads(text)
        if isinstance(parsed, (list, dict)):
            found |= readings(parsed)
        elif isinstance(parsed, str):
            found |= readings(parsed)
    except ValueError:
        pass
    if any(mark in text for mark in "-:") and text[:1].isdigit():
        found |= moments(text)
    return found


def spelled(value):
    """A JSON value with all that is in it as text: whether 1 is a number or a text is no loss."""
    if isinstance(value, dict):
        return {name: spelled(held) for name, held in value.items()}
    if isinstance(value, list):
        return [spelled(held) for held in value]
    return value if value is None else str(value)


def moments(text):
    """A text as an instant or a time of day; what has no zone is taken for UTC."""
    text = text.replace("Z", "+00:00")
    if len(text) > 3 and text[-3] in "+-":
        text += ":00"
    for read in (datetime.datetime.fromisoformat, datetime.time.fromisoformat):
        try:
            moment = read(text)
        except ValueError:
            continue
        if isinstance(moment, datetime.time):
            moment = datetime.datetime.combine(datetime.date(2000, 1, 1), moment)
            kind = "clock"
        else:
            kind = "instant"
        moment = moment if moment.tzinfo else moment.replace(tzinfo=datetime.timezone.utc)
        moment = moment.astimezone(datetime.timezone.utc)
        return {(kind, moment.time() if kind == "clock" else moment)}
    return set()


def answer(value, became):
    """What an engine answered for one stored value."""
    if became is None or isinstance(became, dict) and set(became.values()) <= {None}:
        return {"stored": value, "became": None}
    shown = became if isinstance(became, (bool, int, str, list, dict)) else str(became)
    return {"stored": value, "became": shown, "kept": same(value, became)}
