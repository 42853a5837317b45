//! What a destination writes: from the files of its tests, its code, and output that a user hands in.
//!
//! Files are found by the names that Airbyte's own connectors give them (`SIGNS`). What tests keep was not asked for by
//! anybody: of such a file that cannot be read only the coverage says so. What a flag names has to be readable.

mod avro;
mod avro_types;
mod code;
mod code_text;
mod records;
mod schemas;
mod sql;
mod table_names;
mod types;

use std::collections::HashMap;
use std::sync::Arc;

use super::captured::{self, FoundOperations};
use super::folder::{Directory, is_unseen};
use super::json::JsonError;
use super::loaded::Loaded;
use super::{common, read};
use crate::limits::Limits;
use crate::model::{
    Artifact, Document, DocumentFormat, ErrorCause, InputError, Operations, WriteMode, WrittenFormat,
    WrittenKind, WrittenTable,
};
use crate::tree::{Kind, Tree, below};

/// What a file is read as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sign {
    Golden,
    Conversion,
    Listing,
    Records(WrittenKind),
    /// What a test writes: messages, or records before they are typed.
    Input,
    Sql,
    Code,
    TableNames,
    AvroSchema,
    Avro,
    Parquet,
    Csv,
    /// A file that a user hands in, by what it holds.
    Anything,
}

/// What a reader makes of one file.
#[derive(Debug, Default)]
struct Found {
    tables: Vec<WrittenTable>,
    /// Fields that a test writes.
    input: Option<records::Input>,
    operations: Option<Operations>,
    /// What of the file cannot be read.
    unread: Vec<InputError>,
}

impl Found {
    fn tables(tables: Vec<WrittenTable>) -> Self {
        Self { tables, ..Self::default() }
    }

    fn unread(error: InputError) -> Self {
        Self { unread: vec![error], ..Self::default() }
    }
}

/// Reads what the tests and the code of a destination show.
pub(super) fn load(directory: &Directory<'_>, connector: Option<&str>) -> Loaded {
    let mut found = Loaded::default();
    let mut files = Vec::new();
    for (name, size) in walk(directory, &ROOTS, &mut found.errors) {
        if let Some(sign) = sign(&name) {
            files.push((name, sign, size));
        }
    }
    let reader =
        Reader { directory, engine: sql::Engine::of(connector.unwrap_or_default()), is_given: false };
    let Found { tables, operations, unread, .. } = reader.all(&files);
    found.written = WrittenFormat { tables, operations };
    for error in unread {
        let error = error.of(Artifact::Destination);
        if error.cause.is_of_this_run() { found.errors.push(error) } else { found.unread_beside.push(error) }
    }
    found
}

/// Reads what a flag names: a file, or a folder of them.
pub(super) fn given(tree: &Arc<dyn Tree>, connector: Option<&str>, limits: &Limits) -> Loaded {
    let mut loaded = Loaded::default();
    let directory = Directory::new(tree, limits);
    let engine = sql::Engine::of(connector.unwrap_or_default());
    let reader = Reader { directory: &directory, engine, is_given: true };
    let found = if let Ok(Kind::Folder) = tree.kind("") {
        let files = walk(&directory, &[""], &mut loaded.errors);
        let files: Vec<_> = files
            .into_iter()
            .map(|(name, size)| (given_sign(&name), name, size))
            .filter(|(sign, name, _)| *sign != Sign::Anything || may_be_output(name))
            .map(|(sign, name, size)| (name, sign, size))
            .collect();
        reader.all(&files)
    } else {
        // Without a name in a folder one file is held against another, whatever they are called.
        let sign = given_sign(&tree.shown(""));
        reader.all(&[(String::new(), sign, None)])
    };
    let Found { tables, operations, unread, .. } = found;
    if tables.is_empty() && operations.is_none() && unread.is_empty() {
        loaded.errors.push(InputError {
            cause: ErrorCause::Content,
            artifact: Some(Artifact::Destination),
            file: tree.shown(""),
            line: None,
            message: "expected what a destination writes (records as JSON Lines or CSV, a golden file, CREATE TABLE \
                      statements, an AVRO schema or DESTINATION_CATALOG messages), found none of it"
                .to_owned(),
        });
    }
    loaded.written = WrittenFormat { tables, operations };
    loaded.errors.extend(unread.into_iter().map(|error| error.of(Artifact::Destination)));
    loaded
}

/// Where a connector keeps its tests and its code; packages in Python are folders of their own.
const ROOTS: [&str; 4] = ["src", "integration_tests", "unit_tests", "tests"];

/// So many files of one connector are looked at.
const MOST_FILES: usize = 20_000;

/// The files below some folders with their sizes, in order. A link to a folder is followed, and a link in what it leads to is
/// not: it may lead round in circles.
fn walk(
    directory: &Directory<'_>,
    roots: &[&str],
    errors: &mut Vec<InputError>,
) -> Vec<(String, Option<u64>)> {
    let mut found = Vec::new();
    let mut open: Vec<(String, bool)> = roots.iter().map(|root| ((*root).to_owned(), false)).collect();
    if !roots.contains(&"") {
        let packages =
            directory.names("", errors).into_iter().filter(|name| name.starts_with("destination_"));
        open.extend(packages.filter_map(|name| Some((name.strip_suffix('/')?.to_owned(), false))));
    }
    while let Some((folder, is_linked)) = open.pop() {
        for entry in directory.entries(&folder, errors) {
            let name = below(&folder, &entry.name);
            match entry.kind {
                Ok(Kind::Folder) if common::is_foreign(&entry.name) || is_linked && entry.is_link => {}
                Ok(Kind::Folder) => open.push((name, is_linked || entry.is_link)),
                Ok(Kind::File { size }) => found.push((name, size)),
                // Whatever it is, it may hold any of these.
                Err(error) if is_unseen(&error) && !entry.name.contains('.') => {
                    errors.push(read::not_given(&name, &error).of(Artifact::Destination));
                }
                // A file is told when it is read, if its name says that it is one of these.
                Err(_) => found.push((name, None)),
                Ok(Kind::Stream) => {}
            }
            if found.len() > MOST_FILES {
                errors.push(InputError {
                    cause: ErrorCause::Limit,
                    artifact: Some(Artifact::Destination),
                    file: folder,
                    line: None,
                    message: format!("expected at most {MOST_FILES} files of a destination, found more"),
                });
                return found;
            }
        }
    }
    found.sort();
    found
}

/// What a file of a connector is, by its path.
fn sign(path: &str) -> Option<Sign> {
    let lower = path.to_ascii_lowercase();
    let (folder, file) = lower.rsplit_once('/').unwrap_or(("", &lower));
    let (stem, ending) = file.rsplit_once('.')?;
    let is_test = common::is_of_tests(path);
    if matches!(ending, "kt" | "java" | "py") {
        let is_list = is_test && stem.ends_with("regressiontest") && ending == "kt";
        return if is_list { Some(Sign::TableNames) } else { (!is_test).then_some(Sign::Code) };
    }
    let is_json = ending == "json";
    let is_lines = matches!(ending, "jsonl" | "ndjson") || is_json;
    if !is_test {
        return None;
    }
    if folder.split('/').any(|part| part == "golden_files" || part == "schema-regression") {
        return matches!(ending, "json" | "txt").then_some(Sign::Golden);
    }
    if is_json && stem.contains("conversion_test_cases") {
        return Some(Sign::Conversion);
    }
    let is_expected = ["expectedrecords", "expected_records"].iter().any(|words| stem.contains(words))
        || ending == "jsonl"
            && stem.contains("expected")
            && words(stem).any(|word| matches!(word, "raw" | "final"));
    if is_lines && is_expected {
        let is_raw = words(stem).any(|word| word.trim_end_matches(|c: char| c.is_ascii_digit()) == "raw");
        let kind = if is_raw { WrittenKind::RawRecords } else { WrittenKind::FinalRecords };
        return Some(Sign::Records(kind));
    }
    let is_input = stem.contains("inputrecords") || words(stem).any(|word| word.starts_with("messages"));
    if is_lines && is_input && folder.contains("resources") {
        return Some(Sign::Input);
    }
    let is_listing = stem.starts_with("expected") && (stem.contains("schema") || stem.contains("datatype"));
    match ending {
        "json" if is_listing => Some(Sign::Listing),
        "sql" => Some(Sign::Sql),
        "avsc" => Some(Sign::AvroSchema),
        "avro" => Some(Sign::Avro),
        "parquet" => Some(Sign::Parquet),
        _ => None,
    }
}

fn words(stem: &str) -> impl Iterator<Item = &str> {
    stem.split(['_', '-', '.'])
}

/// What a file that a user hands in is read as.
fn given_sign(path: &str) -> Sign {
    let ending = read::extension(path).map(str::to_ascii_lowercase);
    match ending.as_deref() {
        Some("sql" | "ddl") => Sign::Sql,
        Some("avsc") => Sign::AvroSchema,
        Some("avro") => Sign::Avro,
        Some("parquet") => Sign::Parquet,
        Some("csv") => Sign::Csv,
        _ => match sign(&format!("tests/{path}")) {
            Some(sign @ (Sign::Golden | Sign::Conversion | Sign::Listing | Sign::Records(_))) => sign,
            _ => Sign::Anything,
        },
    }
}

/// Whether a file of a folder that a user hands in may be output, by its name.
fn may_be_output(name: &str) -> bool {
    let ending = read::extension(name).map(str::to_ascii_lowercase);
    matches!(ending.as_deref(), None | Some("json" | "jsonl" | "ndjson" | "log" | "txt" | "out" | "stdout"))
}

/// What files are read with.
struct Reader<'d> {
    directory: &'d Directory<'d>,
    engine: sql::Engine,
    /// Whether a user hands them in.
    is_given: bool,
}

impl Reader<'_> {
    fn all(&self, files: &[(String, Sign, Option<u64>)]) -> Found {
        let mut found = Found::default();
        let mut inputs: Vec<records::Input> = Vec::new();
        for (name, sign, size) in files {
            if *size == Some(0) {
                continue;
            }
            let one = self.one(name, *sign);
            found.tables.extend(one.tables);
            found.unread.extend(one.unread);
            found.operations = one.operations.or(found.operations);
            inputs.extend(one.input);
        }
        records::share_input(&mut found.tables, inputs);
        found.tables.sort_by(|one, other| (one.kind, &one.key).cmp(&(other.kind, &other.key)));
        // Two source sets may keep files of one name, and a file may make tables of one name: none hides another.
        let mut seen: HashMap<(WrittenKind, String), usize> = HashMap::new();
        for table in &mut found.tables {
            let count = seen.entry((table.kind, table.key.clone())).or_default();
            *count += 1;
            table.nth = *count;
        }
        found
    }

    fn one(&self, name: &str, sign: Sign) -> Found {
        let (tree, limits) = (self.directory.tree(), self.directory.limits);
        if sign == Sign::Parquet {
            return Found::unread(InputError {
                cause: ErrorCause::Content,
                artifact: Some(Artifact::Destination),
                file: shown(tree, name),
                line: None,
                message: NO_PARQUET.to_owned(),
            });
        }
        let bytes = match read::bytes(tree, name, limits) {
            Ok(bytes) => bytes,
            Err(unread) => return Found::unread(unread),
        };
        let is_of_no_use = match sign {
            Sign::Code => !code::may_create(&bytes),
            Sign::TableNames => !table_names::has_list(&bytes),
            _ => false,
        };
        if is_of_no_use {
            return Found::default();
        }
        let place = |document| Place { document, name, engine: self.engine, is_given: self.is_given };
        if sign == Sign::Avro || sign == Sign::Anything && avro::is_one(&bytes) {
            return match avro::head(&shown(tree, name), &bytes) {
                Ok(schema) => avro::schema(&place(&schema)),
                Err(unread) => Found::unread(unread),
            };
        }
        match read::document_of(tree, name, bytes) {
            Ok(document) => of_document(&place(&document), sign),
            Err(unread) => Found::unread(unread),
        }
    }
}

/// What is said of a Parquet file.
const NO_PARQUET: &str =
    "Parquet files are not read: hand in its schema as AVRO, or records as JSON Lines or CSV";

fn of_document(place: &Place<'_>, sign: Sign) -> Found {
    match sign {
        Sign::Golden => schemas::golden(place),
        Sign::Conversion => schemas::conversion(place),
        Sign::Listing => schemas::listing(place),
        Sign::Records(kind) => records::lines(place, kind),
        Sign::Input => records::input(place),
        Sign::Sql => sql::file(place),
        Sign::Code => code::file(place),
        Sign::TableNames => table_names::list(place),
        Sign::AvroSchema => avro::schema(place),
        Sign::Csv => records::csv(place),
        Sign::Anything => anything(place),
        Sign::Avro | Sign::Parquet => Found::default(),
    }
}

/// A file that a user hands in, by what it holds.
fn anything(place: &Place<'_>) -> Found {
    let text = place.document.text.trim_start();
    if !text.starts_with(['{', '[', '/']) {
        return match sql::may_create(text) {
            true => sql::file(place),
            false => Found::default(),
        };
    }
    let operations = captured::operations(place.document);
    if operations.operations.is_some() || !operations.errors.is_empty() {
        let FoundOperations { operations, errors } = operations;
        return Found { operations, unread: errors, ..Found::default() };
    }
    match schemas::shape(text) {
        Some(schemas::Shape::Golden) => schemas::golden(place),
        Some(schemas::Shape::Avro) => avro::schema(place),
        None => records::lines(place, WrittenKind::Output),
    }
}

/// So many columns of one table are read.
const MOST_COLUMNS: usize = 50_000;

/// A file with the name that it has in its folder.
struct Place<'d> {
    document: &'d Arc<Document>,
    name: &'d str,
    engine: sql::Engine,
    is_given: bool,
}

impl Place<'_> {
    /// A table of this file, of which nothing is known yet. `inner` tells it from others in the file.
    fn table(&self, kind: WrittenKind, inner: &str) -> WrittenTable {
        let key = key(self.name);
        WrittenTable {
            kind,
            key: if inner.is_empty() { key.clone() } else { format!("{key}#{inner}") },
            nth: 1,
            table: String::new(),
            document: self.document.clone(),
            at: 0,
            is_given: self.is_given,
            lists_columns: true,
            is_whole: true,
            columns: Default::default(),
            names: Vec::new(),
            test: String::new(),
            input: Default::default(),
            layout: Default::default(),
            mode: mode(&key),
            variant: variant(self.name),
        }
    }

    /// That a table has more columns than are read, once it has.
    fn too_wide(&self, table: &WrittenTable, at: usize) -> Option<InputError> {
        (table.columns.len() > MOST_COLUMNS).then(|| {
            let message = format!("expected at most {MOST_COLUMNS} columns of one table, found more");
            self.error_of(ErrorCause::Limit, Some(self.document.line(at)), message)
        })
    }

    fn error(&self, line: Option<usize>, message: String) -> InputError {
        self.error_of(ErrorCause::Content, line, message)
    }

    /// That a JSON text of the file cannot be read, `from` the byte at which it starts.
    fn broken(&self, from: usize, expected: &str, error: &JsonError) -> InputError {
        let cause = if error.is_limit { ErrorCause::Limit } else { ErrorCause::Content };
        let line = self.document.line(from) + error.position.line - 1;
        let expected = if error.is_limit { "" } else { expected };
        self.error_of(cause, Some(line), format!("{expected}{}", error.message))
    }

    fn error_of(&self, cause: ErrorCause, line: Option<usize>, message: String) -> InputError {
        InputError {
            cause,
            artifact: Some(Artifact::Destination),
            file: self.document.file.clone(),
            line,
            message,
        }
    }
}

/// What a file is known by on both sides: its path below the resources of its tests, without its ending.
fn key(name: &str) -> String {
    let below = name.split_once("/resources/").map_or(name, |(_, below)| below);
    below.rsplit_once('.').map_or(below, |(stem, _)| stem).to_owned()
}

/// The syncs that a name tells of.
fn mode(key: &str) -> Option<WriteMode> {
    let lower = key.to_ascii_lowercase();
    let file = lower.rsplit('/').next().unwrap_or_default();
    let has = |word: &str| words(file).any(|one| one == word);
    match () {
        () if has("dedup") || has("incrementaldedup") => Some(WriteMode::Dedup),
        () if has("overwrite") => Some(WriteMode::Overwrite),
        () if has("append") || has("nondedup") => Some(WriteMode::Append),
        () => None,
    }
}

/// The class of tests that golden files are of: the folder below `golden_files`.
fn variant(name: &str) -> Option<String> {
    let (_, below) = name.split_once("golden_files/")?;
    let (class, _) = below.split_once('/')?;
    Some(class.to_owned())
}

fn shown(tree: &dyn Tree, name: &str) -> String {
    if name.is_empty() { tree.shown("") } else { name.to_owned() }
}

/// A document of some text that was found in a file.
fn derived(file: &str, text: String) -> Arc<Document> {
    Arc::new(Document::derived(file.to_owned(), String::new(), text, DocumentFormat::Json))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_of_tests_are_known_by_their_names() {
        use WrittenKind::{FinalRecords, RawRecords};
        for (path, expected) in [
            (
                "src/test-integration/resources/dat/sync1_expectedrecords_raw.jsonl",
                Some(Sign::Records(RawRecords)),
            ),
            (
                "src/test-integration/resources/dat/sync1_expectedrecords_raw2.jsonl",
                Some(Sign::Records(RawRecords)),
            ),
            (
                "src/test-integration/resources/dat/sync2_expectedrecords_raw_mixed_tzs.jsonl",
                Some(Sign::Records(RawRecords)),
            ),
            (
                "src/test-integration/resources/sqlgenerator/alltypes_expectedrecords_final.jsonl",
                Some(Sign::Records(FinalRecords)),
            ),
            ("integration_tests/expected_records.jsonl", Some(Sign::Records(FinalRecords))),
            ("src/testFixtures/resources/dat/sync1_messages2.jsonl", Some(Sign::Input)),
            (
                "src/test-integration/resources/golden_files/A/schema-regression/column_names/append.json",
                Some(Sign::Golden),
            ),
            ("src/test-integration/resources/schema-regression/column_names/append.txt", Some(Sign::Golden)),
            ("src/test/resources/schemas/type_conversion_test_cases_v1.json", Some(Sign::Conversion)),
            ("src/test-integration/resources/testdata/expected-datatypeV1.json", Some(Sign::Listing)),
            ("src/test/resources/typing_deduping_with_cdc.sql", Some(Sign::Sql)),
            ("src/main/kotlin/SqlGenerator.kt", Some(Sign::Code)),
            ("destination_shop/destination.py", Some(Sign::Code)),
            ("src/test/kotlin/SqlGeneratorTest.kt", None),
            ("src/test-integration/kotlin/ShelfRegressionTest.kt", Some(Sign::TableNames)),
            ("src/test-integration/resources/expected-spec-oss.json", None),
            ("integration_tests/messages.jsonl", None),
            ("src/main/resources/spec.json", None),
        ] {
            assert_eq!(sign(path), expected, "{path}");
        }
    }

    #[test]
    fn a_file_is_known_by_its_path_below_the_resources() {
        assert_eq!(
            key("src/test-integration/resources/dat/sync1_expectedrecords_raw.jsonl"),
            "dat/sync1_expectedrecords_raw"
        );
        assert_eq!(key("integration_tests/expected_records.jsonl"), "integration_tests/expected_records");
        assert_eq!(mode("dat/sync1_expectedrecords_nondedup_final"), Some(WriteMode::Append));
        assert_eq!(mode("sqlgenerator/incrementaldedup_expectedrecords_final"), Some(WriteMode::Dedup));
        assert_eq!(mode("dat/sync2_expectedrecords_fullrefresh_overwrite_final"), Some(WriteMode::Overwrite));
        assert_eq!(mode("sqlgenerator/alltypes_expectedrecords_final"), None);
    }
}
