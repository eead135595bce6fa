"""`/livez` for supervisors that restart, `/healthz` for monitors that want the truth."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from fastapi import FastAPI
from fastapi.responses import JSONResponse


@dataclass(frozen=True, slots=True)
class Report:
    """What is wrong, by name; `alive` is about the loops alone."""

    alive: bool
    problems: tuple[str, ...]
    facts: Mapping[str, object]


def health_app(report: Callable[[], Report]) -> FastAPI:
    """The two pages: 200 when all is well, 503 with the names of what is not."""
    app = FastAPI(title="leak-monitor", docs_url=None, redoc_url=None, openapi_url=None)

    @app.get("/livez")
    def livez() -> JSONResponse:
        alive = report().alive
        return JSONResponse({"alive": alive}, status_code=200 if alive else 503)

    @app.get("/healthz")
    def healthz() -> JSONResponse:
        now = report()
        body = {"ok": not now.problems, "problems": list(now.problems), **now.facts}
        return JSONResponse(body, status_code=503 if now.problems else 200)

    return app
