-- Whom custody ties to some customers is asked in the midst of a delivery, of tables that were empty when it began: by what was then known of their
-- size the server read them whole, for every sheet anew. From customer to code to record, step by step, is always the shorter way.
alter function parties.sheltered(uuid[]) set enable_hashjoin = off;
alter function parties.sheltered(uuid[]) set enable_mergejoin = off;
alter function parties.sheltered(uuid[]) set enable_seqscan = off;
alter function parties.tied(uuid[]) set enable_hashjoin = off;
alter function parties.tied(uuid[]) set enable_mergejoin = off;
alter function parties.tied(uuid[]) set enable_seqscan = off;
