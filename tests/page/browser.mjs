// The HTML report in Chromium, from file://. Arguments: the page, its JSON report, a page of many
// nodes (measured and printed, never asserted) and a folder for what is printed.
import assert from 'node:assert/strict';
import { readFileSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { chromium } from 'playwright-core';

const [page, json, many, folder] = process.argv.slice(2);
const address = `file://${page}`;
const findings = JSON.parse(readFileSync(json, 'utf8')).findings;
const axe = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
});

// A tab in which any complaint of the browser, and any request beyond the file, is a failure.
const open = async (url, options = {}) => {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
  const tab = await context.newPage();
  const wrong = [];
  tab.on('console', message => wrong.push(`${message.type()}: ${message.text()}`));
  tab.on('pageerror', error => wrong.push(String(error)));
  tab.on('request', request => request.url().startsWith('file://') || request.url().startsWith('data:') || wrong.push(request.url()));
  tab.on('dialog', dialog => { wrong.push('a dialog of the browser'); dialog.dismiss(); });
  await tab.goto(url);
  await tab.waitForSelector('#problems > *, [role=gridcell]', { state: 'attached' });
  return { tab, close: async () => { await context.close(); assert.deepEqual(wrong, [], url); } };
};

const cell = (tab, r, c) => tab.locator(`[data-r="${r}"] > [data-c="${c}"]`);
const status = tab => tab.textContent('#status');
const focused = tab => tab.evaluate(() => {
  const { dataset: { c }, parentNode } = document.activeElement;
  const r = parentNode.dataset?.r;
  return c === undefined ? document.activeElement.id || document.activeElement.className : `${r} ${c}`;
});

const tests = {
  'the summary is there without a script': async () => {
    const context = await browser.newContext({ javaScriptEnabled: false });
    const tab = await context.newPage();
    await tab.goto(address);
    assert.match(await tab.innerText('#summary'), /\d+ of \d+ nodes judged/);
    assert.ok(await tab.isVisible('#script-needed'));
    assert.ok(!await tab.isVisible('#matrix-view'));
    await context.close();
  },

  'filters leave what they name': async () => {
    const { tab, close } = await open(`${address}#view=nodes&b=*`);
    const all = await status(tab);
    await tab.fill('#q', 'good-1');
    assert.match(await status(tab), / on 1 of /);
    const ofRule = findings.filter(({ rule }) => rule === 'kubelet-make-iptables-util-chains').length;
    for (const setting of ['makeIPTablesUtilChains', '--make-iptables-util-chains']) {
      await tab.fill('#q', setting);
      assert.ok((await status(tab)).startsWith(`${ofRule} finding`), `${setting}: ${await status(tab)}`);
    }
    await tab.fill('#q', 'no such thing anywhere');
    assert.match(await status(tab), /^0 findings on 0 of /);
    assert.equal(await tab.locator('[role=gridcell]').count(), 0);
    await tab.click('#reset');
    await tab.selectOption('#b', '*');
    assert.equal(await status(tab), all);
    await tab.check('#only-failing');
    const fails = findings.filter(({ verdict }) => verdict === 'fail').length;
    assert.ok((await status(tab)).startsWith(`${fails} finding`), await status(tab));
    assert.ok(tab.url().includes('v=F'));
    await tab.selectOption('#nist-filter', 'CM-6');
    const cm6 = findings.filter(({ verdict, nist_800_53: ids }) => verdict === 'fail' && ids.includes('CM-6')).length;
    assert.ok((await status(tab)).startsWith(`${cm6} finding`), await status(tab));
    const linked = tab.url();
    await close();
    const again = await open(linked);
    assert.ok((await status(again.tab)).startsWith(`${cm6} finding`), 'a view can be linked');
    await again.close();
  },

  'a cell opens its finding, with what the JSON report says': async () => {
    const wanted = findings.find(({ verdict, cluster, rule }) => verdict === 'fail' && cluster === 'test' && rule === 'kubelet-make-iptables-util-chains');
    const { tab, close } = await open(`${address}#view=nodes&b=${wanted.benchmark}&c=${wanted.control}&v=F&q=${wanted.node}`);
    await cell(tab, 0, 0).click();
    await tab.waitForSelector('dialog .evidence');
    const text = await tab.innerText('dialog');
    const sentence = wanted.reason.slice(wanted.reason.indexOf(': ') + 2);
    const parts = [wanted.node, wanted.title, sentence, wanted.expected, wanted.actual, wanted.evidence[0], wanted.evidence_sha256[0], wanted.bundle, wanted.finding_id, wanted.remediation.split('\n')[0], ...wanted.nist_800_53];
    for (const part of parts) assert.ok(text.includes(part), `${part} is not in: ${text}`);
    const excerpt = await tab.textContent('dialog pre');
    assert.match(excerpt, /makeIPTablesUtilChains: false/);
    await tab.keyboard.press('Escape');
    assert.ok(!await tab.isVisible('dialog'));
    await close();
  },

  'every finding has the id of the JSON report': async () => {
    const { tab, close } = await open(`${address}#view=nodes`);
    const ids = new Set(findings.map(({ finding_id: id }) => id));
    for (const open of ['0.0', '1.0', '2.0', '3.0']) {
      await tab.evaluate(open => { location.hash = `view=nodes&open=${open}`; }, open);
      const id = tab.locator('dialog dt:text-is("Finding id") + dd');
      await id.waitFor();
      assert.ok(ids.has(await id.innerText()), await id.innerText());
      await tab.keyboard.press('Escape');
      // What closes takes itself out of the address a moment later.
      await tab.waitForFunction(() => !location.hash.includes('open='));
    }
    await close();
  },

  'hostile names are text': async () => {
    const { tab, close } = await open(`${address}#view=nodes&b=*&q=onerror`);
    assert.match(await cell(tab, 0, -1).innerText(), /<\/script><img src=x onerror=/);
    assert.equal(await tab.locator('img').count(), 0);
    await tab.fill('#q', 'rtl');
    assert.ok((await cell(tab, 0, -1).innerText()).includes('[U+202E]'));
    await close();
  },

  'the keyboard reaches everything': async () => {
    const { tab, close } = await open(address);
    await tab.keyboard.press('Tab');
    assert.equal(await focused(tab), 'skip');
    await tab.keyboard.press('Enter');
    await tab.focus('#reset');
    await tab.keyboard.press('Tab');
    assert.equal(await focused(tab), '0 0', 'one stop for the whole grid');
    await tab.keyboard.press('ArrowUp');
    await tab.keyboard.press('ArrowLeft');
    assert.equal(await focused(tab), '-1 -1');
    await tab.keyboard.press('ArrowDown');
    await tab.keyboard.press('End');
    await tab.keyboard.press('Home');
    assert.equal(await focused(tab), '0 -1');
    await tab.keyboard.press('Enter');
    assert.ok(await tab.isChecked('input[value=nodes]'), 'a cluster opens its nodes');
    await tab.keyboard.press('Control+End');
    const rows = Number(await tab.getAttribute('#grid', 'aria-rowcount'));
    assert.equal((await focused(tab)).split(' ')[0], String(rows - 2));
    await tab.keyboard.press('Control+Home');
    await tab.keyboard.press('ArrowDown');
    await tab.keyboard.press('ArrowRight');
    await tab.keyboard.press('Enter');
    await tab.waitForSelector('dialog[open] dl');
    assert.equal(await focused(tab), 'close');
    await tab.keyboard.press('Escape');
    assert.equal(await focused(tab), '0 0', 'the focus comes back');
    await close();
  },

  'it prints': async () => {
    const { tab, close } = await open(`${address}#view=nodes`);
    const pdf = await tab.pdf({ path: `${folder}/page.pdf`, preferCSSPageSize: true });
    const pages = pdf.toString('latin1').match(/\/Type\s*\/Page[^s]/g)?.length ?? 0;
    assert.ok(pdf.length > 10_000 && pages >= 2, `${pdf.length} bytes, ${pages} pages`);
    await tab.emulateMedia({ media: 'print' });
    await tab.evaluate(() => window.dispatchEvent(new Event('beforeprint')));
    assert.ok(!await tab.isVisible('#matrix'));
    assert.match(await tab.innerText('#lists'), /Failing, node by node/);
    console.log(`print: ${pages} pages, ${pdf.length} bytes`);
    await close();
  },

  'light and dark, whole and opened, no serious accessibility finding': async () => {
    for (const colorScheme of ['light', 'dark']) {
      for (const [at, width] of [['', 1280], ['#view=nodes&b=*', 1280], ['#view=nodes&open=0.0', 1280], ['#view=nodes&open=0', 400], ['', 400]]) {
        const context = await browser.newContext({ bypassCSP: true, colorScheme, viewport: { width, height: 900 } });
        const tab = await context.newPage();
        await tab.goto(address + at);
        await tab.waitForSelector(at.includes('open') ? 'dialog dl' : '[role=gridcell]');
        if (!at) await tab.evaluate(() => document.querySelectorAll('details').forEach(details => { details.open = true; }));
        await tab.addScriptTag({ path: axe });
        const { violations, passes } = await tab.evaluate(() => window.axe.run());
        assert.ok(passes.length > 20);
        const told = violations.map(({ id, impact, nodes }) => `${impact} ${id}: ${nodes.slice(0, 4).map(({ html, failureSummary }) => `${html.slice(0, 160)} ${failureSummary}`).join(' | ')}`);
        console.log(`axe ${colorScheme} ${width} ${at || 'whole'}: ${passes.length} rules pass, ${told.length} findings${told.length ? `\n  ${told.join('\n  ')}` : ''}`);
        const serious = violations.filter(({ impact }) => ['serious', 'critical'].includes(impact));
        assert.deepEqual(serious.map(({ id }) => id), [], `${colorScheme} ${at}`);
        const wide = await tab.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
        assert.ok(wide <= 0, `${wide} px too wide at ${width}`);
        await context.close();
      }
    }
  },

  'many nodes': async () => {
    const before = Date.now();
    const { tab, close } = await open(`file://${many}#view=nodes&b=*`);
    const opened = Date.now() - before;
    await tab.evaluate(() => performance.clearMeasures('filter'));
    await tab.focus('#q');
    for (const key of 'worker 4.2.1') await tab.keyboard.press(key === ' ' ? 'Space' : key);
    const filters = await tab.evaluate(() => performance.getEntriesByName('filter').map(({ duration }) => duration));
    await tab.fill('#q', '');
    const frames = await tab.evaluate(async () => {
      const took = [];
      let last = performance.now();
      for (let at = 0; at < 60; at++) {
        document.getElementById('grid').scrollTop += 400;
        await new Promise(requestAnimationFrame);
        const now = performance.now();
        took.push(now - last);
        last = now;
      }
      return took.sort((a, b) => a - b);
    });
    const inDocument = await tab.locator('[role=gridcell]').count();
    assert.ok(inDocument < 5000, `${inDocument} cells in the document`);
    const most = Math.max(...filters).toFixed(0);
    console.log(`many nodes: ${(statSync(many).size / 1e6).toFixed(1)} MB, ${await status(tab)} opened in ${opened} ms, filter at most ${most} ms a key, frame median ${frames[30].toFixed(0)} ms, worst ${frames[59].toFixed(0)} ms while scrolling`);
    await close();
  },
};

let failed = 0;
for (const [name, test] of Object.entries(tests)) {
  try {
    await test();
    console.log(`ok: ${name}`);
  } catch (error) {
    failed += 1;
    console.log(`FAILED: ${name}\n${error.stack}`);
  }
}
await browser.close();
process.exit(failed ? 1 : 0);
