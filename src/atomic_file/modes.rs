//! Whether a file system keeps the modes of files, or shows the same for all.

use std::os::fd::AsFd;

/// File systems whose modes are what the mount says: FAT, exFAT, NTFS, shared folders of virtual machines (vboxsf, vmhgfs,
/// 9p, Parallels), SMB, HFS, and FUSE, which hides what is behind it.
const WITHOUT_MODES: [u64; 14] = [
    0x4d44,
    0x2011_bab0,
    0x5346_544e,
    0x7366_746e,
    0x786f_4256,
    0xbacb_acbc,
    0x0102_1997,
    0x7c7c_6673,
    0x517b,
    0xff53_4d42,
    0xfe53_4d42,
    0x4244,
    0x482b,
    0x6573_5546,
];

/// Whether the mode of a file there means anything. One that cannot be asked is taken at its word.
pub fn keeps_modes(file: impl AsFd) -> bool {
    #[allow(clippy::cast_sign_loss, clippy::unnecessary_cast)] // its type differs between architectures
    rustix::fs::fstatfs(file).map_or(true, |found| !is_without_modes(found.f_type as u64))
}

/// The type is signed and 32 bits wide on some machines.
fn is_without_modes(kind: u64) -> bool {
    WITHOUT_MODES.contains(&(kind & 0xffff_ffff))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shared_folders_have_no_modes_and_local_file_systems_do() {
        let smb2 = u64::from(0xfe53_4d42_u32.cast_signed().cast_unsigned());
        for kind in [0x4d44, 0x6573_5546, smb2, 0xffff_ffff_fe53_4d42] {
            assert!(is_without_modes(kind), "{kind:#x}");
        }
        for kind in [0xef53, 0x0102_1994, 0x9123_683e, 0x794c_7630, 0x6969, 0x5846_5342] {
            assert!(!is_without_modes(kind), "{kind:#x}");
        }
        let directory = tempfile::tempdir().unwrap();
        assert!(keeps_modes(std::fs::File::open(directory.path()).unwrap()));
    }
}
