//! What findings, diffs and reports show of a line that may hold a secret.

use super::user_of::UserOf;
use crate::support::mirror::Mirror;
use crate::support::skip;
use std::fs;

const SECRET: &str = "S3cr3tA";

/// Lines that drop what was on PATH before, with a secret beside that.
const LINES: [&str; 6] = [
    "export PATH=/usr/bin:/bin; : curl -u joe:S3cr3tA http://127.0.0.1:9/",
    "export PATH=/usr/bin:/bin; : curl -H \"Authorization: Bearer S3cr3tA\"",
    "export PATH=/usr/bin:/bin && : mysql -uroot -pS3cr3tA",
    "export PATH=/usr/bin:/bin; echo S3cr3tA | cat >/dev/null",
    "export PATH=/usr/bin:/bin # pw: S3cr3tA",
    "export GITHUB_TOKEN=ghp_S3cr3tA; export PATH=/usr/bin:/bin",
];

#[test]
fn no_output_has_a_secret_that_stands_beside_path() {
    let mirror = Mirror::small(&["1.98.1"]);
    let Some(user) = UserOf::set_up("/bin/bash", &mirror) else { return skip("bash and root") };
    let text = fs::read_to_string(user.path(".profile")).unwrap();
    let line = text.lines().count() + 1;
    for (index, last) in LINES.iter().enumerate() {
        user.write(".profile", format!("{text}{last}\n"));
        assert_eq!(user.found(), [format!("path.overwritten ~/.profile:{line}")], "{last}");
        let report = format!("report-{index}");
        for words in [
            &["doctor"][..],
            &["doctor", "--json"],
            &["doctor", "--report", &report],
            &["doctor", "--fix", "--dry-run"],
            &["doctor", "--fix", "--yes"],
        ] {
            let run = user.gvmr(words);
            let shown = run.stdout + &run.stderr;
            assert!(!shown.contains(SECRET), "{words:?}: {shown}");
            if words.contains(&"--dry-run") {
                assert!(shown.contains(&format!("line {line}")), "{shown}");
            }
        }
        let report = fs::read_to_string(user.path(&report)).unwrap();
        assert!(report.contains("path.overwritten") && !report.contains(SECRET), "{report}");
    }
}
