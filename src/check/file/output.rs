//! The keys by which a number comes from text: `pattern` or `json`, `pick`, `of`, `unit`, and the figures `value` and `share`.

use super::extraction::{Extraction, Finder, JsonPointer, Pick};
use super::model::FigureCondition;
use super::probe::ProbeReader;
use crate::check::quantity::{Measure, QuantityError};
use regex_lite::{Regex, RegexBuilder};
use std::ops::Range;

/// A pattern in which `^` and `$` are the ends of lines.
pub(super) fn pattern(text: &str) -> Result<Regex, String> {
    let built = RegexBuilder::new(text).multi_line(true).build();
    built.map_err(|error| format!("the pattern cannot be read: {error}"))
}

impl ProbeReader<'_, '_, '_, '_> {
    /// How a number is found, and the figures that it is; `None` where the probe asks for none.
    pub(super) fn extraction(&mut self) -> Option<Extraction> {
        let is_pointer = self.table.limit("json").is_some_and(|value| value.get_ref().as_str().is_some());
        let (has_pattern, has_json) = (self.table.has("pattern"), is_pointer);
        if has_pattern && has_json {
            self.table.limit("pattern"); // known, and not wanted
            let span = self.table.span("json");
            self.table.mistake(&span, "a number comes from pattern or from json, not from both");
        }
        let finder = self.finder(has_json);
        let pick = self.table.one_of("pick", &Pick::NAMES).unwrap_or(Pick::Only);
        let unit = self.valued_unit();
        let of = self.of(has_json);
        self.figure("share", Measure::Percent);
        let is_asked = self.table.has("value") || self.table.has("share");
        if !has_pattern && !has_json {
            for key in ["value", "share", "pick", "of", "unit"] {
                if self.table.has(key) {
                    let span = self.table.span(key);
                    self.table.mistake(
                        &span,
                        format!("{key} needs a pattern or json that says where the number stands"),
                    );
                }
            }
            return None;
        }
        if !is_asked {
            let span = self.table.span(if has_json { "json" } else { "pattern" });
            self.table.mistake(&span, "what is found has no condition; add value = \"<= …\"");
        }
        if self.table.has("share") != self.table.has("of") {
            let span = self.table.span(if self.table.has("of") { "of" } else { "share" });
            self.table.mistake(
                &span,
                "share and of belong together: share is the number ÷ the sum of what of finds",
            );
        }
        Some(Extraction { finder: finder?, pick, of, unit })
    }

    /// The unit of the number, and the figure `value` in it. Of a wrong unit nothing more is said.
    pub(super) fn valued_unit(&mut self) -> String {
        let Some(unit) = self.unit() else {
            self.table.limit("value");
            return String::new();
        };
        self.figure("value", Measure::of_unit(&unit).unwrap_or(Measure::Number));
        unit
    }

    /// The unit of the number; empty of a plain one.
    fn unit(&mut self) -> Option<String> {
        let span = self.table.span("unit");
        let unit = self.table.text("unit").unwrap_or_default();
        if unit.is_empty() || Measure::of_unit(&unit).is_some() {
            return Some(unit);
        }
        self.table.mistake(&span, QuantityError::unit(unit).to_string());
        None
    }

    fn finder(&mut self, is_pointer: bool) -> Option<Finder> {
        if is_pointer {
            let span = self.table.limit("json")?.span();
            let text = self.table.text("json")?;
            return self.pointer(&text, &span);
        }
        let span = self.table.limit("pattern")?.span();
        let text = self.table.text("pattern")?;
        let pattern = pattern(&text);
        self.table.file.mistakes.check(&span, pattern).map(Finder::Pattern)
    }

    fn pointer(&mut self, text: &str, span: &Range<usize>) -> Option<Finder> {
        let pointer = JsonPointer::parse(text);
        if pointer.is_none() {
            self.table.mistake(span, "a JSON pointer is empty or begins with \"/\", as \"/status\"");
        }
        pointer.map(Finder::Pointer)
    }

    fn of(&mut self, is_pointer: bool) -> Vec<Finder> {
        let span = self.table.span("of");
        let texts = self.table.texts("of");
        if texts.as_ref().is_some_and(Vec::is_empty) {
            self.table.mistake(&span, "the list is empty, and there is nothing to divide by");
        }
        let texts = texts.unwrap_or_default();
        let mut finders = Vec::new();
        for (text, span) in texts {
            if is_pointer {
                finders.extend(self.pointer(&text, &span));
            } else {
                let pattern = pattern(&text);
                finders.extend(self.table.file.mistakes.check(&span, pattern).map(Finder::Pattern));
            }
        }
        finders
    }

    /// A figure with its condition, where the table has one.
    pub(super) fn figure(&mut self, figure: &'static str, measure: Measure) {
        if let Some((condition, _)) = self.table.condition(figure, measure) {
            let line = self.table.line(figure);
            self.figures.push(FigureCondition { figure: figure.to_owned(), measure, condition, line });
        }
    }
}
