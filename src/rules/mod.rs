//! The rules: one file each, data with an explanation.
//!
//! A rule says which differences it judges, how bad they are, whom they reach, what users see and what to do. Its
//! texts are what `explain` prints, what `docs/rules` holds and what reports quote. Each folder has a registry: an
//! exhaustive match from a kind of difference to its rules, the most specific first, so that the compiler asks for
//! a decision when a kind is added. The first rule that applies judges the difference; an empty list means that no
//! rule exists yet, and such a difference is reported as unjudged.
//!
//! A [`Check`] is the other kind of rule: it judges what the release says, which `release` holds against the findings.

mod catalog;
mod check;
mod connector;
mod destination;
mod example;
mod metadata;
mod reference;
pub(crate) mod release;
mod spec;
mod state;
mod step;
mod template;

use std::sync::LazyLock;

pub use check::Check;
pub use example::{Context, Example};
use serde::Serialize;

use crate::diff::{Change, Delta};
use crate::model::{BreakingType, Bump, Decided, Decision, Level, Words};

pub use reference::Reference;
pub use step::Step;
pub use template::{Template, TemplateError, Values};

/// Whom a finding of a rule reaches.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Affects {
    /// Every user of the connector.
    Everyone,
    /// Users who sign in through OAuth.
    OauthUsers,
    /// Users who host Airbyte themselves and hold its OAuth credentials.
    SelfManagedAdmins,
    /// Users of the spec option the finding is in, or everyone where it is in none.
    ConfigBranch,
    /// Connections in one destination sync mode.
    DestinationSyncMode,
    /// Users who sync the stream.
    Stream,
    /// Incremental syncs of the stream.
    IncrementalSyncs,
    /// Syncs of the stream that deduplicate.
    DedupSyncs,
    /// Full refresh syncs of the stream.
    FullRefreshSyncs,
    /// Nobody.
    Nobody,
}

impl Affects {
    /// In words, for the explanation.
    pub fn describe(self) -> &'static str {
        match self {
            Self::Everyone => "every user of the connector",
            Self::OauthUsers => "users who sign in through OAuth",
            Self::SelfManagedAdmins => "admins of self-managed Airbyte with their own OAuth credentials",
            Self::ConfigBranch => "users of the option, or everyone if there is no option",
            Self::DestinationSyncMode => "connections in that sync mode",
            Self::Stream => "users who sync the stream",
            Self::IncrementalSyncs => "incremental syncs of the stream",
            Self::DedupSyncs => "syncs of the stream that deduplicate",
            Self::FullRefreshSyncs => "full refresh syncs of the stream",
            Self::Nobody => "nobody",
        }
    }
}

/// A rule.
#[derive(Debug, Clone, Copy)]
pub struct Rule {
    /// Stable, kebab-case; the name of its file and of its corpus folder.
    pub id: &'static str,
    /// What happened, in a few words.
    pub title: &'static str,
    /// The same of one difference, where the title leaves open which way it went.
    pub title_of: fn(&Delta) -> Option<&'static str>,
    /// Whether only the values tell which way it went: the first line of a report says them then.
    pub values_tell: bool,
    /// The usual level.
    pub level: Level,
    /// Which of the five types; `None` for what breaks nothing.
    pub breaking_type: Option<BreakingType>,
    /// The bump it asks for at 1.0.0 and later.
    pub bump: Bump,
    /// Whom it reaches.
    pub affects: Affects,
    /// How the level is decided.
    pub decided: Decided,
    /// The level of a difference, or `None` where the rule does not apply. Of an edit of a spec it may ask what comparing
    /// the accepted configs says.
    pub applies: fn(&Delta, Option<&Decision>) -> Option<Level>,
    /// What the user sees.
    pub effect: Template,
    /// What to do, in order; said by [`Rule::fill_action`].
    pub action: &'static [Step],
    /// What to check where it is not sure that what breaks happened; empty where the rule does not say.
    pub confirmed_by: Template,
    /// What the rule looks at.
    pub checks: &'static str,
    /// Why users feel it, or why they do not.
    pub why: &'static str,
    /// What fires it.
    pub example: Example,
    /// What the rule cannot know.
    pub cannot_see: &'static str,
    /// Where the rule comes from.
    pub references: &'static [Reference],
}

/// Matches each kind of difference to its rules.
macro_rules! registry {
    ($change:ty { $($pattern:pat => [$($rule:ident),* $(,)?],)* }) => {
        /// The rules that may judge a difference, the most specific first.
        pub(super) fn candidates(change: &$change) -> &'static [&'static crate::rules::Rule] {
            match change {
                $($pattern => const { &[$(&$rule::RULE),*] },)*
            }
        }

        $($(
            const _: () = $rule::RULE
                .assert_complete(concat!("the rule ", stringify!($rule), " lacks what is asserted below"));
        )*)*

        /// Every rule of this folder; one that judges several kinds stands several times.
        pub(super) static RULES: &[&crate::rules::Rule] = &[$($(&$rule::RULE),*),*];
    };
}
use registry;

/// The rule that judges a difference, with its level; `None` where no rule exists yet.
pub fn judge(delta: &Delta, decision: Option<&Decision>) -> Option<(&'static Rule, Level)> {
    let candidates = match &delta.change {
        Change::Spec(change) => spec::candidates(change),
        Change::Catalog(change) => catalog::candidates(change),
        Change::State(change) => state::candidates(change),
        Change::Metadata(change) => metadata::candidates(change),
        Change::Destination(change) => destination::candidates(change),
        Change::Connector(change) => connector::candidates(change),
    };
    candidates.iter().find_map(|rule| Some((*rule, (rule.applies)(delta, decision)?)))
}

/// Every rule, sorted by id, each once.
static ALL: LazyLock<Vec<&'static Rule>> = LazyLock::new(|| {
    let mut rules =
        [spec::RULES, catalog::RULES, state::RULES, metadata::RULES, destination::RULES, connector::RULES]
            .concat();
    rules.sort_by_key(|rule| rule.id);
    rules.dedup_by_key(|rule| rule.id);
    rules
});

/// Every rule, by id.
pub fn all() -> &'static [&'static Rule] {
    &ALL
}

/// The page that explains a rule or a check: its own, where this program knows the address of its repository, else the page of
/// Airbyte's docs that it comes from. A migration guide or a line of code is where somebody found it, and explains nothing.
pub fn explained_at(id: &str, references: &[Reference]) -> Option<String> {
    let is_explanation =
        |url: &&str| url.starts_with("https://docs.airbyte.com/") && !url.contains("/integrations/");
    let of_docs = || references.iter().filter_map(|reference| reference.url).find(is_explanation);
    own_page(env!("CARGO_PKG_REPOSITORY"), id).or_else(|| of_docs().map(str::to_owned))
}

/// The page of a rule in the repository of this version; `None` where its address is not known.
fn own_page(repository: &str, id: &str) -> Option<String> {
    let version = env!("CARGO_PKG_VERSION");
    let root = repository.trim_end_matches('/');
    (!root.is_empty()).then(|| format!("{root}/blob/v{version}/docs/rules/{id}.md"))
}

/// The rule of this id.
pub fn find(id: &str) -> Option<&'static Rule> {
    ALL.binary_search_by_key(&id, |rule| rule.id).ok().map(|index| ALL[index])
}

/// Every check of a release, by id.
pub fn checks() -> &'static [&'static Check] {
    release::CHECKS
}

/// The check of this id.
pub fn find_check(id: &str) -> Option<&'static Check> {
    let index = release::CHECKS.binary_search_by(|check| check.id.cmp(id)).ok()?;
    Some(release::CHECKS[index])
}

/// The ids of all rules, then of all checks.
pub fn ids() -> impl Iterator<Item = &'static str> {
    all().iter().map(|rule| rule.id).chain(release::CHECKS.iter().map(|check| check.id))
}

/// The whole explanation of a rule or a check, as Markdown.
pub fn explanation(id: &str) -> Option<String> {
    find(id).map(Rule::explanation).or_else(|| find_check(id).map(Check::explanation))
}

/// A page of the documentation: a heading, a table and a section for each text that is not empty.
fn page(
    id: &str,
    title: &str,
    facts: &[(&str, &str)],
    sections: &[(&str, &str)],
    references: &[Reference],
) -> String {
    let mut text = format!("# {id}\n\n{title}.\n\n| | |\n|---|---|\n");
    for (name, value) in facts {
        text.push_str(&format!("| {name} | {value} |\n"));
    }
    for (heading, body) in sections {
        if !body.is_empty() {
            text.push_str(&format!("\n## {heading}\n\n{body}\n"));
        }
    }
    text.push_str("\n## Reference\n\n");
    for reference in references {
        text.push_str(&format!("- {}\n", reference.markdown()));
    }
    text
}

/// What the effect of a break starts with, where it is not sure that it happened.
pub(crate) const POSSIBLE_BREAK: &str = "Possible break: ";

impl Rule {
    /// What the rules of breaking changes share.
    const fn breaking(breaking_type: BreakingType) -> Self {
        Self {
            level: Level::Breaking,
            bump: Bump::Major,
            breaking_type: Some(breaking_type),
            applies: |_, _| Some(Level::Breaking),
            ..Self::cosmetic()
        }
    }

    /// What the rules of changes that need a look share.
    const fn review(bump: Bump) -> Self {
        Self { level: Level::Review, bump, applies: |_, _| Some(Level::Review), ..Self::cosmetic() }
    }

    /// What the rules of changes that break nothing share.
    const fn safe(bump: Bump) -> Self {
        Self { level: Level::Safe, bump, applies: |_, _| Some(Level::Safe), ..Self::cosmetic() }
    }

    /// What the rules of changes that nobody notices share. A rule says at least what
    /// [`assert_complete`](Self::assert_complete) asks for.
    const fn cosmetic() -> Self {
        Self {
            id: "",
            title: "",
            title_of: |_| None,
            values_tell: false,
            level: Level::Cosmetic,
            breaking_type: None,
            bump: Bump::None,
            affects: Affects::Nobody,
            decided: Decided::Policy,
            applies: |_, _| Some(Level::Cosmetic),
            effect: Template::new(""),
            action: &[],
            confirmed_by: Template::new(""),
            checks: "",
            why: "",
            example: Example::NONE,
            cannot_see: "",
            references: &[],
        }
    }

    /// Evaluated where rules are registered: a rule that lacks something does not compile. `message` names the rule.
    const fn assert_complete(&self, message: &str) {
        assert!(!self.id.is_empty(), "{}", message);
        assert!(!self.title.is_empty(), "{}", message);
        assert!(!self.checks.is_empty(), "{}", message);
        assert!(!self.why.is_empty(), "{}", message);
        assert!(self.example.is_given(), "{}", message);
        assert!(!self.effect.is_empty(), "{}", message);
        assert!(!self.action.is_empty(), "{}", message);
        assert!(!self.references.is_empty(), "{}", message);
        let affects_somebody = !matches!(self.affects, Affects::Nobody);
        assert!(affects_somebody || !matches!(self.level, Level::Breaking), "{}", message);
    }

    /// What the rule says of a break, said of one that is not sure.
    pub(crate) fn unless_sure(&self, level: Level, effect: Words) -> Words {
        match (self.level, level) {
            (Level::Breaking, Level::Review) => Words::marked(POSSIBLE_BREAK).and(&effect),
            _ => effect,
        }
    }

    /// The whole explanation, as Markdown.
    pub fn explanation(&self) -> String {
        page(
            self.id,
            self.title,
            &[
                ("level", self.level.name()),
                ("breaking type", self.breaking_type.map_or("none", BreakingType::name)),
                ("bump", self.bump.name()),
                ("affects", self.affects.describe()),
                ("decided by", decided_by(self.decided)),
            ],
            &[
                ("What it checks", self.checks),
                ("Why it matters", self.why),
                ("Example", &self.example.markdown()),
                ("What users see", &self.effect.in_general().to_string()),
                ("What to do", &self.action_in_general().to_string()),
                ("What it cannot see", self.cannot_see),
            ],
            self.references,
        )
    }
}

fn decided_by(decided: Decided) -> &'static str {
    match decided {
        Decided::Policy => "policy: the level follows from the kind of change",
        Decided::Inclusion => "inclusion: whether every saved config is still accepted",
        Decided::Replay => "replay: what the CDK does with old state",
    }
}

/// What every rule file needs.
mod prelude {
    pub(super) use super::reference::*;
    pub(super) use super::step::*;
    pub(super) use super::{Affects, Check, Context, Example, Rule, Template};
    pub(super) use crate::diff::{
        CatalogChange, Change, KeywordEdit, RemovalCertainty, SpecChange, StateChange, StateValue,
        TypeRelation,
    };
    pub(super) use crate::model::{BreakingType, Bump, Decided, Decision, Level, Scalar, Severity, SyncMode};
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rule_is_explained_on_its_own_page_once_that_has_an_address() {
        let version = env!("CARGO_PKG_VERSION");
        let page = own_page("https://git.test/a/b/", "field-removed");
        let expected = format!("https://git.test/a/b/blob/v{version}/docs/rules/field-removed.md");
        assert_eq!(page, Some(expected));
        assert_eq!(own_page("", "field-removed"), None);
        // Where somebody met it is no explanation.
        let met =
            [Reference::link("A guide", "https://docs.airbyte.com/integrations/sources/jira-migrations")];
        assert!(
            explained_at("stream-removed", &met)
                .is_none_or(|address| address.ends_with("/stream-removed.md"))
        );
    }

    #[test]
    fn what_rules_say_in_general_reads_as_sentences() {
        for rule in all() {
            let effect =
                (rule.effect.in_general().to_string(), rule.effect.fill(&Values::default()).to_string());
            let action =
                (rule.action_in_general().to_string(), rule.fill_action(&Values::default()).to_string());
            for (text, filled) in [effect, action] {
                let is_sentence = text.starts_with(|first: char| first.is_uppercase()) && text.ends_with('.');
                assert!(is_sentence, "{}: expected a capital and a full stop: {text}", rule.id);
                for wrong in ["{", "  ", " .", " ,", " ;", " :"] {
                    assert!(!text.contains(wrong), "{}: `{wrong}` in: {text}", rule.id);
                }
                let says_more_of_one = filled != text;
                for filler in ["the old value", "the new value", "what was found"] {
                    let is_filler = says_more_of_one && text.to_lowercase().contains(filler);
                    assert!(!is_filler, "{}: say what `{filler}` is: {text}", rule.id);
                }
            }
        }
    }
}
