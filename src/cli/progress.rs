//! What a terminal shows of a run that takes longer than a second. Nothing where standard error is none.

use std::io::{IsTerminal, Write, stderr};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::thread::{self, JoinHandle};
use std::time::Duration;

/// Nobody wants to see a line for less.
const PATIENCE: Duration = Duration::from_secs(1);
const BETWEEN: Duration = Duration::from_millis(200);

/// Goes with its value, and so does its line.
pub(super) struct Progress {
    done: Arc<AtomicUsize>,
    shown: Option<(Sender<()>, JoinHandle<()>)>,
}

impl Progress {
    /// Starts to count: `comparing connectors: 3 of 15`.
    pub(super) fn start(verb: &'static str, total: usize) -> Self {
        let done = Arc::new(AtomicUsize::new(0));
        let counted = done.clone();
        let show = move || {
            let (end, ended) = mpsc::channel();
            let show = thread::Builder::new().spawn(move || {
                let mut wait = PATIENCE;
                let mut is_shown = false;
                while ended.recv_timeout(wait) == Err(RecvTimeoutError::Timeout) {
                    let done = counted.load(Ordering::Relaxed);
                    let _ = write!(stderr(), "\r{verb} connectors: {done} of {total}");
                    let _ = stderr().flush();
                    (wait, is_shown) = (BETWEEN, true);
                }
                if is_shown {
                    // The line goes before anything else is printed.
                    let _ = write!(stderr(), "\r\u{1b}[K");
                }
            });
            show.ok().map(|show| (end, show))
        };
        let shown = (stderr().is_terminal() && total > 0).then(show).flatten();
        Self { done, shown }
    }

    /// One more is done.
    pub(super) fn step(&self) {
        self.done.fetch_add(1, Ordering::Relaxed);
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if let Some((end, show)) = self.shown.take() {
            let _ = end.send(());
            let _ = show.join();
        }
    }
}
