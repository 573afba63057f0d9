//! The `PATH` of sudo's commands, as sudo itself gives it: what the drop-in says, and where there is none.

use super::sandbox::Machine;
use std::fs;

const DROP_IN: &str = "etc/sudoers.d/zz-gvmr";
const DEBIAN: &str = "Defaults\tenv_reset\nDefaults\tsecure_path=\"/usr/local/bin:/usr/bin:/bin\"\n\
                      root ALL=(ALL:ALL) ALL\n@includedir /etc/sudoers.d\n";

/// A machine whose sudoers is this, without drop-ins.
fn machine(sudoers: &str) -> Option<Machine> {
    let machine = Machine::new()?;
    for entry in fs::read_dir(machine.path("etc/sudoers.d")).unwrap() {
        fs::remove_file(entry.unwrap().path()).unwrap();
    }
    machine.write("etc/sudoers", sudoers, 0o440);
    Some(machine)
}

/// What the drop-in would say.
fn planned(machine: &Machine) -> String {
    let shown = machine.setup(&["--dry-run"]).succeeds();
    let line = shown.lines().find_map(|line| line.strip_prefix("+Defaults secure_path="));
    line.unwrap_or_else(|| panic!("{shown}")).trim_matches('"').to_owned()
}

#[test]
fn the_shims_come_before_the_path_that_sudo_gives() {
    let Some(machine) = machine(DEBIAN) else { return };
    let debian = "/opt/gvmr/shims:/usr/local/bin:/usr/bin:/bin";
    assert_eq!(planned(&machine), debian);
    // Files that sudo skips.
    machine.write("etc/sudoers.d/a.conf", "Defaults secure_path=/wrong\n", 0o440);
    machine.write("etc/sudoers.d/a~", "Defaults secure_path=/wrong\n", 0o440);
    assert_eq!(planned(&machine), debian);
    machine.write("etc/sudoers.d/10-path", "Defaults secure_path=\"/a:/opt/gvmr/shims/:/b\"\n", 0o440);
    assert_eq!(planned(&machine), "/opt/gvmr/shims:/a:/b");
    fs::remove_file(machine.path("etc/sudoers.d/10-path")).unwrap();
    // Other spellings, and other files.
    let fedora = "Defaults    secure_path = /sbin:/bin\nroot ALL=(ALL) ALL\n#includedir /etc/sudoers.d\n";
    machine.write("etc/sudoers", fedora, 0o440);
    assert_eq!(planned(&machine), "/opt/gvmr/shims:/sbin:/bin");
    machine.write("etc/sudoers.local", DEBIAN, 0o440);
    machine.write("etc/sudoers", "@include sudoers.local\n", 0o440);
    assert_eq!(planned(&machine), debian);
    // A setting for some users is theirs.
    machine.write("etc/sudoers", &format!("{DEBIAN}Defaults:alice secure_path=/a\n"), 0o440);
    assert_eq!(planned(&machine), debian);
}

#[test]
fn the_drop_in_of_an_older_build_is_renewed_and_undone() {
    let Some(machine) = machine(DEBIAN) else { return };
    let older = "# Written by gvmr setup --system: sudo finds go in the shims of gvmr too.\n\
                 # The other directories are those of secure_path as it was then: run it again when that has changed.\n\
                 Defaults secure_path=\"/opt/gvmr/shims:/older\"\n";
    machine.write(DROP_IN, older, 0o440);
    machine.write(
        "etc/profile.d/zz-gvmr.sh",
        "# Written by gvmr setup --system, which takes it away again with --undo.\n: older\n",
        0o644,
    );
    assert_eq!(planned(&machine), "/opt/gvmr/shims:/usr/local/bin:/usr/bin:/bin");
    machine.setup(&["--yes"]).succeeds();
    let path = machine.run("sudo", &["-n", "/usr/bin/printenv", "PATH"]).succeeds();
    assert_eq!(path, "/opt/gvmr/shims:/usr/local/bin:/usr/bin:/bin");
    assert!(!fs::read_to_string(machine.path("etc/profile.d/zz-gvmr.sh")).unwrap().contains("older"));
    machine.setup(&["--undo", "--yes"]).succeeds();
    machine.write(DROP_IN, older, 0o440);
    machine.setup(&["--undo", "--yes"]).succeeds();
    assert!(!machine.path(DROP_IN).exists());
}

#[test]
fn where_a_drop_in_is_not_needed_the_reason_is_said() {
    let Some(machine) = machine(DEBIAN) else { return };
    let keeps = "sudo keeps the caller's PATH";
    let first = "sudo's secure_path already starts with the shim directory";
    let unfit = "sudo's secure_path has characters";
    let root = "root ALL=(ALL) ALL\n@includedir /etc/sudoers.d\n";
    for (sudoers, reason) in [
        (root.to_owned(), keeps),
        (format!("{DEBIAN}Defaults !secure_path\n"), keeps),
        (format!("{root}Defaults secure_path=/opt/gvmr/shims/:/bin\n"), first),
        (format!("Defaults secure_path=\"/a\\\"b\"\n{root}"), unfit),
    ] {
        machine.write("etc/sudoers", &sudoers, 0o440);
        let run = machine.setup(&["--dry-run"]);
        assert!(run.stderr.contains(reason), "{sudoers}: {run:#?}");
        assert!(!run.succeeds().contains("+++ /etc/sudoers.d/zz-gvmr"), "{sudoers}");
        assert_eq!(machine.setup(&["--dry-run", "--json"]).json()["sudo"]["state"], "left");
    }
}

#[test]
fn a_drop_in_without_effect_is_undone() {
    let Some(machine) = machine(DEBIAN) else { return };
    let reason = "sudoers does not include /etc/sudoers.d, or sets secure_path after it";
    let other_directory = "Defaults secure_path=/usr/bin:/bin\nroot ALL=(ALL) ALL\n";
    let later = format!("{DEBIAN}Defaults secure_path=/usr/bin:/bin\n");
    for sudoers in [other_directory, &later] {
        machine.write("etc/sudoers", sudoers, 0o440);
        let run = machine.setup(&["--yes"]);
        assert!(
            run.stderr.contains(reason) && run.stderr.contains("use `sudo /opt/gvmr/shims/go`"),
            "{run:#?}"
        );
        run.succeeds();
        assert!(!machine.path(DROP_IN).exists(), "{sudoers}");
    }
    machine.write("etc/sudoers", DEBIAN, 0o440);
    machine.write("etc/sudoers.d/zzz", "Defaults secure_path=/usr/bin:/bin\n", 0o440);
    assert_eq!(machine.setup(&["--yes", "--json"]).json()["sudo"]["state"], "left");
    assert!(!machine.path(DROP_IN).exists());
    // What cannot be read is invalid.
    machine.write("etc/sudoers", "@include /etc/sudoers\n", 0o440);
    machine.setup(&["--yes"]).exits(8, &["sudoers is invalid"]);
}
