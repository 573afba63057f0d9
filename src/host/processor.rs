//! The processor: what it can, against what the official archives of each platform were compiled for.
//!
//! Takes `/proc/cpuinfo`, whose fields differ from architecture to architecture. What it does not say counts as there.

use super::root::Root;
use super::verdict::{HostReason, Release};
use super::{Fact, Host};
use std::collections::BTreeMap;

const SOURCE: &str = "/proc/cpuinfo";

/// What the kernel says of the first processor.
#[derive(Clone, Debug, Default)]
pub(super) struct Processor {
    fields: BTreeMap<String, String>,
}

impl Processor {
    pub(super) fn look(root: &Root) -> Self {
        Self::parse(&root.text(SOURCE).unwrap_or_default())
    }

    fn parse(text: &str) -> Self {
        let mut fields = BTreeMap::new();
        for (name, value) in text.lines().filter_map(|line| line.split_once(':')) {
            fields.entry(name.trim().to_owned()).or_insert_with(|| value.trim().to_owned());
        }
        Self { fields }
    }

    fn field(&self, name: &str) -> Option<&str> {
        self.fields.get(name).map(String::as_str)
    }

    /// Whether the words of a field hold all of `words`; `None` where there is no such field.
    fn has(&self, field: &str, words: &str) -> Option<bool> {
        let found: Vec<_> = self.field(field)?.split_whitespace().collect();
        Some(words.split_whitespace().all(|word| found.contains(&word)))
    }

    /// The x86-64 level, 1 to 4, as GOAMD64 counts them; `None` where no flags are told.
    pub(super) fn level(&self) -> Option<usize> {
        const LEVELS: [&str; 3] = [
            "cx16 lahf_lm popcnt pni sse4_1 sse4_2 ssse3",
            "avx avx2 bmi1 bmi2 f16c fma abm movbe xsave",
            "avx512f avx512bw avx512cd avx512dq avx512vl",
        ];
        self.field("flags")?;
        Some(1 + LEVELS.iter().take_while(|level| self.has("flags", level) == Some(true)).count())
    }

    pub(super) fn facts(&self, arch: &str) -> Vec<Fact> {
        const NAMES: [&str; 6] = ["model name", "cpu model", "Model Name", "Processor", "cpu", "uarch"];
        let name = NAMES.iter().find_map(|name| self.field(name)).unwrap_or("not named");
        let mut facts = vec![Fact::new("processor", name, SOURCE)];
        if let Some(level) = self.level().filter(|_| arch == "amd64") {
            facts.push(Fact::new("processor-level", format!("v{level} (official releases need v1)"), SOURCE));
        }
        facts
    }

    /// The number behind `POWER`: 9 for `POWER9 (architected), altivec supported`.
    fn power(&self) -> Option<u32> {
        let rest = self.field("cpu")?.strip_prefix("POWER")?;
        rest.split(|character: char| !character.is_ascii_digit()).next()?.parse().ok()
    }

    /// The letters of the base instruction set: `imafdc` of `rv64imafdc_zicsr`.
    fn riscv_letters(&self) -> Option<String> {
        let letters = self.field("isa")?.strip_prefix("rv64")?.split('_').next()?;
        Some(letters.replace('g', "imafd"))
    }
}

pub(super) fn reasons(host: &Host, release: &Release<'_>) -> Vec<HostReason> {
    let processor = &host.processor;
    let reason = match release.arch {
        "386" => no_sse2(processor, release),
        "arm" => old_arm(processor, &host.uname.machine),
        "ppc64" | "ppc64le" => processor.power().filter(|power| *power < 8).map(|power| {
            let text = format!("it needs POWER8 or later, and {SOURCE} reports POWER{power}");
            HostReason::cannot("cpu-power", text)
        }),
        "s390x" => (processor.has("features", "vx") == Some(false)).then(|| {
            let text =
                format!("it needs a z13 or later, and {SOURCE} does not list the vector facility (vx)");
            HostReason::warning("cpu-z", text)
        }),
        "riscv64" => no_rv64gc(processor),
        "mips" | "mipsle" | "mips64" | "mips64le" => no_mips_fpu(processor),
        _ => None, // amd64 and arm64 ask for what every such processor has
    };
    reason.into_iter().collect()
}

fn no_sse2(processor: &Processor, release: &Release<'_>) -> Option<HostReason> {
    if processor.has("flags", "sse2") != Some(false) || !release.since(16, 0) {
        return None;
    }
    let text =
        format!("it needs SSE2, which {SOURCE} does not list; a source build with GO386=softfloat does not");
    Some(HostReason::cannot("cpu-sse2", text).build_helps(true))
}

/// The archive for 32-bit ARM is compiled with GOARM=6: version 6 of the architecture and its floating point unit.
fn old_arm(processor: &Processor, machine: &str) -> Option<HostReason> {
    let version =
        processor.field("CPU architecture").map(|text| text.trim_end_matches(|c: char| !c.is_ascii_digit()));
    let version = version.and_then(|text| text.parse::<u32>().ok());
    if version.is_some_and(|version| version < 6) || (version.is_none() && machine.starts_with("armv5")) {
        let text = format!("its archive needs ARMv6, and this is an ARMv5 ({SOURCE}, {machine})");
        return Some(HostReason::cannot("cpu-armv5", text).build_helps(true));
    }
    let old = version.is_some_and(|version| version < 8); // an ARMv8 always has one, and may call it `fp`
    if !old || processor.has("Features", "vfp") != Some(false) {
        return None;
    }
    let text =
        format!("its archive is built with GOARM=6 and needs a VFP unit, which {SOURCE} does not list");
    Some(HostReason::cannot("cpu-vfp", text).build_helps(true))
}

fn no_rv64gc(processor: &Processor) -> Option<HostReason> {
    let letters = processor.riscv_letters()?;
    let missing: String = "imafdc".chars().filter(|letter| !letters.contains(*letter)).collect();
    let text = format!("it needs rv64gc, and {SOURCE} does not list: {missing}");
    (!missing.is_empty()).then(|| HostReason::cannot("cpu-riscv", text))
}

fn no_mips_fpu(processor: &Processor) -> Option<HostReason> {
    let model = processor.field("cpu model")?;
    let text = format!(
        "it needs a floating-point unit, which {SOURCE} does not list ({model}); the kernel must emulate one, or build \
         it from source with GOMIPS=softfloat"
    );
    (!model.contains("FPU")).then(|| HostReason::warning("cpu-fpu", text).build_helps(true))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn levels() {
        let v1 = "flags\t\t: fpu sse sse2 lm";
        let v2 = format!("{v1} cx16 lahf_lm popcnt pni sse4_1 sse4_2 ssse3");
        let v3 = format!("{v2} avx avx2 bmi1 bmi2 f16c fma abm movbe xsave");
        let v4 = format!("{v3} avx512f avx512bw avx512cd avx512dq avx512vl");
        let level = |text: &str| Processor::parse(text).level();
        assert_eq!([level(v1), level(&v2), level(&v3), level(&v4)], [Some(1), Some(2), Some(3), Some(4)]);
        assert_eq!(level(&v4.replace(" avx2", "")), Some(2));
        assert_eq!(level("model name: x"), None);
    }

    proptest::proptest! {
        #[test]
        fn no_text_makes_it_panic(
            name in "(isa|cpu|CPU architecture|flags|Features|cpu model)?", value in "(rv64|POWER)?.{0,30}",
        ) {
            let processor = Processor::parse(&format!("{name}\t: {value}\n{value}"));
            let _ = (processor.level(), processor.power(), processor.riscv_letters(), processor.facts("amd64"));
            let _ = (old_arm(&processor, &value), no_rv64gc(&processor), no_mips_fpu(&processor));
        }
    }
}
