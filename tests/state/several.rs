//! Several samples of a side: whatever their order, and what one leaves out another may show.

use std::ops::Range;

use connector_diff::model::StateOutcome::{self, Fails, LosesData, ReadsAgain, Resumes, Unknown};
use connector_diff::model::{Connector, ConnectorReport, Level};
use connector_diff::{Options, compare};
use serde_json::{Value, json};

use crate::components::*;
use crate::rows::*;
use crate::sides;

/// A sample in a file of its own.
type File<'f> = (&'f str, &'f Given);

/// A side that is this file, with these samples beside it.
fn sample_with((name, sample): File<'_>, more: &[File<'_>]) -> Connector {
    let more = more.iter().map(|(name, sample)| sides::beside(name, sample.sample())).collect();
    sides::load_with_states(sides::file(name, sample.sample()), more)
}

/// A side of this manifest, with these samples beside it.
fn manifest_with(stream: &Component, samples: &[&Given]) -> Connector {
    let samples = samples.iter().map(|sample| sides::beside("state.json", sample.sample())).collect();
    sides::load_with_states(of(stream).tree("manifest"), samples)
}

/// What two samples of the old side do under the new side: the outcome, and all findings with their levels.
fn told([first, second]: [&Given; 2], new: &Connector) -> (StateOutcome, Vec<String>) {
    let old = sample_with(("second.json", second), &[("first.json", first), ("second.json", second)]);
    let report = compare(&old, new, &Options::default());
    let findings = &report.findings;
    let findings =
        findings.iter().map(|finding| format!("{} {}", finding.level.name(), finding.rule)).collect();
    (ways(&report).0.outcome, findings)
}

/// The position of a parent that one sample has in a form that fails.
#[test]
fn a_position_of_a_parent_that_fails_does_so_in_any_sample() {
    let with_parent = |state: Value| {
        let one = at(json!({"board": 1, "parent_slice": {}}), day());
        saved(json!({"states": [one], "parent_state": {"par": state}}))
    };
    let good = with_parent(day());
    let bad = with_parent(json!({"updated": [1], "x": "y"}));
    let new = sides::load(of(&orders().router(substream([dependent_parent(&stream("par"))]))).tree("new"));
    let found = told([&good, &bad], &new);
    assert_eq!(found, told([&bad, &good], &new));
    assert_eq!(found.0, Fails);
}

#[test]
fn what_one_sample_has_counts_for_all() {
    let by_shelf = |has_global| saved(partitions("shelf", [json!("a"), json!("b")], has_global));
    let (global, local, broken) = (by_shelf(true), by_shelf(false), saved(json!({"states": 7})));
    let new = sides::load(of(&orders().router(list())).tree("new"));
    for (samples, outcome) in
        [([&global, &local], LosesData), ([&local, &local], ReadsAgain), ([&broken, &global], Fails)]
    {
        assert_eq!(told(samples, &new).0, outcome);
        assert_eq!(told([samples[1], samples[0]], &new).0, outcome);
    }
}

#[test]
fn what_its_own_version_does_not_read_hides_nothing_of_what_it_reads() {
    let days_or_seconds = orders().cursor(days().reading(&["%Y-%m-%d", "%s"]));
    let seconds = saved(json!({"updated": "1714521600"}));
    let odd = saved(json!({"updated": "x-1"}));
    let met = |samples: &[&Given]| {
        let old = manifest_with(&days_or_seconds, samples);
        let report = compare(&old, &manifest_with(&orders(), &[]), &Options::default());
        (ways(&report).0.outcome, report.findings.iter().filter(|one| one.level == Level::Breaking).count())
    };
    for samples in [vec![&seconds], vec![&seconds, &odd], vec![&odd, &seconds]] {
        assert_eq!(met(&samples), (Fails, 1));
    }
    assert_eq!(met(&[&odd]), (Unknown, 0));
}

/// One sample of the old side, beside two of the new one.
fn beside(old: File<'_>, new: [File<'_>; 2]) -> ConnectorReport {
    compare(&sample_with(old, &[]), &sample_with(new[0], &[new[1]]), &Options::default())
}

#[test]
fn a_sample_is_held_against_the_nearest_of_the_other_side_whatever_comes_first() {
    let map = saved(json!({"7": day(), "8": day()}));
    let (empty, plain) = (saved(json!({})), saved(day()));
    let [map, empty, plain] = [("map.json", &map), ("empty.json", &empty), ("plain.json", &plain)];
    let outcome = |new: [File<'_>; 2]| ways(&beside(plain, new)).0.outcome;
    assert_eq!((outcome([map, empty]), outcome([empty, map])), (Unknown, Unknown));
    let rules: Vec<String> =
        beside(plain, [empty, map]).findings.iter().map(|one| one.rule.to_string()).collect();
    assert_eq!(rules, ["state-class-changed"]);
    assert_eq!((outcome([map, plain]), outcome([plain, map])), (Resumes, Resumes));
}

#[test]
fn the_place_of_a_finding_is_in_the_sample_that_shows_it() {
    let (number, empty, plain) = (saved(json!({"updated": 5})), saved(json!({})), saved(day()));
    let report = beside(("number.json", &number), [("empty.json", &empty), ("plain.json", &plain)]);
    let place = report.findings[0].origin.new.as_ref().map(|origin| origin.file.clone()).expect("a place");
    assert!(place.ends_with("plain.json"), "{place}");
}

#[test]
fn another_version_is_no_news_where_a_sample_still_has_the_old_one() {
    let version = |marker: u8| saved(json!({"version": marker, "state_type": "cursor_based", "cursor": "7"}));
    let (second, third) = (version(2), version(3));
    let [second, third] = [("second.json", &second), ("third.json", &third)];
    let found = |new| beside(second, new).findings.len();
    assert_eq!((found([second, third]), found([third, second]), found([third, third])), (0, 0, 1));
}

#[test]
fn of_300_kinds_of_partition_one_sample_has_the_last_alone() {
    let kinds =
        |ids: Range<usize>| saved(in_partitions(ids.map(|id| at(json!({format!("k{id:03}"): "a"}), day()))));
    let (last, all) = (kinds(299..300), kinds(0..300));
    assert_eq!(told([&last, &all], &sample_with(("all.json", &all), &[])), silent());
}

#[test]
fn of_300_keys_one_sample_has_the_first_alone() {
    let keys = |count: usize| {
        let ids = (0..count).map(|id| (format!("k{id:03}"), json!(1)));
        saved(Value::Object(ids.chain([("updated".to_owned(), json!("2024-05-01"))]).collect()))
    };
    let (few, many) = (keys(10), keys(300));
    assert_eq!(told([&few, &many], &sample_with(("many.json", &many), &[])), silent());
}
