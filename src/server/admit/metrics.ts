// What the webhook counts, in the text format of Prometheus (version 0.0.4): requests by what became of them, how long they took, outcomes by
// policy, the age of the certificate and of the policies, uses of break-glass. Names of policies are the only labels that users choose.

/** Upper ends in seconds; an API server waits ten at most. */
const buckets = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
/** Series of one name; more policies than that are counted together. */
const maxSeries = 5000;

export interface Metrics {
  readonly count: (name: string, labels?: Readonly<Record<string, string>>) => void;
  readonly set: (name: string, value: number) => void;
  readonly observe: (phase: string, seconds: number) => void;
  readonly text: () => string;
}

const help: Readonly<Record<string, readonly [type: 'counter' | 'gauge', text: string]>> = {
  cofferdam_admission_requests_total: ['counter', 'Reviews by phase and what became of them.'],
  cofferdam_admission_policy_outcomes_total: ['counter', 'Denials, warnings, audit notes and errors by policy.'],
  cofferdam_admission_bad_requests_total: ['counter', 'Requests that were no review.'],
  cofferdam_admission_break_glass_total: ['counter', 'Break-glass tokens shown, by result.'],
  cofferdam_admission_certificate_expiry_seconds: ['gauge', 'When the serving certificate expires, in seconds since the epoch.'],
  cofferdam_admission_certificate_reloads_total: ['counter', 'Changes of the serving certificate, by result.'],
  cofferdam_admission_policies: ['gauge', 'Policies in force.'],
  cofferdam_admission_policy_reloads_total: ['counter', 'Changes of the policies, by result.'],
  cofferdam_admission_policies_stale: ['gauge', '1 where the policies in force are not the newest ones written.'],
  cofferdam_admission_facts_synced: ['gauge', '1 where namespaces and parameters are known.'],
};

/** One line of the exposition; its labels are written when it is first counted. */
interface Series {
  readonly labels: string;
  value: number;
}

/** The key of what is counted together; no labels give it, since names hold no line break. */
const others = '\n';

function keyOf(labels: Readonly<Record<string, string>>): string {
  let key = '';
  for (const name in labels) key += `${labels[name]}\u0000`;
  return key;
}

export function metrics(): Metrics {
  const values = new Map<string, Map<string, Series>>();
  const seconds = new Map<string, { readonly counts: number[]; sum: number; count: number }>();
  const series = (name: string): Map<string, Series> => {
    let found = values.get(name);
    if (found === undefined) {
      found = new Map();
      values.set(name, found);
    }
    return found;
  };
  return {
    count: (name, labels = {}) => {
      const all = series(name);
      const key = keyOf(labels);
      const known = all.get(key);
      if (known !== undefined) known.value++;
      else if (all.size < maxSeries) all.set(key, { labels: labelText(labels), value: 1 });
      else {
        const more = all.get(others) ?? { labels: '{policy="(more)"}', value: 0 };
        more.value++;
        all.set(others, more);
      }
    },
    set: (name, value) => void series(name).set('', { labels: '', value }),
    observe: (phase, duration) => {
      let histogram = seconds.get(phase);
      if (histogram === undefined) {
        histogram = { counts: buckets.map(() => 0), sum: 0, count: 0 };
        seconds.set(phase, histogram);
      }
      histogram.sum += duration;
      histogram.count++;
      const bucket = buckets.findIndex((end) => duration <= end);
      if (bucket >= 0) histogram.counts[bucket] = (histogram.counts[bucket] ?? 0) + 1;
    },
    text: () => {
      const lines: string[] = [];
      for (const [name, [type, text]] of Object.entries(help)) {
        const all = values.get(name);
        if (all === undefined) continue;
        lines.push(`# HELP ${name} ${text}`, `# TYPE ${name} ${type}`);
        for (const { labels, value } of all.values()) lines.push(`${name}${labels} ${value}`);
      }
      if (seconds.size > 0) lines.push(...histogramLines(seconds));
      return `${lines.join('\n')}\n`;
    },
  };
}

function histogramLines(
  seconds: ReadonlyMap<string, { readonly counts: readonly number[]; readonly sum: number; readonly count: number }>,
): readonly string[] {
  const name = 'cofferdam_admission_duration_seconds';
  const lines = [`# HELP ${name} Time from the whole request to the answer.`, `# TYPE ${name} histogram`];
  for (const [phase, { counts, sum, count }] of seconds) {
    let below = 0;
    buckets.forEach((end, index) => {
      below += counts[index] ?? 0;
      lines.push(`${name}_bucket{phase="${phase}",le="${end}"} ${below}`);
    });
    lines.push(
      `${name}_bucket{phase="${phase}",le="+Inf"} ${count}`,
      `${name}_sum{phase="${phase}"} ${sum}`,
      `${name}_count{phase="${phase}"} ${count}`,
    );
  }
  return lines;
}

function labelText(labels: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(labels).map(([key, value]) => `${key}="${escaped(value)}"`);
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`;
}

function escaped(value: string): string {
  return value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
}
