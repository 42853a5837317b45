//! `CREATE TABLE` in the SQL of each engine, read with the dialect that the connector's name tells.

use std::collections::HashMap;
use std::fmt::Display;
use std::sync::LazyLock;

use regex::Regex;
use sqlparser::ast::{ColumnOption, CreateTable, CreateTableOptions, Statement};
use sqlparser::dialect::{Dialect, GenericDialect, dialect_from_str};
use sqlparser::keywords::Keyword;
use sqlparser::parser::Parser;
use sqlparser::tokenizer::{Token, TokenWithSpan, Tokenizer};

use super::{Found, Place};
use crate::model::{InputError, WrittenColumn, WrittenKind, WrittenTable};

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

/// The dialect of a connector; one that takes most where its name tells none.
pub(super) fn dialect(connector: &str) -> Box<dyn Dialect> {
    let name = DIALECTS.iter().find(|(engine, _)| connector.contains(engine)).map(|(_, name)| *name);
    name.and_then(dialect_from_str).unwrap_or_else(|| Box::new(GenericDialect))
}

/// Between the two words stands what says how: OR REPLACE, TEMPORARY, COLUMN, EXTERNAL.
pub(super) const CREATE: &str = r"(?i)create\s+(?:[a-z]+\s+){0,4}table";

/// Whether a text may hold a `CREATE TABLE`.
pub(super) fn may_create(text: &str) -> bool {
    static PATTERN: LazyLock<Regex> = LazyLock::new(|| Regex::new(CREATE).expect("a valid pattern"));
    PATTERN.is_match(text)
}

/// Reads every `CREATE TABLE` of a file. One that the dialect does not have is named, and the others are used.
pub(super) fn file(place: &Place<'_>, connector: &str) -> Found {
    let mut found = Found::default();
    if !may_create(&place.document.text) {
        return found;
    }
    let dialect = dialect(connector);
    for statement in statements(&place.document.text, &*dialect) {
        match statement {
            Ok(statement) => {
                let at = offset(place, statement.line);
                found.tables.push(table(place, WrittenKind::Statement, &statement.create, at));
            }
            Err(unread) => found.unread.push(unread.named(place, connector)),
        }
    }
    number(&mut found.tables);
    found
}

/// Tells tables of one kind and name apart, by their order.
pub(super) fn number(tables: &mut [WrittenTable]) {
    let mut seen: HashMap<(WrittenKind, String), usize> = HashMap::new();
    for table in tables {
        let count = seen.entry((table.kind, table.key.clone())).or_default();
        *count += 1;
        if *count > 1 {
            table.key.push_str(&format!("#{count}"));
        }
    }
}

/// A statement that was understood.
pub(super) struct Created {
    pub(super) create: CreateTable,
    /// The line it starts at, from 1.
    pub(super) line: usize,
}

/// A statement that was not.
pub(super) struct NotCreated {
    line: usize,
    why: String,
}

impl NotCreated {
    pub(super) fn named(self, place: &Place<'_>, connector: &str) -> InputError {
        let dialect = DIALECTS.iter().find(|(engine, _)| connector.contains(engine));
        let dialect = dialect.map_or("any that is known", |(_, name)| *name);
        let message = format!("a CREATE TABLE is not understood (dialect: {dialect}): {}", self.why);
        place.error(Some(self.line), message)
    }
}

/// Every `CREATE TABLE` of a text.
pub(super) fn statements(text: &str, dialect: &dyn Dialect) -> Vec<Result<Created, NotCreated>> {
    let tokens = match Tokenizer::new(dialect, text).tokenize_with_location() {
        Ok(tokens) => tokens,
        Err(error) => {
            let line = usize::try_from(error.location.line).unwrap_or(1);
            return vec![Err(NotCreated { line, why: error.message })];
        }
    };
    let pieces = tokens.split(|token| token.token == Token::SemiColon);
    pieces.filter_map(|piece| statement(piece, dialect)).collect()
}

/// Words and signs of one statement: a chain of operators, or of brackets behind a type, becomes a tree as deep as it is
/// long, and whoever prints or drops it needs the stack for that. A table of 500 columns has some 2,000.
const MOST_TOKENS: usize = 4_000;

/// The `CREATE TABLE` among the tokens up to a semicolon, if there is one.
fn statement(tokens: &[TokenWithSpan], dialect: &dyn Dialect) -> Option<Result<Created, NotCreated>> {
    let is = |token: &TokenWithSpan, keyword: Keyword| matches!(&token.token, Token::Word(word) if word.keyword == keyword);
    let start = (0..tokens.len()).find(|&at| {
        let words = tokens[at..].iter().filter(|token| !matches!(token.token, Token::Whitespace(_)));
        is(&tokens[at], Keyword::CREATE) && words.take(6).any(|token| is(token, Keyword::TABLE))
    })?;
    let line = usize::try_from(tokens[start].span.start.line).unwrap_or(1);
    let size = tokens[start..].iter().filter(|token| !matches!(token.token, Token::Whitespace(_))).count();
    if size > MOST_TOKENS {
        let why = format!("it has {size} words and signs, and more than {MOST_TOKENS} are not read");
        return Some(Err(NotCreated { line, why }));
    }
    let parse = |dialect: &dyn Dialect| {
        Parser::new(dialect).with_tokens_with_locations(tokens[start..].to_vec()).parse_statement()
    };
    match parse(dialect).or_else(|error| parse(&GenericDialect).map_err(|_| error)) {
        // A copy of another table has no columns of its own.
        Ok(Statement::CreateTable(create)) if create.columns.is_empty() => None,
        Ok(Statement::CreateTable(create)) => Some(Ok(Created { create, line })),
        Ok(_) => None,
        Err(error) => Some(Err(NotCreated { line, why: error.to_string() })),
    }
}

/// The byte at which a line of a file starts.
fn offset(place: &Place<'_>, line: usize) -> usize {
    let line = place.document.lines_from(line).next();
    line.and_then(|line| place.document.range_of(line)).map_or(0, |range| range.start)
}

/// The table that a statement makes.
pub(super) fn table(place: &Place<'_>, kind: WrittenKind, create: &CreateTable, at: usize) -> WrittenTable {
    let name = create
        .name
        .0
        .iter()
        .map(|part| part.as_ident().map_or_else(|| part.to_string(), |name| name.value.clone()));
    let name = name.collect::<Vec<_>>().join(".");
    let mut table = WrittenTable { table: name.clone(), ..place.table(kind, &name) };
    for column in &create.columns {
        let refuses_null = column
            .options
            .iter()
            .any(|option| matches!(option.option, ColumnOption::NotNull | ColumnOption::PrimaryKey(_)));
        let written = WrittenColumn {
            declared: Some(column.data_type.to_string()),
            nullable: Some(!refuses_null),
            at,
            ..WrittenColumn::default()
        };
        table.columns.insert(column.name.value.clone(), written);
    }
    let mut layout = |name: &str, told: Option<String>| {
        table.layout.extend(told.map(|told| (name.to_owned(), told)));
    };
    layout("primary key", told(create.primary_key.as_ref()));
    layout("order", told(create.order_by.as_ref()));
    layout("partition", told(create.partition_by.as_ref()));
    layout("clusters", told(create.cluster_by.as_ref()));
    layout("clusters", told(create.clustered_by.as_ref()));
    let constraints = create.constraints.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
    layout("constraints", Some(constraints).filter(|text| !text.is_empty()));
    let has_options = create.table_options != CreateTableOptions::None;
    layout("options", has_options.then(|| create.table_options.to_string()));
    table
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
            let found = statements(text, &*dialect(connector));
            let made: Vec<usize> =
                found.iter().map(|one| one.as_ref().map_or(0, |one| one.create.columns.len())).collect();
            assert_eq!(made, [columns], "{text}");
        }
    }

    #[test]
    fn what_no_dialect_has_is_named_and_the_rest_is_used() {
        let text = "create table a (x int);\n\ncreate table b (x int,,, y ???);\ncreate table c (z text)";
        let found = statements(text, &*dialect("destination-shop"));
        let told: Vec<Option<usize>> =
            found.iter().map(|one| one.as_ref().err().map(|error| error.line)).collect();
        assert_eq!(told, [None, Some(3), None]);
    }
}
