//! `CREATE TABLE` in the SQL of each engine, read with the dialect that the connector's name tells.

use std::collections::HashSet;
use std::fmt::Display;
use std::sync::LazyLock;

use regex::Regex;
use sqlparser::ast::{
    ColumnDef, ColumnOption, CreateTable, CreateTableOptions, DataType, Expr, Ident, IndexColumn, Statement,
    TableConstraint,
};
use sqlparser::dialect::{Dialect, GenericDialect, dialect_from_str};
use sqlparser::parser::{Parser, ParserOptions};
use sqlparser::tokenizer::{Token, TokenWithSpan, Tokenizer};

use super::code::VARIABLE_NAME;
use super::{Found, Place, types};
use crate::model::{ErrorCause, InputError, WrittenColumn, WrittenKind, WrittenTable};

/// The dialects of connectors whose names are those of another engine.
const DIALECTS: [(&str, &str); 14] = [
    ("aws-datalake", "hive"),
    ("bigquery", "bigquery"),
    ("clickhouse", "clickhouse"),
    ("databricks", "databricks"),
    ("duckdb", "duckdb"),
    ("motherduck", "duckdb"),
    ("mssql", "mssql"),
    ("mysql", "mysql"),
    ("oracle", "oracle"),
    ("postgres", "postgres"),
    ("redshift", "redshift"),
    ("singlestore", "mysql"),
    ("snowflake", "snowflake"),
    ("teradata", "teradata"),
];

/// The engine that a connector writes to, by its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Engine(Option<&'static str>);

impl Engine {
    pub(super) fn of(connector: &str) -> Self {
        Self(DIALECTS.iter().find(|(engine, _)| connector.contains(engine)).map(|(_, name)| *name))
    }

    /// The name of its dialect; empty where the name of the connector tells none.
    pub(super) fn name(self) -> &'static str {
        self.0.unwrap_or_default()
    }

    /// Its dialect; one that takes most where none is told.
    pub(super) fn dialect(self) -> Box<dyn Dialect> {
        self.0.and_then(dialect_from_str).unwrap_or_else(|| Box::new(GenericDialect))
    }

    /// What the engine makes of the name of a column: what is written in another case, or with quotation marks, is another
    /// name only where the engine says so. An engine that is not known is taken to follow the standard in that quotation
    /// marks keep the case, and PostgreSQL in the case of the others.
    pub(super) fn column(self, name: &Ident) -> String {
        let text = name.value.as_str();
        let is_quoted = name.quote_style.is_some();
        match self.name() {
            // What stands for a variable of the code is found by its name.
            _ if text.contains(VARIABLE_NAME) => text.to_owned(),
            "clickhouse" => text.to_owned(),
            "snowflake" | "oracle" if !is_quoted => text.to_uppercase(),
            "snowflake" | "oracle" => text.to_owned(),
            "postgres" | "" if is_quoted => text.to_owned(),
            _ => text.to_lowercase(),
        }
    }

    /// The same of the name of a schema or table, whose case some engines keep that do not keep that of columns.
    fn table(self, name: &Ident) -> String {
        match self.name() {
            "bigquery" | "mysql" => name.value.clone(),
            _ => self.column(name),
        }
    }
}

/// The schema of a table that is named without one, where nobody sets another.
const DEFAULT_SCHEMAS: [(&str, &str); 5] = [
    ("clickhouse", "default"),
    ("duckdb", "main"),
    ("mssql", "dbo"),
    ("postgres", "public"),
    ("redshift", "public"),
];

/// Between the two words stands what says how: OR REPLACE, TEMPORARY, COLUMN, EXTERNAL.
pub(super) const CREATE: &str = r"(?i)create\s+(?:[a-z]+\s+){0,4}table";

static PATTERN: LazyLock<Regex> = LazyLock::new(|| Regex::new(CREATE).expect("a valid pattern"));

/// Whether a text may hold a `CREATE TABLE`.
pub(super) fn may_create(text: &str) -> bool {
    PATTERN.is_match(text)
}

/// Reads every `CREATE TABLE` of a file. One that the dialect does not have is named, and the others are used.
pub(super) fn file(place: &Place<'_>) -> Found {
    let mut found = Found::default();
    if !may_create(&place.document.text) {
        return found;
    }
    for statement in statements(&place.document.text, place.engine) {
        match statement {
            Ok(statement) => found.tables.push(of_file(place, &statement)),
            Err(unread) => found.unread.push(unread.named(place)),
        }
    }
    found
}

/// A statement that was understood.
pub(super) struct Created {
    pub(super) create: CreateTable,
    /// Where it starts, in bytes.
    at: usize,
    /// Where each of its columns starts, in bytes.
    columns: Vec<usize>,
}

/// A statement that was not.
pub(super) struct NotCreated {
    /// Where it starts, in bytes.
    at: usize,
    /// In which line below that it is wrong.
    below: usize,
    why: String,
    is_limit: bool,
}

impl NotCreated {
    fn named(self, place: &Place<'_>) -> InputError {
        let dialect = place.engine.0.unwrap_or("any that is known");
        let cause = if self.is_limit { ErrorCause::Limit } else { ErrorCause::Content };
        let message = format!("a CREATE TABLE is not understood (dialect: {dialect}): {}", self.why);
        place.error_of(cause, Some(place.document.line(self.at) + self.below), message)
    }
}

/// So many statements of one text are read.
const MOST_STATEMENTS: usize = 5_000;

/// So many bytes of one statement are read. Words and signs take twenty times the room of their text.
const LONGEST: usize = 256 << 10;

/// Every `CREATE TABLE` of a text. Only these are taken apart, one after the other: a dump holds rows too.
pub(super) fn statements(text: &str, engine: Engine) -> Vec<Result<Created, NotCreated>> {
    let dialect = engine.dialect();
    let mut found = Vec::new();
    for (at, piece) in Pieces::of(text, engine) {
        if found.len() == MOST_STATEMENTS {
            let why = format!("more than {MOST_STATEMENTS} statements of one file are not read");
            found.push(Err(NotCreated { at, below: 0, why, is_limit: true }));
            break;
        }
        if piece.len() > LONGEST {
            let why = format!("it has {} bytes, and more than {LONGEST} are not read", piece.len());
            found.push(Err(NotCreated { at, below: 0, why, is_limit: true }));
            continue;
        }
        match statement(piece, &*dialect) {
            Ok(None) => {}
            Ok(Some(create)) => {
                let mut places = Places::of(piece);
                let place = |column: &ColumnDef| {
                    let start = column.name.span.start;
                    at + places.byte(start.line, start.column)
                };
                let columns = create.columns.iter().map(place).collect();
                found.push(Ok(Created { create, at, columns }));
            }
            Err((below, why)) => found.push(Err(NotCreated { at, below, why, is_limit: false })),
        }
    }
    found
}

/// The statements of a text from their `CREATE TABLE` on, each with the byte of it; those without are left out. What stands in
/// a comment or between quotation marks starts none, and ends none.
struct Pieces<'t> {
    text: &'t str,
    at: usize,
    /// Whether a backslash keeps a quotation mark from ending a text.
    escapes: bool,
    /// Whether `#` starts a comment.
    hashes: bool,
    /// Whether brackets stand around names.
    brackets: bool,
}

impl<'t> Pieces<'t> {
    fn of(text: &'t str, engine: Engine) -> Self {
        let escapes = matches!(
            engine.name(),
            "mysql" | "bigquery" | "clickhouse" | "snowflake" | "databricks" | "hive"
        );
        let hashes = matches!(engine.name(), "mysql" | "bigquery" | "clickhouse");
        Self { text, at: 0, escapes, hashes, brackets: engine.name() == "mssql" }
    }

    /// Whether the byte before is part of a name.
    fn is_in_name(&self, at: usize) -> bool {
        let before = at.checked_sub(1).map(|before| self.text.as_bytes()[before]);
        before.is_some_and(|byte| {
            byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'$' || !byte.is_ascii()
        })
    }

    /// The byte behind what starts here and may hold a semicolon; `None` where nothing such starts.
    fn behind(&self, at: usize) -> Option<usize> {
        let bytes = self.text.as_bytes();
        let rest = &bytes[at..];
        let end_of = |end: &[u8], from: usize| {
            memchr::memmem::find(&bytes[from.min(bytes.len())..], end)
                .map_or(bytes.len(), |found| from + found + end.len())
        };
        match rest[0] {
            b'-' if rest.starts_with(b"--") => Some(end_of(b"\n", at)),
            b'#' if self.hashes => Some(end_of(b"\n", at)),
            b'[' if self.brackets => Some(end_of(b"]", at)),
            b'/' if rest.starts_with(b"/*") => Some(end_of(b"*/", at + 2)),
            quote @ (b'\'' | b'"' | b'`') => {
                let mut end = at + 1;
                while end < bytes.len() && bytes[end] != quote {
                    end += if self.escapes && bytes[end] == b'\\' { 2 } else { 1 };
                }
                Some((end + 1).min(bytes.len()))
            }
            // PostgreSQL's texts: `$tag$ … $tag$`. Behind a letter the sign belongs to a name.
            b'$' if !self.is_in_name(at) => {
                let tag = rest[1..]
                    .iter()
                    .take_while(|byte| byte.is_ascii_alphanumeric() || **byte == b'_')
                    .count();
                let tag = rest.get(..tag + 2).filter(|tag| tag.ends_with(b"$"))?;
                Some(end_of(tag, at + tag.len()))
            }
            _ => None,
        }
    }
}

impl<'t> Iterator for Pieces<'t> {
    type Item = (usize, &'t str);

    fn next(&mut self) -> Option<Self::Item> {
        static HERE: LazyLock<Regex> =
            LazyLock::new(|| Regex::new(&format!(r"\A(?:{CREATE})")).expect("a valid pattern"));
        let bytes = self.text.as_bytes();
        let mut start: Option<usize> = None;
        let mut at = self.at;
        let mut depth = 0_usize;
        while at < bytes.len() {
            if bytes[at] == b';' && start.is_some() {
                break;
            }
            if let Some(behind) = self.behind(at) {
                at = behind;
                continue;
            }
            match bytes[at] {
                b'(' => depth += 1,
                b')' => depth = depth.saturating_sub(1),
                _ => {}
            }
            let starts_word = at == 0 || !(bytes[at - 1].is_ascii_alphanumeric() || bytes[at - 1] == b'_');
            let may_start = depth == 0 && matches!(bytes[at], b'c' | b'C') && starts_word;
            if may_start && HERE.is_match(&self.text[at..]) {
                // Another statement ends the one before it, with or without a sign between them.
                if let Some(start) = start {
                    self.at = at;
                    return Some((start, self.text.get(start..at).unwrap_or_default()));
                }
                start = Some(at);
            }
            at += 1;
        }
        self.at = at + 1;
        let start = start?;
        // What starts a statement and what ends it are bytes that are characters by themselves.
        Some((start, self.text.get(start..at).unwrap_or_default()))
    }
}

/// The bytes of places in a statement, which are asked for in their order: each goes on from the one before.
struct Places<'t> {
    rest: std::str::Chars<'t>,
    length: usize,
    /// Of the next sign, counted from 1.
    line: u64,
    column: u64,
}

impl<'t> Places<'t> {
    fn of(piece: &'t str) -> Self {
        Self { rest: piece.chars(), length: piece.len(), line: 1, column: 1 }
    }

    /// The byte of a sign of a line; of the next sign where it is before that.
    fn byte(&mut self, line: u64, column: u64) -> usize {
        while (self.line, self.column) < (line, column) {
            match self.rest.next() {
                Some('\n') => (self.line, self.column) = (self.line + 1, 1),
                Some(_) => self.column += 1,
                None => break,
            }
        }
        self.length - self.rest.as_str().len()
    }
}

/// Words and signs of one statement: a chain of operators, or of brackets behind a type, becomes a tree as deep as it is
/// long, and whoever prints or drops it needs the stack for that. A table of 500 columns has some 2,000.
const MOST_TOKENS: usize = 4_000;

/// The `CREATE TABLE` that a text starts with, if it has columns; else in which line below its first what is wrong.
fn statement(text: &str, dialect: &dyn Dialect) -> Result<Option<CreateTable>, (usize, String)> {
    let tokens = Tokenizer::new(dialect, text).tokenize_with_location();
    let tokens = tokens.map_err(|error| {
        let line = usize::try_from(error.location.line).unwrap_or(1);
        (line.saturating_sub(1), error.message)
    })?;
    let size = tokens.iter().filter(|token| !matches!(token.token, Token::Whitespace(_))).count();
    if size > MOST_TOKENS {
        return Err((0, format!("it has {size} words and signs, and more than {MOST_TOKENS} are not read")));
    }
    let tokens = without_last_commas(tokens);
    let parse = |dialect: &dyn Dialect| {
        Parser::new(dialect)
            .with_options(ParserOptions::new())
            .with_tokens_with_locations(tokens.clone())
            .parse_statement()
    };
    match parse(dialect).or_else(|error| parse(&GenericDialect).map_err(|_| error)) {
        // A copy of another table has no columns of its own.
        Ok(Statement::CreateTable(create)) if create.columns.is_empty() => Ok(None),
        Ok(Statement::CreateTable(create)) => Ok(Some(create)),
        Ok(_) => Ok(None),
        Err(error) => Err(placed(error.to_string())),
    }
}

/// SQL Server takes a comma behind the last column, and code is written so. Where the parser is told that it may stand there,
/// it ends a list before each column that is called like a word of a query, such as `offset`.
fn without_last_commas(tokens: Vec<TokenWithSpan>) -> Vec<TokenWithSpan> {
    let mut kept: Vec<TokenWithSpan> = Vec::with_capacity(tokens.len());
    // Of what is kept, the last that is no blank.
    let mut last = None;
    for token in tokens {
        if token.token == Token::RParen
            && let Some(comma) = last.filter(|last: &usize| kept[*last].token == Token::Comma)
        {
            kept.truncate(comma);
        }
        if !matches!(token.token, Token::Whitespace(_)) {
            last = Some(kept.len());
        }
        kept.push(token);
    }
    kept
}

/// In which line below its first a statement is wrong, and what: the parser says its place in the words of the error.
fn placed(why: String) -> (usize, String) {
    static PLACE: LazyLock<Regex> =
        LazyLock::new(|| Regex::new(r" at Line: (\d+), Column: \d+$").expect("a valid pattern"));
    let Some(found) = PLACE.captures(&why) else { return (0, why) };
    let line: usize = found[1].parse().unwrap_or(1);
    let words = why[..why.len() - found[0].len()].to_owned();
    (line.saturating_sub(1), words)
}

/// The table of a statement in a file of SQL, whose columns stand on lines of their own.
fn of_file(place: &Place<'_>, statement: &Created) -> WrittenTable {
    let mut table = table(place, WrittenKind::Statement, &statement.create, statement.at);
    for (column, at) in statement.create.columns.iter().zip(&statement.columns) {
        if let Some(written) = table.columns.get_mut(&place.engine.column(&column.name)) {
            written.at = *at;
        }
    }
    table
}

/// The table that a statement makes.
pub(super) fn table(place: &Place<'_>, kind: WrittenKind, create: &CreateTable, at: usize) -> WrittenTable {
    let engine = place.engine;
    let name = create
        .name
        .0
        .iter()
        .map(|part| part.as_ident().map_or_else(|| part.to_string(), |name| engine.table(name)));
    let mut name = name.collect::<Vec<_>>();
    if name.len() == 2 && DEFAULT_SCHEMAS.contains(&(engine.name(), name[0].as_str())) {
        name.remove(0);
    }
    let name = name.join(".");
    let mut table = WrittenTable { table: name.clone(), at, ..place.table(kind, &name) };
    let keys = Keys::of(create, engine);
    let primary: HashSet<&String> = keys.primary.iter().collect();
    for column in &create.columns {
        let name = engine.column(&column.name);
        let refuses_null = primary.contains(&name)
            || column.options.iter().any(|option| matches!(option.option, ColumnOption::NotNull));
        let (kind, takes_null) = nullable(&column.data_type, engine, refuses_null);
        let written = WrittenColumn {
            declared: Some(column.data_type.to_string()),
            spelled: Some(types::of_sql(&kind, engine)),
            nullable: Some(takes_null),
            at,
            ..WrittenColumn::default()
        };
        table.columns.insert(name, written);
    }
    let mut layout = |name: &str, told: Option<String>| {
        table.layout.extend(told.filter(|told| !told.is_empty()).map(|told| (name.to_owned(), told)));
    };
    layout("primary key", Some(keys.primary.join(", ")));
    layout("unique", Some(keys.unique.join(", ")));
    layout("order", told(create.order_by.as_ref()));
    layout("partition", told(create.partition_by.as_ref()));
    layout("clusters", told(create.cluster_by.as_ref()));
    layout("clusters", told(create.clustered_by.as_ref()));
    layout("constraints", Some(keys.others.join(", ")));
    let has_options = create.table_options != CreateTableOptions::None;
    layout("options", has_options.then(|| create.table_options.to_string()));
    table
}

/// A type without what says that it takes null, and whether it does. ClickHouse says it in the type, and a column without it
/// takes none.
fn nullable(kind: &DataType, engine: Engine, refuses_null: bool) -> (DataType, bool) {
    if engine.name() != "clickhouse" {
        return (kind.clone(), !refuses_null);
    }
    match kind {
        DataType::Nullable(inner) => ((**inner).clone(), true),
        DataType::LowCardinality(inner) => match &**inner {
            DataType::Nullable(inner) => (DataType::LowCardinality(inner.clone()), true),
            _ => (kind.clone(), false),
        },
        _ => (kind.clone(), false),
    }
}

/// What a statement says of keys, beside a column or for itself.
#[derive(Default)]
struct Keys {
    /// The columns of the primary key.
    primary: Vec<String>,
    /// Lists of columns that are unique.
    unique: Vec<String>,
    /// Everything else that rows have to keep to.
    others: Vec<String>,
}

impl Keys {
    fn of(create: &CreateTable, engine: Engine) -> Self {
        let mut keys = Self::default();
        let names = |columns: &[IndexColumn]| -> Vec<String> {
            columns.iter().map(|column| name_of(&column.column.expr, engine)).collect()
        };
        let beside = |column: &ColumnDef, is_wanted: fn(&ColumnOption) -> bool| {
            column.options.iter().any(|option| is_wanted(&option.option))
        };
        for column in &create.columns {
            let name = engine.column(&column.name);
            if beside(column, |option| matches!(option, ColumnOption::PrimaryKey(_))) {
                keys.primary.push(name.clone());
            }
            if beside(column, |option| matches!(option, ColumnOption::Unique(_))) {
                keys.unique.push(name);
            }
        }
        for constraint in &create.constraints {
            match constraint {
                TableConstraint::PrimaryKey(key) => keys.primary.extend(names(&key.columns)),
                TableConstraint::Unique(key) => keys.unique.push(names(&key.columns).join(" + ")),
                other => keys.others.push(other.to_string()),
            }
        }
        if let Some(key) = &create.primary_key {
            keys.primary.extend(parts(key).into_iter().map(|part| name_of(part, engine)));
        }
        keys.unique.sort();
        keys.others.sort();
        keys
    }
}

/// The parts of a key that may be a tuple.
fn parts(key: &Expr) -> Vec<&Expr> {
    match key {
        Expr::Tuple(parts) => parts.iter().collect(),
        Expr::Nested(inner) => parts(inner),
        other => vec![other],
    }
}

/// A part of a key, which nearly always is a column.
fn name_of(part: &Expr, engine: Engine) -> String {
    match part {
        Expr::Identifier(name) => engine.column(name),
        other => other.to_string(),
    }
}

fn told(what: Option<&impl Display>) -> Option<String> {
    what.map(ToString::to_string)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_are_read_in_the_dialect_of_the_connector() {
        for (connector, text, columns) in [
            (
                "destination-clickhouse",
                "CREATE TABLE `d`.`t` (`_airbyte_raw_id` String, `n` Nullable(Decimal(38, 9))) ENGINE = MergeTree ORDER BY (`_airbyte_raw_id`)",
                2,
            ),
            (
                "destination-bigquery",
                "CREATE TABLE `p`.d.t (a STRING NOT NULL, b JSON) PARTITION BY (DATE_TRUNC(a, DAY)) CLUSTER BY a;",
                2,
            ),
            ("destination-snowflake", "create or replace table d.t (\"A\" VARCHAR, \"B\" TIMESTAMP_TZ)", 2),
            (
                "destination-redshift",
                "CREATE TABLE IF NOT EXISTS \"s\".\"t\" (a VARCHAR(36), b SUPER NOT NULL)",
                2,
            ),
            (
                "destination-mssql",
                "IF OBJECT_ID('a') IS NULL BEGIN CREATE TABLE [s].[t] ([a] NVARCHAR(MAX) NULL); END",
                1,
            ),
            ("destination-postgres", "BEGIN; create table t (a jsonb); insert into t values (1); COMMIT;", 1),
        ] {
            let found = statements(text, Engine::of(connector));
            let made: Vec<usize> =
                found.iter().map(|one| one.as_ref().map_or(0, |one| one.create.columns.len())).collect();
            assert_eq!(made, [columns], "{text}");
        }
    }

    #[test]
    fn semicolons_and_words_in_texts_and_comments_say_nothing() {
        let columns = |engine: &str, text: &str| -> Vec<usize> {
            let found = statements(text, Engine::of(engine));
            found.iter().map(|one| one.as_ref().map_or(0, |one| one.create.columns.len())).collect()
        };
        let text = "-- create table a (x int);\n/* create table b; */ insert into c values ('create table d (x int);');\n\
                    create table e (x text default 'a;b', y int);";
        assert_eq!(columns("destination-postgres", text), [2]);
        let quoted = "select $a$ create table t (x int); $a$; create table t (x int)";
        assert_eq!(columns("destination-postgres", quoted), [1]);
        let escaped = r"insert into c values ('\'; create table d (x int);'); create table t (x int)";
        assert_eq!(columns("destination-mysql", escaped), [1]);
        let backslash = r"insert into c values ('\'); create table t (x int)";
        assert_eq!(columns("destination-postgres", backslash), [1]);
        let comment = "# don't\ncreate table t (x int)";
        assert_eq!(columns("destination-mysql", comment), [1]);
        let bracket = "select 1 as [it's]; create table [t] ([a;b] int, [c] int)";
        assert_eq!(columns("destination-mssql", bracket), [2]);
        let open = "create table t (x int); insert into c values ('";
        assert_eq!(columns("destination-postgres", open), [1], "no end");
        let dollars = "create table s.a$b$c (x int);\ncreate table s.t (y int, z int);";
        assert_eq!(columns("destination-snowflake", dollars), [1, 2], "a sign in a name opens no text");
        let batches = "create table [a] ([x] int)\nGO\ncreate table [b] ([y] int, [z] int)\nGO\n";
        assert_eq!(columns("destination-mssql", batches), [1, 2], "no semicolon between them");
        let many = "create table t (x int);".repeat(MOST_STATEMENTS + 9);
        let found = statements(&many, Engine::of("destination-postgres"));
        assert_eq!((found.len(), found.iter().filter(|one| one.is_err()).count()), (MOST_STATEMENTS + 1, 1));
    }

    #[test]
    fn columns_are_called_as_they_like_and_the_last_comma_says_nothing() {
        for connector in ["postgres", "mssql", "clickhouse", "snowflake", "shop"] {
            for (text, columns) in [
                ("create table k (topic text, x int, offset int, primary key (topic, offset))", Some(3)),
                (
                    "create table k (topic text, x int, offset int /* the last */ ,\n primary key (topic, offset),\n)",
                    Some(3),
                ),
                ("create table k (x int, y text, )", Some(2)),
                ("create table k (x int y text)", None),
                ("create table k (x int,, y text)", None),
            ] {
                let found = statements(text, Engine::of(&format!("destination-{connector}")));
                let read = found.first().and_then(|one| Some(one.as_ref().ok()?.create.columns.len()));
                assert_eq!(read, columns, "{connector}: {text}");
            }
        }
    }

    #[test]
    fn what_no_dialect_has_is_named_and_the_rest_is_used() {
        let text = "create table a (x int);\n\ncreate table b (x int,,, y ???);\ncreate table c (z text)";
        let found = statements(text, Engine::of("destination-shop"));
        let told: Vec<Option<usize>> =
            found.iter().map(|one| one.as_ref().err().map(|error| error.at)).collect();
        assert_eq!(told, [None, Some(25), None]);
        let below = "create table b (\n  x int,\n  y ???\n)";
        let found = statements(below, Engine::of("destination-shop"));
        let error = found[0].as_ref().err().expect("an error");
        assert_eq!((error.below, error.why.contains("Line")), (2, false), "{}", error.why);
    }
}
