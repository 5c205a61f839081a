// Made by scripts/build.mjs: the release that this JavaScript and its module belong to.
export const version: string;
