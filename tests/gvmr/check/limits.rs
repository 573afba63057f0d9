//! What a run takes of the machine and of servers at most: memory, programs and connections.

use super::{check, messages, project, start, watched};
use crate::support::server::{Reply, Server};
use crate::support::world::World;
use rustix::net::{RecvFlags, recv};
use serde_json::Value;
use std::fmt::Write as _;
use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

/// The most memory of gvmr, in KiB.
const MAX_MEMORY: u64 = 64 << 10;

#[test]
fn what_prints_without_end_is_ended_and_memory_stays_small() {
    let world = World::new("off");
    let endless = |stream: &str| format!("[\"sh\", \"-c\", \"yes 0123456789 | head -c 1G {stream}\"]");
    let text = format!(
        "[a.stdout]\ncommand = {}\n[a.stderr]\ncommand = {}\n[a.less]\n\
         command = [\"sh\", \"-c\", \"yes | head -c 200M; echo; echo last 7\"]\npattern = 'last (.*)'\npick = \"last\"\nvalue = \"== 7\"\n",
        endless(""),
        endless(">&2")
    );
    let project = project(&world, &text);
    let (output, peak) = watched(start(&world, &project));
    let document: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(
        messages(&document),
        [
            "a.stdout error: sh printed more than 256 MiB",
            "a.stderr error: sh printed more than 256 MiB",
            "a.less pass: "
        ]
    );
    assert!((1..MAX_MEMORY).contains(&peak), "{peak} KiB");
}

#[test]
fn what_is_not_kept_of_an_output_is_an_error_where_it_counts() {
    let world = World::new("off");
    let printing = |lines: &str| {
        format!("command = [\"sh\", \"-c\", \"yes INFO-line | head -n 20000; echo ERROR; {lines}\"]")
    };
    let (long, short) =
        (printing("yes INFO-line | head -n 2000000"), printing("yes INFO-line | head -n 200000"));
    let count = "pattern = 'ERROR'\npick = \"count\"\nvalue = \"== 0\"";
    let text = format!(
        "[a.whole]\n{short}\n{count}\n[a.cut]\n{long}\n{count}\n\
         [a.contains]\n{long}\ncontains = \"ERROR\"\n[a.exit]\n{long}\n"
    );
    let project = project(&world, &text);
    let (output, peak) = watched(start(&world, &project));
    let document: Value = serde_json::from_slice(&output.stdout).unwrap();
    let cut = "sh printed 19.26 MiB; over 8 MiB only the first 64 KiB and the last 1 MiB are kept: make it print less, \
               or count in the command";
    assert_eq!(
        messages(&document),
        [
            "a.whole fail: value is 1, == 0 asked".to_owned(),
            format!("a.cut error: {cut}"),
            format!("a.contains error: {cut}"),
            "a.exit pass: ".to_owned(),
        ]
    );
    assert!((1..MAX_MEMORY).contains(&peak), "{peak} KiB");
}

#[test]
fn of_ten_thousand_answers_memory_stays_small() {
    let world = World::new("off");
    let body = format!("{{\"n\": 1, \"filling\": \"{}\"}}", "x".repeat(20_000));
    let server = Server::start(move |_| Reply::ok(&body));
    let text = format!(
        "[a.b]\nhttp = \"{}\"\nrequests = 10000\nconcurrency = 8\njson.\"/n\" = \"== 1\"\n",
        server.url("/")
    );
    let project = project(&world, &text);
    let (output, peak) = watched(start(&world, &project));
    let document: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(messages(&document), ["a.b pass: "]);
    assert!((1..MAX_MEMORY).contains(&peak), "{peak} KiB");
}

#[test]
fn of_five_hundred_probes_as_many_run_at_once_as_the_file_says() {
    let world = World::new("off");
    let slot = ": > running/$$; set -- running/*; echo $# >> counts; sleep 0.01; rm running/$$";
    let mut text = "[check]\njobs = 7\n".to_owned();
    for number in 0..500 {
        let _ = write!(text, "[a.p{number}]\ncommand = [\"sh\", \"slot\"]\n");
    }
    let project = project(&world, &text);
    super::write(&project, "slot", slot);
    fs::create_dir(project.join("running")).unwrap();
    let document = check(&world, &project, &["--json"]);
    assert_eq!(document.code, Some(0), "{}", document.stderr);
    let document = document.json();
    let ids: Vec<_> =
        document["probes"].as_array().unwrap().iter().map(|probe| probe["id"].as_str().unwrap()).collect();
    assert_eq!(ids, (0..500).map(|number| format!("a.p{number}")).collect::<Vec<_>>());
    assert_eq!(document["counts"]["pass"], 500);
    let counts = fs::read_to_string(project.join("counts")).unwrap();
    let counts: Vec<usize> = counts.lines().map(|line| line.parse().unwrap()).collect();
    assert_eq!(counts.len(), 500);
    let most = counts.into_iter().max().unwrap();
    assert!((2..=7).contains(&most), "{most} at once");
}

/// A web server that counts the connections that are open when another one comes.
fn counting_server() -> (SocketAddr, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let (address, most) = (listener.local_addr().unwrap(), Arc::new(AtomicUsize::new(0)));
    let counted = Arc::clone(&most);
    std::thread::spawn(move || {
        let mut open: Vec<TcpStream> = Vec::new();
        for stream in listener.incoming().flatten() {
            // The client has closed those from which the end can be read.
            let is_open = |stream: &TcpStream| {
                recv(stream, &mut [0_u8; 1][..], RecvFlags::PEEK | RecvFlags::DONTWAIT)
                    .map_or(true, |(count, _)| count > 0)
            };
            open.retain(is_open);
            open.push(stream.try_clone().unwrap());
            counted.fetch_max(open.len(), Ordering::Relaxed);
            std::thread::spawn(move || answer_all(&stream));
        }
    });
    (address, most)
}

fn answer_all(mut stream: &TcpStream) {
    for line in BufReader::new(stream).lines() {
        let Ok(line) = line else { return };
        if line.is_empty() {
            std::thread::sleep(Duration::from_millis(10)); // some work
            if stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 1\r\n\r\nx").is_err() {
                return;
            }
        }
    }
}

#[test]
fn a_run_has_at_most_sixty_four_connections_at_once() {
    let world = World::new("off");
    let (address, most) = counting_server();
    let mut text = String::new();
    for name in ["a", "b", "c", "d"] {
        let _ = write!(
            text,
            "[load.{name}]\nhttp = \"http://{address}/\"\nrequests = 200\nconcurrency = 64\n\
             [load.{name}-few]\nhttp = \"http://{address}/\"\nrequests = 40\nconcurrency = 20\n\
             [load.{name}-open]\ntcp = \"{address}\"\n"
        );
    }
    let project = project(&world, &text);
    let document = check(&world, &project, &["--json"]).json();
    assert_eq!(document["counts"]["pass"], 12, "{:#?}", messages(&document));
    assert_eq!(most.load(Ordering::Relaxed), 64);
}
