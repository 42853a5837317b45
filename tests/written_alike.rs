//! What a destination writes in other words, and beside each what is another thing.

#[path = "support/sides.rs"]
mod sides;
#[path = "support/written.rs"]
mod written;

use std::sync::Arc;

use connector_diff::load::{Request, connector_in};
use connector_diff::model::{Connector, ConnectorReport};
use connector_diff::tree::{Memory, Tree};
use connector_diff::{Options, compare};
use sides::folder;
use written::{FINAL, coverage, destination, first_line, found, given, report};

/// Two versions of a connector of this name, each with a file of output.
fn handed(connector: &str, [old, new]: [(&str, &str); 2]) -> ConnectorReport {
    let side = |version: &str, (file, text): (&str, &str)| {
        let outputs: Vec<Arc<dyn Tree>> = vec![sides::beside(file, text.as_bytes())];
        let metadata = format!(
            "data:\n  connectorType: destination\n  dockerRepository: airbyte/destination-{connector}\n  dockerImageTag: {version}\n"
        );
        let tree = destination(version, &[]).file("metadata.yaml", metadata);
        connector_in(&Request { outputs, ..Request::new(tree) })
    };
    compare(&side("1.0.0", old), &side("1.1.0", new), &Options::default())
}

/// A file name, the old text, the new text, and what is found.
type Row<'r> = (&'r str, &'r str, &'r str, &'r [&'r str]);

fn hold(connector: &str, rows: &[Row<'_>]) {
    for (file, old, new, expected) in rows {
        let report = handed(connector, [(file, old), (file, new)]);
        assert!(report.errors.is_empty(), "{old}: {:?}", report.errors);
        assert_eq!(found(&report), *expected, "{connector}: {old} and {new}");
    }
}

#[test]
fn sql_is_compared_as_its_engine_reads_it() {
    let retyped = &["breaking dest-golden-type-changed id"][..];
    let recased = &["breaking dest-column-name-case-changed"][..];
    let renamed = &["breaking dest-table-name-changed"][..];
    hold(
        "postgres",
        &[
            ("a.sql", "create table t (ID int, Name text)", "create table t (id integer, name text)", &[]),
            ("a.sql", "create table t (id int)", "create table t (\"id\" int)", &[]),
            (
                "a.sql",
                "create table t (id int, x int, offset int, primary key (id, offset))",
                "create table t (id int, x int, offset bigint, primary key (id, offset))",
                &["breaking dest-golden-type-changed offset"],
            ),
            ("a.sql", "create table t (id int[][])", "create table t (id int[])", &[]),
            ("a.sql", "create table t (id int[])", "create table t (id int)", retyped),
            ("a.sql", "create table t (id int)", "create table t (\"ID\" int)", recased),
            ("a.sql", "create table S.T (id int)", "create table s.t (id int)", &[]),
            ("a.sql", "create table s.t (id int)", "create table s.\"T\" (id int)", renamed),
            ("a.sql", "create table public.t (id int)", "create table t (id int)", &[]),
            ("a.sql", "create table public.t (id int)", "create table app.t (id int)", renamed),
            (
                "a.sql",
                "create table t (id int, x int, check (id > 0), check (x > 0))",
                "create table t (id int, x int, check (x > 0), check (id > 0))",
                &[],
            ),
            (
                "a.sql",
                "create table t (id int, check (id > 0))",
                "create table t (id int, check (id > 1))",
                &["review dest-golden-layout-changed"],
            ),
            ("a.sql", "create table t (id timestamptz)", "create table t (id timestamp with time zone)", &[]),
            ("a.sql", "create table t (id timestamptz)", "create table t (id timestamp)", retyped),
            ("a.sql", "create table t (id varchar(9))", "create table t (id character varying(9))", &[]),
            ("a.sql", "create table t (id varchar(9))", "create table t (id character varying(8))", retyped),
        ],
    );
    hold(
        "snowflake",
        &[
            ("a.sql", "create table t (id number)", "create table T (\"ID\" NUMBER(38, 0))", &[]),
            ("a.sql", "create table t (ID number)", "create table t (\"id\" number)", recased),
        ],
    );
    hold("mysql", &[("a.sql", "create table t (`ID` int(11))", "create table t (id int)", &[])]);
    hold(
        "clickhouse",
        &[
            ("a.sql", "create table t (id Int64)", "create table t (ID Int64)", recased),
            (
                "a.sql",
                "create table t (id Int64, note Nullable(String))",
                "create table t (id Int64, note String)",
                &["review dest-golden-nullability-changed note"],
            ),
            ("a.sql", "create table t (id Nullable(Int64))", "create table t (id Nullable(Int32))", retyped),
        ],
    );
}

#[test]
fn a_key_is_the_same_beside_its_column_and_behind_all() {
    let layout = &["review dest-golden-layout-changed"][..];
    hold(
        "postgres",
        &[
            (
                "a.sql",
                "create table t (id int primary key, x int)",
                "create table t (id int, x int, primary key (id))",
                &[],
            ),
            (
                "a.sql",
                "create table t (id int not null, x int)",
                "create table t (id int primary key, x int)",
                layout,
            ),
            ("a.sql", "create table t (id int unique)", "create table t (id int, unique (id))", &[]),
            ("a.sql", "create table t (id int unique)", "create table t (id int)", layout),
        ],
    );
}

/// A record `Item` of a namespace.
fn item(namespace: &str, kind: &str) -> String {
    format!(
        r#"{{"type": "record", "namespace": "{namespace}", "name": "Item", "fields": [{{"name": "v", "type": "{kind}"}}]}}"#
    )
}

#[test]
fn avro_is_compared_by_what_is_stored() {
    let schema = |field: &str| {
        format!(r#"{{"type": "record", "name": "r", "fields": [{{"name": "a", "type": {field}}}]}}"#)
    };
    let inner = |words: &str, name: &str| {
        schema(&format!(
            r#"["null", {{"type": "record", "name": "o", {words} "fields": [{{"name": "{name}", "type": "int"}}]}}]"#
        ))
    };
    let retyped = &["breaking dest-golden-type-changed a"][..];
    for (old, new, expected) in [
        (inner(r#""doc": "one","#, "x"), inner(r#""namespace": "n", "doc": "two","#, "x"), &[][..]),
        (inner("", "x"), inner("", "X"), retyped),
        (schema(r#""string""#), schema(r#"{"type": "string"}"#), &[]),
        (schema(r#""string""#), schema(r#"{"type": "string", "logicalType": "uuid"}"#), retyped),
        (schema(r#"["null", "int", "string"]"#), schema(r#"["string", "null", "int"]"#), &[]),
        (schema(r#"["null", "int", "string"]"#), schema(r#"["null", "int", "bytes"]"#), retyped),
    ] {
        hold("shelf", &[("a.avsc", &old, &new, expected)]);
    }
    // A named type stands in full where it comes first, and by its name behind that.
    let two = |first: (&str, &str), second: (&str, &str)| {
        let field = |(name, kind): (&str, &str)| format!(r#"{{"name": "{name}", "type": {kind}}}"#);
        format!(r#"{{"type": "record", "name": "r", "fields": [{}, {}]}}"#, field(first), field(second))
    };
    let record = |kind: &str| {
        format!(r#"{{"type": "record", "name": "n.o", "fields": [{{"name": "x", "type": "{kind}"}}]}}"#)
    };
    let (long, text) = (record("long"), record("string"));
    let old = two(("a", &long), ("b", r#""n.o""#));
    let both = &["breaking dest-golden-type-changed a", "breaking dest-golden-type-changed b"][..];
    hold(
        "shelf",
        &[
            ("a.avsc", &old, &two(("b", &long), ("a", r#""o""#)), &[]),
            ("a.avsc", &old, &two(("a", &text), ("b", r#""n.o""#)), both),
        ],
    );
    // Two namespaces may have one name, and fields may stand in any order.
    let (x, y) = (item("x", "long"), item("y", "string"));
    let three = |fields: [(&str, &str); 3]| {
        let field = |(name, kind): &(&str, &str)| format!(r#"{{"name": "{name}", "type": {kind}}}"#);
        let fields: Vec<String> = fields.iter().map(field).collect();
        format!(r#"{{"type": "record", "name": "r", "fields": [{}]}}"#, fields.join(", "))
    };
    let (of_x, of_y) = (r#""x.Item""#, r#""y.Item""#);
    let old = three([("a", &x), ("b", &y), ("c", of_x)]);
    let retyped = &["breaking dest-golden-type-changed c"][..];
    hold(
        "shelf",
        &[
            ("a.avsc", &old, &three([("b", &y), ("a", &x), ("c", of_x)]), &[]),
            ("a.avsc", &old, &three([("c", &x), ("b", &y), ("a", of_x)]), &[]),
            ("a.avsc", &old, &three([("a", &x), ("b", &y), ("c", of_y)]), retyped),
        ],
    );
}

#[test]
fn lists_of_columns_are_compared_without_what_people_read() {
    let file = "src/test-integration/resources/expected_schema.json";
    let schema = |field: &str| format!(r#"{{"properties": {{"o": {field}}}}}"#);
    let typed = |words: &str, name: &str| {
        schema(&format!(
            r#"{{"type": ["null", "object"], {words} "properties": {{"{name}": {{"type": "string"}}}}}}"#
        ))
    };
    let reordered = schema(r#"{"properties": {"x": {"type": "string"}}, "type": ["object", "null"]}"#);
    let one = typed(r#""description": "one","#, "x");
    let of = |new: &str| found(&report(&[(file, &one)], &[(file, new)]));
    assert_eq!(of(&reordered), [""; 0]);
    assert_eq!(of(&typed("", "X")), ["review dest-golden-type-changed o"]);
}

#[test]
fn tables_that_trade_places_are_the_same() {
    let sql = "src/test/resources/a.sql";
    let (first, second) = ("create table t (x int, y int);", "create table t (z text);");
    let both = format!("{first}\n{second}");
    let of = |new: String| found(&report(&[(sql, &both)], &[(sql, &new)]));
    assert_eq!(of(format!("{second}\n{first}")), [""; 0]);
    let edited = "create table t (x int, y text);";
    assert_eq!(of(format!("{second}\n{edited}")), ["breaking dest-golden-type-changed y"]);
    let code = |statements: [&str; 2]| {
        let text = |columns: &&str| format!("val a = \"\"\"CREATE TABLE $tableName ({columns})\"\"\"\n");
        statements.iter().map(text).collect::<String>()
    };
    let file = "src/main/kotlin/Sql.kt";
    let (raw, typed) = ("_airbyte_raw_id STRING, name STRING", "_airbyte_data STRING, at BIGINT");
    let (old, new) = (code([raw, typed]), code([typed, raw]));
    assert_eq!(found(&report(&[(file, &old)], &[(file, &new)])), [""; 0]);
    let new = code([typed, "_airbyte_raw_id BIGINT, name STRING"]);
    let report = report(&[(file, &old)], &[(file, &new)]);
    assert_eq!(found(&report), ["review dest-metadata-column-changed _airbyte_raw_id"]);
    let place = report.findings[0].origin.new.as_ref().expect("a place");
    assert_eq!((place.line, place.column), (Some(2), Some(9)), "where the text of the statement starts");
    let said = format!("{:?}", report.findings[0].evidence);
    assert!(!said.contains("tests"), "no test shows it: {said}");
}

#[test]
fn tables_of_other_streams_are_no_new_names() {
    let raw = |name: &str| format!("create table {name} (_airbyte_raw_id varchar(36), _airbyte_data jsonb);");
    let sql = "src/test/resources/raw.sql";
    let of = |old: &str, new: &str| found(&report(&[(sql, &raw(old))], &[(sql, &raw(new))]));
    assert_eq!(of("s._airbyte_raw_users", "s._airbyte_raw_orders"), [""; 0]);
    assert_eq!(
        of("s._airbyte_raw_users", "airbyte_internal.s_raw__stream_users"),
        ["breaking dest-table-name-changed"]
    );
    // The same columns alone say little.
    let own = |name: &str| format!("create table s.{name} (id int, note text);");
    let of = |old: &str, new: &str| found(&report(&[(sql, &own(old))], &[(sql, &own(new))]));
    assert_eq!(of("users", "invoices"), ["review dest-table-name-changed"]);
    assert_eq!(of("users", "users_v2"), ["breaking dest-table-name-changed"]);
}

#[test]
fn tables_of_output_that_are_gone_or_in_another_case_are_told() {
    let side = |version: &str, files: &[(&str, &str)]| {
        let output = files.iter().fold(Memory::new("output"), |tree, (name, text)| tree.file(name, *text));
        let outputs: Vec<Arc<dyn Tree>> = vec![Arc::new(output)];
        connector_in(&Request { outputs, ..Request::new(destination(version, &[])) })
    };
    let of = |old: &[(&str, &str)], new: &[(&str, &str)]| {
        found(&compare(&side("1.0.0", old), &side("1.1.0", new), &Options::default()))
    };
    let (users, orders) = (("app/users.jsonl", "{\"id\": 1}\n"), ("app/orders.jsonl", "{\"total\": 1}\n"));
    assert_eq!(of(&[users, orders], &[orders, users]), [""; 0]);
    assert_eq!(of(&[users, orders], &[users]), ["review dest-table-gone"]);
    // A number in a name is part of it, and one beside it is not.
    let (first, second) = (("users_v1.jsonl", users.1), ("users_v2.jsonl", users.1));
    assert_eq!(of(&[first, second], &[second]), ["review dest-table-gone"]);
    let parts = [("users_0.jsonl", users.1), ("users_1.jsonl", users.1)];
    assert_eq!(of(&parts, &parts[..1]), [""; 0]);
    assert_eq!(of(&[users], &[users, orders]), [""; 0], "a table more is quiet");
    assert_eq!(of(&[users], &[orders]), [""; 0], "output of other streams");
    // Files of a bucket, which each sync calls by its time and a number.
    let part = |name: &str, field: &str| (format!("app/users/{name}.jsonl"), format!("{{\"{field}\": 1}}\n"));
    let (old, more) = (part("2024_01_02_1704153600_0", "id"), part("2024_01_02_1704153600_1", "id"));
    let (same, new) = (part("2025_02_03_1738540800_0", "id"), part("2025_02_03_1738540800_0", "ID"));
    let of_parts = |old: &[&(String, String)], new: &[&(String, String)]| {
        let [old, new] = [old, new]
            .map(|parts| parts.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect::<Vec<_>>());
        of(&old, &new)
    };
    assert_eq!(of_parts(&[&old, &more], &[&same]), [""; 0]);
    assert_eq!(of_parts(&[&old], &[&new]), ["breaking dest-column-name-case-changed"]);
    // A counter may stand right behind a word.
    let (old, new) = (part("part00000", "id"), part("part00017", "ID"));
    assert_eq!(of_parts(&[&old], &[&new]), ["breaking dest-column-name-case-changed"]);
    assert_eq!(of_parts(&[&old, &part("part00001", "id")], &[&part("part00017", "id")]), [""; 0]);
    let upper = ("APP/USERS.jsonl", "{\"ID\": 1}\n");
    assert_eq!(
        of(&[users], &[upper]),
        ["breaking dest-column-name-case-changed", "review dest-table-name-changed"]
    );
}

#[test]
fn a_row_shows_its_values_and_no_more() {
    let first = "{\"_airbyte_raw_id\": \"a\", \"code\": 5, \"email\": \"x\"}\n";
    hold(
        "shelf",
        &[
            ("a.csv", "id,code\n1,5\n", "id,code\n1,abc\n", &["review dest-golden-type-changed code"]),
            ("a.csv", "id;code\n1;5\n", "id;code\n2;7\n", &[]),
            ("a.csv", "id;code\n1;5\n", "id\n2\n", &["breaking dest-expected-record-shape-changed code"]),
            // A record may leave out what has no value, unless it writes null.
            (
                "a.jsonl",
                first,
                "{\"_airbyte_raw_id\": \"a\", \"code\": 5}\n",
                &["review dest-expected-record-shape-changed email"],
            ),
            (
                "a.jsonl",
                first,
                "{\"_airbyte_raw_id\": \"a\", \"code\": null}\n",
                &["breaking dest-expected-record-shape-changed email"],
            ),
        ],
    );
    let report = handed("shelf", [("a.csv", "id,code\n1,5\n"), ("a.csv", "id,code\n1,abc\n")]);
    let said = format!("{:?}", report.findings[0].evidence);
    assert!(said.contains("its rows show their own values") && !said.contains("tests"), "{said}");
}

#[test]
fn a_case_that_a_test_may_have_changed_is_not_certain() {
    let row = |names: [&str; 2]| {
        format!("{{\"_airbyte_raw_id\": \"a\", \"{}\": 1, \"{}\": 2}}\n", names[0], names[1])
    };
    let of = |new: [&str; 2]| found(&report(&[(FINAL, &row(["id", "v"]))], &[(FINAL, &row(new))]));
    assert_eq!(of(["id", "V"]), ["review dest-column-name-case-changed"]);
    assert_eq!(of(["ID", "V"]), ["breaking dest-column-name-case-changed"]);
}

const FINAL_BARE: &str = "src/test-integration/resources/users_expectedrecords.jsonl";

#[test]
fn raw_records_are_known_by_what_they_hold() {
    let raw = "{\"_airbyte_raw_id\": \"a\", \"_airbyte_data\": {\"id\": 1}}\n";
    let typed = "{\"_airbyte_raw_id\": \"a\", \"id\": 1}\n";
    let folder = "src/test-integration/resources/dat";
    let name = |end: &str| format!("{folder}/sync1_{end}.jsonl");
    let (first, other) = (name("expectedrecords_dedup_raw"), name("expectedrecords_dedup_rawtable"));
    let old = [(FINAL, typed), (first.as_str(), raw)];
    assert_eq!(found(&report(&old, &[(FINAL, typed), (other.as_str(), raw)])), [""; 0], "a file was renamed");
    assert_eq!(found(&report(&old, &[(FINAL, typed)])), ["breaking dest-raw-fixtures-removed"]);
    // A file that does not say which table it is of, and holds another one now.
    let retold = found(&report(&[(FINAL_BARE, raw)], &[(FINAL_BARE, typed)]));
    assert!(retold.iter().any(|one| one.ends_with("_airbyte_data")), "{retold:?}");
    assert_eq!(found(&report(&[(FINAL_BARE, raw)], &[(FINAL_BARE, raw)])), [""; 0]);
}

#[test]
fn operations_are_compared_by_what_they_take() {
    let catalog = |operation: &str| {
        format!(
            r#"{{"operations": [{{"object_name": "contact", "sync_mode": "append_dedup", {operation}}}]}}"#
        )
    };
    let schema = |property: &str| {
        catalog(&format!(r#""json_schema": {{"type": "object", "properties": {{"a": {property}}}}}"#))
    };
    let keys = |keys: &str| catalog(&format!(r#""matching_keys": {keys}, "json_schema": {{}}"#));
    let others = |schema: &str| {
        catalog(&format!(r#""json_schema": {{"type": "object", "additionalProperties": {schema}}}"#))
    };
    // A field that refers to what the operation defines.
    let defined = |definition: &str| {
        catalog(&format!(
            r##""json_schema": {{"type": "object", "$defs": {{"day": {definition}}}, "properties": {{"a": {{"$ref": "#/$defs/day"}}}}}}"##
        ))
    };
    let listed = |property: &str, others: &str| {
        catalog(&format!(
            r#""json_schema": {{"type": "object", "properties": {{{property}}}, "additionalProperties": {others}}}"#
        ))
    };
    // A field that refers to one of two definitions, or to a part of one.
    let among = |field: &str, one: &str, other: &str| {
        catalog(&format!(
            r##""json_schema": {{"type": "object", "$defs": {{"a/b c": {one}, "o": {{"type": "object", "properties": {{"u": {other}, "default": {one}}}}}}}, "properties": {{"a": {field}}}}}"##
        ))
    };
    let to = |place: &str| format!(r##"{{"$ref": "#/$defs/{place}"}}"##);
    let (text, number) = (r#"{"type": "string"}"#, r#"{"type": "number"}"#);
    let (day, time) = (r#"{"type": "string", "format": "date"}"#, r#"{"type": "string", "format": "time"}"#);
    let both = |first: &str, second: &str| {
        format!(r##"{{"type": "object", "properties": {{"default": {first}, "y": {second}}}}}"##)
    };
    let narrower = &["review dest-operation-field-changed contact/a"][..];
    let inner =
        |kind: &str| schema(&format!(r#"{{"type": "object", "properties": {{"x": {{"type": "{kind}"}}}}}}"#));
    for (old, new, expected) in [
        (inner("string"), inner("integer"), narrower),
        (inner("integer"), inner("number"), &[]),
        (schema(r#"{"enum": ["x", "y"]}"#), schema(r#"{"enum": ["y"]}"#), narrower),
        (schema(r#"{"enum": ["x", "y"]}"#), schema(r#"{"enum": ["y", "z", "x"]}"#), &[]),
        (schema(r#"{"type": ["null", "string"]}"#), schema(r#"{"type": ["string", "null"]}"#), &[]),
        (schema(r#"{"type": "string"}"#), schema(r#"{"type": "string", "format": "date"}"#), narrower),
        (
            defined(r#"{"type": "string", "format": "date"}"#),
            defined(r#"{"type": "string", "format": "date-time"}"#),
            narrower,
        ),
        (defined(r#"{"type": "string"}"#), defined(r#"{"type": "integer"}"#), narrower),
        (
            defined(r#"{"type": "string", "format": "date"}"#),
            schema(r#"{"type": "string", "format": "date"}"#),
            &[],
        ),
        (defined(r#"{"type": "string", "format": "date"}"#), schema(r#"{"type": "string"}"#), narrower),
        // What was taken with any value is listed with fewer.
        (listed("", "true"), listed(r#""a": {"type": "integer"}"#, "true"), narrower),
        (
            listed("", r#"{"type": "string"}"#),
            listed(r#""a": {"type": "string"}"#, r#"{"type": "string"}"#),
            &[],
        ),
        (listed("", "false"), listed(r#""a": {"type": "integer"}"#, "false"), &[]),
        // Where nothing is said of others, users map what is listed.
        (schema(r#"{"type": "string"}"#), schema(r#"{"type": "string"}, "b": {"type": "integer"}"#), &[]),
        // References are escaped, in two ways.
        (among(&to("a~1b%20c"), text, text), among(&to("a~1b%20c"), number, text), narrower),
        (among(&to("a~1b%20c"), text, text), among(&to("a~1b%20c"), text, number), &[]),
        (among(&to("o/properties/u"), text, text), among(&to("o/properties/u"), text, number), narrower),
        (among(&to("o/properties/u"), text, text), among(&to("o/properties/u"), number, text), &[]),
        (among(&to("o"), text, text), among(&to("o"), number, text), narrower),
        // Where a reference leads nowhere, a definition that changes may be what it means.
        (among(&to("none"), text, text), among(&to("none"), text, text), &[]),
        (among(&to("none"), text, text), among(&to("none"), number, text), narrower),
        // Each of several references has the hints of what it refers to, and fields are called as they like.
        (
            among(&both(&to("a~1b%20c"), &to("a~1b%20c")), day, text),
            among(&both(&to("a~1b%20c"), day), day, text),
            &[],
        ),
        (
            among(&both(&to("a~1b%20c"), &to("a~1b%20c")), day, text),
            among(&both(&to("a~1b%20c"), time), day, text),
            narrower,
        ),
        (
            among(&both(&to("a~1b%20c"), &to("a~1b%20c")), day, text),
            among(&both(time, &to("a~1b%20c")), day, text),
            narrower,
        ),
        (others("true"), others("false"), &["review dest-operation-closed contact"]),
        (others("false"), others("true"), &[]),
        (keys(r#"[["a", "b"]]"#), keys(r#"[["b", "a"]]"#), &[]),
        (
            keys(r#"[["a", "b"]]"#),
            keys(r#"[["b"]]"#),
            &["breaking dest-operation-matching-keys-changed contact"],
        ),
    ] {
        hold("shelf", &[("a.json", &old, &new, expected)]);
    }
    // What cannot be read may be the operation that is not found.
    let broken = "{\"operations\": [{\"object_name\": 5}]}";
    let report = handed("shelf", [("a.json", &keys("[]")), ("a.json", broken)]);
    assert_eq!((found(&report).len(), report.errors.len()), (0, 1), "{:?}", found(&report));
}

/// Definitions that refer to each other, one behind the other, each with a field that refers to it.
#[test]
fn a_chain_of_definitions_is_compared_in_time() {
    let chain = |length: usize, last: &str| {
        let definition = |at: usize| match at + 1 == length {
            true => format!(r#""d{at}": {last}"#),
            false => format!(
                r##""d{at}": {{"type": "object", "properties": {{"next": {{"$ref": "#/$defs/d{}"}}}}}}"##,
                at + 1
            ),
        };
        let field = |at: usize| format!(r##""a{at}": {{"$ref": "#/$defs/d{at}"}}"##);
        let all = |each: &dyn Fn(usize) -> String| (0..length).map(each).collect::<Vec<_>>().join(", ");
        format!(
            r#"{{"operations": [{{"object_name": "contact", "sync_mode": "append", "json_schema": {{"$defs": {{{}}}, "properties": {{{}}}}}}}]}}"#,
            all(&definition),
            all(&field)
        )
    };
    for (length, last, expected) in
        [(200, r#"{"type": ["string", "null"]}"#, 0), (200, r#"{"type": "integer"}"#, 200)]
    {
        let (old, new) = (chain(length, r#"{"type": "string"}"#), chain(length, last));
        let report = handed("shelf", [("a.json", &old), ("a.json", &new)]);
        assert_eq!(found(&report).len(), expected, "{last}");
    }
}

#[test]
fn another_cdk_is_another_build() {
    let side = |version: &str, cdk: &str, id: &str| -> Connector {
        let gradle = format!("airbyteBulkConnector {{\n  cdk = '{cdk}'\n}}\n");
        let records = format!("{{\"_AIRBYTE_RAW_ID\": \"a\", \"{id}\": 1}}\n").replace(
            "_AIRBYTE_RAW_ID",
            match id {
                "ID" => "_AIRBYTE_RAW_ID",
                _ => "_airbyte_raw_id",
            },
        );
        let metadata = format!("{}  dockerImageTag: {version}\n", written::METADATA);
        let files = [
            (FINAL, records.as_str()),
            ("build.gradle", &gradle),
            ("src/main/resources/spec.json", written::SPEC),
        ];
        sides::load(folder(version, &files).file("metadata.yaml", metadata))
    };
    let of = |old: &Connector, new: &Connector| compare(old, new, &Options::default());
    let old = side("1.0.0", "0.1.77", "id");
    let bumped = of(&old, &side("1.0.1", "0.1.78", "ID"));
    assert_eq!(found(&bumped), ["breaking dest-column-name-case-changed"]);
    let quiet = of(&old, &side("1.0.1", "0.1.78", "id"));
    assert!(first_line(&quiet).contains("built with another version of the CDK"), "{}", first_line(&quiet));
    // Tests of the same build.
    let tests = of(&old, &side("1.0.1", "0.1.77", "ID"));
    assert_eq!(found(&tests), [""; 0]);
    assert!(
        first_line(&tests).contains("nothing that builds the connector changed"),
        "{}",
        first_line(&tests)
    );
    assert!(coverage(&tests).2.contains("the tests changed"));
}

#[test]
fn another_cdk_in_a_lock_file_alone_is_another_build() {
    let side = |version: &str, (lock, text): (&str, &str), id: &str| -> Connector {
        let records = format!("{{\"_airbyte_raw_id\": \"a\", \"{id}\": 1, \"{id}_2\": 1}}\n");
        let metadata = format!("{}  dockerImageTag: {version}\n", written::METADATA);
        let files = [
            (FINAL, records.as_str()),
            (lock, text),
            ("pyproject.toml", "[tool.poetry.dependencies]\nairbyte-cdk = \"^6.0\"\n"),
            ("src/main/resources/spec.json", written::SPEC),
        ];
        sides::load(folder(version, &files).file("metadata.yaml", metadata))
    };
    let poetry = |cdk: &str, requests: &str| {
        format!(
            "[[package]]\nname = \"airbyte-cdk\"\nversion = \"{cdk}\"\n\n[[package]]\nname = \"requests\"\nversion = \"{requests}\"\n"
        )
    };
    let catalog = |cdk: &str, log: &str| format!("[versions]\nairbyte-cdk = \"{cdk}\"\nlog = \"{log}\"\n");
    let gradle =
        |cdk: &str, log: &str| format!("io.airbyte.bulk-cdk:core:{cdk}=runtime\norg.log:log:{log}=runtime\n");
    type Lock = fn(&str, &str) -> String;
    let kinds: [(&str, Lock); 3] =
        [("poetry.lock", poetry), ("gradle/libs.versions.toml", catalog), ("gradle.lockfile", gradle)];
    for (file, text) in kinds {
        let old = side("1.0.0", (file, &text("6.0.1", "2.3.1")), "id");
        let of = |cdk: &str, other: &str, id: &str| {
            compare(&old, &side("1.0.1", (file, &text(cdk, other)), id), &Options::default())
        };
        assert_eq!(found(&of("6.1.0", "2.3.1", "ID")), ["breaking dest-column-name-case-changed"], "{file}");
        let quiet = first_line(&of("6.1.0", "2.3.1", "id"));
        assert!(quiet.contains("built with another version of the CDK"), "{file}: {quiet}");
        // Another library is none that writes.
        let other = of("6.0.1", "2.4.0", "ID");
        assert_eq!(found(&other), [""; 0], "{file}");
        assert!(coverage(&other).2.contains(file), "{file}: {}", coverage(&other).2);
    }
}

#[test]
fn places_of_what_is_handed_in_are_those_of_the_columns() {
    let text = |kind: &str| format!("\n\ncreate table t (\n  id int,\n  note {kind}\n);\n");
    let report = given(&[("a.sql", text("text").as_bytes())], &[("a.sql", text("int").as_bytes())]);
    let place = report.findings[0].origin.new.as_ref().expect("a place");
    assert_eq!((place.line, place.column), (Some(5), Some(3)));
}
