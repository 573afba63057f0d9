//! A real filter of system calls, as containers have one, before an old Go and a new one.

use super::findings;
use crate::host::this_machine::said;
use crate::install::musl::static_programs;
use crate::support::mirror::Mirror;
use crate::support::world::{Run, World, gvmr};
use crate::support::{skip, slow};
use std::fs;
use std::path::{Path, PathBuf};

/// Lets the kernel answer one system call of x86-64 with an error, then becomes the program.
const FILTER: &str = r#"
import ctypes, os, struct, sys
call, error = int(sys.argv[1]), int(sys.argv[2])
step = lambda code, yes, no, value: struct.pack("HBBI", code, yes, no, value)
steps = [step(0x20, 0, 0, 4), step(0x15, 0, 3, 0xC000003E), step(0x20, 0, 0, 0), step(0x15, 0, 1, call),
         step(0x06, 0, 0, 0x50000 | error), step(0x06, 0, 0, 0x7FFF0000)]
class Program(ctypes.Structure):
    _fields_ = [("length", ctypes.c_ushort), ("steps", ctypes.c_char_p)]
program = Program(len(steps), b"".join(steps))
libc = ctypes.CDLL(None)
assert libc.prctl(38, 1, 0, 0, 0) == 0 and libc.prctl(22, 2, ctypes.byref(program), 0, 0) == 0
os.execv(sys.argv[3], sys.argv[3:])
"#;
const CLONE3: &str = "435";
const KEYCTL: &str = "250";
const EPERM: &str = "1";
const ENOSYS: &str = "38";

/// A user with an old Go and a new one, and the program that filters.
struct Filtered {
    world: World,
    python: PathBuf,
}

impl Filtered {
    fn new() -> Option<Self> {
        let python = said("python3", &["-c", "import sys; print(sys.executable)"]);
        let asks = said("getconf", &["GNU_LIBC_VERSION"]).is_some_and(|text| {
            let minor = text.rsplit('.').next().and_then(|minor| minor.parse().ok());
            text.starts_with("glibc 2.") && minor.is_some_and(|minor: u32| minor >= 34)
        });
        let Some(python) = python.filter(|_| asks && cfg!(target_arch = "x86_64")) else {
            skip("needs python3, x86-64 and glibc 2.34");
            return None;
        };
        let Some(mirror) = Mirror::real(&["1.19.13", "1.24.11"]) else {
            skip("the module proxy does not answer");
            return None;
        };
        let mut world = mirror.world();
        world.gvmr(["install", "1.24.11", "1.19.13"]).succeeds();
        world.set("SHELL", "/bin/bash");
        Some(Self { world, python: python.into() })
    }

    /// A program behind a filter that answers one call with an error.
    fn run(&self, call: &str, error: &str, program: &Path, words: &[&str]) -> Run {
        let mut command = self.world.command(&self.python, &self.world.path("user"));
        Run::of(command.args(["-c", FILTER, call, error]).arg(program).args(words))
    }

    /// What the doctor finds behind each filter is what a real go does there.
    #[track_caller]
    fn is_judged_as_it_runs(&self, gvmr: &Path) {
        let mut command = self.world.command(gvmr, &self.world.path("user"));
        Run::of(command.args(["doctor", "--fix", "--yes", "--only", "gvmr.shim-broken"])).succeeds();
        let pin = self.world.path("user/.go-version");
        for (version, call, error, runs) in [
            ("1.19.13", CLONE3, EPERM, false),
            ("1.19.13", CLONE3, ENOSYS, true),
            ("1.19.13", KEYCTL, EPERM, true),
            ("1.24.11", CLONE3, EPERM, true),
        ] {
            fs::write(&pin, format!("# here\n{version}\n")).unwrap();
            let go = self.run(call, error, &self.world.goroot(version).join("bin/go"), &["version"]);
            assert_eq!(go.code == Some(0), runs, "{version} {call} {error}: {go:#?}");
            let run = self.run(call, error, gvmr, &["doctor", "--json", "--no-network"]);
            let expected: &[&str] = if runs { &[] } else { &["host.seccomp-clone3 seccomp"] };
            assert_eq!(findings(&self.world, &run), expected, "{version} {call} {error}: {}", run.stdout);
            let report = run.json();
            for asked in ["host.cannot-run", "host.tmpdir"] {
                assert!(report["checked"].as_array().unwrap().iter().any(|id| id == asked), "{report:#}");
            }
            if !runs {
                let finding = &report["findings"][0];
                assert_eq!(finding["where"][1]["file"], pin.to_str().unwrap(), "{finding:#}");
                assert_eq!(finding["where"][1]["line"], 2, "{finding:#}");
                assert_eq!(finding["fix"]["command"], "gvmr use 1.24.11", "{finding:#}");
            }
        }
    }
}

#[test]
fn a_filter_that_forbids_clone3_is_named_where_an_old_go_is_chosen_and_no_other_filter_is() {
    let Some(filtered) = Filtered::new() else { return };
    filtered.is_judged_as_it_runs(gvmr());
    // Chosen as the finding says, go works behind the same filter.
    fs::write(filtered.world.path("user/.go-version"), "1.19.13\n").unwrap();
    filtered.world.gvmr(["use", "1.24.11"]).succeeds();
    let go = filtered.world.home().join("shims/go");
    let run = filtered.run(CLONE3, EPERM, &go, &["version"]);
    assert_eq!(run.succeeds(), "go version go1.24.11 linux/amd64");
}

#[test]
fn a_static_gvmr_names_it_by_the_words_of_that_go() {
    if slow::left_out("doctor::seccomp::a_static_gvmr_names_it_by_the_words_of_that_go") {
        return;
    }
    let Some([gvmr, _]) = static_programs() else { return skip("Rust's musl target is missing") };
    let Some(filtered) = Filtered::new() else { return };
    filtered.is_judged_as_it_runs(&gvmr);
}
