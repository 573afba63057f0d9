//! The room `verify`: what it accepts, what it refuses, and that it is what Go's own client does.

mod cache;
mod cases;
mod fixture;
mod flips;
mod forgeries;
mod h1;
mod oracle;
mod parsers;
mod remote;
