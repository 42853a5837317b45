//! What destinations do (`src/effects/grid.toml`), held against what engines answered (`parity/destinations/answers.json`) and
//! against incidents of users; and what reports would have said of two of these.

#[path = "support/report_schema.rs"]
mod report_schema;
#[path = "support/sides.rs"]
mod sides;

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use connector_diff::effects::{DestinationName, FieldType, Grid, NamedChange, SourceChange};
use connector_diff::model::{ConnectorReport, DestinationEffect as Effect, EffectEvidence};
use connector_diff::policy::FailOn;
use connector_diff::release::Gate;
use connector_diff::report::{Asked, Render, Text, View};
use connector_diff::{Options, compare};
use serde_json::{Value, json};

fn grid() -> &'static Grid {
    Grid::get().expect("the grid")
}

/// The answers of the engines that the grid rests on, by destination.
fn answers() -> Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("parity/destinations/answers.json");
    serde_json::from_str(&fs::read_to_string(path).expect("the answers")).expect("JSON")
}

fn name_of(change: SourceChange) -> String {
    match change {
        SourceChange::Retype { old, new } => format!("{} > {}", old.name(), new.name()),
        SourceChange::Named(named) => named.name().to_owned(),
    }
}

/// What an engine did with one stored value.
fn of_value(answer: &Value) -> Effect {
    if answer["altered"] == false {
        return Effect::None;
    }
    if answer.get("error").is_some() {
        return Effect::SyncFails;
    }
    if answer.get("reader_error").is_some() {
        return Effect::NeedsRefresh;
    }
    assert!(answer.get("became").is_some(), "an answer that says nothing: {answer}");
    match (&answer["became"], &answer["kept"]) {
        (Value::Null, _) => Effect::Null,
        (_, Value::Bool(true)) => Effect::Cast,
        (_, Value::Bool(false)) => Effect::Truncate,
        _ => panic!("an answer that says nothing: {answer}"),
    }
}

/// The worst of several values, and what happens to those that fit, where that is another.
fn of_values(answers: &[Value]) -> (Effect, Option<Effect>) {
    let effects: Vec<Effect> = answers.iter().map(of_value).collect();
    let (worst, best) = (*effects.iter().min().expect("a value"), *effects.iter().max().expect("a value"));
    (worst, (best != worst).then_some(best))
}

/// What an engine did with a table or with files.
fn of_table(answer: &Value) -> Effect {
    let list = |key: &str| -> BTreeSet<String> {
        answer[key].as_array().into_iter().flatten().map(ToString::to_string).collect()
    };
    if answer.get("sent").is_some() {
        // Rows that were sent and that the key does not tell apart any more.
        return if list("sent").is_subset(&list("rows")) { Effect::None } else { Effect::NeedsRefresh };
    }
    if answer.get("held").is_some() {
        return if answer["held"] == answer["rows"] { Effect::None } else { Effect::Truncate };
    }
    if answer.get("before").is_none() {
        return of_value(answer);
    }
    let (before, after, written) = (list("before"), list("after"), list("written"));
    if !before.is_subset(&after) {
        Effect::ColumnDropped
    } else if !after.is_subset(&before) {
        Effect::NewColumn
    } else if !after.is_subset(&written) {
        Effect::OldColumnStays
    } else {
        Effect::None
    }
}

#[test]
fn cells_by_experiment_agree_with_the_engines() {
    let answers = answers();
    let mut compared = 0;
    let mut wrong = Vec::new();
    for (name, destination) in &grid().destinations {
        let Some(script) = &destination.experiment else { continue };
        let engine = Path::new(script).file_stem().and_then(|stem| stem.to_str()).expect("a script");
        assert!(Path::new(env!("CARGO_MANIFEST_DIR")).join(script).is_file(), "{script}");
        let of_engine = &answers[engine];
        for kind in FieldType::ALL {
            assert_eq!(
                of_engine["columns"][kind.name()],
                destination.columns[&kind],
                "{name}: {}",
                kind.name()
            );
        }
        for change in SourceChange::all() {
            let cell = grid().effect(name, change);
            if cell.evidence != EffectEvidence::Experiment {
                continue;
            }
            let key = name_of(change);
            let answered = match change {
                SourceChange::Retype { .. } => {
                    let values = of_engine["retypes"][&key].as_array();
                    of_values(values.unwrap_or_else(|| panic!("{name}: no engine was asked of {key}")))
                }
                SourceChange::Named(_) => {
                    let answer = of_engine["changes"].get(&key);
                    let answer = answer.unwrap_or_else(|| panic!("{name}: no engine was asked of {key}"));
                    // Of what depends on the value several are asked.
                    answer.as_array().map_or_else(|| (of_table(answer), None), |values| of_values(values))
                }
            };
            compared += 1;
            if (cell.effect, cell.otherwise) != answered {
                wrong.push(format!(
                    "{name}: {key}: {:?}, the engine {answered:?}",
                    (cell.effect, cell.otherwise)
                ));
            }
        }
    }
    assert!(compared > 900, "{compared} cells were compared");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// SQLite keeps every value in any column: were it said to lose one, the way of asking would be wrong.
#[test]
fn the_control_loses_nothing() {
    let answers = answers();
    let retypes = answers["sqlite_control"]["retypes"].as_object().expect("answers");
    assert_eq!(retypes.len(), 156);
    for (key, values) in retypes {
        let (worst, _) = of_values(values.as_array().expect("values"));
        assert!(matches!(worst, Effect::None | Effect::Cast), "{key}: {worst:?}");
    }
}

#[test]
fn every_cell_is_one_and_has_its_evidence() {
    let mut used = BTreeSet::new();
    let (mut cells, mut known) = (0, 0);
    for (name, destination) in &grid().destinations {
        assert!(destination.columns.len() == FieldType::ALL.len(), "{name}");
        assert!(grid().columns_link(destination).is_some(), "{name}: where its columns are known from");
        for change in SourceChange::all() {
            let key = name_of(change);
            let cell = grid().effect(name, change);
            let count = grid().cells(name, change);
            assert!(count <= 1, "{name}: {key} has {count} cells");
            assert_eq!(count == 0, cell.evidence == EffectEvidence::Unknown, "{name}: {key}");
            assert_eq!(count == 0, cell.effect == Effect::Unknown, "{name}: {key}");
            assert!(cell.note.len() > 15 && cell.note.ends_with('.'), "{name}: {key}: {}", cell.note);
            assert_eq!(cell.note.matches('`').count() % 2, 0, "{name}: {key}: {}", cell.note);
            assert!(cell.otherwise.is_none_or(|otherwise| otherwise > cell.effect), "{name}: {key}");
            if cell.evidence == EffectEvidence::Source {
                let (url, seen) = (cell.reference.expect("an address"), cell.seen.expect("a day"));
                assert!(url.starts_with("https://"), "{url}");
                assert!(connector_diff::datetime::day(seen).is_some(), "{seen}");
                // A file of a repository says so at one commit.
                let is_pinned = !url.contains("/blob/") || url.split('/').any(|part| part.len() == 40);
                assert!(is_pinned, "{url}");
                used.insert(url);
            }
            cells += 1;
            known += usize::from(cell.evidence != EffectEvidence::Unknown);
        }
        used.extend(grid().columns_link(destination).map(|link| link.url.as_str()));
    }
    assert_eq!(cells, grid().destinations.len() * 176);
    assert!(known * 10 > cells * 6, "{known} of {cells} cells are known");
    for (name, link) in grid().links() {
        assert!(used.contains(link.url.as_str()), "no cell rests on the link {name}");
    }
}

/// What happened to users, by the issue or pull request that tells it.
#[test]
fn no_cell_is_contradicted_by_an_incident() {
    use FieldType as T;
    let retype = |old, new| SourceChange::Retype { old, new };
    let named = SourceChange::Named;
    let incidents = [
        // 72484: format hints on texts; "Schema evolution for column … between string and timestamp is not allowed".
        ("iceberg", retype(T::String, T::TimestampWithTimezone), Effect::SyncFails),
        ("iceberg", retype(T::String, T::TimestampWithoutTimezone), Effect::SyncFails),
        ("iceberg", retype(T::String, T::Date), Effect::SyncFails),
        // 51569: an integer that becomes a text throws in Iceberg.
        ("iceberg", retype(T::Integer, T::String), Effect::SyncFails),
        // 14042: timestamps that were texts; Snowflake cannot alter the column.
        ("snowflake", retype(T::String, T::TimestampWithTimezone), Effect::SyncFails),
        // 62106: "Invalid NUMERIC value: 37,5".
        ("bigquery", retype(T::String, T::Number), Effect::SyncFails),
        // 77576, 82770: an object that no longer declares its fields.
        ("s3-avro", named(NamedChange::ObjectShapeDropped), Effect::NeedsRefresh),
        ("s3-parquet", named(NamedChange::ObjectShapeDropped), Effect::NeedsRefresh),
        ("bigquery", named(NamedChange::ObjectShapeDropped), Effect::None),
        ("snowflake", named(NamedChange::ObjectShapeDropped), Effect::None),
        ("iceberg", named(NamedChange::ObjectShapeDropped), Effect::None),
        // 83747: ClickHouse drops removed columns, unlike others; 82272, 82273, 82274: these no longer do.
        ("clickhouse", named(NamedChange::FieldRemoved), Effect::ColumnDropped),
        ("snowflake", named(NamedChange::FieldRemoved), Effect::OldColumnStays),
        ("postgres", named(NamedChange::FieldRemoved), Effect::OldColumnStays),
        ("redshift", named(NamedChange::FieldRemoved), Effect::OldColumnStays),
    ];
    for (name, change, expected) in incidents {
        assert_eq!(grid().effect(name, change).effect, expected, "{name}: {}", name_of(change));
    }
    // 65947: a number that may be a text as well broke columns.
    for name in ["bigquery", "iceberg", "postgres", "redshift", "snowflake", "s3-parquet"] {
        let cell = grid().effect(name, retype(T::Number, T::Union));
        assert_ne!(cell.effect, Effect::None, "{name}");
    }
}

/// A report on one stream whose fields change so.
fn report_of(name: &str, old: Value, new: Value, destinations: &str) -> ConnectorReport {
    let destinations = DestinationName::of_list(destinations.split(',')).expect("known names");
    compared(name, old, new, &Options { destinations, ..Options::default() })
}

fn compared(name: &str, old: Value, new: Value, options: &Options) -> ConnectorReport {
    let side = |version: &str, fields: Value| {
        let schema = json!({"type": "object", "properties": fields});
        let stream = json!({"name": name, "json_schema": schema, "source_defined_primary_key": [["id"]],
            "supported_sync_modes": ["full_refresh", "incremental"]});
        let metadata = json!({"data": {"dockerImageTag": version, "dockerRepository": "x/source-tideline",
            "connectorType": "source"}});
        let catalog = serde_json::to_string_pretty(&json!({"streams": [stream]})).expect("JSON");
        sides::side(
            "source-tideline",
            &[("catalog.json", &catalog), ("metadata.yaml", &metadata.to_string())],
        )
    };
    compare(&side("1.4.2", old), &side("1.4.3", new), options)
}

fn text(report: &ConnectorReport, verbose: bool) -> String {
    // Both sides have metadata, so this is what `check` holds them against.
    let gate = Some(Gate::of(report, FailOn::Undeclared));
    let asked = Asked { verbose, brief: !verbose, gate, ..Asked::default() };
    let text = Text::default().render(&View::of(report, asked).into());
    anstream::adapter::strip_str(&text).to_string()
}

/// The line of each destination of a finding.
fn effects(report: &ConnectorReport, field: &str) -> Vec<(&'static str, Effect)> {
    let is_it = |path: &[String]| path.first().is_some_and(|first| first == field);
    let finding = report.findings.iter().find(|finding| is_it(&finding.field)).expect("a finding");
    finding.destinations.iter().map(|one| (one.name, one.effect)).collect()
}

/// That `docs/incidents.md` shows a report as it is.
fn assert_is_on_the_page(report: &ConnectorReport) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/incidents.md");
    let page = fs::read_to_string(path).expect("the page");
    assert!(page.contains(text(report, false).trim_end()), "docs/incidents.md shows another report");
}

/// airbyte#72484: a patch release adds `format: date-time` to texts, and syncs to Iceberg fail.
#[test]
fn an_incident_format_hints_break_iceberg() {
    let old = json!({"id": {"type": "integer"}, "created_at": {"type": "string"}});
    let new = json!({"id": {"type": "integer"}, "created_at": {"type": "string", "format": "date-time"}});
    let report = report_of("events", old, new, "iceberg,snowflake,s3-parquet,clickhouse,duckdb");
    insta::assert_snapshot!("incident_format_hints", text(&report, false));
    assert_is_on_the_page(&report);
    insta::assert_snapshot!("incident_format_hints_verbose", text(&report, true));
}

/// airbyte#77576: an object loses its declared fields; two reviews disagree on what that does where.
#[test]
fn an_incident_objects_without_a_shape() {
    let object = |shape: Value| json!({"id": {"type": "integer"}, "data": shape});
    let old = object(json!({"type": "object", "properties": {"folder_id": {"type": "string"}}}));
    let new = object(json!({"type": "object"}));
    let report = report_of("connections", old, new, "bigquery,snowflake,iceberg,s3-avro,s3-parquet");
    insta::assert_snapshot!("incident_objects", text(&report, false));
    assert_is_on_the_page(&report);
    let expected = [
        ("bigquery", Effect::None),
        ("snowflake", Effect::None),
        ("iceberg", Effect::None),
        ("s3-avro", Effect::NeedsRefresh),
        ("s3-parquet", Effect::NeedsRefresh),
    ];
    assert_eq!(effects(&report, "data"), expected);
}

#[test]
fn a_name_in_another_case_is_told_by_the_rules_of_each_destination() {
    let field = |name: &str| json!({"id": {"type": "integer"}, name: {"type": "string"}});
    let asked = "postgres,snowflake,clickhouse,redshift";
    let report = report_of("events", field("eventName"), field("eventname"), asked);
    let expected = [
        ("postgres", Effect::NewColumn),
        ("snowflake", Effect::None),
        ("clickhouse", Effect::ColumnDropped),
        ("redshift", Effect::None),
    ];
    assert_eq!(effects(&report, "eventName"), expected);
    assert_eq!(effects(&report, "eventname"), expected);
    // Another name is another column everywhere.
    let report = report_of("events", field("eventName"), field("event_title"), asked);
    assert_eq!(effects(&report, "eventName")[1], ("snowflake", Effect::OldColumnStays));
    assert_eq!(effects(&report, "event_title")[1], ("snowflake", Effect::NewColumn));
    // A field of another stream that is gone is no other case of it.
    let nested = |name: &str| json!({"a": {"type": "object", "properties": {name: {"type": "string"}}}});
    let report = report_of("events", nested("B"), nested("b"), "iceberg,s3-avro");
    assert_eq!(effects(&report, "a"), [("iceberg", Effect::None), ("s3-avro", Effect::OldColumnStays)]);
}

#[test]
fn a_union_spelled_as_a_list_is_its_widest_member_where_the_destination_takes_it_so() {
    let field = |schema: Value| json!({"id": {"type": "integer"}, "size": schema});
    let (text, both) = (json!({"type": "string"}), json!({"type": ["string", "integer"]}));
    let one_of = json!({"oneOf": [{"type": "string"}, {"type": "integer"}]});
    let asked = "bigquery,snowflake,mysql";
    let report = report_of("events", field(text.clone()), field(both), asked);
    let expected = [("bigquery", Effect::None), ("snowflake", Effect::Cast), ("mysql", Effect::None)];
    assert_eq!(effects(&report, "size"), expected);
    let report = report_of("events", field(text), field(one_of.clone()), asked);
    assert_eq!(effects(&report, "size")[0], ("bigquery", Effect::Cast));
    // The same members in another spelling are another column there, and the same one elsewhere.
    let both = json!({"type": ["string", "integer"]});
    let report = report_of("events", field(both.clone()), field(one_of), asked);
    let expected = [("bigquery", Effect::Unknown), ("snowflake", Effect::None), ("mysql", Effect::Unknown)];
    assert_eq!(effects(&report, "size"), expected);
    let turned = json!({"type": ["integer", "string"]});
    let report = report_of("events", field(both), field(turned), asked);
    assert!(effects(&report, "size").iter().all(|(_, effect)| *effect == Effect::None));
}

#[test]
fn items_that_are_stored_alike_change_nothing() {
    let of = |items: Value| json!({"id": {"type": "integer"}, "tags": {"type": "array", "items": items}});
    let object = json!({"type": "object", "properties": {"a": {"type": "string"}}});
    let asked = "iceberg,s3-avro,postgres";
    // Iceberg's lists hold objects as texts.
    let report = report_of("events", of(object), of(json!({"type": "string"})), asked);
    let expected = [("iceberg", Effect::None), ("s3-avro", Effect::NeedsRefresh), ("postgres", Effect::None)];
    assert_eq!(effects(&report, "tags"), expected);
    let report = report_of("events", of(json!({"type": "integer"})), of(json!({"type": "string"})), asked);
    let expected =
        [("iceberg", Effect::SyncFails), ("s3-avro", Effect::NeedsRefresh), ("postgres", Effect::None)];
    assert_eq!(effects(&report, "tags"), expected);
}

#[test]
fn what_declares_nothing_inside_is_text_where_the_destination_stores_it_so() {
    let field = |schema: Value| json!({"id": {"type": "integer"}, "tags": schema});
    let (text, list) = (json!({"type": "string"}), json!({"type": ["null", "array"]}));
    let of = |old: &Value, new: &Value| {
        let report = report_of(
            "events",
            field(old.clone()),
            field(new.clone()),
            "iceberg,s3-avro,s3-parquet,postgres",
        );
        effects(&report, "tags").into_iter().map(|(_, effect)| effect).collect::<Vec<_>>()
    };
    // A list without items is text there, so that nothing changes, and jsonb in Postgres.
    assert_eq!(of(&text, &list), [Effect::None, Effect::None, Effect::None, Effect::Cast]);
    let object = json!({"type": "object"});
    assert_eq!(of(&object, &list), [Effect::None, Effect::None, Effect::None, Effect::None]);
    assert_eq!(of(&json!({"oneOf": [{"type": "null"}, {"type": "array"}]}), &text)[0], Effect::None);
    // One with items is a list.
    let typed = json!({"type": "array", "items": {"type": "integer"}});
    assert_eq!(
        of(&text, &typed),
        [Effect::SyncFails, Effect::NeedsRefresh, Effect::NeedsRefresh, Effect::Cast]
    );
    let integer = json!({"type": "integer"});
    assert_eq!(of(&integer, &list)[0], Effect::SyncFails);
}

#[test]
fn a_stream_with_another_name_or_namespace_goes_to_another_table() {
    let stream = |name: &str, namespace: Option<&str>| {
        let properties: serde_json::Map<String, Value> = ["id", "total", "customer", "note"]
            .iter()
            .map(|name| ((*name).to_owned(), json!({"type": "string"})))
            .collect();
        let mut stream = json!({"name": name, "json_schema": {"type": "object", "properties": properties}, "supported_sync_modes": ["full_refresh"]});
        if let Some(namespace) = namespace {
            stream["namespace"] = namespace.into();
        }
        stream
    };
    let names = || DestinationName::of_list(["snowflake"].into_iter()).expect("a name");
    let report = |old: Value, new: Value| {
        let options = Options { destinations: names(), ..Options::default() };
        let kept = stream("kept", None);
        let side = |stream: Value| {
            let catalog = json!({"streams": [kept.clone(), stream]}).to_string();
            sides::side("source-shop", &[("catalog.json", catalog.as_str())])
        };
        compare(&side(old), &side(new), &options)
    };
    let effect = |report: &ConnectorReport, rule: &str| {
        let found = report.findings.iter().find(|finding| finding.rule == rule).expect("a finding");
        found.destinations.iter().map(|one| one.effect).collect::<Vec<_>>()
    };
    let renamed = report(stream("orders", None), stream("Orders", None));
    assert_eq!(effect(&renamed, "stream-removed"), [Effect::NeedsRefresh]);
    assert!(
        text(&renamed, false).contains("a refresh may be needed in snowflake"),
        "{}",
        text(&renamed, false)
    );
    let other = json!({"name": "pages", "json_schema": {"type": "object", "properties": {"url": {"type": "string"}}},
        "supported_sync_modes": ["full_refresh"]});
    let gone = report(stream("orders", None), other);
    assert_eq!(effect(&gone, "stream-removed"), [Effect::None]);
    let moved = report(stream("orders", Some("app")), stream("orders", Some("shop")));
    assert_eq!(effect(&moved, "stream-namespace-changed"), [Effect::NeedsRefresh]);
    assert!(text(&moved, false).contains("a refresh may be needed in snowflake"), "{}", text(&moved, false));
}

#[test]
fn what_is_not_known_is_said_to_be_unknown() {
    let field =
        |kind: &str, format: &str| json!({"id": {"type": "integer"}, "at": {"type": kind, "format": format}});
    let report = report_of("events", field("string", "time"), field("integer", ""), "mysql");
    assert_eq!(effects(&report, "at"), [("mysql", Effect::Unknown)]);
    let said = text(&report, true);
    assert!(said.contains("events: it is not known what happens in mysql"), "{said}");
    assert!(said.contains("Nobody has run or read what this destination does here"), "{said}");
    // Of a schema that is lost nothing is known anywhere.
    let report = report_of("events", json!({"id": {"type": "integer"}}), json!({}), "all");
    assert!(report.findings.iter().all(|finding| {
        finding.destinations.is_empty()
            || finding.field.is_empty()
                && finding.destinations.iter().all(|one| one.effect == Effect::Unknown)
            || !finding.field.is_empty()
    }));
}

#[test]
fn so_many_changes_are_told_one_by_one_and_the_others_counted() {
    let fields = |kind: &str| {
        let fields = (0..9).map(|index| (format!("f{index}"), json!({"type": kind})));
        Value::Object(fields.collect())
    };
    let report = report_of("events", fields("string"), fields("integer"), "iceberg");
    let told = |most_entries| {
        let asked = Asked { verbose: true, most_entries, ..Asked::default() };
        let text = Text::default().render(&View::of(&report, asked).into());
        anstream::adapter::strip_str(&text).to_string()
    };
    let of_destinations = |text: &str| text.matches("iceberg: the sync fails").count();
    assert_eq!(of_destinations(&told(9)), 9);
    let cut = told(4);
    assert_eq!(of_destinations(&cut), 4, "{cut}");
    assert!(
        cut.contains("5 changes of destinations not shown, since there are more than the limit entries=4"),
        "{cut}"
    );
    assert!(cut.contains("  events: the sync fails in iceberg"), "{cut}");
}

#[test]
fn nothing_is_said_of_destinations_that_nobody_asked_about() {
    let field = |kind: &str| json!({"id": {"type": "integer"}, "size": {"type": kind}});
    let with = report_of("events", field("string"), field("integer"), "all");
    assert_eq!(effects(&with, "size").len(), grid().destinations.len());
    let mut without = with.clone();
    without.findings.iter_mut().for_each(|finding| finding.destinations.clear());
    assert!(!text(&without, true).contains("destinations"));
    // What destinations do moves nothing else: not the ids, not the verdict.
    let plain = compared("events", field("string"), field("integer"), &Options::default());
    assert_eq!(plain.findings, without.findings);
    assert_eq!(plain.verdict, without.verdict);
    assert_eq!(report_schema::refused(with), Vec::<String>::new());
    assert!(plain.findings.iter().all(|finding| finding.destinations.is_empty()));
}

#[test]
fn a_name_in_another_case_with_another_type_is_told_as_unknown() {
    let field = |name: &str, kind: &str| json!({"id": {"type": "integer"}, name: {"type": kind}});
    let report = report_of(
        "events",
        field("eventName", "string"),
        field("eventname", "integer"),
        "snowflake,redshift",
    );
    let expected = [("snowflake", Effect::Unknown), ("redshift", Effect::Unknown)];
    assert_eq!(effects(&report, "eventName"), expected);
    assert_eq!(effects(&report, "eventname"), expected);
}
