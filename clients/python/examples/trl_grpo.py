"""TRL's GRPO on the worlds of a server: `environment_factory`, one method per tool, the reward from the server.

    pip install trl transformers datasets torch microcosm-gym
    python trl_grpo.py http://127.0.0.1:8000 --domains hotel-chain --steps 2

Without --model a model of two layers with random weights is trained, and its tokenizer is made of the tools' own words: that
shows that all fits together, on the CPU and without a download. With --model Qwen/Qwen3-0.6B (or any model whose chat
template knows tools) it trains.
"""

import argparse
import json
import math

from datasets import Dataset
from tokenizers import ByteLevelBPETokenizer
from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast
from transformers.utils import get_json_schema
from trl import GRPOConfig, GRPOTrainer
from trl.chat_template_utils import qwen3_chat_template
from trl_worlds import environment_of

import microcosm

parser = argparse.ArgumentParser()
parser.add_argument("url", help="of the server, such as http://127.0.0.1:8000")
parser.add_argument("--domains", default="hotel-chain", help="with commas")
parser.add_argument("--model", help="a name or folder of transformers'")
parser.add_argument("--steps", type=int, default=2)
parser.add_argument("--group", type=int, default=2, help="episodes of one task")
parser.add_argument("--tokens", type=int, default=64, help="of one completion, results counted")
parser.add_argument("--out", default="trl-grpo")


def main() -> None:
    options = parser.parse_args()
    domains = options.domains.split(",")
    client = microcosm.connect(options.url)
    worlds = {domain: environment_of(client, domain) for domain in domains}
    rows = [row for domain in domains for row in rows_of(client, domain)]
    model, tokenizer = (options.model, None) if options.model else tiny(rows, worlds)
    trainer = GRPOTrainer(
        model=model,
        processing_class=tokenizer,
        train_dataset=Dataset.from_list(rows),
        environment_factory=worlds,
        args=GRPOConfig(
            output_dir=options.out,
            max_steps=options.steps,
            num_generations=options.group,
            per_device_train_batch_size=options.group,
            max_completion_length=options.tokens,
            use_cpu=options.model is None,
            bf16=False,
            report_to=[],
            save_strategy="no",
            logging_steps=1,
            seed=7,
        ),
    )
    trained = trainer.train()
    assert math.isfinite(trained.training_loss), trained
    logs = [log for log in trainer.state.log_history if "reward" in log]
    print(json.dumps({"steps": trained.global_step, "rewards": [log["reward"] for log in logs], "rows": len(rows)}))


def rows_of(client: microcosm.Client, domain: str) -> list[dict]:
    """A row for each training task: what `reset` takes, and the prompt."""
    policy = client.domain(domain)["policy"]
    return [
        {
            "prompt": [{"role": "system", "content": policy}, {"role": "user", "content": task["intent"]}],
            "environment": domain,
            "task": task["id"],
            "seed": 0,
            "split": "train",
        }
        for task in client.tasks(domain, split="train")
    ]


def tiny(rows: list[dict], worlds: dict[str, type]) -> tuple[LlamaForCausalLM, PreTrainedTokenizerFast]:
    """A model with random weights, and a tokenizer that was trained on what it is about to read."""
    texts = [message["content"] for row in rows for message in row["prompt"]]
    texts += [
        json.dumps(get_json_schema(method))
        for world in worlds.values()
        for name, method in vars(world).items()
        if not name.startswith("_")
    ]
    special = ["<|endoftext|>", "<|im_start|>", "<|im_end|>"]
    bytes_pairs = ByteLevelBPETokenizer()
    bytes_pairs.train_from_iterator(texts, vocab_size=2048, special_tokens=special)
    tokenizer = PreTrainedTokenizerFast(
        tokenizer_object=bytes_pairs._tokenizer, eos_token="<|im_end|>", pad_token="<|endoftext|>"
    )
    tokenizer.chat_template = qwen3_chat_template
    config = LlamaConfig(
        vocab_size=len(tokenizer),
        hidden_size=32,
        intermediate_size=64,
        num_hidden_layers=2,
        num_attention_heads=2,
        num_key_value_heads=2,
        max_position_embeddings=16_384,
        eos_token_id=tokenizer.eos_token_id,
        pad_token_id=tokenizer.pad_token_id,
    )
    return LlamaForCausalLM(config), tokenizer


if __name__ == "__main__":
    main()
