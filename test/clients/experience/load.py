"""Every form of a data set as the library `datasets` reads it: prints the rows of each."""

import json
import sys

from datasets import load_dataset

folder = sys.argv[1]
rows = {}
for name in ("openai", "trl", "sharegpt", "tokens"):
    rows[name] = len(load_dataset("json", data_files=f"{folder}/{name}.jsonl", split="train"))
parquet = load_dataset("parquet", data_files=f"{folder}/data.parquet", split="train")
rows["parquet"] = len(parquet)
originals = [json.loads(line) for line in open(f"{folder}/openai.jsonl", encoding="utf8")]
tokens = [json.loads(line) for line in open(f"{folder}/tokens.jsonl", encoding="utf8")]
for row, original, ids in zip(parquet, originals, tokens, strict=True):
    assert row["input_ids"] == ids["input_ids"] and row["assistant_masks"] == ids["assistant_masks"]
    assert json.loads(row["tools"]) == original["tools"]
    for message, said in zip(row["messages"], original["messages"], strict=True):
        message.pop("reasoning_content")
        assert {k: v for k, v in message.items() if v is not None} == {k: v for k, v in said.items() if v is not None}
print(json.dumps(rows))
