//! kill -9 at any moment of an install: a version is absent or complete, and the next run just succeeds.

use crate::support::mirror::Mirror;
use crate::support::skip;
use crate::support::slow;
use crate::support::world::{World, gvmr};
use std::process::Stdio;
use std::time::{Duration, Instant};

/// Kills of an install of a real toolchain; with this many random moments every stage is hit.
const KILLS: u32 = 200;
/// A real toolchain whose log record is kept beside the tests.
const VERSION: &str = "1.22.10";

#[test]
fn two_hundred_kills_leave_no_half_toolchain() {
    let Some(mirror) = Mirror::real(&[VERSION]) else { return skip("no go, or no network") };
    let world = mirror.world();
    let whole = duration_of_an_install(&mirror);
    let mut committed = 0;
    let mut random = 0x2545_f491_u32;
    let kills = slow::rounds("install::kill::two_hundred_kills_leave_no_half_toolchain", 4, KILLS);
    for kill in 0..kills {
        random ^= random << 13;
        random ^= random >> 17;
        random ^= random << 5;
        // From the first instruction to a little after the usual end.
        let moment = whole.mul_f64(1.1 * f64::from(random % 10_000) / 10_000.0);
        kill_after(&world, moment);
        if kill % 10 == 9 {
            world.gvmr(["install", VERSION]).succeeds();
        }
        if world.goroot(VERSION).exists() {
            committed += u32::from(kill % 10 != 9);
            assert_complete(&world, kill);
            world.gvmr(["uninstall", "--force", VERSION]).succeeds();
        }
    }
    eprintln!("{kills} kills within {whole:?}, {committed} of them after the commit");
    world.gvmr(["install", VERSION]).succeeds();
    assert_complete(&world, kills);
    assert_eq!(crate::support::world::names(&world.home().join("staging")), [""; 0]);
}

fn duration_of_an_install(mirror: &Mirror) -> Duration {
    let world = mirror.world();
    let start = Instant::now();
    world.gvmr(["install", VERSION]).succeeds();
    start.elapsed()
}

fn kill_after(world: &World, moment: Duration) {
    let mut command = world.command(gvmr(), &world.path("user"));
    let mut child =
        command.args(["install", VERSION]).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    std::thread::sleep(moment);
    child.kill().unwrap();
    child.wait().unwrap();
}

/// Whole by the log, not only by its look.
#[track_caller]
fn assert_complete(world: &World, kill: u32) {
    let run = world.gvmr(["verify", VERSION]);
    assert_eq!(run.code, Some(0), "after kill {kill}: {run:?}");
}
