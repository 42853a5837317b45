//! Findings of one rule that are told together, and what tells them apart.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::model::{Artifact, Finding, SpecBranch, StreamId};

/// Findings of one rule that are told together.
#[derive(Debug)]
pub(super) struct Block<'f> {
    /// Them, in the order of the report.
    pub(super) findings: Vec<&'f Finding>,
    /// Whether they are one edit of a shared place, seen from every place that uses it.
    pub(super) shared: bool,
}

impl<'f> Block<'f> {
    /// The first of its findings, which speaks for them.
    pub(super) fn first(&self) -> &'f Finding {
        self.findings[0]
    }

    /// The streams it reaches, where it is an edit of a shared place.
    pub(super) fn streams(&self) -> Vec<String> {
        if self.shared { names_of(&streams(&self.findings)) } else { Vec::new() }
    }

    /// The option of the spec that all of them are in.
    pub(super) fn branch(&self) -> Option<&'f SpecBranch> {
        let first = self.first().branch.as_ref();
        first.filter(|_| self.findings.iter().all(|finding| finding.branch.as_ref() == first))
    }

    /// Every place it reaches, with the findings there: streams, fields, items and options, as far as they tell its
    /// findings apart.
    pub(super) fn places(&self) -> Vec<(String, Vec<&'f Finding>)> {
        let streams = streams(&self.findings);
        let names = names_of(&streams);
        let several = streams.len() > 1;
        let shown: BTreeMap<&StreamId, String> = streams.into_iter().zip(names).collect();
        let is_one_option = self.branch() == self.first().branch.as_ref();
        let mut places: Vec<(String, Vec<&Finding>)> = Vec::new();
        let mut known: HashMap<String, usize> = HashMap::new();
        for finding in &self.findings {
            let stream = finding.stream.as_ref().and_then(|stream| shown.get(stream)).filter(|_| several);
            let mut name = place(finding, stream.map(String::as_str));
            if let (Some(branch), false) = (&finding.branch, is_one_option) {
                name.push_str(&format!(" (in option {branch})"));
            }
            let index = *known.entry(name.clone()).or_insert(places.len());
            match places.get_mut(index) {
                Some((_, findings)) => findings.push(finding),
                None => places.push((name, vec![finding])),
            }
        }
        places
    }

    /// Whether all of them changed from the same to the same.
    pub(super) fn same_values(&self) -> bool {
        let first = self.first();
        self.findings.iter().all(|finding| finding.old == first.old && finding.new == first.new)
    }

    /// The distinct fields, in order; none where none of them is about a field. Beside fields the whole counts as one.
    pub(super) fn fields(&self) -> Vec<String> {
        if self.findings.iter().all(|finding| finding.field.is_empty()) {
            return Vec::new();
        }
        let mut seen = BTreeSet::new();
        let names = self.findings.iter().map(|finding| place(finding, None));
        names.filter(|name| seen.insert(name.clone())).collect()
    }
}

/// The field of a finding, its item or the whole; where there are several streams, with its stream and what may have
/// become of that.
fn place(finding: &Finding, stream: Option<&str>) -> String {
    let below = match (&finding.item, finding.artifact) {
        _ if !finding.field.is_empty() => finding.field.join("."),
        (Some(item), _) => item.name.clone(),
        (None, Artifact::Spec) => "the config".to_owned(),
        (None, _) => "the record".to_owned(),
    };
    let Some(stream) = stream else { return below };
    let is_whole = finding.field.is_empty() && finding.item.is_none();
    match finding
        .related
        .first()
        .filter(|_| is_whole)
        .and_then(|related| Some((related, related.stream.as_ref()?)))
    {
        Some((related, other)) => format!("{stream} ({} {other})", related.kind.describe()),
        None if is_whole => stream.to_owned(),
        None => format!("{stream}: {below}"),
    }
}

/// How streams are called beside each other: with their namespaces where their names are not enough.
fn names_of(streams: &[&StreamId]) -> Vec<String> {
    let distinct: BTreeSet<&str> = streams.iter().map(|stream| stream.name.as_str()).collect();
    let is_enough = distinct.len() == streams.len();
    streams.iter().map(|stream| if is_enough { stream.name.clone() } else { stream.to_string() }).collect()
}

pub(super) fn streams<'f>(findings: &[&'f Finding]) -> Vec<&'f StreamId> {
    let mut streams: Vec<&StreamId> = findings.iter().filter_map(|finding| finding.stream.as_ref()).collect();
    streams.sort_by(|one, other| (&one.name, &one.namespace).cmp(&(&other.name, &other.namespace)));
    streams.dedup();
    streams
}
