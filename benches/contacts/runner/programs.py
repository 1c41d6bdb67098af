"""The programs that are compared, and what has to be there before they run."""

import hashlib
import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent.parent
CARGO = os.environ.get("CARGO", "cargo")


@dataclass
class Program:
    name: str
    # Without the file and the region; None when it cannot run on this machine.
    command: list[str] | None
    runs: int
    # Whether it writes a line for each row.
    writes_rows: bool = True

    def arguments(self, file, region):
        if self.name.startswith("Rust"):
            return [*self.command, str(file), "--region", region]
        return [*self.command, str(file), region]


def target_folder():
    asked = [CARGO, "metadata", "--format-version", "1", "--no-deps"]
    found = subprocess.run(asked, cwd=HERE, check=True, stdout=subprocess.PIPE)
    return Path(json.loads(found.stdout)["target_directory"])


def build(target):
    """The folder of the built Rust programs."""
    subprocess.run([CARGO, "build", "--release", "-p", "switchboard-bench-contacts"], cwd=HERE, check=True)
    return target / "release"


def generated(binaries, folder, csv_rows, xlsx_rows):
    """Both files; they are made when the program that makes them is another than last time."""
    generator = binaries / "generate"
    made_by = folder / f"{csv_rows}-{xlsx_rows}.made-by"
    fingerprint = hash_of(generator)
    files = [folder / f"contacts-{csv_rows}.csv", folder / f"contacts-{xlsx_rows}.xlsx"]
    if not all(file.exists() for file in files) or not says(made_by, fingerprint):
        counts = ["--csv-rows", str(csv_rows), "--xlsx-rows", str(xlsx_rows)]
        subprocess.run([generator, folder, *counts], check=True)
        made_by.write_text(fingerprint)
    return files


def programs(binaries, cache, rust_runs, other_runs):
    """All programs, ours first."""
    return [
        Program("Rust: ours", [str(binaries / "ours")], rust_runs),
        Program("Rust: bare crates", [str(binaries / "bare")], rust_runs),
        Program("Rust: only reads", [str(binaries / "read_only")], rust_runs, writes_rows=False),
        Program("Python", attempt(python, cache), other_runs),
        Program("Node", attempt(node, cache), other_runs),
    ]


def attempt(prepare, cache):
    try:
        return prepare(cache)
    except (OSError, subprocess.CalledProcessError) as problem:
        print(f"{prepare.__name__}: {problem}", file=sys.stderr)
        return None


def python(cache):
    folder, requirements = cache / "python", HERE / "python" / "requirements.txt"
    interpreter, installed = folder / "bin" / "python", folder / "installed"
    if not says(installed, hash_of(requirements)):
        subprocess.run([sys.executable, "-m", "venv", "--clear", folder], check=True)
        install = [interpreter, "-m", "pip", "install", "--quiet", "--requirement", requirements]
        subprocess.run(install, check=True)
        installed.write_text(hash_of(requirements))
    return [str(interpreter), str(HERE / "python" / "contacts.py")]


def node(cache):
    folder, lock = cache / "node", HERE / "node" / "package-lock.json"
    # The program stands beside its packages, where Node looks for them.
    shutil.copytree(HERE / "node", folder, dirs_exist_ok=True)
    installed = folder / "node_modules" / "installed"
    if not says(installed, hash_of(lock)):
        subprocess.run(["npm", "ci", "--silent"], cwd=folder, check=True)
        installed.write_text(hash_of(lock))
    subprocess.run(["node", "--version"], check=True, stdout=subprocess.DEVNULL)
    return ["node", str(folder / "contacts.js")]


def hash_of(file):
    return hashlib.sha256(file.read_bytes()).hexdigest()


def says(file, text):
    return file.exists() and file.read_text() == text
