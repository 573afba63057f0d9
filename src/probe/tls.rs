//! A server's TLS: whether its chain is trusted, for how long, and the versions that it accepts.

use super::contents::asks;
use super::{ProbeSurroundings, failed, tcp, watched};
use crate::check::file::{ProbeDefinition, TlsTarget};
use crate::check::{Measure, Measurement, NotMeasured, Quantity, shown_time};
use crate::net::{Roots, TLS_VERSIONS, accepts, fault_of_authorities, look};
use std::io;
use std::net::{TcpStream, ToSocketAddrs as _};
use std::time::{Duration, Instant};

/// What is asked of a server.
#[derive(Clone, Copy)]
struct Asked {
    certificate: bool,
    oldest: bool,
    newest: bool,
}

pub(super) fn measure(
    probe: &ProbeDefinition,
    target: &TlsTarget,
    timeout: Duration,
    surroundings: &ProbeSurroundings<'_>,
) -> Result<Measurement, NotMeasured> {
    if let Some(fault) = target.authorities.as_deref().and_then(fault_of_authorities) {
        return Err(failed(fault));
    }
    let asked = Asked {
        certificate: target.trusted || asks(probe, "expires"),
        oldest: asks(probe, "oldest"),
        newest: asks(probe, "newest"),
    };
    let mut roots = surroundings.net.roots.clone();
    roots.further.clone_from(&target.authorities);
    let (target, now) = (target.clone(), surroundings.now_seconds);
    watched(&|| surroundings.stopped(), move || attempt(&target, asked, roots, now, timeout))?
}

fn attempt(
    target: &TlsTarget,
    asked: Asked,
    roots: Roots,
    now: u64,
    timeout: Duration,
) -> Result<Measurement, NotMeasured> {
    let TlsTarget { host, port, name, .. } = target;
    let address = tcp::shown_address(host, *port);
    let until = Instant::now() + timeout;
    let said = |error: io::Error| match error.kind() {
        io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut => {
            failed(format!("{address} did not answer within {}", shown_time(timeout)))
        }
        _ => failed(format!("{address}: {error}")),
    };
    let connect = || connect(host, *port, until);
    let mut measurement = Measurement::default();
    if asked.certificate {
        let found = look(roots, name, now, &connect).map_err(said)?;
        match (&found.distrust, target.trusted) {
            (Some(why), true) => measurement.unmet.push(format!("the chain is not trusted: {why}")),
            (Some(why), false) => measurement.remarks.push(format!("the chain is not trusted: {why}")),
            (None, _) => {}
        }
        if let Some(ends) = found.ends {
            // One that has ended counts below 0.
            #[allow(clippy::cast_precision_loss)]
            let left = ends as f64 - now as f64;
            let left = Quantity { value: left, measure: Measure::Duration };
            measurement.figures.insert("expires".to_owned(), left);
        }
    }
    let accepts = |version: &f64| accepts(*version, name, &connect).map_err(said);
    let first = |versions: &mut dyn Iterator<Item = &f64>| -> Result<f64, NotMeasured> {
        for version in versions {
            if accepts(version)? {
                return Ok(*version);
            }
        }
        Err(failed(format!("{address} accepts no version of TLS")))
    };
    for (figure, is_asked) in [("oldest", asked.oldest), ("newest", asked.newest)] {
        if is_asked {
            let value = match figure {
                "oldest" => first(&mut TLS_VERSIONS.iter())?,
                _ => first(&mut TLS_VERSIONS.iter().rev())?,
            };
            measurement.figures.insert(figure.to_owned(), Quantity { value, measure: Measure::Version });
        }
    }
    Ok(measurement)
}

/// A connection whose reads and writes end `until` then.
fn connect(host: &str, port: u16, until: Instant) -> io::Result<TcpStream> {
    let addresses: Vec<_> = (host, port).to_socket_addrs()?.collect();
    let stream = tcp::connect(&addresses, until)?;
    let left = until.saturating_duration_since(Instant::now()).max(Duration::from_millis(1));
    stream.set_read_timeout(Some(left))?;
    stream.set_write_timeout(Some(left))?;
    Ok(stream)
}
