//! The commands of daily use.

mod children;
mod daily_use;
mod each;
mod module_minimums;
mod pins;
mod raw_bytes;
mod reports;
mod screen;
mod signals;
mod upgrades;
mod version_words;
mod words;
