//! What golden specs of several editions come to: a finding says which editions it is of.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use serde_json::Value;

use super::Judgement;
use crate::model::{Connector, Edition, Finding, GoldenSpec, Limit};

/// Joins what is found for Cloud to what is found for self-managed Airbyte. `of_spec` are the findings that the spec
/// gave; the others are of no edition.
pub(super) fn join(findings: &mut Vec<Finding>, of_spec: &BTreeSet<String>, cloud: Judgement) {
    let everywhere: BTreeSet<String> = cloud.findings.iter().map(|finding| finding.id.clone()).collect();
    for finding in findings.iter_mut().filter(|finding| of_spec.contains(&finding.id)) {
        if !everywhere.contains(&finding.id) {
            limit(finding, Edition::Oss, "users of self-managed Airbyte");
        }
    }
    let known: HashMap<String, usize> =
        findings.iter().enumerate().map(|(index, finding)| (finding.id.clone(), index)).collect();
    for mut finding in cloud.findings {
        match known.get(&finding.id).and_then(|index| findings.get_mut(*index)) {
            // One edit may break in one edition alone: the worse counts.
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
    finding.editions = edition.only();
    if finding.scope.everyone && finding.scope.only.is_none() {
        Arc::make_mut(&mut finding.scope).only = Some(Limit::Those(whom.to_owned()));
    }
}

/// What of golden specs is not judged, and why.
pub(super) fn not_judged(old: &Connector, new: &Connector) -> Vec<String> {
    let mut reasons = Vec::new();
    for edition in Edition::ALL {
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

fn golden(side: &Connector, edition: Edition) -> Option<&GoldenSpec> {
    side.golden_specs.iter().find(|golden| golden.edition == edition)
}
