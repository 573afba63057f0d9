//! Real toolchains, with the real log's records: laid out as other tools do, out of Go's module cache, and this machine's
//! own Go.

use super::{put, snapshot};
use crate::support::mirror::{Mirror, real_modules};
use crate::support::pack::EXTRA;
use crate::support::skip;
use crate::support::slow;
use crate::support::world::{World, gvmr, names};
use crate::unpack::archive::real_archives::own_release;
use gvmr::unpack::{ArchiveLimits, module_zip};
use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

const REAL: &str = "1.22.10";

/// A machine that reaches the real log's records, and has nothing else.
fn machine() -> Option<(Mirror, World)> {
    let mirror = Mirror::real(&[REAL])?;
    let world = mirror.world();
    Some((mirror, world))
}

/// The release as its archive would be unpacked, and what people put beside it.
fn release(goroot: &Path) {
    let cache = real_modules(&[REAL]).unwrap();
    let module = format!("v0.0.1-go{REAL}.linux-amd64");
    let mut zip = fs::File::open(cache.join(format!("golang.org/toolchain/@v/{module}.zip"))).unwrap();
    fs::create_dir_all(goroot).unwrap();
    module_zip(&mut zip, &format!("golang.org/toolchain@{module}/"), goroot, &ArchiveLimits::default())
        .unwrap();
    for (name, content) in EXTRA.into_iter().chain([("bin/gopls", "a tool"), ("pkg/mod/cache/lock", "")]) {
        put(&goroot.join(name), content);
    }
}

fn is_whole(world: &World) {
    assert!(world.gvmr(["verify"]).succeeds().contains("proved"));
    let version = world.shim("go", &world.path("user"), ["version"]).succeeds();
    assert_eq!(version, format!("go version go{REAL} linux/amd64"));
}

#[test]
fn a_release_of_another_tool_is_adopted_and_builds_hello() {
    if slow::left_out(
        "install::import::real_toolchains::a_release_of_another_tool_is_adopted_and_builds_hello",
    ) {
        return;
    }
    let Some((mirror, world)) = machine() else { return skip("no go, or no network") };
    let sdk = world.path("user/sdk/go1.22.10");
    release(&sdk);
    let mise = world.path("user/.local/share/mise/installs/go/1.22.10");
    release(&mise);
    symlink("./1.22.10", mise.with_file_name("1.22")).unwrap();
    let before = (snapshot(&sdk), snapshot(&mise));
    world.gvmr(["import", "sdk/go1.22.10"]).succeeds();
    is_whole(&world);
    let project = world.project(
        "hello",
        &[
            ("go.mod", "module hello\n\ngo 1.20\n"),
            ("hello.go", "package main\n\nimport \"fmt\"\n\nfunc main() { fmt.Println(\"hello\") }\n"),
        ],
    );
    assert_eq!(world.shim("go", &project, ["run", "."]).succeeds(), "hello");
    let again = world.gvmr(["import".as_ref(), mise.with_file_name("1.22").as_os_str()]).succeeds();
    assert!(again.contains("1.22.10") && again.ends_with("already installed"), "{again}");
    world.gvmr(["uninstall", "--force", REAL]).succeeds();
    let adopted = world.gvmr(["import".as_ref(), mise.with_file_name("1.22").as_os_str()]).succeeds();
    assert!(adopted.contains("adopted, proved by sum.golang.org"), "{adopted}");
    is_whole(&world);
    assert_eq!((snapshot(&sdk), snapshot(&mise)), before);
    assert_eq!(mirror.downloads(REAL), 0);
    assert_eq!(names(&world.home().join("staging")), [""; 0]);
}

#[test]
fn toolchains_of_the_module_cache_are_adopted_as_they_lie() {
    let Some((mirror, world)) = machine() else { return skip("no go, or no network") };
    let cache = real_modules(&[REAL]).unwrap();
    let module = format!("golang.org/toolchain@v0.0.1-go{REAL}.linux-amd64");
    let tree = cache.ancestors().nth(2).unwrap().join(module);
    assert!(tree.join("src/_go.mod").is_file());
    let before = snapshot(&tree);
    world.gvmr(["import".as_ref(), tree.as_os_str()]).succeeds();
    assert_eq!(snapshot(&tree), before);
    assert_eq!(mirror.downloads(REAL), 0);
    is_whole(&world);
}

#[test]
fn this_machines_own_go_is_adopted_although_its_settings_are_edited() {
    let Some((root, module_version, _)) = own_release() else {
        return skip("the go on PATH is no official release, or the log's hash of it cannot be had");
    };
    let Some((_mirror, world)) = machine() else { return skip("no go, or no network") };
    let record = format!("tests/fixtures/sumdb/lookup/golang.org/toolchain@{module_version}");
    if !Path::new(env!("CARGO_MANIFEST_DIR")).join(record).is_file() {
        return skip("no record of the go on PATH is kept beside the tests");
    }
    let before = snapshot(&root);
    let settings = fs::read_to_string(root.join("go.env"));
    let edited = settings.is_ok_and(|text| text.contains("GOTOOLCHAIN=local"));
    let run = world.gvmr(["import".as_ref(), root.as_os_str()]);
    assert_eq!(run.stderr.contains("go.env was edited"), edited, "{run:?}");
    run.succeeds();
    assert_eq!(snapshot(&root), before);
    world.gvmr(["verify"]).succeeds();
}

#[test]
fn one_changed_byte_of_a_real_tree_is_not_adopted() {
    let Some((_mirror, world)) = machine() else { return skip("no go, or no network") };
    let sdk = world.path("user/sdk/go1.22.10");
    release(&sdk);
    let compiler = sdk.join("pkg/tool/linux_amd64/compile");
    let mut bytes = fs::read(&compiler).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    fs::write(&compiler, bytes).unwrap();
    world.gvmr(["import", "sdk/go1.22.10"]).exits(5, &["go1.22.10 as Go published it", "h1:RsNdqCv6"]);
    assert_eq!(world.installed(), [""; 0]);
    assert_eq!(names(&world.home().join("staging")), [""; 0]);
}

#[test]
fn killed_at_any_moment_a_version_is_absent_or_whole() {
    const KILLS: u32 = 20;
    if slow::left_out("install::import::real_toolchains::killed_at_any_moment_a_version_is_absent_or_whole") {
        return;
    }
    let Some((_mirror, world)) = machine() else { return skip("no go, or no network") };
    let sdk = world.path("user/sdk/go1.22.10");
    release(&sdk);
    let before = snapshot(&sdk);
    let start = Instant::now();
    world.gvmr(["import", "sdk/go1.22.10"]).succeeds();
    let whole = start.elapsed();
    eprintln!("one import takes {whole:?}");
    world.gvmr(["uninstall", "--force", REAL]).succeeds();
    for kill in 0..KILLS {
        kill_after(&world, &sdk, whole.mul_f64(1.1 * f64::from(kill) / f64::from(KILLS)));
        if world.goroot(REAL).exists() {
            world.gvmr(["verify", REAL]).succeeds();
            world.gvmr(["uninstall", "--force", REAL]).succeeds();
        }
    }
    assert_eq!(snapshot(&sdk), before);
    world.gvmr(["import", "sdk/go1.22.10"]).succeeds();
    assert_eq!(names(&world.home().join("staging")), [""; 0], "what the kills left is swept");
    is_whole(&world);
}

fn kill_after(world: &World, goroot: &PathBuf, moment: Duration) {
    let mut command = world.command(gvmr(), &world.path("user"));
    let command: &mut Command = command.arg("import").arg(goroot);
    let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    std::thread::sleep(moment);
    child.kill().unwrap();
    child.wait().unwrap();
}
