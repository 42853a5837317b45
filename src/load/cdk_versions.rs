//! Which version of a CDK a connector is built with, by its build and lock files: a CDK does part of what the connector does.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::nesting;
use crate::tree::Tree;

/// The versions of a CDK that files say, whichever of them does.
pub(super) fn cdk_versions(tree: &dyn Tree, names: &BTreeSet<String>, most: u64) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for name in names {
        let Ok(bytes) = tree.read(name, most) else { continue };
        of_file(name, &String::from_utf8_lossy(bytes.as_ref()), &mut found);
    }
    found
}

fn of_file(path: &str, text: &str, found: &mut BTreeSet<String>) {
    match path.rsplit('/').next().unwrap_or_default() {
        "poetry.lock" | "uv.lock" | "libs.versions.toml" => match toml::from_str::<toml::Table>(text) {
            Ok(table) => of_toml(&table, found),
            Err(_) => of_lines(text, found),
        },
        "Pipfile.lock" | "package-lock.json" => match nesting::value(text) {
            Ok(value) => of_json(&value, found),
            Err(_) => of_lines(text, found),
        },
        "yarn.lock" => of_entries(text, found),
        _ => of_lines(text, found),
    }
}

/// Words that names of settings about the CDK are made of: `cdkVersion`, `cdkVersionRequired`, `useLocalCdk`, `bulk-cdk`.
const SETTING: [&str; 15] = [
    "airbyte", "base", "bulk", "cdk", "core", "extract", "java", "kotlin", "load", "local", "python",
    "required", "use", "version", "versions",
];

/// Whether a name is that of a package of Airbyte's CDK, or of a setting about it. Others have a CDK too, such as
/// `aws-cdk-lib`.
fn is_cdk(name: &str) -> bool {
    is_package(name) || is_setting(name)
}

fn is_package(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    name.contains("airbyte") && name.contains("cdk")
}

fn is_setting(name: &str) -> bool {
    let mut words: Vec<String> = Vec::new();
    let mut is_within = false;
    for c in name.chars() {
        match c {
            _ if !c.is_alphanumeric() => is_within = false,
            // `useLocalCDK`
            'A'..='Z'
                if is_within
                    && !words
                        .last()
                        .is_some_and(|word| word.len() < 3 && "cdk".starts_with(word.as_str())) =>
            {
                words.push(c.to_ascii_lowercase().to_string());
            }
            _ if is_within => words.last_mut().into_iter().for_each(|word| word.push(c.to_ascii_lowercase())),
            _ => {
                words.push(c.to_ascii_lowercase().to_string());
                is_within = true;
            }
        }
    }
    words.iter().any(|word| word == "cdk") && words.iter().all(|word| SETTING.contains(&word.as_str()))
}

/// Lock files of Poetry and uv list packages; a catalog of Gradle names versions, and libraries and plugins that have them.
fn of_toml(table: &toml::Table, found: &mut BTreeSet<String>) {
    let text = |value: &toml::Value| value.as_str().map(str::to_owned);
    for package in table.get("package").and_then(toml::Value::as_array).into_iter().flatten() {
        let name = package.get("name").and_then(toml::Value::as_str);
        if name.is_some_and(is_cdk) {
            found.extend(package.get("version").and_then(text));
            // Of a package from git, the revision: Poetry names it, uv has it behind the address.
            let source = package.get("source");
            let revision = ["resolved_reference", "git"].into_iter();
            found.extend(revision.filter_map(|key| source?.get(key)).filter_map(text));
        }
    }
    let named = |key: &str| table.get(key).and_then(toml::Value::as_table);
    for (_, version) in named("versions").into_iter().flatten().filter(|(name, _)| is_cdk(name)) {
        found.extend(texts(version).into_iter().map(str::to_owned));
    }
    for (_, library) in ["libraries", "plugins"].into_iter().filter_map(named).flatten() {
        // Its own name is anybody's choice. Group and name may stand apart.
        if !is_package(&texts(library).join(":")) {
            continue;
        }
        let version = library.get("version");
        let by_name = version.and_then(|version| version.get("ref")).and_then(toml::Value::as_str);
        match by_name.and_then(|name| named("versions")?.get(name)).or(version) {
            Some(version) => found.extend(texts(version).into_iter().map(str::to_owned)),
            // `"io.airbyte:cdk:0.1.2"`
            None => texts(library).into_iter().for_each(|text| of_lines(text, found)),
        }
    }
}

/// The texts of a value: itself, or those of a table such as `{ strictly = "0.1.2" }`.
fn texts(value: &toml::Value) -> Vec<&str> {
    match value {
        toml::Value::String(text) => vec![text],
        toml::Value::Table(table) => table.values().filter_map(toml::Value::as_str).collect(),
        _ => Vec::new(),
    }
}

/// Lock files in JSON have an object for each package, under its name.
fn of_json(value: &Value, found: &mut BTreeSet<String>) {
    let mut open = vec![value];
    while let Some(value) = open.pop() {
        match value {
            Value::Object(entries) => {
                for (name, entry) in entries {
                    let version = entry.get("version").and_then(Value::as_str);
                    let revision = entry.get("ref").and_then(Value::as_str);
                    let said = version.into_iter().chain(revision).filter(|_| is_package(name));
                    found.extend(said.map(str::to_owned));
                    open.push(entry);
                }
            }
            Value::Array(items) => open.extend(items),
            _ => {}
        }
    }
}

/// Lock files of Yarn have an entry for each package: a line with its names, and its version indented below.
fn of_entries(text: &str, found: &mut BTreeSet<String>) {
    let mut is_of_cdk = false;
    for line in text.lines() {
        match line.trim().strip_prefix("version") {
            _ if line.starts_with(|c: char| !c.is_whitespace()) => is_of_cdk = is_package(line),
            Some(version) if is_of_cdk => {
                found.insert(version.trim_matches([' ', ':', '"']).to_owned());
            }
            _ => {}
        }
    }
}

/// Lines about the CDK: `cdk = '0.1.77'`, `cdkVersion=1.0.16`, `airbyte-cdk = "^2.0"`, `airbyte-cdk==6`,
/// `io.airbyte:bulk-cdk:0.1.2=…`. In which of the files a line stands says nothing.
fn of_lines(text: &str, found: &mut BTreeSet<String>) {
    let mut is_comment = false;
    for line in text.lines() {
        is_comment |= line.trim_start().starts_with("/*");
        if is_comment {
            is_comment = !line.contains("*/");
            continue;
        }
        let line = without_comment(line);
        let is_of_name = |c: char| c.is_alphanumeric() || matches!(c, '.' | '-' | '+' | '_' | ':');
        let mut words = line.split(|c| !is_of_name(c)).filter(|word| !word.is_empty());
        let Some(name) = words.by_ref().find(|word| is_cdk(word)) else { continue };
        // A name may have its version behind it: `io.airbyte:bulk-cdk:0.1.2`.
        let parts = std::iter::once(name).chain(words).flat_map(|word| word.split(['_', ':']));
        let mut before = "";
        for part in parts {
            let is_named = matches!(before, "rev" | "tag" | "branch" | "ref");
            if is_named || is_version(part) || is_revision(part) {
                found.insert(part.to_owned());
            }
            before = part;
        }
        // Without the setting the CDK of a release is used.
        if is_setting(name) && name.to_ascii_lowercase().contains("local") && before == "true" {
            found.insert(name.to_owned());
        }
    }
}

/// A line without the comment behind it. An address has slashes, and a sign for its fragment, that open none.
fn without_comment(line: &str) -> &str {
    let opens = |sign: &str| {
        let mut all = line.match_indices(sign).map(|(at, _)| at);
        all.find(|at| line[..*at].chars().next_back().is_none_or(char::is_whitespace))
    };
    let end = ["//", "#"].into_iter().filter_map(opens).min();
    &line[..end.unwrap_or(line.len())]
}

/// Whether a word is a version: a number, or numbers with a dot between, and what may follow them.
fn is_version(word: &str) -> bool {
    let mut parts = word.split('.');
    let is_number =
        |part: Option<&str>| part.is_some_and(|part| part.starts_with(|c: char| c.is_ascii_digit()));
    is_number(parts.next()) && is_number(parts.next())
        || !word.is_empty() && word.bytes().all(|b| b.is_ascii_digit())
}

/// Whether a word is a revision of git, in full or as it is shortened.
fn is_revision(word: &str) -> bool {
    (7..=40).contains(&word.len())
        && word.bytes().all(|b| b.is_ascii_hexdigit())
        && word.bytes().any(|b| b.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_of_a_cdk_are_found_in_each_kind_of_file() {
        for (file, text, expected) in [
            (
                "build.gradle",
                "airbyteBulkConnector {\n  cdk = '0.1.77'\n  other = '1.1.1'\n}",
                &["0.1.77"][..],
            ),
            ("gradle.properties", "cdkVersion=1.0.16\nlog=2.3", &["1.0.16"]),
            (
                "gradle.lockfile",
                "io.airbyte.bulk-cdk:core:0.1.9=runtime\norg.log:log:2.3=runtime",
                &["0.1.9"],
            ),
            (
                "poetry.lock",
                "[[package]]\nname = \"airbyte-cdk\"\nversion = \"6.1.0\"\nfiles = [{file = \"airbyte_cdk-6.1.0.whl\"}]\n\n\
                 [package.dependencies]\nrequests = \">=2.3\"\n\n[[package]]\nname = \"requests\"\nversion = \"2.3.1\"\n",
                &["6.1.0"],
            ),
            ("uv.lock", "[[package]]\nname = \"airbyte-cdk\"\nversion = \"6.1.0\"\n", &["6.1.0"]),
            ("poetry.lock", "<<<<<<< HEAD\nairbyte-cdk = \"6.1.0\"", &["6.1.0"]),
            (
                "Pipfile.lock",
                r#"{"default": {"airbyte-cdk": {"version": "==0.51.1"}, "requests": {"version": "==2.3.1"}}}"#,
                &["==0.51.1"],
            ),
            (
                "package-lock.json",
                r#"{"packages": {"node_modules/shelf-airbyte-cdk": {"version": "0.2.1"}, "node_modules/aws-cdk-lib": {"version": "2.1.0"}}}"#,
                &["0.2.1"],
            ),
            (
                "yarn.lock",
                "\"aws-cdk-lib@^2\":\n  version \"2.1.0\"\n\"shelf-airbyte-cdk@^0.2\":\n  version \"0.2.1\"\n  resolved \"x\"\nlog@1:\n  version \"1.0.3\"\n",
                &["0.2.1"],
            ),
            (
                "gradle/libs.versions.toml",
                "[versions]\nairbyte = \"0.3.1\"\nlog = \"2.3\"\n[libraries]\nbulk = { module = \"io.airbyte:bulk-cdk\", version.ref = \"airbyte\" }\n\
                 log = { module = \"org.log:log\", version.ref = \"log\" }\n",
                &["0.3.1"],
            ),
            (
                "gradle/libs.versions.toml",
                "[libraries]\nbulk = { group = \"io.airbyte\", name = \"bulk-cdk\", version = \"0.3.2\" }\n",
                &["0.3.2"],
            ),
            ("gradle/libs.versions.toml", "[versions]\ncdk = \"0.4.0\"\n", &["0.4.0"]),
            (
                "gradle/libs.versions.toml",
                "[libraries]\nbulk-cdk = \"io.airbyte:bulk-cdk:0.5.2\"\n",
                &["0.5.2"],
            ),
            ("poetry.lock", "[[package]]\nname = \"requests\"\nversion = \"2.3.1\"\n", &[]),
            ("poetry.lock", "[[package]]\nname = \"aws-cdk-lib\"\nversion = \"2.3.1\"\n", &[]),
            (
                "poetry.lock",
                "[[package]]\nname = \"airbyte-cdk\"\nversion = \"0.0.0\"\n[package.source]\ntype = \"git\"\nreference = \"main\"\nresolved_reference = \"5e9f1ab\"\n",
                &["0.0.0", "5e9f1ab"],
            ),
            ("build.gradle", "// the cdk needs java 21.0\ncdk = '0.1.77' // not 0.1.76\n", &["0.1.77"]),
            ("build.gradle", "/* cdk = '0.1.76'\n cdk = '0.1.75' */\nawsCdkVersion = '2.1.0'", &[]),
            ("build.gradle", "useLocalCdk = true", &["useLocalCdk"]),
            ("build.gradle", "useLocalCdk = false", &[]),
            ("requirements.txt", "requests==2\nairbyte-cdk==6 # or 7\n", &["6"]),
            (
                "pyproject.toml",
                "airbyte-cdk = {git = \"https://git.example/cdk.git\", rev = \"5e9f1ab\"}",
                &["5e9f1ab"],
            ),
            (
                "pyproject.toml",
                "airbyte-cdk = {git = \"https://git.example/cdk.git\", branch = \"next\"}",
                &["next"],
            ),
            (
                "gradle/libs.versions.toml",
                "[versions]\naws-cdk = \"2.1.0\"\n[libraries]\ncdk = \"software.amazon:aws-cdk-lib:2.1.0\"\n",
                &[],
            ),
        ] {
            let mut found = BTreeSet::new();
            of_file(file, text, &mut found);
            assert_eq!(found.into_iter().collect::<Vec<_>>(), expected, "{file}: {text}");
        }
    }
}
