//! systemd as process 1 of a machine in namespaces: it starts the recipe's service, with its user and its directories.

use super::machines::{CHECK_FILE, PROGRAM};
use super::{machine, recipe};
use crate::support::skip;
use crate::support::world::{World, gvmr};
use std::fs;
use std::path::Path;
use std::process::{Child, Command, Stdio};

/// Makes `$1/etc`, `$1/bin` and empty directories the machine's own, and becomes its process 1.
const BOOT: &str = r#"
set -eu
here=$1 group=/sys/fs/cgroup/$2
mount -t tmpfs -o mode=755 tmpfs /run
mount -t tmpfs -o mode=755 tmpfs /var/lib
mkdir -p /run/machine
mount --bind "$here" /run/machine
for place in etc usr/local/bin; do
    mkdir -p "/run/over/$place/work"
    cp -a "$here/over/$place" "/run/over/$place/files"
    mount -t overlay -o "lowerdir=/$place,upperdir=/run/over/$place/files,workdir=/run/over/$place/work" overlay "/$place"
done
install -d -m 2775 -g daemon "$3"
mount -t cgroup2 none /sys/fs/cgroup
mkdir "$group"
echo $$ > "$group/cgroup.procs"
umount /sys/fs/cgroup
exec unshare --cgroup --mount sh -c 'mount -t cgroup2 none /sys/fs/cgroup &&
    exec env -i PATH=/usr/bin:/bin container=test SYSTEMD_UNIT_PATH=/run/machine/units \
        /lib/systemd/systemd --system --unit=driver.service --log-target=null'
"#;
/// Ends what is left in a control group, and removes it.
const LEAVE: &str = r#"
mount -t cgroup2 none /sys/fs/cgroup
group=/sys/fs/cgroup/$1
echo 1 > "$group/cgroup.kill"
for try in $(seq 50); do
    find "$group" -depth -type d -exec rmdir {} + 2>/dev/null && exit 0
    sleep 0.1
done
exit 1
"#;
/// What the manager of that machine does; its output ends when all is done.
const DRIVER: &str = r#"
exec > /run/machine/log 2>&1
start() {
    systemctl start gvmr-check.service
    echo "start $?"
    systemctl show gvmr-check.service --property Result
    stat --format %A /var/lib/private/gvmr-check/default
    grep '^gvmr_check_pass' /var/lib/node_exporter/textfile/gvmr_check.prom
    stat --format '%A %G' /var/lib/node_exporter/textfile/gvmr_check.prom
}
start
echo 150 > /etc/orders/figure
start
"#;
/// Units of the system that the recipe names, or that systemd adds.
const TARGETS: [&str; 5] = ["sysinit", "basic", "shutdown", "network-online", "timers"];

/// The running machine; it ends with this.
struct Manager {
    process: Child,
    group: String,
}

impl Manager {
    /// Boots a machine whose files are below `place`.
    fn boot(place: &Path, group: &str, directory: &str) -> Self {
        let mut unshare = Command::new("unshare");
        unshare.args([
            "--mount",
            "--net",
            "--uts",
            "--ipc",
            "--pid",
            "--fork",
            "--mount-proc",
            "--kill-child",
        ]);
        unshare.args(["sh", "-c", BOOT, "sh"]).arg(place).args([group, directory]);
        let process = unshare.stdin(Stdio::null()).spawn().unwrap();
        Self { process, group: group.to_owned() }
    }
}

impl Drop for Manager {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
        let left = Command::new("unshare").args(["--mount", "sh", "-c", LEAVE, "sh", &self.group]).status();
        assert!(std::thread::panicking() || left.unwrap().success(), "{} is left", self.group);
    }
}

/// Whether there can be such a machine here.
fn is_possible() -> bool {
    let script =
        "mount -t cgroup2 none /sys/fs/cgroup && mount -t tmpfs tmpfs /run && mkdir -p /run/1 /run/2 &&
        mount -t overlay -o lowerdir=/etc,upperdir=/run/1,workdir=/run/2 overlay /etc";
    let mut command = Command::new("unshare");
    command.args(["--mount", "--pid", "--fork", "--mount-proc", "sh", "-c", script]).stderr(Stdio::null());
    Path::new("/lib/systemd/systemd").exists() && command.status().is_ok_and(|status| status.success())
}

/// The files of that machine.
fn files(world: &World) {
    let check = "[a.b]\ncommand = [\"cat\", \"figure\"]\npattern = '^(.*)$'\nvalue = \"<= 100\"\n";
    world.project("over/etc/orders", &[("gvmr-check.toml", check), ("figure", "50")]);
    world.project("over/usr/local/bin", &[]);
    fs::copy(gvmr(), world.path(&format!("over{PROGRAM}"))).unwrap();
    assert!(world.path(&format!("over{CHECK_FILE}")).exists());
    let driver =
        "[Unit]\nDefaultDependencies=no\n[Service]\nType=oneshot\nExecStart=/bin/sh /run/machine/driver\n";
    // Whatever this machine calls the group of node_exporter.
    let metrics = recipe("metrics.conf").replace("=node-exporter", "=daemon");
    world.project("", &[("driver", DRIVER)]);
    world.project(
        "units",
        &[
            ("driver.service", driver),
            ("gvmr-check.service", &recipe("gvmr-check.service\n")),
            ("gvmr-check.service.d/metrics.conf", &metrics),
        ],
    );
    for target in TARGETS {
        world.project("units", &[(&format!("{target}.target"), "[Unit]\n")]);
    }
}

/// What the driver says after a start: the runs are their user's alone, and others read the metrics.
fn after_a_start(said: &str, pass: u8) -> String {
    let sample = format!("gvmr_check_pass{{check=\"orders\",key=\"default\"}} {pass}");
    format!("{said}\ndrwx------\n{sample}\n-rw-r--r-- daemon\n")
}

#[test]
fn systemd_starts_the_service_and_its_metrics_are_there() {
    if !rustix::process::geteuid().is_root() || !is_possible() {
        return skip("needs root, systemd, private mounts, and control groups of version 2");
    }
    let world = machine();
    files(&world);
    let log = world.path("log");
    rustix::fs::mkfifoat(rustix::fs::CWD, &log, rustix::fs::Mode::RWXU).unwrap();
    let group = format!("gvmr-test-{}", world.path("").file_name().unwrap().to_string_lossy());
    let manager = Manager::boot(&world.path(""), &group, "/var/lib/node_exporter/textfile");
    // It ends with the driver, or with a machine that does not start.
    let said = Command::new("timeout").args(["60", "cat"]).arg(&log).output().unwrap();
    drop(manager);
    let said = String::from_utf8(said.stdout).unwrap();
    let (passed, failed) = said.split_once("Job for gvmr-check.service failed").unwrap_or((&said, ""));
    assert_eq!(passed, after_a_start("start 0\nResult=success", 1), "{said}");
    assert!(failed.ends_with(&after_a_start("\nstart 1\nResult=exit-code", 0)), "{said}");
}
