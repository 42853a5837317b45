//! That the first two lines say what to do in words that can be acted upon, and that the body is complete without them.

#[path = "support/lanterns.rs"]
mod lanterns;
#[path = "support/sides.rs"]
mod sides;

use lanterns::{FREE, OIL, OLD, SHAPED, Side, comment, compared, entry, first_two, printed};

const BOTH_FREE: &[(&str, &str)] = &[("lamps", FREE), ("wicks", FREE)];
const BOTH_SHAPED: &[(&str, &str)] = &[("lamps", SHAPED), ("wicks", SHAPED)];
const WITHOUT_OIL: &[(&str, &str)] = &[("lamps", ""), ("wicks", FREE)];
const WICK: &str = r#", "properties": {"wick": {"type": "string"}}"#;

#[test]
fn a_scope_fits_only_where_it_covers_all_that_may_break() {
    let old = Side { streams: BOTH_FREE, spec: WICK, ..OLD };
    let told = |entries: &str| {
        let new = Side { version: "2.0.0", entries, streams: BOTH_SHAPED, ..OLD };
        first_two(&compared(&old, &new))[1].clone()
    };
    let only = |rest: &str| {
        format!(
            "may affect configs that set wick, and 2 streams: lamps, wicks; if only streams break, {rest}; ask: "
        )
    };
    for (streams, rest) in [
        ("wicks", "`scopedImpact` lacks lamps"),
        ("lamps, wicks", "`scopedImpact` fits"),
        ("oils", "`scopedImpact` lacks all of these"),
        // An entry for everyone has no scope, which would do where only streams break.
        ("", "name them in `scopedImpact`"),
    ] {
        let reach = told(&entry("2.0.0", streams));
        assert!(reach.starts_with(&only(rest)), "{reach}");
    }
    assert!(told("").starts_with(&only("name them in `scopedImpact`")), "{}", told(""));
    // Where streams alone may break, or settings alone, there is no such choice.
    let without_settings = Side { spec: "", ..old };
    let streams = compared(&without_settings, &Side { version: "1.5.0", streams: BOTH_SHAPED, ..OLD });
    let settings = compared(&old, &Side { version: "1.5.0", streams: BOTH_FREE, ..OLD });
    for report in [streams, settings] {
        let [_, reach] = first_two(&report);
        assert!(reach.starts_with("may affect") && !reach.contains("only streams break"), "{reach}");
    }
    // In Markdown what is code is shown as code.
    for entries in ["", &entry("2.0.0", "wicks"), &entry("2.0.0", "lamps, wicks")] {
        let new = Side { version: "2.0.0", entries, streams: BOTH_SHAPED, ..OLD };
        let all = comment(&compared(&old, &new));
        assert!(all.contains("`scopedImpact`") && !all.contains("\\`"), "{all}");
    }
}

#[test]
fn what_to_do_with_an_entry_that_no_break_needs() {
    let told = |old: &str, new: &str, streams| {
        let entries = entry(new, "wicks");
        let old = Side { version: old, ..OLD };
        first_two(&compared(&old, &Side { version: new, entries: &entries, streams, ..OLD }))[0].clone()
    };
    let shaped: &[(&str, &str)] = &[("lamps", OIL), ("wicks", SHAPED)];
    let may_be = "; this may be the declared break; else explain or drop the entry";
    let not_shown = "declares: explain it in the pull request, or drop the entry";
    // A major version has to have an entry; below 1.0.0 the version that declares a break fits other changes too.
    for (old, new, enough) in [
        ("1.4.2", "2.0.0", ": a minor version is then enough"),
        ("0.4.2", "1.0.0", ": a minor version is then enough"),
        ("0.4.2", "0.5.0", ": 0.5.0 is then enough"),
    ] {
        let first = told(old, new, shaped);
        assert!(first.contains(&format!("{may_be}{enough};")), "{first}");
        let first = told(old, new, OLD.streams);
        assert!(first.contains(&format!("{not_shown}{enough} [")), "{first}");
    }
    let moves = told("1.4.2", "1.5.0", shaped);
    assert!(moves.contains("move the entry to 2.0.0; else drop it") && !moves.contains("enough"), "{moves}");
}

/// The first line where the entry says this instead of what is right.
fn with_entry(instead: &[(&str, &str)], new: Side<'_>, old: &Side<'_>) -> String {
    let entries = instead.iter().fold(entry("2.0.0", ""), |all, (right, wrong)| {
        assert!(all.contains(right), "{all}");
        all.replace(right, wrong)
    });
    first_two(&compared(old, &Side { version: "2.0.0", entries: &entries, ..new }))[0].clone()
}

#[test]
fn what_a_message_lacks_is_named() {
    let new = Side { streams: WITHOUT_OIL, ..OLD };
    const MESSAGE: &str = "The stream lamps loses oil. Users must refresh it; see the migration guide.";
    for (message, lacks) in [
        ("Oil is gone.", "; message lacks the streams, what users do, the guide);"),
        ("Oil is gone from lamps. See the guide.", "; message lacks what users do);"),
        ("Users must reset lamps. See the guide.", "; message says reset);"),
    ] {
        let first = with_entry(&[(MESSAGE, message)], new, &OLD);
        assert!(first.contains(lacks), "{first}");
    }
    let right = with_entry(&[], new, &OLD);
    assert!(!right.contains("message"), "{right}");
}

#[test]
fn what_an_entry_lacks_says_what_to_write() {
    const ACTION: (&str, &str) = ("\n        deadlineAction: disable", "");
    const DEADLINE: (&str, &str) = ("2030-02-01", "2030-01-02");
    let globes: &[(&str, &str)] = &[("lamps", OIL), ("globes", FREE)];
    let second: &[(&str, &str)] = &[("lamps", OIL), ("wicks_v2", FREE)];
    let none: &[(&str, &str)] = &[("lamps", OIL)];
    for (streams, value) in [
        (WITHOUT_OIL, "disable"),
        (none, "auto_upgrade, or disable where users must enable another stream"),
        (second, "disable where streams are renamed, else auto_upgrade"),
        (globes, "auto_upgrade, or disable where users must enable another stream"),
        (BOTH_SHAPED, "disable"),
    ] {
        let first = with_entry(&[ACTION, DEADLINE], Side { streams, ..OLD }, &OLD);
        let wrong =
            format!("2 errors (upgradeDeadline too early: 2030-01-09 or later; add deadlineAction: {value})");
        assert!(first.contains(&wrong), "{first}");
    }
    let wick =
        |values: &str| format!(r#", "properties": {{"wick": {{"type": "string", "enum": [{values}]}}}}"#);
    let (before, other, fewer) = (wick(r#""flat", "round""#), wick(r#""flat", "wide""#), wick(r#""flat""#));
    let old = Side { spec: &before, ..OLD };
    const UNSAFE: &str = "unsafeDowngrades missing: the old version refuses new configs";
    let wider = with_entry(&[], Side { spec: &other, ..OLD }, &old);
    assert!(wider.contains(&format!("1 warning ({UNSAFE})")), "{wider}");
    let narrower = with_entry(&[], Side { spec: &fewer, ..OLD }, &old);
    assert!(!narrower.contains("unsafeDowngrades"), "{narrower}");
}

#[test]
fn what_avoids_a_break_comes_before_what_declares_it() {
    const AUTH: &str = r#"}, "advanced_auth": {"auth_flow_type": "oauth2.0""#;
    const KEEP: &str = "if the new version still accepts OAuth tokens, keep `advanced_auth`";
    const DROP: &str = ", and drop `scopedImpact`";
    let old = Side { spec: AUTH, ..OLD };
    let told = |entries: &str, spec: &str| {
        first_two(&compared(&old, &Side { version: "2.0.0", entries, streams: WITHOUT_OIL, spec }))
    };
    let only_lamps = entry("2.0.0", "lamps");
    let [first, second] = told(&only_lamps, "");
    assert!(
        first.contains("; declared for streams only, not for users who sign in through OAuth;"),
        "{first}"
    );
    let asked = format!("; ask: {KEEP}; else say in the entry that OAuth sign-in was removed{DROP}");
    assert!(second.ends_with(&asked), "{second}");
    let required = r#", "required": ["region"], "properties": {"region": {"type": "string"}}"#;
    let [_, second] = told(&only_lamps, required);
    assert!(
        second.contains(&format!("; else say in the entry what breaks users of all streams{DROP}")),
        "{second}"
    );
    for entries in ["", &entry("2.0.0", "")] {
        let [first, second] = told(entries, "");
        assert!(!first.contains("streams only") && !second.contains("say in the entry"), "{first}\n{second}");
    }
    assert!(told("", "")[1].ends_with(&format!("; ask: {KEEP}")));
}

#[test]
fn new_names_of_streams_stand_in_the_first_line() {
    let told = |old: &[(&str, &str)], new: &[(&str, &str)]| {
        first_two(&compared(&Side { streams: old, ..OLD }, &Side { version: "2.0.0", streams: new, ..OLD }))
    };
    let lamps = ("lamps", OIL);
    let [first, _] = told(&[lamps, ("wicks", FREE)], &[lamps, ("wicks_v2", FREE)]);
    assert!(first.starts_with("BREAKING: a stream was removed or renamed (wicks → wicks_v2?);"), "{first}");
    let (cords, wicks) = (r#", "length": {"type": "number"}"#, FREE);
    let [first, _] = told(
        &[lamps, ("cords", cords), ("wicks", wicks)],
        &[lamps, ("cords_v2", cords), ("wicks_v2", wicks)],
    );
    assert!(
        first.starts_with("BREAKING: a stream was removed or renamed (cords → cords_v2? and 1 more);"),
        "{first}"
    );
    let named = compared(
        &Side { streams: &[lamps, ("wicks", FREE)], ..OLD },
        &Side { version: "2.0.0", streams: &[lamps, ("wicks_v2", FREE)], ..OLD },
    );
    assert!(printed(&named).contains("\n  wicks → wicks_v2?\n"), "{}", printed(&named));
    let [first, second] = told(&[lamps, ("wicks", FREE)], &[lamps]);
    assert!(first.starts_with("BREAKING: a stream was removed;"), "{first}");
    assert!(!second.contains("new name"), "{second}");
}

#[test]
fn the_field_whose_fields_are_to_be_listed_is_named() {
    let told = |new: &[(&str, &str)]| {
        let old = Side { streams: BOTH_FREE, ..OLD };
        first_two(&compared(&old, &Side { version: "1.5.0", streams: new, ..OLD }))[1].clone()
    };
    let one = told(&[("lamps", FREE), ("wicks", SHAPED)]);
    assert!(one.ends_with("; ask: list all fields of `size` that the API returns"), "{one}");
    let (old, new) = (
        [("lamps", r#", "box": {"type": "object"}"#), ("wicks", FREE)],
        [
            ("lamps", r#", "box": {"type": "object", "properties": {"cm": {"type": "number"}}}"#),
            ("wicks", SHAPED),
        ],
    );
    let several = compared(&Side { streams: &old, ..OLD }, &Side { version: "1.5.0", streams: &new, ..OLD });
    let [_, several] = first_two(&several);
    assert!(several.ends_with("; ask: list all fields that the API returns"), "{several}");
}

/// What is said of streams that other code built before a manifest does.
fn rewritten(names: &[String], version: &str, entries: &str) -> String {
    let metadata = |version: &str, entries: &str| {
        format!(
            "data:\n  connectorType: source\n  dockerImageTag: {version}\n  dockerRepository: airbyte/source-lantern{entries}"
        )
    };
    let schema =
        r#"{"type": "object", "properties": {"id": {"type": "integer"}, "day": {"type": "string"}}}"#;
    let stream = |name: &String| {
        format!(
            "  - type: DeclarativeStream\n    name: {name}\n    incremental_sync: {{type: DatetimeBasedCursor, cursor_field: \
             day, datetime_format: \"%Y-%m-%d\", start_datetime: \"2024-01-01\"}}\n    retriever:\n      type: \
             SimpleRetriever\n      requester: {{type: HttpRequester, url_base: \"https://lantern.test\", path: \
             {name}}}\n      record_selector: {{type: RecordSelector, extractor: {{type: DpathExtractor, field_path: \
             []}}}}\n    schema_loader: {{type: InlineSchemaLoader, schema: {schema}}}\n"
        )
    };
    let streams: String = names.iter().map(stream).collect();
    let manifest = format!(
        "version: 6.48.0\ntype: DeclarativeSource\ncheck: {{type: CheckStream, stream_names: [{}]}}\nstreams:\n{streams}",
        names[0]
    );
    let files: Vec<String> = names.iter().map(|name| format!("source_lantern/schemas/{name}.json")).collect();
    let (before, after) = (metadata("1.4.2", ""), metadata(version, entries));
    let mut old = vec![("metadata.yaml", before.as_str()), ("src/main/java/Lamps.java", "class Lamps {}\n")];
    old.extend(files.iter().map(|file| (file.as_str(), schema)));
    printed(&sides::report(&old, &[("metadata.yaml", &after), ("source_lantern/manifest.yaml", &manifest)]))
}

#[test]
fn the_body_names_the_streams_whose_state_may_not_fit() {
    let names = |count: usize| (0..count).map(|at| format!("lamps_{at}")).collect::<Vec<_>>();
    let body = |count: usize| {
        let all = rewritten(&names(count), "1.5.0", "");
        let (_, body) = all.split_once("\n\n").expect("a body");
        body.to_owned()
    };
    assert!(body(1).contains("\n  state of lamps_0\n"), "{}", body(1));
    assert!(body(3).contains("\n  state of lamps_0, lamps_1, lamps_2\n"), "{}", body(3));
    let cut = body(12);
    assert!(cut.contains("\n  state of 12 streams: lamps_0, lamps_1, lamps_10, "), "{cut}");
    assert!(cut.contains(", … 4 more\n") && cut.contains("(--all)"), "{cut}");
    assert!(cut.contains("effect: Rewritten streams may fail or start over."), "{cut}");
}

#[test]
fn an_entry_that_may_declare_it_is_kept() {
    let names = ["lamps".to_owned(), "wicks".to_owned()];
    for (version, entries, left) in [
        ("1.5.0", String::new(), "declare it"),
        ("2.0.0", entry("2.0.0", ""), "keep the entry"),
        ("2.0.0", entry("2.0.0", "lamps, wicks"), "keep the entry"),
        ("2.0.0", entry("2.0.0", "lamps"), "complete the entry"),
        // One of a version too small has to move.
        ("1.5.0", entry("1.5.0", "lamps, wicks"), "declare it"),
    ] {
        let all = rewritten(&names, version, &entries);
        let action = format!("\n  action: If it breaks, migrate the state or {left}.\n");
        assert!(all.contains(&action), "{all}");
    }
}

#[test]
fn the_last_line_says_what_makes_it_fail() {
    let last = |instead: &[(&str, &str)]| {
        let entries =
            instead.iter().fold(entry("2.0.0", "lamps"), |all, (right, wrong)| all.replace(right, wrong));
        let new = Side { version: "2.0.0", entries: &entries, streams: WITHOUT_OIL, ..OLD };
        printed(&compared(&OLD, &new)).lines().last().unwrap_or_default().to_owned()
    };
    let wrong = last(&[("\n        deadlineAction: disable", ""), ("2030-02-01", "2029-01-01")]);
    assert_eq!(wrong, "fails: 2 errors, which --fail-on undeclared counts; changes: 1 breaking");
    assert!(last(&[]).starts_with("passes (--fail-on undeclared): the break is declared"), "{}", last(&[]));
}

#[test]
fn a_property_that_may_have_moved_is_named_with_its_new_place() {
    let text = r#"{"type": "string", "title": "Token"}"#;
    let told = |below: &str| {
        let old = format!(r#", "properties": {{"token": {text}}}"#);
        let inside = format!(r#"{{"type": "object", "properties": {{"{below}": {text}}}}}"#);
        let new = format!(r#", "required": ["sign_in"], "properties": {{"sign_in": {inside}}}"#);
        let new = Side { version: "2.0.0", spec: &new, ..OLD };
        first_two(&compared(&Side { spec: &old, ..OLD }, &new))[0].clone()
    };
    let moved = told("token");
    assert!(moved.contains("a property was removed from the spec (token → sign_in.token?)"), "{moved}");
    let gone = told("wick");
    assert!(gone.contains("a property was removed from the spec (token)"), "{gone}");
}

#[test]
fn a_scope_that_may_stay_is_held_against_what_may_break() {
    let told = |scope: &str, kind: &str, required: &str| {
        let spec = |kind: &str, required: &str| {
            format!(r#", "required": [{required}], "properties": {{"token": {{"type": "{kind}"}}}}"#)
        };
        let (before, after) = (spec("string", ""), spec(kind, required));
        let entries = entry("2.0.0", scope);
        let streams: &[(&str, &str)] = &[("lamps", OIL), ("wicks", SHAPED)];
        let new = Side { version: "2.0.0", entries: &entries, spec: &after, streams };
        first_two(&compared(&Side { spec: &before, ..OLD }, &new))[1].clone()
    };
    let lacking = told("lamps", "integer", "");
    assert!(
        lacking.contains("may also affect 1 stream: wicks; if it stays, `scopedImpact` lacks it"),
        "{lacking}"
    );
    for (scope, kind, required) in
        [("wicks", "integer", ""), ("", "integer", ""), ("lamps", "string", r#""token""#)]
    {
        let other = told(scope, kind, required);
        assert!(!other.contains("if it stays"), "{other}");
    }
}

#[test]
fn an_effect_on_several_streams_has_the_values_that_they_share() {
    let told = |wicks: &str| {
        let (text, number) = (r#", "oil": {"type": "string"}"#, r#", "oil": {"type": "integer"}"#);
        let old: &[(&str, &str)] = &[("lamps", text), ("wicks", text)];
        let new: &[(&str, &str)] = &[("lamps", number), ("wicks", wicks)];
        comment(&compared(&Side { streams: old, ..OLD }, &Side { version: "2.0.0", streams: new, ..OLD }))
    };
    let alike = told(r#", "oil": {"type": "integer"}"#);
    assert!(alike.contains("of the stream changes from text to integer"), "{alike}");
    let added = comment(&compared(&Side { streams: &[], ..OLD }, &Side { version: "1.5.0", ..OLD }));
    assert!(!added.contains("stream the stream"), "{added}");
    let each_its_own = told(r#", "oil": {"type": "boolean"}"#);
    assert!(!each_its_own.contains("of the stream changes from text to"), "{each_its_own}");
}
