//! Waivers: decisions to accept a finding or a problem, each with a reason and, where it does not last, with its end.
//!
//! A waiver says what it accepts by typed keys, a fingerprint or a rule and a place, and never by the text of a report, so
//! that it survives a reworded message and accepts nothing that merely reads alike.

use std::cmp::Ordering;
use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

use chrono::NaiveDate;
use semver::Version;
use thiserror::Error;
use wildmatch::WildMatch;

use super::{FieldGlobs, Glob, SetBy};
use crate::model::{Finding, Waived};

/// A decision to accept findings or problems.
#[derive(Debug, Clone, PartialEq)]
pub struct Waiver {
    /// What it accepts.
    pub accepts: Accepts,
    /// The connectors it is for, as a glob over their names; `None` for all that the file is for.
    pub connector: Option<String>,
    /// Why, on one line.
    pub reason: String,
    /// When it ends; `None` where it lasts.
    pub until: Option<Until>,
    /// Where it stands.
    pub set_by: SetBy,
    /// Whether it is meant for the connector that the policy holds for, and not for many that share the file.
    pub is_meant: bool,
}

/// What a waiver accepts.
#[derive(Debug, Clone, PartialEq)]
pub enum Accepts {
    /// What has this fingerprint, which may be cut to its first digits.
    Id(String),
    /// What a rule or a check finds, as far as the place narrows it.
    Rule {
        /// The id of the rule or the check.
        rule: &'static str,
        /// A glob over the names of streams.
        stream: Option<Glob>,
        /// A field, or a path in the config, with what lies below.
        field: Option<FieldGlobs>,
    },
}

/// When a waiver ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Until {
    /// It holds while the new version is below this one.
    Version(Version),
    /// It holds through this day.
    Day(NaiveDate),
}

/// Whether a waiver holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// It does.
    Holds,
    /// It ended.
    Ended,
    /// It ends with a version, and the new version is not known.
    VersionUnknown,
}

impl Until {
    /// Reads a version such as `3.0.0`, or a day such as `2027-03-01`.
    pub fn parse(text: &str) -> Option<Self> {
        let day = || crate::datetime::day(text).map(Self::Day);
        Version::parse(text).ok().map(Self::Version).or_else(day)
    }

    /// Whether it is not reached yet. Without a day of today it is taken as not reached.
    pub fn standing(&self, new_version: Option<&str>, today: Option<NaiveDate>) -> Standing {
        let has_ended = match self {
            Self::Day(day) => today.is_some_and(|today| today > *day),
            Self::Version(end) => match new_version.and_then(|new| Version::parse(new.trim()).ok()) {
                Some(new) => new.cmp_precedence(end) != Ordering::Less,
                None => return Standing::VersionUnknown,
            },
        };
        if has_ended { Standing::Ended } else { Standing::Holds }
    }
}

/// A text that is no end of a waiver.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error(
    "expected a version such as \"3.0.0\" or a day such as \"2027-03-01\", found \"{found}\"{}",
    hint(near)
)]
pub struct UntilError {
    /// What was found.
    pub found: String,
    /// What may be meant.
    pub near: Option<String>,
}

fn hint(near: &Option<String>) -> String {
    near.as_ref().map(|near| format!(": did you mean \"{near}\"?")).unwrap_or_default()
}

impl FromStr for Until {
    type Err = UntilError;

    fn from_str(text: &str) -> Result<Self, UntilError> {
        Self::parse(text).ok_or_else(|| {
            // A version with a part missing or a letter before it, a day with a time.
            let bare = text.trim().trim_start_matches(['v', 'V']);
            let padded = [bare.to_owned(), format!("{bare}.0"), format!("{bare}.0.0")];
            let day = text.trim().get(.."2027-03-01".len()).map(str::to_owned);
            let near = padded.into_iter().chain(day).find(|guess| Self::parse(guess).is_some());
            UntilError { found: text.to_owned(), near }
        })
    }
}

impl fmt::Display for Until {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Version(version) => version.fmt(f),
            Self::Day(day) => day.fmt(f),
        }
    }
}

/// Digits of a fingerprint that have to be given.
pub(super) const FEWEST_DIGITS: usize = 7;

/// Digits that a fingerprint has.
pub(super) const DIGITS: usize = 10;

/// Whether a text is the fingerprint of a finding or a problem, or a start of one that tells it from others.
pub fn is_fingerprint(text: &str) -> bool {
    let is_digit = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
    text.strip_prefix(['k', 'p']).is_some_and(|digits| {
        (FEWEST_DIGITS..=DIGITS).contains(&digits.len()) && digits.bytes().all(is_digit)
    })
}

impl Accepts {
    /// Whether this is about a finding.
    pub fn finding(&self, finding: &Finding) -> bool {
        match self {
            Self::Id(id) => finding.id.starts_with(id),
            Self::Rule { rule, stream, field } => {
                let is_of_stream = |glob: &Glob| match &finding.stream {
                    Some(stream) => glob.matches(&stream.name),
                    None => !finding.scope.everyone && all_match(glob, &finding.scope.streams),
                };
                *rule == finding.rule
                    && stream.as_ref().is_none_or(is_of_stream)
                    && field.as_ref().is_none_or(|globs| globs.cover(&finding.field))
            }
        }
    }

    /// Whether this is about a problem with this fingerprint, of this check, about these streams.
    pub fn problem(&self, id: &str, check: &str, streams: &BTreeSet<String>) -> bool {
        match self {
            Self::Id(own) => id.starts_with(own),
            Self::Rule { rule, stream, .. } => {
                *rule == check && stream.as_ref().is_none_or(|glob| all_match(glob, streams))
            }
        }
    }

    /// The values that make it what it is.
    pub fn key(&self) -> Vec<&str> {
        match self {
            Self::Id(id) => vec![id],
            Self::Rule { rule, stream, field } => {
                let field = field.as_ref().map(|globs| globs.text.as_str());
                let stream = stream.as_ref().map(|glob| glob.text.as_str());
                vec![*rule, stream.unwrap_or_default(), field.unwrap_or_default()]
            }
        }
    }
}

impl fmt::Display for Accepts {
    /// `k7f291c0ab`, or `field-removed, stream users, field address/zip`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Id(id) => f.write_str(id),
            Self::Rule { rule, stream, field } => {
                f.write_str(rule)?;
                if let Some(stream) = stream {
                    write!(f, ", stream {stream}")?;
                }
                field.as_ref().map_or(Ok(()), |field| write!(f, ", field {}", field.text))
            }
        }
    }
}

impl Waiver {
    /// What is said at what it accepts.
    pub fn waived(&self) -> Waived {
        Waived { reason: self.reason.clone(), until: self.until.as_ref().map(Until::to_string) }
    }

    /// Its keys with their values, as a policy file has them.
    pub fn keys(&self) -> Vec<(&'static str, String)> {
        let accepts = match &self.accepts {
            Accepts::Id(id) => vec![("id", Some(id.clone()))],
            Accepts::Rule { rule, stream, field } => vec![
                ("rule", Some((*rule).to_owned())),
                ("stream", stream.as_ref().map(|glob| glob.text.clone())),
                ("field", field.as_ref().map(|field| field.text.clone())),
            ],
        };
        let rest = [
            ("connector", self.connector.clone()),
            ("reason", Some(self.reason.clone())),
            ("until", self.until.as_ref().map(Until::to_string)),
        ];
        accepts.into_iter().chain(rest).filter_map(|(key, value)| Some((key, value?))).collect()
    }

    /// Whether it is for a connector of this name.
    pub fn is_for(&self, connector: &str) -> bool {
        self.connector.as_ref().is_none_or(|glob| WildMatch::new(glob).matches(connector))
    }
}

/// Whether there are streams and a glob matches every one.
fn all_match(glob: &Glob, streams: &BTreeSet<String>) -> bool {
    !streams.is_empty() && streams.iter().all(|stream| glob.matches(stream))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_waiver_holds_below_its_version_and_through_its_day() {
        let standing = |until: &str, new: Option<&str>, today: Option<&str>| {
            let day = today.map(|day| NaiveDate::parse_from_str(day, "%Y-%m-%d").expect("a day"));
            Until::parse(until).expect("an end").standing(new, day)
        };
        for (until, new, expected) in [
            ("3.0.0", Some("2.9.9"), Standing::Holds),
            ("3.0.0", Some("3.0.0-rc.1"), Standing::Holds),
            ("3.0.0", Some("3.0.0"), Standing::Ended),
            ("3.0.0", Some("3.0.0+build"), Standing::Ended),
            ("3.0.0-rc.2", Some("3.0.0-rc.1"), Standing::Holds),
            ("3.0.0-rc.2", Some("3.0.0-rc.2"), Standing::Ended),
            ("3.0.0", Some("dev"), Standing::VersionUnknown),
            ("3.0.0", None, Standing::VersionUnknown),
        ] {
            assert_eq!(standing(until, new, None), expected, "{until} {new:?}");
        }
        for (today, expected) in [
            (Some("2027-02-28"), Standing::Holds),
            (Some("2027-03-01"), Standing::Holds),
            (Some("2027-03-02"), Standing::Ended),
            (None, Standing::Holds),
        ] {
            assert_eq!(standing("2027-03-01", None, today), expected, "{today:?}");
        }
        for wrong in ["", "3.0", "v3.0.0", "2027-3-1", "2027-02-30", "tomorrow", "2027-03-01T00:00"] {
            assert_eq!(Until::parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn fingerprints_are_told_from_other_words() {
        for right in ["k7f291c0", "k7f291c0ab1", "p0123456789"] {
            assert!(is_fingerprint(right), "{right}");
        }
        for wrong in
            ["", "k", "k7f291c", "k7f291c0ab12", "x7f291c0ab1", "K7F291C0", "field-removed", "k7f291c0\n"]
        {
            assert!(!is_fingerprint(wrong), "{wrong:?}");
        }
    }
}
