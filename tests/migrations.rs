//! Config migrations against the real CDK: `parity/migrations.jsonl` holds what airbyte-cdk made of saved configs at two
//! starts, and every start here gives the same or says that it cannot be followed.
//!
//! `parity/migrations.py record` draws the rules and configs, and writes the file.

#![allow(clippy::print_stdout, reason = "a test that counts says what it counted")]

#[path = "support/sides.rs"]
mod sides;

use std::fs;
use std::path::PathBuf;

use connector_diff::migration::{Migrations, Start};
use connector_diff::tree::Memory;
use serde_json::{Value, json};

/// The rules of a line, read from a manifest as any connector's are.
fn migrations(rules: &Value) -> Migrations {
    let manifest = json!({
        "version": "7.39.1",
        "type": "DeclarativeSource",
        "check": {"type": "CheckStream", "stream_names": ["orders"]},
        "streams": [{
            "type": "DeclarativeStream",
            "name": "orders",
            "retriever": {
                "type": "SimpleRetriever",
                "requester": {"type": "HttpRequester", "url_base": "https://lantern.test/api", "path": "orders"},
                "record_selector": {"type": "RecordSelector", "extractor": {"type": "DpathExtractor", "field_path": []}},
            },
            "schema_loader": {"type": "InlineSchemaLoader", "schema": {"type": "object", "properties": {}}},
        }],
        "spec": {
            "type": "Spec",
            "connection_specification": {"type": "object", "properties": {}},
            "config_normalization_rules": rules,
        },
    });
    let side = sides::load(Memory::new("side").file("manifest.yaml", manifest.to_string()));
    assert!(side.errors.is_empty(), "{:?}", side.errors);
    Migrations::new(&side.config_rules)
}

/// What two starts make of a config, in the form of a recorded run; `None` where a step cannot be followed.
fn run(migrations: &Migrations, config: &Value) -> Option<Vec<Value>> {
    let mut told = vec![config.clone()];
    let mut saved = config.clone();
    for _ in 0..2 {
        match migrations.start(&saved) {
            Start::Ran(ran) => {
                told.extend([ran.saved.clone(), ran.used]);
                saved = ran.saved;
            }
            Start::Stops(_) => {
                told.push("stops".into());
                return Some(told);
            }
            Start::Opaque(_) => return None,
        }
    }
    while told.len() > 1 && told[told.len() - 1] == told[told.len() - 2] {
        told.pop();
    }
    Some(told)
}

#[test]
fn every_start_is_as_the_cdk_has_it() {
    // Others can be drawn from another seed.
    let file = std::env::var_os("MIGRATIONS").map(PathBuf::from);
    let file =
        file.unwrap_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("parity/migrations.jsonl"));
    let text = fs::read_to_string(file).expect("what the CDK did");
    let (mut runs, mut opaque, mut stopped, mut changed) = (0, 0, 0, 0);
    let mut wrong = Vec::new();
    for line in text.lines() {
        let case: Value = serde_json::from_str(line).expect("JSON");
        let migrations = migrations(&case["rules"]);
        for recorded in case["runs"].as_array().expect("runs") {
            let mut recorded = recorded.as_array().expect("a run").clone();
            runs += 1;
            let is_odd = recorded.last().is_some_and(|last| last.get("odd").is_some());
            if let Some(last) = recorded.last_mut().filter(|last| last.get("stops").is_some()) {
                *last = "stops".into();
                stopped += 1;
            }
            changed += usize::from(recorded.len() > 1);
            match run(&migrations, &recorded[0]) {
                None => opaque += 1,
                Some(_) if is_odd => wrong.push(format!("no JSON: {line}\n  {recorded:?}")),
                Some(told) if told == recorded => {}
                Some(told) => wrong.push(format!(
                    "{}\n  cdk  {}\n  here {}",
                    case["rules"],
                    Value::Array(recorded),
                    Value::Array(told)
                )),
            }
        }
    }
    println!(
        "{runs} runs, {changed} of them change something or stop ({stopped} stop), {opaque} not followed"
    );
    assert!(
        wrong.is_empty(),
        "{} of {runs} runs differ:\n{}",
        wrong.len(),
        wrong[..wrong.len().min(12)].join("\n")
    );
    assert!(runs >= 2000, "{runs} runs are too few to tell anything");
    // What is not followed tells nothing, so that it has to stay rare.
    assert!(opaque * 8 < runs, "{opaque} of {runs} runs are not followed");
}

/// One step, and what a start makes of a config with it.
fn start(step: Value, config: &Value) -> Start {
    let rules = json!({
        "type": "ConfigNormalizationRules",
        "config_migrations": [{"type": "ConfigMigration", "transformations": [step]}],
    });
    migrations(&rules).start(config)
}

fn add(path: &[&str], value: &str, condition: &str) -> Value {
    json!({
        "type": "ConfigAddFields",
        "condition": condition,
        "fields": [{"type": "AddedFieldDefinition", "path": path, "value": value}],
    })
}

#[test]
fn what_cannot_be_followed_says_so_and_ends() {
    let config = json!({"a": "x", "list": ["x"], "object": {"b": 1}});
    let deep = format!("{{{{ {}config['a']{} }}}}", "(".repeat(500), ")".repeat(500));
    let long = format!("{{{{ 'a' in config{} }}}}", " or 'a' in config".repeat(5000));
    let opaque = [
        add(&["n"], "x", "{{ config['a' }}"),
        add(&["n"], "x", "{{ 'a' in config"),
        add(&["n"], "x", "{% for i in range(10 ** 9) %}{{ i }}{% endfor %}"),
        add(&["n"], "{{ config['a'] * 99999999999 }}", ""),
        add(&["n"], "{{ config['a'].__class__.__mro__ }}", ""),
        add(&["n"], "{{ config.pop('a') }}", ""),
        add(&["n"], "{{ config['a'] | unknown_filter }}", ""),
        add(&["n"], "{{ now_utc() }}", ""),
        add(&["n"], "x", &deep),
        add(&["n"], "x", &long),
        add(&["list", "999999999999"], "x", ""),
        add(&["n"], &"[".repeat(100_000), ""),
        json!({"type": "ConfigRemoveFields", "field_pointers": [["**"]]}),
        json!({"type": "CustomConfigTransformation", "class_name": "source_lantern.components.Migrate"}),
    ];
    for step in opaque {
        let shown = step.to_string();
        let Start::Opaque(halt) = start(step, &config) else { panic!("{shown}") };
        assert!(!halt.why.is_empty());
        assert_eq!(halt.pointer.segments()[0], "config_normalization_rules");
    }
    let stops = [
        add(&["a", "b"], "x", ""),
        add(&["list", "b"], "x", ""),
        add(&["n"], "{{ config['missing']['b'] }}", "{{ False }}"),
        add(&["n"], "{{ property }}", ""),
        json!({"type": "ConfigRemapField", "field_path": ["list"], "map": {"x": "y"}}),
    ];
    for step in stops {
        let shown = step.to_string();
        assert!(matches!(start(step, &config), Start::Stops(_)), "{shown}");
    }
}

#[test]
fn a_condition_is_asked_again_for_each_field() {
    let step = json!({
        "type": "ConfigAddFields",
        "condition": "{{ 'x' not in config }}",
        "fields": [
            {"type": "AddedFieldDefinition", "path": ["x"], "value": "1", "value_type": "string"},
            {"type": "AddedFieldDefinition", "path": ["y"], "value": "2"},
        ],
    });
    let Start::Ran(ran) = start(step, &json!({"a": 1})) else { panic!("it runs") };
    assert_eq!(ran.used, json!({"a": 1, "x": "1"}));
}

#[test]
fn what_changes_inside_of_an_object_alone_is_not_saved() {
    let config = json!({"auth": {"kind": "old"}});
    let Start::Ran(ran) = start(add(&["auth", "kind"], "new", ""), &config) else { panic!("it runs") };
    assert_eq!((ran.saved, ran.used), (config, json!({"auth": {"kind": "new"}})));
}
