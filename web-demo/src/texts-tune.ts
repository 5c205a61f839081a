// SPDX-License-Identifier: GPL-3.0-or-later
// The texts about settings of a model: loaded with the forecast's screen.
export const TUNE = {
  tune: (model: string) => `Tune ${model}`,
  note: (n: string) => `Tries up to ${n} settings of the model, each by forecasting from past dates, and keeps the best.`,
  none: (model: string) => `${model} has no settings to tune.`,
  title: (model: string) => `Settings of ${model} tried`,
  left: "left to itself",
  found: (n: string, error: string, left: string) => `The best of ${n} settings has an error of ${error}${left ? `; left to itself the model has ${left}` : ""}.`,
  noneFound: "None of the settings could be scored.",
  stopped: { iterations: "", space: "There are no others.", time: "Time was up.", cancelled: "Stopped: this is the best so far." } as Record<string, string>,
  say: (n: string, steps: string) => `Error of each when forecasting ${steps} ahead from ${n} past dates; shorter is better, the line is the model left to itself.`,
  head: ["Settings", "Error", ""] as const,
  failed: "not possible",
  use: "Use these settings",
  inUse: "The forecast uses these settings.",
  free: "Leave it to the model",
  with: (settings: string) => `Tuned settings: ${settings}.`,
  more: (n: string) => `${n} more did worse or came to the same.`,
};
