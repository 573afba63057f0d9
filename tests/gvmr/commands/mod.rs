//! The commands of daily use.

mod daily_use;
mod each;
mod module_minimums;
mod pins;
mod screen;
mod version_words;
mod words;
