//! Chores of the project itself: `cargo run --example dev -- generate` writes everything that is generated
//! (`--check` fails where it is stale), `cargo run --example dev -- new-rule FOLDER ID` lays a new rule.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a chore talks to whoever runs it")]

use std::collections::BTreeMap;
use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use connector_diff::{report, rules};

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let result = match arguments.as_slice() {
        ["generate"] => generate(false),
        ["generate", "--check"] => generate(true),
        ["new-rule", folder, id] => new_rule(folder, id),
        _ => Err("usage: generate [--check] | new-rule spec|catalog|state|metadata|connector ID".into()),
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
fn generated() -> BTreeMap<PathBuf, String> {
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
    files
}

fn generate(check: bool) -> Result<(), Box<dyn Error>> {
    let files = generated();
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
        return Err(format!("stale: {}; run: cargo run --example dev -- generate", stale.join(", ")).into());
    }
    println!("{} generated files, {} {}", files.len(), stale.len(), if check { "stale" } else { "written" });
    Ok(())
}

const RULE: &str = r#"use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "ID",
    title: "",
    affects: Affects::Stream,
    checks: "",
    why: "",
    example: "",
    effect: Template::new(""),
    action: &[check("")],
    references: &[],
    ..Rule::review(Bump::Minor)
};
"#;

fn new_rule(folder: &str, id: &str) -> Result<(), Box<dyn Error>> {
    if rules::find(id).is_some() {
        return Err(format!("there is a rule {id} already").into());
    }
    if id.is_empty() || !id.chars().all(|c| c.is_ascii_lowercase() || c == '-') {
        return Err(format!("expected a kebab-case id, found {id}").into());
    }
    let file = id.replace('-', "_");
    let folder = root().join("src/rules").join(folder);
    let registry = folder.join("mod.rs");
    let text = fs::read_to_string(&registry).map_err(|error| format!("{}: {error}", registry.display()))?;
    let at = text.find("\nmod ").ok_or("the registry lists no module")? + 1;
    fs::write(&registry, format!("{}mod {file};\n{}", &text[..at], &text[at..]))?;
    fs::write(folder.join(format!("{file}.rs")), RULE.replace("ID", id))?;
    let corpus = root().join("corpus").join(id);
    fs::create_dir_all(&corpus)?;
    let case = "# What changes\n\nWhy it matters.\n\n## old/catalog.json\n\n```json\n{\"streams\": []}\n```\n\n## new/catalog.json\n\n```json\n{\"streams\": []}\n```\n";
    fs::write(corpus.join("fires.md"), case)?;
    fs::write(corpus.join("near-miss.md"), case)?;
    println!(
        "laid {file}.rs and corpus/{id}/. Next: fill them in, put {file} into the match of {} before any rule that \
         is less specific, then UPDATE_CORPUS=1 cargo test --test corpus, and generate.",
        registry.strip_prefix(root())?.display()
    );
    Ok(())
}
