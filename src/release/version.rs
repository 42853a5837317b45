//! Versions by Airbyte's reading of semver: below 1.0.0 a break needs a minor version and an addition a patch.

use semver::Version;

use crate::model::Bump;

fn parse(version: Option<&str>) -> Option<Version> {
    Version::parse(version?).ok()
}

/// Whether a version can be read.
pub(super) fn is_readable(version: &str) -> bool {
    parse(Some(version)).is_some()
}

/// Whether it is a release candidate.
pub(super) fn is_candidate(version: &str) -> bool {
    parse(Some(version)).is_some_and(|version| version.pre.contains("rc"))
}

/// Whether a version comes after another, pre-release suffixes aside.
pub(super) fn is_later(version: &str, than: &str) -> bool {
    let core = |version: Version| (version.major, version.minor, version.patch);
    match (parse(Some(version)), parse(Some(than))) {
        (Some(version), Some(than)) => core(version) > core(than),
        _ => false,
    }
}

/// A version without its suffixes, as a key of `releases` has it.
pub(crate) fn base(version: &str) -> Option<String> {
    let Version { major, minor, patch, .. } = parse(Some(version))?;
    Some(format!("{major}.{minor}.{patch}"))
}

/// The bump a rule asks for, at this version. An unknown version counts as 1.0.0 or later.
/// Below 1.0.0 a break asks for `break_below_one`, minor by Airbyte's policy.
pub(crate) fn shifted(bump: Bump, old: Option<&str>, break_below_one: Bump) -> Bump {
    let before_one = parse(old).is_some_and(|version| version.major == 0) && break_below_one == Bump::Minor;
    match bump {
        Bump::Major if before_one => Bump::Minor,
        Bump::Minor if before_one => Bump::Patch,
        other => other,
    }
}

/// The bump that was made; pre-release suffixes do not count, as the platform ignores them.
pub(crate) fn actual(old: Option<&str>, new: Option<&str>) -> Option<Bump> {
    let (old, new) = (parse(old)?, parse(new)?);
    let core = |version: &Version| (version.major, version.minor, version.patch);
    // A later candidate of a release makes the bump that the release announced, as the release itself does.
    Some(if core(&new) == core(&old) && !old.pre.is_empty() && new > old {
        promoted(&new)
    } else if core(&new) < core(&old) {
        Bump::Downgrade
    } else if new.major != old.major {
        Bump::Major
    } else if new.minor != old.minor {
        Bump::Minor
    } else if new.patch != old.patch {
        Bump::Patch
    } else {
        Bump::None
    })
}

/// The bump that a pre-release announced: 2.0.0-rc.1 became 2.0.0 by a major one.
fn promoted(version: &Version) -> Bump {
    match (version.minor, version.patch) {
        (0, 0) => Bump::Major,
        (_, 0) => Bump::Minor,
        _ => Bump::Patch,
    }
}

/// The lowest version that carries a bump.
pub(crate) fn minimum(old: Option<&str>, bump: Bump) -> Option<String> {
    let old = parse(old)?;
    if !old.pre.is_empty() && promoted(&old) >= bump {
        return Some(format!("{}.{}.{}", old.major, old.minor, old.patch));
    }
    let (major, minor, patch) = match bump {
        Bump::Major => (old.major.checked_add(1)?, 0, 0),
        Bump::Minor => (old.major, old.minor.checked_add(1)?, 0),
        Bump::Patch => (old.major, old.minor, old.patch.checked_add(1)?),
        Bump::None | Bump::Downgrade => (old.major, old.minor, old.patch),
    };
    Some(format!("{major}.{minor}.{patch}"))
}

/// Whether `version` lies after `old` and not after `new`, pre-release suffixes aside.
pub(crate) fn lies_between(version: &str, old: Option<&str>, new: Option<&str>) -> bool {
    let core = |version: &Version| (version.major, version.minor, version.patch);
    let (Some(version), Some(new)) = (parse(Some(version)), parse(new)) else { return false };
    // A pre-release of the old side has not shipped its own entry yet.
    let after_old = parse(old)
        .is_none_or(|old| core(&version) > core(&old) || !old.pre.is_empty() && core(&version) == core(&old));
    let is_new = core(&version) == core(&new);
    match parse(old) {
        Some(_) => after_old && core(&version) <= core(&new),
        None => is_new,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn before_one_everything_shifts_down() {
        assert_eq!(shifted(Bump::Major, Some("0.4.1"), Bump::Minor), Bump::Minor);
        assert_eq!(shifted(Bump::Minor, Some("0.4.1"), Bump::Minor), Bump::Patch);
        assert_eq!(shifted(Bump::Major, Some("1.0.0"), Bump::Minor), Bump::Major);
        assert_eq!(shifted(Bump::Major, None, Bump::Minor), Bump::Major);
        assert_eq!(shifted(Bump::Major, Some("0.4.1"), Bump::Major), Bump::Major);
        assert_eq!(minimum(Some("0.4.1"), Bump::Minor).as_deref(), Some("0.5.0"));
    }

    #[test]
    fn release_candidates_count_as_their_release() {
        assert_eq!(actual(Some("1.2.3"), Some("2.0.0-rc.1")), Some(Bump::Major));
        assert_eq!(actual(Some("2.0.0-rc.1"), Some("2.0.0")), Some(Bump::Major));
        assert_eq!(actual(Some("1.5.0-rc.1"), Some("1.5.0-rc.2")), Some(Bump::Minor));
        assert_eq!(actual(Some("1.5.0-rc.2"), Some("1.5.0-rc.2")), Some(Bump::None));
        assert_eq!(minimum(Some("18446744073709551615.0.0"), Bump::Major), None);
        assert_eq!(minimum(Some("2.0.0-rc.1"), Bump::Major).as_deref(), Some("2.0.0"));
        assert_eq!(minimum(Some("2.0.1-rc.1"), Bump::Major).as_deref(), Some("3.0.0"));
        assert_eq!(actual(Some("2.0.0"), Some("1.9.9")), Some(Bump::Downgrade));
        assert!(lies_between("2.0.0", Some("1.2.3"), Some("2.0.0-rc.1")));
        assert!(!lies_between("1.2.3", Some("1.2.3"), Some("2.0.0")));
        assert!(lies_between("2.0.0", Some("2.0.0-rc.1"), Some("2.0.0")));
    }
}
