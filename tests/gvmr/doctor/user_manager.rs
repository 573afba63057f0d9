//! A user's own systemd, started for real on private mounts: what its units get, and what the doctor says of it.

use super::findings;
use super::fix::of_user;
use super::user_of::{UID, UserOf};
use crate::support::mirror::Mirror;
use crate::support::skip;
use crate::support::world::{Run, gvmr};
use std::fs;
use std::path::Path;
use std::process::Command;

/// Starts the user's manager in a control group of its own, does the steps in `$1`, and ends it. Needs private mounts
/// and processes.
const MANAGED: &str = r#"
set -eu
steps=$1 id=$2 gvmr=$3 out=$4 name=$5
mount -t tmpfs -o mode=755 tmpfs /run
mount -t cgroup2 none /sys/fs/cgroup
mkdir -p /run/systemd/system "/run/user/$id"
chown "$id:$id" "/run/user/$id"
chmod 700 "/run/user/$id"
group=/sys/fs/cgroup/gvmr-test-$name
mkdir "$group"
# What the manager has started may still be about to end.
leave() {
    echo $$ > /sys/fs/cgroup/cgroup.procs
    echo 1 > "$group/cgroup.kill"
    for try in $(seq 50); do
        find "$group" -depth -type d -exec rmdir {} + 2>/dev/null && return
        sleep 0.1
    done
}
trap leave EXIT
chown -R "$id" "$group"
user() {
    setpriv --reuid "$id" --regid "$id" --clear-groups env XDG_RUNTIME_DIR="/run/user/$id" "$@"
}
echo $$ > "$group/cgroup.procs"
user /lib/systemd/systemd --user 2>/dev/null >&2 &
manager=$!
echo $$ > /sys/fs/cgroup/cgroup.procs
until_there() {
    for try in $(seq 100); do [ ! -e "$1" ] || return 0; sleep 0.1; done
    echo "$1 is not there" >&2
    return 1
}
until_there "/run/user/$id/systemd/private"
# What the doctor finds, and what a unit finds.
doctor() {
    name=$1; shift
    code=0; user "$gvmr" doctor --no-network "$@" > "$out/$name" 2> "$out/$name.error" || code=$?
    echo "$code" > "$out/$name.code"
}
unit() {
    user systemd-run --user --quiet sh -c "{ command -v go || echo none; } > $out/$1.part; mv $out/$1.part $out/$1"
    until_there "$out/$1"
}
reload() { user systemctl --user daemon-reload; }
eval "$steps"
kill "$manager"
wait "$manager" || true
"#;

/// What was said in each step.
struct Steps<'u> {
    user: &'u UserOf,
}

impl<'u> Steps<'u> {
    /// Does these steps.
    fn of(user: &'u UserOf, steps: &str) -> Self {
        let out = user.world.path("out");
        let _ = fs::remove_dir_all(&out);
        fs::create_dir(&out).unwrap();
        std::os::unix::fs::chown(&out, Some(UID), Some(UID)).unwrap();
        let mut command = user.world.command(Path::new("/usr/bin/unshare"), &user.path(""));
        command.args(["--mount", "--pid", "--fork", "--mount-proc", "--kill-child", "bash", "-c", MANAGED]);
        command.args(["bash", steps, &UID.to_string()]).arg(gvmr()).arg(&out);
        let run = Run::of(command.arg(user.world.path("").file_name().unwrap()));
        assert_eq!(run.code, Some(0), "{run:#?}");
        Self { user }
    }

    fn text(&self, name: &str) -> String {
        fs::read_to_string(self.user.world.path("out").join(name)).unwrap().trim_end().to_owned()
    }

    fn run(&self, name: &str) -> Run {
        let [stdout, stderr] = ["", ".error"].map(|end| self.text(&format!("{name}{end}")));
        Run { code: self.text(&format!("{name}.code")).parse().ok(), stdout, stderr }
    }

    #[track_caller]
    fn found(&self, name: &str) -> Vec<String> {
        findings(&self.user.world, &self.run(name))
    }
}

/// Whether a manager can be started: systemd, root, a second hierarchy of control groups.
fn is_possible() -> bool {
    let script =
        "mount -t cgroup2 none /sys/fs/cgroup && d=/sys/fs/cgroup/gvmr-try-$$ && mkdir $d && rmdir $d";
    let mut command = Command::new("unshare");
    command.args(["--mount", "--pid", "--fork", "--mount-proc", "sh", "-c", script]);
    Path::new("/lib/systemd/systemd").exists() && command.output().is_ok_and(|output| output.status.success())
}

#[test]
fn what_systemd_starts_without_the_shims_is_named_with_the_file_that_drops_them() {
    let mirror = Mirror::small(&["1.98.1"]);
    let Some(user) = UserOf::set_up("/bin/bash", &mirror) else { return skip("bash and root") };
    if !is_possible() {
        return skip("no user manager can be started here");
    }
    let own = ".config/environment.d";
    let before = of_user(&user.world);
    let steps = Steps::of(
        &user,
        "cd ~/.config/environment.d
         unit whole-unit; doctor whole --json
         printf '# mine\\nEDITOR=vi\\nPATH=/usr/bin:/bin\\n' > zzz.conf; reload
         unit dropped-unit; doctor dropped --json; doctor unfixed --fix --yes
         printf 'PATH=/usr/bin:/bin:$PATH\\n' > zzz.conf; reload; doctor kept --json
         printf 'PATH=/usr/bin:/bin\\n' > 50-mine.conf; rm zzz.conf; reload; doctor earlier --json
         rm 50-mine.conf; reload
         user systemctl --user import-environment PATH
         unit imported-unit; doctor imported --json
         user sh -c 'systemctl --user unset-environment PATH && systemctl --user daemon-reload'
         unit mended-unit; doctor mended --json",
    );
    let shim = user.world.home().join("shims/go").display().to_string();
    for (unit, go) in [
        ("whole-unit", shim.as_str()),
        ("dropped-unit", "none"),
        ("imported-unit", "none"),
        ("mended-unit", &shim),
    ] {
        assert_eq!(steps.text(unit), go, "{unit}");
    }
    for whole in ["whole", "kept", "earlier", "mended"] {
        assert_eq!(steps.found(whole), [""; 0], "{whole}");
    }
    assert_eq!(steps.found("dropped"), [format!("session.without-go ~/{own}/zzz.conf:3")]);
    assert_eq!(steps.found("imported"), [format!("session.without-go ~/{own}/zz-gvmr.conf")]);
    let finding = steps.run("dropped").json()["findings"][0].clone();
    assert_eq!((&finding["severity"], &finding["fix"]["automatic"]), (&"warning".into(), &false.into()));
    assert_eq!(steps.run("unfixed").code, Some(1));
    let command = steps.run("imported").json()["findings"][0]["fix"]["command"].clone();
    assert_eq!(command, "systemctl --user unset-environment PATH && systemctl --user daemon-reload");
    assert!(before == of_user(&user.world), "nothing was written");
}

#[test]
fn a_manager_without_gvmrs_file_gets_it_and_the_undo_takes_it_back() {
    let mirror = Mirror::small(&["1.98.1"]);
    let Some(user) = UserOf::set_up("/bin/bash", &mirror) else { return skip("bash and root") };
    if !is_possible() {
        return skip("no user manager can be started here");
    }
    let file = ".config/environment.d/zz-gvmr.conf";
    fs::remove_file(user.path(file)).unwrap();
    let before = of_user(&user.world);
    let steps = Steps::of(
        &user,
        "cd ~; unit broken-unit; doctor broken --json; doctor fix --fix --yes --json
         unit mended-unit; doctor mended --json
         user \"$gvmr\" doctor --fix --undo >&2; reload; unit undone-unit; doctor undone --json",
    );
    assert_eq!(steps.found("broken"), [format!("session.without-go ~/{file}")]);
    assert_eq!(steps.run("broken").json()["findings"][0]["fix"]["automatic"], true);
    let fixed = steps.run("fix");
    assert_eq!((fixed.code, &fixed.json()["findings"][0]["fixed"]), (Some(0), &true.into()));
    assert_eq!(steps.found("mended"), [""; 0]);
    let shim = user.world.home().join("shims/go").display().to_string();
    for (unit, go) in [("broken-unit", "none"), ("mended-unit", shim.as_str()), ("undone-unit", "none")] {
        assert_eq!(steps.text(unit), go, "{unit}");
    }
    assert_eq!(steps.found("undone"), steps.found("broken"));
    assert!(before == of_user(&user.world), "each byte is back");
}
