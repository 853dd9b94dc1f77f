// A plan as tickets: bodies for `POST /repos/{owner}/{repo}/issues` of GitHub, one after the other in a list, and one for Jira's
// `POST /rest/api/2/issue/bulk`. The id of the item stands in the text and as a label, so that a second run can find what is there already.

import type { Plan, PlanEntry } from '../../assessment/plan/plan.ts';
import { printable } from '../../lib/text.ts';
import { ticketBody } from './words.ts';

const mostTitle = 250;

export function githubIssues(plan: Plan): string {
  const issues = plan.items.map((item) => ({ title: titleOf(item), body: ticketBody(item, plan), labels: labelsOf(item) }));
  return `${JSON.stringify(issues, null, 2)}\n`;
}

const priorities = { critical: 'Highest', high: 'High', medium: 'Medium', low: 'Low' } as const;

export function jiraIssues(plan: Plan, project: string): string {
  const issueUpdates = plan.items.map((item) => ({
    fields: {
      project: { key: project },
      issuetype: { name: 'Task' },
      summary: titleOf(item),
      description: ticketBody(item, plan),
      labels: labelsOf(item),
      priority: { name: item.severity === undefined ? 'Medium' : priorities[item.severity] },
      timetracking: { originalEstimate: `${Math.max(1, Math.round(item.effort.p50 * 8))}h` },
      ...(item.due === undefined ? {} : { duedate: item.due }),
    },
  }));
  return `${JSON.stringify({ issueUpdates }, null, 2)}\n`;
}

function titleOf({ title }: PlanEntry): string {
  return printable(title).slice(0, mostTitle);
}

/** Labels hold no blanks: Jira refuses them. */
function labelsOf({ id, owner, quadrant, theme }: PlanEntry): readonly string[] {
  return ['cofferdam', id, `owner:${owner}`, theme, quadrant].map((label) => printable(label).replace(/\s+/g, '-'));
}
