//! Whether config migrations that both versions have still do the same: they may be written in another way, and stand in
//! another order.
//!
//! Users who skip versions have configs from before the old migrations. No spec says what these held, so they are made up of
//! the properties that the steps speak of, conditions included: each there or not, and with the values that the steps look
//! for. Steps that have nothing to do with each other are looked at apart. Where not all of these configs are tried, or a
//! step cannot be followed, or makes something of the config by a filter or a method, that is said.

use std::collections::{BTreeSet, HashSet};

use serde_json::{Value, json};

use super::absorbed::targets;
use crate::migration::{Migrations, Start, differences, put};
use crate::model::{ConfigRules, ConfigStep, ConfigStepKind};

/// So many configs are made up for steps that have to do with each other.
const MOST: usize = 10_000;

/// So many steps are run on them.
const MOST_STEPS: usize = 1_000_000;

/// What comes of comparing the migrations of two versions.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Rewritten {
    /// The places that hold something else after the new migrations than after the old ones.
    pub(super) places: Vec<Vec<String>>,
    /// What was not looked at: a property of the steps, and why.
    pub(super) open: Vec<(Vec<String>, String)>,
}

/// Compares the migrations that both versions have. Steps that were added are left out: what they do is judged for itself.
pub(super) fn rewritten(was: &ConfigRules, is: &ConfigRules) -> Rewritten {
    let places = |step: &ConfigStep| targets(&step.kind).into_iter().collect::<BTreeSet<_>>();
    let all_places =
        |steps: &mut dyn Iterator<Item = &ConfigStep>| steps.flat_map(places).collect::<BTreeSet<_>>();
    let (of_old, of_new) = (kinds(was), kinds(is));
    let gone = all_places(&mut was.migrations.iter().filter(|step| !of_new.contains(&step.kind)));
    let replaces = |step: &ConfigStep| targets(&step.kind).iter().any(|place| gone.contains(place));
    let is_kept = |step: &&ConfigStep| of_old.contains(&step.kind) || replaces(step);
    let kept: Vec<ConfigStep> = is.migrations.iter().filter(is_kept).cloned().collect();
    // A step that is gone without another in its place is told as that.
    let there = all_places(&mut kept.iter());
    let is_known = |step: &&ConfigStep| {
        of_new.contains(&step.kind) || targets(&step.kind).iter().any(|one| there.contains(one))
    };
    let known: Vec<ConfigStep> = was.migrations.iter().filter(is_known).cloned().collect();
    let mut found = Rewritten::default();
    if known == kept || known.is_empty() {
        return found;
    }
    let all = [known.as_slice(), &kept].concat();
    let groups = match Migrations::of(&all).parts() {
        Some(parts) => parts.into_iter().map(|part| part.steps).collect(),
        None => vec![(0..all.len()).collect::<Vec<usize>>()],
    };
    for group in groups {
        let (old, new): (Vec<usize>, Vec<usize>) = group.into_iter().partition(|step| *step < known.len());
        let of =
            |steps: &[usize]| -> Vec<ConfigStep> { steps.iter().map(|step| all[*step].clone()).collect() };
        let (old, new) = (of(&old), of(&new));
        if old != new {
            compare(&old, &new, &mut found);
        }
    }
    found
}

/// The steps of a version, whatever their order.
fn kinds(rules: &ConfigRules) -> HashSet<&ConfigStepKind> {
    rules.migrations.iter().map(|step| &step.kind).collect()
}

/// Compares steps that have to do with each other.
fn compare(old: &[ConfigStep], new: &[ConfigStep], found: &mut Rewritten) {
    let all = [old, new].concat();
    let steps = Migrations::of(&all);
    let made = MadeUp::of(&all, &steps);
    let place = new.iter().chain(old).flat_map(|step| targets(&step.kind)).next().unwrap_or_default();
    let (old, new) = (Migrations::of(old), Migrations::of(new));
    // A filter or a method tells values apart that are written nowhere.
    let is_worked_out = !old.work_out_the_same(&new);
    let most = MOST.min(MOST_STEPS / all.len().max(1)).max(1);
    let (configs, is_all) = made.configs(most);
    let mut unfollowed = None;
    for config in configs {
        let places = match (old.start(&config), new.start(&config)) {
            (Start::Opaque(halt), _) | (_, Start::Opaque(halt)) => {
                unfollowed.get_or_insert(halt.why);
                continue;
            }
            // Such a config was never migrated.
            (Start::Stops(_), _) => continue,
            (Start::Ran(old), Start::Ran(new)) => differences(&old.used, &new.used),
            _ => vec![Vec::new()],
        };
        if !places.is_empty() {
            found.places.extend(places);
            return;
        }
    }
    let why = match (unfollowed, is_all) {
        (Some(why), _) => format!("a step cannot be followed: {why}"),
        (None, false) => format!(
            "the steps look at {} properties, and {most} configs of the many that these make up were tried",
            made.places.len()
        ),
        (None, true) if is_worked_out => {
            "a step is written otherwise and makes something of the config, and nothing says which values it tells apart"
                .to_owned()
        }
        (None, true) => return,
    };
    found.open.push((place, why));
}

/// What configs are made up of.
struct MadeUp {
    places: Vec<Vec<String>>,
    /// Of each place the values that it may have; `None` where it is not there.
    values: Vec<Vec<Option<Value>>>,
}

impl MadeUp {
    fn of(steps: &[ConfigStep], migrations: &Migrations) -> Self {
        // A key of any name is one.
        let named = |path: Vec<String>| -> Vec<String> {
            path.into_iter().map(|part| if part == "*" { "any".to_owned() } else { part }).collect()
        };
        let (asked, literals) = migrations.asks();
        let places: BTreeSet<Vec<String>> =
            asked.into_iter().filter(|path| !path.is_empty()).map(named).collect();
        let places: Vec<Vec<String>> = places.into_iter().collect();
        let mapped = |path: &[String]| -> Vec<Value> {
            let of_step = |step: &ConfigStep| match &step.kind {
                ConfigStepKind::Remap { path: own, map } if own == path => {
                    map.iter().flat_map(|(from, to)| [json!(from), to.clone()]).collect()
                }
                _ => Vec::new(),
            };
            steps.iter().flat_map(of_step).collect()
        };
        let values = places.iter().enumerate().map(|(index, path)| {
            let mut values = vec![Some(json!(format!("value {index}"))), None];
            for value in literals.iter().cloned().chain(mapped(path)).map(Some) {
                if !values.contains(&value) {
                    values.push(value);
                }
            }
            values
        });
        Self { values: values.collect(), places }
    }

    fn with(&self, choice: impl Fn(usize) -> usize) -> Value {
        let mut config = json!({});
        for (index, (place, values)) in self.places.iter().zip(&self.values).enumerate() {
            if let Some(Some(value)) = values.get(choice(index)) {
                put(&mut config, place, value.clone());
            }
        }
        config
    }

    /// So many configs at most, and whether they are all.
    fn configs(&self, most: usize) -> (Vec<Value>, bool) {
        let count = self.values.iter().try_fold(1_usize, |count, values| count.checked_mul(values.len()));
        let all = count.filter(|count| *count <= most);
        let mut configs: Vec<Value> = match all {
            Some(count) => {
                let mut configs = Vec::with_capacity(count);
                for number in 0..count {
                    let mut left = number;
                    let digits: Vec<usize> = self
                        .values
                        .iter()
                        .map(|values| {
                            let digit = left % values.len();
                            left /= values.len();
                            digit
                        })
                        .collect();
                    configs.push(self.with(|index| digits[index]));
                }
                configs
            }
            None => self.some(most),
        };
        configs.retain(|config| config.as_object().is_some_and(|map| !map.is_empty()));
        (configs, all.is_some())
    }

    /// One place at a time with each of its values, among others that are there and among none, and then values by chance.
    fn some(&self, most: usize) -> Vec<Value> {
        let mut configs = Vec::new();
        for (place, values) in self.values.iter().enumerate() {
            for value in 0..values.len() {
                for other in [0, 1] {
                    if configs.len() < most / 2 {
                        configs.push(self.with(|index| if index == place { value } else { other }));
                    }
                }
            }
        }
        let mut state = 0x9e37_79b9_7f4a_7c15_u64;
        while configs.len() < most {
            let choices: Vec<usize> = self
                .values
                .iter()
                .map(|values| {
                    // A generator of Knuth's; its upper bits are the random ones.
                    state =
                        state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                    usize::try_from(state >> 33).unwrap_or(0) % values.len()
                })
                .collect();
            configs.push(self.with(|index| choices[index]));
        }
        configs
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{AddedConfigField, Pointer};

    fn set(path: &str, value: &str, condition: &str) -> ConfigStep {
        let field =
            AddedConfigField { path: vec![path.to_owned()], value: value.to_owned(), value_type: None };
        let kind = ConfigStepKind::Add { fields: vec![field], condition: condition.to_owned() };
        ConfigStep { pointer: Pointer::root(), kind }
    }

    fn compared(was: &[ConfigStep], is: &[ConfigStep]) -> Rewritten {
        let rules =
            |steps: &[ConfigStep]| ConfigRules { migrations: steps.to_vec(), ..ConfigRules::default() };
        rewritten(&rules(was), &rules(is))
    }

    fn place(name: &str) -> Vec<Vec<String>> {
        vec![vec![name.to_owned()]]
    }

    #[test]
    fn what_a_condition_asks_for_is_tried() {
        let step = |asked: &str| [set("b", "x", &format!("{{{{ {asked} }}}}"))];
        for (was, is) in [
            ("config['a'] == 'one'", "config['a'] == 'two'"),
            ("config['a'] == 'one'", "config['a'] == 'one' and config['c'] == 'two'"),
            ("'a' in config", "'c' in config"),
            ("config.get('n', 0) > 5", "config.get('n', 0) >= 5"),
            ("config.get('o', {}).get('k') == 'one'", "'k' in config.get('o', {})"),
        ] {
            assert_eq!(compared(&step(was), &step(is)).places, place("b"), "{was}; {is}");
        }
        for (was, is) in [
            ("config['a'] == 'one'", "'one' == config['a']"),
            ("not ('a' in config)", "'a' not in config"),
            ("config['a'] == 'one' or config['a'] == 'two'", "config['a'] in ('one', 'two')"),
        ] {
            assert_eq!(compared(&step(was), &step(is)), Rewritten::default(), "{was}; {is}");
        }
    }

    #[test]
    fn steps_that_have_nothing_to_do_with_each_other_may_change_places() {
        let steps: Vec<ConfigStep> = (0..60)
            .map(|index| {
                set(
                    &format!("new{index}"),
                    &format!("{{{{ config['old{index}'] }}}}"),
                    &format!("{{{{ 'old{index}' in config }}}}"),
                )
            })
            .collect();
        let turned: Vec<ConfigStep> = steps.iter().rev().cloned().collect();
        assert_eq!(compared(&steps, &turned), Rewritten::default());
        let mut other = turned.clone();
        other[7] = set("new52", "{{ config['old51'] }}", "{{ 'old52' in config }}");
        assert_eq!(compared(&steps, &other).places, place("new52"));
    }

    #[test]
    fn what_is_not_looked_at_is_said() {
        let many = |last: &str| {
            let asked: Vec<String> = (0..40).map(|index| format!("'k{index}' in config")).collect();
            [set("b", "x", &format!("{{{{ {} and {last} }}}}", asked.join(" and ")))]
        };
        let found = compared(&many("config['k0'] == 'one'"), &many("'one' == config['k0']"));
        assert!(found.places.is_empty());
        assert!(
            matches!(found.open.as_slice(), [(at, why)] if *at == place("b")[0] && why.contains("properties")),
            "{found:?}"
        );
        let sets = |value: &str, condition: &str| [set("b", value, condition)];
        for (was, is) in [
            (
                sets("x", "{{ config['a'].split('-')[0] == 'x' }}"),
                sets("x", "{{ config['a'].split('-')[1] == 'x' }}"),
            ),
            (sets("x", "{{ config['a'] | length > 5 }}"), sets("x", "{{ 3 < config['a'] | length }}")),
            (sets("{{ config['a'] | lower }}", ""), sets("{{ config['a'] }}", "")),
            (
                sets("{{ config['a'] | default('z') }}", ""),
                sets("{{ config['a'] | default('z', true) }}", ""),
            ),
        ] {
            let found = compared(&was, &is);
            assert!(!(found.places.is_empty() && found.open.is_empty()), "{was:?}; {is:?}");
            assert_eq!(compared(&was, &was), Rewritten::default());
        }
        assert_eq!(
            compared(&sets("{{ config['a'] | lower }}", ""), &sets("{{ config['a']|lower }}", "")),
            Rewritten::default()
        );
        let opaque = |order: &str| [set("b", &format!("{{{{ now_utc() {order} }}}}"), "")];
        let found = compared(&opaque(""), &opaque("if true else 1"));
        assert!(
            matches!(found.open.as_slice(), [(_, why)] if why.contains("cannot be followed")),
            "{found:?}"
        );
        assert_eq!(compared(&opaque(""), &opaque("")), Rewritten::default());
    }
}
