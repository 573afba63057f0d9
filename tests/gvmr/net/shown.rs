//! A password with any character, in every place an address can come from, through everything that renders it: it never
//! appears, whether the address parses or not.

use gvmr::config::{Settings, redacted};
use gvmr::net::{
    NetSettings, ProxyChoice, RedactedUrl, Url, parse, without_credentials, without_credentials_in_list,
    without_credentials_in_text,
};
use gvmr::sources::ProxyList;
use gvmr::verify::Database;
use gvmr_core::env::variable::{VARIABLES, VariableKind};
use proptest::prelude::*;
use std::ffi::OsStr;

/// What may stand before the user's name, and whether what is shown begins with it.
const BEGINNINGS: [(&str, bool); 9] = [
    ("https://", true),
    ("http://", true),
    ("HTTPS://", true),
    ("socks5h://", true),
    ("https://CORP\\", false),
    ("http//", false),
    ("'http://", false),
    ("\"https://", false),
    ("", false),
];
const HOST: &str = "proxy.corp.example:3128";
/// What gvmr appends to an address.
const APPENDED: [&str; 4] = [
    "go1.22.12.linux-amd64.tar.gz",
    "golang.org/toolchain/@v/list",
    "golang.org/toolchain/@v/v0.0.1-go1.22.12.linux-amd64.zip",
    "sumdb/sum.golang.org/lookup/golang.org/toolchain@v0.0.1-go1.22.12.linux-amd64",
];

fn secret() -> impl Strategy<Value = String> {
    let printable = proptest::collection::vec(0x20_u8..0x7f, 12..24);
    printable.prop_map(|bytes| String::from_utf8(bytes).unwrap())
}

/// Whether any six characters of the secret in a row are shown, as they are or as a URL writes them. What a text shows
/// of itself without any secret is no sign of one.
fn shows(text: &str, secret: &str, harmless: &str) -> bool {
    let characters: Vec<char> = secret.chars().collect();
    characters.windows(6).any(|window| {
        let piece: String = window.iter().collect();
        let written = Url::parse(&format!("http://h/{piece}")).map(|url| url.path()[1..].to_owned());
        let spellings = [piece.clone(), piece.escape_debug().to_string()];
        spellings
            .iter()
            .chain(written.iter().filter(|written| written.len() >= 6))
            .any(|piece| text.contains(piece.as_str()) && !harmless.contains(piece.as_str()))
    })
}

/// Everything that renders an address which a person gave.
fn rendered(beginning: &str, address: &str) -> Vec<(String, String)> {
    let mut shown: Vec<(String, String)> = Vec::new();
    let mut add = |what: &str, text: String| shown.push((what.to_owned(), text));
    add("address", without_credentials(address));
    // In a sentence, nothing tells a user and a password with spaces from words.
    let is_seen = !beginning.is_empty();
    if is_seen {
        add("text", without_credentials_in_text(&format!("cannot read {address}")));
    }
    for list in [address.to_owned(), format!("https://a.example,{address},direct"), format!("{address}|off")]
    {
        add("list", without_credentials_in_list(&list));
        add("GOPROXY", format!("{:?}", ProxyList::parse(&list, "")));
        if let Err(error) = ProxyList::parse(&list, "") {
            add("GOPROXY's error", error.to_string());
        }
    }
    match parse(address) {
        Err(error) => add("not a URL", error.to_string()),
        Ok(url) => {
            add("URL", RedactedUrl::of(&url).to_string());
            for appended in APPENDED {
                let mut url = url.clone();
                url.set_path(&format!("{}/{appended}", url.path().trim_end_matches('/')));
                add("a file below", RedactedUrl::of(&url).to_string());
            }
        }
    }
    // A redirect's target, or what else came from a server, is never looked at before.
    if let Ok(url) = Url::parse(address) {
        add("redirect", RedactedUrl::of(&url).to_string());
    }
    for variable in ["HTTPS_PROXY", "https_proxy", "HTTP_PROXY"] {
        let environment = vec![(variable, address)];
        let proxies = ProxyChoice::from_environment(&environment);
        add(variable, format!("{proxies:?} {:?}", proxies.faults()));
        add(variable, format!("{:?}", NetSettings::from_environment(&environment)));
        for target in ["https://go.dev/dl", "http://go.dev/dl"] {
            match proxies.choose(&Url::parse(target).unwrap()) {
                Ok(proxy) => {
                    add(variable, proxy.map(RedactedUrl::of).map(|url| url.to_string()).unwrap_or_default());
                }
                Err(refusal) => add(variable, refusal.to_string()),
            }
        }
    }
    for variable in ["GVMR_MIRROR", "GVMR_INDEX", "GVMR_MUSL_MIRROR", "GVMR_MUSL_INDEX", "GVMR_SOURCES"] {
        let environment =
            vec![(variable, address), ("GVMR_HOME", "/nonexistent/home"), ("HOME", "/nonexistent")];
        if let Err(error) = Settings::read(&environment, None) {
            add(variable, error.to_string());
        }
    }
    let key = "sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8";
    for setting in [address.to_owned(), format!("{key} {address}"), format!("{address} {key}")] {
        let database = Database::from_setting(&setting);
        add("GOSUMDB", format!("{database:?}"));
        if let Err(error) = database {
            add("GOSUMDB's error", error.to_string());
        }
    }
    for variable in &VARIABLES {
        let value = match variable.name {
            "GOFLAGS" | "GOAUTH" if is_seen => format!("-x -y={address}"),
            "GOSUMDB" => format!("{key} {address}"),
            "GOPROXY" => address.to_owned(),
            _ if variable.kind == VariableKind::Proxy => address.to_owned(),
            _ => continue,
        };
        add(variable.name, redacted::value(variable, OsStr::new(&value)));
        add(variable.name, redacted::without_secrets(variable, OsStr::new(&value)));
    }
    shown
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn no_password_is_shown_whatever_it_holds(secret in secret(), beginning in 0..BEGINNINGS.len(), path in "(/go)?") {
        let (beginning, is_shown) = BEGINNINGS[beginning];
        let address = format!("{beginning}joe:{secret}@{HOST}{path}");
        let scheme = if is_shown { beginning } else { "" };
        let shown = without_credentials(&address);
        prop_assert!(shown.ends_with(&format!("***@{HOST}{path}")), "{shown}");
        prop_assert!(!is_shown || shown.starts_with(scheme), "{shown}");
        let harmless = rendered(beginning, &format!("{beginning}joe:xxxxxxxxxxxx@{HOST}{path}"));
        let harmless: String = harmless.into_iter().map(|(_, shown)| shown).collect();
        for (what, shown) in rendered(beginning, &address) {
            prop_assert!(!shows(&shown, &secret, &harmless), "{what} of {address}: {shown}");
        }
    }
}

#[test]
fn what_is_no_url_is_named_as_one_that_is_not_valid() {
    for (value, shown) in [
        ("http://CORP\\user:Secret1234@127.0.0.1:1", "http://***@127.0.0.1:1"),
        ("http://user:Secret1234#x@127.0.0.1:1", "http://***@127.0.0.1:1"),
        ("http://user:1234#x@127.0.0.1:1", "http://***@127.0.0.1:1"),
        ("http://user:Secret/1234@127.0.0.1:1", "http://***@127.0.0.1:1"),
        ("http://user:1234/Secret@127.0.0.1:1", "http://***@127.0.0.1:1"),
        ("http//user:Secret1234@127.0.0.1:1", "***@127.0.0.1:1"),
        ("'http://user:Secret1234@127.0.0.1:1'", "***@127.0.0.1:1'"),
    ] {
        let proxies = ProxyChoice::from_environment(&vec![("HTTPS_PROXY", value)]);
        let refusal = proxies.choose(&Url::parse("https://go.dev/dl").unwrap()).unwrap_err().to_string();
        assert!(refusal.contains("HTTPS_PROXY is not a valid URL"), "{value}: {refusal}");
        assert!(refusal.contains(shown) && !refusal.contains("Secret"), "{value}: {refusal}");
        assert!(proxies.choose(&Url::parse("http://go.dev/dl").unwrap()).unwrap().is_none());
        assert!(proxies.choose(&Url::parse("https://localhost/").unwrap()).unwrap().is_none());
        let fault = proxies.faults().concat();
        assert!(fault.contains("%5C %23 %2F %3F %40") && !fault.contains("ignoring"), "{fault}");
    }
    for value in
        ["\"http://user:Secret1234@proxy:3128\"", "\"proxy.corp:3128\"", "\"user:Secret1234@proxy:3128\""]
    {
        let proxies = ProxyChoice::from_environment(&vec![("https_proxy", value)]);
        assert!(proxies.choose(&Url::parse("https://go.dev/dl").unwrap()).unwrap().is_none(), "{value}");
        let ignored = proxies.faults().concat();
        assert!(
            ignored.contains("ignoring https_proxy") && ignored.contains("remove the quotes"),
            "{ignored}"
        );
        assert!(!ignored.contains("Secret"), "{ignored}");
    }
}

#[test]
fn what_hides_nothing_stays_as_it_is() {
    for (url, shown) in [
        ("https://proxy.corp/team/@scope/go", "https://***@scope/go"),
        ("https://joe:pw@proxy.corp/go", "https://***@proxy.corp/go"),
        (
            "https://proxy.corp/golang.org/toolchain/@v/list",
            "https://proxy.corp/golang.org/toolchain/@v/list",
        ),
        (
            "https://h/lookup/golang.org/toolchain@v0.0.1-go1.22.1.linux-amd64",
            "https://h/lookup/golang.org/toolchain@v0.0.1-go1.22.1.linux-amd64",
        ),
        ("https://h/@x/golang.org/toolchain/@v/list", "https://***@x/golang.org/toolchain/@v/list"),
        ("file:///home/joe@corp.example/go/", "file:///home/joe@corp.example/go/"),
        ("https://go.dev/dl/?mode=json&include=all", "https://go.dev/dl/?mode=json&include=all"),
        ("https://h/x?a@b", "https://***?***"),
    ] {
        assert_eq!(RedactedUrl::of(&Url::parse(url).unwrap()).to_string(), shown);
    }
    for (line, shown) in [
        (
            "not found: golang.org/toolchain@v0.0.1-go1.99.linux-amd64: bad",
            "not found: golang.org/toolchain@v0.0.1-go1.99.linux-amd64: bad",
        ),
        ("write to admin@corp.example", "write to admin@corp.example"),
        ("see https://joe:pw rd@h/x?y and https://h/z", "see https://***@h/x?*** and https://h/z"),
        ("use joe:secret@h", "use ***@h"),
        ("https://h/x?token=canary; off", "https://h/x?***; off"),
    ] {
        assert_eq!(without_credentials_in_text(line), shown);
    }
}
