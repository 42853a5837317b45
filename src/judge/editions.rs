//! Which specs of two sides are held against each other, where their tests keep golden ones.
//!
//! The spec that a connector ships judges. Where a side has none, its golden spec does, held against the golden spec of
//! the same edition. Where both sides keep one for Cloud too, that pair is judged as well, and a finding says which
//! editions it is of.

use std::collections::BTreeSet;

use serde_json::Value;

use super::Judgement;
use crate::model::{Connector, Edition, Finding, GoldenSpec};

/// The sides with golden specs put where they are to be compared; `None` where the sides are right as they are.
pub(super) fn aligned(old: &Connector, new: &Connector) -> Option<(Connector, Connector)> {
    if !(old.is_spec_golden || new.is_spec_golden) {
        return None;
    }
    if old.is_spec_golden && new.is_spec_golden {
        let shared = [Edition::Oss, Edition::Cloud]
            .into_iter()
            .find_map(|edition| Some((golden(old, edition)?, golden(new, edition)?)));
        let apart = "the golden specs of the two sides are of different editions";
        return match shared {
            // The one that stands there already.
            Some((golden, _)) if golden.edition == Edition::Oss => None,
            Some((before, after)) => Some((with(old, before), with(new, after))),
            None => Some((without(old, apart), without(new, apart))),
        };
    }
    // A spec that was shipped and is built in code now, or the reverse: the golden one is what stands for it.
    let golden_side = if old.is_spec_golden { old } else { new };
    if golden(golden_side, Edition::Oss).is_some() {
        return None;
    }
    let apart = "a spec that is shipped and a golden spec for Cloud are not of one edition";
    Some((without(old, apart), without(new, apart)))
}

/// The sides with their specs for Cloud, and nothing else that is judged; `None` where there are no two.
pub(super) fn cloud(old: &Connector, new: &Connector) -> Option<(Connector, Connector)> {
    let is_judged = |side: &Connector| side.is_spec_golden && golden(side, Edition::Oss).is_some();
    if !(is_judged(old) && is_judged(new)) {
        return None;
    }
    let side = |side: &Connector| {
        let golden = golden(side, Edition::Cloud)?;
        let bare = Connector {
            source: side.source.clone(),
            connector_type: side.connector_type,
            configs: side.configs.clone(),
            config_migrations: side.config_migrations.clone(),
            code: side.code.clone(),
            ..Connector::default()
        };
        // It stands for the spec of a connector that has no other.
        Some(Connector { spec: Some(golden.spec.clone()), ..bare })
    };
    Some((side(old)?, side(new)?))
}

fn golden(side: &Connector, edition: Edition) -> Option<&GoldenSpec> {
    side.golden_specs.iter().find(|golden| golden.edition == edition)
}

fn with(side: &Connector, golden: &GoldenSpec) -> Connector {
    Connector {
        spec: Some(golden.spec.clone()),
        is_spec_golden: true,
        spec_reason: format!("the golden spec {} is compared", golden.file),
        ..side.clone()
    }
}

fn without(side: &Connector, reason: &str) -> Connector {
    Connector { spec: None, is_spec_golden: false, spec_reason: reason.to_owned(), ..side.clone() }
}

/// Joins what is found for Cloud to what is found for self-managed Airbyte. `of_spec` are the findings that the spec
/// gave; the others are of no edition.
pub(super) fn join(findings: &mut Vec<Finding>, of_spec: &BTreeSet<String>, cloud: Judgement) {
    let everywhere: BTreeSet<String> = cloud.findings.iter().map(|finding| finding.id.clone()).collect();
    for finding in findings.iter_mut().filter(|finding| of_spec.contains(&finding.id)) {
        if !everywhere.contains(&finding.id) {
            limit(finding, Edition::Oss, "users of self-managed Airbyte");
        }
    }
    for mut finding in cloud.findings {
        match findings.iter_mut().find(|known| known.id == finding.id) {
            // One edit may break in one edition alone: the worse is told.
            Some(known) if finding.level < known.level => *known = finding,
            Some(_) => {}
            None => {
                limit(&mut finding, Edition::Cloud, "users of Airbyte Cloud");
                findings.push(finding);
            }
        }
    }
}

fn limit(finding: &mut Finding, edition: Edition, whom: &str) {
    finding.editions = vec![edition];
    if finding.scope.everyone {
        finding.scope.only.get_or_insert_with(|| whom.to_owned());
    }
}

/// What of golden specs is not judged, and why.
pub(super) fn not_judged(old: &Connector, new: &Connector) -> Vec<String> {
    let mut reasons = Vec::new();
    for edition in [Edition::Oss, Edition::Cloud] {
        let (before, after) = (golden(old, edition), golden(new, edition));
        let alone = match (before, after) {
            (Some(golden), None) => Some(("old", golden)),
            (None, Some(golden)) => Some(("new", golden)),
            _ => None,
        };
        if let Some((side, golden)) = alone.filter(|_| old.is_spec_golden || new.is_spec_golden) {
            reasons.push(format!("{side}: {} has no counterpart to be compared with", golden.file));
        }
        let (Some(before), Some(after)) = (before, after) else { continue };
        let (Some(was), Some(is)) = (&old.spec, &new.spec) else { continue };
        if old.is_spec_golden || new.is_spec_golden {
            continue;
        }
        if was.value == is.value && before.spec.value != after.spec.value {
            reasons.push(format!("{} changed and the spec did not: it is not judged", after.file));
        }
        let added = names(&after.spec.value).difference(&names(&is.value)).cloned().collect::<Vec<_>>();
        if !added.is_empty() {
            let list = added.join(", ");
            reasons.push(format!("new: only {} has {list}, which may be added at run time", after.file));
        }
    }
    reasons
}

/// The options at the top of a spec.
fn names(spec: &Value) -> BTreeSet<String> {
    let properties = spec["connectionSpecification"]["properties"].as_object();
    properties.into_iter().flat_map(|properties| properties.keys().cloned()).collect()
}
