//! Every transition of `tests/data/peers.yaml`: our verdict, and a reason wherever another check differs from it.

use std::fs;
use std::path::Path;

use connector_diff::load::{Side, connector, parse_yaml};
use connector_diff::model::{Connector, Level};
use connector_diff::{Options, compare};
use libtest_mimic::{Arguments, Failed, Trial};
use serde_json::Value;

fn side(folder: &Path, row: &Value, name: &str) -> Connector {
    let path = folder.join(name);
    fs::create_dir_all(&path).expect("a temporary folder");
    for (key, file) in [("spec", "spec.json"), ("catalog", "catalog.json")] {
        if let Some(value) = row.get(format!("{name} {key}")) {
            fs::write(path.join(file), value.to_string()).expect("a temporary file");
        }
    }
    connector(&Side { path, ..Side::default() })
}

fn text<'r>(row: &'r Value, key: &str) -> &'r str {
    row[key].as_str().unwrap_or_default()
}

fn judged_as_the_row_says(row: &Value) -> Result<(), Failed> {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let report =
        compare(&side(folder.path(), row, "old"), &side(folder.path(), row, "new"), &Options::default());
    let (level, rule) = text(row, "ours").split_once(' ').expect("a level and a rule");
    let found: Vec<(&str, &str)> =
        report.findings.iter().map(|finding| (finding.level.name(), finding.rule.as_str())).collect();
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
