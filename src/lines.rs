//! What differs between two texts, line by line.

use similar::algorithms::{Capture, Compact, Replace, myers};
use similar::{DiffOp, group_diff_ops};

/// The edits that lead from one list of lines to another, in groups with some lines around them.
///
/// The algorithm is named: the front door of `similar` picks one while the program runs, so that all of them are compiled, for
/// every kind of text. That was 4 % of the program's code.
pub(crate) fn groups(before: &[&str], after: &[&str], context: usize) -> Vec<Vec<DiffOp>> {
    let mut found = Compact::new(Replace::new(Capture::new()), before, after);
    let Ok(()) = myers::diff(&mut found, before, 0..before.len(), after, 0..after.len());
    group_diff_ops(found.into_inner().into_inner().into_ops(), context)
}
