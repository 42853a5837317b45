//! YAML reads as PyYAML's safe loader reads it: a table of scalars and documents with the values that PyYAML gives
//! (`tests/data/yaml/generate.py` writes it).

use connector_diff::load::parse_yaml;
use serde_json::Value;

#[test]
fn scalars_and_documents_read_as_in_pyyaml() {
    let table: Value =
        serde_json::from_str(include_str!("data/yaml/expected.json")).expect("the table is JSON");
    let cases = table["cases"].as_array().expect("the table has cases");
    assert!(cases.len() > 200, "the table is whole");
    let mut wrong = Vec::new();
    for case in cases {
        let text = case["yaml"].as_str().expect("a case has a text");
        let ours = parse_yaml(text);
        let right = match case.get("value") {
            Some(value) => ours.as_ref().is_ok_and(|ours| ours == value),
            None => ours.is_err(),
        };
        if !right {
            wrong.push(format!(
                "{text:?}: PyYAML {}, here {ours:?}",
                case.get("value").map_or("refuses".to_owned(), Value::to_string)
            ));
        }
    }
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), cases.len(), wrong.join("\n"));
}
