"""What learn/ offers to its policy, drawn from evenly: python sight.py URL, one line of JSON.

The same draws lead to the same actions and rewards, whether what is offered is shared in a group or not; each call has the
types that its schema asks for.
"""

import json
import random
import sys
from pathlib import Path

import microcosm

sys.path.insert(0, str(Path(__file__).parents[3] / "clients/python/examples/learn"))
from choices import FIGURES, Episode, Shared, Tool
from seen import Intent

client = microcosm.connect(sys.argv[1])
TYPES = {"string": str, "integer": int, "number": (int, float), "boolean": bool, "array": list, "object": dict}


def play(task, seed, shared):
    chance = random.Random(seed)
    with client.make(task["domain"]) as session:
        start = session.reset(task["id"], split=task["split"], seed=0)
        intent = Intent(start.intent)
        episode = Episode(intent, [Tool(spec, intent) for spec in start.tools], shared)
        specs = {spec["name"]: spec["input_schema"].get("properties", {}) for spec in start.tools}
        actions, misfits, widths = [], 0, set()
        while True:
            action = None
            while action is None:
                choice = episode.next()
                figures, _, lengths = choice.pack()
                widths.add((choice.head, figures.shape[1]))
                assert len(figures) == len(lengths) == len(choice.options)
                index = chance.randrange(len(choice.options))
                if seed % 2 == 1 and choice.head == "tool" and episode.seen.rows:  # every other one answers from the first rows
                    index = next(at for at, tool in enumerate(choice.options) if tool.name == "submit")
                if seed % 2 == 1 and choice.head == "answer":
                    index = len(choice.options) - 1
                action = episode.take(choice, index)
            actions.append(json.loads(json.dumps(action)))
            if action["type"] == "call_tool":
                for name, value in action["arguments"].items():
                    types = specs[action["tool_name"]][name].get("type", [])
                    types = types if isinstance(types, list) else [types]
                    misfits += bool(types) and not any(isinstance(value, TYPES[each]) for each in types if each != "null")
            end = session.step(action)
            if end.done:
                return actions, end.reward, misfits, widths
            episode.note(end.observation)


same = episodes = misfits = 0
widths = set()
for task in [task for task in client.tasks() if task["language"] == "en"][:12]:
    shared = Shared()
    for seed in range(4):
        alone = play(task, seed, Shared())
        beside = play(task, seed, shared)
        same += alone[:2] == beside[:2]
        episodes += 1
        misfits += alone[2]
        widths |= alone[3]
print(json.dumps({"episodes": episodes, "same": same, "misfits": misfits, "widths": widths <= set(FIGURES.items()), "heads": len(widths)}))
client.close()
