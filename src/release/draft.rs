//! What a release that breaks users has to declare, as far as its files tell it.
//!
//! This is the one place that decides it: reports print it as lines to paste, and `declare` writes it into the files.
//!
//! Source of the form: Airbyte's pages on breaking changes and on `metadata.yaml`: a version as the key, a message, a
//! quoted deadline (a bare date is no text to YAML), the streams where only some break; and its checks, which ask for a
//! deadline of more than 7 days and for a `deadlineAction`.

use std::collections::{BTreeSet, HashSet};
use std::fmt::Write as _;

use chrono::{Days, NaiveDate};

use super::yaml_text::{quoted, scalar};
use super::{breaking, is_only_invalid, is_settled, version};
use crate::model::{
    Artifact, Bump, ConnectorReport, ConnectorType, Finding, Metadata, Outcome, Related, RelatedKind,
    StateOutcome, StepKind, StreamStateReport,
};

/// The declaration of a break. What only people know is marked with `TODO`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    /// The version to release; `None` where no version is known.
    pub version: Option<String>,
    /// The version of the entry that the release brings already, the latest of several.
    pub entry: Option<String>,
    /// What that entry says to users already.
    pub message: Option<String>,
    /// The streams that break; `None` where the break is not known to be limited to streams.
    pub streams: Option<BTreeSet<String>>,
    /// Why there is no list of streams.
    pub no_scope: &'static str,
    /// What users must do, each once, in the order that they do it.
    pub tasks: Vec<Task>,
    /// Whether streams may have another name now, which users would have to enable.
    pub may_be_renamed: bool,
    /// What the connector is.
    pub connector_type: ConnectorType,
    /// The file of the migration guide, in a checkout of the repository of connectors; `None` where the connector's name
    /// is not known.
    pub guide: Option<String>,
    /// The address of the migration guide.
    pub guide_url: Option<String>,
}

/// Something that users must do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Task {
    /// What it is.
    pub kind: StepKind,
    /// The same in a few words.
    pub words: &'static str,
    /// The streams that it is to be done for; empty where it is no matter of streams.
    pub streams: BTreeSet<String>,
}

/// What the platform does with users who have not upgraded by the deadline.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DeadlineAction {
    /// It pauses their connections.
    Disable,
    /// It upgrades them.
    AutoUpgrade,
}

impl DeadlineAction {
    /// The value in `metadata.yaml`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Disable => "disable",
            Self::AutoUpgrade => "auto_upgrade",
        }
    }
}

/// What stands where no version is known.
const NO_VERSION: &str = "X.0.0";

impl Draft {
    /// The draft for a report; `None` where nothing breaks or nothing is missing.
    pub fn of(report: &ConnectorReport) -> Option<Self> {
        Self::of_break(report).filter(|_| !is_settled(report))
    }

    /// The draft for a report, whether the release declares the break or not; `None` where nothing breaks, or where the
    /// connector does not load, which is to be mended.
    pub fn of_break(report: &ConnectorReport) -> Option<Self> {
        let verdict = &report.verdict;
        let breaking = breaking(report);
        if verdict.outcome != Outcome::Breaking || is_only_invalid(&breaking) {
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
        let is_by_stream = no_scope.is_empty() && !scope.streams.is_empty();
        let named = report.name.split_once('-').filter(|(kind, _)| matches!(*kind, "source" | "destination"));
        let by_number = |key: &&String| semver::Version::parse(key).ok();
        Some(Self {
            version,
            entry: report.brought.iter().max_by_key(by_number).cloned(),
            message: report.declared_message.clone(),
            streams: is_by_stream.then(|| scope.streams.clone()),
            no_scope,
            tasks: tasks(&report.states, &breaking),
            may_be_renamed: may_be_renamed(&breaking),
            connector_type: report.connector_type,
            guide: named.map(|(kind, name)| format!("docs/integrations/{kind}s/{name}-migrations.md")),
            guide_url: named.filter(|(_, name)| is_word(name)).map(|(kind, name)| {
                format!("https://docs.airbyte.com/integrations/{kind}s/{name}-migrations")
            }),
        })
    }

    /// The key of the entry: of the one that is there, or the version without its pre-release suffix.
    pub fn key(&self) -> Option<String> {
        self.entry.clone().or_else(|| self.version.as_deref().and_then(version::base))
    }

    /// What the platform is to do by the deadline: it upgrades nobody who has to act.
    pub fn deadline_action(&self) -> DeadlineAction {
        match self.tasks.is_empty() && !self.may_be_renamed {
            true => DeadlineAction::AutoUpgrade,
            false => DeadlineAction::Disable,
        }
    }

    /// How many days users have: more than the policy's week for sources, where two are advised, and its month for
    /// destinations.
    pub fn days(&self) -> u64 {
        match self.connector_type {
            ConnectorType::Source => 14,
            ConnectorType::Destination | ConnectorType::Unknown => 35,
        }
    }

    /// The day by which users must upgrade.
    pub fn deadline(&self, today: NaiveDate) -> NaiveDate {
        today.checked_add_days(Days::new(self.days())).unwrap_or(today)
    }

    /// The address of the migration guide that the metadata asks for, where it names one that is an address.
    #[must_use]
    pub fn with_metadata(mut self, metadata: &Metadata) -> Self {
        let text = |value: &serde_json::Value| value.as_str().and_then(address).map(str::to_owned);
        let data = &metadata.data;
        let guide = text(&data["releases"]["migrationDocumentationUrl"]).or_else(|| {
            let page = text(&data["documentationUrl"])?;
            Some(format!("{}-migrations", page.trim_end_matches('/')))
        });
        self.guide_url = guide.or(self.guide_url);
        self
    }

    /// The heading of the section of the guide.
    pub fn heading(&self) -> String {
        let version = self.key().or_else(|| self.version.clone()).unwrap_or_else(|| NO_VERSION.to_owned());
        format!("Upgrading to {version}")
    }

    /// The lines for `metadata.yaml`, as they stand in it. The deadline is left to whoever knows the day of the release.
    pub fn metadata(&self, message: &str) -> String {
        let text = |version: Option<&str>| version.map_or_else(|| NO_VERSION.to_owned(), scalar);
        let (tag, key) =
            (text(self.version.as_deref()), text(self.key().as_deref().or(self.version.as_deref())));
        let (message, action) = (quoted(message), self.deadline_action().name());
        let mut yaml = format!("data:\n  dockerImageTag: {tag}\n  releases:\n    breakingChanges:\n");
        let _ = writeln!(yaml, "      {key}:\n        message: {message}");
        let _ = writeln!(
            yaml,
            "        upgradeDeadline: \"TODO: YYYY-MM-DD\" # {} days after the release",
            self.days()
        );
        let _ = writeln!(yaml, "        deadlineAction: {action}");
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
}

/// Whether a stream that is removed may be another one now.
pub(super) fn may_be_renamed(breaking: &[&Finding]) -> bool {
    let is_renamed = |related: &Related| related.kind == RelatedKind::RenamedTo && related.stream.is_some();
    breaking.iter().any(|finding| finding.related.iter().any(is_renamed))
}

/// What users must do about all that breaks, where saved state fares as `states` say.
pub(crate) fn tasks(states: &[StreamStateReport], breaking: &[&Finding]) -> Vec<Task> {
    let lost = LostStates::of(states);
    let asked: Vec<(&Finding, Vec<StepKind>)> =
        breaking.iter().map(|finding| (*finding, asked_by(&lost, finding))).collect();
    let task = |(kind, words): &(StepKind, &'static str)| {
        let by = asked.iter().filter(|(_, kinds)| kinds.contains(kind)).map(|(finding, _)| *finding);
        let by: Vec<&Finding> = by.collect();
        let streams = by.iter().flat_map(|finding| finding.scope.streams.iter().cloned()).collect();
        (!by.is_empty()).then_some(Task { kind: *kind, words, streams })
    };
    let mut tasks: Vec<Task> = StepKind::TASKS.iter().filter_map(task).collect();
    // What is refreshed for one change need not be cleared for another.
    let of =
        |tasks: &[Task], kind| tasks.iter().find(|task| task.kind == kind).map(|task| task.streams.clone());
    if let Some(refreshed) = of(&tasks, StepKind::Refresh) {
        tasks.iter_mut().filter(|task| task.kind == StepKind::Clear).for_each(|task| {
            task.streams.retain(|stream| !refreshed.contains(stream));
        });
        tasks.retain(|task| task.kind != StepKind::Clear || !task.streams.is_empty());
    }
    tasks
}

/// The streams whose saved state fails or may skip records.
struct LostStates<'r>(HashSet<&'r str>);

impl<'r> LostStates<'r> {
    /// Those that fare so.
    fn of(states: &'r [StreamStateReport]) -> Self {
        let is_lost = |state: &&StreamStateReport| {
            matches!(state.forward.outcome, StateOutcome::Fails | StateOutcome::LosesData)
        };
        Self(states.iter().filter(is_lost).map(|state| &*state.stream.name).collect())
    }
}

/// What a finding asks of users. Where the author could do something instead, and does not, users do what is left: they edit
/// configs that are refused, and refresh streams whose state fails or may skip records, which sets their state aside.
fn asked_by(lost: &LostStates<'_>, finding: &Finding) -> Vec<StepKind> {
    let asked = finding.action.tasks_of_users();
    if !asked.is_empty() {
        return asked;
    }
    let is_lost = || finding.scope.streams.iter().any(|stream| lost.0.contains(stream.as_str()));
    match finding.artifact {
        Artifact::Spec => vec![StepKind::EditSettings],
        Artifact::State if is_lost() => vec![StepKind::Refresh],
        _ => asked,
    }
}

/// Whether a part of an address needs no escaping.
fn is_word(name: &str) -> bool {
    !name.is_empty()
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.'))
}

/// A text that is an address and nothing else to every reader.
fn address(text: &str) -> Option<&str> {
    let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"))?;
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.~/:#?=%".contains(&byte);
    (!rest.is_empty() && text.len() <= 200 && rest.bytes().all(is_plain)).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_entry_has_what_the_checks_ask_for() {
        let streams = BTreeSet::from(["orders".to_owned(), "no".to_owned()]);
        let draft = Draft {
            version: Some("2.0.0-rc.1".to_owned()),
            entry: None,
            message: None,
            streams: Some(streams.clone()),
            no_scope: "",
            tasks: vec![Task { kind: StepKind::Refresh, words: "refresh the stream", streams }],
            may_be_renamed: false,
            connector_type: ConnectorType::Source,
            guide: None,
            guide_url: None,
        };
        let expected = r#"data:
  dockerImageTag: "2.0.0-rc.1"
  releases:
    breakingChanges:
      2.0.0:
        message: "a \"b\""
        upgradeDeadline: "TODO: YYYY-MM-DD" # 14 days after the release
        deadlineAction: disable
        scopedImpact: [{scopeType: stream, impactedScopes: ["no", orders]}]
"#;
        assert_eq!(draft.metadata("a \"b\""), expected);
        let why = "no scopedImpact: a change is not limited to streams";
        let wide = Draft { streams: None, no_scope: why, tasks: Vec::new(), ..draft };
        let yaml = wide.metadata("");
        assert!(
            yaml.ends_with(&format!("        deadlineAction: auto_upgrade\n        # {why}\n")),
            "{yaml}"
        );
        let today = NaiveDate::from_ymd_opt(2026, 11, 29).expect("a day");
        assert_eq!(wide.deadline(today).to_string(), "2026-12-13");
        let destination = Draft { connector_type: ConnectorType::Destination, ..wide };
        assert_eq!(destination.deadline(today).to_string(), "2027-01-03");
    }

    #[test]
    fn an_address_is_nothing_else() {
        assert!(address("https://docs.airbyte.com/integrations/sources/github#2.0.0").is_some());
        for text in
            ["docs.airbyte.com", "https://", "javascript:x", "https://a b", "https://a](b)", "https://a\n"]
        {
            assert_eq!(address(text), None, "{text:?}");
        }
    }
}
