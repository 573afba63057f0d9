//! Rows of cells as a person reads them: aligned by display width and fitted to the screen.
//!
//! Each row also has its line for scripts. That is what a pipe gets, byte for byte, and no width changes it.

use super::color::{Palette, Tone};
use super::width;
use gvmr_core::sys::printable::Printable;

/// The blanks between two columns.
const GAP: usize = 2;
/// No column is shortened below this.
const NARROWEST: usize = 8;
/// What the other columns leave for sentences, at least.
const NARROWEST_SENTENCE: usize = 24;

/// A row of a table.
#[derive(Clone, Debug)]
pub struct Row {
    cells: Vec<Cell>,
    line: String,
}

/// A text in one column.
#[derive(Clone, Debug)]
pub struct Cell {
    text: String,
    tone: Tone,
    is_sentence: bool,
    is_movable: bool,
}

impl Cell {
    /// A cell with this text.
    pub fn new(text: impl Into<String>, tone: Tone) -> Self {
        Self { text: printable(text), tone, is_sentence: false, is_movable: false }
    }

    /// A cell that gets a line below its row where the row has no room for it.
    pub fn movable(text: impl Into<String>) -> Self {
        Self { is_movable: true, ..Self::new(text, Tone::Plain) }
    }

    /// The last cell of a row, which is wrapped instead of shortened.
    pub fn sentence(text: impl Into<String>) -> Self {
        Self::wrapped(text, Tone::Plain)
    }

    /// The same in another tone.
    pub fn wrapped(text: impl Into<String>, tone: Tone) -> Self {
        Self { is_sentence: true, ..Self::new(text, tone) }
    }
}

impl<T: Into<String>> From<T> for Cell {
    fn from(text: T) -> Self {
        Self::new(text, Tone::Plain)
    }
}

impl Row {
    /// A row of these cells; `line` is what scripts read, without its newline.
    pub fn new(cells: impl IntoIterator<Item = Cell>, line: impl Into<String>) -> Self {
        Self { cells: cells.into_iter().collect(), line: printable(line) }
    }

    /// A line between rows that has no columns: the same for people and for scripts.
    pub fn line(text: impl Into<String>, tone: Tone) -> Self {
        let text = printable(text);
        Self { cells: vec![Cell::new(text.clone(), tone)], line: text }
    }

    /// What scripts read.
    pub fn piped(&self) -> &str {
        &self.line
    }

    fn is_line(&self) -> bool {
        self.cells.len() == 1
    }
}

fn printable(text: impl Into<String>) -> String {
    Printable::lines(text.into()).to_string()
}

/// The lines that scripts read.
pub(super) fn piped(rows: &[Row]) -> String {
    rows.iter().flat_map(|row| [row.line.as_str(), "\n"]).collect()
}

/// The lines that a person reads, on a screen of so many columns where that is known.
pub(super) fn shown(rows: &[Row], columns: Option<usize>, palette: Palette) -> String {
    let sentences =
        rows.iter().flat_map(|row| row.cells.iter().filter(|cell| cell.is_sentence && !row.is_line()));
    let longest = sentences.map(|cell| width::of(&cell.text)).max().unwrap_or(0);
    let sentence = longest.min(NARROWEST_SENTENCE);
    let room = columns.map(|columns| room_for_movable(rows, columns, sentence));
    let widths = fitted(widths(rows, room), columns, sentence);
    let mut text = String::new();
    for row in rows {
        match row.cells.as_slice() {
            [cell] => {
                let blanks = cell.text.len() - cell.text.trim_start().len();
                push_sentence(&mut text, cell, 0, blanks + GAP, columns, palette);
            }
            _ => push_row(&mut text, row, &widths, columns, palette),
        }
        text.push('\n');
        let moved = row.cells.iter().zip(&widths).filter(|(cell, width)| is_moved(cell, **width));
        for (cell, _) in moved.filter(|_| !row.is_line()) {
            text.extend(std::iter::repeat_n(' ', 2 * GAP));
            push_sentence(&mut text, cell, 2 * GAP, 2 * GAP, columns, palette);
            text.push('\n');
        }
    }
    text
}

fn push_row(text: &mut String, row: &Row, widths: &[usize], columns: Option<usize>, palette: Palette) {
    let (mut at, mut blanks) = (0, 0); // blanks are written only before more text: no line ends with them
    for (cell, width) in row.cells.iter().zip(widths) {
        if cell.is_sentence {
            if cell.text.is_empty() {
                return;
            }
            text.extend(std::iter::repeat_n(' ', blanks));
            return push_sentence(text, cell, at, at, columns, palette);
        }
        if *width == 0 {
            continue;
        }
        let shown = if is_moved(cell, *width) { "" } else { cell.text.as_str() };
        let shortened = width::shorten(shown, *width);
        let used = width::of(&shortened);
        if used > 0 {
            text.extend(std::iter::repeat_n(' ', blanks));
            text.push_str(&palette.paint(&shortened, cell.tone));
            blanks = 0;
        }
        blanks += width - used + GAP;
        at += width + GAP;
    }
}

/// Writes a text over as many lines as it takes, the first one from column `at`, the others indented.
fn push_sentence(
    text: &mut String,
    cell: &Cell,
    at: usize,
    indent: usize,
    columns: Option<usize>,
    palette: Palette,
) {
    let lines = match columns {
        Some(columns) => width::wrap(&cell.text, columns.saturating_sub(at), indent - at),
        None => vec![cell.text.clone()],
    };
    for (number, line) in lines.iter().enumerate() {
        if number > 0 {
            text.push('\n');
            text.extend(std::iter::repeat_n(' ', indent));
        }
        text.push_str(&palette.paint(line, cell.tone));
    }
}

/// Whether a cell stands below its row.
fn is_moved(cell: &Cell, width: usize) -> bool {
    cell.is_movable && width::of(&cell.text) > width
}

/// What the other columns leave for movable cells.
fn room_for_movable(rows: &[Row], columns: usize, sentence: usize) -> usize {
    let others: Vec<_> =
        widths(rows, Some(0)).into_iter().chain([sentence]).filter(|width| *width > 0).collect();
    columns.saturating_sub(others.iter().map(|width| width + GAP).sum())
}

/// The width of the longest cell in each column; of movable ones, the longest that has room.
fn widths(rows: &[Row], room: Option<usize>) -> Vec<usize> {
    let mut widths = Vec::new();
    for row in rows.iter().filter(|row| !row.is_line()) {
        widths.resize(widths.len().max(row.cells.len()), 0);
        for (width, cell) in widths.iter_mut().zip(&row.cells) {
            let wide = width::of(&cell.text);
            let is_out = cell.is_movable && room.is_some_and(|room| wide > room);
            if !cell.is_sentence && !is_out {
                *width = wide.max(*width);
            }
        }
    }
    widths
}

/// The widths with the widest columns made narrower until all fit, and `sentence` columns are left.
fn fitted(mut widths: Vec<usize>, columns: Option<usize>, sentence: usize) -> Vec<usize> {
    let Some(columns) = columns else { return widths };
    loop {
        let used = widths.iter().filter(|width| **width > 0).count();
        let used = if sentence > 0 { used + 1 } else { used };
        let total = widths.iter().sum::<usize>() + sentence + GAP * used.saturating_sub(1);
        if total <= columns {
            return widths;
        }
        if let Some(widest) = widths.iter_mut().max().filter(|width| **width > NARROWEST) {
            *widest -= 1;
        } else if let Some(last) = widths.iter_mut().skip(1).rev().find(|width| **width > NARROWEST / 2) {
            *last -= 1; // the first columns say most
        } else {
            return widths;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::ColorChoice;

    fn palette(choice: ColorChoice) -> Palette {
        Palette::of(&std::io::stdout(), choice)
    }

    fn rows() -> Vec<Row> {
        vec![
            Row::new(["*".into(), "1.22.12".into(), Cell::new("default", Tone::Dim), "日本".into()], "a\tb"),
            Row::line("between", Tone::Plain),
            Row::new([" ".into(), "1.9".into(), "".into(), "https://proxy.example/a/long/path".into()], "c"),
        ]
    }

    #[test]
    fn columns_line_up_by_what_the_screen_shows() {
        let text = shown(&rows(), None, palette(ColorChoice::Never));
        let expected =
            "*  1.22.12  default  日本\nbetween\n   1.9               https://proxy.example/a/long/path\n";
        assert_eq!(text, expected);
    }

    #[test]
    fn a_table_fits_the_screen() {
        for columns in [30, 40, 44, 80] {
            let text = shown(&rows(), Some(columns), palette(ColorChoice::Never));
            assert!(text.lines().all(|line| width::of(line) <= columns), "{columns}: {text}");
            assert_eq!(text.contains('…'), columns < 54, "{columns}: {text}");
        }
    }

    #[test]
    fn colours_take_no_room_and_a_pipe_gets_the_lines_alone() {
        let text = shown(&rows(), None, palette(ColorChoice::Always));
        assert!(text.starts_with("*  1.22.12  \x1b[2mdefault\x1b[0m  日本\n"), "{text:?}");
        assert_eq!(piped(&rows()), "a\tb\nbetween\nc\n");
    }

    #[test]
    fn a_sentence_is_wrapped_and_never_shortened() {
        let rows = [
            Row::new(["1.26.8".into(), Cell::sentence("no file selects a version")], ""),
            Row::line("  kernel: at least 3.2 is needed", Tone::Plain),
        ];
        let text = shown(&rows, Some(24), palette(ColorChoice::Never));
        let expected = "1.26.8  no file selects\n        a version\n  kernel: at least 3.2\n    is needed\n";
        assert_eq!(text, expected);
    }

    #[test]
    fn a_movable_cell_without_room_stands_below_its_row() {
        let row = |limit: &str, state: &str| {
            Row::new(["a".into(), "b".into(), Cell::movable(limit), state.into()], "")
        };
        let rows = [row("<= 5 s", "pass"), row("<= 500 ms, <= 241.6 ms (baseline)", "FAIL")];
        let of = |columns| shown(&rows, Some(columns), palette(ColorChoice::Never));
        let expected =
            "a  b  <= 5 s  pass\na  b          FAIL\n    <= 500 ms, <=\n    241.6 ms\n    (baseline)\n";
        assert_eq!(of(18), expected);
        assert_eq!(of(80).lines().count(), 2);
        assert_eq!(of(12).lines().next(), Some("a  b  pass"));
    }

    #[test]
    fn a_column_without_text_takes_no_room() {
        let rows = [Row::new(["".into(), "a".into(), "".into(), "b".into()], "")];
        assert_eq!(shown(&rows, None, palette(ColorChoice::Never)), "a  b\n");
    }
}
