import json
import os
from pathlib import Path

import microcosm
import pytest


@pytest.fixture(scope="session")
def url():
    return os.environ["MICROCOSM_URL"]


@pytest.fixture(scope="session")
def gold():
    """Of a task of each of 20 domains: {"domain", "task", "calls": [{"tool", "arguments"}], "answer"?}."""
    return json.loads(Path(os.environ["MICROCOSM_GOLD"]).read_text("utf8"))


@pytest.fixture()
def client(url):
    with microcosm.connect(url, timeout=30) as client:
        yield client
