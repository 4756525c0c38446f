"""A real Asterisk and SIPp customers on the loopback, for as long as this process lives.

    python -m tests.telephony_lab.lab        (for a person: prints how to reach it, until Ctrl-C or an hour)

Root and Debian are needed (`prepare.sh`); elsewhere `LabUnavailable` says what is missing. Asterisk runs on the
configuration of deploy/asterisk, in a chroot. Both processes die with the one that started them.
"""

from __future__ import annotations

import atexit
import os
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from base64 import b64encode
from collections import Counter
from pathlib import Path

from callcenter.telephony.asterisk import AsteriskSettings
from tests.telephony_lab.behaviour import Behaviour, number, write_sounds

HERE = Path(__file__).parent
RENDER = HERE.parents[1] / "deploy" / "asterisk" / "render.sh"
AGENT = "Local/{n}@lab-agent/n"
"""Address of an agent's telephone that is always answered and stays."""

HUMMING_AGENT = "Local/{hz}{n:03d}@lab-hum/n"
"""One who hums a tone of `hz` (three digits); what they hear is in `heard_by`. `n` tells two of one tone apart."""

_PREPARE_WITHIN_S = 900
_START_WITHIN_S = 30.0
_STOP_WITHIN_S = 10.0
_FOR_A_PERSON_S = 3600
_LOCAL_DIALPLAN = """
[lab-agent]
exten => _X!,1,Answer()
 same => n,Wait(86400)
exten => _no.,1,Hangup(17)

[lab-hum]
exten => _XXXXXX,1,Answer()
 same => n,MixMonitor(,r(HEARD/${EXTEN}.sln))
 same => n,PlayTones(${EXTEN:0:3})
 same => n,Wait(86400)
"""


class LabUnavailable(Exception):
    """Why this machine has no lab, in a sentence."""


def free_port(kind: socket.SocketKind = socket.SOCK_STREAM) -> int:
    with socket.socket(socket.AF_INET, kind) as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def _child(command: list[str], log: Path, folder: Path | None = None) -> subprocess.Popen[bytes]:
    """Dies with the thread that starts it (the main one): nothing is left behind by a killed test run."""
    with log.open("wb") as out:
        return subprocess.Popen(
            ["setpriv", "--pdeathsig", "KILL", "nice", *command],
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=out,
            cwd=folder,
        )


class TelephonyLab:
    """Started by `start`, ended by `stop`. `settings` is what a carrier needs to reach it."""

    _shared: TelephonyLab | None = None

    def __init__(self) -> None:
        self.cache = Path(os.environ.get("CALLCENTER_LAB", "/var/cache/callcenter-lab"))
        self.root = self.cache / "asterisk"
        self._asterisk: subprocess.Popen[bytes] | None = None
        self._sipp: subprocess.Popen[bytes] | None = None
        self._sip = free_port(socket.SOCK_DGRAM)
        self._customers = free_port(socket.SOCK_DGRAM)
        self._http = free_port(socket.SOCK_STREAM)
        self.settings = AsteriskSettings(
            url=f"http://127.0.0.1:{self._http}/ari",
            user="callcenter",
            password=secrets.token_hex(16),
            message_sound="vm-goodbye",
        )
        self._inside = ""  # our folder, as the chroot names it
        self.folder = Path()

    @classmethod
    def shared(cls) -> TelephonyLab:
        """One for the whole process."""
        if cls._shared is None:
            lab = cls()
            lab.start()
            atexit.register(lab.stop)
            cls._shared = lab
        return cls._shared

    def start(self) -> None:
        """Raises LabUnavailable."""
        self._prepare()
        (self.root / "lab").mkdir(exist_ok=True)
        self.folder = Path(tempfile.mkdtemp(dir=self.root / "lab"))
        self._inside = f"/lab/{self.folder.name}"
        self._configure()
        self.start_asterisk()
        self.start_customers()

    def _prepare(self) -> None:
        for tool in ("setpriv", "nice", "sh"):
            if shutil.which(tool) is None:
                raise LabUnavailable(f"no {tool} here: the lab needs Debian")
        done = subprocess.run(
            ["sh", str(HERE / "prepare.sh"), str(self.cache)],
            capture_output=True,
            text=True,
            timeout=_PREPARE_WITHIN_S,
            check=False,
        )
        if done.returncode != 0:
            said = done.stderr.strip().splitlines()
            raise LabUnavailable(said[-1] if said else f"prepare.sh ended with {done.returncode}")

    def _configure(self) -> None:
        for name in ("etc", "run", "log", "spool/recording", "heard", "db"):
            (self.folder / name).mkdir(parents=True)
        values = {
            "ARI_PASSWORD": self.settings.password,
            "TRUNK_HOST": f"127.0.0.1:{self._customers}",
            "SIP_BIND": f"127.0.0.1:{self._sip}",
            "HTTP_PORT": str(self._http),
            "RTP_START": "21000",
            "RTP_END": "24999",
            "RUN_FOLDER": f"{self._inside}/run",
            "LOG_FOLDER": f"{self._inside}/log",
            "SPOOL_FOLDER": f"{self._inside}/spool",
            "DATABASE_FOLDER": f"{self._inside}/db",
            "CONFIG_FOLDER": f"{self._inside}/etc",
            "MESSAGE_SOUND": self.settings.message_sound,
            "HOLD_FOLDER": "/usr/share/asterisk/sounds/en_US_f_Allison/digits",
        }
        target = self.folder / "etc"
        subprocess.run(["sh", str(RENDER), str(target)], check=True, env=os.environ | values)
        (target / "extensions_local.conf").write_text(_LOCAL_DIALPLAN.replace("HEARD", f"{self._inside}/heard"))

    def heard_by(self, hz: int, n: int) -> Path:
        """What a humming agent heard since they were dialled: samples of 16 bit, 8 kHz."""
        return self.folder / "heard" / f"{hz}{n:03d}.sln"

    def tape(self, name: str) -> Path:
        """A recording of Asterisk's, also one that is being made: WAV, 16 bit, 8 kHz."""
        return self.folder / "spool" / "recording" / f"{name}.wav"

    def start_asterisk(self) -> None:
        """Asterisk alone; the customers stay."""
        command = ["chroot", str(self.root), "/usr/sbin/asterisk", "-f", "-C", f"{self._inside}/etc/asterisk.conf"]
        self._asterisk = _child(command, self.folder / "asterisk.out")
        until = time.monotonic() + _START_WITHIN_S
        while not self._answers():
            if time.monotonic() > until or self._asterisk.poll() is not None:
                raise LabUnavailable(f"Asterisk does not start: see {self.folder}/asterisk.out")
            time.sleep(0.1)

    def _answers(self) -> bool:
        secret = b64encode(f"{self.settings.user}:{self.settings.password}".encode()).decode()
        asked = urllib.request.Request(
            f"{self.settings.url}/asterisk/ping", headers={"Authorization": f"Basic {secret}"}
        )
        try:
            with urllib.request.urlopen(asked, timeout=1) as answer:
                return b"pong" in answer.read()
        except (urllib.error.URLError, OSError):
            return False

    def start_customers(self) -> None:
        write_sounds(self.folder)
        command = ["sipp", "-sf", str(HERE / "customers.xml"), "-i", "127.0.0.1", "-p", str(self._customers)]
        # Its ports for sound: of its own too, or a second lab's SIPp ends at once and every call rings out.
        command += ["-mi", "127.0.0.1", "-mp", str(free_port(socket.SOCK_DGRAM) & ~1)]
        command += ["-trace_logs", "-log_file", "called.log"]
        command += ["-nostdin", "-timeout", f"{_FOR_A_PERSON_S}s"]
        self._sipp = _child(command, self.folder / "sipp.out", self.folder)
        until = time.monotonic() + _START_WITHIN_S
        while not self._customers_are_there():
            if time.monotonic() > until or self._sipp.poll() is not None:
                raise LabUnavailable(f"SIPp does not start: see {self.folder}/sipp.out")
            time.sleep(0.05)

    def _customers_are_there(self) -> bool:
        """Whether something holds the customers' port: then it cannot be bound."""
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as one:
            try:
                one.bind(("127.0.0.1", self._customers))
            except OSError:
                return True
        return False

    def say(self, command: str) -> str:
        """A command of Asterisk's console."""
        asked = ["chroot", str(self.root), "/usr/sbin/asterisk", "-C", f"{self._inside}/etc/asterisk.conf"]
        done = subprocess.run([*asked, "-rx", command], capture_output=True, text=True, timeout=60, check=False)
        return done.stdout

    def called(self) -> Counter[str]:
        """How often each number was rung, by the customers' own telephones: E.164 → INVITEs, repetitions apart."""
        lines = (self.folder / "called.log").read_text().splitlines()
        return Counter(f"+{line.removeprefix('called ')}" for line in lines if line.startswith("called "))

    def channels(self) -> list[str]:
        """The channels that there are, as Asterisk's console tells them: fields with `!` between, the id last."""
        return [line for line in self.say("core show channels concise").splitlines() if "!" in line]

    def bridges(self) -> list[str]:
        return [line for line in self.say("bridge show all").splitlines() if "stasis" in line]

    def stop_asterisk(self) -> None:
        if self._asterisk is not None:
            self.say("core stop now")  # SIGTERM would wait for the calls to end
            self._end(self._asterisk)
            self._asterisk = None

    def kill_asterisk(self) -> None:
        assert self._asterisk is not None
        self._asterisk.kill()
        self._asterisk.wait(_STOP_WITHIN_S)

    @staticmethod
    def _end(process: subprocess.Popen[bytes]) -> None:
        try:
            process.wait(_STOP_WITHIN_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(_STOP_WITHIN_S)

    def stop(self) -> None:
        self.stop_asterisk()
        if self._sipp is not None:
            self._sipp.kill()
            self._sipp.wait(_STOP_WITHIN_S)
            self._sipp = None
        shutil.rmtree(self.folder, ignore_errors=True)


def main() -> int:
    lab = TelephonyLab()
    try:
        lab.start()
    except LabUnavailable as missing:
        print(missing, file=sys.stderr)
        return 3
    settings = lab.settings
    print("A real Asterisk with SIPp customers, on the loopback only. Nobody is called. Ctrl-C ends it.\n")
    print("  CARRIER=asterisk \\")
    print(f"  ASTERISK_URL={settings.url} ASTERISK_USER={settings.user} ASTERISK_PASSWORD={settings.password} \\")
    print(f"  ASTERISK_MESSAGE_SOUND={settings.message_sound} callcenter worker\n")
    print(f"  an agent's address: {AGENT.format(n=1)} (any number in place of 1)")
    for behaviour in Behaviour:
        print(f"  {number(0, behaviour)}  {behaviour.name.lower()}")
    try:
        time.sleep(_FOR_A_PERSON_S)
    except KeyboardInterrupt:
        pass
    finally:
        lab.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main())
