//! Every transition of `tests/data/peers.yaml`: our verdict, and a reason wherever another check differs from it.

#[path = "support/sides.rs"]
mod sides;

use std::fs;
use std::path::Path;

use connector_diff::load::parse_yaml;
use connector_diff::model::{Connector, Level};
use connector_diff::{Options, compare};
use libtest_mimic::{Arguments, Failed, Trial};
use serde_json::Value;

/// The artifacts that a row has for one of its sides.
fn side(row: &Value, name: &str) -> Connector {
    let artifact =
        |key: &str, file: &'static str| Some((file, row.get(format!("{name} {key}"))?.to_string()));
    let artifacts = [artifact("spec", "spec.json"), artifact("catalog", "catalog.json")];
    let files: Vec<(&str, &str)> =
        artifacts.iter().flatten().map(|(file, body)| (*file, body.as_str())).collect();
    sides::side(name, &files)
}

fn text<'r>(row: &'r Value, key: &str) -> &'r str {
    row[key].as_str().unwrap_or_default()
}

fn judged_as_the_row_says(row: &Value) -> Result<(), Failed> {
    let report = compare(&side(row, "old"), &side(row, "new"), &Options::default());
    let (level, rule) = text(row, "ours").split_once(' ').expect("a level and a rule");
    let found: Vec<(&str, &str)> =
        report.findings.iter().map(|finding| (finding.level.name(), finding.rule)).collect();
    let worst = found.first().map_or(Level::Cosmetic.name(), |(level, _)| level);
    let named = found.contains(&(level, rule)) || rule == "nothing" && found.is_empty();
    if worst != level || !named || !report.errors.is_empty() || !report.unjudged.is_empty() {
        return Err(format!("expected {level} {rule}, found {found:?} {:?}", report.errors).into());
    }
    let ours = match level {
        "breaking" => "break",
        "review" => "neither",
        _ => "ok",
    };
    let peers = [text(row, "regression-tests"), text(row, "acceptance-tests")];
    if let Some(unknown) = peers.iter().find(|peer| !["break", "ok"].contains(peer)) {
        return Err(format!("expected break or ok, found {unknown:?}").into());
    }
    match (peers.iter().any(|peer| *peer != ours), text(row, "why").is_empty()) {
        (true, true) => Err("a check differs, and the row does not say why".into()),
        (false, false) => Err("all agree: there is no reason to give".into()),
        _ => Ok(()),
    }
}

fn main() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/peers.yaml");
    let rows = parse_yaml(&fs::read_to_string(path).expect("the table")).expect("YAML");
    let trials = rows
        .as_array()
        .expect("a list of rows")
        .iter()
        .map(|row| {
            let artifact = if row.get("old spec").is_some() { "spec" } else { "catalog" };
            let name = format!("{artifact}: {}", text(row, "transition"));
            let row = row.clone();
            Trial::test(name, move || judged_as_the_row_says(&row))
        })
        .collect();
    libtest_mimic::run(&Arguments::from_args(), trials).exit();
}
