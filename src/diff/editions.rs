//! Which specs of two sides are held against each other, where their tests keep golden ones.
//!
//! The spec that a connector ships is compared. Where a side has none, its golden spec is, with the golden spec of the same
//! edition. Where both sides keep one for Cloud too, that pair is compared as well.

use crate::model::{Connector, Edition, GoldenSpec};

/// The sides with golden specs put where they are to be compared; `None` where the sides are right as they are.
pub(super) fn aligned(old: &Connector, new: &Connector) -> Option<(Connector, Connector)> {
    if !(old.is_spec_golden || new.is_spec_golden) {
        return None;
    }
    if old.is_spec_golden && new.is_spec_golden {
        let shared = [Edition::Oss, Edition::Cloud]
            .into_iter()
            .find_map(|edition| Some((golden(old, edition)?, golden(new, edition)?)));
        let apart = "the golden specs of the two sides are of different editions";
        return match shared {
            // The one that stands there already.
            Some((golden, _)) if golden.edition == Edition::Oss => None,
            Some((before, after)) => Some((with(old, before), with(new, after))),
            None => Some((without(old, apart), without(new, apart))),
        };
    }
    // A spec that was shipped and is built in code now, or the reverse: the golden one is what stands for it.
    let golden_side = if old.is_spec_golden { old } else { new };
    if golden(golden_side, Edition::Oss).is_some() {
        return None;
    }
    let apart = "a spec that is shipped and a golden spec for Cloud are not of one edition";
    Some((without(old, apart), without(new, apart)))
}

/// The sides with their specs for Cloud, and nothing else that is judged; `None` where there are no two.
pub(super) fn cloud(old: &Connector, new: &Connector) -> Option<(Connector, Connector)> {
    let is_judged = |side: &Connector| side.is_spec_golden && golden(side, Edition::Oss).is_some();
    if !(is_judged(old) && is_judged(new)) {
        return None;
    }
    let side = |side: &Connector| {
        let golden = golden(side, Edition::Cloud)?;
        let bare = Connector {
            source: side.source.clone(),
            connector_type: side.connector_type,
            configs: side.configs.clone(),
            config_rules: side.config_rules.clone(),
            code: side.code.clone(),
            limits: side.limits,
            ..Connector::default()
        };
        // It stands for the spec of a connector that has no other.
        Some(Connector { spec: Some(golden.spec.clone()), ..bare })
    };
    Some((side(old)?, side(new)?))
}

fn golden(side: &Connector, edition: Edition) -> Option<&GoldenSpec> {
    side.golden_specs.iter().find(|golden| golden.edition == edition)
}

fn with(side: &Connector, golden: &GoldenSpec) -> Connector {
    Connector {
        spec: Some(golden.spec.clone()),
        is_spec_golden: true,
        spec_reason: format!("the golden spec {} is compared", golden.file),
        ..side.clone()
    }
}

fn without(side: &Connector, reason: &str) -> Connector {
    Connector { spec: None, is_spec_golden: false, spec_reason: reason.to_owned(), ..side.clone() }
}
