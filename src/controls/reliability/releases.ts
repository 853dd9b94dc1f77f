// Until when each minor version of Kubernetes gets patches upstream: the project's own table of ends of life; versions still in support with
// the date it announced for them. Providers sell longer support for some, which is not counted.

/** Last day, by minor version. */
export const supportedUntil: Readonly<Record<string, string>> = {
  '1.2': '2016-10-23',
  '1.3': '2016-11-01',
  '1.4': '2017-04-21',
  '1.5': '2017-10-01',
  '1.6': '2017-11-23',
  '1.7': '2018-04-04',
  '1.8': '2018-07-12',
  '1.9': '2018-09-29',
  '1.10': '2019-02-13',
  '1.11': '2019-05-01',
  '1.12': '2019-07-08',
  '1.13': '2019-10-15',
  '1.14': '2019-12-11',
  '1.15': '2020-05-06',
  '1.16': '2020-09-02',
  '1.17': '2021-01-13',
  '1.18': '2021-06-18',
  '1.19': '2021-10-28',
  '1.20': '2022-02-28',
  '1.21': '2022-06-28',
  '1.22': '2022-12-08',
  '1.23': '2023-02-28',
  '1.24': '2023-07-28',
  '1.25': '2023-10-28',
  '1.26': '2024-02-28',
  '1.27': '2024-07-16',
  '1.28': '2024-10-22',
  '1.29': '2025-02-28',
  '1.30': '2025-07-15',
  '1.31': '2025-11-11',
  '1.32': '2026-02-28',
  '1.33': '2026-06-28',
  '1.34': '2026-10-27',
  '1.35': '2027-02-28',
  '1.36': '2027-06-28',
  '1.37': '2027-10-28',
};

/** The day support ended, where it has; undefined for versions in support and for those the table does not know. */
export function supportEnded(minor: string, now: number): string | undefined {
  const last = Object.hasOwn(supportedUntil, minor) ? supportedUntil[minor] : undefined;
  return last !== undefined && now > Date.parse(`${last}T23:59:59Z`) ? last : undefined;
}
