#!/usr/bin/env python3
"""Makes the wheel of one architecture: packaging/wheel.py STAGE OUT ARCH VERSION.

Takes the top folder of that architecture's archive; writes gvmr-VERSION-py3-none-….whl with both programs as scripts.
Needs only Python's library. The same STAGE and SOURCE_DATE_EPOCH give the same bytes.
"""

import base64
import hashlib
import os
import sys
import time
import tomllib
import zipfile
from pathlib import Path

# The programs are static, so they run on glibc and musl alike. The tags are the oldest that installers know.
PLATFORMS = {
    "x86_64": ["manylinux_2_17_x86_64", "musllinux_1_1_x86_64"],
    "aarch64": ["manylinux_2_17_aarch64", "musllinux_1_1_aarch64"],
    "riscv64": ["manylinux_2_31_riscv64", "musllinux_1_2_riscv64"],
}
LICENSES = ["LICENSE-APACHE", "LICENSE-MIT", "THIRD-PARTY-LICENSES"]
CARGO_TOML = Path(__file__).parent.parent / "Cargo.toml"


def metadata(version: str, readme: str) -> str:
    cargo = tomllib.loads(CARGO_TOML.read_text())
    workspace = cargo["workspace"]["package"]
    headers = [
        "Metadata-Version: 2.4",
        "Name: gvmr",
        f"Version: {version}",
        f"Summary: {cargo['package']['description']}",
        f"License-Expression: {workspace['license']}",
        *(f"License-File: {name}" for name in LICENSES),
        f"Keywords: {','.join(cargo['package']['keywords'])}",
        f"Project-URL: Source, {workspace['repository']}",
        "Classifier: Environment :: Console",
        "Classifier: Operating System :: POSIX :: Linux",
        "Classifier: Topic :: Software Development :: Build Tools",
        "Description-Content-Type: text/markdown; charset=UTF-8; variant=GFM",
    ]
    return "\n".join(headers) + "\n\n" + readme


def wheel_file(platforms: list[str]) -> str:
    headers = ["Wheel-Version: 1.0", "Generator: gvmr", "Root-Is-Purelib: false"]
    return "\n".join(headers + [f"Tag: py3-none-{platform}" for platform in platforms]) + "\n"


def record(files: dict[str, bytes], own_name: str) -> bytes:
    def line(name: str, content: bytes) -> str:
        digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
        return f"{name},sha256={digest},{len(content)}\n"

    lines = [line(name, content) for name, content in files.items()]
    return ("".join(lines) + f"{own_name},,\n").encode()


def contents(stage: Path, platforms: list[str], version: str) -> dict[str, bytes]:
    documents = stage / "share/doc/gvmr"
    scripts, info = f"gvmr-{version}.data/scripts", f"gvmr-{version}.dist-info"
    files = {f"{scripts}/{name}": (stage / "bin" / name).read_bytes() for name in ["gvmr", "gvmr-shim"]}
    files |= {f"{info}/licenses/{name}": (documents / name).read_bytes() for name in LICENSES}
    files[f"{info}/METADATA"] = metadata(version, (documents / "README.md").read_text()).encode()
    files[f"{info}/WHEEL"] = wheel_file(platforms).encode()
    files[f"{info}/RECORD"] = record(files, f"{info}/RECORD")
    return files


def write(path: Path, files: dict[str, bytes], seconds: int) -> None:
    # A zip knows no time before 1980.
    when = max(time.gmtime(seconds)[:6], (1980, 1, 1, 0, 0, 0))
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name, content in files.items():
            entry = zipfile.ZipInfo(name, when)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 3  # Unix, so the mode counts
            entry.external_attr = (0o100755 if ".data/scripts/" in name else 0o100644) << 16
            archive.writestr(entry, content)


def main() -> None:
    if len(sys.argv) != 5 or sys.argv[3] not in PLATFORMS:
        sys.exit(f"usage: packaging/wheel.py STAGE OUT {'|'.join(PLATFORMS)} VERSION")
    stage, out, platforms, version = Path(sys.argv[1]), Path(sys.argv[2]), PLATFORMS[sys.argv[3]], sys.argv[4]
    path = out / f"gvmr-{version}-py3-none-{'.'.join(platforms)}.whl"
    write(path, contents(stage, platforms, version), int(os.environ["SOURCE_DATE_EPOCH"]))


main()
