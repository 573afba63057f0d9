//! Where a redirect may lead: never from `https` to less, never to a file, and from elsewhere never to this machine or to
//! the link that it is on.
//!
//! Takes the address that redirects and its answer, gives the next address without credentials, or why it is refused.

use super::credentials::stripped;
use super::error::{NetErrorKind, RedirectRefusal};
use super::redact::RedactedUrl;
use reqwest::Url;
use reqwest::blocking::Response;
use reqwest::header::LOCATION;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, ToSocketAddrs};

/// Where a redirect leads, if it may be followed. `is_direct` tells of an address whether it is asked without a proxy, so
/// that this machine finds out what its name means.
pub(super) fn target(
    from: &Url,
    response: &Response,
    is_direct: impl Fn(&Url) -> bool,
) -> Result<Url, NetErrorKind> {
    let refused = |refusal| Err(NetErrorKind::Redirect(refusal));
    let location = response.headers().get(LOCATION).and_then(|value| value.to_str().ok());
    let Some(target) = location.and_then(|location| from.join(location).ok()) else {
        return refused(RedirectRefusal::NoLocation(response.status().as_u16()));
    };
    let target = stripped(&target);
    match target.scheme() {
        "https" => {}
        "http" if from.scheme() == "http" => {}
        "http" => return refused(RedirectRefusal::Insecure(RedactedUrl::of(&target))),
        scheme => return refused(RedirectRefusal::Scheme(scheme.to_owned())),
    }
    let (there, here) = (nearness(&target, is_direct(&target)), nearness(from, is_direct(from)));
    if there.iter().any(|near| !here.contains(near)) {
        return refused(RedirectRefusal::Local(RedactedUrl::of(&target)));
    }
    Ok(target)
}

/// How near an address is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Near {
    /// This machine.
    Machine,
    /// The link that it is on, or what clouds tell their machines about them.
    Link,
}

/// The near addresses that a URL leads to, of a name only where it `is_resolved` here; none for all others.
fn nearness(url: &Url, is_resolved: bool) -> Vec<Near> {
    let Some(host) = url.host_str() else { return Vec::new() };
    if let Ok(ip) = host.trim_start_matches('[').trim_end_matches(']').parse() {
        return nearness_of(ip).into_iter().collect();
    }
    let name = host.trim_end_matches('.').to_ascii_lowercase();
    if name == "localhost" || name.ends_with(".localhost") {
        return vec![Near::Machine];
    }
    let port = url.port_or_known_default().unwrap_or(0);
    let addresses = is_resolved.then(|| (name.as_str(), port).to_socket_addrs().ok()).flatten();
    addresses.into_iter().flatten().filter_map(|address| nearness_of(address.ip())).collect()
}

fn nearness_of(ip: IpAddr) -> Option<Near> {
    /// Where clouds keep their metadata besides 169.254.169.254.
    const METADATA: Ipv6Addr = Ipv6Addr::new(0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x254);
    match ip {
        IpAddr::V4(ip) if ip.is_loopback() || ip.is_unspecified() => Some(Near::Machine),
        IpAddr::V4(ip) if ip.is_link_local() => Some(Near::Link),
        IpAddr::V4(_) => None,
        IpAddr::V6(ip) if ip.is_loopback() || ip.is_unspecified() => Some(Near::Machine),
        IpAddr::V6(ip) if ip.is_unicast_link_local() || ip == METADATA => Some(Near::Link),
        IpAddr::V6(ip) => {
            ip.to_ipv4_mapped().or_else(|| translated(ip)).and_then(|ip| nearness_of(ip.into()))
        }
    }
}

/// The IPv4 address that a translator (RFC 6052) leads to.
fn translated(ip: Ipv6Addr) -> Option<Ipv4Addr> {
    let [0x64, 0xff9b, 0, 0, 0, 0, high, low] = ip.segments() else { return None };
    Some(Ipv4Addr::from(u32::from(high) << 16 | u32::from(low)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_machine_and_its_link_are_known_by_every_spelling() {
        let near = |text: &str| nearness(&Url::parse(text).unwrap(), false);
        for text in [
            "http://127.0.0.1:8080/",
            "http://127.1/",
            "http://2130706433/",
            "http://0x7f.0.0.1/",
            "http://0.0.0.0/",
            "http://[::1]/",
            "http://[::ffff:127.0.0.1]/",
            "http://localhost/",
            "http://LOCALHOST.:80/",
            "http://x.localhost/",
        ] {
            assert_eq!(near(text), [Near::Machine], "{text}");
        }
        for text in [
            "http://169.254.169.254/latest/meta-data",
            "http://[fe80::1]/",
            "http://[64:ff9b::169.254.169.254]/",
            "http://[fd00:ec2::254]/",
        ] {
            assert_eq!(near(text), [Near::Link], "{text}");
        }
        for text in [
            "http://10.0.0.1/",
            "http://192.168.1.1/",
            "https://go.dev/",
            "http://[fd00::1]/",
            "http://[64:ff9b::8.8.8.8]/",
        ] {
            assert!(near(text).is_empty(), "{text}");
        }
    }
}
