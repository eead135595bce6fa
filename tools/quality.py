"""How well the product finds what people find, on labelled posts that are not shipped: `./run quality`.

LEAK_MONITOR_CORPUS names a folder whose `data` has posts, watchlists and score.py. Every figure is made the way a user
would make it: the watchlist is imported, `leak-monitor scan` reads the posts, and score.py compares its answer.

    ./run quality                      the table of measures against their goals
    ./run quality --json               the same for programs
    ./run quality --list dates-right   what is wrong of one measure: id and kinds; --text adds the words
"""

import argparse
import gzip
import json
import os
import runpy
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from functools import cached_property
from pathlib import Path
from typing import IO, Any, TypeAlias

from monitor.rules import import_watchlist

Json: TypeAlias = dict[str, Any]

REAL, FICTIONAL = "watchlist.json", "fictional-watchlist.json"
LEAKS, EVASIONS = "leaks.jsonl", "evasions.jsonl"
MONEY = ("jionlp_money", "duckling_money")
TIME = ("jionlp_time", "duckling_time", "dateparser")
NOON_THERE = (
    "{}T12:00:00+08:00"  # the grammar is measured, not the zone: the reference day as the watchlist's zone has it
)
WHOLE = " (a whole one)"
LENGTHS = {"week": (7,), "month": range(28, 32), "quarter": range(90, 93), "year": (365, 366)}  # in days
USAGE = 2


@dataclass(frozen=True, slots=True)
class Wrong:
    """One post that was judged otherwise than its label: what of it, and its words."""

    id: str
    what: str
    text: str


@dataclass(frozen=True, slots=True)
class Measure:
    """A figure and its goal; `ok` is None where only a person can tell. `wrong` lists what it is made of."""

    name: str
    about: str
    goal: str
    reached: str
    ok: bool | None
    wrong: Sequence[Wrong] = field(default=(), repr=False)


# --- the corpus -----------------------------------------------------------------------------------------------------


def read_lines(path: Path) -> Iterator[Json]:
    """The records of a file of JSON lines, packed or not."""
    with _opened(path) as lines:
        yield from (json.loads(line) for line in lines if line.strip())


def _opened(path: Path) -> IO[str]:
    return gzip.open(path, "rt", encoding="utf-8") if path.suffix == ".gz" else path.open(encoding="utf-8")


class Corpus:
    """The labelled posts, what `scan` says of them, and what score.py says of that. Each is worked out once."""

    def __init__(self, data: Path, work: Path) -> None:
        self.data = data
        self._work = work
        self._scanned: dict[str, Path] = {}

    def records(self, *names: str) -> Iterator[Json]:
        """The records of these files."""
        for name in names:
            yield from read_lines(self.data / name)

    @cached_property
    def posts(self) -> list[Path]:
        """The files of posts without labels."""
        return sorted((self.data / "posts").glob("*.jsonl.gz"))

    @cached_property
    def parts_of_score(self) -> dict[str, Any]:
        """The functions of score.py, to list what it counts."""
        return runpy.run_path(str(self.data / "score.py"))

    def scan(self, watchlist: str, files: Sequence[Path], *, candidates: bool = False) -> Path:
        """What `leak-monitor scan` writes about these files, by that watchlist."""
        key = f"{watchlist}-{candidates}-{'-'.join(file.name for file in files)}"
        if key not in self._scanned:
            answer = self._work / f"scan-{len(self._scanned)}.jsonl"
            more = ["--candidates"] if candidates else []
            command = ["scan", "--rules", str(self._rules(watchlist)), *more, *map(str, files)]
            with answer.open("wb") as out:
                subprocess.run([sys.executable, "-P", "-m", "monitor", *command], stdout=out, check=True)  # noqa: S603 - our own program
            self._scanned[key] = answer
        return self._scanned[key]

    def answers(self, scanned: Path) -> dict[str, Json]:
        """The answers by the ids of the posts."""
        return {answer["id"]: answer for answer in read_lines(scanned)}

    def score(self, mode: str, scanned: Path, *arguments: str) -> Json:
        """What score.py says of a scan."""
        out = self._work / "score.json"
        command = [sys.executable, str(self.data / "score.py"), mode, "--pred", str(scanned), "--json", str(out)]
        subprocess.run([*command, *arguments], stdout=subprocess.DEVNULL, check=True)  # noqa: S603 - the corpus's own
        result: Json = json.loads(out.read_text(encoding="utf-8"))
        return result

    def as_posts(self, cases: str) -> Path:
        """The cases of another recognizer as posts of their reference day."""
        path = self._work / f"{cases}.jsonl"
        with path.open("w", encoding="utf-8") as out:
            for case in self.records(f"recognizers/{cases}.jsonl"):
                day = case["reference_time"] and NOON_THERE.format(
                    datetime.fromisoformat(case["reference_time"]).date()
                )
                post = {"id": case["id"], "text": case["text"], "published_at": day}
                out.write(json.dumps(post, ensure_ascii=False) + "\n")
        return path

    def _rules(self, watchlist: str) -> Path:
        folder = self._work / watchlist.removesuffix(".json")
        if not folder.exists():
            folder.mkdir()
            for name, text in import_watchlist((self.data / watchlist).read_bytes(), None).files.items():
                (folder / name).write_text(text, encoding="utf-8")
        return folder


# --- labelled posts -------------------------------------------------------------------------------------------------


def of_leaks(corpus: Corpus) -> Iterator[Measure]:
    """Whole posts: a leak or not."""
    wrong = list(_misjudged(corpus, LEAKS))
    english = [one for one in wrong if "en" in one.what.split()]
    yield _at_most("leaks", "labelled posts judged wrongly", 2, wrong, of=146)
    yield _at_most("leaks-english", "English ones of them", 0, english, of=35)
    wrong = list(_misjudged(corpus, EVASIONS))
    missed = [one for one in wrong if one.what.startswith("missed")]
    simple = [one for one in missed if "hard" not in one.what.split()]
    yield _at_most("disguises", "disguised leaks missed", 2, missed, of=63)
    yield _at_most("disguises-simple", "easy and medium ones of them", 0, simple, of=45)
    flagged = [one for one in wrong if one not in missed]
    yield _at_most("look-alikes", "harmless look-alikes flagged", 1, flagged, of=40)


def _misjudged(corpus: Corpus, name: str) -> Iterator[Wrong]:
    path = corpus.data / name
    scanned = corpus.scan(REAL, [path])
    errors = corpus.score("leaks", scanned, "--gold", str(path), "--watchlist", str(corpus.data / REAL))["errors"]
    answers = corpus.answers(scanned)
    for post in corpus.records(name):
        kinds = sorted({hit["kind"] for hit in answers[post["id"]]["hits"]} if post["id"] in answers else ())
        label = " ".join(filter(None, (post.get("lang"), post.get("technique"), post.get("difficulty"))))
        if post["id"] in errors["missed"]:
            yield Wrong(post["id"], f"missed {label}", post["text"])
        elif post["id"] in errors["false"]:
            yield Wrong(post["id"], f"flagged {label} {','.join(kinds)}", post["text"])


def of_values(corpus: Corpus) -> Iterator[Measure]:
    """Prices and dates in disguised posts: found, and with the right value."""
    path = corpus.data / EVASIONS
    scanned = corpus.scan(REAL, [path])
    scores = corpus.score("leaks", scanned, "--gold", str(path), "--watchlist", str(corpus.data / REAL))
    wrong = list(_wrong_values(corpus, scanned))
    for kind, name, least in (("price", "prices-right", 16), ("date", "dates-right", 13)):
        spans, values = scores["span_overlap"][f"all {kind}"], scores["value"][f"all {kind}"]
        right, of = values["right"], spans["tp"] + spans["fn"]
        listed = [one for one in wrong if one.what.split()[0] == kind]
        yield Measure(
            name, f"{kind}s found with the right value", f">= {least} of {of}", f"{right}", right >= least, listed
        )


def _wrong_values(corpus: Corpus, scanned: Path) -> Iterator[Wrong]:
    answers = corpus.answers(scanned)
    for post in corpus.records(EVASIONS):
        gold = [e for e in post["expect"] if not e.get("optional") and e["kind"] in ("price", "date")]
        same: Callable[[Json, Json], bool] = lambda e, h: corpus.parts_of_score["value_ok"](  # noqa: E731
            e["kind"], e["value"], h.get("value")
        )
        for what in _compared(corpus, gold, answers[post["id"]]["hits"], same):
            if not what.endswith("more"):
                yield Wrong(post["id"], what, post["text"])


def _compared(
    corpus: Corpus, gold: Sequence[Json], hits: Sequence[Json], same: Callable[[Json, Json], bool | None]
) -> Iterator[str]:
    """What of the labels is missed, what is found beside them, and which values differ."""
    pairs, missed, more = corpus.parts_of_score["match"](gold, hits, False)
    yield from (f"{label['kind']} missed" for label in missed)
    yield from (f"{hit['kind']} more" for hit in more if hit["kind"] in ("price", "date"))
    for label, hit in pairs:
        if label.get("value") is not None and same(label, hit) is False:
            yield f"{label['kind']} value {hit.get('value')}"


# --- cases of other recognizers -------------------------------------------------------------------------------------


def of_recognizers(corpus: Corpus) -> Iterator[Measure]:
    """Every amount of money and every day in sentences that other projects are tested by, together and one by one."""
    for kind, sets, least in (("price", MONEY, 0.95), ("date", TIME, 0.92)):
        for name, of in ((f"{kind}s", sets), *((name, (name,)) for name in sets)):
            scores = _recognized(corpus, of)
            wrong = [one for each in of for one in _wrong_cases(corpus, each, kind)]
            yield _at_least(
                name, f"{kind}s found, F1", least, scores["span_overlap"][f"all {kind}"]["f1"] or 0.0, wrong
            )
            if kind == "date":
                yield from _of_days(name, scores["value"]["all date"], wrong)


def _of_days(name: str, values: Json, wrong: Sequence[Wrong]) -> Iterator[Measure]:
    """The right ones of the days that were found, by score.py and with whole weeks, months and years as spans.

    A case that means a whole month has its first day as value, and score.py takes the month that we answer for wrong.
    """
    differ = [one for one in wrong if " value " in one.what]
    yield _at_least(f"{name}-values", "right values of those", 0.80, values["rate"] or 0.0, differ)
    other = [one for one in differ if not one.what.endswith(WHOLE)]
    rate = 1 - len(other) / values["of"] if values["of"] else 0.0
    yield Measure(
        f"{name}-values-spans", "the same, a whole month being a month", "(beside it)", f"{rate:.3f}", None, other
    )


def _recognized(corpus: Corpus, names: Sequence[str]) -> Json:
    scanned = corpus.scan(REAL, [corpus.as_posts(name) for name in names], candidates=True)
    return corpus.score("spans", scanned, "--gold", *(str(corpus.data / "recognizers" / f"{n}.jsonl") for n in names))


def _wrong_cases(corpus: Corpus, name: str, kind: str) -> Iterator[Wrong]:
    parts = corpus.parts_of_score
    answers = corpus.answers(corpus.scan(REAL, [corpus.as_posts(name)], candidates=True))
    for case in corpus.records(f"recognizers/{name}.jsonl"):
        if not case.get("relevant"):
            continue
        known = [e for e in case["expect"] if e["type"] in parts["TYPE2KIND"]]
        gold = [e | {"kind": parts["TYPE2KIND"][e["type"]]} for e in known if e.get("relevant", True)]
        aside = [e for e in case["expect"] if e["type"] not in parts["TYPE2KIND"] or not e.get("relevant", True)]
        hits = [h for h in answers[case["id"]]["hits"] if h["kind"] == kind]
        hits = [h for h in hits if not any(parts["overlap"](e, h) for e in aside)]
        for what in _compared(corpus, gold, hits, parts["recog_value_ok"]):
            whole = " value " in what and any(_means(label, what.split()[-1]) for label in gold)
            yield Wrong(case["id"], what + (WHOLE if whole else ""), case["text"])


def _means(label: Json, span: str) -> bool:
    """Whether the label is a whole week, month, quarter or year, told by its first day, and the span is all of it."""
    first, _, last = span.partition("/")
    values = label["value"] if isinstance(label["value"], list) else [label["value"]]
    wanted = {(str(value.get("value"))[:10], value.get("grain")) for value in values if isinstance(value, dict)}
    days = (date.fromisoformat(last) - date.fromisoformat(first)).days + 1 if last else 1
    return any((first, grain) in wanted and days in lengths for grain, lengths in LENGTHS.items())


# --- posts without labels -------------------------------------------------------------------------------------------


def of_posts(corpus: Corpus) -> Iterator[Measure]:
    """Real posts: of the fictional list every alarm is false; of the real one each has to be looked at."""
    false = list(_alarms(corpus, FICTIONAL))
    yield _at_most("alarms", "alarms about products that do not exist", 9, false, of=67_783)
    told = list(_alarms(corpus, REAL))
    goal = "<= 9 of them untrue"
    yield Measure("mentions", "alarms about real products, to be judged by a person", goal, f"{len(told)}", None, told)


def _alarms(corpus: Corpus, watchlist: str) -> Iterator[Wrong]:
    answers = corpus.answers(corpus.scan(watchlist, corpus.posts))
    for file in corpus.posts:
        for post in read_lines(file):
            answer = answers.get(post["id"])
            if answer and answer["leak"]:
                hits = (f"{hit['kind']}:{hit['product']}" for hit in answer["hits"])
                yield Wrong(post["id"], ", ".join(dict.fromkeys(hits)), post["text"])


# --- what is printed ------------------------------------------------------------------------------------------------


def _at_most(name: str, about: str, most: int, wrong: Sequence[Wrong], *, of: int) -> Measure:
    return Measure(name, about, f"<= {most} of {of}", str(len(wrong)), len(wrong) <= most, wrong)


def _at_least(name: str, about: str, least: float, figure: float, wrong: Sequence[Wrong]) -> Measure:
    return Measure(name, about, f">= {least:.2f}", f"{figure:.3f}", figure >= least, wrong)


GROUPS: tuple[Callable[[Corpus], Iterator[Measure]], ...] = (of_leaks, of_values, of_recognizers, of_posts)
VERDICTS = {True: "ok", False: "missed", None: "look"}


def table(measures: Iterable[Measure]) -> Iterator[str]:
    """The measures as lines of a table, each as soon as it is known."""
    yield f"{'measure':24} {'goal':20} {'reached':>8}  {'':6}  what"
    for one in measures:
        yield f"{one.name:24} {one.goal:20} {one.reached:>8}  {VERDICTS[one.ok]:6}  {one.about}"


def listed(measures: Iterable[Measure], name: str, *, with_text: bool) -> Iterator[str]:
    """What is wrong of one measure."""
    known = {one.name: one for one in measures}
    if name not in known:
        raise SystemExit(f"no measure is called {name}; there are: {', '.join(known)}")
    for wrong in known[name].wrong:
        yield "  ".join([wrong.id, wrong.what, *([wrong.text] if with_text else [])])


def as_json(measures: Iterable[Measure]) -> str:
    """The measures for programs; of what is wrong only the ids."""
    rows = [asdict(one) | {"wrong": [wrong.id for wrong in one.wrong]} for one in measures]
    return json.dumps(rows, ensure_ascii=False, indent=2)


def find_corpus() -> Path:
    """The folder of labelled posts; the program ends with what to do if there is none."""
    named = os.environ.get("LEAK_MONITOR_CORPUS", "")
    data = Path(named) / "data"
    if not named or not (data / "score.py").is_file():
        problem = f"{data} has no score.py" if named else "LEAK_MONITOR_CORPUS is not set"
        sys.stderr.write(f"{problem}; let it name the folder whose data/ has the labelled posts\n")
        raise SystemExit(USAGE)
    return data


def main() -> int:
    """0 if every goal is reached, 1 if not."""
    parser = argparse.ArgumentParser(prog="./run quality", description="Measure the product on labelled posts.")
    parser.add_argument("--json", action="store_true", help="for programs")
    parser.add_argument("--list", metavar="NAME", help="what is wrong of one measure")
    parser.add_argument("--text", action="store_true", help="with --list: the words too")
    asked = parser.parse_args()
    data = find_corpus()
    with tempfile.TemporaryDirectory(prefix="quality-") as work:
        corpus = Corpus(data, Path(work))
        measures: list[Measure] = []
        lines = table(_kept(corpus, measures))
        if asked.json or asked.list:
            measures.extend(one for group in GROUPS for one in group(corpus))
            lines = iter([as_json(measures)]) if asked.json else listed(measures, asked.list, with_text=asked.text)
        for line in lines:
            sys.stdout.write(line + "\n")
            sys.stdout.flush()
    return int(any(one.ok is False for one in measures)) if not asked.list else 0


def _kept(corpus: Corpus, measures: list[Measure]) -> Iterator[Measure]:
    for group in GROUPS:
        for one in group(corpus):
            measures.append(one)
            yield one


if __name__ == "__main__":
    raise SystemExit(main())
