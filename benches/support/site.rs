//! The server of one bench: a process of its own, so that its work is the same for everybody who asks it.

use super::support::mirror::real_log;
use super::support::server::{Reply, Server};
use std::io::{BufRead as _, BufReader, Read as _};
use std::path::Path;
use std::process::{Child, Command, Stdio};

/// A running server.
pub(crate) struct Site {
    child: Child,
    url: String,
}

impl Site {
    /// Starts this program once more, to serve `directory` until this value is dropped.
    pub(crate) fn start(directory: &Path) -> Self {
        let mut program = Command::new(std::env::current_exe().unwrap());
        program.arg("--serve").arg(directory).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = program.spawn().unwrap();
        let mut url = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut url).unwrap();
        Self { child, url: url.trim().to_owned() }
    }

    /// `http://127.0.0.1:PORT` + `path`.
    pub(crate) fn url(&self, path: &str) -> String {
        format!("{}{path}", self.url)
    }
}

impl Drop for Site {
    fn drop(&mut self) {
        drop(self.child.stdin.take());
        let _ = self.child.wait();
    }
}

/// What the other process does: says where it is, and serves until its stdin ends.
pub(crate) fn serve(directory: &Path) {
    let directory = directory.to_owned();
    let server = Server::start(move |request| {
        if let Some(reply) = real_log(request) {
            return reply;
        }
        match request.target.split_once("/dl/").map(|(_, file)| file) {
            Some("") => Reply::file(directory.join("page.html")).header("Content-Type", "text/html"),
            Some(query) if query.starts_with('?') => {
                Reply::file(directory.join("index.json")).header("Content-Type", "application/json")
            }
            _ => Reply::directory(&directory, request).header("Accept-Ranges", "bytes"),
        }
    });
    println!("{}", server.url(""));
    let _ = std::io::stdin().read_to_end(&mut Vec::new());
}
