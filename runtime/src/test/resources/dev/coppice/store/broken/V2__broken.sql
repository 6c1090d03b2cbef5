drop table head;
insert into nowhere values (1);
pragma user_version = 2;
