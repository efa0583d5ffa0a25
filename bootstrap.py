"""Make this folder ready, then become the command given.

    python3 bootstrap.py [--dev] COMMAND [ARGUMENT ...]

Brings uv when there is none, Python 3.13 and `.venv` from the pinned requirements, and does nothing the second
time. Runs on Python 3.9 with nothing installed, so it imports nothing but the standard library. `COMMAND` is
looked for in `.venv/bin` first; the command `uv` needs no `.venv` and makes none.
"""

import contextlib
import fcntl
import hashlib
import os
import signal
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VAR = ROOT / "var"
VENV = ROOT / ".venv"
STAMP = VENV / "requirements-installed"
PRIVATE_UV = VAR / "uv"
PYTHON = "3.13"


def main(arguments):
    check_python()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    dev = arguments[:1] == ["--dev"]
    command = arguments[1:] if dev else arguments
    if not command:
        give_up("say which command to run, as in `python3 bootstrap.py python manage.py help`.")
    os.chdir(str(ROOT))
    with setup_lock():
        if command[0] == "uv":
            command[0] = find_uv()
        elif not is_ready(dev):
            print("Setting up .venv; the first time takes a minute or two.", file=sys.stderr, flush=True)
            make_venv(find_uv(), "dev" if dev else "runtime")
    become(command)


def give_up(message):
    sys.exit("informed-comment: " + message)


def check_python():
    if sys.version_info < (3, 9):
        give_up(
            f"Python {sys.version.split()[0]} is too old; 3.9 or newer is needed: make PYTHON=/path/to/python3 …"
        )


def check_writable(folder):
    if not os.access(str(folder), os.W_OK | os.X_OK):
        give_up(f"cannot write in {folder}: give yourself the right to.")


@contextlib.contextmanager
def setup_lock():
    """One set-up at a time in this folder; a second one waits and finds the work done."""
    try:
        VAR.mkdir(exist_ok=True)
        file = (VAR / "setup.lock").open("w")
    except OSError as error:
        give_up(f"cannot write in {VAR} ({error.strerror}): give yourself the right to.")
    check_writable(VAR)
    with file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def become(command):
    """Replace this process, so that signals and exit codes are the command's own."""
    bin_folder = str(VENV / "bin")
    os.environ["VIRTUAL_ENV"] = str(VENV)
    os.environ["PATH"] = bin_folder + os.pathsep + os.environ.get("PATH", os.defpath)
    os.environ.pop("PYTHONHOME", None)
    try:
        os.execvp(command[0], command)
    except OSError as error:
        give_up(f"cannot run {command[0]}: {error.strerror}.")


# The packages


def is_ready(dev):
    """Whether `.venv` holds what the requirement files ask for now; the dev set includes the runtime set."""
    if not (VENV / "bin" / "python").exists() or not STAMP.exists():
        return False
    wanted = ["dev"] if dev else ["dev", "runtime"]
    return STAMP.read_text() in [stamp_of(name) for name in wanted]


def stamp_of(name):
    return name + " " + hashlib.sha256(requirements(name).read_bytes()).hexdigest()


def requirements(name):
    return ROOT / "requirements" / (name + ".txt")


def make_venv(uv, name):
    check_writable(ROOT)
    with contextlib.suppress(FileNotFoundError):
        STAMP.unlink()
    if run([str(VENV / "bin" / "python"), "-c", "import sys; sys.exit(sys.version_info[:2] != (3, 13))"]):
        error = run([uv, "venv", "-q", "--no-project", "--clear", "--python", find_python(), str(VENV)])
        if error:
            give_up(f"no Python {PYTHON} here and none could be fetched; install it. uv said: {error}")
    python = str(VENV / "bin" / "python")
    options = ["-q", "--require-hashes", "--compile-bytecode", "--python", python]
    error = run([uv, "pip", "sync", *options, str(requirements(name))])
    if error:
        give_up(f"the packages could not be installed; is the network there? uv said: {error}")
    STAMP.write_text(stamp_of(name))


def run(command):
    """Run a command quietly; what went wrong in one line, or nothing."""
    try:
        done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True)
    except OSError as error:
        return str(error)
    if done.returncode == 0:
        return ""
    return (
        " ".join((done.stderr or done.stdout).decode(errors="replace").split())
        or f"exit code {done.returncode}"
    )


# uv and Python


def find_uv():
    """uv from PATH, from an earlier set-up, or installed now into `var/` with pip."""
    private = str(PRIVATE_UV / "bin" / "uv")
    for uv in ("uv", private):
        if not run([uv, "--version"]):
            return uv
    pip_install = ["-m", "pip", "install", "-q", "--require-hashes", "-r", str(requirements("uv"))]
    errors = [run([sys.executable, "-m", "venv", "--clear", str(PRIVATE_UV)])]
    if errors[0]:  # Debian's Python without python3-venv has no ensurepip, yet may have pip
        errors.append(run([sys.executable, *pip_install, "--upgrade", "--target", str(PRIVATE_UV)]))
    else:
        errors.append(run([str(PRIVATE_UV / "bin" / "python"), *pip_install]))
    if run([private, "--version"]):
        give_up(
            f"uv is missing and could not be installed with pip; install uv or python3-venv. {errors[-1]}"
        )
    return private


def find_python():
    """A Python 3.13 of this machine, pyenv's included; otherwise its number, for uv to fetch."""
    pyenv = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv") / "versions"
    installed = sorted(map(str, pyenv.glob(f"{PYTHON}.*/bin/python{PYTHON}")), reverse=True)
    for python in (sys.executable, *installed):
        if not run([python, "-c", "import sys; sys.exit(sys.version_info[:2] != (3, 13))"]):
            return python
    return PYTHON


if __name__ == "__main__":
    main(sys.argv[1:])
