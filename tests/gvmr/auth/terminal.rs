//! The secret at a terminal: asked for, not shown, and interrupted without harm.

use super::{kept, world};
use crate::support::typist::Typist;

#[test]
fn a_secret_that_is_typed_is_not_shown() {
    let world = world();
    let mut typist = Typist::start(&world, &["auth", "set", "git.corp", "--user", "joe"]);
    typist.sees("secret of joe for git.corp: ");
    typist.types("canary-t1\n");
    let screen = typist.sees("only you can read");
    assert_eq!(typist.ends(), Some(0));
    assert!(!screen.contains("canary"), "{screen}");
    assert_eq!(kept(&world), "https\tgit.corp\tjoe\tfile\tcanary-t1\n");
}

#[test]
fn ctrl_c_keeps_nothing_and_gives_the_terminal_back() {
    let world = world();
    let mut typist = Typist::start(&world, &["auth", "set", "git.corp", "--user", "joe"]);
    typist.sees("secret of joe for git.corp: ");
    typist.types("half\x03");
    typist.sees("interrupted");
    assert_eq!(typist.ends(), Some(130));
    assert_eq!(kept(&world), "");
}

#[test]
fn credentials_are_not_printed_to_a_terminal() {
    let world = world();
    super::set(&world, &["git.corp", "--user", "joe"], "canary-t2").succeeds();
    let mut typist = Typist::start(&world, &["auth"]);
    let screen = typist.sees("gvmr auth remove MACHINE");
    assert_eq!(typist.ends(), Some(2));
    assert!(screen.contains("GOAUTH") && !screen.contains("Basic"), "{screen}");
}
