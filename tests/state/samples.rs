//! Samples of saved state, met by a manifest.

use connector_diff::model::StateOutcome::{Fails, LosesData, NothingSaved, ReadsAgain, Resumes, Unknown};
use connector_diff::model::{Level, StateOutcome};
use serde_json::{Value, json};

use crate::components::*;
use crate::rows::*;

const OTHER_FORMAT: &[&str] = &["breaking state-datetime-format-changed"];
const BEFORE_START: &[&str] = &["review state-before-start"];
const OTHER_FIELD: &[&str] = &["breaking state-cursor-key-renamed"];
const EMPTY: &[&str] = &["review state-cursor-null"];
const OTHER_PARTITIONS: &[&str] = &["breaking state-partition-key-renamed"];
const FULL_REFRESH: &[&str] = &["breaking state-incremental-to-full-refresh"];

/// State at 2024-05-01 in two partitions, by whether the position of all stands beside them.
fn by_board(has_global: bool) -> Given {
    saved(partitions("board", [json!("a"), json!("b")], has_global))
}

/// The same for partitions with the key `id`.
fn by_id(values: [Value; 2], has_global: bool) -> Given {
    saved(partitions("id", values, has_global))
}

fn other_field() -> Component {
    days().with("cursor_field", "changed")
}

/// A cursor that writes moments, and reads days and seconds as well.
fn moments_or_days_or_seconds() -> Component {
    days()
        .with("datetime_format", "'%Y-%m-%dT%H:%M:%SZ'")
        .reading(&["%Y-%m-%d", "%s"])
        .starting("2020-01-01T00:00:00Z")
}

/// One position, met by a cursor in another field or another format.
#[test]
fn a_position_is_read_where_the_cursor_looks_and_as_it_reads() {
    let seconds = || saved(json!({"updated": "1714521600"}));
    hold([
        row("same format", "it is found and read").before(saved(day())).after(orders()).does(Resumes, &[]),
        row("cursor field renamed", "nothing is saved under the new name")
            .before(saved(day()))
            .after(orders().cursor(other_field()))
            .does(ReadsAgain, OTHER_FIELD),
        row("datetime_format changed, the old spelling not listed", "a day is no moment with a time")
            .before(saved(day()))
            .after(orders().cursor(moments("%Y-%m-%dT%H:%M:%SZ")))
            .does(Fails, OTHER_FORMAT),
        row("the same, the old spelling listed", "the cursor tries each format that it lists")
            .before(saved(day()))
            .after(orders().cursor(moments_or_days_or_seconds()))
            .does(Resumes, &[]),
        row("ISO text to epoch, not listed", "a day is no number of seconds")
            .before(saved(day()))
            .after(orders().cursor(moments("%s")))
            .does(Fails, OTHER_FORMAT),
        row("epoch text to ISO, not listed", "a number of seconds is no day")
            .before(seconds())
            .after(orders())
            .does(Fails, OTHER_FORMAT),
        row("epoch number to ISO, not listed", "a number of seconds is no day")
            .before(saved(json!({"updated": 1_714_521_600})))
            .after(orders())
            .does(Fails, OTHER_FORMAT),
        row("epoch to ISO, listed", "the cursor tries each format that it lists")
            .before(seconds())
            .after(orders().cursor(moments_or_days_or_seconds()))
            .does(Resumes, &[]),
        row("null", "the cursor takes the key for a position, and null is none")
            .before(saved(json!({"updated": null})))
            .after(orders())
            .does(Fails, EMPTY),
        row("an empty text", "the cursor takes the key for a position, and no format reads an empty text")
            .before(saved(json!({"updated": ""})))
            .after(orders())
            .does(Fails, EMPTY),
        row("an unknown key more", "the cursor looks at its own field alone")
            .before(saved(json!({"updated": "2024-05-01", "old": "x"})))
            .after(orders())
            .does(Resumes, &[]),
    ]);
}

/// A position before the start is moved to it, and what lies between is not read.
#[test]
fn a_later_start_leaves_out_what_lies_before_it() {
    let june = days().starting("2024-06-01");
    hold([
        row("start_datetime later than the state", "May is never read")
            .before(saved(day()))
            .after(orders().cursor(&june))
            .does(LosesData, BEFORE_START),
        row("start_datetime later than one partition", "May is never read")
            .before(by_board(true))
            .after(orders().router(list()).cursor(&june))
            .does(LosesData, BEFORE_START),
        row("start_datetime later, and the router removed", "all is read again, and May is not")
            .before(by_board(true))
            .after(orders().cursor(&june))
            .does(LosesData, &["breaking state-departitioned", "review state-before-start"]),
        row("start_datetime later, and the cursor field renamed", "all is read again, and May is not")
            .before(saved(day()))
            .after(orders().cursor(other_field().starting("2024-06-01")))
            .does(LosesData, &["breaking state-cursor-key-renamed", "review state-before-start"]),
        row("start_datetime that the config decides", "nobody knows that it is later")
            .before(saved(day()))
            .after(orders().cursor(days().starting("{{ config['since'] }}")))
            .does(Resumes, &[]),
    ]);
}

/// Partitions come, go or are told apart by something else.
#[test]
fn partitions_are_found_by_key_and_value() {
    let text_ids = list().with("cursor_field", "id").with("values", "['1', '2']");
    hold([
        row("simple to per-partition", "the one position starts every partition")
            .before(saved(day()))
            .after(orders().router(list()))
            .does(Resumes, &["safe state-partitioned"]),
        row("per-partition to simple", "a cursor without partitions does not look into them")
            .before(by_board(true))
            .after(orders())
            .does(ReadsAgain, &["breaking state-departitioned"]),
        row(
            "partition field renamed, a global position beside it",
            "all partitions start at the global position, and those that lagged behind lose records",
        )
        .before(by_id([json!("a"), json!("b")], true))
        .after(orders().router(list()))
        .does(LosesData, OTHER_PARTITIONS),
        row("partition field renamed, no global position", "each partition starts over")
            .before(by_id([json!("a"), json!("b")], false))
            .after(orders().router(list()))
            .does(ReadsAgain, OTHER_PARTITIONS),
        row(
            "partition values change their JSON type, a global position beside them",
            "the number 1 is not the text 1, so all partitions start at the global position",
        )
        .before(by_id([json!(1), json!(2)], true))
        .after(orders().router(text_ids))
        .does(LosesData, &["breaking state-partition-value-type-changed"]),
        row("a global position to one per partition", "the global position starts each of them")
            .before(saved(json!({"use_global_cursor": true, "state": day(), "lookback_window": 1})))
            .after(orders().router(list()))
            .does(Resumes, &[]),
        row("one per partition to a global one", "the global position was saved beside theirs")
            .before(by_board(true))
            .after(orders().router(list()).cursor(days().global()))
            .does(Resumes, &[]),
        row("per-partition, cursor field renamed", "in each partition nothing is saved under the new name")
            .before(by_board(true))
            .after(orders().router(list()).cursor(other_field()))
            .does(ReadsAgain, OTHER_FIELD),
        row("a map by id without a migration", "the ids are taken for fields, and none is the cursor's")
            .before(saved(json!({"a": day(), "b": day()})))
            .after(orders().router(list()))
            .does(ReadsAgain, &["breaking state-legacy-map-replaced"]),
    ]);
}

/// State of another kind of sync, or of a CDK that saved it in another form.
#[test]
fn state_of_another_kind_of_sync() {
    hold([
        row("slices to a sequential cursor", "the end of the date ranges is the position")
            .before(saved(
                json!({"state_type": "date-range", "slices": [{"start": "2020-01-01", "end": "2024-05-01"}]}),
            ))
            .after(orders())
            .does(Resumes, &["cosmetic state-slices-to-sequential"]),
        row(
            "the marker of a full refresh to incremental",
            "a full refresh saved no position that could be lost",
        )
        .before(saved(json!({"__ab_no_cursor_state_message": true})))
        .after(orders())
        .does(NothingSaved, &["safe state-full-refresh-to-incremental"]),
        row("incremental to full refresh", "a full refresh looks at no position")
            .before(saved(day()))
            .after(orders().full_refresh())
            .does(ReadsAgain, FULL_REFRESH),
        row(
            "a position of a substream that becomes a full refresh",
            "low-code streams without a cursor keep no state on CDK 7, and look at none",
        )
        .before(by_board(true))
        .after(orders().full_refresh().router(list()))
        .does(ReadsAgain, FULL_REFRESH),
    ]);
}

/// What stands around the state of the stream.
#[test]
fn the_envelope_says_whether_state_is_found() {
    let descriptor = json!({"stream_descriptor": {"name": "orders"}, "stream_state": day()});
    let in_namespace =
        json!({"stream_descriptor": {"name": "orders", "namespace": "shop"}, "stream_state": day()});
    hold([
        row("the LEGACY envelope", "one object for all streams is not looked at")
            .before(sample(json!([{"type": "LEGACY", "data": {"orders": day()}}])))
            .after(orders())
            .does(ReadsAgain, &["breaking state-envelope-legacy-to-stream"]),
        row("the GLOBAL envelope with shared_state", "the CDK refuses a shared state")
            .before(sample(json!([
                {"type": "GLOBAL", "global": {"shared_state": {}, "stream_states": [descriptor]}}
            ])))
            .after(orders())
            .does(Fails, &["breaking state-envelope-stream-global-switched"]),
        row("the GLOBAL envelope without shared_state", "the CDK takes the streams out of it")
            .before(sample(json!([{"type": "GLOBAL", "global": {"stream_states": [descriptor]}}])))
            .after(orders())
            .does(Resumes, &[]),
        row("a namespace that the new stream does not have", "state is looked up by name and namespace")
            .before(sample(json!([{"type": "STREAM", "stream": in_namespace}])))
            .after(orders())
            .does(ReadsAgain, &["breaking state-descriptor-namespace-changed"]),
    ]);
}

/// What becomes of a map by id: the outcome, and the level of the finding with whether a migration is credited.
#[track_caller]
fn migrated(new: Component) -> (StateOutcome, Level, Option<bool>) {
    let map = saved(json!({"7": {"updated": "2024-05-01"}, "8": {"updated": "2024-05-02"}}));
    let report = check(map, new);
    let finding = report.findings.iter().find(|finding| finding.rule == "state-legacy-map-replaced");
    let finding = finding.unwrap_or_else(|| panic!("{:?}", report.findings)).clone();
    (ways(&report).0.outcome, finding.level, finding.migration.map(|migration| migration.credited))
}

const LEGACY_MIGRATION: &str = "{type: LegacyToPerPartitionStateMigration}";

#[test]
fn a_map_by_id_is_not_found_without_a_migration() {
    let below_boards = orders().router(substream([parent(&stream("boards"))]));
    let below_texts = orders().router(union([substream([parent(&stream("boards").with_id("string"))])]));
    assert_eq!(migrated(below_boards), (ReadsAgain, Level::Breaking, None));
    assert_eq!(migrated(below_texts), (ReadsAgain, Level::Breaking, None));
}

/// A substream router's partitions have a parent_slice, and the migrated ones have none.
#[test]
fn the_legacy_migration_leaves_what_a_substream_does_not_look_for() {
    let below_boards = orders().router(substream([parent(&stream("boards"))]));
    assert_eq!(migrated(below_boards.migrated_by(LEGACY_MIGRATION)), (ReadsAgain, Level::Breaking, None));
}

/// A union's partitions have no parent_slice, and the ids are texts on both sides.
#[test]
fn the_legacy_migration_leaves_what_a_union_looks_for() {
    let below_texts = orders().router(union([substream([parent(&stream("boards").with_id("string"))])]));
    assert_eq!(migrated(below_texts.migrated_by(LEGACY_MIGRATION)), (Resumes, Level::Safe, Some(true)));
}

/// A class of the connector may do it: nobody can tell.
#[test]
fn a_custom_migration_of_a_map_is_a_question() {
    let below_boards = orders().router(substream([parent(&stream("boards"))]));
    assert_eq!(migrated(below_boards.migrated_by(custom_migration())), (Unknown, Level::Review, Some(false)));
}

/// States that look like one thing and are another.
#[test]
fn odd_states() {
    let marked = || saved(json!({"__ab_no_cursor_state_message": true, "updated": "2024-05-27"}));
    let to_may = json!({"state_type": "date-range", "slices": [{"start": "2024-01-01", "end": "2024-05-01T00:00:00.000Z"}]});
    hold([
        row("a marker beside a position", "the position counts, and a day is no number of seconds")
            .before(marked())
            .after(orders().cursor(moments("%s")))
            .does(Fails, OTHER_FORMAT),
        row("the same, read", "the position counts")
            .before(marked())
            .after(orders().cursor(moments("%Y-%m-%d")))
            .does(Resumes, &[]),
        row("slices in another format", "the end of the date ranges is the position, and is no day")
            .before(saved(to_may))
            .after(orders().cursor(moments("%Y-%m-%d")))
            .does(Fails, OTHER_FORMAT),
        row("a float for seconds", "half a second is read as well")
            .before(saved(json!({"updated": 1_714_521_600.5})))
            .after(orders().cursor(moments("%s")))
            .does(Resumes, &[]),
        row("a count for seconds", "178 seconds are a moment in 1970, from where all is read")
            .before(saved(json!({"updated": 178})))
            .after(orders().cursor(moments("%s")))
            .does(ReadsAgain, &["breaking state-misread"]),
        row("no blob", "null holds no position")
            .before(saved(Value::Null))
            .after(orders().cursor(moments("%s")))
            .does(NothingSaved, &[]),
        row("a list", "the cursor finds no field in it")
            .before(saved(json!([1])))
            .after(orders().cursor(moments("%s")))
            .does(ReadsAgain, &["breaking state-class-changed"]),
    ]);
}

/// Whatever its other half shows.
#[test]
fn a_state_delegating_stream_saves_the_position_of_its_incremental_half() {
    let half = |format: &str| delegating(&orders().cursor(moments(format)));
    assert_eq!(forward(half("%Y-%m-%d"), half("%s")), outcome(Fails, OTHER_FORMAT));
}

#[test]
fn keys_of_old_states_may_be_people_and_are_not_printed() {
    let people = saved(json!({"alice@lantern.test": "2024-05-01", "bob1984@lantern.test": "2024-05-02"}));
    let report = check(people, orders().cursor(moments("%Y-%m-%d")));
    let printed = connector_diff::report::json(&connector_diff::report(vec![report]));
    assert!(!printed.contains("alice") && !printed.contains("1984"), "{printed}");
}

/// What a cursor per partition and a plain one make of a state, each with a reason: every row was started from with the
/// CDK.
#[track_caller]
fn look<const N: usize>(rows: [(&str, Value, [StateOutcome; 2]); N]) {
    let [partitioned, plain] = [of(&orders().router(list())), of(&orders())];
    let wrong: Vec<String> = rows
        .into_iter()
        .filter_map(|(why, state, expected)| {
            let old = saved(state.clone());
            let found = [&partitioned, &plain].map(|new| forward(&old, new).0);
            (found != expected).then(|| format!("{state}: expected {expected:?}, found {found:?}\n   {why}"))
        })
        .collect();
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn the_position_for_all_partitions_alone() {
    look([
        ("it starts every partition", json!({"state": day()}), [Resumes, ReadsAgain]),
        ("no parent is there to start", json!({"state": day(), "parent_state": {}}), [Resumes, ReadsAgain]),
        (
            "null is taken for a position",
            json!({"use_global_cursor": true, "state": {"updated": null}}),
            [Fails, ReadsAgain],
        ),
        (
            "an object is taken for a position",
            json!({"use_global_cursor": true, "state": {"updated": {}}}),
            [Fails, ReadsAgain],
        ),
        (
            "nothing is under the field, and nothing was saved",
            json!({"use_global_cursor": true, "state": {}}),
            [NothingSaved, NothingSaved],
        ),
        ("a key beside it is not looked at", json!({"state": day(), "x": 1}), [Resumes, ReadsAgain]),
        (
            "no partition and no position is nothing",
            json!({"use_global_cursor": false, "states": []}),
            [NothingSaved, NothingSaved],
        ),
        (
            "without partitions the position for all still starts each",
            json!({"use_global_cursor": false, "states": [], "state": day()}),
            [Resumes, ReadsAgain],
        ),
    ]);
}

#[test]
fn what_should_be_partitions() {
    let one = |state: Value| in_partitions([state]);
    let board = || json!({"board": "a"});
    look([
        ("one as it should be", one(at(board(), day())), [Resumes, ReadsAgain]),
        (
            "an object is taken for its position",
            one(at(board(), json!({"updated": {"x": 1}}))),
            [Fails, ReadsAgain],
        ),
        ("a partition has to have a cursor", one(json!({"partition": board()})), [Fails, ReadsAgain]),
        ("a cursor has to have a partition", one(json!({"cursor": day()})), [Fails, ReadsAgain]),
        ("null is no cursor", one(at(board(), json!(null))), [Fails, ReadsAgain]),
        ("an empty object has neither", one(json!({})), [Fails, ReadsAgain]),
        ("a map is no list of partitions", json!({"states": {"a": day()}}), [Fails, ReadsAgain]),
        ("null is no list of partitions", json!({"states": null}), [Fails, ReadsAgain]),
    ]);
}

#[test]
fn the_field_of_the_cursor_whatever_stands_beside_it() {
    let beside = |more: Value| {
        let mut state = day();
        state.as_object_mut().expect("an object").extend(more.as_object().cloned().expect("an object"));
        state
    };
    look([
        (
            "use_global_cursor alone makes no partitions",
            beside(json!({"use_global_cursor": false})),
            [Resumes, Resumes],
        ),
        (
            "the field is there, and May is no day",
            json!({"use_global_cursor": false, "updated": "May"}),
            [Fails, Fails],
        ),
        (
            "the field is not there",
            json!({"use_global_cursor": false, "changed": "2024-05-01"}),
            [ReadsAgain, ReadsAgain],
        ),
        (
            "with a list of partitions the field beside it is not looked at, but by a plain cursor",
            beside(json!({"states": []})),
            [ReadsAgain, Resumes],
        ),
        ("a history of files is not looked at", beside(json!({"history": {"a": "b"}})), [Resumes, Resumes]),
        (
            "the marks of a database are not looked at",
            beside(json!({"version": 2, "state_type": "cursor_based"})),
            [Resumes, Resumes],
        ),
        (
            "the mark of a full refresh is not looked at",
            beside(json!({"__ab_full_refresh_sync_complete": true})),
            [Resumes, Resumes],
        ),
        (
            "any number of other keys is not looked at",
            beside(json!({"a": 1, "b": 2, "c": 3, "d": [4]})),
            [Resumes, Resumes],
        ),
        (
            "a position under another key is not looked at",
            beside(json!({"a": {"updated": "2024-05-02"}})),
            [Resumes, Resumes],
        ),
        ("a map is taken for the position", json!({"updated": {"a": "2024-05-01"}}), [Fails, Fails]),
        (
            "so it is where the field stands in it again",
            json!({"updated": {"updated": "2024-05-01"}}),
            [Fails, Fails],
        ),
        ("a list is taken for the position", json!({"updated": []}), [Fails, Fails]),
        ("an empty object is taken for the position", json!({"updated": {}}), [Fails, Fails]),
        ("an empty object under another key is nothing", json!({"users": {}}), [NothingSaved, NothingSaved]),
    ]);
}

/// A plain cursor looks for them first; a cursor per partition does not know them.
#[test]
fn date_ranges() {
    let range = |slices: Value| json!({"state_type": "date-range", "slices": slices});
    let whole = || json!([{"start": "2020-01-01", "end": "2024-05-01"}]);
    look([
        ("the end of the last is the position", range(whole()), [ReadsAgain, Resumes]),
        ("the end of none is asked for", range(json!([])), [ReadsAgain, Fails]),
        ("a range has to have a start", range(json!([{"end": "2024-05-01"}])), [ReadsAgain, Fails]),
        ("an object is no list of ranges", range(json!({"a": 1})), [ReadsAgain, Fails]),
        (
            "the type says that there are ranges, and there are none",
            json!({"updated": "2024-05-01", "state_type": "date-range"}),
            [Resumes, Fails],
        ),
        (
            "without the type they are a key like others, and the field is not there",
            json!({ "slices": whole() }),
            [ReadsAgain, ReadsAgain],
        ),
    ]);
}
