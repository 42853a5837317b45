//! `CREATE TABLE` in the texts of a connector's code, whatever language it is written in.
//!
//! Names in such texts are often variables: `$AB_META STRING`, or `%s STRING` where the code hands in `AB_META` behind the
//! text. A variable that is one of the CDK's constants is the column it stands for. Any other, which may stand for a list of
//! columns too, leaves the table open: a column that is not found may be among them.

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use regex::{Captures, Regex, bytes};
use sqlparser::ast::Ident;

use super::code_text::CodeText;
use super::{Found, Place, code_text, sql};
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

/// The column that a constant of the CDK stands for, by the last part of its name. What a function such as `quoted` makes of
/// it is the same column.
fn constant(expression: &str) -> Option<&'static str> {
    let mut inner = expression.trim();
    while let Some((_, handed)) = inner.strip_suffix(')').and_then(|call| call.split_once('(')) {
        inner = handed.trim();
    }
    let name = inner.rsplit('.').next()?.trim();
    let name = match name {
        "AB_GENERATION_ID" | "COLUMN_NAME_AB_GENERATION_ID" => "AB_GENERATION",
        "COLUMN_NAME_DATA" => "AB_DATA",
        name => name.strip_prefix("COLUMN_NAME_").filter(|rest| rest.starts_with("AB_")).unwrap_or(name),
    };
    let is_one = |(constant, _): &&(&str, &str)| *constant == name;
    CONSTANTS.iter().find(is_one).map(|(_, column)| *column)
}

/// A variable in a text of Kotlin, Java or Python.
const VARIABLE_TEXT: &str = r"\?\$[A-Za-z_]\w*|\$\{[^{}\n]*\}|\$[A-Za-z_]\w*|\{[^{}\n]*\}|%(?:\d+\$)?s";

/// As in a file of SQL, and with variables between the words, which say OR REPLACE or nothing.
static CREATE: LazyLock<bytes::Regex> = LazyLock::new(|| {
    let pattern = format!(r"(?i)create\s+(?:(?:[a-z]+|{VARIABLE_TEXT})\s+){{0,4}}table");
    bytes::Regex::new(&pattern).expect("a valid pattern")
});

/// Whether the code of a file may make a table.
pub(super) fn may_create(code: &[u8]) -> bool {
    CREATE.is_match(code)
}

/// Reads the statements in the texts of a file. Those that are not understood are left out: nobody wrote them for this.
pub(super) fn file(place: &Place<'_>) -> Found {
    let mut found = Found::default();
    for CodeText { at, text, end, is_continued } in
        code_text::all(&place.document.text, place.name.ends_with(".py"))
    {
        if !may_create(text.as_bytes()) {
            continue;
        }
        let template = Template::of(&text, &place.document.text[end..], is_continued);
        for statement in sql::statements(&template.sql, place.engine).into_iter().flatten() {
            let mut table = sql::table(place, WrittenKind::Code, &statement.create, at);
            let columns = std::mem::take(&mut table.columns);
            let count = columns.len();
            let quoted = statement.create.columns.iter().filter(|column| column.name.quote_style.is_some());
            let quoted: HashSet<&str> = quoted.map(|column| column.name.value.as_str()).collect();
            let known = columns.into_iter().filter_map(|(name, column)| {
                let restored = |text: Option<&str>| text.map(|text| template.restored(text));
                let (declared, spelled) =
                    (restored(column.declared.as_deref()), restored(column.spelled.as_deref()));
                let quote = quoted.contains(name.as_str()).then_some('"');
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

/// What the code hands in for the `%s` of a text.
struct Handed<'c>(Vec<&'c str>);

impl<'c> Handed<'c> {
    /// Nothing where there are more places, or where what is left over may belong to the start of the text, which is
    /// elsewhere. Else the language reads over what is left over. Behind a text without places nothing is looked for: texts
    /// in a list have all others behind them.
    fn of(text: &str, behind: &'c str, is_continued: bool) -> Self {
        static PLACE: LazyLock<Regex> = LazyLock::new(|| {
            Regex::new(r"%(?:(\d+)\$)?[-#+ 0,]*\d*(?:\.\d+)?([A-Za-z%])").expect("a valid pattern")
        });
        let (mut in_order, mut highest, mut is_plain) = (0, 0, true);
        for place in PLACE.captures_iter(text) {
            match (place.get(1).and_then(|number| number.as_str().parse::<usize>().ok()), &place[2]) {
                (_, "%" | "n") => {}
                (Some(number), _) => highest = highest.max(number),
                (None, "s") => in_order += 1,
                // What another sign takes would have to be counted too.
                (None, _) => is_plain = false,
            }
        }
        let places = in_order.max(highest);
        if !is_plain || places == 0 {
            return Self(Vec::new());
        }
        // One more tells whether any is left over.
        let handed = code_text::handed(behind, places.saturating_add(1));
        let is_whole = places == handed.len() || places < handed.len() && !is_continued;
        Self(if is_whole { handed } else { Vec::new() })
    }

    /// What is handed in for a place: by its number (`2$s`), or in order.
    fn at(&self, sign: &str, next: &mut usize) -> Option<&'c str> {
        let index = match sign.strip_suffix("$s") {
            Some(number) => number.parse::<usize>().ok()?.checked_sub(1)?,
            None => {
                *next += 1;
                *next - 1
            }
        };
        self.0.get(index).copied()
    }
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

static VARIABLE: LazyLock<Regex> = LazyLock::new(|| Regex::new(VARIABLE_TEXT).expect("a valid pattern"));

/// A variable that says how a table is created.
static HOW: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)(\bcreate\s+(?:[a-z]+\s+){0,3})variable_\d+\s+((?:[a-z]+\s+){0,3}table\b)")
        .expect("a valid pattern")
});

/// How the names start that stand in the place of variables.
pub(super) const VARIABLE_NAME: &str = "variable_";

/// The columns of a key, which are no columns of their own; or a variable alone between commas and parentheses.
static ALONE: LazyLock<Regex> = LazyLock::new(|| {
    let key = r"(?i:\b(?:key|index|by))\s*\([^()]*\)";
    Regex::new(&format!(r"{key}|([,(])\s*(variable_\d+)\s*([,)])")).expect("a valid pattern")
});

impl Template {
    /// A text with what the code hands in for its `%s` behind it.
    fn of(text: &str, behind: &str, is_continued: bool) -> Self {
        let mut variables = HashMap::new();
        let handed = Handed::of(text, behind, is_continued);
        let mut next = 0;
        let sql = VARIABLE.replace_all(text, |found: &Captures<'_>| {
            let name = format!("{VARIABLE_NAME}{}", variables.len());
            let shown = match found[0].strip_prefix('%') {
                Some(sign) => handed.at(sign, &mut next).unwrap_or(&found[0]),
                None => found[0].trim_start_matches(['?', '$']).trim_matches(['{', '}']).trim(),
            };
            variables.insert(name.clone(), shown.to_owned());
            name
        });
        let mut sql = HOW.replace_all(&sql, "$1$2").into_owned();
        let mut is_open = false;
        // What is left between two commas may be alone again.
        loop {
            let next = ALONE.replace_all(&sql, |found: &Captures<'_>| {
                let sign = |index: usize| found.get(index).map(|sign| sign.as_str());
                match (sign(1), sign(3)) {
                    (None, _) | (_, None) => found[0].to_owned(),
                    (Some("("), Some(",")) => "(".to_owned(),
                    (Some(","), Some(")")) => ")".to_owned(),
                    (Some(","), _) => ",".to_owned(),
                    _ => "()".to_owned(),
                }
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

#[cfg(test)]
mod tests {
    use super::*;

    fn created(code: &str, file: &str) -> Vec<(String, bool, Vec<String>)> {
        created_by("destination-shop", code, file)
    }

    fn created_by(connector: &str, code: &str, file: &str) -> Vec<(String, bool, Vec<String>)> {
        let document = super::super::derived(file, code.to_owned());
        let engine = sql::Engine::of(connector);
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
        let open = |name: &str| [(name.to_owned(), false, Vec::new())];
        assert_eq!(
            created(java, "src/main/java/A.java"),
            open("{a}.{b}"),
            "which columns these are nobody knows"
        );
        let elsewhere = r#"String.format("CREATE TABLE %s.%s (%s VARCHAR, %s JSON" + more, a, b, AB_RAW_ID)"#;
        assert_eq!(created(elsewhere, "src/main/java/A.java"), [], "no end");
        let counted = r#"String.format("CREATE TABLE %s (%s VARCHAR, %s JSON)", AB_RAW_ID, AB_DATA)"#;
        assert_eq!(created(counted, "src/main/java/A.java"), open("{%s}"), "too few");
        let start = r#"String.format(drop + "CREATE TABLE %s (%s JSON)", a, AB_RAW_ID, b, AB_DATA)"#;
        assert_eq!(
            created(start, "src/main/java/A.java"),
            open("{%s}"),
            "the start of the text is elsewhere"
        );
    }

    #[test]
    fn how_a_table_is_created_may_be_a_variable() {
        let kotlin = r#"val sql = QQQ
            CREATE $orReplace TABLE `${name.namespace}`.`${name.name}` (
                $COLUMN_NAME_AB_RAW_ID String NOT NULL,
                $COLUMN_NAME_AB_META String NOT NULL,
                $columns
            )
            QQQ.trimIndent()"#
            .replace("QQQ", "\"\"\"");
        let two = ["_airbyte_meta", "_airbyte_raw_id"].map(str::to_owned).to_vec();
        let found = created_by("destination-clickhouse", &kotlin, "src/main/kotlin/A.kt");
        assert_eq!(found, [("{name.namespace}.{name.name}".to_owned(), false, two)]);
        assert!(may_create(kotlin.as_bytes()));
        assert!(!may_create(b"create $x view; table"));
    }

    #[test]
    fn a_constant_that_is_handed_in_is_the_column_of_its_place() {
        let two = || ["_airbyte_ab_id", "_airbyte_data"].map(str::to_owned).to_vec();
        for (code, file, name) in [
            (
                r#"return String.format("CREATE TABLE %s.%s ( \n" + "%s VARCHAR(64) PRIMARY KEY,\n" // (the id)
                    + "%s CLOB,\n" + ");\n", schemaName, tableName, JavaBaseConstants.COLUMN_NAME_AB_ID, COLUMN_NAME_DATA);"#,
                "src/main/java/A.java",
                "{schemaName}.{tableName}",
            ),
            (
                r#"String.format(QQQCREATE TABLE IF NOT EXISTS %s.%s (\s
                    %s VARCHAR(256), %s JSON, PRIMARY KEY (%s))QQQ, a, b, quoted(COLUMN_NAME_AB_ID), COLUMN_NAME_DATA, AB_ID)"#,
                "src/main/java/A.java",
                "{a}.{b}",
            ),
            (
                r#"QQQCREATE TABLE %1$s (%3$s TEXT, %2$s TEXT)QQQ.format(t, AB_DATA, AB_ID)"#,
                "src/main/kotlin/A.kt",
                "{t}",
            ),
            (
                r#"q = "CREATE TABLE %s (%s TEXT, %s TEXT)" % (t, AB_ID, AB_DATA)"#,
                "destination_shop/a.py",
                "{t}",
            ),
        ] {
            let code = code.replace("QQQ", "\"\"\"");
            assert_eq!(created(&code, file), [(name.to_owned(), true, two())], "{code}");
        }
        let kotlin = r#"String.format("CREATE SET TABLE %s.%s, FALLBACK ( %s VARCHAR(256), %s JSON) " + " UNIQUE PRIMARY INDEX (%s) ",
            a, b, AB_ID, AB_DATA, AB_ID)"#;
        let found = created_by("destination-teradata", kotlin, "src/main/kotlin/A.kt");
        assert_eq!(found, [("{a}.{b}".to_owned(), true, two())], "columns of a key are none of the table");
    }
}
