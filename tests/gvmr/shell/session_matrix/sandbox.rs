//! A machine of this test's own: this one's programs, with files, users, processes and a network that nobody else has.

use super::cell::Cell;
use super::sessions::{KEY, REPORT, REPORTS, Session, root};
use super::snapshot::{Snapshot, is_volatile};
use super::users::{self, User};
use super::{Mode, find, real_go};
use std::fs::{self, Permissions};
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

/// Where gvmr is there: a place that root owns, on nobody's PATH.
const GVMR: &str = "/usr/local/lib/gvmr/gvmr";
/// The Go that others have installed by hand; no session is to find it.
const OTHER_GO: &str = "/usr/local/go/bin";
/// Sessions at once: they wait more than they work.
const AT_ONCE: usize = 6;

/// The machine, with its users.
pub(super) struct Machine {
    users: Vec<User>,
}

impl Machine {
    /// Makes it out of this process's own mounts, network and processes.
    pub(super) fn make() -> Self {
        std::env::set_current_dir("/").unwrap();
        done(&mut root("ip", &["link", "set", "lo", "up"]));
        mount(&["-t", "tmpfs", "-o", "mode=755", "tmpfs", "/run"]);
        let programs = PathBuf::from(std::env::var_os("GVMR_TEST_PROGRAMS").unwrap());
        fs::create_dir("/run/programs").unwrap();
        for program in ["gvmr", "gvmr-shim"] {
            fs::copy(programs.join(program), Path::new("/run/programs").join(program)).unwrap();
        }
        real_go::keep();
        for directory in ["etc", "var", "usr/local"] {
            let [upper, work] = ["upper", "work"].map(|part| format!("/run/{part}/{directory}"));
            fs::create_dir_all(&upper).unwrap();
            fs::create_dir_all(&work).unwrap();
            let options = format!("lowerdir=/{directory},upperdir={upper},workdir={work}");
            mount(&["-t", "overlay", "overlay", "-o", &options, &format!("/{directory}")]);
        }
        for (directory, mode) in [("/home", "755"), ("/root", "700"), ("/opt", "755"), ("/tmp", "1777")] {
            mount(&["-t", "tmpfs", "-o", &format!("mode={mode}"), "tmpfs", directory]);
        }
        install_programs();
        let users = users::make();
        open_for_ssh();
        Self { users }
    }

    /// Sets up, looks at every session, takes it back; gives what is not as it should be.
    pub(super) fn try_out(&self, name: &str, mode: Mode) -> Vec<String> {
        let mut failures = Vec::new();
        self.give_crontabs();
        let before = self.snapshots();
        if matches!(mode, Mode::System | Mode::Both) {
            failures.extend(failed("root's setup", &gvmr_as_root(&["setup", "--system", "--yes"])));
        }
        if matches!(mode, Mode::User | Mode::Both) {
            failures.extend(self.each(|user| gvmr(user, &["setup", "--yes", "--repair", "--cron"])));
        }
        if mode != Mode::Nobody {
            failures.extend(self.examine(mode));
        }
        let started = Instant::now();
        done(&mut root("cron", &[]));
        let cells = Cell::all(&self.users, mode);
        in_parallel(&cells, Cell::start);
        failures.extend(real_go::check(&self.users[0], mode));
        wait_for_cron(&cells, started);
        failures.extend(judge(name, mode, &cells));
        if matches!(mode, Mode::User | Mode::Both) {
            failures.extend(self.each(|user| gvmr(user, &["setup", "--undo", "--yes", "--cron"])));
        }
        if matches!(mode, Mode::System | Mode::Both) {
            failures.extend(failed("root's undo", &gvmr_as_root(&["setup", "--system", "--undo", "--yes"])));
        }
        for ((place, before), (_, after)) in before.iter().zip(self.snapshots()) {
            failures.extend(
                before.differences(&after).into_iter().map(|line| format!("undone, {place}: {line}")),
            );
        }
        failures
    }

    /// Where setup has done all that files can do, the doctor finds nothing; gives where it does.
    fn examine(&self, mode: Mode) -> Vec<String> {
        let words = ["--quiet", "doctor", "--no-network", "--only", "host,rc,path,session,goroot,goenv,gvmr"];
        let found = self.each(|user| gvmr(user, &words));
        let judged = self.users.iter().filter_map(|user| {
            let line = found.iter().find(|line| line.starts_with(&format!("{}: ", user.name)));
            match (line, found_in(user, mode)) {
                (Some(line), Some(id)) if line.contains(&format!(": {id} ")) => None,
                (Some(line), _) => Some(line.clone()),
                (None, Some(id)) => Some(format!("{}: the doctor does not find {id}", user.name)),
                (None, None) => None,
            }
        });
        judged.collect()
    }

    fn give_crontabs(&self) {
        in_parallel(&self.users, |user| {
            let cell = Cell { user, session: Session::Cron };
            let file = format!("/run/crontab.{}", user.name);
            fs::write(&file, format!("# mine\n* * * * * {REPORT} {}\n", cell.name())).unwrap();
            done(&mut root("crontab", &["-u", &user.name, &file]));
            fs::remove_file(file).unwrap();
        });
    }

    /// What a user or root has that setup may touch.
    fn snapshots(&self) -> Vec<(String, Snapshot)> {
        let crontabs = Path::new("/run/crontabs");
        fs::create_dir_all(crontabs).unwrap();
        in_parallel(&self.users, |user| {
            let crontab = root("crontab", &["-u", &user.name, "-l"]).output().unwrap();
            fs::write(crontabs.join(&user.name), crontab.stdout).unwrap();
        });
        let places = [crontabs, Path::new("/etc"), Path::new("/usr/local/bin")];
        let homes = self.users.iter().map(|user| user.home.as_path());
        let snapshot = |place: &Path| (place.display().to_string(), Snapshot::of(place, is_volatile));
        places.into_iter().chain(homes).map(snapshot).collect()
    }

    /// Runs a command of each user's; gives those that failed.
    fn each(&self, command: impl Fn(&User) -> Command + Sync) -> Vec<String> {
        let failures = Mutex::new(Vec::new());
        in_parallel(&self.users, |user| {
            let output = command(user).output().unwrap();
            failures.lock().unwrap().extend(failed(&user.name, &output));
        });
        failures.into_inner().unwrap()
    }
}

/// What the doctor finds in a home all the same.
fn found_in(user: &User, mode: Mode) -> Option<&'static str> {
    match (user.kind.name, user.shell) {
        // It does print a line where there is no terminal.
        ("strict", "bash") => Some("rc.prints"),
        // Root writes no file of theirs: another go stays first, and a file that bash cannot read stays so.
        ("go-first" | "zdotdir", _) | ("read-only", "zsh" | "fish") if mode == Mode::System => {
            Some("path.shim-not-first")
        }
        ("roots", "bash") if mode == Mode::System => Some("rc.unreadable"),
        _ => None,
    }
}

/// gvmr, the other Go, busybox as `ash`, and what the sessions run.
fn install_programs() {
    fs::create_dir_all(Path::new(GVMR).parent().unwrap()).unwrap();
    for program in ["gvmr", "gvmr-shim"] {
        fs::copy(Path::new("/run/programs").join(program), Path::new(GVMR).with_file_name(program)).unwrap();
    }
    fs::create_dir_all("/usr/local/go").unwrap();
    mount(&["-t", "tmpfs", "-o", "mode=755", "tmpfs", "/usr/local/go"]);
    program(&Path::new(OTHER_GO).join("go"), "#!/bin/sh\necho go version go1.2.3 other\n");
    let _ = fs::remove_file("/usr/local/bin/go"); // where this machine has one
    symlink(find("busybox").unwrap(), users::ASH).unwrap();
    let listed = fs::read_to_string("/etc/shells").unwrap();
    fs::write("/etc/shells", format!("{listed}{}\n", users::ASH)).unwrap();
    fs::create_dir(REPORTS).unwrap();
    fs::set_permissions(REPORTS, Permissions::from_mode(0o1777)).unwrap();
    let part = format!("{REPORTS}/$1.part");
    let text = format!(
        "#!/bin/dash\n{{ printf '%s\\n' \"${{PATH-unset}}\"; command -v go || echo none; }} > {part}\n\
         exec /bin/mv {part} {REPORTS}/$1\n"
    );
    program(Path::new(REPORT), &text);
}

fn program(path: &Path, text: &str) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
    fs::set_permissions(path, Permissions::from_mode(0o755)).unwrap();
}

/// sshd as this machine configures it, with one key for every account.
fn open_for_ssh() {
    fs::create_dir("/run/sshd").unwrap();
    for key in [KEY, "/run/host_key"] {
        done(&mut root("ssh-keygen", &["-q", "-t", "ed25519", "-N", "", "-f", key]));
    }
    let public = format!("{KEY}.pub");
    let sshd = find("sshd").unwrap(); // it starts itself again, so by its whole path
    let mut command = root(sshd.to_str().unwrap(), &["-h", "/run/host_key", "-E", "/run/sshd.log"]);
    for option in [
        "ListenAddress=127.0.0.1",
        "StrictModes=no",
        "PermitRootLogin=no",
        "MaxStartups=100",
        &format!("AuthorizedKeysFile={public}"),
    ] {
        command.args(["-o", option]);
    }
    done(&mut command);
}

/// Waits for the first minute that begins after `started`.
fn wait_for_cron(cells: &[Cell<'_>], started: Instant) {
    let jobs = || cells.iter().filter(|cell| cell.session == Session::Cron);
    while !jobs().all(|cell| cell.report().exists()) && started.elapsed() < Duration::from_secs(75) {
        std::thread::sleep(Duration::from_millis(200));
    }
}

/// What is not as expected; says how much is.
fn judge(name: &str, mode: Mode, cells: &[Cell<'_>]) -> Vec<String> {
    let possible = cells.iter().filter(|cell| !cell.is_impossible(mode)).count();
    let (mut good, mut failures) = (0, Vec::new());
    for cell in cells {
        match cell.judge(mode) {
            Ok(has_shim) => good += usize::from(has_shim),
            Err(why) => failures.push(why),
        }
    }
    eprintln!("sessions, {name}: {good} of {possible} cells; {} are out of reach", cells.len() - possible);
    failures
}

fn gvmr(user: &User, words: &[&str]) -> Command {
    let mut command = user.command(GVMR);
    command.args(words);
    command
}

fn gvmr_as_root(words: &[&str]) -> Output {
    root(GVMR, words).stdin(Stdio::null()).output().unwrap()
}

fn failed(who: &str, output: &Output) -> Option<String> {
    let text = [output.stdout.as_slice(), &output.stderr].concat();
    (!output.status.success())
        .then(|| format!("{who}: {}: {}", output.status, String::from_utf8_lossy(&text)))
}

pub(super) fn mount(words: &[&str]) {
    done(&mut root("mount", words));
}

/// Runs a command that works.
#[track_caller]
pub(super) fn done(command: &mut Command) {
    let output = command.stdin(Stdio::null()).stdout(Stdio::null()).output().unwrap();
    assert!(output.status.success(), "{command:?}: {output:?}");
}

fn in_parallel<T: Sync>(items: &[T], work: impl Fn(&T) + Sync) {
    let next = AtomicUsize::new(0);
    std::thread::scope(|scope| {
        for _ in 0..AT_ONCE {
            scope.spawn(|| {
                while let Some(item) = items.get(next.fetch_add(1, Ordering::Relaxed)) {
                    work(item);
                }
            });
        }
    });
}
