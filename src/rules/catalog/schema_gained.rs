use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "schema-gained",
    title: "A stream gained a schema",
    checks: "An empty schema that has fields now.",
    why: "There was no column that could change.",
    example: Example {
        context: Context::Stream,
        before: &[r#""json_schema": {}"#],
        after: &[r#""json_schema": {"type": "object", "properties": {"id": {"type": "integer"}}}"#],
    },
    effect: Template::new("[`{stream}`|The stream] declares its fields, and had none before."),
    action: NOTHING,
    references: &[protocol!("The Airbyte protocol, `json_schema`", "#L482")],
    ..Rule::safe(Bump::Minor)
};
