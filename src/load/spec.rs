//! A spec in each of the forms that it is written in.
//!
//! A connector prints a SPEC message; files hold that message, the ConnectorSpecification in it, or its
//! `connectionSpecification` alone; manifests write `connection_specification`; Airbyte's API spells `advancedAuth` and what
//! is in it with humps. All of them are read as the ConnectorSpecification of the protocol.

use std::ops::Range;
use std::sync::Arc;

use serde_json::{Map, Value};

use super::captured;
use super::kind::{self, FileKind};
use super::read;
use crate::limits::Limits;
use crate::model::{Artifact, Document, ErrorCause, InputError, JsonType, Locate, Located, Pointer, Spec};

const CONFIG: &str = "connectionSpecification";
const AUTH: &str = "advanced_auth";

/// What Airbyte's API calls the keys of `advanced_auth`. Source: `AdvancedAuth` in the API's `config.yaml`.
const AUTH_KEYS: [(&str, &str); 9] = [
    ("advancedAuth", AUTH),
    ("authFlowType", "auth_flow_type"),
    ("predicateKey", "predicate_key"),
    ("predicateValue", "predicate_value"),
    ("oauthConfigSpecification", "oauth_config_specification"),
    (
        "oauthUserInputFromConnectorConfigSpecification",
        "oauth_user_input_from_connector_config_specification",
    ),
    ("completeOAuthOutputSpecification", "complete_oauth_output_specification"),
    ("completeOAuthServerInputSpecification", "complete_oauth_server_input_specification"),
    ("completeOAuthServerOutputSpecification", "complete_oauth_server_output_specification"),
];

/// Where a spec stands in a document, and how its first keys are spelled there.
#[derive(Debug)]
pub(crate) struct SpecPlace {
    document: Arc<Document>,
    range: Range<usize>,
    base: Pointer,
    /// How `connectionSpecification` is written; `None` where it is the whole.
    config_key: Option<&'static str>,
    is_of_api: bool,
}

impl SpecPlace {
    /// The whole document is the spec.
    pub(crate) fn whole(document: &Arc<Document>) -> Self {
        Self::part(document, 0..document.text.len())
    }

    /// A part of a document is the spec.
    pub(crate) fn part(document: &Arc<Document>, range: Range<usize>) -> Self {
        let (document, base) = (document.clone(), Pointer::root());
        Self { document, range, base, config_key: Some(CONFIG), is_of_api: false }
    }

    /// The spec lies below a key of what this place is.
    pub(crate) fn below(self, key: &str) -> Self {
        Self { base: self.base.join(key), ..self }
    }

    fn written(&self, pointer: &Pointer) -> Pointer {
        match pointer.segments() {
            [first, rest @ ..] if first == CONFIG && self.config_key != Some(CONFIG) => {
                Pointer::new(self.config_key.map(str::to_owned).into_iter().chain(rest.iter().cloned()))
            }
            [first, ..] if first == AUTH && self.is_of_api => {
                let api_key = |segment: &String| {
                    let written = AUTH_KEYS.iter().find(|(_, protocol)| protocol == segment);
                    written.map_or_else(|| segment.clone(), |(api, _)| (*api).to_owned())
                };
                Pointer::new(pointer.segments().iter().map(api_key))
            }
            _ => pointer.clone(),
        }
    }
}

impl Locate for SpecPlace {
    fn locate(&self, pointer: &Pointer) -> Option<Located> {
        Some(Located {
            document: self.document.clone(),
            range: self.range.clone(),
            pointer: self.base.concat(&self.written(pointer)),
            offset: None,
            position: None,
            entry: None,
            shared: None,
        })
    }
}

/// Reads a file that is expected to hold a spec: in one of its forms, or among what a connector printed.
///
/// # Errors
/// The file cannot be read as a value, or holds no spec.
pub(super) fn of_document(document: &Arc<Document>, limits: &Limits) -> Result<Spec, InputError> {
    if let Ok(Some(FileKind::Messages)) = kind::of_document(document, limits) {
        let mut messages = captured::messages(document);
        return match (messages.spec.take(), messages.errors.pop()) {
            (Some(spec), _) => Ok(spec),
            (None, Some(error)) => Err(error),
            (None, None) => {
                Err(messages.nothing_among_them(document, Some(Artifact::Spec), "a SPEC message"))
            }
        };
    }
    of_value(read::value(document, Artifact::Spec, limits)?, SpecPlace::whole(document))
}

/// A value as a spec.
///
/// # Errors
/// It lacks `connectionSpecification`, or that is no schema.
pub(crate) fn of_value(value: Value, mut place: SpecPlace) -> Result<Spec, InputError> {
    let Value::Object(mut map) = value else { return Err(no_spec(&place)) };
    if !map.contains_key(CONFIG) {
        if let Some(schema) = map.remove("connection_specification") {
            place.config_key = Some("connection_specification");
            map.insert(CONFIG.to_owned(), schema);
        } else if is_config_schema(&map) {
            place.config_key = None;
            map = Map::from_iter([(CONFIG.to_owned(), Value::Object(map))]);
        }
    }
    if let Some(modes) = map.remove("supportedDestinationSyncModes") {
        map.insert("supported_destination_sync_modes".to_owned(), modes);
    }
    // The API says of which connector it is, and how it was asked.
    for key in ["jobInfo", "sourceDefinitionId", "destinationDefinitionId"] {
        map.remove(key);
    }
    if let Some(mut auth) = map.remove("advancedAuth") {
        place.is_of_api = true;
        spell_as_protocol(&mut auth);
        if let Some(config) = auth.get_mut("oauth_config_specification") {
            spell_as_protocol(config);
        }
        map.insert(AUTH.to_owned(), auth);
    }
    match map.get(CONFIG) {
        Some(Value::Object(_)) => Ok(Spec { value: Arc::new(Value::Object(map)), locate: Arc::new(place) }),
        Some(other) => {
            let found = JsonType::of_text(&other.to_string()).with_article();
            let expected = format!("expected {CONFIG} to be a JSON schema, found {found}");
            Err(wrong(&place, expected))
        }
        None => Err(no_spec(&place)),
    }
}

/// Whether an object is the schema of a config, without the spec around it.
fn is_config_schema(map: &Map<String, Value>) -> bool {
    let is_object = map.get("type").is_some_and(|kind| kind == "object");
    map.get("properties").is_some_and(Value::is_object) && (is_object || map.contains_key("$schema"))
}

fn spell_as_protocol(auth: &mut Value) {
    let Value::Object(map) = auth else { return };
    for (api, protocol) in AUTH_KEYS {
        if let Some(value) = map.remove(api) {
            map.insert(protocol.to_owned(), value);
        }
    }
}

fn no_spec(place: &SpecPlace) -> InputError {
    wrong(place, format!("expected a ConnectorSpecification with the key {CONFIG}"))
}

fn wrong(place: &SpecPlace, message: String) -> InputError {
    InputError {
        cause: ErrorCause::Content,
        artifact: Some(Artifact::Spec),
        file: place.document.file.clone(),
        line: Some(place.document.line(place.range.start)),
        message,
    }
}
