-- SPDX-License-Identifier: GPL-3.0-or-later
-- What a tenant may have, where that is not what the daemon's settings say; 0 is no limit.

CREATE TABLE tenant_quotas (
  tenant_id TEXT NOT NULL, quota TEXT NOT NULL, most REAL NOT NULL, changed INTEGER NOT NULL,
  PRIMARY KEY (tenant_id, quota)) STRICT, WITHOUT ROWID;

-- Of run '': the series and values that a tenant has, counted as they come and go. Of another: what that upload was promised room for and
-- has not stored yet.
CREATE TABLE tenant_usage (
  tenant_id TEXT NOT NULL, run_id TEXT NOT NULL, series INTEGER NOT NULL, n INTEGER NOT NULL,
  PRIMARY KEY (tenant_id, run_id)) STRICT, WITHOUT ROWID;
INSERT INTO tenant_usage (tenant_id, run_id, series, n)
  SELECT tenant_id, '', count(*), CAST(sum(n) AS BIGINT) FROM series GROUP BY tenant_id;

CREATE INDEX runs_queued ON runs (tenant_id, kind, subject) WHERE state = 0;
