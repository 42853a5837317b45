//! Texts of rules with what a finding fills in, checked when they are compiled.

use std::fmt;

use crate::model::Words;

/// A text of a rule: what it says of one finding, and beside it what it says in general.
///
/// Where the two differ, both forms stand in brackets, the particular one first: `[particular|general]`. The
/// particular form may name what a finding fills in, with `{stream}`, `{field}`, `{old}`, `{new}` and `{detail}`; the
/// general form may not, since it also speaks of many findings at once and of none (`docs/rules`). Either form may be
/// empty. `[`, `]`, `|`, `{` and `}` have no other use and cannot be written. Backticks are around code, in each form
/// from its start to its end.
///
/// ```
/// use connector_diff::model::Words;
/// use connector_diff::rules::{Template, Values};
///
/// static EFFECT: Template = Template::new("The column [{field} of `{stream}` |]is no longer filled.");
///
/// let values =
///     Values { stream: "users".to_owned(), field: Words::code("name"), ..Values::default() };
/// assert_eq!(EFFECT.fill(&values).to_string(), "The column `name` of `users` is no longer filled.");
/// assert_eq!(EFFECT.in_general().to_string(), "The column is no longer filled.");
/// ```
///
/// A text that is not of this form does not compile:
///
/// ```compile_fail,E0080
/// use connector_diff::rules::Template;
///
/// static EFFECT: Template = Template::new("The column [{feild} |]is no longer filled.");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Template(&'static str);

/// What a finding fills into a [`Template`].
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Values {
    /// The stream's name, with its namespace where it has one; templates put backticks around it.
    pub stream: String,
    /// The field's path as code, or words for the record or the config as a whole.
    pub field: Words,
    /// The old value, short enough for a sentence.
    pub old: String,
    /// The new value, likewise.
    pub new: String,
    /// What the sentence needs beyond these.
    pub detail: Words,
}

/// What keeps a text from being a [`Template`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum TemplateError {
    /// `{…}` with a name that no finding fills in.
    UnknownPlaceholder,
    /// A placeholder outside of brackets or in a general form: nothing could be said there in general.
    PlaceholderInGeneral,
    /// Backticks around `{field}`, which brings its own.
    QuotedField,
    /// Brackets whose particular form has no placeholder: both forms can be one.
    NoPlaceholder,
    /// A bracket, bar or brace without its partner, or brackets in brackets.
    Unbalanced,
    /// A backtick without its partner in the same form, or `{field}` or `{detail}` inside of code.
    OpenCode,
}

impl TemplateError {
    /// What is wrong, and what to write instead.
    pub const fn message(self) -> &'static str {
        match self {
            Self::UnknownPlaceholder => {
                "unknown placeholder: expected {stream}, {field}, {old}, {new} or {detail}"
            }
            Self::PlaceholderInGeneral => {
                "a placeholder needs a general form beside it: write [particular {placeholder}|general]"
            }
            Self::QuotedField => "{field} brings its own backticks: write it without",
            Self::NoPlaceholder => {
                "the particular form has no placeholder: write the words once, without brackets"
            }
            Self::Unbalanced => {
                "expected [particular|general] and {placeholder}, each closed and none inside another"
            }
            Self::OpenCode => "expected a backtick on each side of the code, in the same form",
        }
    }
}

impl fmt::Display for TemplateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.message())
    }
}

impl std::error::Error for TemplateError {}

/// Which form of a template the text at a place belongs to.
#[derive(Clone, Copy)]
enum Form {
    Both,
    Particular,
    General,
}

impl Template {
    /// A template.
    ///
    /// # Panics
    ///
    /// Panics where the text is not of the form, which is a compile error in a `static` or `const`.
    pub const fn new(text: &'static str) -> Self {
        match Self::parse(text) {
            Ok(template) => template,
            Err(error) => panic!("{}", error.message()),
        }
    }

    /// A template, or what keeps the text from being one.
    ///
    /// # Errors
    ///
    /// The first fault of the text.
    pub const fn parse(text: &'static str) -> Result<Self, TemplateError> {
        let mut rest = text.as_bytes();
        let mut form = Form::Both;
        let mut has_placeholder = false;
        let mut in_code = false;
        while let [byte, tail @ ..] = rest {
            let mut next = tail;
            match (byte, form) {
                (b'[' | b'|' | b']', _) if in_code => return Err(TemplateError::OpenCode),
                (b'`', _) => in_code = !in_code,
                (b'[', Form::Both) => {
                    form = Form::Particular;
                    has_placeholder = false;
                }
                (b'|', Form::Particular) if has_placeholder => form = Form::General,
                (b'|', Form::Particular) => return Err(TemplateError::NoPlaceholder),
                (b']', Form::General) => form = Form::Both,
                (b'[' | b'|' | b']' | b'}', _) => return Err(TemplateError::Unbalanced),
                (b'{', form) => {
                    let (name, after) = match split_at_brace(tail) {
                        Some(parts) => parts,
                        None => return Err(TemplateError::Unbalanced),
                    };
                    match Placeholder::named(name) {
                        None => return Err(TemplateError::UnknownPlaceholder),
                        Some(_) if !matches!(form, Form::Particular) => {
                            return Err(TemplateError::PlaceholderInGeneral);
                        }
                        Some(Placeholder::Field) if in_code => return Err(TemplateError::QuotedField),
                        Some(Placeholder::Detail) if in_code => return Err(TemplateError::OpenCode),
                        Some(_) => {}
                    }
                    has_placeholder = true;
                    next = after;
                }
                _ => {}
            }
            rest = next;
        }
        match form {
            _ if in_code => Err(TemplateError::OpenCode),
            Form::Both => Ok(Self(text)),
            Form::Particular | Form::General => Err(TemplateError::Unbalanced),
        }
    }

    /// Whether there is no text at all.
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether it says something of one finding that is neither its stream, its field nor its values.
    pub(crate) fn has_detail(&self) -> bool {
        self.0.contains("{detail}")
    }

    /// What the text says of one finding. What is filled in stays as it is, whatever it contains.
    pub fn fill(&self, values: &Values) -> Words {
        self.render(Some(values))
    }

    /// What the text says where no single finding fills it in.
    pub fn in_general(&self) -> Words {
        self.render(None)
    }

    fn render(&self, values: Option<&Values>) -> Words {
        // Most texts say the same of every finding.
        if memchr::memchr(b'[', self.0.as_bytes()).is_none() {
            return Words::marked(self.0);
        }
        let mut said = Words::new();
        let mut code: Option<String> = None;
        let mut rest = self.0;
        let mut is_said = true;
        while let Some(at) = rest.find(['[', '|', ']', '{', '`']) {
            let (before, after) = rest.split_at(at);
            if is_said {
                add(&mut said, &mut code, before);
            }
            let (mark, after) = after.split_at(1);
            rest = after;
            match mark {
                "[" => is_said = values.is_some(),
                "|" => is_said = values.is_none(),
                "]" => is_said = true,
                "`" if !is_said => {}
                "`" => match code.take() {
                    Some(code) => said.push_code(&code),
                    None => code = Some(String::new()),
                },
                _ => {
                    let Some((name, after)) = rest.split_once('}') else { break };
                    rest = after;
                    let Some(values) = values.filter(|_| is_said) else { continue };
                    match Placeholder::named(name.as_bytes()) {
                        Some(Placeholder::Field) => said.push(&values.field),
                        Some(Placeholder::Detail) => said.push(&values.detail),
                        Some(Placeholder::Stream) => add_value(&mut said, &mut code, &values.stream),
                        Some(Placeholder::Old) => add_value(&mut said, &mut code, &values.old),
                        Some(Placeholder::New) => add_value(&mut said, &mut code, &values.new),
                        None => {}
                    }
                }
            }
        }
        said.push_text(rest);
        // Of many findings each keeps its own.
        said.shrink();
        said
    }
}

/// Adds to the code that is open, or to the text.
fn add(said: &mut Words, code: &mut Option<String>, text: &'static str) {
    match code {
        Some(code) => code.push_str(text),
        None => said.push_text(text),
    }
}

/// The same of what a connector says.
fn add_value(said: &mut Words, code: &mut Option<String>, text: &str) {
    match code {
        Some(code) => code.push_str(text),
        None => said.push_foreign(text),
    }
}

#[derive(Clone, Copy)]
enum Placeholder {
    Stream,
    Field,
    Old,
    New,
    Detail,
}

impl Placeholder {
    const fn named(name: &[u8]) -> Option<Self> {
        match name {
            b"stream" => Some(Self::Stream),
            b"field" => Some(Self::Field),
            b"old" => Some(Self::Old),
            b"new" => Some(Self::New),
            b"detail" => Some(Self::Detail),
            _ => None,
        }
    }
}

/// What stands before the first closing brace, and after it.
const fn split_at_brace(text: &[u8]) -> Option<(&[u8], &[u8])> {
    let mut at = 0;
    while at < text.len() {
        if text[at] == b'}' {
            let (before, after) = text.split_at(at);
            return match after {
                [_, after @ ..] => Some((before, after)),
                [] => None,
            };
        }
        at += 1;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Inline;

    #[test]
    fn faults_are_refused() {
        for (text, error) in [
            ("The [{feild}|field] is gone.", TemplateError::UnknownPlaceholder),
            ("The [{}|field] is gone.", TemplateError::UnknownPlaceholder),
            ("The field {field} is gone.", TemplateError::PlaceholderInGeneral),
            ("The [{field}|{stream}] is gone.", TemplateError::PlaceholderInGeneral),
            ("The [`{field}`|field] is gone.", TemplateError::QuotedField),
            ("The [one|field] is gone.", TemplateError::NoPlaceholder),
            ("The [{field}] is gone.", TemplateError::Unbalanced),
            ("The [{field}|field is gone.", TemplateError::Unbalanced),
            ("The [{field is gone.", TemplateError::Unbalanced),
            ("The [[{field}|field]|field] is gone.", TemplateError::Unbalanced),
            ("The [{field}|a|b] is gone.", TemplateError::Unbalanced),
            ("The field] is gone.", TemplateError::Unbalanced),
            ("The field} is gone.", TemplateError::Unbalanced),
            ("The field | is gone.", TemplateError::Unbalanced),
            ("The `field is gone.", TemplateError::OpenCode),
            ("The [`{stream}|stream`] is gone.", TemplateError::OpenCode),
            ("The [`{detail}`|field] is gone.", TemplateError::OpenCode),
        ] {
            assert_eq!(Template::parse(text), Err(error), "{text}");
        }
    }

    #[test]
    fn both_forms_are_said() {
        const TEXT: Template = Template::new("Ünser [`{stream}`: {old}, {new}, {old}|stream] – [{detail}|]");
        let values = Values {
            stream: "a`[{old}|b]".to_owned(),
            old: "{new}".to_owned(),
            new: "`{field}`".to_owned(),
            detail: Words::foreign("|"),
            ..Values::default()
        };
        let filled = TEXT.fill(&values);
        assert_eq!(filled.to_string(), "Ünser `a`[{old}|b]`: {new}, `{field}`, {new} – |");
        assert_eq!(filled.inlines()[1], Inline::Code("a`[{old}|b]"));
        let foreign = filled.inlines().into_iter().filter(|inline| matches!(inline, Inline::Foreign(_)));
        assert_eq!(foreign.count(), 4, "what is filled in is never taken for words of our own");
        assert_eq!(TEXT.in_general().to_string(), "Ünser stream – ");
    }

    #[test]
    fn a_text_without_brackets_is_said_as_it_is() {
        const TEXT: Template = Template::new("Nothing but `code`.");
        assert_eq!(TEXT.fill(&Values::default()), TEXT.in_general());
        assert_eq!(TEXT.in_general(), Words::marked("Nothing but ").and_code("code").and_text("."));
    }
}
