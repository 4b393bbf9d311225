-- Room: audit. One reading of an event for sequencer and verifier; and events leave when their retention has passed.
create view audit.payload with (security_invoker = true) as
select e.id::text as id, (extract(epoch from e.at) * 1000000)::bigint as at_us, e.salt,
       e.account_id::text as account_id, e.account, e.session_id::text as session_id, e.roles, e.organisations,
       e.action, e.purpose, e.case_reference, e.channel, e.outcome, e.subject_count,
       e.subjects::text[] as subjects, e.detail::text as detail,
       case when e.subject_count > cardinality(e.subjects) then (
           select array_agg(b.bucket || ':' || encode(
               sha256(decode(replace(array_to_string(b.party_ids, ''), '-', ''), 'hex')), 'hex') order by b.bucket)
           from audit.subject_block b where b.event_id = e.id
       ) end as blocks,
       e.id as event_id, e.xid
from audit.event e;
comment on view audit.payload is
    'Events as they are committed to: what the sequencer reads to make an entry, and whoever verifies reads again. '
    'The customers of a bulk act stand in it as a digest of each block.';
grant select on audit.payload to rekisteri_app;

create function audit.forget_before(before timestamptz) returns bigint
    language sql security definer set search_path = pg_catalog, pg_temp
    begin atomic
        with old as materialized (
            select e.id, e.subjects from audit.event e
            where e.at < before and exists (select from audit.leaf l where l.event_id = e.id)
        ), unindexed as (
            delete from audit.subject s using old, unnest(old.subjects) as shown (party_id)
            where s.party_id = shown.party_id and s.event_id = old.id
        ), unblocked as (
            delete from audit.subject_block b using old where b.event_id = old.id
        ), gone as (
            delete from audit.event e using old where e.id = old.id returning 1
        )
        select count(*) from gone;
    end;
comment on function audit.forget_before(timestamptz) is
    'Erases events older than an instant, with salt and customers. One that has no leaf yet stays: nothing leaves unproven.';
revoke execute on function audit.forget_before(timestamptz) from public;
grant execute on function audit.forget_before(timestamptz) to rekisteri_app;
