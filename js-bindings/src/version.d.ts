// Made by scripts/build.mjs: the release that this JavaScript and its module belong to, and what they were both made from.
export const version: string;
export const build: string;
