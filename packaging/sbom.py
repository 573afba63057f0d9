"""Writes what gvmr is made of: a CycloneDX file for TARGET, from the crates that are linked for it or expand its code.

Takes TARGET and OUT, in the checkout, with cargo-cyclonedx on PATH. The file has no time, random number or local path.
"""

import json
import pathlib
import subprocess
import sys


def crates(target):
    """Name and version of every crate that is a normal dependency on this target."""
    tree = ["cargo", "tree", "--locked", "--package=gvmr", "--edges=normal", f"--target={target}", "--prefix=none"]
    lines = subprocess.run(tree, check=True, capture_output=True, text=True).stdout.splitlines()
    return {(line.split()[0], line.split()[1].removeprefix("v")) for line in lines if line}


def generated(target):
    """What cargo-cyclonedx says. It writes beside each manifest of the workspace, so the name must be free."""
    name = f"{target}-sbom"
    command = ["cargo-cyclonedx", "cyclonedx", "--quiet", "--format=json", "--spec-version=1.5", "--no-build-deps"]
    files = [pathlib.Path(f"{name}.json"), pathlib.Path(f"shims/{name}.json")]
    try:
        subprocess.run([*command, f"--target={target}", f"--override-filename={name}"], check=True)
        return files[0].read_text()
    finally:
        for file in files:
            file.unlink(missing_ok=True)


def main():
    target, out = sys.argv[1:]
    text = generated(target)
    here = json.loads(text)["metadata"]["component"]["bom-ref"].split("#")[0]  # as a URL, whatever the path is made of
    bom = json.loads(text.replace(f"{here}/", "").replace(here, ""))
    bom.pop("serialNumber", None)
    bom["metadata"].pop("timestamp", None)
    # Of the features of tests it lists crates that no program has.
    linked = crates(target)
    bom["components"] = [part for part in bom["components"] if (part["name"], part["version"]) in linked]
    for part in [bom["metadata"]["component"], *bom["components"]]:
        part["purl"] = part["purl"].split("?")[0]
        part.pop("components", None)
    kept = {part["bom-ref"] for part in [bom["metadata"]["component"], *bom["components"]]}
    bom["dependencies"] = [
        {**entry, "dependsOn": [ref for ref in entry.get("dependsOn", []) if ref in kept]}
        for entry in bom["dependencies"]
        if entry["ref"] in kept
    ]
    pathlib.Path(out).write_text(json.dumps(bom, indent=2) + "\n")


main()
