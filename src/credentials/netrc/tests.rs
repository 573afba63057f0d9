use super::super::{CredentialEntry, SecretStore};
use super::*;
use gvmr_core::env::credentials::CredentialKind;

fn login(machine: &str) -> Login {
    let secret = Secret::parse(format!("secret-of-{machine}").as_bytes()).unwrap();
    let (machine, login) = (machine.to_owned(), "joe".to_owned());
    Login {
        entry: CredentialEntry { kind: CredentialKind::Https, machine, login, place: SecretStore::File },
        secret,
    }
}

fn text(own: &str, logins: &[Login], version: &str) -> String {
    String::from_utf8(merged(own.as_bytes(), logins, &Version::parse(version).unwrap())).unwrap()
}

#[test]
fn the_users_own_goes_first_wherever_the_go_command_stops() {
    let line = "machine m login joe password secret-of-m\n";
    for (own, all) in [
        ("", line.to_owned()),
        ("machine a login b password c", format!("machine a login b password c\n{line}")),
        ("machine a\nlogin b\npassword c\n", format!("machine a\nlogin b\npassword c\n\n{line}")),
        (
            "machine a login b password c\ndefault\nlogin x\n",
            format!("machine a login b password c\n\n{line}default\nlogin x\n"),
        ),
        ("default login x password y\n", format!("default login x password y\n\n{line}")),
        ("macdef init\ncd /tmp\ndefault", format!("macdef init\ncd /tmp\ndefault\n\n{line}")),
        ("macdef init\ncd\n\ndefault\n", format!("macdef init\ncd\n\n\n{line}default\n")),
    ] {
        assert_eq!(text(own, &[login("m")], "1.22.10"), all, "{own:?}");
    }
    let bytes =
        merged(b"machine a\xff login b password c\n", &[login("m")], &Version::parse("1.22.1").unwrap());
    assert!(bytes.starts_with(b"machine a\xff login b password c\n"));
}

#[test]
fn ports_and_paths_are_given_up_only_where_nothing_else_is_for_that_host() {
    let names = |machines: &[&str], version: &str| -> Vec<String> {
        let logins: Vec<Login> = machines.iter().map(|machine| login(machine)).collect();
        let word = |line: &str| line.split(' ').nth(1).unwrap().to_owned();
        text("", &logins, version).lines().map(word).collect()
    };
    assert_eq!(names(&["h:8443"], "1.22.1"), ["h:8443"]);
    assert_eq!(names(&["h:8443"], "1.19.1"), ["h:8443", "h"]);
    assert_eq!(names(&["h"], "1.19.1"), ["h"]);
    assert_eq!(names(&["h/a"], "1.22.1"), ["h"]);
    assert_eq!(names(&["h/a", "h/b"], "1.22.1"), Vec::<String>::new());
    assert_eq!(names(&["h/a", "h"], "1.22.1"), ["h"]);
    assert_eq!(names(&["h:1", "h:2"], "1.22.1"), ["h:1", "h:2"]);
    assert_eq!(names(&["h:1", "h:2"], "1.19.1"), ["h:1", "h:2"]);
    assert_eq!(names(&["[fd00::1]:8443"], "1.19.1"), ["[fd00::1]:8443", "fd00::1"]);
}

#[test]
fn what_has_blanks_is_left_out() {
    let mut spaced = login("m");
    spaced.secret = Secret::parse(b"two words").unwrap();
    assert_eq!(text("", &[spaced], "1.22.1"), "");
}
