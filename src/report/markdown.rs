//! The Markdown report, for a comment on a pull request: the answer, the streams and what to do above the fold.
//!
//! A comment has a limit, so rows are written while they fit, worst first, and what was left out is counted.

use super::group::{Block, groups};
use super::{phrase, state};
use crate::model::{
    Artifact, ConnectorReport, Finding, Level, Outcome, RelatedKind, Report, Severity, short,
};
use crate::rules;

/// Renders the report in at most about `max_chars` characters.
pub fn markdown(report: &Report, max_chars: usize, equivalent: bool) -> String {
    let mut out = String::new();
    for connector in &report.connectors {
        let left = max_chars.saturating_sub(out.chars().count());
        out.push_str(&one(connector, left, &report.tool.version, equivalent));
    }
    out
}

/// Room kept for the footer and for closing what is open.
const FOOTER: usize = 600;

struct Page {
    text: String,
    used: usize,
    limit: usize,
    left_out: usize,
}

impl Page {
    fn push(&mut self, text: &str) {
        self.used += text.chars().count();
        self.text.push_str(text);
    }

    /// Writes a row if it fits, with `reserve` characters left for what must follow.
    fn row(&mut self, text: &str, reserve: usize) {
        if self.used + text.chars().count() + reserve + FOOTER > self.limit {
            self.left_out += 1;
        } else {
            self.push(text);
        }
    }
}

fn one(report: &ConnectorReport, limit: usize, version: &str, equivalent: bool) -> String {
    let mut page = Page { text: String::new(), used: 0, limit, left_out: 0 };
    let mark = match (equivalent, report.verdict.equivalent, report.verdict.outcome) {
        (true, Some(true), _) | (false, _, Outcome::Compatible) => "✅",
        (true, Some(false), _) | (false, _, Outcome::Breaking) => "❌",
        (true, None, _) | (false, _, Outcome::Review | Outcome::Inconclusive) => "⚠️",
    };
    let answer = if equivalent { phrase::equivalence(report) } else { phrase::answer(report) };
    // All that differs is asked about, not only what may break.
    let levels: &[Level] = match equivalent {
        true => &[Level::Breaking, Level::Review, Level::Safe],
        false => &[Level::Breaking, Level::Review],
    };
    page.push(&format!("<!-- connector-diff:{} -->\n", report.name.replace("--", "-")));
    page.push(&format!("### {mark} {}: {}\n", escape(&phrase::title(report)), escape(&answer)));
    if report.verdict.outcome == Outcome::Breaking {
        page.push(&format!("\n**Affects** {}\n", escape(&phrase::reach(&report.verdict.scope))));
    }
    if let Some(platform) = phrase::platform(report) {
        page.push(&format!("\n**Platform**: {platform}\n"));
    }
    for error in &report.errors {
        let line = error.line.map(|line| format!(":{line}")).unwrap_or_default();
        page.row(
            &format!(
                "\n> **{} side** {}{line}: {}\n",
                error.side,
                escape(&error.file),
                escape(&error.message)
            ),
            0,
        );
    }
    for problem in &report.problems {
        let word = match problem.level {
            Severity::Error => "**Release**",
            Severity::Warning => "Release",
        };
        let policy =
            problem.policy.as_ref().map(|set_by| format!(" (the level is set at {})", escape(set_by)));
        let policy = policy.unwrap_or_default();
        page.row(&format!("\n- {word}: {}{policy}", escape(&problem.message)), 0);
    }
    if !report.problems.is_empty() {
        page.push("\n");
    }
    let open = groups(&report.findings, levels);
    if !open.is_empty() {
        page.push("\n| | Where | Change | Old → new | Users |\n|-|-|-|-|-|\n");
        for group in &open {
            for block in &group.blocks {
                page.row(&row(&group.heading, block), 0);
            }
        }
    }
    for delta in report.unjudged.iter().filter(|delta| delta.artifact != Artifact::Metadata) {
        page.row(
            &format!(
                "\n- no rule judges this yet: {} {}\n",
                escape(&delta.field.join(".")),
                escape(&delta.change)
            ),
            0,
        );
    }
    actions(&mut page, report);
    details(&mut page, report);
    states(&mut page, report);
    folded(&mut page, report, levels);
    let left_out = page.left_out;
    if left_out > 0 {
        page.push(&format!(
            "\n**{} left out for length**: see the full report.\n",
            phrase::count(left_out, "row")
        ));
    }
    if let Some(strangers) = phrase::strangers(report) {
        page.push(&format!("\n{}.\n", escape(&strangers)));
    }
    let blind = phrase::blind_spots(report);
    if !blind.is_empty() {
        page.push(&format!("\n<sub>{}</sub>\n", escape(&blind.join(", "))));
    }
    page.push(&format!("\n<sub>connector-diff {version}</sub>\n"));
    page.text
}

fn mark(level: Level) -> &'static str {
    match level {
        Level::Breaking => "❌",
        Level::Review => "⚠️",
        Level::Safe => "✅",
        Level::Cosmetic => "·",
    }
}

fn row(heading: &str, block: &Block<'_>) -> String {
    let finding = block.first();
    let title = rules::find(&finding.rule).map_or("", |rule| rule.title);
    let fields = block.fields();
    let subject = match fields.as_slice() {
        [] => String::new(),
        [one] => format!(": `{}`", code(one)),
        more => format!(
            ": {}: {}",
            phrase::count(more.len(), "field"),
            escape(&phrase::names(more.iter().map(String::as_str)))
        ),
    };
    let branch = finding.branch.as_ref().map(|branch| format!(" (option {branch})")).unwrap_or_default();
    let streams = block.streams();
    let place = if streams.len() < 2 {
        escape(heading)
    } else {
        let list = phrase::names(streams.iter().copied());
        format!("{}: {}", escape(heading), escape(&list))
    };
    let values = if block.findings.len() > 1 && !block.shared { String::new() } else { values(finding) };
    let renamed = finding
        .related
        .iter()
        .filter(|related| matches!(related.kind, RelatedKind::RenamedTo | RelatedKind::MovedTo))
        .filter(|_| block.findings.len() == 1)
        .map(|related| {
            let name = related.stream.clone().unwrap_or_else(|| related.field.join("."));
            format!(" ({} `{}`?)", related.kind.describe(), code(&name))
        })
        .collect::<String>();
    let users = finding
        .scope
        .only
        .clone()
        .unwrap_or_else(|| if finding.scope.everyone { "everyone" } else { "all syncs" }.to_owned());
    format!(
        "| {} | {place} | {title}{subject}{}{renamed} <br><sub>`{}`{}</sub> | {values} | {} |\n",
        mark(finding.level),
        escape(&branch),
        finding.rule,
        location(finding),
        escape(&users)
    )
}

/// The file and line to open.
fn location(finding: &Finding) -> String {
    let origin = finding.origin.new.as_ref().or(finding.origin.old.as_ref());
    let line = |line: Option<usize>| line.map(|line| format!(":{line}")).unwrap_or_default();
    origin.map(|origin| format!(" {}{}", escape(&origin.file), line(origin.line))).unwrap_or_default()
}

fn values(finding: &Finding) -> String {
    let value = |value: &Option<serde_json::Value>| {
        value.as_ref().map_or_else(|| "–".to_owned(), |v| format!("`{}`", code(&short(v))))
    };
    match (&finding.old, &finding.new) {
        (None, None) => String::new(),
        (old, new) => format!("{} → {}", value(old), value(new)),
    }
}

/// What to do, each sentence once.
fn actions(page: &mut Page, report: &ConnectorReport) {
    let mut said = std::collections::BTreeSet::new();
    let mut lines = Vec::new();
    for finding in &report.findings {
        if matches!(finding.level, Level::Breaking | Level::Review) && said.insert(finding.rule.clone()) {
            let streams = match finding.stream.is_none() && !finding.scope.streams.is_empty() {
                true => format!(" ({})", phrase::names(finding.scope.streams.iter().map(String::as_str))),
                false => String::new(),
            };
            let action = phrase::action(report, finding, finding.action.clone()).to_string();
            lines.push(format!("- `{}`{}: {}\n", finding.rule, escape(&streams), escape(&action)));
        }
    }
    if lines.is_empty() {
        return;
    }
    page.push("\n**What to do**\n\n");
    for line in lines {
        page.row(&line, 0);
    }
}

/// What users see, what shows it, and every place where the table names a few.
fn details(page: &mut Page, report: &ConnectorReport) {
    let open = groups(&report.findings, &[Level::Breaking, Level::Review]);
    if open.is_empty() {
        return;
    }
    const CLOSING: &str = "\n</details>\n";
    page.push("\n<details><summary>What users see, and why</summary>\n\n");
    for group in &open {
        for block in &group.blocks {
            let finding = block.first();
            let rule = rules::find(&finding.rule);
            let several = block.findings.len() > 1;
            let effect = match rule {
                Some(rule) if several => {
                    rule.unless_sure(finding.own_level, rule.effect.in_general()).to_string()
                }
                _ => finding.effect.to_string(),
            };
            let mut line =
                format!("- {} {}: {}", mark(finding.level), escape(&group.heading), escape(&effect));
            if let (Some((label, text)), false) = (phrase::evidence(finding), several) {
                line.push_str(&format!("<br>{label}: {}", escape(&text.to_string())));
            }
            if let Some(set_by) = &finding.policy {
                line.push_str(&format!("<br>the level is set at {}", escape(set_by)));
            }
            if several {
                line.push_str(&format!("<br>{}", escape(&block.places().join(", "))));
            }
            line.push('\n');
            page.row(&line, CLOSING.len());
        }
    }
    page.push(CLOSING);
}

/// The table of saved state.
fn states(page: &mut Page, report: &ConnectorReport) {
    let Some(table) = state::table(report, false) else { return };
    const CLOSING: &str = "\n</details>\n";
    let forward = state::counts(report, |one| one.forward.outcome);
    let back = state::counts(report, |one| one.back.outcome);
    let opening = format!(
        "\n<details><summary>Saved state, new version: {forward}. Rollback: {back}</summary>\n\n\
         | Stream | New version | Rollback | Why |\n|-|-|-|-|\n"
    );
    if page.used + opening.chars().count() + CLOSING.len() + FOOTER > page.limit {
        page.left_out += table.rows.len();
        return;
    }
    page.push(&opening);
    for row in &table.rows {
        let streams = phrase::names(row.streams.iter().map(String::as_str));
        let line = format!(
            "| {} | {} | {} | {} |\n",
            escape(&streams),
            row.state.forward.outcome.name(),
            row.state.back.outcome.name(),
            escape(&row.why().join("; "))
        );
        page.row(&line, CLOSING.len());
    }
    page.push(CLOSING);
}

fn folded(page: &mut Page, report: &ConnectorReport, listed: &[Level]) {
    if let Some(ignored) = phrase::ignored(report) {
        page.push(&format!("\n{ignored}.\n"));
    }
    let quiet = phrase::quiet_counts(report, listed);
    if quiet.is_empty() {
        return;
    }
    const CLOSING: &str = "\n</details>\n";
    page.push(&format!("\n<details><summary>{quiet}</summary>\n\n"));
    let quiet: Vec<Level> =
        [Level::Safe, Level::Cosmetic].into_iter().filter(|level| !listed.contains(level)).collect();
    for group in groups(&report.findings, &quiet) {
        for block in &group.blocks {
            let finding = block.first();
            let title = rules::find(&finding.rule).map_or("", |rule| rule.title);
            let fields = block.fields();
            let subject = match fields.as_slice() {
                [] => String::new(),
                more => format!(": {}", escape(&phrase::names(more.iter().map(String::as_str)))),
            };
            let line = format!("- {} {}: {title}{subject}\n", mark(finding.level), escape(&group.heading));
            page.row(&line, CLOSING.len());
        }
    }
    page.push(CLOSING);
}

/// Text for a table cell or a line.
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '|' | '<' | '>' | '*' | '_' | '[' | ']' | '\\' | '#' | '~' | '@' => {
                escaped.push('\\');
                escaped.push(character);
            }
            '\n' | '\r' => escaped.push(' '),
            other => escaped.push(other),
        }
    }
    // Code spans of our own texts stay code: inside them a backslash would show.
    unescape_code(&escaped)
}

fn unescape_code(text: &str) -> String {
    let mut parts: Vec<String> = text.split('`').map(str::to_owned).collect();
    let last = parts.len() - 1;
    for (index, part) in parts.iter_mut().enumerate() {
        if index % 2 == 1 && index != last {
            *part = part
                .replace("\\_", "_")
                .replace("\\*", "*")
                .replace("\\[", "[")
                .replace("\\]", "]")
                .replace("\\<", "<")
                .replace("\\>", ">")
                .replace("\\#", "#")
                .replace("\\~", "~")
                .replace("\\@", "@");
        }
    }
    parts.join("`")
}

/// Text inside a code span of a table.
fn code(text: &str) -> String {
    text.replace('`', "'").replace('|', "\\|").replace(['\n', '\r'], " ")
}
