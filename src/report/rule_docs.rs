//! The rules as documentation: a table, and a page each.

use std::fmt::Write as _;

use crate::model::BreakingType;
use crate::rules;

/// All rules as a Markdown table that links to their pages.
pub fn rules_table() -> String {
    let mut table = String::from("| rule | level | type | bump | what happened |\n|---|---|---|---|---|\n");
    for rule in rules::all() {
        let _ = writeln!(
            table,
            "| [{id}]({id}.md) | {} | {} | {} | {} |",
            rule.level.name(),
            rule.breaking_type.map_or("–", BreakingType::name),
            rule.bump.name(),
            rule.title,
            id = rule.id,
        );
    }
    table.push_str("\n## Checks of the declaration\n\n| check | level | what is wrong |\n|---|---|---|\n");
    for check in rules::checks() {
        let _ =
            writeln!(table, "| [{id}]({id}.md) | {} | {} |", check.level.name(), check.title, id = check.id);
    }
    table
}
