-- The session of a token and what it carries is asked in two statements; how stands in one place.

create function access.live(hashes bytea[], moment timestamptz)
returns table (
    session_id uuid, id uuid, handle text, name text, disabled_at timestamptz, expires_on date,
    locked_until timestamptz, channel text, method text, provider text, authenticated_at timestamptz,
    used_at timestamptz, expires_at timestamptz, purpose text, language text, party_id uuid, acts_for uuid,
    key_thumbprint bytea, certificate_thumbprint bytea, scope text[], rights text[]
)
language sql stable
begin atomic
    select s.id, a.id, a.handle, coalesce(a.name, s.name), a.disabled_at, a.expires_on, a.locked_until, s.channel,
           s.method, s.provider, s.authenticated_at, s.used_at, s.expires_at, s.purpose, s.language, s.party_id,
           s.acts_for, s.key_thumbprint, s.certificate_thumbprint, s.scope,
           array(
               select g.role || ' ' || coalesce(g.organisation_id::text, '*') || ' ' || coalesce(g.purpose, '*')
               from access.grant g
               where g.account_id = a.id and g.ended_at is null and g.approved_at <= moment
                 and g.starts_at <= moment and g.ends_at > moment
               order by g.id
           ) || array(
               select e.role || ' ' || coalesce(e.organisation_id::text, '*') || ' ' || e.purpose || ' ' || e.id
               from access.emergency e
               where e.account_id = a.id and e.opened and e.decided_at <= moment and e.ends_at > moment
               order by e.id
           )
    from access.session s left join access.account a on a.id = s.account_id
    where s.token_hash = any (hashes);
end;
comment on function access.live is
    'The session of a token, with its account and the rights that are in force at a moment; as the caller may read them.';
revoke execute on function access.live from public;
grant execute on function access.live to rekisteri_app;
