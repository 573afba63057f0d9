//! What a shim costs: `go version` directly and through every build of the shim, interleaved in one run.
//!
//! `cargo bench --bench shim [-- --rounds 300]`. Prints ratios; judges nothing. Needs `go` on PATH and the
//! musl target (`rustup target add x86_64-unknown-linux-musl`).

#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stdout,
    clippy::disallowed_methods
)]

#[path = "support/memory.rs"]
mod memory;
#[path = "support/rounds.rs"]
mod rounds;

use gvmr::config::{compile_config, compile_project};
use gvmr_core::home::paths::Home;
use gvmr_core::home::user_dirs::UserDirs;
use rounds::{Row, interleave, rounds_asked_for};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

fn main() {
    let goroot = PathBuf::from(output(Command::new("go").args(["env", "GOROOT"])));
    let version = output(Command::new("go").args(["env", "GOVERSION"]));
    let directory = tempfile::tempdir().unwrap();
    let home = |name: &str, shim: &Path| {
        let home = directory.path().join(name);
        std::fs::create_dir_all(home.join("shims")).unwrap();
        std::fs::create_dir_all(home.join("versions")).unwrap();
        std::os::unix::fs::symlink(&goroot, home.join("versions").join(&version)).unwrap();
        std::fs::write(home.join("default"), &version).unwrap();
        std::fs::copy(shim, home.join("shims/go")).unwrap();
        home.join("shims/go")
    };
    let shim = build(&["--target", &musl()], "target/dist-shim", STATIC);
    let released = home("released", &shim);
    let plain = home("plain", &build(&[], "target", ""));

    let exact = project(directory.path(), "exact", ".go-version", &version);
    let minimum = project(directory.path(), "minimum", "go.mod", "module example.test/m\n\ngo 1.21\n");
    let direct = goroot.join("bin/go");
    let row = |label, program: &Path, directory: &Path| {
        Row::prepared(label, go_version(program, directory), |_| {})
    };
    let rows = vec![
        row("direct", &direct, &exact),
        row("direct again", &direct, &exact),
        row("shim as released, `.go-version` 6 directories up", &released, &exact),
        row("shim as released, go.mod minimum", &released, &minimum),
        row("shim of a plain `cargo build --release`", &plain, &exact),
        Row::prepared(
            "shim as released, a trusted gvmr.toml, a directory's and a network's rule in force",
            with_rules(&home("ruled", &shim), directory.path(), &version),
            |_| {},
        ),
    ];
    interleave(rows, rounds_asked_for(300));
}

/// `go version` with a trusted `gvmr.toml` beside the pin and the user's own rules, six directories up; all of them count.
fn with_rules(program: &Path, directory: &Path, version: &str) -> Command {
    let deep = project(directory, "ruled-project", ".go-version", version);
    let directory = directory.canonicalize().unwrap();
    let (user, file) = (directory.join("user"), directory.join("ruled-project/gvmr.toml"));
    let settings = user.join(".config/gvmr/config.toml");
    let gopath = directory.join("gopath");
    for new in [settings.parent().unwrap(), &gopath] {
        std::fs::create_dir_all(new).unwrap();
    }
    let trusted = "[env]\nGOPROXY = \"http://goproxy.example:8080,direct\"\nGOPRIVATE = \"*.corp.example\"\n";
    let interface = interface().unwrap_or_else(|| {
        println!("this machine has no network: its rule is read and does not count");
        "nosuch0".to_owned()
    });
    let own = format!(
        "[[directory]]\npath = \"{}\"\nenv.override.GOPATH = \"{}\"\n\n\
         [[network]]\ninterface = \"{interface}\"\nenv.HTTPS_PROXY = \"http://proxy.example:3128\"\n",
        directory.display(),
        gopath.display(),
    );
    std::fs::write(&file, trusted).unwrap();
    std::fs::write(&settings, &own).unwrap();
    let home = Home::at(program.parent().unwrap().parent().unwrap());
    let kept = UserDirs::of(&home, &Vec::new()).unwrap();
    let project = compile_project(&file, trusted.as_bytes(), Some(&user)).unwrap();
    let rules = compile_config(&settings, own.as_bytes(), Some(&user)).unwrap();
    std::fs::create_dir_all(kept.trusted_record(&file).parent().unwrap()).unwrap();
    std::fs::write(kept.trusted_record(&file), project.write()).unwrap();
    std::fs::write(kept.rules(), rules.write()).unwrap();
    let mut command = go_version(program, &deep);
    command.env("HOME", &user).env_remove("XDG_CONFIG_HOME").env_remove("GVMR_CONFIG").env("PWD", &deep);
    assert_eq!(answer(&mut command, program, "GOPATH"), gopath.display().to_string());
    command
}

/// What the same call says about a variable.
fn answer(like: &mut Command, program: &Path, name: &str) -> String {
    let mut command = Command::new(program);
    command.args(["env", name]).current_dir(like.get_current_dir().unwrap());
    for (name, value) in like.get_envs() {
        match value {
            Some(value) => command.env(name, value),
            None => command.env_remove(name),
        };
    }
    output(&mut command)
}

/// The interface that leads out of this machine.
fn interface() -> Option<String> {
    let routes = std::fs::read_to_string("/proc/self/net/route").ok()?;
    let mut routes = routes.lines().skip(1).map(|line| line.split_whitespace().collect::<Vec<_>>());
    routes.find(|fields| fields.get(1) == Some(&"00000000")).map(|fields| fields[0].to_owned())
}

/// The flags that make the shim start fastest, as `.ci/dist` sets them.
const STATIC: &str = "-C target-feature=+crt-static -C relocation-model=static";

fn musl() -> String {
    format!("{}-unknown-linux-musl", std::env::consts::ARCH)
}

fn build(arguments: &[&str], target_directory: &str, flags: &str) -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let target_directory = root.join(target_directory);
    let mut cargo = Command::new(env!("CARGO"));
    cargo.args(["build", "--quiet", "--release", "--locked", "--package", "gvmr-core", "--target-dir"]);
    cargo.arg(&target_directory).args(arguments).current_dir(root).env("RUSTFLAGS", flags);
    assert!(cargo.status().unwrap().success(), "{cargo:?}");
    let triple = arguments.last().copied().unwrap_or_default();
    target_directory.join(triple).join("release/gvmr-shim")
}

/// A directory six levels below one that holds `file`.
fn project(parent: &Path, name: &str, file: &str, content: &str) -> PathBuf {
    let deep = parent.join(name).join("a/b/c/d/e/f");
    std::fs::create_dir_all(&deep).unwrap();
    std::fs::write(parent.join(name).join(file), content).unwrap();
    deep
}

fn go_version(program: &Path, directory: &Path) -> Command {
    let mut command = Command::new(program);
    command.arg("version").current_dir(directory).env_remove("GOTOOLCHAIN").stdout(Stdio::null());
    command
}

fn output(command: &mut Command) -> String {
    let output = command.output().unwrap();
    assert!(output.status.success(), "{command:?}");
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}
