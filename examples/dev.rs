//! Chores of the project itself: `cargo dev generate` writes everything that is generated (`--check` fails where it is
//! stale), `cargo dev new-rule FOLDER ID` lays a new rule, `cargo dev rename-rule OLD NEW` gives a rule another id,
//! `cargo dev links` lists the pages that rules refer to, for a link checker.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a chore talks to whoever runs it")]

use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use connector_diff::{report, rules};

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let result = match arguments.as_slice() {
        ["generate"] => generate(false),
        ["generate", "--check"] => generate(true),
        ["new-rule", folder, id] => new_rule(folder, id),
        ["rename-rule", old, new] => rename_rule(old, new),
        ["links"] => {
            links();
            Ok(())
        }
        _ => {
            Err("usage: cargo dev generate [--check] | new-rule spec|catalog|state|metadata|connector ID | \
                  rename-rule OLD NEW | links"
                .into())
        }
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Every generated file with its content.
fn generated() -> Result<BTreeMap<PathBuf, String>, Box<dyn Error>> {
    let mut files = BTreeMap::new();
    let rules_folder = root().join("docs/rules");
    for rule in rules::all() {
        files.insert(rules_folder.join(format!("{}.md", rule.id)), rule.explanation());
    }
    for check in rules::checks() {
        files.insert(rules_folder.join(format!("{}.md", check.id)), check.explanation());
    }
    let index = format!(
        "# Rules\n\nEvery difference between two versions of a connector is judged by one of these. \
         `connector-diff explain RULE` prints the same pages.\n\n{}",
        report::rules_table()
    );
    files.insert(rules_folder.join("README.md"), index);
    files.insert(root().join("docs/report.schema.json"), report::schema());
    files.insert(root().join("docs/destinations.md"), report::destinations_page()?);
    Ok(files)
}

fn generate(check: bool) -> Result<(), Box<dyn Error>> {
    let files = generated()?;
    let mut stale: Vec<String> = Vec::new();
    for (path, content) in &files {
        if fs::read_to_string(path).ok().as_ref() != Some(content) {
            stale.push(path.strip_prefix(root())?.display().to_string());
            if !check {
                fs::create_dir_all(path.parent().ok_or("a file has a folder")?)?;
                fs::write(path, content)?;
            }
        }
    }
    for entry in fs::read_dir(root().join("docs/rules"))? {
        let path = entry?.path();
        if !files.contains_key(&path) {
            stale.push(path.strip_prefix(root())?.display().to_string());
            if !check {
                fs::remove_file(path)?;
            }
        }
    }
    if check && !stale.is_empty() {
        return Err(format!("stale: {}; run: cargo dev generate", stale.join(", ")).into());
    }
    println!("{} generated files, {} {}", files.len(), stale.len(), if check { "stale" } else { "written" });
    Ok(())
}

/// Every page that a rule refers to, one a line.
fn links() {
    let of_checks = rules::checks().iter().flat_map(|check| check.references);
    let references = rules::all().iter().flat_map(|rule| rule.references).chain(of_checks);
    let pages: BTreeSet<&str> = references.filter_map(|reference| reference.url).collect();
    for page in pages {
        println!("{page}");
    }
}

const RULE: &str = r#"use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "ID",
    title: "",
    affects: Affects::Stream,
    checks: "",
    why: "",
    example: Example { context: Context::Fields, before: &[], after: &[] },
    effect: Template::new(""),
    action: &[check("")],
    references: &[],
    ..Rule::review(Bump::Minor)
};
"#;

fn new_rule(folder: &str, id: &str) -> Result<(), Box<dyn Error>> {
    must_be_free(id)?;
    let file = id.replace('-', "_");
    let folder = root().join("src/rules").join(folder);
    let registry = folder.join("mod.rs");
    let text = fs::read_to_string(&registry).map_err(|error| format!("{}: {error}", registry.display()))?;
    fs::write(&registry, with_module(&text, &file))?;
    fs::write(folder.join(format!("{file}.rs")), RULE.replace("ID", id))?;
    let corpus = root().join("corpus").join(id);
    fs::create_dir_all(&corpus)?;
    let case = "# What changes\n\nWhy it matters.\n\n## old/catalog.json\n\n```json\n{\"streams\": []}\n```\n\n## new/catalog.json\n\n```json\n{\"streams\": []}\n```\n";
    fs::write(corpus.join("fires.md"), case)?;
    fs::write(corpus.join("near-miss.md"), case)?;
    println!(
        "laid {file}.rs and corpus/{id}/. Next: fill them in, put {file} into the match of {} before any rule that \
         is less specific, then cargo test --test rule_examples, UPDATE_CORPUS=1 cargo test --test corpus, and \
         cargo dev generate.",
        registry.strip_prefix(root())?.display()
    );
    Ok(())
}

fn must_be_free(id: &str) -> Result<(), String> {
    if rules::ids().any(|known| known == id) {
        return Err(format!("there is a rule {id} already"));
    }
    let is_kebab_case = id
        .split('-')
        .all(|part| !part.is_empty() && part.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit()));
    if is_kebab_case { Ok(()) } else { Err(format!("expected a kebab-case id, found {id}")) }
}

/// A registry with one more module, where it stands in alphabetical order.
fn with_module(registry: &str, name: &str) -> String {
    let line = format!("mod {name};");
    let is_later = |other: &str| other.starts_with("mod ") && other > line.as_str();
    let mut lines: Vec<&str> = registry.lines().collect();
    let last = lines.iter().rposition(|other| other.starts_with("mod ")).map_or(0, |last| last + 1);
    let at = lines.iter().position(|other| is_later(other)).unwrap_or(last);
    lines.insert(at, &line);
    lines.join("\n") + "\n"
}

/// Renames a rule wherever its id or its module is named: its file, the registries, the corpus, switches of policies,
/// tests and documents. What is generated is written anew.
fn rename_rule(old: &str, new: &str) -> Result<(), Box<dyn Error>> {
    if rules::find(old).is_none() {
        return Err(format!("there is no rule {old}").into());
    }
    must_be_free(new)?;
    if !old.contains('-') {
        return Err(format!(
            "{old} is a word of its own: what names the rule cannot be told apart; rename it by hand"
        )
        .into());
    }
    let (old_module, new_module) = (old.replace('-', "_"), new.replace('-', "_"));
    let mut changed = 0;
    for file in text_files(&["src", "tests", "corpus", "examples", "README.md", "CONTRIBUTING.md"])? {
        let text = fs::read_to_string(&file)?;
        let mut renamed = with_name_replaced(&text, old, new);
        if file.starts_with(root().join("src/rules")) {
            renamed = with_name_replaced(&renamed, &old_module, &new_module);
        }
        if renamed != text {
            fs::write(&file, renamed)?;
            changed += 1;
        }
    }
    for folder in fs::read_dir(root().join("src/rules"))? {
        let file = folder?.path().join(format!("{old_module}.rs"));
        if file.exists() {
            fs::rename(&file, file.with_file_name(format!("{new_module}.rs")))?;
        }
    }
    fs::rename(root().join("corpus").join(old), root().join("corpus").join(new))?;
    println!("renamed {old} to {new} in {changed} files");
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    for arguments in [&["fmt"][..], &["run", "--quiet", "--example", "dev", "--", "generate"][..]] {
        let status = Command::new(&cargo).args(arguments).current_dir(root()).status()?;
        if !status.success() {
            return Err(format!("cargo {} failed", arguments.join(" ")).into());
        }
    }
    Ok(())
}

/// Every file below these that is text.
fn text_files(places: &[&str]) -> Result<Vec<PathBuf>, Box<dyn Error>> {
    let mut open: Vec<PathBuf> = places.iter().map(|place| root().join(place)).collect();
    let mut files = Vec::new();
    while let Some(path) = open.pop() {
        if path.is_dir() {
            for entry in fs::read_dir(path)? {
                open.push(entry?.path());
            }
        } else if fs::read_to_string(&path).is_ok() {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

/// A text with a name replaced wherever it is not a part of a longer one.
fn with_name_replaced(text: &str, old: &str, new: &str) -> String {
    let is_of_a_name = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    let mut replaced = String::with_capacity(text.len());
    let mut done = 0;
    for (at, _) in text.match_indices(old) {
        let end = at + old.len();
        if !text[..at].ends_with(is_of_a_name) && !text[end..].starts_with(is_of_a_name) {
            replaced.push_str(&text[done..at]);
            replaced.push_str(new);
            done = end;
        }
    }
    replaced.push_str(&text[done..]);
    replaced
}
