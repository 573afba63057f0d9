//! Directories that go writes to, as one `sudo go build` leaves them, and a GOPATH in gvmr's home, with a real toolchain.

use super::findings;
use super::user_of::{UID, UserOf};
use crate::support::mirror::Mirror;
use crate::support::skip;
use std::fs;
use std::os::unix::fs::chown;

/// A user of bash with a real Go, set up.
pub(super) fn user() -> Option<UserOf> {
    let Some(mirror) = Mirror::real(&["1.24.11"]) else {
        skip("the module proxy does not answer");
        return None;
    };
    let Some(user) = UserOf::new("/bin/bash", Some(&mirror)) else {
        skip("bash and root");
        return None;
    };
    user.gvmr(&["install", "1.24.11"]).succeeds();
    user.gvmr(&["setup", "--yes"]).succeeds();
    assert_eq!(user.found(), [""; 0]);
    Some(user)
}

#[test]
fn what_root_made_in_caches_of_the_users_own_is_named_with_what_gives_it_back() {
    let Some(user) = user() else { return };
    // Directories of the user's, and what root's go puts into them.
    user.write("m/go.mod", "module x\n\ngo 1.24\n");
    user.write("m/main.go", "package main\n\nfunc main() {}\n");
    for directory in
        [".cache/go-build", "go/pkg/sumdb/sum.golang.org", "go/pkg/mod/cache/download/example.com/a"]
    {
        user.write(&format!("{directory}/kept"), "");
    }
    assert_eq!(user.found(), [""; 0], "all of it is the user's");
    user.world.shim("go", &user.path("m"), ["build", "-o", "/dev/null", "."]).succeeds();
    let found = user.found();
    assert!(found.len() == 1 && found[0].starts_with("cache.not-writable ~/.cache/go-build/"), "{found:?}");
    let command = user.first()["fix"]["command"].clone();
    assert_eq!(command, format!("sudo chown -R {UID}: {}", user.path(".cache/go-build").display()));
    fs::remove_dir_all(user.path(".cache/go-build")).unwrap();

    for (part, is_file) in [
        ("go/pkg/sumdb", false),
        ("go/pkg/sumdb/sum.golang.org", false),
        ("go/pkg/sumdb/sum.golang.org/latest", true),
        ("go/pkg/mod/cache", false),
        ("go/pkg/mod/cache/lock", true),
        ("go/pkg/mod/cache/download/example.com", false),
        ("go/pkg/mod/cache/download/example.com/a", false),
        ("go/pkg/mod/golang.org", false),
    ] {
        let path = user.path(part);
        if is_file {
            fs::write(&path, "").unwrap();
        } else {
            fs::create_dir_all(&path).unwrap();
        }
        chown(&path, Some(0), Some(0)).unwrap();
        assert_eq!(user.found(), [format!("cache.not-writable ~/{part}")]);
        chown(&path, Some(UID), Some(UID)).unwrap();
    }
    // A tree of a module, and what go does not change.
    for part in ["go/pkg/mod/example.com@v1.0.0", "go/src"] {
        fs::create_dir_all(user.path(part)).unwrap();
        chown(user.path(part), Some(0), Some(0)).unwrap();
    }
    assert_eq!(user.found(), [""; 0]);
}

#[test]
fn a_gopath_that_go_would_make_in_gvmrs_home_is_named_and_nothing_is_made() {
    let Some(user) = user() else { return };
    user.write("script/main.go", "package main\n\nfunc main() {}\n");
    let cases = [
        ("GOPATH=HOME/.local/share/gvmr/go/path", &["gopath.unusable ~/.config/go/env:1"][..]),
        ("GOPATH=HOME/.local/share/other/go", &[]),
        ("GOMODCACHE=HOME/modules", &[]),
    ];
    for (line, found) in cases {
        let line = line.replace("HOME", user.path("").to_str().unwrap().trim_end_matches('/'));
        user.write(".config/go/env", format!("{line}\n"));
        assert_eq!(user.found(), found, "{line}");
    }
    user.write("plain/main.go", "package main\n\nimport _ \"example.com/a\"\n\nfunc main() {}\n");
    user.write("script/go.mod", "module x\n\ngo 1.24\n\nrequire example.com/a v1.0.0\n");
    let sums = ["h1:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n"; 2];
    let sums = format!("example.com/a v1.0.0 {}example.com/a v1.0.0/go.mod {}", sums[0], sums[1]);
    user.write("script/go.sum", sums);
    user.write("script/main.go", "package main\n\nimport _ \"example.com/a\"\n\nfunc main() {}\n");
    user.write(".config/go/env", format!("GOMODCACHE={}\nGO111MODULE=on\n", user.path("modules").display()));
    for directory in ["script", "plain"] {
        let run = user.gvmr_in(directory, &["doctor", "--json"]);
        assert_eq!(findings(&user.world, &run), [""; 0], "{directory}");
    }
    for made in ["modules", "go", ".cache/go-build"] {
        assert!(!user.path(made).exists(), "{made}");
    }
}
