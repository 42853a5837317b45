//! A spec that Python's validator refuses before it looks at a config.

use crate::diff::{Change, ConnectorChange, Delta, SpecChange};
use crate::model::{Artifact, Connector, Pointer, Sides, Which};
use crate::schema::metaschema_fault;

use super::inclusion::Asked;

/// Whether Python validates the configs, as it does for most connectors.
pub(super) fn is_python(connector: &Connector) -> bool {
    let has = |name: &str| connector.tree.as_ref().is_some_and(|tree| tree.kind(name).is_ok());
    match &connector.metadata {
        Some(metadata) if metadata.is_java() => false,
        _ => {
            connector.has_manifest || !connector.code.is_empty() || !(has("src/main") || has("package.json"))
        }
    }
}

/// Adds a difference where the new spec alone breaks the metaschema. Where both break it, what that means is said; it is no
/// news.
pub(super) fn hold(deltas: &mut Vec<Asked>, old: &Connector, new: &Connector) -> Option<String> {
    const CONFIG: &str = "connectionSpecification";
    let (before, after) = (&old.spec.as_ref()?.value[CONFIG], &new.spec.as_ref()?.value[CONFIG]);
    let is_told = |one: &Asked| {
        matches!(
            one.delta.change,
            Change::Spec(SpecChange::NoSchema { .. }) | Change::Connector(ConnectorChange::Invalid(_))
        )
    };
    if before == after || deltas.iter().any(is_told) {
        return None;
    }
    let fault = metaschema_fault(after, Which::New)?;
    let what = format!("at {}: {}", fault.pointer, fault.message);
    if metaschema_fault(before, Which::Old).is_some() {
        return Some(format!(
            "both specs break the metaschema, and Python's validator refuses every config: {what}"
        ));
    }
    let place = Pointer::new([CONFIG]).concat(&fault.pointer);
    let change = SpecChange::NoSchema { at: fault.pointer, reason: what, java: !is_python(new) };
    let delta = Delta {
        pointer: Sides { old: None, new: Some(place) },
        ..Delta::new(Artifact::Spec, Change::Spec(change))
    };
    deltas.push(Asked { delta, decision: None, migration: None });
    None
}
