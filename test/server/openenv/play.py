"""Gold, played by the stock clients of PyPI's openenv: python play.py URL < gold.json, one line of JSON per episode."""

import asyncio
import json
import sys

from openenv.core import GenericEnvClient
from openenv.core.env_server.mcp_types import CallToolAction
from openenv.core.mcp_client import MCPToolClient

url = sys.argv[1]


def submission(gold):
    return {"answer": gold["answer"]["value"]} if "answer" in gold else {}


def generic(gold):
    with GenericEnvClient(base_url=f"{url}/domains/{gold['domain']}").sync() as env:
        start = env.reset(task=gold["task"], seed=3)
        rewards = [start.reward]
        for call in gold["calls"]:
            action = {"type": "call_tool", "tool_name": call["tool"], "arguments": call["arguments"]}
            rewards.append(env.step(action).reward)
        end = env.step({"type": "submit", **submission(gold)})
        return {
            "intent": start.observation["intent"],
            "tools": len(start.observation["tools"]),
            "early": [reward for reward in rewards if reward is not None],
            "reward": end.reward,
            "done": end.done,
            "steps": env.state()["step_count"],
        }


async def mcp(gold):
    async with MCPToolClient(base_url=f"{url}/domains/{gold['domain']}") as env:
        start = await env.reset(task=gold["task"], seed=3)
        tools = await env.list_tools()
        early = []
        for call in gold["calls"]:
            # call_tool's own parameter is called name: a tool that has one too is called by its action. So is one that
            # gold has refused, which call_tool raises.
            if "name" in call["arguments"] or "expect_error" in call:
                early.append((await env.step(CallToolAction(tool_name=call["tool"], arguments=call["arguments"]))).reward)
            else:
                await env.call_tool(call["tool"], **call["arguments"])
        end = await env.step(CallToolAction(tool_name="submit", arguments=submission(gold)))
        return {
            "intent": start.observation.metadata["intent"],
            "tools": len(tools),
            "early": [reward for reward in early if reward is not None],
            "reward": end.reward,
            "done": end.done,
            "steps": (await env.state()).step_count,
        }


for gold in json.load(sys.stdin):
    print(json.dumps({"client": "generic", "domain": gold["domain"], **generic(gold)}))
    print(json.dumps({"client": "mcp", "domain": gold["domain"], **asyncio.run(mcp(gold))}))
