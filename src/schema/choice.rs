//! What is left to choose in a branch: the alternatives, those of `oneOf` by their numbers and not written out.
//!
//! That exactly one of `n` schemas holds is `n` alternatives of `n` facts each, and that it does not is one for each pair.
//! Each schema is looked at once all the same.

use std::rc::Rc;

use super::arena::NodeId;
use super::branch::{Alternative, Fact, Settled};

/// A choice: one of the alternatives of all ways.
pub(super) type Choice = Vec<Ways>;

/// Alternatives, in the order in which they are tried.
#[derive(Debug, Clone)]
pub(super) enum Ways {
    /// Facts that hold together.
    Facts(Alternative),
    /// One of the schemas holds and the others fail. `open` are those that may be the one.
    One { nodes: Rc<[NodeId]>, open: Vec<usize> },
    /// All of the schemas fail, or two of them hold. `open` are those that may hold.
    NotOne { nodes: Rc<[NodeId]>, open: Vec<usize>, may_all_fail: bool },
}

impl Ways {
    pub(super) fn one(nodes: &[NodeId]) -> Self {
        Self::One { nodes: nodes.into(), open: (0..nodes.len()).collect() }
    }

    pub(super) fn not_one(nodes: &[NodeId]) -> Self {
        Self::NotOne { nodes: nodes.into(), open: (0..nodes.len()).collect(), may_all_fail: true }
    }

    fn count(&self) -> usize {
        match self {
            Self::Facts(_) => 1,
            Self::One { open, .. } => open.len(),
            Self::NotOne { open, may_all_fail, .. } => {
                usize::from(*may_all_fail) + open.len() * open.len().saturating_sub(1) / 2
            }
        }
    }

    /// Drops the alternatives that cannot hold; true where one holds already.
    fn settle(&mut self, settled: &mut impl FnMut(&Fact) -> Settled) -> bool {
        let mut verdicts = |nodes: &[NodeId]| -> Vec<Settled> {
            nodes.iter().map(|node| settled(&Fact::Node(*node, true))).collect()
        };
        match self {
            Self::Facts(facts) => {
                let verdicts: Vec<Settled> = facts.iter().map(&mut *settled).collect();
                let holds = verdicts.iter().all(|verdict| *verdict == Settled::Yes);
                if verdicts.contains(&Settled::No) {
                    *self = Self::none();
                }
                holds
            }
            Self::One { nodes, open } => {
                let verdicts = verdicts(nodes);
                let of = |wanted: Settled| verdicts.iter().filter(|verdict| **verdict == wanted).count();
                let (hold, fail) = (of(Settled::Yes), of(Settled::No));
                open.retain(|chosen| match verdicts[*chosen] {
                    Settled::Yes => hold == 1,
                    Settled::No => false,
                    Settled::Open => hold == 0,
                });
                hold == 1 && fail + 1 == nodes.len() && !open.is_empty()
            }
            Self::NotOne { nodes, open, may_all_fail } => {
                let verdicts = verdicts(nodes);
                let all_fail = verdicts.iter().all(|verdict| *verdict == Settled::No);
                open.retain(|node| verdicts[*node] != Settled::No);
                let hold = open.iter().filter(|node| verdicts[**node] == Settled::Yes).count();
                let is_settled = *may_all_fail && all_fail || hold > 1;
                *may_all_fail &= !verdicts.contains(&Settled::Yes);
                is_settled
            }
        }
    }

    /// No alternative.
    fn none() -> Self {
        Self::One { nodes: Rc::new([]), open: Vec::new() }
    }

    /// The alternatives, each written out.
    fn alternatives(self) -> Box<dyn Iterator<Item = Alternative>> {
        match self {
            Self::Facts(facts) => Box::new(std::iter::once(facts)),
            Self::One { nodes, open } => Box::new(open.into_iter().map(move |chosen| {
                // The chosen one last: facts are taken from the end, and it says most.
                let others = nodes.iter().enumerate().filter(|(other, _)| *other != chosen);
                let mut facts: Alternative = others.map(|(_, node)| Fact::Node(*node, false)).collect();
                facts.push(Fact::Node(nodes[chosen], true));
                facts
            })),
            Self::NotOne { nodes, open, may_all_fail } => {
                let all_fail =
                    may_all_fail.then(|| nodes.iter().map(|node| Fact::Node(*node, false)).collect());
                let pairs = (0..open.len()).flat_map(move |first| {
                    let holds = |at: usize| Fact::Node(nodes[open[at]], true);
                    let pairs: Vec<Alternative> =
                        (first + 1..open.len()).map(|second| vec![holds(first), holds(second)]).collect();
                    pairs
                });
                Box::new(all_fail.into_iter().chain(pairs))
            }
        }
    }
}

/// How many alternatives a choice has.
pub(super) fn count(choice: &Choice) -> usize {
    choice.iter().map(Ways::count).sum()
}

/// Drops the alternatives that cannot hold; true where one holds already, so that nothing is to be chosen.
pub(super) fn settle(choice: &mut Choice, mut settled: impl FnMut(&Fact) -> Settled) -> bool {
    let mut holds = false;
    choice.retain_mut(|ways| {
        holds |= ways.settle(&mut settled);
        ways.count() > 0
    });
    holds
}

/// The alternatives of a choice, each written out when it is tried.
pub(super) fn alternatives(choice: Choice) -> impl Iterator<Item = Alternative> {
    choice.into_iter().flat_map(Ways::alternatives)
}
