//! Renews the manual pages in `man/`: `cargo run --example manual`.
//!
//! A page whose text changes gets the day's date; the others keep theirs.

mod pages;

use std::io;
use std::path::Path;
use std::process::Command;

#[allow(clippy::disallowed_methods)] // pages of the checkout, not a user's files
fn main() -> io::Result<()> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let today = Command::new("date").args(["--utc", "+%F"]).output()?.stdout;
    let today = String::from_utf8_lossy(&today).trim().to_owned();
    for page in pages::all(root)? {
        let file = root.join("man").join(&page.name);
        let former = std::fs::read_to_string(&file).unwrap_or_default();
        if page.dated(pages::date_of(&former)) != former {
            std::fs::write(file, page.dated(&today))?;
        }
    }
    Ok(())
}
