//! The JSON report and its schema, both made from the types of its version.

mod v1;

use std::fmt;
use std::io::{self, BufWriter, Write};

use schemars::generate::SchemaSettings;
use serde::Serialize;

use crate::model::{HarmlessJson, Report, harmless_json};

/// The report as indented JSON, with a newline at the end.
pub fn json(report: &Report) -> String {
    pretty(&v1::Report::from(report))
}

/// Writes the report as [`json`] has it, as it is made: of many findings the text is large.
///
/// # Errors
/// What `out` says.
pub fn write_json(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    // What makes it harmless works on long pieces, and it comes in short ones.
    let mut out = BufWriter::with_capacity(1 << 16, HarmlessJson::new(out));
    serde_json::to_writer_pretty(&mut out, &v1::Report::from(report))?;
    out.write_all(b"\n")?;
    out.flush()
}

/// The JSON Schema of the report.
pub fn schema() -> String {
    // What is written, not what would be read: a field that is always there is required.
    let generator = SchemaSettings::default().for_serialize().into_generator();
    pretty(&generator.into_root_schema_for::<v1::Report<'_>>())
}

/// # Panics
/// The value has a map whose keys are no texts; the types here have none.
fn pretty(value: &(impl Serialize + fmt::Debug)) -> String {
    let mut text = serde_json::to_string_pretty(value).expect("every key is a text");
    text.push('\n');
    harmless_json(text)
}
