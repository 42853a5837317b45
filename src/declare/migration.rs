//! Config migrations, and what reads saved state of the old version, written into the manifest of a side.
//!
//! They stand behind what is there already: the CDK goes by this order. The side is read again with the edits, and what it
//! then does to configs and to saved state has to be what it did and what was added.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::Value;

use super::files::Trees;
use super::overlay::Overlay;
use super::yaml::{self, Edit, Yaml};
use super::{DeclareError, FileEdit};
use crate::load::{self, Request};
use crate::model::{Connector, Document, Pointer, StateTraits, StreamId};
use crate::propose::{self, LEGACY_MIGRATION, Proposal, StateEdit, StateProposal, Written, written};
use crate::tree::Kind;

const RULES: &str = "config_normalization_rules";
const MIGRATIONS: &str = "config_migrations";

/// The edit of the manifest of the new side, which `request` was read from: it adds migrations of configs, and what reads
/// saved state.
///
/// # Errors
/// The side is no folder, has no manifest with what is edited, or its manifest cannot be edited and leave the rest as it is.
pub fn migration(
    new: &Connector,
    request: &Request,
    proposals: &[&Proposal],
    states: &[&StateProposal],
) -> Result<FileEdit, DeclareError> {
    let usage = |message: String| Err(DeclareError::Usage(message));
    let source = &new.source;
    let Some(tree) = &new.tree else {
        return usage("NEW has no connector: there is nothing to migrate".to_owned());
    };
    if !matches!(request.tree.kind(""), Ok(Kind::Folder)) {
        return usage(format!(
            "NEW ({source}) is one file: expected the folder of a connector, whose manifest is edited"
        ));
    }
    let spec = match proposals.is_empty() {
        true => None,
        false => Some(spec_of(new)?),
    };
    let documents = spec.iter().map(|(document, _)| document);
    let mut documents = documents.chain(states.iter().map(|one| &one.document));
    let Some(document) = documents.next() else { return usage("there is nothing to add".to_owned()) };
    if let Some(other) = documents.find(|other| other.file != document.file) {
        return usage(format!("expected one manifest to edit, found {} and {}", document.file, other.file));
    }
    let file = (0, document.file.clone());
    let trees = Trees::of(tree, new.limits);
    let shown = trees.shown(&file);
    let read =
        trees.read(&file)?.ok_or_else(|| DeclareError::Usage(format!("{shown} is not a file of NEW")))?;
    let value = load::parse_yaml(&read.text)
        .map_err(|error| DeclareError::Input(vec![format!("{shown}: {}", error.message)]))?;
    let items: Vec<Yaml> = proposals.iter().map(|proposal| yaml_of(&written(proposal))).collect();
    let of_spec = spec.iter().flat_map(|(_, spec)| edits(spec, &value, items.clone()));
    let mut text = read.text.clone();
    for edit in of_spec.chain(states.iter().map(|one| state_edit(&one.edit, &value))) {
        text = yaml::edited(&text, &edit).map_err(|error| {
            DeclareError::Input(vec![format!("{shown}:{}: {}", error.line, error.message)])
        })?;
    }
    let edit = FileEdit {
        level: 0,
        path: file.1.clone(),
        old: Some(format!("{}{}", read.mark, read.text)),
        new: format!("{}{text}", read.mark),
    };
    check(new, request, proposals, states, &edit)?;
    Ok(edit)
}

/// The manifest, and where its spec stands.
fn spec_of(new: &Connector) -> Result<(Arc<Document>, Pointer), DeclareError> {
    let place =
        new.spec.as_ref().and_then(|spec| spec.locate.locate(&Pointer::new(["connectionSpecification"])));
    let is_manifest = new.config_normalization.is_some();
    let place = place.filter(|place| {
        is_manifest && place.pointer.segments().last().is_some_and(|last| last == "connection_specification")
    });
    match place {
        Some(place) => Ok((place.document.clone(), place.pointer.parent().unwrap_or_else(Pointer::root))),
        None => Err(DeclareError::Usage(format!(
            "NEW ({}) has no manifest with a spec: expected one, where a config migration is written",
            new.source
        ))),
    }
}

/// What is added to a cursor, or to a stream.
fn state_edit(edit: &StateEdit, manifest: &Value) -> Edit {
    let (list, holder, key, items) = match edit {
        StateEdit::Formats { cursor, list, formats } => {
            let items = formats.iter().map(|format| Yaml::Quoted(format.clone())).collect();
            (list, cursor, "cursor_datetime_formats", items)
        }
        StateEdit::Migration { stream, list } => {
            let migration = vec![("type".to_owned(), Yaml::Text(LEGACY_MIGRATION.to_owned()))];
            (list, stream, "state_migrations", vec![Yaml::Map(migration)])
        }
    };
    let path = |pointer: &Pointer| pointer.segments().to_vec();
    match list {
        Some(list) if list.get(manifest).and_then(Value::as_array).is_some_and(|there| !there.is_empty()) => {
            Edit::Append(path(list), items)
        }
        Some(list) => Edit::Set(path(list), Yaml::List(items)),
        None => Edit::Set(path(&holder.join(key)), Yaml::List(items)),
    }
}

/// Where the migrations go, given what is there of the rules.
fn edits(spec: &Pointer, manifest: &Value, items: Vec<Yaml>) -> Vec<Edit> {
    let rules = spec.join(RULES);
    let path = |pointer: &Pointer| pointer.segments().to_vec();
    let list = rules.join(MIGRATIONS);
    let kind = Yaml::Text("ConfigNormalizationRules".to_owned());
    match rules.get(manifest) {
        Some(Value::Object(map)) if !map.is_empty() => {
            let added = match map.get(MIGRATIONS) {
                Some(Value::Array(there)) if !there.is_empty() => Edit::Append(path(&list), items),
                _ => Edit::Set(path(&list), Yaml::List(items)),
            };
            // The CDK refuses rules without a type.
            let typed = !map.contains_key("type") && !map.contains_key("$ref");
            let typed = typed.then(|| Edit::Set(path(&rules.join("type")), kind));
            typed.into_iter().chain([added]).collect()
        }
        _ => {
            let rules_are = vec![("type".to_owned(), kind), (MIGRATIONS.to_owned(), Yaml::List(items))];
            vec![Edit::Set(path(&rules), Yaml::Map(rules_are))]
        }
    }
}

/// Reads the side again, with its manifest edited.
fn check(
    new: &Connector,
    request: &Request,
    proposals: &[&Proposal],
    states: &[&StateProposal],
    edit: &FileEdit,
) -> Result<(), DeclareError> {
    let files = BTreeMap::from([((edit.level, edit.path.clone()), edit.new.clone().into_bytes())]);
    let tree = Overlay::new(request.tree.clone(), files);
    let again = load::connector_in(&Request { tree: Arc::new(tree), ..request.clone() });
    let mut meant = new.config_rules.clone();
    meant.migrations.extend(proposals.iter().flat_map(|proposal| proposal.steps.iter().cloned()));
    let spec = |side: &Connector| side.spec.as_ref().map(|spec| spec.value.clone());
    // How the position of each stream is read.
    let reading = |side: &Connector| -> Vec<(StreamId, Option<Box<StateTraits>>)> {
        let streams =
            side.catalog.iter().flat_map(|catalog| catalog.streams.iter().chain(&catalog.open_sets));
        streams
            .map(|stream| (stream.id.clone(), stream.properties().ok().and_then(|all| all.state.clone())))
            .collect()
    };
    let is_meant = again.config_rules == meant
        && spec(&again) == spec(new)
        && again.faults.len() <= new.faults.len()
        && reading(&again) == reading(&propose::with_state_edits(new, states));
    match is_meant {
        true => Ok(()),
        false => Err(DeclareError::Input(vec![format!(
            "{}: what is proposed cannot be added and leave everything else as it is: add it by hand",
            edit.path
        )])),
    }
}

fn yaml_of(written: &Written) -> Yaml {
    match written {
        Written::Text(text) => Yaml::Text(text.clone()),
        Written::Quoted(text) => Yaml::Quoted(text.clone()),
        Written::List(items) => Yaml::List(items.iter().map(yaml_of).collect()),
        Written::Map(entries) => {
            Yaml::Map(entries.iter().map(|(key, value)| (key.clone(), yaml_of(value))).collect())
        }
    }
}
