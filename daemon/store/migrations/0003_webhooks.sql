-- SPDX-License-Identifier: GPL-3.0-or-later
-- Alert events on their way to webhooks. webhook_state is NULL where a rule has none.

ALTER TABLE alert_rules ADD COLUMN webhook_state TEXT;
ALTER TABLE alert_rules ADD COLUMN webhook_message TEXT;

-- delivery_id is that of the event, or its own for a test. claimed: somebody tries it, until `due` at the latest.
CREATE TABLE webhook_deliveries (
  tenant_id TEXT NOT NULL, delivery_id TEXT NOT NULL, rule_id TEXT NOT NULL, test INTEGER NOT NULL, state INTEGER NOT NULL,
  attempts INTEGER NOT NULL, claimed INTEGER NOT NULL, due INTEGER NOT NULL, status INTEGER NOT NULL, message TEXT,
  created INTEGER NOT NULL, finished INTEGER NOT NULL,
  PRIMARY KEY (tenant_id, delivery_id)) STRICT, WITHOUT ROWID;
CREATE INDEX webhook_deliveries_due ON webhook_deliveries (due) WHERE state = 0;
CREATE INDEX webhook_deliveries_claimed ON webhook_deliveries (tenant_id, rule_id) WHERE claimed = 1;
CREATE INDEX webhook_deliveries_given_up ON webhook_deliveries (finished) WHERE state = 2;
