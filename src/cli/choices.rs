//! What a flag can be set to, where that is an enum of the library: the library knows nothing of command lines.

use chrono::NaiveDate;
use clap::ValueEnum;

use crate::effects::{DestinationName, UnknownDestination};

/// An enum of the command line, with the enum of the library that it stands for.
macro_rules! choices {
    ($name:ident of $domain:path { $($(#[$about:meta])* $variant:ident),* $(,)? }) => {
        #[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
        pub(super) enum $name { $($(#[$about])* $variant),* }

        impl From<$name> for $domain {
            fn from(choice: $name) -> Self {
                use $domain as Domain;
                match choice { $($name::$variant => Domain::$variant),* }
            }
        }
    };
}

choices! {
    KindChoice of crate::load::FileKind {
        /// A ConnectorSpecification
        Spec,
        /// An AirbyteCatalog
        Catalog,
        /// A ConfiguredAirbyteCatalog
        ConfiguredCatalog,
        /// Saved state: a list of state messages, or the bare legacy object
        State,
        /// A low-code manifest
        Manifest,
        /// `metadata.yaml`
        Metadata,
        /// A registry entry: metadata with the spec embedded
        Registry,
        /// Captured connector output: AirbyteMessages, one a line
        Messages,
    }
}

choices! {
    FailOnChoice of crate::policy::FailOn {
        /// A breaking finding
        Breaking,
        /// A breaking finding that the release does not declare
        Undeclared,
        /// A finding that is breaking or cannot be decided
        Review,
        /// Nothing
        Never,
    }
}

choices! {
    EditionChoice of crate::model::Edition {
        /// Self-managed Airbyte
        Oss,
        /// Airbyte Cloud
        Cloud,
    }
}

choices! {
    DraftChoice of crate::schema::Draft {
        /// Draft 4: flags beside bounds, no `const`, no `if`
        #[value(name = "draft-04")]
        Draft4,
        /// Draft 6: as draft 7, without `if`
        #[value(name = "draft-06")]
        Draft6,
        /// Draft 7
        #[value(name = "draft-07")]
        Draft7,
        /// 2019-09
        #[value(name = "2019-09")]
        Draft201909,
        /// 2020-12
        #[value(name = "2020-12")]
        Draft202012,
    }
}

/// A day, as the command line takes it.
///
/// # Errors
/// What was expected instead.
pub(super) fn day(text: &str) -> Result<NaiveDate, String> {
    crate::datetime::day(text).ok_or_else(|| "expected a date such as 2026-11-29".to_owned())
}

/// The destinations that a list names.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Destinations(pub(super) Vec<DestinationName>);

/// A list of destinations, as the command line takes it.
///
/// # Errors
/// The name that is not known, and those it may stand for.
pub(super) fn destinations(text: &str) -> Result<Destinations, UnknownDestination> {
    DestinationName::of_list(text.split(',')).map(Destinations)
}
