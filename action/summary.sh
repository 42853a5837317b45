#!/usr/bin/env bash
# Adds the Markdown report to the summary of the job.
#
# REPORT: the Markdown report
set -euo pipefail

# The whole summary of a step is refused above that many bytes.
most=$((1024 * 1024))

size=$(wc -c <"$REPORT")
if ((size < most)); then
    cat "$REPORT" >>"${GITHUB_STEP_SUMMARY:?}"
else
    echo 'The report is too large for this page. It is among the files of the run.' >>"${GITHUB_STEP_SUMMARY:?}"
    echo '::warning title=connector-diff::the Markdown report is too large for the summary of the job'
fi
