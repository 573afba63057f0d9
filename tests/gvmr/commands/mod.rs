//! The commands of daily use.

mod daily_use;
mod each;
mod pins;
mod screen;
mod words;
