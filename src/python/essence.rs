//! What a piece of code does where all goes well: types, logs, errors and documentation left out.

use std::collections::BTreeSet;

use ruff_python_ast::visitor::transformer::{Transformer, walk_stmt};
use ruff_python_ast::visitor::{self, Visitor};
use ruff_python_ast::{ExceptHandler, Expr, Stmt, Suite};

use super::read;

/// What a statement is known by without what says nothing of its result, and the names in the rest.
pub(super) fn essence(statement: &Stmt) -> (u64, BTreeSet<String>) {
    let mut rest = statement.clone();
    Essence.visit_stmt(&mut rest);
    read::digest(&rest)
}

struct Essence;

impl Transformer for Essence {
    fn visit_stmt(&self, statement: &mut Stmt) {
        for body in bodies(statement) {
            body.retain(|statement| !is_beside(statement));
        }
        if let Stmt::FunctionDef(function) = statement {
            function.returns = None;
            let parameters = &mut function.parameters;
            let named = parameters
                .posonlyargs
                .iter_mut()
                .chain(&mut parameters.args)
                .chain(&mut parameters.kwonlyargs);
            named.for_each(|parameter| parameter.parameter.annotation = None);
            let others = [&mut parameters.vararg, &mut parameters.kwarg];
            others.into_iter().flatten().for_each(|parameter| parameter.annotation = None);
        }
        if let Stmt::Try(one) = statement {
            // A handler that ends in an error decides nothing; one that goes on may.
            one.handlers.retain(|handler| {
                let ExceptHandler::ExceptHandler(inner) = handler;
                !inner.body.last().is_some_and(Stmt::is_raise_stmt) || inner.body.iter().any(returns)
            });
            for ExceptHandler::ExceptHandler(inner) in &mut one.handlers {
                inner.body.retain(|statement| !is_beside(statement));
            }
        }
        walk_stmt(self, statement);
    }
}

/// Whether a statement leaves a function with a value.
fn returns(statement: &Stmt) -> bool {
    struct Returns(bool);
    impl Visitor<'_> for Returns {
        fn visit_stmt(&mut self, statement: &Stmt) {
            self.0 |= statement.is_return_stmt();
            visitor::walk_stmt(self, statement);
        }
    }
    let mut found = Returns(false);
    found.visit_stmt(statement);
    found.0
}

/// The lists of statements in a statement.
fn bodies(statement: &mut Stmt) -> Vec<&mut Suite> {
    match statement {
        Stmt::FunctionDef(one) => vec![&mut one.body],
        Stmt::ClassDef(one) => vec![&mut one.body],
        Stmt::For(one) => vec![&mut one.body, &mut one.orelse],
        Stmt::While(one) => vec![&mut one.body, &mut one.orelse],
        Stmt::With(one) => vec![&mut one.body],
        Stmt::Try(one) => vec![&mut one.body, &mut one.orelse, &mut one.finalbody],
        Stmt::If(one) => std::iter::once(&mut one.body)
            .chain(one.elif_else_clauses.iter_mut().map(|one| &mut one.body))
            .collect(),
        Stmt::Match(one) => one.cases.iter_mut().map(|case| &mut case.body).collect(),
        _ => Vec::new(),
    }
}

/// Whether a statement logs, raises, documents or does nothing.
fn is_beside(statement: &Stmt) -> bool {
    const LOGS: [&str; 8] = ["debug", "info", "warning", "warn", "error", "exception", "critical", "log"];
    match statement {
        Stmt::Raise(_) | Stmt::Pass(_) => true,
        Stmt::Expr(one) => match &*one.value {
            Expr::StringLiteral(_) => true,
            Expr::Call(call) => {
                call.func.as_attribute_expr().is_some_and(|name| LOGS.contains(&name.attr.as_str()))
            }
            _ => false,
        },
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> u64 {
        let parsed = ruff_python_parser::parse_module(text).expect("Python").into_syntax();
        essence(&parsed.body[0]).0
    }

    #[test]
    fn types_logs_errors_and_documentation_do_nothing() {
        let plain =
            "def f(a, b=1):\n    try:\n        x = a\n    except Exception:\n        raise\n    return x\n";
        for same in [
            "def f(a: int, b: str = 1) -> str:\n    try:\n        x = a\n    except Exception:\n        raise\n    return x\n",
            "def f(a, b=1):\n    try:\n        x = a\n    except ValueError as error:\n        raise Other(error)\n    return x\n",
        ] {
            assert_eq!(of(same), of(plain), "{same}");
        }
        let logged = |text: &str| format!("def f(self):\n    {text}\n    return 1\n");
        assert_eq!(of("def f(self):\n    return 1\n"), of(&logged("pass")), "it comes or goes");
        let texts = ["self.logger.info('a')", "logger.warning('b')", "raise Exception('c')", "'''d'''"];
        assert!(texts.iter().all(|text| of(&logged(text)) == of(&logged("pass"))));
        for (one, other) in [("return 1", "return 2"), ("x = g()", "x = h()"), ("self.run()", "pass")] {
            let inside = |text: &str| of(&format!("def f(self):\n    {text}\n"));
            assert_ne!(inside(one), inside(other), "{one}");
        }
        let handled = |text: &str| {
            of(&format!("def f(self):\n    try:\n        return g()\n    except E:\n        {text}\n"))
        };
        assert_ne!(handled("return 1"), handled("return 2"), "a handler that goes on decides");
        assert_ne!(handled("return 1"), handled("raise"));
    }
}
