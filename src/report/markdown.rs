//! The Markdown report, for a comment on a pull request: the answer, the streams and what to do above the fold.
//!
//! A comment has a limit, so rows are written while they fit, worst first, and what was left out is counted.

use super::view::{Entry, Hint, Mark, Render, Section, Subject, View, phrase};
use crate::model::{Inline, Level, Origin, Severity, Words, short};

/// The Markdown report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Markdown {
    /// It has at most about so many characters.
    pub most_characters: usize,
}

impl Render for Markdown {
    fn render(&self, views: &[View<'_>]) -> String {
        let mut out = String::new();
        for view in views {
            let left = self.most_characters.saturating_sub(out.chars().count());
            out.push_str(&one(view, left));
        }
        out
    }
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

fn one(view: &View<'_>, limit: usize) -> String {
    let mut page = Page { text: String::new(), used: 0, limit, left_out: 0 };
    let mark = match view.answer.mark {
        Mark::Fine => "✅",
        Mark::Bad => "❌",
        Mark::Open => "⚠️",
    };
    page.push(&format!("<!-- connector-diff:{} -->\n", marker(view.name)));
    let answer = format!("{}: {}", view.answer.word, view.answer.rest);
    page.push(&format!("### {mark} {}: {}\n", escape(&view.title), escape(&answer)));
    if let Some(affects) = &view.affects {
        page.push(&format!("\n**Affects** {}\n", escape(affects)));
    }
    if let Some(platform) = view.platform {
        page.push(&format!("\n**Platform**: {platform}\n"));
    }
    errors_and_problems(&mut page, view);
    if !view.sections.is_empty() {
        page.push("\n| | Where | Change | Old → new | Users |\n|-|-|-|-|-|\n");
        for section in &view.sections {
            for entry in &section.entries {
                page.row(&row(&section.heading, entry), 0);
            }
        }
    }
    for delta in &view.unjudged {
        let (field, change) = (escape(&delta.field.join(".")), escape(&delta.change));
        page.row(&format!("\n- no rule judges this yet: {field} {change}\n"), 0);
    }
    actions(&mut page, view);
    details(&mut page, &view.sections);
    states(&mut page, view);
    folded(&mut page, view);
    let left_out = page.left_out;
    if left_out > 0 {
        let rows = phrase::count(left_out, "row");
        page.push(&format!("\n**{rows} left out for length**: see the full report.\n"));
    }
    for left_out in view.rest.left_out.iter().chain(&view.rest.folded_left_out) {
        page.push(&format!("\n**{}**\n", escape(left_out)));
    }
    if let Some(strangers) = &view.rest.strangers {
        page.push(&format!("\n{}.\n", escape(strangers)));
    }
    if !view.rest.blind_spots.is_empty() {
        page.push(&format!("\n<sub>{}</sub>\n", escape(&view.rest.blind_spots.join(", "))));
    }
    page.push(&format!("\n<sub>connector-diff {}</sub>\n", env!("CARGO_PKG_VERSION")));
    page.text
}

/// The name as it can stand in a comment of HTML, which two hyphens may end.
fn marker(name: &str) -> String {
    let mut marker = String::with_capacity(name.len());
    for character in name.chars() {
        match character {
            '-' if marker.ends_with('-') => {}
            '-' | '_' | '.' => marker.push(character),
            other if other.is_alphanumeric() => marker.push(other),
            _ => marker.push('_'),
        }
    }
    marker
}

fn errors_and_problems(page: &mut Page, view: &View<'_>) {
    for error in view.errors {
        let line = error.line.map(|line| format!(":{line}")).unwrap_or_default();
        let (file, message) = (escape(&error.file), escape(&error.message));
        page.row(&format!("\n> **{} side** {file}{line}: {message}\n", error.side), 0);
    }
    for problem in view.problems {
        let word = match problem.level {
            Severity::Error => "**Release**",
            Severity::Warning => "Release",
        };
        let policy =
            problem.policy.as_ref().map(|set_by| format!(" (the level is set at {})", escape(set_by)));
        let policy = policy.unwrap_or_default();
        page.row(&format!("\n- {word}: {}{policy}", escape(&problem.message)), 0);
    }
    if !view.problems.is_empty() {
        page.push("\n");
    }
}

fn mark(level: Level) -> &'static str {
    match level {
        Level::Breaking => "❌",
        Level::Review => "⚠️",
        Level::Safe => "✅",
        Level::Cosmetic => "·",
    }
}

fn row(heading: &str, entry: &Entry<'_>) -> String {
    let subject = match &entry.subject {
        Subject::Whole | Subject::Streams(_) | Subject::Changes(_) => String::new(),
        Subject::Fields { names, .. } => match names.as_slice() {
            [one] => format!(": {}", code(one, Within::Table)),
            more => format!(": {}: {}", phrase::count(more.len(), "field"), list(more)),
        },
        Subject::Items(items) => {
            let names: Vec<String> = items.iter().map(|item| item.name.clone()).collect();
            format!(": {}: {}", phrase::count(items.len(), items[0].noun), list(&names))
        }
    };
    let branch = entry.branch.map(|branch| format!(" (option {branch})")).unwrap_or_default();
    let place = if entry.streams.len() < 2 {
        escape(heading)
    } else {
        format!("{}: {}", escape(heading), escape(&phrase::names(entry.streams.iter().map(String::as_str))))
    };
    let renamed: String = entry.hints.iter().filter(|hint| hint.leads_on()).map(renamed).collect();
    format!(
        "| {} | {place} | {}{subject}{}{renamed} <br><sub>`{}`{}</sub> | {} | {} |\n",
        mark(entry.level),
        entry.title,
        escape(&branch),
        entry.rule,
        location(entry.origin),
        values(entry),
        escape(&entry.users)
    )
}

fn list(names: &[String]) -> String {
    escape(&phrase::names(names.iter().map(String::as_str)))
}

fn renamed(hint: &Hint<'_>) -> String {
    format!(" ({} {}?)", hint.kind.describe(), code(&hint.name, Within::Table))
}

/// The file and line to open.
fn location(origin: Option<&Origin>) -> String {
    let line = |line: Option<usize>| line.map(|line| format!(":{line}")).unwrap_or_default();
    origin.map(|origin| format!(" {}{}", escape(&origin.file), line(origin.line))).unwrap_or_default()
}

fn values(entry: &Entry<'_>) -> String {
    let value = |value: Option<&serde_json::Value>| {
        value.map_or_else(|| "–".to_owned(), |value| code(&short(value), Within::Table))
    };
    entry.values.map(|values| format!("{} → {}", value(values.old), value(values.new))).unwrap_or_default()
}

/// What to do, each sentence once.
fn actions(page: &mut Page, view: &View<'_>) {
    if view.actions.is_empty() {
        return;
    }
    page.push("\n**What to do**\n\n");
    for action in &view.actions {
        let streams = match action.streams.as_slice() {
            [] => String::new(),
            streams => format!(" ({})", phrase::names(streams.iter().map(String::as_str))),
        };
        let line = format!("- `{}`{}: {}\n", action.rule, escape(&streams), words(&action.words));
        page.row(&line, 0);
    }
}

/// What users see, what shows it, and every place where the table names a few.
fn details(page: &mut Page, sections: &[Section<'_>]) {
    let is_open = |entry: &&Entry<'_>| matches!(entry.level, Level::Breaking | Level::Review);
    if !sections.iter().flat_map(|section| &section.entries).any(|entry| is_open(&entry)) {
        return;
    }
    const CLOSING: &str = "\n</details>\n";
    page.push("\n<details><summary>What users see, and why</summary>\n\n");
    for section in sections {
        for entry in section.entries.iter().filter(is_open) {
            let heading = escape(&section.heading);
            let mut line = format!("- {} {heading}: {}", mark(entry.level), words(&entry.effect));
            if let Some((label, shown)) = &entry.evidence {
                line.push_str(&format!("<br>{label}: {}", words(shown)));
            }
            if let Some(set_by) = entry.policy {
                line.push_str(&format!("<br>the level is set at {}", escape(set_by)));
            }
            if entry.is_folded() {
                let places = entry.places.iter().map(|place| match &place.change {
                    Some((old, new)) => {
                        let (old, new) = (code(old, Within::Line), code(new, Within::Line));
                        format!("{} ({old} → {new})", escape(&place.name))
                    }
                    None => escape(&place.name),
                });
                line.push_str(&format!("<br>{}", places.collect::<Vec<_>>().join(", ")));
            }
            line.push('\n');
            page.row(&line, CLOSING.len());
        }
    }
    page.push(CLOSING);
}

/// The table of saved state.
fn states(page: &mut Page, view: &View<'_>) {
    let Some(table) = &view.states else { return };
    const CLOSING: &str = "\n</details>\n";
    let opening = format!(
        "\n<details><summary>Saved state, new version: {}. Rollback: {}</summary>\n\n\
         | Stream | New version | Rollback | Why |\n|-|-|-|-|\n",
        table.forward, table.back
    );
    if page.used + opening.chars().count() + CLOSING.len() + FOOTER > page.limit {
        page.left_out += table.rows.len();
        return;
    }
    page.push(&opening);
    for row in &table.rows {
        let line = format!(
            "| {} | {} | {} | {} |\n",
            list(&row.streams),
            row.forward.name(),
            row.back.name(),
            escape(&row.why.join("; "))
        );
        page.row(&line, CLOSING.len());
    }
    page.push(CLOSING);
}

fn folded(page: &mut Page, view: &View<'_>) {
    if let Some(ignored) = &view.rest.ignored {
        page.push(&format!("\n{ignored}.\n"));
    }
    let Some(quiet) = &view.rest.quiet else { return };
    const CLOSING: &str = "\n</details>\n";
    page.push(&format!("\n<details><summary>{quiet}</summary>\n\n"));
    for section in &view.folded {
        for entry in &section.entries {
            let subject = match &entry.subject {
                Subject::Whole | Subject::Streams(_) | Subject::Changes(_) => String::new(),
                Subject::Fields { names, .. } => format!(": {}", list(names)),
                Subject::Items(items) => {
                    let names: Vec<String> = items.iter().map(|item| item.name.clone()).collect();
                    format!(": {}", list(&names))
                }
            };
            let heading = escape(&section.heading);
            let line = format!("- {} {heading}: {}{subject}\n", mark(entry.level), entry.title);
            page.row(&line, CLOSING.len());
        }
    }
    page.push(CLOSING);
}

/// Where code stands. A bar ends a cell of a table even inside code.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Within {
    Table,
    Line,
}

/// Words as a line of Markdown.
fn words(words: &Words) -> String {
    words
        .inlines()
        .into_iter()
        .map(|inline| match inline {
            Inline::Text(text) => escape(text),
            Inline::Code(name) => code(name, Within::Line),
        })
        .collect()
}

/// Running text for a table cell or a line.
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '|' | '<' | '>' | '*' | '_' | '[' | ']' | '\\' | '#' | '~' | '@' | '`' => {
                escaped.push('\\');
                escaped.push(character);
            }
            '&' => escaped.push_str("&amp;"),
            '\n' | '\r' => escaped.push(' '),
            other => escaped.push(other),
        }
    }
    escaped
}

/// GitHub's engine takes a run of more than 80 backticks for text, and what is inside of it for Markdown.
const LONGEST_FENCE: usize = 64;

/// A code span. Its fence is longer than any run of backticks inside, as CommonMark has it, so that nothing inside ends
/// it.
fn code(text: &str, within: Within) -> String {
    let mut shown = text.replace(['\n', '\r'], " ");
    if within == Within::Table {
        shown = shown.replace('|', "\\|");
    }
    let longest = shown.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    if longest >= LONGEST_FENCE {
        return escape(text);
    }
    let fence = "`".repeat(longest + 1);
    // One space on each side is taken away again, so that a backtick may stand at an end; a name of spaces keeps them.
    let is_blank = shown.trim_matches(' ').is_empty();
    let at_end = |c: char| c == '`' || c == ' ' && !is_blank;
    let pad = if shown.is_empty() || shown.starts_with(at_end) || shown.ends_with(at_end) { " " } else { "" };
    format!("{fence}{pad}{shown}{pad}{fence}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_in_a_code_span_ends_it() {
        for (text, expected) in [
            ("users", "`users`"),
            ("a`b", "``a`b``"),
            ("`", "`` ` ``"),
            ("a``", "``` a`` ```"),
            ("a|b", "`a\\|b`"),
            ("a\nb", "`a b`"),
            (" ", "` `"),
            (" a", "`  a `"),
            ("C:\\data", "`C:\\data`"),
        ] {
            assert_eq!(code(text, Within::Table), expected, "{text:?}");
        }
        assert_eq!(code("a|b", Within::Line), "`a|b`");
        assert_eq!(code("", Within::Line), "`  `");
        let many = "`".repeat(80);
        assert_eq!(code(&format!("{many}<h1>"), Within::Line), format!("{}\\<h1\\>", "\\`".repeat(80)));
    }

    #[test]
    fn text_is_shown_as_it_is() {
        assert_eq!(escape("a&lt;b `c` *d*"), "a&amp;lt;b \\`c\\` \\*d\\*");
        let said = Words::marked("the column ").and_code("a`|b").and_text(" of a`b");
        assert_eq!(words(&said), "the column ``a`|b`` of a\\`b");
    }
}
