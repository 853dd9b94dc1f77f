// The HTML report in a real browser: it shows what the result holds, its search and filters work under its content security policy, nothing
// is fetched, and it fits a phone.

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { type Browser, type Page, chromium as playwright } from 'playwright-core';
import { main } from '../../src/cli/main.ts';
import { chromium } from '../system.ts';

const root = join(import.meta.dirname, '..', '..');
const found = chromium();

test('the HTML report in Chromium', { skip: 'missing' in found ? found.missing : false }, async (t) => {
  if ('missing' in found) return;
  const folder = mkdtempSync(join(tmpdir(), 'cofferdam-report-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'report.html');
  await main(['scan', join(root, 'examples', 'shop'), '-q', '-o', `html=${file}`]);
  const browser = await playwright.launch({
    executablePath: found.path,
    args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
  });
  t.after(() => browser.close());

  await t.test('search and severity filters show and hide findings', async () => {
    const { page, trouble } = await open(browser, file, 1280);
    const all = await visible(page);
    assert.ok(all > 5, `${all} findings visible`);
    await page.fill('#q', 'privileged');
    const some = await visible(page);
    assert.ok(some > 0 && some < all);
    await page.fill('#q', '');
    assert.equal(await visible(page), all);
    await page.click('.chip.critical');
    assert.ok((await visible(page)) < all);
    assert.deepEqual(trouble, []);
  });

  await t.test('fits a phone without scrolling sideways', async () => {
    const { page } = await open(browser, file, 390);
    const overflow = await page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth');
    assert.ok(Number(overflow) <= 0, `${overflow} pixels too wide`);
  });
});

async function open(browser: Browser, file: string, width: number): Promise<{ readonly page: Page; readonly trouble: readonly string[] }> {
  const page = await browser.newPage({ viewport: { width, height: 900 } });
  const trouble: string[] = [];
  page.on('console', (message) => message.type() === 'error' && trouble.push(message.text()));
  page.on('pageerror', (error) => trouble.push(error.message));
  page.on('request', (request) => !request.url().startsWith('file:') && trouble.push(`fetched ${request.url()}`));
  await page.goto(pathToFileURL(file).href);
  return { page, trouble };
}

async function visible(page: Page): Promise<number> {
  return page.evaluate('document.querySelectorAll("details.control:not([hidden]) .finding:not([hidden])").length');
}
