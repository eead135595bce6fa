"""What the supervisor and the killed process agree on."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Plan:
    """Written as plan.json beside the database."""

    origin_s: float
    speed: float
    database_url: str
    site_url: str
    receiver_url: str
    feeds: int
