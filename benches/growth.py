#!/usr/bin/env python3
"""How the work grows with the input, in instructions, which repeat to a thousandth on any machine.

    cargo build --release && python3 benches/growth.py [--write benches/growth.txt] [SHAPE…]

Each shape of `benches/inputs` is made in four sizes, each twice the one before, and `check` is run on each under
valgrind's cachegrind with one thread. A doubling that takes more than 2.1 times the instructions is a fault: exit code 1.
It needs valgrind, git and rustc, and takes some minutes.
"""

import argparse
import pathlib
import re
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
MOST = 2.1

# Each shape with the numbers it takes, where `n` is the one that is doubled, and its smallest size.
SHAPES = [
    ("spec-options", "n", 20),
    ("spec-required", "n", 50),
    ("spec-added", "n", 100),
    ("spec-renamed", "n", 50),
    ("spec", "n n/2", 50),
    ("fields-removed", "n", 4000),
    ("fields-added", "n", 4000),
    ("fields-renamed", "n", 2000),
    ("fields-retyped", "n", 4000),
    ("streams-shuffled", "n", 3000),
    ("streams-renamed", "n", 1000),
    ("catalog", "n 20 100", 500),
    ("catalog", "n 20 2", 500),
    ("catalog-sorted", "n 20 2", 500),
    ("streams-tiny", "n 2", 10000),
    ("ignore-globs", "n", 1000),
    ("waivers", "n", 500),
    ("state", "10 n", 1000),
    ("connectors", "n", 10),
]


def instructions(binary: pathlib.Path, folder: pathlib.Path) -> int:
    arguments = (folder / "arguments").read_text().splitlines()
    command = ["valgrind", "--tool=cachegrind", "--cache-sim=no", "--cachegrind-out-file=/dev/null", binary]
    done = subprocess.run([*command, *arguments, "--threads", "1"], cwd=folder, capture_output=True, text=True)
    counted = re.search(r"I\s+refs:\s+([\d,]+)", done.stderr)
    # 0: nothing breaks, 1: something does. Anything else means that the comparison was not made.
    if counted is None or done.returncode not in (0, 1):
        sys.exit(f"error: {' '.join(arguments)} in {folder}: exit code {done.returncode}\n{done.stderr}")
    return int(counted[1].replace(",", ""))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("shapes", nargs="*", metavar="SHAPE", help="only these [default: all]")
    parser.add_argument("--binary", type=pathlib.Path, default=ROOT / "target/release/connector-diff")
    parser.add_argument("--doublings", type=int, default=3)
    parser.add_argument("--write", type=pathlib.Path, metavar="FILE", help="write the table to a file too")
    options = parser.parse_args()
    unknown = set(options.shapes) - {name for name, _, _ in SHAPES}
    if unknown:
        parser.error(f"there is no shape {', '.join(sorted(unknown))}")
    inputs = ROOT / "target/inputs"
    subprocess.run(["rustc", "--edition", "2024", "-O", ROOT / "benches/inputs/main.rs", "-o", inputs], check=True)
    lines = [f"{'shape':<28} {'instructions, in millions':<40} ratio per doubling"]
    print(lines[0])
    over = []
    for name, form, smallest in SHAPES:
        if options.shapes and name not in options.shapes:
            continue
        counts = []
        sizes = [smallest << doubling for doubling in range(options.doublings + 1)]
        for size in sizes:
            numbers = [str(size // 2 if part == "n/2" else size if part == "n" else part) for part in form.split()]
            with tempfile.TemporaryDirectory() as folder:
                subprocess.run([inputs, name, folder, *numbers], check=True)
                counts.append(instructions(options.binary.resolve(), pathlib.Path(folder)))
        ratios = [after / before for before, after in zip(counts, counts[1:])]
        label = f"{name} {form.replace('n', str(smallest), 1) if form != 'n n/2' else f'{smallest} {smallest // 2}'}"
        millions = " ".join(f"{count / 1e6:9,.0f}" for count in counts)
        shown = " ".join(f"{ratio:5.2f}" for ratio in ratios)
        is_over = max(ratios) > MOST
        if is_over:
            over.append(label)
        lines.append(f"{label:<28} {millions:<40} {shown}{'  over ' + str(MOST) if is_over else ''}")
        print(lines[-1], flush=True)
    if options.write:
        options.write.write_text("\n".join(lines) + "\n")
    if over:
        sys.exit(f"error: more than {MOST} times the instructions for twice the input: {'; '.join(over)}")


if __name__ == "__main__":
    main()
