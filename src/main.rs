//! The `connector-diff` program: the library's command line and nothing else.

use std::process::ExitCode;

fn main() -> ExitCode {
    connector_diff::cli::run()
}
