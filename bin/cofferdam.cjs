#!/usr/bin/env node
// Starts Cofferdam on a Node that can run it: this one, else the one that the toolchain workspace carries. Plain old JavaScript on
// purpose: it must run on any Node.
'use strict';

const path = require('node:path');
const fs = require('node:fs');

const root = path.join(__dirname, '..');
const version = process.versions.node.split('.').map(Number);
const fresh = version[0] > 24 || (version[0] === 24 && version[1] >= 15) || (version[0] === 22 && version[1] >= 22);

if (fresh) {
  start();
} else {
  restart();
}

function start() {
  const bundle = path.join(root, 'dist', 'cofferdam.js');
  const source = path.join(root, 'src', 'cli', 'main.ts');
  if (process.argv[2] === 'scan') compileSparingly();
  require('node:module').enableCompileCache();
  const fromSource = fs.existsSync(source) && !/[\\/]node_modules[\\/]/.test(source);
  if (fromSource) nameSourcesDirectly();
  import(require('node:url').pathToFileURL(fromSource ? source : bundle).href)
    .then((main) => {
      // The space of short-lived objects grows no more once the program is loaded, when it is a few megabytes: a tenth less memory.
      require('node:v8').setFlagsFromString('--semi-space-growth-factor=1');
      return main.main(process.argv.slice(2));
    })
    .then(
      (status) => {
        process.exitCode = status;
      },
      (error) => {
        console.error(`cofferdam: internal error: ${error?.stack ? error.stack : error}`);
        process.exitCode = 4;
      },
    );
}

/**
 * A scan looks at much with many small functions, once: what the last compiler of V8 would make of them is seldom run long enough to pay
 * for the making, a seventh of the whole. Only what runs for long is given to it. Said first, since compiled code is kept by such settings.
 */
function compileSparingly() {
  require('node:v8').setFlagsFromString('--invocation-count-for-turbofan=300000');
}

/** Sources name each other in full: nothing has to be searched for on disk, which takes a tenth of a second for eight hundred files. */
function nameSourcesDirectly() {
  require('node:module').registerHooks({
    resolve(specifier, context, next) {
      const from = context.parentURL;
      if (from === undefined || !/^\.\.?\/.*\.ts$/.test(specifier)) return next(specifier, context);
      return { url: beside(from, specifier), format: 'module-typescript', shortCircuit: true };
    },
  });
}

/** The address of a file that another one names: two and a half thousand names, for which making a URL of each takes too long. */
function beside(from, specifier) {
  let folder = from.lastIndexOf('/');
  let start = specifier.startsWith('./') ? 2 : 0;
  for (; specifier.startsWith('../', start); start += 3) folder = from.lastIndexOf('/', folder - 1);
  const rest = specifier.slice(start);
  return /^[\w-]+(?:[./][\w-]+)*$/.test(rest) ? from.slice(0, folder + 1) + rest : new URL(specifier, from).href;
}

function restart() {
  const name = `node-${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`;
  const file = process.platform === 'win32' ? 'node.exe' : 'node';
  const candidates = [
    path.join(root, 'node_modules', name, 'bin', file),
    path.join(root, 'tools', 'toolchain', 'node_modules', name, 'bin', file),
  ];
  for (let index = 0; index < candidates.length; index++) {
    if (!fs.existsSync(candidates[index])) continue;
    const child = require('node:child_process').spawn(candidates[index], [__filename].concat(process.argv.slice(2)), { stdio: 'inherit' });
    // Commands that run on, such as the webhook, must hear what the caller tells this process.
    for (const signal of ['SIGTERM', 'SIGHUP', 'SIGINT']) process.on(signal, () => child.kill(signal));
    child.on('exit', (status) => {
      process.exitCode = status === null ? 4 : status;
    });
    return;
  }
  console.error(`cofferdam: Node ${process.versions.node} is too old; Node 22.22 or 24.15 or newer is needed.`);
  process.exitCode = 2;
}
