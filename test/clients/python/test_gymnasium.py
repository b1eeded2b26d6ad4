"""Worlds as environments of Gymnasium."""

import json
import os
import warnings

import gymnasium
import microcosm
import microcosm.gymnasium
import numpy as np
import pytest
from gymnasium.utils.env_checker import check_env
from gymnasium.vector import SyncVectorEnv
from microcosm.gymnasium import MicrocosmEnv, MicrocosmVectorEnv, called, register_domains
from microcosm.spaces import space_of, value_of

hotels = "microcosm/hotel-chain-v1"


@pytest.fixture(scope="module")
def ids(url):
    return register_domains(url)


@pytest.mark.parametrize("spaces", ["text", "structured"])
def test_check_env_passes_for_all_21_domains(ids, spaces):
    assert len(ids) == 21
    for name in ids:
        environment = gymnasium.make(name, spaces=spaces, disable_env_checker=True)
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            check_env(environment.unwrapped)
        environment.close()


def test_an_episode_ends_as_the_world_says():
    environment = gymnasium.make(hotels, task="new-phone")
    shown, info = environment.reset(seed=1)
    assert "Mei Tanaka" in shown and "update_guest" in shown
    assert (info["domain"], info["task"], info["episode_seed"]) == ("hotel-chain", "new-phone", 1)
    assert "token" not in json.dumps(info)
    shown, reward, terminated, truncated, _ = environment.step("I would like to find a guest.")
    assert shown.startswith("Error: There is no tool") and (reward, terminated, truncated) == (0, False, False)
    environment.step('{"tool_name": "find_guests", "arguments": {"name": "Mei Tanaka"}}')
    environment.step(
        '{"name": "update_guest", "arguments": "{\\"guest_id\\": \\"gst_08\\", \\"phone\\": \\"+81 3 5550199\\"}"}'
    )
    _, reward, terminated, truncated, info = environment.step('{"tool_name": "submit"}')
    assert (reward, terminated, truncated, info["reason"]) == (1, True, False, "submitted")
    environment.reset(options={"task": "cancel-porto"})
    for _ in range(200):
        _, reward, terminated, truncated, info = environment.step("x")
        if terminated or truncated:
            break
    assert (reward, terminated, truncated, info["reason"]) == (0, False, True, "step_limit")
    with pytest.raises(microcosm.EpisodeEnded):
        environment.step("x")
    environment.close()


def test_seeds_decide_and_go_on_by_themselves():
    def tasks(seed):
        with gymnasium.make(hotels) as environment:
            first = environment.reset(seed=seed)[1]["task"]
            return [first, *(environment.reset()[1]["task"] for _ in range(6))]

    assert tasks(3) == tasks(3) != tasks(4)
    assert len(set(tasks(3))) > 2


def test_structured_actions_are_calls_that_the_tools_take():
    environment = gymnasium.make(hotels, spaces="structured", task="new-phone")
    shown, _ = environment.reset(seed=1)
    assert shown["intent"].startswith("Mei Tanaka")
    space = environment.unwrapped.forms.tools
    space.seed(7)
    codes = set()
    for _ in range(300):
        if shown["step"] >= 8:
            shown, _ = environment.reset(seed=1)
        sample = space.sample()
        if space.tools[int(sample[0])]["name"] == "submit":
            continue
        shown, *_ = environment.step(sample)
        codes.add(shown["error_code"])
        assert shown["error_code"] != "INVALID_ARGS" or "format" in str(space.tools[int(sample[0])]), shown["error"]
    assert "" in codes
    environment.close()


def test_schemas_are_spaces_and_samples_their_values():
    schema = {
        "type": "object",
        "properties": {
            "state": {"type": "string", "enum": ["on", "off"]},
            "stars": {"type": "integer", "minimum": 2, "maximum": 5},
            "price": {"type": "number", "minimum": 0},
            "open": {"type": "boolean"},
            "names": {"type": "array", "items": {"type": "string", "maxLength": 3}},
            "inner": {"type": "object", "properties": {"id": {"type": "string", "minLength": 1}}, "required": ["id"]},
            "anything": {},
        },
        "required": ["state", "stars", "inner"],
    }
    space = space_of(schema)
    space.seed(1)
    seen = set()
    for _ in range(200):
        value = value_of(schema, space.sample())
        json.dumps(value)
        assert value["state"] in ("on", "off") and 2 <= value["stars"] <= 5 and len(value["inner"]["id"]) >= 1
        assert isinstance(value.get("open", True), bool) and value.get("price", 0) >= 0
        seen.update(value)
    assert seen == set(schema["properties"])


def test_text_is_read_as_models_write_calls():
    assert called('{"tool_name": "a"}') == ("a", {})
    assert called('[{"name": "a", "arguments": {"x": 1}}, {"tool_name": "b"}]') == [("a", {"x": 1}), ("b", {})]
    for text in (
        "",
        "hello",
        "[]",
        "3",
        '{"name": 3}',
        '[{"name": "a"}, 4]',
        '{"name": "a", "arguments": [1]}',
        "[" * 9999,
    ):
        assert called(text) == (text[:100], {})


@pytest.mark.parametrize("spaces", ["text", "structured"])
def test_a_vector_on_the_socket_plays_what_as_many_single_ones_play(spaces):
    url = os.environ["MICROCOSM_URL"]
    several = gymnasium.make_vec(hotels, num_envs=5, spaces=spaces)
    assert isinstance(several.unwrapped, MicrocosmVectorEnv)
    single = SyncVectorEnv([lambda: MicrocosmEnv("hotel-chain", url=url, spaces=spaces)] * 5)
    several.action_space.seed(2)
    ours, theirs = several.reset(seed=11), single.reset(seed=11)
    ended = 0
    for _ in range(60):
        for one, other in zip(ours, theirs, strict=True):
            assert gymnasium.utils.env_checker.data_equivalence(one, other)
        assert ours[0] in several.observation_space
        actions = several.action_space.sample()
        if spaces == "text":
            actions = tuple('{"name": "submit"}' if len(each) % 9 == 0 else each for each in actions)
        ours, theirs = several.step(actions), single.step(actions)
        ended += int(np.sum(ours[2] | ours[3]))
    assert ended > 5
    assert several.metadata["autoreset_mode"] == gymnasium.vector.AutoresetMode.NEXT_STEP
    several.close()
    several.close()
    single.close()


def test_a_batch_of_512(url):
    environments = gymnasium.make_vec(hotels, num_envs=512, task="new-phone")
    environments.reset(seed=0)
    find = '{"name": "find_guests", "arguments": {"name": "Mei Tanaka"}}'
    update = '{"name": "update_guest", "arguments": {"guest_id": "gst_08", "phone": "+81 3 5550199"}}'
    for action in (find, update):
        environments.step([action] * 512)
    _, rewards, terminated, truncated, infos = environments.step(['{"name": "submit"}'] * 512)
    assert rewards.sum() == 512 and terminated.all() and not truncated.any()
    assert set(infos["reason"]) == {"submitted"}
    environments.close()
