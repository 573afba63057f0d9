//! A real control group with less than all processors' time.

use super::findings;
use crate::support::mirror::Mirror;
use crate::support::skip;
use crate::support::world::{Run, World, gvmr};
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};

/// A group that this test made; it goes when this is dropped.
struct Group {
    directory: PathBuf,
    is_two: bool,
}

impl Group {
    /// One of the hierarchy that has the controller of processors; why there is none.
    fn new() -> Result<Self, String> {
        let name = format!("gvmr-test-{}", std::process::id());
        let one = ["cpu", "cpu,cpuacct"].map(|name| Path::new("/sys/fs/cgroup").join(name));
        let one = one.into_iter().find(|directory| directory.join("cpu.cfs_quota_us").exists());
        let is_two = one.is_none();
        let above = one.unwrap_or_else(|| "/sys/fs/cgroup".into());
        let group = Self { directory: above.join(name), is_two };
        fs::create_dir(&group.directory)
            .map_err(|error| format!("{}: {error}", group.directory.display()))?;
        if !group.file().exists() {
            return Err(format!("no group below {} has the controller cpu", above.display()));
        }
        Ok(group)
    }

    fn file(&self) -> PathBuf {
        self.directory.join(if self.is_two { "cpu.max" } else { "cpu.cfs_quota_us" })
    }

    /// Lets it use that many thousandths of a processor.
    fn gives(&self, thousandths: Option<u32>) {
        let text = match (thousandths, self.is_two) {
            (Some(part), true) => format!("{part}00 100000\n"),
            (Some(part), false) => format!("{part}00\n"),
            (None, true) => "max\n".to_owned(),
            (None, false) => "-1\n".to_owned(),
        };
        fs::write(self.file(), text).unwrap();
    }

    /// `gvmr doctor --json` in it.
    fn doctor(&self, world: &World) -> Run {
        let script = "echo $$ > \"$0/cgroup.procs\" && exec \"$1\" doctor --json --no-network";
        let mut command = world.command("/bin/sh".as_ref(), &world.path("user"));
        Run::of(command.args(["-c", script]).arg(&self.directory).arg(gvmr()))
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        let _ = fs::remove_dir(&self.directory);
    }
}

/// The notes about processors.
fn notes(world: &World, run: &Run) -> Vec<Value> {
    assert_eq!(findings(world, run), [""; 0], "a note alone is healthy");
    let report: Value = serde_json::from_str(&run.stdout).unwrap();
    report["findings"].as_array().unwrap().clone()
}

#[test]
fn a_share_of_the_processors_that_the_chosen_go_does_not_heed_is_a_note() {
    let processors = rustix::thread::sched_getaffinity(None).unwrap().count();
    if processors < 2 {
        return skip("needs two processors");
    }
    let group = match Group::new() {
        Ok(group) => group,
        Err(why) => return skip(&format!("no control group can be made here: {why}")),
    };
    let mirror = Mirror::small(&["1.24.98", "1.25.98"]);
    let mut world = mirror.world();
    world.gvmr(["install", "1.24.98", "1.25.98"]).succeeds();
    let choose = |version: &str| fs::write(world.path("user/.go-version"), version).unwrap();
    choose("1.24.98");
    group.gives(Some(500));
    let found = notes(&world, &group.doctor(&world));
    assert_eq!(found.len(), 1, "{found:#?}");
    assert_eq!((&found[0]["id"], &found[0]["severity"]), (&"host.cgroup-quota".into(), &"note".into()));
    assert_eq!(found[0]["where"][0]["file"], group.file().to_str().unwrap());
    assert_eq!(found[0]["fix"]["command"], "export GOMAXPROCS=1");
    let near = |what: &str, world: &World| {
        let found = notes(world, &group.doctor(world));
        assert_eq!(found, [Value::Null; 0], "{what}");
    };
    choose("1.25.98");
    near("Go 1.25 heeds it", &world);
    choose("1.24.98");
    group.gives(Some(processors * 1000));
    near("it is all of them", &world);
    group.gives(None);
    near("there is none", &world);
    group.gives(Some(500));
    world.set("GOMAXPROCS", "1");
    near("it is set", &world);
}
