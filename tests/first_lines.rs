//! That the first two lines say what to do in words that can be acted upon, and that the body is complete without them.

#[path = "support/lanterns.rs"]
mod lanterns;
#[path = "support/sides.rs"]
mod sides;

use lanterns::{FREE, OIL, OLD, SHAPED, Side, compared, entry, first_two, printed};

const BOTH_SHAPED: &[(&str, &str)] = &[("lamps", SHAPED), ("wicks", SHAPED)];
const WITHOUT_OIL: &[(&str, &str)] = &[("lamps", ""), ("wicks", FREE)];

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
