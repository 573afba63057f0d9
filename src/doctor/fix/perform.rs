//! One mend: recorded, then made. What it leaves is recorded too.
//!
//! Edits of files go through the same room as those of `gvmr setup`: links are followed, a file is the old one or the new one,
//! and what another user owns is refused. A failure leaves what was there.

use super::error::words;
use super::gvmr_home::{self, MissingHome};
use super::journaled_run::{JournaledEdit, JournaledRun};
use super::state::{Edited, FileState, real};
use crate::context::Context;
use crate::credentials::{CredentialEntry, Credentials, Keyring, SecretStore};
use crate::doctor::logins::{self, WrittenLogin};
use crate::doctor::mend::{LineChange, LineMend, Mend};
use crate::doctor::shown_text::{COMMENT, shown_in_diff};
use crate::net::without_credentials_in_text;
use crate::shell::{ChangedLine, Changes, Direction, Edit, EditContent, FileChange, UserPlan, blocks};
use crate::store::{DefaultVersion, Store};
use gvmr_core::gover::selector::Selector;
use gvmr_core::home::user_dirs::UserDirs;
use gvmr_core::sys::bounded;
use gvmr_core::sys::environment::Process;
use gvmr_core::sys::printable::path as shown;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Display;
use std::fs::{self, DirBuilder, Permissions};
use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _, PermissionsExt as _};
use std::path::Path;

/// The largest file whose lines are mended, in bytes.
const LIMIT: u64 = 16 << 20;

/// Makes a mend for a finding of the kind `id`; the error says why it is refused. Nothing is half done then, but for what is
/// recorded.
pub(super) fn make(mend: &Mend, id: &str, run: &mut JournaledRun, context: &Context) -> Result<(), String> {
    let from = run.record.edits.len();
    let made = match mend {
        Mend::Lines(lines) => edit(&lines_of(lines, run.number), id, run),
        Mend::Mode { file, mode } => set_mode(file, *mode, id, run),
        Mend::Directory(path) => {
            run.keep(id, Edited::Path(path.clone()), None).map_err(words)?;
            DirBuilder::new().recursive(true).mode(0o700).create(path).map_err(words)
        }
        Mend::Setup { repair, crontab } => set_up(*repair, *crontab, id, run, context),
        Mend::Shims => gvmr_home::write_shims(id, run, context),
        Mend::Leftovers => context.store().and_then(|store| store.sweep()).map(drop).map_err(words),
        Mend::MoveLogins { file, line } => move_logins(file, *line, id, run, context),
        Mend::Default(version) => {
            let keep = run.keep(id, Edited::Path(real(&context.settings.home.default_file())), None);
            keep.map_err(words)?;
            let default = DefaultVersion { selector: Selector::exact(version), now: version.clone() };
            context.store().and_then(|store| store.set_default(&default)).map_err(words)
        }
    };
    run.settle(from).map_err(words)?;
    made
}

/// What a mend changes, as a diff without credentials; the error says why it would be refused. `number` is that of the run.
pub(super) fn diff(mend: &Mend, number: u64, context: &Context) -> Result<String, String> {
    let mut own = BTreeSet::new();
    let text: String = match mend {
        Mend::Lines(lines) => changes(&lines_of(lines, number))?.diff(),
        Mend::Mode { file, mode } => {
            let now = fs::metadata(file).map_err(words)?.mode() & 0o7777;
            let file = shown(file);
            format!("{file}: old mode {now:04o}\n{file}: new mode {mode:04o}\n")
        }
        Mend::Directory(path) => format!("{}: new directory\n", shown(path)),
        Mend::Setup { repair, crontab } => {
            let setup = context.user_setup().map_err(words)?;
            let plan = UserPlan::look(&setup, *repair, *crontab).map_err(words)?;
            let aside = plan.unreadable.iter().map(|path| format!("{}: moves aside\n", shown(path)));
            let crontab = plan.crontab.new_text().map(|_| "crontab: gets a PATH with the shims\n".to_owned());
            own = own_lines(&plan.changes);
            aside.chain([plan.changes.diff()]).chain(crontab).collect()
        }
        Mend::Shims => format!("{}: written again\n", shown(context.settings.home.shims())),
        Mend::Leftovers => format!("{}: leftovers removed\n", shown(context.settings.home.staging())),
        Mend::MoveLogins { file, line } => {
            let (logins, edit) = logins_of(file, *line)?;
            let names =
                logins.iter().map(|login| format!("gvmr auth: gets the login for {}\n", login.machine));
            names.chain([changes(&[edit])?.diff()]).collect()
        }
        Mend::Default(version) => format!("{}: {version}\n", shown(context.settings.home.default_file())),
    };
    // Lines around a change are not needed, and may hold anything.
    let lines: Vec<_> = text.lines().collect();
    let is_header = |at: usize| {
        let starts = |at: usize, start: &str| lines.get(at).is_some_and(|line| line.starts_with(start));
        let first = if starts(at, "+++ ") { at.checked_sub(1) } else { Some(at) };
        first.is_some_and(|at| starts(at, "--- ") && starts(at + 1, "+++ ") && starts(at + 2, "@@ "))
    };
    let shown = lines.iter().enumerate().filter(|(_, line)| !line.starts_with(' '));
    let shown = shown.map(|(at, line)| match line.split_at_checked(1) {
        Some((sign @ ("-" | "+"), rest)) if !is_header(at) && !own.contains(rest) => {
            format!("{sign}{}\n", shown_in_diff(rest))
        }
        _ => without_credentials_in_text(line) + "\n",
    });
    Ok(shown.collect())
}

/// The lines of files that gvmr writes by itself.
fn own_lines(changes: &Changes) -> BTreeSet<String> {
    let mut own = BTreeSet::new();
    for (bytes, _) in changes.pending().iter().filter_map(FileChange::after) {
        let text = String::from_utf8_lossy(bytes);
        let lines: Vec<_> = text.lines().collect();
        let blocks = match blocks(bytes) {
            Ok(blocks) if !blocks.is_empty() => blocks,
            _ if text.contains(EditContent::MARK) => vec![(1, lines.len())],
            _ => Vec::new(),
        };
        let ranges = blocks.into_iter().filter_map(|(first, last)| lines.get(first - 1..last));
        own.extend(ranges.flatten().map(|line| (*line).to_owned()));
    }
    own
}

/// The edits of lines, one for each file.
fn lines_of(lines: &[LineMend], number: u64) -> Vec<Edit> {
    let mut files: BTreeMap<&Path, Vec<ChangedLine>> = BTreeMap::new();
    for line in lines {
        let new = match &line.change {
            LineChange::Replace(new) => Some(new.clone()),
            LineChange::Delete => None,
            LineChange::CommentOut => Some([format!("{COMMENT}{number}: ").as_bytes(), &line.old].concat()),
        };
        let changed = ChangedLine { number: line.line, old: line.old.clone(), new };
        files.entry(&line.file).or_default().push(changed);
    }
    files.into_iter().map(|(file, lines)| edit_of(file, EditContent::Lines(lines))).collect()
}

fn edit_of(path: &Path, content: EditContent) -> Edit {
    Edit { path: path.to_owned(), content, sessions: "" }
}

fn changes(edits: &[Edit]) -> Result<Changes, String> {
    let changes = Changes::prepare(edits, Direction::Make);
    match changes.failed().first() {
        Some((_, error)) => Err(with_hint(error, error.hint())),
        None => check_owners(&changes).map(|()| changes),
    }
}

/// Only the user's own files: what replaces another's would be the user's, and no undo could give it back.
fn check_owners(changes: &Changes) -> Result<(), String> {
    let me = rustix::process::geteuid().as_raw();
    for change in changes.pending() {
        let owner = fs::symlink_metadata(change.real_path()).map(|found| found.uid());
        if let Some(owner) = owner.ok().filter(|owner| *owner != me) {
            return Err(format!("{} belongs to user {owner}", shown(change.real_path())));
        }
    }
    Ok(())
}

fn edit(edits: &[Edit], id: &str, run: &mut JournaledRun) -> Result<(), String> {
    let mut changes = changes(edits)?;
    keep(&changes, id, run)?;
    apply(&mut changes)
}

fn keep(changes: &Changes, id: &str, run: &mut JournaledRun) -> Result<(), String> {
    for change in changes.pending() {
        let after = change.after().map(|(bytes, mode)| FileState::of_content(bytes, mode));
        run.keep(id, Edited::Path(change.real_path().to_owned()), after).map_err(words)?;
    }
    Ok(())
}

fn apply(changes: &mut Changes) -> Result<(), String> {
    changes.apply();
    changes.failed().first().map_or(Ok(()), |(_, error)| Err(with_hint(error, error.hint())))
}

fn set_mode(file: &Path, mode: u32, id: &str, run: &mut JournaledRun) -> Result<(), String> {
    let file = real(file);
    let found = fs::symlink_metadata(&file).map_err(words)?;
    if found.uid() != rustix::process::geteuid().as_raw() {
        return Err(format!("{} belongs to user {}", shown(&file), found.uid()));
    }
    let edited = Edited::Path(file.clone());
    let after = match edited.look().map_err(words)?.0 {
        FileState::File { sha256, .. } => Some(FileState::File { sha256, mode }),
        // What is in it is known once it is open.
        FileState::Closed { .. } => None,
        _ => Some(FileState::Directory { mode }),
    };
    run.keep(id, edited, after).map_err(words)?;
    fs::set_permissions(&file, Permissions::from_mode(mode)).map_err(words)
}

fn set_up(
    repair: bool,
    crontab: bool,
    id: &str,
    run: &mut JournaledRun,
    context: &Context,
) -> Result<(), String> {
    let setup = context.user_setup().map_err(words)?;
    let mut plan = UserPlan::look(&setup, repair, crontab).map_err(words)?;
    let missing = MissingHome::look(&context.settings.home, run);
    keep(&plan.scripts, id, run)?;
    keep(&plan.changes, id, run)?;
    if plan.crontab.is_needed() {
        run.keep(id, Edited::Crontab, None).map_err(words)?;
    }
    let applied = plan.apply(&setup);
    if let Some(missing) = missing {
        missing.keep_made(id, run);
    }
    for (from, to) in &plan.moved {
        let edited = Edited::Path(from.clone());
        let after = edited.look().ok().map(|(state, _)| state);
        let before = FileState::Absent { directories: 0 };
        run.record.edits.push(JournaledEdit {
            id: id.to_owned(),
            edited,
            before,
            after,
            bytes: None,
            inode: None,
        });
        run.record.moved.push((from.clone(), to.clone()));
    }
    applied.map_err(words)?;
    for changes in [&plan.scripts, &plan.changes] {
        if let Some((_, error)) = changes.failed().first() {
            return Err(with_hint(error, error.hint()));
        }
    }
    plan.crontab.failure().map_or(Ok(()), |error| Err(with_hint(error, Some(error.hint()))))
}

/// The logins of a line, and the edit that takes them out.
fn logins_of(file: &Path, number: usize) -> Result<(Vec<WrittenLogin>, Edit), String> {
    let bytes = bounded::read(file, LIMIT).map_err(words)?.ok_or("it is gone")?;
    let line = number.checked_sub(1).and_then(|index| bytes.split(|byte| *byte == b'\n').nth(index));
    let line =
        line.and_then(|line| std::str::from_utf8(line).ok()).ok_or("the line is not there, or no text")?;
    let (logins, left) = logins::cut(line)?;
    let changed = ChangedLine { number, old: line.into(), new: Some(left.into()) };
    Ok((logins, edit_of(file, EditContent::Lines(vec![changed]))))
}

/// A line loses its logins only after they are stored, and only those that are new there.
fn move_logins(
    file: &Path,
    line: usize,
    id: &str,
    run: &mut JournaledRun,
    context: &Context,
) -> Result<(), String> {
    let (logins, edit) = logins_of(file, line)?;
    let changes = changes(std::slice::from_ref(&edit))?;
    let own = UserDirs::of(&context.settings.home, &Process).ok_or("your config directory is not known")?;
    if own.root() == context.settings.home.root() {
        Store::open(context.settings.home.clone()).map_err(words)?; // the file lies in it
    }
    let credentials = Credentials::of(&own);
    let keyring = Keyring::of(&Process);
    let listed = credentials.list().map_err(words)?;
    let is_listed = |login: &WrittenLogin| {
        listed.iter().any(|entry| entry.kind == login.kind && entry.machine == login.machine)
    };
    // One that this run stored stands on several lines.
    let of_run = |login: &WrittenLogin| run.stored.iter().find(|stored| stored.is_of_machine(login));
    if let Some(login) = logins.iter().find(|login| of_run(login).is_some_and(|stored| stored != *login)) {
        return Err(format!(
            "another login for {} was stored just now; take this one out by hand",
            login.machine
        ));
    }
    let is_of_run = |login: &WrittenLogin| of_run(login).is_some();
    if let Some(login) = logins.iter().find(|login| is_listed(login) && !is_of_run(login)) {
        return Err(format!(
            "`gvmr auth` stores a login for {} already; take this one out by hand, or `gvmr auth remove` that one",
            login.machine
        ));
    }
    let new: Vec<_> = logins.into_iter().filter(|login| !is_of_run(login)).collect();
    keep(&changes, id, run)?;
    if !new.is_empty() {
        for file in credentials.files() {
            let known = run.record.made.iter().any(|(made, _)| *made == file);
            if let (false, Ok((FileState::Absent { directories }, _))) =
                (known, Edited::Path(file.clone()).look())
            {
                run.record.made.push((file, directories));
            }
        }
    }
    for new in new {
        let WrittenLogin { kind, machine, login, secret } = new.clone();
        let wanted = CredentialEntry { kind, machine, login, place: SecretStore::Keyring };
        run.record.logins.push((kind.word().to_owned(), wanted.machine.clone()));
        run.write().map_err(words)?;
        context.waiting(|wait| credentials.keep(&wanted, &secret, keyring.as_ref(), wait)).map_err(words)?;
        run.stored.push(new);
    }
    apply(&mut Changes::prepare(&[edit], Direction::Make))
}

fn with_hint(error: &impl Display, hint: Option<impl Display>) -> String {
    hint.map_or_else(|| error.to_string(), |hint| format!("{error}; {hint}"))
}
