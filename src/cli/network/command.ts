// `cofferdam network …`: words and flags of its commands.

import { clusterFlags } from '../cluster-flags.ts';
import type { Command, Flag } from '../command.ts';
import { common } from '../flags.ts';
import { flowFlags } from './observed-flags.ts';

const output: Flag = { flags: '-o, --output <format[=file]>', description: 'table, json', repeatable: true };
const format: Flag = {
  flags: '--format <name>',
  description: "netpol-analyzer: lines as np-guard's netpol-analyzer prints them, read as that tool reads manifests",
  choices: ['netpol-analyzer'],
};
const render: Flag = { flags: '--no-render', description: 'do not run kustomize, kubectl or helm for folders that need them' };

export const networkConnectivity: Command = {
  name: 'network connectivity',
  summary: 'who may reach whom, on which ports, and the rules that allow it',
  words: '[path...]',
  flags: [
    output,
    format,
    {
      flags: '--focus <workload>',
      description: 'only connections of this workload: name, namespace/name or ingress-controller',
      repeatable: true,
    },
    {
      flags: '--focus-peer <workload>',
      description: 'with --focus: only connections with this workload at the other end',
      repeatable: true,
    },
    { flags: '--direction <direction>', description: 'with --focus: only connections to it, or from it', choices: ['ingress', 'egress'] },
    { flags: '--port <port>', description: 'only connections that allow this port: 443, tcp-443, udp/53' },
    render,
    ...clusterFlags,
    ...common,
  ],
  examples: ['cofferdam network connectivity manifests/ --focus shop/cart', 'cofferdam network connectivity -A -o json'],
  load: () => import('./connectivity.ts'),
};

export const networkExplain: Command = {
  name: 'network explain',
  summary: 'why one end may or may not reach another: the policies and rules of both sides, with file and line',
  words: '<from> <to> [path...]',
  flags: [output, { flags: '--port <port>', description: 'ask about one port: 443, tcp-443, udp/53' }, render, ...clusterFlags, ...common],
  examples: [
    'cofferdam network explain shop/web shop/cart manifests/ --port 8080',
    'cofferdam network explain internet shop/web manifests/',
    'cofferdam network explain shop/web 169.254.169.254 manifests/ --port 80',
  ],
  load: () => import('./explain.ts'),
};

export const networkDiff: Command = {
  name: 'network diff',
  summary: 'which connections a change opens and closes',
  words: '<base> <head>',
  flags: [
    output,
    format,
    {
      flags: '--fail-on <change>',
      description: 'exit 1 where the change opens connections, or changes any',
      choices: ['opened', 'any', 'never'],
    },
    render,
    ...common,
  ],
  examples: ['cofferdam network diff main/manifests manifests/ --fail-on opened'],
  load: () => import('./diff.ts'),
};

export const networkExposure: Command = {
  name: 'network exposure',
  summary:
    'what the internet reaches through which object, what reaches the internet and metadata services, what policies promise to pods to come',
  words: '[path...]',
  flags: [
    output,
    format,
    { flags: '--focus <workload>', description: 'only this workload: name or namespace/name', repeatable: true },
    render,
    ...clusterFlags,
    ...common,
  ],
  examples: ['cofferdam network exposure manifests/', 'cofferdam network exposure -A -o json'],
  load: () => import('./exposure.ts'),
};

export const networkCheck: Command = {
  name: 'network check',
  summary: 'policies and rules that do nothing, contradict each other, or that nothing enforces',
  words: '[path...]',
  flags: [output, render, ...clusterFlags, ...common],
  examples: ['cofferdam network check manifests/', 'cofferdam network check -A -o json'],
  load: () => import('./check.ts'),
};

export const networkFlows: Command = {
  name: 'network flows',
  summary: 'recorded flows as edges between workloads, with what could not be placed',
  words: '[path...]',
  flags: [output, ...flowFlags, render, ...clusterFlags, ...common],
  examples: ['hubble observe -o json | cofferdam network flows manifests/ --flows -', 'cofferdam network flows -A --flows vpc.log.gz'],
  load: () => import('./flows.ts'),
};

export const networkCompare: Command = {
  name: 'network compare',
  summary: 'recorded flows beside what policies allow and manifests declare: never used, denied now, unexpected',
  words: '[path...]',
  flags: [output, ...flowFlags, render, ...clusterFlags, ...common],
  examples: ['cofferdam network compare manifests/ --flows flows.jsonl', 'cofferdam network compare -A --flows flows.jsonl.gz -o json'],
  load: () => import('./compare.ts'),
};

export const networkGenerate: Command = {
  name: 'network generate',
  summary: 'least-privilege policies from recorded flows and manifests, with the proof that they refuse nothing that was seen',
  words: '[path...]',
  flags: [
    { ...output, description: 'table, json, yaml' },
    ...flowFlags,
    { flags: '--static', description: 'allow what manifests declare too: Services named in settings, ways in from outside' },
    {
      flags: '--dialect <dialect>',
      description: 'NetworkPolicy, or CiliumNetworkPolicy with DNS names and entities',
      choices: ['kubernetes', 'cilium'],
    },
    {
      flags: '--for <namespace>',
      description: 'write policies for this namespace (default: all but kube-system and its like)',
      repeatable: true,
    },
    { flags: '--replace', description: 'plan without the NetworkPolicies that these namespaces have: they are to be deleted' },
    { flags: '--no-dns', description: "do not let every workload ask the cluster's DNS" },
    render,
    ...clusterFlags,
    ...common,
  ],
  examples: [
    'cofferdam network generate manifests/ --flows flows.jsonl',
    'cofferdam network generate -A --flows flows.jsonl -o yaml=policies.yaml',
    'cofferdam network generate manifests/ --static --for shop -o yaml',
  ],
  load: () => import('./generate.ts'),
};

export const networkMap: Command = {
  name: 'network map',
  summary: 'a picture of who may reach whom: namespaces first, workloads on a click',
  words: '[path...]',
  flags: [
    { ...output, description: 'html, svg, mermaid, json; write -o html=map.html' },
    ...flowFlags,
    { flags: '--namespace-only', description: 'namespaces alone, no workloads (svg, mermaid)' },
    render,
    ...clusterFlags,
    ...common,
  ],
  examples: ['cofferdam network map manifests/ -o html=map.html', 'cofferdam network map -A --flows flows.jsonl -o svg=map.svg'],
  load: () => import('./map.ts'),
};

export const networkCommands: readonly Command[] = [
  networkConnectivity,
  networkExplain,
  networkDiff,
  networkExposure,
  networkCheck,
  networkFlows,
  networkCompare,
  networkGenerate,
  networkMap,
];
