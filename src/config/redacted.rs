//! Values and conditions of rules as they are printed: without credentials and control characters.

use crate::net::{without_credentials, without_credentials_in_list, without_credentials_in_text};
use gvmr_core::env::compiled_rules::Conditions;
use gvmr_core::env::subnet::Subnet;
use gvmr_core::env::variable::{Variable, VariableKind};
use gvmr_core::sys::printable;
use std::ffi::OsStr;

/// A variable's value on one line, without credentials.
pub fn value(variable: &Variable, value: &OsStr) -> String {
    printable::text(&without_secrets(variable, value))
}

/// The value without credentials, else as it is. Any word of it may be an address, and in a list of proxies every part
/// is one.
pub fn without_secrets(variable: &Variable, value: &OsStr) -> String {
    let text = value.to_string_lossy();
    match (variable.name, variable.kind) {
        (_, VariableKind::Directory | VariableKind::DirectoryList | VariableKind::Switch) => {
            text.into_owned()
        }
        (_, VariableKind::Proxy) => without_credentials(&text),
        ("GOPROXY", _) => without_credentials_in_list(&text),
        // Its address is no word that begins with a scheme if it was mistyped.
        ("GOSUMDB", _) if text.contains('@') && !text.contains("//") => without_credentials(&text),
        _ => without_credentials_in_text(&text),
    }
}

/// `gateway 10.0.2.2 and interface eth0 or eth1`
pub fn network(conditions: &Conditions) -> String {
    let Conditions { gateways, subnets, interfaces } = conditions;
    let any = |what: &str, of: Vec<String>| (!of.is_empty()).then(|| format!("{what} {}", of.join(" or ")));
    let kinds = [
        any("gateway", gateways.iter().map(ToString::to_string).collect()),
        any("subnet", subnets.iter().map(subnet).collect()),
        any("interface", interfaces.iter().map(|name| printable::text(name)).collect()),
    ];
    kinds.into_iter().flatten().collect::<Vec<_>>().join(" and ")
}

/// The same as scripts read it.
pub fn network_as_json(conditions: &Conditions) -> serde_json::Value {
    let Conditions { gateways, subnets, interfaces } = conditions;
    serde_json::json!({
        "gateway": gateways,
        "subnet": subnets.iter().map(subnet).collect::<Vec<_>>(),
        "interface": interfaces,
    })
}

/// `10.0.2.0/24`
pub fn subnet(Subnet { address, length }: &Subnet) -> String {
    format!("{address}/{length}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use gvmr_core::env::variable;

    #[test]
    fn no_list_shows_a_secret_and_no_path_is_taken_for_one() {
        let shown =
            |name: &str, text: &str| value(variable::find(name.as_bytes()).unwrap(), OsStr::new(text));
        for (name, text, expected) in [
            (
                "GOPROXY",
                "https://proxy.corp/x,https://joe:ca,n|ary@h:8/y|direct",
                "https://proxy.corp/x,https://***@h:8/y|direct",
            ),
            ("GOPROXY", "https://joe:1234,canary@h,off", "https://***@h,off"),
            ("GOPROXY", "joe:canary@h,direct", "***@h,direct"),
            ("GOPROXY", "https://h?token=canary,http://g|off", "https://h?***,http://g|off"),
            ("HTTPS_PROXY", "joe:canary@h:1", "***@h:1"),
            ("GOFLAGS", "-v -x=https://joe:canary@h/", "-v -x=https://***@h/"),
            ("GOPATH", "/a//b:/c@d", "/a//b:/c@d"),
            ("GOPATH", "/a\u{1b}[2J\n\u{202e}", "/a\\u{1b}[2J\\n\\u{202e}"),
            ("GOPRIVATE", "*.corp.example,git@x", "*.corp.example,git@x"),
        ] {
            assert_eq!(shown(name, text), expected, "{name}={text}");
        }
    }
}
