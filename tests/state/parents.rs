//! Parents of substreams.

use crate::given::*;
use connector_diff::model::StateOutcome as O;
use serde_json::json;

/// The schemas of the parents declare the values that partitions are told apart by.
#[test]
fn a_retyped_parent_key_reaches_its_substreams() {
    for listed in ["  - {$ref: \"#/definitions/boards\"}\n", ""] {
        retyped(listed);
    }
}

/// `listed` is the parent's entry among the streams.
fn retyped(listed: &str) {
    let document = |kind: &str| {
        let boards =
            parent("boards", "", "").replace("{id: {type: integer}}", &format!("{{id: {{type: {kind}}}}}"));
        let orders = stream(&substream("id", "board", "\"#/definitions/boards\"", ""), CURSOR, "")
            .replace("\"#/definitions/boards\"", "{$ref: \"#/definitions/boards\"}");
        Given {
            manifest: Some(format!(
                "version: 7.39.1\ntype: DeclarativeSource\ncheck: {{type: CheckStream, stream_names: [orders]}}\ndefinitions:\n  boards: {boards}\nstreams:\n{listed}  - {orders}\n"
            )),
            state: None,
        }
    };
    let (outcome, findings) = forward(&document("integer"), &document("string"));
    assert_eq!(
        (outcome, findings),
        (O::Unknown, vec!["review state-partition-value-type-changed".to_owned()])
    );
    assert_eq!(forward(&document("integer"), &document("number")), (O::Resumes, Vec::new()));
}

/// Parents, and their parents, as the CDK was seen to start them: each row ran on it.
#[test]
fn parents_start_where_the_cdk_starts_them() {
    let with = |router: &str| stream(router, CURSOR, "");
    let dependent =
        |parent: &str, field: &str| substream("id", field, parent, ", incremental_dependency: true");
    let days = parent("pa", "", CURSOR);
    let seconds = parent("pa", "", &cursor("%s"));
    let list = |router: &str| format!("[{router}]");
    let grand = |ga: &str| dependent(ga, "gid");
    let below = |ga: &str| dependent(&parent("pa", &grand(ga), CURSOR), "pid");
    let ga = |format: &str| parent("ga", "", &cursor(format));
    let renamed_key =
        parent("pa", "", &cursor("%s").replace("cursor_field: updated", "cursor_field: changed"));
    let two = |first: &str, second: &str, router: &str| {
        let config = |key: &str, name: &str, field: &str, router: &str| {
            format!(
                "{{type: ParentStreamConfig, parent_key: {key}, partition_field: {field}, stream: {}}}",
                parent(name, router, "")
            )
        };
        format!(
            "{{type: SubstreamPartitionRouter, parent_stream_configs: [{}, {}]}}",
            config(first, "pa", "pid", ""),
            config(second, "pb", "pid", router)
        )
    };
    const FAILS: &[&str] = &["breaking state-datetime-format-changed"];
    const LOST: &[&str] = &["breaking state-partition-key-renamed"];
    let rows: Vec<(&str, String, String, O, &[&str])> = vec![
        (
            "a list of routers seeds its parents all the same",
            with(&list(&dependent(&days, "pid"))),
            with(&list(&dependent(&seconds, "pid"))),
            O::Fails,
            FAILS,
        ),
        (
            "one value and a parent without a cursor",
            stream("", CURSOR, ""),
            with(&dependent(&parent("pa", "", ""), "pid")),
            O::Fails,
            &["breaking state-cursor-value-type-changed", "safe state-partitioned"],
        ),
        (
            "one value is handed on to a grandparent",
            stream("", CURSOR, ""),
            with(&below(&ga("%s"))),
            O::Fails,
            &["breaking state-datetime-format-changed", "safe state-partitioned"],
        ),
        (
            "a position for all is handed on to a grandparent",
            with(&list(&dependent(&parent("pa", &substream("id", "gid", &ga("%ms"), ""), CURSOR), "pid"))),
            with(&list(&dependent(&parent("pa", &grand(&ga("%ms")), CURSOR), "pid"))),
            O::Fails,
            FAILS,
        ),
        (
            "a grandparent renamed, another format",
            with(&below(&ga("%m/%d/%Y"))),
            with(&below(&parent("ga2", "", &cursor("%m/%d/%Y")))),
            O::Fails,
            &["breaking state-datetime-format-changed", "review state-parent-renamed"],
        ),
        (
            "a grandparent renamed, the same format",
            with(&below(&ga("%Y-%m-%d"))),
            with(&below(&parent("ga2", "", CURSOR))),
            O::LosesData,
            &["review state-parent-renamed"],
        ),
        (
            "a parent renamed that reads another format",
            stream(&dependent(&days, "pid"), &cursor("%Y-%m-%dT%H:%M:%SZ"), ""),
            stream(&dependent(&parent("pa2", "", CURSOR), "pid"), &cursor("%Y-%m-%dT%H:%M:%SZ"), ""),
            O::Fails,
            &["breaking state-datetime-format-changed", "review state-parent-renamed"],
        ),
        (
            "a parent without a cursor renamed",
            with(&dependent(&parent("pa", "", ""), "pid")),
            with(&dependent(&parent("pa2", "", ""), "pid")),
            O::Resumes,
            &[],
        ),
        (
            "a dependency on a parent with another cursor field",
            with(&substream("id", "pid", &renamed_key, "")),
            with(&dependent(&renamed_key, "pid")),
            O::Resumes,
            &[],
        ),
        (
            "a parent's own partitions under another field",
            with(&dependent(&parent("pa", LIST, CURSOR), "pid")),
            with(&dependent(&parent("pa", &LIST.replace("board", "shelf"), CURSOR), "pid")),
            O::LosesData,
            LOST,
        ),
        (
            "one of two parents gains a router",
            with(&two("id", "id", "")),
            with(&two("id", "id", LIST)),
            O::LosesData,
            LOST,
        ),
        (
            "one of two parents gives another key",
            with(&two("id", "code", "")),
            with(&two("code", "code", "")),
            O::LosesData,
            LOST,
        ),
    ];
    hold(
        rows.into_iter()
            .map(|(change, old, new, outcome, findings)| (change, of(&old), new, outcome, findings)),
    );
    // What the old version cannot go on from either is no news, and nothing is called safe.
    let same = with(&list(&dependent(&seconds, "pid")));
    assert_eq!(forward(&of(&same), &of(&same)), (O::Unknown, Vec::new()));
}

/// The one position of a stream is put under the cursor of its parent, whatever that is called.
#[test]
fn one_position_stands_in_for_the_parent() {
    let of_parent = |field: &str| parent("boards", "", &CURSOR.replace("cursor_field: updated", field));
    let router = |field: &str| substream("id", "board", &of_parent(field), ", incremental_dependency: true");
    let old = saved(json!({"updated": "2024-05-01"}));
    for field in ["cursor_field: updated", "cursor_field: changed"] {
        let found = forward(&old, &of(&stream(&router(field), CURSOR, "")));
        let findings = ["safe state-parent-added", "safe state-partitioned"].map(str::to_owned).to_vec();
        assert_eq!(found, (O::Resumes, findings), "{field}");
    }
}
