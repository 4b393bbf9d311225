"""Settings: one frozen value, read once, here and nowhere else."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """What an operator may set; each field is an environment variable ``REKISTERI_<NAME>``."""

    model_config = SettingsConfigDict(env_prefix="REKISTERI_", frozen=True, extra="ignore")

    home: Path = Field(
        default=Path("rekisteri-data"),
        description="Folder of everything the register keeps on this machine: database, keys, mappings.",
    )
    database_url: str | None = Field(
        default=None,
        description="PostgreSQL 18 or newer, as a connection URL. Unset: the embedded server in home.",
    )
    host: str = Field(default="127.0.0.1", description="Address the web and the API listen on.")
    port: int = Field(default=8420, ge=0, le=65535, description="Port they listen on; 0 picks a free one.")
    artificial_hetu: bool = Field(
        default=False,
        description="Accept artificial identity codes (individual numbers 900-999). Tests and demo only.",
    )
    ordinary_hetu: bool = Field(
        default=True,
        description="Accept ordinary identity codes (002-899). The demo and test environments refuse them.",
    )
    session_minutes: int = Field(default=480, ge=5, le=1440, description="Longest life of a sign-in.")
    idle_minutes: int = Field(default=30, ge=1, le=480, description="A sign-in unused this long ends.")
    account: str | None = Field(default=None, description="Account the command line acts as.")
    password: SecretStr | None = Field(default=None, description="Its password, for scripts; else it is asked.")
    pool_size: int = Field(default=8, ge=1, le=64, description="Database connections of one process.")
    calls_per_second: int = Field(
        default=200,
        ge=0,
        le=100_000,
        description="Calls of the API one account may make a second in one process, ten seconds' worth at once; 0: any number.",
    )
    log_origin: str | None = Field(
        default=None,
        description="Name of the log in its checkpoints, such as register.example.fi/log. Unset: made of its key.",
    )
    seal_seconds: float = Field(
        default=10.0,
        ge=0,
        le=3600,
        description="How often the server seals the log; 0: it does not, and `rekisteri audit seal --follow` does.",
    )
    envelope_lines: int = Field(
        default=7,
        ge=4,
        le=12,
        description="Lines the window of the printer's envelope shows; longer addresses are told.",
    )
    envelope_columns: int = Field(default=45, ge=20, le=80, description="Characters a line of that window holds.")
    sweep_seconds: float = Field(
        default=300.0,
        ge=0,
        le=86400,
        description="How often what is new in the log is gone through for odd looks; 0: `rekisteri audit sweep` does it.",
    )
    alarm_url: str | None = Field(
        default=None,
        description="Where alarms are told by a signed webhook: how many of each kind, never whose. Unset: nowhere.",
    )
    alarm_country: str | None = Field(default=None, description="Country of whoever receives them, such as FI.")
    alarm_ca: Path | None = Field(default=None, description="Authority (PEM) their certificate must come from.")
    secure_cookies: bool = Field(
        default=False, description="Cookies over TLS only; holds by itself with a certificate or behind a proxy."
    )
    database_country: str | None = Field(
        default=None,
        description="Country (such as FI) of a database on another machine; it must be of the EU or EEA.",
    )
    tls_cert: Path | None = Field(
        default=None, description="Certificate chain (PEM) the pages and the API are served with; needs tls_key."
    )
    tls_key: Path | None = Field(default=None, description="Its private key (PEM), readable by its owner alone.")
    tls_client_ca: Path | None = Field(
        default=None, description="Authority (PEM) every caller's own certificate must come from; unset: none is asked."
    )
    tls_client_optional: bool = Field(
        default=False,
        description="A caller's certificate is asked for and not needed: systems prove themselves by it, browsers have none.",
    )
    behind_proxy: bool = Field(
        default=False, description="A proxy in front does TLS; allows plain HTTP on an address others reach."
    )
    proxy_addresses: str = Field(
        default="127.0.0.1",
        description="Addresses of that proxy, with commas between; others' forwarding headers are ignored.",
    )
    key_token_module: Path | None = Field(
        default=None,
        description="PKCS #11 library of a hardware token that wraps the key file; unset: the file is in the clear.",
    )
    key_token_label: str = Field(default="rekisteri", description="Label of that token.")
    key_token_pin_file: Path = Field(
        default=Path("/etc/rekisteri/token-pin"), description="File of the token's PIN, readable by its owner alone."
    )
    hosts: str = Field(
        default="",
        description="Names the register is called by, with commas between; unset: those of the certificate, and this machine's own.",
    )
    vtj_permission: str | None = Field(
        default=None,
        max_length=40,
        description="Number of the permission to the population register (such as 1125/410/14); it travels with every query.",
    )
    public_url: str | None = Field(
        default=None,
        pattern=r"^https?://[^/]+(/.*)?$",
        description="Address the register is called by from outside (https://rekisteri.example.fi), if it is not the one it hears.",
    )
    client_certificate_header: str | None = Field(
        default=None,
        pattern=r"^[A-Za-z0-9-]{1,60}$",
        description="Header in which the declared proxy tells the caller's certificate (RFC 9440, or PEM with per cents).",
    )
    system_passwords: bool = Field(
        default=True,
        description="Whether integrations may sign in with a password; false: by keys and certificates alone.",
    )
    step_up_minutes: int = Field(
        default=15,
        ge=1,
        le=480,
        description="A sign-in older than this is proved again before an identity code or a protected value is shown.",
    )
    second_factor_roles: str = Field(
        default="",
        description="Roles whose accounts sign in with a password and a code, with commas between: administrator,maintainer.",
    )
    password_words: str = Field(
        default="",
        description="Words of the place that no password may rest on, with commas between: names of the centre, the town, its systems.",
    )
    leaked_passwords: Path | None = Field(
        default=None,
        description="A list of leaked passwords, as Have I Been Pwned publishes it (pwned-passwords, ordered by hash): none of them is taken.",
    )
    review_grace_days: int = Field(
        default=14,
        ge=-1,
        le=92,
        description="So many days after its quarterly review was due a grant ends by itself; -1: never, it is only told of.",
    )
    two_person_grants: bool = Field(
        default=False,
        description="A granted right gives nothing until another administrator than its maker has approved it.",
    )
    vtj_client: str | None = Field(
        default=None, description="Our X-Road subsystem, such as FI/GOV/9999999-2/asiakasrekisteri."
    )
    vtj_ca: Path | None = Field(
        default=None, description="Authority (PEM) our own security server's certificate must come from."
    )
    vtj_certificate: Path | None = Field(
        default=None, description="Certificate (PEM) we show to the security server; needs vtj_key."
    )
    vtj_key: Path | None = Field(default=None, description="Its private key (PEM), readable by its owner alone.")
    vtj_query_url: str | None = Field(
        default=None, description="Where VTJ's query interface is asked (SOAP, the security server). Unset: no checks."
    )
    vtj_query_service: str = Field(
        default="FI/GOV/0245437-2/VTJkysely/HenkilonTunnusKysely/v1", description="Its X-Road service."
    )
    vtj_query_user: str = Field(default="", description="User id that DVV has given for it.")
    vtj_query_password: SecretStr = Field(default=SecretStr(""), description="Its password; passwords expire.")
    vtj_query_product: str = Field(
        default="PERUSSANOMA 3", description="Name of the message agreed in the permit (SoSoNimi)."
    )
    vtj_query_billing: str = Field(default="", description="Billing reference, where the permit has one.")
    vtj_query_timeout_s: float = Field(default=10.0, ge=0.1, le=60.0, description="How long one answer may take.")
    vtj_changes_url: str | None = Field(
        default=None,
        description="Where VTJ's change interface is asked (X-Road REST, up to and with /api/v1). Unset: nobody is followed.",
    )
    vtj_changes_user: str = Field(default="", description="Account that DVV has given for it.")
    vtj_changes_password: SecretStr = Field(default=SecretStr(""), description="Its password.")
    vtj_groups: str = Field(
        default="", description="Information groups of the permit, with commas between; unset: all the catalogue keeps."
    )
    vtj_orders_told: bool = Field(
        default=False,
        description="The permit opens the non-disclosure order, so whoever has none told, and had none, has none.",
    )
    vtj_basic_daily_most: int = Field(
        default=100_000, ge=0, le=10_000_000, description="Persons whose basic data may be read in one day."
    )
    vtj_brake_percent: float = Field(
        default=2.0,
        ge=0.0,
        le=100.0,
        description="Deaths, moves or renames of more than this share of those followed stop a run and ask.",
    )
    vtj_brake_least: int = Field(default=50, ge=0, le=1_000_000, description="So many of them never stop a run.")
    vtj_query_daily_most: int = Field(
        default=500, ge=0, le=100_000, description="Persons checked in one day at most; the interface is no bulk way."
    )

    @property
    def over_tls(self) -> bool:
        """Whether browsers meet the register over TLS, its own or a proxy's."""
        return self.secure_cookies or self.behind_proxy or self.tls_cert is not None


def load() -> Settings:
    """The settings of this process, from its environment."""
    return Settings()
