//! Rules for the catalog: streams, fields, keys and cursors.

mod behaviour;
mod catalog_duplicate_stream;
mod condition_changed;
mod cursor_added;
mod cursor_changed;
mod cursor_removed;
mod cursor_type_changed;
mod field_added;
mod field_added_name_collision;
mod field_array_items_changed;
mod field_format_added;
mod field_format_changed;
mod field_format_removed;
mod field_names_transformed;
mod field_not_filled;
mod field_nullability_added;
mod field_nullability_removed;
mod field_object_scalar_changed;
mod field_object_shape_dropped;
mod field_object_shape_introduced;
mod field_oneof_changed;
mod field_removed;
mod field_removed_cursor;
mod field_removed_primary_key;
mod field_schema_became_untyped;
mod field_timezone_changed;
mod field_timezone_hint_noop;
mod field_type_changed;
mod field_type_narrowed;
mod field_type_widened_numeric;
mod field_type_widened_to_string;
mod field_union_collapsed;
mod field_union_introduced;
mod field_union_member_added;
mod field_union_member_removed;
mod field_unknown_format_changed;
mod file_based_toggled;
mod nested_field_added;
mod nested_field_removed;
mod primary_key_added;
mod primary_key_changed;
mod primary_key_narrowed;
mod primary_key_not_in_schema;
mod primary_key_removed;
mod primary_key_reordered;
mod primary_key_widened;
mod request_values_dropped;
mod resumable_gained;
mod resumable_lost;
mod schema_annotation_only;
mod schema_closed;
mod schema_constraint_only;
mod schema_gained;
mod schema_lost;
mod schema_opened;
mod schema_required_changed;
mod schema_spelling_only;
mod schema_too_large;
mod schema_unresolved;
mod source_defined_cursor_disabled;
mod source_defined_cursor_enabled;
mod stream_added;
mod stream_added_high_volume;
mod stream_fact_undecided;
mod stream_namespace_changed;
mod stream_removed;
mod sync_mode_full_refresh_added;
mod sync_mode_full_refresh_removed;
mod sync_mode_incremental_added;
mod sync_mode_incremental_removed;

use super::registry;
use crate::diff::CatalogChange;

registry! { CatalogChange {
    CatalogChange::Behaviour { .. } => [behaviour],
    CatalogChange::FieldNotFilled { .. } => [field_not_filled],
    CatalogChange::FieldNamesTransformed => [field_names_transformed],
    CatalogChange::RequestValuesDropped => [request_values_dropped],
    CatalogChange::StreamRemoved(_) => [stream_removed],
    CatalogChange::StreamAdded { .. } => [stream_added_high_volume, stream_added],
    CatalogChange::NamespaceChanged => [stream_namespace_changed],
    CatalogChange::DuplicateStreamChanged => [catalog_duplicate_stream],
    CatalogChange::ConditionChanged => [condition_changed],
    CatalogChange::Undecided(_) => [stream_fact_undecided],
    CatalogChange::FieldAdded { .. } => [field_added_name_collision, field_added, nested_field_added],
    CatalogChange::FieldRemoved => [
        field_removed_cursor,
        field_removed_primary_key,
        nested_field_removed,
        field_removed,
    ],
    CatalogChange::ObjectShapeDropped | CatalogChange::ArrayItemsDropped => [field_object_shape_dropped],
    CatalogChange::ObjectShapeIntroduced | CatalogChange::ArrayItemsIntroduced => [field_object_shape_introduced],
    CatalogChange::TypeChanged { .. } => [
        field_schema_became_untyped,
        field_array_items_changed,
        field_union_introduced,
        field_union_collapsed,
        field_union_member_added,
        field_union_member_removed,
        field_object_scalar_changed,
        field_type_widened_numeric,
        field_timezone_changed,
        field_format_changed,
        field_format_added,
        field_format_removed,
        field_type_widened_to_string,
        field_type_narrowed,
        field_type_changed,
    ],
    CatalogChange::NullabilityChanged { .. } => [field_nullability_removed, field_nullability_added],
    CatalogChange::UnknownFormatChanged => [field_unknown_format_changed],
    CatalogChange::TypeHintSpelled => [field_timezone_hint_noop],
    CatalogChange::RequiredChanged => [schema_required_changed],
    CatalogChange::ClosedChanged { .. } => [schema_opened, schema_closed],
    CatalogChange::ConstraintsChanged => [schema_constraint_only],
    CatalogChange::AnnotationsChanged => [schema_annotation_only],
    CatalogChange::SpellingChanged => [schema_spelling_only],
    CatalogChange::UnionOptionsChanged => [field_oneof_changed],
    CatalogChange::SchemaLost => [schema_lost],
    CatalogChange::SchemaGained => [schema_gained],
    CatalogChange::SchemaUnresolved => [schema_unresolved],
    CatalogChange::SchemaTooLarge(_) => [schema_too_large],
    CatalogChange::PrimaryKeyAdded => [primary_key_added],
    CatalogChange::PrimaryKeyRemoved => [primary_key_removed],
    CatalogChange::PrimaryKeyChanged => [primary_key_changed],
    CatalogChange::PrimaryKeyWidened => [primary_key_widened],
    CatalogChange::PrimaryKeyNarrowed => [primary_key_narrowed],
    CatalogChange::PrimaryKeyNotInSchema(_) => [primary_key_not_in_schema],
    CatalogChange::CursorTypeChanged { .. } => [cursor_type_changed],
    CatalogChange::PrimaryKeyReordered => [primary_key_reordered],
    CatalogChange::CursorAdded => [cursor_added],
    CatalogChange::CursorRemoved => [cursor_removed],
    CatalogChange::CursorChanged => [cursor_changed],
    CatalogChange::SourceDefinedCursorChanged { enabled: true, .. } => [source_defined_cursor_enabled],
    CatalogChange::SourceDefinedCursorChanged { enabled: false, .. } => [source_defined_cursor_disabled],
    CatalogChange::SyncModeRemoved(_) => [sync_mode_incremental_removed, sync_mode_full_refresh_removed],
    CatalogChange::SyncModeAdded(_) => [sync_mode_incremental_added, sync_mode_full_refresh_added],
    CatalogChange::ResumableChanged { .. } => [resumable_gained, resumable_lost],
    CatalogChange::FileBasedChanged => [file_based_toggled],
}}
