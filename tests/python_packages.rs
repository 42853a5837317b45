//! Packages whose streams Python builds: whom a break reaches, and what a declaration of it is worth.

#[path = "support/sides.rs"]
mod sides;

use connector_diff::model::{ConnectorReport, Declaration, Outcome, Severity};
use connector_diff::release::is_declared;
use sides::report;

const REPORTS: &str = r#"
class Report(HttpStream):
    primary_key = "id"

    def get_json_schema(self):
        return ResourceSchemaLoader("source_lantern").get_schema("reports")

class Daily(Report):
    pass

class Named(Report):
    def __init__(self, config):
        self.config = config

    @property
    def name(self):
        return self.config["name"]
"#;

/// A release that takes a field out of a schema file, declared for the stream `daily` alone.
fn release(listed: &str) -> ConnectorReport {
    let source = format!(
        "{REPORTS}\nclass SourceLantern(AbstractSource):\n    def streams(self, config):\n        return [{listed}]\n"
    );
    let metadata = |version: &str, entry: &str| {
        format!(
            "data:\n  connectorType: source\n  dockerRepository: airbyte/source-lantern\n  dockerImageTag: {version}\n{entry}"
        )
    };
    let entry = "  releases:\n    breakingChanges:\n      2.0.0:\n        message: Users of the stream daily must refresh it; see the migration guide.\n        upgradeDeadline: \"2030-01-01\"\n        deadlineAction: disable\n        scopedImpact:\n          - scopeType: stream\n            impactedScopes: [daily]\n";
    let (before, after) = (metadata("1.0.0", ""), metadata("2.0.0", entry));
    let file = "source_lantern/schemas/reports.json";
    report(
        &[
            ("metadata.yaml", before.as_str()),
            ("source_lantern/source.py", &source),
            (
                file,
                r#"{"type": "object", "properties": {"id": {"type": "integer"}, "page": {"type": "string"}}}"#,
            ),
        ],
        &[
            ("metadata.yaml", after.as_str()),
            ("source_lantern/source.py", &source),
            (file, r#"{"type": "object", "properties": {"id": {"type": "integer"}}}"#),
        ],
    )
}

fn problems(report: &ConnectorReport) -> Vec<(&str, Severity)> {
    report.problems.iter().map(|problem| (problem.rule.as_str(), problem.level)).collect()
}

#[test]
fn a_scope_is_complete_only_where_every_stream_is_known() {
    let known = release("Daily()");
    assert_eq!(known.verdict.declaration, Declaration::Complete);
    assert_eq!(known.verdict.outcome, Outcome::Breaking);
    assert_eq!(problems(&known), []);

    let open = release("Daily(), Named(config)");
    assert_eq!(open.verdict.declaration, Declaration::Open);
    assert_eq!(open.verdict.scope.streams.iter().collect::<Vec<_>>(), ["daily"]);
    assert_eq!(open.verdict.scope.unlisted_streams_of.iter().collect::<Vec<_>>(), ["reports.json"]);
    assert_eq!(problems(&open), [("meta-scope-not-known", Severity::Warning)]);
    assert!(is_declared(&open.verdict), "what is known is declared");

    let more = release("Daily(), Report()");
    assert_eq!(more.verdict.declaration, Declaration::Incomplete);
    assert!(!is_declared(&more.verdict));
}

#[test]
fn code_that_cannot_be_read_leaves_the_streams_open() {
    for (listed, expected) in [
        // The file may be a stream of its name, which the entry does not list.
        ("Daily(), (", Declaration::Incomplete),
        ("Daily(), eval(name)()", Declaration::Open),
        ("Daily(), globals()[name]()", Declaration::Open),
    ] {
        let found = release(listed);
        assert_eq!(found.verdict.declaration, expected, "{listed}");
        assert!(!found.verdict.scope.unlisted_streams_of.is_empty(), "{listed}");
    }
}

#[test]
fn a_side_against_itself_has_no_news_whatever_its_code() {
    let endless = format!("x = [{}]\n", "1, ".repeat(50_000));
    let circle = "class A(B):\n    pass\nclass B(A):\n    name = A.name\n";
    let made = "for kind in kinds:\n    globals()[kind] = type(kind, (HttpStream,), {})\n";
    for text in [endless.as_str(), circle, made, "class (", "\u{feff}class A(HttpStream): pass\n", "", "\0"] {
        let files = [
            ("source_lantern/source.py", text),
            (
                "source_lantern/schemas/a.json",
                r#"{"type": "object", "properties": {"id": {"type": "integer"}}}"#,
            ),
        ];
        let found = report(&files, &files);
        assert_eq!(found.verdict.outcome, Outcome::Compatible, "{text:.40}");
        assert!(found.findings.is_empty(), "{text:.40}: {:?}", found.findings);
    }
}
