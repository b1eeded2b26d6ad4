"""An episode as a row of choices: which tool, what for each argument, which answer; each among candidates with features.

A candidate is a vector of figures (shares of words in common, where a value comes from, what was called before) and a set
of places in a hashed table (which words stand with which verb). Both speak of form, never of one domain, so what is
learned on some domains may hold on others. Which of it matters, and for what, is nobody's to say but the training's.

Two rules narrow what is offered, by schema alone: a value has the type that the schema asks for, and an argument that is a
key (`room_id`) is offered the keys seen under its own name, or, where there are none, all keys.
"""

import re
from dataclasses import dataclass
from itertools import chain

import numpy as np
from seen import STOP, Intent, Mention, Seen, bucket, fold, stem, words_of

TABLE = 1 << 15
OPTIONAL_MAX = 4
VALUES_MAX = 40
STEPS = 6
CALLS_MAX = 5
FIGURES = {"tool": 41, "more": 24, "argument": 52, "answer": 14, "row": 13, "field": 13}
PAGING = frozenset(("limit", "offset", "cursor", "page"))
ASKING = frozenset("many much difference who when what which how total number count whether".split())  # noqa: SIM905


@dataclass
class Choice:
    """One choice to make: of each candidate its figures, its places in the table, and what taking it means."""

    head: str
    figures: list[list[float]]
    places: list[list[int]]
    options: list
    packed: tuple[np.ndarray, np.ndarray, np.ndarray] | None = None

    def pack(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """@returns figures [candidates, figures], places in a row, and how many of them each candidate has"""
        if self.packed is None:
            self.packed = (
                np.array(self.figures, dtype=np.float32),
                np.fromiter(chain.from_iterable(self.places), dtype=np.int64),
                np.array([len(places) for places in self.places], dtype=np.int64),
            )
            self.figures, self.places = [], []
        return self.packed

    def add(self, option: object, figures: list[float], *crossed: tuple, fixed: list[int] | None = None) -> None:
        self.options.append(option)
        self.figures.append(figures + [0.0] * (FIGURES[self.head] - len(figures)))
        fresh = [bucket(self.head, *each, size=TABLE) for each in crossed]
        self.places.append(fixed + fresh if fixed else fresh)


class Property:
    """An argument of a tool as its schema shows it, held against one intent."""

    def __init__(self, name: str, schema: dict, required: bool, intent: Intent) -> None:
        self.name, self.schema, self.required = name, schema, required
        self.words = words_of(name)
        self.tail = self.words[-1] if self.words else ""
        self.kind = kind_of(name, schema)
        self.query = name in ("query", "q", "search", "keyword")
        self.share = sum(word in intent.place for word in self.words) / max(len(self.words), 1)
        self.values = []  # of an enum, with whether the intent says it, and what share of its words
        for value in schema.get("enum", ()):
            parts = words_of(str(value))
            part = sum(word in intent.place for word in parts) / max(len(parts), 1)
            self.values.append((value, float(isinstance(value, str) and intent.says(value)), part))
        self.mentions = [mention for mention in intent.mentions if suits(self.kind, mention)]
        self.offered = self.kind in ("enum", "boolean") or bool(self.mentions)
        self.figures = [float(self.kind == kind) for kind in ("enum", "boolean", "number", "key", "day", "text")]
        self.figures += [
            float(required),
            self.share,
            float(self.share == 1),
            float(self.query),
            float(name in ("name", "title")),
        ]


def kind_of(name: str, schema: dict) -> str:
    types = schema.get("type")
    types = types if isinstance(types, list) else [types]
    if "enum" in schema:
        return "enum"
    for kind, names in (
        ("boolean", ("boolean",)),
        ("number", ("integer", "number")),
        ("list", ("array",)),
        ("object", ("object",)),
    ):
        if any(each in types for each in names):
            return kind
    if name == "id" or name.endswith("_id"):
        return "key"
    return "day" if schema.get("format") in ("date", "date-time") else "text"


def suits(kind: str, mention: Mention) -> bool:
    if kind == "number":
        return mention.kind == "number"
    if kind == "day":
        return mention.kind == "date"
    return kind == "text" or (kind == "list" and mention.kind != "number")


class Tool:
    """A tool as its description and schema show it, held against one intent."""

    def __init__(self, spec: dict, intent: Intent) -> None:
        self.name: str = spec["name"]
        words = words_of(re.sub(r"_\d+$", "", self.name))
        self.verb, self.noun = words[0], words[1:]
        self.table = "_".join(self.noun)
        schema = spec["input_schema"]
        required = set(schema.get("required", ()))
        properties = [
            Property(name, of, name in required, intent)
            for name, of in schema.get("properties", {}).items()
            if name not in PAGING
        ]
        self.required = [each for each in properties if each.required]
        self.optional = [each for each in properties if not each.required and each.offered]
        self.keys = [each.name for each in self.required if each.kind == "key"]
        said = intent.place
        mine = [said[word] for word in self.noun if word in said]
        described = {stem(word) for word in re.findall(r"[A-Za-z]+", spec.get("description", ""))} - STOP
        content = set(intent.words) - STOP
        known = described | set(words) | {word for each in properties for word in each.words}
        self.share = len(mine) / len(self.noun) if self.noun else 0.0
        self.fixed = [
            self.share,
            float(self.share == 1),
            min(len(mine), 3) / 3,
            1 - min(mine, default=1),
            1 - max(mine, default=1),
            len(described & content) / max(len(described), 1),
            len(known & content) / max(len(content), 1),
            min(sum(each.share == 1 for each in self.optional), 3) / 3,
            min(len(self.required), 3) / 3,
            min(len(properties), 10) / 10,
            float(bool(self.keys)),
            float(self.name == "submit"),
            float(any(each.query or each.name == "name" for each in properties)),
            min(len(self.noun), 4) / 4,
            float(bool(self.noun) and f" {' '.join(self.noun)} " in f" {' '.join(intent.words)} "),
        ]
        self.places = sorted({bucket("said", gram, self.verb, size=TABLE) for gram in intent.grams})


class Shared:
    """What the episodes of one task have in common: the same choices from the same beginning lead to the same sight."""

    def __init__(self) -> None:
        self.choices: dict[tuple[int, ...], Choice] = {}
        self.told: dict[tuple[int, ...], tuple] = {}


class Episode:
    """One episode of the acting side: what was seen, what is being chosen, and the action that comes of it."""

    def __init__(self, intent: Intent, tools: list[Tool], shared: Shared) -> None:
        self.intent, self.shared = intent, shared
        self.tools = [tool for tool in tools if tool.name != "send_message"]
        self.seen = Seen(intent)
        self.path: tuple[int, ...] = ()
        self.steps = 0
        self.called: dict[str, int] = {}
        self.verbs = ("-", "-")
        self.failed = self.empty = False
        self.spent: set[str] = set()  # values that were given in calls, folded
        self.last: Tool | None = None
        self.tool: Tool | None = None
        self.arguments: dict = {}
        self.stage = "tool"
        self.pending: list[Property] = []
        self.row = None
        best = max((tool.share for tool in self.tools), default=0)
        self.leaders = {tool.name for tool in self.tools if tool.share == best > 0}
        self.question = "?" in intent.text

    def note(self, observation: dict) -> None:
        """What the world answered to the last action."""
        tool = self.tool
        assert tool is not None
        self.steps += 1
        self.called[tool.name] = self.called.get(tool.name, 0) + 1
        self.failed = observation.get("error") is not None
        self.verbs = (self.verbs[1], tool.verb + ("!" if self.failed else ""))
        self.empty = False
        if not self.failed:
            told = self.shared.told.get(self.path)
            if told is None:
                told = self.shared.told[self.path] = self.seen.read(tool.name, observation.get("result"), self.steps)
            self.seen.note(*told, self.steps)
            self.empty = 0 in told[1]
        self.spent |= {fold(value) for value in self.arguments.values()}
        self.last, self.tool, self.stage = tool, None, "tool"

    def next(self) -> Choice:
        """The choice that is to be made now."""
        choice = self.shared.choices.get(self.path)
        if choice is None:
            choice = Choice(self.stage, [], [], [])
            getattr(self, f"offer_{self.stage}")(choice)
            self.shared.choices[self.path] = choice
        return choice

    def take(self, choice: Choice, index: int) -> dict | None:
        """@returns the action, once what was chosen makes one"""
        option = choice.options[index]
        self.path += (index,)
        if choice.head == "tool":
            self.tool, self.arguments, self.pending = option, {}, list(option.required)
            return self.go("answer") if option.name == "submit" else self.go_on()
        if choice.head == "more":
            return self.go("argument") if option else self.act()
        if choice.head == "argument":
            of, value = option
            self.arguments[of.name] = value
            self.pending = self.pending[1:]
            return self.go_on()
        if choice.head == "row":
            self.row = option
            return self.go("field")
        if choice.head == "answer" and option == "row":
            return self.go("row")
        return {"type": "submit"} if option is None else {"type": "submit", "answer": option}

    def go(self, stage: str) -> None:
        self.stage = stage

    def go_on(self) -> dict | None:
        if self.pending:
            return self.go("argument")
        given = sum(each.name in self.arguments for each in self.tool.optional)
        return self.go("more") if given < min(OPTIONAL_MAX, len(self.tool.optional)) else self.act()

    def act(self) -> dict:
        return {"type": "call_tool", "tool_name": self.tool.name, "arguments": self.arguments}

    def offer_tool(self, choice: Choice) -> None:
        rows = self.seen.rows
        sure = {cell.whole for row in rows if row.best and row.exact for cell in row.cells if cell.key}
        nouns = {row.noun for row in rows}
        met = {row.noun for row in rows if row.exact}
        share = len(self.seen.met & self.intent.names) / max(len(self.intent.names), 1)
        exact, alone = bool(met), any(row.exact and row.alone for row in rows)
        at = min(self.steps, STEPS - 1)
        common = [float(at == each) for each in range(STEPS)]
        common += [float(self.failed), float(self.empty), float(exact), float(alone), share, float(self.question)]
        for tool in self.tools if self.steps < CALLS_MAX else [tool for tool in self.tools if tool.name == "submit"]:
            has = all(key in self.seen.keys for key in tool.keys)
            surely = bool(tool.keys) and all(key in sure for key in tool.keys)
            times = self.called.get(tool.name, 0)
            figures = tool.fixed + common
            figures += [
                float(tool.name in self.leaders),
                float(times == 0),
                float(times == 1),
                float(times > 1),
                float(tool is self.last),
                float(tool is self.last and self.failed),
                float(has and bool(tool.keys)),
                float(not has),
                float(surely),
                float(tool.table in nouns),
                float(tool.table in met),
                float(tool.share == 1 and not times and not exact),
                float(tool.share == 1 and surely),
                float(self.last is not None and self.last.noun == tool.noun),
            ]
            choice.add(
                tool,
                figures,
                ("step", at, tool.verb),
                ("last", self.verbs[1], tool.verb),
                ("two", *self.verbs, tool.verb),
                ("asked", self.question, self.verbs[1], tool.verb),
                ("met", exact, alone, tool.share == 1, tool.verb),
                ("keys", has, surely, tool.verb),
                ("done", self.question, share == 1, tool.verb),
                fixed=tool.places,
            )

    def offer_more(self, choice: Choice) -> None:
        """Whether to give one more of the arguments that may be left out."""
        tool = self.tool
        given = {fold(value) for value in self.arguments.values()}
        count = min(sum(each.name in self.arguments for each in tool.optional), 3)
        used = sum(mention.folded in given for mention in self.intent.mentions)
        left = len(self.intent.mentions) - used
        named = any(each.share == 1 for each in tool.optional if each.name not in self.arguments)
        said = any(said for each in tool.optional if each.name not in self.arguments for _, said, _ in each.values)
        state = [float(count == each) for each in range(3)] + [
            float(used == 0),
            float(used > 0),
            float(left == 0),
            float(named),
        ]
        state += [
            float(said),
            float(bool(tool.required)),
            float(self.failed),
            float(self.empty),
            float(self.steps == 0),
        ]
        for more in (False, True):
            figures = state + [0.0] * len(state) if more else [0.0] * len(state) + state
            choice.add(
                more,
                figures,
                ("count", more, tool.verb, count),
                ("used", more, tool.verb, used),
                ("left", more, tool.verb, left, count),
                ("times", more, tool.verb, self.called.get(tool.name, 0), count),
                ("said", more, tool.verb, named, said, count),
            )

    def offer_argument(self, choice: Choice) -> None:
        """What for the next of the required arguments, or which other argument, and what for it."""
        given = {fold(value) for value in self.arguments.values()}
        tool = self.tool
        for of in self.pending[:1] or [each for each in tool.optional if each.name not in self.arguments]:

            def add(value: object, source: str, own: list[float], *crossed: tuple, of: Property = of) -> None:
                folded = fold(value)
                figures = of.figures + [float(source == each) for each in ("mention", "enum", "boolean", "seen")]
                figures += [float(folded in given), float(folded in self.spent)]
                choice.add(
                    (of, shaped(of, value)),
                    figures + own,
                    ("source", tool.verb, of.kind, source),
                    ("name", of.tail, source),
                    ("verb", tool.verb, of.name if of.query else of.kind, source, self.steps == 0),
                    *crossed,
                )

            for value, said, part in of.values:
                add(value, "enum", [said, part], ("enum", said, tool.verb, of.share == 1))
            if of.kind == "boolean":
                for value in (True, False):
                    words = [("flag", value, gram) for gram in self.intent.grams] if of.share > 0 else []
                    add(value, "boolean", [0.0, 0.0, float(value), float(of.share == 1 and value)], *words)
            for mention in of.mentions:
                self.offer_mention(of, mention, add)
            if of.required and of.kind in ("key", "text", "number", "day"):
                self.offer_seen(of, add)
        if not choice.options:  # nothing suits: the call is made all the same, and the world says what is wrong with it
            of = self.pending[0]
            choice.add((of, {"number": 1, "list": [], "object": {}}.get(of.kind, "-")), [])

    def offer_mention(self, of: Property, mention: Mention, add) -> None:
        tool = self.tool
        met = mention.folded in self.seen.met
        own = [0.0] * 4 + [
            float(mention.kind == kind) for kind in ("quoted", "date", "email", "code", "number", "name")
        ]
        own += [
            float(any(word in mention.before for word in of.words)),
            float(mention.before[-1:] == of.words[-1:]),
            float(any(word in mention.before or word == mention.after for word in tool.noun)),
            float(met),
            float(mention.order == 0),
            float(mention.order == 1),
            float(mention.order == len(self.intent.mentions) - 1),
        ]
        last = mention.before[-1] if mention.before else ""
        add(
            mention.value,
            "mention",
            own,
            ("before", last, of.tail, tool.verb),
            ("prior", *mention.before[-2:], of.kind),
            ("told", last, tool.verb, of.query),
            ("met", met, tool.verb, of.kind, of.share == 1),
            ("form", mention.kind, of.tail),
        )

    def offer_seen(self, of: Property, add) -> None:
        named = of.name in self.seen.keys
        taken: set[str] = set()
        for row in self.seen.rows:
            for cell in row.cells:
                same = of.name in (cell.whole, cell.name)
                fits = cell.key and (same or not named) if of.kind == "key" else same and not cell.key
                if not fits or isinstance(cell.value, bool) or cell.folded in taken or len(taken) >= VALUES_MAX:
                    continue
                taken.add(cell.folded)
                spent = cell.folded in self.spent
                own = [0.0] * 17 + [
                    float(same),
                    sum(word in cell.words for word in of.words) / max(len(of.words), 1),
                    float(cell.name == "id"),
                    float(row.noun == self.tool.table),
                    float(row.best),
                    float(row.alone),
                    min(row.exact, 2) / 2,
                    min(row.loose, 2) / 2,
                    float(row.best and row.exact > 0),
                    float(same and row.best and row.exact > 0),
                    float(row.step == self.steps),
                    float(row.index == 0),
                    min(row.siblings, 10) / 10,
                ]
                add(cell.value, "seen", own, ("seen", same, row.best, row.exact > 0), ("which", same, row.alone, spent))

    def offer_answer(self, choice: Choice) -> None:
        """Whether to say nothing, how many there were, or what a row has."""
        rows = self.seen.rows
        asks = [word for word in self.intent.words if word in ASKING] or ["-"]
        newest = [row for row in rows if row.step == self.steps]
        state = [float(self.question), float(bool(rows)), float(any(row.exact for row in rows))]
        choice.add(None, [1.0, 0.0, 0.0, *state], *(("none", word) for word in [*asks, self.verbs[1]]))
        counts = {
            "all": {count for count, step in self.seen.counts if step == self.steps},
            "best": {sum(row.best for row in newest)},
        }
        for of, values in counts.items():
            for value in sorted(values):
                choice.add(
                    value,
                    [0.0, 1.0, float(of == "best"), *state, float(value == 0)],
                    *(("count", of, word) for word in asks),
                )
        if any(not cell.key for row in rows for cell in row.cells):
            choice.add(
                "row", [0.0, 0.0, 0.0, *[0.0] * 4, 1.0, *state], *(("row", word) for word in [*asks, self.verbs[1]])
            )

    def offer_row(self, choice: Choice) -> None:
        """Which row has the answer."""
        rows = [row for row in self.seen.rows if not all(cell.key for cell in row.cells)]
        for row in rows:
            if row.step != rows[0].step:
                continue
            figures = [
                float(row.best),
                float(row.alone),
                min(row.exact, 2) / 2,
                min(row.loose, 2) / 2,
                float(row.best and row.exact > 0),
                float(row.best and row.exact + row.loose > 0),
                float(row.step == self.steps),
                float(row.step == self.steps and row.best),
                float(row.siblings == 1),
                float(row.index == 0),
                float(any(word in self.intent.place for word in row.noun.split("_"))),
            ]
            choice.add(row, figures, ("row", row.best, row.exact > 0, row.step == self.steps, row.siblings == 1))

    def offer_field(self, choice: Choice) -> None:
        """Which field of it."""
        asks = [word for word in self.intent.words if word in ASKING] or ["-"]
        for cell in self.row.cells:
            if cell.key:
                continue
            said = [self.intent.place[word] for word in cell.words if word in self.intent.place]
            share = len(said) / max(len(cell.words), 1)
            figures = [
                share,
                float(share == 1),
                float(cell.folded in self.intent.names),
                float(isinstance(cell.value, bool)),
                float(isinstance(cell.value, (int, float)) and not isinstance(cell.value, bool)),
                1 - min(said, default=1),
                1 - max(said, default=1),
                float(self.intent.says(str(cell.value))),
                min(len(cell.words), 4) / 4,
                float(share == 1 and len(cell.words) > 1),
            ]
            tail = cell.words[-1] if cell.words else ""
            choice.add(cell.value, figures, ("field", tail, share == 1), *(("asks", word, tail) for word in asks))


def shaped(of: Property, value: object) -> object:
    """A value as the schema has it."""
    if of.kind == "list":
        return [value]
    if of.kind == "text":
        return str(value)
    if of.schema.get("format") == "date-time" and "T" not in str(value):
        return f"{value}T00:00:00Z"
    return value
