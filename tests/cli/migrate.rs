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

struct Case {
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

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn run(&self, command: &str, more: &[&str]) -> (i32, String, String) {
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
