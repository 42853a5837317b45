//! What the first two lines of a report say: whether users break, whether that is declared, and what to ask for; and that the
//! rest of the report says nothing else.

#[path = "support/lanterns.rs"]
mod lanterns;
#[path = "support/sides.rs"]
mod sides;

use connector_diff::model::ConnectorReport;
use connector_diff::policy::FailOn;
use connector_diff::release::Gate;
use connector_diff::report::{Asked, Render as _, Run, Text, View};
use lanterns::{
    FREE, OIL, OLD, SHAPED, Side, assert_first_two, comment, compared, entry, first_two, printed,
};

const WITHOUT_OIL: &[(&str, &str)] = &[("lamps", ""), ("wicks", FREE)];
const WITHOUT_BOTH: &[(&str, &str)] = &[("lamps", ""), ("wicks", "")];
const OTHER_SHAPED: &[(&str, &str)] = &[("lamps", ""), ("wicks", SHAPED)];
const AFFECTS: &str = "affects 1 stream: lamps";

#[test]
fn a_break_that_is_not_declared_says_which_version_declares_it() {
    let new = Side { version: "1.5.0", streams: WITHOUT_OIL, ..OLD };
    assert_first_two(
        &OLD,
        &new,
        "BREAKING: a field was removed (oil); not declared: release it as 2.0.0 (it is 1.5.0), with an entry (deadlineAction: disable)",
        AFFECTS,
    );
    let new = Side { version: "2.0.0", streams: WITHOUT_OIL, ..OLD };
    let answer = "BREAKING: a field was removed (oil); not declared: 2.0.0 needs an entry in `breakingChanges` (deadlineAction: disable)";
    assert_first_two(&OLD, &new, answer, AFFECTS);
    let old = Side { version: "0.4.2", ..OLD };
    let new = Side { version: "0.5.0", streams: WITHOUT_OIL, ..OLD };
    let answer = "BREAKING: a field was removed (oil); not declared: 0.5.0 (minor, enough below 1.0.0) needs an entry in \
         `breakingChanges` (deadlineAction: disable)";
    assert_first_two(&old, &new, answer, AFFECTS);
}

#[test]
fn an_entry_for_a_version_between_is_named_as_the_one_that_declares_it() {
    let between = entry("1.5.0", "lamps");
    let new = Side { version: "2.0.0", entries: &between, streams: WITHOUT_OIL, ..OLD };
    let answer = "breaking: a field was removed (oil); declared in 1.5.0, with an error: 2.0.0 is a major version: Airbyte \
                  asks for an entry 2.0.0 in breakingChanges";
    let report = compared(&OLD, &new);
    let [first, _] = first_two(&report);
    assert!(first.starts_with(answer), "{first}");
    let comment = comment(&report);
    assert!(comment.contains("- ✅ A major version (`2.0.0`): done"), "{comment}");
}

#[test]
fn streams_that_the_scope_lacks_are_named() {
    let only_lamps = entry("2.0.0", "lamps");
    let new = Side { version: "2.0.0", entries: &only_lamps, streams: WITHOUT_BOTH, ..OLD };
    assert_first_two(
        &OLD,
        &new,
        "BREAKING: a field was removed (2 fields); declared, but `scopedImpact` lacks wicks; migration guide not seen",
        "affects 2 streams: lamps, wicks",
    );
    let both = entry("2.0.0", "lamps, wicks");
    let new = Side { entries: &both, ..new };
    let answer = "breaking: a field was removed (2 fields); declared in 2.0.0, for everyone known to break; migration guide not seen";
    assert_first_two(&OLD, &new, answer, "affects 2 streams: lamps, wicks");
    // What reaches users of all streams cannot be limited to any.
    let new =
        Side { spec: r#", "required": ["region"], "properties": {"region": {"type": "string"}}"#, ..new };
    let answer = "BREAKING: a required property was added to the spec (region), and a field was removed (2 fields); declared for streams only, not for every user; migration guide not seen";
    let reach = "affects every user, and 2 streams: lamps, wicks; ask: make `region` optional with a default in the code, or ship a config migration; else say in the entry that a required property was added to the spec (region), and drop `scopedImpact`";
    assert_first_two(&OLD, &new, answer, reach);
}

#[test]
fn the_version_of_a_declared_break_is_said_to_be_right() {
    for (old, new, step) in
        [("1.4.2", "2.0.0", ""), ("0.4.2", "0.5.0", " (minor, enough below 1.0.0)"), ("0.4.2", "1.0.0", "")]
    {
        let entries = entry(new, "lamps");
        let new = Side { version: new, entries: &entries, streams: WITHOUT_OIL, ..OLD };
        let answer = format!(
            "breaking: a field was removed (oil); declared in {}{step}, for everyone known to break; migration guide not seen",
            new.version
        );
        assert_first_two(&Side { version: old, ..OLD }, &new, &answer, AFFECTS);
    }
}

#[test]
fn streams_that_may_break_too_are_named() {
    let entries = entry("2.0.0", "lamps");
    let new = Side { version: "2.0.0", entries: &entries, streams: OTHER_SHAPED, ..OLD };
    let declared = "breaking: a field was removed (oil); declared in 2.0.0, for everyone known to break; migration guide not seen; to review: \
                    an object lists its fields now (size)";
    const ASK: &str = "; ask: list all fields of `size` that the API returns";
    let may_affect = "affects 1 stream: lamps; may also affect 1 stream: wicks";
    assert_first_two(&OLD, &new, declared, &format!("{may_affect}; if so, `scopedImpact` lacks it{ASK}"));
    let both = entry("2.0.0", "lamps, wicks");
    assert_first_two(&OLD, &Side { entries: &both, ..new }, declared, &format!("{may_affect}{ASK}"));
    // One that breaks for sure is not named again.
    let both: &[(&str, &str)] = &[("lamps", &format!("{OIL}{FREE}"))];
    let same: &[(&str, &str)] = &[("lamps", SHAPED)];
    let (old, new) = (Side { streams: both, ..OLD }, Side { streams: same, ..new });
    assert_first_two(&old, &new, declared, &format!("{AFFECTS}{ASK}"));
}

#[test]
fn what_avoids_a_break_is_asked_for_until_the_break_is_declared() {
    let region =
        |values: &str| format!(r#", "properties": {{"region": {{"type": "string", "enum": [{values}]}}}}"#);
    let (before, after) = (region(r#""us", "uk""#), region(r#""us""#));
    let old = Side { spec: &before, ..OLD };
    const KEEP: &str = "eep accepting the old values, or ship a config migration (ConfigRemapField)";
    let undeclared = compared(&old, &Side { version: "2.0.0", spec: &after, ..OLD });
    assert_eq!(first_two(&undeclared)[1], format!("affects configs that set region; ask: k{KEEP}"));
    assert_eq!(printed(&undeclared).matches(KEEP).count(), 1, "{}", printed(&undeclared));
    assert!(comment(&undeclared).contains(&format!("K{KEEP}.")));
    let entries = entry("2.0.0", "");
    let declared = compared(&old, &Side { version: "2.0.0", entries: &entries, spec: &after, ..OLD });
    assert_eq!(first_two(&declared)[1], "affects configs that set region");
}

#[test]
fn a_setting_that_moved_asks_for_a_migration() {
    let old = Side {
        spec: r#", "required": ["wick"], "properties": {"wick": {"type": "string", "title": "Wick of it"}}"#,
        ..OLD
    };
    let moved = r#", "required": ["lamp"], "properties": {"lamp": {"type": "object", "required": ["wick"], "properties": {"wick": {"type": "string", "title": "Wick of it"}}}}"#;
    let [_, asked] = first_two(&compared(&old, &Side { version: "2.0.0", spec: moved, ..OLD }));
    assert!(asked.contains("ask: ship the config migration that `connector-diff migrate` writes"), "{asked}");
    assert!(!asked.contains("syncs change without"), "{asked}");
    let other = r#", "required": ["oil"], "properties": {"oil": {"type": "integer"}}"#;
    let [_, asked] = first_two(&compared(&old, &Side { version: "2.0.0", spec: other, ..OLD }));
    assert!(asked.contains("ask: make `oil` optional with a default in the code"), "{asked}");
    assert!(asked.contains("check whether syncs change without `wick`"), "{asked}");
}

#[test]
fn a_setting_that_is_only_like_another_asks_for_what_helps() {
    let old =
        Side { spec: r#", "properties": {"account_id": {"type": "string", "title": "Account"}}"#, ..OLD };
    let new = r#", "required": ["account_ids"], "properties": {"account_ids": {"type": "string", "title": "Account"}}"#;
    let [_, asked] = first_two(&compared(&old, &Side { version: "2.0.0", spec: new, ..OLD }));
    assert!(asked.contains("ask: make `account_ids` optional with a default in the code"), "{asked}");
    assert!(!asked.contains("migration for"), "{asked}");
}

#[test]
fn of_several_migrations_one_is_to_be_chosen() {
    let old = Side { spec: r#", "required": ["oil"], "properties": {"oil": {"type": "string"}}"#, ..OLD };
    let new = |options: &[&str]| {
        let option = |kind: &&str| {
            format!(
                r#"{{"title": "{kind}", "type": "object", "required": ["kind", "oil"], "properties": {{"kind": {{"type": "string", "const": "{kind}"}}, "oil": {{"type": "string"}}}}}}"#
            )
        };
        let options: Vec<String> = options.iter().map(option).collect();
        format!(
            r#", "required": ["lamp"], "properties": {{"lamp": {{"type": "object", "oneOf": [{}]}}}}"#,
            options.join(", ")
        )
    };
    const WRITES: &str = "ask: ship the config migration that `connector-diff migrate` writes";
    const PRINTS: &str = "ask: choose one of the config migrations that `connector-diff migrate` prints";
    for (options, said) in [(&["wick"][..], WRITES), (&["wick", "gas"], PRINTS)] {
        let spec = new(options);
        let [_, asked] = first_two(&compared(&old, &Side { version: "2.0.0", spec: &spec, ..OLD }));
        assert!(asked.contains(said), "{asked}");
    }
}

#[test]
fn what_may_have_moved_is_asked_about_unless_a_break_of_the_spec_says_it() {
    let old = Side { spec: r#", "properties": {"wick_of_lamp": {"type": "string"}}"#, ..OLD };
    let spec =
        r#", "properties": {"lamp": {"type": "object", "properties": {"wick_of_lamp": {"type": "string"}}}}"#;
    let new = Side { version: "2.0.0", spec, ..OLD };
    for streams in [WITHOUT_OIL, OLD.streams] {
        let [_, asked] = first_two(&compared(&old, &Side { streams, ..new }));
        assert!(asked.contains("; ask: check whether"), "{asked}");
    }
}

#[test]
fn of_several_required_properties_each_is_asked_about() {
    let required = |names: &[&str]| {
        let properties: Vec<String> =
            names.iter().map(|name| format!("\"{name}\": {{\"type\": \"string\"}}")).collect();
        let spec = format!(", \"required\": {names:?}, \"properties\": {{{}}}", properties.join(", "));
        compared(&OLD, &Side { version: "2.0.0", spec: &spec, ..OLD })
    };
    for (names, what) in [(&["region"][..], "`region`"), (&["region", "team"], "each property")] {
        let report = required(names);
        let [_, asked] = first_two(&report);
        assert!(asked.contains(&format!("ask: make {what} optional with a default in the code")), "{asked}");
        // The rest does not refer to what stands in the second line.
        let all = printed(&report);
        assert!(all.contains(&format!("action: Users fill in {what}.")), "{all}");
        assert!(comment(&report).contains(&format!("Otherwise users fill in {what}.")));
    }
}

#[test]
fn a_declared_break_says_what_users_must_do() {
    let pattern = |pattern: &str| {
        format!(r#", "properties": {{"wick": {{"type": "string", "pattern": "{pattern}"}}}}"#)
    };
    let (before, after) = (pattern("^a"), pattern("^ab"));
    let entries = entry("2.0.0", "");
    let old = Side { spec: &before, ..OLD };
    let new = Side { version: "2.0.0", spec: &after, ..OLD };
    let said = |entries: &str| printed(&compared(&old, &Side { entries, ..new }));
    let declared = said(&entries);
    assert!(declared.contains("action: Users must edit their settings."), "{declared}");
    assert!(!declared.contains("eep accepting such configs"), "{declared}");
    let open = said("");
    assert!(open.contains("ask: keep accepting such configs, or ship a config migration"), "{open}");
    assert!(open.contains("action: Declare it: users must edit their settings."), "{open}");
}

#[test]
fn a_scope_is_asked_for_where_only_streams_may_break() {
    const FITS: &str = "; if only streams break, name them in `scopedImpact`";
    let shaped: &[(&str, &str)] = &[("lamps", OIL), ("wicks", SHAPED)];
    let old = Side { spec: r#", "properties": {"wick": {"type": "string"}}"#, ..OLD };
    let both = compared(&old, &Side { version: "1.5.0", streams: shaped, ..OLD });
    let expected = format!("may affect configs that set wick, and 1 stream: wicks{FITS}; ask: ");
    assert!(first_two(&both)[1].starts_with(&expected), "{:?}", first_two(&both));
    let streams = compared(&OLD, &Side { version: "1.5.0", streams: shaped, ..OLD });
    assert!(!first_two(&streams)[1].contains(FITS));
    let settings = compared(&old, &Side { version: "1.5.0", ..OLD });
    assert!(!first_two(&settings)[1].contains(FITS));
}

#[test]
fn no_scope_fits_streams_that_nobody_can_list() {
    let manifest = |size: &str, name: &str, wick: &str| {
        format!(
            r##"version: 6.48.0
type: DeclarativeSource
check: {{type: CheckStream, stream_names: [visits]}}
definitions:
  retriever:
    type: SimpleRetriever
    requester: {{type: HttpRequester, url_base: "https://lantern.test", path: rows}}
    record_selector: {{type: RecordSelector, extractor: {{type: DpathExtractor, field_path: []}}}}
streams:
  - type: DeclarativeStream
    name: visits
    primary_key: id
    retriever: {{$ref: "#/definitions/retriever"}}
    schema_loader:
      type: InlineSchemaLoader
      schema: {{type: object, properties: {{id: {{type: integer}}, size: {{type: object{size}}}}}}}
dynamic_streams:
  - type: DynamicDeclarativeStream
    name: reports
    stream_template:
      type: DeclarativeStream
      name: placeholder
      primary_key: id
      retriever: {{$ref: "#/definitions/retriever"}}
      schema_loader:
        type: InlineSchemaLoader
        schema: {{type: object, properties: {{id: {{type: integer}}}}}}
    components_resolver:
      type: ConfigComponentsResolver
      stream_config: {{type: StreamConfig, configs_pointer: [reports]}}
      components_mapping:
        - type: ComponentMappingDefinition
          field_path: [name]
          value: "{name}{{{{ components_values['name'] }}}}"
spec:
  type: Spec
  connection_specification:
    type: object
    properties: {{{wick}}}
"##
        )
    };
    let old = manifest("", "", "wick: {type: string}");
    let told = |name: &str| {
        let new = manifest(", properties: {cm: {type: number}}", name, "");
        first_two(&sides::report(&[("manifest.yaml", &old)], &[("manifest.yaml", &new)]))[1].clone()
    };
    const FITS: &str = "; if only streams break, name them in `scopedImpact`";
    let (listed, of_a_set) = (told(""), told("report_"));
    assert!(listed.contains("1 stream: visits") && listed.contains(FITS), "{listed}");
    assert!(of_a_set.contains("1 stream: visits") && !of_a_set.contains(FITS), "{of_a_set}");
}

#[test]
fn what_is_to_be_reviewed_says_what_it_asks_for_if_users_break() {
    let shaped: &[(&str, &str)] = &[("lamps", OIL), ("wicks", SHAPED)];
    let may_affect = "may affect 1 stream: wicks; ask: list all fields of `size` that the API returns";
    for (old, version, answer) in [
        (
            "1.4.2",
            "2.0.0",
            "to fix: an error: 2.0.0 is a major version: Airbyte asks for an entry 2.0.0 in breakingChanges; to review: an \
             object lists its fields now (size); if it breaks users, 2.0.0 needs an entry in `breakingChanges`",
        ),
        (
            "1.4.2",
            "1.5.0",
            "to review: an object lists its fields now (size); if it breaks users, declare it in 2.0.0; else 1.5.0 is \
             enough",
        ),
        (
            "0.4.2",
            "0.5.0",
            "to review: an object lists its fields now (size); if it breaks users, 0.5.0 (enough below 1.0.0) needs an \
             entry in `breakingChanges`",
        ),
    ] {
        let new = Side { version, streams: shaped, ..OLD };
        assert_first_two(&Side { version: old, ..OLD }, &new, answer, may_affect);
    }
}

#[test]
fn a_declared_break_that_no_file_shows_is_asked_about() {
    let entries = entry("2.0.0", "lamps");
    let new = Side { version: "2.0.0", entries: &entries, ..OLD };
    let answer = "to review: no file here shows the break that 2.0.0 declares: explain it in the pull request, or drop the entry: a minor version is then enough";
    let report = compared(&OLD, &new);
    assert_eq!(first_two(&report), [format!("{answer} [passes]"), String::new()]);
    let all = printed(&report);
    let what_to_do =
        "no file here shows what the entry 2.0.0 declares: explain it in the pull request, or drop it";
    assert!(all.contains(what_to_do), "{all}");
}

#[test]
fn an_entry_of_a_version_too_small_moves_or_goes() {
    let streams: &[(&str, &str)] = &[("lamps", OIL), ("wicks", SHAPED)];
    let said = |version: &str| {
        let entries = entry(version, "wicks");
        let report = compared(&OLD, &Side { version, entries: &entries, streams, ..OLD });
        first_two(&report)[0].clone()
    };
    let moves = "; if it is what 1.5.0 declares, move the entry to 2.0.0; else drop it";
    assert!(said("1.5.0").contains(moves), "{}", said("1.5.0"));
    assert!(said("2.0.0").contains("; this may be the declared break"), "{}", said("2.0.0"));
    // What is wrong with the entry is said beside it.
    let told = |version: &str, needs: &str| {
        let entries = entry(version, "wicks");
        let all = printed(&compared(&OLD, &Side { version, entries: &entries, streams, ..OLD }));
        let line = all.lines().find(|line| line.contains("meta-entry-without-finding")).unwrap_or_default();
        assert_eq!(
            line.contains(&format!("; {version} is too small a step for a break")),
            !needs.is_empty(),
            "{all}"
        );
        assert!(line.ends_with(needs), "{all}");
    };
    told("1.5.0", ", which needs 2.0.0");
    told("2.0.0", "");
}

#[test]
fn what_was_not_seen_stands_in_the_first_line_and_nowhere_else() {
    let new = Side { version: "2.0.0", streams: WITHOUT_OIL, ..OLD };
    for new in [&new, &OLD] {
        let all = printed(&compared(&OLD, new));
        let said: Vec<&str> = all.lines().filter(|line| line.contains("state not seen")).collect();
        let is_unchanged = new.version == OLD.version;
        assert_eq!(said.len(), usize::from(!is_unchanged), "{all}");
        assert!(said.iter().all(|line| all.starts_with(line)), "{all}");
    }
}

#[test]
fn what_the_entry_says_already_is_not_asked_for_again() {
    let entries = entry("2.0.0", "lamps");
    let new = Side { version: "2.0.0", entries: &entries, streams: WITHOUT_OIL, ..OLD };
    let declared = comment(&compared(&OLD, &new));
    assert!(!declared.contains("Declare it") && !declared.contains("It is declared"), "{declared}");
    let asked = comment(&compared(&OLD, &Side { entries: "", ..new }));
    assert!(asked.contains("Declare it for the stream"), "{asked}");
}

#[test]
fn the_checklist_says_what_is_wrong_with_what_is_there() {
    let line = |report: &ConnectorReport| {
        let comment = comment(report);
        let line = comment.lines().find(|line| line.contains("An entry in `releases.breakingChanges`"));
        line.unwrap_or_default().to_owned()
    };
    let right = entry("2.0.0", "lamps");
    let new = Side { version: "2.0.0", entries: &right, streams: WITHOUT_OIL, ..OLD };
    let of = |state: &str, mark: &str| {
        format!("- {mark} An entry in `releases.breakingChanges` (`2.0.0`): {state}")
    };
    assert_eq!(line(&compared(&OLD, &new)), of("done", "✅"));
    let wrong = right.replace("        deadlineAction: disable\n", "");
    let with_error = Side { entries: &wrong, ..new };
    assert_eq!(line(&compared(&OLD, &with_error)), of("there, with 1 error", "❌"));
    let too_few = Side { streams: WITHOUT_BOTH, ..new };
    assert_eq!(line(&compared(&OLD, &too_few)), of("there, but `scopedImpact` lacks `wicks`", "❌"));
    assert_eq!(line(&compared(&OLD, &Side { entries: "", ..new })), of("missing", "❌"));
    // What may break asks for the same.
    let shaped: &[(&str, &str)] = &[("lamps", OIL), ("wicks", SHAPED)];
    let may_break = compared(&OLD, &Side { streams: shaped, entries: "", ..new });
    assert_eq!(line(&may_break), of("missing", "❌"));
    assert!(comment(&may_break).contains("Checklist of a breaking change, if it breaks users"));
    // And so does a declared break that no file shows.
    let not_shown = Side { entries: &right, version: "2.0.0", ..OLD };
    assert_eq!(line(&compared(&OLD, &not_shown)), of("done", "✅"));
    assert_eq!(line(&compared(&OLD, &Side { version: "1.4.3", entries: "", ..OLD })), "");
}

#[test]
fn a_message_that_lacks_something_has_a_better_one_beside_it() {
    let right = entry("2.0.0", "lamps");
    let new = Side { version: "2.0.0", entries: &right, streams: WITHOUT_OIL, ..OLD };
    const HEADING: &str = "A <code>message</code> that says what users need";
    assert!(!comment(&compared(&OLD, &new)).contains(HEADING));
    let short = right.replace(" Users must refresh it; see the migration guide.", "");
    let report = compared(&OLD, &Side { entries: &short, ..new });
    let comment = comment(&report);
    let (_, below) = comment.split_once(HEADING).expect("a better message");
    assert!(
        below.contains("`oil` of stream `lamps` is removed. Users who sync `lamps` must refresh"),
        "{comment}"
    );
    let all = printed(&report);
    let line = all.lines().find(|line| line.contains("meta-message-incomplete")).expect("the problem");
    assert!(line.ends_with("(-v suggests one)"), "{line}");
}

#[test]
fn a_gate_that_fails_by_errors_says_that_they_count() {
    let right = entry("2.0.0", "lamps");
    let wrong = right.replace("        deadlineAction: disable\n", "");
    let new = Side { version: "2.0.0", entries: &wrong, streams: WITHOUT_OIL, ..OLD };
    let all = printed(&compared(&OLD, &new));
    let last = all.lines().last().expect("a gate");
    assert_eq!(last, "fails: 1 error, which --fail-on undeclared counts; changes: 1 breaking");
    let all = printed(&compared(&OLD, &Side { entries: &right, ..new }));
    let last = all.lines().last().expect("a gate");
    assert_eq!(last, "passes (--fail-on undeclared): the break is declared; changes: 1 breaking");
}

#[test]
fn a_rule_is_linked_once_to_where_it_comes_from() {
    let new = Side { version: "2.0.0", streams: &[("lamps", ""), ("wicks", "")], ..OLD };
    let comment = comment(&compared(&OLD, &new));
    assert_eq!(comment.matches("[`field-removed`](https://docs.airbyte.com/").count(), 1, "{comment}");
    assert_eq!(comment.matches("<sub>`field-removed`</sub>").count(), 1, "{comment}");
}

#[test]
fn a_name_that_is_spelled_out_is_the_likely_successor() {
    let fields = |names: &[&str]| -> String {
        names.iter().map(|name| format!(", \"{name}\": {{\"type\": \"integer\"}}")).collect()
    };
    let told = |removed: &[&str], added: &[&str]| {
        let (before, after) = (fields(removed), fields(added));
        let (old, new) = ([("lamps", before.as_str())], [("lamps", after.as_str())]);
        let new = Side { version: "2.0.0", streams: &new, ..OLD };
        printed(&compared(&Side { streams: &old, ..OLD }, &new))
    };
    let all = told(&["+1", "-1"], &["plus_one", "minus_one"]);
    assert!(all.contains("+1 → plus_one?, -1 → minus_one?"), "{all}");
    let all = told(&["htmlURL"], &["html_url"]);
    assert!(all.contains("lamps: htmlURL → html_url?"), "{all}");
    let all = told(&["+1"], &["minus_one"]);
    assert!(!all.contains('?'), "{all}");
    let all = told(&["+1"], &["_", "total_count"]);
    assert!(!all.contains('?'), "{all}");
}

#[test]
fn what_a_name_may_have_become_is_said_once() {
    let field = |kind: &str, name: &str| format!(", \"{name}\": {{\"type\": \"{kind}\"}}");
    let [whole, part] = ["integer", "number"].map(|kind| (field(kind, "+1"), field(kind, "plus_one")));
    let old = [("lamps", whole.0.as_str()), ("wicks", part.0.as_str())];
    let new = [("lamps", whole.1.as_str()), ("wicks", part.1.as_str())];
    let report = compared(&Side { streams: &old, ..OLD }, &Side { version: "2.0.0", streams: &new, ..OLD });
    let all = printed(&report);
    let (_, body) = all.split_once("\n\n").expect("a body");
    assert_eq!(body.matches("+1 → plus_one?").count(), 1, "{all}");
    assert!(all.contains("wicks: "), "{all}");
    let comment = comment(&report);
    let rows: Vec<&str> = comment.lines().filter(|line| line.starts_with("| ❌")).collect();
    assert!(
        rows.len() == 2 && rows.iter().all(|row| row.contains("may have become `plus_one`")),
        "{comment}"
    );
}

#[test]
fn what_decides_an_open_change_is_asked_for_once() {
    let old = Side { spec: r#", "properties": {"wick": {"type": "string"}}"#, ..OLD };
    let report = compared(&old, &Side { version: "1.4.3", ..OLD });
    let all = printed(&report);
    const ASKED: &str = "heck whether syncs change without `wick`";
    assert!(all.lines().nth(1).is_some_and(|line| line.ends_with(&format!("; ask: c{ASKED}"))), "{all}");
    assert_eq!(all.matches(ASKED).count(), 1, "{all}");
    // What the answer does not ask is still said below it, and a comment on a pull request says all of it there.
    assert!(all.contains("action: Declare it if syncs change; else note it in the changelog."), "{all}");
    let comment = comment(&report);
    assert!(comment.contains(&format!("C{ASKED}. Declare it if syncs change")), "{comment}");
}

#[test]
fn a_change_of_a_property_reaches_the_configs_that_set_it() {
    let told = |before: &str, after: &str| {
        let (before, after) = (format!(", {before}"), format!(", {after}"));
        let old = Side { spec: &before, ..OLD };
        let all = printed(&compared(&old, &Side { version: "1.4.3", spec: &after, ..OLD }));
        all.lines().nth(1).unwrap_or_default().split(';').next().unwrap_or_default().to_owned()
    };
    let wick = |more: &str| format!(r#""properties": {{"wick": {{"type": "string"{more}}}}}"#);
    let short = r#", "maxLength": 3"#;
    assert_eq!(told(&wick(""), &wick(short)), "affects configs that set wick");
    // A form writes defaults and constants, and what is required stands in every config.
    let with_default = r#", "default": "long""#;
    assert_eq!(told(&wick(with_default), &wick(&format!("{with_default}{short}"))), "affects every user");
    let required = |more: &str| format!(r#"{}, "required": ["wick"]"#, wick(more));
    assert_eq!(told(&required(""), &required(short)), "affects every user");
    // Who does not set a property is who breaks where it is required.
    assert_eq!(told(&wick(""), &required("")), "affects every user");
    let two = |more: &str| {
        format!(r#""properties": {{"wick": {{"type": "string"{more}}}, "oil": {{"type": "string"{more}}}}}"#)
    };
    assert_eq!(told(&two(""), &two(short)), "affects configs that set oil or wick");
    let lamp = |more: &str, required: &str| {
        format!(
            r#""properties": {{"lamp": {{"type": "object", "required": [{required}], "properties": {{"wick": {{"type": "string"{more}}}}}}}}}"#
        )
    };
    assert_eq!(told(&lamp("", r#""wick""#), &lamp(short, r#""wick""#)), "affects configs that set lamp");
    assert_eq!(told(&lamp("", ""), &lamp("", r#""wick""#)), "affects configs that set lamp");
    assert_eq!(told(&lamp("", ""), &lamp(short, "")), "affects configs that set lamp.wick");
    // What is required may be said beside the properties, behind a reference, or in every option of a choice.
    let beside = |beside: &str, more: &str| format!("{}, {beside}", wick(more));
    for required in [
        r#""allOf": [{"required": ["wick"]}]"#,
        r#""oneOf": [{"required": ["wick"], "title": "a"}, {"required": ["wick"], "title": "b"}]"#,
        r##""allOf": [{"$ref": "#/definitions/all"}], "definitions": {"all": {"required": ["wick"]}}"##,
    ] {
        assert_eq!(told(&beside(required, ""), &beside(required, short)), "affects every user", "{required}");
    }
    let one = r#""anyOf": [{"required": ["wick"], "title": "a"}, {"title": "b"}]"#;
    assert_eq!(told(&beside(one, ""), &beside(one, short)), "affects configs that set wick");
    let referred = |more: &str| {
        format!(
            r##""required": ["lamp"], "properties": {{"lamp": {{"$ref": "#/definitions/lamp"}}}}, "definitions": {{"lamp": {{"type": "object", "required": ["wick"], "properties": {{"wick": {{"type": "string"{more}}}}}}}}}"##
        )
    };
    assert_eq!(told(&referred(""), &referred(short)), "affects every user");
    // Saved configs have the old constant of an option.
    let choice = |value: &str| {
        format!(
            r#""properties": {{"lamp": {{"oneOf": [{{"type": "object", "required": ["kind"], "properties": {{"kind": {{"const": "{value}"}}}}}}, {{"type": "object", "required": ["kind"], "properties": {{"kind": {{"const": "c"}}}}}}]}}}}"#
        )
    };
    assert_eq!(told(&choice("a"), &choice("b")), "affects configs with kind a");
}

#[test]
fn a_draft_adds_to_the_message_that_is_there() {
    let said = |message: &str| {
        let own = entry("2.0.0", "wicks").replace("message: ", &format!("message: {message} # "));
        let new = Side { version: "2.0.0", entries: &own, streams: WITHOUT_BOTH, ..OLD };
        let all = comment(&compared(&OLD, &new));
        all.lines().find(|line| line.trim().starts_with("message: ")).unwrap_or_default().trim().to_owned()
    };
    let plain = said("TODO");
    let own = said("Wicks lose their oil");
    assert!(plain.contains("is removed") && !plain.contains("TODO"), "{plain}");
    assert_eq!(own, plain.replacen('"', "\"Wicks lose their oil. ", 1));
    // What an entry says already is not said twice, and an address ends as it is.
    let text = plain.trim_start_matches("message: ").trim_matches('"').to_owned();
    assert_eq!(said(&format!("\"{text}\"")), plain);
    assert!(said("\"Read https://lantern.test/guide\"").contains("lantern.test/guide "), "{plain}");
}

#[test]
fn the_first_line_says_whether_the_report_passes() {
    let entries = entry("2.0.0", "lamps");
    let shaped: &[(&str, &str)] = &[("lamps", OIL), ("wicks", SHAPED)];
    for (new, mark) in [
        (Side { version: "1.5.0", streams: WITHOUT_OIL, ..OLD }, "fails"),
        (Side { version: "2.0.0", entries: &entries, streams: WITHOUT_OIL, ..OLD }, "passes"),
        (Side { version: "1.5.0", streams: shaped, ..OLD }, "passes"),
        (Side { version: "1.4.3", ..OLD }, "passes"),
    ] {
        let report = compared(&OLD, &new);
        let all = printed(&report);
        let first = all.lines().next().expect("an answer");
        assert!(first.ends_with(&format!(" [{mark}]")), "{all}");
        // Who does not ask whether it passes is not told.
        let view = View::of(&report, Asked { brief: true, ..Asked::default() });
        assert!(!Text::default().render(&Run::from(view)).contains(&format!("[{mark}]")));
        // One who asks only for the first line is.
        let gate = Some(Gate::of(&report, FailOn::Undeclared));
        let view = View::of(&report, Asked { brief: true, gate, ..Asked::default() });
        let quiet = Text { quiet: true }.render(&Run::from(view));
        assert_eq!(anstream::adapter::strip_str(&quiet).to_string(), format!("{first}\n"));
    }
}

#[test]
fn without_metadata_what_was_not_checked_is_said() {
    let catalog = |fields: &str| {
        format!(
            r#"{{"streams": [{{"name": "lamps", "json_schema": {{"type": "object", "properties": {{{fields}}}}}, "supported_sync_modes": ["full_refresh"]}}]}}"#
        )
    };
    let (one, two) = (
        catalog(r#""id": {"type": "integer"}"#),
        catalog(r#""id": {"type": "integer"}, "oil": {"type": "string"}"#),
    );
    let told = |old: &str, new: &str| {
        first_two(&sides::report(&[("catalog.json", old)], &[("catalog.json", new)]))[0].clone()
    };
    let same = told(&one, &one);
    assert!(same.contains("; version and declaration not checked: no metadata.yaml"), "{same}");
    let added = told(&one, &two);
    assert!(added.contains("; needs a minor version (no metadata.yaml)"), "{added}");
    let removed = told(&two, &one);
    assert!(removed.contains("; no metadata.yaml given: needs a major version"), "{removed}");
    let [with_metadata, _] = first_two(&compared(&OLD, &Side { version: "1.4.3", ..OLD }));
    assert!(!with_metadata.contains("metadata.yaml"), "{with_metadata}");
    // With that of the new side alone nobody knows how far the version moved.
    let metadata = "data:\n  dockerRepository: lantern/source-lantern\n  dockerImageTag: 1.4.3\n  connectorType: source\n";
    let new = [("catalog.json", one.as_str()), ("metadata.yaml", metadata)];
    let report = sides::report(&[("catalog.json", &one)], &new);
    let [first, _] = first_two(&report);
    assert!(first.contains("; step of the version not checked: no old version"), "{first}");
    assert!(!with_metadata.contains("not checked"), "{with_metadata}");
}

#[test]
fn a_deadline_that_has_passed_is_told_from_one_that_is_too_early() {
    let said = |deadline: &str| {
        let entries = entry("2.0.0", "lamps")
            .replace("2030-02-01", deadline)
            .replace("        deadlineAction: disable\n", "");
        first_two(&compared(&OLD, &Side { version: "2.0.0", entries: &entries, streams: WITHOUT_OIL, ..OLD }))
            [0]
        .clone()
    };
    let passed = said("2029-12-31");
    assert!(
        passed.contains(
            "2 errors (upgradeDeadline has passed: 2030-01-09 or later; add deadlineAction: disable)"
        ),
        "{passed}"
    );
    let soon = said("2030-01-02");
    assert!(
        soon.contains(
            "2 errors (upgradeDeadline too early: 2030-01-09 or later; add deadlineAction: disable)"
        ),
        "{soon}"
    );
}

#[test]
fn a_rename_is_asked_about_where_something_was_added_beside() {
    const ASKED: &str = "if renamed, name the new field";
    let told = |old: &[(&str, &str)], new: &[(&str, &str)]| {
        let report = compared(&Side { streams: old, ..OLD }, &Side { version: "2.0.0", streams: new, ..OLD });
        let printed = printed(&report);
        (first_two(&report)[1].clone(), printed)
    };
    // The names have nothing in common: only people know.
    let [oil, price] = [("lamps", OIL), ("lamps", r#", "price": {"type": "string"}"#)];
    let (asked, all) = told(&[oil], &[price]);
    assert!(asked.ends_with(&format!("; ask: {ASKED}")), "{all}");
    let (asked, all) = told(&[oil], &[("lamps", "")]);
    assert!(!asked.contains(ASKED) && !all.contains("f renamed"), "{all}");
    // What is added in another object is no new name.
    let shape = |fields: &str| {
        format!(r#", "size": {{"type": "object", "properties": {{"id": {{"type": "integer"}}{fields}}}}}"#)
    };
    let (whole, less, other) = (shape(OIL), shape(""), shape(price.1));
    let (asked, all) = told(&[("lamps", &whole)], &[("lamps", &format!("{less}{}", price.1))]);
    assert!(!asked.contains(ASKED), "{all}");
    let (asked, all) = told(&[("lamps", &whole)], &[("lamps", &other)]);
    assert!(asked.contains(&format!("keep the field while the API sends it; {ASKED}")), "{all}");
    // So it is with streams.
    const STREAM: &str = "check whether a stream is renamed: ";
    let (asked, all) = told(&[oil, ("wicks", FREE)], &[oil, ("globes", SHAPED)]);
    assert!(asked.ends_with("; ask: find out whether globes is the new name of wicks"), "{all}");
    const ACT: &str =
        "If renamed, use the old name in `scopedImpact`, and users enable the new stream; else they lose it.";
    assert!(all.contains(ACT), "{all}");
    let (asked, all) =
        told(&[oil, ("wicks", FREE), ("cords", FREE)], &[oil, ("globes", SHAPED), ("shades", OIL)]);
    assert!(asked.ends_with(&format!("; ask: {STREAM}globes and shades were added")), "{all}");
    let (asked, all) = told(&[oil, ("wicks", FREE)], &[oil]);
    assert!(!asked.contains("renamed") && !all.contains("f renamed"), "{all}");
}

#[test]
fn fields_of_the_same_names_are_counted_by_places() {
    let field = |name: &str| format!(", \"{name}\": {{\"type\": \"integer\"}}");
    let below = |objects: &[&str], fields: &str| -> String {
        let object = |name: &&str| {
            format!(
                r#", "{name}": {{"type": "object", "properties": {{"id": {{"type": "integer"}}{fields}}}}}"#
            )
        };
        objects.iter().map(object).collect()
    };
    let told = |old: &[(&str, &str)], new: &[(&str, &str)]| {
        let report = compared(&Side { streams: old, ..OLD }, &Side { version: "2.0.0", streams: new, ..OLD });
        first_two(&report)[0].clone()
    };
    let (before, after) = (field("plus1"), field("plus_1"));
    let one = told(&[("lamps", &before)], &[("lamps", &after)]);
    assert!(one.contains("a field was removed or renamed (plus1 → plus_1?)"), "{one}");
    // One field in two streams is one field.
    let one = told(&[("lamps", OIL), ("wicks", OIL)], &[("lamps", ""), ("wicks", "")]);
    assert!(one.contains("a field was removed (oil)"), "{one}");
    // In two objects it stands in two places.
    let objects = ["shade", "stand"];
    let two = told(&[("lamps", &below(&objects, &before))], &[("lamps", &below(&objects, &after))]);
    assert!(two.contains("a nested field was removed or renamed (plus1 → plus_1? in 2 places)"), "{two}");
    // One alone is told by its whole path, and so is its new name.
    let nested = told(&[("lamps", &below(&["shade"], &before))], &[("lamps", &below(&["shade"], &after))]);
    assert!(nested.contains("(shade.plus1 → shade.plus_1?)"), "{nested}");
    // A guess for one of two streams, or another guess, is none for the name.
    for (lamps, wicks) in [(&*after, ""), ("", &*after), (&*after, &*field("plus1_"))] {
        let two = told(&[("lamps", &before), ("wicks", &before)], &[("lamps", lamps), ("wicks", wicks)]);
        assert!(two.contains("(plus1)"), "{two}");
    }
    let many = [field("a"), field("b"), field("c")].concat();
    let many = told(&[("lamps", &below(&objects, &many))], &[("lamps", &below(&objects, ""))]);
    assert!(many.contains("a nested field was removed (3 fields in 2 places)"), "{many}");
    // Where not each field stands in each object, paths are counted.
    let some = [below(&objects[..1], &[field("a"), field("b")].concat()), below(&objects[1..], &field("a"))]
        .concat();
    let some = told(&[("lamps", &some)], &[("lamps", &below(&objects, ""))]);
    assert!(some.contains("a nested field was removed (3 fields)"), "{some}");
}

#[test]
fn the_first_line_says_which_way_it_went() {
    let told = |old: &str, new: &str| {
        let field = |of: &str| format!(", \"wick\": {of}");
        let (old, new) = (field(old), field(new));
        let (old, new) = ([("lamps", old.as_str())], [("lamps", new.as_str())]);
        let report =
            compared(&Side { streams: &old, ..OLD }, &Side { version: "2.0.0", streams: &new, ..OLD });
        first_two(&report)[0].clone()
    };
    let both = |one: &str, other: &str, there: &str, back: &str| {
        for (old, new, title) in [(one, other, there), (other, one, back)] {
            let first = told(old, new);
            assert!(first.contains(&format!("{title};")), "{first}");
        }
    };
    let (any, text) = ("{}", r#"{"type": "string"}"#);
    both(any, text, ": a field gained its type (wick)", ": a field lost its type (wick)");
    let list = |of: &str| format!(r#"{{"type": "array"{of}}}"#);
    let (bare, of_any, of_integers, of_texts) = (
        list(""),
        list(r#", "items": {"title": "Any"}"#),
        list(r#", "items": {"type": "integer"}"#),
        list(r#", "items": {"type": "string"}"#),
    );
    // A list that declares its items is another thing than items that gain a type.
    both(
        &bare,
        &of_integers,
        ": a list declares its items now (wick)",
        ": a list no longer declares its items (wick)",
    );
    both(
        &of_any,
        &of_integers,
        ": the items of a list gained a type (wick)",
        ": the items of a list lost their type (wick)",
    );
    both(
        &of_integers,
        &of_texts,
        ": the items of a list have another type (wick: integer → text)",
        ": the items of a list have another type (wick: text → integer)",
    );
    let object = r#"{"type": "object"}"#;
    both(object, text, ": an object became a plain value (wick)", ": a plain value became an object (wick)");
    both(object, &bare, ": an object became a list (wick)", ": a list became an object (wick)");
    let zone = |zone: &str| {
        format!(r#"{{"type": "string", "format": "date-time", "airbyte_type": "timestamp_{zone}_timezone"}}"#)
    };
    both(
        &zone("with"),
        &zone("without"),
        ": a timestamp lost its time zone (wick)",
        ": a timestamp gained its time zone (wick)",
    );
    let day = r#"{"type": "string", "format": "date"}"#;
    both(day, text, ": a date became text (wick)", ": a text became a date (wick)");
    both(day, &zone("with"), ": a date became a timestamp (wick)", ": a timestamp became a date (wick)");
    let (flag, number) = (r#"{"type": "boolean"}"#, r#"{"type": "integer"}"#);
    both(
        flag,
        number,
        ": a field has another type (wick: boolean → integer)",
        ": a field has another type (wick: integer → boolean)",
    );
    let format = |old: &str, new: &str| {
        let wick = |format: &str| format!(r#", "properties": {{"wick": {{"type": "string"{format}}}}}"#);
        let (old, new) = (wick(old), wick(new));
        first_two(&compared(&Side { spec: &old, ..OLD }, &Side { version: "1.4.3", spec: &new, ..OLD }))[0]
            .clone()
    };
    let (date, time) = (r#", "format": "date""#, r#", "format": "date-time""#);
    assert!(format("", date).starts_with("to review: a format was added (wick);"), "{}", format("", date));
    assert!(format(date, time).starts_with("to review: a format changed (wick);"), "{}", format(date, time));
}

#[test]
fn the_last_line_says_how_to_declare_what_has_to_be_declared() {
    const DECLARE: &str = "; to declare it for 1 stream (scopedImpact): connector-diff declare OLD NEW; ";
    let last = |new: &Side<'_>| {
        let all = printed(&compared(&OLD, new));
        all.lines().last().unwrap_or_default().to_owned()
    };
    let open = last(&Side { version: "1.5.0", streams: WITHOUT_OIL, ..OLD });
    assert!(open.contains(DECLARE), "{open}");
    let entries = entry("2.0.0", "lamps");
    let declared = last(&Side { version: "2.0.0", entries: &entries, streams: WITHOUT_OIL, ..OLD });
    assert!(!declared.contains("connector-diff declare"), "{declared}");
    let added: &[(&str, &str)] = &[("lamps", OIL), ("wicks", FREE), ("globes", "")];
    let safe = last(&Side { version: "1.5.0", streams: added, ..OLD });
    assert!(!safe.contains("connector-diff declare"), "{safe}");
}

#[test]
fn streams_that_only_code_can_list_are_asked_for() {
    let schema = r#"{"type": "object", "properties": {"id": {"type": "integer"}}}"#;
    let metadata = |version: &str, entries: &str| {
        format!(
            "data:\n  connectorType: source\n  dockerImageTag: {version}\n  dockerRepository: airbyte/source-lantern{entries}"
        )
    };
    let (before, lamps) = (metadata("1.4.2", ""), entry("2.0.0", "lamps"));
    let told = |entries: &str| {
        let after = metadata("2.0.0", entries);
        let code = ("source_lantern/source.py", "import lantern\n");
        let wicks = ("source_lantern/schemas/wicks.json", schema);
        let old =
            [("metadata.yaml", before.as_str()), code, wicks, ("source_lantern/schemas/lamps.json", schema)];
        first_two(&sides::report(&old, &[("metadata.yaml", &after), code, wicks]))[1].clone()
    };
    const FIND: &str =
        "affects 1 stream: lamps; ask: find in the code which other streams use its schema file";
    assert_eq!(told(""), FIND);
    assert_eq!(told(&lamps), format!("{FIND}, and add them to `scopedImpact`"));
    // An entry for everyone leaves nobody out, and a catalog lists all streams.
    let all = "affects 1 stream: lamps (only code tells which others use its schema file)";
    assert_eq!(told(&entry("2.0.0", "")), all);
    let report = compared(&OLD, &Side { version: "2.0.0", streams: WITHOUT_OIL, ..OLD });
    assert!(!first_two(&report)[1].contains("find in the code"));
}

#[test]
fn what_keeps_a_sign_in_is_a_condition_that_can_be_looked_up() {
    let spec = |auth: &str| format!(r#"{{"connectionSpecification": {{"type": "object"}}{auth}}}"#);
    let (with, without) = (spec(r#", "advanced_auth": {"auth_flow_type": "oauth2.0"}"#), spec(""));
    let report = sides::report(&[("spec.json", &with)], &[("spec.json", &without)]);
    let all = printed(&report);
    const KEEP: &str = "f the new version still accepts OAuth tokens, keep `advanced_auth`";
    assert!(all.lines().nth(1).is_some_and(|line| line.ends_with(&format!("; ask: i{KEEP}"))), "{all}");
    assert!(all.contains("action: Declare it: users enter new credentials."), "{all}");
    assert!(
        comment(&report).contains(&format!("I{KEEP}. Otherwise declare it: users enter new credentials."))
    );
    assert!(!printed(&sides::report(&[("spec.json", &without)], &[("spec.json", &with)])).contains(KEEP));
}
