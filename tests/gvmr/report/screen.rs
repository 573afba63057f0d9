//! Tables and lines for people: each row stays one line, and nothing in it moves a cursor or commands a CI server.

use super::{hostile, sample};
use gvmr::report::{diff, history, last_line, table};
use gvmr_core::sys::printable::is_unprintable;

#[test]
fn a_row_stays_one_line() {
    for document in hostile::documents() {
        let rows = [
            table(&document),
            diff(&document, Some(&sample())),
            diff(&sample(), Some(&document)),
            history(std::slice::from_ref(&document)),
        ];
        let lines = rows
            .concat()
            .iter()
            .map(|row| row.piped().to_owned())
            .chain([last_line(&document)])
            .collect::<Vec<_>>();
        for line in lines {
            assert!(!line.chars().any(|one| one != '\t' && is_unprintable(one)), "{line:?}");
            assert!(!line.trim_start().starts_with("::") && !line.contains("##["), "{line:?}");
        }
        let tabs = |row: &str| row.matches('\t').count();
        let first = table(&document)[0].piped().to_owned();
        assert_eq!(tabs(&first), 5, "{first:?}");
    }
}
