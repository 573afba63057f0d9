//! Requests to a web server: how long they take, and whether their answers are as asked.
//!
//! A worker sends its next request when the last has ended. That is a probe, and no load test.

mod answers;

use super::{ProbeSurroundings, failed, received};
use crate::check::file::{HttpTarget, ProbeDefinition, SecretText};
use crate::check::{Measurement, NotMeasured, SecretMask};
use crate::net::{
    MeasuredAnswer, MeasuredRequest, MeasuringClient, MeasuringOptions, NetError, NetSettings, Url,
    fault_of_authorities,
};
use answers::{Answers, fault};
use gvmr_core::sys::environment::Environment;
use reqwest::Method;
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc::{SyncSender, sync_channel};
use std::time::{Duration, Instant};

/// What one request gave, and how long it took.
struct Timed {
    outcome: Result<MeasuredAnswer, NetError>,
    /// Why it is not as asked.
    fault: Option<String>,
    seconds: f64,
}

/// What all workers of one attempt share.
struct Job {
    target: HttpTarget,
    request: MeasuredRequest,
    options: MeasuringOptions,
    settings: NetSettings,
    secrets: SecretMask,
    timeout: Duration,
    warmup: usize,
    /// How many requests are still to be sent.
    left: AtomicUsize,
    /// Whether nobody waits for them any more.
    is_over: AtomicBool,
}

pub(super) fn measure(
    probe: &ProbeDefinition,
    target: &HttpTarget,
    timeout: Duration,
    surroundings: &ProbeSurroundings<'_>,
) -> Result<Measurement, NotMeasured> {
    if let Some(fault) = target.authorities.as_deref().and_then(fault_of_authorities) {
        return Err(failed(fault));
    }
    let job = Job {
        target: target.clone(),
        request: request(target, surroundings.environment)?,
        options: MeasuringOptions {
            address: target.address.clone(),
            authorities: target.authorities.clone(),
            insecure: target.insecure,
            login: target.login,
        },
        settings: surroundings.net.clone(),
        secrets: surroundings.secrets.clone(),
        timeout,
        warmup: target.warmup,
        left: AtomicUsize::new(target.requests),
        is_over: AtomicBool::new(false),
    };
    let answers = all(&Arc::new(job), surroundings)?;
    answers.measurement(probe, target, surroundings.secrets)
}

fn request(target: &HttpTarget, environment: &dyn Environment) -> Result<MeasuredRequest, NotMeasured> {
    let url = target.url.reveal(environment).map_err(|error| failed(error.to_string()))?.text;
    // Its words may hold what the secret stands for.
    let url = Url::parse(&url).map_err(|_| failed("the URL, with its secrets in place, is not a URL"))?;
    let headers = revealed_headers(&target.headers, environment).map_err(failed)?;
    let method = Method::from_bytes(target.method.as_bytes()).map_err(|error| failed(error.to_string()))?;
    Ok(MeasuredRequest { url, method, headers, body: target.body.clone(), redirects: target.redirects })
}

/// Headers with their secrets in place.
pub fn revealed_headers(
    headers: &[(String, SecretText)],
    environment: &dyn Environment,
) -> Result<HeaderMap, String> {
    let mut revealed = HeaderMap::new();
    for (name, value) in headers {
        let wrong = || format!("the value of {name} is not that of a header");
        let text = value.reveal(environment).map_err(|error| error.to_string())?.text;
        let mut content = HeaderValue::from_str(&text).map_err(|_| wrong())?;
        content.set_sensitive(value.has_secret());
        revealed.append(HeaderName::from_bytes(name.as_bytes()).map_err(|_| wrong())?, content);
    }
    Ok(revealed)
}

/// Sends all requests; gives up where the run is interrupted.
fn all(job: &Arc<Job>, surroundings: &ProbeSurroundings<'_>) -> Result<Answers, NotMeasured> {
    let target = &job.target;
    // One body of each worker waits at most.
    let (sender, received_answers) = sync_channel(target.concurrency);
    for _ in 0..target.concurrency.min(target.requests) {
        let (job, sender) = (Arc::clone(job), sender.clone());
        // Not joined: one that waits for a server ends by its own limit.
        let spawned =
            std::thread::Builder::new().name("request".to_owned()).spawn(move || work(&job, &sender));
        spawned.map_err(|error| failed(format!("no thread for requests: {error}")))?;
    }
    drop(sender);
    let mut answers = Answers::default();
    let mut found = Ok(());
    for _ in 0..target.requests {
        match received(&received_answers, &|| surroundings.stopped()).and_then(|timed| timed.map_err(failed))
        {
            Ok(timed) => answers.take(target, timed),
            Err(why) => {
                found = Err(why);
                break;
            }
        }
    }
    job.is_over.store(true, Ordering::Relaxed);
    found?;
    // The connections of another probe come after these: workers close theirs before they let go of the channel.
    let _ = received(&received_answers, &|| surroundings.stopped());
    Ok(answers)
}

/// One worker: its connection is kept from request to request, as clients do.
fn work(job: &Job, sender: &SyncSender<Result<Timed, String>>) {
    let client = match MeasuringClient::new(&job.settings, job.options.clone(), &job.request.url) {
        Ok(client) => client,
        Err(why) => return drop(sender.send(Err(why))),
    };
    for _ in 0..job.warmup {
        if job.is_over.load(Ordering::Relaxed) {
            return;
        }
        let _ = client.send(&job.request, job.timeout);
    }
    let take =
        || job.left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(1)).is_ok();
    while !job.is_over.load(Ordering::Relaxed) && take() {
        let start = Instant::now();
        let outcome = client.send(&job.request, job.timeout);
        let seconds = start.elapsed().as_secs_f64();
        let timed = Timed { fault: fault(&job.target, &outcome, &job.secrets), outcome, seconds };
        if sender.send(Ok(timed)).is_err() {
            return;
        }
    }
}
