//! Manifests that ask the same and are written otherwise, and manifests that look alike and ask otherwise.

#[path = "support/sides.rs"]
mod sides;

use sides::report as check;

fn equivalent(old: &str, new: &str) -> Option<bool> {
    check(&[("manifest.yaml", old)], &[("manifest.yaml", new)]).verdict.equivalent
}

const HEAD: &str = "version: 6.48.0
type: DeclarativeSource
check: {type: CheckStream, stream_names: [orders]}
spec: {type: Spec, connection_specification: {type: object, properties: {}}}
";

fn manifest(requester: &str, more: &str) -> String {
    format!(
        "{HEAD}streams:
  - type: DeclarativeStream
    name: orders
    retriever:
      type: SimpleRetriever
      requester: {requester}
      record_selector: {{type: RecordSelector, extractor: {{type: DpathExtractor, field_path: [data]}}}}
    schema_loader: {{type: InlineSchemaLoader, schema: {{type: object, properties: {{id: {{type: integer}}}}}}}}
{more}"
    )
}

const REQUESTER: &str =
    "{type: HttpRequester, url_base: https://lantern.test, path: \"{{ parameters['path'] }}\"}";
const PATH: &str = "    $parameters: {path: orders}\n";

#[test]
fn another_spelling_is_the_same() {
    let plain = manifest(REQUESTER, PATH);
    for other in [
        plain.replace("{type: HttpRequester, ", "{"),
        plain.replace("{type: HttpRequester, ", "{type: HttpRequester, http_method: GET, "),
        plain.replace("{{ parameters['path'] }}", "{{parameters['path']}}"),
        plain
            .replace("      record_selector", "      paginator: {type: NoPagination}\n      record_selector"),
        format!("{plain}    transformations: []\n"),
        plain.replace("{type: RecordSelector, extractor: {type: DpathExtractor, ", "{extractor: {"),
        plain
            .replace("parameters['path']", "parameters.resource")
            .replace("{path: orders}", "{resource: orders}"),
        plain.replace("\"{{ parameters['path'] }}\"", "orders"),
    ] {
        assert_eq!(equivalent(&plain, &other), Some(true), "{other}");
    }
    let key = |expression: &str| {
        let query = format!("request_parameters: {{key: \"{{{{ {expression} }}}}\"}}, path");
        manifest(&REQUESTER.replacen("path", &query, 1), PATH)
    };
    assert_eq!(equivalent(&key("config.key"), &key("config['key']")), Some(true));
    // An absent key, a method of dictionaries, and a text that is no template answer otherwise.
    assert_ne!(equivalent(&key("config.get('key')"), &key("config['key']")), Some(true));
    assert_ne!(equivalent(&key("config.items"), &key("config['items']")), Some(true));
    let raw = |value: &str| {
        let router = format!(
            "      partition_router: {{type: ListPartitionRouter, cursor_field: id, values: [\"{value}\"]}}\n      record_selector"
        );
        plain.replace("      record_selector", &router)
    };
    assert_ne!(equivalent(&raw("{{ parameters['path'] }}"), &raw("orders")), Some(true));
}

#[test]
fn what_asks_otherwise_is_not_the_same() {
    let plain = manifest(REQUESTER, PATH);
    let untyped = manifest("{url_base: https://lantern.test}", "    $parameters: {path: /orders}\n");
    let cursor = |formats: &str| {
        let cursor = format!(
            "    incremental_sync: {{type: DatetimeBasedCursor, cursor_field: at, start_datetime: '2020-01-01', {formats}}}\n"
        );
        manifest(REQUESTER, &format!("{PATH}{cursor}"))
    };
    for (old, new) in [
        (plain.clone(), plain.replace("{path: orders}", "{path: invoices}")),
        (
            plain.clone(),
            plain.replace(
                "{path: orders}",
                "{path: orders, record_filter: {type: RecordFilter, condition: \"{{ false }}\"}}",
            ),
        ),
        (untyped.clone(), untyped.replace("/orders}", "/invoices}")),
        (
            cursor("datetime_format: '%Y-%m-%d'"),
            cursor("datetime_format: '%Y%m%d', cursor_datetime_formats: ['%Y-%m-%d']"),
        ),
    ] {
        assert_eq!(equivalent(&old, &new), Some(false), "{new}");
    }
}

/// A stream with state goes through its second half.
#[test]
fn both_halves_of_a_delegating_stream_count() {
    let half = |name: &str, path: &str| {
        format!(
            "    {name}:
      type: DeclarativeStream
      name: orders
      retriever:
        type: SimpleRetriever
        requester: {{type: HttpRequester, url_base: https://lantern.test, path: {path}}}
        record_selector: {{type: RecordSelector, extractor: {{type: DpathExtractor, field_path: []}}}}
      schema_loader: {{type: InlineSchemaLoader, schema: {{type: object, properties: {{id: {{type: integer}}}}}}}}
"
        )
    };
    let whole = |path: &str| {
        let halves = half("full_refresh_stream", "all") + &half("incremental_stream", path);
        format!("{HEAD}streams:\n  - type: StateDelegatingStream\n    name: orders\n{halves}")
    };
    assert_eq!(equivalent(&whole("since"), &whole("since")), Some(true));
    assert_eq!(equivalent(&whole("since"), &whole("changed")), Some(false));
}

#[test]
fn code_that_differs_is_no_proof() {
    let custom = manifest(REQUESTER, PATH).replace(
        "extractor: {type: DpathExtractor, field_path: [data]}",
        "extractor: {type: CustomRecordExtractor, class_name: source_declarative_manifest.components.A}",
    );
    let ask = |old: &str, new: &str| {
        let side = |code| [("manifest.yaml", custom.as_str()), ("components.py", code)];
        check(&side(old), &side(new)).verdict.equivalent
    };
    assert_eq!(ask("class A: pass\n", "class A: pass\n"), Some(true));
    assert_eq!(ask("class A: pass\n", "class A: records = []\n"), None);
}

/// A definition that doubles at each step is not written out.
#[test]
fn a_request_that_doubles_ends() {
    let mut definitions = String::from("definitions:\n");
    for level in 0..40 {
        let below = format!("{{$ref: '#/definitions/l{}'}}", level + 1);
        definitions.push_str(&format!("  l{level}: {{a: {below}, b: {below}}}\n"));
    }
    definitions.push_str("  l40: {x: 1}\n");
    let requester = "{type: HttpRequester, url_base: https://lantern.test, request_body_json: {$ref: '#/definitions/l0'}}";
    let bomb = manifest(requester, "") + &definitions;
    assert_eq!(equivalent(&bomb, &bomb), Some(true));
    assert_eq!(equivalent(&bomb, &bomb.replace("x: 1", "x: 2")), Some(false));
}

/// A stream that is gone is gone, though another one depends on the config.
#[test]
fn a_condition_hides_no_removal() {
    let plain = manifest(REQUESTER, PATH);
    let beta = "  - type: ConditionalStreams
    condition: \"{{ config['beta'] }}\"
    streams:
      - type: DeclarativeStream
        name: beta
        retriever:
          type: SimpleRetriever
          requester: {type: HttpRequester, url_base: https://lantern.test, path: beta}
          record_selector: {type: RecordSelector, extractor: {type: DpathExtractor, field_path: []}}
";
    let notes = plain.split("streams:\n").nth(1).expect("a stream").replace("name: orders", "name: notes");
    let (old, new) = (format!("{plain}{notes}{beta}"), format!("{plain}{beta}"));
    let report = check(&[("manifest.yaml", &old)], &[("manifest.yaml", &new)]);
    let levels: Vec<String> =
        report.findings.iter().map(|finding| format!("{} {}", finding.level.name(), finding.rule)).collect();
    assert_eq!(levels, ["breaking stream-removed"]);
}
