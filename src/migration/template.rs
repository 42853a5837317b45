//! Templates of the CDK: Jinja in a sandbox, then Python's literals.
//!
//! Jinja's expressions are those of Python for the most part, so Ruff's parser reads them; what the two languages read
//! in different ways is refused here, and so is everything that this program cannot do exactly as Jinja does: a template
//! is then *opaque*, and whoever asks gets the reason instead of a guess. A general template engine does not help: its
//! values are not Python's, whose `True` is equal to `1`, whose attributes come before keys, and whose lists print as
//! literals, and the CDK reads what is printed once more.

use std::collections::BTreeSet;

use ruff_python_ast::Expr;
use ruff_python_ast::comparable::ComparableExpr;
use serde_json::Value;

use super::asked::{self, Together};
use super::expression::{self, Context};
use super::literal::{Literal, literal};
use super::value::{Py, Text};
use crate::model::ValueType;

/// Why a template gives nothing.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Fault {
    /// Jinja's `UndefinedError`: something is asked of a value that is not there.
    Undefined(String),
    /// Python's `TypeError`.
    Type,
    /// Another error, which stops the connector.
    Stops(String),
    /// It cannot be followed.
    Opaque(String),
}

pub(super) fn opaque<T>(what: impl Into<String>) -> Result<T, Fault> {
    Err(Fault::Opaque(what.into()))
}

/// A template that was read.
#[derive(Debug, Clone)]
pub(super) struct Template {
    source: String,
    parts: Result<Vec<Part>, Fault>,
}

#[derive(Debug, Clone)]
enum Part {
    Text(String),
    Expression { source: String, tree: Box<Expr> },
}

/// What a template gives where it gives nothing, or asks something of a value that is not there.
#[derive(Debug, Clone, Copy)]
pub(super) enum Default {
    /// The template itself once more: `InterpolatedString`.
    Itself,
    /// `False`: `InterpolatedBoolean`.
    False,
    /// `None`: `InterpolatedMapping`.
    None,
}

/// A template or an expression is read up to this size.
const LONGEST: usize = 1 << 14;

/// What a template gives has at most so many bytes.
pub(super) const MOST_BYTES: usize = 1 << 20;

impl Template {
    pub(super) fn read(source: &str) -> Self {
        Self { source: source.to_owned(), parts: parts(source) }
    }

    /// The text that it is, where it holds no expression.
    pub(super) fn text(&self) -> Option<String> {
        match self.parts.as_deref() {
            Ok([]) => Some(String::new()),
            Ok([Part::Text(text)]) => Some(text.clone()),
            _ => None,
        }
    }

    /// The paths of the config that it reads.
    pub(super) fn reads(&self) -> Vec<Vec<String>> {
        let parts = self.parts.iter().flatten();
        parts
            .flat_map(|part| match part {
                Part::Text(_) => Vec::new(),
                Part::Expression { tree, .. } => asked::reads(tree),
            })
            .collect()
    }

    /// Adds the properties of the root that it has to do with; false where that may be any.
    pub(super) fn add_roots(&self, found: &mut BTreeSet<String>) -> bool {
        self.parts.iter().flatten().all(|part| match part {
            Part::Text(_) => true,
            Part::Expression { tree, .. } => match asked::roots(tree) {
                Some(roots) => {
                    found.extend(roots);
                    true
                }
                None => false,
            },
        })
    }

    /// Adds the paths of the config that it reads or asks for, and the values that it compares with.
    pub(super) fn asks(&self, paths: &mut Vec<Vec<String>>, literals: &mut Vec<Value>) {
        for part in self.parts.iter().flatten() {
            if let Part::Expression { tree, .. } = part {
                asked::asks(tree, paths, literals);
            }
        }
    }

    /// Whether it turns at what is worked out of the config.
    pub(super) fn is_blind(&self, is_condition: bool) -> bool {
        self.trees().any(|tree| asked::compares_what_is_worked_out(tree, is_condition))
    }

    /// Whether it reads the config.
    pub(super) fn reads_config(&self) -> bool {
        self.trees().any(asked::reads_config)
    }

    /// Its expressions that make something of the config, rather than read or compare what stands there.
    pub(super) fn applied(&self) -> impl Iterator<Item = ComparableExpr<'_>> {
        self.trees().filter(|tree| asked::applies_to_config(tree)).map(ComparableExpr::from)
    }

    /// What it looks for in several properties at once.
    pub(super) fn looked_for_together(&self) -> Vec<Together> {
        self.trees().flat_map(asked::looked_for_together).collect()
    }

    fn trees(&self) -> impl Iterator<Item = &Expr> {
        self.parts.iter().flatten().filter_map(|part| match part {
            Part::Text(_) => None,
            Part::Expression { tree, .. } => Some(&**tree),
        })
    }

    /// What the CDK makes of it.
    ///
    /// Source: `JinjaInterpolation.eval` of airbyte-cdk 7.39.1.
    pub(super) fn eval(
        &self,
        context: &Context<'_>,
        default: Default,
        asked: Option<ValueType>,
    ) -> Result<Py, Fault> {
        if self.source.contains("stream_state") {
            return Err(Fault::Stops("`stream_state` is not supported in templates any more".to_owned()));
        }
        match self.render(context) {
            Ok(text) if !text.text.is_empty() => return self.literal(&text, asked),
            Ok(_) | Err(Fault::Undefined(_)) => {}
            Err(fault) => return Err(fault),
        }
        match default {
            Default::None => Ok(Py::None),
            Default::False => Ok(Py::Bool(false)),
            // What failed fails again, and nothing catches it now.
            Default::Itself => match self.render(context) {
                Ok(text) => self.literal(&text, asked),
                Err(Fault::Undefined(what)) => Err(Fault::Stops(what)),
                Err(fault) => Err(fault),
            },
        }
    }

    /// What a condition comes to.
    ///
    /// Source: `InterpolatedBoolean.eval` of airbyte-cdk 7.39.1.
    pub(super) fn holds(&self, context: &Context<'_>) -> Result<bool, Fault> {
        let value = self.eval(context, Default::False, None)?;
        let is_false = match &value {
            Py::Str(text) => ["False", "false", "{}", "[]", "()", "", "0", "0.0"].contains(&text.as_str()),
            value => !value.is_truthy(),
        };
        Ok(!is_false)
    }

    fn literal(&self, text: &Text, asked: Option<ValueType>) -> Result<Py, Fault> {
        match literal(&text.text, asked) {
            Literal::Value(value) => Ok(value),
            Literal::Text if text.is_exact => Ok(Py::Str(text.text.clone())),
            Literal::Text => opaque(format!("`{}` prints an object as text", self.source)),
            Literal::Opaque(what) => opaque(format!("`{}` gives {what}", self.source)),
        }
    }

    fn render(&self, context: &Context<'_>) -> Result<Text, Fault> {
        let parts = self.parts.as_ref().map_err(Clone::clone)?;
        for part in parts {
            if let Part::Expression { source, tree } = part {
                expression::check(tree, source, context)?;
            }
        }
        let mut rendered = Text { text: String::new(), is_exact: true };
        for part in parts {
            match part {
                Part::Text(text) => rendered.text.push_str(text),
                Part::Expression { source, tree } => {
                    let value = match expression::eval(tree, source, context) {
                        Ok(value) => value,
                        // The CDK takes a template that fails this way for a text.
                        Err(Fault::Type) => return Ok(Text { text: self.source.clone(), is_exact: true }),
                        Err(fault) => return Err(fault),
                    };
                    let Some(text) = value.str() else {
                        return opaque(format!("`{}` prints {}", self.source, value.kind()));
                    };
                    rendered.text.push_str(&text.text);
                    rendered.is_exact &= text.is_exact;
                }
            }
            if rendered.text.len() > MOST_BYTES {
                return opaque(format!("`{}` gives more than {MOST_BYTES} bytes", self.source));
            }
        }
        Ok(rendered)
    }
}

/// The texts and expressions of a template.
fn parts(source: &str) -> Result<Vec<Part>, Fault> {
    let unread = |why: &str| Fault::Opaque(format!("the template `{}` {why}", shortened(source)));
    if source.len() > LONGEST {
        return Err(unread("is too long to be followed"));
    }
    let text = source.replace("\r\n", "\n").replace('\r', "\n");
    let mut rest = text.strip_suffix('\n').unwrap_or(&text);
    let mut parts = Vec::new();
    while let Some(start) = rest.find('{').map(|_| rest) {
        let opening = ["{{", "{%", "{#"].iter().filter_map(|mark| Some((start.find(mark)?, *mark))).min();
        let Some((at, mark)) = opening else { break };
        if mark != "{{" {
            return Err(unread("has statements or comments, which are not followed"));
        }
        if at > 0 {
            parts.push(Part::Text(rest[..at].to_owned()));
        }
        let inner = &rest[at + 2..];
        if inner.starts_with(['-', '+']) {
            return Err(unread("controls white space, which is not followed"));
        }
        let Some(end) = end_of(inner) else {
            return Err(unread("cannot be read: `{{` is not closed"));
        };
        let written = &inner[..end];
        if written.ends_with(['-', '+']) {
            return Err(unread("controls white space, which is not followed"));
        }
        let (code, tree) = expression::read(written).map_err(|why| unread(&why))?;
        parts.push(Part::Expression { source: code, tree: Box::new(tree) });
        rest = &inner[end + 2..];
    }
    if !rest.is_empty() {
        parts.push(Part::Text(rest.to_owned()));
    }
    Ok(parts)
}

/// Where an expression ends: at the first `}}` outside of texts and of its own braces.
fn end_of(code: &str) -> Option<usize> {
    let mut quoted = None;
    let mut open = 0_usize;
    let mut characters = code.char_indices().peekable();
    while let Some((at, character)) = characters.next() {
        match (quoted, character) {
            (Some(_), '\\') => {
                characters.next();
            }
            (Some(mark), character) if mark == character => quoted = None,
            (Some(_), _) => {}
            (None, '\'' | '"') => quoted = Some(character),
            (None, '{' | '[' | '(') => open += 1,
            (None, '}') if open == 0 && code[at..].starts_with("}}") => return Some(at),
            (None, '}' | ']' | ')') => open = open.checked_sub(1)?,
            _ => {}
        }
    }
    None
}

pub(super) fn shortened(source: &str) -> String {
    const MOST: usize = 80;
    match source.char_indices().nth(MOST) {
        Some((end, _)) => format!("{}…", &source[..end]),
        None => source.to_owned(),
    }
}
