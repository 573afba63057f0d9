//! A replica of `MariaDB` that keeps up, lags, or has stopped.

use super::{Service, failed_seconds, have, machine, service, succeeds, wait_until};
use crate::check::outcome;
use crate::support::world::World;
use rustix::process::Signal;
use std::path::{Path, PathBuf};
use std::process::Command;

const USER: Option<&str> = Some("mysql");

/// A running server.
struct Database {
    _service: Service,
    socket: PathBuf,
    port: u16,
}

impl Database {
    fn start(data: &Path, number: u8) -> Self {
        let socket = data.with_extension("sock");
        let (running, port) = Service::on_free_port(&data.with_extension("log"), Signal::TERM, |port| {
            let mut command = service("mariadbd", USER);
            command.args(["--no-defaults", "--skip-name-resolve", "--bind-address=127.0.0.1", "--log-bin"]);
            command.args(["--innodb-buffer-pool-size=8M", "--innodb-flush-log-at-trx-commit=0"]);
            command.arg(format!("--port={port}")).arg(format!("--server-id={number}"));
            command.arg(format!("--datadir={}", data.display()));
            command.arg(format!("--socket={}", socket.display()));
            command.arg(format!("--pid-file={}", data.with_extension("pid").display()));
            command
        });
        Self { _service: running, socket, port }
    }

    fn client(&self) -> [String; 4] {
        ["mariadb", "--no-defaults", "-uroot", &format!("-S{}", self.socket.display())].map(str::to_owned)
    }

    fn run(&self, statements: &str) -> String {
        let [program, options @ ..] = self.client();
        succeeds(Command::new(program).args(options).args(["-e", statements]))
    }

    /// What a check finds of the lag, as the replica itself tells it.
    fn lag(&self, world: &World, options: &str) -> String {
        let words = self.client().map(|word| format!("\"{word}\"")).join(", ");
        let text = format!(
            "command = [{words}, \"-e\", 'SHOW SLAVE STATUS\\G']\npattern = 'Seconds_Behind_Master: (.*)'\nunit = \"s\"\n\
             value = \"<= 1s\"\n{options}"
        );
        outcome(world, &text)
    }
}

/// A primary, and a replica that follows it.
fn pair(data: &Path) -> (Database, Database) {
    let first = data.join("first");
    let mut install = service("mariadb-install-db", USER);
    install.args(["--no-defaults", "--auth-root-authentication-method=normal", "--skip-test-db"]);
    succeeds(install.arg(format!("--datadir={}", first.display())));
    succeeds(Command::new("cp").args(["-a", "first", "second"]).current_dir(data));
    let (primary, replica) = (Database::start(&first, 1), Database::start(&data.join("second"), 2));
    primary.run("CREATE USER follower@'127.0.0.1'; GRANT REPLICATION SLAVE ON *.* TO follower@'127.0.0.1'");
    replica.run(&format!(
        "CHANGE MASTER TO MASTER_HOST='127.0.0.1', MASTER_PORT={}, MASTER_USER='follower', \
         MASTER_USE_GTID=slave_pos; START SLAVE",
        primary.port
    ));
    primary.run("CREATE DATABASE shop; CREATE TABLE shop.orders (id INT PRIMARY KEY)");
    (primary, replica)
}

#[test]
fn a_replica_that_lags_has_a_number_and_one_that_stopped_has_none() {
    if !have(&["mariadbd", "mariadb-install-db", "mariadb"]) {
        return;
    }
    let (world, data) = machine("mariadb", USER);
    let (primary, replica) = pair(&data);
    assert_eq!(replica.lag(&world, "within = \"30s\""), "pass");
    wait_until("the replica has the table", || replica.run("SHOW TABLES FROM shop").contains("orders"));
    assert_eq!(replica.lag(&world, ""), "pass");
    // It keeps what it got and does not apply it: seconds go by.
    replica.run("STOP SLAVE; CHANGE MASTER TO MASTER_DELAY=600; START SLAVE");
    primary.run("INSERT INTO shop.orders VALUES (1)");
    let behind = |line: &str| line.trim().strip_prefix("Seconds_Behind_Master: ")?.parse::<f64>().ok();
    let lag = || replica.run("SHOW SLAVE STATUS\\G").lines().find_map(behind);
    wait_until("the replica lags", || lag() >= Some(2.0));
    assert!(failed_seconds(&replica.lag(&world, "")) >= 2.0);
    // It is let go, and catches up while a check waits.
    replica.run("STOP SLAVE; CHANGE MASTER TO MASTER_DELAY=0; START SLAVE");
    assert_eq!(replica.lag(&world, "within = \"30s\""), "pass");
    for stopped in ["STOP SLAVE SQL_THREAD", "STOP SLAVE"] {
        replica.run(stopped);
        assert_eq!(replica.lag(&world, ""), "error: \"NULL\" is not a number", "{stopped}");
        replica.run("START SLAVE");
    }
    // A row that is there already breaks it by itself.
    replica.run("INSERT INTO shop.orders VALUES (2)");
    primary.run("INSERT INTO shop.orders VALUES (2)");
    wait_until("replication breaks", || replica.run("SHOW SLAVE STATUS\\G").contains("Duplicate entry"));
    assert_eq!(replica.lag(&world, ""), "error: \"NULL\" is not a number");
    // And what is not a replica says nothing at all.
    let none = primary.lag(&world, "");
    assert!(none.starts_with("error: nothing matches pattern 'Seconds_Behind_Master"), "{none}");
}
