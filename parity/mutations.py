"""Small changes of the declarations in parity/declarations/bases: what authors and their editors get wrong, and what
only looks wrong. Each is a literal replacement in one file, so that a test rebuilds it without this script.

`operations` lists those of a base, `cases` picks some of them together: all alone, then two and three at a time, from a
fixed seed. What a change should come to by the policy stands beside it, as checks of ours (`!` an error, `~` a
warning); parity/declarations.py holds that against what Airbyte's own checks answer."""

import re

METADATA, GUIDE, PAGE, PYPROJECT = "metadata.yaml", "guide.md", "page.md", "pyproject.toml"

INVALID = "!meta-releases-invalid"
SOON, UNREADABLE, UNQUOTED = "!meta-deadline-too-soon", "!meta-deadline-unreadable", "~meta-deadline-unquoted"
ACTION = "!meta-deadline-action-missing"
NO_GUIDE, NO_TITLE = "!meta-guide-missing", "!meta-guide-title-wrong"
NO_HEADING, NO_ORDER = "!meta-guide-heading-missing", "!meta-guide-order"
NO_CHANGE, NO_MATCH = "!meta-changelog-entry-missing", "!meta-version-differs-in-pyproject"
NO_VERSION, MAJOR_RC, NO_ROLLOUT = "!meta-version-unreadable", "!meta-major-release-candidate", "!meta-rollout-missing"
NO_ENTRY, TAG = "!meta-major-without-entry", "!meta-tag-invalid"

# Values are the text after `key:`. Deadlines are counted from the day in parity/declarations.py, 2027-01-15.
DEADLINES = {
    "unquoted": (" 2027-03-01", UNQUOTED),
    "quoted": (' "2027-03-01"', ""),
    "single-quoted": (" '2027-03-01'", ""),
    "tagged": (" !!str 2027-03-01", ""),
    "folded": (" >-\n          2027-03-01", ""),
    "literal": (" |\n          2027-03-01", UNREADABLE),
    "unpadded": (' "2027-3-1"', UNREADABLE),
    "unpadded-month": (' "2027-3-01"', UNREADABLE),
    "unquoted-unpadded": (" 2027-3-1", UNREADABLE),
    "midnight": (' "2027-03-01T00:00:00"', UNREADABLE),
    "midnight-utc": (' "2027-03-01T00:00:00Z"', UNREADABLE),
    "midnight-space": (' "2027-03-01 00:00:00"', UNREADABLE),
    "noon": (' "2027-03-01T12:00:00Z"', UNREADABLE),
    "unquoted-midnight": (" 2027-03-01 00:00:00", UNREADABLE),
    "unquoted-noon": (" 2027-03-01T12:00:00Z", UNREADABLE),
    "today": (' "2027-01-15"', SOON),
    "tomorrow": (' "2027-01-16"', SOON),
    "six-days": (' "2027-01-21"', SOON),
    "seven-days": (' "2027-01-22"', SOON),
    "eight-days": (' "2027-01-23"', ""),
    "unquoted-soon": (" 2027-01-20", SOON),
    "past": (' "2024-02-29"', SOON),
    "unquoted-past": (" 2024-02-29", SOON),
    "far": (' "2099-12-31"', ""),
    "leap-day": (' "2028-02-29"', ""),
    "no-leap-day": (' "2027-02-29"', UNREADABLE),
    "impossible": (' "2027-13-01"', UNREADABLE),
    "unquoted-impossible": (" 2027-02-30", UNREADABLE),
    "day-first": (' "01-03-2027"', UNREADABLE),
    "slashes": (' "2027/03/01"', UNREADABLE),
    "words": (' "March 1, 2027"', UNREADABLE),
    "soon-in-words": (" soon", UNREADABLE),
    "compact": (' "20270301"', UNREADABLE),
    "unquoted-compact": (" 20270301", UNREADABLE),
    "week": (' "2027-W09-1"', UNREADABLE),
    "epoch": (" 1803859200", UNREADABLE),
    "quoted-epoch": (' "1803859200"', UNREADABLE),
    "zero": (" 0", UNREADABLE),
    "empty": (' ""', UNREADABLE),
    "null": ("", UNREADABLE),
    "null-word": (" null", UNREADABLE),
    "false": (" false", UNREADABLE),
    "list": (' ["2027-03-01"]', UNREADABLE),
    "map": (' {date: "2027-03-01"}', UNREADABLE),
    "space-before": (' " 2027-03-01"', UNREADABLE),
    "space-after": (' "2027-03-01 "', UNREADABLE),
    "line-end-after": (' "2027-03-01\\n"', UNREADABLE),
    "other-digits": (' "２０２７-03-01"', UNREADABLE),
    "year-10000": (' "10000-01-01"', UNREADABLE),
    "year-1": (' "0001-01-01"', SOON),
    "short-year": (' "27-03-01"', UNREADABLE),
    "comment": (' "2027-03-01" # a week more', ""),
    "placeholder": (" YYYY-MM-DD", UNREADABLE),
}
ACTIONS = {
    "auto-upgrade": (" auto_upgrade", ""),
    "disable": (" 'disable'", ""),
    "dash": (" auto-upgrade", INVALID),
    "camel": (" autoUpgrade", INVALID),
    "upper": (" DISABLE", INVALID),
    "other": (" pause", INVALID),
    "empty": (' ""', INVALID),
    "null": ("", INVALID),
    "false": (" false", INVALID),
    "true": (" true", INVALID),
    "list": (" [disable]", INVALID),
    "map": (" {disable: true}", INVALID),
    "space": (' "disable "', INVALID),
    "number": (" 1", INVALID),
}
MESSAGES = {
    "other": (" Read the migration guide.", ""),
    "empty": (' ""', "!meta-message-empty"),
    "blank": (' "  "', "!meta-message-empty"),
    "null": ("", INVALID),
    "number": (" 2", INVALID),
    "boolean": (" yes", INVALID),
    "date": (" 2027-03-01", INVALID),
    "list": (" [Read the guide.]", INVALID),
    "map": (" {en: Read the guide.}", INVALID),
    "colon": (" Note: read the guide.", "unreadable"),
    "hash": (" Streams # all of them", ""),
    "emoji": (" Streams move 🚚. Read the migration guide.", ""),
    "quoted-lines": (' "Streams\\nmove"', ""),
}
URLS = {
    "valid": (" https://docs.airbyte.com/integrations/guide", ""),
    "relative": (" /integrations/guide", INVALID),
    "bare": (" docs.airbyte.com/guide", INVALID),
    "word": (" guide", INVALID),
    "no-host": (" https://", INVALID),
    "space": (' "https://docs.airbyte.com/a guide"', INVALID),
    "other-scheme": (" mailto:guide@airbyte.test", ""),
    "empty": (' ""', INVALID),
    "null": ("", INVALID),
    "number": (" 5", INVALID),
    "list": (" [https://docs.airbyte.com]", INVALID),
}
FLAGS = {
    "true": (" true", ""),
    "false": (" false", ""),
    "yes": (" yes", ""),
    "quoted-no": (' "no"', INVALID),
    "quoted-true": (' "true"', INVALID),
    "maybe": (" maybe", INVALID),
    "zero": (" 0", INVALID),
    "two": (" 2", INVALID),
    "null": ("", INVALID),
    "list": (" []", INVALID),
}
SCOPES = {
    "one": (" [{scopeType: stream, impactedScopes: [bulbs]}]", ""),
    "two": (" [{scopeType: stream, impactedScopes: [a]}, {scopeType: stream, impactedScopes: [b]}]", ""),
    "empty": (" []", INVALID),
    "null": ("", INVALID),
    "map": (" {scopeType: stream, impactedScopes: [bulbs]}", INVALID),
    "names": (" [bulbs]", INVALID),
    "name": (" bulbs", INVALID),
    "empty-map": (" [{}]", INVALID),
    "null-item": (" [null]", INVALID),
    "type-streams": (" [{scopeType: streams, impactedScopes: [bulbs]}]", INVALID),
    "type-upper": (" [{scopeType: STREAM, impactedScopes: [bulbs]}]", INVALID),
    "type-operation": (" [{scopeType: operation, impactedScopes: [bulbs]}]", INVALID),
    "type-missing": (" [{impactedScopes: [bulbs]}]", INVALID),
    "type-null": (" [{scopeType: , impactedScopes: [bulbs]}]", INVALID),
    "type-typo": (" [{type: stream, impactedScopes: [bulbs]}]", INVALID),
    "streams-empty": (" [{scopeType: stream, impactedScopes: []}]", INVALID),
    "streams-missing": (" [{scopeType: stream}]", INVALID),
    "streams-null": (" [{scopeType: stream, impactedScopes: }]", INVALID),
    "streams-text": (" [{scopeType: stream, impactedScopes: bulbs}]", INVALID),
    "streams-number": (" [{scopeType: stream, impactedScopes: [1]}]", INVALID),
    "streams-yes": (" [{scopeType: stream, impactedScopes: [yes]}]", INVALID),
    "streams-date": (" [{scopeType: stream, impactedScopes: [2027-03-01]}]", INVALID),
    "streams-map": (" [{scopeType: stream, impactedScopes: [{name: bulbs}]}]", INVALID),
    "streams-typo": (" [{scopeType: stream, impactedStreams: [bulbs]}]", INVALID),
    "streams-twice": (" [{scopeType: stream, impactedScopes: [bulbs, bulbs]}]", ""),
    "streams-blank": (' [{scopeType: stream, impactedScopes: [""]}]', ""),
    "unknown-key": (" [{scopeType: stream, impactedScopes: [bulbs], namespace: a}]", INVALID),
}
KEYS = {
    "quoted": ('"{}"', ""),
    "single-quoted": ("'{}'", ""),
    "explicit": ("? {}\n      ", ""),
    "word": ("next", INVALID),
    "rc": ("{}-rc.1", INVALID),
    "build": ("{}+1", INVALID),
    "v": ("v{}", INVALID),
    "short": ("1.5", INVALID),
    "one-number": ("1", INVALID),
    "padded": ("0{}", NO_HEADING),
    "space-after": ('"{} "', INVALID),
    "space-before": ('" {}"', INVALID),
    "line-end": ('"{}\\n"', INVALID),
    "wildcard": ("1.5.x", INVALID),
    "four": ("{}.0", INVALID),
    "range": ('">={}"', INVALID),
    "null": ("null", INVALID),
    "date": ("2027-03-01", INVALID),
    "other-digits": ('"١.٥.٠"', INVALID),
}
ENTRIES = {
    "null": ("", INVALID),
    "empty": (" {}", INVALID),
    "list": (' [{message: m, upgradeDeadline: "2027-03-01"}]', INVALID),
    "empty-list": (" []", INVALID),
    "text": (" Streams are renamed.", INVALID),
    "true": (" true", INVALID),
    "message-only": (" {message: Read the migration guide.}", INVALID),
    "deadline-only": (' {upgradeDeadline: "2027-03-01"}', INVALID),
    "least": (' {message: Read the migration guide., upgradeDeadline: "2027-03-01"}', ACTION),
    "json": (' {"message": "Read the migration guide.", "upgradeDeadline": "2027-03-01", "deadlineAction": "disable"}', ""),
}
MAPS = {
    "null": ("", INVALID),
    "empty-list": (" []", INVALID),
    "list": (" [2.0.0]", INVALID),
    "text": (" none", INVALID),
    "false": (" false", INVALID),
}
ROLLOUTS = {
    "empty": " {}",
    "true": " {enableProgressiveRollout: true}",
    "false": " {enableProgressiveRollout: false}",
    "quoted": ' {enableProgressiveRollout: "true"}',
    "flag-null": " {enableProgressiveRollout: }",
    "flag-text": " {enableProgressiveRollout: slowly}",
    "null": "",
    "list": " [enableProgressiveRollout]",
    "mode-manual": " {enableProgressiveRollout: true, defaultRolloutMode: manual}",
    "mode-only": " {defaultRolloutMode: autopilot}",
    "mode-other": " {enableProgressiveRollout: true, defaultRolloutMode: automatic}",
    "mode-null": " {enableProgressiveRollout: true, defaultRolloutMode: }",
    "autopilot": " {enableProgressiveRollout: true, autopilotConfig: {autoStart: false, autoPromoteStages: true, strategy: fast}}",
    "autopilot-empty": " {enableProgressiveRollout: true, autopilotConfig: {}}",
    "strategy-other": " {enableProgressiveRollout: true, autopilotConfig: {strategy: medium}}",
    "autopilot-unknown": " {enableProgressiveRollout: true, autopilotConfig: {pace: fast}}",
    "unknown": " {enableProgressiveRollout: true, percentage: 5}",
    "older-keys": " {enableProgressiveRollout: true, initialPercentage: 5, maxPercentage: 50}",
}
ROLLOUT_FAULTS = set("quoted flag-null flag-text null list mode-other mode-null strategy-other autopilot-unknown unknown older-keys".split())
DOWNGRADES = {
    "one": (" {1.0.0: {message: Tables differ.}}", ""),
    "empty": (" {}", ""),
    "word": (" {next: {message: Tables differ.}}", INVALID),
    "rc": (" {1.0.0-rc.1: {message: Tables differ.}}", INVALID),
    "no-message": (" {1.0.0: {}}", INVALID),
    "message-number": (" {1.0.0: {message: 1}}", INVALID),
    "message-empty": (' {1.0.0: {message: ""}}', ""),
    "unknown-key": (" {1.0.0: {message: m, reason: r}}", INVALID),
    "text": (" {1.0.0: Tables differ.}", INVALID),
    "list": (" [1.0.0]", INVALID),
    "null": ("", INVALID),
}
# Tags of the image. `{}` is the version that the base has, without its suffix.
VERSIONS = {
    "rc": ("{}-rc.1", "rc"),
    "rc-no-number": ("{}-rc", "rc"),
    "rc-joined": ("{}-rc1", "rc"),
    "rc-upper": ("{}-RC.1", ""),
    "rc-inside": ("{}-march.1", ""),
    "dev": ("{}-dev.0a1b2c3", ""),
    "beta": ("{}-beta", ""),
    "build": ('"{}+1"', ""),
    "v": ("v{}", NO_VERSION),
    "two-numbers": ('"2.0"', NO_VERSION),
    "float": ("2.0", "unreadable"),
    "number": ("2", "unreadable"),
    "four": ("{}.1", NO_VERSION),
    "word": ("latest", NO_VERSION),
    "empty": ('""', NO_VERSION),
    "null": ("", "unreadable"),
    "date": ("2027-03-01", NO_VERSION),
    "padded": ("02.0.0", NO_VERSION),
    "padded-rc": ("{}-rc.01", NO_VERSION),
    "space-after": ('"{} "', NO_VERSION),
    "line-end": ('"{}\\n"', NO_VERSION),
    "dangling": ("{}-", NO_VERSION),
    "major": ("31.0.0", NO_ENTRY),
    "major-rc": ("31.0.0-rc.1", MAJOR_RC),
    "major-march": ("31.0.0-march.1", ""),
    "major-dev": ("31.0.0-dev.1", ""),
    "major-build": ('"31.0.0+1"', NO_ENTRY),
    "minor": ("31.1.0", ""),
    "minor-rc": ("31.1.0-rc.2", NO_ROLLOUT),
    "zero": ("0.0.0", ""),
    "list": ("[1.0.0]", "unreadable"),
    "quoted": ('"{}"', ""),
    "other-digits": ('"1.٢.3"', NO_VERSION),
}
TAGS = {
    "none": ("\n    - keyword:lamps\n", TAG),
    "no-pair": ("\n    - language:python\n    - cdk\n", TAG),
    "no-key": ("\n    - language:python\n    - :low-code\n", ""),
    "no-value": ('\n    - "language:"\n', ""),
    "empty": (" []\n", TAG),
    "null": ("\n", TAG),
    "text": (" language:python\n", TAG),
    "pair": ("\n    - language: python\n", TAG),
    "number": ("\n    - language:python\n    - 5\n", TAG),
    "null-item": ("\n    - language:python\n    -\n", TAG),
    "upper": ("\n    - Language:python\n", TAG),
    "space": ("\n    - language:python\n    - a tag:with spaces\n", ""),
    "blank": ('\n    - language:python\n    - ""\n', TAG),
    "map": (" {language: python}\n", TAG),
    "twice": ("\n    - language:python\n    - language:java\n", ""),
    "flow": (' ["language:python", "cdk:python"]\n', ""),
    "url": ("\n    - language:python\n    - https://tags.test\n", ""),
}
NAMES = {
    "other": (" Something Else", NO_TITLE),
    "upper": (None, NO_TITLE),
    "space-after": (None, NO_TITLE),
    "null": ("", NO_TITLE),
    "number": (" 7", NO_TITLE),
    "empty": (' ""', NO_TITLE),
}


def flow_items(text, start, end):
    """The keys of a flow mapping: key, start, end, and where the value (with the space before it) starts and ends."""
    at, depth, quote, items, item = start + 1, 0, None, [], start + 1
    for at in range(start + 1, end):
        char = text[at]
        if quote:
            quote = None if char == quote else quote
        elif char in "\"'":
            quote = char
        elif char in "{[":
            depth += 1
        elif char in "}]" and depth:
            depth -= 1
        elif char == "," and not depth or at == end - 1:
            items.append((item, at))
            item = at + 1
    for start, end in items:
        key, _, _ = text[start:end].partition(":")
        yield key.strip(), start, end, start + len(key) + 1, end


def block_items(text, start, end):
    """The keys of a block mapping, likewise; an item ends with its line end."""
    lines, at = [], start
    for line in text[start:end].splitlines(keepends=True):
        lines.append((at, line))
        at += len(line)
    written = [(at, line) for at, line in lines if line.strip() and not line.lstrip().startswith("#")]
    indent = min(len(line) - len(line.lstrip()) for _, line in written)
    heads = [(at, line) for at, line in written if len(line) - len(line.lstrip()) == indent]
    for (at, line), following in zip(heads, [at for at, _ in heads[1:]] + [end]):
        key = line.strip().partition(":")[0]
        yield key, at, following, at + line.index(":") + 1, following - 1


class Map:
    """A mapping in a text."""

    def __init__(self, text, start, end):
        value = text[start:end]
        self.text, self.flow = text, value.lstrip().startswith("{")
        if self.flow:
            start += len(value) - len(value.lstrip())
            items = flow_items(text, start, end)
        else:
            start += value.index("\n") + 1
            items = block_items(text, start, end + 1)
        self.items = {key.strip("\"'"): tuple(spans) for key, *spans in items}
        self.start, self.end = start, end
        first = next(iter(self.items.values()))[0]
        self.indent = "" if self.flow else re.match(r" *", text[first:]).group()

    def inner(self, key):
        start, end = self.items[key][2:]
        return Map(self.text, start, end)

    def value(self, key):
        return self.text[self.items[key][2] : self.items[key][3]]


class Mutator:
    """The operations on one base."""

    def __init__(self, files, old):
        self.files, self.old, self.found = files, old, []

    def put(self, kind, file, start, end, new, expected=""):
        text = self.files[file]
        # With what stands before it in its line, so far as it takes to be found, and to be read.
        while text.find(text[start:end]) != start or end - start < 12 and start > 0 and text[start - 1] != "\n" or start == end:
            if start == 0:
                end += 1
                new += text[end - 1]
            else:
                start -= 1
                new = text[start] + new
        if text[start:end] != new:
            self.found.append((kind, file, text[start:end], new, expected))

    def whole(self, kind, file, new, expected=""):
        self.found.append((kind, file, None, new, expected))

    def set(self, kind, mapping, key, value, expected=""):
        self.put(kind, METADATA, *mapping.items[key][2:], value, expected)

    def insert(self, kind, mapping, key, value, expected=""):
        if mapping.flow:
            self.put(kind, METADATA, mapping.end - 1, mapping.end - 1, f", {key}:{value}", expected)
        else:
            last = list(mapping.items.values())[-1][1]
            self.put(kind, METADATA, last, last, f"{mapping.indent}{key}:{value}\n", expected)

    def drop(self, kind, mapping, key, expected=""):
        start, end = mapping.items[key][:2]
        if mapping.flow:
            start, end = (start - 1, end) if mapping.text[start - 1] == "," else (start, end + 1)
        if len(mapping.items) > 1:
            self.put(kind, METADATA, start, end, "", expected)

    def rename(self, kind, mapping, key, name, expected=""):
        start, _, value, _ = mapping.items[key]
        at = mapping.text.index(key, start)
        at -= mapping.text[at - 1] in "\"'"
        self.put(kind, METADATA, at, value - 1, name, expected)

    def field(self, name, mapping, key, values, missing="", typo=None):
        """All values of a key, which is added where it is not there."""
        there = key in mapping.items
        for case, (value, expected) in values.items():
            if mapping.flow:
                value = re.sub(r"^ >-\n +(.*)", r' "\1"', value).split(" #")[0]
                value = re.sub(r"^ \|\n +(.*)", r' "\1\\n"', value)
            (self.set if there else self.insert)(f"{name}-{case}", mapping, key, value, expected)
        if there:
            self.drop(f"{name}-missing", mapping, key, missing)
            self.insert(f"{name}-twice", mapping, key, mapping.value(key))
            wrong = typo or key.lower()
            self.rename(f"{name}-typo", mapping, key, wrong, " ".join(filter(None, [INVALID, missing])))

    def entry(self, entries, key):
        published = key in self.old
        name = "published-" if published else ""
        lost = f" {NO_ENTRY}" if key == self.major else ""
        start = len(self.found)
        entry = entries.inner(key)
        self.field(f"{name}deadline", entry, "upgradeDeadline", DEADLINES, INVALID)
        self.field(f"{name}action", entry, "deadlineAction", ACTIONS, ACTION)
        self.field(f"{name}message", entry, "message", MESSAGES, INVALID)
        self.field(f"{name}scope", entry, "scopedImpact", SCOPES)
        self.field(f"{name}url", entry, "migrationDocumentationUrl", URLS)
        self.field(f"{name}breaking", entry, "isBreaking", FLAGS)
        self.field(f"{name}downgrade-flag", entry, "safeToDowngrade", FLAGS)
        for unknown in ("deadline", "affectedStreams", "docs"):
            self.insert(f"{name}entry-unknown-key", entry, unknown, " more", INVALID)
        for case, (value, expected) in ENTRIES.items():
            self.set(f"{name}entry-{case}", entries, key, value, expected)
        for case, (form, expected) in KEYS.items():
            same = case in ("quoted", "single-quoted", "explicit")
            self.rename(f"{name}key-{case}", entries, key, form.format(key), expected + (lost if not same else ""))
        self.drop(f"{name}entry-missing", entries, key, lost)
        self.insert(f"{name}entry-twice-other", entries, key, ' {message: Twice., upgradeDeadline: "2027-03-02"}', ACTION)
        self.insert(f"{name}entry-twice-broken", entries, key, " {}", INVALID)
        if published:
            # Of what is published only the form counts.
            kept = {INVALID, NO_HEADING}
            for at in range(start, len(self.found)):
                *operation, expected = self.found[at]
                rules = [INVALID if "message" not in operation[0] and rule in (UNREADABLE,) else rule for rule in expected.split()]
                self.found[at] = (*operation, " ".join(rule for rule in rules if rule in kept or rule == "unreadable"))

    def metadata(self):
        text = self.files[METADATA]
        data_end = text.index("metadataSpecVersion")
        data = Map(text, len("data:"), data_end - 1)
        has_entries = "breakingChanges" in text
        version = data.value("dockerImageTag").strip().strip('"')
        base = version.partition("-")[0]
        self.major = version if version.endswith(".0.0") else None
        lost = f" {NO_ENTRY}" if self.major and has_entries else ""
        all_lost = lost or (f" {NO_ROLLOUT}" if "-rc" in version else "")
        if has_entries:
            releases = data.inner("releases")
            entries = releases.inner("breakingChanges")
            for key in entries.items:
                self.entry(entries, key)
            for case, (value, expected) in {**MAPS, "empty": (" {}", INVALID)}.items():
                self.set(f"entries-{case}", releases, "breakingChanges", value, expected + lost)
            self.rename("entries-typo", releases, "breakingChanges", "breakingchanges", INVALID + lost)
            self.rename("entries-snake", releases, "breakingChanges", "breaking_changes", INVALID + lost)
            other = ' {1.0.1: {message: m, upgradeDeadline: "2027-03-01", deadlineAction: disable}}'
            self.insert("entries-twice", releases, "breakingChanges", other, NO_HEADING + lost)
            new = ' {message: Read the migration guide., upgradeDeadline: "2027-03-01", deadlineAction: disable}'
            self.insert("entry-added-above", entries, "11.0.0", new, NO_HEADING)
            self.insert("entry-added-below", entries, "0.9.0", new, NO_HEADING)
            self.field("releases-url", releases, "migrationDocumentationUrl", URLS)
            self.field("downgrades", releases, "unsafeDowngrades", DOWNGRADES)
            rollout = {case: (value, INVALID if case in ROLLOUT_FAULTS else "") for case, value in ROLLOUTS.items()}
            if "-rc" in version:
                without = ("flag-null", "null")
                rollout = {c: (v, f"{e} {NO_ROLLOUT}" if c in without else e) for c, (v, e) in rollout.items()}
            self.field("rollout", releases, "rolloutConfiguration", rollout, NO_ROLLOUT if "-rc" in version else "")
            self.insert("releases-unknown-key", releases, "notes", " none", INVALID)
            self.drop("entries-missing", releases, "breakingChanges", lost)
            for case, (value, expected) in {**MAPS, "empty": (" {}", "")}.items():
                self.set(f"releases-{case}", data, "releases", value, expected + all_lost)
            self.drop("releases-missing", data, "releases", all_lost)
            self.rename("releases-typo", data, "releases", "release", all_lost)
            self.insert("releases-twice", data, "releases", " {}", all_lost)
        else:
            for case, value in ROLLOUTS.items():
                faults = INVALID if case in ROLLOUT_FAULTS else ""
                self.insert(f"rollout-{case}", data, "releases", f" {{rolloutConfiguration:{value}}}", faults)
            for case, (value, expected) in {**MAPS, "empty": (" {}", "")}.items():
                self.insert(f"releases-{case}", data, "releases", value, expected)
            self.insert("entries-empty", data, "releases", " {breakingChanges: {}}", INVALID)
        for case, (form, expected) in VERSIONS.items():
            value = form.format(version if case == "quoted" else base)
            major = base.endswith(".0.0")
            if expected == "rc":
                expected = MAJOR_RC if major else "" if "rolloutConfiguration" in text else NO_ROLLOUT
            if case == "minor-rc" and "rolloutConfiguration" in text:
                expected = ""
            if expected != "unreadable" and case != "quoted" and value != version:
                expected += f" {NO_CHANGE}" + (f" {NO_MATCH}" if PYPROJECT in self.files else "")
            self.set(f"version-{case}", data, "dockerImageTag", f" {value}".rstrip(" "), expected)
        self.drop("version-missing", data, "dockerImageTag", "unreadable")
        exempt = data.items["definitionId"]
        self.put("definition-exempt", METADATA, *exempt[2:], " 64a2f99c-542f-4af8-9a6f-355f1217b436")
        for case, (value, expected) in TAGS.items():
            self.put(f"tags-{case}", METADATA, data.items["tags"][2], data.items["tags"][3] + 1, value, expected)
        self.drop("tags-missing", data, "tags", TAG)
        name = data.value("name")
        for case, (value, expected) in NAMES.items():
            plain = name.strip().strip('"')
            value = {"upper": " " + plain.upper(), "space-after": f' "{plain} "'}.get(case, value)
            self.set(f"name-{case}", data, "name", value, expected if has_entries else "")
        self.set("name-quoted", data, "name", f" '{name.strip().strip(chr(34))}'")
        self.drop("name-missing", data, "name", NO_TITLE if has_entries else "")
        url = data.value("documentationUrl")
        for case, value in {
            "slash": url + "/",
            "other-page": url + "-2",
            "other-host": " https://example.test/docs",
            "fragment": url + "#setup",
            "http": url.replace("https", "http"),
            "relative": " /integrations/page",
            "null": "",
        }.items():
            self.set(f"page-url-{case}", data, "documentationUrl", value)
        self.drop("page-url-missing", data, "documentationUrl")
        self.insert("data-unknown-key", data, "owner", " nobody")
        for case, value in {"0": "0", "100": "100", "300": "300", "text": "high", "null": ""}.items():
            self.insert(f"internal-level-{case}", data, "ab_internal", f" {{sl: {value}}}")
        self.drop("licence-missing", data, "license")
        self.rename("data-typo", data, "releaseStage", "releasestage")
        end = len(text)
        self.put("root-unknown-key", METADATA, end, end, "other: 1\n")
        self.put("spec-version-missing", METADATA, data_end, end, "")
        self.put("spec-version-number", METADATA, data_end, end, "metadataSpecVersion: 1.0\n")
        self.layout(text, data)

    def layout(self, text, data):
        """What editors do to the text, and other spellings of the same."""
        tag = data.items["dockerImageTag"]
        self.put("text-tab-after-key", METADATA, tag[2], tag[2] + 1, "\t", "unreadable")
        self.put("text-tab-before-comment", METADATA, tag[0], tag[0], "\t# a comment\n")
        self.put("text-tab-after-comment", METADATA, tag[0], tag[0], "  #\ta comment\n")
        self.put("text-tab-indent", METADATA, tag[0], tag[0] + 2, "\t", "unreadable")
        self.put("text-comment", METADATA, tag[0], tag[0], "  # the version\n")
        self.put("text-blank-line", METADATA, tag[0], tag[0], "\n")
        self.put("text-spaces-line", METADATA, tag[0], tag[0], "    \n")
        self.put("text-mark", METADATA, 0, 0, "\ufeff")
        self.put("text-start", METADATA, 0, 0, "---\n")
        self.put("text-two-documents", METADATA, len(text), len(text), "---\nother: 1\n", "unreadable")
        self.put("text-end", METADATA, len(text), len(text), "...\n")
        self.put("text-yaml-1.2", METADATA, 0, 0, "%YAML 1.2\n---\n")
        self.put("text-carriage-return", METADATA, tag[1] - 1, tag[1], "\r\n")
        self.put("text-only-carriage-return", METADATA, tag[1] - 1, tag[1], "\r")
        self.put("text-next-line", METADATA, tag[1] - 1, tag[1], "\x85")
        self.put("text-bell", METADATA, tag[0], tag[0], "  # \x07\n", "unreadable")
        self.put("text-bad-indent", METADATA, tag[0], tag[0], " ", "unreadable")
        self.put("text-anchor", METADATA, tag[2], tag[2], " &version")
        self.put("text-alias-nowhere", METADATA, *tag[2:], " *version", "unreadable")
        self.put("text-merge", METADATA, tag[0], tag[0], "  <<: {license: MIT}\n")
        self.put("text-tagged", METADATA, tag[2], tag[2], " !!str")
        self.put("text-own-tag", METADATA, tag[2], tag[2], " !version", "unreadable")
        self.put("text-open-quote", METADATA, tag[2], tag[2], ' "', "unreadable")
        self.put("data-null", METADATA, 0, len(text), 'data:\nmetadataSpecVersion: "1.0"\n', "unreadable")
        self.put("data-typo-root", METADATA, 0, len("data"), "Data", "unreadable")
        self.put("text-template", METADATA, *tag[2:], " {{ version }}", "unreadable")
        for line in ("upgradeDeadline", "breakingChanges"):
            at = text.find(line + ":")
            if at >= 0:
                after = at + len(line) + 1
                self.put(f"text-tab-after-{line.lower()}", METADATA, after, after + 1, "\t" if text[after] == " " else "\t\n", "unreadable" if line == "upgradeDeadline" else "")
                self.put(f"text-space-before-colon-{line.lower()}", METADATA, after - 1, after - 1, " ")

    def guide(self):
        text = self.files[GUIDE]
        title = text.splitlines()[0]
        name = title[2:].removesuffix(" Migration Guide")
        self.whole("guide-missing", GUIDE, None, NO_GUIDE)
        self.whole("guide-empty", GUIDE, "", f"{NO_TITLE} {NO_HEADING}")
        for case, (new, expected) in {
            "lower": (f"# {name} migration guide", NO_TITLE),
            "plural": (f"# {name} Migration Guides", NO_TITLE),
            "name-lower": (f"# {name.lower()} Migration Guide", NO_TITLE),
            "level-two": (f"## {name} Migration Guide", NO_TITLE),
            "no-space": (f"#{name} Migration Guide", NO_TITLE),
            "two-spaces": (f"#  {name} Migration Guide", NO_TITLE),
            "closed": (f"# {name} Migration Guide #", NO_TITLE),
            "underlined": (f"{name} Migration Guide\n===", NO_TITLE),
            "bold": (f"# **{name}** Migration Guide", NO_TITLE),
            "link": (f"# [{name}](lamp.md) Migration Guide", NO_TITLE),
            "suffix": (f"# {name} Migration Guide (2027)", NO_TITLE),
            "indented": (f"  # {name} Migration Guide", ""),
            "indented-as-code": (f"    # {name} Migration Guide", NO_TITLE),
            "spaces-after": (f"# {name} Migration Guide  ", ""),
            "fenced": (f"```\n# {name} Migration Guide\n```", NO_TITLE),
            "comment": (f"<!--\n# {name} Migration Guide\n-->", NO_TITLE),
            "front-matter": (f"---\ntitle: guide\n---\n\n# {name} Migration Guide", ""),
            "after-other": (f"# Notes\n\n# {name} Migration Guide", ""),
            "twice": (f"# {name} Migration Guide\n\n# {name} Migration Guide", ""),
            "mark": (f"\ufeff# {name} Migration Guide", NO_TITLE),
            "dash": (f"# {name} - Migration Guide", NO_TITLE),
            "escaped": (f"# {name} Migration\\ Guide", NO_TITLE),
            "missing": ("", NO_TITLE),
            "no-break-space": (f"#\xa0{name} Migration Guide", NO_TITLE),
        }.items():
            self.put(f"title-{case}", GUIDE, 0, len(title), new, expected)
        self.put("title-last", GUIDE, 0, len(text), text[len(title) :].lstrip() + f"\n{title}\n")
        headings = [(match.start(), match.end(), match.group(1)) for match in re.finditer(r"## Upgrading to (\S+)", text)]
        for start, end, version in headings:
            more = "published-" if version in self.old else ""
            line = text[start:end]
            for case, (new, expected) in {
                "missing": ("", NO_HEADING),
                "suffix": (f"{line} - other ids", NO_HEADING),
                "colon": (f"{line}:", NO_HEADING),
                "v": (f"## Upgrading to v{version}", NO_HEADING),
                "closed": (f"{line} ##", NO_HEADING),
                "from": (f"## Upgrading from 0.1.0 to {version}", NO_HEADING),
                "level-one": (line[1:], NO_HEADING),
                "level-three": (f"#{line}", NO_HEADING),
                "no-space": (line.replace("## ", "##"), NO_HEADING),
                "two-spaces": (line.replace("## ", "##  "), NO_HEADING),
                "two-spaces-inside": (line.replace(" to ", " to  "), NO_HEADING),
                "lower": (line.lower(), NO_HEADING),
                "upgrade": (line.replace("Upgrading", "Upgrade"), NO_HEADING),
                "tab": (line.replace("## ", "##\t"), NO_HEADING),
                "no-break-space": (line.replace(" to ", " to\xa0"), NO_HEADING),
                "code": (f"## Upgrading to `{version}`", NO_HEADING),
                "bold": (f"## Upgrading to **{version}**", NO_HEADING),
                "link": (f"## Upgrading to [{version}](#a)", NO_HEADING),
                "anchor": (f"{line} {{#a}}", NO_HEADING),
                "underlined": (f"Upgrading to {version}\n---", NO_HEADING),
                "short": (f"## Upgrading to {version.rpartition('.')[0]}", NO_HEADING),
                "rc": (f"{line}-rc.1", NO_HEADING),
                "indented": (f"  {line}", ""),
                "indented-as-code": (f"    {line}", NO_HEADING),
                "tab-indented": (f"\t{line}", NO_HEADING),
                "spaces-after": (f"{line}   ", ""),
                "fenced": (f"```\n{line}\n```", NO_HEADING),
                "fenced-tildes": (f"~~~markdown\n{line}\n~~~", NO_HEADING),
                "comment": (f"<!--\n{line}\n-->", NO_HEADING),
                "comment-line": (f"<!-- {line} -->", NO_HEADING),
                "quoted": (f"> {line}", NO_HEADING),
                "listed": (f"- {line}", NO_HEADING),
                "escaped": (f"\\{line}", NO_HEADING),
                "twice": (f"{line}\n\n{line}", ""),
                "in-text": (f"Read {line}", NO_HEADING),
                "carriage-return": (f"{line}\r", ""),
                "form-feed": (f"{line}\x0c", ""),
                "line-separator": (f"Notes\u2028{line}", NO_HEADING),
                "extra-below": (f"{line}\n\nText.\n\n## Upgrading to 0.0.9", ""),
                "extra-above": (f"## Upgrading to 30.0.0\n\nText.\n\n{line}", ""),
                "extra-between": (f"## Upgrading to 0.0.9\n\nText.\n\n{line}", NO_ORDER),
                "extra-words": (f"## Upgrading to the new API\n\nText.\n\n{line}", ""),
                "extra-words-below": (f"{line}\n\nText.\n\n## Upgrading to the new API", ""),
                "extra-other": (f"## Connector upgrade guide\n\nText.\n\n{line}", ""),
                "extra-patch": (f"## Upgrading to {version.rpartition('.')[0]}.10\n\nText.\n\n## Upgrading to {version.rpartition('.')[0]}.9\n\nText.\n\n{line}", ""),
                "extra-nothing": (f"{line}\n\n## Upgrading to ", ""),
            }.items():
                self.put(f"{more}heading-{case}", GUIDE, start, end, new, expected)
            following = text.find("\n## ", end)
            section = following if following >= 0 else len(text)
            self.put(f"{more}section-empty", GUIDE, end, section, "\n")
            self.put(f"{more}section-missing", GUIDE, start, min(section + 1, len(text)), "", NO_HEADING)
        if len(headings) > 1:
            (a, b, first), (c, d, second) = headings[:2]
            swapped = text[:a] + text[c:d] + text[b:c] + text[a:b] + text[d:]
            self.put("heading-swapped", GUIDE, a, d, swapped[a:d], NO_ORDER)

    def page(self):
        text = self.files[PAGE]
        at = text.index("# Changelog") - len(re.search(r"#*$", text[: text.index("# Changelog")]).group())
        end = text.index("\n", at)
        self.whole("page-missing", PAGE, None, NO_CHANGE)
        self.whole("page-empty", PAGE, "", NO_CHANGE)
        for case, (new, expected) in {
            "upper": ("## CHANGELOG", ""),
            "lower": ("## changelog", ""),
            "level-three": ("### Changelog", ""),
            "level-one": ("# Changelog", ""),
            "history": ("## History", NO_CHANGE),
            "two-words": ("## Change log", NO_CHANGE),
            "release-notes": ("## Release notes", NO_CHANGE),
            "no-space": ("##Changelog", NO_CHANGE),
            "two-spaces": ("##  Changelog", ""),
            "underlined": ("Changelog\n---", ""),
            "closed": ("## Changelog ##", ""),
            "suffix": ("## Changelog of lamps", ""),
            "bold": ("## **Changelog**", ""),
            "fenced": ("```\n## Changelog\n```", NO_CHANGE),
            "in-text": ("See # changelog below.", NO_CHANGE),
            "comment": ("<!-- # Changelog -->", NO_CHANGE),
            "folded": ("## Changelog\n\n<details>\n  <summary>Expand to review</summary>", ""),
            "missing": ("", NO_CHANGE),
        }.items():
            self.put(f"changelog-{case}", PAGE, at, end, new, expected)
        row = re.search(r"^\| (\d\S+) \|.*\n", text, re.M)
        version, cell = row.group(1), row.span(1)
        last = version[:-1]
        for case, (new, expected) in {
            "other": ("0.0.9", NO_CHANGE),
            "longer-before": (f"1{version}", NO_CHANGE),
            "longer-after": (f"{version}1", NO_CHANGE),
            "with-rc": (f"{version}-rc.1", NO_CHANGE),
            "without-rc": (version.partition("-")[0], NO_CHANGE if "-" in version else ""),
            "v": (f"v{version}", NO_CHANGE),
            "code": (f"`{version}`", ""),
            "bold": (f"**{version}**", ""),
            "link": (f"[{version}](https://a.test)", ""),
            "next": (f"{last}{int(version[-1]) + 1}", NO_CHANGE),
            "dots": (version.replace(".", "-"), NO_CHANGE),
            "zero-padded": (f"0{version}", NO_CHANGE),
            "spaces": (f"  {version}   ", ""),
            "range": (f"1.0.0 - {version}", ""),
        }.items():
            self.put(f"row-{case}", PAGE, *cell, new, expected)
        line = row.group().rstrip("\n")
        for case, (new, expected) in {
            "missing": ("", NO_CHANGE),
            "in-subject": (f"| 0.0.9 | 2027-01-10 | [1](https://a.test) | Go back to {version} |\n", NO_CHANGE),
            "in-link": (f"| 0.0.9 | 2027-01-10 | [1](https://a.test/{version}) | Fix |\n", NO_CHANGE),
            "in-comment": (f"<!-- {line} -->\n", NO_CHANGE),
            "as-list": (f"- {version}: Fix\n", ""),
            "as-heading": (f"\n### {version}\n\nFix\n", ""),
            "no-pipe": (f"{version} | 2027-01-10 | [1](https://a.test) | Fix\n", ""),
            "date-first": (f"| 2027-01-10 | {version} | [1](https://a.test) | Fix |\n", ""),
            "twice": (f"{line}\n{line}\n", ""),
        }.items():
            self.put(f"row-{case}", PAGE, *row.span(), new, expected)
        self.put("row-before-changelog", PAGE, at, row.end(), f"Since {version}: fix.\n\n" + text[at : row.start()], NO_CHANGE)
        end = len(text)
        self.put("row-in-later-section", PAGE, row.start(), end, text[row.end() :] + f"\n## Notes\n\nLast read with {version}.\n", NO_CHANGE)
        self.put("row-last", PAGE, row.start(), end, text[row.end() :] + row.group())

    def pyproject(self):
        text = self.files[PYPROJECT]
        match = re.search(r'version = "(.*)"\n', text)
        version = match.group(1)
        self.whole("pyproject-missing", PYPROJECT, None, NO_MATCH)
        self.whole("pyproject-empty", PYPROJECT, "", NO_MATCH)
        for case, (new, expected) in {
            "other": ('version = "0.0.9"\n', NO_MATCH),
            "space": (f'version = "{version} "\n', NO_MATCH),
            "v": (f'version = "v{version}"\n', NO_MATCH),
            "python-rc": (f'version = "{version.replace("-rc.", "rc")}"\n', NO_MATCH if "-" in version else ""),
            "with-rc": (f'version = "{version}-rc.1"\n', NO_MATCH),
            "without-rc": (f'version = "{version.partition("-")[0]}"\n', NO_MATCH if "-" in version else ""),
            "single-quoted": (f"version = '{version}'\n", ""),
            "no-spaces": (f'version="{version}"\n', ""),
            "number": ("version = 2\n", NO_MATCH),
            "unquoted": (f"version = {version}\n", NO_MATCH),
            "version-missing": ("", NO_MATCH),
            "twice": (f'version = "{version}"\nversion = "{version}"\n', NO_MATCH),
            "in-project": (f'[project]\nversion = "{version}"\n', NO_MATCH),
            "comment": (f'version = "{version}" # the version\n', ""),
        }.items():
            self.put(f"pyproject-{case}", PYPROJECT, *match.span(), new, expected)
        self.put("pyproject-other-table", PYPROJECT, 0, len("[tool.poetry]"), "[project]", NO_MATCH)


def operations(base):
    """The operations on a base: kind, file, what stands there, what comes instead, what that should come to. Without what
    stands there the whole file is meant; without what comes instead it is removed."""
    new, old = base["new"], base["old"][METADATA]
    mutator = Mutator(new, set(re.findall(r"(\d+\.\d+\.\d+): *[{\n]", old)))
    mutator.metadata()
    for file, mutate in ((GUIDE, mutator.guide), (PAGE, mutator.page), (PYPROJECT, mutator.pyproject)):
        if file in new:
            mutate()
    return mutator.found


def applied(files, operation):
    """The files after an operation, or nothing where it does not apply."""
    _, file, old, new, _ = operation
    if file not in files:
        return None
    if old is None:
        if new is None:
            return {name: text for name, text in files.items() if name != file}
        return {**files, file: new} if files[file] != new else None
    if old not in files[file]:
        return None
    return {**files, file: files[file].replace(old, new, 1)}


def together(files, chosen):
    """The files after some operations in places of their own, or nothing where two are about the same."""
    changed = files
    for file in files:
        spans = []
        for _, name, old, new, _ in chosen:
            if name == file:
                start = files[file].find(old) if old else 0
                spans.append((start, start + len(old) if old else len(files[file]) + 1, new))
        if any(a[1] > b[0] for a, b in zip(sorted(spans), sorted(spans)[1:])):
            return None
        text = files[file]
        for start, end, new in sorted(spans, reverse=True):
            text = None if new is None else text[:start] + new + text[end:]
        changed = {**changed, file: text}
    rebuilt = files
    for operation in chosen:
        rebuilt = rebuilt and applied(rebuilt, operation)
    # One after the other they have to come to the same: what the first brings may be what the second looks for.
    return rebuilt if rebuilt == {file: text for file, text in changed.items() if text is not None} else None


class Dice:
    """Numbers that look random and are the same for ever."""

    def __init__(self, seed):
        self.state = seed

    def roll(self, sides):
        self.state = (self.state * 6364136223846793005 + 1442695040888963407) % 2**64
        return (self.state >> 33) % sides


def cases(bases, number):
    """Cases in order: a base and the indexes of its operations. A published entry takes a part of the operations only."""
    dice = Dice(2027)
    listed = {name: operations(base) for name, base in bases.items()}
    picked, seen = [], set()
    for name, all_of_base in listed.items():
        picked.append((name, ()))
        for index, operation in enumerate(all_of_base):
            if not operation[0].startswith("published-") or dice.roll(3) == 0:
                picked.append((name, (index,)))
    names = list(listed)
    while len(picked) < number:
        name = names[dice.roll(len(names))]
        all_of_base = listed[name]
        chosen = tuple(sorted({dice.roll(len(all_of_base)) for _ in range(2 + dice.roll(2))}))
        if len(chosen) > 1 and (name, chosen) not in seen and together(bases[name]["new"], [all_of_base[i] for i in chosen]):
            seen.add((name, chosen))
            picked.append((name, chosen))
    return listed, picked
