"""As load.py, with as many episodes in one vector of Microcosm's own client: a frame each way for a step of all.

python vector.py EPISODES < lines, with clients/python on PYTHONPATH.
"""

import asyncio
import json
import sys
import time
from urllib.parse import urlsplit

import microcosm

episodes = int(sys.argv[1])
actions = json.loads(sys.stdin.readline())


async def turn(url, seconds):
    parts = urlsplit(url)
    domain = parts.path.rsplit("/", 1)[1]
    client = microcosm.connect_async(f"http://{parts.netloc}")
    steps = 0
    async with microcosm.AsyncVectorEnvironment(client, episodes, {"domain": domain, "task": "day-shift"}) as vector:
        began = time.monotonic()
        while time.monotonic() - began <= seconds:
            assert all(start.failure is None for start in await vector.reset())
            for action in actions:
                shown = await vector.step([action] * episodes)
                if time.monotonic() - began > seconds:
                    break
                steps += sum(each.failure is None and not each.done for each in shown)
        speed = steps / (time.monotonic() - began)
    return speed


print("ready", flush=True)
for line in sys.stdin:
    asked = json.loads(line)
    print(json.dumps({"steps_per_second": asyncio.run(turn(asked["url"], asked["seconds"]))}), flush=True)
