//! The edits of `metadata.yaml`.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use serde_json::Value;

use super::Planned;
use super::yaml::{Edit, Yaml, YamlEditError, edited as edited_by};
use crate::model::Metadata;
use crate::release::{DeadlineAction, Draft, version};
use crate::report::{self, Paperwork};

/// What a `metadata.yaml` is to declare.
pub(super) struct Declared<'d> {
    pub(super) metadata: &'d Metadata,
    pub(super) old_version: Option<&'d str>,
    pub(super) version: &'d str,
    pub(super) paperwork: Option<&'d Paperwork>,
    /// What is said to those who put the old version back.
    pub(super) unsafe_downgrade: Option<String>,
    pub(super) today: NaiveDate,
}

/// A path of keys.
fn path(keys: &[&str]) -> Vec<String> {
    keys.iter().map(|key| (*key).to_owned()).collect()
}

/// A path below an entry of `releases.breakingChanges`.
fn of_entry(key: &str, below: &[&str]) -> Vec<String> {
    [&["data", "releases", "breakingChanges", key], below].concat().into_iter().map(str::to_owned).collect()
}

/// The text with the declaration; the same text where nothing is missing.
pub(super) fn edited(text: &str, declared: &Declared<'_>) -> Result<String, YamlEditError> {
    let mut text = text.to_owned();
    for edit in edits(declared) {
        text = edited_by(&text, &edit)?;
    }
    Ok(text)
}

fn edits(declared: &Declared<'_>) -> Vec<Edit> {
    let Declared { metadata, version, .. } = declared;
    let mut edits = Vec::new();
    if metadata.version() != Some(version) {
        edits.push(Edit::Set(path(&["data", "dockerImageTag"]), Yaml::Text((*version).to_owned())));
    }
    let Some(paperwork) = declared.paperwork else { return edits };
    let draft = &paperwork.draft;
    let Some(key) = draft.key() else { return edits };
    let entries = &metadata.data["releases"]["breakingChanges"];
    let brought: Vec<&String> = entries
        .as_object()
        .into_iter()
        .flat_map(|entries| entries.keys())
        .filter(|key| version::lies_between(key, declared.old_version, Some(version)))
        .collect();
    if !brought.contains(&&key) {
        edits.push(Edit::Set(of_entry(&key, &[]), entry(paperwork, declared.today)));
    } else {
        edits.extend(completed(paperwork, &brought, entries, declared.today));
    }
    let downgrades = &metadata.data["releases"]["unsafeDowngrades"];
    if let Some(message) = &declared.unsafe_downgrade
        && downgrades.get(&key).is_none()
    {
        let at = path(&["data", "releases", "unsafeDowngrades", &key]);
        edits.push(Edit::Set(at, Yaml::Map(vec![("message".to_owned(), Yaml::Quoted(message.clone()))])));
    }
    edits
}

fn deadline_of(draft: &Draft, today: NaiveDate) -> Yaml {
    Yaml::Quoted(draft.deadline(today).to_string())
}

/// A whole entry.
fn entry(paperwork: &Paperwork, today: NaiveDate) -> Yaml {
    let draft = &paperwork.draft;
    let mut entry = vec![
        ("message".to_owned(), Yaml::Quoted(report::message(paperwork))),
        ("upgradeDeadline".to_owned(), deadline_of(draft, today)),
        ("deadlineAction".to_owned(), Yaml::Text(draft.deadline_action().name().to_owned())),
    ];
    entry.extend(scope(draft).map(|scope| ("scopedImpact".to_owned(), scope)));
    Yaml::Map(entry)
}

/// The streams that break, as an entry names them; `None` where they are not known to be all.
fn scope(draft: &Draft) -> Option<Yaml> {
    let streams = draft.streams.as_ref()?;
    let scope = vec![
        ("scopeType".to_owned(), Yaml::Text("stream".to_owned())),
        ("impactedScopes".to_owned(), Yaml::texts(streams.iter().map(String::as_str))),
    ];
    Some(Yaml::List(vec![Yaml::Map(scope)]))
}

/// Whether nobody has written anything in an entry yet: what it leaves out is no decision then.
fn is_blank(entry: &Value) -> bool {
    entry.is_null() || entry.as_object().is_some_and(|keys| keys.values().all(Value::is_null))
}

/// What is missing in the entries that the release brings. What they say is not touched; a scope is dropped where the
/// break reaches every user.
fn completed(paperwork: &Paperwork, brought: &[&String], entries: &Value, today: NaiveDate) -> Vec<Edit> {
    let draft = &paperwork.draft;
    let mut edits = Vec::new();
    let by_version = |key: &&&String| semver::Version::parse(key).ok();
    let Some(last) = brought.iter().max_by_key(by_version) else { return edits };
    let entry = &entries[last.as_str()];
    let is_missing = |key: &str| entry.get(key).is_none_or(Value::is_null);
    let mut set = |key: &str, value: Yaml| {
        if is_missing(key) {
            edits.push(Edit::Set(of_entry(last, &[key]), value));
        }
    };
    set("message", Yaml::Quoted(report::message(paperwork)));
    set("upgradeDeadline", deadline_of(draft, today));
    set("deadlineAction", Yaml::Text(draft.deadline_action().name().to_owned()));
    if is_blank(entry) {
        if let Some(scope) = scope(draft) {
            set("scopedImpact", scope);
        }
        return edits;
    }
    let scopes =
        |key: &&String| entries[key.as_str()]["scopedImpact"].as_array().filter(|list| !list.is_empty());
    if brought.iter().any(|key| scopes(key).is_none()) {
        // One of them reaches everyone already.
        return edits;
    }
    if paperwork.scope.everyone {
        edits.push(Edit::Remove(of_entry(last, &["scopedImpact"])));
        return edits;
    }
    let declared: BTreeSet<&str> = brought
        .iter()
        .filter_map(scopes)
        .flatten()
        .filter_map(|scope| scope["impactedScopes"].as_array())
        .flatten()
        .filter_map(Value::as_str)
        .collect();
    let missing: Vec<String> = paperwork
        .scope
        .streams
        .iter()
        .filter(|stream| !declared.contains(stream.as_str()))
        .cloned()
        .collect();
    let is_of_streams = |scope: &Value| scope["scopeType"] == "stream";
    let at = scopes(last).and_then(|scopes| scopes.iter().position(is_of_streams));
    if let (Some(at), false) = (at, missing.is_empty()) {
        edits.push(Edit::Append(
            of_entry(last, &["scopedImpact", &at.to_string(), "impactedScopes"]),
            missing.into_iter().map(Yaml::Text).collect(),
        ));
    }
    edits
}

/// What the entry of the new side, as it is planned, says of its deadline.
pub(super) struct Deadline {
    /// The day; `None` where the entry has none that can be read.
    pub(super) day: Option<String>,
    /// What happens then; `None` where the entry does not say it.
    pub(super) action: Option<DeadlineAction>,
}

pub(super) fn deadline(planned: &Planned, paperwork: &Paperwork) -> Option<Deadline> {
    let metadata = planned.new.metadata.as_ref()?;
    let key = paperwork.draft.key()?;
    let entry = &metadata.data["releases"]["breakingChanges"][&key];
    let day =
        entry["upgradeDeadline"].as_str().and_then(|day| NaiveDate::parse_from_str(day, "%Y-%m-%d").ok());
    let actions = [DeadlineAction::Disable, DeadlineAction::AutoUpgrade];
    let action = actions.into_iter().find(|action| entry["deadlineAction"] == action.name());
    Some(Deadline { day: day.map(|day| day.to_string()), action })
}
