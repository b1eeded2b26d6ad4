"""Two clients at a server with room for one."""

import sys

from openenv.core import GenericEnvClient

url = f"{sys.argv[1]}/domains/hotel-chain"
first = GenericEnvClient(base_url=url).sync()
first.reset()
second = GenericEnvClient(base_url=url).sync()
try:
    second.reset()
except RuntimeError as error:
    print(error)
second.close()
first.close()
with GenericEnvClient(base_url=url).sync() as third:
    third.reset()
    print("reset again")
