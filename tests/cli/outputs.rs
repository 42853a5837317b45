//! Where reports go: `--output` and standard output.

use std::fs;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use super::{DEMO, run, stdout};

#[test]
fn reports_go_to_files_whole() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let json = folder.path().join("report.json");
    let markdown = folder.path().join("report.md");
    let [old, new] = DEMO;
    let arguments = [format!("json={}", json.display()), format!("markdown={}", markdown.display())];
    let output = run(&["check", old, new, "--output", &arguments[0], "--output", &arguments[1]]);
    assert!(output.stdout.is_empty(), "everything went to files");
    let report: serde_json::Value =
        serde_json::from_str(&std::fs::read_to_string(json).expect("the report")).expect("JSON");
    assert_eq!(report["connectors"][0]["verdict"]["outcome"], "breaking");
    assert!(
        std::fs::read_to_string(markdown)
            .expect("the report")
            .starts_with("<!-- connector-diff:source-bookshop")
    );
    assert_eq!(
        std::fs::read_dir(folder.path()).expect("the folder").count(),
        2,
        "nothing half-written is left"
    );
}

/// `check` of the demo, in a folder.
fn check_in(folder: &Path, arguments: &[&str]) -> Output {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    Command::new(env!("CARGO_BIN_EXE_connector-diff"))
        .arg("check")
        .args(DEMO.map(|side| root.join(side)))
        .args(arguments)
        .current_dir(folder)
        .output()
        .expect("the program runs")
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).expect("a folder");
    let mut names: Vec<String> =
        entries.map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

fn is_report(text: &str) -> bool {
    text.starts_with('{') && text.ends_with("}\n") && text.contains("\"schema_version\"")
}

#[test]
fn each_report_has_a_place_of_its_own() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    fs::write(folder.path().join("there.json"), "before").expect("a temporary file");
    fs::create_dir(folder.path().join("sub")).expect("a folder");
    let two = |one: &str, other: &str| check_in(folder.path(), &["--output", one, "--output", other]);
    for (one, other) in [
        ("json=there.json", "text=there.json"),
        ("json=there.json", "text=./sub/../there.json"),
        ("json=new.json", "text=sub/../new.json"),
    ] {
        let output = two(one, other);
        let said = said(&output);
        assert_eq!(output.status.code(), Some(2), "{one} {other}: {said}");
        assert!(said.contains("another report goes to the same file"), "{said}");
    }
    let before = fs::read_to_string(folder.path().join("there.json")).expect("the file");
    assert_eq!(before, "before", "nothing is written when one of them is wrong");
    assert!(!folder.path().join("new.json").exists());
    // One after the other, as told.
    let both = two("json=-", "markdown=-");
    assert!(stdout(&both).starts_with('{') && stdout(&both).contains("}\n<!-- connector-diff"), "{both:?}");
    assert_eq!(two("json=one.json", "text=other.txt").status.code(), Some(1));
}

#[test]
fn a_place_that_cannot_be_is_wrong_usage() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    fs::write(folder.path().join("file"), "").expect("a temporary file");
    for (place, expected) in [
        ("json=no/such/x.json", "expected a folder no/such, found none: create it first"),
        ("json=file/x.json", "expected a folder file, found none: create it first"),
        ("json=.", "expected a file, found a folder"),
        ("json=new/", "expected the path of a file"),
        ("json=", "expected a path after FORMAT="),
        ("report.json", "expected FORMAT=PATH, such as json=report.json"),
    ] {
        let output = check_in(folder.path(), &["--output", place]);
        assert_eq!(output.status.code(), Some(2), "{place}: {}", said(&output));
        assert!(said(&output).contains(expected), "{place}: {}", said(&output));
        assert!(output.stdout.is_empty());
    }
    assert_eq!(names(folder.path()), ["file"]);
}

#[cfg(unix)]
#[test]
fn what_is_no_plain_file_is_written_to_and_stays() {
    use std::os::unix::fs::{FileTypeExt, symlink};

    let folder = tempfile::tempdir().expect("a temporary folder");
    let at = |name: &str| folder.path().join(name);
    fs::write(at("target.json"), "a text that is longer than nothing").expect("a temporary file");
    symlink("target.json", at("link.json")).expect("a link");
    symlink("later.json", at("early.json")).expect("a link to nowhere");
    fs::write(at("one.json"), "before").expect("a temporary file");
    fs::hard_link(at("one.json"), at("other.json")).expect("a second name");
    for (name, target) in
        [("link.json", "target.json"), ("early.json", "later.json"), ("one.json", "other.json")]
    {
        let output = check_in(folder.path(), &["--output", &format!("json={name}")]);
        assert_eq!(output.status.code(), Some(1), "{}", said(&output));
        assert!(is_report(&fs::read_to_string(at(target)).expect("the target")), "{name}");
    }
    assert!(at("link.json").is_symlink() && at("early.json").is_symlink(), "the links stay");
    let output = check_in(folder.path(), &["--output", "json=link.json", "--output", "text=target.json"]);
    assert_eq!(output.status.code(), Some(2), "a link and its target are one file");

    assert!(Command::new("mkfifo").arg(at("pipe")).status().expect("mkfifo runs").success());
    let reader = Command::new("cat").arg(at("pipe")).stdout(Stdio::piped()).spawn().expect("cat runs");
    assert_eq!(check_in(folder.path(), &["--output", "json=pipe"]).status.code(), Some(1));
    let read = reader.wait_with_output().expect("cat ends");
    assert!(is_report(&String::from_utf8_lossy(&read.stdout)));
    assert!(fs::metadata(at("pipe")).expect("the pipe").file_type().is_fifo());
    let expected = ["early.json", "later.json", "link.json", "one.json", "other.json", "pipe", "target.json"];
    assert_eq!(names(folder.path()), expected);
}

#[cfg(target_os = "linux")]
#[test]
fn devices_and_open_pipes_are_written_to() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let output = check_in(folder.path(), &["--output", "json=/dev/stdout"]);
    assert_eq!(output.status.code(), Some(1), "{}", said(&output));
    assert!(is_report(&stdout(&output)));
    let null = check_in(folder.path(), &["--output", "json=/dev/null", "--output", "text=/dev/null"]);
    assert_eq!(null.status.code(), Some(1), "{}", said(&null));
    let full = check_in(folder.path(), &["--output", "json=/dev/full"]);
    assert_eq!(full.status.code(), Some(3));
    assert!(said(&full).contains("/dev/full cannot be written: No space left"), "{}", said(&full));
    // As a shell hands over `>(cat > copy.json)`.
    let script = format!(
        "{} check {} {} --output json=>(cat > copy.json); status=$?; wait $!; exit $status",
        env!("CARGO_BIN_EXE_connector-diff"),
        Path::new(env!("CARGO_MANIFEST_DIR")).join(DEMO[0]).display(),
        Path::new(env!("CARGO_MANIFEST_DIR")).join(DEMO[1]).display(),
    );
    let substituted = Command::new("bash").args(["-c", &script]).current_dir(folder.path()).output();
    let substituted = substituted.expect("bash runs");
    assert_eq!(substituted.status.code(), Some(1), "{}", said(&substituted));
    assert!(is_report(&fs::read_to_string(folder.path().join("copy.json")).expect("the copy")));
}

#[cfg(unix)]
#[test]
fn a_file_keeps_its_mode_and_what_may_not_be_written_stays() {
    use std::io::Read;
    use std::os::unix::fs::PermissionsExt;

    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("report.json");
    let mode = || fs::metadata(&path).expect("the file").permissions().mode() & 0o7777;
    let set = |path: &Path, mode| {
        fs::set_permissions(path, fs::Permissions::from_mode(mode)).expect("a mode can be set");
    };
    fs::write(&path, "before").expect("a temporary file");
    let usual = mode();
    let mut reader = fs::File::open(&path).expect("the file");
    for wanted in [0o600, 0o664] {
        set(&path, wanted);
        assert_eq!(check_in(folder.path(), &["--output", "json=report.json"]).status.code(), Some(1));
        assert_eq!(mode(), wanted);
    }
    let mut read = String::new();
    reader.read_to_string(&mut read).expect("text");
    assert_eq!(read, "before", "whoever reads the old report has it whole");
    fs::remove_file(&path).expect("the file goes");
    check_in(folder.path(), &["--output", "json=report.json"]);
    assert_eq!(mode(), usual, "a new report has the mode of any new file");

    set(&path, 0o444);
    // Nothing is closed to root.
    if fs::OpenOptions::new().write(true).open(&path).is_err() {
        let closed = check_in(folder.path(), &["--output", "text=report.json"]);
        assert_eq!(closed.status.code(), Some(3), "{}", said(&closed));
        assert!(is_report(&fs::read_to_string(&path).expect("the file")));
        // A file in a folder that takes no other is written in place.
        set(&path, 0o644);
        set(folder.path(), 0o555);
        let output = check_in(folder.path(), &["--output", "text=report.json"]);
        set(folder.path(), 0o755);
        assert_eq!(output.status.code(), Some(1), "{}", said(&output));
        assert!(fs::read_to_string(&path).expect("the file").starts_with("source-bookshop"));
    }
    assert_eq!(names(folder.path()), ["report.json"]);
}

#[cfg(target_os = "linux")]
#[test]
fn a_report_that_does_not_fit_leaves_the_old_one() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("report.json");
    fs::write(&path, "before").expect("a temporary file");
    // A file may have 1,024 bytes: what a full disk is to one that writes.
    let script = format!(
        "trap '' XFSZ; ulimit -f 1; exec {} check {} {} --output json=report.json --output json=new.json",
        env!("CARGO_BIN_EXE_connector-diff"),
        Path::new(env!("CARGO_MANIFEST_DIR")).join(DEMO[0]).display(),
        Path::new(env!("CARGO_MANIFEST_DIR")).join(DEMO[1]).display(),
    );
    let output = Command::new("bash").args(["-c", &script]).current_dir(folder.path()).output();
    let output = output.expect("bash runs");
    assert_eq!(output.status.code(), Some(3), "{}", said(&output));
    assert!(said(&output).contains("report.json cannot be written: File too large"), "{}", said(&output));
    assert_eq!(fs::read_to_string(&path).expect("the file"), "before");
    assert_eq!(names(folder.path()), ["report.json"], "nothing half-written is left");
}

#[test]
fn names_lose_nothing_on_their_way() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let stream = r#"{"streams": [{"name": "a\u007fb\u001b[2Jc", "json_schema": {}}]}"#;
    let old = folder.path().join("old.json");
    let new = folder.path().join("new.json");
    fs::write(&old, stream).expect("a temporary file");
    fs::write(&new, stream.replace("[{", r#"[{"source_defined_cursor": true, "#)).expect("a temporary file");
    let [old, new] = [old, new].map(|path| path.display().to_string());
    let file = folder.path().join("report.json");
    let to_file = format!("json={}", file.display());
    let output = run(&["check", &old, &new, "--format", "json", "--output", &to_file]);
    assert!(output.status.code().is_some_and(|code| code < 2), "{}", said(&output));
    let name = |text: &str| -> String {
        let report: serde_json::Value = serde_json::from_str(text).expect("JSON");
        report["connectors"][0]["findings"][0]["stream"]["name"].as_str().expect("a stream").to_owned()
    };
    assert_eq!(name(&fs::read_to_string(&file).expect("the report")), "a\u{7f}b\u{1b}[2Jc");
    let printed = run(&["check", &old, &new, "--format", "json"]);
    assert_eq!(name(&stdout(&printed)), "a\u{7f}b\u{1b}[2Jc");
    let snapshot: serde_json::Value =
        serde_json::from_str(&stdout(&run(&["snapshot", &old, "--artifact", "catalog"]))).expect("JSON");
    assert_eq!(snapshot["streams"][0]["name"], "a\u{7f}b\u{1b}[2Jc");
}

#[test]
fn every_option_reaches_a_report_or_is_wrong_usage() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let said_of = |arguments: &[&str]| {
        let output = check_in(folder.path(), arguments);
        (output.status.code(), said(&output))
    };
    for (arguments, expected) in [
        (
            ["--patch"].as_slice(),
            "--patch adds to a JSON report, and none is asked for: add --format json or",
        ),
        (&["--patch", "--output", "text=x.txt"], "--output json=PATH"),
        (
            &["--max-chars", "500"],
            "--max-chars cuts a Markdown report, and none is asked for: add --format markdown",
        ),
        (&["--max-chars", "500", "--format", "json"], "--output markdown=PATH"),
    ] {
        let (code, said) = said_of(arguments);
        assert_eq!(code, Some(2), "{arguments:?}: {said}");
        assert!(said.contains(expected), "{arguments:?}: {said}");
    }
    assert_eq!(names(folder.path()), [""; 0], "nothing is written");
    // Where files have all the reports, the answer is said beside them.
    const ANSWER: &str = "source-bookshop 1.4.2 → 1.5.0: BREAKING: allowed values were removed (region), a field became text (zip in 2 places), and a stream was removed (reviews); not declared: release it as 2.0.0 (it is 1.5.0), with an entry (deadlineAction: disable) [fails]\n";
    for (arguments, expected) in [
        (["--patch", "--format", "json"].as_slice(), ""),
        (&["--patch", "--output", "json=x.json"], ANSWER),
        (&["--patch", "--output", "json=x.json", "-q"], ""),
        (&["--max-chars", "500", "--output", "markdown=x.md", "--format", "text"], ""),
    ] {
        assert_eq!(said_of(arguments), (Some(1), expected.to_owned()), "{arguments:?}");
    }
}

#[test]
fn places_of_a_comment_are_links_where_the_files_are_published() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let comment = |workspace: &Path| {
        let output = Command::new(env!("CARGO_BIN_EXE_connector-diff"))
            .args(["check", DEMO[0], DEMO[1], "--format", "markdown"])
            .current_dir(root)
            .env("GITHUB_SERVER_URL", "https://git.test")
            .env("GITHUB_REPOSITORY", "lantern/connectors")
            .env("GITHUB_SHA", "0123abc")
            .env("GITHUB_WORKSPACE", workspace)
            .output()
            .expect("the program runs");
        stdout(&output)
    };
    let here = "[`manifest.yaml:91`](https://git.test/lantern/connectors/blob/0123abc/corpus/demo/new/source-bookshop/manifest.yaml#L91)";
    assert!(comment(root).contains(here), "{}", comment(root));
    // What is gone stands in the old files, which are not published there.
    assert!(comment(root).contains("<sub>old `manifest.yaml:51`</sub>"), "{}", comment(root));
    let elsewhere = tempfile::tempdir().expect("a temporary folder");
    assert!(!comment(elsewhere.path()).contains("https://git.test"));
}

#[test]
fn paths_start_at_the_root_of_the_repository() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let root = folder.path().canonicalize().expect("a folder");
    let repository = root.join("repository");
    for (which, target) in [("old", "base"), ("new", "repository/connectors")] {
        let target = root.join(target).join("source-bookshop");
        fs::create_dir_all(&target).expect("a temporary folder");
        let demo =
            Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus/demo").join(which).join("source-bookshop");
        for entry in fs::read_dir(demo).expect("the demo").map(|entry| entry.expect("an entry")) {
            if entry.path().is_file() {
                fs::copy(entry.path(), target.join(entry.file_name())).expect("a temporary file");
            }
        }
    }
    let check = |format: &str, here: &str, sides: [&str; 2], variables: &[(&str, &Path)]| {
        let mut program = Command::new(env!("CARGO_BIN_EXE_connector-diff"));
        for name in
            ["GITHUB_SERVER_URL", "GITHUB_REPOSITORY", "GITHUB_SHA", "GITHUB_WORKSPACE", "CI_PROJECT_DIR"]
        {
            program.env_remove(name);
        }
        program.envs(variables.iter().copied()).current_dir(root.join(here));
        stdout(
            &program
                .args(["check", sides[0], sides[1], "--format", format])
                .output()
                .expect("the program runs"),
        )
    };
    let base = root.join("base/source-bookshop").display().to_string();
    let inside = |format: &str| check(format, "repository/connectors", [&base, "./source-bookshop"], &[]);
    let path = "connectors/source-bookshop/manifest.yaml";
    // Without a repository the paths are those of the run.
    assert!(inside("github").contains("::error file=source-bookshop/manifest.yaml,line=91,"));
    fs::create_dir(repository.join(".git")).expect("a temporary folder");
    let github = inside("github");
    assert!(github.contains(&format!("::error file={path},line=91,endLine=91,col=9,title=")), "{github}");
    // What is gone stands in no line of the new files.
    let gone = github.lines().find(|line| line.contains("(stream-removed)")).expect("an annotation");
    assert!(gone.starts_with(&format!("::error file={path},title=")), "{gone}");
    assert!(inside("gitlab").contains(&format!("\"path\": \"{path}\"")));
    assert!(inside("junit").contains(&format!("file=\"{path}\" line=\"91\"")));
    let sarif = inside("sarif");
    assert!(
        sarif.contains(&format!("\"uri\": \"{path}\"")) && !sarif.contains("versionControlProvenance"),
        "{sarif}"
    );
    // From above, with the path of a build service that has no .git.
    fs::remove_dir(repository.join(".git")).expect("the folder goes");
    let variables: [(&str, &Path); 4] = [
        ("GITHUB_SERVER_URL", Path::new("https://git.test")),
        ("GITHUB_REPOSITORY", Path::new("lantern/connectors")),
        ("GITHUB_SHA", Path::new("0123abc")),
        ("GITHUB_WORKSPACE", &repository),
    ];
    let from_above =
        check("sarif", "repository", [&base, path.trim_end_matches("/manifest.yaml")], &variables);
    assert!(from_above.contains(&format!("\"uri\": \"{path}\"")), "{from_above}");
    assert!(
        from_above.contains("\"repositoryUri\": \"https://git.test/lantern/connectors\""),
        "{from_above}"
    );
    // Outside of what the service checked out nothing is known.
    let outside =
        check("sarif", "", ["base/source-bookshop", "repository/connectors/source-bookshop"], &variables);
    assert!(outside.contains(&format!("\"uri\": \"repository/{path}\"")), "{outside}");
    assert!(!outside.contains("repositoryUri"), "{outside}");
}

#[test]
fn a_format_that_is_asked_for_is_printed_beside_files() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let both = check_in(folder.path(), &["--format", "json", "--output", "text=x.txt"]);
    assert!(is_report(&stdout(&both)), "{}", stdout(&both));
    let text = fs::read_to_string(folder.path().join("x.txt")).expect("the file");
    assert!(text.starts_with("source-bookshop"), "{text}");
    let alone = check_in(folder.path(), &["--output", "text=x.txt"]);
    assert_eq!(stdout(&alone), "", "nobody asked for more");
}

#[cfg(unix)]
#[test]
fn standard_output_may_be_one_of_the_files() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let to_file = |arguments: &[&str]| {
        let file = fs::File::create(folder.path().join("out.txt")).expect("a file");
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let mut program = Command::new(env!("CARGO_BIN_EXE_connector-diff"));
        program.arg("check").args(DEMO.map(|side| root.join(side))).args(arguments);
        program
            .current_dir(folder.path())
            .stdout(file)
            .stderr(Stdio::null())
            .status()
            .expect("the program runs")
            .code()
    };
    assert_eq!(to_file(&["--output", "json=out.txt", "--format", "text"]), Some(2), "both go to one file");
    assert_eq!(to_file(&["--output", "json=out.txt", "--output", "text=-"]), Some(2));
    assert_eq!(to_file(&["--output", "json=x.json", "--format", "text"]), Some(1));
}

#[test]
fn a_pair_without_findings_has_its_answer_in_the_concise_format() {
    let [old, new] = DEMO;
    let quiet = stdout(&run(&["check", old, "./corpus/demo/old/source-bookshop", "--format", "concise"]));
    assert_eq!(quiet, "source-bookshop 1.4.2 → 1.4.2: ok: nothing that builds the connector changed\n");
    let breaking = stdout(&run(&["check", old, new, "--format", "concise"]));
    assert!(!breaking.contains("BREAKING"), "a line for each finding: {breaking}");
}
