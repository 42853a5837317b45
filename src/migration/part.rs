//! Steps that have to do with each other, apart from those that do not.
//!
//! Most steps read and change one or two properties of the config. Steps that share none do not see what the others do. One
//! thing still ties them: the CDK saves a config as a whole, and only where something changed at the top. What a step changes
//! inside of an object is saved where any other step changes the top, so that such steps are one part with all that do. Each
//! part can be tried alone: with the properties that it is about, and no others.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, OnceLock};

use super::Migrations;
use super::step::{Known, Writes};
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
        let groups = self.saved_together(connected(roots.into_iter().chain(validated)));
        let parts = groups.into_iter().map(|(roots, members)| {
            let steps: Vec<usize> = members.into_iter().filter(|member| *member < steps.len()).collect();
            let migrations = self.only(&steps, &roots);
            Part { roots, migrations, steps }
        });
        Some(parts.collect())
    }

    /// The steps that share properties of the root, directly or by others; one that may be about any is with all.
    pub(super) fn connected_steps(&self) -> Vec<Joined> {
        let steps = || self.migrations.iter().chain(&self.transformations);
        let known: Option<Vec<BTreeSet<String>>> = steps().map(|(_, step)| step.roots.clone()).collect();
        match known {
            Some(roots) => connected(roots),
            None => {
                let roots = steps().flat_map(|(_, step)| step.roots.iter().flatten().cloned()).collect();
                vec![(roots, (0..self.steps()).collect())]
            }
        }
    }

    /// The groups of steps, those joined of which one may decide whether what another changes is saved.
    fn saved_together(&self, groups: Vec<Joined>) -> Vec<Joined> {
        let written: Vec<Writes> = groups.iter().map(|(_, members)| self.written_by(members)).collect();
        let all = written.iter().fold(Writes::default(), |all, one| all.and(*one));
        if !all.meets(all) {
            return groups;
        }
        let mut together: Joined = (BTreeSet::new(), Vec::new());
        let mut found = Vec::new();
        for (group, written) in groups.into_iter().zip(written) {
            if written == Writes::default() {
                found.push(group);
            } else {
                together.0.extend(group.0);
                together.1.extend(group.1);
            }
        }
        together.1.sort_unstable();
        found.push(together);
        found.sort_by_key(|(_, members)| members.first().copied());
        found
    }

    /// What some of the steps write into the config that is saved.
    fn written_by(&self, steps: &[usize]) -> Writes {
        let saved = steps.iter().filter_map(|step| self.migrations.get(*step));
        saved.fold(Writes::default(), |all, (_, step)| all.and(step.step.writes()))
    }

    /// What all of the steps write into the config that is saved.
    pub fn writes(&self) -> Writes {
        self.written_by(&(0..self.migrations.len()).collect::<Vec<_>>())
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

/// Elements of sets that are joined, with the numbers of those that were.
pub(super) type Joined = (BTreeSet<String>, Vec<usize>);

/// Sets that share an element, directly or by others, joined; each with the numbers of its members.
fn connected(sets: impl IntoIterator<Item = BTreeSet<String>>) -> Vec<Joined> {
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
    let mut groups: BTreeMap<usize, Joined> = BTreeMap::new();
    for (member, set) in sets.iter().enumerate() {
        let group = groups.entry(leader(&mut leaders, member)).or_default();
        group.0.extend(set.iter().cloned());
        group.1.push(member);
    }
    groups.into_values().collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Map, Value, json};

    use super::*;
    use crate::migration::Start;
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

    #[test]
    fn a_change_inside_is_one_part_with_what_has_it_saved() {
        let remove = |path: &[&str]| {
            let kind = ConfigStepKind::Remove { pointers: vec![named(path)], condition: String::new() };
            ConfigStep { pointer: Pointer::root(), kind }
        };
        let together = vec![(vec![0, 1], named(&["a", "o"]))];
        assert_eq!(parts(vec![add("a", "x", ""), remove(&["o", "n"])]), Some(together));
        // Nothing else changes the top, or nothing is changed inside.
        let apart = vec![(vec![0], named(&["o"])), (vec![1], named(&["p"]))];
        assert_eq!(parts(vec![remove(&["o", "n"]), remove(&["p", "n"])]), Some(apart.clone()));
        assert_eq!(parts(vec![remove(&["o"]), remove(&["p"])]), Some(apart));
        // What is done after the config is saved ties nothing.
        let rules = ConfigRules {
            migrations: vec![add("a", "x", "")],
            transformations: vec![remove(&["o", "n"])],
            ..ConfigRules::default()
        };
        assert_eq!(Migrations::new(&rules).parts().map(|parts| parts.len()), Some(2));
    }

    fn drawn_step() -> impl Strategy<Value = ConfigStep> {
        let path = || {
            let paths: [&[&str]; 7] = [&["a"], &["b"], &["c"], &["o"], &["o", "n"], &["p", "n"], &["p", "m"]];
            prop::sample::select(paths.to_vec()).prop_map(named)
        };
        let value = prop::sample::select(vec!["x", "y", "{{ config['a'] }}", "{{ config.get('b', 'x') }}"]);
        let condition = || {
            let conditions =
                vec!["", "{{ 'a' in config }}", "{{ config.get('c') == 'x' }}", "{{ 'o' in config }}"];
            prop::sample::select(conditions).prop_map(str::to_owned)
        };
        let added = (path(), value, condition()).prop_map(|(path, value, condition)| {
            let field = AddedConfigField { path, value: value.to_owned(), value_type: None };
            ConfigStepKind::Add { fields: vec![field], condition }
        });
        let removed = (path(), condition())
            .prop_map(|(path, condition)| ConfigStepKind::Remove { pointers: vec![path], condition });
        let map = [("x", "y"), ("y", "z")].map(|(from, to)| (from.to_owned(), to.into()));
        let remapped = path()
            .prop_map(move |path| ConfigStepKind::Remap { path, map: map.clone().into_iter().collect() });
        prop_oneof![added, removed, remapped].prop_map(|kind| ConfigStep { pointer: Pointer::root(), kind })
    }

    fn drawn_config() -> impl Strategy<Value = Map<String, Value>> {
        let text = || prop::sample::select(vec!["x", "y"]).prop_map(Value::from);
        let object = || prop::collection::btree_map(prop::sample::select(vec!["n", "m"]), text(), 0..3);
        let tops = prop::collection::btree_map(prop::sample::select(vec!["a", "b", "c"]), text(), 0..4);
        let objects = prop::collection::btree_map(prop::sample::select(vec!["o", "p"]), object(), 0..3);
        (tops, objects).prop_map(|(tops, objects)| {
            let tops = tops.into_iter().map(|(name, value)| (name.to_owned(), value));
            let objects = objects.into_iter().map(|(name, value)| (name.to_owned(), json!(value)));
            tops.chain(objects).chain([("rest".to_owned(), true.into())]).collect()
        })
    }

    /// What two starts use of some properties, and what the first saves; `None` where one of them stops.
    fn starts(migrations: &Migrations, config: &Value, roots: &BTreeSet<String>) -> Option<[Value; 3]> {
        let Start::Ran(first) = migrations.start(config) else { return None };
        let Start::Ran(second) = migrations.start(&first.saved) else { return None };
        let of = |config: &Value| {
            let map = config.as_object().into_iter().flatten();
            Value::Object(
                map.filter(|(root, _)| roots.contains(*root)).map(|(k, v)| (k.clone(), v.clone())).collect(),
            )
        };
        Some([of(&first.used), of(&second.used), of(&first.saved)])
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn a_part_alone_does_what_it_does_among_all(
            steps in prop::collection::vec(drawn_step(), 1..6),
            later in prop::collection::vec(drawn_step(), 0..2),
            config in drawn_config(),
        ) {
            let rules = ConfigRules { migrations: steps, transformations: later, ..ConfigRules::default() };
            let all = Migrations::new(&rules);
            let whole = Value::Object(config.clone());
            let parts = all.parts().expect("no step asks for the whole config");
            let mut is_stopped = false;
            for part in &parts {
                let of_part = config.iter().filter(|(root, _)| *root == "rest" || part.roots.contains(*root));
                let sliced = Value::Object(of_part.map(|(root, value)| (root.clone(), value.clone())).collect());
                match (starts(&part.migrations, &sliced, &part.roots), starts(&all, &whole, &part.roots)) {
                    (None, _) => is_stopped = true,
                    (Some(alone), Some(among)) => prop_assert_eq!(alone, among),
                    // Another part stops it.
                    (Some(_), None) => {}
                }
            }
            prop_assert_eq!(is_stopped, starts(&all, &whole, &BTreeSet::new()).is_none());
        }
    }
}
