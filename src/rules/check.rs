//! A check of what the release declares: the rule of a [`Problem`](crate::model::Problem).

use super::{Example, Reference};
use crate::model::Severity;

/// A check of a release.
#[derive(Debug, Clone, Copy)]
pub struct Check {
    /// Stable, kebab-case, the name of its file: `meta-…` for what stands in the metadata.
    pub id: &'static str,
    /// What is wrong, in a few words.
    pub title: &'static str,
    /// How serious it usually is.
    pub level: Severity,
    /// What is looked at, and when it is wrong.
    pub checks: &'static str,
    /// Why it matters.
    pub why: &'static str,
    /// What fires it.
    pub example: Example,
    /// What to write.
    pub action: &'static str,
    /// Where the check comes from.
    pub references: &'static [Reference],
}

impl Check {
    /// The whole explanation, as Markdown.
    pub fn explanation(&self) -> String {
        super::page(
            self.id,
            self.title,
            &[("level", self.level.name()), ("about", "what the release declares")],
            &[
                ("What it checks", self.checks),
                ("Why it matters", self.why),
                ("Example", &self.example.markdown()),
                ("What to do", self.action),
            ],
            self.references,
        )
    }
}
