//! One question to one name server: the addresses of a name.
//!
//! Takes a server, names in the order in which Go tries them, and a time; gives a [`DnsReply`]. Asks over UDP, once more after a
//! second, and over TCP where the answer was cut or the file of servers wants that. Sends nothing else, and keeps nothing.

use simple_dns::rdata::RData;
use simple_dns::{CLASS, Name, Packet, PacketFlag, QCLASS, QTYPE, Question, RCODE, TYPE};
use std::hash::{BuildHasher as _, RandomState};
use std::io::{self, ErrorKind, Read as _, Write as _};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpStream, UdpSocket};
use std::time::{Duration, Instant};

/// When a question is sent again.
const AGAIN: Duration = Duration::from_secs(1);
/// How long the other family is waited for where one has given addresses.
const OTHER_FAMILY: Duration = Duration::from_millis(500);
/// More than a packet without extensions may hold.
const MAX_PACKET: usize = 4096;
/// Both families, IPv4 first.
const TYPES: [TYPE; 2] = [TYPE::A, TYPE::AAAA];

/// What a name server says of a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::doctor) enum DnsReply {
    /// These are its addresses.
    Addresses(Vec<IpAddr>),
    /// There is no such name, or it has no address.
    NoSuchName,
    /// The server gives an error instead, such as `SERVFAIL`.
    Error(String),
    /// The server says nothing in time.
    Silent,
    /// Nobody listens there.
    Closed,
    /// The kernel knows no way there.
    Unreachable,
}

impl DnsReply {
    /// Whether the server does what it is for.
    pub(in crate::doctor) fn is_answer(&self) -> bool {
        matches!(self, Self::Addresses(_) | Self::NoSuchName)
    }
}

/// What `server` says of the first of these names that it knows; over TCP alone where `is_tcp`.
pub(in crate::doctor) fn ask(server: SocketAddr, names: &[String], is_tcp: bool, until: Instant) -> DnsReply {
    let mut last = DnsReply::NoSuchName;
    for name in names {
        let Some(questions) = questions(name) else { continue };
        last = if is_tcp {
            ask_over_tcp(server, &questions, until)
        } else {
            ask_over_udp(server, &questions, until)
        };
        if last != DnsReply::NoSuchName {
            break;
        }
    }
    last
}

/// What came to one of the two questions.
enum Part {
    Waiting,
    Addresses(Vec<IpAddr>),
    Error(String),
}

/// A question and its number.
type Numbered = (u16, Vec<u8>);

fn ask_over_tcp(server: SocketAddr, questions: &[Numbered; 2], until: Instant) -> DnsReply {
    let mut parts = [Part::Waiting, Part::Waiting];
    for (part, (id, question)) in parts.iter_mut().zip(questions) {
        match over_tcp(server, question, *id, until) {
            Ok(answer) => *part = answer,
            Err(error) => return of_error(error.kind()).unwrap_or(DnsReply::Silent),
        }
    }
    together(parts)
}

fn ask_over_udp(server: SocketAddr, questions: &[Numbered; 2], until: Instant) -> DnsReply {
    let any: IpAddr =
        if server.is_ipv4() { Ipv4Addr::UNSPECIFIED.into() } else { Ipv6Addr::UNSPECIFIED.into() };
    let Ok(socket) = UdpSocket::bind((any, 0)).and_then(|socket| socket.connect(server).map(|()| socket))
    else {
        return DnsReply::Unreachable;
    };
    let mut parts = [Part::Waiting, Part::Waiting];
    let mut until = until;
    let mut send_at = Instant::now();
    let mut buffer = [0; MAX_PACKET];
    loop {
        let now = Instant::now();
        if parts.iter().all(|part| !matches!(part, Part::Waiting)) || now >= until {
            break;
        }
        if now >= send_at {
            for (part, (_, question)) in parts.iter().zip(questions) {
                if matches!(part, Part::Waiting)
                    && let Err(error) = socket.send(question)
                    && let Some(reply) = of_error(error.kind())
                {
                    return reply;
                }
            }
            send_at = now + AGAIN;
        }
        let wait = send_at.min(until).saturating_duration_since(now).max(Duration::from_millis(1));
        let received = socket.set_read_timeout(Some(wait)).and_then(|()| socket.recv(&mut buffer));
        let length = match received {
            Ok(length) => length,
            Err(error) => match of_error(error.kind()) {
                Some(reply) => return reply,
                None => continue,
            },
        };
        for (at, (id, question)) in questions.iter().enumerate() {
            let Some(answer) = buffer.get(..length).and_then(|packet| read(packet, *id)) else { continue };
            let part = match answer {
                Answer::Cut => over_tcp(server, question, *id, until)
                    .unwrap_or_else(|_| Part::Error("with a cut answer, and not over TCP".to_owned())),
                Answer::Whole(part) => part,
            };
            if let Some(place) = parts.get_mut(at) {
                *place = part;
            }
        }
        if parts.iter().any(|part| matches!(part, Part::Addresses(found) if !found.is_empty())) {
            until = until.min(Instant::now() + OTHER_FAMILY);
        }
    }
    together(parts)
}

/// One reply of two parts.
fn together(parts: [Part; 2]) -> DnsReply {
    let mut found = Vec::new();
    let (mut error, mut is_waiting) = (None, false);
    for part in parts {
        match part {
            Part::Addresses(addresses) => found.extend(addresses),
            Part::Error(code) => error = Some(code),
            Part::Waiting => is_waiting = true,
        }
    }
    match (found.is_empty(), error) {
        (false, _) => DnsReply::Addresses(found),
        (true, Some(code)) => DnsReply::Error(code),
        (true, None) if is_waiting => DnsReply::Silent,
        (true, None) => DnsReply::NoSuchName,
    }
}

/// What an error of a socket means; `None` where the answer may still come.
fn of_error(kind: ErrorKind) -> Option<DnsReply> {
    match kind {
        ErrorKind::ConnectionRefused => Some(DnsReply::Closed),
        ErrorKind::NetworkUnreachable | ErrorKind::AddrNotAvailable | ErrorKind::PermissionDenied => {
            Some(DnsReply::Unreachable)
        }
        // Nobody has that address on its link.
        ErrorKind::HostUnreachable => Some(DnsReply::Silent),
        _ => None,
    }
}

/// The two questions, each with its number; `None` for what cannot be a name.
fn questions(name: &str) -> Option<[Numbered; 2]> {
    let name = name.trim_end_matches('.');
    let first = u16::try_from(RandomState::new().hash_one(name) & 0x7fff).ok()?;
    let question = |id: u16, r#type: TYPE| {
        let mut packet = Packet::new_query(id);
        packet.set_flags(PacketFlag::RECURSION_DESIRED);
        let (r#type, class) = (QTYPE::TYPE(r#type), QCLASS::CLASS(CLASS::IN));
        packet.questions.push(Question::new(Name::new(name).ok()?, r#type, class, false));
        Some((id, packet.build_bytes_vec().ok()?))
    };
    let [ipv4, ipv6] = TYPES;
    Some([question(first, ipv4)?, question(first | 0x8000, ipv6)?])
}

enum Answer {
    Whole(Part),
    Cut,
}

/// The answer with this number; `None` for any other packet.
fn read(packet: &[u8], id: u16) -> Option<Answer> {
    const CUT: u8 = 0x02;
    let part = read_whole(packet, id)?;
    // What is cut may end in the middle of a record.
    let is_cut = packet.get(2).is_some_and(|flags| flags & CUT != 0);
    Some(if is_cut { Answer::Cut } else { Answer::Whole(part) })
}

/// The same, cut or not.
fn read_whole(packet: &[u8], id: u16) -> Option<Part> {
    const RESPONSE: u8 = 0x80;
    // What is no packet at all has no number either.
    let number = u16::from_be_bytes(packet.get(..2)?.try_into().ok()?);
    if number != id || packet.get(2)? & RESPONSE == 0 {
        return None;
    }
    let Ok(packet) = Packet::parse(packet) else {
        return Some(Part::Error("a malformed answer".to_owned()));
    };
    let addresses = packet.answers.iter().filter_map(|answer| match &answer.rdata {
        RData::A(found) => Some(IpAddr::V4(Ipv4Addr::from(found.address))),
        RData::AAAA(found) => Some(IpAddr::V6(Ipv6Addr::from(found.address))),
        _ => None,
    });
    Some(match packet.rcode() {
        RCODE::NoError => Part::Addresses(addresses.collect()),
        RCODE::NameError => Part::Addresses(Vec::new()),
        RCODE::ServerFailure => Part::Error("SERVFAIL".to_owned()),
        RCODE::Refused => Part::Error("REFUSED".to_owned()),
        RCODE::NotImplemented => Part::Error("NOTIMP".to_owned()),
        other => Part::Error(format!("{other:?}")),
    })
}

/// The answer over TCP, where each packet has its length in front. One that is cut there too is taken as it is.
fn over_tcp(server: SocketAddr, question: &[u8], id: u16, until: Instant) -> io::Result<Part> {
    let left = || until.saturating_duration_since(Instant::now()).max(Duration::from_millis(1));
    let mut stream = TcpStream::connect_timeout(&server, left())?;
    let length = u16::try_from(question.len()).map_err(io::Error::other)?;
    stream.set_write_timeout(Some(left()))?;
    stream.write_all(&[&length.to_be_bytes()[..], question].concat())?;
    stream.set_read_timeout(Some(left()))?;
    let mut length = [0; 2];
    stream.read_exact(&mut length)?;
    let mut packet = vec![0; usize::from(u16::from_be_bytes(length))];
    stream.read_exact(&mut packet)?;
    read_whole(&packet, id).ok_or_else(|| ErrorKind::InvalidData.into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use simple_dns::ResourceRecord;
    use simple_dns::rdata::A;

    fn answer(id: u16, code: RCODE, address: Option<u32>) -> Vec<u8> {
        let mut packet = Packet::new_reply(id);
        *packet.rcode_mut() = code;
        let record = |address| {
            ResourceRecord::new(Name::new_unchecked("x.example"), CLASS::IN, 60, RData::A(A { address }))
        };
        packet.answers.extend(address.map(record));
        packet.build_bytes_vec().unwrap()
    }

    fn part(packet: &[u8], id: u16) -> Option<DnsReply> {
        match read(packet, id)? {
            Answer::Whole(part) => Some(together([part, Part::Addresses(Vec::new())])),
            Answer::Cut => None,
        }
    }

    #[test]
    fn a_cut_answer_is_known_though_it_ends_in_the_middle_of_a_record() {
        let mut cut = answer(7, RCODE::NoError, Some(0x0a00_0202));
        cut[2] |= 0x02;
        for length in 12..=cut.len() {
            assert!(matches!(read(&cut[..length], 7), Some(Answer::Cut)), "{length}");
        }
    }

    #[test]
    fn an_answer_is_addresses_no_such_name_or_an_error() {
        let address = DnsReply::Addresses(vec![Ipv4Addr::new(10, 0, 2, 2).into()]);
        for (code, ip, expected) in [
            (RCODE::NoError, Some(0x0a00_0202), address),
            (RCODE::NoError, None, DnsReply::NoSuchName),
            (RCODE::NameError, None, DnsReply::NoSuchName),
            (RCODE::ServerFailure, None, DnsReply::Error("SERVFAIL".to_owned())),
            (RCODE::Refused, None, DnsReply::Error("REFUSED".to_owned())),
        ] {
            assert_eq!(part(&answer(7, code, ip), 7), Some(expected), "{code:?}");
        }
        assert_eq!(part(&answer(8, RCODE::NoError, None), 7), None, "another's number");
        let [(id, question), _] = questions("goproxy.corp.example").unwrap();
        assert_eq!(part(&question, id), None, "a question is no answer");
    }

    proptest! {
        #[test]
        fn any_packet_is_read_without_a_panic(packet in proptest::collection::vec(any::<u8>(), 0..600)) {
            let id = packet.get(..2).map_or(0, |id| u16::from_be_bytes([id[0], id[1]]));
            let _ = read(&packet, id);
        }
    }
}
