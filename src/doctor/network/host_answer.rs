//! How far a request to one server comes: its name, the way there, the connection, and what is said over it.
//!
//! Takes an address of GOPROXY, gives a [`HostAnswer`]. Where a proxy on the way refuses, the server is asked without it too,
//! since that is what a better `NO_PROXY` would do; where `/etc/hosts` leads to nobody, the name servers are asked.

use super::dns::DnsReply;
use super::resolver::{Lookup, Resolver};
use super::routes::{self, Gateway, Route};
use crate::net::{CertificateFault, RedactedUrl, Trial, TrialAnswer, TrialFailure, TrialStep, Url};
use crate::sources::{MODULE, below};
use std::net::{IpAddr, SocketAddr};
use std::time::{Duration, Instant};

/// For the answer to a name.
const LOOKUP: Duration = Duration::from_secs(2);
/// Redirects that are followed on one host.
const MAX_REDIRECTS: usize = 4;
/// For a connection, a tunnel, a handshake.
const STEP: Duration = Duration::from_secs(5);

/// What was found out about a server.
#[derive(Clone, Debug)]
pub(in crate::doctor) struct HostAnswer {
    /// Its address in the list.
    pub url: Url,
    /// The HTTP proxy that leads there.
    pub via: Option<Url>,
    /// What is known of the name of who is connected to, the proxy or the server.
    pub lookup: Option<Lookup>,
    /// The address that was connected to, or that failed last.
    pub address: Option<SocketAddr>,
    /// The status of the answer, `None` where a SOCKS proxy was reached that says none; or what failed.
    pub outcome: Result<Option<u16>, HostFault>,
    /// Whether it serves the checksum database; `None` where it was not asked that.
    pub serves_log: Option<bool>,
    /// What the server says without the proxy, where that refuses.
    pub direct: Option<Box<Self>>,
    /// What the name servers say of a name that `/etc/hosts` leads elsewhere.
    pub known_elsewhere: Vec<IpAddr>,
}

/// What fails.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::doctor) enum HostFault {
    /// The proxy's variable holds no address.
    Setting,
    /// No address is known.
    Name,
    /// The kernel knows no way to the address.
    NoRoute(IpAddr),
    /// The gateway on the way does not answer.
    Gateway(Gateway),
    /// A step of the request.
    Trial(TrialFailure),
    /// What answers is no module proxy.
    NoModules(NotModules),
}

/// What comes in place of modules.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::doctor) enum NotModules {
    /// A web page.
    Page,
    /// A redirect to a page of another host.
    Elsewhere(RedactedUrl),
    /// A redirect from https to http, which Go refuses.
    Insecure(RedactedUrl),
}

/// What asking needs.
pub(super) struct Asker<'a> {
    pub(super) trial: Trial,
    pub(super) resolver: Resolver,
    /// When all must be over.
    pub(super) until: Instant,
    /// The schemes whose proxy is written in a form that is no address.
    pub(super) malformed: Vec<&'static str>,
    /// The checksum database that servers are asked for too.
    pub(super) log: Option<&'a str>,
}

impl Asker<'_> {
    /// Asks an entry of GOPROXY.
    pub(super) fn ask_entry(&self, base: &Url) -> HostAnswer {
        let via = match self.proxy(base) {
            Ok(via) => via,
            Err(fault) => return HostAnswer::new(base, None, Err(fault)),
        };
        let mut answer = self.request(base, &list_of(base), via.as_ref());
        if let (Some(log), Ok(_)) = (self.log, &answer.outcome) {
            let supported = self.request(base, &below(base, &format!("sumdb/{log}/supported")), via.as_ref());
            answer.serves_log = Some(matches!(supported.outcome, Ok(Some(200))));
        }
        if answer.is_refused_by_proxy() {
            answer.direct = Some(Box::new(self.request(base, &list_of(base), None)));
        }
        answer
    }

    /// Asks for `path` below `base`.
    pub(super) fn ask(&self, base: &Url, path: &str) -> HostAnswer {
        match self.proxy(base) {
            Ok(via) => self.request(base, &below(base, path), via.as_ref()),
            Err(fault) => HostAnswer::new(base, None, Err(fault)),
        }
    }

    /// The proxy that leads to a server; or why the variable that names it cannot be used.
    fn proxy(&self, url: &Url) -> Result<Option<Url>, HostFault> {
        if self.malformed.contains(&url.scheme()) && !self.trial.is_exempt(url) {
            return Err(HostFault::Setting);
        }
        self.trial.proxy(url).map_err(|_| HostFault::Setting)
    }

    /// What is known of a name.
    pub(super) fn look_up(&self, name: &str) -> Lookup {
        self.resolver.look_up(name, self.by(LOOKUP))
    }

    fn by(&self, step: Duration) -> Instant {
        (Instant::now() + step).min(self.until)
    }

    fn request(&self, base: &Url, url: &Url, via: Option<&Url>) -> HostAnswer {
        let mut answer = HostAnswer::new(base, via, Ok(None));
        let first = via.unwrap_or(base);
        let name = first.host_str().unwrap_or_default().to_owned();
        let lookup = answer.lookup.insert(self.look_up(&name)).clone();
        answer.outcome = self.reach(&mut answer.address, first, &lookup).and_then(|stream| {
            let answer = self.trial.get(stream, url, via, (STEP, self.until)).map_err(HostFault::Trial)?;
            answer.map(|answer| self.followed(url, answer, MAX_REDIRECTS)).transpose()
        });
        if let (Lookup::Hosts { addresses, .. }, true) = (&lookup, answer.is_unconnected()) {
            let said = self.resolver.ask(&name, self.by(LOOKUP));
            answer.known_elsewhere =
                said.addresses().iter().filter(|one| !addresses.contains(one)).copied().collect();
        }
        answer
    }

    /// The status after the redirects that lead to the same host. Another host is not asked, so where a redirect leads there its
    /// address tells whether it is still the list.
    fn followed(&self, from: &Url, answer: TrialAnswer, left: usize) -> Result<u16, HostFault> {
        if answer.is_page {
            return Err(HostFault::NoModules(NotModules::Page));
        }
        let Some(to) = answer.location else { return Ok(answer.status) };
        if from.scheme() == "https" && to.scheme() != "https" {
            return Err(HostFault::NoModules(NotModules::Insecure(RedactedUrl::of(&to))));
        }
        if to.host() != from.host() {
            let is_list = from.path().rsplit('/').next() == to.path().rsplit('/').next();
            return if is_list {
                Ok(answer.status)
            } else {
                Err(HostFault::NoModules(NotModules::Elsewhere(RedactedUrl::of(&to))))
            };
        }
        let via = self.proxy(&to)?;
        let first = via.as_ref().unwrap_or(&to);
        let lookup = self.look_up(first.host_str().unwrap_or_default());
        let Ok(stream) = self.reach(&mut None, first, &lookup) else { return Ok(answer.status) };
        match self.trial.get(stream, &to, via.as_ref(), (STEP, self.until)) {
            Ok(Some(next)) if left > 0 => self.followed(&to, next, left - 1),
            _ => Ok(answer.status),
        }
    }

    /// A connection to who is asked first.
    fn reach(
        &self,
        address: &mut Option<SocketAddr>,
        first: &Url,
        lookup: &Lookup,
    ) -> Result<std::net::TcpStream, HostFault> {
        let port = first.port_or_known_default().unwrap_or(443);
        let found: Vec<_> = lookup.addresses().iter().map(|ip| SocketAddr::new(*ip, port)).collect();
        let Some(one) = found.first() else {
            return Err(self.silent_gateway(lookup).map_or(HostFault::Name, HostFault::Gateway));
        };
        *address = Some(*one);
        let is_unroutable = |address: &SocketAddr| routes::to(address.ip()) == Route::None;
        if found.iter().all(is_unroutable) {
            return Err(HostFault::NoRoute(one.ip()));
        }
        match Trial::connect(&found, self.by(STEP)) {
            Ok((stream, connected)) => {
                *address = Some(connected);
                Ok(stream)
            }
            Err((failure, tried)) => {
                *address = tried.or(*address);
                let is_silent = matches!(failure, TrialFailure::Silent(_) | TrialFailure::Unreachable(_));
                let gateway = address.filter(|_| is_silent).and_then(|address| gateway(address.ip()));
                Err(gateway.map_or(HostFault::Trial(failure), HostFault::Gateway))
            }
        }
    }

    /// The gateway that keeps the name servers from answering.
    fn silent_gateway(&self, lookup: &Lookup) -> Option<Gateway> {
        if lookup.replies().iter().any(DnsReply::is_answer) {
            return None;
        }
        let silent = lookup.replies().iter().zip(&self.resolver.servers);
        silent
            .filter(|(reply, _)| **reply == DnsReply::Silent)
            .find_map(|(_, server)| gateway(server.address.ip()))
    }
}

/// What a proxy is asked for: any status is an answer.
fn list_of(base: &Url) -> Url {
    below(base, &format!("{MODULE}/@v/list"))
}

/// The gateway on the way to an address, where it is silent.
fn gateway(address: IpAddr) -> Option<Gateway> {
    match routes::to(address) {
        Route::Gateway(gateway) if routes::is_silent(&gateway) => Some(gateway),
        _ => None,
    }
}

impl HostAnswer {
    fn new(url: &Url, via: Option<&Url>, outcome: Result<Option<u16>, HostFault>) -> Self {
        Self {
            url: url.clone(),
            via: via.cloned(),
            lookup: None,
            address: None,
            outcome,
            serves_log: None,
            direct: None,
            known_elsewhere: Vec::new(),
        }
    }

    /// Who is connected to: the proxy, else the server.
    pub(in crate::doctor) fn first(&self) -> &Url {
        self.via.as_ref().unwrap_or(&self.url)
    }

    /// The server's name, or its address.
    pub(in crate::doctor) fn host(&self) -> String {
        host_of(&self.url)
    }

    /// The proxy without its login.
    pub(in crate::doctor) fn proxy(&self) -> Option<RedactedUrl> {
        self.via.as_ref().map(RedactedUrl::of)
    }

    /// The certificate's fault, where that is what fails: why, who issued it, what is at fault.
    pub(in crate::doctor) fn certificate(&self) -> Option<(&str, Option<&str>, Option<CertificateFault>)> {
        match &self.outcome {
            Err(HostFault::Trial(TrialFailure::Certificate { reason, issuer, fault, .. })) => {
                Some((reason, issuer.as_deref(), *fault))
            }
            _ => None,
        }
    }

    /// Whether the certificate that fails is that of the proxy.
    pub(in crate::doctor) fn is_proxy_s_certificate(&self) -> bool {
        matches!(
            &self.outcome,
            Err(HostFault::Trial(TrialFailure::Certificate { step: TrialStep::ProxyHandshake, .. }))
        )
    }

    /// Why only this client fails, and Go need not.
    pub(in crate::doctor) fn fails_only_here(&self) -> Option<&str> {
        match &self.outcome {
            Err(HostFault::Trial(TrialFailure::Certificate {
                reason,
                fault: Some(CertificateFault::FineForGo),
                ..
            })) => Some(reason),
            Err(HostFault::Trial(TrialFailure::NothingInCommon(_))) => {
                Some("it takes no cipher or key that the TLS library of gvmr has")
            }
            _ => None,
        }
    }

    /// Whether the proxy answers and does not lead on, for want of no login.
    pub(in crate::doctor) fn is_refused_by_proxy(&self) -> bool {
        let is_plain = self.url.scheme() == "http";
        self.via.is_some()
            && match &self.outcome {
                Ok(Some(403 | 502..=504)) => is_plain,
                Err(HostFault::Trial(TrialFailure::Tunnel(status))) => *status != 407,
                _ => false,
            }
    }

    /// Whether the server answers without the proxy, which refuses.
    pub(in crate::doctor) fn is_answered_without_proxy(&self) -> bool {
        self.direct.as_ref().is_some_and(|direct| direct.is_answered())
    }

    /// Whether it answers as a module proxy does: 404 and 410 send Go on to the next one.
    pub(in crate::doctor) fn is_answered(&self) -> bool {
        matches!(self.outcome, Ok(Some(200..400 | 404 | 410)))
    }

    /// Whether it is the server that fails, or the way to it, and no proxy.
    pub(in crate::doctor) fn is_of_server(&self) -> bool {
        self.via.is_none()
            || matches!(
                &self.outcome,
                Err(HostFault::Trial(
                    TrialFailure::Silent(step) | TrialFailure::Reset(step) | TrialFailure::Unexpected(step, _)
                )) if *step == TrialStep::Handshake || *step == TrialStep::Answer && self.url.scheme() == "https"
            )
    }

    /// Whether there is an address, and nobody takes a connection there.
    fn is_unconnected(&self) -> bool {
        match &self.outcome {
            Err(HostFault::NoRoute(_) | HostFault::Gateway(_)) => true,
            Err(HostFault::Trial(failure)) => matches!(
                failure,
                TrialFailure::Refused
                    | TrialFailure::Unreachable(_)
                    | TrialFailure::Silent(TrialStep::Connection)
                    | TrialFailure::Reset(TrialStep::Connection)
            ),
            _ => false,
        }
    }
}

/// The host of an address, without brackets.
pub(super) fn host_of(url: &Url) -> String {
    url.host_str().unwrap_or_default().trim_matches(['[', ']']).to_owned()
}
