//! Expressions of Python, as far as a value can be read off them.
//!
//! What a connector says of a stream is a literal more often than not, or one that a class hands to another. Anything
//! else is [`Expression::Unknown`]: nothing is guessed.

use std::collections::BTreeMap;

use ruff_python_ast::{Expr, InterpolatedStringElement, Operator, Stmt};

use super::read::last_name;

/// An expression, or what a function returns.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub(super) enum Expression {
    /// `None`, also of a function that returns nothing.
    #[default]
    Nothing,
    /// `True` or `False`.
    Bool(bool),
    /// A text.
    Text(String),
    /// A list, a tuple or a set.
    List(Vec<Expression>),
    /// Texts or lists, one after the other.
    Joined(Vec<Expression>),
    /// `self.name`, or `cls.name`.
    Own(String),
    /// `super().name`, called or not.
    Super(String),
    /// A name of the function or of the module.
    Name(String),
    /// `self.__class__.__name__`.
    ClassName,
    /// A class name as the CDK writes it in snake case.
    SnakeCase(Box<Expression>),
    /// The second where the first is true, else the third.
    If(Box<Expression>, Box<Expression>, Box<Expression>),
    /// The reverse.
    Not(Box<Expression>),
    /// Anything else.
    Unknown,
}

impl Expression {
    fn when(test: Self, then: Self, otherwise: Self) -> Self {
        Self::If(Box::new(test), Box::new(then), Box::new(otherwise))
    }

    /// Reads an expression; names of `locals` stand for what they were given.
    pub(super) fn of(expression: &Expr, locals: &BTreeMap<String, Expression>) -> Self {
        let read = |expression: &Expr| Self::of(expression, locals);
        let all = |expressions: &[Expr]| expressions.iter().map(read).collect();
        match expression {
            Expr::NoneLiteral(_) => Self::Nothing,
            Expr::BooleanLiteral(literal) => Self::Bool(literal.value),
            Expr::StringLiteral(literal) => Self::Text(literal.value.to_str().to_owned()),
            Expr::List(list) => list_of(&list.elts, locals),
            Expr::Tuple(tuple) => list_of(&tuple.elts, locals),
            Expr::Set(set) => Self::List(all(&set.elts)),
            Expr::FString(text) => {
                let part = |element: &InterpolatedStringElement| match element {
                    InterpolatedStringElement::Literal(literal) => Self::Text(literal.value.to_string()),
                    InterpolatedStringElement::Interpolation(inner)
                        if inner.format_spec.is_none() && inner.conversion.is_none() =>
                    {
                        read(&inner.expression)
                    }
                    InterpolatedStringElement::Interpolation(_) => Self::Unknown,
                };
                let literals = text.value.iter().any(|part| part.as_literal().is_some());
                if literals || text.value.elements().count() > MOST_TERMS {
                    return Self::Unknown;
                }
                Self::Joined(text.value.elements().map(part).collect())
            }
            Expr::BinOp(both) if both.op == Operator::Add => {
                Self::Joined(vec![read(&both.left), read(&both.right)])
            }
            Expr::Name(name) => {
                let name = name.id.as_str();
                locals.get(name).cloned().unwrap_or_else(|| Self::Name(name.to_owned()))
            }
            Expr::Attribute(attribute) => {
                let name = attribute.attr.as_str();
                match &*attribute.value {
                    Expr::Name(object) if is_own(object.id.as_str()) => Self::Own(name.to_owned()),
                    Expr::Call(call) if is_super(call) => Self::Super(name.to_owned()),
                    Expr::Attribute(inner) if name == "__name__" && inner.attr.as_str() == "__class__" => {
                        Self::ClassName
                    }
                    Expr::Call(call) if name == "__name__" && last_name(&call.func) == Some("type") => {
                        Self::ClassName
                    }
                    Expr::Name(object) if name == "__name__" && object.id.as_str() == "cls" => {
                        Self::ClassName
                    }
                    _ => Self::Unknown,
                }
            }
            Expr::Call(call) => match (&*call.func, &*call.arguments.args) {
                (Expr::Attribute(function), _) if matches!(&*function.value, Expr::Call(inner) if is_super(inner)) => {
                    Self::Super(function.attr.as_str().to_owned())
                }
                (function, [argument]) if last_name(function) == Some("camel_to_snake") => {
                    Self::SnakeCase(Box::new(read(argument)))
                }
                (Expr::Name(function), [argument])
                    if ["list", "tuple", "str"].contains(&function.id.as_str()) =>
                {
                    read(argument)
                }
                // A method of its own that takes nothing is read like a property.
                (Expr::Attribute(function), [])
                    if call.arguments.keywords.is_empty()
                        && matches!(&*function.value, Expr::Name(object) if is_own(object.id.as_str())) =>
                {
                    Self::Own(function.attr.as_str().to_owned())
                }
                _ => Self::Unknown,
            },
            // What is made of it is as deep as it is long.
            Expr::BoolOp(both) if both.values.len() > MOST_TERMS => Self::Unknown,
            Expr::BoolOp(both) => {
                let mut values = all(&both.values).into_iter().rev();
                let last = values.next().unwrap_or(Self::Unknown);
                values.fold(last, |rest: Self, value: Self| match both.op {
                    ruff_python_ast::BoolOp::Or => Self::when(value.clone(), value, rest),
                    ruff_python_ast::BoolOp::And => Self::when(value.clone(), rest, value),
                })
            }
            Expr::If(both) => Self::when(read(&both.test), read(&both.body), read(&both.orelse)),
            Expr::UnaryOp(one) if one.op == ruff_python_ast::UnaryOp::Not => {
                Self::Not(Box::new(read(&one.operand)))
            }
            _ => Self::Unknown,
        }
    }

    /// Whether it speaks of `self`, or of its class.
    pub(super) fn is_of_self(&self) -> bool {
        match self {
            Self::Own(_) | Self::Super(_) | Self::ClassName => true,
            Self::List(parts) | Self::Joined(parts) => parts.iter().any(Self::is_of_self),
            Self::If(test, then, otherwise) => [test, then, otherwise].iter().any(|part| part.is_of_self()),
            Self::Not(value) | Self::SnakeCase(value) => value.is_of_self(),
            _ => false,
        }
    }

    /// What a function with this body returns.
    pub(super) fn returned(body: &[Stmt]) -> Self {
        let mut left = MOST_STATEMENTS;
        returned(&body.iter().collect::<Vec<_>>(), &mut BTreeMap::new(), &mut left)
    }
}

/// A list whose starred parts are joined.
fn list_of(elements: &[Expr], locals: &BTreeMap<String, Expression>) -> Expression {
    if !elements.iter().any(Expr::is_starred_expr) {
        return Expression::List(elements.iter().map(|one| Expression::of(one, locals)).collect());
    }
    let parts = elements.iter().map(|one| match one {
        Expr::Starred(starred) => Expression::of(&starred.value, locals),
        one => Expression::List(vec![Expression::of(one, locals)]),
    });
    Expression::Joined(parts.collect())
}

fn is_own(name: &str) -> bool {
    matches!(name, "self" | "cls")
}

fn is_super(call: &ruff_python_ast::ExprCall) -> bool {
    last_name(&call.func) == Some("super")
}

/// So many terms of one expression are followed.
const MOST_TERMS: usize = 64;

/// So many statements of a function are followed: behind each condition what comes after it is followed twice.
const MOST_STATEMENTS: usize = 256;

/// What some statements return, one after the other.
fn returned(body: &[&Stmt], locals: &mut BTreeMap<String, Expression>, left: &mut usize) -> Expression {
    for (index, statement) in body.iter().enumerate() {
        let Some(fewer) = left.checked_sub(1) else { return Expression::Unknown };
        *left = fewer;
        match statement {
            Stmt::Return(one) => {
                return one.value.as_ref().map_or(Expression::Nothing, |value| Expression::of(value, locals));
            }
            Stmt::Raise(_) => return Expression::Unknown,
            Stmt::If(one) => {
                let rest = &body[index + 1..];
                if !one
                    .body
                    .iter()
                    .chain(one.elif_else_clauses.iter().flat_map(|clause| &clause.body))
                    .any(returns)
                {
                    forget(statement, locals);
                    continue;
                }
                let mut with_rest = |block: &[Stmt], locals: &BTreeMap<String, Expression>| {
                    let statements: Vec<&Stmt> = block.iter().chain(rest.iter().copied()).collect();
                    returned(&statements, &mut locals.clone(), left)
                };
                let has_last = one.elif_else_clauses.last().is_some_and(|clause| clause.test.is_none());
                let mut otherwise = if has_last { Expression::Nothing } else { with_rest(&[], locals) };
                for clause in one.elif_else_clauses.iter().rev() {
                    let then = with_rest(&clause.body, locals);
                    otherwise = match &clause.test {
                        Some(test) => Expression::when(Expression::of(test, locals), then, otherwise),
                        None => then,
                    };
                }
                let then = with_rest(&one.body, locals);
                return Expression::when(Expression::of(&one.test, locals), then, otherwise);
            }
            Stmt::Assign(assign) => match assign.targets.as_slice() {
                [Expr::Name(name)] => {
                    let value = Expression::of(&assign.value, locals);
                    locals.insert(name.id.as_str().to_owned(), value);
                }
                _ => forget(statement, locals),
            },
            statement if returns(statement) => return Expression::Unknown,
            statement => forget(statement, locals),
        }
    }
    Expression::Nothing
}

/// What a statement names may be another thing after it: it is assigned, or changed in place.
fn forget(statement: &Stmt, locals: &mut BTreeMap<String, Expression>) {
    struct Named<'l>(&'l mut BTreeMap<String, Expression>);
    impl<'a> ruff_python_ast::visitor::Visitor<'a> for Named<'_> {
        fn visit_expr(&mut self, expression: &'a Expr) {
            if let Expr::Name(name) = expression {
                self.0.insert(name.id.as_str().to_owned(), Expression::Unknown);
            }
            ruff_python_ast::visitor::walk_expr(self, expression);
        }
    }
    // A text that stands alone names nothing.
    ruff_python_ast::visitor::Visitor::visit_stmt(&mut Named(locals), statement);
}

/// Whether a return stands in a statement.
fn returns(statement: &Stmt) -> bool {
    match statement {
        Stmt::Return(_) => true,
        Stmt::If(one) => {
            one.body.iter().chain(one.elif_else_clauses.iter().flat_map(|clause| &clause.body)).any(returns)
        }
        Stmt::For(one) => one.body.iter().chain(&one.orelse).any(returns),
        Stmt::While(one) => one.body.iter().chain(&one.orelse).any(returns),
        Stmt::With(one) => one.body.iter().any(returns),
        Stmt::Match(one) => one.cases.iter().flat_map(|case| &case.body).any(returns),
        Stmt::Try(one) => {
            let handlers = one.handlers.iter().flat_map(|handler| {
                let ruff_python_ast::ExceptHandler::ExceptHandler(handler) = handler;
                &handler.body
            });
            one.body.iter().chain(handlers).chain(&one.orelse).chain(&one.finalbody).any(returns)
        }
        _ => false,
    }
}
