//! Commands that print what the program knows of itself: rules, the manual and completions.

use std::fmt::Write as _;
use std::io;

use clap::ValueEnum;
use clap::builder::PossibleValuesParser;
use clap_complete::Shell;
use clap_mangen::roff::{Roff, bold, roman};
use serde_json::json;

use super::{Failure, OK, help, output};
use crate::model::BreakingType;
use crate::rules;
use crate::suggest::nearest;

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum RulesFormat {
    /// One line each
    Text,
    /// Everything, for programs
    Json,
    /// A table
    Markdown,
}

pub(super) fn explain(id: &str) -> Result<u8, Failure> {
    if let Some(explanation) = rules::explanation(id) {
        output::stdout(&explanation)?;
        return Ok(OK);
    }
    let hint = nearest(id, rules::ids()).map(|id| format!(" Did you mean {id}?")).unwrap_or_default();
    Err(Failure::usage(format!("there is no rule {id}.{hint} `connector-diff rules` lists them")))
}

pub(super) fn rules(format: RulesFormat) -> Result<u8, Failure> {
    let rules = rules::all();
    let text = match format {
        RulesFormat::Text => {
            let mut text = rules.iter().fold(String::new(), |mut text, rule| {
                let _ = writeln!(text, "{:<40} {:<9} {}", rule.id, rule.level.name(), rule.title);
                text
            });
            for check in rules::checks() {
                let _ = writeln!(text, "{:<40} {:<9} {}", check.id, check.level.name(), check.title);
            }
            text
        }
        RulesFormat::Markdown => crate::report::rules_table(),
        RulesFormat::Json => {
            let checks = rules::checks().iter().map(|check| {
                json!({
                    "id": check.id,
                    "title": check.title,
                    "level": check.level.name(),
                    "type": null,
                    "bump": null,
                    "affects": null,
                    "decided": null,
                    "explanation": check.explanation(),
                })
            });
            let list: Vec<_> = rules
                .iter()
                .map(|rule| {
                    json!({
                        "id": rule.id,
                        "title": rule.title,
                        "level": rule.level,
                        "type": rule.breaking_type.map(BreakingType::name),
                        "bump": rule.bump,
                        "affects": rule.affects,
                        "decided": rule.decided,
                        "explanation": rule.explanation(),
                    })
                })
                .chain(checks)
                .collect();
            let mut text = serde_json::to_string_pretty(&list).unwrap_or_default();
            text.push('\n');
            text
        }
    };
    output::stdout(&text)?;
    Ok(OK)
}

/// Prints the page of a command, or of the program as a whole.
pub(super) fn man(program: clap::Command, command: Option<&str>) -> Result<u8, Failure> {
    let mut page = Vec::new();
    write_page(program, command, &mut page)
        .map_err(|error| Failure::input(format!("the manual page cannot be made: {error}")))?;
    output::stdout(&String::from_utf8_lossy(&page))?;
    Ok(OK)
}

fn write_page(program: clap::Command, command: Option<&str>, page: &mut Vec<u8>) -> io::Result<()> {
    let mut program = program.disable_help_subcommand(true);
    // Commands know their whole names only then.
    program.build();
    let about = match command.and_then(|name| program.find_subcommand(name)) {
        Some(command) => command.clone(),
        None => program,
    };
    let has_commands = about.has_subcommands();
    let manual = clap_mangen::Man::new(about)
        .source(concat!("connector-diff ", env!("CARGO_PKG_VERSION")))
        .manual("connector-diff");
    manual.render_title(page)?;
    // Options and command lines are not to be broken at hyphens.
    Roff::new().control("nh", []).to_writer(page)?;
    manual.render_name_section(page)?;
    manual.render_synopsis_section(page)?;
    manual.render_description_section(page)?;
    manual.render_options_section(page)?;
    if has_commands {
        manual.render_subcommands_section(page)?;
    }
    let Some(below) = help::of(command.unwrap_or_default()) else { return Ok(()) };
    let mut end = Roff::new();
    end.control("SH", ["EXAMPLES"]);
    for example in below.examples {
        end.control("PP", []).control("nf", []).control("RS", ["4"]);
        end.text([roman(*example)]).control("RE", []).control("fi", []);
    }
    end.control("SH", ["EXIT STATUS"]);
    for (code, meaning) in below.exits {
        end.control("TP", ["6"]).text([bold(code.to_string())]).text([roman(*meaning)]);
    }
    end.to_writer(page)
}

/// Prints the script that completes arguments in a shell.
pub(super) fn completions(shell: Shell, program: clap::Command) -> Result<u8, Failure> {
    const NAME: &str = "connector-diff";
    // While the program runs a rule may be mistyped, and gets a better message than a list of all.
    let ids = || PossibleValuesParser::new(rules::ids());
    let mut program =
        program.mut_subcommand("explain", |command| command.mut_arg("rule", |rule| rule.value_parser(ids())));
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut program, NAME, &mut script);
    let mut script = String::from_utf8_lossy(&script).into_owned();
    if shell == Shell::Fish {
        script.push_str(&fish_arguments(&program, NAME));
    }
    if shell == Shell::Bash {
        // clap_complete 4.6 sets the one name of a program with a hyphen and asks for the other.
        let [set, asked] = ["__", "__subcmd__"].map(|hyphen| NAME.replace('-', hyphen));
        script = script.replace(&format!("{asked}__subcmd__"), &format!("{set}__subcmd__"));
    }
    output::stdout(&script)?;
    Ok(OK)
}

/// The values of arguments without a flag, which clap_complete leaves out for fish.
fn fish_arguments(program: &clap::Command, name: &str) -> String {
    let mut lines = String::new();
    let seen = format!("__fish_{}_using_subcommand", name.replace('-', "_"));
    for command in program.get_subcommands() {
        let values: Vec<String> = command
            .get_positionals()
            .flat_map(clap::Arg::get_possible_values)
            .map(|value| value.get_name().to_owned())
            .collect();
        if !values.is_empty() {
            let (command, values) = (command.get_name(), values.join(" "));
            let _ = writeln!(lines, "complete -c {name} -n \"{seen} {command}\" -f -a \"{values}\"");
        }
    }
    lines
}
