"""Where the embedded servers live, and as whom they run."""

import hashlib
import os
import pwd
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SOCKET_FOLDER_LIMIT = 80  # a unix socket's path may have 107 bytes on Linux, 103 on macOS


def var() -> Path:
    """Return the folder of everything the shop writes on this machine; VAR_DIR moves it."""
    folder = Path(os.environ.get("VAR_DIR") or ROOT / "var").resolve()
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def socket_folder(base: Path, name: str) -> Path:
    """Return a private folder for a server's unix socket, elsewhere when `base` is too long a path."""
    folder = base / f"{name}-socket"
    if len(str(folder)) > SOCKET_FOLDER_LIMIT:
        folder = _owned(Path(tempfile.gettempdir()) / f"kaishi-{os.getuid()}-{_short_hash(folder)}")
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)
    return folder


def server_user() -> pwd.struct_passwd | None:
    """Return the account PostgreSQL runs as when we are root, which it refuses to be; None otherwise."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise SystemExit("PostgreSQL does not run as root, and there is no user postgres or nobody to run it as")


def is_reachable(path: Path, user: pwd.struct_passwd) -> bool:
    """Tell whether `user` may enter every folder on the way to `path`."""
    return all(_may_enter(folder, user) for folder in [path.resolve(), *path.resolve().parents])


def public_home(base: Path) -> Path:
    """Return a folder of ours that any user can enter, for a checkout that other users cannot."""
    return _owned(Path("/var/tmp") / f"kaishi-{_short_hash(base)}", mode=0o755)  # noqa: S108  checked for its owner


def _may_enter(folder: Path, user: pwd.struct_passwd) -> bool:
    found = folder.stat()
    if found.st_uid == user.pw_uid:
        bit = 0o100
    elif found.st_gid == user.pw_gid:
        bit = 0o010
    else:
        bit = 0o001
    return bool(found.st_mode & bit)


def _owned(folder: Path, mode: int = 0o700) -> Path:
    """Make `folder`, or accept it only when it is ours: a stranger may have put one under that name."""
    folder.mkdir(mode=mode, exist_ok=True)
    if folder.is_symlink() or folder.stat().st_uid != os.geteuid():
        raise SystemExit(f"{folder} belongs to somebody else; set VAR_DIR to a folder of yours")
    folder.chmod(mode)
    return folder


def _short_hash(path: Path) -> str:
    return hashlib.sha256(str(path).encode()).hexdigest()[:10]
