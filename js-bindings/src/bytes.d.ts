// Made by scripts/build.mjs: dyocense.wasm as base64.
export const base64: string;
