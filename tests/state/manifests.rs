//! What a manifest would save, met by the next one.

use crate::given::*;
use connector_diff::model::StateOutcome as O;

/// What the old manifest would have saved, met by the new one.
#[test]
fn manifests_alone() {
    let plain = stream("", CURSOR, "");
    let boards = parent("boards", "", CURSOR);
    let by_parent = |key: &str, field: &str| substream(key, field, &boards, "");
    let dependent = |parent: &str| substream("id", "board", parent, ", incremental_dependency: true");
    let seconds = parent("boards", "", &cursor("%s"));
    let counted = "{type: IncrementingCountCursor, cursor_field: updated, start_value: 0}";
    let two = format!("[{LIST}, {}]", LIST.replace("board", "shelf"));
    let grouped =
        format!("{{type: GroupingPartitionRouter, group_size: 2, underlying_partition_router: {LIST}}}");
    let three = grouped.replace("[a, b]", "[a, b, c]");
    let delayed = CURSOR.replace(
        "start_datetime",
        "lookback_window: P3D, step: P1D, cursor_granularity: P1D, start_datetime",
    );
    let with = |router: &str| stream(router, CURSOR, "");
    const LOST: &[&str] = &["breaking state-partition-key-renamed"];
    let rows: Vec<(&str, String, String, O, &[&str])> = vec![
        (
            "cursor field renamed",
            plain.clone(),
            stream("", &CURSOR.replace("cursor_field: updated", "cursor_field: changed"), ""),
            O::ReadsAgain,
            &[],
        ),
        (
            "groups of another size, in a list of routers",
            with(&format!("[{three}]")),
            with(&format!("[{}]", three.replace("group_size: 2", "group_size: 3"))),
            O::LosesData,
            LOST,
        ),
        (
            "groups of other values, in a list of routers",
            with(&format!("[{three}]")),
            with(&format!("[{}]", three.replace("[a, b, c]", "[z, a, b, c]"))),
            O::LosesData,
            LOST,
        ),
        (
            "groups in another order, in a list of routers",
            with(&format!("[{three}]")),
            with(&format!("[{}]", three.replace("[a, b, c]", "[b, c, a]"))),
            O::LosesData,
            LOST,
        ),
        (
            "another size that makes the same group",
            with(&format!("[{grouped}]")),
            with(&format!("[{}]", grouped.replace("group_size: 2", "group_size: 3"))),
            O::Resumes,
            &[],
        ),
        (
            "a group whose values are gone",
            with(&format!("[{}]", three.replace("group_size: 2", "group_size: 1"))),
            with(&format!(
                "[{}]",
                three.replace("group_size: 2", "group_size: 1").replace("[a, b, c]", "[a, c]")
            )),
            O::Resumes,
            &[],
        ),
        (
            "one group more",
            with(&format!("[{grouped}]")),
            with(&format!("[{}]", grouped.replace("[a, b]", "[a, b, c]"))),
            O::Resumes,
            &["review state-partition-values-changed"],
        ),
        (
            "groups of another size, under one position",
            with(&grouped),
            with(&grouped.replace("group_size: 2", "group_size: 3")),
            O::Resumes,
            &[],
        ),
        (
            "a group in a list becomes the router",
            with(&format!("[{grouped}]")),
            with(&grouped),
            O::Resumes,
            &[],
        ),
        (
            "incremental syncs removed, and a parent that reads another format",
            with(&dependent(&boards)),
            stream(&dependent(&seconds), "", ""),
            O::Fails,
            &["breaking state-datetime-format-changed"],
        ),
        (
            "incremental syncs removed, the parent as it was",
            with(&dependent(&boards)),
            stream(&dependent(&boards), "", ""),
            O::ReadsAgain,
            &[],
        ),
        (
            "format changed, old one not listed",
            plain.clone(),
            stream("", &cursor("%Y-%m-%dT%H:%M:%SZ"), ""),
            O::Fails,
            &["breaking state-datetime-format-changed"],
        ),
        (
            "%s to %ms",
            stream("", &cursor("%s"), ""),
            stream("", &cursor("%ms"), ""),
            O::ReadsAgain,
            &["breaking state-misread"],
        ),
        (
            "%Y%m%d to an epoch",
            stream("", &cursor("%Y%m%d"), ""),
            stream("", &cursor("%s"), ""),
            O::ReadsAgain,
            &["breaking state-misread"],
        ),
        (
            "%ms to %s",
            stream("", &cursor("%ms"), ""),
            stream("", &cursor("%s"), ""),
            O::Fails,
            &["breaking state-datetime-format-changed"],
        ),
        (
            "Z to %z",
            stream("", &cursor("%Y-%m-%dT%H:%M:%SZ"), ""),
            stream("", &cursor("%Y-%m-%dT%H:%M:%S%z"), ""),
            O::Resumes,
            &[],
        ),
        (
            "%z to Z",
            stream("", &cursor("%Y-%m-%dT%H:%M:%S%z"), ""),
            stream("", &cursor("%Y-%m-%dT%H:%M:%SZ"), ""),
            O::Fails,
            &["breaking state-datetime-format-changed"],
        ),
        (
            "%S to %S.%f",
            stream("", &cursor("%Y-%m-%dT%H:%M:%S"), ""),
            stream("", &cursor("%Y-%m-%dT%H:%M:%S.%f"), ""),
            O::Fails,
            &["breaking state-datetime-format-changed"],
        ),
        (
            "%d/%m to %m/%d",
            stream("", &cursor("%d/%m/%Y"), ""),
            stream("", &cursor("%m/%d/%Y"), ""),
            O::Unknown,
            &["review state-datetime-format-changed"],
        ),
        ("lookback, step, granularity", plain.clone(), stream("", &delayed, ""), O::Resumes, &[]),
        ("a list router added", plain.clone(), with(LIST), O::Resumes, &["safe state-partitioned"]),
        (
            "a substream router added",
            plain.clone(),
            with(&by_parent("id", "board")),
            O::Resumes,
            &["safe state-partitioned"],
        ),
        ("a router removed", with(LIST), plain.clone(), O::ReadsAgain, &["breaking state-departitioned"]),
        (
            "partition field renamed",
            with(&by_parent("id", "board")),
            with(&by_parent("id", "shelf")),
            O::LosesData,
            LOST,
        ),
        ("a second router added", with(LIST), with(&two), O::LosesData, LOST),
        ("a list to a substream", with(LIST), with(&by_parent("id", "board")), O::LosesData, LOST),
        (
            "parent_key changed",
            with(&by_parent("id", "board")),
            with(&by_parent("slug", "board")),
            O::LosesData,
            LOST,
        ),
        ("grouping added", with(LIST), with(&grouped), O::LosesData, LOST),
        (
            "the parent gains a router",
            with(&by_parent("id", "board")),
            with(&substream("id", "board", &parent("boards", LIST, CURSOR), "")),
            O::LosesData,
            LOST,
        ),
        (
            "the parent loses a router",
            with(&substream("id", "board", &parent("boards", LIST, CURSOR), "")),
            with(&by_parent("id", "board")),
            O::LosesData,
            LOST,
        ),
        (
            "list values added",
            with(LIST),
            with(&LIST.replace("[a, b]", "[a, b, c]")),
            O::Resumes,
            &["review state-partition-values-changed"],
        ),
        ("list values removed", with(LIST), with(&LIST.replace("[a, b]", "[a]")), O::Resumes, &[]),
        (
            "global_substream_cursor set",
            with(LIST),
            stream(LIST, &CURSOR.replace("{type", "{global_substream_cursor: true, type"), ""),
            O::Resumes,
            &[],
        ),
        (
            "global_substream_cursor unset",
            stream(LIST, &CURSOR.replace("{type", "{global_substream_cursor: true, type"), ""),
            with(LIST),
            O::Resumes,
            &[],
        ),
        (
            "a count to a datetime",
            stream("", counted, ""),
            plain.clone(),
            O::Fails,
            &["breaking state-cursor-value-type-changed"],
        ),
        (
            "a datetime to a count",
            plain.clone(),
            stream("", counted, ""),
            O::Fails,
            &["breaking state-cursor-value-type-changed"],
        ),
        ("incremental_sync removed", plain.clone(), stream("", "", ""), O::ReadsAgain, &[]),
        ("incremental_sync added", stream("", "", ""), plain.clone(), O::NothingSaved, &[]),
        (
            "parent renamed, its position kept",
            with(&dependent(&boards)),
            with(&dependent(&parent("all_boards", "", CURSOR))),
            O::LosesData,
            &["review state-parent-renamed"],
        ),
        (
            "parent renamed, no position kept",
            with(&by_parent("id", "board")),
            with(&substream("id", "board", &parent("all_boards", "", CURSOR), "")),
            O::Resumes,
            &[],
        ),
        (
            "the parent's cursor field changed",
            with(&dependent(&boards)),
            with(&dependent(&boards.replace("cursor_field: updated", "cursor_field: changed"))),
            O::Resumes,
            &["review state-parent-removed"],
        ),
        (
            "the parent's format changed",
            with(&dependent(&boards)),
            with(&dependent(&seconds)),
            O::Fails,
            &["breaking state-datetime-format-changed"],
        ),
        (
            "the dependency dropped",
            with(&dependent(&boards)),
            with(&by_parent("id", "board")),
            O::Resumes,
            &["review state-parent-removed"],
        ),
        (
            "a dependency added",
            with(&by_parent("id", "board")),
            with(&dependent(&boards)),
            O::Resumes,
            &["safe state-parent-added"],
        ),
        (
            "a dependency added whose parent reads another format",
            with(&by_parent("id", "board")),
            with(&dependent(&seconds)),
            O::Fails,
            &["breaking state-datetime-format-changed"],
        ),
    ];
    hold(
        rows.into_iter()
            .map(|(change, old, new, outcome, findings)| (change, of(&old), new, outcome, findings)),
    );
}

/// A format that is not known here is read by the cursor that lists it, and by what other one is not known.
#[test]
fn a_format_that_is_not_known() {
    let old = of(&stream("", &cursor("%Q"), ""));
    let listed = cursor("%Q").replace("start_datetime", "cursor_datetime_formats: [\"%Q\"], start_datetime");
    assert_eq!(forward(&old, &of(&stream("", &listed, ""))).0, O::Resumes);
    let found = forward(&old, &of(&stream("", &cursor("%Y"), "")));
    assert_eq!(found, (O::Unknown, vec!["review state-datetime-format-changed".to_owned()]));
}
