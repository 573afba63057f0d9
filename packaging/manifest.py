"""Describes a release: writes dist.json, its copy dist-VERSION.json, and SHA256SUMS into DIR.

Takes DIR with all files of the release, and VERSION; the day comes from SOURCE_DATE_EPOCH.
"""

import datetime
import hashlib
import json
import os
import pathlib
import re
import sys
import tarfile

KINDS = {
    ".tar.gz": "archive",
    ".deb": "deb",
    ".rpm": "rpm",
    ".apk": "apk",
    ".whl": "wheel",
    ".cdx.json": "sbom",
    ".sh": "script",
}
# Each packer has a name for an architecture; dist.json has the kernel's.
ARCHITECTURES = {"x86_64": "x86_64", "amd64": "x86_64", "aarch64": "aarch64", "arm64": "aarch64", "riscv64": "riscv64"}


def entry(name, kind, content):
    found = re.search("|".join(ARCHITECTURES), name)
    arch = {"arch": ARCHITECTURES[found[0]]} if found else {}
    return {"name": name, "kind": kind, **arch, "size": len(content), "sha256": hashlib.sha256(content).hexdigest()}


def entries(directory):
    for file in directory.iterdir():
        kind = next(kind for ending, kind in KINDS.items() if file.name.endswith(ending))
        yield entry(file.name, kind, file.read_bytes())
        if kind == "archive":
            yield from programs(file)


def programs(archive):
    with tarfile.open(archive) as members:
        for member in members:
            if "/bin/" in member.name and member.isfile():
                name = f"{archive.name}/{member.name.split('/', 1)[1]}"
                yield entry(name, "program", members.extractfile(member).read())


def main():
    directory, version = pathlib.Path(sys.argv[1]), sys.argv[2]
    seconds = int(os.environ["SOURCE_DATE_EPOCH"])
    date = datetime.datetime.fromtimestamp(seconds, datetime.timezone.utc).date()
    files = sorted(entries(directory), key=lambda file: file["name"])
    lines = ",\n    ".join(map(json.dumps, files))
    head = json.dumps({"name": "gvmr", "version": version, "date": str(date)}, indent=2).removesuffix("\n}")
    text = f'{head},\n  "files": [\n    {lines}\n  ]\n}}\n'
    for name in ["dist.json", f"dist-{version}.json"]:
        (directory / name).write_text(text)
    sums = [f"{hashlib.sha256(file.read_bytes()).hexdigest()}  {file.name}\n" for file in sorted(directory.iterdir())]
    (directory / "SHA256SUMS").write_text("".join(sums))


main()
