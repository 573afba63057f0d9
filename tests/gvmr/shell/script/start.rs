//! Interactive starts of the real shells in throwaway homes with start-up files as distributions and people have them,
//! with gvmr's block and without. The bench `shell_start` uses it too.

use gvmr::shell::{FISH, POSIX, ScriptEntry};
use gvmr_core::home::paths::Home;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// One shell that starts for a person.
pub(crate) struct Start {
    pub(crate) name: &'static str,
    arguments: &'static [&'static str],
    /// The file below the home directory that it reads, and what is in it before setup.
    file: &'static str,
    content: &'static str,
    /// Where else setup puts the block for it: before everything else, in a file of its own.
    also: Option<&'static str>,
}

const BASH: &str = r#"case $- in *i*) ;; *) return ;; esac
HISTCONTROL=ignoreboth
shopt -s histappend checkwinsize
HISTSIZE=1000
HISTFILESIZE=2000
case "$TERM" in xterm-color|*-256color) color_prompt=yes ;; esac
PS1='${debian_chroot:+($debian_chroot)}\u@\h:\w\$ '
unset color_prompt
alias ls='ls --color=auto' ll='ls -alF' la='ls -A' l='ls -CF' grep='grep --color=auto'
if [ -f ~/.bash_aliases ]; then . ~/.bash_aliases; fi
export PATH="$HOME/.local/bin:$PATH"
"#;

const ZSH: &str = r#"autoload -Uz promptinit compinit
setopt histignorealldups sharehistory
bindkey -e
HISTSIZE=1000
SAVEHIST=1000
HISTFILE=~/.zsh_history
compinit -u
zstyle ':completion:*' menu select=2
alias ll='ls -l'
path=("$HOME/.local/bin" $path)
"#;

const KORN: &str = "PS1='$PWD $ '\nalias ll='ls -l'\nPATH=\"$HOME/.local/bin:$PATH\"\n";

const STARTS: &[Start] = &[
    Start { name: "bash", arguments: &[], file: ".bashrc", content: BASH, also: None },
    Start { name: "zsh", arguments: &[], file: ".zshrc", content: ZSH, also: Some(".zshenv") },
    Start {
        name: "fish",
        arguments: &[],
        file: ".config/fish/config.fish",
        content: "set -g fish_greeting\nalias ll 'ls -l'\nset -gx PATH $HOME/.local/bin $PATH\n",
        also: Some(".config/fish/conf.d/gvmr.fish"),
    },
    Start { name: "dash", arguments: &[], file: ".shinit", content: KORN, also: None },
    Start { name: "busybox", arguments: &["ash"], file: ".shinit", content: KORN, also: None },
    Start { name: "mksh", arguments: &[], file: ".mkshrc", content: KORN, also: None },
    Start { name: "ksh93", arguments: &[], file: ".kshrc", content: KORN, also: None },
];

impl Start {
    /// The shells, whether this machine has them or not.
    pub(crate) fn all() -> &'static [Self] {
        STARTS
    }

    /// The program, where it is installed.
    pub(crate) fn program(&self) -> Option<PathBuf> {
        ["/usr/bin", "/bin"]
            .into_iter()
            .map(|directory| Path::new(directory).join(self.name))
            .find(|path| path.exists())
    }

    /// A home directory for it in `home`; with gvmr's block as setup writes it, at the top and at the end, or without.
    pub(crate) fn prepare(&self, home: &Path, with_block: bool) {
        let write = |file: &Path, bytes: &[u8]| {
            std::fs::create_dir_all(file.parent().unwrap()).unwrap();
            std::fs::write(file, bytes).unwrap();
        };
        let file = home.join(self.file);
        if !with_block {
            return write(&file, self.content.as_bytes());
        }
        let gvmr = Home::at(home.join(".local/share/gvmr"));
        std::fs::create_dir_all(gvmr.shims()).unwrap();
        let entry = ScriptEntry {
            home: &gvmr,
            user_home: Some(home),
            go_bin: None,
            export_home: false,
            shared: false,
        };
        write(&gvmr.root().join("env"), &entry.script(&POSIX).unwrap());
        write(&gvmr.root().join("env.fish"), &entry.script(&FISH).unwrap());
        for name in ["gvmr.bash", "_gvmr", "gvmr.fish"] {
            let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("completions").join(name);
            write(&gvmr.root().join("completions").join(name), &std::fs::read(script).unwrap());
        }
        let line = if self.name == "fish" { entry.line(&FISH) } else { entry.line(&POSIX) }.unwrap();
        let block = [b"# >>> gvmr >>>\n".as_slice(), &line, b"# <<< gvmr <<<\n"].concat();
        let top = if self.also.is_none() { block.as_slice() } else { b"" };
        write(&file, &[top, self.content.as_bytes(), &block].concat());
        if let Some(also) = self.also {
            write(&home.join(also), &block);
        }
    }

    /// What starts it interactively and ends it at once, without a terminal.
    pub(crate) fn command(&self, home: &Path) -> Command {
        let mut command = Command::new("setsid"); // or a shell that finds a terminal would take it
        command.arg("--wait").arg(self.program().unwrap()).args(self.arguments).args(["-i", "-c", "exit 0"]);
        command.env_clear().env("HOME", home).env("TERM", "xterm-256color").env("LANG", "C.UTF-8");
        command
            .env("ENV", home.join(".shinit"))
            .env("PATH", "/usr/local/bin:/usr/bin:/bin:/usr/local/games:/usr/games");
        if self.name != "dash" && self.name != "busybox" {
            command.env_remove("ENV");
        }
        command.current_dir(home).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        command
    }
}
