"""Shared by the figures: pinning, percentiles, and how a result is printed."""

import json
import os
import sys
from collections.abc import Sequence
from typing import Any

import psutil

SERVER_CORE = 0
LOAD_CORE = 1
CROWDED = "[limits]\njoins_at_once = 10000\n"
"""Settings of a server whose crowd enters by one link from one address."""
PINNED = ("taskset", "--cpu-list", str(SERVER_CORE))


def pin_load() -> None:
    """Keep this process off the server's core."""
    os.sched_setaffinity(0, {LOAD_CORE})


def percentile(values: Sequence[float], share: float) -> float:
    """Return the value below which ``share`` (0…1) of the values lie."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def cpu_s(pid: int) -> float:
    """Return the CPU time of a process so far, user and system."""
    times = psutil.Process(pid).cpu_times()
    return float(times.user + times.system)


def resident_bytes(pid: int) -> int:
    """Return the resident memory of a process."""
    return int(psutil.Process(pid).memory_info().rss)


def report(name: str, **figures: Any) -> None:
    """Print a result, for people and for scripts."""
    for key, value in figures.items():
        print(f"{key.replace('_', ' '):40} {value}", file=sys.stderr)
    print(json.dumps({"figure": name, **figures}))
