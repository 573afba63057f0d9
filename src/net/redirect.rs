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
use std::net::{IpAddr, ToSocketAddrs};

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
    if is_local(&target, is_direct(&target)) && !is_local(from, is_direct(from)) {
        return refused(RedirectRefusal::Local(RedactedUrl::of(&target)));
    }
    Ok(target)
}

/// Whether an address is this machine's own, or of the link it is on; of a name only where it `is_resolved` here.
fn is_local(url: &Url, is_resolved: bool) -> bool {
    let Some(host) = url.host_str() else { return false };
    if let Ok(ip) = host.trim_start_matches('[').trim_end_matches(']').parse() {
        return is_local_ip(ip);
    }
    let name = host.trim_end_matches('.').to_ascii_lowercase();
    if name == "localhost" || name.ends_with(".localhost") {
        return true;
    }
    let port = url.port_or_known_default().unwrap_or(0);
    is_resolved
        && (name.as_str(), port)
            .to_socket_addrs()
            .is_ok_and(|mut addresses| addresses.any(|address| is_local_ip(address.ip())))
}

fn is_local_ip(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => ip.is_loopback() || ip.is_link_local() || ip.is_unspecified(),
        IpAddr::V6(ip) => match ip.to_ipv4_mapped() {
            Some(ip) => is_local_ip(IpAddr::V4(ip)),
            None => ip.is_loopback() || ip.is_unicast_link_local() || ip.is_unspecified(),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_machine_and_its_link_are_known_by_every_spelling() {
        let local = |text: &str| is_local(&Url::parse(text).unwrap(), false);
        for text in [
            "http://127.0.0.1:8080/",
            "http://127.1/",
            "http://2130706433/",
            "http://0x7f.0.0.1/",
            "http://0.0.0.0/",
            "http://169.254.169.254/latest/meta-data",
            "http://[::1]/",
            "http://[::ffff:127.0.0.1]/",
            "http://[fe80::1]/",
            "http://localhost/",
            "http://LOCALHOST.:80/",
            "http://x.localhost/",
        ] {
            assert!(local(text), "{text}");
        }
        for text in ["http://10.0.0.1/", "http://192.168.1.1/", "https://go.dev/", "http://[fd00::1]/"] {
            assert!(!local(text), "{text}");
        }
    }
}
