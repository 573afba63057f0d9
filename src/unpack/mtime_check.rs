//! Large files begin their way to the disk while others are still written, so that the commit's sync has less to wait for.

use std::fs::File;
use std::sync::mpsc::{Sender, channel};
use std::thread::{Builder, Scope};

/// Files of this many bytes are worth it.
const LARGE: u64 = 1 << 20;

/// Where written files are handed to.
pub(super) struct Early(Sender<File>);

impl Early {
    /// Begins a thread that ends when this is dropped. Where no thread can be had, the commit's own sync does all of it.
    pub(super) fn begin<'scope>(scope: &'scope Scope<'scope, '_>) -> Self {
        let (large, written) = channel::<File>();
        let _ = Builder::new().name("sync".to_owned()).spawn_scoped(scope, move || {
            for file in written {
                let _ = file.sync_data(); // a failure shows again at the commit
            }
        });
        Self(large)
    }

    /// Takes a file with all its `bytes` written.
    pub(super) fn take(&self, file: File, bytes: u64) {
        if bytes >= LARGE {
            let _ = self.0.send(file); // the other side has stopped: the commit syncs it
        }
    }
}
