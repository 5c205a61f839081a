-- SPDX-License-Identifier: GPL-3.0-or-later
-- Who did what: a chain of digests for each tenant, and one of tenant '' for the installation. A digest is taken of its event and of the
-- digest before it. audit_heads holds what the last event of each chain was, so that a missing end is found as well.

CREATE TABLE audit (
  tenant_id TEXT NOT NULL, seq INTEGER NOT NULL, at INTEGER NOT NULL, actor TEXT NOT NULL, action TEXT NOT NULL,
  subject TEXT NOT NULL, detail TEXT NOT NULL, digest BLOB NOT NULL,
  PRIMARY KEY (tenant_id, seq)) STRICT, WITHOUT ROWID;

CREATE TABLE audit_heads (
  tenant_id TEXT NOT NULL, seq INTEGER NOT NULL, digest BLOB NOT NULL,
  PRIMARY KEY (tenant_id)) STRICT, WITHOUT ROWID;

-- Events are added and never changed; only a tenant's end, which takes the head first, takes them away.
CREATE TRIGGER audit_stays BEFORE UPDATE ON audit BEGIN
  SELECT RAISE(ABORT, 'an audit event is never changed');
END;
CREATE TRIGGER audit_is_kept BEFORE DELETE ON audit
  WHEN EXISTS (SELECT 1 FROM audit_heads h WHERE h.tenant_id = OLD.tenant_id) BEGIN
  SELECT RAISE(ABORT, 'an audit event is never taken away');
END;
