//! Files of a user's: pins, modules, settings, start-up files.

use crate::scratch;
use gvmr::net::{Netrc, NetrcLines, Url};
use gvmr::shell::{BlockPosition, Crontab, Edit, EditContent, path_in_sudos_answer};
use gvmr_core::gover::gomod::{self, Requirement};
use gvmr_core::gover::version::Version;
use gvmr_core::gover::version_file::{Pin, VersionFileError};
use gvmr_core::gover::{goenv, mise_toml, version_file};
use gvmr_core::home::paths::Home;

/// go.mod and go.work.
pub fn module_file(data: &[u8]) {
    let lines = data.split(|byte| *byte == b'\n').count();
    let implied = Version::parse("1.16").expect("a version");
    if let Ok(Requirement::AtLeast(minimum)) = gomod::requirement(data, &implied) {
        assert!(minimum.line.is_none_or(|line| (1..=lines).contains(&line)), "{minimum:?}");
        let _ = minimum.wanted().to_string();
    }
}

/// Every file that names a version.
pub fn pin_file(data: &[u8]) {
    let lines = data.split(|byte| *byte == b'\n').count();
    let in_file = |pin: &Pin| {
        assert!((1..=lines).contains(&pin.line), "{pin:?}");
        let word = pin.wanted.to_string();
        let again = version_file::go_version(word.as_bytes()).map(|pin| pin.wanted);
        assert_eq!(
            again.ok().as_ref(),
            Some(&pin.wanted),
            "what is read is written so that it is read again"
        );
    };
    let named = |error: &VersionFileError| assert!(error.line <= Some(lines), "{error:?}");
    for pin in [version_file::go_version(data), version_file::default(data)] {
        pin.as_ref().map_or_else(named, in_file);
    }
    match version_file::tool_versions(data) {
        Ok(pin) => pin.iter().for_each(in_file),
        Err(error) => named(&error),
    }
    match mise_toml::mise_toml(data) {
        Ok(pin) => {
            pin.iter().for_each(in_file);
            as_toml_has_it(data, pin.as_ref());
        }
        Err(error) => named(&error),
    }
}

/// A whole reader of TOML finds the same plain string under `[tools]`.
fn as_toml_has_it(data: &[u8], pin: Option<&Pin>) {
    let Some(table) = std::str::from_utf8(data).ok().and_then(|text| text.parse::<toml::Table>().ok()) else {
        return;
    };
    let Some(toml::Value::Table(tools)) = table.get("tools") else { return };
    let words: Vec<_> = ["go", "golang"].iter().filter_map(|name| tools.get(*name)).collect();
    if let [toml::Value::String(word)] = words[..] {
        let theirs = version_file::tool_versions(format!("golang {word}").as_bytes()).ok().flatten();
        assert_eq!(pin.map(|pin| &pin.wanted), theirs.as_ref().map(|pin| &pin.wanted), "{word:?}");
    }
}

/// A go env file.
pub fn go_env_file(data: &[u8]) {
    let file = scratch("env").join("env");
    std::fs::write(&file, data).expect("a file");
    let lines = data.split(|byte| *byte == b'\n').count();
    for key in ["GOROOT", "GOPATH", "GOFLAGS", "GOTOOLCHAIN"] {
        if let Some(written) = goenv::line(&file, key) {
            assert!((1..=lines).contains(&written.line), "{key}: {lines} lines");
        }
    }
}

/// A netrc.
pub fn netrc(data: &[u8]) {
    let netrc = Netrc::parse(data);
    for lines in NetrcLines::new(data) {
        for [name, value] in &lines {
            assert!(!name.is_empty() || value.is_empty());
        }
    }
    let url = Url::parse("https://proxy.example/a/b").expect("a URL");
    if let Some((login, password)) = netrc.credentials(&url) {
        assert!(!login.is_empty() && !password.is_empty());
    }
}

/// A crontab: what goes in comes out, to the byte.
pub fn crontab(data: &[u8]) {
    let before = Crontab::of(data);
    let _ = before.job_with_go();
    let Ok(with) = before.with_path(&Home::at("/home/u/.local/share/gvmr")) else { return };
    assert!(with.has_path());
    if !before.has_path() {
        assert_eq!(with.without_path().expect("its own block").text(), data);
    }
}

/// A start-up file: a block goes in and comes out, to the byte, and going in twice is going in once.
pub fn rc_block(data: &[u8]) {
    let path = scratch("rc").join("rc");
    for place in [BlockPosition::End, BlockPosition::Both] {
        std::fs::write(&path, data).expect("a file");
        let lines = b". /home/u/.local/share/gvmr/env\n".to_vec();
        let edit = Edit { path: path.clone(), content: EditContent::Block { lines, place }, sessions: "" };
        let Ok(change) = edit.prepare() else { continue };
        let had_block = data.windows(8).any(|word| word == b">>> gvmr");
        change.apply().expect("a file of one's own");
        let with = std::fs::read(&path).expect("the file");
        let again = edit.prepare().expect("its own block");
        assert!(!again.is_needed(), "twice is once");
        edit.prepare_undo().expect("its own block").apply().expect("a file of one's own");
        if !had_block {
            assert_eq!(std::fs::read(&path).unwrap_or_default(), data, "{}", String::from_utf8_lossy(&with));
        }
    }
}

/// What sudo prints.
pub fn sudo_answer(data: &[u8]) {
    if let Some(path) = path_in_sudos_answer(data) {
        assert!(!path.as_encoded_bytes().contains(&b'\n'));
    }
}
