"""Eight stock clients play episode after episode: python ride.py URL EPISODES < gold.json; a line of JSON for each, with what it was told."""

import json
import sys
from concurrent.futures import ThreadPoolExecutor

from openenv.core import GenericEnvClient

url, episodes = sys.argv[1], int(sys.argv[2])
gold = json.load(sys.stdin)


def play(gold):
    with GenericEnvClient(base_url=f"{url}/domains/{gold['domain']}").sync() as env:
        env.reset(task=gold["task"], seed=3)
        for call in gold["calls"]:
            env.step({"type": "call_tool", "tool_name": call["tool"], "arguments": call["arguments"]})
        submission = {"answer": gold["answer"]["value"]} if "answer" in gold else {}
        return env.step({"type": "submit", **submission}).reward


def ride(index):
    try:
        return {"reward": play(gold[index % len(gold)])}
    except Exception as error:
        return {"told": f"{type(error).__name__}: {error}"}


with ThreadPoolExecutor(8) as pool:
    for line in pool.map(ride, range(episodes)):
        print(json.dumps(line))
