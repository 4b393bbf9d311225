"""VTJ's interfaces as the settings have them."""

from __future__ import annotations

from collections.abc import Iterator

from rekisteri.ground.egress import Connection
from rekisteri.ground.errors import Rejected
from rekisteri.ground.settings import Settings
from rekisteri.sources.vtj.client_changes import ChangesSetup
from rekisteri.sources.vtj.client_query import QuerySetup
from rekisteri.sources.vtj.groups import FIELDS


def query_setup(settings: Settings) -> QuerySetup:
    """The query interface. Raises ``Rejected`` where it is not connected, naming the settings that are missing."""
    if settings.vtj_query_url is None or settings.vtj_client is None or settings.vtj_permission is None:
        raise Rejected(
            "VTJ's query interface is not connected: set REKISTERI_VTJ_QUERY_URL, REKISTERI_VTJ_CLIENT and "
            "REKISTERI_VTJ_PERMISSION."
        )
    return QuerySetup(
        url=settings.vtj_query_url,
        client=settings.vtj_client,
        service=settings.vtj_query_service,
        user=settings.vtj_query_user,
        password=settings.vtj_query_password,
        product=settings.vtj_query_product,
        permission=settings.vtj_permission,
        billing=settings.vtj_query_billing,
        ca=settings.vtj_ca,
        certificate=settings.vtj_certificate,
        key=settings.vtj_key,
        timeout_s=settings.vtj_query_timeout_s,
        daily_most=settings.vtj_query_daily_most,
    )


def changes_setup(settings: Settings) -> ChangesSetup:
    """The change interface. Raises ``Rejected`` where it is not connected, or a group is none the catalogue keeps."""
    if settings.vtj_changes_url is None or settings.vtj_client is None or settings.vtj_permission is None:
        raise Rejected(
            "VTJ's change interface is not connected: set REKISTERI_VTJ_CHANGES_URL, REKISTERI_VTJ_CLIENT and "
            "REKISTERI_VTJ_PERMISSION."
        )
    named = frozenset(filter(None, (name.strip() for name in settings.vtj_groups.split(","))))
    if not named <= FIELDS.keys():
        raise Rejected(f"REKISTERI_VTJ_GROUPS names groups the catalogue does not keep; it keeps {', '.join(FIELDS)}.")
    return ChangesSetup(
        url=settings.vtj_changes_url,
        client=settings.vtj_client,
        user=settings.vtj_changes_user,
        password=settings.vtj_changes_password,
        permission=settings.vtj_permission,
        groups=named or frozenset(FIELDS),
        absent_is_off=settings.vtj_orders_told,
        daily_most=settings.vtj_basic_daily_most,
        brake_share=settings.vtj_brake_percent / 100,
        brake_least=settings.vtj_brake_least,
        ca=settings.vtj_ca,
        certificate=settings.vtj_certificate,
        key=settings.vtj_key,
    )


def connections(settings: Settings) -> Iterator[Connection]:
    """The declared ways out of this wing. Raises ``Rejected`` for settings that are half done."""
    if settings.vtj_query_url is not None:
        yield query_setup(settings).connection()
    if settings.vtj_changes_url is not None:
        yield changes_setup(settings).connection()
