//! Workflow commands of GitHub Actions, which shows them beside the lines of a change: the answer for each connector, then
//! what weighs most.
//!
//! Source: "Workflow commands for GitHub Actions" of GitHub's docs, and the limits of annotations that a step may make.

use std::collections::BTreeMap;

use super::annotation::{Annotation, Weight, annotations, answer, of_all};
use super::checkout::{Checkout, Place};
use super::text::plain;
use super::view::{Render, Run, phrase};
use crate::model::{clipped, harmless_start, visible};

/// Annotations for GitHub Actions. It is rendered from views that tell [places](super::Grain::Place) one by one.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Github {
    /// The repository of the new side, where it is known.
    pub files_at: Option<Checkout>,
}

/// So many of one kind are shown for a step; the service drops the others without a word.
const MOST: usize = 10;

/// So much of a message is shown.
const LONGEST: usize = 2_000;

impl Render for Github {
    fn render(&self, run: &Run<'_>) -> String {
        let mut out = String::new();
        let heading = run.heading.as_ref().map(of_all);
        for line in heading.into_iter().chain(run.notes.iter().map(|note| format!("note: {}", plain(note)))) {
            out.push_str(&format!("{}\n", harmless_start(&visible(&line))));
        }
        let views = &run.views;
        for view in views {
            let gate =
                view.rest.gate.as_ref().map(|gate| format!(" [gate {}]", gate.line)).unwrap_or_default();
            let line = format!("{}{gate}", answer(view));
            out.push_str(&format!("{}\n", harmless_start(&visible(&line))));
        }
        let mut all = annotations(views, self.files_at.as_ref());
        all.retain(|annotation| annotation.waived.is_none());
        for (weight, command) in [(Weight::Error, "error"), (Weight::Warning, "warning")] {
            let of_weight: Vec<&Annotation<'_>> = all.iter().filter(|one| one.weight == weight).collect();
            let shown = if of_weight.len() > MOST { MOST - 1 } else { of_weight.len() };
            of_weight[..shown].iter().for_each(|one| out.push_str(&annotation(command, one)));
            if let Some(rest) = of_weight.get(shown..).filter(|rest| !rest.is_empty()) {
                out.push_str(&counted(command, rest));
            }
        }
        out
    }
}

fn annotation(command: &str, one: &Annotation<'_>) -> String {
    let title = format!("{}: {} ({})", one.connector, one.headline, one.rule);
    written(command, one.place.as_ref(), &title, &one.lines)
}

/// The last of a kind: how many there is no room for, and of which connectors.
fn counted(command: &str, rest: &[&Annotation<'_>]) -> String {
    let mut connectors: BTreeMap<&str, usize> = BTreeMap::new();
    rest.iter().for_each(|one| *connectors.entry(one.connector).or_default() += 1);
    let of: Vec<String> = connectors.iter().map(|(name, count)| format!("{name}: {count}")).collect();
    let shown = of.len().min(phrase::MOST_NAMES);
    let more = match of.len() - shown {
        0 => String::new(),
        more => format!(", and of {}", phrase::count(more, "more connector")),
    };
    let what = phrase::count(rest.len(), &format!("more {command}"));
    let line =
        format!("There is no room for them here ({}{more}): see the whole report.", of[..shown].join(", "));
    written(command, None, &what, &[line])
}

/// One command. Nothing in what a stranger wrote ends it or starts another.
fn written(command: &str, place: Option<&Place>, title: &str, lines: &[String]) -> String {
    let mut properties: Vec<String> = Vec::new();
    if let Some(place) = place {
        properties.push(format!("file={}", property(&place.path)));
        if let Some(line) = place.line {
            properties.push(format!("line={line},endLine={line}"));
        }
        if let Some(column) = place.column {
            properties.push(format!("col={column}"));
        }
    }
    properties.push(format!("title={}", property(title)));
    let lines: Vec<String> = lines.iter().map(|line| visible(line).into_owned()).collect();
    let message = clipped(&lines.join("\n"), LONGEST).into_owned();
    format!("::{command} {}::{}\n", properties.join(","), data(&message))
}

/// What follows the second pair of colons.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// The value of a property, which a colon or a comma would end.
fn property(text: &str) -> String {
    data(&visible(text)).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_ends_a_command() {
        let place = Place { path: "a,b:c%\nd.json".to_owned(), line: Some(3), column: Some(7) };
        let text = written("error", Some(&place), "x::y,\r\n::error::z", &["100%\n::warning::w".to_owned()]);
        assert_eq!(
            text,
            "::error file=a%2Cb%3Ac%25\\nd.json,line=3,endLine=3,col=7,title=x%3A%3Ay%2C\\r\\n%3A%3Aerror%3A%3Az::100%25\\n::warning::w\n"
        );
        let two = written("warning", None, "t", &["one".to_owned(), "two".to_owned()]);
        assert_eq!(two, "::warning title=t::one%0Atwo\n");
    }
}
