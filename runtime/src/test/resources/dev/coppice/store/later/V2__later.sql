create table later (a text);
pragma user_version = 2;
