// SPDX-License-Identifier: GPL-3.0-or-later
import { css } from "lit";

/** Buttons, fields and states of the elements that speak with a daemon; colours are the page's where it has them. */
export const style = css`
  :host { display: block; font: inherit; color: var(--dyo-ink, CanvasText); font-variant-numeric: tabular-nums; }
  * { box-sizing: border-box; }
  p { margin: 0 0 0.6rem; text-wrap: pretty; }
  h2, h3 { line-height: 1.25; font-weight: 650; margin: 0; overflow-wrap: anywhere; }
  h2 { font-size: 1.125rem; }
  h3 { font-size: 1rem; }
  .quiet { color: var(--dyo-quiet, GrayText); }
  .bad { color: var(--dyo-bad, #ad2a1c); }
  .good { color: var(--dyo-good, #2c6e31); }
  button { font: inherit; font-size: 0.875rem; color: inherit; background: var(--dyo-raised, ButtonFace); border: 1px solid var(--dyo-line, #ccc); border-radius: 6px; padding: 0.25rem 0.75rem; min-height: 2rem; cursor: pointer; }
  button:hover { border-color: var(--dyo-axis, #888); }
  button:disabled { opacity: 0.45; cursor: default; }
  button.first { background: var(--dyo-accent, #0a6478); color: var(--dyo-on-accent, #fff); border-color: var(--dyo-accent, #0a6478); }
  button.danger { color: var(--dyo-bad, #ad2a1c); border-color: currentColor; }
  :focus-visible { outline: 2px solid var(--dyo-accent, Highlight); outline-offset: 2px; border-radius: 3px; }
  .actions { display: flex; flex-wrap: wrap; gap: 0.4rem 0.5rem; align-items: center; }
  .bar { display: flex; flex-wrap: wrap; gap: 0.75rem 1.5rem; align-items: center; justify-content: space-between; margin-bottom: 1rem; }
  .error { border-inline-start: 4px solid var(--dyo-bad, #ad2a1c); background: var(--dyo-raised, Canvas); padding: 0.6rem 0.9rem; margin: 0 0 1rem; border-radius: 0 6px 6px 0; }
  .error p:last-child { margin: 0; }
  .empty { border: 1.5px dashed var(--dyo-axis, #888); border-radius: 10px; padding: 1.25rem; }
  .empty p { margin: 0; }

  ul { list-style: none; margin: 0; padding: 0; display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 25rem), 1fr)); gap: 1rem; align-items: start; }
  li { border: 1px solid var(--dyo-line, #ddd); border-radius: 10px; padding: 0.9rem 1rem; min-width: 0; font-size: 0.9375rem; }
  li[data-state="needs_reauth"], li[data-state="failing"] { border-color: var(--dyo-bad, #ad2a1c); }
  .top { display: flex; flex-wrap: wrap; gap: 0.25rem 0.75rem; justify-content: space-between; align-items: baseline; margin-bottom: 0.35rem; font-size: 0.8125rem; }
  .badge { font-weight: 700; font-size: 0.75rem; letter-spacing: 0.03em; border: 1.5px solid currentColor; border-radius: 4px; padding: 0.05rem 0.45rem; white-space: nowrap; }
  .badge[data-state="ready"], .badge[data-state="succeeded"] { color: var(--dyo-good, #2c6e31); }
  .badge[data-state="needs_reauth"], .badge[data-state="failing"], .badge[data-state="failed"] { color: var(--dyo-bad, #ad2a1c); }
  .badge[data-state="partial"] { color: var(--dyo-second, #a04c00); }
  .badge[data-state="paused"], .badge[data-state="cancelled"], .badge[data-state="queued"] { color: var(--dyo-quiet, GrayText); }
  .badge[data-state="new"], .badge[data-state="running"] { color: var(--dyo-accent, #0a6478); }
  dl { display: grid; grid-template-columns: max-content minmax(0, 1fr); gap: 0.15rem 1rem; margin: 0.6rem 0; font-size: 0.875rem; }
  dt { color: var(--dyo-quiet, GrayText); }
  dd { margin: 0; }
  .said { font-size: 0.875rem; margin: 0 0 0.6rem; overflow-wrap: anywhere; }
  .run { display: grid; grid-template-columns: 1fr auto; gap: 0.3rem 0.75rem; align-items: center; font-size: 0.875rem; margin: 0 0 0.6rem; }
  .run progress { grid-column: 1; width: 100%; }
  .ask { border-top: 1px solid var(--dyo-line, #ddd); padding-top: 0.6rem; margin-top: 0.6rem; font-size: 0.875rem; }
  details { margin-top: 0.6rem; font-size: 0.875rem; }
  summary { cursor: pointer; min-height: 1.5rem; color: var(--dyo-accent, LinkText); }
  .scroll { overflow: auto; max-height: 16rem; }
  table { border-collapse: collapse; width: 100%; font-size: 0.8125rem; }
  th, td { text-align: start; padding: 0.3rem 0.75rem 0.3rem 0; border-bottom: 1px solid var(--dyo-line, #ddd); vertical-align: baseline; }
  thead th, tbody th { font-weight: 600; white-space: nowrap; }
  td { overflow-wrap: anywhere; min-width: 6rem; }

  form { background: var(--dyo-raised, Canvas); border-radius: 10px; padding: 1rem 1.25rem; margin-bottom: 1.25rem; max-width: 46rem; }
  form h2 { margin-bottom: 0.9rem; }
  .fields { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 18rem), 1fr)); gap: 0.9rem 1.25rem; margin-bottom: 1rem; align-items: start; }
  .wide { grid-column: 1 / -1; }
  .field { min-width: 0; }
  .field label, legend { display: block; font-weight: 600; font-size: 0.9375rem; margin-bottom: 0.2rem; padding: 0; }
  .field p { margin: 0.2rem 0 0; font-size: 0.8125rem; line-height: 1.4; overflow-wrap: anywhere; }
  input, select, textarea { font: inherit; font-size: 0.9375rem; color: inherit; background: var(--dyo-paper, Canvas); border: 1px solid var(--dyo-axis, #888); border-radius: 5px; padding: 0.3rem 0.5rem; min-height: 2.125rem; width: 100%; }
  textarea { font: 0.8125rem/1.4 ui-monospace, Menlo, Consolas, monospace; min-height: 6rem; resize: vertical; }
  [aria-invalid="true"] { border-color: var(--dyo-bad, #ad2a1c); outline: 1px solid var(--dyo-bad, #ad2a1c); }
  fieldset { border: 0; padding: 0; margin: 0 0 1rem; min-width: 0; }
  .kinds { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 18rem), 1fr)); gap: 0.5rem; }
  .kinds label { position: relative; display: block; border: 1px solid var(--dyo-line, #ddd); background: var(--dyo-paper, Canvas); border-radius: 8px; padding: 0.55rem 0.8rem; font-size: 0.8125rem; }
  .kinds strong { display: block; font-size: 0.9375rem; }
  .kinds input { position: absolute; inset: 0; width: 100%; height: 100%; opacity: 0; margin: 0; cursor: pointer; }
  .kinds label:has(:checked) { border-color: var(--dyo-accent, #0a6478); box-shadow: inset 0 0 0 1px var(--dyo-accent, #0a6478); }
  .kinds label:has(:focus-visible) { outline: 2px solid var(--dyo-accent, Highlight); outline-offset: 2px; }
  form details { margin-bottom: 1rem; }
  form details .fields { margin-top: 0.75rem; }
  @media (forced-colors: active) { .badge, button { border: 1px solid; } .kinds label:has(:checked) { outline: 2px solid Highlight; } }
  @media print { .actions, form { display: none; } li { break-inside: avoid; } }
`;
