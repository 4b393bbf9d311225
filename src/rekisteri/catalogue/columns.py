"""Which database column holds what: the house's promise that nothing personal hides.

Every column of every table stands either in ``COLUMNS`` (with the items it holds: ``*``
means any declared item, or the purpose-bound personal data named in words) or in
``TECHNICAL``. A law of the house compares both with the live database.
"""

from __future__ import annotations

from types import MappingProxyType

WORDS = (
    "surname, first_names, called_name, former_surnames, organisation_name, auxiliary_names, permanent_address, "
    "temporary_address, postal_address, contact_address"
)
COLUMNS = MappingProxyType(
    {
        "parties.party.content": "*",
        "parties.party.name": "surname, first_names, called_name, organisation_name",
        "parties.party.turvakielto": "turvakielto",
        "parties.party.words": "*",
        "parties.record.key": "customer_number",
        "parties.record.turvakielto": "turvakielto",
        "parties.statement.content": "*",
        "parties.statement.sealed": "hetu, custodian, guardian",
        "parties.statement.reason": "grounds of a correction",
        "parties.statement.evidence": "grounds of a correction",
        "parties.protected.sealed": "permanent_address, temporary_address, postal_address, phone, email, turvakielto_until",
        "parties.identifier.blind": "hetu, ytunnus",
        "parties.judgement.reason": "grounds of a judgement",
        "parties.work.payload": "*",
        "parties.work.record_key": "customer_number",
        "parties.work.decision_reason": "grounds of a decision",
        "parties.word.word": WORDS,
        "parties.word_variant.variant": WORDS,
        "parties.word_variant.word": WORDS,
        "sources.fault.raw": "*",
        "payers.payment_reason.name_en": "client organisations",
        "payers.payment_reason.name_fi": "client organisations",
        "payers.payment_reason.name_sv": "client organisations",
        "rights.notice.published_by": "accounts of users",
        "rights.notice_shown.party_id": "evidence of use",
        "access.account.handle": "accounts of users",
        "access.account.name": "accounts of users",
        "access.account.password_hash": "accounts of users",
        "access.grant.owner": "accounts of users",
        "access.grant.granted_by": "accounts of users",
        "access.grant.approved_by": "accounts of users",
        "access.grant.ended_by": "accounts of users",
        "access.organisation.name": "client organisations",
        "access.organisation.ytunnus": "client organisations",
        "audit.event.account": "evidence of use",
        "audit.event.case_reference": "evidence of use",
        "audit.event.detail": "evidence of use",
        "audit.event.subjects": "evidence of use",
        "audit.subject.party_id": "evidence of use",
        "audit.subject_block.party_ids": "evidence of use",
    }
)

TECHNICAL = frozenset(
    {
        "access.account.created_at", "access.account.disabled_at",
        "access.account.expires_on", "access.account.failures", "access.account.id",
        "access.account.locked_until",
        "access.grant.account_id", "access.grant.approved_at", "access.grant.ended_at", "access.grant.ends_at",
        "access.grant.granted_at", "access.grant.id", "access.grant.organisation_id", "access.grant.purpose",
        "access.grant.review_on", "access.grant.role", "access.grant.starts_at",
        "access.organisation.code", "access.organisation.created_at", "access.organisation.ended_at",
        "access.organisation.id", "access.organisation.language",
        "access.session.account_id", "access.session.channel", "access.session.expires_at",
        "access.session.language", "access.session.opened_at", "access.session.purpose",
        "access.session.token_hash", "access.session.used_at",
        "audit.event.account_id", "audit.event.action", "audit.event.at", "audit.event.channel",
        "audit.event.id", "audit.event.organisations", "audit.event.outcome", "audit.event.purpose",
        "audit.event.roles", "audit.event.subject_count",
        "audit.checkpoint.at", "audit.checkpoint.horizon", "audit.checkpoint.note", "audit.checkpoint.root",
        "audit.checkpoint.size", "audit.cosignature.at", "audit.cosignature.line", "audit.cosignature.size",
        "audit.cosignature.witness", "audit.event.salt", "audit.event.session_id", "audit.event.xid",
        "audit.leaf.at", "audit.leaf.commitment", "audit.leaf.event_id", "audit.leaf.number",
        "audit.tile.level", "audit.tile.number", "audit.tile.root", "audit.witness.added_at",
        "audit.witness.ended_at", "audit.witness.name", "audit.witness.vkey",
        "audit.subject.event_id", "audit.subject_block.bucket", "audit.subject_block.event_id",
        "ground.condemned.at", "ground.condemned.key", "ground.condemned.leaf", "ground.condemned.lot",
        "ground.lot.born_version", "ground.lot.depth", "ground.lot.key", "ground.lot.number", "ground.lot.version",
        "ground.lot.wrapped",
        "ground.migration.applied_at", "ground.migration.checksum", "ground.migration.name",
        "parties.change.at", "parties.change.id", "parties.change.items", "parties.change.kind",
        "parties.change.organisations", "parties.change.party_ids",
        "parties.identifier.kind", "parties.identifier.party_id",
        "parties.judgement.account_id", "parties.judgement.at", "parties.judgement.former_party_id",
        "parties.judgement.id", "parties.judgement.party_id", "parties.judgement.record_id",
        "parties.judgement.rule", "parties.judgement.verdict",
        "parties.party.id", "parties.party.kind", "parties.party.organisations", "parties.party.version",
        "parties.party.winners",
        "parties.protected.record_id", "parties.protected.statement_id",
        "parties.record.digest", "parties.record.ended_on", "parties.record.id", "parties.record.party_id",
        "parties.record.since_on", "parties.record.source_id",
        "parties.source.id", "parties.source.kind", "parties.source.organisation_id",
        "parties.statement.account_id", "parties.statement.batch_id", "parties.statement.id",
        "parties.statement.record_id", "parties.statement.recorded", "parties.statement.row_no",
        "parties.statement.valid",
        "parties.work.batch_id", "parties.work.decided_at", "parties.work.decided_by", "parties.work.decision",
        "parties.work.digest",
        "parties.work.id", "parties.work.kind", "parties.work.opened_at", "parties.work.organisation_id",
        "parties.work.party_id", "parties.work.reason", "parties.work.row_no",
        "payers.payment_reason.account_id", "payers.payment_reason.channels", "payers.payment_reason.code",
        "payers.payment_reason.ended", "payers.payment_reason.households", "payers.payment_reason.id",
        "payers.payment_reason.last_resort", "payers.payment_reason.organisation_id",
        "payers.payment_reason.recorded_at", "payers.payment_reason.valid",
        "rights.notice.content", "rights.notice.mark", "rights.notice.number", "rights.notice.published_at",
        "rights.notice_shown.channel", "rights.notice_shown.id", "rights.notice_shown.number",
        "rights.notice_shown.shown_at",
        "sources.batch.account_id", "sources.batch.changed_count", "sources.batch.columns",
        "sources.batch.doubt_count", "sources.batch.dropped", "sources.batch.encoding",
        "sources.batch.ended_count", "sources.batch.file_digest", "sources.batch.file_name",
        "sources.batch.finished_at", "sources.batch.format", "sources.batch.id", "sources.batch.mode",
        "sources.batch.new_count", "sources.batch.organisation_id", "sources.batch.rejected_count",
        "sources.batch.row_count", "sources.batch.started_at", "sources.batch.unchanged_count",
        "sources.fault.batch_id", "sources.fault.fault_no", "sources.fault.field", "sources.fault.outcome",
        "sources.fault.reason", "sources.fault.row_no",
    }
)  # fmt: skip
