//! Whom a finding reaches.

use std::collections::BTreeSet;

use super::wording::item;
use crate::diff::{CatalogChange, Change, ConnectorChange, Delta, MetadataChange, StreamsRewritten};
use crate::model::{INCREMENTAL_SYNCS, Level, Limit, Scope};
use crate::rules::{Affects, Rule};

/// The scope at this level: what breaks nobody reaches the stream it is in.
pub(super) fn scope(delta: &Delta, rule: &Rule, level: Level) -> Scope {
    let everyone = |only: Option<Limit>| Scope { everyone: true, only, ..Scope::default() };
    let streams = |only: Option<&str>| {
        let streams = match (&delta.change, &delta.stream) {
            (
                Change::Connector(ConnectorChange::StateRewritten(StreamsRewritten { streams, .. }))
                | Change::Catalog(CatalogChange::Behaviour { streams, .. }),
                _,
            ) => streams.iter().map(|stream| stream.name.to_string()).collect(),
            (_, Some(stream)) => BTreeSet::from([stream.name.to_string()]),
            (_, None) => BTreeSet::new(),
        };
        if let (Some(from), Some(set)) = (delta.in_stream().and_then(|stream| stream.set_from), &delta.stream)
        {
            let whom = format!("streams that {set} makes from {from}");
            let only = only.map_or_else(|| whom.clone(), |only| format!("{only} of {whom}"));
            return everyone(Some(Limit::Those(only)));
        }
        let unlisted_streams_of = delta.in_stream().and_then(|stream| stream.unlisted_streams_of.clone());
        Scope {
            everyone: false,
            streams,
            only: only.map(|only| Limit::Those(only.to_owned())),
            unlisted_streams_of: unlisted_streams_of.into_iter().collect(),
        }
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
        Affects::Everyone => everyone(match &delta.change {
            Change::Metadata(MetadataChange::RegistryPin { registry, .. }) => {
                Some(Limit::Those(format!("users of the {} registry", registry.name())))
            }
            Change::Destination(_) => {
                delta.in_destination().and_then(|found| found.only.clone()).map(Limit::Those)
            }
            _ => None,
        }),
        Affects::OauthUsers => everyone(Some(Limit::Those("users who sign in through OAuth".to_owned()))),
        Affects::SelfManagedAdmins => {
            everyone(Some(Limit::Those("admins of self-managed Airbyte".to_owned())))
        }
        Affects::ConfigBranch => everyone(delta.branch.as_ref().map(Limit::option)),
        Affects::DestinationSyncMode => {
            everyone(item(&delta.change).map(|mode| Limit::sync_mode(&mode.name)))
        }
        Affects::Stream => streams(None),
        Affects::IncrementalSyncs => streams(Some(INCREMENTAL_SYNCS)),
        Affects::DedupSyncs => streams(Some("dedup syncs")),
        Affects::FullRefreshSyncs => streams(Some("full refresh syncs")),
        Affects::Nobody => Scope::default(),
    }
}
