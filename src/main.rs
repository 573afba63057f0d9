//! The `gvmr` program.

fn main() {}
