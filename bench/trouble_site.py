"""The site of the faults on small disks of its own, with clocks that can be set."""

import json
import os
import subprocess
from collections import Counter
from pathlib import Path

from bench.fault_site import FaultSite

SMALL = {"postgresql": "1200m", "var": "400m"}  # a file system of its own for each
OFF = {"+1h": 3600, "-1h": -3600, "+1d": 86400, "-1d": -86400, "+0": 0}  # seconds
SHIM = Path(__file__).with_name("trouble_clock.c")
CLOCKED = ("web", "worker")
WORTH = ("warning", "error", "critical")


class TroubleSite(FaultSite):
    """Its clocks can be set where `has_clocks`, by a library before the system's: libfaketime breaks the sleep of Python."""

    def __init__(self, prepare, *, has_clocks=False, **settings):
        self.mounted, self.marks, self.has_clocks = [], {}, has_clocks
        super().__init__(prepare, **settings)
        self.environment["BACKUP_DIR"] = str(self.made("var/backups"))
        self.clock = self.folder / "clock"
        self.set_clock("+0")
        self.shim = self.folder / "clock.so"
        if has_clocks:
            subprocess.run(["cc", "-shared", "-fPIC", "-O2", "-o", self.shim, SHIM, "-ldl"], check=True)

    def made(self, name):
        path = super().made(name)
        if name in SMALL:
            subprocess.run(
                ["mount", "-t", "tmpfs", "-o", f"size={SMALL[name]},mode=755", "small", path], check=True
            )
            self.mounted.append(path)
        return path

    def part(self, name, command, after=1.0, **given):
        if name.startswith(CLOCKED) and self.has_clocks:
            given |= {
                "LD_PRELOAD": str(self.shim),
                "TROUBLE_CLOCK": str(self.clock),
            }
        return super().part(name, command, after=after, **given)

    def set_clock(self, words):
        """Of web and workers: `+1d`, `-1h`. PostgreSQL's and nginx's stay right. Written beside, so that nobody reads half of it."""
        beside = self.clock.with_suffix(".new")
        beside.write_text(str(OFF[words]))
        beside.replace(self.clock)

    def __exit__(self, *given):
        super().__exit__(*given)
        for path in self.mounted:
            subprocess.run(["umount", "--lazy", path], check=False)

    def logs(self):
        return [path for path in self.folder.glob("*.log") if path.name.startswith(CLOCKED)]

    def mark_logs(self):
        self.marks = {path: path.stat().st_size for path in self.logs()}

    def said_since(self):
        """What stands in the logs since the mark: (level, message) and how often."""
        said = Counter()
        for path in self.logs():
            with path.open("rb") as log:
                log.seek(self.marks.get(path, 0), os.SEEK_SET)
                said.update(filter(None, map(read, log)))
        return said


def read(line):
    try:
        found = json.loads(line)
    except ValueError:
        return line.decode(errors="replace").strip()[:200]
    if found.get("level") not in WORTH:
        return ""
    trace = " (with a trace)" if "exception" in found else ""
    return f"{found['level']} {found['logger']}: {found['message'][:230]}{trace}"
