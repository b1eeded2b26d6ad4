"""GRPO against a Microcosm server: a small policy learns from the reward alone, and is measured on domains it never saw.

    npm run -s microcosm -- serve --catalog everything.db &
    python learn.py http://127.0.0.1:8000 --seed 0 --out runs/seed-0.jsonl

Trained on tasks of the split `train` of some domains, each group being one task played by `--group` episodes (the
protocol's `sample` with a `group`); measured on tasks of domains that have no task for training at all. Every line of
--out is a measurement, with the reward of each held-out task. The same seed gives the same run.

GRPO after arXiv 2402.03300: advantages are rewards less the group's mean over its spread, the same for every choice of an
episode; the ratio is clipped; the KL term (its third estimator) holds the policy to what it was before training; the
choices of an episode weigh one over their number. The reward is the server's own, 1 or 0 at the end, and nothing else.
"""

import argparse
import json
import random
import time
from collections import Counter
from pathlib import Path

import numpy as np
import torch
from episodes import Played, play
from policy import Packed, Policy, pack

import microcosm

parser = argparse.ArgumentParser()
parser.add_argument("url", help="of the server, such as http://127.0.0.1:8000")
parser.add_argument("--out", type=Path, required=True, help="where the measurements go, one a line")
parser.add_argument("--seed", type=int, default=0)
parser.add_argument("--iterations", type=int, default=64)
parser.add_argument("--tasks", type=int, default=32, help="of one iteration")
parser.add_argument("--group", type=int, default=8, help="episodes of one task")
parser.add_argument("--domains", type=int, default=250, help="to train on; the same for every seed")
parser.add_argument("--calls", type=int, default=3, help="at most so many calls in gold")
parser.add_argument("--held-out", type=int, default=256, help="tasks to measure on; the same for every seed")
parser.add_argument("--every", type=int, default=8, help="iterations between measurements")
parser.add_argument("--rate", type=float, default=0.005)
parser.add_argument("--epochs", type=int, default=2, help="steps of the optimizer for one iteration's episodes")
parser.add_argument("--clip", type=float, default=0.2)
parser.add_argument("--kl", type=float, default=0.002)

EVALUATED_AT_ONCE = 256


def main() -> None:
    options = parser.parse_args()
    torch.set_num_threads(1)  # so that sums come in one order, and the same seed gives the same run
    torch.manual_seed(options.seed)
    client = microcosm.connect(options.url)
    domains, held = chosen(client, options)
    worlds = client.vector(max(options.tasks * options.group, EVALUATED_AT_ONCE))
    policy, before = Policy(), Policy()
    before.load_state_dict(policy.state_dict())
    optimizer = torch.optim.Adam(policy.parameters(), lr=options.rate)
    noise = torch.Generator().manual_seed(options.seed)
    order, visits = rounds(domains, options.seed), Counter()
    options.out.parent.mkdir(parents=True, exist_ok=True)
    began = time.monotonic()
    with options.out.open("w") as out:
        for iteration in range(options.iterations + 1):
            last = iteration == options.iterations
            if iteration % options.every == 0 or last:
                rewards = measure(worlds, policy, held)
                line = {
                    "seed": options.seed,
                    "iteration": iteration,
                    "episodes": iteration * options.tasks * options.group,
                    "held_out": sum(rewards.values()) / len(rewards),
                }
                if iteration == 0:
                    line["options"] = {name: str(value) for name, value in vars(options).items()}
                line["tasks"] = rewards
                out.write(json.dumps(line) + "\n")
                out.flush()
                print(
                    f"{iteration:4}  held out {line['held_out']:.3f}  {(time.monotonic() - began) / 60:.1f} minutes",
                    flush=True,
                )
            if last:
                break
            played = play(worlds, policy, next_resets(order, visits, options), noise)
            facts = improve(policy, before, optimizer, played, options)
            if iteration % 5 == 0:
                print(
                    f"{iteration:4}  " + "  ".join(f"{name} {value:.3f}" for name, value in facts.items()), flush=True
                )
    torch.save(policy.state_dict(), options.out.with_suffix(".pt"))
    worlds.close()
    client.close()


def chosen(client: microcosm.Client, options: argparse.Namespace) -> tuple[list[str], list[dict]]:
    """@returns the domains to train on, and the tasks of other domains to measure on"""

    def short(split: str) -> list[dict]:
        return client.tasks(split=split, language="en", length=(None, options.calls))

    trained = {task["domain"] for task in client.tasks(split="train")}
    counts = Counter(task["domain"] for task in short("train"))
    domains = sorted(domain for domain, count in counts.items() if count >= 2)
    held = [task for task in short("test") if task["domain"] not in trained]
    held.sort(key=lambda task: (task["domain"], task["id"]))
    random.Random(0).shuffle(domains)
    random.Random(0).shuffle(held)
    domains, held = domains[: options.domains], held[: options.held_out]
    print(
        f"Training on {len(domains)} domains with {sum(counts[domain] for domain in domains)} tasks; "
        f"measuring on {len(held)} tasks of {len({task['domain'] for task in held})} other domains."
    )
    return domains, held


def rounds(domains: list[str], seed: int):
    """The domains in one order after the other, for ever."""
    chance = random.Random(seed)
    while True:
        order = list(domains)
        chance.shuffle(order)
        yield from order


def next_resets(order, visits: Counter, options: argparse.Namespace) -> list[dict]:
    """One task each of the next domains, as many episodes of it as a group has."""
    resets = []
    for _ in range(options.tasks):
        domain = next(order)
        first = visits[domain] * options.group
        visits[domain] += 1
        for index in range(first, first + options.group):
            resets.append(
                {
                    "domain": domain,
                    "split": "train",
                    "filter": {"language": "en", "length": {"max": options.calls}},
                    "sample": {"seed": options.seed, "index": index, "group": options.group},
                    "seed": index,
                }
            )
    return resets


def measure(worlds: microcosm.VectorEnvironment, policy: Policy, held: list[dict]) -> dict[str, float]:
    """@returns the reward of each held-out task, played once as the policy draws"""
    noise = torch.Generator().manual_seed(1)
    rewards: dict[str, float] = {}
    for start in range(0, len(held), EVALUATED_AT_ONCE):
        resets = [
            {"domain": task["domain"], "task": task["id"], "split": "test", "seed": 0}
            for task in held[start : start + EVALUATED_AT_ONCE]
        ]
        rewards |= {episode.task: episode.reward for episode in play(worlds, policy, resets, noise)}
    return rewards


def advantages(rewards: np.ndarray, group: int) -> np.ndarray:
    """@param rewards [episodes], groups side by side @returns [episodes]: 0 where all of a group fared alike"""
    groups = rewards.reshape(-1, group)
    spread = groups.std(axis=1, keepdims=True)
    return ((groups - groups.mean(axis=1, keepdims=True)) / np.where(spread > 0, spread, 1)).reshape(-1)


def improve(
    policy: Policy, before: Policy, optimizer: torch.optim.Optimizer, played: list[Played], options: argparse.Namespace
) -> dict[str, float]:
    rewards = np.array([episode.reward for episode in played])
    gains = advantages(rewards, options.group)
    telling = [at for at, gain in enumerate(gains) if gain != 0]
    facts = {
        "reward": rewards.mean(),
        "telling": len(telling) / len(played),
        "steps": np.mean([episode.steps for episode in played]),
        "kl": 0.0,
    }
    if not telling:
        return facts
    batches = batches_of([played[at] for at in telling], gains[telling], before)
    for _ in range(options.epochs):
        loss = torch.zeros(())
        kl_sum = 0.0
        for head, (packed, taken, old, gain, weight, reference) in batches.items():
            new = policy.log_probabilities(head, packed)[taken]
            ratio = (new - old).exp()
            clipped = ratio.clamp(1 - options.clip, 1 + options.clip)
            apart = reference - new
            kl = apart.exp() - apart - 1
            loss = loss - ((torch.minimum(ratio * gain, clipped * gain) - options.kl * kl) * weight).sum() / len(played)
            kl_sum += float((kl.detach() * weight).sum())
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(policy.parameters(), 1.0)
        optimizer.step()
        facts["kl"] = kl_sum / len(telling)
    return facts


Batch = tuple[Packed, torch.Tensor, torch.Tensor, torch.Tensor, torch.Tensor, torch.Tensor]


@torch.no_grad()
def batches_of(played: list[Played], gains: np.ndarray, before: Policy) -> dict[str, Batch]:
    """All choices by head: their candidates, which was taken, its old log probability, advantage, weight, and the first policy's."""
    by_head: dict[str, list[tuple]] = {}
    for episode, gain in zip(played, gains, strict=False):
        for choice, index, log in zip(episode.choices, episode.taken, episode.logs, strict=False):
            by_head.setdefault(choice.head, []).append((choice, index, log, gain, 1 / len(episode.choices)))
    batches = {}
    for head, entries in sorted(by_head.items()):
        choices, indices, logs, of_gains, weights = zip(*entries, strict=False)
        packed = pack(list(choices))
        taken = packed.starts + torch.tensor(indices)
        columns = [torch.tensor(column, dtype=torch.float32) for column in (logs, of_gains, weights)]
        batches[head] = (packed, taken, *columns, before.log_probabilities(head, packed)[taken])
    return batches


if __name__ == "__main__":
    main()
