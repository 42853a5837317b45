//! `CREATE TABLE` in the texts of a connector's code, whatever language it is written in.
//!
//! Names in such texts are often variables: `$AB_META STRING`. A variable that is one of the CDK's constants is the column
//! it stands for. Any other, which may stand for a list of columns too, leaves the table open: a column that is not found
//! may be among them.

use std::collections::HashMap;
use std::sync::LazyLock;

use regex::{Captures, Regex, bytes};
use sqlparser::ast::{ColumnDef, Ident};

use super::{Found, Place, sql};
use crate::model::{WrittenColumn, WrittenKind};

/// The columns behind the constants of the CDK for Java and Kotlin (`JavaBaseConstants`, and its names in `Meta` of the
/// bulk CDK).
const CONSTANTS: [(&str, &str); 8] = [
    ("AB_RAW_ID", "_airbyte_raw_id"),
    ("AB_EXTRACTED_AT", "_airbyte_extracted_at"),
    ("AB_LOADED_AT", "_airbyte_loaded_at"),
    ("AB_META", "_airbyte_meta"),
    ("AB_GENERATION", "_airbyte_generation_id"),
    ("AB_ID", "_airbyte_ab_id"),
    ("AB_DATA", "_airbyte_data"),
    ("COLUMN_NAME_EMITTED_AT", "_airbyte_emitted_at"),
];

/// The column that a constant of the CDK stands for, by the last part of its name.
fn constant(expression: &str) -> Option<&'static str> {
    let name = expression.rsplit('.').next()?.trim();
    let name = match name {
        "AB_GENERATION_ID" | "COLUMN_NAME_AB_GENERATION_ID" => "AB_GENERATION",
        "COLUMN_NAME_DATA" => "AB_DATA",
        name => name.strip_prefix("COLUMN_NAME_").filter(|rest| rest.starts_with("AB_")).unwrap_or(name),
    };
    let is_one = |(constant, _): &&(&str, &str)| *constant == name;
    CONSTANTS.iter().find(is_one).map(|(_, column)| *column)
}

static CREATE: LazyLock<bytes::Regex> =
    LazyLock::new(|| bytes::Regex::new(sql::CREATE).expect("a valid pattern"));

/// Whether the code of a file may make a table.
pub(super) fn may_create(code: &[u8]) -> bool {
    CREATE.is_match(code)
}

/// Reads the statements in the texts of a file. Those that are not understood are left out: nobody wrote them for this.
pub(super) fn file(place: &Place<'_>) -> Found {
    let mut found = Found::default();
    for (at, text) in texts(&place.document.text, place.name.ends_with(".py")) {
        if !sql::may_create(&text) {
            continue;
        }
        let template = Template::of(&text);
        for statement in sql::statements(&template.sql, place.engine).into_iter().flatten() {
            let mut table = sql::table(place, WrittenKind::Code, &statement.create, at);
            let columns = std::mem::take(&mut table.columns);
            let count = columns.len();
            let known = columns.into_iter().filter_map(|(name, column)| {
                let restored = |text: Option<&str>| text.map(|text| template.restored(text));
                let (declared, spelled) =
                    (restored(column.declared.as_deref()), restored(column.spelled.as_deref()));
                let is_quoted =
                    |column: &&ColumnDef| column.name.value == name && column.name.quote_style.is_some();
                let quote = statement.create.columns.iter().find(is_quoted).and(Some('"'));
                Some((
                    template.column(&name, quote, place.engine)?,
                    WrittenColumn { declared, spelled, ..column },
                ))
            });
            table.columns = known.collect();
            table.is_whole = !template.is_open && table.columns.len() == count;
            // A layout of variables says nothing of what it is.
            table.layout.clear();
            table.table = template.restored(&table.table);
            table.key = format!("code#{}", table.table);
            found.tables.push(table);
        }
    }
    found
}

/// A text of SQL with its variables.
struct Template {
    /// The text with a name in the place of each variable.
    sql: String,
    /// What stood there, by that name.
    variables: HashMap<String, String>,
    /// Whether a variable stood where a column would.
    is_open: bool,
}

/// A variable in a text of Kotlin, Java or Python.
static VARIABLE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"\?\$[A-Za-z_]\w*|\$\{[^{}\n]*\}|\$[A-Za-z_]\w*|\{[^{}\n]*\}|%(?:\d+\$)?s")
        .expect("a valid pattern")
});

/// How the names start that stand in the place of variables.
pub(super) const VARIABLE_NAME: &str = "variable_";

/// A variable alone between commas and parentheses.
static ALONE: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"([,(])\s*(variable_\d+)\s*([,)])").expect("a valid pattern"));

impl Template {
    fn of(text: &str) -> Self {
        let mut variables = HashMap::new();
        let sql = VARIABLE.replace_all(text, |found: &Captures<'_>| {
            let name = format!("{VARIABLE_NAME}{}", variables.len());
            let shown = found[0].trim_start_matches(['?', '$']).trim_matches(['{', '}']).trim();
            variables.insert(name.clone(), shown.to_owned());
            name
        });
        let mut sql = sql.into_owned();
        let mut is_open = false;
        // What is left between two commas may be alone again.
        loop {
            let next = ALONE.replace_all(&sql, |found: &Captures<'_>| match (&found[1], &found[3]) {
                ("(", ",") => "(".to_owned(),
                (_, ")") if &found[1] == "," => ")".to_owned(),
                (",", _) => ",".to_owned(),
                _ => "()".to_owned(),
            });
            if next == sql {
                break;
            }
            is_open = true;
            sql = next.into_owned();
        }
        Self { sql, variables, is_open }
    }

    /// A column by the name it has, or by the constant that names it, between quotation marks or not; `None` where another
    /// variable does.
    fn column(&self, name: &str, quote: Option<char>, engine: sql::Engine) -> Option<String> {
        let Some(expression) = self.variables.get(name) else {
            return (!name.contains(VARIABLE_NAME)).then(|| name.to_owned());
        };
        let name = Ident { quote_style: quote, ..Ident::new(constant(expression)?) };
        Some(engine.column(&name))
    }

    /// A text with its variables in braces.
    fn restored(&self, text: &str) -> String {
        static NAME: LazyLock<Regex> =
            LazyLock::new(|| Regex::new(r"variable_\d+").expect("a valid pattern"));
        let shown = |found: &Captures<'_>| match self.variables.get(&found[0]) {
            Some(expression) => format!("{{{expression}}}"),
            None => found[0].to_owned(),
        };
        NAME.replace_all(text, shown).into_owned()
    }
}

/// The texts of a file of code, each with the byte it starts at. Texts that are put together by `+`, or by standing beside
/// each other, are one.
fn texts(code: &str, is_python: bool) -> Vec<(usize, String)> {
    let bytes = code.as_bytes();
    let mut found: Vec<(usize, String)> = Vec::new();
    // Where the last text ended, as long as nothing but `+` and blanks came after it.
    let mut joins = false;
    let mut at = 0;
    while at < bytes.len() {
        let rest = &bytes[at..];
        if is_python && rest[0] == b'#' || !is_python && rest.starts_with(b"//") {
            at += memchr::memchr(b'\n', rest).unwrap_or(rest.len());
            continue;
        }
        if !is_python && rest.starts_with(b"/*") {
            at += memchr::memmem::find(rest, b"*/").map_or(rest.len(), |end| end + 2);
            continue;
        }
        let quote = [&b"\"\"\""[..], b"'''", b"\"", b"'"]
            .into_iter()
            .find(|quote| rest.starts_with(quote) && (is_python || quote[0] == b'"'));
        // A character, which may be a quotation mark.
        if !is_python && rest[0] == b'\'' {
            at += if rest.get(1) == Some(&b'\\') { 4 } else { 3 };
            joins = false;
            continue;
        }
        let Some(quote) = quote else {
            joins &= rest[0].is_ascii_whitespace()
                || rest[0] == b'+'
                || is_python && matches!(rest[0], b'f' | b'r');
            at += 1;
            continue;
        };
        let start = at + quote.len();
        let end = end_of(bytes, start, quote);
        let text = String::from_utf8_lossy(&bytes[start..end]).into_owned();
        // Line breaks that are written out.
        let text = if quote.len() == 1 { text.replace("\\n", "\n").replace("\\\"", "\"") } else { text };
        match found.last_mut().filter(|_| joins) {
            Some((_, last)) => last.push_str(&text),
            None => found.push((at, text)),
        }
        joins = true;
        at = end + quote.len();
    }
    found
}

/// Where a text ends that starts here: at its quotation mark, at the end of its line if it may have one line only, or at
/// the end of the file.
fn end_of(bytes: &[u8], start: usize, quote: &[u8]) -> usize {
    let mut at = start;
    while at < bytes.len() {
        if bytes[at..].starts_with(quote) {
            return at;
        }
        match bytes[at] {
            b'\\' => at += 1,
            b'\n' if quote.len() == 1 => return at,
            _ => {}
        }
        at += 1;
    }
    bytes.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn created(code: &str, file: &str) -> Vec<(String, bool, Vec<String>)> {
        let document = super::super::derived(file, code.to_owned());
        let engine = sql::Engine::of("destination-shop");
        let found = super::file(&Place { document: &document, name: file, engine, is_given: false });
        let tables = found.tables.into_iter();
        tables.map(|one| (one.table, one.is_whole, one.columns.into_keys().collect())).collect()
    }

    #[test]
    fn statements_are_found_in_the_texts_of_code() {
        let kotlin = r#"
            // CREATE TABLE of a comment (a INT)
            val quote = '"'
            fun raw(id: Id) = Sql.of(
                """
                CREATE TABLE $catalog.${id.name(QUOTE)} (
                    ${JavaBaseConstants.COLUMN_NAME_AB_RAW_ID} STRING,
                    $AB_META STRING,
                    $AB_GENERATION BIGINT
                )
                """.trimIndent(),
            )"#;
        let columns =
            ["_airbyte_generation_id", "_airbyte_meta", "_airbyte_raw_id"].map(str::to_owned).to_vec();
        let name = "{catalog}.{id.name(QUOTE)}".to_owned();
        assert_eq!(created(kotlin, "src/main/kotlin/A.kt"), [(name, true, columns)]);
        let open = "val x = \"\"\"CREATE TABLE t (\n _airbyte_raw_id STRING NOT NULL,\n $columns\n)\"\"\"";
        let raw_id = vec!["_airbyte_raw_id".to_owned()];
        assert_eq!(created(open, "src/main/kotlin/A.kt"), [("t".to_owned(), false, raw_id)]);
        let java = r#"String q = "CREATE TABLE IF NOT EXISTS s.t ( \n"
            + "_airbyte_ab_id VARCHAR PRIMARY KEY,\n" + "_airbyte_data JSON);\n";"#;
        let two = vec!["_airbyte_ab_id".to_owned(), "_airbyte_data".to_owned()];
        assert_eq!(created(java, "src/main/java/A.java"), [("s.t".to_owned(), true, two.clone())]);
        let python = "query = f\"\"\"\nCREATE TABLE IF NOT EXISTS {name} (\n _airbyte_ab_id TEXT, _airbyte_data TEXT)\"\"\"";
        assert_eq!(created(python, "destination_shop/destination.py"), [("{name}".to_owned(), true, two)]);
    }

    #[test]
    fn a_constant_is_the_column_that_its_text_would_be() {
        for (connector, code, columns) in [
            ("destination-snowflake", "CREATE TABLE t ($AB_RAW_ID STRING)", ["_AIRBYTE_RAW_ID"]),
            ("destination-snowflake", "CREATE TABLE t (_airbyte_raw_id STRING)", ["_AIRBYTE_RAW_ID"]),
            ("destination-snowflake", r#"CREATE TABLE t (\"$AB_RAW_ID\" STRING)"#, ["_airbyte_raw_id"]),
            ("destination-postgres", "CREATE TABLE t ($AB_RAW_ID STRING)", ["_airbyte_raw_id"]),
        ] {
            let document = super::super::derived("A.kt", format!("val a = \"{code}\""));
            let engine = sql::Engine::of(connector);
            let found = super::file(&Place { document: &document, name: "A.kt", engine, is_given: false });
            let names: Vec<&String> = found.tables[0].columns.keys().collect();
            assert_eq!(names, columns, "{connector}: {code}");
        }
    }

    #[test]
    fn names_that_code_fills_in_later_are_no_columns() {
        let java = r#"String.format("CREATE TABLE %s.%s (%s VARCHAR, %s JSON)", a, b, c, d)"#;
        let found = created(java, "src/main/java/A.java");
        assert_eq!(
            found,
            [("{%s}.{%s}".to_owned(), false, Vec::new())],
            "which columns these are nobody knows"
        );
    }
}
