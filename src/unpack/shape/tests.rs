use super::*;

fn holds(version: &str, path: &str) -> bool {
    let shape = Shape::of(&Version::parse(version).unwrap(), "linux", "amd64");
    // A slash at the end says that it is a directory.
    shape.holds(path.trim_end_matches('/'), path.ends_with('/'))
}

#[test]
fn what_releases_hold() {
    for path in [
        "VERSION",
        "go.env",
        "bin/",
        "bin/go",
        "bin/gofmt",
        "lib/",
        "lib/time/zoneinfo.zip",
        "pkg/",
        "pkg/include/asm_amd64.h",
        "pkg/tool/",
        "pkg/tool/linux_amd64/",
        "pkg/tool/linux_amd64/compile",
        "src/",
        "src/make.bash",
        "src/cmd/vendor/golang.org/",
        "src/fmt/print.go",
    ] {
        assert!(holds("1.22.10", path), "{path}");
    }
    for (version, path) in [
        ("1.19.13", "pkg/linux_amd64/fmt.a"),
        ("1.19.13", "pkg/linux_amd64_race/"),
        ("1.12.17", "bin/godoc"),
        ("1.5.4", "blog/content/x.article"),
        ("1.4.3", "include/u.h"),
        ("1.4.3", "pkg/obj/linux_amd64/libgc.a"),
    ] {
        assert!(holds(version, path), "{version} {path}");
    }
}

#[test]
fn what_others_put_into_a_tree() {
    for path in [
        "api/",
        "doc/go1.html",
        "misc/",
        "test/hello.go",
        ".git/",
        ".goup",
        ".unpacked-success",
        "manifest",
        "VERSION.cache",
        "packages/",
        "bin/gopls",
        "bin/godoc",
        "bin/linux_arm64/",
        "pkg/mod/",
        "pkg/sumdb/",
        "pkg/bootstrap/",
        "pkg/linux_amd64/fmt.a",
        "pkg/tool/windows_amd64/",
        "src/github.com/",
        "VERSION/",
    ] {
        assert!(!holds("1.22.10", path), "{path}");
    }
    assert!(!holds("1.19.13", "pkg/windows_amd64/"));
    assert!(!holds("1.19.13", "pkg/linux_amd64_dynlink/"));
    assert!(!holds("1.5.4", "pkg/obj/"));
}
