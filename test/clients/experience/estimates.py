"""pass^k, pass@k, intervals and p-values by numpy and scipy, of the same trials and the same draws: JSON in, JSON out."""

import json
import sys

import numpy as np
from scipy.special import comb
from scipy.stats import permutation_test

asked = json.load(sys.stdin)
n, c = np.array(asked["trials"]), np.array(asked["passed"])
out = {"hat": [], "at": [], "intervals": []}
indices = np.array(asked["indices"]).reshape(asked["resamples"], len(n))
for k in range(1, asked["k"] + 1):
    hat = comb(c, k) / comb(n, k)
    at = 1 - comb(n - c, k) / comb(n, k)
    for name, values in (("hat", hat), ("at", at)):
        means = values[indices].mean(axis=1)
        low, high = np.quantile(means, [0.025, 0.975])
        out[name].append([values.mean(), low, high])
out["p"] = []
for a, b in asked["pairs"]:
    found = permutation_test(
        (np.array(b), np.array(a)),
        lambda x, y, axis: np.mean(x - y, axis=axis),
        permutation_type="samples",
        n_resamples=np.inf,
        alternative="two-sided",
        vectorized=True,
    )
    out["p"].append(found.pvalue)
print(json.dumps(out))
