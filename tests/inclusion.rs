//! What has to hold of inclusion for all schemas: no claim is contradicted by any value, and the laws of sets.

#[path = "support/properties.rs"]
mod support;

use connector_diff::schema::{Draft, Inclusion, Options, Validator, includes};
use proptest::prelude::*;
use serde_json::{Map, Value, json};
use support::cases;

fn small_value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        (-3_i64..7).prop_map(Value::from),
        prop_oneof![Just(0.5), Just(1.5), Just(-2.25), Just(3.0)].prop_map(Value::from),
        prop_oneof![Just(""), Just("a"), Just("b"), Just("ab"), Just("aab"), Just("1"), Just("text")]
            .prop_map(Value::from),
    ];
    leaf.prop_recursive(2, 12, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::btree_map("[abc]", inner, 0..4)
                .prop_map(|map| Value::Object(map.into_iter().collect::<Map<_, _>>())),
        ]
    })
}

/// The values, each once: the meta-schema wants it so.
fn distinct(values: Vec<Value>) -> Value {
    let mut kept: Vec<Value> = Vec::new();
    for value in values {
        let known = kept
            .iter()
            .any(|other| other == &value || other.as_f64().is_some() && other.as_f64() == value.as_f64());
        if !known {
            kept.push(value);
        }
    }
    Value::Array(kept)
}

fn keyword() -> impl Strategy<Value = (String, Value)> {
    let types =
        prop::sample::select(vec!["null", "boolean", "integer", "number", "string", "array", "object"]);
    let pair = |key: &'static str| move |value: Value| (key.to_owned(), value);
    let count = |key: &'static str| (0_u64..4).prop_map(move |count| (key.to_owned(), json!(count)));
    let number =
        |key: &'static str| (-4_i64..8).prop_map(move |halves| (key.to_owned(), json!(halves as f64 / 2.0)));
    prop_oneof![
        4 => types.clone().prop_map(|name| ("type".to_owned(), json!(name))),
        2 => prop::collection::btree_set(types, 1..4).prop_map(|names| ("type".to_owned(), json!(names))),
        2 => prop::collection::vec(small_value(), 1..4).prop_map(distinct).prop_map(pair("enum")),
        1 => small_value().prop_map(pair("const")),
        1 => number("minimum"),
        1 => number("maximum"),
        1 => number("exclusiveMinimum"),
        1 => number("exclusiveMaximum"),
        1 => prop::sample::select(vec![json!(1), json!(2), json!(3), json!(0.5)]).prop_map(pair("multipleOf")),
        1 => count("minLength"),
        1 => count("maxLength"),
        2 => prop::sample::select(vec!["a", "^a", "b$", "^[ab]*$", "^$", "^a{1,2}b?$", "^\\d+$"])
            .prop_map(|pattern| ("pattern".to_owned(), json!(pattern))),
        1 => count("minItems"),
        1 => count("maxItems"),
        1 => Just(("uniqueItems".to_owned(), json!(true))),
        1 => count("minProperties"),
        1 => count("maxProperties"),
        2 => prop::collection::btree_set("[abc]", 0..3).prop_map(|names| ("required".to_owned(), json!(names))),
        1 => prop::collection::btree_map("[abc]", prop::collection::btree_set("[abc]", 1..3), 1..3)
            .prop_map(|map| ("dependencies".to_owned(), json!(map))),
    ]
}

fn schema() -> impl Strategy<Value = Value> {
    let object = |keywords: Vec<(String, Value)>| Value::Object(keywords.into_iter().collect());
    let leaf = prop_oneof![
        1 => any::<bool>().prop_map(Value::from),
        8 => prop::collection::vec(keyword(), 1..4).prop_map(object),
    ];
    leaf.prop_recursive(3, 16, 3, move |inner| {
        let list = prop::collection::vec(inner.clone(), 1..4);
        let named = prop::collection::btree_map("[abc]", inner.clone(), 1..3);
        let patterns = prop::collection::btree_map(
            prop::sample::select(vec!["^a".to_owned(), "b".to_owned(), "^[ab]$".to_owned()]),
            inner.clone(),
            1..3,
        );
        let applicator = prop_oneof![
            3 => named.prop_map(|map| ("properties".to_owned(), json!(map))),
            1 => patterns.prop_map(|map| ("patternProperties".to_owned(), json!(map))),
            2 => inner.clone().prop_map(|one| ("additionalProperties".to_owned(), one)),
            1 => inner.clone().prop_map(|one| ("propertyNames".to_owned(), one)),
            2 => inner.clone().prop_map(|one| ("items".to_owned(), one)),
            1 => list.clone().prop_map(|list| ("items".to_owned(), json!(list))),
            1 => inner.clone().prop_map(|one| ("additionalItems".to_owned(), one)),
            1 => inner.clone().prop_map(|one| ("contains".to_owned(), one)),
            1 => inner.clone().prop_map(|one| ("not".to_owned(), one)),
            1 => inner.clone().prop_map(|one| ("if".to_owned(), one)),
            1 => inner.clone().prop_map(|one| ("then".to_owned(), one)),
            1 => inner.clone().prop_map(|one| ("else".to_owned(), one)),
            1 => list.clone().prop_map(|list| ("allOf".to_owned(), json!(list))),
            1 => list.clone().prop_map(|list| ("anyOf".to_owned(), json!(list))),
            1 => list.prop_map(|list| ("oneOf".to_owned(), json!(list))),
        ];
        (prop::collection::vec(keyword(), 0..3), prop::collection::vec(applicator, 1..3)).prop_map(
            |(keywords, applicators)| Value::Object(keywords.into_iter().chain(applicators).collect()),
        )
    })
}

/// Schemas of arrays in 2020-12, where tuples and counts meet.
fn array_schema() -> impl Strategy<Value = Value> {
    let item = || {
        prop::sample::select(vec![
            json!(true),
            json!(false),
            json!({"const": 0}),
            json!({"enum": [0, "a"]}),
            json!({"type": "integer"}),
            json!({"not": {"const": 1}}),
        ])
    };
    let count = || (0_u64..4).prop_map(|count| json!(count));
    let keyword = prop_oneof![
        2 => prop::collection::vec(item(), 1..4).prop_map(|list| ("prefixItems".to_owned(), json!(list))),
        2 => item().prop_map(|one| ("items".to_owned(), one)),
        2 => item().prop_map(|one| ("contains".to_owned(), one)),
        2 => count().prop_map(|count| ("minContains".to_owned(), count)),
        2 => count().prop_map(|count| ("maxContains".to_owned(), count)),
        1 => count().prop_map(|count| ("minItems".to_owned(), count)),
        1 => count().prop_map(|count| ("maxItems".to_owned(), count)),
        1 => Just(("uniqueItems".to_owned(), json!(true))),
    ];
    let plain = prop::collection::vec(keyword, 0..5)
        .prop_map(|keywords| Value::Object(keywords.into_iter().collect::<Map<_, _>>()));
    plain.prop_recursive(2, 6, 3, |inner| {
        let list = prop::collection::vec(inner.clone(), 1..4);
        prop_oneof![
            list.clone().prop_map(|list| json!({"anyOf": list})),
            list.clone().prop_map(|list| json!({"allOf": list})),
            list.prop_map(|list| json!({"oneOf": list})),
            inner.prop_map(|one| json!({"not": one})),
        ]
    })
}

/// Schemas of objects, where names, patterns and counts meet.
fn object_schema() -> impl Strategy<Value = Value> {
    let value = || {
        prop::sample::select(vec![
            json!(true),
            json!(false),
            json!({"const": 0}),
            json!({"not": {"const": 1}}),
        ])
    };
    let name = || prop::sample::select(["a", "b", "ab", "c", "abc"].map(str::to_owned).to_vec());
    let pattern = || {
        prop::sample::select(vec!["^a".to_owned(), "b$".to_owned(), "^[^a]*$".to_owned(), "^.$".to_owned()])
    };
    let names = prop_oneof![
        pattern().prop_map(|pattern| json!({"pattern": pattern})),
        (0_u64..3).prop_map(|length| json!({"maxLength": length})),
        prop::collection::btree_set(name(), 1..4).prop_map(|names| json!({"enum": names})),
        name().prop_map(|name| json!({"not": {"const": name}})),
    ];
    let keyword = prop_oneof![
        3 => prop::collection::btree_map(name(), value(), 1..4).prop_map(|map| ("properties".to_owned(), json!(map))),
        2 => prop::collection::btree_map(pattern(), value(), 1..3)
            .prop_map(|map| ("patternProperties".to_owned(), json!(map))),
        2 => value().prop_map(|one| ("additionalProperties".to_owned(), one)),
        1 => names.prop_map(|names| ("propertyNames".to_owned(), names)),
        2 => prop::collection::btree_set(name(), 1..3).prop_map(|names| ("required".to_owned(), json!(names))),
        1 => (0_u64..4).prop_map(|count| ("minProperties".to_owned(), json!(count))),
        1 => (0_u64..4).prop_map(|count| ("maxProperties".to_owned(), json!(count))),
        1 => prop::collection::vec(prop::collection::btree_map(name(), 0..2, 0..3), 1..4)
            .prop_map(|objects| json!(objects)).prop_map(|objects| match objects {
                Value::Array(objects) => ("enum".to_owned(), distinct(objects)),
                other => ("const".to_owned(), other),
            }),
        1 => (name(), name()).prop_map(|(name, needed)| ("dependencies".to_owned(), json!({name: [needed]}))),
    ];
    let plain = prop::collection::vec(keyword, 0..4)
        .prop_map(|keywords| Value::Object(keywords.into_iter().collect::<Map<_, _>>()));
    plain.prop_recursive(2, 6, 3, |inner| {
        let list = prop::collection::vec(inner.clone(), 1..4);
        prop_oneof![
            list.clone().prop_map(|list| json!({"anyOf": list})),
            list.clone().prop_map(|list| json!({"allOf": list})),
            list.prop_map(|list| json!({"oneOf": list})),
            inner.clone().prop_map(|one| json!({"not": one})),
            inner.prop_map(|one| json!({"dependencies": {"a": one}})),
        ]
    })
}

/// Every object of five names, each absent or with one of two values.
fn small_objects() -> Vec<Value> {
    let mut all: Vec<Map<String, Value>> = vec![Map::new()];
    for name in ["a", "b", "ab", "c", "abc"] {
        let with: Vec<Map<String, Value>> = all
            .iter()
            .flat_map(|object| {
                [0, 1].map(|value| {
                    let mut more = object.clone();
                    more.insert(name.to_owned(), json!(value));
                    more
                })
            })
            .collect();
        all.extend(with);
    }
    all.into_iter().map(Value::Object).collect()
}

/// Every array of up to four of three values.
fn small_arrays() -> Vec<Value> {
    let mut all: Vec<Vec<Value>> = vec![Vec::new()];
    let mut last = all.clone();
    for _ in 0..4 {
        last = last
            .iter()
            .flat_map(|array| {
                [json!(0), json!(1), json!("a")].map(|item| {
                    let mut longer: Vec<Value> = array.clone();
                    longer.push(item);
                    longer
                })
            })
            .collect();
        all.extend(last.clone());
    }
    all.into_iter().map(Value::from).collect()
}

fn options() -> Options {
    Options { draft: Some(Draft::Draft7), steps: 60_000, ..Options::default() }
}

fn ask(old: &Value, new: &Value) -> Inclusion {
    let answer = includes(old, new, &options()).unwrap_or_else(|error| panic!("{error:?} in {old} or {new}"));
    if let Inclusion::Unknown { reason } = &answer {
        // A witness that a validator does not confirm is a mistake of the search.
        assert!(!reason.starts_with("the witness"), "{reason}\n  old {old}\n  new {new}");
    }
    answer
}

/// Not known to be false.
fn not_refuted(old: &Value, new: &Value) -> Result<(), TestCaseError> {
    let answer = ask(old, new);
    prop_assert!(!matches!(answer, Inclusion::NotIncluded { .. }), "{answer:?}\n  old {old}\n  new {new}");
    Ok(())
}

/// Mistakes that were made once.
#[test]
fn arrays_that_were_missed() {
    let draft = |draft| Options { draft: Some(draft), ..options() };
    let (seven, newer) = (draft(Draft::Draft7), draft(Draft::Draft202012));
    let cases = [
        // The item that fails stands after a tuple that only the second schema has.
        (json!({"type": "array"}), json!({"items": [true], "additionalItems": {"type": "string"}}), &seven),
        (json!({"type": "array"}), json!({"items": [true, true, {}], "additionalItems": false}), &seven),
        (
            json!({"items": {"type": "object"}}),
            json!({"prefixItems": [{}], "items": {"minProperties": 1}}),
            &newer,
        ),
        // Both schemas count the same kind of item.
        (json!({"contains": true, "maxContains": 2}), json!({"contains": true, "maxContains": 1}), &newer),
        (
            json!({"contains": {"type": "array"}, "minContains": 1, "maxContains": 3}),
            json!({"contains": {"type": "array"}, "minContains": 1, "maxContains": 2}),
            &newer,
        ),
    ];
    for (old, new, options) in cases {
        let answer = includes(&old, &new, options);
        assert!(matches!(answer, Ok(Inclusion::NotIncluded { .. })), "{answer:?}\n  old {old}\n  new {new}");
    }
}

/// Proofs that were given once and are none.
#[test]
fn what_is_not_included_is_not_called_so() {
    let cases = [
        // An excluded object beside others of another property.
        (
            json!({"type": "object", "properties": {"a": {"const": 1}, "b": {"const": 2}}, "additionalProperties": false,
                "minProperties": 1, "maxProperties": 1}),
            json!({"enum": [{"a": 1}]}),
        ),
        (
            json!({"type": "object", "additionalProperties": {"const": 1}, "maxProperties": 1}),
            json!({"enum": [{}, {"text": 1}]}),
        ),
        // One name that fails two schemas of names.
        (
            json!({"type": "object", "maxProperties": 1}),
            json!({"anyOf": [{"propertyNames": {"maxLength": 2}}, {"propertyNames": {"pattern": "^t"}}]}),
        ),
    ];
    for (old, new) in cases {
        let answer = includes(&old, &new, &options());
        assert!(matches!(answer, Ok(Inclusion::NotIncluded { .. })), "{answer:?}\n  old {old}\n  new {new}");
    }
    for (old, new) in [
        (r#"{"const": 18446744073709551616}"#, r#"{"const": 18446744073709551617}"#),
        (r#"{"const": 9007199254740993.0}"#, r#"{"const": 9007199254740992}"#),
        // A character of two code units, and half of one.
        (r#"{"type": "string", "pattern": "^\\uD83D\\uDE00$"}"#, r#"{"minLength": 5}"#),
        (r#"{"pattern": "^\\uD83D$"}"#, r#"{"maxLength": 1}"#),
    ] {
        let read = |text: &str| -> Value { serde_json::from_str(text).expect("JSON") };
        let answer = includes(&read(old), &read(new), &options());
        assert!(!matches!(answer, Ok(Inclusion::Included)), "{answer:?} for {old} in {new}");
    }
}

/// Whatever the answer, it comes: the search counts its steps.
#[test]
fn hostile_schemas_end() {
    let nest = |keyword: &str, depth: usize| {
        (0..depth).fold(json!({"type": "string"}), |inner, level| {
            json!({keyword: [inner, {"type": "array", "minItems": level}, {"required": [format!("k{level}")]}]})
        })
    };
    let wide = |changed: bool| {
        let options: Vec<Value> = (0..40)
            .map(|index| {
                let least = u64::from(changed && index == 7);
                json!({"properties": {format!("p{index}"): {"type": "string", "minLength": least}}})
            })
            .collect();
        json!({"oneOf": options})
    };
    let list: Value = (0..20_000).collect::<Vec<u32>>().into();
    let huge = [
        nest("oneOf", 12),
        nest("anyOf", 40),
        nest("allOf", 40),
        wide(false),
        wide(true),
        json!({"enum": list}),
        json!({"type": "array", "minItems": 100_000_000}),
        json!({"type": "string", "minLength": 100_000_000_000_u64}),
        json!({"type": "object", "minProperties": 1_000_000}),
        json!({"type": "array", "uniqueItems": true, "minItems": 60}),
        json!({"type": "string", "pattern": "^(a?){200}b{0,500}[a-z]{3,400}$"}),
        json!({"type": "string", "pattern": "(x+x+)+y"}),
        json!({"multipleOf": 1e-300, "minimum": 1e300}),
        json!({"$ref": "#/definitions/a", "definitions": {"a": {"not": {"$ref": "#/definitions/a"}}}}),
        json!({"$ref": "#/definitions/a", "definitions": {"a": {"items": {"$ref": "#/definitions/a"}, "minItems": 1}}}),
        json!({"patternProperties": {"a": {}, "b": {}, "c": {}, "d": {}, "e": {}, "f": {}, "g": {}, "h": {}, "i": {"type": "null"}},
            "additionalProperties": false, "minProperties": 9}),
    ];
    let (text, anything) =
        (json!({"type": "string", "maxLength": 3}), json!({"type": ["array", "object", "string"]}));
    for schema in &huge {
        let same = includes(schema, schema, &options());
        assert!(matches!(same, Ok(Inclusion::Included | Inclusion::Unknown { .. })), "{same:?} for {schema}");
        for answer in [includes(schema, &text, &options()), includes(&anything, schema, &options())] {
            assert!(answer.is_ok(), "{answer:?} for {schema}");
        }
    }
}

/// Nested references end in an answer, never in "no schema": a chain says nothing of its links.
#[test]
fn chains_of_references_are_followed_or_given_up() {
    let chain = |length: usize, kind: &str| {
        let mut definitions = json!({"d0": {"type": kind}});
        for level in 1..length {
            let below = format!("#/definitions/d{}", level - 1);
            definitions[format!("d{level}")] = json!({"properties": {"a": {"$ref": below}}});
        }
        json!({"definitions": definitions, "$ref": format!("#/definitions/d{}", length - 1)})
    };
    assert_eq!(ask(&chain(400, "string"), &chain(400, "string")), Inclusion::Included);
    assert!(matches!(ask(&chain(40, "string"), &chain(40, "null")), Inclusion::NotIncluded { .. }));
    for length in [400, 20_000] {
        let answer = ask(&chain(length, "string"), &chain(length, "null"));
        assert!(matches!(answer, Inclusion::Unknown { .. }), "{length}: {answer:?}");
    }
}

/// A part with an id of its own is a document of its own: references in it start there.
#[test]
fn a_part_with_an_id_is_a_document() {
    let schema = |kind: &str| {
        json!({
            "$ref": "#/definitions/part/properties/a",
            "definitions": {
                "kind": {"type": "null"},
                "part": {
                    "$id": "https://connector.test/part.json",
                    "properties": {"a": {"$ref": "#/definitions/kind"}},
                    "definitions": {"kind": {"type": kind}},
                },
            },
        })
    };
    assert_eq!(ask(&schema("string"), &json!({"type": "string"})), Inclusion::Included);
    assert!(matches!(ask(&schema("integer"), &json!({"type": "string"})), Inclusion::NotIncluded { .. }));
}

/// What one keyword sees of another cannot always be told; what is written otherwise is never taken for the same.
#[test]
fn keywords_that_look_around_are_not_taken_for_each_other() {
    let ask = |draft: Draft, old: &Value, new: &Value| {
        includes(old, new, &Options { draft: Some(draft), ..Options::default() }).expect("schemas")
    };
    let (d2019, d2020) = (Draft::Draft201909, Draft::Draft202012);
    let unevaluated = |schema: Value| json!({"anyOf": [{"type": "object"}], "unevaluatedProperties": schema});
    let any_name =
        json!({"properties": {"a": true}, "unevaluatedProperties": false, "allOf": [{"type": "object"}]});
    let no_name = json!({"unevaluatedProperties": false, "allOf": [{"type": "object"}]});
    let dynamic = |kind: &str| {
        json!({"$dynamicRef": "#x", "$defs": {"a": {"$dynamicAnchor": "x", "type": kind},
            "b": {"$id": "b", "$defs": {"c": {"$dynamicAnchor": "x", "type": "integer"}}}}})
    };
    let anchored = json!({"$ref": "#x", "$defs": {
        "b": {"$id": "http://connector.test/a", "$defs": {"q": {"$anchor": "x", "type": "string"}}},
        "a": {"$anchor": "x", "type": "integer"}}});
    let recursive = json!({"$recursiveAnchor": true, "$id": "http://connector.test/r",
        "anyOf": [{"type": "string"}, {"$ref": "http://connector.test/t"}],
        "$defs": {"t": {"$id": "http://connector.test/t", "$recursiveAnchor": true, "type": "array",
            "items": {"$recursiveRef": "#"}}}});
    let two_deep = json!({"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "array"}}]});
    let text = json!({"type": "string"});
    for (draft, old, new) in [
        (d2020, unevaluated(json!({"type": "object"})), unevaluated(json!({"type": "string"}))),
        (d2020, any_name, no_name),
        (d2020, dynamic("string"), dynamic("null")),
        (d2019, json!({}), json!({"additionalItems": true, "unevaluatedItems": false})),
        (d2020, text.clone(), anchored),
        (d2019, recursive, two_deep),
    ] {
        let answer = ask(draft, &old, &new);
        assert_ne!(answer, Inclusion::Included, "{old} in {new}");
    }
    let same = unevaluated(text.clone());
    assert_eq!(ask(d2020, &same, &same), Inclusion::Included);
    // They are about one kind of value, and say nothing of the others.
    let kept = json!({"type": "string", "unevaluatedProperties": false, "not": {"const": 1}});
    assert_eq!(ask(d2020, &kept, &text), Inclusion::Included);
    let old_anchor = json!({"$ref": "#foo", "definitions": {"a": {"id": "#foo", "type": "string"}}});
    assert_eq!(ask(Draft::Draft4, &old_anchor, &text), Inclusion::Included);
}

/// Relative ids are read from the document around them, and draft 6 knows no condition.
#[test]
fn ids_are_addresses() {
    let ask = |draft: Draft, old: &Value, new: &Value| {
        includes(old, new, &Options { draft: Some(draft), ..Options::default() }).expect("schemas")
    };
    let part = |host: &str, kind: &str| json!({"$id": format!("http://{host}/"), "$ref": "item", "$defs": {"i": {"$id": "item", "type": kind}}});
    let two = json!({"$id": "http://h.test/", "$defs": {"a": part("a.test", "string"), "b": part("b.test", "integer")},
        "$ref": "http://a.test/"});
    assert_ne!(ask(Draft::Draft202012, &json!({"const": 1}), &two), Inclusion::Included);
    assert_eq!(ask(Draft::Draft202012, &json!({"const": "s"}), &two), Inclusion::Included);
    let through = |id: &str| {
        json!({"$ref": "#/definitions/r/definitions/y", "definitions": {"z": {"type": "string"},
            "r": {id: "http://h.test/r", "definitions": {"z": {"type": "integer"}, "y": {"$ref": "#/definitions/z"}}}}})
    };
    assert_ne!(ask(Draft::Draft4, &json!({"enum": ["s"]}), &through("id")), Inclusion::Included);
    assert_ne!(ask(Draft::Draft4, &json!({"enum": [1]}), &through("$id")), Inclusion::Included);
    let condition = json!({"if": {}, "then": {"type": "array"}});
    assert_ne!(ask(Draft::Draft6, &condition, &json!({"type": "array"})), Inclusion::Included);
    assert_eq!(ask(Draft::Draft7, &condition, &json!({"type": "array"})), Inclusion::Included);
}

/// Draft 3's `required` inside a property is read over, by the search and by the validator that checks it.
#[test]
fn a_flag_of_draft_3_is_read_over() {
    let schema = |kind: &str| json!({"properties": {"a": {"type": kind, "required": true}}});
    assert!(matches!(ask(&schema("string"), &schema("null")), Inclusion::NotIncluded { .. }));
}

proptest! {
    #![proptest_config(cases(400))]

    #[test]
    fn no_value_contradicts_an_answer(
        old in schema(),
        new in schema(),
        values in prop::collection::vec(small_value(), 300),
    ) {
        let accepts = Validator::new(&old, &options()).expect("a schema");
        let refuses = Validator::new(&new, &options()).expect("a schema");
        let counterexample = values.iter().find(|value| accepts.refusal(value).is_none() && refuses.refusal(value).is_some());
        match ask(&old, &new) {
            Inclusion::Included => prop_assert!(
                counterexample.is_none(),
                "called included, and {} shows it is not\n  old {old}\n  new {new}",
                counterexample.expect("found above")
            ),
            Inclusion::NotIncluded { witness, .. } => {
                prop_assert!(accepts.refusal(&witness).is_none() && refuses.refusal(&witness).is_some());
            }
            Inclusion::Unknown { .. } => {}
        }
    }

    #[test]
    fn no_small_array_contradicts_an_answer(old in array_schema(), new in array_schema()) {
        let options = Options { draft: Some(Draft::Draft202012), ..options() };
        let old = json!({"type": "array", "allOf": [old]});
        let accepts = Validator::new(&old, &options).expect("a schema");
        let refuses = Validator::new(&new, &options).expect("a schema");
        let answer = includes(&old, &new, &options).expect("schemas");
        if answer == Inclusion::Included {
            let arrays = small_arrays();
            let against = arrays.iter().find(|array| accepts.refusal(array).is_none() && refuses.refusal(array).is_some());
            prop_assert!(against.is_none(), "called included, and {against:?} shows it is not\n  old {old}\n  new {new}");
        }
        if let Inclusion::Unknown { reason } = &answer {
            prop_assert!(!reason.starts_with("the witness"), "{reason}\n  old {old}\n  new {new}");
        }
    }

    #[test]
    fn no_small_object_contradicts_an_answer(old in object_schema(), new in object_schema()) {
        let old = json!({"type": "object", "allOf": [old]});
        let accepts = Validator::new(&old, &options()).expect("a schema");
        let refuses = Validator::new(&new, &options()).expect("a schema");
        if ask(&old, &new) == Inclusion::Included {
            let objects = small_objects();
            let against =
                objects.iter().find(|object| accepts.refusal(object).is_none() && refuses.refusal(object).is_some());
            prop_assert!(against.is_none(), "called included, and {against:?} shows it is not\n  old {old}\n  new {new}");
        }
    }

    #[test]
    fn a_schema_includes_itself_however_it_is_written(schema in schema()) {
        prop_assert_eq!(ask(&schema, &schema), Inclusion::Included);
        let twice = json!({"not": {"not": schema.clone()}});
        not_refuted(&schema, &twice)?;
        not_refuted(&twice, &schema)?;
        not_refuted(&json!({"allOf": [schema.clone(), schema.clone()]}), &schema)?;
        not_refuted(&schema, &json!({"$ref": "#/definitions/s", "definitions": {"s": schema.clone()}}))?;
    }

    #[test]
    fn unions_are_above_and_intersections_below(a in schema(), b in schema()) {
        not_refuted(&a, &json!({"anyOf": [a.clone(), b.clone()]}))?;
        not_refuted(&json!({"allOf": [a.clone(), b.clone()]}), &a)?;
        not_refuted(&json!({"oneOf": [a.clone(), b.clone()]}), &json!({"anyOf": [a.clone(), b.clone()]}))?;
        not_refuted(&json!({"allOf": [a.clone(), {"not": a}]}), &b)?;
    }

    #[test]
    fn inclusion_is_transitive(a in schema(), b in schema(), c in schema()) {
        let middle = json!({"anyOf": [a.clone(), b]});
        let top = json!({"anyOf": [middle.clone(), c]});
        if ask(&a, &middle) == Inclusion::Included && ask(&middle, &top) == Inclusion::Included {
            not_refuted(&a, &top)?;
        }
    }
}
