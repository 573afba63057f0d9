//! Whole files: what they mean, and what is wrong with them.

use super::*;
use std::time::Duration;

/// Each kind once, with what people write.
const ORDERS: &str = r#"
[check]
name       = "order-service"
key        = "${HOST}"
prometheus = "http://prometheus:9090"
vars       = { SERVICE = "http://127.0.0.1:8080", IMAGE = "orders:latest" }

[availability.health]
http     = "${SERVICE}/actuator/health"
json."/status" = "UP"
json."/queue/length" = "<= 10"
requests = 20
max      = "<= 500ms"
p95      = "<= 500ms, <= baseline + 10% + 5ms"
headers  = { Authorization = "Bearer ${secret:TOKEN}" }

[consistency.replica-lag]
command  = ["mariadb", "-h", "replica", "-e", 'SHOW SLAVE STATUS\G']
pattern  = 'Seconds_Behind_Master: (.*)'
unit     = "s"
value    = "<= 1s"
[consistency.cache-hits]
command  = ["redis-cli", "info", "stats"]
pattern  = 'keyspace_hits:(\d+)'
of       = ['keyspace_hits:(\d+)', 'keyspace_misses:(\d+)']
share    = ">= 98.5%"
needs    = ["consistency.replica-lag", "availability.health"]

[resources.disk]
disk     = "/"
[resources.memory]
memory   = "host"
used     = "< 85%"
[resources.cpu]
cpu      = "cgroup"
pressure = "<= 10%"
[resources.backup]
file     = "var/backup.tar"
age      = "<= 26h"
mode     = "<= 0640"

[security.tls]
tls      = "orders.example:443"
oldest   = ">= 1.2"
expires  = ">= 14d"
[security.port]
tcp      = "orders.example:6060"
closed   = true
advisory = true
[security.keys]
secrets  = "."
[security.image]
command  = ["trivy", "image", "${IMAGE}"]
json     = "/Results/*/Vulnerabilities/*"
pick     = "count"
value    = "== 0"
timeout  = "10m"

[latency.p95]
prometheus = 'histogram_quantile(0.95, rate(x[5m]))'
baseline   = 'histogram_quantile(0.95, rate(x[5m] offset 5m))'
unit       = "s"
value      = "<= baseline + 10%"

[readiness.steady]
http     = "${SERVICE}/ready"
for      = "120s"
within   = "5m"
why      = "ask the team on call"

[[check.notify]]
url    = "${secret:SLACK_WEBHOOK_URL}"
format = "slack"
links  = { Grafana = "https://grafana.example/d/orders?from=${START_MS}&to=${END_MS}" }
[[check.notify]]
url = "https://elk.internal:9200/gvmr-check/_doc"
on  = "always"
"#;

fn parse_with(
    text: &str,
    given: &[(&str, &str)],
    environment: &[(&str, &str)],
) -> Result<CheckFile, TomlFileError> {
    let given = given.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    let built_in = |name: &str| match name {
        "HOST" => Some("vm1".to_owned()),
        "PROJECT" => Some("/p".to_owned()),
        _ => None,
    };
    let environment = environment.to_vec();
    let surroundings = FileSurroundings { built_in: &built_in, given: &given, environment: &environment };
    CheckFile::parse(Path::new("/p/gvmr-check.toml"), text.as_bytes(), &surroundings)
}

fn parse(text: &str) -> CheckFile {
    parse_with(text, &[], &[]).unwrap_or_else(|error| panic!("{text}\n{error}"))
}

fn mistakes(text: &str) -> String {
    let error = parse_with(text, &[], &[]).expect_err(text);
    error.to_string().replace("/p/gvmr-check.toml:", "")
}

#[test]
fn a_whole_file_means_what_it_says() {
    let file = parse(ORDERS);
    let ids: Vec<_> = file.probes().map(|probe| probe.id.as_str()).collect();
    assert_eq!(
        ids.join(" "),
        "availability.health consistency.replica-lag consistency.cache-hits resources.disk resources.memory \
         resources.cpu resources.backup security.tls security.port security.keys security.image latency.p95 \
         readiness.steady"
    );
    assert_eq!((file.series.as_str(), file.deadline, file.jobs), ("vm1", Duration::from_secs(900), 8));
    let figures = |id: &str| {
        let probe = file.probes().find(|probe| probe.id == id).unwrap();
        let shown = probe.figures.iter().map(|figure| format!("{} {}", figure.figure, figure.condition));
        shown.collect::<Vec<_>>().join("; ")
    };
    assert_eq!(
        figures("availability.health"),
        "ok == 100%; /queue/length <= 10; max <= 500ms; p95 <= 500ms, <= baseline + 10% + 5ms"
    );
    assert_eq!(figures("resources.disk"), "used < 80%");
    assert_eq!(figures("resources.memory"), "used < 85%");
    assert_eq!(figures("security.keys"), "found == 0");
    assert_eq!(figures("security.port"), "");
    let steady = file.probes().find(|probe| probe.id == "readiness.steady").unwrap();
    assert_eq!(
        (steady.hold_for, steady.within),
        (Some(Duration::from_secs(120)), Some(Duration::from_secs(300)))
    );
    let ProbeTarget::Http(health) = &file.dimensions[0].probes[0].target else { panic!("{file:?}") };
    assert_eq!(health.url.to_string(), "http://127.0.0.1:8080/actuator/health");
    assert_eq!(health.headers[0].1.to_string(), "Bearer ${secret:TOKEN}");
    assert_eq!(file.notifications.len(), 2);
    assert!(file.notifications[0].links[0].1.ends_with("from=${START_MS}&to=${END_MS}"));
    let ProbeTarget::File(backup) = &file.probes().nth(6).unwrap().target else { panic!("{file:?}") };
    assert_eq!(
        (backup.path.to_str(), backup.mode),
        (Some("/p/var/backup.tar"), Some(ModeLimit::AtMost(0o640)))
    );
}

#[test]
fn a_flag_comes_before_the_environment_and_that_before_the_file() {
    let text = "[check.vars]\nURL = \"http://file\"\n[a.b]\nhttp = \"${URL}\"\n";
    let url = |given: &[(&str, &str)], environment: &[(&str, &str)]| {
        let file = parse_with(text, given, environment).unwrap();
        let ProbeTarget::Http(target) = &file.dimensions[0].probes[0].target else { panic!("{file:?}") };
        (target.url.to_string(), file.variables[0].origin)
    };
    let given = [("URL", "http://flag")];
    let environment = [("URL", "http://environment")];
    assert_eq!(url(&given, &environment), ("http://flag".to_owned(), VariableOrigin::Flag));
    assert_eq!(url(&[], &environment), ("http://environment".to_owned(), VariableOrigin::Environment));
    assert_eq!(url(&[], &[]), ("http://file".to_owned(), VariableOrigin::Default(2)));
}

#[test]
fn a_definition_is_what_is_measured_and_not_its_limits() {
    let definition = |lines: &str| {
        let file = parse(&format!("[a.b]\nhttp = \"http://a\"\n{lines}"));
        file.dimensions[0].probes[0].definition.clone()
    };
    let plain = definition("time = \"<= 5s\"");
    for same in [
        "time = \"<= 6s\"",
        "time = \"<= 5s\"\nwhy = \"x\"",
        "time = \"<= 5s\"\nadvisory = true",
        "within = \"5s\"",
    ] {
        assert_eq!(definition(same), plain, "{same}");
    }
    for other in ["requests = 2", "method = \"HEAD\"", "for = \"5s\"", "headers = { A = \"${secret:X}\" }"] {
        assert_ne!(definition(other), plain, "{other}");
    }
    // However it is written.
    assert_eq!(definition("requests = 0x10"), definition("requests = 1_6"));
}

#[test]
fn all_mistakes_are_told_at_once_with_their_places() {
    let text = r#"[check]
deadlin = "5m"
jobs = 0
vars = { HOST = "x", "a b" = "y" }
[availability.health]
http = "http://joe:hush@a/"
p59 = "<= 500ms"
p95 = "<= 500"
requests = 40
[availability.login]
http = "${SERVICE}"
headers = { Cookie = "hush" }
p99 = "<= 1s"
requests = 40
[Resources.disk]
disk = "/"
used = ">= 0%"
free = "> 5GiB, < 1GiB"
[empty]
[two.kinds]
tcp = "a:1"
tls = "a:1"
[two.none]
used = "< 5%"
[two.shell]
command = "false | cat"
needs = ["two.shell", "late.one", "two.kinsd"]
[late.one]
command = ["x"]
pattern = '('
[late.two]
command = ["x"]
pattern = 'x'
of = ['y']
every = "5s"
[late.ring]
tcp = "nowhere"
needs = ["late.gnir"]
[late.gnir]
tcp = "a:1"
needs = ["late.ring"]
for = "10s"
every = "20s"
within = "5s"
"#;
    assert_eq!(mistakes(text), WRONG.trim_end());
}

const WRONG: &str = include_str!("mistakes.txt");

#[test]
fn a_file_that_asks_nothing_is_a_mistake() {
    assert_eq!(mistakes(""), "1:1: no probe at all: add [dimension.probe] with what to ask");
    assert_eq!(
        mistakes("[check]\nname = \"x\"\n"),
        "1:1: no probe at all: add [dimension.probe] with what to ask"
    );
    assert!(mistakes("[a").contains("not TOML"));
    assert!(
        mistakes("[a.b]\nfile = \"x\"\n[a.b]\nfile = \"y\"\n").contains("not TOML"),
        "twice the same name"
    );
    assert!(mistakes(&"#".repeat(MAX_SIZE + 1)).contains("larger than 1 MiB"));
}

#[test]
fn the_built_in_probes_of_a_go_project_come_first_and_the_file_may_say_more_of_them() {
    let ids = |file: &CheckFile| file.probes().map(|probe| probe.id.clone()).collect::<Vec<_>>();
    let file = parsed("[check]\ngo = true\n");
    let names: Vec<_> = file.dimensions.iter().map(|dimension| dimension.name.as_str()).collect();
    assert_eq!(names, ["toolchain", "modules", "code", "artifact", "security"]);
    assert_eq!(ids(&file).len(), 16, "{:?}", ids(&file));
    for probe in file.probes() {
        let (Some(name), 0) = (probe.id.split_once('.'), probe.line) else { panic!("{probe:?}") };
        assert!(
            matches!(&probe.target, ProbeTarget::Go(target) if !target.is_named && target.name == probe.id)
                || matches!(&probe.target, ProbeTarget::Secrets(target) if target.path == Path::new("/p")),
            "{name:?}"
        );
        assert_eq!(probe.advisory, probe.id == "toolchain.supported");
    }
    let file = parsed(
        "[check]\ngo = true\n[availability.health]\nhttp = \"http://h/\"\n[security.tls]\ntls = \"h:443\"\n\
         needs = [\"code.test\"]\n[code.test]\ngo = \"code.test\"\ncover = \">= 70%\"\nrace = true\n",
    );
    let names: Vec<_> = file.dimensions.iter().map(|dimension| dimension.name.as_str()).collect();
    assert_eq!(names, ["toolchain", "modules", "code", "artifact", "security", "availability"]);
    assert_eq!(ids(&file).len(), 18);
    let tests = file.probes().find(|probe| probe.id == "code.test").unwrap();
    let ProbeTarget::Go(target) = &tests.target else { panic!("{tests:?}") };
    assert!(target.is_named && matches!(&target.question, GoQuestion::Tests(tests) if tests.race));
    let asked: Vec<_> = tests.figures.iter().map(|figure| figure.figure.as_str()).collect();
    assert_eq!(asked, ["failed", "tests", "cover"]);
}

#[test]
fn mistakes_in_questions_about_a_go_project_are_told_with_their_places() {
    let of = |lines: &str| mistakes(&format!("[a.b]\n{lines}\n"));
    let mut wrong = Vec::new();
    for (lines, expected) in [
        ("go = \"code.tset\"", "2:6: there is no probe code.tset of Go projects; did you mean code.test?"),
        ("go = true", "2:6: must be a string in quotes, not a boolean"),
        (
            "go = \"code.vet\"\nrace = true",
            "3:1: unknown key \"race\" in a.b; keys here are go, findings, timeout, every, for, \
             within, why, advisory, needs",
        ),
        ("go = \"code.test\"\ncover = \">= 70\"", "3:9: cover: expected a share such as 80%, got \"70\""),
        ("go = \"code.test\"\npackages = [\"-o=x\"]", "3:13: -o=x is not one of packages"),
        (
            "go = \"artifact.binaries\"\npath = \"a\"\npid = 1",
            "4:7: a program is a file or that of a process: path or pid",
        ),
        ("go = \"artifact.binaries\"\npid = 0", "3:7: a pid is the number of a process"),
        (
            "go = \"artifact.runs-on\"\ntarget = \"glibc\"",
            "3:10: target is \"musl\", \"static\" or \"glibc 2.28\", not glibc",
        ),
        (
            "go = \"security.vuln\"\ndb = \"ftp://x\"",
            "3:1: db is the address of a database, without a login: https:// or file://",
        ),
        (
            "go = \"security.vuln\"\nallow = [\"GO-2024-1 til 2027\", \"GO-2024-2 until 2027-02-30\"]",
            "3:10: write \"GO-2024-1234\" or \"GO-2024-1234 until 2027-01-31\", not GO-2024-1 til 2027\n\
             3:32: write \"GO-2024-1234\" or \"GO-2024-1234 until 2027-01-31\", not GO-2024-2 until 2027-02-30",
        ),
    ] {
        if of(lines) != expected {
            wrong.push((of(lines), expected));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}
