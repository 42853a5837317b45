//! Examples and exit codes of each command, for its help and its page of the manual.

use std::fmt::Write as _;

/// What stands below the options of a command.
pub(super) struct Below {
    command: &'static str,
    /// Command lines as they are typed.
    pub(super) examples: &'static [&'static str],
    /// Exit codes with what they mean.
    pub(super) exits: &'static [(u8, &'static str)],
}

const PRINTED: &[(u8, &str)] = &[(0, "printed"), (2, "wrong usage")];

const CHECKED: &[(u8, &str)] = &[
    (0, "nothing at or above --fail-on"),
    (1, "findings"),
    (2, "wrong usage, or a path or revision that does not exist"),
    (3, "input that cannot be read, or nothing to compare; wins over 1"),
    (101, "a panic: a bug"),
];

/// All of them; the program itself has no name here.
static ALL: [Below; 14] = [
    Below {
        command: "",
        examples: &[
            "connector-diff check old/source-github new/source-github",
            "connector-diff check --base origin/master",
            "connector-diff explain field-type-changed",
        ],
        exits: CHECKED,
    },
    Below {
        command: "check",
        examples: &[
            "connector-diff check old/source-github new/source-github",
            "connector-diff check --base origin/master",
            "connector-diff check HEAD~1:source-github source-github",
            "connector-diff check old.json new.json --format text --output markdown=comment.md --fail-on review",
        ],
        exits: CHECKED,
    },
    Below {
        command: "declare",
        examples: &[
            "connector-diff declare old/source-github new/source-github | git apply",
            "connector-diff declare old/source-github new/source-github --write --today 2026-11-29",
        ],
        exits: &[
            (0, "printed or written, or nothing to do"),
            (2, "wrong usage, a path that does not exist, or a NEW that cannot be written to"),
            (3, "input that cannot be read or edited; no file is changed"),
        ],
    },
    Below {
        command: "migrate",
        examples: &[
            "connector-diff migrate old/source-github new/source-github",
            "connector-diff migrate old/source-github new/source-github --write",
            "connector-diff migrate old/source-github new/source-github --config saved.json",
        ],
        exits: &[
            (0, "every break is absorbed, or the config is accepted"),
            (1, "a break is left, or the config is refused"),
            (2, "wrong usage, a path that does not exist, or a NEW that cannot be written to"),
            (3, "input that cannot be read or edited; no file is changed"),
        ],
    },
    Below {
        command: "snapshot",
        examples: &[
            "connector-diff snapshot source-github",
            "connector-diff snapshot source-github --artifact catalog > catalog.json",
        ],
        exits: &[
            (0, "printed"),
            (2, "wrong usage, or a path that does not exist"),
            (3, "the side cannot be read, or not all of it"),
        ],
    },
    Below {
        command: "includes",
        examples: &[
            "connector-diff includes old.schema.json new.schema.json",
            "connector-diff includes a.json b.json --draft 2020-12 --format json",
        ],
        exits: &[
            (0, "every value that A accepts is accepted by B"),
            (1, "B refuses a value that A accepts"),
            (2, "wrong usage, or a path that does not exist"),
            (3, "unknown, or a schema that cannot be read"),
        ],
    },
    Below {
        command: "graph",
        examples: &[
            "connector-diff graph source-github --stream issues",
            "connector-diff graph source-github --format dot | dot -Tsvg > graph.svg",
        ],
        exits: &[
            (0, "printed"),
            (2, "wrong usage, a path that does not exist, or no such stream"),
            (3, "the side cannot be read, or not all of it, or it has no streams"),
        ],
    },
    Below {
        command: "explain",
        examples: &["connector-diff explain field-removed", "connector-diff explain meta-bump-too-small"],
        exits: &[(0, "printed"), (2, "there is no such rule")],
    },
    Below {
        command: "rules",
        examples: &["connector-diff rules", "connector-diff rules --format json"],
        exits: PRINTED,
    },
    Below {
        command: "config",
        examples: &[
            "connector-diff config --name source-github",
            "connector-diff config --all --format json",
        ],
        exits: &[(0, "printed"), (2, "wrong usage, or a policy file with mistakes")],
    },
    Below {
        command: "waive",
        examples: &[
            "connector-diff waive k7f291c0ab1 --reason \"the API dropped the field\" --until 3.0.0",
            "connector-diff waive p03ab51c2e4 --reason \"agreed\" --until 2027-03-01 --config policy.toml",
        ],
        exits: &[
            (0, "written, or there already"),
            (2, "wrong usage, a policy file with mistakes, or another waiver of the same"),
            (3, "the policy file cannot be written"),
        ],
    },
    Below {
        command: "schema",
        examples: &["connector-diff schema > report.schema.json", "connector-diff schema | jq .title"],
        exits: PRINTED,
    },
    Below {
        command: "completions",
        examples: &[
            "source <(connector-diff completions bash)",
            "connector-diff completions fish > ~/.config/fish/completions/connector-diff.fish",
        ],
        exits: PRINTED,
    },
    Below {
        command: "man",
        examples: &["connector-diff man | man -l -", "connector-diff man check > connector-diff-check.1"],
        exits: PRINTED,
    },
];

/// What stands below the options of a command; the program as a whole is "".
pub(super) fn of(command: &str) -> Option<&'static Below> {
    ALL.iter().find(|below| below.command == command)
}

/// The commands that have a page of the manual.
pub(super) fn commands() -> impl Iterator<Item = &'static str> {
    ALL.iter().map(|below| below.command).filter(|command| !command.is_empty())
}

/// The same as the text of the help.
pub(super) fn below(command: &str) -> String {
    let mut text = String::new();
    let Some(below) = of(command) else { return text };
    text.push_str("Examples:\n");
    for example in below.examples {
        let _ = writeln!(text, "  {example}");
    }
    text.push_str(if command.is_empty() { "\nExit codes of check:\n" } else { "\nExit codes:\n" });
    for (code, meaning) in below.exits {
        let _ = writeln!(text, "  {code:<3}  {meaning}");
    }
    text.truncate(text.trim_end().len());
    text
}
