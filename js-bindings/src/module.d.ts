declare module "*/dyocense.wasm" {
  const module: WebAssembly.Module;
  export default module;
}
