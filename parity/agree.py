"""Asks outside programs whether they read our reports as we mean them: Markdown engines, and PyYAML for what authors
paste. Prints a line for each; what it printed last is kept in parity/agree.txt.

Usage: agree.py BINARY FOLDER, where FOLDER holds the engines of parity/markdown/package.json."""

import json
import re
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path

import yaml

HERE = Path(__file__).resolve().parent
NAMES = json.loads((HERE.parent / "tests/data/hostile_names.json").read_text())


def side(folder, version, names, kind, connector="source-lantern"):
    """A source whose streams have these names."""
    folder.mkdir(parents=True, exist_ok=True)
    streams = []
    for name in names:
        schema = {"type": "object", "properties": {name: {"type": kind}, "id": {"type": kind}}}
        streams.append({"name": name, "json_schema": schema, "source_defined_primary_key": [[name]]})
    (folder / "catalog.json").write_text(json.dumps({"streams": streams}))
    metadata = {"dockerImageTag": version, "dockerRepository": f"lantern/{connector}", "connectorType": "source"}
    (folder / "metadata.yaml").write_text(json.dumps({"data": metadata}))


def report(binary, names, output):
    """The report on a release that changes the types of all fields."""
    with tempfile.TemporaryDirectory() as folder:
        old, new = Path(folder) / "old", Path(folder) / "new"
        side(old, "1.0.0", names, "integer")
        side(new, "1.1.0", names, "string")
        run = subprocess.run([binary, "check", "old", "new", *output], cwd=folder, capture_output=True)
        return run.stdout.decode()


def comment(binary, names, output):
    """The report on a branch that does the same to three connectors, one of them with these names."""
    with tempfile.TemporaryDirectory() as folder:
        connectors = {"source-lantern": names, "source-harbour": ["plain"], "source-attic": ["plain"]}

        def write(version, kind):
            for connector, streams in connectors.items():
                side(Path(folder) / "connectors" / connector, version, streams, kind, connector)

        git = ["git", "-c", "user.name=a", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false"]
        write("1.0.0", "integer")
        for step in (["init", "--quiet"], ["add", "."], ["commit", "--quiet", "-m", "a"]):
            subprocess.run([*git, *step], cwd=folder, check=True)
        write("1.1.0", "string")
        run = subprocess.run([binary, "check", "--base", "HEAD", *output], cwd=folder, capture_output=True)
        return run.stdout.decode()


def elements(page):
    return re.findall(r"<[^>]*>", page)


def cmark(text):
    extensions = [word for name in ("table", "autolink", "strikethrough", "tasklist") for word in ("-e", name)]
    run = subprocess.run(["cmark-gfm", "--unsafe", *extensions], input=text.encode(), capture_output=True)
    return run.stdout.decode()


def engines(pages, folder):
    run = subprocess.run(
        ["node", "engines.mjs"], cwd=folder, input=json.dumps(pages).encode(), capture_output=True, check=True
    )
    return json.loads(run.stdout)


# As a comment looks on GitHub: a table that is wider than the page scrolls.
STYLE = """body { font: 14px/1.5 sans-serif; margin: 16px; overflow-wrap: break-word }
table { border-collapse: collapse; display: block; overflow: auto; max-width: 100% }
td, th { border: 1px solid #ccc; padding: 6px 13px } code { background: #eee; padding: 2px 4px }
pre { background: #eee; padding: 12px; overflow: auto } pre code { padding: 0 }"""
MEASURE = "document.title = document.documentElement.scrollWidth"


def screenshots(binary, folder):
    """Pictures of the demo's report at two widths, in the folder; the widths that the page takes."""
    sides = [HERE.parent / "corpus/demo" / which / "source-bookshop" for which in ("old", "new")]
    run = subprocess.run([binary, "check", *sides, "--format", "markdown"], capture_output=True)
    page = engines([["demo", run.stdout.decode()]], folder)["remark-gfm with rehype-sanitize"][0]
    page = page.replace("<details>", "<details open>")
    source = Path(folder) / "report.html"
    source.write_text(f"<meta charset=utf-8><style>{STYLE}</style>{page}<script>{MEASURE}</script>")
    taken = []
    for width in (1200, 520):
        with tempfile.TemporaryDirectory() as profile:
            flags = "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking"
            browser = ["chromium", *flags.split(), "--disable-component-update", "--disable-sync"]
            browser += [f"--user-data-dir={profile}", f"--window-size={width},1600"]
            picture = Path(folder) / f"report-{width}.png"
            subprocess.run([*browser, f"--screenshot={picture}", source.as_uri()], capture_output=True, check=True)
            dom = subprocess.run([*browser, "--dump-dom", source.as_uri()], capture_output=True, check=True)
        taken.append((width, int(re.search(r"<title>(\d+)", dom.stdout.decode()).group(1))))
    return taken


def main(binary, folder):
    failed = False
    limits = [["--format", "markdown"], ["--format", "markdown", "--max-chars", "3000"]]
    for limit, make in [(limit, make) for make in (report, comment) for limit in limits]:
        if limit == limits[0]:
            whole = {}
        pages = [[name, make(binary, [name], limit)] for name in [*NAMES, "plain"]]
        rendered = {**engines(pages, folder), "cmark-gfm": [cmark(text) for _, text in pages]}
        for engine, found in rendered.items():
            expected = Counter(elements(found[-1]))
            # How much of a report fits depends on how long a name is; what is shown is part of the whole.
            most = expected + whole.setdefault(engine, expected)
            fits = (lambda page: page == expected) if limit == limits[0] else (lambda page: page <= most)
            wrong = [name for name, page in zip(NAMES, found) if not fits(Counter(elements(page)))]
            failed |= bool(wrong)
            what = " ".join(limit[2:]) or "whole"
            what = f"{what}, three connectors" if make is comment else what
            print(f"{engine}, {what}: {len(NAMES) - len(wrong)} of {len(NAMES)} names add no element {wrong or ''}".rstrip())
    right = 0
    for names in [*([name] for name in NAMES), NAMES, ["no", "1e3", "~", "2024-01-01", "=", "<<", "null", "", " ", "a: b"]]:
        text = report(binary, names, ["--format", "text", "-v"])
        lines = re.split(r"to declare it .*, in metadata\.yaml:\n", text)[1].split("and in docs/")[0]
        entry = yaml.safe_load(lines)["data"]["releases"]["breakingChanges"]["2.0.0"]
        streams = entry["scopedImpact"][0]["impactedScopes"]
        right += sorted(streams) == sorted(names)
    total = len(NAMES) + 2
    failed |= right != total
    print(f"PyYAML: {right} of {total} drafted entries name the streams as they are")
    for width, taken in screenshots(binary, folder):
        failed |= taken > width
        print(f"Chromium: the demo's comment on {width} pixels takes {'no more' if taken <= width else taken}")
    return failed


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
