"""One step of supervised fine-tuning on an exported data set: TRL's SFTTrainer on the CPU with a tiny random model.

    pip install trl datasets transformers torch
    python sft_step.py DATASET TOKENIZER [--tokens]

DATASET is a folder that `microcosm export` wrote, TOKENIZER one with a tokenizer.json and a tokenizer_config.json. Without
--tokens the conversations of trl.jsonl are written out by TRL with the tokenizer's chat template; with it the ids and the
mask of tokens.jsonl are learned from as they are. Swap the model for a real one and the step for many, and it trains.
"""

import argparse
import json
import math
from pathlib import Path

from datasets import load_dataset
from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast
from trl import SFTConfig, SFTTrainer

parser = argparse.ArgumentParser()
parser.add_argument("dataset", type=Path)
parser.add_argument("tokenizer", type=Path)
parser.add_argument("--tokens", action="store_true")
arguments = parser.parse_args()

config = json.loads((arguments.tokenizer / "tokenizer_config.json").read_text("utf8"))
template = config.pop("chat_template")
config.pop("tokenizer_class", None)
tokenizer = PreTrainedTokenizerFast(tokenizer_file=str(arguments.tokenizer / "tokenizer.json"), **config)
tokenizer.chat_template = template
tokenizer.pad_token = tokenizer.pad_token or tokenizer.eos_token

name = "tokens.jsonl" if arguments.tokens else "trl.jsonl"
data = load_dataset("json", data_files=str(arguments.dataset / name), split="train")
if arguments.tokens:
    data = data.select_columns(["input_ids", "assistant_masks"])

model = LlamaForCausalLM(
    LlamaConfig(
        vocab_size=len(tokenizer),
        hidden_size=32,
        intermediate_size=64,
        num_hidden_layers=2,
        num_attention_heads=2,
        num_key_value_heads=2,
        max_position_embeddings=4096,
    )
)
trainer = SFTTrainer(
    model=model,
    processing_class=tokenizer,
    train_dataset=data,
    args=SFTConfig(
        output_dir=str(arguments.dataset / "step"),
        max_steps=1,
        per_device_train_batch_size=1,
        max_length=None,
        assistant_only_loss=not arguments.tokens,
        use_cpu=True,
        bf16=False,
        report_to=[],
        save_strategy="no",
        logging_steps=1,
        seed=7,
    ),
)
prepared = trainer.train_dataset[0]
labels = prepared.get("labels", [])
learned = sum(label != -100 for label in labels)
loss = trainer.train().training_loss
assert math.isfinite(loss), loss
assert 0 < learned < len(labels), (learned, len(labels))
print(json.dumps({"rows": len(data), "tokens": len(labels), "learned": learned, "loss": round(loss, 3)}))
