-- A batch of who pays is an act of its own, which asks for a fresh proof: systems that resolve go on making batches.
update access.client
set actions = (select array_agg(one order by one) from unnest(actions || array['payer:batch']) as one)
where 'payer:resolve' = any (actions) and not 'payer:batch' = any (actions);
