"""The Python client as something that the contract suite can drive: a line of JSON in for each call, one out for its outcome.

python bridge.py URL FORM, where FORM is plain or asyncio. In: {"id", "environment", "call", "data"}; "make" gives the number of an
environment, "fork" those of several. Out: {"id", "value"} or {"id", "code", "message"}.
"""

import asyncio
import inspect
import itertools
import json
import sys

import microcosm

url, form = sys.argv[1:]
client = microcosm.connect(url) if form == "plain" else microcosm.connect_async(url)
environments = {}
numbers = itertools.count(1)


def keep(environment):
    number = next(numbers)
    environments[number] = environment
    return number


def wire(transition):
    return {
        "observation": transition.observation,
        "reward": transition.reward,
        "done": transition.done,
        "terminated": transition.terminated,
        "truncated": transition.truncated,
        "reason": transition.reason,
    }


async def settled(value):
    return await value if inspect.isawaitable(value) else value


async def act(environment, action):
    """Each action by the method that is there for it."""
    kind = action["type"]
    if kind == "call_tool":
        return await settled(environment.step(action["tool_name"], action["arguments"]))
    if kind == "call_tools":
        calls = [(call["tool_name"], call["arguments"]) for call in action["calls"]]
        return await settled(environment.step(calls))
    if kind == "message":
        return await settled(environment.message(action["content"]))
    if kind == "submit":
        return await settled(environment.submit(action.get("answer")))
    return await settled(environment.step(action))


async def answer(asked):
    call, data = asked["call"], asked.get("data")
    if call == "make":
        return keep(client.make(data))
    environment = environments[asked["environment"]]
    if call == "reset":
        return wire(await settled(environment.reset(**data)))
    if call == "step":
        if data == {"type": "list_tools"}:
            return {**wire(microcosm.Transition({})), "observation": {"tools": await settled(environment.tools())}}
        return wire(await act(environment, data))
    if call == "fork":
        return [keep(fork) for fork in await settled(environment.fork(data))]
    return await settled(getattr(environment, call)())


async def main():
    loop = asyncio.get_running_loop()
    while line := await loop.run_in_executor(None, sys.stdin.readline):
        asked = json.loads(line)
        try:
            told = {"value": await answer(asked)}
        except microcosm.MicrocosmError as error:
            told = {"code": error.code, "message": error.message}
        print(json.dumps({"id": asked["id"], **told}), flush=True)
    await settled(client.close())


asyncio.run(main())
