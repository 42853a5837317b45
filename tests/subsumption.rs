//! JSON Schema inclusion cases of three public suites, with known answers.
//!
//! The cases lie beside the repository, not in it; where they are absent this says so and checks nothing.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Instant;

use connector_diff::schema::{Draft, Inclusion, Options, includes};
use libtest_mimic::{Arguments, Failed, Trial};
use serde_json::Value;

const SUITES: [&str; 3] = ["confluent", "jsoncompat", "sentry"];

/// At most this part of a suite's settled cases may be undecided.
const MOST_UNKNOWN: f64 = 0.02;

/// Undecided cases of a suite that are allowed whatever its size.
const FEW: usize = 1;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/subsumption")
}

fn cases(suite: &str) -> Vec<Value> {
    let text = fs::read_to_string(folder().join(format!("{suite}.json"))).expect("the suite");
    serde_json::from_str::<Value>(&text).expect("JSON").as_array().expect("a list of cases").clone()
}

enum Verdict {
    Right,
    Unknown(String),
    Wrong(String),
}

fn verdict(case: &Value) -> Verdict {
    let draft = match case["dialect"].as_str() {
        Some("draft-04") => Draft::Draft4,
        Some("2019-09") => Draft::Draft201909,
        Some("2020-12") => Draft::Draft202012,
        _ => Draft::Draft7,
    };
    let options = Options { draft: Some(draft), ..Options::default() };
    let answer = includes(&case["old"], &case["new"], &options);
    match (case["expected"].as_str(), answer) {
        // A reference that leads from a value to itself: any answer will do.
        (Some("undefined"), _) | (Some("invalid"), Err(_)) => Verdict::Right,
        (Some("subset"), Ok(Inclusion::Included))
        | (Some("not-subset"), Ok(Inclusion::NotIncluded { .. })) => Verdict::Right,
        (_, Ok(Inclusion::Unknown { reason })) => Verdict::Unknown(reason),
        (expected, answer) => Verdict::Wrong(format!("expected {expected:?}, found {answer:?}")),
    }
}

#[allow(clippy::print_stdout, reason = "the table is what the test is for")]
fn suite_is_right(suite: &str) -> Result<(), Failed> {
    let cases = cases(suite);
    let (mut right, mut unknown, mut wrong) = (0, Vec::new(), Vec::new());
    let mut slowest = (0, String::new());
    for case in &cases {
        let id = case["id"].as_str().expect("an id");
        let begun = Instant::now();
        match verdict(case) {
            Verdict::Right => right += 1,
            Verdict::Unknown(reason) => unknown.push(format!("unknown {id}: {reason}")),
            Verdict::Wrong(text) => {
                wrong.push(format!("WRONG {id}: {text}\n  old {}\n  new {}", case["old"], case["new"]))
            }
        }
        slowest = slowest.max((begun.elapsed().as_millis(), id.to_owned()));
    }
    println!(
        "{suite}: {right} right, {} unknown, {} wrong of {}; slowest {} ms ({})",
        unknown.len(),
        wrong.len(),
        cases.len(),
        slowest.0,
        slowest.1
    );
    println!("{}", unknown.join("\n"));
    if !wrong.is_empty() {
        return Err(wrong.join("\n").into());
    }
    let share = f64::from(u32::try_from(unknown.len()).expect("few"))
        / f64::from(u32::try_from(cases.len()).expect("few"));
    if unknown.len() > FEW && share > MOST_UNKNOWN {
        return Err(unknown.join("\n").into());
    }
    Ok(())
}

#[allow(clippy::print_stderr, reason = "a skipped test must be seen")]
fn main() {
    let arguments = Arguments::from_args();
    let trials = if folder().is_dir() {
        SUITES.iter().map(|suite| Trial::test(*suite, move || suite_is_right(suite))).collect()
    } else {
        eprintln!("SKIPPED: no inclusion cases at {}: NOTHING WAS CHECKED", folder().display());
        let in_ci = std::env::var_os("CI").is_some();
        let missing = move || if in_ci { Err("CI must have the inclusion cases".into()) } else { Ok(()) };
        vec![Trial::test("inclusion_cases_are_there", missing).with_ignored_flag(!in_ci)]
    };
    libtest_mimic::run(&arguments, trials).exit();
}
