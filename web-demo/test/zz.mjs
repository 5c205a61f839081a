import { launch, open, openSample, reached, serve } from "./browser.mjs";
const [web,browser]=await Promise.all([serve(),launch()]);
const withPage=async(o,b)=>{const it=await open(browser,web.address,o);await b(it)};
await withPage({ viewport: { width: 320, height: 640 } }, async ({ page, go }) => {
  await reached(page, "", "empty");
  await openSample(page);
  await go("forecast");
  await page.waitForTimeout(1500);
  console.log(await page.evaluate(() => [...document.querySelectorAll("*")].filter(e=>!e.closest(".scroll")).map(e=>[e.tagName+"."+(typeof e.className==="string"?e.className:""), Math.round(e.getBoundingClientRect().right), (e.textContent||"").trim().slice(0,50)]).filter(x=>x[1]>320).slice(0,25)));
  await page.screenshot({path:"/tmp/f320.png",fullPage:true});
});
process.exit(0)
