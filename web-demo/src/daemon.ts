// SPDX-License-Identifier: GPL-3.0-or-later
// A daemon's REST API: answers, refusals in its own words, and events.
import { Failure } from "./failure.js";
import { T } from "./texts.js";
import type { Fault } from "./types.js";

/** A daemon, and by which token it is asked. */
export interface Door {
  root: URL;
  token: string;
}

async function reach(door: Door, path: string, init: RequestInit): Promise<Response> {
  const answer = await fetch(new URL(path, door.root), { ...init, headers: { Authorization: `Bearer ${door.token}` } }).catch((e: unknown) => {
    if (init.signal?.aborted) throw new Failure({ code: "cancelled", path: "", message: T.states.cancelled });
    throw new Failure({ code: "unreachable", path: "", message: T.connections.unreachable(String(e)) });
  });
  if (answer.ok) return answer;
  const json = /json/.test(answer.headers.get("content-type") ?? "") ? ((await answer.json()) as Fault) : null;
  throw new Failure(json?.code ? json : { code: "unreachable", path: "", message: T.connections.noDaemon });
}

/** An answer as JSON; null where there is nothing to say. */
export async function askDaemon<V>(door: Door, method: string, path: string, body?: BodyInit, signal?: AbortSignal): Promise<V> {
  const answer = await reach(door, path, { method, ...(body === undefined ? {} : { body }), ...(signal ? { signal } : {}) });
  if (answer.status === 204) return null as V;
  if (/json/.test(answer.headers.get("content-type") ?? "")) return (await answer.json()) as V;
  throw new Failure({ code: "unreachable", path: "", message: T.connections.noDaemon });
}

/** Server-sent events until the server ends them; a browser's own EventSource cannot send a token. */
export async function* eventsOf<V>(door: Door, path: string, signal: AbortSignal): AsyncGenerator<V> {
  const answer = await reach(door, path, { signal });
  const reader = answer.body!.pipeThrough(new TextDecoderStream()).getReader();
  for (let text = ""; ; ) {
    const { done, value } = await reader.read();
    if (done) return;
    const whole = (text + value).split("\n\n");
    text = whole.pop()!;
    for (const event of whole) {
      const data = /^data: (.*)$/m.exec(event)?.[1];
      if (data) yield JSON.parse(data) as V;
    }
  }
}
