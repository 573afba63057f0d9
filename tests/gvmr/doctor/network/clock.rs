//! Clocks that are wrong: the program sees another time, by the library of `faketime`.

use super::Case;
use super::lab::{GATEWAY, GOPROXY, Lab, module_proxy};
use std::path::PathBuf;

pub(super) const CLOCK: &[Case] = &[
    Case {
        name: "a clock that says a day before gvmr was installed",
        breaks: |lab| {
            at(lab, "2019-06-01 12:00:00");
            lab.world.set("GOPROXY", &format!("https://{GOPROXY}"));
        },
        found: &["tls.expired GOPROXY"],
        says: &[
            "the clock of this machine is wrong: it says 2019-06-01, which is before gvmr was installed",
            "timedatectl",
        ],
    },
    Case {
        name: "a clock that is ahead, and two servers",
        breaks: |lab| {
            at(lab, "2104-06-01 12:00:00");
            lab.serves_well(&format!("{GATEWAY}:443"), &format!("IP:{GATEWAY}"), module_proxy);
            lab.world.set("GOPROXY", &format!("https://{GOPROXY}|https://{GATEWAY}"));
        },
        found: &["tls.expired GOPROXY", "tls.expired GOPROXY"],
        says: &["the clock of this machine is wrong: it says 2104-06-01", "all servers", "timedatectl"],
    },
    Case {
        name: "a clock that is ahead, and one server",
        breaks: |lab| at(lab, "2104-06-01 12:00:00"),
        found: &["tls.expired GOPROXY"],
        says: &["the certificate of goproxy.test is out of date", "set the clock"],
    },
];

/// The library that moves a program's clock.
pub(super) fn library() -> Option<PathBuf> {
    let libraries = std::fs::read_dir("/usr/lib").into_iter().flatten().flatten();
    libraries.map(|place| place.path().join("faketime/libfaketime.so.1")).find(|library| library.is_file())
}

/// What is run here sees its clock start at this time.
fn at(lab: &mut Lab, time: &str) {
    lab.world.set("LD_PRELOAD", library().unwrap().to_str().unwrap());
    lab.world.set("FAKETIME", &format!("@{time}")).set("TZ", "UTC");
    lab.world.set("FAKETIME_DONT_FAKE_MONOTONIC", "1");
}
