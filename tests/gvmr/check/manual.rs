//! The manual: each of its TOML blocks is a check file, and each of its console blocks is what a terminal shows.

use super::{check, project, write};
use crate::support::fences::{Fence, fences};
use crate::support::server::{Reply, Server};
use crate::support::skip;
use crate::support::sources::{root, text_of};
use crate::support::world::{Run, World, gvmr};
use regex_lite::Regex;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

const PAGES: [&str; 4] = ["docs/check.md", "docs/check-file.md", "docs/check-go.md", "docs/check-recipes.md"];
const TUTORIAL: &str = "docs/check.md";
const EXAMPLE: &str = "docs/examples/order-service.toml";
/// The address of the service in the manual.
const SERVICE: &str = "127.0.0.1:8080";
/// The directory of the project in the manual.
const PROJECT: &str = "/src/orders";
/// The machine in the manual.
const HOST: &str = "ci-7";

#[test]
fn each_toml_block_is_a_check_file() {
    let world = World::new("off");
    let blocks = PAGES.iter().flat_map(|page| fences(page)).filter(|fence| fence.language == "toml");
    let mut texts: Vec<_> = blocks.map(|fence| (fence.place, whole(&fence.text))).collect();
    assert!(texts.len() > 12, "{} blocks", texts.len());
    texts.push((EXAMPLE.to_owned(), text_of(&root().join(EXAMPLE))));
    let mut last = String::new();
    for (place, text) in texts {
        let project = project(&world, &text);
        let run = check(&world, &project, &["--plan"]);
        assert_eq!(run.code, Some(0), "{place}\n{text}\n{run:#?}");
        last = run.stdout;
    }
    assert!(last.contains("\nnotify ${secret:SLACK_WEBHOOK_URL} (slack) on failure\n"), "{last}");
}

/// A block with settings alone, as a file: it gets one probe.
fn whole(text: &str) -> String {
    let is_probe =
        |line: &str| line.starts_with('[') && !line.starts_with("[check") && !line.starts_with("[[");
    if text.lines().any(is_probe) {
        text.to_owned()
    } else {
        format!("{text}\n[example.disk]\ndisk = \"/\"\n")
    }
}

#[test]
fn each_console_block_is_what_a_terminal_shows() {
    if Command::new("script").arg("--version").output().is_err() {
        return skip("needs script, which gives a program a terminal");
    }
    let reader = Reader::new();
    let mut shown = 0;
    for fence in fences(TUTORIAL) {
        match fence.language.as_str() {
            "toml" => reader.writes(&fence),
            "console" => shown += reader.compares(&fence),
            _ => {}
        }
    }
    assert!(shown >= 8, "{shown} commands");
    for page in PAGES.iter().filter(|page| **page != TUTORIAL) {
        assert!(fences(page).iter().all(|fence| fence.language != "console"), "{page} shows a terminal");
    }
}

/// Someone who does what the tutorial says.
struct Reader {
    world: World,
    project: PathBuf,
    server: Server,
}

impl Reader {
    fn new() -> Self {
        let mut world = World::new("off");
        let programs = gvmr().parent().unwrap().display().to_string();
        world.set("PATH", &format!("{programs}:/usr/bin:/bin"));
        let project = world.project("orders", &[("cache-stats", "hits:991\nmisses:9\n")]);
        let server = Server::start(|_| Reply::ok(r#"{"status": "UP"}"#));
        Self { world, project, server }
    }

    /// The file of a block that names it in its first line.
    fn writes(&self, fence: &Fence) {
        let name = fence.text.lines().next().and_then(|line| line.strip_prefix("# "));
        let Some(name) = name.filter(|name| !name.contains(' ')) else { return };
        write(&self.project, name, &fence.text.replace(SERVICE, &self.server.address().to_string()));
    }

    /// How many commands the block has; each shows what stands below it.
    fn compares(&self, fence: &Fence) -> usize {
        let mut commands = fence.text.split("$ ").skip(1).peekable();
        assert!(fence.text.starts_with("$ ") && commands.peek().is_some(), "{}", fence.place);
        commands.map(|one| one.split_once('\n').unwrap()).fold(0, |count, (command, expected)| {
            let found = self.screen(command);
            let is_plan = command.contains("--plan");
            assert_eq!(
                comparable(&found, is_plan),
                comparable(expected, is_plan),
                "{}: $ {command}\n{found}",
                fence.place
            );
            count + 1
        })
    }

    /// What a terminal of 180 columns shows, first of stdout, then of stderr.
    fn screen(&self, command: &str) -> String {
        let stderr = self.world.path("stderr");
        let line = format!("stty cols 180; {{ {command}; }} 2> {}", stderr.display());
        let mut script = self.world.command(Path::new("script"), &self.project);
        let run = Run::of(script.args(["-qec", &line, "/dev/null"]));
        let color = Regex::new("\x1b\\[[0-9;]*m").unwrap();
        let host = rustix::system::uname().nodename().to_string_lossy().into_owned();
        let host = Regex::new(&format!(r"\b{host}\b")).unwrap();
        let screen = run.stdout.replace('\r', "") + &fs::read_to_string(stderr).unwrap();
        let screen = color.replace_all(&screen, "");
        let screen = screen.replace(&self.project.display().to_string(), PROJECT);
        let screen = screen.replace(&self.server.address().to_string(), SERVICE);
        host.replace_all(&screen, HOST).into_owned()
    }
}

/// Lines without what differs from run to run: times, moments, ids, the width of columns. Of a plan the times count.
fn comparable(screen: &str, is_plan: bool) -> Vec<String> {
    let replaced = |text: &str, pattern: &str, with: &str| {
        Regex::new(pattern).unwrap().replace_all(text, with).into_owned()
    };
    let of_root = "warning: the commands of this check run as root";
    let lines = screen.lines().filter(|line| *line != of_root);
    lines
        .map(|line| {
            let line = line.split_whitespace().collect::<Vec<_>>().join(" ");
            let line = replaced(&line, r"\d{8}T\d{6}\.\d{6}Z-[0-9a-f]{8}", "RUN");
            let line = replaced(&line, r"\d{4}-\d\d-\d\d \d\d:\d\d", "MOMENT");
            if is_plan { line } else { replaced(&line, r"[+-]?\d+(\.\d+)? m?s\b", "TIME") }
        })
        .filter(|line| !line.is_empty())
        .collect()
}
