from microcosm_worlds.taskset import MicrocosmTaskset

__all__ = ["MicrocosmTaskset"]
