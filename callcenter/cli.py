"""The command `callcenter`."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Annotated, Any

import orjson
import typer
from pydantic import SecretStr, ValidationError

from callcenter.kit import heap, log
from callcenter.kit.errors import AppError, Lang
from callcenter.settings import Settings

app = typer.Typer(
    name="callcenter",
    help="电话营销呼叫中心 · Telesales call centre.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
users_app = typer.Typer(help="People who may sign in.", no_args_is_help=True)
app.add_typer(users_app, name="users")


def _lang() -> Lang:
    return "en" if os.environ.get("LC_ALL", os.environ.get("LANG", "")).lower().startswith("en") else "zh"


def _settings(process: str) -> Settings:
    try:
        settings = Settings()
    except ValidationError as error:
        for one in error.errors():
            name = ".".join(str(part) for part in one["loc"]).upper() or "settings"
            typer.echo(f"{name}: {one['msg'].removeprefix('Value error, ')}", err=True)
        raise typer.Exit(2) from None
    log.configure(settings.log_level, settings.log_format, process)
    return settings


def _run(work: Callable[[], Coroutine[Any, Any, Any]]) -> Any:
    """Run on uvloop; a refusal becomes its sentence and exit code 1."""
    import uvloop

    with contextlib.suppress(KeyboardInterrupt):
        try:
            return uvloop.run(work())
        except AppError as error:
            typer.echo(error.sentence(_lang()), err=True)
            raise typer.Exit(1) from None
    return None


@app.command()
def serve() -> None:
    """Run the web process: REST, live gateway, console."""
    import uvicorn

    from callcenter.bootstrap import build_app, start_services

    settings = _settings("web")
    application = build_app(settings, start_services(settings))
    heap.settle()
    typer.echo(f"callcenter web: {settings.origin}", err=True)
    uvicorn.run(
        application,
        host=settings.host,
        port=settings.port,
        log_config=None,
        access_log=False,
        ws="websockets-sansio",
        ws_ping_interval=20,
        ws_ping_timeout=20,
        timeout_graceful_shutdown=3,
    )


@app.command()
def worker() -> None:
    """Run the dialler and the campaign clock."""
    from callcenter.bootstrap import run_worker, start_services

    settings = _settings("worker")
    services = start_services(settings)
    heap.settle()
    _run(lambda: run_worker(settings, services))


@app.command()
def carrier(seed: Annotated[int, typer.Option(help="Seed of the simulated network.")] = 1) -> None:
    """Run the simulated telephone network (nobody is really called)."""
    from callcenter.bootstrap import make_clock
    from callcenter.telephony.simulated.profile import NetworkProfile
    from callcenter.telephony.simulated.server import run

    settings = _settings("carrier")
    run(settings, make_clock(settings), seed, NetworkProfile())


@app.command()
def migrate() -> None:
    """Create or upgrade the database to this version's schema."""
    from callcenter.bootstrap import start_services

    settings = _settings("migrate")
    services = start_services(settings)
    if services.keeper is not None:
        services.keeper.stop()
    typer.echo("数据库结构已是最新。 The database has the schema of this version.")


@app.command(name="import")
def import_list(
    file: Annotated[Path, typer.Argument(help="CSV (UTF-8, GB18030) or xlsx.")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Count only, change nothing.")] = False,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
    source: Annotated[str, typer.Option(help="Name of the list; default: the file's name.")] = "",
) -> None:
    """Import a list of prospects."""
    from callcenter.bootstrap import make_clock, start_services
    from callcenter.kit.db import Database
    from crm_sync.imports.service import import_file
    from crm_sync.imports.settings import ImportSettings

    settings = _settings("import")
    services = start_services(settings)

    async def work() -> Any:
        database = Database(services.database_url, pool=2, name="callcenter-import")
        try:
            return await import_file(
                database,
                make_clock(settings).now(),
                file,
                dry_run=dry_run,
                source=source or file.name,
                error_dir=settings.home / "errors",
                lang=_lang(),
                settings=ImportSettings(settings.default_region, settings.company_timezone),
            )
        finally:
            await database.close()

    report = _run(work)
    if json:
        typer.echo(orjson.dumps(report.as_json()).decode())
        return
    for line in report.lines(_lang()):
        typer.echo(line)


@app.command()
def demo(
    robots: Annotated[int, typer.Option(help="Robot agents who take calls.", min=0, max=500)] = 0,
    headless: Annotated[bool, typer.Option("--headless", help="No browser: run, report, end.")] = False,
    minutes: Annotated[float, typer.Option(help="Minutes of the demo's clock (headless).", min=0.1)] = 60.0,
    speed: Annotated[float, typer.Option(help="Speed of the demo's clock.", min=0.1, max=200)] = 1.0,
    seed: Annotated[int, typer.Option(help="Seed of network and robots.")] = 7,
    report: Annotated[Path | None, typer.Option(help="Write the report as JSON (headless).")] = None,
    mode: Annotated[str, typer.Option(help="preview, progressive, power or predictive.")] = "predictive",
    keep: Annotated[bool, typer.Option("--keep", help="Go on with the data of the last demonstration.")] = False,
) -> None:
    """Show the product: a list imported, mailed, and called over the simulated network."""
    from callcenter.demo.run import Plan
    from callcenter.demo.run import run as run_demo

    settings = _settings("demo")
    plan = Plan(
        robots=robots,
        headless=headless,
        minutes=minutes,
        speed=speed,
        seed=seed,
        report=report,
        mode=mode,
        keep=keep,
    )
    raise typer.Exit(run_demo(settings, plan))


@app.command()
def simulate(
    agents: Annotated[str, typer.Option(help="Numbers of agents, e.g. 5,10,20,50.")] = "5,10,20,50",
    limits: Annotated[str, typer.Option(help="Abandonment limits, e.g. 0.03 or 0.01,0.03.")] = "0.03",
    modes: Annotated[str, typer.Option(help="Pacing modes to compare.")] = "predictive,progressive",
    world: Annotated[
        str,
        typer.Option(help="office, cold, pitch, drifting, bursty, breaks, detection, network (the simulated), or own."),
    ] = "office",
    campaign: Annotated[str | None, typer.Option(help="--world own: calls of this campaign only (name or id).")] = None,
    since_days: Annotated[float, typer.Option(help="--world own: calls of so many days.", min=0.1)] = 30.0,
    hours: Annotated[float, typer.Option(help="Hours of a shift.", min=0.1, max=200)] = 5.0,
    seeds: Annotated[int, typer.Option(help="Runs of each, averaged.", min=1, max=100)] = 1,
    seed: Annotated[int, typer.Option(help="First seed: the same seed gives the same table.")] = 7,
    chart: Annotated[Path | None, typer.Option(help="Write a chart (.png or .svg).")] = None,
    show: Annotated[str, typer.Option(help="… of occupancy, abandonment, connects, leads or cost.")] = "occupancy",
    agent_hour: Annotated[float, typer.Option(help="Cost of an agent's hour.", min=0)] = 0.0,
    line_minute: Annotated[float, typer.Option(help="Cost of a line's minute.", min=0)] = 0.0,
    lead_price: Annotated[float, typer.Option(help="Cost of a lead.", min=0)] = 0.0,
    leads: Annotated[int | None, typer.Option(help="How many agents call so many people in time?", min=1)] = None,
    days: Annotated[float, typer.Option(help="… within so many shifts (day 7 to day 14: 8).", min=0.1)] = 8.0,
    attempts: Annotated[float, typer.Option(help="… with so many calls to each.", min=0.1)] = 1.5,
    optimum: Annotated[bool, typer.Option("--optimum", help="Beside the exact optimum (memoryless room).")] = False,
) -> None:
    """What a room of agents would reach: occupancy, abandonment, people reached, leads needed."""
    from callcenter import simulate as simulation
    from callcenter.pacing.simulation import Prices

    try:
        counts = [int(one) for one in agents.split(",")]
        shares = [float(one) for one in limits.split(",")]
        if optimum:
            lines = simulation.optimum(counts, shares[0], hours, seed)
        else:
            question = simulation.Question(
                world, counts, shares, modes.split(","), hours, seeds, seed, chart, leads, days, attempts,
                Prices(agent_hour, line_minute, lead_price), show,
                _own_world(counts[0], hours, campaign, since_days) if world == simulation.OWN else None,
            )  # fmt: skip
            lines = simulation.answer(question)
    except KeyError:
        typer.echo(f"--world {', '.join([*simulation.WORLDS, simulation.OWN])}", err=True)
        typer.echo(f"--show {', '.join(simulation.SHOWN)}", err=True)
        raise typer.Exit(2) from None
    except ValueError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(2) from None
    for line in lines:
        typer.echo(line)


def _own_world(agents: int, hours: float, campaign: str | None, since_days: float) -> Any:
    """The world of one's own calls, read from the database."""
    from datetime import timedelta

    from callcenter.bootstrap import make_clock, start_services
    from callcenter.kit.db import Database
    from callcenter.own_calls import world_of_calls
    from campaigns.plans import service as plans

    settings = _settings("simulate")
    services = start_services(settings)

    async def work() -> Any:
        database = Database(services.database_url, pool=2, name="callcenter-simulate")
        try:
            async with database.transaction() as session:
                queue = None if campaign is None else await plans.id_of(session, campaign)
                since = make_clock(settings).now() - timedelta(days=since_days)
                return await world_of_calls(session, agents, hours, since, queue)
        finally:
            await database.close()

    return _run(work)


@app.command(name="robots", hidden=True)
def run_robots() -> None:
    """Robot agents over real sockets; who they are comes on standard input (used by the demonstration)."""
    from callcenter.demo.robots import Crew

    settings = _settings("robots")
    crew = Crew.model_validate_json(sys.stdin.readline())
    from callcenter.bootstrap import make_clock

    _run(lambda: crew.work(make_clock(settings)))


@app.command()
def doctor() -> None:
    """Say what is wrong with this installation."""
    from callcenter.doctor import examine

    settings = _settings("doctor")
    findings = _run(lambda: examine(settings))
    bad = 0
    for finding in findings or []:
        bad += not finding.good
        typer.echo(f"{'✔' if finding.good else '✘'} {finding.sentence(_lang())}")
    raise typer.Exit(1 if bad else 0)


@users_app.command("add")
def add_user(
    login: str,
    role: Annotated[str, typer.Option(help="agent, supervisor, marketing, back_office, administrator")],
    name: Annotated[str, typer.Option(help="Name shown to others.")] = "",
    language: Annotated[str, typer.Option(help="zh or en")] = "zh",
    password: Annotated[str, typer.Option(prompt=True, hide_input=True, confirmation_prompt=True)] = "",
) -> None:
    """Create a person who may sign in."""
    from callcenter.people import service
    from callcenter.people.schemas import UserNew

    try:
        new = UserNew.model_validate(
            {"login": login, "name": name or login, "role": role, "language": language, "password": SecretStr(password)}
        )
    except ValidationError as error:
        for one in error.errors():
            typer.echo(f"{'.'.join(str(part) for part in one['loc'])}: {one['msg']}", err=True)
        raise typer.Exit(2) from None
    _in_transaction(lambda session, now: service.create_user(session, now, None, new))
    typer.echo(f"{login} ✔")


@users_app.command("list")
def list_users() -> None:
    """Everybody who may sign in."""
    from callcenter.people import service

    page = _in_transaction(lambda session, _now: service.list_users(session))
    for user in page.rows:
        typer.echo(f"{user.login:20} {user.role:15} {'active' if user.active else 'inactive':9} {user.name}")


@users_app.command("password")
def set_password(
    login: str,
    password: Annotated[str, typer.Option(prompt=True, hide_input=True, confirmation_prompt=True)] = "",
) -> None:
    """Give somebody a new password; their sessions end."""
    from callcenter.kit.errors import NotFound
    from callcenter.people import service

    async def work(session: Any, now: Any) -> None:
        user = await service.find_user(session, login)
        if user is None:
            raise NotFound(what_zh="用户", what_en="user", id=login)
        await service.set_password(session, now, None, user, password)
        await service.forget_failures_of(session, user, secret=Settings().secret_key.get_secret_value())

    _in_transaction(work)
    typer.echo(f"{login} ✔")


@users_app.command("duties")
def set_duties(
    login: str,
    duties: Annotated[
        list[str] | None, typer.Argument(help="GM CMO SM REP SUP CADM MKT FIN CASH CRED WH QC LEGAL PROD HRADM TSUP")
    ] = None,
) -> None:
    """Give somebody of the back office (sign-in role back_office) exactly these duties; none: take all."""
    from backoffice.kit.duties import ROLE_NAMES, OfficeRole
    from backoffice.roles import service as roles
    from callcenter.kit.errors import NotFound
    from callcenter.people import service

    try:
        wanted = [OfficeRole(duty.upper()) for duty in duties or []]
    except ValueError:
        for role, words in ROLE_NAMES.items():
            typer.echo(f"{role.value:6} {' · '.join(words)}", err=True)
        raise typer.Exit(2) from None

    async def work(session: Any, now: Any) -> Any:
        user = await service.find_user(session, login)
        if user is None:
            raise NotFound(what_zh="用户", what_en="user", id=login)
        return await roles.set_roles(session, now, None, user.id, wanted)

    held = _in_transaction(work)
    typer.echo(f"{login}: {' '.join(sorted(held)) or '-'}")


def _in_transaction(work: Callable[[Any, Any], Coroutine[Any, Any, Any]]) -> Any:
    from callcenter.bootstrap import make_clock, start_services
    from callcenter.kit.db import Database

    settings = _settings("users")
    services = start_services(settings)

    async def run() -> Any:
        database = Database(services.database_url, pool=2, name="callcenter-users")
        try:
            async with database.transaction() as session:
                return await work(session, make_clock(settings).now())
        finally:
            await database.close()

    return _run(run)


def main() -> None:
    app()


if __name__ == "__main__":
    main()
