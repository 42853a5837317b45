//! Texts as YAML has them: each reader gets back the text that was written, and nothing in it is hidden.

/// A text as a YAML scalar: bare where every reader takes it for a text, else between quotes.
pub(crate) fn scalar(text: &str) -> String {
    let is_word = text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-'));
    // Versions have two dots, which no number has.
    let is_version = text.split('.').count() == 3
        && text.split('.').all(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit()));
    // Words that YAML 1.1 reads as a truth value or as nothing.
    const NOT_TEXT: [&str; 9] = ["true", "false", "yes", "no", "on", "off", "y", "n", "null"];
    if (is_word && !NOT_TEXT.contains(&text.to_ascii_lowercase().as_str())) || is_version {
        text.to_owned()
    } else {
        quoted(text)
    }
}

/// A text between double quotes, with everything escaped that a reader of the file would not see.
pub(crate) fn quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    for character in text.chars() {
        match character {
            '\n' => quoted.push_str("\\n"),
            // Two of them before a word are a command to some build services.
            '#' => quoted.push_str("\\u0023"),
            other => crate::model::push_quoted(&mut quoted, other),
        }
    }
    quoted.push('"');
    quoted
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_texts_to_every_reader_of_yaml() {
        for (name, expected) in [
            ("orders", "orders"),
            ("order-items_2", "order-items_2"),
            ("No", "\"No\""),
            ("1e3", "\"1e3\""),
            ("2.0.0", "2.0.0"),
            ("2.0", "\"2.0\""),
            ("a: b", "\"a: b\""),
            ("a\n- b", "\"a\\n- b\""),
            ("say \"x\" \\", "\"say \\\"x\\\" \\\\\""),
            ("\u{202e}x\u{7f}", "\"\\u202Ex\\u007F\""),
            ("日本", "\"日本\""),
            ("##[group]", "\"\\u0023\\u0023[group]\""),
        ] {
            assert_eq!(scalar(name), expected, "{name:?}");
        }
    }
}
