//! A machine with a few installed versions, a gvmr on PATH, and shells that complete its command line.

use super::terminal::{PROMPT, Terminal};
use crate::support::world::{World, gvmr};
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::{Path, PathBuf};
use std::process::Command;

/// The installed versions, oldest first; the default is the third.
pub(super) const INSTALLED: [&str; 4] = ["1.21.3", "1.22.1", "1.22.10", "1.90.1"];

/// bash alone, with the package of completions where there is one, and at its strictest.
pub(super) const BASHES: [&str; 3] = [
    "",
    "[[ ! -r /usr/share/bash-completion/bash_completion ]] || . /usr/share/bash-completion/bash_completion\n",
    "set -o posix -u\nshopt -s failglob\n",
];

pub(super) struct Machine {
    pub(super) world: World,
}

impl Machine {
    pub(super) fn new() -> Self {
        let mut world = World::new("off");
        world.set("TERM", "xterm").set("INPUTRC", "/dev/null").set("LC_ALL", "C.UTF-8");
        world.set("PATH", &format!("{}:/usr/bin:/bin", world.path("bin").display()));
        std::fs::create_dir(world.path("bin")).unwrap();
        symlink(gvmr(), world.path("bin/gvmr")).unwrap();
        for version in INSTALLED {
            let programs = world.goroot(version).join("bin");
            std::fs::create_dir_all(&programs).unwrap();
            for program in ["go", "gofmt"] {
                let program = programs.join(program);
                std::fs::write(&program, "#!/bin/sh\n").unwrap();
                std::fs::set_permissions(program, std::fs::Permissions::from_mode(0o755)).unwrap();
            }
        }
        std::fs::write(world.home().join("default"), "1.22\n").unwrap();
        let check = "[a.b]\ndisk = \"/\"\n[a.c]\nmemory = \"host\"\n";
        let files = [("go1.22.1.linux-amd64.tar.gz", ""), ("gopher.txt", ""), ("gvmr-check.toml", check)];
        world.project("user/work", &files);
        std::fs::create_dir(world.path("user/work/godir")).unwrap();
        Self { world }
    }

    /// A directory with two archives' worth of names, which the shells stand in.
    fn work(&self) -> PathBuf {
        self.world.path("user/work")
    }

    fn command(&self, program: &str) -> Command {
        self.world.command(Path::new(program), &self.work())
    }

    pub(super) fn write(&self, relative: &str, text: &str) -> PathBuf {
        let path = self.world.path(relative);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, text).unwrap();
        path
    }

    /// bash after these lines and the completion script.
    pub(super) fn bash(&self, before: &str) -> Terminal {
        let rc = format!(
            "PS1='{PROMPT}' HISTFILE=\n{before}\n. {}\n\
             bind 'set enable-bracketed-paste off' 'set bell-style none' 'set completion-query-items 0' 'set page-completions off'\n\
             bind 'set show-all-if-ambiguous on'\n\
             bind '\"\\C-x*\": insert-completions'\n\
             bind -x '\"\\C-xp\": printf \"[[%s]]\" \"$READLINE_LINE\"'\n",
            script("gvmr.bash").display()
        );
        let file = self.write("bashrc", &rc);
        let mut bash = self.command("bash");
        bash.arg("--noprofile").arg("--rcfile").arg(file).arg("-i");
        Terminal::start(&bash)
    }

    /// zsh after these lines.
    pub(super) fn zsh(&self, before: &str) -> Terminal {
        let rc = format!(
            "PS1='{PROMPT}' HISTFILE=\nunsetopt beep prompt_sp prompt_cr zle_bracketed_paste\n{before}\n\
             LISTMAX=1000\n\
             zle -C all-matches complete-word _generic\n\
             zstyle ':completion:all-matches::::' completer _all_matches _complete\n\
             zstyle ':completion:all-matches:*' insert true\n\
             print-line() {{ print -rn -- \"[[$BUFFER]]\" }}\nzle -N print-line\n\
             bindkey -e\nbindkey '^X*' all-matches\nbindkey '^Xp' print-line\n"
        );
        self.write("zsh/.zshrc", &rc);
        let mut zsh = self.command("zsh");
        zsh.args(["-d", "-i"]).env("ZDOTDIR", self.world.path("zsh"));
        Terminal::start(&zsh)
    }

    /// What fish would show for each line, with its help, one block a line; stderr must stay empty.
    pub(super) fn fish(&self, lines: &[&str]) -> Vec<Vec<String>> {
        let completions = self.world.path("user/.config/fish/completions");
        std::fs::create_dir_all(&completions).unwrap();
        let link = completions.join("gvmr.fish");
        let _ = std::fs::remove_file(&link);
        symlink(script("gvmr.fish"), link).unwrap();
        let ask = "for line in $argv; complete -C $line; echo ==; end";
        let mut fish = self.command("fish");
        let output = fish.args(["-c", ask]).args(lines).output().unwrap();
        assert_eq!(String::from_utf8_lossy(&output.stderr), "");
        let text = String::from_utf8(output.stdout).unwrap();
        let blocks = text.trim_end_matches("==\n").split("==\n");
        blocks.map(|block| block.lines().map(str::to_owned).collect()).collect()
    }
}

/// A script as it is checked in.
pub(super) fn script(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("completions").join(name)
}
