#!/usr/bin/env python3
"""Builds the program twice: once so that it counts what runs, and then as the counts say.

    python3 benches/guided.py [--target TARGET] [--counts FILE]

The first program compares small inputs of every shape of `benches/inputs`, every case of the corpus, and the demo in every format. In
the second one what ran is made for speed; what never ran is made for size. It is `target/TARGET/dist/connector-diff`. With `--counts`
it is not built: the counts are written to a file, and the last line says with which RUSTFLAGS the profile `dist` is to be built for the
same target. A flag of the profile that differs gives functions other names, and then no count is found.

For Linux on x86-64 what ran lies together besides: the system maps 64 kB and more around each piece of code that runs, so that pieces
which lie anywhere take most of the program into memory. Blocks that never ran are taken out of their functions, and the linker is told an
order (FILE with the ending `.order`): functions that ran in most of the works first, and then, in the same order, what was taken out.

It needs git and `llvm-profdata` of the compiler (`rustup component add llvm-tools`) or one of LLVM 19 or later, and takes twice as
long as `cargo build --profile dist`.
"""

import argparse
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
# Small, so that what a process does once counts for something.
WORKS = [
    "spec-options 20",
    "spec-required 50",
    "spec-added 50",
    "spec-renamed 20",
    "spec 50 5",
    "spec 50 25",
    "fields-removed 300",
    "fields-added 300",
    "fields-renamed 300",
    "fields-retyped 500",
    "streams-shuffled 500",
    "streams-renamed 100",
    "catalog 100 50 2",
    "catalog 100 50 100",
    "catalog-sorted 100 50 2",
    "streams-tiny 5000 2",
    "ignore-globs 100",
    "waivers 100",
    "state 10 500",
    "connectors 10",
]
SIDES = ["old", "new"]
# What breaks nothing, and what does.
COMPARED = {0, 1}
# The corpus has sides that are not there, or that nobody can read.
SAID = {0, 1, 2, 3}
FORMATS = ["text", "markdown", "json", "html", "sarif", "github", "junit", "gitlab"]
WEIGHT = 1000
OLDEST_LLVM = 19


def host() -> str:
    said = subprocess.run(["rustc", "-vV"], check=True, capture_output=True, text=True).stdout
    return re.search(r"^host: (.*)$", said, re.M)[1]


def profdata() -> str:
    """The program that puts counts together: the compiler's own, or one on PATH that reads what the compiler writes."""
    sysroot = subprocess.run(["rustc", "--print", "sysroot"], check=True, capture_output=True, text=True).stdout.strip()
    own = pathlib.Path(sysroot) / "lib/rustlib" / host() / "bin/llvm-profdata"
    for candidate in [own, own.with_suffix(".exe")]:
        if candidate.exists():
            return str(candidate)
    for name in ["llvm-profdata", *(f"llvm-profdata-{version}" for version in range(40, OLDEST_LLVM - 1, -1))]:
        found = shutil.which(name)
        if not found:
            continue
        said = subprocess.run([found, "show", "--version"], capture_output=True, text=True).stdout
        version = re.search(r"LLVM version (\d+)", said)
        if version and int(version[1]) >= OLDEST_LLVM:
            return found
    sys.exit("error: there is no llvm-profdata: run `rustup component add llvm-tools`")


def guided_by(counts: pathlib.Path, target: str) -> str:
    # What comes to the last thousandth of all that is counted is made for size. By default it is the last millionth.
    flags = [f"-Cprofile-use={counts.resolve()}", "-Cllvm-args=-profile-summary-cutoff-cold=999000"]
    if target == "x86_64-unknown-linux-gnu":
        # Its linker is the one that comes with the compiler, and knows these. Most functions of the order are part of others by then.
        order = [f"--symbol-ordering-file={order_of(counts).resolve()}", "--no-warn-symbol-ordering"]
        # Blocks are taken out where they never ran at all.
        split = ["-enable-split-machine-functions", "-mfs-psi-cutoff=0"]
        flags += [*(f"-Clink-arg=-Wl,{flag}" for flag in order), *(f"-Cllvm-args={flag}" for flag in split)]
    return " ".join(flags)


def order_of(counts: pathlib.Path) -> pathlib.Path:
    return counts.with_suffix(".order")


def build(target: str, folder: pathlib.Path, flags: str) -> pathlib.Path:
    environment = os.environ | {"RUSTFLAGS": f"{os.environ.get('RUSTFLAGS', '')} {flags}".strip()}
    command = ["cargo", "build", "--profile", "dist", "--locked", "--bin", "connector-diff"]
    subprocess.run([*command, "--target", target, "--target-dir", folder], cwd=ROOT, env=environment, check=True)
    program = folder / target / "dist/connector-diff"
    return program if program.exists() else program.with_suffix(".exe")


def run(program: pathlib.Path, arguments: list, folder: pathlib.Path, counts: pathlib.Path, codes: set = COMPARED) -> None:
    environment = os.environ | {"LLVM_PROFILE_FILE": str(counts / "%m.profraw")}
    done = subprocess.run([program, *arguments], cwd=folder, env=environment, capture_output=True)
    if done.returncode not in codes:
        said = done.stderr.decode(errors="replace")
        sys.exit(f"error: {' '.join(map(str, arguments))} in {folder}: exit code {done.returncode}\n{said}")


def sides(case: pathlib.Path, folder: pathlib.Path) -> list:
    """The two sides of a case of the corpus: its folders, or the files that its blocks hold."""
    if case.name == "README.md":
        return [case.parent / side for side in SIDES]
    for side in SIDES:
        (folder / side).mkdir(parents=True)
    for name, _, text in re.findall(r"^## `?((?:old|new)/[^`\n]+)`?\n+(`{3,})[^\n]*\n(.*?)^\2$", case.read_text(), re.M | re.S):
        file = folder / name.strip()
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    return [folder / side for side in SIDES]


def count(program: pathlib.Path, counts: pathlib.Path) -> None:
    """Runs the program on all works, and writes what each kind of them counts to a folder of its own."""
    with tempfile.TemporaryDirectory() as folder:
        inputs = pathlib.Path(folder) / "inputs"
        subprocess.run(["rustc", "--edition", "2024", "-O", ROOT / "benches/inputs/main.rs", "-o", inputs], check=True)
        for work in WORKS:
            shape, *numbers = work.split()
            made = pathlib.Path(folder) / work.replace(" ", "-")
            made.mkdir()
            subprocess.run([inputs, shape, made, *numbers], check=True, stdout=subprocess.DEVNULL)
            run(program, (made / "arguments").read_text().splitlines(), made, counts / made.name)
        cases = sorted([*(ROOT / "corpus").glob("*/*.md"), *(ROOT / "corpus").glob("*/*/README.md")])
        for number, case in enumerate(cases):
            form = FORMATS[number % len(FORMATS)]
            asked = ["check", *sides(case, pathlib.Path(folder) / str(number)), "--format", form]
            run(program, asked, ROOT, counts / form, SAID)
    demo = [ROOT / "corpus/demo" / side / "source-bookshop" for side in SIDES]
    for form in FORMATS:
        run(program, ["check", *demo, "--format", form], ROOT, counts / form)


def put_together(raw: pathlib.Path, counts: pathlib.Path) -> None:
    """Writes the counts of all works, and the order of functions: what runs in most works first, and by the works that it runs in."""
    merge = [profdata(), "merge", "-o", counts]
    # Where a function becomes part of others each of them gets a share of its counts, and what comes to less than one would never run.
    subprocess.run([*merge, f"--weighted-input={WEIGHT},{raw}"], check=True)
    show = [profdata(), "show", "--all-functions", "--value-cutoff=1"]
    works: dict[str, list[str]] = {}
    with tempfile.TemporaryDirectory() as folder:
        for kind in sorted(raw.iterdir()):
            one = pathlib.Path(folder) / kind.name
            subprocess.run([profdata(), "merge", "-o", one, kind], check=True)
            ran = subprocess.run([*show, one], check=True, capture_output=True, text=True).stdout
            # The name of what is not seen outside of its unit stands after that of the unit.
            for name in re.findall(r"^  (?:[^ ;]*;)?([^ ;]+):$", ran, re.M):
                works.setdefault(name, []).append(kind.name)
    order = sorted(works, key=lambda name: (-len(works[name]), works[name], name))
    order_of(counts).write_text("".join(f"{name}\n" for name in [*order, *(f"{name}.cold" for name in order)]))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--target", default=host(), help="what to build for, where its programs run here [default: %(default)s]")
    parser.add_argument("--counts", type=pathlib.Path, metavar="FILE", help="write the counts to a file and build nothing with them")
    options = parser.parse_args()
    # What is missing is told before the long build.
    profdata()
    folder = ROOT / "target/guided"
    # The place is one of the flags: with the same one, what was built is found again.
    raw = folder / "raw"
    program = build(options.target, folder, f"-Cprofile-generate={raw}")
    shutil.rmtree(raw, ignore_errors=True)
    count(program, raw)
    counts = options.counts or folder / "counts.profdata"
    put_together(raw, counts)
    flags = guided_by(counts, options.target)
    print(flags if options.counts else build(options.target, ROOT / "target", flags))


if __name__ == "__main__":
    main()
