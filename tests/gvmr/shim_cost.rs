//! What the shim costs between its own exec and the toolchain's: page faults and user instructions, counted by
//! single-stepping it. Both are the same on a busy machine; times are not.

#![allow(clippy::unwrap_used, clippy::print_stdout, clippy::disallowed_methods)] // a test, and its own directory

use gvmr_core::home::paths::Home;
use gvmr_core::home::user_dirs::UserDirs;
use nix::sys::ptrace::{self, Event};
use nix::sys::signal::Signal;
use nix::sys::wait::{WaitStatus, waitpid};
use nix::unistd::Pid;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

const TARGET: &str = "x86_64-unknown-linux-musl";
const FLAGS: &str = "-C target-feature=+crt-static -C relocation-model=static";
const MOST_FAULTS: u64 = 25;
const MOST_INSTRUCTIONS: u64 = 20_000;
const MOST_FAULTS_WITH_RULES: u64 = 25;
const MOST_INSTRUCTIONS_WITH_RULES: u64 = 85_000;

/// An exact `.go-version` six directories up, with 38 environment variables: the case that must be cheap.
#[test]
fn an_exact_pin_costs_few_faults_and_instructions() {
    let Some(shim) = release_shim() else { return };
    let root = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    let (go, deep) = home_and_project(&root.path().canonicalize().unwrap(), &shim);

    measure(&go, &deep, Path::new("/home/user")).is_at_most(MOST_FAULTS, MOST_INSTRUCTIONS);
}

/// The same with a trusted gvmr.toml beside the pin, and a rule of the user's for a directory and one for this network in
/// force; without a network, one for another.
#[test]
fn rules_in_force_cost_few_more() {
    let Some(shim) = release_shim() else { return };
    let root = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    let root = root.path().canonicalize().unwrap();
    let (go, deep) = home_and_project(&root, &shim);
    let user = rules_in_force(&root);

    measure(&go, &deep, &user).is_at_most(MOST_FAULTS_WITH_RULES, MOST_INSTRUCTIONS_WITH_RULES);
}

/// The static release build of the shim; `None` where this machine cannot make it.
fn release_shim() -> Option<PathBuf> {
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).join("shim-cost");
    let output = Command::new(env!("CARGO"))
        .args(["build", "--quiet", "--release", "--package", "gvmr-core", "--target", TARGET, "--target-dir"])
        .arg(&target)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .env("RUSTFLAGS", FLAGS)
        .env_remove("CARGO_ENCODED_RUSTFLAGS")
        .output()
        .unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    if !output.status.success()
        && ["core", "std"].iter().any(|missing| errors.contains(&format!("can't find crate for `{missing}`")))
    {
        crate::support::skip(&format!("the Rust target {TARGET} is not installed"));
        return None;
    }
    assert!(output.status.success(), "the shim does not build: {errors}");
    Some(target.join(TARGET).join("release/gvmr-shim"))
}

/// A home whose go1.23.4 is a program that will never get to run, and the project's innermost directory.
fn home_and_project(root: &Path, shim: &Path) -> (PathBuf, PathBuf) {
    let (shims, bin) = (root.join("home/shims"), root.join("home/versions/go1.23.4/bin"));
    let deep = root.join("project/a/b/c/d/e/f");
    for directory in [&shims, &bin, &deep] {
        fs::create_dir_all(directory).unwrap();
    }
    let go = shims.join("go");
    // Links: a copy could still be open for writing in a child that another test is just starting.
    fs::hard_link(shim, &go).unwrap();
    fs::hard_link(shim, bin.join("go")).unwrap();
    fs::write(root.join("project/.go-version"), "1.23.4\n").unwrap();
    (go, deep)
}

/// A trusted `gvmr.toml` in the project and the rules of a user, compiled; that user's home directory.
fn rules_in_force(root: &Path) -> PathBuf {
    let (home, user, gopath) = (root.join("home"), root.join("user"), root.join("gopath"));
    let settings = user.join(".config/gvmr/config.toml");
    let file = root.join("project/gvmr.toml");
    for directory in [settings.parent().unwrap(), &gopath] {
        fs::create_dir_all(directory).unwrap();
    }
    let project = "[env]\nGOPROXY = \"http://goproxy.example:8080,direct\"\nGOPRIVATE = \"*.corp.example\"\n";
    let own = format!(
        "[[directory]]\npath = \"{}\"\nenv.override.GOPATH = \"{}\"\n\n\
         [[network]]\ninterface = \"{}\"\nenv.HTTPS_PROXY = \"http://proxy.example:3128\"\n",
        root.display(),
        gopath.display(),
        interface().unwrap_or_else(|| "nosuch0".to_owned())
    );
    fs::write(&file, project).unwrap();
    fs::write(&settings, &own).unwrap();
    let trusted = gvmr::config::compile_project(&file, project.as_bytes(), Some(&user)).unwrap();
    let rules = gvmr::config::compile_config(&settings, own.as_bytes(), Some(&user)).unwrap();
    let kept = UserDirs::of(&Home::at(&home), &Vec::new()).unwrap();
    fs::create_dir_all(kept.trusted_record(&file).parent().unwrap()).unwrap();
    fs::write(kept.trusted_record(&file), trusted.write()).unwrap();
    fs::write(kept.rules(), rules.write()).unwrap();
    user
}

/// The interface that leads out of this machine.
fn interface() -> Option<String> {
    let routes = fs::read_to_string("/proc/self/net/route").ok()?;
    let mut routes = routes.lines().skip(1).map(|line| line.split_whitespace().collect::<Vec<_>>());
    routes.find(|fields| fields.get(1) == Some(&"00000000")).map(|fields| fields[0].to_owned())
}

struct Cost {
    faults: u64,
    instructions: u64,
    reached: PathBuf,
}

impl Cost {
    fn is_at_most(&self, faults: u64, instructions: u64) {
        println!("{} page faults, {} instructions", self.faults, self.instructions);
        assert!(self.reached.ends_with("versions/go1.23.4/bin/go"), "it ended in {}", self.reached.display());
        assert!(self.faults <= faults, "{} page faults", self.faults);
        assert!(self.instructions <= instructions, "{} instructions", self.instructions);
        assert!(self.instructions > 500, "{} instructions: nothing was measured", self.instructions);
    }
}

/// Steps `go version` in `directory` from the shim's exec to the next one.
fn measure(go: &Path, directory: &Path, user: &Path) -> Cost {
    let mut shell = shell_that_waits(go, directory, user);
    let pid = Pid::from_raw(shell.id().try_into().unwrap());
    ptrace::attach(pid).unwrap();
    waitpid(pid, None).unwrap();
    ptrace::setoptions(pid, ptrace::Options::PTRACE_O_TRACEEXEC | ptrace::Options::PTRACE_O_EXITKILL)
        .unwrap();
    shell.stdin.take().unwrap().write_all(b"\n").unwrap();
    run_until_exec_of(go, pid);

    let faults_before = faults(pid);
    let mut instructions = 0;
    loop {
        ptrace::step(pid, None).unwrap();
        match waitpid(pid, None).unwrap() {
            WaitStatus::Stopped(_, Signal::SIGTRAP) => instructions += 1,
            status if is_exec(status) => break,
            status => panic!("the shim ended with {status:?} after {instructions} instructions"),
        }
    }
    let reached = executable(pid);
    let faults = faults(pid) - faults_before;
    ptrace::detach(pid, None).unwrap();
    shell.wait().unwrap();
    Cost { faults, instructions, reached }
}

/// A shell with 38 variables that execs the shim once it reads a line, so that there is time to attach to it.
fn shell_that_waits(go: &Path, directory: &Path, user: &Path) -> Child {
    let mut command = Command::new("/bin/sh");
    command.arg("-c").arg("read line; exec \"$0\" version").arg(go).current_dir(directory).env_clear();
    command.env("PWD", directory).env("HOME", user).env("PATH", "/usr/local/bin:/usr/bin:/bin");
    for number in 0..35 {
        command.env(format!("VARIABLE_{number}"), format!("value number {number} of some length"));
    }
    command.stdin(Stdio::piped()).stdout(Stdio::null()).spawn().unwrap()
}

/// Lets the shell run on; its own exec and the stop of the attachment may still be on their way.
fn run_until_exec_of(program: &Path, pid: Pid) {
    loop {
        ptrace::cont(pid, None).unwrap();
        match waitpid(pid, None).unwrap() {
            status if is_exec(status) && executable(pid) == program => return,
            WaitStatus::Stopped(..) | WaitStatus::PtraceEvent(..) => {}
            status => panic!("the shell did not exec the shim: {status:?}"),
        }
    }
}

fn is_exec(status: WaitStatus) -> bool {
    matches!(status, WaitStatus::PtraceEvent(_, _, event) if event == Event::PTRACE_EVENT_EXEC as i32)
}

fn executable(pid: Pid) -> PathBuf {
    fs::read_link(format!("/proc/{pid}/exe")).unwrap()
}

/// Minor page faults so far: the eighth field after the program's name.
fn faults(pid: Pid) -> u64 {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap();
    let (_, fields) = stat.rsplit_once(')').unwrap();
    fields.split_whitespace().nth(7).unwrap().parse().unwrap()
}
