//! Rules for what `metadata.yaml` says of a destination, and of the version that a registry serves.

mod dest_data_activation_dropped;
mod dest_file_transfer_dropped;
mod dest_ipc_transport_dropped;
mod dest_normalization_config_removed;
mod dest_normalization_tag_changed;
mod dest_refreshes_dropped;
mod dest_refreshes_gained;
mod meta_registry_pin_moved;
mod meta_registry_pin_passes_break;

use super::registry;
use super::spec::dest_dbt_flag_dropped;
use crate::diff::MetadataChange;

registry! { MetadataChange {
    MetadataChange::NormalizationConfigRemoved => [dest_normalization_config_removed],
    MetadataChange::NormalizationTagChanged => [dest_normalization_tag_changed],
    MetadataChange::DbtSupportDropped => [dest_dbt_flag_dropped],
    MetadataChange::RefreshesDropped => [dest_refreshes_dropped],
    MetadataChange::RefreshesGained => [dest_refreshes_gained],
    MetadataChange::FileTransferDropped => [dest_file_transfer_dropped],
    MetadataChange::DataActivationDropped => [dest_data_activation_dropped],
    MetadataChange::IpcTransportDropped => [dest_ipc_transport_dropped],
    MetadataChange::RegistryPin { .. } => [meta_registry_pin_passes_break, meta_registry_pin_moved],
}}
