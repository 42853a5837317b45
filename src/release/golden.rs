//! Golden specs that no longer agree with the spec beside them.

use serde_json::Value;

use super::{Found, Subject};
use crate::model::{Connector, GoldenSpec, Pointer, Spec};
use crate::rules::release as checks;

/// Golden specs that agreed with the spec of the old version and do not agree with that of the new one. Some connectors
/// add options at run time, so that theirs never agree: that is no news.
pub(super) fn problems(old: &Connector, new: &Connector) -> Vec<Found> {
    if old.is_spec_golden || new.is_spec_golden {
        return Vec::new();
    }
    let (Some(was), Some(is)) = (&old.spec, &new.spec) else { return Vec::new() };
    let config = |spec: &Spec| -> Value { spec.value["connectionSpecification"].clone() };
    let agrees = |golden: &GoldenSpec, spec: &Spec| config(&golden.spec) == config(spec);
    let of = |golden: &GoldenSpec| {
        let before = old.golden_specs.iter().find(|before| before.edition == golden.edition)?;
        (agrees(before, was) && !agrees(golden, is)).then(|| {
            let message = format!(
                "{} agreed with the spec of the old version and differs from that of the new one: the test of the \
                 spec fails until both are the same",
                golden.file
            );
            let about = Subject::release(new).values([golden.edition.name()]);
            let place = golden.spec.locate.locate(&Pointer::new(["connectionSpecification"]));
            Found { place, ..Found::new(&checks::spec_golden_differs::CHECK, about, message) }
        })
    };
    new.golden_specs.iter().filter_map(of).collect()
}
