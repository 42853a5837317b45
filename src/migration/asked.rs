//! What the expressions of a template have to do with, read off their trees and without a config: which properties they read,
//! what they compare them with, and whether they turn at what they work out.

use std::collections::{BTreeMap, BTreeSet};

use ruff_python_ast::visitor::Visitor;
use ruff_python_ast::{CmpOp, Expr, ExprList, ExprTuple, Number, Operator};
use serde_json::Value;

/// The paths that an expression reads from the config: `config['a']['b']` and its other spellings.
pub(super) fn reads(tree: &Expr) -> Vec<Vec<String>> {
    struct Reads(Vec<Vec<String>>);
    impl<'a> Visitor<'a> for Reads {
        fn visit_expr(&mut self, expression: &'a Expr) {
            match path_of(expression) {
                Some(path) if !path.is_empty() => self.0.push(path),
                _ => ruff_python_ast::visitor::walk_expr(self, expression),
            }
        }
    }
    let mut found = Reads(Vec::new());
    found.visit_expr(tree);
    found.0
}

/// The properties of the root that an expression has to do with; `None` where that may be any.
pub(super) fn roots(tree: &Expr) -> Option<BTreeSet<String>> {
    struct Roots {
        found: BTreeSet<String>,
        is_any: bool,
    }
    impl<'a> Visitor<'a> for Roots {
        fn visit_expr(&mut self, expression: &'a Expr) {
            let is_config = |tree: &Expr| matches!(tree, Expr::Name(name) if name.id.as_str() == "config");
            if is_config(expression) {
                self.is_any = true;
                return;
            }
            // Whether a property is there.
            if let Expr::Compare(compare) = expression
                && let ([CmpOp::In | CmpOp::NotIn], [holder]) = (&*compare.ops, &*compare.comparators)
                && let (Expr::StringLiteral(key), true) = (&*compare.left, is_config(holder))
            {
                self.found.insert(key.value.to_str().to_owned());
                return;
            }
            match path_of(expression).and_then(|path| path.into_iter().next()) {
                Some(root) => {
                    self.found.insert(root);
                    visit_defaults(expression, &mut |argument| self.visit_expr(argument));
                }
                None => ruff_python_ast::visitor::walk_expr(self, expression),
            }
        }
    }
    let mut roots = Roots { found: BTreeSet::new(), is_any: false };
    roots.visit_expr(tree);
    (!roots.is_any).then_some(roots.found)
}

/// The paths that an expression reads from the config or asks for, and the values that it compares with.
pub(super) fn asks(tree: &Expr, paths: &mut Vec<Vec<String>>, literals: &mut Vec<Value>) {
    struct Asks<'f> {
        paths: &'f mut Vec<Vec<String>>,
        literals: &'f mut Vec<Value>,
    }
    impl<'a> Visitor<'a> for Asks<'_> {
        fn visit_expr(&mut self, expression: &'a Expr) {
            match expression {
                Expr::Compare(compare) => {
                    if let ([CmpOp::In | CmpOp::NotIn], [holder]) = (&*compare.ops, &*compare.comparators)
                        && let (Expr::StringLiteral(key), Some(path)) = (&*compare.left, path_of(holder))
                    {
                        self.paths.push([path.as_slice(), &[key.value.to_str().to_owned()]].concat());
                    }
                }
                Expr::StringLiteral(literal) => self.literals.push(literal.value.to_str().into()),
                Expr::BooleanLiteral(literal) => self.literals.push(literal.value.into()),
                Expr::NoneLiteral(_) => self.literals.push(Value::Null),
                Expr::NumberLiteral(literal) => match &literal.value {
                    // A condition may turn at it.
                    Number::Int(int) => self.literals.extend(
                        int.as_i64()
                            .iter()
                            .flat_map(|at| [at.saturating_sub(1), *at, at.saturating_add(1)])
                            .map(Value::from),
                    ),
                    Number::Float(value) => {
                        self.literals.extend(serde_json::Number::from_f64(*value).map(Value::Number))
                    }
                    Number::Complex { .. } => {}
                },
                _ => {}
            }
            match path_of(expression) {
                Some(path) if !path.is_empty() => {
                    self.paths.push(path);
                    visit_defaults(expression, &mut |argument| self.visit_expr(argument));
                }
                _ => ruff_python_ast::visitor::walk_expr(self, expression),
            }
        }
    }
    Asks { paths, literals }.visit_expr(tree);
}

/// Whether an expression turns at what it works out of the config, by an operator, a filter or a method: which values it
/// turns at is written nowhere. A condition as a whole is what the step turns at.
pub(super) fn compares_what_is_worked_out(tree: &Expr, is_condition: bool) -> bool {
    struct Finds {
        compared: usize,
        worked_out: usize,
        is_found: bool,
    }
    impl<'a> Visitor<'a> for Finds {
        fn visit_expr(&mut self, expression: &'a Expr) {
            if let Expr::If(choice) = expression {
                self.compared += 1;
                self.visit_expr(&choice.test);
                self.compared -= 1;
                self.visit_expr(&choice.body);
                self.visit_expr(&choice.orelse);
                return;
            }
            let is_compared = matches!(expression, Expr::Compare(_));
            let is_worked_out = self.compared > 0 && works_out(expression);
            self.compared += usize::from(is_compared);
            self.worked_out += usize::from(is_worked_out);
            self.is_found |=
                self.worked_out > 0 && matches!(expression, Expr::Name(name) if name.id.as_str() == "config");
            ruff_python_ast::visitor::walk_expr(self, expression);
            self.compared -= usize::from(is_compared);
            self.worked_out -= usize::from(is_worked_out);
        }
    }
    let mut finds = Finds { compared: usize::from(is_condition), worked_out: 0, is_found: false };
    finds.visit_expr(tree);
    finds.is_found
}

/// Whether an expression makes another value of what stands in it. A default does not, nor what only looks at a text.
fn works_out(expression: &Expr) -> bool {
    match expression {
        Expr::BinOp(both) if both.op == Operator::BitOr => {
            let filter = match &*both.right {
                Expr::Call(call) => &*call.func,
                name => name,
            };
            !matches!(filter, Expr::Name(name) if matches!(name.id.as_str(), "default" | "d"))
        }
        Expr::BinOp(_) => true,
        Expr::Call(call) => match &*call.func {
            Expr::Attribute(method) => !matches!(method.attr.as_str(), "get" | "startswith" | "endswith"),
            // A filter, which is counted with what it is asked of.
            _ => false,
        },
        _ => false,
    }
}

/// Whether an expression makes something of the config: by an operator, a filter, or a method other than `get`.
pub(super) fn applies_to_config(tree: &Expr) -> bool {
    struct Finds(bool);
    impl<'a> Visitor<'a> for Finds {
        fn visit_expr(&mut self, expression: &'a Expr) {
            let is_applied = match expression {
                Expr::BinOp(_) => true,
                Expr::Call(call) => {
                    !matches!(&*call.func, Expr::Attribute(method) if method.attr.as_str() == "get")
                }
                _ => false,
            };
            self.0 |= is_applied && reads_config(expression);
            if !self.0 {
                ruff_python_ast::visitor::walk_expr(self, expression);
            }
        }
    }
    let mut finds = Finds(false);
    finds.visit_expr(tree);
    finds.0
}

/// Whether an expression reads the config.
pub(super) fn reads_config(tree: &Expr) -> bool {
    struct Finds(bool);
    impl<'a> Visitor<'a> for Finds {
        fn visit_expr(&mut self, expression: &'a Expr) {
            self.0 |= matches!(expression, Expr::Name(name) if name.id.as_str() == "config");
            ruff_python_ast::visitor::walk_expr(self, expression);
        }
    }
    let mut finds = Finds(false);
    finds.visit_expr(tree);
    finds.0
}

/// What conditions look for in several properties at once, or several times in one: by property, the values.
pub(super) type Together = BTreeMap<Vec<String>, Vec<Value>>;

/// What an expression looks for together: in each of its `and` and `or`, and in all of it.
pub(super) fn looked_for_together(tree: &Expr) -> Vec<Together> {
    struct Finds<'t>(Vec<&'t Expr>);
    impl<'a> Visitor<'a> for Finds<'a> {
        fn visit_expr(&mut self, expression: &'a Expr) {
            if expression.is_bool_op_expr() {
                self.0.push(expression);
            }
            ruff_python_ast::visitor::walk_expr(self, expression);
        }
    }
    let mut finds = Finds(vec![tree]);
    finds.visit_expr(tree);
    let mut found: Vec<Together> = Vec::new();
    for together in finds.0.into_iter().filter_map(looked_for) {
        if !found.contains(&together) {
            found.push(together);
        }
    }
    found
}

/// What is looked for in a property.
#[derive(Default)]
struct LookedFor {
    values: Vec<Value>,
    /// At the beginning of a text, in it, and at its end.
    texts: [Vec<String>; 3],
}

fn looked_for(tree: &Expr) -> Option<Together> {
    struct Finds {
        found: BTreeMap<Vec<String>, LookedFor>,
        count: usize,
    }
    impl Finds {
        fn of(&mut self, read: &Expr) -> Option<&mut LookedFor> {
            let read = match read {
                Expr::BinOp(both) if both.op == Operator::BitOr => &both.left,
                read => read,
            };
            let path = path_of(read).filter(|path| !path.is_empty())?;
            self.count += 1;
            Some(self.found.entry(path).or_default())
        }
    }
    impl<'a> Visitor<'a> for Finds {
        fn visit_expr(&mut self, expression: &'a Expr) {
            match expression {
                Expr::Compare(compare) => {
                    let sides = std::iter::once(&*compare.left).chain(&compare.comparators);
                    for ((one, other), op) in sides.zip(&compare.comparators).zip(&compare.ops) {
                        let is_held = matches!(op, CmpOp::In | CmpOp::NotIn);
                        match (one, other) {
                            (Expr::StringLiteral(text), holder) if is_held => {
                                if let Some(found) = self.of(holder) {
                                    found.texts[1].push(text.value.to_str().to_owned());
                                }
                            }
                            (
                                read,
                                Expr::List(ExprList { elts, .. }) | Expr::Tuple(ExprTuple { elts, .. }),
                            ) => {
                                if let Some(found) = self.of(read) {
                                    found.values.extend(elts.iter().flat_map(compared_with));
                                }
                            }
                            (one, other) => {
                                for (read, value) in [(one, other), (other, one)] {
                                    let values = compared_with(value);
                                    if !values.is_empty()
                                        && let Some(found) = self.of(read)
                                    {
                                        found.values.extend(values);
                                    }
                                }
                            }
                        }
                    }
                }
                Expr::Call(call) => {
                    if let (Expr::Attribute(method), [Expr::StringLiteral(text)]) =
                        (&*call.func, &*call.arguments.args)
                    {
                        let place = match method.attr.as_str() {
                            "startswith" => Some(0),
                            "endswith" => Some(2),
                            _ => None,
                        };
                        if let Some(place) = place
                            && let Some(found) = self.of(&method.value)
                        {
                            found.texts[place].push(text.value.to_str().to_owned());
                        }
                    }
                }
                _ => {}
            }
            ruff_python_ast::visitor::walk_expr(self, expression);
        }
    }
    let mut finds = Finds { found: BTreeMap::new(), count: 0 };
    finds.visit_expr(tree);
    let values = |looked: LookedFor| {
        let LookedFor { mut values, texts: [starts, inside, ends] } = looked;
        let of = |texts: &[String], index: usize| match texts.len() {
            0 => String::new(),
            length => texts[index % length].clone(),
        };
        for index in 0..starts.len().max(ends.len()).max(usize::from(!inside.is_empty())) {
            let text = format!("{}{}{}", of(&starts, index), inside.concat(), of(&ends, index));
            values.push(text.into());
        }
        values
    };
    let found: Together = finds.found.into_iter().map(|(path, looked)| (path, values(looked))).collect();
    (finds.count > 1).then_some(found)
}

/// The values at which a comparison with a literal turns; empty where it is none.
fn compared_with(value: &Expr) -> Vec<Value> {
    match value {
        Expr::StringLiteral(literal) => vec![literal.value.to_str().into()],
        Expr::BooleanLiteral(literal) => vec![literal.value.into()],
        Expr::NoneLiteral(_) => vec![Value::Null],
        Expr::NumberLiteral(literal) => match &literal.value {
            Number::Int(int) => int
                .as_i64()
                .iter()
                .flat_map(|at| [*at, at.saturating_sub(1), at.saturating_add(1)])
                .map(Value::from)
                .collect(),
            Number::Float(value) => {
                serde_json::Number::from_f64(*value).map(Value::Number).into_iter().collect()
            }
            Number::Complex { .. } => Vec::new(),
        },
        _ => Vec::new(),
    }
}

/// What a chain of keys is asked with beside its keys.
fn visit_defaults<'a>(chain: &'a Expr, visit: &mut dyn FnMut(&'a Expr)) {
    match chain {
        Expr::Attribute(attribute) => visit_defaults(&attribute.value, visit),
        Expr::Subscript(subscript) => visit_defaults(&subscript.value, visit),
        Expr::Call(call) => {
            if let Expr::Attribute(function) = &*call.func {
                visit_defaults(&function.value, visit);
            }
            call.arguments.args.iter().skip(1).for_each(&mut *visit);
            call.arguments.keywords.iter().for_each(|argument| visit(&argument.value));
        }
        _ => {}
    }
}

/// The path that a chain of keys reads, where it is one.
fn path_of(expression: &Expr) -> Option<Vec<String>> {
    let key = |expression: &Expr| match expression {
        Expr::StringLiteral(literal) => Some(literal.value.to_str().to_owned()),
        _ => None,
    };
    let (holder, name) = match expression {
        Expr::Name(name) if name.id.as_str() == "config" => return Some(Vec::new()),
        Expr::Attribute(attribute) => (&*attribute.value, attribute.attr.as_str().to_owned()),
        Expr::Subscript(subscript) => (&*subscript.value, key(&subscript.slice)?),
        Expr::Call(call) => match &*call.func {
            Expr::Attribute(function) if function.attr.as_str() == "get" => {
                (&*function.value, key(call.arguments.args.first()?)?)
            }
            _ => return None,
        },
        _ => return None,
    };
    let mut path = path_of(holder)?;
    path.push(name);
    Some(path)
}
