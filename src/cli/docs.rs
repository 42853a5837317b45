//! Commands that print what the program knows of itself: rules and the manual page.

use std::fmt::Write as _;

use clap::ValueEnum;
use serde_json::json;

use super::{Failure, OK, output};
use crate::model::BreakingType;
use crate::rules;
use crate::suggest::nearest;

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum RulesFormat {
    /// One line each
    Text,
    /// Everything, for programs
    Json,
    /// A table
    Markdown,
}

pub(super) fn explain(id: &str) -> Result<u8, Failure> {
    if let Some(explanation) = rules::explanation(id) {
        output::stdout(&explanation)?;
        return Ok(OK);
    }
    let hint = nearest(id, rules::ids()).map(|id| format!(" Did you mean {id}?")).unwrap_or_default();
    Err(Failure::usage(format!("there is no rule {id}.{hint} `connector-diff rules` lists them")))
}

pub(super) fn rules(format: RulesFormat) -> Result<u8, Failure> {
    let rules = rules::all();
    let text = match format {
        RulesFormat::Text => {
            let mut text = rules.iter().fold(String::new(), |mut text, rule| {
                let _ = writeln!(text, "{:<40} {:<9} {}", rule.id, rule.level.name(), rule.title);
                text
            });
            for check in rules::checks() {
                let _ = writeln!(text, "{:<40} {:<9} {}", check.id, check.level.name(), check.title);
            }
            text
        }
        RulesFormat::Markdown => crate::report::rules_table(),
        RulesFormat::Json => {
            let checks = rules::checks().iter().map(|check| {
                json!({
                    "id": check.id,
                    "title": check.title,
                    "level": check.level.name(),
                    "type": null,
                    "bump": null,
                    "affects": null,
                    "decided": null,
                    "explanation": check.explanation(),
                })
            });
            let list: Vec<_> = rules
                .iter()
                .map(|rule| {
                    json!({
                        "id": rule.id,
                        "title": rule.title,
                        "level": rule.level,
                        "type": rule.breaking_type.map(BreakingType::name),
                        "bump": rule.bump,
                        "affects": rule.affects,
                        "decided": rule.decided,
                        "explanation": rule.explanation(),
                    })
                })
                .chain(checks)
                .collect();
            let mut text = serde_json::to_string_pretty(&list).unwrap_or_default();
            text.push('\n');
            text
        }
    };
    output::stdout(&text)?;
    Ok(OK)
}

pub(super) fn man(command: &clap::Command) -> Result<u8, Failure> {
    let mut page = Vec::new();
    clap_mangen::Man::new(command.clone())
        .render(&mut page)
        .map_err(|error| Failure::input(format!("the manual page cannot be made: {error}")))?;
    output::stdout(&String::from_utf8_lossy(&page))?;
    Ok(OK)
}
