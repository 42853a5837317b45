//! What saved state does: a row for streams that fare alike.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::{
    Artifact, ConnectorReport, Level, StateEvidence, StateOutcome, StreamId, StreamStateReport,
};

/// What becomes of saved state, a row for streams that fare alike.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StateTable {
    /// The rows, worst first.
    pub rows: Vec<StateRow>,
    /// Streams of which nothing can be predicted, where no row tells why.
    pub not_known: Vec<String>,
    /// How many streams have no row, because nothing is lost either way.
    pub quiet: usize,
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

/// Why, of each direction that users notice, and what shows it. What a finding says already is not said again.
fn why(state: &StreamStateReport, is_told: bool) -> Vec<String> {
    let (forward, back) = (&state.forward, &state.back);
    let shown = |evidence: StateEvidence| match evidence {
        StateEvidence::Replay => " (by a sample)",
        StateEvidence::Samples => " (by samples)",
        StateEvidence::Manifests => " (by the manifests)",
        StateEvidence::None => "",
    };
    let mut lines = Vec::new();
    if !is_told {
        lines.push(format!("{}{}", forward.why, shown(forward.evidence)));
    }
    // What a finding says of the two versions holds of the way back too.
    if back.why != forward.why && back.outcome.is_harm() && !(is_told && state.is_mirrored) {
        lines.push(format!("rollback: {}{}", back.why, shown(back.evidence)));
    }
    lines
}

/// The table; `None` where no finding is about state and a rollback is no matter: then there is nothing to say. With
/// `all`, every stream has a row.
pub(super) fn table(report: &ConnectorReport, all: bool) -> Option<StateTable> {
    let told: BTreeSet<&StreamId> = report
        .findings
        .iter()
        .filter(|finding| matches!(finding.level, Level::Breaking | Level::Review))
        .filter(|finding| finding.artifact == Artifact::State)
        .filter_map(|finding| finding.stream.as_ref())
        .collect();
    let is_told = report.findings.iter().any(|finding| {
        finding.artifact == Artifact::State && matches!(finding.level, Level::Breaking | Level::Review)
    });
    let told_names: BTreeSet<String> = told.iter().map(ToString::to_string).collect();
    let is_known_from_findings =
        |table: &StateTable| table.not_known.iter().all(|name| told_names.contains(name));
    // A finding that asks for samples says already that nothing can be predicted.
    let asks_for_samples = report.findings.iter().any(|finding| {
        finding.artifact == Artifact::State && finding.stream.is_none() && finding.level == Level::Review
    });
    let is_harm = |state: &StreamStateReport| state.forward.outcome.is_harm() || state.back.outcome.is_harm();
    if !(all || is_told || report.states.iter().any(is_harm)) {
        return None;
    }
    let mut rows: BTreeMap<(StateOutcome, StateOutcome, Vec<String>), StateRow> = BTreeMap::new();
    let mut table = StateTable { rows: Vec::new(), not_known: Vec::new(), quiet: 0 };
    for state in &report.states {
        let (forward, back) = (&state.forward, &state.back);
        let is_open = forward.outcome == StateOutcome::Unknown || back.outcome == StateOutcome::Unknown;
        let is_stranger = forward.outcome == StateOutcome::NoStream && back.outcome == StateOutcome::NoStream;
        // Where something was seen, it is said why that does not decide.
        let is_seen = [forward, back]
            .iter()
            .any(|way| matches!(way.evidence, StateEvidence::Replay | StateEvidence::Samples));
        if !(all || is_harm(state) || is_open && is_seen) {
            match (is_open, is_stranger) {
                (true, _) => table.not_known.push(state.stream.to_string()),
                (false, true) => {}
                (false, false) => table.quiet += 1,
            }
            continue;
        }
        let why = why(state, !all && told.contains(&state.stream));
        let row =
            rows.entry((forward.outcome, back.outcome, why)).or_insert_with_key(|(forward, back, why)| {
                StateRow { streams: Vec::new(), forward: *forward, back: *back, why: why.clone() }
            });
        row.streams.push(state.stream.to_string());
    }
    table.rows = rows.into_values().collect();
    let is_news = !table.not_known.is_empty() && !asks_for_samples && !is_known_from_findings(&table);
    (!table.rows.is_empty() || is_news).then_some(table)
}
