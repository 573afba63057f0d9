//! Whether a command of a crontab runs go, behind programs that start others, and with the PATH that cron gives it.
//!
//! Pure.

use crate::doctor::shell_commands::commands;

/// A program that starts another one.
struct Wrapper {
    name: &'static str,
    /// Options that take the next word.
    valued: &'static [&'static str],
    /// Words before the command.
    operands: usize,
}

const fn wrapper(name: &'static str, valued: &'static [&'static str], operands: usize) -> Wrapper {
    Wrapper { name, valued, operands }
}

/// Those that leave PATH as it is.
const WRAPPERS: [Wrapper; 20] = [
    wrapper("nice", &["-n", "--adjustment"], 0),
    wrapper("ionice", &["-c", "-n", "--class", "--classdata"], 0),
    wrapper("chrt", &["-T", "-P", "-D"], 1),
    wrapper("taskset", &[], 1),
    wrapper("timeout", &["-s", "-k", "--signal", "--kill-after"], 1),
    wrapper("flock", &["-w", "-E", "--timeout", "--wait", "--conflict-exit-code"], 1),
    wrapper("env", &["-u", "-C", "--unset", "--chdir"], 0),
    wrapper("nohup", &[], 0),
    wrapper("setsid", &[], 0),
    wrapper("chronic", &[], 0),
    wrapper("cronic", &[], 0),
    wrapper("stdbuf", &["-i", "-o", "-e"], 0),
    wrapper("systemd-cat", &["-t", "-p"], 0),
    wrapper("xargs", &["-n", "-I", "-L", "-P", "-d", "-a", "-s", "-E"], 0),
    wrapper("time", &["-f", "-o"], 0),
    wrapper("exec", &["-a"], 0),
    wrapper("command", &[], 0),
    wrapper("grc", &["-c", "--config"], 0),
    wrapper("unbuffer", &[], 0),
    wrapper("rlwrap", &[], 0),
];
const SHELLS: [&str; 7] = ["sh", "bash", "dash", "ash", "zsh", "ksh", "mksh"];
/// Words of a shell before a command.
const RESERVED: [&str; 10] = ["if", "then", "else", "elif", "while", "until", "do", "!", "{", "}"];
/// Shells in shells, and wrappers around wrappers, beyond which nothing is looked at.
const MAX_DEPTH: usize = 8;

/// What a command does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Effect {
    /// It runs go, or gofmt, as PATH finds it.
    RunsGo,
    /// The same in zsh, which reads `~/.zshenv` before.
    RunsGoInZsh,
    /// It gives what follows another PATH, perhaps.
    SetsPath,
    /// Neither.
    None,
}

/// Whether a job's command runs go before it sets PATH.
pub(super) fn runs_go(command: &str) -> bool {
    script(&without_input(command), MAX_DEPTH) == Effect::RunsGo
}

/// Whether it runs go in a zsh that it starts.
pub(super) fn runs_go_in_zsh(command: &str) -> bool {
    script(&without_input(command), MAX_DEPTH) == Effect::RunsGoInZsh
}

/// The command without what is the job's input, behind `%`.
fn without_input(command: &str) -> String {
    let mut kept = String::new();
    for part in command.split_inclusive('%') {
        match part.strip_suffix("\\%") {
            Some(escaped) => kept.extend([escaped, "%"]),
            None => return kept + part.trim_end_matches('%'),
        }
    }
    kept
}

fn script(text: &str, depth: usize) -> Effect {
    let effects = commands(text).into_iter().map(|words| effect(&words, depth));
    effects.into_iter().find(|effect| *effect != Effect::None).unwrap_or(Effect::None)
}

fn effect(words: &[String], depth: usize) -> Effect {
    let Some(depth) = depth.checked_sub(1) else { return Effect::None };
    let mut words = words;
    let mut sets_path = false;
    let mut gives_bash_a_file = false;
    while let [first, rest @ ..] = words {
        if is_assignment(first) {
            sets_path |= first.starts_with("PATH=");
            gives_bash_a_file |= first.starts_with("BASH_ENV=");
        } else if is_operator(first) {
            words = rest; // and its file
        } else if !RESERVED.contains(&first.as_str()) && !is_redirection(first) {
            break;
        }
        words = words.get(1..).unwrap_or_default();
    }
    let [first, rest @ ..] = words else {
        return if sets_path { Effect::SetsPath } else { Effect::None };
    };
    if sets_path {
        return Effect::SetsPath;
    }
    let name = first.rsplit('/').next().unwrap_or(first);
    match first.as_str() {
        "go" | "gofmt" => Effect::RunsGo,
        "." | "source" => Effect::SetsPath,
        "export" | "declare" | "typeset" if rest.iter().any(|word| word.starts_with("PATH=")) => {
            Effect::SetsPath
        }
        // What another program prints, such as `gvmr env`.
        "eval" if rest.iter().any(|word| word.contains('$')) => Effect::SetsPath,
        "eval" => script(&rest.join(" "), depth),
        _ if name == "bash" && gives_bash_a_file => Effect::None,
        _ if SHELLS.contains(&name) => match of_shell(rest, depth) {
            Effect::RunsGo if name == "zsh" && rest.first().is_some_and(|flag| !flag.contains('f')) => {
                Effect::RunsGoInZsh
            }
            effect => effect,
        },
        _ => match WRAPPERS.iter().find(|wrapper| wrapper.name == name) {
            Some(wrapper) => wrapped(wrapper, rest, depth),
            None => Effect::None,
        },
    }
}

/// `sh -c 'go vet'`. A login or interactive shell reads files that may set PATH.
fn of_shell(words: &[String], depth: usize) -> Effect {
    let is_option = |word: &&String| word.starts_with('-') && word.len() > 1;
    let options: Vec<_> = words.iter().take_while(is_option).collect();
    let has =
        |letter: char| options.iter().any(|option| !option.starts_with("--") && option.contains(letter));
    let script_at = |text: &String| script(text, depth);
    match words.get(options.len()) {
        Some(text) if has('c') => match script_at(text) {
            effect @ (Effect::RunsGo | Effect::RunsGoInZsh)
                if !has('l') && !has('i') && !options.contains(&&"--login".to_owned()) =>
            {
                effect
            }
            _ => Effect::None, // its PATH ends with it
        },
        _ => Effect::None,
    }
}

fn wrapped(wrapper: &Wrapper, words: &[String], depth: usize) -> Effect {
    let mut words = words;
    while let [option, rest @ ..] = words {
        let is_lookup = wrapper.name == "command" && matches!(option.as_str(), "-v" | "-V");
        let clears = wrapper.name == "env" && matches!(option.as_str(), "-" | "-i" | "--ignore-environment");
        if is_lookup || clears {
            return Effect::None;
        }
        if wrapper.name == "env" && matches!(option.as_str(), "-S" | "--split-string") {
            return script(&rest.join(" "), depth);
        }
        if !option.starts_with('-') || option == "--" {
            words = if option == "--" { rest } else { words };
            break;
        }
        words = rest.get(usize::from(wrapper.valued.contains(&option.as_str()))..).unwrap_or_default();
    }
    words = words.get(wrapper.operands..).unwrap_or_default();
    if let ("flock", [option, text, ..]) = (wrapper.name, words)
        && matches!(option.as_str(), "-c" | "--command")
    {
        return script(text, depth);
    }
    match effect(words, depth) {
        effect @ (Effect::RunsGo | Effect::RunsGoInZsh) => effect,
        _ => Effect::None, // its PATH ends with it
    }
}

fn is_assignment(word: &str) -> bool {
    word.split_once('=').is_some_and(|(name, _)| {
        !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
    })
}

/// `>`, `2>>`: the next word is its file.
fn is_operator(word: &str) -> bool {
    is_redirection(word) && word.ends_with(['<', '>', '|'])
}

/// `>log`, `2>&1`
fn is_redirection(word: &str) -> bool {
    word.trim_start_matches(|one: char| one.is_ascii_digit() || one == '&').starts_with(['<', '>'])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn go_is_found_behind_programs_that_start_it() {
        for command in [
            "go version",
            "nice -n 10 go build",
            "nice -10 ionice -c 3 -n 7 go build",
            "(cd p && /usr/bin/env go vet)",
            "env -u X -C /src CGO_ENABLED=0 go vet",
            "timeout -k 5 10m go test ./...",
            "timeout --signal=KILL 60 go test",
            "flock -n /tmp/lock go build",
            "flock /tmp/lock -c 'cd x && go build'",
            "sh -c 'cd x && go vet'",
            "/bin/bash -euc \"nice go vet\"",
            "chronic -v go vet",
            "cd x; if true; then go vet; fi",
            "echo \"$(go version)\" >log",
            "date +\\%F && go vet",
            ">/dev/null 2> err go vet",
            "export X=1; go vet",
            "eval 'go vet'",
            "find . -name x | xargs -n 1 gofmt -l",
            "command go vet",
            "grc go vet",
            "BASH_ENV=/h/env sh -c 'go vet'",
            "zsh -fc 'go vet'",
            "{ go vet; }",
            "! go vet",
            "systemd-cat -t job env -S 'go vet'",
        ] {
            assert!(runs_go(command), "{command}");
        }
    }

    #[test]
    fn other_words_and_another_path_are_none() {
        for command in [
            "make go; echo go",
            "/usr/local/go/bin/go version",
            "PATH=/opt/go/bin go version",
            "PATH=/opt/go/bin:$PATH; go version",
            "export PATH=/opt/go/bin; go version",
            "env PATH=/opt/go/bin go version",
            "env -i go version",
            ". $HOME/.profile; go version",
            "cat % go",
            "cat %go vet%",
            "bash -lc 'go vet'",
            "eval \"$(gvmr env)\"; go vet",
            "BASH_ENV=/h/env bash -c 'go vet'",
            "env BASH_ENV=/h/env bash -c 'go vet'",
            "zsh -c 'go vet'",
            "bash --login -c 'go vet'",
            "sh -c '. ~/.profile; go vet'",
            "sh go",
            "nice -n go",
            "timeout go ls",
            "flock go ls",
            "echo 'go vet; go build'",
            "true # ; go vet",
            "command -v go",
            "cd go && ls",
        ] {
            assert!(!runs_go(command), "{command}");
        }
    }
}
