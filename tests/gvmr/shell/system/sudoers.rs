//! What sudo's `PATH` is, read as sudo reads it: tables, and sudo's own reader as the oracle.

use crate::support::{skip, world::Run};
use gvmr::shell::{Content, NoDropIn, SecurePath, sudo_drop_in};
use std::ffi::OsStr;
use std::path::Path;
use std::process::Command;
use tempfile::TempDir;

const SHIMS: &str = "/opt/gvmr/shims";

/// A machine with these files.
fn machine(files: &[(&str, &str)]) -> TempDir {
    let root = tempfile::tempdir().unwrap();
    for (path, text) in files {
        let path = root.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    root
}

/// What the drop-in says there, or why there is none.
fn drop_in(files: &[(&str, &str)], built_in: Option<&str>) -> Result<String, NoDropIn> {
    let root = machine(files);
    let planned = sudo_drop_in(root.path(), Path::new(SHIMS), built_in.map(OsStr::new))?;
    assert_eq!(planned.edit.path, root.path().join("etc/sudoers.d/zz-gvmr"));
    let Content::Whole { bytes, mode: 0o440 } = planned.edit.content else { panic!("{planned:?}") };
    let text = String::from_utf8(bytes).unwrap();
    assert!(text.starts_with("# ") && text.contains(Content::MARK));
    Ok(text.lines().find(|line| !line.starts_with('#')).unwrap().to_owned())
}

const DEBIAN: &str = "Defaults\tenv_reset\nDefaults\tsecure_path=\"/usr/local/bin:/usr/bin:/bin\"\n\
                      root ALL=(ALL:ALL) ALL\n@includedir /etc/sudoers.d\n";

#[test]
fn the_shims_come_before_the_value_that_holds() {
    let debian = "Defaults secure_path=\"/opt/gvmr/shims:/usr/local/bin:/usr/bin:/bin\"";
    let fedora = "Defaults    secure_path = /sbin:/bin\nroot ALL=(ALL) ALL\n#includedir /etc/sudoers.d\n";
    let later_name = ("etc/sudoers.d/10-path", "Defaults secure_path=\"/a:/opt/gvmr/shims/:/b\"\n");
    let passed_over = ("etc/sudoers.d/a.conf", "Defaults secure_path=/wrong\n");
    let backup = ("etc/sudoers.d/a~", "Defaults secure_path=/wrong\n");
    let own = ("etc/sudoers.d/zz-gvmr", "Defaults secure_path=\"/opt/gvmr/shims:/old\"\n");
    for (files, expected) in [
        (vec![("etc/sudoers", DEBIAN)], debian),
        (vec![("etc/sudoers", DEBIAN), own], debian),
        (vec![("etc/sudoers", DEBIAN), passed_over, backup], debian),
        (vec![("usr/etc/sudoers", DEBIAN)], debian),
        (vec![("etc/sudoers", fedora)], "Defaults secure_path=\"/opt/gvmr/shims:/sbin:/bin\""),
        (vec![("etc/sudoers", DEBIAN), later_name], "Defaults secure_path=\"/opt/gvmr/shims:/a:/b\""),
        (
            vec![("etc/sudoers", "@include sudoers.local\n"), ("etc/sudoers.local", DEBIAN)],
            "Defaults secure_path=\"/opt/gvmr/shims:/usr/local/bin:/usr/bin:/bin\"",
        ),
    ] {
        assert_eq!(drop_in(&files, None).unwrap(), expected, "{files:?}");
    }
    let none_set = [("etc/sudoers", "root ALL=(ALL) ALL\n@includedir /etc/sudoers.d/\n")];
    assert_eq!(
        drop_in(&none_set, Some("/opt/gvmr/shims:/bin")).unwrap(),
        "Defaults secure_path=\"/opt/gvmr/shims:/bin\""
    );
}

#[test]
fn where_a_drop_in_would_be_of_no_use_the_reason_is_said() {
    let said = |files: &[(&str, &str)]| drop_in(files, None).unwrap_err().to_string();
    let keeps = "sudo keeps the PATH of its caller here";
    assert_eq!(said(&[]), keeps);
    assert_eq!(said(&[("etc/sudoers", "@includedir /etc/sudoers.d\n")]), keeps);
    let off = [("etc/sudoers", "@includedir /etc/sudoers.d\nDefaults !secure_path\n")];
    assert_eq!(said(&off), format!("{keeps} (/etc/sudoers:2)"));
    let first = [("etc/sudoers", "\nDefaults secure_path=/opt/gvmr/shims/:/bin\n")];
    assert_eq!(said(&first), "secure_path has the shims first already (/etc/sudoers:2)");
    let unread = [("etc/sudoers", "Defaults secure_path=/bin\n@includedir /etc/other.d\n")];
    assert!(said(&unread).contains("does not include /etc/sudoers.d"));
    let later = [("etc/sudoers", "@includedir /etc/sudoers.d\n\nDefaults secure_path=/bin\n")];
    assert!(said(&later).contains("(/etc/sudoers:3)"), "{}", said(&later));
    let behind = [("etc/sudoers", DEBIAN), ("etc/sudoers.d/zzz", "Defaults secure_path=/bin\n")];
    assert!(said(&behind).contains("(/etc/sudoers.d/zzz:1)"));
    let quoted = [("etc/sudoers", "Defaults secure_path=\"/a\\\"b\"\n@includedir /etc/sudoers.d\n")];
    assert!(said(&quoted).contains("characters"));
    let loops = [("etc/sudoers", "@include /etc/sudoers\n")];
    assert!(said(&loops).contains("/etc/sudoers is included too deep"));
    let unreadable = [("etc/sudoers", "@include /etc/directory\n"), ("etc/directory/file", "")];
    assert!(said(&unreadable).contains("/etc/directory"));
}

#[test]
fn a_setting_for_some_users_is_named() {
    let text = format!("{DEBIAN}Defaults:ann secure_path=/a\nDefaults!/bin/ls !secure_path\n");
    let root = machine(&[("etc/sudoers", &text)]);
    let planned = sudo_drop_in(root.path(), Path::new(SHIMS), None).unwrap();
    let said: Vec<_> = planned.exceptions.iter().map(ToString::to_string).collect();
    assert_eq!(said, ["/etc/sudoers:5", "/etc/sudoers:6"]);
}

#[test]
fn sudos_own_reader_finds_the_same_value() {
    if Command::new("cvtsudoers").arg("-V").output().is_err() {
        return skip("cvtsudoers is not installed");
    }
    let spellings = [
        "Defaults secure_path=\"/usr/bin:/bin\"",
        "Defaults    secure_path = /sbin:/bin",
        "\tDefaults\tenv_reset,secure_path=/sbin:/x!y # comment",
        "Defaults secure_path=/a\\ b:/c, !lecture",
        "Defaults secure_path=\"/a b:/c,d=e#f\", insults",
        "Defaults secure_path=\"a\\\"b\\c\"",
        "Defaults env_reset, \\\n   secure_path=/b#c",
        "Defaults secure_path=\"/a:\\\n\t /b\"",
        "# comment \\\nDefaults secure_path=/x",
        "Defaults secure_path=/a\nDefaults ! secure_path",
        "Defaults secure_path=/a, secure_path=\"/b\"",
        "Defaults badpass_message=\"secure_path=/x\"",
        "Defaults\tmail_badpass\nDefaults env_keep+=\"A B\", secure_path=/last",
    ];
    for text in spellings {
        let root = machine(&[("etc/sudoers", &format!("{text}\nroot ALL=(ALL) ALL\n"))]);
        let oracle =
            Run::of(Command::new("cvtsudoers").args(["-f", "json"]).arg(root.path().join("etc/sudoers")));
        let found = SecurePath::read(root.path()).unwrap().setting.and_then(|setting| setting.value);
        assert_eq!(
            found.map(|value| value.into_string().unwrap()),
            last_secure_path(&oracle.json()),
            "{text}"
        );
    }
}

/// The last value in sudo's own words.
fn last_secure_path(document: &serde_json::Value) -> Option<String> {
    let all = document["Defaults"].as_array().into_iter().flatten();
    let options = all.flat_map(|defaults| defaults["Options"].as_array().into_iter().flatten());
    let values: Vec<_> = options.filter_map(|option| option.get("secure_path")).collect();
    values.last().and_then(|value| value.as_str()).map(str::to_owned)
}
