//! How many values may lie in each other, and threads whose stacks are made for it.
//!
//! Parsers, values and what walks them call themselves once per level. How deep that may go is therefore a property of a
//! thread, its stack, and not of a call: [`levels`] is what the present thread can hold, and everything that reads a text
//! asks it. What is counted is what is read in one piece: a spec, a manifest, a stream of a captured catalog, a position of
//! saved state; what lies around it is cut without being built. A limit other than the default takes effect by [`run`], which starts threads with stacks of that size, so that
//! no text is ever read on a stack that is too small for it.

use std::cell::Cell;
use std::fmt;

use serde::Deserialize;
use serde_json::{Deserializer, Value};
use thiserror::Error;

use crate::limits::{Limits, NESTING};

/// How many values lie in each other on a thread that nobody made for more. serde_json's own limit.
pub(crate) const DEFAULT_LEVELS: usize = 128;

/// The deepest that can be asked for: stacks are reserved, and what reads connectors in production ends at about 1,000.
pub(crate) const MOST_LEVELS: usize = 10_000;

/// The part of a stack that does not depend on the levels.
const STACK: usize = 8 << 20;

/// Bytes of stack for a level. With 3,000 levels in each artifact in turn, the walk that takes most took less than 2 KiB a
/// level in an optimised build and less than 16 KiB in any other; the rest is margin.
const STACK_PER_LEVEL: usize = if cfg!(debug_assertions) { 64 << 10 } else { 16 << 10 };

/// The search through a schema (`schema`) goes as deep as values are nested, which is more than a thread's usual stack holds.
pub(crate) const SEARCH: usize = 256 << 20;

thread_local! {
    /// The stack that this thread was started with; 0 where it was not started here.
    static STACK_SIZE: Cell<usize> = const { Cell::new(0) };
    static LEVELS: Cell<usize> = const { Cell::new(DEFAULT_LEVELS) };
}

/// How many values may lie in each other in what this thread reads, the outermost counted.
pub(crate) fn levels() -> usize {
    LEVELS.get()
}

/// Whether this thread was started with a stack of so many bytes.
pub(crate) fn has_stack(bytes: usize) -> bool {
    STACK_SIZE.get() >= bytes
}

/// How large the stack of a thread has to be that walks values of so many levels.
pub(crate) fn stack(levels: usize) -> usize {
    STACK + levels * STACK_PER_LEVEL
}

/// No thread can be started whose stack holds values that nest so deep.
#[derive(Debug, Error)]
#[error("no threads can be started whose stacks hold values that nest {levels} levels deep: {source}")]
pub(crate) struct NoThreads {
    levels: usize,
    source: rayon::ThreadPoolBuildError,
}

/// Does work that reads no deeper than [`Limits::nesting`] on threads whose stacks hold that. Where the present thread is
/// such a one, it stays there.
///
/// # Errors
/// No threads can be started.
pub(crate) fn run<T: Send>(limits: &Limits, work: impl FnOnce() -> T + Send) -> Result<T, NoThreads> {
    if depth(limits) == levels() { Ok(work()) } else { run_on(limits, 0, work) }
}

/// As [`run`], on new threads in any case; their number is chosen where it is 0.
///
/// # Errors
/// No threads can be started.
pub(crate) fn run_on<T: Send>(
    limits: &Limits,
    threads: usize,
    work: impl FnOnce() -> T + Send,
) -> Result<T, NoThreads> {
    let levels = depth(limits);
    let usual = stack(levels);
    // One thread waits for no other, so it searches itself: what another thread frees this one could not use again.
    let searching = (threads == 1).then(|| started(threads, levels, usual.max(SEARCH)).ok()).flatten();
    let pool = match searching {
        Some(pool) => pool,
        None => started(threads, levels, usual).map_err(|source| NoThreads { levels, source })?,
    };
    Ok(pool.install(work))
}

fn started(
    threads: usize,
    levels: usize,
    stack: usize,
) -> Result<rayon::ThreadPool, rayon::ThreadPoolBuildError> {
    let at_start = move |_| {
        LEVELS.set(levels);
        STACK_SIZE.set(stack);
    };
    rayon::ThreadPoolBuilder::new().num_threads(threads).stack_size(stack).start_handler(at_start).build()
}

/// As many threads as the present work has, which read as deep as this one and have a stack of `least` bytes or more.
///
/// # Errors
/// No threads can be started.
pub(crate) fn threads(least: usize) -> Result<rayon::ThreadPool, rayon::ThreadPoolBuildError> {
    let levels = levels();
    started(rayon::current_num_threads(), levels, least.max(stack(levels)))
}

fn depth(limits: &Limits) -> usize {
    usize::try_from(limits.nesting).unwrap_or(MOST_LEVELS).min(MOST_LEVELS)
}

/// What is said of values that nest too deep for this thread. `what` is the beginning of the sentence.
pub(crate) fn exceeded(what: &str) -> String {
    NESTING.exceeded(what, levels() as u64, None)
}

/// How [`exceeded`] begins for the values of a text.
pub(crate) const TOO_DEEP: &str = "the values nest deeper";

/// Why a text is no value.
#[derive(Debug)]
pub(crate) enum ValueError {
    /// It is no JSON.
    Json(serde_json::Error),
    /// More values lie in each other than this thread holds; where, in bytes.
    TooDeep(usize),
}

impl fmt::Display for ValueError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Json(error) => error.fmt(f),
            Self::TooDeep(_) => f.write_str(&exceeded(TOO_DEEP)),
        }
    }
}

/// Reads a text as one JSON value.
///
/// # Errors
/// It is none, or nests too deep.
pub(crate) fn value(text: &str) -> Result<Value, ValueError> {
    let levels = levels();
    let mut deserializer = Deserializer::from_str(text);
    if levels != DEFAULT_LEVELS {
        if let Some(offset) = first_deeper(text, levels) {
            return Err(ValueError::TooDeep(offset));
        }
        deserializer.disable_recursion_limit();
    }
    let read = Value::deserialize(&mut deserializer);
    read.and_then(|value| deserializer.end().map(|()| value)).map_err(|error| {
        // The library tells its limit in words only.
        match first_deeper(text, levels) {
            Some(offset) if error.to_string().starts_with("recursion limit exceeded") => {
                ValueError::TooDeep(offset)
            }
            _ => ValueError::Json(error),
        }
    })
}

/// Whether a text that was cut out of a document nests too deep for this thread.
pub(crate) fn is_too_deep(text: &str) -> bool {
    first_deeper(text, levels()).is_some()
}

/// The byte at which a list or an object starts that lies in so many others that its content would be too deep.
fn first_deeper(text: &str, levels: usize) -> Option<usize> {
    let bytes = text.as_bytes();
    let (mut open, mut at) = (0, 0);
    while at < bytes.len() {
        match bytes[at] {
            b'[' | b'{' => {
                open += 1;
                if open >= levels {
                    return Some(at);
                }
            }
            b']' | b'}' => open = open.saturating_sub(1),
            b'"' => {
                at += 1;
                while at < bytes.len() && bytes[at] != b'"' {
                    at += if bytes[at] == b'\\' { 2 } else { 1 };
                }
            }
            _ => {}
        }
        at += 1;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    /// One thread searches itself; several have others for it.
    #[test]
    fn one_thread_has_the_stack_of_a_search() {
        for (threads, expected) in [(1, true), (2, false)] {
            let held = run_on(&Limits::default(), threads, || has_stack(SEARCH)).expect("threads");
            assert_eq!(held, expected, "{threads}");
        }
        assert!(!has_stack(SEARCH));
    }

    fn nested(levels: usize) -> String {
        format!("{}\"[\\\"[\"{}", "[".repeat(levels - 1), "]".repeat(levels - 1))
    }

    #[test]
    fn values_are_read_as_deep_as_the_thread_allows() {
        for (levels, deepest) in [("", 128), ("nesting=7", 7), ("nesting=3000", 3000)] {
            let mut limits = Limits::default();
            if !levels.is_empty() {
                limits.set(levels).expect("a limit");
            }
            let read = |levels: usize| run(&limits, || value(&nested(levels)).map(drop)).expect("threads");
            assert!(read(deepest).is_ok(), "{levels}");
            let error = read(deepest + 1).expect_err("too deep");
            let ValueError::TooDeep(offset) = error else { panic!("{levels}: {error}") };
            assert_eq!(offset, deepest - 1, "{levels}");
        }
    }
}
