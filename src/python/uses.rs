//! Where names of classes are used: what builds an instance, what hands a class on, and what only mentions it.

use std::collections::{BTreeMap, BTreeSet};

use ruff_python_ast::visitor::{self, Visitor};
use ruff_python_ast::{Decorator, Expr, ExprCall, Keyword, Stmt, StmtClassDef, StmtFunctionDef};

use super::expression::Expression;
use super::read::{last_name, stored};

/// A name that is used as a value, or called.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Use {
    /// The last part of the name.
    pub(super) name: String,
    /// How it is called; `None` where it is handed on.
    pub(super) call: Option<Call>,
    /// The class at the top of the module whose method uses it.
    pub(super) class: Option<String>,
    /// What becomes of it.
    pub(super) fate: Fate,
    /// It stands in a list, or is added to one, returned or yielded.
    pub(super) is_element: bool,
}

/// What becomes of a value.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub(super) enum Fate {
    /// Anything.
    #[default]
    Kept,
    /// It is handed to these constructors, and nothing else is done with it.
    Handed(BTreeSet<String>),
    /// It is looked at: a method of it is called, or it is compared.
    LookedAt,
}

/// How a name is called.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum Call {
    /// An instance of it is built.
    Builds(Arguments),
    /// A class is made that is derived from it.
    Derives,
}

/// What a call hands over.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub(super) struct Arguments {
    pub(super) positional: Vec<Expression>,
    pub(super) keywords: BTreeMap<String, Expression>,
    /// Something else too, such as `**arguments`.
    pub(super) is_open: bool,
}

/// What finds classes under names that are not written.
const FINDS_CLASSES: [&str; 9] = [
    "globals",
    "locals",
    "vars",
    "eval",
    "exec",
    "import_module",
    "__import__",
    "__subclasses__",
    "getmembers",
];

/// Calls that look at a class and build nothing.
const LOOKS_AT: [&str; 7] = ["isinstance", "issubclass", "super", "cast", "TypeVar", "NewType", "ParamSpec"];

/// What adds its arguments to a list.
const ADDS: [&str; 4] = ["append", "extend", "insert", "add"];

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
    /// What becomes of the names of the function; `None` outside of functions, where anything may.
    fates: Option<Fates>,
    /// What becomes of the value that is looked at.
    fate: Fate,
    /// Whether it stands in a list, or is added to one.
    is_element: bool,
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
        // A decorator may put the class anywhere.
        for decorator in &class.decorator_list {
            if last_name(&decorator.expression).is_none_or(|name| name != "dataclass") {
                self.use_of(class.name.as_str(), None);
            }
        }
        self.class = Some(class.name.as_str().to_owned());
        class.body.iter().for_each(|statement| self.visit_stmt(statement));
        self.class = None;
    }

    fn use_of(&mut self, name: &str, call: Option<Call>) {
        self.found.push(Use {
            name: name.to_owned(),
            call,
            class: self.class.clone(),
            fate: self.fate.clone(),
            is_element: self.is_element,
        });
    }

    /// Looks at an expression with another fate.
    fn visit_with(&mut self, expression: &Expr, fate: Fate, is_element: bool) {
        let outer = (std::mem::replace(&mut self.fate, fate), self.is_element);
        self.is_element = is_element;
        self.visit_expr(expression);
        (self.fate, self.is_element) = outer;
    }

    /// What becomes of a value that is assigned to a name.
    fn fate_of(&self, target: &Expr) -> Fate {
        match (target, &self.fates) {
            (Expr::Name(name), Some(fates)) => fates.of(name.id.as_str()).map_or(Fate::Kept, Fate::Handed),
            _ => Fate::Kept,
        }
    }

    /// A function: its names are its own.
    fn add_function(&mut self, function: &StmtFunctionDef) {
        let parameters = function.parameters.iter().map(|one| one.name().as_str().to_owned());
        let names: BTreeSet<String> = parameters.chain(function.body.iter().flat_map(stored)).collect();
        let outer: Vec<(String, Option<Expression>)> = names
            .iter()
            .map(|name| (name.clone(), self.locals.insert(name.clone(), Expression::Unknown)))
            .collect();
        let hidden: Vec<(String, Option<BTreeMap<String, Expression>>)> =
            names.iter().map(|name| (name.clone(), self.maps.remove(name))).collect();
        self.add_maps(&function.body);
        let mut fates = Fates::default();
        function.body.iter().for_each(|statement| fates.visit_stmt(statement));
        let fates = self.fates.replace(fates);
        function.body.iter().for_each(|statement| self.visit_stmt(statement));
        self.fates = fates;
        for (name, value) in outer {
            match value {
                Some(value) => self.locals.insert(name, value),
                None => self.locals.remove(&name),
            };
        }
        for (name, value) in hidden {
            match value {
                Some(value) => self.maps.insert(name, value),
                None => self.maps.remove(&name),
            };
        }
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
            // A method of that name is another one.
            let is_builtin = ["globals", "locals", "vars", "eval", "exec"].contains(&name);
            return FINDS_CLASSES.contains(&name) && (call.func.is_name_expr() || !is_builtin);
        }
        let [object, attribute, ..] = &*call.arguments.args else { return false };
        let is_module = match object {
            Expr::Name(name) => {
                let name = name.id.as_str();
                !matches!(name, "self" | "cls") && !self.locals.contains_key(name)
            }
            Expr::Subscript(_) | Expr::Attribute(_) => true,
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
            Stmt::FunctionDef(function) => self.add_function(function),
            Stmt::ClassDef(class) => {
                // A class inside of something is found by nobody else.
                for base in class.bases() {
                    match last_name(base) {
                        Some(name) => self.use_of(name, Some(Call::Derives)),
                        None => self.makes_classes = true,
                    }
                }
                class.body.iter().for_each(|statement| self.visit_stmt(statement));
            }
            Stmt::Import(_) | Stmt::ImportFrom(_) => {}
            Stmt::Assign(assign) => {
                let fate = match assign.targets.as_slice() {
                    [target] => self.fate_of(target),
                    _ => Fate::Kept,
                };
                self.visit_with(&assign.value, fate, false);
            }
            Stmt::AnnAssign(assign) => {
                if let Some(value) = &assign.value {
                    let fate = self.fate_of(&assign.target);
                    self.visit_with(value, fate, false);
                }
            }
            other => visitor::walk_stmt(self, other),
        }
    }

    fn visit_annotation(&mut self, _: &'a Expr) {}

    fn visit_decorator(&mut self, _: &'a Decorator) {}

    fn visit_expr(&mut self, expression: &'a Expr) {
        match expression {
            Expr::Call(call) => self.add_call(call),
            Expr::Name(name) if name.ctx.is_load() => self.use_of(name.id.as_str(), None),
            Expr::Attribute(attribute) if attribute.ctx.is_load() => {
                self.makes_classes |= attribute.attr.as_str() == "__dict__" && attribute.value.is_name_expr();
                // `Class.attribute` looks at the class; `module.Class` hands it on.
                self.use_of(attribute.attr.as_str(), None);
                if !attribute.value.is_name_expr() {
                    self.visit_with(&attribute.value, Fate::LookedAt, false);
                }
            }
            Expr::Compare(compare) => {
                for value in std::iter::once(&*compare.left).chain(&*compare.comparators) {
                    self.visit_with(value, Fate::LookedAt, false);
                }
            }
            // `Union[Orders, Customers]` is a type, and builds neither.
            Expr::Subscript(place) if last_name(&place.value).is_some_and(is_class_name) => {
                self.visit_with(&place.slice, Fate::LookedAt, false);
            }
            Expr::List(_)
            | Expr::Tuple(_)
            | Expr::Set(_)
            | Expr::ListComp(_)
            | Expr::SetComp(_)
            | Expr::Generator(_)
            | Expr::Yield(_)
            | Expr::YieldFrom(_) => {
                let outer = std::mem::replace(&mut self.is_element, true);
                visitor::walk_expr(self, expression);
                self.is_element = outer;
            }
            _ => visitor::walk_expr(self, expression),
        }
    }
}

impl Uses {
    fn add_call(&mut self, call: &ExprCall) {
        let name = last_name(&call.func);
        match name {
            Some(name) if LOOKS_AT.contains(&name) => {
                // Only a class is mentioned after the value.
                if let Some(value) = call.arguments.args.first().filter(|_| name.starts_with("is")) {
                    self.visit_with(value, Fate::LookedAt, false);
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
                self.use_of(name, Some(Call::Builds(arguments)));
            }
            None => {}
        }
        // What is called is no value that is handed on; of what has the method, the method is all that is wanted.
        match &*call.func {
            Expr::Name(_) => {}
            Expr::Attribute(function) => self.visit_with(&function.value, Fate::LookedAt, false),
            other => self.visit_expr(other),
        }
        let class = name.filter(|name| is_class_name(name));
        let adds = name.is_some_and(|name| ADDS.contains(&name));
        for value in arguments_of(call) {
            match class {
                Some(class) => {
                    let fate = Fate::Handed(BTreeSet::from([class.to_owned()]));
                    self.visit_with(value, fate, false);
                }
                None => self.visit_with(value, self.fate.clone(), adds || self.is_element),
            }
        }
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
                    match class {
                        Some(class) => self.hand(value, class),
                        None => self.visit_expr(value),
                    }
                }
            }
            Expr::Attribute(attribute) if attribute.value.is_name_expr() => {}
            Expr::Name(name) if name.ctx.is_load() => {
                self.kept.insert(name.id.as_str().to_owned());
            }
            // To go through a value is to look at what is in it.
            other => visitor::walk_expr(self, other),
        }
    }
}

impl Fates {
    /// Takes a value that a constructor is given: names in it are handed on.
    fn hand(&mut self, value: &Expr, class: &str) {
        match value {
            Expr::Name(name) => {
                let name = name.id.as_str().to_owned();
                self.handed_to.entry(name).or_default().insert(class.to_owned());
            }
            Expr::List(list) => list.elts.iter().for_each(|value| self.hand(value, class)),
            Expr::Tuple(tuple) => tuple.elts.iter().for_each(|value| self.hand(value, class)),
            Expr::Dict(dict) => dict.items.iter().for_each(|item| self.hand(&item.value, class)),
            Expr::Starred(starred) => self.hand(&starred.value, class),
            other => self.visit_expr(other),
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
