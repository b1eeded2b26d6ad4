"""The reference server of PyPI's openenv with an SQLite environment that is equivalent to the bench domain.

The same images, the same SQL and the same calls as ours: an in-memory database per session, the row log's triggers in the
image, one transaction per call. It is spared what ours does besides: no sandbox, no check of arguments, no gold, no verify.
Serves: python serve.py CONFIG PORT PROCESSES, where CONFIG is a JSON file that bench/reference.ts writes.
"""

import json
import os
import sqlite3
import sys
from uuid import uuid4

from openenv.core.env_server import Environment, State, create_fastapi_app
from openenv.core.env_server.mcp_types import CallToolAction, CallToolObservation

if __name__ == "__main__":
    os.environ["BENCH_CONFIG"] = sys.argv[1]

with open(os.environ["BENCH_CONFIG"]) as file:
    DOMAINS = json.load(file)
for domain in DOMAINS:
    with open(domain["image"], "rb") as file:
        domain["bytes"] = file.read()
NOW = "2025-05-05T09:01:00Z"


class SqliteEnvironment(Environment):
    SUPPORTS_CONCURRENT_SESSIONS = True

    def __init__(self):
        super().__init__()
        self._database = None
        self._state = State(episode_id=None, step_count=0)

    def reset(self, seed=None, episode_id=None, domain=0, **kwargs):
        self.close()
        self._domain = DOMAINS[domain]
        self._sql = self._domain["statements"]
        self._made = 0
        self._database = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
        self._database.row_factory = sqlite3.Row
        self._database.deserialize(self._domain["bytes"])
        self._state = State(episode_id=episode_id or str(uuid4()), step_count=0)
        return CallToolObservation(tool_name="", result={"intent": self._domain["intent"], "tools": self._domain["tools"]})

    def step(self, action, timeout_s=None, **kwargs):
        self._state.step_count += 1
        if action.tool_name == "submit":
            return CallToolObservation(tool_name="submit", result={"submitted": True}, done=True, reward=1.0)
        self._database.execute("BEGIN")
        result = self._call(action.tool_name, action.arguments)
        self._database.execute("COMMIT")
        return CallToolObservation(tool_name=action.tool_name, result=result)

    @property
    def state(self):
        return self._state

    def close(self):
        if self._database is not None:
            self._database.close()
            self._database = None

    def _get(self, statement, **values):
        row = self._database.execute(self._sql[statement], values).fetchone()
        return None if row is None else dict(row)

    def _all(self, statement, **values):
        return [dict(row) for row in self._database.execute(self._sql[statement], values)]

    def _run(self, statement, **values):
        self._database.execute(self._sql[statement], values)

    def _call(self, tool, arguments):
        verb, name = tool.split("_", 1)
        if verb == "get":
            return {**self._get(f"{name}_by_id", **arguments), "entries": self._all(f"{name}_entries", **arguments)}
        if verb == "list":
            count = self._get(f"{name}_count", status=arguments["status"])
            return {**count, "items": self._all(f"{name}_list", **{"offset": 0, **arguments})}
        if verb == "change":
            found = self._get(f"{name}_by_id", id=arguments["id"])
            if found is None or found["status"] == "cancelled":
                raise ValueError(f"{name} {arguments['id']} can't be changed")
            self._run(f"{name}_set_status", **arguments, now=NOW)
            self._enter(name, arguments["id"], "status", f"{found['status']} to {arguments['status']}")
            return self._get(f"{name}_by_id", id=arguments["id"])
        self._made += 1
        key = f"n_{self._made}"
        status = self._domain["statuses"][name]
        self._run(f"{name}_insert", **{"note": None, **arguments, "id": key, "status": status, "updated_at": NOW})
        self._enter(name, key, "made", "Made.")
        return self._get(f"{name}_by_id", id=key)

    def _enter(self, name, subject, kind, words):
        self._made += 1
        self._run(
            f"{name}_entry_insert", id=f"e_{self._made}", subject_id=subject, kind=kind, words=words, made_at=NOW
        )


app = create_fastapi_app(SqliteEnvironment, CallToolAction, CallToolObservation, max_concurrent_envs=4096)

if __name__ == "__main__":
    import uvicorn

    uvicorn.run(
        "serve:app",
        app_dir=os.path.dirname(os.path.abspath(__file__)),
        host="127.0.0.1",
        port=int(sys.argv[2]),
        workers=int(sys.argv[3]),
        log_level="critical",
        timeout_worker_healthcheck=120,
    )
