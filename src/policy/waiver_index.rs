//! Which waivers may accept something, without asking each of them.
//!
//! A waiver that names a fingerprint, or a rule with a stream and a field that are no patterns, is found by these; one with
//! a pattern is asked about all that its rule finds.

use std::collections::{BTreeSet, HashMap};

use super::Accepts;
use super::waiver::{DIGITS, FEWEST_DIGITS};
use crate::model::Finding;

/// Waivers by what they name. It gives their numbers; [`Accepts`] decides.
#[derive(Debug, Clone, Default)]
pub struct WaiverIndex {
    by_id: HashMap<String, Vec<usize>>,
    /// By the rule, the stream and the field, none of them a pattern.
    by_place: HashMap<String, Vec<usize>>,
    with_pattern: HashMap<&'static str, Vec<usize>>,
}

/// A key of a place. Whatever else has the same one is asked too.
fn key<'k>(rule: &str, stream: Option<&str>, field: impl IntoIterator<Item = &'k str>) -> String {
    let mut key = format!("{rule}\n{}", stream.map(|stream| format!("={stream}")).unwrap_or_default());
    for segment in field {
        key.push('\n');
        key.push_str(segment);
    }
    key
}

impl WaiverIndex {
    /// The index of some waivers, which are numbered from 0.
    pub fn of<'w>(waivers: impl IntoIterator<Item = &'w Accepts>) -> Self {
        let mut index = Self::default();
        for (number, accepts) in waivers.into_iter().enumerate() {
            let numbers = match accepts {
                Accepts::Id(id) => index.by_id.entry(id.clone()).or_default(),
                Accepts::Rule { rule, stream, field } => {
                    let stream = stream.as_ref().map(|glob| glob.only());
                    let field = field.as_ref().map(|globs| globs.only());
                    match (stream, field) {
                        (Some(None), _) | (_, Some(None)) => index.with_pattern.entry(*rule).or_default(),
                        (stream, field) => {
                            let key = key(rule, stream.flatten(), field.flatten().unwrap_or_default());
                            index.by_place.entry(key).or_default()
                        }
                    }
                }
            };
            numbers.push(number);
        }
        index
    }

    /// The numbers of the waivers that may accept a finding, in their order.
    pub fn of_finding(&self, finding: &Finding) -> Vec<usize> {
        let stream = match &finding.stream {
            Some(stream) => Some(&*stream.name),
            None => only(&finding.scope.streams),
        };
        let field: Vec<&str> = finding.field.iter().map(String::as_str).collect();
        self.found(&finding.id, finding.rule, stream, &field)
    }

    /// The numbers of the waivers that may accept a problem, in their order.
    pub fn of_problem(&self, id: &str, check: &str, streams: &BTreeSet<String>) -> Vec<usize> {
        self.found(id, check, only(streams), &[])
    }

    fn found(&self, id: &str, rule: &str, stream: Option<&str>, field: &[&str]) -> Vec<usize> {
        let ids = (FEWEST_DIGITS..=DIGITS).filter_map(|digits| self.by_id.get(id.get(..=digits)?));
        // What lies below a field is waived with it.
        let streams = [Some(stream).filter(Option::is_some), Some(None)];
        let places = streams.into_iter().flatten().flat_map(|stream| {
            (0..=field.len()).filter_map(move |depth| {
                self.by_place.get(&key(rule, stream, field[..depth].iter().copied()))
            })
        });
        let mut numbers: Vec<usize> =
            ids.chain(places).chain(self.with_pattern.get(rule)).flatten().copied().collect();
        numbers.sort_unstable();
        numbers.dedup();
        numbers
    }
}

/// The one stream, which is all that a name can match.
fn only(streams: &BTreeSet<String>) -> Option<&str> {
    streams.first().filter(|_| streams.len() == 1).map(String::as_str)
}

#[cfg(test)]
mod tests {
    use super::super::{FieldGlobs, Glob};
    use super::*;

    fn rule(stream: Option<&str>, field: Option<&str>) -> Accepts {
        let field = field.map(|field| FieldGlobs::parse(field).expect("a field"));
        Accepts::Rule { rule: "field-removed", stream: stream.map(Glob::new), field }
    }

    #[test]
    fn only_what_may_accept_is_asked() {
        let waivers = [
            rule(None, None),
            rule(Some("users"), None),
            rule(Some("users"), Some("address")),
            rule(Some("users"), Some("address/zip")),
            rule(Some("users"), Some("address/*")),
            rule(Some("teams"), None),
            rule(None, Some("address/zip")),
            rule(Some("user?"), None),
            Accepts::Id("k0123456".to_owned()),
            Accepts::Id("k0123456789".to_owned()),
            Accepts::Id("k1123456789".to_owned()),
        ];
        let index = WaiverIndex::of(&waivers);
        let id = "k0123456789";
        for (stream, field, expected) in [
            (Some("users"), ["address", "zip"].as_slice(), vec![0, 1, 2, 3, 4, 6, 7, 8, 9]),
            (Some("users"), &["address"], vec![0, 1, 2, 4, 7, 8, 9]),
            (Some("users"), &[], vec![0, 1, 4, 7, 8, 9]),
            (Some("shops"), &["zip"], vec![0, 4, 7, 8, 9]),
            (None, &[], vec![0, 4, 7, 8, 9]),
        ] {
            assert_eq!(index.found(id, "field-removed", stream, field), expected, "{stream:?} {field:?}");
        }
        assert_eq!(index.found(id, "field-added", Some("users"), &[]), [8, 9]);
        assert_eq!(index.found("p", "é", None, &[]), [0; 0]);
    }
}
