//! A rollout's gate in one file: a checklist, then the slowest against what was, then a service that stays ready. A good
//! rollout goes through, and a bad one is stopped within one interval.

use super::check;
use crate::support::server::{Fault, Reply, Request, Server};
use crate::support::world::World;
use serde_json::{Value, json};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

/// The time between two looks at the service.
const EVERY: Duration = Duration::from_millis(500);
/// How long one may take.
const TIMEOUT: Duration = Duration::from_secs(2);
/// What starting gvmr, and ending it, may take on a machine that is busy.
const SLACK: Duration = Duration::from_millis(1500);

/// A service that is rolled out, the hook that learns of it, and how the service behaves.
struct Rollout {
    world: World,
    project: PathBuf,
    service: Server,
    hook: Server,
    behaviour: Arc<Behaviour>,
}

/// How the service behaves.
struct Behaviour {
    /// How long an order takes, in milliseconds.
    pause: AtomicUsize,
    /// How often it is ready before it breaks.
    breaks_after: AtomicUsize,
    /// How often it was asked since that was set.
    looks: AtomicUsize,
    /// Whether it does not answer then.
    hangs: AtomicBool,
}

impl Behaviour {
    fn answer(&self, request: &Request) -> Reply {
        let pause = Duration::from_millis(self.pause.load(Ordering::SeqCst) as u64);
        match request.target.as_str() {
            "/orders" => Reply::ok("x").fault(Fault::Slow(1, pause)),
            "/ready" => {
                let earlier = self.looks.fetch_add(1, Ordering::SeqCst);
                match () {
                    () if earlier < self.breaks_after.load(Ordering::SeqCst) => Reply::status(204),
                    () if self.hangs.load(Ordering::SeqCst) => Reply::ok("").fault(Fault::Hang),
                    () => Reply::status(503),
                }
            }
            _ => Reply::ok(r#"{"status": "UP"}"#),
        }
    }
}

/// What a run of the chain gave.
struct ChainRun {
    code: Option<i32>,
    document: Value,
    ended: Instant,
}

impl Rollout {
    /// With this probe in the dimension `latency`.
    fn start(latency: &str) -> Self {
        let behaviour = Arc::new(Behaviour {
            pause: AtomicUsize::new(40),
            breaks_after: AtomicUsize::new(usize::MAX),
            looks: AtomicUsize::new(0),
            hangs: AtomicBool::new(false),
        });
        let service = Server::start({
            let behaviour = Arc::clone(&behaviour);
            move |request| behaviour.answer(request)
        });
        let hook = Server::start(|_| Reply::ok("ok"));
        let world = World::new("off");
        let text = format!(
            r#"
[check.vars]
SERVICE = "{1}"

[availability.health]
http = "${{SERVICE}}/health"
json."/status" = "UP"
[resources.disk]
disk = "/"
used = "< 100%"

{latency}

[readiness.steady]
http  = "${{SERVICE}}/ready"
for   = "2s"
every = "{0}ms"
timeout = "{3}ms"

[[check.notify]]
url = "{2}"
on  = "always"
"#,
            EVERY.as_millis(),
            service.url(""),
            hook.url("/hook"),
            TIMEOUT.as_millis()
        );
        let project = world.project("orders", &[("gvmr-check.toml", &text)]);
        Self { world, project, service, hook, behaviour }
    }

    fn run(&self, words: &[&str]) -> ChainRun {
        let told = self.hook.count("/hook");
        let run = check(&self.world, &self.project, &[&["--json"], words].concat());
        let (code, ended) = (run.code, Instant::now());
        let document = run.json();
        // Each run is kept, and each is sent as it is kept.
        let kept = std::fs::read(document["archived"].as_str().unwrap()).unwrap();
        let requests = self.hook.requests();
        assert_eq!(requests.len(), told + 1);
        let told: Value = serde_json::from_slice(&requests[told].body).unwrap();
        assert_eq!(told, serde_json::from_slice::<Value>(&kept).unwrap());
        assert_eq!((&told["id"], &told["verdict"]), (&document["id"], &document["verdict"]));
        assert_eq!(document["notified"][0]["ok"], true);
        assert_eq!(document["verdict"], if code == Some(0) { "pass" } else { "fail" });
        ChainRun { code, document, ended }
    }

    /// The service is ready so often from now on, and then breaks.
    fn breaks_after(&self, looks: usize) {
        self.behaviour.looks.store(0, Ordering::SeqCst);
        self.behaviour.breaks_after.store(looks, Ordering::SeqCst);
    }

    fn looks(&self) -> usize {
        self.service.count("/ready")
    }
}

/// The state of each probe, in order.
fn states(document: &Value) -> Vec<&str> {
    let probes = document["probes"].as_array().unwrap();
    probes.iter().map(|probe| probe["state"].as_str().unwrap()).collect()
}

fn probe<'v>(document: &'v Value, id: &str) -> &'v Value {
    document["probes"].as_array().unwrap().iter().find(|probe| probe["id"] == id).unwrap()
}

/// Readiness breaks in the middle of the wait, with a bad answer or without one: the gate ends with it, within one
/// interval, or the time that one look may take.
fn readiness_breaks(rollout: &Rollout, hangs: bool) {
    const GOOD: usize = 3;
    rollout.behaviour.hangs.store(hangs, Ordering::SeqCst);
    rollout.breaks_after(GOOD);
    let before = rollout.looks();
    let run = rollout.run(&[]);
    rollout.breaks_after(usize::MAX);
    let (state, begins, most) =
        if hangs { ("error", "http", TIMEOUT) } else { ("fail", "ok is 0 %, == 100 % asked", EVERY) };
    assert_eq!((run.code, states(&run.document).last()), (Some(1), Some(&state)), "{:#}", run.document);
    let steady = probe(&run.document, "readiness.steady");
    assert_eq!(steady["attempts"], json!(GOOD + 1));
    let message = steady["message"].as_str().unwrap();
    assert!(message.starts_with(begins) && message.contains("(attempt 4"), "{message}");
    let requests = rollout.service.requests();
    let looks: Vec<&Request> = requests.iter().filter(|request| request.target == "/ready").collect();
    assert_eq!(looks.len() - before, GOOD + 1, "the first bad one is the last");
    let after = run.ended.duration_since(looks.last().unwrap().at);
    eprintln!("blocked {after:?} after the first bad look");
    assert!(after < most + SLACK, "{after:?} after the first bad look");
}

#[test]
fn a_rollout_is_compared_with_the_last_that_passed_and_stopped_where_it_breaks() {
    let rollout = Rollout::start(
        "[latency.p95]\nhttp = \"${SERVICE}/orders\"\nrequests = 20\nconcurrency = 5\np95 = \"<= baseline + 10% + 200ms\"",
    );
    let good = |run: &ChainRun| {
        assert_eq!((run.code, states(&run.document)), (Some(0), vec!["pass"; 4]), "{:#}", run.document);
    };
    // At the end of a build there is no service to compare.
    let built = rollout.run(&["--skip", "latency", "--skip", "readiness"]);
    assert_eq!((built.code, states(&built.document)), (Some(0), vec!["pass", "pass", "not_run", "not_run"]));
    // Nothing to compare with yet: that is said, and no pass.
    let first = rollout.run(&[]);
    assert_eq!(states(&first.document), ["pass", "pass", "error", "not_run"], "{:#}", first.document);
    assert_eq!((first.code, rollout.looks()), (Some(1), 0));
    good(&rollout.run(&["--accept"]));
    good(&rollout.run(&[]));
    // Too slow: it ends there, and what comes later is not asked.
    let looks = rollout.looks();
    rollout.behaviour.pause.store(400, Ordering::SeqCst);
    let slow = rollout.run(&[]);
    rollout.behaviour.pause.store(40, Ordering::SeqCst);
    assert_eq!(states(&slow.document), ["pass", "pass", "fail", "not_run"], "{:#}", slow.document);
    assert_eq!((slow.code, rollout.looks()), (Some(1), looks), "readiness is not asked");
    let figures = probe(&slow.document, "latency.p95")["figures"].as_array().unwrap();
    let p95 = figures.iter().find(|figure| figure["name"] == "p95").unwrap();
    assert!(p95["value"].as_f64().unwrap() >= 0.4, "{p95:#}");
    let limit = p95["conditions"][0]["limit"].as_f64().unwrap();
    let baseline = p95["baseline"]["value"].as_f64().unwrap();
    assert!((limit - (baseline * 1.1 + 0.2)).abs() < 1e-9 && baseline < 0.18, "{p95:#}");
    let last = rollout.service.requests().into_iter().rfind(|request| request.target == "/orders").unwrap();
    let after = slow.ended.duration_since(last.at);
    assert!(after < Duration::from_millis(400) + SLACK, "{after:?} after the last order");
    readiness_breaks(&rollout, false);
    good(&rollout.run(&[]));
    // The first run, the slow one, and the one that broke.
    let history = check(&rollout.world, &rollout.project, &["--history"]).succeeds();
    assert_eq!(history.matches("FAIL").count(), 3, "{history}");
}

#[test]
fn a_rollout_is_compared_with_the_one_beside_it_as_prometheus_sees_both() {
    let canary = Arc::new(AtomicUsize::new(109));
    let seen = Arc::clone(&canary);
    let prometheus = Server::start(move |request| {
        let query = format!("{}{}", request.target, String::from_utf8_lossy(&request.body));
        let value = match () {
            () if query.contains("canary") => match seen.load(Ordering::SeqCst) {
                0 => "NaN".to_owned(),
                value => format!("0.{value:03}"),
            },
            () if query.contains("stable") => "0.100".to_owned(),
            () => return Reply::status(400),
        };
        let result = json!([{ "metric": {}, "value": [1.5, value] }]);
        let answer = json!({ "status": "success", "data": { "resultType": "vector", "result": result } });
        Reply::ok(answer.to_string()).header("Content-Type", "application/json")
    });
    let query = |track: &str| {
        format!("'histogram_quantile(0.95, sum by (le) (rate(seconds_bucket{{track=\"{track}\"}}[5m])))'")
    };
    let rollout = Rollout::start(&format!(
        "[latency.p95]\nprometheus = {}\nbaseline = {}\nserver = \"{}\"\nunit = \"s\"\nvalue = \"<= baseline + 10%\"",
        query("canary"),
        query("stable"),
        prometheus.url("")
    ));
    let good = rollout.run(&[]);
    assert_eq!((good.code, states(&good.document)), (Some(0), vec!["pass"; 4]), "{:#}", good.document);
    let p95 = &probe(&good.document, "latency.p95")["figures"][0];
    assert_eq!((&p95["value"], &p95["baseline"]["value"]), (&json!(0.109), &json!(0.1)), "{p95:#}");
    for (value, state, message) in
        [(111, "fail", "value is 111 ms, <= 110 ms asked"), (0, "error", "is there traffic?")]
    {
        canary.store(value, Ordering::SeqCst);
        let (looks, asked) = (rollout.looks(), prometheus.requests().len());
        let bad = rollout.run(&[]);
        assert_eq!(states(&bad.document), ["pass", "pass", state, "not_run"], "{:#}", bad.document);
        assert_eq!((bad.code, rollout.looks()), (Some(1), looks));
        let requests = prometheus.requests();
        assert!(requests.len() - asked <= 2, "each query once");
        let said = probe(&bad.document, "latency.p95")["message"].as_str().unwrap().to_owned();
        assert!(said.contains(message), "{said}");
        let after = bad.ended.duration_since(requests[asked].at);
        assert!(after < EVERY + SLACK, "{after:?} after the first bad answer");
    }
    canary.store(110, Ordering::SeqCst);
    readiness_breaks(&rollout, true);
    assert_eq!(rollout.run(&[]).code, Some(0));
}
