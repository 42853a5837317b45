//! What a destination writes: each kind of file as it is found and as a flag names it, and what is wrong with it.

#[path = "support/sides.rs"]
mod sides;
#[path = "support/written.rs"]
mod written;

use std::path::Path;
use std::sync::Arc;

use connector_diff::load::{Request, connector_in};
use connector_diff::model::{Artifact, Connector, CoverageStatus, Evidence, Level, Outcome};
use connector_diff::report::{Asked, Render, Text, View, snapshot};
use connector_diff::tree::{Memory, Tree};
use connector_diff::{Options, compare};
use sides::folder;
use written::{FINAL, GOLDEN, METADATA, SPEC, coverage, destination, first_line, found, given, report};

#[test]
fn the_first_line_says_that_the_written_format_was_not_seen() {
    let unseen = report(&[], &[]);
    assert_eq!(unseen.verdict.outcome, Outcome::Compatible);
    assert!(first_line(&unseen).contains("; written format not seen"), "{}", first_line(&unseen));
    assert!(!first_line(&unseen).contains("catalog"), "a destination has none: {}", first_line(&unseen));
    // Also where nothing that builds it changed, since what it is built with may have.
    let same = sides::load(destination("1.0.0", &[]));
    let same = compare(&same, &same, &Options::default());
    assert!(first_line(&same).contains("; written format not seen"), "{}", first_line(&same));
    let records = [(FINAL, r#"{"_airbyte_raw_id": "a"}"#)];
    let seen = report(&records, &records);
    assert_eq!(coverage(&seen).0, CoverageStatus::Complete);
    assert!(!first_line(&seen).contains("written format"), "{}", first_line(&seen));
    let one_sided = report(&records, &[]);
    assert!(first_line(&one_sided).contains("written format seen on one side"), "{}", first_line(&one_sided));
    assert_eq!(found(&one_sided), [""; 0], "what one side alone has proves nothing");
    // A source writes nothing.
    let source =
        sides::side("source-shelf", &[("source_shelf/spec.json", r#"{"connectionSpecification": {}}"#)]);
    let source = compare(&source, &source, &Options::default());
    assert!(source.coverage.iter().all(|line| line.artifact != Artifact::Destination));
}

/// Tests of one build differ as they like. A release that declares a break may be built with other things.
#[test]
fn tests_of_one_build_are_heard_where_a_break_is_declared() {
    let side = |version: &str, entries: &str, column: &str| {
        let metadata = format!("{METADATA}  dockerImageTag: {version}\n{entries}");
        let records = format!("{{\"{column}\": 1, \"id\": 1}}\n");
        let tree = folder(version, &[(FINAL, records.as_str()), ("src/main/resources/spec.json", SPEC)]);
        sides::load(tree.file("metadata.yaml", metadata))
    };
    let entry = "  releases: {breakingChanges: {2.0.0: {message: m, upgradeDeadline: \"2030-01-01\"}}}\n";
    let old = side("1.0.0", "", "_airbyte_loaded_at");
    let quiet = compare(&old, &side("2.0.0", "", "_airbyte_meta"), &Options::default());
    assert_eq!(found(&quiet), [""; 0]);
    assert!(coverage(&quiet).2.contains("the tests changed"), "{}", coverage(&quiet).2);
    let declared = compare(&old, &side("2.0.0", entry, "_airbyte_meta"), &Options::default());
    assert!(!coverage(&declared).2.contains("the tests changed"), "{}", coverage(&declared).2);
    assert_eq!(found(&declared)[0], "breaking dest-metadata-column-changed _airbyte_loaded_at");
}

#[test]
fn statements_of_the_code_alone_show_a_part() {
    let code = |columns: &str| {
        format!("val sql = \"\"\"CREATE TABLE $name (${{AB_RAW_ID}} STRING{columns})\"\"\"\n")
    };
    let (old, new) = (code(""), code(", $AB_META STRING"));
    let report = report(&[("src/main/kotlin/Sql.kt", &old)], &[("src/main/kotlin/Sql.kt", &new)]);
    assert_eq!(found(&report), ["review dest-metadata-column-changed _airbyte_meta"]);
    assert!(first_line(&report).contains("; written format seen in part"), "{}", first_line(&report));
}

#[test]
fn a_finding_says_which_files_show_it_and_how_many() {
    let records = |name: &str| format!("{{\"{name}\": 1, \"id\": 1}}\n");
    let (old, new) = (records("_airbyte_loaded_at"), records("_airbyte_meta"));
    let second = FINAL.replace("sync1", "sync2");
    let all = report(&[(FINAL, &old), (&second, &old)], &[(FINAL, &new), (&second, &new)]);
    let Evidence::Sample { message } = &all.findings[0].evidence else { panic!("{:?}", all.findings[0]) };
    assert_eq!(
        message.to_string(),
        "all 2 files of expected final records show it, such as `sync1_expectedrecords_dedup_final.jsonl`; tests also \
         change for reasons of their own"
    );
    assert_eq!(all.findings[0].level, Level::Breaking);
    let some = report(&[(FINAL, &old), (&second, &old)], &[(FINAL, &new), (&second, &old)]);
    let Evidence::Unproven { message } = &some.findings[0].evidence else { panic!("{:?}", some.findings[0]) };
    assert!(message.to_string().starts_with("1 of 2 files of expected final records show it"), "{message}");
    assert_eq!(some.findings[0].level, Level::Review);
}

#[test]
fn what_is_wrong_with_files_that_nobody_named_is_coverage() {
    let whole =
        "{\"_airbyte_raw_id\": \"a\", \"id\": 1}\n// A comment.\n\n{\"_airbyte_raw_id\": \"b\", \"id\": 2}\n";
    let broken = "{\"_airbyte_raw_id\": \"a\", \"id\": 1}\n{\"_airbyte_raw_id\": \"b\", \"id\n";
    let report_of = |broken: &str| report(&[(FINAL, whole)], &[(FINAL, broken)]);
    let line = report_of(broken);
    assert_eq!((found(&line), line.verdict.outcome), (Vec::new(), Outcome::Compatible));
    let (_, new, reason) = coverage(&line);
    assert_eq!(new, CoverageStatus::Partial);
    let expected = format!("new: not read: {FINAL}:2: expected a record as a JSON object");
    assert!(reason.contains(&expected), "{reason}");
    // The rest is used.
    let renamed = "{\"_airbyte_RAW_id\": \"a\", \"id\": 1}\n{\"_airbyte_raw_id\": \"b\", \"id\n";
    assert_eq!(found(&report_of(renamed)), ["breaking dest-column-name-case-changed"]);
    // What comes behind a record is read over, as the tests do.
    let trailing = "{\"_airbyte_raw_id\": \"a\", \"id\": 1}'\n{\"_airbyte_raw_id\": \"b\", \"id\": 2}\n";
    assert_eq!(coverage(&report_of(trailing)).1, CoverageStatus::Complete);
    let golden = r#"{"tableSchema": {"columns": {"string": {"type": "String", "nullable": true}}}}"#;
    for (text, expected) in [
        ("{\"tableSchema\": ", "is it truncated?"),
        ("{}", "expected a golden schema with an object at `tableSchema.columns`, found none"),
        (
            "{\"tableSchema\": {\"columns\": {\n\"a\": 1}}}",
            ":2: column a: expected an object with a text as `type`",
        ),
        ("\u{0}", "expected"),
    ] {
        let report = report(&[(GOLDEN, golden)], &[(GOLDEN, text)]);
        assert!(coverage(&report).2.contains(expected), "{text:?}: {}", coverage(&report).2);
        assert_eq!((found(&report), report.verdict.outcome), (Vec::new(), Outcome::Compatible), "{text:?}");
    }
    let sql = "src/test/resources/tables.sql";
    let old = "CREATE TABLE a (x INT);\nCREATE TABLE b (y INT);";
    let report =
        report(&[(sql, old)], &[(sql, "CREATE TABLE a (x INT ??? !!);\nCREATE TABLE b (y BIGINT);")]);
    assert_eq!(found(&report), ["breaking dest-golden-type-changed y"], "the other statement is used");
    let expected = format!("{sql}:1: a CREATE TABLE is not understood (dialect: any that is known)");
    assert!(coverage(&report).2.contains(&expected), "{}", coverage(&report).2);
}

#[test]
fn what_is_wrong_with_files_that_a_flag_names_is_an_error() {
    let good: (&str, &[u8]) = ("new.jsonl", b"{\"id\": 1}\n");
    for (name, bytes, expected) in [
        ("old.jsonl", &b"{\"id\": 1}\n{\"id\"\n"[..], "old.jsonl:2: expected a record as a JSON object"),
        ("old.jsonl", b"", "expected what a destination writes"),
        ("notes.txt", b"some words\n", "expected what a destination writes"),
        ("old.parquet", b"PAR1", "Parquet files are not read: hand in its schema as AVRO"),
        ("old.avro", b"PAR1", "expected an AVRO file, found another"),
        (
            "old.avro",
            b"Obj\x01\x02\x16avro.sch",
            "expected an AVRO file with a schema in its head, found none",
        ),
        ("old.avsc", b"{\"type\": \"record\"}", "expected an AVRO schema of a record with `fields`"),
        ("old.csv", b"a,b\n1,2\n3\n", "old.csv:3: expected a record of 2 columns"),
        ("old.sql", b"CREATE TABLE a (x INT ??? !!)", "old.sql:1: a CREATE TABLE is not understood"),
        ("old.jsonl", b"\xff\xfe{", "expected UTF-8 text"),
    ] {
        let report = given(&[(name, bytes)], &[good]);
        let said: Vec<&str> = report.errors.iter().map(|error| error.message.as_str()).collect();
        let files: Vec<String> = report
            .errors
            .iter()
            .map(|one| match one.line {
                Some(line) => format!("{}:{line}: {}", one.file, one.message),
                None => one.message.clone(),
            })
            .collect();
        assert!(
            files.iter().any(|file| file.contains(expected)),
            "{name}: expected {expected:?} in {said:?}"
        );
        assert!(!matches!(report.verdict.outcome, Outcome::Compatible | Outcome::Review), "{name}");
    }
}

/// The head of an AVRO file with this schema.
fn avro(schema: &str) -> Vec<u8> {
    let length = u8::try_from(schema.len()).expect("short");
    let mut head = b"Obj\x01\x02\x16avro.schema".to_vec();
    head.extend([(length & 0x3f) << 1 | 0x80, length >> 6]);
    head.extend(schema.as_bytes());
    head.push(0);
    head
}

#[test]
fn each_kind_of_file_may_be_handed_in() {
    let schema = |kind: &str| {
        format!(
            r#"{{"type": "record", "name": "users", "fields": [{{"name": "id", "type": ["null", "{kind}"]}}]}}"#
        )
    };
    let (old_avro, new_avro) = (avro(&schema("long")), avro(&schema("string")));
    let operations = |name: &str| {
        format!(
            "{{\"type\": \"LOG\"}}\n{{\"type\": \"DESTINATION_CATALOG\", \"destination_catalog\": {{\"operations\": [{{\"object_name\": \"{name}\", \"sync_mode\": \"append\", \"json_schema\": {{}}}}]}}}}\n"
        )
    };
    let (deals, contacts) = (operations("deal"), operations("contact"));
    let golden =
        |kind: &str| format!("{{\"tableSchema\": {{\"columns\": {{\"date\": {{\"type\": \"{kind}\"}}}}}}}}");
    for (name, old, new, expected) in [
        ("a.jsonl", &b"{\"id\": 1}\n"[..], &b"{\"ID\": 1}\n"[..], "breaking dest-column-name-case-changed"),
        ("a.json", b"[{\"id\": 1}]", b"[{\"id\": \"a\"}]", "review dest-golden-type-changed id"),
        (
            "a.csv",
            b"id,at\n1,2023-01-23\n",
            b"id,at\n1,23/01/2023\n",
            "review dest-expected-value-encoding-changed at",
        ),
        (
            "a.csv",
            b"_airbyte_ab_id,x\na,1\n",
            b"_airbyte_raw_id,x\na,1\n",
            "breaking dest-metadata-column-changed _airbyte_ab_id",
        ),
        (
            "a.sql",
            b"create table s.t (x int)",
            b"create table s.t (x text)",
            "breaking dest-golden-type-changed x",
        ),
        (
            "a.sql",
            b"create table s.t (x int)",
            b"create table r.t (x int)",
            "breaking dest-table-name-changed",
        ),
        ("a.avro", &old_avro, &new_avro, "breaking dest-golden-type-changed id"),
        (
            "a.avsc",
            schema("long").as_bytes(),
            schema("double").as_bytes(),
            "breaking dest-golden-type-changed id",
        ),
        (
            "a.json",
            golden("Date").as_bytes(),
            golden("Date32").as_bytes(),
            "breaking dest-golden-type-changed date",
        ),
        ("a.log", deals.as_bytes(), contacts.as_bytes(), "breaking dest-operation-removed deal"),
    ] {
        let report = given(&[(name, old)], &[(&format!("other-{name}"), new)]);
        assert!(report.errors.is_empty(), "{name}: {:?}", report.errors);
        assert!(
            found(&report).iter().any(|one| one == expected),
            "{name}: {expected} in {:?}",
            found(&report)
        );
        let same = given(&[(name, old)], &[(name, old)]);
        assert_eq!((found(&same), same.errors.len()), (Vec::new(), 0), "{name}");
        assert_eq!(coverage(&same).0, CoverageStatus::Complete, "{name}");
    }
}

#[test]
fn a_folder_that_is_handed_in_is_compared_file_by_file() {
    let output = |users: &str| {
        let tree = Memory::new("output").file("app/users.jsonl", format!("{{\"{users}\": 1}}\n"));
        tree.file("app/orders.csv", "id\n1\n").file("README.md", "What it wrote.")
    };
    let side = |version: &str, users: &str| {
        let outputs: Vec<Arc<dyn Tree>> = vec![Arc::new(output(users))];
        connector_in(&Request { outputs, ..Request::new(destination(version, &[])) })
    };
    let report = compare(&side("1.0.0", "_airbyte_loaded_at"), &side("1.1.0", "id"), &Options::default());
    assert!(report.errors.is_empty(), "{:?}", report.errors);
    assert!(found(&report).contains(&"breaking dest-metadata-column-changed _airbyte_loaded_at".to_owned()));
    let places: Vec<String> =
        report.findings.iter().filter_map(|one| Some(one.origin.old.as_ref()?.file.to_string())).collect();
    assert!(places.iter().all(|file| file == "app/users.jsonl"), "{places:?}");
}

#[test]
fn dialects_are_those_of_the_connectors() {
    let create = "src/test/resources/create.sql";
    let text = "CREATE TABLE `shop`.`users` (`id` Int64, `note` Nullable(String)) ENGINE = ReplacingMergeTree(`id`) ORDER BY (`id`)";
    let files = [
        (create, text),
        (
            "metadata.yaml",
            "data:\n  connectorType: destination\n  dockerRepository: airbyte/destination-clickhouse\n  dockerImageTag: 1.0.0\n",
        ),
    ];
    let side = sides::side("clickhouse", &files);
    let value = snapshot(&side, false);
    let table = &value["written"]["tables"][0];
    assert_eq!(table["columns"]["note"]["type"], "Nullable(STRING)", "{value:#}");
    assert!(table["layout"]["order"].as_str().is_some_and(|order| order.contains("id")), "{value:#}");
}

/// Fixtures of a connector are small; what somebody hands in may be large, and is read line by line.
#[test]
fn a_large_file_is_read_and_a_limit_on_it_is_named() {
    let row = format!("{{\"_airbyte_raw_id\": \"a\", \"note\": \"{}\"}}\n", "x".repeat(1_000));
    let mut text = row.repeat(8_000);
    text.push_str("{\"_airbyte_raw_id\": \"a\", \"note\": 1}\n");
    let side = |limit: &str| -> Connector {
        let mut limits = connector_diff::limits::Limits::default();
        if !limit.is_empty() {
            limits.set(limit).expect("a limit");
        }
        connector_in(&Request { limits, ..Request::new(destination("1.0.0", &[(FINAL, &text)])) })
    };
    let whole = side("");
    assert!(whole.errors.is_empty(), "{:?}", whole.errors);
    assert_eq!(whole.written.tables[0].columns["note"].forms.len(), 2, "the last line counts");
    let cut = side("input-size=1MiB");
    let said = format!("{:?}", cut.errors);
    assert!(said.contains("--limit input-size=") && said.contains(FINAL), "{said}");
}

#[test]
fn so_many_columns_and_statements_are_read_and_the_rest_is_named() {
    let wide: String = (0..50_002).map(|index| format!("{{\"k{index}\": 1}}\n")).collect();
    let many = "CREATE TABLE t (a INT);\n".repeat(5_002);
    for (file, text, expected) in [
        (FINAL, wide, ":50001: expected at most 50000 columns of one table"),
        ("src/test/resources/a.sql", many, ":5001: a CREATE TABLE is not understood"),
    ] {
        let side = sides::load(destination("1.0.0", &[(file, &text)]));
        let said: Vec<String> = side.errors.iter().map(ToString::to_string).collect();
        assert!(said.iter().any(|one| one.contains(expected)), "{said:?}");
        assert!(!side.written.is_empty(), "what was read is used");
    }
}

#[test]
fn values_that_nest_too_deep_are_named_with_the_limit() {
    let deep = format!("{{\"a\": {}1{}}}\n", "[".repeat(200), "]".repeat(200));
    let side = sides::load(destination("1.0.0", &[(FINAL, &deep)]));
    assert!(side.errors.iter().any(|error| error.message.contains("--limit nesting=")), "{:?}", side.errors);
}

#[test]
fn hostile_names_of_columns_are_data() {
    let old = "{\"_airbyte_\\u001b[31mred\": 1, \"`tick`\": 2, \"a|b\": 3}\n";
    let report = report(&[(FINAL, old)], &[(FINAL, "{\"_airbyte_raw_id\": 1}\n")]);
    let text = Text::default().render(&View::of(&report, Asked::default()).into());
    assert!(report.findings.len() > 1 && !text.contains("\u{1b}[31mred"), "{text}");
}

#[test]
fn what_one_side_shows_twice_is_paired_in_order() {
    let sql = "src/test/resources/a.sql";
    let old = "create table t (x int); create table t (y int);";
    let new = "create table t (x int); create table t (y text);";
    assert_eq!(found(&report(&[(sql, old)], &[(sql, new)])), ["breaking dest-golden-type-changed y"]);
}

/// An incident of a real destination, told with an invented one. Source: the shared cases.
#[test]
#[expect(clippy::print_stderr, reason = "a test that is skipped says so")]
fn final_columns_in_upper_case_are_found() {
    let case = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/cases/25-final-columns-upper-cased");
    if !case.is_dir() {
        eprintln!("SKIPPED: {} is not there", case.display());
        return;
    }
    let side = |name: &str| sides::load(sides::copy_of(&case.join(name)));
    let report = compare(&side("old"), &side("new"), &Options::default());
    assert_eq!(found(&report), ["breaking dest-column-name-case-changed"]);
    assert!(report.verdict.scope.everyone);
    let types: Vec<&str> = report.verdict.breaking_types.iter().map(|one| one.name()).collect();
    assert_eq!(types, ["destination-format-change"]);
}

#[test]
fn no_file_hides_another_of_its_name() {
    let row = |name: &str| format!("{{\"_airbyte_raw_id\": \"a\", \"{name}\": 1}}\n");
    let (old, new, same) = (row("id"), row("ID"), row("total"));
    // Of several that are handed in each is held against the one of its name, in whatever order they come.
    let old_users: (&str, &[u8]) = ("users.jsonl", old.as_bytes());
    let new_users: (&str, &[u8]) = ("users.jsonl", new.as_bytes());
    let orders: (&str, &[u8]) = ("orders.jsonl", same.as_bytes());
    assert_eq!(given(&[old_users, orders], &[new_users, orders]).verdict.outcome, Outcome::Breaking);
    assert!(found(&given(&[old_users, orders], &[orders, old_users])).is_empty());
    // Two source sets may have files of one name.
    let other = FINAL.replace("test-integration", "test");
    let beside = (other.as_str(), same.as_str());
    assert!(!found(&report(&[(FINAL, &old), beside], &[(FINAL, &new), beside])).is_empty());
    assert!(found(&report(&[(FINAL, &old), beside], &[(FINAL, &old), beside])).is_empty());
}

#[test]
fn a_statement_that_has_no_end_is_named() {
    let chain = |sign: &str| format!("CREATE TABLE t (a INT, CHECK ({}));", vec!["a = 1"; 20_000].join(sign));
    let brackets = format!("CREATE TABLE t (a INT{});", "[]".repeat(30_000));
    for text in [chain(" and "), chain(" || "), brackets] {
        let old = format!("CREATE TABLE t (a INT);\n{text}");
        let report = report(&[("src/main/sql/a.sql", &old)], &[("src/main/sql/a.sql", &old)]);
        assert!(report.findings.is_empty());
        let report = given(&[("a.sql", old.as_bytes())], &[("a.sql", old.as_bytes())]);
        let said: Vec<&str> = report.errors.iter().map(|error| error.message.as_str()).collect();
        assert!(said.iter().any(|message| message.contains("words and signs")), "{said:?}");
    }
}

#[test]
fn messages_are_no_records_of_a_destination() {
    let message = |id: &str| {
        format!(
            "{{\"type\": \"RECORD\", \"record\": {{\"stream\": \"users\", \"data\": {{\"{id}\": 1}}}}}}\n"
        )
    };
    let report = given(&[("a.jsonl", message("id").as_bytes())], &[("a.jsonl", message("ID").as_bytes())]);
    assert_eq!(report.verdict.outcome, Outcome::Inconclusive);
    assert!(report.errors[0].message.contains("found a message of Airbyte's protocol"));
    let misspelt = "{\"type\": \"DESTINATION_CATALOG\", \"destinationCatalog\": {\"operations\": []}}\n";
    let report = given(&[("a.jsonl", misspelt.as_bytes())], &[("a.jsonl", misspelt.as_bytes())]);
    assert_eq!(report.verdict.outcome, Outcome::Inconclusive);
    // A record may have a column of that name.
    let row = |id: &str| format!("{{\"type\": \"RECORD\", \"{id}\": 1, \"place\": {{\"x\": 1}}}}\n");
    let report = given(&[("a.jsonl", row("id").as_bytes())], &[("a.jsonl", row("ID").as_bytes())]);
    assert_eq!(report.verdict.outcome, Outcome::Breaking);
}

#[test]
fn a_table_that_nothing_is_held_against_is_told() {
    let row = b"{\"id\": 1}\n".as_slice();
    let report =
        given(&[("users.jsonl", row), ("orders.jsonl", row)], &[("users.jsonl", row), ("notes.jsonl", row)]);
    let (old, new, reason) = coverage(&report);
    assert_eq!((old, new), (CoverageStatus::Complete, CoverageStatus::Partial));
    assert!(reason.contains("nothing is there to hold orders against"), "{reason}");
}
