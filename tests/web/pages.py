"""The numbers that `/metrics` shows."""

from collections.abc import Mapping
from dataclasses import dataclass

from prometheus_client.parser import text_string_to_metric_families

from monitor.service import Service
from monitor.web.metrics import metrics_text


@dataclass(frozen=True)
class Page:
    """`/metrics` as it was at one moment."""

    text: str

    def __getitem__(self, series: str) -> float:
        """The value of a series, written as on the page: `name{label="value"}`."""
        return self.series[series]

    @property
    def series(self) -> Mapping[str, float]:
        """Every series with its value."""
        lines = (line.rpartition(" ") for line in self.text.splitlines() if not line.startswith("#"))
        return {name: float(value) for name, _, value in lines}

    @property
    def families(self) -> Mapping[str, str]:
        """The type of every metric by the name that Prometheus knows it by."""
        found = text_string_to_metric_families(self.text)
        return {f"{f.name}_total" if f.type == "counter" else f.name: f.type for f in found}


def page_of(service: Service) -> Page:
    """`/metrics` of that service now."""
    world = service.world
    return Page(metrics_text(world.metrics, world.store, world.clock, service.health).decode())
