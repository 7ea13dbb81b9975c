"""Typed settings: a TOML file, then the environment, checked as a whole before anything starts.

A setting `section.key` is `key` under `[section]` in the file and `HEED_SECTION_KEY` in the environment. A secret can
be given as `HEED_SECTION_KEY_FILE`, the path of a file that holds it. Unknown names are refused in both places.
"""

from __future__ import annotations

import base64
import os
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    SecretStr,
    StringConstraints,
    ValidationError,
    model_validator,
)

from bot.errors import SettingsError
from bot.personal import Privacy
from bot.personal.privacy import REGIONS
from bot.vocabulary import Danger

ROOT = Path(__file__).resolve().parent.parent
"""The project's folder, where relative paths of settings start."""

PREFIX = "HEED_"
CONFIG_VARIABLE = "HEED_CONFIG"

KEY_BYTES = 32


class Section(BaseModel):
    """A group of settings; frozen, and it refuses keys that it does not have."""

    model_config = ConfigDict(extra="forbid", frozen=True, validate_default=True)


Place = Annotated[Path, AfterValidator(lambda path: ROOT / path)]
"""A path; a relative one starts at the project's folder."""


class DataSettings(Section):
    """Where Heed keeps its own files, and where it searches."""

    folder: Place = Field(Path(".data"), description="Folder of the embedded database and of caches.")
    articles: Place = Field(Path("knowledge/articles"), description="Folder of the knowledge base's Markdown files.")
    audits: Place = Field(
        Path("knowledge/audits.jsonl"), description="Audited questions that calibrate and certify a new knowledge base."
    )
    private_audits: Place = Field(
        Path("knowledge/audits.private.jsonl"),
        description="Audited questions that certify private answers of a new knowledge base; none calibrates.",
    )
    training: Place = Field(Path("bot/nlu"), description="Folder of the training examples in Rasa's YAML format.")
    own_training: Place | None = Field(
        None, description="Folder of examples of your own in the same format, learnt beside those; empty for none."
    )
    index: Literal["faiss", "pgvector"] = Field(
        "faiss",
        description="Where vectors are searched: 'faiss' in memory, 'pgvector' in the database where they do not fit.",
    )


class DatabaseSettings(Section):
    """The one place of all state."""

    url: SecretStr | None = Field(
        None, description="PostgreSQL address, postgresql://user:password@host/name; empty starts the embedded server."
    )
    pool: int = Field(10, ge=2, le=200, description="Connections at most in one process.")


class EncoderSettings(Section):
    """The model that turns texts into vectors."""

    model: str = Field(
        "bundled",
        description="'bundled' for the model inside its wheel, else a path or a hub name that may be downloaded.",
    )
    precision: Literal["auto", "float32", "bfloat16"] = Field(
        "auto", description="'auto' takes bfloat16 where the processor computes in it."
    )
    batch: int = Field(32, ge=1, le=512, description="Texts at most in one pass.")
    threads: int = Field(0, ge=0, le=64, description="Processor threads of a pass; 0 leaves it to the machine.")


class DecidingSettings(Section):
    """How far the bot may go alone."""

    mode: Literal["draft", "auto"] = Field(
        "draft",
        description="'draft' shows every answer to a person first; 'auto' answers alone where a certificate allows.",
    )
    max_wrong: float = Field(0.05, gt=0, lt=0.5, description="Largest share of wrong answers among unattended ones.")
    certainty: float = Field(0.95, gt=0.5, lt=1, description="How sure the certificate must be that the share holds.")
    answer_threshold: float | None = Field(
        None,
        ge=0,
        le=1,
        description="Answer threshold set by hand, shown as uncertified; empty takes the certificate's.",
    )
    audit_share: float = Field(
        0.02, ge=0, le=1, description="Share of the automatic answers that the console gives to a person to judge."
    )
    draft_threshold: float = Field(
        0.45, ge=0, le=1, description="Confidence from which a draft is worth a person's eye."
    )
    ambiguity_margin: float = Field(
        0.02, ge=0, le=1, description="A second answer whose score is within this share of the first's makes a draft."
    )
    irate_threshold: float = Field(0.12, ge=0, le=1, description="Mood from which a person takes the conversation.")
    question_threshold: float = Field(
        0.60, ge=0, le=1, description="Probability of being a question that an answer without a person needs."
    )
    danger_threshold: float = Field(
        0.15, ge=0, le=1, description="Probability of any danger, law and press included, from which a person does."
    )
    person_threshold: float = Field(
        0.50, ge=0, le=1, description="Probability of 'asks for a person' from which one does."
    )
    nothing_asked_threshold: float = Field(
        0.85, ge=0, le=1, description="Probability of spam, small talk or thanks from which nothing is owed."
    )
    languages: tuple[str, ...] = Field(("en", "es", "de"), description="Languages that have reviewed answers.")
    own_products: tuple[str, ...] = Field(
        ("tarnwell", "book 13", "book 15", "15 pro", "slate 11", "slate 13", "slate", "dock 2", "tarnwell hub"),
        description="Names of the brand's own products.",
    )
    other_brands: tuple[str, ...] = Field(
        (
            "iphone",
            "ipad",
            "ios",
            "macbook",
            "imac",
            "apple",
            "airpods",
            "siri",
            "galaxy",
            "samsung",
            "pixel",
            "huawei",
            "xiaomi",
            "oneplus",
            "nokia",
            "kindle",
            "alexa",
            "fire tablet",
            "surface",
            "thinkpad",
            "lenovo",
            "dell",
            "hp",
            "asus",
            "acer",
            "msi",
            "chromebook",
            "xbox",
            "playstation",
            "ps4",
            "ps5",
            "nintendo",
            "roku",
            "fire stick",
            "chromecast",
            "spotify",
            "netflix",
            "hulu",
            "youtube",
            "amazon",
            "ebay",
            "uber",
            "lyft",
            "airbnb",
            "paypal",
            "facebook",
            "instagram",
            "whatsapp",
            "snapchat",
            "tiktok",
            "verizon",
            "t-mobile",
            "vodafone",
            "telekom",
            "comcast",
            "xfinity",
            "spectrum",
            "movistar",
            "orange",
            "gmail",
            "yahoo",
            "steam",
            "logitech",
            "razer",
        ),
        description="A post that names one of these and none of the own products goes to a person.",
    )
    order_numbers: tuple[str, ...] = Field(
        (r"TN-\d{6}",), description="Regular expressions of order numbers; who gives one wants the case looked at."
    )
    serial_numbers: tuple[str, ...] = Field(
        (r"TW[0-9A-Z]{8}",), description="Regular expressions of devices' serial numbers; likewise."
    )
    case_numbers: tuple[str, ...] = Field(
        (r"R-\d{4,6}",), description="Regular expressions of other numbers of cases, such as repairs; likewise."
    )
    error_codes: tuple[str, ...] = Field(
        (r"(?:HUB|DRV)-\d{3}", r"E-\d{4}"),
        description="Regular expressions of the brand's own error codes; those of Windows are known.",
    )
    max_age_hours: float = Field(24, gt=0, description="Older posts are not answered.")

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.answer_threshold is not None and self.draft_threshold > self.answer_threshold:
            raise ValueError("draft_threshold must not exceed answer_threshold")
        for name in ("order_numbers", "serial_numbers", "case_numbers", "error_codes"):
            for pattern in getattr(self, name):
                try:
                    re.compile(pattern)
                except re.error as error:
                    raise ValueError(f"{name}: {pattern!r} is no regular expression: {error}") from error
        return self

    @property
    def all_case_numbers(self) -> tuple[str, ...]:
        """Every shape of a number that somebody has to look up."""
        return self.order_numbers + self.serial_numbers + self.case_numbers


Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, pattern=r"^[^\x00-\x1f\x7f]*$")]
"""A name that people read: not empty, and on one line."""


class LaneRuleSettings(Section):
    """What belongs to a team. All that is given must hold."""

    team: Line = Field(description="The team.")
    intents: tuple[Line, ...] = Field((), description="Intents, at least as probable together as `least`.")
    topics: tuple[Line, ...] = Field((), description="Topics of the best candidate, if that is worth a draft.")
    dangers: tuple[Danger, ...] = Field((), description="Dangers, at least as probable together as `least`.")
    languages: tuple[Annotated[str, StringConstraints(pattern="^[a-z]{2,3}$")], ...] = Field(
        (), description="Languages, by their codes."
    )
    channels: tuple[Line, ...] = Field((), description="Channels.")
    least: float = Field(
        0.5, gt=0, le=1, description="Probability that the named intents need together, and so the named dangers."
    )
    answer_within_minutes: float | None = Field(
        None, gt=0, description="Time that the team has; else `teams.answer_within_minutes`."
    )

    @property
    def conditions(self) -> dict[str, tuple[str, ...]]:
        """What must hold, by the name of the setting."""
        lists = {name: getattr(self, name) for name in ("intents", "topics", "dangers", "languages", "channels")}
        return {name: values for name, values in lists.items() if values}

    def catches_all_of(self, later: Self) -> bool:
        """Say whether nothing that meets *later* escapes this rule."""
        return all(
            set(later.conditions.get(name, ())) <= set(values) and name in later.conditions
            for name, values in self.conditions.items()
        ) and (later.least >= self.least or not {"intents", "dangers"} & set(self.conditions))

    @model_validator(mode="after")
    def _says_when(self) -> Self:
        if not self.conditions:
            raise ValueError("no condition; name intents, topics, dangers, languages or channels, or set teams.default")
        return self


class TeamsSettings(Section):
    """Which team a conversation belongs to, and how soon that should answer."""

    default: Line = Field("customer service", description="The team of all that no rule matches.")
    answer_within_minutes: float = Field(
        60.0, gt=0, description="Time that a team has for an answer, from the post on, unless its rule says another."
    )
    rules: tuple[LaneRuleSettings, ...] = Field(
        (
            LaneRuleSettings(
                team="safety",
                dangers=(Danger.FIRE, Danger.BATTERY, Danger.INJURY, Danger.SELF_HARM, Danger.DATA_LOSS),
                answer_within_minutes=15,
            ),
            LaneRuleSettings(team="safety", dangers=(Danger.FRAUD,), answer_within_minutes=30),
            LaneRuleSettings(team="legal", dangers=(Danger.LEGAL,)),
            LaneRuleSettings(team="marketing", dangers=(Danger.PRESS,)),
            LaneRuleSettings(team="technical", intents=("outage",), answer_within_minutes=30),
            LaneRuleSettings(team="sales", intents=("purchase_interest",)),
            LaneRuleSettings(team="marketing", intents=("praise",)),
        ),
        description="Lane rules; the first that matches gives the team. This list belongs in the file.",
    )

    @model_validator(mode="after")
    def _reachable(self) -> Self:
        for number, later in enumerate(self.rules, start=1):
            for before, earlier in enumerate(self.rules[: number - 1], start=1):
                if earlier.catches_all_of(later):
                    raise ValueError(
                        f"rule {number} ({later.team}) can never match, since rule {before} ({earlier.team}) "
                        "catches everything that it would; move it up or take it out"
                    )
        return self


class IntakeSettings(Section):
    """How mentions become conversations."""

    hold_seconds: float = Field(
        8.0, ge=0, le=120, description="Wait after a post for more of the same author; all are decided as one."
    )
    hold_most_seconds: float = Field(30.0, ge=0, le=600, description="Longest wait for the end of such a burst.")
    lookback_days: float = Field(
        14.0, gt=0, description="Silence after which the same author in the same thread begins a new conversation."
    )
    phone_regions: tuple[str, ...] = Field(
        REGIONS, description="Countries whose phone numbers are masked though written without '+'."
    )
    originals_key: SecretStr = Field(
        SecretStr(""),
        description="Key that encrypts what was masked, for agents to look at; `heed key` makes one."
        " Empty keeps nothing.",
    )
    originals_days: float = Field(14.0, gt=0, description="How long it is kept, where a person has the case.")

    @model_validator(mode="after")
    def _sealable(self) -> Self:
        key = self.originals_key.get_secret_value().strip()
        if key and not _is_key(key):
            raise ValueError("originals_key is not a key; `heed key` makes one")
        return self


class ReplyingSettings(Section):
    """What every reply has in common."""

    signature: str = Field(
        "^Bot", min_length=1, description="Says that a reply is automated; ends every automatic reply."
    )
    links: Literal["never", "draft", "always"] = Field(
        "never", description="Whether replies may hold links, which multiply their price on X."
    )
    stop_words: tuple[str, ...] = Field(
        ("stop", "unsubscribe", "opt out", "para", "parar", "basta", "baja", "stopp", "aufhören", "abmelden"),
        description="A post that is nothing but one of these opts its author out.",
    )
    undo_seconds: float = Field(10.0, ge=0, le=300, description="How long an agent can take back what they sent.")
    late_minutes: float = Field(
        60.0, gt=0, description="Wait in the outbox after which an automatic reply goes to a person instead."
    )
    own_contacts: tuple[str, ...] = Field(
        (), description="The brand's own phone numbers, mail and street addresses: never masked, and named in public."
    )
    privacy_url: str = Field("", description="Privacy policy that the first direct message to a customer links to.")


class XSettings(Section):
    """The account on X."""

    enabled: bool = Field(False, description="Whether this channel is heard and answered.")
    base_url: str = Field("https://api.twitter.com", description="Origin of the API; the sandbox's in the demo.")
    auth: Literal["oauth1", "oauth2"] = Field(
        "oauth1", description="'oauth1' with four lasting secrets, 'oauth2' with tokens of `heed x login`."
    )
    consumer_key: SecretStr = Field(SecretStr(""), description="OAuth 1.0a consumer key of the app.")
    consumer_secret: SecretStr = Field(
        SecretStr(""), description="OAuth 1.0a consumer secret of the app; it signs webhooks too."
    )
    access_token: SecretStr = Field(SecretStr(""), description="OAuth 1.0a access token of the brand's account.")
    access_token_secret: SecretStr = Field(SecretStr(""), description="OAuth 1.0a access token secret.")
    client_id: str = Field("", description="OAuth 2.0 client id of the app.")
    client_secret: SecretStr = Field(SecretStr(""), description="OAuth 2.0 client secret of the app.")
    token_key: SecretStr = Field(
        SecretStr(""), description="Key that encrypts the OAuth 2.0 tokens in the database; `heed key` makes one."
    )
    bearer_token: SecretStr = Field(
        SecretStr(""), description="The app's own bearer token, which webhooks are registered with."
    )
    also_ours: tuple[str, ...] = Field(
        (), description="Handles of the brand's other accounts, whose posts are our own and are never answered."
    )
    summoned_by: Literal["naming", "replying", "anything"] = Field(
        "naming",
        description="What lets the bot reply: the author named or quoted us, also replied to us, or spoke to us at all"
        " (Enterprise plans).",
    )
    messages: bool = Field(False, description="Whether direct messages are heard and answered.")
    webhook: bool = Field(False, description="Whether X's Activity API delivers events to `/webhooks/x`.")
    keywords: tuple[str, ...] = Field(
        (), description="Words whose posts are heard for trends, never answered; each look is charged by X."
    )
    poll_seconds: float = Field(5.0, ge=0.2, description="Pause between two looks at the mentions.")
    message_poll_seconds: float = Field(65.0, ge=0.2, description="Pause between two looks at direct messages.")
    own_poll_seconds: float = Field(
        15.0, ge=0.2, description="Pause between two looks at our own posts, for what people write in X's app."
    )
    keyword_poll_seconds: float = Field(300.0, ge=0.2, description="Pause between two searches for keywords.")
    overlap_seconds: float = Field(
        300.0, ge=0, description="How far a deep look goes back, for mentions that X indexes late."
    )
    overlap_every_seconds: float = Field(60.0, ge=0, description="Pause between two deep looks.")
    timeout_seconds: float = Field(15.0, gt=0, description="Longest wait for one request.")
    settle_seconds: float = Field(
        10.0, ge=0, description="Wait before our own timeline can prove that a reply is absent."
    )
    posts_per_window: int = Field(100, ge=1, description="Replies in 15 minutes at most; X's own limit is 100.")
    posts_per_day: int = Field(1_500, ge=1, description="Replies in 24 hours at most.")
    messages_per_window: int = Field(15, ge=1, description="Direct messages in 15 minutes at most; X's limit is 15.")
    messages_per_day: int = Field(1_440, ge=1, description="Direct messages in 24 hours at most; X's limit is 1,440.")
    month_dollars: float | None = Field(
        None, gt=0, description="Dollars that replies may cost in a calendar month; empty for no limit."
    )
    reply_dollars: float = Field(0.010, ge=0, description="Price of a reply.")
    link_dollars: float = Field(0.20, ge=0, description="Price of a reply with a link.")
    message_dollars: float = Field(0.015, ge=0, description="Price of a direct message.")
    recheck_days: float = Field(
        7.0, ge=0, description="How long stored posts are looked for daily, to erase what was deleted on X; 0 never."
    )

    @model_validator(mode="after")
    def _complete(self) -> Self:
        names = {
            "oauth1": ("consumer_key", "consumer_secret", "access_token", "access_token_secret"),
            "oauth2": ("client_id", "token_key"),
        }[self.auth]
        missing = [name for name in (*names, *(("consumer_secret",) if self.webhook else ())) if not self._has(name)]
        if self.enabled and missing:
            raise ValueError(f"x.enabled needs {', '.join('x.' + name for name in dict.fromkeys(missing))}")
        return self

    def _has(self, name: str) -> bool:
        given = getattr(self, name)
        return bool(given.get_secret_value() if isinstance(given, SecretStr) else given)


class DialogueSettings(Section):
    """Rasa, which leads private conversations."""

    rasa: Literal["off", "child", "server"] = Field(
        "off",
        description="'off' gives people a draft of each private answer; 'child' starts Rasa beside the service,"
        " 'server' uses the one at `dialogue.url`.",
    )
    url: str = Field("", description="Address of a Rasa server that runs elsewhere.")
    token: SecretStr = Field(
        SecretStr(""), description="What that server has as `DIALOGUE_CHANNEL_TOKEN`; a child gets one of its own."
    )
    actions_token: SecretStr = Field(
        SecretStr(""), description="Token with which Rasa calls our actions at `/webhook`; a child gets one of its own."
    )
    timeout_seconds: float = Field(3.0, gt=0, description="Longest wait for a turn; then a person gets the message.")
    answer_threshold: float | None = Field(
        None,
        ge=0,
        le=1,
        description="Answer threshold of private answers set by hand; empty takes the private certificate's.",
    )

    @property
    def leads(self) -> bool:
        """Whether Rasa leads private conversations."""
        return self.rasa != "off"


class OfflineSettings(Section):
    """Cases that leave the network, with the customer's consent."""

    desk: Literal["none", "email", "webhook", "chatwoot"] = Field(
        "none", description="Where cases go; 'none' leaves them to the agents of the console."
    )
    keep_days: int = Field(
        90, ge=1, description="How long a customer's contact is kept; they are told so before they consent."
    )
    retry_hours: float = Field(24.0, gt=0, description="How long a case that the desk does not take is tried again.")
    close_in_public: bool = Field(
        True, description="Whether a resolved case is closed with one line where the customer first wrote in public."
    )


class EmailSettings(Section):
    """Cases by e-mail, and replies to them."""

    host: str = Field("127.0.0.1", description="SMTP server that takes our mail.")
    port: int = Field(587, ge=1, le=65535, description="Its port.")
    security: Literal["starttls", "tls", "none"] = Field(
        "starttls", description="How the connection is secured; 'none' is for this machine only."
    )
    username: str = Field("", description="Name to log in with; empty for none.")
    password: SecretStr = Field(SecretStr(""), description="Password to log in with.")
    sender: str = Field("", description="Address that cases come from.")
    recipient: str = Field("", description="Mailbox of the help desk.")
    timeout_seconds: float = Field(20.0, gt=0, description="Longest wait for the SMTP server.")
    reply_domain: str = Field(
        "", description="Domain of the addresses that replies go to, case+…@DOMAIN; empty takes no replies."
    )
    reply_host: str = Field("127.0.0.1", description="Address where replies are taken by SMTP, from your mail server.")
    reply_port: int = Field(8625, ge=0, le=65535, description="Its port; 0 takes any free one.")
    reply_key: SecretStr = Field(
        SecretStr(""), description="Key that signs the addresses of replies; `heed key` makes one."
    )

    @model_validator(mode="after")
    def _answerable(self) -> Self:
        if self.reply_domain and not self.reply_key.get_secret_value().strip():
            raise ValueError("email.reply_domain needs email.reply_key; `heed key` makes one")
        return self


class DeskSettings(Section):
    """Cases by signed webhook, to a CRM or help desk of your own, and what it tells us."""

    url: str = Field("", description="Where cases are posted.")
    secret: SecretStr = Field(SecretStr(""), description="Secret that signs both directions (HMAC-SHA256).")
    timeout_seconds: float = Field(10.0, gt=0, description="Longest wait for an answer.")
    tolerance_seconds: float = Field(300.0, gt=0, description="How old or early a signed message may be.")


class ChatwootSettings(Section):
    """Cases as conversations in Chatwoot."""

    url: str = Field("", description="Origin of the Chatwoot installation.")
    inbox: str = Field("", description="Identifier of an API inbox.")
    webhook_token: SecretStr = Field(
        SecretStr(""), description="Token in the path to which Chatwoot posts its events, `/webhooks/chatwoot/TOKEN`."
    )
    timeout_seconds: float = Field(10.0, gt=0, description="Longest wait for an answer.")


class WebSettings(Section):
    """The console and the service's own pages."""

    host: str = Field("127.0.0.1", description="Address to listen on.")
    port: int = Field(
        8600, ge=0, le=65535, description="Port of the console, health and metrics; 0 takes any free one."
    )
    next_free_port: bool = Field(False, description="Whether a taken port gives way to the next free one.")
    session_hours: float = Field(12, gt=0, description="How long a log-in lasts.")
    secure_cookies: bool = Field(False, description="Send the session cookie over HTTPS only; on behind a TLS proxy.")
    parse_token: SecretStr = Field(
        SecretStr(""),
        description="Token with which a Rasa server has texts understood at `/model/parse`; empty closes that address.",
    )


class SandboxSettings(Section):
    """The local X that the demo, the tests and the drills use."""

    host: str = Field("127.0.0.1", description="Address to listen on; keep it on this machine.")
    port: int = Field(8601, ge=0, le=65535, description="Port of the sandbox; 0 takes any free one.")
    scenario: Place = Field(Path("sandbox/scenarios/first_day.yml"), description="The scenario that the demo plays.")


class LogSettings(Section):
    """What is logged, and how."""

    level: Literal["debug", "info", "warning", "error"] = Field("info", description="Least level that is written.")
    format: Literal["json", "console"] = Field("json", description="'json' for machines, 'console' for people.")


class WorkerSettings(Section):
    """The jobs of this process."""

    concurrency: int = Field(4, ge=1, le=64, description="Jobs at the same time.")
    batch: int = Field(64, ge=1, le=64, description="Mentions at most in one decision batch.")
    heartbeat_seconds: float = Field(3.0, gt=0, description="How often a worker says that it is alive.")
    stalled_seconds: float = Field(10.0, gt=0, description="Silence after which a worker's jobs are given to others.")
    sweep_seconds: float = Field(5.0, gt=0, description="How often work without a job is looked for.")

    @model_validator(mode="after")
    def _patient(self) -> Self:
        if self.stalled_seconds < 2 * self.heartbeat_seconds:
            raise ValueError("stalled_seconds must be at least twice heartbeat_seconds")
        return self


class Settings(Section):
    """All settings, section by section."""

    data: DataSettings = DataSettings()
    database: DatabaseSettings = DatabaseSettings()
    encoder: EncoderSettings = EncoderSettings()
    deciding: DecidingSettings = DecidingSettings()
    teams: TeamsSettings = TeamsSettings()
    intake: IntakeSettings = IntakeSettings()
    replying: ReplyingSettings = ReplyingSettings()
    x: XSettings = XSettings()
    dialogue: DialogueSettings = DialogueSettings()
    offline: OfflineSettings = OfflineSettings()
    email: EmailSettings = EmailSettings()
    desk: DeskSettings = DeskSettings()
    chatwoot: ChatwootSettings = ChatwootSettings()
    web: WebSettings = WebSettings()
    sandbox: SandboxSettings = SandboxSettings()
    worker: WorkerSettings = WorkerSettings()
    log: LogSettings = LogSettings()

    @model_validator(mode="after")
    def _rasa_is_reachable(self) -> Self:
        needed = {
            "dialogue.url": self.dialogue.url,
            "dialogue.token": self.dialogue.token.get_secret_value(),
            "dialogue.actions_token": self.dialogue.actions_token.get_secret_value(),
            "web.parse_token": self.web.parse_token.get_secret_value(),
        }
        missing = [name for name, value in needed.items() if not value]
        if self.dialogue.rasa == "server" and missing:
            raise ValueError(f"dialogue.rasa = 'server' needs {', '.join(missing)}")
        return self

    @model_validator(mode="after")
    def _desk_is_set(self) -> Self:
        needed = {
            "email": {"email.sender": self.email.sender, "email.recipient": self.email.recipient},
            "webhook": {"desk.url": self.desk.url, "desk.secret": self.desk.secret.get_secret_value()},
            "chatwoot": {"chatwoot.url": self.chatwoot.url, "chatwoot.inbox": self.chatwoot.inbox},
        }.get(self.offline.desk, {})
        if missing := [name for name, value in needed.items() if not value]:
            raise ValueError(f"offline.desk = '{self.offline.desk}' needs {', '.join(missing)}")
        return self

    @property
    def privacy(self) -> Privacy:
        """What counts as personal data."""
        return Privacy(
            keep=self.deciding.all_case_numbers, regions=self.intake.phone_regions, own=self.replying.own_contacts
        )


def load_settings(file: Path | None = None, environ: Mapping[str, str] = os.environ) -> Settings:
    """Read the settings from *file* (default `HEED_CONFIG`, else `heed.toml` where there is one) and *environ*.

    Raises SettingsError, naming each setting that is unknown, missing or out of range.
    """
    given = _from_file(file, environ)
    for section, values in _from_environment(environ).items():
        own = given.setdefault(section, {})
        if isinstance(own, dict):  # what is no table is refused with all other problems
            own.update(values)
    try:
        return Settings.model_validate(given)
    except ValidationError as error:
        raise SettingsError(_explain(error)) from error


def _from_file(file: Path | None, environ: Mapping[str, str]) -> dict[str, Any]:
    named = file or (Path(environ[CONFIG_VARIABLE]) if CONFIG_VARIABLE in environ else None)
    path = named or Path("heed.toml")
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        if named is None:
            return {}
        raise SettingsError(f"{path}: no such settings file") from None
    except OSError as error:
        raise SettingsError(f"{path}: cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise SettingsError(f"{path}: not UTF-8; save it as UTF-8") from error
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"{path}: not valid TOML: {error}") from error


def _from_environment(environ: Mapping[str, str]) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    for variable, value in environ.items():
        if not variable.startswith(PREFIX) or variable == CONFIG_VARIABLE:
            continue
        section, key, is_file = _name(variable)
        found.setdefault(section, {})[key] = _secret(variable, value) if is_file else _parsed(section, key, value)
    return found


def _name(variable: str) -> tuple[str, str, bool]:
    section, _, key = variable.removeprefix(PREFIX).lower().partition("_")
    fields = Settings.model_fields
    if section not in fields:
        raise SettingsError(f"{variable}: there is no section '{section}'. Sections: {', '.join(fields)}.")
    keys = _keys(section)
    if key.removesuffix("_file") in keys and key not in keys:
        return section, key.removesuffix("_file"), True
    if key not in keys:
        raise SettingsError(f"{variable}: there is no setting '{section}.{key}'. It has: {', '.join(keys)}.")
    return section, key, False


def _keys(section: str) -> tuple[str, ...]:
    kind = Settings.model_fields[section].annotation
    assert kind is not None  # noqa: S101 - every section is annotated with its class
    return tuple(kind.model_fields)


def _secret(variable: str, path: str) -> str:
    try:
        return Path(path).read_text(encoding="utf-8").strip()
    except OSError as error:
        raise SettingsError(f"{variable}: cannot read {path}: {error.strerror}") from error


def _parsed(section: str, key: str, value: str) -> object:
    default = getattr(Settings.model_fields[section].default, key)
    if isinstance(default, tuple):
        if any(isinstance(item, Section) for item in default):
            variable = f"{PREFIX}{section}_{key}".upper()
            raise SettingsError(f"{variable}: {section}.{key} is a list of tables; write it in the settings file.")
        return tuple(part.strip() for part in value.split(",") if part.strip())
    return None if default is None and not value.strip() else value


def _is_key(key: str) -> bool:
    """Say whether *key* is 32 bytes in base64 for addresses, as Fernet takes it."""
    try:
        return len(base64.urlsafe_b64decode(key)) == KEY_BYTES
    except ValueError:
        return False


def _explain(error: ValidationError) -> str:
    lines = []
    for problem in error.errors():
        place = (part + 1 if isinstance(part, int) else part for part in problem["loc"])  # people count from 1
        name = ".".join(str(part) for part in place) or "settings"
        message = problem["msg"].removeprefix("Value error, ")
        if problem["type"] == "extra_forbidden":
            message = "no such setting; `heed config show` lists all"
        lines.append(f"{name}: {message}")
    return "\n".join(lines)
