//! Rules for the spec, and for what a spec says of a destination.

pub(super) mod dest_dbt_flag_dropped;
mod dest_default_target_changed;
mod dest_legacy_output_flag_gained;
mod dest_normalization_flag_dropped;
mod dest_sync_mode_added;
mod dest_sync_mode_removed;
mod spec_advanced_auth_added;
mod spec_advanced_auth_removed;
mod spec_annotation_only;
mod spec_array_items_narrowed;
mod spec_auth_flow_type_changed;
mod spec_auth_predicate_changed;
mod spec_bound_relaxed;
mod spec_bound_tightened;
mod spec_config_normalization_changed;
mod spec_const_changed;
mod spec_const_dropped;
mod spec_const_introduced;
mod spec_constraint_changed;
mod spec_default_added;
mod spec_default_changed;
mod spec_default_dropped;
mod spec_edits_break_together;
mod spec_enum_dropped;
mod spec_enum_introduced;
mod spec_enum_value_added;
mod spec_enum_value_removed;
mod spec_format_dropped;
mod spec_format_introduced;
mod spec_hidden_required;
mod spec_legacy_auth_spec_dropped;
mod spec_migration_changed;
mod spec_migration_duplicate;
mod spec_migration_loses_secret;
mod spec_migration_merges;
mod spec_migration_overwrites;
mod spec_migration_removed;
mod spec_migration_repeats;
mod spec_migration_stops;
mod spec_migration_untried;
mod spec_nested_required_in_new_optional_object;
mod spec_no_json_schema;
mod spec_not_compared;
mod spec_oauth_output_path_changed;
mod spec_oauth_scope_changed;
mod spec_oauth_server_input_changed;
mod spec_oauth_url_changed;
mod spec_object_closed;
mod spec_object_opened;
mod spec_oneof_branch_added;
mod spec_oneof_branch_ambiguous;
mod spec_oneof_branch_removed;
mod spec_oneof_branch_required_added;
mod spec_oneof_collapsed;
mod spec_oneof_discriminator_changed;
mod spec_oneof_reordered;
mod spec_optional_property_added;
mod spec_pattern_changed;
mod spec_pattern_dropped;
mod spec_pattern_introduced;
mod spec_property_made_required;
mod spec_property_removed_closed;
mod spec_property_removed_open;
mod spec_protocol_major_changed;
mod spec_protocol_minor_changed;
mod spec_required_property_added;
mod spec_required_relaxed;
mod spec_scalar_to_array;
mod spec_scalar_to_oneof;
mod spec_secret_flag_added;
mod spec_secret_flag_dropped;
mod spec_source_root_type_changed;
mod spec_supports_incremental_changed;
mod spec_type_changed;
mod spec_type_narrowed;
mod spec_type_widened;
mod spec_unknown_key_changed;

use super::registry;
use crate::diff::{MigrationFault, SpecChange};

registry! { SpecChange {
    SpecChange::PropertyAdded { .. } => [
        dest_default_target_changed,
        spec_oneof_branch_required_added,
        spec_required_property_added,
        spec_nested_required_in_new_optional_object,
        spec_optional_property_added,
    ],
    SpecChange::PropertyRemoved { .. } => [spec_property_removed_closed, spec_property_removed_open],
    SpecChange::PropertyMadeRequired => [spec_oneof_branch_required_added, spec_property_made_required],
    SpecChange::PropertyMadeOptional => [spec_required_relaxed],
    SpecChange::TypeChanged { .. } => [
        spec_array_items_narrowed,
        spec_type_narrowed,
        spec_type_widened,
        spec_scalar_to_oneof,
        spec_scalar_to_array,
        spec_type_changed,
    ],
    SpecChange::EnumIntroduced => [spec_enum_introduced],
    SpecChange::EnumDropped => [spec_enum_dropped],
    SpecChange::EnumValuesRemoved(_) => [spec_enum_value_removed],
    SpecChange::EnumValuesAdded(_) => [spec_enum_value_added],
    SpecChange::Const(_) => [
        spec_const_introduced,
        spec_const_changed,
        spec_const_dropped,
    ],
    SpecChange::Pattern(_) => [
        spec_pattern_introduced,
        spec_pattern_changed,
        spec_pattern_dropped,
    ],
    SpecChange::Format(_) => [spec_format_introduced, spec_format_dropped],
    SpecChange::BoundTightened(_) => [spec_bound_tightened],
    SpecChange::BoundRelaxed(_) => [spec_bound_relaxed],
    SpecChange::ObjectClosed => [spec_object_closed],
    SpecChange::ObjectOpened => [spec_object_opened],
    SpecChange::OptionRemoved => [spec_oneof_branch_removed],
    SpecChange::OptionAdded { .. } => [spec_oneof_branch_ambiguous, spec_oneof_branch_added],
    SpecChange::DiscriminatorChanged => [spec_oneof_discriminator_changed],
    SpecChange::OptionsCollapsed => [spec_oneof_collapsed],
    SpecChange::OptionsReordered => [spec_oneof_reordered],
    SpecChange::Default { .. } => [
        dest_default_target_changed,
        spec_default_changed,
        spec_default_added,
        spec_default_dropped,
    ],
    SpecChange::SecretFlagAdded => [spec_secret_flag_added],
    SpecChange::SecretFlagDropped => [spec_secret_flag_dropped],
    SpecChange::RequiredPropertyHidden => [spec_hidden_required],
    SpecChange::AnnotationsChanged | SpecChange::LinkChanged => [spec_annotation_only],
    SpecChange::BreaksTogether => [spec_edits_break_together],
    SpecChange::NormalizationChanged { .. } => [spec_config_normalization_changed],
    SpecChange::Migration(MigrationFault::Repeats) => [spec_migration_repeats],
    SpecChange::Migration(MigrationFault::Untried) => [spec_migration_untried],
    SpecChange::Migration(MigrationFault::Stops) => [spec_migration_stops],
    SpecChange::Migration(MigrationFault::Merges) => [spec_migration_merges],
    SpecChange::Migration(MigrationFault::Overwrites) => [spec_migration_overwrites],
    SpecChange::Migration(MigrationFault::LosesSecret) => [spec_migration_loses_secret],
    SpecChange::Migration(MigrationFault::Removed) => [spec_migration_removed],
    SpecChange::Migration(MigrationFault::Changed) => [spec_migration_changed],
    SpecChange::Migration(MigrationFault::Duplicate) => [spec_migration_duplicate],
    SpecChange::NoSchema { .. } => [spec_no_json_schema],
    SpecChange::ConstraintChanged(_) => [spec_constraint_changed],
    SpecChange::NotCompared => [spec_not_compared],
    SpecChange::RootTypeChanged => [spec_source_root_type_changed],
    SpecChange::AdvancedAuthAdded => [spec_advanced_auth_added],
    SpecChange::AdvancedAuthRemoved => [spec_advanced_auth_removed],
    SpecChange::AuthFlowTypeChanged => [spec_auth_flow_type_changed],
    SpecChange::AuthPredicateChanged => [spec_auth_predicate_changed],
    SpecChange::OauthOutputPathChanged => [spec_oauth_output_path_changed],
    SpecChange::OauthServerInputChanged => [spec_oauth_server_input_changed],
    SpecChange::OauthScopeChanged => [spec_oauth_scope_changed],
    SpecChange::OauthConversationChanged => [spec_oauth_url_changed],
    SpecChange::LegacyAuthDropped => [spec_legacy_auth_spec_dropped],
    SpecChange::ProtocolMajorChanged => [spec_protocol_major_changed],
    SpecChange::ProtocolMinorChanged => [spec_protocol_minor_changed],
    SpecChange::SupportsIncrementalChanged => [spec_supports_incremental_changed],
    SpecChange::DestinationSyncModeRemoved(_) => [dest_sync_mode_removed],
    SpecChange::DestinationSyncModeAdded(_) => [dest_sync_mode_added],
    SpecChange::NormalizationFlagDropped => [dest_normalization_flag_dropped],
    SpecChange::DbtFlagDropped => [dest_dbt_flag_dropped],
    SpecChange::LegacyOutputFlagGained => [dest_legacy_output_flag_gained],
    SpecChange::UnknownKeyChanged(_) => [spec_unknown_key_changed],
}}
