//! All that is said of a run: of several connectors, and of the branch that they are from, before what is said of each.

use std::collections::BTreeMap;

use super::{Asked, Mark, View, phrase};
use crate::model::{Branch, Renamed, Report, Words};
use crate::release::Gate;

/// All that is said of a run.
#[derive(Debug)]
pub struct Run<'r> {
    /// What is said of all together, where more than one connector or a branch is compared.
    pub heading: Option<Heading>,
    /// What is said of the branch, a sentence each.
    pub notes: Vec<Words>,
    /// What is said of each connector, worst first.
    pub views: Vec<View<'r>>,
    /// Whether a branch is compared, whose report takes the place of the one before it.
    pub is_of_branch: bool,
}

/// The answer for several connectors.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Heading {
    /// The worst of them.
    pub mark: Mark,
    /// `15 connectors since 1a2b3c4d5e6f (the merge base with origin/master)`.
    pub title: Words,
    /// The one word.
    pub word: &'static str,
    /// How many connectors there are of each kind.
    pub rest: Words,
    /// Whether the run passes: `fails: 2 of 15 connectors`. `None` where nobody asks.
    pub gate: Option<String>,
    /// The same as a value; `None` where it could not be decided.
    pub passes: Option<bool>,
}

impl<'r> Run<'r> {
    /// What a report says to those who ask so; each connector has a gate.
    pub fn of(report: &'r Report, asked: Asked, gates: &[Option<Gate>]) -> Self {
        let gate = |index: usize| gates.get(index).copied().flatten();
        let view = |(index, one)| View::of(one, Asked { gate: gate(index), ..asked });
        let views: Vec<View<'r>> = report.connectors.iter().enumerate().map(view).collect();
        let branch = report.branch.as_ref();
        let heading = (views.len() > 1 || branch.is_some() && views.is_empty())
            .then(|| Heading::of(&views, branch, gates));
        let notes = branch.map(|branch| notes(branch, asked, heading.is_none())).unwrap_or_default();
        Self { heading, notes, views, is_of_branch: branch.is_some() }
    }

    /// The connectors of which there is nothing to say but that they are fine, behind the others.
    pub fn is_quiet(view: &View<'_>) -> bool {
        view.answer.mark == Mark::Fine && view.rest.is_uneventful && view.errors.is_empty() && !view.asked.all
    }
}

impl Heading {
    fn of(views: &[View<'_>], branch: Option<&Branch>, gates: &[Option<Gate>]) -> Self {
        let count = Words::from(phrase::count(views.len(), "connector"));
        let title = match branch {
            Some(branch) => count.and_text(" since ").and(&origin(branch)),
            None => count,
        };
        let worst = |view: &&View<'_>| (view.answer.mark.rank(), view.answer.word != "BREAKING");
        let first = views.iter().min_by_key(worst);
        let (mark, word) = first.map_or((Mark::Fine, "ok"), |view| (view.answer.mark, view.answer.word));
        let rest = match views.is_empty() {
            true => Words::marked("no connector changed"),
            false => counted(views),
        };
        let asked: Vec<Option<bool>> = gates.iter().flatten().map(|gate| gate.because.passes()).collect();
        let failing = asked.iter().filter(|passes| **passes == Some(false)).count();
        let open = asked.iter().filter(|passes| passes.is_none()).count();
        let of_all = |count: usize| format!("{count} of {}", phrase::count(views.len(), "connector"));
        let line = match (failing, open) {
            (0, 0) => "passes".to_owned(),
            (failing, 0) => format!("fails: {}", of_all(failing)),
            (0, open) => format!("cannot pass: {} could not be read or compared", of_all(open)),
            (failing, open) => {
                format!("fails: {}, and {open} could not be read or compared", of_all(failing))
            }
        };
        let passes = match (open, failing) {
            (0, 0) => Some(true),
            (0, _) => Some(false),
            _ => None,
        };
        let is_asked = asked.len() == views.len();
        Self { mark, title, word, rest, gate: is_asked.then_some(line), passes }
    }
}

/// `2 break and are not declared (source-a, source-b), 1 to review (source-c), 12 fine`.
fn counted(views: &[View<'_>]) -> Words {
    let kinds: [(&str, &str, &'static str); 7] = [
        ("BREAKING", "break", " undeclared"),
        ("to fix", "", " with errors in what the release declares"),
        ("not equivalent", "", " not equivalent"),
        ("", "", " could not be read or compared"),
        ("to review", "", " to review"),
        ("breaking", "break", " as declared"),
        ("ok", "", " fine"),
    ];
    let kind = |view: &View<'_>| match (view.answer.mark, view.answer.word) {
        (Mark::Unread, _) => "",
        (Mark::Fine, _) => "ok",
        (Mark::ToReview, _) => "to review",
        (Mark::Declared, _) => "breaking",
        (Mark::Undeclared, word) => word,
    };
    let mut words = Words::new();
    for (word, verb, what) in kinds {
        let names: Vec<&str> = views.iter().filter(|view| kind(view) == word).map(|view| view.name).collect();
        if names.is_empty() {
            continue;
        }
        if !words.as_str().is_empty() {
            words.push_text(", ");
        }
        words = words.and_number(names.len());
        match (verb, names.len()) {
            ("", _) => {}
            (_, 1) => words.push_text(" breaks"),
            _ => words.push_text(" break"),
        }
        words.push_text(what);
        if word != "ok" {
            let list = phrase::names(names.iter().copied(), phrase::MOST_NAMES);
            words = words.and_text(" (").and(&list).and_text(")");
        }
    }
    words
}

/// `1a2b3c4d5e6f, the merge base with origin/master`.
fn origin(branch: &Branch) -> Words {
    let short = branch.commit.get(..12).unwrap_or(&branch.commit);
    let commit = Words::name(short);
    match branch.is_merge_base {
        true => commit.and_text(" (the merge base with ").and(&Words::name(&branch.base)).and_text(")"),
        false => commit.and_text(" (").and(&Words::name(&branch.base)).and_text(")"),
    }
}

/// Where files lie, roughly: one that is alone by its path, several by the first folders of it.
fn places(files: &[String]) -> Vec<String> {
    const DEPTH: usize = 2;
    let mut folders: BTreeMap<String, Vec<&String>> = BTreeMap::new();
    for file in files {
        let folder: Vec<&str> = file.split('/').take(DEPTH).collect();
        folders.entry(folder.join("/")).or_default().push(file);
    }
    let place = |(folder, files): (String, Vec<&String>)| match files.as_slice() {
        [file] => (*file).clone(),
        files => format!("{folder}: {}", files.len()),
    };
    folders.into_iter().map(place).collect()
}

/// What has to be known beside the answers.
fn notes(branch: &Branch, asked: Asked, is_alone: bool) -> Vec<Words> {
    let most = if asked.all { usize::MAX } else { phrase::MOST_NAMES };
    let list = |names: &[String]| phrase::names(names.iter().map(String::as_str), most);
    let mut notes = Vec::new();
    if !branch.pending_policy.is_empty() {
        let settings = branch.pending_policy.iter().map(Words::foreign);
        let settings = phrase::list(settings, most);
        notes.push(
            Words::marked("the branch's own policy file ")
                .and(&settings)
                .and_text("; that takes effect once it is merged, and not here"),
        );
    }
    if !branch.submodules.is_empty() {
        notes.push(Words::marked("other repositories were not looked into: ").and(&list(&branch.submodules)));
    }
    if !branch.shared_files.is_empty() {
        let files = Words::from(phrase::count(branch.shared_files.len(), "file"));
        notes.push(
            files
                .and_text(" changed outside of connectors (")
                .and(&list(&places(&branch.shared_files)))
                .and_text("), and connectors may be built from them: built artifacts may differ"),
        );
    }
    for Renamed { old, new, is_old_left } in &branch.renamed {
        let (old, new) = (Words::name(old), Words::name(new));
        notes.push(match is_old_left {
            false => old.and_text(" moved to ").and(&new).and_text(" and is compared with it"),
            true => new
                .and_text(" takes over the definition id or the repository of ")
                .and(&old)
                .and_text(" and is compared with it"),
        });
    }
    if is_alone {
        notes.push(Words::marked("compared with ").and(&origin(branch)));
    }
    notes
}

impl<'r> From<View<'r>> for Run<'r> {
    /// One connector, of no branch.
    fn from(view: View<'r>) -> Self {
        Self { heading: None, notes: Vec::new(), views: vec![view], is_of_branch: false }
    }
}

impl<'r> From<Vec<View<'r>>> for Run<'r> {
    /// Several connectors, of which each is said by itself.
    fn from(views: Vec<View<'r>>) -> Self {
        Self { heading: None, notes: Vec::new(), views, is_of_branch: false }
    }
}
