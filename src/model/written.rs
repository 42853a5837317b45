//! What a destination writes, as far as files show it: tables with columns, and the operations of a destination that
//! activates data.
//!
//! No file shows it for certain. Tests of a destination keep what it is expected to write, code says how tables are made,
//! and a user may hand in what one version wrote. Each table keeps which of these shows it, since they are worth
//! different things.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde::Serialize;
use serde_json::Value;

use super::Document;

/// What shows a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum WrittenKind {
    /// A golden file of the bulk CDK's regression tests: the columns of a table that was written for a fixed input.
    Golden,
    /// A test's list of columns with their types.
    Listing,
    /// Test cases of the conversion of record schemas.
    Conversion,
    /// Records that a test expects in a final table.
    FinalRecords,
    /// Records that a test expects in a raw table.
    RawRecords,
    /// Output that a user hands in.
    Output,
    /// `CREATE TABLE` in a file of SQL.
    Statement,
    /// `CREATE TABLE` in the code of the connector, where names may be variables.
    Code,
    /// The schema of an AVRO file.
    Avro,
    /// The list of table names that a regression test of the bulk CDK expects.
    TableNames,
}

impl WrittenKind {
    /// What it is in words, of one and of several.
    pub fn noun(self, count: usize) -> &'static str {
        let (one, several) = match self {
            Self::Golden => ("golden file", "golden files"),
            Self::Listing => ("list of expected columns", "lists of expected columns"),
            Self::Conversion => ("test case of type conversion", "test cases of type conversion"),
            Self::FinalRecords => ("file of expected final records", "files of expected final records"),
            Self::RawRecords => ("file of expected raw records", "files of expected raw records"),
            Self::Output => ("file of output", "files of output"),
            Self::Statement => ("`CREATE TABLE` statement", "`CREATE TABLE` statements"),
            Self::Code => ("`CREATE TABLE` statement in code", "`CREATE TABLE` statements in code"),
            Self::Avro => ("AVRO schema", "AVRO schemas"),
            Self::TableNames => ("list of expected table names", "lists of expected table names"),
        };
        if count == 1 { one } else { several }
    }

    /// Whether a file of this kind belongs to the tests of a connector, which change for reasons of their own.
    pub fn is_fixture(self) -> bool {
        matches!(
            self,
            Self::Golden
                | Self::Listing
                | Self::Conversion
                | Self::FinalRecords
                | Self::RawRecords
                | Self::TableNames
        )
    }
}

/// How syncs write a table: the part of a scope that the name of a test shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum WriteMode {
    /// Records are added.
    Append,
    /// Records with the same key replace each other.
    Dedup,
    /// Each sync replaces the table.
    Overwrite,
}

impl WriteMode {
    /// The syncs that write so, in words.
    pub fn syncs(self) -> &'static str {
        match self {
            Self::Append => "append syncs",
            Self::Dedup => "dedup syncs",
            Self::Overwrite => "overwrite syncs",
        }
    }
}

/// Everything that files show of what a destination writes.
#[derive(Debug, Clone, Default)]
pub struct WrittenFormat {
    /// The tables, by kind and key.
    pub tables: Vec<WrittenTable>,
    /// The operations of a destination that activates data; `None` where no DESTINATION_CATALOG was seen.
    pub operations: Option<Operations>,
}

impl WrittenTable {
    /// What it is called in a pointer: no other table of its side is called so.
    pub fn address(&self) -> String {
        if self.nth > 1 { format!("{}#{}", self.key, self.nth) } else { self.key.clone() }
    }

    /// Whether it is a raw table: one column holds the record as it was sent, and the others are Airbyte's own.
    pub fn is_raw(&self) -> bool {
        are_of_raw_table(self.columns.keys())
    }
}

impl WrittenFormat {
    /// Whether nothing was seen.
    pub fn is_empty(&self) -> bool {
        self.tables.is_empty() && self.operations.is_none()
    }

    /// Adds what another file shows. Operations that come later take the place of earlier ones.
    pub fn add(&mut self, other: Self) {
        self.tables.extend(other.tables);
        self.operations = other.operations.or(self.operations.take());
    }
}

/// A table, or the records of one test.
#[derive(Debug, Clone)]
pub struct WrittenTable {
    /// What shows it.
    pub kind: WrittenKind,
    /// What it is known by on both sides: the file without its ending, and the name in the file where it holds several.
    pub key: String,
    /// Which of the tables of its side that are known by the same it is, from 1, by the order in which they are read.
    pub nth: usize,
    /// The schema and table as the statement names them; empty where nothing does.
    pub table: String,
    /// The file.
    pub document: Arc<Document>,
    /// Where it stands in the file, in bytes.
    pub at: usize,
    /// Whether a user handed it in: then it is what a version wrote, and not what a test expects.
    pub is_given: bool,
    /// Whether a column without a value is written all the same, so that one that is not found is not there: a statement or a
    /// header lists the columns, or a row writes null.
    pub lists_columns: bool,
    /// Whether every part of the file was understood, so that a column that is not found is not there.
    pub is_whole: bool,
    /// The columns, by name.
    pub columns: BTreeMap<String, WrittenColumn>,
    /// The tables of a list of names, schema first, each with the byte it stands at; in the order of the streams that they
    /// are written for.
    pub names: Vec<(String, usize)>,
    /// The test, for records: expected records of raw and final tables of one test share it.
    pub test: String,
    /// What the test writes, as far as its raw tables and messages show it: fields with the forms of their values.
    pub input: BTreeMap<String, BTreeSet<ValueForm>>,
    /// How the table is laid out: engine, partitions, clusters, keys.
    pub layout: BTreeMap<String, String>,
    /// The syncs that write it, where its name tells.
    pub mode: Option<WriteMode>,
    /// The class of tests, or the file format, where its folder tells: it stands for a config.
    pub variant: Option<String>,
}

/// A column.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct WrittenColumn {
    /// Its type, where one is declared, as it is written.
    pub declared: Option<String>,
    /// The same type in the one spelling by which types are compared.
    pub spelled: Option<String>,
    /// Whether it takes null, where that is declared.
    pub nullable: Option<bool>,
    /// The forms of the values that records have.
    pub forms: BTreeSet<ValueForm>,
    /// Whether a record writes null.
    pub has_null: bool,
    /// The keys of the objects that it holds, of columns of Airbyte's own.
    pub keys: BTreeSet<String>,
    /// Where it stands in the file, in bytes.
    pub at: usize,
}

/// How a value is written, with nothing of the value left. Null has no form.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum ValueForm {
    /// `true` or `false`.
    Boolean,
    /// A number without a fraction.
    Integer,
    /// Another number.
    Number,
    /// A date or a time, by its look: each run of digits is one `0`.
    Time(String),
    /// A text that is a JSON object or list.
    JsonText,
    /// Another text.
    Text,
    /// An object.
    Object,
    /// A list.
    List,
}

impl ValueForm {
    /// In words.
    pub fn describe(&self) -> &str {
        match self {
            Self::Boolean => "boolean",
            Self::Integer => "integer",
            Self::Number => "number",
            Self::Time(look) => look,
            Self::JsonText => "text with JSON",
            Self::Text => "text",
            Self::Object => "object",
            Self::List => "list",
        }
    }

    /// Whether both may be one type of column, written otherwise: a test prints an object or its JSON text, and a number
    /// with its fraction or without.
    pub fn may_be_one_type(&self, other: &Self) -> bool {
        let class = |form: &Self| match form {
            Self::Boolean => 0,
            Self::Integer | Self::Number => 1,
            Self::Time(_) | Self::Text => 2,
            Self::JsonText | Self::Object | Self::List => 3,
        };
        // A text may be JSON by chance.
        let is_text = |form: &Self| matches!(form, Self::Text | Self::JsonText | Self::Time(_));
        class(self) == class(other) || is_text(self) && is_text(other)
    }
}

/// The operations of a DestinationCatalog.
#[derive(Debug, Clone)]
pub struct Operations {
    /// The file.
    pub document: Arc<Document>,
    /// Whether each of them could be read, so that one that is not found is not there.
    pub is_whole: bool,
    /// Each operation by object and sync mode.
    pub list: BTreeMap<(String, String), Operation>,
}

/// What a destination that activates data does with an object.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Operation {
    /// The keys by which records find their objects: any of these sets.
    pub matching_keys: BTreeSet<BTreeSet<String>>,
    /// The properties that records must have.
    pub required: BTreeSet<String>,
    /// The properties, with their types.
    pub properties: BTreeMap<String, Value>,
    /// The schema of properties that are not listed; true where any is taken.
    pub others: Value,
    /// Whether the operation says itself that it takes properties that it does not list. Else the list is what users map
    /// their fields to.
    pub takes_others: bool,
    /// The parts of the schema that properties may refer to.
    pub definitions: BTreeMap<String, Value>,
    /// Where it stands in the file, in bytes.
    pub at: usize,
}

/// The column of a raw table that holds the record.
const DATA: &str = "_airbyte_data";

/// Whether these are the columns of a raw table: one holds the record as it was sent, and no column is of its fields.
pub fn are_of_raw_table<'n>(names: impl Iterator<Item = &'n String> + Clone) -> bool {
    names.clone().any(|name| name.eq_ignore_ascii_case(DATA))
        && names.clone().all(|name| is_metadata_column(name))
}

/// Columns that Airbyte adds start so, in whatever case a destination writes them.
const METADATA_PREFIX: &str = "_airbyte_";

/// Whether a column is one of Airbyte's own.
pub fn is_metadata_column(name: &str) -> bool {
    name.get(..METADATA_PREFIX.len()).is_some_and(|start| start.eq_ignore_ascii_case(METADATA_PREFIX))
}
