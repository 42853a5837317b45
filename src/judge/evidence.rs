//! Why the level of a finding is what it is.

use serde_json::Value;

use super::finding::is_by_hand;
use super::inclusion::Asked;
use crate::diff::{Change, Delta, SpecChange, StateContext};
use crate::model::{Decided, Decision, Evidence, Level, StateEvidence, Words};
use crate::rules::Rule;

/// `level` is the level without the policy.
pub(super) fn evidence(asked: &Asked, rule: &Rule, level: Level) -> Evidence {
    let Asked { delta, decision, .. } = asked;
    match (decision, rule.decided) {
        (Some(Decision::Proof { .. }), Decided::Policy) if level == Level::Safe => {
            let message = "the pattern lets only texts of that format through, so every saved one is";
            return Evidence::Proof { message: Words::marked(message) };
        }
        (Some(Decision::Proof { message }), Decided::Inclusion) => {
            return Evidence::Proof { message: message.clone().into() };
        }
        (Some(Decision::Migrated { tried }), _) => {
            let by = asked.migration.as_deref().unwrap_or("config_migrations");
            let message = Words::marked("the config migration at ")
                .and_foreign(by)
                .and_text(" ran on ")
                .and_number(*tried)
                .and_text(" saved configs, and each is accepted after two starts");
            return Evidence::Sample { message };
        }
        (Some(Decision::Witness { value, message }), Decided::Inclusion) => {
            return Evidence::Witness { value: value.clone(), message: message.clone().into() };
        }
        (Some(Decision::Sample { message }), _)
            if rule.decided == Decided::Inclusion
                || matches!(delta.change, Change::Spec(SpecChange::Migration(_))) =>
        {
            return Evidence::Sample { message: message.clone().into() };
        }
        (Some(Decision::Unlikely { value, message }), Decided::Inclusion) => {
            return Evidence::Unproven {
                message: format!("only a config such as {value} is refused: {message}").into(),
            };
        }
        (Some(Decision::Unknown { reason }), Decided::Inclusion) => {
            return Evidence::Unproven { message: reason.clone().into() };
        }
        _ => {}
    }
    if level == Level::Review && is_by_hand(delta) {
        let message = "Whether the old version ever saved such a value: Python wrote the state, and the sample is a \
                       file that people keep by hand. Give real state with `--old-state`.";
        return Evidence::Unproven { message: Words::marked(message) };
    }
    match (rule.decided, level) {
        (Decided::Replay, _) if level != Level::Review || shown_value(delta).is_some() => {
            match delta.in_state() {
                Some(StateContext {
                    evidence: Some(StateEvidence::Manifests | StateEvidence::None) | None,
                    ..
                })
                | None => Evidence::Rule,
                Some(StateContext { evidence: Some(evidence), .. }) => {
                    let value = shown_value(delta).map(|value| format!(": {value}")).unwrap_or_default();
                    Evidence::Sample { message: format!("{}{value}", evidence.name()).into() }
                }
            }
        }
        (_, Level::Review) => Evidence::Unproven {
            message: match rule.cannot_see {
                "" => rule.action_in_general().words(),
                cannot_see => Words::marked(cannot_see),
            },
        },
        _ => Evidence::Rule,
    }
}

/// The saved value that shows a difference, where values are asked for.
fn shown_value(delta: &Delta) -> Option<&Value> {
    delta.in_state()?.value.as_ref()
}
