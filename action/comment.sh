#!/usr/bin/env bash
# Keeps one comment on a pull request up to date: the Markdown report. It is written once there is something to say, and
# from then on it follows, so that it ends as one line when all is well.
#
# GH_TOKEN: a token that may write comments
# NUMBER: of the pull request
# IS_FORK: true where its branch lives in another repository, whose runs may not write
# REPORT: the Markdown report
# VERDICT, EXIT_CODE: the outputs of the check
set -euo pipefail

die() {
    printf '::error title=connector-diff::%s\n' "$1"
    exit 1
}

if [[ ${IS_FORK:-} == true ]]; then
    echo '::notice title=connector-diff::a run for a fork may not write comments: its report is in the summary of the job'
    exit 0
fi

# Every Markdown report starts with it, and the comment is known by it.
marker='<!-- connector-diff'
# A comment that is longer is refused as a whole.
most=65536
comments=repos/${GITHUB_REPOSITORY:?}/issues/${NUMBER:?}/comments

characters=$(LC_ALL=C.UTF-8 wc -m <"${REPORT:?}")
((characters <= most)) || die "the report has more than $most characters: --max-chars cuts it"
body=$(mktemp)
trap 'rm -f "$body"' EXIT
[[ $(head -c ${#marker} "$REPORT") == "$marker" ]] || printf '%s -->\n' "$marker" >"$body"
cat "$REPORT" >>"$body"

# Anybody can write the marker into a comment of their own.
me=$(gh api graphql -f query='{viewer{login}}' --jq .data.viewer.login) || me='github-actions[bot]'
found=$(
    gh api --paginate "$comments?per_page=100" | jq -r --arg me "$me" --arg marker "$marker" \
        '.[] | select(.user.login == $me and (.body | startswith($marker))) | .id' | tr -d '\r'
) || die 'the comments of the pull request cannot be read: the job needs pull-requests: write'
found=${found%%$'\n'*}

if [[ -n $found ]]; then
    gh api --method PATCH "repos/$GITHUB_REPOSITORY/issues/comments/$found" -F body=@"$body" --jq .html_url ||
        die 'the comment cannot be changed: the job needs pull-requests: write'
elif [[ ${EXIT_CODE:?} == 0 && (${VERDICT:?} == compatible || $VERDICT == none) ]]; then
    echo 'all is well, and was before: no comment'
else
    gh api --method POST "$comments" -F body=@"$body" --jq .html_url ||
        die 'the comment cannot be written: the job needs pull-requests: write'
fi
