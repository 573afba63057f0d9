//! Passwords in the addresses of proxies, mirrors and module proxies: no output and no file of gvmr has them.

use crate::support::authority::authority;
use crate::support::mirror::Mirror;
use crate::support::server::{Reply, Server};
use crate::support::sources::files;
use crate::support::world::{Run, World};
use std::sync::{Arc, Mutex};

/// What is written instead of these characters.
const WRITTEN: &str = r"\ # / ? @ as %5C %23 %2F %3F %40";
const COMMANDS: [&[&str]; 3] = [&["ls-remote"], &["env", "--why"], &["env", "--json"]];

/// Fails where the output of a run or a file of the user has a piece of the secret.
#[track_caller]
fn assert_hidden(secret: &str, run: &Run, world: &World) {
    let pieces: Vec<&str> =
        secret.split(['/', '\\', '#', '?', '@', ',']).filter(|piece| piece.len() > 5).collect();
    for text in [&run.stdout, &run.stderr] {
        assert!(!pieces.iter().any(|piece| text.contains(piece)), "{run:#?}");
    }
    for file in files(&world.path("user")) {
        let bytes = std::fs::read(&file).unwrap_or_default();
        let text = String::from_utf8_lossy(&bytes);
        assert!(!pieces.iter().any(|piece| text.contains(piece)), "{}: {text}", file.display());
    }
}

#[test]
fn a_value_that_is_no_url_is_named_and_its_password_is_nowhere() {
    let secret = "Secret1234";
    for (variable, value, sources) in [
        ("HTTPS_PROXY", r"http://CORP\user:Secret1234@127.0.0.1:1", "archive"),
        ("HTTPS_PROXY", "http://user:Secret1234#x@127.0.0.1:1", "archive"),
        ("https_proxy", "http://user:Secret1234/x@127.0.0.1:1", "archive"),
        ("HTTPS_PROXY", "http//user:Secret1234@127.0.0.1:1", "archive"),
        ("HTTPS_PROXY", "'http://user:Secret1234@127.0.0.1:1'", "archive"),
        ("GOPROXY", r"https://CORP\user:Secret1234@127.0.0.1:1/go", "goproxy"),
        ("GOPROXY", "https://user:Secret1234,x@127.0.0.1:1/go,off", "goproxy"),
        ("GVMR_MIRROR", r"https://CORP\user:Secret1234@127.0.0.1:1/go", "archive"),
        ("GVMR_INDEX", "https://user:12?Secret1234@127.0.0.1:1/go", "archive"),
        ("GVMR_MIRROR", "//user:Secret1234@127.0.0.1:1", "archive"),
        ("HTTPS_PROXY", "http://user:Secret1234%40127.0.0.1:3128", "archive"),
        ("HTTPS_PROXY", "http://user:Secret1234%2540127.0.0.1:3128", "archive"),
        ("HTTPS_PROXY", "http://user:Secret1234＠127.0.0.1:3128", "archive"),
        ("HTTPS_PROXY", "http%3A%2F%2Fuser%3ASecret1234%40127.0.0.1", "archive"),
        ("GOPROXY", "http%3A%2F%2Fuser%3ASecret1234%40127.0.0.1", "goproxy"),
        ("GVMR_MIRROR", "user%3ASecret1234%40127.0.0.1", "archive"),
        ("GVMR_INDEX", "user%3aSecret1234%40127.0.0.1", "archive"),
    ] {
        let mut world = World::new("off");
        world.set("GVMR_SOURCES", sources).set(variable, value);
        let run = world.gvmr(["install", "1.22.12"]);
        assert!(run.stderr.contains("not a valid URL") && run.stderr.contains(WRITTEN), "{value}: {run:#?}");
        assert!(run.stderr.contains(variable), "{run:#?}");
        assert_hidden(secret, &run, &world);
        for command in COMMANDS {
            assert_hidden(secret, &world.gvmr(command), &world);
        }
    }
}

/// The go command takes `http` for the proxy here, and so does gvmr.
#[test]
fn what_go_takes_for_another_host_is_shown_no_better() {
    for value in ["http://user:Secret1234", "http://user:Secret1234:proxy:1"] {
        let mut world = World::new("http://goproxy.invalid");
        world.set("HTTPS_PROXY", value).set("HTTP_PROXY", value);
        for command in [&["install", "1.22.12"][..], &["ls-remote"], &["env", "--why"], &["env", "--json"]] {
            assert_hidden("Secret1234", &world.gvmr(command), &world);
        }
    }
}

#[test]
fn what_a_file_says_is_shown_no_better() {
    let value = r"https://CORP\user:Secret1234@127.0.0.1:1/go";
    for (file, content) in [
        (".config/gvmr/config.toml", format!("mirrors = '{value}'\n")),
        (".config/gvmr/config.toml", format!("env = '{value}'\n")),
        (".config/gvmr/config.toml", format!("[[directory]]\npath = \"~\"\nenv.GOPROXY = '{value}'\n")),
        (".config/go/env", format!("GOPROXY={value}\n")),
    ] {
        let mut world = World::new("");
        let path = world.path("user").join(file);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, &content).unwrap();
        world.set("GVMR_SOURCES", "goproxy");
        for command in COMMANDS.iter().copied().chain([&["install", "1.22.12"][..]]) {
            let run = world.gvmr(command);
            assert!(!run.stdout.contains("Secret") && !run.stderr.contains("Secret"), "{content}: {run:#?}");
        }
    }
}

#[test]
fn an_address_in_a_files_place_is_shown_no_better() {
    let world = World::new("off");
    for file in
        ["http//user:Secret1234@127.0.0.1/go1.22.1.tar.gz", "https://user:Secret1234@h/go1.22.1.tar.gz"]
    {
        for options in [&["install"][..], &["install", "--from-source"]] {
            let run = world.gvmr(options.iter().chain([&file]));
            assert_hidden("Secret1234", &run, &world);
            run.exits(2, &[]);
        }
    }
}

#[test]
fn a_proxy_that_go_ignores_is_named_as_ignored() {
    let mirror = Mirror::small(&["1.22.12"]);
    let mut world = mirror.world();
    world.set("HTTP_PROXY", "\"user:Secret1234@proxy.corp:3128\"");
    let run = world.gvmr(["install", "1.22.12"]);
    assert_hidden("Secret1234", &run, &world);
    run.exits(0, &["ignoring HTTP_PROXY", "not a valid URL", WRITTEN]);
}

#[test]
fn a_password_that_is_used_is_in_no_output_no_receipt_and_no_file() {
    let Some(authority) = authority() else { return };
    let secret = "%40Canary%2F1234!?x".trim_end_matches("?x");
    let mirror = Mirror::small(&["1.22.12", "1.23.4"]);
    let plain = mirror.server.url("");
    let told = Arc::new(Mutex::new(String::new()));
    let at_server = Arc::clone(&told);
    // It repeats whatever it is told.
    let server = Server::start_tls(authority.server(), move |request| {
        let header = request.header("authorization").unwrap_or_default().to_owned();
        at_server.lock().unwrap().push_str(&header);
        if request.target.ends_with("1.23.4.linux-amd64.zip") {
            Reply { status: 403, ..Reply::ok(header) }.header("Content-Type", "text/plain")
        } else {
            proxied(&plain, &request.target)
        }
    });
    let mut world = mirror.world();
    world.set("GOPROXY", &server.url("").replace("//", &format!("//joe:{secret}@")));
    world.set("SSL_CERT_FILE", authority.certificate().to_str().unwrap());
    for (command, code) in [("1.22.12", 0), ("1.23.4", 4)] {
        let run = world.gvmr(["install", command]).exits(code, &[]);
        for piece in ["Canary", "QENhbmFyeS8xMjM0", "joe:"] {
            assert_hidden(piece, &run, &world);
        }
    }
    let header = "Basic am9lOkBDYW5hcnkvMTIzNCE="; // joe:@Canary/1234!
    assert!(told.lock().unwrap().contains(header), "the server was told the password");
    let listed = world.gvmr(["list", "--json"]);
    assert!(listed.stdout.contains("1.22.12"), "{listed:#?}");
    assert_hidden("Canary", &listed, &world);
}

/// What another server answers.
fn proxied(base: &str, target: &str) -> Reply {
    let url = crate::net::url(&format!("{base}{target}"));
    match crate::net::client(&[]).read(&url, 1 << 30) {
        Ok(body) => Reply::ok(body),
        Err(_) => Reply::status(404),
    }
}

#[test]
fn what_a_server_writes_and_where_it_redirects_is_shown_without_credentials() {
    for reply in [
        Reply { status: 500, ..Reply::ok("see https://joe:Canary/1234@files.corp.example/x") }
            .header("Content-Type", "text/plain"),
        Reply::redirect(302, "http://127.0.0.1:1/joe:Canary/1234@files.corp.example/x?sig=Canary"),
        Reply::ok("[{\"version\":\"https://joe:Canary1@h/\",\"files\":3}]"),
    ] {
        let server = Server::start(move |_| reply.clone());
        let mut world = World::new("off");
        world.set("GVMR_SOURCES", "archive").set("GVMR_INDEX", &server.url("/dl"));
        world.set("GVMR_MIRROR", &server.url("/dl"));
        for command in COMMANDS {
            assert_hidden("Canary", &world.gvmr(command), &world);
        }
    }
}
