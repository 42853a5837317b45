"""Airbyte's own checks over all real declarations of a clone of the monorepo: those at its head, and each commit that adds,
edits or removes an entry, as of its day. Prints what they answer, and where a binary of ours differs. Texts stay in a
temporary folder.
"""

import collections
import datetime
import os
import pathlib
import re
import subprocess
import tempfile

import declarations
from mutations import GUIDE, METADATA, PAGE, PYPROJECT

import yaml

LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class Git:
    """Objects of a clone, read through one process."""

    def __init__(self, folder):
        self.folder = folder
        command = ["git", "-C", folder, "cat-file", "--batch"]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def read(self, name):
        """An object as text, or nothing."""
        self.process.stdin.write(f"{name}\n".encode())
        self.process.stdin.flush()
        head = self.process.stdout.readline().split()
        if head[-1] == b"missing" or len(head) != 3:
            return None
        body = self.process.stdout.read(int(head[2]))
        self.process.stdout.read(1)
        return body.decode(errors="replace") if head[1] == b"blob" else None

    def lines(self, *arguments):
        run = subprocess.run(["git", "-C", self.folder, *arguments], capture_output=True, text=True, check=True)
        return run.stdout.splitlines()


def entries(text):
    """The entries of a metadata file, in a form that can be compared; nothing where it cannot be read."""
    if not text or "breakingChanges" not in text:
        return {}
    try:
        releases = (yaml.load(text, LOADER) or {}).get("data", {}).get("releases") or {}
        return {str(key): repr(value) for key, value in (releases.get("breakingChanges") or {}).items()}
    except (yaml.YAMLError, AttributeError):
        return None


def commits(git):
    """Commits that change entries: commit, time, connector, old and new text, what they do."""
    path = f"{declarations.CONNECTORS}/*/{METADATA}"
    log = ["log", "--first-parent", "--raw", "--no-abbrev", "--no-renames", "--reverse", "--format=commit %H %ct", "HEAD"]
    commit = seconds = None
    for line in git.lines(*log, "--", path):
        if line.startswith("commit "):
            _, commit, seconds = line.split()
        elif line.startswith(":") and "\t" in line:
            parts, path = line.split("\t")
            _, _, old, new, _ = parts.split()
            connector = path.split("/")[2]
            if len(path.split("/")) != 4 or not connector.startswith(("source-", "destination-")):
                continue
            before, after = (None if set(blob) == {"0"} else git.read(blob) for blob in (old, new))
            if before is None or after is None or before == after:
                continue
            was, is_now = entries(before), entries(after)
            if was is None or is_now is None or was == is_now:
                continue
            done = [
                word
                for word, some in {
                    "adds": is_now.keys() - was.keys(),
                    "removes": was.keys() - is_now.keys(),
                    "edits": {key for key in was.keys() & is_now.keys() if was[key] != is_now[key]},
                }.items()
                if some
            ]
            yield commit, int(seconds), connector, before, after, "+".join(done)


def files_at(git, commit, connector, metadata):
    """The files of a connector at a commit, by their places."""
    found = {place: git.read(f"{commit}:{place}") for place in declarations.places(connector).values()}
    found[declarations.places(connector)[METADATA]] = metadata
    # The page is where documentationUrl says.
    url = re.search(r"^ *documentationUrl: *[\"']?https://docs\.airbyte\.com/([^\s\"'#]+)", metadata, re.M)
    if url:
        page = f"docs/{url.group(1).strip('/')}.md"
        found.setdefault(page, git.read(f"{commit}:{page}"))
    return {place: text for place, text in found.items() if text is not None}


def lay_out(root, git, commit, connector, files):
    """The files, and empty ones in the places of those by which the language is known."""
    for place, text in files.items():
        declarations.write(root, place, text)
    own = f"{declarations.CONNECTORS}/{connector}"
    module = connector.replace("-", "_")
    for place in ("manifest.yaml", f"{module}/manifest.yaml", "setup.py", "src/main/java", "src/main/kotlin"):
        known = git.lines("ls-tree", "--name-only", commit, "--", f"{own}/{place}")
        if known and "src" in place:
            (pathlib.Path(root) / own / place).mkdir(parents=True, exist_ok=True)
        elif known:
            declarations.write(root, f"{own}/{place}", "")


def answers_table(title, rows):
    """What each check answers, counted, with a few names."""
    print(f"\n{title}")
    counted = collections.defaultdict(lambda: collections.defaultdict(list))
    for name, answers in rows:
        for check, answer in answers.items():
            counted[check][answer].append(name)
    for check, by_answer in counted.items():
        ordered = sorted(by_answer.items(), key=lambda one: (one[0] != "pass", -len(one[1])))
        told = [f"{len(by_answer.get('pass', []))} pass"]
        for answer, names in ordered:
            if answer == "pass":
                continue
            few = f" ({', '.join(names[:3])}{' …' if len(names) > 3 else ''})" if answer not in ("-", "skip") else ""
            told.append(f"{len(names)} {answer}{few}")
        print(f"  {check}: {'; '.join(told[:9])}{'; …' if len(told) > 9 else ''}")


def our_side(root, connector, files, metadata):
    own = f"{declarations.CONNECTORS}/{connector}"
    for place, text in {**files, f"{own}/{METADATA}": metadata, f"{own}/spec.json": declarations.SPEC}.items():
        declarations.write(root, place, text)
    return f"{root}/{own}"


def version(text):
    """The version of a metadata file."""
    found = re.search(r"^ *dockerImageTag: *[\"']?([^\s\"'#]+)", text, re.M)
    return found and found.group(1)


def without_releases(text):
    """The metadata as it was before anything was declared."""
    kept = re.sub(r"^  releases:.*\n(?:(?:    .*| *| *#.*)\n)*", "", text, flags=re.M)
    return re.sub(r"^(  dockerImageTag:).*", r"\1 0.0.1", kept, flags=re.M)


def main(mirror, binary=None):
    binary = binary and str(pathlib.Path(binary).resolve())
    git = Git(str(pathlib.Path(mirror).resolve()))
    head, seconds = git.lines("log", "-1", "--format=%H %ct")[0].split()
    moment = lambda seconds: datetime.datetime.fromtimestamp(int(seconds), datetime.timezone.utc).replace(tzinfo=None)  # noqa: E731
    places = git.lines("ls-tree", "-r", "--name-only", head, "--", declarations.CONNECTORS)
    connectors = [place.split("/")[2] for place in places if re.fullmatch(rf"{declarations.CONNECTORS}/[^/]+/{METADATA}", place)]
    table = declarations.Table.of(binary) if binary else None
    failed = 0
    with tempfile.TemporaryDirectory() as root:
        asker = declarations.Asker(root, moment(seconds))
        rows, ours = [], []
        for connector in connectors:
            text = git.read(f"{head}:{declarations.CONNECTORS}/{connector}/{METADATA}")
            if not re.search(r"^  releases:", text, re.M):
                continue
            files = files_at(git, head, connector, text)
            lay_out(root, git, head, connector, files)
            rows.append((connector, asker.answers(connector)))
            if binary:
                with tempfile.TemporaryDirectory() as sides:
                    old = our_side(f"{sides}/old", connector, {}, without_releases(text))
                    new = our_side(f"{sides}/new", connector, files, text)
                    today = declarations.today_of(binary, moment(seconds).date().isoformat())
                    ours.append((*rows[-1], declarations.problems(binary, old, new, today)))
        answers_table(f"{len(rows)} declarations at the head, as of that day", rows)
        if binary:
            # All entries count as new here, and their deadlines have passed; theirs looks at the tag's own alone.
            cases = [(name, None, answers, problems) for name, answers, problems in ours]
            failed |= table.compare(cases, without=("deadline", "action", "major", "rollout"))
        os.chdir("/")
    by_what = collections.defaultdict(list)
    ours = []
    for commit, seconds, connector, before, after, done in commits(git):
        files = files_at(git, commit, connector, after)
        with tempfile.TemporaryDirectory() as root:
            lay_out(root, git, commit, connector, files)
            with declarations.inside(root):
                asker.now = moment(seconds)
                # Where the version stays the same, it was released before, and two of the checks do not run.
                asker.airbyte.Connector.is_released = version(before) == version(after)
                row = (f"{connector} {commit[:8]}", asker.answers(connector))
            by_what[done].append(row)
            if binary:
                old = our_side(f"{root}/old", connector, {}, before)
                new = our_side(f"{root}/new", connector, files, after)
                today = declarations.today_of(binary, asker.now.date().isoformat())
                ours.append((row[0], None, row[1], declarations.problems(binary, old, new, today)))
    for done, rows in by_what.items():
        answers_table(f"{len(rows)} commits, each of which {done} entries", rows)
    if binary:
        failed |= table.compare(ours)
    return failed
