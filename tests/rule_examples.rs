//! The example of every rule and check fires it: the lines are put where their context says, and the two sides are
//! compared. Lines of a corpus case are looked up there; `tests/corpus.rs` runs the case.

#[path = "support/sides.rs"]
mod sides;
#[allow(dead_code, reason = "cases are not written to a disk")]
mod support;

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use chrono::NaiveDate;
use connector_diff::policy::{Policy, PolicyFile};
use connector_diff::rules::{self, Context, Example};
use connector_diff::tree::Memory;
use connector_diff::{Options, compare};

/// The files of a side.
type Side = Vec<(&'static str, String)>;

/// Which of the two sides, where they differ besides the lines.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Version {
    Old,
    New,
}

const METADATA: [(&str, &str); 4] = [
    ("connectorType", "source"),
    ("definitionId", "2a1e0bbf-6d1b-4ae7-9d0a-8e6a64c3bb11"),
    ("dockerRepository", "airbyte/source-shop"),
    ("dockerImageTag", "1.4.2"),
];

const STREAM: [(&str, &str); 3] = [
    ("name", r#""users""#),
    ("json_schema", r#"{"type": "object", "properties": {"id": {"type": "integer"}}}"#),
    ("supported_sync_modes", r#"["full_refresh", "incremental"]"#),
];

const FIELDS: [(&str, &str); 2] = [("id", r#"{"type": "integer"}"#), ("updated", r#"{"type": "string"}"#)];

const RETRIEVER: &str = r#"
    retriever:
      type: SimpleRetriever
      requester: {type: HttpRequester, url_base: "https://shop.test/v1", path: users}
      record_selector: {type: RecordSelector, extractor: {type: DpathExtractor, field_path: [data]}}"#;

/// The check that every release is asked, whatever changed.
const EVERY_RELEASE: &str = "meta-version-unreadable";

/// Streams that share a schema file; the name of one is decided by the config.
const PYTHON: &str = r#"
class Report(HttpStream):
    primary_key = "id"

    def get_json_schema(self):
        return ResourceSchemaLoader("source_shop").get_schema("reports")

class Daily(Report):
    pass

class Named(Report):
    @property
    def name(self):
        return self.config["name"]

class SourceShop(AbstractSource):
    def streams(self, config):
        return [Daily(), Named(config)]
"#;

fn indented(lines: &[&str], by: usize) -> String {
    lines.iter().map(|line| format!("{}{line}\n", " ".repeat(by))).collect()
}

/// Whether one of the two versions has this key.
fn has(example: &Example, key: &str) -> bool {
    let start = |line: &str| line.trim_start_matches('"').strip_prefix(key).map(str::to_owned);
    let is_key = |line: &&&str| start(line).is_some_and(|rest| rest.starts_with([':', '"']));
    let whole = [example.before, example.after].concat().join("\n");
    example.before.iter().chain(example.after).any(|line| is_key(&line))
        || whole.contains(&format!("\"{key}\": "))
}

/// Members of a JSON object or list: the usual ones that the example does not have, and the lines.
fn members(example: &Example, lines: &[&str], usual: &[(&str, &str)]) -> String {
    let usual =
        usual.iter().filter(|(key, _)| !has(example, key)).map(|(key, value)| format!("\"{key}\": {value}"));
    let own = lines.join("\n").trim_end_matches(',').to_owned();
    usual.chain((!own.is_empty()).then_some(own)).collect::<Vec<_>>().join(",\n")
}

fn spec_of_properties(lines: &[&str]) -> String {
    let head = "connectionSpecification:\n  type: object\n  properties:\n    api_key: {type: string}\n";
    format!("{head}{}", indented(lines, 4))
}

fn catalog_of(streams: &str) -> (&'static str, String) {
    ("catalog.json", format!("{{\"streams\": [{streams}]}}"))
}

fn stream_of(schema: &str, name: &str) -> String {
    format!(
        "{{{name}, \"json_schema\": {schema}, \"supported_sync_modes\": [\"full_refresh\", \"incremental\"]}}"
    )
}

fn metadata(example: &Example, lines: &[&str]) -> (&'static str, String) {
    let usual = METADATA.iter().filter(|(key, _)| !has(example, key));
    let usual: String = usual.map(|(key, value)| format!("  {key}: {value}\n")).collect();
    ("metadata.yaml", format!("data:\n{usual}{}", indented(lines, 2)))
}

/// The metadata of a version, with or without an entry for 2.0.0.
fn released(version: &str, is_declared: bool) -> (&'static str, String) {
    let usual = METADATA.iter().filter(|(key, _)| *key != "dockerImageTag");
    let usual: String = usual.map(|(key, value)| format!("  {key}: {value}\n")).collect();
    let entry = r#"{message: Refresh orders; see the guide., upgradeDeadline: "2030-05-01", deadlineAction: disable}"#;
    let releases = if is_declared {
        format!("  releases: {{breakingChanges: {{2.0.0: {entry}}}}}\n")
    } else {
        String::new()
    };
    ("metadata.yaml", format!("data:\n  name: Shop\n  dockerImageTag: {version}\n{usual}{releases}"))
}

/// The files of a side that has these lines; `None` where they are lines of a case.
fn side(example: &Example, lines: &[&str], version: Version) -> Option<Side> {
    let is_old = version == Version::Old;
    let schema = r#"{"type": "object", "properties": {"id": {"type": "integer"}}}"#;
    let spec = |body: String| vec![("spec.yaml", body)];
    let usual_spec = || ("spec.yaml", "connectionSpecification: {type: object}\n".to_owned());
    let message = |state: &str| {
        format!(
            r#"{{"type": "STREAM", "stream": {{"stream_descriptor": {{"name": "users"}}, "stream_state": {state}}}}}"#
        )
    };
    Some(match example.context {
        Context::Spec => {
            let usual = if has(example, "connectionSpecification") { String::new() } else { usual_spec().1 };
            spec(format!("{usual}{}", indented(lines, 0)))
        }
        Context::SpecSchema => {
            spec(format!("connectionSpecification:\n  type: object\n{}", indented(lines, 2)))
        }
        Context::SpecProperties => spec(spec_of_properties(lines)),
        Context::Destination => {
            spec(format!("supported_destination_sync_modes: [append]\n{}", spec_of_properties(lines)))
        }
        Context::Options => {
            let options =
                format!("    credentials:\n      type: object\n      oneOf:\n{}", indented(lines, 8));
            spec(format!("{}{options}", spec_of_properties(&[])))
        }
        Context::Oauth => spec(format!(
            "{}advanced_auth:\n  auth_flow_type: oauth2.0\n  oauth_config_specification:\n{}",
            usual_spec().1,
            indented(lines, 4)
        )),
        Context::GoldenSpec => {
            let body = |lines: &[&str]| {
                let properties = members(example, lines, &[]);
                format!(
                    "{{\"connectionSpecification\": {{\"type\": \"object\", \"properties\": {{{properties}}}}}}}"
                )
            };
            let golden = body(example.before);
            vec![("source_shop/spec.json", body(lines)), ("integration_tests/spec.json", golden)]
        }
        Context::Catalog => vec![catalog_of(&members(example, lines, &[]))],
        Context::Stream => vec![catalog_of(&format!("{{{}}}", members(example, lines, &STREAM)))],
        Context::Schema => {
            let schema = format!("{{\"type\": \"object\", {}}}", members(example, lines, &[]));
            vec![catalog_of(&stream_of(&schema, "\"name\": \"users\""))]
        }
        Context::Fields => {
            let fields = members(example, lines, &FIELDS);
            let schema = format!("{{\"type\": \"object\", \"properties\": {{{fields}}}}}");
            let key_and_cursor = r#""name": "users", "source_defined_primary_key": [["id"]], "default_cursor_field": ["updated"]"#;
            vec![catalog_of(&stream_of(&schema, key_and_cursor))]
        }
        Context::ManifestStream => {
            let retriever = if has(example, "retriever") { "" } else { RETRIEVER };
            let manifest = format!(
                "version: 6.48.0\ntype: DeclarativeSource\ncheck: {{type: CheckStream, stream_names: [users]}}\n\
                 streams:\n  - type: DeclarativeStream\n    name: users\n    \
                 schema_loader: {{type: InlineSchemaLoader, schema: {schema}}}{retriever}\n{}",
                indented(lines, 4)
            );
            vec![("manifest.yaml", manifest)]
        }
        Context::State => {
            let state = message(&format!("{{{}}}", members(example, lines, &[])));
            vec![("state.json", format!("[{state}]"))]
        }
        Context::StateMessages => vec![("state.json", format!("[{}]", members(example, lines, &[])))],
        Context::Metadata => vec![metadata(example, lines), usual_spec()],
        Context::ReleaseOfStream => {
            let orders = stream_of(schema, "\"name\": \"orders\"");
            let users = stream_of(schema, "\"name\": \"users\"");
            let streams = if is_old { format!("{users}, {orders}") } else { users };
            vec![metadata(example, lines), catalog_of(&streams)]
        }
        Context::ReleaseOfNamespace => {
            let in_app = stream_of(schema, "\"name\": \"orders\", \"namespace\": \"app\"");
            let in_shop = stream_of(schema, "\"name\": \"orders\", \"namespace\": \"shop\"");
            let streams = if is_old { format!("{in_shop}, {in_app}") } else { in_shop };
            vec![metadata(example, lines), catalog_of(&streams)]
        }
        Context::ReleaseOfSchemaFile => {
            let page = if is_old { r#", "page": {"type": "string"}"# } else { "" };
            let schema =
                format!(r#"{{"type": "object", "properties": {{"id": {{"type": "integer"}}{page}}}}}"#);
            let source = ("source_shop/source.py", PYTHON.to_owned());
            vec![metadata(example, lines), source, ("source_shop/schemas/reports.json", schema)]
        }
        Context::ReleaseForAll => {
            let kind = if is_old { "string" } else { "integer" };
            let body = format!(
                "{}  required: [region]\n",
                spec_of_properties(&[&format!("region: {{type: {kind}}}")])
            );
            vec![metadata(example, lines), ("spec.yaml", body)]
        }
        Context::ReleaseOfRename => {
            let schema = r#"{"type": "object", "properties": {"id": {"type": "integer"}, "total": {"type": "number"}, "paid_at": {"type": "string"}}}"#;
            let name = if is_old { "orders" } else { "order" };
            let streams = format!(
                "{}, {}",
                stream_of(schema, "\"name\": \"users\""),
                stream_of(schema, &format!("\"name\": \"{name}\""))
            );
            vec![metadata(example, lines), catalog_of(&streams)]
        }
        Context::Guide => {
            let page = ("docs/shop-migrations.md", indented(lines, 0));
            vec![released(if is_old { "1.4.2" } else { "2.0.0" }, !is_old), page, usual_spec()]
        }
        Context::PageWithoutGuide => {
            let page = ("docs/shop.md", indented(lines, 0));
            vec![released(if is_old { "1.4.2" } else { "2.0.0" }, !is_old), page, usual_spec()]
        }
        Context::Page => {
            let page = ("docs/shop.md", indented(lines, 0));
            vec![released(if is_old { "1.4.2" } else { "1.4.3" }, false), page, usual_spec()]
        }
        Context::ReleaseWithPage => {
            let page = "# Shop\n\n## Changelog\n\n- 1.4.3: Mend\n- 1.4.2: Start\n".to_owned();
            vec![metadata(example, lines), ("docs/integrations/sources/shop.md", page), usual_spec()]
        }
        Context::Pyproject => {
            let file = ("pyproject.toml", indented(lines, 0));
            vec![released(if is_old { "1.4.2" } else { "1.4.3" }, false), file, usual_spec()]
        }
        Context::ReleaseBlock => {
            let mut files = vec![released("1.4.2", false), usual_spec()];
            files.extend((!lines.is_empty()).then(|| ("block-release.yaml", indented(lines, 0))));
            files
        }
        Context::AcceptanceTests => {
            let next = [&METADATA[..3], &[("dockerImageTag", "1.5.0")]].concat();
            let keys = if is_old { &METADATA[..] } else { &next };
            let keys: String = keys.iter().map(|(key, value)| format!("  {key}: {value}\n")).collect();
            let tests = ("acceptance-test-config.yml", indented(lines, 0));
            let added: &[&str] = if is_old { &[] } else { &["region: {type: string}"] };
            vec![("metadata.yaml", format!("data:\n{keys}")), ("spec.yaml", spec_of_properties(added)), tests]
        }
        Context::Policy => {
            let orders = stream_of(schema, "\"name\": \"orders\"");
            let users = stream_of(schema, "\"name\": \"users\"");
            let streams = if is_old { format!("{users}, {orders}") } else { users };
            let version = if is_old { "1.4.2" } else { "2.0.0" };
            let usual: String =
                METADATA[..3].iter().map(|(key, value)| format!("  {key}: {value}\n")).collect();
            let metadata = format!("data:\n{usual}  dockerImageTag: {version}\n");
            vec![("metadata.yaml", metadata), catalog_of(&streams)]
        }
        Context::Case { .. } => return None,
    })
}

/// Which rules and checks the two sides fire.
fn fired(old: &Side, new: &Side) -> BTreeSet<String> {
    fired_under(Policy::default(), old, new)
}

/// The same under a policy.
fn fired_under(policy: Policy, old: &Side, new: &Side) -> BTreeSet<String> {
    let load = |files: &Side| {
        let tree = files.iter().fold(Memory::new("side"), |tree, (name, body)| tree.file(name, body));
        sides::load(tree)
    };
    let options = Options { policy, today: NaiveDate::from_ymd_opt(2030, 1, 1), ..Options::default() };
    let report = compare(&load(old), &load(new), &options);
    let findings = report.findings.iter().map(|finding| finding.rule.to_string());
    let problems = report.problems.iter().map(|problem| problem.rule.to_string());
    let errors = report.errors.iter().map(|error| format!("error: {}", error.message));
    findings.chain(problems).chain(errors).collect()
}

/// The lines of a case's files on one side, without what indents and separates them.
fn lines_of_case(text: &str, side: &str) -> BTreeSet<String> {
    let files = support::sections(text).into_iter().filter(|(name, _)| name.starts_with(side));
    files.flat_map(|(_, body)| body.lines().map(bare).collect::<Vec<_>>()).collect()
}

fn bare(line: &str) -> String {
    line.trim().trim_end_matches(',').to_owned()
}

/// What keeps the lines from being those of a case that fires the rule.
fn fault_of_case(id: &str, case: &str, example: &Example) -> Option<String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("corpus/{id}/{case}.md"));
    let Ok(text) = fs::read_to_string(&path) else { return Some(format!("there is no {}", path.display())) };
    if case.starts_with("near-miss") {
        return Some(format!("{case} does not fire the rule"));
    }
    // A side is its folder, and the output that is handed in for it.
    let [old, new] = ["old", "new"].map(|side| {
        let folders = [format!("{side}/"), format!("{side}-output/")];
        folders.iter().flat_map(|folder| lines_of_case(&text, folder)).collect::<BTreeSet<String>>()
    });
    // Lines that stay, or that one side alone has a file for.
    let either: BTreeSet<String> = old.union(&new).cloned().collect();
    let stays = example.before == example.after;
    let missing = |lines: &[&str], side: &BTreeSet<String>| {
        let is_missing = |line: &&&str| **line != "…" && !side.contains(&bare(line));
        lines.iter().find(is_missing).map(|line| format!("no line of {case} is: {line}"))
    };
    let (before, after) = if stays { (&either, &either) } else { (&old, &new) };
    missing(example.before, before).or_else(|| missing(example.after, after))
}

/// What is wrong with an example of lines of the policy file: those of the old version must not fire, and the new ones must.
fn fault_of_policy(id: &str, example: &Example) -> Option<String> {
    let old = side(example, &[], Version::Old)?;
    let new = side(example, &[], Version::New)?;
    let fires = |lines: &[&str]| {
        let file = PolicyFile::parse(&lines.join("\n"), ".connector-diff.toml").expect("a policy");
        fired_under(file.policy(Some("source-shop")), &old, &new).contains(id)
    };
    let as_wanted = !fires(example.before) && fires(example.after);
    (!as_wanted).then(|| "the lines before fire it, or those after do not".to_owned())
}

/// What is wrong with an example.
fn fault(id: &str, example: &Example) -> Option<String> {
    if example.context == Context::Policy {
        return fault_of_policy(id, example);
    }
    if let Context::Case { case, .. } = example.context {
        return fault_of_case(id, case, example);
    }
    let old = side(example, example.before, Version::Old)?;
    let new = side(example, example.after, Version::New)?;
    let found = fired(&old, &new);
    if !found.contains(id) {
        return Some(format!("fires {found:?}"));
    }
    for (same, version) in [(example.before, Version::Old), (example.after, Version::New)] {
        let same = side(example, same, version)?;
        let found = fired(&same, &same);
        if found.contains(id) && id != EVERY_RELEASE {
            return Some(format!("fires it without a difference: {found:?}"));
        }
    }
    None
}

#[test]
fn every_example_fires_its_rule() {
    let of_rules = rules::all().iter().map(|rule| (rule.id, rule.example));
    let of_checks = rules::checks().iter().map(|check| (check.id, check.example));
    let faults: Vec<String> = of_rules
        .chain(of_checks)
        .filter_map(|(id, example)| fault(id, &example).map(|fault| format!("{id}: {fault}")))
        .collect();
    assert!(faults.is_empty(), "{} examples:\n{}", faults.len(), faults.join("\n"));
}

#[test]
fn an_example_of_another_rule_is_refused() {
    let example = rules::find("field-removed").expect("a rule").example;
    assert_eq!(fault("field-removed", &example), None);
    assert_eq!(fault("field-added", &example).as_deref(), Some("fires {\"field-removed\"}"));
    let of_a_case = rules::find("state-misread").expect("a rule").example;
    assert_eq!(fault("state-misread", &of_a_case), None);
    let turned = Example { before: of_a_case.after, after: of_a_case.before, ..of_a_case };
    assert_eq!(
        fault("state-misread", &turned).as_deref(),
        Some("no line of seconds-as-milliseconds is: datetime_format: \"%ms\"")
    );
}
