//! Where names of classes are used: what builds an instance, what hands a class on, and what only mentions it.

use std::collections::{BTreeMap, BTreeSet};

use ruff_python_ast::visitor::{self, Visitor};
use ruff_python_ast::{Decorator, Expr, ExprCall, Keyword, Parameters, Stmt, StmtClassDef};

use super::expression::Expression;
use super::read::{last_name, stored};

/// A name that is used as a value, or called.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Use {
    /// The last part of the name.
    pub(super) name: String,
    /// How it is called; `None` where it is handed on.
    pub(super) call: Option<Call>,
    /// The class at the top of the module whose method uses it.
    pub(super) class: Option<String>,
    /// The constructors that it is handed to, where nothing else is done with it.
    pub(super) handed_to: Option<BTreeSet<String>>,
}

/// How a name is called.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Call {
    /// An instance of it is built.
    Builds(Arguments),
    /// A class is made that is derived from it.
    Derives,
}

/// What a call hands over.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Arguments {
    pub(super) positional: Vec<Expression>,
    pub(super) keywords: BTreeMap<String, Expression>,
    /// Something else too, such as `**arguments`.
    pub(super) is_open: bool,
}

/// What finds classes under names that are not written.
const FINDS_CLASSES: [&str; 8] =
    ["globals", "locals", "vars", "eval", "exec", "import_module", "__import__", "__subclasses__"];

/// Calls that look at a class and build nothing.
const LOOKS_AT: [&str; 4] = ["isinstance", "issubclass", "super", "cast"];

/// The uses of names in a module.
#[derive(Default)]
pub(super) struct Uses {
    pub(super) found: Vec<Use>,
    /// Classes are made, or found, under names that are not written.
    pub(super) makes_classes: bool,
    class: Option<String>,
    /// Names of the function, which are not those of the module.
    locals: BTreeMap<String, Expression>,
    /// Those of them that are a map of written keys, and stay it.
    maps: BTreeMap<String, BTreeMap<String, Expression>>,
    /// What becomes of the names of the function.
    fates: Fates,
    /// What becomes of the value that is looked at.
    handed_to: Option<BTreeSet<String>>,
}

impl Uses {
    /// Takes a statement at the top of a module.
    pub(super) fn add(&mut self, statement: &Stmt) {
        match statement {
            Stmt::ClassDef(class) => self.add_class(class),
            Stmt::Import(_) | Stmt::ImportFrom(_) => {}
            other => self.visit_stmt(other),
        }
    }

    fn add_class(&mut self, class: &StmtClassDef) {
        self.class = Some(class.name.as_str().to_owned());
        class.body.iter().for_each(|statement| self.visit_stmt(statement));
        self.class = None;
    }

    fn use_of(&mut self, name: &str, call: Option<Call>) {
        let (class, handed_to) = (self.class.clone(), self.handed_to.take());
        self.found.push(Use { name: name.to_owned(), call, class, handed_to });
    }

    /// Takes the classes that `type(name, bases, members)` makes one of.
    fn derive(&mut self, bases: &Expr) {
        let names = bases.as_tuple_expr().map(|tuple| tuple.elts.iter().map(last_name).collect::<Vec<_>>());
        match names {
            Some(names) if names.iter().all(Option::is_some) => {
                names.into_iter().flatten().for_each(|name| self.use_of(name, Some(Call::Derives)));
            }
            _ => self.makes_classes = true,
        }
    }

    /// Whether a call finds a class under a name that is not written. What `getattr` finds in an object is none.
    fn finds_classes(&self, name: &str, call: &ExprCall) -> bool {
        if name != "getattr" {
            return FINDS_CLASSES.contains(&name);
        }
        let [object, attribute, ..] = &*call.arguments.args else { return false };
        let is_module = match object {
            Expr::Name(name) => {
                let name = name.id.as_str();
                !matches!(name, "self" | "cls") && !self.locals.contains_key(name)
            }
            Expr::Subscript(_) => true,
            _ => false,
        };
        is_module && !attribute.is_string_literal_expr()
    }

    fn read(&self, value: &Expr) -> Expression {
        // `self` is who builds it here, and who is built elsewhere.
        match Expression::of(value, &self.locals) {
            value if value.is_of_self() => Expression::Unknown,
            value => value,
        }
    }

    /// A map whose keys are all written.
    fn map(&self, value: &Expr) -> Option<BTreeMap<String, Expression>> {
        match value {
            Expr::Name(name) => self.maps.get(name.id.as_str()).cloned(),
            Expr::Dict(dict) => {
                let mut map = BTreeMap::new();
                for item in &dict.items {
                    match &item.key {
                        Some(Expr::StringLiteral(key)) => {
                            map.insert(key.value.to_str().to_owned(), self.read(&item.value));
                        }
                        Some(_) => return None,
                        None => map.extend(self.map(&item.value)?),
                    }
                }
                Some(map)
            }
            Expr::Call(call)
                if call.func.as_name_expr().is_some_and(|name| name.id.as_str() == "dict")
                    && call.arguments.args.is_empty() =>
            {
                let entry = |keyword: &Keyword| {
                    Some((keyword.arg.as_ref()?.as_str().to_owned(), self.read(&keyword.value)))
                };
                call.arguments.keywords.iter().map(entry).collect()
            }
            _ => None,
        }
    }

    /// Takes the maps that the body of a function assigns once, at its top, and does not change after that.
    fn add_maps(&mut self, body: &[Stmt]) {
        let mut changes = Changed::default();
        body.iter().for_each(|statement| changes.visit_stmt(statement));
        for statement in body {
            let (name, value) = match statement {
                Stmt::Assign(assign) => match assign.targets.as_slice() {
                    [Expr::Name(name)] => (name, &assign.value),
                    _ => continue,
                },
                Stmt::AnnAssign(assign) => match (&*assign.target, &assign.value) {
                    (Expr::Name(name), Some(value)) => (name, value),
                    _ => continue,
                },
                _ => continue,
            };
            let name = name.id.as_str();
            if changes.times.get(name) == Some(&1)
                && let Some(map) = self.map(value)
            {
                self.maps.insert(name.to_owned(), map);
            }
        }
    }

    fn arguments(&self, call: &ExprCall) -> Arguments {
        let read = |value: &Expr| self.read(value);
        let mut arguments = Arguments::default();
        for value in &call.arguments.args {
            match value {
                Expr::Starred(_) => arguments.is_open = true,
                value => arguments.positional.push(read(value)),
            }
        }
        for keyword in &call.arguments.keywords {
            match &keyword.arg {
                Some(name) => {
                    arguments.keywords.insert(name.as_str().to_owned(), read(&keyword.value));
                }
                None => match self.map(&keyword.value) {
                    Some(map) => arguments.keywords.extend(map),
                    None => arguments.is_open = true,
                },
            }
        }
        arguments
    }
}

impl<'a> Visitor<'a> for Uses {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        match statement {
            Stmt::FunctionDef(function) => {
                let outer = (self.locals.clone(), self.maps.clone(), std::mem::take(&mut self.fates));
                let own = |parameters: &Parameters| -> Vec<String> {
                    parameters.iter().map(|one| one.name().as_str().to_owned()).collect()
                };
                let names = own(&function.parameters).into_iter();
                let names = names.chain(function.body.iter().flat_map(stored));
                self.locals.extend(names.map(|name| (name, Expression::Unknown)));
                self.add_maps(&function.body);
                function.body.iter().for_each(|statement| self.fates.visit_stmt(statement));
                visitor::walk_stmt(self, statement);
                (self.locals, self.maps, self.fates) = outer;
            }
            Stmt::Import(_) | Stmt::ImportFrom(_) => {}
            Stmt::Assign(assign) => {
                if let ([Expr::Name(name)], Expr::Call(_)) = (assign.targets.as_slice(), &*assign.value) {
                    self.handed_to = self.fates.of(name.id.as_str());
                }
                visitor::walk_stmt(self, statement);
            }
            other => visitor::walk_stmt(self, other),
        }
    }

    fn visit_annotation(&mut self, _: &'a Expr) {}

    fn visit_decorator(&mut self, _: &'a Decorator) {}

    fn visit_expr(&mut self, expression: &'a Expr) {
        let handed_to = self.handed_to.take();
        match expression {
            Expr::Call(call) => {
                let name = last_name(&call.func);
                match name {
                    Some(name) if LOOKS_AT.contains(&name) => {
                        // Only a class is mentioned after the value.
                        if let Some(value) = call.arguments.args.first().filter(|_| name != "super") {
                            self.visit_expr(value);
                        }
                        return;
                    }
                    Some("type") if call.arguments.args.len() == 3 => {
                        self.derive(&call.arguments.args[1]);
                        call.arguments.args.iter().skip(2).for_each(|value| self.visit_expr(value));
                        return;
                    }
                    Some(name) => {
                        self.makes_classes |= self.finds_classes(name, call);
                        let arguments = self.arguments(call);
                        self.handed_to = handed_to;
                        self.use_of(name, Some(Call::Builds(arguments)));
                    }
                    None => {}
                }
                // What is called is no value that is handed on.
                match &*call.func {
                    Expr::Name(_) => {}
                    Expr::Attribute(function) => self.visit_expr(&function.value),
                    other => self.visit_expr(other),
                }
                for value in arguments_of(call) {
                    self.handed_to = name
                        .filter(|name| value.is_call_expr() && is_class_name(name))
                        .map(|name| BTreeSet::from([name.to_owned()]));
                    self.visit_expr(value);
                }
                return;
            }
            Expr::Name(name) if name.ctx.is_load() => self.use_of(name.id.as_str(), None),
            Expr::Attribute(attribute) if attribute.ctx.is_load() => {
                // `Class.attribute` looks at the class; `module.Class` hands it on.
                self.use_of(attribute.attr.as_str(), None);
                if !attribute.value.is_name_expr() {
                    self.visit_expr(&attribute.value);
                }
                return;
            }
            _ => {}
        }
        visitor::walk_expr(self, expression);
    }
}

/// The values that a call hands over.
fn arguments_of(call: &ExprCall) -> impl Iterator<Item = &Expr> {
    call.arguments.args.iter().chain(call.arguments.keywords.iter().map(|keyword| &keyword.value))
}

/// Whether a name is written like that of a class.
fn is_class_name(name: &str) -> bool {
    name.starts_with(|first: char| first.is_ascii_uppercase())
}

/// What becomes of names: which constructors they are handed to, and which of them anything else is done with. To look at
/// an attribute is nothing.
#[derive(Default)]
struct Fates {
    handed_to: BTreeMap<String, BTreeSet<String>>,
    kept: BTreeSet<String>,
}

impl Fates {
    /// The constructors that a name is handed to; `None` where something else is done with it.
    fn of(&self, name: &str) -> Option<BTreeSet<String>> {
        (!self.kept.contains(name)).then(|| self.handed_to.get(name).cloned().unwrap_or_default())
    }
}

impl<'a> Visitor<'a> for Fates {
    fn visit_annotation(&mut self, _: &'a Expr) {}

    fn visit_expr(&mut self, expression: &'a Expr) {
        match expression {
            Expr::Call(call) => {
                self.visit_expr(&call.func);
                let class = last_name(&call.func).filter(|name| is_class_name(name));
                for value in arguments_of(call) {
                    match (class, value) {
                        (Some(class), Expr::Name(name)) => {
                            let name = name.id.as_str().to_owned();
                            self.handed_to.entry(name).or_default().insert(class.to_owned());
                        }
                        _ => self.visit_expr(value),
                    }
                }
            }
            Expr::Attribute(attribute) if attribute.value.is_name_expr() => {}
            Expr::Name(name) if name.ctx.is_load() => {
                self.kept.insert(name.id.as_str().to_owned());
            }
            other => visitor::walk_expr(self, other),
        }
    }
}

/// How often names are assigned; what changes them in place counts as twice.
#[derive(Default)]
struct Changed {
    times: BTreeMap<String, usize>,
}

impl Changed {
    fn add(&mut self, name: &str, times: usize) {
        *self.times.entry(name.to_owned()).or_default() += times;
    }
}

impl<'a> Visitor<'a> for Changed {
    fn visit_expr(&mut self, expression: &'a Expr) {
        const READS: [&str; 5] = ["get", "items", "keys", "values", "copy"];
        match expression {
            Expr::Name(name) if name.ctx.is_store() => self.add(name.id.as_str(), 1),
            Expr::Subscript(place) if !place.ctx.is_load() => {
                if let Expr::Name(name) = &*place.value {
                    self.add(name.id.as_str(), 2);
                }
            }
            Expr::Call(call) => {
                if let Expr::Attribute(method) = &*call.func
                    && let Expr::Name(name) = &*method.value
                    && !READS.contains(&method.attr.as_str())
                {
                    self.add(name.id.as_str(), 2);
                }
            }
            _ => {}
        }
        visitor::walk_expr(self, expression);
    }
}
