//! What a project's file sets, as it is printed: every setting with its line, without credentials and control characters.

use super::risk;
use crate::config::redacted::{self, network, network_as_json};
use gvmr_core::env::compiled_rules::{Assignment, CompiledRules, When};
use gvmr_core::sys::printable;
use std::fmt::Write as _;

/// The file, then a line for each setting.
pub fn lines(record: &CompiledRules) -> String {
    let mut text = printable::path(&record.source);
    let mut line = |number: usize, words: &str| {
        let _ = write!(text, "\n  line {number}: {words}"); // to a string
    };
    if let Some(pin) = &record.pin {
        line(pin.line, &format!("go {}", printable::text(&pin.written)));
    }
    for section in &record.sections {
        let place = match &section.when {
            When::Network(conditions) => format!(", on a network with {}", network(conditions)),
            When::Always | When::Directory(_) => String::new(),
        };
        for one in &section.assignments {
            let risk = risk_of(record, one).map(|risk| format!("  <- {risk}")).unwrap_or_default();
            line(one.line, &format!("{}{place}{risk}", setting(one)));
        }
    }
    if record.pin.is_none() && record.sections.iter().all(|section| section.assignments.is_empty()) {
        text.push_str("\n  sets nothing");
    }
    text
}

/// `GOPROXY=direct, overriding the environment`
fn setting(one: &Assignment) -> String {
    let name = one.variable.name;
    match (one.overrides, one.value.is_empty()) {
        (true, true) => format!("{name} is removed"),
        (true, false) => format!("{name}={}, overriding the environment", value(one)),
        (false, _) => format!("{name}={}", value(one)),
    }
}

/// The same as scripts read it.
pub fn as_json(record: &CompiledRules) -> serde_json::Value {
    let settings = record.sections.iter().flat_map(|section| {
        section.assignments.iter().map(move |one| {
            let network = match &section.when {
                When::Network(conditions) => Some(network_as_json(conditions)),
                When::Always | When::Directory(_) => None,
            };
            serde_json::json!({
                "line": one.line,
                "name": one.variable.name,
                "value": value(one),
                "overrides": one.overrides,
                "network": network,
                "risk": risk_of(record, one),
            })
        })
    });
    serde_json::json!({
        "file": record.source.display().to_string(),
        "go": record.pin.as_ref().map(|pin| serde_json::json!({ "line": pin.line, "version": pin.written })),
        "settings": settings.collect::<Vec<_>>(),
    })
}

fn risk_of(record: &CompiledRules, one: &Assignment) -> Option<&'static str> {
    risk::of(one.variable, &one.value, record.source.parent().unwrap_or(&record.source))
}

fn value(one: &Assignment) -> String {
    redacted::value(one.variable, &one.value)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(facts: &str) -> CompiledRules {
        CompiledRules::read(format!("gvmr rules 1\nsource /p/gvmr.toml\n{facts}\n").as_bytes()).unwrap()
    }

    #[test]
    fn every_setting_has_its_line() {
        let record = record(
            "go 1 1.23\nfill 3 GOPRIVATE=*.corp\noverride 5 GOPATH=/p/go\noverride 6 NO_PROXY=\nnetwork 7\n\
             gateway 10.0.2.2\ninterface eth0\ninterface eth1\nfill 9 HTTPS_PROXY=http://joe:canary@p:3128\n",
        );
        let lines = lines(&record);
        let expected = [
            "/p/gvmr.toml",
            "  line 1: go 1.23",
            "  line 3: GOPRIVATE=*.corp  <- these modules are not verified",
            "  line 5: GOPATH=/p/go, overriding the environment  <- files already there are built and run as they are",
            "  line 6: NO_PROXY is removed",
            "  line 9: HTTPS_PROXY=http://***@p:3128, on a network with gateway 10.0.2.2 and interface eth0 or eth1  \
             <- requests go through this proxy",
        ];
        assert_eq!(lines, expected.join("\n"));
        let json = as_json(&record);
        assert_eq!(json["settings"][3]["network"]["gateway"][0], "10.0.2.2");
        assert_eq!(json["settings"][1]["overrides"], true);
        assert!(!json.to_string().contains("canary"));
    }

    #[test]
    fn nothing_in_a_value_is_a_secret_or_moves_a_cursor() {
        let shown = |name: &str, value: &str| lines(&record(&format!("fill 1 {name}={value}\n")));
        for (name, value) in [
            ("GOPROXY", "https://joe:canary@h/,direct"),
            ("GOPROXY", "http://h|https://canary@h/x,https://h?token=canary"),
            ("GOPROXY", "joe:canary@h"),
            ("HTTP_PROXY", "joe:canary@h:1"),
            ("GOSUMDB", "mine+1+k https://joe:canary@h"),
            ("GOAUTH", "/bin/x --at=https://joe:canary@h; netrc"),
            ("GOFLAGS", "'-toolexec=/x https://canary@h/'"),
        ] {
            let text = shown(name, value);
            assert!(text.contains(name) && !text.contains("canary"), "{text}");
        }
        let text = shown("GOFLAGS", "-tags=\u{1b}[2J\u{202e}x \"it's\"");
        assert!(text.contains("-tags=\\u{1b}[2J\\u{202e}x \"it's\""), "{text}");
        assert!(lines(&record("")).ends_with("  sets nothing"));
    }
}
