//! Rules for the connector as a whole.

mod connector_removed;
mod manifest_invalid;
mod spec_unknown_after_rewrite;
mod state_unknown_after_rewrite;

use super::registry;
use crate::diff::ConnectorChange;

registry! { ConnectorChange {
    ConnectorChange::Removed => [connector_removed],
    ConnectorChange::Invalid(_) => [manifest_invalid],
    ConnectorChange::SpecRewritten(_) => [spec_unknown_after_rewrite],
    ConnectorChange::StateRewritten(_) => [state_unknown_after_rewrite],
}}
