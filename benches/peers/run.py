#!/usr/bin/env python3
"""What other programs take for the same files, in one run: read the ratios.

    cargo build --profile dist && python3 benches/peers/run.py [--write docs/…] [--seconds 120]

It makes a virtual environment and a folder of npm packages below `target/`, of the versions that are pinned beside it, and
leaves out what is not there: node, or a Python that the packages take. Each program is a process of its own that reads the
two files, compares them and ends; what is counted is its CPU time. What takes longer than `--seconds` is stopped and told so.
It needs a Unix, rustc for the inputs, and the network the first time.
"""

import argparse
import pathlib
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent

# Each work with the tools that it is given to.
WORKS = [
    ("spec", ["50", "5"], ["json.load", "cdk-spec", "ops-spec", "deepdiff", "jsonpatch", "jsondiffpatch", "json-diff"]),
    ("spec", ["50", "25"], ["json.load", "cdk-spec", "ops-spec", "deepdiff", "jsonpatch", "jsondiffpatch", "json-diff"]),
    ("spec", ["500", "250"], ["json.load", "cdk-spec", "ops-spec", "deepdiff", "jsonpatch", "jsondiffpatch", "json-diff"]),
    ("catalog", ["100", "50", "2"], ["json.load", "ops-catalog", "deepdiff", "jsonpatch", "jsondiffpatch", "json-diff"]),
    ("catalog", ["1000", "50", "2"], ["json.load", "ops-catalog", "deepdiff", "jsonpatch", "jsondiffpatch", "json-diff"]),
]
NODE = {"jsondiffpatch", "json-diff"}


def seconds(command, folder, most):
    """The CPU time of a process and its children; None where it takes too long."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    limit = lambda: resource.setrlimit(resource.RLIMIT_CPU, (most, most + 1))  # noqa: E731
    done = subprocess.run(command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, preexec_fn=limit)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode < 0:
        return None
    # 1 is the answer of this program where something breaks.
    if done.returncode not in (0, 1) or done.stderr and done.returncode == 1:
        sys.exit(f"error: {command}: exit code {done.returncode}\n{done.stderr.decode()}")
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def python():
    """A virtual environment with what is pinned; None where it cannot be made."""
    if not (3, 10) <= sys.version_info[:2] < (3, 14):
        return None
    venv = ROOT / "target/peers"
    wanted = (HERE / "requirements.txt").read_text() + (HERE / "requirements-no-deps.txt").read_text()
    mark = venv / "requirements.txt"
    if not mark.exists() or mark.read_text() != wanted:
        subprocess.run([sys.executable, "-m", "venv", "--clear", venv], check=True)
        pip = [venv / "bin/pip", "install", "--quiet", "--disable-pip-version-check"]
        subprocess.run([*pip, "-r", HERE / "requirements.txt"], check=True)
        subprocess.run([*pip, "--no-deps", "-r", HERE / "requirements-no-deps.txt"], check=True)
        mark.write_text(wanted)
    return venv / "bin/python"


def node():
    """A folder with the packages of npm; None where there is no node."""
    if not shutil.which("node") or not shutil.which("npm"):
        return None
    folder = ROOT / "target/peers-node"
    folder.mkdir(parents=True, exist_ok=True)
    for name in ("package.json", "diff.mjs"):
        shutil.copy(HERE / name, folder / name)
    if not (folder / "node_modules").exists():
        subprocess.run(["npm", "install", "--silent", "--no-audit", "--no-fund"], cwd=folder, check=True)
    return folder / "diff.mjs"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--binary", type=pathlib.Path, default=ROOT / "target/dist/connector-diff")
    parser.add_argument("--seconds", type=int, default=120, help="the most CPU time of one process [default: 120]")
    parser.add_argument("--rounds", type=int, default=3, help="how often each is run [default: 3]")
    parser.add_argument("--write", type=pathlib.Path, metavar="FILE", help="write the table to a file too")
    options = parser.parse_args()
    binary = options.binary.resolve()
    if not binary.exists():
        parser.error(f"{binary} is not there: build it, or name another one with --binary")
    venv, script = python(), node()
    inputs = ROOT / "target/inputs"
    subprocess.run(["rustc", "--edition", "2024", "-O", ROOT / "benches/inputs/main.rs", "-o", inputs], check=True)
    lines = [f"{'work':<18} {'tool':<16} {'CPU ms':>10} {'x of check':>11}"]
    print(lines[0])
    for shape, numbers, tools in WORKS:
        with tempfile.TemporaryDirectory() as folder:
            subprocess.run([inputs, shape, folder, *numbers], check=True)
            own = [str(binary), *(pathlib.Path(folder) / "arguments").read_text().splitlines()]
            commands = {"check": own}
            for tool in tools:
                if tool in NODE and script:
                    commands[tool] = ["node", str(script), tool, folder + "/old.json", folder + "/new.json"]
                elif tool not in NODE and venv:
                    commands[tool] = [str(venv), str(HERE / "tools.py"), tool, "old.json", "new.json"]
            taken = {tool: [] for tool in commands}
            # One after the other, so that what else the machine does meets all alike.
            for _ in range(options.rounds):
                for tool, command in commands.items():
                    if None not in taken[tool]:
                        taken[tool].append(seconds(command, folder, options.seconds))
            check = statistics.median(taken["check"])
            for tool in ["check", *tools]:
                label = f"{shape} {' '.join(numbers)}"
                if tool not in taken:
                    shown = f"{'not run':>10}"
                elif None in taken[tool]:
                    shown = f"{'stopped':>10} {'> ' + format(options.seconds / check, ',.0f'):>11}"
                else:
                    median = statistics.median(taken[tool])
                    shown = f"{1e3 * median:>10,.0f} {median / check:>11,.1f}"
                lines.append(f"{label:<18} {tool:<16} {shown}")
                print(lines[-1], flush=True)
    if options.write:
        options.write.write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
