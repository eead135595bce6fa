"""leak-monitor: notices within minutes that an executive has just posted a company secret."""

__version__ = "0.1.0"
