//! Differences in `metadata.yaml` that users can feel.

use std::collections::BTreeSet;

use semver::Version;
use serde_json::Value;

use super::delta::{Change, Delta, MetadataChange};
use crate::model::{Artifact, Edition, Fragment, Metadata, Pointer, Sides};

/// The differences of two metadata files.
pub(super) fn diff(old: &Metadata, new: &Metadata, is_source: bool) -> Vec<Delta> {
    let mut deltas = Vec::new();
    let mut push = |artifact, path: &[&str], change: MetadataChange| {
        let pointer = |metadata: &Metadata| {
            let root: &[&str] = if metadata.wrapped { &["data"] } else { &[] };
            Pointer::new(root.iter().chain(path).copied())
        };
        let value = |metadata: &Metadata| Pointer::new(path.iter().copied()).get(&metadata.data).cloned();
        let (before, after) = (value(old), value(new));
        // Without a pin a registry serves the connector's own version.
        let is_pin = matches!(change, MetadataChange::RegistryPin { .. });
        let served = |value: &Option<Value>, metadata: &Metadata| {
            let own = metadata.version().filter(|_| is_pin).map(Value::from);
            value.clone().or(own)
        };
        deltas.push(Delta {
            field: path.iter().map(|key| (*key).to_owned()).collect(),
            pointer: Sides {
                old: before.as_ref().map(|_| pointer(old)),
                new: after.as_ref().map(|_| pointer(new)),
            },
            old: served(&before, old).map(Fragment::own),
            new: served(&after, new).map(Fragment::own),
            ..Delta::new(artifact, Change::Metadata(change))
        });
    };
    let (old_config, new_config) = (&old.data["normalizationConfig"], &new.data["normalizationConfig"]);
    if old_config.is_object() && !new_config.is_object() {
        push(Artifact::Destination, &["normalizationConfig"], MetadataChange::NormalizationConfigRemoved);
    } else if old_config["normalizationTag"] != new_config["normalizationTag"] && old_config.is_object() {
        let path = ["normalizationConfig", "normalizationTag"];
        push(Artifact::Destination, &path, MetadataChange::NormalizationTagChanged);
    }
    let flag = |metadata: &Metadata, key: &str| metadata.data[key] == Value::Bool(true);
    for (key, dropped, gained) in [
        ("supportsDbt", Some(MetadataChange::DbtSupportDropped), None),
        ("supportsRefreshes", Some(MetadataChange::RefreshesDropped), Some(MetadataChange::RefreshesGained)),
        ("supportsFileTransfer", Some(MetadataChange::FileTransferDropped), None),
        ("supportsDataActivation", Some(MetadataChange::DataActivationDropped), None),
    ] {
        let change = match (flag(old, key), flag(new, key)) {
            (true, false) => dropped,
            (false, true) => gained,
            _ => None,
        };
        // Sources move files too; the other flags are read of destinations only.
        let is_read = !is_source || key == "supportsFileTransfer";
        if let Some(change) = change.filter(|_| is_read) {
            push(Artifact::Destination, &[key], change);
        }
    }
    for registry in [Edition::Cloud, Edition::Oss] {
        if let Some(breaks) = pin(old, new, registry) {
            let path = ["registryOverrides", registry.name(), "dockerImageTag"];
            push(Artifact::Metadata, &path, MetadataChange::RegistryPin { registry, breaks });
        }
    }
    let ways = |metadata: &Metadata| listed(&metadata.data["connectorIPCOptions"]);
    if !ways(old).is_subset(&ways(new)) {
        push(Artifact::Destination, &["connectorIPCOptions"], MetadataChange::IpcTransportDropped);
    }
    deltas
}

/// The declared breaks that users of a registry pass, where its pin came, went or moved; `None` where it did not.
fn pin(old: &Metadata, new: &Metadata, registry: Edition) -> Option<Vec<String>> {
    let pinned = |metadata: &Metadata| {
        metadata.data["registryOverrides"][registry.name()]["dockerImageTag"].as_str().map(str::to_owned)
    };
    let (before, after) = (pinned(old), pinned(new));
    if before == after {
        return None;
    }
    let read = |version: &str| Version::parse(version).ok();
    let served =
        |pin: &Option<String>, metadata: &Metadata| pin.as_deref().or(metadata.version()).and_then(read);
    let release = (old.version().and_then(read), new.version().and_then(read));
    let is_of_release = |version: &Version| matches!(&release, (Some(before), Some(after)) if before < version && version <= after);
    let (Some(from), Some(to)) = (served(&before, old), served(&after, new)) else { return Some(Vec::new()) };
    let passed = |version: &Version| from < *version && *version <= to && !is_of_release(version);
    let entries = new.breaking_changes();
    let breaks = entries.into_iter().map(|entry| entry.version);
    Some(breaks.filter(|version| read(version).is_some_and(|version| passed(&version))).collect())
}

/// Every list entry below a value, with the keys that lead to it.
fn listed(value: &Value) -> BTreeSet<(Vec<String>, String)> {
    let mut found = BTreeSet::new();
    let mut open = vec![(Vec::new(), value)];
    while let Some((path, value)) = open.pop() {
        match value {
            Value::Object(map) => open.extend(map.iter().map(|(key, value)| {
                let mut path: Vec<String> = path.clone();
                path.push(key.clone());
                (path, value)
            })),
            Value::Array(items) => {
                found.extend(
                    items.iter().filter_map(Value::as_str).map(|item| (path.clone(), item.to_owned())),
                );
            }
            _ => {}
        }
    }
    found
}
