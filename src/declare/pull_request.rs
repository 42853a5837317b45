//! What a pull request says of the release.
//!
//! Sources: Airbyte's pull-request handbook (an emoji, the connector, the change; 🚨 for a breaking change), its template
//! ("User Impact", "Can this PR be safely reverted and rolled back?"), and its review of breaking changes, which starts
//! by `!` in a title of conventional commits.

use super::Release;
use super::metadata::Deadline;
use crate::model::{Bump, ConnectorReport, ConnectorType, Words};
use crate::release::DeadlineAction;
use crate::report::{self, Paperwork, Requirement};

/// The texts of a pull request, as Markdown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PullRequest {
    /// Titles that fit, the usual form first.
    pub titles: Vec<String>,
    /// What its template asks as "User Impact".
    pub user_impact: String,
    /// What its template asks as "Can this PR be safely reverted and rolled back?".
    pub rollback: &'static str,
    /// What the policy asks of a breaking change; empty for another.
    pub checklist: Vec<Requirement>,
}

/// A change is said in a title where it has so many characters at most.
const LONGEST_IN_TITLE: usize = 100;

impl PullRequest {
    pub(super) fn of(report: &ConnectorReport, release: &Release<'_>) -> Self {
        let kind = match report.connector_type {
            ConnectorType::Source => "Source ",
            ConnectorType::Destination => "Destination ",
            ConnectorType::Unknown => "",
        };
        let short = |texts: &[String]| match texts {
            [one] if one.chars().count() <= LONGEST_IN_TITLE => Some(one.clone()),
            _ => None,
        };
        let name = report::plain_name(release.name);
        let (emoji, commit, change) = match release.paperwork {
            Some(paperwork) => {
                let all: Vec<String> = paperwork.sentences.iter().map(report::line).collect();
                let change = short(&all).unwrap_or_else(|| match paperwork.changes {
                    1 => format!("1 breaking change{}", in_streams(paperwork)),
                    count => format!("{count} breaking changes{}", in_streams(paperwork)),
                });
                ("🚨 ", "feat", change)
            }
            None => {
                let all: Vec<String> = release.additions.iter().map(report::line).collect();
                let change = short(&all).unwrap_or_else(|| "TODO: what changed".to_owned());
                let is_feature = release.bump >= Bump::Minor || !all.is_empty();
                if is_feature { ("✨ ", "feat", change) } else { ("", "fix", change) }
            }
        };
        let mark = if release.paperwork.is_some() { "!" } else { "" };
        let version = release.version;
        let scope = report::plain_name(&report.name);
        let titles = vec![
            format!("{emoji}{kind}{name}: {change} ({version})"),
            format!("{commit}({scope}){mark}: {change} ({version})"),
        ];
        let user_impact = match release.paperwork {
            Some(paperwork) => impact(paperwork, release),
            None if release.additions.is_empty() => {
                "TODO: what users see. Nothing that was found asks them to act.\n".to_owned()
            }
            None => {
                let lines = release.additions.iter().map(|one| format!("- {}\n", report::line(one)));
                format!("{}\nUsers need not act.\n", lines.collect::<String>())
            }
        };
        let rollback = match report.verdict.rollback_safe {
            Some(true) => "YES 💚: the old version reads what the new one saves.",
            Some(false) => "NO ❌: the old version cannot read all that the new one saves.",
            None => "Not known from the files.",
        };
        Self { titles, user_impact, rollback, checklist: report::checklist(report) }
    }
}

/// The streams, where a title has room for them.
fn in_streams(paperwork: &Paperwork) -> String {
    const MOST: usize = 3;
    let streams = &paperwork.scope.streams;
    if paperwork.scope.everyone || streams.is_empty() || streams.len() > MOST {
        return String::new();
    }
    let names: Vec<String> = streams.iter().map(|name| report::line(&Words::code(name))).collect();
    let said = format!(" in {}", names.join(", "));
    if said.chars().count() <= LONGEST_IN_TITLE { said } else { String::new() }
}

fn impact(paperwork: &Paperwork, release: &Release<'_>) -> String {
    const MOST: usize = 20;
    let all: Vec<String> = paperwork.sentences.iter().map(report::line).collect();
    let mut out: String = all.iter().take(MOST).map(|one| format!("- {one}\n")).collect();
    if all.len() > MOST {
        out.push_str(&format!("- … and {} more: see the migration guide\n", all.len() - MOST));
    }
    out.push_str(&format!("\n{}\n", report::users(paperwork)));
    if let Some(Deadline { day: Some(day), action: Some(action) }) = &release.deadline {
        let then = match action {
            DeadlineAction::Disable => "the platform disables the connections that are not upgraded",
            DeadlineAction::AutoUpgrade => "the platform upgrades the connections that are not upgraded",
        };
        out.push_str(&format!("On {day} {then}.\n"));
    }
    if let Some(url) = &paperwork.draft.guide_url {
        out.push_str(&format!("The migration guide: {url}\n"));
    }
    out
}
