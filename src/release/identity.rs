//! What a release changes about the connector itself: its identity, licence, support and the hosts it may reach.

use std::collections::BTreeSet;

use serde_json::Value;

use super::problem;
use crate::model::{Metadata, Problem, Severity};

/// What is wrong or worth saying of the keys that differ.
pub(super) fn problems(old: &Metadata, new: &Metadata) -> Vec<Problem> {
    let text = |metadata: &Metadata, key: &str| metadata.data[key].as_str().map(str::to_owned);
    let mut problems = Vec::new();
    for (key, rule, level, consequence) in [
        (
            "definitionId",
            "meta-definition-id-changed",
            Severity::Error,
            "to the platform this is another connector",
        ),
        (
            "connectorType",
            "meta-connector-type-changed",
            Severity::Error,
            "existing connections cannot use it",
        ),
        (
            "dockerRepository",
            "meta-docker-repository-changed",
            Severity::Warning,
            "make sure the image is published there",
        ),
        ("license", "meta-license-changed", Severity::Warning, "users may have to agree to it"),
    ] {
        let message = match (text(old, key), text(new, key)) {
            (Some(before), Some(after)) if before != after => {
                format!("{key} changed from {before} to {after}: {consequence}")
            }
            (Some(before), None) => format!("{key} {before} is gone: {consequence}"),
            _ => continue,
        };
        problems.push(problem(rule, level, message));
    }
    if let (Some(before), Some(after)) = (text(old, "supportLevel"), text(new, "supportLevel"))
        && rank(&before) > rank(&after)
    {
        let message = format!("supportLevel went down from {before} to {after}: say so in the changelog");
        problems.push(problem("meta-support-level-lowered", Severity::Warning, message));
    }
    problems.extend(hosts(&old.data["allowedHosts"]["hosts"], &new.data["allowedHosts"]["hosts"]));
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
fn hosts(old: &Value, new: &Value) -> Option<Problem> {
    let list = |value: &Value| -> Option<BTreeSet<String>> {
        Some(value.as_array()?.iter().filter_map(Value::as_str).map(str::to_owned).collect())
    };
    // A lone star allows what no list allows.
    let after = list(new).filter(|hosts| !hosts.contains("*"))?;
    let Some(before) = list(old) else {
        let message = "allowedHosts is new: requests to any other host are blocked".to_owned();
        return Some(problem("meta-allowed-hosts-introduced", Severity::Warning, message));
    };
    // A wildcard that covers a host keeps it reachable.
    let covered =
        |host: &String| after.iter().any(|allowed| wildmatch::WildMatch::new(allowed).matches(host));
    let lost: Vec<&str> = before.iter().filter(|host| !covered(host)).map(String::as_str).collect();
    if lost.is_empty() {
        return None;
    }
    let message = format!("allowedHosts no longer lists {}: requests there are blocked", lost.join(", "));
    Some(problem("meta-allowed-hosts-narrowed", Severity::Warning, message))
}
