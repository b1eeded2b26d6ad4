"""OpenEnv's stock client plays a task: nothing of Microcosm's is installed.

pip install openenv
python openenv_client.py http://127.0.0.1:8000
"""

import asyncio
import sys

from openenv import GenericEnvClient


async def main(url: str) -> None:
    async with GenericEnvClient(base_url=f"{url.rstrip('/')}/domains/hotel-chain") as environment:
        start = await environment.reset(task="new-phone", seed=7)
        print(start.observation["intent"])
        found = await environment.step(call("find_guests", name="Mei Tanaka"))
        [guest] = found.observation["result"]["guests"]
        await environment.step(call("update_guest", guest_id=guest["id"], phone="+81 3 5550199"))
        end = await environment.step({"type": "submit"})
        assert end.done and end.reward == 1, end
        print("reward", end.reward)


def call(tool: str, **arguments: object) -> dict:
    return {"type": "call_tool", "tool_name": tool, "arguments": arguments}


asyncio.run(main(sys.argv[1] if len(sys.argv) > 1 else "http://127.0.0.1:8000"))
