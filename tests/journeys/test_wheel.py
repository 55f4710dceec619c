"""The wheel carries everything: installed into a clean environment, it starts and serves."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import sysconfig
import tempfile
import time
import venv
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest

ROOT = Path(__file__).parent.parent.parent


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A clean environment with the wheel; its dependencies are those of this environment, the product is the wheel's."""
    folder = tmp_path_factory.mktemp("wheel")
    wheel_command = [
        sys.executable,
        "-m",
        "pip",
        "wheel",
        "--quiet",
        "--no-deps",
        "--no-build-isolation",
        "-w",
        folder,
        ROOT,
    ]
    subprocess.run(wheel_command, check=True)
    venv.create(folder / "venv", with_pip=True, symlinks=True)
    python = folder / "venv" / "bin" / "python"
    (wheel,) = folder.glob("*.whl")
    subprocess.run([python, "-m", "pip", "install", "--quiet", "--no-deps", wheel], check=True)
    # A path file inside this folder is not read again by Python: the editable install beside the dependencies stays out.
    site = next((folder / "venv" / "lib").glob("python*")) / "site-packages"
    (site / "dependencies.pth").write_text(sysconfig.get_path("purelib"), encoding="utf-8")
    return folder / "venv" / "bin"


@pytest.fixture(autouse=True)
def _nothing_but_the_wheel(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the tests are told to take the source from somewhere, what is installed is not."""
    monkeypatch.delenv("PYTHONPATH", raising=False)


@pytest.fixture
def home() -> Iterator[Path]:
    """A short folder that a database's unprivileged account can reach."""
    folder = Path(tempfile.mkdtemp(prefix="assize-wheel-", dir="/tmp"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


def free_port() -> int:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return int(listening.getsockname()[1])


class TestWheel:
    def test_holds_the_product_itself(self, installed):
        code = "import assize, pathlib; print(pathlib.Path(assize.__file__))"
        done = subprocess.run([installed / "python", "-c", code], capture_output=True, text=True, check=True, cwd="/")

        assert str(installed.parent) in done.stdout

    def test_holds_the_starter_pack(self, installed):
        done = subprocess.run(
            [installed / "assize", "policy", "check", "starter"], capture_output=True, text=True, check=False, cwd="/"
        )

        assert done.returncode == 0, done.stdout + done.stderr

    def test_starts_and_serves_pages_with_their_style(self, installed, home):
        port = free_port()
        environment = {
            **os.environ,
            "ASSIZE_HOME": str(home / "h"),
            "ASSIZE_PORT": str(port),
            "ASSIZE_LOG_LEVEL": "error",
        }
        process = subprocess.Popen(
            [installed / "assize", "up"], env=environment, cwd="/", stdout=subprocess.PIPE, text=True
        )
        try:
            with httpx2.Client(base_url=f"http://127.0.0.1:{port}", trust_env=False) as client:
                ready = _wait_until_ready(client, process)
                page = client.get("/sign-in")
                style = client.get("/static/tokens.css")
        finally:
            process.send_signal(signal.SIGINT)
            said, _ = process.communicate(timeout=120)

        assert ready
        assert page.status_code == 200
        assert "<h1>Sign in</h1>" in page.text
        assert style.status_code == 200
        assert process.returncode == 0
        assert "Sign in as" in said


def _wait_until_ready(client: httpx2.Client, process: "subprocess.Popen[str]") -> bool:
    deadline = time.monotonic() + 180
    while time.monotonic() < deadline and process.poll() is None:
        try:
            if client.get("/readyz").is_success:
                return True
        except httpx2.TransportError:
            pass
        time.sleep(0.2)
    return False
