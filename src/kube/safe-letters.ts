// The letters of names that Kubernetes makes: none of them can spell a word (k8s.io/apimachinery util/rand, 1.36).

const letters = 'bcdfghjklmnpqrstvwxz2456789';

/**
 * A letter for each number, which stands for it modulo their count.
 *
 * @example `safeLetters([0, 1, 27])` is `'bcb'`
 */
export function safeLetters(numbers: Iterable<number>): string {
  let text = '';
  for (const number of numbers) text += letters[number % letters.length];
  return text;
}
