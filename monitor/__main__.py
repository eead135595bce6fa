"""The command `leak-monitor`, also `python -m monitor`."""

import sys

try:
    from monitor.cli.app import run_command_line
except KeyboardInterrupt:
    sys.exit(130)  # Ctrl-C while the program is still being loaded


def main() -> None:
    """Run one command and end with its exit code."""
    sys.exit(run_command_line())


if __name__ == "__main__":
    main()
