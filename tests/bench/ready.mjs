// In a fresh process: the time from before the package is imported until its first result. node ready.mjs dyocense|highs
// ADDRESS
const [, , which, address] = process.argv;
const began = performance.now();
const module = await import(address);
if (which === "dyocense") {
  const dyo = await module.load();
  await dyo.inventory.eoq({ annual_demand: 10000, order_cost: 50, holding_cost_per_unit: 2 });
} else {
  const solver = await module.default();
  solver.solve("Minimize\n obj: x\nSubject To\n c: x >= 1\nEnd\n", { output_flag: false });
}
console.log(performance.now() - began);
