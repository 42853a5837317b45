//! The values that a stream's requests list: fields, metrics, dimensions. An API answers with what is listed, so that a value
//! less is data less.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use regex::Regex;
use serde_json::Value;

use super::component::Component;
use super::raw::At;

/// Fields of a requester whose values are sent with a request.
const SENT: [&str; 4] = ["request_parameters", "request_body_json", "request_body_data", "request_body"];

/// More values than this are no list that people keep.
const MOST_VALUES: usize = 5_000;

/// The values of the lists that a stream's requests hold. A value alone is no list: it may be a limit or a date.
pub(super) fn listed(stream: &Component<'_>) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let Some(requester) = requester(stream) else { return found };
    for field in SENT {
        let mut open: Vec<Value> = requester.value(field).into_iter().collect();
        while let Some(value) = open.pop() {
            match value {
                Value::String(text) => found.extend(values(&text)),
                Value::Array(items) => {
                    let texts: Option<Vec<&str>> = items.iter().map(Value::as_str).collect();
                    match texts {
                        Some(texts) if texts.len() > 1 && texts.iter().all(|text| is_word(text)) => {
                            found.extend(texts.into_iter().map(str::to_owned));
                        }
                        _ => open.extend(items),
                    }
                }
                Value::Object(map) => open.extend(map.into_iter().map(|(_, value)| value)),
                _ => {}
            }
        }
    }
    if found.len() > MOST_VALUES { BTreeSet::new() } else { found }
}

/// What is written of it.
pub(super) fn written<'m>(stream: &Component<'m>) -> Option<At<'m>> {
    let requester = requester(stream)?;
    SENT.into_iter().find_map(|field| requester.map.raw(field))
}

fn requester<'m>(stream: &Component<'m>) -> Option<Component<'m>> {
    stream.component("retriever")?.component("requester")
}

/// The values that a text lists: between commas, or as texts of a list that a template joins.
fn values(text: &str) -> Vec<String> {
    static LITERAL: LazyLock<Regex> =
        LazyLock::new(|| Regex::new(r#"'([^'"]*)'|"([^'"]*)""#).expect("a valid pattern"));
    let found: Vec<&str> = match text.contains("{{") || text.contains("{%") {
        true if text.contains("join") => LITERAL
            .captures_iter(text)
            .filter_map(|found| found.get(1).or_else(|| found.get(2)))
            .map(|found| found.as_str())
            .filter(|word| is_word(word))
            .collect(),
        true => Vec::new(),
        false => {
            let parts: Vec<&str> = text.split(',').map(str::trim).collect();
            if parts.iter().all(|part| is_word(part)) { parts } else { Vec::new() }
        }
    };
    if found.len() > 1 { found.into_iter().map(str::to_owned).collect() } else { Vec::new() }
}

fn is_word(text: &str) -> bool {
    const LONGEST: usize = 100;
    !text.is_empty()
        && text.len() <= LONGEST
        && text.chars().all(|c| c.is_ascii_alphanumeric() || "_.:-".contains(c))
}

#[cfg(test)]
mod tests {
    use super::values;

    #[test]
    fn a_list_is_read_and_a_value_alone_is_none() {
        for (text, expected) in [
            ("id,name, total.net", &["id", "name", "total.net"][..]),
            ("{{ ','.join(['clicks', 'views']) }}", &["clicks", "views"]),
            ("{{ 'metric(%s)' % ','.join([\"clicks\", 'views']) }}", &["clicks", "views"]),
            ("100", &[]),
            ("2024-01-01", &[]),
            ("Hello, dear world", &[]),
            ("{{ config['a'] or config['b'] }}", &[]),
            ("{{ ','.join(config['fields']) }}", &[]),
        ] {
            assert_eq!(values(text), expected, "{text}");
        }
    }
}
