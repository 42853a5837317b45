//! A line for each finding, for editors and `grep`: `file:line:column: level[rule] message id`. What is waived has that
//! word before the level.

use super::annotation::of_all;
use super::text::{on_one_line, place, plain};
use super::view::{Edit, Group, Render, Run, View, lower_first, phrase};
use crate::model::{Origin, Words, harmless_start, visible};

/// One finding a line. It is rendered from views that tell each [finding](super::Grain::Finding) by itself.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Concise;

impl Render for Concise {
    fn render(&self, run: &Run<'_>) -> String {
        // Of a branch without connectors there is no other line.
        let heading = run.heading.iter().filter(|_| run.views.is_empty()).map(of_all);
        let notes = run.notes.iter().map(|note| format!("note: {}", plain(note)));
        let line = |line: String| format!("{}\n", harmless_start(&visible(&line)));
        heading.chain(notes).map(line).chain(run.views.iter().map(one)).collect()
    }
}

fn one(view: &View<'_>) -> String {
    let mut lines = Vec::new();
    for error in view.errors {
        let line = error.line.map(|line| format!(":{line}")).unwrap_or_default();
        lines.push(format!(
            "{}{line}: error {} side: {}",
            error.file,
            error.side,
            on_one_line(&error.message)
        ));
    }
    for group in view.groups.iter().chain(&view.waived) {
        lines.extend(group.edits.iter().map(|edit| edit_line(view, group, edit)));
    }
    for problem in view.problems {
        let origin = problem.origin.as_ref();
        let (level, rule) = (problem.level.name(), &problem.rule);
        let (mark, why) = waived(problem.waived.as_ref().map(phrase::waived).as_ref());
        let (place, message) = (stands(view, origin), on_one_line(&problem.message));
        lines.push(format!("{place}: {mark}{level}[{rule}] {message}{why} {}", problem.id));
    }
    for delta in &view.unjudged {
        let place = delta.stream.as_ref().map_or_else(|| delta.artifact.to_string(), ToString::to_string);
        let field = delta.field.join(".");
        lines.push(format!("{}: unjudged {place}: {field}: {}", view.name, delta.change));
    }
    if lines.is_empty() {
        // Nothing to list is an answer as well.
        lines.push(format!("{}: {}: {}", plain(&view.title), view.answer.word, plain(&view.answer.rest)));
    }
    lines.iter().map(|line| format!("{}\n", harmless_start(&visible(line)))).collect()
}

fn edit_line(view: &View<'_>, group: &Group<'_>, edit: &Edit<'_>) -> String {
    let affects = edit.affects.as_ref().map(|affects| format!(" (affects {})", plain(affects)));
    let (mark, why) = waived(group.waived.as_ref());
    format!(
        "{}: {mark}{}[{}] {}: {}{}{why} {}",
        stands(view, edit.origin.new.or(edit.origin.old)),
        group.level.name(),
        group.rule,
        lower_first(&group.headline()),
        plain(&edit.subject),
        affects.unwrap_or_default(),
        edit.ids.join(" "),
    )
}

/// What stands before the level of what is waived, and behind the message.
fn waived(why: Option<&Words>) -> (&'static str, String) {
    why.map_or_else(Default::default, |why| ("waived ", format!(" (waived: {})", plain(why))))
}

/// Where it stands; of what stands nowhere, the connector.
fn stands(view: &View<'_>, origin: Option<&Origin>) -> String {
    origin.map_or_else(|| view.name.to_owned(), place)
}
