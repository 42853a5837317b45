use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "field-unknown-format-changed",
    title: "A format that destinations do not know changed",
    checks: "`format` values such as `uri`, `email` or `%Y-%m-%d`.",
    why: "Destinations know `date`, `time` and `date-time` only.",
    example: "`format: uri` is added.",
    effect: Template::new("Nothing: [{field}|the field] is text either way."),
    action: NOTHING,
    reference: "The bulk CDK's reading of schemas.",
    ..Rule::safe(Bump::Patch)
};
