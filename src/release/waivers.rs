//! What the policy file accepts: which waiver holds for which finding or problem, and what is to be said of waivers that
//! ended or match nothing.
//!
//! Findings meet their waivers before the verdict is drawn, and problems where they are made: all that comes later only
//! asks whether something is waived.

use std::collections::BTreeSet;

use chrono::NaiveDate;

use super::Subject;
use super::disabled_tests::Disabled;
use crate::judge::Judgement;
use crate::model::{Connector, Finding, Level, Origin, Pair, Pointer, Problem, Waived, fingerprint};
use crate::policy::{Policy, SetBy, Standing, Until, Waiver, WaiverIndex};
use crate::rules::Check;
use crate::rules::release::{waiver_expired, waiver_unused};

/// The waivers that hold for a connector, with what they met so far.
#[derive(Debug)]
pub struct Waivers<'p> {
    met: Vec<Met<'p>>,
    index: WaiverIndex,
    /// Tests that the connector turns off, which may waive findings too.
    pub(super) disabled: Disabled,
    today: Option<NaiveDate>,
    new_version: Option<&'p str>,
    /// Whether all that may be found was found.
    is_complete: bool,
}

/// A waiver with what it met.
#[derive(Debug)]
struct Met<'p> {
    waiver: &'p Waiver,
    standing: Standing,
    /// Whether anything was there that it accepts, or would if it held.
    is_used: bool,
    /// What counts again, since the waiver ended and no other holds: so many, and the first.
    counts_again: (usize, String),
}

impl<'p> Waivers<'p> {
    /// The waivers of a policy, and what is waived of the findings by them.
    pub fn apply(
        judgement: &mut Judgement,
        pair: Pair<'p>,
        name: Option<&str>,
        policy: &'p Policy,
        today: Option<NaiveDate>,
    ) -> Self {
        let new_version = pair.new.version.as_deref();
        let standing = |until: &Option<Until>| {
            until.as_ref().map_or(Standing::Holds, |until| until.standing(new_version, today))
        };
        // Where nobody knows the connector, a waiver for some is for none.
        let holds = policy.waivers.iter().filter(|waiver| name.is_some() || waiver.connector.is_none());
        let holds: Vec<&Waiver> = holds.collect();
        let index = WaiverIndex::of(holds.iter().map(|waiver| &waiver.accepts));
        let met = holds.into_iter().map(|waiver| Met {
            waiver,
            standing: standing(&waiver.until),
            is_used: false,
            counts_again: (0, String::new()),
        });
        let is_complete = judgement.errors.is_empty() && judgement.comparable;
        let disabled = Disabled::of(pair, policy);
        let mut waivers = Self { met: met.collect(), index, disabled, today, new_version, is_complete };
        for finding in &mut judgement.findings {
            let by_test = waivers.disabled.waived(finding);
            finding.waived = waivers.of_finding(finding, by_test.is_some()).or(by_test).map(Box::new);
            // What is declared for a break is there all the same.
            judgement.lowered |= finding.waived.is_some() && finding.own_level == Level::Breaking;
        }
        waivers
    }

    /// `is_waived` says that something else than a waiver of the policy accepts it.
    fn of_finding(&mut self, finding: &Finding, is_waived: bool) -> Option<Waived> {
        if self.met.is_empty() {
            return None;
        }
        let may = self.index.of_finding(finding);
        self.first(&may, |waiver| waiver.accepts.finding(finding), || place(finding), &finding.id, is_waived)
    }

    /// Whether a problem is waived: by its fingerprint, or its check and the streams it is about.
    pub(super) fn of_problem(
        &mut self,
        id: &str,
        check: &Check,
        streams: &BTreeSet<String>,
    ) -> Option<Waived> {
        let may = self.index.of_problem(id, check.id, streams);
        let accepts = |waiver: &Waiver| waiver.accepts.problem(id, check.id, streams);
        self.first(&may, accepts, || check.id.to_owned(), id, false)
    }

    /// The first waiver that accepts something and holds, of those that `may`. Where none holds, it counts again for those
    /// that ended.
    fn first(
        &mut self,
        may: &[usize],
        accepts: impl Fn(&Waiver) -> bool,
        what: impl Fn() -> String,
        id: &str,
        is_waived: bool,
    ) -> Option<Waived> {
        let accepting: Vec<usize> = may.iter().copied().filter(|at| accepts(self.met[*at].waiver)).collect();
        accepting.iter().for_each(|at| self.met[*at].is_used = true);
        let holds = |at: &&usize| self.met[**at].standing == Standing::Holds;
        if let Some(holding) = accepting.iter().find(holds) {
            return Some(self.met[*holding].waiver.waived());
        }
        for at in accepting.into_iter().filter(|_| !is_waived) {
            let (count, first) = &mut self.met[at].counts_again;
            *count += 1;
            if *count == 1 {
                *first = format!("{} ({id})", what());
            }
        }
        None
    }

    /// What is wrong with waivers: those that ended and whose finding is there, and those that match nothing.
    pub(super) fn problems(self, policy: &Policy, new: &Connector) -> Vec<Problem> {
        let mut problems = Vec::new();
        for met in &self.met {
            let waiver = met.waiver;
            let (check, message) = match met.counts_again {
                (1.., _) => (&waiver_expired::CHECK, self.expired(met)),
                // A file is shared by many connectors, so that a waiver may be meant for another one; and what could not be
                // read may hold what it is for.
                (0, _) if !met.is_used && waiver.is_meant && self.is_complete => {
                    (&waiver_unused::CHECK, self.unused(waiver, new))
                }
                _ => continue,
            };
            problems.extend(problem(check, waiver, message, policy));
        }
        problems
    }

    fn expired(&self, met: &Met<'_>) -> String {
        let (waiver, (count, first)) = (met.waiver, &met.counts_again);
        let more = match count {
            1 => String::new(),
            count => format!(" and {} more", count - 1),
        };
        let counts = if *count == 1 { "counts" } else { "count" };
        let end = waiver.until.as_ref().map(Until::to_string).unwrap_or_default();
        let at = &waiver.set_by;
        let again = format!("{first}{more} {counts} again");
        match (met.standing, &waiver.until) {
            (Standing::VersionUnknown, _) => format!(
                "the waiver at {at} holds below {end}, and the new version is not known, so {again}: name the metadata \
                 with --new-metadata, or let the waiver end with a day"
            ),
            (_, Some(Until::Version(_))) => {
                let new = self.new_version.unwrap_or_default();
                format!("the waiver at {at} ended with {end}, and this is {new}, so {again}: {TO_DO}")
            }
            _ => {
                let today = self.today.map(|today| today.to_string()).unwrap_or_default();
                format!("the waiver at {at} ended after {end}, and today is {today}, so {again}: {TO_DO}")
            }
        }
    }

    fn unused(&self, waiver: &Waiver, new: &Connector) -> String {
        let (at, accepts) = (&waiver.set_by, &waiver.accepts);
        let of = new.name.as_deref().map(|name| format!(" of {name}")).unwrap_or_default();
        format!(
            "the waiver of {accepts} at {at} matches nothing in this change{of}: remove it, or correct what it names"
        )
    }
}

const TO_DO: &str = "undo or declare the change, or set another until and say why in reason";

/// What was found and where, as a waiver would name it: `field-removed of users/address/zip`.
fn place(finding: &Finding) -> String {
    let stream = finding.stream.as_ref().map(|stream| stream.name.to_string());
    let path: Vec<String> = stream.into_iter().chain(finding.field.iter().cloned()).collect();
    match path.as_slice() {
        [] => format!("{} of the {}", finding.rule, finding.artifact),
        path => format!("{} of {}", finding.rule, path.join("/")),
    }
}

/// The ids of the problems that a waiver itself may be, each with its check.
pub fn ids_of_problems(waiver: &Waiver) -> [(&'static Check, String); 2] {
    [&waiver_expired::CHECK, &waiver_unused::CHECK].map(|check| (check, id_of_problem(check, waiver)))
}

fn id_of_problem(check: &Check, waiver: &Waiver) -> String {
    let until = waiver.until.as_ref().map(Until::to_string);
    let values =
        waiver.accepts.key().into_iter().map(str::to_owned).chain(waiver.connector.clone()).chain(until);
    fingerprint('p', &(check.id, &Subject::default().values(values)))
}

/// A problem that stands at a line of the policy file; `None` where its check is off.
fn problem(check: &'static Check, waiver: &Waiver, message: String, policy: &Policy) -> Option<Problem> {
    if policy.is_off(check.id) {
        return None;
    }
    let set = policy.severity(check, check.level);
    Some(Problem {
        id: id_of_problem(check, waiver),
        rule: check.id.to_owned(),
        level: set.map_or(check.level, |(level, _)| level),
        message,
        in_short: None,
        origin: match &waiver.set_by {
            SetBy::Default => None,
            SetBy::Line { file, line } => Some(Origin {
                file: file.clone(),
                root: "".into(),
                pointer: Pointer::root(),
                line: Some(*line),
                column: None,
                source: None,
            }),
        },
        policy: set.map(|(_, set_by)| set_by.to_string()),
        waived: None,
    })
}
