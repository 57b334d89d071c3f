"""A sound device and a screen for machines that have none."""

import asyncio
import contextlib
import os
import shutil
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path

from tests.support.browsers.page import Options

START_S = 60.0


async def stop(process: asyncio.subprocess.Process) -> None:
    """End a process: first with SIGTERM, then with SIGKILL."""
    with contextlib.suppress(ProcessLookupError):
        process.terminate()
    try:
        await asyncio.wait_for(process.wait(), 5)
    except TimeoutError:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()


@contextlib.asynccontextmanager
async def sound_server() -> AsyncIterator[dict[str, str]]:
    """
    Run PulseAudio with a sink that discards sound.

    Firefox's ``AudioContext`` never starts on a machine without a sound device.
    Yields the environment for a browser that uses it.
    """
    home = Path(tempfile.mkdtemp(prefix="pavilion-sound-"))
    socket = home / "socket"
    process = await asyncio.create_subprocess_exec(
        *("pulseaudio", "-n", "--daemonize=no", "--exit-idle-time=-1"),
        *("--disable-shm=yes", "--use-pid-file=no", "--log-level=error"),
        "--load=module-null-sink",
        f"--load=module-native-protocol-unix auth-anonymous=1 socket={socket}",
        env={**os.environ, "HOME": str(home), "XDG_RUNTIME_DIR": str(home)},
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        async with asyncio.timeout(START_S):
            while not socket.exists():
                if process.returncode is not None:
                    raise RuntimeError("PulseAudio ended at its start")
                await asyncio.sleep(0.02)
        yield {"PULSE_SERVER": f"unix:{socket}"}
    finally:
        await stop(process)
        shutil.rmtree(home, ignore_errors=True)


@contextlib.asynccontextmanager
async def display(options: Options) -> AsyncIterator[dict[str, str]]:
    """Run a virtual X display; yield the environment for a browser that uses it."""
    reading, writing = os.pipe()
    process = await asyncio.create_subprocess_exec(
        *("Xvfb", "-displayfd", str(writing), "-nolisten", "tcp"),
        *("-screen", "0", f"{options.width}x{options.height + 200}x24"),
        pass_fds=[writing],
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
    )
    os.close(writing)
    try:
        number = await asyncio.wait_for(
            asyncio.to_thread(os.read, reading, 16), START_S
        )
        if not number.strip():
            raise RuntimeError("Xvfb ended at its start")
        yield {"DISPLAY": f":{number.decode().strip()}", "MOZ_ENABLE_WAYLAND": "0"}
    finally:
        await stop(process)
        os.close(reading)
