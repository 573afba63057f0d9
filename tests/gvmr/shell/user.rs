//! Which files of a user setup edits: the list alone, over homes as people have them.

use gvmr::shell::{Account, BlockPosition, Edit, EditContent, Extent, ScriptEntry, Surroundings};
use gvmr_core::home::paths::Home;
use std::fs;
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use tempfile::TempDir;

struct Case {
    home: TempDir,
    surroundings: Surroundings,
}

impl Case {
    /// A home with these files, on a machine with these shells.
    fn new(files: &[&str], shells: &[&str]) -> Self {
        let home = tempfile::tempdir().unwrap();
        for file in files {
            let path = home.path().join(file);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, "").unwrap();
        }
        let surroundings = Surroundings {
            shells: shells.iter().map(|shell| (*shell).to_owned()).collect(),
            config: home.path().join(".config"),
            ..Surroundings::default()
        };
        Self { home, surroundings }
    }

    fn edits(&self, extent: Extent) -> Vec<Edit> {
        self.edits_for(".local/share/gvmr", extent)
    }

    /// The edits with gvmr's home there, below the user's.
    fn edits_for(&self, home: &str, extent: Extent) -> Vec<Edit> {
        let user = self.home.path();
        let account = Account { name: "u".to_owned(), uid: 1, home: user.to_owned(), shell: None };
        let home = Home::at(user.join(home));
        let entry = ScriptEntry {
            home: &home,
            user_home: Some(user),
            go_bin: None,
            export_home: false,
            shared: false,
        };
        entry.user_edits(&account, &self.surroundings, extent).unwrap()
    }

    /// The paths below the home, with `*` where a block stands at the top too.
    fn names(&self, extent: Extent) -> Vec<String> {
        let name = |edit: &Edit| {
            let both = matches!(edit.content, EditContent::Block { place: BlockPosition::Both, .. });
            let path = edit.path.strip_prefix(self.home.path()).unwrap_or(&edit.path);
            format!("{}{}", path.display(), if both { "*" } else { "" })
        };
        self.edits(extent).iter().map(name).collect()
    }

    fn needed(&self) -> Vec<String> {
        self.names(Extent::Needed)
    }
}

#[test]
fn a_home_as_it_comes_has_its_profile_and_bashrc_edited() {
    assert_eq!(Case::new(&[".profile", ".bashrc"], &["bash", "sh"]).needed(), [".profile", ".bashrc*"]);
    assert_eq!(Case::new(&[], &["bash", "sh"]).needed(), [".profile", ".bashrc*"]);
    assert_eq!(Case::new(&[], &["sh"]).needed(), [".profile"]);
}

#[test]
fn what_hides_the_profile_is_edited_only_where_it_is() {
    let case = Case::new(&[".bash_profile", ".profile"], &["bash"]);
    assert_eq!(case.needed(), [".profile", ".bash_profile", ".bashrc*"]);
    assert_eq!(Case::new(&[".bash_login"], &["bash"]).needed(), [".profile", ".bash_login", ".bashrc*"]);
}

#[test]
fn zsh_has_one_file_more_and_what_comes_later_where_it_is() {
    let mut case = Case::new(&[".zshrc", "z/.zlogin"], &["zsh"]);
    assert_eq!(case.needed(), [".profile", ".zshenv", ".zshrc"]);
    case.surroundings.zsh_directories = vec![case.home.path().join("z")];
    assert_eq!(case.needed(), [".profile", ".zshenv", ".zshrc", "z/.zshenv", "z/.zlogin"]);
    case.surroundings.zsh_login_resets = true;
    let expected = [".profile", ".zshenv", ".zshrc", ".zprofile", "z/.zshenv", "z/.zlogin", "z/.zprofile"];
    assert_eq!(case.needed(), expected);
}

#[test]
fn fish_has_a_file_of_its_own_and_the_end_of_the_users() {
    let drop_in = ".config/fish/conf.d/zz-gvmr.fish";
    assert_eq!(Case::new(&[], &["fish"]).needed(), [".profile", drop_in]);
    let config = ".config/fish/config.fish";
    assert_eq!(Case::new(&[config], &["fish"]).needed(), [".profile", drop_in, config]);
    // The shell is gone, its files are there: it may come back.
    assert_eq!(Case::new(&[config], &["sh"]).needed(), [".profile", drop_in, config]);
}

#[test]
fn a_file_that_may_end_early_has_a_block_at_its_top_too() {
    for (text, expected) in [
        ("[ -n \"$PS1\" ] || return\n", ".profile*"),
        ("case $- in *i*) ;; *) return;; esac", ".profile*"),
        ("# return\nreturned=1\n", ".profile"),
    ] {
        let case = Case::new(&[".profile"], &["sh"]);
        fs::write(case.home.path().join(".profile"), text).unwrap();
        assert_eq!(case.needed(), [expected], "{text}");
    }
}

#[test]
fn a_configuration_directory_elsewhere_and_the_usual_one_are_read() {
    let mut case = Case::new(&[], &["fish"]);
    case.surroundings.systemd = true;
    case.surroundings.config = case.home.path().join("c");
    let expected = [
        ".profile",
        "c/fish/conf.d/zz-gvmr.fish",
        ".config/fish/conf.d/zz-gvmr.fish",
        "c/environment.d/zz-gvmr.conf",
        ".config/environment.d/zz-gvmr.conf",
    ];
    assert_eq!(case.needed(), expected);
}

#[test]
fn ksh_has_its_file_where_it_is_or_the_shell_is() {
    assert_eq!(Case::new(&[], &["ksh", "mksh"]).needed(), [".profile", ".kshrc*", ".mkshrc*"]);
    assert_eq!(Case::new(&[".kshrc"], &[]).needed(), [".profile", ".kshrc*"]);
}

#[test]
fn a_home_of_ones_own_beside_the_machines_is_put_first_behind_the_machines_files() {
    let mut case = Case::new(&[], &["zsh", "fish"]);
    case.surroundings.shared_home = Some(PathBuf::from("/opt/gvmr"));
    // The machine's own scripts step back behind one in the usual place.
    assert_eq!(case.needed(), [".profile", ".zshenv", ".config/fish/conf.d/zz-gvmr.fish"]);
    let elsewhere = case.edits_for("go/gvmr", Extent::Needed);
    for name in [".zprofile", ".zshrc", ".zlogin", ".config/fish/config.fish"] {
        assert!(elsewhere.iter().any(|edit| edit.path.ends_with(name)), "{name}: {elsewhere:?}");
    }
}

#[test]
fn undoing_looks_at_every_file_that_may_have_been_edited() {
    let full = [
        ".bash_profile",
        ".bash_login",
        ".kshrc",
        ".mkshrc",
        ".zprofile",
        ".zshrc",
        ".zlogin",
        ".config/fish/config.fish",
    ];
    let mut case = Case::new(&full, &["bash", "zsh", "fish"]);
    case.surroundings.systemd = true;
    let needed = case.needed();
    let possible = Case::new(&[], &[]).names(Extent::Possible);
    assert!(needed.iter().all(|name| possible.contains(name)), "{needed:?} {possible:?}");
}

#[test]
fn what_systemd_starts_reads_values_that_mean_themselves() {
    let user = Path::new("/home/u");
    for (home, line) in [
        ("/home/u/.local/share/gvmr", "PATH=${HOME}/.local/share/gvmr/shims:$PATH"),
        ("/srv/a b/$x/gv'mr", r"PATH=/srv/a\ b/$$x/gv\'mr/shims:$PATH"),
    ] {
        let home = Home::at(home);
        let entry = ScriptEntry {
            home: &home,
            user_home: Some(user),
            go_bin: None,
            export_home: false,
            shared: false,
        };
        let account = Account { name: String::new(), uid: 1, home: PathBuf::from(user), shell: None };
        let edits = entry.user_edits(&account, &Surroundings::default(), Extent::Possible).unwrap();
        let edit = edits.iter().find(|edit| edit.path.ends_with("environment.d/zz-gvmr.conf")).unwrap();
        let EditContent::Whole { bytes, .. } = &edit.content else { panic!("{edit:?}") };
        let text = String::from_utf8_lossy(bytes);
        assert!(text.contains(EditContent::MARK) && text.lines().any(|one| one == line), "{text}");
    }
}

/// What systemd makes of a file of `environment.d` with these bytes, for a user with this home.
fn systemd_path(bytes: &[u8], user: &Path) -> Vec<u8> {
    let config = tempfile::tempdir().unwrap();
    fs::create_dir(config.path().join("environment.d")).unwrap();
    fs::write(config.path().join("environment.d/zz-gvmr.conf"), bytes).unwrap();
    let mut generator = Command::new(GENERATOR);
    generator
        .env_clear()
        .env("HOME", user)
        .env("XDG_CONFIG_HOME", config.path())
        .env("PATH", "/usr/bin:/bin");
    let printed = generator.output().unwrap().stdout;
    // It prints assignments as shells read them.
    let mut shell = Command::new("/bin/sh");
    shell.args(["-c", "eval \"$0\"; printf %s \"$PATH\""]).arg(std::ffi::OsStr::from_bytes(&printed));
    shell.env_clear().output().unwrap().stdout
}

const GENERATOR: &str = "/usr/lib/systemd/user-environment-generators/30-systemd-environment-d-generator";

#[test]
fn systemd_itself_puts_the_shims_first() {
    if !Path::new(GENERATOR).exists() {
        return crate::support::skip("no systemd here");
    }
    let users = ["/home/u", "/home/a b", "/home/$x${y}'\"\\`#;é"];
    let homes = ["/.local/share/gvmr", "/a b/'c'", "/$HOME/$$/${PATH}", "/\"\\\\`#;*?&|<>(){}[]~!%=é"];
    for user in users {
        for below in homes {
            for root in [format!("{user}{below}"), format!("/srv{below}")] {
                let home = Home::at(&root);
                let (user, uid) = (Path::new(user), 1);
                let entry = ScriptEntry {
                    home: &home,
                    user_home: Some(user),
                    go_bin: None,
                    export_home: false,
                    shared: false,
                };
                let account = Account { name: String::new(), uid, home: user.to_owned(), shell: None };
                let edits = entry.user_edits(&account, &Surroundings::default(), Extent::Possible).unwrap();
                let edit =
                    edits.iter().find(|edit| edit.path.ends_with("environment.d/zz-gvmr.conf")).unwrap();
                let EditContent::Whole { bytes, .. } = &edit.content else { panic!("{edit:?}") };
                let path = String::from_utf8(systemd_path(bytes, user)).unwrap();
                assert_eq!(path, format!("{root}/shims:/usr/bin:/bin"), "{}", String::from_utf8_lossy(bytes));
            }
        }
    }
}
