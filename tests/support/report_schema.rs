//! The schema of the JSON report, held against reports.

use std::sync::LazyLock;

use connector_diff::model::ConnectorReport;

/// What the published schema of the JSON report refuses in a report.
pub(crate) fn refused(report: ConnectorReport) -> Vec<String> {
    static VALIDATOR: LazyLock<jsonschema::Validator> = LazyLock::new(|| {
        let schema = serde_json::from_str(&connector_diff::report::schema()).expect("the schema is JSON");
        jsonschema::validator_for(&schema).expect("the schema is a JSON Schema")
    });
    let report = connector_diff::report::json(&connector_diff::report(vec![report]));
    let report = serde_json::from_str(&report).expect("the report is JSON");
    VALIDATOR.iter_errors(&report).map(|error| format!("{}: {error}", error.instance_path())).collect()
}
