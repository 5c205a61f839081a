-- SPDX-License-Identifier: GPL-3.0-or-later
-- What version 0.1.0 with schema 3 had written after an upload, a forecast, an optimisation, an alert rule and a connector (sqlite3 .dump).
PRAGMA foreign_keys=OFF;
BEGIN TRANSACTION;
CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
INSERT INTO meta VALUES('clean','1');
INSERT INTO meta VALUES('program','0.1.0');
CREATE TABLE tokens (
  tenant_id TEXT NOT NULL, token_id TEXT NOT NULL, name TEXT NOT NULL, scopes INTEGER NOT NULL, digest BLOB NOT NULL UNIQUE,
  created INTEGER NOT NULL, expires INTEGER NOT NULL, revoked INTEGER NOT NULL, used INTEGER NOT NULL,
  PRIMARY KEY (tenant_id, token_id)) STRICT, WITHOUT ROWID;
INSERT INTO tokens VALUES('default','01a21f8a-901e-7150-93f7-918048eb5f95','first run',15,X'd05e74db45daff918219986dbc4826993a72c99f577b9f0e2fc89960703fd368',1795825504286,0,0,1795825504612);
CREATE TABLE data_sources (
  tenant_id TEXT NOT NULL, source_id TEXT NOT NULL, source_no INTEGER NOT NULL, name TEXT NOT NULL, type TEXT NOT NULL,
  config TEXT NOT NULL, schedule TEXT, zone TEXT, state TEXT NOT NULL, message TEXT,
  created INTEGER NOT NULL, changed INTEGER NOT NULL, last_sync INTEGER NOT NULL, next_sync INTEGER NOT NULL,
  version INTEGER NOT NULL,
  PRIMARY KEY (tenant_id, source_id), UNIQUE (tenant_id, source_no)) STRICT, WITHOUT ROWID;
INSERT INTO data_sources VALUES('default','01a21f8a-9183-724a-b379-b76672dd6f39',1,'Uploads','file_upload','{}',NULL,NULL,'ready',NULL,1795825504643,1795825504643,0,0,1);
INSERT INTO data_sources VALUES('default','01a21f8a-921a-72c4-8af0-7beda38cc4c1',2,'crm','salesforce','{"instance_url":"https://example.my.salesforce.com","objects":[]}','0 3 1 1 *',NULL,'new',NULL,1795825504794,1795825504794,0,0,1);
CREATE TABLE raw_files (
  tenant_id TEXT NOT NULL, raw_id TEXT NOT NULL, source_id TEXT NOT NULL, name TEXT NOT NULL, type TEXT NOT NULL,
  digest TEXT NOT NULL, bytes INTEGER NOT NULL, created INTEGER NOT NULL,
  PRIMARY KEY (tenant_id, raw_id), UNIQUE (tenant_id, source_id, digest)) STRICT, WITHOUT ROWID;
INSERT INTO raw_files VALUES('default','01a21f8a-9185-7ae1-83cd-2bb5a5b7f166','01a21f8a-9183-724a-b379-b76672dd6f39','sales.csv','','d2928fe1a97ffa4ba94f3d1f7a74f9b95c9a6f81eb0752d82bb251196842f3f0',1584,1795825504645);
CREATE TABLE raw_pieces (
  tenant_id TEXT NOT NULL, raw_id TEXT NOT NULL, piece INTEGER NOT NULL, content BLOB NOT NULL,
  PRIMARY KEY (tenant_id, raw_id, piece)) STRICT;
INSERT INTO raw_pieces VALUES('default','01a21f8a-9185-7ae1-83cd-2bb5a5b7f166',0,X'78015d94c14ac6400c84ef3e4b2d9b6cdb7ff7a86f22287810147edf1f6752b433424f1f43bac964f2faf2fdb6dcdf3fbf96fbcbc7dbfd215b6e8f2df02d4f4bb4b6b6a6ec192c8c257571acc776e972812e6ec63a7519eb2ef53a7599c6b6aa17eb31ae7a5bd54b633b74735f7b5eb21db279183aa01acd7e704035fc1d37aa50ebb86adda8422d41832f6b69dd0fbeac756393ba18d6fda42ea6b268d465d7c78171229bb1d309d4bb261251ff453d617462a6b61f34627643f461d8c883360c7f075d18376d3f68c21886e841b44dbb0f9a106d3746172276eb9e36fcdb9ba00f9166171827627e453911cdba2f27c2f626e8c4dcac7d1ae16b93f461d8c881d0ebae2e245d804a1602a8548a2a0d9e90ac34f8de64a5c11302c689d8de64a5c11302c689985f594e8425048cf5ba4e29e9c40c9d081026626b9395071b39107ab5b549bae0110182cad6262b0d9e1030bcccf7a6571a3c2160ec143e5fb7a5571aa0933b0276eafe58fede2f4948314e44f606ac522311298489c8da00556a64e485d0abac0d50a546225208aa79ad0dd0991ab9acc53811b9ac60676ae4b21663077259c1ced4885dc53811f10bec4c8d24a418ebc9de80556ae4b216c244eab2fe003f4629cd');
CREATE TABLE metrics (
  tenant_id TEXT NOT NULL, metric TEXT NOT NULL, version INTEGER NOT NULL, changed INTEGER NOT NULL,
  PRIMARY KEY (tenant_id, metric)) STRICT, WITHOUT ROWID;
INSERT INTO metrics VALUES('default','sales',1795825504665000,1795825504665);
CREATE TABLE series (
  tenant_id TEXT NOT NULL, series_id INTEGER NOT NULL, metric TEXT NOT NULL, dimensions TEXT NOT NULL,
  n INTEGER NOT NULL, first INTEGER NOT NULL, last INTEGER NOT NULL,
  PRIMARY KEY (tenant_id, series_id), UNIQUE (tenant_id, metric, dimensions)) STRICT, WITHOUT ROWID;
INSERT INTO series VALUES('default',1,'sales','{"shop":"A"}',40,1704067200,1707436800);
INSERT INTO series VALUES('default',2,'sales','{"shop":"B"}',40,1704067200,1707436800);
CREATE TABLE business_metrics (
  tenant_id TEXT NOT NULL, series_id INTEGER NOT NULL, time INTEGER NOT NULL, source_no INTEGER NOT NULL,
  value REAL, written INTEGER NOT NULL,
  PRIMARY KEY (tenant_id, series_id, time, source_no)) STRICT, WITHOUT ROWID;
INSERT INTO business_metrics VALUES('default',1,1704067200,1,100.0,1795825504665000);
INSERT INTO business_metrics VALUES('default',1,1704153600,1,116.64000000000000056,1795825504665000);
INSERT INTO business_metrics VALUES('default',1,1704240000,1,121.5,1795825504665000);
INSERT INTO business_metrics VALUES('default',1,1704326400,1,111.68000000000000682,1795825504665000);
INSERT INTO business_metrics VALUES('default',1,1704412800,1,95.31999999999999318,1795825504665000);
INSERT INTO business_metrics VALUES('default',1,1704499200,1,80.500000000000000001,1795825504665000);
INSERT INTO business_metrics VALUES('default',1,1704585600,1,85.359999999999999435,1795825504665000);
INSERT INTO business_metrics VALUES('default',1,1704672000,1,102.0,1795825504665000);
INSERT INTO business_metrics VALUES('default',1,1704758400,1,118.64000000000000056,1795825504665000);
INSERT INTO business_metrics VALUES('default',1,1704844800,1,123.5,1795825504665000);
INSERT INTO business_metrics VALUES('default',1,1704931200,1,108.68000000000000681,1795825504665000);
INSERT INTO business_metrics VALUES('default',1,1705017600,1,92.319999999999993178,1795825504665000);
INSERT INTO business_metrics VALUES('default',1,1705104000,1,82.5,1795825504665000);
INSERT INTO business_metrics VALUES('default',1,1705190400,1,87.359999999999999433,1795825504665000);
INSERT INTO business_metrics VALUES('default',1,1705276800,1,104.0,1795825504665000);
INSERT INTO business_metrics VALUES('default',1,1705363200,1,115.64000000000000057,1795825504665000);
INSERT INTO business_metrics VALUES('default',1,1705449600,1,120.5,1795825504665000);
INSERT INTO business_metrics VALUES('default',1,1705536000,1,110.68000000000000681,1795825504665000);
INSERT INTO business_metrics VALUES('default',1,1705622400,1,94.319999999999993177,1795825504665000);
INSERT INTO business_metrics VALUES('default',1,1705708800,1,84.499999999999999998,1795825504665000);
INSERT INTO business_metrics VALUES('default',1,1705795200,1,84.359999999999999431,1795825504665000);
INSERT INTO business_metrics VALUES('default',1,1705881600,1,101.0,1795825504665000);
INSERT INTO business_metrics VALUES('default',1,1705968000,1,117.64000000000000056,1795825504665000);
INSERT INTO business_metrics VALUES('default',1,1706054400,1,122.5,1795825504665000);
INSERT INTO business_metrics VALUES('default',1,1706140800,1,112.68000000000000682,1795825504665000);
INSERT INTO business_metrics VALUES('default',1,1706227200,1,91.319999999999993175,1795825504665000);
INSERT INTO business_metrics VALUES('default',1,1706313600,1,81.499999999999999996,1795825504665000);
INSERT INTO business_metrics VALUES('default',1,1706400000,1,86.359999999999999429,1795825504665000);
INSERT INTO business_metrics VALUES('default',1,1706486400,1,103.0,1795825504665000);
INSERT INTO business_metrics VALUES('default',1,1706572800,1,119.64000000000000056,1795825504665000);
INSERT INTO business_metrics VALUES('default',1,1706659200,1,119.5,1795825504665000);
INSERT INTO business_metrics VALUES('default',1,1706745600,1,109.68000000000000681,1795825504665000);
INSERT INTO business_metrics VALUES('default',1,1706832000,1,93.319999999999993182,1795825504665000);
INSERT INTO business_metrics VALUES('default',1,1706918400,1,83.500000000000000003,1795825504665000);
INSERT INTO business_metrics VALUES('default',1,1707004800,1,88.359999999999999428,1795825504665000);
INSERT INTO business_metrics VALUES('default',1,1707091200,1,100.0,1795825504665000);
INSERT INTO business_metrics VALUES('default',1,1707177600,1,116.64000000000000056,1795825504665000);
INSERT INTO business_metrics VALUES('default',1,1707264000,1,121.5,1795825504665000);
INSERT INTO business_metrics VALUES('default',1,1707350400,1,111.68000000000000682,1795825504665000);
INSERT INTO business_metrics VALUES('default',1,1707436800,1,95.31999999999999318,1795825504665000);
INSERT INTO business_metrics VALUES('default',2,1704067200,1,101.0,1795825504665000);
INSERT INTO business_metrics VALUES('default',2,1704153600,1,117.64000000000000056,1795825504665000);
INSERT INTO business_metrics VALUES('default',2,1704240000,1,122.5,1795825504665000);
INSERT INTO business_metrics VALUES('default',2,1704326400,1,112.68000000000000682,1795825504665000);
INSERT INTO business_metrics VALUES('default',2,1704412800,1,96.319999999999993175,1795825504665000);
INSERT INTO business_metrics VALUES('default',2,1704499200,1,81.499999999999999996,1795825504665000);
INSERT INTO business_metrics VALUES('default',2,1704585600,1,86.359999999999999429,1795825504665000);
INSERT INTO business_metrics VALUES('default',2,1704672000,1,103.0,1795825504665000);
INSERT INTO business_metrics VALUES('default',2,1704758400,1,119.64000000000000056,1795825504665000);
INSERT INTO business_metrics VALUES('default',2,1704844800,1,124.5,1795825504665000);
INSERT INTO business_metrics VALUES('default',2,1704931200,1,109.68000000000000681,1795825504665000);
INSERT INTO business_metrics VALUES('default',2,1705017600,1,93.319999999999993182,1795825504665000);
INSERT INTO business_metrics VALUES('default',2,1705104000,1,83.500000000000000003,1795825504665000);
INSERT INTO business_metrics VALUES('default',2,1705190400,1,88.359999999999999428,1795825504665000);
INSERT INTO business_metrics VALUES('default',2,1705276800,1,105.0,1795825504665000);
INSERT INTO business_metrics VALUES('default',2,1705363200,1,116.64000000000000056,1795825504665000);
INSERT INTO business_metrics VALUES('default',2,1705449600,1,121.5,1795825504665000);
INSERT INTO business_metrics VALUES('default',2,1705536000,1,111.68000000000000682,1795825504665000);
INSERT INTO business_metrics VALUES('default',2,1705622400,1,95.31999999999999318,1795825504665000);
INSERT INTO business_metrics VALUES('default',2,1705708800,1,85.500000000000000001,1795825504665000);
INSERT INTO business_metrics VALUES('default',2,1705795200,1,85.359999999999999435,1795825504665000);
INSERT INTO business_metrics VALUES('default',2,1705881600,1,102.0,1795825504665000);
INSERT INTO business_metrics VALUES('default',2,1705968000,1,118.64000000000000056,1795825504665000);
INSERT INTO business_metrics VALUES('default',2,1706054400,1,123.5,1795825504665000);
INSERT INTO business_metrics VALUES('default',2,1706140800,1,113.68000000000000682,1795825504665000);
INSERT INTO business_metrics VALUES('default',2,1706227200,1,92.319999999999993178,1795825504665000);
INSERT INTO business_metrics VALUES('default',2,1706313600,1,82.5,1795825504665000);
INSERT INTO business_metrics VALUES('default',2,1706400000,1,87.359999999999999433,1795825504665000);
INSERT INTO business_metrics VALUES('default',2,1706486400,1,104.0,1795825504665000);
INSERT INTO business_metrics VALUES('default',2,1706572800,1,120.64000000000000056,1795825504665000);
INSERT INTO business_metrics VALUES('default',2,1706659200,1,120.5,1795825504665000);
INSERT INTO business_metrics VALUES('default',2,1706745600,1,110.68000000000000681,1795825504665000);
INSERT INTO business_metrics VALUES('default',2,1706832000,1,94.319999999999993177,1795825504665000);
INSERT INTO business_metrics VALUES('default',2,1706918400,1,84.499999999999999998,1795825504665000);
INSERT INTO business_metrics VALUES('default',2,1707004800,1,89.359999999999999431,1795825504665000);
INSERT INTO business_metrics VALUES('default',2,1707091200,1,101.0,1795825504665000);
INSERT INTO business_metrics VALUES('default',2,1707177600,1,117.64000000000000056,1795825504665000);
INSERT INTO business_metrics VALUES('default',2,1707264000,1,122.5,1795825504665000);
INSERT INTO business_metrics VALUES('default',2,1707350400,1,112.68000000000000682,1795825504665000);
INSERT INTO business_metrics VALUES('default',2,1707436800,1,96.319999999999993175,1795825504665000);
CREATE TABLE runs (
  tenant_id TEXT NOT NULL, run_id TEXT NOT NULL, kind TEXT NOT NULL, subject TEXT NOT NULL, method TEXT,
  request TEXT NOT NULL, result TEXT, checkpoint TEXT, stage TEXT, code TEXT, path TEXT, message TEXT,
  state INTEGER NOT NULL, fraction REAL NOT NULL, created INTEGER NOT NULL, started INTEGER NOT NULL,
  finished INTEGER NOT NULL, rows_read INTEGER NOT NULL, rows_stored INTEGER NOT NULL, rows_rejected INTEGER NOT NULL,
  epoch INTEGER NOT NULL, lease INTEGER NOT NULL, attempts INTEGER NOT NULL, cancel_asked INTEGER NOT NULL,
  PRIMARY KEY (tenant_id, run_id)) STRICT, WITHOUT ROWID;
INSERT INTO runs VALUES('default','01a21f8a-9187-71cc-8615-3bb382ba06bd','upload','01a21f8a-9183-724a-b379-b76672dd6f39','upload','{"source_id":"01a21f8a-9183-724a-b379-b76672dd6f39","raw_id":"01a21f8a-9185-7ae1-83cd-2bb5a5b7f166","name":"sales.csv","options":{}}','{"run_id":"01a21f8a-9187-71cc-8615-3bb382ba06bd","source_id":"01a21f8a-9183-724a-b379-b76672dd6f39","rows_read":80,"rows_stored":80,"values_stored":80,"series_count":2,"series":[{"name":"A","metric_name":"sales","dimensions":{"shop":"A"},"frequency":"D","n":40,"first":"2024-01-01","last":"2024-02-09"},{"name":"B","metric_name":"sales","dimensions":{"shop":"B"},"frequency":"D","n":40,"first":"2024-01-01","last":"2024-02-09"}],"rejected_count":0,"rejected":[],"warnings":[]}','{"values":80}',NULL,NULL,NULL,NULL,2,1.0,1795825504647,1795825504647,1795825504714,80,80,0,1,1795825524647,1,0);
INSERT INTO runs VALUES('default','01a21f8a-91ad-7567-80d1-cb0aaccc8133','data_arrived','sales',NULL,'{}','{"metric_name":"sales","forecasts_queued":0,"rules_checked":0,"rules_failed":0,"events":0}',NULL,NULL,NULL,NULL,NULL,2,1.0,1795825504685,1795825504714,1795825504765,0,0,0,1,1795825524714,1,0);
INSERT INTO runs VALUES('default','01a21f8a-9218-7809-9e4e-e59a6e6b4c54','alert_check','01a21f8a-9216-7074-9d42-ac3ff3a0c829',NULL,'{}','{"rule_id":"01a21f8a-9216-7074-9d42-ac3ff3a0c829","rules_checked":1,"rules_failed":0,"events":2}',NULL,NULL,NULL,NULL,NULL,2,1.0,1795825504792,1795825504792,1795825504798,0,0,0,1,1795825524792,1,0);
CREATE TABLE forecasts (
  tenant_id TEXT NOT NULL, forecast_id TEXT NOT NULL, metric TEXT, dimensions TEXT, model_type TEXT NOT NULL, model TEXT,
  request TEXT NOT NULL, result TEXT NOT NULL, accuracy TEXT, evaluation TEXT,
  created INTEGER NOT NULL, evaluated INTEGER NOT NULL,
  PRIMARY KEY (tenant_id, forecast_id)) STRICT, WITHOUT ROWID;
INSERT INTO forecasts VALUES('default','01a21f8a-9209-7edc-82f2-8b6e026bac22','sales','{"shop":"A"}','naive',NULL,'{"metric_name":"sales","dimensions":{"shop":"A"},"model_type":"naive","forecast_horizon":3}','{"model_type":"naive","predictions":[95.32,95.32,95.32],"dates":["2024-02-10","2024-02-11","2024-02-12"],"confidence_intervals":{"lower":[48.21879807810954,33.752718202946454,23.310193757850172],"upper":[142.42120192189043,156.88728179705356,167.3298062421498],"confidence_level":"95%"},"diagnostics":{"log_likelihood":null,"aic":null,"aicc":null,"bic":null,"sigma2":155.82705641025643,"ljung_box_p":2.69333273406993e-23,"interval_calibration":{"method":"pooled","first":1.9251406530784356,"last":1.699266480030826}},"parameters":{},"accuracy_metrics":{"mae":17.515555555555558,"rmse":21.01512048237861,"mape":17.92683989943646,"smape":17.104473917522377,"mase":0.8696248661719594,"rmsse":0.9168716181094401,"pinball":1.4736125711627241,"coverage":1},"frequency":"D","seasonal_periods":[5],"warnings":[]}','{"mae":17.515555555555558,"rmse":21.01512048237861,"mape":17.92683989943646,"smape":17.104473917522377,"mase":0.8696248661719594,"rmsse":0.9168716181094401,"pinball":1.4736125711627241,"coverage":1}',NULL,1795825504778,0);
CREATE TABLE optimization_runs (
  tenant_id TEXT NOT NULL, run_id TEXT NOT NULL, type TEXT NOT NULL, parameters TEXT NOT NULL, results TEXT NOT NULL,
  created INTEGER NOT NULL,
  PRIMARY KEY (tenant_id, run_id)) STRICT, WITHOUT ROWID;
INSERT INTO optimization_runs VALUES('default','01a21f8a-9212-7517-9616-eddc4b331ac4','inventory.eoq','{"annual_demand":1200,"order_cost":50,"holding_cost_per_unit":6}','{"eoq":141.4213562373095,"num_orders_per_year":8.48528137423857,"days_between_orders":43.01566252218164,"total_annual_cost":848.5281374238571,"ordering_cost":424.2640687119285,"holding_cost":424.26406871192853,"backorder_cost":0,"max_backorder":0,"max_inventory":141.4213562373095,"average_inventory":70.71067811865476,"recommendation":"Order 141.4 units every 43 days"}',1795825504786);
CREATE TABLE alert_rules (
  tenant_id TEXT NOT NULL, rule_id TEXT NOT NULL, name TEXT NOT NULL, kind TEXT NOT NULL, rule TEXT NOT NULL,
  enabled INTEGER NOT NULL, created INTEGER NOT NULL, checked INTEGER NOT NULL, webhook_state TEXT, webhook_message TEXT,
  PRIMARY KEY (tenant_id, rule_id)) STRICT, WITHOUT ROWID;
INSERT INTO alert_rules VALUES('default','01a21f8a-9216-7074-9d42-ac3ff3a0c829','low','threshold','{"name":"low","kind":"threshold","metric_name":"sales","enabled":true,"below":1000}',1,1795825504790,1795825504797,NULL,NULL);
CREATE TABLE alert_events (
  tenant_id TEXT NOT NULL, event_id TEXT NOT NULL, rule_id TEXT NOT NULL, key TEXT NOT NULL, event TEXT NOT NULL,
  created INTEGER NOT NULL,
  PRIMARY KEY (tenant_id, event_id), UNIQUE (tenant_id, rule_id, key)) STRICT, WITHOUT ROWID;
INSERT INTO alert_events VALUES('default','01a21f8a-921b-7632-b813-49f4d02102c9','01a21f8a-9216-7074-9d42-ac3ff3a0c829','below 2024-02-09 {"shop":"A"}','{"kind":"threshold","what":"below","metric_name":"sales","dimensions":{"shop":"A"},"date":"2024-02-09","value":95.32,"limit":1000,"message":"sales {\"shop\":\"A\"} was 95.32 on 2024-02-09, below 1000"}',1795825504795);
INSERT INTO alert_events VALUES('default','01a21f8a-921c-7206-b9e4-09598b3e5dc1','01a21f8a-9216-7074-9d42-ac3ff3a0c829','below 2024-02-09 {"shop":"B"}','{"kind":"threshold","what":"below","metric_name":"sales","dimensions":{"shop":"B"},"date":"2024-02-09","value":96.32,"limit":1000,"message":"sales {\"shop\":\"B\"} was 96.32 on 2024-02-09, below 1000"}',1795825504796);
CREATE TABLE schedules (
  tenant_id TEXT NOT NULL, schedule_id TEXT NOT NULL, kind TEXT NOT NULL, subject TEXT NOT NULL, request TEXT NOT NULL,
  cron TEXT NOT NULL, zone TEXT NOT NULL, due INTEGER NOT NULL, last INTEGER NOT NULL, enabled INTEGER NOT NULL,
  PRIMARY KEY (tenant_id, schedule_id)) STRICT, WITHOUT ROWID;
INSERT INTO schedules VALUES('default','01a21f8a-921a-72c4-8af0-7beda38cc4c1','sync','01a21f8a-921a-72c4-8af0-7beda38cc4c1','{}','0 3 1 1 *','UTC',1798772401538,0,1);
CREATE TABLE source_secrets (
  tenant_id TEXT NOT NULL, source_id TEXT NOT NULL, field TEXT NOT NULL, sealed BLOB NOT NULL, changed INTEGER NOT NULL,
  PRIMARY KEY (tenant_id, source_id, field)) STRICT, WITHOUT ROWID;
INSERT INTO source_secrets VALUES('default','01a21f8a-921a-72c4-8af0-7beda38cc4c1','access_token',X'016b5ab94bd585f9deb1f6d4b6800542f656ce67ecc3bb595f846d7b7dfad6995ca2f2c9d4687b37ca1e681b957752314c41',1795825504797);
CREATE TABLE source_state (
  tenant_id TEXT NOT NULL, source_no INTEGER NOT NULL, object TEXT NOT NULL, state TEXT NOT NULL, changed INTEGER NOT NULL,
  PRIMARY KEY (tenant_id, source_no, object)) STRICT, WITHOUT ROWID;
CREATE TABLE source_records (
  tenant_id TEXT NOT NULL, source_no INTEGER NOT NULL, object TEXT NOT NULL, record_id TEXT NOT NULL, stamp TEXT NOT NULL,
  deleted INTEGER NOT NULL, run INTEGER NOT NULL, content TEXT, cells BLOB,
  PRIMARY KEY (tenant_id, source_no, object, record_id)) STRICT, WITHOUT ROWID;
CREATE TABLE source_cells (
  tenant_id TEXT NOT NULL, source_no INTEGER NOT NULL, series_id INTEGER NOT NULL, time INTEGER NOT NULL, object TEXT NOT NULL,
  record_id TEXT NOT NULL, cell INTEGER NOT NULL, stamp TEXT NOT NULL, aggregate INTEGER NOT NULL, value REAL,
  PRIMARY KEY (tenant_id, source_no, series_id, time, object, record_id, cell)) STRICT, WITHOUT ROWID;
CREATE TABLE webhook_deliveries (
  tenant_id TEXT NOT NULL, delivery_id TEXT NOT NULL, rule_id TEXT NOT NULL, test INTEGER NOT NULL, state INTEGER NOT NULL,
  attempts INTEGER NOT NULL, claimed INTEGER NOT NULL, due INTEGER NOT NULL, status INTEGER NOT NULL, message TEXT,
  created INTEGER NOT NULL, finished INTEGER NOT NULL,
  PRIMARY KEY (tenant_id, delivery_id)) STRICT, WITHOUT ROWID;
CREATE INDEX runs_waiting ON runs (created) WHERE state < 2;
CREATE INDEX runs_by_id ON runs (run_id);
CREATE INDEX schedules_due ON schedules (due) WHERE enabled = 1;
CREATE INDEX source_records_run ON source_records (tenant_id, source_no, object, deleted, run);
CREATE INDEX webhook_deliveries_due ON webhook_deliveries (due) WHERE state = 0;
CREATE INDEX webhook_deliveries_claimed ON webhook_deliveries (tenant_id, rule_id) WHERE claimed = 1;
CREATE INDEX webhook_deliveries_given_up ON webhook_deliveries (finished) WHERE state = 2;
COMMIT;
