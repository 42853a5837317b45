#!/usr/bin/env bash
# Compares the connectors that a branch changes, prints annotations, and leaves reports and the outputs of the step.
#
# BASE: the revision to compare with; empty for the branch that the pull request goes into
# PATHS: connector directories, one a line; empty for all that changed
# FAIL_ON: as in --fail-on; empty for the default
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)

die() {
    printf '::error title=connector-diff::%s\n' "$1"
    exit 2
}

# Prints the revision that a pull request is compared with.
base_of_pull_request() {
    [[ -n ${GITHUB_BASE_REF:-} ]] || die 'this is no pull request: say in the input base what to compare with'
    if [[ ${GITHUB_REF:-} == refs/pull/*/merge && $(git rev-parse HEAD) == "${GITHUB_SHA:-}" ]]; then
        # What is checked out is the merge of both branches. Its first parent is the branch that the pull request goes
        # into, so two commits of history are enough.
        git rev-parse --verify --quiet 'HEAD^1' ||
            die 'the history is not fetched: set fetch-depth: 2 for actions/checkout'
    else
        git rev-parse --verify --quiet "refs/remotes/origin/$GITHUB_BASE_REF" ||
            die 'the branch that the pull request goes into is not fetched: set fetch-depth: 0 for actions/checkout'
    fi
}

command -v jq >/dev/null || die 'jq is not on PATH: the outputs of the action are read with it'

base=${BASE:-}
if [[ -z $base ]]; then
    # An error of the function is printed where its result would be.
    base=$(base_of_pull_request) || { printf '%s\n' "$base"; exit 2; }
fi

report=$(mktemp -d "${RUNNER_TEMP:?}/connector-diff-report.XXXXXX")
arguments=(--base "$base" --format github)
for format in text=txt markdown=md json=json sarif=sarif html=html; do
    arguments+=(--output "${format%=*}=$report/report.${format#*=}")
done
[[ -z ${FAIL_ON:-} ]] || arguments+=(--fail-on "$FAIL_ON")
# What follows is no option, whatever it starts with.
arguments+=(--)
while IFS= read -r path; do
    # Without blanks and returns around it.
    path=${path#"${path%%[![:space:]]*}"}
    path=${path%"${path##*[![:space:]]}"}
    [[ -z $path ]] || arguments+=("$path")
done <<<"${PATHS:-}"

code=0
connector-diff check "${arguments[@]}" || code=$?

if [[ -s $report/report.txt ]]; then
    # Nothing in a report is a command for the runner: it obeys none until it reads the word again.
    word=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
    printf '::group::Report\n::stop-commands::%s\n' "$word"
    cat "$report/report.txt"
    printf '\n::%s::\n::endgroup::\n' "$word"
fi

# 0, 1 and 3 are answers. Anything else is a mistake in the inputs or a fault of the program, and has no report.
case $code in
0 | 1 | 3) ;;
*) exit "$code" ;;
esac
if [[ ! -s $report/report.json ]]; then
    echo '::error title=connector-diff::there is no report: what could not be read is said above'
    exit 3
fi

{
    # Windows ends lines with a return.
    jq -r -f "$here/verdict.jq" "$report/report.json" | tr -d '\r'
    echo "exit-code=$code"
    echo "report-path=$report"
} >"$report.outputs"
cat "$report.outputs" >>"${GITHUB_OUTPUT:?}"
rm "$report.outputs"
