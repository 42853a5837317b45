//! What saved state does under another version, row by row: each row is a change, a state that the old version saved,
//! and what was seen when the Python CDK 7.39.1 started from it.

#[path = "../support/sides.rs"]
mod sides;

mod compared;
#[allow(dead_code, reason = "files use parts of it until they go over to components and rows")]
mod components;
mod files;
#[allow(dead_code, reason = "files leave it for components and rows one by one")]
mod given;
mod kept;
mod manifests;
mod parents;
#[allow(dead_code, reason = "files use parts of it until they go over to components and rows")]
mod rows;
mod samples;
mod several;
mod words;

use std::fs;

use connector_diff::load::{Side, connector};
use connector_diff::model::{Evidence, Level, StateEvidence, StateOutcome as O};
use connector_diff::{Options, compare};
use serde_json::{Value, json};

use crate::given::*;

/// A class of the connector lowers a break to a question, and is named.
#[test]
fn a_custom_migration_is_named() {
    let custom =
        ", state_migrations: [{type: CustomStateMigration, class_name: source_x.components.Migrate}]";
    let report = check(&of(&stream(LIST, CURSOR, "")), &of(&stream("", CURSOR, custom)));
    let finding =
        report.findings.iter().find(|finding| finding.rule == "state-departitioned").expect("a finding");
    assert_eq!(finding.level, Level::Review);
    assert!(finding.effect.to_string().contains("source_x.components.Migrate"), "{}", finding.effect);
    assert!(ways(&report).0.why.contains("source_x.components.Migrate"));
    // The other way it is gone, which is a question of its own.
    let report = check(&of(&stream("", CURSOR, custom)), &of(&stream("", CURSOR, "")));
    assert!(report.findings.iter().any(|finding| finding.rule == "state-migration-dropped"));
}

/// A sample beside the version that saved it, met by the next one.
#[test]
fn a_sample_is_read_as_its_own_version_reads_it() {
    let given = |cursor: &str, state: &Value| Given {
        state: saved(state.clone()).state,
        ..of(&stream(LIST, cursor, ""))
    };
    let boards = |a: &str, b: &str| {
        json!({"use_global_cursor": false, "lookback_window": 0, "state": {"updated": b}, "states": [
            {"partition": {"board": "a"}, "cursor": {"updated": a}},
            {"partition": {"board": "b"}, "cursor": {"updated": b}},
        ]})
    };
    // A position before the old start was moved there; one after it is moved by the new start.
    let later = |start: &str| CURSOR.replace("2020-01-01", start);
    let old = given(&later("2021-09-09"), &boards("2021-01-01", "2022-01-01"));
    let next = |start: &str| forward(&old, &of(&stream(LIST, &later(start), "")));
    assert_eq!(next("2023-01-01"), (O::LosesData, vec!["review state-before-start".to_owned()]));
    assert_eq!(next("2021-09-09"), (O::Resumes, Vec::new()));
    assert_eq!(next("2020-09-09"), (O::Resumes, Vec::new()));
    // A format that is not known here reads what was written in it.
    let days = cursor("%Y %j");
    let old = given(&days, &boards("2021 095", "2024 062"));
    let in_list = |cursor: &str| forward(&old, &of(&stream(&format!("[{LIST}]"), cursor, "")));
    assert_eq!(in_list(&days), (O::Resumes, Vec::new()));
    assert_eq!(in_list(&days.replace("2020-01-01", "2023-01-01")).0, O::Unknown);
    // Of several messages in one file the last is what was saved.
    let message = |date: &str| json!({"type": "STREAM", "stream": {"stream_descriptor": {"name": "orders"}, "stream_state": {"updated": date}}});
    let twice = |first: &str, last: &str| Given {
        manifest: None,
        state: Some(json!([message(first), message(last)])),
    };
    let plain = of(&stream("", &later("2023-01-01"), ""));
    assert_eq!(forward(&twice("2021-01-01", "2024-01-01"), &plain).0, O::Resumes);
    assert_eq!(forward(&twice("2024-01-01", "2021-01-01"), &plain).0, O::LosesData);
    // Of several files the place is in that which shows it.
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = |name: &str| folder.path().join(name);
    fs::create_dir_all(path("new")).expect("a temporary folder");
    for (name, date) in [("a_state.json", "2024-01-01"), ("b_state.json", "2021-01-01")] {
        fs::create_dir_all(path("old")).expect("a temporary folder");
        fs::write(path("old").join(name), json!([message(date)]).to_string()).expect("a temporary file");
    }
    fs::write(path("new").join("manifest.yaml"), plain.manifest.clone().expect("a manifest"))
        .expect("a temporary file");
    let side = |name: &str| connector(&Side { path: path(name), ..Side::default() });
    let report = compare(&side("old"), &side("new"), &Options::default());
    let found = report.findings.iter().find(|one| one.rule == "state-before-start").expect("a finding");
    assert_eq!(found.origin.old.as_ref().map(|origin| origin.file.as_str()), Some("b_state.json"));
    // Part of a union is gone, and what is left is found.
    let shops = parent("shops", "", "");
    let union = format!(
        "{{type: UnionPartitionRouter, partition_field: board, partition_routers: [{LIST}, {}]}}",
        substream("id", "board", &shops, "")
    );
    let state = json!({"use_global_cursor": false, "state": {"updated": "2024-01-01"}, "states": [
        {"partition": {"board": "a"}, "cursor": {"updated": "2021-01-01"}},
        {"partition": {"board": 1}, "cursor": {"updated": "2022-01-01"}},
    ]});
    let old = Given { state: saved(state).state, ..of(&stream(&union, CURSOR, "")) };
    let found = forward(&old, &of(&stream(LIST, CURSOR, "")));
    assert_eq!(found, (O::Unknown, vec!["review state-partition-value-type-changed".to_owned()]));
    // What a full refresh hands on to a parent that starts later.
    let dependent = |start: &str| {
        substream("id", "board", &parent("shops", "", &later(start)), ", incremental_dependency: true")
    };
    let state = json!({"use_global_cursor": false, "state": {"updated": "2024-01-01"},
        "states": [{"partition": {"board": 1, "parent_slice": {}}, "cursor": {"updated": "2024-01-01"}}],
        "parent_state": {"shops": {"updated": "2023-05-06"}}});
    let old = Given { state: saved(state).state, ..of(&stream(&dependent("2020-01-01"), CURSOR, "")) };
    let found = forward(&old, &of(&stream(&dependent("2023-12-01"), "", "")));
    let both = ["breaking state-incremental-to-full-refresh", "review state-before-start"];
    assert_eq!(found, (O::LosesData, both.map(str::to_owned).to_vec()));
}

/// The same run with the sides swapped: what a rollback does.
#[test]
fn the_way_back_is_told() {
    let spec =
        r#"spec: {type: Spec, connection_specification: {type: object, properties: {key: {type: string}}}}"#;
    let with_spec = |stream: &str| {
        let mut given = of(stream);
        given.manifest = given.manifest.map(|text| format!("{text}{spec}\n"));
        given
    };
    let back = |old: &str, new: &str| {
        let report = check(&with_spec(old), &with_spec(new));
        (ways(&report).1.outcome, report.verdict.rollback_safe)
    };
    let plain = stream("", CURSOR, "");
    assert_eq!(back(&plain, &plain), (O::Resumes, Some(true)));
    // Forward the one position starts every partition; back again nobody looks at partitions.
    assert_eq!(back(&plain, &stream(LIST, CURSOR, "")), (O::ReadsAgain, Some(false)));
    let listed = r#"{type: DatetimeBasedCursor, cursor_field: updated, datetime_format: "%s", cursor_datetime_formats: ["%Y-%m-%d"], start_datetime: "0"}"#;
    assert_eq!(back(&plain, &stream("", listed, "")), (O::Fails, Some(false)));
    // A full refresh saves nothing that an incremental sync goes on from, and the reverse is as it was.
    assert_eq!(back(&plain, &stream("", "", "")), (O::ReadsAgain, Some(false)));
    assert_eq!(back(&stream("", "", ""), &plain), (O::NothingSaved, Some(true)));
    let custom =
        "{type: CustomIncrementalSync, class_name: source_x.components.Cursor, cursor_field: updated}";
    assert_eq!(back(&stream("", custom, ""), &stream("", custom, "")), (O::Unknown, None));
    // Samples show the streams that they hold and no other.
    let folder = tempfile::tempdir().expect("a temporary folder");
    fs::write(folder.path().join("spec.json"), r#"{"connectionSpecification": {"type": "object"}}"#)
        .expect("a temporary file");
    let state = saved(json!({"updated": "2024-05-01"})).state.expect("a state");
    fs::write(folder.path().join("state.json"), state.to_string()).expect("a temporary file");
    let side = || connector(&Side { path: folder.path().to_owned(), ..Side::default() });
    let report = compare(&side(), &side(), &Options::default());
    assert_eq!((ways(&report).1.outcome, report.verdict.rollback_safe), (O::Resumes, None));
}

/// A sample, two samples, or the manifests alone: the report says which.
#[test]
fn the_evidence_is_named() {
    let evidence = |old: &Given, new: &Given| ways(&check(old, new)).0.evidence;
    let plain = stream("", CURSOR, "");
    let day = || saved(json!({"updated": "2024-05-01"}));
    assert_eq!(evidence(&day(), &of(&plain)), StateEvidence::Replay);
    assert_eq!(evidence(&day(), &day()), StateEvidence::Samples);
    assert_eq!(evidence(&of(&plain), &of(&plain)), StateEvidence::Manifests);
    assert_eq!(evidence(&of(&plain), &Given { state: day().state, ..of(&plain) }), StateEvidence::Manifests);
    assert_eq!(evidence(&Given { state: day().state, ..of(&plain) }, &of(&plain)), StateEvidence::Replay);
}

/// Values may be secrets: they are printed where they are asked for, and nowhere else.
#[test]
fn saved_values_are_shown_on_demand_only() {
    let old = saved(json!({"updated": "hunter2-2024", "token": "hunter2-token"}));
    let folder = tempfile::tempdir().expect("a temporary folder");
    fs::write(folder.path().join("state.json"), old.state.expect("a state").to_string()).expect("a file");
    fs::create_dir_all(folder.path().join("new")).expect("a folder");
    fs::write(folder.path().join("new/manifest.yaml"), manifest(&stream("", CURSOR, ""))).expect("a file");
    let load = |name: &str| connector(&Side { path: folder.path().join(name), ..Side::default() });
    let (old, new) = (load("state.json"), load("new"));
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
    let many = |count: usize, reverse: bool| {
        let mut states: Vec<Value> = (0..count)
            .map(|id| json!({"partition": {"board": "a", "n": id.to_string()}, "cursor": {"updated": "2024-05-01"}}))
            .collect();
        if reverse {
            states.reverse();
        }
        saved(json!({"states": states, "state": {"updated": "2024-05-01"}}))
    };
    let new = of(&stream(LIST, CURSOR, ""));
    let told = |old: &Given| {
        let report = check(old, &new);
        (report.states.clone(), report.findings.iter().map(|finding| finding.id.clone()).collect::<Vec<_>>())
    };
    let one = told(&many(1, false));
    assert_eq!(told(&many(500, false)), one);
    assert_eq!(told(&many(500, true)), one);
}

/// Accidents that state would have shown, re-told from what was published of them.
#[test]
fn accidents() {
    let told = |old: &Given, new: &Given| {
        let report = check(old, new);
        let findings: Vec<String> = report
            .findings
            .iter()
            .filter(|finding| finding.rule.starts_with("state-"))
            .map(|finding| format!("{} {}", finding.level.name(), finding.rule))
            .collect();
        (ways(&report), findings.join(", "))
    };
    let router = substream("id", "form", &parent("forms", "", ""), "");
    let low_code = of(&stream(&router, CURSOR, ""));

    // source-typeform 1.1.0: a rewrite in low-code, whose Python kept the positions of responses by form.
    let by_form = saved(json!({"u6nXL7": {"updated": "2024-05-01"}, "k9xNV4": {"updated": "2024-05-02"}}));
    let (typeform, findings) = told(&by_form, &low_code);
    assert_eq!(findings, "breaking state-legacy-map-replaced");
    assert_eq!(typeform.0.outcome, O::ReadsAgain);

    // source-postgres 0.4.19: timestamps are recognised, and the cursor is written in another form.
    let row = |cursor: &str| {
        message(
            json!({"cdc": false, "streams": [{"stream_name": "orders", "cursor_field": ["updated_at"], "cursor": cursor}]}),
        )
    };
    let (_, findings) = told(&row("2022-06-09 10:00:00"), &row("2022-06-09T10:00:00.000000"));
    assert_eq!(findings, "review state-cursor-format-changed");

    // The CDK's migration to partitions once wrote another key than the router looks for.
    let (_, findings) = told(
        &saved(partitions("id", [json!("1"), json!("2")], "updated", false)),
        &saved(partitions("parent_id", [json!("1"), json!("2")], "updated", false)),
    );
    assert_eq!(findings, "breaking state-partition-key-renamed");

    // source-jira 2.0.1: positions per issue; on the CDK of that time a single one failed for want of `states`.
    let one = saved(json!({"updated": "2024-05-01"}));
    let (jira, findings) = told(&one, &saved(partitions("id", [json!("1"), json!("2")], "updated", true)));
    assert_eq!(findings, "review state-partitioned");
    assert_eq!(jira.0.evidence, StateEvidence::Samples);

    // The same by its manifests: the new state is readable forwards only.
    let (jira, findings) = told(&of(&stream("", CURSOR, "")), &low_code);
    assert_eq!(findings, "safe state-partitioned");
    assert_eq!((jira.0.outcome, jira.1.outcome), (O::Resumes, O::ReadsAgain));

    // source-zendesk-support, tags: another pagination, and another token to stop at.
    let (_, findings) =
        told(&saved(json!({"next_page_token": 3})), &saved(json!({"next_page_token": "b64"})));
    assert_eq!(findings, "breaking state-cursor-value-type-changed");

    // source-stripe, refunds: the cursor is another field.
    let (_, findings) =
        told(&saved(json!({"created": 1_714_521_600})), &saved(json!({"updated": 1_714_521_600})));
    assert_eq!(findings, "breaking state-cursor-key-renamed");
}

/// A sample that shows nothing new takes nothing away from what the manifests show.
#[test]
fn a_sample_never_hides_what_manifests_show() {
    let old = stream("", CURSOR, "");
    let new = stream("", &cursor("%Y-%m-%dT%H:%M:%SZ"), "");
    for state in [json!({"updated": null}), Value::Null, json!({}), json!({"updated": "x"}), json!([1])] {
        let report = check(&Given { state: saved(state.clone()).state, ..of(&old) }, &of(&new));
        assert!(
            report.findings.iter().any(|finding| finding.rule == "state-datetime-format-changed"),
            "{state}: {:?}",
            report.findings
        );
        assert_eq!(ways(&report).0.outcome, O::Fails, "{state}");
    }
    // Which key of the parent the values come from shows in no sample.
    let boards = parent("boards", "", "");
    let by = |key: &str| stream(&substream(key, "board", &boards, ""), CURSOR, "");
    let states =
        json!([{"partition": {"board": "a", "parent_slice": {}}, "cursor": {"updated": "2024-05-01"}}]);
    let sample = saved(json!({"states": states, "state": {"updated": "2024-05-01"}}));
    let report = check(&Given { state: sample.state, ..of(&by("id")) }, &of(&by("slug")));
    assert_eq!(ways(&report).0.outcome, O::LosesData);
    // Samples of both sides show what the code makes of the same manifest.
    let with = |value: Value| {
        let state = saved(partitions("board", [value.clone(), value], "updated", true)).state;
        Given { state, ..of(&stream(LIST, CURSOR, "")) }
    };
    let report = check(&with(json!(1)), &with(json!("1")));
    assert_eq!(ways(&report).0.outcome, O::LosesData, "{:?}", report.states);
    // A sample of another version is no news.
    let global = message(json!([{"type": "GLOBAL", "global": {"shared_state": {}, "stream_states": []}}]));
    let report = check(&Given { state: global.state, ..of(&old) }, &of(&old));
    assert!(report.findings.is_empty(), "{:?}", report.findings);
}
