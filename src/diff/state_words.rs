//! The words for differences of saved state.
//!
//! Nothing else says what a difference of saved state is: rewording what stands here changes what is read and no
//! fingerprint.

use std::collections::BTreeSet;

use super::state_change::StateChange;
use super::state_value::{CursorPart, KeyValues, StateValue};
use crate::model::{Form, JsonType, KeyName, PartitionForm, Sides, StateClass, describe_partition};

impl StateChange {
    /// Why, in a line, for a state that is saved as `old` and read as `new`.
    pub fn why(&self, old: &str, new: &str) -> String {
        match self {
            Self::CursorKeyRenamed => format!("saved under {old}, read under {new}"),
            Self::CursorValueTypeChanged => format!("saved as {old}, read as {new}"),
            Self::CursorFormatChanged { .. } => format!("saved as {old}, later as {new}"),
            Self::BeforeStart => format!("a position lies before {new}, where reading starts"),
            Self::CursorNull => format!("an empty position is saved ({old})"),
            Self::DatetimeFormatChanged { sure: true } => {
                format!("saved as {old}, read as {new}: no format matches")
            }
            Self::DatetimeFormatChanged { sure: false } => {
                format!("saved as {old}, read as {new}: the value decides, or a format is not known")
            }
            Self::DatetimeMisread { earlier: false } => {
                format!("saved as {old}, read as {new}: another moment")
            }
            Self::DatetimeMisread { earlier: true } => {
                format!("saved as {old}, read as {new}: a moment long ago")
            }
            Self::Partitioned => "the one position starts every partition".to_owned(),
            Self::Departitioned => "positions per partition are not looked at".to_owned(),
            Self::PartitionKeysChanged { global } => {
                format!("partitions by {old} are not found by {new}{}", fallback(*global))
            }
            Self::PartitionValueTypeChanged { global, sure } => {
                let start = if *sure {
                    "partition values"
                } else {
                    "if records hold what the schema declares, values"
                };
                format!("{start} change their type ({old}, then {new}){}", fallback(*global))
            }
            Self::PartitionValuesAdded => {
                format!("new partitions start at the position of the others: {new}")
            }
            Self::LegacyMapReplaced { migrated: true } => {
                "the declared migration rewrites the map by id".to_owned()
            }
            Self::LegacyMapReplaced { migrated: false } => "a map by id is not looked at".to_owned(),
            Self::ParentStateRemoved => format!("the parent is read again ({old})"),
            Self::ParentRenamed => {
                format!(
                    "the position of the parent {old} is not found for {new}, and that of the stream stands in"
                )
            }
            Self::ParentStateAdded => format!("its own position stands in for that of the parent {new}"),
            Self::GlobalCursorToggled => "the saved state itself says which position counts".to_owned(),
            Self::SlicesToSequential => "the end of the date ranges is the position".to_owned(),
            Self::SequentialToSlices => "the position becomes a date range".to_owned(),
            Self::BecameIncremental => "a full refresh saved no position".to_owned(),
            Self::BecameFullRefresh => "a full refresh looks at no position".to_owned(),
            Self::FileHistoryChanged => "the history of files is written in another form".to_owned(),
            Self::KeysNotRead => "the state has more keys than are looked at".to_owned(),
            Self::ClassChanged { .. } => format!("saved as {old}, read as {new}"),
            Self::MissingInNew => "only the sample of the old version has the stream".to_owned(),
            Self::MissingInOld => "only the sample of the new version has the stream".to_owned(),
            Self::KeysRemoved => format!("keys are gone (of {old})"),
            Self::KeysAdded => format!("keys are new ({new})"),
            Self::VersionMarkerChanged => format!("{old} became {new}"),
            Self::EnvelopeLegacyToStream { .. } => {
                "one legacy object for all streams is not looked at".to_owned()
            }
            Self::EnvelopeSwitched { shared: true } => {
                "a global message with shared_state is refused".to_owned()
            }
            Self::EnvelopeSwitched { shared: false } => {
                "the streams of a global message are found".to_owned()
            }
            Self::SharedStateChanged => "what the streams share has other keys".to_owned(),
            Self::NamespaceChanged => "state is looked up under another namespace".to_owned(),
            Self::OnlyOneSide => "only one side has a sample".to_owned(),
            Self::CustomCursorChanged => format!("{old} became {new}"),
            Self::MigrationDropped => format!("the migration {old} is gone for users who skip versions"),
        }
    }
}

/// What partitions that are not found start from.
fn fallback(global: bool) -> &'static str {
    if global { "; all start where the furthest partition stands" } else { "" }
}

/// Both sides of a difference in words.
pub fn words(values: &Sides<Option<StateValue>>) -> Sides<Option<String>> {
    if let (Some(StateValue::Partitions(old)), Some(StateValue::Partitions(new))) = (&values.old, &values.new)
        && partitions(old) == partitions(new)
    {
        // Only the slice of a parent without partitions tells them apart.
        return Sides { old: Some(all_keys(old)), new: Some(all_keys(new)) };
    }
    let side = |value: &Option<StateValue>| value.as_ref().map(StateValue::words);
    Sides { old: side(&values.old), new: side(&values.new) }
}

impl StateValue {
    fn words(&self) -> String {
        let inner =
            |value: &Option<Box<Self>>| value.as_ref().map_or_else(String::new, |value| value.words());
        match self {
            Self::Class(class) => class.name().to_owned(),
            Self::Broken(StateClass::Slices) => "`slices` without ranges".to_owned(),
            Self::Broken(_) => "`states` without partitions".to_owned(),
            Self::BesidePartitions => "a position beside those of partitions".to_owned(),
            Self::NoCursor => "no cursor".to_owned(),
            Self::OfType(json_type) => json_type.with_article().to_owned(),
            Self::Files(keys) => {
                let keys: Vec<&str> = keys.iter().map(|key| key.name()).collect();
                format!("{} by {}", StateClass::FileHistory.name(), keys.join(" and "))
            }
            Self::Version(found) => {
                let text = |text: &Option<String>| text.clone().unwrap_or_else(|| "none".to_owned());
                format!("version {} state_type {}", text(&found.version), text(&found.state_type))
            }
            Self::Keys(keys) => list(keys.iter().map(KeyName::to_string)),
            Self::Parents(names) if names.is_empty() => "none".to_owned(),
            Self::Parents(names) => list(names.iter().map(KeyName::to_string)),
            Self::ParentPosition { read, saved } => format!("{}, from {}", inner(read), inner(saved)),
            Self::InParent { parent, value: None } => format!("the parent {parent}"),
            Self::InParent { parent, value: Some(value) } => {
                format!("{} (the parent {parent})", value.words())
            }
            Self::Values { key, are } => format!("{key}: {}", are.words()),
            Self::Formats(formats) => each_once(formats).join(", "),
            Self::Start(moment) => moment.clone(),
            Self::PartitionKeys(kinds) => list(kinds.iter().map(|keys| {
                let keys: BTreeSet<String> = keys.iter().map(KeyName::to_string).collect();
                keys.into_iter().collect::<Vec<_>>().join(" and ")
            })),
            Self::Partitions(forms) => partitions(forms),
            Self::PartitionTypes(types) => {
                let types: BTreeSet<String> =
                    types.iter().map(|(key, types)| format!("{key}: {}", one_of(types))).collect();
                types.into_iter().collect::<Vec<_>>().join(", ")
            }
            Self::PartitionValues(values) => values.join(", "),
            Self::Migrations(classes) if classes.is_empty() => "none".to_owned(),
            Self::Migrations(classes) => classes.join(", "),
            Self::Cursor { is_custom, is_partitioned, migrations } => {
                let class = if *is_custom { "a custom cursor" } else { "a standard cursor" };
                let partitions = if *is_partitioned { "per partition" } else { "for the whole stream" };
                let migrations = match migrations.as_slice() {
                    [] => String::new(),
                    classes => format!(" (after the migration {})", classes.join(", ")),
                };
                format!("{class} {partitions}{migrations}")
            }
            Self::Code => "code".to_owned(),
            Self::CursorClass { module, name, other } => {
                let module = module.as_ref().map_or_else(String::new, |module| format!("{module}."));
                let other = match other {
                    None => "",
                    Some(CursorPart::Arguments) => " with other arguments",
                    Some(CursorPart::Code) => " with other code",
                    Some(CursorPart::UnseenCode) => ", in a package that is not all Python",
                };
                format!("{module}{name}{other}")
            }
            Self::Namespace(name) => name.clone().unwrap_or_else(|| "none".to_owned()),
            Self::Together(values) => values.iter().map(Self::words).collect::<Vec<_>>().join("; "),
        }
    }
}

impl KeyValues {
    fn words(&self) -> String {
        match self {
            Self::Counts => "a count".to_owned(),
            Self::Numbers => "a number".to_owned(),
            Self::Datetimes => "a datetime".to_owned(),
            Self::Nested => "an object or a list".to_owned(),
            Self::Seen(forms) => list(forms.iter().map(Form::describe)),
        }
    }
}

/// Each of some words once, in their order, and where there are very many the first of them.
fn list(words: impl IntoIterator<Item = String>) -> String {
    const MOST: usize = 16;
    let shown: BTreeSet<String> = words.into_iter().collect();
    let left = shown.len().saturating_sub(MOST);
    let mut words: Vec<String> = shown.into_iter().take(MOST).collect();
    if left > 0 {
        words.push(format!("{left} more"));
    }
    words.join(", ")
}

fn one_of(types: &BTreeSet<JsonType>) -> String {
    types.iter().map(|one| one.name()).collect::<Vec<_>>().join(" or ")
}

/// Kinds of partition.
fn partitions(forms: &BTreeSet<PartitionForm>) -> String {
    let words: BTreeSet<String> = forms.iter().map(describe_partition).collect();
    words.into_iter().collect::<Vec<_>>().join("; ")
}

/// The keys of partitions, and those of the slices inside.
fn all_keys(forms: &BTreeSet<PartitionForm>) -> String {
    let keys = |form: &PartitionForm| {
        form.keys().map(|key| KeyName::of(key).to_string()).collect::<Vec<_>>().join(" and ")
    };
    let words: BTreeSet<String> = forms.iter().map(keys).collect();
    words.into_iter().collect::<Vec<_>>().join("; ")
}

/// The texts in their order; a format may stand under two keys of a cursor.
fn each_once(texts: &[String]) -> Vec<&str> {
    let mut seen = BTreeSet::new();
    texts.iter().map(String::as_str).filter(|text| seen.insert(*text)).collect()
}
