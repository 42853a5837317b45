//! A test of Airbyte's that a connector turns off.

use super::{Artifact, Located};

/// A backward compatibility test that is turned off.
#[derive(Debug, Clone)]
pub struct DisabledTest {
    /// What it compares.
    pub artifact: Artifact,
    /// The old version that it is turned off for.
    pub version: String,
    /// Where that is written.
    pub place: Located,
}
