"""Microcosm's client: worlds for tool-using agents, graded by what they change.

env = microcosm.connect("http://127.0.0.1:8000").make("hotel-chain")
start = env.reset(seed=7)
"""

from . import codes, models
from .actions import ActionLike, Call, call_tool, message, submit
from .aio import AsyncClient, AsyncEnvironment, connect_async
from .codes import (
    AgentError,
    CapacityReached,
    ClientError,
    ConnectionLost,
    EpisodeEnded,
    EpisodeNotReset,
    NotPermitted,
    ReplyTimeout,
    ServerError,
    UnknownDomain,
    UnknownSession,
    UnknownTask,
    WorldError,
)
from .errors import MicrocosmError
from .plain import Client, Environment, connect
from .serving import Server, serve
from .transition import Transition
from .vector import AsyncVectorEnvironment, VectorEnvironment

__all__ = [
    "ActionLike",
    "AgentError",
    "AsyncClient",
    "AsyncEnvironment",
    "AsyncVectorEnvironment",
    "Call",
    "CapacityReached",
    "Client",
    "ClientError",
    "ConnectionLost",
    "Environment",
    "EpisodeEnded",
    "EpisodeNotReset",
    "MicrocosmError",
    "NotPermitted",
    "ReplyTimeout",
    "Server",
    "ServerError",
    "Transition",
    "UnknownDomain",
    "UnknownSession",
    "UnknownTask",
    "VectorEnvironment",
    "WorldError",
    "call_tool",
    "codes",
    "connect",
    "connect_async",
    "message",
    "models",
    "serve",
    "submit",
]

__version__ = "0.1.0"
