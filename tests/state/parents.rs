//! Parents of substreams.

use connector_diff::model::StateOutcome::{Fails, LosesData, Resumes, Unknown};
use serde_json::json;

use crate::components::*;
use crate::rows::*;

/// `orders` below `boards`, whose definition both refer to where the parent is a stream of its own.
fn below_boards_with_id(kind: &str, is_listed: bool) -> Given {
    let boards = || component("{$ref: '#/definitions/boards'}");
    let orders = orders().router(substream([parent(&boards())]));
    let manifest =
        manifest(&orders).with("definitions.boards", stream("boards").full_refresh().with_id(kind));
    of_manifest(&if is_listed { manifest.with("streams", [boards(), orders]) } else { manifest })
}

/// The schemas of the parents declare the values that partitions are told apart by.
#[test]
fn a_retyped_parent_key_reaches_its_substreams() {
    for is_listed in [true, false] {
        let old = below_boards_with_id("integer", is_listed);
        assert_eq!(
            forward(&old, below_boards_with_id("string", is_listed)),
            outcome(Unknown, &["review state-partition-value-type-changed"])
        );
        assert_eq!(forward(&old, below_boards_with_id("number", is_listed)), silent());
    }
}

const OTHER_FORMAT: &[&str] = &["breaking state-datetime-format-changed"];
const OTHER_PARTITIONS: &[&str] = &["breaking state-partition-key-renamed"];

/// Partitions `pid` of a parent that goes on from a position of its own.
fn dependent(stream: &Component) -> Component {
    substream([dependent_parent(stream).with("partition_field", "pid")])
}

/// The same one floor up: partitions `gid` of the parent's parent.
fn grandparent(stream: &Component) -> Component {
    substream([dependent_parent(stream).with("partition_field", "gid")])
}

/// Parents as the CDK was seen to start them: each row ran on it.
#[test]
fn parents_start_where_the_cdk_starts_them() {
    let by_day = stream("pa");
    let by_second = by_day.cursor(moments("%s"));
    let without_cursor = by_day.full_refresh();
    let renamed_cursor = by_day.cursor(moments("%s").with("cursor_field", "changed"));
    let by_minute = orders().cursor(moments("%Y-%m-%dT%H:%M:%SZ"));
    hold([
        row("a list of routers seeds its parents all the same", "the parent gets a day and reads seconds")
            .before(orders().router([dependent(&by_day)]))
            .after(orders().router([dependent(&by_second)]))
            .does(Fails, OTHER_FORMAT),
        row(
            "one value and a parent without a cursor",
            "the value is handed on to a parent that has nowhere to put it",
        )
        .before(orders())
        .after(orders().router(dependent(&without_cursor)))
        .does(Fails, &["breaking state-cursor-value-type-changed", "safe state-partitioned"]),
        row(
            "a parent renamed that reads another format",
            "the stream's moment stands in, and the parent reads days",
        )
        .before(by_minute.router(dependent(&by_day)))
        .after(by_minute.router(dependent(&stream("pa2"))))
        .does(Fails, &["breaking state-datetime-format-changed", "review state-parent-renamed"]),
        row("a parent without a cursor renamed", "no position was kept under its name")
            .before(orders().router(dependent(&without_cursor)))
            .after(orders().router(dependent(&stream("pa2").full_refresh())))
            .does(Resumes, &[]),
        row(
            "a dependency on a parent with another cursor field",
            "the parent finds no position under its own field",
        )
        .before(orders().router(substream([parent(&renamed_cursor).with("partition_field", "pid")])))
        .after(orders().router(dependent(&renamed_cursor)))
        .does(Resumes, &[]),
        row(
            "a parent's own partitions under another field",
            "its partitions stand in the parent_slice of each",
        )
        .before(orders().router(dependent(&by_day.router(list()))))
        .after(orders().router(dependent(&by_day.router(list().with("cursor_field", "shelf")))))
        .does(LosesData, OTHER_PARTITIONS),
    ]);
}

/// Parents of parents, as the CDK was seen to start them: each row ran on it.
#[test]
fn grandparents_start_where_the_cdk_starts_them() {
    let moments_of = |name: &str, format: &str| stream(name).cursor(moments(format));
    let below = |router: Component| orders().router(dependent(&stream("pa").router(router)));
    hold([
        row("one value is handed on to a grandparent", "it is a day, and the grandparent reads seconds")
            .before(orders())
            .after(below(grandparent(&moments_of("ga", "%s"))))
            .does(Fails, &["breaking state-datetime-format-changed", "safe state-partitioned"]),
        row(
            "a position for all is handed on to a grandparent",
            "where none was kept for it the parent's day stands in, and the grandparent reads milliseconds",
        )
        .before(
            orders().router([dependent(
                &stream("pa")
                    .router(substream([parent(&moments_of("ga", "%ms")).with("partition_field", "gid")])),
            )]),
        )
        .after(orders().router([dependent(&stream("pa").router(grandparent(&moments_of("ga", "%ms"))))]))
        .does(Fails, OTHER_FORMAT),
        row(
            "a grandparent renamed, another format",
            "the parent's position stands in, written in another form",
        )
        .before(below(grandparent(&moments_of("ga", "%m/%d/%Y"))))
        .after(below(grandparent(&moments_of("ga2", "%m/%d/%Y"))))
        .does(Fails, &["breaking state-datetime-format-changed", "review state-parent-renamed"]),
        row(
            "a grandparent renamed, the same format",
            "the parent's position stands in, and may be a later one",
        )
        .before(below(grandparent(&moments_of("ga", "%Y-%m-%d"))))
        .after(below(grandparent(&stream("ga2"))))
        .does(LosesData, &["review state-parent-renamed"]),
    ]);
}

/// Of two parents one is as it was; each row ran on the CDK.
#[test]
fn one_of_two_parents_changes() {
    let config = |name: &str| parent(&stream(name).full_refresh()).with("partition_field", "pid");
    let listed = parent(&stream("pb").full_refresh().router(list())).with("partition_field", "pid");
    let by_code = |config: Component| config.with("parent_key", "code");
    let two = |first: Component, second: Component| orders().router(substream([first, second]));
    hold([
        row("one of two parents gains a router", "its own partition stands in the parent_slice of each")
            .before(two(config("pa"), config("pb")))
            .after(two(config("pa"), listed))
            .does(LosesData, OTHER_PARTITIONS),
        row("one of two parents gives another key", "the values of another field are other values")
            .before(two(config("pa"), by_code(config("pb"))))
            .after(two(by_code(config("pa")), by_code(config("pb"))))
            .does(LosesData, OTHER_PARTITIONS),
    ]);
}

/// Nothing is called safe, and nothing is news.
#[test]
fn a_parent_that_the_old_version_cannot_start_either_is_unknown() {
    let same = orders().router([dependent(&stream("pa").cursor(moments("%s")))]);
    assert_eq!(forward(same.clone(), same), outcome(Unknown, &[]));
}

/// The one position of a stream is put under the cursor of its parent, whatever that is called.
#[test]
fn one_position_stands_in_for_the_parent() {
    let old = saved(json!({"updated": "2024-05-01"}));
    for field in ["updated", "changed"] {
        let boards = stream("boards").cursor(days().with("cursor_field", field));
        let found = forward(&old, orders().router(substream([dependent_parent(&boards)])));
        assert_eq!(
            found,
            outcome(Resumes, &["safe state-parent-added", "safe state-partitioned"]),
            "{field}"
        );
    }
}
