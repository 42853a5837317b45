//! Why the level of a finding is what it is.

use serde_json::Value;

use super::finding::is_by_hand;
use super::inclusion::Asked;
use crate::diff::{Change, Delta, DestinationContext, Shown, SpecChange, StateContext};
use crate::model::{Decided, Decision, Evidence, Level, StateEvidence, Words, WrittenKind};
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
        (Some(Decision::Unknown { reason }), _)
            if rule.decided == Decided::Inclusion
                || matches!(delta.change, Change::Spec(SpecChange::Migration(_))) =>
        {
            return Evidence::Unproven { message: reason.clone().into() };
        }
        _ => {}
    }
    if let Some(found) = delta.in_destination().filter(|found| !found.shown_by.is_empty()) {
        let message = shown_by(found);
        return match level {
            Level::Review => Evidence::Unproven { message: message.and_text(". ").and_text(rule.cannot_see) },
            _ => Evidence::Sample { message },
        };
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

/// Which files show what a destination writes, kind by kind, and what that is worth.
fn shown_by(found: &DestinationContext) -> Words {
    let kind = |shown: &Shown| {
        let noun = Words::marked(shown.kind.noun(shown.of));
        let words = match (shown.count, shown.of) {
            (_, 1) => Words::marked("the only ").and(&noun).and_text(" shows it, "),
            (count, of) if count == of => {
                Words::marked("all ").and_number(of).and_text(" ").and(&noun).and_text(" show it, such as ")
            }
            (count, of) => {
                let counted = Words::new().and_number(count).and_text(" of ").and_number(of).and_text(" ");
                counted.and(&noun).and_text(" show it, such as ")
            }
        };
        words.and_code(shown.file.rsplit('/').next().unwrap_or_default())
    };
    let words = Words::joined(found.shown_by.iter().map(kind), "; ");
    let is_any = |is_one: fn(&Shown) -> bool| found.shown_by.iter().any(is_one);
    if is_any(|shown| shown.kind.is_fixture()) {
        words.and_text("; tests also change for reasons of their own")
    } else if is_any(|shown| shown.kind == WrittenKind::Code) {
        words.and_text("; which statements of the code run, and for whom, is not read")
    } else if is_any(|shown| shown.kind == WrittenKind::Output && !shown.is_certain) {
        words.and_text("; its rows show their own values, and not what the column takes or the table holds")
    } else {
        words
    }
}

/// The saved value that shows a difference, where values are asked for.
fn shown_value(delta: &Delta) -> Option<&Value> {
    delta.in_state()?.value.as_ref()
}
