//! Real go commands that ask gvmr for credentials, and a server that wants them.

use super::{canary, file, files_with, set};
use crate::support::authority::{Authority, authority};
use crate::support::mirror::real_modules;
use crate::support::server::{Reply, Request, Server};
use crate::support::skip;
use crate::support::world::{Run, World};
use crate::support::zip::{File, Zip};
use std::path::Path;
use std::process::Command;

/// The first whose go command asks a program, and one more.
const VERSIONS: [&str; 2] = ["1.24.13", "1.26.8"];
pub(super) const MODULE: &str = "corp.example/private";

#[test]
fn go_is_given_what_it_needs_by_the_shim_alone() {
    let Some(authority) = authority() else { return };
    let Some(mut world) = installed(&VERSIONS) else { return skip("no go, or no network") };
    for (number, version) in VERSIONS.iter().enumerate() {
        let secret = format!("canary-g{number}");
        let server = private(authority, &secret);
        let machine = server.address().to_string();
        for_go(&mut world, &server.url(""), authority);
        let words = canary::spellings("joe", &secret);

        let refused = download(&world, version);
        assert!(refused.code != Some(0) && refused.stderr.contains("401"), "{refused:?}");
        set(&world, &[&machine, "--user", "joe"], &secret).succeeds();
        let watch = canary::Watch::start(words.clone(), &["cmdline", "environ"]);
        let run = download(&world, version);
        assert!(!words.iter().any(|word| run.stderr.contains(word) || run.stdout.contains(word)), "{run:?}");
        run.succeeds();
        watch.saw_nothing();

        set(&world, &[&machine, "--user", "joe"], "wrong-g").succeeds();
        let run = download(&world, version);
        let said =
            format!("gvmr: {machine} refused the login joe (HTTP 401), stored in {}", file(&world).display());
        assert_eq!(run.stderr.matches(&said).count(), 1, "{run:?}");
        assert!(run.stderr.contains(&format!("gvmr auth set {machine} --user NAME")), "{run:?}");
        assert!(run.code != Some(0) && !run.stderr.contains("wrong-g"), "{run:?}");
        let mut words = words;
        words.extend(canary::spellings("joe", "wrong-g"));
        assert_eq!(files_with(&world.path(""), &words), [file(&world)]);
        world.gvmr(["auth", "remove", &machine]).succeeds();
    }
}

#[test]
fn what_the_user_says_in_goauth_counts() {
    let Some(world) = installed(&VERSIONS[..1]) else { return skip("no go, or no network") };
    let goauth = |world: &World| world.shim("go", &world.path("user"), ["env", "GOAUTH"]).succeeds();
    assert_eq!(goauth(&world), "netrc");
    set(&world, &["git.corp", "--user", "joe"], "s3cret").succeeds();
    let provider = format!("netrc;{}/shims/gvmr auth", world.home().display());
    assert_eq!(goauth(&world), provider);
    let mut world = world;
    world.set("GVMR_KEEP", "GOFLAGS,GOAUTH");
    assert_eq!(goauth(&world), "netrc");
    world.set("GVMR_KEEP", "").set("GOAUTH", "off");
    assert_eq!(goauth(&world), "off");
}

/// A machine with these versions, the first its default.
pub(super) fn installed(versions: &[&str]) -> Option<World> {
    real_modules(versions)?;
    let proxy = Run::of(Command::new("go").args(["env", "GOPROXY"])).succeeds();
    let world = World::new(&proxy);
    world.gvmr(["install"].iter().chain(versions)).succeeds();
    world.gvmr(["use", "--global", versions[0]]).succeeds();
    Some(world)
}

/// Makes the world's go ask this proxy, and nobody else.
pub(super) fn for_go(world: &mut World, proxy: &str, authority: &Authority) {
    world
        .set("GOPROXY", proxy)
        .set("GOSUMDB", "off")
        .set("GOFLAGS", "-modcacherw")
        .set("GOTOOLCHAIN", "local");
    world.set("SSL_CERT_FILE", &authority.certificate().display().to_string());
}

fn download(world: &World, version: &str) -> Run {
    forget_modules(world);
    let plus = format!("+{version}");
    world.shim("go", &world.path("user"), [plus.as_str(), "mod", "download", &format!("{MODULE}@v1.0.0")])
}

/// A module proxy that gives a module to joe alone.
pub(super) fn private(authority: &Authority, secret: &str) -> Server {
    let wanted = format!("Basic {}", canary::spellings("joe", secret)[1]);
    Server::start_tls(authority.server(), move |request| {
        let given = request.header("authorization").unwrap_or_default().trim_end_matches('=');
        if given != wanted {
            return Reply::status(401).header("WWW-Authenticate", "Basic");
        }
        std::thread::sleep(std::time::Duration::from_millis(200)); // so that whoever looks has something to see
        module(request)
    })
}

/// The module's files, as a proxy has them.
pub(super) fn module(request: &Request) -> Reply {
    let target = request.target.trim_start_matches("http://goproxy.example");
    let Some(name) = target.strip_prefix(&format!("/{MODULE}/@v/v1.0.0.")) else { return Reply::status(404) };
    let go_mod = format!("module {MODULE}\n");
    match name {
        "info" => Reply::ok("{\"Version\":\"v1.0.0\"}"),
        "mod" => Reply::ok(go_mod),
        "zip" => {
            let file =
                |name: &str, text: &str| File::new(&format!("{MODULE}@v1.0.0/{name}"), text.as_bytes());
            Reply::ok(Zip::with(vec![file("go.mod", &go_mod), file("a.go", "package private\n")]).bytes())
        }
        _ => Reply::status(404),
    }
}

/// `go mod download` of the module by the go at `goroot`, with nothing between.
pub(super) fn direct(world: &World, goroot: &Path) -> Command {
    forget_modules(world);
    let mut command = world.command(&goroot.join("bin/go"), &world.path("user"));
    command.args(["mod", "download", &format!("{MODULE}@v1.0.0")]);
    command
}

fn forget_modules(world: &World) {
    let cache = world.path("user/go/pkg/mod");
    if cache.exists() {
        Run::of(Command::new("chmod").args(["-R", "u+w"]).arg(&cache)).succeeds();
        std::fs::remove_dir_all(cache).unwrap();
    }
}
