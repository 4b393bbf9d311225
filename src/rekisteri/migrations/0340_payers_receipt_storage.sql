-- What is sealed does not grow smaller, and a receipt that stays in its row costs half of one that is put aside.
alter table payers.receipt alter column body set storage external;
alter table payers.receipt set (toast_tuple_target = 8160);
