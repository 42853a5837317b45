//! What to do about a finding, step by step.

use std::fmt;
use std::sync::Arc;

use super::{Level, Words};

/// What a step asks for. Those of the release come first, then those of its users.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum StepKind {
    /// Nothing, at least under the condition that the step names.
    Nothing,
    /// Find out what the files do not show, and decide.
    Check,
    /// Change the release so that nothing breaks: keep, restore or fix.
    Avoid,
    /// Ship a migration of saved configs or of saved state.
    ShipMigration,
    /// Declare a breaking change in the connector's metadata.
    Announce,
    /// Say it where users read it: changelog, docs, migration guide.
    Document,
    /// Users refresh the schema of their connections.
    RefreshSchema,
    /// Users refresh their streams: everything is read again.
    Refresh,
    /// Users clear their streams.
    Clear,
    /// Users edit the connector's settings and save them.
    EditSettings,
    /// Users sign in again or enter other credentials.
    SignInAgain,
    /// Users choose a cursor.
    ChooseCursor,
    /// Users choose a key.
    ChooseKey,
    /// Users choose another sync mode.
    ChooseSyncMode,
    /// Users choose another option in the settings.
    ChooseOption,
    /// Users enable a stream.
    EnableStream,
    /// Users do without it, or elsewhere.
    Leave,
}

impl StepKind {
    /// What users are asked to do, in the order that they do it. Where a stream can be refreshed, it need not be cleared.
    pub const TASKS: &[(Self, &str)] = &[
        (Self::EditSettings, "edit the settings and save them"),
        (Self::SignInAgain, "enter new credentials"),
        (Self::ChooseOption, "choose another option in the settings"),
        (Self::RefreshSchema, "refresh the schema"),
        (Self::EnableStream, "enable the new stream"),
        (Self::ChooseSyncMode, "choose another sync mode"),
        (Self::ChooseCursor, "choose a cursor"),
        (Self::ChooseKey, "choose a key"),
        (Self::Refresh, "refresh the stream"),
        (Self::Clear, "clear the stream"),
    ];
}

/// A step of an action.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ActionStep {
    /// What it asks for.
    pub kind: StepKind,
    /// How it is said: a sentence, or a part of one that the steps beside it complete.
    pub words: Words,
}

/// How a sentence starts that holds only where what is gone has a new name.
const IF_RENAMED: &str = "If renamed, ";

const FOR_EVERYONE: &str = "Declare it, for everyone.";

/// How a sentence starts that says what to do where the one before it cannot be done.
const OTHERWISE: &str = "Otherwise ";

/// How a sentence starts that holds only where users are shown to break.
const CONDITIONS: [&str; 2] = ["If so, ", "If it breaks users, "];

const OTHERWISE_FOR_STREAM: &str = "Otherwise declare it for the stream (`scopedImpact`).";
const OTHERWISE_FOR_EVERYONE: &str = "Otherwise declare it, for everyone.";

const OR_DECLARE: &str = "or declare it.";

/// Sentences that ask for a declaration and for nothing besides.
const ANNOUNCEMENTS: [&str; 5] = [
    "Declare it.",
    "Declare it for the stream (`scopedImpact`).",
    FOR_EVERYONE,
    OTHERWISE_FOR_STREAM,
    OTHERWISE_FOR_EVERYONE,
];

/// What to do about a finding. The words of its steps, joined by spaces, are whole sentences. Copies share them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Action(Arc<[ActionStep]>);

impl StepKind {
    /// Whether users do it.
    fn is_of_users(self) -> bool {
        self == Self::Leave || Self::TASKS.iter().any(|(kind, _)| *kind == self)
    }
}

/// The condition that a sentence starts with.
fn condition(words: &Words) -> Option<&'static str> {
    CONDITIONS.into_iter().find(|condition| words.as_str().starts_with(condition))
}

impl Action {
    /// One step.
    pub fn step(kind: StepKind, words: Words) -> Self {
        Self([ActionStep { kind, words }].into())
    }

    /// This step, then the others.
    #[must_use]
    pub fn preceded_by(self, kind: StepKind, words: Words) -> Self {
        [ActionStep { kind, words }].into_iter().chain(self.0.iter().cloned()).collect()
    }

    /// The same where no scope can limit the declaration, because another change reaches every user.
    #[must_use]
    pub fn for_everyone(self) -> Self {
        let for_everyone = |step: &ActionStep| {
            let is_sentence = step.kind == StepKind::Announce && step.words.ends_sentence();
            match is_sentence && step.words.as_str().contains("scopedImpact") {
                true => {
                    let is_otherwise = step.words.as_str().starts_with(OTHERWISE);
                    let words = if is_otherwise { OTHERWISE_FOR_EVERYONE } else { FOR_EVERYONE };
                    ActionStep { words: Words::marked(words), ..*step }
                }
                false => step.clone(),
            }
        };
        self.0.iter().map(for_everyone).collect()
    }

    /// The same of a break that is only possible: nobody avoids or declares it before `check` shows that users break.
    #[must_use]
    pub fn if_confirmed(self, check: Option<Words>) -> Self {
        let [if_so, if_it_breaks] = CONDITIONS;
        let condition = if check.is_some() { if_so } else { if_it_breaks };
        let sentences = self.sentences();
        let is_alternative = |sentence: Option<&Self>| sentence.is_some_and(Self::is_alternative);
        let steps = sentences.iter().enumerate().flat_map(|(index, sentence)| {
            let announces = sentence.0.first().is_some_and(|step| step.kind == StepKind::Announce);
            // What is to be done otherwise stands under the condition of the sentence before it.
            let is_conditional = match sentence.is_alternative() {
                true => false,
                false => announces || is_alternative(sentences.get(index + 1)),
            };
            let mut steps = sentence.0.to_vec();
            if let Some(first) = steps.first_mut().filter(|_| is_conditional) {
                first.words = Words::marked(condition).and(&first.words.clone().lowered());
            }
            steps
        });
        let action: Self = steps.collect();
        match check {
            Some(check) => action.preceded_by(StepKind::Check, check),
            None => action,
        }
    }

    /// The same where no `scopedImpact` can list the streams that break: they are declared for everyone.
    #[must_use]
    pub fn of_unlisted_streams(self) -> Self {
        const DECLARE: &str = "declare it for everyone: no `scopedImpact` can list these streams.";
        let mut starts_sentence = true;
        let mut raises = false;
        let mut steps = self.0.to_vec();
        for step in &mut steps {
            let words = step.words.clone();
            let said = words.as_str();
            let start =
                CONDITIONS.into_iter().chain([OTHERWISE, "or "]).find(|start| said.starts_with(start));
            // One that names a condition of its own stays as it is.
            let is_whole =
                (starts_sentence || start.is_some()) && !said[start.map_or(0, str::len)..].contains(" if ");
            if raises {
                step.words = words.clone().raised();
            }
            raises = false;
            starts_sentence = step.words.ends_sentence();
            if step.kind == StepKind::Announce && is_whole {
                let declare = Words::marked(DECLARE);
                step.words = match start {
                    Some(start) => Words::marked(start).and(&declare),
                    None => declare.raised(),
                };
                (raises, starts_sentence) = (!starts_sentence, true);
            }
        }
        steps.into_iter().collect()
    }

    /// Its steps, in order.
    pub fn steps(&self) -> &[ActionStep] {
        &self.0
    }

    /// Whether it says what to do where the sentence before it cannot be done.
    fn is_alternative(&self) -> bool {
        self.0.first().is_some_and(|step| step.words.as_str().starts_with(OTHERWISE))
    }

    /// A sentence that says what to do otherwise, where `instead`, the one before it, is left out.
    fn instead_of(&self, instead: &Self) -> Self {
        let mut steps = self.0.to_vec();
        if let Some(first) = steps.first_mut() {
            let words = first.words.clone().without_start(OTHERWISE);
            first.words = match instead.0.first().and_then(|step| condition(&step.words)) {
                Some(condition) => Words::marked(condition).and(&words),
                None => words.raised(),
            };
        }
        steps.into_iter().collect()
    }

    /// What a sentence that asks for a declaration asks of users besides.
    fn of_users(&self) -> Self {
        let [first, rest @ ..] = &*self.0 else { return Self::default() };
        let is_apart = first.words.as_str().ends_with(':') && rest.iter().all(|step| step.kind.is_of_users());
        let mut rest = if is_apart { rest.to_vec() } else { Vec::new() };
        if let Some(start) = rest.first_mut() {
            start.words = match condition(&first.words) {
                Some(condition) => Words::marked(condition).and(&start.words),
                None => start.words.clone().raised(),
            };
        }
        rest.into_iter().collect()
    }

    /// What is left to do once the release declares the break: what users must do. Sentences that start with asking for a
    /// declaration are left out, and what would have been done instead. Where it is open whether it breaks, the declaration may
    /// be of something else: a sentence that asks for none stays.
    #[must_use]
    pub fn once_declared(self, level: Level) -> Self {
        let mut left: Vec<Self> = Vec::new();
        for mut sentence in self.sentences() {
            let announces = sentence.0.first().is_some_and(|step| step.kind == StepKind::Announce);
            if sentence.is_alternative()
                && (announces || level == Level::Breaking)
                && let Some(instead) = left.pop()
            {
                sentence = sentence.instead_of(&instead);
            }
            left.push(if announces { sentence.of_users() } else { sentence });
        }
        Self::of_sentences(left.iter())
    }

    /// The same where the release brings an entry that may declare it already: it stays, or has to name more streams.
    #[must_use]
    pub fn of_entry(self, is_whole: bool) -> Self {
        let left = if is_whole { "or keep the entry." } else { "or complete the entry." };
        let of_entry = |step: &ActionStep| match step.words.as_str() {
            OR_DECLARE => ActionStep { words: Words::marked(left), ..*step },
            _ => step.clone(),
        };
        self.0.iter().map(of_entry).collect()
    }

    /// The same without sentences that only ask for a declaration, where that is asked for once for the whole release.
    #[must_use]
    pub fn without_announcement(self) -> Self {
        let mut starts_sentence = true;
        let is_left = |step: &&ActionStep| {
            let is_sentence = starts_sentence && step.words.ends_sentence();
            starts_sentence = step.words.ends_sentence();
            !(is_sentence && step.kind == StepKind::Announce && ANNOUNCEMENTS.contains(&step.words.as_str()))
        };
        self.0.iter().filter(is_left).cloned().collect()
    }

    /// Its sentences, each as the action of its steps.
    pub fn sentences(&self) -> Vec<Self> {
        let sentences = self.0.split_inclusive(|step| step.words.ends_sentence());
        sentences.map(|steps| steps.iter().cloned().collect()).collect()
    }

    fn of_sentences<'s>(sentences: impl Iterator<Item = &'s Self>) -> Self {
        sentences.flat_map(|sentence| sentence.0.iter().cloned()).collect()
    }

    /// The same without the sentences that ask to ship a migration, where the one to ship is named.
    #[must_use]
    pub fn without_migration(self) -> Self {
        let ships = |sentence: &Self| sentence.0.iter().any(|step| step.kind == StepKind::ShipMigration);
        Self::of_sentences(self.sentences().iter().filter(|one| !ships(one)))
    }

    /// The same of several, each of which asks for something else: what none of them asks about a rename is not asked, and a
    /// question that all of them ask comes first.
    #[must_use]
    pub fn of_all(self, actions: &[&Self]) -> Self {
        let is_of_rename = |action: &Self| action.clone().without_rename() != *action;
        let action = if actions.iter().any(|one| is_of_rename(one)) { self } else { self.without_rename() };
        let Some((first, others)) = actions.split_first() else { return action };
        let sentences = action.sentences();
        let is_new = |sentence: &Self| {
            sentence.0.first().is_some_and(|step| step.kind == StepKind::Check)
                && !sentences.contains(sentence)
                && others.iter().all(|other| other.sentences().contains(sentence))
        };
        let asked: Vec<Self> = first.sentences().into_iter().filter(is_new).collect();
        Self::of_sentences(asked.iter().chain(&sentences))
    }

    /// The same without what is to be done of a rename, where nothing came that could be the new name.
    #[must_use]
    pub fn without_rename(self) -> Self {
        let is_of_rename = |sentence: &Self| {
            sentence.0.first().is_some_and(|step| step.words.as_str().starts_with(IF_RENAMED))
        };
        Self::of_sentences(self.sentences().iter().filter(|one| !is_of_rename(one)))
    }

    /// The same without some of its sentences.
    #[must_use]
    pub fn without(self, sentences: &[Words]) -> Self {
        let mut left: Vec<Self> = Vec::new();
        let mut left_out: Option<Self> = None;
        for sentence in self.sentences() {
            if sentences.contains(&sentence.words()) {
                left_out = Some(sentence);
                continue;
            }
            left.push(match left_out.take() {
                Some(instead) if sentence.is_alternative() => sentence.instead_of(&instead),
                _ => sentence,
            });
        }
        Self::of_sentences(left.iter())
    }

    /// What it asks of users, each thing in a few words, in the order that they do it.
    pub fn tasks(&self) -> Vec<&'static str> {
        let asked = self.tasks_of_users();
        StepKind::TASKS.iter().filter(|(kind, _)| asked.contains(kind)).map(|(_, task)| *task).collect()
    }

    /// The steps that it asks of users, each once, in the order that they take them.
    pub fn tasks_of_users(&self) -> Vec<StepKind> {
        let asks = |kind: StepKind| self.0.iter().any(|step| step.kind == kind);
        let can_refresh = asks(StepKind::Refresh);
        StepKind::TASKS
            .iter()
            .map(|(kind, _)| *kind)
            .filter(|kind| asks(*kind) && !(*kind == StepKind::Clear && can_refresh))
            .collect()
    }

    /// The whole of it.
    pub fn words(&self) -> Words {
        if let [only] = &*self.0 {
            return only.words.clone();
        }
        let mut words = Words::new();
        for (index, step) in self.0.iter().enumerate() {
            words.push_text(if index == 0 { "" } else { " " });
            words.push(&step.words);
        }
        words
    }
}

impl FromIterator<ActionStep> for Action {
    fn from_iter<I: IntoIterator<Item = ActionStep>>(steps: I) -> Self {
        Self(steps.into_iter().collect())
    }
}

impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, step) in self.0.iter().enumerate() {
            write!(f, "{}{}", if index == 0 { "" } else { " " }, step.words)?;
        }
        Ok(())
    }
}
