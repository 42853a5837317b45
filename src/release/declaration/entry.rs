//! The contents of an entry: its deadline, what happens at the deadline, and what users are told.

use chrono::{Days, NaiveDate};
use serde_json::Value;

use super::super::{Found, Subject, draft};
use super::{Declared, Release, Standing, at_most, entry_path, list};
use crate::model::{
    Artifact, BreakingType, ConnectorType, Finding, Metadata, Severity, StepKind, is_ignorable,
};
use crate::rules::release as checks;

/// So many days after today a deadline has to be later than, by `ValidateBreakingChangesDeadlines` of
/// airbyte-internal-ops 0.132.0.
const LEAST_DAYS: u64 = 7;

/// So many days users of a destination get by the policy on breaking changes.
const DAYS_OF_DESTINATIONS: u64 = 30;

/// What is wrong with what entries say. Of one that was published and is edited, its deadline has been told to users.
pub(super) fn problems(release: &Release<'_>, metadata: &Metadata, declared: &[Declared<'_>]) -> Vec<Found> {
    let mut problems = Vec::new();
    for entry in declared.iter().filter(|entry| entry.value.is_object()) {
        let of = Entry { release, metadata, entry };
        match entry.standing {
            Standing::New => {
                problems.extend(of.deadline());
                problems.extend(of.action());
                problems.extend(of.not_breaking());
                problems.extend(of.message());
            }
            Standing::Edited => {
                problems.extend(of.empty_message());
                problems.extend(of.unreadable_deadline().filter(|_| !of.has_old("upgradeDeadline")));
            }
            Standing::Published => {}
        }
    }
    problems
}

struct Entry<'e> {
    release: &'e Release<'e>,
    metadata: &'e Metadata,
    entry: &'e Declared<'e>,
}

impl Entry<'_> {
    fn found(&self, check: &'static crate::rules::Check, key: &str, message: String) -> Found {
        let about = Subject::release(self.release.new).values([self.entry.key]);
        let path = match key {
            "" => entry_path(self.entry.key, &[]),
            key => entry_path(self.entry.key, &[key]),
        };
        Found::new(check, about, message).at_key(Some(self.metadata), &path)
    }

    fn deadline(&self) -> Vec<Found> {
        const KEY: &str = "upgradeDeadline";
        let key = self.entry.key;
        // That there is none is what the schema says.
        let Some(value) = self.entry.value.get(KEY) else { return Vec::new() };
        let Some(deadline) = day(value) else { return self.unreadable_deadline().into_iter().collect() };
        let mut found = Vec::new();
        if self.metadata.is_date(&entry_path(key, &[KEY])) {
            let message = format!(
                "the upgradeDeadline of {key} has no quotes: Airbyte's own check of it crashes; write \"{deadline}\""
            );
            found.push(self.found(&checks::meta_deadline_unquoted::CHECK, KEY, message));
        }
        found.extend(self.release.today.and_then(|today| self.too_soon(deadline, today)));
        found
    }

    /// Whether a key has the value that the old metadata has there.
    fn has_old(&self, key: &str) -> bool {
        let entry = |metadata: &Metadata| {
            metadata.data["releases"]["breakingChanges"][self.entry.key].get(key).cloned()
        };
        self.release.old.metadata.as_ref().and_then(entry).as_ref() == self.entry.value.get(key)
    }

    fn unreadable_deadline(&self) -> Option<Found> {
        const KEY: &str = "upgradeDeadline";
        let value = self.entry.value.get(KEY).filter(|value| day(value).is_none())?;
        let message = format!(
            "the upgradeDeadline of {} is {value}: expected a date between quotes, \"YYYY-MM-DD\"",
            self.entry.key
        );
        Some(self.found(&checks::meta_deadline_unreadable::CHECK, KEY, message))
    }

    fn too_soon(&self, deadline: NaiveDate, today: NaiveDate) -> Option<Found> {
        let key = self.entry.key;
        let after = |days| today.checked_add_days(Days::new(days));
        let is_destination = self.release.new.connector_type == ConnectorType::Destination;
        let about = &checks::meta_deadline_too_soon::CHECK;
        if deadline <= after(LEAST_DAYS)? {
            let first = after(LEAST_DAYS + 1)?;
            let (passed, short) = match deadline < today {
                true => ("has passed", "has passed"),
                false => ("is too soon", "too early"),
            };
            let message = format!(
                "the upgradeDeadline of {key}, {deadline}, {passed}: Airbyte's check accepts {first} or later"
            );
            let found = self.found(about, "upgradeDeadline", message);
            return Some(found.in_short(format!("upgradeDeadline {short}: {first} or later")));
        }
        let first = after(DAYS_OF_DESTINATIONS).filter(|first| is_destination && deadline < *first)?;
        let message = format!(
            "the upgradeDeadline of {key}, {deadline}, leaves users of a destination less than {DAYS_OF_DESTINATIONS} \
             days: the policy asks for {first} or later"
        );
        let found = self.found(about, "upgradeDeadline", message);
        let found = found.in_short(format!("upgradeDeadline too early for a destination: {first} or later"));
        Some(at_most(found, Severity::Warning))
    }

    fn action(&self) -> Option<Found> {
        const KEY: &str = "deadlineAction";
        let key = self.entry.key;
        match self.entry.value.get(KEY) {
            None | Some(Value::Null) => {
                let alone = |value: &'static str| (value.to_owned(), value);
                let tasks = self.tasks();
                let is_absorbed = self.is_of_release()
                    && self.release.breaking.iter().all(|one| {
                        one.action.steps().first().is_some_and(|step| step.kind == StepKind::ShipMigration)
                    });
                // With the reason, and without.
                let (value, in_short) = match tasks.split_last() {
                    Some(_) if is_absorbed => alone("auto_upgrade if a migration is shipped, else disable"),
                    Some((only, [])) => (format!("disable (users must {only})"), "disable"),
                    Some((last, others)) => {
                        (format!("disable (users must {} and {last})", others.join(", ")), "disable")
                    }
                    None if draft::may_be_renamed(self.release.breaking) && self.is_of_release() => {
                        let short = "disable where streams are renamed, else auto_upgrade";
                        ("disable where streams are renamed (users must enable the new ones), else auto_upgrade".to_owned(), short)
                    }
                    None if self.is_of_break()
                        && self.release.breaking.iter().any(|one| is_removed_stream(one)) =>
                    {
                        alone("auto_upgrade, or disable where users must enable another stream")
                    }
                    None if self.is_of_break() => {
                        ("auto_upgrade (users need not act in Airbyte)".to_owned(), "auto_upgrade")
                    }
                    None => alone("disable where users must act, else auto_upgrade"),
                };
                let message = format!("the entry {key} has no deadlineAction: write {value}");
                let found = self.found(&checks::meta_deadline_action_missing::CHECK, "", message);
                Some(found.in_short(format!("add deadlineAction: {in_short}")))
            }
            Some(action) if action == "auto_upgrade" => {
                let tasks: Vec<&str> = self.tasks();
                let (first, _) = tasks.split_first()?;
                let message = format!(
                    "the entry {key} upgrades users by itself at the deadline, and they must {first} first: write \
                     deadlineAction: disable"
                );
                Some(self.found(&checks::meta_deadline_action_contradicts::CHECK, KEY, message))
            }
            Some(_) => None,
        }
    }

    fn is_of_release(&self) -> bool {
        self.release.entries.iter().any(|entry| entry.version == self.entry.key)
    }

    /// Whether the entry is for what breaks here, and nothing is to be decided besides.
    fn is_of_break(&self) -> bool {
        self.is_of_release() && !self.release.breaking.is_empty() && self.release.summary.review == 0
    }

    /// What users must do about what breaks, where the entry is for this release.
    fn tasks(&self) -> Vec<&'static str> {
        if !self.is_of_release() {
            return Vec::new();
        }
        let tasks = draft::tasks(&self.release.judgement.states, self.release.breaking);
        tasks.into_iter().map(|task| task.words).collect()
    }

    fn not_breaking(&self) -> Option<Found> {
        if self.entry.value.get("isBreaking") != Some(&Value::Bool(false)) {
            return None;
        }
        let breaks = !self.release.breaking.is_empty();
        let message = match breaks {
            true => format!(
                "the entry {} says isBreaking: false, and the release breaks users: drop it",
                self.entry.key
            ),
            false => format!(
                "the entry {} says isBreaking: false, which the platform does not read: users are warned all the same",
                self.entry.key
            ),
        };
        let found = self.found(&checks::meta_entry_not_breaking::CHECK, "isBreaking", message);
        Some(if breaks { found } else { at_most(found, Severity::Warning) })
    }

    fn empty_message(&self) -> Option<Found> {
        let text = self.entry.value.get("message")?.as_str()?;
        let is = match words(text) {
            Some(words) if words.is_empty() => "is empty".to_owned(),
            Some(words) => format!("is only {}", words.join(" ")),
            None => return None,
        };
        let message =
            format!("the message of {} {is}: say what changes and what users must do", self.entry.key);
        Some(self.found(&checks::meta_message_empty::CHECK, "message", message))
    }

    /// What a message lacks that users need.
    fn message(&self) -> Option<Found> {
        if let Some(empty) = self.empty_message() {
            return Some(empty);
        }
        // A date is no text, which is what the schema says.
        if self.metadata.is_date(&entry_path(self.entry.key, &["message"])) {
            return None;
        }
        let text = self.entry.value.get("message")?.as_str()?.to_lowercase();
        let has = |words: &[&str]| words.iter().any(|word| text.contains(word));
        let (mut lacks, mut in_short) = (Vec::new(), Vec::new());
        let streams = &self.release.verdict.scope.streams;
        let names_streams =
            has(&["stream"]) || streams.iter().any(|stream| text.contains(&stream.to_lowercase()));
        if !self.release.verdict.scope.everyone && !streams.is_empty() && !names_streams {
            lacks.push(format!("which streams change ({})", list(streams.iter().map(String::as_str))));
            in_short.push("the streams");
        }
        if !has(ACTIONS) {
            lacks.push("what users must do".to_owned());
            in_short.push("what users do");
        }
        let has_guide = has(&["http", "guide", "documentation"]);
        let is_linked = self.entry.value.get("migrationDocumentationUrl").is_some_and(Value::is_string);
        if !has_guide && !is_linked {
            lacks.push("where the migration guide is".to_owned());
            in_short.push("the guide");
        }
        let says_reset = text.split(|c: char| !c.is_alphabetic()).any(|word| word.starts_with("reset"));
        let key = self.entry.key;
        let message = match (lacks.is_empty(), says_reset) {
            (true, false) => return None,
            (true, true) => format!("the message of {key} says reset: the product says clear, or refresh"),
            (false, false) => format!("the message of {key} does not say {}", lacks.join(", or ")),
            (false, true) => format!(
                "the message of {key} does not say {}; and it says reset, where the product says clear, or refresh",
                lacks.join(", or ")
            ),
        };
        let in_short = match in_short.as_slice() {
            [] => "message says reset".to_owned(),
            lacks => format!("message lacks {}", lacks.join(", ")),
        };
        Some(self.found(&checks::meta_message_incomplete::CHECK, "message", message).in_short(in_short))
    }
}

/// Whether a stream is removed as a whole.
fn is_removed_stream(finding: &Finding) -> bool {
    finding.stream.is_some()
        && finding.field.is_empty()
        && finding.artifact == Artifact::Catalog
        && finding.breaking_type == Some(BreakingType::StreamOrPropertyRemoval)
}

/// The words of a text in which nothing else stands than what authors write to come back to; `None` where it says more.
fn words(text: &str) -> Option<Vec<&str>> {
    const MARKS: [&str; 5] = ["todo", "tbd", "fixme", "wip", "xxx"];
    let is_seen = |c: char| c.is_alphanumeric() && !is_ignorable(c);
    let mut words = text.split(|c| !is_seen(c)).filter(|word| !word.is_empty());
    let words: Vec<&str> = words.by_ref().take(MOST_MARKS + 1).collect();
    let is_mark = |word: &&str| MARKS.iter().any(|mark| mark.eq_ignore_ascii_case(word));
    (words.len() <= MOST_MARKS && words.iter().all(is_mark)).then_some(words)
}

/// So many of them stand in a text that says nothing.
const MOST_MARKS: usize = 4;

/// Stems of what a message asks of users.
const ACTIONS: &[&str] = &[
    "refresh",
    "clear",
    "reset",
    "re-sync",
    "resync",
    "authenticat",
    "authoriz",
    "credential",
    "sign in",
    "log in",
    "updat",
    "edit",
    "configur",
    "migrate ",
    "enabl",
    "disabl",
    "select",
    "choose",
    "recreat",
    "upgrad",
    "no action",
    "set up",
    "need to",
    "must",
    "should",
    "save",
];

fn day(value: &Value) -> Option<NaiveDate> {
    value.as_str().and_then(crate::datetime::day)
}
