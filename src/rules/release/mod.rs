//! Checks of what a release declares, and of what its metadata and its catalog say of the connector itself.

pub(crate) mod catalog_airbyte_type_unknown;
pub(crate) mod catalog_cursor_not_in_schema;
pub(crate) mod catalog_key_not_scalar;
pub(crate) mod catalog_keyword_unsupported;
pub(crate) mod meta_allowed_hosts_introduced;
pub(crate) mod meta_allowed_hosts_narrowed;
pub(crate) mod meta_breaking_entry_missing;
pub(crate) mod meta_bump_too_small;
pub(crate) mod meta_connector_type_changed;
pub(crate) mod meta_definition_id_changed;
pub(crate) mod meta_docker_repository_changed;
pub(crate) mod meta_entry_edited;
pub(crate) mod meta_entry_removed;
pub(crate) mod meta_entry_without_finding;
pub(crate) mod meta_license_changed;
pub(crate) mod meta_registry_disabled;
pub(crate) mod meta_scope_ambiguous_namespace;
pub(crate) mod meta_scope_misses_stream;
pub(crate) mod meta_scope_not_known;
pub(crate) mod meta_scope_with_global_finding;
pub(crate) mod meta_support_level_lowered;
pub(crate) mod meta_version_not_bumped;
pub(crate) mod meta_version_unreadable;
pub(crate) mod spec_golden_differs;

use super::Check;

/// Every check, by id.
pub(super) static CHECKS: &[&Check] = &[
    &catalog_airbyte_type_unknown::CHECK,
    &catalog_cursor_not_in_schema::CHECK,
    &catalog_key_not_scalar::CHECK,
    &catalog_keyword_unsupported::CHECK,
    &meta_allowed_hosts_introduced::CHECK,
    &meta_allowed_hosts_narrowed::CHECK,
    &meta_breaking_entry_missing::CHECK,
    &meta_bump_too_small::CHECK,
    &meta_connector_type_changed::CHECK,
    &meta_definition_id_changed::CHECK,
    &meta_docker_repository_changed::CHECK,
    &meta_entry_edited::CHECK,
    &meta_entry_removed::CHECK,
    &meta_entry_without_finding::CHECK,
    &meta_license_changed::CHECK,
    &meta_registry_disabled::CHECK,
    &meta_scope_ambiguous_namespace::CHECK,
    &meta_scope_misses_stream::CHECK,
    &meta_scope_not_known::CHECK,
    &meta_scope_with_global_finding::CHECK,
    &meta_support_level_lowered::CHECK,
    &meta_version_not_bumped::CHECK,
    &meta_version_unreadable::CHECK,
    &spec_golden_differs::CHECK,
];
