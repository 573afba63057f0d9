//! What servers and the kernel say: the index of releases, `/proc/net`, programs.

use crate::scratch;
use gvmr::go_program::{BuildInfo, ProgramFile};
use gvmr::net::{Client, NetSettings, Url};
use gvmr::sources::{Index, Naming};
use gvmr_core::env::network::Network;
use gvmr_core::sys::interpreter;
use std::cell::OnceCell;

thread_local! {
    static CLIENT: OnceCell<Client> = const { OnceCell::new() };
}

/// An index of releases, official and of builds for musl.
pub fn index(data: &[u8]) {
    let directory = scratch("index");
    let file = directory.join("index.json");
    std::fs::write(&file, data).expect("a file");
    let url = Url::from_file_path(&file).expect("an absolute path");
    CLIENT.with(|client| {
        let settings = || NetSettings::from_environment(&Vec::<(&str, &str)>::new());
        let client = client.get_or_init(|| Client::new(settings()));
        for naming in [Naming::Official, Naming::Musl] {
            let cache = directory.join("cache");
            let _ = std::fs::remove_dir_all(&cache);
            let Ok(index) = Index::read(client, &url, &cache, naming) else { continue };
            for version in index.versions("amd64") {
                let file = index.file(&version, "amd64").expect("what is listed has a file");
                assert!(!file.name.contains('/'), "{}", file.name);
            }
        }
    });
}

/// The kernel's tables, all with the same bytes, and `/proc/net/if_inet6` and the rest one by one.
pub fn network_tables(data: &[u8]) {
    let directory = scratch("tables");
    let (which, data) = data.split_first().unwrap_or((&0, &[]));
    let names = ["route", "ipv6_route", "fib_trie", "if_inet6"];
    for (number, name) in names.iter().enumerate() {
        let is_written = usize::from(*which) % (names.len() + 1) == number || usize::from(*which) % 5 == 4;
        std::fs::write(directory.join(name), if is_written { data } else { &[] }).expect("a table");
    }
    let seen = Network::of(&directory).seen();
    assert!(seen.gateways.len() <= 2, "{seen:?}");
    assert!(seen.addresses.is_sorted() && seen.interfaces.is_sorted(), "{seen:?}");
}

/// A program.
pub fn elf(data: &[u8]) {
    let file = scratch("elf").join("program");
    std::fs::write(&file, data).expect("a file");
    let _ = interpreter::of(&file);
    let _ = interpreter::machine(&file);
    if let Ok(program) = ProgramFile::open(&file) {
        let _ = BuildInfo::of(&program).map(|info| info.settings.len());
    }
}
