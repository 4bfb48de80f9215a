//! Properties of expressions: what is printed parses to the same tree; numbers come out as 128-bit integers say.

#![allow(clippy::unwrap_used, reason = "a test ends where its premise fails")]

mod support;

use minsheng_policy::Exact;
use minsheng_policy::syntax::{BinaryOp, Expr, ExprKind, Name, Span, UnaryOp, parse_expression};
use proptest::prelude::*;

fn expr(kind: ExprKind) -> Expr {
    Expr {
        kind,
        span: Span::default(),
        height: 1,
    }
}

fn name(text: &str) -> Name {
    Name {
        text: text.to_owned(),
        span: Span::default(),
    }
}

const BINARY: [BinaryOp; 14] = [
    BinaryOp::Or,
    BinaryOp::And,
    BinaryOp::Equal,
    BinaryOp::NotEqual,
    BinaryOp::Less,
    BinaryOp::AtMost,
    BinaryOp::Greater,
    BinaryOp::AtLeast,
    BinaryOp::In,
    BinaryOp::Add,
    BinaryOp::Subtract,
    BinaryOp::Multiply,
    BinaryOp::Divide,
    BinaryOp::Remainder,
];

fn any_expr() -> impl Strategy<Value = Expr> {
    let word = prop::sample::select(vec!["a", "income", "m2", "_x"]);
    let leaf = prop_oneof![
        Just(expr(ExprKind::Null)),
        any::<bool>().prop_map(|value| expr(ExprKind::Bool(value))),
        (0_i128..1_000_000).prop_map(|n| expr(ExprKind::Number {
            value: Exact::whole(n),
            decimal: false
        })),
        (0_i128..1_000_000, 0_u32..4).prop_map(|(n, digits)| {
            let value = Exact::ratio(n, 10_i128.pow(digits)).unwrap();
            expr(ExprKind::Number {
                value,
                decimal: true,
            })
        }),
        "[a-z\\\\\"'\n\t 低保]{0,6}".prop_map(|text| expr(ExprKind::Text(text))),
        word.clone()
            .prop_map(|word| expr(ExprKind::Name(word.to_owned()))),
    ];
    leaf.prop_recursive(6, 48, 3, move |inner| {
        let boxed = inner.clone().prop_map(Box::new);
        let list = prop::collection::vec(inner, 0..3);
        let word = word.clone();
        prop_oneof![
            (boxed.clone(), word.clone())
                .prop_map(|(of, word)| expr(ExprKind::Field(of, name(word)))),
            (word.clone(), list.clone())
                .prop_map(|(word, args)| expr(ExprKind::Call(name(word), args))),
            (boxed.clone(), word.clone(), list.clone())
                .prop_map(|(of, word, args)| expr(ExprKind::Method(of, name(word), args))),
            list.prop_map(|items| expr(ExprKind::List(items))),
            (any::<bool>(), boxed.clone()).prop_map(|(not, of)| {
                expr(ExprKind::Unary(
                    if not { UnaryOp::Not } else { UnaryOp::Negate },
                    of,
                ))
            }),
            (
                prop::sample::select(BINARY.to_vec()),
                boxed.clone(),
                boxed.clone()
            )
                .prop_map(|(op, left, right)| expr(ExprKind::Binary(op, left, right))),
            (boxed.clone(), boxed.clone(), boxed.clone())
                .prop_map(|(condition, yes, no)| expr(ExprKind::Conditional(condition, yes, no))),
            (word, boxed.clone(), boxed).prop_map(|(word, value, body)| expr(ExprKind::Let(
                name(word),
                value,
                body
            ))),
        ]
    })
}

/// The tree without places.
fn shape(expr: &Expr) -> String {
    let mut text = format!("{:?}", expr.kind);
    for part in ["span: Span {", "height: "] {
        while let Some(at) = text.find(part) {
            let length = text[at..]
                .find(if part.starts_with("span") { '}' } else { ' ' })
                .unwrap_or(0);
            let digits = text[at + part.len()..]
                .find(|c: char| !c.is_ascii_digit())
                .unwrap_or(0);
            let end = if part.starts_with("span") {
                at + length + 1
            } else {
                at + part.len() + digits
            };
            text.replace_range(at..end, "");
        }
    }
    text
}

/// Arithmetic over small whole numbers with its value by 128-bit integers.
fn arithmetic() -> impl Strategy<Value = (String, Option<i128>)> {
    let leaf = (-20_i128..20).prop_map(|n| {
        (
            if n < 0 {
                format!("(-{})", -n)
            } else {
                n.to_string()
            },
            Some(n),
        )
    });
    leaf.prop_recursive(5, 32, 2, |inner| {
        (inner.clone(), inner, 0_u8..5).prop_map(|((left, a), (right, b), op)| {
            let (sign, value) = match op {
                0 => ("+", a.zip(b).and_then(|(a, b)| a.checked_add(b))),
                1 => ("-", a.zip(b).and_then(|(a, b)| a.checked_sub(b))),
                2 => ("*", a.zip(b).and_then(|(a, b)| a.checked_mul(b))),
                3 => ("%", a.zip(b).and_then(|(a, b)| a.checked_rem(b))),
                _ => {
                    return (
                        format!("(min({left}, {right}) + max({left}, {right}))"),
                        a.zip(b).and_then(|(a, b)| a.checked_add(b)),
                    );
                }
            };
            (format!("({left} {sign} {right})"), value)
        })
    })
}

proptest! {
    #[test]
    fn what_is_printed_parses_to_the_same_tree(expr in any_expr()) {
        let text = expr.to_string();
        let parsed = parse_expression(&text, 0).map_err(|error| TestCaseError::fail(format!("{text}: {error:?}")))?;
        prop_assert_eq!(shape(&parsed), shape(&expr), "{}", text);
        prop_assert_eq!(parsed.to_string(), text);
    }

    #[test]
    fn any_text_ends_in_a_tree_or_an_error_with_a_place(text in "\\PC{0,60}") {
        if let Err(error) = parse_expression(&text, 7) {
            prop_assert!(error.span.start >= 7 && error.span.end as usize <= 7 + text.len());
        }
    }

    #[test]
    fn arithmetic_agrees_with_128_bit_integers((text, expected) in arithmetic()) {
        match (support::value("int", &text), expected) {
            (Ok(found), Some(expected)) => prop_assert_eq!(found, expected.to_string(), "{}", text),
            (Err(error), None) => prop_assert!(error.contains("too large") || error.contains("division by zero"), "{}", error),
            (found, expected) => prop_assert!(false, "{text}: {found:?} {expected:?}"),
        }
    }

    #[test]
    fn comparison_agrees_with_cross_multiplication(a in -99_i128..99, b in 1_i128..99, c in -99_i128..99, d in 1_i128..99) {
        let found = support::value("bool", &format!("({a}) / {b} < ({c}) / {d}")).map_err(TestCaseError::fail)?;
        prop_assert_eq!(found, (a * d < c * b).to_string());
    }
}
