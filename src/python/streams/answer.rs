//! The values that an expression may have.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use regex::Regex;

/// A value that code can have.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Constant {
    Nothing,
    Bool(bool),
    Text(String),
    List(Vec<Constant>),
}

impl Constant {
    pub(super) fn is_true(&self) -> bool {
        match self {
            Self::Nothing => false,
            Self::Bool(value) => *value,
            Self::Text(text) => !text.is_empty(),
            Self::List(items) => !items.is_empty(),
        }
    }
}

/// The values that an expression may have.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Answer {
    pub(super) values: BTreeSet<Constant>,
    /// It may have others.
    pub(super) is_open: bool,
}

/// Longer texts name nothing.
const LONGEST_TEXT: usize = 1_000;

/// So many values of one expression are told apart.
pub(super) const MOST_VALUES: usize = 32;

impl Answer {
    pub(super) fn open() -> Self {
        Self { values: BTreeSet::new(), is_open: true }
    }

    pub(super) fn of(value: Constant) -> Self {
        Self { values: BTreeSet::from([value]), is_open: false }
    }

    pub(super) fn or(mut self, other: Self) -> Self {
        self.values.extend(other.values);
        self.is_open |= other.is_open;
        if self.values.len() > MOST_VALUES {
            return Self::open();
        }
        self
    }

    pub(super) fn texts(&self) -> (BTreeSet<String>, bool) {
        let mut is_open = self.is_open;
        let mut texts = BTreeSet::new();
        for value in &self.values {
            match value {
                Constant::Text(text) => {
                    texts.insert(text.clone());
                }
                _ => is_open = true,
            }
        }
        (texts, is_open)
    }

    pub(super) fn single(&self) -> Option<&Constant> {
        let mut values = self.values.iter();
        values.next().filter(|_| !self.is_open && values.next().is_none())
    }
}

/// A key as the CDK wraps it: a list of paths.
pub(super) fn key_of(value: &Constant) -> Option<Vec<Vec<String>>> {
    match value {
        Constant::Nothing => Some(Vec::new()),
        Constant::Text(text) => Some(vec![vec![text.clone()]]),
        Constant::List(items) => items
            .iter()
            .map(|item| match item {
                Constant::Text(text) => Some(vec![text.clone()]),
                Constant::List(path) => texts_of(path),
                _ => None,
            })
            .collect(),
        Constant::Bool(_) => None,
    }
}

pub(super) fn texts_of(items: &[Constant]) -> Option<Vec<String>> {
    items
        .iter()
        .map(|item| match item {
            Constant::Text(text) => Some(text.clone()),
            _ => None,
        })
        .collect()
}

/// Texts or lists put together, in every way.
pub(super) fn joined(parts: &[Answer]) -> Answer {
    if parts.iter().any(|part| part.is_open) {
        return Answer::open();
    }
    let mut found: Option<BTreeSet<Constant>> = None;
    for part in parts {
        let before = found.take();
        let mut next = BTreeSet::new();
        for value in &part.values {
            let Some(before) = &before else {
                next.insert(value.clone());
                continue;
            };
            for head in before {
                match (head, value) {
                    (Constant::Text(head), Constant::Text(tail))
                        if head.len() + tail.len() <= LONGEST_TEXT =>
                    {
                        next.insert(Constant::Text(format!("{head}{tail}")));
                    }
                    (Constant::List(head), Constant::List(tail)) => {
                        next.insert(Constant::List(head.iter().chain(tail).cloned().collect()));
                    }
                    _ => return Answer::open(),
                }
            }
        }
        if next.len() > MOST_VALUES {
            return Answer::open();
        }
        found = Some(next);
    }
    Answer { values: found.unwrap_or_default(), is_open: false }
}

/// What `camel_to_snake` of the CDK makes of a name (`airbyte_cdk.sources.utils.casing`).
pub(super) fn snake_case(name: &str) -> String {
    static WORD: LazyLock<Regex> =
        LazyLock::new(|| Regex::new(r"([^\n])([A-Z][a-z]+)").expect("a valid pattern"));
    static LETTER: LazyLock<Regex> =
        LazyLock::new(|| Regex::new(r"([a-z0-9])([A-Z])").expect("a valid pattern"));
    let split = WORD.replace_all(name, "${1}_${2}");
    LETTER.replace_all(&split, "${1}_${2}").to_lowercase()
}
