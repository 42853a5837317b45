#!/usr/bin/env bash
# Puts connector-diff on PATH, from a wheel; nothing is compiled.
#
# VERSION: the version to install. Where it is empty, what is on PATH already is taken, else the version of the action.
set -euo pipefail

die() {
    printf '::error title=connector-diff::%s\n' "$1"
    exit 2
}

version=${VERSION:-}
# What pip takes for a version and nothing that it takes for an address or an option.
[[ $version =~ ^[0-9A-Za-z.]*$ ]] || die 'the input version is not a version: expected one such as 0.1.0'

if found=$(connector-diff --version 2>/dev/null); then
    found=${found#connector-diff }
    if [[ -z $version || $version == "$found" ]]; then
        echo "connector-diff $found is on PATH"
        exit 0
    fi
fi

[[ -n $version ]] ||
    version=$(sed -n 's/^version = "\(.*\)"$/\1/p' "$(dirname "$0")/../Cargo.toml" | head -n 1)

into=${RUNNER_TEMP:?}/connector-diff-$version
if command -v uv >/dev/null; then
    UV_TOOL_DIR=$into/tools UV_TOOL_BIN_DIR=$into/bin \
        uv tool install --quiet --no-build "connector-diff==$version"
    bin=$into/bin
else
    python=$(command -v python3 || command -v python) ||
        die 'neither connector-diff nor uv nor Python is on PATH: one of them is needed'
    "$python" -m venv "$into"
    # Windows has another name for it.
    bin=$into/bin
    [[ -d $bin ]] || bin=$into/Scripts
    "$bin/python" -m pip install --quiet --disable-pip-version-check --only-binary :all: "connector-diff==$version"
fi
echo "$bin" >>"${GITHUB_PATH:?}"
"$bin/connector-diff" --version
