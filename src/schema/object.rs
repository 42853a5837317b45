//! Objects: which properties are there, and what each of them is.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use serde_json::{Map, Value};

use super::arena::{Arena, Atom, NodeId, Properties};
use super::branch::{Clash, Fact, Settled};
use super::number::same;
use super::pattern::PatternId;
use super::solve::{Alternatives, Goal, Literal, Outcome, Solver};

/// What an object has to be.
#[derive(Debug, Clone, Default)]
pub(super) struct ObjectShape {
    sources: Vec<Rc<Properties>>,
    /// Properties that are there, with what their values have to be besides what the sources say.
    pub(super) present: BTreeMap<String, Vec<Literal>>,
    pub(super) absent: BTreeSet<String>,
    /// Properties that have to be there under some name.
    sought: Vec<Sought>,
    /// What every name has to be.
    pub(super) names: Vec<Literal>,
    pub(super) min: u64,
    pub(super) max: Option<u64>,
}

/// A property under a name that is still to be found.
#[derive(Debug, Clone)]
struct Sought {
    name: Name,
    /// What its value has to be.
    value: Vec<Literal>,
}

#[derive(Debug, Clone)]
enum Name {
    /// One that matches.
    Matching(PatternId),
    /// One that is neither named nor matched.
    Other(Rc<Properties>),
    /// One that fails.
    Failing(NodeId),
}

/// Names can match any subset of the patterns around; more patterns than this are not told apart.
const MOST_PATTERNS: usize = 6;

/// Properties of more values than this are not looked through at a glance.
const FEW_VALUES: usize = 64;

/// Objects of more properties than this are not built.
const LARGEST: u64 = 2_000;

impl ObjectShape {
    pub(super) fn add(&mut self, fact: Fact) -> Result<(), Clash> {
        match fact {
            Fact::Present(name) => {
                if self.absent.contains(&name) {
                    return Err(Clash);
                }
                self.present.entry(name).or_default();
            }
            Fact::Absent(name) => {
                if self.present.contains_key(&name) {
                    return Err(Clash);
                }
                self.absent.insert(name);
            }
            Fact::Properties(properties) => self.sources.push(properties),
            Fact::PropertyFails(name, node) => {
                if self.absent.contains(&name) {
                    return Err(Clash);
                }
                self.present.entry(name).or_default().push((node, false));
            }
            Fact::PatternFails(pattern, node) => {
                self.sought.push(Sought { name: Name::Matching(pattern), value: vec![(node, false)] });
            }
            Fact::OthersFail(properties, node) => {
                self.sought.push(Sought { name: Name::Other(properties), value: vec![(node, false)] });
            }
            Fact::NameFails(node) => {
                self.sought.push(Sought { name: Name::Failing(node), value: Vec::new() })
            }
            _ => return Err(Clash),
        }
        Ok(())
    }

    /// Whether a fact holds already, cannot hold, or neither can be seen at a glance.
    pub(super) fn settled(&self, fact: &Fact, arena: &mut Arena) -> Settled {
        match fact {
            Fact::Present(name) if self.present.contains_key(name) => Settled::Yes,
            Fact::Present(name) if self.absent.contains(name) => Settled::No,
            Fact::Absent(name) if self.absent.contains(name) => Settled::Yes,
            Fact::Absent(name) if self.present.contains_key(name) => Settled::No,
            Fact::PropertyFails(name, _) if self.absent.contains(name) => Settled::No,
            Fact::PropertyFails(name, node) => self.property_fails(name, *node, arena),
            Fact::PatternFails(pattern, node) => {
                let contradicted =
                    self.sources.iter().any(|source| source.patterns.contains(&(*pattern, *node)));
                if contradicted { Settled::No } else { Settled::Open }
            }
            Fact::OthersFail(properties, node) => {
                // A source that says the same of every name that is meant.
                let contradicted = self.sources.iter().any(|source| {
                    source.additional == Some(*node)
                        && source.named.keys().all(|name| properties.named.contains_key(name))
                        && source
                            .patterns
                            .iter()
                            .all(|(pattern, _)| properties.patterns.iter().any(|(other, _)| other == pattern))
                });
                if contradicted { Settled::No } else { Settled::Open }
            }
            _ => Settled::Open,
        }
    }

    fn property_fails(&self, name: &str, node: NodeId, arena: &mut Arena) -> Settled {
        let present = self.present.get(name);
        if present.is_some_and(|literals| literals.contains(&(node, false))) {
            return Settled::Yes;
        }
        let mut applying = Vec::new();
        for source in &self.sources {
            match arena.applying(source, name) {
                Some(nodes) => applying.extend(nodes),
                None => return Settled::Open,
            }
        }
        if applying.contains(&node) || applying.contains(&Arena::NOTHING) {
            return Settled::No;
        }
        // A property of a few values: hold each against the schema.
        for candidate in applying {
            let atoms = arena.atoms(candidate);
            for atom in atoms.iter() {
                let Atom::Values(values) = atom else { continue };
                if values.list().len() > FEW_VALUES {
                    continue;
                }
                let verdicts: Vec<Option<bool>> =
                    values.list().iter().map(|value| arena.accepts(node, value)).collect();
                if verdicts.iter().all(|verdict| *verdict == Some(true)) {
                    return Settled::No;
                }
                if present.is_some() && verdicts.iter().all(|verdict| *verdict == Some(false)) {
                    return Settled::Yes;
                }
            }
        }
        Settled::Open
    }

    /// Every name that some schema mentions.
    fn mentioned(&self) -> BTreeSet<String> {
        let mut names: BTreeSet<String> = self.present.keys().cloned().collect();
        for source in &self.sources {
            names.extend(source.named.keys().cloned());
        }
        for sought in &self.sought {
            if let Name::Other(properties) = &sought.name {
                names.extend(properties.named.keys().cloned());
            }
        }
        names
    }

    /// Every pattern that tells names apart.
    fn patterns(&self) -> Vec<PatternId> {
        let mut patterns: Vec<PatternId> = Vec::new();
        for source in &self.sources {
            patterns.extend(source.patterns.iter().map(|(pattern, _)| *pattern));
        }
        for sought in &self.sought {
            match &sought.name {
                Name::Matching(pattern) => patterns.push(*pattern),
                Name::Other(properties) => {
                    patterns.extend(properties.patterns.iter().map(|(pattern, _)| *pattern))
                }
                Name::Failing(_) => {}
            }
        }
        patterns.sort_unstable();
        patterns.dedup();
        patterns
    }
}

/// What names there are to choose from.
struct Choice {
    mentioned: BTreeSet<String>,
    patterns: Vec<PatternId>,
    /// Schemas that some name has to fail. One name may have to fail several.
    failing: Vec<NodeId>,
}

impl Solver {
    /// An object of the shape that is none of the excluded values.
    pub(super) fn object(&mut self, shape: ObjectShape, excluded: &[Value]) -> Outcome {
        if shape.max.is_some_and(|max| max < shape.min.max(shape.present.len() as u64)) {
            return Outcome::Empty;
        }
        let failing = shape.sought.iter().filter_map(|sought| match &sought.name {
            Name::Failing(node) => Some(*node),
            _ => None,
        });
        let mut failing: Vec<NodeId> = failing.collect();
        failing.sort_unstable();
        failing.dedup();
        let choice = Choice { mentioned: shape.mentioned(), patterns: shape.patterns(), failing };
        self.name_all(shape, &choice, excluded)
    }

    /// Finds a name for each property that needs one.
    fn name_all(&mut self, mut shape: ObjectShape, choice: &Choice, excluded: &[Value]) -> Outcome {
        if !self.step() {
            return self.out_of_steps();
        }
        let Some(sought) = shape.sought.pop() else {
            return self.fill(shape, choice, excluded);
        };
        let mut alternatives = Alternatives::default();
        // What is there already, then what a schema mentions, then anything else.
        let there = shape.present.keys().cloned();
        let others = choice.mentioned.iter().filter(|name| !shape.present.contains_key(*name)).cloned();
        let names: Vec<String> = there.chain(others).filter(|name| !shape.absent.contains(name)).collect();
        for name in names {
            match self.fits(&sought.name, &name) {
                Some(true) => {}
                Some(false) => continue,
                None => {
                    alternatives.add(Outcome::unknown("a pattern over property names cannot be decided"));
                    continue;
                }
            }
            let mut next = shape.clone();
            next.present.entry(name).or_default().extend(sought.value.iter().copied());
            let outcome = self.name_all(next, choice, excluded);
            if let Some(value) = alternatives.add(outcome) {
                return Outcome::Found(value);
            }
        }
        let mut fresh = self.fresh_names(&shape, choice, Some(&sought.name));
        if fresh.truncated {
            alternatives.add(Outcome::unknown("property names under many patterns"));
        }
        for outcome in std::mem::take(&mut fresh.names) {
            let name = match outcome {
                Outcome::Found(Value::String(name)) => name,
                other => {
                    alternatives.add(other);
                    continue;
                }
            };
            let mut next = shape.clone();
            next.present.entry(name).or_default().extend(sought.value.iter().copied());
            let outcome = self.name_all(next, choice, excluded);
            if let Some(value) = alternatives.add(outcome) {
                return Outcome::Found(value);
            }
        }
        alternatives.none()
    }

    fn fits(&mut self, wanted: &Name, name: &str) -> Option<bool> {
        match wanted {
            Name::Matching(pattern) => self.arena.patterns.matches(*pattern, name),
            Name::Other(properties) => {
                if properties.named.contains_key(name) {
                    return Some(false);
                }
                for (pattern, _) in &properties.patterns {
                    if self.arena.patterns.matches(*pattern, name)? {
                        return Some(false);
                    }
                }
                Some(true)
            }
            Name::Failing(node) => self.arena.accepts(*node, &Value::from(name)).map(|accepts| !accepts),
        }
    }

    /// Names that nothing mentions, one for each set of patterns a name can match.
    fn fresh_names(&mut self, shape: &ObjectShape, choice: &Choice, wanted: Option<&Name>) -> Fresh {
        let taken: Vec<Value> = choice
            .mentioned
            .iter()
            .chain(shape.present.keys())
            .chain(&shape.absent)
            .map(|name| name.as_str().into())
            .collect();
        let text = self.text_node();
        let mut common: Goal = vec![(text, true)];
        common.extend(shape.names.iter().copied());
        if !taken.is_empty() {
            common.push((self.values_node(taken), false));
        }
        // Patterns and schemas of names alike: each is a schema that the name satisfies or not.
        let mut fixed: BTreeMap<NodeId, bool> = BTreeMap::new();
        match wanted {
            Some(Name::Matching(pattern)) => {
                fixed.insert(self.pattern_node(*pattern), true);
            }
            Some(Name::Other(properties)) => {
                for (pattern, _) in &properties.patterns {
                    fixed.insert(self.pattern_node(*pattern), false);
                }
            }
            Some(Name::Failing(node)) => {
                fixed.insert(*node, false);
            }
            None => {}
        }
        let mut free: Vec<NodeId> =
            choice.patterns.iter().map(|pattern| self.pattern_node(*pattern)).collect();
        free.extend(&choice.failing);
        free.retain(|node| !fixed.contains_key(node));
        let truncated = free.len() > MOST_PATTERNS;
        free.truncate(MOST_PATTERNS);
        let mut names = Vec::new();
        for bits in 0..1_usize << free.len() {
            let mut goal = common.clone();
            goal.extend(fixed.iter().map(|(node, holds)| (*node, *holds)));
            goal.extend(free.iter().enumerate().map(|(at, node)| (*node, bits >> at & 1 == 1)));
            names.push(self.inhabit(&goal));
        }
        Fresh { names, truncated }
    }

    fn pattern_node(&mut self, pattern: PatternId) -> NodeId {
        self.arena.node(vec![Atom::Pattern(pattern)], Vec::new())
    }

    /// What the value of a property has to be; `None` where a pattern cannot be decided.
    fn value_goal(&mut self, shape: &ObjectShape, name: &str) -> Option<Goal> {
        let mut goal: Goal = shape.present.get(name).cloned().unwrap_or_default();
        for source in &shape.sources {
            goal.extend(self.arena.applying(source, name)?.into_iter().map(|node| (node, true)));
        }
        Some(goal)
    }

    fn name_allowed(&mut self, shape: &ObjectShape, name: &str) -> Option<bool> {
        self.fulfils(&shape.names, &Value::from(name))
    }

    /// Builds the object, with as many more properties as it needs.
    fn fill(&mut self, mut shape: ObjectShape, choice: &Choice, excluded: &[Value]) -> Outcome {
        if shape.max.is_some_and(|max| max < shape.min.max(shape.present.len() as u64)) {
            return Outcome::Empty;
        }
        if shape.min > LARGEST {
            return Outcome::unknown(format!("an object of {} properties", shape.min));
        }
        let asked = shape.clone();
        let mut unknown = None;
        let mut object = Map::new();
        let names: Vec<String> = shape.present.keys().cloned().collect();
        for name in names {
            let outcome = self.property(&shape, &name);
            match outcome {
                Outcome::Found(value) => {
                    object.insert(name, value);
                }
                Outcome::Empty => return Outcome::Empty,
                Outcome::Unknown(reason) => {
                    unknown.get_or_insert(reason);
                }
            }
        }
        if let Some(reason) = unknown {
            return Outcome::Unknown(reason);
        }
        let mut alternatives = Alternatives::default();
        for name in choice.mentioned.iter().filter(|name| !shape.absent.contains(*name)) {
            if object.len() as u64 >= shape.min {
                break;
            }
            if object.contains_key(name) {
                continue;
            }
            let outcome = self.property(&shape, name);
            if let Some(value) = alternatives.add(outcome) {
                object.insert(name.clone(), value);
                shape.present.entry(name.clone()).or_default();
            }
        }
        while (object.len() as u64) < shape.min {
            let fresh = self.fresh_names(&shape, choice, None);
            if fresh.truncated {
                alternatives.add(Outcome::unknown("property names under many patterns"));
            }
            let before = object.len();
            for outcome in fresh.names {
                let Some(Value::String(name)) = alternatives.add(outcome) else { continue };
                let outcome = self.property(&shape, &name);
                if let Some(value) = alternatives.add(outcome) {
                    object.insert(name.clone(), value);
                    shape.present.entry(name).or_default();
                    break;
                }
            }
            if object.len() == before {
                return alternatives.none();
            }
            if !self.step() {
                return self.out_of_steps();
            }
        }
        let object = Value::Object(object);
        if !excluded.iter().any(|other| same(other, &object)) {
            return Outcome::Found(object);
        }
        self.another(&asked, &object, choice, excluded)
    }

    /// An object that differs from one that is excluded: without one of its properties, with another value for one, or
    /// with all of them and one more. `shape` is what was asked for, before properties were added to it.
    fn another(
        &mut self,
        shape: &ObjectShape,
        object: &Value,
        choice: &Choice,
        excluded: &[Value],
    ) -> Outcome {
        if !self.step() {
            return self.out_of_steps();
        }
        let mut variants = Vec::new();
        let mut more = shape.clone();
        // Each variant agrees with the excluded object on the names before its own, so none is visited twice.
        let mut same = shape.clone();
        for (name, value) in object.as_object().into_iter().flatten() {
            let node = self.values_node(vec![value.clone()]);
            if !shape.present.contains_key(name) {
                let mut without = same.clone();
                without.absent.insert(name.clone());
                variants.push(without);
            }
            let mut otherwise = same.clone();
            otherwise.present.entry(name.clone()).or_default().push((node, false));
            variants.push(otherwise);
            same.present.entry(name.clone()).or_default().push((node, true));
            more.present.entry(name.clone()).or_default();
        }
        more.min = more.min.max(object.as_object().map_or(0, Map::len) as u64 + 1);
        variants.push(more);
        let mut alternatives = Alternatives::default();
        for variant in variants {
            let outcome = self.fill(variant, choice, excluded);
            if let Some(value) = alternatives.add(outcome) {
                return Outcome::Found(value);
            }
        }
        alternatives.none()
    }

    /// A value for a property of the shape that fails a schema; `None` where a property is still to be named, which may be this one.
    pub(super) fn failing_property(
        &mut self,
        shape: &ObjectShape,
        name: &str,
        node: NodeId,
    ) -> Option<Outcome> {
        shape.sought.is_empty().then(|| self.property_with(shape, name, Some((node, false))))
    }

    fn property(&mut self, shape: &ObjectShape, name: &str) -> Outcome {
        self.property_with(shape, name, None)
    }

    fn property_with(&mut self, shape: &ObjectShape, name: &str, besides: Option<Literal>) -> Outcome {
        match self.name_allowed(shape, name) {
            Some(true) => {}
            Some(false) => return Outcome::Empty,
            None => return Outcome::unknown("a pattern over property names cannot be decided"),
        }
        match self.value_goal(shape, name) {
            Some(mut goal) => {
                goal.extend(besides);
                self.inhabit(&goal)
            }
            None => Outcome::unknown("a pattern over property names cannot be decided"),
        }
    }
}

struct Fresh {
    names: Vec<Outcome>,
    /// Not every set of patterns was tried.
    truncated: bool,
}
