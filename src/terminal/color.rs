//! Whether a stream shows colours, and what each colour means.
//!
//! Takes the user's choice, the environment and a stream; gives text with or without ANSI codes. No other file of
//! gvmr writes such codes.

use clap::ColorChoice;
use clap::builder::StyledStr;
use clap::builder::styling::{AnsiColor, Style};
use gvmr_core::sys::environment::{Environment, Process};
use std::io::IsTerminal;

/// What a piece of text means. Only colours that light and dark backgrounds both show, and no background.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tone {
    /// Text like any other.
    #[default]
    Plain,
    /// It succeeded, or it is the selected one.
    Good,
    /// An error.
    Bad,
    /// A warning.
    Warning,
    /// Secondary to the text beside it.
    Dim,
}

impl Tone {
    fn style(self) -> Style {
        match self {
            Self::Plain => Style::new(),
            Self::Good => AnsiColor::Green.on_default(),
            Self::Bad => AnsiColor::Red.on_default().bold(),
            Self::Warning => AnsiColor::Yellow.on_default().bold(),
            Self::Dim => Style::new().dimmed(),
        }
    }
}

/// The colours of one stream: on or off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Palette {
    on: bool,
}

impl Palette {
    /// The colours of `stream` under this choice.
    pub(super) fn of(stream: &impl IsTerminal, choice: ColorChoice) -> Self {
        Self { on: is_on(choice, stream.is_terminal(), &Process) }
    }

    /// Whether text carries colours.
    pub(super) fn is_on(self) -> bool {
        self.on
    }

    /// Text that carries its own styles, with or without them.
    pub(super) fn styled(self, text: &StyledStr) -> String {
        if self.on { text.ansi().to_string() } else { text.to_string() }
    }

    /// The text in the colour of its tone.
    pub(super) fn paint(self, text: &str, tone: Tone) -> String {
        if !self.on || tone == Tone::Plain || text.is_empty() {
            return text.to_owned();
        }
        let style = tone.style();
        format!("{style}{text}{style:#}")
    }
}

/// `NO_COLOR` counts unless it is empty (no-color.org).
fn is_on(choice: ColorChoice, is_terminal: bool, environment: &dyn Environment) -> bool {
    match choice {
        ColorChoice::Always => true,
        ColorChoice::Never => false,
        ColorChoice::Auto => {
            let no_color = environment.get("NO_COLOR").is_some_and(|value| !value.is_empty());
            is_terminal && !no_color && !is_dumb(environment)
        }
    }
}

/// Whether the terminal knows no control codes.
pub(super) fn is_dumb(environment: &dyn Environment) -> bool {
    environment.get("TERM").is_none_or(|term| term.is_empty() || term == "dumb")
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::ffi::OsString;

    struct Made<'a>(&'a [(&'static str, &'static str)]);

    impl Environment for Made<'_> {
        fn get(&self, name: &str) -> Option<OsString> {
            self.0.iter().find(|(key, _)| *key == name).map(|(_, value)| value.into())
        }
    }

    #[test]
    fn colours_need_a_terminal_that_shows_them_and_a_user_who_wants_them() {
        let xterm = ("TERM", "xterm");
        for (choice, is_terminal, environment, expected) in [
            (ColorChoice::Auto, true, &[xterm][..], true),
            (ColorChoice::Auto, false, &[xterm], false),
            (ColorChoice::Auto, true, &[xterm, ("NO_COLOR", "1")], false),
            (ColorChoice::Auto, true, &[xterm, ("NO_COLOR", "")], true),
            (ColorChoice::Auto, true, &[("TERM", "dumb")], false),
            (ColorChoice::Auto, true, &[], false),
            (ColorChoice::Never, true, &[xterm], false),
            (ColorChoice::Always, false, &[("NO_COLOR", "1"), ("TERM", "dumb")], true),
        ] {
            let made = Made(environment);
            assert_eq!(
                is_on(choice, is_terminal, &made),
                expected,
                "{choice:?} {is_terminal} {environment:?}"
            );
        }
    }

    #[test]
    fn painted_text_ends_with_a_reset_and_plain_text_has_no_codes() {
        let (on, off) = (Palette { on: true }, Palette { on: false });
        assert_eq!(on.paint("ok", Tone::Good), "\x1b[32mok\x1b[0m");
        assert_eq!(on.paint("ok", Tone::Plain), "ok");
        assert_eq!(on.paint("", Tone::Bad), "");
        assert_eq!(off.paint("no", Tone::Bad), "no");
    }
}
