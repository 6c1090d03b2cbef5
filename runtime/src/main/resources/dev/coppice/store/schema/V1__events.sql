-- One row for each event of each job. To read a job's history:
--   sqlite3 coppice.db "select sequence, at, type, json from event where job = '…' order by sequence"
create table event (
    position integer primary key,  -- in the order in which the events of all jobs were stored
    job      text    not null,
    sequence integer not null,     -- 1 for the job's first event, without gaps
    at       text    not null,     -- ISO-8601, UTC
    type     text    generated always as (json_extract(json, '$.type')) virtual,
    json     text    not null,     -- canonical: one form for each event
    hash     text    not null,     -- SHA-256 over this row and the hash of the row before
    unique (job, sequence)
);

-- The end of each job's chain, so that events missing at the end are noticed too.
create table head (
    job      text    primary key,
    sequence integer not null,
    hash     text    not null
) without rowid;

pragma user_version = 1;
