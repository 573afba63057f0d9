"""Writes THIRD-PARTY-LICENSES: the licence of each crate of an SBOM, with its files to the letter, each text once.

Takes SBOM and OUT, in the checkout. A crate without a licence file gets the standard texts in packaging/licences.
"""

import json
import pathlib
import re
import subprocess
import sys

TEXTS = pathlib.Path("packaging/licences")
NAMES = re.compile(r"(un)?licen[cs]es?\b|copying|notice|copyright", re.IGNORECASE)
CODE = {".c", ".h", ".html", ".json", ".py", ".rs", ".sh", ".toml", ".yml"}
OWN = {"gvmr", "gvmr-core"}
# Both programs contain these, too.
LIBRARIES = [
    ("Rust's standard library", "MIT OR Apache-2.0", ["MIT", "Apache-2.0"]),
    ("musl libc", "MIT", ["musl"]),
]


def packages():
    command = ["cargo", "metadata", "--locked", "--format-version=1"]
    metadata = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
    return {(package["name"], package["version"]): package for package in metadata["packages"]}


def files_of(package):
    """The licence files of a package, by path inside it."""
    root = pathlib.Path(package["manifest_path"]).parent
    named = {root / package["license_file"]} if package["license_file"] else set()
    found = {file for file in root.rglob("*") if NAMES.match(file.name) and file.suffix not in CODE}
    files = sorted(file for file in found | named if file.is_file())
    return [(str(file.relative_to(root)), file.read_text(errors="replace")) for file in files]


def standard(names):
    return [(f"standard text of {name}", (TEXTS / f"{name}.txt").read_text()) for name in names]


def section(title, expression, texts, seen):
    """One crate. A text that is above already, letter by letter, is referred to."""
    parts = [f"{'=' * 79}\n{title}\n{expression}\n{'=' * 79}\n"]
    for name, text in texts:
        above = seen.setdefault(text.strip(), f"{name} of {title}")
        same = above != f"{name} of {title}"
        parts.append(f"--- {name}\n\n{f'The same text as {above}, above.' if same else text.strip()}\n")
    return "\n".join(parts)


def main():
    sbom, out = map(pathlib.Path, sys.argv[1:])
    known, seen = packages(), {}
    sections = [section(name, expression, standard(names), seen) for name, expression, names in LIBRARIES]
    for part in json.loads(sbom.read_text())["components"]:
        if part["name"] in OWN:
            continue
        package = known[part["name"], part["version"]]
        expression = package["license"].replace("/", " OR ")
        texts = files_of(package)
        if not texts:
            print(f"no licence file: {part['name']} {part['version']} ({expression})", file=sys.stderr)
            texts = standard(re.split(r" (?:OR|AND) ", expression.strip("()")))
        sections.append(section(f"{part['name']} {part['version']}", expression, texts, seen))
    out.write_text("gvmr is licensed under MIT OR Apache-2.0. Its programs contain:\n\n" + "\n".join(sections))


main()
