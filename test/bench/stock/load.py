"""So many stock clients at once in one process, each step sent when the one before was answered.

python load.py URL CLIENTS SECONDS < actions.json: prints steps per second.
"""

import asyncio
import json
import sys
import time

from openenv.core import GenericEnvClient

url, clients, seconds = sys.argv[1], int(sys.argv[2]), float(sys.argv[3])
actions = json.load(sys.stdin)
steps = 0
deadline = 0.0


async def play(env):
    global steps
    while True:
        await env.reset(task="day-shift")
        for action in actions:
            await env.step(action)
            if time.monotonic() > deadline:
                return
            steps += 1


async def main():
    global deadline
    envs = [GenericEnvClient(base_url=url) for _ in range(clients)]
    await asyncio.gather(*(env.connect() for env in envs))
    began = time.monotonic()
    deadline = began + seconds
    await asyncio.gather(*(play(env) for env in envs))
    print(steps / (time.monotonic() - began))
    await asyncio.gather(*(env.close() for env in envs))


asyncio.run(main())
