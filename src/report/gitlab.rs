//! GitLab's code quality report: a list of what is shown beside the lines of a merge request.
//!
//! Source: "Code Quality report format" of GitLab's docs.

use std::collections::{HashMap, HashSet};

use serde::Serialize;

use super::annotation::{Annotation, Kind, Weight, annotations, answer};
use super::checkout::{Checkout, Place, of_connector};
use super::view::{Mark, Render, Run, View};
use crate::model::{fingerprint, harmless_json, visible};

/// The code quality report. It is rendered from views that tell [places](super::Grain::Place) one by one.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Gitlab {
    /// The repository of the new side, where it is known.
    pub files_at: Option<Checkout>,
}

#[derive(Debug, Serialize)]
struct Entry {
    description: String,
    check_name: String,
    fingerprint: String,
    severity: &'static str,
    location: Location,
}

#[derive(Debug, Serialize)]
struct Location {
    path: String,
    lines: Lines,
}

#[derive(Debug, Serialize)]
struct Lines {
    begin: usize,
}

impl Render for Gitlab {
    fn render(&self, run: &Run<'_>) -> String {
        let views = &run.views;
        let files = self.files_at.as_ref();
        // What is accepted, and what nobody has to look at, is no entry: an empty list says that all is well.
        let mut all = annotations(views, files);
        all.retain(|one| one.waived.is_none() && one.weight < Weight::Note);
        let mut places: HashMap<&str, Place> = HashMap::new();
        for view in views {
            places.extend(of_connector(files, view).map(|place| (view.name, place)));
        }
        // The worst comes first and stands for its connector.
        for one in all.iter().rev() {
            places.extend(one.place.clone().map(|place| (one.connector, place)));
        }
        let to_see = views.iter().filter(|view| view.answer.mark != Mark::Fine);
        let mut entries: Vec<Entry> = to_see.map(|view| of_answer(view, &places)).collect();
        entries.extend(all.iter().map(|one| of_annotation(one, &places)));
        keep_apart(&mut entries);
        let mut json = serde_json::to_string_pretty(&entries).unwrap_or_default();
        json.push('\n');
        harmless_json(json)
    }
}

/// An entry has a place whatever it tells: that of the connector, if it has none of its own.
fn location(own: Option<&Place>, connector: &str, places: &HashMap<&str, Place>) -> Location {
    match own.or_else(|| places.get(connector)) {
        Some(place) => Location { path: place.path.clone(), lines: Lines { begin: place.line.unwrap_or(1) } },
        None => Location { path: connector.to_owned(), lines: Lines { begin: 1 } },
    }
}

/// What is answered of a connector.
fn of_answer(view: &View<'_>, places: &HashMap<&str, Place>) -> Entry {
    let gate = view.rest.gate.as_ref().map(|gate| format!("; gate {}", gate.line)).unwrap_or_default();
    Entry {
        description: visible(&format!("{}{gate}", answer(view))).into_owned(),
        check_name: "connector-diff".to_owned(),
        fingerprint: fingerprint('q', &(view.name, "answer")),
        severity: match view.answer.mark {
            Mark::Undeclared => "critical",
            Mark::Unread => "blocker",
            Mark::Declared | Mark::ToReview => "minor",
            Mark::Fine => "info",
        },
        location: location(None, view.name, places),
    }
}

fn of_annotation(one: &Annotation<'_>, places: &HashMap<&str, Place>) -> Entry {
    let lines: Vec<String> = one.lines.iter().map(|line| visible(line).into_owned()).collect();
    let what = one.fingerprint().map_or_else(|| lines.join("\n"), str::to_owned);
    Entry {
        description: format!("{}: {}", one.headline, sentence(&lines)),
        check_name: one.rule.to_owned(),
        // Connectors that change alike have findings of one fingerprint.
        fingerprint: fingerprint('q', &(one.connector, one.rule, what)),
        severity: match (one.weight, one.kind) {
            (Weight::Error, Kind::Unread) => "blocker",
            (Weight::Error, Kind::Problem) => "major",
            (Weight::Error, _) => "critical",
            (Weight::Warning, _) => "minor",
            (Weight::Note, _) => "info",
        },
        location: location(one.place.as_ref(), one.connector, places),
    }
}

/// Lines as one.
fn sentence(lines: &[String]) -> String {
    let parts: Vec<&str> = lines.iter().map(|line| line.trim_end_matches('.')).collect();
    parts.join("; ")
}

/// Entries that share their fingerprint are one to the service: the second and those after it are numbered.
fn keep_apart(entries: &mut [Entry]) {
    let mut taken = HashSet::new();
    for entry in entries {
        let (first, mut number) = (entry.fingerprint.clone(), 1);
        while !taken.insert(entry.fingerprint.clone()) {
            number += 1;
            entry.fingerprint = format!("{first}-{number}");
        }
    }
}
