//! Config migrations, written into the manifest of a side.
//!
//! They stand behind those that are there already: the CDK runs them in this order. The side is read again with the edit,
//! and what it then does to configs has to be what it did and the new steps.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::Value;

use super::files::Trees;
use super::overlay::Overlay;
use super::yaml::{self, Edit, Yaml};
use super::{DeclareError, FileEdit};
use crate::load::{self, Request};
use crate::model::{Connector, Pointer};
use crate::propose::{Proposal, Written, written};
use crate::tree::Kind;

const RULES: &str = "config_normalization_rules";
const MIGRATIONS: &str = "config_migrations";

/// The edit that adds migrations to the manifest of the new side, which `request` was read from.
///
/// # Errors
/// The side is no folder, has no manifest with a spec, or its manifest cannot be edited and leave the rest as it is.
pub fn migration(
    new: &Connector,
    request: &Request,
    proposals: &[&Proposal],
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
    let place =
        new.spec.as_ref().and_then(|spec| spec.locate.locate(&Pointer::new(["connectionSpecification"])));
    let is_manifest = new.config_normalization.is_some();
    let Some(place) = place.filter(|place| {
        is_manifest && place.pointer.segments().last().is_some_and(|last| last == "connection_specification")
    }) else {
        return usage(format!(
            "NEW ({source}) has no manifest with a spec: expected one, where a config migration is written"
        ));
    };
    let spec = place.pointer.parent().unwrap_or_else(Pointer::root);
    let file = (0, place.document.file.clone());
    let trees = Trees::of(tree, new.limits);
    let shown = trees.shown(&file);
    let read =
        trees.read(&file)?.ok_or_else(|| DeclareError::Usage(format!("{shown} is not a file of NEW")))?;
    let value = load::parse_yaml(&read.text)
        .map_err(|error| DeclareError::Input(vec![format!("{shown}: {}", error.message)]))?;
    let items: Vec<Yaml> = proposals.iter().map(|proposal| yaml_of(&written(proposal))).collect();
    let edit = edit(&spec, &value, items);
    let text = yaml::edited(&read.text, &edit)
        .map_err(|error| DeclareError::Input(vec![format!("{shown}:{}: {}", error.line, error.message)]))?;
    let edit = FileEdit {
        level: 0,
        path: file.1.clone(),
        old: Some(format!("{}{}", read.mark, read.text)),
        new: format!("{}{text}", read.mark),
    };
    check(new, request, proposals, &edit)?;
    Ok(edit)
}

/// Where the migrations go, given what is there of the rules.
fn edit(spec: &Pointer, manifest: &Value, items: Vec<Yaml>) -> Edit {
    let rules = spec.join(RULES);
    let path = |pointer: &Pointer| pointer.segments().to_vec();
    let list = rules.join(MIGRATIONS);
    match rules.get(manifest) {
        Some(Value::Object(map)) => match map.get(MIGRATIONS) {
            Some(Value::Array(there)) if !there.is_empty() => Edit::Append(path(&list), items),
            _ => Edit::Set(path(&list), Yaml::List(items)),
        },
        _ => {
            let rules_are = vec![
                ("type".to_owned(), Yaml::Text("ConfigNormalizationRules".to_owned())),
                (MIGRATIONS.to_owned(), Yaml::List(items)),
            ];
            Edit::Set(path(&rules), Yaml::Map(rules_are))
        }
    }
}

/// Reads the side again, with its manifest edited.
fn check(
    new: &Connector,
    request: &Request,
    proposals: &[&Proposal],
    edit: &FileEdit,
) -> Result<(), DeclareError> {
    let files = BTreeMap::from([((edit.level, edit.path.clone()), edit.new.clone().into_bytes())]);
    let tree = Overlay::new(request.tree.clone(), files);
    let again = load::connector_in(&Request { tree: Arc::new(tree), ..request.clone() });
    let mut meant = new.config_rules.clone();
    meant.migrations.extend(proposals.iter().flat_map(|proposal| proposal.steps.iter().cloned()));
    let spec = |side: &Connector| side.spec.as_ref().map(|spec| spec.value.clone());
    let is_meant =
        again.config_rules == meant && spec(&again) == spec(new) && again.faults.len() == new.faults.len();
    match is_meant {
        true => Ok(()),
        false => Err(DeclareError::Input(vec![format!(
            "{}: the migrations cannot be added and leave everything else as it is: add them by hand",
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
