-- A data subject who states contact details adds words to the dictionary of search, and must see which are there already.
create policy word_self on parties.word for select to rekisteri_app
    using ((select current_setting('rekisteri.reach', true)) = 'self' and (select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{customers}'));
create policy word_variant_self on parties.word_variant for select to rekisteri_app
    using ((select current_setting('rekisteri.reach', true)) = 'self' and (select nullif(current_setting('rekisteri.writes', true), '')::text[] && '{customers}'));
