//! Version pairs of published connectors, with what they declared.
//!
//! The pairs lie beside the repository, not in it; where they are absent this says so and checks nothing.

#[path = "support/report_schema.rs"]
mod report_schema;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use connector_diff::load::{Side, connector};
use connector_diff::model::{Artifact, ConnectorReport, Declaration, Outcome};
use connector_diff::schema::{Inclusion, Options as SchemaOptions, includes};
use connector_diff::{Options, compare};
use libtest_mimic::{Arguments, Failed, Trial};
use serde_json::Value;

/// Breaks that the labels call visible and that are no breaking finding here, with the reason.
const EXPLAINED: [(&str, &str); 1] = [(
    "mailchimp_1.2.0_2.0.0",
    "an optional property leaves an open object, which is to be reviewed; the declared key change is Python on the old side",
)];

/// Declared streams that the files cannot show to break.
const NOT_IN_THE_FILES: [(&str, &str); 2] = [
    (
        "facebook-pages_1.1.4_2.0.0",
        "page_insights and post_insights lose metrics in a request, not in a schema",
    ),
    ("harvest_0.2.0_1.0.0", "what the streams' state looked like was decided in Python"),
];

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/real")
}

fn report(id: &str) -> ConnectorReport {
    let pair = folder().join("pairs").join(id);
    let side = |name: &str| {
        let metadata = pair.join(format!("{name}.metadata.yaml"));
        connector(&Side {
            path: pair.join(name),
            metadata: metadata.is_file().then_some(metadata),
            ..Side::default()
        })
    };
    compare(&side("old"), &side("new"), &Options::default())
}

fn texts(value: &Value) -> BTreeSet<String> {
    value.as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
}

fn id(label: &Value) -> &str {
    label["id"].as_str().expect("a pair has an id")
}

fn is_quiet(label: &Value) -> bool {
    label["label"] != "breaking" && label["suspect_unlabelled"] != true
}

/// One pair against its label.
fn judged_soundly(label: &Value) -> Result<(), Failed> {
    let report = report(id(label));
    let verdict = &report.verdict;
    let mut wrong = report_schema::refused(report.clone());
    if !report.errors.is_empty() || !report.unjudged.is_empty() {
        wrong.push(format!("{:?} {:?}", report.errors, report.unjudged));
    }
    for finding in &report.findings {
        let origin = finding.origin.old.as_ref().or(finding.origin.new.as_ref());
        if finding.artifact != Artifact::State && origin.is_none_or(|origin| origin.line.is_none()) {
            wrong.push(format!("{} has no line", finding.rule));
        }
    }
    let breaks = verdict.outcome == Outcome::Breaking;
    let explained = EXPLAINED.iter().any(|(known, _)| *known == id(label));
    if label["label"] == "breaking" && label["visible"] == true && !breaks && !explained {
        wrong.push("a visible break is not found".to_owned());
    }
    if label["label"] == "breaking"
        && verdict.outcome == Outcome::Compatible
        && verdict.declaration != Declaration::Unknown
    {
        wrong.push("a declared break is called compatible".to_owned());
    }
    if breaks && is_quiet(label) {
        wrong.push("a quiet release is called breaking".to_owned());
    }
    let declared = texts(&label["declared_scopes"]);
    let hidden = NOT_IN_THE_FILES.iter().any(|(known, _)| *known == id(label));
    let missed: Vec<&String> = declared.difference(&verdict.scope.streams).collect();
    if breaks && !missed.is_empty() && !hidden {
        wrong.push(format!("declared streams without a finding: {missed:?}"));
    }
    if wrong.is_empty() { Ok(()) } else { Err(wrong.join("\n").into()) }
}

/// Every spec against the other side's and against itself: decided, unless a pattern has no automaton.
fn specs_are_decided(label: &Value) -> Result<(), Failed> {
    let pair = folder().join("pairs").join(id(label));
    let spec = |name: &str| {
        let side = connector(&Side { path: pair.join(name), ..Side::default() });
        side.spec.map(|spec| spec.value["connectionSpecification"].clone())
    };
    let (Some(old), Some(new)) = (spec("old"), spec("new")) else { return Ok(()) };
    for (a, b) in [(&old, &new), (&new, &old)] {
        match includes(a, b, &SchemaOptions::default()) {
            Err(error) => return Err(format!("{error:?}").into()),
            Ok(Inclusion::Unknown { reason }) if !reason.contains("look-") => return Err(reason.into()),
            Ok(_) => {}
        }
        let same = includes(a, a, &SchemaOptions::default());
        if same != Ok(Inclusion::Included) {
            return Err(format!("a spec does not include itself: {same:?}").into());
        }
    }
    Ok(())
}

fn few_quiet_releases_ask_for_a_review(labels: &[Value]) -> Result<(), Failed> {
    let quiet: Vec<&Value> = labels.iter().filter(|label| is_quiet(label)).collect();
    let reviews: Vec<&str> = quiet
        .iter()
        .map(|label| id(label))
        .filter(|id| report(id).verdict.outcome != Outcome::Compatible)
        .collect();
    if reviews.len() * 3 > quiet.len() {
        return Err(format!("{} of {}: {}", reviews.len(), quiet.len(), reviews.join(", ")).into());
    }
    Ok(())
}

#[allow(clippy::print_stderr, reason = "a skipped test must be seen")]
fn main() {
    let arguments = Arguments::from_args();
    let mut trials = Vec::new();
    match fs::read_to_string(folder().join("labels.json")) {
        Ok(text) => {
            let labels: Vec<Value> = serde_json::from_str(&text).expect("the labels are JSON");
            for label in labels.clone() {
                let spec = label.clone();
                trials.push(Trial::test(id(&label).to_owned(), move || judged_soundly(&label)));
                trials.push(Trial::test(format!("{}: spec", id(&spec)), move || specs_are_decided(&spec)));
            }
            trials.push(Trial::test("few_quiet_releases_ask_for_a_review", move || {
                few_quiet_releases_ask_for_a_review(&labels)
            }));
        }
        Err(error) => {
            eprintln!("SKIPPED: no version pairs at {} ({error}): NOTHING WAS CHECKED", folder().display());
            let in_ci = std::env::var_os("CI").is_some();
            let missing = move || if in_ci { Err("CI must have the version pairs".into()) } else { Ok(()) };
            trials.push(Trial::test("version_pairs_are_there", missing).with_ignored_flag(!in_ci));
        }
    }
    libtest_mimic::run(&arguments, trials).exit();
}
