-- SPDX-License-Identifier: GPL-3.0-or-later
-- Tenant leads every key. Times of events are milliseconds, times of values seconds since 1970; 0 is never.

CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;

CREATE TABLE tokens (
  tenant_id TEXT NOT NULL, token_id TEXT NOT NULL, name TEXT NOT NULL, scopes INTEGER NOT NULL, digest BLOB NOT NULL UNIQUE,
  created INTEGER NOT NULL, expires INTEGER NOT NULL, revoked INTEGER NOT NULL, used INTEGER NOT NULL,
  PRIMARY KEY (tenant_id, token_id)) STRICT, WITHOUT ROWID;

-- source_no stands for the source in every value, where its id would take most of the room.
CREATE TABLE data_sources (
  tenant_id TEXT NOT NULL, source_id TEXT NOT NULL, source_no INTEGER NOT NULL, name TEXT NOT NULL, type TEXT NOT NULL,
  config TEXT NOT NULL, schedule TEXT, zone TEXT, state TEXT NOT NULL, message TEXT,
  created INTEGER NOT NULL, changed INTEGER NOT NULL, last_sync INTEGER NOT NULL, next_sync INTEGER NOT NULL,
  version INTEGER NOT NULL,
  PRIMARY KEY (tenant_id, source_id), UNIQUE (tenant_id, source_no)) STRICT, WITHOUT ROWID;

CREATE TABLE raw_files (
  tenant_id TEXT NOT NULL, raw_id TEXT NOT NULL, source_id TEXT NOT NULL, name TEXT NOT NULL, type TEXT NOT NULL,
  digest TEXT NOT NULL, bytes INTEGER NOT NULL, created INTEGER NOT NULL,
  PRIMARY KEY (tenant_id, raw_id), UNIQUE (tenant_id, source_id, digest)) STRICT, WITHOUT ROWID;

CREATE TABLE raw_pieces (
  tenant_id TEXT NOT NULL, raw_id TEXT NOT NULL, piece INTEGER NOT NULL, content BLOB NOT NULL,
  PRIMARY KEY (tenant_id, raw_id, piece)) STRICT;

-- version grows with every write to the metric.
CREATE TABLE metrics (
  tenant_id TEXT NOT NULL, metric TEXT NOT NULL, version INTEGER NOT NULL, changed INTEGER NOT NULL,
  PRIMARY KEY (tenant_id, metric)) STRICT, WITHOUT ROWID;

CREATE TABLE series (
  tenant_id TEXT NOT NULL, series_id INTEGER NOT NULL, metric TEXT NOT NULL, dimensions TEXT NOT NULL,
  n INTEGER NOT NULL, first INTEGER NOT NULL, last INTEGER NOT NULL,
  PRIMARY KEY (tenant_id, series_id), UNIQUE (tenant_id, metric, dimensions)) STRICT, WITHOUT ROWID;

-- written: the metric's version at the write; where two sources hold the same time, the higher counts.
CREATE TABLE business_metrics (
  tenant_id TEXT NOT NULL, series_id INTEGER NOT NULL, time INTEGER NOT NULL, source_no INTEGER NOT NULL,
  value REAL, written INTEGER NOT NULL,
  PRIMARY KEY (tenant_id, series_id, time, source_no)) STRICT, WITHOUT ROWID;

CREATE TABLE runs (
  tenant_id TEXT NOT NULL, run_id TEXT NOT NULL, kind TEXT NOT NULL, subject TEXT NOT NULL, method TEXT,
  request TEXT NOT NULL, result TEXT, checkpoint TEXT, stage TEXT, code TEXT, path TEXT, message TEXT,
  state INTEGER NOT NULL, fraction REAL NOT NULL, created INTEGER NOT NULL, started INTEGER NOT NULL,
  finished INTEGER NOT NULL, rows_read INTEGER NOT NULL, rows_stored INTEGER NOT NULL, rows_rejected INTEGER NOT NULL,
  epoch INTEGER NOT NULL, lease INTEGER NOT NULL, attempts INTEGER NOT NULL, cancel_asked INTEGER NOT NULL,
  PRIMARY KEY (tenant_id, run_id)) STRICT, WITHOUT ROWID;
CREATE INDEX runs_waiting ON runs (created) WHERE state < 2;
CREATE INDEX runs_by_id ON runs (run_id);

CREATE TABLE forecasts (
  tenant_id TEXT NOT NULL, forecast_id TEXT NOT NULL, metric TEXT, dimensions TEXT, model_type TEXT NOT NULL, model TEXT,
  request TEXT NOT NULL, result TEXT NOT NULL, accuracy TEXT, evaluation TEXT,
  created INTEGER NOT NULL, evaluated INTEGER NOT NULL,
  PRIMARY KEY (tenant_id, forecast_id)) STRICT, WITHOUT ROWID;

CREATE TABLE optimization_runs (
  tenant_id TEXT NOT NULL, run_id TEXT NOT NULL, type TEXT NOT NULL, parameters TEXT NOT NULL, results TEXT NOT NULL,
  created INTEGER NOT NULL,
  PRIMARY KEY (tenant_id, run_id)) STRICT, WITHOUT ROWID;

CREATE TABLE alert_rules (
  tenant_id TEXT NOT NULL, rule_id TEXT NOT NULL, name TEXT NOT NULL, kind TEXT NOT NULL, rule TEXT NOT NULL,
  enabled INTEGER NOT NULL, created INTEGER NOT NULL, checked INTEGER NOT NULL,
  PRIMARY KEY (tenant_id, rule_id)) STRICT, WITHOUT ROWID;

CREATE TABLE alert_events (
  tenant_id TEXT NOT NULL, event_id TEXT NOT NULL, rule_id TEXT NOT NULL, key TEXT NOT NULL, event TEXT NOT NULL,
  created INTEGER NOT NULL,
  PRIMARY KEY (tenant_id, event_id), UNIQUE (tenant_id, rule_id, key)) STRICT, WITHOUT ROWID;

CREATE TABLE schedules (
  tenant_id TEXT NOT NULL, schedule_id TEXT NOT NULL, kind TEXT NOT NULL, subject TEXT NOT NULL, request TEXT NOT NULL,
  cron TEXT NOT NULL, zone TEXT NOT NULL, due INTEGER NOT NULL, last INTEGER NOT NULL, enabled INTEGER NOT NULL,
  PRIMARY KEY (tenant_id, schedule_id)) STRICT, WITHOUT ROWID;
CREATE INDEX schedules_due ON schedules (due) WHERE enabled = 1;
