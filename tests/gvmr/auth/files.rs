//! The file: what it holds, who may have it, and who writes it at once.

use super::{file, files_with, kept, refused, set, with_input, world};
use crate::support::skip;
use crate::support::world::{Run, World, gvmr, names};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use std::io::{BufRead as _, BufReader, Write as _};
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, chown, symlink};
use std::os::unix::process::ExitStatusExt as _;
use std::process::{Command, Stdio};
use std::time::Duration;

#[test]
fn what_is_set_is_listed_given_replaced_and_removed() {
    let world = world();
    let note = set(&world, &["https://Git.Corp.example/team/", "--user", "joe"], "s3cret\n");
    assert!(
        note.stderr.contains("stored the login joe for git.corp.example/team in ")
            && note.stderr.contains("no keyring"),
        "{note:?}"
    );
    note.succeeds();
    set(&world, &["proxy.corp.example:3128", "--proxy", "--user", "jo e"], "p\u{e9}ss word\r\n").succeeds();
    assert_eq!(
        kept(&world),
        "https\tgit.corp.example/team\tjoe\tfile\ts3cret\nproxy\tproxy.corp.example:3128\tjo e\tfile\tp\u{e9}ss word\n"
    );
    assert_eq!(std::fs::metadata(file(&world)).unwrap().mode() & 0o7777, 0o600);
    let list = world.gvmr(["auth", "list"]).succeeds();
    assert_eq!(list, "https  git.corp.example/team    joe  file\nproxy  proxy.corp.example:3128  jo e  file");
    let json = world.gvmr(["auth", "list", "--json"]).json();
    assert_eq!(json[0]["machine"], "git.corp.example/team");
    assert_eq!((&json[1]["kind"], &json[1]["place"]), (&"proxy".into(), &"file".into()));
    assert_eq!(json[0].as_object().unwrap().len(), 4, "no secret");

    let given = "https://git.corp.example/team\n\nAuthorization: Basic am9lOnMzY3JldA==\n\n";
    let run = world.gvmr(["auth"]);
    assert_eq!((run.stdout.as_str(), run.stderr.as_str()), (given, ""), "proxies are none of go's business");

    set(&world, &["git.corp.example/team", "--user", "ann"], "other").succeeds();
    assert!(kept(&world).contains("\tann\tfile\tother\n") && !kept(&world).contains("s3cret"));
    assert_eq!(kept(&world).lines().count(), 2);
    world.gvmr(["auth", "remove", "git.corp.example/team"]).succeeds();
    let missing = world.gvmr(["auth", "remove", "git.corp.example/team"]);
    missing.exits(2, &["no credentials are stored for git.corp.example/team", "gvmr auth list"]);
    world.gvmr(["auth", "remove", "proxy.corp.example:3128"]).exits(2, &["auth list"]);
    world.gvmr(["auth", "remove", "--proxy", "http://proxy.corp.example:3128"]).succeeds();
    assert_eq!(kept(&world), "");
}

#[test]
fn what_is_no_machine_login_or_secret_is_refused_and_not_repeated() {
    let world = world();
    let canary = "canary-7fd1";
    let refuse = |arguments: &[&str], secret: &[u8], word: &str| {
        let run = set(&world, arguments, secret).exits(2, &[word]);
        assert!(!run.stderr.contains(canary) && !run.stdout.contains(canary), "{run:?}");
        assert_eq!(kept(&world), "", "{arguments:?}");
    };
    refuse(&["http://git.corp", "--user", "joe"], b"x", "https only");
    refuse(&["https://joe:canary-7fd1@git.corp", "--user", "joe"], b"x", "never an argument");
    refuse(&["joe:canary-7fd1@git.corp", "--user", "joe"], b"x", "never an argument");
    refuse(&["http://joe:canary-7fd1@p:3128", "--proxy", "--user", "joe"], b"x", "never an argument");
    for machine in [
        "a b",
        "a\tb",
        "a\nhttps\tb",
        "",
        "a?b",
        "a/../b",
        "ssh://a",
        "a%00",
        "../x",
        "*",
        "*.corp",
        "git.corp.",
        "a..b",
    ] {
        refuse(&[machine, "--user", "joe"], b"x", "gvmr auth set");
        refuse(&["--proxy", machine, "--user", "joe"], b"x", "gvmr auth set");
    }
    refuse(&["--user", "joe", "--", "-x"], b"x", "not a host");
    refuse(&["-x", "--user", "joe"], b"x", "-x");
    let long = "canary-7fd1".repeat(94);
    refuse(&["git.corp", "--user", &long], b"x", "longer than 1024 bytes");
    for login in ["", "a:b", "a\tb", "a\nproxy\tx:1\ty\tfile\tz", "a\x1b[2J"] {
        refuse(&["git.corp", "--user", login], b"x", "user's name");
    }
    for secret in [
        &b"canary-7fd1\ntwo"[..],
        b"canary-7fd1\0",
        b"canary-7fd1\tx",
        b"canary-7fd1\x1b",
        b"canary-7fd1\xff",
    ] {
        refuse(&["git.corp", "--user", "joe"], secret, "one line");
    }
    for secret in [&b""[..], b"\n", b"\r\n"] {
        refuse(&["git.corp", "--user", "joe"], secret, "the secret is empty");
    }
    for length in [16 * 1024 + 1, 70_000] {
        refuse(&["git.corp", "--user", "joe"], &vec![b'x'; length], "longer than 16 KiB");
    }
    for login in ["a@b", "a%20b", "\u{fc}ser", "a b", "'\"$(x)"] {
        set(&world, &["git.corp", "--user", login], "%@'\" \u{fc}").succeeds();
        let json = world.gvmr(["auth", "list", "--json"]).json();
        assert_eq!(json[0]["login"], login);
    }
}

#[test]
fn only_a_file_of_ones_own_that_nobody_else_reads_is_used() {
    let world = world();
    set(&world, &["git.corp", "--user", "joe"], "s3cret").succeeds();
    let (path, text) = (file(&world), kept(&world));
    let refuse = |word: &str| {
        for arguments in [&["auth", "list"][..], &["auth"], &["auth", "remove", "git.corp"]] {
            let run = world.gvmr(arguments).exits(8, &[word, "credentials"]);
            assert!(!run.stdout.contains("joe") && !run.stdout.contains("Basic"), "{run:?}");
        }
        set(&world, &["other.corp", "--user", "joe"], "x").exits(8, &[word]);
    };
    for mode in [0o640, 0o604, 0o644, 0o660, 0o666] {
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).unwrap();
        refuse("chmod 600");
    }
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
    let elsewhere = world.path("elsewhere");
    std::fs::rename(&path, &elsewhere).unwrap();
    symlink(&elsewhere, &path).unwrap();
    refuse("symbolic link");
    std::fs::remove_file(&path).unwrap();
    std::fs::create_dir(&path).unwrap();
    refuse("regular file");
    std::fs::remove_dir(&path).unwrap();
    Command::new("mkfifo").args(["-m", "600"]).arg(&path).status().unwrap();
    refuse("regular file");
    std::fs::remove_file(&path).unwrap();
    std::fs::write(&path, [text.as_bytes(), b"https\tx\ty\tfile\t\xff\n"].concat()).unwrap();
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
    refuse("not UTF-8 text");
    std::fs::write(&path, vec![b'x'; 600 * 1024]).unwrap();
    refuse("larger");
    std::fs::remove_file(&path).unwrap();
    let lock = world.home().join("credentials.lock");
    std::fs::remove_file(&lock).unwrap();
    symlink("/etc/passwd", &lock).unwrap();
    set(&world, &["other.corp", "--user", "joe"], "x").exits(8, &["symbolic link"]);
    std::fs::remove_file(&lock).unwrap();
    std::fs::write(&path, &text).unwrap();
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
    for mode in [0o777, 0o1777, 0o702] {
        std::fs::set_permissions(world.home(), std::fs::Permissions::from_mode(mode)).unwrap();
        refuse("by everyone");
    }
    assert_eq!(kept(&world), text);
}

#[test]
fn a_file_with_more_names_is_read_and_never_changed() {
    let world = world();
    set(&world, &["git.corp", "--user", "joe"], "s3cret").succeeds();
    let (path, text) = (file(&world), kept(&world));
    let backup = world.path("backup");
    Run::of(Command::new("cp").arg("-al").args([&world.home(), &backup])).succeeds();
    assert!(world.gvmr(["auth", "list"]).succeeds().contains("git.corp"));
    assert!(world.gvmr(["auth"]).succeeds().contains("Basic"));
    let reason = format!("{} has 2 hard links", path.display());
    let next = format!("cp -p {0} {0}.new && mv {0}.new {0}", path.display());
    set(&world, &["other.corp", "--user", "joe"], "x").exits(8, &[&reason, &next]);
    world.gvmr(["auth", "remove", "git.corp"]).exits(8, &[&reason, &next]);
    assert_eq!(kept(&world), text);
    assert_eq!(std::fs::read_to_string(backup.join("credentials")).unwrap(), text);
    // The next step is one.
    Run::of(Command::new("sh").args(["-c", &next])).succeeds();
    set(&world, &["other.corp", "--user", "joe"], "x").succeeds();
    assert_eq!(kept(&world), format!("{text}https\tother.corp\tjoe\tfile\tx\n"));
    assert_eq!(std::fs::read_to_string(backup.join("credentials")).unwrap(), text);
}

#[test]
fn where_nothing_can_be_written_the_next_step_is_another_directory() {
    let refuse = |world: &World, reason: &str| {
        let mut command = Command::new("setpriv");
        command.args(["--reuid=65534", "--regid=65534", "--clear-groups"]).arg(world.path("gvmr"));
        command.args(["auth", "set", "git.corp", "--user", "joe"]).current_dir("/").env_clear();
        command.envs([("HOME", world.path("user")), ("PATH", "/usr/bin:/bin".into())]);
        let run = with_input(&mut command, b"s3cret").exits(8, &[reason, "HOME or GVMR_HOME"]);
        assert!(!run.stderr.contains("remove it"), "{run:?}");
    };
    if !nix::unistd::geteuid().is_root() {
        return skip("only root can be another user");
    }
    let world = world();
    for directory in [world.path(""), world.path("user")] {
        std::fs::set_permissions(directory, std::fs::Permissions::from_mode(0o755)).unwrap();
    }
    Run::of(Command::new("install").args(["-m", "755"]).args([gvmr(), &world.path("gvmr")])).succeeds();
    refuse(&world, "Permission denied");
    std::fs::create_dir_all(world.home()).unwrap();
    refuse(&world, "belongs to user 0");
    chown(world.home(), Some(65534), None).unwrap();
    std::fs::set_permissions(world.home(), std::fs::Permissions::from_mode(0o500)).unwrap();
    refuse(&world, "Permission denied");
}

#[test]
fn another_users_file_and_directory_are_not_used() {
    if !nix::unistd::geteuid().is_root() {
        return skip("only root can give files away");
    }
    let world = world();
    set(&world, &["git.corp", "--user", "joe"], "s3cret").succeeds();
    chown(file(&world), Some(65534), None).unwrap();
    world.gvmr(["auth", "list"]).exits(8, &["belongs to user 65534"]);
    let why = world.gvmr(["env", "--why"]);
    let notice = format!("ignoring stored credentials: {} belongs to user 65534", file(&world).display());
    assert!(why.stderr.contains(&notice) && why.stderr.contains("make it yours with chown"), "{why:?}");
    chown(file(&world), Some(0), None).unwrap();
    chown(world.home(), Some(65534), None).unwrap();
    set(&world, &["git.corp", "--user", "joe"], "other").exits(8, &["belongs to user 65534"]);
    assert!(kept(&world).contains("s3cret"));
    // Root makes no home in another user's either.
    let mut other = World::new("off");
    chown(other.path("user"), Some(65534), None).unwrap();
    other.set("GVMR_HOME", &other.path("user/new/home").display().to_string());
    set(&other, &["git.corp", "--user", "joe"], "x").exits(8, &["you are root"]);
    assert_eq!(names(&other.path("user")), [""; 0]);
}

#[test]
fn twenty_at_once_lose_nothing() {
    let world = world();
    let children: Vec<_> = (0..20)
        .map(|number| {
            let mut command = world.command(gvmr(), &world.path("user"));
            command.args(["auth", "set", &format!("host{number}.corp"), "--user", &format!("user{number}")]);
            let mut child = command.stdin(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
            child.stdin.take().unwrap().write_all(format!("secret{number}").as_bytes()).unwrap();
            child
        })
        .collect();
    for mut child in children {
        assert!(child.wait().unwrap().success());
    }
    let mut lines: Vec<String> = kept(&world).lines().map(str::to_owned).collect();
    let mut expected: Vec<String> = (0..20)
        .map(|number| format!("https\thost{number}.corp\tuser{number}\tfile\tsecret{number}"))
        .collect();
    lines.sort();
    expected.sort();
    assert_eq!(lines, expected);
}

#[test]
fn kills_leave_the_old_or_the_new_and_soon_no_secret_beside_it() {
    let world = world();
    set(&world, &["first.corp", "--user", "joe"], "first").succeeds();
    let mut random = 0x9e37_79b9_u32;
    let mut ends = [0_u32; 2];
    for round in 0..100 {
        random ^= random << 13;
        random ^= random >> 17;
        random ^= random << 5;
        let mut command = world.command(gvmr(), &world.path("user"));
        command
            .args(["auth", "set", "second.corp", "--user", "joe"])
            .stdin(Stdio::piped())
            .stderr(Stdio::null());
        let mut child = command.spawn().unwrap();
        let _ = child.stdin.take().unwrap().write_all(format!("canary{round}").as_bytes());
        std::thread::sleep(Duration::from_micros(u64::from(random % 20_000)));
        child.kill().unwrap();
        child.wait().unwrap();
        let text = kept(&world);
        let mut lines = text.lines();
        assert_eq!(lines.next(), Some("https\tfirst.corp\tjoe\tfile\tfirst"), "round {round}");
        for line in lines {
            assert!(line.starts_with("https\tsecond.corp\tjoe\tfile\tcanary"), "round {round}: {text}");
        }
        let is_new = text.ends_with(&format!("canary{round}\n"));
        ends[usize::from(is_new)] += 1;
    }
    eprintln!("{ends:?} kills left the old and the new");
    set(&world, &["second.corp", "--user", "joe"], "last").succeeds();
    assert_eq!(files_with(&world.path(""), &["canary".to_owned()]), Vec::<std::path::PathBuf>::new());
    assert!(kept(&world).ends_with("\tlast\n"));
}

#[test]
fn lines_of_a_later_gvmr_stay() {
    let world = world();
    set(&world, &["a.corp", "--user", "joe"], "x").succeeds();
    let text = format!("token\ta\tb\tvault\n{}", kept(&world));
    std::fs::write(file(&world), &text).unwrap();
    set(&world, &["b.corp", "--user", "joe"], "y").succeeds();
    assert_eq!(kept(&world), format!("{text}https\tb.corp\tjoe\tfile\ty\n"));
    assert_eq!(world.gvmr(["auth", "list", "--json"]).json().as_array().unwrap().len(), 2);
}

#[test]
fn a_refusal_is_said_once_and_absence_never() {
    let world = world();
    set(&world, &["git.corp/team", "--user", "joe"], "s3cret").succeeds();
    // This process is the caller, and its stderr is where the word goes; what a capture cannot hold falls back.
    let asked = |url: &str, status: &str| refused(&world, url, status).succeeds();
    let basic = "Authorization: Basic am9lOnMzY3JldA==";
    assert!(asked("https://git.corp/team/x/@v/list", "401 Unauthorized").contains(basic));
    assert!(asked("https://git.corp/team/x/@v/list", "404 Not Found").contains(basic));
    assert_eq!(asked("https://git.corp/teammate", "401 Unauthorized"), "");
    assert_eq!(asked("http://git.corp/team", "401 Unauthorized"), "");
    assert_eq!(asked("https://git.corp:8443/team", "401 Unauthorized"), "");
    let marks = names(&world.home().join("notices"));
    assert_eq!(marks.len(), 1, "one word for one machine and one caller: {marks:?}");
}

/// Another process's hold of the lock.
fn held(world: &World) -> std::fs::File {
    let lock = std::fs::File::options().write(true).open(world.home().join("credentials.lock")).unwrap();
    lock.lock().unwrap(); // a process that another test starts may have a copy for a moment
    lock
}

#[test]
fn who_waits_for_another_writer_is_told_so_and_not_for_ever() {
    let mut world = world();
    set(&world, &["git.corp", "--user", "joe"], "first").succeeds();
    let lock = held(&world);
    world.set("GVMR_LOCK_TIMEOUT", "1s");
    let holder = format!("process {} holds the credentials", std::process::id());
    let words = ["waiting: ", "busy: ", &holder, "no progress for", "lock-timeout"];
    set(&world, &["git.corp", "--user", "joe"], "second").exits(9, &words);
    world.gvmr(["auth", "remove", "git.corp"]).exits(9, &words);
    drop(lock);
    assert!(kept(&world).contains("first"));
    set(&world, &["git.corp", "--user", "joe"], "second").succeeds();
}

#[test]
fn a_cancelled_command_stores_and_removes_nothing() {
    let world = world();
    set(&world, &["git.corp", "--user", "joe"], "first").succeeds();
    let before = kept(&world);
    for words in [&["set", "other.corp", "--user", "joe"][..], &["remove", "git.corp"]] {
        for signal in [Signal::SIGINT, Signal::SIGTERM, Signal::SIGHUP] {
            let lock = held(&world);
            let mut command = world.command(std::path::Path::new("env"), &world.path("user"));
            command.arg("--default-signal=INT,HUP,TERM").arg(gvmr()).arg("auth").args(words);
            let mut child = command.stdin(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
            child.stdin.take().unwrap().write_all(b"second").unwrap();
            let mut line = String::new();
            BufReader::new(child.stderr.as_mut().unwrap()).read_line(&mut line).unwrap();
            assert!(line.contains("waiting: process "), "{words:?}: {line}");
            kill(Pid::from_raw(child.id().cast_signed()), signal).unwrap();
            assert_eq!(child.wait().unwrap().signal(), Some(signal as i32), "{words:?}");
            drop(lock);
            assert_eq!(kept(&world), before, "{words:?}");
        }
    }
}
