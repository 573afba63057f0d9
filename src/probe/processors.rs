//! The use of processors by the machine, and by this process's control group.

use super::{ProbeSurroundings, StopReason, TICK, failed};
use crate::check::file::ResourceScope;
use crate::check::{Measure, Measurement, NotMeasured, Quantity, shown_time};
use crate::host::{ControlGroup, processor_quota};
use gvmr_core::sys::printable;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

pub(super) fn measure(
    scope: ResourceScope,
    over: Duration,
    asks: &dyn Fn(&str) -> bool,
    timeout: Duration,
    surroundings: &ProbeSurroundings<'_>,
) -> Result<Measurement, NotMeasured> {
    let wait = || wait(over, timeout, &|| surroundings.stopped());
    let mut measurement = Measurement::default();
    let mut add = |name: &str, value: f64, measure| {
        measurement.figures.insert(name.to_owned(), Quantity { value, measure });
    };
    if asks("used") {
        let used = match scope {
            ResourceScope::Host => used_by_host(&wait)?,
            ResourceScope::Cgroup => used_by_cgroup(&wait)?,
        };
        add("used", used, Measure::Percent);
    }
    if asks("load") {
        add("load", load()?, Measure::Number);
    }
    if asks("pressure") {
        let file = match scope {
            ResourceScope::Host => PathBuf::from("/proc/pressure/cpu"),
            ResourceScope::Cgroup => group("cpu")?.directory.join("cpu.pressure"),
        };
        add("pressure", pressure(&file)?, Measure::Percent);
    }
    Ok(measurement)
}

/// Waits; ends early where the attempt does.
fn wait(over: Duration, timeout: Duration, stopped: &StopReason<'_>) -> Result<Duration, NotMeasured> {
    let start = Instant::now();
    while start.elapsed() < over {
        if let Some(why) = stopped() {
            return Err(why);
        }
        if over > timeout && start.elapsed() >= timeout {
            let (over, timeout) = (shown_time(over), shown_time(timeout));
            return Err(failed(format!("over is {over}, and the timeout {timeout}")));
        }
        std::thread::sleep(TICK.min(over.saturating_sub(start.elapsed())));
    }
    Ok(start.elapsed())
}

/// Waits as long as use is measured; gives how long that was.
type Wait<'a> = dyn Fn() -> Result<Duration, NotMeasured> + 'a;

/// The busy share of all time that the machine's processors had.
fn used_by_host(wait: &Wait<'_>) -> Result<f64, NotMeasured> {
    let look = || {
        let text =
            fs::read_to_string("/proc/stat").map_err(|error| failed(format!("/proc/stat: {error}")))?;
        ticks(&text).ok_or_else(|| failed("/proc/stat has no line of all processors"))
    };
    let before = look()?;
    wait()?;
    let after = look()?;
    let (busy, all) = (after.0 - before.0, after.1 - before.1);
    if all > 0.0 { Ok(busy / all * 100.0) } else { Err(failed("no time of processors went by")) }
}

/// Busy ticks and all ticks. Guests' time is in the first two already.
fn ticks(stat: &str) -> Option<(f64, f64)> {
    let line = stat.lines().find_map(|line| line.strip_prefix("cpu "))?;
    let numbers: Vec<f64> =
        line.split_ascii_whitespace().map_while(|word| word.parse().ok()).take(8).collect();
    let all: f64 = numbers.iter().sum();
    let idle = numbers.get(3)? + numbers.get(4).unwrap_or(&0.0);
    Some((all - idle, all))
}

fn group(controller: &str) -> Result<ControlGroup, NotMeasured> {
    ControlGroup::of(controller).ok_or_else(|| failed("no control group has this process's processors"))
}

/// The group's time of its quota.
fn used_by_cgroup(wait: &Wait<'_>) -> Result<f64, NotMeasured> {
    let Some(quota) = processor_quota() else {
        return Err(failed("this process's control group has no quota of processors"));
    };
    let before = seconds_used()?;
    let elapsed = wait()?;
    let used = seconds_used()? - before;
    Ok(used / (elapsed.as_secs_f64() * quota) * 100.0)
}

/// What the group's processes have run until now.
fn seconds_used() -> Result<f64, NotMeasured> {
    let unified = group("cpu")?;
    let (file, found) = if unified.is_unified {
        let file = unified.directory.join("cpu.stat");
        let text = fs::read_to_string(&file).unwrap_or_default();
        let usage = text.lines().find_map(|line| line.strip_prefix("usage_usec "));
        (
            file,
            usage.and_then(|usage| usage.trim().parse::<f64>().ok()).map(|microseconds| microseconds / 1e6),
        )
    } else {
        let file = group("cpuacct")?.directory.join("cpuacct.usage");
        let text = fs::read_to_string(&file).unwrap_or_default();
        (file, text.trim().parse::<f64>().ok().map(|nanoseconds| nanoseconds / 1e9))
    };
    found.ok_or_else(|| failed(format!("{} does not say what was used", printable::path(&file))))
}

/// Over a minute, by processors.
#[allow(clippy::cast_precision_loss)]
fn load() -> Result<f64, NotMeasured> {
    let text =
        fs::read_to_string("/proc/loadavg").map_err(|error| failed(format!("/proc/loadavg: {error}")))?;
    let minute: Option<f64> = text.split(' ').next().and_then(|word| word.parse().ok());
    let processors = std::thread::available_parallelism().map_or(1, usize::from);
    minute.map(|minute| minute / processors as f64).ok_or_else(|| failed("/proc/loadavg has no number"))
}

/// The share of the last ten seconds in which some process waited for a processor.
fn pressure(file: &Path) -> Result<f64, NotMeasured> {
    let text = fs::read_to_string(file).map_err(|error| {
        failed(format!("{}: {error}; this kernel may not count pressure", printable::path(file)))
    })?;
    average(&text).ok_or_else(|| failed(format!("{} has no average of ten seconds", printable::path(file))))
}

fn average(text: &str) -> Option<f64> {
    let line = text.lines().find_map(|line| line.strip_prefix("some "))?;
    line.split(' ').find_map(|word| word.strip_prefix("avg10="))?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waiting_for_a_disk_is_not_busy() {
        let stat = "cpu  100 10 50 700 40 5 5 90 77 3\ncpu0 1 2 3 4\n";
        assert_eq!(ticks(stat), Some((260.0, 1000.0)));
        assert_eq!(ticks("intr 1 2 3\n"), None);
    }

    #[test]
    fn waiting_ends_with_the_attempt() {
        let hour = Duration::from_secs(3600);
        assert_eq!(wait(hour, hour, &|| Some(NotMeasured::OutOfTime)), Err(NotMeasured::OutOfTime));
        let timed_out = wait(hour, Duration::from_millis(1), &|| None);
        assert_eq!(timed_out, Err(failed("over is 60 m, and the timeout 1 ms")));
    }

    #[test]
    fn pressure_is_that_of_some() {
        let text = "some avg10=1.25 avg60=0.50 avg300=0.10 total=1\nfull avg10=0.00 avg60=0.00 avg300=0.00 total=0\n";
        assert_eq!(average(text), Some(1.25));
        assert_eq!(average(""), None);
    }
}
