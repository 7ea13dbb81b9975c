"""Where the sandbox listens, whom it knows, and how strict it is."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class SandboxConfig:
    """Settings of one sandbox; the keys are good for this sandbox only and open nothing else."""

    host: str = "127.0.0.1"
    port: int = 8480  #: 0 lets the system choose.
    mail_port: int = 0  #: Where the help desk takes mails by SMTP; 0 likewise.
    consumer_key: str = field(default="sandbox-consumer-key", repr=False)
    consumer_secret: str = field(default="sandbox-consumer-secret", repr=False)
    access_token: str = field(default="sandbox-access-token", repr=False)
    access_token_secret: str = field(default="sandbox-access-token-secret", repr=False)
    bearer_token: str = field(default="sandbox-bearer-token", repr=False)
    client_id: str = field(default="sandbox-client-id", repr=False)  #: Of OAuth 2.
    client_secret: str = field(default="sandbox-client-secret", repr=False)
    access_seconds: float = 7200.0  #: How long an OAuth 2 access token lasts.
    implicit_summons: bool = False  #: Whether a bare reply to one of the brand's posts asks for an answer.
    limit_scale: float = 1.0  #: Multiplies every rate limit; a demo that polls each second needs about 10.
    keep_alive_seconds: float = 20.0  #: How long a stream is silent before it sends an empty line.
    duplicate_seconds: float = 900.0  #: How long an author may not publish the same text again.
    brand_handle: str = "TarnwellHelp"
    brand_name: str = "Tarnwell Support"
