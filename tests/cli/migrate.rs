//! What `migrate` prints and writes, from a break to the check that is safe.

use std::fs;
use std::path::PathBuf;

use super::{run, stdout};

const OLD: &str = r#"version: 6.48.0
type: DeclarativeSource
check: {type: CheckStream, stream_names: [orders]}
streams:
  - type: DeclarativeStream
    name: orders
    retriever:
      type: SimpleRetriever
      requester: {type: HttpRequester, url_base: "https://lantern.test/api", path: orders}
      record_selector: {type: RecordSelector, extractor: {type: DpathExtractor, field_path: [data]}}
    schema_loader: {type: InlineSchemaLoader, schema: {type: object, properties: {id: {type: integer}}}}
spec:
  type: Spec # the only one
  connection_specification:
    type: object
    required: [token]
    properties:
      token: {type: string, airbyte_secret: true}
      site: {type: string}
"#;

pub(super) struct Case {
    folder: tempfile::TempDir,
}

impl Case {
    fn new(new: &str) -> Self {
        let case = Self { folder: tempfile::tempdir().expect("a folder") };
        for (side, text) in [("old", OLD), ("new", new)] {
            fs::create_dir(case.path(side)).expect("a folder");
            fs::write(case.path(side).join("manifest.yaml"), text).expect("a file");
        }
        case
    }

    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(super) fn run(&self, command: &str, more: &[&str]) -> (i32, String, String) {
        let (old, new) = (self.path("old"), self.path("new"));
        let sides = [old.to_str().expect("a path"), new.to_str().expect("a path")];
        let output = run(&[&[command], sides.as_slice(), more].concat());
        let errors = String::from_utf8_lossy(&output.stderr).into_owned();
        (output.status.code().expect("a code"), stdout(&output), errors)
    }

    fn manifest(&self) -> String {
        fs::read_to_string(self.path("new/manifest.yaml")).expect("the manifest")
    }
}

#[test]
fn from_a_break_to_a_safe_check() {
    let renamed = OLD.replace("token", "api_token");
    let case = Case::new(&renamed);
    let (code, said, _) = case.run("check", &[]);
    assert_eq!(code, 1, "{said}");
    assert!(said.contains("Ship the config migration that `connector-diff migrate` writes"), "{said}");
    let (code, said, _) = case.run("migrate", &[]);
    assert_eq!(code, 0, "{said}");
    insta::assert_snapshot!("migrate", said);
    assert_eq!(case.manifest(), renamed, "nothing is written without --write");
    let (code, said, errors) = case.run("migrate", &["--write"]);
    assert_eq!(code, 0, "{said}{errors}");
    let written = case.manifest();
    assert!(written.starts_with(&renamed), "{written}");
    let (code, said, _) = case.run("check", &["--all"]);
    assert_eq!(code, 0, "{said}");
    assert!(said.contains("saved configs, and each is accepted after two starts"), "{said}");
    let (code, said, _) = case.run("migrate", &["--write"]);
    assert!(code == 0 && said.starts_with("Nothing to do"), "{said}");
    assert_eq!(case.manifest(), written, "a second run changes nothing");
}

#[test]
fn one_config_with_its_secrets_masked() {
    let case = Case::new(&OLD.replace("token", "api_token"));
    let config = case.path("config.json");
    fs::write(&config, r#"{"token": "s3cret", "site": "a", "undeclared": "hidden"}"#).expect("a file");
    let config = config.to_str().expect("a path");
    let (code, said, errors) = case.run("migrate", &["--config", config]);
    assert_eq!(code, 0, "{said}{errors}");
    assert!(said.contains("\"api_token\": \"****\"") && said.contains("\"site\": \"a\""), "{said}");
    assert!(!said.contains("s3cret") && !said.contains("hidden"), "{said}");
    assert!(
        said.contains("the new spec accepts it") && said.contains("the second start changes nothing"),
        "{said}"
    );
    let (_, said, _) = case.run("migrate", &["--config", config, "--show-values"]);
    assert!(said.contains("s3cret"), "{said}");
}

#[test]
fn what_cannot_be_done_is_said() {
    let case = Case::new(&OLD.replace("[token]", "[token, region]").replace(
        "      site: {type: string}\n",
        "      site: {type: string}\n      region: {type: string}\n",
    ));
    let (code, said, _) = case.run("migrate", &[]);
    assert_eq!(code, 1, "{said}");
    assert!(said.contains("`region` is a choice that only the user can make"), "{said}");
    let before = case.manifest();
    let (code, _, _) = case.run("migrate", &["--write"]);
    assert_eq!((code, case.manifest()), (1, before));
    for (config, expected) in [("[1]", "expected an object of JSON"), ("{", "config.json")] {
        fs::write(case.path("config.json"), config).expect("a file");
        let file = case.path("config.json");
        let (code, _, errors) = case.run("migrate", &["--config", file.to_str().expect("a path")]);
        assert!(code == 3 && errors.contains(expected), "{code} {errors}");
    }
    let (code, _, errors) = case.run("migrate", &["--config", "no/such/file"]);
    assert!(code == 2 && errors.contains("nothing of that name"), "{errors}");
}

#[test]
fn code_gets_a_patch_and_a_recipe() {
    let case = Case::new("");
    for (side, token) in [("old", "token"), ("new", "api_token")] {
        let folder = case.path(side);
        fs::remove_file(folder.join("manifest.yaml")).expect("a file");
        let spec = format!(
            r#"{{"connectionSpecification": {{"type": "object", "required": ["{token}"], "properties": {{"{token}": {{"type": "string", "airbyte_secret": true}}}}}}}}"#
        );
        fs::write(folder.join("spec.json"), spec).expect("a file");
    }
    let (code, said, errors) = case.run("migrate", &[]);
    assert_eq!(code, 0, "{said}{errors}");
    assert!(said.contains(r#"[{"from":"/token","op":"move","path":"/api_token"}]"#), "{said}");
    assert!(said.contains(r#"If config["token"] is there and config["api_token"] is not"#), "{said}");
    let (code, _, errors) = case.run("migrate", &["--write"]);
    assert!(code == 2 && errors.contains("has no manifest"), "{errors}");
}

/// Both versions.
pub(super) fn with_manifests(old: &str, new: &str) -> Case {
    let case = Case::new(new);
    fs::write(case.path("old/manifest.yaml"), old).expect("a file");
    case
}

/// The code of `check` and what it says, for two specs and a migration of these steps.
pub(super) fn judged_specs(old: &str, new: &str, steps: &[String]) -> (i32, String) {
    let (head, _) = OLD.split_once("    type: object\n").expect("a spec");
    let manifest = |spec: &str| {
        let spec: String = spec.lines().map(|line| format!("    {line}\n")).collect();
        format!("{head}{spec}")
    };
    let steps: String = steps.iter().map(|step| format!("          - {step}\n")).collect();
    let rules = format!(
        "  config_normalization_rules:\n    type: ConfigNormalizationRules\n    config_migrations:\n      - type: ConfigMigration\n        transformations:\n{steps}"
    );
    let case = with_manifests(&manifest(old), &format!("{}{rules}", manifest(new)));
    let (code, said, errors) = case.run("check", &["--all"]);
    (code, said + &errors)
}

/// The new version with rules of its own behind the renamed spec.
fn with_rules(spec: &str, rules: &str) -> Case {
    Case::new(&format!("{spec}  config_normalization_rules:\n    type: ConfigNormalizationRules\n{rules}"))
}

const ADD_TOKEN: &str = "{type: ConfigAddFields, CONDITIONfields: [{type: AddedFieldDefinition, path: [api_token], value: \"{{ config['token'] }}\", value_type: string}]}";
const REMOVE_TOKEN: &str = "{type: ConfigRemoveFields, field_pointers: [[token]]}";

#[test]
fn what_hurts_those_who_connect_later_is_not_credited() {
    let renamed = OLD.replace("token", "api_token");
    let condition = "condition: \"{{ 'api_token' not in config }}\", ";
    let (right, blind) = (ADD_TOKEN.replace("CONDITION", condition), ADD_TOKEN.replace("CONDITION", ""));
    // In memory at every start, whatever is saved: the token that a user enters is gone.
    let in_memory = |add: &str| format!("    transformations:\n      - {add}\n      - {REMOVE_TOKEN}\n");
    assert_eq!(with_rules(&renamed, &in_memory(&right)).run("check", &[]).0, 0);
    assert_eq!(with_rules(&renamed, &in_memory(&blind)).run("check", &[]).0, 1);
    // The connector of a new user stops: the value is evaluated whatever the condition says.
    let nested = OLD.replace("[token]", "[old]").replace(
        "token: {type: string, airbyte_secret: true}",
        "old: {type: object, required: [token], properties: {token: {type: string}}}",
    );
    let migration = |value: &str| {
        let add = right.replace("config['token']", value);
        let rules = format!(
            "    config_migrations:\n      - type: ConfigMigration\n        transformations:\n          - {add}\n"
        );
        let case = with_rules(&renamed, &rules);
        fs::write(case.path("old/manifest.yaml"), &nested).expect("a file");
        let (code, said, _) = case.run("check", &[]);
        (code, said.contains("of users who connect with the new version: the config migration at"))
    };
    assert_eq!(migration("config['old']['token']"), (1, true));
    assert_eq!(migration("config.get('old', {}).get('token', '')"), (0, false));
}

#[test]
fn a_value_that_the_new_version_offers_is_not_replaced() {
    let regions = |all: &str| format!("{OLD}      region: {{type: string, enum: [{all}]}}\n");
    let old = regions("us, eu, asia");
    let remap = |map: &str| {
        format!(
            "    config_migrations:\n      - type: ConfigMigration\n        transformations:\n          - {{type: ConfigRemapField, \
             field_path: [region], map: {{{map}}}}}\n"
        )
    };
    let code = |map: &str| {
        let case = with_rules(&regions("us, eu"), &remap(map));
        fs::write(case.path("old/manifest.yaml"), &old).expect("a file");
        case.run("check", &[]).0
    };
    assert_eq!(code("asia: us"), 0);
    assert_eq!(code("asia: us, eu: us"), 1);
    // Each value is tried, however many there are.
    let all: Vec<String> = (0..300).map(|index| format!("cur{index}")).collect();
    let map: Vec<String> = all.iter().map(|name| format!("{name}: us")).collect();
    let case = |map: &[String]| {
        let case = with_rules(&regions("us"), &remap(&map.join(", ")));
        fs::write(case.path("old/manifest.yaml"), regions(&all.join(", "))).expect("a file");
        case.run("check", &[]).0
    };
    assert_eq!(case(&map), 0);
    let without: Vec<String> = map.iter().filter(|one| !one.starts_with("cur50:")).cloned().collect();
    assert_eq!(case(&without), 1);
}

#[test]
fn a_secret_is_masked_wherever_it_stands_now() {
    let plain = OLD
        .replace("token: {type: string, airbyte_secret: true}", "api_token: {type: string}")
        .replace("[token]", "[api_token]");
    let lists = "      keys: {type: array, items: {type: string, airbyte_secret: true}}\n      \
                 code: {anyOf: [{type: string, airbyte_secret: true}, {type: integer}]}\n";
    let add = ADD_TOKEN.replace("CONDITION", "condition: \"{{ 'token' in config }}\", ");
    let rules = format!(
        "    config_migrations:\n      - type: ConfigMigration\n        transformations:\n          - {add}\n          - {REMOVE_TOKEN}\n"
    );
    let case = with_rules(&format!("{plain}{lists}"), &rules);
    let config = case.path("config.json");
    fs::write(&config, r#"{"token": "s3cret", "keys": ["k3y"], "code": "c0de", "site": "a"}"#)
        .expect("a file");
    let (_, said, errors) = case.run("migrate", &["--config", config.to_str().expect("a path")]);
    assert!(["s3cret", "k3y", "c0de"].iter().all(|secret| !said.contains(secret)), "{said}{errors}");
    assert!(said.contains(r#""site": "a""#), "{said}");
}

pub(super) const DAYS: &str = r#"version: 7.39.1
type: DeclarativeSource
check: {type: CheckStream, stream_names: [orders]}
streams:
  - type: DeclarativeStream
    name: orders
    retriever:
      type: SimpleRetriever
      requester: {type: HttpRequester, url_base: "https://lantern.test/api", path: orders}
      record_selector: {type: RecordSelector, extractor: {type: DpathExtractor, field_path: [data]}}
    schema_loader: {type: InlineSchemaLoader, schema: {type: object, properties: {id: {type: integer}}}}
    incremental_sync:
      type: DatetimeBasedCursor
      cursor_field: updated
      start_datetime: {type: MinMaxDatetime, datetime: "{{ config['start'] }}", datetime_format: "%Y-%m-%d"}
      datetime_format: "%Y-%m-%d"  # as the API has it
spec:
  type: Spec
  connection_specification: {type: object, properties: {start: {type: string}}}
"#;

/// The old version with days, and the new one with another format.
fn with_format(format: &str) -> Case {
    let case = Case::new(&DAYS.replace("\"%Y-%m-%d\"  #", &format!("\"{format}\"  #")));
    fs::write(case.path("old/manifest.yaml"), DAYS).expect("a file");
    case
}

#[test]
fn saved_state_from_a_break_to_a_safe_check() {
    let case = with_format("%Y-%m-%dT%H:%M:%SZ");
    let before = case.manifest();
    let (code, said, _) = case.run("check", &[]);
    assert!(
        code == 1 && said.contains("; ask: add to the manifest what `connector-diff migrate` writes"),
        "{said}"
    );
    // The finding says what both versions write, so the way back needs no reason of its own.
    assert!(said.contains("after a rollback too") && !said.contains("rollback: saved as"), "{said}");
    let (_, whole, _) = case.run("check", &["-v"]);
    assert!(whole.contains("rollback: saved as %Y-%m-%dT%H:%M:%SZ, read as %Y-%m-%d"), "{whole}");
    let (code, said, errors) = case.run("migrate", &[]);
    assert_eq!(code, 0, "{said}{errors}");
    insta::assert_snapshot!("migrate_state", said);
    assert_eq!(case.manifest(), before, "nothing is written without --write");
    assert_eq!(case.run("migrate", &["--write"]).0, 0);
    let written = case.manifest();
    let (code, said, _) = case.run("check", &["--all", "-v"]);
    assert_eq!(code, 0, "{said}");
    assert!(said.contains("saved as %Y-%m-%d, which `cursor_datetime_formats` reads, and then as"), "{said}");
    let (code, said, _) = case.run("migrate", &["--write"]);
    assert!(code == 0 && said.starts_with("Nothing to do"), "{said}");
    assert_eq!(case.manifest(), written, "a second run changes nothing");
}

#[test]
fn formats_that_would_be_read_as_other_dates_are_not_written() {
    let case = with_format("%Y-%d-%m");
    let before = case.manifest();
    let (_, said, _) = case.run("check", &["--all"]);
    assert!(said.contains("`connector-diff migrate` says why it adds no format"), "{said}");
    let (code, said, _) = case.run("migrate", &["--write"]);
    assert_eq!(code, 1, "{said}");
    assert!(
        said.contains("no edit of a manifest: `") && said.contains("would be read by `%Y-%m-%d` as"),
        "{said}"
    );
    assert_eq!(case.manifest(), before);
}

/// The code of `check` and what it says, for a spec with more properties and a migration of these steps.
fn judged(old: &str, new: &str, steps: &[&str]) -> (i32, String) {
    let steps: String = steps.iter().map(|step| format!("          - {step}\n")).collect();
    let rules =
        format!("    config_migrations:\n      - type: ConfigMigration\n        transformations:\n{steps}");
    let case = with_rules(&format!("{OLD}{new}"), &rules);
    fs::write(case.path("old/manifest.yaml"), format!("{OLD}{old}")).expect("a file");
    let (code, said, _) = case.run("check", &["--all"]);
    (code, said)
}

#[test]
fn a_secret_in_a_list_or_a_map_is_one() {
    for schema in [
        "{type: array, items: {type: string, airbyte_secret: true}}",
        "{type: object, additionalProperties: {type: string, airbyte_secret: true}}",
    ] {
        let steps = ["{type: ConfigRemoveFields, field_pointers: [[keys]]}"];
        let (_, said) = judged(&format!("      keys: {schema}\n"), "", &steps);
        assert!(said.contains("spec-migration-loses-secret"), "{said}");
        let plain = schema.replace(", airbyte_secret: true", "");
        let (_, said) = judged(&format!("      keys: {plain}\n"), "", &steps);
        assert!(!said.contains("spec-migration-loses-secret"), "{said}");
    }
}

#[test]
fn a_constant_in_place_of_several_values_is_no_migration() {
    let set = "{type: ConfigAddFields, fields: [{type: AddedFieldDefinition, path: [region], value: eu}], condition: \"{{ config.get('region') CONDITION }}\"}";
    let new = "      region: {type: string, enum: [eu, us]}\n";
    let code = |old: &str, condition: &str| {
        let (code, said) =
            judged(&format!("      region: {old}\n"), new, &[&set.replace("CONDITION", condition)]);
        assert_eq!(
            code == 1,
            said.contains("spec-migration-merges") && said.contains("sets one value in place of several"),
            "{said}"
        );
        code
    };
    assert_eq!(code("{type: string, enum: [mars, venus, eu, us]}", "in ('mars', 'venus')"), 1);
    // Of one value nothing is lost that the step does not name.
    assert_eq!(code("{type: string, enum: [mars, eu, us]}", "in ('mars', 'venus')"), 0);
}

#[test]
fn the_numbers_of_a_condition_are_tried() {
    let steps = |condition: &str| {
        let add = format!(
            "{{type: ConfigAddFields, fields: [{{type: AddedFieldDefinition, path: [window], value: \"{{{{ config['days'] }}}}\"}}], condition: \"{{{{ 'days' in config and 'window' not in config{condition} }}}}\"}}"
        );
        let old = "      days: {type: integer, minimum: 0, maximum: 1000000}\n";
        let new = "      window: {type: integer}\n";
        let required = |spec: &str, name: &str| spec.replace("[token]", &format!("[token, {name}]"));
        let rules = format!(
            "    config_migrations:\n      - type: ConfigMigration\n        transformations:\n          - {add}\n          - {{type: ConfigRemoveFields, field_pointers: [[days]], condition: \"{{{{ 'window' in config }}}}\"}}\n"
        );
        let case = with_rules(&required(&format!("{OLD}{new}"), "window"), &rules);
        fs::write(case.path("old/manifest.yaml"), required(&format!("{OLD}{old}"), "days")).expect("a file");
        case.run("check", &[]).0
    };
    assert_eq!(steps(""), 0);
    assert_eq!(steps(" and config['days'] != 77777"), 1);
}
