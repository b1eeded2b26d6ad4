"""Playing: gold of many domains, many episodes at once, what is listed, and who may do what."""

import asyncio
import os
import time

import microcosm
import microcosm.gymnasium  # which is no burden where gymnasium is there
import pytest

library = "hotel-chain"
phone = [("find_guests", {"name": "Mei Tanaka"}), ("update_guest", {"guest_id": "gst_08", "phone": "+81 3 5550199"})]


def ending(task):
    return task["answer"]["value"] if "answer" in task else None


def test_gold_of_20_domains_ends_with_reward_1_given_once(client, gold):
    assert len(gold) == 20
    for task in gold:
        with client.make(task["domain"], task=task["task"]) as environment:
            start = environment.reset(seed=3)
            assert start.tools == environment.tools() == start.observation["metadata"]["tools"]
            rewards = [environment.step(call["tool"], call["arguments"]).reward for call in task["calls"]]
            assert rewards == [None] * len(rewards)
            end = environment.submit(ending(task))
            assert (end.reward, end.terminated, end.truncated, end.reason) == (1, True, False, "submitted")
            assert environment.verify()["passed"] and environment.trajectory()["reward"] == 1


def test_gold_of_20_domains_at_once_in_one_vector(client, gold):
    with client.vector(20) as vector:
        starts = vector.reset([{"domain": task["domain"], "task": task["task"]} for task in gold])
        assert [start.observation["domain"] for start in starts] == [task["domain"] for task in gold]
        for turn in range(max(len(task["calls"]) for task in gold)):
            calls = {at: task["calls"][turn] for at, task in enumerate(gold) if turn < len(task["calls"])}
            shown = vector.step_some({at: (call["tool"], call["arguments"]) for at, call in calls.items()})
            assert list(shown) == list(calls)
            assert all(each.failure is None and each.reward is None for each in shown.values())
        assert all(found["passed"] is ("answer" not in gold[at]) for at, found in vector.verify().items())
        ends = vector.step([microcosm.submit(ending(task)) for task in gold])
        assert [end.reward for end in ends] == [1] * 20
        again = vector.reset([{"domain": task["domain"], "task": task["task"]} for task in reversed(gold)])
        assert [start.observation["domain"] for start in again] == [task["domain"] for task in reversed(gold)]


def test_512_episodes_at_once_in_one_vector(client):
    began = time.monotonic()
    with client.vector(512, library, task="new-phone") as vector:
        assert all(start.intent for start in vector.reset())
        assert client.health()["sessions"] >= 512
        for call in phone:
            assert all(each.error is None for each in vector.step([call] * 512))
        ends = vector.step([microcosm.submit() if at % 2 else ("x", {}) for at in range(512)])
        assert [end.reward for end in ends] == [1 if at % 2 else None for at in range(512)]
        late = vector.step([microcosm.submit()] * 512)
        assert {type(each.failure) for each in late[1::2]} == {microcosm.EpisodeEnded}
        assert [each.reward for each in late[::2]] == [1] * 256, "what one has wrong is no other's"
    assert time.monotonic() - began < 60


def test_512_episodes_at_once_on_asyncio(url):
    async def episode(client):
        async with client.make(library, task="new-phone") as environment:
            await environment.reset()
            for tool, arguments in phone:
                await environment.step(tool, arguments)
            return (await environment.submit()).reward

    async def work():
        async with microcosm.connect_async(url) as client:
            return await asyncio.gather(*(episode(client) for _ in range(512)))

    assert asyncio.run(work()) == [1] * 512


def test_more_episodes_than_a_socket_takes_are_on_several(client):
    with client.vector(1100, library, task="new-phone") as vector:
        assert all(start.failure is None for start in vector.reset())
        assert len(vector.step(["x"] * 1100)) == 1100


def test_a_vector_of_a_seed_differs_from_place_to_place_and_not_from_run_to_run(client):
    def drawn():
        with client.vector(16, library, seed=5) as vector:
            return [(start.observation["task"], start.observation["seed"]) for start in vector.reset()]

    assert drawn() == drawn()
    assert [seed for _, seed in drawn()] == list(range(5, 21))
    assert len({task for task, _ in drawn()}) > 3
    with client.vector(2, library) as vector:
        with pytest.raises(ValueError, match="3 actions for 2"):
            vector.step(["x"] * 3)
        assert {type(each.failure) for each in vector.step(["x"] * 2)} == {microcosm.EpisodeNotReset}


def test_samples_count_through_all_tasks_with_groups(client):
    with client.vector(8, library) as vector:
        starts = vector.reset([{"sample": {"seed": 1, "index": at, "group": 4}} for at in range(8)])
        tasks = [start.observation["task"] for start in starts]
        assert len(set(tasks[:4])) == len(set(tasks[4:])) == 1 and tasks[0] != tasks[4]


def test_what_is_listed(client, gold):
    domains = client.domains()
    ids = [domain["id"] for domain in domains]
    assert len(set(ids)) == 21 and ids[0] == library
    tasks = client.tasks(library)
    assert len(tasks) == 24 and all("gold" not in task for task in tasks)
    test = client.tasks(library, split="test", length=(2, 3))
    assert 0 < len(test) < 24 and all(task["split"] == "test" and 2 <= task["length"] <= 3 for task in test)
    assert len(client.tasks()) == sum(domain["tasks"] for domain in domains)
    shuffled = [task["id"] for task in client.tasks(library, seed=4)]
    assert sorted(shuffled) == sorted(task["id"] for task in tasks) and shuffled != [task["id"] for task in tasks]
    assert {"tools", "tables", "policy"} <= set(client.domain(library))
    with pytest.raises(microcosm.UnknownDomain, match=r'Did you mean "hotel-chain"\?'):
        client.tasks("hotel-chian")
    with pytest.raises(microcosm.UnknownTask, match=r'Did you mean "new-phone"\?'):
        client.make(library).reset("new-phnoe")


def test_a_key_opens_what_it_may():
    url, golden, slow = (os.environ[f"MICROCOSM_{name}"] for name in ("KEYED_URL", "GOLDEN", "SLOW"))
    for address, key in ((url, golden), (url.replace("://", f"://{golden}@"), None)):
        with microcosm.connect(address, key) as owner:
            assert owner.gold(library, "new-phone")["gold"]["calls"][-1]["tool"] == "update_guest"
            with owner.make(library, task="new-phone") as environment:
                assert environment.reset().intent
                assert environment.tools() == environment.start.tools
    for key in (None, "wrong"):
        with microcosm.connect(url, key) as nobody:
            with pytest.raises(microcosm.codes.KeyRequired, match="key"):
                nobody.make(library).reset()
            with pytest.raises(microcosm.codes.KeyRequired):
                nobody.domains()
    with microcosm.connect(url, slow) as slowly:
        with pytest.raises(microcosm.NotPermitted):
            slowly.gold(library, "new-phone")
        with slowly.vector(3, library, task="new-phone") as vector:
            starts = vector.reset()
            assert [type(start.failure) for start in starts[2:]] == [microcosm.codes.QuotaExceeded]
            began = time.monotonic()
            for _ in range(12):  # more than it may at once: it is waited for
                shown = vector.step_some({0: "find_guests", 1: "find_guests"})
                assert all(each.failure is None for each in shown.values())
            assert time.monotonic() - began > 0.1


def test_an_agent_that_may_only_act_can_not_verify():
    with microcosm.serve(evaluation=True) as server, server.connect() as client:
        with client.make(library, task="new-phone") as environment:
            environment.reset()
            with pytest.raises(microcosm.NotPermitted):
                environment.verify()
            with pytest.raises(microcosm.NotPermitted):
                environment.fork()
            assert environment.submit().reward == 0
        assert "serves 1 domains" in server.log()
    assert server.process.poll() is not None


def test_a_user_is_talked_to(client):
    with client.make(library, task="new-phone", user="rule") as environment:
        assert environment.reset(seed=2).observation["user"] == "rule"
        reply = environment.message("What is the new phone number?").result["reply"]
        assert "+81 3 5550199" in reply
        end = environment.step([*phone[1:], ("send_message", {"content": "Her phone number has been updated."})])
        assert [each["tool_name"] for each in end.results] == ["update_guest", "send_message"]
        assert (end.reward, end.reason) == (1, "user_ended")


def test_actions_have_many_forms(client):
    with client.make(library, task="new-phone") as environment:
        environment.reset()
        same = [
            environment.step("find_guests", {"name": "Mei Tanaka"}),
            environment.step("find_guests", name="Mei Tanaka"),
            environment.step(("find_guests", {"name": "Mei Tanaka"})),
            environment.step({"tool_name": "find_guests", "arguments": {"name": "Mei Tanaka"}}),
            environment.step(microcosm.call_tool("find_guests", {"name": "Mei Tanaka"})),
        ]
        assert len({str(each.result) for each in same}) == 1 and same[0].result is not None
        several = environment.step([("find_guests", {"name": "Mei Tanaka"}), {"tool_name": "find_guest"}])
        assert [each["error"] is None for each in several.results] == [True, False]
        refused = environment.step("find_guest")
        assert (refused.error_code, refused.result) == ("TOOL_NOT_FOUND", None)
        assert "find_guests" in refused.error
        for wrong in ([{"tool": "find_guests"}], {"tool": "x"}):
            with pytest.raises(TypeError, match="tool_name"):
                environment.step(wrong)
        with pytest.raises(TypeError, match="name of one tool"):
            environment.step([("x", {})], {"a": 1})


def test_forks_and_grants(client):
    with client.make(library, task="new-phone") as environment:
        environment.reset()
        environment.step(*phone[0])
        forks = environment.fork(3)
        assert len({fork.session for fork in forks}) == 3
        forks[0].step(*phone[1])
        assert [fork.verify()["passed"] for fork in forks] == [True, False, False]
        assert forks[1].start.intent == environment.start.intent
        for fork in forks:
            fork.close()
        granted = environment.grant("carla", "observer")
        assert (granted["role"], granted["rights"], granted["session"]) == ("observer", [], environment.session)
