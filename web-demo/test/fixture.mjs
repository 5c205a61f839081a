// SPDX-License-Identifier: GPL-3.0-or-later
// What the test files of the page share: the page served, a browser and the package, started and closed with the file.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { load } from "dyocense";
import { launch, open, serve } from "./browser.mjs";

/** Speed is printed here and judged in the benches; a picture or an answer that takes this long is one that hangs, in milliseconds. */
export const hangs = 2000;

export let web, browser, dyo;
before(async () => {
  [web, browser, dyo] = await Promise.all([serve(), launch(), load()]);
});
after(async () => {
  await browser?.close();
  await web?.stop();
  await dyo?.close();
});

/** A fresh page; afterwards nothing may have been said in the console nor asked of another host. */
export const onPage = (name, body, options) =>
  test(name, async () => {
    const it = await open(browser, web.address, options);
    try {
      await body(it);
      assert.deepEqual(it.heard, [], "nothing in the console");
      assert.deepEqual(it.foreign(), [], "no request to another host");
    } finally {
      await it.context.close();
    }
  });
