-- SPDX-License-Identifier: GPL-3.0-or-later
-- A record is found by its key alone: statements that go by the run say so (run >= 0), since a server that knows little of the table yet
-- would else read all of an object for each of its records.

DROP INDEX source_records_run;
CREATE INDEX source_records_run ON source_records (tenant_id, source_no, object, deleted, run) WHERE run >= 0;

-- An access token that daemons on one database share, sealed. claimed: the moment until which one of them may take to fetch another.
CREATE TABLE access_tokens (
  tenant_id TEXT NOT NULL, credential TEXT NOT NULL, number INTEGER NOT NULL, sealed BLOB, instance TEXT NOT NULL,
  good_until INTEGER NOT NULL, claimed INTEGER NOT NULL, changed INTEGER NOT NULL,
  PRIMARY KEY (tenant_id, credential)) STRICT, WITHOUT ROWID;
