//! The graph as a picture: a library places the parts and the lines between them, and they are drawn here.

use std::fmt::Write as _;

use graphlay::{
    Edge, EdgeRoute, GraphBuilder, LayoutError, LayoutOptions, Limits, MergeEdges, Node, NodeId, Point,
    PortCentring, PortSides, Shape, Size, layout,
};

use super::{Drawn, Named, PictureError};
use crate::model::{Link, PartKind};

/// Placing takes time that grows much faster than the graph: these take a few seconds.
pub(super) const MOST_PARTS: usize = 800;
pub(super) const MOST_LINKS: usize = 1600;
/// How often lines pass layers of other parts. Bing Ads, with 226 parts, has a hundred such places.
const MOST_PASSED: usize = 1000;

const FONT_SIZE: f64 = 12.0;
/// How wide an ASCII character is, with a little to spare, in the fonts whose characters all have one width. Others may
/// be twice as wide.
const CHARACTER: f64 = 7.3;
const LINE_HEIGHT: f64 = 15.0;
/// Between a name and the border of its shape.
const PADDING: f64 = 9.0;
/// How far the sides of a slanted box lean.
const SLANT: f64 = 12.0;
const ROUNDED: f64 = 9.0;
/// Between two lines at one side of a shape, so that they can be told apart.
const BETWEEN_ENDS: f64 = 8.0;
/// A shape does not grow for more lines than this. Those that start at it can share their start.
const MOST_ENDS: usize = 50;
const MOST_STARTS: usize = 10;
/// Around the whole picture.
const MARGIN: f64 = 12.0;

/// What a picture stands in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Frame {
    /// A file of its own.
    File,
    /// A page, which has the arrow's head and says by classes how things look.
    Page,
}

/// Draws the graph.
pub(super) fn svg(drawn: &Drawn, frame: Frame) -> Result<String, PictureError> {
    let (mut starts, mut ends) = (vec![0; drawn.parts.len()], vec![0; drawn.parts.len()]);
    for (from, to, _) in &drawn.links {
        starts[*from] += 1;
        ends[*to] += 1;
    }
    let lines =
        starts.into_iter().zip(ends).map(|(starts, ends)| ends.min(MOST_ENDS).max(starts.min(MOST_STARTS)));
    let figures: Vec<Figure> =
        drawn.parts.iter().zip(lines).map(|(part, lines)| Figure::of(part, lines)).collect();
    let mut builder = GraphBuilder::new();
    let nodes: Vec<NodeId> = figures
        .iter()
        .map(|figure| builder.add_node(Node { size: figure.size, shape: figure.border(), ..Node::default() }))
        .collect();
    for (from, to, _) in &drawn.links {
        builder.add_edge(Edge { thickness: 1.0, ..Edge::new(nodes[*from], nodes[*to]) });
    }
    let (parts, links) = (drawn.parts.len(), drawn.links.len());
    let placed = layout(&builder.build(), &options()).map_err(|error| match error {
        LayoutError::TooLarge { .. } if parts > MOST_PARTS || links > MOST_LINKS => {
            PictureError::TooLarge { parts, links }
        }
        LayoutError::TooLarge { .. } => PictureError::TooTangled { parts, links },
        error => PictureError::Refused(error.to_string()),
    })?;

    let (x, y) = (placed.bounds.min.x - MARGIN, placed.bounds.min.y - MARGIN);
    let (width, height) = (placed.bounds.width() + 2.0 * MARGIN, placed.bounds.height() + 2.0 * MARGIN);
    let mut out = match frame {
        Frame::Page => format!(
            "<svg role=\"img\" aria-label=\"{parts} parts with {links} links\" width=\"{width:.1}\" height=\"{height:.1}\" \
             viewBox=\"{x:.1} {y:.1} {width:.1} {height:.1}\">\n<g fill=\"none\">\n"
        ),
        Frame::File => format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
         <svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width:.1}\" height=\"{height:.1}\" \
         viewBox=\"{x:.1} {y:.1} {width:.1} {height:.1}\">\n\
         <marker id=\"arrow\" viewBox=\"0 0 8 6\" refX=\"8\" refY=\"3\" markerWidth=\"8\" markerHeight=\"6\" \
         orient=\"auto\"><path d=\"M0,0 L8,3 L0,6 z\" fill=\"#555\"/></marker>\n\
         <rect x=\"{x:.1}\" y=\"{y:.1}\" width=\"{width:.1}\" height=\"{height:.1}\" fill=\"#fff\"/>\n\
         <g fill=\"none\" stroke=\"#555\">\n"
        ),
    };
    for ((from, to, link), route) in drawn.links.iter().zip(&placed.edges) {
        let borders = [from, to].map(|part| figures[*part].corners(placed.nodes[*part].center));
        let dashes = if *link == Link::Parent { " stroke-dasharray=\"5 3\"" } else { "" };
        let _ = writeln!(
            out,
            "<polyline points=\"{}\"{dashes} marker-end=\"url(#arrow)\"/>",
            list(&line(route, &borders))
        );
    }
    out.push_str("</g>\n<g font-family=\"monospace\" font-size=\"12\" text-anchor=\"middle\" xml:space=\"preserve\">\n");
    for (figure, node) in figures.iter().zip(&placed.nodes) {
        figure.draw(node.center, frame, &mut out);
    }
    out.push_str("</g>\n</svg>\n");
    Ok(out)
}

fn options() -> LayoutOptions {
    let mut options = LayoutOptions::layered_default();
    options.spacing.node_gap = 16.0;
    options.spacing.layer_gap = 50.0;
    options.spacing.dummy_gap = 20.0;
    options.spacing.port_gap = BETWEEN_ENDS;
    options.spacing.port_stroke_clear = 4.0;
    options.spacing.isolated_gap = 16.0;
    options.spacing.isolated_max_columns = 6;
    options.routing.lane_gap = 6.0;
    options.routing.centre_ports = PortCentring::All;
    options.routing.port_sides = PortSides::FacingOnly;
    // Lines from one part may share their start. If those to one part shared their end too, nobody could tell which
    // start belongs to which end.
    options.routing.merge_edges = MergeEdges::Forks;
    options.limits =
        Limits { max_nodes: Some(MOST_PARTS), max_edges: Some(MOST_LINKS), max_dummies: Some(MOST_PASSED) };
    options
}

/// A part in its shape.
struct Figure<'d> {
    part: &'d Named,
    lines: Vec<String>,
    size: Size,
}

impl<'d> Figure<'d> {
    /// With room for so many lines at one side.
    fn of(part: &'d Named, beside: usize) -> Self {
        let lines = match part.kind {
            PartKind::Parameters => broken(&part.label, 24),
            PartKind::SpecProperty => broken(&part.label, 14),
            PartKind::Stream | PartKind::Definition | PartKind::SchemaFile => vec![part.label.clone()],
        };
        let width = lines.iter().map(|line| width(line)).fold(2.0 * CHARACTER, f64::max);
        let height = LINE_HEIGHT * lines.len() as f64;
        let room = BETWEEN_ENDS * (beside as f64 + 1.0);
        let high = (height + 2.0 * PADDING).max(room);
        let size = match part.kind {
            PartKind::Stream | PartKind::Definition => Size::new(width + 2.0 * PADDING, high),
            PartKind::SchemaFile => Size::new(width + 2.0 * (PADDING + SLANT), high),
            // A name fits where its share of the width and its share of the height are 1 together.
            PartKind::Parameters => Size::new(1.6 * width, (height / (1.0 - 1.0 / 1.6)).max(room)),
            PartKind::SpecProperty => {
                // The lower and upper ends of a circle are too flat for lines that come from the side.
                let diameter = (width.hypot(height) + PADDING).max(1.2 * room);
                Size::new(diameter, diameter)
            }
        };
        Self { part, lines, size }
    }

    /// What the layout takes the shape for: it knows boxes and ellipses.
    fn border(&self) -> Shape {
        if self.part.kind == PartKind::SpecProperty { Shape::Ellipse } else { Shape::Box }
    }

    /// The corners of a shape that the layout takes for the box around it.
    fn corners(&self, center: Point) -> Vec<Point> {
        let (right, down) = (self.size.width / 2.0, self.size.height / 2.0);
        let corners: &[(f64, f64)] = match self.part.kind {
            PartKind::Parameters => &[(0.0, -down), (right, 0.0), (0.0, down), (-right, 0.0)],
            PartKind::SchemaFile => {
                &[(SLANT - right, -down), (right, -down), (right - SLANT, down), (-right, down)]
            }
            PartKind::Stream | PartKind::Definition | PartKind::SpecProperty => &[],
        };
        corners.iter().map(|(x, y)| Point::new(center.x + x, center.y + y)).collect()
    }

    fn draw(&self, center: Point, frame: Frame, out: &mut String) {
        let Size { width, height } = self.size;
        let (x, y) = (center.x - width / 2.0, center.y - height / 2.0);
        let (kind, color) = match self.part.kind {
            PartKind::Stream => ("stream", "#dbe9fb"),
            PartKind::Definition => ("definition", "#f6f6f6"),
            PartKind::Parameters => ("$parameters", "#fdf0cf"),
            PartKind::SchemaFile => ("schema file", "#dff3e1"),
            PartKind::SpecProperty => ("property of the config", "#f3e3f7"),
        };
        let (class, edited) = match (frame, self.part.is_edited) {
            (Frame::File, _) => (String::new(), ""),
            (Frame::Page, false) => (format!(" class=\"{}\"", class(self.part.kind)), ""),
            (Frame::Page, true) => (format!(" class=\"{} edited\"", class(self.part.kind)), ", edited"),
        };
        let _ = write!(out, "<g{class}><title>{kind} {}{edited}</title>", escaped(&self.part.name));
        let _ = match self.part.kind {
            PartKind::Stream => {
                write!(out, "<rect x=\"{x:.1}\" y=\"{y:.1}\" width=\"{width:.1}\" height=\"{height:.1}\"")
            }
            PartKind::Definition => write!(
                out,
                "<rect x=\"{x:.1}\" y=\"{y:.1}\" width=\"{width:.1}\" height=\"{height:.1}\" rx=\"{ROUNDED}\""
            ),
            PartKind::SpecProperty => {
                write!(out, "<circle cx=\"{:.1}\" cy=\"{:.1}\" r=\"{:.1}\"", center.x, center.y, width / 2.0)
            }
            PartKind::Parameters | PartKind::SchemaFile => {
                write!(out, "<polygon points=\"{}\"", list(&self.corners(center)))
            }
        };
        let _ = write!(out, " fill=\"{color}\" stroke=\"#333\"/>");
        let middle = (self.lines.len() as f64 - 1.0) / 2.0;
        for (number, line) in self.lines.iter().enumerate() {
            // Letters stand on a line about a third of their size below their middle.
            let base = center.y + LINE_HEIGHT * (number as f64 - middle) + FONT_SIZE / 3.0;
            let _ = write!(out, "<text x=\"{:.1}\" y=\"{base:.1}\">{}</text>", center.x, escaped(line));
        }
        out.push_str("</g>\n");
    }
}

/// How a page calls what looks like this.
fn class(kind: PartKind) -> &'static str {
    match kind {
        PartKind::Stream => "stream",
        PartKind::Definition => "definition",
        PartKind::Parameters => "parameters",
        PartKind::SchemaFile => "schema-file",
        PartKind::SpecProperty => "spec-property",
    }
}

/// A line from the border of one shape to the border of another.
fn line(route: &EdgeRoute, [from, to]: &[Vec<Point>; 2]) -> Vec<Point> {
    let mut points = route.points.clone();
    lengthen(&mut points, to);
    points.reverse();
    lengthen(&mut points, from);
    points.reverse();
    points
}

/// Leads the end of a line, which is on the box around a shape, on to the shape.
fn lengthen(points: &mut [Point], corners: &[Point]) {
    let &mut [.., before, end] = points else { return };
    let (x, y) = (end.x - before.x, end.y - before.y);
    let (x, y) = if x.abs() >= y.abs() { (x.signum(), 0.0) } else { (0.0, y.signum()) };
    let sides = corners.iter().zip(corners.iter().cycle().skip(1));
    let distances = sides.filter_map(|(a, b)| {
        let (side, away) = ((b.x - a.x, b.y - a.y), (a.x - end.x, a.y - end.y));
        let turn = x * side.1 - y * side.0;
        let distance = (away.0 * side.1 - away.1 * side.0) / turn;
        let share = (away.0 * y - away.1 * x) / turn;
        (turn.abs() > 1e-9 && distance >= -1e-6 && (-1e-6..=1.0 + 1e-6).contains(&share)).then_some(distance)
    });
    if let (Some(distance), Some(last)) = (distances.min_by(f64::total_cmp), points.last_mut()) {
        *last = Point::new(end.x + x * distance, end.y + y * distance);
    }
}

fn list(points: &[Point]) -> String {
    let points: Vec<String> = points.iter().map(|point| format!("{:.1},{:.1}", point.x, point.y)).collect();
    points.join(" ")
}

fn width(line: &str) -> f64 {
    line.chars().map(|character| if character.is_ascii() { CHARACTER } else { 2.0 * CHARACTER }).sum()
}

/// A name in lines of at most `most` characters, broken behind punctuation where there is any.
fn broken(name: &str, most: usize) -> Vec<String> {
    let mut lines = Vec::new();
    let mut rest: Vec<char> = name.chars().collect();
    while rest.len() > most {
        let last =
            rest[..most].iter().rposition(|character| !character.is_alphanumeric() && *character != '$');
        let following = rest.split_off(last.map_or(most, |last| last + 1));
        lines.push(rest.into_iter().collect());
        rest = following;
    }
    lines.push(rest.into_iter().collect());
    lines
}

/// A text between elements.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
