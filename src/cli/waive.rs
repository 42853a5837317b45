//! `connector-diff waive ID --reason TEXT`.

use std::path::{Path, PathBuf};

use chrono::Utc;
use clap::Args;

use super::policy::{self, FILE_NAME};
use super::{Failure, OK, output};
use crate::policy::{Added, AppendError, NewWaiver, PolicyFile, Until, is_fingerprint};
use crate::release::ids_of_problems;
use crate::rules;

#[derive(Debug, Args)]
pub(super) struct WaiveArgs {
    /// The id of a finding or a problem, as `check --format concise`, -v and JSON show it
    id: String,
    /// Why it is accepted: reports say it
    #[arg(long, value_name = "TEXT")]
    reason: String,
    /// When the waiver ends: the first version it no longer holds for, such as 3.0.0, or its last day, YYYY-MM-DD
    #[arg(long, value_name = "VERSION|DATE")]
    until: Option<Until>,
    /// The connector it is for, such as source-github, where many share the file: a waiver of no use is told then
    #[arg(long, value_name = "NAME")]
    connector: Option<String>,
    /// The policy file [default: .connector-diff.toml, here or in a folder above; a new one here where there is none]
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
}

pub(super) fn run(arguments: &WaiveArgs) -> Result<u8, Failure> {
    let id = arguments.id.trim();
    if !is_fingerprint(id) {
        return Err(Failure::usage(no_fingerprint(id)));
    }
    if arguments.reason.trim().is_empty() {
        return Err(Failure::usage("--reason: expected why the finding is accepted, found nothing"));
    }
    if arguments.connector.as_ref().is_some_and(|name| name.trim().is_empty()) {
        return Err(Failure::usage("--connector: expected a name such as source-github, found nothing"));
    }
    if arguments.config.as_ref().is_some_and(|path| path.as_os_str() == "-") {
        let message = "--config -: expected a file, because the waiver is written to it";
        return Err(Failure::usage(message));
    }
    let found = arguments.config.clone().or_else(policy::find);
    let text = match &found {
        Some(path) => policy::text(path, arguments.config.is_some())?,
        None => String::new(),
    };
    let path = found.unwrap_or_else(|| PathBuf::from(FILE_NAME));
    if let Some(message) = of_a_waiver(id, &text, &path) {
        return Err(Failure::usage(message));
    }
    let waiver = NewWaiver {
        id: id.to_owned(),
        connector: arguments.connector.clone(),
        reason: arguments.reason.clone(),
        until: arguments.until.clone(),
    };
    let said = match waiver.add_to(&text, &path.display().to_string()) {
        Ok(Added::Written { text, at }) => {
            output::file(&path, &text)?;
            format!("{at}: {id} is waived\n")
        }
        Ok(Added::Same { at }) => format!("{at}: {id} is waived already\n"),
        Err(AppendError::Mistakes(errors)) => {
            return Err(Failure::usages(errors.iter().map(ToString::to_string).collect()));
        }
        Err(error) => return Err(Failure::usage(error.to_string())),
    };
    output::stdout(&output::harmless(&said))?;
    if let Some(Until::Day(day)) = &arguments.until
        && *day < Utc::now().date_naive()
    {
        output::message(
            "warning",
            &format!("--until {day}: the day is over, so that the waiver accepts nothing"),
        );
    }
    Ok(OK)
}

/// What is said of the id of a problem that is a waiver: nothing waives it.
fn of_a_waiver(id: &str, text: &str, path: &Path) -> Option<String> {
    // What is wrong with the file is told by whoever adds to it.
    let file = PolicyFile::parse(text, &path.display().to_string()).ok()?;
    let mut problems = file
        .waivers()
        .flat_map(|(_, waiver)| ids_of_problems(waiver).into_iter().map(move |problem| (waiver, problem)));
    let (waiver, (check, _)) = problems.find(|(_, (_, own))| own.starts_with(id))?;
    let check = check.id;
    Some(format!(
        "{id} is {check} of the waiver at {}, and {check} cannot be waived: correct that waiver or remove it, or set the \
         level of {check} under [rules]",
        waiver.set_by
    ))
}

/// What is said of an id that is none.
fn no_fingerprint(id: &str) -> String {
    let lower = id.to_lowercase();
    let hint = if is_fingerprint(&lower) {
        format!("did you mean {lower}?")
    } else if rules::ids().any(|rule| rule == id) {
        "a rule is waived in the policy file: add [[waivers]] with rule = and a reason".to_owned()
    } else {
        "`connector-diff check OLD NEW --format concise` shows those of findings".to_owned()
    };
    format!("expected the id of a finding, such as k7f291c0ab, found {id}: {hint}")
}
