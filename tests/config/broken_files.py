"""Whole files broken as editors, copies, merges and disks break them, with what must be told of each."""

import os
from collections.abc import Callable
from pathlib import Path

from tests.cli.home import CONFIG, WHSEC
from tests.samples import rules

GOOD_CONFIG = CONFIG.format(feed="http://127.0.0.1:9/feed", hook="http://127.0.0.1:9/hook", port=8080)
GOOD_RULES = rules("2030-06-18T19:00:00+08:00")
IN_CHINESE = GOOD_CONFIG.replace("Lin Xiaozhou", "林晓舟")
PASSWORD = "hunter2hunter2"
SECRETS = ("云雀9", "yunque", "白鹭2", PASSWORD, WHSEC.removeprefix("whsec_"), "a2tra2")
C, R, S = "config.toml", "rules/all.toml", "desk.secret"
PATTERN = '\n[[rules]]\nid = "x"\nlabel = "x"\nkinds = ["pattern"]\nseverity = "high"\nexamples.match = ["x"]\n'
Break = Callable[[Path], object]
Broken = tuple[str, Break, str, str, str]


def says(file: str, content: str | bytes) -> Break:
    """That file has another content."""
    return lambda home: (home / file).write_bytes(content if isinstance(content, bytes) else content.encode())


def swap(file: str, old: str, new: str) -> Break:
    """One place of that file is another."""
    good = {C: GOOD_CONFIG, R: GOOD_RULES}[file]
    assert good.count(old) >= 1
    return says(file, good.replace(old, new, 1))


def more(text: str) -> Break:
    """Something is added to the rules."""
    return says(R, GOOD_RULES + text)


def remove(file: str) -> Break:
    return lambda home: (home / file).unlink()


def folder(file: str) -> Break:
    """A directory of that name."""

    def make(home: Path) -> None:
        (home / file).unlink(missing_ok=True)
        (home / file).mkdir()

    return make


def link(file: str, to: str) -> Break:
    def make(home: Path) -> None:
        (home / file).unlink(missing_ok=True)
        (home / file).symlink_to(to)

    return make


def pipe(file: str) -> Break:
    def make(home: Path) -> None:
        (home / file).unlink(missing_ok=True)
        os.mkfifo(home / file)

    return make


def large(file: str, megabytes: int) -> Break:
    """A file of so many megabytes, of which the disk holds none."""

    def make(home: Path) -> None:
        with (home / file).open("ab") as grown:
            grown.truncate(megabytes * 2**20)

    return make


# What is broken, then the place, the problem and the cure that are told; the line is part of the place.
BROKEN: list[Broken] = [
    # the whole file
    ("config emptied", says(C, ""), "config.toml", "the file is empty", "put it back"),
    ("config gone", remove(C), "config.toml", "no such file", "leak-monitor init"),
    ("config is a folder", folder(C), "config.toml", "Is a directory", "a file we may read"),
    ("config is a pipe", pipe(C), "config.toml", "a pipe or a device", "a file we may read"),
    ("config is a link to itself", link(C, C), "config.toml", "symbolic links", "owner and mode"),
    ("config is a link to a device", link(C, "/dev/zero"), "config.toml", "a pipe or a device", "a file we may read"),
    ("config is huge", large(C, 9), "config.toml", "larger than 8 MB", "a file we may read"),
    ("config in UTF-16", says(C, GOOD_CONFIG.encode("utf-16")),
     "config.toml:1", "not UTF-8", "save the file as UTF-8"),
    ("config in GB 18030", says(C, IN_CHINESE.encode("gb18030")), "config.toml:10", "not UTF-8", "as UTF-8"),
    ("config cut off", says(C, GOOD_CONFIG.partition("oof")[0]), "config.toml:12", "not TOML", "toml.io"),
    ("config with NUL", swap(C, "GM", "G\0M"), "config.toml:11", "Illegal character", "toml.io"),
    ("config with a control character", swap(C, "GM", "G\x07M"), "config.toml:11", "Illegal character", "toml.io"),
    ("config of a web page", says(C, "<!doctype html><title>Sign in</title>"),
     "config.toml:1", "not TOML", "toml.io"),
    ("config as JSON", says(C, '{"people": []}'), "config.toml:1", "not TOML", "toml.io"),
    ("config as YAML", says(C, "people:\n  - key: lin\n"), "config.toml:1", "not TOML", "toml.io"),
    ("config of an old Mac", says(C, GOOD_CONFIG.replace("\n", "\r")), "config.toml:1", "not TOML", "toml.io"),
    ("config in the middle of a merge", swap(C, "[[people]]", "<<<<<<< ours\n[[people]]"),
     "config.toml:8", "", "toml.io"),
    ("config with typographic quotes", swap(C, '"GM"', "“GM”"), "config.toml:11", "Invalid value", "in quotes"),
    ("config with a full-width sign", swap(C, "title =", "title ＝"), "config.toml:11", "not TOML", "toml.io"),
    ("config with brackets without end", swap(C, "8080", "[" * 50_000), "config.toml", "too large", "brackets"),
    ("config with digits without end", swap(C, "8080", "9" * 50_000), "config.toml", "too large", "digits"),
    # its syntax
    ("open quote", swap(C, '"proof"', '"proof'), "config.toml:12", "not TOML", "toml.io"),
    ("open text of many lines", swap(C, '"proof"', '"""proof'), "config.toml:31", "Unterminated", "toml.io"),
    ("half a surrogate", swap(C, '"proof"', '"\\ud800"'), "config.toml:12", "not a Unicode", "toml.io"),
    ("one bracket", swap(C, "[[people]]", "[[people]"), "config.toml:8", "Expected ']]'", "toml.io"),
    ("table twice", swap(C, "[fetch]", "[fetch]\n[fetch]"), "config.toml:6", "twice", "toml.io"),
    ("key twice", swap(C, 'title = "GM"', 'title = "GM"\ntitle = "CEO"'), "config.toml:12", "overwrite", "toml.io"),
    ("table and list", swap(C, "[[receivers]]", "[receivers]\n[[receivers]]"),
     "config.toml:23", "overwrite", "toml.io"),
    ("two lines of a short table", swap(C, "web.port = 8080", "web = {\nport = 8080}"),
     "config.toml:3", "not TOML", "toml.io"),
    # its keys and values
    ("include of another file", swap(C, "[fetch]", 'include = "/etc/passwd"\n[fetch]'),
     "config.toml:5", "unknown key 'include'", "known here"),
    ("misspelled key", swap(C, "purpose", "porpoise"), "config.toml:12", "unknown key", "did you mean 'purpose'?"),
    ("text for a number", swap(C, "8080", '"8080"'), "config.toml:3", "whole number", "without quotes"),
    ("infinity", swap(C, "8080", "inf"), "config.toml:3", "whole number", "without quotes"),
    ("a number too large for the machine", swap(C, "8080", "9" * 30), "config.toml:3", "port", "at most 65535"),
    ("no time zone", swap(C, "Asia/Shanghai", "Mars/Phobos"), "config.toml:2", "no time zone", "IANA"),
    ("truth for a duration", swap(C, '"30s"', "true"), "config.toml:19", "no duration", '"90s"'),
    ("interval below the bound", swap(C, '"30s"', '"1s"'), "config.toml:19", "too small", "at least"),
    ("unset variable", swap(C, 'secret_file = "desk.secret"', 'secret_env = "NOT_THERE_AT_ALL"'),
     "config.toml:26", "NOT_THERE_AT_ALL is not set", "set it"),
    ("password in an address", swap(C, "http://127.0.0.1:9/hook", f"http://me:{PASSWORD}@h.example/"),
     "config.toml:25", "password", ""),
    ("token in the file", swap(C, 'format = "webhook"', f'format = "webhook"\nsecret = "{PASSWORD}"'),
     "config.toml:25", "must not stand in this file", "secret_env"),
    ("two people of one key",
     says(C, GOOD_CONFIG + '\n[[people]]\nkey = "lin"\nname = "x"\ntitle = "x"\npurpose = "x"\n'),
     "config.toml:34", "stands at line 9 already", "each key once"),
    ("no such network", swap(C, '"feed"', '"fed"'), "config.toml:15", "must be one of", 'did you mean "feed"'),
    # the files that it names
    ("secret gone", remove(S), "config.toml:26", "cannot read desk.secret: No such file", "mode 600"),
    ("secret is a folder", folder(S), "config.toml:26", "cannot read desk.secret: Is a directory", "mode 600"),
    ("secret is a pipe", pipe(S), "config.toml:26", "a pipe or a device", "mode 600"),
    ("secret is huge", large(S, 2), "config.toml:26", "larger than 1 MB", "mode 600"),
    ("secret is binary", says(S, b"\xff\xfe" + WHSEC.encode()), "config.toml:26", "not a text file", "mode 600"),
    ("secret emptied", says(S, ""), "config.toml:26", "no signing secret", "openssl rand"),
    ("another secret", says(S, PASSWORD), "config.toml:26", "no signing secret", "openssl rand"),
    ("rules in a folder that is not there", swap(C, "[fetch]", '[rules]\ndir = "ruels"\n[fetch]'),
     "ruels", "no rules file there", "create products.toml"),
    # the rules
    ("rules emptied", says(R, ""), "rules", "the watchlist is empty", "[[products]]"),
    ("rules gone", remove(R), "rules", "no rules file there", "create products.toml"),
    ("rules is a folder", folder(R), "all.toml", "Is a directory", "a file we may read"),
    ("a dangling link", link("rules/b.toml", "nowhere"), "b.toml", "No such file", "a file we may read"),
    ("a link to itself", link("rules/b.toml", "b.toml"), "b.toml", "symbolic links", "a file we may read"),
    ("a pipe beside", pipe("rules/b.toml"), "b.toml", "a pipe or a device", "a file we may read"),
    ("rules are huge", large(R, 65), "all.toml", "larger than 64 MB", "a file we may read"),
    ("rules in UTF-16", says(R, GOOD_RULES.encode("utf-16")), "all.toml:1", "not UTF-8", "save it as UTF-8"),
    ("rules in GB 18030", says(R, GOOD_RULES.encode("gb18030")), "all.toml:6", "not UTF-8", "save it as UTF-8"),
    ("rules with NUL", swap(R, "云雀9", "云\0雀9"), "all.toml:7", "Illegal character", "in quotes"),
    ("rules cut off", says(R, GOOD_RULES.partition("Shang")[0]), "all.toml:8", "not TOML", "in quotes"),
    ("rules in the middle of a merge", says(R, f">>>>>>> theirs\n{GOOD_RULES}"),
     "all.toml:1", "not TOML", "in quotes"),
    ("a copy beside", says("rules/copy.toml", GOOD_RULES), "copy.toml:3", "'key' is taken", "all.toml:3"),
    ("a rule twice",
     more('\n[[rules]]\nid = "unreleased-name"\nkinds = ["product"]\nseverity = "low"\nexamples.match = ["云雀9"]\n'),
     "all.toml:19", "'id' is taken", "all.toml:13"),
    ("encrypted without a key", says("rules/b.toml.age", b"age-encryption.org/v1\n"),
     "b.toml.age", "no key is named", "key_env"),
    ("open and encrypted", says("rules/all.toml.age", b"age-encryption.org/v1\n"),
     "all.toml", "stands beside", "keep one"),
    ("rules that include", says(R, f'include = ["../desk.secret"]\n{GOOD_RULES}'),
     "all.toml:1", "unknown key", "known keys"),
    ("a lift after itself", swap(R, "2030-06-18T19:00:00+08:00", '"event:a"'),
     "all.toml:10", "not there", "[[events]]"),
    ("events in a circle", more('\n[[events]]\nkey = "a"\nlabel = "A"\nstarts_at = "event:a"\ntimezone = "UTC"\n'),
     "all.toml:21", "no instant", "starts_at"),
    ("the 30th of February", swap(R, "2030-06-18", "2030-02-30"), "all.toml:10", "Invalid date", ""),
    ("no offset", swap(R, "+08:00", ""), "all.toml:10", "no offset", "+08:00"),
    ("window the wrong way round", swap(R, "until =", "from = 2031-01-01T00:00:00Z\nuntil ="),
     "all.toml:11", "not after 'from'", "from the one"),
    ("rules with no time zone", swap(R, "Asia/Shanghai", "Asia/Shanghia"),
     "all.toml:8", "no time zone", "did you mean"),
    ("no pattern", more(f'{PATTERN}pattern = "(白鹭2"\n'), "all.toml:24", "no pattern", "docs/"),
    ("a pattern that finds nothing", more(f'{PATTERN}pattern = "x*"\n'), "all.toml:24", "empty text", "docs/"),
    ("a rule for nothing", swap(R, 'severity = "high"', 'severity = "high"\nproducts = ["白鹭2"]'),
     "all.toml:16", "no product", "leave the list out"),
    ("an example that is not found",
     more('\n[[rules]]\nid = "y"\nkinds = ["product"]\nseverity = "low"\nexamples.match = ["白鹭2"]\n'),
     "all.toml:18", "is not found by the rule", "mend the rule"),
    ("an example that is found",
     swap(R, 'examples.match = ["云雀9"]', 'examples = {match = ["云雀9"], ignore = ["云雀9"]}'),
     "all.toml:12", "is found by the rule", "mend the rule"),
    ("a label that tells", swap(R, "Kingfisher", "云雀9"), "all.toml:5", "tells the name", "neutral"),
    ("a word of one letter", swap(R, '["云雀9"]', '["云雀9", "白"]'), "all.toml:7", "too short", "every text"),
]  # fmt: skip
