//! Code that makes streams while it runs, and is other code now.

use std::sync::Arc;

use super::delta::{Beside, CatalogChange, Change, Delta, StreamContext};
use crate::model::{Artifact, Connector, StreamFact, StreamId};
use crate::python::ListedFact;

/// The facts of the streams of a source that other code decides now, where nobody can read off the streams.
pub(super) fn diff(old: &Connector, new: &Connector) -> Option<Delta> {
    let (was, is) = (old.code.listing()?, new.code.listing()?);
    let fact = |fact: &ListedFact| match fact {
        ListedFact::Names => StreamFact::Members,
        ListedFact::Schema => StreamFact::Schema,
        ListedFact::PrimaryKey => StreamFact::PrimaryKey,
        ListedFact::Cursor => StreamFact::Cursor,
    };
    let differs = |fact: &&ListedFact| was.code.get(fact) != is.code.get(fact);
    let facts: std::collections::BTreeSet<StreamFact> = is.code.keys().filter(differs).map(fact).collect();
    if facts.is_empty() {
        return None;
    }
    let context = StreamContext { set_from: Some("what it knows at run time"), ..StreamContext::default() };
    Some(Delta {
        stream: Some(StreamId::named(is.class)),
        beside: Beside::Stream(Arc::new(context)),
        ..Delta::new(Artifact::Catalog, Change::Catalog(CatalogChange::Undecided(facts)))
    })
}
