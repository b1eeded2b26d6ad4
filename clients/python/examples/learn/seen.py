"""What an episode has shown so far, as candidates: what the intent mentions, and the rows of the results.

Nothing here knows what a task wants: it reads words, figures and rows off the text, for any domain alike.
"""

import re
from dataclasses import dataclass, field
from functools import lru_cache
from zlib import crc32

ROWS_MAX = 60
WORDS = (
    "a an and are as at be by can could do for from get have hello hey hi how i in is it its me my of on or our please so "
    "that the then there this to us we what which who will with would you your"
)
STOP = frozenset(WORDS.split())
MONTHS = "january february march april may june july august september october november december".split()  # noqa: SIM905
MENTION = re.compile(
    r"[\"“「]([^\"”」]+)[\"”」]"
    r"|\b(\d{1,2} (?:" + "|".join(month.capitalize() for month in MONTHS) + r") \d{4})\b"
    r"|([\w.+-]+@[\w-]+\.[\w.-]+)"
    r"|\b([A-Z]{1,4}-\d+)\b"
    r"|(?<![\w.-])(\d+(?:\.\d+)?)(?![\w-])"
    r"|(?<![.!?] )(?<!^)(?!I\b)\b([A-ZÀ-ÞŁŚŠŽ][\w'’&.-]*\w(?: (?:[A-ZÀ-ÞŁŚŠŽ&][\w'’&.-]*|\d+|de|of|van|von))*)"
)
KINDS = ("quoted", "date", "email", "code", "number", "name")


@lru_cache(maxsize=1 << 18)
def bucket(*parts: object, size: int) -> int:
    """A place in a table of that size for what the parts say: the same on every machine."""
    return crc32("\x1f".join(map(str, parts)).encode()) % size


@lru_cache(maxsize=1 << 16)
def stem(word: str) -> str:
    """Enough of English to tell a plural from another word."""
    word = word.lower()
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith(("sses", "xes", "ches", "shes")):
        return word[:-2]
    return word[:-1] if word.endswith("s") and not word.endswith(("ss", "us", "is")) and len(word) > 3 else word


@lru_cache(maxsize=1 << 16)
def words_of(name: str) -> tuple[str, ...]:
    """The words of a name in whatever case it is written."""
    return tuple(stem(word) for word in re.findall(r"[A-Za-z]+", re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", name)))


def fold(value: object) -> str:
    return fold_text(value if isinstance(value, str) else str(value))


@lru_cache(maxsize=1 << 18)
def fold_text(value: str) -> str:
    return " ".join(value.casefold().split())


@lru_cache(maxsize=1 << 16)
def spaced(value: str) -> str:
    """The words of a value as a sentence would have them."""
    return " ".join(re.findall(r"\w+", re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", value).replace("_", " ").casefold()))


@dataclass(frozen=True)
class Mention:
    """Something that the intent says by name: text, day, code or figure."""

    value: object
    kind: str
    order: int
    before: tuple[str, ...]  # the stems of up to four words that stand before it
    after: str
    folded: str


@dataclass(frozen=True)
class Cell:
    """A field of a row that holds something: the name it is known by elsewhere (`id` with its row's noun) and its words."""

    name: str
    whole: str
    words: tuple[str, ...]
    value: object
    folded: str
    key: bool


@dataclass
class Row:
    """One object of a result."""

    noun: str
    fields: dict[str, object]
    step: int
    index: int
    siblings: int
    exact: int = 0  # how many mentions are a field's value
    loose: int = 0  # how many other short values the intent has among its words
    best: bool = False
    alone: bool = False
    cells: list["Cell"] = field(default_factory=list)


class Intent:
    """An intent with its mentions; the same for all episodes of a task."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.mentions: list[Mention] = []
        bare = []
        at = 0
        for match in MENTION.finditer(text):
            bare.append(text[at : match.start()])
            at = match.end()
            kind = KINDS[match.lastindex - 1]
            said = match[match.lastindex]
            before = tuple(stem(word) for word in re.findall(r"[A-Za-z]+", text[: match.start()])[-4:])
            after = re.findall(r"[A-Za-z]+", text[match.end() :])[:1]
            self.mentions.append(
                Mention(
                    value_of(kind, said), kind, len(self.mentions), before, stem(after[0]) if after else "", fold(said)
                )
            )
        bare.append(text[at:])
        self.plain = " ".join(bare)  # without what is mentioned
        self.words = [stem(word) for word in re.findall(r"[A-Za-z]+", self.plain)]
        self.place = {word: at / max(len(self.words), 1) for at, word in reversed(list(enumerate(self.words)))}
        self.folded = " " + " ".join(re.findall(r"\w+", text.casefold())) + " "
        self.grams = self.words + [f"{a} {b}" for a, b in zip(self.words, self.words[1:], strict=False)]
        self.names = {mention.folded for mention in self.mentions}

    def says(self, value: str) -> bool:
        """Whether the words of the value stand in the intent side by side."""
        said = spaced(value)
        return said != "" and f" {said} " in self.folded


def value_of(kind: str, said: str) -> object:
    if kind == "number":
        return float(said) if "." in said else int(said)
    if kind == "date":
        day, month, year = said.split()
        return f"{year}-{MONTHS.index(month.lower()) + 1:02}-{int(day):02}"
    return said


@dataclass
class Seen:
    """What one episode has shown."""

    intent: Intent
    rows: list[Row] = field(default_factory=list)
    met: set[str] = field(default_factory=set)  # all values, folded
    keys: set[str] = field(default_factory=set)  # the names under which keys were seen
    counts: list[tuple[int, int]] = field(default_factory=list)  # of each list that came: how many rows, at which step

    def read(self, tool: str, result: object, step: int) -> tuple[list[Row], list[int]]:
        """@returns the rows of a result, each held against the intent, and how long its lists are"""
        found: list[Row] = []
        gather(result, "_".join(words_of(re.sub(r"_\d+$", "", tool))[1:]), step, found, 0)
        for row in found:
            self.judge(row)
        most = max(((row.exact, row.loose) for row in found), default=(0, 0))
        leaders = [row for row in found if (row.exact, row.loose) == most]
        for row in leaders:
            row.best = True
            row.alone = len(leaders) == 1
        lists = [value for value in result.values() if isinstance(value, list)] if isinstance(result, dict) else []
        return found, [len(value) for value in lists]

    def note(self, found: list[Row], counts: list[int], step: int) -> None:
        self.counts += [(count, step) for count in counts]
        self.rows = (found + self.rows)[:ROWS_MAX]
        for row in found:
            self.met |= {cell.folded for cell in row.cells if not isinstance(cell.value, bool)}
            self.keys |= {cell.whole for cell in row.cells if cell.key}

    def judge(self, row: Row) -> None:
        for name, value in row.fields.items():
            if value is not None:
                whole = f"{row.noun}_id" if name == "id" else name
                key = name == "id" or name.endswith("_id")
                row.cells.append(Cell(name, whole, words_of(whole if key else name), value, fold(value), key))
        texts = {cell.folded for cell in row.cells if not isinstance(cell.value, bool)}
        row.exact = len(texts & self.intent.names)
        for name, value in row.fields.items():
            if isinstance(value, bool):
                row.loose += value and any(word in self.intent.place for word in words_of(name))
            elif isinstance(value, str) and len(value) < 30 and fold(value) not in self.intent.names:
                row.loose += self.intent.says(value)


def gather(
    value: object, noun: str, step: int, found: list[Row], depth: int, index: int = 0, siblings: int = 1
) -> None:
    if depth > 4:
        return
    if isinstance(value, list):
        for at, item in enumerate(value[:ROWS_MAX]):
            gather(item, noun, step, found, depth + 1, at, len(value))
        return
    if not isinstance(value, dict):
        return
    plain = {name: inner for name, inner in value.items() if not isinstance(inner, (dict, list))}
    nested = {name: inner for name, inner in value.items() if isinstance(inner, (dict, list))}
    if plain and any(name not in ("total", "next_cursor", "has_more") for name in plain):
        for name, inner in nested.items():
            if isinstance(inner, dict):
                plain |= {f"{name}_{key}": cell for key, cell in inner.items() if not isinstance(cell, (dict, list))}
        found.append(Row(noun, plain, step, index, siblings))
    for name, inner in nested.items():
        gather(
            inner, noun if name in ("items", "data", "results") else "_".join(words_of(name)), step, found, depth + 1
        )
