//! Credentials that someone left in a repository, and the examples of manuals.

use super::{have, succeeds};
use crate::check::{check, project, write};
use crate::support::world::World;
use std::fs;
use std::path::Path;
use std::process::Command;

const FILE: &str = "[a.b]\nsecrets = \".\"\n";

/// `rule file:line` of all that is found, in order.
fn found(world: &World, project: &Path) -> Vec<String> {
    let run = check(world, project, &["--json"]);
    let code = run.code;
    let document = run.json();
    let probe = &document["probes"][0];
    let found: Vec<String> = probe["findings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|finding| {
            let text = |name: &str| finding[name].as_str().unwrap().to_owned();
            format!("{} {}:{}", text("rule"), text("file"), finding["line"])
        })
        .collect();
    let count = found.len();
    let message = if count == 0 { String::new() } else { format!("found is {count}, == 0 asked") };
    assert_eq!((code, &probe["message"]), (Some(i32::from(count > 0)), &message.into()), "{document:#}");
    found
}

#[test]
fn planted_keys_are_found_where_git_would_hand_them_out_and_examples_are_not() {
    if !have(&["git", "openssl"]) {
        return;
    }
    let world = World::new("off");
    let project = project(&world, FILE);
    let git = |words: &[&str]| {
        let who = ["-c", "user.name=a", "-c", "user.email=a@b.example"];
        succeeds(
            Command::new("git").args(who).args(words).current_dir(&project).env("HOME", world.path("user")),
        )
    };
    git(&["init", "-q"]);
    // As manuals have them.
    write(
        &project,
        "README.md",
        "export AWS_ACCESS_KEY_ID=AKIAIOSFODNN7EXAMPLE\nexport GITHUB_TOKEN=ghp_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\n\
         postgres://user:password@localhost/orders\nhttps://app:${TOKEN}@proxy.example\nmysql://root:changeme@db/shop\n\
         machine git.example login me password <password>\n",
    );
    assert_eq!(found(&world, &project), [""; 0]);
    // Keys as programs make them, and tokens put together here: no scanner takes this file for one that holds some.
    fs::create_dir(project.join("deploy")).unwrap();
    for (file, algorithm) in [("deploy/rsa.pem", "RSA"), ("deploy/ed25519.pem", "ED25519")] {
        succeeds(
            Command::new("openssl")
                .args(["genpkey", "-algorithm", algorithm, "-out"])
                .arg(project.join(file)),
        );
    }
    write(&project, "config.yml", &format!("id: 1\nkey: {}{}\n", "AKIA", "QWERTYUIOPASDF23"));
    write(&project, ".env", &format!("A=1\nDATABASE_URL=postgres://app:{}@db/orders\n", "hunter2"));
    write(&project, ".netrc", &format!("machine git.corp login ci password {}\n", "hunter2"));
    let planted = [
        "url-password .env:2",
        "netrc-password .netrc:1",
        "aws-access-key config.yml:2",
        "private-key deploy/ed25519.pem:1",
        "private-key deploy/rsa.pem:1",
    ];
    assert_eq!(found(&world, &project), planted, "not committed yet");
    git(&["add", "-A"]);
    git(&["commit", "-qm", "all"]);
    assert_eq!(found(&world, &project), planted);
    // What git ignores it does not hand out, unless it has it already.
    write(&project, ".gitignore", ".env\n.env.local\n");
    write(&project, ".env.local", &format!("DATABASE_URL=postgres://app:{}@db/orders\n", "hunter3"));
    assert_eq!(found(&world, &project), planted);
    git(&["rm", "-q", "--cached", ".env"]);
    assert_eq!(found(&world, &project), planted[1..]);
}
