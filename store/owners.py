"""Who holds a claim: host, process, and when that process began, since numbers are used again."""

import os
import socket
from pathlib import Path


def owner_name() -> str:
    """``host:pid:start`` of this process; start in clock ticks since boot, 0 where not told."""
    return f"{host_name()}:{os.getpid()}:{_start_ticks(os.getpid()) or 0}"


def host_name() -> str:
    """The name of this machine, without the colons that divide an owner's name."""
    return socket.gethostname().replace(":", "-")


def is_gone(owner: str) -> bool:
    """Whether the owner is a process of this host that has ended; no where that is unsure."""
    host, _, rest = owner.rpartition(":")[0].partition(":")
    pid_text, start_text = rest, owner.rpartition(":")[2]
    if host != host_name() or not pid_text.isdecimal() or not start_text.isdecimal():
        return False
    pid, start = int(pid_text), int(start_text)
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    except OSError:
        return False
    began = _start_ticks(pid)
    return start != 0 and began is not None and began != start


def _start_ticks(pid: int) -> int | None:
    try:
        line = Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace")
    except OSError:
        return None
    # The command's name, in brackets, may hold spaces and brackets of its own; the start is the 22nd word.
    words = line.rpartition(")")[2].split()
    if words[0] == "Z":
        return -1
    return int(words[19])
