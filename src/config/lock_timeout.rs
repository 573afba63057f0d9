//! The `lock-timeout` setting.

use super::error::ConfigError;
use std::time::Duration;

/// How long the holder of a lock may make no progress before gvmr gives up waiting.
pub(super) fn parse(setting: &'static str, value: &str) -> Result<Duration, ConfigError> {
    let wrong = || ConfigError::Value {
        setting,
        allowed: "a whole number with a unit, such as 90s, 10m or 2h",
        value: value.to_owned(),
    };
    let (number, unit) = value.split_at_checked(value.len().saturating_sub(1)).ok_or_else(wrong)?;
    let seconds = match unit {
        "s" => 1,
        "m" => 60,
        "h" => 3600,
        _ => return Err(wrong()),
    };
    let is_plain = number.bytes().all(|byte| byte.is_ascii_digit());
    let number = number.parse::<u32>().ok().filter(|number| is_plain && *number > 0).ok_or_else(wrong)?;
    Ok(Duration::from_secs(u64::from(number) * seconds))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_a_number_and_a_unit() {
        for (text, seconds) in [("1s", 1), ("90s", 90), ("10m", 600), ("2h", 7200)] {
            assert_eq!(parse("lock-timeout", text).unwrap(), Duration::from_secs(seconds), "{text}");
        }
        for text in
            ["", "s", "10", "0s", "-1s", "+1s", "1.5h", "10 m", "10M", "1d", "99999999999s", "1\u{e9}"]
        {
            assert!(parse("lock-timeout", text).is_err(), "{text}");
        }
    }
}
