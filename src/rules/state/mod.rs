//! Rules for samples of saved state.

mod state_before_start;
mod state_class_changed;
mod state_cursor_format_changed;
mod state_cursor_key_renamed;
mod state_cursor_null;
mod state_cursor_value_type_changed;
mod state_custom_cursor_changed;
mod state_datetime_format_changed;
mod state_departitioned;
mod state_descriptor_namespace_changed;
mod state_envelope_legacy_to_stream;
mod state_envelope_stream_global_switched;
mod state_file_history_changed;
mod state_full_refresh_to_incremental;
mod state_global_cursor_toggled;
mod state_incremental_to_full_refresh;
mod state_key_added;
mod state_key_removed;
mod state_keys_not_read;
mod state_legacy_map_replaced;
mod state_migration_dropped;
mod state_misread;
mod state_missing_in_new;
mod state_missing_in_old;
mod state_parent_added;
mod state_parent_removed;
mod state_parent_renamed;
mod state_partition_key_renamed;
mod state_partition_value_type_changed;
mod state_partition_values_changed;
mod state_partitioned;
mod state_sample_uncomparable;
mod state_sequential_to_slices;
mod state_shared_state_changed;
mod state_slices_to_sequential;
mod state_version_marker_changed;

use super::registry;
use crate::diff::StateChange;

registry! { StateChange {
    StateChange::CursorKeyRenamed => [state_cursor_key_renamed],
    StateChange::CursorValueTypeChanged => [state_cursor_value_type_changed],
    StateChange::CursorFormatChanged { .. } => [state_cursor_format_changed],
    StateChange::Partitioned => [state_partitioned],
    StateChange::Departitioned => [state_departitioned],
    StateChange::PartitionKeysChanged { .. } => [state_partition_key_renamed],
    StateChange::PartitionValueTypeChanged { .. } => [state_partition_value_type_changed],
    StateChange::LegacyMapReplaced { .. } => [state_legacy_map_replaced],
    StateChange::PartitionValuesAdded => [state_partition_values_changed],
    StateChange::CursorNull => [state_cursor_null],
    StateChange::ParentStateRemoved => [state_parent_removed],
    StateChange::ParentRenamed => [state_parent_renamed],
    StateChange::ParentStateAdded => [state_parent_added],
    StateChange::GlobalCursorToggled => [state_global_cursor_toggled],
    StateChange::SlicesToSequential => [state_slices_to_sequential],
    StateChange::SequentialToSlices => [state_sequential_to_slices],
    StateChange::BecameIncremental => [state_full_refresh_to_incremental],
    StateChange::BecameFullRefresh => [state_incremental_to_full_refresh],
    StateChange::FileHistoryChanged => [state_file_history_changed],
    StateChange::ClassChanged { .. } => [state_class_changed],
    StateChange::KeysNotRead => [state_keys_not_read],
    StateChange::MissingInNew => [state_missing_in_new],
    StateChange::MissingInOld => [state_missing_in_old],
    StateChange::KeysRemoved => [state_key_removed],
    StateChange::KeysAdded => [state_key_added],
    StateChange::VersionMarkerChanged => [state_version_marker_changed],
    StateChange::EnvelopeLegacyToStream { .. } => [state_envelope_legacy_to_stream],
    StateChange::EnvelopeSwitched { .. } => [state_envelope_stream_global_switched],
    StateChange::SharedStateChanged => [state_shared_state_changed],
    StateChange::NamespaceChanged => [state_descriptor_namespace_changed],
    StateChange::OnlyOneSide => [state_sample_uncomparable],
    StateChange::CustomCursorChanged => [state_custom_cursor_changed],
    StateChange::DatetimeFormatChanged { .. } => [state_datetime_format_changed],
    StateChange::DatetimeMisread { .. } => [state_misread],
    StateChange::MigrationDropped => [state_migration_dropped],
    StateChange::BeforeStart => [state_before_start],
}}
