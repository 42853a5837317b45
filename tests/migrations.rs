//! Config migrations against the real CDK: `parity/migrations.jsonl` holds what airbyte-cdk made of saved configs at two
//! starts, and every start here gives the same or says that it cannot be followed.
//!
//! `parity/migrations.py record` draws the rules and configs, and writes the file.

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
    let file = file.unwrap_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("parity/migrations.jsonl"));
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
    println!("{runs} runs, {changed} of them change something or stop ({stopped} stop), {opaque} not followed");
    assert!(wrong.is_empty(), "{} of {runs} runs differ:\n{}", wrong.len(), wrong[..wrong.len().min(12)].join("\n"));
    assert!(runs >= 2000, "{runs} runs are too few to tell anything");
    // What is not followed tells nothing, so that it has to stay rare.
    assert!(opaque * 8 < runs, "{opaque} of {runs} runs are not followed");
}
