//! Those who are told of a run, after it is kept.
//!
//! Takes the document and what each is sent; gives what became of it. Changes no verdict.

use crate::check::file::{Notification, NotificationEvent};
use crate::check::{Clock, NotMeasured, NotificationRecord, RunDocument, RunVerdict};
use crate::net::{MeasuredRequest, MeasuringClient, MeasuringOptions, NetSettings, Url};
use crate::probe::{StopReason, revealed_headers, watched};
use gvmr_core::sys::environment::Environment;
use reqwest::Method;
use reqwest::header::{CONTENT_TYPE, HeaderValue};
use std::sync::Arc;
use std::time::Duration;

/// How often one is sent.
const ATTEMPTS: usize = 3;
/// How long all attempts may take.
const TIME: Duration = Duration::from_secs(20);
/// The pause before another attempt, where the server asks for none.
const PAUSE: Duration = Duration::from_secs(1);
/// The longest pause that a server may ask for.
const MAX_PAUSE: Duration = Duration::from_secs(10);

/// What notices need of the run.
pub(super) struct NoticeSurroundings<'a> {
    /// Variables, of which some are secrets.
    pub(super) environment: &'a (dyn Environment + Sync),
    /// Proxies and trusted authorities.
    pub(super) net: &'a NetSettings,
    /// The run's time.
    pub(super) clock: &'a (dyn Clock + Sync),
    /// Whether the run was interrupted.
    pub(super) interrupted: &'a (dyn Fn() -> bool + Sync),
}

/// Whether `on` wants to be told of a run with this verdict. `last` is that of the series' run before.
fn is_wanted(on: NotificationEvent, verdict: RunVerdict, last: Option<RunVerdict>) -> bool {
    match (verdict, on) {
        (RunVerdict::Interrupted, _) => false,
        (_, NotificationEvent::Always) => true,
        (_, NotificationEvent::Failure) => verdict == RunVerdict::Fail,
        (_, NotificationEvent::Change) => last != Some(verdict),
    }
}

/// Tells all that want to know; `body` gives what one is sent.
pub(super) fn all(
    document: &RunDocument,
    last: Option<RunVerdict>,
    notifications: &[Notification],
    surroundings: &NoticeSurroundings<'_>,
    body: &dyn Fn(&Notification) -> String,
) -> Vec<NotificationRecord> {
    let wanted = notifications.iter().filter(|one| is_wanted(one.on, document.verdict, last));
    let wanted: Vec<_> = wanted.map(|one| (one, body(one))).collect();
    // At the same time: one that hangs keeps no other waiting.
    std::thread::scope(|scope| {
        let sent: Vec<_> = wanted
            .into_iter()
            .map(|(one, body)| (one, scope.spawn(move || send(one, surroundings, body))))
            .collect();
        let ended = sent.into_iter().map(|(one, sent)| {
            sent.join().unwrap_or_else(|_| record(&one.url.host(), false, 0, "it ended early".to_owned()))
        });
        ended.collect()
    })
}

fn send(
    notification: &Notification,
    surroundings: &NoticeSurroundings<'_>,
    body: String,
) -> NotificationRecord {
    let NoticeSurroundings { environment, net, clock, interrupted } = *surroundings;
    let request = match request(notification, environment, body) {
        Ok(request) => request,
        Err(why) => return record("", false, 0, why),
    };
    let host = request.url.host_str().unwrap_or_default().to_owned();
    let client = match MeasuringClient::new(net, MeasuringOptions::default(), &request.url) {
        Ok(client) => Arc::new(client),
        Err(why) => return record(&host, false, 0, why),
    };
    let until = clock.now() + TIME;
    let stopped: &StopReason<'_> = &|| interrupted().then_some(NotMeasured::Interrupted);
    let mut attempts = 0;
    loop {
        attempts += 1;
        let left = until.saturating_sub(clock.now());
        let (sender, sent) = (Arc::clone(&client), request.clone());
        // The words of an error hold the address, all of which is a secret here.
        let (message, pause) = match watched(stopped, move || sender.send(&sent, left)) {
            Ok(Ok(answer)) if (200..300).contains(&answer.status) => {
                return record(&host, true, attempts, String::new());
            }
            Ok(Ok(answer)) if answer.status == 429 || answer.status >= 500 => (
                format!("{host} answered status {}", answer.status),
                Some(answer.retry_after.unwrap_or(PAUSE)),
            ),
            Ok(Ok(answer)) => (format!("{host} answered status {}", answer.status), None),
            Ok(Err(error)) => (format!("{host}: {}", error.kind), Some(PAUSE)),
            Err(why) => (format!("{host}: {why}"), None),
        };
        let again = pause
            .filter(|pause| *pause <= MAX_PAUSE && attempts < ATTEMPTS && clock.now() + *pause < until)
            .is_some_and(|pause| clock.sleep_until(clock.now() + pause));
        if !again {
            return record(&host, false, attempts, message);
        }
    }
}

fn record(host: &str, ok: bool, attempts: usize, message: String) -> NotificationRecord {
    NotificationRecord { host: host.to_owned(), ok, attempts, message }
}

fn request(
    notification: &Notification,
    environment: &dyn Environment,
    body: String,
) -> Result<MeasuredRequest, String> {
    let url = notification.url.reveal(environment).map_err(|error| error.to_string())?.text;
    let url = Url::parse(&url).map_err(|_| "the address of a notification is not a URL".to_owned())?;
    let mut headers = revealed_headers(&notification.headers, environment)?;
    headers.entry(CONTENT_TYPE).or_insert(HeaderValue::from_static("application/json"));
    Ok(MeasuredRequest { url, method: Method::POST, headers, body: Some(body), redirects: 0 })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_is_told_what_it_wants_to_know() {
        use NotificationEvent::{Always, Change, Failure};
        use RunVerdict::{Fail, Interrupted, Pass};
        for (on, verdict, last, wanted) in [
            (Failure, Fail, Some(Fail), true),
            (Failure, Pass, Some(Fail), false),
            (Change, Pass, Some(Fail), true),
            (Change, Fail, Some(Fail), false),
            (Change, Pass, None, true),
            (Always, Pass, Some(Pass), true),
            (Always, Interrupted, None, false),
        ] {
            assert_eq!(is_wanted(on, verdict, last), wanted, "{on:?} {verdict:?} {last:?}");
        }
    }
}
