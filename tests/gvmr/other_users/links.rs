//! Links that a repository, or another user, puts in a pin's place.

use super::{ALICE, BOB, Machine, ROOT};
use std::fs;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};

const KEYS: &str = "ssh-ed25519 AAAAsecretkey alice\n";
const NETRC: &str = "machine git.corp login u password hunter2canary\n";

#[test]
fn use_never_writes_through_a_link_that_leads_out_of_the_project() {
    let Some(machine) = Machine::of(ALICE) else { return };
    machine.directory(ALICE, "user/.ssh", 0o700);
    machine.directory(ALICE, "user/p", 0o755);
    machine.directory(ALICE, "user/p/.git", 0o755);
    machine.directory(ALICE, "user/p/sub", 0o755);
    let keys = machine.file(ALICE, "user/.ssh/authorized_keys", KEYS);
    machine.link(ALICE, "user/p/chained", &keys);
    for target in ["../../.ssh/authorized_keys", keys.to_str().unwrap(), "../chained", "../../.ssh/new"] {
        let link = machine.link(ALICE, "user/p/sub/.go-version", target);
        let last = if target.ends_with("new") { ".ssh/new" } else { ".ssh/authorized_keys" };
        machine.gvmr("user/p/sub", &["use", "1.98"]).exits(7, &[last, "outside the project", "next: "]);
        assert_eq!(machine.text("user/.ssh/authorized_keys"), KEYS, "{target}");
        assert!(!machine.path("user/.ssh/new").exists() && link.is_symlink());
        assert!(!machine.world.home().join("projects").exists());
        fs::remove_file(link).unwrap();
    }
    // Inside the project a committed link goes on working.
    machine.file(ALICE, "user/p/.go-version", "1.97.2\n");
    machine.link(ALICE, "user/p/sub/.go-version", "../.go-version");
    machine.gvmr("user/p/sub", &["use", "1.98.1"]).succeeds();
    assert_eq!(machine.text("user/p/.go-version"), "1.98.1\n");
    assert!(machine.path("user/p/sub/.go-version").is_symlink());
    assert_eq!(machine.version("user/p/sub"), "go1.98.1");
}

#[test]
fn root_writes_through_no_link_to_a_file_of_its_own() {
    let Some(machine) = Machine::of(ROOT) else { return };
    let shadow = machine.file(ROOT, "shadow", "root:x\n");
    machine.directory(BOB, "bob/p", 0o755);
    machine.link(BOB, "bob/p/.go-version", &shadow);
    machine.gvmr("bob/p", &["use", "1.98"]).exits(7, &["shadow", "outside the project"]);
    assert_eq!(machine.text("shadow"), "root:x\n");
    // What root writes in another user's directory is that user's.
    fs::remove_file(machine.path("bob/p/.go-version")).unwrap();
    machine.gvmr("bob/p", &["use", "1.98"]).succeeds();
    let pin = fs::metadata(machine.path("bob/p/.go-version")).unwrap();
    assert_eq!((pin.uid(), pin.gid()), (BOB, BOB));
    // A container's root, in a checkout of another user's with a link that the repository has.
    machine.directory(BOB, "bob/p/.git", 0o755);
    machine.directory(BOB, "bob/p/sub", 0o755);
    machine.link(BOB, "bob/p/sub/.go-version", "../.go-version");
    machine.gvmr("bob/p/sub", &["use", "1.97.2"]).succeeds();
    assert_eq!(machine.text("bob/p/.go-version"), "1.97.2\n");
    assert_eq!(fs::metadata(machine.path("bob/p/.go-version")).unwrap().uid(), BOB);
}

#[test]
fn a_link_that_a_third_user_made_is_named_and_not_followed() {
    let Some(machine) = Machine::of(ALICE) else { return };
    machine.directory(ALICE, "user/p/.git", 0o755);
    machine.file(ALICE, "user/p/other", "1.97.2\n");
    machine.link(BOB, "user/p/.go-version", "other");
    machine.gvmr("user/p", &["use", "1.98"]).exits(7, &["link of user 4002 to other", "nothing was written"]);
    assert_eq!(machine.text("user/p/other"), "1.97.2\n");
}

#[test]
fn a_directory_of_another_user_is_fine_unless_everyone_can_write_to_it() {
    let Some(machine) = Machine::of(ALICE) else { return };
    let shared = machine.directory(BOB, "shared", 0o770);
    std::os::unix::fs::chown(&shared, Some(BOB), Some(ALICE)).unwrap();
    machine.file(BOB, "shared/.go-version", "1.97.2\n");
    machine.gvmr("shared", &["use", "1.98.1"]).succeeds();
    assert_eq!(machine.text("shared/.go-version"), "1.98.1\n");
    for mode in [0o777, 0o1777] {
        fs::set_permissions(&shared, fs::Permissions::from_mode(mode)).unwrap();
        machine.gvmr("shared", &["use", "1.97.2"]).exits(7, &["user 4002", "everyone can write"]);
        assert_eq!(machine.text("shared/.go-version"), "1.98.1\n");
    }
    machine.directory(ALICE, "user/open", 0o777);
    machine.gvmr("user/open", &["use", "1.97.2"]).succeeds();
    // What another user put there counts for nothing; what replaces it must.
    let pin = machine.file(BOB, "user/open/.go-version", "1.98.1\n");
    machine.gvmr("user/open", &["use", "1.97.2"]).succeeds();
    assert_eq!(
        (machine.text("user/open/.go-version").as_str(), fs::metadata(pin).unwrap().uid()),
        ("1.97.2\n", ALICE)
    );
}

#[test]
fn no_message_repeats_what_a_pin_outside_the_project_holds() {
    let Some(machine) = Machine::of(ALICE) else { return };
    let netrc = machine.file(ALICE, "user/.netrc", NETRC);
    let malformed = machine.file(ALICE, "user/module", "module m\ngo hunter2canary\n");
    let toolchain = machine.file(ALICE, "user/toolchain", "toolchain hunter2canary\n");
    let asdf = machine.file(ALICE, "user/asdf", "golang hunter2canary\n");
    let mise = machine.file(ALICE, "user/mise", "[tools]\ngo = \"hunter2canary\"\n");
    let rules = machine.file(ALICE, "user/rules", "hunter2canary = 1\n[env]\nGOPROXY = hunter2canary\n");
    for (number, (name, target, code)) in [
        (".go-version", &netrc, 127),
        (".tool-versions", &asdf, 127),
        ("mise.toml", &mise, 127),
        (".config/mise.toml", &mise, 127),
        ("go.mod", &toolchain, 127),
        ("go.mod", &malformed, 0),
        ("go.work", &toolchain, 127),
        ("gvmr.toml", &rules, 0),
    ]
    .into_iter()
    .enumerate()
    {
        let project = format!("user/p{number}");
        machine.directory(ALICE, &format!("{project}/.git"), 0o755);
        machine.directory(ALICE, &format!("{project}/.config"), 0o755);
        machine.link(ALICE, &format!("{project}/{name}"), target);
        let run = machine.go(&project, &["version"]);
        assert_eq!(run.code, Some(code), "{name}: {run:#?}");
        let mut said = vec![run];
        for words in [
            &["current"][..],
            &["current", "--why"],
            &["current", "--json"],
            &["install"],
            &["use"],
            &["env", "--why"],
            &["env", "--json"],
            &["which"],
            &["list"],
            &["exec", "1.98", "--", "go", "version"],
            &["trust", "."],
            &["use", "1.98"],
            &["prune", "--dry-run"],
        ] {
            said.push(machine.gvmr(&project, words));
        }
        for run in said {
            assert!(!format!("{run:?}").contains("canary"), "{name}: {run:#?}");
        }
    }
    assert_eq!(machine.text("user/.netrc"), NETRC);
    // Inside a project the word is shown, so that it can be found and corrected.
    machine.directory(ALICE, "user/own", 0o755);
    machine.file(ALICE, "user/own/.go-version", "banana\n");
    machine.go("user/own", &["version"]).exits(127, &["banana"]);
}

#[test]
fn a_pin_outside_the_project_that_names_a_version_counts() {
    let Some(machine) = Machine::of(ALICE) else { return };
    machine.directory(ALICE, "user/p/.git", 0o755);
    machine.file(ALICE, "user/of-the-team", "1.97.2\n");
    machine.link(ALICE, "user/p/.go-version", "../of-the-team");
    assert_eq!(machine.version("user/p"), "go1.97.2");
}
