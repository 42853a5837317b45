//! Whatever a stranger calls his streams and fields, a report says no more than we say: no element, link, mention or
//! formula in Markdown, no colour, cursor movement, line or command of a log in text.

#[path = "support/sides.rs"]
mod sides;

use std::collections::BTreeSet;
use std::num::NonZero;

use connector_diff::effects::DestinationName;
use connector_diff::model::ConnectorReport;
use connector_diff::release::Gate;
use connector_diff::report::{Asked, Concise, Grain, Markdown, Render, Text, View};
use connector_diff::{Options, compare, policy::FailOn, rules};
use serde_json::{Value, json};

/// Names that mean something to a terminal, a log, a Markdown engine or a browser.
const NAMES: &str = include_str!("data/hostile_names.json");

/// A report in which a stream and a field of each name change, and a stream of each name goes.
fn report_of(names: &[String]) -> ConnectorReport {
    let catalog = |kind: &str, gone: bool| {
        let stream = |name: &String| {
            let schema =
                json!({"type": "object", "properties": {name.clone(): {"type": kind}, "id": {"type": kind}}});
            json!({"name": name, "json_schema": schema, "source_defined_primary_key": [[name]]})
        };
        let mut streams: Vec<Value> = names.iter().map(stream).collect();
        if gone {
            streams.extend(names.iter().map(|name| json!({"name": format!("{name}!"), "json_schema": {}})));
        }
        json!({"streams": streams}).to_string()
    };
    let spec = |values: &[String]| {
        let mut properties = serde_json::Map::new();
        for name in names {
            properties.insert(name.clone(), json!({"type": "string", "enum": values, "title": name}));
        }
        json!({"connectionSpecification": {"type": "object", "properties": properties, "required": names}})
            .to_string()
    };
    let side = |version: &str, catalog: String, spec: String| {
        let metadata = json!({"data": {"dockerImageTag": version, "dockerRepository": "x/source-y",
            "connectorType": "source"}});
        let tree = sides::file("catalog.json", catalog).file("spec.json", spec);
        sides::load(tree.file("metadata.yaml", metadata.to_string()))
    };
    let old = side("1.0.0", catalog("integer", true), spec(&[names, &["kept".to_owned()]].concat()));
    let new = side("1.1.0", catalog("string", false), spec(&["kept".to_owned()]));
    // Few enough that a comment has room for them whatever the names.
    let destinations = DestinationName::of_list(["iceberg", "duckdb"].into_iter()).expect("known names");
    compare(&old, &new, &Options { destinations, ..Options::default() })
}

fn asked(report: &ConnectorReport, all: bool) -> Asked {
    Asked { all, verbose: all, gate: Some(Gate::of(report, FailOn::Undeclared)), ..Asked::default() }
}

/// The same report with names that mean nothing to anybody.
fn tame(count: usize) -> Vec<String> {
    (0..count).map(|index| format!("name_{index:02}")).collect()
}

fn hostile() -> Vec<String> {
    serde_json::from_str(NAMES).expect("a list of names")
}

fn text_of(report: &ConnectorReport, all: bool) -> String {
    Text::default().render(&View::of(report, asked(report, all)).into())
}

#[test]
fn the_terminal_is_given_our_own_styles_and_lines_only() {
    for all in [false, true] {
        let report = report_of(&hostile());
        let printed = text_of(&report, all);
        let plain = anstream::adapter::strip_str(&printed).to_string();
        for character in plain.chars() {
            let is_seen = character == '\n' || !character.is_control();
            assert!(
                is_seen && !"\u{202e}\u{2066}\u{2028}\u{2029}\u{feff}\u{200b}".contains(character),
                "{plain}"
            );
        }
        // The styles that stand there for plain names, and no other.
        let tame = text_of(&report_of(&tame(hostile().len())), all);
        let ours = styles(&tame);
        assert!(styles(&printed).is_subset(&ours), "{:?}", styles(&printed));
        for line in plain.lines() {
            assert!(!line.trim_start().starts_with("::"), "a command of the log: {line}");
            let is_command = line.match_indices("##").any(|(at, _)| {
                line[at + 2..].trim_start_matches(|c: char| c.is_alphanumeric()).starts_with('[')
            });
            assert!(!is_command, "a command of the log: {line}");
        }
        // A terminal that is given the report shows the text and nothing else: nothing moves the cursor or wipes.
        let (lines, columns) = (plain.lines().count(), plain.lines().map(str::len).max().unwrap_or(0));
        let size = |number: usize| {
            let size = u16::try_from(number + 8).expect("a report that a terminal can hold");
            NonZero::new(size).expect("more than nothing")
        };
        let mut terminal = vt100::Parser::new(size(lines), size(columns), 0);
        terminal.process(printed.replace('\n', "\r\n").as_bytes());
        let shown = terminal.screen().contents();
        let without_ends =
            |text: &str| text.lines().map(|line| line.trim_end().to_owned()).collect::<Vec<_>>();
        assert_eq!(without_ends(&shown), without_ends(plain.trim_end()));
    }
}

/// Every sequence that starts with an escape, up to its last letter.
fn styles(printed: &str) -> BTreeSet<&str> {
    let starts = printed.match_indices('\u{1b}').map(|(at, _)| &printed[at..]);
    starts.map(|rest| &rest[..=rest.find(|c: char| c.is_alphabetic()).unwrap_or(0)]).collect()
}

/// The addresses that a page links to.
fn links_to(page: &str) -> BTreeSet<String> {
    let after = page.split("href=").skip(1);
    after.filter_map(|rest| Some(rest.split('"').nth(1)?.to_owned())).collect()
}

/// The pages that explain rules: no name of a stranger is among them.
fn ours() -> BTreeSet<String> {
    let of_rules = rules::all().iter().filter_map(|rule| rules::explained_at(rule.id, rule.references));
    let of_checks =
        rules::checks().iter().filter_map(|check| rules::explained_at(check.id, check.references));
    of_rules.chain(of_checks).collect()
}

#[test]
fn what_metadata_and_files_say_is_no_word_of_ours() {
    let side = |version: &str, file: &str| {
        let metadata = json!({"data": {"dockerImageTag": version, "connectorType": "source",
            "dockerRepository": "x/source-y\n::error::owned\u{1b}[31m"}});
        let tree =
            sides::file("metadata.yaml", metadata.to_string()).file("manifest.yaml", "version: 6.0.0\n");
        sides::load(tree.file(file, "{"))
    };
    let version = format!("1.0.1: ok: nothing that users notice{}\n::error::x", " ".repeat(300));
    let old = side(&version, "schemas/a\n::error::b.json");
    let report = compare(&old, &side("2.0.0 declared", "schemas/##[group]c.json"), &Options::default());
    let printed = anstream::adapter::strip_str(&text_of(&report, true)).to_string();
    assert!(printed.starts_with("`source-y\\n::error::owned\\u{1b}[31m` `1.0.1: ok: nothing"), "{printed}");
    assert!(
        printed.lines().all(|line| !line.trim_start().starts_with("::") && !line.contains("##[")),
        "{printed}"
    );
    let first = printed.lines().next().unwrap_or_default();
    assert!(first.chars().count() < 400 && first.contains("` → `2.0.0 declared`: "), "{first}");
    let comment = Markdown { most_characters: 60_000, files_at: None }
        .render(&View::of(&report, asked(&report, false)).into());
    for engine in [by_comrak, by_pulldown_cmark] {
        let page = engine(&comment);
        assert!(links_to(&page).is_subset(&ours()) && page.contains("<code>1.0.1: ok: nothing"), "{page}");
    }
}

#[test]
fn a_name_is_one_line_of_the_concise_report() {
    let report = report_of(&hostile());
    let tame = report_of(&tame(hostile().len()));
    let lines = |report: &ConnectorReport| {
        let asked = Asked { grain: Grain::Finding, ..Asked::default() };
        Concise.render(&View::of(report, asked).into()).lines().map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(lines(&report).len(), lines(&tame).len());
    let is_located = |line: &String| {
        line.contains(": breaking[") || line.contains(": error[") || line.contains(": review[")
    };
    assert!(lines(&report).iter().all(is_located), "{:#?}", lines(&report));
}

/// The elements of a page, in order; of links the address too.
fn elements(html: &str) -> Vec<String> {
    let mut elements = Vec::new();
    let mut rest = html;
    while let Some(at) = rest.find('<') {
        let end = rest[at..].find('>').map_or(rest.len(), |end| at + end + 1);
        elements.push(rest[at..end].to_owned());
        rest = &rest[end..];
    }
    elements
}

fn by_comrak(markdown: &str) -> String {
    let mut options = comrak::Options::default();
    options.extension.table = true;
    options.extension.autolink = true;
    options.extension.strikethrough = true;
    options.extension.tasklist = true;
    options.extension.footnotes = true;
    options.extension.math_dollars = true;
    options.extension.math_code = true;
    options.extension.alerts = true;
    options.render.r#unsafe = true;
    comrak::markdown_to_html(markdown, &options)
}

fn by_pulldown_cmark(markdown: &str) -> String {
    let mut html = String::new();
    let parser = pulldown_cmark::Parser::new_ext(markdown, pulldown_cmark::Options::all());
    pulldown_cmark::html::push_html(&mut html, parser);
    html
}

#[test]
fn two_markdown_engines_find_the_elements_that_we_write() {
    for engine in [by_comrak, by_pulldown_cmark] {
        for limit in [60_000, 9_000] {
            // One name at a time, so that the two reports have the same order.
            for name in hostile() {
                let render = |name: &str| {
                    let report = report_of(&[name.to_owned()]);
                    let view = View::of(&report, asked(&report, false));
                    Markdown { most_characters: limit, files_at: None }.render(&view.into())
                };
                let (page, expected) = (engine(&render(&name)), engine(&render("name_00")));
                assert_eq!(elements(&page), elements(&expected), "{name:?}\n{page}");
            }
        }
    }
}

#[test]
fn a_page_of_all_names_has_nothing_that_acts() {
    let report = report_of(&hostile());
    for limit in [60_000, 20_000, 4_000] {
        let view = View::of(&report, asked(&report, false));
        let comment = Markdown { most_characters: limit, files_at: None }.render(&view.into());
        assert!(comment.chars().count() <= limit, "{}", comment.chars().count());
        for engine in [by_comrak, by_pulldown_cmark] {
            for element in elements(&engine(&comment)) {
                let name: String = element
                    .trim_start_matches(['<', '/'])
                    .chars()
                    .take_while(|c| c.is_alphanumeric() || *c == '!')
                    .collect();
                const OURS: [&str; 21] = [
                    "a",
                    "!",
                    "h3",
                    "p",
                    "strong",
                    "table",
                    "thead",
                    "tbody",
                    "tr",
                    "th",
                    "td",
                    "br",
                    "sub",
                    "code",
                    "pre",
                    "ul",
                    "ol",
                    "li",
                    "details",
                    "summary",
                    "blockquote",
                ];
                assert!(OURS.contains(&name.as_str()), "{element} of {name}");
                assert!(links_to(&element).is_subset(&ours()) && !element.contains("math"), "{element}");
            }
        }
    }
}
