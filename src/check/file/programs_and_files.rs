//! The keys of `command`, `file` and `secrets`.

use super::model::{CommandTarget, FileTarget, ModeLimit, ProbeTarget, SecretsTarget};
use super::probe::ProbeReader;
use super::reader::whole;
use super::substitution::is_name;
use crate::check::quantity::Measure;
use crate::toml_file::entries;
use std::collections::BTreeMap;
use std::ops::Range;
use toml::de::DeValue;

impl ProbeReader<'_, '_, '_, '_> {
    pub(super) fn command(&mut self) -> Option<ProbeTarget> {
        self.figure("time", Measure::Duration);
        let env = self.env();
        let exit = self.exit();
        let contains = self.table.filled_text("contains");
        self.json_is_a_pointer();
        let reads_stderr = self.table.one_of("from", &[("stdout", false), ("stderr", true)]).unwrap_or(false);
        let extraction = self.extraction();
        let value = self.table.limit("command")?;
        let Some(list) = value.get_ref().as_array() else {
            self.table.mistake(
                &value.span(),
                "a command is a list of words, without a shell: [\"redis-cli\", \"ping\"]",
            );
            return None;
        };
        let words: Vec<_> = self.table.texts("command")?.into_iter().map(|(word, _)| word).collect();
        if words.len() < list.len() {
            return None; // a word of it is wrong, which is a mistake already
        }
        if words.first().is_none_or(String::is_empty) {
            self.table.mistake(&value.span(), "the first word names the program; it is missing");
            return None;
        }
        Some(ProbeTarget::Command(CommandTarget { words, env, exit, contains, reads_stderr, extraction }))
    }

    /// Only the body of an answer has expectations by pointer.
    fn json_is_a_pointer(&mut self) {
        if let Some(value) = self.table.limit("json").filter(|value| value.get_ref().as_str().is_none()) {
            self.table.mistake(&value.span(), "json is a pointer in quotes here, as \"/status\"");
        }
    }

    fn env(&mut self) -> BTreeMap<String, String> {
        let Some(value) = self.table.value("env") else { return BTreeMap::new() };
        let Some(table) = value.get_ref().as_table() else {
            self.table.mistake(&value.span(), "env is a table of variables: { LANG = \"C\" }");
            return BTreeMap::new();
        };
        let mut env = BTreeMap::new();
        for (key, value) in entries(table) {
            let name = key.get_ref().to_string();
            if !is_name(&name) {
                self.table.mistake(&key.span(), "not the name of a variable");
            } else if let Some(text) = self.table.text_of(value) {
                env.insert(name, text);
            }
        }
        env
    }

    fn exit(&mut self) -> Vec<i32> {
        let Some(value) = self.table.value("exit") else { return vec![0] };
        let all: Vec<_> = match value.get_ref() {
            DeValue::Array(list) => list.iter().collect(),
            _ => vec![value],
        };
        let mut codes = Vec::new();
        for one in all {
            let code = whole(one.get_ref()).and_then(|code| u8::try_from(code).ok());
            match code {
                Some(code) => codes.push(i32::from(code)),
                None => self.table.mistake(&one.span(), "an exit code is a whole number from 0 to 255"),
            }
        }
        if value.get_ref().as_array().is_some_and(|list| list.is_empty()) {
            self.table.mistake(&value.span(), "the list is empty, and no exit code would do");
        }
        codes
    }

    pub(super) fn file(&mut self) -> Option<ProbeTarget> {
        self.figure("size", Measure::Size);
        self.figure("age", Measure::Duration);
        let exists = self.table.limit("exists").and_then(|value| self.table.flag_of(value)).unwrap_or(true);
        let mode = self.mode();
        let owner = self.table.limit("owner").and_then(|value| self.table.text_of(value));
        let group = self.table.limit("group").and_then(|value| self.table.text_of(value));
        let contains = self.table.filled_text("contains");
        self.json_is_a_pointer();
        let extraction = self.extraction();
        if !exists {
            for key in ["mode", "owner", "group", "contains", "size", "age", "pattern", "json"] {
                if self.table.has(key) {
                    let span = self.table.span(key);
                    self.table.mistake(&span, format!("a file that must not exist has no {key}"));
                }
            }
        }
        let path = self.table.path("file", self.defaults.directory)?;
        Some(ProbeTarget::File(FileTarget { path, exists, mode, owner, group, contains, extraction }))
    }

    fn mode(&mut self) -> Option<ModeLimit> {
        let value = self.table.limit("mode")?;
        let wrong = "mode is octal digits in quotes: \"0600\", or \"<= 0640\" for no bit beyond";
        if value.get_ref().as_str().is_none() {
            self.table.mistake(&value.span(), wrong);
            return None;
        }
        let text = self.table.text_of(value)?;
        let (digits, is_most) = match text.strip_prefix("<=") {
            Some(digits) => (digits.trim(), true),
            None => (text.trim_start_matches("==").trim(), false),
        };
        let bits = u32::from_str_radix(digits, 8).ok().filter(|bits| *bits <= 0o7777 && digits.len() >= 3);
        if is_most && bits == Some(0o7777) {
            self.table.mistake(&value.span(), "every mode holds; name the bits that may be set");
            return None;
        }
        let limit = bits.map(|bits| if is_most { ModeLimit::AtMost(bits) } else { ModeLimit::Exactly(bits) });
        self.table.file.mistakes.check(&value.span(), limit.ok_or_else(|| wrong.to_owned()))
    }

    pub(super) fn secrets(&mut self) -> Option<ProbeTarget> {
        self.figure("found", Measure::Number);
        let allow = self.allowed_secrets();
        let path = self.table.path("secrets", self.defaults.directory)?;
        Some(ProbeTarget::Secrets(SecretsTarget { path, allow }))
    }

    pub(super) fn allowed_secrets(&mut self) -> Vec<String> {
        self.texts_of_limit("allow").into_iter().map(|(text, _)| text).collect()
    }

    /// A list of strings that limits what was measured.
    pub(super) fn texts_of_limit(&mut self, key: &'static str) -> Vec<(String, Range<usize>)> {
        let Some(value) = self.table.limit(key) else { return Vec::new() };
        let Some(list) = value.get_ref().as_array() else {
            self.table.mistake(&value.span(), format!("{key} is a list of strings"));
            return Vec::new();
        };
        list.iter().filter_map(|one| Some((self.table.text_of(one)?, one.span()))).collect()
    }
}
