use super::*;

fn version(text: &str) -> Version {
    Version::parse(text).unwrap()
}

#[test]
fn names_say_version_platform_and_form() {
    let parse = |name| {
        ArchiveName::parse(name)
            .map(|it| (it.version.to_string(), it.platform.to_string(), it.musl, it.format))
    };
    let expect = |version: &str, platform: &str, musl, format| {
        Some((version.to_owned(), platform.to_owned(), musl, format))
    };
    assert_eq!(
        parse("go1.23.4.linux-amd64.tar.gz"),
        expect("1.23.4", "linux-amd64", false, Some(Format::TarGz))
    );
    assert_eq!(
        parse("go1.20.linux-armv6l.tar.xz"),
        expect("1.20.0", "linux-arm", false, Some(Format::TarXz))
    );
    assert_eq!(
        parse("go1.22rc1.windows-386.zip"),
        expect("1.22rc1", "windows-386", false, Some(Format::Zip))
    );
    assert_eq!(
        parse("go1.19.13.linux-amd64-musl.tar.gz"),
        expect("1.19.13", "linux-amd64", true, Some(Format::TarGz))
    );
    assert_eq!(parse("v0.0.1-go1.23.4.linux-amd64.zip"), expect("1.23.4", "linux-amd64", false, None));
    for name in [
        "go1.23.4.src.tar.gz",
        "go1.23.4.linux-amd64",
        "1.23.4.linux-amd64.tar.gz",
        "go1.23.4.linux-amd64.tar.bz2",
        "go01.2.linux-amd64.tar.gz",
        "go1.23.4.linux-../x.tar.gz",
        "go1.23.4.tar.gz",
        "v0.0.1-go1.23.4.linux-amd64.tar.gz",
        "",
        "go1.9.2rc2.linux-amd64.tar.gz",
        "go1.23.4-corp.linux-amd64.tar.gz",
        "go1.23.4.Linux-amd64.tar.gz",
    ] {
        assert_eq!(parse(name), None, "{name}");
    }
}

#[test]
fn stems_follow_go() {
    let of = |text, arch, musl| stems(&version(text), &Platform::new("linux", arch), musl);
    assert_eq!(of("1.99.1", "amd64", false), ["go1.99.1.linux-amd64"]);
    assert_eq!(
        of("1.99.1", "arm", false),
        ["go1.99.1.linux-armv6l", "go1.99.1.linux-arm", "go1.99.1.linux-arm6"]
    );
    assert_eq!(of("1.20.0", "amd64", true), ["go1.20.linux-amd64-musl"]);
}
