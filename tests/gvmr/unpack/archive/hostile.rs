//! Release archives made to harm: each must be an error of the right kind, and nothing outside the staging directory
//! may change.

use super::super::hostile::{CLASHES, NAMES, refuses_all};
use super::{small, small_zip, unpack, with};
use crate::support::tar::{Entry, GNU, Gzip, Tar, xz};
use crate::support::zip::{self, Zip};
use gvmr::unpack::Format;
use liblzma::stream::{Check, Filters, LzmaOptions, Stream};
use std::io::Write as _;

/// A name for the case, the kind of error, a word of its text, and the forgery.
type Case<Forgery> = (&'static str, &'static str, &'static str, Forgery);

/// The entry that most forgeries change: `go/bin/go`, a file.
const FILE: usize = 5;
/// A directory: `go/src/`.
const DIRECTORY: usize = 6;
/// A file that is dropped: `go/api/go1.txt`.
const DROPPED: usize = 3;

const FORGERIES: &[Case<fn(&mut Tar)>] = &[
    ("no entries", "malformed", "number of files", |tar| tar.entries.clear()),
    ("directories only", "malformed", "number of files", |tar| {
        tar.entries.retain(|entry| entry.kind == b'5');
    }),
    // Kinds of entries.
    ("a hard link", "refused", "links", |tar| link(tar, b'1', "go/VERSION")),
    ("a hard link to outside", "refused", "links", |tar| link(tar, b'1', "/etc/passwd")),
    ("a symbolic link", "refused", "links", |tar| link(tar, b'2', "go")),
    ("a symbolic link to outside", "refused", "links", |tar| link(tar, b'2', "../../outside/kept")),
    ("a link in a dropped directory", "refused", "links", |tar| tar.entries[DROPPED].kind = b'2'),
    ("a link in a directory's place", "refused", "links", |tar| tar.entries[DIRECTORY].kind = b'2'),
    ("a character device", "refused", "devices", |tar| tar.entries[FILE].kind = b'3'),
    ("a block device", "refused", "devices", |tar| tar.entries[FILE].kind = b'4'),
    ("a FIFO", "refused", "devices", |tar| tar.entries[FILE].kind = b'6'),
    ("a contiguous file", "refused", "only files", |tar| tar.entries[FILE].kind = b'7'),
    ("an old regular file", "refused", "only files", |tar| tar.entries[FILE].kind = 0),
    ("a sparse file", "refused", "sparse", |tar| {
        (tar.entries[FILE].kind, tar.entries[FILE].magic) = (b'S', GNU);
    }),
    ("a dumped directory", "refused", "only files", |tar| tar.entries[DIRECTORY].kind = b'D'),
    ("a multi-volume part", "refused", "only files", |tar| tar.entries[FILE].kind = b'M'),
    ("a volume label", "refused", "only files", |tar| tar.entries[FILE].kind = b'V'),
    ("an old long name", "refused", "only files", |tar| tar.entries[FILE].kind = b'N'),
    ("records of Sun's", "refused", "only files", |tar| tar.entries[FILE].kind = b'X'),
    ("an unknown kind", "refused", "only files", |tar| tar.entries[FILE].kind = b'8'),
    ("a kind beyond ASCII", "refused", "only files", |tar| tar.entries[FILE].kind = 0xff),
    ("a long link", "refused", "links", |tar| {
        let mut header = Entry::long_name("go/VERSION");
        header.kind = b'K';
        tar.entries.insert(FILE, header);
    }),
    ("a global header", "refused", "global", |tar| {
        let mut header = Entry::pax(&[("path", "go/VERSION2")]);
        header.kind = b'g';
        tar.entries.insert(0, header);
    }),
    ("a file with a link's target", "malformed", "target", |tar| tar.entries[FILE].link = b"x".to_vec()),
    ("a directory with content", "refused", "no content", |tar| {
        tar.entries[DIRECTORY] = Entry { kind: b'5', ..Entry::file("go/src/", b"content") };
    }),
    // Names.
    ("a name without its root", "refused", "go/", |tar| tar.entries[FILE].name = b"bin/go".to_vec()),
    ("a leading dot", "refused", "go/", |tar| tar.entries[FILE].name = b"./go/bin/go".to_vec()),
    ("the root alone as a file", "refused", "go/", |tar| tar.entries[FILE].name = b"go".to_vec()),
    ("an absolute name", "refused", "go/", |tar| tar.entries[FILE].name = b"/go/bin/go".to_vec()),
    ("another root", "refused", "go/", |tar| tar.entries[FILE].name = b"gone/bin/go".to_vec()),
    ("a root of capitals", "refused", "go/", |tar| tar.entries[FILE].name = b"GO/bin/go".to_vec()),
    ("another root's directory", "refused", "go/", |tar| tar.entries[0].name = b"outside/".to_vec()),
    ("an empty name", "refused", "go/", |tar| tar.entries[FILE].name.clear()),
    ("bytes after a name's end", "malformed", "name", |tar| {
        tar.entries[FILE].name = b"go/bin/go\0x".to_vec();
    }),
    ("a way out of a dropped directory", "refused", ". or ..", |tar| {
        tar.entries[DROPPED].name = b"go/api/../../../outside/planted".to_vec();
    }),
    ("odd characters in a dropped directory", "refused", "character", |tar| {
        tar.entries[DROPPED].name = b"go/api/a\x1bb".to_vec();
    }),
    ("letters beyond ASCII in the tree", "refused", "character", |tar| {
        tar.entries[FILE].name = "go/bin/\u{de}foo".as_bytes().to_vec();
    }),
    ("no UTF-8 in a dropped directory", "refused", "character", |tar| {
        tar.entries[DROPPED].name = b"go/api/\xde".to_vec();
    }),
    ("a directory's way out", "refused", ". or ..", |tar| tar.entries[DIRECTORY].name = b"go/../x/".to_vec()),
    ("a directory with two slashes", "refused", "directories", |tar| {
        tar.entries[DIRECTORY].name = b"go/src//".to_vec();
    }),
    ("a directory with an odd name", "refused", "character", |tar| {
        tar.entries[DIRECTORY].name = b"go/s*c/".to_vec();
    }),
    ("a module's go.mod", "refused", "modules", |tar| tar.entries[7].name = b"go/src/_go.mod".to_vec()),
    ("a module's dropped go.mod", "refused", "modules", |tar| {
        tar.entries[10].name = b"go/test/_go.mod".to_vec();
    }),
    ("both go.mod", "refused", "modules", |tar| {
        tar.entries.push(Entry::file("go/src/_go.mod", b"module x\n"));
    }),
    ("a go.mod of capitals", "refused", "lower case", |tar| tar.entries[7].name = b"go/src/GO.mod".to_vec()),
    ("the store's manifest", "refused", "reserved", |tar| {
        tar.entries[FILE].name = b"go/.gvmr-manifest".to_vec();
    }),
    ("a directory in the receipt's place", "refused", "reserved", |tar| {
        tar.entries[DIRECTORY].name = b"go/.gvmr-receipt.json/".to_vec();
    }),
    ("the root twice", "refused", "two directories", |tar| tar.entries.push(Entry::directory("go/"))),
    ("a directory twice", "refused", "two directories", |tar| tar.entries.push(Entry::directory("go/src"))),
    ("a directory of another case", "refused", "case", |tar| tar.entries.push(Entry::directory("go/SRC/"))),
    ("a directory in a file's place", "refused", "file and a directory", |tar| {
        tar.entries.push(Entry::directory("go/bin/go/"));
    }),
    ("a file in a directory's place", "refused", "file and a directory", |tar| {
        tar.entries.push(Entry::file("go/bin", b""));
    }),
    ("a file in a dropped directory's place", "refused", "file and a directory", |tar| {
        tar.entries.push(Entry::file("go/api", b""));
    }),
    ("a dropped file twice", "refused", "two files", |tar| tar.entries.push(tar.entries[DROPPED].clone())),
    ("dropped letters of another case", "refused", "case", |tar| {
        tar.entries.push(Entry::file("go/test/\u{de}", b""));
        tar.entries.push(Entry::file("go/test/\u{fe}", b""));
    }),
    ("a deep name", "limit", "depth", |tar| {
        tar.entries[FILE].name = format!("go/{}x", "d/".repeat(40)).into_bytes();
    }),
    // Fields of a header.
    ("a wrong checksum", "malformed", "checksum", |tar| {
        tar.entries[FILE].checksum = Some(b"000000\0 ".to_vec());
    }),
    ("no checksum", "malformed", "checksum", |tar| tar.entries[FILE].checksum = Some(vec![0; 8])),
    ("no magic", "malformed", "magic", |tar| tar.entries[FILE].magic = [0; 8]),
    ("a magic of neither", "malformed", "magic", |tar| tar.entries[FILE].magic = *b"ustar\0\0\0"),
    ("a size of GNU's base 256", "malformed", "size", |tar| {
        tar.entries[FILE].size = [&[0x80; 1][..], &[0; 11]].concat();
    }),
    ("a negative size", "malformed", "size", |tar| tar.entries[FILE].size = vec![0xff; 12]),
    ("a size with a sign", "malformed", "size", |tar| tar.entries[FILE].size = b"+0000000055".to_vec()),
    ("a size after spaces", "malformed", "size", |tar| tar.entries[FILE].size = b"         55".to_vec()),
    ("a size in decimal", "malformed", "size", |tar| tar.entries[FILE].size = b"00000000049".to_vec()),
    ("two sizes", "malformed", "size", |tar| tar.entries[FILE].size = b"055\x00000055".to_vec()),
    ("no size", "malformed", "size", |tar| tar.entries[FILE].size.clear()),
    ("a huge size", "limit", "all files", |tar| tar.entries[FILE].size = b"77777777777".to_vec()),
    ("a huge size of a dropped file", "limit", "all files", |tar| {
        tar.entries[DROPPED].size = b"77777777777".to_vec();
    }),
    ("a size beyond the end", "malformed", "content", |tar| tar.entries[10].size = b"00000100000".to_vec()),
    ("a smaller size", "malformed", "", |tar| tar.entries[9].size = b"00000000010".to_vec()),
    ("a mode that is no number", "malformed", "mode", |tar| tar.entries[FILE].mode = b"rwxr-xr".to_vec()),
    ("an owner that is no number", "malformed", "owner", |tar| tar.entries[FILE].uid = b"root".to_vec()),
    ("a device's number", "malformed", "device", |tar| tar.entries[FILE].devices[1] = b"0000001".to_vec()),
    ("bytes after the prefix's end", "malformed", "prefix", |tar| tar.entries[FILE].prefix = b"\0x".to_vec()),
    ("bytes after the header's end", "malformed", "unused", |tar| tar.entries[FILE].unused = b"x".to_vec()),
    ("a prefix in a header of GNU's", "malformed", "unused", |tar| {
        (tar.entries[FILE].magic, tar.entries[FILE].prefix) = (GNU, b"go".to_vec());
    }),
    ("a prefix that climbs", "refused", ". or ..", |tar| {
        (tar.entries[FILE].prefix, tar.entries[FILE].name) = (b"go/..".to_vec(), b"planted".to_vec());
    }),
    // Extension headers.
    ("a size of pax", "refused", "pax record", |tar| pax(tar, &[("size", "1")])),
    ("a link's path of pax", "refused", "pax record", |tar| pax(tar, &[("linkpath", "/etc/passwd")])),
    ("a sparse map of pax", "refused", "pax record", |tar| pax(tar, &[("GNU.sparse.major", "1")])),
    ("a sparse name of pax", "refused", "pax record", |tar| pax(tar, &[("GNU.sparse.name", "go/x")])),
    ("a character set of pax", "refused", "pax record", |tar| pax(tar, &[("hdrcharset", "BINARY")])),
    ("an attribute of pax", "refused", "pax record", |tar| pax(tar, &[("SCHILY.xattr.user.x", "y")])),
    ("a comment of pax", "refused", "pax record", |tar| pax(tar, &[("comment", "x")])),
    ("two paths of pax", "refused", "twice", |tar| pax(tar, &[("path", "go/x"), ("path", "go/y")])),
    ("a path of pax that climbs", "refused", ". or ..", |tar| {
        pax(tar, &[("path", "go/../../outside/planted")]);
    }),
    ("an element of 256 bytes", "refused", "255 bytes", |tar| {
        pax(tar, &[("path", &format!("go/src/{}", "x".repeat(256)))]);
    }),
    ("a dropped element of 300 bytes", "refused", "255 bytes", |tar| {
        pax(tar, &[("path", &format!("go/test/{}", "x".repeat(300)))]);
    }),
    ("a path of pax without its root", "refused", "go/", |tar| pax(tar, &[("path", "/etc/cron.d/x")])),
    ("an empty path of pax", "refused", "go/", |tar| pax(tar, &[("path", "")])),
    ("a path of pax that is long", "limit", "length", |tar| {
        pax(tar, &[("path", &format!("go/{}", "x".repeat(401)))]);
    }),
    ("a line's end in a path of pax", "refused", "format", |tar| pax(tar, &[("path", "go/x\ngo/y")])),
    ("a zero in a path of pax", "refused", "format", |tar| pax(tar, &[("path", "go/x\0y")])),
    ("a time of pax that is none", "refused", "time", |tar| pax(tar, &[("mtime", "today")])),
    ("a record that is too long", "refused", "format", |tar| {
        tar.entries.insert(FILE, Entry::pax_raw(b"30 path=go/x\n"));
    }),
    ("a record that is too short", "refused", "format", |tar| {
        tar.entries.insert(FILE, Entry::pax_raw(b"9 path=go/x\n"));
    }),
    ("bytes after the records", "refused", "format", |tar| {
        tar.entries.insert(FILE, Entry::pax_raw(b"13 path=go/xy\n\0\0"));
    }),
    ("an empty header of pax", "refused", "4096", |tar| pax(tar, &[])),
    ("a header of pax that is long", "refused", "4096", |tar| pax(tar, &[("uname", &"x".repeat(4090))])),
    ("two headers of pax", "refused", "one extension", |tar| {
        pax(tar, &[("mtime", "1")]);
        pax(tar, &[("mtime", "2")]);
    }),
    ("a path of pax and a long name", "refused", "one extension", |tar| {
        pax(tar, &[("path", "go/x")]);
        tar.entries.insert(FILE, Entry::long_name("go/y"));
    }),
    ("two long names", "refused", "one extension", |tar| {
        tar.entries.insert(FILE, Entry::long_name("go/x"));
        tar.entries.insert(FILE, Entry::long_name("go/y"));
    }),
    ("a long name that climbs", "refused", ". or ..", |tar| {
        tar.entries.insert(FILE, Entry::long_name("go/../../outside/planted"));
    }),
    ("a long name that is too long", "refused", "4096", |tar| {
        tar.entries.insert(FILE, Entry::long_name(&format!("go/{}", "x".repeat(4096))));
    }),
    ("a long name of two texts", "refused", "one zero", |tar| {
        tar.entries.insert(FILE, Entry::long_name("go/x\0go/y"));
    }),
    ("a long name of another name", "malformed", "long name", |tar| {
        tar.entries.insert(FILE, Entry { name: b"go/x".to_vec(), ..Entry::long_name("go/y") });
    }),
    ("a long name in USTAR", "refused", "only files", |tar| {
        let header = Entry { magic: crate::support::tar::USTAR, ..Entry::long_name("go/y") };
        tar.entries.insert(FILE, header);
    }),
    ("a header of pax for nothing", "malformed", "entry for its header", |tar| {
        tar.entries.push(Entry::pax(&[("path", "go/x")]));
    }),
    ("a long name for a link", "refused", "links", |tar| {
        link(tar, b'2', "x");
        tar.entries.insert(FILE, Entry::long_name("go/y"));
    }),
    // Between and after entries.
    ("padding that is not zero", "malformed", "padding", |tar| {
        let length = tar.entries[FILE].content.len();
        tar.entries[FILE].padding = Some([&vec![0; 511 - length][..], b"x"].concat());
    }),
    ("padding of a dropped file", "malformed", "padding", |tar| {
        let length = tar.entries[DROPPED].content.len();
        tar.entries[DROPPED].padding = Some(vec![b' '; 512 - length]);
    }),
    ("padding of an extension header", "malformed", "padding", |tar| {
        let mut header = Entry::pax_raw(b"11 mtime=1\n");
        header.padding = Some(vec![1; 501]);
        tar.entries.insert(FILE, header);
    }),
    ("a block between entries", "malformed", "", |tar| tar.entries[FILE].before = vec![b'x'; 512]),
    ("zeros between entries", "malformed", "after the end marker", |tar| {
        tar.entries[FILE].before = vec![0; 512];
    }),
    ("an end between entries", "malformed", "after the end marker", |tar| {
        tar.entries[FILE].before = vec![0; 1024];
    }),
    ("no end marker", "malformed", "two blocks", |tar| tar.end.clear()),
    ("half an end marker", "malformed", "two or more", |tar| tar.end.truncate(512)),
    ("an end marker of 1023 bytes", "malformed", "two or more", |tar| tar.end.truncate(1023)),
    ("an odd end", "malformed", "two or more", |tar| tar.end.push(0)),
    ("bytes after the end marker", "malformed", "after the end marker", |tar| tar.end.extend([1; 512])),
    ("an archive after the end marker", "malformed", "after the end marker", |tar| {
        tar.end.extend(small().bytes());
    }),
];

/// Archives that lie in their compression.
const COMPRESSED: &[Case<fn() -> Vec<u8>>] = &[
    ("no gzip", "malformed", "signature", || small().bytes()),
    ("xz in a gzip's place", "malformed", "signature", || small().xz()),
    ("another method", "malformed", "signature", || gzip(|gzip| gzip.header[2] = 7)),
    ("a reserved flag", "malformed", "flags", || gzip(|gzip| gzip.header[3] = 0x80)),
    ("a header's checksum", "malformed", "flags", || gzip(|gzip| gzip.header[3] = 0x02)),
    ("an extra field", "malformed", "flags", || gzip(|gzip| gzip.header[3] = 0x04)),
    ("a comment", "malformed", "flags", || gzip(|gzip| gzip.header[3] = 0x10)),
    ("a long file name", "malformed", "file name", || {
        gzip(|gzip| {
            gzip.header[3] = 8;
            gzip.header.extend([&[b'x'; 300][..], &[0]].concat());
        })
    }),
    ("a wrong CRC", "malformed", "checksum", || gzip(|gzip| gzip.crc ^= 1)),
    ("a wrong size", "malformed", "size", || gzip(|gzip| gzip.size ^= 1)),
    ("a byte after the member", "malformed", "after the only member", || [small().gz(), vec![0]].concat()),
    ("a second member", "malformed", "after the only member", || small().gz().repeat(2)),
    ("an empty second member", "malformed", "after the only member", || {
        [small().gz(), Gzip::of(b"").bytes()].concat()
    }),
    ("a tar cut in two members", "malformed", "after the only member", || {
        let bytes = small().bytes();
        let (one, other) = bytes.split_at(2048);
        [Gzip::of(one).bytes(), Gzip::of(other).bytes()].concat()
    }),
    ("an empty member", "malformed", "two blocks", || Gzip::of(b"").bytes()),
    ("nothing", "truncated", "truncated", Vec::new),
    ("no deflate data", "malformed", "content", || gzip(|gzip| gzip.deflated = vec![0xff; 200])),
];

/// The same for xz.
const XZ: &[Case<fn() -> Vec<u8>>] = &[
    ("no xz", "malformed", "signature", || small().gz()),
    ("lzma", "malformed", "signature", || {
        let stream = Stream::new_lzma_encoder(&LzmaOptions::new_preset(1).unwrap()).unwrap();
        encoded(&small().bytes(), stream)
    }),
    ("a second stream", "malformed", "after the only stream", || small().xz().repeat(2)),
    ("padding of a stream", "malformed", "after the only stream", || [small().xz(), vec![0; 4]].concat()),
    ("a byte after the stream", "malformed", "after the only stream", || [small().xz(), vec![0]].concat()),
    ("no integrity check", "malformed", "integrity", || {
        encoded(&small().bytes(), Stream::new_easy_encoder(1, Check::None).unwrap())
    }),
    ("a wrong integrity check", "malformed", "damaged", || {
        let mut bytes = small().xz();
        let at = bytes.len() - 12 - 12; // footer and index lie behind the check
        bytes[at] ^= 1;
        bytes
    }),
    ("a dictionary of 64 MiB", "limit", "memory", || with_dictionary(64 << 20)),
    ("a dictionary of 1.5 GiB", "limit", "memory", || with_dictionary(1536 << 20)),
    ("a dictionary of 4 GiB", "limit", "memory", || {
        // Block header: its size, flags, filter, size of properties, the dictionary, padding, checksum.
        let mut bytes = small().xz();
        assert_eq!(bytes[12..16], [2, 0, 0x21, 1]);
        bytes[16] = 40;
        let mut crc = flate2::Crc::new();
        crc.update(&bytes[12..20]);
        bytes[20..24].copy_from_slice(&crc.sum().to_le_bytes());
        bytes
    }),
    ("a cut stream", "truncated", "truncated", || {
        let mut bytes = small().xz();
        bytes.truncate(bytes.len() - 1);
        bytes
    }),
    ("a link", "refused", "links", || {
        let mut tar = small();
        link(&mut tar, b'2', "go");
        tar.xz()
    }),
    ("no end marker", "malformed", "two blocks", || xz(&small().bytes()[..small().bytes().len() - 1024])),
];

/// And for zips, where the tables of the modules' zips hold for everything but names.
const ZIP: &[Case<fn(&mut Zip)>] = &[
    ("a name without its root", "refused", "go/", |zip| zip.files[1].rename(b"bin/go")),
    ("a module's name", "refused", "go/", |zip| {
        zip.files[1].rename(format!("{}bin/go", zip::PREFIX).as_bytes());
    }),
    ("a way out", "refused", ". or ..", |zip| zip.files[1].rename(b"go/../../outside/planted")),
    ("a module's go.mod", "refused", "modules", |zip| zip.files[1].rename(b"go/src/_go.mod")),
    ("a directory", "refused", "directories", |zip| zip.files[1].rename(b"go/bin/")),
    ("a link", "refused", "links", |zip| zip.files[2].external = 0o120_777 << 16),
    ("a dropped file's checksum", "malformed", "checksum", |zip| {
        zip.files[1].descriptor.as_mut().unwrap().1[0] ^= 1;
    }),
    ("letters without their flag", "malformed", "flags", |zip| {
        zip.files[1].rename("go/api/\u{de}".as_bytes());
    }),
    ("a letters' flag without them", "malformed", "flags", |zip| {
        (zip.files[1].local.flags, zip.files[1].central.flags) = (0x808, 0x808);
    }),
    ("bytes after", "malformed", "after the end", |zip| zip.after = vec![0]),
];

fn link(tar: &mut Tar, kind: u8, target: &str) {
    let name = String::from_utf8(tar.entries[FILE].name.clone()).unwrap();
    tar.entries[FILE] = Entry { kind, link: target.as_bytes().to_vec(), ..Entry::file(&name, b"") };
}

fn pax(tar: &mut Tar, records: &[(&str, &str)]) {
    tar.entries.insert(FILE, Entry::pax(records));
}

fn gzip(forge: fn(&mut Gzip)) -> Vec<u8> {
    let mut gzip = Gzip::of(&small().bytes());
    forge(&mut gzip);
    gzip.bytes()
}

fn encoded(content: &[u8], stream: Stream) -> Vec<u8> {
    let mut encoder = liblzma::write::XzEncoder::new_stream(Vec::new(), stream);
    encoder.write_all(content).unwrap();
    encoder.finish().unwrap()
}

fn with_dictionary(bytes: u32) -> Vec<u8> {
    let mut options = LzmaOptions::new_preset(0).unwrap();
    options.dict_size(bytes);
    encoded(
        &small().bytes(),
        Stream::new_stream_encoder(Filters::new().lzma2(&options), Check::Crc32).unwrap(),
    )
}

#[test]
fn forged_tars_are_errors_in_gzip_and_in_xz() {
    for (case, kind, word, forge) in FORGERIES {
        let mut tar = small();
        forge(&mut tar);
        refuses_all(case, kind, word, |tree| unpack(&tar.gz(), Format::TarGz, tree));
        refuses_all(case, kind, word, |tree| unpack(&tar.xz(), Format::TarXz, tree));
    }
}

#[test]
fn forged_compression_is_an_error() {
    for (format, cases) in [(Format::TarGz, COMPRESSED), (Format::TarXz, XZ)] {
        for (case, kind, word, forge) in cases {
            refuses_all(case, kind, word, |tree| unpack(&forge(), format, tree));
        }
    }
}

#[test]
fn forged_zips_are_errors() {
    for (case, kind, word, forge) in ZIP {
        let mut zip = small_zip();
        forge(&mut zip);
        refuses_all(case, kind, word, |tree| unpack(&zip.bytes(), Format::Zip, tree));
    }
}

/// Names that a header of a tar can hold and a release archive may not.
fn names() -> impl Iterator<Item = (&'static str, &'static str)> {
    let names = NAMES.iter().copied().filter(|(name, _)| !name.contains('\0'));
    // These tables are the modules'; what an archive calls its go.mod has cases of its own.
    names.filter(|(_, word)| !matches!(*word, "go.mod" | "lower case"))
}

#[test]
fn forbidden_names_are_errors_wherever_they_are_written() {
    for (name, word) in names() {
        let name = format!("go/{name}");
        let mut plain = small();
        plain.entries[FILE].name = name.clone().into_bytes();
        let mut directory = small();
        directory.entries[DIRECTORY].name = format!("{name}/").into_bytes();
        let mut tars = vec![plain, with(small(), FILE, Entry::long_name(&name))];
        if !name.contains('\n') {
            tars.push(with(small(), FILE, Entry::pax(&[("path", &name)])));
        }
        for tar in tars {
            refuses_all(&name, "refused", word, |tree| unpack(&tar.gz(), Format::TarGz, tree));
        }
        if !name.ends_with('/') {
            refuses_all(&name, "refused", word, |tree| unpack(&directory.gz(), Format::TarGz, tree));
        }
    }
}

#[test]
fn clashing_names_are_errors_in_either_order() {
    for (name, word) in CLASHES {
        let mut tar = small();
        tar.entries.push(Entry::file(&format!("go/{name}"), b"other"));
        refuses_all(name, "refused", word, |tree| unpack(&tar.gz(), Format::TarGz, tree));
        tar.entries.rotate_right(1);
        refuses_all(name, "refused", word, |tree| unpack(&tar.gz(), Format::TarGz, tree));
    }
}

#[test]
fn the_corpus_is_large() {
    let forged = FORGERIES.len() + COMPRESSED.len() + XZ.len() + ZIP.len();
    assert!(forged >= 150, "{forged} and {} names", names().count() + CLASHES.len());
}
