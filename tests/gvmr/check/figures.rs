//! Figures and limits as people count and read them.

use super::{check, figure, outcome, project, write};
use crate::support::world::World;

#[test]
fn numbers_that_people_write_compare_as_people_count() {
    let world = World::new("off");
    for lines in [
        "command = [\"printf\", 'h:7\\nm:93\\n']\npattern = 'h:(\\d+)'\nof = ['h:(\\d+)', 'm:(\\d+)']\nshare = \"<= 7%, == 7%\"",
        "command = [\"printf\", '0.1\\n0.2\\n']\npattern = '[0-9.]+'\npick = \"sum\"\nvalue = \"== 0.3\"",
        "command = [\"echo\", \"0.07\"]\npattern = '(.*)'\nunit = \"h\"\nvalue = \"== 4.2m, <= 252s\"",
    ] {
        assert_eq!(outcome(&world, lines), "pass", "{lines}");
    }
    let lines =
        "command = [\"echo\", \"9007199254740991\"]\npattern = '(.*)'\nvalue = \"<= 900719925474099\"";
    assert_eq!(outcome(&world, lines), "fail: value is 9007199254740991, <= 900719925474099 asked");
}

#[test]
fn a_limit_is_shown_as_it_is_written_and_the_value_beside_it() {
    let world = World::new("off");
    let value = |text: &str, unit: &str, limit: &str| {
        let lines = format!(
            "command = [\"echo\", \"{text}\"]\npattern = '(.*)'\nunit = \"{unit}\"\nvalue = \"{limit}\""
        );
        outcome(&world, &lines)
    };
    for (text, unit, limit, message) in [
        ("2.01", "KiB", "<= 1.98KiB", "2.01 KiB, <= 1.98 KiB asked"),
        ("1100", "MB", "<= 1GB", "1.1 GB, <= 1 GB asked"),
        ("2", "", "<= 0.04", "2.00, <= 0.04 asked"),
        ("0.5", "", "<= 0.000001", "0.500000, <= 0.000001 asked"),
        ("0.55", "", "<= 0", "0.55, <= 0 asked"),
        ("0.0002", "%", "< 0.0001%", "0.0002 %, < 0.0001 % asked"),
        ("80.0000001", "%", "<= 80%", "80.0000001 %, <= 80 % asked"),
    ] {
        assert_eq!(value(text, unit, limit), format!("fail: value is {message}"));
    }
    // What passes is shown the same way, and its baseline too.
    let text = "[a.b]\nfile = \"size\"\npattern = '(.*)'\nunit = \"KiB\"\nvalue = \"<= 1.98KiB, <= baseline + 1%\"\n";
    let project = project(&world, text);
    write(&project, "size", "1.9");
    check(&world, &project, &["--accept"]).succeeds();
    write(&project, "size", "1.91");
    let found = check(&world, &project, &["--json"]).exits(0, &[]).json();
    let found = figure(&found, "value");
    assert_eq!((&found["shown"], &found["baseline"]["shown"]), (&"1.91 KiB".into(), &"1.90 KiB".into()));
    let limits: Vec<_> = found["conditions"].as_array().unwrap().iter().map(|one| &one["shown"]).collect();
    assert_eq!(limits, ["<= 1.98 KiB", "<= 1.92 KiB"]);
}
