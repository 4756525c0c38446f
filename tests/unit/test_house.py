"""The house keeps its own rules: what import-linter, ruff and mypy cannot see.

Each message says why the rule is there and what to do.
"""

from __future__ import annotations

import ast
import configparser
import importlib
import pkgutil
import re
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from string import Formatter

import pytest
import yaml

from callcenter.kit import log
from callcenter.kit.errors import AppError
from callcenter.settings import Settings

ROOT = Path(__file__).resolve().parents[2]
ROOTS = ("callcenter", "campaigns", "crm_sync", "backoffice", "agent_ui")
MAX_LINES = 600
MAX_FUNCTION_LINES = 100
"""The house says "about 60": what is far beyond it fails, what is near is left to the reader."""

NOUN_FILES = frozenset({"__init__", "models", "repository", "service", "schemas", "router", "rules", "errors"})
NO_NAMES = frozenset({"util", "utils", "helper", "helpers", "misc", "common", "base", "manager", "managers", "core"})
CHINESE = re.compile(r"[一-鿿]")
EVENT = re.compile(r"^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)+$")
LEVELS = frozenset({"debug", "info", "warning", "error", "critical", "exception"})


@cache
def sources() -> tuple[Path, ...]:
    """Every Python file of the product (not of its tests)."""
    found = (path for root in ROOTS for path in (ROOT / root).rglob("*.py"))
    return tuple(sorted(path for path in found if "node_modules" not in path.parts))


@cache
def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


@cache
def contracts() -> configparser.ConfigParser:
    config = configparser.ConfigParser()
    config.read(ROOT / ".importlinter", encoding="utf-8")
    return config


def named_in_layers() -> set[str]:
    words = contracts()["importlinter:contract:layers"]["layers"]
    return set(re.findall(r"[a-z_]+(?:\.[a-z_]+)*", words))


# ---------------------------------------------------------------- rooms


def test_every_room_is_named_in_the_layers() -> None:
    """A room that no contract names may import what it likes, and nobody notices."""
    rooms = {root for root in ROOTS if root != "callcenter"}
    rooms |= {f"callcenter.{module.name}" for module in pkgutil.iter_modules([str(ROOT / "callcenter")])}
    missing = sorted(rooms - named_in_layers())
    assert not missing, f"name these in the layers of .importlinter, at the height where they belong: {missing}"


def test_every_package_at_the_top_is_a_root_of_the_contracts() -> None:
    packages = {path.parent.name for path in ROOT.glob("*/__init__.py") if path.parent.name != "tests"}
    roots = set(contracts()["importlinter"]["root_packages"].split())
    assert packages == roots == set(ROOTS)


def test_the_contracts_name_nothing_that_is_gone() -> None:
    optional = set(re.findall(r"\(([a-z_.]+)\)", contracts()["importlinter:contract:layers"]["layers"]))
    gone = sorted(
        room
        for room in named_in_layers() - optional
        if not (ROOT / room.replace(".", "/")).is_dir() and not (ROOT / (room.replace(".", "/") + ".py")).is_file()
    )
    assert not gone, f"these are in .importlinter but not in the house: {gone}"


# ---------------------------------------------------------------- files


def nouns() -> list[Path]:
    return sorted({path.parent for path in sources() if path.name == "models.py"})


@pytest.mark.parametrize("package", nouns(), ids=name_of)
def test_a_noun_has_the_same_file_names_as_every_other(package: Path) -> None:
    """Open one noun and you can walk all of them. What one has more, its own docstring explains."""
    told = ast.get_docstring(parsed(package / "__init__.py")) or ""
    unexplained = sorted(
        path.name
        for path in package.glob("*.py")
        if path.stem not in NOUN_FILES and f"`{path.name}`" not in told and f"`{path.stem}`" not in told
    )
    assert not unexplained, (
        f"{name_of(package)}: {unexplained} are not among the usual files ({', '.join(sorted(NOUN_FILES))}). "
        f"Name each as `file.py` in the docstring of {name_of(package / '__init__.py')} and say what it is for."
    )


def test_no_file_is_named_after_nothing() -> None:
    bad = [name_of(path) for path in sources() if path.stem in NO_NAMES]
    assert not bad, f"a file called utils collects what belongs elsewhere: name it after what it does: {bad}"


def written() -> Iterator[Path]:
    """Programs that people write: Python, and the console's TypeScript."""
    yield from sources()
    yield from (path for path in (ROOT / "tests").rglob("*.py"))
    web = ROOT / "agent_ui" / "web"
    for folder in ("src", "tests", "e2e"):
        for suffix in ("*.ts", "*.tsx"):
            yield from (web / folder).rglob(suffix)


def is_generated(path: Path) -> bool:
    with path.open(encoding="utf-8") as file:
        return "generated" in "".join(next(file, "") for _ in range(5)).lower()


def test_no_file_is_longer_than_one_can_hold_in_mind() -> None:
    long = []
    for path in written():
        lines = len(path.read_text(encoding="utf-8").splitlines())
        if lines > MAX_LINES and not is_generated(path):
            long.append(f"{name_of(path)}: {lines} lines")
    assert not long, f"a file past {MAX_LINES} lines is asking to be two: {long}"


def is_table(function: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    """Whether the function only lists things: without a branch or a loop there are no steps to cut it into."""
    steps = (ast.If, ast.For, ast.AsyncFor, ast.While, ast.Try, ast.With, ast.AsyncWith, ast.Match, ast.Await)
    return not any(isinstance(node, steps) for node in ast.walk(function))


def test_no_function_is_a_chapter() -> None:
    long = [
        f"{name_of(path)}:{node.lineno} {node.name}: {node.end_lineno - node.lineno + 1} lines"
        for path in sources()
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and node.end_lineno is not None
        and node.end_lineno - node.lineno >= MAX_FUNCTION_LINES
        and not is_table(node)
    ]
    assert not long, f"cut these into steps that have names: {long}"


def test_every_module_says_what_it_is_for() -> None:
    silent = [name_of(p) for p in sources() if parsed(p).body and ast.get_docstring(parsed(p)) is None]
    assert not silent, f"the first line of a module says what it is for: {silent}"


# ---------------------------------------------------------------- logs


def log_calls(path: Path) -> Iterator[ast.Call]:
    for node in ast.walk(parsed(path)):
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and isinstance(node.func.value, ast.Name)
            and node.func.value.id in ("_log", "logger")
            and node.func.attr in LEVELS
        ):
            yield node


def test_a_log_line_is_an_event_with_fields_not_a_sentence() -> None:
    """A constant event name can be searched; a sentence with values in it leaks them past the filter."""
    bad = [
        f"{name_of(path)}:{call.lineno}"
        for path in sources()
        for call in log_calls(path)
        if not (
            len(call.args) == 1
            and isinstance(call.args[0], ast.Constant)
            and isinstance(call.args[0].value, str)
            and EVENT.match(call.args[0].value)
        )
    ]
    assert not bad, f'write _log.info("thing.happened", field=value): {bad}'


def test_no_log_line_carries_personal_data() -> None:
    bad = [
        f"{name_of(path)}:{call.lineno} {keyword.arg}"
        for path in sources()
        for call in log_calls(path)
        for keyword in call.keywords
        if keyword.arg in log._PERSONAL_KEYS
    ]
    assert not bad, f"log ids instead: {bad}"


def test_only_kit_knows_how_logs_are_written() -> None:
    # The edge binds the request's number to the lines of its request; the command line speaks to its user.
    allowed = {"callcenter/kit/log.py": {"logging", "structlog"}, "callcenter/edge/guards.py": {"structlog"}}
    bad = []
    for path in sources():
        for node in ast.walk(parsed(path)):
            modules: list[str] = []
            if isinstance(node, ast.Import):
                modules = [alias.name.split(".")[0] for alias in node.names]
            elif isinstance(node, ast.ImportFrom) and node.module:
                modules = [node.module.split(".")[0]]
            for module in modules:
                if module in ("logging", "structlog") and module not in allowed.get(name_of(path), set()):
                    bad.append(f"{name_of(path)}:{node.lineno}")
    assert not bad, f"use callcenter.kit.log, which filters personal data: {bad}"


def test_only_the_command_line_prints() -> None:
    bad = [
        f"{name_of(path)}:{node.lineno}"
        for path in sources()
        if not name_of(path).startswith(("callcenter/cli", "callcenter/demo"))
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "print"
    ]
    assert not bad, f"print is for the command line; elsewhere use callcenter.kit.log: {bad}"


# ---------------------------------------------------------------- refusals


def refusals() -> list[type[AppError]]:
    for root in ROOTS:
        package = importlib.import_module(root)
        for module in pkgutil.walk_packages(package.__path__, prefix=f"{root}."):
            if not module.name.endswith("__main__"):
                importlib.import_module(module.name)
    found: list[type[AppError]] = []
    waiting = [AppError]
    while waiting:
        for one in waiting.pop().__subclasses__():
            if one.__module__.split(".")[0] in ROOTS:
                found.append(one)
                waiting.append(one)
    return sorted(set(found), key=lambda one: f"{one.__module__}.{one.__qualname__}")


def fields(sentence: str) -> set[str]:
    return {name.removesuffix("_zh").removesuffix("_en") for _, name, _, _ in Formatter().parse(sentence) if name}


def faults(refusal: type[AppError]) -> Iterator[str]:
    if refusal.zh == AppError.zh or refusal.en == AppError.en:
        yield "give it sentences of its own, in Chinese (zh) and in English (en)"
    only_values = re.sub(r"\{[^}]*\}|[^\w]", "", refusal.zh) == ""
    if not only_values and not CHINESE.search(refusal.zh):
        yield f"this is no Chinese: {refusal.zh}"
    if CHINESE.search(refusal.en):
        yield f"this is no English: {refusal.en}"
    if fields(refusal.zh) != fields(refusal.en):
        yield "both sentences say the same, so they need the same values"
    if not re.fullmatch(r"[a-z][a-z0-9_]*", refusal.code):
        yield f"'{refusal.code}' is no code"
    if not 400 <= refusal.status < 600:
        yield f"{refusal.status} is no status of a refusal"


def test_every_refusal_speaks_both_languages() -> None:
    known = refusals()
    assert len(known) > 10
    bad = [f"{one.__module__}.{one.__qualname__}: {fault}" for one in known for fault in faults(one)]
    assert not bad, "\n".join(bad)


# ---------------------------------------------------------------- what is committed


@cache
def tracked() -> tuple[Path, ...]:
    try:
        listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("not a git checkout")
    return tuple(ROOT / name for name in listed.decode().split("\0") if name and (ROOT / name).is_file())


def test_a_lock_file_holds_versions_and_hashes_but_no_address() -> None:
    for path in tracked():
        if path.name == "package-lock.json":
            assert '"resolved"' not in path.read_text(), (
                f"{name_of(path)}: npm install --omit-lockfile-registry-resolved"
            )
        elif path.suffix == ".lock" or re.fullmatch(r"requirements.*\.txt", path.name):
            text = path.read_text()
            assert "://" not in text, f"{name_of(path)}: uv pip compile --generate-hashes --no-emit-index-url"
            assert "--hash=sha256:" in text, f"{name_of(path)} has no hashes"


def test_nothing_committed_knows_the_machine_it_was_written_on() -> None:
    places = re.compile("|".join(("/" + "work/(main|shared)", "/" + "root/", "/home/[a-z]+/", "/Users/[a-z]+/")))
    bad = []
    for path in tracked():
        if path.suffix in {".png", ".xlsx", ".ico", ".woff2", ".gz"}:
            continue
        for number, line in enumerate(path.read_text(encoding="utf-8", errors="replace").splitlines(), 1):
            if places.search(line):
                bad.append(f"{name_of(path)}:{number}")
    assert not bad, f"these name a folder of one machine: {bad}"


# ---------------------------------------------------------------- operation files


def example_settings() -> set[str]:
    text = (ROOT / ".env.example").read_text(encoding="utf-8")
    return set(re.findall(r"^#?\s?([A-Z][A-Z0-9_]*)=", text, re.MULTILINE))


def test_the_example_of_settings_names_every_setting_and_no_other() -> None:
    assert example_settings() == {name.upper() for name in Settings.model_fields}


def test_the_example_of_settings_explains_each() -> None:
    lines = (ROOT / ".env.example").read_text(encoding="utf-8").splitlines()
    for number, line in enumerate(lines):
        if re.match(r"^#?\s?[A-Z][A-Z0-9_]*=", line):
            above = lines[number - 1] if number else ""
            assert above.startswith("#"), f".env.example:{number + 1}: say above it what it does"


@cache
def compose() -> dict[str, dict[str, dict[str, object]]]:
    loaded: dict[str, dict[str, dict[str, object]]] = yaml.safe_load((ROOT / "compose.yaml").read_text())
    return loaded


def test_the_composition_has_every_process_and_sets_only_what_exists() -> None:
    services = compose()["services"]
    assert set(services) == {"postgres", "nats", "migrate", "carrier", "web", "worker", "asterisk"}
    known = {name.upper() for name in Settings.model_fields}
    for name in ("migrate", "carrier", "web", "worker"):
        environment = services[name]["environment"]
        assert isinstance(environment, dict)
        assert set(environment) <= known, f"{name} sets what no setting is called"
        assert environment["ENVIRONMENT"] == "production"
    for name in ("postgres", "nats", "carrier", "web", "worker", "asterisk"):
        assert "healthcheck" in services[name], f"{name} needs a health check"


def test_the_composition_holds_no_secret() -> None:
    text = (ROOT / "compose.yaml").read_text()
    for line in re.findall(r"^.*(?:SECRET|PASSWORD).*$", text, re.MULTILINE):
        assert "${" in line or line.lstrip().startswith("#"), f"secrets come from the environment: {line.strip()}"


def test_the_image_is_built_from_what_is_there_and_runs_as_nobody_special() -> None:
    text = (ROOT / "Dockerfile").read_text()
    instructions = [
        line.split(None, 1) for line in re.sub(r"\\\n", " ", text).splitlines() if re.match(r"[A-Z]+ ", line)
    ]
    for word, rest in instructions:
        if word == "COPY" and "--from=" not in rest:
            *wanted, _target = [part for part in rest.split() if not part.startswith("--")]
            for source in wanted:
                assert list(ROOT.glob(source)), f"Dockerfile copies {source}, which is not there"
    assert [word for word, _ in instructions].count("FROM") >= 2
    users = [rest for word, rest in instructions if word == "USER"]
    assert users
    assert users[-1] not in ("root", "0")
    assert "--require-hashes" in text
    assert any(word == "HEALTHCHECK" for word, _ in instructions)
