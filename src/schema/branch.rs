//! One kind of value, with what is known of it and what is left to choose.

use std::collections::{BTreeMap, HashMap};
use std::rc::Rc;

use serde_json::Value;

use super::arena::{Items, Kind, NodeId, Opaque, Properties, Values};
use super::array::ArrayShape;
use super::choice::{self, Choice};
use super::number::NumberShape;
use super::object::ObjectShape;
use super::pattern::PatternId;
use super::text::TextShape;

/// A contradiction: the branch is empty.
#[derive(Debug)]
pub(super) struct Clash;

/// What is known of a fact at a glance.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Settled {
    Yes,
    No,
    Open,
}

impl Settled {
    pub(super) fn not(self) -> Self {
        match self {
            Self::Yes => Self::No,
            Self::No => Self::Yes,
            Self::Open => Self::Open,
        }
    }
}

/// Something that has to be so.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Fact {
    Node(NodeId, bool),
    /// A constraint of a schema holds.
    Atom(NodeId, usize),
    /// A constraint of a schema fails.
    AtomFails(NodeId, usize),
    Present(String),
    Absent(String),
    Properties(Rc<Properties>),
    /// The property is there, and its value fails.
    PropertyFails(String, NodeId),
    /// Some property whose name matches is there, and its value fails.
    PatternFails(PatternId, NodeId),
    /// Some property that is neither named nor matched is there, and its value fails.
    OthersFail(Rc<Properties>, NodeId),
    /// Some property's name fails.
    NameFails(NodeId),
    Items(Rc<Items>),
    /// There is an item at this position, and it fails.
    ItemFails(usize, NodeId),
    /// Some item from this position on fails.
    RestFails(usize, NodeId),
    AtLeast(NodeId, u64),
    AtMost(NodeId, u64),
}

/// Facts that hold together.
pub(super) type Alternative = Vec<Fact>;

/// One kind of value with what is known of it, and what is left to decide.
#[derive(Debug, Clone)]
pub(super) struct Branch {
    pub(super) kind: Kind,
    pub(super) known: HashMap<NodeId, bool>,
    pub(super) pending: Vec<Fact>,
    pub(super) choices: Vec<Choice>,
    pub(super) shape: Shape,
    /// The few values it can be, where some constraint lists them.
    pub(super) candidates: Option<Rc<Values>>,
    pub(super) excluded: Vec<Value>,
    formats: BTreeMap<String, bool>,
    undecided: Vec<(Rc<Opaque>, bool)>,
    /// What was met that cannot be decided.
    pub(super) opaque: Option<String>,
}

impl Branch {
    pub(super) fn new(kind: Kind) -> Self {
        let shape = match kind {
            Kind::Null | Kind::Boolean => Shape::Plain(kind),
            Kind::Number => Shape::Number(NumberShape::default()),
            Kind::String => Shape::Text(TextShape::default()),
            Kind::Array => Shape::Array(ArrayShape::default()),
            Kind::Object => Shape::Object(Box::default()),
        };
        Self {
            kind,
            known: HashMap::new(),
            pending: Vec::new(),
            choices: Vec::new(),
            shape,
            candidates: None,
            excluded: Vec::new(),
            formats: BTreeMap::new(),
            undecided: Vec::new(),
            opaque: None,
        }
    }

    /// Adds a choice; one without alternatives is a contradiction, one with a single alternative is none.
    pub(super) fn choose(&mut self, choice: Choice) -> Result<(), Clash> {
        match choice::count(&choice) {
            0 => Err(Clash),
            1 => {
                self.pending.extend(choice::alternatives(choice).flatten());
                Ok(())
            }
            _ => {
                self.choices.push(choice);
                Ok(())
            }
        }
    }

    /// What cannot be decided is a set nothing is known of, except that nothing is in it and outside.
    pub(super) fn undecided(&mut self, opaque: &Rc<Opaque>, holds: bool) -> Result<(), Clash> {
        if self.undecided.iter().any(|(known, held)| known == opaque && *held != holds) {
            return Err(Clash);
        }
        self.undecided.push((opaque.clone(), holds));
        self.opaque.get_or_insert_with(|| opaque.keyword.clone());
        Ok(())
    }

    /// A format is a set nothing is known of, except that nothing is in it and outside.
    pub(super) fn format(&mut self, format: &str, holds: bool) -> Result<(), Clash> {
        match self.formats.insert(format.to_owned(), holds) {
            Some(known) if known != holds => Err(Clash),
            _ => {
                self.opaque.get_or_insert_with(|| format!("the format {format}"));
                Ok(())
            }
        }
    }
}

#[derive(Debug, Clone)]
pub(super) enum Shape {
    Plain(Kind),
    Number(NumberShape),
    Text(TextShape),
    Array(ArrayShape),
    Object(Box<ObjectShape>),
}

impl Shape {
    pub(super) fn add(&mut self, fact: Fact) -> Result<(), Clash> {
        match self {
            Self::Object(shape) => shape.add(fact),
            Self::Array(shape) => shape.add(fact),
            _ => Err(Clash),
        }
    }
}
