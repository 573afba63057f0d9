//! The small readers: tables, and anything at all that a server could send.

use gvmr::verify::note::{self, KeyError, Verifier};
use gvmr::verify::record::Record;
use gvmr::verify::tlog::{Node, Tile, subtrees};
use gvmr::verify::{DEFAULT_SETTING, Database, LogError, Manifest, Proof, SettingError, TreeHead, prove};
use proptest::prelude::*;

use super::remote::{Scripted, lookup_numbered};
use crate::support::log::{TestLog, sum_of};

/// The example of the note package's documentation.
const PETER: &str = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
const ENOCH: &str = "\u{2014} EnochRoot rwz+eBzmZa0SO3NbfRGzPCpDckykFXSdeX+MNtCOXm2/5n2tiOHp+vAF1aGrQ5ovTG01oOTGwnWLox33WWd1RvMc+QQ=\n";
const NOTE: &str = "If you think cryptography is the answer to your problem,\n\
    then you don't know what your problem is.\n\
    \n\
    \u{2014} PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n";

#[test]
fn the_documented_note_opens() {
    let verifier = Verifier::parse(PETER).unwrap();
    let text = NOTE.split_inclusive("\n\n").next().unwrap().strip_suffix('\n').unwrap();
    assert_eq!(note::open(NOTE.as_bytes(), &verifier).unwrap(), text);
    assert_eq!(note::open(format!("{NOTE}{ENOCH}").as_bytes(), &verifier).unwrap(), text);
}

#[test]
fn settings_name_their_database() {
    let golang = Database::from_setting(DEFAULT_SETTING).unwrap();
    assert_eq!((golang.name(), golang.url()), ("sum.golang.org", None));
    assert_eq!(golang.direct_url(), "https://sum.golang.org");

    let china = Database::from_setting("sum.golang.google.cn").unwrap();
    assert_eq!(
        (china.name(), china.direct_url().as_str()),
        ("sum.golang.org", "https://sum.golang.google.cn")
    );

    let with_url = Database::from_setting(" sum.golang.org\thttps://u:secret@mirror.corp/sumdb ").unwrap();
    assert_eq!(with_url.url(), Some("https://u:secret@mirror.corp/sumdb"));
    assert!(!format!("{with_url:?}").contains("secret"));

    let log = TestLog::new("sum.corp.example/go");
    let own = Database::from_setting(&log.key()).unwrap();
    assert_eq!(own.direct_url(), "https://sum.corp.example/go");
}

#[test]
fn settings_that_name_none_say_why() {
    let of = |text: &str| Database::from_setting(text).unwrap_err();
    assert_eq!(of("off"), SettingError::Disabled);
    assert_eq!(of(""), SettingError::Missing);
    assert_eq!(of(" \n"), SettingError::Missing);
    assert_eq!(of("sum.golang.org https://a b"), SettingError::Fields(3));
    assert_eq!(of("sum.golang.org ftp://u:secret@host"), SettingError::Url);
    assert!(!of("sum.golang.org ftp://u:secret@host").to_string().contains("secret"));
    for name in ["../x", "a/../b", "a//b", "/a", "a/", ".", "a?b", "a#b", "a%41", "a\\b", "a/./b"] {
        assert_eq!(of(&TestLog::new(name).key()), SettingError::Name(name.to_owned()));
    }
    // What has an "@" may be an address with a password.
    assert_eq!(of(&TestLog::new("u:secret@h").key()), SettingError::Name("(a URL)".to_owned()));
}

#[test]
fn keys_are_checked_against_their_own_hash() {
    let of = |text: &str| Verifier::parse(text).map(|_| ());
    let golang = "sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8";
    assert_eq!(of(golang), Ok(()));
    assert_eq!(of(&golang.replace("033de0ae", "033DE0AE")), Ok(()));
    let other_hash = KeyError::Hash { expected: 0x033d_e0af, got: 0x033d_e0ae };
    assert_eq!(of(&golang.replace("033de0ae", "033de0af")), Err(other_hash));
    assert!(matches!(of(&golang.replace("sum.", "sun.")), Err(KeyError::Hash { .. })));
    assert!(matches!(of(&golang.replace("Ac4z", "Ac5z")), Err(KeyError::Hash { .. })));
    for malformed in [
        "",
        "sum.golang.org",
        "sum.golang.org+033de0ae",
        "sum.golang.org+033de0ae+",
        "sum.golang.org+33de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8",
        "sum.golang.org+033de0ag+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8",
        "+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8",
        "sum golang+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8",
    ] {
        assert_eq!(of(malformed), Err(KeyError::Malformed), "{malformed}");
    }
    // The hash is right, the algorithm is none.
    assert_eq!(of("a+e685bd41+AgAA"), Err(KeyError::Algorithm(2)));
}

#[test]
fn tile_paths_have_three_digits_a_step() {
    let size = (1 << 40) + 7;
    let path = |level, index| Tile::of(Node { level, index }, size).to_string();
    assert_eq!(path(0, 0), "/tile/8/0/000");
    assert_eq!(path(7, 2), "/tile/8/0/001");
    assert_eq!(path(0, 999 * 256), "/tile/8/0/999");
    assert_eq!(path(0, 1000 * 256 + 255), "/tile/8/0/x001/000");
    assert_eq!(path(3, 1_234_067 * 32), "/tile/8/0/x001/x234/067");
    assert_eq!(path(8, 126_640 << 8), "/tile/8/1/x126/640");
    assert_eq!(path(0, 1 << 40), "/tile/8/0/x004/x294/x967/296.p/7");
    assert_eq!(path(40, 0), "/tile/8/5/000.p/1");
    assert_eq!(subtrees(0), []);
    let levels: Vec<u32> = subtrees(700).into_iter().map(|node| node.level).collect();
    assert_eq!(levels, [9, 7, 5, 4, 3, 2]);
}

#[test]
fn a_tree_is_proved_only_if_it_is_what_was_logged() {
    let mut manifest = Manifest::new();
    manifest.add("example.com/m@v1.0.0/a".to_owned(), [7; 32]).unwrap();
    let mut log = TestLog::filled("log.example.com", 3);
    let id = log.add("example.com/m3", "v1.0.0", &manifest.h1().to_string(), &sum_of(0));
    let cache = tempfile::tempdir().unwrap();
    let logged = || lookup_numbered(&log, &Scripted::log(&log), cache.path(), id).unwrap();

    let verified = prove(&manifest, logged()).unwrap();
    let Proof::Logged(by) = verified.proof() else { panic!("{verified:?}") };
    assert_eq!((by.module(), by.version()), ("example.com/m3", "v1.0.0"));
    assert_eq!((by.log(), by.record(), by.tree_size()), ("log.example.com", 3, 4));
    assert_eq!((verified.subject(), verified.h1(), by.h1()), ("v1.0.0", manifest.h1(), manifest.h1()));

    let expected = manifest.h1();
    manifest.add("example.com/m@v1.0.0/b".to_owned(), [7; 32]).unwrap();
    let mismatch = prove(&manifest, logged()).unwrap_err();
    assert_eq!((mismatch.expected, mismatch.got, mismatch.files), (expected, manifest.h1(), 2));
    let message = mismatch.to_string();
    assert!(message.starts_with("example.com/m3@v1.0.0: log.example.com recorded h1:"), "{message}");
}

#[test]
fn every_record_of_every_small_log_is_proved_from_every_head() {
    let log = TestLog::filled("log.example.com", 20);
    for remembered in 1..=20 {
        for served in 1..=20 {
            let mut log = log.fork(20);
            log.serve_size(Some(served));
            let index = (remembered * 7 + served * 3) % remembered.max(served);
            let cache = tempfile::tempdir().unwrap();
            let directory = cache.path().join("log.example.com");
            std::fs::create_dir(&directory).unwrap();
            std::fs::write(directory.join("latest"), log.head(remembered)).unwrap();
            let logged = lookup_numbered(&log, &Scripted::log(&log), cache.path(), index).unwrap();
            assert_eq!(logged.h1().to_string(), sum_of(index));
            assert_eq!(logged.tree_size(), remembered.max(served));
        }
    }
}

#[test]
fn records_are_proved_across_three_levels_of_tiles() {
    let mut log = TestLog::filled("log.example.com", 66_100);
    let cache = tempfile::tempdir().unwrap();
    let sizes = [255, 256, 257, 511, 512, 65_535, 65_536, 65_537, 65_792, 66_100];
    for (round, &size) in sizes.iter().chain(sizes.iter().rev()).enumerate() {
        log.serve_size(Some(size));
        for index in [0, 255 % size, size / 2, size - 1] {
            let fresh = tempfile::tempdir().unwrap();
            let cache = if round % 2 == 0 { cache.path() } else { fresh.path() };
            let logged = lookup_numbered(&log, &Scripted::log(&log), cache, index).unwrap();
            assert_eq!(logged.h1().to_string(), sum_of(index), "record {index} of {size}");
        }
    }
}

proptest! {
    /// Whatever comes, the readers return.
    #[test]
    fn nothing_panics(bytes in prop::collection::vec(any::<u8>(), 0..300), text in "\\PC{0,80}") {
        let verifier = Verifier::parse(PETER).unwrap();
        prop_assert!(note::open(&bytes, &verifier).is_err());
        let _ = Record::parse(&bytes);
        let _ = Verifier::parse(&text);
        let _ = Database::from_setting(&text);
    }

    /// Notes made of the parts of good ones: what opens is exactly the signed text.
    #[test]
    fn pieces_of_notes_never_open_as_another_text(
        pieces in prop::collection::vec(
            prop::sample::select(vec![
                "\n", "\n\n", "text\n", "\u{2014} ", "PeterNeumann ", "AAAAAAAA\n", ENOCH, NOTE,
                &NOTE[..98], &NOTE[99..],
            ]),
            0..6,
        ),
    ) {
        let verifier = Verifier::parse(PETER).unwrap();
        let message = pieces.concat();
        if let Ok(text) = note::open(message.as_bytes(), &verifier) {
            prop_assert_eq!(text, &NOTE[..99]);
        }
    }

    /// Records and heads made of anything that looks alike.
    #[test]
    fn lookalikes_are_never_taken_for_proof(
        answer in "[0-9]{0,4}\n?(example.com/m5 v1.0.0 h1:[A-Za-z0-9+/]{43}=\n){0,2}\n?(go.sum database tree\n[0-9]{0,4}\n[A-Za-z0-9+/]{43}=\n)?\n?(\u{2014} log.example.com [A-Za-z0-9+/]{0,88}=?\n?)?",
    ) {
        let log = TestLog::filled("log.example.com", 7);
        let cache = tempfile::tempdir().unwrap();
        let remote = Scripted::log(&log).replace("/lookup/example.com/m5@v1.0.0", Some(answer.into_bytes()));
        let result = lookup_numbered(&log, &remote, cache.path(), 5);
        prop_assert!(result.is_err());
        prop_assert!(!matches!(result, Err(LogError::Fork(_))));
    }

    /// A head opens only as it was signed.
    #[test]
    fn heads_open_as_signed(size in 0_u64..50, other in 0_u64..50) {
        let log = TestLog::filled("log.example.com", 50);
        let key = log.key();
        let verifier = Verifier::parse(&key).unwrap();
        let note = log.head(size);
        prop_assert_eq!(TreeHead::open(&note, &verifier).unwrap().size, size);
        let text = String::from_utf8(note).unwrap();
        let changed = text.replacen(&format!("\n{size}\n"), &format!("\n{other}\n"), 1);
        prop_assert_eq!(TreeHead::open(changed.as_bytes(), &verifier).is_ok(), size == other);
    }
}
