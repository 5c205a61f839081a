// Made by scripts/build.mjs: worker.js as text.
export const program: string;
