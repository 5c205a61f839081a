// SPDX-License-Identifier: GPL-3.0-or-later
// Connectors of a daemon: what their API says, and which of a type's settings a person is asked for first.

/** A member of a JSON Schema, as the daemon prints the rows of a type's settings. */
export interface Property {
  type?: string | string[];
  enum?: (string | null)[];
  default?: unknown;
  description?: string;
  maxLength?: number;
}

export interface ConnectorType {
  connector_type: string;
  fetches: boolean;
  config: { properties?: Record<string, Property>; required?: string[] };
  secrets: string[];
  servers: string[];
}

export interface Connector {
  source_id: string;
  name: string;
  connector_type: string;
  config: Record<string, unknown>;
  secrets: string[];
  sync_schedule: string | null;
  timezone: string | null;
  state: string;
  message: string | null;
  created_at: string;
  last_sync_at: string | null;
  next_sync_at: string | null;
}

export interface SyncRun {
  run_id: string;
  kind: string;
  subject: string | null;
  state: string;
  method: string | null;
  fraction: number;
  stage: string | null;
  rows_read: number;
  rows_stored: number;
  rows_rejected: number;
  created_at: string;
  finished_at: string | null;
  cancel_asked: boolean;
  result: { fallback?: string | null; objects?: { object: string; state: string; reason: string | null }[] } | null;
  error: { code: string; path: string; message: string } | null;
}

export interface Uploaded {
  rows_read: number;
  rows_stored: number;
  rejected_count: number;
  series: { metric_name: string }[];
  series_count: number;
  rejected: { row: number; column: string | null; value: string | null; reason: string }[];
  warnings: string[];
}

export interface Tested {
  ok: boolean;
  message: string;
}

export const isOver = (r: SyncRun): boolean => r.state !== "queued" && r.state !== "running";

/** A way to sign in: what it needs, and what is only needed now and then. */
export interface Way {
  id: string;
  needs: readonly string[];
}

/** Ways to sign in by type, the usual one first. A type that has none of its own asks for what its settings require. */
const WAYS: Record<string, readonly Way[]> = {
  salesforce: [
    { id: "refresh_token", needs: ["client_id", "client_secret", "refresh_token", "login_url"] },
    { id: "jwt", needs: ["client_id", "username", "jwt_private_key", "login_url"] },
    { id: "client_credentials", needs: ["login_url", "client_id", "client_secret"] },
    { id: "access_token", needs: ["instance_url", "access_token"] },
  ],
  google_drive: [
    { id: "service_account", needs: ["service_account", "subject"] },
    { id: "refresh_token", needs: ["client_id", "client_secret", "refresh_token"] },
  ],
};

export const waysOf = (type: string): readonly Way[] => WAYS[type] ?? [];

/** The way that a connector uses already: the first of which it has a secret that no other has before it. */
export function wayOf(c: Connector): string {
  const has = (name: string) => c.secrets.includes(name);
  const way = waysOf(c.connector_type).find((w) => w.needs.some((n) => has(n) && n !== "client_secret")) ?? waysOf(c.connector_type).find((w) => w.id === "client_credentials");
  return way?.id ?? "";
}

/** The settings of a type in three groups: those always asked for, those of the way to sign in, and all others but those of other ways. */
export function groups(type: ConnectorType, way: string): { first: string[]; sign: string[]; more: string[] } {
  const all = Object.keys(type.config.properties ?? {});
  const ways = waysOf(type.connector_type);
  const sign = (ways.find((w) => w.id === way)?.needs ?? []).filter((n) => all.includes(n));
  const signs = new Set(ways.flatMap((w) => w.needs));
  const first = all.filter((n) => type.config.required?.includes(n) && !signs.has(n));
  return { first, sign, more: all.filter((n) => !signs.has(n) && !first.includes(n)) };
}

export type Kind = "text" | "number" | "choice" | "check" | "json";

export function kindOf(p: Property): Kind {
  if (p.enum) return "choice";
  const types = [p.type ?? "object"].flat();
  if (types.includes("string")) return "text";
  if (types.includes("number") || types.includes("integer")) return "number";
  return types.includes("boolean") ? "check" : "json";
}

/** What was typed into a field of that kind; undefined: nothing, so that the default counts. Text that is no JSON goes as it is: the daemon says so. */
export function valueOf(kind: Kind, text: string): unknown {
  if (!text.trim()) return undefined;
  if (kind === "text" || kind === "choice") return text.trim();
  if (kind === "check") return text === "true";
  try {
    return JSON.parse(text.replace(kind === "number" ? /,/ : /$^/, "."));
  } catch {
    return text;
  }
}

/** How a stored setting stands in its field. */
export function textOf(v: unknown): string {
  if (v === undefined || v === null) return "";
  return typeof v === "object" ? JSON.stringify(v, null, 1) : String(v);
}
