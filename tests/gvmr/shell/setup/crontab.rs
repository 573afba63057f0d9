//! `--cron`: a crontab's PATH goes in and comes out, through a `crontab` that keeps its table in a file.

use super::{setup, user, write};
use crate::support::slow;
use crate::support::world::World;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;

const PROGRAM: &str = r#"#!/bin/sh
table=$TABLE
case $1 in
-l) if [ -e "$table" ]; then cat "$table"; else echo "no crontab for u" >&2; exit 1; fi ;;
-r) rm "$table" ;;
-) cat > "$table" ;;
esac
"#;

/// A user with that program, and this crontab.
fn user_with_crontab(table: Option<&str>) -> World {
    let mut world = user();
    write(&world.path("bin"), "crontab", PROGRAM);
    fs::set_permissions(world.path("bin/crontab"), fs::Permissions::from_mode(0o755)).unwrap();
    if let Some(table) = table {
        fs::write(world.path("table"), table).unwrap();
    }
    world.set("TABLE", &world.path("table").display().to_string());
    let path = format!("{}:/usr/bin:/bin", world.path("bin").display());
    world.set("PATH", &path);
    world
}

fn table(world: &World) -> Option<String> {
    fs::read_to_string(world.path("table")).ok()
}

#[test]
fn every_job_gets_the_shims_and_the_crontab_comes_back_to_the_byte() {
    if slow::left_out(
        "shell::setup::crontab::every_job_gets_the_shims_and_the_crontab_comes_back_to_the_byte",
    ) {
        return;
    }
    let before = "MAILTO=u\n0 * * * * go version\n\n PATH = '/opt/x:/bin'\n5 * * * * go test\t\n";
    let world = user_with_crontab(Some(before));
    setup(&world, &["--yes"]).succeeds();
    assert_eq!(table(&world).unwrap(), before, "only --cron touches it");

    setup(&world, &["--cron"]).exits(2, &["--yes"]);
    let shown = setup(&world, &["--cron", "--dry-run"]);
    assert!(shown.stderr.contains("  0 * * * * go version"), "{shown:#?}");
    assert_eq!(table(&world).unwrap(), before);

    assert_eq!(setup(&world, &["--cron", "--yes", "--json"]).json()["crontab"], "changed");
    let shims = world.home().join("shims").display().to_string();
    let own = table(&world).unwrap();
    let paths: Vec<_> = own.lines().filter(|line| line.starts_with("PATH=")).collect();
    assert_eq!(
        paths,
        [format!("PATH=\"{shims}:/usr/local/bin:/usr/bin:/bin\""), format!("PATH=\"{shims}:/opt/x:/bin\"")]
    );
    assert!(own.find(paths[0]) < own.find("go version") && own.find(paths[1]) < own.find("go test"));

    let again = setup(&world, &["--cron"]);
    assert!(again.stderr.contains("all files are up to date"), "{again:#?}");
    assert_eq!(table(&world).unwrap(), own);

    let shown = setup(&world, &["--undo", "--dry-run"]);
    assert!(
        shown.stderr.contains("the crontab would be") && shown.stdout.contains("-# >>> gvmr"),
        "{shown:#?}"
    );
    assert_eq!(table(&world).unwrap(), own);
    setup(&world, &["--undo", "--yes"]).succeeds();
    assert_eq!(table(&world).unwrap(), before);
}

#[test]
fn a_crontab_that_was_not_there_is_gone_again() {
    let world = user_with_crontab(None);
    setup(&world, &["--cron", "--yes"]).succeeds();
    assert!(table(&world).unwrap().contains("/shims:"));
    setup(&world, &["--undo", "--yes"]).succeeds();
    assert_eq!(table(&world), None);
}

#[test]
fn a_crontab_that_cannot_be_edited_is_said_and_stays() {
    let torn = "# >>> gvmr >>>\nPATH=x\n";
    let world = user_with_crontab(Some(torn));
    setup(&world, &["--cron", "--yes"]).exits(8, &["crontab line 1:", "crontab -e"]);
    assert!(!world.home().exists(), "nothing else is done");
    setup(&world, &["--yes"]).succeeds();
    let undone = setup(&world, &["--undo", "--yes"]).exits(8, &["crontab line 1:", "crontab -e"]);
    assert!(undone.stderr.contains("reverted"), "{undone:#?}");
    assert_eq!(table(&world).unwrap(), torn);

    write(&world.path("bin"), "crontab", "#!/bin/sh\necho 'u: not allowed' >&2\nexit 1\n");
    setup(&world, &["--cron", "--yes"]).exits(8, &["not allowed"]);
    setup(&world, &["--undo", "--yes"]).succeeds();
}

#[test]
fn a_crontab_that_somebody_writes_meanwhile_is_not_lost() {
    let world = user_with_crontab(Some("0 * * * * one\n"));
    // The second look finds another one.
    let racing = "#!/bin/sh\ncase $1 in -l) cat \"$TABLE\"; echo '0 * * * * two' >> \"$TABLE\" ;; -) cat > \"$TABLE\" ;; esac\n";
    write(&world.path("bin"), "crontab", racing);
    let run = setup(&world, &["--cron", "--yes"]).exits(8, &["changed during", "run it again"]);
    assert!(run.stdout.contains("bash"), "the sessions are looked at all the same: {run:#?}");
    let table = table(&world).unwrap();
    assert!(table.contains("two") && !table.contains("gvmr"), "{table}");
}

#[test]
fn a_crontab_that_runs_go_is_spoken_of_and_has_its_row() {
    let world = user_with_crontab(Some("MAILTO=u\n0 3 * * * cd /src && go test ./...\n"));
    let run = setup(&world, &["--yes"]).exits(0, &["line 2 of your crontab runs go", "`gvmr setup --cron`"]);
    assert!(
        run.stdout.lines().any(|line| line.starts_with("cron ") && line.ends_with("not set up")),
        "{run:#?}"
    );
    let json = setup(&world, &["--yes", "--json"]).json();
    assert_eq!(
        (json["cron"]["state"].as_str(), json["cron"]["line"].as_u64()),
        (Some("not set up"), Some(2))
    );
    let run = setup(&world, &["--yes", "--cron"]);
    assert!(run.stdout.lines().any(|line| line.starts_with("cron ") && line.ends_with("shim")), "{run:#?}");
    assert!(!run.stderr.contains("of your crontab"), "{run:#?}");
    let other = user_with_crontab(Some("@daily make\n"));
    let run = setup(&other, &["--yes"]);
    assert!(!run.stdout.contains("cron ") && !run.stderr.contains("of your crontab"), "{run:#?}");
}
