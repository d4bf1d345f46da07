"""Printing needs Pango from the system. Says in one line what is missing; as root on Debian it installs it."""

import ctypes
import os
import platform
import shutil
import subprocess
import sys

LIBRARIES = {
    "libpango-1.0.so.0": "libpango-1.0-0",
    "libpangoft2-1.0.so.0": "libpangoft2-1.0-0",
    "libharfbuzz-subset.so.0": "libharfbuzz-subset0",
}


def missing() -> list[str]:
    """Debian packages of the libraries that cannot be loaded; elsewhere than Linux WeasyPrint itself says."""
    if platform.system() != "Linux":
        return []
    lacking = []
    for library, package in LIBRARIES.items():
        try:
            ctypes.CDLL(library)
        except OSError:
            lacking.append(package)
    return lacking


def install(packages: list[str]) -> None:
    """Quietly; what is still missing afterwards is said by the caller."""
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    command = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", *packages]
    for step in (command, ["apt-get", "update", "-qq"], command):
        if subprocess.run(step, env=environment, stdin=subprocess.DEVNULL, capture_output=True).returncode == 0 and step is command:
            return


def main() -> None:
    packages = missing()
    if packages and os.geteuid() == 0 and shutil.which("apt-get"):
        print(f"printing: installing {' '.join(packages)}", flush=True)
        install(packages)
        packages = missing()
    if packages:
        print(f"printing: PDFs cannot be made until these are installed: {' '.join(packages)} (everything else works)", file=sys.stderr)


if __name__ == "__main__":
    main()
