//! That the first two lines say what to do in words that can be acted upon, and that the body is complete without them.

#[path = "support/lanterns.rs"]
mod lanterns;
#[path = "support/sides.rs"]
mod sides;

use lanterns::{FREE, OIL, OLD, SHAPED, Side, compared, entry, first_two, printed};

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
}

#[test]
fn what_to_do_with_an_entry_that_no_break_needs() {
    let told = |old: &str, new: &str, streams| {
        let entries = entry(new, "wicks");
        let old = Side { version: old, ..OLD };
        first_two(&compared(&old, &Side { version: new, entries: &entries, streams, ..OLD }))[0].clone()
    };
    let shaped: &[(&str, &str)] = &[("lamps", OIL), ("wicks", SHAPED)];
    let may_be = "; this may be the declared break; else drop the entry";
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
