"""What the tests' banks and billers write of SEPA mandates: documents made of text, by nobody's parser."""

from __future__ import annotations

from dataclasses import dataclass, replace

SPACE = "urn:iso:std:iso:20022:tech:xsd:pain."
CREDITOR = "FI46ZZZ20774740"
OTHER_CREDITOR = "FI17ZZZ12345671"
ACCOUNT = "FI2112345600000785"
DOCUMENT = """<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="{space}{number}.001.{version}">
<{root}><GrpHdr><MsgId>{message_id}</MsgId><CreDtTm>{at}</CreDtTm>{initiator}</GrpHdr>
{body}</{root}>
</Document>
"""


@dataclass(frozen=True, slots=True)
class Mandating:
    """One mandate as a message would tell it; what is None is left out."""

    reference: str | None = "M-1"
    creditor: str | None = CREDITOR
    name: str | None = "Kuvitteellinen Aapo"
    hetu: str | None = None
    number: str | None = None
    ytunnus: str | None = None
    account: str | None = ACCOUNT
    bank: str | None = "NDEAFIHH"
    sequence: str = "RCUR"
    signed: str | None = "2026-02-20"
    last: str | None = None

    def but(self, **changes: str | None) -> Mandating:
        """The same, but for this."""
        return replace(self, **changes)  # type: ignore[arg-type]

    def text(self, *, partial: bool = False) -> str:
        """The mandate's parts in the schema's order; ``partial``: of an amendment, without what must be there else."""
        final = "" if self.last is None else f"<FnlColltnDt>{self.last}</FnlColltnDt>"
        debtor = "".join(
            f"<Othr><Id>{code}</Id><SchmeNm><Cd>{scheme}</Cd></SchmeNm></Othr>"
            for code, scheme in ((self.hetu, "NIDN"), (self.number, "CUST"))
            if code is not None
        )
        person = f"<Id><PrvtId>{debtor}</PrvtId></Id>" if debtor else ""
        if self.ytunnus is not None:
            person = f"<Id><OrgId><Othr><Id>{self.ytunnus}</Id><SchmeNm><Cd>TXID</Cd></SchmeNm></Othr></OrgId></Id>"
        return "".join(
            (
                _one("MndtId", self.reference),
                "" if partial else f"<MndtReqId>REQ-{self.reference}</MndtReqId>",
                "" if self.signed is None else f"<Authntcn><Dt>{self.signed}</Dt></Authntcn>",
                "" if partial else f"<Ocrncs><SeqTp>{self.sequence}</SeqTp>{final}</Ocrncs>",
                "<TrckgInd>false</TrckgInd>",
                "" if self.creditor is None else f"<CdtrSchmeId>{_identified(self.creditor)}</CdtrSchmeId>",
                "" if partial else "<Cdtr><Nm>Kuusilahti</Nm></Cdtr>",
                "" if self.name is None else f"<Dbtr><Nm>{self.name}</Nm>{person}</Dbtr>",
                "" if self.account is None else f"<DbtrAcct><Id><IBAN>{self.account}</IBAN></Id></DbtrAcct>",
                "" if self.bank is None else f"<DbtrAgt><FinInstnId><BICFI>{self.bank}</BICFI></FinInstnId></DbtrAgt>",
            )
        )


def initiation(
    *mandates: Mandating, message_id: str = "I1", at: str = "2026-03-01T08:00:00", version: str = "05"
) -> str:
    """A pain.009 of some mandates."""
    body = "\n".join(f"<Mndt>{one.text()}</Mndt>" for one in mandates)
    return _document("009", "MndtInitnReq", message_id, at, body, version=version)


def amendment(change: Mandating, original: str, *, message_id: str = "C1", at: str = "2026-03-02T08:00:00") -> str:
    """A pain.010 that changes what ``change`` says, of the mandate of a reference."""
    body = (
        "<UndrlygAmdmntDtls><AmdmntRsn><Rsn><Cd>MD16</Cd></Rsn></AmdmntRsn>"
        f"<Mndt>{change.text(partial=True)}</Mndt><OrgnlMndt><OrgnlMndtId>{original}</OrgnlMndtId></OrgnlMndt>"
        "</UndrlygAmdmntDtls>"
    )
    return _document("010", "MndtAmdmntReq", message_id, at, body)


def cancellation(
    reference: str, *, message_id: str = "D1", at: str = "2026-03-03T08:00:00", initiator: str | None = CREDITOR
) -> str:
    """A pain.011 of the mandate of a reference; whose it is, only the sender tells."""
    body = (
        "<UndrlygCxlDtls><CxlRsn><Rsn><Cd>MD17</Cd></Rsn></CxlRsn>"
        f"<OrgnlMndt><OrgnlMndtId>{reference}</OrgnlMndtId></OrgnlMndt></UndrlygCxlDtls>"
    )
    return _document("011", "MndtCxlReq", message_id, at, body, initiator=initiator)


def acceptance(
    original: str, *, reference: str | None = None, accepted: bool = True, message_id: str = "K1",
    at: str = "2026-03-01T12:00:00",
) -> str:  # fmt: skip
    """A pain.012 that answers a message, of one mandate or of all it holds."""
    refused = "" if accepted else "<RjctRsn><Cd>AC04</Cd></RjctRsn>"
    named = "" if reference is None else f"<OrgnlMndt><OrgnlMndtId>{reference}</OrgnlMndtId></OrgnlMndt>"
    body = (
        f"<UndrlygAccptncDtls><OrgnlMsgInf><MsgId>{original}</MsgId><MsgNmId>pain.009.001.05</MsgNmId></OrgnlMsgInf>"
        f"<AccptncRslt><Accptd>{str(accepted).lower()}</Accptd>{refused}</AccptncRslt>{named}</UndrlygAccptncDtls>"
    )
    return _document("012", "MndtAccptncRpt", message_id, at, body)


def _document(
    number: str, root: str, message_id: str, at: str, body: str, *, version: str = "05", initiator: str | None = None
) -> str:
    said = "" if initiator is None else f"<InitgPty>{_identified(initiator)}</InitgPty>"
    return DOCUMENT.format(
        space=SPACE, number=number, version=version, root=root, message_id=message_id, at=at, body=body, initiator=said
    )


def _identified(creditor: str) -> str:
    return f"<Id><PrvtId><Othr><Id>{creditor}</Id><SchmeNm><Prtry>SEPA</Prtry></SchmeNm></Othr></PrvtId></Id>"


def _one(name: str, text: str | None) -> str:
    return "" if text is None else f"<{name}>{text}</{name}>"
