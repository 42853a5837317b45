//! What saved state does under another version, row by row: each row is a change, a state that the old version saved,
//! and what was seen when the Python CDK 7.39.1 started from it.

#[path = "../support/sides.rs"]
mod sides;

mod accidents;
mod back;
mod beside;
mod compared;
mod components;
mod envelopes;
mod files;
mod hostile;
mod kept;
mod manifests;
mod parents;
mod rows;
mod said;
mod samples;
mod several;
mod words;
