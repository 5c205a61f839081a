-- SPDX-License-Identifier: GPL-3.0-or-later
-- What connectors keep: sealed secrets, records as their source gave them, what each gives to which value, and how far each object is.

CREATE TABLE source_secrets (
  tenant_id TEXT NOT NULL, source_id TEXT NOT NULL, field TEXT NOT NULL, sealed BLOB NOT NULL, changed INTEGER NOT NULL,
  PRIMARY KEY (tenant_id, source_id, field)) STRICT, WITHOUT ROWID;

CREATE TABLE source_state (
  tenant_id TEXT NOT NULL, source_no INTEGER NOT NULL, object TEXT NOT NULL, state TEXT NOT NULL, changed INTEGER NOT NULL,
  PRIMARY KEY (tenant_id, source_no, object)) STRICT, WITHOUT ROWID;

-- run: of the sync that saw it last. cells: which values it is part of, packed. A deleted record keeps its place without content.
CREATE TABLE source_records (
  tenant_id TEXT NOT NULL, source_no INTEGER NOT NULL, object TEXT NOT NULL, record_id TEXT NOT NULL, stamp TEXT NOT NULL,
  deleted INTEGER NOT NULL, run INTEGER NOT NULL, content TEXT, cells BLOB,
  PRIMARY KEY (tenant_id, source_no, object, record_id)) STRICT, WITHOUT ROWID;
CREATE INDEX source_records_run ON source_records (tenant_id, source_no, object, deleted, run);

-- One part of one value; business_metrics holds what they come to together.
CREATE TABLE source_cells (
  tenant_id TEXT NOT NULL, source_no INTEGER NOT NULL, series_id INTEGER NOT NULL, time INTEGER NOT NULL, object TEXT NOT NULL,
  record_id TEXT NOT NULL, cell INTEGER NOT NULL, stamp TEXT NOT NULL, aggregate INTEGER NOT NULL, value REAL,
  PRIMARY KEY (tenant_id, source_no, series_id, time, object, record_id, cell)) STRICT, WITHOUT ROWID;
