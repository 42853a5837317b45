//! Arrays: how long, and what stands at each position.

use std::collections::BTreeMap;
use std::rc::Rc;

use serde_json::Value;

use super::arena::{Items, NodeId};
use super::branch::{Clash, Fact, Settled};
use super::number::same;
use super::solve::{Alternatives, Goal, Literal, Outcome, Solver};

/// What an array has to be.
#[derive(Debug, Clone, Default)]
pub(super) struct ArrayShape {
    sources: Vec<Rc<Items>>,
    pub(super) min: u64,
    pub(super) max: Option<u64>,
    /// All items differ.
    pub(super) unique: bool,
    /// Two items are equal.
    pub(super) repeats: bool,
    /// What the item at a position has to be besides what the sources say.
    fixed: BTreeMap<usize, Vec<Literal>>,
    /// Items that have to be somewhere from a position on.
    sought: Vec<(usize, Literal)>,
    /// At most so many items are of a schema.
    at_most: Vec<(NodeId, u64)>,
    at_least: Vec<(NodeId, u64)>,
}

/// Arrays of more items than this are not built.
const LONGEST: usize = 2_000;

/// Arrays of more items that all have to differ are not built.
const LONGEST_UNIQUE: usize = 64;

impl ArrayShape {
    pub(super) fn add(&mut self, fact: Fact) -> Result<(), Clash> {
        match fact {
            Fact::Items(items) => self.sources.push(items),
            Fact::ItemFails(position, node) => self.fixed.entry(position).or_default().push((node, false)),
            Fact::RestFails(from, node) => self.sought.push((from, (node, false))),
            // Two demands for items of one kind are met by the same items.
            Fact::AtLeast(node, count) => match self.at_least.iter_mut().find(|(known, _)| *known == node) {
                Some((_, known)) => *known = count.max(*known),
                None => self.at_least.push((node, count)),
            },
            Fact::AtMost(node, count) => self.at_most.push((node, count)),
            _ => return Err(Clash),
        }
        Ok(())
    }

    /// Whether a fact cannot hold, as far as can be seen at a glance.
    pub(super) fn settled(&self, fact: &Fact) -> Settled {
        let contradicted = match fact {
            Fact::ItemFails(position, node) => {
                self.max.is_some_and(|max| *position as u64 >= max)
                    || self.sources.iter().any(|items| items.at(*position) == Some(*node))
            }
            Fact::RestFails(from, node) => {
                self.max.is_some_and(|max| *from as u64 >= max)
                    || self
                        .sources
                        .iter()
                        .any(|items| items.prefix.len() <= *from && items.rest == Some(*node))
            }
            _ => false,
        };
        if contradicted { Settled::No } else { Settled::Open }
    }

    fn said_of(&self, position: usize) -> Goal {
        self.sources.iter().filter_map(|items| items.at(position)).map(|node| (node, true)).collect()
    }
}

impl Solver {
    /// An array of the shape that is none of the excluded values.
    pub(super) fn array(&mut self, shape: &ArrayShape, excluded: &[Value]) -> Outcome {
        if shape.unique && shape.repeats {
            return Outcome::Empty;
        }
        let after_fixed = shape.fixed.keys().next_back().map_or(0, |last| last + 1);
        let min = usize::try_from(shape.min).unwrap_or(usize::MAX).max(after_fixed);
        let max = shape.max.map(|max| usize::try_from(max).unwrap_or(usize::MAX));
        if max.is_some_and(|max| max < min) {
            return Outcome::Empty;
        }
        if min > LONGEST {
            return Outcome::unknown(format!("an array of {min} items"));
        }
        let mut sought = shape.sought.clone();
        for (node, count) in &shape.at_least {
            if *count as usize > LONGEST_UNIQUE {
                return Outcome::unknown(format!("an array with {count} items of one kind"));
            }
            sought.extend((0..*count).map(|_| (0, (*node, true))));
        }
        // Past the longest prefix, and past every position from which an item is sought, positions are alike: an item
        // there that nothing needs can be dropped, so an array longer than this has a shorter one beside it.
        let prefixes = shape.sources.iter().map(|items| items.prefix.len());
        let prefix = prefixes.chain(sought.iter().map(|(from, _)| *from)).max().unwrap_or(0);
        let pair = if shape.repeats { 2 } else { 0 };
        let longest = min.max(prefix) + sought.len() + pair + excluded.len();
        let longest = max.map_or(longest, |max| longest.min(max));
        let mut alternatives = Alternatives::default();
        for length in min..=longest {
            let mut extras: Vec<Vec<Literal>> = vec![Vec::new(); length];
            for (position, literals) in &shape.fixed {
                extras[*position].extend(literals);
            }
            let outcome = self.place(shape, &sought, &mut extras, prefix, excluded);
            if let Some(value) = alternatives.add(outcome) {
                return Outcome::Found(value);
            }
        }
        alternatives.none()
    }

    /// Finds a position for each item that has to be somewhere.
    fn place(
        &mut self,
        shape: &ArrayShape,
        sought: &[(usize, Literal)],
        extras: &mut Vec<Vec<Literal>>,
        prefix: usize,
        excluded: &[Value],
    ) -> Outcome {
        if !self.step() {
            return self.out_of_steps();
        }
        let Some(((from, literal), rest)) = sought.split_first() else {
            return self.decide_counts(shape, extras, 0, &mut vec![0; shape.at_most.len()], excluded);
        };
        let mut alternatives = Alternatives::default();
        let mut tried: Vec<Vec<Literal>> = Vec::new();
        for position in *from..extras.len() {
            // A second item of one kind needs a place of its own.
            if literal.1 && extras[position].contains(literal) {
                continue;
            }
            if position >= prefix {
                if tried.contains(&extras[position]) {
                    continue;
                }
                tried.push(extras[position].clone());
            }
            extras[position].push(*literal);
            let outcome = self.place(shape, rest, extras, prefix, excluded);
            extras[position].pop();
            if let Some(value) = alternatives.add(outcome) {
                return Outcome::Found(value);
            }
        }
        alternatives.none()
    }

    /// Decides for each position which of the counted schemas it is of.
    fn decide_counts(
        &mut self,
        shape: &ArrayShape,
        extras: &mut Vec<Vec<Literal>>,
        at: usize,
        counts: &mut Vec<u64>,
        excluded: &[Value],
    ) -> Outcome {
        if shape.at_most.is_empty() {
            return self.items(shape, extras, excluded, 0);
        }
        // One position and one counted schema at a time.
        let (position, which) = (at / shape.at_most.len(), at % shape.at_most.len());
        if position >= extras.len() {
            return self.items(shape, extras, excluded, 0);
        }
        if !self.step() {
            return self.out_of_steps();
        }
        let (node, most) = shape.at_most[which];
        let mut alternatives = Alternatives::default();
        for holds in [false, true] {
            if extras[position].contains(&(node, !holds)) || holds && counts[which] >= most {
                continue;
            }
            extras[position].push((node, holds));
            // A position that cannot be so ends this way at once.
            let goal: Goal =
                shape.said_of(position).into_iter().chain(extras[position].iter().copied()).collect();
            let outcome = match self.inhabit(&goal) {
                Outcome::Empty => Outcome::Empty,
                _ => {
                    counts[which] += u64::from(holds);
                    let outcome = self.decide_counts(shape, extras, at + 1, counts, excluded);
                    counts[which] -= u64::from(holds);
                    outcome
                }
            };
            extras[position].pop();
            if let Some(value) = alternatives.add(outcome) {
                return Outcome::Found(value);
            }
        }
        alternatives.none()
    }

    /// Builds the items.
    fn items(
        &mut self,
        shape: &ArrayShape,
        extras: &[Vec<Literal>],
        excluded: &[Value],
        varied: usize,
    ) -> Outcome {
        let goals: Vec<Goal> = extras
            .iter()
            .enumerate()
            .map(|(position, extra)| {
                shape.said_of(position).into_iter().chain(extra.iter().copied()).collect()
            })
            .collect();
        let outcome = if shape.unique {
            self.different_items(&goals)
        } else if shape.repeats {
            self.repeating_items(&goals)
        } else {
            self.independent_items(&goals)
        };
        let Outcome::Found(array) = outcome else { return outcome };
        if !excluded.iter().any(|other| same(other, &array)) {
            return Outcome::Found(array);
        }
        // One that differs from the excluded ones does so at some position; longer arrays are tried by the caller.
        if varied > excluded.len() {
            return Outcome::unknown("an array that is not among very many");
        }
        if !self.step() {
            return self.out_of_steps();
        }
        let mut alternatives = Alternatives::default();
        // Each variant agrees with the excluded array before its own position, so none is visited twice.
        let mut same = extras.to_vec();
        for (position, item) in array.as_array().into_iter().flatten().enumerate() {
            let node = self.values_node(vec![item.clone()]);
            let mut extras = same.clone();
            extras[position].push((node, false));
            same[position].push((node, true));
            let outcome = self.items(shape, &extras, excluded, varied + 1);
            if let Some(value) = alternatives.add(outcome) {
                return Outcome::Found(value);
            }
        }
        alternatives.none()
    }

    fn independent_items(&mut self, goals: &[Goal]) -> Outcome {
        let mut items = Vec::with_capacity(goals.len());
        let mut unknown = None;
        for goal in goals {
            match self.inhabit(goal) {
                Outcome::Found(item) => items.push(item),
                Outcome::Empty => return Outcome::Empty,
                Outcome::Unknown(reason) => {
                    unknown.get_or_insert(reason);
                }
            }
        }
        unknown.map_or(Outcome::Found(Value::Array(items)), Outcome::Unknown)
    }

    /// Two equal items at some pair of positions.
    fn repeating_items(&mut self, goals: &[Goal]) -> Outcome {
        let mut alternatives = Alternatives::default();
        let mut tried: Vec<Goal> = Vec::new();
        for first in 0..goals.len() {
            for second in first + 1..goals.len() {
                let joint: Goal = goals[first].iter().chain(&goals[second]).copied().collect();
                if tried.contains(&joint) {
                    continue;
                }
                tried.push(joint.clone());
                let outcome = self.inhabit(&joint);
                let Some(item) = alternatives.add(outcome) else { continue };
                let outcome = self.independent_items(goals);
                if let Some(Value::Array(mut items)) = alternatives.add(outcome) {
                    items[first] = item.clone();
                    items[second] = item;
                    return Outcome::Found(Value::Array(items));
                }
            }
        }
        alternatives.none()
    }

    /// Items that all differ: for each position as many values as there are positions, then a matching of positions
    /// and values. A position that has that many is never in the way.
    fn different_items(&mut self, goals: &[Goal]) -> Outcome {
        if goals.len() > LONGEST_UNIQUE {
            return Outcome::unknown(format!("an array of {} different items", goals.len()));
        }
        let mut values: Vec<Value> = Vec::new();
        let mut options: Vec<Vec<usize>> = Vec::with_capacity(goals.len());
        for goal in goals {
            let mut found: Vec<usize> = Vec::new();
            while found.len() < goals.len() {
                let mut goal = goal.clone();
                if !found.is_empty() {
                    let known: Vec<Value> = found.iter().map(|index| values[*index].clone()).collect();
                    goal.push((self.values_node(known), false));
                }
                match self.inhabit(&goal) {
                    Outcome::Found(value) => {
                        let known = values.iter().position(|known| same(known, &value));
                        found.push(known.unwrap_or_else(|| {
                            values.push(value);
                            values.len() - 1
                        }));
                    }
                    Outcome::Empty => break,
                    Outcome::Unknown(reason) => return Outcome::Unknown(reason),
                }
            }
            options.push(found);
        }
        let mut owner: Vec<Option<usize>> = vec![None; values.len()];
        for position in 0..goals.len() {
            if !augment(position, &options, &mut owner, &mut vec![false; values.len()]) {
                return Outcome::Empty;
            }
        }
        let mut items = vec![Value::Null; goals.len()];
        for (value, owner) in values.into_iter().zip(owner) {
            if let Some(position) = owner {
                items[position] = value;
            }
        }
        Outcome::Found(Value::Array(items))
    }
}

/// One step of a bipartite matching: gives the position a value, moving others where that helps.
fn augment(
    position: usize,
    options: &[Vec<usize>],
    owner: &mut Vec<Option<usize>>,
    seen: &mut Vec<bool>,
) -> bool {
    for &value in &options[position] {
        if std::mem::replace(&mut seen[value], true) {
            continue;
        }
        if owner[value].is_none_or(|other| augment(other, options, owner, seen)) {
            owner[value] = Some(position);
            return true;
        }
    }
    false
}
