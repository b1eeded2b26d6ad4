"""The tools of a session, offered to the model as they are: name, description and JSON Schema come from the world."""

import json
from typing import Any, cast

import httpx
import verifiers.v1 as vf
from mcp.server.mcpserver import Context, MCPServer
from mcp.types import CallToolResult, TextContent, Tool
from pydantic import Field


class MicrocosmState(vf.State):
    """One rollout's session."""

    url: str = ""
    session: str = ""
    headers: dict[str, str] = Field(default_factory=dict)
    tools: list[dict[str, Any]] = Field(default_factory=list)

    async def ask(self, method: str, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        """@raises RuntimeError in the server's words"""
        async with httpx.AsyncClient(base_url=self.url, headers=self.headers, timeout=60) as client:
            reply = await client.request(method, path, json=body)
        if reply.is_error:
            problem = reply.json()
            raise RuntimeError(f"{problem['code']}: {problem['detail']}")
        return reply.json() if reply.content else {}

    async def step(self, action: dict[str, Any]) -> dict[str, Any]:
        return await self.ask("POST", f"/sessions/{self.session}/step", {"action": action})


class MicrocosmToolset(vf.Toolset[vf.SharedToolsetConfig, MicrocosmState]):
    TOOL_PREFIX = None

    def register(self, mcp: MCPServer) -> None:
        # The catalogue of tools is the session's own: it is asked for, not registered.
        server = cast(Any, mcp)
        server.list_tools = self._with_state(self.list_tools)
        server.call_tool = self._with_state(self.call_tool)

    async def list_tools(self) -> list[Tool]:
        return [
            Tool(name=spec["name"], description=spec["description"], input_schema=spec["input_schema"])
            for spec in self.state.tools
        ]

    async def call_tool(self, name: str, arguments: dict[str, Any], context: Context | None = None) -> CallToolResult:
        reply = await self.state.step({"type": "call_tool", "tool_name": name, "arguments": arguments})
        observation = reply["observation"]
        told = observation["error"] or observation["result"]
        text = json.dumps(told, ensure_ascii=False)
        return CallToolResult(content=[TextContent(type="text", text=text)], is_error=observation["error"] is not None)


if __name__ == "__main__":
    MicrocosmToolset.run()
