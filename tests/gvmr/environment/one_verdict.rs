//! What is wrong with the user's own rules stops `go` and every command alike, in the same words; nothing is dropped in
//! silence, and nothing is waited for.

use super::env_why::fixture::Fixture;
use crate::support::skip;
use crate::support::world::{Run, gvmr};
use std::fs;
use std::os::unix::fs::{PermissionsExt as _, chown, symlink};
use std::path::Path;
use std::process::Command;

const COMMANDS: [&[&str]; 9] = [
    &["list"],
    &["env"],
    &["env", "--why", "GOPATH"],
    &["which"],
    &["current"],
    &["use"],
    &["trust", "--list"],
    &["auth", "list"],
    &["where", "1.99.1"],
];

/// `go` and all commands, each within 20 seconds.
fn everyone(fixture: &Fixture, variables: &[(&str, &str)]) -> Vec<(String, Run)> {
    let shim = fixture.world.home().join("shims/go");
    let mut all: Vec<(&Path, &[&str])> = vec![(&shim, &["version"])];
    all.extend(COMMANDS.map(|arguments| (gvmr(), arguments)));
    let run = |(program, arguments): (&Path, &[&str])| {
        let plain = fixture.world.command(program, &fixture.here());
        let mut command = Command::new("timeout");
        command.args(["--kill-after=1", "20"]).arg(program).args(arguments).env_clear();
        command.envs(plain.get_envs().filter_map(|(name, value)| Some((name, value?))));
        command.envs(variables.iter().map(|(name, value)| (name, fixture.text(value))));
        command.current_dir(fixture.here()).stdin(std::process::Stdio::null());
        (format!("{} {arguments:?}", program.display()), Run::of(&mut command))
    };
    all.into_iter().map(run).collect()
}

/// Asserts that all fail in these words: the shim with 127, the commands with 2.
#[track_caller]
fn all_refuse(fixture: &Fixture, variables: &[(&str, &str)], words: &str) {
    let words = fixture.text(words);
    for (number, (name, run)) in everyone(fixture, variables).into_iter().enumerate() {
        let code = if number == 0 { 127 } else { 2 };
        assert!(run.code == Some(code) && run.stderr.contains(&words), "{name} lacks {words:?}: {run:#?}");
        assert_eq!(run.stdout, "", "{name}");
    }
}

/// Asserts that none fails; gives what each said.
#[track_caller]
fn all_work(fixture: &Fixture, variables: &[(&str, &str)]) -> Vec<String> {
    let all = everyone(fixture, variables).into_iter();
    all.map(|(name, run)| {
        assert_eq!(run.code, Some(0), "{name}: {run:#?}");
        run.stderr
    })
    .collect()
}

#[test]
fn a_mistake_in_the_users_rules_stops_go_and_every_command() {
    let fixture = Fixture::new();
    for (config, words) in [
        ("[[directoy]]\npath = \"/x\"\nenv.GOPATH = \"/y\"\n", "line 1, column 3: unknown field `directoy`"),
        ("[env]\nGOPATH = \"/x\"\n[unknown]\n", "line 3, column 2: unknown field `unknown`"),
        ("auto_install = \"never\"\n", "line 1, column 1: unknown field `auto_install`"),
        ("[env]\nGOPTAH = \"/x\"\n", "config.toml:2:1: \"GOPTAH\""),
        ("[[directory]]\npth = \"/x\"\n", "config.toml:2:1"),
        ("index = 3\n", "line 1, column 9: index"),
        ("index = \"no address\"\n", "no address"),
        ("auto-install = \"perhaps\"\n", "line 1, column 16: auto-install"),
        ("no toml", "config.toml"),
    ] {
        fixture.config(config);
        all_refuse(&fixture, &[], words);
    }
    // What a variable overrides is a mistake all the same.
    fixture.config("index = \"no address\"\n");
    all_refuse(&fixture, &[("GVMR_INDEX", "off")], "no address");
    fixture.config("index = \"off\"\n");
    all_work(&fixture, &[]);
}

#[test]
fn what_a_former_build_compiled_of_a_file_with_mistakes_is_not_believed() {
    let fixture = Fixture::new();
    fixture.config("[env]\nGOFLAGS = \"-x\"\n");
    all_work(&fixture, &[]);
    let record = fixture.world.home().join("rules");
    let compiled = fs::read_to_string(&record).unwrap();
    let misspelled = "[[directoy]]\nGOFLAGS = \"-x\"\n";
    // As a build would have written it that skipped what it does not know.
    let skipped = compiled.replace("[env]\nGOFLAGS = \"-x\"\n", misspelled);
    assert_ne!(skipped, compiled);
    fs::write(&record, skipped).unwrap();
    fixture.config(misspelled);
    fixture.world.gvmr(["list"]).exits(2, &["directoy"]);
    all_refuse(&fixture, &[], "directoy");
}

#[test]
fn a_config_file_that_is_named_must_be_there() {
    let fixture = Fixture::new();
    for missing in ["§/missing.toml", "§/no/such/directory/c.toml", "§/prints/c.toml"] {
        let words = format!("cannot read {missing}: No such file");
        all_refuse(&fixture, &[("GVMR_CONFIG", missing)], &words);
    }
    all_refuse(&fixture, &[("GVMR_CONFIG", "relative.toml")], "GVMR_CONFIG must be an absolute path");
    symlink("/no/such/file", fixture.world.path("dangling")).unwrap();
    all_refuse(&fixture, &[("GVMR_CONFIG", "§/dangling")], "cannot read §/dangling");
    // The usual one need not, but a link there is meant to lead somewhere.
    all_work(&fixture, &[]);
    fixture.config("");
    fs::remove_file(fixture.world.path("user/.config/gvmr/config.toml")).unwrap();
    symlink("/no/such/file", fixture.world.path("user/.config/gvmr/config.toml")).unwrap();
    all_refuse(&fixture, &[], "symbolic link to a file that does not exist");
}

#[test]
fn a_config_file_without_end_and_one_that_blocks_are_refused_at_once() {
    let fixture = Fixture::new();
    let fifo = fixture.world.path("fifo");
    Run::of(Command::new("mkfifo").arg(&fifo)).succeeds();
    symlink("/proc/kmsg", fixture.world.path("kmsg")).unwrap();
    let zero = ("/dev/zero", "it is a device");
    let fifo = ("§/fifo", "it is a FIFO");
    let directory = ("§/p", "it is a directory");
    // As any user's: that of the kernel's messages is root's to read.
    let pages = ("/proc/self/pagemap", "cannot read /proc/self/pagemap");
    for (file, words) in [zero, fifo, directory, pages, ("/dev/null", "it is a device")] {
        all_refuse(&fixture, &[("GVMR_CONFIG", file)], words);
    }
    for file in ["/proc/kmsg", "§/kmsg"] {
        all_refuse(&fixture, &[("GVMR_CONFIG", file)], &format!("cannot read {file}"));
    }
}

#[test]
fn a_foreign_config_file_is_ignored_by_all_and_each_says_so() {
    if !nix::unistd::geteuid().is_root() {
        return skip("only root can give files away");
    }
    let fixture = Fixture::new();
    fixture.config("[[directoy]]\n");
    let config = fixture.world.path("user/.config/gvmr/config.toml");
    chown(&config, Some(65534), None).unwrap();
    let words =
        format!("ignoring {}, which belongs to user 65534; make it yours with chown", config.display());
    for said in all_work(&fixture, &[]) {
        assert!(said.contains(&words), "{said}");
    }
}

#[test]
fn other_files_that_never_end_are_not_waited_for_either() {
    let fixture = Fixture::new();
    for variable in ["GOENV", "NETRC", "SSL_CERT_FILE", "GOWORK"] {
        for file in ["/proc/kmsg", "/dev/zero", "/proc/self/pagemap"] {
            for (name, run) in everyone(&fixture, &[(variable, file)]) {
                assert!(!matches!(run.code, Some(124 | 137)), "{variable}={file} {name}: {run:?}");
            }
        }
    }
    let mut world = crate::support::world::World::new("off");
    world.set("GVMR_SOURCES", "archive");
    for file in ["/proc/kmsg", "/dev/zero", "/proc/self/pagemap"] {
        for variable in ["GVMR_INDEX", "SSL_CERT_FILE", "NETRC"] {
            world.set("GVMR_INDEX", "off").set("SSL_CERT_FILE", "/dev/null").set("NETRC", "/dev/null");
            world.set(variable, file);
            let plain = world.command(gvmr(), Path::new("/"));
            let mut command = Command::new("timeout");
            command.args(["--kill-after=1", "20"]).arg(gvmr()).args(["ls-remote"]).env_clear();
            command.envs(plain.get_envs().filter_map(|(name, value)| Some((name, value?))));
            let run = Run::of(&mut command);
            assert!(!matches!(run.code, Some(124 | 137)), "{variable}={file}: {run:?}");
        }
    }
}

#[test]
fn a_file_that_this_user_may_not_reach_counts_for_neither() {
    let fixture = Fixture::new();
    if !nix::unistd::geteuid().is_root() {
        return skip("only root can be another user");
    }
    fixture.config("[[directoy]]\n");
    let closed = fixture.world.path("user/.config");
    fs::set_permissions(&closed, fs::Permissions::from_mode(0o700)).unwrap();
    let open = [fixture.world.path(""), fixture.world.path("user"), fixture.world.home()];
    for directory in open {
        fs::set_permissions(directory, fs::Permissions::from_mode(0o755)).unwrap();
    }
    let program = fixture.world.path("gvmr");
    Run::of(Command::new("install").args(["-m", "755"]).args([gvmr(), &program])).succeeds();
    let shim = fixture.world.home().join("shims/go");
    for (program, arguments) in
        [(&shim, &["version"][..]), (&program, &["which", "go"]), (&program, &["list"])]
    {
        let mut command = Command::new("setpriv");
        command.args(["--reuid=65534", "--regid=65534", "--clear-groups"]).arg(program).args(arguments);
        command
            .env_clear()
            .env("HOME", fixture.world.path("user"))
            .env("PATH", "/usr/bin:/bin")
            .current_dir("/");
        let run = Run::of(&mut command);
        assert_eq!(run.code, Some(0), "{program:?} {arguments:?}: {run:?}");
    }
}
