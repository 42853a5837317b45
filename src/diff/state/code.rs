//! Whether Python code keeps a position for a stream.

use crate::python::{Code, Definition};

/// What gives a stream of the Python CDK a position that it saves.
const KEEPS_A_POSITION: [&str; 6] =
    ["supports_incremental", "get_updated_state", "state", "cursor", "get_cursor", "_cursor"];

/// A cursor field alone makes a stream offer incremental syncs. What `Stream.get_updated_state` saves for it is an empty
/// state, unless something else keeps one, so every sync reads everything.
const CURSOR_FIELD: &str = "cursor_field";

/// What gives a cursor to a stream whose class has none (`airbyte_cdk.sources.streams.concurrent`, and the
/// `ConcurrentSourceAdapter` of `airbyte_cdk.sources.concurrent_source`).
const GIVES_A_CURSOR: [&str; 6] = [
    "StreamFacade",
    "ConcurrentCursor",
    "stream_facade",
    "ConcurrentSourceAdapter",
    "convert_to_concurrent_stream",
    "initialize_cursor",
];

/// Whether code speaks of something that gives streams a cursor, by whatever name.
fn gives_a_cursor(code: &Code) -> bool {
    code.definitions()
        .any(|one| GIVES_A_CURSOR.iter().any(|name| one.names.contains(*name) || one.bases.contains(*name)))
        || GIVES_A_CURSOR.iter().any(|name| code.imports(name))
}

/// Classes of the CDK, and of Python, that keep none by themselves.
const KEEPS_NONE: [&str; 5] = ["ABC", "object", "Stream", "HttpStream", "HttpSubStream"];

/// Whether the code keeps a position for a stream; `None` where it does not show. The answer is no only where every
/// class that the stream may be made from stands there, down to a class of the CDK that keeps none.
pub(in crate::diff) fn keeps_position(code: &Code, stream: &str) -> Option<bool> {
    // What assigns a cursor from elsewhere, or calls another class by the name of one that keeps none, is not followed.
    if code.is_empty()
        || !code.unread().is_empty()
        || KEEPS_A_POSITION.iter().any(|member| code.assigns(member))
        || code.assigns(CURSOR_FIELD)
        || KEEPS_NONE.iter().any(|base| code.renames_to(base))
        || gives_a_cursor(code)
    {
        return None;
    }
    let answers: Vec<Option<bool>> = classes(code, stream)
        .into_iter()
        .map(|class| {
            let (inside, outside) = code.lineage(class);
            let keeps =
                |class: &&Definition| KEEPS_A_POSITION.iter().any(|member| class.members.contains(*member));
            match () {
                () if inside.iter().any(keeps) => Some(true),
                () if inside.iter().all(|class| class.is_plain_class)
                    && outside.iter().all(|base| KEEPS_NONE.contains(base)) =>
                {
                    Some(false)
                }
                () => None,
            }
        })
        .collect();
    let first = *answers.first()?;
    first.filter(|_| answers.iter().all(|answer| *answer == first))
}

/// Whether the code of a stream, what makes it, and with both what it saves are the same in both versions. They are not
/// known to be where the stream may be made from several classes, or something may give it another cursor.
pub(super) fn is_same_stream(old: &Code, new: &Code, stream: &str) -> bool {
    if gives_a_cursor(old) || gives_a_cursor(new) {
        return false;
    }
    match (classes(old, stream).as_slice(), classes(new, stream).as_slice()) {
        ([was], [is]) => {
            was.name == is.name
                && old.same_definition(new, &was.name) == Some(true)
                && old.same_makers(new, &was.name)
        }
        _ => false,
    }
}

/// The classes that a stream may be made from. The CDK makes the name of a stream from that of its class, unless the
/// class says otherwise.
fn classes<'c>(code: &'c Code, stream: &str) -> Vec<&'c Definition> {
    let wanted = fold(stream);
    let is_candidate = |class: &&Definition| {
        fold(&class.name) == wanted || class.members.contains("name") && class.texts.contains(stream)
    };
    code.definitions().filter(|definition| definition.is_class).filter(is_candidate).collect()
}

fn fold(name: &str) -> String {
    name.chars().filter(|c| *c != '_').flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn classes_are_followed_to_what_makes_a_stream_incremental() {
        let mut code = Code::default();
        code.add(
            "source.py".to_owned(),
            "class Base(HttpStream, ABC): pass\n\
             class Dated(Base):\n    cursor_field = 'at'\n    def get_updated_state(self, state, record): return record\n\
             class Named(Base):\n    cursor_field = 'at'\n\
             class Users(Base): pass\n\
             class OrderLines(Dated): pass\n\
             class Set(Base):\n    def __init__(self, field):\n        self.cursor_field = field\n\
             class Mixed(Base, IncrementalMixin): pass\n\
             class Renamed(Base):\n    name = 'other'\n\
             @incremental\nclass Decorated(Base): pass\n\
             class Called(with_cursor('x'), HttpStream): pass\n\
             class Model: pass\n\
             class Handed(Base):\n    def __init__(self):\n        super().__init__(cursor_field='at')\n\
             class Meta(Base, metaclass=Incremental): pass\n\
             Made = incremental(HttpStream)\n\
             class OfMade(Made): pass\n\
             class Paired(Base):\n    cursor_field, primary_key = 'at', 'id'\n\
             class Branched(Base):\n    if True:\n        cursor_field = 'at'\n"
                .to_owned(),
        );
        for (stream, expected) in [
            ("users", Some(false)),
            ("order_lines", Some(true)),
            ("named", Some(false)),
            ("set", Some(false)),
            ("mixed", None),
            ("other", Some(false)),
            ("unknown", None),
            ("decorated", None),
            ("handed", Some(false)),
            ("meta", None),
            ("called", None),
            ("model", None),
            ("of_made", None),
            ("paired", Some(false)),
            ("branched", Some(false)),
        ] {
            assert_eq!(keeps_position(&code, stream), expected, "{stream}");
        }
        let with = |text: &str| {
            let mut code = code.clone();
            code.add("more.py".to_owned(), text.to_owned());
            keeps_position(&code, "users")
        };
        assert_eq!(with("Users.cursor_field = 'at'\n"), None);
        assert_eq!(with("def f(): return StreamFacade(Users(), cursor=1)\n"), None);
        assert_eq!(with("from x import IncrementalStream as HttpStream\n"), None);
        code.add("broken.py".to_owned(), "class (".to_owned());
        assert_eq!(keeps_position(&code, "users"), None);
    }
}
