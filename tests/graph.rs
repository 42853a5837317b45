//! The pictures of `graph`: each kind of part has its shape, names do no harm, and nothing lies over anything else.

#[path = "support/sides.rs"]
mod sides;
#[allow(dead_code, reason = "each test file uses a part of it")]
mod support;

use std::fs;
use std::path::Path;

use connector_diff::model::Connector;
use connector_diff::report::{GraphView, PictureError};
use regex::Regex;

use sides::{folder, load, side};
use support::sections;

/// One part of every kind, and a parent stream.
const EVERY_KIND: &str = "version: 6.48.0
type: DeclarativeSource
check: {type: CheckStream, stream_names: [shops]}
definitions:
  requester: {type: HttpRequester, url_base: \"https://{{ config['shop'] }}.test\", path: '{{ parameters.path }}'}
  selector: {type: RecordSelector, extractor: {type: DpathExtractor, field_path: []}}
streams:
  - type: DeclarativeStream
    name: shops
    $parameters: {path: shops}
    retriever:
      type: SimpleRetriever
      requester: {$ref: '#/definitions/requester'}
      record_selector: {$ref: '#/definitions/selector'}
    schema_loader: {type: JsonFileSchemaLoader, file_path: ./source_lantern/schemas/shops.json}
  - type: DeclarativeStream
    name: orders
    retriever:
      type: SimpleRetriever
      requester: {$ref: '#/definitions/requester'}
      record_selector: {$ref: '#/definitions/selector'}
      partition_router:
        type: SubstreamPartitionRouter
        parent_stream_configs:
          - {type: ParentStreamConfig, parent_key: id, partition_field: shop, stream: {$ref: '#/streams/0'}}
    schema_loader: {type: InlineSchemaLoader, schema: {type: object, properties: {id: {type: integer}}}}
spec:
  type: Spec
  connection_specification: {type: object, properties: {shop: {type: string}}}
";

fn every_kind() -> Connector {
    side("side", &[("manifest.yaml", EVERY_KIND), ("schemas/shops.json", "{\"type\": \"object\"}")])
}

/// So many streams in groups of four, the last of which is a parent of the first three; all share definitions.
fn many(streams: usize) -> Connector {
    let mut text = EVERY_KIND.split("streams:\n  - type").next().expect("a start").to_owned();
    text.push_str("  streams:\n");
    for number in 0..streams {
        let parent = number / 4 * 4 + 3;
        let router = if number == parent || parent >= streams {
            String::new()
        } else {
            format!(
                "\n        partition_router: {{type: SubstreamPartitionRouter, parent_stream_configs: [{{type: \
                 ParentStreamConfig, parent_key: id, partition_field: p, stream: {{$ref: \
                 '#/definitions/streams/s{parent}'}}}}]}}"
            )
        };
        text.push_str(&format!(
            "    s{number}:
      type: DeclarativeStream
      name: stream_{number}
      $parameters: {{path: s{number}}}
      retriever:
        type: SimpleRetriever
        requester: {{$ref: '#/definitions/requester'}}
        record_selector: {{$ref: '#/definitions/selector'}}{router}
      schema_loader: {{type: InlineSchemaLoader, schema: {{type: object, properties: {{id: {{type: integer}}}}}}}}
"
        ));
    }
    text.push_str("streams:\n");
    for number in 0..streams {
        text.push_str(&format!("  - {{$ref: '#/definitions/streams/s{number}'}}\n"));
    }
    text.push_str("spec:\n  type: Spec\n  connection_specification: {type: object, properties: {shop: {type: string}}}\n");
    load(folder("many", &[("manifest.yaml", &text)]))
}

fn view(side: &Connector) -> GraphView<'_> {
    GraphView::of(side, None).expect("no stream is asked for")
}

fn svg(side: &Connector) -> String {
    view(side).svg().expect("a picture")
}

/// A rectangle: its left, upper, right and lower side.
#[derive(Debug, Clone, Copy)]
struct Area([f64; 4]);

impl Area {
    fn around(points: &[(f64, f64)]) -> Self {
        let start = [f64::INFINITY, f64::INFINITY, f64::NEG_INFINITY, f64::NEG_INFINITY];
        Self(points.iter().fold(start, |[left, upper, right, lower], &(x, y)| {
            [left.min(x), upper.min(y), right.max(x), lower.max(y)]
        }))
    }

    /// Whether they share more than what rounding leaves at their borders.
    fn overlaps(self, other: Self) -> bool {
        let ([left, upper, right, lower], [l, u, r, d]) = (self.0, other.0);
        left + 1.0 < r && l + 1.0 < right && upper + 1.0 < d && u + 1.0 < lower
    }
}

/// What a picture shows, read from its text.
struct Picture {
    page: Area,
    /// Kind and name, shape, and where.
    parts: Vec<(String, String, Area)>,
    lines: Vec<(Vec<(f64, f64)>, bool)>,
}

fn number(text: &str) -> f64 {
    text.parse().expect("a number")
}

fn points(text: &str) -> Vec<(f64, f64)> {
    let pairs = text.split(' ').map(|pair| pair.split_once(',').expect("two numbers"));
    pairs.map(|(x, y)| (number(x), number(y))).collect()
}

fn attribute<'t>(element: &'t str, name: &str) -> &'t str {
    let (_, rest) =
        element.split_once(&format!(" {name}=\"")).unwrap_or_else(|| panic!("no {name} in {element}"));
    rest.split('"').next().expect("a value")
}

fn read(text: &str) -> Picture {
    let page: Vec<f64> = attribute(text, "viewBox").split(' ').map(number).collect();
    let part = Regex::new("<g><title>([^<]*)</title><([a-z]+)( [^>]*)/>").expect("a pattern");
    let parts = part.captures_iter(text).map(|found| {
        let get = |name| number(attribute(&found[3], name));
        let area = match &found[2] {
            "rect" => Area([get("x"), get("y"), get("x") + get("width"), get("y") + get("height")]),
            "circle" => {
                let (x, y, r) = (get("cx"), get("cy"), get("r"));
                Area([x - r, y - r, x + r, y + r])
            }
            _ => Area::around(&points(attribute(&found[3], "points"))),
        };
        let shape = match &found[2] {
            "rect" if found[3].contains(" rx=") => "rounded box",
            "rect" => "box",
            "polygon" => match points(attribute(&found[3], "points"))[..] {
                // The middles of all four sides.
                [top, right, bottom, left] if top.0 == bottom.0 && left.1 == right.1 => "diamond",
                [a, b, c, d] if a.1 == b.1 && c.1 == d.1 && a.0 > d.0 && b.0 > c.0 => "slanted box",
                _ => "another polygon",
            },
            other => other,
        };
        (found[1].to_owned(), shape.to_owned(), area)
    });
    let line = Regex::new("<polyline [^>]*/>").expect("a pattern");
    let lines = line.find_iter(text).map(|found| {
        (points(attribute(found.as_str(), "points")), found.as_str().contains("stroke-dasharray"))
    });
    Picture {
        page: Area([page[0], page[1], page[0] + page[2], page[1] + page[3]]),
        parts: parts.collect(),
        lines: lines.collect(),
    }
}

/// What is wrong with where things are.
fn faults(side: &Connector) -> Vec<String> {
    let view = view(side);
    let (picture, dot) = (read(&view.svg().expect("a picture")), view.dot());
    let link = Regex::new("n([0-9]+) -> n([0-9]+)").expect("a pattern");
    let links = link.captures_iter(&dot).map(|found| [1, 2].map(|at| found[at].parse().expect("a number")));
    let links: Vec<[usize; 2]> = links.collect();
    let mut faults = Vec::new();
    if links.len() != picture.lines.len() || dot.matches("label=").count() != picture.parts.len() {
        faults.push("not everything is drawn".to_owned());
    }
    for (at, (name, _, area)) in picture.parts.iter().enumerate() {
        for (other, _, beside) in &picture.parts[..at] {
            if area.overlaps(*beside) {
                faults.push(format!("{name} lies over {other}"));
            }
        }
    }
    for ((line, _), ends) in picture.lines.iter().zip(&links) {
        for (at, (name, _, area)) in picture.parts.iter().enumerate() {
            let [left, upper, right, lower] = area.0;
            let near = Area([left - 1.0, upper - 1.0, right + 1.0, lower + 1.0]);
            // A straight piece has no width, so the part has to hold some of it.
            let enters = |piece: &[(f64, f64)]| {
                let Area([l, u, r, d]) = Area::around(piece);
                Area([l - 0.6, u - 0.6, r + 0.6, d + 0.6]).overlaps(*area)
            };
            if !ends.contains(&at) && line.windows(2).any(enters) {
                faults.push(format!("a line of {ends:?} runs through {name}"));
            }
            let (start, end) = (line.first().expect("a start"), line.last().expect("an end"));
            for (wanted, &(x, y)) in ends.iter().zip([start, end]) {
                if *wanted == at && !near.overlaps(Area([x - 1.0, y - 1.0, x + 1.0, y + 1.0])) {
                    faults.push(format!("a line of {ends:?} does not reach {name}"));
                }
            }
        }
    }
    let corners = picture.parts.iter().flat_map(|(_, _, area)| {
        let [left, upper, right, lower] = area.0;
        [(left, upper), (right, lower)]
    });
    let drawn: Vec<(f64, f64)> =
        corners.chain(picture.lines.iter().flat_map(|(line, _)| line.iter().copied())).collect();
    let margins =
        Area::around(&drawn).0.into_iter().zip(picture.page.0).map(|(inner, outer)| (inner - outer).abs());
    let margins: Vec<f64> = margins.collect();
    if margins.iter().any(|margin| (margin - 12.0).abs() > 0.5) {
        faults.push(format!("the margins are {margins:?}"));
    }
    faults
}

#[test]
fn each_kind_of_part_has_its_shape() {
    let side = every_kind();
    let picture = read(&svg(&side));
    let shapes: Vec<String> =
        picture.parts.iter().map(|(name, shape, _)| format!("{name}: {shape}")).collect();
    insta::assert_snapshot!("shapes_svg", shapes.join("\n"));
    assert!(
        picture.lines.iter().any(|(_, dashed)| *dashed) && picture.lines.iter().any(|(_, dashed)| !*dashed)
    );
    insta::assert_snapshot!("shapes_dot", view(&side).dot());
    insta::assert_snapshot!("shapes_mermaid", view(&side).mermaid());
}

#[test]
fn nothing_lies_over_anything_else() {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus");
    let mut drawn = 0;
    for rule in fs::read_dir(&corpus).expect("the corpus").flatten() {
        for case in fs::read_dir(rule.path()).into_iter().flatten().flatten() {
            let Ok(text) = fs::read_to_string(case.path()) else { continue };
            let sections = sections(&text);
            let files: Vec<(&str, &str)> = sections
                .iter()
                .filter_map(|(name, body)| Some((name.strip_prefix("new/")?, body.as_str())))
                .collect();
            let side = side("new", &files);
            if !view(&side).is_empty() {
                assert_eq!(faults(&side), Vec::<String>::new(), "{}", case.path().display());
                drawn += 1;
            }
        }
    }
    assert!(drawn > 100, "{drawn} pictures");
    for side in [every_kind(), many(1), many(40), many(120)] {
        assert_eq!(faults(&side), Vec::<String>::new());
    }
}

#[test]
fn the_same_side_gives_the_same_picture() {
    let (one, other) = (many(60), many(60));
    assert!(svg(&one) == svg(&other));
    assert!(svg(&one) != svg(&many(61)));
}

#[test]
fn a_graph_too_large_for_a_picture_is_refused() {
    let side = many(500);
    match view(&side).svg() {
        Err(error @ PictureError::TooLarge { .. }) => {
            assert!(error.to_string().starts_with("too many parts for a picture: "), "{error}");
        }
        other => panic!("{other:?}"),
    }
    assert!(view(&side).dot().contains("stream_499"));
    let one = GraphView::of(&side, Some("stream_499")).expect("a stream");
    assert!(one.svg().is_ok());
}

/// The only stream of a catalog.
fn named(name: &str) -> Connector {
    let catalog = serde_json::json!({"streams": [
        {"name": name, "json_schema": {"type": "object"}, "supported_sync_modes": ["full_refresh"]}
    ]});
    side("side", &[("catalog.json", &catalog.to_string())])
}

#[test]
fn names_do_no_harm() {
    let cases = [
        ("<script>alert(1)</script>", "&lt;script&gt;alert(1)&lt;/script&gt;"),
        ("a]]>&amp;\"b\"", "a]]&gt;&amp;amp;\"b\""),
        ("two\nlines\tand \u{1b}[31m", "two\\nlines\\tand \\u{1b}[31m"),
        ("turned \u{202e}txt.exe", "turned \\u{202e}txt.exe"),
        ("no width\u{200b}\u{feff}\u{ffff}", "no width\\u{200b}\\u{feff}\\u{ffff}"),
        ("größe 売上", "größe 売上"),
        ("", "\"\""),
    ];
    for (name, shown) in cases {
        let text = svg(&named(name));
        assert!(text.contains(&format!("<title>stream {shown}</title>")), "{text}");
        assert!(text.contains(&format!(">{shown}</text>")), "{text}");
        assert!(!text.contains(|character: char| character.is_control() && character != '\n'), "{text:?}");
    }
    let dot = |name| view(&named(name)).dot().lines().nth(2).expect("a part").to_owned();
    assert_eq!(dot("a\"]; b [label=\"\\N"), "  n0 [label=\"a\\\"]; b [label=\\\"\\\\N\", shape=box];");
    assert_eq!(dot("a\nb&lt;"), "  n0 [label=\"a\\\\nb&amp;lt;\", shape=box];");
    let mermaid = |name| view(&named(name)).mermaid().lines().nth(1).expect("a part").to_owned();
    assert_eq!(mermaid("orders_v2/new.json"), "  n0[\"orders_v2/new.json\"]");
    assert_eq!(mermaid("a\"] --> b[\""), "  n0[\"a#34;#93; --#62; b#91;#34;\"]");
    assert_eq!(mermaid("%%{init: {}}%%"), "  n0[\"#37;#37;#123;init#58; #123;#125;#125;#37;#37;\"]");
    assert_eq!(mermaid("</b>\n`_a_` $$x$$"), "  n0[\"#60;/b#62;#92;n#96;#95;a#95;#96; #36;#36;x#36;#36;\"]");
    assert_eq!(mermaid("1. one"), "  n0[\"1#46; one\"]");
    assert_eq!(mermaid("- one"), "  n0[\"#45; one\"]");
}

#[test]
fn a_long_name_keeps_its_start_and_its_end() {
    let name = |length: usize| format!("start{}end", "x".repeat(length - 8));
    let side = named(&name(61));
    let text = svg(&side);
    assert!(
        text.contains(&format!(">start{}\u{2026}{}end</text>", "x".repeat(24), "x".repeat(27))),
        "{text}"
    );
    assert!(text.contains(&format!("<title>stream {}</title>", name(61))), "{text}");
    assert!(view(&side).dot().contains('\u{2026}') && view(&side).mermaid().contains('\u{2026}'));
    let whole = named(&name(60));
    assert!(!svg(&whole).contains('\u{2026}') && !view(&whole).mermaid().contains('\u{2026}'));
}
