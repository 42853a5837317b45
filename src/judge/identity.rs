//! What makes two findings the same finding.
//!
//! Waivers, baselines and comments on pull requests know a finding by its fingerprint. It is made of what was found
//! (the rule, the place and the typed change with its values) and of no text.

use std::collections::HashMap;

use serde::Serialize;

use crate::diff::{CatalogChange, Change, Delta, SpecChange, StateValue};
use crate::model::{Artifact, Canonical, Finding, Sides, SpecBranch, fingerprint as fingerprint_of};
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
    old: Option<Side<'d>>,
    new: Option<Side<'d>>,
}

/// What one side of a difference has.
#[derive(Serialize)]
#[serde(untagged)]
enum Side<'d> {
    Value(Canonical<'d>),
    State(&'d StateValue),
}

/// The fingerprint of a difference that a rule judges: the same on every machine, whatever the formatting and the folders
/// of the files, and whatever the texts of the rule. The name of a file counts where a defect has no place in it.
pub(super) fn fingerprint(delta: &Delta, rule: &Rule) -> String {
    let stream = delta.stream.as_ref();
    let Sides { old, new } = sides(delta);
    let key = Key {
        rule: rule.id,
        artifact: delta.artifact,
        namespace: stream.and_then(|stream| stream.namespace.as_deref()),
        stream: stream.map(|stream| &*stream.name),
        field: &delta.field,
        branch: delta.branch.as_deref(),
        change: &delta.change,
        old,
        new,
    };
    fingerprint_of('k', &key)
}

fn sides(delta: &Delta) -> Sides<Option<Side<'_>>> {
    if let Some(state) = delta.in_state() {
        let Sides { old, new } = &state.values;
        return Sides { old: old.as_ref().map(Side::State), new: new.as_ref().map(Side::State) };
    }
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
    let value = |value| Side::Value(if is_set { Canonical::set(value) } else { Canonical::value(value) });
    Sides { old: delta.old.as_deref().map(value), new: delta.new.as_deref().map(value) }
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
    use std::collections::BTreeSet;
    use std::path::Path;

    use serde_json::Value;

    use super::*;
    use crate::diff::{Beside, ConnectorChange, CursorPart, KeyValues, StateChange, StateContext, diff};
    use crate::judge::PythonMigrations;
    use crate::judge::consent::Consent;
    use crate::judge::finding::finding;
    use crate::judge::inclusion::Asked;
    use crate::load::{Side, common, connector};
    use crate::model::{
        Connector, ErrorCause, FaultKind, FileKey, Form, InputError, JsonType, KeyName, Level, LoadFault,
        Pair, PartitionForm, PartitionValue, Pointer, StateVersion,
    };
    use crate::policy::Policy;
    use crate::rules::{self, Context, Example, Template};

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

    fn state_delta(old: StateValue) -> Delta {
        let values = Sides { old: Some(old), new: None };
        let state = StateContext { values, ..StateContext::default() };
        let change = Change::State(StateChange::PartitionKeysChanged { global: false });
        Delta {
            beside: Beside::State(Box::new(state), std::sync::Arc::default()),
            ..Delta::new(Artifact::State, change)
        }
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
                example: Example { context: Context::Spec, before: &[], after: &[] },
                cannot_see: "not even this",
                references: &[],
                ..**rule
            };
            for delta in &deltas {
                let asked = Asked { delta: delta.clone(), decision: None, migration: None };
                let judged = |rule: &Rule| {
                    finding(
                        &asked,
                        rule,
                        Level::Review,
                        &Policy::default(),
                        (&migrations, &Consent::default()),
                    )
                };
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

    /// One of each kind, whose own names hold no blanks.
    fn state_values() -> Vec<StateValue> {
        use crate::model::{Magnitude, StateClass, TextForm};
        let name = || KeyName::Name("updated".to_owned());
        let keys = || BTreeSet::from([name(), KeyName::Look("a-0".to_owned())]);
        let class = StateValue::Class(StateClass::Simple);
        let seen = [
            Form::Number(Magnitude::EpochSeconds),
            Form::Text(TextForm::Digits(Magnitude::Small)),
            Form::Text(TextForm::Look("0-0-0".to_owned())),
            Form::Empty,
            Form::Other(JsonType::List),
        ];
        let are = [
            KeyValues::Counts,
            KeyValues::Numbers,
            KeyValues::Datetimes,
            KeyValues::Nested,
            KeyValues::Seen(seen.into()),
        ];
        let form = PartitionForm::from([
            ("group".to_owned(), PartitionValue::Seen(JsonType::Text)),
            ("day".to_owned(), PartitionValue::Listed(None)),
            ("2024-11-28".to_owned(), PartitionValue::Grouped { size: Some(2), of: None }),
            ("parent_slice".to_owned(), PartitionValue::Slice(PartitionForm::new())),
        ]);
        let cursor_class = |other| StateValue::CursorClass { module: None, name: "Own".to_owned(), other };
        let version = StateVersion { version: None, state_type: Some("2".to_owned()) };
        let mut values: Vec<StateValue> =
            are.map(|are| StateValue::Values { key: name(), are }).into_iter().collect();
        values.extend(
            [None, Some(CursorPart::Arguments), Some(CursorPart::Code), Some(CursorPart::UnseenCode)]
                .map(cursor_class),
        );
        values.extend([
            class.clone(),
            StateValue::Broken(StateClass::Slices),
            StateValue::BesidePartitions,
            StateValue::NoCursor,
            StateValue::OfType(JsonType::Object),
            StateValue::Files([FileKey::Day, FileKey::Url].into()),
            StateValue::Version(version),
            StateValue::Keys(keys()),
            StateValue::Parents(keys()),
            StateValue::ParentPosition { read: None, saved: Some(Box::new(class.clone())) },
            StateValue::InParent { parent: "orders".to_owned(), value: Some(Box::new(class.clone())) },
            StateValue::PartitionKeys([keys()].into()),
            StateValue::Partitions([form].into()),
            StateValue::PartitionTypes([(name(), [JsonType::Text, JsonType::Number].into())].into()),
            StateValue::Migrations(Vec::new()),
            StateValue::Cursor { is_custom: true, is_partitioned: true, migrations: vec!["Own".to_owned()] },
            StateValue::Code,
            StateValue::Namespace(None),
            StateValue::Together(vec![class.clone(), class]),
        ]);
        values
    }

    #[test]
    fn no_word_said_of_saved_state_is_in_a_key() {
        let mut said = String::new();
        for value in state_values() {
            let delta = state_delta(value.clone());
            let values = crate::diff::state_words(&delta.in_state().expect("of state").values);
            said.push_str(&values.old.expect("words"));
            let key = serde_json::to_string(&sides(&delta).old).expect("a key");
            assert!(!key.contains(' '), "a name holds no blanks, and words do: {key}");
        }
        assert!(said.matches(' ').count() > 40, "{said}");
    }

    #[test]
    fn saved_state_that_reads_the_same_and_is_another_has_another_fingerprint() {
        let rule = rules::find("state-partition-key-renamed").expect("a rule");
        let from = |stream: &str| {
            let value = PartitionValue::FromParent { stream: stream.to_owned(), key: "id".to_owned() };
            state_delta(StateValue::Partitions([PartitionForm::from([("order".to_owned(), value)])].into()))
        };
        let words = |delta: &Delta| crate::diff::state_words(&delta.in_state().expect("of state").values);
        let (one, other) = (from("orders"), from("invoices"));
        assert_eq!(words(&one), words(&other));
        assert_ne!(fingerprint(&one, rule), fingerprint(&other, rule));
        let keyed = |key: &str| {
            let form = PartitionForm::from([(key.to_owned(), PartitionValue::Seen(JsonType::Text))]);
            fingerprint(&state_delta(StateValue::Partitions([form].into())), rule)
        };
        assert_eq!(keyed("4711-2024"), keyed("4712-2025"), "an id where a name stands is known by its look");
        assert_ne!(keyed("order"), keyed("invoice"));
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
