"""The masks of a data set beside those that transformers makes of the same conversations, token by token.

masks.py DATA.jsonl FAMILY TOKENS.jsonl: prints how many tokens there are, and the first places that differ.
"""

import json
import sys
from pathlib import Path

from transformers import PreTrainedTokenizerFast


def read(file):
    return [json.loads(line) for line in Path(file).read_text("utf8").split("\n") if line]


def main(data, family, tokens):
    config = json.loads((Path(family) / "tokenizer_config.json").read_text("utf8"))
    template = config.pop("chat_template")
    config.pop("tokenizer_class")
    tokenizer = PreTrainedTokenizerFast(tokenizer_file=str(Path(family) / "tokenizer.json"), **config)
    rows, found, learned, differ = read(data), read(tokens), 0, []
    for at, (row, own) in enumerate(zip(rows, found, strict=True)):
        whole = tokenizer.apply_chat_template(
            row["messages"],
            tools=row["tools"],
            chat_template=template,
            return_dict=True,
            return_assistant_tokens_mask=True,
        )
        learned += sum(whole["assistant_masks"])
        if whole["input_ids"] != own["input_ids"]:
            pairs = zip(whole["input_ids"], own["input_ids"])
            first = next((i for i, (a, b) in enumerate(pairs) if a != b), -1)
            differ.append({"row": at, "ids": [len(whole["input_ids"]), len(own["input_ids"])], "first": first,
                           "near": tokenizer.convert_ids_to_tokens(whole["input_ids"][first - 3 : first + 5]),
                           "own": tokenizer.convert_ids_to_tokens(own["input_ids"][first - 3 : first + 5])})
        elif whole["assistant_masks"] != own["assistant_masks"]:
            pairs = zip(whole["assistant_masks"], own["assistant_masks"])
            places = [i for i, (a, b) in enumerate(pairs) if a != b]
            around = [tokenizer.convert_ids_to_tokens(own["input_ids"][i - 2 : i + 3]) for i in places[:5]]
            differ.append({"row": at, "places": places[:20], "around": around})
    total = sum(len(row["input_ids"]) for row in found)
    print(json.dumps({"rows": len(rows), "tokens": total, "learned": learned, "differ": differ[:3]}))


main(*sys.argv[1:])
