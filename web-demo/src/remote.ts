// SPDX-License-Identifier: GPL-3.0-or-later
// The daemon that served this page, where one did: its stored series and forecasts over REST. Nothing is asked of it before the
// person gives a token; the token stays while the tab is open, and longer only where the person says so.
import { askDaemon } from "./daemon.js";

const KEY = "dyocense-token";
const root = new URL("api/v1/", document.baseURI);

export interface Metric {
  metric_name: string;
  series: number;
  values: number;
  first: string;
  last: string;
}

export interface StoredSeries {
  name: string;
  dimensions: Record<string, string>;
  frequency: string | null;
  dates: string[];
  values: (number | null)[];
}

export interface Evaluation {
  n: number;
  steps: number;
  mae: number | null;
  mape: number | null;
  coverage: number | null;
}

export interface StoredForecast {
  forecast_id: string;
  metric_name: string | null;
  dimensions: Record<string, string> | null;
  model_type: string;
  created_at: string;
  accuracy_metrics: { mae?: number | null } | null;
  evaluation: Evaluation | null;
}

interface Page<V> {
  items: V[];
  next_cursor: string | null;
}

class Remote {
  token = sessionStorage.getItem(KEY) ?? localStorage.getItem(KEY) ?? "";

  keep(token: string, remember: boolean): void {
    this.token = token.trim();
    sessionStorage.setItem(KEY, this.token);
    if (remember) localStorage.setItem(KEY, this.token);
  }

  forget(): void {
    this.token = "";
    sessionStorage.removeItem(KEY);
    localStorage.removeItem(KEY);
  }

  ask<V>(method: string, path: string, body?: BodyInit, signal?: AbortSignal): Promise<V> {
    return askDaemon<V>({ root, token: this.token }, method, path, body, signal);
  }

  async all<V>(path: string, query: Record<string, string>, signal: AbortSignal): Promise<V[]> {
    const items: V[] = [];
    for (let cursor: string | null = ""; cursor !== null; ) {
      const words: string = new URLSearchParams({ ...query, limit: "1000", ...(cursor ? { cursor } : {}) }).toString();
      const page: Page<V> = await this.ask<Page<V>>("GET", `${path}?${words}`, undefined, signal);
      items.push(...page.items);
      cursor = page.next_cursor;
    }
    return items;
  }
}

export const remote = new Remote();
