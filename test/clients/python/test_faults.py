"""What goes wrong between client and server: it carries on, or says what happened, and never hangs."""

import asyncio
import os
import pickle
import signal
import socket
import subprocess
import sys
import threading
import time

import microcosm
import pytest
from microcosm.codes import ExecutionError, FrameTooLarge, InvalidJson, NotFound, Usage, ValidationError
from proxy import Proxy


@pytest.fixture(scope="module")
def server():
    with microcosm.serve() as server:
        yield server


def play(environment):
    """A task of the library, which ends with reward 1 only where each call was done once."""
    assert environment.reset("new-phone", seed=3).observation["task"] == "new-phone"
    guest = environment.step("find_guests", name="Mei Tanaka").result["guests"][0]
    changed = environment.step("update_guest", {"guest_id": guest["id"], "phone": "+81 3 5550199"})
    assert changed.observation["metadata"]["step"] == 2
    assert environment.verify()["passed"]
    return environment.submit().reward


def played_bytes(server):
    with Proxy(server.url) as proxy, microcosm.connect(proxy.url, timeout=20) as client:
        with client.make("hotel-chain") as environment:
            assert play(environment) == 1
        return dict(proxy.bytes)


@pytest.mark.parametrize("way", ["up", "down"])
def test_a_connection_that_is_cut_at_any_point_is_made_again_and_nothing_is_done_twice(server, way):
    whole = played_bytes(server)[way]
    carried_on = refused = 0
    # The handshake is some hundred bytes; of the rest 80 points.
    for limit in [*range(1, 400, 57), *range(400, whole, max(1, whole // 80))]:
        with Proxy(server.url, **{way: limit}) as proxy, microcosm.connect(proxy.url, timeout=20) as client:
            with client.make("hotel-chain") as environment:
                try:
                    assert play(environment) == 1
                    carried_on += 1
                except microcosm.ConnectionLost:
                    assert proxy.connections == 1 and limit < 400, "only a first handshake that fails is told at once"
                    refused += 1
            assert proxy.cuts == 0 or limit >= whole - 200
    assert carried_on > 30 and refused >= 1


def test_many_cuts_in_one_episode_are_survived(server):
    with Proxy(server.url, down=40_000, cuts=8) as proxy, microcosm.connect(proxy.url, timeout=30) as client:
        with client.make("hotel-chain") as environment:
            environment.reset("new-phone")
            for step in range(1, 60):
                shown = environment.step("search_hotels", city="Porto") if step <= 11 else environment.step([("x", {})])
                if shown.done:
                    break
                assert shown.observation["metadata"]["step"] == step
                if step % 3 == 0:
                    proxy.cut()
            assert environment.inner._connection.returns >= 3


def test_a_vector_survives_cuts(server):
    with Proxy(server.url, down=300_000, cuts=3) as proxy, microcosm.connect(proxy.url, timeout=30) as client:
        with client.vector(64, "hotel-chain", task="new-phone") as vector:
            assert all(each.failure is None for each in vector.reset())
            for step in range(1, 9):
                if step == 4:
                    proxy.cut()
                for each in vector.step(["list_nothing"] * 64):
                    assert each.failure is None
                    assert each.observation["metadata"]["step"] == step
            assert vector.inner._connections[0].returns >= 2


def free_port():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


def kill(server):
    """With all of its processes."""
    os.killpg(server.process.pid, signal.SIGKILL)
    server.process.wait()
    server.close()


def test_a_killed_server_is_told_and_a_new_one_in_its_place_is_used(tmp_path):
    port = free_port()
    first = microcosm.serve(port=port, state=tmp_path / "one")
    client = first.connect(timeout=10, retry=1)
    environment = client.make("hotel-chain", task="new-phone")
    environment.reset()
    vector = client.vector(3, "hotel-chain")
    vector.reset()
    kill(first)
    began = time.monotonic()
    with pytest.raises(microcosm.ConnectionLost, match=r"was lost .*can't be made again"):
        environment.step("search_hotels")
    assert time.monotonic() - began < 8
    assert [type(each.failure) for each in vector.step(["x"] * 3)] == [microcosm.ConnectionLost] * 3
    with pytest.raises(microcosm.ConnectionLost, match="Is the server running"):
        client.domains()
    with microcosm.serve(port=port, state=tmp_path / "other"):
        with pytest.raises(microcosm.UnknownSession, match="reset begins another"):
            environment.step("search_hotels")
        with pytest.raises(microcosm.UnknownSession):
            environment.verify()
        environment.reset()
        assert environment.step("search_hotels").error is None
        assert isinstance(vector.step(["x"] * 3)[0].failure, microcosm.UnknownSession)
        assert [each.failure for each in vector.reset()] == [None] * 3
        client.close()


def test_a_server_that_is_killed_and_started_again_on_its_state_is_waited_for(tmp_path):
    port = free_port()
    first = microcosm.serve(port=port, state=tmp_path, workers=2)
    with first.connect(timeout=60, retry=60) as client, client.make("hotel-chain") as environment:
        vector = client.vector(40, "hotel-chain")
        vector.reset()
        vector.step(["search_hotels"] * 40)
        for workers in (1, 3):
            rewards: list[float] = []
            asked = threading.Thread(target=lambda rewards=rewards: rewards.append(play(environment)))
            asked.start()
            time.sleep(0.05)
            kill(first)
            first = microcosm.serve(port=port, state=tmp_path, workers=workers)
            asked.join(60)
            assert rewards == [1]
        for each in vector.step(["search_hotels"] * 40):
            assert each.failure is None
            assert each.observation["metadata"]["step"] == 2
    first.close()


def test_a_server_that_is_stopped_and_then_goes_on_is_waited_for(server):
    with server.connect(timeout=1) as client, client.make("hotel-chain", task="new-phone") as environment:
        environment.reset()
        os.killpg(server.process.pid, signal.SIGSTOP)
        try:
            began = time.monotonic()
            with pytest.raises(microcosm.ReplyTimeout, match="No reply within 1 s"):
                environment.step("search_hotels")
            assert time.monotonic() - began < 3
            with pytest.raises(microcosm.ReplyTimeout):
                client.domains()
        finally:
            os.killpg(server.process.pid, signal.SIGCONT)
        assert environment.reset().done is False


def test_a_slow_network_is_waited_for_within_the_timeout(server):
    with Proxy(server.url, delay=0.1) as proxy, microcosm.connect(proxy.url, timeout=20) as client:
        with client.make("hotel-chain") as environment:
            assert play(environment) == 1
    with Proxy(server.url) as proxy, microcosm.connect(proxy.url, timeout=1) as client:
        environment = client.make("hotel-chain", task="new-phone")
        environment.reset()
        proxy.muted = True
        with pytest.raises(microcosm.ReplyTimeout):
            environment.step("search_hotels")
        with pytest.raises(microcosm.ReplyTimeout):
            environment.step({"type": "message", "content": "x" * 900_000})
        began = time.monotonic()
        environment.close()
        client.close()
        assert time.monotonic() - began < 10


def test_a_full_house_is_told_and_room_is_used_once_there_is_some():
    with microcosm.connect(os.environ["MICROCOSM_SMALL_URL"]) as client:
        with client.vector(4, "hotel-chain", seed=1) as vector:
            begun = vector.reset()
            assert [each.failure is None for each in begun] == [True, True, False, False]
            assert isinstance(begun[3].failure, microcosm.CapacityReached)
            with pytest.raises(microcosm.CapacityReached, match="2/2"):
                client.make("hotel-chain").reset()
        deadline = time.monotonic() + 5
        while client.health()["sessions"] > 0 and time.monotonic() < deadline:
            time.sleep(0.01)
        with client.make("hotel-chain") as environment:
            assert environment.reset(seed=1).intent


def test_a_connection_that_is_cut_in_a_full_house_is_taken_up():
    url = os.environ["MICROCOSM_SMALL_URL"]
    with Proxy(url) as proxy, microcosm.connect(proxy.url) as client:
        with client.make("hotel-chain") as one, client.make("hotel-chain") as two:
            one.reset("new-phone")
            two.reset("new-phone")
            proxy.cut()
            assert [each.step("x").observation["metadata"]["step"] for each in (one, two)] == [1, 1]


def test_who_is_no_server_is_told():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        closed = f"127.0.0.1:{free.getsockname()[1]}"
    with pytest.raises(microcosm.ConnectionLost, match="can't be reached"):
        microcosm.connect(closed).make("hotel-chain").reset()
    with pytest.raises(microcosm.ConnectionLost, match="can't be reached"):
        microcosm.connect(closed).domains()
    for wrong in ("ftp://host", "http://", "http://host:port"):
        with pytest.raises(Usage):
            microcosm.connect(wrong)

    def listen(answer):
        listener = socket.create_server(("127.0.0.1", 0))

        def serve():
            while True:
                try:
                    connection, _ = listener.accept()
                    connection.recv(4096)
                    connection.sendall(answer)
                    connection.close()
                except OSError:
                    return

        threading.Thread(target=serve, daemon=True).start()
        return listener, f"http://127.0.0.1:{listener.getsockname()[1]}"

    for answer in (b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi", b"SSH-2.0-OpenSSH\r\n", b""):
        listener, where = listen(answer)
        with pytest.raises(microcosm.ConnectionLost, match="no Microcosm server"):
            microcosm.connect(where).make("hotel-chain").reset()
        with pytest.raises((ExecutionError, microcosm.ConnectionLost)):
            microcosm.connect(where).domains()
        listener.close()


def test_a_server_that_talks_nonsense_is_told():
    from websockets.sync.server import serve

    def nonsense(connection):
        connection.recv()
        connection.send("hello")
        time.sleep(0.2)

    with serve(nonsense, "127.0.0.1", 0) as other:
        threading.Thread(target=other.serve_forever, daemon=True).start()
        where = f"http://127.0.0.1:{other.socket.getsockname()[1]}"
        with pytest.raises(ExecutionError, match="no reply: hello"):
            microcosm.connect(where).make("hotel-chain").reset()
        other.shutdown()


def test_what_can_not_be_sent_is_refused_before_it_ends_the_socket_for_others(server):
    with server.connect() as client, client.make("hotel-chain", task="new-phone") as environment:
        environment.reset()
        with pytest.raises(FrameTooLarge):
            environment.step("x", text="x" * (1 << 20))
        deep = []
        for _ in range(200):
            deep = [deep]
        with pytest.raises(ValidationError, match="nested"):
            environment.step("x", value=deep)
        with pytest.raises(InvalidJson):
            environment.step("x", value=float("nan"))
        with pytest.raises(InvalidJson):
            environment.step("x", value=object())
        with pytest.raises(ValidationError, match="calls"):
            environment.step([("x", {})] * 65)
        with pytest.raises(ValidationError, match="count"):
            environment.fork(65)
        assert environment.step("x", text="lone \ud800").error_code == "TOOL_NOT_FOUND"
        assert environment.state()["step_count"] == 1


def test_a_client_is_of_its_process_and_of_its_thread(server):
    script = """
import os, sys, microcosm
client = microcosm.connect(sys.argv[1])
environment = client.make("hotel-chain", task="new-phone")
environment.reset()
child = os.fork()
if child == 0:
    try:
        environment.step("x")
    except microcosm.MicrocosmError as error:
        assert "another process" in str(error), error
        with microcosm.connect(sys.argv[1]).make("hotel-chain", task="new-phone") as own:
            own.reset()
            os._exit(7)
    os._exit(1)
assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 7
environment.step("x")
"""
    done = subprocess.run([sys.executable, "-c", script, server.url], timeout=60, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_who_stops_asking_leaves_the_others_alone(server):
    async def work():
        async with microcosm.connect_async(server.url) as client:
            environments = [client.make("hotel-chain", task="new-phone") for _ in range(3)]
            await asyncio.gather(*(each.reset() for each in environments))
            asking = asyncio.create_task(environments[0].step("search_hotels"))
            await asyncio.sleep(0)
            asking.cancel()
            with pytest.raises(asyncio.CancelledError):
                await asking
            assert (await environments[1].step("search_hotels")).error is None
            assert (await environments[0].step("search_hotels")).error is None
            await client.close()
            with pytest.raises(microcosm.MicrocosmError, match="closed"):
                await environments[2].step("search_hotels")

    asyncio.run(work())


def test_errors_are_one_family_and_can_be_sent_between_processes():
    error = microcosm.UnknownTask("No such.", {"errors": [{"loc": ["a", 1], "msg": "bad"}]})
    again = pickle.loads(pickle.dumps(error))
    assert (type(again), again.code, again.fault, str(again)) == (
        microcosm.UnknownTask,
        "UNKNOWN_TASK",
        "client",
        str(error),
    )
    assert "a.1: bad" in str(error) and "(UNKNOWN_TASK) List the tasks" in str(error)
    assert isinstance(error, microcosm.ClientError) and isinstance(error, microcosm.MicrocosmError)
    assert {kind.code for kind in microcosm.codes.by_code.values()} == set(microcosm.codes.by_code)


def test_serve_says_what_it_lacks(tmp_path):
    with pytest.raises(NotFound, match="no clone"):
        microcosm.serve(home=tmp_path)
    with pytest.raises(NotFound, match="no catalogue"):
        microcosm.serve(catalog=tmp_path / "none.db")
    (tmp_path / "clients/cli").mkdir(parents=True)
    (tmp_path / "clients/cli/main.ts").touch()
    (tmp_path / "package.json").touch()
    with pytest.raises(NotFound, match="npm ci"):
        microcosm.serve(home=tmp_path)
    (tmp_path / "broken.db").write_bytes(b"no catalogue at all")
    with pytest.raises(microcosm.ConnectionLost, match=r"CATALOG|catalogue"):
        microcosm.serve(catalog=tmp_path / "broken.db")
