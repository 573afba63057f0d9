//! The manual pages: one for gvmr, and one for each command that its help shows.
//!
//! Takes the command line's own definitions and the tables of settings and exit codes in `docs/`; gives roff.

use clap::{Command, CommandFactory as _};
use clap_mangen::Man;
use clap_mangen::roff::{Inline, Roff, bold, roman};
use gvmr::cli::{COMMAND_GROUPS, Cli};
use std::io;
use std::path::Path;

/// One page, without its date.
pub(crate) struct Page {
    /// The name of its file: `gvmr-install.1`.
    pub(crate) name: String,
    text: String,
}

const DATE: &str = "DATE";

impl Page {
    /// The page as it was last changed on a day.
    pub(crate) fn dated(&self, date: &str) -> String {
        self.text.replacen(DATE, date, 1)
    }
}

/// The date in the title line of a page.
pub(crate) fn date_of(page: &str) -> &str {
    let title = page.lines().find(|line| line.starts_with(".TH "));
    title.and_then(|line| line.split(' ').nth(3)).unwrap_or_default()
}

/// Every page.
pub(crate) fn all(root: &Path) -> io::Result<Vec<Page>> {
    let mut gvmr = Cli::command().disable_help_subcommand(true).subcommand_value_name("COMMAND");
    gvmr.build();
    let mut pages = vec![main_page(&gvmr, root)?];
    for command in visible(&gvmr) {
        command_pages(command, "gvmr", &mut pages)?;
    }
    Ok(pages)
}

fn visible(command: &Command) -> impl Iterator<Item = &Command> {
    command.get_subcommands().filter(|command| !command.is_hide_set())
}

fn main_page(gvmr: &Command, root: &Path) -> io::Result<Page> {
    let mut roff = Roff::new();
    roff.control("SH", ["COMMANDS"]);
    for (title, names) in COMMAND_GROUPS {
        roff.control("SS", [*title]);
        for command in names.iter().filter_map(|name| gvmr.find_subcommand(name)) {
            let about = command.get_about().map(ToString::to_string).unwrap_or_default();
            item(&mut roff, &[bold(page_of(command)), roman("(1)")], &about);
        }
    }
    let settings = std::fs::read_to_string(root.join("docs/settings.md"))?;
    let codes = std::fs::read_to_string(root.join("docs/troubleshooting.md"))?;
    roff.control("SH", ["EXIT STATUS"]);
    item(&mut roff, &[bold("0")], "success");
    for row in rows(&codes, "| code |") {
        item(&mut roff, &[bold(row[0])], &plain(row[1])?);
    }
    roff.control("SH", ["ENVIRONMENT"]);
    for row in rows(&settings, "| key |").filter(|row| !row[1].is_empty()) {
        item(&mut roff, &[bold(row[1].replace('`', ""))], &plain(row[2])?);
    }
    roff.control("SH", ["FILES"]);
    for (file, what) in FILES {
        item(&mut roff, &[bold(*file)], what);
    }
    roff.control("SH", ["SEE ALSO"]);
    let pages = visible(gvmr).map(page_of).chain(["gvmr-shim".to_owned(), "go".to_owned()]);
    references(&mut roff, pages);
    page(gvmr, &roff)
}

/// What the pages on settings, pins and sessions say, by file.
const FILES: &[(&str, &str)] = &[
    ("~/.config/gvmr/config.toml", "settings"),
    ("~/.local/share/gvmr", "the home: installed versions, shims and the default"),
    ("/etc/gvmr/home", "names the home that all users of this machine share"),
    (".go-version", "the version that its directory and those below it run"),
    ("gvmr.toml", "a project's variables; it counts once `gvmr trust` approved it"),
    ("gvmr-check.toml", "a project's checklist, for `gvmr check`"),
];

fn command_pages(command: &Command, parent: &str, pages: &mut Vec<Page>) -> io::Result<()> {
    let mut roff = Roff::new();
    if visible(command).next().is_some() {
        roff.control("SH", ["COMMANDS"]);
        for inner in visible(command) {
            let about = inner.get_about().map(ToString::to_string).unwrap_or_default();
            item(&mut roff, &[bold(page_of(inner)), roman("(1)")], &about);
        }
    }
    let aliases: Vec<&str> = command.get_visible_aliases().collect();
    if !aliases.is_empty() {
        roff.control("SH", ["ALIASES"]);
        roff.text([roman(format!("{parent} {}", aliases.join(", ")))]);
    }
    if let Some(text) = command.get_after_long_help().or_else(|| command.get_after_help()) {
        roff.control("SH", ["EXIT STATUS"]);
        roff.text([roman(text.to_string())]);
    }
    roff.control("SH", ["SEE ALSO"]);
    references(&mut roff, std::iter::once(parent.replace(' ', "-")).chain(visible(command).map(page_of)));
    pages.push(page(command, &roff)?);
    for inner in visible(command) {
        command_pages(inner, &page_of(command).replace('-', " "), pages)?;
    }
    Ok(())
}

fn page_of(command: &Command) -> String {
    command.get_display_name().unwrap_or_else(|| command.get_name()).to_owned()
}

/// What clap knows of a command, then the sections that it does not know.
fn page(command: &Command, sections: &Roff) -> io::Result<Page> {
    let man = Man::new(command.clone()).title(page_of(command)).source("gvmr").manual("gvmr").date(DATE);
    let mut text = Vec::new();
    man.render_title(&mut text)?;
    man.render_name_section(&mut text)?;
    man.render_synopsis_section(&mut text)?;
    man.render_description_section(&mut text)?;
    man.render_options_section(&mut text)?;
    sections.to_writer(&mut text)?;
    let text = String::from_utf8_lossy(&text);
    // Each writer begins with the same lines; once is enough.
    let title = text.find(".TH ").unwrap_or_default();
    let text = text[..title].to_owned() + &text.replace(&text[..title], "");
    // There is one help; code stands in backticks, for which roff has a font; a blank line needs no break.
    let text = text.replace(r" (see a summary with \*(Aq\-h\*(Aq)", "").replace(".br\n\n.br\n", ".sp\n");
    let text = replaced(&text, "`([^`\n]+)`", r"\fB$1\fR")?;
    Ok(Page { name: format!("{}.1", page_of(command)), text })
}

fn item(roff: &mut Roff, tag: &[Inline], text: &str) {
    roff.control("TP", []);
    roff.text(tag.to_vec());
    roff.text([roman(text)]);
}

fn references(roff: &mut Roff, pages: impl Iterator<Item = String>) {
    let mut line = Vec::new();
    for page in pages {
        if !line.is_empty() {
            line.push(roman(", "));
        }
        line.extend([bold(page), roman("(1)")]);
    }
    roff.text(line);
}

/// The rows of the table on a page whose head starts like this.
fn rows<'p>(page: &'p str, head: &str) -> impl Iterator<Item = Vec<&'p str>> {
    let lines = page.lines().skip_while(move |line| !line.starts_with(head)).skip(2);
    let lines = lines.take_while(|line| line.starts_with('|'));
    lines.map(|line| line.split('|').skip(1).map(str::trim).collect())
}

/// Markdown without its links: what they show stays, unless it only points to another place.
fn plain(text: &str) -> io::Result<String> {
    let text = replaced(text, r" \(\[[^\]]*\]\([^)]*\)\)", "")?;
    replaced(&text, r"\[([^\]]*)\]\([^)]*\)", "$1")
}

fn replaced(text: &str, pattern: &str, by: &str) -> io::Result<String> {
    let pattern = regex_lite::Regex::new(pattern).map_err(io::Error::other)?;
    Ok(pattern.replace_all(text, by).into_owned())
}
