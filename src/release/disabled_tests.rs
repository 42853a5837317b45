//! What a connector that turns off Airbyte's own backward compatibility test asks for: it is said, and where the project
//! wants it, what the test would have found is waived.

use super::{Found, Subject};
use crate::load;
use crate::model::{DisabledTest, Finding, InputError, Level, Origin, Pair, Waived};
use crate::policy::{DisabledTests, Policy};
use crate::rules::release::compatibility_test_disabled;

/// The tests that are turned off for the old version of a pair, the first of each artifact.
#[derive(Debug, Default)]
pub(super) struct Disabled {
    tests: Vec<(DisabledTest, Origin)>,
    /// Why they are not known, where that is new.
    unread: Option<InputError>,
    waives: bool,
}

impl Disabled {
    pub(super) fn of(pair: Pair<'_>, policy: &Policy) -> Self {
        // Of files that are the same there is nothing to compare.
        let Some(old) = pair.old.version.as_deref().filter(|_| !pair.common.is_same_build()) else {
            return Self::default();
        };
        let mut tests = match load::disabled_tests(pair.new) {
            Ok(tests) => tests,
            Err(unread) => {
                let is_new = load::disabled_tests(pair.old).err().as_ref() != Some(&unread);
                return Self { unread: Some(unread).filter(|_| is_new), ..Self::default() };
            }
        };
        tests.retain(|test| test.version == old.trim());
        tests.dedup_by_key(|test| test.artifact);
        let places = tests.iter().map(|test| test.place.clone().into()).collect();
        Self {
            tests: tests.into_iter().zip(load::origins(places)).collect(),
            unread: None,
            waives: policy.disabled_tests() == DisabledTests::Waive,
        }
    }

    /// Why a finding is waived: its test would have failed, and is turned off.
    pub(super) fn waived(&self, finding: &Finding) -> Option<Waived> {
        let would_fail = self.waives && matches!(finding.level, Level::Breaking | Level::Review);
        let (test, origin) =
            self.tests.iter().find(|(test, _)| would_fail && test.artifact == finding.artifact)?;
        let line = origin.line.map(|line| format!(":{line}")).unwrap_or_default();
        Some(Waived { reason: format!("{}{line} {}", origin.file, turns_off(test)), until: None })
    }

    /// That a test is turned off, and what follows.
    pub(super) fn problems(&self) -> Vec<Found> {
        let found = |(test, origin): &(DisabledTest, Origin)| {
            let what = turns_off(test);
            let follows = match self.waives {
                true => "its findings are waived, since the policy file says so",
                false => "findings count all the same, unless the policy file waives them",
            };
            let about = Subject::default().values([test.artifact.name(), &test.version]);
            let message = format!("{} {what}: {follows}", origin.file);
            let found = Found::new(&compatibility_test_disabled::CHECK, about, message);
            Found { place: Some(test.place.clone()), ..found }
        };
        let unread = self.unread.iter().map(|unread| {
            let line = unread.line.map(|line| format!(":{line}")).unwrap_or_default();
            let message = format!(
                "{}{line} cannot be read, and so it is not known whether it turns off Airbyte's own backward compatibility \
                 test: {}",
                unread.file, unread.message
            );
            Found::new(&compatibility_test_disabled::CHECK, Subject::default().values([&unread.file]), message)
        });
        self.tests.iter().map(found).chain(unread).collect()
    }
}

fn turns_off(test: &DisabledTest) -> String {
    format!(
        "turns off Airbyte's own backward compatibility test of the {} for {}",
        test.artifact, test.version
    )
}
