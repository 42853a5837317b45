//! What a manifest would save, met by the next one.

use connector_diff::model::StateOutcome::{Fails, LosesData, NothingSaved, ReadsAgain, Resumes, Unknown};

use crate::components::*;
use crate::rows::*;

const OTHER_FORMAT: &[&str] = &["breaking state-datetime-format-changed"];
const MISREAD: &[&str] = &["breaking state-misread"];
const OTHER_TYPE: &[&str] = &["breaking state-cursor-value-type-changed"];
const OTHER_PARTITIONS: &[&str] = &["breaking state-partition-key-renamed"];

/// The field of the cursor, and how it writes and reads its position.
#[test]
fn the_cursor_changes() {
    let written_as = |format: &str| orders().cursor(moments(format));
    hold([
        row("cursor field renamed", "nothing is saved under the new name, so the sync starts over")
            .before(orders())
            .after(orders().cursor(days().with("cursor_field", "changed")))
            .does(ReadsAgain, &[]),
        row(
            "format changed, old one not listed",
            "a day is no moment with a time, and no other format is tried",
        )
        .before(orders())
        .after(written_as("%Y-%m-%dT%H:%M:%SZ"))
        .does(Fails, OTHER_FORMAT),
        row("%s to %ms", "seconds taken for milliseconds are a moment in 1970, from where all is read")
            .before(written_as("%s"))
            .after(written_as("%ms"))
            .does(ReadsAgain, MISREAD),
        row(
            "%Y%m%d to an epoch",
            "eight digits taken for seconds are a moment in 1970, from where all is read",
        )
        .before(written_as("%Y%m%d"))
        .after(written_as("%s"))
        .does(ReadsAgain, MISREAD),
        row("%ms to %s", "milliseconds taken for seconds are a year that no datetime has")
            .before(written_as("%ms"))
            .after(written_as("%s"))
            .does(Fails, OTHER_FORMAT),
        row("Z to %z", "%z reads the letter Z as an offset")
            .before(written_as("%Y-%m-%dT%H:%M:%SZ"))
            .after(written_as("%Y-%m-%dT%H:%M:%S%z"))
            .does(Resumes, &[]),
        row("%z to Z", "an offset such as +0000 is not the letter Z")
            .before(written_as("%Y-%m-%dT%H:%M:%S%z"))
            .after(written_as("%Y-%m-%dT%H:%M:%SZ"))
            .does(Fails, OTHER_FORMAT),
        row("%S to %S.%f", "the point and the fraction are asked for, and nobody saved them")
            .before(written_as("%Y-%m-%dT%H:%M:%S"))
            .after(written_as("%Y-%m-%dT%H:%M:%S.%f"))
            .does(Fails, OTHER_FORMAT),
        row(
            "%d/%m to %m/%d",
            "the first of May is read as the fifth of January, and the 13th of May is not read",
        )
        .before(written_as("%d/%m/%Y"))
        .after(written_as("%m/%d/%Y"))
        .does(Unknown, &["review state-datetime-format-changed"]),
        row("lookback, step, granularity", "they say what is asked for, not what the position looks like")
            .before(orders())
            .after(orders().cursor(
                days().with("lookback_window", "P3D").with("step", "P1D").with("cursor_granularity", "P1D"),
            ))
            .does(Resumes, &[]),
        row("a count to a datetime", "a number such as 7 is no day")
            .before(orders().cursor(count()))
            .after(orders())
            .does(Fails, OTHER_TYPE),
        row("a datetime to a count", "a day is no number")
            .before(orders())
            .after(orders().cursor(count()))
            .does(Fails, OTHER_TYPE),
    ]);
}

/// A sync mode comes or goes.
#[test]
fn incremental_syncs_come_and_go() {
    let boards = stream("boards");
    let seconds = boards.cursor(moments("%s"));
    hold([
        row("incremental_sync removed", "a full refresh looks at no position")
            .before(orders())
            .after(orders().full_refresh())
            .does(ReadsAgain, &[]),
        row("incremental_sync added", "a full refresh saved no position that could be lost")
            .before(orders().full_refresh())
            .after(orders())
            .does(NothingSaved, &[]),
        row(
            "incremental syncs removed, and a parent that reads another format",
            "the parent still goes on from its position, and cannot read it",
        )
        .before(orders().router(substream([dependent_parent(&boards)])))
        .after(orders().full_refresh().router(substream([dependent_parent(&seconds)])))
        .does(Fails, OTHER_FORMAT),
        row("incremental syncs removed, the parent as it was", "the stream itself looks at no position")
            .before(orders().router(substream([dependent_parent(&boards)])))
            .after(orders().full_refresh().router(substream([dependent_parent(&boards)])))
            .does(ReadsAgain, &[]),
    ]);
}

/// Partitions are found by the exact JSON of their keys and values.
#[test]
fn the_router_changes() {
    let boards = stream("boards");
    let by_board = parent(&boards);
    let boards_by_list = boards.router(list());
    hold([
        row("a list router added", "the one position starts every partition")
            .before(orders())
            .after(orders().router(list()))
            .does(Resumes, &["safe state-partitioned"]),
        row("a substream router added", "the one position starts every partition")
            .before(orders())
            .after(orders().router(substream([by_board.clone()])))
            .does(Resumes, &["safe state-partitioned"]),
        row("a router removed", "a cursor without partitions does not look into them")
            .before(orders().router(list()))
            .after(orders())
            .does(ReadsAgain, &["breaking state-departitioned"]),
        row("partition field renamed", "no partition is saved under the new name")
            .before(orders().router(substream([by_board.clone()])))
            .after(orders().router(substream([by_board.with("partition_field", "shelf")])))
            .does(LosesData, OTHER_PARTITIONS),
        row("a second router added", "each partition has one key more")
            .before(orders().router(list()))
            .after(orders().router([list(), list().with("cursor_field", "shelf")]))
            .does(LosesData, OTHER_PARTITIONS),
        row("a list to a substream", "the partitions of a substream have a parent_slice")
            .before(orders().router(list()))
            .after(orders().router(substream([by_board.clone()])))
            .does(LosesData, OTHER_PARTITIONS),
        row("parent_key changed", "the values of another field are other values")
            .before(orders().router(substream([by_board.clone()])))
            .after(orders().router(substream([by_board.with("parent_key", "slug")])))
            .does(LosesData, OTHER_PARTITIONS),
        row("the parent gains a router", "the parent's own partition stands in the parent_slice of each")
            .before(orders().router(substream([by_board.clone()])))
            .after(orders().router(substream([parent(&boards_by_list)])))
            .does(LosesData, OTHER_PARTITIONS),
        row("the parent loses a router", "the parent_slice of each is now empty")
            .before(orders().router(substream([parent(&boards_by_list)])))
            .after(orders().router(substream([by_board.clone()])))
            .does(LosesData, OTHER_PARTITIONS),
        row("list values added", "a new partition starts where the others stand, and its past is not read")
            .before(orders().router(list()))
            .after(orders().router(list().with("values", "[a, b, c]")))
            .does(Resumes, &["review state-partition-values-changed"]),
        row("list values removed", "the partition that is left has its position")
            .before(orders().router(list()))
            .after(orders().router(list().with("values", "[a]")))
            .does(Resumes, &[]),
        row("global_substream_cursor set", "the position of all partitions was saved beside theirs")
            .before(orders().router(list()))
            .after(orders().router(list()).cursor(days().global()))
            .does(Resumes, &[]),
        row("global_substream_cursor unset", "the position of all partitions starts each of them")
            .before(orders().router(list()).cursor(days().global()))
            .after(orders().router(list()))
            .does(Resumes, &[]),
    ]);
}

/// A group is one partition, whose value is the list of what is in it.
#[test]
fn the_groups_of_partitions_change() {
    let of_two = groups(2, &list());
    let three = list().with("values", "[a, b, c]");
    // Inside of a list of routers each group has a position of its own; a grouping alone has one position for all.
    let in_list = |router: Component| orders().router([router]);
    hold([
        row("grouping added", "a list of values is another value than each of them")
            .before(orders().router(list()))
            .after(orders().router(&of_two))
            .does(LosesData, OTHER_PARTITIONS),
        row("groups of another size, in a list of routers", "other values stand together")
            .before(in_list(groups(2, &three)))
            .after(in_list(groups(3, &three)))
            .does(LosesData, OTHER_PARTITIONS),
        row("groups of other values, in a list of routers", "a value before the others moves all groups on")
            .before(in_list(groups(2, &three)))
            .after(in_list(groups(2, &list().with("values", "[z, a, b, c]"))))
            .does(LosesData, OTHER_PARTITIONS),
        row("groups in another order, in a list of routers", "other values stand together")
            .before(in_list(groups(2, &three)))
            .after(in_list(groups(2, &list().with("values", "[b, c, a]"))))
            .does(LosesData, OTHER_PARTITIONS),
        row(
            "another size that makes the same group",
            "two values are one group of two, and one of at most three",
        )
        .before(in_list(groups(2, &list())))
        .after(in_list(groups(3, &list())))
        .does(Resumes, &[]),
        row("a group whose values are gone", "the groups that are left are as they were")
            .before(in_list(groups(1, &three)))
            .after(in_list(groups(1, &list().with("values", "[a, c]"))))
            .does(Resumes, &[]),
        row("one group more", "it starts where the others stand, and its past is not read")
            .before(in_list(groups(2, &list())))
            .after(in_list(groups(2, &three)))
            .does(Resumes, &["review state-partition-values-changed"]),
        row("groups of another size, under one position", "no group has a position of its own")
            .before(orders().router(&of_two))
            .after(orders().router(groups(3, &list())))
            .does(Resumes, &[]),
        row("a group in a list becomes the router", "the position of all was saved beside that of the group")
            .before(in_list(of_two.clone()))
            .after(orders().router(&of_two))
            .does(Resumes, &[]),
    ]);
}

/// Positions of parents are kept by the parent's name, where there is a dependency.
#[test]
fn the_parent_changes() {
    let boards = stream("boards");
    let seconds = boards.cursor(moments("%s"));
    hold([
        row("parent renamed, its position kept", "under its new name the parent has no position")
            .before(orders().router(substream([dependent_parent(&boards)])))
            .after(orders().router(substream([dependent_parent(&stream("all_boards"))])))
            .does(LosesData, &["review state-parent-renamed"]),
        row("parent renamed, no position kept", "the name of a parent stands nowhere in the state")
            .before(orders().router(substream([parent(&boards)])))
            .after(orders().router(substream([parent(&stream("all_boards"))])))
            .does(Resumes, &[]),
        row(
            "the parent's cursor field changed",
            "nothing is saved under its new name, so the parent is read again",
        )
        .before(orders().router(substream([dependent_parent(&boards)])))
        .after(
            orders().router(substream([dependent_parent(
                &boards.cursor(days().with("cursor_field", "changed")),
            )])),
        )
        .does(Resumes, &["review state-parent-removed"]),
        row(
            "the parent's format changed",
            "the parent cannot read its position, and the stream fails with it",
        )
        .before(orders().router(substream([dependent_parent(&boards)])))
        .after(orders().router(substream([dependent_parent(&seconds)])))
        .does(Fails, OTHER_FORMAT),
        row("the dependency dropped", "the parent is read from its start on")
            .before(orders().router(substream([dependent_parent(&boards)])))
            .after(orders().router(substream([parent(&boards)])))
            .does(Resumes, &["review state-parent-removed"]),
        row("a dependency added", "the parent starts at the position of the stream")
            .before(orders().router(substream([parent(&boards)])))
            .after(orders().router(substream([dependent_parent(&boards)])))
            .does(Resumes, &["safe state-parent-added"]),
        row(
            "a dependency added whose parent reads another format",
            "the position of the stream is handed on to a parent that cannot read it",
        )
        .before(orders().router(substream([parent(&boards)])))
        .after(orders().router(substream([dependent_parent(&seconds)])))
        .does(Fails, OTHER_FORMAT),
    ]);
}

/// Nobody knows what `%Q` writes.
#[test]
fn a_cursor_that_lists_an_unknown_format_reads_what_was_written_in_it() {
    let unknown = moments("%Q");
    let listed = unknown.reading(&["%Q"]);
    assert_eq!(forward(orders().cursor(&unknown), orders().cursor(listed)), silent());
}

#[test]
fn another_format_may_read_what_was_written_in_an_unknown_one() {
    assert_eq!(
        forward(orders().cursor(moments("%Q")), orders().cursor(moments("%Y"))),
        outcome(Unknown, &["review state-datetime-format-changed"])
    );
}
