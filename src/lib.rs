//! `connector-diff` tells whether a change to an Airbyte connector breaks the people who use it.
//!
//! The data goes one way, through rooms that know only the ones before them:
//!
//! 1. [`load`] turns the files of a [`tree`] into a [`model::Connector`]: artifacts, where each value came from, what is
//!    unknown; and says what two of them have in common, byte for byte; [`limits`] bound it;
//! 2. [`diff`] states the differences of two connectors as facts;
//! 3. [`rules`] hold what is known about each kind of difference, and [`judge`] turns differences into findings; [`effects`]
//!    says what they come to in destinations;
//! 4. [`release`] draws the verdict and holds it against what the release declares;
//! 5. [`mod@report`] renders it;
//! 6. [`migration`] runs config migrations as the CDK does, and [`mod@propose`] finds those that absorb a break;
//! 7. [`mod@declare`] plans the edits that declare it, or that add a migration.
//!
//! The front door is [`compare`]:
//!
//! ```no_run
//! use connector_diff::load::{Side, connector};
//!
//! let old = connector(&Side { path: "old".into(), ..Side::default() });
//! let new = connector(&Side { path: "new".into(), ..Side::default() });
//! let report = connector_diff::compare(&old, &new, &connector_diff::Options::default());
//! println!("{}", report.verdict.outcome.name());
//! ```

#[cfg(feature = "cli")]
pub mod cli;
mod cover;
pub mod datetime;
pub mod declare;
pub mod diff;
pub mod effects;
pub mod judge;
pub mod limits;
mod lines;
pub mod load;
pub mod migration;
pub mod model;
mod nesting;
pub mod policy;
pub mod propose;
pub mod python;
pub mod release;
pub mod report;
pub mod rules;
pub mod schema;
mod suggest;
pub mod tree;

use policy::Policy;

use model::{ConfiguredStream, Connector, ConnectorReport, Edition, Pair, Report, SideInfo, Tool};

/// What a comparison takes besides the two sides.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// The view of one connection: what the platform would do with it.
    pub configured_catalog: Option<Vec<ConfiguredStream>>,
    /// What the project decides for itself.
    pub policy: Policy,
    /// Whether to add JSON patches.
    pub patch: bool,
    /// Whether to draw what was edited and what is built from it.
    pub picture: bool,
    /// Whether to print values of saved state, which may be secrets.
    pub show_values: bool,
    /// The edition to look at; `None` for both, where the worse counts.
    pub edition: Option<Edition>,
    /// The destinations of which findings say what they come to there.
    pub destinations: Vec<effects::DestinationName>,
    /// The day of the comparison: deadlines and waivers end by it. `None` leaves out what depends on the day.
    pub today: Option<chrono::NaiveDate>,
}

/// Compares two versions of a connector.
pub fn compare(old: &Connector, new: &Connector, options: &Options) -> ConnectorReport {
    let nesting = old.limits.nesting.max(new.limits.nesting);
    let limits = limits::Limits { nesting, ..limits::Limits::default() };
    nesting::run(&limits, || compare_here(old, new, options)).unwrap_or_else(|error| {
        let unread = |side: &Connector| load::not_walked(side.source.clone(), error.to_string());
        compare_here(&unread(old), &unread(new), options)
    })
}

fn compare_here(old: &Connector, new: &Connector, options: &Options) -> ConnectorReport {
    let Options { configured_catalog, policy, show_values, destinations, .. } = options;
    let common = load::common(old, new);
    let pair = Pair { old, new, common: &common };
    let mut difference = diff::diff(pair);
    if options.edition == Some(Edition::Oss) {
        difference.cloud = None;
    }
    let mut judgement =
        judge::judge(difference, &common, policy, configured_catalog.as_deref(), *show_values, destinations);
    if let Some(edition) = options.edition {
        judgement.findings.retain(|finding| finding.editions.contains(&edition));
    }
    let name = new.name.as_deref().or(old.name.as_deref());
    let waivers = release::Waivers::apply(&mut judgement, pair, name, policy, options.today);
    let (verdict, summary, problems) =
        release::conclude(pair, &judgement, policy, options.edition, waivers, options.today);
    let side = |connector: &Connector| {
        let info = || SideInfo {
            source: connector.source.clone(),
            root: connector.root(),
            version: connector.version.clone(),
        };
        (!connector.is_absent).then(info)
    };
    propose::advise(&mut judgement.findings, old, new);
    let name = name.unwrap_or("connector").to_owned();
    let connector_type = match new.connector_type {
        model::ConnectorType::Unknown => old.connector_type,
        known => known,
    };
    ConnectorReport {
        name,
        connector_type,
        old: side(old),
        new: side(new),
        verdict,
        summary,
        findings: judgement.findings,
        unjudged: judgement.unjudged,
        states: judgement.states,
        coverage: judgement.coverage,
        problems,
        guided: release::guided(old, new),
        brought: release::brought(old, new),
        declared_message: release::declared_message(old, new),
        warned: release::warned(old, new),
        errors: judgement.errors,
        patch: options.patch.then(|| report::patch(old, new)),
        picture: options.picture.then(|| report::picture(old, new)).flatten(),
    }
}

/// The whole report over one or more connectors.
pub fn report(connectors: Vec<ConnectorReport>) -> Report {
    Report {
        tool: Tool { name: env!("CARGO_PKG_NAME").to_owned(), version: env!("CARGO_PKG_VERSION").to_owned() },
        connectors,
        branch: None,
    }
}
