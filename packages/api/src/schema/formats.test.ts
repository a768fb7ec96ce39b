import { describe, expect, it } from 'vitest';

import { isOfFormat, knownFormat } from './formats.js';

describe('isOfFormat', () => {
  it.each<[format: string, yes: string[], no: string[]]>([
    ['ipv4', ['10.0.0.1', '010.0.0.1'], ['10.0.0.256', '::1', '1.2.3']],
    ['ipv6', ['::1', '::ffff:10.0.0.1', '1:2:3:4:5:6:7:8', '::'], ['10.0.0.1', 'fe80::1%eth0', '1::2::3', '1:2:3:4:5:6:7:8:9']],
    ['cidr', ['10.0.0.0/8', 'fd00::/64'], ['10.0.0.1', '10.0.0.1/33', 'fd00::/129']],
    ['mac', ['01:23:45:67:89:ab', '01-23-45-67-89-ab-cd-ef', '0123.4567.89ab'], ['01:23', '01:23:45:67:89-ab']],
    ['hostname', ['a.example.com', 'localhost'], ['-a.b', 'under_score', `${'a'.repeat(64)}.com`]],
    ['uri', ['https://example.com/x', '/relative', 'mailto:a@b', '*', 'https://[fe80::1%25en0]:8080/a b', 'pg://a:1,b:2/', '//x'], ['not a uri', 'relative', '', 'https://exa mple/', 'https://h:1:2/', 'https://[::1', '/%zz', 'https://u^@h/']],
    ['email', ['a@example.com', 'Somebody <a@b.c>', 'a@b (c)', '"a b"@[127.0.0.1]', 'group: a@b;'], ['nobody', '@x', 'a@', 'a..b@c', 'a@b, c@d', 'a@[x]', 'g: ;', 'a@b (c', '""@x', 'Some "Body']],
    ['uuid', ['b6a3c4d0-0000-4000-8000-000000000000', 'B6A3C4D0000040008000000000000000'], ['x', 'b6a3c4d0-0000-4000-8000-00000000000']],
    ['uuid3', ['b6a3c4d0-0000-3000-8000-000000000000'], ['b6a3c4d0-0000-4000-8000-000000000000']],
    ['uuid4', ['b6a3c4d0-0000-4000-8000-000000000000'], ['b6a3c4d0-0000-4000-0000-000000000000']],
    ['byte', ['aGVsbG8='], ['no base64!', '', 'aGVsbG8']],
    ['isbn', ['978-3-16-148410-0', '0321751043'], ['978-3-16-148410-1', '123', '978-3-16-148410\u00a0-0']],
    ['creditcard', ['4111111111111111', '4111-1111-1111-1111'], ['1', '4111111111111112']],
    ['ssn', ['111-22-3333'], ['1', '111223333']],
    ['hexcolor', ['#12ab34', 'fff'], ['red']],
    ['rgbcolor', ['rgb(1,2,3)', 'rgb( 1, 2, 255 )'], ['rgb(1,2)', 'rgb(1,2,256)']],
    ['bsonobjectid', ['507f1f77bcf86cd799439011'], ['x']],
    ['k8s-short-name', ['a-b'], ['Not_Short', 'a.b']],
    ['k8s-long-name', ['a.b'], ['A', 'a..b']],
    ['date-time', ['2024-02-29T12:00:00Z', '2024-01-01T10:00:00+02:00', '2024-01-01t10:00:00z', '2024-01-01T10:00:00.123Z'], ['2024-02-30T12:00:00Z', '2024-01-01', '2024-01-01 10:00:00', '2024-01-01T10:00:00', '', '2024-01-01T24:00:00Z']],
    ['date', ['2024-02-29'], ['2023-02-29', '24-1-1', '2024-01-01T00:00:00Z']],
    ['duration', ['1h30m', '3 days', '1d', 'P1D', '-5s', '0', '1.5h', '9223372036854775807ns'], ['5', '', 'h', '9223372036854775808ns', '99999999999999999999 days']],
    ['password', ['anything'], []],
  ])('%s', (format, yes, no) => {
    expect(yes.filter((text) => !isOfFormat(format, text))).toEqual([]);
    expect(no.filter((text) => isOfFormat(format, text))).toEqual([]);
  });
});

describe('knownFormat', () => {
  it('enforces formats on the types that they belong to', () => {
    expect(knownFormat('int32', ['integer'])).toBe('int32');
    expect(knownFormat('int32', ['string'])).toBeUndefined();
    expect(knownFormat('date-time', [])).toBe('date-time');
    expect(knownFormat('date-time', ['object'])).toBeUndefined();
    expect(knownFormat('float', ['number'])).toBe('float');
    expect(knownFormat('colour', ['string'])).toBeUndefined();
  });
});
