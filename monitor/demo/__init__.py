"""Try it: a pretend company that leaks on cue, and one real feed watched for a minute. Nothing is left behind.

script    what happens, second by second      score     was every leak told once, and nothing else
company   who leaks what                      screen    how it looks
site      their feeds                         play      the demonstration
chat      where alerts arrive                 watch     one real feed
room      the folder that is gone afterwards
"""

from monitor.demo.play import run_demo
from monitor.demo.watch import run_try

__all__ = ["run_demo", "run_try"]
