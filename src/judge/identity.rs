//! What makes two findings the same finding.
//!
//! Waivers, baselines and comments on pull requests know a finding by its fingerprint. It is made of what was found
//! (the rule, the place and the typed change with its values) and of no text of a rule. The old and the new value of a
//! difference of saved state are names of forms, and count as such.

use std::collections::HashMap;

use serde::Serialize;

use crate::diff::{CatalogChange, Change, Delta, SpecChange};
use crate::model::{Artifact, Canonical, Finding, SpecBranch, fingerprint as fingerprint_of};
use crate::rules::Rule;

#[derive(Serialize)]
struct Key<'d> {
    rule: &'d str,
    artifact: Artifact,
    namespace: Option<&'d str>,
    stream: Option<&'d str>,
    field: &'d [String],
    branch: Option<&'d SpecBranch>,
    change: &'d Change,
    old: Option<Canonical<'d>>,
    new: Option<Canonical<'d>>,
}

/// The fingerprint of a difference that a rule judges: the same on every machine, whatever the formatting and the folders
/// of the files, and whatever the texts of the rule. The name of a file counts where a defect has no place in it.
pub(super) fn fingerprint(delta: &Delta, rule: &Rule) -> String {
    let stream = delta.stream.as_ref();
    // A list of values or of names is a set, a key is not.
    let is_set = matches!(
        delta.change,
        Change::Spec(
            SpecChange::EnumIntroduced
                | SpecChange::EnumDropped
                | SpecChange::EnumValuesRemoved(_)
                | SpecChange::EnumValuesAdded(_)
        ) | Change::Catalog(CatalogChange::RequiredChanged)
    );
    let canonical = |value| if is_set { Canonical::set(value) } else { Canonical::value(value) };
    let key = Key {
        rule: rule.id,
        artifact: delta.artifact,
        namespace: stream.and_then(|stream| stream.namespace.as_deref()),
        stream: stream.map(|stream| stream.name.as_str()),
        field: &delta.field,
        branch: delta.branch.as_ref(),
        change: &delta.change,
        old: delta.old.as_ref().map(canonical),
        new: delta.new.as_ref().map(canonical),
    };
    fingerprint_of('k', &key)
}

/// Gives findings that share a fingerprint one each: what tells them apart, such as a choice inside a choice, is in no
/// key, so that the order in which the sides are walked decides.
pub(super) fn tell_apart(findings: &mut [Finding]) {
    let mut seen: HashMap<String, usize> = HashMap::new();
    for finding in findings {
        let count = seen.entry(finding.id.clone()).or_default();
        *count += 1;
        if *count > 1 {
            finding.id = fingerprint_of('k', &(&finding.id, *count));
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use std::path::Path;

    use super::*;
    use crate::diff::{ConnectorChange, diff};
    use crate::judge::PythonMigrations;
    use crate::judge::finding::finding;
    use crate::judge::inclusion::Asked;
    use crate::load::{Side, common, connector};
    use crate::model::{Connector, ErrorCause, FaultKind, InputError, Level, LoadFault, Pair, Pointer};
    use crate::policy::Policy;
    use crate::rules::{self, Template};

    /// The differences of the demo, which has some of every artifact.
    fn deltas() -> Vec<Delta> {
        let demo = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus/demo");
        let side = |name: &str| {
            connector(&Side { path: demo.join(name).join("source-bookshop"), ..Side::default() })
        };
        let (old, new) = (side("old"), side("new"));
        let common = common(&old, &new);
        diff(Pair { old: &old, new: &new, common: &common }).deltas
    }

    #[test]
    fn no_rewording_of_a_rule_moves_a_fingerprint() {
        let deltas = deltas();
        let nobody = Connector::default();
        let migrations = PythonMigrations::of(&nobody, &nobody);
        assert!(deltas.len() > 5, "the demo has differences");
        for rule in rules::all() {
            let reworded = Rule {
                title: "x",
                effect: Template::new("y"),
                action: rules::find("field-removed").expect("a rule").action,
                checks: "",
                why: "",
                example: "",
                cannot_see: "not even this",
                references: &[],
                ..**rule
            };
            for delta in &deltas {
                let asked = Asked { delta: delta.clone(), decision: None };
                let judged =
                    |rule: &Rule| finding(&asked, rule, Level::Review, &Policy::default(), &migrations);
                let (before, after) = (judged(rule), judged(&reworded));
                assert_ne!(before.effect, after.effect, "the texts count, so the test can fail");
                assert_eq!(before.id, after.id, "{} on {delta:?}", rule.id);
            }
        }
    }

    #[test]
    fn findings_of_one_report_have_fingerprints_of_their_own() {
        let nested = |longest: u64| {
            let inner = serde_json::json!({"type": "array", "maxItems": longest});
            let p = serde_json::json!({"type": "array", "maxItems": longest, "items": inner});
            let text =
                serde_json::json!({"connectionSpecification": {"type": "object", "properties": {"p": p}}});
            let tree = crate::tree::Memory::new("spec.json").file("", text.to_string());
            crate::load::connector_in(&crate::load::Request::new(tree))
        };
        let report = crate::compare(&nested(5), &nested(4), &crate::Options::default());
        let ids: std::collections::BTreeSet<&str> =
            report.findings.iter().map(|finding| finding.id.as_str()).collect();
        assert_eq!((report.findings.len(), ids.len()), (2, 2), "the list and the lists in it");
    }

    #[test]
    fn what_is_said_inside_a_change_moves_no_fingerprint_and_what_changed_does() {
        let rule = rules::find("manifest-invalid").expect("a rule");
        let delta = |change: Change| Delta { change, ..deltas().remove(0) };
        let id = |change: Change| fingerprint(&delta(change), rule);
        let invalid = |message: &str, place: Option<&str>, kind| {
            let error = InputError {
                cause: ErrorCause::Content,
                artifact: None,
                file: message.to_owned(),
                line: None,
                message: message.to_owned(),
            };
            Change::Connector(ConnectorChange::Invalid(vec![LoadFault {
                error,
                pointer: place.map(|place: &str| Pointer::parse(place)),
                kind,
            }]))
        };
        let refused = |message, place| id(invalid(message, place, FaultKind::Refused));
        assert_eq!(refused("one", Some("/streams/0")), refused("other", Some("/streams/0")));
        assert_ne!(refused("one", Some("/streams/0")), refused("one", Some("/streams/1")));
        assert_ne!(refused("a/x.json", None), refused("a/y.json", None), "without a place the file tells");
        assert_ne!(refused("one", None), id(invalid("one", None, FaultKind::Disallowed)));
        let no_schema = |at: &str, reason: &str| {
            let at = Pointer::parse(at);
            id(Change::Spec(SpecChange::NoSchema { at, reason: reason.to_owned(), java: false }))
        };
        assert_eq!(no_schema("/properties/a", "one"), no_schema("/properties/a", "other"));
        assert_ne!(no_schema("/properties/a", "one"), no_schema("/properties/b", "one"));
        let removed = |values: &[&str]| {
            Change::Spec(SpecChange::EnumValuesRemoved(
                values.iter().map(|value| Value::from(*value)).collect(),
            ))
        };
        assert_ne!(id(removed(&["a"])), id(removed(&["a", "b"])));
        assert_eq!(id(removed(&["b", "a"])), id(removed(&["a", "b"])), "an enum is a set");
    }
}
