//! Schemas as a graph of nodes, each a list of constraints that all have to hold.
//!
//! Equal schemas are one node, wherever they stand in either document: what did not change is recognised by its
//! number, and `S ∧ ¬S` is seen to be empty without a look inside. Only schemas that refer to themselves are kept
//! apart.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::rc::Rc;

use num_rational::BigRational;
use serde_json::Value;

use super::number::{canonical, same};
use super::pattern::{PatternId, Patterns};

/// A schema.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct NodeId(u32);

impl NodeId {
    fn index(self) -> usize {
        self.0 as usize
    }
}

/// The kinds of JSON values. Integers are numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Kind {
    String,
    Number,
    Boolean,
    Object,
    Array,
    Null,
}

impl Kind {
    /// All, those that make the plainest witnesses first.
    pub(super) const ALL: [Self; 6] =
        [Self::String, Self::Number, Self::Boolean, Self::Object, Self::Array, Self::Null];

    /// The kind of a value.
    pub(super) fn of(value: &Value) -> Self {
        match value {
            Value::Null => Self::Null,
            Value::Bool(_) => Self::Boolean,
            Value::Number(_) => Self::Number,
            Value::String(_) => Self::String,
            Value::Array(_) => Self::Array,
            Value::Object(_) => Self::Object,
        }
    }
}

/// What `type` allows.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub(super) struct Types {
    pub(super) null: bool,
    pub(super) boolean: bool,
    pub(super) integer: bool,
    pub(super) number: bool,
    pub(super) string: bool,
    pub(super) array: bool,
    pub(super) object: bool,
}

impl Types {
    /// Whether some value of the kind is allowed.
    pub(super) fn has(self, kind: Kind) -> bool {
        match kind {
            Kind::Null => self.null,
            Kind::Boolean => self.boolean,
            Kind::Number => self.integer || self.number,
            Kind::String => self.string,
            Kind::Array => self.array,
            Kind::Object => self.object,
        }
    }

    /// Whether every value of the kind is allowed.
    pub(super) fn has_all(self, kind: Kind) -> bool {
        match kind {
            Kind::Number => self.number,
            other => self.has(other),
        }
    }
}

/// A list of values, each once.
#[derive(Debug, Clone)]
pub(super) struct Values {
    list: Vec<Value>,
    /// The canonical texts of a long list.
    keys: Option<HashSet<String>>,
}

/// Lists up to this length are looked through.
const SHORT: usize = 8;

impl Values {
    pub(super) fn new(values: Vec<Value>) -> Self {
        if values.len() <= SHORT {
            return Self { list: values, keys: None };
        }
        let mut keys = HashSet::new();
        let list = values.into_iter().filter(|value| keys.insert(canonical(value))).collect();
        Self { list, keys: Some(keys) }
    }

    pub(super) fn list(&self) -> &[Value] {
        &self.list
    }

    pub(super) fn contains(&self, value: &Value) -> bool {
        match &self.keys {
            Some(keys) => keys.contains(&canonical(value)),
            None => self.list.iter().any(|known| same(known, value)),
        }
    }
}

impl PartialEq for Values {
    fn eq(&self, other: &Self) -> bool {
        self.list == other.list
    }
}

impl Eq for Values {}

impl std::hash::Hash for Values {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.list.hash(state);
    }
}

/// `items` in both its forms: positions from the start, and what comes after them.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Items {
    pub(super) prefix: Vec<NodeId>,
    pub(super) rest: Option<NodeId>,
}

impl Items {
    /// What the item at a position has to be.
    pub(super) fn at(&self, position: usize) -> Option<NodeId> {
        self.prefix.get(position).copied().or(self.rest)
    }
}

/// `properties`, `patternProperties` and `additionalProperties`, which only mean something together.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Properties {
    pub(super) named: BTreeMap<String, NodeId>,
    pub(super) patterns: Vec<(PatternId, NodeId)>,
    pub(super) additional: Option<NodeId>,
}

/// One constraint. Those about a kind of value allow every value of another kind.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum Atom {
    Types(Types),
    /// `enum` and `const`.
    Values(Rc<Values>),
    Minimum {
        bound: BigRational,
        exclusive: bool,
    },
    Maximum {
        bound: BigRational,
        exclusive: bool,
    },
    MultipleOf(BigRational),
    MinLength(u64),
    MaxLength(u64),
    Pattern(PatternId),
    Format(String),
    Items(Rc<Items>),
    MinItems(u64),
    MaxItems(u64),
    UniqueItems,
    Contains {
        node: NodeId,
        min: u64,
        max: Option<u64>,
    },
    Properties(Rc<Properties>),
    Required(String),
    MinProperties(u64),
    MaxProperties(u64),
    PropertyNames(NodeId),
    DependentRequired(String, Vec<String>),
    DependentSchema(String, NodeId),
    All(Vec<NodeId>),
    Any(Vec<NodeId>),
    One(Vec<NodeId>),
    Not(NodeId),
    If {
        condition: NodeId,
        then: NodeId,
        otherwise: NodeId,
    },
    /// A keyword whose meaning cannot be decided here.
    Opaque(Rc<Opaque>),
}

/// A keyword that depends on what other keywords saw, or on the way that led to it.
#[derive(Debug, PartialEq, Eq, Hash)]
pub(super) struct Opaque {
    pub(super) keyword: String,
    /// The kind of value it is about; `None` for all.
    pub(super) about: Option<Kind>,
    /// What it means stands here: two that were written alike mean the same.
    pub(super) written: String,
}

impl Atom {
    /// The kind of value it is about; `None` for all.
    pub(super) fn kind(&self) -> Option<Kind> {
        match self {
            Self::Minimum { .. } | Self::Maximum { .. } | Self::MultipleOf(_) => Some(Kind::Number),
            Self::MinLength(_) | Self::MaxLength(_) | Self::Pattern(_) | Self::Format(_) => {
                Some(Kind::String)
            }
            Self::Items(_)
            | Self::MinItems(_)
            | Self::MaxItems(_)
            | Self::UniqueItems
            | Self::Contains { .. } => Some(Kind::Array),
            Self::Properties(_)
            | Self::Required(_)
            | Self::MinProperties(_)
            | Self::MaxProperties(_)
            | Self::PropertyNames(_)
            | Self::DependentRequired(..)
            | Self::DependentSchema(..) => Some(Kind::Object),
            Self::Opaque(opaque) => opaque.about,
            _ => None,
        }
    }
}

#[derive(Debug, Clone, Default)]
struct Node {
    atoms: Rc<Vec<Atom>>,
    hints: Rc<Vec<Value>>,
}

/// The schemas of a question.
#[derive(Debug)]
pub(super) struct Arena {
    nodes: Vec<Node>,
    known: HashMap<Rc<Vec<Atom>>, NodeId>,
    pub(super) patterns: Patterns,
}

impl Arena {
    /// The schema that allows everything.
    pub(super) const ANYTHING: NodeId = NodeId(0);
    /// The schema that allows nothing.
    pub(super) const NOTHING: NodeId = NodeId(1);

    pub(super) fn new() -> Self {
        let mut arena = Self { nodes: Vec::new(), known: HashMap::new(), patterns: Patterns::default() };
        arena.node(Vec::new(), Vec::new());
        arena.node(vec![Atom::Types(Types::default())], Vec::new());
        arena
    }

    /// The node of these constraints, new or known.
    pub(super) fn node(&mut self, atoms: Vec<Atom>, hints: Vec<Value>) -> NodeId {
        if let Some(id) = self.known.get(&atoms) {
            if self.nodes[id.index()].hints.is_empty() {
                self.nodes[id.index()].hints = Rc::new(hints);
            }
            return *id;
        }
        let id = self.reserve();
        let atoms = Rc::new(atoms);
        self.known.insert(atoms.clone(), id);
        self.nodes[id.index()] = Node { atoms, hints: Rc::new(hints) };
        id
    }

    /// A node that is filled in later: a schema that is referred to from inside itself.
    pub(super) fn reserve(&mut self) -> NodeId {
        let id = NodeId(u32::try_from(self.nodes.len()).unwrap_or(u32::MAX));
        self.nodes.push(Node::default());
        id
    }

    /// Fills in a reserved node.
    pub(super) fn fill(&mut self, id: NodeId, with: NodeId) {
        self.nodes[id.index()] = self.nodes[with.index()].clone();
    }

    pub(super) fn atoms(&self, id: NodeId) -> Rc<Vec<Atom>> {
        self.nodes[id.index()].atoms.clone()
    }

    /// Values that the schema itself proposes.
    pub(super) fn hints(&self, id: NodeId) -> Rc<Vec<Value>> {
        self.nodes[id.index()].hints.clone()
    }
}
