//! Accidents that state would have shown, re-told from what was published of them.

use connector_diff::model::{StateEvidence, StateMeeting, StateOutcome as O};
use serde_json::{Value, json};

use crate::components::*;
use crate::rows::*;

/// What the state does forward and back, and the findings of state.
fn told(old: &Given, new: &Given) -> ((StateMeeting, StateMeeting), String) {
    let report = check(old, new);
    (ways(&report), state_findings(&report).join(", "))
}

/// `orders` by form, as a rewrite in low-code has it.
fn by_form() -> Given {
    let forms = parent(&stream("forms").full_refresh()).with("partition_field", "form");
    of(&orders().router(substream([forms])))
}

fn two_ids(key: &str, has_global: bool) -> Given {
    saved(partitions(key, [json!("1"), json!("2")], has_global))
}

/// source-typeform 1.1.0: a rewrite in low-code, whose Python kept the positions of responses by form.
#[test]
fn typeform_kept_a_map_by_form() {
    let map = saved(json!({"u6nXL7": {"updated": "2024-05-01"}, "k9xNV4": {"updated": "2024-05-02"}}));
    let (typeform, findings) = told(&map, &by_form());
    assert_eq!(findings, "breaking state-legacy-map-replaced");
    assert_eq!(typeform.0.outcome, O::ReadsAgain);
}

/// source-postgres 0.4.19: timestamps are recognised, and the cursor is written in another form.
#[test]
fn postgres_wrote_its_cursor_in_another_form() {
    let row = |cursor: &str| {
        sample(json!({
            "cdc": false,
            "streams": [{"stream_name": "orders", "cursor_field": ["updated_at"], "cursor": cursor}],
        }))
    };
    let (_, findings) = told(&row("2022-06-09 10:00:00"), &row("2022-06-09T10:00:00.000000"));
    assert_eq!(findings, "review state-cursor-format-changed");
}

/// The CDK's migration to partitions once wrote another key than the router looks for.
#[test]
fn the_cdk_migrated_to_another_key() {
    let (_, findings) = told(&two_ids("id", false), &two_ids("parent_id", false));
    assert_eq!(findings, "breaking state-partition-key-renamed");
}

/// source-jira 2.0.1: positions per issue; on the CDK of that time a single one failed for want of `states`.
#[test]
fn jira_came_to_positions_per_issue() {
    let (jira, findings) = told(&saved(day()), &two_ids("id", true));
    assert_eq!(findings, "review state-partitioned");
    assert_eq!(jira.0.evidence, StateEvidence::Samples);
}

/// The same by its manifests: the new state is readable forwards only.
#[test]
fn the_manifests_of_jira_show_no_way_back() {
    let (jira, findings) = told(&of(&orders()), &by_form());
    assert_eq!(findings, "safe state-partitioned");
    assert_eq!((jira.0.outcome, jira.1.outcome), (O::Resumes, O::ReadsAgain));
}

/// source-zendesk-support, tags: another pagination, and another token to stop at.
#[test]
fn zendesk_stopped_at_another_token() {
    let token = |token: Value| saved(json!({ "next_page_token": token }));
    let (_, findings) = told(&token(json!(3)), &token(json!("b64")));
    assert_eq!(findings, "breaking state-cursor-value-type-changed");
}

/// source-stripe, refunds: the cursor is another field.
#[test]
fn stripe_took_another_field() {
    let seconds = |field: &str| saved(json!({ field: 1_714_521_600 }));
    let (_, findings) = told(&seconds("created"), &seconds("updated"));
    assert_eq!(findings, "breaking state-cursor-key-renamed");
}
