"""The curve of runs of learn.py, with what the agents without a model get on the same tasks, and the figures in words.

    python picture.py runs/seed-*.jsonl --agent noop=noop.jsonl --agent random=random.jsonl --out training.png

An agent's file is what `microcosm rollout --agent NAME --out FILE` wrote; only trajectories of held-out tasks count.
"""

import argparse
import json
from pathlib import Path
from statistics import mean, stdev

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt

parser = argparse.ArgumentParser()
parser.add_argument("runs", nargs="+", type=Path)
parser.add_argument("--agent", action="append", default=[], help="NAME=FILE", metavar="NAME=FILE")
parser.add_argument("--out", type=Path, required=True)


def main() -> None:
    options = parser.parse_args()
    runs = [[json.loads(line) for line in path.read_text().splitlines()] for path in options.runs]
    tasks = set(runs[0][0]["tasks"])
    assert all(set(line["tasks"]) == tasks for run in runs for line in run), (
        "The runs were not measured on the same tasks."
    )
    agents = {name: reward_of(Path(file), tasks) for name, file in (each.split("=", 1) for each in options.agent)}
    draw(runs, agents, len(tasks), options.out)
    gains = []
    for run in runs:
        first, last = run[0], run[-1]
        gains.append(last["held_out"] - first["held_out"])
        print(
            f"seed {first['seed']}: {first['held_out']:.3f} before, {last['held_out']:.3f} after {last['episodes']} episodes"
        )
    spread = stdev(gains) / len(gains) ** 0.5 if len(gains) > 1 else float("nan")
    by_task = [mean(run[-1]["tasks"][task] - run[0]["tasks"][task] for run in runs) for task in sorted(tasks)]
    error = stdev(by_task) / len(by_task) ** 0.5
    print(
        f"{len(tasks)} held-out tasks: gain {mean(gains):.3f}, standard error {spread:.3f} over {len(gains)} seeds, {error:.3f} over tasks"
    )
    for name, reward in agents.items():
        print(f"{name}: {reward:.3f}")


def reward_of(path: Path, tasks: set[str]) -> float:
    """The mean reward of an agent over the tasks, each task's trials first."""
    rewards: dict[str, list[float]] = {}
    for line in path.read_text().splitlines():
        played = json.loads(line)
        name = f"{played['domain']}/{played['task']}"
        if name in tasks:
            rewards.setdefault(name, []).append(played["reward"] or 0)
    assert set(rewards) == tasks, f"{path} lacks {len(tasks - set(rewards))} of the tasks."
    return mean(mean(trials) for trials in rewards.values())


def draw(runs: list[list[dict]], agents: dict[str, float], count: int, out: Path) -> None:
    figure, axes = plt.subplots(figsize=(7.2, 4.2), dpi=130)
    episodes = [line["episodes"] for line in runs[0]]
    for run in runs:
        axes.plot(
            episodes, [line["held_out"] for line in run], color="#7aa6c8", linewidth=1, marker="o", markersize=2.5
        )
    means = [mean(values) for values in zip(*([line["held_out"] for line in run] for run in runs), strict=False)]
    axes.plot(episodes, means, color="#0b5394", linewidth=2.2, label=f"GRPO, mean of {len(runs)} seeds")
    for (name, reward), (colour, style) in zip(
        agents.items(), (("#666666", "--"), ("#c0504d", ":"), ("#38761d", "-.")), strict=False
    ):
        axes.axhline(reward, color=colour, linestyle=style, linewidth=1.2, label=f"{name}: {reward:.3f}")
    axes.set_xlabel("episodes of training")
    axes.set_ylabel("mean reward (0 or 1)")
    axes.set_title(f"{count} tasks of domains that were never trained on", fontsize=10)
    axes.set_ylim(-0.02, max([*means, *agents.values(), *(line["held_out"] for run in runs for line in run)]) * 1.12)
    axes.grid(alpha=0.25)
    axes.legend(frameon=False, fontsize=9)
    figure.tight_layout()
    figure.savefig(out, metadata={"Software": None})


if __name__ == "__main__":
    main()
