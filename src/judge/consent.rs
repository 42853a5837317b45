//! Properties of a config that no user fills in: the consent flow writes them when a user signs in.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::diff::Delta;
use crate::model::{Action, ActionStep, Artifact, Connector, StepKind, Words};

/// The places in a config that signing in writes.
#[derive(Debug, Default)]
pub(super) struct Consent {
    places: BTreeSet<Vec<String>>,
    /// The value that tells the option of the sign-in from others, where one does.
    option: Option<String>,
}

impl Consent {
    /// What the spec says of its sign-in: `path_in_connector_config` of each output of `advanced_auth`, or the outputs of
    /// the older `authSpecification`.
    pub(super) fn of(connector: &Connector) -> Self {
        let Some(spec) = connector.spec.as_ref().map(|spec| &spec.value) else { return Self::default() };
        let path = |value: &Value| -> Option<Vec<String>> {
            value.as_array()?.iter().map(|step| step.as_str().map(str::to_owned)).collect()
        };
        let outputs =
            &spec["advanced_auth"]["oauth_config_specification"]["complete_oauth_output_specification"];
        let outputs = outputs["properties"].as_object().into_iter().flat_map(|map| map.values());
        let mut places: BTreeSet<Vec<String>> =
            outputs.filter_map(|output| path(&output["path_in_connector_config"])).collect();
        let older = &spec["authSpecification"]["oauth2Specification"];
        // Options of the root object are counted there, and left out of paths here.
        let root: Vec<String> = older["rootObject"]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(|step| step.as_str().map(str::to_owned))
            .collect();
        let parameters = older["oauthFlowOutputParameters"].as_array().into_iter().flatten();
        places.extend(parameters.filter_map(path).map(|below| [root.clone(), below].concat()));
        let option = spec["advanced_auth"]["predicate_value"].as_str().map(str::to_owned);
        Self { places, option }
    }

    /// What to do: users sign in where they would have to fill in what only the sign-in writes.
    pub(super) fn action(&self, delta: &Delta, usual: Action) -> Action {
        // Another option may ask for a value of that place in its form.
        let is_of_another = match (&delta.branch, &self.option) {
            (Some(branch), Some(option)) => branch.value != *option,
            _ => false,
        };
        if delta.artifact != Artifact::Spec || is_of_another || !self.places.contains(&delta.field) {
            return usual;
        }
        let step = |step: &ActionStep| match step.kind {
            StepKind::EditSettings => ActionStep {
                kind: StepKind::SignInAgain,
                words: Words::marked("Otherwise users sign in again: no form asks for ")
                    .and_code(&delta.field_name())
                    .and_text(", the sign-in writes it."),
            },
            _ => step.clone(),
        };
        usual.steps().iter().map(step).collect()
    }
}
