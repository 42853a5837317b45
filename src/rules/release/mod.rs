//! Checks of what a release declares, and of what its metadata and its catalog say of the connector itself.

pub(crate) mod catalog_airbyte_type_unknown;
pub(crate) mod catalog_cursor_not_in_schema;
pub(crate) mod catalog_key_not_scalar;
pub(crate) mod catalog_keyword_unsupported;
pub(crate) mod compatibility_test_disabled;
pub(crate) mod meta_allowed_hosts_introduced;
pub(crate) mod meta_allowed_hosts_narrowed;
pub(crate) mod meta_breaking_entry_missing;
pub(crate) mod meta_bump_too_small;
pub(crate) mod meta_changelog_entry_missing;
pub(crate) mod meta_connector_type_changed;
pub(crate) mod meta_deadline_action_contradicts;
pub(crate) mod meta_deadline_action_missing;
pub(crate) mod meta_deadline_too_soon;
pub(crate) mod meta_deadline_unquoted;
pub(crate) mod meta_deadline_unreadable;
pub(crate) mod meta_definition_id_changed;
pub(crate) mod meta_docker_repository_changed;
pub(crate) mod meta_entry_edited;
pub(crate) mod meta_entry_not_breaking;
pub(crate) mod meta_entry_of_another_version;
pub(crate) mod meta_entry_removed;
pub(crate) mod meta_entry_warns_nobody;
pub(crate) mod meta_entry_without_finding;
pub(crate) mod meta_guide_heading_missing;
pub(crate) mod meta_guide_missing;
pub(crate) mod meta_guide_order;
pub(crate) mod meta_guide_section_empty;
pub(crate) mod meta_guide_title_wrong;
pub(crate) mod meta_key_repeated;
pub(crate) mod meta_license_changed;
pub(crate) mod meta_major_release_candidate;
pub(crate) mod meta_major_without_entry;
pub(crate) mod meta_message_empty;
pub(crate) mod meta_message_incomplete;
pub(crate) mod meta_page_not_found;
pub(crate) mod meta_registry_disabled;
pub(crate) mod meta_release_blocked;
pub(crate) mod meta_releases_invalid;
pub(crate) mod meta_rollout_missing;
pub(crate) mod meta_rollout_with_breaking;
pub(crate) mod meta_scope_ambiguous_namespace;
pub(crate) mod meta_scope_misses_stream;
pub(crate) mod meta_scope_not_known;
pub(crate) mod meta_scope_too_wide;
pub(crate) mod meta_scope_unknown_stream;
pub(crate) mod meta_scope_uses_new_name;
pub(crate) mod meta_scope_with_global_finding;
pub(crate) mod meta_support_level_lowered;
pub(crate) mod meta_tag_invalid;
pub(crate) mod meta_unsafe_downgrade_undeclared;
pub(crate) mod meta_version_differs_in_pyproject;
pub(crate) mod meta_version_not_bumped;
pub(crate) mod meta_version_unreadable;
pub(crate) mod spec_golden_differs;
pub(crate) mod waiver_expired;
pub(crate) mod waiver_unused;

use super::Check;

/// Every check, by id.
pub(super) static CHECKS: &[&Check] = &[
    &catalog_airbyte_type_unknown::CHECK,
    &catalog_cursor_not_in_schema::CHECK,
    &catalog_key_not_scalar::CHECK,
    &catalog_keyword_unsupported::CHECK,
    &compatibility_test_disabled::CHECK,
    &meta_allowed_hosts_introduced::CHECK,
    &meta_allowed_hosts_narrowed::CHECK,
    &meta_breaking_entry_missing::CHECK,
    &meta_bump_too_small::CHECK,
    &meta_changelog_entry_missing::CHECK,
    &meta_connector_type_changed::CHECK,
    &meta_deadline_action_contradicts::CHECK,
    &meta_deadline_action_missing::CHECK,
    &meta_deadline_too_soon::CHECK,
    &meta_deadline_unquoted::CHECK,
    &meta_deadline_unreadable::CHECK,
    &meta_definition_id_changed::CHECK,
    &meta_docker_repository_changed::CHECK,
    &meta_entry_edited::CHECK,
    &meta_entry_not_breaking::CHECK,
    &meta_entry_of_another_version::CHECK,
    &meta_entry_removed::CHECK,
    &meta_entry_warns_nobody::CHECK,
    &meta_entry_without_finding::CHECK,
    &meta_guide_heading_missing::CHECK,
    &meta_guide_missing::CHECK,
    &meta_guide_order::CHECK,
    &meta_guide_section_empty::CHECK,
    &meta_guide_title_wrong::CHECK,
    &meta_key_repeated::CHECK,
    &meta_license_changed::CHECK,
    &meta_major_release_candidate::CHECK,
    &meta_major_without_entry::CHECK,
    &meta_message_empty::CHECK,
    &meta_message_incomplete::CHECK,
    &meta_page_not_found::CHECK,
    &meta_registry_disabled::CHECK,
    &meta_release_blocked::CHECK,
    &meta_releases_invalid::CHECK,
    &meta_rollout_missing::CHECK,
    &meta_rollout_with_breaking::CHECK,
    &meta_scope_ambiguous_namespace::CHECK,
    &meta_scope_misses_stream::CHECK,
    &meta_scope_not_known::CHECK,
    &meta_scope_too_wide::CHECK,
    &meta_scope_unknown_stream::CHECK,
    &meta_scope_uses_new_name::CHECK,
    &meta_scope_with_global_finding::CHECK,
    &meta_support_level_lowered::CHECK,
    &meta_tag_invalid::CHECK,
    &meta_unsafe_downgrade_undeclared::CHECK,
    &meta_version_differs_in_pyproject::CHECK,
    &meta_version_not_bumped::CHECK,
    &meta_version_unreadable::CHECK,
    &spec_golden_differs::CHECK,
    &waiver_expired::CHECK,
    &waiver_unused::CHECK,
];
