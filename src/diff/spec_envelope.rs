//! Differences around the config schema: OAuth, sync modes and flags of the ConnectorSpecification.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use super::delta::{Change, Delta, SpecChange};
use super::spec_schema::ANNOTATIONS;
use crate::model::{Artifact, Fragment, Pointer, SCOPES_JOIN_STRATEGY, Sides};

/// Keys of a ConnectorSpecification that are compared elsewhere or here by name.
const KNOWN: [&str; 10] = [
    "connectionSpecification",
    "advanced_auth",
    "authSpecification",
    "documentationUrl",
    "changelogUrl",
    "supportsIncremental",
    "supportsNormalization",
    "supportsDBT",
    "supported_destination_sync_modes",
    "protocol_version",
];

/// Adds the differences of two ConnectorSpecification objects outside `connectionSpecification`.
pub(super) fn diff(old: &Value, new: &Value, is_destination: bool, deltas: &mut Vec<Delta>) {
    let mut push = |path: &[&str], change: SpecChange, before: Option<&Value>, after: Option<&Value>| {
        let pointer = |value: Option<&Value>| value.map(|_| Pointer::new(path.iter().copied()));
        deltas.push(Delta {
            pointer: Sides { old: pointer(before), new: pointer(after) },
            old: before.cloned().map(Fragment::own),
            new: after.cloned().map(Fragment::own),
            ..Delta::new(Artifact::Spec, Change::Spec(change))
        });
    };
    let get = |side: &'_ Value, key: &str| side.get(key).filter(|value| !value.is_null()).cloned();
    for key in ["documentationUrl", "changelogUrl"] {
        let (before, after) = (get(old, key), get(new, key));
        if before != after {
            push(&[key], SpecChange::LinkChanged, before.as_ref(), after.as_ref());
        }
    }
    let flag = |side: &Value, key: &str| side.get(key).is_some_and(|value| *value == true);
    if flag(old, "supportsIncremental") != flag(new, "supportsIncremental") {
        let key = "supportsIncremental";
        push(&[key], SpecChange::SupportsIncrementalChanged, old.get(key), new.get(key));
    }
    for (key, dropped) in [
        ("supportsNormalization", SpecChange::NormalizationFlagDropped),
        ("supportsDBT", SpecChange::DbtFlagDropped),
    ] {
        match (flag(old, key), flag(new, key)) {
            (true, false) => push(&[key], dropped, old.get(key), new.get(key)),
            (false, true) => push(&[key], SpecChange::LegacyOutputFlagGained, old.get(key), new.get(key)),
            _ => {}
        }
    }
    // Sources carry the key in old files, where nothing reads it.
    if is_destination {
        sync_modes(old, new, &mut push);
    }
    protocol(old, new, &mut push);
    let (before, after) = (get(old, "authSpecification"), get(new, "authSpecification"));
    match (&before, &after) {
        (Some(_), None) => push(&["authSpecification"], SpecChange::LegacyAuthDropped, before.as_ref(), None),
        _ if before != after => push(
            &["authSpecification"],
            SpecChange::OauthConversationChanged,
            before.as_ref(),
            after.as_ref(),
        ),
        _ => {}
    }
    advanced_auth(get(old, "advanced_auth").as_ref(), get(new, "advanced_auth").as_ref(), &mut push);
    let keys = |side: &Value| -> BTreeSet<String> {
        let all = side.as_object().into_iter().flatten();
        all.filter(|(_, value)| !value.is_null()).map(|(key, _)| key.clone()).collect()
    };
    for key in keys(old).union(&keys(new)) {
        if !KNOWN.contains(&key.as_str()) && old.get(key) != new.get(key) {
            let change = match ANNOTATIONS.contains(&key.as_str()) {
                true => SpecChange::AnnotationsChanged,
                false => SpecChange::UnknownKeyChanged(key.clone()),
            };
            push(&[key], change, old.get(key), new.get(key));
        }
    }
}

type Push<'p> = dyn FnMut(&[&str], SpecChange, Option<&Value>, Option<&Value>) + 'p;

fn sync_modes(old: &Value, new: &Value, push: &mut Push<'_>) {
    let key = "supported_destination_sync_modes";
    let modes = |side: &Value| -> BTreeSet<String> {
        side.get(key)
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
            .filter_map(Value::as_str)
            .map(str::to_owned)
            .collect()
    };
    let (before, after) = (modes(old), modes(new));
    for mode in before.difference(&after) {
        push(&[key], SpecChange::DestinationSyncModeRemoved(mode.clone()), old.get(key), new.get(key));
    }
    for mode in after.difference(&before) {
        push(&[key], SpecChange::DestinationSyncModeAdded(mode.clone()), old.get(key), new.get(key));
    }
}

fn protocol(old: &Value, new: &Value, push: &mut Push<'_>) {
    let key = "protocol_version";
    let version = |side: &Value| side.get(key).and_then(Value::as_str).unwrap_or("0.2.0").to_owned();
    let (before, after) = (version(old), version(new));
    if before == after {
        return;
    }
    let major = |version: &str| version.split('.').next().unwrap_or_default().to_owned();
    let change = if major(&before) == major(&after) {
        SpecChange::ProtocolMinorChanged
    } else {
        SpecChange::ProtocolMajorChanged
    };
    push(&[key], change, old.get(key), new.get(key));
}

const OAUTH: &str = "oauth_config_specification";

fn advanced_auth(old: Option<&Value>, new: Option<&Value>, push: &mut Push<'_>) {
    let key = "advanced_auth";
    let (old, new) = match (old, new) {
        (None, None) => return,
        (None, Some(new)) => return push(&[key], SpecChange::AdvancedAuthAdded, None, Some(new)),
        (Some(old), None) => return push(&[key], SpecChange::AdvancedAuthRemoved, Some(old), None),
        (Some(old), Some(new)) => (old, new),
    };
    let mut compare = |path: &[&str], change: SpecChange| {
        let at =
            |side: &'_ Value| Pointer::new(path.iter().copied()).get(side).filter(|v| !v.is_null()).cloned();
        let (before, after) = (at(old), at(new));
        if before != after {
            let full: Vec<&str> = [key].into_iter().chain(path.iter().copied()).collect();
            push(&full, change, before.as_ref(), after.as_ref());
        }
    };
    compare(&["auth_flow_type"], SpecChange::AuthFlowTypeChanged);
    compare(&["predicate_key"], SpecChange::AuthPredicateChanged);
    compare(&["predicate_value"], SpecChange::AuthPredicateChanged);
    compare(&[OAUTH, "complete_oauth_server_input_specification"], SpecChange::OauthServerInputChanged);
    compare(
        &[OAUTH, "oauth_user_input_from_connector_config_specification"],
        SpecChange::OauthConversationChanged,
    );
    for output in ["complete_oauth_output_specification", "complete_oauth_server_output_specification"] {
        let at = |side: &'_ Value| side[OAUTH][output].clone();
        let (before, after) = (at(old), at(new));
        if before == after {
            continue;
        }
        let (old_paths, new_paths) = (config_paths(&before), config_paths(&after));
        // An output that is new moves nothing.
        let moved = old_paths.iter().any(|(name, path)| new_paths.get(name) != Some(path));
        let change =
            if moved { SpecChange::OauthOutputPathChanged } else { SpecChange::OauthConversationChanged };
        push(&[key, OAUTH, output], change, Some(&before), Some(&after));
    }
    unknown_auth(old, new, &[key], push);
    unknown_auth(&old[OAUTH], &new[OAUTH], &[key, OAUTH], push);
    let input = "oauth_connector_input_specification";
    let empty = Map::new();
    let (before, after) =
        (old[OAUTH][input].as_object().unwrap_or(&empty), new[OAUTH][input].as_object().unwrap_or(&empty));
    for name in before.keys().chain(after.keys()).collect::<BTreeSet<_>>() {
        if oauth_input(before, name) == oauth_input(after, name) {
            continue;
        }
        let change = match name.as_str() {
            "scope" | "scopes" | "optional_scopes" => SpecChange::OauthScopeChanged,
            _ => SpecChange::OauthConversationChanged,
        };
        push(&[key, OAUTH, input, name], change, before.get(name), after.get(name));
    }
}

/// What an `oauth_connector_input_specification` asks under a name.
fn oauth_input(input: &Map<String, Value>, name: &str) -> Option<Value> {
    let (key, default) = SCOPES_JOIN_STRATEGY;
    let own = input.get(name).filter(|value| !value.is_null()).cloned();
    own.or_else(|| (name == key).then(|| default.into()))
}

/// Keys of `advanced_auth` and of its OAuth specification that are compared by name.
const KNOWN_AUTH: [&str; 9] = [
    "auth_flow_type",
    "predicate_key",
    "predicate_value",
    OAUTH,
    "complete_oauth_server_input_specification",
    "oauth_user_input_from_connector_config_specification",
    "complete_oauth_output_specification",
    "complete_oauth_server_output_specification",
    "oauth_connector_input_specification",
];

/// Keys of OAuth that the protocol does not define.
fn unknown_auth(old: &Value, new: &Value, path: &[&str], push: &mut Push<'_>) {
    let empty = Map::new();
    let keys = |side: &Value| side.as_object().unwrap_or(&empty).keys().cloned().collect::<BTreeSet<_>>();
    for key in keys(old).union(&keys(new)).filter(|key| !KNOWN_AUTH.contains(&key.as_str())) {
        let filled = |side: &Value| side.get(key).filter(|value| !value.is_null()).cloned();
        let (before, after) = (filled(old), filled(new));
        if before != after {
            let full: Vec<&str> = path.iter().copied().chain([key.as_str()]).collect();
            push(&full, SpecChange::UnknownKeyChanged(full.join(".")), before.as_ref(), after.as_ref());
        }
    }
}

/// Where each output of an OAuth specification goes in the config.
fn config_paths(output: &Value) -> BTreeMap<String, Value> {
    let properties = output["properties"].as_object();
    properties
        .into_iter()
        .flatten()
        .map(|(name, schema)| (name.clone(), schema["path_in_connector_config"].clone()))
        .collect()
}
