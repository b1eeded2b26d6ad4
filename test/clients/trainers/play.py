"""Gold, played by the examples for trainers: python play.py HOW URL < gold.json, one line of JSON per episode.

HOW is `text` (text_worlds.py), `methods` (the methods that trl_worlds.py makes, and the schemas that TRL reads off them) or
`skyrl` (skyrl_env.py by skyrl_gym.make).
"""

import json
import sys
from pathlib import Path

import microcosm

sys.path.insert(0, str(Path(__file__).parents[3] / "clients/python/examples"))
how, url = sys.argv[1:3]
client = microcosm.connect(url)


def written(name, arguments):
    return f"<tool_call>{json.dumps({'name': name, 'arguments': arguments})}</tool_call>"


def calls_of(gold):
    calls = [(call["tool"], call["arguments"]) for call in gold["calls"]]
    return [*calls, ("submit", {"answer": gold["answer"]["value"]} if "answer" in gold else {})]


def split_of(gold):
    return next(task["split"] for task in client.tasks(gold["domain"]) if task["id"] == gold["task"])


def text(gold):
    from text_worlds import TextWorld, row_of

    task = next(task for task in client.tasks(gold["domain"]) if task["id"] == gold["task"])
    row = row_of(client, task)
    world = TextWorld(client, gold["domain"])
    intent = world.begin(gold["task"], split_of(gold))
    ends = [world.say(f"So: {written(*call)}") for call in calls_of(gold)]
    world.close()
    told = all(json.dumps(tool) in row["prompt"][0]["content"] for tool, _ in calls_of(gold))
    return {"intent": row["prompt"][1]["content"] == intent, "told": told, "rewards": [reward for _, reward, _ in ends], "done": ends[-1][2]}


def methods(gold):
    from transformers.utils import get_json_schema
    from trl_worlds import environment_of

    world = environment_of(client, gold["domain"])()
    world.reset(gold["task"], split=split_of(gold))
    with client.make(gold["domain"]) as session:
        tools = {tool["name"]: tool for tool in session.tools()}
    differing = []
    for name, tool in tools.items():
        shown = get_json_schema(getattr(world, name))["function"]["parameters"]
        meant = tool["input_schema"]
        spelled = {each.rstrip("_") for each in shown["properties"]}
        if spelled != {each.rstrip("_") for each in meant.get("properties", {})} or len(shown.get("required", [])) != len(meant.get("required", [])):
            differing.append(name)
    for name, arguments in calls_of(gold):
        getattr(world, name)(**arguments)
    ended = world.submit() if "submit" in tools else ""
    return {"tools": len(tools) > 1, "differing": differing, "ended": ended, "reward": world.get_reward()}


def skyrl(gold):
    import skyrl_gym
    from skyrl_gym.envs import register

    if "microcosm" not in skyrl_gym.envs.registration.registry:
        register(id="microcosm", entry_point="skyrl_env:MicrocosmEnv")
    extras = {"domain": gold["domain"], "task": gold["task"], "split": split_of(gold)}
    environment = skyrl_gym.make("microcosm", env_config={"url": url}, extras=extras)
    prompt, _ = environment.init([{"role": "user", "content": "…"}])
    ends = [environment.step(written(*call)) for call in calls_of(gold)]
    environment.close()
    return {"prompt": len(prompt), "rewards": [end["reward"] for end in ends], "done": ends[-1]["done"]}


for each in json.load(sys.stdin):
    print(json.dumps({"domain": each["domain"], **{"text": text, "methods": methods, "skyrl": skyrl}[how](each)}))
client.close()
