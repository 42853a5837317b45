//! The spec of a manifest, as the CDK prints it, and what the manifest does to saved configs.

use std::sync::Arc;

use serde_json::{Map, Value};

use super::{Manifest, migrations};
use crate::model::{
    Artifact, ConfigRules, ErrorCause, InputError, Locate, Located, Pointer, SCOPES_JOIN_STRATEGY, Spec,
};

impl Manifest {
    /// What it does to saved configs before it validates them.
    pub(crate) fn config_rules(&self) -> ConfigRules {
        self.source()
            .and_then(|source| source.component("spec"))
            .map(|spec| migrations::of(&spec))
            .unwrap_or_default()
    }

    /// `config_normalization_rules`, as they resolve.
    pub(crate) fn config_normalization(&self) -> Value {
        let spec = self.source().and_then(|source| source.component("spec"));
        spec.and_then(|spec| spec.value("config_normalization_rules")).unwrap_or_default()
    }

    /// Whether the manifest holds a spec, readable or not.
    pub(crate) fn has_spec(&self) -> bool {
        self.source().is_some_and(|source| source.component("spec").is_some())
    }

    /// The spec, if the manifest holds one.
    pub(crate) fn spec(self: &Arc<Self>) -> Option<Result<Spec, InputError>> {
        let spec = self.source()?.component("spec")?;
        let unreadable = |message: &str| InputError {
            cause: ErrorCause::Content,
            artifact: Some(Artifact::Spec),
            file: self.document.file.clone(),
            line: None,
            message: message.to_owned(),
        };
        if spec.node("connection_specification").is_none() {
            return Some(Err(unreadable("expected `connection_specification` under `spec`, found none")));
        }
        let schema = match spec.schema("connection_specification") {
            Ok(schema) => schema,
            Err(unbounded) => {
                let error = unreadable(&self.beyond("the spec", unbounded));
                return Some(Err(InputError { cause: ErrorCause::Limit, ..error }));
            }
        };
        let mut value = Map::from_iter([("connectionSpecification".to_owned(), schema)]);
        if let Some(url) = spec.value("documentation_url").filter(|url| !url.is_null()) {
            value.insert("documentationUrl".to_owned(), url);
        }
        if let Some(auth) = spec.value("advanced_auth").filter(|auth| !auth.is_null()) {
            value.insert("advanced_auth".to_owned(), advanced_auth(auth));
        }
        Some(Ok(Spec {
            value: Arc::new(Value::Object(value)),
            locate: Arc::new(SpecPlace { manifest: self.clone() }),
        }))
    }
}

/// A mapping that the CDK reads into a class of the protocol: other keys are lost, and so is `null`.
struct Printed {
    keys: &'static [&'static str],
    nested: &'static [(&'static str, Printed)],
}

impl Printed {
    fn retain(&self, map: &mut Map<String, Value>) {
        map.retain(|key, value| self.keys.contains(&key.as_str()) && !value.is_null());
        for (key, inner) in self.nested {
            if let Some(Value::Object(map)) = map.get_mut(*key) {
                inner.retain(map);
            }
        }
    }
}

const OAUTH: &str = "oauth_config_specification";
const OAUTH_INPUT: &str = "oauth_connector_input_specification";

/// What is printed of `advanced_auth`. Source: `AdvancedAuth` in `airbyte_cdk/models/airbyte_protocol.py`, 7.39.1.
const ADVANCED_AUTH: Printed = Printed {
    keys: &["auth_flow_type", "predicate_key", "predicate_value", OAUTH],
    nested: &[(
        OAUTH,
        Printed {
            keys: &[
                "oauth_user_input_from_connector_config_specification",
                OAUTH_INPUT,
                "complete_oauth_output_specification",
                "complete_oauth_server_input_specification",
                "complete_oauth_server_output_specification",
            ],
            nested: &[(
                OAUTH_INPUT,
                Printed {
                    keys: &[
                        "consent_url",
                        "access_token_url",
                        "scope",
                        "scopes",
                        "optional_scopes",
                        "scopes_join_strategy",
                        "access_token_headers",
                        "access_token_params",
                        "extract_output",
                        "state",
                        "client_id_key",
                        "client_secret_key",
                        "scope_key",
                        "state_key",
                        "auth_code_key",
                        "redirect_uri_key",
                        "token_expiry_key",
                    ],
                    nested: &[("state", Printed { keys: &["min", "max"], nested: &[] })],
                },
            )],
        },
    )],
};

/// `advanced_auth` as it is printed, with the one default the CDK writes into it.
fn advanced_auth(mut auth: Value) -> Value {
    let Some(map) = auth.as_object_mut() else { return auth };
    ADVANCED_AUTH.retain(map);
    if let Some(Value::Object(input)) = auth.get_mut(OAUTH).and_then(|oauth| oauth.get_mut(OAUTH_INPUT)) {
        let (key, default) = SCOPES_JOIN_STRATEGY;
        input.entry(key).or_insert_with(|| default.into());
    }
    auth
}

#[derive(Debug)]
struct SpecPlace {
    manifest: Arc<Manifest>,
}

impl Locate for SpecPlace {
    fn locate(&self, pointer: &Pointer) -> Option<Located> {
        let source = self.manifest.source()?;
        let spec = source.map.raw("spec")?;
        let mut segments = pointer.segments().to_vec();
        if let Some(first) = segments.first_mut() {
            match first.as_str() {
                "connectionSpecification" => "connection_specification".clone_into(first),
                "documentationUrl" => "documentation_url".clone_into(first),
                _ => {}
            }
        }
        Some(self.manifest.locate_below(&source.resolver, spec, &Pointer::new(segments)))
    }
}
