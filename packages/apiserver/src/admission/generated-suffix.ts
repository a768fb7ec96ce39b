import type { Random } from '@kubewright/platform';

/** Letters and digits that make no words and are not mistaken for each other. */
const ALPHABET = 'bcdfghjklmnpqrstvwxz2456789';

/** What a server puts behind `generateName`. */
export function generatedSuffix(random: Random, length = 5): string {
  return Array.from({ length }, () => ALPHABET[Math.floor(random.float() * ALPHABET.length)]).join('');
}
