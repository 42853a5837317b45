//! A sample beside the version that saved it, met by the next one.

use connector_diff::model::StateOutcome::{self, Fails, LosesData, Resumes, Unknown};
use connector_diff::{Options, compare};
use serde_json::{Value, json};

use crate::components::*;
use crate::rows::*;
use crate::sides;

/// `orders` by board, and the positions of its two boards.
fn two_boards(cursor: &Component, a: &str, b: &str) -> Given {
    let position = |value: &str| json!({"updated": value});
    let state = json!({"use_global_cursor": false, "lookback_window": 0, "state": position(b), "states": [
        at(json!({"board": "a"}), position(a)),
        at(json!({"board": "b"}), position(b)),
    ]});
    of(&orders().router(list()).cursor(cursor)).beside(saved(state))
}

/// A position before the old start was moved there; one after it is moved by the new start.
#[test]
fn a_position_counts_from_the_start_of_its_own_version() {
    let old = two_boards(&days().starting("2021-09-09"), "2021-01-01", "2022-01-01");
    let next = |start: &str| forward(&old, orders().router(list()).cursor(days().starting(start)));
    assert_eq!(next("2023-01-01"), outcome(LosesData, &["review state-before-start"]));
    assert_eq!(next("2021-09-09"), silent());
    assert_eq!(next("2020-09-09"), silent());
}

#[test]
fn a_format_that_is_not_known_here_reads_what_was_written_in_it() {
    let days_of_the_year = moments("%Y %j");
    let old = two_boards(&days_of_the_year, "2021 095", "2024 062");
    let in_list = |cursor: &Component| forward(&old, orders().router([list()]).cursor(cursor));
    assert_eq!(in_list(&days_of_the_year), silent());
    let later = days_of_the_year.with("start_datetime.datetime", "'2023-01-01'");
    assert_eq!(in_list(&later).0, Unknown);
}

fn message_at(date: &str) -> Value {
    message("orders", &json!({"updated": date}))
}

#[test]
fn of_several_messages_in_one_file_the_last_is_what_was_saved() {
    let met = |first: &str, last: &str| -> StateOutcome {
        let old = sample(json!([message_at(first), message_at(last)]));
        forward(old, orders().cursor(days().starting("2023-01-01"))).0
    };
    assert_eq!(met("2021-01-01", "2024-01-01"), Resumes);
    assert_eq!(met("2024-01-01", "2021-01-01"), LosesData);
}

#[test]
fn of_several_files_the_place_is_in_that_which_shows_it() {
    let file = |date: &str| json!([message_at(date)]).to_string();
    let old =
        sides::side("old", &[("a_state.json", &file("2024-01-01")), ("b_state.json", &file("2021-01-01"))]);
    let new = sides::load(of(&orders().cursor(days().starting("2023-01-01"))).tree("new"));
    let report = compare(&old, &new, &Options::default());
    let found = report.findings.iter().find(|one| one.rule == "state-before-start").expect("a finding");
    assert_eq!(found.origin.old.as_ref().map(|origin| &*origin.file), Some("b_state.json"));
}

#[test]
fn part_of_a_union_is_gone_and_what_is_left_is_found() {
    let shops = substream([parent(&stream("shops").full_refresh())]);
    let state = json!({"use_global_cursor": false, "state": {"updated": "2024-01-01"}, "states": [
        at(json!({"board": "a"}), json!({"updated": "2021-01-01"})),
        at(json!({"board": 1}), json!({"updated": "2022-01-01"})),
    ]});
    let old = of(&orders().router(union([list(), shops]))).beside(saved(state));
    let found = forward(old, orders().router(list()));
    assert_eq!(found, outcome(Unknown, &["review state-partition-value-type-changed"]));
}

#[test]
fn a_full_refresh_hands_on_a_position_to_a_parent_that_starts_later() {
    let below_shops = |start: &str| {
        let shops = stream("shops").cursor(days().starting(start));
        orders().router(substream([dependent_parent(&shops)]))
    };
    let state = json!({
        "use_global_cursor": false,
        "state": {"updated": "2024-01-01"},
        "states": [at(json!({"board": 1, "parent_slice": {}}), json!({"updated": "2024-01-01"}))],
        "parent_state": {"shops": {"updated": "2023-05-06"}},
    });
    let old = of(&below_shops("2020-01-01")).beside(saved(state));
    let found = forward(old, below_shops("2023-12-01").full_refresh());
    // That the stream is read as a whole now is said of its sync mode.
    assert_eq!(found, outcome(LosesData, &["review state-before-start"]));
}

// a sample never hides what manifests show

#[test]
fn a_sample_that_shows_nothing_new_takes_nothing_away_from_what_manifests_show() {
    let new = orders().cursor(moments("%Y-%m-%dT%H:%M:%SZ"));
    for state in [json!({"updated": null}), Value::Null, json!({}), json!({"updated": "x"}), json!([1])] {
        let report = check(of(&orders()).beside(saved(state.clone())), new.clone());
        assert!(
            report.findings.iter().any(|finding| finding.rule == "state-datetime-format-changed"),
            "{state}: {:?}",
            report.findings
        );
        assert_eq!(ways(&report).0.outcome, Fails, "{state}");
    }
}

#[test]
fn which_key_of_the_parent_the_values_come_from_shows_in_no_sample() {
    let by = |key: &str| {
        let boards = parent(&stream("boards").full_refresh());
        orders().router(substream([boards.with("parent_key", key)]))
    };
    let states = [at(json!({"board": "a", "parent_slice": {}}), day())];
    let report = check(of(&by("id")).beside(saved(json!({"states": states, "state": day()}))), by("slug"));
    assert_eq!(ways(&report).0.outcome, LosesData);
}

#[test]
fn samples_of_both_sides_show_what_the_code_makes_of_the_same_manifest() {
    let with = |value: Value| {
        of(&orders().router(list())).beside(saved(partitions("board", [value.clone(), value], true)))
    };
    let report = check(with(json!(1)), with(json!("1")));
    assert_eq!(ways(&report).0.outcome, LosesData, "{:?}", report.states);
}

#[test]
fn a_sample_of_another_version_is_no_news() {
    let global = sample(json!([{"type": "GLOBAL", "global": {"shared_state": {}, "stream_states": []}}]));
    let report = check(of(&orders()).beside(global), orders());
    assert!(report.findings.is_empty(), "{:?}", report.findings);
}

/// What a version cannot read of the sample beside it is not known to go on, and is no finding either.
#[test]
fn a_sample_that_its_own_version_cannot_read_is_unknown_and_no_finding() {
    let stale = of(&orders()).beside(saved(json!({"updated": null})));
    assert_eq!(forward(stale, orders()), outcome(Unknown, &[]));
}
