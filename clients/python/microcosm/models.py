# Generated from schemas/json by `python generate.py`.
"""What is said on the wire, as types: a reply is used as it was parsed."""

from __future__ import annotations

import sys
from typing import Any, Literal, TypedDict

if sys.version_info >= (3, 11):
    from typing import NotRequired
else:
    from typing_extensions import NotRequired


class ToolSpec(TypedDict):
    # snake_case, at most 64 characters
    name: str
    description: str
    input_schema: dict[str, Any]


class Tool(TypedDict):
    # snake_case, at most 64 characters
    name: str
    description: str
    kind: Literal["read", "write"]
    # whose it is: the agent's unless said; a user's own tool is done by the user when the agent asks for it
    role: NotRequired[Literal["agent", "user"]]
    # JSON Schema of the arguments: an object, closed (additionalProperties false)
    input_schema: dict[str, Any]
    # JSON Schema of the result
    output_schema: dict[str, Any]
    # the tables that the program of this tool touches
    tables: list[str]
    # index into the domain's sources
    source: NotRequired[int]


class VerificationStateDifference(TypedDict):
    kind: Literal["missing_row", "unexpected_row", "wrong_cell"]
    table: str
    # the row's, in the identifiers of the agent's world
    key: dict[str, float | str | None]
    column: NotRequired[str]
    # the cell, or the row, that gold has
    expected: NotRequired[Any]
    # the cell, or the row, that was found
    actual: NotRequired[Any]
    message: str


class VerificationState(TypedDict):
    applies: bool
    passed: bool
    differences: list[VerificationStateDifference]
    # how many more differences there are than are listed
    omitted: NotRequired[int]


class VerificationAnswer(TypedDict):
    applies: bool
    passed: bool
    message: NotRequired[str]


class VerificationCalls(TypedDict):
    # only where the task neither changes anything nor asks for an answer
    applies: bool
    passed: bool
    message: NotRequired[str]


class Verification(TypedDict):
    # all that applies
    passed: bool
    reward: float
    state: VerificationState
    answer: VerificationAnswer
    calls: VerificationCalls
    # why it did not pass, in words; empty if it did
    reasons: list[str]


class TaskFilterLength(TypedDict):
    min: NotRequired[int]
    max: NotRequired[int]


class TaskFilterDifficulty(TypedDict):
    min: NotRequired[int]
    max: NotRequired[int]


class TaskFilter(TypedDict):
    stage: NotRequired[Literal["general", "vertical"]]
    language: NotRequired[Literal["en", "zh"]]
    # how many calls gold has
    length: NotRequired[TaskFilterLength]
    # the longest chain of gold calls in which each needs a result of the one before
    difficulty: NotRequired[TaskFilterDifficulty]
    # write: one write; several: some that belong together; bulk: the same to each of a set; choose: the best of
    # several; family: a parent and its children; recover: a refusal and what to do then; condition: what to do if it
    # were refused, which it is not; branch: a result that several calls need; join: a call that needs several
    # results; look_up, count, compare: questions
    kind: NotRequired[
        Literal[
            "write",
            "several",
            "bulk",
            "choose",
            "family",
            "recover",
            "condition",
            "branch",
            "join",
            "look_up",
            "count",
            "compare",
        ]
    ]


class Sample(TypedDict):
    seed: int
    index: int
    group: NotRequired[int]


class CallToolAction(TypedDict):
    type: Literal["call_tool"]
    tool_name: str
    arguments: NotRequired[dict[str, Any]]


class CallToolsActionCall(TypedDict):
    tool_name: str
    arguments: NotRequired[dict[str, Any]]


class CallToolsAction(TypedDict):
    type: Literal["call_tools"]
    calls: list[CallToolsActionCall]


class ListToolsAction(TypedDict):
    type: Literal["list_tools"]


class MessageAction(TypedDict):
    type: Literal["message"]
    content: str


class SubmitAction(TypedDict):
    type: Literal["submit"]
    answer: NotRequired[Any]


Action = CallToolAction | CallToolsAction | ListToolsAction | MessageAction | SubmitAction


class Transition(TypedDict):
    observation: dict[str, Any]
    reward: float | None
    done: bool
    terminated: bool
    truncated: bool
    reason: Literal["submitted", "user_ended", "step_limit", "time_limit", "crashed"] | None


class SessionEventBy(TypedDict):
    role: Literal["agent", "user", "observer"]
    name: str


class SessionEvent(TypedDict):
    # counts up by one within a session
    seq: int
    kind: Literal["reset", "step", "message", "joined", "left", "closed"]
    # null where nobody did it
    by: SessionEventBy | None
    action: NotRequired[dict[str, Any]]
    transition: NotRequired[dict[str, Any]]
    content: NotRequired[str]


class TaskSummary(TypedDict):
    domain: str
    id: str
    intent: str
    language: Literal["en", "zh"]
    split: Literal["train", "test"]
    stage: Literal["general", "vertical"]
    step_limit: int
    # how many calls gold has
    length: int
    # the longest chain of gold calls in which each needs a result of the one before
    difficulty: int
    kinds: list[
        Literal[
            "write",
            "several",
            "bulk",
            "choose",
            "family",
            "recover",
            "condition",
            "branch",
            "join",
            "look_up",
            "count",
            "compare",
        ]
    ]
    # whether gold changes anything
    writes: bool


class TaskGoldCall(TypedDict):
    # snake_case, at most 64 characters
    tool: str
    arguments: dict[str, Any]
    # the code with which the program is to refuse, where that is part of the task
    expect_error: NotRequired[str]


class TaskGoldAnswerSource(TypedDict):
    table: str
    column: str


class TaskGoldAnswer(TypedDict):
    value: str | float | bool
    # how it is compared
    kind: Literal["text", "number", "date", "boolean"]
    # where the fact stands; the other values of that column are the candidates an answer must not list
    source: NotRequired[TaskGoldAnswerSource]
    # the candidates, where the fact stands in no column: a count, of which an answer must not list others
    among: NotRequired[list[str | float]]


class TaskGold(TypedDict):
    calls: list[TaskGoldCall]
    answer: NotRequired[TaskGoldAnswer]


class TaskSlotWords(TypedDict):
    # what it is called; the first is what the user calls it
    name: list[str]
    # what the thing is called that it belongs to
    thing: NotRequired[list[str]]


class TaskSlot(TypedDict):
    name: str
    # as a tool takes it
    value: Any
    # as the intent says it
    said: str
    # what a question about it says, in the task's language and in others; made of its name unless given
    words: NotRequired[TaskSlotWords]


class TaskCertificateDrop(TypedDict):
    call: int
    passes: bool


class TaskCertificateUnperturbedItem(TypedDict):
    call: int
    argument: str


class TaskCertificateDifficulty(TypedDict):
    # the longest chain of gold calls in which each needs a result of the one before
    depth: int
    # reads before the first write; all of them where nothing is written
    reads: int
    # near misses per row referred to: rows that all but one thing said fits, or nearly
    distractors: float


class TaskCertificateOriginOutput(TypedDict):
    call: int
    path: list[str | int]


class TaskCertificateOriginColumn(TypedDict):
    table: str
    name: str


class TaskCertificateOrigin(TypedDict):
    call: int
    argument: str
    # the slot it is said in
    slot: NotRequired[str]
    # or the earlier call, and the place in its result
    output: NotRequired[TaskCertificateOriginOutput]
    # of a write's argument: the column whose values it takes
    column: NotRequired[TaskCertificateOriginColumn]


class TaskCertificateReferenceBest(TypedDict):
    column: str
    order: Literal["most", "least"]


class TaskCertificateReference(TypedDict):
    said: str
    table: str
    # column → value; exactly one row of the scenario has them all
    where: dict[str, float | str | None]
    # where several rows have them: the one meant has the most, or least, of that column
    best: NotRequired[TaskCertificateReferenceBest]
    key: dict[str, float | str | None]
    # index of the gold call whose result shows that row
    found_by: int


class TaskCertificateGroup(TypedDict):
    said: str
    table: str
    # column → value; these rows of the scenario have them all, and no other
    where: dict[str, float | str | None]
    keys: list[dict[str, float | str | None]]
    found_by: int


class TaskCertificate(TypedDict):
    # sha256 of the changed rows that gold leads to, the same in two processes
    digest: str
    noop_fails: Literal[True]
    # for each gold write: whether gold still passes without it (never, but for a declared refusal)
    drops: list[TaskCertificateDrop]
    # arguments of writes that were changed for another value of their column, one at a time; gold failed each time
    perturbed: NotRequired[int]
    # those of which it is not known what another value would be, and those of declared refusals
    unperturbed: NotRequired[list[TaskCertificateUnperturbedItem]]
    # other orders of writes that need no result of each other which the world accepted; gold passed each time
    orders: NotRequired[int]
    difficulty: NotRequired[TaskCertificateDifficulty]
    origins: list[TaskCertificateOrigin]
    references: list[TaskCertificateReference]
    groups: NotRequired[list[TaskCertificateGroup]]


class Task(TypedDict):
    id: str
    intent: str
    language: Literal["en", "zh"]
    scenario: str
    gold: TaskGold
    slots: list[TaskSlot]
    # 2 × gold calls + 10 unless set
    step_limit: NotRequired[int]
    split: Literal["train", "test"]
    stage: Literal["general", "vertical"]
    # the walk's signature: tasks that share it share a split
    walk: str
    kinds: NotRequired[
        list[
            Literal[
                "write",
                "several",
                "bulk",
                "choose",
                "family",
                "recover",
                "condition",
                "branch",
                "join",
                "look_up",
                "count",
                "compare",
            ]
        ]
    ]
    # absent only while a task is being made
    certificate: NotRequired[TaskCertificate]


class DomainSummary(TypedDict):
    id: str
    version: str
    title: str
    description: str
    tools: int
    tasks: int
    # names of the providers whose operations it was made of, sorted
    providers: list[str]
    # how much of it stands in the documents it was made of
    quality: NotRequired[float]


class DomainSource(TypedDict):
    provider: str
    # operationId, or method and path
    operation: str
    method: NotRequired[str]
    path: NotRequired[str]
    licence: NotRequired[str]


class DomainTableColumn(TypedDict):
    name: str
    type: Literal["TEXT", "INTEGER", "REAL"]
    nullable: NotRequired[bool]
    enum: NotRequired[list[str | float]]
    # what the values are (id, name, email, money, created_at, …): what seeds them
    semantic: NotRequired[str]
    # written from ctx alone; verify ignores it
    volatile: NotRequired[bool]
    description: NotRequired[str]


class DomainTableForeignKey(TypedDict):
    columns: list[str]
    table: str
    references: list[str]


class DomainTable(TypedDict):
    name: str
    columns: list[DomainTableColumn]
    primary_key: list[str]
    foreign_keys: NotRequired[list[DomainTableForeignKey]]
    # about how many rows a seeded scenario has
    rows: NotRequired[int]
    description: NotRequired[str]


class DomainEdgeFrom(TypedDict):
    # snake_case, at most 64 characters
    tool: str
    # dotted path in the result, [] for each item of a list
    field: str


class DomainEdgeTo(TypedDict):
    # snake_case, at most 64 characters
    tool: str
    parameter: str


DomainEdge = TypedDict(
    "DomainEdge",
    {
        "from": "DomainEdgeFrom",
        "to": "DomainEdgeTo",
        "score": "NotRequired[float]",
    },
)


class DomainScenario(TypedDict):
    id: str
    # the episode's clock at reset
    now: str
    # what the rows are generated from; for hand-written domains rows stand instead
    seed: NotRequired[int]
    # table → rows
    rows: NotRequired[dict[str, list[dict[str, float | str | None]]]]


class Domain(TypedDict):
    id: str
    # computed; a wrong one is refused
    version: NotRequired[str]
    title: str
    description: str
    # the rules of the domain in plain words, the same that its programs hold to
    policy: str
    sources: list[DomainSource]
    tables: list[DomainTable]
    # name → SQL with :named parameters; all the SQL there is
    statements: dict[str, str]
    tools: list[Tool]
    # plain JavaScript: one function declaration per tool, and constants
    program: str
    edges: list[DomainEdge]
    scenarios: list[DomainScenario]
    tasks: list[Task]


class SystemMessage(TypedDict):
    role: Literal["system"]
    content: str


class UserMessage(TypedDict):
    role: Literal["user"]
    content: str


class AssistantMessageToolCallFunction(TypedDict):
    name: str
    # JSON text, as the model wrote it
    arguments: str


class AssistantMessageToolCall(TypedDict):
    id: str
    type: Literal["function"]
    function: AssistantMessageToolCallFunction


class AssistantMessage(TypedDict):
    role: Literal["assistant"]
    content: str | None
    reasoning_content: NotRequired[str]
    tool_calls: NotRequired[list[AssistantMessageToolCall]]


class ToolMessage(TypedDict):
    role: Literal["tool"]
    tool_call_id: str
    content: str


class TrajectoryFailure(TypedDict):
    code: str
    message: str


class TrajectoryCallError(TypedDict):
    error_type: Literal["execution_error", "invalid_args", "transport_error", "tool_not_found", "timeout"]
    code: str
    message: str


class TrajectoryCall(TypedDict):
    # of the tool call among the messages
    id: str
    tool: str
    # null where what the model wrote is no JSON object: it was never sent
    arguments: dict[str, Any] | None
    error: TrajectoryCallError | None
    # true where the error was made up to train for resilience
    injected: NotRequired[bool]


class TrajectoryAbout(TypedDict):
    split: Literal["train", "test"]
    stage: Literal["general", "vertical"]
    language: Literal["en", "zh"]
    # how many calls gold has
    length: int
    # the longest chain of gold calls in which each needs a result of the one before
    difficulty: int
    kinds: list[
        Literal[
            "write",
            "several",
            "bulk",
            "choose",
            "family",
            "recover",
            "condition",
            "branch",
            "join",
            "look_up",
            "count",
            "compare",
        ]
    ]
    # whether gold changes anything
    writes: bool


class TrajectoryTokens(TypedDict):
    prompt: int
    completion: int


class TrajectoryTiming(TypedDict):
    total_ms: float
    agent_ms: float
    world_ms: float


class Trajectory(TypedDict):
    domain: str
    version: str
    task: str
    trial: int
    seed: int
    agent: str
    messages: list[SystemMessage | UserMessage | AssistantMessage | ToolMessage]
    steps: int
    terminated: bool
    truncated: bool
    reason: Literal["submitted", "user_ended", "step_limit", "time_limit", "crashed"] | None
    # null where the world crashed, or nobody may ask
    verification: Verification | None
    # null where the episode did not end, or crashed
    reward: NotRequired[float | None]
    stop: NotRequired[Literal["ended", "gave_up", "budget", "failed"]]
    # what the agent broke of
    failure: NotRequired[TrajectoryFailure]
    calls: NotRequired[list[TrajectoryCall]]
    # what the agent was offered
    tools: NotRequired[list[ToolSpec]]
    # what is known of the task without its gold
    about: NotRequired[TrajectoryAbout]
    # the reward of who does nothing and submits
    noop: NotRequired[float | None]
    # the share of calls that were made to fail
    faults: NotRequired[float]
    # as the model's server counted them, over all its replies
    tokens: NotRequired[TrajectoryTokens]
    # by the clock; not the same in another run
    timing: NotRequired[TrajectoryTiming]
    # where it was played, by a server; not the same in another run
    session: NotRequired[str]


class EpisodeLogOpening(TypedDict):
    content: str
    # whether it is a goodbye
    ends: bool
    # rule also where the model had nothing that could be said
    by: Literal["rule", "model"]


class EpisodeLogEntryReply(TypedDict):
    content: str
    # whether it is a goodbye
    ends: bool
    # rule also where the model had nothing that could be said
    by: Literal["rule", "model"]


class EpisodeLogEntryErrand(TypedDict):
    tool: str
    arguments: dict[str, Any]


class EpisodeLogEntryError(TypedDict):
    error_type: Literal["execution_error", "invalid_args", "transport_error", "tool_not_found", "timeout"]
    code: str
    message: str


class EpisodeLogEntry(TypedDict):
    action: CallToolAction | MessageAction | SubmitAction
    # what a user that a model plays answered: it is not asked again
    reply: NotRequired[EpisodeLogEntryReply]
    # what the user did with tools of its own
    errands: NotRequired[list[EpisodeLogEntryErrand]]
    ended: NotRequired[Literal["crashed", "time_limit"]]
    # what was shown in place of a result, where it ended so
    error: NotRequired[EpisodeLogEntryError]


class EpisodeLog(TypedDict):
    domain: str
    version: str
    task: str
    seed: int
    user: NotRequired[Literal["rule", "model"]]
    # what a user that a model plays said first
    opening: NotRequired[EpisodeLogOpening]
    episode_id: str
    entries: list[EpisodeLogEntry]


class ResetMessageData(TypedDict):
    task: NotRequired[str]
    seed: NotRequired[int]
    split: NotRequired[Literal["train", "test"]]
    # whom a message talks to; nobody unless given
    user: NotRequired[Literal["none", "rule", "model"]]
    episode_id: NotRequired[str]
    domain: NotRequired[str]
    # what a sample is drawn from; all unless given
    domains: NotRequired[list[str]]
    filter: NotRequired[TaskFilter]
    sample: NotRequired[Sample]


class ResetMessage(TypedDict):
    type: Literal["reset"]
    data: NotRequired[ResetMessageData]
    # echoed in the reply; one that was answered in this episode is answered again, not done again
    id: NotRequired[str | int]
    # the client's own name for one of the sessions of this socket; the same as none is the name ''
    session: NotRequired[str]


class StepMessage(TypedDict):
    type: Literal["step"]
    data: Action
    # echoed in the reply; one that was answered in this episode is answered again, not done again
    id: NotRequired[str | int]
    # the client's own name for one of the sessions of this socket; the same as none is the name ''
    session: NotRequired[str]


class VerifyMessage(TypedDict):
    type: Literal["verify"]
    data: NotRequired[dict[str, Any]]
    # echoed in the reply; one that was answered in this episode is answered again, not done again
    id: NotRequired[str | int]
    # the client's own name for one of the sessions of this socket; the same as none is the name ''
    session: NotRequired[str]


class ForkMessageData(TypedDict):
    count: NotRequired[int]


class ForkMessage(TypedDict):
    type: Literal["fork"]
    data: NotRequired[ForkMessageData]
    # echoed in the reply; one that was answered in this episode is answered again, not done again
    id: NotRequired[str | int]
    # the client's own name for one of the sessions of this socket; the same as none is the name ''
    session: NotRequired[str]


class AttachMessageData(TypedDict):
    session: str
    token: str
    # whether frames of type event are to come; an observer's do unless false
    events: NotRequired[bool]


class AttachMessage(TypedDict):
    type: Literal["attach"]
    data: AttachMessageData
    # echoed in the reply; one that was answered in this episode is answered again, not done again
    id: NotRequired[str | int]
    # the client's own name for one of the sessions of this socket; the same as none is the name ''
    session: NotRequired[str]


class GrantMessageData(TypedDict):
    role: NotRequired[Literal["agent", "user", "observer"]]
    name: str
    # an agent's: act unless given; a user and an observer have none
    rights: NotRequired[list[Literal["act", "verify", "fork", "gold"]]]


class GrantMessage(TypedDict):
    type: Literal["grant"]
    data: GrantMessageData
    # echoed in the reply; one that was answered in this episode is answered again, not done again
    id: NotRequired[str | int]
    # the client's own name for one of the sessions of this socket; the same as none is the name ''
    session: NotRequired[str]


class StateMessage(TypedDict):
    type: Literal["state"]
    # echoed in the reply; one that was answered in this episode is answered again, not done again
    id: NotRequired[str | int]
    # the client's own name for one of the sessions of this socket; the same as none is the name ''
    session: NotRequired[str]


class CloseMessage(TypedDict):
    type: Literal["close"]
    # echoed in the reply; one that was answered in this episode is answered again, not done again
    id: NotRequired[str | int]
    # the client's own name for one of the sessions of this socket; the same as none is the name ''
    session: NotRequired[str]


class McpMessage(TypedDict):
    type: Literal["mcp"]
    # a request of JSON-RPC 2.0
    data: dict[str, Any]
    # echoed in the reply; one that was answered in this episode is answered again, not done again
    id: NotRequired[str | int]
    # the client's own name for one of the sessions of this socket; the same as none is the name ''
    session: NotRequired[str]


class BatchMessage(TypedDict):
    type: Literal["batch"]
    data: list[
        ResetMessage
        | StepMessage
        | VerifyMessage
        | ForkMessage
        | AttachMessage
        | GrantMessage
        | StateMessage
        | CloseMessage
        | McpMessage
    ]
    # echoed in the reply; one that was answered in this episode is answered again, not done again
    id: NotRequired[str | int]


ClientMessage = (
    ResetMessage
    | StepMessage
    | VerifyMessage
    | ForkMessage
    | AttachMessage
    | GrantMessage
    | StateMessage
    | CloseMessage
    | McpMessage
    | BatchMessage
)


class ObservationReply(TypedDict):
    type: Literal["observation"]
    data: Transition
    # echoed in the reply; one that was answered in this episode is answered again, not done again
    id: NotRequired[str | int]
    # the client's own name for one of the sessions of this socket; the same as none is the name ''
    session: NotRequired[str]


class VerificationReply(TypedDict):
    type: Literal["verification"]
    data: Verification
    # echoed in the reply; one that was answered in this episode is answered again, not done again
    id: NotRequired[str | int]
    # the client's own name for one of the sessions of this socket; the same as none is the name ''
    session: NotRequired[str]


class ForkedReplyDataSession(TypedDict):
    session: str
    token: str


class ForkedReplyData(TypedDict):
    sessions: list[ForkedReplyDataSession]


class ForkedReply(TypedDict):
    type: Literal["forked"]
    data: ForkedReplyData
    # echoed in the reply; one that was answered in this episode is answered again, not done again
    id: NotRequired[str | int]
    # the client's own name for one of the sessions of this socket; the same as none is the name ''
    session: NotRequired[str]


class GrantedReplyData(TypedDict):
    session: str
    token: str
    role: Literal["agent", "user", "observer"]
    name: str
    rights: list[Literal["act", "verify", "fork", "gold"]]


class GrantedReply(TypedDict):
    type: Literal["granted"]
    data: GrantedReplyData
    # echoed in the reply; one that was answered in this episode is answered again, not done again
    id: NotRequired[str | int]
    # the client's own name for one of the sessions of this socket; the same as none is the name ''
    session: NotRequired[str]


class StateReplyData(TypedDict):
    episode_id: str | None
    step_count: int


class StateReply(TypedDict):
    type: Literal["state"]
    data: StateReplyData
    # echoed in the reply; one that was answered in this episode is answered again, not done again
    id: NotRequired[str | int]
    # the client's own name for one of the sessions of this socket; the same as none is the name ''
    session: NotRequired[str]


class ClosedReply(TypedDict):
    type: Literal["closed"]
    data: dict[str, Any]
    # echoed in the reply; one that was answered in this episode is answered again, not done again
    id: NotRequired[str | int]
    # the client's own name for one of the sessions of this socket; the same as none is the name ''
    session: NotRequired[str]


class McpReply(TypedDict):
    type: Literal["mcp"]
    data: dict[str, Any]
    # echoed in the reply; one that was answered in this episode is answered again, not done again
    id: NotRequired[str | int]
    # the client's own name for one of the sessions of this socket; the same as none is the name ''
    session: NotRequired[str]


class ErrorReplyData(TypedDict):
    message: str
    code: Literal[
        "CAPACITY_REACHED",
        "CATALOG_BUSY",
        "CATALOG_INVALID",
        "CATALOG_NOT_FOUND",
        "CATALOG_VERSION",
        "CONNECTION_LOST",
        "DATA_LEAK",
        "DOCUMENT_INVALID",
        "DOCUMENT_TOO_LARGE",
        "DOMAIN_INVALID",
        "DRAINING",
        "EPISODE_ENDED",
        "EPISODE_NOT_RESET",
        "EXECUTION_ERROR",
        "FORK_LIMIT",
        "FRAME_TOO_LARGE",
        "GOLD_FAILED",
        "INVALID_ARGS",
        "INVALID_JSON",
        "KEYS_BUSY",
        "KEYS_INVALID",
        "KEYS_MISSING",
        "KEY_REQUIRED",
        "KEY_REVOKED",
        "LOG_UNAVAILABLE",
        "MODEL_ANSWER_INVALID",
        "MODEL_FAILED",
        "NOT_FOUND",
        "NOT_PERMITTED",
        "NO_USER",
        "OPERATION_REPEATED",
        "OPERATION_UNNAMED",
        "PORT_IN_USE",
        "PROGRAM_INVALID",
        "QUOTA_EXCEEDED",
        "RATE_LIMITED",
        "REFERENCE_BROKEN",
        "REPLY_TIMEOUT",
        "RESULT_TOO_LARGE",
        "RUN_MISMATCH",
        "SESSION_ERROR",
        "SOURCE_EMPTY",
        "SOURCE_NOT_FOUND",
        "STATEMENT_INVALID",
        "STEP_TIMEOUT",
        "TIME_LIMIT",
        "TOKENIZER_INVALID",
        "TOOL_NOT_FOUND",
        "TRAJECTORY_INVALID",
        "UNKNOWN_DOMAIN",
        "UNKNOWN_KEY",
        "UNKNOWN_SCENARIO",
        "UNKNOWN_SESSION",
        "UNKNOWN_TASK",
        "UNKNOWN_TYPE",
        "USAGE",
        "VALIDATION_ERROR",
        "VERSION_MISMATCH",
        "WORLD_CRASHED",
        "WORLD_LIMIT",
        "WORLD_MEMORY",
        "WORLD_QUARANTINED",
        "WORLD_TIMEOUT",
    ]
    remedy: str


class ErrorReply(TypedDict):
    type: Literal["error"]
    data: ErrorReplyData
    # echoed in the reply; one that was answered in this episode is answered again, not done again
    id: NotRequired[str | int]
    # the client's own name for one of the sessions of this socket; the same as none is the name ''
    session: NotRequired[str]


class BatchReply(TypedDict):
    type: Literal["batch"]
    # in the order of the messages
    data: list[
        ObservationReply
        | VerificationReply
        | ForkedReply
        | GrantedReply
        | StateReply
        | ClosedReply
        | McpReply
        | ErrorReply
    ]
    # echoed in the reply; one that was answered in this episode is answered again, not done again
    id: NotRequired[str | int]


class EventReply(TypedDict):
    type: Literal["event"]
    data: SessionEvent
    # the client's own name for one of the sessions of this socket; the same as none is the name ''
    session: NotRequired[str]


ServerMessage = (
    ObservationReply
    | VerificationReply
    | ForkedReply
    | GrantedReply
    | StateReply
    | ClosedReply
    | McpReply
    | ErrorReply
    | BatchReply
    | EventReply
)
