//! Made-up machines and what each release would do on them.

use super::fake_root::{
    AMD64, ARM, ARM64, I386, LOONG64, MIPS, MIPS64LE, Machine, PPC64, PPC64LE, RISCV64, S390X,
};
use super::{facts, verdict, version};
use gvmr::host::HostVerdict::{self, CannotRun as No, Runs as Yes, RunsWithWarning as Warns};
use gvmr::host::{Clone3, Host};

/// Asserts each version's verdict and the words of its reasons.
#[track_caller]
fn judges(host: &Host, cases: &[(&str, HostVerdict, &[&str])]) {
    for (text, expected, ids) in cases {
        assert_eq!(verdict(host, text), (*expected, ids.to_vec()), "Go {text} on {:#?}", host.facts());
    }
}

/// Asserts that the text of a version's worst reason holds all of `words`.
#[track_caller]
fn says(host: &Host, text: &str, words: &[&str]) {
    let assessment = host.assess(&version(text));
    let reason = &assessment.reasons[0].text;
    for word in words {
        assert!(reason.contains(word), "{reason:?} lacks {word:?}");
    }
}

#[test]
fn alpine_runs_what_is_static() {
    let host = Machine::alpine().host();
    assert!(host.is_musl());
    assert_eq!(host.platform().to_string(), "linux-amd64");
    assert_eq!(facts(&host, "c-library"), ["musl 1.2.5"]);
    judges(
        &host,
        &[
            ("1.4.3", No, &["loader-missing"]),
            ("1.19.13", No, &["loader-missing"]),
            ("1.20.14", No, &["loader-missing"]),
            ("1.21rc2", Yes, &[]),
            ("1.21", Yes, &[]),
            ("1.21.0", Yes, &[]),
            ("1.27.4", Yes, &[]),
        ],
    );
    says(
        &host,
        "1.19.13",
        &["/lib64/ld-linux-x86-64.so.2 does not exist", "is musl", "no official musl archive"],
    );
    assert!(host.assess(&version("1.19.13")).reasons[0].build_helps);
    let i386 = Machine::new("6.6.31-0-lts", "i686").elf("/bin/sh", I386, None, b"").host();
    judges(&i386, &[("1.20.14", No, &["loader-missing"]), ("1.21.0", Yes, &[])]);
    says(&i386, "1.20.14", &["/lib/ld-linux.so.2 does not exist", "not measured"]);
}

#[test]
fn alpine_with_glibcs_name_on_musls_loader() {
    let host = Machine::alpine().link("/lib64/ld-linux-x86-64.so.2", "../lib/ld-musl-x86_64.so.1").host();
    let cases: &[(_, _, &[_])] = &[
        ("1.19.13", Warns, &["loader-is-musl"]),
        ("1.20rc1", No, &["library-missing"]),
        ("1.20.14", No, &["library-missing"]),
        ("1.21.0", Yes, &[]),
    ];
    judges(&host, cases);
    says(&host, "1.20", &["libresolv.so.2", "/lib/ld-musl-x86_64.so.1"]);

    let gcompat = Machine::alpine()
        .elf("/lib/ld-linux-x86-64.so.2", AMD64, None, b"/lib/ld-musl-x86_64.so.1\0/lib/libgcompat.so.0\0")
        .link("/lib64/ld-linux-x86-64.so.2", "/lib/ld-linux-x86-64.so.2");
    judges(&gcompat.host(), cases);
    let with_resolver = gcompat.elf("/lib/libresolv.so.2", AMD64, None, b"").host();
    judges(&with_resolver, &[("1.20.14", Warns, &["loader-is-musl"])]);
    says(&with_resolver, "1.20.14", &["gcompat"]);
}

#[test]
fn old_distributions_are_old_in_their_kernel_and_new_enough_in_their_glibc() {
    let wheezy = Machine::debian("3.2.0-4-amd64", "2.13").host();
    judges(&wheezy, &[("1.4.3", Yes, &[]), ("1.20.14", Yes, &[]), ("1.27.4", Yes, &[])]);
    let centos = Machine::new("2.6.32-754.el6.x86_64", "x86_64")
        .glibc(AMD64, "/lib64/ld-linux-x86-64.so.2", "/lib64", "2.12")
        .host();
    assert_eq!(facts(&centos, "c-library"), ["glibc 2.12"]);
    judges(&centos, &[("1.19", Yes, &[]), ("1.23.12", Yes, &[]), ("1.24.0", Warns, &["kernel-old"])]);
    says(&centos, "1.24.0", &["Linux 3.2", "2.6.32-754.el6.x86_64"]);
    let older = Machine::debian("2.6.18-419.el5", "2.2.5").host();
    judges(&older, &[("1.4.3", Warns, &["kernel-old"]), ("1.16.15", No, &["glibc-old", "kernel-old"])]);
    let centos7 = Machine::debian("3.10.0-1160.el7.x86_64", "2.17").host();
    judges(&centos7, &[("1.20.14", Yes, &[]), ("1.27rc1", Yes, &[])]);
    let arm64 = |glibc| {
        let machine = Machine::new("4.9.0", "aarch64");
        machine.glibc(ARM64, "/lib/ld-linux-aarch64.so.1", "/lib/aarch64-linux-gnu", glibc).host()
    };
    judges(&arm64("2.17"), &[("1.8.4", No, &["no-release"]), ("1.8.5", Yes, &[]), ("1.20", Yes, &[])]);
    judges(&arm64("2.16"), &[("1.20", No, &["glibc-old"]), ("1.21.0", Yes, &[])]);
}

#[test]
fn a_32_bit_userland_on_a_64_bit_kernel() {
    let pi = Machine::new("6.1.21-v8+", "aarch64")
        .glibc(ARM, "/lib/ld-linux-armhf.so.3", "/lib/arm-linux-gnueabihf", "2.31")
        .text(
            "/proc/cpuinfo",
            "processor\t: 0\nFeatures\t: fp asimd evtstrm crc32 cpuid\nCPU architecture: 8\n",
        )
        .host();
    assert_eq!(pi.platform().to_string(), "linux-arm");
    judges(&pi, &[("1.5.4", No, &["no-release"]), ("1.20.14", Yes, &[]), ("1.26.0", Yes, &[])]);
    let i386 =
        Machine::new("5.10.0", "x86_64").glibc(I386, "/lib/ld-linux.so.2", "/lib/i386-linux-gnu", "2.31");
    assert_eq!(i386.host().platform().to_string(), "linux-386");
    let foreign =
        i386.without("/lib/i386-linux-gnu/libc.so.6").elf("/lib/libc.so.6", AMD64, None, b"").host();
    judges(&foreign, &[("1.20", No, &["library-missing"]), ("1.21.0", Yes, &[])]);
}

#[test]
fn systems_without_the_usual_directories() {
    let distroless = Machine::new("6.1.0", "x86_64").host();
    assert!(!distroless.is_musl());
    assert_eq!(facts(&distroless, "c-library"), ["none"]);
    if distroless.platform().arch() == "amd64" {
        judges(&distroless, &[("1.20", No, &["loader-missing"]), ("1.21.0", Yes, &[])]);
        says(&distroless, "1.20", &["no C library"]);
    }
    let nixos = Machine::new("6.6.30", "x86_64")
        .glibc(
            AMD64,
            "/nix/store/abc-glibc-2.39/lib/ld-linux-x86-64.so.2",
            "/nix/store/abc-glibc-2.39/lib",
            "2.39",
        )
        .host();
    assert_eq!(facts(&nixos, "c-library"), ["glibc 2.39"]);
    judges(&nixos, &[("1.20", No, &["loader-missing"]), ("1.21.0", Yes, &[])]);
    says(&nixos, "1.20", &["has its loader elsewhere"]);
    let stub = Machine::alpine().elf("/lib64/ld-linux-x86-64.so.2", AMD64, None, b"cannot run").host();
    judges(&stub, &[("1.20", Warns, &["loader-unknown"]), ("1.21.0", Yes, &[])]);
    let termux = Machine::new("5.10.43-android12-9", "aarch64")
        .elf("/system/bin/sh", ARM64, Some("/system/bin/linker64"), b"")
        .elf("/system/bin/linker64", ARM64, None, b"")
        .host();
    assert_eq!(facts(&termux, "c-library"), ["Android's bionic"]);
    judges(&termux, &[("1.20", No, &["loader-missing"]), ("1.21.0", Warns, &["android"])]);
}

#[test]
fn processors() {
    let cpuinfo = |header, name: &str, text: &str| {
        let machine = Machine::new("6.1.0", name).text("/proc/cpuinfo", text);
        machine.elf("/bin/sh", header, None, b"").host()
    };
    let old = "Processor\t: Feroceon 88FR131 rev 1 (v5l)\nFeatures\t: swp half thumb fastmult edsp\nCPU architecture: 5TE\n";
    judges(&cpuinfo(ARM, "armv5tel", old), &[("1.22.0", No, &["cpu-armv5"])]);
    let first_pi = "model name\t: ARMv6-compatible processor rev 7 (v6l)\nFeatures\t: half thumb fastmult vfp edsp java tls\nCPU architecture: 7\n";
    judges(&cpuinfo(ARM, "armv6l", first_pi), &[("1.22.0", Yes, &[])]);
    judges(&cpuinfo(ARM, "armv6l", &first_pi.replace(" vfp", "")), &[("1.22.0", No, &["cpu-vfp"])]);
    judges(&cpuinfo(ARM, "armv5tejl", ""), &[("1.22.0", No, &["cpu-armv5"])]);

    let pentium = Machine::new("4.19.0", "i686")
        .glibc(I386, "/lib/ld-linux.so.2", "/lib/i386-linux-gnu", "2.28")
        .text("/proc/cpuinfo", "model name\t: Pentium III\nflags\t\t: fpu mmx fxsr sse\n")
        .host();
    judges(&pentium, &[("1.15.15", Yes, &[]), ("1.16", No, &["cpu-sse2"]), ("1.22.0", No, &["cpu-sse2"])]);
    says(&pentium, "1.22.0", &["GO386=softfloat"]);

    for (power, expected) in [("POWER7 (raw)", No), ("POWER8E (raw)", Yes), ("POWER10", Yes)] {
        let text = format!("processor\t: 0\ncpu\t\t: {power}, altivec supported\n");
        assert_eq!(verdict(&cpuinfo(PPC64LE, "ppc64le", &text), "1.22.0").0, expected, "{power}");
    }
    let z = "vendor_id : IBM/S390\nfeatures\t: esan3 zarch stfle msa ldisp eimm dfp edat etf3eh highgprs te";
    judges(&cpuinfo(S390X, "s390x", z), &[("1.22.0", Warns, &["cpu-z"])]);
    judges(&cpuinfo(S390X, "s390x", &format!("{z} vx sie")), &[("1.22.0", Yes, &[])]);
    for (isa, expected) in [("rv64imafdc_zicsr", Yes), ("rv64gc", Yes), ("rv64imac", No)] {
        let host = cpuinfo(RISCV64, "riscv64", &format!("isa\t\t: {isa}\n"));
        assert_eq!(verdict(&host, "1.22.0").0, expected, "{isa}");
    }
    judges(&cpuinfo(RISCV64, "riscv64", ""), &[("1.20", No, &["no-release"]), ("1.13", No, &["no-release"])]);
    let router = "cpu model\t\t: MIPS 24KEc V5.5\n";
    judges(&cpuinfo(MIPS, "mips", router), &[("1.22.0", Warns, &["cpu-fpu"])]);
    judges(&cpuinfo(MIPS, "mips", "cpu model\t: MIPS 74Kc V4.12  FPU V0.0\n"), &[("1.22.0", Yes, &[])]);
}

#[test]
fn kernels() {
    let kernel = |release: &str, header, text| {
        let host = Machine::new(release, "any").elf("/bin/sh", header, None, b"").host();
        verdict(&host, text).1
    };
    for (release, spoiled) in [
        ("5.1.21", false),
        ("5.2.0", true),
        ("5.3.14-arch1", true),
        ("5.3.15", false),
        ("5.4.0-rc8", true),
        ("5.4.1", true),
        ("5.4.2", false),
        ("unknown", false),
    ] {
        assert_eq!(kernel(release, AMD64, "1.22.0").contains(&"kernel-signals"), spoiled, "{release}");
        assert!(!kernel(release, AMD64, "1.13").contains(&"kernel-signals"), "{release}");
    }
    for (header, release, text, old) in [
        (LOONG64, "4.19.0-loongson", "1.22.0", true),
        (LOONG64, "5.19.0", "1.22.0", false),
        (MIPS64LE, "4.7.10", "1.22.0", true),
        (PPC64, "3.10.0-1160.el7", "1.26.0", false),
        (PPC64, "3.10.0-1160.el7", "1.27.0", true),
        (ARM, "3.0.101", "1.22.0", true),
        (AMD64, "3.1.10", "1.24rc1", true),
        (AMD64, "3.1.10", "1.23.12", false),
        (AMD64, "2.6.27", "1.17.13", false),
        (AMD64, "2.6.27", "1.18", true),
    ] {
        assert_eq!(kernel(release, header, text).contains(&"kernel-old"), old, "{release} {text}");
    }
    let config = |text: &str| Machine::debian("6.1.0", "2.36").config(text);
    judges(&config("CONFIG_EPOLL=y\nCONFIG_FUTEX=y\n").host(), &[("1.22.0", Yes, &[])]);
    let tiny = config("# CONFIG_EPOLL is not set\n# CONFIG_FUTEX is not set\n").host();
    judges(&tiny, &[("1.22.0", No, &["kernel-futex", "kernel-epoll"])]);
    says(&tiny, "1.22.0", &["/proc/config.gz"]);
    let boot =
        Machine::debian("6.1.0-9", "2.36").text("/boot/config-6.1.0-9", "# CONFIG_EPOLL is not set\n").host();
    judges(&boot, &[("1.22.0", No, &["kernel-epoll"])]);
    let bare = Machine::debian("3.16.0", "2.36").without("/proc").without("/dev/urandom").host();
    judges(
        &bare,
        &[("1.8.7", Warns, &["urandom-missing"]), ("1.9", Warns, &["urandom-missing", "proc-missing"])],
    );
}

#[test]
fn filters_hurt_only_what_starts_threads_through_a_new_glibc() {
    let filtered = |glibc, clone3| {
        let machine = Machine::debian("6.1.0", glibc).but(|asked| asked.clone3 = clone3);
        machine.text("/proc/self/status", "NoNewPrivs:\t1\nSeccomp:\t2\nSeccomp_filters:\t1\n").host()
    };
    let refused = filtered("2.36", Clone3::Refused);
    assert_eq!(facts(&refused, "seccomp-process"), ["filtered (1)"]);
    judges(&refused, &[("1.20.14", No, &["clone3-filtered"]), ("1.21.0", Yes, &[])]);
    let unknown = filtered("2.36", Clone3::Unknown);
    judges(&unknown, &[("1.20.14", Warns, &["clone3-unknown"]), ("1.21.0", Yes, &[])]);
    judges(&filtered("2.36", Clone3::Answered), &[("1.20.14", Yes, &[])]);
    judges(&filtered("2.31", Clone3::Unknown), &[("1.20.14", Yes, &[])]);
    judges(&Machine::debian("6.1.0", "2.36").host(), &[("1.20.14", Yes, &[])]);
}

#[test]
fn limits_and_file_systems() {
    let limited = |kibibytes: u64| {
        let text =
            format!("Max address space         {}            unlimited            bytes\n", kibibytes * 1024);
        Machine::debian("6.1.0", "2.36").text("/proc/self/limits", &text).host()
    };
    judges(&limited(400_000), &[("1.13", Yes, &[]), ("1.14", No, &["address-space"])]);
    judges(&limited(720_000), &[("1.27.0", Warns, &["address-space"])]);
    judges(&limited(800_000), &[("1.27.0", Yes, &[])]);
    let few =
        Machine::debian("6.1.0", "2.36").text("/proc/self/limits", "Max processes  20  20  processes\n");
    judges(&few.host(), &[("1.22.0", Warns, &["few-processes"])]);
    assert_eq!(facts(&few.host(), "open-files"), ["no limit"]);
    assert_eq!(facts(&Machine::alpine().host(), "open-files"), ["unknown"]);
    let debian = || Machine::debian("6.1.0", "2.36");
    let home = debian().but(|asked| asked.home.as_mut().unwrap().noexec = true).host();
    judges(&home, &[("1.22.0", No, &["home-noexec"])]);
    assert!(!home.assess(&version("1.22.0")).reasons[0].build_helps);
    let temporary = debian().but(|asked| asked.temporary.as_mut().unwrap().noexec = true).host();
    judges(&temporary, &[("1.22.0", Warns, &["temporary-noexec"])]);
    // Each version asks for the space that it takes: until 1.19 more than 440 MiB, since then half of it.
    let full = debian().but(|asked| asked.home.as_mut().unwrap().bytes = 300 << 20).host();
    judges(&full, &[("1.19.13", Warns, &["home-full"]), ("1.22.0", Yes, &[])]);
    let inodes = debian().but(|asked| asked.home.as_mut().unwrap().files = Some(9)).host();
    judges(&inodes, &[("1.22.0", Warns, &["home-full"])]);
    let uncounted = debian().but(|asked| asked.home.as_mut().unwrap().files = None).host();
    judges(&uncounted, &[("1.22.0", Yes, &[])]);
}

#[test]
fn control_groups() {
    let two = "30 23 0:28 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n";
    let one = "32 31 0:29 / /sys/fs/cgroup/cpu rw - cgroup cgroup rw,cpu\n";
    let word = |mounts: &str| {
        facts(&Machine::debian("6.1.0", "2.36").text("/proc/self/mountinfo", mounts).host(), "cgroup")
    };
    assert_eq!(word(two), ["v2"]);
    assert_eq!(word(one), ["v1"]);
    assert_eq!(word(&format!("{one}{two}")), ["hybrid: v1 and v2"]);
    assert_eq!(word("22 27 0:21 / /proc rw - proc proc rw\n"), ["none"]);
    let quota = |mounts: &str, own: &str, files: &[(&str, &str)]| {
        let machine = Machine::debian("6.1.0", "2.36").text("/proc/self/mountinfo", mounts);
        let machine = machine.text("/proc/self/cgroup", own);
        let machine = files.iter().fold(machine, |machine, (path, text)| machine.text(path, text));
        facts(&machine.host(), "processor-quota")
    };
    let limited = quota(two, "0::/job\n", &[("/sys/fs/cgroup/job/cpu.max", "250000 100000\n")]);
    assert_eq!(limited, ["2.50 (GOMAXPROCS from Go 1.25 on: at most 3)"]);
    assert!(quota(two, "0::/job\n", &[("/sys/fs/cgroup/job/cpu.max", "max 100000\n")]).is_empty());
    let files = [
        ("/sys/fs/cgroup/cpu/cpu.cfs_quota_us", "50000\n"),
        ("/sys/fs/cgroup/cpu/cpu.cfs_period_us", "100000\n"),
    ];
    assert_eq!(
        quota(one, "3:cpu,cpuacct:/\n0::/\n", &files),
        ["0.50 (GOMAXPROCS from Go 1.25 on: at most 2)"]
    );
}

#[test]
fn the_nearest_version_that_runs() {
    let released = ["1.18.10", "1.19.13", "1.20.14", "1.21rc2", "1.21.0", "1.21.13", "1.22.12", "1.24rc1"];
    let released = released.map(version);
    let musl = Machine::alpine().host();
    let nearest = |host: &Host, wanted| host.nearest(&version(wanted), &released).map(ToString::to_string);
    assert_eq!(nearest(&musl, "1.19.5").as_deref(), Some("1.21.13"));
    assert_eq!(nearest(&musl, "1.21.3").as_deref(), Some("1.21.13"));
    assert_eq!(nearest(&musl, "1.23.1").as_deref(), Some("1.22.12"));
    assert_eq!(nearest(&musl, "1.24rc2").as_deref(), Some("1.24rc1"));
    let small = Machine::debian("6.1.0", "2.36").but(|asked| asked.home = None).host();
    assert_eq!(nearest(&small, "1.19").as_deref(), Some("1.19.13"));
    let nowhere = Machine::alpine().config("# CONFIG_EPOLL is not set\n").host();
    assert_eq!(nearest(&nowhere, "1.22.1"), None);
}
