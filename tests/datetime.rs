//! What the CDK makes of a cursor value in one format that was written in another: 22 by 22 formats, observed.
//!
//! The table lies beside the repository, not in it; where it is absent this says so and checks nothing.

use std::fs;
use std::io::{self, Write as _};
use std::path::Path;

use connector_diff::datetime::{Reading, reading};
use serde_json::Value;

#[test]
fn the_table_of_formats() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/lowcode-formats.json");
    let Ok(text) = fs::read_to_string(&path) else {
        // Past what the test harness captures: a skipped test must be seen.
        writeln!(io::stderr(), "SKIPPED: no table of formats at {}: NOTHING WAS CHECKED", path.display())
            .expect("stderr");
        assert!(std::env::var_os("CI").is_none(), "CI must have the table of formats");
        return;
    };
    let table: Value = serde_json::from_str(&text).expect("JSON");
    let mut wrong = Vec::new();
    for (written, row) in table.as_object().expect("rows") {
        for (read, expected) in row.as_object().expect("columns") {
            let found = match reading(written, std::slice::from_ref(read)) {
                Some(Reading::Same) => "same",
                Some(Reading::Misread) => "misread",
                Some(Reading::Fails) => "fails",
                Some(Reading::Depends) => "depends",
                None => "not known",
            };
            if expected != found {
                wrong.push(format!("{written} read as {read}: expected {expected}, found {found}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
