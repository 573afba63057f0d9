//! Files with one mistake each, and where it is.

use super::*;

/// The lines of a probe `a.b`, from line 2 on, and what is said of them.
const PROBES: &[(&str, &str)] = &[
    // Kinds and keys.
    (
        "tcp = \"a:1\"\nused = \"< 5%\"",
        "3:1: unknown key \"used\" in a.b; keys here are time, closed, send, expect, tcp, timeout, every, for, within, why, advisory, needs",
    ),
    ("tcp = \"a:1\"\ntime = \"<= 1s\"\ntime = \"<= 2s\"", "4:1: not TOML: duplicate key"),
    ("disk = \"/\"\nusedd = \"< 5%\"", "3:1: unknown key \"usedd\" in a.b; did you mean used?"),
    ("disk = 5", "2:8: must be a string in quotes, not an integer"),
    // What can be nothing else, or nothing at all.
    (
        "tls = \"a:1\"\noldest = \">= baseline - 10%\"",
        "3:10: oldest: a version is compared with a version such as 1.2, not with baseline",
    ),
    ("tls = \"a:1\"\noldest = \">= 1.9\"", "3:1: oldest: versions of TLS are 1.0, 1.1, 1.2 and 1.3"),
    ("tls = \"a:1\"\noldest = \">= 1.0\"", "3:1: oldest: each value holds this"),
    ("tls = \"a:1\"\nnewest = \"> 1.3\"", "3:1: newest: no value holds this"),
    ("secrets = \".\"\nfound = \">= 0\"", "3:1: found: each value holds this"),
    ("secrets = \".\"\nfound = \"< 0\"", "3:1: found: no value holds this"),
    (
        "command = [\"a\"]\npattern = \"x\"\npick = \"count\"\nvalue = \"> -1\"",
        "5:1: value: each value holds this",
    ),
    ("file = \"x\"\nmode = \"<= 7777\"", "3:8: every mode holds; name the bits that may be set"),
    ("file = \"x\"\ncontains = \"\"", "3:12: contains is empty"),
    ("http = \"http://a\"\ncontains = \"\"", "3:12: contains is empty"),
    ("command = [\"a\"]\ncontains = \"\"", "3:12: contains is empty"),
    ("tcp = \"a:1\"\nexpect = \"\"", "3:10: expect is empty"),
    ("tls = \"a:1\"\nname = \"\"", "3:8: name is empty"),
    ("command = [\"a\"]\njson = {}", "3:8: json is a pointer in quotes here, as \"/status\""),
    ("http = \"http://a\"\njson.\"/a\" = nan", "3:13: /a must be a finite number"),
    (
        "http = \"http://a\"\njson.\"/status\" = \"== baseline\"",
        "3:18: /status: baseline is a number; compare with <=, >=, < or >",
    ),
    (
        "http = \"http://a\"\nmethod = \"GE T\"",
        "3:10: must be \"GET\" or \"HEAD\" or \"POST\" or \"PUT\" or \"PATCH\" or \"DELETE\" or \"OPTIONS\", not \"GE T\"",
    ),
    (
        "disk = \"${a.b}\"",
        "2:8: undeclared variable \"a.b\"; declare it in [check.vars], or write a literal \"${\" as \"$${\"",
    ),
    (
        "command = [\"a\"]\npattern = \"x\"\nunit = \"sec\"\nvalue = \"<= 1s\"",
        "4:1: \"sec\" is not a unit; units are ms s m h d, B kB KiB MB MiB GB GiB TB TiB and %",
    ),
    (
        "command = [\"${X}\"]",
        "2:12: undeclared variable \"X\"; declare it in [check.vars], or write a literal \"${\" as \"$${\"",
    ),
    // Quantities.
    (
        "http = \"http://a\"\ntime = \"<= 500\"",
        "3:8: time: expected a duration such as 500ms or 2s, got \"500\"",
    ),
    (
        "http = \"http://a\"\ntime = \"<= 5%\"",
        "3:8: time: expected a duration such as 500ms or 2s, got \"5%\"",
    ),
    (
        "http = \"http://a\"\ntime = \"500ms\"",
        "3:8: time: a condition begins with <, <=, >, >=, == or !=, as in \"<= 5\"",
    ),
    (
        "http = \"http://a\"\ntime = \"<= 5 parsecs\"",
        "3:8: time: \"parsecs\" is not a unit; units are ms s m h d",
    ),
    ("http = \"http://a\"\nsize = \"<= 5s\"", "3:8: size: expected a size such as 64KiB or 2GB, got \"5s\""),
    ("disk = \"/\"\nused = 80", "3:8: used is a share such as 80%: write a condition in quotes, as \"<= …\""),
    ("file = \"x\"\nage = \"<= baseline + 5%, > 1d, < 1h\"", "3:7: age: no value holds this"),
    ("file = \"x\"\nsize = \">= 0B\"", "3:8: size: each value holds this"),
    (
        "disk = \"/\"\nused = \"<= baseline + 5ms\"",
        "3:8: used: what is added to baseline is a share of it such as 10%, an amount such as 5ms, or points such as 0.5pp",
    ),
    (
        "http = \"http://a\"\nrequests = 19\np95 = \"<= 1s\"",
        "4:1: p95 of 19 is the maximum; set requests to 20 or more",
    ),
    (
        "http = \"http://a\"\nrequests = 1\np50 = \"<= 1s\"",
        "4:1: p50 of 1 is the maximum; set requests to 2 or more",
    ),
    ("http = \"http://a\"\nrequests = 10001", "3:12: must be a whole number from 1 to 10000"),
    ("http = \"http://a\"\nconcurrency = 65", "3:15: must be a whole number from 1 to 64"),
    // Words and habits of other tools.
    ("http = \"http://a\"\nretries = 3", "3:1: unknown key \"retries\" in a.b; did you mean within?"),
    (
        "http = \"http://a\"\nexpect_status = 200",
        "3:1: unknown key \"expect_status\" in a.b; did you mean status?",
    ),
    ("command = [\"a\"]\ncode = 1", "3:1: unknown key \"code\" in a.b; did you mean exit?"),
    ("disk = \"/\"\nwarn = true", "3:1: unknown key \"warn\" in a.b; did you mean advisory?"),
    ("url = \"http://a\"\ntime = \"< 1s\"", "1:4: a.b has no kind; did you mean http by \"url\"?"),
    ("cmd = [\"a\"]", "1:4: a.b has no kind; did you mean command by \"cmd\"?"),
    ("htttp = \"http://a\"", "1:4: a.b has no kind; did you mean http by \"htttp\"?"),
    ("disk = \"$HOME/x\"", "2:8: no shell here; declare HOME in [check.vars] and write ${HOME}"),
    ("file = \"~/x\"", "2:8: no shell here; declare HOME in [check.vars] and write ${HOME}"),
    ("secrets = \"/srv/$APP_1\"", "2:11: no shell here; declare APP_1 in [check.vars] and write ${APP_1}"),
    ("http = \"a/health\"", "2:8: a URL begins with http:// or https://"),
    (
        "tls = \"a:1\"\noldest = 1.2",
        "3:10: oldest is a version such as 1.2: write a condition in quotes, as \">= 1.2\"",
    ),
    ("disk = \"/\"\ntimeout = \"500 sec\"", "3:11: timeout: \"sec\" is not a unit; units are ms s m h d"),
    // Times.
    ("disk = \"/\"\ntimeout = 10", "3:11: timeout is a duration: write it with its unit, such as \"10s\""),
    ("disk = \"/\"\ntimeout = \"0s\"", "3:11: timeout is a duration above 0, such as \"10s\""),
    ("disk = \"/\"\ntimeout = \"366d\"", "3:11: timeout is at most 365d"),
    ("disk = \"/\"\ntimeout = \"999999999999999d\"", "3:11: timeout is at most 365d"),
    ("disk = \"/\"\nevery = \"1s\"", "3:1: every needs for or within, which ask more than once"),
    (
        "disk = \"/\"\nfor = \"5s\"\nevery = \"6s\"",
        "4:1: every is longer than for; it would be asked but once",
    ),
    (
        "disk = \"/\"\nfor = \"5s\"\nwithin = \"5s\"",
        "3:1: for must be shorter than within, the time in which it has to fit",
    ),
    // Variables and secrets.
    ("http = \"http://a/${\"", "2:8: \"${\" is not closed; write a literal \"${\" as \"$${\""),
    ("http = \"http://a/${NAME\"", "2:8: \"${\" is not closed; write a literal \"${\" as \"$${\""),
    (
        "http = \"http://a/${NAME}\"",
        "2:8: undeclared variable \"NAME\"; declare it in [check.vars], or write a literal \"${\" as \"$${\"",
    ),
    (
        "command = [\"x\", \"${secret:TOKEN}\"]",
        "2:17: a secret stands only in http, prometheus, server, url and the values of headers",
    ),
    ("http = \"http://joe:hush@a/\"", "2:8: the URL has a password; write it as ${secret:NAME}"),
    (
        "http = \"http://a\"\nheaders = { X-Api-Key = \"hush\" }",
        "3:25: this header is a credential; write its value as ${secret:NAME}",
    ),
    (
        "http = \"http://a\"\nheaders = { proxy-authorization = \"hush\" }",
        "3:35: this header is a credential; write its value as ${secret:NAME}",
    ),
    (
        "http = \"https://a\"\ninsecure = true\nauth = true",
        "3:1: credentials are not sent to a server that is not verified",
    ),
    // What is found.
    (
        "command = [\"x\"]\npattern = 'a(b'\nvalue = \"== 1\"",
        "3:11: the pattern cannot be read: found open group without closing ')'",
    ),
    (
        "command = [\"x\"]\npattern = 'a'\njson = \"/a\"\nvalue = \"== 1\"",
        "4:1: a number comes from pattern or from json, not from both",
    ),
    (
        "command = [\"x\"]\nvalue = \"== 1\"",
        "3:1: value needs a pattern or json that says where the number stands",
    ),
    (
        "command = [\"x\"]\npattern = 'a'\nshare = \"> 1%\"",
        "4:1: share and of belong together: share is the number ÷ the sum of what of finds",
    ),
    (
        "command = [\"x\"]\npattern = 'a'\nof = []\nshare = \"> 1%\"",
        "4:1: the list is empty, and there is nothing to divide by",
    ),
    (
        "command = [\"x\"]\npattern = 'a'\nof = ['(']\nshare = \"> 1%\"",
        "4:7: the pattern cannot be read: found open group without closing ')'",
    ),
    (
        "command = [\"x\"]\njson = \"a\"\nvalue = \"== 1\"",
        "3:8: a JSON pointer is empty or begins with \"/\", as \"/status\"",
    ),
    (
        "command = [\"x\"]\npattern = 'a'\nunit = \"parsec\"\nvalue = \"== 1\"",
        "4:1: \"parsec\" is not a unit; units are ms s m h d, B kB KiB MB MiB GB GiB TB TiB and %",
    ),
    (
        "command = [\"x\"]\npattern = 'a'\npick = \"median\"\nvalue = \"== 1\"",
        "4:8: must be \"only\" or \"first\" or \"last\" or \"min\" or \"max\" or \"sum\" or \"mean\" or \"count\", not \"median\"",
    ),
    (
        "http = \"http://a\"\njson.\"status\" = \"UP\"",
        "3:6: a JSON pointer begins with \"/\", as \"/status\", and has no *",
    ),
    ("tls = \"a:443\"\ntrusted = \"baseline\"", "3:11: must be true or false, not a string"),
    // Programs and files.
    ("command = []", "2:11: the first word names the program; it is missing"),
    ("command = [\"\"]", "2:11: the first word names the program; it is missing"),
    ("command = [\"x\"]\nexit = 256", "3:8: an exit code is a whole number from 0 to 255"),
    (
        "file = \"x\"\nmode = \"0999\"",
        "3:8: mode is octal digits in quotes: \"0600\", or \"<= 0640\" for no bit beyond",
    ),
    ("file = \"x\"\nexists = false\nsize = \"> 1B\"", "4:1: a file that must not exist has no size"),
    (
        "tcp = \"a:1\"\nclosed = true\nexpect = 'x'",
        "4:1: closed = true lets nothing through; take out expect",
    ),
    (
        "prometheus = 'up'",
        "2:14: the answer has no condition; add value = \"<= …\"\n2:14: no server; add prometheus = \"http://…\" to [check], or server here",
    ),
    (
        "prometheus = 'up'\nserver = \"ftp://p\"\nvalue = \"== 1\"",
        "3:10: a URL begins with http:// or https://",
    ),
    // Needs.
    ("disk = \"/\"\nneeds = [\"a.b\"]", "3:9: a.b needs itself"),
    ("disk = \"/\"\nneeds = [\"a.c\"]", "3:9: there is no probe a.c; did you mean a.b?"),
    ("disk = \"/\"\nneeds = \"a.b\"", "3:9: needs is a list: [\"dimension.probe\"]"),
];

/// Whole files, and what is said of them.
const FILES: &[(&str, &str)] = &[
    ("[a.b\n", "1:5: not TOML: unclosed table, expected `]`"),
    (
        "[a.b]\nfile = \"x\"\nmode = 0640\n",
        "3:8: not TOML: unexpected leading zero, expected nothing; write it in quotes",
    ),
    (
        "[toolchain.supported]\nadvisory = false\n",
        "1:12: toolchain.supported has no kind; add go = \"toolchain.supported\"",
    ),
    ("a = 5\n", "1:1: only tables stand here: [check] and [dimension.probe], not an integer"),
    ("[chekc]\nname = \"x\"\n[a.b]\ndisk = \"/\"\n", "1:2: unknown table \"chekc\"; did you mean [check]?"),
    ("[check]\nname = \"\"\n[a.b]\ndisk = \"/\"\n", "2:8: name is empty"),
    ("[a]\nb = 5\n", "2:1: a probe is a table with a name of two parts: [a.probe]"),
    (
        "[check]\nvars = 5\n[a.b]\ndisk=\"/\"\n",
        "2:8: vars is a table of variables with their defaults, not an integer",
    ),
    ("[check]\nprometheus = \"nowhere\"\n[a.b]\ndisk=\"/\"\n", "2:14: a URL begins with http:// or https://"),
    ("[check]\nbaseline-runs = 21\n[a.b]\ndisk=\"/\"\n", "2:17: must be a whole number from 1 to 20"),
    ("[check.archive]\nkeep = 0\n[a.b]\ndisk=\"/\"\n", "2:8: must be a whole number from 1 to 10000"),
    ("[[check.notify]]\non = \"always\"\n[a.b]\ndisk=\"/\"\n", "1:1: a notification needs a url"),
    (
        "[[check.notify]]\nurl = \"http://a\"\nformat = \"teams\"\n[a.b]\ndisk=\"/\"\n",
        "3:10: must be \"json\" or \"slack\", not \"teams\"",
    ),
    ("[a.b]\ndisk = \"/\"\n[a.b]\ndisk = \"/\"\n", "3:4: not TOML: duplicate key"),
    ("\u{feff}[a.b]\ndisk = 5\n", "2:8: must be a string in quotes, not an integer"),
    ("[a.b]\r\ndisk = 5\r\n", "2:8: must be a string in quotes, not an integer"),
    ("[a.\"B c\"]\ndisk = \"/\"\n", "1:4: a name has small letters, digits and -, at most 64"),
];

fn mistakes(text: &str) -> String {
    let given = BTreeMap::new();
    let surroundings = FileSurroundings { built_in: &|_| None, given: &given, environment: &vec![("", "")] };
    let parsed = CheckFile::parse(Path::new("/p/gvmr-check.toml"), text.as_bytes(), &surroundings);
    parsed.expect_err(text).to_string().replace("/p/gvmr-check.toml:", "")
}

#[test]
fn a_pattern_in_double_quotes_is_said_to_need_single_ones() {
    let found = mistakes("[a.b]\ncommand = [\"a\"]\npattern = \"(\\d+)\"\n");
    assert!(found.starts_with("3:1") && found.ends_with("in 'single quotes', as patterns"), "{found}");
}

#[test]
fn each_mistake_has_its_place() {
    for (lines, expected) in PROBES {
        assert_eq!(mistakes(&format!("[a.b]\n{lines}\n")), *expected, "{lines}");
    }
    for (text, expected) in FILES {
        assert_eq!(mistakes(text), *expected, "{text}");
    }
}
