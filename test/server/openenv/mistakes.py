"""What the stock clients make of mistakes: python mistakes.py URL, one JSON object."""

import asyncio
import json
import sys

from openenv.core import GenericEnvClient
from openenv.core.env_server.mcp_types import CallToolAction
from openenv.core.mcp_client import MCPToolClient

url = sys.argv[1]
told = {}

with GenericEnvClient(base_url=f"{url}/domains/hotel-chain").sync() as env:
    told["listed"] = len(env.step({"type": "list_tools"}).observation["tools"])
    for name, work in {
        "early": lambda: env.step({"type": "submit"}),
        "misfit": lambda: env.step({"type": "call_tool"}),
        "unknown_task": lambda: env.reset(task="new-phnoe"),
    }.items():
        try:
            work()
        except RuntimeError as error:
            told[name] = str(error)
    env.reset(task="new-phone")
    refused = env.step({"type": "call_tool", "tool_name": "find_guest", "arguments": {}})
    told["refused"] = [refused.observation["error"], refused.observation["error_code"], refused.done]


async def mcp():
    async with MCPToolClient(base_url=f"{url}/domains/hotel-chain") as env:
        await env.reset(task="new-phone")
        refused = await env.step(CallToolAction(tool_name="find_guest", arguments={}))
        told["mcp_refused"] = [refused.observation.error.error_type.value, refused.observation.metadata["error_code"]]
        try:
            await env.call_tool("update_guest", nonsense=1)
        except RuntimeError as error:
            told["mcp_misfit"] = str(error)
        child = await env.new_session()
        await child.reset(task="cancel-porto")
        told["child"] = (await child.state()).episode_id


asyncio.run(mcp())

try:
    with GenericEnvClient(base_url=f"{url}/domains/hotel-chian").sync() as env:
        env.reset()
except RuntimeError as error:
    told["unknown_domain"] = str(error)
print(json.dumps(told))
