// `cofferdam/assessment`: how a cluster stands in eight dimensions, what would be lost with a part of it, and what to do next.

export { type AssessOptions, assess } from './assess.ts';
export type * from './assessment.ts';
export { dimensions, dimensionTitles, layers, maturityLevels, phases } from './assessment.ts';
export { checks, controlsAsked } from './checks.ts';
export { type Loss, type LossReport, lossText, readLoss } from './lose/loss.ts';
export { type SinglePoint, singlePoints } from './lose/ranking.ts';
export { simulate } from './lose/simulate.ts';
export { readEarlier } from './progress.ts';
export { type Answer, readAnswers } from './questions/answers.ts';
export { questions } from './questions/questions.ts';
export { answersTemplate } from './questions/template.ts';
export { kindOfFile, type RepositoryFile } from './repository/file.ts';
