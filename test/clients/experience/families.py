"""Tokenizers of three families, trained on the texts of a data set, each with a chat template of its own kind.

families.py DATA.jsonl FOLDER: DATA has rows of messages and tools (TRL's form); FOLDER gets a folder for each family with a
tokenizer.json and a tokenizer_config.json. The templates mark what the assistant says by `generation`, which transformers
reads (and Microcosm passes over), so that its mask is an independent one.
"""

import json
import sys
from pathlib import Path

from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, trainers

CHATML = """{%- if tools %}<|im_start|>system
{{ messages[0].content }}

# Tools
{%- for tool in tools %}
{{ tool | tojson }}
{%- endfor %}<|im_end|>
{% else %}<|im_start|>system
{{ messages[0].content }}<|im_end|>
{% endif %}
{%- for message in messages[1:] %}
{%- if message.role == 'user' %}<|im_start|>user
{{ message.content }}<|im_end|>
{% elif message.role == 'assistant' %}<|im_start|>assistant
{% generation %}{% if message.reasoning_content %}<think>
{{ message.reasoning_content }}
</think>
{% endif %}{{ message.content }}{% for call in message.tool_calls %}
<tool_call>
{"name": "{{ call.function.name }}", "arguments": {{ call.function.arguments | tojson }}}
</tool_call>{% endfor %}<|im_end|>{% endgeneration %}
{% elif message.role == 'tool' %}
{%- if loop.first or messages[loop.index0].role != 'tool' %}<|im_start|>user{% endif %}
<tool_response>
{{ message.content }}
</tool_response>
{%- if loop.last or messages[loop.index0 + 2].role != 'tool' %}<|im_end|>
{% endif %}
{%- endif %}
{%- endfor %}
{%- if add_generation_prompt %}<|im_start|>assistant
{% endif %}"""

INST = """{{ bos_token }}[AVAILABLE_TOOLS] {{ tools | tojson }}[/AVAILABLE_TOOLS]
{%- for message in messages %}
{%- if message.role == 'system' %} [INST] {{ message.content }} [/INST]
{%- elif message.role == 'user' %} [INST] {{ message.content }} [/INST]
{%- elif message.role == 'assistant' %}{% generation %}{% if message.reasoning_content %} [THINK] {{ message.reasoning_content }} [/THINK]{% endif %}{% if message.content %} {{ message.content }}{% endif %}{% if message.tool_calls %} [TOOL_CALLS] {% for call in message.tool_calls %}{{ call.function.name }} {{ call.function.arguments | tojson }} {% endfor %}{% endif %}{{ eos_token }}{% endgeneration %}
{%- elif message.role == 'tool' %} [TOOL_RESULTS] {{ message.content }} [/TOOL_RESULTS]
{%- endif %}
{%- endfor %}"""

PLAIN = """[CLS] {{ messages[0].content }}
{% for tool in tools %}tool {{ tool.function.name }} : {{ tool.function.description }}
{% endfor %}
{%- for message in messages[1:] %}
{%- if message.role == 'user' %}### User :
{{ message.content }}
{% elif message.role == 'assistant' %}### Assistant :
{% generation %}{% if message.reasoning_content %}( {{ message.reasoning_content }} )
{% endif %}{{ message.content }}{% for call in message.tool_calls %}
call {{ call.function.name }} {{ call.function.arguments | tojson }}{% endfor %} [SEP]{% endgeneration %}
{% else %}### Result :
{{ message.content }}
{% endif %}
{%- endfor %}
{%- if add_generation_prompt %}### Assistant :
{% endif %}"""


def texts(rows):
    for row in rows:
        yield json.dumps(row["tools"], ensure_ascii=False)
        for message in row["messages"]:
            yield message.get("content") or ""
            yield message.get("reasoning_content") or ""
            for call in message.get("tool_calls") or []:
                yield json.dumps(call["function"]["arguments"], ensure_ascii=False)


def byte_level():
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    special = ["<|endoftext|>", "<|im_start|>", "<|im_end|>"]
    trainer = trainers.BpeTrainer(
        vocab_size=1200, special_tokens=special, initial_alphabet=pre_tokenizers.ByteLevel.alphabet()
    )
    return tokenizer, trainer, CHATML, {"eos_token": "<|im_end|>", "pad_token": "<|endoftext|>"}


def unigram():
    tokenizer = Tokenizer(models.Unigram())
    tokenizer.normalizer = normalizers.Sequence([normalizers.NFKC(), normalizers.Replace("\n", " ")])
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
    tokenizer.decoder = decoders.Metaspace()
    trainer = trainers.UnigramTrainer(vocab_size=900, special_tokens=["<unk>", "<s>", "</s>"], unk_token="<unk>")
    return tokenizer, trainer, INST, {"bos_token": "<s>", "eos_token": "</s>", "unk_token": "<unk>"}


def word_piece():
    tokenizer = Tokenizer(models.WordPiece(unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer()
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.decoder = decoders.WordPiece()
    trainer = trainers.WordPieceTrainer(vocab_size=1000, special_tokens=["[UNK]", "[CLS]", "[SEP]", "[PAD]"])
    return tokenizer, trainer, PLAIN, {"unk_token": "[UNK]", "pad_token": "[PAD]", "eos_token": "[SEP]"}


def main(data, folder):
    rows = [json.loads(line) for line in Path(data).read_text("utf8").splitlines() if line]
    for name, make in {"byte-level": byte_level, "unigram": unigram, "word-piece": word_piece}.items():
        tokenizer, trainer, template, named = make()
        tokenizer.train_from_iterator(texts(rows), trainer)
        into = Path(folder) / name
        into.mkdir(parents=True, exist_ok=True)
        tokenizer.save(str(into / "tokenizer.json"))
        config = {"tokenizer_class": "PreTrainedTokenizerFast", "chat_template": template, **named}
        (into / "tokenizer_config.json").write_text(json.dumps(config, ensure_ascii=False, indent=2), "utf8")


main(*sys.argv[1:])
