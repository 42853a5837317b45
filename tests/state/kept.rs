//! What is kept of very large states, and of several samples.

use std::fs;

use connector_diff::load::{Side, connector};
use connector_diff::model::{Level, StateOutcome as O};
use connector_diff::{Options, compare};
use serde_json::{Value, json};

use crate::given::*;

/// Ids in the place of field names, and tokens: what is kept of a state is bounded, and what is not looked at is said.
#[test]
fn states_of_thousands_of_keys() {
    let plain = of(&stream("", CURSOR, ""));
    let many = |more: &[(&str, &str)]| {
        let ids = (0..3_000).map(|id| (format!("id-{id}"), json!("2024-05-01")));
        let more = more.iter().map(|(key, value)| ((*key).to_owned(), json!(value)));
        saved(Value::Object(ids.chain(more).collect()))
    };
    let met = |old: &Given| forward(old, &plain);
    assert_eq!(met(&many(&[])), (O::ReadsAgain, vec!["breaking state-class-changed".to_owned()]));
    // The cursor's field is there, and its value was not kept.
    assert_eq!(met(&many(&[("updated", "x")])), (O::Unknown, vec!["review state-keys-not-read".to_owned()]));
    let report = check(&many(&[]), &plain);
    let printed = connector_diff::report::json(&connector_diff::report(vec![report]));
    assert!(printed.len() < 8_000, "{} bytes", printed.len());
    // Two samples side by side: what is not kept may differ, and where it does not, nothing does.
    let not_read = || (O::Unknown, vec!["review state-keys-not-read".to_owned()]);
    assert_eq!(forward(&many(&[]), &many(&[("locale", "2024-05-01")])), not_read());
    // Another id is none: ids look alike.
    assert_eq!(forward(&many(&[]), &many(&[("id-77777", "2024-05-01")])), (O::Resumes, Vec::new()));
    assert_eq!(forward(&many(&[]), &many(&[("id-2999", "7")])), not_read());
    assert_eq!(forward(&many(&[]), &many(&[])), (O::Resumes, Vec::new()));
    let without_first = |mut given: Given| {
        let state = given.state.as_mut().and_then(|state| state.pointer_mut("/0/stream/stream_state"));
        state.and_then(Value::as_object_mut).expect("a state").remove("id-0");
        given
    };
    assert_eq!(forward(&many(&[]), &without_first(many(&[]))), not_read());
    let inside = |value: Value| {
        let ids = (0..300).map(|id| (format!("k{id}"), json!("2024-05-01")));
        let cursor: Value = Value::Object(ids.chain([("updated".to_owned(), value)]).collect());
        saved(json!({"states": [{"partition": {"board": "a"}, "cursor": cursor}]}))
    };
    assert_eq!(forward(&inside(json!("2024-05-01")), &inside(json!(1_714_521_600))), not_read());
    // An object or a list under the field is left out as well.
    for (key, value) in [("updated", json!({"a": "x"})), ("updated", json!(["a"]))] {
        let mut given = many(&[]);
        let state = given.state.as_mut().and_then(|state| state.pointer_mut("/0/stream/stream_state"));
        state.expect("a state")[key] = value;
        assert_eq!(met(&given), not_read());
    }
    // Of two samples one shows the position, and the other may hide another.
    let joined = |ids: usize, value: &str| {
        let ids = (0..ids).map(|id| (format!("id-{id}"), json!("2024-05-01")));
        let state: Value = Value::Object(ids.chain([("updated".to_owned(), json!(value))]).collect());
        json!([{"type": "STREAM", "stream": {"stream_descriptor": {"name": "orders"}, "stream_state": state}}])
    };
    let folder = tempfile::tempdir().expect("a temporary folder");
    for (name, state) in [("a_state.json", joined(10, "2024-05-01")), ("b_state.json", joined(300, "bad"))] {
        fs::write(folder.path().join(name), state.to_string()).expect("a temporary file");
    }
    fs::create_dir(folder.path().join("new")).expect("a temporary folder");
    fs::write(folder.path().join("new/manifest.yaml"), manifest(&stream("", CURSOR, ""))).expect("a file");
    let load = |path: std::path::PathBuf| connector(&Side { path, ..Side::default() });
    let report =
        compare(&load(folder.path().to_owned()), &load(folder.path().join("new")), &Options::default());
    assert_eq!(ways(&report).0.outcome, O::Unknown, "{:?}", report.findings);

    let partitioned = of(&stream(LIST, CURSOR, ""));
    let kinds: Vec<Value> = (0..3_000)
        .map(|id| json!({"partition": {format!("k{id}"): "a"}, "cursor": {"updated": "2024-05-01"}}))
        .collect();
    let kinds = saved(json!({"states": kinds}));
    assert_eq!(forward(&kinds, &partitioned), not_read());
    assert_eq!(forward(&kinds, &kinds), (O::Resumes, Vec::new()));
    // A position that fails does so however many kinds there are.
    let failing: Vec<Value> = (0..600)
        .map(|id| json!({"partition": {format!("k{id}"): 1}, "cursor": {"updated": "bad"}}))
        .collect();
    let found = forward(&saved(json!({"states": failing})), &partitioned);
    assert_eq!(found.0, O::Fails, "{:?}", found.1);
    // Another order of keys, and the other boolean, make no other kind.
    let one_kind: Vec<String> = (0..600_usize)
        .map(|id| {
            let flags: Vec<String> =
                (0..9).map(|bit| format!("\"k{}\": {}", (bit + id) % 9, id >> bit & 1 == 1)).collect();
            format!("{{\"partition\": {{{}}}, \"cursor\": {{\"updated\": \"x\"}}}}", flags.join(", "))
        })
        .collect();
    let one_kind = shapes(&format!("{{\"orders\": {{\"states\": [{}]}}}}", one_kind.join(", ")));
    assert_eq!((one_kind[0].1.partitions.len(), one_kind[0].1.other_partitions.is_empty()), (1, true));
}

/// Positions of very many forms.
#[test]
fn states_of_thousands_of_forms() {
    let partitioned = of(&stream(LIST, CURSOR, ""));
    // One token of each look; what is kept of them does not depend on their order.
    let tokens = |reverse: bool| {
        let letters = |number: u32| (0..12).map(move |at| char::from(b'a' + ((number >> at) & 1) as u8));
        let mut states: Vec<Value> = (0..4_000)
            .map(|number| {
                let token: String = letters(number).collect();
                json!({"partition": {"board": "a"}, "cursor": {"updated": format!("{token}-{}", number % 7)}})
            })
            .collect();
        if reverse {
            states.reverse();
        }
        saved(json!({"states": states}))
    };
    let kept = |given: Given| shapes(&given.state.expect("a state").to_string());
    assert_eq!(kept(tokens(false)), kept(tokens(true)));
    // Texts of ever other signs, and ever other keys.
    let signs = |count: u32, reverse: bool| {
        let text = |number: u32| {
            (0..12).map(|bit| if number >> bit & 1 == 1 { '-' } else { '/' }).collect::<String>()
        };
        let mut states: Vec<Value> = (0..count)
            .map(|number| json!({"partition": {"board": "a"}, "cursor": {"updated": text(number), format!("k{number}"): 1}}))
            .collect();
        if reverse {
            states.reverse();
        }
        saved(json!({"states": states}))
    };
    assert_eq!(kept(signs(4_000, false)), kept(signs(4_000, true)));
    // A null stays one among however many.
    let with_null = |count: usize| {
        let texts = (0..count).map(|number| json!("-/".repeat(number % 97) + &"/".repeat(number / 97)));
        let states: Vec<Value> = texts
            .chain([json!(null)])
            .map(|value| json!({"partition": {"board": "a"}, "cursor": {"updated": value}}))
            .collect();
        forward(&saved(json!({"states": states})), &partitioned)
    };
    let both = ["breaking state-datetime-format-changed", "review state-cursor-null"].map(str::to_owned);
    assert_eq!(with_null(10), (O::Fails, both.to_vec()));
    assert_eq!(with_null(4_000), with_null(10));
    let report = check(&signs(4_000, false), &partitioned);
    let printed = connector_diff::report::json(&connector_diff::report(vec![report]));
    assert!(printed.len() < 8_000, "{} bytes", printed.len());
    // A list that holds something else is none of partitions.
    let odd =
        saved(json!({"states": [{"partition": {"board": "a"}, "cursor": {"updated": "2024-05-01"}}, 7]}));
    assert_eq!(forward(&odd, &partitioned), (O::Fails, vec!["breaking state-class-changed".to_owned()]));
}

/// What is not kept is neither the same nor another by accident, whatever else is known.
#[test]
fn what_is_left_out_is_said() {
    let not_read = || (O::Unknown, vec!["review state-keys-not-read".to_owned()]);
    let silent = || (O::Resumes, Vec::new());
    let ids = |count: usize, value: Value| -> Value {
        Value::Object((0..count).map(|id| (format!("k{id:03}"), value.clone())).collect())
    };
    let with = |mut state: Value, key: &str, value: Value| {
        state[key] = value;
        state
    };
    let day = || json!("2024-05-01");
    // Between two manifests that do not start at the same time.
    let starts = |start: &str| stream("", &CURSOR.replace("2020-01-01", start), "");
    let sample = |count| saved(with(ids(count, day()), "updated", day()));
    let beside = |count, start: &str| Given { state: sample(count).state, ..of(&starts(start)) };
    let later = of(&starts("2024-06-01"));
    assert_eq!(forward(&beside(200, "2020-01-01"), &later).0, O::LosesData);
    assert_eq!(forward(&beside(300, "2020-01-01"), &later), not_read());
    let (outcome, findings) = forward(&beside(300, "2020-01-01"), &of(&starts("2020-01-01")));
    assert_eq!((outcome, findings.len()), (O::Unknown, 0));
    // One position, later one per partition.
    let plain = |state: Value| saved(state);
    let in_partition =
        |cursor: Value| saved(json!({"states": [{"partition": {"board": "a"}, "cursor": cursor}]}));
    let one = || plain(json!({"updated": "2024-05-01"}));
    let retyped = |count| forward(&one(), &in_partition(with(ids(count, day()), "updated", json!(5)))).0;
    assert_eq!((retyped(10), retyped(300)), (O::Fails, O::Unknown));
    assert_eq!(forward(&one(), &in_partition(ids(300, day()))).0, O::ReadsAgain);
    assert_eq!(forward(&one(), &in_partition(json!({"updated": "2024-06-01", "x": 1}))).0, O::Resumes);
    // What differs only in values does not differ, whether it is kept or not.
    for (was, is) in [
        (json!("abc"), json!("xyz")),
        (json!(99), json!(100)),
        (json!(true), json!(false)),
        (json!("2024-05-01T00:00:00+00:00"), json!("2024-05-01T00:00:00-05:00")),
    ] {
        for count in [250, 300] {
            let found =
                forward(&in_partition(ids(count, was.clone())), &in_partition(ids(count, is.clone())));
            assert_eq!(found, silent(), "{count} of {was} and {is}");
        }
    }
    // However much is left out, something else is something else.
    let kinds = |names: &[&str]| {
        let states: Vec<Value> = (0..256)
            .map(|id| format!("k{id:03}"))
            .chain(names.iter().flat_map(|name| (0..60).map(move |id| format!("{name}{id}"))))
            .map(|key| json!({"partition": {key: "a"}, "cursor": {"updated": "2024-05-01"}}))
            .collect();
        saved(json!({"states": states}))
    };
    assert_eq!(forward(&kinds(&["x"]), &kinds(&["z"])), not_read());
    assert_eq!(forward(&kinds(&["x"]), &kinds(&["x"])), silent());
    let tokens = |value: &dyn Fn(usize) -> Value| {
        let states: Vec<Value> = (0..30)
            .map(|id| json!({"partition": {"board": "a"}, "cursor": with(ids(300, day()), "z", value(id))}))
            .collect();
        saved(json!({"states": states}))
    };
    let texts = tokens(&|id| json!("-/".repeat(id) + "-"));
    assert_eq!(forward(&texts, &tokens(&|id| json!([id]))), not_read());
    assert_eq!(forward(&texts, &texts), silent());
    // One level down in a form of its own.
    let inner = |more: Value| saved(json!({"7": with(ids(300, day()), "z", more), "8": ids(2, day())}));
    assert_eq!(forward(&inner(day()), &inner(json!(5))), not_read());
    assert_eq!(forward(&inner(day()), &inner(json!("2024-06-01"))), silent());
    // A list of partitions that is none fails before anything is looked for.
    let broken = json!({"states": 7, "state": with(ids(300, day()), "updated", day())});
    assert_eq!(forward(&saved(broken), &of(&stream(LIST, CURSOR, ""))).0, O::Fails);
    // Under another name all is read from the start on, which may be later than a position that is left out.
    let renamed = |count: usize| {
        let cursor = with(ids(count, day()), "k998", json!("2019-05-01"));
        saved(json!({"states": [{"partition": {"board": "a"}, "cursor": cursor}]}))
    };
    let met = |count| forward(&renamed(count), &of(&stream(LIST, CURSOR, "")));
    assert_eq!(met(10).0, O::LosesData);
    assert_eq!(met(300).1, ["breaking state-cursor-key-renamed", "review state-keys-not-read"]);
    // Flat keys are compared one by one, however many there are.
    let flat = |count| plain(with(ids(count, json!(1)), "updated", day()));
    for count in 1..6 {
        assert_eq!(
            forward(&flat(count), &flat(count + 1)),
            (O::Resumes, vec!["cosmetic state-key-added".to_owned()])
        );
    }
    assert_eq!(forward(&flat(5), &flat(2)), (O::Unknown, vec!["review state-key-removed".to_owned()]));
    assert_eq!(
        forward(&flat(3), &plain(with(ids(4, json!(1)), "updated", json!("2024-05-01T00:00:00Z")))),
        (
            O::Unknown,
            vec!["review state-cursor-format-changed".to_owned(), "cosmetic state-key-added".to_owned()]
        )
    );
}

/// Several samples on a side: whatever their order, and what one leaves out another may show.
#[test]
fn several_samples_of_a_side() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    fs::write(
        folder.path().join("manifest.yaml"),
        manifest(&stream(
            &substream("id", "board", &parent("par", "", CURSOR), ", incremental_dependency: true"),
            CURSOR,
            "",
        )),
    )
    .expect("a temporary file");
    let file = |name: &str, given: Given| {
        let path = folder.path().join(name);
        fs::write(&path, given.state.expect("a state").to_string()).expect("a temporary file");
        path
    };
    let told = |old: [&std::path::PathBuf; 2], new: Side| {
        let states = old.into_iter().cloned().collect();
        let report = compare(
            &connector(&Side { path: old[1].clone(), states, ..Side::default() }),
            &connector(&new),
            &Options::default(),
        );
        let findings: Vec<String> = report
            .findings
            .iter()
            .map(|finding| format!("{} {}", finding.level.name(), finding.rule))
            .collect();
        (ways(&report).0.outcome, findings)
    };
    let of_manifest = || Side { path: folder.path().join("manifest.yaml"), ..Side::default() };
    // The position of a parent, in one form and in another.
    let with_parent = |state: Value| {
        saved(
            json!({"states": [{"partition": {"board": 1, "parent_slice": {}}, "cursor": {"updated": "2024-05-01"}}], "parent_state": {"par": state}}),
        )
    };
    let good = file("good.json", with_parent(json!({"updated": "2024-05-01"})));
    let bad = file("bad.json", with_parent(json!({"updated": [1], "x": "y"})));
    let found = told([&good, &bad], of_manifest());
    assert_eq!(found, told([&bad, &good], of_manifest()));
    assert_eq!(found.0, O::Fails);
    // What one sample has counts for all.
    let global = file("global.json", saved(partitions("shelf", [json!("a"), json!("b")], "updated", true)));
    let local = file("local.json", saved(partitions("shelf", [json!("a"), json!("b")], "updated", false)));
    let broken = file("broken.json", saved(json!({"states": 7})));
    let listed = || {
        let path = folder.path().join("list");
        fs::create_dir_all(&path).expect("a temporary folder");
        fs::write(path.join("manifest.yaml"), manifest(&stream(LIST, CURSOR, ""))).expect("a temporary file");
        Side { path, ..Side::default() }
    };
    for (samples, outcome) in
        [([&global, &local], O::LosesData), ([&local, &local], O::ReadsAgain), ([&broken, &global], O::Fails)]
    {
        assert_eq!(told(samples, listed()).0, outcome);
        assert_eq!(told([samples[1], samples[0]], listed()).0, outcome);
    }
    // What its own version does not read hides nothing of what it reads.
    let two = stream(
        "",
        r#"{type: DatetimeBasedCursor, cursor_field: updated, datetime_format: "%Y-%m-%d", cursor_datetime_formats: ["%Y-%m-%d", "%s"], start_datetime: "2020-01-01"}"#,
        "",
    );
    for (name, stream) in [("two", two), ("one", stream("", CURSOR, ""))] {
        fs::create_dir(folder.path().join(name)).expect("a temporary folder");
        fs::write(folder.path().join(name).join("manifest.yaml"), manifest(&stream))
            .expect("a temporary file");
    }
    let seconds = file("seconds.json", saved(json!({"updated": "1714521600"})));
    let odd = file("odd.json", saved(json!({"updated": "x-1"})));
    let met = |states: &[&std::path::PathBuf]| {
        let states = states.iter().map(|path| path.to_path_buf()).collect();
        let old = Side { path: folder.path().join("two"), states, ..Side::default() };
        let new = Side { path: folder.path().join("one"), ..Side::default() };
        let report = compare(&connector(&old), &connector(&new), &Options::default());
        (ways(&report).0.outcome, report.findings.iter().filter(|one| one.level == Level::Breaking).count())
    };
    for states in [vec![&seconds], vec![&seconds, &odd], vec![&odd, &seconds]] {
        assert_eq!(met(&states), (O::Fails, 1));
    }
    assert_eq!(met(&[&odd]), (O::Unknown, 0));
    // Side by side with the nearest of the other side, whatever comes first.
    let state = |name: &str, state: Value| file(name, saved(state));
    let map = state("map.json", json!({"7": {"updated": "2024-05-01"}, "8": {"updated": "2024-05-01"}}));
    let (empty, plain) =
        (state("empty.json", json!({})), state("plain.json", json!({"updated": "2024-05-01"})));
    let beside = |old: &std::path::PathBuf, new: [&std::path::PathBuf; 2]| {
        let side = |path: &std::path::PathBuf, states: Vec<std::path::PathBuf>| {
            connector(&Side { path: path.clone(), states, ..Side::default() })
        };
        compare(&side(old, Vec::new()), &side(new[0], vec![new[1].clone()]), &Options::default())
    };
    let outcome = |new: [&std::path::PathBuf; 2]| ways(&beside(&plain, new)).0.outcome;
    assert_eq!((outcome([&map, &empty]), outcome([&empty, &map])), (O::Unknown, O::Unknown));
    let rules: Vec<String> =
        beside(&plain, [&empty, &map]).findings.iter().map(|one| one.rule.to_string()).collect();
    assert_eq!(rules, ["state-class-changed"]);
    assert_eq!((outcome([&map, &plain]), outcome([&plain, &map])), (O::Resumes, O::Resumes));
    // The place is that of the samples that show it.
    let number = state("number.json", json!({"updated": 5}));
    let report = beside(&number, [&empty, &plain]);
    let place = report.findings[0].origin.new.as_ref().map(|origin| origin.file.clone()).expect("a place");
    assert!(place.ends_with("plain.json"), "{place}");
    let versions = |marker: u8| json!({"version": marker, "state_type": "cursor_based", "cursor": "7"});
    let (second, third) = (state("second.json", versions(2)), state("third.json", versions(3)));
    let found = |new| beside(&second, new).findings.len();
    assert_eq!((found([&second, &third]), found([&third, &second]), found([&third, &third])), (0, 0, 1));
    // Of 300 kinds of partition one sample has the last alone.
    let kinds = |ids: std::ops::Range<usize>| {
        let states: Vec<Value> = ids
            .map(|id| json!({"partition": {format!("k{id:03}"): "a"}, "cursor": {"updated": "2024-05-01"}}))
            .collect();
        saved(json!({"states": states}))
    };
    let (last, all) = (file("last.json", kinds(299..300)), file("all.json", kinds(0..300)));
    assert_eq!(told([&last, &all], Side { path: all.clone(), ..Side::default() }), (O::Resumes, Vec::new()));
    // The same of keys at the top.
    let keys = |count: usize| {
        let ids = (0..count).map(|id| (format!("k{id:03}"), json!(1)));
        saved(Value::Object(ids.chain([("updated".to_owned(), json!("2024-05-01"))]).collect()))
    };
    let (few, many) = (file("few.json", keys(10)), file("many.json", keys(300)));
    assert_eq!(told([&few, &many], Side { path: many.clone(), ..Side::default() }), (O::Resumes, Vec::new()));
}
