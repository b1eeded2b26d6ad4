"""So many stock clients at once in one process, each step sent when the one before was answered.

python load.py CLIENTS < lines: the first line is a list of actions, each further one {"url", "seconds"}. Answers with a line each:
"ready" once all is imported, then {"steps_per_second"} as soon as a turn is over.
"""

import asyncio
import json
import sys
import time

from openenv.core import GenericEnvClient

clients = int(sys.argv[1])
actions = json.loads(sys.stdin.readline())


async def turn(url, seconds):
    envs = [GenericEnvClient(base_url=url) for _ in range(clients)]
    await asyncio.gather(*(env.connect() for env in envs))
    began = time.monotonic()
    steps = 0

    async def play(env):
        nonlocal steps
        while True:
            await env.reset(task="day-shift")
            for action in actions:
                await env.step(action)
                if time.monotonic() - began > seconds:
                    return
                steps += 1

    await asyncio.gather(*(play(env) for env in envs))
    speed = steps / (time.monotonic() - began)
    await asyncio.gather(*(env.close() for env in envs))
    return speed


print("ready", flush=True)
for line in sys.stdin:
    asked = json.loads(line)
    print(json.dumps({"steps_per_second": asyncio.run(turn(asked["url"], asked["seconds"]))}), flush=True)
