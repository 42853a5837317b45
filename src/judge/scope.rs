//! Whom a finding reaches.

use std::collections::BTreeSet;

use super::wording::item;
use crate::diff::{CatalogChange, Change, ConnectorChange, Delta};
use crate::model::{Level, Scope};
use crate::rules::{Affects, Rule};

/// The scope at this level: what breaks nobody reaches the stream it is in.
pub(super) fn scope(delta: &Delta, rule: &Rule, level: Level) -> Scope {
    let everyone = |only: Option<String>| Scope { everyone: true, streams: BTreeSet::new(), only };
    let streams = |only: Option<&str>| {
        let streams = match (&delta.change, &delta.stream) {
            (
                Change::Connector(ConnectorChange::StateRewritten(streams))
                | Change::Catalog(CatalogChange::Behaviour { streams, .. }),
                _,
            ) => streams.iter().map(|stream| stream.name.clone()).collect(),
            (_, Some(stream)) => BTreeSet::from([stream.name.clone()]),
            (_, None) => BTreeSet::new(),
        };
        let from_file = "streams built from this schema file";
        let only = match (only, delta.in_stream().is_some_and(|stream| stream.only_schema_file)) {
            (Some(only), _) => Some(only.to_owned()),
            (None, true) => Some(from_file.to_owned()),
            (None, false) => None,
        };
        Scope { everyone: false, streams, only }
    };
    if matches!(level, Level::Safe | Level::Cosmetic) && rule.affects != Affects::Nobody {
        return streams(None);
    }
    // A policy may make breaking what reaches nobody by itself.
    let affects = match (rule.affects, level, &delta.stream) {
        (Affects::Nobody, Level::Breaking, Some(_)) => Affects::Stream,
        (Affects::Nobody, Level::Breaking, None) => Affects::Everyone,
        (affects, ..) => affects,
    };
    match affects {
        Affects::Everyone => everyone(None),
        Affects::OauthUsers => everyone(Some("users who sign in through OAuth".to_owned())),
        Affects::SelfManagedAdmins => everyone(Some("admins of self-managed Airbyte".to_owned())),
        Affects::ConfigBranch => {
            everyone(delta.branch.as_ref().map(|branch| format!("configs with {branch}")))
        }
        Affects::DestinationSyncMode => {
            everyone(item(&delta.change).map(|mode| format!("connections in {} mode", mode.name)))
        }
        Affects::Stream => streams(None),
        Affects::IncrementalSyncs => streams(Some("incremental syncs")),
        Affects::DedupSyncs => streams(Some("dedup syncs")),
        Affects::FullRefreshSyncs => streams(Some("full refresh syncs")),
        Affects::Nobody => Scope::default(),
    }
}
