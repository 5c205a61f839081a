// The clock of a fake: the real time, shifted or held, so that stamps, expiries and Date headers can be moved by a test.
export class Clock {
  #offset = 0;
  #held = null;

  now() {
    return this.#held ?? Date.now() + this.#offset;
  }

  /** Stands still at `ms` (now, where not given) until `advance` or `run`. */
  hold(ms = this.now()) {
    this.#held = ms;
  }

  /** Goes on from where it stands. */
  run() {
    if (this.#held !== null) this.#offset = this.#held - Date.now();
    this.#held = null;
  }

  advance(ms) {
    if (this.#held === null) this.#offset += ms;
    else this.#held += ms;
  }

  /** Does something at another time, and comes back. */
  at(ms, work) {
    const held = this.#held;
    this.#held = ms;
    try {
      return work();
    } finally {
      this.#held = held;
    }
  }
}
