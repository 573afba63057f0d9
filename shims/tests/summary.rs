//! The last lines of `cargo test --workspace`: which tests were left out or shortened, and how to run all.

#![allow(clippy::print_stdout, clippy::disallowed_methods)]

#[path = "../../tests/gvmr/support/slow.rs"]
#[allow(dead_code)]
mod slow;

fn main() {
    // Of tests that were chosen, or are only listed, there is nothing to say.
    if std::env::args().skip(1).any(|argument| argument == "--list" || !argument.starts_with('-')) {
        return;
    }
    if slow::all() {
        println!("GVMR_TESTS=all: no test was left out or shortened");
        return;
    }
    for test in slow::LEFT_OUT {
        println!("left out:  {test}");
    }
    for test in slow::SHORTENED {
        println!("shortened: {test}");
    }
    println!(
        "{} slow tests left out, {} shortened; to run all: GVMR_TESTS=all cargo test --workspace --locked",
        slow::LEFT_OUT.len(),
        slow::SHORTENED.len()
    );
}
