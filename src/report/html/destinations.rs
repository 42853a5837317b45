//! What becomes of tables and files in destinations, as a part of the page.

use super::page::Page;
use super::{folded, table};
use crate::report::text::plain;
use crate::report::view::{DestinationTable, phrase};

/// A row for each change and for destinations that do the same with it.
pub(super) fn part(destinations: &DestinationTable) -> Page {
    folded("What destinations do", "destinations", |part| {
        let rows = destinations.rows.iter().flat_map(|row| {
            let names = phrase::names(row.streams.iter().map(String::as_str), phrase::MOST_NAMES);
            let names = plain(&names);
            let summary = vec![names.clone(), String::new(), plain(&row.summary)];
            let details = row.details.iter().flat_map(move |detail| {
                let names = names.clone();
                let effects = detail.effects.iter();
                effects.map(move |effect| vec![names.clone(), plain(&detail.change), plain(effect)])
            });
            std::iter::once(summary).chain(details)
        });
        table(part, &["Streams", "Change", "In destinations"], rows);
        if let Some(left_out) = &destinations.left_out {
            part.element("p", &[], left_out);
        }
        if destinations.quiet > 0 {
            let said =
                format!("{} whose tables stay as they are", phrase::count(destinations.quiet, "stream"));
            part.element("p", &[], &said);
        }
    })
}
