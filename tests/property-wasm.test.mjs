// As property-native.test.mjs, through the wasm module.
import { properties } from "./lib/property.mjs";
import { playWasm } from "./lib/wasm.mjs";

properties("in wasm", playWasm, 13, 1);
