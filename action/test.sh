#!/usr/bin/env bash
# Runs the scripts of the action with stand-ins for gh and connector-diff on PATH.
set -euo pipefail
cd "$(dirname "$0")"
scripts=$PWD

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/bin"

# Answers with the reports and the exit code of the case, and writes down what it was asked.
cat >"$work/bin/connector-diff" <<'STAND_IN'
#!/usr/bin/env bash
[[ $1 != --version ]] || { echo "connector-diff ${HAS:-0.1.0}"; exit; }
printf '%s\n' "$@" >"$CASE/asked"
echo '::error file=a.yaml,line=1::an annotation'
while (($#)); do
    if [[ $1 == --output && -z ${SILENT:-} ]]; then
        format=${2%%=*} path=${2#*=}
        cat "$CASE/$format" >"$path" 2>/dev/null || echo "$format" >"$path"
    fi
    shift
done
exit "${CODE:-0}"
STAND_IN

# Answers by the last word of the address, and writes down what it was asked. Fails for what REFUSED names.
cat >"$work/bin/gh" <<'STAND_IN'
#!/usr/bin/env bash
printf '%s\n' "$*" >>"$CASE/calls"
method=GET
while (($#)); do
    case $1 in
    --method) method=$2; shift ;;
    body=@*) cat "${1#body=@}" >"$CASE/written" ;;
    graphql) what=viewer ;;
    repos/*) what=${1%%\?*}; what=${what##*/} ;;
    esac
    shift
done
[[ ${REFUSED:-} != "$method $what" ]] || { echo 'HTTP 403' >&2; exit 1; }
[[ $method == GET ]] || exit 0
cat "$CASE/$what"
STAND_IN
chmod +x "$work/bin/"*
export PATH="$work/bin:$PATH"

passed=0 failed=0

# Starts a case: a folder of its own, as a runner lays it.
begin() {
    name=$1
    export CASE=$work/case
    rm -rf "$CASE"
    mkdir -p "$CASE/temp"
    cd "$CASE"
    export RUNNER_TEMP=$CASE/temp GITHUB_OUTPUT=$CASE/outputs GITHUB_STEP_SUMMARY=$CASE/summary GITHUB_PATH=$CASE/path
    export GITHUB_REPOSITORY=o/r GH_TOKEN=none
    unset BASE PATHS FAIL_ON CODE SILENT REFUSED GITHUB_BASE_REF GITHUB_REF GITHUB_SHA HAS VERSION IS_FORK
    printf '<!-- connector-diff:a -->\n### a report\n' >markdown
    touch outputs summary path calls
}

# Runs a script and keeps what it prints and exits with.
run() {
    code=0
    bash "$scripts/$1" >printed 2>&1 || code=$?
}

# Holds what a case came to against what is expected.
ends() { [[ $code == "$1" ]] || trouble "exit code $code, expected $1"; }
has() { grep -qF -- "$2" "$1" 2>/dev/null || trouble "$1 lacks: $2"; }
lacks() { ! grep -qF -- "$2" "$1" 2>/dev/null || trouble "$1 has: $2"; }
trouble() { troubles+=("$1"); }
troubles=()
end() {
    if ((${#troubles[@]})); then
        failed=$((failed + 1))
        printf 'FAILED %s\n' "$name"
        printf '    %s\n' "${troubles[@]}"
        sed 's/^/    | /' "$CASE/printed"
    else
        passed=$((passed + 1))
    fi
    troubles=()
}

report() { printf '{"connectors": [%s]}' "$1"; }
connector() { printf '{"verdict": {"outcome": "%s", "required_bump": "%s"}, "summary": {"breaking": %s}}' "$@"; }

begin 'the outputs are the worst of all connectors'
report "$(connector review minor 0), $(connector breaking major 2), $(connector compatible patch 1)" >json
export BASE=main CODE=1
run check.sh
ends 0
has outputs verdict=breaking
has outputs required-bump=major
has outputs breaking-count=3
has outputs exit-code=1
has outputs "report-path=$RUNNER_TEMP/"
has printed '::error file=a.yaml,line=1::an annotation'
end

begin 'no connector changed is no verdict of compatible'
report '' >json
export BASE=main
run check.sh
ends 0
has outputs verdict=none
has outputs required-bump=none
has outputs breaking-count=0
end

begin 'one that cannot be read outweighs review, and is outweighed by a break'
report "$(connector review minor 0), $(connector inconclusive none 0)" >json
export BASE=main CODE=3
run check.sh
ends 0
has outputs verdict=inconclusive
has outputs exit-code=3
end

begin 'a word that is not known is no output'
report "$(connector $'x\\nverdict=compatible' minor 0)" >json
export BASE=main
run check.sh
[[ $code != 0 ]] || trouble 'it passes'
lacks outputs verdict
end

begin 'inputs are arguments, whatever is in them'
report '' >json
# shellcheck disable=SC2016
export BASE='$(touch hacked)' FAIL_ON='a b' PATHS=$'  connectors/source-a \r\n\n--output=json=x\nconnectors/b;touch hacked\n'
run check.sh
ends 0
printf '%s\n' check --base "$BASE" --format github >expected
head -n 5 asked | cmp -s - expected || trouble 'the base is not one argument'
printf '%s\n' --fail-on 'a b' -- connectors/source-a --output=json=x 'connectors/b;touch hacked' >expected
tail -n 6 asked | cmp -s - expected || trouble 'the paths are not one argument each'
[[ ! -e hacked ]] || trouble 'a command in an input ran'
end

begin 'a report commands nothing'
report '' >json
printf '::set-output name=verdict::compatible\n' >text
export BASE=main
run check.sh
ends 0
word=$(sed -n 's/^::stop-commands:://p' printed)
[[ ${#word} == 32 ]] || trouble 'commands are not stopped'
sed -n "/^::stop-commands::$word\$/,/^::$word::\$/p" printed | grep -qF '::set-output' || trouble 'the report stands outside'
end

begin 'wrong usage ends the step with its code'
export BASE=main CODE=2 SILENT=1
run check.sh
ends 2
lacks outputs verdict
end

begin 'a panic ends the step with its code'
export BASE=main CODE=101
report '' >json
run check.sh
ends 101
lacks outputs verdict
end

begin 'an answer without a report is no answer'
export BASE=main CODE=0 SILENT=1
run check.sh
ends 3
lacks outputs verdict
end

git_repository() {
    git init --quiet --initial-branch main .
    git config user.email a@b.c
    git config user.name a
    git commit --quiet --allow-empty -m base
    git checkout --quiet -b topic
    git commit --quiet --allow-empty -m topic
    git checkout --quiet main
    git commit --quiet --allow-empty -m main
    git update-ref refs/remotes/origin/main main
    git merge --quiet --no-ff -m merge topic
}

begin 'in a pull request the base is the first parent of the merge'
report '' >json
git_repository
GITHUB_SHA=$(git rev-parse HEAD)
export GITHUB_BASE_REF=main GITHUB_REF=refs/pull/1/merge GITHUB_SHA
run check.sh
ends 0
has asked "$(git rev-parse HEAD^1)"
end

begin 'the merge alone is not enough history'
report '' >json
git_repository
git clone --quiet --depth 1 "file://$PWD" shallow
cd shallow
GITHUB_SHA=$(git rev-parse HEAD)
export GITHUB_BASE_REF=main GITHUB_REF=refs/pull/1/merge GITHUB_SHA
run check.sh
ends 2
has printed 'fetch-depth: 2'
cd ..
mv shallow/printed .
end

begin 'where the branch itself is checked out, the base is the branch that it goes into'
report '' >json
git_repository
GITHUB_SHA=$(git rev-parse HEAD)
git checkout --quiet topic
export GITHUB_BASE_REF=main GITHUB_REF=refs/pull/1/merge GITHUB_SHA
run check.sh
ends 0
has asked "$(git rev-parse refs/remotes/origin/main)"
git update-ref -d refs/remotes/origin/main
run check.sh
ends 2
has printed 'fetch-depth: 0'
end

begin 'elsewhere the base has to be said'
report '' >json
run check.sh
ends 2
has printed 'say in the input base'
end

begin 'the summary gets the report'
REPORT=$CASE/markdown run summary.sh
ends 0
has summary '### a report'
end

begin 'a report that is too large for the summary is said to be'
head -c $((1024 * 1024)) /dev/zero | tr '\0' a >large
REPORT=$CASE/large run summary.sh
ends 0
has summary 'too large'
has printed '::warning'
end

comment() { NUMBER=7 REPORT=${REPORT:-$CASE/markdown} VERDICT=$1 EXIT_CODE=$2 run comment.sh; }
mine='{"id": 5, "user": {"login": "bot"}, "body": "<!-- connector-diff:a -->\nold"}'
another='{"id": 4, "user": {"login": "someone"}, "body": "<!-- connector-diff:a -->\nnot ours"}'
quoted='{"id": 3, "user": {"login": "bot"}, "body": "see <!-- connector-diff:a -->"}'

begin 'a break is commented on'
echo bot >viewer
echo "[$another, $quoted]" >comments
comment breaking 1
ends 0
has calls '--method POST repos/o/r/issues/7/comments'
cmp -s written markdown || trouble 'the comment is not the report'
end

begin 'the comment that is there is changed, on whichever page it is'
echo bot >viewer
echo "[$another][$quoted, $mine]" >comments
comment compatible 0
ends 0
has calls '--paginate'
has calls '--method PATCH repos/o/r/issues/comments/5'
lacks calls POST
end

begin 'of two comments the first is kept up to date'
echo bot >viewer
echo "[$mine, ${mine/5/6}]" >comments
comment breaking 1
ends 0
[[ $(grep -c PATCH calls) == 1 ]] || trouble 'it changes both'
has calls 'comments/5 '
end

begin 'where all is well and was, nothing is written'
echo bot >viewer
echo '[]' >comments
comment compatible 0
ends 0
lacks calls POST
end

begin 'a declared break passes and is commented on'
echo bot >viewer
echo '[]' >comments
comment breaking 0
ends 0
has calls POST
end

begin 'a report without a marker gets one'
echo bot >viewer
echo '[]' >comments
echo '### a report' >markdown
comment breaking 1
ends 0
printf '<!-- connector-diff -->\n### a report\n' | cmp -s - written || trouble 'no marker'
end

begin 'a run for a fork writes no comment'
IS_FORK=true comment breaking 1
ends 0
[[ ! -s calls ]] || trouble 'it calls gh'
has printed '::notice'
end

begin 'a token that may not write is said to'
echo bot >viewer
echo '[]' >comments
REFUSED='POST comments' comment breaking 1
ends 1
has printed 'pull-requests: write'
end

begin 'a comment that is too long is not sent'
echo bot >viewer
echo '[]' >comments
head -c 65537 /dev/zero | tr '\0' a >large
REPORT=$CASE/large comment breaking 1
ends 1
lacks calls POST
end

# A case of a run that has ended: its artifact has what lies in the folder artifact.
forked() {
    if [[ ! -e zip ]]; then
        (cd artifact && zip --quiet --symlinks -r ../zip.zip . && mv ../zip.zip ../zip)
    fi
    RUN_ID=9 RUN_URL=https://host/run RUN_EVENT=${RUN_EVENT:-pull_request} RUN_CONCLUSION=${RUN_CONCLUSION:-failure} \
        HEAD_OWNER=fork HEAD_BRANCH=topic HEAD_SHA=abc ARTIFACT=connector-diff run forked.sh
}
begin_forked() {
    begin "$1"
    echo bot >viewer
    echo '[]' >comments
    echo '[{"number": 7, "head": {"sha": "abc"}}, {"number": 8, "head": {"sha": "old"}}]' >pulls
    echo '{"artifacts": [{"id": 11, "expired": false, "size_in_bytes": 900}]}' >artifacts
    mkdir artifact
    cp markdown artifact/report.md
    report "$(connector breaking major 1)" >artifact/report.json
}

begin_forked 'the report of a fork is commented on, on the pull request of the event'
forked
ends 0
has calls '--method POST repos/o/r/issues/7/comments'
has calls 'head=fork:topic'
has written '### a report'
has written 'https://host/run'
end

begin_forked 'a clean report of a fork starts no comment'
report "$(connector compatible patch 0)" >artifact/report.json
RUN_CONCLUSION=success forked
ends 0
lacks calls POST
end

begin_forked 'a run that was for no pull request is left alone'
RUN_EVENT=push forked
ends 0
[[ ! -s calls ]] || trouble 'it calls gh'
end

begin_forked 'a report of an older commit is left alone'
echo '[{"number": 7, "head": {"sha": "newer"}}]' >pulls
forked
ends 0
lacks calls POST
end

begin_forked 'two pull requests of one branch are not told apart'
echo '[{"number": 7, "head": {"sha": "abc"}}, {"number": 8, "head": {"sha": "abc"}}]' >pulls
forked
ends 0
lacks calls POST
has printed 'several pull requests'
end

begin_forked 'a run without an artifact is left alone'
echo '{"artifacts": [{"id": 11, "expired": true, "size_in_bytes": 900}]}' >artifacts
forked
ends 0
lacks calls zip
end

begin_forked 'a large artifact is not fetched'
echo '{"artifacts": [{"id": 11, "expired": false, "size_in_bytes": 30000000}]}' >artifacts
forked
ends 1
lacks calls zip
end

begin_forked 'a report that unpacks to much is refused'
head -c 9000000 /dev/zero | tr '\0' a >artifact/report.md
forked
ends 1
lacks calls POST
has printed 'report.md has more than'
end

begin_forked 'a link is read as the text that it is'
ln -sf /etc/passwd artifact/report.md
forked
ends 1
lacks calls POST
end

begin_forked 'another file than a report is refused'
echo '@everyone look' >artifact/report.md
forked
ends 1
lacks calls POST
end

begin_forked 'no report hides whose words it is'
printf '<!-- connector-diff \n### a report\n<!--\n' >artifact/report.md
forked
ends 0
head -n 2 written | tail -n 1 | grep -q '^<sub>By <a href=' || trouble 'it does not say whose words it is'
[[ $(head -n 1 written) == '<!-- connector-diff -->' ]] || trouble 'the marker is not closed'
end

begin_forked 'control characters are refused'
printf '<!-- connector-diff -->\n\033[31mred\n' >artifact/report.md
forked
ends 1
lacks calls POST
end

begin_forked 'what is not UTF-8 is refused'
printf '<!-- connector-diff -->\n\377\n' >artifact/report.md
forked
ends 1
lacks calls POST
end

begin_forked 'a verdict that is not known is refused'
report "$(connector fine major 1)" >artifact/report.json
forked
ends 1
lacks calls POST
end

begin_forked 'what is no archive is refused'
echo text >zip
forked
ends 1
lacks calls POST
end

begin 'a program on PATH is taken as it is'
run install.sh
ends 0
[[ ! -s path ]] || trouble 'it installs another'
end

begin 'a version is a version'
VERSION='1.0 --index-url=x' run install.sh
ends 2
end

# Stands in for uv: what it installs is on PATH afterwards.
cat >"$work/bin/uv" <<'STAND_IN'
#!/usr/bin/env bash
echo "$*" >"$CASE/asked"
mkdir -p "$UV_TOOL_BIN_DIR"
cp "$(command -v connector-diff)" "$UV_TOOL_BIN_DIR/"
STAND_IN
chmod +x "$work/bin/uv"

begin 'another version than that on PATH is installed'
HAS=0.1.0 VERSION=0.2.0 run install.sh
ends 0
has asked 'connector-diff==0.2.0'
has asked '--no-build'
has path "$RUNNER_TEMP/connector-diff-0.2.0/bin"
end

printf '\n%s passed, %s failed\n' "$passed" "$failed"
((failed == 0))
