//! Pairs of specs that were judged wrongly once, in the reader's words for each.

#[path = "support/sides.rs"]
mod sides;

use connector_diff::model::{ConnectorReport, Evidence, Level, Outcome};
use connector_diff::tree::Memory;
use connector_diff::{Options, compare};
use serde_json::{Value, json};

const DRAFT: &str = "http://json-schema.org/draft-07/schema#";

fn check(old: &Value, new: &Value) -> ConnectorReport {
    let of_draft = |config: &Value| {
        let mut config = config.clone();
        if config.get("$schema").is_none() && config.get("no-schema").is_none() {
            config["$schema"] = json!(DRAFT);
        }
        config
    };
    check_as_written(&of_draft(old), &of_draft(new))
}

fn check_as_written(old: &Value, new: &Value) -> ConnectorReport {
    let side = |name: &str, config: &Value| {
        let spec = json!({"connectionSpecification": config}).to_string();
        sides::load(Memory::new(format!("{name}/spec.json")).file("", spec))
    };
    compare(&side("old", old), &side("new", new), &Options::default())
}

fn outcome(old: &Value, new: &Value) -> (Outcome, Vec<String>) {
    outcome_of(&check(old, new))
}

fn outcome_of(report: &ConnectorReport) -> (Outcome, Vec<String>) {
    let findings = report
        .findings
        .iter()
        .filter(|finding| matches!(finding.level, Level::Breaking | Level::Review))
        .map(|finding| format!("{} {}", finding.rule, finding.field.join(".")).trim().to_owned())
        .collect();
    (report.verdict.outcome, findings)
}

fn object(properties: Value) -> Value {
    json!({"type": "object", "properties": properties})
}

fn with(mut schema: Value, keyword: &str, value: Value) -> Value {
    schema[keyword] = value;
    schema
}

/// What limits a spec to saved configs is kept among its definitions, by a name that none of them has.
#[test]
fn a_spec_may_call_its_definitions_as_it_likes() {
    for taken in [&["$saved"][..], &["$saved", "$saved_"]] {
        let definitions: Value =
            taken.iter().map(|name| ((*name).to_owned(), json!({"type": "string"}))).collect();
        let spec = |more: Value| {
            let mut properties =
                json!({"a": {"$ref": "#/definitions/$saved"}, "day": {"type": "string", "format": "date"}});
            properties
                .as_object_mut()
                .expect("an object")
                .extend(more.as_object().expect("an object").clone());
            with(object(properties), "definitions", definitions.clone())
        };
        let (old, added) = (spec(json!({})), spec(json!({"b": {"type": "integer"}})));
        assert_eq!(outcome(&old, &added), (Outcome::Compatible, vec![]), "{taken:?}");
        let narrowed = spec(json!({"a": {"type": "integer"}}));
        assert_eq!(outcome(&old, &narrowed).0, Outcome::Breaking, "{taken:?}");
    }
}

/// Whether an edit alone refuses a config that the whole spec refuses is asked of both in their own drafts.
#[test]
fn a_witness_is_checked_in_the_draft_of_each_spec() {
    let old = json!({"properties": {"p": {"oneOf": [{"type": "object"}]}, "t": {}}});
    let new = json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "properties": {"p": {"oneOf": [{}]}, "t": {"oneOf": [{"properties": {"r": {"pattern": "[[:alpha:]]"}}}]}},
    });
    let report = check_as_written(&old, &new);
    let told: Vec<_> = report.findings.iter().map(|one| (one.rule, one.field.join("."), one.level)).collect();
    assert!(told.contains(&("spec-oneof-branch-ambiguous", "p".to_owned(), Level::Breaking)), "{told:?}");
    assert!(!told.iter().any(|(rule, ..)| *rule == "spec-edits-break-together"), "{told:?}");
}

/// A schema that refers to itself in the two forms that pydantic prints.
#[test]
fn self_references_are_walked_once() {
    for link in [
        json!({"anyOf": [{"$ref": "#/definitions/P"}, {"type": "null"}]}),
        json!({"allOf": [{"$ref": "#/definitions/P"}], "title": "T"}),
    ] {
        let spec = |letters: Value, title: &str| {
            let node = object(json!({"l": link, "r": link, "e": {"type": "string", "enum": letters}}));
            let root =
                object(json!({"x": {"$ref": "#/definitions/P"}, "z": {"type": "string", "title": title}}));
            with(root, "definitions", json!({"P": node}))
        };
        assert_eq!(outcome(&spec(json!(["a"]), "Z"), &spec(json!(["a"]), "Y")).0, Outcome::Compatible);
        assert_eq!(outcome(&spec(json!(["a"]), "Z"), &spec(json!(["a", "b"]), "Z")).0, Outcome::Compatible);
        let (narrowed, findings) = outcome(&spec(json!(["a", "b"]), "Z"), &spec(json!(["a"]), "Z"));
        assert_eq!((narrowed, findings), (Outcome::Breaking, vec!["spec-enum-value-removed x.e".to_owned()]));
    }
}

/// Ids and anchors are places too.
#[test]
fn ids_and_anchors_do_not_hide_a_break() {
    let text = json!({"type": "string"});
    let root =
        with(object(json!({"p": {"$ref": "#/definitions/d"}, "q": text})), "definitions", json!({"d": text}));
    let named = with(root.clone(), "$id", json!("http://connector.test/r"));
    let broken = with(named.clone(), "required", json!(["q"]));
    assert_eq!(
        outcome(&named, &broken),
        (Outcome::Breaking, vec!["spec-property-made-required q".to_owned()])
    );
    let anchored = |required: Value| {
        let spec = object(json!({"p": {"$ref": "#here"}, "q": text}));
        let spec = with(spec, "definitions", json!({"d": {"$id": "#here", "type": "string"}}));
        with(spec, "required", required)
    };
    assert_eq!(outcome(&anchored(json!([])), &anchored(json!(["q"]))).0, Outcome::Breaking);
    let spaced = |title: &str| {
        let spec =
            object(json!({"p": {"$ref": "#/definitions/My%20Def"}, "q": {"type": "string", "title": title}}));
        with(spec, "definitions", json!({"My Def": text}))
    };
    assert_eq!(outcome(&spaced("Q"), &spaced("R")).0, Outcome::Compatible);
    assert_eq!(outcome(&root, &anchored(json!([]))).0, Outcome::Compatible);
    let data = with(root.clone(), "default", json!({"$ref": "#/nowhere"}));
    assert_eq!(outcome(&root, &data).0, Outcome::Compatible);
}

/// The form shows what the old spec declares; it wrote nothing else.
#[test]
fn a_new_optional_property_breaks_nobody() {
    let number = json!({"type": "integer"});
    let added = object(json!({"a": number}));
    assert_eq!(outcome(&object(json!({})), &added).0, Outcome::Compatible);
    assert_eq!(outcome(&json!({"type": "object"}), &added).0, Outcome::Compatible);
    let options = |last: Value| {
        let first = object(json!({"kind": {"const": "a"}, "key": {"type": "string"}}));
        object(json!({"auth": {"type": "object", "oneOf": [first, last]}}))
    };
    let none = json!({"title": "none", "type": "object", "not": {"required": ["kind"]}});
    let more = with(none.clone(), "properties", json!({"z": number}));
    assert_eq!(outcome(&options(none), &options(more)).0, Outcome::Compatible);
    let tree = |extra: Value| {
        let mut node = object(
            json!({"v": {"type": "string"}, "kids": {"type": "array", "items": {"$ref": "#/definitions/T"}}}),
        );
        node["required"] = json!(["v"]);
        node["properties"]
            .as_object_mut()
            .expect("properties")
            .extend(extra.as_object().expect("more").clone());
        with(object(json!({"t": {"$ref": "#/definitions/T"}})), "definitions", json!({"T": node}))
    };
    assert_eq!(outcome(&tree(json!({})), &tree(json!({"w": number}))).0, Outcome::Compatible);
    let branch = |then: Value| {
        let spec = object(json!({"a": {"type": "string"}}));
        with(with(spec, "if", json!({"properties": {"a": {"const": "x"}}})), "then", then)
    };
    let before = json!({"required": ["a"]});
    let after = json!({"required": ["a"], "properties": {"nw": number}});
    assert_eq!(outcome(&branch(before), &branch(after)).0, Outcome::Compatible);
    let tuple = |item: Value| object(json!({"list": {"type": "array", "items": [item]}}));
    let (one, two) =
        (object(json!({"a": {"type": "string"}})), object(json!({"a": {"type": "string"}, "b": number})));
    assert_eq!(outcome(&tuple(one), &tuple(two)).0, Outcome::Compatible);
}

/// A property may be declared under a condition, a dependency or a pattern.
#[test]
fn what_the_old_spec_declares_anywhere_may_be_saved() {
    let (text, number) = (json!({"type": "string"}), json!({"type": "integer"}));
    let mode = json!({"enum": ["x", "y"]});
    let condition = json!({"properties": {"m": {"const": "x"}}});
    let old = with(
        with(object(json!({"m": mode})), "if", condition.clone()),
        "then",
        json!({"properties": {"lim": text}}),
    );
    let new = with(with(object(json!({"m": mode, "lim": number})), "if", condition), "then", json!({}));
    assert_eq!(outcome(&old, &new).0, Outcome::Breaking);
    let old = with(object(json!({"a": text})), "dependencies", json!({"a": {"properties": {"b": text}}}));
    assert_eq!(outcome(&old, &object(json!({"a": text, "b": number}))).0, Outcome::Breaking);
    let old = with(object(json!({"a": text})), "patternProperties", json!({"^h_": text}));
    let new = with(object(json!({"a": text, "h_x": number})), "patternProperties", json!({"^h_": text}));
    assert_eq!(outcome(&old, &new).0, Outcome::Breaking);
}

/// What the whole spec proves holds of every edit in it.
#[test]
fn a_proof_of_the_whole_speaks_for_every_edit() {
    let text = json!({"type": "string"});
    let old =
        with(object(json!({"a": text})), "allOf", json!([{"required": ["a"]}, {"properties": {"b": text}}]));
    let new = with(object(json!({"a": text})), "allOf", json!([{"properties": {"b": text}}]));
    let new = with(new, "required", json!(["a"]));
    assert_eq!(outcome(&old, &new), (Outcome::Compatible, vec![]));
    let choice = |kind: Value| {
        let option = |kind: Value| with(object(json!({"kind": kind})), "required", json!(["kind"]));
        let options = json!([option(kind), option(json!({"const": "b"}))]);
        object(json!({"p": {"anyOf": [{"type": "object", "oneOf": options}, {"type": "null"}]}}))
    };
    let (plain, longer) = (choice(json!({"const": "a"})), choice(json!({"const": "a", "minLength": 1})));
    assert_eq!(outcome(&plain, &longer).0, Outcome::Compatible);
}

/// One edit is one finding, whatever it is wrapped in.
#[test]
fn wrapped_edits_are_told_once() {
    let text = json!({"type": "string"});
    let base = |base: Value| {
        let spec = with(object(json!({"a": text})), "allOf", json!([{"$ref": "#/definitions/base"}]));
        with(spec, "definitions", json!({"base": base}))
    };
    let plain = base(object(json!({"b": text})));
    let needed = base(with(object(json!({"b": text})), "required", json!(["b"])));
    assert_eq!(
        outcome(&plain, &needed),
        (Outcome::Breaking, vec!["spec-property-made-required b".to_owned()])
    );
    let gone = base(object(json!({})));
    assert_eq!(outcome(&plain, &gone), (Outcome::Review, vec!["spec-property-removed-open b".to_owned()]));
    let retyped = base(object(json!({"b": {"type": "integer"}})));
    assert_eq!(outcome(&plain, &retyped), (Outcome::Breaking, vec!["spec-type-changed b".to_owned()]));
    let option = |kind: &str| with(object(json!({"kind": {"const": kind}})), "required", json!(["kind"]));
    let wrapped = |options: Value| {
        object(json!({"p": {"anyOf": [{"type": "object", "oneOf": options}, {"type": "null"}]}}))
    };
    let (both, one) = (wrapped(json!([option("a"), option("b")])), wrapped(json!([option("a")])));
    let (result, findings) = outcome(&both, &one);
    assert_eq!((result, findings.len()), (Outcome::Breaking, 1), "{findings:?}");
}

/// The message beside a witness is about the edit, not about another one.
#[test]
fn a_message_is_about_its_own_edit() {
    let spec = |regions: Value, required: Value| {
        let spec = object(json!({"region": {"type": "string", "enum": regions}, "key": {"type": "string"}}));
        with(spec, "required", required)
    };
    let report = check(&spec(json!(["us", "uk"]), json!([])), &spec(json!(["us"]), json!(["key"])));
    let finding = report.findings.iter().find(|finding| finding.rule == "spec-enum-value-removed");
    let Evidence::Witness { message, .. } = &finding.expect("a finding").evidence else {
        panic!("a witness")
    };
    let message = message.to_string();
    assert!(message.contains("us") && !message.contains("required"), "{message}");
}

/// A constant that every option shares tells nothing apart.
#[test]
fn options_are_told_apart_by_what_differs() {
    let option = |kind: &str| object(json!({"api": {"const": "v1"}, "kind": {"const": kind}}));
    let spec = |options: Value| object(json!({"a": {"type": "object", "oneOf": options}}));
    let (one, two) = (spec(json!([option("x")])), spec(json!([option("x"), option("y")])));
    assert_ne!(outcome(&one, &two).0, Outcome::Breaking);
}

/// A spec without `$schema` is read with what stands beside a reference, `allOf` among it.
#[test]
fn siblings_of_a_reference_are_read_where_no_draft_is_named() {
    let spec = |property: Value| {
        let mut spec = with(object(json!({"p": property})), "definitions", json!({"d": {"type": "object"}}));
        spec["no-schema"] = json!(true);
        spec
    };
    let plain = spec(json!({"$ref": "#/definitions/d"}));
    let needs = spec(json!({"$ref": "#/definitions/d", "allOf": [{"required": ["x"]}]}));
    assert_eq!(outcome(&plain, &needs).0, Outcome::Breaking);
    let lost = spec(json!({"$ref": "#/definitions/none", "title": "A"}));
    assert_eq!(outcome(&plain, &lost), (Outcome::Breaking, vec!["spec-no-json-schema".to_owned()]));
}

/// No form writes a line break into a field of one line.
#[test]
fn a_pattern_for_any_line_refuses_no_saved_text() {
    let spec = |schema: Value| object(json!({"a": schema}));
    let plain = json!({"type": "string"});
    let lines = json!({"type": "string", "pattern": "^.*$"});
    assert_eq!(outcome(&spec(plain.clone()), &spec(lines.clone())).0, Outcome::Compatible);
    let multiline = |schema: Value| spec(with(schema, "multiline", json!(true)));
    assert_eq!(outcome(&multiline(plain), &multiline(lines)).0, Outcome::Breaking);
}

/// What the walk does not look into, the whole spec is asked about; where it cannot be asked, that is said.
#[test]
fn edits_below_rarer_keywords_are_never_silent() {
    let spec = |kind: &str, more: Value, definitions: Value| {
        let mut spec = object(json!({"t": {"type": "array", "items": [{"$ref": "#/definitions/P"}]}}));
        spec["properties"]
            .as_object_mut()
            .expect("properties")
            .extend(more.as_object().expect("more").clone());
        spec["definitions"] = definitions;
        spec["definitions"]["P"] = json!({"type": kind});
        spec
    };
    let flagged = json!({"v": {"type": "string", "pattern": "(?i)abc"}});
    let selves =
        json!({"l": {"allOf": [{"$ref": "#/definitions/R"}]}, "r": {"allOf": [{"$ref": "#/definitions/R"}]}});
    let many: serde_json::Map<String, Value> =
        (0..401).map(|index| (format!("n{index}"), json!({"type": "string"}))).collect();
    for (more, definitions, added) in [
        (json!({}), json!({}), json!({})),
        (flagged, json!({}), json!({})),
        (json!({}), json!({"Q": {"$ref": "#/definitions/none"}}), json!({})),
        (
            json!({"x": {"$ref": "#/definitions/R"}}),
            json!({"R": {"type": "object", "properties": selves}}),
            json!({}),
        ),
        (json!({}), json!({}), Value::Object(many)),
    ] {
        let mut after = more.clone();
        after.as_object_mut().expect("more").extend(added.as_object().expect("added").clone());
        let (old, new) = (spec("string", more, definitions.clone()), spec("integer", after, definitions));
        // A pattern that the validator cannot read leaves it open, and that is said.
        let unread = old["properties"].get("v").is_some();
        let expected = if unread { Outcome::Review } else { Outcome::Breaking };
        assert_eq!(outcome(&old, &new).0, expected, "{}", old["properties"]);
    }
}

/// Expressions that hold expressions, in every form a reference takes.
#[test]
fn recursive_expressions_are_limited_once() {
    let operator = |name: &str, inner: Value| {
        let list = json!({"k": {"type": "string", "const": name}, "l": {"type": "array", "items": inner}});
        with(object(list), "required", json!(["k"]))
    };
    let spec = |inner: &Value, more: Value| {
        let options = json!([
            operator("and", inner.clone()),
            operator("or", inner.clone()),
            operator("not", inner.clone()),
            with(object(json!({"k": {"type": "string", "const": "leaf"}})), "required", json!(["k"]))
        ]);
        let mut spec = with(
            object(json!({"f": {"$ref": "#/definitions/E"}})),
            "definitions",
            json!({"E": {"oneOf": options}}),
        );
        spec["properties"]
            .as_object_mut()
            .expect("properties")
            .extend(more.as_object().expect("more").clone());
        spec
    };
    for inner in [
        json!({"$ref": "#/definitions/E"}),
        json!({"allOf": [{"$ref": "#/definitions/E"}], "title": "Inner"}),
        json!({"anyOf": [{"allOf": [{"$ref": "#/definitions/E"}]}, {"type": "null"}]}),
    ] {
        let grown = spec(&inner, json!({"z": {"type": "string"}}));
        assert_eq!(outcome(&spec(&inner, json!({})), &grown).0, Outcome::Compatible, "{inner}");
        let kids = |extra: Value| {
            let mut node = object(json!({"kids": {"type": "array", "items": inner}}));
            node["properties"]
                .as_object_mut()
                .expect("properties")
                .extend(extra.as_object().expect("more").clone());
            with(object(json!({"x": {"$ref": "#/definitions/E"}})), "definitions", json!({"E": node}))
        };
        assert_eq!(
            outcome(&kids(json!({})), &kids(json!({"n": {"type": "integer"}}))).0,
            Outcome::Compatible,
            "{inner}"
        );
    }
}

/// What tells options apart differs among most of them.
#[test]
fn the_constants_that_tell_options_apart() {
    let text = json!({"type": "string"});
    let option = |kind: &str, more: Value, required: Value| {
        let mut option = with(object(json!({"k": {"const": kind}})), "required", required);
        option["properties"]
            .as_object_mut()
            .expect("properties")
            .extend(more.as_object().expect("more").clone());
        option
    };
    let choice = |needs: Option<&str>, region: bool| {
        let with_more = |own: &str| {
            let mut names = vec![own];
            names.extend(needs);
            json!(names)
        };
        let mut first = with_more("u");
        if region {
            first.as_array_mut().expect("names").push("region".into());
        }
        object(json!({"x": {"type": "object", "oneOf": [
            option("a", json!({"u": text, "region": {"enum": ["us"]}}), first),
            option("a", json!({"w": text}), with_more("w")),
            option("c", json!({"c": text}), needs.map_or(json!([]), |name| json!([name])))]}}))
    };
    // Only a config without the constant is refused, and the form saves it.
    assert_eq!(outcome(&choice(None, false), &choice(Some("k"), false)).0, Outcome::Review);
    assert_eq!(outcome(&choice(None, false), &choice(None, true)).0, Outcome::Breaking);
    let nullable = |required: Value| {
        let mode = with(object(json!({"m": {"type": "string", "enum": ["us"]}})), "required", required);
        object(json!({"x": {"anyOf": [mode, {"type": "null"}]}}))
    };
    assert_eq!(outcome(&nullable(json!([])), &nullable(json!(["m"]))).0, Outcome::Breaking);
}

/// A property that leaves an option may make two options match.
#[test]
fn a_property_leaves_an_option_and_another_one_matches_too() {
    let option = |properties: Value, required: Value| with(object(properties), "required", required);
    let spec = |first: Value| {
        let second = option(json!({"k": {"const": "b"}, "y": {"type": "boolean"}}), json!(["k", "y"]));
        object(json!({"x": {"type": "object", "oneOf": [first, second]}}))
    };
    let old = spec(option(json!({"k": {"const": "b"}, "y": {"type": "string"}}), json!(["k"])));
    let new = spec(option(json!({"k": {"const": "b"}}), json!(["k"])));
    assert_eq!(outcome(&old, &new).0, Outcome::Breaking);
}

/// A config is an object, and the form reads properties as those of an object.
#[test]
fn a_type_that_was_meant_breaks_nobody() {
    let text = json!({"type": "string"});
    let untyped = json!({"properties": {"a": text, "x": {"properties": {"b": text}}}});
    let typed = object(json!({"a": text, "x": object(json!({"b": text}))}));
    assert_eq!(outcome(&untyped, &typed).0, Outcome::Compatible);
}

/// The form writes nothing into places it does not show.
#[test]
fn what_no_form_writes_breaks_nobody() {
    let lines = |schema: Value| object(json!({"x": schema}));
    let (text, pattern) = (json!({"type": "string"}), json!({"type": "string", "pattern": "^.*$"}));
    let nullable = |schema: &Value| lines(json!({"anyOf": [schema, {"type": "null"}]}));
    assert_eq!(outcome(&nullable(&text), &nullable(&pattern)).0, Outcome::Compatible);
    let wrapped = |part: Value| lines(json!({"type": "string", "allOf": [part]}));
    assert_eq!(outcome(&wrapped(json!({})), &wrapped(json!({"pattern": "^.*$"}))).0, Outcome::Compatible);
    let rest = |more: Value| {
        let mut item = object(json!({"a": text}));
        item["properties"]
            .as_object_mut()
            .expect("properties")
            .extend(more.as_object().expect("more").clone());
        lines(json!({"type": "array", "items": [text], "additionalItems": item}))
    };
    assert_eq!(outcome(&rest(json!({})), &rest(json!({"b": {"type": "integer"}}))).0, Outcome::Compatible);
    let forbids = with(lines(text.clone()), "not", json!({"required": ["nu"]}));
    assert_eq!(outcome(&lines(text), &forbids).0, Outcome::Compatible);
}

/// Values are data, whatever their keys are called.
#[test]
fn a_reference_in_a_value_is_data() {
    let spec = |values: Value| {
        let mut spec = object(json!({"x": {"enum": values}}));
        spec["no-schema"] = json!(true);
        spec
    };
    let report = check(&spec(json!([{"$ref": "zz", "b": 1}, {"c": 1}])), &spec(json!([{"c": 1}])));
    let Evidence::Witness { value, .. } = &report.findings[0].evidence else { panic!("a witness") };
    assert_eq!(value["x"]["$ref"], "zz");
}

/// A spec that refers to its root is told once.
#[test]
fn a_reference_to_the_root_is_walked_once() {
    let spec = |kind: &str| object(json!({"sub": {"$ref": "#"}, "v": {"type": kind}}));
    let (_, findings) = outcome(&spec("string"), &spec("integer"));
    assert_eq!(findings, ["spec-type-changed v"]);
}

/// Options that nothing tells apart are still the same options.
#[test]
fn equal_options_are_paired_one_by_one() {
    let text = json!({"type": "string", "title": "T"});
    for options in [json!([null, null]), json!([text, text]), json!([text, null, text, {"type": "string"}])] {
        let spec = json!({"oneOf": options, "no-schema": true});
        let report = check(&spec, &spec);
        assert!(report.findings.is_empty(), "{:#?}", report.findings);
    }
}

/// A witness shows only what a person could have saved.
#[test]
fn a_witness_holds_what_a_place_is_for() {
    let spec = |needed: &[&str]| {
        let properties = json!({
            "token": {"type": "string", "airbyte_secret": true},
            "host": {"type": "string"},
            "since": {"type": "string", "title": "Start date", "format": "date"},
            "team": {"type": "string", "title": "Team"},
            "late": {"type": "string"},
        });
        with(object(properties), "required", json!(needed))
    };
    let all = ["token", "host", "since", "team"];
    let report = check(&spec(&all), &spec(&["token", "host", "since", "team", "late"]));
    let witness = match &report.findings[0].evidence {
        Evidence::Witness { value, .. } => Some(value.clone()),
        _ => None,
    };
    let expected = json!({"token": "****", "host": "text", "since": "2024-01-01", "team": "Team"});
    assert_eq!(witness, Some(expected));
}

/// What only the consent flow writes no user can fill in.
#[test]
fn what_signing_in_writes_asks_for_a_sign_in() {
    let side = |name: &str, required: &[&str]| {
        let option = json!({
            "type": "object",
            "required": required,
            "properties": {
                "auth_type": {"type": "string", "const": "oauth"},
                "refresh_token": {"type": "string", "airbyte_secret": true},
                "access_token": {"type": "string", "airbyte_secret": true},
                "team": {"type": "string"},
            },
        });
        let config = json!({
            "$schema": DRAFT,
            "type": "object",
            "properties": {"credentials": {"type": "object", "oneOf": [option]}},
        });
        let output = json!({"properties": {
            "access_token": {"type": "string", "path_in_connector_config": ["credentials", "access_token"]},
        }});
        let spec = json!({
            "connectionSpecification": config,
            "advanced_auth": {
                "auth_flow_type": "oauth2.0",
                "oauth_config_specification": {"complete_oauth_output_specification": output},
            },
        });
        sides::load(Memory::new(format!("{name}/spec.json")).file("", spec.to_string()))
    };
    let kept = ["auth_type", "refresh_token"];
    let more = ["auth_type", "refresh_token", "access_token", "team"];
    let report = compare(&side("old", &kept), &side("new", &more), &Options::default());
    let actions: Vec<(String, String)> = report
        .findings
        .iter()
        .filter(|finding| finding.level == Level::Breaking)
        .map(|finding| (finding.field.join("."), finding.action.words().to_string()))
        .collect();
    let of = |field: &str| actions.iter().find(|(name, _)| name == field).map(|(_, action)| action.as_str());
    assert!(
        of("credentials.access_token").is_some_and(|action| action.contains("users sign in again")),
        "{actions:?}"
    );
    assert!(
        of("credentials.team").is_some_and(|action| action.contains("fill in `credentials.team`")),
        "{actions:?}"
    );
}

/// Another option may ask in its form for what the sign-in writes in its own.
#[test]
fn another_option_asks_for_its_token_itself() {
    let side = |name: &str, required: &[&str]| {
        let option = |kind: &str, required: &[&str]| {
            json!({
                "type": "object",
                "required": required,
                "properties": {
                    "auth_type": {"type": "string", "const": kind},
                    "access_token": {"type": "string", "airbyte_secret": true},
                },
            })
        };
        let options = [option("oauth", &["auth_type"]), option("token", required)];
        let config = json!({
            "$schema": DRAFT,
            "type": "object",
            "properties": {"credentials": {"type": "object", "oneOf": options}},
        });
        let output = json!({"properties": {
            "access_token": {"type": "string", "path_in_connector_config": ["credentials", "access_token"]},
        }});
        let spec = json!({
            "connectionSpecification": config,
            "advanced_auth": {
                "auth_flow_type": "oauth2.0",
                "predicate_key": ["credentials", "auth_type"],
                "predicate_value": "oauth",
                "oauth_config_specification": {"complete_oauth_output_specification": output},
            },
        });
        sides::load(Memory::new(format!("{name}/spec.json")).file("", spec.to_string()))
    };
    let (old, new) = (side("old", &["auth_type"]), side("new", &["auth_type", "access_token"]));
    let report = compare(&old, &new, &Options::default());
    let [finding] = report.findings.as_slice() else { panic!("{:?}", report.findings) };
    let action = finding.action.words().to_string();
    assert!(action.contains("fill in `credentials.access_token`"), "{action}");
}

/// What is asked of a property or an option alone comes to the same as what is asked of the whole: a definition that nothing
/// refers to, by a reference, makes a spec one that is not taken apart.
/// Which draft a spec is written in may be told by a keyword in another property, and a reference may have another name: then
/// no property is asked about alone.
#[test]
fn a_property_is_asked_about_alone_only_where_it_means_the_same_there() {
    let date = "^[0-9]{4}-[0-9]{2}-[0-9]{2}$";
    let newer = json!({"type": "array", "prefixItems": [{"type": "string"}]});
    let tied = |y: Value| {
        let tied = with(object(json!({"x": {"type": "string"}, "y": y})), "required", json!(["x"]));
        with(tied, "dependencies", json!({"x": {"properties": {"y": {"pattern": date}}}}))
    };
    let text = json!({"type": "string"});
    let day = json!({"type": "string", "format": "date"});
    let both_newer = |a: Value| object(json!({"a": a, "b": newer}));
    let asks = |required: Value| {
        let a = with(object(json!({"x": text, "y": text})), "required", required);
        with(a, "dependencies", json!({"x": ["y"]}))
    };
    let dynamic = |v: Value| {
        let w = json!({"type": "array", "items": {"$dynamicRef": "#/properties/v"}});
        with(
            object(json!({"v": v, "w": w})),
            "$schema",
            json!("https://json-schema.org/draft/2020-12/schema"),
        )
    };
    let one_newer = |b: Value| object(json!({"a": asks(json!(["x"])), "b": b}));
    for (old, new) in [
        (both_newer(tied(text.clone())), both_newer(tied(day.clone()))),
        (both_newer(asks(json!(["x"]))), both_newer(asks(json!(["x", "y"])))),
        (dynamic(day.clone()), dynamic(with(day.clone(), "pattern", json!(date)))),
        (one_newer(newer.clone()), one_newer(json!({"type": "array"}))),
    ] {
        // It says nothing, and has the whole asked about.
        let whole = |spec: &Value| with(spec.clone(), "minProperties", json!(0));
        let alone = outcome_of(&check_as_written(&old, &new));
        assert_ne!(alone.0, Outcome::Compatible, "{old} {new}");
        assert_eq!(alone, outcome_of(&check_as_written(&whole(&old), &whole(&new))), "{old} {new}");
    }
}

#[test]
fn a_part_answers_as_the_whole_does() {
    let text = json!({"type": "string"});
    let option = |kind: &str, value: Value, required: Value| {
        let mut properties = json!({"kind": {"const": kind}, "value": value});
        if kind == "b" {
            // Another constant, which tells nothing: only this option has one there.
            properties["unit"] = json!({"const": "u"});
        }
        with(object(properties), "required", required)
    };
    // A choice inside of an option, below an object.
    let nested = |kind: &str, value: &str, required: Value| option(kind, json!({"type": value}), required);
    let deep = |one: Value, other: Value| {
        let inner = object(json!({"choice": {"type": "object", "oneOf": [one, other]}}));
        let outer = option("m", inner, json!(["kind", "value"]));
        json!({"type": "object", "oneOf": [option("n", json!({"type": "boolean"}), json!(["kind"])), outer]})
    };
    let old_options =
        ["a", "b", "c"].map(|kind| option(kind, json!({"type": "string", "maxLength": 9}), json!(["kind"])));
    let old = object(json!({
        "auth": {"type": "object", "oneOf": old_options},
        "name": text,
        "size": {"type": "integer", "minimum": 0},
        "open": {"type": ["string", "null"]},
        "mode": {"type": "string", "enum": ["x", "y"]},
        "deep": deep(nested("a", "string", json!(["kind"])), nested("b", "string", json!(["kind"]))),
    }));
    let options = |a: Value, b: Value, c: Value| json!({"type": "object", "oneOf": [a, b, c]});
    let wider = || option("a", json!({"type": "string"}), json!(["kind"]));
    let same = |kind: &str| option(kind, json!({"type": "string", "maxLength": 9}), json!(["kind"]));
    let edits = [
        ("auth", options(wider(), option("b", json!({"type": "integer"}), json!(["kind"])), same("c"))),
        ("auth", options(same("a"), option("b", text.clone(), json!(["kind", "value"])), same("c"))),
        (
            "auth",
            options(
                same("c"),
                same("b"),
                option("a", json!({"type": "string", "maxLength": 3}), json!(["kind"])),
            ),
        ),
        (
            "auth",
            options(option("a", json!({"type": "string", "maxLength": 9}), json!([])), same("b"), same("c")),
        ),
        ("auth", options(same("a"), option("b", text.clone(), json!(["kind", "unit"])), same("c"))),
        ("name", json!({"type": ["string", "integer"]})),
        ("name", json!({"type": "integer"})),
        ("size", json!({"type": "integer", "minimum": 1})),
        ("open", text.clone()),
        ("mode", json!({"type": "string", "enum": ["y"]})),
        ("extra", text.clone()),
        ("deep", deep(nested("a", "integer", json!(["kind"])), nested("b", "string", json!(["kind"])))),
        (
            "deep",
            deep(nested("b", "string", json!(["kind"])), nested("a", "string", json!(["kind", "value"]))),
        ),
        ("deep", deep(nested("a", "string", json!([])), nested("b", "integer", json!(["kind"])))),
        (
            "deep",
            deep(nested("a", "string", json!(["kind"])), nested("b", "string", json!(["kind", "unit"]))),
        ),
    ];
    let requirements = [json!([]), json!(["name"]), json!(["extra", "size"])];
    for (index, (name, schema)) in edits.iter().enumerate() {
        for (second, other) in edits.iter().skip(index) {
            for required in &requirements {
                let mut new = old.clone();
                new["properties"][*name] = schema.clone();
                new["properties"][*second] = other.clone();
                new["required"] = required.clone();
                let whole = |spec: &Value| {
                    let unused = json!({"unused": {"$ref": "#/definitions/other"}, "other": {}});
                    with(spec.clone(), "definitions", unused)
                };
                let levels = |old: &Value, new: &Value| -> Vec<(&'static str, Vec<String>, Level)> {
                    let findings = check(old, new).findings;
                    let mut levels: Vec<_> =
                        findings.into_iter().map(|one| (one.rule, one.field, one.level)).collect();
                    levels.sort_by_key(|(rule, field, _)| (*rule, field.clone()));
                    levels
                };
                assert_eq!(levels(&old, &new), levels(&whole(&old), &whole(&new)), "{new}");
            }
        }
    }
}
