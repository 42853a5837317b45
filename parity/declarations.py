"""What Airbyte's own checks answer to declarations: metadata.yaml, migration guide, changelog, pyproject.toml.

    python parity/declarations.py record [--check]            writes (or checks) parity/declarations/*.jsonl
    python parity/declarations.py intended BINARY             holds ours against what each mutation should come to
    python parity/declarations.py compare BINARY [--brief]    holds `BINARY check OLD NEW` against the answers
    python parity/declarations.py ask FOLDER CONNECTOR [DAY]  asks about a connector in a checkout of the monorepo
    python parity/declarations.py real MIRROR [BINARY]        the same for all real declarations in a clone of the monorepo

The checks are those of the packages airbyte-internal-ops and airbyte-connector-models, imported and not copied
(parity/requirements-declarations.txt). A base is parity/declarations/bases/<connector>.md: a fenced block after a
heading `new/metadata.yaml` is that file. parity/mutations.py lists small changes of each base, and the cases.

operations.jsonl has a line for each operation: base, kind, file, what stands there, what comes instead (see
`mutations.applied`). answers.jsonl has a line for each answer to a base: the base, the checks that did not pass, each with
`fail`, `crash` or `skip` and why ("-" was not reached), and the cases that are answered so, each as the indexes of its
operations among those of the base. Nothing of the monorepo is written down: its texts are under another licence.
"""

import collections
import contextlib
import datetime
import functools
import importlib.util
import io
import json
import logging
import multiprocessing
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import time
import tomllib
import types
from importlib.metadata import version

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

import mutations  # noqa: E402
from mutations import GUIDE, METADATA, PAGE, PYPROJECT  # noqa: E402

FOLDER = HERE / "declarations"
TABLE = HERE / "disagreements.toml"
TODAY = datetime.datetime(2027, 1, 15, 12)
NUMBER = 10_000
CONNECTORS = "airbyte-integrations/connectors"
SPEC = '{"connectionSpecification": {"type": "object"}}'


# --- the declarations


def bases():
    from cdk import sections

    found = {}
    for path in sorted((FOLDER / "bases").glob("*.md")):
        base = {"old": {}, "new": {}}
        for name, text in sections(path.read_text()).items():
            side, _, file = name.partition("/")
            base[side][file] = text
        found[path.stem] = base
    return found


def places(connector):
    """Where the files of a connector are in the repository."""
    kind, _, short = connector.partition("-")
    docs = f"docs/integrations/{kind}s/{short}"
    own = f"{CONNECTORS}/{connector}"
    return {
        METADATA: f"{own}/{METADATA}",
        PYPROJECT: f"{own}/{PYPROJECT}",
        GUIDE: f"{docs}-migrations.md",
        PAGE: f"{docs}.md",
    }


def write(root, place, text):
    path = pathlib.Path(root) / place
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode() if isinstance(text, str) else text)


# --- Airbyte's checks


def airbyte():
    """Airbyte's modules. Their packages import everything that Airbyte's operators use; only what the checks import is
    installed, so the packages are entered without running that."""
    root = pathlib.Path(importlib.util.find_spec("airbyte_connector_models").origin).parents[1] / "airbyte_ops_mcp"
    for name in ("airbyte_ops_mcp", "airbyte_ops_mcp.registry", "airbyte_ops_mcp.connector_qa.checks"):
        module = types.ModuleType(name)
        module.__path__ = [str(root.joinpath(*name.split(".")[1:]))]
        sys.modules[name] = module
    from airbyte_ops_mcp import metadata_validator
    from airbyte_ops_mcp.connector_ops.utils import Connector
    from airbyte_ops_mcp.connector_qa.checks import metadata, packaging
    from airbyte_ops_mcp.connector_qa.checks.documentation import documentation
    from airbyte_ops_mcp.registry import validate

    return types.SimpleNamespace(**{k: v for k, v in locals().items() if k not in ("root", "module", "name")})


# The checks, and by what words of a message its reason is known; a message that is none of these stops the recording.
REASONS = {
    "major": {"there must be a 'releases' property": "releases", "needs a 'releases.breakingChanges' entry": "entry"},
    "rollout": {
        "Release candidates for major version": "major-rc",
        "not set to use progressive rollout": "rollout",
        "not a valid semver": "semver",
    },
    "tags": {"is not of the form": "pair", "At least one tag": "language"},
    "docs-path": {"Could not find": "missing"},
    "deadline": {
        "version is not defined": "version",
        "No upgrade deadline": "missing",
        "is less than 7 days": "soon",
    },
    "action": {"version is not defined": "version", "is missing": "missing", "Invalid `deadlineAction`": "value"},
    "guide": {
        "file is missing": "missing",
        "does not contain the expected header": "title",
        "out of descending order": "order",
        "is missing headings": "heading",
    },
    "changelog": {
        "documentation file is missing": "file",
        "is empty": "empty",
        "missing a 'Changelog' section": "section",
        "changelog entry for version": "entry",
    },
    "semver": {"is missing": "missing", "does not follow": "semver"},
    "pyproject": {
        "dockerImageTag field is missing": "tag",
        "file is missing": "file",
        "invalid toml": "toml",
        "Version field is missing": "missing",
        "have to be consistent": "differs",
    },
    "publish": {
        "is not of the form": "pair",
        "At least one tag": "language",
        "requires a 'releases'": "releases",
        "requires a 'releases.breakingChanges'": "entry",
        "Documentation file not found": "docs",
        "Release candidates for major": "major-rc",
        "RC version requires": "rollout",
        "Invalid semver": "semver",
        "dockerImageTag field is not set": "tag",
    },
}
COMMON = {"requires metadata file": "metadata", "language could not be inferred": "inferred"}


def reason(check, message):
    known = [code for words, code in {**REASONS[check], **COMMON}.items() if words in message]
    if not known:
        raise SystemExit(f"{check} says what is not known here: {message}")
    return known[-1]


class Asker:
    """Asks Airbyte's checks about one folder, which is laid out as the monorepo is."""

    def __init__(self, root, now=TODAY):
        os.environ.update(DO_NOT_TRACK="1", AIRBYTE_OFFLINE_MODE="1")
        logging.disable(logging.CRITICAL)
        os.chdir(root)
        self.airbyte = airbyte()
        self.now = now
        self.settle()

    def settle(self):
        """The day, the registry (in which the version is not yet), and each text parsed once: the checks ask for the
        metadata some fifty times."""
        import yaml
        from jsonschema import Draft7Validator

        asker = self

        class Clock(datetime.datetime):
            @classmethod
            def utcnow(cls):
                return asker.now

        self.airbyte.metadata.datetime = Clock
        self.airbyte.Connector.is_released = False
        read = yaml.safe_load

        @functools.lru_cache(maxsize=8)
        def parsed(text):
            try:
                return read(text), None
            except Exception as error:
                return None, error

        def safe_load(text):
            value, error = parsed(text)
            if error:
                raise error
            return value

        yaml.safe_load = safe_load
        self.safe_load = safe_load

        class WithoutDates(yaml.SafeLoader):
            """What JSON has: a date is a text, and so is every key."""

        dates = "tag:yaml.org,2002:timestamp"
        resolvers = WithoutDates.yaml_implicit_resolvers.items()
        WithoutDates.yaml_implicit_resolvers = {k: [(t, e) for t, e in v if t != dates] for k, v in resolvers}
        self.without_dates = lambda text: json.loads(json.dumps(yaml.load(text, WithoutDates)))
        import airbyte_connector_models.metadata.v0 as models

        published = json.loads((pathlib.Path(models.__path__[0]) / "ConnectorMetadataDefinitionV0.json").read_text())

        def bare(value):
            # Nested ids would make the references lead to nowhere.
            if isinstance(value, dict):
                return {k: bare(v) for k, v in value.items() if k not in ("$id", "$schema")}
            return [bare(v) for v in value] if isinstance(value, list) else value

        self.published = Draft7Validator(bare(published), format_checker=Draft7Validator.FORMAT_CHECKER)

    def schema(self, connector):
        file = connector.metadata_file_path
        options = self.airbyte.metadata_validator.ValidatorOptions(docs_path="", disable_dockerhub_checks=True)
        model, error = self.airbyte.metadata_validator.validate_and_load(file, [], options)
        if model:
            return model, "pass"
        from pydantic import ValidationError

        try:
            self.airbyte.metadata_validator.ConnectorMetadataDefinitionV0.model_validate(self.safe_load(file.read_text()))
        except ValidationError as wrong:
            return None, "fail " + classes((error["loc"], error["type"]) for error in wrong.errors())
        raise SystemExit(f"refused and not refused: {error}")

    def by_published(self, connector):
        value = self.without_dates(connector.metadata_file_path.read_text())
        errors = list(self.published.iter_errors(value))
        if not errors:
            return "pass"
        deepest = [max([error, *(error.context or [])], key=lambda one: len(one.absolute_path)) for error in errors]
        return "fail " + classes((error.absolute_path, error.validator) for error in deepest)

    def answers(self, name):
        """What each check answers of a connector."""
        connector = self.airbyte.Connector(name)
        found = {}

        def ask(check, question):
            try:
                found[check] = question()
            except Exception as error:
                found[check] = f"crash {type(error).__name__}"

        model = None

        def schema():
            nonlocal model
            model, answer = self.schema(connector)
            return answer

        validators = self.airbyte.metadata_validator
        with contextlib.redirect_stdout(io.StringIO()):
            ask("schema", schema)
            ask("published", lambda: self.by_published(connector))
            page = lambda: str(connector.documentation_file_path)  # noqa: E731
            for check, each in {
                "tags": [validators.validate_all_tags_are_keyvalue_pairs, validators.validate_at_least_one_language_tag],
                "major": [validators.validate_major_version_bump_has_breaking_change_entry],
                "docs-path": [validators.validate_docs_path_exists],
                "rollout": [validators.validate_version_and_progressive_rollout_configuration],
            }.items():
                if model is None:
                    found[check] = "-"
                    continue

                def validated(check=check, each=each):
                    options = validators.ValidatorOptions(docs_path=page(), disable_dockerhub_checks=True)
                    for validator in each:
                        passed, message = validator(model, options)
                        if not passed:
                            return f"fail {reason(check, message)}"
                    return "pass"

                ask(check, validated)
            for check, one in {
                "deadline": self.airbyte.metadata.ValidateBreakingChangesDeadlines(),
                "action": self.airbyte.metadata.ValidateBreakingChangesDeadlineAction(),
                "guide": self.airbyte.documentation.CheckMigrationGuide(),
                "changelog": self.airbyte.documentation.CheckChangelogEntry(),
                "semver": self.airbyte.packaging.CheckVersionFollowsSemver(),
                "pyproject": self.airbyte.packaging.CheckConnectorVersionMatchInPyproject(),
            }.items():

                def checked(check=check, one=one):
                    result = one.run(connector)
                    status = result.status.name
                    if status == "FAILED":
                        return f"fail {reason(check, result.message)}"
                    return "pass" if status == "PASSED" else "skip"

                ask(check, checked)

            def publish():
                validate = self.airbyte.validate
                data = self.safe_load(connector.metadata_file_path.read_text())["data"]
                result = validate.validate_metadata(data, validate.ValidateOptions(docs_path=page()))
                return "pass" if result.passed else "fail " + "+".join(reason("publish", one) for one in result.errors)

            ask("publish", publish)
        return found


def classes(errors):
    """Errors of a schema as `place/kind`, those below `releases` first."""
    found = set()
    for place, kind in errors:
        place = [str(part) for part in place]
        inside = place[:2] == ["data", "releases"]
        # The last name on the way says what is meant; keys of entries and positions have none.
        names = [part for part in place if not part.isdigit() and part not in ("data", "[key]")]
        last = "*" if len(names) > 2 and names[-2] in ("breakingChanges", "unsafeDowngrades") else (names or ["data"])[-1]
        if len(names) > 4 and names[1] == "breakingChanges" and last == "unknown":
            last = "*"
        found.add((not inside, f"{last}/{kind}"))
    area = "releases" if any(not outside for outside, _ in found) else "other"
    return f"{area} " + "+".join(one for _, one in sorted(found)[:3])


@contextlib.contextmanager
def inside(folder):
    before = os.getcwd()
    os.chdir(folder)
    try:
        yield
    finally:
        os.chdir(before)


def lay_out(root, name, files, written):
    """Writes what differs from what is there, and what says in which language the connector is written."""
    for file, place in places(name).items():
        text = files.get(file)
        if written.get(place) == text:
            continue
        if text is None:
            (pathlib.Path(root) / place).unlink(missing_ok=True)
        else:
            write(root, place, text)
        written[place] = text


def mark_language(root, name, files):
    own = f"{CONNECTORS}/{name}"
    if "language:java" in files[METADATA]:
        (pathlib.Path(root) / own / "src/main/kotlin").mkdir(parents=True, exist_ok=True)
    elif "language:manifest-only" in files[METADATA]:
        write(root, f"{own}/manifest.yaml", "")
    else:
        # So that a connector without its pyproject.toml is still one in Python.
        write(root, f"{own}/setup.py", "")


def of_case(base, listed, indexes):
    files = base["new"]
    for index in indexes:
        files = mutations.applied(files, listed[index])
    return files


def asked(share):
    """The answers to a share of the cases, in a process of its own."""
    all_bases, listed, picked = share
    answers = []
    with tempfile.TemporaryDirectory() as root:
        asker = Asker(root)
        written = collections.defaultdict(dict)
        for name, base in all_bases.items():
            mark_language(root, name, base["new"])
        for name, indexes in picked:
            lay_out(root, name, of_case(all_bases[name], listed[name], indexes), written[name])
            answers.append({check: answer for check, answer in asker.answers(name).items() if answer != "pass"})
        os.chdir("/")
    return answers


def record(check):
    started = time.monotonic()
    all_bases = bases()
    listed, picked = mutations.cases(all_bases, NUMBER)
    workers = os.cpu_count() or 1
    size = -(-len(picked) // workers)
    shares = [(all_bases, listed, picked[at : at + size]) for at in range(0, len(picked), size)]
    with multiprocessing.Pool(workers) as pool:
        answers = [answer for share in pool.map(asked, shares) for answer in share]
    line = lambda value: json.dumps(value, ensure_ascii=True, separators=(",", ":")) + "\n"  # noqa: E731
    operations = "".join(line([name, *one[:4]]) for name, found in listed.items() for one in found)
    packages = {name: version(name) for name in ("airbyte-internal-ops", "airbyte-connector-models")}
    head = line({"packages": packages, "today": TODAY.date().isoformat()})
    groups = {}
    for (name, indexes), said in zip(picked, answers):
        groups.setdefault((name, json.dumps(said)), []).append(indexes)
    # In the order of the bases, so that a line moves only where its answer changes.
    groups = {key: groups[key] for key in sorted(groups, key=lambda key: (list(listed).index(key[0]), groups[key][0]))}
    recorded = head + "".join(line([name, json.loads(said), own]) for (name, said), own in groups.items())
    seconds = time.monotonic() - started
    files = {FOLDER / "operations.jsonl": operations, FOLDER / "answers.jsonl": recorded}
    named = " and ".join(f"{name} {number}" for name, number in packages.items())
    if not check:
        for path, text in files.items():
            path.write_text(text)
        print(f"{len(picked)} declarations recorded with {named} in {seconds:.0f} s")
        return 0
    wrong = [path for path, text in files.items() if not path.exists() or path.read_text() != text]
    if not wrong:
        print(f"{len(picked)} declarations are answered as recorded, by {named}")
        return 0
    for path in wrong:
        before = path.read_text().splitlines() if path.exists() else []
        now = files[path].splitlines()
        differing = [(a, b) for a, b in zip(before, now) if a != b]
        print(f"{path.name}: {len(differing)} lines differ, {len(now) - len(before)} more", file=sys.stderr)
        for pair in differing[:5]:
            print(*pair, sep="\n  now ", file=sys.stderr)
    print("run `python parity/declarations.py record` and read the difference", file=sys.stderr)
    return 1


def recorded():
    """The operations by base, and the cases: base, indexes, answers."""
    listed = collections.defaultdict(list)
    for line in (FOLDER / "operations.jsonl").read_text().splitlines():
        name, *operation = json.loads(line)
        listed[name].append((*operation, ""))
    _, *lines = (FOLDER / "answers.jsonl").read_text().splitlines()
    groups = [json.loads(line) for line in lines]
    return listed, [(name, indexes, answers) for name, answers, own in groups for indexes in own]


# --- theirs against ours


def globbed(text, pattern):
    """Whether a pattern fits, in which `*` stands for anything."""
    return re.fullmatch(".*".join(map(re.escape, pattern.split("*"))), text, re.S) is not None


class Table:
    """parity/disagreements.toml: which of our checks stand for theirs, and where the two differ on purpose."""

    def __init__(self):
        table = tomllib.loads(TABLE.read_text())
        self.pending = set(table["pending"])
        self.warnings = set(table["warnings"])
        self.checks = table["checks"]
        self.known = table.get("disagreement", [])
        self.hits = collections.Counter()

    @classmethod
    def of(cls, binary):
        """The table for a binary, which may know checks that are not written yet here."""
        table = cls()
        explained = lambda rule: subprocess.run([binary, "explain", rule], capture_output=True).returncode == 0  # noqa: E731
        for rule in sorted(filter(explained, table.pending)):
            print(f"{rule} exists: take it out of `pending` in {TABLE.name}")
            table.pending.discard(rule)
        return table

    def rules(self, check):
        return {rule for rules in self.checks[check].values() for rule in rules if rule != "pass"}

    def compared(self):
        return [check for check in self.checks if not self.rules(check) & self.pending]

    def meant(self, check, theirs):
        """The checks of ours that stand for an answer."""
        fitting = [answer for answer in self.checks[check] if globbed(theirs, answer)]
        if not fitting:
            raise SystemExit(f"{TABLE.name} has no line for {check}: {theirs}")
        return self.checks[check][max(fitting, key=len)]

    def theirs(self, check, answers):
        """The answer of a check, as far as it is about the declaration."""
        theirs = answers.get(check, "pass")
        if theirs in ("pass", "skip", "-"):
            return theirs
        return "pass" if self.meant(check, theirs) == ["pass"] else theirs

    def judged(self, check, answers, ours):
        """`agree`, `reason` (both find a fault, and not the same), `not asked`, or what ours says where the two differ. `ours`
        holds our checks, `!` before an error and `~` before a warning, and `!unread` where a file cannot be read."""
        theirs = self.theirs(check, answers)
        if "!unread" in ours:
            return "agree" if any(answer.startswith(("fail", "crash")) for answer in answers.values()) else "!unread"
        if theirs in ("skip", "-"):
            return "not asked"
        is_fault = lambda rule: rule[0] == "!" or rule[1:] in self.warnings  # noqa: E731
        errors = {rule for rule in ours if is_fault(rule) and rule[1:] in self.checks[check]["pass"]}
        if theirs == "pass":
            return " ".join(sorted(errors)) or "agree"
        rules = self.meant(check, theirs)
        if not rules:
            return "not asked"
        if any(rule[1:] in rules and (is_fault(rule) or theirs.startswith("crash")) for rule in ours):
            return "agree"
        warned = {rule for rule in ours if rule[0] == "~" and rule[1:] in self.checks[check]["pass"]}
        return "reason" if errors else " ".join(sorted(warned)) or "silent"

    def explained(self, check, answers, ours, base, kinds):
        """The known disagreement that this is; real declarations have no kinds of mutations."""
        theirs = self.theirs(check, answers)
        for index, known in enumerate(self.known):
            matches = (
                (check in known["check"] or "*" in known["check"])
                and (kinds is None or not known.get("real"))
                and globbed(theirs, known["theirs"])
                and all(any(globbed(rule, pattern) for pattern in known["ours"]) for rule in ours.split())
                and all(globbed(answers.get(other, "pass"), answer) for other, answer in known.get("when", {}).items())
                and ("bases" not in known or any(globbed(base, pattern) for pattern in known["bases"]))
                and ("mutations" not in known or any(globbed(k, p) for k in kinds or () for p in known["mutations"]))
            )
            if matches:
                self.hits[index] += 1
                return index
        return None

    def compare(self, cases, without=(), is_whole=False, is_brief=False):
        """Counts and prints: `cases` are base, kinds, answers and what ours says. In all cases that are recorded each known
        disagreement has to occur."""
        found = collections.defaultdict(list)
        counts = {check: collections.Counter() for check in self.compared() if check not in without}
        for base, kinds, answers, ours in cases:
            for check in counts:
                judged = self.judged(check, answers, ours)
                if judged in ("agree", "reason", "not asked"):
                    counts[check][judged] += 1
                    continue
                known = self.explained(check, answers, judged, base, kinds)
                counts[check]["unknown" if known is None else "known"] += 1
                place = (base if kinds is None else " + ".join(kinds) or "(base)", base)
                found[check, self.theirs(check, answers), judged, known].append(place)
        heads = ("agree", "reason", "known", "unknown", "not asked")
        print(f"{'':12}" + "".join(f"{head:>11}" for head in heads))
        for check, count in counts.items():
            print(f"{check:12}" + "".join(f"{count[head]:11}" for head in heads))
        left_out = sorted(set(self.checks) - set(self.compared()))
        if left_out:
            print(f"not compared, as checks of ours are not there yet: {', '.join(left_out)}")
        unknown = 0
        order = sorted(found.items(), key=lambda one: (one[0][3] is not None, one[0][3] or 0, -len(one[1])))
        for (check, theirs, ours, known), places in order:
            kinds = collections.Counter(kind for kind, _ in places)
            unknown += len(places) if known is None else 0
            if is_brief and known is not None:
                continue
            why = "NOT KNOWN" if known is None else f"known, {self.known[known]['right']} right" + ", to be mended" * self.known[known].get("mend", False)
            shown = ", ".join(kind for kind, _ in kinds.most_common(9)) + (" …" if len(kinds) > 9 else "")
            print(f"{len(places):5} {check}: theirs {theirs}, ours {ours}: {why}: {shown} (as in {places[0][1]})")
        for index, known in enumerate(self.known):
            if is_whole and not known.get("real") and not self.hits[index] and set(known["check"]) - {"*"} <= set(counts):
                unknown += 1
                print(f"no case of this one: {known['why']}")
        print(f"{unknown} disagreements are not known")
        return 1 if unknown else 0


def intended(binary):
    """What ours says of each mutation alone, against what it should come to by the policy."""
    table = Table()
    judged = {rule for check in table.checks for rule in table.rules(check)} | {"meta-message-empty"}
    listed, cases = recorded()
    singles = [case for case in cases if len(case[1]) == 1]
    should = {name: mutations.operations(base) for name, base in bases().items()}
    found = collections.defaultdict(list)
    agreed = 0
    for (name, (index,), _), own in zip(singles, said(binary, listed, singles)):
        kind, *_, expected = should[name][index]
        expected = {rule for rule in expected.split() if rule[0] == "!"} or ({"!unread"} if expected == "unreadable" else set())
        own = {f"!{rule[1:]}" for rule in own if rule[0] == "!" or rule[1:] in table.warnings}
        own = {rule for rule in own if rule[1:] in judged or rule == "!unread"}
        agreed += expected == own
        for word, rules in (("lacks", expected - own), ("more", own - expected)):
            for rule in rules:
                found[rule, word].append((kind, name))
    print(f"{agreed} of {len(singles)} single mutations come to what they should")
    for (rule, word), places in sorted(found.items()):
        kinds = collections.Counter(kind for kind, _ in places)
        print(f"{len(places):5} {word:5} {rule}: {', '.join(kinds)} (as in {places[0][1]})")
    return 0


def problems(binary, old, new, today):
    """Our problems of a release, `!` before an error and `~` before a warning."""
    command = [binary, "check", old, new, "--format", "json", *today]
    run = subprocess.run(command, capture_output=True, text=True)
    if not run.stdout:
        raise SystemExit(f"{binary} says nothing: {run.stderr}")
    report = json.loads(run.stdout)["connectors"][0]
    level = lambda one: "!" if one["level"] == "error" else "~"  # noqa: E731
    return {level(one) + one["rule"] for one in report["problems"]} | ({"!unread"} if report["errors"] else set())


def today_of(binary, day):
    """The day of the comparison, where the binary takes one."""
    known = "--today" in subprocess.run([binary, "check", "--help"], capture_output=True, text=True).stdout
    return ["--today", day] if known else []


def seen(share):
    """Our problems of a share of the cases."""
    binary, today, all_bases, listed, picked = share
    found = []
    with tempfile.TemporaryDirectory() as root:
        written = collections.defaultdict(dict)
        for name, base in all_bases.items():
            for side in ("old", "new"):
                lay_out(f"{root}/{side}", name, base[side], written[side, name])
                write(f"{root}/{side}", f"{CONNECTORS}/{name}/spec.json", SPEC)
        for name, indexes, _ in picked:
            lay_out(f"{root}/new", name, of_case(all_bases[name], listed[name], indexes), written["new", name])
            own = [f"{root}/{side}/{CONNECTORS}/{name}" for side in ("old", "new")]
            found.append(sorted(problems(binary, *own, today)))
    return found


def said(binary, listed, cases):
    """Our problems of each case."""
    today = today_of(binary, TODAY.date().isoformat())
    workers = os.cpu_count() or 1
    size = -(-len(cases) // workers)
    shares = [(binary, today, bases(), listed, cases[at : at + size]) for at in range(0, len(cases), size)]
    with multiprocessing.Pool(workers) as pool:
        return [one for share in pool.map(seen, shares) for one in share]


def compare(binary, is_brief):
    binary = str(pathlib.Path(binary).resolve())
    table = Table.of(binary)
    listed, cases = recorded()
    ours = said(binary, listed, cases)
    named = lambda name, indexes: [listed[name][index][0] for index in indexes]  # noqa: E731
    return table.compare([(n, named(n, i), answers, set(own)) for (n, i, answers), own in zip(cases, ours)], is_whole=True, is_brief=is_brief)


def main(arguments):
    match arguments:
        case ["record"]:
            return record(check=False)
        case ["record", "--check"]:
            return record(check=True)
        case ["intended", binary]:
            return intended(str(pathlib.Path(binary).resolve()))
        case ["compare", binary, *brief] if brief in ([], ["--brief"]):
            return compare(binary, bool(brief))
        case ["ask", folder, connector, *day]:
            now = datetime.datetime.fromisoformat(day[0]) if day else datetime.datetime.utcnow()
            print(json.dumps(Asker(folder, now).answers(connector), indent=1))
            return 0
        case ["real", mirror, *binary]:
            import real_declarations

            return real_declarations.main(mirror, *binary)
    print(__doc__, file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
