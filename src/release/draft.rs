//! What a release that breaks users has to write, drafted: the entry in `metadata.yaml` and the section of the migration
//! guide.
//!
//! Source of the form: Airbyte's pages on breaking changes and on `metadata.yaml`: a version as the key, a message, a
//! quoted deadline (a bare date is no text to YAML), and the streams where only some break; in the guide a heading
//! `Upgrading to VERSION`.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use super::{breaking, is_only_invalid, is_settled};
use crate::model::{Bump, ConnectorReport, Outcome, StepKind};

/// The paperwork of a break, as far as the files tell it. What only people know is marked with `TODO`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    /// The version to release; `None` where no version is known.
    pub version: Option<String>,
    /// The streams that break; `None` where the break is not known to be limited to streams.
    pub streams: Option<BTreeSet<String>>,
    /// Why there is no list of streams.
    pub no_scope: &'static str,
    /// What users must do, each once.
    pub tasks: Vec<&'static str>,
    /// The file of the migration guide, in a checkout of the repository of connectors; `None` where the connector's name
    /// is not known.
    pub guide: Option<String>,
}

/// What stands where no version is known.
const NO_VERSION: &str = "X.0.0";

impl Draft {
    /// The draft for a report; `None` where nothing breaks or nothing is missing.
    pub fn of(report: &ConnectorReport) -> Option<Self> {
        let verdict = &report.verdict;
        let breaking = breaking(report);
        if verdict.outcome != Outcome::Breaking || is_settled(report) || is_only_invalid(&breaking) {
            return None;
        }
        let released = report.new.as_ref()?.version.clone();
        let is_enough =
            verdict.actual_bump.is_some_and(|actual| actual >= verdict.required_bump && actual > Bump::None);
        let version = if is_enough { released } else { verdict.minimum_version.clone() };
        let scope = &verdict.scope;
        let no_scope = match (scope.everyone, scope.unlisted_streams_of.is_empty()) {
            (true, _) => "no scopedImpact: a change is not limited to streams",
            (false, false) => "no scopedImpact: other streams may use the same schema files",
            (false, true) => "",
        };
        let asked: BTreeSet<&str> = breaking.iter().flat_map(|finding| finding.action.tasks()).collect();
        let tasks =
            StepKind::TASKS.iter().map(|(_, task)| *task).filter(|task| asked.contains(task)).collect();
        let is_by_stream = no_scope.is_empty() && !scope.streams.is_empty();
        let guide = report.name.split_once('-').and_then(|(kind, name)| {
            let is_kind = matches!(kind, "source" | "destination");
            is_kind.then(|| format!("docs/integrations/{kind}s/{name}-migrations.md"))
        });
        let streams = is_by_stream.then(|| scope.streams.clone());
        Some(Self { version, streams, no_scope, tasks, guide })
    }

    fn version(&self) -> &str {
        self.version.as_deref().unwrap_or(NO_VERSION)
    }

    /// The lines for `metadata.yaml`, as they stand in it.
    pub fn metadata(&self) -> String {
        let version = self.version.as_deref().map_or_else(|| NO_VERSION.to_owned(), scalar);
        let users = match self.tasks.split_last() {
            None => String::new(),
            Some((only, [])) => format!(" Users must {only}."),
            Some((last, others)) => format!(" Users must {} and {last}.", others.join(", ")),
        };
        let message = quoted(&format!("TODO: what changes.{users} See the migration guide."));
        let mut yaml = format!("data:\n  dockerImageTag: {version}\n  releases:\n    breakingChanges:\n");
        let _ = writeln!(yaml, "      {version}:\n        message: {message}");
        let _ = writeln!(yaml, "        upgradeDeadline: \"TODO: YYYY-MM-DD\"");
        match &self.streams {
            Some(streams) => {
                let names: Vec<String> = streams.iter().map(|name| scalar(name)).collect();
                let names = names.join(", ");
                let _ = writeln!(
                    yaml,
                    "        scopedImpact: [{{scopeType: stream, impactedScopes: [{names}]}}]"
                );
            }
            None if self.no_scope.is_empty() => {}
            None => {
                let _ = writeln!(yaml, "        # {}", self.no_scope);
            }
        }
        yaml
    }

    /// The section of the migration guide. `changes` are lines of Markdown, each one change.
    pub fn section(&self, changes: &[String]) -> String {
        let mut section = format!("## Upgrading to {}\n\nTODO: why.\n\n", self.version());
        for change in changes {
            let _ = writeln!(section, "- {change}");
        }
        if !self.tasks.is_empty() {
            section.push_str("\nAfter upgrading:\n\n");
        }
        for (index, task) in self.tasks.iter().enumerate() {
            let _ = writeln!(section, "{}. {}.", index + 1, capitalised(task));
        }
        section
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
            no_scope: "",
            tasks: vec!["refresh the schema", "refresh the stream"],
            guide: None,
        };
        let expected = r#"data:
  dockerImageTag: 2.0.0
  releases:
    breakingChanges:
      2.0.0:
        message: "TODO: what changes. Users must refresh the schema and refresh the stream. See the migration guide."
        upgradeDeadline: "TODO: YYYY-MM-DD"
        scopedImpact: [{scopeType: stream, impactedScopes: ["no", orders]}]
"#;
        assert_eq!(draft.metadata(), expected);
        let section = draft.section(&["`zip` of `orders`".to_owned()]);
        assert!(section.starts_with("## Upgrading to 2.0.0\n"), "{section}");
        assert!(section.ends_with("1. Refresh the schema.\n2. Refresh the stream.\n"), "{section}");
        let why = "no scopedImpact: a change is not limited to streams";
        let wide = Draft { streams: None, no_scope: why, ..draft };
        assert!(wide.metadata().ends_with(&format!("        # {why}\n")), "{}", wide.metadata());
    }
}
