//! Whether config migrations that both versions have still do the same: they may be written in another way, and stand in
//! another order.
//!
//! Users who skip versions have configs from before the old migrations. No spec says what these held, so they are made up of
//! the properties that the steps speak of: each there or not, and with the values that the steps look for.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::migration::{Migrations, Start, differences, put};
use crate::model::{ConfigRules, ConfigStep, ConfigStepKind};

/// So many properties are made up, and so many values of one.
const MOST: usize = 24;

/// The places that hold something else after the new migrations than after the old ones, of the first config that shows it.
/// Steps that were added are left out: what they do is judged for itself. Nothing where a step cannot be followed.
pub(super) fn rewritten(was: &ConfigRules, is: &ConfigRules) -> Vec<Vec<String>> {
    let gone: Vec<&ConfigStep> = was.migrations.iter().filter(|step| !is.migrations.contains(step)).collect();
    let replaces = |step: &&ConfigStep| {
        let targets = super::absorbed::targets(&step.kind);
        gone.iter().any(|old| super::absorbed::targets(&old.kind).iter().any(|place| targets.contains(place)))
    };
    let kept: Vec<ConfigStep> = is
        .migrations
        .iter()
        .filter(|step| was.migrations.contains(step) || replaces(step))
        .cloned()
        .collect();
    // A step that is gone without another in its place is told as that.
    let known: Vec<ConfigStep> = was
        .migrations
        .iter()
        .filter(|step| {
            let targets = super::absorbed::targets(&step.kind);
            kept.iter().any(|new| {
                new == *step || super::absorbed::targets(&new.kind).iter().any(|one| targets.contains(one))
            })
        })
        .cloned()
        .collect();
    if known == kept || known.is_empty() {
        return Vec::new();
    }
    let (old, new) = (Migrations::of(&known), Migrations::of(&kept));
    for config in made_up(&[known, kept].concat(), old.places().into_iter().chain(new.places())) {
        let places = match (old.start(&config), new.start(&config)) {
            (Start::Opaque(_), _) | (_, Start::Opaque(_)) | (Start::Stops(_), _) => continue,
            (Start::Ran(old), Start::Ran(new)) => differences(&old.used, &new.used),
            _ => vec![Vec::new()],
        };
        if !places.is_empty() {
            return places;
        }
    }
    Vec::new()
}

/// Configs of the properties that steps speak of.
fn made_up(steps: &[ConfigStep], places: impl Iterator<Item = Vec<String>>) -> Vec<Value> {
    let places: BTreeSet<Vec<String>> =
        places.filter(|path| !path.is_empty() && path.iter().all(|part| part != "*")).collect();
    let places: Vec<Vec<String>> = places.into_iter().take(MOST).collect();
    let with = |left_out: &dyn Fn(usize) -> bool| {
        let mut config = json!({});
        for (index, path) in places.iter().enumerate().filter(|(index, _)| !left_out(*index)) {
            put(&mut config, path, json!(format!("value {index}")));
        }
        config
    };
    let mut configs = vec![with(&|_| false)];
    configs.extend((0..places.len()).map(|one| with(&|index| index == one)));
    configs.extend((0..places.len()).map(|one| with(&|index| index != one)));
    let whole = configs[0].clone();
    for step in steps {
        let (path, values): (&[String], Vec<Value>) = match &step.kind {
            ConfigStepKind::Remap { path, map } => (
                path,
                map.iter().map(|(from, _)| json!(from)).chain(map.iter().map(|(_, to)| to.clone())).collect(),
            ),
            _ => continue,
        };
        for value in values.into_iter().take(MOST) {
            let mut config = whole.clone();
            if put(&mut config, path, value) {
                configs.push(config);
            }
        }
    }
    configs.retain(|config| config.as_object().is_some_and(|map| !map.is_empty()));
    configs
}
