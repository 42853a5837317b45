//! What saved state does, as a table: a row for each stream whose users will notice.

use std::collections::BTreeMap;

use crate::model::{Artifact, ConnectorReport, Level, StateEvidence, StateOutcome, StreamStateReport};

/// What becomes of saved state, a row for streams that fare alike.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StateTable {
    /// The rows, worst first.
    pub rows: Vec<StateRow>,
    /// How many streams have no row, because nothing is lost either way.
    pub quiet: usize,
    /// How many streams fare how under the new version: `2 streams: sync fails; 1 stream: resumes`.
    pub forward: String,
    /// The same of a rollback.
    pub back: String,
}

/// Streams that fare alike.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StateRow {
    /// Them.
    pub streams: Vec<String>,
    /// What happens under the new version.
    pub forward: StateOutcome,
    /// What happens when the old version is put back.
    pub back: StateOutcome,
    /// Why, of each direction that users notice, and what shows it.
    pub why: Vec<String>,
}

/// Why, of each direction that users notice, and what shows it.
fn why(state: &StreamStateReport) -> Vec<String> {
    let (forward, back) = (&state.forward, &state.back);
    let shown = |evidence: StateEvidence| match evidence {
        StateEvidence::Replay => " (by a sample)",
        StateEvidence::Samples => " (by samples)",
        StateEvidence::Manifests => " (by the manifests)",
        StateEvidence::None => "",
    };
    let mut lines = vec![format!("{}{}", forward.why, shown(forward.evidence))];
    if back.why != forward.why && (back.outcome.is_harm() || back.outcome == StateOutcome::Unknown) {
        lines.push(format!("rollback: {}{}", back.why, shown(back.evidence)));
    }
    lines
}

/// The table; `None` where no finding is about state and a rollback is no matter: then there is nothing to say. With
/// `all`, every stream has a row.
pub(super) fn table(report: &ConnectorReport, all: bool) -> Option<StateTable> {
    let is_told = report.findings.iter().any(|finding| {
        finding.artifact == Artifact::State && matches!(finding.level, Level::Breaking | Level::Review)
    });
    let is_harm = |state: &StreamStateReport| state.forward.outcome.is_harm() || state.back.outcome.is_harm();
    if !(all || is_told || report.states.iter().any(is_harm)) {
        return None;
    }
    let mut rows: BTreeMap<(StateOutcome, StateOutcome, &str, &str, [StateEvidence; 2]), StateRow> =
        BTreeMap::new();
    let mut quiet = 0;
    for state in &report.states {
        let (forward, back) = (&state.forward, &state.back);
        let is_open = [forward, back].iter().any(|way| way.outcome == StateOutcome::Unknown);
        let is_stranger = forward.outcome == StateOutcome::NoStream && back.outcome == StateOutcome::NoStream;
        if !all && !is_harm(state) && !is_open && !is_stranger {
            quiet += 1;
            continue;
        }
        let evidence = [forward.evidence, back.evidence];
        let alike = (forward.outcome, back.outcome, forward.why.as_str(), back.why.as_str(), evidence);
        let row = rows.entry(alike).or_insert_with(|| StateRow {
            streams: Vec::new(),
            forward: forward.outcome,
            back: back.outcome,
            why: why(state),
        });
        row.streams.push(state.stream.to_string());
    }
    (!rows.is_empty()).then(|| StateTable {
        rows: rows.into_values().collect(),
        quiet,
        forward: counts(report, |one| one.forward.outcome),
        back: counts(report, |one| one.back.outcome),
    })
}

fn counts(report: &ConnectorReport, way: fn(&StreamStateReport) -> StateOutcome) -> String {
    let mut counts: BTreeMap<StateOutcome, usize> = BTreeMap::new();
    for state in &report.states {
        *counts.entry(way(state)).or_default() += 1;
    }
    let count = |(outcome, count): (StateOutcome, usize)| {
        format!("{}: {}", super::phrase::count(count, "stream"), outcome.name())
    };
    counts.into_iter().map(count).collect::<Vec<_>>().join("; ")
}
