//! A machine with one link, in namespaces of its own, and the site at the other end of the link: a gateway, a name server, and
//! servers that a test breaks as it likes.

use crate::support::authority::{Authority, authority};
use crate::support::server::{Reply, Request, Server};
use crate::support::world::{Run, World};
use rustix::thread::{LinkNameSpaceType, move_into_link_name_space};
use simple_dns::rdata::{A, RData};
use simple_dns::{CLASS, Packet, QTYPE, RCODE, ResourceRecord, TYPE};
use std::collections::BTreeMap;
use std::fs;
use std::io::Read as _;
use std::mem::ManuallyDrop;
use std::net::{Ipv4Addr, SocketAddr, TcpListener, UdpSocket};
use std::os::fd::AsFd as _;
use std::path::PathBuf;
use std::process::Command;
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// The site's gateway, which is also where most servers are.
pub(super) const GATEWAY: &str = "10.9.0.2";
/// The site's name server.
pub(super) const NAMES: &str = "10.9.0.3";
/// A server behind the gateway.
pub(super) const FAR: &str = "203.0.113.10";
/// The name of a proxy that the name server knows.
pub(super) const GOPROXY: &str = "goproxy.test";
const ALWAYS: (&str, &str) = ("20200101000000Z", "20991231235959Z");

/// What the name server says of a name.
#[derive(Clone, Copy)]
pub(super) enum Said {
    Address(&'static str),
    Code(RCODE),
}

/// The machine and the site.
pub(super) struct Lab {
    pub(super) world: World,
    said: Arc<Mutex<BTreeMap<String, Said>>>,
    /// They end with the process: who ends one connects to it, which the machine may no longer be able to.
    servers: ManuallyDrop<Vec<Server>>,
}

impl Lab {
    /// A machine that is in the site and reaches all of it; `None` where there are no certificates.
    pub(super) fn whole() -> Option<Self> {
        let authority = authority()?;
        done(Command::new("mount").args(["-t", "tmpfs", "tmpfs", "/run"]));
        ip("link set lo up");
        ip("netns add site");
        ip("link add eth0 type veth peer name gateway netns site");
        ip(&format!("-n site address add {FAR}/24 dev lo"));
        ip("-n site link set lo up");
        ip("-n site link set gateway up");
        site_has(&[GATEWAY, NAMES]);
        let mut world = World::new(&format!("https://{GOPROXY}"));
        world.set("SSL_CERT_FILE", authority.certificate().to_str().unwrap());
        world.set("GOSUMDB", "off");
        let mut lab = Self { world, said: Arc::default(), servers: ManuallyDrop::default() };
        lab.says(GOPROXY, Said::Address(FAR));
        let said = Arc::clone(&lab.said);
        in_site(move || answer_names(UdpSocket::bind((NAMES, 53)).unwrap(), said));
        lab.file("/etc/resolv.conf", &format!("nameserver {NAMES}\n"));
        lab.file("/etc/hosts", "127.0.0.1 localhost\n");
        lab.enter();
        lab.serves(&format!("{FAR}:443"), &format!("DNS:{GOPROXY}"), ALWAYS, module_proxy);
        Some(lab)
    }

    /// The machine has its address and its default route.
    pub(super) fn enter(&self) {
        site_has(&[GATEWAY, NAMES]);
        ip("address add 10.9.0.15/24 dev eth0");
        ip("link set eth0 up");
        self.route(GATEWAY);
    }

    /// The machine is on a bridge instead, with another gateway, which answers for names too; that one's address.
    pub(super) fn enter_bridge(&self) -> &'static str {
        const BRIDGE: &str = "192.168.56.1";
        site_has(&[BRIDGE]);
        ip("address add 192.168.56.7/24 dev eth0");
        ip("link set eth0 up");
        self.route(BRIDGE);
        let said = Arc::clone(&self.said);
        in_site(move || answer_names(UdpSocket::bind((BRIDGE, 53)).unwrap(), said));
        BRIDGE
    }

    /// The default route leads here.
    #[allow(clippy::unused_self)] // a test reads: the lab routes
    pub(super) fn route(&self, gateway: &str) {
        let _ = Command::new("ip").args(["route", "del", "default"]).output();
        ip(&format!("route add default via {gateway}"));
    }

    /// The machine has no network.
    #[allow(clippy::unused_self)] // a test reads: the lab leaves
    pub(super) fn leave(&self) {
        ip("address flush dev eth0");
        ip("link set eth0 down");
    }

    /// The name server's answer about a name.
    pub(super) fn says(&self, name: &str, said: Said) {
        self.said.lock().unwrap().insert(name.to_owned(), said);
    }

    /// What a file of the machine holds.
    pub(super) fn file(&self, path: &str, text: &str) {
        let own = self.world.path(&format!("etc{}", path.replace('/', "-")));
        let is_new = !own.exists();
        fs::write(&own, text).unwrap();
        if is_new {
            let real = fs::canonicalize(path).unwrap();
            done(Command::new("mount").arg("--bind").arg(&own).arg(real));
        }
    }

    /// A server of the site with a certificate for these names.
    pub(super) fn serves(
        &mut self,
        address: &str,
        names: &str,
        (from, to): (&str, &str),
        handler: fn(&Request) -> Reply,
    ) {
        let tls = Self::authority().server_for(names, from, to);
        let address = address.to_owned();
        self.servers.push(in_site(move || Server::start_tls_at(&address, tls, handler)));
    }

    /// The same with a certificate for all times.
    pub(super) fn serves_well(&mut self, address: &str, names: &str, handler: fn(&Request) -> Reply) {
        self.serves(address, names, ALWAYS, handler);
    }

    /// A server of the site without TLS.
    pub(super) fn serves_plainly(
        &mut self,
        address: &str,
        handler: impl Fn(&Request) -> Reply + Send + Sync + 'static,
    ) {
        let address = address.to_owned();
        self.servers.push(in_site(move || Server::start_at(&address, handler)));
    }

    /// A server on the machine itself; its address.
    pub(super) fn serves_here(&mut self, handler: fn(&Request) -> Reply) -> String {
        let server = Server::start(handler);
        let address = server.url("");
        self.servers.push(server);
        address
    }

    /// A port of the site that takes connections, and then does this with each.
    #[allow(clippy::unused_self)] // a test reads: the lab listens
    pub(super) fn listens(&self, address: &str, and_then: fn(std::net::TcpStream)) {
        let address = address.to_owned();
        let listener = in_site(move || TcpListener::bind(address).unwrap());
        std::thread::spawn(move || listener.incoming().flatten().for_each(and_then));
    }

    /// Every request that any server got, each as its target.
    pub(super) fn asked(&self) -> Vec<String> {
        self.servers.iter().flat_map(Server::targets).collect()
    }

    pub(super) fn authority() -> &'static Authority {
        authority().unwrap()
    }

    /// A directory with a go.mod that requires this.
    pub(super) fn project(&self, requires: &str) -> PathBuf {
        let text = format!("module example.com/own\n\ngo 1.22\n\nrequire {requires}\n");
        self.world.project("project", &[("go.mod", &text)])
    }

    /// `gvmr doctor` about the network, in a project where there is one.
    pub(super) fn doctor(&self) -> Run {
        let project = self.world.path("project");
        let directory = if project.exists() { project } else { self.world.path("user") };
        let only = "net,goproxy,proxy,tls,sumdb,private";
        self.world.gvmr_in(&directory, ["doctor", "--json", "--only", only])
    }
}

/// A module proxy that has toolchains, and serves no checksum database.
pub(super) fn module_proxy(request: &Request) -> Reply {
    if request.target.ends_with("/golang.org/toolchain/@v/list") { Reply::ok("") } else { Reply::status(404) }
}

/// A proxy that refuses every tunnel.
pub(super) fn closed(_: &Request) -> Reply {
    Reply::status(403)
}

/// The site has these addresses and no others on the link.
fn site_has(addresses: &[&str]) {
    ip("-n site address flush dev gateway");
    for address in addresses {
        ip(&format!("-n site address add {address}/24 dev gateway"));
    }
}

/// Does something in the site's network; what is opened there stays there.
fn in_site<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    let inside = move || {
        let site = fs::File::open("/run/netns/site").unwrap();
        move_into_link_name_space(site.as_fd(), Some(LinkNameSpaceType::Network)).unwrap();
        work()
    };
    std::thread::spawn(inside).join().unwrap()
}

/// Answers questions for addresses until the process ends.
fn answer_names(socket: UdpSocket, said: Arc<Mutex<BTreeMap<String, Said>>>) {
    std::thread::spawn(move || {
        let mut buffer = [0; 1500];
        while let Ok((length, from)) = socket.recv_from(&mut buffer) {
            if let Some(answer) = answer(&buffer[..length], &said.lock().unwrap()) {
                let _ = socket.send_to(&answer, from);
            }
        }
    });
}

fn answer(question: &[u8], said: &BTreeMap<String, Said>) -> Option<Vec<u8>> {
    let question = Packet::parse(question).ok()?;
    let asked = question.questions.first()?.clone();
    let mut reply = Packet::new_reply(question.id());
    match said.get(&asked.qname.to_string()) {
        Some(Said::Address(address)) if asked.qtype == QTYPE::TYPE(TYPE::A) => {
            let address = A { address: address.parse::<Ipv4Addr>().unwrap().into() };
            let record = ResourceRecord::new(asked.qname.clone(), CLASS::IN, 1, RData::A(address));
            reply.answers.push(record);
        }
        Some(Said::Address(_)) => {}
        Some(Said::Code(code)) => *reply.rcode_mut() = *code,
        None => *reply.rcode_mut() = RCODE::NameError,
    }
    reply.questions.push(asked);
    reply.build_bytes_vec().ok()
}

/// Where a tunnel to the module proxy leads.
pub(super) fn far() -> SocketAddr {
    format!("{FAR}:443").parse().unwrap()
}

/// Reads what comes first, and ends the connection with a reset.
pub(super) fn reset(mut stream: std::net::TcpStream) {
    let _ = stream.read(&mut [0; 64]);
    rustix::net::sockopt::set_socket_linger(&stream, Some(Duration::ZERO)).unwrap();
}

pub(super) fn ip(words: &str) {
    done(Command::new("ip").args(words.split(' ')));
}

fn done(command: &mut Command) {
    let output = command.output().unwrap();
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
}
