#!/usr/bin/env bash
# Comments on a pull request from a fork, in a workflow that starts when the check has ended. The check ran what the pull
# request brought, so nothing of its artifact is believed: it is bounded, it is text, and the pull request is the one whose
# branch the run was for.
#
# GH_TOKEN: a token that may write comments
# RUN_ID, RUN_URL, RUN_EVENT, RUN_CONCLUSION: the run that has ended
# HEAD_OWNER, HEAD_BRANCH, HEAD_SHA: what it ran for
# ARTIFACT: the name of the artifact with the reports
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)

# Far above what a report has.
most_of_archive=$((20 * 1024 * 1024))
most_of_markdown=$((256 * 1024))
most_of_json=$((64 * 1024 * 1024))

die() {
    printf '::error title=connector-diff::%s\n' "$1"
    exit 1
}

leave() {
    printf '::notice title=connector-diff::%s\n' "$1"
    exit 0
}

[[ ${RUN_EVENT:?} == pull_request ]] || leave 'the run was for no pull request'
[[ ${RUN_ID:?} =~ ^[0-9]+$ ]] || die 'the id of the run is no number'

numbers=$(
    gh api --method GET "repos/${GITHUB_REPOSITORY:?}/pulls" -f state=open -f per_page=100 \
        -f head="${HEAD_OWNER:?}:${HEAD_BRANCH:?}" |
        jq -r --arg sha "${HEAD_SHA:?}" '.[] | select(.head.sha == $sha) | .number'
)
[[ -n $numbers ]] || leave 'the pull request is closed, or has newer commits'
[[ $numbers =~ ^[0-9]+$ ]] || leave 'several pull requests have this branch: the report does not say which it is for'

artifact=$(
    gh api --method GET "repos/$GITHUB_REPOSITORY/actions/runs/$RUN_ID/artifacts" -f name="${ARTIFACT:?}" |
        jq -r --argjson most $most_of_archive \
            '[.artifacts[] | select(.expired | not)] | last // empty
             | if .size_in_bytes <= $most then .id else "large" end'
)
[[ -n $artifact ]] || leave 'the run left no report'
[[ $artifact != large ]] || die "the artifact has more than $most_of_archive bytes"

into=$(mktemp -d)
trap 'rm -rf "$into"' EXIT
gh api "repos/$GITHUB_REPOSITORY/actions/artifacts/$artifact/zip" >"$into/artifact.zip"

# Takes one file out of the archive, by its name and up to a size: an archive can hold names that lead out of the folder,
# links, and more than it is long.
take() {
    local name=$1 most=$2
    { unzip -p "$into/artifact.zip" "$name" || true; } 2>/dev/null | head -c $((most + 1)) >"$into/$name"
    [[ -s $into/$name ]] || die "the artifact has no $name"
    (($(wc -c <"$into/$name") <= most)) || die "$name has more than $most bytes"
}
take report.md $most_of_markdown
take report.json $most_of_json

iconv -f UTF-8 -t UTF-8 "$into/report.md" >/dev/null 2>&1 || die 'report.md is not UTF-8'
if LC_ALL=C grep -q '[[:cntrl:]]' <(tr -d '\n\t' <"$into/report.md"); then
    die 'report.md has control characters'
fi
[[ $(head -c 19 "$into/report.md") == '<!-- connector-diff' ]] || die 'report.md is no report of connector-diff'
verdict=$(jq -r -f "$here/verdict.jq" "$into/report.json") || die 'report.json is no report of connector-diff'
verdict=${verdict#verdict=}

# Whose words these are stands before them, and the marker that comes first is closed: nothing in the report can hide it.
{
    printf '<!-- connector-diff -->\n<sub>By <a href="%s">a run</a> whose code is that of the pull request.</sub>\n\n' \
        "${RUN_URL:?}"
    sed '1s/^<!-- connector-diff[^>]*-->//' "$into/report.md"
} >"$into/comment.md"

code=0
[[ ${RUN_CONCLUSION:?} == success ]] || code=1
NUMBER=$numbers IS_FORK=false REPORT=$into/comment.md VERDICT=${verdict%%$'\n'*} EXIT_CODE=$code \
    "$BASH" "$here/comment.sh"
