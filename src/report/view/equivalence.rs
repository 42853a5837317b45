//! The answer to whether two sides are one connector to their users.

use super::phrase::count;
use super::{Answer, Mark};
use crate::model::{Artifact, ConnectorReport, CoverageStatus, StateEvidence, Words};

/// The answer to whether the sides are equivalent.
pub(super) fn answer(report: &ConnectorReport) -> Answer {
    let summary = &report.summary;
    match report.verdict.equivalent {
        Some(true) => {
            let seen = |artifact: Artifact| {
                report
                    .coverage
                    .iter()
                    .any(|coverage| coverage.artifact == artifact && coverage.old != CoverageStatus::Absent)
            };
            // Two manifests show their requests; what a connector printed shows none.
            let by_manifests =
                report.states.iter().any(|state| state.forward.evidence == StateEvidence::Manifests);
            match (seen(Artifact::Spec), seen(Artifact::Catalog)) {
                (true, true) if by_manifests => {
                    Answer::new(Mark::Fine, "equivalent", Words::marked("nothing above cosmetic differs"))
                }
                (true, true) => Answer::new(
                    Mark::Fine,
                    "equivalent",
                    Words::marked(
                        "nothing above cosmetic differs in spec and catalog; requests, pages and saved state cannot be \
                     compared, since they are not in the files of both sides",
                    ),
                ),
                (false, _) => Answer::new(
                    Mark::Fine,
                    "equivalent",
                    Words::marked("nothing above cosmetic differs in the catalog; neither side has a spec"),
                ),
                (true, false) => Answer::new(
                    Mark::Fine,
                    "equivalent",
                    Words::marked("nothing above cosmetic differs in the spec; neither side has a catalog"),
                ),
            }
        }
        Some(false) => {
            let differing = summary.breaking + summary.review + summary.safe;
            Answer::new(
                Mark::Undeclared,
                "not equivalent",
                format!("{} above cosmetic", count(differing.max(1), "finding")),
            )
        }
        None => {
            let partial = report.coverage.iter().filter(|coverage| {
                let whole = coverage.old == coverage.new && coverage.old != CoverageStatus::Partial;
                matches!(coverage.artifact, Artifact::Spec | Artifact::Catalog) && !whole
            });
            let named: Vec<String> = partial.map(|coverage| coverage.artifact.to_string()).collect();
            match named.as_slice() {
                [] if summary.waived + summary.ignored > 0 => Answer::new(
                    Mark::ToReview,
                    "unknown",
                    Words::marked(
                        "the policy file accepts or leaves out what may not be the same, so equivalence is not shown",
                    ),
                ),
                [] => Answer::new(
                    Mark::ToReview,
                    "unknown",
                    Words::marked("not everything could be compared, so equivalence is not shown"),
                ),
                named => Answer::new(
                    Mark::ToReview,
                    "unknown",
                    format!(
                        "nothing that could be compared differs, and the {} cannot be seen whole on both sides \
                         (-v says why)",
                        named.join(" and the ")
                    ),
                ),
            }
        }
    }
}
