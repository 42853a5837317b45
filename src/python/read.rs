//! From the text of a module to its definitions.

use std::collections::BTreeSet;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use ruff_python_ast::comparable::{ComparableExpr, ComparableStmt};
use ruff_python_ast::visitor::{self, Visitor};
use ruff_python_ast::{Expr, InterpolatedStringElement, Pattern, Stmt};
use xxhash_rust::xxh3::Xxh3Default;

use super::class::Class;
use super::expression::Expression;
use super::uses::Uses;
use super::{Definition, Import, Module, SourceFile};

/// Code that people write nests some dozens deep; a stack takes this much even where nothing is optimised.
const DEEPEST: usize = 300;

/// Longer files are tables that a program wrote.
const LONGEST: usize = 1 << 19;

/// The parser goes as deep as code is nested, and so does dropping what it tried and gave up; in some places without
/// growing its stack.
const STACK: usize = 512 << 20;

/// A module and its definitions.
type Read = (Module, Vec<Definition>);

/// What each of some modules holds; `None` where the text is no Python, or none that a person wrote.
pub(super) fn modules(files: &[&SourceFile]) -> Vec<Option<Read>> {
    if files.is_empty() {
        return Vec::new();
    }
    let read = || files.iter().map(|file| module(&file.name, &file.text)).collect();
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new().stack_size(STACK).spawn_scoped(scope, read);
        thread.ok().and_then(|thread| thread.join().ok()).unwrap_or_else(|| vec![None; files.len()])
    })
}

fn module(file: &str, text: &str) -> Option<Read> {
    // The parser takes quadratic time for f-strings inside f-strings.
    let is_endless = |word: &str| text.matches(word).nth(DEEPEST).is_some();
    if text.len() > LONGEST || open_brackets(text) > DEEPEST || is_endless("lambda") {
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
    let mut lines = Lines { text, offset: 0, line: 1 };
    let mut module = Module::default();
    let mut rest = Xxh3Default::new();
    let mut found = Vec::new();
    let mut uses = Uses::default();
    let mut open: Vec<&Stmt> = parsed.suite().iter().rev().collect();
    while let Some(statement) = open.pop() {
        let inner = blocks(statement);
        if !inner.is_empty() {
            conditions(statement).for_each(|condition| ComparableExpr::from(condition).hash(&mut rest));
            // What stands in which of them matters, and in which order.
            inner.iter().for_each(|block| block.len().hash(&mut rest));
            open.extend(inner.into_iter().flatten().collect::<Vec<_>>().into_iter().rev());
            continue;
        }
        let mut words = Words::default();
        words.visit_stmt(statement);
        uses.add(statement);
        module.constants.extend(constant(statement));
        module.assigned.extend(std::mem::take(&mut words.assigned_elsewhere));
        let imports = imports(statement);
        let defined = defined_by(statement, words, file, &mut lines);
        let is_documentation = matches!(statement, Stmt::Expr(alone) if alone.value.is_string_literal_expr());
        if imports.is_empty() && defined.is_empty() && !is_documentation {
            ComparableStmt::from(statement).hash(&mut rest);
        }
        module.imports.extend(imports);
        found.extend(defined);
    }
    for definition in &mut found {
        name_bases(definition, &module);
    }
    module.rest = rest.finish();
    module.uses = uses.found;
    module.makes_classes = uses.makes_classes;
    Some((module, found))
}

/// Calls the bases of a class what they are called where they come from.
fn name_bases(definition: &mut Definition, module: &Module) {
    let is_renamed = |base: &String| module.original(base) != base;
    if !definition.bases.iter().any(is_renamed) {
        return;
    }
    definition.bases = definition.bases.iter().map(|base| module.original(base).to_owned()).collect();
    if let Some(class) = &mut definition.class {
        let class = Arc::make_mut(class);
        class.bases = class.bases.iter().map(|base| module.original(base).to_owned()).collect();
    }
}

/// The name and the value of a constant.
fn constant(statement: &Stmt) -> Option<(String, Expression)> {
    let value = match statement {
        Stmt::Assign(assign) => &assign.value,
        Stmt::AnnAssign(assign) => assign.value.as_ref()?,
        _ => return None,
    };
    let [name] = targets(statement)[..] else { return None };
    Some((name.to_owned(), Expression::of(value, &std::collections::BTreeMap::new())))
}

/// The conditions under which a statement runs what is inside.
fn conditions(statement: &Stmt) -> impl Iterator<Item = &Expr> {
    let (first, others): (Option<&Expr>, Vec<&Expr>) = match statement {
        Stmt::If(one) => (
            Some(&*one.test),
            one.elif_else_clauses.iter().filter_map(|clause| clause.test.as_ref()).collect(),
        ),
        Stmt::With(one) => (None, one.items.iter().map(|item| &item.context_expr).collect()),
        _ => (None, Vec::new()),
    };
    first.into_iter().chain(others)
}

fn imports(statement: &Stmt) -> Vec<Import> {
    let (names, from) = match statement {
        Stmt::Import(import) => (&import.names, None),
        Stmt::ImportFrom(import) => {
            let module = import.module.as_ref().map(|module| module.as_str()).unwrap_or_default();
            (&import.names, Some(format!("{}{module}", ".".repeat(import.level as usize))))
        }
        _ => return Vec::new(),
    };
    names
        .iter()
        .map(|alias| {
            let name = alias.name.as_str();
            let bound = alias.asname.as_ref().map_or(name, |bound| bound.as_str());
            match &from {
                Some(from) => {
                    Import { bound: bound.to_owned(), original: name.to_owned(), from: from.clone() }
                }
                // `import a.b` binds `a`.
                None => Import {
                    bound: bound.split('.').next().unwrap_or(bound).to_owned(),
                    original: String::new(),
                    from: name.to_owned(),
                },
            }
        })
        .collect()
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

/// The blocks of statements inside one that does not make a scope of its own.
fn blocks(statement: &Stmt) -> Vec<Vec<&Stmt>> {
    match statement {
        Stmt::If(one) => {
            let others = one.elif_else_clauses.iter().map(|clause| clause.body.iter().collect());
            std::iter::once(one.body.iter().collect()).chain(others).collect()
        }
        Stmt::Try(one) => {
            let handlers = one.handlers.iter().map(|handler| {
                let ruff_python_ast::ExceptHandler::ExceptHandler(handler) = handler;
                handler.body.iter().collect()
            });
            let last = [one.orelse.iter().collect(), one.finalbody.iter().collect()];
            std::iter::once(one.body.iter().collect()).chain(handlers).chain(last).collect()
        }
        Stmt::With(one) => vec![one.body.iter().collect()],
        _ => Vec::new(),
    }
}

/// What a statement is known by, and the names in it.
pub(super) fn digest(statement: &Stmt) -> (u64, BTreeSet<String>) {
    let mut hasher = Xxh3Default::new();
    ComparableStmt::from(statement).hash(&mut hasher);
    let mut words = Words::default();
    words.visit_stmt(statement);
    (hasher.finish(), words.names)
}

fn defined_by(statement: &Stmt, words: Words, file: &str, lines: &mut Lines<'_>) -> Vec<Definition> {
    let names: Vec<&str> = match statement {
        Stmt::ClassDef(class) => vec![class.name.as_str()],
        Stmt::FunctionDef(function) => vec![function.name.as_str()],
        _ => targets(statement),
    };
    if names.is_empty() || names.len() > MOST_TARGETS {
        return Vec::new();
    }
    let mut hasher = Xxh3Default::new();
    ComparableStmt::from(statement).hash(&mut hasher);
    let (mut bases, mut members, mut is_plain_class) = (BTreeSet::new(), BTreeSet::new(), false);
    let mut body = None;
    if let Stmt::ClassDef(class) = statement {
        body = Some(Arc::new(Class::of(class)));
        bases = class.bases().iter().filter_map(last_name).map(str::to_owned).collect();
        members = words.assigned;
        members.extend(class.body.iter().flat_map(stored));
        is_plain_class = class.decorator_list.is_empty()
            && !class.bases().is_empty()
            && class.keywords().is_empty()
            && class.bases().iter().all(|base| last_name(base).is_some());
    }
    let essence =
        if statement.is_class_def_stmt() { (0, BTreeSet::new()) } else { super::essence::essence(statement) };
    let offset = ruff_text_size::Ranged::start(statement).to_usize();
    let line = lines.at(offset);
    names
        .into_iter()
        .map(|name| Definition {
            file: file.to_owned(),
            line,
            offset,
            name: name.to_owned(),
            is_assignment: !(statement.is_class_def_stmt() || statement.is_function_def_stmt()),
            is_class: statement.is_class_def_stmt(),
            is_plain_class,
            bases: bases.clone(),
            members: members.clone(),
            names: words.names.clone(),
            texts: words.texts.clone(),
            digest: hasher.finish(),
            essence: essence.clone(),
            class: body.clone(),
        })
        .collect()
}

/// A statement that gives a value to more names than this defines none of them.
const MOST_TARGETS: usize = 16;

/// The lines of places that come in order.
struct Lines<'t> {
    text: &'t str,
    offset: usize,
    line: usize,
}

impl Lines<'_> {
    fn at(&mut self, offset: usize) -> usize {
        let bytes = self.text.as_bytes().get(self.offset..offset).unwrap_or_default();
        self.line += bytes.iter().filter(|byte| **byte == b'\n').count();
        self.offset = self.offset.max(offset);
        self.line
    }
}

/// Names that the body of a class gives a value, also under conditions and in tuples.
#[derive(Default)]
struct Stored {
    names: Vec<String>,
}

/// The names that a statement gives a value, in the scope that it stands in.
pub(super) fn stored(statement: &Stmt) -> Vec<String> {
    let mut stored = Stored::default();
    stored.visit_stmt(statement);
    stored.names
}

impl<'a> Visitor<'a> for Stored {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        match statement {
            // What stands inside has a scope of its own.
            Stmt::FunctionDef(function) => self.names.push(function.name.as_str().to_owned()),
            Stmt::ClassDef(class) => self.names.push(class.name.as_str().to_owned()),
            statement => visitor::walk_stmt(self, statement),
        }
    }

    fn visit_expr(&mut self, expression: &'a Expr) {
        if let Expr::Name(name) = expression
            && name.ctx.is_store()
        {
            self.names.push(name.id.as_str().to_owned());
        }
        visitor::walk_expr(self, expression);
    }
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

/// The last part of a dotted name, also of one with type arguments.
pub(super) fn last_name(expression: &Expr) -> Option<&str> {
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
    /// Attributes of anything else that are.
    assigned_elsewhere: BTreeSet<String>,
}

impl<'a> Visitor<'a> for Words {
    fn visit_interpolated_string_element(&mut self, element: &'a InterpolatedStringElement) {
        if let InterpolatedStringElement::Literal(literal) = element {
            self.texts.insert(literal.value.to_string());
        }
        visitor::walk_interpolated_string_element(self, element);
    }

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
                if attribute.ctx.is_store() {
                    let assigned = if is_own { &mut self.assigned } else { &mut self.assigned_elsewhere };
                    assigned.insert(attribute.attr.as_str().to_owned());
                }
                self.names.insert(attribute.attr.as_str().to_owned());
            }
            Expr::Call(call) if last_name(&call.func) == Some("__init__") => {
                let names = call.arguments.keywords.iter().filter_map(|keyword| keyword.arg.as_ref());
                self.assigned.extend(names.map(|name| name.as_str().to_owned()));
            }
            Expr::StringLiteral(literal) => {
                self.texts.insert(literal.value.to_str().to_owned());
            }
            _ => {}
        }
        visitor::walk_expr(self, expression);
    }
}
