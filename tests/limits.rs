//! Whatever a limit cuts off is named, and is never taken for something that did not change.

#[path = "support/sides.rs"]
mod sides;
#[allow(dead_code, reason = "cases are not written to a disk")]
mod support;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use connector_diff::limits::{self, Limits};
use connector_diff::load::{Request, connector_in};
use connector_diff::model::{Connector, ConnectorReport, Outcome};
use connector_diff::report::{Asked, Markdown, Render, Text, View};
use connector_diff::tree::Memory;
use connector_diff::{Options, compare};

fn limits(set: &str) -> Limits {
    let mut limits = Limits::default();
    if !set.is_empty() {
        limits.set(set).expect("a limit");
    }
    limits
}

fn side(tree: Memory, limits: Limits) -> Connector {
    connector_in(&Request { limits, ..Request::new(tree) })
}

fn report([old, new]: [Memory; 2], set: &str) -> ConnectorReport {
    let limits = limits(set);
    compare(&side(old, limits), &side(new, limits), &Options::default())
}

/// A manifest whose definitions refer to each other, each three times to the one before: 3 to the power of `depth` fields.
fn bomb(depth: usize, leaf: &str) -> Memory {
    Memory::new("manifest.yaml").file("", exploding(depth, leaf))
}

fn exploding(depth: usize, leaf: &str) -> String {
    let mut definitions = format!("d0: {{type: object, properties: {{x: {{type: {leaf}}}}}}}");
    for level in 1..=depth {
        let below = format!("{{$ref: '#/definitions/d{}'}}", level - 1);
        definitions.push_str(&format!(
            ", d{level}: {{type: object, properties: {{a: {below}, b: {below}, c: {below}}}}}"
        ));
    }
    format!(
        "version: 7.39.1
type: DeclarativeSource
check: {{type: CheckStream, stream_names: [readings]}}
definitions: {{{definitions}}}
streams:
  - type: DeclarativeStream
    name: readings
    retriever:
      type: SimpleRetriever
      requester: {{type: HttpRequester, url_base: https://lantern.test, path: readings}}
      record_selector: {{type: RecordSelector, extractor: {{type: DpathExtractor, field_path: []}}}}
    schema_loader: {{type: InlineSchemaLoader, schema: {{$ref: '#/definitions/d{depth}'}}}}
"
    )
}

#[test]
fn a_limit_is_said_beside_a_defect_that_both_sides_have() {
    // A part whose absence is no error of its own.
    let manifest = |leaf: &str| {
        let plain =
            exploding(12, leaf).replace("schema: {$ref: '#/definitions/d12'}", "schema: {type: object}");
        format!(
            "{plain}spec: {{type: Spec, connection_specification: {{type: object}}, advanced_auth: {{$ref: \
             '#/definitions/d12'}}}}\n"
        )
    };
    let side = |leaf: &str| {
        Memory::new("side").file("manifest.yaml", manifest(leaf)).link("metadata.yaml", "nowhere")
    };
    let cut = report([side("string"), side("integer")], "");
    let messages: Vec<&str> = cut.errors.iter().map(|error| error.message.as_str()).collect();
    assert!(messages.iter().any(|message| message.contains("--limit ref-values=")), "{messages:?}");
    assert_eq!(cut.verdict.outcome, Outcome::Inconclusive);
}

#[test]
fn a_schema_that_explodes_is_named_with_its_limit() {
    // 3^12 fields and more.
    let exploding = || [bomb(12, "string"), bomb(12, "integer")];
    let cut = report(exploding(), "");
    assert_eq!(cut.verdict.outcome, Outcome::Inconclusive);
    let message = &cut.errors[0].message;
    assert!(
        message.contains("the schema of stream readings has more values")
            && message.contains("--limit ref-values="),
        "{message}"
    );
    assert!(cut.errors[0].line.is_some());
    // The same on a scale that both limits allow, and with the limit below it.
    let small = || [bomb(4, "string"), bomb(4, "integer")];
    assert_eq!(report(small(), "").verdict.outcome, Outcome::Breaking);
    assert_eq!(report(small(), "ref-values=100").verdict.outcome, Outcome::Inconclusive);
    assert_eq!(report(small(), "ref-values=10000").verdict.outcome, Outcome::Breaking);
    // The same bytes on both sides are no news, whatever they hold.
    let same = report([bomb(12, "string"), bomb(12, "string")], "");
    assert_eq!((same.verdict.outcome, same.errors.len()), (Outcome::Compatible, 0));
}

/// A record schema whose definitions refer to each other, each a field of the one before: `levels` levels of fields.
fn chain(levels: usize, leaf: &str) -> String {
    let mut definitions = format!(r#""d0": {{"type": "{leaf}"}}"#);
    for level in 1..levels {
        let below = format!(r##"{{"$ref": "#/definitions/d{}"}}"##, level - 1);
        definitions
            .push_str(&format!(r#", "d{level}": {{"type": "object", "properties": {{"x": {below}}}}}"#));
    }
    let top = format!(r##"{{"x": {{"$ref": "#/definitions/d{}"}}}}"##, levels - 1);
    format!(r#"{{"type": "object", "definitions": {{{definitions}}}, "properties": {top}}}"#)
}

fn catalog(schema: &str, modes: &str) -> Memory {
    let stream =
        format!(r#"{{"name": "readings", "json_schema": {schema}, "supported_sync_modes": [{modes}]}}"#);
    Memory::new("catalog.json").file("", format!(r#"{{"streams": [{stream}]}}"#))
}

fn chains(levels: usize) -> [Memory; 2] {
    ["string", "integer"].map(|leaf| catalog(&chain(levels, leaf), r#""full_refresh""#))
}

#[test]
fn what_lies_too_deep_in_a_schema_is_to_be_reviewed() {
    let rules = |levels, set| {
        let report = report(chains(levels), set);
        report.findings.iter().map(|finding| finding.rule).collect::<Vec<_>>()
    };
    assert_eq!(rules(128, ""), ["field-type-narrowed"]);
    assert_eq!(rules(129, ""), ["schema-too-large"]);
    assert_eq!(rules(129, "depth=129"), ["field-type-narrowed"]);
    assert_eq!(rules(7, "depth=6"), ["schema-too-large"]);
    let cut = report(chains(7), "depth=6");
    let effect = cut.findings[0].effect.to_string();
    let expected = "it lies deeper in the schema than the limit depth=6: raise it with --limit depth=12";
    assert!(effect.contains(expected), "{effect}");
    // Definitions that read the same on both sides hide nothing.
    let schema = chain(4000, "string");
    let modes = [r#""full_refresh""#, r#""full_refresh", "incremental""#];
    let same = report(modes.map(|modes| catalog(&schema, modes)), "");
    let rules: Vec<&str> = same.findings.iter().map(|finding| finding.rule).collect();
    assert_eq!(rules, ["sync-mode-incremental-added"]);
}

#[test]
fn a_place_far_beyond_any_document_is_shown_where_its_file_has_something() {
    let deep = report(chains(2000), "depth=3000");
    assert_eq!(deep.findings[0].rule, "field-type-narrowed");
    assert!(deep.findings[0].origin.new.as_ref().is_some_and(|origin| origin.line.is_some()));
}

/// Two sides of which one artifact nests `levels` levels deep, and differs at the bottom.
fn nested(artifact: &str, levels: usize) -> [Memory; 2] {
    // Around what differs stand the schema of a record or a config, a stream, a list of streams.
    let fields = |around: usize, leaf: &str| {
        let pairs = (levels - around) / 2;
        let (open, close) = (r#"{"type": "object", "properties": {"x": "#.repeat(pairs), "}}".repeat(pairs));
        format!(r#"{open}{{"type": "{leaf}"}}{close}"#)
    };
    let stream = r#""name": "readings", "supported_sync_modes": ["full_refresh", "incremental"], "default_cursor_field": ["at"]"#;
    let any = r#"{"type": "object", "properties": {"at": {"type": "string"}}}"#;
    ["string", "integer"].map(|leaf| {
        let side = Memory::new("side");
        match artifact {
            "spec" => side.file("spec.json", format!(r#"{{"connectionSpecification": {}}}"#, fields(3, leaf))),
            "catalog" => {
                let schema = fields(5, leaf);
                side.file("catalog.json", format!(r#"{{"streams": [{{{stream}, "json_schema": {schema}}}]}}"#))
            }
            "manifest" => side.file(
                "manifest.yaml",
                exploding(1, leaf).replace("{$ref: '#/definitions/d1'}", &fields(16, leaf)),
            ),
            "state" => {
                let depth = levels - 6;
                let value = if leaf == "string" { r#""2024-01-01""# } else { "1" };
                let (open, close) = (r#"{"x": "#.repeat(depth), "}".repeat(depth));
                let state = format!(
                    r#"[{{"type": "STREAM", "stream": {{"stream_descriptor": {{"name": "readings"}}, "stream_state": {{"at": {open}{value}{close}}}}}}}]"#
                );
                side.file("catalog.json", format!(r#"{{"streams": [{{{stream}, "json_schema": {any}}}]}}"#))
                    .file("state.json", state)
            }
            other => panic!("no artifact {other}"),
        }
    })
}

#[test]
fn what_nests_deeper_than_the_limit_is_named_and_read_where_it_is_raised() {
    for (artifact, rule, deep_rule) in [
        // Questions that deep are given up, and so are paths inside a position beyond the first 256.
        ("spec", "spec-type-changed", "spec-edits-break-together"),
        ("catalog", "field-type-narrowed", "field-type-narrowed"),
        ("manifest", "field-type-narrowed", "field-type-narrowed"),
        ("state", "state-cursor-value-type-changed", "state-keys-not-read"),
    ] {
        let rules = |levels: usize, set: &str| {
            let mut limits = limits(set);
            limits.set("depth=2000").expect("a limit");
            let [old, new] = nested(artifact, levels).map(|tree| side(tree, limits));
            let report = compare(&old, &new, &Options::default());
            let rules: Vec<String> = report.findings.iter().map(|finding| finding.rule.to_owned()).collect();
            (report.verdict.outcome, rules, report.errors.first().map(|error| error.message.clone()))
        };
        assert_eq!(rules(120, ""), (Outcome::Breaking, vec![rule.to_owned()], None), "{artifact}");
        let (outcome, found, error) = rules(1000, "nesting=1000");
        assert_eq!(error, None, "{artifact}");
        assert_eq!(found.first().map(String::as_str), Some(deep_rule), "{artifact}");
        assert_ne!(outcome, Outcome::Compatible, "{artifact}");
        let (cut, found, error) = rules(1000, "");
        let expected = "than the limit nesting=128: raise it with --limit nesting=256";
        assert_ne!(cut, Outcome::Compatible, "{artifact}: {found:?}");
        assert!(error.as_ref().is_some_and(|error| error.contains(expected)), "{artifact}: {error:?}");
    }
}

fn spec(properties: &str) -> Memory {
    let text = format!(
        r#"{{"connectionSpecification": {{"type": "object", "properties": {{{properties}}}, "additionalProperties": true}}}}"#
    );
    Memory::new("spec.json").file("", text)
}

#[test]
fn a_question_that_takes_too_many_steps_is_to_be_reviewed() {
    let sides = || {
        let old = r#""a": {"type": "string", "enum": ["x", "y"]}, "b": {"type": "integer"}"#;
        let new = r#""a": {"type": "string", "pattern": "^[xy]$"}, "b": {"type": "integer"}"#;
        [spec(old), spec(new)]
    };
    assert_eq!(
        report(sides(), "").verdict.outcome,
        Outcome::Compatible,
        "the pattern lets both values through"
    );
    let cut = report(sides(), "steps=2");
    assert_eq!(cut.verdict.outcome, Outcome::Review);
    let said = Text::default().render(&View::of(&cut, Asked { verbose: true, ..Asked::default() }).into());
    assert!(
        said.contains("it takes more steps than the limit steps=2: raise it with --limit steps=4"),
        "{said}"
    );
}

#[test]
fn edits_beyond_the_limit_are_judged_together() {
    let field = |name: &str, kind: &str| format!(r#""{name}": {{"type": "{kind}"}}"#);
    let fields = |kind: &str| ["a", "b", "c"].map(|name| field(name, kind)).join(", ");
    let sides = || [spec(&fields("string")), spec(&fields("integer"))];
    assert_eq!(report(sides(), "").summary.breaking, 3);
    let cut = report(sides(), "edits=2");
    assert_eq!(cut.verdict.outcome, Outcome::Breaking);
    let reasons: Vec<&str> = cut.coverage.iter().map(|coverage| coverage.reason.as_str()).collect();
    let said = Text::default().render(&View::of(&cut, Asked::default()).into());
    assert!(said.contains("spec-edits-break-together"), "{said}");
    let expected = "there are more than the limit edits=2: raise it with --limit edits=3";
    assert!(reasons.iter().any(|reason| reason.contains(expected)), "{reasons:?}");
}

#[test]
fn edits_of_which_the_whole_says_nothing_are_to_be_reviewed() {
    // Every config that the form saves stays valid; one without the constant may not.
    let option = |name: &str| {
        format!(
            r#"{{"type": "object", "title": "{name}", "properties": {{"kind": {{"const": "{name}", "type": "string"}}, "t": {{"type": "string"}}}}}}"#
        )
    };
    let choice = |options: &[&str]| {
        let options = options.iter().map(|name| option(name)).collect::<Vec<_>>().join(", ");
        format!(r#""cred": {{"type": "object", "oneOf": [{options}]}}"#)
    };
    let sides = || {
        [
            spec(&format!(r#"{}, "x": {{"type": "string", "maxLength": 5}}"#, choice(&["a"]))),
            spec(&format!(r#"{}, "x": {{"type": "string", "maxLength": 6}}"#, choice(&["a", "b"]))),
        ]
    };
    assert_eq!(report(sides(), "").verdict.outcome, Outcome::Review);
    let cut = report(sides(), "edits=1");
    assert_eq!(cut.verdict.outcome, Outcome::Review);
    let said = Text::default().render(&View::of(&cut, Asked::default()).into());
    assert!(said.contains("--limit edits="), "{said}");
}

#[test]
fn entries_beyond_the_limit_are_counted() {
    // Other fields of other streams: nothing that could be told together.
    let catalog = |fields: &[(&str, &str)]| {
        let stream = |(name, field): &(&str, &str)| {
            let properties = serde_json::json!({"kept": {"type": "string"}, *field: {"type": "string"}});
            serde_json::json!({"name": name, "json_schema": {"type": "object", "properties": properties}})
        };
        let streams: Vec<_> = fields.iter().map(stream).collect();
        Memory::new("catalog.json").file("", serde_json::json!({"streams": streams}).to_string())
    };
    let spread = report([catalog(&[("a", "x"), ("b", "y")]), catalog(&[("a", "kept"), ("b", "kept")])], "");
    let asked = |most_entries| Asked { most_entries, ..Asked::default() };
    let text = |most| Text::default().render(&View::of(&spread, asked(most)).into());
    assert!(text(1).contains("1 entry not shown"), "{}", text(1));
    assert!(
        text(1).contains("--limit entries=2") && text(1).contains("affects 2 streams: a, b"),
        "{}",
        text(1)
    );
    assert!(!text(2).contains("not shown"), "{}", text(2));
    let comment =
        Markdown { most_characters: 60_000, files_at: None }.render(&View::of(&spread, asked(1)).into());
    assert!(comment.contains("1 entry not shown"), "{comment}");
}

/// What aliases and merge keys repeat is not written, and so raises no limit.
#[test]
fn what_is_repeated_raises_no_limit() {
    let said = |more: &str, set: &str| {
        let side =
            |leaf: &str| Memory::new("manifest.yaml").file("", format!("{}{more}", exploding(6, leaf)));
        let report = report([side("string"), side("integer")], set);
        (report.verdict.outcome, report.errors.first().map(|error| error.message.clone()).unwrap_or_default())
    };
    let many = |item: &str, count: usize| vec![item; count].join(", ");
    // 10,000 values in some hundred bytes, and a schema of some thousand.
    let aliases = format!("unused: [&x [{}], {}]\n", many("0", 100), many("*x", 100));
    for more in ["", &aliases] {
        let (outcome, message) = said(more, "ref-values=1");
        assert_eq!(outcome, Outcome::Inconclusive, "{message}");
        // What the message asks for is more than the manifest has as it is written.
        let raised = message.rsplit_once("ref-values=").expect("a limit").1;
        assert!(raised.parse::<u64>().is_ok_and(|raised| (100..4_000).contains(&raised)), "{message}");
    }
    let keys: Vec<String> = (0..100).map(|key| format!("k{key}: 0")).collect();
    let merges = format!("a: &a {{{}}}\nunused: [{}]\n", keys.join(", "), many("{<<: *a}", 100));
    let (outcome, message) = said(&merges, "yaml-values=1000");
    assert_eq!(outcome, Outcome::Inconclusive);
    assert!(message.contains("merge keys bring more values than the limit yaml-values=1000: "), "{message}");
    assert_eq!(said(&merges, "").0, Outcome::Breaking);
    // Of entries under one key one is left, whoever brings them.
    let twice = format!("a: &a {{{}}}\nunused: [{}]\n", keys.join(", "), many("{<<: [*a, *a]}", 20));
    assert_eq!(said(&twice, "yaml-values=3000").0, Outcome::Breaking);
}

/// Both sides of each Markdown case of the corpus.
fn cases() -> Vec<(String, [Memory; 2])> {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus");
    let folders = fs::read_dir(corpus).expect("the corpus").map(|entry| entry.expect("an entry").path());
    let mut cases = Vec::new();
    for path in folders.filter(|path| path.is_dir()).flat_map(|path| fs::read_dir(path).expect("a folder")) {
        let path = path.expect("an entry").path();
        if path.extension().is_none_or(|extension| extension != "md") {
            continue;
        }
        let sections = support::sections(&fs::read_to_string(&path).expect("a case"));
        let side = |name: &str| {
            let files = sections.iter().filter_map(|(file, body)| Some((file.strip_prefix(name)?, body)));
            files.fold(Memory::new(name.trim_end_matches('/')), |tree, (file, body)| {
                tree.file(file, body.as_str())
            })
        };
        cases.push((path.display().to_string(), [side("old/"), side("new/")]));
    }
    assert!(cases.len() > 400, "the corpus is there");
    cases
}

#[test]
fn no_limit_makes_a_case_of_the_corpus_compatible() {
    let mut changed: BTreeMap<&str, usize> = BTreeMap::new();
    // What a YAML file has without its aliases and references is always read, and no case of the corpus has many.
    let aliased = |leaf: &str| {
        let manifest = exploding(0, leaf).replace("{d0: ", "{d0: &d0 ");
        Memory::new("manifest.yaml").file("", manifest.replace("{$ref: '#/definitions/d0'}", "*d0"))
    };
    let more = [
        ("a schema behind an alias".to_owned(), [aliased("string"), aliased("integer")]),
        ("a schema that explodes".to_owned(), [bomb(4, "string"), bomb(4, "integer")]),
    ];
    for (name, sides) in cases().into_iter().chain(more) {
        let whole = report(sides.clone(), "");
        // How many entries a report shows, and what is proposed, changes no verdict (`tests/proposals.rs` has the limit of
        // trials); archives have tests of their own.
        let is_met = |limit: &&limits::Limit| {
            ![limits::ENTRIES.name, limits::TRIALS.name].contains(&limit.name)
                && !limit.name.starts_with("archive-")
        };
        for limit in limits::ALL.into_iter().filter(is_met) {
            for most in [1, 8] {
                let set = format!("{}={most}", limit.name);
                let cut = report(sides.clone(), &set);
                *changed.entry(limit.name).or_default() +=
                    usize::from(cut.verdict.outcome != whole.verdict.outcome);
                let hidden = cut.verdict.outcome == Outcome::Compatible
                    && whole.verdict.outcome != Outcome::Compatible;
                assert!(!hidden, "{name} with {set}: {:?} became compatible", whole.verdict.outcome);
            }
        }
    }
    assert!(changed.values().all(|count| *count > 0), "every limit cuts: {changed:?}");
}
