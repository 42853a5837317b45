//! The way back: the same run with the sides swapped, which is what a rollback does.

use connector_diff::model::StateOutcome::{self, Fails, NothingSaved, ReadsAgain, Resumes, Unknown};
use serde_json::json;

use crate::components::*;
use crate::rows::*;
use crate::sides;

const SPEC: &str = "
type: Spec
connection_specification:
  type: object
  properties:
    key: {type: string}
";

/// What the new state does under the old version, and whether a rollback is called safe.
fn back(old: &Component, new: &Component) -> (StateOutcome, Option<bool>) {
    let with_spec = |stream: &Component| of_manifest(&manifest(stream).with("spec", SPEC));
    let report = check(with_spec(old), with_spec(new));
    (ways(&report).1.outcome, report.verdict.rollback_safe)
}

#[test]
fn the_same_version_is_a_way_back() {
    assert_eq!(back(&orders(), &orders()), (Resumes, Some(true)));
}

/// Forward the one position starts every partition; back again nobody looks at partitions.
#[test]
fn positions_per_partition_are_not_looked_at_on_the_way_back() {
    assert_eq!(back(&orders(), &orders().router(list())), (ReadsAgain, Some(false)));
}

#[test]
fn a_format_that_the_old_version_does_not_list_fails_on_the_way_back() {
    let listed = days().with("datetime_format", "'%s'").reading(&["%Y-%m-%d"]).with("start_datetime", "'0'");
    assert_eq!(back(&orders(), &orders().cursor(listed)), (Fails, Some(false)));
}

/// The reverse is as it was.
#[test]
fn a_full_refresh_saves_nothing_that_an_incremental_sync_goes_on_from() {
    assert_eq!(back(&orders(), &orders().full_refresh()), (ReadsAgain, Some(false)));
    assert_eq!(back(&orders().full_refresh(), &orders()), (NothingSaved, Some(true)));
}

#[test]
fn nobody_knows_what_a_cursor_of_the_connectors_own_code_saves() {
    let custom =
        "{type: CustomIncrementalSync, class_name: source_x.components.Cursor, cursor_field: updated}";
    assert_eq!(back(&orders().cursor(custom), &orders().cursor(custom)), (Unknown, None));
}

#[test]
fn samples_show_the_streams_that_they_hold_and_no_other() {
    let state = saved(day());
    let files =
        [("spec.json", r#"{"connectionSpecification": {"type": "object"}}"#), ("state.json", state.sample())];
    let report = sides::report(&files, &files);
    assert_eq!((ways(&report).1.outcome, report.verdict.rollback_safe), (Resumes, None));
}

#[test]
fn an_unknown_router_beside_an_empty_sample_is_no_way_back_that_is_known() {
    let open = orders().router("{type: CustomPartitionRouter, class_name: source_x.components.Router}");
    let report = check(of(&open), of(&open).beside(saved(json!({}))));
    assert_eq!((ways(&report).1.outcome, report.verdict.rollback_safe), (Unknown, None));
}
