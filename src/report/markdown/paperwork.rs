//! The texts of a release that breaks users, as Markdown: what a connector calls things is code in them.

use std::collections::BTreeSet;

use super::super::view::paperwork::{task_words, whom};
use super::super::view::{FieldChange, Paperwork, Requirement};
use super::capitalised;
use super::inline::{Within, code, words, words_in};
use crate::model::{ConnectorType, StepKind, Words, visible_within};
use crate::release::Task;

/// A message is a few sentences in an app and in a mail.
const LONGEST_MESSAGE: usize = 500;

/// What is said of the changes in it, so that the rest has room.
const LONGEST_CHANGES: usize = 240;

/// So many streams are named in a sentence.
const MOST_STREAMS: usize = 5;

/// The message of the entry: what it says already, what changes, who must do what, and where to read on.
pub fn message(paperwork: &Paperwork) -> String {
    let new = new_message(paperwork);
    let own = paperwork.draft.message.as_deref().filter(|own| own.chars().count() <= LONGEST_MESSAGE);
    // A full stop behind an address would be taken for a part of it.
    let ends = |own: &str| {
        own.ends_with(['.', '!', '?'])
            || own.split_whitespace().last().is_some_and(|last| last.contains("://"))
    };
    match own {
        None => new,
        Some(own) if own.contains(&new) => own.to_owned(),
        Some(own) if ends(own) => format!("{own} {new}"),
        Some(own) => format!("{own}. {new}"),
    }
}

fn new_message(paperwork: &Paperwork) -> String {
    let draft = &paperwork.draft;
    let what = summary(paperwork, LONGEST_CHANGES);
    let see = match &draft.guide_url {
        Some(url) => format!("See {url}"),
        None => "See the migration guide.".to_owned(),
    };
    let said = |most_streams: usize| format!("{what}. {} {see}", users_of(paperwork, most_streams));
    let shortest = || {
        let what = summary(paperwork, 0);
        let who = who(paperwork, 0);
        let then = if draft.tasks.is_empty() {
            "need not act in Airbyte"
        } else {
            "must take the steps of its guide"
        };
        format!("{what}. {who} {then}. {see}")
    };
    let is_short = |text: &String| text.chars().count() <= LONGEST_MESSAGE;
    [said(MOST_STREAMS), said(0)].into_iter().find(is_short).unwrap_or_else(shortest)
}

/// The changes in at most so many characters: each of them, or how many there are.
pub fn summary(paperwork: &Paperwork, most: usize) -> String {
    for sentences in [&paperwork.sentences, &paperwork.counted] {
        let all: Vec<String> = sentences.iter().map(words).collect();
        let all = all.join(". ");
        if !all.is_empty() && all.chars().count() <= most {
            return all;
        }
    }
    let changes = match paperwork.changes {
        1 => "1 breaking change".to_owned(),
        count => format!("{count} breaking changes"),
    };
    let scope = &paperwork.scope;
    match scope.streams.len() {
        _ if scope.everyone => format!("This version has {changes}"),
        0 => format!("This version has {changes}"),
        1 => format!("This version has {changes} in 1 stream"),
        count => format!("This version has {changes} in {count} streams"),
    }
}

/// Who must do what, in a sentence.
pub fn users(paperwork: &Paperwork) -> String {
    users_of(paperwork, MOST_STREAMS)
}

/// Words as a line of Markdown.
pub fn line(said: &Words) -> String {
    words(said)
}

/// Words as a cell of a table.
pub fn cell(said: &Words) -> String {
    words_in(said, Within::Table)
}

/// The name of a connector, as text where it is made of words and else as code.
pub fn plain_name(name: &str) -> String {
    let is_word = |c: char| c.is_alphanumeric() || " -.,()+&'/_".contains(c);
    // An underscore within a word is a letter; elsewhere it may open an emphasis.
    let has_mark = name
        .split(|c: char| !(c.is_alphanumeric() || c == '_'))
        .any(|word| word.starts_with('_') || word.ends_with('_'));
    let is_plain = !name.trim().is_empty() && name.len() <= 100 && name.chars().all(is_word);
    let links = name.contains("//") || name.to_lowercase().contains("www.");
    if is_plain && !has_mark && !links { name.to_owned() } else { self::name(name) }
}

fn users_of(paperwork: &Paperwork, most_streams: usize) -> String {
    let who = who(paperwork, most_streams);
    let draft = &paperwork.draft;
    let tasks: Vec<&str> =
        draft.tasks.iter().map(|task| task_words(task.kind, task.words, task.streams.len())).collect();
    match tasks.split_last() {
        None => no_action(paperwork).to_owned(),
        Some((only, [])) => format!("{who} must {only}."),
        Some((last, others)) => format!("{who} must {} and {last}.", others.join(", ")),
    }
}

/// What is said where the product asks for nothing.
fn no_action(paperwork: &Paperwork) -> &'static str {
    match paperwork.removes {
        _ if !paperwork.renamed.is_empty() => {
            "Users enable the new stream where one has another name; queries that use what is removed must change."
        }
        true => "No action is needed in Airbyte; queries that use what is removed must change.",
        false => "No action is needed in Airbyte.",
    }
}

/// Whom it reaches, as the start of a sentence.
fn who(paperwork: &Paperwork, most_streams: usize) -> String {
    match &paperwork.draft.streams {
        Some(streams) if streams.len() <= most_streams => format!("Users who sync {}", any_of(streams)),
        Some(streams) if streams.len() == 1 => "Users who sync the stream".to_owned(),
        Some(streams) => format!("Users who sync any of these {} streams", streams.len()),
        None if paperwork.scope.everyone => "Users".to_owned(),
        None => {
            let streams = &paperwork.scope.streams;
            match streams.len() {
                0 => "Users who sync the streams concerned".to_owned(),
                count if count <= most_streams => {
                    format!("Users who sync {}, and perhaps other streams,", any_of(streams))
                }
                count => format!("Users who sync any of these {count} streams, and perhaps other streams,"),
            }
        }
    }
}

fn name(name: &str) -> String {
    code(&visible_within(name, super::LONGEST_NAME), Within::Line)
}

/// `a, b or c`.
fn any_of(names: &BTreeSet<String>) -> String {
    let names: Vec<String> = names.iter().map(|one| name(one)).collect();
    match names.split_last() {
        None => String::new(),
        Some((only, [])) => only.clone(),
        Some((last, others)) => format!("{} or {last}", others.join(", ")),
    }
}

/// The section of the migration guide. What only people know is marked with `TODO`.
pub fn section(paperwork: &Paperwork) -> String {
    section_of(paperwork, usize::MAX)
}

/// The same for a report, which names so many fields.
pub(in crate::report) fn short_section(paperwork: &Paperwork) -> String {
    const MOST_FIELDS: usize = 40;
    section_of(paperwork, MOST_FIELDS)
}

fn section_of(paperwork: &Paperwork, most_fields: usize) -> String {
    let mut out = format!("## {}\n\n### What changed\n\n", paperwork.draft.heading());
    for change in &paperwork.others {
        out.push_str(&format!("- {}\n", words(change)));
    }
    if !paperwork.others.is_empty() && !paperwork.fields.is_empty() {
        out.push('\n');
    }
    if !paperwork.fields.is_empty() {
        out.push_str("| Stream | Field | Old type | New type |\n|--------|-------|----------|----------|\n");
        paperwork.fields.iter().take(most_fields).for_each(|change| out.push_str(&row(change)));
        let left = paperwork.fields.len().saturating_sub(most_fields);
        if left > 0 {
            out.push_str(&format!("\nTODO: {left} more fields, which connector-diff declare writes.\n"));
        }
    }
    out.push_str(
        "\n### Why it changed\n\nTODO: say why, and what is better now: the API changed or is retired, a bug is fixed, syncs are faster.\n",
    );
    let whom = capitalised(&words(&whom(&paperwork.scope)));
    out.push_str(&format!("\n### Who is affected\n\n{whom}.\n\n### Migration steps\n\n"));
    if paperwork.draft.tasks.is_empty() && paperwork.renamed.is_empty() {
        out.push_str(no_action(paperwork));
        out.push('\n');
        return out;
    }
    let is_ordered = paperwork.draft.tasks.len() + paperwork.renamed.len() > 1;
    out.push_str("After upgrading:\n\n");
    for (index, task) in paperwork.draft.tasks.iter().enumerate() {
        let mark = if is_ordered { format!("{}.", index + 1) } else { "-".to_owned() };
        out.push_str(&format!("{mark} {}\n", step(task, paperwork.draft.connector_type)));
    }
    for (index, (old, new)) in paperwork.renamed.iter().enumerate() {
        let number = paperwork.draft.tasks.len() + index + 1;
        let mark = if is_ordered { format!("{number}.") } else { "-".to_owned() };
        let (old, new) = (name(old), name(new));
        out.push_str(&format!(
            "{mark} TODO: if {new} is the new name of {old}: for each connection that syncs {old}, open the **Schema** tab, \
             enable {new}, and save the changes.\n"
        ));
    }
    out
}

fn row(change: &FieldChange) -> String {
    let in_cell = |words: &Words| words_in(words, Within::Table);
    let streams: Vec<String> = change.streams.iter().map(|one| code(one, Within::Table)).collect();
    let new = match (&change.new, &change.renamed) {
        (Some(new), _) => in_cell(new),
        (None, Some(name)) => format!("removed (TODO: or renamed to {}?)", code(name, Within::Table)),
        (None, None) => "removed".to_owned(),
    };
    let field = code(&change.field, Within::Table);
    format!("| {} | {field} | {} | {new} |\n", streams.join(", "), in_cell(&change.old))
}

/// So many streams are named in a step; the table above has all of them.
const MOST_IN_STEP: usize = 8;

/// A step, with where the product has it.
fn step(task: &Task, connector_type: ConnectorType) -> String {
    let connector = match connector_type {
        ConnectorType::Source => "source",
        ConnectorType::Destination => "destination",
        ConnectorType::Unknown => "connector",
    };
    let settings =
        |what: &str| format!("Open the settings of the {connector}, {what}, then test and save them.");
    let streams = match task.streams.len() {
        0 => "the stream".to_owned(),
        1..=MOST_IN_STEP => {
            let names: Vec<String> = task.streams.iter().map(|one| name(one)).collect();
            names.join(", ")
        }
        _ => "the streams named above".to_owned(),
    };
    let in_schema = |what: &str| {
        format!(
            "For each connection that syncs {streams}: open the **Schema** tab, {what}, and save the changes."
        )
    };
    match task.kind {
        StepKind::EditSettings => settings("edit what is refused"),
        StepKind::SignInAgain => settings("sign in again or enter new credentials"),
        StepKind::ChooseOption => settings("choose another option"),
        StepKind::RefreshSchema => in_schema("select **Refresh source schema**"),
        StepKind::EnableStream => in_schema("enable the new stream"),
        StepKind::ChooseSyncMode => in_schema("choose another sync mode for it"),
        StepKind::ChooseCursor => in_schema("choose a cursor for it"),
        StepKind::ChooseKey => in_schema("choose a primary key for it"),
        StepKind::Refresh => {
            format!(
                "Refresh {streams}. Where the destination cannot refresh streams, clear the data and sync again."
            )
        }
        StepKind::Clear => format!("Clear the data of {streams} and sync again."),
        _ => format!("{}.", capitalised(task.words)),
    }
}

/// What the changelog says of the release, for a cell of its table.
pub fn subject(paperwork: &Paperwork) -> String {
    const LONGEST: usize = 300;
    let all: Vec<String> = paperwork.sentences.iter().map(|one| words_in(one, Within::Table)).collect();
    let all = all.join(". ");
    let is_short = all.chars().count() <= LONGEST;
    let what = if is_short { all } else { format!("{} changes", paperwork.changes) };
    let see = match &paperwork.draft.guide_url {
        Some(url) => format!("see the [migration guide]({url})"),
        None => "see the migration guide".to_owned(),
    };
    format!("**Breaking change**: {what}; {see}")
}

/// What is said of a requirement, for a report.
pub(super) fn state(requirement: &Requirement) -> String {
    let mark = match requirement.is_met {
        Some(true) => "✅",
        Some(false) => "❌",
        None => "⚠️",
    };
    format!("- {mark} {}: {}\n", words(&requirement.what), words(&requirement.state))
}

/// A line of the checklist of a pull request, whose boxes people tick.
pub fn requirement(requirement: &Requirement) -> String {
    let mark = if requirement.is_met == Some(true) { "x" } else { " " };
    format!("- [{mark}] {}: {}\n", words(&requirement.what), words(&requirement.state))
}
