//! The command line: arguments in, output and an exit code out. Everything else is in the library.

mod branch;
mod check;
mod choices;
mod declare;
mod docs;
mod environment;
mod graph;
mod help;
mod image;
mod includes;
mod migrate;
mod output;
mod policy;
mod progress;
mod registry;
mod replace;
mod revision;
mod sides;
mod snapshot;
mod unmerged;
mod waive;
mod warnings;

use std::process::ExitCode;

use clap::builder::PossibleValuesParser;
use clap::{ArgAction, Args, CommandFactory, Parser, Subcommand, ValueEnum};

use crate::limits::{self, Limits};
use crate::nesting;

/// Nothing at or above `--fail-on`.
pub const OK: u8 = 0;
/// Findings.
pub const FINDINGS: u8 = 1;
/// The arguments are wrong.
pub const USAGE: u8 = 2;
/// Input that cannot be read, or nothing to compare.
pub const INCONCLUSIVE: u8 = 3;

/// Tells whether a change to an Airbyte connector breaks the people who use it.
#[derive(Debug, Parser)]
#[command(
    name = "connector-diff",
    version,
    after_help = help::below(""),
    arg_required_else_help = true,
    disable_help_flag = true
)]
pub struct Cli {
    #[command(subcommand)]
    command: Command,
    /// When to colour the output
    #[arg(long, global = true, value_enum, default_value_t = Color::Auto, help_heading = GLOBAL)]
    color: Color,
    /// Print help (-h a summary)
    #[arg(short, long, global = true, action = ArgAction::Help, help_heading = GLOBAL)]
    help: Option<bool>,
}

/// The group of options that every command has.
const GLOBAL: &str = "Global options";

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Color {
    /// On a terminal, unless NO_COLOR is set
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Compare two versions of a connector
    #[command(after_help = help::below("check"))]
    Check(Box<check::CheckArgs>),
    /// Write what a release has to declare, or print it as a diff
    #[command(after_help = help::below("declare"))]
    Declare(Box<declare::DeclareArgs>),
    /// Find what absorbs breaks of saved configs and saved state, or migrate one config
    #[command(after_help = help::below("migrate"))]
    Migrate(Box<migrate::MigrateArgs>),
    /// Print what is understood of one side, as JSON
    #[command(after_help = help::below("snapshot"))]
    Snapshot(snapshot::SnapshotArgs),
    /// Ask whether every value that one JSON Schema accepts is accepted by another
    #[command(after_help = help::below("includes"))]
    Includes(includes::IncludesArgs),
    /// Print what each stream is built from
    #[command(after_help = help::below("graph"))]
    Graph(graph::GraphArgs),
    /// Print a rule's whole explanation
    #[command(after_help = help::below("explain"))]
    Explain {
        /// The rule's id, such as field-type-changed
        rule: String,
    },
    /// List the rules
    #[command(after_help = help::below("rules"))]
    Rules {
        /// How to print them
        #[arg(long, value_enum, default_value_t = docs::RulesFormat::Text)]
        format: docs::RulesFormat,
    },
    /// Print the policy that holds, and where each value was set
    #[command(after_help = help::below("config"))]
    Config(policy::ConfigArgs),
    /// Accept a finding or a problem, with a reason, in the policy file
    #[command(after_help = help::below("waive"))]
    Waive(waive::WaiveArgs),
    /// Print the JSON Schema of the JSON report
    #[command(after_help = help::below("schema"))]
    Schema,
    /// Print a completion script
    #[command(after_help = help::below("completions"))]
    Completions {
        /// For which shell
        shell: clap_complete::Shell,
    },
    /// Print a page of the manual
    #[command(after_help = help::below("man"))]
    Man {
        /// The command that the page is about [default: the program as a whole]
        #[arg(value_parser = PossibleValuesParser::new(help::commands()))]
        command: Option<String>,
    },
}

/// How much the program does before it stops and says so.
#[derive(Debug, Args)]
struct LimitArgs {
    /// Raise or lower a limit, such as input-size=1GiB (repeatable)
    #[arg(long = "limit", value_name = "NAME=VALUE", value_parser = limit)]
    limits: Vec<String>,
}

/// Checks a limit where the arguments are read.
fn limit(text: &str) -> Result<String, limits::LimitError> {
    Limits::default().set(text).map(|()| text.to_owned())
}

impl LimitArgs {
    /// The limits of this run: of one that is set twice the last counts.
    fn limits(&self) -> Result<Limits, Failure> {
        let mut limits = Limits::default();
        for text in &self.limits {
            limits.set(text).map_err(|error| Failure::usage(format!("--limit {error}")))?;
        }
        Ok(limits)
    }

    /// Does work within the limits of this run, on threads that hold what they allow.
    fn run(&self, work: impl FnOnce(Limits) -> Result<u8, Failure> + Send) -> Result<u8, Failure> {
        let limits = self.limits()?;
        nesting::run(&limits, || work(limits)).map_err(|error| Failure::input(error.to_string()))?
    }
}

/// Runs the program with the process's arguments.
pub fn run() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            // clap prints help and versions to stdout with code 0, and mistakes to stderr with code 2.
            let code = u8::try_from(error.exit_code()).unwrap_or(USAGE);
            let _ = error.print();
            return ExitCode::from(code);
        }
    };
    let color = match cli.color {
        Color::Auto => anstream::ColorChoice::Auto,
        Color::Always => anstream::ColorChoice::Always,
        Color::Never => anstream::ColorChoice::Never,
    };
    color.write_global();
    let result = match cli.command {
        Command::Check(arguments) => check::run(&arguments),
        Command::Declare(arguments) => declare::run(&arguments),
        Command::Migrate(arguments) => migrate::run(&arguments),
        Command::Snapshot(arguments) => snapshot::run(&arguments),
        Command::Includes(arguments) => includes::run(&arguments),
        Command::Graph(arguments) => graph::run(&arguments),
        Command::Explain { rule } => docs::explain(&rule),
        Command::Rules { format } => docs::rules(format),
        Command::Config(arguments) => policy::run(&arguments),
        Command::Waive(arguments) => waive::run(&arguments),
        Command::Schema => output::stdout(&crate::report::schema()).map(|()| OK),
        Command::Completions { shell } => docs::completions(shell, Cli::command()),
        Command::Man { command } => docs::man(Cli::command(), command.as_deref()),
    };
    match result {
        Ok(code) => ExitCode::from(code),
        Err(failure) => {
            failure.messages.iter().for_each(|message| output::message("error", message));
            ExitCode::from(failure.code)
        }
    }
}

/// Why a command could not do its job.
#[derive(Debug)]
struct Failure {
    code: u8,
    /// Each on a line of its own.
    messages: Vec<String>,
}

impl Failure {
    fn usage(message: impl Into<String>) -> Self {
        Self { code: USAGE, messages: vec![message.into()] }
    }

    fn usages(messages: Vec<String>) -> Self {
        Self { code: USAGE, messages }
    }

    fn input(message: impl Into<String>) -> Self {
        Self { code: INCONCLUSIVE, messages: vec![message.into()] }
    }

    fn inputs(messages: Vec<String>) -> Self {
        Self { code: INCONCLUSIVE, messages }
    }
}

/// The whole command line, for generated docs.
pub fn command() -> clap::Command {
    Cli::command()
}
