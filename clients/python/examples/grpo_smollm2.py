"""GRPO on SmolLM2-135M against a running server: a model that reads the intent and the tools, and writes calls.

Stages, each with its mean reward on tasks of domains that no stage saw: the model as it comes; after a warm start on a few hundred
gold episodes, so that it knows the form of a call; after GRPO on the reward alone.

    python grpo_smollm2.py --model SmolLM2-135M-Instruct.gguf --tasks tasks.json --url ws://127.0.0.1:8000/ws --out run.json

tasks.json is what `microcosm tasks --json --gold` prints (or a choice of it). Needs torch, transformers, gguf, numpy and websockets;
a GPU makes minutes of it.

GRPO after arXiv 2402.03300: groups of episodes of one task, advantages relative to the group's mean and spread, one
optimizer step for each batch of episodes (so that the ratio is 1 and nothing is clipped), no KL term.
"""

import argparse
import json
import os
import random
import time
from collections import defaultdict

import numpy as np
import torch
from websockets.sync.client import connect

RESULT_CHARS = 1400  # of a tool's result that the model sees
REPLY_TOKENS = 72
BATCH_MESSAGES = 512


class Worlds:
    """Many sessions on one socket, stepped by batch frames."""

    def __init__(self, url):
        self.socket = connect(url, max_size=None, open_timeout=30)

    def _ask(self, messages):
        replies = []
        for start in range(0, len(messages), BATCH_MESSAGES):
            self.socket.send(json.dumps({"type": "batch", "data": messages[start : start + BATCH_MESSAGES]}))
            replies += json.loads(self.socket.recv(timeout=120))["data"]
        return [reply["data"] if reply["type"] == "observation" else {"error": reply} for reply in replies]

    def reset(self, tasks):
        return self._ask(
            [
                {"type": "reset", "session": str(index), "data": {"domain": task["domain"], "task": task["id"], "seed": 0}}
                for index, task in enumerate(tasks)
            ]
        )

    def step(self, actions):
        """actions: (session's number, action)"""
        return self._ask([{"type": "step", "session": str(index), "data": action} for index, action in actions])

    def close(self, count):
        self.socket.send(
            json.dumps({"type": "batch", "data": [{"type": "close", "session": str(index)} for index in range(count)]})
        )
        self.socket.recv(timeout=120)


def signature(tool):
    schema = tool["input_schema"]
    required = set(schema.get("required", []))
    parts = []
    for name, of in schema.get("properties", {}).items():
        if name in ("limit", "offset", "order", "sort_by"):
            continue
        kind = "|".join(map(str, of["enum"][:6])) if "enum" in of else of.get("type", "any")
        parts.append(f"{name}{'' if name in required else '?'}: {kind}")
    return f"{tool['name']}({', '.join(parts)})"


def opening(observation):
    tools = [tool for tool in observation["tools"] if tool["name"] not in ("submit", "send_message")]
    return (
        "You do what the user asks with these tools. Write one call: NAME {arguments}. Ids are looked up first. "
        'At the end write: submit {} or, to a question, submit {"answer": ...}.\n'
        + "\n".join(signature(tool) for tool in tools)
    )


def written(tool, arguments):
    return f"{tool} {json.dumps(arguments, ensure_ascii=False)}"


def parsed(text):
    """The action that a reply stands for; None where it is no call."""
    name, _, rest = text.strip().partition(" ")
    try:
        arguments = json.loads(rest or "{}")
    except ValueError:
        return None
    if not name or not isinstance(arguments, dict):
        return None
    if name == "submit":
        return {"type": "submit", **({"answer": arguments["answer"]} if "answer" in arguments else {})}
    return {"type": "call_tool", "tool_name": name, "arguments": arguments}


def shown(observation):
    """What the model is told of a call."""
    error = observation.get("error")
    if error:
        return "error: " + str(error.get("message", error))[:300]
    return json.dumps(observation.get("result"), ensure_ascii=False, separators=(",", ":"))[:RESULT_CHARS]


class Talk:
    """An episode as tokens; the mask is 1 on what the model wrote."""

    def __init__(self, tokenizer, observation):
        self.tokenizer = tokenizer
        self.tokens, self.mask = [], []
        self.reward, self.done, self.turns = 0.0, False, 0
        self.add("system", opening(observation))
        self.add("user", observation["intent"])

    def add(self, role, text):
        self.extend(self.encode(f"<|im_start|>{role}\n{text}<|im_end|>\n"), 0)

    def extend(self, tokens, mask):
        self.tokens += tokens
        self.mask += [mask] * len(tokens)

    def encode(self, text):
        return self.tokenizer.encode(text, add_special_tokens=False)

    def open_reply(self):
        self.extend(self.encode("<|im_start|>assistant\n"), 0)

    def close_reply(self):
        self.extend(self.encode("\n"), 0)


class Policy:
    def __init__(self, path, device, lr):
        from transformers import AutoModelForCausalLM, AutoTokenizer

        folder, file = os.path.split(os.path.abspath(path))
        if path.endswith(".gguf"):
            given = {"gguf_file": file}
        else:
            folder, given = path, {}
        self.tokenizer = AutoTokenizer.from_pretrained(folder, **given)
        self.model = AutoModelForCausalLM.from_pretrained(folder, **given, dtype=torch.float32).to(device)
        self.device = device
        self.half = torch.bfloat16
        self.end = self.tokenizer.convert_tokens_to_ids("<|im_end|>")
        self.optimizer = torch.optim.AdamW(self.model.parameters(), lr=lr, betas=(0.9, 0.95), weight_decay=0.0)
        self.player = AutoModelForCausalLM.from_config(self.model.config, dtype=self.half).to(device).eval()

    def sync(self):
        with torch.no_grad():
            for ours, theirs in zip(self.player.parameters(), self.model.parameters()):
                ours.copy_(theirs)

    @torch.no_grad()
    def replies(self, prompts, temperature):
        """Lists of tokens, with the end where it came."""
        order = sorted(range(len(prompts)), key=lambda index: len(prompts[index]))
        out = [None] * len(prompts)
        for start in range(0, len(order), 512):
            part = order[start : start + 512]
            width = max(len(prompts[index]) for index in part)
            ids = torch.full((len(part), width), self.end)
            attention = torch.zeros((len(part), width), dtype=torch.long)
            for row, index in enumerate(part):
                prompt = prompts[index]
                ids[row, width - len(prompt) :] = torch.tensor(prompt)
                attention[row, width - len(prompt) :] = 1
            how = {"do_sample": True, "temperature": temperature, "top_k": 0, "top_p": 1.0} if temperature else {"do_sample": False}
            made = self.player.generate(
                input_ids=ids.to(self.device),
                attention_mask=attention.to(self.device),
                max_new_tokens=REPLY_TOKENS,
                eos_token_id=self.end,
                pad_token_id=self.end,
                **how,
            )[:, width:].tolist()
            for row, index in enumerate(part):
                tokens = made[row]
                out[index] = tokens[: tokens.index(self.end) + 1] if self.end in tokens else tokens
        return out

    def losses(self, talks, weights, tokens_max=24_000):
        """Backpropagates the weighted mean of -log p over what the model wrote; returns that mean."""
        total = sum(sum(talk.mask) for talk in talks)
        order = sorted(range(len(talks)), key=lambda index: -len(talks[index].tokens))
        sum_loss, start = 0.0, 0
        while start < len(order):
            width = len(talks[order[start]].tokens)
            part = order[start : start + max(1, tokens_max // width)]
            start += len(part)
            ids = torch.full((len(part), width), self.end)
            attention = torch.zeros((len(part), width), dtype=torch.long)
            mask = torch.zeros((len(part), width), dtype=torch.bool)
            weight = torch.zeros((len(part), width))
            for row, index in enumerate(part):
                talk = talks[index]
                ids[row, : len(talk.tokens)] = torch.tensor(talk.tokens)
                attention[row, : len(talk.tokens)] = 1
                mask[row, : len(talk.tokens)] = torch.tensor(talk.mask, dtype=torch.bool)
                weight[row] = weights[index]
            ids, attention, mask, weight = (each.to(self.device) for each in (ids, attention, mask, weight))
            with torch.autocast(self.device, dtype=self.half):
                hidden = self.model.model(input_ids=ids, attention_mask=attention).last_hidden_state[:, :-1]
                logits = self.model.lm_head(hidden[mask[:, 1:]])
            picked = torch.nn.functional.cross_entropy(logits.float(), ids[:, 1:][mask[:, 1:]], reduction="none")
            loss = (picked * weight[:, 1:][mask[:, 1:]]).sum() / total
            loss.backward()
            sum_loss += loss.item()
        torch.nn.utils.clip_grad_norm_(self.model.parameters(), 1.0)
        self.optimizer.step()
        self.optimizer.zero_grad(set_to_none=True)
        return sum_loss


def play(worlds, policy, tasks, temperature, turns_max, tokens_max):
    """Plays all tasks side by side to their end; what the model writes that is no call ends its episode with 0."""
    talks = [Talk(policy.tokenizer, reply["observation"]) for reply in worlds.reset(tasks)]
    for _ in range(turns_max):
        open_ = [index for index, talk in enumerate(talks) if not talk.done and len(talk.tokens) < tokens_max]
        if not open_:
            break
        for index in open_:
            talks[index].open_reply()
        actions = []
        for index, tokens in zip(open_, policy.replies([talks[index].tokens for index in open_], temperature)):
            talk = talks[index]
            talk.extend(tokens, 1)
            talk.turns += 1
            action = parsed(policy.tokenizer.decode(tokens, skip_special_tokens=True))
            if action is None or tokens[-1] != policy.end:
                talk.done = True
            else:
                talk.close_reply()
                actions.append((index, action))
        for (index, _), reply in zip(actions, worlds.step(actions)):
            talk = talks[index]
            if "error" in reply:
                talk.done = True
                continue
            talk.done = reply["done"]
            talk.reward = float(reply["reward"] or 0) if reply["done"] else 0.0
            if not talk.done:
                talk.add("user", shown(reply["observation"]))
    worlds.close(len(tasks))
    return talks


def demonstrations(worlds, policy, tasks, tokens_max):
    """Gold, played and written down as the model should have; those that are too long are left out."""
    talks = [Talk(policy.tokenizer, reply["observation"]) for reply in worlds.reset(tasks)]
    for turn in range(max(len(task["gold"]["calls"]) for task in tasks) + 1):
        actions = []
        for index, task in enumerate(tasks):
            calls = task["gold"]["calls"]
            if turn > len(calls):
                continue
            answer = task["gold"].get("answer")
            final = turn == len(calls)
            call = ("submit", {"answer": answer["value"]} if answer else {}) if final else (calls[turn]["tool"], calls[turn]["arguments"])
            talk = talks[index]
            talk.open_reply()
            talk.extend(talk.encode(written(*call)) + [policy.end], 1)
            talk.close_reply()
            actions.append((index, parsed(written(*call))))
        for (index, _), reply in zip(actions, worlds.step(actions)):
            if reply.get("done"):
                talks[index].reward = float(reply["reward"] or 0)
            else:
                talks[index].add("user", shown(reply["observation"]))
    worlds.close(len(tasks))
    return [talk for talk in talks if talk.reward == 1 and len(talk.tokens) <= tokens_max]


def standing(talks):
    rewards = np.array([talk.reward for talk in talks])
    return {
        "mean": float(rewards.mean()),
        "error": float(rewards.std(ddof=1) / np.sqrt(len(rewards))),
        "tasks": len(talks),
        "turns": float(np.mean([talk.turns for talk in talks])),
    }


def picture(files, to):
    """What runs wrote (their --out), drawn: training tasks as they are sampled, held-out ones with two standard errors."""
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(figsize=(8, 4.5), dpi=120)
    for index, file in enumerate(files):
        history = json.load(open(file))
        colour, rate = f"C{index}", history["settings"]["lr"]
        done = history["iterations"]
        axes.plot([each["iteration"] for each in done], [each["mean"] for each in done], color=colour, alpha=0.35, linewidth=1)
        looks = [each for each in history["looks"] if each["stage"] != "as it comes"]
        axes.errorbar(
            [each["iteration"] for each in looks],
            [each["mean"] for each in looks],
            [2 * each["error"] for each in looks],
            color=colour,
            marker="o",
            capsize=3,
            label=f"held-out tasks, learning rate {rate:g} (thin: training tasks, sampled)",
        )
    axes.axhline(0, color="grey", linestyle=":", label="the model as it comes: 0.000")
    axes.set(xlabel="steps of GRPO after the warm start", ylabel="mean reward (0 or 1)", ylim=(-0.02, 0.5))
    axes.grid(alpha=0.3)
    axes.legend(fontsize=8, loc="upper left")
    figure.tight_layout()
    figure.savefig(to)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--picture", nargs="+", metavar="FILE", help="only draw: RUN.json … PICTURE.png")
    parser.add_argument("--model")
    parser.add_argument("--tasks")
    parser.add_argument("--url", default="ws://127.0.0.1:8000/ws")
    parser.add_argument("--out", default="run.json")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--held-out", type=int, default=256, help="tasks of held-out domains that are played at each look")
    parser.add_argument("--warm", type=int, default=384, help="gold episodes of the warm start")
    parser.add_argument("--warm-epochs", type=int, default=2)
    parser.add_argument("--group", type=int, default=8)
    parser.add_argument("--groups", type=int, default=48)
    parser.add_argument("--iterations", type=int, default=1000)
    parser.add_argument("--minutes", type=float, default=6, help="GRPO ends then, with a last look")
    parser.add_argument("--look-every", type=int, default=8)
    parser.add_argument("--lr", type=float, default=7e-6)
    parser.add_argument("--no-first-look", action="store_true", help="without a look at the model as it comes")
    parser.add_argument("--turns", type=int, default=6)
    parser.add_argument("--tokens", type=int, default=2600)
    asked = parser.parse_args()
    if asked.picture:
        return picture(asked.picture[:-1], asked.picture[-1])
    if not asked.model or not asked.tasks:
        parser.error("--model and --tasks are needed: a GGUF file, and what `microcosm tasks --json --gold` prints")
    device = "cuda" if torch.cuda.is_available() else "cpu"
    torch.manual_seed(asked.seed)
    chance = random.Random(asked.seed)
    began = time.monotonic()

    tasks = json.load(open(asked.tasks))
    domains = sorted({task["domain"] for task in tasks})
    chance.shuffle(domains)
    held = set(domains[: len(domains) // 4])
    test = [task for task in tasks if task["domain"] in held]
    train = [task for task in tasks if task["domain"] not in held]
    chance.shuffle(test)
    chance.shuffle(train)
    test = test[: asked.held_out]

    worlds = Worlds(asked.url)
    policy = Policy(asked.model, device, asked.lr)
    history = {"settings": vars(asked), "domains": {"train": len(domains) - len(held), "held_out": len(held)}, "looks": [], "iterations": []}

    def look(stage, iteration):
        found = {"stage": stage, "iteration": iteration, **standing(play(worlds, policy, test, 0, asked.turns, asked.tokens))}
        found["seconds"] = round(time.monotonic() - began)
        history["looks"].append(found)
        json.dump(history, open(asked.out, "w"))
        print(json.dumps(found), flush=True)
        return found

    policy.sync()
    if not asked.no_first_look:
        look("as it comes", 0)
    warm = []
    for start in range(0, len(train), 256):
        warm += demonstrations(worlds, policy, train[start : start + 256], asked.tokens)
        if len(warm) >= asked.warm:
            break
    warm = warm[: asked.warm]
    for group in policy.optimizer.param_groups:
        group["lr"] = 1e-4
    for _ in range(asked.warm_epochs):
        chance.shuffle(warm)
        for start in range(0, len(warm), 16):
            loss = policy.losses(warm[start : start + 16], [1.0] * len(warm[start : start + 16]))
        print(json.dumps({"warm": len(warm), "loss": round(loss, 3), "seconds": round(time.monotonic() - began)}), flush=True)
    for group in policy.optimizer.param_groups:
        group["lr"] = asked.lr
    policy.sync()
    look("warm start", 0)

    grpo_began, place = time.monotonic(), 0
    for iteration in range(1, asked.iterations + 1):
        if time.monotonic() - grpo_began > asked.minutes * 60:
            break
        if place + asked.groups > len(train):
            chance.shuffle(train)
            place = 0
        chosen = [task for task in train[place : place + asked.groups] for _ in range(asked.group)]
        place += asked.groups
        talks = play(worlds, policy, chosen, 1.0, asked.turns, asked.tokens)
        groups = defaultdict(list)
        for index, talk in enumerate(talks):
            groups[index // asked.group].append(talk)
        kept, advantages = [], []
        for members in groups.values():
            rewards = np.array([talk.reward for talk in members])
            if rewards.std() == 0:
                continue
            kept += members
            advantages += list((rewards - rewards.mean()) / (rewards.std() + 1e-4))
        if kept:
            policy.losses(kept, advantages)
            policy.sync()
        found = {
            "iteration": iteration,
            "mean": float(np.mean([talk.reward for talk in talks])),
            "groups_that_differ": len(kept) // asked.group,
            "seconds": round(time.monotonic() - began),
        }
        history["iterations"].append(found)
        json.dump(history, open(asked.out, "w"))
        print(json.dumps(found), flush=True)
        if iteration % asked.look_every == 0:
            look("grpo", iteration)
    look("grpo", len(history["iterations"]))


if __name__ == "__main__":
    main()
