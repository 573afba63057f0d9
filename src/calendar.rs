//! Points in time as text in UTC.
//!
//! Takes a system time, gives RFC 3339 or a date; reads back what it wrote. Knows no time zones and no leap seconds. Pure but for [`today`].

use std::time::{Duration, SystemTime};

/// Seconds since 1970; times before that count as 1970.
pub fn seconds_since_epoch(time: SystemTime) -> u64 {
    time.duration_since(SystemTime::UNIX_EPOCH).map_or(0, |since| since.as_secs())
}

/// `2024-11-27T20:27:20Z`.
pub fn rfc3339(time: SystemTime) -> String {
    let seconds = seconds_since_epoch(time);
    let (days, second) = (seconds / 86_400, seconds % 86_400);
    let (year, month, day) = civil(days);
    let (hour, minute) = (second / 3600, second / 60 % 60);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{:02}Z", second % 60)
}

/// The milliseconds since 1970 that a text like `2024-11-27T20:27:20.5Z` stands for; digits beyond them do not count.
pub fn milliseconds(rfc3339: &str) -> Option<u64> {
    let text = rfc3339.strip_suffix('Z')?;
    let (text, fraction) = text.split_once('.').unwrap_or((text, "0"));
    let (date, time) = text.split_once('T')?;
    let [year, month, day] = numbers(date, '-', [4, 2, 2])?;
    let [hour, minute, second] = numbers(time, ':', [2, 2, 2])?;
    let is_time = hour < 24 && minute < 60 && second < 60;
    let days = days_after(year, month, day).filter(|days| civil(*days) == (year, month, day))?;
    let millis: String = fraction.chars().chain("00".chars()).take(3).collect();
    let millis = if is_digits(fraction) { millis.parse::<u64>().ok()? } else { return None };
    is_time.then(|| (days * 86_400 + hour * 3600 + minute * 60 + second) * 1000 + millis)
}

/// Three numbers of so many digits.
fn numbers(text: &str, separator: char, digits: [usize; 3]) -> Option<[u64; 3]> {
    let mut numbers = [0; 3];
    let mut parts = text.split(separator);
    for (number, digits) in numbers.iter_mut().zip(digits) {
        let part = parts.next().filter(|part| part.len() == digits && is_digits(part))?;
        *number = part.parse().ok()?;
    }
    parts.next().is_none().then_some(numbers)
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// `90 s`, or `10 min` for whole minutes.
pub fn duration(time: Duration) -> String {
    match time.as_secs() {
        seconds if seconds >= 60 && seconds % 60 == 0 => format!("{} min", seconds / 60),
        seconds => format!("{seconds} s"),
    }
}

/// The date now, in UTC: `2024-11-27`.
pub fn today() -> String {
    date(seconds_since_epoch(SystemTime::now()))
}

/// The date `seconds` after 1970, in UTC: `2024-11-27`.
pub fn date(seconds: u64) -> String {
    let (year, month, day) = civil(seconds / 86_400);
    format!("{year:04}-{month:02}-{day:02}")
}

const DAYS_IN_400_YEARS: u64 = 146_097;
/// Since 0000-03-01.
const DAYS_TO_1970: u64 = 719_468;

/// How many days after 1970-01-01 a Gregorian date lies, if there is such a date.
fn days_after(year: u64, month: u64, day: u64) -> Option<u64> {
    let year = year.checked_sub(u64::from(month <= 2))?; // they begin in March
    let (era, year) = (year / 400, year % 400);
    let days = year * 365 + year / 4 - year / 100 + (153 * ((month + 9) % 12) + 2) / 5 + day;
    (era * DAYS_IN_400_YEARS + days).checked_sub(DAYS_TO_1970 + 1)
}

/// The Gregorian date that lies `days` after 1970-01-01. Counts years from March: leap days come last.
fn civil(days: u64) -> (u64, u64, u64) {
    let days = days + DAYS_TO_1970;
    let (era, day) = (days / DAYS_IN_400_YEARS, days % DAYS_IN_400_YEARS);
    let year = (day - day / 1460 + day / 36_524 - day / 146_096) / 365;
    let day = day - (365 * year + year / 4 - year / 100);
    let march_month = (5 * day + 2) / 153;
    let month = if march_month < 10 { march_month + 3 } else { march_month - 9 };
    let year = era * 400 + year + u64::from(month <= 2);
    (year, month, day - (153 * march_month + 2) / 5 + 1)
}

#[cfg(test)]
mod tests {
    use super::{milliseconds, rfc3339};
    use std::time::{Duration, SystemTime};

    #[test]
    fn dates_are_those_of_date_utc() {
        for (seconds, text) in [
            (0, "1970-01-01T00:00:00Z"),
            (68_169_600, "1972-02-29T00:00:00Z"),
            (951_782_399, "2000-02-28T23:59:59Z"),
            (951_782_400, "2000-02-29T00:00:00Z"),
            (951_868_800, "2000-03-01T00:00:00Z"),
            (1_732_739_240, "2024-11-27T20:27:20Z"),
            (1_735_689_599, "2024-12-31T23:59:59Z"),
            (4_107_542_400, "2100-03-01T00:00:00Z"),
            (253_402_300_799, "9999-12-31T23:59:59Z"),
        ] {
            assert_eq!(rfc3339(SystemTime::UNIX_EPOCH + Duration::from_secs(seconds)), text);
            assert_eq!(milliseconds(text), Some(seconds * 1000));
        }
    }

    #[test]
    fn what_is_no_time_is_not_read() {
        assert_eq!(milliseconds("1970-01-01T00:00:01.25Z"), Some(1250));
        assert_eq!(milliseconds("1970-01-01T00:00:01.123456789Z"), Some(1123));
        for wrong in [
            "",
            "2024-11-27",
            "2024-11-27T20:27:20",
            "2024-11-27T20:27:20+01:00",
            "2024-02-30T00:00:00Z",
            "2024-13-01T00:00:00Z",
            "2024-01-01T24:00:00Z",
            "1969-12-31T00:00:00Z",
            "2024-1-01T00:00:00Z",
            "2024-01-01T00:00:00.Z",
            "2024-01-01T00:00:00.+1Z",
            "2024-01-01T00:00:00:00Z",
        ] {
            assert_eq!(milliseconds(wrong), None, "{wrong}");
        }
    }
}
