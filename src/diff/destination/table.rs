//! One table of both sides.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::Subject;
use crate::diff::destination_change::{ColumnEdit, DestinationChange};
use crate::model::{Sides, ValueForm, WrittenColumn, WrittenKind, WrittenTable, is_metadata_column};

/// Something that one pair of tables shows.
pub(super) struct Observed {
    pub(super) change: DestinationChange,
    /// The column, or what else it is about.
    pub(super) column: String,
    pub(super) old: Option<Value>,
    pub(super) new: Option<Value>,
    /// The bytes in both files.
    pub(super) at: Sides<Option<usize>>,
    /// Whether it is known that the test writes what it wrote before.
    pub(super) is_certain: bool,
}

/// What one pair of tables shows, and what it could show.
#[derive(Default)]
pub(super) struct Compared {
    pub(super) observed: Vec<Observed>,
    pub(super) held: BTreeSet<Subject>,
}

/// Columns of Airbyte's own that have a new name since Destinations V2.
const SUCCESSORS: [(&str, &str); 2] =
    [("_airbyte_ab_id", "_airbyte_raw_id"), ("_airbyte_emitted_at", "_airbyte_extracted_at")];

/// Holds two tables against each other.
pub(super) fn compare(old: &WrittenTable, new: &WrittenTable) -> Compared {
    let fields = Sides { old: bare_fields(old), new: bare_fields(new) };
    let is_recased_as_a_whole = is_recased_as_a_whole(old, new);
    let mut pair = Pair { old, new, is_recased_as_a_whole, fields, found: Compared::default() };
    pair.found.held.insert(Subject::Table);
    let gone: BTreeMap<&str, &WrittenColumn> = only_in(old, new);
    let come: BTreeMap<&str, &WrittenColumn> = only_in(new, old);
    let mut by_lower: BTreeMap<String, &str> = come.keys().map(|name| (name.to_lowercase(), *name)).collect();
    let mut renamed: BTreeSet<&str> = BTreeSet::new();
    for (&name, column) in
        &old.columns.iter().map(|(name, column)| (name.as_str(), column)).collect::<BTreeMap<_, _>>()
    {
        let Some((is, after)) = new.columns.get_key_value(name) else { continue };
        pair.hold(name);
        pair.both(is, column, after);
    }
    for (&name, column) in &gone {
        let successor = SUCCESSORS.iter().find(|(old, _)| old.eq_ignore_ascii_case(name));
        let successor = successor.and_then(|(_, new)| by_lower.get(*new).copied());
        if let Some(is) = by_lower.remove(&name.to_lowercase()) {
            renamed.insert(is);
            pair.recased((name, column), (is, come[is]));
        } else if let Some(is) = successor {
            by_lower.remove(&is.to_lowercase());
            renamed.insert(is);
            pair.hold(name);
            let change = DestinationChange::MetadataColumn(ColumnEdit::Renamed { to: is.to_owned() });
            pair.push(change, name, Some(name.into()), Some(is.into()), (Some(column), Some(come[is])), true);
        } else {
            pair.removed(name, column);
        }
    }
    for (&name, column) in come.iter().filter(|(name, _)| !renamed.contains(*name)) {
        pair.added(name, column);
    }
    pair.layout();
    pair.found
}

/// The columns that one table has and the other has not.
fn only_in<'t>(one: &'t WrittenTable, other: &WrittenTable) -> BTreeMap<&'t str, &'t WrittenColumn> {
    let columns = one.columns.iter().filter(|(name, _)| !other.columns.contains_key(*name));
    columns.map(|(name, column)| (name.as_str(), column)).collect()
}

/// Whether the columns of a stream all came back in upper case, or all in lower case, which no one of them was written in
/// before. One column alone may be called so by its test.
fn is_recased_as_a_whole(old: &WrittenTable, new: &WrittenTable) -> bool {
    let own = |table: &'_ WrittenTable| -> BTreeSet<String> {
        table.columns.keys().filter(|name| !is_metadata_column(name)).cloned().collect()
    };
    let (was, is) = (own(old), own(new));
    let all = |case: fn(&str) -> String| {
        was.iter().map(|name| case(name)).collect::<BTreeSet<_>>() == is
            && was.iter().all(|name| case(name) != *name)
    };
    was.len() > 1 && (all(|name| name.to_uppercase()) || all(|name| name.to_lowercase()))
}

struct Pair<'t> {
    old: &'t WrittenTable,
    new: &'t WrittenTable,
    /// Whether every column came back in upper case, or every one in lower case.
    is_recased_as_a_whole: bool,
    /// The fields that the test writes, by their bare names.
    fields: Sides<BTreeMap<String, &'t BTreeSet<ValueForm>>>,
    found: Compared,
}

/// What the files of the test say of a field that it writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Follows {
    /// The test writes it as before.
    No,
    /// It changed with what the test writes.
    Yes,
    /// No file says what the test writes.
    Unknown,
}

impl Pair<'_> {
    fn kind(&self) -> WrittenKind {
        self.new.kind
    }

    fn is_of_records(&self) -> bool {
        matches!(self.kind(), WrittenKind::FinalRecords | WrittenKind::RawRecords)
    }

    /// Notes that this pair could show what becomes of a column.
    fn hold(&mut self, name: &str) {
        let column = self.column(name);
        self.found.held.insert(Subject::Column(column));
    }

    /// What a column is told by: golden files have each Airbyte type twice, and raw and final tables may have Airbyte's own
    /// columns in different cases.
    fn column(&self, name: &str) -> String {
        match self.kind() {
            _ if is_metadata_column(name) => name.to_ascii_lowercase(),
            WrittenKind::Golden => {
                let lower = name.to_ascii_lowercase();
                let is_twice = lower.ends_with("_nonnull");
                name[..name.len() - if is_twice { "_nonnull".len() } else { 0 }].to_owned()
            }
            _ => name.to_owned(),
        }
    }

    fn push(
        &mut self,
        change: DestinationChange,
        name: &str,
        old: Option<Value>,
        new: Option<Value>,
        (was, is): (Option<&WrittenColumn>, Option<&WrittenColumn>),
        is_certain: bool,
    ) {
        let at = Sides { old: was.map(|column| column.at), new: is.map(|column| column.at) };
        let column = self.column(name);
        self.found.observed.push(Observed { change, column, old, new, at, is_certain });
    }

    /// A column that both have.
    fn both(&mut self, name: &str, was: &WrittenColumn, is: &WrittenColumn) {
        let is_own = is_metadata_column(name);
        let columns = (Some(was), Some(is));
        if let (Some(before), Some(after)) = (&was.declared, &is.declared) {
            let is_other = match (&was.spelled, &is.spelled) {
                (Some(was), Some(is)) => was != is,
                _ => before != after,
            };
            if is_other {
                let change = match is_own {
                    true => DestinationChange::MetadataColumn(ColumnEdit::Retyped),
                    false => DestinationChange::TypeChanged,
                };
                let certain = self.kind() != WrittenKind::Listing;
                let (old, new) = (before.as_str().into(), after.as_str().into());
                self.push(change, name, Some(old), Some(new), columns, certain);
            } else if was.nullable != is.nullable && was.nullable.is_some() && is.nullable.is_some() {
                let (old, new) = (was.nullable.map(Value::from), is.nullable.map(Value::from));
                self.push(DestinationChange::NullabilityChanged, name, old, new, columns, true);
            }
            return;
        }
        // A value that is written as before in some row may have been joined by others.
        let is_other = !was.forms.is_empty() && !is.forms.is_empty() && was.forms.is_disjoint(&is.forms);
        if is_other && let Some(is_certain) = self.input_keeps_form(name, is_own) {
            let may_be_one = was.forms.iter().any(|was| is.forms.iter().any(|is| was.may_be_one_type(is)));
            let change = match (may_be_one, is_own) {
                (true, _) => DestinationChange::EncodingChanged,
                (false, true) => DestinationChange::MetadataColumn(ColumnEdit::Retyped),
                (false, false) => DestinationChange::TypeChanged,
            };
            self.push(
                change,
                name,
                Some(described(&was.forms)),
                Some(described(&is.forms)),
                columns,
                is_certain,
            );
        }
        let removed: Vec<String> = was.keys.difference(&is.keys).cloned().collect();
        let added = is.keys.difference(&was.keys).next().is_some();
        if is_own && (!removed.is_empty() && !is.keys.is_empty() || added) {
            let list =
                |keys: &BTreeSet<String>| keys.iter().map(|key| Value::from(key.as_str())).collect::<Value>();
            let (old, new) = (list(&was.keys), list(&is.keys));
            self.push(DestinationChange::MetadataKeys { removed }, name, Some(old), Some(new), columns, true);
        }
    }

    /// Whether it is certain that a field is written with the same forms; `None` where it is not written so any more.
    fn input_keeps_form(&self, name: &str, is_own: bool) -> Option<bool> {
        if is_own {
            return Some(true);
        }
        if !self.is_of_records() {
            // Rows of output show their own values, and no type of the column: CSV has none, and a column of JSON any.
            return Some(self.kind() != WrittenKind::Output);
        }
        match (self.fields.old.get(&bare(name)), self.fields.new.get(&bare(name))) {
            (Some(before), Some(after)) if before == after => Some(true),
            (Some(_), Some(_)) => None,
            _ => Some(false),
        }
    }

    fn recased(&mut self, (name, was): (&str, &WrittenColumn), (is, after): (&str, &WrittenColumn)) {
        let metadata = is_metadata_column(name);
        // The test may write the field in another case.
        let wrote = |table: &WrittenTable, name: &str| table.input.contains_key(name);
        let follows = wrote(self.old, name) && wrote(self.new, is) && !wrote(self.new, name);
        if follows && !metadata {
            return;
        }
        self.hold(name);
        let change = DestinationChange::ColumnsRecased;
        // Of a test of which nobody knows what it writes only a case that all columns share says that it is the connector's.
        let certain =
            metadata || !self.is_of_records() || wrote(self.new, name) || self.is_recased_as_a_whole;
        self.push(change, name, Some(name.into()), Some(is.into()), (Some(was), Some(after)), certain);
        let renamed = WrittenColumn { keys: BTreeSet::new(), ..after.clone() };
        self.both(name, &WrittenColumn { keys: BTreeSet::new(), ..was.clone() }, &renamed);
    }

    fn removed(&mut self, name: &str, was: &WrittenColumn) {
        // It may stand in what could not be read.
        if !self.new.is_whole {
            return;
        }
        let is_own = is_metadata_column(name);
        let follows = match self.kind() {
            _ if is_own => Follows::No,
            WrittenKind::FinalRecords | WrittenKind::RawRecords => self.follows(name),
            WrittenKind::Listing => Follows::Unknown,
            // A record may leave out what has no value.
            WrittenKind::Output if !self.new.lists_columns => Follows::Unknown,
            _ => Follows::No,
        };
        if follows == Follows::Yes {
            return;
        }
        self.hold(name);
        let change = match is_own {
            true => DestinationChange::MetadataColumn(ColumnEdit::Removed),
            false => DestinationChange::ColumnRemoved,
        };
        self.push(change, name, told(was), None, (Some(was), None), follows == Follows::No);
    }

    /// Whether a column went with what the test writes.
    fn follows(&self, name: &str) -> Follows {
        let is_there = |fields: &BTreeMap<String, _>| fields.contains_key(&bare(name));
        match (is_there(&self.fields.old), is_there(&self.fields.new)) {
            (_, true) => Follows::No,
            (true, false) if !self.new.input.is_empty() => Follows::Yes,
            _ => Follows::Unknown,
        }
    }

    fn added(&mut self, name: &str, is: &WrittenColumn) {
        if !self.old.is_whole {
            return;
        }
        let is_own = is_metadata_column(name);
        // A test that writes more, or of which nobody knows what it writes.
        let is_of_input =
            self.is_of_records() && (self.new.input.is_empty() || self.fields.new.contains_key(&bare(name)));
        if !is_own && (is_of_input || self.kind() == WrittenKind::Listing) {
            return;
        }
        let change = match is_own {
            true => DestinationChange::MetadataColumn(ColumnEdit::Added),
            false => DestinationChange::ColumnAdded { everywhere: false },
        };
        self.push(change, name, None, told(is), (None, Some(is)), true);
    }

    fn layout(&mut self) {
        let names: BTreeSet<&String> = self.old.layout.keys().chain(self.new.layout.keys()).collect();
        for name in names {
            self.found.held.insert(Subject::Layout(name.clone()));
            let (was, is) = (self.old.layout.get(name), self.new.layout.get(name));
            let told = |text: Option<&String>| text.map(|text| words(text));
            if told(was) == told(is) {
                continue;
            }
            let value = |text: Option<&String>| text.map(|text| Value::from(text.as_str()));
            let at = Sides { old: Some(self.old.at), new: Some(self.new.at) };
            self.found.observed.push(Observed {
                change: DestinationChange::LayoutChanged(name.clone()),
                column: String::new(),
                old: value(was),
                new: value(is),
                at,
                is_certain: true,
            });
        }
    }
}

/// The fields that the test of a table writes, by what destinations keep of their names: an engine may write them in
/// another case, or without signs that it does not take.
fn bare_fields(table: &WrittenTable) -> BTreeMap<String, &BTreeSet<ValueForm>> {
    table.input.iter().map(|(name, forms)| (bare(name), forms)).collect()
}

fn bare(name: &str) -> String {
    name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// The words of a layout, without the parentheses that some versions of an engine print around one name.
fn words(layout: &str) -> Vec<String> {
    let parts = layout.split(|c: char| c.is_whitespace() || matches!(c, '(' | ')' | ','));
    parts.filter(|part| !part.is_empty()).map(str::to_lowercase).collect()
}

/// What is known of a column.
fn told(column: &WrittenColumn) -> Option<Value> {
    let declared = column.declared.as_deref().map(Value::from);
    declared.or_else(|| (!column.forms.is_empty()).then(|| described(&column.forms)))
}

/// How values are written, as one value.
fn described(forms: &BTreeSet<ValueForm>) -> Value {
    match forms.iter().map(ValueForm::describe).collect::<Vec<_>>().as_slice() {
        [one] => Value::from(*one),
        several => several.iter().map(|form| Value::from(*form)).collect(),
    }
}
