//! Samples of both versions side by side, where code keeps the state.

use connector_diff::model::StateEvidence;
use connector_diff::model::StateOutcome::{
    self, Fails, LosesData, NothingSaved, ReadsAgain, Resumes, Unknown,
};
use serde_json::{Value, json};

use crate::rows::*;

const OTHER_FORM: &[&str] = &["breaking state-cursor-format-changed"];
const OTHER_TYPE: &[&str] = &["breaking state-cursor-value-type-changed"];
const RETYPED: &[&str] = &["breaking state-partition-value-type-changed"];
const RENAMED: &[&str] = &["breaking state-partition-key-renamed"];
const KEY_REMOVED: &[&str] = &["review state-key-removed"];

/// Why, what the old version saved, what the new one saves, and what the first does under the second.
type Pair<'r> = (&'r str, Value, Value, StateOutcome, &'r [&'r str]);

/// All pairs are tried, so that a failure shows the whole of it.
#[track_caller]
fn side_by_side<const N: usize>(pairs: [Pair<'_>; N]) {
    let mut wrong = Vec::new();
    for (why, before, after, does, findings) in pairs {
        let (old, new) = (saved(before.clone()), saved(after.clone()));
        let (found, expected) = (forward(&old, &new), outcome(does, findings));
        if found != expected {
            wrong.push(format!("{before} -> {after}: expected {expected:?}, found {found:?}\n   {why}"));
        }
        assert_eq!(ways(&check(&old, &new)).0.evidence, StateEvidence::Samples);
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

fn updated(value: impl Into<Value>) -> Value {
    json!({"updated": value.into()})
}

/// A position under each of two ids.
fn by_id() -> Value {
    json!({"7": day(), "8": day()})
}

fn board(partition: Value) -> Value {
    in_partitions([at(partition, day())])
}

fn boards() -> Value {
    board(json!({"board": "a"}))
}

fn with(mut state: Value, key: &str, value: Value) -> Value {
    state[key] = value;
    state
}

#[test]
fn moments_in_another_form() {
    side_by_side([
        ("the same form", day(), updated("2025-06-02"), Resumes, &[]),
        ("what reads moments does not read a day", day(), updated("2024-05-01T00:00:00Z"), Fails, OTHER_FORM),
        (
            "what reads whole seconds does not read a fraction",
            updated("2024-05-01T00:00:00.123Z"),
            updated("2024-05-01T00:00:00Z"),
            Fails,
            OTHER_FORM,
        ),
        (
            "another offset is the same form",
            updated("2024-05-01T00:00:00-0700"),
            updated("2024-05-01T00:00:00+0200"),
            Resumes,
            &[],
        ),
        (
            "where Z was written, what reads an offset reads it too",
            updated("2024-05-01T00:00:00Z"),
            updated("2024-05-01T00:00:00+00:00"),
            Resumes,
            &[],
        ),
        (
            "what reads Z does not read an offset",
            updated("2024-05-01T00:00:00+00:00"),
            updated("2024-05-01T00:00:00Z"),
            Fails,
            OTHER_FORM,
        ),
        (
            "seconds taken for milliseconds are another moment",
            updated(1_714_521_600),
            updated(1_714_521_600_000_i64),
            Fails,
            OTHER_FORM,
        ),
        ("as texts they are so too", updated("1714521600"), updated("1714521600000"), Fails, OTHER_FORM),
        (
            "a text is no number, whatever it says",
            updated("1714521600"),
            updated(1_714_521_600),
            Fails,
            OTHER_TYPE,
        ),
        (
            "one of two partitions shows that it is seconds",
            in_partitions([
                at(json!({"board": "a"}), updated(0)),
                at(json!({"board": "b"}), updated(1_714_521_600)),
            ]),
            in_partitions([at(json!({"board": "a"}), updated(1_714_521_600_000_i64))]),
            Fails,
            OTHER_FORM,
        ),
    ]);
}

#[test]
fn numbers_and_tokens_that_may_be_anything() {
    side_by_side([
        ("7 may be a moment, or the large number a count", updated(7), updated(1_714_521_600), Resumes, &[]),
        ("a token looks like any other", updated("abc"), updated("x-1"), Resumes, &[]),
        ("a token is no day", updated("abc"), day(), Fails, OTHER_FORM),
    ]);
}

/// Nothing is lost, and nothing shows what would be.
#[test]
fn no_position() {
    side_by_side([
        ("nothing was saved", json!({}), day(), NothingSaved, &[]),
        ("null shows no form that could be compared", updated(Value::Null), day(), Unknown, &[]),
        ("an empty sample does not show what the new version saves", day(), json!({}), Unknown, &[]),
        ("an empty text does not show it either", day(), updated(""), Unknown, &[]),
    ]);
}

#[test]
fn keys_of_the_state() {
    side_by_side([
        (
            "the position is looked for under another key",
            day(),
            json!({"changed": "2024-05-01"}),
            ReadsAgain,
            &["breaking state-cursor-key-renamed"],
        ),
        (
            "a key that is new was not needed to go on",
            day(),
            with(day(), "x", json!(1)),
            Resumes,
            &["cosmetic state-key-added"],
        ),
        (
            "the key that is gone may have said where to go on",
            with(day(), "x", json!(1)),
            day(),
            Unknown,
            KEY_REMOVED,
        ),
        (
            "so it may in a form of its own",
            json!({"a": [1], "b": 2}),
            json!({"a": [1]}),
            Unknown,
            KEY_REMOVED,
        ),
    ]);
}

#[test]
fn partitions_by_key_and_value() {
    let nested = |org: Value| board(json!({"board": "a", "parent_slice": {"org": org}}));
    let empty_slice = || board(json!({"board": "a", "parent_slice": {}}));
    let two_kinds = || in_partitions([at(json!({"board": "a"}), day()), at(json!({"shelf": "a"}), day())]);
    side_by_side([
        ("the same keys", boards(), boards(), Resumes, &[]),
        ("an empty parent_slice says nothing, gone", empty_slice(), boards(), Resumes, &[]),
        ("an empty parent_slice says nothing, new", boards(), empty_slice(), Resumes, &[]),
        ("the parent's partition is part of the key", nested(json!(1)), boards(), ReadsAgain, RENAMED),
        (
            "the number 1 is not the text 1, one floor up",
            nested(json!(1)),
            nested(json!("1")),
            ReadsAgain,
            RETYPED,
        ),
        ("a text is no number", boards(), board(json!({"board": 1})), ReadsAgain, RETYPED),
        (
            "no partition is found under another key",
            boards(),
            board(json!({"shelf": "a"})),
            ReadsAgain,
            RENAMED,
        ),
        (
            "all start at the position for all, and those that lagged behind lose records",
            with(boards(), "state", day()),
            board(json!({"shelf": "a"})),
            LosesData,
            RENAMED,
        ),
        (
            "two kinds of partition became one of both keys",
            two_kinds(),
            board(json!({"board": "a", "shelf": "b"})),
            ReadsAgain,
            RENAMED,
        ),
        ("one kind went with its parent, and the other is found", two_kinds(), boards(), Resumes, &[]),
    ]);
}

#[test]
fn positions_of_parents() {
    let of_parent = |name: &str, state: Value| with(boards(), "parent_state", json!({name: state}));
    side_by_side([
        (
            "the parent is read again",
            of_parent("boards", day()),
            boards(),
            Resumes,
            &["review state-parent-removed"],
        ),
        (
            "the parent starts where the stream stands",
            boards(),
            of_parent("boards", day()),
            Resumes,
            &["safe state-parent-added"],
        ),
        (
            "under another name the parent has no position, and a later one may stand in",
            of_parent("boards", day()),
            of_parent("shelves", day()),
            LosesData,
            &["review state-parent-renamed"],
        ),
        (
            "the parent fails where its position has another type",
            of_parent("boards", day()),
            of_parent("boards", updated(1_714_521_600)),
            Fails,
            OTHER_TYPE,
        ),
        (
            "under another key the parent finds no position, and is read again",
            of_parent("boards", day()),
            of_parent("boards", json!({"changed": "2024-05-01"})),
            Resumes,
            &["review state-parent-removed"],
        ),
    ]);
}

/// Only the connector's code knows what it reads of them.
#[test]
fn forms_of_their_own_are_compared_one_level_down() {
    side_by_side([
        (
            "under each id the same key has another form",
            json!({"7": {"u": "2024-05-01", "v": 1}, "8": {"u": "2024-05-02", "v": 1}}),
            json!({"7": {"u": "2024-05-01T00:00:00Z", "v": 1}, "9": {"u": "2024-05-02T00:00:00Z", "v": 1}}),
            Unknown,
            &["review state-cursor-format-changed"],
        ),
        (
            "under each id a key is gone",
            json!({"7": {"u": "2024-05-01", "v": 1}, "8": {"u": "2024-05-02", "v": 1}}),
            json!({"7": {"x": "2024-05-01", "y": 1}, "8": {"x": "2024-05-02", "y": 1}}),
            Unknown,
            KEY_REMOVED,
        ),
        (
            "a text became a list",
            json!("2024-05-01"),
            json!(["2024-05-01"]),
            Unknown,
            &["breaking state-class-changed"],
        ),
    ]);
}

#[test]
fn classes_of_state() {
    let range =
        || json!({"state_type": "date-range", "slices": [{"start": "2020-01-01", "end": "2024-05-01"}]});
    let of_database = |version: u8, cursor: &str| json!({"version": version, "state_type": "cursor_based", "cursor": cursor});
    side_by_side([
        (
            "the one position may start every partition",
            day(),
            boards(),
            Resumes,
            &["review state-partitioned"],
        ),
        (
            "a cursor without partitions does not look into them",
            boards(),
            day(),
            ReadsAgain,
            &["breaking state-departitioned"],
        ),
        (
            "the saved state itself says which position counts",
            boards(),
            json!({"use_global_cursor": true, "state": day()}),
            Resumes,
            &["safe state-global-cursor-toggled"],
        ),
        (
            "a map by id is not looked at by what looks for partitions",
            by_id(),
            boards(),
            ReadsAgain,
            &["breaking state-legacy-map-replaced"],
        ),
        (
            "what code makes of partitions where it saves a map is not known",
            boards(),
            by_id(),
            Unknown,
            &["breaking state-class-changed"],
        ),
        (
            "the single position becomes a date range",
            day(),
            range(),
            Resumes,
            &["review state-sequential-to-slices"],
        ),
        (
            "the end of the date ranges is the position",
            range(),
            day(),
            Resumes,
            &["cosmetic state-slices-to-sequential"],
        ),
        (
            "a full refresh saved no position that could be lost",
            json!({"__ab_full_refresh_sync_complete": true}),
            day(),
            NothingSaved,
            &["safe state-full-refresh-to-incremental"],
        ),
        (
            "a full refresh looks at no position",
            day(),
            json!({"__ab_no_cursor_state_message": true}),
            ReadsAgain,
            &["breaking state-incremental-to-full-refresh"],
        ),
        (
            "the times in the history have another form, and every file counts as new",
            json!({"history": {"a.csv": "2024-05-01"}}),
            json!({"history": {"a.csv": "2024-05-01T00:00:00.000000Z"}}),
            ReadsAgain,
            &["breaking state-file-history-changed"],
        ),
        (
            "a database source decides by the version what it reads",
            of_database(2, "7"),
            of_database(3, "7"),
            Unknown,
            &["review state-version-marker-changed"],
        ),
        (
            "nobody knows in which forms a database source reads its cursor",
            of_database(2, "7"),
            of_database(2, "2024-05-01"),
            Unknown,
            &["review state-cursor-format-changed"],
        ),
    ]);
}

/// Of several keys that differ in the same way each is named.
#[test]
fn each_key_is_named() {
    let keys = |value: &str| saved(json!({"created": value, "id": 7, "updated": value}));
    let why = ways(&check(keys("2024-05-01"), keys("2024-05-01T00:00:00Z"))).0.why;
    assert_eq!(
        why,
        "saved as created: a text like 0-0-0; updated: a text like 0-0-0, \
         later as created: a text like 0-0-0T0:0:0Z; updated: a text like 0-0-0T0:0:0Z"
    );
}

#[test]
fn what_lies_inside_a_value_is_compared_by_its_path() {
    const OWN_FORM: &[&str] = &["review state-cursor-format-changed"];
    let board = |value: Value| json!({"north": {"board": value}});
    let seen = |day: Value, page: Value| board(json!({"day": day, "at": {"page": page}}));
    let listed = |values: Value| json!({"ids": values, "kept": 7});
    let in_cursor =
        |value: Value| in_partitions([at(json!({"board": "a"}), updated(json!({"day": {"is": value}})))]);
    let day = || json!("2024-05-01");
    side_by_side([
        ("another day and page", seen(day(), json!(1)), seen(json!("2025-06-02"), json!(9)), Resumes, &[]),
        ("a number two levels down", seen(day(), json!(1)), seen(day(), json!("x")), Fails, OTHER_TYPE),
        (
            "a day in another form",
            seen(day(), json!(1)),
            seen(json!("2024-05-01T00:00:00Z"), json!(1)),
            Fails,
            OTHER_FORM,
        ),
        ("an object becomes a text", board(json!({"day": 1})), board(json!("x")), Fails, OTHER_TYPE),
        ("a key goes", seen(day(), json!(1)), board(json!({"day": "2024-05-01"})), Unknown, KEY_REMOVED),
        (
            "another name",
            board(json!({"day": 1})),
            json!({"north": {"board": {"hour": 1}}}),
            Unknown,
            KEY_REMOVED,
        ),
        ("other values in a list", listed(json!([1, 2])), listed(json!([3])), Resumes, &[]),
        (
            "forms change places",
            board(json!({"orders": {"at": day()}, "items": {"at": 5}})),
            board(json!({"orders": {"at": 5}, "items": {"at": day()}})),
            Fails,
            OTHER_TYPE,
        ),
        (
            "a key of an element goes",
            listed(json!([{"id": 1, "at": day()}])),
            listed(json!([{"id": 1}])),
            Unknown,
            KEY_REMOVED,
        ),
        ("a list of another type", listed(json!([1, 2])), listed(json!(["x"])), Unknown, OWN_FORM),
        ("an object becomes a list", listed(json!({"a": 1})), listed(json!([1])), Unknown, OWN_FORM),
        ("a list as the whole state", json!([{"day": 1}]), json!([{"day": "x"}]), Unknown, OWN_FORM),
        ("inside the cursor of a partition", in_cursor(json!(1)), in_cursor(json!("x")), Fails, OTHER_TYPE),
        (
            "a plain cursor becomes an object",
            json!({"north": {"lamp": 5}}),
            json!({"north": {"day": {"is": 1}}}),
            Unknown,
            KEY_REMOVED,
        ),
        (
            "beside partitions",
            with(boards(), "known", json!({"boards": {"page": 1}})),
            with(boards(), "known", json!({"boards": {"page": "x"}})),
            Fails,
            OTHER_TYPE,
        ),
    ]);
}

#[test]
fn ids_and_what_is_empty_inside_a_value_are_no_news() {
    let board = |value: Value| json!({"north": {"board": value}});
    let accounts = |names: &[&str]| {
        let entries = names.iter().map(|name| ((*name).to_owned(), json!({"day": 1})));
        json!({"kept": 1, "accounts": {"all": entries.collect::<serde_json::Map<_, _>>()}})
    };
    let updated = |value: Value| in_partitions([at(json!({"board": "a"}), json!({"updated": value}))]);
    side_by_side([
        ("another id", board(json!({"day": 1})), json!({"south": {"shed": {"day": 2}}}), Resumes, &[]),
        (
            "another id, and another type",
            board(json!({"day": 1})),
            json!({"south": {"shed": {"day": "x"}}}),
            Fails,
            OTHER_TYPE,
        ),
        ("other accounts", accounts(&["acme"]), accounts(&["globex"]), Resumes, &[]),
        ("one account less", accounts(&["acme", "globex"]), accounts(&["acme"]), Resumes, &[]),
        ("numbers as ids", updated(json!({"1001": 5})), updated(json!({"2002": 7})), Resumes, &[]),
        ("an empty object", board(json!({"at": {"page": 1}})), board(json!({"at": {}})), Resumes, &[]),
        ("an empty list", json!({"ids": [1], "kept": 7}), json!({"ids": [], "kept": 7}), Resumes, &[]),
        ("null", board(json!({"page": null, "day": 1})), board(json!({"day": 1})), Resumes, &[]),
        (
            "null here, a number there",
            board(json!({"page": null, "day": 1})),
            board(json!({"page": 2, "day": 1})),
            Resumes,
            &[],
        ),
        (
            "what not every element has",
            json!({"kept": 1, "list": [{"a": 1, "b": 2}, {"a": 1}]}),
            json!({"kept": 1, "list": [{"a": 1}]}),
            Resumes,
            &[],
        ),
    ]);
}
