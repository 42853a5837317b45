//! From the text of a module to its definitions.

use std::collections::BTreeSet;
use std::hash::{Hash, Hasher};

use ruff_python_ast::comparable::ComparableStmt;
use ruff_python_ast::visitor::{self, Visitor};
use ruff_python_ast::{Expr, InterpolatedStringElement, Pattern, Stmt};
use xxhash_rust::xxh3::Xxh3Default;

use super::Definition;

/// Code that people write nests some dozens deep; a stack takes this much even where nothing is optimised.
const DEEPEST: usize = 300;

/// Longer files are tables that a program wrote.
const LONGEST: usize = 1 << 20;

/// The definitions at the top of a module; `None` where the text is no Python, or none that a person wrote.
pub(super) fn definitions(file: &str, text: &str) -> Option<Vec<Definition>> {
    // The parser takes quadratic time for f-strings inside f-strings.
    if text.len() > LONGEST || open_brackets(text) > DEEPEST {
        return None;
    }
    let parsed = ruff_python_parser::parse_unchecked_source(text, ruff_python_ast::PySourceType::Python);
    let mut depth = Depth::default();
    parsed.suite().iter().for_each(|statement| depth.visit_stmt(statement));
    if depth.is_too_deep {
        // To drop the tree takes a stack as deep as the tree.
        std::mem::forget(parsed);
        return None;
    }
    if !parsed.errors().is_empty() {
        return None;
    }
    let mut found = Vec::new();
    let mut open: Vec<&Stmt> = parsed.suite().iter().rev().collect();
    while let Some(statement) = open.pop() {
        let inner = blocks(statement);
        if inner.is_empty() {
            found.extend(defined_by(statement, file, text));
        }
        open.extend(inner.into_iter().rev());
    }
    Some(found)
}

/// How many brackets are open at most, those in texts and comments included.
fn open_brackets(text: &str) -> usize {
    let (mut open, mut most) = (0_usize, 0);
    for byte in text.bytes() {
        match byte {
            b'(' | b'[' | b'{' => {
                open += 1;
                most = most.max(open);
            }
            b')' | b']' | b'}' => open = open.saturating_sub(1),
            _ => {}
        }
    }
    most
}

/// The statements inside one that does not make a scope of its own.
fn blocks(statement: &Stmt) -> Vec<&Stmt> {
    match statement {
        Stmt::If(one) => {
            one.body.iter().chain(one.elif_else_clauses.iter().flat_map(|clause| &clause.body)).collect()
        }
        Stmt::Try(one) => {
            let handlers = one.handlers.iter().flat_map(|handler| {
                let ruff_python_ast::ExceptHandler::ExceptHandler(handler) = handler;
                &handler.body
            });
            one.body.iter().chain(handlers).chain(&one.orelse).chain(&one.finalbody).collect()
        }
        Stmt::With(one) => one.body.iter().collect(),
        _ => Vec::new(),
    }
}

fn defined_by(statement: &Stmt, file: &str, text: &str) -> Vec<Definition> {
    let names: Vec<&str> = match statement {
        Stmt::ClassDef(class) => vec![class.name.as_str()],
        Stmt::FunctionDef(function) => vec![function.name.as_str()],
        _ => targets(statement),
    };
    if names.is_empty() {
        return Vec::new();
    }
    let mut words = Words::default();
    words.visit_stmt(statement);
    let mut hasher = Xxh3Default::new();
    ComparableStmt::from(statement).hash(&mut hasher);
    let (mut bases, mut members) = (BTreeSet::new(), BTreeSet::new());
    if let Stmt::ClassDef(class) = statement {
        bases = class.bases().iter().filter_map(last_name).map(str::to_owned).collect();
        members = words.assigned;
        members.extend(class.body.iter().flat_map(member_names).map(str::to_owned));
    }
    let start = ruff_text_size::Ranged::start(statement).to_usize();
    let line = 1 + text.as_bytes()[..start.min(text.len())].iter().filter(|byte| **byte == b'\n').count();
    names
        .into_iter()
        .map(|name| Definition {
            file: file.to_owned(),
            line,
            name: name.to_owned(),
            is_class: statement.is_class_def_stmt(),
            bases: bases.clone(),
            members: members.clone(),
            names: words.names.clone(),
            texts: words.texts.clone(),
            digest: hasher.finish(),
        })
        .collect()
}

/// The plain names that a statement assigns.
fn targets(statement: &Stmt) -> Vec<&str> {
    let targets: Vec<&Expr> = match statement {
        Stmt::Assign(assign) => assign.targets.iter().collect(),
        Stmt::AnnAssign(assign) => vec![&assign.target],
        _ => Vec::new(),
    };
    targets
        .into_iter()
        .filter_map(|target| match target {
            Expr::Name(name) => Some(name.id.as_str()),
            _ => None,
        })
        .collect()
}

fn member_names(statement: &Stmt) -> Vec<&str> {
    match statement {
        Stmt::FunctionDef(function) => vec![function.name.as_str()],
        other => targets(other),
    }
}

/// The last part of a dotted name, also of one with type arguments.
fn last_name(expression: &Expr) -> Option<&str> {
    match expression {
        Expr::Name(name) => Some(name.id.as_str()),
        Expr::Attribute(attribute) => Some(attribute.attr.as_str()),
        Expr::Subscript(subscript) => last_name(&subscript.value),
        _ => None,
    }
}

/// Whether a tree is deeper than what can be walked.
#[derive(Default)]
struct Depth {
    depth: usize,
    is_too_deep: bool,
}

impl Depth {
    fn inside(&mut self, walk: impl FnOnce(&mut Self)) {
        self.depth += 1;
        self.is_too_deep |= self.depth > DEEPEST;
        if !self.is_too_deep {
            walk(self);
        }
        self.depth -= 1;
    }
}

impl<'a> Visitor<'a> for Depth {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        self.inside(|depth| visitor::walk_stmt(depth, statement));
    }

    fn visit_expr(&mut self, expression: &'a Expr) {
        self.inside(|depth| visitor::walk_expr(depth, expression));
    }

    fn visit_pattern(&mut self, pattern: &'a Pattern) {
        self.inside(|depth| visitor::walk_pattern(depth, pattern));
    }

    fn visit_interpolated_string_element(&mut self, element: &'a InterpolatedStringElement) {
        self.inside(|depth| visitor::walk_interpolated_string_element(depth, element));
    }
}

/// The names and texts in a piece of code.
#[derive(Default)]
struct Words {
    names: BTreeSet<String>,
    texts: BTreeSet<String>,
    /// Attributes of `self` that are assigned.
    assigned: BTreeSet<String>,
}

impl<'a> Visitor<'a> for Words {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        // A text that stands alone is documentation.
        match statement {
            Stmt::Expr(alone) if alone.value.is_string_literal_expr() => {}
            statement => visitor::walk_stmt(self, statement),
        }
    }

    fn visit_expr(&mut self, expression: &'a Expr) {
        match expression {
            Expr::Name(name) => {
                self.names.insert(name.id.as_str().to_owned());
            }
            Expr::Attribute(attribute) => {
                let is_own = attribute.value.as_name_expr().is_some_and(|name| name.id.as_str() == "self");
                if is_own && attribute.ctx.is_store() {
                    self.assigned.insert(attribute.attr.as_str().to_owned());
                }
                self.names.insert(attribute.attr.as_str().to_owned());
            }
            Expr::StringLiteral(literal) => {
                self.texts.insert(literal.value.to_str().to_owned());
            }
            _ => {}
        }
        visitor::walk_expr(self, expression);
    }
}
