//! Memory of the machine, and of this process's control group.

use super::failed;
use crate::check::file::ResourceScope;
use crate::check::{Measure, Measurement, NotMeasured, Quantity};
use crate::host::ControlGroup;
use gvmr_core::sys::printable;
use std::fs;

/// The first figure of control groups of version 1 that is no limit: all pages that there can be.
const NO_LIMIT: f64 = 9e18;

pub(super) fn measure(scope: ResourceScope, asks: &dyn Fn(&str) -> bool) -> Result<Measurement, NotMeasured> {
    let mut measurement = Measurement::default();
    let usage = match scope {
        ResourceScope::Host => of_host()?,
        ResourceScope::Cgroup => of_cgroup()?,
    };
    let mut add = |name: &str, value: f64, measure| {
        measurement.figures.insert(name.to_owned(), Quantity { value, measure });
    };
    add("used", usage.used / usage.limit * 100.0, Measure::Percent);
    add("free", usage.limit - usage.used, Measure::Size);
    match usage.swap {
        Some(swap) => add("swap", swap, Measure::Percent),
        None if asks("swap") => return Err(failed("there is no swap space whose use could be measured")),
        None => {}
    }
    Ok(measurement)
}

/// In bytes.
struct MemoryUsage {
    used: f64,
    limit: f64,
    /// The used share of swap space, in percent; `None` where there is none.
    swap: Option<f64>,
}

fn of_host() -> Result<MemoryUsage, NotMeasured> {
    let text =
        fs::read_to_string("/proc/meminfo").map_err(|error| failed(format!("/proc/meminfo: {error}")))?;
    of_meminfo(&text).ok_or_else(|| failed("/proc/meminfo has no MemTotal or no MemAvailable"))
}

fn of_meminfo(text: &str) -> Option<MemoryUsage> {
    let bytes = |name: &str| {
        let line = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'))?;
        let kilobytes: f64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
        Some(kilobytes * 1024.0)
    };
    let (limit, available) = (bytes("MemTotal")?, bytes("MemAvailable")?);
    let swap = match (bytes("SwapTotal"), bytes("SwapFree")) {
        (Some(total), Some(free)) if total > 0.0 => Some((total - free) / total * 100.0),
        _ => None,
    };
    (limit > 0.0).then_some(MemoryUsage { used: limit - available, limit, swap })
}

/// Without the cache that the kernel takes back before it kills.
fn of_cgroup() -> Result<MemoryUsage, NotMeasured> {
    let group =
        ControlGroup::of("memory").ok_or_else(|| failed("no control group has this process's memory"))?;
    let text = |name: &str| fs::read_to_string(group.directory.join(name)).ok();
    let number = |name: &str| text(name)?.trim().parse::<f64>().ok();
    let shown = printable::path(&group.directory);
    let (usage, limit, cache) = if group.is_unified {
        ("memory.current", "memory.max", "inactive_file")
    } else {
        ("memory.usage_in_bytes", "memory.limit_in_bytes", "total_inactive_file")
    };
    let used = number(usage).ok_or_else(|| failed(format!("{shown} has no {usage}")))?;
    let limit = number(limit).filter(|limit| *limit > 0.0 && *limit < NO_LIMIT);
    let limit = limit.ok_or_else(|| failed(format!("the control group {shown} has no limit of memory")))?;
    let cache = text("memory.stat").and_then(|stat| {
        let line =
            stat.lines().find_map(|line| line.strip_prefix(cache)?.strip_prefix(' ').map(str::to_owned))?;
        line.trim().parse::<f64>().ok()
    });
    Ok(MemoryUsage { used: (used - cache.unwrap_or(0.0)).max(0.0), limit, swap: None })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_available_is_not_used() {
        let text = "MemTotal:       8000 kB\nMemFree: 100 kB\nMemAvailable:   6000 kB\nSwapTotal: 1000 kB\nSwapFree: 750 kB\n";
        let usage = of_meminfo(text).unwrap();
        assert_eq!((usage.used, usage.limit, usage.swap), (2000.0 * 1024.0, 8000.0 * 1024.0, Some(25.0)));
        let without =
            of_meminfo("MemTotal: 8 kB\nMemAvailable: 6 kB\nSwapTotal: 0 kB\nSwapFree: 0 kB\n").unwrap();
        assert_eq!(without.swap, None);
        assert!(of_meminfo("MemTotal: 8 kB\nMemFree: 6 kB\n").is_none(), "an old kernel");
        assert!(of_meminfo("MemTotal: x kB\nMemAvailable: 6 kB\n").is_none());
    }
}
