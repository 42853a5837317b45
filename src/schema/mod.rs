//! JSON Schema as a set algebra: is every value that one schema accepts accepted by another?
//!
//! The question `A ⊆ B` is whether `A ∧ ¬B` has an inhabitant. It is searched for: an inhabitant that is found is the
//! counterexample (the witness), and a search that ends without one is the proof. What the search cannot follow, or
//! what takes too many steps, is unknown, never a guess. The account of the keywords that make this hard is
//! "Witness Generation for JSON Schema", Attouche et al., PVLDB 15(13), 2022.
//!
//! How it goes:
//!
//! - `parse` turns both documents into one graph of nodes (`arena`); equal schemas are one node, so what did not
//!   change costs nothing.
//! - `solve` inhabits a *goal*, a set of nodes each of which has to hold or to fail. It takes one kind of value at a
//!   time, turns the goal into a *shape* (constraints on a number, a text, an array, an object) and branches where a
//!   schema offers a choice (`choice`); choices that are settled already, or hopeless, are dropped before it branches.
//! - `number`, `text`, `array`, `object` inhabit a shape. The parts of arrays and objects are goals again.
//! - Recursive schemas: a goal that is met inside itself is taken to be empty. That is right if the goal turns out to
//!   be empty under that assumption (the least solution), and what was concluded from it is forgotten if not.
//! - `verify` holds every witness against a validator that shares no code with this module. One that does not hold
//!   makes the answer unknown.
//!
//! It knows nothing of Airbyte, except that a secret's placeholder is a better witness than a random text.

mod arena;
mod array;
mod branch;
mod choice;
mod evaluate;
mod generate;
mod metaschema;
mod number;
mod object;
mod parse;
mod pattern;
mod resources;
mod solve;
mod text;
mod verify;

use std::borrow::Cow;
use std::sync::{Arc, OnceLock};

use serde_json::Value;

use crate::limits::Limits;
use crate::model::{Pointer, Which};
use crate::nesting::{self, SEARCH};
use thiserror::Error;

use arena::Arena;
pub use generate::Generator;
pub use metaschema::metaschema_fault;
use parse::Stop;
pub(crate) use resources::percent_decoded;
pub use resources::{NAMED, with_local_references};
use solve::{Outcome, Solver};
pub use verify::{Refusal, Validator, ValidatorError};

/// The version of JSON Schema a document is written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Draft {
    /// Draft 4: flags beside bounds, no `const`, no `if`.
    Draft4,
    /// Draft 6: as draft 7, without `if`.
    Draft6,
    /// Draft 7.
    Draft7,
    /// 2019-09.
    Draft201909,
    /// 2020-12.
    Draft202012,
}

impl Draft {
    /// The draft that `$schema` names; without one draft 7, which Airbyte uses, unless the document has a keyword that
    /// only 2020-12 knows.
    pub fn of(document: &Value) -> Self {
        if let Some(uri) = document.get("$schema").and_then(Value::as_str) {
            return match uri {
                uri if uri.contains("2020-12") => Self::Draft202012,
                uri if uri.contains("2019-09") => Self::Draft201909,
                uri if uri.contains("draft-04") => Self::Draft4,
                uri if uri.contains("draft-06") => Self::Draft6,
                _ => Self::Draft7,
            };
        }
        const NEWER: [&str; 7] = [
            "prefixItems",
            "dependentRequired",
            "dependentSchemas",
            "minContains",
            "maxContains",
            "unevaluatedItems",
            "unevaluatedProperties",
        ];
        let mut open = vec![(document, true)];
        while let Some((value, is_schema)) = open.pop() {
            match value {
                Value::Object(map) => {
                    if is_schema && NEWER.iter().any(|keyword| map.contains_key(*keyword)) {
                        return Self::Draft202012;
                    }
                    let data = ["const", "enum", "default", "examples"];
                    for (key, value) in map {
                        if !(is_schema && data.contains(&key.as_str())) {
                            open.push((value, !(is_schema && NAMED.contains(&key.as_str()))));
                        }
                    }
                }
                Value::Array(items) => open.extend(items.iter().map(|item| (item, true))),
                _ => {}
            }
        }
        Self::Draft7
    }

    fn has_siblings_of_ref(self) -> bool {
        self.is_new()
    }

    fn has_conditions(self) -> bool {
        !matches!(self, Self::Draft4 | Self::Draft6)
    }

    fn is_new(self) -> bool {
        matches!(self, Self::Draft201909 | Self::Draft202012)
    }
}

/// How a question is asked.
#[derive(Debug, Clone)]
pub struct Options {
    /// The draft of both documents; each is looked at for its own where this is `None`.
    pub draft: Option<Draft>,
    /// Whether `format` refuses values. Airbyte's runtime lets every value pass.
    pub assert_formats: bool,
    /// How many steps the search may take before it gives up: [`Limits::steps`].
    pub steps: u64,
}

impl Default for Options {
    fn default() -> Self {
        Self { draft: None, assert_formats: false, steps: Limits::default().steps }
    }
}

/// The answer.
#[derive(Debug, Clone, PartialEq)]
pub enum Inclusion {
    /// Every value of the one schema is one of the other: the search for another ended.
    Included,
    /// This one is not.
    NotIncluded {
        /// A value that the first schema accepts and the second refuses; a validator agrees on both.
        witness: Value,
        /// What the validator says of it under the second schema.
        message: String,
    },
    /// Neither could be shown.
    Unknown {
        /// Why.
        reason: String,
    },
}

/// Something that is no schema.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("at {pointer}: {message}")]
pub struct SchemaError {
    /// The document it is in.
    pub side: Which,
    /// Where it stands.
    pub pointer: Pointer,
    /// What was expected and found.
    pub message: String,
    /// Whether it is a reference that cannot be followed.
    pub unresolved: bool,
    /// Whether it refers to a document on the network: it may be a schema all the same, and nobody can say here.
    pub elsewhere: bool,
}

/// Whether every value that `old` accepts is accepted by `new`.
///
/// # Errors
/// One of the documents is no schema, or refers to what is not in it.
pub fn includes(old: &Value, new: &Value, options: &Options) -> Result<Inclusion, SchemaError> {
    Prepared::new(Cow::Borrowed(old), options).included_in(&Prepared::new(Cow::Borrowed(new), options))
}

/// Does work that asks several questions on threads whose stacks hold the search, so that no question starts one of its
/// own. Where no such threads can be started, each question tries again.
pub fn on_large_stacks<T: Send>(work: impl FnOnce() -> T + Send) -> T {
    if nesting::has_stack(SEARCH) {
        return work();
    }
    let Ok(threads) = nesting::threads(SEARCH) else { return work() };
    // A thread of a pool that waits for another pool takes up more work of its own meanwhile, inside of this; so another one
    // waits there, and this one for that.
    let (mut work, mut done) = (Some(work), None);
    let ended = std::thread::scope(|scope| {
        let run = || done = work.take().map(|work| threads.install(work));
        std::thread::Builder::new().spawn_scoped(scope, run).map(|thread| thread.join())
    });
    if let Ok(Err(panic)) = ended {
        std::panic::resume_unwind(panic);
    }
    done.or_else(|| work.map(|work| work())).expect("the work is done there, or is still here")
}

/// A schema that several questions are asked about. Its validator is made when the first of them needs it, and once.
#[derive(Debug)]
pub struct Prepared<'v> {
    document: Cow<'v, Value>,
    options: Options,
    validator: OnceLock<Result<Arc<Validator>, ValidatorError>>,
    /// A validator that says of some objects what the schema's own would say.
    stand_in: Option<(Arc<Validator>, Objects)>,
}

/// Which objects a validator is asked about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Objects {
    /// All.
    Any,
    /// Those that have this property alone.
    Of(String),
}

impl Objects {
    fn has(&self, value: &Value) -> bool {
        match (self, value) {
            (Self::Any, Value::Object(_)) => true,
            (Self::Of(property), Value::Object(map)) => map.len() == 1 && map.contains_key(property),
            _ => false,
        }
    }
}

impl<'v> Prepared<'v> {
    /// A schema, and how it is asked about.
    pub fn new(document: Cow<'v, Value>, options: &Options) -> Self {
        Self { document, options: options.clone(), validator: OnceLock::new(), stand_in: None }
    }

    /// The same, to be kept.
    pub fn into_owned(self) -> Prepared<'static> {
        let Self { document, options, validator, stand_in } = self;
        Prepared { document: Cow::Owned(document.into_owned()), options, validator, stand_in }
    }

    /// The schema as it is written.
    pub fn document(&self) -> &Value {
        &self.document
    }

    /// The schema, ready to validate values.
    ///
    /// # Errors
    /// The validator refuses the schema.
    pub fn validator(&self) -> Result<&Arc<Validator>, &ValidatorError> {
        let made = || Validator::new(&self.document, &self.options).map(Arc::new);
        self.validator.get_or_init(made).as_ref()
    }

    /// The same, with a validator that says of these objects what the schema's own would say: then none is made for such a value.
    pub(crate) fn with_stand_in(self, validator: Arc<Validator>, objects: Objects) -> Self {
        Self { stand_in: Some((validator, objects)), ..self }
    }

    /// Whether it accepts a value; `None` where the validator refuses the schema.
    pub(crate) fn accepts(&self, value: &Value) -> Option<bool> {
        self.validator_of(value).ok().map(|validator| validator.accepts(value))
    }

    /// What to hold a value against.
    ///
    /// # Errors
    /// The validator refuses the schema.
    pub(crate) fn validator_of(&self, value: &Value) -> Result<&Arc<Validator>, &ValidatorError> {
        match &self.stand_in {
            Some((validator, objects)) if objects.has(value) => Ok(validator),
            _ => self.validator(),
        }
    }

    /// Whether it is known to accept no value.
    pub fn is_empty(&self) -> bool {
        let nothing = Self::new(Cow::Owned(Value::Bool(false)), &self.options);
        self.outside(&nothing) == Some(None)
    }

    /// A value that it accepts and another refuses, as far as the search goes: no validator was asked. `None` where it does not
    /// know whether there is one.
    pub(crate) fn outside(&self, new: &Prepared<'_>) -> Option<Option<Value>> {
        let found = on_a_large_stack(|| search(self, &[new])).ok()?.ok()?;
        match found {
            Answer::Said(Inclusion::Included) => Some(None),
            Answer::Said(_) => None,
            Answer::Found(value) => Some(Some(value)),
        }
    }

    /// Whether every value that it accepts is accepted by another, as [`includes`] says it.
    ///
    /// # Errors
    /// One of the documents is no schema, or refers to what is not in it.
    pub fn included_in(&self, new: &Prepared<'_>) -> Result<Inclusion, SchemaError> {
        self.included_in_any(&[new])
    }

    /// Whether every value that it accepts is accepted by one of others.
    ///
    /// # Errors
    /// One of the documents is no schema, or refers to what is not in it.
    pub(crate) fn included_in_any(&self, others: &[&Prepared<'_>]) -> Result<Inclusion, SchemaError> {
        let decide = || {
            Ok(match search(self, others)? {
                Answer::Said(inclusion) => inclusion,
                Answer::Found(witness) => verify::witness(self, others, witness),
            })
        };
        on_a_large_stack(decide).unwrap_or_else(|error| {
            Ok(Inclusion::Unknown { reason: format!("no thread to search on: {error}") })
        })
    }
}

/// Does work on a stack that holds the search, of a thread of its own where this one has none.
fn on_a_large_stack<T: Send>(work: impl FnOnce() -> T + Send) -> std::io::Result<T> {
    if nesting::has_stack(SEARCH) {
        return Ok(work());
    }
    let ended = std::thread::scope(|scope| {
        std::thread::Builder::new()
            .stack_size(SEARCH.max(nesting::stack(nesting::levels())))
            .spawn_scoped(scope, work)
            .map(|thread| thread.join())
    });
    Ok(ended?.unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
}

/// What a search comes to.
enum Answer {
    /// It ended without a witness, or gave up.
    Said(Inclusion),
    /// This is to be held against a validator.
    Found(Value),
}

/// From here on a floating point number stands for several integers.
const FIRST_ROUNDED: f64 = 9_007_199_254_740_992.0;

/// Whether a document holds a number whose text may have said another one.
fn is_rounded(document: &Value) -> bool {
    match document {
        Value::Number(number) => {
            number.is_f64() && number.as_f64().is_some_and(|value| value.abs() >= FIRST_ROUNDED)
        }
        Value::Array(items) => items.iter().any(is_rounded),
        Value::Object(map) => map.values().any(is_rounded),
        _ => false,
    }
}

/// Looks for a value that a schema accepts and all others refuse.
fn search(one: &Prepared<'_>, others: &[&Prepared<'_>]) -> Result<Answer, SchemaError> {
    let (old, options) = (one.document(), &one.options);
    // A schema is included in itself, whatever is in it.
    let is_one = others.iter().any(|other| old == other.document()) && !is_rounded(old);
    let mut arena = Arena::new();
    let mut read = |document, side| match parse::parse(document, &mut arena, options, side) {
        Ok(node) => Ok(Ok(node)),
        // What stands elsewhere is the same for both.
        Err(Stop::NoSchema(error)) if error.elsewhere && is_one => Ok(Err(Inclusion::Included)),
        Err(Stop::NoSchema(error)) => Err(error),
        Err(Stop::TooDeep) => {
            let which = match side {
                Which::Old => "first",
                Which::New => "second",
            };
            let reason = format!("the {which} schema is nested deeper than {} levels", parse::DEEPEST);
            Ok(Err(Inclusion::Unknown { reason }))
        }
    };
    let mut goal = vec![read(old, Which::Old)?.map(|accepts| (accepts, true))];
    for other in others {
        goal.push(read(other.document(), Which::New)?.map(|refuses| (refuses, false)));
    }
    if is_one {
        return Ok(Answer::Said(Inclusion::Included));
    }
    let goal: Vec<_> = match goal.into_iter().collect() {
        Ok(goal) => goal,
        Err(unknown) => return Ok(Answer::Said(unknown)),
    };
    let mut documents = others.iter().map(|other| other.document()).chain([old]);
    let mut solver = Solver::new(arena, options.steps);
    Ok(match solver.inhabit(&goal) {
        // Two numbers that were read as one may have been different.
        Outcome::Empty if documents.any(is_rounded) => {
            let reason = "a number is too large to be read exactly".to_owned();
            Answer::Said(Inclusion::Unknown { reason })
        }
        Outcome::Empty => Answer::Said(Inclusion::Included),
        Outcome::Unknown(reason) => Answer::Said(Inclusion::Unknown { reason: reason.to_string() }),
        Outcome::Found(witness) => Answer::Found(witness),
    })
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::time::Duration;

    use rayon::prelude::*;

    use super::*;

    /// What one of several schemas accepts is included in them together, and what all refuse is not.
    #[test]
    fn a_value_counts_that_all_others_refuse() {
        let of = |kinds: &[&str]| {
            Prepared::new(Cow::Owned(serde_json::json!({"type": kinds})), &Options::default())
        };
        let (text, number) = (of(&["string"]), of(&["integer"]));
        for (kinds, expected) in
            [(&["string", "integer"][..], None), (&["string", "integer", "null"][..], Some(Value::Null))]
        {
            let witness = |others: &[&Prepared<'_>]| match of(kinds).included_in_any(others) {
                Ok(Inclusion::NotIncluded { witness, .. }) => Some(witness),
                Ok(Inclusion::Included) => None,
                other => panic!("{kinds:?}: {other:?}"),
            };
            assert_eq!(witness(&[&text, &number]), expected, "{kinds:?}");
            assert_eq!(witness(&[&number, &text]), expected, "{kinds:?}");
            assert!(witness(&[&text]).is_some_and(|value| !value.is_string()), "{kinds:?}");
        }
    }

    /// Comparisons that are made side by side do not begin inside of each other, however many wait.
    #[test]
    fn a_thread_that_waits_begins_nothing_else() {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(1).build().expect("a thread");
        let (inside, most) = (AtomicUsize::new(0), AtomicUsize::new(0));
        let questions = pool.install(|| {
            let one = |_: usize| {
                most.fetch_max(inside.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                let is_large = on_large_stacks(|| {
                    std::thread::sleep(Duration::from_millis(5));
                    let is_large = || nesting::has_stack(SEARCH);
                    is_large() && on_large_stacks(is_large)
                });
                inside.fetch_sub(1, Ordering::SeqCst);
                usize::from(is_large)
            };
            (0..16).into_par_iter().map(one).sum::<usize>()
        });
        assert_eq!((questions, most.into_inner()), (16, 1));
    }
}
