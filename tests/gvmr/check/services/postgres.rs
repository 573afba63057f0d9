//! A standby of `PostgreSQL` that keeps up, lags, or became a primary.

use super::{Service, failed_seconds, have, machine, service, succeeds, wait_until};
use crate::check::outcome;
use crate::support::world::World;
use rustix::process::Signal;
use std::path::{Path, PathBuf};
use std::process::Command;

const USER: Option<&str> = Some("postgres");
/// How far a standby is behind; no row for a primary.
const LAG: &str = "SELECT CASE WHEN pg_last_wal_receive_lsn() = pg_last_wal_replay_lsn() THEN 0 \
                   ELSE extract(epoch FROM now() - pg_last_xact_replay_timestamp()) END WHERE pg_is_in_recovery()";
/// The same as it is often written; NULL for a primary.
const SIMPLE_LAG: &str = "SELECT extract(epoch FROM now() - pg_last_xact_replay_timestamp())";

/// A server on these data, whose socket lies beside them.
struct Database {
    _service: Service,
    sockets: PathBuf,
    /// Names the socket; nothing listens on it.
    port: &'static str,
}

impl Database {
    fn start(data: &Path, port: &'static str) -> Self {
        let sockets = data.parent().unwrap().to_owned();
        let mut command = service("postgres", USER);
        command.arg("-D").arg(data).arg("-k").arg(&sockets).args(["-p", port]);
        for setting in [
            "listen_addresses=",
            "fsync=off",
            "shared_buffers=8MB",
            "shared_memory_type=mmap",
            "dynamic_shared_memory_type=mmap",
        ] {
            command.args(["-c", setting]);
        }
        let answers = || client(&sockets, port, "SELECT 1").output().unwrap().status.success();
        // SIGQUIT: at once, with all its processes.
        let running = Service::start(command, &data.with_extension("log"), Signal::QUIT, answers);
        Self { _service: running, sockets, port }
    }

    fn run(&self, statement: &str) -> String {
        succeeds(&mut client(&self.sockets, self.port, statement)).trim().to_owned()
    }

    /// What a check finds of the lag.
    fn lag(&self, world: &World, options: &str) -> String {
        self.found(world, LAG, options)
    }

    fn found(&self, world: &World, statement: &str, options: &str) -> String {
        let words = words(&self.sockets, self.port, statement).map(|word| format!("\"{word}\"")).join(", ");
        outcome(
            world,
            &format!("command = [{words}]\npattern = '^(.*)$'\nunit = \"s\"\nvalue = \"<= 1s\"\n{options}"),
        )
    }
}

fn words(sockets: &Path, port: &str, statement: &str) -> [String; 10] {
    let sockets = sockets.display().to_string();
    ["psql", "-X", "-h", &sockets, "-p", port, "-U", "postgres", "-Atc", statement].map(str::to_owned)
}

fn client(sockets: &Path, port: &str, statement: &str) -> Command {
    let [program, arguments @ ..] = words(sockets, port, statement);
    let mut command = Command::new(program);
    command.args(arguments);
    command
}

#[test]
fn a_standby_that_lags_has_a_number_and_a_primary_has_none() {
    if !have(&["postgres", "initdb", "pg_basebackup", "psql"]) {
        return;
    }
    let (world, data) = machine("postgres", USER);
    let (first, second) = (data.join("first"), data.join("second"));
    let mut make = service("initdb", USER);
    succeeds(make.args(["-A", "trust", "-U", "postgres", "--no-sync", "-D"]).arg(&first));
    let primary = Database::start(&first, "5432");
    let mut copy = service("pg_basebackup", USER);
    copy.args(["-R", "-X", "stream", "-c", "fast", "--no-sync", "-U", "postgres", "-p", "5432", "-h"]);
    succeeds(copy.arg(&data).arg("-D").arg(&second));
    let standby = Database::start(&second, "5433");
    primary.run("CREATE TABLE orders (id INT)");
    wait_until("the standby has the table", || standby.run("SELECT to_regclass('orders')") == "orders");
    assert_eq!(standby.lag(&world, "within = \"30s\""), "pass");
    // It keeps what it got and does not apply it: seconds go by.
    standby.run("SELECT pg_wal_replay_pause()");
    primary.run("INSERT INTO orders VALUES (1)");
    wait_until("the standby lags", || standby.run(LAG).parse::<f64>().unwrap() > 1.5);
    assert!(failed_seconds(&standby.lag(&world, "")) > 1.5);
    standby.run("SELECT pg_wal_replay_resume()");
    assert_eq!(standby.lag(&world, "within = \"30s\""), "pass");
    // A primary has replayed nothing: no row, or NULL, which psql prints as an empty line.
    for statement in [LAG, SIMPLE_LAG] {
        assert_eq!(primary.found(&world, statement, ""), "error: \"\" is not a number", "{statement}");
    }
    assert_eq!(primary.found(&world, "SELECT 'NULL'", ""), "error: \"NULL\" is not a number");
    // A failover: the standby is a primary now, and no replica that keeps up.
    standby.run("SELECT pg_promote()");
    assert_eq!(standby.lag(&world, ""), "error: \"\" is not a number");
}
