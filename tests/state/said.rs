//! What a report says of state beside the outcome: the evidence, names of classes, and no values.

use connector_diff::model::StateEvidence::{Manifests, Replay, Samples};
use connector_diff::model::{Evidence, Level, StateEvidence};
use connector_diff::{Options, compare};
use serde_json::{Value, json};

use crate::components::*;
use crate::rows::*;
use crate::sides;

/// A class of the connector lowers a break to a question.
#[test]
fn a_custom_migration_is_named() {
    let report = check(orders().router(list()), orders().migrated_by(custom_migration()));
    let finding =
        report.findings.iter().find(|finding| finding.rule == "state-departitioned").expect("a finding");
    assert_eq!(finding.level, Level::Review);
    assert!(finding.effect.to_string().contains("source_x.components.Migrate"), "{}", finding.effect);
    assert!(ways(&report).0.why.contains("source_x.components.Migrate"));
}

#[test]
fn a_custom_migration_that_is_gone_is_a_question_of_its_own() {
    let report = check(orders().migrated_by(custom_migration()), orders());
    assert!(report.findings.iter().any(|finding| finding.rule == "state-migration-dropped"));
}

/// A sample, two samples, or the manifests alone.
#[test]
fn the_evidence_is_named() {
    let plain = of(&orders());
    let sampled = || plain.clone().beside(saved(day()));
    let evidence = |old: &Given, new: &Given| -> StateEvidence { ways(&check(old, new)).0.evidence };
    assert_eq!(evidence(&saved(day()), &plain), Replay);
    assert_eq!(evidence(&saved(day()), &saved(day())), Samples);
    assert_eq!(evidence(&plain, &plain), Manifests);
    assert_eq!(evidence(&plain, &sampled()), Manifests);
    assert_eq!(evidence(&sampled(), &plain), Replay);
}

/// Values may be secrets: they are printed where they are asked for, and nowhere else.
#[test]
fn saved_values_are_shown_on_demand_only() {
    let old = saved(json!({"updated": "hunter2-2024", "token": "hunter2-token"}));
    let old = sides::load(sides::file("state.json", old.sample()));
    let new = sides::load(of(&orders()).tree("new"));
    let printed = |show_values| {
        let report = compare(&old, &new, &Options { show_values, ..Options::default() });
        let finding = &report.findings[0];
        assert_eq!(finding.rule, "state-datetime-format-changed");
        assert!(matches!(finding.evidence, Evidence::Sample { .. }));
        connector_diff::report::json(&connector_diff::report(vec![report]))
    };
    assert!(!printed(false).contains("hunter2"));
    assert!(printed(true).contains("hunter2-2024"));
    assert!(!printed(true).contains("hunter2-token"));
}

/// Any number of partitions and of samples says what one says.
#[test]
fn the_number_and_order_of_partitions_do_not_matter() {
    let many = |count: usize, is_reversed: bool| {
        let mut states: Vec<Value> =
            (0..count).map(|id| at(json!({"board": "a", "n": id.to_string()}), day())).collect();
        if is_reversed {
            states.reverse();
        }
        saved(json!({"states": states, "state": day()}))
    };
    let told = |old: Given| {
        let report = check(old, orders().router(list()));
        (report.states.clone(), report.findings.iter().map(|finding| finding.id.clone()).collect::<Vec<_>>())
    };
    let one = told(many(1, false));
    assert_eq!(told(many(500, false)), one);
    assert_eq!(told(many(500, true)), one);
}
