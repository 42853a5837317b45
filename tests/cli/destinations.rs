//! `check --destinations`: names, and what the formats make of it.

use super::{DEMO, run, stdout};

#[test]
fn names_that_are_not_known_are_an_error_with_close_ones() {
    let [old, new] = DEMO;
    for (names, expected) in [
        (
            "icebrg",
            "no destination is called \"icebrg\": did you mean iceberg? Expected all, or names of bigquery,",
        ),
        ("snowflake,avro", "no destination is called \"avro\": did you mean s3-avro?"),
        ("destination-postgres", "did you mean postgres?"),
        ("s3-data-lake", "did you mean iceberg?"),
        ("destination-s3", "did you mean s3-avro or s3-csv or s3-jsonl or s3-parquet?"),
        ("quux", "no destination is called \"quux\": expected all, or names of bigquery, clickhouse,"),
        ("", "no destination is called \"\": expected all"),
        ("snowflake,,iceberg", "no destination is called \"\": expected all"),
    ] {
        let output = run(&["check", old, new, "--destinations", names]);
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(2), "{names}: {said}");
        assert!(said.contains(expected), "{names}: {said}");
        assert!(output.stdout.is_empty(), "{names}");
    }
}

#[test]
fn each_format_says_what_destinations_do() {
    let [old, new] = DEMO;
    let of = |more: &[&str]| stdout(&run(&[&["check", old, new], more].concat()));
    let text = of(&["--destinations", "iceberg, duckdb ,iceberg"]);
    assert_eq!(text.matches("\ndestinations\n").count(), 1, "{text}");
    assert!(text.contains(" in iceberg") && !text.contains(" in snowflake"), "{text}");
    let verbose = of(&["--destinations", "iceberg", "-v"]);
    assert!(verbose.contains("(experiment: parity/destinations/iceberg.py)"), "{verbose}");
    let markdown = of(&["--destinations", "all", "--format", "markdown"]);
    assert!(markdown.contains("**What destinations do**"), "{markdown}");
    let html = of(&["--destinations", "all", "--format", "html"]);
    assert!(html.contains("What destinations do"), "{html}");
    let json = |more: &[&str]| -> serde_json::Value {
        serde_json::from_str(&of(&[more, &["--format", "json"]].concat())).expect("JSON")
    };
    let asked = json(&["--destinations", "all"]);
    let findings = asked["connectors"][0]["findings"].as_array().expect("findings").clone();
    let told: Vec<_> = findings.iter().filter(|finding| finding.get("destinations").is_some()).collect();
    assert!(!told.is_empty());
    for finding in told {
        let destinations = finding["destinations"].as_array().expect("a list");
        assert_eq!(destinations.len(), 12, "{finding}");
        for one in destinations {
            let effect = one["effect"].as_str().expect("an effect");
            let known = one["evidence"] != "unknown";
            assert_eq!(known, effect != "unknown" && one["reference"].is_string(), "{one}");
            assert!(one["note"].as_str().is_some_and(|note| note.ends_with('.')), "{one}");
        }
    }
    // Where nobody asks, nothing is said.
    let silent = json(&[]);
    let findings = silent["connectors"][0]["findings"].as_array().expect("findings");
    assert!(findings.iter().all(|finding| finding.get("destinations").is_none()));
    assert!(!of(&["--all", "-v"]).contains("\ndestinations\n"));
}
