//! The one spelling of a type of a column, by which types are compared: synonyms of an engine, the order of alternatives
//! and what only people read are no other type. Names of nested fields keep their case.

use serde_json::Value;
use sqlparser::ast::{ArrayElemTypeDef, DataType, StructField};
use sqlparser::parser::Parser;

use super::code::VARIABLE_NAME;
use super::schemas::of_value;
use super::sql::Engine;

/// Names of one type.
struct Synonym {
    /// The dialects that know them; every dialect where none is named.
    engines: &'static [&'static str],
    /// The name that stands for all.
    name: &'static str,
    /// The others.
    others: &'static [&'static str],
}

/// As the manuals of the engines list them; of an engine that is not known those of the standard (ISO/IEC 9075-2, 6.1).
const SYNONYMS: [Synonym; 47] = [
    // https://www.postgresql.org/docs/current/datatype.html, https://docs.aws.amazon.com/redshift/latest/dg/c_Supported_data_types.html
    Synonym { engines: &["postgres", "redshift", "duckdb", ""], name: "SMALLINT", others: &["INT2"] },
    Synonym { engines: &["postgres", "redshift", "duckdb", ""], name: "INTEGER", others: &["INT4"] },
    Synonym { engines: &["postgres", "redshift", "duckdb", ""], name: "BIGINT", others: &["INT8"] },
    Synonym { engines: &["postgres", "redshift", "duckdb", ""], name: "REAL", others: &["FLOAT4"] },
    Synonym { engines: &["postgres", "redshift", "duckdb", ""], name: "DOUBLE", others: &["FLOAT8"] },
    Synonym { engines: &["postgres", "redshift"], name: "DOUBLE", others: &["FLOAT"] },
    Synonym {
        engines: &["postgres", "redshift", "duckdb", ""],
        name: "TIMESTAMP WITH TIME ZONE",
        others: &["TIMESTAMPTZ"],
    },
    Synonym {
        engines: &["postgres", "redshift", "duckdb", ""],
        name: "TIMESTAMP",
        others: &["TIMESTAMP WITHOUT TIME ZONE"],
    },
    Synonym {
        engines: &["postgres", "redshift", "duckdb", ""],
        name: "TIME WITH TIME ZONE",
        others: &["TIMETZ"],
    },
    Synonym {
        engines: &["postgres", "redshift", "duckdb", ""],
        name: "TIME",
        others: &["TIME WITHOUT TIME ZONE"],
    },
    // With a size; without one it is what `UNSIZED` says.
    Synonym { engines: &["postgres", "redshift"], name: "CHAR", others: &["BPCHAR"] },
    Synonym { engines: &["postgres"], name: "BIT VARYING", others: &["VARBIT"] },
    Synonym { engines: &["postgres"], name: "SMALLSERIAL", others: &["SERIAL2"] },
    Synonym { engines: &["postgres"], name: "SERIAL", others: &["SERIAL4"] },
    Synonym { engines: &["postgres"], name: "BIGSERIAL", others: &["SERIAL8"] },
    Synonym { engines: &["redshift"], name: "VARCHAR", others: &["NVARCHAR", "TEXT"] },
    Synonym { engines: &["redshift"], name: "CHAR", others: &["NCHAR"] },
    Synonym { engines: &["redshift"], name: "VARBYTE", others: &["VARBINARY", "BINARY VARYING"] },
    // https://duckdb.org/docs/stable/sql/data_types/overview
    Synonym { engines: &["duckdb"], name: "VARCHAR", others: &["TEXT", "STRING", "CHAR", "BPCHAR"] },
    Synonym { engines: &["duckdb"], name: "REAL", others: &["FLOAT"] },
    Synonym { engines: &["duckdb"], name: "BLOB", others: &["BYTEA", "BINARY", "VARBINARY"] },
    Synonym { engines: &["duckdb"], name: "TIMESTAMP", others: &["DATETIME"] },
    Synonym { engines: &["duckdb"], name: "BIGINT", others: &["LONG"] },
    Synonym { engines: &["duckdb"], name: "SMALLINT", others: &["SHORT"] },
    Synonym { engines: &["duckdb"], name: "TINYINT", others: &["INT1"] },
    // https://docs.snowflake.com/en/sql-reference/intro-summary-data-types
    Synonym {
        engines: &["snowflake"],
        name: "DECIMAL",
        others: &["NUMBER", "INTEGER", "BIGINT", "SMALLINT", "TINYINT", "BYTEINT"],
    },
    Synonym { engines: &["snowflake"], name: "FLOAT", others: &["FLOAT4", "FLOAT8", "DOUBLE", "REAL"] },
    Synonym {
        engines: &["snowflake"],
        name: "VARCHAR",
        others: &["STRING", "TEXT", "NVARCHAR", "NVARCHAR2", "NCHAR VARYING", "CHAR", "NCHAR"],
    },
    Synonym {
        engines: &["snowflake"],
        name: "TIMESTAMP_NTZ",
        others: &["DATETIME", "TIMESTAMPNTZ", "TIMESTAMP WITHOUT TIME ZONE"],
    },
    Synonym {
        engines: &["snowflake"],
        name: "TIMESTAMP_TZ",
        others: &["TIMESTAMPTZ", "TIMESTAMP WITH TIME ZONE"],
    },
    Synonym { engines: &["snowflake"], name: "TIMESTAMP_LTZ", others: &["TIMESTAMPLTZ"] },
    Synonym { engines: &["snowflake"], name: "BINARY", others: &["VARBINARY"] },
    // https://cloud.google.com/bigquery/docs/reference/standard-sql/data-types
    Synonym {
        engines: &["bigquery"],
        name: "INTEGER",
        others: &["INT64", "SMALLINT", "BIGINT", "TINYINT", "BYTEINT"],
    },
    Synonym { engines: &["bigquery"], name: "BIGNUMERIC", others: &["BIGDECIMAL"] },
    // https://dev.mysql.com/doc/refman/8.4/en/other-vendor-data-types.html
    Synonym { engines: &["mysql"], name: "SMALLINT", others: &["INT2"] },
    Synonym { engines: &["mysql"], name: "INTEGER", others: &["INT4"] },
    Synonym { engines: &["mysql"], name: "BIGINT", others: &["INT8"] },
    Synonym { engines: &["mysql"], name: "DECIMAL", others: &["FIXED"] },
    Synonym { engines: &["mysql"], name: "DOUBLE", others: &["FLOAT8", "REAL"] },
    Synonym { engines: &["mysql"], name: "TINYINT(1)", others: &["BOOLEAN"] },
    // https://learn.microsoft.com/en-us/sql/t-sql/data-types/data-type-synonyms-transact-sql
    Synonym { engines: &["mssql"], name: "FLOAT", others: &["DOUBLE"] },
    // https://docs.databricks.com/aws/en/sql/language-manual/sql-ref-datatypes
    Synonym { engines: &["databricks", "hive"], name: "FLOAT", others: &["REAL"] },
    Synonym { engines: &["databricks"], name: "BIGINT", others: &["LONG"] },
    // https://docs.oracle.com/en/database/oracle/oracle-database/23/sqlrf/Data-Types.html
    Synonym { engines: &["oracle"], name: "VARCHAR2", others: &["VARCHAR"] },
    // https://clickhouse.com/docs/sql-reference/data-types
    Synonym { engines: &["clickhouse"], name: "STRING", others: &["TEXT", "VARCHAR", "CHAR", "BLOB"] },
    Synonym { engines: &["clickhouse"], name: "INT32", others: &["INTEGER"] },
    Synonym { engines: &["clickhouse"], name: "INT64", others: &["BIGINT"] },
];

/// Names that the standard gives one type.
const STANDARD: [Synonym; 6] = [
    Synonym { engines: &[], name: "INTEGER", others: &["INT"] },
    Synonym { engines: &[], name: "CHAR", others: &["CHARACTER"] },
    Synonym { engines: &[], name: "VARCHAR", others: &["CHARACTER VARYING", "CHAR VARYING"] },
    Synonym { engines: &[], name: "DECIMAL", others: &["DEC", "NUMERIC"] },
    Synonym { engines: &[], name: "BOOLEAN", others: &["BOOL"] },
    Synonym { engines: &[], name: "DOUBLE", others: &["DOUBLE PRECISION"] },
];

/// The size that a type has where none is written: the engine, the type and the size.
const SIZES: [(&str, &str, &str); 26] = [
    ("snowflake", "DECIMAL", "38,0"),
    ("snowflake", "VARCHAR", "16777216"),
    ("snowflake", "TIMESTAMP_NTZ", "9"),
    ("snowflake", "TIMESTAMP_TZ", "9"),
    ("snowflake", "TIMESTAMP_LTZ", "9"),
    ("redshift", "VARCHAR", "256"),
    ("mssql", "FLOAT", "53"),
    ("mssql", "VARCHAR", "1"),
    ("mssql", "NVARCHAR", "1"),
    ("mssql", "NCHAR", "1"),
    ("mssql", "VARBINARY", "1"),
    ("mssql", "DATETIME2", "7"),
    ("mssql", "DATETIMEOFFSET", "7"),
    ("mssql", "DECIMAL", "18,0"),
    ("redshift", "DECIMAL", "18,0"),
    ("mysql", "DECIMAL", "10,0"),
    ("databricks", "DECIMAL", "10,0"),
    ("duckdb", "DECIMAL", "18,3"),
    ("mssql", "BINARY", "1"),
    ("mysql", "BINARY", "1"),
    ("mysql", "BIT", "1"),
    ("postgres", "BIT", "1"),
    // https://cloud.google.com/bigquery/docs/reference/standard-sql/data-types#parameterized_decimal_type
    ("bigquery", "DECIMAL", "38,9"),
    ("postgres", "TIMESTAMP", "6"),
    ("postgres", "TIME", "6"),
    ("postgres", "TIMESTAMP WITH TIME ZONE", "6"),
];

/// What a type is where no size is written and that is another than the usual one: the engine, the type and its meaning.
/// A `BPCHAR` of PostgreSQL has any length, <https://www.postgresql.org/docs/current/datatype-character.html>.
const UNSIZED: [(&str, &str, &str); 4] = [
    ("postgres", "BPCHAR", "BPCHAR"),
    ("redshift", "BPCHAR", "CHAR(256)"),
    ("snowflake", "CHAR", "VARCHAR(1)"),
    ("snowflake", "NCHAR", "VARCHAR(1)"),
];

/// Decimals of ClickHouse that have their precision in their name,
/// <https://clickhouse.com/docs/sql-reference/data-types/decimal>.
const DECIMALS: [(&str, &str); 4] =
    [("DECIMAL32", "9"), ("DECIMAL64", "18"), ("DECIMAL128", "38"), ("DECIMAL256", "76")];

/// Texts whose size the engine reads over.
const NO_SIZES: [(&str, &str); 2] = [("duckdb", "VARCHAR"), ("clickhouse", "STRING")];

/// Integers whose size in MySQL is how many digits are printed.
const PRINTED_SIZES: [&str; 4] = ["INTEGER", "BIGINT", "SMALLINT", "MEDIUMINT"];

/// A type as a file of SQL has it.
pub(super) fn of_sql(kind: &DataType, engine: Engine) -> String {
    let one = |kind: &DataType| of_sql(kind, engine);
    let fields = |fields: &[StructField]| {
        let field = |field: &StructField| {
            let name = field.field_name.as_ref().map(|name| format!("{} ", engine.column(name)));
            format!("{}{}", name.unwrap_or_default(), one(&field.field_type))
        };
        fields.iter().map(field).collect::<Vec<_>>().join(",")
    };
    match kind {
        DataType::Array(elements) => match elements {
            ArrayElemTypeDef::None => "ARRAY".to_owned(),
            // PostgreSQL reads over the size; in DuckDB a list of a fixed length is another type.
            ArrayElemTypeDef::SquareBracket(inner, Some(size)) if engine.name() == "duckdb" => {
                format!("ARRAY<{},{size}>", one(inner))
            }
            // PostgreSQL reads over how many dimensions are written, too.
            ArrayElemTypeDef::SquareBracket(inner, _)
                if engine.name() == "postgres" && matches!(**inner, DataType::Array(_)) =>
            {
                one(inner)
            }
            ArrayElemTypeDef::AngleBracket(inner)
            | ArrayElemTypeDef::SquareBracket(inner, _)
            | ArrayElemTypeDef::Parenthesis(inner)
            | ArrayElemTypeDef::Qualified(inner, _) => format!("ARRAY<{}>", one(inner)),
            ArrayElemTypeDef::ParenthesisNotNull(inner) => format!("ARRAY<{} NOT NULL>", one(inner)),
        },
        DataType::Struct(inner, _) => format!("STRUCT<{}>", fields(inner)),
        DataType::Tuple(inner) => format!("TUPLE<{}>", fields(inner)),
        DataType::Map(key, value, _) => format!("MAP<{},{}>", one(key), one(value)),
        DataType::Nullable(inner) => format!("NULLABLE<{}>", one(inner)),
        DataType::LowCardinality(inner) => format!("LOWCARDINALITY<{}>", one(inner)),
        // What they list are values, or names with their case.
        DataType::Enum(..)
        | DataType::Set(_)
        | DataType::Nested(_)
        | DataType::Object(_)
        | DataType::Union(_)
        | DataType::Collate(..) => kind.to_string(),
        _ => plain(&kind.to_string(), engine),
    }
}

/// A type with more brackets is compared as it is written.
const MOST_BRACKETS: usize = 200;

/// A type as a test writes it in the words of its engine.
pub(super) fn of_text(text: &str, engine: Engine) -> String {
    if text.trim_start().starts_with(['{', '[']) {
        return super::schemas::canonical(text);
    }
    // A type becomes a tree as deep as its brackets, and whoever prints or drops it needs the stack for that.
    if text.matches(['[', '(', '<']).count() > MOST_BRACKETS {
        return text.chars().filter(|c| !c.is_whitespace()).collect();
    }
    let dialect = engine.dialect();
    let parsed = Parser::new(&*dialect).try_with_sql(text).ok().and_then(|mut parser| {
        let kind = parser.parse_data_type().ok()?;
        parser.peek_token().token.eq(&sqlparser::tokenizer::Token::EOF).then_some(kind)
    });
    match parsed {
        Some(kind) => of_sql(&kind, engine),
        // What is in brackets may be names.
        None if text.contains(['(', '<', '{']) => text.chars().filter(|c| !c.is_whitespace()).collect(),
        None => plain(text, engine),
    }
}

/// A type without others inside of it.
fn plain(text: &str, engine: Engine) -> String {
    // A variable of the code has no case to lose.
    if text.contains(VARIABLE_NAME) {
        return text.to_owned();
    }
    let text = text.to_uppercase();
    let (head, inner, tail) = match (text.find('('), text.rfind(')')) {
        (Some(open), Some(close)) if open < close => {
            (&text[..open], &text[open + 1..close], &text[close + 1..])
        }
        _ => (text.as_str(), "", ""),
    };
    let words: Vec<&str> = head.split_whitespace().chain(tail.split_whitespace()).collect();
    let is_unsigned = words.last() == Some(&"UNSIGNED");
    let words = if is_unsigned { &words[..words.len() - 1] } else { words.as_slice() };
    let name = named(&words.join(" "), &STANDARD, engine);
    if inner.trim().is_empty()
        && let Some((.., meant)) = UNSIZED
            .iter()
            .find(|(of, unsized_name, _)| (*of, *unsized_name) == (engine.name(), name.as_str()))
    {
        return (*meant).to_owned();
    }
    let name = named(&name, &SYNONYMS, engine);
    let mut size: String = inner.chars().filter(|c| !c.is_whitespace()).collect();
    if engine.name() == "clickhouse"
        && let Some((_, precision)) = DECIMALS.iter().find(|(decimal, _)| *decimal == name)
    {
        return format!("DECIMAL({precision},{size})");
    }
    if name == "DECIMAL" && !size.is_empty() && !size.contains(',') {
        size.push_str(",0");
    }
    let is_usual = SIZES.contains(&(engine.name(), name.as_str(), size.as_str()))
        // ISO/IEC 9075-2, 6.1: one character.
        || name == "CHAR" && size == "1"
        || NO_SIZES.contains(&(engine.name(), name.as_str()))
        || engine.name() == "mysql" && PRINTED_SIZES.contains(&name.as_str());
    let size = if size.is_empty() || is_usual { String::new() } else { format!("({size})") };
    format!("{name}{size}{}", if is_unsigned { " UNSIGNED" } else { "" })
}

/// The name that stands for another in a table of synonyms.
fn named(name: &str, synonyms: &[Synonym], engine: Engine) -> String {
    let is_known = |synonym: &&Synonym| {
        synonym.others.contains(&name)
            && (synonym.engines.is_empty() || synonym.engines.contains(&engine.name()))
    };
    synonyms.iter().find(is_known).map_or(name, |synonym| synonym.name).to_owned()
}

/// Keys of a JSON Schema that only people read.
const WORDS: [&str; 5] = ["title", "description", "examples", "$comment", "default"];

/// Keys of a JSON Schema whose values have names of their own as keys.
const NAMES: [&str; 5] = ["properties", "patternProperties", "definitions", "$defs", "dependentSchemas"];

/// Keys of a JSON Schema whose values are values and no schemas.
const VALUES: [&str; 2] = ["enum", "const"];

/// Keys of a JSON Schema whose lists have no order.
const SETS: [&str; 6] = ["type", "required", "enum", "oneOf", "anyOf", "allOf"];

/// A type as a JSON Schema has it.
pub(super) fn of_schema(schema: &Value) -> String {
    of_value(&schema_without_words(schema, false))
}

fn schema_without_words(schema: &Value, is_names: bool) -> Value {
    let Value::Object(entries) = schema else {
        let Value::Array(items) = schema else { return schema.clone() };
        return items.iter().map(|item| schema_without_words(item, false)).collect();
    };
    let kept = entries.iter().filter(|(key, _)| is_names || !WORDS.contains(&key.as_str()));
    let kept = kept.map(|(key, value)| {
        let is_set = !is_names && SETS.contains(&key.as_str());
        let inner = match !is_names && VALUES.contains(&key.as_str()) {
            true => value.clone(),
            false => schema_without_words(value, !is_names && NAMES.contains(&key.as_str())),
        };
        (key.clone(), if is_set { sorted(inner) } else { inner })
    });
    Value::Object(kept.collect())
}

pub(super) fn sorted(list: Value) -> Value {
    let Value::Array(mut items) = list else { return list };
    items.sort_by_cached_key(of_value);
    Value::Array(items)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_type_of_many_brackets_is_compared_as_it_is_written() {
        let engine = Engine::of("destination-postgres");
        let deep = format!("INT{}", "[ ]".repeat(200_000));
        assert_eq!(of_text(&deep, engine), deep.replace(' ', ""));
        assert_eq!(of_text("INT[][]", engine), of_text("int [] []", engine));
    }

    #[test]
    fn synonyms_are_one_type_in_the_engines_that_have_them() {
        for (engine, one, other, are_one) in [
            ("postgres", "int", "INTEGER", true),
            ("postgres", "int4", "integer", true),
            ("postgres", "varchar(20)", "character varying(20)", true),
            ("postgres", "timestamptz", "timestamp with time zone", true),
            ("postgres", "numeric(10, 2)", "decimal(10,2)", true),
            ("postgres", "numeric(10)", "decimal(10,0)", true),
            ("postgres", "float", "double precision", true),
            ("postgres", "int[]", "integer[]", true),
            ("postgres", "int", "bigint", false),
            ("postgres", "varchar(20)", "varchar(21)", false),
            ("postgres", "timestamp", "timestamptz", false),
            ("postgres", "json", "jsonb", false),
            ("postgres", "real", "double precision", false),
            ("postgres", "bpchar(5)", "character(5)", true),
            ("postgres", "char", "character(1)", true),
            ("postgres", "bpchar", "char", false),
            ("postgres", "char(5)", "char(6)", false),
            ("postgres", "int[3]", "int[]", true),
            ("postgres", "int[][]", "int[]", true),
            ("postgres", "int[][]", "int", false),
            ("duckdb", "int[][]", "int[]", false),
            ("postgres", "bit", "bit(1)", true),
            ("postgres", "bit(2)", "bit(1)", false),
            ("postgres", "bit varying", "bit varying(1)", false),
            ("mysql", "bit", "bit(1)", true),
            ("mysql", "bit", "bit(8)", false),
            ("mysql", "binary", "binary(1)", true),
            ("mssql", "binary", "binary(1)", true),
            ("mssql", "binary", "binary(2)", false),
            ("bigquery", "numeric", "numeric(38,9)", true),
            ("bigquery", "numeric", "numeric(10,2)", false),
            ("bigquery", "numeric", "bignumeric", false),
            ("redshift", "bpchar", "char(256)", true),
            ("redshift", "bpchar", "char", false),
            ("duckdb", "int[3]", "integer[3]", true),
            ("duckdb", "int[3]", "int[]", false),
            ("duckdb", "int[3]", "int[4]", false),
            ("duckdb", "varchar(5)", "text", true),
            ("clickhouse", "varchar(5)", "String", true),
            ("clickhouse", "FixedString(5)", "String", false),
            ("clickhouse", "Decimal128(9)", "Decimal(38, 9)", true),
            ("clickhouse", "Decimal64(9)", "Decimal(38, 9)", false),
            ("mssql", "varchar", "varchar(1)", true),
            ("mssql", "varchar", "varchar(max)", false),
            ("postgres", "serial8", "bigserial", true),
            ("postgres", "serial8", "serial", false),
            ("snowflake", "char", "varchar(1)", true),
            ("snowflake", "char(5)", "varchar(5)", true),
            ("snowflake", "char", "varchar", false),
            ("redshift", "text", "varchar(256)", true),
            ("redshift", "varchar", "varchar(65535)", false),
            ("redshift", "decimal", "numeric(18)", true),
            ("postgres", "decimal", "numeric(18)", false),
            ("snowflake", "number(38, 0)", "bigint", true),
            ("snowflake", "string", "VARCHAR(16777216)", true),
            ("snowflake", "timestamp_tz", "TIMESTAMP_TZ(9)", true),
            ("snowflake", "timestamp_tz", "timestamp_ntz", false),
            ("snowflake", "number(38, 9)", "number", false),
            ("bigquery", "INT64", "bigint", true),
            ("bigquery", "STRUCT<a INT64>", "struct<a int64>", true),
            ("bigquery", "ARRAY<STRING>", "ARRAY<INT64>", false),
            ("clickhouse", "Int8", "Int64", false),
            ("clickhouse", "Decimal(38, 9)", "DECIMAL(38,9)", true),
            ("clickhouse", "Tuple(a String)", "Tuple(A String)", false),
            ("mysql", "int(11)", "int", true),
            ("mysql", "bool", "tinyint(1)", true),
            ("mysql", "int unsigned", "int", false),
            ("mysql", "enum('a')", "enum('A')", false),
            ("", "int", "integer", true),
            ("", "int8", "bigint", true),
        ] {
            let of = |text| of_text(text, Engine::of(&format!("destination-{engine}")));
            assert_eq!(of(one) == of(other), are_one, "{engine}: {} and {}", of(one), of(other));
        }
    }

    #[test]
    fn words_and_order_are_no_other_schema_and_names_are() {
        let schema = |words: &str, name: &str| json!({"type": ["null", "object"], "description": words, "properties": {name: {"type": "string"}}});
        let same = json!({"properties": {"x": {"type": "string", "title": "t"}}, "type": ["object", "null"]});
        assert_eq!(of_schema(&schema("one", "x")), of_schema(&same));
        assert_ne!(of_schema(&schema("one", "x")), of_schema(&schema("one", "X")));
        let defined = |name: &str| json!({"$ref": "#/$defs/a", "$defs": {"a": {"properties": {"x": {"$ref": "#/$defs/title"}}}, "title": {"type": name}}});
        assert_ne!(
            of_schema(&defined("string")),
            of_schema(&defined("integer")),
            "a definition may be called so"
        );
        let constant = |words: &str| json!({"const": {"description": words}, "description": "one"});
        assert_ne!(
            of_schema(&constant("a")),
            of_schema(&constant("b")),
            "what stands in a constant is the value"
        );
        assert_eq!(of_schema(&json!({"enum": [1, 2], "title": "a"})), of_schema(&json!({"enum": [2, 1]})));
        assert_ne!(
            of_schema(&schema("one", "title")),
            of_schema(&schema("one", "x")),
            "a field may be called so"
        );
    }
}
