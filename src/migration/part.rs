//! Steps that have to do with each other, apart from those that do not.
//!
//! Most steps read and change one or two properties of the config. Steps that share none do not see what the others do, so
//! that each such part can be tried alone: with the properties that it is about, and no others.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, OnceLock};

use super::Migrations;
use super::step::Known;
use crate::model::Pointer;

/// Steps that have to do with each other.
#[derive(Debug)]
pub struct Part {
    /// The properties of the root that they are about.
    pub roots: BTreeSet<String>,
    /// The steps alone, with the validations that are about these properties.
    pub migrations: Migrations,
    /// Which steps they are, by their numbers among all.
    pub steps: Vec<usize>,
}

impl Part {
    /// The number that a step has among all.
    pub fn number(&self, step: usize) -> usize {
        self.steps.get(step).copied().unwrap_or(step)
    }
}

impl Migrations {
    /// The parts that they are made of; `None` where a step or a validation may be about any property.
    pub fn parts(&self) -> Option<Vec<Part>> {
        let steps: Vec<&(Pointer, Arc<Known>)> =
            self.migrations.iter().chain(&self.transformations).collect();
        let roots: Vec<BTreeSet<String>> =
            steps.iter().map(|(_, step)| step.roots.clone()).collect::<Option<_>>()?;
        let validated: Vec<&String> =
            self.validations.iter().map(|(path, _)| path.first()).collect::<Option<_>>()?;
        // A property that only a validation is about is a part of its own.
        let validated = validated.into_iter().map(|root| BTreeSet::from([root.clone()]));
        let groups = connected(roots.into_iter().chain(validated));
        let parts = groups.into_iter().map(|(roots, members)| {
            let steps: Vec<usize> = members.into_iter().filter(|member| *member < steps.len()).collect();
            let migrations = self.only(&steps, &roots);
            Part { roots, migrations, steps }
        });
        Some(parts.collect())
    }

    /// Some of the steps, with the validations that are about some properties of the root.
    fn only(&self, steps: &[usize], roots: &BTreeSet<String>) -> Self {
        let first = self.migrations.len();
        let of = |all: &[(Pointer, Arc<Known>)], from: usize| -> Vec<(Pointer, Arc<Known>)> {
            let numbers = steps.iter().filter_map(|step| step.checked_sub(from));
            numbers.filter_map(|at| all.get(at).cloned()).collect()
        };
        let is_about = |path: &[String]| path.first().is_some_and(|root| roots.contains(root));
        let validations = self.validations.iter().filter(|(path, _)| is_about(path));
        Self {
            migrations: of(&self.migrations, 0),
            transformations: of(&self.transformations, first),
            validations: validations.cloned().collect(),
            by_root: OnceLock::new(),
        }
    }

    /// The properties of the root that the steps are about; `None` where that may be any.
    pub fn roots(&self) -> Option<BTreeSet<String>> {
        let all = self.migrations.iter().chain(&self.transformations);
        all.map(|(_, step)| step.roots.as_ref()).try_fold(BTreeSet::new(), |mut all, roots| {
            all.extend(roots?.iter().cloned());
            Some(all)
        })
    }

    /// The same with more migrations behind those that are there.
    pub fn followed_by<'m>(&self, more: impl IntoIterator<Item = &'m Self>) -> Self {
        let mut migrations = self.migrations.clone();
        migrations.extend(more.into_iter().flat_map(|more| more.migrations.iter().cloned()));
        Self {
            migrations,
            transformations: self.transformations.clone(),
            validations: self.validations.clone(),
            by_root: OnceLock::new(),
        }
    }

    /// The steps of several parts, in the order that they have among all.
    pub fn joined(&self, parts: &[&Part]) -> Self {
        let mut steps: Vec<usize> = parts.iter().flat_map(|part| part.steps.iter().copied()).collect();
        steps.sort_unstable();
        let roots = parts.iter().flat_map(|part| part.roots.iter().cloned()).collect();
        self.only(&steps, &roots)
    }
}

/// Sets that share an element, directly or by others, joined; each with the numbers of its members.
fn connected(sets: impl IntoIterator<Item = BTreeSet<String>>) -> Vec<(BTreeSet<String>, Vec<usize>)> {
    let sets: Vec<BTreeSet<String>> = sets.into_iter().collect();
    let mut leaders: Vec<usize> = (0..sets.len()).collect();
    fn leader(leaders: &mut [usize], mut member: usize) -> usize {
        while leaders[member] != member {
            leaders[member] = leaders[leaders[member]];
            member = leaders[member];
        }
        member
    }
    let mut first: BTreeMap<&String, usize> = BTreeMap::new();
    for (member, set) in sets.iter().enumerate() {
        for element in set {
            let other = *first.entry(element).or_insert(member);
            let (one, other) = (leader(&mut leaders, member), leader(&mut leaders, other));
            leaders[one.max(other)] = one.min(other);
        }
    }
    let mut groups: BTreeMap<usize, (BTreeSet<String>, Vec<usize>)> = BTreeMap::new();
    for (member, set) in sets.iter().enumerate() {
        let group = groups.entry(leader(&mut leaders, member)).or_default();
        group.0.extend(set.iter().cloned());
        group.1.push(member);
    }
    groups.into_values().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{AddedConfigField, ConfigRules, ConfigStep, ConfigStepKind};

    fn add(path: &str, value: &str, condition: &str) -> ConfigStep {
        let field =
            AddedConfigField { path: vec![path.to_owned()], value: value.to_owned(), value_type: None };
        let kind = ConfigStepKind::Add { fields: vec![field], condition: condition.to_owned() };
        ConfigStep { pointer: Pointer::root(), kind }
    }

    fn parts(steps: Vec<ConfigStep>) -> Option<Vec<(Vec<usize>, Vec<String>)>> {
        let rules = ConfigRules { migrations: steps, ..ConfigRules::default() };
        let parts = Migrations::new(&rules).parts()?;
        Some(parts.into_iter().map(|part| (part.steps, part.roots.into_iter().collect())).collect())
    }

    fn named(names: &[&str]) -> Vec<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    #[test]
    fn steps_that_share_a_property_are_one_part() {
        let steps = vec![
            add("a", "{{ config['b'] }}", ""),
            add("c", "x", "{{ 'd' not in config }}"),
            add("e", "{{ config.get('f', config['c']) }}", ""),
            add("g", "{{ config.b.x }}", ""),
        ];
        let expected =
            vec![(vec![0, 3], named(&["a", "b", "g"])), (vec![1, 2], named(&["c", "d", "e", "f"]))];
        assert_eq!(parts(steps), Some(expected));
    }

    #[test]
    fn what_asks_for_the_whole_config_is_apart_from_nothing() {
        for asked in [
            "{{ config }}",
            "{{ config | length }}",
            "{{ config[config['a']] }}",
            "{{ config.get('a', config) }}",
        ] {
            assert_eq!(parts(vec![add("a", "x", ""), add("b", asked, "")]), None, "{asked}");
            assert_eq!(parts(vec![add("a", "x", ""), add("b", "x", asked)]), None, "{asked}");
        }
    }
}
