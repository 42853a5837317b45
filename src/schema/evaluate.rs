//! Whether one value satisfies one schema, in three values: yes, no, cannot be told.

use num_traits::Zero;
use serde_json::Value;

use super::arena::{Arena, Atom, Kind, NodeId, Properties};
use super::number::{exact, same};

/// References that lead from a value to itself end here.
const DEEPEST: usize = 128;

/// A conjunction: no beats unknown beats yes.
fn all(verdicts: impl Iterator<Item = Option<bool>>) -> Option<bool> {
    let mut whole = Some(true);
    for verdict in verdicts {
        match verdict {
            Some(false) => return Some(false),
            None => whole = None,
            Some(true) => {}
        }
    }
    whole
}

fn not(verdict: Option<bool>) -> Option<bool> {
    verdict.map(|verdict| !verdict)
}

fn any(verdicts: impl Iterator<Item = Option<bool>>) -> Option<bool> {
    not(all(verdicts.map(not)))
}

/// How many of the verdicts are yes at least, and at most.
fn count(verdicts: impl Iterator<Item = Option<bool>>) -> (u64, u64) {
    verdicts.fold((0, 0), |(least, most), verdict| match verdict {
        Some(true) => (least + 1, most + 1),
        Some(false) => (least, most),
        None => (least, most + 1),
    })
}

impl Arena {
    /// Whether the value satisfies the schema.
    pub(super) fn accepts(&mut self, node: NodeId, value: &Value) -> Option<bool> {
        self.node_accepts(node, value, 0)
    }

    fn node_accepts(&mut self, node: NodeId, value: &Value, depth: usize) -> Option<bool> {
        if depth > DEEPEST {
            return None;
        }
        let atoms = self.atoms(node);
        all(atoms.iter().map(|atom| self.atom_accepts(atom, value, depth)))
    }

    /// Whether the value satisfies one constraint.
    pub(super) fn atom_accepts(&mut self, atom: &Atom, value: &Value, depth: usize) -> Option<bool> {
        if atom.kind().is_some_and(|kind| kind != Kind::of(value)) {
            return Some(true);
        }
        let depth = depth + 1;
        match (atom, value) {
            (Atom::Types(types), Value::Number(number)) => {
                let integer = || exact(number).map(|number| number.is_integer());
                if types.number {
                    Some(true)
                } else if types.integer {
                    integer()
                } else {
                    Some(false)
                }
            }
            (Atom::Types(types), value) => Some(types.has(Kind::of(value))),
            (Atom::Values(values), value) => Some(values.contains(value)),
            (Atom::All(nodes), value) => all(nodes.iter().map(|node| self.node_accepts(*node, value, depth))),
            (Atom::Any(nodes), value) => any(nodes.iter().map(|node| self.node_accepts(*node, value, depth))),
            (Atom::One(nodes), value) => {
                match count(nodes.iter().map(|node| self.node_accepts(*node, value, depth))) {
                    (1, 1) => Some(true),
                    (least, most) if least > 1 || most < 1 => Some(false),
                    _ => None,
                }
            }
            (Atom::Not(node), value) => not(self.node_accepts(*node, value, depth)),
            (Atom::If { condition, then, otherwise }, value) => {
                match self.node_accepts(*condition, value, depth) {
                    Some(true) => self.node_accepts(*then, value, depth),
                    Some(false) => self.node_accepts(*otherwise, value, depth),
                    None => {
                        let (then, otherwise) = (
                            self.node_accepts(*then, value, depth),
                            self.node_accepts(*otherwise, value, depth),
                        );
                        then.filter(|then| otherwise == Some(*then))
                    }
                }
            }
            (Atom::Opaque(_), _) => None,
            (atom, Value::Number(number)) => {
                let number = exact(number)?;
                Some(match atom {
                    Atom::Minimum { bound, exclusive } => number > *bound || number == *bound && !exclusive,
                    Atom::Maximum { bound, exclusive } => number < *bound || number == *bound && !exclusive,
                    Atom::MultipleOf(step) => step.is_zero() || (number / step).is_integer(),
                    _ => true,
                })
            }
            (atom, Value::String(text)) => self.text_accepts(atom, text),
            (atom, Value::Array(items)) => self.items_accept(atom, items, depth),
            (atom, Value::Object(map)) => self.object_accepts(atom, map, depth),
            _ => Some(true),
        }
    }

    fn text_accepts(&mut self, atom: &Atom, text: &str) -> Option<bool> {
        let length = || text.chars().count() as u64;
        match atom {
            Atom::MinLength(min) => Some(length() >= *min),
            Atom::MaxLength(max) => Some(length() <= *max),
            Atom::Pattern(pattern) => self.patterns.matches(*pattern, text),
            Atom::Format(_) => None,
            _ => Some(true),
        }
    }

    fn items_accept(&mut self, atom: &Atom, items: &[Value], depth: usize) -> Option<bool> {
        let length = items.len() as u64;
        match atom {
            Atom::MinItems(min) => Some(length >= *min),
            Atom::MaxItems(max) => Some(length <= *max),
            Atom::UniqueItems => Some(
                !items
                    .iter()
                    .enumerate()
                    .any(|(index, item)| items[..index].iter().any(|other| same(item, other))),
            ),
            Atom::Items(schemas) => all(items.iter().enumerate().map(|(position, item)| {
                schemas.at(position).map_or(Some(true), |node| self.node_accepts(node, item, depth))
            })),
            Atom::Contains { node, min, max } => {
                let (least, most) = count(items.iter().map(|item| self.node_accepts(*node, item, depth)));
                if least >= *min && max.is_none_or(|max| most <= max) {
                    Some(true)
                } else if most < *min || max.is_some_and(|max| least > max) {
                    Some(false)
                } else {
                    None
                }
            }
            _ => Some(true),
        }
    }

    fn object_accepts(
        &mut self,
        atom: &Atom,
        map: &serde_json::Map<String, Value>,
        depth: usize,
    ) -> Option<bool> {
        let size = map.len() as u64;
        match atom {
            Atom::Required(name) => Some(map.contains_key(name)),
            Atom::MinProperties(min) => Some(size >= *min),
            Atom::MaxProperties(max) => Some(size <= *max),
            Atom::PropertyNames(node) => {
                all(map.keys().map(|name| self.node_accepts(*node, &Value::from(name.as_str()), depth)))
            }
            Atom::DependentRequired(name, needed) => {
                Some(!map.contains_key(name) || needed.iter().all(|needed| map.contains_key(needed)))
            }
            Atom::DependentSchema(name, node) if map.contains_key(name) => {
                all(self.atoms(*node).iter().map(|atom| {
                    let whole = Value::Object(map.clone());
                    self.atom_accepts(atom, &whole, depth)
                }))
            }
            Atom::Properties(properties) => {
                all(map.iter().map(|(name, value)| match self.applying(properties, name) {
                    Some(nodes) => all(nodes.iter().map(|node| self.node_accepts(*node, value, depth))),
                    None => None,
                }))
            }
            _ => Some(true),
        }
    }

    /// The schemas that a property of this name has to satisfy; `None` where a pattern cannot be decided.
    pub(super) fn applying(&mut self, properties: &Properties, name: &str) -> Option<Vec<NodeId>> {
        let mut nodes: Vec<NodeId> = properties.named.get(name).copied().into_iter().collect();
        let mut matched = !nodes.is_empty();
        for (pattern, node) in &properties.patterns {
            if self.patterns.matches(*pattern, name)? {
                matched = true;
                nodes.push(*node);
            }
        }
        if !matched {
            nodes.extend(properties.additional);
        }
        Some(nodes)
    }
}
