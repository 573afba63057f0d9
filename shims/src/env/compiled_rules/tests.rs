use super::*;
use proptest::prelude::*;

#[test]
fn a_record_is_read_as_it_was_written() {
    let text = b"gvmr rules 1\nsource /h/.config/gvmr/config.toml\nhome /h\nfill 2 GOPRIVATE=*.corp\n\
        directory 4 /h/my work\noverride 5 GOPATH=/h/my work/go\nnetwork 7\n\
        gateway 10.0.2.2\ngateway fe80::1\nsubnet 192.168.0.0/16\ninterface eth0\nfill 9 HTTPS_PROXY=http://p:1\n\n\
        [env]\n\nGOPRIVATE";
    let record = CompiledRules::read(text).unwrap();
    assert_eq!(record.write(), text);
    assert_eq!(record.body, b"[env]\n\nGOPRIVATE");
    assert_eq!(record.sections.len(), 3);
    assert_eq!(record.sections[0].when, When::Always);
    assert_eq!(record.sections[1].when, When::Directory("/h/my work".into()));
    assert_eq!(record.sections[2].assignments[0].value, "http://p:1");
}

#[test]
fn what_is_not_a_record_is_none() {
    for text in [
        "",
        "gvmr rules 2\nsource /p\n\n",
        "gvmr rules 1\n\n",
        "gvmr rules 1\nsource p\n\n",
        "gvmr rules 1\nsource /p\n",
        "gvmr rules 1\nsource /p\nfill 1 PATH=/x\n\n",
        "gvmr rules 1\nsource /p\nfill x GOPATH=/x\n\n",
        "gvmr rules 1\nsource /p\ngateway 10.0.0.1\n\n",
        "gvmr rules 1\nsource /p\nnetwork 1\nsubnet 10.0.0.1/33\n\n",
        "gvmr rules 1\nsource /p\nhook 1 rm\n\n",
    ] {
        assert_eq!(CompiledRules::read(text.as_bytes()), None, "{text:?}");
    }
}

proptest! {
    #[test]
    fn any_bytes_are_read_without_a_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        let _ = CompiledRules::read(&bytes);
        let _ = CompiledRules::read(&[HEAD, b"source /p\n", &bytes[..]].concat());
    }

    #[test]
    fn what_is_written_is_read_back(
        body in proptest::collection::vec(any::<u8>(), 0..50),
        value in "[^\n\0]{0,20}",
        line in 1_usize..99_999,
        overrides: bool,
        network: bool,
    ) {
        let when = if network {
            When::Network(Conditions { interfaces: vec!["eth0".to_owned()], ..Conditions::default() })
        } else {
            When::Directory(PathBuf::from("/a b"))
        };
        let assignment = Assignment { line, variable: &variable::VARIABLES[0], value: value.into(), overrides };
        let sections = vec![
            Section { line, when: When::Always, assignments: vec![assignment.clone()] },
            Section { line, when, assignments: vec![assignment] },
        ];
        let pin = Some(RulesPin { line, written: "1.20.0".to_owned(), wanted: RequestedGo::parse("1.20.0").unwrap() });
        let record = CompiledRules { source: "/p".into(), owner: None, home: None, pin, sections, body };
        prop_assert_eq!(CompiledRules::read(&record.write()), Some(record));
    }
}
