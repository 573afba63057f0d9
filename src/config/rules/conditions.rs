//! When a `[[network]]` rule counts: `gateway`, `subnet`, `interface`.

use crate::toml_file::Mistakes;
use crate::toml_file::strings;
use gvmr_core::env::compiled_rules::Conditions;
use gvmr_core::env::subnet::Subnet;
use std::net::IpAddr;
use toml::Spanned;
use toml::de::DeValue;

/// The keys, in the order in which they are named.
pub(super) const KEYS: [&str; 3] = ["gateway", "subnet", "interface"];

/// The longest name that the kernel gives an interface, in bytes.
const MAX_INTERFACE_LENGTH: usize = 15;

/// Adds what `key`, one of [`KEYS`], says.
pub(super) fn read(
    key: &str,
    value: &Spanned<DeValue<'_>>,
    conditions: &mut Conditions,
    mistakes: &mut Mistakes<'_>,
) {
    for (text, span) in strings(value, mistakes) {
        match key {
            "gateway" => conditions.gateways.extend(mistakes.check(&span, gateway(text))),
            "subnet" => conditions.subnets.extend(mistakes.check(&span, subnet(text))),
            _ => conditions.interfaces.extend(mistakes.check(&span, interface(text))),
        }
    }
}

fn gateway(text: &str) -> Result<IpAddr, String> {
    text.parse().map_err(|_| "not an address; write it as \"10.0.2.2\" or \"fe80::1\"".to_owned())
}

fn subnet(text: &str) -> Result<Subnet, String> {
    let subnet = Subnet::parse(text)
        .ok_or_else(|| "not a subnet; write it as \"192.168.0.0/16\" or \"fd00::/8\"".to_owned())?;
    let only_loopback = match subnet.address {
        IpAddr::V4(address) => address.is_loopback() && subnet.length >= 8,
        IpAddr::V6(address) => address.is_loopback() && subnet.length == 128,
    };
    if only_loopback {
        return Err("loopback addresses do not count, so this subnet never matches; name the network's own"
            .to_owned());
    }
    Ok(subnet)
}

fn interface(text: &str) -> Result<String, String> {
    if text.contains(['*', '?', '[']) {
        return Err(
            "an interface is compared by its whole name, so a pattern never matches; list the names that \
                    `ip link` shows, such as [\"eth0\", \"eth1\"]"
                .to_owned(),
        );
    }
    let plain = |one: char| !one.is_whitespace() && !one.is_control() && !matches!(one, '/' | ':');
    let fits = !text.is_empty() && text.len() <= MAX_INTERFACE_LENGTH && !matches!(text, "." | "..");
    if fits && text.chars().all(plain) {
        Ok(text.to_owned())
    } else {
        Err("not the name of an interface; write it as \"eth0\", as `ip link` shows it".to_owned())
    }
}
