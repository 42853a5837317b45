//! The table names that the bulk CDK's regression tests expect: a list in the code of the test, in the order of streams that
//! are the same for every connector.

use std::sync::LazyLock;

use regex::Regex;

use super::{Found, Place};
use crate::model::WrittenKind;

/// The parameter of the test that is the list.
const LIST: &str = "tableIdentifierRegressionTestExpectedTableNames";

static NAME: LazyLock<Regex> = LazyLock::new(|| {
    let text = r#""((?:[^"\\\n]|\\.)*)""#;
    Regex::new(&format!(r"TableName\(\s*(?:namespace\s*=\s*)?{text}\s*,\s*(?:name\s*=\s*)?{text}\s*,?\s*\)"))
        .expect("a valid pattern")
});

/// What may stand between two names of a list.
static BETWEEN: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"^(?:[,\s]|//[^\n]*\n)*$").expect("a valid pattern"));

/// Whether the code of a test has such a list.
pub(super) fn has_list(bytes: &[u8]) -> bool {
    memchr::memmem::find(bytes, LIST.as_bytes()).is_some()
}

/// Reads the list. One that is put together in another way than by naming each table is not understood, and says nothing.
pub(super) fn list(place: &Place<'_>) -> Found {
    let text = place.document.text.as_str();
    let mut table = place.table(WrittenKind::TableNames, "");
    let start = text.find(LIST).map_or(text.len(), |at| at + LIST.len());
    let opening = text[start..].find("listOf(").map_or(text.len(), |at| start + at + "listOf(".len());
    let mut end = opening;
    for found in NAME.captures_iter(&text[opening..]) {
        let whole = found.get_match();
        let (from, to) = (opening + whole.start(), opening + whole.end());
        if !BETWEEN.is_match(&text[end..from]) {
            break;
        }
        table.names.push((format!("{}.{}", &found[1], &found[2]), from));
        end = to;
    }
    if table.names.is_empty() { Found::default() } else { Found::tables(vec![table]) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_names_of_a_list_are_read_in_order() {
        let code = r#"class ShelfRegressionTest : RegressionTestSuite(
            tableIdentifierRegressionTestExpectedTableNames =
                listOf(
                    // (an input)
                    TableName("table", "table"),
                    TableName(namespace = "e_\"_", name = "_1foo"), // starts with a digit
                ),
            ) {
            val other = TableName("no", "no")
        }"#;
        let document = super::super::derived("A.kt", code.to_owned());
        let found = list(&Place {
            document: &document,
            name: "src/test-integration/kotlin/A.kt",
            engine: super::super::sql::Engine::of("destination-shop"),
            is_given: false,
        });
        let names: Vec<&str> = found.tables[0].names.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["table.table", r#"e_\"_._1foo"#]);
        assert!(has_list(code.as_bytes()));
    }
}
