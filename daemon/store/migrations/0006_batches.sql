-- SPDX-License-Identifier: GPL-3.0-or-later
-- Forecasts of many series by one request. Its runs are made a few at a time, in the order of series_id: `fed` of `series` have been, up to
-- `position`, and none beyond `until`; whole: no more will be. chosen: the numbers of the series where they were named, else NULL.

CREATE TABLE batches (
  tenant_id TEXT NOT NULL, batch_id TEXT NOT NULL, metric TEXT, dimensions TEXT, chosen TEXT, request TEXT NOT NULL,
  state INTEGER NOT NULL, whole INTEGER NOT NULL, cancel_asked INTEGER NOT NULL, series INTEGER NOT NULL,
  fed INTEGER NOT NULL, position INTEGER NOT NULL, until INTEGER NOT NULL, succeeded INTEGER NOT NULL,
  failed INTEGER NOT NULL, cancelled INTEGER NOT NULL, created INTEGER NOT NULL, finished INTEGER NOT NULL,
  PRIMARY KEY (tenant_id, batch_id)) STRICT, WITHOUT ROWID;
CREATE INDEX batches_open ON batches (batch_id) WHERE state < 2;

ALTER TABLE runs ADD COLUMN batch_id TEXT;
CREATE INDEX runs_of_batch ON runs (tenant_id, batch_id, state) WHERE batch_id IS NOT NULL AND state < 2;
CREATE INDEX runs_failed_of_batch ON runs (tenant_id, batch_id, run_id) WHERE batch_id IS NOT NULL AND state = 4;

ALTER TABLE forecasts ADD COLUMN batch_id TEXT;
CREATE INDEX forecasts_of_batch ON forecasts (tenant_id, batch_id, forecast_id) WHERE batch_id IS NOT NULL;
