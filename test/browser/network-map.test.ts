// The network map in a real browser: namespaces first, a namespace's workloads on a click, nothing fetched, no script, a phone's width, and print.

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { chromium as playwright } from 'playwright-core';
import { main } from '../../src/cli/main.ts';
import { chromium } from '../system.ts';

const root = join(import.meta.dirname, '..', '..');
const found = chromium();

test('the network map in Chromium', { skip: 'missing' in found ? found.missing : false }, async (t) => {
  if ('missing' in found) return;
  const folder = mkdtempSync(join(tmpdir(), 'cofferdam-map-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'map.html');
  const flows = join(root, 'examples', 'flows', 'shop.jsonl');
  await main(['network', 'map', join(root, 'examples', 'shop'), '-q', '--flows', flows, '-o', `html=${file}`]);
  const browser = await playwright.launch({
    executablePath: found.path,
    args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
  });
  t.after(() => browser.close());
  const open = async (width: number) => {
    const page = await browser.newPage({ viewport: { width, height: 900 } });
    const trouble: string[] = [];
    page.on('console', (message) => message.type() === 'error' && trouble.push(message.text()));
    page.on('request', (request) => !request.url().startsWith('file:') && trouble.push(`fetched ${request.url()}`));
    await page.goto(pathToFileURL(file).href);
    return { page, trouble };
  };

  await t.test('a click on a namespace shows its workloads', async () => {
    const { page, trouble } = await open(1280);
    assert.equal(await page.locator('section.ns:visible').count(), 0);
    await page.click('.picture a[href="#n1"]');
    assert.equal(await page.locator('section.ns:visible').count(), 1);
    assert.equal(await page.locator('section.ns:visible h2').textContent(), 'shop');
    assert.match((await page.locator('section.ns:visible table').textContent()) ?? '', /storefront.*payments|payments.*storefront/);
    assert.deepEqual(trouble, []);
  });

  await t.test('fits a phone without scrolling sideways', async () => {
    const { page } = await open(390);
    await page.click('nav a[href="#n1"]');
    const overflow = await page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth');
    assert.ok(Number(overflow) <= 0, `${overflow} pixels too wide`);
  });

  await t.test('prints every namespace', async () => {
    const { page } = await open(1280);
    await page.emulateMedia({ media: 'print' });
    assert.equal(await page.locator('section.ns:visible').count(), 2);
  });
});
