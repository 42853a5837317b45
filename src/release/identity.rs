//! What a release changes about the connector itself: its identity, licence, support and the hosts it may reach.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{Found, Subject};
use crate::model::{Connector, Edition, Metadata};
use crate::rules::Check;
use crate::rules::release as checks;

/// A key of the metadata, the check of it, and what follows where it changes.
static KEYS: [(&str, &Check, &str); 4] = [
    ("definitionId", &checks::meta_definition_id_changed::CHECK, "to the platform this is another connector"),
    ("connectorType", &checks::meta_connector_type_changed::CHECK, "existing connections cannot use it"),
    (
        "dockerRepository",
        &checks::meta_docker_repository_changed::CHECK,
        "make sure the image is published there",
    ),
    ("license", &checks::meta_license_changed::CHECK, "users may have to agree to it"),
];

/// What is wrong or worth saying of the keys that differ.
pub(super) fn problems(
    old: &Metadata,
    new: &Metadata,
    release: &Connector,
    edition: Option<Edition>,
) -> Vec<Found> {
    let text = |metadata: &Metadata, key: &str| metadata.data[key].as_str().map(str::to_owned);
    let release = Subject::release(release);
    let mut problems = Vec::new();
    for (key, check, consequence) in KEYS {
        let (before, after) = (text(old, key), text(new, key));
        let message = match (&before, &after) {
            (Some(before), Some(after)) if before != after => {
                format!("{key} changed from {before} to {after}: {consequence}")
            }
            (Some(before), None) => format!("{key} {before} is gone: {consequence}"),
            _ => continue,
        };
        let about = release.clone().values(before.into_iter().chain(after));
        problems.push(Found::new(check, about, message).at_key(Some(new), &[key]));
    }
    if let (Some(before), Some(after)) = (text(old, "supportLevel"), text(new, "supportLevel"))
        && rank(&before) > rank(&after)
    {
        let message = format!("supportLevel went down from {before} to {after}: say so in the changelog");
        let about = release.clone().values([before, after]);
        let lowered = Found::new(&checks::meta_support_level_lowered::CHECK, about, message);
        problems.push(lowered.at_key(Some(new), &["supportLevel"]));
    }
    for registry in
        [Edition::Cloud, Edition::Oss].into_iter().filter(|one| edition.is_none_or(|asked| asked == *one))
    {
        let registry = registry.name();
        let path = ["registryOverrides", registry, "enabled"];
        let is_enabled = |metadata: &Metadata| metadata.data[path[0]][path[1]][path[2]] == Value::Bool(true);
        // An entry of a registry names no registries.
        if old.wrapped == new.wrapped && is_enabled(old) && !is_enabled(new) {
            let message = format!("the connector is no longer enabled in the {registry} registry");
            let about = release.clone().values([registry]);
            let disabled = Found::new(&checks::meta_registry_disabled::CHECK, about, message);
            problems.push(disabled.at_key(Some(new), &path));
        }
    }
    let hosts = hosts(&old.data["allowedHosts"]["hosts"], &new.data["allowedHosts"]["hosts"], release);
    problems.extend(hosts.map(|found| found.at_key(Some(new), &["allowedHosts", "hosts"])));
    problems
}

fn rank(support_level: &str) -> u8 {
    match support_level {
        "certified" => 2,
        "community" => 1,
        _ => 0,
    }
}

/// Without a list every host is allowed; an empty one allows none.
fn hosts(old: &Value, new: &Value, release: Subject) -> Option<Found> {
    let list = |value: &Value| -> Option<BTreeSet<String>> {
        Some(value.as_array()?.iter().filter_map(Value::as_str).map(str::to_owned).collect())
    };
    // A star allows what no list allows.
    let limited = |value: &Value| list(value).filter(|hosts| !hosts.contains("*"));
    let after = limited(new)?;
    let Some(before) = limited(old) else {
        let message = "allowedHosts is new: requests to any other host are blocked".to_owned();
        let about = release.values(after);
        return Some(Found::new(&checks::meta_allowed_hosts_introduced::CHECK, about, message));
    };
    // A wildcard that covers a host keeps it reachable.
    let covered =
        |host: &String| after.iter().any(|allowed| wildmatch::WildMatch::new(allowed).matches(host));
    let lost: Vec<&str> = before.iter().filter(|host| !covered(host)).map(String::as_str).collect();
    if lost.is_empty() {
        return None;
    }
    let message = format!("allowedHosts no longer lists {}: requests there are blocked", lost.join(", "));
    let about = release.values(lost);
    Some(Found::new(&checks::meta_allowed_hosts_narrowed::CHECK, about, message))
}
