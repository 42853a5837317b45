#!/usr/bin/env python3
"""Builds the program twice: once so that it counts what runs, and then as the counts say.

    python3 benches/guided.py [--target TARGET] [--counts FILE]

The first program compares small inputs of every shape of `benches/inputs` and writes the demo in every format. In the second one
what ran is made for speed and lies together; what never ran is made for size. It is `target/TARGET/dist/connector-diff`. With
`--counts` it is not built: the counts are written to a file, and the last line says with which RUSTFLAGS the profile `dist` is
to be built for the same target. A flag of the profile that differs gives functions other names, and then no count is found.

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
FORMATS = ["text", "markdown", "json", "html", "sarif", "github", "junit", "gitlab"]
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
    flags = f"-Cprofile-use={counts.resolve()}"
    # Without it one of the linkers puts what runs between what does not.
    return flags + (" -Clink-arg=-Wl,-z,keep-text-section-prefix" if target.endswith("-linux-gnu") else "")


def build(target: str, folder: pathlib.Path, flags: str) -> pathlib.Path:
    environment = os.environ | {"RUSTFLAGS": f"{os.environ.get('RUSTFLAGS', '')} {flags}".strip()}
    command = ["cargo", "build", "--profile", "dist", "--locked", "--bin", "connector-diff"]
    subprocess.run([*command, "--target", target, "--target-dir", folder], cwd=ROOT, env=environment, check=True)
    program = folder / target / "dist/connector-diff"
    return program if program.exists() else program.with_suffix(".exe")


def run(program: pathlib.Path, arguments: list, folder: pathlib.Path, counts: pathlib.Path) -> None:
    environment = os.environ | {"LLVM_PROFILE_FILE": str(counts / "%4m.profraw")}
    done = subprocess.run([program, *arguments], cwd=folder, env=environment, stdout=subprocess.DEVNULL)
    # 0: nothing breaks, 1: something does. Anything else means that the comparison was not made.
    if done.returncode not in (0, 1):
        sys.exit(f"error: {' '.join(map(str, arguments))} in {folder}: exit code {done.returncode}")


def count(program: pathlib.Path, counts: pathlib.Path) -> None:
    with tempfile.TemporaryDirectory() as folder:
        inputs = pathlib.Path(folder) / "inputs"
        subprocess.run(["rustc", "--edition", "2024", "-O", ROOT / "benches/inputs/main.rs", "-o", inputs], check=True)
        for work in WORKS:
            shape, *numbers = work.split()
            made = pathlib.Path(folder) / work.replace(" ", "-")
            made.mkdir()
            subprocess.run([inputs, shape, made, *numbers], check=True, stdout=subprocess.DEVNULL)
            run(program, (made / "arguments").read_text().splitlines(), made, counts)
    sides = [ROOT / "corpus/demo" / side / "source-bookshop" for side in ["old", "new"]]
    for form in FORMATS:
        run(program, ["check", *sides, "--format", form], ROOT, counts)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--target", default=host(), help="what to build for, where its programs run here [default: %(default)s]")
    parser.add_argument("--counts", type=pathlib.Path, metavar="FILE", help="write the counts to a file and build nothing with them")
    options = parser.parse_args()
    merge = profdata()
    folder = ROOT / "target/guided"
    # The place is one of the flags: with the same one, what was built is found again.
    raw = folder / "raw"
    program = build(options.target, folder, f"-Cprofile-generate={raw}")
    shutil.rmtree(raw, ignore_errors=True)
    count(program, raw)
    counts = options.counts or folder / "counts.profdata"
    subprocess.run([merge, "merge", "-o", counts, raw], check=True)
    flags = guided_by(counts, options.target)
    print(flags if options.counts else build(options.target, ROOT / "target", flags))


if __name__ == "__main__":
    main()
