//! What a class says of its members, as far as it can be read off its text.

use std::collections::{BTreeMap, BTreeSet};

use ruff_python_ast::visitor::{self, Visitor};
use ruff_python_ast::{Decorator, Expr, Parameters, Stmt, StmtClassDef, StmtFunctionDef};

use super::expression::Expression;
use super::read::last_name;

/// The body of a class.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Class {
    /// The classes it is derived from, in order: the last part of each name.
    pub(super) bases: Vec<String>,
    /// What its attributes and properties are.
    pub(super) values: BTreeMap<String, Expression>,
    /// Those of them that are properties.
    pub(super) properties: BTreeSet<String>,
    /// What each of its members is written like, and what it refers to.
    pub(super) written: BTreeMap<String, Written>,
    /// What its constructor takes: each parameter with its default value, `self` left out.
    pub(super) parameters: Vec<(String, Option<Expression>)>,
    /// Whether it has a constructor.
    pub(super) has_constructor: bool,
    /// What its constructor assigns to `self`.
    pub(super) assigned: BTreeMap<String, Expression>,
    /// What it hands to the constructor of the class above, by keyword.
    pub(super) handed_up: BTreeMap<String, Expression>,
    /// How it gets a schema, where it defines `get_json_schema`.
    pub(super) schema: Option<SchemaMethod>,
}

/// How a member is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Written {
    /// Equal for code that differs in layout and comments alone.
    pub(super) digest: u64,
    /// Names in it: attributes, functions, constants.
    pub(super) names: BTreeSet<String>,
}

/// A method `get_json_schema`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct SchemaMethod {
    /// What it asks a loader for.
    pub(super) asks_for: Vec<Expression>,
    /// Whether it goes on from the schema of the class above.
    pub(super) calls_super: bool,
    /// Whether it reads files in another way, or calls what may.
    pub(super) may_read: bool,
    /// Texts that stand in it.
    pub(super) texts: BTreeSet<String>,
}

impl Class {
    pub(super) fn of(class: &StmtClassDef) -> Self {
        let mut found = Self {
            bases: class.bases().iter().filter_map(last_name).map(str::to_owned).collect(),
            ..Self::default()
        };
        for statement in &class.body {
            found.write_down(statement);
            match statement {
                Stmt::FunctionDef(function) => found.add_method(function),
                Stmt::Assign(assign) => {
                    let value = Expression::of(&assign.value, &found.values);
                    for target in &assign.targets {
                        match target {
                            Expr::Name(name) => found.set(name.id.as_str(), value.clone()),
                            other => found.forget(other),
                        }
                    }
                }
                Stmt::AnnAssign(assign) => {
                    if let (Expr::Name(name), Some(value)) = (&*assign.target, &assign.value) {
                        let value = Expression::of(value, &found.values);
                        found.set(name.id.as_str(), value);
                    }
                }
                Stmt::ClassDef(_) | Stmt::Expr(_) | Stmt::Pass(_) => {}
                other => super::read::stored(other)
                    .into_iter()
                    .for_each(|name| found.set(&name, Expression::Unknown)),
            }
        }
        found
    }

    /// Notes how the members of a statement are written.
    fn write_down(&mut self, statement: &Stmt) {
        let names = super::read::stored(statement);
        if names.is_empty() {
            return;
        }
        let (digest, used) = super::read::digest(statement);
        for name in names {
            self.written.insert(name, Written { digest, names: used.clone() });
        }
    }

    fn set(&mut self, name: &str, value: Expression) {
        self.values.insert(name.to_owned(), value);
    }

    fn forget(&mut self, target: &Expr) {
        if let Expr::Tuple(tuple) = target {
            for name in tuple.elts.iter().filter_map(Expr::as_name_expr) {
                self.set(name.id.as_str(), Expression::Unknown);
            }
        }
    }

    fn add_method(&mut self, function: &StmtFunctionDef) {
        let name = function.name.as_str();
        let is = |decorator: &Decorator, names: &[&str]| {
            last_name(&decorator.expression).is_some_and(|name| names.contains(&name))
        };
        let decorators = &function.decorator_list;
        match name {
            "__init__" => self.add_constructor(function),
            "get_json_schema" => self.schema = Some(SchemaMethod::of(function)),
            _ => {
                // `@x.setter` stands for what assigns it.
                if decorators.iter().any(|one| is(one, &["property", "cached_property"])) {
                    self.properties.insert(name.to_owned());
                }
                let is_setter = decorators.iter().any(|one| is(one, &["setter", "deleter"]));
                let is_left_open = decorators.iter().any(|one| {
                    !is(
                        one,
                        &[
                            "property",
                            "cached_property",
                            "classmethod",
                            "staticmethod",
                            "cache",
                            "lru_cache",
                            "override",
                        ],
                    )
                });
                if is_setter {
                    self.set(name, Expression::Unknown);
                } else {
                    let value =
                        if is_left_open { Expression::Unknown } else { Expression::returned(&function.body) };
                    self.set(name, value);
                }
                let mut assigns = Assigned::default();
                function.body.iter().for_each(|statement| assigns.visit_stmt(statement));
                for name in assigns.names {
                    self.assigned.insert(name, Expression::Unknown);
                }
            }
        }
    }

    fn add_constructor(&mut self, function: &StmtFunctionDef) {
        self.has_constructor = true;
        self.parameters = parameters(&function.parameters);
        for statement in &function.body {
            let (targets, value): (Vec<&Expr>, _) = match statement {
                Stmt::Assign(assign) => (assign.targets.iter().collect(), Some(&assign.value)),
                Stmt::AnnAssign(assign) => (vec![&assign.target], assign.value.as_ref()),
                Stmt::Expr(alone) => {
                    self.add_call_up(&alone.value);
                    continue;
                }
                other => {
                    let mut assigns = Assigned::default();
                    assigns.visit_stmt(other);
                    let names = assigns.names.into_iter();
                    self.assigned.extend(names.map(|name| (name, Expression::Unknown)));
                    continue;
                }
            };
            for target in targets {
                if let (Some(name), Some(value)) = (own_attribute(target), value) {
                    self.assigned.insert(name.to_owned(), Expression::of(value, &BTreeMap::new()));
                }
            }
        }
    }

    /// Takes what a call of `super().__init__` hands up.
    fn add_call_up(&mut self, expression: &Expr) {
        let Expr::Call(call) = expression else { return };
        if last_name(&call.func) != Some("__init__") {
            return;
        }
        for keyword in &call.arguments.keywords {
            if let Some(name) = &keyword.arg {
                let value = Expression::of(&keyword.value, &BTreeMap::new());
                self.handed_up.insert(name.as_str().to_owned(), value);
            }
        }
    }
}

/// The name of an attribute of `self`.
fn own_attribute(target: &Expr) -> Option<&str> {
    let attribute = target.as_attribute_expr()?;
    let is_own = attribute.value.as_name_expr().is_some_and(|name| name.id.as_str() == "self");
    is_own.then_some(attribute.attr.as_str())
}

/// The parameters of a constructor with their default values.
fn parameters(parameters: &Parameters) -> Vec<(String, Option<Expression>)> {
    let all = parameters.posonlyargs.iter().chain(&parameters.args).skip(1).chain(&parameters.kwonlyargs);
    all.map(|one| {
        let default = one.default.as_ref().map(|value| Expression::of(value, &BTreeMap::new()));
        (one.parameter.name.as_str().to_owned(), default)
    })
    .collect()
}

/// Attributes of `self` that are assigned.
#[derive(Default)]
struct Assigned {
    names: BTreeSet<String>,
}

impl<'a> Visitor<'a> for Assigned {
    fn visit_expr(&mut self, expression: &'a Expr) {
        if let Expr::Attribute(attribute) = expression
            && attribute.ctx.is_store()
        {
            self.names.extend(own_attribute(expression).map(str::to_owned));
        }
        visitor::walk_expr(self, expression);
    }
}

/// What reads files, and modules that do.
const READERS: [&str; 9] = [
    "open",
    "load",
    "loads",
    "get_data",
    "read_text",
    "read_bytes",
    "pkgutil",
    "ResourceSchemaLoader",
    "files",
];

impl SchemaMethod {
    fn of(function: &StmtFunctionDef) -> Self {
        let mut found = Self::default();
        function.body.iter().for_each(|statement| found.visit_stmt(statement));
        found
    }
}

impl<'a> Visitor<'a> for SchemaMethod {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        match statement {
            Stmt::Expr(alone) if alone.value.is_string_literal_expr() => {}
            statement => visitor::walk_stmt(self, statement),
        }
    }

    fn visit_expr(&mut self, expression: &'a Expr) {
        match expression {
            Expr::Call(call) => {
                let name = last_name(&call.func);
                let is_super = matches!(&*call.func, Expr::Attribute(function)
                    if matches!(&*function.value, Expr::Call(inner) if last_name(&inner.func) == Some("super")));
                match (name, &*call.arguments.args) {
                    (Some("get_json_schema"), _) if is_super => self.calls_super = true,
                    (Some("get_schema"), [asked]) => {
                        self.asks_for.push(Expression::of(asked, &BTreeMap::new()));
                        // The loader in front of it says no more.
                        return;
                    }
                    (Some("get_schema"), _) => self.asks_for.push(Expression::Unknown),
                    (Some(name), _) if READERS.contains(&name) => self.may_read = true,
                    _ => {}
                }
                // A method of its own may do anything.
                if let Expr::Attribute(function) = &*call.func
                    && function.value.as_name_expr().is_some_and(|object| object.id.as_str() == "self")
                {
                    self.may_read = true;
                }
            }
            Expr::Attribute(attribute) if READERS.contains(&attribute.attr.as_str()) => self.may_read = true,
            Expr::StringLiteral(literal) => {
                self.texts.insert(literal.value.to_str().to_owned());
            }
            _ => {}
        }
        visitor::walk_expr(self, expression);
    }
}
