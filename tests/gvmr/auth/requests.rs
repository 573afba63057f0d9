//! gvmr's own requests carry kept credentials, and a refusal says which.

use super::{canary, file, set};
use crate::support::authority::authority;
use crate::support::server::{Reply, Server};
use crate::support::world::World;

/// A module proxy that wants joe's secret in this header.
fn strict(
    header: &'static str,
    status: u16,
    secret: &str,
) -> impl Fn(&crate::support::server::Request) -> Reply + use<> {
    let wanted = format!("Basic {}", canary::spellings("joe", secret)[1]);
    move |request| {
        let given = request.header(header).unwrap_or_default().trim_end_matches('=').to_owned();
        if given != wanted {
            return Reply::status(status)
                .header("WWW-Authenticate", "Basic")
                .header("Proxy-Authenticate", "Basic");
        }
        Reply::ok("v0.0.1-go1.22.10.linux-amd64\n")
    }
}

/// Whether the proxy was read, which lists 1.22.10.
fn lists_what_the_proxy_has(world: &World) -> bool {
    let lines = world.gvmr(["ls-remote", "--json"]).json();
    let from_proxy = |line: &serde_json::Value| {
        line["version"] == "1.22.10" && line["known_from"].as_array().unwrap().contains(&"proxy".into())
    };
    lines.as_array().unwrap().iter().any(from_proxy)
}

#[test]
fn a_server_is_given_what_is_kept_for_it() {
    let Some(authority) = authority() else { return };
    let server = Server::start_tls(authority.server(), strict("authorization", 401, "canary-r1"));
    let mut world = World::new(&server.url(""));
    world.set("SSL_CERT_FILE", &authority.certificate().display().to_string());
    let machine = server.address().to_string();
    world.gvmr(["ls-remote"]).exits(0, &["HTTP 401", "gvmr auth"]);
    set(&world, &[&machine, "--user", "joe"], "wrong-r1").succeeds();
    let run = world.gvmr(["ls-remote"]);
    let place = file(&world).display().to_string();
    let run = run
        .exits(0, &["refused the login joe", &machine, &place, &format!("gvmr auth set {machine} --user")]);
    assert!(!run.stderr.contains("wrong-r1"), "{run:?}");
    set(&world, &[&machine, "--user", "joe"], "canary-r1").succeeds();
    assert!(lists_what_the_proxy_has(&world));
    // The netrc goes first, as it does in the go command.
    let netrc = format!("machine {machine} login joe password netrc-r1\n");
    std::fs::write(world.path("user/.netrc"), netrc).unwrap();
    let run = world.gvmr(["ls-remote"]).exits(0, &["HTTP 401", "in the netrc file"]);
    assert!(!run.stderr.contains("refused the login joe") && !run.stderr.contains("netrc-r1"), "{run:?}");
}

#[test]
fn plain_http_is_never_given_a_login_and_no_hint_promises_one() {
    let server = Server::start(strict("authorization", 401, "canary-h1"));
    let world = World::new(&server.url(""));
    set(&world, &[&server.address().to_string(), "--user", "joe"], "canary-h1").succeeds();
    let run = world.gvmr(["ls-remote"]).exits(0, &["HTTP 401", "https only"]);
    assert!(!run.stderr.contains("gvmr auth"), "{run:?}");
    assert!(server.requests().iter().all(|request| request.header("authorization").is_none()));
}

#[test]
fn a_proxys_login_never_goes_to_it_by_another_scheme() {
    let proxy = Server::start(strict("proxy-authorization", 407, "canary-s1"));
    let mut world = World::new("http://goproxy.example");
    world.set("HTTP_PROXY", &proxy.url(""));
    let machine = format!("https://{}", proxy.address());
    set(&world, &["--proxy", &machine, "--user", "joe"], "canary-s1").succeeds();
    let next = format!("gvmr auth set --proxy {} --user", proxy.url(""));
    world.gvmr(["ls-remote"]).exits(0, &["HTTP 407", &next]);
    assert!(proxy.requests().iter().all(|request| request.header("proxy-authorization").is_none()));
    let plain = proxy.address().to_string();
    set(&world, &["--proxy", &plain, "--user", "joe"], "canary-s1").succeeds();
    assert!(lists_what_the_proxy_has(&world));
}

#[test]
fn a_proxy_is_given_what_is_kept_for_it() {
    let proxy = Server::start(strict("proxy-authorization", 407, "canary @:/%r2"));
    let mut world = World::new("http://goproxy.example");
    world.set("HTTP_PROXY", &proxy.url(""));
    let machine = proxy.address().to_string();
    world.gvmr(["ls-remote"]).exits(0, &["HTTP 407", "gvmr auth set --proxy"]);
    set(&world, &["--proxy", &machine, "--user", "joe"], "wrong-r2").succeeds();
    let place = file(&world).display().to_string();
    let run =
        world.gvmr(["ls-remote"]).exits(0, &["refused the login joe", &machine, &place, "--proxy --user"]);
    assert!(!run.stderr.contains("wrong-r2"), "{run:?}");
    set(&world, &["--proxy", &machine, "--user", "joe"], "canary @:/%r2").succeeds();
    assert!(lists_what_the_proxy_has(&world));
    assert!(proxy.requests().iter().all(|request| request.header("authorization").is_none()));
}

#[test]
fn a_proxy_that_repeats_what_it_was_told_shows_nobody_the_secret() {
    let proxy = Server::start(|request| {
        let words = request.header("proxy-authorization").unwrap_or_default().to_owned();
        Reply { status: 403, ..Reply::ok(words) }.header("Content-Type", "text/plain")
    });
    let mut world = World::new("http://goproxy.example");
    world.set("HTTP_PROXY", &proxy.url(""));
    set(&world, &["--proxy", &proxy.address().to_string(), "--user", "joe"], "canary-r3").succeeds();
    let run = world.gvmr(["ls-remote"]).exits(0, &["HTTP 403"]);
    let told = canary::spellings("joe", "canary-r3");
    assert!(told.iter().all(|spelling| !run.stderr.contains(spelling.as_str())), "{run:?}");
    assert!(proxy.requests().iter().any(|request| request.header("proxy-authorization").is_some()));
}

#[test]
fn a_file_that_cannot_be_used_is_said_and_ends_nothing() {
    let server = Server::start(|_| Reply::ok("v0.0.1-go1.22.10.linux-amd64\n"));
    let world = World::new(&server.url(""));
    set(&world, &["git.corp", "--user", "joe"], "s3cret").succeeds();
    std::fs::set_permissions(file(&world), std::os::unix::fs::PermissionsExt::from_mode(0o644)).unwrap();
    let run = world.gvmr(["ls-remote"]);
    assert!(
        run.stderr.contains("ignoring stored credentials") && run.stderr.contains("chmod 600"),
        "{run:?}"
    );
    run.succeeds();
}
