/** An IPv4 or IPv6 address without a zone. `leadingZeros` lets `010.0.0.1` pass, as servers always have. */
export function isIpAddress(text: string, { leadingZeros }: { leadingZeros: boolean }): boolean {
  return text.includes(':') ? isIpv6(text) : isIpv4(text, leadingZeros);
}

/** `10.0.0.0/8`, `fd00::/64`. */
export function isCidr(text: string): boolean {
  const slash = text.indexOf('/');
  const [address, mask] = [text.slice(0, slash), text.slice(slash + 1)];
  if (slash < 0 || !isIpAddress(address, { leadingZeros: true }) || !/^\d+$/.test(mask)) return false;
  return Number(mask) <= (address.includes(':') ? 128 : 32);
}

/** Six or eight bytes with colons or dashes, or groups of four digits with dots; 20 bytes (InfiniBand) as well. */
export function isMacAddress(text: string): boolean {
  return /^[0-9a-f]{2}([:-])(?:[0-9a-f]{2}\1){4}(?:[0-9a-f]{2}|(?:[0-9a-f]{2}\1){2}[0-9a-f]{2}|(?:[0-9a-f]{2}\1){14}[0-9a-f]{2})$/i.test(text)
    || /^[0-9a-f]{4}(?:(?:\.[0-9a-f]{4}){2}|(?:\.[0-9a-f]{4}){3}|(?:\.[0-9a-f]{4}){9})$/i.test(text);
}

function isIpv4(text: string, leadingZeros: boolean): boolean {
  const parts = text.split('.');
  return parts.length === 4 && parts.every((part) => /^\d+$/.test(part) && Number(part) <= 255 && (leadingZeros || part === '0' || !part.startsWith('0')));
}

function isIpv6(text: string): boolean {
  const halves = text.split('::');
  if (halves.length > 2) return false;
  const groups = halves.flatMap((half) => (half === '' ? [] : half.split(':')));
  const last = groups.at(-1);
  let count = groups.length;
  if (last?.includes('.')) {
    // An IPv4 tail stands for two groups and must come last.
    if (!isIpv4(last, false) || text.endsWith('::')) return false;
    groups.pop();
    count++;
  }
  if (!groups.every((group) => /^[0-9a-f]{1,4}$/i.test(group))) return false;
  return halves.length === 2 ? count < 8 : count === 8;
}
