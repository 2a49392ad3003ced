//! When something was, for people.

/// `2026-06-03 08:40 UTC`, of seconds since the beginning of 1970.
pub fn date(seconds: u64) -> String {
    let (days, minutes) = (seconds / 86_400, seconds % 86_400 / 60);
    // Years begin in March, so that what a leap year adds comes last (Hinnant, *chrono-compatible low-level date
    // algorithms*).
    let days = days + 719_468;
    let (era, day) = (days / 146_097, days % 146_097);
    let year = (day - day / 1460 + day / 36_524 - day / 146_096) / 365;
    let day = day - (365 * year + year / 4 - year / 100);
    let month = (5 * day + 2) / 153;
    let day = day - (153 * month + 2) / 5 + 1;
    let (month, next) = if month < 10 { (month + 3, 0) } else { (month - 9, 1) };
    let year = era * 400 + year + next;
    format!("{year}-{month:02}-{day:02} {:02}:{:02} UTC", minutes / 60, minutes % 60)
}

/// `3 hours`, of seconds.
pub fn duration(seconds: u64) -> String {
    let (count, unit) = match seconds {
        0..60 => (seconds, "second"),
        60..3600 => (seconds / 60, "minute"),
        3600..86_400 => (seconds / 3600, "hour"),
        _ => (seconds / 86_400, "day"),
    };
    format!("{count} {unit}{}", if count == 1 { "" } else { "s" })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates() {
        let dates = [0, 951_782_399, 951_782_400, 951_868_800, 1_735_689_599, 1_780_476_059, 4_107_542_400].map(date);
        assert_eq!(
            dates,
            [
                "1970-01-01 00:00 UTC",
                "2000-02-28 23:59 UTC",
                "2000-02-29 00:00 UTC",
                "2000-03-01 00:00 UTC",
                "2024-12-31 23:59 UTC",
                "2026-06-03 08:40 UTC",
                "2100-03-01 00:00 UTC",
            ]
        );
    }

    #[test]
    fn durations() {
        let durations = [0, 1, 59, 60, 3599, 3600, 86_399, 86_400, 863_999].map(duration);
        assert_eq!(
            durations,
            ["0 seconds", "1 second", "59 seconds", "1 minute", "59 minutes", "1 hour", "23 hours", "1 day", "9 days"]
        );
    }
}
