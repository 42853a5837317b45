//! Version pairs of published connectors, with what they declared.
//!
//! The pairs lie beside the repository, not in it; where they are absent this says so and checks nothing.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use connector_diff::load::{Side, connector};
use connector_diff::model::{ConnectorReport, Outcome};
use connector_diff::{Options, compare};
use serde_json::Value;

/// Breaks that the labels call visible and that are no breaking finding here, with the reason.
const EXPLAINED: [(&str, &str); 1] = [(
    "mailchimp_1.2.0_2.0.0",
    "an optional property leaves an open object, which is to be reviewed; the declared key change is Python on the old side",
)];

/// Declared streams that the files cannot show to break.
const NOT_IN_THE_FILES: [(&str, &str); 2] = [
    ("facebook-pages_1.1.4_2.0.0", "page_insights and post_insights lose metrics in a request, not in a schema"),
    ("harvest_0.2.0_1.0.0", "what the streams' state looked like was decided in Python"),
];

fn pairs() -> Option<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/real");
    if folder.join("labels.json").is_file() {
        return Some(folder);
    }
    println!("SKIPPED: there are no version pairs at {}: nothing was checked", folder.display());
    assert!(std::env::var_os("CI").is_none(), "CI must have the version pairs");
    None
}

fn report(pair: &Path) -> ConnectorReport {
    let side = |name: &str| {
        let metadata = pair.join(format!("{name}.metadata.yaml"));
        connector(&Side { path: pair.join(name), metadata: metadata.is_file().then_some(metadata), ..Side::default() })
    };
    compare(&side("old"), &side("new"), &Options::default())
}

fn texts(value: &Value) -> BTreeSet<String> {
    value.as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
}

#[test]
fn published_releases_are_judged_soundly() {
    let Some(folder) = pairs() else { return };
    let labels: Vec<Value> =
        serde_json::from_str(&fs::read_to_string(folder.join("labels.json")).expect("the labels")).expect("JSON");
    let mut wrong = Vec::new();
    let (mut quiet, mut quiet_reviews) = (0, 0);
    for label in &labels {
        let id = label["id"].as_str().expect("a pair has an id");
        let report = report(&folder.join("pairs").join(id));
        let verdict = &report.verdict;
        println!("{id}: {} -> {}", label["label"].as_str().unwrap_or_default(), verdict.outcome.name());
        if !report.errors.is_empty() || !report.unjudged.is_empty() {
            wrong.push(format!("{id}: {:?} {:?}", report.errors, report.unjudged));
        }
        if let Some(finding) = report.findings.iter().find(|finding| {
            finding.artifact != connector_diff::model::Artifact::State
                && finding.origin.old.as_ref().or(finding.origin.new.as_ref()).is_none_or(|origin| origin.line.is_none())
        }) {
            wrong.push(format!("{id}: {} has no line", finding.rule));
        }
        let breaks = verdict.outcome == Outcome::Breaking;
        let suspect = label["suspect_unlabelled"] == true;
        match label["label"].as_str() {
            Some("breaking") if label["visible"] == true && !breaks => {
                if !EXPLAINED.iter().any(|(known, _)| *known == id) {
                    wrong.push(format!("{id}: a visible break is not found"));
                }
            }
            Some("breaking") => {
                if verdict.outcome == Outcome::Compatible && verdict.declaration != connector_diff::model::Declaration::Unknown {
                    wrong.push(format!("{id}: a declared break is called compatible"));
                }
            }
            _ if breaks && !suspect => wrong.push(format!("{id}: a quiet release is called breaking")),
            _ if !suspect => {
                quiet += 1;
                quiet_reviews += usize::from(verdict.outcome != Outcome::Compatible);
            }
            _ => {}
        }
        let declared = texts(&label["declared_scopes"]);
        if breaks && !declared.is_empty() && !NOT_IN_THE_FILES.iter().any(|(known, _)| *known == id) {
            let missed: Vec<&String> = declared.difference(&verdict.scope.streams).collect();
            if !missed.is_empty() {
                wrong.push(format!("{id}: declared streams without a finding: {missed:?}"));
            }
        }
    }
    println!("{quiet} quiet releases, {quiet_reviews} with something to review");
    if quiet_reviews * 3 > quiet {
        wrong.push(format!("{quiet_reviews} of {quiet} quiet releases ask for a review"));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
