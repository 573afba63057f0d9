//! Settings that go refuses, or that match nothing.

use super::Case;

pub(super) const SETTINGS: &[Case] = &[
    Case {
        name: "a checksum database without its key",
        breaks: |lab| {
            lab.project("git.corp.test/x v1.0.0");
            lab.world.set("GOSUMDB", "https://sum.golang.org");
        },
        found: &["sumdb.unreachable GOSUMDB"],
        says: &["key is malformed"],
    },
    Case {
        name: "a checksum database with too many fields",
        breaks: |lab| {
            lab.world.set("GOSUMDB", "sum.golang.org https://sum.golang.org off");
        },
        found: &["sumdb.unreachable GOSUMDB"],
        says: &["too many fields"],
    },
    Case {
        name: "a pattern with an open bracket",
        breaks: |lab| {
            lab.world.set("GOPRIVATE", "corp.example,[git.corp.test");
        },
        found: &["private.not-covered GOPRIVATE"],
        says: &["malformed"],
    },
];
