//! `connector-diff check` of two whole registries: each connector that differs has its report.

use rayon::prelude::*;

use super::branch::rank;
use super::check::{CheckArgs, Compared};
use super::{Failure, output};
use crate::limits::Limits;
use crate::load::{Read, Registry};
use crate::model::Connector;
use crate::policy::PolicyFile;

/// What both sides are.
pub(super) enum Both {
    /// Two versions of a connector.
    Connectors(Box<(Connector, Connector)>),
    /// Two registries.
    Registries(Box<(Registry, Registry)>),
}

/// Holds what was read of the two sides together. Beside a registry, a side that is absent is one without connectors.
pub(super) fn both(old: Read, new: Read) -> Result<Both, Failure> {
    let differ = |registry, connector| {
        let message = format!("{registry} is a whole registry, and {connector} is one connector");
        Err(Failure::input(format!("{message}: expected two registries, or two versions of a connector")))
    };
    let registries = |old, new| Ok(Both::Registries(Box::new((old, new))));
    match (old, new) {
        (Read::Connector(old), Read::Connector(new)) => Ok(Both::Connectors(Box::new((*old, *new)))),
        (Read::Registry(old), Read::Registry(new)) => registries(old, new),
        (Read::Registry(old), Read::Connector(new)) if new.is_absent => registries(old, Registry::empty()),
        (Read::Connector(old), Read::Registry(new)) if old.is_absent => registries(Registry::empty(), new),
        (Read::Registry(_), Read::Connector(_)) => differ("OLD", "NEW"),
        (Read::Connector(_), Read::Registry(_)) => differ("NEW", "OLD"),
    }
}

/// Checks that no flag speaks of one connector.
pub(super) fn check_flags(of_one_connector: Option<&str>) -> Result<(), Failure> {
    match of_one_connector {
        None => Ok(()),
        Some(flag) => Err(Failure::usage(format!(
            "OLD and NEW are whole registries: expected no {flag}, which is about one connector"
        ))),
    }
}

/// Compares two registries connector by connector. An entry that is the same text in both has no report.
pub(super) fn check(
    (old, new): &(Registry, Registry),
    arguments: &CheckArgs,
    policies: &PolicyFile,
    limits: &Limits,
) -> Result<u8, Failure> {
    let pairs = Registry::pairs(old, new);
    let count = pairs.len();
    let differing: Vec<_> = pairs.into_iter().filter(|pair| !pair.is_same()).collect();
    let same = count - differing.len();
    let mut compared: Vec<Compared> = differing
        .par_iter()
        .map(|pair| {
            let [old, new] = pair.sides();
            let policy = policies.policy(Some(&pair.name));
            arguments.compare(&old, &new, &arguments.options(policy))
        })
        .collect();
    if same > 0 {
        let what = if same == 1 { "connector is" } else { "connectors are" };
        output::message("note", &format!("{same} {what} the same in both registries, and not in the report"));
    }
    compared.sort_by_cached_key(rank);
    arguments.deliver(compared, None, limits)
}
