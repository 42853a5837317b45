//! What a class says of its members, as far as it can be read off its text.

use std::collections::{BTreeMap, BTreeSet};

use ruff_python_ast::visitor::{self, Visitor};
use ruff_python_ast::{Decorator, Expr, Keyword, Parameters, Stmt, StmtClassDef, StmtFunctionDef};

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
    /// Its methods.
    pub(super) methods: BTreeSet<String>,
    /// Something that is not read may give it, or those derived from it, other members: a decorator, a keyword, a base
    /// that is no name.
    pub(super) is_made_over: bool,
    /// Parameters of the constructor that it assigns itself.
    pub(super) reassigned: BTreeSet<String>,
    /// Attributes that its constructor assigns before it calls the one above.
    pub(super) assigned_first: BTreeSet<String>,
    /// What it hands to the constructor of the class above, by position.
    pub(super) handed_up_in_order: Vec<Expression>,
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
    /// What it does where all goes well, and the names in that.
    pub(super) essence: (u64, BTreeSet<String>),
}

/// A method `get_json_schema`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct SchemaMethod {
    /// What it asks a loader for.
    pub(super) asks_for: Vec<Expression>,
    /// Whether it goes on from the schema of the class above.
    pub(super) calls_super: bool,
    /// Whether it reads files in another way, or calls a function that may.
    pub(super) may_read: bool,
    /// Whether it takes something that the instance holds, which may have been read.
    pub(super) takes_own: bool,
    /// Texts that stand in it.
    pub(super) texts: BTreeSet<String>,
}

impl Class {
    pub(super) fn of(class: &StmtClassDef) -> Self {
        let mut found = Self {
            bases: class.bases().iter().filter_map(last_name).map(str::to_owned).collect(),
            ..Self::default()
        };
        // An abstract class is one like others.
        let is_plain_keyword = |keyword: &Keyword| {
            keyword.arg.as_ref().is_some_and(|name| name.as_str() == "metaclass")
                && last_name(&keyword.value) == Some("ABCMeta")
        };
        found.is_made_over = !class.decorator_list.is_empty()
            || class.bases().iter().any(|base| last_name(base).is_none())
            || !class.keywords().iter().all(is_plain_keyword);
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
        let essence = super::essence::essence(statement);
        for name in names {
            self.written.insert(name, Written { digest, names: used.clone(), essence: essence.clone() });
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
        self.methods.insert(name.to_owned());
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
        // A name that is given a value here is no constant of the module, nor what was handed over.
        let own: BTreeSet<String> = function.body.iter().flat_map(super::read::stored).collect();
        self.reassigned =
            self.parameters.iter().map(|(name, _)| name.clone()).filter(|name| own.contains(name)).collect();
        let locals: BTreeMap<String, Expression> =
            own.into_iter().map(|name| (name, Expression::Unknown)).collect();
        let mut calls_up = false;
        for statement in &function.body {
            if is_call_up(statement) {
                calls_up = true;
                self.assigned_first.extend(self.assigned.keys().cloned());
            }
            let mut changes = Assigned::default();
            changes.visit_stmt(statement);
            let (targets, value): (Vec<&Expr>, _) = match statement {
                Stmt::Assign(assign) => (assign.targets.iter().collect(), Some(&assign.value)),
                Stmt::AnnAssign(assign) => (vec![&assign.target], assign.value.as_ref()),
                Stmt::Expr(alone) => {
                    self.add_call_up(&alone.value, &locals);
                    let names = changes.names.into_iter();
                    self.assigned.extend(names.map(|name| (name, Expression::Unknown)));
                    continue;
                }
                _ => {
                    let names = changes.names.into_iter();
                    self.assigned.extend(names.map(|name| (name, Expression::Unknown)));
                    continue;
                }
            };
            let simple: BTreeSet<&str> = targets.iter().filter_map(|target| own_attribute(target)).collect();
            let others = changes.names.iter().filter(|name| !simple.contains(name.as_str()));
            self.assigned.extend(others.map(|name| (name.clone(), Expression::Unknown)));
            for target in targets {
                if let (Some(name), Some(value)) = (own_attribute(target), value) {
                    self.assigned.insert(name.to_owned(), Expression::of(value, &locals));
                }
            }
        }
        if !calls_up {
            // The constructor above is called in a way that is not read, or not at all.
            self.assigned_first.extend(self.assigned.keys().cloned());
        }
    }

    /// Takes what a call of `super().__init__` hands up.
    fn add_call_up(&mut self, expression: &Expr, locals: &BTreeMap<String, Expression>) {
        let Expr::Call(call) = expression else { return };
        if last_name(&call.func) != Some("__init__") {
            return;
        }
        for keyword in &call.arguments.keywords {
            if let Some(name) = &keyword.arg {
                self.handed_up.insert(name.as_str().to_owned(), Expression::of(&keyword.value, locals));
            }
        }
        self.handed_up_in_order =
            call.arguments.args.iter().map(|value| Expression::of(value, locals)).collect();
    }
}

/// Whether a statement calls the constructor of the class above.
fn is_call_up(statement: &Stmt) -> bool {
    let Stmt::Expr(alone) = statement else { return false };
    alone.value.as_call_expr().is_some_and(|call| last_name(&call.func) == Some("__init__"))
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

/// Attributes of `self` that are assigned, or changed in place.
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
        if let Expr::Call(call) = expression {
            const CHANGES: [&str; 8] =
                ["append", "extend", "insert", "remove", "pop", "update", "add", "clear"];
            match (&*call.func, &*call.arguments.args) {
                (Expr::Attribute(method), _) if CHANGES.contains(&method.attr.as_str()) => {
                    self.names.extend(own_attribute(&method.value).map(str::to_owned));
                }
                (Expr::Name(function), [_, name, ..]) if function.id.as_str() == "setattr" => {
                    // Under a name that is not written it may be any of these.
                    let written = name.as_string_literal_expr().map(|name| name.value.to_str().to_owned());
                    let any = ["name", "primary_key", "cursor_field"].map(str::to_owned);
                    match written {
                        Some(name) => self.names.extend([name]),
                        None => self.names.extend(any),
                    }
                }
                _ => {}
            }
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

/// Functions that read no file.
const BUILTINS: [&str; 24] = [
    "all",
    "any",
    "bool",
    "copy",
    "deepcopy",
    "dict",
    "enumerate",
    "filter",
    "getattr",
    "hasattr",
    "int",
    "isinstance",
    "len",
    "list",
    "map",
    "max",
    "min",
    "range",
    "set",
    "sorted",
    "str",
    "super",
    "tuple",
    "zip",
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
                    // A function may do anything; a method of what is there already does not read.
                    (Some(name), _) if BUILTINS.contains(&name) => {}
                    _ => self.may_read |= !call.func.is_attribute_expr(),
                }
            }
            // What is kept may have been read elsewhere.
            Expr::Attribute(attribute) => {
                self.takes_own |= own_attribute(expression).is_some();
                self.may_read |= READERS.contains(&attribute.attr.as_str());
            }
            Expr::StringLiteral(literal) => {
                self.texts.insert(literal.value.to_str().to_owned());
            }
            _ => {}
        }
        visitor::walk_expr(self, expression);
    }
}
