"""Numbers with a meaning: prices, dates and specs in Chinese and English, and the harmless ones that compete."""

from monitor.match.quantities.reading import Reading

__all__ = ["Reading"]
