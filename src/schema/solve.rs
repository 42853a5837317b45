//! Inhabiting a goal: a set of schemas each of which has to hold, or to fail, for one value.

use std::collections::HashMap;
use std::rc::Rc;

use num_rational::BigRational;
use num_traits::One;
use serde_json::Value;

use crate::limits;

use super::arena::{Arena, Atom, Kind, NodeId, Values};
use super::branch::{Branch, Clash, Fact, Settled, Shape};
use super::choice::{self, Choice, Ways};
use super::number::{Found, exact};
use super::text::Text;

/// A schema, and whether it has to hold.
pub(super) type Literal = (NodeId, bool);

/// Literals, sorted, each once.
pub(super) type Goal = Vec<Literal>;

/// The answer for a goal.
#[derive(Debug, Clone)]
pub(super) enum Outcome {
    Found(Value),
    Empty,
    Unknown(Rc<str>),
}

impl Outcome {
    pub(super) fn unknown(reason: impl Into<Rc<str>>) -> Self {
        Self::Unknown(reason.into())
    }
}

/// Collects the outcomes of alternatives: one inhabitant is enough, and emptiness needs all of them empty.
#[derive(Debug, Default)]
pub(super) struct Alternatives {
    unknown: Option<Rc<str>>,
}

impl Alternatives {
    /// The inhabitant, if this alternative has one.
    pub(super) fn add(&mut self, outcome: Outcome) -> Option<Value> {
        match outcome {
            Outcome::Found(value) => Some(value),
            Outcome::Empty => None,
            Outcome::Unknown(reason) => {
                self.unknown.get_or_insert(reason);
                None
            }
        }
    }

    /// The outcome where none had one.
    pub(super) fn none(self) -> Outcome {
        self.unknown.map_or(Outcome::Empty, Outcome::Unknown)
    }
}

/// Goals nested deeper than this are given up on.
const DEEPEST: usize = 200;

/// An assumption no conclusion rests on.
const NOTHING_ASSUMED: usize = usize::MAX;

/// A search in progress.
pub(super) struct Solver {
    pub(super) arena: Arena,
    /// The steps that are left.
    pub(super) steps: u64,
    most_steps: u64,
    /// Goals that are decided for good.
    decided: HashMap<Goal, Outcome>,
    /// Goals that are empty if the goal at this depth of the stack is.
    assumed: HashMap<Goal, usize>,
    /// The same, by depth.
    by_depth: Vec<Vec<Goal>>,
    on_stack: HashMap<Goal, usize>,
    /// The lowest goal on the stack that the conclusions of the goal being searched rest on.
    rests_on: usize,
    text_node: NodeId,
}

impl Solver {
    pub(super) fn new(mut arena: Arena, steps: u64) -> Self {
        let text = super::arena::Types { string: true, ..Default::default() };
        let text_node = arena.node(vec![Atom::Types(text)], Vec::new());
        Self {
            arena,
            steps,
            most_steps: steps,
            decided: HashMap::new(),
            assumed: HashMap::new(),
            by_depth: Vec::new(),
            on_stack: HashMap::new(),
            rests_on: NOTHING_ASSUMED,
            text_node,
        }
    }

    /// The schema of all texts.
    pub(super) fn text_node(&self) -> NodeId {
        self.text_node
    }

    /// The schema of one or a few values.
    pub(super) fn values_node(&mut self, values: Vec<Value>) -> NodeId {
        self.arena.node(vec![Atom::Values(Rc::new(Values::new(values)))], Vec::new())
    }

    /// The answer of a search that has no step left.
    pub(super) fn out_of_steps(&self) -> Outcome {
        Outcome::unknown(limits::STEPS.exceeded("it takes more steps", self.most_steps, None))
    }

    /// Spends a step; false where none is left.
    pub(super) fn step(&mut self) -> bool {
        self.steps = self.steps.saturating_sub(1);
        self.steps > 0
    }

    /// A value for which every literal is as it has to be.
    pub(super) fn inhabit(&mut self, literals: &[Literal]) -> Outcome {
        let mut goal: Goal = literals.to_vec();
        goal.sort_unstable();
        goal.dedup();
        let hopeless = goal.windows(2).any(|pair| pair[0].0 == pair[1].0)
            || goal.contains(&(Arena::NOTHING, true))
            || goal.contains(&(Arena::ANYTHING, false));
        if hopeless {
            return Outcome::Empty;
        }
        goal.retain(|literal| *literal != (Arena::ANYTHING, true) && *literal != (Arena::NOTHING, false));
        if let Some(outcome) = self.decided.get(&goal) {
            return outcome.clone();
        }
        if let Some(depth) = self.on_stack.get(&goal).or_else(|| self.assumed.get(&goal)) {
            self.rests_on = self.rests_on.min(*depth);
            return Outcome::Empty;
        }
        let depth = self.on_stack.len();
        if depth > DEEPEST {
            return Outcome::unknown("values are nested too deep");
        }
        if !self.step() {
            return self.out_of_steps();
        }
        self.on_stack.insert(goal.clone(), depth);
        self.by_depth.push(Vec::new());
        let outer = std::mem::replace(&mut self.rests_on, NOTHING_ASSUMED);
        let outcome = self.search(&goal);
        let rests_on = std::mem::replace(&mut self.rests_on, outer);
        self.on_stack.remove(&goal);
        let dependent = self.by_depth.pop().unwrap_or_default();
        for goal in &dependent {
            self.assumed.remove(goal);
        }
        match &outcome {
            Outcome::Empty if rests_on >= depth => {
                // The assumption held, so everything that was concluded from it does.
                for goal in dependent {
                    self.decided.insert(goal, Outcome::Empty);
                }
                self.decided.insert(goal, Outcome::Empty);
            }
            Outcome::Empty => {
                self.rests_on = self.rests_on.min(rests_on);
                for goal in dependent.into_iter().chain([goal]) {
                    self.assumed.insert(goal.clone(), rests_on);
                    self.by_depth[rests_on].push(goal);
                }
            }
            _ => {
                self.decided.insert(goal, outcome.clone());
            }
        }
        outcome
    }

    /// Whether a value fulfils a goal.
    pub(super) fn fulfils(&mut self, goal: &[Literal], value: &Value) -> Option<bool> {
        let mut whole = Some(true);
        for (node, holds) in goal {
            match self.arena.accepts(*node, value).map(|accepts| accepts == *holds) {
                Some(true) => {}
                Some(false) => return Some(false),
                None => whole = None,
            }
        }
        whole
    }

    fn search(&mut self, goal: &Goal) -> Outcome {
        let mut kinds: Vec<Kind> = Kind::ALL.to_vec();
        for (node, holds) in goal {
            let atoms = self.arena.atoms(*node);
            for atom in atoms.iter() {
                match (atom, holds) {
                    (Atom::Types(types), true) => kinds.retain(|kind| types.has(*kind)),
                    (Atom::Values(values), true) => return self.among(values.list(), goal),
                    _ => {}
                }
            }
            if let ([Atom::Types(types)], false) = (atoms.as_slice(), holds) {
                kinds.retain(|kind| !types.has_all(*kind));
            }
        }
        for (node, _) in goal.iter().filter(|(_, holds)| *holds) {
            for hint in self.arena.hints(*node).iter() {
                if self.fulfils(goal, hint) == Some(true) {
                    return Outcome::Found(hint.clone());
                }
            }
        }
        let mut alternatives = Alternatives::default();
        for kind in kinds {
            let mut branch = Branch::new(kind);
            branch.pending = goal.iter().rev().map(|(node, holds)| Fact::Node(*node, *holds)).collect();
            let outcome = self.branch(branch, goal);
            if let Some(value) = alternatives.add(outcome) {
                return Outcome::Found(value);
            }
        }
        alternatives.none()
    }

    /// The first of a few values that fulfils the goal.
    fn among(&mut self, values: &[Value], goal: &Goal) -> Outcome {
        let mut unsure = false;
        for value in values {
            if !self.step() {
                return self.out_of_steps();
            }
            match self.fulfils(goal, value) {
                Some(true) => return Outcome::Found(value.clone()),
                Some(false) => {}
                None => unsure = true,
            }
        }
        if unsure { Outcome::unknown("a listed value that cannot be checked") } else { Outcome::Empty }
    }

    fn branch(&mut self, mut branch: Branch, goal: &Goal) -> Outcome {
        loop {
            if !self.step() {
                return self.out_of_steps();
            }
            if let Some(fact) = branch.pending.pop() {
                if self.state(&mut branch, fact).is_err() {
                    return Outcome::Empty;
                }
                continue;
            }
            if let Some(values) = &branch.candidates {
                return self.among(values.clone().list(), goal);
            }
            // What is settled needs no choice, what is hopeless is none.
            let mut choices = std::mem::take(&mut branch.choices);
            let mut index = 0;
            let mut forced = false;
            while index < choices.len() {
                let settled = choice::settle(&mut choices[index], |fact| self.settled(&branch, fact));
                match choice::count(&choices[index]) {
                    _ if settled => {
                        choices.swap_remove(index);
                    }
                    0 => return Outcome::Empty,
                    1 => {
                        branch.pending.extend(choice::alternatives(choices.swap_remove(index)).flatten());
                        forced = true;
                        break;
                    }
                    _ => index += 1,
                }
            }
            branch.choices = choices;
            if forced {
                continue;
            }
            let fewest = (0..branch.choices.len()).min_by_key(|index| choice::count(&branch.choices[*index]));
            let Some(fewest) = fewest else { return self.leaf(branch, goal) };
            let choice = branch.choices.swap_remove(fewest);
            let mut alternatives = Alternatives::default();
            for facts in choice::alternatives(choice) {
                if self.is_hopeless(&branch, &facts) {
                    continue;
                }
                let mut next = branch.clone();
                next.pending.extend(facts);
                let outcome = self.branch(next, goal);
                if let Some(value) = alternatives.add(outcome) {
                    return Outcome::Found(value);
                }
            }
            return alternatives.none();
        }
    }

    /// Whether the last thing to choose is which property fails, and no value of this one does: then nothing has to be built
    /// of the others, of which there may be thousands.
    fn is_hopeless(&mut self, branch: &Branch, facts: &[Fact]) -> bool {
        match (&branch.shape, facts) {
            (Shape::Object(shape), [Fact::PropertyFails(name, node)]) if branch.choices.is_empty() => {
                matches!(self.failing_property(shape, name, *node), Some(Outcome::Empty))
            }
            _ => false,
        }
    }

    /// The shape is complete: its parts are goals of their own.
    fn leaf(&mut self, branch: Branch, goal: &Goal) -> Outcome {
        let opaque = branch.opaque.clone();
        let outcome = match branch.shape {
            Shape::Plain(kind) => plain(kind, &branch.excluded),
            Shape::Number(mut shape) => {
                shape.excluded.extend(branch.excluded.iter().filter_map(|v| exact(v.as_number()?)));
                match shape.inhabit() {
                    Found::Value(value) => Outcome::Found(value),
                    Found::Empty => Outcome::Empty,
                    Found::Unknown(reason) => Outcome::unknown(reason),
                }
            }
            Shape::Text(mut shape) => {
                shape.excluded.extend(branch.excluded.iter().filter_map(|v| v.as_str().map(str::to_owned)));
                match shape.inhabit(&mut self.arena.patterns, &mut self.steps) {
                    Text::Found(text) => Outcome::Found(text.into()),
                    Text::Empty => Outcome::Empty,
                    Text::Unknown(reason) => Outcome::unknown(reason),
                }
            }
            Shape::Array(shape) => self.array(&shape, &branch.excluded),
            Shape::Object(shape) => self.object(*shape, &branch.excluded),
        };
        match (outcome, opaque) {
            // A value of the shape may or may not pass what cannot be decided.
            (Outcome::Found(value), Some(reason)) => match self.fulfils(goal, &value) {
                Some(true) => Outcome::Found(value),
                _ => Outcome::unknown(format!("{reason} cannot be decided")),
            },
            (outcome, _) => outcome,
        }
    }

    /// Adds a fact to a branch.
    fn state(&mut self, branch: &mut Branch, fact: Fact) -> Result<(), Clash> {
        match fact {
            Fact::Node(node, holds) => {
                match branch.known.get(&node) {
                    Some(known) if *known == holds => return Ok(()),
                    Some(_) => return Err(Clash),
                    None => {
                        branch.known.insert(node, holds);
                    }
                }
                let atoms = self.arena.atoms(node);
                if holds {
                    branch.pending.extend((0..atoms.len()).rev().map(|index| Fact::Atom(node, index)));
                    return Ok(());
                }
                let mut choice = Choice::new();
                for index in 0..atoms.len() {
                    self.ways_to_fail(branch.kind, node, index, &mut choice);
                }
                branch.choose(choice)
            }
            Fact::Atom(node, index) => self.hold(branch, node, index),
            Fact::AtomFails(node, index) => self.fail(branch, node, index),
            other => branch.shape.add(other),
        }
    }

    /// The alternatives by which one constraint of a schema can fail for a kind of value.
    fn ways_to_fail(&self, kind: Kind, node: NodeId, index: usize, choice: &mut Choice) {
        let atoms = self.arena.atoms(node);
        let atom = &atoms[index];
        if atom.kind().is_some_and(|about| about != kind) {
            return;
        }
        // Of many schemas not each pair is written out.
        if let Atom::One(nodes) = atom {
            choice.push(Ways::not_one(nodes));
            return;
        }
        let mut way = |facts| choice.push(Ways::Facts(facts));
        match atom {
            Atom::Types(types) if types.has_all(kind) => {}
            Atom::Properties(properties) => {
                for (name, schema) in &properties.named {
                    way(vec![Fact::PropertyFails(name.clone(), *schema)]);
                }
                for (pattern, schema) in &properties.patterns {
                    way(vec![Fact::PatternFails(*pattern, *schema)]);
                }
                if let Some(schema) = properties.additional {
                    way(vec![Fact::OthersFail(properties.clone(), schema)]);
                }
            }
            Atom::Items(items) => {
                for (position, schema) in items.prefix.iter().enumerate() {
                    way(vec![Fact::ItemFails(position, *schema)]);
                }
                if let Some(schema) = items.rest {
                    way(vec![Fact::RestFails(items.prefix.len(), schema)]);
                }
            }
            Atom::All(nodes) => nodes.iter().for_each(|node| way(vec![Fact::Node(*node, false)])),
            Atom::If { condition, then, otherwise } => {
                way(vec![Fact::Node(*condition, true), Fact::Node(*then, false)]);
                way(vec![Fact::Node(*condition, false), Fact::Node(*otherwise, false)]);
            }
            Atom::Contains { node, min, max } => {
                if *min > 0 {
                    way(vec![Fact::AtMost(*node, min - 1)]);
                }
                if let Some(max) = max {
                    way(vec![Fact::AtLeast(*node, max + 1)]);
                }
            }
            Atom::DependentRequired(name, needed) => {
                for needed in needed {
                    way(vec![Fact::Present(name.clone()), Fact::Absent(needed.clone())]);
                }
            }
            _ => way(vec![Fact::AtomFails(node, index)]),
        }
    }

    fn hold(&mut self, branch: &mut Branch, node: NodeId, index: usize) -> Result<(), Clash> {
        let atoms = self.arena.atoms(node);
        let atom = &atoms[index];
        if atom.kind().is_some_and(|kind| kind != branch.kind) {
            return Ok(());
        }
        match (atom, &mut branch.shape) {
            (Atom::Types(types), shape) => {
                if !types.has(branch.kind) {
                    return Err(Clash);
                }
                if let (Shape::Number(shape), false) = (shape, types.number) {
                    shape.multiples.push(BigRational::one());
                }
                Ok(())
            }
            (Atom::Values(values), _) => {
                let kept = values.list().iter().filter(|value| {
                    Kind::of(value) == branch.kind
                        && branch.candidates.as_ref().is_none_or(|known| known.contains(value))
                });
                let kept: Vec<Value> = kept.cloned().collect();
                if kept.is_empty() {
                    return Err(Clash);
                }
                branch.candidates = Some(Rc::new(Values::new(kept)));
                Ok(())
            }
            (Atom::All(nodes), _) => {
                branch.pending.extend(nodes.iter().map(|node| Fact::Node(*node, true)));
                Ok(())
            }
            (Atom::Any(nodes), _) => {
                branch.choose(nodes.iter().map(|node| Ways::Facts(vec![Fact::Node(*node, true)])).collect())
            }
            (Atom::One(nodes), _) => branch.choose(vec![Ways::one(nodes)]),
            (Atom::Not(node), _) => {
                branch.pending.push(Fact::Node(*node, false));
                Ok(())
            }
            (Atom::If { condition, then, otherwise }, _) => branch.choose(vec![
                Ways::Facts(vec![Fact::Node(*then, true), Fact::Node(*condition, true)]),
                Ways::Facts(vec![Fact::Node(*otherwise, true), Fact::Node(*condition, false)]),
            ]),
            (Atom::Opaque(opaque), _) => branch.undecided(opaque, true),
            (Atom::Format(format), _) => branch.format(format, true),
            (Atom::Minimum { bound, exclusive }, Shape::Number(shape)) => {
                shape.at_least(bound.clone(), *exclusive);
                Ok(())
            }
            (Atom::Maximum { bound, exclusive }, Shape::Number(shape)) => {
                shape.at_most(bound.clone(), *exclusive);
                Ok(())
            }
            (Atom::MultipleOf(step), Shape::Number(shape)) => {
                shape.multiples.push(step.clone());
                Ok(())
            }
            (Atom::MinLength(min), Shape::Text(shape)) => {
                shape.min = shape.min.max(*min);
                Ok(())
            }
            (Atom::MaxLength(max), Shape::Text(shape)) => {
                shape.max = Some(shape.max.map_or(*max, |known| known.min(*max)));
                Ok(())
            }
            (Atom::Pattern(pattern), Shape::Text(shape)) => {
                shape.patterns.push(*pattern);
                Ok(())
            }
            (Atom::DependentRequired(name, needed), _) => {
                let present = needed.iter().map(|name| Fact::Present(name.clone())).collect();
                branch.choose(vec![Ways::Facts(vec![Fact::Absent(name.clone())]), Ways::Facts(present)])
            }
            (Atom::DependentSchema(name, node), _) => {
                let absent = Ways::Facts(vec![Fact::Absent(name.clone())]);
                branch.choose(vec![absent, Ways::Facts(vec![Fact::Node(*node, true)])])
            }
            (Atom::Items(items), _) => branch.shape.add(Fact::Items(items.clone())),
            (Atom::Properties(properties), _) => branch.shape.add(Fact::Properties(properties.clone())),
            (Atom::Required(name), _) => branch.shape.add(Fact::Present(name.clone())),
            (Atom::Contains { node, min, max }, _) => {
                if *min > 0 {
                    branch.shape.add(Fact::AtLeast(*node, *min))?;
                }
                match max {
                    Some(max) => branch.shape.add(Fact::AtMost(*node, *max)),
                    None => Ok(()),
                }
            }
            (Atom::MinItems(min), Shape::Array(shape)) => {
                shape.min = shape.min.max(*min);
                Ok(())
            }
            (Atom::MaxItems(max), Shape::Array(shape)) => {
                shape.max = Some(shape.max.map_or(*max, |known| known.min(*max)));
                Ok(())
            }
            (Atom::UniqueItems, Shape::Array(shape)) => {
                shape.unique = true;
                Ok(())
            }
            (Atom::MinProperties(min), Shape::Object(shape)) => {
                shape.min = shape.min.max(*min);
                Ok(())
            }
            (Atom::MaxProperties(max), Shape::Object(shape)) => {
                shape.max = Some(shape.max.map_or(*max, |known| known.min(*max)));
                Ok(())
            }
            (Atom::PropertyNames(node), Shape::Object(shape)) => {
                shape.names.push((*node, true));
                Ok(())
            }
            _ => Ok(()),
        }
    }

    fn fail(&mut self, branch: &mut Branch, node: NodeId, index: usize) -> Result<(), Clash> {
        let atoms = self.arena.atoms(node);
        let atom = &atoms[index];
        if atom.kind().is_some_and(|kind| kind != branch.kind) {
            return Err(Clash);
        }
        let below = |count: &u64| count.checked_sub(1).ok_or(Clash);
        match (atom, &mut branch.shape) {
            (Atom::Types(types), shape) => match shape {
                _ if !types.has(branch.kind) => Ok(()),
                // Integers are allowed and other numbers are not.
                Shape::Number(shape) if !types.number => {
                    shape.no_multiples.push(BigRational::one());
                    Ok(())
                }
                _ => Err(Clash),
            },
            (Atom::Values(values), _) => {
                branch
                    .excluded
                    .extend(values.list().iter().filter(|value| Kind::of(value) == branch.kind).cloned());
                Ok(())
            }
            (Atom::Any(nodes), _) => {
                branch.pending.extend(nodes.iter().map(|node| Fact::Node(*node, false)));
                Ok(())
            }
            (Atom::Not(node), _) => {
                branch.pending.push(Fact::Node(*node, true));
                Ok(())
            }
            (Atom::Opaque(opaque), _) => branch.undecided(opaque, false),
            (Atom::Format(format), _) => branch.format(format, false),
            (Atom::Minimum { bound, exclusive }, Shape::Number(shape)) => {
                shape.at_most(bound.clone(), !exclusive);
                Ok(())
            }
            (Atom::Maximum { bound, exclusive }, Shape::Number(shape)) => {
                shape.at_least(bound.clone(), !exclusive);
                Ok(())
            }
            (Atom::MultipleOf(step), Shape::Number(shape)) => {
                shape.no_multiples.push(step.clone());
                Ok(())
            }
            (Atom::MinLength(min), Shape::Text(shape)) => {
                let max = below(min)?;
                shape.max = Some(shape.max.map_or(max, |known| known.min(max)));
                Ok(())
            }
            (Atom::MaxLength(max), Shape::Text(shape)) => {
                shape.min = shape.min.max(max.saturating_add(1));
                Ok(())
            }
            (Atom::Pattern(pattern), Shape::Text(shape)) => {
                shape.no_patterns.push(*pattern);
                Ok(())
            }
            (Atom::MinItems(min), Shape::Array(shape)) => {
                let max = below(min)?;
                shape.max = Some(shape.max.map_or(max, |known| known.min(max)));
                Ok(())
            }
            (Atom::MaxItems(max), Shape::Array(shape)) => {
                shape.min = shape.min.max(max.saturating_add(1));
                Ok(())
            }
            (Atom::UniqueItems, Shape::Array(shape)) => {
                shape.repeats = true;
                Ok(())
            }
            (Atom::MinProperties(min), Shape::Object(shape)) => {
                let max = below(min)?;
                shape.max = Some(shape.max.map_or(max, |known| known.min(max)));
                Ok(())
            }
            (Atom::MaxProperties(max), Shape::Object(shape)) => {
                shape.min = shape.min.max(max.saturating_add(1));
                Ok(())
            }
            (Atom::Required(name), _) => branch.shape.add(Fact::Absent(name.clone())),
            (Atom::PropertyNames(node), _) => branch.shape.add(Fact::NameFails(*node)),
            (Atom::DependentSchema(name, node), _) => {
                branch.pending.push(Fact::Node(*node, false));
                branch.shape.add(Fact::Present(name.clone()))
            }
            _ => Err(Clash),
        }
    }

    /// Whether a fact already holds in a branch, cannot hold, or neither can be seen at a glance.
    fn settled(&mut self, branch: &Branch, fact: &Fact) -> Settled {
        match fact {
            Fact::Node(node, holds) => {
                if let Some(known) = branch.known.get(node) {
                    return if known == holds { Settled::Yes } else { Settled::No };
                }
                let atoms = self.arena.atoms(*node);
                let mut all = true;
                for atom in atoms.iter() {
                    match self.atom_settled(branch, atom) {
                        Settled::No => return if *holds { Settled::No } else { Settled::Yes },
                        Settled::Yes => {}
                        Settled::Open => all = false,
                    }
                }
                match (all, holds) {
                    (true, true) => Settled::Yes,
                    (true, false) => Settled::No,
                    (false, _) => Settled::Open,
                }
            }
            Fact::Atom(node, index) | Fact::AtomFails(node, index) => {
                let atoms = self.arena.atoms(*node);
                let settled = self.atom_settled(branch, &atoms[*index]);
                if matches!(fact, Fact::Atom(..)) { settled } else { settled.not() }
            }
            other => match &branch.shape {
                Shape::Object(shape) => shape.settled(other, &mut self.arena),
                Shape::Array(shape) => shape.settled(other),
                _ => Settled::Open,
            },
        }
    }

    fn atom_settled(&mut self, branch: &Branch, atom: &Atom) -> Settled {
        if atom.kind().is_some_and(|kind| kind != branch.kind) {
            return Settled::Yes;
        }
        match (atom, &branch.shape) {
            (Atom::Types(types), _) if !types.has(branch.kind) => Settled::No,
            (Atom::Types(types), _) if types.has_all(branch.kind) => Settled::Yes,
            (Atom::Values(values), _)
                if !values.list().iter().any(|value| Kind::of(value) == branch.kind) =>
            {
                Settled::No
            }
            (Atom::Required(name), Shape::Object(shape)) => {
                if shape.present.contains_key(name) {
                    Settled::Yes
                } else if shape.absent.contains(name) {
                    Settled::No
                } else {
                    Settled::Open
                }
            }
            (Atom::Properties(properties), Shape::Object(shape)) => {
                // A present property whose few values all fail settles it.
                let fails = properties.named.iter().any(|(name, node)| {
                    shape.settled(&Fact::PropertyFails(name.clone(), *node), &mut self.arena) == Settled::Yes
                });
                if fails { Settled::No } else { Settled::Open }
            }
            _ => Settled::Open,
        }
    }
}

fn plain(kind: Kind, excluded: &[Value]) -> Outcome {
    let values: &[Value] = match kind {
        Kind::Boolean => &[Value::Bool(true), Value::Bool(false)],
        _ => &[Value::Null],
    };
    values
        .iter()
        .find(|value| !excluded.contains(value))
        .map_or(Outcome::Empty, |value| Outcome::Found(value.clone()))
}
