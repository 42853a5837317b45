//! The page: one file that asks for nothing, in which every element is ours, for one connector or for many.

#[allow(dead_code, reason = "cases are not written to a disk")]
mod support;

#[path = "support/sides.rs"]
mod sides;

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use connector_diff::load::{Request, connector_in};
use connector_diff::model::ConnectorReport;
use connector_diff::policy::FailOn;
use connector_diff::release::Gate;
use connector_diff::report::{Asked, Checkout, Html, Published, Render, View};
use connector_diff::tree::Memory;
use connector_diff::{Options, compare};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

fn options() -> Options {
    Options { picture: true, ..Options::default() }
}

fn page_of(reports: &[ConnectorReport]) -> String {
    let view = |report| {
        let gate = Some(Gate::of(report, FailOn::Undeclared));
        View::of(report, Asked { verbose: true, gate, ..Asked::default() })
    };
    Html::default().render(&reports.iter().map(view).collect::<Vec<_>>().into())
}

fn demo() -> ConnectorReport {
    let side = |which: &str| {
        sides::load(sides::copy_of(&Path::new("corpus/demo").join(which).join("source-bookshop")))
    };
    compare(&side("old"), &side("new"), &options())
}

/// The reports on the cases of the corpus that are written in Markdown, every so many of them.
fn corpus(step: usize) -> Vec<ConnectorReport> {
    let folders = fs::read_dir("corpus").expect("the corpus").map(|entry| entry.expect("an entry").path());
    let mut cases: Vec<_> = folders
        .filter(|path| path.is_dir())
        .flat_map(|path| fs::read_dir(path).expect("a folder"))
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "md"))
        .collect();
    cases.sort();
    assert!(cases.len() > 400, "the corpus is there");
    let report = |path: &std::path::PathBuf| {
        let sections = support::sections(&fs::read_to_string(path).expect("a case"));
        let stem = |path: &Path| path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let name = format!("source-{}-{}", stem(path.parent().expect("a folder")), stem(path));
        let side = |folder: &str| {
            let files = sections.iter().filter_map(|(file, body)| Some((file.strip_prefix(folder)?, body)));
            let tree = files.fold(Memory::new(folder.trim_end_matches('/')), |tree, (file, body)| {
                tree.file(file, body.as_str())
            });
            connector_in(&Request { name: Some(name.clone()), ..Request::new(tree) })
        };
        compare(&side("old/"), &side("new/"), &options())
    };
    cases.iter().step_by(step).map(report).collect()
}

fn hostile_names() -> Vec<String> {
    serde_json::from_str(include_str!("data/hostile_names.json")).expect("a list of names")
}

/// A manifest whose streams share a schema that changes, with these names for everything.
fn report_of(names: &[String]) -> ConnectorReport {
    let side = |version: &str, kind: &str, is_old: bool| {
        let stream = |name: &String| {
            json!({"type": "DeclarativeStream", "name": name, "primary_key": [name],
                "retriever": {"type": "SimpleRetriever", "requester": {"type": "HttpRequester",
                    "url_base": "https://lantern.test", "path": name},
                    "record_selector": {"type": "RecordSelector",
                        "extractor": {"type": "DpathExtractor", "field_path": []}}},
                "schema_loader": {"type": "InlineSchemaLoader", "schema": {"$ref": "#/definitions/shared"}}})
        };
        let mut fields = json!({"id": {"type": kind}});
        let mut settings = json!({});
        for name in names {
            fields[name] = json!({"type": kind});
            settings[name] = json!({"type": "string", "title": name, "enum": if is_old { vec![name.as_str(), "kept"] } else { vec!["kept"] }});
        }
        let streams: Vec<Value> = names.iter().map(stream).collect();
        let manifest = json!({"version": "6.0.0", "type": "DeclarativeSource",
            "check": {"type": "CheckStream", "stream_names": [names[0]]},
            "definitions": {"shared": {"type": "object", "properties": fields}}, "streams": streams,
            "spec": {"type": "Spec", "connection_specification": {"type": "object", "properties": settings}}});
        let metadata = json!({"data": {"dockerImageTag": version, "connectorType": "source"}});
        // YAML takes some characters as escapes only.
        let is_odd = |c: char| c != '\n' && c.is_control() || "\u{2028}\u{2029}\u{feff}".contains(c);
        let manifest: String = serde_json::to_string_pretty(&manifest)
            .expect("JSON")
            .chars()
            .map(|c| if is_odd(c) { format!("\\u{:04x}", u32::from(c)) } else { c.to_string() })
            .collect();
        let tree = Memory::new(format!("{}/side", names[0]))
            .file("manifest.yaml", manifest)
            .file("metadata.yaml", metadata.to_string());
        connector_in(&Request { name: Some(names[0].clone()), ..Request::new(tree) })
    };
    compare(&side("1.0.0", "integer", true), &side("1.0.1", "string", false), &options())
}

/// The page without the texts of its style and its script, which are no XML.
fn bare(page: &str) -> String {
    let mut bare = page.to_owned();
    for element in ["style", "script"] {
        let (open, close) = (format!("<{element}>"), format!("</{element}>"));
        let (before, rest) = bare.split_once(&open).expect("it opens");
        let (_, after) = rest.split_once(&close).expect("it closes");
        bare = format!("{before}{open}{close}{after}");
    }
    bare
}

/// Every element with the names of its attributes, and with the values of those that lead somewhere.
fn elements(page: &str) -> Vec<String> {
    let bare = bare(page);
    let options = roxmltree::ParsingOptions { allow_dtd: true, ..Default::default() };
    let document = roxmltree::Document::parse_with_options(&bare, options)
        .unwrap_or_else(|error| panic!("{error}: {bare}"));
    let nodes = document.descendants().filter(roxmltree::Node::is_element);
    nodes
        .map(|node| {
            let attributes = node.attributes().map(|one| match one.name() {
                "href" | "src" | "content" | "class" => format!("{}={}", one.name(), one.value()),
                name => name.to_owned(),
            });
            format!("{} {:?}", node.tag_name().name(), attributes.collect::<Vec<_>>())
        })
        .collect()
}

#[test]
fn the_page_asks_for_nothing_and_is_well_formed() {
    let reports = corpus(1);
    let mut pictures = 0;
    for report in reports.iter().chain([&demo()]) {
        let page = page_of(std::slice::from_ref(report));
        let elements = elements(&page);
        pictures += usize::from(report.picture.as_ref().is_some_and(|picture| picture.svg.is_some()));
        for element in &elements {
            assert!(
                !element.contains("src=") && !element.starts_with("link ") && !element.starts_with("img ")
            );
            assert!(!element.contains("href=") || element.contains("href=#"), "{element}");
        }
        let answer = page.find("class=\"badge").expect("the answer");
        assert!(answer < page.find("class=\"connector").expect("a connector"), "the summary comes first");
        assert!(
            page.contains(&format!("needs {}", report.verdict.required_bump.name()))
                || !report.errors.is_empty()
                || page.contains("not known"),
            "{page}"
        );
    }
    assert!(pictures > 10, "some have pictures: {pictures}");
}

#[test]
fn every_element_is_ours_whatever_a_stranger_calls_his_streams() {
    let expected = elements(&page_of(&[report_of(&["plain".to_owned()])]));
    assert!(expected.iter().any(|element| element.starts_with("polygon") || element.starts_with("rect")));
    for name in hostile_names() {
        let report = report_of(std::slice::from_ref(&name));
        let page = page_of(&[report]);
        assert_eq!(elements(&page), expected, "{name:?}");
        let is_seen =
            |c: char| c == '\n' || !c.is_control() && !"\u{202e}\u{2066}\u{2028}\u{feff}".contains(c);
        assert!(page.chars().all(is_seen), "{name:?}");
    }
}

#[test]
fn many_connectors_have_a_row_and_a_section_each() {
    let reports = corpus(16);
    let page = page_of(&reports);
    let bare = bare(&page);
    let options = roxmltree::ParsingOptions { allow_dtd: true, ..Default::default() };
    let document = roxmltree::Document::parse_with_options(&bare, options).expect("XML");
    let ids: Vec<&str> = document.descendants().filter_map(|node| node.attribute("id")).collect();
    assert_eq!(ids.iter().collect::<BTreeSet<_>>().len(), ids.len(), "no id stands twice");
    let links: Vec<&str> =
        document.descendants().filter_map(|node| node.attribute("href")?.strip_prefix('#')).collect();
    assert!(links.iter().all(|link| ids.contains(link)), "{links:?}");
    assert_eq!(links.iter().filter(|link| **link != "changes").count(), reports.len());
    let named: Vec<&str> = document.descendants().filter_map(|node| node.attribute("data-name")).collect();
    assert_eq!(named, reports.iter().map(|report| report.name.as_str()).collect::<Vec<_>>());
    assert!(page_of(&[]).contains("Nothing was compared."));
    elements(&page_of(&[]));
}

#[test]
fn places_are_links_where_the_files_are_published() {
    let published =
        Published::new("https://git.test/a".into(), "0a1b".into(), "https://git.test/a/blob/0a1b".into());
    let checkout =
        Checkout { root: "/repository".into(), here: "/repository".into(), revision: None, published };
    let report = demo();
    let view = View::of(&report, Asked::default());
    let page = Html { files_at: Some(checkout) }.render(&view.into());
    let address = "href=\"https://git.test/a/blob/0a1b/corpus/demo/new/source-bookshop/manifest.yaml#L91\"";
    assert!(page.contains(address), "{page}");
    assert!(!page_of(&[report]).contains("git.test"));
}

#[test]
fn both_sides_are_shown_beside_each_other() {
    let page = page_of(&[demo()]);
    for line in ["enum: [us, eu, uk]", "enum: [us, eu]"] {
        assert!(page.contains(line), "{page}");
    }
    assert!(page.contains("class=\"gone\"") && page.contains("class=\"come\""), "{page}");
}

#[test]
fn the_policy_names_the_style_and_the_script() {
    let digest = |text: &str| {
        const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
        let bytes = Sha256::digest(text.as_bytes());
        let encoded = bytes.chunks(3).flat_map(|chunk| {
            let bits = chunk.iter().fold(0_u32, |bits, byte| bits << 8 | u32::from(*byte))
                << (8 * (3 - chunk.len()));
            let digits = (0..=chunk.len()).map(move |index| DIGITS[(bits >> (18 - 6 * index) & 63) as usize]);
            digits.map(char::from)
        });
        format!("'sha256-{}='", encoded.collect::<String>())
    };
    let page = page_of(&[demo()]);
    for (kind, element) in [("style-src", "style"), ("script-src", "script")] {
        let (_, rest) = page.split_once(&format!("<{element}>")).expect("it opens");
        let (text, _) = rest.split_once(&format!("</{element}>")).expect("it closes");
        let expected = format!("{kind} {}", digest(text)).replace('\'', "&#39;");
        assert!(page.contains(&expected), "the policy has to have {kind} {}", digest(text));
    }
}

#[test]
fn pages_are_kept_for_a_browser() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("pages");
    fs::create_dir_all(&folder).expect("a folder");
    let many: Vec<ConnectorReport> = [vec![demo()], corpus(16)].concat();
    for (name, page) in [
        ("demo", page_of(&[demo()])),
        ("many", page_of(&many)),
        ("hostile", page_of(&[report_of(&hostile_names())])),
    ] {
        assert!(page.starts_with("<!DOCTYPE html>") && page.ends_with("</html>\n"));
        fs::write(folder.join(format!("{name}.html")), page).expect("a page");
    }
}
