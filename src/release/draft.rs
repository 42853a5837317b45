//! What a release that breaks users has to write, drafted: the entry in `metadata.yaml` and the section of the migration
//! guide.
//!
//! Source of the form: Airbyte's pages on breaking changes and on `metadata.yaml`: a version as the key, a message, a
//! quoted deadline (a bare date is no text to YAML), and the streams where only some break; in the guide a heading
//! `Upgrading to VERSION`.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use super::{breaking, is_declared, is_only_invalid};
use crate::model::{Bump, ConnectorReport, Outcome, StepKind};

/// The paperwork of a break, as far as the files tell it. What only people know is marked with `TODO`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    /// The version to release; `None` where no version is known.
    pub version: Option<String>,
    /// The streams that break; `None` where the break reaches every user.
    pub streams: Option<BTreeSet<String>>,
    /// What users must do, each once.
    pub tasks: Vec<&'static str>,
}

/// What stands where no version is known.
const NO_VERSION: &str = "TODO";

impl Draft {
    /// The draft for a report; `None` where nothing breaks or nothing is missing.
    pub fn of(report: &ConnectorReport) -> Option<Self> {
        let verdict = &report.verdict;
        let breaking = breaking(report);
        if verdict.outcome != Outcome::Breaking || is_declared(verdict) || is_only_invalid(&breaking) {
            return None;
        }
        let released = report.new.as_ref()?.version.clone();
        let is_enough =
            verdict.actual_bump.is_some_and(|actual| actual >= verdict.required_bump && actual > Bump::None);
        let version = if is_enough { released } else { verdict.minimum_version.clone() };
        let scope = &verdict.scope;
        let is_by_stream =
            !scope.everyone && !scope.streams.is_empty() && scope.unlisted_streams_of.is_empty();
        let asked: BTreeSet<&str> = breaking.iter().flat_map(|finding| finding.action.tasks()).collect();
        let tasks =
            StepKind::TASKS.iter().map(|(_, task)| *task).filter(|task| asked.contains(task)).collect();
        Some(Self { version, streams: is_by_stream.then(|| scope.streams.clone()), tasks })
    }

    fn version(&self) -> &str {
        self.version.as_deref().unwrap_or(NO_VERSION)
    }

    /// The lines for `metadata.yaml`, below `data`; of a release without a version the entry alone, on one line.
    pub fn metadata(&self) -> String {
        let version = scalar(self.version());
        let fields = self.fields();
        if self.version.is_none() {
            return format!("releases: {{breakingChanges: {{{version}: {{{}}}}}}}\n", fields.join(", "));
        }
        let mut yaml = format!("dockerImageTag: {version}\nreleases:\n  breakingChanges:\n    {version}:\n");
        for field in fields {
            let _ = writeln!(yaml, "      {field}");
        }
        yaml
    }

    /// The fields of the entry.
    fn fields(&self) -> Vec<String> {
        let users = match self.tasks.as_slice() {
            [] => String::new(),
            tasks => format!(" Users must {}.", tasks.join(", ")),
        };
        let message = format!("TODO: what changes.{users} See the migration guide.");
        let mut fields =
            vec![format!("message: {}", quoted(&message)), "upgradeDeadline: \"TODO\"".to_owned()];
        if let Some(streams) = &self.streams {
            let names: Vec<String> = streams.iter().map(|name| scalar(name)).collect();
            fields.push(format!(
                "scopedImpact: [{{scopeType: stream, impactedScopes: [{}]}}]",
                names.join(", ")
            ));
        }
        fields
    }

    /// The section of the migration guide. `changes` are lines of Markdown, each one change; without them the place for
    /// them is marked.
    pub fn guide(&self, changes: &[String]) -> String {
        let mut guide = format!("## Upgrading to {}\n\nTODO: what changes and why.\n", self.version());
        if !changes.is_empty() {
            guide.push('\n');
        }
        for change in changes {
            let _ = writeln!(guide, "- {change}");
        }
        if !self.tasks.is_empty() {
            guide.push('\n');
        }
        for (index, task) in self.tasks.iter().enumerate() {
            let _ = writeln!(guide, "{}. {}.", index + 1, capitalised(task));
        }
        guide
    }
}

fn capitalised(text: &str) -> String {
    let mut characters = text.chars();
    characters.next().into_iter().flat_map(char::to_uppercase).chain(characters).collect()
}

/// A text as a YAML scalar: bare where every reader takes it for a text, else between quotes.
fn scalar(text: &str) -> String {
    let is_word = text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-'));
    // Versions have two dots, which no number has.
    let is_version = text.split('.').count() == 3
        && text.split('.').all(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit()));
    // Words that YAML 1.1 reads as a truth value or as nothing.
    const NOT_TEXT: [&str; 9] = ["true", "false", "yes", "no", "on", "off", "y", "n", "null"];
    if (is_word && !NOT_TEXT.contains(&text.to_ascii_lowercase().as_str())) || is_version {
        text.to_owned()
    } else {
        quoted(text)
    }
}

/// A text between double quotes, with everything escaped that a reader of the file would not see.
fn quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    for character in text.chars() {
        match character {
            '"' | '\\' => {
                quoted.push('\\');
                quoted.push(character);
            }
            '\n' => quoted.push_str("\\n"),
            // Two of them before a word are a command to some build services.
            '#' => quoted.push_str("\\u0023"),
            other if crate::model::visible(other.encode_utf8(&mut [0; 4])).starts_with('\\') => {
                let code = u32::from(other);
                let escape = if code <= 0xFFFF { format!("\\u{code:04X}") } else { format!("\\U{code:08X}") };
                quoted.push_str(&escape);
            }
            other => quoted.push(other),
        }
    }
    quoted.push('"');
    quoted
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_texts_to_every_reader_of_yaml() {
        for (name, expected) in [
            ("orders", "orders"),
            ("order-items_2", "order-items_2"),
            ("No", "\"No\""),
            ("1e3", "\"1e3\""),
            ("2.0.0", "2.0.0"),
            ("2.0", "\"2.0\""),
            ("a: b", "\"a: b\""),
            ("a\n- b", "\"a\\n- b\""),
            ("say \"x\" \\", "\"say \\\"x\\\" \\\\\""),
            ("\u{202e}x\u{7f}", "\"\\u202Ex\\u007F\""),
            ("日本", "\"日本\""),
            ("##[group]", "\"\\u0023\\u0023[group]\""),
        ] {
            assert_eq!(scalar(name), expected, "{name:?}");
        }
    }

    #[test]
    fn the_entry_names_every_stream_and_the_guide_every_task() {
        let draft = Draft {
            version: Some("2.0.0".to_owned()),
            streams: Some(BTreeSet::from(["orders".to_owned(), "no".to_owned()])),
            tasks: vec!["refresh the schema", "refresh the stream"],
        };
        let expected = "dockerImageTag: 2.0.0\nreleases:\n  breakingChanges:\n    2.0.0:\n      message: \"TODO: what \
                        changes. Users must refresh the schema, refresh the stream. See the migration guide.\"\n      \
                        upgradeDeadline: \"TODO\"\n      scopedImpact: [{scopeType: stream, impactedScopes: \
                        [\"no\", orders]}]\n";
        assert_eq!(draft.metadata(), expected);
        let unversioned = Draft { version: None, tasks: Vec::new(), ..draft.clone() };
        assert_eq!(
            unversioned.metadata(),
            "releases: {breakingChanges: {TODO: {message: \"TODO: what changes. See the migration guide.\", \
             upgradeDeadline: \"TODO\", scopedImpact: [{scopeType: stream, impactedScopes: [\"no\", orders]}]}}}\n"
        );
        let guide = draft.guide(&["`zip` of `orders`".to_owned()]);
        assert!(guide.starts_with("## Upgrading to 2.0.0\n"), "{guide}");
        assert!(guide.ends_with("1. Refresh the schema.\n2. Refresh the stream.\n"), "{guide}");
    }
}
