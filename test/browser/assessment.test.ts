// The report of the assessment in a real browser: it fetches nothing and runs under its content security policy, its links lead somewhere by
// keyboard too, it fits a phone, it is light and dark, and Chromium prints it with the first page on one sheet.

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

test('the report of an assessment in Chromium', { skip: 'missing' in found ? found.missing : false }, async (t) => {
  if ('missing' in found) return;
  const folder = mkdtempSync(join(tmpdir(), 'cofferdam-assessment-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'report.html');
  await main(['assess', join(root, 'examples', 'shop'), '-q', '--start', '2026-11-23', '-o', `html=${file}`]);
  const browser = await playwright.launch({
    executablePath: found.path,
    args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
  });
  t.after(() => browser.close());

  await t.test('has its sections, and nothing goes wrong', async () => {
    const { page, trouble } = await open(browser, file, 1280);
    for (const id of ['front', 'paths', 'scorecard', 'plan', 'roadmap', 'owners', 'work', 'health', 'findings', 'method'])
      assert.equal(await page.locator(`section#${id}`).count(), 1, id);
    assert.ok((await page.locator('#paths svg .box').count()) > 5);
    assert.ok((await page.locator('#scorecard svg a').count()) > 20);
    assert.deepEqual(trouble, []);
  });

  await t.test('the search works under the policy', async () => {
    const { page } = await open(browser, file, 1280);
    const shown = () => page.evaluate('document.querySelectorAll("details.control:not([hidden]) .finding:not([hidden])").length');
    const all = Number(await shown());
    await page.fill('#q', 'privileged');
    const some = Number(await shown());
    assert.ok(some > 0 && some < all, `${some} of ${all}`);
  });

  await t.test('by keyboard: the first stop leads past the contents, and items of work open', async () => {
    const { page } = await open(browser, file, 1280);
    await page.keyboard.press('Tab');
    assert.equal(await page.evaluate('document.activeElement.className'), 'skip');
    const work = page.locator('#work details.work').first();
    await work.locator('summary').focus();
    await page.keyboard.press('Enter');
    assert.equal(await work.getAttribute('open'), '');
  });

  await t.test('fits a phone without scrolling sideways', async () => {
    const { page } = await open(browser, file, 390);
    const overflow = await page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth');
    assert.ok(Number(overflow) <= 0, `${overflow} pixels too wide`);
  });

  await t.test('is dark where that is wanted', async () => {
    const { page } = await open(browser, file, 1280, 'dark');
    const ground = String(await page.evaluate('getComputedStyle(document.body).backgroundColor'));
    assert.ok(ground.match(/\d+/g)?.every((part) => Number(part) < 60) === true, ground);
  });

  await t.test('prints: the first page fits a sheet, and what is folded on the screen is told', async () => {
    const { page } = await open(browser, file, 703);
    await page.emulateMedia({ media: 'print' });
    const bottom = Number(await page.evaluate('document.getElementById("front").getBoundingClientRect().bottom'));
    assert.ok(bottom <= 1017, `the first page is ${bottom} pixels high, a sheet of A4 has 1017`);
    const inside = page.locator('#work .inside').nth(3);
    assert.ok(((await inside.boundingBox())?.height ?? 0) > 40);
    const pdf = await page.pdf({ preferCSSPageSize: true, printBackground: true });
    const pages = pdf.toString('latin1').match(/\/Type\s*\/Page[^s]/g)?.length ?? 0;
    assert.ok(pages > 10 && pages < 120, `${pages} pages`);
  });
});

async function open(
  browser: Browser,
  file: string,
  width: number,
  colorScheme: 'light' | 'dark' = 'light',
): Promise<{ readonly page: Page; readonly trouble: readonly string[] }> {
  const page = await browser.newPage({ viewport: { width, height: 900 }, colorScheme });
  const trouble: string[] = [];
  page.on('console', (message) => message.type() === 'error' && trouble.push(message.text()));
  page.on('pageerror', (error) => trouble.push(error.message));
  page.on('request', (request) => !request.url().startsWith('file:') && trouble.push(`fetched ${request.url()}`));
  await page.goto(pathToFileURL(file).href);
  return { page, trouble };
}
