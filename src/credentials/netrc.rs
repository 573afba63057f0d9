//! The netrc that a go command before 1.24 is given: the user's own, and what gvmr stores.
//!
//! Takes bytes and entries, gives bytes. The user's own lines stay, and stay first. Those go commands know hosts and not
//! paths, and from 1.14 to 1.19 not even ports; an entry for less than its host is written only where no other entry is
//! for that host, lest one takes another's place.

use super::{Login, Secret};
use crate::net::NetrcLines;
use gvmr_core::gover::version::Version;

/// Whether a netrc can hold them: it has no quotes, and a blank ends a word.
pub fn fits(login: &str, secret: &Secret) -> bool {
    let is_word = |text: &str| !text.is_empty() && !text.chars().any(char::is_whitespace);
    is_word(login) && is_word(secret.reveal())
}

/// `own` with a line for each login that a go command of this version can be given.
pub(super) fn merged(own: &[u8], logins: &[Login], version: &Version) -> Vec<u8> {
    let lines = lines(logins, version).concat();
    let (at, in_macro) = NetrcLines::new(own).end();
    let (before, after) = own.split_at(at);
    // A macro ends with an empty line; elsewhere one more is nothing.
    let gap: &[u8] = if before.is_empty() {
        b""
    } else if in_macro {
        b"\n\n"
    } else {
        b"\n"
    };
    [before, gap, lines.as_bytes(), after].concat()
}

fn lines(logins: &[Login], version: &Version) -> Vec<String> {
    let knows_ports =
        version.numbers().is_none_or(|(major, minor, _)| major > 1 || !(14..20).contains(&minor));
    let mut lines = Vec::new();
    for login in logins.iter().filter(|login| fits(&login.entry.login, &login.secret)) {
        let machine = login.entry.machine.as_str();
        let host = machine.split('/').next().unwrap_or_default();
        let same = |other: &&Login| reach(&other.entry.machine, knows_ports) == reach(machine, knows_ports);
        let is_alone = logins.iter().filter(same).count() == 1;
        let mut names = vec![host];
        // Some releases of that time may know ports after all.
        names.extend(Some(without_port(host)).filter(|name| !knows_ports && *name != host));
        for name in names.into_iter().filter(|name| is_alone || *name == machine) {
            let (user, secret) = (&login.entry.login, login.secret.reveal());
            lines.push(format!("machine {name} login {user} password {secret}\n"));
        }
    }
    lines
}

/// The machine as such a go command tells it from others.
fn reach(machine: &str, knows_ports: bool) -> &str {
    let host = machine.split('/').next().unwrap_or_default();
    if knows_ports { host } else { without_port(host) }
}

/// As the go command takes the host out of a URL: without brackets too.
fn without_port(host: &str) -> &str {
    if let Some((address, _)) = host.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        return address;
    }
    host.split_once(':').map_or(host, |(host, _)| host)
}

#[cfg(test)]
mod tests {
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
}
