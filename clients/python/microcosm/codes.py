# Generated from schemas/json/errors.json by `python generate.py`.
"""The errors: a class for each fault, and one for each code."""

from __future__ import annotations

from .errors import MicrocosmError


class AgentError(MicrocosmError):
    """What an agent does wrong. It sees it in an observation and plays on: step raises none of these."""

    fault = "agent"


class ClientError(MicrocosmError):
    """What a client says wrong; its session lives."""

    fault = "client"


class WorldError(MicrocosmError):
    """What a world does wrong: the episode is truncated and its reward stays None."""

    fault = "environment"


class ServerError(MicrocosmError):
    """What the server does wrong, or a connection that failed."""

    fault = "server"


class ToolNotFound(AgentError):
    code = "TOOL_NOT_FOUND"
    remedy = "Call one of the tools that list_tools shows."


class InvalidArgs(AgentError):
    code = "INVALID_ARGS"
    remedy = "Send arguments that fit the tool's input_schema; unknown arguments are refused."


class NoUser(AgentError):
    code = "NO_USER"
    remedy = "This episode has no user to talk to; act on the intent, then submit."


class TimeLimit(AgentError):
    code = "TIME_LIMIT"
    remedy = "The episode has run out of time: reset to begin another."


class ResultTooLarge(AgentError):
    code = "RESULT_TOO_LARGE"
    remedy = "Ask for less: use the filters or the page parameters of the tool."


class InvalidJson(ClientError):
    code = "INVALID_JSON"
    remedy = "Send one JSON object per text frame."


class UnknownType(ClientError):
    code = "UNKNOWN_TYPE"
    remedy = "Use one of the message types that docs/protocol.md lists."


class ValidationError(ClientError):
    code = "VALIDATION_ERROR"
    remedy = "Correct the fields named in errors and send the message again."


class CapacityReached(ClientError):
    code = "CAPACITY_REACHED"
    remedy = "Close sessions that are done, or try again later."


class SessionError(ClientError):
    code = "SESSION_ERROR"
    remedy = "Open a new session."


class EpisodeNotReset(ClientError):
    code = "EPISODE_NOT_RESET"
    remedy = "Send reset before step or verify."


class EpisodeEnded(ClientError):
    code = "EPISODE_ENDED"
    remedy = "The episode is over: send reset to begin another."


class FrameTooLarge(ClientError):
    code = "FRAME_TOO_LARGE"
    remedy = "Send a smaller message."


class NotFound(ClientError):
    code = "NOT_FOUND"
    remedy = "See /domains for what is served here."


class UnknownDomain(ClientError):
    code = "UNKNOWN_DOMAIN"
    remedy = "List the domains with GET /domains or `microcosm domains`."


class UnknownTask(ClientError):
    code = "UNKNOWN_TASK"
    remedy = "List the tasks with GET /domains/{id}/tasks or `microcosm tasks ID`."


class UnknownScenario(ClientError):
    code = "UNKNOWN_SCENARIO"
    remedy = "Name one of the domain's scenarios."


class UnknownSession(ClientError):
    code = "UNKNOWN_SESSION"
    remedy = "The session is closed or its token is wrong: open a new one with reset."


class NotPermitted(ClientError):
    code = "NOT_PERMITTED"
    remedy = "Use a token that has this right."


class KeyRequired(ClientError):
    code = "KEY_REQUIRED"
    remedy = "Show a key: as Bearer, as x-api-key, before the host of the address (http://KEY:x@host), or in its path (/k/KEY/…)."


class KeyRevoked(ClientError):
    code = "KEY_REVOKED"
    remedy = "Ask whoever runs this server for another key."


class QuotaExceeded(ClientError):
    code = "QUOTA_EXCEEDED"
    remedy = "Wait as long as retry_after_ms says, close what is done, or ask for a larger quota."


class RateLimited(ClientError):
    code = "RATE_LIMITED"
    remedy = "Wait as long as retry_after_ms says, and ask less often."


class Draining(ClientError):
    code = "DRAINING"
    remedy = "This server takes no new sessions: use another, or try again later."


class ForkLimit(ClientError):
    code = "FORK_LIMIT"
    remedy = "Fork at most 64 sessions at once."


class Usage(ClientError):
    code = "USAGE"
    remedy = "See --help for what can be said."


class PortInUse(ClientError):
    code = "PORT_IN_USE"
    remedy = "Choose another port with --port, or stop what listens there."


class KeysMissing(ClientError):
    code = "KEYS_MISSING"
    remedy = "Make a key with `microcosm keys add LABEL`, or listen on 127.0.0.1 alone."


class KeysInvalid(ClientError):
    code = "KEYS_INVALID"
    remedy = "Put back the last copy of the file of keys, or name another with --keys."


class KeysBusy(ClientError):
    code = "KEYS_BUSY"
    remedy = "Try again in a moment."


class UnknownKey(ClientError):
    code = "UNKNOWN_KEY"
    remedy = "List the keys with `microcosm keys list`."


class SourceNotFound(ClientError):
    code = "SOURCE_NOT_FOUND"
    remedy = "Name a file or folder that exists."


class SourceEmpty(ClientError):
    code = "SOURCE_EMPTY"
    remedy = "Give API descriptions (docs/collecting.md) whose operations have inputs and descriptions."


class DocumentInvalid(ClientError):
    code = "DOCUMENT_INVALID"
    remedy = "Give a document of one of the formats that docs/collecting.md lists."


class DocumentTooLarge(ClientError):
    code = "DOCUMENT_TOO_LARGE"
    remedy = "Split the document; as JSON it may be larger than as YAML."


class ReferenceBroken(ClientError):
    code = "REFERENCE_BROKEN"
    remedy = "Mend the $ref: it must lead to something in the same document, or in a file named with --refs."


class OperationUnnamed(ClientError):
    code = "OPERATION_UNNAMED"
    remedy = "Give the operation an operationId or a path with a word in it."


class OperationRepeated(ClientError):
    code = "OPERATION_REPEATED"
    remedy = "Give each operation of a document a name of its own."


class DomainInvalid(ClientError):
    code = "DOMAIN_INVALID"
    remedy = "Correct the domain at the place named."


class ProgramInvalid(ClientError):
    code = "PROGRAM_INVALID"
    remedy = "Keep to function declarations and constant literals at the top level."


class StatementInvalid(ClientError):
    code = "STATEMENT_INVALID"
    remedy = "Use one plain SELECT, INSERT, UPDATE or DELETE over the tables of the domain."


class VersionMismatch(ClientError):
    code = "VERSION_MISMATCH"
    remedy = "Leave the version out to have it computed, or restore the content it names."


class CatalogNotFound(ClientError):
    code = "CATALOG_NOT_FOUND"
    remedy = "Make one with `microcosm synthesize`, or name it with --catalog."


class CatalogInvalid(ClientError):
    code = "CATALOG_INVALID"
    remedy = "The file is no catalogue or is cut short: make it anew with `microcosm synthesize`."


class CatalogVersion(ClientError):
    code = "CATALOG_VERSION"
    remedy = "The catalogue is of another version of Microcosm: make it anew with `microcosm synthesize`."


class CatalogBusy(ClientError):
    code = "CATALOG_BUSY"
    remedy = "Another process writes to the catalogue: wait for it to end."


class ModelFailed(ClientError):
    code = "MODEL_FAILED"
    remedy = (
        "See that the endpoint runs and that its URL, model and key are right; what it answered is kept, so try again."
    )


class ModelAnswerInvalid(ClientError):
    code = "MODEL_ANSWER_INVALID"
    remedy = "Name a model that does what is asked of it, and try again."


class TrajectoryInvalid(ClientError):
    code = "TRAJECTORY_INVALID"
    remedy = "Give a file with one trajectory on each line, as `microcosm rollout` writes it."


class RunMismatch(ClientError):
    code = "RUN_MISMATCH"
    remedy = "Go on with the options that the file was begun with, or name another file."


class TokenizerInvalid(ClientError):
    code = "TOKENIZER_INVALID"
    remedy = "Give the tokenizer.json of a model and a chat template that only ever adds to what it has said."


class DataLeak(ClientError):
    code = "DATA_LEAK"
    remedy = "Leave the tasks named out of the trajectories, or out of what is held out."


class WorldCrashed(WorldError):
    code = "WORLD_CRASHED"
    remedy = "The domain's program failed: reset to go on; report the domain."


class WorldTimeout(WorldError):
    code = "WORLD_TIMEOUT"
    remedy = "The domain's program ran too long and was stopped: reset to go on."


class WorldMemory(WorldError):
    code = "WORLD_MEMORY"
    remedy = "The domain's program took too much memory and was stopped: reset to go on."


class WorldLimit(WorldError):
    code = "WORLD_LIMIT"
    remedy = "A statement returned or changed more rows than allowed: reset to go on."


class WorldQuarantined(WorldError):
    code = "WORLD_QUARANTINED"
    remedy = "The domain brought down the process it ran in: mend it, then add it again with `microcosm add`."


class StepTimeout(WorldError):
    code = "STEP_TIMEOUT"
    remedy = "The step took too long and was given up: reset to go on."


class GoldFailed(WorldError):
    code = "GOLD_FAILED"
    remedy = "The task's gold does not replay: report the task."


class ConnectionLost(ServerError):
    code = "CONNECTION_LOST"
    remedy = "The server closed the connection: connect again."


class LogUnavailable(ServerError):
    code = "LOG_UNAVAILABLE"
    remedy = (
        "Nothing was done: send it again once the disk of the state directory has room, or name another with --state."
    )


class ReplyTimeout(ServerError):
    code = "REPLY_TIMEOUT"
    remedy = "The server gave no answer in time: see whether it still runs."


class ExecutionError(ServerError):
    code = "EXECUTION_ERROR"
    remedy = "Try again; if it happens again, report it with the server's log."


by_code: dict[str, type[MicrocosmError]] = {
    "TOOL_NOT_FOUND": ToolNotFound,
    "INVALID_ARGS": InvalidArgs,
    "NO_USER": NoUser,
    "TIME_LIMIT": TimeLimit,
    "RESULT_TOO_LARGE": ResultTooLarge,
    "INVALID_JSON": InvalidJson,
    "UNKNOWN_TYPE": UnknownType,
    "VALIDATION_ERROR": ValidationError,
    "CAPACITY_REACHED": CapacityReached,
    "SESSION_ERROR": SessionError,
    "EPISODE_NOT_RESET": EpisodeNotReset,
    "EPISODE_ENDED": EpisodeEnded,
    "FRAME_TOO_LARGE": FrameTooLarge,
    "NOT_FOUND": NotFound,
    "UNKNOWN_DOMAIN": UnknownDomain,
    "UNKNOWN_TASK": UnknownTask,
    "UNKNOWN_SCENARIO": UnknownScenario,
    "UNKNOWN_SESSION": UnknownSession,
    "NOT_PERMITTED": NotPermitted,
    "KEY_REQUIRED": KeyRequired,
    "KEY_REVOKED": KeyRevoked,
    "QUOTA_EXCEEDED": QuotaExceeded,
    "RATE_LIMITED": RateLimited,
    "DRAINING": Draining,
    "FORK_LIMIT": ForkLimit,
    "USAGE": Usage,
    "PORT_IN_USE": PortInUse,
    "KEYS_MISSING": KeysMissing,
    "KEYS_INVALID": KeysInvalid,
    "KEYS_BUSY": KeysBusy,
    "UNKNOWN_KEY": UnknownKey,
    "SOURCE_NOT_FOUND": SourceNotFound,
    "SOURCE_EMPTY": SourceEmpty,
    "DOCUMENT_INVALID": DocumentInvalid,
    "DOCUMENT_TOO_LARGE": DocumentTooLarge,
    "REFERENCE_BROKEN": ReferenceBroken,
    "OPERATION_UNNAMED": OperationUnnamed,
    "OPERATION_REPEATED": OperationRepeated,
    "DOMAIN_INVALID": DomainInvalid,
    "PROGRAM_INVALID": ProgramInvalid,
    "STATEMENT_INVALID": StatementInvalid,
    "VERSION_MISMATCH": VersionMismatch,
    "CATALOG_NOT_FOUND": CatalogNotFound,
    "CATALOG_INVALID": CatalogInvalid,
    "CATALOG_VERSION": CatalogVersion,
    "CATALOG_BUSY": CatalogBusy,
    "MODEL_FAILED": ModelFailed,
    "MODEL_ANSWER_INVALID": ModelAnswerInvalid,
    "TRAJECTORY_INVALID": TrajectoryInvalid,
    "RUN_MISMATCH": RunMismatch,
    "TOKENIZER_INVALID": TokenizerInvalid,
    "DATA_LEAK": DataLeak,
    "WORLD_CRASHED": WorldCrashed,
    "WORLD_TIMEOUT": WorldTimeout,
    "WORLD_MEMORY": WorldMemory,
    "WORLD_LIMIT": WorldLimit,
    "WORLD_QUARANTINED": WorldQuarantined,
    "STEP_TIMEOUT": StepTimeout,
    "GOLD_FAILED": GoldFailed,
    "CONNECTION_LOST": ConnectionLost,
    "LOG_UNAVAILABLE": LogUnavailable,
    "REPLY_TIMEOUT": ReplyTimeout,
    "EXECUTION_ERROR": ExecutionError,
}
