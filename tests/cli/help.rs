//! What the program prints of itself: help, manual, completions, rules.

#![allow(clippy::print_stderr, reason = "a test that has to be skipped says so")]

use super::{code, run, stdout};

const COMMANDS: [&str; 13] = [
    "check",
    "declare",
    "migrate",
    "snapshot",
    "includes",
    "graph",
    "explain",
    "rules",
    "config",
    "waive",
    "schema",
    "completions",
    "man",
];

#[test]
fn help_and_generated_texts() {
    insta::assert_snapshot!("help", stdout(&run(&["--help"])));
    insta::assert_snapshot!("help_of_check", stdout(&run(&["check", "-h"])));
    insta::assert_snapshot!("explanation", stdout(&run(&["explain", "field-format-added"])));
    assert!(stdout(&run(&["rules"])).lines().count() > 100);
    assert!(stdout(&run(&["schema"])).contains("\"connector-diff report\""));
}

#[test]
fn every_command_has_examples_and_exit_codes() {
    let listed = stdout(&run(&["--help"]));
    let listed = listed.split("Commands:\n").nth(1).and_then(|rest| rest.split("\n\n").next());
    let listed: Vec<&str> =
        listed.expect("a list").lines().filter_map(|line| line.split_whitespace().next()).collect();
    assert_eq!(listed, [COMMANDS.as_slice(), &["help"]].concat());
    for command in COMMANDS {
        let help = stdout(&run(&[command, "--help"]));
        let (_, below) = help.split_once("\nExamples:\n").unwrap_or_else(|| panic!("{command}: {help}"));
        let (examples, exits) = below.split_once("\n\nExit codes:\n").expect("exit codes");
        assert!(examples.lines().count() >= 2, "{examples}");
        for example in examples.lines() {
            assert!(example.contains(&format!("connector-diff {command}")), "{example}");
        }
        assert!(exits.starts_with("  0  "), "{exits}");
    }
}

#[test]
fn the_options_of_the_examples_exist() {
    for command in COMMANDS {
        let help = stdout(&run(&[command, "--help"]));
        let (options, below) = help.split_once("\nExamples:\n").expect("examples");
        let words =
            below.lines().take(2).flat_map(|line| line.split(['|', '>'])).flat_map(str::split_whitespace);
        for option in words.filter(|word| word.starts_with("--")) {
            let is_listed = options.split_whitespace().any(|word| word == option);
            assert!(is_listed, "{command} has no {option}");
        }
    }
}

#[test]
fn every_command_has_a_page_of_the_manual() {
    insta::with_settings!({filters => vec![(r"connector-diff \d+\.\d+\.\d+", "connector-diff VERSION")]}, {
        insta::assert_snapshot!("man_graph", stdout(&run(&["man", "graph"])));
    });
    let program = stdout(&run(&["man"]));
    for command in COMMANDS {
        assert!(program.contains(&format!("connector\\-diff\\-{command}(1)")), "{program}");
        let page = stdout(&run(&["man", command]));
        assert!(page.contains(&format!(".TH connector-diff-{command} 1 ")), "{page}");
        for section in ["NAME", "SYNOPSIS", "EXAMPLES", "\"EXIT STATUS\""] {
            assert!(page.contains(&format!(".SH {section}\n")), "{command} has no {section}: {page}");
        }
    }
    assert!(!program.contains("diff\\-help(1)"), "no page of a command that has none");
    let mistyped = run(&["man", "chek"]);
    let said = String::from_utf8_lossy(&mistyped.stderr).into_owned();
    assert!(mistyped.status.code() == Some(2) && said.contains("check"), "{said}");
}

/// How `man` shows a page, where groff is there.
#[test]
fn examples_and_exit_codes_stand_in_lines_of_their_own() {
    use std::io::Write;
    use std::process::{Command, Stdio};

    let groff = Command::new("groff")
        .args(["-man", "-Tutf8", "-P-c", "-rLL=60n"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn();
    let Ok(mut groff) = groff else {
        eprintln!("SKIPPED: there is no groff to lay out a page of the manual");
        return;
    };
    let page = run(&["man", "check"]).stdout;
    groff.stdin.take().expect("a pipe").write_all(&page).expect("groff reads");
    let output = groff.wait_with_output().expect("groff ends");
    assert!(output.status.success() && output.stderr.is_empty(), "{output:?}");
    let shown = stdout(&output).replace('\u{8}', "");
    for line in ["connector-diff check old/source-github new/source-github", "findings"] {
        assert!(
            shown.lines().any(|shown| shown.trim().trim_start_matches(['1', ' ']) == line),
            "{line}: {shown}"
        );
    }
    assert!(!shown.contains('\u{2010}'), "no word is broken: {shown}");
}

#[test]
fn a_script_for_every_shell() {
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let script = stdout(&run(&["completions", shell]));
        assert!(script.contains("connector-diff") && script.contains("fail-on"), "{shell}");
        // The others complete no arguments without a flag.
        let has_rules = script.contains("field-removed") && script.contains("meta-bump-too-small");
        assert_eq!(has_rules, ["bash", "fish", "zsh"].contains(&shell), "{shell}");
    }
    assert_eq!(code(&["completions", "tcsh"]), 2);
}

/// The words that bash offers in the place of the last word of each line, one line of words for each. The function that
/// the script defines is called as readline calls it, without a terminal. `None` where bash is missing.
fn offered(typed: &[&str]) -> Option<Vec<String>> {
    use std::process::{Command, Stdio};

    let script = stdout(&run(&["completions", "bash"]));
    let mut program = format!("{script}\nhow=$(complete -p connector-diff)\necho \"$how\"\n");
    program += "complete_line=${how##*-F }\ncomplete_line=${complete_line%% *}\n";
    for line in typed {
        let words: Vec<&str> = line.split(' ').collect();
        program += &format!("COMP_WORDS=(connector-diff {line})\nCOMP_CWORD={}\nCOMPREPLY=()\n", words.len());
        program += &format!(
            "$complete_line connector-diff '{}' '{}'\necho \"${{COMPREPLY[*]}}\"\n",
            words.last().unwrap_or(&""),
            words.iter().rev().nth(1).unwrap_or(&"connector-diff"),
        );
    }
    let bash =
        Command::new("bash").args(["--noprofile", "--norc", "-c", &program]).stdin(Stdio::null()).output();
    let output = bash.ok()?;
    assert!(output.status.success() && output.stderr.is_empty(), "{output:?}");
    Some(stdout(&output).lines().map(str::to_owned).collect())
}

#[test]
fn bash_completes_the_words_of_every_command() {
    let cases = [
        ("che", "check"),
        ("check --fo", "--format"),
        ("check --format mark", "markdown"),
        ("check --fail-on und", "undeclared"),
        ("check --old-sp", "--old-spec"),
        // Nothing of our own fits: bash goes on with the names of files.
        ("check only", ""),
        ("snapshot --art", "--artifact"),
        ("includes --assert", "--assert-formats"),
        ("graph --format merm", "mermaid"),
        ("explain stream-rem", "stream-removed"),
        ("explain meta-bump", "meta-bump-too-small"),
        ("rules --form", "--format"),
        ("config --na", "--name"),
        ("completions fi", "fish"),
        ("man snap", "snapshot"),
    ];
    let Some(offered) = offered(&cases.map(|(typed, _)| typed)) else {
        eprintln!("SKIPPED: bash is missing, so nobody completes anything");
        return;
    };
    let (how, offered) = offered.split_first().expect("how the program is completed");
    assert!(how.contains("-o default"), "file names are offered where nothing else fits: {how}");
    assert_eq!(offered, cases.map(|(_, expected)| expected.to_owned()));
}

/// What bash makes of a line when its last word is completed: readline runs in a terminal of its own, as it does for a
/// user. `None` where bash or a terminal is missing.
#[cfg(target_os = "linux")]
fn completed(typed: &[&str]) -> Option<Vec<String>> {
    use std::fs;
    use std::io::Write;
    use std::process::{Command, Stdio};

    let has = |program: &str| Command::new(program).arg("--version").stdout(Stdio::null()).status().is_ok();
    if !["bash", "script", "timeout"].into_iter().all(has) {
        return None;
    }
    let folder = tempfile::tempdir().expect("a temporary folder");
    let script = run(&["completions", "bash"]).stdout;
    fs::write(folder.path().join("completion.bash"), script).expect("a temporary file");
    fs::write(folder.path().join("only-file.json"), "{}").expect("a temporary file");
    // A function in the place of the program says which arguments it got.
    let start = "source ./completion.bash\nconnector-diff() { printf '<%s>' \"$@\"; echo .; }\nPS1= PS2=\n";
    fs::write(folder.path().join("start.bash"), start).expect("a temporary file");
    // bash must lead the session: below another shell, it may wait for the terminal for ever. What starts the tests
    // may ignore the end of children, and then script does not end by itself.
    let mut terminal = Command::new("timeout")
        .args(["30", "script", "-qec", "exec bash --noprofile --rcfile start.bash -i", "/dev/null"])
        .current_dir(folder.path())
        .env("TERM", "dumb")
        .env("INPUTRC", "/dev/null")
        .env_remove("HISTFILE")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("timeout runs");
    let mut keys = terminal.stdin.take().expect("a pipe");
    for line in typed {
        keys.write_all(format!("connector-diff {line}\t\n").as_bytes()).expect("bash reads");
    }
    keys.write_all(b"exit\n").expect("bash reads");
    let output = terminal.wait_with_output().expect("bash ends");
    drop(keys);
    let shown = String::from_utf8_lossy(&output.stdout).into_owned();
    let lines = shown.lines().filter_map(|line| line.trim().strip_suffix("."));
    Some(lines.filter(|line| line.starts_with('<')).map(str::to_owned).collect())
}

#[cfg(target_os = "linux")]
#[test]
fn bash_completes_in_a_terminal() {
    let cases = [
        ("che", "<check>"),
        ("check --fo", "<check><--format>"),
        ("check --format mark", "<check><--format><markdown>"),
        ("check only", "<check><only-file.json>"),
        ("explain meta-bump", "<explain><meta-bump-too-small>"),
    ];
    let Some(completed) = completed(&cases.map(|(typed, _)| typed)) else {
        eprintln!("SKIPPED: bash, script(1) or timeout(1) is missing, so nobody completes anything");
        return;
    };
    assert_eq!(completed, cases.map(|(_, expected)| expected.to_owned()));
}
