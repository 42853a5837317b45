//! The page as it grows. Elements and attributes are words of our own; whatever else is on the page is text, so that no
//! name of a stranger becomes an element. Every element is closed: the page is well-formed as XML, too.

use super::super::text::{LONGEST_FOREIGN, LONGEST_NAME};
use super::super::xml::escaped;
use crate::model::{Inline, Words, visible, visible_within};

/// Elements that hold nothing.
const VOID: [&str; 4] = ["meta", "input", "br", "col"];

#[derive(Debug, Default)]
pub(super) struct Page {
    html: String,
    open: Vec<&'static str>,
}

/// An attribute with its value.
pub(super) type Attribute<'a> = (&'static str, &'a str);

impl Page {
    /// Opens an element; one that holds nothing is closed at once.
    pub(super) fn open(&mut self, element: &'static str, attributes: &[Attribute<'_>]) -> &mut Self {
        self.html.push('<');
        self.html.push_str(element);
        for (name, value) in attributes {
            // A list stands there one a line.
            let lines: Vec<_> = value.split('\n').map(|line| escaped(&visible(line))).collect();
            self.html.push_str(&format!(" {name}=\"{}\"", lines.join("\n")));
        }
        if VOID.contains(&element) {
            self.html.push_str("/>");
        } else {
            self.html.push('>');
            self.open.push(element);
        }
        self
    }

    /// Closes the element that was opened last.
    pub(super) fn close(&mut self) -> &mut Self {
        if let Some(element) = self.open.pop() {
            self.html.push_str(&format!("</{element}>"));
            const BLOCKS: [&str; 12] = [
                "p", "li", "tr", "table", "section", "article", "details", "h1", "h2", "h3", "dl", "summary",
            ];
            if BLOCKS.contains(&element) {
                self.html.push('\n');
            }
        }
        self
    }

    /// An element that holds what `inside` writes.
    pub(super) fn within(
        &mut self,
        element: &'static str,
        attributes: &[Attribute<'_>],
        inside: impl FnOnce(&mut Self),
    ) -> &mut Self {
        self.open(element, attributes);
        inside(self);
        self.close()
    }

    /// An element that holds a text.
    pub(super) fn element(
        &mut self,
        element: &'static str,
        attributes: &[Attribute<'_>],
        text: &str,
    ) -> &mut Self {
        self.within(element, attributes, |page| {
            page.text(text);
        })
    }

    /// Text, with what is not seen made visible.
    pub(super) fn text(&mut self, text: &str) -> &mut Self {
        self.html.push_str(&escaped(&visible(text)));
        self
    }

    /// Lines of a file that is to be written.
    pub(super) fn lines(&mut self, text: &str) -> &mut Self {
        for line in text.lines() {
            self.text(line);
            self.html.push('\n');
        }
        self
    }

    /// Words, in which names and values are code.
    pub(super) fn words(&mut self, words: &Words) -> &mut Self {
        for inline in words.inlines() {
            match inline {
                Inline::Text(text) => self.text(text),
                Inline::Code(name) | Inline::Name(name) => {
                    self.element("code", &[], &visible_within(name, LONGEST_NAME))
                }
                Inline::Value(value) => self.element("code", &[], value),
                Inline::Foreign(text) => self.text(&visible_within(text, LONGEST_FOREIGN)),
            };
        }
        self
    }

    /// What another page holds.
    pub(super) fn page(&mut self, other: Self) -> &mut Self {
        self.html.push_str(&other.finished());
        self
    }

    /// A picture, a style or a script of our own.
    pub(super) fn own(&mut self, text: &str) -> &mut Self {
        self.html.push_str(text);
        self
    }

    /// How long the page is so far, in bytes.
    pub(super) fn length(&self) -> usize {
        self.html.len()
    }

    /// The whole.
    pub(super) fn finished(mut self) -> String {
        while !self.open.is_empty() {
            self.close();
        }
        self.html
    }
}
