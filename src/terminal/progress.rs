//! One line on the screen for each piece of work: its label, what it does now, and how far it is.
//!
//! Takes a label, phases and counts of bytes; gives one line that fits the screen, drawn over and over, and gone at the
//! end. Draws nothing if stderr is not a terminal.

use super::color::{Palette, Tone};
use super::width;
use gvmr_core::sys::printable::Printable;
use indicatif::{MultiProgress, ProgressBar, ProgressState, ProgressStyle};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// How often the line is drawn.
const TICK: Duration = Duration::from_millis(120);
/// The bar's widths in columns.
const SHORTEST_BAR: usize = 6;
const LONGEST_BAR: usize = 30;

/// A piece of work on the screen.
#[derive(Debug)]
pub struct Bar {
    bar: ProgressBar,
    words: Arc<Mutex<Words>>,
}

#[derive(Debug)]
struct Words {
    label: String,
    phase: String,
}

/// What a line shows at one moment.
struct Moment<'a> {
    label: &'a str,
    phase: &'a str,
    /// Bytes that are there, and all of them.
    bytes: Option<(u64, u64)>,
    /// Bytes in a second.
    rate: f64,
    left: Duration,
    elapsed: Duration,
}

impl Bar {
    pub(super) fn start(bars: &MultiProgress, label: &str, palette: Palette) -> Self {
        let words =
            Arc::new(Mutex::new(Words { label: Printable::line(label).to_string(), phase: String::new() }));
        let bar = bars.add(ProgressBar::no_length());
        bar.set_style(style(Arc::clone(&words), palette));
        if !bar.is_hidden() {
            bar.enable_steady_tick(TICK);
        }
        Self { bar, words }
    }

    /// Whether nothing is drawn.
    pub fn is_hidden(&self) -> bool {
        self.bar.is_hidden()
    }

    /// The label.
    pub fn label(&self) -> String {
        self.words.lock().unwrap_or_else(PoisonError::into_inner).label.clone()
    }

    /// Changes the label.
    pub fn set_label(&self, label: impl Into<String>) {
        let label = Printable::line(label.into()).to_string();
        self.words.lock().unwrap_or_else(PoisonError::into_inner).label = label;
    }

    /// What is done from now on, without a count of bytes.
    pub fn phase(&self, phase: impl Into<String>) {
        let phase = Printable::line(phase.into()).to_string();
        self.words.lock().unwrap_or_else(PoisonError::into_inner).phase = phase;
        self.bar.unset_length(); // the position stays: it tells how much has arrived
    }

    /// So many bytes arrive from now on, where that is known.
    pub fn download(&self, length: Option<u64>) {
        self.phase("downloading");
        self.bar.reset();
        if let Some(length) = length {
            self.bar.set_length(length);
        }
    }

    /// So many more bytes are there.
    pub fn advance(&self, bytes: u64) {
        self.bar.inc(bytes);
    }

    /// Bytes that arrived in the last download.
    pub fn received(&self) -> u64 {
        self.bar.position()
    }

    /// Removes the line.
    pub fn finish(&self) {
        self.bar.finish_and_clear();
    }
}

fn style(words: Arc<Mutex<Words>>, palette: Palette) -> ProgressStyle {
    let draw = move |state: &ProgressState, out: &mut dyn std::fmt::Write| {
        let columns = width::columns(std::io::stderr()).unwrap_or(80);
        let words = words.lock().unwrap_or_else(PoisonError::into_inner);
        let moment = Moment {
            label: &words.label,
            phase: &words.phase,
            bytes: state.len().map(|length| (state.pos(), length)),
            rate: state.per_sec(),
            left: state.eta(),
            elapsed: state.elapsed(),
        };
        let _ = out.write_str(&line(&moment, columns, palette)); // to a string
    };
    ProgressStyle::with_template("{line}")
        .unwrap_or_else(|_| ProgressStyle::default_spinner())
        .with_key("line", draw)
}

/// One line in at most `columns` columns; the first to go is the rate, then the time, then the bar.
fn line(moment: &Moment<'_>, columns: usize, palette: Palette) -> String {
    let columns = columns.saturating_sub(1); // some terminals wrap after the last one
    let Some((there, all)) = moment.bytes.filter(|(there, all)| there < all) else {
        return waiting(moment, columns, palette);
    };
    let label = format!("{:10}", moment.label);
    let amount = format!("{:>5} of {}", megabytes(there), size(all));
    let rate = format!("{}/s", size(whole(moment.rate)));
    let left = format!("{:11}", duration(moment.left) + " left"); // padded, or the bar would change its length
    let both = [amount.clone(), format!("{rate:>10}"), left.clone()];
    for fields in [&both[..], &[amount.clone(), left], &[amount]] {
        let fields = fields.join("  ");
        let used = width::of(&label) + width::of(&fields) + "  []  ".len();
        if let Some(room) = columns.checked_sub(used).filter(|room| *room >= SHORTEST_BAR) {
            let bar = bar(there, all, room.min(LONGEST_BAR), palette);
            return format!("{label}  [{bar}]  {}", fields.trim_end());
        }
    }
    width::shorten(&format!("{}  {} of {}", moment.label, megabytes(there), size(all)), columns)
}

/// The line where there is nothing to count: `go1.22.12   / checking sum.golang.org  3 s`.
fn waiting(moment: &Moment<'_>, columns: usize, palette: Palette) -> String {
    let phase = if moment.bytes.is_some() { "verifying" } else { moment.phase };
    let turn = moment.elapsed.as_millis() / TICK.as_millis() % 4;
    let mark = ["|", "/", "-", "\\"].get(usize::try_from(turn).unwrap_or(0)).unwrap_or(&"|");
    let label = format!("{:10}", moment.label);
    let room = columns.saturating_sub(width::of(&label) + 4);
    let phase = width::shorten(phase, room);
    if room == 0 {
        return width::shorten(moment.label, columns);
    }
    format!("{label}  {} {phase}", palette.paint(mark, Tone::Good))
}

fn bar(there: u64, all: u64, width: usize, palette: Palette) -> String {
    let share = u128::from(there) * width as u128 / u128::from(all.max(1));
    let full = usize::try_from(share).unwrap_or(width).min(width);
    let done = "=".repeat(full) + if full < width { ">" } else { "" };
    let rest = " ".repeat(width - done.len());
    palette.paint(&done, Tone::Good) + &rest
}

/// `83.1 MB`
pub fn size(bytes: u64) -> String {
    format!("{} MB", megabytes(bytes))
}

fn megabytes(bytes: u64) -> String {
    let tenths = (u128::from(bytes) + 50_000) / 100_000;
    format!("{}.{}", tenths / 10, tenths % 10)
}

#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // a rate; `as` saturates
fn whole(rate: f64) -> u64 {
    rate as u64
}

/// `9 s`, `3 min`, `2 h`
fn duration(duration: Duration) -> String {
    match duration.as_secs() {
        seconds @ ..=99 => format!("{seconds} s"),
        seconds @ 100..=5999 => format!("{} min", seconds.div_ceil(60)),
        seconds => format!("{} h", seconds.div_ceil(3600)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::ColorChoice;

    fn at(there: u64, columns: usize) -> String {
        let moment = Moment {
            label: "go1.22.12",
            phase: "checking sum.golang.org",
            bytes: (there > 0).then_some((there, 83_100_000)),
            rate: 12_340_000.0,
            left: Duration::from_secs(4),
            elapsed: Duration::from_millis(130),
        };
        line(&moment, columns, Palette::of(&std::io::stderr(), ColorChoice::Never))
    }

    #[test]
    fn a_line_shows_what_fits() {
        for (there, columns, expected) in [
            (0, 80, "go1.22.12   / checking sum.golang.org"),
            (0, 30, "go1.22.12   / checkin…ang.org"),
            (
                41_200_000,
                120,
                "go1.22.12   [==============>               ]   41.2 of 83.1 MB   12.3 MB/s  4 s left",
            ),
            (41_200_000, 80, "go1.22.12   [==========>           ]   41.2 of 83.1 MB   12.3 MB/s  4 s left"),
            (41_200_000, 60, "go1.22.12   [======>       ]   41.2 of 83.1 MB  4 s left"),
            (41_200_000, 40, "go1.22.12   [===>   ]   41.2 of 83.1 MB"),
            (41_200_000, 24, "go1.22.12  … of 83.1 MB"),
            (83_100_000, 80, "go1.22.12   / verifying"),
        ] {
            let line = at(there, columns);
            assert_eq!(line, expected, "{columns} columns");
            assert!(width::of(&line) < columns);
        }
    }

    #[test]
    fn amounts_are_short() {
        assert_eq!(size(83_149_999), "83.1 MB");
        assert_eq!(size(40), "0.0 MB");
        for (seconds, expected) in [(0, "0 s"), (99, "99 s"), (100, "2 min"), (6000, "2 h")] {
            assert_eq!(duration(Duration::from_secs(seconds)), expected);
        }
    }
}
