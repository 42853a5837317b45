//! Where references lead: places, anchors and documents by their id, all inside one document.

use std::collections::HashMap;

use serde_json::Value;

use super::Draft;
use crate::model::Pointer;

/// A reference that could not be followed.
pub(super) struct Unresolved {
    pub(super) message: String,
    /// Whether it leads out of the document.
    pub(super) elsewhere: bool,
}

/// What references can name besides places.
#[derive(Default)]
pub(super) struct Resources<'a> {
    by_id: HashMap<String, &'a Value>,
    pub(super) by_anchor: HashMap<String, Vec<&'a Value>>,
}

impl<'a> Resources<'a> {
    /// Looks through everything that may be a schema. What is found inside `const`, `enum` or `default` is data.
    pub(super) fn collect(&mut self, document: &'a Value, draft: Draft) {
        let mut open = vec![document];
        while let Some(value) = open.pop() {
            match value {
                Value::Object(map) => {
                    let named = !map.contains_key("$ref") || draft.has_siblings_of_ref();
                    if let Some(id) = map.get("$id").and_then(Value::as_str).filter(|_| named) {
                        match id.strip_prefix('#') {
                            Some(anchor) => self.by_anchor.entry(anchor.to_owned()).or_default().push(value),
                            None => {
                                self.by_id.entry(id.trim_end_matches('#').to_owned()).or_insert(value);
                            }
                        }
                    }
                    for keyword in ["$anchor", "$dynamicAnchor"] {
                        if let Some(anchor) = map.get(keyword).and_then(Value::as_str) {
                            self.by_anchor.entry(anchor.to_owned()).or_default().push(value);
                        }
                    }
                    let data = ["const", "enum", "default", "examples"];
                    open.extend(
                        map.iter().filter(|(key, _)| !data.contains(&key.as_str())).map(|(_, value)| value),
                    );
                }
                Value::Array(items) => open.extend(items),
                _ => {}
            }
        }
    }

    /// The document an absolute or relative reference names, by its `$id` or the end of it.
    fn find(&self, reference: &str) -> Option<&'a Value> {
        if let Some(value) = self.by_id.get(reference) {
            return Some(value);
        }
        let ending = format!("/{}", reference.trim_start_matches("./").trim_start_matches('/'));
        let mut matching = self.by_id.iter().filter(|(id, _)| id.ends_with(&ending));
        let found = matching.next().map(|(_, value)| *value);
        found.filter(|_| matching.next().is_none())
    }

    /// What a reference leads to, and the document that references inside it start from.
    ///
    /// # Errors
    /// It leads nowhere, or out of the document; the text says which.
    pub(super) fn resolve(
        &self,
        reference: &str,
        base: &'a Value,
    ) -> Result<(&'a Value, &'a Value), Unresolved> {
        let (name, fragment) = reference.split_once('#').unwrap_or((reference, ""));
        let start = match name {
            "" => base,
            name => self.find(name).ok_or_else(|| Unresolved {
                message: match name.contains(':') {
                    true => format!("the reference {reference} is remote; nothing is fetched"),
                    false => format!("the reference {reference} leads to another file"),
                },
                elsewhere: true,
            })?,
        };
        let nowhere =
            || Unresolved { message: format!("the reference {reference} leads nowhere"), elsewhere: false };
        if !fragment.is_empty() && !fragment.starts_with('/') {
            let anchored = self.by_anchor.get(fragment).and_then(|found| found.first().copied());
            return anchored.map(|target| (target, start)).ok_or_else(nowhere);
        }
        let (mut target, mut base) = (start, start);
        for segment in Pointer::parse(&percent_decoded(fragment)).segments() {
            target = Pointer::new([segment.clone()]).get(target).ok_or_else(nowhere)?;
            // A part with an id of its own is a document of its own.
            let is_document =
                target.get("$id").and_then(Value::as_str).is_some_and(|id| !id.starts_with('#'));
            if is_document && target.get("$ref").is_none() {
                base = target;
            }
        }
        Ok((target, base))
    }
}

/// A fragment without its percent signs.
fn percent_decoded(fragment: &str) -> String {
    if !fragment.contains('%') {
        return fragment.to_owned();
    }
    let bytes = fragment.as_bytes();
    let mut decoded = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let code = bytes.get(at + 1..at + 3).and_then(|hex| std::str::from_utf8(hex).ok());
        match code.and_then(|hex| u8::from_str_radix(hex, 16).ok()).filter(|_| bytes[at] == b'%') {
            Some(byte) => {
                decoded.push(byte);
                at += 3;
            }
            None => {
                decoded.push(bytes[at]);
                at += 1;
            }
        }
    }
    String::from_utf8_lossy(&decoded).into_owned()
}
