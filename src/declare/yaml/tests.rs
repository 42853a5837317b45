//! Edits of metadata as people write it, byte for byte.

use super::*;

fn path(text: &str) -> Vec<String> {
    text.split('/').map(str::to_owned).collect()
}

fn entry() -> Yaml {
    Yaml::Map(vec![
        ("message".to_owned(), Yaml::Quoted("x: \"y\"".to_owned())),
        (
            "scopedImpact".to_owned(),
            Yaml::List(vec![Yaml::Map(vec![
                ("scopeType".to_owned(), Yaml::Text("stream".to_owned())),
                ("impactedScopes".to_owned(), Yaml::texts(["a", "no"])),
            ])]),
        ),
    ])
}

fn set(text: &str, version: &str) -> Result<String, YamlEditError> {
    edited(text, &Edit::Set(path(&format!("data/releases/breakingChanges/{version}")), entry()))
}

/// The lines that an edit adds and takes away.
fn changed(old: &str, new: &str) -> String {
    crate::declare::diff::unified("x", Some(old), new)
        .lines()
        .filter(|line| !line.starts_with("---") && !line.starts_with("+++") && line.starts_with(['+', '-']))
        .map(|line| format!("{line}\n"))
        .collect()
}

const ENTRY: &str = "+      2.0.0:\n+        message: \"x: \\\"y\\\"\"\n+        scopedImpact:\n+          - scopeType: stream\n+            impactedScopes:\n+              - a\n+              - \"no\"\n";

#[test]
fn an_entry_is_added_where_its_neighbours_are() {
    let head = "data:\n  dockerImageTag: 1.2.3 # the version\n  name: X\n";
    let new = set(head, "2.0.0").expect("an edit");
    assert_eq!(changed(head, &new), format!("+  releases:\n+    breakingChanges:\n{ENTRY}"));
    let text = format!(
        "{head}  releases:\n    # all of them\n    breakingChanges:\n      1.0.0:\n        message: |\n          a\n\n          b\n        # of 1.0.0\n\n    rolloutConfiguration:\n      enableProgressiveRollout: false\n  tags: []\n"
    );
    let new = set(&text, "2.0.0").expect("an edit");
    assert_eq!(changed(&text, &new), ENTRY);
    assert!(new.contains("        # of 1.0.0\n      2.0.0:\n"), "{new}");
    let text = format!(
        "{head}  releases:\n    breakingChanges:\n      # newest\n      3.0.0: {{message: c}}\n      1.0.0: {{message: a}}\n"
    );
    let new = set(&text, "2.0.0").expect("an edit");
    assert!(new.contains("c}\n      2.0.0:\n") && changed(&text, &new) == ENTRY, "{new}");
    let new = set(&text, "4.0.0").expect("an edit");
    assert!(
        new.contains("breakingChanges:\n      4.0.0:\n") && new.contains("      # newest\n      3.0.0"),
        "{new}"
    );
}

#[test]
fn what_says_nothing_is_filled() {
    for empty in [
        "releases:",
        "releases: {}",
        "releases: ~",
        "releases:\n    breakingChanges: []",
        "releases:\n    breakingChanges:",
    ] {
        let text = format!("data:\n  name: X\n  {empty} # here\n  tags: []\n");
        let new = set(&text, "2.0.0").unwrap_or_else(|error| panic!("{text}: {error}"));
        assert!(new.contains(" # here\n") && new.contains("      2.0.0:\n        message"), "{new}");
        assert!(new.ends_with("  tags: []\n"), "{new}");
    }
}

#[test]
fn flow_style_stays_flow_style() {
    let text = "{data: {dockerImageTag: '1.2.3', releases: {breakingChanges: {1.0.0: {message: a}}}}}";
    let new = set(text, "2.0.0").expect("an edit");
    let expected = text.replace(
        "a}}",
        "a}, 2.0.0: {message: \"x: \\\"y\\\"\", scopedImpact: [{scopeType: stream, impactedScopes: [a, \"no\"]}]}}",
    );
    assert_eq!(new, expected);
    let tag = edited(text, &Edit::Set(path("data/dockerImageTag"), Yaml::Text("2.0.0".to_owned())));
    assert_eq!(tag.expect("an edit"), text.replace("'1.2.3'", "'2.0.0'"));
    let json = "{\n  \"data\": {\n    \"releases\": {\n      \"breakingChanges\": {\n        \"1.0.0\": {\"message\": \"a\"}\n      }\n    }\n  }\n}\n";
    let new = set(json, "2.0.0").expect("an edit");
    assert!(new.contains("\"a\"},\n        \"2.0.0\": {\"message\": \"x: \\\"y\\\"\", \"scopedImpact\": [{\"scopeType\": \"stream\""), "{new}");
    assert!(set("data: {releases: }", "2.0.0").is_ok());
}

#[test]
fn what_stands_behind_a_key_without_a_value_is_behind_its_colon() {
    for (text, expected) in [
        (
            "data: {releases: {breakingChanges: {1.0.0: {upgradeDeadline: a, message: }}}}",
            "data: {releases: {breakingChanges: {1.0.0: {upgradeDeadline: a, message: }, 2.0.0: ",
        ),
        (
            "data: {releases: {breakingChanges: {1.0.0: }}}",
            "data: {releases: {breakingChanges: {1.0.0:, 2.0.0: ",
        ),
        (
            "data:\n  releases:\n    breakingChanges:\n      1.0.0:\n        message:",
            "data:\n  releases:\n    breakingChanges:\n      1.0.0:\n        message:\n      2.0.0:\n        message: ",
        ),
    ] {
        let new = set(text, "2.0.0").expect("an edit");
        assert!(new.starts_with(expected), "{new}");
    }
    let more = |text: &str| {
        edited(
            text,
            &Edit::Set(
                path("data/releases/breakingChanges/2.0.0/deadlineAction"),
                Yaml::Text("disable".to_owned()),
            ),
        )
    };
    let flow = "data: {releases: {breakingChanges: {2.0.0: {upgradeDeadline: a, message: }}}}";
    let new = more(flow).expect("an edit");
    assert_eq!(new, flow.replace("message: ", "message:, deadlineAction: disable "));
}

#[test]
fn lines_end_as_they_did() {
    let text = "data:\r\n  tags:\r\n  - \"a\"\r\n  releases:\r\n    breakingChanges:\r\n      \"1.0.0\":\r\n        message: a";
    let new = set(text, "2.0.0").expect("an edit");
    assert_eq!(
        new,
        format!(
            "{text}\r\n      \"2.0.0\":\r\n        message: \"x: \\\"y\\\"\"\r\n        scopedImpact:\r\n        - scopeType: stream\r\n          impactedScopes:\r\n          - a\r\n          - \"no\""
        )
    );
}

#[test]
fn streams_are_added_to_the_list_that_is_there() {
    let block = "data:\n  scopes:\n  - names:\n    - \"a\" # one\n    # two\n    -   b\n    # end\n  x: 1\n";
    let append = |text: &str, names: &[&str]| {
        let names = names.iter().map(|name| Yaml::Text((*name).to_owned())).collect();
        edited(text, &Edit::Append(path("data/scopes/0/names"), names))
    };
    let new = append(block, &["c", "- d"]).expect("an edit");
    assert_eq!(new, block.replace("b\n", "b\n    - c\n    - \"- d\"\n"));
    let flow = "data: {scopes: [{names: [\"a\",\n   b]}]}";
    assert_eq!(append(flow, &["c"]).expect("an edit"), flow.replace("b]", "b,\n   c]"));
    let empty = "data:\n  scopes:\n  - names: []\n";
    assert_eq!(append(empty, &["c"]).expect("an edit"), "data:\n  scopes:\n  - names:\n    - c\n");
}

#[test]
fn a_key_is_taken_away_with_what_belongs_to_it() {
    let text = "data:\n  a:\n    m: 1\n    s:\n      - x\n      # of x\n    # of z\n    z: 2\n";
    let new = edited(text, &Edit::Remove(path("data/a/s"))).expect("an edit");
    assert_eq!(new, "data:\n  a:\n    m: 1\n    # of z\n    z: 2\n");
    for (flow, expected) in [
        ("{a: {m: 1, s: [x], z: 2}}", "{a: {m: 1, z: 2}}"),
        ("{a: {s: [x], z: 2}}", "{a: {z: 2}}"),
        ("{a: {s: [x]}}", "{a: {}}"),
    ] {
        assert_eq!(edited(flow, &Edit::Remove(path("a/s"))).expect("an edit"), expected);
    }
}

#[test]
fn what_others_share_is_refused() {
    let refused = |text: &str| set(text, "2.0.0").expect_err(text).message;
    let alias = "x: &r {breakingChanges: {}}\ndata:\n  releases: *r\n";
    assert!(refused(alias).contains("found the alias *r"), "{}", refused(alias));
    let anchor = "data:\n  releases: &r\n    breakingChanges:\n      1.0.0: {message: a}\nx: *r\n";
    assert!(refused(anchor).contains("is used again by an alias at line 5"), "{}", refused(anchor));
    let merged = "x: &r {releases: {breakingChanges: {1.0.0: {message: a}}}}\ndata:\n  <<: *r\n  name: X\n";
    assert!(refused(merged).contains("comes through a merge key"), "{}", refused(merged));
    assert!(set("data:\n  releases: text\n", "2.0.0").is_err());
    assert!(refused("data:\n  a: 1\u{85}  b: 2\n").contains("U+0085"));
    assert!(set("data: [", "2.0.0").is_err());
    assert!(set("", "2.0.0").is_err());
}

#[test]
fn of_equal_keys_the_last_counts() {
    let text = "data:\n  dockerImageTag: 1.0.0\n  dockerImageTag: 1.1.0\n";
    let new = edited(text, &Edit::Set(path("data/dockerImageTag"), Yaml::Text("2.0.0".to_owned())));
    assert_eq!(new.expect("an edit"), text.replace("1.1.0", "2.0.0"));
}

mod random {
    //! Layouts of metadata that nobody thought of: what is edited changes as it was meant, or the edit is refused.

    use proptest::prelude::*;

    use super::*;

    /// A text for a name: words, what YAML takes for something else, and anything.
    fn name() -> impl Strategy<Value = String> {
        prop_oneof![
            "[a-z_]{1,8}",
            prop::sample::select(vec![
                "no",
                "1e3",
                "~",
                "a: b",
                "- x",
                "# c",
                "'",
                "\"",
                "\\",
                "*a",
                "<<",
                "é\u{301}",
                "a\nb"
            ])
            .prop_map(str::to_owned),
            any::<String>().prop_filter("PyYAML refuses such characters", |text| !text
                .contains(['\u{fffe}', '\u{ffff}'])),
        ]
    }

    fn layout() -> impl Strategy<Value = String> {
        let newline = prop::sample::select(vec!["\n", "\r\n"]);
        let step = 1..5_usize;
        let versions =
            prop::sample::subsequence(vec!["1.0.0", "0.2.0", "3.0.0", "10.0.0"], 0..4).prop_shuffle();
        let comment = prop::sample::select(vec!["", " # c"]);
        let flow = any::<bool>();
        let dash = any::<bool>();
        let last = any::<bool>();
        (newline, step, versions, comment, flow, dash, last).prop_map(
            |(newline, step, versions, comment, flow, dash, last)| {
                let margin = |level: usize| " ".repeat(step * level);
                let mut lines =
                    vec![format!("data:{comment}"), format!("{}dockerImageTag: 1.2.3{comment}", margin(1))];
                let dashes = if dash { margin(1) } else { margin(2) };
                lines.push(format!("{}tags:{comment}", margin(1)));
                lines.push(format!("{dashes}- a"));
                lines.push(format!("{}releases:{comment}", margin(1)));
                match (flow, versions.is_empty()) {
                    (true, _) => {
                        let all: Vec<String> =
                            versions.iter().map(|one| format!("'{one}': {{message: m}}")).collect();
                        lines.push(format!("{}breakingChanges: {{{}}}{comment}", margin(2), all.join(" , ")));
                    }
                    (false, true) => lines.push(format!("{}breakingChanges:", margin(2))),
                    (false, false) => {
                        lines.push(format!("{}breakingChanges:", margin(2)));
                        for one in &versions {
                            lines.push(format!("{}{one}:{comment}", margin(3)));
                            lines.push(format!("{}message: >-", margin(4)));
                            lines.push(format!("{}folded", margin(5)));
                            lines.push(String::new());
                        }
                    }
                }
                if !last {
                    lines.push(format!("{}zeta: 1", margin(1)));
                }
                lines.join(newline)
            },
        )
    }

    proptest! {
        #![proptest_config(ProptestConfig { rng_seed: proptest::test_runner::RngSeed::Fixed(7), ..ProptestConfig::default() })]
        #[test]
        fn an_edit_changes_what_is_meant_and_nothing_else(text in layout(), names in prop::collection::vec(name(), 1..4)) {
            let before = load::parse_yaml(&text).expect("YAML");
            let entry = Yaml::Map(vec![("scopes".to_owned(), Yaml::texts(names.iter().map(String::as_str)))]);
            let at = path("data/releases/breakingChanges/2.0.0");
            let new = edited(&text, &Edit::Set(at.clone(), entry)).expect("an edit");
            let mut value = load::parse_yaml(&new).expect("YAML");
            let scopes = &value["data"]["releases"]["breakingChanges"]["2.0.0"]["scopes"];
            prop_assert_eq!(scopes, &Value::from(names.clone()));
            // Every line that was there is still there, in its order.
            let mut lines = new.lines();
            for line in text.lines().filter(|line| !line.contains("breakingChanges")) {
                prop_assert!(lines.any(|other| other == line), "{:?} in {}", line, new);
            }
            let more = edited(&new, &Edit::Append([at.clone(), vec!["scopes".to_owned()]].concat(), vec![Yaml::Text("more".to_owned())]));
            prop_assert!(more.is_ok(), "{:?}: {}", more, new);
            let gone = edited(&new, &Edit::Remove([at, vec!["scopes".to_owned()]].concat()));
            if let Ok(gone) = gone {
                value = load::parse_yaml(&gone).expect("YAML");
            }
            if let Some(changes) = value["data"]["releases"]["breakingChanges"].as_object_mut() {
                changes.remove("2.0.0");
            }
            let mut before = before;
            let changes = &mut before["data"]["releases"]["breakingChanges"];
            if !changes.is_object() {
                *changes = serde_json::json!({});
            }
            prop_assert_eq!(value, before);
        }
    }
}

#[test]
fn a_block_without_an_end_of_line_keeps_its_value() {
    let open = "data:\n  name: X\n  note: |\n    x";
    let refused = set(open, "2.0.0").expect_err("the block would end with another line break");
    assert_eq!(refused.line, 4);
    assert!(refused.message.contains("end that line first"), "{}", refused.message);
    assert!(set(&format!("{open}\n"), "2.0.0").is_ok());
    assert!(set("data:\n  name: X\n  note: x", "2.0.0").is_ok(), "what is no block ends by itself");
}
