//! Rules for what a destination writes.

mod dest_column_name_case_changed;
mod dest_expected_record_shape_changed;
mod dest_expected_value_encoding_changed;
mod dest_golden_column_added;
mod dest_golden_column_removed;
mod dest_golden_layout_changed;
mod dest_golden_nullability_changed;
mod dest_golden_type_changed;
mod dest_metadata_column_changed;
mod dest_metadata_keys_added;
mod dest_operation_added;
mod dest_operation_closed;
mod dest_operation_field_changed;
mod dest_operation_matching_keys_changed;
mod dest_operation_removed;
mod dest_operation_required_field_added;
mod dest_raw_fixtures_removed;
mod dest_table_gone;
mod dest_table_name_changed;

use super::Reference;
use super::reference::{airbyte, protocol};
use super::registry;
use crate::diff::{Delta, DestinationChange};
use crate::model::Level;

registry! { DestinationChange {
    DestinationChange::MetadataColumn(_) => [dest_metadata_column_changed],
    DestinationChange::MetadataKeys { .. } => [dest_metadata_keys_added, dest_expected_record_shape_changed],
    DestinationChange::ColumnRemoved => [dest_golden_column_removed, dest_expected_record_shape_changed],
    DestinationChange::ColumnAdded { .. } => [dest_golden_column_added, dest_expected_record_shape_changed],
    DestinationChange::ColumnsRecased => [dest_column_name_case_changed],
    DestinationChange::TypeChanged => [dest_golden_type_changed],
    DestinationChange::NullabilityChanged => [dest_golden_nullability_changed],
    DestinationChange::EncodingChanged => [dest_expected_value_encoding_changed],
    DestinationChange::LayoutChanged(_) => [dest_golden_layout_changed],
    DestinationChange::RawTablesGone => [dest_raw_fixtures_removed],
    DestinationChange::TableRenamed => [dest_table_name_changed],
    DestinationChange::TableGone => [dest_table_gone],
    DestinationChange::OperationRemoved { .. } => [dest_operation_removed],
    DestinationChange::OperationAdded { .. } => [dest_operation_added],
    DestinationChange::MatchingKeysChanged { .. } => [dest_operation_matching_keys_changed],
    DestinationChange::OperationRequires { .. } => [dest_operation_required_field_added],
    DestinationChange::OperationPropertyChanged { .. } => [dest_operation_field_changed],
    DestinationChange::OperationClosed { .. } => [dest_operation_closed],
}}

/// Breaking where all files of one kind agree; tests also change for reasons of their own.
fn agreed(delta: &Delta) -> Level {
    match delta.in_destination().is_some_and(|found| found.agrees()) {
        true => Level::Breaking,
        false => Level::Review,
    }
}

/// The tests that write golden files.
const GOLDEN_FILES: Reference = Reference::link(
    "The bulk CDK's regression tests",
    "https://github.com/airbytehq/airbyte/blob/1df765a71dd6723c6443a984d6dec0d8ee1d8a28/airbyte-cdk/bulk/core/load/src/testFixtures/kotlin/io/airbyte/cdk/load/write/RegressionTestSuite.kt",
);

/// The tests that read expected records.
const EXPECTED_RECORDS: Reference = airbyte!(
    "The tests of typing and deduping",
    "airbyte-cdk/java/airbyte-cdk/typing-deduping/src/testFixtures/kotlin/io/airbyte/integrations/base/destination/typing_deduping/BaseTypingDedupingTest.kt"
);

/// What a destination that activates data prints.
const OPERATIONS: Reference = protocol!("The Airbyte protocol, `DestinationCatalog`", "");
