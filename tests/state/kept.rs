//! What is kept of very large states: it is bounded, and what is not looked at is said.

use connector_diff::model::StateOutcome::{Fails, LosesData, ReadsAgain, Resumes, Unknown};
use serde_json::{Value, json};

use crate::components::*;
use crate::rows::*;
use crate::sides;

const MANY: usize = 3_000;

/// An object of so many keys with the same value.
fn keys(prefix: &str, count: usize, value: &Value) -> Value {
    Value::Object((0..count).map(|id| (format!("{prefix}{id}"), value.clone())).collect())
}

/// The same with keys that sort as they are counted.
fn sorted_keys(count: usize, value: &Value) -> Value {
    Value::Object((0..count).map(|id| (format!("k{id:03}"), value.clone())).collect())
}

fn with(mut state: Value, key: &str, value: Value) -> Value {
    state[key] = value;
    state
}

/// State whose keys are ids, more than are kept.
fn many_ids() -> Value {
    keys("id-", MANY, &json!("2024-05-01"))
}

/// State of one partition.
fn in_board(cursor: Value) -> Given {
    saved(in_partitions([at(json!({"board": "a"}), cursor)]))
}

fn partitioned() -> Component {
    orders().router(list())
}

fn bytes_of_report(old: Given, new: Component) -> usize {
    connector_diff::report::json(&connector_diff::report(vec![check(old, new)])).len()
}

// ids in the place of field names

#[test]
fn thousands_of_ids_without_the_field_of_the_cursor_are_another_kind_of_state() {
    assert_eq!(forward(saved(many_ids()), orders()), outcome(ReadsAgain, &["breaking state-class-changed"]));
}

#[test]
fn a_position_among_thousands_of_ids_is_not_kept_and_is_a_question() {
    assert_eq!(forward(saved(with(many_ids(), "updated", json!("x"))), orders()), not_read());
}

#[test]
fn an_object_or_a_list_among_thousands_of_ids_is_a_question_too() {
    for value in [json!({"a": "x"}), json!(["a"])] {
        assert_eq!(forward(saved(with(many_ids(), "updated", value)), orders()), not_read());
    }
}

#[test]
fn a_report_of_thousands_of_ids_is_short() {
    let bytes = bytes_of_report(saved(many_ids()), orders());
    assert!(bytes < 8_000, "{bytes} bytes");
}

#[test]
fn two_samples_of_the_same_thousands_of_ids_do_not_differ() {
    assert_eq!(forward(saved(many_ids()), saved(many_ids())), silent());
}

/// Ids look alike.
#[test]
fn another_id_among_thousands_is_no_difference() {
    assert_eq!(
        forward(saved(many_ids()), saved(with(many_ids(), "id-77777", json!("2024-05-01")))),
        silent()
    );
}

#[test]
fn a_key_that_is_no_id_among_thousands_is_a_question() {
    assert_eq!(
        forward(saved(many_ids()), saved(with(many_ids(), "locale", json!("2024-05-01")))),
        not_read()
    );
}

#[test]
fn another_value_that_is_not_kept_is_a_question() {
    assert_eq!(forward(saved(many_ids()), saved(with(many_ids(), "id-2999", json!("7")))), not_read());
}

#[test]
fn an_id_that_is_gone_moves_what_is_kept_and_is_a_question() {
    let mut without_first = many_ids();
    without_first.as_object_mut().expect("an object").remove("id-0");
    assert_eq!(forward(saved(many_ids()), saved(without_first)), not_read());
}

#[test]
fn another_type_in_a_partition_of_hundreds_of_keys_is_a_question() {
    let inside = |value: Value| in_board(with(keys("k", 300, &json!("2024-05-01")), "updated", value));
    assert_eq!(forward(inside(json!("2024-05-01")), inside(json!(1_714_521_600))), not_read());
}

/// One shows a position that is read, and the other may hide one that is not.
#[test]
fn of_two_samples_the_larger_may_hide_a_position_that_fails() {
    let joined = |ids: usize, value: &str| {
        let state = with(keys("id-", ids, &json!("2024-05-01")), "updated", json!(value));
        saved(state)
    };
    let (shown, hidden) = (joined(10, "2024-05-01"), joined(300, "bad"));
    let old = sides::side("old", &[("a_state.json", shown.sample()), ("b_state.json", hidden.sample())]);
    let new = sides::load(of(&orders()).tree("new"));
    let report = connector_diff::compare(&old, &new, &connector_diff::Options::default());
    assert_eq!(ways(&report).0.outcome, Unknown, "{:?}", report.findings);
}

// ids in the place of partition fields

/// State of so many kinds of partition: each has another key.
fn kinds_of_partition(count: usize, value: Value, cursor: &str) -> Given {
    saved(in_partitions(
        (0..count).map(|id| at(json!({format!("k{id}"): value}), json!({"updated": cursor}))),
    ))
}

#[test]
fn thousands_of_kinds_of_partition_are_a_question() {
    assert_eq!(forward(kinds_of_partition(MANY, json!("a"), "2024-05-01"), partitioned()), not_read());
}

#[test]
fn two_samples_of_the_same_thousands_of_kinds_do_not_differ() {
    let kinds = kinds_of_partition(MANY, json!("a"), "2024-05-01");
    assert_eq!(forward(&kinds, &kinds), silent());
}

#[test]
fn a_position_that_fails_does_so_however_many_kinds_of_partition_there_are() {
    let found = forward(kinds_of_partition(600, json!(1), "bad"), partitioned());
    assert_eq!(found.0, Fails, "{:?}", found.1);
}

#[test]
fn another_order_of_keys_and_the_other_boolean_make_no_other_kind_of_partition() {
    // JSON text, because a value would sort its keys.
    let partitions: Vec<String> = (0..600_usize)
        .map(|id| {
            let flags: Vec<String> =
                (0..9).map(|bit| format!("\"k{}\": {}", (bit + id) % 9, id >> bit & 1 == 1)).collect();
            format!("{{\"partition\": {{{}}}, \"cursor\": {{\"updated\": \"x\"}}}}", flags.join(", "))
        })
        .collect();
    let state = shapes(&format!("{{\"orders\": {{\"states\": [{}]}}}}", partitions.join(", ")));
    assert_eq!((state[0].1.partitions.len(), state[0].1.other_partitions.is_empty()), (1, true));
}

// positions of very many forms

/// One partition after the other, or in the opposite order.
fn in_order(mut partitions: Vec<Value>, is_reversed: bool) -> Given {
    if is_reversed {
        partitions.reverse();
    }
    saved(in_partitions(partitions))
}

/// Texts of ever other signs, beside ever other keys.
fn of_signs(count: u32, is_reversed: bool) -> Given {
    let text =
        |number: u32| (0..12).map(|bit| if number >> bit & 1 == 1 { '-' } else { '/' }).collect::<String>();
    let partition =
        |number: u32| at(json!({"board": "a"}), json!({"updated": text(number), format!("k{number}"): 1}));
    in_order((0..count).map(partition).collect(), is_reversed)
}

#[test]
fn what_is_kept_of_thousands_of_tokens_does_not_depend_on_their_order() {
    let tokens = |is_reversed: bool| {
        let letters = |number: u32| (0..12).map(move |at| char::from(b'a' + ((number >> at) & 1) as u8));
        let partition = |number: u32| {
            let token: String = letters(number).collect();
            at(json!({"board": "a"}), json!({"updated": format!("{token}-{}", number % 7)}))
        };
        in_order((0..4_000).map(partition).collect(), is_reversed)
    };
    assert_eq!(shapes(tokens(false).sample()), shapes(tokens(true).sample()));
}

#[test]
fn what_is_kept_of_thousands_of_signs_does_not_depend_on_their_order() {
    assert_eq!(shapes(of_signs(4_000, false).sample()), shapes(of_signs(4_000, true).sample()));
}

#[test]
fn a_report_of_thousands_of_signs_is_short() {
    let bytes = bytes_of_report(of_signs(4_000, false), partitioned());
    assert!(bytes < 8_000, "{bytes} bytes");
}

#[test]
fn a_null_stays_one_among_however_many_texts() {
    let with_null = |count: usize| {
        let texts = (0..count).map(|number| json!("-/".repeat(number % 97) + &"/".repeat(number / 97)));
        let partitions =
            texts.chain([json!(null)]).map(|value| at(json!({"board": "a"}), json!({"updated": value})));
        forward(saved(in_partitions(partitions)), partitioned())
    };
    let both = ["breaking state-datetime-format-changed", "review state-cursor-null"];
    assert_eq!(with_null(10), outcome(Fails, &both));
    assert_eq!(with_null(4_000), with_null(10));
}

#[test]
fn a_list_that_holds_something_else_is_none_of_partitions() {
    let odd = saved(in_partitions([at(json!({"board": "a"}), day()), json!(7)]));
    assert_eq!(forward(odd, partitioned()), outcome(Fails, &["breaking state-class-changed"]));
}

// what is not kept is neither the same nor another by accident, whatever else is known

#[test]
fn a_position_that_is_left_out_may_lie_before_a_later_start() {
    let starting = |date: &str| orders().cursor(days().starting(date));
    let beside = |count: usize| {
        let sample = with(sorted_keys(count, &json!("2024-05-01")), "updated", json!("2024-05-01"));
        of(&starting("2020-01-01")).beside(saved(sample))
    };
    assert_eq!(forward(beside(200), starting("2024-06-01")).0, LosesData);
    assert_eq!(forward(beside(300), starting("2024-06-01")), not_read());
    let (outcome, findings) = forward(beside(300), starting("2020-01-01"));
    assert_eq!((outcome, findings.len()), (Unknown, 0));
}

#[test]
fn one_position_and_later_one_per_partition_are_compared_as_far_as_they_are_kept() {
    let retyped = |count: usize| {
        let cursor = with(sorted_keys(count, &json!("2024-05-01")), "updated", json!(5));
        forward(saved(day()), in_board(cursor)).0
    };
    assert_eq!((retyped(10), retyped(300)), (Fails, Unknown));
    assert_eq!(forward(saved(day()), in_board(sorted_keys(300, &json!("2024-05-01")))).0, ReadsAgain);
    assert_eq!(forward(saved(day()), in_board(json!({"updated": "2024-06-01", "x": 1}))).0, Resumes);
}

#[test]
fn what_differs_only_in_values_does_not_differ_whether_it_is_kept_or_not() {
    for (was, is) in [
        (json!("abc"), json!("xyz")),
        (json!(99), json!(100)),
        (json!(true), json!(false)),
        (json!("2024-05-01T00:00:00+00:00"), json!("2024-05-01T00:00:00-05:00")),
    ] {
        for count in [250, 300] {
            let found = forward(in_board(sorted_keys(count, &was)), in_board(sorted_keys(count, &is)));
            assert_eq!(found, silent(), "{count} of {was} and {is}");
        }
    }
}

#[test]
fn other_kinds_of_partition_are_other_kinds_however_much_is_left_out() {
    let kinds = |name: &str| {
        let kept = (0..256).map(|id| format!("k{id:03}"));
        let keys = kept.chain((0..60).map(|id| format!("{name}{id}")));
        saved(in_partitions(keys.map(|key| at(json!({key: "a"}), day()))))
    };
    assert_eq!(forward(kinds("x"), kinds("z")), not_read());
    assert_eq!(forward(kinds("x"), kinds("x")), silent());
}

#[test]
fn other_forms_of_a_value_are_other_forms_however_much_is_left_out() {
    let forms = |value: &dyn Fn(usize) -> Value| {
        let cursor = |id: usize| with(sorted_keys(300, &json!("2024-05-01")), "z", value(id));
        saved(in_partitions((0..30).map(|id| at(json!({"board": "a"}), cursor(id)))))
    };
    let texts = forms(&|id| json!("-/".repeat(id) + "-"));
    assert_eq!(forward(&texts, forms(&|id| json!([id]))), not_read());
    assert_eq!(forward(&texts, &texts), silent());
}

#[test]
fn one_level_down_in_a_form_of_its_own_the_same_holds() {
    let day = || json!("2024-05-01");
    let inner = |more: Value| {
        saved(json!({"7": with(sorted_keys(300, &day()), "z", more), "8": sorted_keys(2, &day())}))
    };
    assert_eq!(forward(inner(day()), inner(json!(5))), not_read());
    assert_eq!(forward(inner(day()), inner(json!("2024-06-01"))), silent());
}

#[test]
fn a_list_of_partitions_that_is_none_fails_before_anything_is_looked_for() {
    let position = with(sorted_keys(300, &json!("2024-05-01")), "updated", json!("2024-05-01"));
    assert_eq!(forward(saved(json!({"states": 7, "state": position})), partitioned()).0, Fails);
}

/// All is read from the start on, which may be later than a position that is left out.
#[test]
fn a_position_under_another_name_may_be_left_out() {
    let renamed =
        |count: usize| in_board(with(sorted_keys(count, &json!("2024-05-01")), "k998", json!("2019-05-01")));
    assert_eq!(forward(renamed(10), partitioned()).0, LosesData);
    let (_, findings) = forward(renamed(300), partitioned());
    assert_eq!(findings, ["breaking state-cursor-key-renamed", "review state-keys-not-read"]);
}

#[test]
fn flat_keys_are_compared_one_by_one_however_many_there_are() {
    let flat =
        |count: usize, position: &str| saved(with(sorted_keys(count, &json!(1)), "updated", json!(position)));
    let days = |count: usize| flat(count, "2024-05-01");
    for count in 1..6 {
        assert_eq!(forward(days(count), days(count + 1)), outcome(Resumes, &["cosmetic state-key-added"]));
    }
    assert_eq!(forward(days(5), days(2)), outcome(Unknown, &["review state-key-removed"]));
    assert_eq!(
        forward(days(3), flat(4, "2024-05-01T00:00:00Z")),
        outcome(Unknown, &["review state-cursor-format-changed", "cosmetic state-key-added"])
    );
}
