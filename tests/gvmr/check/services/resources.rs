//! Disks and memory that fill up, on both sides of their marks.

use crate::check::outcome;
use crate::support::namespaces;
use crate::support::world::{World, gvmr};
use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

/// Set for the test that runs in its own namespaces.
const FULL_DISK: &str = "GVMR_TEST_FULL_DISK";
const MIB: usize = 1 << 20;

#[test]
fn a_disk_fills_up() {
    if !namespaces::are_there() {
        return;
    }
    let run = namespaces::run("check::services::resources::full_disk", |command| {
        command.env(FULL_DISK, "1");
    });
    if let Err(said) = run {
        panic!("{said}");
    }
}

#[test]
fn full_disk() {
    if std::env::var_os(FULL_DISK).is_none() {
        return;
    }
    let world = World::new("off");
    let disk = world.path("disk");
    fs::create_dir(&disk).unwrap();
    let options = "size=20m,nr_inodes=100";
    let mut mount = Command::new("mount");
    assert!(mount.args(["-t", "tmpfs", "-o", options, "tmpfs"]).arg(&disk).status().unwrap().success());
    let of = |lines: &str| outcome(&world, &format!("disk = \"{}\"\n{lines}", disk.display()));
    let fill = |mebibytes: usize| fs::write(disk.join("data"), vec![1; mebibytes * MIB]).unwrap();
    fill(15);
    assert_eq!(of(""), "pass", "less than 80 % is the default");
    assert_eq!(of("free = \">= 5MiB\""), "pass");
    assert_eq!(of("free = \"> 5MiB\""), "fail: free is 5 MiB, > 5 MiB asked");
    fill(16);
    assert_eq!(of(""), "fail: used is 80 %, < 80 % asked");
    assert_eq!(of("used = \"<= 80%\""), "pass");
    fill(17);
    assert_eq!(of("used = \"<= 80%\""), "fail: used is 85 %, <= 80 % asked");
    // The root and what is in it: many small files fill a disk that has room.
    assert_eq!(of("used = \"< 90%\"\ninodes = \"<= 2%\""), "pass");
    (0..48).for_each(|number| fs::write(disk.join(number.to_string()), "").unwrap());
    assert_eq!(of("used = \"< 90%\"\ninodes = \"<= 50%\""), "pass");
    fs::write(disk.join("one-more"), "").unwrap();
    assert_eq!(of("inodes = \"<= 50%\""), "fail: inodes is 51 %, <= 50 % asked");
}

#[test]
fn the_machines_memory_is_on_both_sides_of_a_mark() {
    let world = World::new("off");
    let table = fs::read_to_string("/proc/meminfo").unwrap();
    let bytes = |name: &str| -> u64 {
        let line = table.lines().find_map(|line| line.strip_prefix(name)).unwrap();
        line.trim().strip_suffix(" kB").unwrap().parse::<u64>().unwrap() * 1024
    };
    let (total, available) = (bytes("MemTotal:"), bytes("MemAvailable:"));
    let of = |lines: &str| outcome(&world, &format!("memory = \"host\"\n{lines}"));
    // Others use it, too, meanwhile: marks at half and at twice of what there is.
    assert_eq!(of(&format!("free = \">= {}B\"", available / 2)), "pass");
    let fails = of(&format!("free = \">= {}B\"", available * 2));
    assert!(fails.starts_with("fail: free is ") && fails.ends_with(" asked"), "{fails}");
    let used = 100 * (total - available) / total;
    assert_eq!(of(&format!("used = \"< {}%\"", 50 + used / 2)), "pass");
    let fails = of(&format!("used = \"< {}.01%\"", used / 2));
    assert!(fails.starts_with("fail: used is ") && fails.ends_with(" asked"), "{fails}");
}

/// A control group below this process's, which goes when it is dropped.
struct Group {
    directory: PathBuf,
    /// The program that uses its memory.
    hog: Option<Child>,
}

impl Group {
    /// With so much memory; `None` where none can be made.
    fn of(bytes: usize) -> Option<Self> {
        let own = fs::read_to_string("/proc/self/cgroup").ok()?;
        let of_memory = |line: &str| line.split_once(":memory:").map(|(_, path)| path.to_owned());
        let one = own
            .lines()
            .find_map(of_memory)
            .map(|path| (format!("/sys/fs/cgroup/memory{path}"), "memory.limit_in_bytes"));
        let two = own.lines().find_map(|line| line.strip_prefix("0::"));
        let (parent, limit) = one.or_else(|| Some((format!("/sys/fs/cgroup{}", two?), "memory.max")))?;
        let directory = Path::new(&parent).join(format!("gvmr-test-{}", std::process::id()));
        fs::create_dir(&directory).ok()?;
        let group = Self { directory, hog: None };
        fs::write(group.directory.join(limit), bytes.to_string()).ok()?;
        Some(group)
    }

    /// A shell's command in the group.
    fn command(&self, command: &str) -> Command {
        let mut shell = Command::new("sh");
        let procs = self.directory.join("cgroup.procs");
        shell.args(["-c", &format!("echo $$ > {} && exec {command}", procs.display())]);
        shell
    }

    /// A program takes so much of its memory, and keeps it.
    fn fill(&mut self, bytes: usize) {
        let takes = format!("import sys; taken = b'x' * {bytes}; print(flush=True); sys.stdin.read()");
        let mut command = self.command(&format!("python3 -c \"{takes}\""));
        let mut hog = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(hog.stdout.take().unwrap()).read_line(&mut line).unwrap();
        assert_eq!(line, "\n", "it has the memory");
        self.hog = Some(hog);
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        if let Some(mut hog) = self.hog.take() {
            let _ = hog.kill();
            let _ = hog.wait();
        }
        let _ = fs::remove_dir(&self.directory);
    }
}

#[test]
fn the_memory_of_a_control_group_fills_up() {
    let Some(mut group) = Group::of(256 * MIB) else {
        return eprintln!("no control group can be made here; that of the machine stands for it");
    };
    let world = World::new("off");
    let check = |group: &Group, used: &str| {
        let text = format!("[a.b]\nmemory = \"cgroup\"\nused = \"{used}\"\n");
        let project = world.project("orders", &[("gvmr-check.toml", &text)]);
        let shell = group.command(&format!("{} check -f gvmr-check.toml --json", gvmr().display()));
        let mut command = world.command(Path::new("sh"), &project);
        let output = command.args(shell.get_args()).output().unwrap();
        let document: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        (output.status.code(), document["probes"][0]["message"].as_str().unwrap().to_owned())
    };
    assert_eq!(check(&group, "< 60%"), (Some(0), String::new()));
    group.fill(160 * MIB);
    let (code, message) = check(&group, "< 60%");
    assert_eq!(code, Some(1));
    assert!(message.starts_with("used is 6") && message.ends_with(" %, < 60 % asked"), "{message}");
    assert_eq!(check(&group, "< 90%").0, Some(0));
}
