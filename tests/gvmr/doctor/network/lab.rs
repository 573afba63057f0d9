//! A machine with one link, in namespaces of its own, and the site at the other end of the link: a gateway, a name server, and
//! servers that a test breaks as it likes.

use crate::support::authority::{Authority, authority};
use crate::support::server::{Reply, Request, Server};
use crate::support::world::{Run, World};
use rustix::thread::{LinkNameSpaceType, move_into_link_name_space};
use simple_dns::rdata::RData;
use simple_dns::{CLASS, Packet, PacketFlag, QTYPE, RCODE, ResourceRecord, TYPE};
use std::collections::BTreeMap;
use std::fs;
use std::io::{Read as _, Write as _};
use std::mem::ManuallyDrop;
use std::net::{IpAddr, SocketAddr, TcpListener, UdpSocket};
use std::os::fd::AsFd as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
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
/// The module that the real go fetches.
const MODULE: &str = "golang.org/x/text@v0.3.0";
const INFO: &str = "{\"Version\":\"v0.3.0\",\"Time\":\"2018-01-01T00:00:00Z\"}";
/// Every name, to a name server that says the same of all.
const ANY: &str = "";
const ALWAYS: (&str, &str) = ("20200101000000Z", "20991231235959Z");

/// What the name server says of a name.
#[derive(Clone, Copy)]
pub(super) enum Said {
    Address(&'static str),
    /// An address that is told over TCP, and over UDP only that the answer is cut.
    Cut(&'static str),
    Code(RCODE),
}

/// How a name server listens.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Listens {
    ToBoth,
    ToTcp,
}

/// The machine and the site.
pub(super) struct Lab {
    pub(super) world: World,
    said: Arc<Mutex<BTreeMap<String, Said>>>,
    /// They end with the process: who ends one connects to it, which the machine may no longer be able to.
    servers: ManuallyDrop<Vec<Server>>,
    /// So do these.
    programs: Vec<Child>,
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
        let mut lab =
            Self { world, said: Arc::default(), servers: ManuallyDrop::default(), programs: Vec::new() };
        lab.says(GOPROXY, Said::Address(FAR));
        let said = Arc::clone(&lab.said);
        in_site(move || answer_names(NAMES, Listens::ToBoth, said));
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
        in_site(move || answer_names(BRIDGE, Listens::ToBoth, said));
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

    /// One more name server on the link, which knows the same.
    pub(super) fn names_at(&self, address: &'static str, listens: Listens) {
        let said = Arc::clone(&self.said);
        site_also_has(address);
        in_site(move || answer_names(address, listens, said));
    }

    /// A name server on the machine itself, which knows the same.
    pub(super) fn names_here(&self) {
        answer_names("127.0.0.1", Listens::ToBoth, Arc::clone(&self.said));
    }

    /// One more name server on the link, which says this of each name.
    #[allow(clippy::unused_self)] // a test reads: the lab has a name server
    pub(super) fn answers_at(&self, address: &'static str, code: RCODE) {
        site_also_has(address);
        let said = BTreeMap::from([(ANY.to_owned(), Said::Code(code))]);
        in_site(move || answer_names(address, Listens::ToBoth, Arc::new(Mutex::new(said))));
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

    /// The same with a certificate of an authority that this machine does not know.
    pub(super) fn serves_as(
        &mut self,
        authority: &'static str,
        address: &str,
        names: &str,
        handler: fn(&Request) -> Reply,
    ) {
        // It is gone with the process.
        let authority = ManuallyDrop::new(Authority::of(authority));
        let tls = authority.server_for(names, ALWAYS.0, ALWAYS.1);
        let address = address.to_owned();
        self.servers.push(in_site(move || Server::start_tls_at(&address, tls, handler)));
    }

    /// A module proxy of the site by `openssl`, whose certificate `leaf.pem` and key `leaf.key` these commands make, in a
    /// directory where `ca.pem` and `ca.key` are the authority's; that directory.
    pub(super) fn serves_by_openssl(&mut self, address: &str, commands: &[&str]) -> PathBuf {
        let answer = |body: &str| format!("HTTP/1.0 200 OK\r\nContent-Length: {}\r\n\r\n{body}", body.len());
        let directory = self.world.project(
            "openssl",
            &[
                ("golang.org/toolchain/@v/list", &answer("")),
                ("golang.org/x/text/@v/v0.3.0.info", &answer(INFO)),
                ("names", &format!("subjectAltName=DNS:{GOPROXY},IP:{GATEWAY}\n")),
            ],
        );
        for file in ["ca.pem", "ca.key"] {
            fs::copy(Self::authority().certificate().with_file_name(file), directory.join(file)).unwrap();
        }
        for command in commands {
            done(Command::new("openssl").current_dir(&directory).args(command.split(' ')));
        }
        let server = format!("s_server -quiet -HTTP -accept {address} -cert leaf.pem -key leaf.key");
        let mut command = Command::new("openssl");
        command.current_dir(&directory).args(server.split(' ')).stdin(Stdio::null());
        let address: SocketAddr = address.parse().unwrap();
        self.programs.push(in_site(move || command.spawn().unwrap()));
        let is_up = move || in_site(move || std::net::TcpStream::connect(address).is_ok());
        let mut tries = (0..200).map(|_| std::thread::sleep(Duration::from_millis(50)));
        assert!(tries.any(|()| is_up()), "openssl does not listen at {address}");
        directory
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

    /// The real go, which fetches what it knows of a module; `None` where there is none.
    pub(super) fn go(&self) -> Option<Run> {
        let directory = self.world.path("user");
        let mut command = self.world.command(Path::new("timeout"), &directory);
        // No go waits for less than 10 s, and what it waits for comes at once or never.
        command.args(["11", real_go()?.to_str()?, "list", "-m", MODULE]);
        command.env("GOFLAGS", "-mod=mod").env("GOTOOLCHAIN", "local");
        Some(Run::of(command.env("GOMODCACHE", self.world.path("modules"))))
    }

    /// `gvmr doctor` about the network, in a project where there is one.
    pub(super) fn doctor(&self) -> Run {
        let project = self.world.path("project");
        let directory = if project.exists() { project } else { self.world.path("user") };
        let only = "net,goproxy,proxy,tls,sumdb,private";
        self.world.gvmr_in(&directory, ["doctor", "--json", "--only", only])
    }
}

/// A module proxy that has toolchains and one module, and serves no checksum database.
pub(super) fn module_proxy(request: &Request) -> Reply {
    match request.target.as_str() {
        list if list.ends_with("/golang.org/toolchain/@v/list") => Reply::ok(""),
        info if info.ends_with("/golang.org/x/text/@v/v0.3.0.info") => Reply::ok(INFO),
        file if file.ends_with("/golang.org/x/text/@v/v0.3.0.mod") => Reply::ok("module golang.org/x/text\n"),
        _ => Reply::status(404),
    }
}

/// The go that the tests are run with.
fn real_go() -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).map(|directory| directory.join("go")).find(|go| go.is_file())
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

/// One more address of the site on the link.
fn site_also_has(address: &str) {
    let length = if address.contains(':') { "64 nodad" } else { "24" };
    ip(&format!("-n site address add {address}/{length} dev gateway"));
}

/// Answers questions for addresses until the process ends.
fn answer_names(address: &str, listens: Listens, said: Arc<Mutex<BTreeMap<String, Said>>>) {
    let listener = TcpListener::bind((address, 53)).unwrap();
    if listens == Listens::ToBoth {
        let (socket, said) = (UdpSocket::bind((address, 53)).unwrap(), Arc::clone(&said));
        std::thread::spawn(move || {
            let mut buffer = [0; 1500];
            while let Ok((length, from)) = socket.recv_from(&mut buffer) {
                if let Some(answer) = answer(&buffer[..length], &said.lock().unwrap(), false) {
                    let _ = socket.send_to(&answer, from);
                }
            }
        });
    }
    std::thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let mut length = [0; 2];
            if stream.read_exact(&mut length).is_err() {
                continue;
            }
            let mut question = vec![0; usize::from(u16::from_be_bytes(length))];
            let read = stream.read_exact(&mut question);
            let answer = read.ok().and_then(|()| answer(&question, &said.lock().unwrap(), true));
            if let Some(answer) = answer {
                let length = u16::try_from(answer.len()).unwrap().to_be_bytes();
                let _ = stream.write_all(&[&length[..], &answer].concat());
            }
        }
    });
}

fn answer(question: &[u8], said: &BTreeMap<String, Said>, is_tcp: bool) -> Option<Vec<u8>> {
    let question = Packet::parse(question).ok()?;
    let asked = question.questions.first()?.clone();
    let mut reply = Packet::new_reply(question.id());
    match said.get(&asked.qname.to_string()).or_else(|| said.get(ANY)) {
        Some(Said::Cut(_)) if !is_tcp => reply.set_flags(PacketFlag::TRUNCATION),
        Some(Said::Address(address) | Said::Cut(address)) => {
            let data = match address.parse().unwrap() {
                IpAddr::V4(address) if asked.qtype == QTYPE::TYPE(TYPE::A) => Some(RData::A(address.into())),
                IpAddr::V6(address) if asked.qtype == QTYPE::TYPE(TYPE::AAAA) => {
                    Some(RData::AAAA(address.into()))
                }
                _ => None,
            };
            let record = |data| ResourceRecord::new(asked.qname.clone(), CLASS::IN, 1, data);
            reply.answers.extend(data.map(record));
        }
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
