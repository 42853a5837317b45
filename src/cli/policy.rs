//! `connector-diff config`, and finding the policy file.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use serde_json::{Map, Value, json};

use super::{Failure, OK, output, sides};
use crate::limits::Limits;
use crate::model::{Level, harmless_json};
use crate::policy::{Policy, PolicyFile, SWITCHES, SetBy};
use crate::suggest::nearest;
use crate::{load, rules};

/// The name that is searched upwards from the working directory.
pub(super) const FILE_NAME: &str = ".connector-diff.toml";

#[derive(Debug, Args)]
pub(super) struct ConfigArgs {
    /// The policy file [default: .connector-diff.toml, here or in a folder above]
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// What holds for this connector, such as source-github
    #[arg(long)]
    name: Option<String>,
    /// How to print it
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// List the rules at their own level too
    #[arg(long)]
    all: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// As a policy file with comments
    Text,
    /// For programs
    Json,
}

/// The policy file that is named, or found here or above; an empty one where there is none.
///
/// # Errors
/// It cannot be read, or has mistakes.
pub(super) fn load(named: Option<&Path>) -> Result<PolicyFile, Failure> {
    let Some(path) = named.map(Path::to_path_buf).or_else(find) else { return Ok(PolicyFile::default()) };
    let text = text(&path, named.is_some())?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
    PolicyFile::parse(text, &path.display().to_string()).map_err(|errors| {
        let lines: Vec<String> = errors.iter().map(ToString::to_string).collect();
        Failure::usages(lines)
    })
}

/// The text of the policy file, with its byte order mark.
///
/// # Errors
/// It cannot be read.
pub(super) fn text(path: &Path, is_named: bool) -> Result<String, Failure> {
    let is_special = path.metadata().is_ok_and(|about| !about.is_file() && !about.is_dir());
    if !is_named && is_special {
        // Reading a pipe that nobody named could wait for ever.
        let message =
            "expected a file, found a pipe or a device: remove it, or name the policy with --config";
        return Err(Failure::usage(format!("{}: {message}", path.display())));
    }
    let limits = Limits::default();
    let tree = sides::tree(path, &limits);
    load::text_as_it_is(&*tree, &limits).map_err(|error| Failure::usage(error.to_string()))
}

/// Whether the policy file lies in one of these folders, so that it is of one connector.
pub(super) fn lies_in(named: Option<&Path>, sides: [&PathBuf; 2]) -> bool {
    let real = |path: &Path| path.canonicalize().ok();
    let file = named.map(Path::to_path_buf).or_else(find).and_then(|path| real(&path));
    let folder = file.as_deref().and_then(Path::parent);
    folder.is_some_and(|folder| sides.iter().any(|side| real(side).as_deref() == Some(folder)))
}

pub(super) fn find() -> Option<PathBuf> {
    let here = std::env::current_dir().ok()?;
    // A link to nowhere is found too: a policy that cannot be read is an error, and not the absence of a policy.
    let found =
        here.ancestors().map(|folder| folder.join(FILE_NAME)).find(|path| path.symlink_metadata().is_ok())?;
    // The name alone says enough, and is the same on every machine.
    let up = here.ancestors().position(|folder| Some(folder) == found.parent())?;
    Some((0..up).map(|_| "..").collect::<PathBuf>().join(FILE_NAME))
}

pub(super) fn run(arguments: &ConfigArgs) -> Result<u8, Failure> {
    let file = load(arguments.config.as_deref())?;
    let path = arguments.config.clone().or_else(find);
    let settings = Settings::of(&file.policy(arguments.name.as_deref()), arguments.all);
    let text = match arguments.format {
        Format::Text => settings.text(path.as_deref(), arguments.name.as_deref(), &file),
        Format::Json => settings.json(path.as_deref(), arguments.name.as_deref()),
    };
    let text = match arguments.format {
        Format::Text => output::harmless(&text),
        Format::Json => harmless_json(text),
    };
    output::stdout(&text)?;
    // The text says so itself.
    if let (Format::Json, Some(name)) = (arguments.format, &arguments.name) {
        no_section(&file, name).iter().for_each(|note| output::stderr(&format!("warning: {note}\n")));
    }
    Ok(OK)
}

/// A value that holds: section of the file, key, value, where it was set, what it is about.
struct Line {
    section: &'static str,
    key: String,
    value: Value,
    set_by: SetBy,
    about: String,
}

/// That a file has sections and none of them for a connector, with the one that may be meant.
fn no_section(file: &PolicyFile, connector: &str) -> Option<String> {
    let sections: Vec<&str> = file.connectors().collect();
    if sections.is_empty() || sections.iter().any(|section| Policy::is_match(section, connector)) {
        return None;
    }
    let near = file.misspelt(connector).first().map(|(section, _)| *section);
    let near = near.or_else(|| nearest(connector, sections.iter().copied()));
    let hint = near.map(|near| format!(": did you mean {near}?")).unwrap_or_default();
    Some(format!("no section is for {connector}{hint}"))
}

struct Settings {
    lines: Vec<Line>,
    quiet_rules: usize,
    /// The keys of each waiver with their values, and where it stands.
    waivers: Vec<(Vec<(&'static str, String)>, SetBy)>,
}

fn by_itself(level: &str) -> String {
    format!("{level} by itself")
}

impl Settings {
    fn of(policy: &Policy, all: bool) -> Self {
        let mut lines = Vec::new();
        let mut push = |section, key: &str, value: Value, set_by: SetBy, about: &str| {
            lines.push(Line { section, key: key.to_owned(), value, set_by, about: about.to_owned() });
        };
        match &policy.fail_on {
            Some(setting) => push("", "fail-on", json!(setting.value.name()), setting.set_by.clone(), ""),
            None => push(
                "",
                "fail-on",
                json!("undeclared"),
                SetBy::Default,
                "where both sides carry metadata, else breaking",
            ),
        }
        let set_by =
            policy.break_below_one.as_ref().map(|setting| setting.set_by.clone()).unwrap_or_default();
        let below_one = json!(policy.bump_below_one().name());
        push("switches", "break-below-1-0", below_one, set_by, "the bump a break needs below 1.0.0");
        let disabled = policy.disabled_tests.as_ref().map(|set| set.set_by.clone()).unwrap_or_default();
        let question =
            "a release turns off Airbyte's own backward compatibility test: what becomes of the findings";
        let choice = json!(policy.disabled_tests().name());
        push("switches", "disabled-compatibility-tests", choice, disabled, question);
        for switch in SWITCHES {
            let own =
                switch.rules.first().and_then(|id| rules::find(id)).map_or(Level::Review, |rule| rule.level);
            let set = policy.switches.get(switch.name);
            let (level, set_by) = set.map_or((own, SetBy::Default), |set| (set.value, set.set_by.clone()));
            push("switches", switch.name, json!(level.name()), set_by, switch.question);
        }
        let mut quiet_rules = 0;
        for rule in rules::all() {
            if let Some(set_by) = policy.off.get(rule.id) {
                push("rules", rule.id, json!("off"), set_by.clone(), &by_itself(rule.level.name()));
                continue;
            }
            match policy.level(rule, rule.level) {
                Some((level, set_by)) => {
                    let about = by_itself(rule.level.name());
                    push("rules", rule.id, json!(level.name()), set_by.clone(), &about);
                }
                None if all || policy.levels.contains_key(rule.id) => {
                    let set_by = policy.levels.get(rule.id).map(|set| set.set_by.clone()).unwrap_or_default();
                    push("rules", rule.id, json!(rule.level.name()), set_by, "");
                }
                None => quiet_rules += 1,
            }
        }
        for check in rules::checks() {
            if let Some(set_by) = policy.off.get(check.id) {
                push("rules", check.id, json!("off"), set_by.clone(), &by_itself(check.level.name()));
                continue;
            }
            match policy.checks.get(check.id) {
                Some(set) => {
                    let about = match set.value == check.level {
                        true => String::new(),
                        false => by_itself(check.level.name()),
                    };
                    push("rules", check.id, json!(set.value.name()), set.set_by.clone(), &about);
                }
                None if all => push("rules", check.id, json!(check.level.name()), SetBy::Default, ""),
                None => quiet_rules += 1,
            }
        }
        for glob in &policy.ignored_streams {
            push("ignore", "streams", json!(glob.value.text), glob.set_by.clone(), "");
        }
        for pattern in &policy.ignored_fields {
            push("ignore", "fields", json!(pattern.value.text), pattern.set_by.clone(), "");
        }
        let waivers = policy.waivers.iter().map(|waiver| (waiver.keys(), waiver.set_by.clone())).collect();
        Self { lines, quiet_rules, waivers }
    }

    fn text(&self, path: Option<&Path>, name: Option<&str>, file: &PolicyFile) -> String {
        let whom = name.map_or("every connector".to_owned(), str::to_owned);
        let from = path.map_or(format!("no {FILE_NAME} here or above"), |path| path.display().to_string());
        let mut text = format!("# The policy for {whom}; {from}\n");
        let mut section = "";
        for line in &self.lines {
            if line.section != section {
                section = line.section;
                let _ = writeln!(text, "\n[{section}]");
            }
            let about = if line.about.is_empty() { String::new() } else { format!(": {}", line.about) };
            let assignment = if section == "ignore" {
                // Lists in a policy file stand on one line; here each pattern says where it comes from.
                format!("# {} has {}", line.key, line.value)
            } else {
                format!("{} = {}", line.key, line.value)
            };
            let _ = writeln!(text, "{assignment:<50} # {}{about}", line.set_by);
        }
        for (keys, set_by) in &self.waivers {
            let _ = writeln!(text, "\n{:<50} # {set_by}", "[[waivers]]");
            for (key, value) in keys {
                let _ = writeln!(text, "{key} = {}", json!(value));
            }
        }
        if self.quiet_rules > 0 {
            let _ = writeln!(text, "\n# {} rules are at their own level; --all lists them", self.quiet_rules);
        }
        let sections: Vec<&str> = file.connectors().collect();
        match name {
            None if !sections.is_empty() => {
                let _ = writeln!(text, "# --name shows what holds for {}", sections.join(", "));
            }
            None => {}
            Some(name) => {
                text.extend(no_section(file, name).map(|note| format!("# {note}\n")));
            }
        }
        text
    }

    fn json(&self, path: Option<&Path>, name: Option<&str>) -> String {
        let entries: Vec<Value> = self
            .lines
            .iter()
            .map(|line| {
                let key = if line.section.is_empty() {
                    line.key.clone()
                } else {
                    format!("{}.{}", line.section, line.key)
                };
                json!({"key": key, "value": line.value, "set_by": line.set_by.to_string()})
            })
            .collect();
        let mut whole = Map::new();
        whole.insert("file".to_owned(), json!(path.map(|path| path.display().to_string())));
        whole.insert("connector".to_owned(), json!(name));
        whole.insert("settings".to_owned(), Value::Array(entries));
        let waiver = |(keys, set_by): &(Vec<(&'static str, String)>, SetBy)| {
            let mut entry: Map<String, Value> =
                keys.iter().map(|(key, value)| ((*key).to_owned(), json!(value))).collect();
            entry.insert("set_by".to_owned(), json!(set_by.to_string()));
            Value::Object(entry)
        };
        whole.insert("waivers".to_owned(), self.waivers.iter().map(waiver).collect());
        let mut text = serde_json::to_string_pretty(&Value::Object(whole)).unwrap_or_default();
        text.push('\n');
        text
    }
}
