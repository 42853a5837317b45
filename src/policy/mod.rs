//! What a project decides for itself: levels of rules, disputed questions, what to leave out, what fails a run.
//!
//! A policy comes from one file, `.connector-diff.toml`: settings for every connector at the top, and a section per
//! connector that wins over them. Every value knows where it was set, so that `connector-diff config` and a finding
//! can say so. Without a file everything is as the rules say.

mod append;
mod file;
mod ignored;
mod pending;
mod switches;
mod waiver;
mod waiver_file;
mod waiver_index;

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use wildmatch::WildMatch;

pub use append::{Added, AppendError, NewWaiver};
pub use file::PolicyFile;
pub use ignored::Ignored;
pub use pending::PendingSetting;
pub use switches::{SWITCHES, Switch};
pub use waiver::{Accepts, Standing, Until, UntilError, Waiver, is_fingerprint};
pub use waiver_index::WaiverIndex;

use crate::model::{Bump, Level, Severity};
use crate::rules::{Check, Rule};

/// Where a value was set.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum SetBy {
    /// Nobody: it is what the program does by itself.
    #[default]
    Default,
    /// A line of the policy file.
    Line {
        /// The file.
        file: Arc<str>,
        /// The line, from 1.
        line: usize,
    },
}

impl fmt::Display for SetBy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Default => f.write_str("default"),
            Self::Line { file, line } => write!(f, "{file}:{line}"),
        }
    }
}

/// A value with the place it was set.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Setting<T> {
    /// The value.
    pub value: T,
    /// Where it was set.
    pub set_by: SetBy,
}

/// What makes `check` exit with 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FailOn {
    /// A breaking finding.
    Breaking,
    /// A breaking finding that the release does not declare.
    Undeclared,
    /// A finding that is breaking or cannot be decided.
    Review,
    /// Nothing.
    Never,
}

impl FailOn {
    /// Every choice.
    pub const ALL: [Self; 4] = [Self::Breaking, Self::Undeclared, Self::Review, Self::Never];

    /// The name on the command line and in the policy file.
    pub fn name(self) -> &'static str {
        match self {
            Self::Breaking => "breaking",
            Self::Undeclared => "undeclared",
            Self::Review => "review",
            Self::Never => "never",
        }
    }
}

/// What becomes of findings where the connector turns off Airbyte's own test of the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum DisabledTests {
    /// They count.
    #[default]
    Ignore,
    /// They are waived.
    Waive,
}

impl DisabledTests {
    /// Every choice.
    pub const ALL: [Self; 2] = [Self::Ignore, Self::Waive];

    /// The name in the policy file.
    pub fn name(self) -> &'static str {
        match self {
            Self::Ignore => "ignore",
            Self::Waive => "waive",
        }
    }
}

/// A pattern for a name: `*` stands for anything, `?` for one character.
#[derive(Debug, Clone, PartialEq)]
pub struct Glob {
    /// As written.
    pub text: String,
    kind: GlobKind,
}

#[derive(Debug, Clone, PartialEq)]
enum GlobKind {
    /// The text is the one name.
    Only,
    /// The text is the start of the names, then the `*` that ends it.
    Start,
    /// Of every other pattern, which takes several times its text.
    Pattern(Box<WildMatch>),
}

impl Glob {
    /// The pattern of a text.
    pub fn new(text: impl Into<String>) -> Self {
        let text = text.into();
        let kind = match text.find(['*', '?']) {
            None => GlobKind::Only,
            Some(_) if text.find('*') == Some(text.len() - 1) && !text.contains('?') => GlobKind::Start,
            Some(_) => GlobKind::Pattern(Box::new(WildMatch::new(&text))),
        };
        Self { text, kind }
    }

    /// Whether a name fits.
    pub fn matches(&self, name: &str) -> bool {
        match &self.kind {
            GlobKind::Only => self.text == name,
            GlobKind::Start => name.starts_with(self.start()),
            GlobKind::Pattern(pattern) => pattern.matches(name),
        }
    }

    /// The one name that fits, where it is no pattern.
    pub fn only(&self) -> Option<&str> {
        (self.kind == GlobKind::Only).then_some(self.text.as_str())
    }

    /// What every name that fits starts with.
    fn start(&self) -> &str {
        self.text.split(['*', '?']).next().unwrap_or_default()
    }
}

impl fmt::Display for Glob {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// A pattern for fields: a glob for the stream, then one per property name. It covers what lies below it.
#[derive(Debug, Clone, PartialEq)]
pub struct FieldPattern {
    /// As written.
    pub text: String,
    stream: Glob,
    fields: Vec<Glob>,
}

impl FieldPattern {
    /// Reads `stream/field/nested`; `/` in a name is written `~1` and `~` is `~0`, as in a JSON pointer.
    pub fn parse(text: &str) -> Option<Self> {
        let (stream, field) = text.split_once('/').filter(|(stream, _)| !stream.is_empty())?;
        Some(Self { text: text.to_owned(), stream: glob(stream), fields: globs(field)? })
    }

    /// Whether it is about fields of this stream.
    pub fn is_of(&self, stream: &str) -> bool {
        self.stream.matches(stream)
    }

    /// Whether a name may stand at a place of its path; `None` behind the end of it.
    pub fn matches_at(&self, depth: usize, name: &str) -> Option<bool> {
        self.fields.get(depth).map(|glob| glob.matches(name))
    }

    /// The name of the field of the record, as written.
    pub fn first_field(&self) -> &str {
        self.text.split('/').nth(1).unwrap_or_default()
    }

    fn covers(&self, stream: &str, field: &[String]) -> bool {
        self.stream.matches(stream) && cover(&self.fields, field)
    }
}

/// A glob per name of a path of properties. They cover what lies below.
#[derive(Debug, Clone, PartialEq)]
pub struct FieldGlobs {
    /// As written.
    pub text: String,
    globs: Vec<Glob>,
}

impl FieldGlobs {
    /// Reads `field/nested`, spelt as in a [`FieldPattern`].
    pub fn parse(text: &str) -> Option<Self> {
        Some(Self { text: text.to_owned(), globs: globs(text)? })
    }

    /// Whether a path is one of these, or lies below one.
    pub fn cover(&self, field: &[String]) -> bool {
        cover(&self.globs, field)
    }

    /// The one path that these stand for, where none of them is a pattern.
    fn only(&self) -> Option<Vec<&str>> {
        self.globs.iter().map(Glob::only).collect()
    }
}

fn globs(path: &str) -> Option<Vec<Glob>> {
    path.split('/').map(|segment| (!segment.is_empty()).then(|| glob(segment))).collect()
}

fn cover(globs: &[Glob], field: &[String]) -> bool {
    globs.len() <= field.len() && globs.iter().zip(field).all(|(glob, name)| glob.matches(name))
}

fn glob(segment: &str) -> Glob {
    Glob::new(segment.replace("~1", "/").replace("~0", "~"))
}

/// The decisions that hold for one connector.
#[derive(Debug, Clone, Default)]
pub struct Policy {
    /// What fails a run; `None` leaves it to what the sides hold.
    pub fail_on: Option<Setting<FailOn>>,
    /// Levels by rule id.
    pub levels: BTreeMap<&'static str, Setting<Level>>,
    /// Levels by the id of a check.
    pub checks: BTreeMap<&'static str, Setting<Severity>>,
    /// Levels by the name of a switch.
    pub switches: BTreeMap<&'static str, Setting<Level>>,
    /// The bump a break needs below 1.0.0; minor where nothing is set.
    pub break_below_one: Option<Setting<Bump>>,
    /// What a disabled compatibility test comes to.
    pub disabled_tests: Option<Setting<DisabledTests>>,
    /// Streams to leave out, by globs over their names.
    pub ignored_streams: Vec<Arc<Setting<Glob>>>,
    /// Fields to leave out.
    pub ignored_fields: Vec<Arc<Setting<FieldPattern>>>,
    /// Rules and checks that are off, by id, with where that was set.
    pub off: BTreeMap<&'static str, SetBy>,
    /// What is accepted, in the order of the file.
    pub waivers: Vec<Waiver>,
}

impl Policy {
    /// The level of a finding of this rule and where it was set, if the policy says anything. `level` is the rule's own
    /// answer: a finding that circumstances made milder than the rule's usual level is not made worse.
    pub fn level(&self, rule: &Rule, level: Level) -> Option<(Level, &SetBy)> {
        let by_switch = || {
            let switch = SWITCHES.iter().find(|switch| switch.rules.contains(&rule.id))?;
            self.switches.get(switch.name)
        };
        let setting = self.levels.get(rule.id).or_else(by_switch)?;
        let set = adjusted(setting.value, rule.level, level);
        (set != level).then_some((set, &setting.set_by))
    }

    /// The level of a problem that this check finds and where it was set, if the policy says anything; `level` is the
    /// check's own answer.
    pub fn severity(&self, check: &Check, level: Severity) -> Option<(Severity, &SetBy)> {
        let setting = self.checks.get(check.id)?;
        let set = adjusted(setting.value, check.level, level);
        (set != level).then_some((set, &setting.set_by))
    }

    /// Whether a rule or a check is off: what it finds is left out.
    pub fn is_off(&self, id: &str) -> bool {
        self.off.contains_key(id)
    }

    /// Whether a pattern for streams matches a name.
    pub fn is_match(pattern: &str, name: &str) -> bool {
        WildMatch::new(pattern).matches(name)
    }

    /// What becomes of findings where the connector turns off Airbyte's own test of the same.
    pub fn disabled_tests(&self) -> DisabledTests {
        self.disabled_tests.as_ref().map(|setting| setting.value).unwrap_or_default()
    }

    /// The bump that a break needs below 1.0.0.
    pub fn bump_below_one(&self) -> Bump {
        self.break_below_one.as_ref().map_or(Bump::Minor, |setting| setting.value)
    }
}

/// What a setting makes of a level. Levels are ordered from the worst: one that is set below the `usual` level makes
/// what is worse milder, one above makes what is milder worse, but for what circumstances made milder than usual.
fn adjusted<L: Ord + Copy>(set: L, usual: L, level: L) -> L {
    if set > usual {
        set.max(level)
    } else if level <= usual {
        set.min(level)
    } else {
        level
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_glob_fits_as_its_pattern_does() {
        let globs = ["", "a", "a*", "*", "**", "a*b", "a?", "?", "*a", "é*", "a**", "?*"];
        let names = ["", "a", "A", "ab", "acb", "a*", "a?", "b", "é", "éa", "e\u{301}a", "ba"];
        for text in globs {
            let (glob, pattern) = (Glob::new(text), WildMatch::new(text));
            for name in names {
                assert_eq!(glob.matches(name), pattern.matches(name), "{text:?} {name:?}");
            }
        }
    }
}
